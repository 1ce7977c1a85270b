// SPDX-License-Identifier: Apache-2.0
//! Letters about credits that moved, to whom they belong or belonged. What an organisation does to
//! its own is not told to it.

use super::desk::{quantity, ranges, Desk, Range};
use crate::{courier::Event, problem::Problem};
use std::collections::BTreeMap;

/// Tells an event of credits that is not of a request.
pub async fn tell(desk: &mut Desk<'_>, event: &Event) -> Result<(), Problem> {
    match event.name.as_str() {
        "CreditsTransferred" => transferred(desk, event).await,
        "CreditsRetired" => retired(desk, event).await,
        "CreditsCancelled" => cancelled(desk, event).await,
        "CreditsHeld" => to_owners(desk, "credits_held", event).await,
        // Where an organisation was reactivated, that is what it is told.
        "CreditsReleased" if !event.text("by").is_empty() => {
            to_owners(desk, "credits_released", event).await
        }
        "BufferReleased" => {
            let to = event.number("to");
            if !desk.reaches(&[to]) {
                return Ok(());
            }
            let letter = desk
                .letter("buffer_released", event, &format!("/organisations/{to}"))
                .with("organisation", desk.organisation(to).await?)
                .with("quantity", event.number("quantity"))
                .serials(desk.serials(&ranges(event)).await?);
            desk.send(&[to], letter).await
        }
        _ => Ok(()),
    }
}

/// Tells the receiver, and who asked for the transfer.
async fn transferred(desk: &mut Desk<'_>, event: &Event) -> Result<(), Problem> {
    let (from, to) = (event.number("from"), event.number("to"));
    let request = event.number("request");
    let mut told = vec![to];
    if request > 0 {
        let initiator = sqlx::query_scalar!(
            "SELECT initiator FROM chain.transfer_requests WHERE id = $1",
            request
        )
        .fetch_optional(&mut *desk.connection)
        .await?;
        told.extend(initiator);
    }
    if !desk.reaches(&told) {
        return Ok(());
    }
    let (template, page) = match request {
        0 => ("credits_received", format!("/events/{}", event.position)),
        _ => ("transfer_approved", format!("/requests/transfers/{request}")),
    };
    let letter = desk
        .letter(template, event, &page)
        .with("id", request)
        .with("from", desk.organisation(from).await?)
        .with("to", desk.organisation(to).await?)
        .with("quantity", event.number("quantity"))
        .serials(desk.serials(&ranges(event)).await?);
    desk.send(&told, letter).await
}

/// Tells the owner whose credits the Government retired. A recognised request tells itself.
async fn retired(desk: &mut Desk<'_>, event: &Event) -> Result<(), Problem> {
    let (id, owner) = (event.number("id"), event.number("owner"));
    if !desk.reaches(&[owner]) {
        return Ok(());
    }
    let row = sqlx::query!(
        "SELECT purpose, reason FROM chain.retirements
         WHERE id = $1 AND purpose IN ('ndc_use', 'legal_action', 'other')",
        id
    )
    .fetch_optional(&mut *desk.connection)
    .await?;
    let Some(row) = row else { return Ok(()) };
    let letter = desk
        .letter("credits_retired_by_government", event, &format!("/retirements/{id}"))
        .with("organisation", desk.organisation(owner).await?)
        .with("quantity", event.number("quantity"))
        .with("purpose", row.purpose)
        .with("reason", row.reason.unwrap_or_else(|| "-".to_owned()))
        .serials(desk.serials(&ranges(event)).await?);
    desk.send(&[owner], letter).await
}

/// Tells the owner whose credits were cancelled. What was deducted from a retirement is told with it.
async fn cancelled(desk: &mut Desk<'_>, event: &Event) -> Result<(), Problem> {
    let id = event.number("id");
    let row = sqlx::query!(
        "SELECT owner, reason, statement, quantity FROM chain.cancellations
         WHERE id = $1 AND reason NOT IN ('share_of_proceeds', 'overall_mitigation')",
        id
    )
    .fetch_optional(&mut *desk.connection)
    .await?;
    let Some(row) = row.filter(|row| desk.reaches(&[row.owner])) else { return Ok(()) };
    let parts = sqlx::query!(
        "SELECT start_serial, end_serial FROM chain.cancellation_parts
         WHERE cancellation = $1 ORDER BY position",
        id
    )
    .fetch_all(&mut *desk.connection)
    .await?;
    let parts: Vec<Range> = parts.iter().map(|it| (it.start_serial, it.end_serial)).collect();
    let letter = desk
        .letter("credits_cancelled", event, &format!("/cancellations/{id}"))
        .with("organisation", desk.organisation(row.owner).await?)
        .with("quantity", row.quantity)
        .with("reason", row.reason)
        .with("statement", row.statement.unwrap_or_else(|| "-".to_owned()))
        .serials(desk.serials(&parts).await?);
    desk.send(&[row.owner], letter).await
}

/// Tells each owner of the blocks, as they were when it happened.
async fn to_owners(
    desk: &mut Desk<'_>,
    template: &'static str,
    event: &Event,
) -> Result<(), Problem> {
    let rows = sqlx::query!(
        r#"SELECT from_owner AS "owner!", start_serial, end_serial FROM chain.serial_history
           WHERE height = $1 AND index = $2 AND from_owner IS NOT NULL ORDER BY part"#,
        event.position.block,
        event.position.index
    )
    .fetch_all(&mut *desk.connection)
    .await?;
    let mut owners = BTreeMap::<i64, Vec<Range>>::new();
    for row in rows {
        owners.entry(row.owner).or_default().push((row.start_serial, row.end_serial));
    }
    for (owner, ranges) in owners {
        if !desk.reaches(&[owner]) {
            continue;
        }
        let letter = desk
            .letter(template, event, &format!("/organisations/{owner}"))
            .with("organisation", desk.organisation(owner).await?)
            .with("quantity", quantity(&ranges))
            .with("reason", event.text("reason"))
            .serials(desk.serials(&ranges).await?);
        desk.send(&[owner], letter).await?;
    }
    Ok(())
}
