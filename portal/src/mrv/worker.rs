// SPDX-License-Identifier: Apache-2.0
//! Signs what was submitted, sends it, and looks what became of it.

use super::{decisions, gateway};
use crate::{directory::Work, i18n::Language, problem::Problem, server::App};
use blake2::{digest::consts::U32, Blake2b, Digest};
use registry_client::{Call, ClientError, Refused, Registry};
use sqlx::PgConnection;
use std::time::Duration;

/// How often to look when nothing tells that there is something.
const INTERVAL: Duration = Duration::from_secs(3);
/// Submissions that are looked at in one go.
const BATCH: i64 = 100;

/// Works for as long as the portal runs; of several portals one works.
pub async fn work(app: App) {
    let mut heights = app.heights.subscribe();
    loop {
        if let Err(problem) = once(&app).await {
            tracing::warn!(?problem, "submissions wait");
        }
        tokio::select! {
            () = app.mrv.notified() => {}
            _ = heights.changed() => {}
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}

async fn once(app: &App) -> Result<(), Problem> {
    if !app.directory.is_prepared() {
        return Ok(());
    }
    let Some(mut alone) = app.directory.alone(Work::Submissions).await? else { return Ok(()) };
    let done = async {
        settle(alone.connection()).await?;
        decisions::look(alone.connection()).await?;
        // Without a node nothing can be sent; what was sent is found in the tables all the same.
        if let Ok(registry) = app.node.registry() {
            send_again(&registry, alone.connection()).await?;
            sign(app, &registry, alone.connection()).await?;
        }
        Ok(())
    };
    let done = done.await;
    alone.leave().await;
    done
}

/// Looks in the chain's tables for what was sent.
async fn settle(connection: &mut PgConnection) -> Result<(), Problem> {
    // What is in a block is final, the only one that it can be in.
    sqlx::query!(
        "UPDATE directory.submissions s
         SET state = CASE WHEN x.success THEN 'final' ELSE 'failed' END, height = x.height,
             code = x.error_code, sentence = x.error,
             project = (e.fields ->> CASE e.name WHEN 'ProjectRegistered' THEN 'id'
                                                 ELSE 'project' END)::BIGINT,
             document = (e.fields ->> 'document')::BIGINT,
             period = (e.fields ->> 'period')::BIGINT
         FROM chain.extrinsics x
         LEFT JOIN LATERAL (
             SELECT name, fields FROM chain.events
             WHERE height = x.height AND extrinsic_index = x.index
               AND name IN ('ProjectRegistered', 'DocumentSubmitted', 'MonitoringReported')
             ORDER BY index LIMIT 1
         ) e ON true
         WHERE s.state = 'signed' AND x.hash = s.hash"
    )
    .execute(&mut *connection)
    .await?;
    // What no block can hold any more is signed anew.
    sqlx::query!(
        "UPDATE directory.submissions
         SET state = 'waiting', extrinsic = NULL, hash = NULL, valid_until = NULL
         WHERE state = 'signed' AND valid_until < (SELECT height FROM chain.cursor)"
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Sends what was signed and is not in a block yet: a node may have lost it.
async fn send_again(registry: &Registry, connection: &mut PgConnection) -> Result<(), Problem> {
    let rows = sqlx::query!(
        r#"SELECT id, extrinsic AS "extrinsic!" FROM directory.submissions
           WHERE state = 'signed' AND extrinsic IS NOT NULL ORDER BY id LIMIT $1"#,
        BATCH
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in rows {
        match registry.submit(row.extrinsic).await {
            Ok(_) => {}
            // It is in the pool, or in a block that is not final yet, or waits for one before it.
            Err(ClientError::Refused(reason)) => {
                tracing::debug!(submission = row.id, code = reason.code, "not taken again");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Signs and sends what waits, in its order.
async fn sign(
    app: &App,
    registry: &Registry,
    connection: &mut PgConnection,
) -> Result<(), Problem> {
    let rows = sqlx::query!(
        "SELECT id, organisation, call FROM directory.submissions
         WHERE state = 'waiting' ORDER BY id LIMIT $1",
        BATCH
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in rows {
        let signed = match serde_json::from_value::<Call>(row.call) {
            Ok(call) => sign_one(app, registry, connection, row.organisation, &call).await,
            Err(error) => Err(Problem::internal(&error.to_string())),
        };
        let signed = match signed {
            Ok(signed) => signed,
            // Of one organisation whose gateway is gone; others need not wait for it.
            Err(problem) => {
                let sentence = problem.document(Language::English).detail;
                let reason = Refused {
                    code: "Registry.NotSigned".into(),
                    sentence: sentence.unwrap_or_default(),
                };
                fail(connection, row.id, &reason).await?;
                continue;
            }
        };
        // Stored first, so that it is never signed twice while the first can be in a block.
        sqlx::query!(
            "UPDATE directory.submissions
             SET state = 'signed', extrinsic = $2::BYTEA, hash = $3::BYTEA, valid_until = $4
             WHERE id = $1",
            row.id,
            signed.encoded,
            &Blake2b::<U32>::digest(&signed.encoded)[..],
            signed.valid_until
        )
        .execute(&mut *connection)
        .await?;
        match registry.submit(signed.encoded).await {
            Ok(_) => {}
            Err(ClientError::Refused(reason)) if is_lasting(&reason) => {
                fail(connection, row.id, &reason).await?;
            }
            Err(ClientError::Refused(reason)) => {
                tracing::info!(submission = row.id, code = reason.code, "is sent again later");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Whether the same transaction would be refused again: by who signs it, and not by how full or how
/// far the node is.
fn is_lasting(reason: &Refused) -> bool {
    reason.code.starts_with("Admission.")
}

async fn fail(connection: &mut PgConnection, id: i64, reason: &Refused) -> Result<(), Problem> {
    sqlx::query!(
        "UPDATE directory.submissions SET state = 'failed', code = $2, sentence = $3
         WHERE id = $1",
        id,
        reason.code,
        reason.sentence
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A signed transaction, and the last height that can hold it.
struct Signed {
    encoded: Vec<u8>,
    valid_until: i64,
}

async fn sign_one(
    app: &App,
    registry: &Registry,
    connection: &mut PgConnection,
    organisation: i64,
    call: &Call,
) -> Result<Signed, Problem> {
    let key = gateway::key(connection, &app.secret, organisation).await?;
    let (encoded, last) = registry.sign(&key, call).await?;
    Ok(Signed { encoded, valid_until: i64::try_from(last).unwrap_or(i64::MAX) })
}
