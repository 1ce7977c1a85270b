// SPDX-License-Identifier: Apache-2.0
//! Files of whole lists against the lists themselves, read in parts.

use super::{Report, Site};
use anyhow::{ensure, Context, Result};
use calamine::{Data, Reader, Xlsx};
use serde_json::Value;
use std::io::Cursor;

/// Everything that the portal lists.
const LISTS: [&str; 18] = [
    "/projects",
    "/credits",
    "/transfers",
    "/retirements",
    "/cancellations",
    "/requests/transfers",
    "/requests/retirements",
    "/proposals",
    "/organisations",
    "/events",
    "/calculator/constants",
    "/statistics/credits/flows",
    "/statistics/credits/stock",
    "/statistics/projects/flows",
    "/statistics/projects/stock",
    "/bridge/events",
    "/bridge/rounds",
    "/bridge/cases",
];

/// Compares each list with its CSV, its JSON lines and its workbook.
pub async fn compare(site: &Site, report: &mut Report) -> Result<()> {
    report.section("files of whole lists against the lists");
    for list in LISTS {
        let items = in_parts(site, list).await?;
        let (_, lines) = site.get(&format!("{list}.ndjson")).await?;
        let lines: Result<Vec<Value>, _> = lines.lines().map(serde_json::from_str).collect();
        report.same(format!("{list}.ndjson"), &items, &lines?);

        let csv = site.get(&format!("{list}.csv")).await?.1;
        let (headings, found) = from_csv(&csv).with_context(|| format!("{list}.csv"))?;
        let expected: Vec<_> = items.iter().map(|item| plain(&item[&headings[0]])).collect();
        report.same(format!("{list}.csv, {}", headings[0]), &expected, &found);

        let xlsx = reqwest::get(format!("{}{list}.xlsx", site.root)).await?;
        let (first, found) = from_xlsx(&xlsx.bytes().await?).with_context(|| list.to_owned())?;
        report.same(format!("{list}.xlsx, heading"), &headings[0], &first);
        report.same(format!("{list}.xlsx, {first}"), &expected, &found);

        let (status, _) = site.get(&format!("{list}.csv?limit=1")).await?;
        report.same(format!("{list}.csv?limit=1 is refused"), 400, status);
    }
    Ok(())
}

/// All items of a list, part by part.
async fn in_parts(site: &Site, list: &str) -> Result<Vec<Value>> {
    // The addresses of the API differ from those of the pages in one name.
    let list = if list == "/credits" { "/credits/blocks" } else { list };
    let (mut items, mut after) = (Vec::new(), String::new());
    loop {
        let part = site.json(&format!("/api/v1{list}?limit=7{after}")).await?;
        items.extend(part["items"].as_array().context("items")?.iter().cloned());
        match part["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(items),
        }
    }
}

/// A value as it stands in a cell.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The headings, and the first cell of every row.
fn from_csv(text: &str) -> Result<(Vec<String>, Vec<String>)> {
    // Refuses rows of different lengths.
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headings: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    ensure!(headings.len() > 4, "{headings:?}");
    let mut first = Vec::new();
    for row in reader.records() {
        first.push(row?.get(0).context("a first cell")?.to_owned());
    }
    Ok((headings, first))
}

/// The first heading, and the first cell of every row.
fn from_xlsx(bytes: &[u8]) -> Result<(String, Vec<String>)> {
    let mut workbook = Xlsx::new(Cursor::new(bytes))?;
    let table = workbook.worksheet_range_at(0).context("a sheet")??;
    let text = |cell: Option<&Data>| cell.map(ToString::to_string).unwrap_or_default();
    let mut rows = table.rows().map(|row| text(row.first()));
    let heading = rows.next().context("headings")?;
    let rows = rows.collect();
    let source = workbook.worksheet_range("source")?;
    ensure!(text(source.get_value((0, 0))) == "block", "the workbook names no block");
    Ok((heading, rows))
}
