// SPDX-License-Identifier: Apache-2.0
//! Who a request is from, by its cookie, its token or its key, and what the chain says of him now.

use super::token;
use crate::{
    limit::Client,
    problem::{Message, Problem},
    secret,
    server::App,
};
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts, HeaderMap, Method},
};
use base64::{engine::general_purpose::URL_SAFE_NO_PAD as BASE64, Engine};
use chrono::{TimeDelta, Utc};
use registry_client::AccountId32;
use registry_primitives::{organisation::OrganisationStatus, MemberRole, OrganisationRole};
use sqlx::PgConnection;
use std::{fmt, net::IpAddr, str::FromStr};
use utoipa::ToSchema;

/// The cookie of a session.
pub const COOKIE: &str = "registry_session";
/// What keys of programs begin with, so that they are found where they were left by mistake.
pub const KEY_PREFIX: &str = "rk_";
/// A session that is not used ends after so many minutes.
pub const IDLE_MINUTES: i64 = 15;

/// What a program may do with a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read what is private to the organisation.
    Read,
    /// Upload files.
    Files,
    /// Make and remove webhooks.
    Webhooks,
    /// Submit monitoring reports that the registry signs for the organisation.
    Mrv,
}

impl Scope {
    pub const ALL: [Self; 4] = [Self::Read, Self::Files, Self::Webhooks, Self::Mrv];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Files => "files",
            Self::Webhooks => "webhooks",
            Self::Mrv => "mrv",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| format!("there is no scope {text:?}"))
    }
}

/// Who it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Who {
    /// A signed-in person, a member of an organisation or not.
    Person { account: AccountId32, session: i64, role: Option<MemberRole> },
    /// A program with a key of an organisation.
    Program { key: i64, scopes: Vec<Scope> },
}

/// The organisation that somebody acts for, as the chain has it now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organisation {
    pub id: i64,
    pub name: String,
    pub role: OrganisationRole,
    pub status: OrganisationStatus,
}

impl Organisation {
    /// Whether it is not suspended.
    pub fn is_active(&self) -> bool {
        self.status == OrganisationStatus::Active
    }

    /// Whether it is the Government.
    pub fn is_government(&self) -> bool {
        self.role == OrganisationRole::Government
    }
}

/// Who a request is from. As an argument of a handler it refuses everybody else with 401.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    pub who: Who,
    pub organisation: Option<Organisation>,
    /// Where the request came from.
    pub client: Option<IpAddr>,
}

impl Caller {
    /// The person's account; a program has none.
    pub fn account(&self) -> Result<&AccountId32, Problem> {
        match &self.who {
            Who::Person { account, .. } => Ok(account),
            Who::Program { .. } => Err(Problem::forbidden(Message::new("problem.person_only"))),
        }
    }

    /// What the person may do in the organisation.
    pub fn role(&self) -> Option<MemberRole> {
        match self.who {
            Who::Person { role, .. } => role,
            Who::Program { .. } => None,
        }
    }

    /// Whether the person is an Admin of the organisation, or the registry's Root.
    pub fn is_admin(&self) -> bool {
        matches!(self.role(), Some(MemberRole::Root | MemberRole::Admin))
    }

    /// The organisation, which must be active.
    pub fn acting(&self) -> Result<&Organisation, Problem> {
        let organisation = self
            .organisation
            .as_ref()
            .ok_or_else(|| Problem::forbidden(Message::new("problem.not_a_member")))?;
        if !organisation.is_active() {
            let message = Message::new("problem.organisation_suspended");
            return Err(Problem::forbidden(message.with("organisation", &organisation.name)));
        }
        Ok(organisation)
    }

    /// The organisation, for a person who is its Admin.
    pub fn admin_of(&self) -> Result<&Organisation, Problem> {
        self.account()?;
        let organisation = self.acting()?;
        match self.is_admin() {
            true => Ok(organisation),
            false => Err(Problem::forbidden(Message::new("problem.admins_only"))),
        }
    }

    /// The Government, for a person who is its Root, an Admin or a Manager.
    pub fn officer_of_government(&self) -> Result<&Organisation, Problem> {
        self.account()?;
        let organisation = self.acting()?;
        match organisation.is_government() && self.role() != Some(MemberRole::ViewOnly) {
            true => Ok(organisation),
            false => Err(Problem::forbidden(Message::new("problem.government_only"))),
        }
    }

    /// The organisation, for a member of any role, or for a program with this scope.
    pub fn reading(&self, scope: Scope) -> Result<&Organisation, Problem> {
        self.scoped(scope)?;
        self.acting()
    }

    /// The organisation, for a member who does more than read, or for a program with this scope.
    pub fn writing(&self, scope: Scope) -> Result<&Organisation, Problem> {
        self.scoped(scope)?;
        if self.role() == Some(MemberRole::ViewOnly) {
            return Err(Problem::forbidden(Message::new("problem.view_only")));
        }
        self.acting()
    }

    fn scoped(&self, scope: Scope) -> Result<(), Problem> {
        match &self.who {
            Who::Program { scopes, .. } if !scopes.contains(&scope) => {
                Err(Problem::forbidden(Message::new("problem.scope").with("scope", scope)))
            }
            _ => Ok(()),
        }
    }

    /// Who a session is of.
    pub async fn of_session(
        app: &App,
        session: i64,
        client: Option<IpAddr>,
    ) -> Result<Self, Problem> {
        let mut transaction = app.directory.begin().await?;
        let found = by_session(&mut transaction, session).await?;
        let (who, organisation) =
            found.ok_or_else(|| Problem::internal("a new session is not there"))?;
        Ok(Self { who, organisation, client })
    }

    /// Who asks, if he says who he is; a wrong proof is an error and not nobody.
    pub async fn find(parts: &Parts, app: &App) -> Result<Option<Self>, Problem> {
        if let Some(found) = parts.extensions.get::<Self>() {
            return Ok(Some(found.clone()));
        }
        let Some(credential) = Credential::of(&parts.headers) else { return Ok(None) };
        if matches!(credential, Credential::Cookie(_)) {
            from_own_page(&parts.method, &parts.headers, app)?;
        }
        let client = parts.extensions.get::<Client>().map(|client| client.0);
        let mut transaction = app.directory.begin().await?;
        let found = match credential {
            Credential::Cookie(token) => by_cookie(&mut transaction, &token).await?,
            Credential::Token(token) => match token::session(&app.secret, &token, Utc::now()) {
                Some(session) => by_session(&mut transaction, session).await?,
                None => None,
            },
            Credential::Key(key) => by_key(&mut transaction, &key).await?,
        };
        let Some((who, organisation)) = found else {
            return Err(Problem::unauthorised(Message::new("problem.not_signed_in")));
        };
        transaction.commit().await?;
        if let Who::Program { key, .. } = who {
            app.key_limit.take(key)?;
        }
        Ok(Some(Self { who, organisation, client }))
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Self::find(parts, app)
            .await?
            .ok_or_else(|| Problem::unauthorised(Message::new("problem.sign_in")))
    }
}

/// How somebody says who he is.
enum Credential {
    Cookie(Vec<u8>),
    Token(String),
    Key(String),
}

impl Credential {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(key) = text(header::HeaderName::from_static("x-api-key")) {
            return Some(Self::Key(key.to_owned()));
        }
        if let Some(value) = text(header::AUTHORIZATION) {
            // Another scheme is nobody's credential here, and is refused as a wrong one.
            let token = value.strip_prefix("Bearer ").unwrap_or_default().trim();
            return Some(match token.starts_with(KEY_PREFIX) {
                true => Self::Key(token.to_owned()),
                false => Self::Token(token.to_owned()),
            });
        }
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
        cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == COOKIE)
            .map(|(_, value)| Self::Cookie(BASE64.decode(value).unwrap_or_default()))
    }
}

/// A browser sends the cookie with whatever page asks: who changes something must be a page of ours.
fn from_own_page(method: &Method, headers: &HeaderMap, app: &App) -> Result<(), Problem> {
    if matches!(*method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let origin = headers.get(header::ORIGIN).and_then(|it| it.to_str().ok());
    match origin == Some(app.site.url()) {
        true => Ok(()),
        false => Err(Problem::forbidden(Message::new("problem.other_origin"))),
    }
}

type Found = (Who, Option<Organisation>);

async fn by_cookie(connection: &mut PgConnection, token: &[u8]) -> Result<Option<Found>, Problem> {
    let session = sqlx::query_scalar!(
        "SELECT id FROM directory.sessions WHERE token = $1::BYTEA",
        &secret::hash(token)[..]
    )
    .fetch_optional(&mut *connection)
    .await?;
    match session {
        Some(session) => by_session(connection, session).await,
        None => Ok(None),
    }
}

async fn by_session(connection: &mut PgConnection, session: i64) -> Result<Option<Found>, Problem> {
    let now = Utc::now();
    let row = sqlx::query!(
        "SELECT account, used_at FROM directory.sessions
         WHERE id = $1 AND ended_at IS NULL AND ends_at > $2 AND used_at > $3",
        session,
        now,
        now - TimeDelta::minutes(IDLE_MINUTES)
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    if now - row.used_at > TimeDelta::minutes(1) {
        sqlx::query!("UPDATE directory.sessions SET used_at = $2 WHERE id = $1", session, now)
            .execute(&mut *connection)
            .await?;
    }
    let account = row.account.parse().map_err(|_| Problem::internal("an account of no form"))?;
    let member = member(connection, &row.account).await?;
    let role = member.as_ref().map(|(role, _)| *role);
    let who = Who::Person { account, session, role };
    Ok(Some((who, member.map(|(_, organisation)| organisation))))
}

async fn by_key(connection: &mut PgConnection, key: &str) -> Result<Option<Found>, Problem> {
    let row = sqlx::query!(
        r#"SELECT id, organisation, scopes,
                  used_at IS NULL OR used_at < now() - INTERVAL '1 minute' AS "tell!"
           FROM directory.api_keys
           WHERE hash = $1::BYTEA AND revoked_at IS NULL AND expires_at > now()"#,
        &secret::hash(key.as_bytes())[..]
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    if row.tell {
        sqlx::query!("UPDATE directory.api_keys SET used_at = now() WHERE id = $1", row.id)
            .execute(&mut *connection)
            .await?;
    }
    let scopes = row.scopes.iter().filter_map(|scope| scope.parse().ok()).collect();
    let found = sqlx::query!(
        "SELECT id, name, role, status FROM chain.organisations WHERE id = $1",
        row.organisation
    )
    .fetch_optional(connection)
    .await?;
    let organisation =
        found.map(|it| organisation(it.id, it.name, &it.role, &it.status)).transpose()?;
    Ok(Some((Who::Program { key: row.id, scopes }, organisation)))
}

/// What the chain says of an account now.
async fn member(
    connection: &mut PgConnection,
    account: &str,
) -> Result<Option<(MemberRole, Organisation)>, Problem> {
    let row = sqlx::query!(
        "SELECT m.role AS member_role, o.id, o.name, o.role, o.status
         FROM chain.members m JOIN chain.organisations o ON o.id = m.organisation
         WHERE m.account = $1",
        account
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let role =
        row.member_role.parse().map_err(|_| Problem::internal("a member role of no name"))?;
    Ok(Some((role, organisation(row.id, row.name, &row.role, &row.status)?)))
}

fn organisation(id: i64, name: String, role: &str, status: &str) -> Result<Organisation, Problem> {
    let unknown = |_| Problem::internal("an organisation of no role or status");
    let suspended = OrganisationStatus::Suspended.as_str();
    Ok(Organisation {
        id,
        name,
        role: role.parse().map_err(unknown)?,
        status: match status == suspended {
            true => OrganisationStatus::Suspended,
            false => OrganisationStatus::Active,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(role: Option<MemberRole>, organisation: Option<Organisation>) -> Caller {
        let who = Who::Person { account: AccountId32([1; 32]), session: 1, role };
        Caller { who, organisation, client: None }
    }

    fn of(role: OrganisationRole, status: OrganisationStatus) -> Option<Organisation> {
        Some(Organisation { id: 2, name: "Sun & Sea Ltd".into(), role, status })
    }

    #[test]
    fn roles_decide_who_may_do_what() {
        let developer = || of(OrganisationRole::ProjectDeveloper, OrganisationStatus::Active);
        let government = || of(OrganisationRole::Government, OrganisationStatus::Active);
        let admin = person(Some(MemberRole::Admin), developer());
        assert!(admin.admin_of().is_ok() && admin.writing(Scope::Files).is_ok());
        assert!(admin.officer_of_government().is_err());
        let viewer = person(Some(MemberRole::ViewOnly), government());
        assert!(viewer.reading(Scope::Read).is_ok());
        assert!(viewer.writing(Scope::Files).is_err());
        assert!(viewer.officer_of_government().is_err());
        let manager = person(Some(MemberRole::Manager), government());
        assert!(manager.officer_of_government().is_ok() && manager.admin_of().is_err());
        let nobody = person(None, None);
        assert!(nobody.account().is_ok() && nobody.acting().is_err());
    }

    #[test]
    fn the_suspended_and_programs_out_of_scope_may_not() {
        let suspended = of(OrganisationRole::ProjectDeveloper, OrganisationStatus::Suspended);
        assert!(person(Some(MemberRole::Admin), suspended).reading(Scope::Read).is_err());
        let program = Caller {
            who: Who::Program { key: 1, scopes: vec![Scope::Mrv] },
            organisation: of(OrganisationRole::Api, OrganisationStatus::Active),
            client: None,
        };
        assert!(program.writing(Scope::Mrv).is_ok());
        assert!(program.writing(Scope::Files).is_err());
        assert!(program.admin_of().is_err() && program.account().is_err());
    }

    #[test]
    fn credentials_are_told_apart() {
        let of = |name: header::HeaderName, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, header::HeaderValue::from_static(value));
            match Credential::of(&headers) {
                None => "none".to_owned(),
                Some(Credential::Cookie(bytes)) => format!("cookie {}", bytes.len()),
                Some(Credential::Token(token)) => format!("token {token}"),
                Some(Credential::Key(key)) => format!("key {key}"),
            }
        };
        assert_eq!(of(header::COOKIE, "a=b; registry_session=AAAA"), "cookie 3");
        assert_eq!(of(header::COOKIE, "registry_sessions=AAAA"), "none");
        assert_eq!(of(header::AUTHORIZATION, "Bearer a.b.c"), "token a.b.c");
        assert_eq!(of(header::AUTHORIZATION, "Bearer rk_1"), "key rk_1");
        assert_eq!(of(header::AUTHORIZATION, "Basic eA=="), "token ");
        assert_eq!(of(header::HeaderName::from_static("x-api-key"), "rk_2"), "key rk_2");
    }
}
