// SPDX-License-Identifier: Apache-2.0
//! Turns events of the chain into mails and deliveries.

use super::Event;
use crate::{
    bridge, mail, node,
    people::imported,
    problem::{Message, Problem},
    query::Position,
    server::App,
    webhooks,
};
use sqlx::PgConnection;

/// Events of one transaction.
const BATCH: i64 = 200;

/// How far the indexer is.
struct Indexed {
    genesis: Vec<u8>,
    height: i64,
}

/// Turns the next events; whether there are more.
pub async fn turn(app: &App) -> Result<bool, Problem> {
    // Names, members and records are those of one block.
    let mut transaction =
        app.directory.pool().begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await?;
    let Some(indexed) = indexed(&mut transaction).await? else { return Ok(false) };
    let position = match position(&mut transaction, &indexed).await? {
        Some(position) => position,
        None => {
            if begin(app, &mut transaction, &indexed).await? {
                transaction.commit().await?;
            }
            return Ok(false);
        }
    };
    // The tables are made anew, and have not come so far again.
    if indexed.height < position.block {
        return Ok(false);
    }
    let events = Event::after(&mut transaction, position, BATCH).await?;
    let Some(last) = events.last() else { return Ok(false) };
    webhooks::enqueue_events(&mut transaction, &events).await?;
    imported::note_events(&mut transaction, &events).await?;
    mail::enqueue_events(&mut transaction, app, &events).await?;
    bridge::outbox::enqueue_events(&mut transaction, &events).await?;
    sqlx::query!(
        "UPDATE directory.courier SET height = $1, index = $2",
        last.position.block,
        last.position.index
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    metrics::counter!("portal_courier_events_total").increment(events.len() as u64);
    Ok(events.len() as i64 == BATCH)
}

async fn indexed(connection: &mut PgConnection) -> Result<Option<Indexed>, Problem> {
    let row = sqlx::query_as!(
        Indexed,
        r#"SELECT genesis_hash::BYTEA AS "genesis!", height FROM chain.cursor"#
    )
    .fetch_optional(connection)
    .await;
    match row {
        Err(sqlx::Error::Database(error))
            if matches!(error.code().as_deref(), Some("3F000" | "42P01" | "42501")) =>
        {
            // The indexer has not made the tables yet, or makes them anew.
            Ok(None)
        }
        row => Ok(row?),
    }
}

/// Up to where events were turned; nobody else turns any until the transaction ends.
async fn position(
    connection: &mut PgConnection,
    indexed: &Indexed,
) -> Result<Option<Position>, Problem> {
    let row = sqlx::query!("SELECT genesis_hash, height, index FROM directory.courier FOR UPDATE")
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    if row.genesis_hash != indexed.genesis {
        tracing::error!(
            "the database's schema `directory` is of another chain than its schema `chain`: no \
             event is told; see docs/how-to/set-up-mail-and-webhooks.md"
        );
        return Err(Problem::unavailable(Message::new("problem.not_indexed")));
    }
    Ok(Some(Position { block: row.height, index: row.index }))
}

/// Begins with what comes from now on: nobody is written to about what happened long ago. Whether it
/// is known where that is.
async fn begin(
    app: &App,
    connection: &mut PgConnection,
    indexed: &Indexed,
) -> Result<bool, Problem> {
    // The indexer may be far behind what is final now.
    let node::State::Reachable { finalised } = app.node.state() else { return Ok(false) };
    let height = finalised.max(indexed.height);
    sqlx::query!(
        "INSERT INTO directory.courier (genesis_hash, height, index) VALUES ($1::BYTEA, $2, $3)",
        indexed.genesis,
        height,
        i32::MAX
    )
    .execute(connection)
    .await?;
    tracing::info!(height, "events are told that come after this block");
    Ok(true)
}
