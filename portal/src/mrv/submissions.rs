// SPDX-License-Identifier: Apache-2.0
//! MrvSubmissions: made by programs with a key, read by them and by the organisation's members.

use crate::{
    access::{audit, session::private, Caller, Deed, Scope, Who},
    answers::{cut, Time},
    extrinsics::read,
    problem::{Message, Problem, ProblemDocument},
    query::{self, blank_is_none, one_of, Params},
    secret,
    server::App,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{header, StatusCode},
    response::{IntoResponse, Response},
    Json,
};
use registry_client::Call;
use registry_primitives::OrganisationRole;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// MrvSubmissions of an organisation that wait at once.
const MAX_WAITING: i64 = 10_000;
/// Longest reference, in bytes.
const MAX_REFERENCE: usize = 100;

/// What to submit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "reference": "meter-7/2024",
    "call": {
        "pallet": "projects", "name": "submit_document",
        "args": {
            "project": 1, "kind": "monitoring_report", "size": 48123,
            "hash": "0x91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3",
        },
    },
}))]
pub struct NewMrvSubmission {
    /// The program's own name of it, up to 100 bytes: to submit it again under the same name is to
    /// ask what became of it.
    reference: String,
    /// `projects.register_project`, `projects.submit_document` or `projects.report_monitoring`, as
    /// it is prepared for signing elsewhere.
    #[schema(value_type = Object)]
    call: serde_json::Value,
}

/// A submission and what became of it.
#[derive(Serialize, ToSchema)]
pub struct MrvSubmission {
    /// Its number.
    id: i64,
    /// The program's own name of it.
    reference: String,
    /// What was submitted.
    #[schema(value_type = Object)]
    call: serde_json::Value,
    /// When.
    submitted_at: Time,
    /// `waiting` to be signed, `signed` and sent, `final` in a block, or `failed`.
    #[schema(example = "final")]
    state: String,
    /// Hash of the transaction.
    extrinsic: Option<String>,
    /// Height of the block that it is in.
    height: Option<i64>,
    /// The project that it is about, once it is final.
    project: Option<i64>,
    /// Number of the document that it made.
    document: Option<i64>,
    /// Number of the monitoring period that it made.
    period: Option<i64>,
    /// The chain's name of why it failed.
    code: Option<String>,
    /// Why it failed, as a sentence.
    sentence: Option<String>,
    /// What was decided last: `verified`, `returned`, `issued` or `refused` for monitoring,
    /// `accepted` or `rejected` for a document, the stage of a project.
    #[schema(example = "verified")]
    decision: Option<String>,
    /// When that was seen.
    decided_at: Option<Time>,
}

/// Some submissions.
#[derive(Serialize, ToSchema)]
pub struct MrvSubmissions {
    items: Vec<MrvSubmission>,
    /// What to give as `after` to read on; null at the end.
    next: Option<String>,
}

/// Which submissions a query reads.
#[derive(Default)]
struct Selection<'a> {
    id: Option<i64>,
    reference: Option<&'a str>,
    state: Option<&'static str>,
    before: Option<i64>,
    limit: Option<i64>,
}

async fn load(
    connection: &mut PgConnection,
    organisation: i64,
    selection: &Selection<'_>,
) -> Result<Vec<MrvSubmission>, Problem> {
    let rows = sqlx::query_as!(
        MrvSubmission,
        r#"SELECT id, reference, call, submitted_at, state,
                  '0x' || encode(hash, 'hex') AS "extrinsic?", height, project, document, period,
                  code, sentence, decision, decided_at AS "decided_at: Time"
           FROM directory.submissions
           WHERE organisation = $1 AND ($2::BIGINT IS NULL OR id = $2)
             AND ($3::TEXT IS NULL OR reference = $3) AND ($4::TEXT IS NULL OR state = $4)
             AND ($5::BIGINT IS NULL OR id < $5)
           ORDER BY id DESC LIMIT $6"#,
        organisation,
        selection.id,
        selection.reference,
        selection.state,
        selection.before,
        selection.limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// Whether the registry signs such a call for a program.
fn is_submittable(call: &Call) -> bool {
    matches!(
        call,
        Call::RegisterProject { .. } | Call::SubmitDocument { .. } | Call::ReportMonitoring { .. }
    )
}

/// Submits a call that the registry signs for the organisation of the program's key. To submit the
/// same again under the same reference does nothing, and answers what became of it.
#[utoipa::path(
    post, path = "/api/v1/mrv/submissions", tag = "mrv",
    operation_id = "submit_mrv",
    request_body = NewMrvSubmission,
    security(("token" = []), ("key" = [])),
    responses(
        (status = ACCEPTED, body = MrvSubmission),
        (status = OK, body = MrvSubmission, description = "It was submitted before"),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = CONFLICT, body = ProblemDocument, description = "There is no gateway, or another submission of this name"),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument),
    )
)]
pub async fn submit(
    State(app): State<App>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Problem> {
    let NewMrvSubmission { reference, call } = read(&body)?;
    let Who::Program { key, .. } = caller.who else {
        return Err(Problem::forbidden(Message::new("problem.program_only")));
    };
    let organisation = caller.writing(Scope::Mrv)?;
    if organisation.role != OrganisationRole::Api {
        return Err(Problem::forbidden(Message::new("problem.mrv_only")));
    }
    let plain = (1..=MAX_REFERENCE).contains(&reference.len());
    if !plain || reference.contains(char::is_control) {
        let message = Message::new("problem.reference").with("max", MAX_REFERENCE);
        return Err(Problem::unprocessable(message));
    }
    let decoded: Call = serde_json::from_value(call).map_err(|error| {
        Problem::unprocessable(Message::new("problem.call").with("error", error))
    })?;
    if !is_submittable(&decoded) {
        return Err(Problem::unprocessable(Message::new("problem.not_submittable")));
    }
    // As it is understood, so that the same call in another order of its fields is the same.
    let call =
        serde_json::to_value(&decoded).map_err(|error| Problem::internal(&error.to_string()))?;
    let digest = secret::hash(call.to_string().as_bytes());
    let mut transaction = app.directory.begin().await?;
    ensure_open(&mut transaction, organisation.id).await?;
    let made = sqlx::query_scalar!(
        "INSERT INTO directory.submissions (organisation, api_key, reference, digest, call)
         VALUES ($1, $2, $3, $4::BYTEA, $5) ON CONFLICT DO NOTHING RETURNING id",
        organisation.id,
        key,
        reference,
        &digest[..],
        call
    )
    .fetch_optional(&mut *transaction)
    .await?;
    if let Some(id) = made {
        audit::record(&mut transaction, &caller, Deed::new("mrv_submitted", id)).await?;
    }
    let same = sqlx::query_scalar!(
        r#"SELECT digest = $3::BYTEA AS "same!" FROM directory.submissions
           WHERE organisation = $1 AND reference = $2"#,
        organisation.id,
        reference,
        &digest[..]
    )
    .fetch_one(&mut *transaction)
    .await?;
    if !same {
        return Err(Problem::conflict(
            Message::new("problem.other_submission").with("reference", &reference),
        ));
    }
    let selection = Selection { reference: Some(&reference), ..Selection::default() };
    let found = load(&mut transaction, organisation.id, &selection).await?.pop();
    transaction.commit().await?;
    app.mrv.notify_one();
    let found = found.ok_or_else(|| Problem::internal("a submission is not there"))?;
    let location = format!("/api/v1/mrv/submissions/{}", found.id);
    let status = if made.is_some() { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, [(header::LOCATION, location)], private(Json(found))).into_response())
}

/// Refuses while nothing could be signed, and when too much waits.
async fn ensure_open(connection: &mut PgConnection, organisation: i64) -> Result<(), Problem> {
    let row = sqlx::query!(
        r#"SELECT EXISTS (SELECT FROM directory.gateways g
                          JOIN chain.members m ON m.account = g.account
                          WHERE g.organisation = $1 AND m.organisation = $1
                            AND m.role IN ('admin', 'manager')) AS "ready!",
                  (SELECT count(*) FROM directory.submissions
                   WHERE organisation = $1 AND state IN ('waiting', 'signed')) AS "waiting!""#,
        organisation
    )
    .fetch_one(connection)
    .await?;
    if !row.ready {
        return Err(Problem::conflict(Message::new("problem.gateway_not_ready")));
    }
    match row.waiting < MAX_WAITING {
        true => Ok(()),
        false => Err(Problem::unavailable(Message::new("problem.too_many_submissions"))),
    }
}

/// Where a submission is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Phase(&'static str);

impl FromStr for Phase {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        one_of(text, &["waiting", "signed", "final", "failed"]).map(Self)
    }
}

/// Which submissions, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only the one with this reference.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(example = "meter-7/2024")]
    reference: Option<String>,
    /// `waiting`, `signed`, `final` or `failed`.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "failed")]
    state: Option<Phase>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<i64>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

/// The submissions of the caller's organisation, the newest first.
#[utoipa::path(
    get, path = "/api/v1/mrv/submissions", tag = "mrv", params(Filter),
    operation_id = "mrv_submissions",
    security(("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = OK, body = MrvSubmissions),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Response, Problem> {
    let organisation = caller.reading(Scope::Mrv)?;
    let limit = query::limit(filter.limit, false)?;
    let selection = Selection {
        reference: filter.reference.as_deref(),
        state: filter.state.map(|it| it.0),
        before: filter.after,
        limit: Some(limit + 1),
        ..Selection::default()
    };
    let mut transaction = app.directory.begin().await?;
    let rows = load(&mut transaction, organisation.id, &selection).await?;
    let (items, next) = cut(rows, limit, |submission| submission.id.to_string());
    Ok(private(Json(MrvSubmissions { items, next })))
}

/// One submission of the caller's organisation.
#[utoipa::path(
    get, path = "/api/v1/mrv/submissions/{id}", tag = "mrv",
    operation_id = "mrv_submission",
    params(("id" = u64, Path, description = "Number of the submission", example = 1)),
    security(("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = OK, body = MrvSubmission),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let organisation = caller.reading(Scope::Mrv)?;
    let unknown = || Problem::not_found(Message::new("problem.no_submission").with("id", &id));
    let id = Some(query::number(&id).ok_or_else(unknown)?);
    let mut transaction = app.directory.begin().await?;
    let selection = Selection { id, ..Selection::default() };
    let found = load(&mut transaction, organisation.id, &selection).await?.pop();
    Ok(private(Json(found.ok_or_else(unknown)?)))
}
