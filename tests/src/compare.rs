// SPDX-License-Identifier: Apache-2.0
//! Chain, Postgres and pages, compared with each other: every serial, every total.

mod contract;
mod files;
mod pages;
mod postgres;
mod statistics;

use crate::Stack;
use anyhow::{Context, Result};
use registry_client::{state::State, AtBlock};
use std::{collections::BTreeSet, fmt};

/// What was compared, and what differed.
#[derive(Default)]
pub struct Report {
    compared: Vec<(String, usize)>,
    pub differences: Vec<String>,
}

impl Report {
    fn section(&mut self, what: &str) {
        self.compared.push((what.to_owned(), 0));
    }

    fn same<T: PartialEq + fmt::Debug>(&mut self, what: impl fmt::Display, expected: T, found: T) {
        self.count(1);
        if expected != found {
            self.differences.push(format!("{what}: expected {expected:?}, found {found:?}"));
        }
    }

    fn count(&mut self, compared: usize) {
        if let Some((_, count)) = self.compared.last_mut() {
            *count += compared;
        }
    }

    fn shows(&mut self, page: &str, text: &str, expected: impl fmt::Display) {
        let expected = expected.to_string();
        let found = text.contains(&expected);
        self.same(format!("{page} shows “{expected}”"), true, found);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in &self.compared {
            writeln!(f, "  {what:<68} {count:>4} compared")?;
        }
        for difference in &self.differences {
            writeln!(f, "  DIFFERENT  {difference}")?;
        }
        Ok(())
    }
}

/// Compares everything with everything, at what is final now; `made` are the calls that the demo
/// made, as `pallet.name`.
pub async fn everything(stack: &Stack, made: &BTreeSet<String>) -> Result<Report> {
    let at = stack.registry().await?.at_finalised().await?;
    let state = State::read(&at).await?;
    let mut report = Report::default();
    data(stack, &at, &state, made, &mut report).await?;
    pages::compare(stack, &at, &state, &mut report).await?;
    let site = Site { root: stack.portal_url() };
    statistics::compare(&site, &state, &mut report).await?;
    files::compare(&site, &mut report).await?;
    contract::compare(&site, &mut report).await?;
    Ok(report)
}

/// Compares what programs read: chain, Postgres, and the two programs that compare by themselves.
pub async fn data(
    stack: &Stack,
    at: &AtBlock,
    state: &State,
    made: &BTreeSet<String>,
    report: &mut Report,
) -> Result<()> {
    report.section("calls of the chain, each made at least once");
    for call in calls(at) {
        report.same(format!("the demo makes {call}"), true, made.contains(&call));
    }

    report.section("invariants of the chain");
    for checked in state.check() {
        report.same(checked.invariant, Ok(()), checked.result);
    }
    postgres::compare(stack, state, report).await?;

    report.section("registry-indexer check (every projection)");
    let (database, node) = (stack.database_url(), stack.node_url());
    let (code, output) =
        stack.run("registry-indexer", &["check", "--database", &database, "--node", &node])?;
    report.same(format!("exit code of registry-indexer check\n{output}"), 0, code);
    report.section("registry audit");
    let (code, output) = stack.run("registry", &["--node", &node, "audit"])?;
    report.same(format!("exit code of registry audit\n{output}"), 0, code);
    Ok(())
}

/// The calls of the registry's own pallets, as the chain's metadata has them.
fn calls(at: &AtBlock) -> Vec<String> {
    let pallets = ["Organisations", "Approvals", "Projects", "Credits", "Calculator"];
    let calls = pallets.into_iter().flat_map(|name| {
        let pallet = at.metadata_ref().pallet_by_name(name);
        let variants = pallet.and_then(|pallet| pallet.call_variants()).unwrap_or_default();
        // A pallet that is missing would be a difference too.
        let missing = variants.is_empty().then(|| format!("{name}.calls"));
        let names = variants
            .iter()
            .map(move |variant| format!("{}.{}", name.to_ascii_lowercase(), variant.name));
        names.chain(missing).collect::<Vec<_>>()
    });
    calls.collect()
}

fn accounts(state: &State) -> [(&'static str, u64); 4] {
    let accounts = &state.accounts;
    [
        ("domestic", accounts.domestic),
        ("international", accounts.international),
        ("overall_mitigation", accounts.overall_mitigation),
        ("share_of_proceeds", accounts.share_of_proceeds),
    ]
}

/// The portal, as a reader sees it.
pub struct Site {
    /// Its address, without a slash at the end.
    pub root: String,
}

impl Site {
    /// Status and body of a page.
    pub async fn get(&self, path: &str) -> Result<(u16, String)> {
        let answer = reqwest::get(format!("{}{path}", self.root)).await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    /// An answer of the API that must succeed.
    pub async fn json(&self, path: &str) -> Result<serde_json::Value> {
        let (status, body) = self.get(path).await?;
        anyhow::ensure!(status == 200, "{path} answered {status}: {body}");
        serde_json::from_str(&body).with_context(|| format!("{path} is JSON"))
    }

    /// The text of a page that must exist, as [`readable`] gives it.
    pub async fn text(&self, path: &str) -> Result<String> {
        let (status, body) = self.get(path).await?;
        anyhow::ensure!(status == 200, "{path} answered {status}: {body}");
        Ok(readable(&body))
    }
}

/// The text of a page: without tags, and numbers without the separators of their thousands.
pub fn readable(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for c in html.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => text.push(c),
            _ => {}
        }
    }
    let text = text
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    let all: Vec<char> = text.chars().collect();
    let is_digit = |index: usize| all.get(index).is_some_and(char::is_ascii_digit);
    let separates = |index: usize| {
        matches!(all[index], ',' | '\u{202f}' | '\u{a0}' | '\u{2009}')
            && index > 0
            && is_digit(index - 1)
            && is_digit(index + 1)
    };
    (0..all.len()).filter(|index| !separates(*index)).map(|index| all[index]).collect()
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn a_page_is_read_as_a_person_does() {
        let html = "<td class=\"number\">12,345</td> <bdi>A &amp; B</bdi>, 7";
        assert_eq!(readable(html), "12345 A & B, 7");
    }
}
