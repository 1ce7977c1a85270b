// SPDX-License-Identifier: Apache-2.0
//! The key with which the registry signs for an organisation's programs. It is made here and sealed;
//! the organisation's Admin makes its account a member, and can remove it, on the chain.

use crate::{
    access::{audit, session::private, Caller, Deed},
    answers::Time,
    problem::{Message, Problem, ProblemDocument},
    secret::{self, Secret},
    server::App,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    Json,
};
use registry_client::{AccountId32, Call};
use registry_primitives::{MemberRole, OrganisationRole};
use serde::Serialize;
use sqlx::PgConnection;
use subxt_signer::sr25519::Keypair;
use utoipa::ToSchema;

/// The key of an organisation's gateway, without its secret.
#[derive(Serialize, ToSchema)]
pub struct Gateway {
    /// Its account, SS58.
    account: String,
    /// What the account may do in the organisation; null while it is not a member.
    #[schema(example = "manager")]
    role: Option<String>,
    /// The Admin who made it, SS58.
    made_by: String,
    /// When.
    made_at: Time,
    /// The call to prepare and sign that makes the account a member, while it is none.
    #[schema(value_type = Option<Object>)]
    call: Option<Call>,
}

async fn load(connection: &mut PgConnection, organisation: i64) -> Result<Gateway, Problem> {
    let row = sqlx::query!(
        r#"SELECT g.account, m.role AS "role?", g.made_by, g.made_at
           FROM directory.gateways g
           LEFT JOIN chain.members m ON m.account = g.account AND m.organisation = g.organisation
           WHERE g.organisation = $1"#,
        organisation
    )
    .fetch_optional(connection)
    .await?
    .ok_or_else(|| Problem::not_found(Message::new("problem.no_gateway")))?;
    let account = row.account.parse().ok().filter(|_| row.role.is_none());
    let organisation = u32::try_from(organisation).unwrap_or_default();
    Ok(Gateway {
        call: account.map(|account| Call::AddMember {
            organisation,
            account,
            role: MemberRole::Manager,
        }),
        account: row.account,
        role: row.role,
        made_by: row.made_by,
        made_at: row.made_at.into(),
    })
}

/// The account that signs what the organisation's programs submit.
#[utoipa::path(
    get, path = "/api/v1/mrv/gateway", tag = "mrv",
    operation_id = "gateway",
    security(("session" = []), ("token" = [])),
    responses(
        (status = OK, body = Gateway),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let organisation = caller.admin_of()?;
    let mut transaction = app.directory.begin().await?;
    Ok(private(Json(load(&mut transaction, organisation.id).await?)))
}

/// Makes the account that signs what the organisation's programs submit: once, by an Admin of an
/// organisation of MRV systems. The answer holds the call that makes it a member.
#[utoipa::path(
    post, path = "/api/v1/mrv/gateway", tag = "mrv",
    operation_id = "make_gateway",
    security(("session" = []), ("token" = [])),
    responses(
        (status = CREATED, body = Gateway),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = CONFLICT, body = ProblemDocument, description = "There is one"),
    )
)]
pub async fn make(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let organisation = caller.admin_of()?;
    if organisation.role != OrganisationRole::Api {
        return Err(Problem::forbidden(Message::new("problem.mrv_only")));
    }
    let chance = secret::random::<{ secret::BYTES }>()
        .map_err(|error| Problem::internal(&error.to_string()))?;
    let account = AccountId32(pair(&chance)?.public_key().0);
    let sealed = app.secret.seal(&chance).map_err(|error| Problem::internal(&error.to_string()))?;
    let mut transaction = app.directory.begin().await?;
    let made = sqlx::query!(
        "INSERT INTO directory.gateways (organisation, account, key, made_by)
         VALUES ($1, $2, $3::BYTEA, $4) ON CONFLICT DO NOTHING",
        organisation.id,
        account.to_string(),
        sealed,
        caller.account()?.to_string()
    )
    .execute(&mut *transaction)
    .await?;
    if made.rows_affected() == 0 {
        return Err(Problem::conflict(Message::new("problem.has_gateway")));
    }
    audit::record(&mut transaction, &caller, Deed::new("gateway_made", account)).await?;
    let gateway = load(&mut transaction, organisation.id).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, private(Json(gateway))).into_response())
}

/// Forgets the key, once its account is no member any more.
#[utoipa::path(
    delete, path = "/api/v1/mrv/gateway", tag = "mrv",
    operation_id = "forget_gateway",
    security(("session" = []), ("token" = [])),
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
        (status = CONFLICT, body = ProblemDocument, description = "Its account is a member still"),
    )
)]
pub async fn forget(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let organisation = caller.admin_of()?;
    let mut transaction = app.directory.begin().await?;
    let gateway = load(&mut transaction, organisation.id).await?;
    if gateway.role.is_some() {
        return Err(Problem::conflict(Message::new("problem.gateway_is_member")));
    }
    sqlx::query!("DELETE FROM directory.gateways WHERE organisation = $1", organisation.id)
        .execute(&mut *transaction)
        .await?;
    let deed = Deed::new("gateway_forgotten", &gateway.account);
    audit::record(&mut transaction, &caller, deed).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The key of an organisation's gateway.
pub async fn key(
    connection: &mut PgConnection,
    secret: &Secret,
    organisation: i64,
) -> Result<Keypair, Problem> {
    let sealed = sqlx::query_scalar!(
        "SELECT key FROM directory.gateways WHERE organisation = $1",
        organisation
    )
    .fetch_optional(connection)
    .await?
    .ok_or_else(|| Problem::not_found(Message::new("problem.no_gateway")))?;
    let broken = || Problem::internal("the key of a gateway was sealed by another secret");
    pair(&secret.unseal(&sealed).and_then(|key| key.try_into().ok()).ok_or_else(broken)?)
}

fn pair(key: &[u8; secret::BYTES]) -> Result<Keypair, Problem> {
    Keypair::from_secret_key(*key).map_err(|error| Problem::internal(&error.to_string()))
}
