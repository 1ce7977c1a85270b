// SPDX-License-Identifier: Apache-2.0
//! When something is tried again that could not be delivered.

use chrono::{DateTime, Utc};
use rand::Rng;
use std::time::Duration;

/// Each wait is so many times the one before.
const FACTOR: u32 = 3;
/// The longest wait, in first waits: 12 hours after 5 seconds.
const LONGEST: u32 = 8_640;

/// Waits that grow, and how often to try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Schedule {
    /// The wait after the first attempt.
    pub first: Duration,
    /// Attempts in all.
    pub attempts: i32,
}

impl Schedule {
    /// How long to wait after a number of attempts; none if there were enough.
    ///
    /// A fifth more or less, so that what failed together does not come back together.
    pub fn after(&self, attempts: i32) -> Option<Duration> {
        if attempts >= self.attempts {
            return None;
        }
        let wait = self.first.saturating_mul(factor(attempts));
        Some(wait * rand::rng().random_range(80..=120) / 100)
    }

    /// When a wait is over that begins now.
    pub fn until(wait: Duration) -> DateTime<Utc> {
        Utc::now() + wait
    }
}

fn factor(attempts: i32) -> u32 {
    let steps = u32::try_from(attempts.max(1) - 1).unwrap_or_default();
    FACTOR.saturating_pow(steps).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_from_seconds_to_half_a_day_and_end() {
        let schedule = Schedule { first: Duration::from_secs(5), attempts: 12 };
        let seconds: Vec<u32> = (1..12).map(|n| 5 * factor(n)).collect();
        assert_eq!(
            seconds,
            [5, 15, 45, 135, 405, 1_215, 3_645, 10_935, 32_805, 43_200, 43_200],
            "a day and a half in all"
        );
        for attempts in 1..12 {
            let middle = schedule.first * factor(attempts);
            let wait = schedule.after(attempts).unwrap();
            assert!(wait >= middle * 8 / 10 && wait <= middle * 12 / 10, "{attempts}: {wait:?}");
        }
        assert_eq!(schedule.after(12), None);
        assert_eq!(schedule.after(i32::MAX), None);
    }
}
