// SPDX-License-Identifier: Apache-2.0
//! Chain, Postgres and pages, compared with each other: every serial, every total.

use crate::Stack;
use anyhow::{Context, Result};
use registry_client::state::State;
use registry_primitives::{Serial, SerialRange};
use sqlx::Row;
use std::fmt;

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
        if let Some((_, count)) = self.compared.last_mut() {
            *count += 1;
        }
        if expected != found {
            self.differences.push(format!("{what}: expected {expected:?}, found {found:?}"));
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
            writeln!(f, "  {what:<58} {count:>6} compared")?;
        }
        for difference in &self.differences {
            writeln!(f, "  DIFFERENT  {difference}")?;
        }
        Ok(())
    }
}

/// Compares everything with everything, at what is final now.
pub async fn everything(stack: &Stack) -> Result<Report> {
    let registry = stack.registry().await?;
    let state = State::read(&registry.at_finalised().await?).await?;
    let mut report = Report::default();

    report.section("invariants of the chain");
    for checked in state.check() {
        report.same(checked.invariant, Ok(()), checked.result);
    }
    postgres(stack, &state, &mut report).await?;
    pages(stack, &state, &mut report).await?;

    report.section("registry-indexer check (every projection)");
    let (database, node) = (stack.database_url(), stack.node_url());
    let (code, output) =
        stack.run("registry-indexer", &["check", "--database", &database, "--node", &node])?;
    report.same(format!("exit code of registry-indexer check\n{output}"), 0, code);
    report.section("registry audit");
    let (code, output) = stack.run("registry", &["--node", &node, "audit"])?;
    report.same(format!("exit code of registry audit\n{output}"), 0, code);
    Ok(report)
}

async fn postgres(stack: &Stack, state: &State, report: &mut Report) -> Result<()> {
    let pool = stack.database().await?;
    let rows = sqlx::query(
        "SELECT start_serial, end_serial, project, vintage, owner, status, retirement, parent \
         FROM chain.credit_blocks ORDER BY start_serial",
    )
    .fetch_all(&pool)
    .await?;
    report.section("blocks of credits, Postgres against the chain");
    report.same("number of blocks", state.blocks.len(), rows.len());
    for (row, (start, block)) in rows.iter().zip(&state.blocks) {
        let retirement = match block.status {
            registry_primitives::credit::BlockStatus::Retired(id) => Some(id as i64),
            _ => None,
        };
        let expected = (
            (*start as i64, block.end as i64, i64::from(block.project), block.vintage as i16),
            (i64::from(block.owner), block.status.as_str().to_owned(), retirement),
            block.parent.map(|parent| parent as i64),
        );
        let found = (
            (row.get(0), row.get(1), row.get(2), row.get(3)),
            (row.get(4), row.get(5), row.get(6)),
            row.get(7),
        );
        report.same(format!("block {start}"), expected, found);
    }

    report.section("national totals, Postgres against the chain");
    let row = sqlx::query("SELECT * FROM chain.national_totals").fetch_one(&pool).await?;
    let authorised: u64 = state.projects.values().map(|project| project.authorised).sum();
    let national = &state.national;
    for (name, expected) in [
        ("authorised", authorised),
        ("issued", national.issued),
        ("held", national.held),
        ("on_hold", national.on_hold),
        ("reserved", national.reserved),
        ("retired", national.retired),
        ("cancelled", national.cancelled),
        ("buffer", national.buffer),
    ] {
        report.same(name, expected as i64, row.get::<i64, _>(name));
    }

    report.section("retirements, Postgres against the chain");
    let rows =
        sqlx::query("SELECT id, owner, quantity, beneficiary FROM chain.retirements ORDER BY id")
            .fetch_all(&pool)
            .await?;
    report.same("number of retirements", state.retirements.len(), rows.len());
    for (row, (id, retirement)) in rows.iter().zip(&state.retirements) {
        let expected = (
            *id as i64,
            i64::from(retirement.by),
            retirement.quantity as i64,
            retirement.details.beneficiary.name.to_text(),
        );
        let found = (row.get(0), row.get(1), row.get(2), row.get(3));
        report.same(format!("retirement {id}"), expected, found);
    }
    pool.close().await;
    Ok(())
}

async fn pages(stack: &Stack, state: &State, report: &mut Report) -> Result<()> {
    let site = Site { root: stack.portal_url() };
    let name = |id| {
        let organisation = state.organisations.get(&id);
        organisation.map(|found| found.details.name.to_text()).unwrap_or_default()
    };

    report.section("national totals, pages against the chain");
    let totals = site.json("/api/v1/totals").await?;
    for (field, expected) in [
        ("issued", state.national.issued),
        ("held", state.national.held),
        ("retired", state.national.retired),
        ("cancelled", state.national.cancelled),
        ("buffer", state.national.buffer),
    ] {
        report.same(format!("/api/v1/totals {field}"), Some(expected), totals[field].as_u64());
    }
    let home = site.text("/").await?;
    for total in [state.national.issued, state.national.held, state.national.retired] {
        report.shows("/", &home, total);
    }

    report.section("projects, pages against the chain");
    for (id, project) in &state.projects {
        let path = format!("/projects/{id}");
        let page = site.text(&path).await?;
        report.shows(&path, &page, project.registration.title.to_text());
        report.shows(&path, &page, project.registration.external_id.to_text());
        if project.issued > 0 {
            report.shows(&path, &page, project.issued);
        }
        for proponent in &project.registration.proponents {
            report.shows(&path, &page, name(proponent.organisation));
        }
    }

    report.section("organisations, pages against the chain");
    for (id, organisation) in &state.organisations {
        let path = format!("/organisations/{id}");
        let page = site.text(&path).await?;
        report.shows(&path, &page, organisation.details.name.to_text());
        report.shows(&path, &page, organisation.details.tax_id.to_text());
    }

    report.section("every block by its first, middle and last serial, pages");
    for (&start, block) in &state.blocks {
        let project = &state.projects[&block.project].registration;
        let serial = |range| Serial {
            country: state.organisations[&registry_primitives::GOVERNMENT].details.country,
            scope: project.sectoral_scope,
            project: block.project,
            vintage: block.vintage,
            range,
        };
        let whole = serial(block.range(start));
        for number in [start, start + (block.end - start) / 2, block.end] {
            let range = SerialRange::new(number, number).context("a serial number")?;
            let path = format!("/credits/{}", serial(range));
            let answer = site.json(&format!("/api/v1{path}")).await?;
            let found = &answer["blocks"][0]["block"];
            report.same(
                format!("{path}: block, owner, status"),
                (
                    Some(whole.to_string()),
                    Some(u64::from(block.owner)),
                    Some(block.status.as_str().to_owned()),
                ),
                (
                    found["serial"].as_str().map(str::to_owned),
                    found["owner"]["id"].as_u64(),
                    found["status"].as_str().map(str::to_owned),
                ),
            );
            if number != block.end {
                let page = site.text(&path).await?;
                report.shows(&path, &page, whole);
                report.shows(&path, &page, name(block.owner));
            }
        }
    }

    report.section("retirements, pages against the chain");
    for (id, retirement) in &state.retirements {
        let path = format!("/retirements/{id}");
        let page = site.text(&path).await?;
        report.shows(&path, &page, retirement.details.beneficiary.name.to_text());
        report.shows(&path, &page, retirement.quantity);
        report.shows(&path, &page, name(retirement.by));
        for range in &retirement.blocks {
            report.shows(&path, &page, range);
        }
    }
    Ok(())
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
