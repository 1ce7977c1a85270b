// SPDX-License-Identifier: Apache-2.0
//! Letters about events of the chain: which event is told to whom. `docs/reference/mail.md` has the
//! table.

mod bridge;
mod credits;
mod desk;
mod organisations;
mod projects;
mod requests;

use crate::{courier::Event, problem::Problem, server::App};
use desk::Desk;
use sqlx::PgConnection;

/// Puts the letters that events cause into the outbox. They are sent if the transaction is committed.
pub async fn enqueue_events(
    connection: &mut PgConnection,
    app: &App,
    events: &[Event],
) -> Result<(), Problem> {
    let mut desk = Desk::new(connection, &app.site).await?;
    for event in events {
        match event.pallet.as_str() {
            "Organisations" | "Approvals" => organisations::tell(&mut desk, event).await?,
            "Projects" => projects::tell(&mut desk, event).await?,
            "Credits" => {
                credits::tell(&mut desk, event).await?;
                requests::tell(&mut desk, event).await?;
            }
            // Of settings and of the network nobody is told by mail.
            _ => {}
        }
    }
    bridge::tell(&mut desk, events).await
}
