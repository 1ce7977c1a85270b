// SPDX-License-Identifier: Apache-2.0
//! Sends the mails that wait.
//!
//! A few are sent at once, each apart from the others. Before one is taken from the outbox the mail
//! server must let us in: while it does not, all wait and none is to blame. A mail is marked while it
//! is sent, and marked again once the server has it; a portal that is killed between the two sends it
//! a second time, under the same number.

use super::{
    message::{self, Draft},
    post::{Post, Refusal},
    Contents, Language,
};
use crate::{
    courier::{Schedule, Settings},
    problem::Problem,
    server::App,
};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Mails that are sent at once.
pub const AT_ONCE: usize = 4;
/// The shortest and the longest wait for a mail server that is not there.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// A mail that is being sent.
struct Claimed {
    id: i64,
    occasion: String,
    template: String,
    email: Option<String>,
    name: Option<String>,
    language: String,
    contents: Option<serde_json::Value>,
    sealed: Option<Vec<u8>>,
    attempts: i32,
    created_at: DateTime<Utc>,
}

/// What sends.
pub struct Sender {
    settings: Settings,
    post: Post,
    /// Each sends until nothing waits; with an error it ends because the server is not there.
    tasks: JoinSet<Result<(), String>>,
    /// How often the server was not there, and until when it is not asked again.
    failures: u32,
    closed: Option<Instant>,
}

impl Sender {
    pub fn new(settings: Settings, post: Post) -> Self {
        Self { settings, post, tasks: JoinSet::new(), failures: 0, closed: None }
    }

    /// Begins to send what is due, as far as there is room.
    pub async fn begin(&mut self, app: &App, now: DateTime<Utc>) -> Result<(), Problem> {
        while let Some(ended) = self.tasks.try_join_next() {
            self.note(ended);
        }
        let room = AT_ONCE.saturating_sub(self.tasks.len());
        if room == 0 || self.closed.is_some_and(|until| Instant::now() < until) {
            return Ok(());
        }
        let due = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM (
                   SELECT FROM directory.mails WHERE status = 'pending' AND next_at <= $1 LIMIT $2
               ) due"#,
            now,
            room as i64
        )
        .fetch_one(app.directory.pool())
        .await?;
        for _ in 0..due {
            let (app, post, settings) = (app.clone(), self.post.clone(), self.settings);
            self.tasks.spawn(async move { work(&app, &post, &settings).await });
        }
        Ok(())
    }

    /// Ends when something under way has ended, or when the server is to be asked again; never, if
    /// there is neither.
    pub async fn one_ended(&mut self) {
        if let Some(ended) = self.tasks.join_next().await {
            return self.note(ended);
        }
        match self.closed {
            Some(until) => {
                tokio::time::sleep_until(until.into()).await;
                self.closed = None;
            }
            None => std::future::pending().await,
        }
    }

    /// Waits for what is under way, for a while, and gives up the rest.
    pub async fn stop(&mut self, patience: Duration) {
        let all = async { while self.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(patience, all).await;
        self.tasks.shutdown().await;
    }

    fn note(&mut self, ended: Result<Result<(), String>, tokio::task::JoinError>) {
        match ended {
            Ok(Ok(())) => self.failures = 0,
            Ok(Err(why)) => {
                // Those that began together have found out together.
                if self.closed.is_some_and(|until| Instant::now() < until) {
                    return;
                }
                let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(self.failures));
                let wait = wait.min(LONGEST_WAIT);
                tracing::warn!(why, "the mail server cannot be used; mail waits");
                self.failures = self.failures.saturating_add(1);
                self.closed = Some(Instant::now() + wait);
            }
            Err(error) => tracing::error!(%error, "a mail ended in the middle"),
        }
    }
}

/// What was being sent by a portal that is gone is sent again.
pub async fn recover(connection: &mut PgConnection) -> Result<(), Problem> {
    sqlx::query!(
        "UPDATE directory.mails SET status = 'pending', next_at = now() WHERE status = 'sending'"
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sends one mail after the other, until none is due.
async fn work(app: &App, post: &Post, settings: &Settings) -> Result<(), String> {
    while !app.courier.is_ending() {
        post.reach().await?;
        let claimed = match claim(app).await {
            Ok(Some(claimed)) => claimed,
            Ok(None) => return Ok(()),
            Err(problem) => {
                tracing::warn!(?problem, "mails wait");
                return Ok(());
            }
        };
        let sent = match read(app, &claimed) {
            Ok((language, contents)) => {
                let draft = Draft {
                    occasion: &claimed.occasion,
                    template: &claimed.template,
                    email: claimed.email.as_deref().unwrap_or_default(),
                    name: claimed.name.as_deref(),
                    language,
                    created_at: claimed.created_at,
                    contents: &contents,
                };
                post.send(message::write(&draft, &app.site, &post.prefix)).await
            }
            Err(why) => Err(Refusal { why, lasting: true }),
        };
        settle(app, settings, &claimed, &sent).await;
    }
    Ok(())
}

/// Marks the next mail that is due as being sent.
async fn claim(app: &App) -> Result<Option<Claimed>, Problem> {
    let mut transaction = app.directory.begin().await?;
    let claimed = sqlx::query_as!(
        Claimed,
        "UPDATE directory.mails SET status = 'sending', attempts = attempts + 1
         WHERE id = (SELECT id FROM directory.mails
                     WHERE status = 'pending' AND next_at <= now()
                     ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id, occasion, template, email, name, language, contents, sealed, attempts,
                   created_at"
    )
    .fetch_optional(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(claimed)
}

/// What fills the gaps, and in which language.
fn read(app: &App, claimed: &Claimed) -> Result<(Language, Contents), String> {
    let language = claimed.language.parse().map_err(str::to_owned)?;
    let contents = match (&claimed.contents, &claimed.sealed) {
        (Some(contents), _) => serde_json::from_value(contents.clone()),
        (None, Some(sealed)) => {
            let opened = app.secret.unseal(sealed);
            serde_json::from_slice(
                &opened.ok_or("it was sealed with another secret of the portal")?,
            )
        }
        (None, None) => return Err("it says nothing".to_owned()),
    };
    Ok((language, contents.map_err(|error| error.to_string())?))
}

/// Writes what became of a mail, however long the database takes to be there again.
async fn settle(app: &App, settings: &Settings, claimed: &Claimed, sent: &Result<(), Refusal>) {
    while let Err(problem) = write(app, settings, claimed, sent).await {
        tracing::warn!(?problem, mail = claimed.id, "it is not written down yet");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn write(
    app: &App,
    settings: &Settings,
    claimed: &Claimed,
    sent: &Result<(), Refusal>,
) -> Result<(), Problem> {
    let mut transaction = app.directory.begin().await?;
    let result = match sent {
        Ok(()) => {
            sqlx::query!(
                "UPDATE directory.mails
                 SET status = 'sent', ended_at = now(), last_error = NULL, contents = NULL,
                     sealed = NULL
                 WHERE id = $1 AND attempts = $2 AND status = 'sending'",
                claimed.id,
                claimed.attempts
            )
            .execute(&mut *transaction)
            .await?;
            "sent"
        }
        Err(Refusal { why, lasting }) => {
            let again = match lasting {
                true => None,
                false => settings.mails.after(claimed.attempts).map(Schedule::until),
            };
            sqlx::query!(
                "UPDATE directory.mails
                 SET status = CASE WHEN $4::TIMESTAMPTZ IS NULL THEN 'dead' ELSE 'pending' END,
                     next_at = COALESCE($4, next_at), last_error = $3,
                     ended_at = CASE WHEN $4 IS NULL THEN now() END
                 WHERE id = $1 AND attempts = $2 AND status = 'sending'",
                claimed.id,
                claimed.attempts,
                why,
                again
            )
            .execute(&mut *transaction)
            .await?;
            if again.is_none() {
                tracing::warn!(
                    mail = claimed.id,
                    template = claimed.template,
                    why,
                    "a mail is dead"
                );
            }
            if again.is_none() {
                "dead"
            } else {
                "failed"
            }
        }
    };
    transaction.commit().await?;
    metrics::counter!("portal_mail_attempts_total", "result" => result).increment(1);
    Ok(())
}
