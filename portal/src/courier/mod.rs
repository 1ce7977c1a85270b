// SPDX-License-Identifier: Apache-2.0
//! The courier: tells people and programs what happened, each thing once.
//!
//! The events of the chain are the outbox: final, in order, and the same each time they are indexed.
//! The courier keeps how far it has read them, and moves on in the transaction that writes mails and
//! deliveries. What is written is sent afterwards, as often as it takes.

mod event;
mod options;
mod schedule;
mod state;
mod turn;

pub use event::Event;
pub use options::{Options, Settings};
pub use schedule::Schedule;
pub use state::{state, State};

use crate::{
    bridge,
    directory::{Alone, Work},
    mail,
    problem::Problem,
    server::App,
    webhooks::{self, address::Allowed},
};
use anyhow::Result;
use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{watch, Notify};

/// How often to look when nothing tells that there is something.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long another portal, or a lost connection, is waited for.
const AGAIN: Duration = Duration::from_secs(3);
/// How long to wait for the tables, which are being made.
const SOON: Duration = Duration::from_millis(200);
/// How long what is under way may take when the portal ends.
const PATIENCE: Duration = Duration::from_secs(8);
/// How often queues are measured, and how often what is over is thrown away.
const MEASURE: Duration = Duration::from_secs(15);
const TIDY: Duration = Duration::from_secs(3_600);

/// What requests know of the courier.
#[derive(Clone)]
pub struct Courier(Arc<Inner>);

struct Inner {
    settings: Settings,
    post: mail::Post,
    wake: Notify,
    /// The portal ends: nothing more is begun.
    ending: watch::Sender<bool>,
}

impl Courier {
    pub fn new(options: Options) -> Result<Self> {
        let settings = options.settings();
        let post = mail::Post::new(options.mail)?;
        let (wake, ending) = (Notify::new(), watch::Sender::new(false));
        Ok(Self(Arc::new(Inner { settings, post, wake, ending })))
    }

    /// There is something to send.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Where webhooks may lead.
    pub fn allowed(&self) -> Allowed {
        self.0.settings.allowed
    }

    /// Nothing more is begun, because the portal ends.
    pub fn end(&self) {
        self.0.ending.send_replace(true);
    }

    /// Whether the portal ends.
    pub fn is_ending(&self) -> bool {
        *self.0.ending.borrow()
    }

    /// Ends when the portal does.
    async fn ended(&self) {
        // Its sender is our own.
        let _ = self.0.ending.subscribe().wait_for(|ending| *ending).await;
    }

    /// Works until the portal ends; of several portals on one database one works.
    pub async fn work(self, app: App) {
        while !self.is_ending() {
            let wait = match app.directory.is_prepared() {
                true => {
                    if let Err(problem) = self.take(&app).await {
                        tracing::warn!(?problem, "nothing is sent for the moment");
                    }
                    AGAIN
                }
                false => SOON,
            };
            tokio::select! {
                () = self.ended() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Works for as long as nobody else does and the database answers.
    async fn take(&self, app: &App) -> Result<(), Problem> {
        let Some(mut alone) = app.directory.alone(Work::Courier).await? else { return Ok(()) };
        let mut round = Round {
            courier: self,
            app,
            webhooks: webhooks::sender::Sender::new(self.0.settings)?,
            mails: mail::Sender::new(self.0.settings, self.0.post.clone()),
            measured: None,
            tidied: None,
        };
        let ended = round.go(&mut alone).await;
        // Nothing of it may be under way when somebody else begins; what is given up in the middle is
        // sent again.
        let patience = if ended.is_ok() { PATIENCE } else { Duration::ZERO };
        tokio::join!(round.webhooks.stop(patience), round.mails.stop(patience));
        alone.leave().await;
        ended
    }
}

/// One portal's time as courier.
struct Round<'a> {
    courier: &'a Courier,
    app: &'a App,
    webhooks: webhooks::sender::Sender,
    mails: mail::Sender,
    measured: Option<Instant>,
    tidied: Option<Instant>,
}

impl Round<'_> {
    async fn go(&mut self, alone: &mut Alone) -> Result<(), Problem> {
        webhooks::sender::recover(alone.connection()).await?;
        mail::recover(alone.connection()).await?;
        let mut heights = self.app.heights.subscribe();
        while !self.courier.is_ending() {
            // The right to do this is the connection's: without it somebody else may.
            alone.connection().ping().await?;
            heights.mark_unchanged();
            let more = match turn::turn(self.app).await {
                Ok(more) => more,
                Err(problem) => {
                    tracing::warn!(?problem, "events wait to be told");
                    false
                }
            };
            let now = Utc::now();
            if let Err(problem) = self.send(now).await {
                tracing::warn!(?problem, "mails and deliveries wait");
            }
            self.look_after(alone.connection()).await?;
            if more {
                continue;
            }
            let wait = match next(alone.connection(), now).await? {
                Some(due) => (due - Utc::now()).to_std().unwrap_or_default().min(INTERVAL),
                None => INTERVAL,
            };
            tokio::select! {
                _ = heights.changed() => {}
                () = self.courier.0.wake.notified() => {}
                () = self.webhooks.one_ended() => {}
                () = self.mails.one_ended() => {}
                () = self.courier.ended() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
        Ok(())
    }

    async fn send(&mut self, now: DateTime<Utc>) -> Result<(), Problem> {
        self.mails.begin(self.app, now).await?;
        self.webhooks.begin(self.app, now).await
    }

    /// Measures, and throws away what is over.
    async fn look_after(&mut self, connection: &mut PgConnection) -> Result<(), Problem> {
        let is_due = |last: Option<Instant>, every| last.is_none_or(|at| at.elapsed() >= every);
        if is_due(self.measured, MEASURE) {
            state::measure(connection).await?;
            // The chain's tables may be missing while they are made anew.
            if let Err(problem) = bridge::measured::measure(connection).await {
                tracing::warn!(?problem, "the bridge is not measured");
            }
            self.measured = Some(Instant::now());
        }
        if is_due(self.tidied, TIDY) {
            tidy(connection).await?;
            self.tidied = Some(Instant::now());
        }
        Ok(())
    }
}

/// When something that failed is to be tried next.
async fn next(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Problem> {
    // What was due before waits for room, and room tells by itself.
    let next = sqlx::query_scalar!(
        "SELECT LEAST(
             (SELECT min(next_at) FROM directory.mails
              WHERE status = 'pending' AND next_at > $1),
             (SELECT min(next_at) FROM directory.webhook_deliveries
              WHERE status = 'pending' AND next_at > $1))",
        now
    )
    .fetch_one(connection)
    .await?;
    Ok(next)
}

/// Throws away what nobody asks for any more.
async fn tidy(connection: &mut PgConnection) -> Result<(), Problem> {
    sqlx::query!(
        "DELETE FROM directory.mails
         WHERE ended_at < now() - CASE status WHEN 'sent' THEN INTERVAL '30 days'
                                              ELSE INTERVAL '90 days' END"
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "DELETE FROM directory.webhook_deliveries
         WHERE ended_at < now() - CASE status WHEN 'delivered' THEN INTERVAL '30 days'
                                              ELSE INTERVAL '90 days' END"
    )
    .execute(connection)
    .await?;
    Ok(())
}
