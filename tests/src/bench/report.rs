// SPDX-License-Identifier: Apache-2.0
//! The results as a table, for people and for the documentation.

use super::{
    blocks::PER_MILLISECOND,
    run::Measured,
    statistics::{deviation, maximum, mean, median, minimum, percentile},
    workload::Workload,
};
use anyhow::{bail, Context, Result};
use std::{fs, path::Path};

/// A table: what is measured in rows, what was run in columns.
pub struct Table {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// Of the workloads that were run on one network.
    pub fn of(measured: &[Measured]) -> Self {
        let mut header = vec![String::new()];
        header.extend(measured.iter().map(|each| each.workload.name().to_owned()));
        let mut rows: Vec<Vec<String>> = Vec::new();
        for (column, each) in measured.iter().enumerate() {
            for (index, (name, value)) in figures(each).into_iter().enumerate() {
                if column == 0 {
                    rows.push(vec![name.to_owned()]);
                }
                rows[index].push(value);
            }
        }
        Self { header, rows }
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = vec![0; self.header.len()];
        for row in std::iter::once(&self.header).chain(&self.rows) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        widths
    }

    fn lines(&self, line: impl Fn(&[String]) -> String) -> String {
        let widths = self.widths();
        let padded = |row: &[String]| -> Vec<String> {
            let cells = row.iter().zip(&widths).enumerate();
            cells
                .map(|(index, (cell, width))| match index {
                    0 => format!("{cell:<width$}"),
                    _ => format!("{cell:>width$}"),
                })
                .collect()
        };
        let rows: Vec<_> = self.rows.iter().map(|row| line(&padded(row))).collect();
        format!("{}\n{}", line(&padded(&self.header)), rows.join("\n"))
    }

    /// For a terminal.
    pub fn text(&self) -> String {
        self.lines(|row| row.join("  "))
    }

    /// For a page.
    pub fn markdown(&self) -> String {
        let table = self.lines(|row| format!("| {} |", row.join(" | ")));
        let rule: Vec<_> = (0..self.header.len())
            .map(|index| if index == 0 { "---".to_owned() } else { "---:".to_owned() })
            .collect();
        let (header, rows) = table.split_once('\n').unwrap_or((&table, ""));
        format!("{header}\n| {} |\n{rows}", rule.join(" | "))
    }
}

fn figures(of: &Measured) -> Vec<(&'static str, String)> {
    let rates = |count: &dyn Fn(usize) -> f64| -> Vec<f64> {
        let intervals = of.intervals.iter().enumerate();
        intervals.map(|(index, interval)| count(index) * 1e3 / interval.max(1.0)).collect()
    };
    let transactions = rates(&|index| of.blocks[index].signed as f64);
    let seconds = of.intervals.iter().sum::<f64>() / 1e3;
    let total = |count: &dyn Fn(usize) -> u64| (0..of.blocks.len()).map(count).sum::<u64>() as f64;
    let signed = total(&|index| of.blocks[index].signed);
    let moves = total(&|index| of.blocks[index].moved.len() as u64);
    let full: Vec<_> =
        of.blocks.iter().map(|block| block.normal as f64 * 100.0 / of.limit as f64).collect();
    let declared: Vec<_> =
        of.blocks.iter().map(|block| block.declared as f64 / PER_MILLISECOND).collect();
    let bytes: Vec<_> = of.blocks.iter().map(|block| block.bytes as f64 / 1024.0).collect();
    let failed: u64 = of.check.failed.values().sum();
    let cpu: Vec<_> = of.nodes.iter().map(|node| node.cpu).collect();
    let memory: Vec<_> = of.nodes.iter().map(|node| node.memory).collect();
    let peak: Vec<_> = of.nodes.iter().map(|node| node.peak).collect();
    let milliseconds =
        |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.0}"));
    let differences = of.check.differences(of.workload);
    vec![
        ("transactions/s, mean", format!("{:.1}", signed / seconds)),
        ("transactions/s, median block", format!("{:.1}", median(&transactions))),
        ("transactions/s, p5 block", format!("{:.1}", percentile(&transactions, 5.0))),
        ("credit blocks moved/s, mean", format!("{:.1}", moves / seconds)),
        ("blocks measured", of.blocks.len().to_string()),
        ("blocks made by all nodes", of.timings.proposed.to_string()),
        ("seconds measured", format!("{seconds:.0}")),
        ("transactions per block, mean", format!("{:.0}", signed / of.blocks.len() as f64)),
        ("fullness by weight, mean %", format!("{:.1}", mean(&full))),
        ("fullness by weight, least %", format!("{:.1}", minimum(&full))),
        ("body of a block, mean KiB", format!("{:.0}", mean(&bytes))),
        ("block interval, mean ms", format!("{:.0}", mean(&of.intervals))),
        ("block interval, deviation ms", format!("{:.0}", deviation(&of.intervals))),
        ("block interval, longest ms", format!("{:.0}", maximum(&of.intervals))),
        ("finality behind best, mean blocks", format!("{:.1}", mean(&of.lag))),
        ("finality behind best, most blocks", format!("{:.0}", maximum(&of.lag))),
        (
            "declared weight of a transaction, ms",
            format!("{:.3}", of.each as f64 / PER_MILLISECOND),
        ),
        ("declared weight of a block, mean ms", format!("{:.0}", mean(&declared))),
        ("making a block, measured mean ms", milliseconds(of.timings.proposing())),
        ("importing a block, measured mean ms", milliseconds(of.timings.importing())),
        ("waiting in pools, mean", format!("{:.0}", mean(&of.pool))),
        ("waiting in pools, most", format!("{:.0}", maximum(&of.pool))),
        ("cores used by a node, mean", format!("{:.2}", mean(&cpu) / of.seconds)),
        ("cores used by the sender", format!("{:.2}", of.sender.cpu / of.seconds)),
        ("memory of a node at the end, mean MiB", format!("{:.0}", mean(&memory))),
        ("memory of a node, most MiB", format!("{:.0}", maximum(&peak))),
        ("signed ahead, transactions/s", format!("{:.0}", of.signing)),
        ("whole run: sent", of.check.sent.to_string()),
        ("whole run: succeeded, by events", of.check.succeeded.to_string()),
        ("whole run: failed, by events", failed.to_string()),
        ("whole run: refused by nodes", of.check.refused.to_string()),
        ("whole run: moved, by events", of.check.moves.to_string()),
        (
            "whole run: split off, by the chain's state",
            of.check.lost.map_or("-".to_owned(), |lost| lost.to_string()),
        ),
        ("counts agree", if differences.is_empty() { "yes".to_owned() } else { "NO".to_owned() }),
    ]
}

/// Mean transactions a second, and moves.
fn rate(of: &Measured) -> (f64, f64) {
    let seconds = of.intervals.iter().sum::<f64>() / 1e3;
    let signed: u64 = of.blocks.iter().map(|block| block.signed).sum();
    let moves: usize = of.blocks.iter().map(|block| block.moved.len()).sum();
    (signed as f64 / seconds, moves as f64 / seconds)
}

/// The workloads compared with each other, and what does not agree, in sentences.
pub fn remarks(measured: &[Measured]) -> Vec<String> {
    let find = |workload| measured.iter().find(|each| each.workload == workload).map(rate);
    let mut lines = Vec::new();
    if let (Some(transfer), Some(remark)) = (find(Workload::Transfer), find(Workload::Remark)) {
        let ratio = transfer.0 / remark.0;
        lines.push(format!("Transfers per remark: {ratio:.2}."));
    }
    if let (Some(batched), Some(transfer)) = (find(Workload::Batched), find(Workload::Transfer)) {
        let ratio = batched.1 / transfer.1;
        lines.push(format!("Blocks moved in batches per block moved singly: {ratio:.2}."));
    }
    for each in measured {
        let name = each.workload.name();
        let endings = each.timings.endings().join(", ");
        lines.push(format!("{name}: blocks ended {endings}."));
        for difference in each.check.differences(each.workload) {
            lines.push(format!("{name}: counts differ: {difference}."));
        }
        for (error, count) in &each.check.failed {
            lines.push(format!("{name}: {count} failed with {error}."));
        }
        for (answer, count) in &each.check.refusals {
            lines.push(format!("{name}: nodes answered {count} times: {answer}"));
        }
    }
    lines
}

/// Writes a section of a page between its markers; adds it where it is missing.
pub fn write_section(page: &Path, marker: &str, section: &str) -> Result<()> {
    let old = match page.exists() {
        true => fs::read_to_string(page)?,
        false => {
            "# Performance\n\nWhat was measured, on which machine, and how to measure it again.\n"
                .to_owned()
        }
    };
    if let Some(folder) = page.parent() {
        fs::create_dir_all(folder)?;
    }
    let new = with_section(&old, marker, section)
        .with_context(|| format!("{} cannot be updated", page.display()))?;
    Ok(fs::write(page, new)?)
}

fn with_section(page: &str, marker: &str, section: &str) -> Result<String> {
    let (open, close) = (format!("<!-- {marker} -->"), format!("<!-- /{marker} -->"));
    let section = format!("{open}\n{}\n{close}", section.trim());
    match (page.split_once(&open), page.split_once(&close)) {
        (None, None) => Ok(format!("{}\n\n{section}\n", page.trim_end())),
        (Some((before, _)), Some((_, after))) if before.len() < page.len() - after.len() => {
            Ok(format!("{before}{section}{after}"))
        }
        _ => bail!("of the markers {open} and {close} one is missing, or they are in disorder"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_added_then_replaced_and_the_rest_is_kept() -> Result<()> {
        let page = "# Performance\n\nWords.\n";
        let added = with_section(page, "chain", "## Chain\n\nOne\n")?;
        let expected =
            "# Performance\n\nWords.\n\n<!-- chain -->\n## Chain\n\nOne\n<!-- /chain -->\n";
        assert_eq!(added, expected);
        let more = format!("{added}\n## Portal\n");
        let replaced = with_section(&more, "chain", "## Chain\n\nTwo")?;
        assert_eq!(replaced, format!("{}\n## Portal\n", expected.replace("One", "Two")));
        Ok(())
    }

    #[test]
    fn a_lost_marker_is_an_error() {
        assert!(with_section("<!-- chain -->\nwords", "chain", "new").is_err());
        assert!(with_section("<!-- /chain -->\n<!-- chain -->", "chain", "new").is_err());
    }

    #[test]
    fn tables_are_aligned() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let table = Table { header: row(["", "remark"]), rows: vec![row(["blocks", "7"])] };
        assert_eq!(table.text(), "        remark\nblocks       7");
        assert_eq!(table.markdown(), "|        | remark |\n| --- | ---: |\n| blocks |      7 |");
    }
}
