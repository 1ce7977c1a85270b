// SPDX-License-Identifier: Apache-2.0
//! Pages against the chain: what the portal shows and answers of everything there is.

use super::{accounts, Report, Site};
use crate::Stack;
use anyhow::{Context, Result};
use registry_client::{state::State, AccountId32, AtBlock, Call};
use registry_primitives::{credit::RetirementPurpose, Serial, SerialRange};

/// Compares the portal's pages and answers with the state of the chain.
pub async fn compare(
    stack: &Stack,
    at: &AtBlock,
    state: &State,
    report: &mut Report,
) -> Result<()> {
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
        ("on_hold", state.national.on_hold),
        ("reserved", state.national.reserved),
        ("buffer", state.national.buffer),
        ("first_transferred", state.national.first_transferred),
    ] {
        report.same(format!("/api/v1/totals {field}"), Some(expected), totals[field].as_u64());
    }
    for (account, expected) in accounts(state) {
        let found = totals["accounts"][account].as_u64();
        report.same(format!("/api/v1/totals accounts {account}"), Some(expected), found);
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
        if let RetirementPurpose::InternationalTransfer { entity, .. } = &retirement.details.purpose
        {
            report.shows(&path, &page, entity.to_text());
        }
        report.shows(&path, &page, name(retirement.by));
        for range in &retirement.blocks {
            report.shows(&path, &page, range);
        }
    }
    ended_and_asked(&site, state, report).await?;
    agreed(&site, at, state, report).await
}

/// Cancellations, and requests that wait.
async fn ended_and_asked(site: &Site, state: &State, report: &mut Report) -> Result<()> {
    report.section("cancellations and requests, pages against the chain");
    for (id, cancellation) in &state.cancellations {
        let path = format!("/cancellations/{id}");
        let answer = site.json(&format!("/api/v1{path}")).await?;
        let reason = Some(cancellation.reason.as_str());
        report.same(format!("{path}: reason"), reason, answer["reason"].as_str());
        let page = site.text(&path).await?;
        report.shows(&path, &page, cancellation.quantity);
        if let Some(statement) = &cancellation.statement {
            report.shows(&path, &page, statement.to_text());
        }
    }
    let transfers = state.transfer_requests.iter();
    let transfers = transfers.map(|(id, request)| ("transfers", id, request.quantity));
    let retirements = state.retirement_requests.iter();
    let retirements = retirements.map(|(id, request)| ("retirements", id, request.quantity));
    for (kind, id, quantity) in transfers.chain(retirements) {
        let path = format!("/requests/{kind}/{id}");
        let answer = site.json(&format!("/api/v1{path}")).await?;
        let found = (answer["status"].as_str(), answer["quantity"].as_u64());
        report.same(format!("{path}: status and tonnes"), (Some("open"), Some(quantity)), found);
        let page = site.text(&path).await?;
        report.shows(&path, &page, quantity);
    }
    Ok(())
}

/// Proposals that wait, settings, and the calculator's constants.
async fn agreed(site: &Site, at: &AtBlock, state: &State, report: &mut Report) -> Result<()> {
    report.section("proposals and settings, pages against the chain");
    for (id, proposal) in &state.proposals {
        let path = format!("/proposals/{id}");
        let answer = site.json(&format!("/api/v1{path}")).await?;
        let words = Call::decode(&proposal.call, at)?.in_words();
        let expected = (Some("open"), Some(proposal.approvals.len() as u64), Some(words.as_str()));
        let found =
            (answer["status"].as_str(), answer["agreed"].as_u64(), answer["words"].as_str());
        report.same(format!("{path}: status, approvals, words"), expected, found);
        let page = site.text(&path).await?;
        report.shows(&path, &page, AccountId32(proposal.proposer));
    }
    let settings = site.json("/api/v1/settings").await?;
    for threshold in settings["thresholds"].as_array().into_iter().flatten() {
        let class = threshold["class"].as_str().unwrap_or_default();
        let expected = state.thresholds.get(class).copied().unwrap_or(1);
        let found = threshold["officers"].as_u64();
        report.same(format!("threshold of {class}"), Some(expected.into()), found);
    }
    let deductions = &settings["deductions"];
    for (name, expected) in [
        ("share_of_proceeds_ppm", state.deductions.share_of_proceeds),
        ("overall_mitigation_ppm", state.deductions.overall_mitigation),
    ] {
        report.same(name, Some(u64::from(expected)), deductions[name].as_u64());
    }
    report.same("paused", state.paused.is_some(), !settings["pause"].is_null());
    for (version, expected) in &state.constants {
        let path = format!("/api/v1/calculator/constants/{version}");
        let answer = site.json(&path).await?;
        let expected = serde_json::to_value(expected.constants)?;
        report.same(path, &expected, &answer["constants"]);
    }
    Ok(())
}
