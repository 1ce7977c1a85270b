// SPDX-License-Identifier: Apache-2.0
//! How long to wait before the next attempt.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(10);

/// Doubles from attempt to attempt, less a random part, so that many clients of one server do
/// not come back all at once.
#[derive(Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Something worked.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    pub fn next(&mut self) -> Duration {
        let full = FIRST.saturating_mul(2_u32.saturating_pow(self.failures)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        // Every `RandomState` has other keys.
        let random = RandomState::new().hash_one(self.failures) % 500;
        full.saturating_sub(full * random as u32 / 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_start_again() {
        let mut backoff = Backoff::default();
        assert!(backoff.next() <= FIRST);
        for _ in 0..100 {
            assert!(backoff.next() > FIRST / 2);
        }
        let wait = backoff.next();
        assert!(wait > LONGEST / 2 && wait <= LONGEST);
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
