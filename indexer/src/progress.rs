// SPDX-License-Identifier: Apache-2.0
//! How far catching up is: a bar on a terminal, a line now and then elsewhere.

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};
use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

/// Fewer blocks are caught up with before a bar can be read.
const WORTH_TELLING: u32 = 200;
/// Between two lines.
const INTERVAL: Duration = Duration::from_secs(5);

/// Tells how far catching up is.
pub struct Progress {
    start: u32,
    target: u32,
    began: Instant,
    told: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub fn new(start: u32, target: u32) -> Self {
        let shown =
            target.saturating_sub(start) >= WORTH_TELLING && std::io::stderr().is_terminal();
        let now = Instant::now();
        Self { start, target, began: now, told: now, bar: shown.then(|| bar(start, target)) }
    }

    /// The last block indexed.
    pub fn tell(&mut self, height: u32) {
        if let Some(bar) = &self.bar {
            bar.set_position(height.into());
        } else if self.told.elapsed() >= INTERVAL {
            self.told = Instant::now();
            let line = line(self.start, height, self.target, self.began.elapsed());
            tracing::info!("{line}");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(start: u32, target: u32) -> ProgressBar {
    let bar = ProgressBar::new(target.into()).with_position(start.into());
    // What was there before took no time.
    bar.reset_eta();
    let template = "{bar:30} block {human_pos} of {human_len}, {per_sec}, {eta} to go";
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn line(start: u32, height: u32, target: u32, elapsed: Duration) -> String {
    let rate = f64::from(height.saturating_sub(start)) / elapsed.as_secs_f64().max(0.001);
    let left = f64::from(target.saturating_sub(height)) / rate.max(0.001);
    let left = Duration::try_from_secs_f64(left).unwrap_or(Duration::MAX);
    format!("block {height} of {target}, {rate:.0} blocks/s, {} to go", HumanDuration(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_rate_and_estimate() {
        let told = line(1_000, 4_000, 10_000, Duration::from_secs(2));
        assert_eq!(told, "block 4000 of 10000, 1500 blocks/s, 4 seconds to go");
        // Nothing is divided by zero.
        let stuck = line(5, 5, 9, Duration::ZERO);
        assert!(stuck.starts_with("block 5 of 9, 0 blocks/s"), "{stuck}");
    }
}
