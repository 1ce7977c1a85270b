// SPDX-License-Identifier: Apache-2.0
//! What a signed-in person has said of himself: to read, to change, to confirm, to delete.

use super::contact;
use crate::{
    access::{audit, session::private, Caller, Deed},
    answers::Time,
    extrinsics::read,
    mail::{self, Language, Letter, Recipient},
    problem::{Message, Problem, ProblemDocument},
    secret,
    server::App,
};
use axum::{
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    Json,
};
use base64::{engine::general_purpose::URL_SAFE_NO_PAD as BASE64, Engine};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;

/// How a person can be reached. Only the person, the Admins of the same organisation and officers of
/// the Government see it.
#[derive(Serialize, ToSchema)]
pub struct Contact {
    /// The account, SS58.
    pub account: String,
    /// The person's name.
    pub name: Option<String>,
    /// Where mail goes, once it is confirmed.
    pub email: Option<String>,
    /// When somebody who reads the address confirmed it.
    pub email_confirmed_at: Option<Time>,
    /// Telephone.
    pub phone: Option<String>,
    /// The language of mail: `en`, `fr`, `es` or `ar`.
    #[schema(example = "en")]
    pub language: String,
    /// Whether mail about what happens in the registry is wanted.
    pub notify: bool,
}

/// What a person says of himself; what is left out or null is deleted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Ana Vira", "email": "ana@developer.example", "phone": "+678 22123",
    "language": "fr", "notify": true,
}))]
pub struct NewContact {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    /// The language of mail: `en`, `fr`, `es` or `ar`.
    language: String,
    /// Whether mail about what happens in the registry is wanted.
    notify: bool,
}

/// A mailed token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "token": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }))]
pub struct Confirmation {
    /// What stands behind `token=` in the mailed link.
    token: String,
}

/// What is known of an account; nothing is known of most.
pub async fn find(connection: &mut PgConnection, account: &str) -> Result<Contact, Problem> {
    let found = sqlx::query_as!(
        Contact,
        r#"SELECT account, name, email, email_confirmed_at AS "email_confirmed_at: Time", phone,
                  language, notify
           FROM directory.people WHERE account = $1"#,
        account
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.unwrap_or_else(|| Contact {
        account: account.to_owned(),
        name: None,
        email: None,
        email_confirmed_at: None,
        phone: None,
        language: Language::English.to_string(),
        notify: true,
    }))
}

/// What the registry knows of the signed-in person beside what is on the chain.
#[utoipa::path(
    get, path = "/api/v1/account", tag = "people",
    operation_id = "account",
    security(("session" = []), ("token" = [])),
    responses(
        (status = OK, body = Contact),
        (status = UNAUTHORIZED, body = ProblemDocument),
    )
)]
pub async fn show(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let account = caller.account()?.to_string();
    let mut transaction = app.directory.begin().await?;
    Ok(private(Json(find(&mut transaction, &account).await?)))
}

/// Says how the signed-in person can be reached. Another address counts when it is confirmed by the
/// link that is mailed to it.
#[utoipa::path(
    put, path = "/api/v1/account", tag = "people",
    operation_id = "change_account",
    request_body = NewContact,
    security(("session" = []), ("token" = [])),
    responses(
        (status = OK, body = Contact),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument),
    )
)]
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Problem> {
    let new: NewContact = read(&body)?;
    let account = caller.account()?.to_string();
    let name = new.name.map(|it| contact::line("name", &it, contact::MAX_NAME)).transpose()?;
    let email = new.email.map(|it| contact::email(&it)).transpose()?;
    let phone = new.phone.map(|it| contact::phone(&it)).transpose()?;
    let language = contact::language(&new.language)?;
    let mut transaction = app.directory.begin().await?;
    let before = find(&mut transaction, &account).await?;
    sqlx::query!(
        "INSERT INTO directory.people (account, name, email, phone, language, notify)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (account) DO UPDATE
         SET name = $2, email = $3, phone = $4, language = $5, notify = $6, updated_at = now(),
             email_confirmed_at =
                 CASE WHEN people.email = $3 THEN people.email_confirmed_at END",
        account,
        name,
        email,
        phone,
        language,
        new.notify
    )
    .execute(&mut *transaction)
    .await?;
    if let Some(email) = email.filter(|it| before.email.as_ref() != Some(it)) {
        ask_to_confirm(&mut transaction, &app, &account, &email, &language).await?;
    }
    audit::record(&mut transaction, &caller, Deed::new("contact_changed", &account)).await?;
    let after = find(&mut transaction, &account).await?;
    transaction.commit().await?;
    Ok(private(Json(after)))
}

/// Mails a link that confirms an address.
pub async fn ask_to_confirm(
    connection: &mut PgConnection,
    app: &App,
    account: &str,
    email: &str,
    language: &str,
) -> Result<(), Problem> {
    let token = secret::random::<{ secret::BYTES }>()
        .map_err(|error| Problem::internal(&error.to_string()))?;
    // Links to other addresses of the account confirm nothing any more.
    sqlx::query!(
        "DELETE FROM directory.confirmations WHERE account = $1 OR expires_at < now()",
        account
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO directory.confirmations (token, account, email, expires_at)
         VALUES ($1::BYTEA, $2, $3, now() + INTERVAL '2 days')",
        &secret::hash(&token)[..],
        account,
        email
    )
    .execute(&mut *connection)
    .await?;
    let link = format!("{}/account/confirm?token={}", app.site.url(), BASE64.encode(token));
    let letter = Letter::new("confirm_email").with("account", account).with("link", link);
    let letter = letter.sealed(&app.secret)?;
    mail::enqueue(connection, Recipient::address(Some(account), email, language), letter).await
}

/// Confirms an address by the token that was mailed to it.
#[utoipa::path(
    post, path = "/api/v1/account/confirm", tag = "people",
    operation_id = "confirm_email",
    request_body = Confirmation,
    responses(
        (status = NO_CONTENT),
        (status = NOT_FOUND, body = ProblemDocument, description = "The token is unknown, was used, or has expired"),
    )
)]
pub async fn confirm(State(app): State<App>, body: Bytes) -> Result<Response, Problem> {
    let Confirmation { token } = read(&body)?;
    confirm_by(&app, &token).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The same, for the page that the link leads to.
pub async fn confirm_by(app: &App, token: &str) -> Result<(), Problem> {
    let token = BASE64.decode(token.trim()).unwrap_or_default();
    let mut transaction = app.directory.begin().await?;
    let row = sqlx::query!(
        "DELETE FROM directory.confirmations
         WHERE token = $1::BYTEA AND expires_at > now() RETURNING account, email",
        &secret::hash(&token)[..]
    )
    .fetch_optional(&mut *transaction)
    .await?
    .ok_or_else(|| Problem::not_found(Message::new("problem.no_confirmation")))?;
    sqlx::query!(
        "UPDATE directory.people SET email_confirmed_at = now()
         WHERE account = $1 AND email = $2",
        row.account,
        row.email
    )
    .execute(&mut *transaction)
    .await?;
    let deed = Deed::new("email_confirmed", &row.account);
    audit::record_attempt(&mut transaction, &row.account, None, deed, true).await?;
    transaction.commit().await?;
    Ok(())
}

/// Deletes everything personal that the registry knows of the signed-in person, and ends all
/// sessions. What is on the chain stays: it holds nothing personal but the account itself.
#[utoipa::path(
    delete, path = "/api/v1/account", tag = "people",
    operation_id = "delete_account",
    security(("session" = []), ("token" = [])),
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, body = ProblemDocument),
    )
)]
pub async fn delete(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let account = caller.account()?.to_string();
    let mut transaction = app.directory.begin().await?;
    forget(&mut transaction, &account).await?;
    audit::record(&mut transaction, &caller, Deed::new("personal_data_deleted", &account)).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Forgets a person.
async fn forget(connection: &mut PgConnection, account: &str) -> Result<(), Problem> {
    mail::forget(connection, account).await?;
    sqlx::query!("DELETE FROM directory.people WHERE account = $1", account)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("DELETE FROM directory.confirmations WHERE account = $1", account)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "UPDATE directory.invitations SET email = NULL, name = NULL WHERE claimed_by = $1",
        account
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE directory.applications
         SET name = NULL, email = NULL, phone = NULL, message = NULL,
             withdrawn_at = CASE WHEN rejected_at IS NULL
                                 THEN COALESCE(withdrawn_at, now()) ELSE withdrawn_at END
         WHERE account = $1",
        account
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("DELETE FROM directory.sessions WHERE account = $1", account)
        .execute(connection)
        .await?;
    Ok(())
}
