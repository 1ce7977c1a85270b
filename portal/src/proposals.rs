// SPDX-License-Identifier: Apache-2.0
//! Four eyes: the calls that wait until enough officers have agreed, and those that did.

use crate::{
    answers::{cut, At, List, OrganisationRef, Time},
    db::Reader,
    download::{Column, Listing},
    events::{self, About, Event},
    page::{self, without_json, Layout},
    problem::{Message, Problem, ProblemDocument},
    query::{self, blank_is_none, Params},
    server::App,
    settings::Threshold,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use registry_client::Call;
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, str::FromStr};
use utoipa::{IntoParams, ToSchema};

/// Events that come with a proposal.
const EVENTS: i64 = 20;

/// Where a proposal is.
const STATUSES: &[&str] = &["open", "executed", "failed", "withdrawn", "expired"];

/// A status by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Status(&'static str);

impl FromStr for Status {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        query::one_of(text, STATUSES).map(Self)
    }
}

/// Which proposals, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only proposals of this organisation's officers.
    #[serde(default, deserialize_with = "blank_is_none")]
    organisation: Option<i64>,
    /// Where it is: `open`, `executed`, `failed`, `withdrawn` or `expired`.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "open")]
    status: Option<Status>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<i64>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

/// An officer's agreement to a proposal.
#[derive(Serialize, ToSchema)]
pub struct Approval {
    /// The officer, SS58.
    account: String,
    /// When.
    approved_at: Time,
    /// Since when it does not count, because the officer may not do this any more.
    lapsed_at: Option<Time>,
}

/// Why a call that was agreed on failed; it changed nothing.
#[derive(Serialize, ToSchema)]
pub struct Failure {
    /// The chain's name of it.
    #[schema(example = "Credits.NotTheOwner")]
    code: String,
    /// A sentence.
    sentence: String,
}

/// A call that officers of an organisation are to agree on.
#[derive(Serialize, ToSchema)]
pub struct Proposal {
    /// Number of the proposal.
    pub id: i64,
    /// The organisation that acts.
    pub organisation: OrganisationRef,
    /// What the call does, as in the permission table.
    #[schema(example = "issue_credits")]
    pub action: String,
    /// What the call does, in a sentence; null if it is none of the calls that officers make.
    pub words: Option<String>,
    /// The call as it can be prepared; null if it is none of the calls that officers make.
    #[schema(value_type = Option<Object>)]
    pub call: Option<serde_json::Value>,
    /// The call, SCALE in hexadecimal.
    pub method: String,
    /// The officer who proposed it, SS58.
    pub proposer: String,
    /// How many officers must agree.
    pub required: i32,
    /// How many have, and still may.
    pub agreed: i64,
    /// Who has agreed, in order; the first is the proposer.
    pub approvals: Vec<Approval>,
    /// When it was proposed.
    pub proposed_at: Time,
    /// The block that removes it, if it still waits then.
    pub expires_block: i64,
    /// `open`, `executed`, `failed`, `withdrawn` or `expired`.
    #[schema(example = "open")]
    pub status: String,
    /// Why the call of one that failed was refused.
    pub failure: Option<Failure>,
    /// When it ended; null while it waits.
    pub closed_at: Option<Time>,
}

/// What a proposed call does, in a sentence for those who are to agree.
pub fn in_words(call: &serde_json::Value) -> Option<String> {
    let call: Call = serde_json::from_value(call.clone()).ok()?;
    Some(call.in_words())
}

/// Which proposals a query reads.
#[derive(Default)]
struct Selection {
    id: Option<i64>,
    organisation: Option<i64>,
    status: Option<&'static str>,
    before: Option<i64>,
    limit: i64,
}

async fn load(reader: &mut Reader, selection: Selection) -> Result<Vec<Proposal>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT p.id, p.organisation, o.name, p.action,
                  '0x' || encode(p.call, 'hex') AS "method!", p.decoded, p.proposer, p.required,
                  p.proposed_at, p.expires_height, p.status, p.error_code, p.error, p.closed_at
           FROM chain.proposals p JOIN chain.organisations o ON o.id = p.organisation
           WHERE ($1::BIGINT IS NULL OR p.id = $1)
             AND ($2::BIGINT IS NULL OR p.organisation = $2)
             AND ($3::TEXT IS NULL OR p.status = $3)
             AND ($4::BIGINT IS NULL OR p.id < $4)
           ORDER BY p.id DESC LIMIT $5"#,
        selection.id,
        selection.organisation,
        selection.status,
        selection.before,
        selection.limit
    )
    .fetch_all(reader.connection())
    .await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut approvals = approvals(reader, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let approvals = approvals.remove(&row.id).unwrap_or_default();
            let call = row.decoded.filter(|call| !call.is_null());
            Proposal {
                id: row.id,
                organisation: OrganisationRef { id: row.organisation, name: row.name },
                action: row.action,
                words: call.as_ref().and_then(in_words),
                call,
                method: row.method,
                proposer: row.proposer,
                required: row.required,
                agreed: valid(&approvals),
                approvals,
                proposed_at: row.proposed_at.into(),
                expires_block: row.expires_height,
                status: row.status,
                failure: row
                    .error_code
                    .map(|code| Failure { code, sentence: row.error.unwrap_or_default() }),
                closed_at: row.closed_at.map(Time),
            }
        })
        .collect())
}

/// How many approvals count.
fn valid(approvals: &[Approval]) -> i64 {
    let count = approvals.iter().filter(|approval| approval.lapsed_at.is_none()).count();
    i64::try_from(count).unwrap_or(i64::MAX)
}

async fn approvals(
    reader: &mut Reader,
    proposals: &[i64],
) -> Result<HashMap<i64, Vec<Approval>>, Problem> {
    let rows = sqlx::query!(
        "SELECT proposal, account, approved_at, lapsed_at FROM chain.proposal_approvals
         WHERE proposal = ANY ($1) ORDER BY proposal, position",
        proposals
    )
    .fetch_all(reader.connection())
    .await?;
    let mut found = HashMap::<i64, Vec<Approval>>::new();
    for row in rows {
        found.entry(row.proposal).or_default().push(Approval {
            account: row.account,
            approved_at: row.approved_at.into(),
            lapsed_at: row.lapsed_at.map(Time),
        });
    }
    Ok(found)
}

/// The proposals of an organisation that wait.
pub async fn waiting(
    reader: &mut Reader,
    organisation: i64,
    limit: i64,
) -> Result<Vec<Proposal>, Problem> {
    let organisation = Some(organisation);
    let selection = Selection { organisation, status: Some("open"), limit, ..Selection::default() };
    load(reader, selection).await
}

impl Listing for Filter {
    type Item = Proposal;
    type Cursor = i64;
    const NAME: &'static str = "proposals";
    const COLUMNS: &'static [Column<Proposal>] = &[
        ("id", |it| it.id.into()),
        ("proposed_at", |it| it.proposed_at.into()),
        ("organisation_id", |it| it.organisation.id.into()),
        ("organisation", |it| (&it.organisation.name).into()),
        ("action", |it| (&it.action).into()),
        ("words", |it| it.words.as_ref().into()),
        ("proposer", |it| (&it.proposer).into()),
        ("required", |it| it.required.into()),
        ("agreed", |it| it.agreed.into()),
        ("expires_block", |it| it.expires_block.into()),
        ("status", |it| (&it.status).into()),
        ("failure", |it| it.failure.as_ref().map(|it| it.sentence.as_str()).into()),
        ("closed_at", |it| it.closed_at.into()),
        ("method", |it| (&it.method).into()),
    ];

    fn paging(&mut self) -> (&mut Option<i64>, &mut Option<i64>) {
        (&mut self.after, &mut self.limit)
    }

    async fn load(
        &self,
        reader: &mut Reader,
        for_page: bool,
    ) -> Result<(Vec<Proposal>, Option<String>), Problem> {
        let limit = query::limit(self.limit, for_page)?;
        let selection = Selection {
            organisation: self.organisation,
            status: self.status.map(|status| status.0),
            before: self.after,
            limit: limit + 1,
            ..Selection::default()
        };
        Ok(cut(load(reader, selection).await?, limit, |proposal| proposal.id.to_string()))
    }
}

/// The proposals that wait for officers or are closed, newest first.
#[utoipa::path(
    get, path = "/api/v1/proposals", tag = "registry", params(Filter),
    operation_id = "proposals",
    responses(
        (status = OK, body = List<Proposal>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(Params(filter): Params<Filter>, mut reader: Reader) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, false).await?;
    Ok(reader.json_list(items, next))
}

#[derive(Template)]
#[template(path = "proposals.html")]
struct Page {
    l: Layout,
    filter: Filter,
    items: Vec<Proposal>,
    next: Option<String>,
    thresholds: Vec<Threshold>,
}

impl Page {
    fn statuses(&self) -> Vec<(&'static str, bool)> {
        let asked = self.filter.status.map(|status| status.0);
        STATUSES.iter().map(|status| (*status, asked == Some(*status))).collect()
    }

    fn given(&self) -> [(&'static str, String); 2] {
        let Filter { organisation, status, .. } = &self.filter;
        [
            ("organisation", organisation.map(|it| it.to_string()).unwrap_or_default()),
            ("status", status.map(|it| it.0.to_owned()).unwrap_or_default()),
        ]
    }
}

/// `/proposals`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Params(filter): Params<Filter>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, true).await?;
    let thresholds = Threshold::all(&mut reader).await?;
    let l = Layout::of_list(&app, &reader, &uri, "proposals.title");
    page::render(&Page { l, filter, items, next, thresholds })
}

/// A proposal, with what happened to it.
#[derive(Serialize, ToSchema)]
pub struct ProposalRecord {
    #[serde(flatten)]
    proposal: Proposal,
    /// The latest 20 events about it.
    timeline: Vec<Event>,
}

impl ProposalRecord {
    async fn load(reader: &mut Reader, id: &str) -> Result<Self, Problem> {
        let unknown = || Problem::not_found(Message::new("problem.no_proposal").with("id", id));
        let number = query::number(id).ok_or_else(unknown)?;
        let selection = Selection { id: Some(number), limit: 1, ..Selection::default() };
        let proposal = load(reader, selection).await?.pop().ok_or_else(unknown)?;
        let timeline = events::about(reader, About::Proposal(number), EVENTS).await?;
        Ok(Self { proposal, timeline })
    }

    /// The call as it is, laid out to be read.
    fn call(&self) -> Option<String> {
        serde_json::to_string_pretty(self.proposal.call.as_ref()?).ok()
    }
}

/// One proposal.
#[utoipa::path(
    get, path = "/api/v1/proposals/{id}", tag = "registry",
    operation_id = "proposal",
    params(("id" = u32, Path, description = "Number of the proposal", example = 1)),
    responses(
        (status = OK, body = At<ProposalRecord>),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(Path(id): Path<String>, mut reader: Reader) -> Result<Response, Problem> {
    let record = ProposalRecord::load(&mut reader, &id).await?;
    Ok(reader.json(record))
}

#[derive(Template)]
#[template(path = "proposal.html")]
struct RecordPage {
    l: Layout,
    record: ProposalRecord,
}

/// `/proposals/{id}`
pub async fn record(
    State(app): State<App>,
    uri: Uri,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (id, json) = without_json(&id);
    let record = ProposalRecord::load(&mut reader, id).await?;
    if json {
        return Ok(reader.json(record));
    }
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.say("proposal.number", "id", id);
    page::render(&RecordPage { l, record })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_proposed_call_is_said_in_words_and_an_unknown_one_is_not() {
        let issue =
            json!({"pallet": "credits", "name": "issue", "args": {"project": 1, "period": 2}});
        assert!(in_words(&issue).unwrap().contains("period 2"));
        assert_eq!(in_words(&json!({"pallet": "system", "name": "remark", "args": {}})), None);
    }

    #[test]
    fn a_status_is_one_of_five() {
        assert_eq!("failed".parse(), Ok(Status("failed")));
        assert!("Open".parse::<Status>().is_err());
    }
}
