// SPDX-License-Identifier: Apache-2.0
//! Invitations: an Admin asks somebody by mail to become a member, who answers with an account and a
//! proof of holding its key. The Admin then signs the membership; the chain decides.

use super::contact;
use crate::{
    access::{audit, is_signed_by, session::private, Caller, Deed},
    answers::{OrganisationRef, Time},
    extrinsics::read,
    mail::{self, Letter, Recipient},
    problem::{Message, Problem, ProblemDocument},
    query, secret,
    server::App,
    site::Site,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    Json,
};
use base64::{engine::general_purpose::URL_SAFE_NO_PAD as BASE64, Engine};
use registry_client::{AccountId32, Call};
use registry_primitives::MemberRole;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;

/// Invitations of an organisation that wait at once.
const MAX_OPEN: i64 = 100;

/// Whom to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "email": "ben@developer.example", "name": "Ben Tari", "role": "manager", "language": "en",
}))]
pub struct NewInvitation {
    /// Where the link goes.
    email: String,
    /// The person's name, for the mail.
    name: String,
    /// `admin`, `manager` or `view_only`.
    role: String,
    /// The language of the mail: `en`, `fr`, `es` or `ar`.
    language: String,
}

/// An invitation.
#[derive(Serialize, ToSchema)]
pub struct Invitation {
    /// Its number.
    id: i64,
    /// What the person would be.
    #[schema(example = "manager")]
    role: String,
    /// Where the link went; null once it was forgotten.
    email: Option<String>,
    /// The person's name; null once it was forgotten.
    name: Option<String>,
    /// The Admin who invites, SS58.
    invited_by: String,
    /// When.
    invited_at: Time,
    /// Until when it can be answered.
    expires_at: Time,
    /// When it was taken back.
    revoked_at: Option<Time>,
    /// The account that the person answered with.
    claimed_by: Option<String>,
    /// When.
    claimed_at: Option<Time>,
    /// Whether the account is a member of the organisation now.
    is_member: bool,
    /// The call to prepare and sign that makes the account a member, once the person has answered.
    #[schema(value_type = Option<Object>)]
    call: Option<Call>,
}

/// The invitations of an organisation.
#[derive(Serialize, ToSchema)]
pub struct Invitations {
    items: Vec<Invitation>,
}

/// The invitations of the caller's organisation, the newest 200 first.
#[utoipa::path(
    get, path = "/api/v1/invitations", tag = "people",
    operation_id = "invitations",
    security(("session" = []), ("token" = [])),
    responses(
        (status = OK, body = Invitations),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
    )
)]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let organisation = caller.admin_of()?;
    let mut transaction = app.directory.begin().await?;
    let items = load(&mut transaction, organisation.id, None).await?;
    audit::record(&mut transaction, &caller, Deed::only("invitations_read")).await?;
    transaction.commit().await?;
    Ok(private(Json(Invitations { items })))
}

async fn load(
    connection: &mut PgConnection,
    organisation: i64,
    id: Option<i64>,
) -> Result<Vec<Invitation>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT i.id, i.role, i.email, i.name, i.invited_by, i.invited_at, i.expires_at,
                  i.revoked_at AS "revoked_at: Time", i.claimed_by,
                  i.claimed_at AS "claimed_at: Time",
                  EXISTS (SELECT FROM chain.members m
                          WHERE m.account = i.claimed_by AND m.organisation = i.organisation)
                      AS "is_member!"
           FROM directory.invitations i
           WHERE i.organisation = $1 AND ($2::BIGINT IS NULL OR i.id = $2)
           ORDER BY i.id DESC LIMIT 200"#,
        organisation,
        id
    )
    .fetch_all(connection)
    .await?;
    let organisation = u32::try_from(organisation).unwrap_or_default();
    rows.into_iter()
        .map(|row| {
            let waits = !row.is_member && row.revoked_at.is_none();
            let account = row.claimed_by.as_ref().filter(|_| waits);
            let role: MemberRole =
                row.role.parse().map_err(|_| Problem::internal("a member role of no name"))?;
            let call = account
                .and_then(|account| account.parse().ok())
                .map(|account| Call::AddMember { organisation, account, role });
            Ok(Invitation {
                id: row.id,
                role: row.role,
                email: row.email,
                name: row.name,
                invited_by: row.invited_by,
                invited_at: row.invited_at.into(),
                expires_at: row.expires_at.into(),
                revoked_at: row.revoked_at,
                claimed_by: row.claimed_by,
                claimed_at: row.claimed_at,
                is_member: row.is_member,
                call,
            })
        })
        .collect()
}

/// Invites somebody into the caller's organisation by a link that is mailed and valid for a week.
#[utoipa::path(
    post, path = "/api/v1/invitations", tag = "people",
    operation_id = "invite",
    request_body = NewInvitation,
    security(("session" = []), ("token" = [])),
    responses(
        (status = CREATED, body = Invitation),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument),
    )
)]
pub async fn invite(
    State(app): State<App>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Problem> {
    let new: NewInvitation = read(&body)?;
    let organisation = caller.admin_of()?;
    let email = contact::email(&new.email)?;
    let name = contact::line("name", &new.name, contact::MAX_NAME)?;
    let language = contact::language(&new.language)?;
    let role = new.role.parse().ok().filter(|role| *role != MemberRole::Root);
    let role: MemberRole =
        role.ok_or_else(|| Problem::unprocessable(Message::new("problem.invited_role")))?;
    let token = secret::random::<{ secret::BYTES }>()
        .map_err(|error| Problem::internal(&error.to_string()))?;
    let mut transaction = app.directory.begin().await?;
    let open = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM directory.invitations
           WHERE organisation = $1 AND revoked_at IS NULL AND claimed_at IS NULL
             AND expires_at > now()"#,
        organisation.id
    )
    .fetch_one(&mut *transaction)
    .await?;
    if open >= MAX_OPEN {
        let message = Message::new("problem.too_many_invitations").with("max", MAX_OPEN);
        return Err(Problem::unprocessable(message));
    }
    let id = sqlx::query_scalar!(
        "INSERT INTO directory.invitations
             (organisation, role, email, name, language, token, invited_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6::BYTEA, $7, now() + INTERVAL '7 days') RETURNING id",
        organisation.id,
        role.as_str(),
        email,
        name,
        language,
        &secret::hash(&token)[..],
        caller.account()?.to_string()
    )
    .fetch_one(&mut *transaction)
    .await?;
    let link = format!("{}/invitation?token={}", app.site.url(), BASE64.encode(token));
    let letter = Letter::new("invitation")
        .with("name", &name)
        .with("organisation", &organisation.name)
        .with("link", link)
        .sealed(&app.secret)?;
    mail::enqueue(&mut transaction, Recipient::address(None, &email, &language), letter).await?;
    audit::record(&mut transaction, &caller, Deed::new("invited", id)).await?;
    let made = load(&mut transaction, organisation.id, Some(id)).await?.pop();
    transaction.commit().await?;
    let made = made.ok_or_else(|| Problem::internal("a new invitation is not there"))?;
    Ok((StatusCode::CREATED, private(Json(made))).into_response())
}

/// Takes an invitation of the caller's organisation back: its link opens nothing any more.
#[utoipa::path(
    delete, path = "/api/v1/invitations/{id}", tag = "people",
    operation_id = "revoke_invitation",
    params(("id" = u64, Path, description = "Number of the invitation", example = 1)),
    security(("session" = []), ("token" = [])),
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let organisation = caller.admin_of()?;
    let unknown = || Problem::not_found(Message::new("problem.no_invitation"));
    let number = query::number(&id).ok_or_else(unknown)?;
    let mut transaction = app.directory.begin().await?;
    let revoked = sqlx::query!(
        "UPDATE directory.invitations
         SET revoked_at = COALESCE(revoked_at, now()), email = NULL, name = NULL
         FROM (SELECT email FROM directory.invitations WHERE id = $1) before
         WHERE id = $1 AND organisation = $2 RETURNING before.email",
        number,
        organisation.id
    )
    .fetch_optional(&mut *transaction)
    .await?
    .ok_or_else(unknown)?;
    if let Some(email) = revoked.email {
        mail::forget_address(&mut transaction, &email).await?;
    }
    audit::record(&mut transaction, &caller, Deed::new("invitation_revoked", number)).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A mailed token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "token": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "account": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
}))]
pub struct Opening {
    /// What stands behind `token=` in the mailed link.
    token: String,
    /// The account that the person wants to use, SS58, to learn what to sign.
    account: Option<String>,
}

/// An invitation, as the invited person sees it.
#[derive(Serialize, ToSchema)]
pub struct Opened {
    /// The organisation.
    pub organisation: OrganisationRef,
    /// What the person would be.
    #[schema(example = "manager")]
    pub role: String,
    /// The person's name.
    pub name: Option<String>,
    /// Until when it can be answered.
    pub expires_at: Time,
    /// The text to sign with the account, if one was given.
    pub message: Option<String>,
}

/// An invitation that waits for its answer.
struct Waiting {
    id: i64,
    organisation: OrganisationRef,
    role: String,
    name: Option<String>,
    email: Option<String>,
    language: String,
    expires_at: Time,
}

async fn waiting(connection: &mut PgConnection, token: &str) -> Result<Waiting, Problem> {
    let token = BASE64.decode(token.trim()).unwrap_or_default();
    let row = sqlx::query!(
        "SELECT i.id, i.organisation, o.name AS organisation_name, i.role, i.name, i.email,
                i.language, i.expires_at
         FROM directory.invitations i JOIN chain.organisations o ON o.id = i.organisation
         WHERE i.token = $1::BYTEA AND i.revoked_at IS NULL AND i.claimed_at IS NULL
           AND i.expires_at > now() AND o.status = 'active' FOR UPDATE OF i",
        &secret::hash(&token)[..]
    )
    .fetch_optional(connection)
    .await?
    .ok_or_else(|| Problem::not_found(Message::new("problem.no_invitation")))?;
    Ok(Waiting {
        id: row.id,
        organisation: OrganisationRef { id: row.organisation, name: row.organisation_name },
        role: row.role,
        name: row.name,
        email: row.email,
        language: row.language,
        expires_at: row.expires_at.into(),
    })
}

impl Waiting {
    /// What the invited person signs: it binds the account to this invitation and nothing else.
    fn message(&self, site: &Site, account: &str) -> String {
        format!(
            "I accept invitation {id} of {organisation} (organisation {number}) on {host}: my \
             account {account} may be made a member with the role {role}.",
            id = self.id,
            organisation = self.organisation.name,
            number = self.organisation.id,
            host = site.host(),
            role = self.role,
        )
    }
}

/// Shows an invitation to who has its link, and what to sign with an account to accept it.
#[utoipa::path(
    post, path = "/api/v1/invitations/open", tag = "people",
    operation_id = "open_invitation",
    request_body = Opening,
    responses(
        (status = OK, body = Opened),
        (status = NOT_FOUND, body = ProblemDocument, description = "The token is unknown, was used, or has expired"),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument),
    )
)]
pub async fn open(State(app): State<App>, body: Bytes) -> Result<Response, Problem> {
    let Opening { token, account } = read(&body)?;
    Ok(private(Json(opened(&app, &token, account.as_deref()).await?)))
}

/// The same, for the page that the link leads to.
pub async fn opened(app: &App, token: &str, account: Option<&str>) -> Result<Opened, Problem> {
    let account = account.map(self::account).transpose()?;
    let mut transaction = app.directory.begin().await?;
    let waiting = waiting(&mut transaction, token).await?;
    Ok(Opened {
        message: account.map(|account| waiting.message(&app.site, &account.to_string())),
        organisation: waiting.organisation,
        role: waiting.role,
        name: waiting.name,
        expires_at: waiting.expires_at,
    })
}

fn account(text: &str) -> Result<AccountId32, Problem> {
    let text = text.trim();
    text.parse()
        .map_err(|_| Problem::unprocessable(Message::new("problem.account").with("account", text)))
}

/// An answer to an invitation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "token": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "account": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
    "signature": "0x01",
}))]
pub struct Claim {
    /// What stands behind `token=` in the mailed link.
    pub token: String,
    /// The account that shall become a member, SS58.
    pub account: String,
    /// The signature of the message, by that account's key.
    pub signature: String,
}

/// Accepts an invitation with an account. The organisation's Admins are told, and sign the membership.
#[utoipa::path(
    post, path = "/api/v1/invitations/claim", tag = "people",
    operation_id = "claim_invitation",
    request_body = Claim,
    responses(
        (status = NO_CONTENT),
        (status = NOT_FOUND, body = ProblemDocument, description = "The token is unknown, was used, or has expired"),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument),
    )
)]
pub async fn claim(State(app): State<App>, body: Bytes) -> Result<Response, Problem> {
    let claim: Claim = read(&body)?;
    claimed(&app, &claim).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The same, for the page that the link leads to.
pub async fn claimed(app: &App, claim: &Claim) -> Result<(), Problem> {
    let account = self::account(&claim.account)?;
    let name = account.to_string();
    let mut transaction = app.directory.begin().await?;
    let waiting = waiting(&mut transaction, &claim.token).await?;
    let message = waiting.message(&app.site, &name);
    if !is_signed_by(&account, message.as_bytes(), claim.signature.trim()) {
        return Err(Problem::unprocessable(Message::new("problem.invitation_signature")));
    }
    let taken = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM chain.members WHERE account = $1) AS "taken!""#,
        name
    )
    .fetch_one(&mut *transaction)
    .await?;
    if taken {
        return Err(Problem::conflict(Message::new("problem.is_a_member")));
    }
    sqlx::query!(
        "UPDATE directory.invitations SET claimed_by = $2, claimed_at = now() WHERE id = $1",
        waiting.id,
        name
    )
    .execute(&mut *transaction)
    .await?;
    // The link was mailed to the address: who had it reads it.
    // An account that has said itself how it is reached is not told otherwise.
    sqlx::query!(
        "INSERT INTO directory.people (account, name, email, email_confirmed_at, language)
         VALUES ($1, $2, $3, now(), $4) ON CONFLICT (account) DO NOTHING",
        name,
        waiting.name,
        waiting.email,
        waiting.language
    )
    .execute(&mut *transaction)
    .await?;
    let letter = Letter::new("invitation_claimed")
        .with("account", &name)
        .with("name", waiting.name.as_deref().unwrap_or(&name))
        .with("organisation", &waiting.organisation.name);
    mail::enqueue(&mut transaction, Recipient::admins_of(waiting.organisation.id), letter).await?;
    let deed = Deed::new("invitation_claimed", waiting.id);
    audit::record_attempt(&mut transaction, &name, None, deed, true).await?;
    transaction.commit().await?;
    Ok(())
}
