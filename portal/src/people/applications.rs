// SPDX-License-Identifier: Apache-2.0
//! Applications to be registered: filed by who will be the organisation's first Admin, signed with
//! that key, reviewed by officers of the Government, and approved by the call that creates the
//! organisation. What is filed is that call, as `registry apply` writes it.

use super::{account::ask_to_confirm, contact};
use crate::{
    access::{audit, is_signed_by, session::private, Caller, Deed},
    answers::{cut, Time},
    extrinsics::read,
    mail::{self, Letter, Recipient},
    problem::{Message, Problem, ProblemDocument},
    query::{self, blank_is_none, one_of, Params},
    server::App,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    Json,
};
use codec::Encode;
use registry_client::Call;
use registry_primitives::{
    organisation::{application_payload, OrganisationDetails},
    OrganisationRole,
};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// Applications that wait at once; more cannot be reviewed, and would only fill the table.
const MAX_OPEN: i64 = 5_000;
const STATES: [&str; 4] = ["waiting", "approved", "rejected", "withdrawn"];

/// An application and how the applicant is reached.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "application": {
        "pallet": "organisations", "name": "approve_application",
        "args": {
            "role": "project_developer",
            "details": {
                "name": "Island Solar", "tax_id": "TAX 77", "country": "VU",
                "sectoral_scopes": [],
                "profile": "0x0000000000000000000000000000000000000000000000000000000000000000",
            },
            "applicant": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
            "signature": "0x01",
        },
    },
    "name": "Ana Vira", "email": "ana@developer.example", "phone": "+678 22123",
    "language": "en", "message": "We build solar plants on Efate.",
}))]
pub struct NewApplication {
    /// The call that approves it, with the applicant's signature, as `registry apply` writes it.
    #[schema(value_type = Object)]
    application: serde_json::Value,
    /// The applicant's name.
    name: String,
    /// Where the answer goes.
    email: String,
    /// Telephone.
    phone: Option<String>,
    /// The language of mail: `en`, `fr`, `es` or `ar`.
    language: String,
    /// What the officers should know.
    message: Option<String>,
}

/// An application.
#[derive(Serialize, ToSchema)]
pub struct Application {
    /// Its number.
    id: i64,
    /// `waiting`, `approved`, `rejected` or `withdrawn`.
    #[schema(example = "waiting")]
    state: String,
    /// The call that approves it, for a Government Admin to prepare and sign.
    #[schema(value_type = Object)]
    call: serde_json::Value,
    /// The applicant, SS58.
    account: String,
    /// The applicant's name; null once it was forgotten.
    name: Option<String>,
    /// Where the answer goes; null once it was forgotten.
    email: Option<String>,
    /// Telephone.
    phone: Option<String>,
    /// The language of mail.
    language: String,
    /// What the officers should know.
    message: Option<String>,
    /// When it was filed.
    submitted_at: Time,
    /// When it was withdrawn.
    withdrawn_at: Option<Time>,
    /// When it was rejected.
    rejected_at: Option<Time>,
    /// The officer who rejected it, SS58.
    rejected_by: Option<String>,
    /// Why.
    remark: Option<String>,
    /// The organisation that it became.
    organisation: Option<i64>,
}

/// Some applications.
#[derive(Serialize, ToSchema)]
pub struct Applications {
    items: Vec<Application>,
    /// What to give as `after` to read on; null at the end.
    next: Option<String>,
}

/// Where an application is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Phase(&'static str);

impl FromStr for Phase {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        one_of(text, &STATES).map(Self)
    }
}

/// Which applications, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// `waiting`, `approved`, `rejected` or `withdrawn`.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "waiting")]
    state: Option<Phase>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<i64>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

/// What a call says that approves an application.
struct Filed {
    role: OrganisationRole,
    details: OrganisationDetails,
    account: String,
}

/// Reads the call, and checks that the applicant signed it for this chain.
async fn filed(app: &App, value: &serde_json::Value) -> Result<Filed, Problem> {
    let call: Call = serde_json::from_value(value.clone()).map_err(|error| {
        Problem::unprocessable(Message::new("problem.call").with("error", error))
    })?;
    let Call::ApproveApplication { role, details, applicant, signature } = call else {
        return Err(Problem::unprocessable(Message::new("problem.no_application_call")));
    };
    let by_application = matches!(
        role,
        OrganisationRole::ProjectDeveloper | OrganisationRole::Certifier | OrganisationRole::Api
    );
    let described = details.name.is_valid()
        && details.tax_id.is_valid()
        && details.country.is_valid()
        && details.sectoral_scopes.is_empty();
    if !by_application || !described {
        return Err(Problem::unprocessable(Message::new("problem.application_details")));
    }
    let genesis = app.node.registry()?.genesis_hash();
    let payload = application_payload(&genesis, role, &details);
    let signature = format!("0x{}", hex::encode(signature.0.encode()));
    if !is_signed_by(&applicant, &payload, &signature) {
        return Err(Problem::unprocessable(Message::new("problem.application_signature")));
    }
    Ok(Filed { role, details, account: applicant.to_string() })
}

/// Files an application to be registered. Nobody needs to sign in: the application is signed.
#[utoipa::path(
    post, path = "/api/v1/applications", tag = "people",
    operation_id = "apply",
    request_body = NewApplication,
    responses(
        (status = CREATED, body = Application),
        (status = CONFLICT, body = ProblemDocument, description = "There is one already, or the account or the tax identifier is taken"),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument),
        (status = SERVICE_UNAVAILABLE, body = ProblemDocument),
    )
)]
pub async fn apply(State(app): State<App>, body: Bytes) -> Result<Response, Problem> {
    let new: NewApplication = read(&body)?;
    let name = contact::line("name", &new.name, contact::MAX_NAME)?;
    let email = contact::email(&new.email)?;
    let phone = new.phone.map(|it| contact::phone(&it)).transpose()?;
    let language = contact::language(&new.language)?;
    let message = new.message.map(|it| contact::text("message", &it)).transpose()?;
    let Filed { role, details, account } = filed(&app, &new.application).await?;
    let tax_id = details.tax_id.to_string();
    let mut transaction = app.directory.begin().await?;
    ensure_free(&mut transaction, &account, &tax_id).await?;
    let id = sqlx::query_scalar!(
        "INSERT INTO directory.applications
             (account, tax_id, call, name, email, phone, message, language)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id",
        account,
        tax_id,
        new.application,
        name,
        email,
        phone,
        message,
        language
    )
    .fetch_optional(&mut *transaction)
    .await?
    .ok_or_else(|| Problem::conflict(Message::new("problem.application_waits")))?;
    sqlx::query!(
        "INSERT INTO directory.people (account, name, email, phone, language)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account) DO NOTHING",
        account,
        name,
        email,
        phone,
        language
    )
    .execute(&mut *transaction)
    .await?;
    ask_to_confirm(&mut transaction, &app, &account, &email, &language).await?;
    let letter = Letter::new("application_received")
        .with("organisation", &details.name)
        .with("tax_id", &tax_id)
        .with("role", role)
        .with("link", format!("{}/applications/{id}", app.site.url()));
    mail::enqueue(&mut transaction, Recipient::government(), letter).await?;
    let deed = Deed::new("application_filed", id);
    audit::record_attempt(&mut transaction, &account, None, deed, true).await?;
    let made = load(&mut transaction, &Selection { id: Some(id), ..Selection::default() }).await?;
    transaction.commit().await?;
    let made = made.into_iter().next().ok_or_else(|| Problem::internal("it is not there"))?;
    Ok((StatusCode::CREATED, private(Json(made))).into_response())
}

/// Refuses what the chain would refuse for being there already, and what nobody could review.
async fn ensure_free(
    connection: &mut PgConnection,
    account: &str,
    tax_id: &str,
) -> Result<(), Problem> {
    let row = sqlx::query!(
        r#"SELECT EXISTS (SELECT FROM chain.members WHERE account = $1) AS "member!",
                  EXISTS (SELECT FROM chain.organisations WHERE tax_id = $2) AS "registered!",
                  (SELECT count(*) FROM directory.applications
                   WHERE rejected_at IS NULL AND withdrawn_at IS NULL) AS "open!""#,
        account,
        tax_id
    )
    .fetch_one(connection)
    .await?;
    if row.member {
        return Err(Problem::conflict(Message::new("problem.is_a_member")));
    }
    if row.registered {
        return Err(Problem::conflict(Message::new("problem.is_registered")));
    }
    match row.open < MAX_OPEN {
        true => Ok(()),
        false => Err(Problem::unavailable(Message::new("problem.too_many_applications"))),
    }
}

/// Which applications a query reads.
#[derive(Default)]
struct Selection {
    id: Option<i64>,
    account: Option<String>,
    state: Option<&'static str>,
    before: Option<i64>,
    limit: Option<i64>,
}

async fn load(
    connection: &mut PgConnection,
    selection: &Selection,
) -> Result<Vec<Application>, Problem> {
    let rows = sqlx::query_as!(
        Application,
        r#"SELECT * FROM (
               SELECT a.id, CASE WHEN a.rejected_at IS NOT NULL THEN 'rejected'
                                 WHEN o.id IS NOT NULL THEN 'approved'
                                 WHEN a.withdrawn_at IS NOT NULL THEN 'withdrawn'
                                 ELSE 'waiting' END AS "state!",
                      a.call, a.account, a.name, a.email, a.phone, a.language, a.message,
                      a.submitted_at AS "submitted_at!: Time",
                      a.withdrawn_at AS "withdrawn_at: Time",
                      a.rejected_at AS "rejected_at: Time", a.rejected_by, a.remark,
                      o.id AS "organisation?"
               FROM directory.applications a
               LEFT JOIN chain.organisations o ON o.tax_id = a.tax_id AND a.rejected_at IS NULL
           ) it
           WHERE ($1::BIGINT IS NULL OR id = $1) AND ($2::TEXT IS NULL OR account = $2)
             AND ($3::TEXT IS NULL OR "state!" = $3) AND ($4::BIGINT IS NULL OR id < $4)
           ORDER BY id DESC LIMIT $5"#,
        selection.id,
        selection.account,
        selection.state,
        selection.before,
        selection.limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// Applications, the newest first: all for officers of the Government, one's own for everybody else.
#[utoipa::path(
    get, path = "/api/v1/applications", tag = "people", params(Filter),
    operation_id = "applications",
    security(("session" = []), ("token" = [])),
    responses(
        (status = OK, body = Applications),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Response, Problem> {
    let account = caller.account()?.to_string();
    let limit = query::limit(filter.limit, false)?;
    let selection = Selection {
        account: caller.officer_of_government().is_err().then_some(account),
        state: filter.state.map(|state| state.0),
        before: filter.after,
        limit: Some(limit + 1),
        ..Selection::default()
    };
    let mut transaction = app.directory.begin().await?;
    let rows = load(&mut transaction, &selection).await?;
    audit::record(&mut transaction, &caller, Deed::only("applications_read")).await?;
    transaction.commit().await?;
    let (items, next) = cut(rows, limit, |application| application.id.to_string());
    Ok(private(Json(Applications { items, next })))
}

/// One application: for officers of the Government and the applicant.
#[utoipa::path(
    get, path = "/api/v1/applications/{id}", tag = "people",
    operation_id = "application",
    params(("id" = u64, Path, description = "Number of the application", example = 1)),
    security(("session" = []), ("token" = [])),
    responses(
        (status = OK, body = Application),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let mut transaction = app.directory.begin().await?;
    let found = find(&mut transaction, &caller, &id).await?;
    audit::record(&mut transaction, &caller, Deed::new("application_read", found.id)).await?;
    transaction.commit().await?;
    Ok(private(Json(found)))
}

/// An application that the caller may see; to everybody else it is not there.
async fn find(
    connection: &mut PgConnection,
    caller: &Caller,
    id: &str,
) -> Result<Application, Problem> {
    let account = caller.account()?.to_string();
    let unknown = || Problem::not_found(Message::new("problem.no_application").with("id", id));
    let selection = Selection {
        id: Some(query::number(id).ok_or_else(unknown)?),
        account: caller.officer_of_government().is_err().then_some(account),
        ..Selection::default()
    };
    load(connection, &selection).await?.pop().ok_or_else(unknown)
}

/// Why an application is rejected.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "remark": "The tax identifier is not one of the companies register." }))]
pub struct Rejection {
    /// What the applicant is told.
    remark: String,
}

/// Rejects an application that waits: by an Admin of the Government. The applicant is told why.
#[utoipa::path(
    post, path = "/api/v1/applications/{id}/reject", tag = "people",
    operation_id = "reject_application",
    params(("id" = u64, Path, description = "Number of the application", example = 1)),
    request_body = Rejection,
    security(("session" = []), ("token" = [])),
    responses(
        (status = OK, body = Application),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
        (status = CONFLICT, body = ProblemDocument, description = "It does not wait any more"),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument),
    )
)]
pub async fn reject(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let Rejection { remark } = read(&body)?;
    let remark = contact::text("remark", &remark)?;
    if remark.is_empty() {
        return Err(Problem::unprocessable(Message::new("problem.remark")));
    }
    caller.officer_of_government()?;
    caller.admin_of()?;
    let mut transaction = app.directory.begin().await?;
    let found = find(&mut transaction, &caller, &id).await?;
    let rejected = sqlx::query!(
        "UPDATE directory.applications
         SET rejected_at = now(), rejected_by = $2, remark = $3
         WHERE id = $1 AND rejected_at IS NULL AND withdrawn_at IS NULL
           AND NOT EXISTS (SELECT FROM chain.organisations o
                           WHERE o.tax_id = applications.tax_id)
         RETURNING account, email, language",
        found.id,
        caller.account()?.to_string(),
        remark
    )
    .fetch_optional(&mut *transaction)
    .await?
    .ok_or_else(|| Problem::conflict(Message::new("problem.application_closed")))?;
    if let Some(email) = &rejected.email {
        let to = Recipient::address(Some(&rejected.account), email, &rejected.language);
        let letter = Letter::new("application_rejected").with("remark", &remark);
        mail::enqueue(&mut transaction, to, letter).await?;
    }
    audit::record(&mut transaction, &caller, Deed::new("application_rejected", found.id)).await?;
    let after = find(&mut transaction, &caller, &id).await?;
    transaction.commit().await?;
    Ok(private(Json(after)))
}

/// Withdraws one's own application that waits.
#[utoipa::path(
    delete, path = "/api/v1/applications/{id}", tag = "people",
    operation_id = "withdraw_application",
    params(("id" = u64, Path, description = "Number of the application", example = 1)),
    security(("session" = []), ("token" = [])),
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found(Message::new("problem.no_application").with("id", &id));
    let number = query::number(&id).ok_or_else(unknown)?;
    let mut transaction = app.directory.begin().await?;
    let withdrawn = sqlx::query!(
        "UPDATE directory.applications SET withdrawn_at = now()
         WHERE id = $1 AND account = $2 AND rejected_at IS NULL AND withdrawn_at IS NULL",
        number,
        caller.account()?.to_string()
    )
    .execute(&mut *transaction)
    .await?;
    if withdrawn.rows_affected() == 0 {
        return Err(unknown());
    }
    audit::record(&mut transaction, &caller, Deed::new("application_withdrawn", number)).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
