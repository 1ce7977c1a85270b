// SPDX-License-Identifier: Apache-2.0
//! Letters about requests: for transfers, to who is asked and who asked; for international
//! retirements, to the Government and the owner.

use super::desk::{Desk, Range};
use crate::{courier::Event, mail::Letter, problem::Problem};
use registry_primitives::GOVERNMENT;

const STATE: i64 = GOVERNMENT as i64;

/// Tells an event of a request.
pub async fn tell(desk: &mut Desk<'_>, event: &Event) -> Result<(), Problem> {
    match event.name.as_str() {
        "TransferRequested" | "TransferRejected" | "TransferRequestCancelled" => {
            of_transfer(desk, event).await
        }
        "RetirementRequested"
        | "RetirementRecognised"
        | "RetirementRefused"
        | "RetirementRequestCancelled" => of_retirement(desk, event).await,
        _ => Ok(()),
    }
}

/// Whether nobody took it back, but the suspension of an organisation did.
fn has_lapsed(event: &Event) -> bool {
    event.text("by").is_empty()
}

async fn of_transfer(desk: &mut Desk<'_>, event: &Event) -> Result<(), Problem> {
    let id = event.number("id");
    let row = sqlx::query!(
        "SELECT project, quantity, from_owner, to_owner, initiator FROM chain.transfer_requests
         WHERE id = $1",
        id
    )
    .fetch_optional(&mut *desk.connection)
    .await?;
    let Some(row) = row else { return Ok(()) };
    let (template, told) = match event.name.as_str() {
        "TransferRequested" => ("transfer_requested", vec![row.from_owner]),
        "TransferRejected" => ("transfer_rejected", vec![row.initiator, row.to_owner]),
        _ if has_lapsed(event) => {
            ("transfer_request_lapsed", vec![row.initiator, row.from_owner, row.to_owner])
        }
        _ => ("transfer_request_cancelled", vec![row.from_owner]),
    };
    if !desk.reaches(&told) {
        return Ok(());
    }
    let letter = desk
        .letter(template, event, &format!("/requests/transfers/{id}"))
        .with("id", id)
        .with("project", desk.project(row.project).await?.name)
        .with("quantity", row.quantity)
        .with("from", desk.organisation(row.from_owner).await?)
        .with("to", desk.organisation(row.to_owner).await?)
        .with("initiator", desk.organisation(row.initiator).await?)
        .with("reason", event.text("reason"));
    desk.send(&told, letter).await
}

async fn of_retirement(desk: &mut Desk<'_>, event: &Event) -> Result<(), Problem> {
    let recognised = event.name == "RetirementRecognised";
    let id = event.number(if recognised { "request" } else { "id" });
    let row = sqlx::query!(
        "SELECT owner, quantity, beneficiary, beneficiary_country FROM chain.retirement_requests
         WHERE id = $1",
        id
    )
    .fetch_optional(&mut *desk.connection)
    .await?;
    let Some(row) = row else { return Ok(()) };
    let (template, told) = match event.name.as_str() {
        "RetirementRequested" => ("retirement_requested", vec![STATE]),
        "RetirementRecognised" => ("retirement_recognised", vec![row.owner]),
        "RetirementRefused" => ("retirement_refused", vec![row.owner]),
        _ if has_lapsed(event) => ("retirement_request_lapsed", vec![STATE, row.owner]),
        _ => ("retirement_request_cancelled", vec![STATE]),
    };
    if !desk.reaches(&told) {
        return Ok(());
    }
    let letter = match recognised {
        true => retirement(desk, event).await?,
        false => {
            let parts = sqlx::query!(
                "SELECT start_serial, end_serial FROM chain.retirement_request_parts
                 WHERE request = $1 ORDER BY position",
                id
            )
            .fetch_all(&mut *desk.connection)
            .await?;
            let parts: Vec<Range> =
                parts.iter().map(|it| (it.start_serial, it.end_serial)).collect();
            desk.letter(template, event, &format!("/requests/retirements/{id}"))
                .serials(desk.serials(&parts).await?)
        }
    };
    let letter = letter
        .with("id", id)
        .with("organisation", desk.organisation(row.owner).await?)
        .with("quantity", row.quantity)
        .with("beneficiary", row.beneficiary)
        .with("country", row.beneficiary_country)
        .with("reason", event.text("reason"));
    desk.send(&told, letter).await
}

/// What a recognised request became, less what was deducted.
async fn retirement(desk: &mut Desk<'_>, event: &Event) -> Result<Letter, Problem> {
    let id = event.number("retirement");
    let parts = sqlx::query!(
        "SELECT start_serial, end_serial FROM chain.retirement_parts
         WHERE retirement = $1 ORDER BY position",
        id
    )
    .fetch_all(&mut *desk.connection)
    .await?;
    let parts: Vec<Range> = parts.iter().map(|it| (it.start_serial, it.end_serial)).collect();
    let letter = desk.letter("retirement_recognised", event, &format!("/retirements/{id}"));
    Ok(letter.with("retired", super::desk::quantity(&parts)).serials(desk.serials(&parts).await?))
}
