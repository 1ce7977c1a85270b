// SPDX-License-Identifier: Apache-2.0
//! The network behind the registry: who runs it, who decides about it, and which version it runs.

use crate::{
    answers::{At, OrganisationRef, Time},
    db::Reader,
    freshness,
    node::State as NodeState,
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
    server::App,
};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use chrono::Utc;
use serde::Serialize;
use utoipa::ToSchema;

/// Rows of each history.
const LATEST: i64 = 20;

/// A validator: a node that makes blocks and votes for them.
#[derive(Serialize, ToSchema)]
pub struct Validator {
    /// The account, SS58.
    account: String,
    /// The organisation that answers for it.
    organisation: OrganisationRef,
    /// Who runs it.
    operator: String,
    /// How the others know its node.
    peer_id: String,
    /// Where the others reach it.
    address: String,
    /// Height of the block that appointed it; 0 for the validators that the chain began with.
    block: i64,
    /// When it was appointed.
    appointed_at: Time,
    /// How often it was reported to have signed contradictory votes since the council cleared it
    /// last; null if never.
    reports: Option<i32>,
}

/// A validator that is none any more.
#[derive(Serialize, ToSchema)]
pub struct Departure {
    /// The account, SS58.
    account: String,
    /// The organisation that answered for it.
    organisation: OrganisationRef,
    /// Who ran it.
    operator: String,
    /// When it left.
    left_at: Time,
    /// The council's public reason.
    reason: String,
}

/// A report that a validator signed contradictory votes.
#[derive(Serialize, ToSchema)]
pub struct Equivocation {
    /// The account, SS58.
    account: String,
    /// The session of the votes.
    session: i64,
    /// When it was reported.
    reported_at: Time,
    /// When the council cleared the validator.
    cleared_at: Option<Time>,
    /// The council's public reason of that.
    clearance: Option<String>,
}

/// A version of the rules that the chain runs by.
#[derive(Serialize, ToSchema)]
pub struct RuntimeVersion {
    /// Its number.
    version: i64,
    /// The first block that was made by it.
    block: i64,
    /// Since when.
    since: Time,
}

/// A member of the council.
#[derive(Serialize, ToSchema)]
pub struct CouncilMember {
    /// The account, SS58.
    account: String,
    /// Height of the block that made it one; 0 for the members that the chain began with.
    block: i64,
    /// Since when.
    since: Time,
}

/// Something that the council is to agree on.
#[derive(Serialize, ToSchema)]
pub struct Motion {
    /// Its number.
    number: i64,
    /// The member who proposed it, SS58.
    proposer: String,
    /// `open`, `approved`, `executed`, `failed`, `disapproved` or `killed`.
    #[schema(example = "executed")]
    status: String,
    /// Members who are for it.
    ayes: i64,
    /// Members who are against it.
    nays: i64,
    /// How many must be for it.
    threshold: i32,
    /// When it was proposed.
    proposed_at: Time,
    /// When it was closed.
    closed_at: Option<Time>,
    /// The council's public reason, once it made a call with the powers of Root.
    reason: Option<String>,
    /// The chain's sentence where the call failed.
    error: Option<String>,
}

/// A call that nobody can make at the moment.
#[derive(Serialize, ToSchema)]
pub struct PausedCall {
    /// The pallet.
    pallet: String,
    /// The call.
    call: String,
    /// Since when.
    since: Time,
}

/// Everything but consensus and the council stands still.
#[derive(Serialize, ToSchema)]
pub struct SafeMode {
    /// Since when.
    since: Time,
    /// The last block of it, as far as is known.
    until_block: i64,
}

/// The network behind the registry.
#[derive(Serialize, ToSchema)]
pub struct Network {
    /// Those who make blocks and vote for them now, in the order of their appointment.
    validators: Vec<Validator>,
    /// The fewest there may be.
    minimum: Option<i32>,
    /// The latest 20 that are validators no more.
    departures: Vec<Departure>,
    /// The latest 20 reports of contradictory votes.
    equivocations: Vec<Equivocation>,
    /// Versions of the runtime, the one in force first; the last 20.
    runtime_versions: Vec<RuntimeVersion>,
    /// Who decides about the network.
    council: Vec<CouncilMember>,
    /// The latest 20 motions of the council.
    motions: Vec<Motion>,
    /// Calls that nobody can make at the moment.
    paused_calls: Vec<PausedCall>,
    /// That everything but consensus and the council stands still; null while it does not.
    safe_mode: Option<SafeMode>,
}

impl Network {
    async fn load(reader: &mut Reader) -> Result<Self, Problem> {
        Ok(Self {
            validators: validators(reader).await?,
            minimum: minimum(reader).await?,
            departures: departures(reader).await?,
            equivocations: equivocations(reader).await?,
            runtime_versions: runtime_versions(reader).await?,
            council: council(reader).await?,
            motions: motions(reader).await?,
            paused_calls: paused_calls(reader).await?,
            safe_mode: safe_mode(reader).await?,
        })
    }

    /// How many validators may fail before nothing becomes final: fewer than a third.
    fn may_fail(&self) -> usize {
        self.validators.len().saturating_sub(1) / 3
    }
}

async fn validators(reader: &mut Reader) -> Result<Vec<Validator>, Problem> {
    let rows = sqlx::query!(
        "SELECT v.account, o.id, o.name, v.operator, v.peer_id, v.address, v.height, v.appointed_at,
                v.flag_reports
         FROM chain.validators v JOIN chain.organisations o ON o.id = v.organisation
         ORDER BY v.height, v.index"
    )
    .fetch_all(reader.connection())
    .await?;
    let validators = rows.into_iter().map(|row| Validator {
        account: row.account,
        organisation: OrganisationRef { id: row.id, name: row.name },
        operator: row.operator,
        peer_id: row.peer_id,
        address: row.address,
        block: row.height,
        appointed_at: row.appointed_at.into(),
        reports: row.flag_reports,
    });
    Ok(validators.collect())
}

async fn minimum(reader: &mut Reader) -> Result<Option<i32>, Problem> {
    let minimum = sqlx::query_scalar!(
        "SELECT minimum FROM chain.validator_minimums ORDER BY height DESC, index DESC LIMIT 1"
    )
    .fetch_optional(reader.connection())
    .await?;
    Ok(minimum)
}

async fn departures(reader: &mut Reader) -> Result<Vec<Departure>, Problem> {
    let rows = sqlx::query!(
        "SELECT d.account, o.id, o.name, d.operator, d.left_at, d.reason
         FROM chain.validator_departures d JOIN chain.organisations o ON o.id = d.organisation
         ORDER BY d.number DESC LIMIT $1",
        LATEST
    )
    .fetch_all(reader.connection())
    .await?;
    let departures = rows.into_iter().map(|row| Departure {
        account: row.account,
        organisation: OrganisationRef { id: row.id, name: row.name },
        operator: row.operator,
        left_at: row.left_at.into(),
        reason: row.reason,
    });
    Ok(departures.collect())
}

async fn equivocations(reader: &mut Reader) -> Result<Vec<Equivocation>, Problem> {
    let rows = sqlx::query!(
        "SELECT account, session, reported_at, cleared_at, clearance FROM chain.equivocations
         ORDER BY height DESC, index DESC LIMIT $1",
        LATEST
    )
    .fetch_all(reader.connection())
    .await?;
    let equivocations = rows.into_iter().map(|row| Equivocation {
        account: row.account,
        session: row.session,
        reported_at: row.reported_at.into(),
        cleared_at: row.cleared_at.map(Time),
        clearance: row.clearance,
    });
    Ok(equivocations.collect())
}

async fn runtime_versions(reader: &mut Reader) -> Result<Vec<RuntimeVersion>, Problem> {
    let rows = sqlx::query!(
        "SELECT spec_version, height, since FROM chain.runtime_versions
         ORDER BY spec_version DESC LIMIT $1",
        LATEST
    )
    .fetch_all(reader.connection())
    .await?;
    let versions = rows.into_iter().map(|row| RuntimeVersion {
        version: row.spec_version,
        block: row.height,
        since: row.since.into(),
    });
    Ok(versions.collect())
}

async fn council(reader: &mut Reader) -> Result<Vec<CouncilMember>, Problem> {
    let rows = sqlx::query!(
        "SELECT account, height, since FROM chain.council_members ORDER BY height, account"
    )
    .fetch_all(reader.connection())
    .await?;
    let members = rows.into_iter().map(|row| CouncilMember {
        account: row.account,
        block: row.height,
        since: row.since.into(),
    });
    Ok(members.collect())
}

async fn motions(reader: &mut Reader) -> Result<Vec<Motion>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT m.number, m.proposer, m.status, m.threshold, m.proposed_at, m.closed_at,
                  (SELECT COUNT(*) FROM chain.council_votes v
                   WHERE v.motion = m.number AND v.approves) AS "ayes!",
                  (SELECT COUNT(*) FROM chain.council_votes v
                   WHERE v.motion = m.number AND NOT v.approves) AS "nays!",
                  d.reason AS "reason?", d.error AS "error?"
           FROM chain.council_motions m LEFT JOIN chain.council_decisions d ON d.motion = m.number
           ORDER BY m.number DESC LIMIT $1"#,
        LATEST
    )
    .fetch_all(reader.connection())
    .await?;
    let motions = rows.into_iter().map(|row| Motion {
        number: row.number,
        proposer: row.proposer,
        status: row.status,
        ayes: row.ayes,
        nays: row.nays,
        threshold: row.threshold,
        proposed_at: row.proposed_at.into(),
        closed_at: row.closed_at.map(Time),
        reason: row.reason,
        error: row.error,
    });
    Ok(motions.collect())
}

async fn paused_calls(reader: &mut Reader) -> Result<Vec<PausedCall>, Problem> {
    let rows = sqlx::query!("SELECT pallet, call, since FROM chain.paused_calls ORDER BY 1, 2")
        .fetch_all(reader.connection())
        .await?;
    let calls = rows.into_iter().map(|row| PausedCall {
        pallet: row.pallet,
        call: row.call,
        since: row.since.into(),
    });
    Ok(calls.collect())
}

async fn safe_mode(reader: &mut Reader) -> Result<Option<SafeMode>, Problem> {
    let row = sqlx::query!(
        "SELECT entered_at, until_height FROM chain.safe_modes WHERE ended_at IS NULL"
    )
    .fetch_optional(reader.connection())
    .await?;
    Ok(row.map(|row| SafeMode { since: row.entered_at.into(), until_block: row.until_height }))
}

/// The network behind the registry: validators, council, versions of the runtime.
#[utoipa::path(
    get, path = "/api/v1/network", tag = "registry",
    operation_id = "network",
    responses(
        (status = OK, body = At<Network>),
        (status = SERVICE_UNAVAILABLE, body = ProblemDocument),
    )
)]
pub async fn show(mut reader: Reader) -> Result<Response, Problem> {
    let network = Network::load(&mut reader).await?;
    Ok(reader.json(network))
}

#[derive(Template)]
#[template(path = "network.html")]
struct Page {
    l: Layout,
    it: Network,
    /// Height of the last final block that the node knows; none while it does not answer.
    finalised: Option<i64>,
    /// Age of what is shown, in seconds.
    age: i64,
    indexed: i64,
    /// Events of validators, council and emergencies are in the feed under these pallets.
    pallets: [&'static str; 5],
}

impl Page {
    fn council_size(&self) -> i64 {
        i64::try_from(self.it.council.len()).unwrap_or(i64::MAX)
    }
}

/// `/network`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let it = Network::load(&mut reader).await?;
    let finalised = match app.node.state() {
        NodeState::Reachable { finalised } => Some(finalised),
        NodeState::Unknown | NodeState::Unreachable { .. } => None,
    };
    let age = freshness::age(&reader.as_of, Utc::now());
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.t("network.title").to_owned();
    let indexed = reader.as_of.block;
    let pallets = ["Validators", "RegistryCouncil", "Governance", "TxPause", "SafeMode"];
    page::render(&Page { l, it, finalised, age, indexed, pallets })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_than_a_third_may_fail() {
        let network = |n: usize| Network {
            validators: (0..n)
                .map(|index| Validator {
                    account: index.to_string(),
                    organisation: OrganisationRef { id: 1, name: String::new() },
                    operator: String::new(),
                    peer_id: String::new(),
                    address: String::new(),
                    block: 0,
                    appointed_at: Time(Default::default()),
                    reports: None,
                })
                .collect(),
            minimum: None,
            departures: vec![],
            equivocations: vec![],
            runtime_versions: vec![],
            council: vec![],
            motions: vec![],
            paused_calls: vec![],
            safe_mode: None,
        };
        for (validators, may_fail) in [(0, 0), (1, 0), (3, 0), (4, 1), (6, 1), (7, 2), (10, 3)] {
            assert_eq!(network(validators).may_fail(), may_fail, "{validators}");
        }
    }
}
