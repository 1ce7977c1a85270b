// SPDX-License-Identifier: Apache-2.0
//! Sends what waits for webhooks.
//!
//! Some are sent at once, and of one webhook only two: a receiver that is slow keeps none but
//! itself waiting. What is being sent is marked before, so that a portal that is killed sends it
//! again, under the same `webhook-id`.

use super::{
    address::{is_allowed, literal, Allowed, Refused, Resolver},
    names::PING,
    signature,
};
use crate::{
    answers::Time,
    courier::{Schedule, Settings},
    mail::{self, Letter, Recipient},
    problem::Problem,
    server::App,
};
use chrono::{DateTime, Utc};
use reqwest::{redirect, Client, Url};
use serde_json::{json, Value};
use sqlx::PgConnection;
use std::{collections::HashMap, error::Error, time::Duration};
use tokio::task::JoinSet;

/// Deliveries that are under way at once, and those of one webhook.
const AT_ONCE: usize = 32;
const OF_ONE: usize = 2;
/// How long a receiver may take, and how long to be reached.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(5);
/// How much of an answer is read.
const MAX_ANSWER: usize = 64 << 10;

/// A delivery that is being sent.
struct Claimed {
    id: i64,
    webhook: i64,
    occasion: String,
    kind: String,
    time: DateTime<Utc>,
    data: Value,
    attempts: i32,
    url: String,
    secret: Vec<u8>,
    old_secret: Option<Vec<u8>>,
}

/// What became of an attempt: the status of the answer, and what is wrong with it.
struct Outcome {
    status: Option<u16>,
    error: Option<String>,
}

impl Outcome {
    fn failed(error: impl Into<String>) -> Self {
        Self { status: None, error: Some(error.into()) }
    }

    /// The receiver says that it will never take anything again.
    fn is_gone(&self) -> bool {
        self.status == Some(410)
    }
}

/// What sends.
pub struct Sender {
    client: Client,
    settings: Settings,
    tasks: JoinSet<i64>,
    /// How many deliveries to a webhook are under way.
    busy: HashMap<i64, usize>,
}

impl Sender {
    pub fn new(settings: Settings) -> Result<Self, Problem> {
        let client = Client::builder()
            // Another machine would look up names by itself.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .dns_resolver(Resolver(settings.allowed))
            .https_only(settings.allowed == Allowed::Public)
            .connect_timeout(CONNECT)
            .timeout(TIMEOUT)
            .pool_max_idle_per_host(OF_ONE)
            .user_agent(concat!("registry-portal/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Problem::internal(&error.to_string()))?;
        Ok(Self { client, settings, tasks: JoinSet::new(), busy: HashMap::new() })
    }

    /// Begins to send what is due, as far as there is room.
    pub async fn begin(&mut self, app: &App, now: DateTime<Utc>) -> Result<(), Problem> {
        while let Some(ended) = self.tasks.try_join_next() {
            self.note(ended);
        }
        let room = AT_ONCE.saturating_sub(self.tasks.len());
        if room == 0 {
            return Ok(());
        }
        for claimed in self.claim(app, now, room).await? {
            *self.busy.entry(claimed.webhook).or_default() += 1;
            let (app, client, settings) = (app.clone(), self.client.clone(), self.settings);
            self.tasks.spawn(async move {
                let webhook = claimed.webhook;
                let outcome = send(&app, &client, settings.allowed, &claimed).await;
                settle(&app, &settings, &claimed, &outcome).await;
                webhook
            });
        }
        Ok(())
    }

    /// Ends with the next delivery that is under way; never, if none is.
    pub async fn one_ended(&mut self) {
        match self.tasks.join_next().await {
            Some(ended) => self.note(ended),
            None => std::future::pending().await,
        }
    }

    /// Waits for what is under way, for a while, and gives up the rest.
    pub async fn stop(&mut self, patience: Duration) {
        let all = async { while self.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(patience, all).await;
        self.tasks.shutdown().await;
        self.busy.clear();
    }

    fn note(&mut self, ended: Result<i64, tokio::task::JoinError>) {
        match ended {
            Ok(webhook) => {
                if let Some(busy) = self.busy.get_mut(&webhook) {
                    *busy = busy.saturating_sub(1);
                    if *busy == 0 {
                        self.busy.remove(&webhook);
                    }
                }
            }
            Err(error) => tracing::error!(%error, "a delivery ended in the middle"),
        }
    }

    /// Marks what is due as being sent.
    async fn claim(
        &self,
        app: &App,
        now: DateTime<Utc>,
        room: usize,
    ) -> Result<Vec<Claimed>, Problem> {
        let (webhooks, counts): (Vec<i64>, Vec<i64>) =
            self.busy.iter().map(|(webhook, busy)| (*webhook, *busy as i64)).unzip();
        let mut transaction = app.directory.begin().await?;
        let rows = sqlx::query_as!(
            Claimed,
            r#"WITH due AS (
                   SELECT d.id
                   FROM directory.webhooks w
                   JOIN chain.organisations o ON o.id = w.organisation AND o.status = 'active'
                   LEFT JOIN UNNEST($1::BIGINT[], $2::BIGINT[]) AS b (webhook, busy)
                     ON b.webhook = w.id
                   CROSS JOIN LATERAL (
                       SELECT id, next_at FROM directory.webhook_deliveries
                       WHERE webhook = w.id AND status = 'pending' AND next_at <= $3
                       ORDER BY next_at, id
                       LIMIT GREATEST($4 - COALESCE(b.busy, 0), 0)
                   ) d
                   WHERE w.switched_off_at IS NULL
                   ORDER BY d.next_at, d.id LIMIT $5
               )
               UPDATE directory.webhook_deliveries d
               SET status = 'sending', attempts = attempts + 1
               FROM due, directory.webhooks w
               WHERE d.id = due.id AND d.status = 'pending' AND w.id = d.webhook
               RETURNING d.id, d.webhook, d.occasion, d.type AS kind, d.time, d.data, d.attempts,
                         w.url, w.secret,
                         CASE WHEN w.old_until > now() THEN w.old_secret END AS old_secret"#,
            &webhooks,
            &counts,
            now,
            OF_ONE as i64,
            room as i64
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(rows)
    }
}

/// What was being sent by a portal that is gone is sent again.
pub async fn recover(connection: &mut PgConnection) -> Result<(), Problem> {
    sqlx::query!(
        "UPDATE directory.webhook_deliveries SET status = 'pending', next_at = now()
         WHERE status = 'sending'"
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What is posted: an event in the form of CloudEvents 1.0.
fn body(app: &App, id: &str, delivery: &Claimed) -> Vec<u8> {
    let body = json!({
        "specversion": "1.0",
        "id": id,
        "source": app.site.url(),
        "type": delivery.kind,
        "time": Time(delivery.time),
        "datacontenttype": "application/json",
        "data": delivery.data,
    });
    body.to_string().into_bytes()
}

async fn send(app: &App, client: &Client, allowed: Allowed, delivery: &Claimed) -> Outcome {
    // A name is checked when it is looked up; an address is not looked up.
    let url = match Url::parse(&delivery.url) {
        Ok(url) if literal(&url).is_some_and(|it| !is_allowed(it, allowed)) => {
            return Outcome::failed("the address is not a public one");
        }
        Ok(url) => url,
        Err(error) => return Outcome::failed(error.to_string()),
    };
    let sealed = [Some(&delivery.secret), delivery.old_secret.as_ref()];
    let secrets: Vec<Vec<u8>> =
        sealed.into_iter().flatten().filter_map(|it| app.secret.unseal(it)).collect();
    if secrets.is_empty() {
        return Outcome::failed(
            "the webhook's secret was sealed with another secret of the portal",
        );
    }
    let id = format!("msg_{}_{}", delivery.webhook, delivery.occasion);
    let body = body(app, &id, delivery);
    let timestamp = Utc::now().timestamp();
    let request = client
        .post(url)
        .header("content-type", "application/cloudevents+json")
        .header("webhook-signature", signature::header(&secrets, &id, timestamp, &body))
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp)
        .body(body);
    match request.send().await {
        Ok(answer) => take(answer).await,
        Err(error) => Outcome::failed(in_words(&error)),
    }
}

/// Reads an answer; what it says beside its status is of no interest.
async fn take(mut answer: reqwest::Response) -> Outcome {
    let status = answer.status();
    let mut read = 0;
    while read < MAX_ANSWER {
        match answer.chunk().await {
            Ok(Some(chunk)) => read += chunk.len(),
            // It was answered, with whatever came of the rest.
            Ok(None) | Err(_) => break,
        }
    }
    let error = match status {
        status if status.is_success() => None,
        status if status.is_redirection() => {
            Some(format!("it answered {}, and redirections are not followed", status.as_u16()))
        }
        status => Some(format!("it answered {}", status.as_u16())),
    };
    Outcome { status: Some(status.as_u16()), error }
}

fn in_words(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    loop {
        if cause.is::<Refused>() {
            return Refused.to_string();
        }
        match cause.source() {
            Some(deeper) => cause = deeper,
            None => break,
        }
    }
    let words = match error.is_timeout() {
        true => format!("no answer within {} seconds", TIMEOUT.as_secs()),
        false => cause.to_string(),
    };
    mail::clean(&words, 300)
}

/// Writes what became of an attempt, however long the database takes to be there again.
async fn settle(app: &App, settings: &Settings, delivery: &Claimed, outcome: &Outcome) {
    while let Err(problem) = write(app, settings, delivery, outcome).await {
        tracing::warn!(?problem, delivery = delivery.id, "it is not written down yet");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn write(
    app: &App,
    settings: &Settings,
    delivery: &Claimed,
    outcome: &Outcome,
) -> Result<(), Problem> {
    let status = outcome.status.and_then(|status| i16::try_from(status).ok());
    let mut transaction = app.directory.begin().await?;
    match &outcome.error {
        None => {
            sqlx::query!(
                "UPDATE directory.webhook_deliveries
                 SET status = 'delivered', last_status = $3, last_error = NULL, ended_at = now()
                 WHERE id = $1 AND attempts = $2 AND status = 'sending'",
                delivery.id,
                delivery.attempts,
                status
            )
            .execute(&mut *transaction)
            .await?;
            sqlx::query!(
                "UPDATE directory.webhooks SET failing_since = NULL
                 WHERE id = $1 AND failing_since IS NOT NULL",
                delivery.webhook
            )
            .execute(&mut *transaction)
            .await?;
        }
        Some(error) => {
            let again = match outcome.is_gone() || delivery.kind == PING {
                true => None,
                false => settings.webhooks.after(delivery.attempts).map(Schedule::until),
            };
            sqlx::query!(
                "UPDATE directory.webhook_deliveries
                 SET status = CASE WHEN $5::TIMESTAMPTZ IS NULL THEN 'dead' ELSE 'pending' END,
                     next_at = COALESCE($5, next_at), last_status = $3, last_error = $4,
                     ended_at = CASE WHEN $5 IS NULL THEN now() END
                 WHERE id = $1 AND attempts = $2 AND status = 'sending'",
                delivery.id,
                delivery.attempts,
                status,
                error,
                again
            )
            .execute(&mut *transaction)
            .await?;
            // A ping tells whoever asked for it, and nobody else.
            if delivery.kind != PING {
                switch_off(&mut transaction, app, settings, delivery, error, outcome.is_gone())
                    .await?;
            }
        }
    }
    transaction.commit().await?;
    let result = if outcome.error.is_none() { "delivered" } else { "failed" };
    metrics::counter!("portal_webhook_attempts_total", "result" => result).increment(1);
    Ok(())
}

/// Notes that a webhook takes nothing; after days of it, it is switched off and its Admins are told.
async fn switch_off(
    connection: &mut PgConnection,
    app: &App,
    settings: &Settings,
    delivery: &Claimed,
    error: &str,
    at_once: bool,
) -> Result<(), Problem> {
    let seconds = settings.webhook_off_after.as_secs_f64();
    let off = sqlx::query!(
        r#"UPDATE directory.webhooks w
           SET failing_since = COALESCE(failing_since, now()),
               switched_off_at = CASE
                   WHEN $2 OR failing_since < now() - make_interval(secs => $3) THEN now()
               END
           FROM chain.organisations o
           WHERE w.id = $1 AND w.switched_off_at IS NULL AND o.id = w.organisation
           RETURNING w.switched_off_at IS NOT NULL AS "off!", w.organisation, o.name,
                     w.failing_since AS "since!: Time""#,
        delivery.webhook,
        at_once,
        seconds
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(webhook) = off.filter(|webhook| webhook.off) else { return Ok(()) };
    sqlx::query!(
        "UPDATE directory.webhook_deliveries
         SET status = 'dead', ended_at = now(),
             last_error = COALESCE(last_error, 'the webhook was switched off')
         WHERE webhook = $1 AND status = 'pending'",
        delivery.webhook
    )
    .execute(&mut *connection)
    .await?;
    let url = Url::parse(&delivery.url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let letter = Letter::new("webhook_switched_off")
        .with("webhook", delivery.webhook)
        .with("organisation", &webhook.name)
        .with("host", host)
        .with("since", webhook.since)
        .with("error", error)
        .with("link", app.site.url());
    tracing::warn!(webhook = delivery.webhook, error, "a webhook was switched off");
    mail::enqueue(connection, Recipient::admins_of(webhook.organisation), letter).await
}
