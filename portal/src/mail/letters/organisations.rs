// SPDX-License-Identifier: Apache-2.0
//! Letters about organisations, their members, and what officers must agree on.

use super::desk::Desk;
use crate::{courier::Event, mail::Recipient, problem::Problem};
use serde_json::Value;

/// Tells an event of organisations or of approvals.
pub async fn tell(desk: &mut Desk<'_>, event: &Event) -> Result<(), Problem> {
    match event.name.as_str() {
        "OrganisationCreated" => {
            let id = event.number("id");
            let letter = about(desk, "organisation_created", event, id).await?;
            desk.send(&[id], letter.with("role", event.text("role"))).await
        }
        "OrganisationSuspended" => {
            let id = event.number("id");
            let letter = about(desk, "organisation_suspended", event, id).await?;
            desk.send(&[id], letter.with("reason", event.text("reason"))).await?;
            lapsed(desk, event, id).await
        }
        "OrganisationReactivated" => {
            let id = event.number("id");
            let letter = about(desk, "organisation_reactivated", event, id).await?;
            desk.send(&[id], letter).await
        }
        "OrganisationChanged" => {
            let id = event.number("id");
            let letter = about(desk, "organisation_changed", event, id).await?;
            desk.send(&[id], letter).await
        }
        "MemberAdded" => of_member(desk, "member_added", event).await,
        "MemberRemoved" => of_member(desk, "member_removed", event).await,
        "MemberRoleChanged" => of_member(desk, "member_role_changed", event).await,
        "KeyReplaced" => key_replaced(desk, event).await,
        "Proposed" => proposed(desk, event).await,
        "Executed" => executed(desk, event).await,
        "Expired" => {
            let letter = desk.letter("proposal_expired", event, &page_of(event));
            to_proposer(desk, event, letter).await
        }
        _ => Ok(()),
    }
}

/// A letter about an organisation.
async fn about(
    desk: &mut Desk<'_>,
    template: &'static str,
    event: &Event,
    organisation: i64,
) -> Result<crate::mail::Letter, Problem> {
    let name = desk.organisation(organisation).await?;
    let page = format!("/organisations/{organisation}");
    Ok(desk.letter(template, event, &page).with("organisation", name))
}

/// Tells the owners of projects whose certifications ended with the suspension of a certifier.
async fn lapsed(desk: &mut Desk<'_>, event: &Event, certifier: i64) -> Result<(), Problem> {
    let rows = sqlx::query!(
        r#"SELECT o.organisation, string_agg(p.title || ' (' || p.id || ')', ', ' ORDER BY p.id)
                                      AS "projects!"
           FROM chain.certifications c
           JOIN chain.proponents o ON o.project = c.project
           JOIN chain.projects p ON p.id = c.project
           WHERE c.certifier = $1 AND c.revocation = 'suspended' AND c.revoked_at = $2
           GROUP BY o.organisation ORDER BY o.organisation"#,
        certifier,
        event.time
    )
    .fetch_all(&mut *desk.connection)
    .await?;
    for row in rows {
        let letter = about(desk, "certification_lapsed", event, certifier).await?;
        desk.send(&[row.organisation], letter.with("projects", row.projects)).await?;
    }
    Ok(())
}

/// Tells a member what he is, or is no more.
async fn of_member(
    desk: &mut Desk<'_>,
    template: &'static str,
    event: &Event,
) -> Result<(), Problem> {
    let letter = about(desk, template, event, event.number("organisation")).await?;
    let letter = letter.with("role", event.text("role"));
    desk.send_to(Recipient::account(event.text("account")), letter).await
}

/// Tells the member, under both keys, and the Admins: none of them may have wanted it.
async fn key_replaced(desk: &mut Desk<'_>, event: &Event) -> Result<(), Problem> {
    let organisation = event.number("organisation");
    let letter = about(desk, "key_replaced", event, organisation).await?;
    let letter = letter.with("old", event.text("old")).with("new", event.text("new"));
    for account in ["old", "new"] {
        desk.send_to(Recipient::account(event.text(account)), letter.clone()).await?;
    }
    desk.send_to(Recipient::admins_of(organisation), letter).await
}

fn page_of(event: &Event) -> String {
    format!("/proposals/{}", event.number("id"))
}

/// Tells officers that something waits for one more of them.
async fn proposed(desk: &mut Desk<'_>, event: &Event) -> Result<(), Problem> {
    let organisation = event.number("organisation");
    // One officer was enough, and it is done.
    if event.number("required") < 2 || !desk.reaches(&[organisation]) {
        return Ok(());
    }
    let name = desk.organisation(organisation).await?;
    let letter = desk
        .letter("proposal_made", event, &page_of(event))
        .with("id", event.number("id"))
        .with("organisation", name)
        .with("action", event.text("action"))
        .with("required", event.number("required"));
    desk.send(&[organisation], letter).await
}

/// Tells who proposed something that it failed when it was done. What succeeded tells itself.
async fn executed(desk: &mut Desk<'_>, event: &Event) -> Result<(), Problem> {
    let officers = event.fields.get("officers").and_then(Value::as_array).map_or(0, Vec::len);
    let error = event.fields.pointer("/result/Err/sentence").and_then(Value::as_str);
    let Some(error) = error.filter(|_| officers > 1) else { return Ok(()) };
    let letter = desk.letter("proposal_failed", event, &page_of(event)).with("error", error);
    to_proposer(desk, event, letter).await
}

async fn to_proposer(
    desk: &mut Desk<'_>,
    event: &Event,
    letter: crate::mail::Letter,
) -> Result<(), Problem> {
    let row = sqlx::query!(
        "SELECT proposer, action FROM chain.proposals WHERE id = $1",
        event.number("id")
    )
    .fetch_optional(&mut *desk.connection)
    .await?;
    let Some(row) = row else { return Ok(()) };
    let letter = letter.with("id", event.number("id")).with("action", row.action);
    desk.send_to(Recipient::Account(row.proposer), letter).await
}
