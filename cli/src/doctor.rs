// SPDX-License-Identifier: Apache-2.0
//! An operator's check of their own node: facts are gathered first, then judged one by one.

mod chain;
mod facts;
mod judge;
mod machine;

use crate::{arguments::Doctor, output::Output};
use anyhow::{bail, Result};
use judge::{Line, Status};
use serde_json::json;

/// Runs `registry doctor`; an error if a check fails.
pub async fn run(arguments: &Doctor, node: &str, output: &Output) -> Result<()> {
    let facts = facts::gather(arguments, node).await?;
    let lines = judge::all(&facts);
    let count = |status| lines.iter().filter(|line| line.status == status).count();
    let [passed, warned, failed, skipped] =
        [Status::Pass, Status::Warn, Status::Fail, Status::Skip].map(count);
    for line in &lines {
        output.line(in_words(line))?;
    }
    output.line(format_args!(
        "\n{passed} passed, {warned} warnings, {failed} failed, {skipped} left out"
    ))?;
    output.value(&json!({ "node": node, "healthy": failed == 0, "checks": lines }))?;
    match failed {
        0 => Ok(()),
        _ => bail!("{failed} of {} checks failed", lines.len()),
    }
}

fn in_words(line: &Line) -> String {
    let status = match line.status {
        Status::Pass => "pass",
        Status::Warn => "warn",
        Status::Fail => "FAIL",
        Status::Skip => "skip",
    };
    let advice = line.advice.iter().map(|advice| format!("\n{:20}-> {advice}", ""));
    format!("{status}  {:<14}{}{}", line.check, line.finding, advice.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_aligned_and_advice_stands_under_what_was_found() {
        let line = Line::fail("peers", "0 others", "open the port");
        assert_eq!(
            in_words(&line),
            "FAIL  peers         0 others\n                    -> open the port"
        );
        assert_eq!(in_words(&Line::pass("disk", "9 GB")), "pass  disk          9 GB");
    }
}
