// SPDX-License-Identifier: Apache-2.0
//! The machine, and what programs use of it.

use anyhow::{Context, Result};
use std::{fs, process::Command};

/// Ticks of a second in `/proc/<pid>/stat`: the same on every Linux that programs see.
const TICKS: f64 = 100.0;
const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// What a program has used.
#[derive(Clone, Copy, Default)]
pub struct Usage {
    /// Seconds of processor time, of all its threads.
    pub cpu: f64,
    /// Memory in use, in MiB.
    pub memory: f64,
    /// The most memory that it ever used, in MiB.
    pub peak: f64,
}

/// What a running program has used until now.
pub fn usage(process: u32) -> Result<Usage> {
    let read = |name: &str| {
        let path = format!("/proc/{process}/{name}");
        fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))
    };
    let mut usage = usage_in(&read("stat")?, &read("status")?)?;
    usage.cpu /= TICKS;
    Ok(usage)
}

/// Seconds of processor time of the programs that a running program has started, as far as they have
/// ended.
pub fn of_children(process: u32) -> Result<f64> {
    let path = format!("/proc/{process}/stat");
    let stat = fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
    let (_, after_name) = stat.rsplit_once(')').context("a name in brackets")?;
    let ticks: Result<Vec<f64>, _> =
        after_name.split_whitespace().skip(13).take(2).map(str::parse).collect();
    Ok(ticks?.iter().sum::<f64>() / TICKS)
}

/// Seconds of processor time of the programs that a running program has started, with those that have
/// ended.
pub fn of_descendants(process: u32) -> Result<f64> {
    let path = format!("/proc/{process}/task/{process}/children");
    let children = fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
    let children = children.split_whitespace().filter_map(|child| child.parse().ok());
    // One that ends between the two is counted among those that have ended.
    let running: f64 = children.filter_map(|child| usage(child).ok()).map(|child| child.cpu).sum();
    Ok(running + of_children(process)?)
}

/// As in the files of `/proc`, with time in ticks.
fn usage_in(stat: &str, status: &str) -> Result<Usage> {
    // The name of the program is in brackets and may contain anything.
    let (_, after_name) = stat.rsplit_once(')').context("a name in brackets")?;
    let ticks: Result<Vec<f64>, _> =
        after_name.split_whitespace().skip(11).take(2).map(str::parse).collect();
    let memory = |name: &str| -> Result<f64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).context("memory")?;
        let kilobytes: f64 = line.trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes * 1024.0 / MEBIBYTE)
    };
    Ok(Usage { cpu: ticks?.iter().sum(), memory: memory("VmRSS:")?, peak: memory("VmHWM:")? })
}

/// Why an author adds no more transactions to a block, as nodes name it and in words.
const REASONS: [(&str, &str); 4] = [
    ("hit_block_weight_limit", "the block was full by weight"),
    ("hit_block_size_limit", "the block was full by length"),
    ("hit_deadline", "time was up"),
    ("no_more_transactions", "the pool had no more"),
];

/// How long nodes took to make and to import blocks, from their metrics.
#[derive(Clone, Copy, Default)]
pub struct Timings {
    /// Blocks made, by the reason why they have no more transactions.
    ended: [f64; REASONS.len()],
    pub proposed: f64,
    pub proposing_seconds: f64,
    pub imported: f64,
    pub importing_seconds: f64,
}

impl Timings {
    /// Of all nodes until now.
    pub async fn read(urls: &[String]) -> Result<Self> {
        let mut sum = Self::default();
        for url in urls {
            let metrics = reqwest::get(url).await?.error_for_status()?.text().await?;
            let proposer = "substrate_proposer_block_constructed";
            let import = "substrate_block_verification_and_import_time";
            sum.proposed += metric(&metrics, &format!("{proposer}_count"));
            sum.proposing_seconds += metric(&metrics, &format!("{proposer}_sum"));
            sum.imported += metric(&metrics, &format!("{import}_count"));
            sum.importing_seconds += metric(&metrics, &format!("{import}_sum"));
            for (count, (reason, _)) in sum.ended.iter_mut().zip(REASONS) {
                let label = format!("reason=\"{reason}\"");
                *count += metric_with(&metrics, "substrate_proposer_end_proposal_reason", &label);
            }
        }
        Ok(sum)
    }

    /// Since an earlier reading.
    pub fn since(self, earlier: Self) -> Self {
        Self {
            ended: std::array::from_fn(|reason| self.ended[reason] - earlier.ended[reason]),
            proposed: self.proposed - earlier.proposed,
            proposing_seconds: self.proposing_seconds - earlier.proposing_seconds,
            imported: self.imported - earlier.imported,
            importing_seconds: self.importing_seconds - earlier.importing_seconds,
        }
    }

    /// How often a block was ended for which reason, in words.
    pub fn endings(self) -> Vec<String> {
        let counted = REASONS.iter().zip(self.ended).filter(|(_, count)| *count > 0.0);
        counted.map(|((_, words), count)| format!("{count} times {words}")).collect()
    }

    /// Mean milliseconds of making a block, if one was made.
    pub fn proposing(self) -> Option<f64> {
        (self.proposed > 0.0).then(|| self.proposing_seconds * 1e3 / self.proposed)
    }

    /// Mean milliseconds of importing a block of another node, if one was.
    pub fn importing(self) -> Option<f64> {
        (self.imported > 0.0).then(|| self.importing_seconds * 1e3 / self.imported)
    }
}

/// A metric in Prometheus' text format, all its labels together.
fn metric(text: &str, name: &str) -> f64 {
    metric_with(text, name, "")
}

/// A metric, of the lines with a label alone.
fn metric_with(text: &str, name: &str, label: &str) -> f64 {
    let lines = text.lines().filter_map(|line| line.strip_prefix(name));
    let of_this = lines.filter(|rest| rest.starts_with(['{', ' ']) && rest.contains(label));
    of_this.filter_map(|rest| rest.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

/// The value of a line that begins with a name and a colon.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once(':').map(|(_, value)| value.trim().to_owned())
}

/// Memory of the machine, in GiB.
pub fn memory() -> f64 {
    let total = field("/proc/meminfo", "MemTotal").unwrap_or_default();
    let kilobytes: f64 = total.trim_end_matches("kB").trim().parse().unwrap_or_default();
    kilobytes / (1024.0 * 1024.0)
}

/// The machine in a line.
pub fn hardware() -> String {
    let model = field("/proc/cpuinfo", "model name").unwrap_or("unknown processor".into());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{model}, {cores} cores, {:.1} GiB, Linux {}", memory(), kernel.trim())
}

/// Programs that wanted a core, on average, during the last minute.
pub fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or_default()
}

/// The commit that is checked out, and whether files differ from it.
pub fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    };
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else {
        return "unknown".into();
    };
    match git(&["status", "--porcelain"]).is_some_and(|changes| changes.is_empty()) {
        true => commit,
        false => format!("{commit} with changes that are not committed"),
    }
}

/// The day, as `date` knows it.
pub fn today() -> String {
    let output = Command::new("date").args(["-u", "+%Y-%m-%d"]).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_default()
}

/// How this program, and with it the node beside it, was compiled.
pub fn profile() -> &'static str {
    match cfg!(debug_assertions) {
        true => {
            "dev: the node, the indexer, the portal, this program and all dependencies are optimised \
             (opt-level 2), the pallets are not; the runtime is optimised WebAssembly"
        }
        false => "release",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_is_read_past_a_strange_name() -> Result<()> {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 100 1000 200";
        let status = "Name:\ta ) b\nVmHWM:\t   4096 kB\nVmRSS:\t   2048 kB\n";
        let usage = usage_in(stat, status)?;
        assert_eq!((usage.cpu, usage.memory, usage.peak), (300.0, 2.0, 4.0));
        Ok(())
    }

    #[test]
    fn metrics_with_labels_are_added_and_longer_names_left_out() {
        let text = "# HELP taken_sum Time\ntaken_sum{chain=\"dev\",to=\"a b\"} 1.5\ntaken_sum 2\n\
                    taken_summary{chain=\"dev\"} 8\n";
        assert_eq!(metric(text, "taken_sum"), 3.5);
        assert_eq!(metric_with(text, "taken_sum", "to=\"a b\""), 1.5);
        assert_eq!(metric(text, "missing"), 0.0);
    }
}
