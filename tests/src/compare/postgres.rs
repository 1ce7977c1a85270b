// SPDX-License-Identifier: Apache-2.0
//! Postgres against the chain: what the indexer has of blocks, totals, records and people.

use super::{accounts, Report};
use crate::Stack;
use anyhow::Result;
use registry_client::state::State;
use registry_primitives::{credit::BlockStatus, ActionClass};
use sqlx::{PgPool, Row};
use std::collections::BTreeSet;

/// Compares the indexer's tables with the state of the chain.
pub async fn compare(stack: &Stack, state: &State, report: &mut Report) -> Result<()> {
    let pool = stack.database().await?;
    blocks(&pool, state, report).await?;
    totals(&pool, state, report).await?;
    records(&pool, state, report).await?;
    people(&pool, state, report).await?;
    pool.close().await;
    Ok(())
}

async fn blocks(pool: &PgPool, state: &State, report: &mut Report) -> Result<()> {
    let rows = sqlx::query(
        "SELECT start_serial, end_serial, project, vintage, owner, status, retirement, parent,
                request, cancellation, first_transferred
         FROM chain.credit_blocks ORDER BY start_serial",
    )
    .fetch_all(pool)
    .await?;
    report.section("blocks of credits, Postgres against the chain");
    report.same("number of blocks", state.blocks.len(), rows.len());
    for (row, (start, block)) in rows.iter().zip(&state.blocks) {
        let (mut retirement, mut request, mut cancellation) = (None, None, None);
        match block.status {
            BlockStatus::Retired(id) => retirement = Some(id as i64),
            BlockStatus::Reserved(id) => request = Some(id as i64),
            BlockStatus::Cancelled(id) => cancellation = Some(id as i64),
            BlockStatus::Held | BlockStatus::OnHold(_) | BlockStatus::Buffer => {}
        }
        let expected = (
            (*start as i64, block.end as i64, i64::from(block.project), block.vintage as i16),
            (i64::from(block.owner), block.status.as_str().to_owned(), retirement),
            (request, cancellation, block.first_transferred),
            block.parent.map(|parent| parent as i64),
        );
        let found = (
            (row.get(0), row.get(1), row.get(2), row.get(3)),
            (row.get(4), row.get(5), row.get(6)),
            (row.get(8), row.get(9), row.get(10)),
            row.get(7),
        );
        report.same(format!("block {start}"), expected, found);
    }
    Ok(())
}

async fn totals(pool: &PgPool, state: &State, report: &mut Report) -> Result<()> {
    report.section("national totals, Postgres against the chain");
    let row = sqlx::query("SELECT * FROM chain.national_totals").fetch_one(pool).await?;
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
        ("first_transferred", national.first_transferred),
    ] {
        report.same(name, expected as i64, row.get::<i64, _>(name));
    }

    report.section("the country's accounts, Postgres against the chain");
    let row = sqlx::query("SELECT * FROM chain.country_accounts").fetch_one(pool).await?;
    for (name, expected) in accounts(state) {
        report.same(name, expected as i64, row.get::<i64, _>(name));
    }
    Ok(())
}

async fn records(pool: &PgPool, state: &State, report: &mut Report) -> Result<()> {
    report.section("retirements, Postgres against the chain");
    let rows = sqlx::query(
        "SELECT id, owner, quantity, beneficiary, purpose FROM chain.retirements ORDER BY id",
    )
    .fetch_all(pool)
    .await?;
    report.same("number of retirements", state.retirements.len(), rows.len());
    for (row, (id, retirement)) in rows.iter().zip(&state.retirements) {
        let details = &retirement.details;
        let expected = (
            (*id as i64, i64::from(retirement.by), retirement.quantity as i64),
            (details.beneficiary.name.to_text(), details.purpose.as_str().to_owned()),
        );
        let found = ((row.get(0), row.get(1), row.get(2)), (row.get(3), row.get(4)));
        report.same(format!("retirement {id}"), expected, found);
    }

    report.section("cancellations, Postgres against the chain");
    let rows =
        sqlx::query("SELECT id, owner, quantity, reason FROM chain.cancellations ORDER BY id")
            .fetch_all(pool)
            .await?;
    report.same("number of cancellations", state.cancellations.len(), rows.len());
    for (row, (id, cancellation)) in rows.iter().zip(&state.cancellations) {
        let (owner, quantity) = (i64::from(cancellation.owner), cancellation.quantity as i64);
        let expected = (*id as i64, owner, quantity, cancellation.reason.as_str().to_owned());
        let found = (row.get(0), row.get(1), row.get(2), row.get(3));
        report.same(format!("cancellation {id}"), expected, found);
    }

    report.section("requests that wait, Postgres against the chain");
    let rows = sqlx::query(
        "SELECT id, from_owner, quantity FROM chain.transfer_requests WHERE status = 'open'
         UNION ALL
         SELECT id, owner, quantity FROM chain.retirement_requests WHERE status = 'open'
         ORDER BY id",
    )
    .fetch_all(pool)
    .await?;
    let transfers = state.transfer_requests.iter();
    let transfers = transfers.map(|(id, request)| (*id, request.from, request.quantity));
    let retirements = state.retirement_requests.iter();
    let retirements = retirements.map(|(id, request)| (*id, request.by, request.quantity));
    let expected: BTreeSet<_> = transfers.chain(retirements).collect();
    let found = rows.iter().map(|row| {
        let (id, organisation, quantity): (i64, i64, i64) = (row.get(0), row.get(1), row.get(2));
        (id as u64, organisation as u32, quantity as u64)
    });
    report.same("requests", expected, found.collect());
    Ok(())
}

async fn people(pool: &PgPool, state: &State, report: &mut Report) -> Result<()> {
    report.section("organisations, members, certifications, Postgres against the chain");
    let rows = sqlx::query("SELECT id, name, status, suspensions FROM chain.organisations")
        .fetch_all(pool)
        .await?;
    report.same("number of organisations", state.organisations.len(), rows.len());
    for row in &rows {
        let id: i64 = row.get(0);
        let organisation = state.organisations.get(&(id as u32));
        let expected = organisation.map(|found| {
            let status = found.status.as_str().to_owned();
            (found.details.name.to_text(), status, found.suspensions as i32)
        });
        let found = Some((row.get(1), row.get(2), row.get(3)));
        report.same(format!("organisation {id}"), expected, found);
    }
    let rows = sqlx::query("SELECT account, organisation, role FROM chain.members")
        .fetch_all(pool)
        .await?;
    let found: BTreeSet<(String, i64, String)> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let members = state.members.iter().map(|(account, member)| {
        let account = registry_client::AccountId32(*account).to_string();
        (account, i64::from(member.organisation), member.role.as_str().to_owned())
    });
    report.same("members", members.collect(), found);

    let rows =
        sqlx::query("SELECT project, certifier FROM chain.certifications WHERE revoked_at IS NULL")
            .fetch_all(pool)
            .await?;
    let found: BTreeSet<(i64, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let standing = state.certifications.iter().filter(|((_, certifier), certification)| {
        state.organisations[certifier].suspensions == certification.suspensions
    });
    let standing =
        standing.map(|((project, certifier), _)| ((*project).into(), (*certifier).into()));
    report.same("certifications that stand", standing.collect(), found);

    report.section("settings, Postgres against the chain");
    let rows = sqlx::query("SELECT class, officers FROM chain.thresholds").fetch_all(pool).await?;
    report.same("number of classes", ActionClass::ALL.len(), rows.len());
    for row in &rows {
        let class: String = row.get(0);
        let expected = state.thresholds.get(class.as_str()).copied().unwrap_or(1);
        report.same(format!("threshold of {class}"), expected as i32, row.get(1));
    }
    let row = sqlx::query(
        "SELECT share_of_proceeds, overall_mitigation FROM chain.deductions
         ORDER BY height DESC, index DESC LIMIT 1",
    )
    .fetch_one(pool)
    .await?;
    let deductions = &state.deductions;
    let expected = (deductions.share_of_proceeds as i32, deductions.overall_mitigation as i32);
    report.same("deductions", expected, (row.get(0), row.get(1)));
    let paused: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM chain.pauses WHERE until IS NULL")
        .fetch_one(pool)
        .await?;
    report.same("whether transfers are paused", i64::from(state.paused.is_some()), paused);
    Ok(())
}
