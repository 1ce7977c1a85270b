// SPDX-License-Identifier: Apache-2.0
//! Statistics of the portal against sums over the state of the chain.

use super::{Report, Site};
use anyhow::{Context, Result};
use registry_client::state::State;
use registry_primitives::{
    credit::{Block, RetirementPurpose},
    project::ProjectStage,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Numbers of the groups of a statistic, by the group and the column.
type Groups = BTreeMap<(String, String), u64>;

/// Compares flows and stocks, each counted in several ways.
pub async fn compare(site: &Site, state: &State, report: &mut Report) -> Result<()> {
    report.section("statistics against the state of the chain");
    let sector = |block: &Block| state.projects[&block.project].registration.sector.to_string();
    let all = |_: &Block| "all".to_owned();
    same_stock(site, state, report, "all", all).await?;
    same_stock(site, state, report, "sector", sector).await?;
    same_stock(site, state, report, "project", |block| block.project.to_string()).await?;
    same_stock(site, state, report, "organisation", |block| block.owner.to_string()).await?;
    same_stock(site, state, report, "vintage", |block| block.vintage.to_string()).await?;
    let before = site.json("/api/v1/statistics/credits/stock?at=1999-12-31").await?;
    report.same("there were no credits in 1999", Some(0), before["items"].as_array().map(Vec::len));

    flows(site, state, report).await?;
    retirements(site, state, report).await?;
    projects(site, state, report).await
}

async fn same_stock(
    site: &Site,
    state: &State,
    report: &mut Report,
    by: &str,
    group: impl Fn(&Block) -> String,
) -> Result<()> {
    let mut expected = Groups::new();
    for (start, block) in &state.blocks {
        let tonnes = block.end - start + 1;
        for column in [block.status.as_str(), "total"] {
            *expected.entry((group(block), column.to_owned())).or_default() += tonnes;
        }
    }
    let found = groups(site, &format!("/api/v1/statistics/credits/stock?by={by}")).await?;
    report.same(format!("stock of credits by {by}"), expected, found);
    Ok(())
}

/// What flowed is what is there, however the days are grouped.
async fn flows(site: &Site, state: &State, report: &mut Report) -> Result<()> {
    let moved =
        site.json("/api/v1/totals").await?["transferred"].as_u64().context("transferred")?;
    let expected = [
        ("issued", state.national.issued),
        ("transferred", moved),
        ("first_transferred", state.national.first_transferred),
        ("retired", state.national.retired),
        ("cancelled", state.national.cancelled),
    ];
    for by in ["all", "day", "month", "year", "project", "type", "scope", "region", "vintage"] {
        let found = groups(site, &format!("/api/v1/statistics/credits/flows?by={by}")).await?;
        for (column, expected) in expected {
            let sum = found.iter().filter(|((_, of), _)| of == column).map(|(_, n)| n).sum();
            report.same(format!("{column} by {by}"), expected, sum);
        }
    }
    // What an organisation has is what it was issued and got, less what it gave. What leaves the
    // buffer changes hands without a transfer.
    let stock = groups(site, "/api/v1/statistics/credits/stock?by=organisation").await?;
    for id in state.organisations.keys() {
        let asked = format!("/api/v1/statistics/credits/flows?organisation={id}");
        let flows = groups(site, &asked).await?;
        let of = |column: &str| {
            flows.get(&("all".to_owned(), column.to_owned())).copied().unwrap_or_default()
        };
        if of("buffer_released") > 0 {
            continue;
        }
        let has = stock.get(&(id.to_string(), "total".to_owned())).copied().unwrap_or_default();
        report.same(
            format!("what organisation {id} has and gave is what it got"),
            has + of("sent"),
            of("issued") + of("received"),
        );
    }
    let (status, _) =
        site.get("/api/v1/statistics/credits/flows?from=2026-02-01&to=2026-01-01").await?;
    report.same("a period that ends before it begins is refused", 400, status);
    let (status, _) = site.get("/api/v1/statistics/credits/stock?by=purpose").await?;
    report.same("a stock cannot be counted by purposes", 400, status);
    Ok(())
}

async fn retirements(site: &Site, state: &State, report: &mut Report) -> Result<()> {
    let (mut purposes, mut countries) = (BTreeMap::new(), BTreeMap::new());
    for retirement in state.retirements.values() {
        let details = &retirement.details;
        let country = match details.purpose {
            RetirementPurpose::InternationalTransfer { country, .. } => country,
            _ => details.beneficiary.country,
        };
        *purposes.entry(details.purpose.as_str().to_owned()).or_default() += retirement.quantity;
        *countries.entry(country.to_string()).or_default() += retirement.quantity;
    }
    for (by, expected) in [("purpose", purposes), ("country", countries)] {
        let found = groups(site, &format!("/api/v1/statistics/credits/flows?by={by}")).await?;
        let found: BTreeMap<String, u64> = found
            .into_iter()
            .filter(|((_, column), _)| column == "retired")
            .map(|((key, _), tonnes)| (key, tonnes))
            .collect();
        report.same(format!("retirements by {by}"), expected, found);
    }
    Ok(())
}

async fn projects(site: &Site, state: &State, report: &mut Report) -> Result<()> {
    let mut expected = Groups::new();
    for (id, project) in &state.projects {
        let columns = [
            (project.stage.as_str(), 1),
            ("projects", 1),
            ("estimate_tonnes", project.registration.estimate),
            ("authorised_tonnes", project.authorised),
            ("issued_tonnes", project.issued),
        ];
        for (column, number) in columns.into_iter().filter(|(_, number)| *number > 0) {
            expected.insert((id.to_string(), column.to_owned()), number);
        }
    }
    let certifications = ["certified", "certification_revoked", "uncertified", "certified_tonnes"];
    let stock = groups(site, "/api/v1/statistics/projects/stock?by=project").await?;
    let (certified, stock): (Groups, Groups) =
        stock.into_iter().partition(|((_, column), _)| certifications.contains(&column.as_str()));
    report.same("projects by stage, and their tonnes", expected, stock);
    let ever_authorised = state.projects.values().filter(|project| project.authorised > 0).count();
    let certified = certified.iter().filter(|((_, column), _)| column != "certified_tonnes");
    report.same("certified, revoked and uncertified", ever_authorised, certified.count());

    let flows = groups(site, "/api/v1/statistics/projects/flows").await?;
    let of = |column: &str| {
        flows.get(&("all".to_owned(), column.to_owned())).copied().unwrap_or_default()
    };
    let in_stage = |stage: ProjectStage| {
        state.projects.values().filter(|project| project.stage == stage).count() as u64
    };
    report.same("registered projects", state.projects.len() as u64, of("registered"));
    report.same("rejected projects", in_stage(ProjectStage::Rejected), of("rejected"));
    report.same("completed projects", in_stage(ProjectStage::Completed), of("completed"));
    let suspended = in_stage(ProjectStage::Suspended);
    report.same("suspended projects", suspended, of("suspended") - of("resumed"));
    Ok(())
}

/// The numbers of a statistic above zero.
async fn groups(site: &Site, path: &str) -> Result<Groups> {
    let answer = site.json(path).await?;
    let mut found = Groups::new();
    for item in answer["items"].as_array().context("items")? {
        let key = item["key"].as_str().context("a key")?;
        for (column, number) in item.as_object().context("a group")? {
            if let Some(number) = Value::as_u64(number).filter(|number| *number > 0) {
                found.insert((key.to_owned(), column.clone()), number);
            }
        }
    }
    Ok(found)
}
