// SPDX-License-Identifier: Apache-2.0
//! Signing in with the key of an account, and out.

use super::{
    audit::{self, Deed},
    caller::{Caller, Organisation, Who, COOKIE},
    challenge::Challenge,
    signature::is_signed_by,
    token,
};
use crate::{
    answers::{OrganisationRef, Time},
    extrinsics::read,
    limit::Client,
    problem::{Message, Problem, ProblemDocument},
    secret,
    server::App,
};
use axum::{
    body::Bytes,
    extract::{Extension, State},
    http::{header, StatusCode},
    response::{IntoResponse, Response},
    Json,
};
use base64::{engine::general_purpose::URL_SAFE_NO_PAD as BASE64, Engine};
use chrono::{TimeDelta, Utc};
use registry_client::AccountId32;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A session ends after so many hours, however much it is used.
const HOURS: i64 = 12;

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "account": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY" }))]
pub struct ChallengeRequest {
    /// The account, SS58.
    account: String,
}

/// What to sign.
#[derive(Serialize, ToSchema)]
pub struct ChallengeAnswer {
    /// The text to sign, with or without `<Bytes>` around it as wallets sign texts.
    message: String,
    /// What to send back beside the signature.
    nonce: String,
    /// Until when.
    expires: Time,
}

/// A signed message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "account": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
    "nonce": "AAAAAAAAAAAAAAAAAAAAAAAAAABlU_EAAAAAAAAAAAAAAAAAAAAAAA",
    "signature": "0x01",
}))]
pub struct SignInRequest {
    /// The account, SS58.
    account: String,
    /// The nonce of the message.
    nonce: String,
    /// 0x, one byte for the scheme (00 ed25519, 01 sr25519, 02 ECDSA), and the signature.
    signature: String,
}

/// Who is signed in, as the chain has it now.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// The account, SS58.
    account: String,
    /// The organisation that it is a member of.
    organisation: Option<OrganisationRef>,
    /// What kind of organisation it is.
    #[schema(example = "project_developer")]
    organisation_role: Option<String>,
    /// What the member may do.
    #[schema(example = "manager")]
    role: Option<String>,
    /// Whether the organisation is suspended: then nothing private can be done.
    suspended: bool,
}

/// A new session, or a session's new token.
#[derive(Serialize, ToSchema)]
pub struct SignedIn {
    #[serde(flatten)]
    session: Session,
    /// For programs, as `Authorization: Bearer`; a browser has the cookie.
    token: String,
    /// Until when the token can be shown; ask for another before.
    token_expires: Time,
    /// When the session ends, however much it is used.
    ends: Time,
}

impl Session {
    fn of(caller: &Caller) -> Result<Self, Problem> {
        let organisation = caller.organisation.as_ref();
        Ok(Self {
            account: caller.account()?.to_string(),
            organisation: organisation.map(|Organisation { id, name, .. }| OrganisationRef {
                id: *id,
                name: name.clone(),
            }),
            organisation_role: organisation.map(|it| it.role.to_string()),
            role: caller.role().map(|role| role.to_string()),
            suspended: organisation.is_some_and(|it| !it.is_active()),
        })
    }
}

fn account(text: &str) -> Result<AccountId32, Problem> {
    let unreadable =
        |_| Problem::unprocessable(Message::new("problem.account").with("account", text));
    text.parse().map_err(unreadable)
}

/// A message for an account to sign, so that it can sign in.
#[utoipa::path(
    post, path = "/api/v1/session/challenge", tag = "access",
    operation_id = "challenge",
    request_body = ChallengeRequest,
    responses(
        (status = OK, body = ChallengeAnswer),
        (status = BAD_REQUEST, body = ProblemDocument),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument),
    )
)]
pub async fn challenge(State(app): State<App>, body: Bytes) -> Result<Response, Problem> {
    let ChallengeRequest { account } = read(&body)?;
    // As the chain writes it, whatever the prefix that it was typed with.
    let account = self::account(&account)?.to_string();
    let challenge = Challenge::new(&app.secret, &app.site, &account, Utc::now())
        .ok_or_else(|| Problem::internal("no challenge could be made"))?;
    let answer = ChallengeAnswer {
        message: challenge.message(&app.site, &account),
        nonce: challenge.nonce,
        expires: challenge.expires.into(),
    };
    Ok(private(Json(answer)))
}

/// Signs in with a signed message: a cookie for browsers, a token for programs.
#[utoipa::path(
    post, path = "/api/v1/session", tag = "access",
    operation_id = "sign_in",
    request_body = SignInRequest,
    responses(
        (status = OK, body = SignedIn),
        (status = UNAUTHORIZED, body = ProblemDocument, description = "The signature or the nonce is not right"),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument),
        (status = SERVICE_UNAVAILABLE, body = ProblemDocument),
    )
)]
pub async fn sign_in(
    State(app): State<App>,
    client: Option<Extension<Client>>,
    body: Bytes,
) -> Result<Response, Problem> {
    let SignInRequest { account, nonce, signature } = read(&body)?;
    let account = self::account(&account)?;
    let name = account.to_string();
    let client = client.map(|Extension(client)| client.0);
    let now = Utc::now();
    let challenge = Challenge::returned(&app.secret, &app.site, &name, &nonce, now)
        .filter(|it| is_signed_by(&account, it.message(&app.site, &name).as_bytes(), &signature));
    let mut transaction = app.directory.begin().await?;
    let fresh = match &challenge {
        Some(challenge) => use_nonce(&mut transaction, challenge).await?,
        None => false,
    };
    let deed = Deed::only("signed_in");
    audit::record_attempt(&mut transaction, &name, client, deed, fresh).await?;
    if !fresh {
        transaction.commit().await?;
        return Err(Problem::unauthorised(Message::new("problem.signature")));
    }
    let secret = secret::random::<{ secret::BYTES }>()
        .map_err(|error| Problem::internal(&error.to_string()))?;
    let ends = now + TimeDelta::hours(HOURS);
    let session = sqlx::query_scalar!(
        "INSERT INTO directory.sessions (account, token, ends_at)
         VALUES ($1, $2::BYTEA, $3) RETURNING id",
        name,
        &secret::hash(&secret)[..],
        ends
    )
    .fetch_one(&mut *transaction)
    .await?;
    transaction.commit().await?;
    let caller = Caller::of_session(&app, session, client).await?;
    let answer = signed_in(&app, &caller, ends.into())?;
    let secure = if app.site.is_secure() { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{secure}",
        BASE64.encode(secret),
        HOURS * 3_600
    );
    Ok(([(header::SET_COOKIE, cookie)], private(Json(answer))).into_response())
}

/// Remembers a nonce; whether it was new. Those that have expired are forgotten.
async fn use_nonce(
    connection: &mut sqlx::PgConnection,
    challenge: &Challenge,
) -> Result<bool, Problem> {
    sqlx::query!("DELETE FROM directory.used_nonces WHERE expires < now()")
        .execute(&mut *connection)
        .await?;
    let new = sqlx::query!(
        "INSERT INTO directory.used_nonces (nonce, expires) VALUES ($1::BYTEA, $2)
         ON CONFLICT DO NOTHING",
        challenge.nonce.as_bytes(),
        challenge.expires
    )
    .execute(connection)
    .await?;
    Ok(new.rows_affected() == 1)
}

fn signed_in(app: &App, caller: &Caller, ends: Time) -> Result<SignedIn, Problem> {
    let session = session_of(caller)?;
    let now = Utc::now();
    let token = token::issue(&app.secret, session, &caller.account()?.to_string(), now)
        .ok_or_else(|| Problem::internal("no token could be made"))?;
    Ok(SignedIn {
        session: Session::of(caller)?,
        token,
        token_expires: (now + TimeDelta::minutes(token::MINUTES)).into(),
        ends,
    })
}

/// Who is signed in, with the role that the chain has now.
#[utoipa::path(
    get, path = "/api/v1/session", tag = "access",
    operation_id = "session",
    security(("session" = []), ("token" = [])),
    responses(
        (status = OK, body = Session),
        (status = UNAUTHORIZED, body = ProblemDocument),
    )
)]
pub async fn show(caller: Caller) -> Result<Response, Problem> {
    Ok(private(Json(Session::of(&caller)?)))
}

/// Another token of the session, for a program whose token is about to expire.
#[utoipa::path(
    post, path = "/api/v1/session/refresh", tag = "access",
    operation_id = "refresh",
    security(("session" = []), ("token" = [])),
    responses(
        (status = OK, body = SignedIn),
        (status = UNAUTHORIZED, body = ProblemDocument),
    )
)]
pub async fn refresh(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let session = session_of(&caller)?;
    let mut transaction = app.directory.begin().await?;
    let ends = sqlx::query_scalar!("SELECT ends_at FROM directory.sessions WHERE id = $1", session)
        .fetch_one(&mut *transaction)
        .await?;
    Ok(private(Json(signed_in(&app, &caller, ends.into())?)))
}

fn session_of(caller: &Caller) -> Result<i64, Problem> {
    match caller.who {
        Who::Person { session, .. } => Ok(session),
        Who::Program { .. } => Err(Problem::forbidden(Message::new("problem.person_only"))),
    }
}

/// Signs out, at once and everywhere where this session's cookie or tokens are.
#[utoipa::path(
    delete, path = "/api/v1/session", tag = "access",
    operation_id = "sign_out",
    security(("session" = []), ("token" = [])),
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, body = ProblemDocument),
    )
)]
pub async fn sign_out(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let session = session_of(&caller)?;
    let mut transaction = app.directory.begin().await?;
    sqlx::query!("UPDATE directory.sessions SET ended_at = now() WHERE id = $1", session)
        .execute(&mut *transaction)
        .await?;
    audit::record(&mut transaction, &caller, Deed::only("signed_out")).await?;
    transaction.commit().await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone())]).into_response())
}

/// Ends all sessions of the account: where a device was lost.
#[utoipa::path(
    delete, path = "/api/v1/sessions", tag = "access",
    operation_id = "sign_out_everywhere",
    security(("session" = []), ("token" = [])),
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, body = ProblemDocument),
    )
)]
pub async fn sign_out_everywhere(
    State(app): State<App>,
    caller: Caller,
) -> Result<Response, Problem> {
    let account = caller.account()?.to_string();
    let mut transaction = app.directory.begin().await?;
    sqlx::query!(
        "UPDATE directory.sessions SET ended_at = now()
         WHERE account = $1 AND ended_at IS NULL",
        account
    )
    .execute(&mut *transaction)
    .await?;
    let deed = Deed::only("signed_out_everywhere");
    audit::record(&mut transaction, &caller, deed).await?;
    transaction.commit().await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone())]).into_response())
}

fn gone() -> String {
    format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
}

/// An answer that nobody on the way may keep.
pub fn private(answer: impl IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}
