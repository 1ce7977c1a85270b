// SPDX-License-Identifier: Apache-2.0
//! Four eyes: the calls that wait until enough officers have agreed, and those that did.

use crate::{
    answers::{At, List, OrganisationRef, Time},
    db::Reader,
    download::{self, Column},
    events::{self, About, Event},
    i18n::Language,
    list::{self, Field, Key, Kind, Listing, Question, Shown, View},
    page::{self, without_json, Layout},
    problem::{Message, Problem, ProblemDocument},
    query,
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
use registry_primitives::Action;
use serde::Serialize;
use sqlx::{postgres::PgRow, Row};
use std::collections::HashMap;
use utoipa::ToSchema;

/// Events that come with a proposal.
const EVENTS: i64 = 20;

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

impl Proposal {
    /// Whether an account has agreed, and its agreement counts.
    pub fn has_approved(&self, account: &str) -> bool {
        let approved = |it: &Approval| it.account == account && it.lapsed_at.is_none();
        self.approvals.iter().any(approved)
    }
}

/// What a proposed call does, in a sentence for those who are to agree.
pub fn in_words(language: Language, call: &serde_json::Value) -> Option<String> {
    let call: Call = serde_json::from_value(call.clone()).ok()?;
    Some(language.say(&call.sentence()))
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

/// The proposals that wait for officers or are closed, newest first.
pub struct Proposals;

const STATUS: Kind = Kind::choice(|| vec!["open", "executed", "failed", "withdrawn", "expired"]);
const ACTION: Kind = Kind::choice(|| Action::ALL.iter().map(|action| action.as_str()).collect());

impl Listing for Proposals {
    type Item = Proposal;
    const NAME: &'static str = "proposals";
    const TITLE: &'static str = "proposals.title";
    const COLUMNS: &'static [Column<Proposal>] = &[
        ("id", |it| it.id.into()),
        ("proposed_at", |it| it.proposed_at.into()),
        ("organisation_id", |it| it.organisation.id.into()),
        ("organisation", |it| (&it.organisation.name).into()),
        ("action", |it| (&it.action).into()),
        // Files are the same in all languages.
        ("words", |it| it.call.as_ref().and_then(|it| in_words(Language::English, it)).into()),
        ("proposer", |it| (&it.proposer).into()),
        ("required", |it| it.required.into()),
        ("agreed", |it| it.agreed.into()),
        ("expires_block", |it| it.expires_block.into()),
        ("status", |it| (&it.status).into()),
        ("failure", |it| it.failure.as_ref().map(|it| it.sentence.as_str()).into()),
        ("closed_at", |it| it.closed_at.into()),
        ("method", |it| (&it.method).into()),
    ];
    const FIELDS: &'static [Field] = &[
        Field::of(
            "organisation",
            Kind::Id,
            "p.organisation",
            "Number of the organisation whose officers are to agree",
        ),
        Field::of("status", STATUS, "p.status", "Where it is"),
        Field::of("action", ACTION, "p.action", "What the call does, as in the permission table"),
        Field::of("proposer", Kind::Text, "p.proposer", "The officer who proposed it, SS58"),
        Field::of("proposed_at", Kind::Time, "p.proposed_at", "When it was proposed")
            .sorted_as_key(),
        Field::of(
            "expires_block",
            Kind::Number,
            "p.expires_height",
            "The block that removes it, if it still waits then",
        )
        .sorted(),
        Field::of("closed_at", Kind::Time, "p.closed_at", "When it ended").sorted().nullable(),
    ];
    const KEY: Key = Key::numbers("id", &["p.id"]);
    const SQL: &'static str = "SELECT {cursor}, p.id, p.organisation, o.name, p.action,
                '0x' || encode(p.call, 'hex') AS method, p.decoded, p.proposer, p.required,
                p.proposed_at, p.expires_height, p.status, p.error_code, p.error, p.closed_at
         FROM chain.proposals p JOIN chain.organisations o ON o.id = p.organisation
         WHERE {filters} {part}";

    async fn items(reader: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<Proposal>, Problem> {
        let mut approvals = approvals(reader, &list::ids(&rows)?).await?;
        let read = |row: &PgRow| {
            let id = row.try_get("id")?;
            let approvals = approvals.remove(&id).unwrap_or_default();
            let call: Option<serde_json::Value> = row.try_get("decoded")?;
            let call = call.filter(|call| !call.is_null());
            let sentence: Option<String> = row.try_get("error")?;
            let code: Option<String> = row.try_get("error_code")?;
            Ok(Proposal {
                id,
                organisation: OrganisationRef::of(row, "organisation", "name")?,
                action: row.try_get("action")?,
                words: call.as_ref().and_then(|it| in_words(Language::current(), it)),
                call,
                method: row.try_get("method")?,
                proposer: row.try_get("proposer")?,
                required: row.try_get("required")?,
                agreed: valid(&approvals),
                approvals,
                proposed_at: row.try_get("proposed_at")?,
                expires_block: row.try_get("expires_height")?,
                status: row.try_get("status")?,
                failure: code.map(|code| Failure { code, sentence: sentence.unwrap_or_default() }),
                closed_at: row.try_get("closed_at")?,
            })
        };
        rows.iter().map(read).collect()
    }
}

/// The proposals of an organisation that wait.
pub async fn waiting(
    reader: &mut Reader,
    organisation: i64,
    limit: i64,
) -> Result<Vec<Proposal>, Problem> {
    let question = Question::<Proposals>::about(&[("organisation", organisation)], limit)?;
    Ok(question.with("status", "open")?.load(reader).await?.0)
}

/// The proposals that wait for officers or are closed, newest first.
#[utoipa::path(
    get, path = "/api/v1/proposals", tag = "registry", params(Question<Proposals>),
    operation_id = "proposals",
    responses(
        (status = OK, body = List<Proposal>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Proposals>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "proposals.html")]
struct Page {
    l: Layout,
    list: View<Proposals>,
    items: Vec<Proposal>,
    thresholds: Vec<Threshold>,
}

/// `/proposals`
pub async fn page(shown: Shown<Proposals>) -> Result<Response, Problem> {
    let Shown { l, list, items, mut reader } = shown;
    let thresholds = Threshold::all(&mut reader).await?;
    page::render(&Page { l, list, items, thresholds })
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
        let question = Question::<Proposals>::numbered(&[number])?;
        let proposal = question.load(reader).await?.0.pop().ok_or_else(unknown)?;
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
    use std::collections::BTreeSet;

    #[test]
    fn a_proposed_call_is_said_in_words_and_an_unknown_one_is_not() {
        let issue =
            json!({"pallet": "credits", "name": "issue", "args": {"project": 1, "period": 2}});
        assert!(in_words(Language::English, &issue).unwrap().contains("period 2"));
        let unknown = json!({"pallet": "system", "name": "remark", "args": {}});
        assert_eq!(in_words(Language::English, &unknown), None);
    }

    #[test]
    fn every_call_is_said_in_every_language() {
        let samples = include_str!("../../client/src/call/words/samples.json");
        let samples: Vec<serde_json::Value> = serde_json::from_str(samples).unwrap();
        for call in &samples {
            let said = Language::ALL.map(|it| in_words(it, call).unwrap());
            for words in &said {
                assert!(!words.contains(['{', '}', '…', '_']), "{words}");
            }
            assert_eq!(said.iter().collect::<BTreeSet<_>>().len(), said.len(), "{said:?}");
        }
        let transfer = json!({"pallet": "credits", "name": "transfer", "args": {
            "parts": [{"start": 1, "quantity": 5105}], "to": 4, "reference": null,
        }});
        for (language, words) in [
            (Language::English, "Transfer 5,105 tonnes to organisation 4."),
            (Language::French, "Transférer 5\u{202f}105 tonnes à l’organisation 4."),
            (Language::Spanish, "Transferir 5.105 toneladas a la organización 4."),
            (Language::Arabic, "نقل أرصدة إلى المنظمة 4. الكمية: 5,105 أطنان."),
        ] {
            assert_eq!(in_words(language, &transfer).unwrap(), words);
        }
    }

    #[test]
    fn what_others_wrote_changes_nothing_around_it() {
        let reason = "<b>\u{2069}\u{202e}It is so.";
        let call = json!({"pallet": "organisations", "name": "suspend_organisation", "args": {
            "id": 4, "reason": reason,
        }});
        let said = |language: Language| in_words(language, &call).unwrap();
        let (english, arabic) = (said(Language::English), said(Language::Arabic));
        assert!(english.ends_with("“<b>\u{fffd}\u{fffd}It is so.”"), "{english}");
        let isolated = "«\u{2068}<b>\u{fffd}\u{fffd}It is so.\u{2069}»";
        assert!(arabic.ends_with(isolated), "{arabic}");
        assert!(crate::page::foreign(&arabic).contains("&#60;b&#62;"));
    }
}
