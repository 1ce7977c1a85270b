// SPDX-License-Identifier: Apache-2.0
//! Preparing a call for its signature: whether the account may make it, whether other officers
//! must agree, and what exactly is signed.

use crate::{
    answers::{AsOf, Time},
    db::Reader,
    extrinsics::read,
    i18n::Language,
    problem::{Message, Problem, ProblemDocument},
    proposals,
    records::Record,
    server::App,
};
use axum::{
    body::Bytes,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    Json,
};
use chrono::{TimeDelta, Utc};
use registry_client::{
    payload::{SignerPayload, MORTALITY},
    views, AccountId32, Call, Registry,
};
use registry_primitives::{
    organisation::OrganisationStatus, permission, Action, ActionClass, MemberRole,
    OrganisationRole, Reach,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Seconds between two blocks.
const BLOCK_SECONDS: u64 = 3;

/// A call to prepare for signing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "account": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
    "call": {
        "pallet": "organisations",
        "name": "update_profile",
        "args": {
            "organisation": 1,
            "profile": "0x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        },
    },
}))]
pub struct PrepareRequest {
    /// Who will sign, SS58.
    account: String,
    /// The call: `{"pallet": "credits", "name": "issue", "args": {"project": 1, "period": 1}}`.
    #[schema(value_type = Object)]
    call: serde_json::Value,
}

/// A call that waits for its signature.
#[derive(Serialize, ToSchema)]
pub struct Prepared {
    /// The block that the permission was asked at.
    as_of: AsOf,
    /// What the call does, in a sentence for the person who signs it.
    words: String,
    /// The action of the permission table that the call needs; that of the proposed call, where
    /// the call proposes, approves or withdraws one.
    #[schema(example = "issue_credits")]
    action: String,
    /// How many officers must agree, the signer among them; null where one is enough. What is
    /// prepared is the proposal of the call then.
    needs_approvals: Option<u32>,
    /// The call that is signed: the one that was sent, or its proposal.
    #[schema(value_type = Object)]
    call: Call,
    /// The call, SCALE in hexadecimal.
    method: String,
    /// `SignerPayloadJSON` of the Polkadot wallets: what is signed.
    #[schema(value_type = Object)]
    payload: SignerPayload,
    /// Until when it can be sent.
    expires: Expiry,
}

/// The end of a prepared transaction.
#[derive(Serialize, ToSchema)]
pub struct Expiry {
    /// Last block that can hold it.
    block: u64,
    /// About when that is.
    about: Time,
}

/// A member as the tables know it.
struct Member {
    role: String,
    organisation_role: String,
    id: i64,
    organisation: String,
    status: String,
}

/// A proposal that waits, as far as it matters to who approves or withdraws it.
struct Waiting {
    id: u32,
    organisation: i64,
    action: Action,
    words: Option<String>,
}

async fn member(reader: &mut Reader, account: &AccountId32) -> Result<Member, Problem> {
    sqlx::query_as!(
        Member,
        "SELECT m.role, o.role AS organisation_role, o.id, o.name AS organisation, o.status
         FROM chain.members m JOIN chain.organisations o ON o.id = m.organisation
         WHERE m.account = $1",
        account.to_string()
    )
    .fetch_optional(reader.connection())
    .await?
    .ok_or_else(|| Problem::forbidden(Message::new("problem.not_a_member")))
}

/// The proposal that a call approves or withdraws.
async fn waiting(reader: &mut Reader, id: u32) -> Result<Waiting, Problem> {
    let unknown =
        || Problem::unprocessable(Message::new("problem.no_waiting_proposal").with("id", id));
    let row = sqlx::query!(
        "SELECT organisation, action, decoded FROM chain.proposals
         WHERE id = $1 AND status = 'open'",
        i64::from(id)
    )
    .fetch_optional(reader.connection())
    .await?
    .ok_or_else(unknown)?;
    let action = row.action.parse().map_err(|_| Problem::internal("an action of no name"))?;
    let call = row.decoded.as_ref();
    let words = call.and_then(|it| proposals::in_words(Language::current(), it));
    Ok(Waiting { id, organisation: row.organisation, action, words })
}

/// How many officers must agree to actions of a class; one where nothing is set.
async fn threshold(reader: &mut Reader, class: ActionClass) -> Result<u32, Problem> {
    let officers = sqlx::query_scalar!(
        "SELECT officers FROM chain.thresholds WHERE class = $1",
        class.as_str()
    )
    .fetch_optional(reader.connection())
    .await?;
    Ok(officers.and_then(|officers| u32::try_from(officers).ok()).unwrap_or(1))
}

/// How many officers must agree to a call. Setting how many needs as many as the strictest of the
/// settings' own number, the number as it is and the number that is to be.
async fn required(reader: &mut Reader, call: &Call, action: Action) -> Result<u32, Problem> {
    let Some(class) = action.class() else { return Ok(1) };
    let own = threshold(reader, class).await?;
    match call {
        Call::SetThreshold { class, officers } => {
            Ok(own.max(threshold(reader, *class).await?).max(*officers))
        }
        _ => Ok(own),
    }
}

fn decide(member: &Member, action: Action) -> Result<(), Problem> {
    if member.status != OrganisationStatus::Active.as_str() {
        let message = Message::new("problem.organisation_suspended");
        return Err(Problem::forbidden(message.with("organisation", &member.organisation)));
    }
    let roles = member.organisation_role.parse::<OrganisationRole>().ok();
    let roles = roles.zip(member.role.parse::<MemberRole>().ok());
    let reach = roles
        .map_or(Reach::No, |(organisation, role)| permission::reach(action, organisation, role));
    if reach == Reach::No {
        let language = Language::current();
        return Err(Problem::forbidden(
            Message::new("problem.not_permitted")
                .with("member_role", language.label("member_role", &member.role))
                .with(
                    "organisation_role",
                    language.label("organisation_role", &member.organisation_role),
                )
                .with("action", language.label("action", action.as_str())),
        ));
    }
    Ok(())
}

/// The action that a call needs: for an approval or a withdrawal, that of the proposed call.
fn action_of(call: &Call, waiting: Option<&Waiting>) -> Result<Action, Problem> {
    call.action()
        .or(waiting.map(|waiting| waiting.action))
        .ok_or_else(|| Problem::internal("a call without an action"))
}

/// Whether what a call proposes can be proposed at all.
fn check_proposal(call: &Call) -> Result<(), Problem> {
    let Call::Propose { call: proposed } = call else { return Ok(()) };
    let about_proposals =
        matches!(**proposed, Call::Propose { .. } | Call::Approve { .. } | Call::Withdraw { .. });
    let class = proposed.action().and_then(Action::class);
    if about_proposals || class.is_none() {
        return Err(Problem::unprocessable(Message::new("problem.not_proposable")));
    }
    Ok(())
}

/// The call to sign where so many officers must agree, and the number if it is more than one.
fn proposed_if_needed(call: Call, required: u32) -> (Call, Option<u32>) {
    match call {
        call if required <= 1 => (call, None),
        // These are a part of agreeing already.
        call @ (Call::Propose { .. } | Call::Approve { .. } | Call::Withdraw { .. }) => {
            (call, Some(required))
        }
        call => (Call::Propose { call: Box::new(call) }, Some(required)),
    }
}

/// What the signer is told: an approval says what it is an approval of.
fn words(call: &Call, waiting: Option<&Waiting>) -> String {
    let own = Language::current().say(&call.sentence());
    match waiting.and_then(|waiting| Some((waiting.id, waiting.words.as_ref()?))) {
        Some((id, proposed)) => {
            let name = Record::Proposal.name(i64::from(id));
            format!("{own} {name}: {proposed}")
        }
        None => own,
    }
}

/// The project and the blocks that a call names in its arguments.
fn concerns(call: &Call) -> (Option<u32>, Vec<u64>) {
    let args = serde_json::to_value(call).unwrap_or_default();
    let args = args.get("args").cloned().unwrap_or_default();
    // A registration makes a project, and a request for a transfer names one to say what it is for.
    let about = !matches!(call, Call::RegisterProject { .. } | Call::RequestTransfer { .. });
    let project = args.get("project").and_then(serde_json::Value::as_u64).filter(|_| about);
    let parts = args.get("parts").and_then(serde_json::Value::as_array);
    let starts = parts.into_iter().flatten().filter_map(|part| part.get("start")?.as_u64());
    (project.and_then(|id| u32::try_from(id).ok()), starts.collect())
}

/// Whether the account may do this with the project and the blocks as they are now, by the word of
/// the node: a page can be older than what it shows.
async fn still_possible(
    registry: &Registry,
    account: &AccountId32,
    action: Action,
    (project, blocks): &(Option<u32>, Vec<u64>),
) -> Result<(), Problem> {
    // Answering a request moves blocks by another permission than the block's own.
    let of_blocks = action != Action::RequestTransfer;
    if project.is_none() && (blocks.is_empty() || !of_blocks) {
        return Ok(());
    }
    let at = registry.at_finalised().await?;
    if let Some(project) = project {
        if !views::may_with_project(&at, *account, *project).await?.contains(&action) {
            let message = Message::new("problem.not_with_project").with("project", project);
            return Err(Problem::unprocessable(message));
        }
    }
    for start in blocks.iter().filter(|_| of_blocks) {
        if !views::may_with_block(&at, *account, *start).await?.contains(&action) {
            let message = Message::new("problem.not_with_block").with("start", start);
            return Err(Problem::unprocessable(message));
        }
    }
    Ok(())
}

/// Prepares a call for signing, if the account may make it. Where several officers must agree, its
/// proposal is prepared instead.
#[utoipa::path(
    post, path = "/api/v1/extrinsics/prepare", tag = "extrinsics",
    request_body = PrepareRequest,
    responses(
        (status = OK, body = Prepared),
        (status = FORBIDDEN, body = ProblemDocument, description = "The account may not do this"),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument,
            description = "No such call, or one that would fail as the chain is now"),
        (status = SERVICE_UNAVAILABLE, body = ProblemDocument),
    )
)]
pub async fn prepare(
    State(app): State<App>,
    mut reader: Reader,
    body: Bytes,
) -> Result<Response, Problem> {
    let PrepareRequest { account, call } = read(&body)?;
    let account: AccountId32 = account.parse().map_err(|_| {
        Problem::unprocessable(Message::new("problem.account").with("account", &account))
    })?;
    let call: Call = serde_json::from_value(call).map_err(|error| {
        Problem::unprocessable(Message::new("problem.call").with("error", error))
    })?;
    let member = member(&mut reader, &account).await?;
    let waiting = match call {
        Call::Approve { id } | Call::Withdraw { id } => Some(waiting(&mut reader, id).await?),
        _ => None,
    };
    check_proposal(&call)?;
    let action = action_of(&call, waiting.as_ref())?;
    decide(&member, action)?;
    if waiting.as_ref().is_some_and(|waiting| waiting.organisation != member.id) {
        return Err(Problem::forbidden(Message::new("problem.other_organisation")));
    }
    let inner = match &call {
        Call::Propose { call } => call,
        call => call,
    };
    let required = match waiting {
        // The tables say how many a proposal needs; signing it needs no other form.
        Some(_) => 1,
        None => required(&mut reader, inner, action).await?,
    };
    let as_of = reader.as_of.clone();
    let concerns = concerns(inner);
    // Gives the connection to the database back before the node is asked.
    drop(reader);
    let (call, needs_approvals) = proposed_if_needed(call, required);
    let registry = app.node.registry()?;
    still_possible(&registry, &account, action, &concerns).await?;
    let payload = registry.prepare(&account, &call).await?;
    registry.rehearse(&payload).await.map_err(Problem::refused)?;
    let birth = u64::from_str_radix(payload.block_number.trim_start_matches("0x"), 16)
        .map_err(|_| Problem::internal("the client wrote a height that is no number"))?;
    let seconds = i64::try_from(MORTALITY * BLOCK_SECONDS).unwrap_or_default();
    let prepared = Prepared {
        as_of,
        words: words(&call, waiting.as_ref()),
        action: action.to_string(),
        needs_approvals,
        method: payload.method.clone(),
        call,
        // An era begins at its birth and lasts for as many blocks, the birth counted.
        expires: Expiry {
            block: birth + MORTALITY - 1,
            about: Time(Utc::now() + TimeDelta::seconds(seconds)),
        },
        payload,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(prepared)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use registry_primitives::credit::Part;

    fn member(organisation_role: &str, role: &str, status: &str) -> Member {
        Member {
            role: role.into(),
            organisation_role: organisation_role.into(),
            id: 2,
            organisation: "Sun & Sea Ltd".into(),
            status: status.into(),
        }
    }

    #[test]
    fn the_permission_table_decides() {
        let developer = member("project_developer", "manager", "active");
        assert_eq!(decide(&developer, Action::TransferCredits), Ok(()));
        let refused = decide(&developer, Action::IssueCredits).unwrap_err();
        let document = refused.document(Language::English);
        assert_eq!(document.status, 403);
        let detail = document.detail.unwrap();
        assert!(!detail.contains('…') && detail.contains("Manager"), "{detail}");
        assert!(decide(
            &member("project_developer", "view_only", "active"),
            Action::TransferCredits
        )
        .is_err());
        assert!(decide(&member("nobody", "admin", "active"), Action::TransferCredits).is_err());
    }

    #[test]
    fn the_suspended_may_do_nothing() {
        let suspended = member("project_developer", "admin", "suspended");
        let detail = decide(&suspended, Action::TransferCredits)
            .unwrap_err()
            .document(Language::English)
            .detail
            .unwrap();
        assert!(detail.contains("Sun & Sea Ltd"), "{detail}");
    }

    fn issue() -> Call {
        Call::Issue { project: 1, period: 2 }
    }

    fn propose(call: Call) -> Call {
        Call::Propose { call: Box::new(call) }
    }

    #[test]
    fn approving_and_withdrawing_need_what_the_proposed_call_needs() {
        let waiting = |action| Waiting { id: 7, organisation: 1, action, words: None };
        let of = |call: &Call, waiting: Option<&Waiting>| action_of(call, waiting).unwrap();
        let cancel = waiting(Action::CancelCredits);
        assert_eq!(of(&Call::Approve { id: 7 }, Some(&cancel)), Action::CancelCredits);
        assert_eq!(of(&Call::Withdraw { id: 7 }, Some(&cancel)), Action::CancelCredits);
        assert_eq!(of(&propose(issue()), None), Action::IssueCredits);
        assert_eq!(of(&issue(), None), Action::IssueCredits);
        assert!(action_of(&Call::Approve { id: 7 }, None).is_err());
    }

    #[test]
    fn what_a_call_concerns_is_asked_for() {
        let concerned = |call: &Call| concerns(call);
        assert_eq!(concerned(&issue()), (Some(1), vec![]));
        let hold = Call::Hold {
            parts: vec![Part { start: 5, quantity: 1 }, Part { start: 9, quantity: 2 }],
            reason: "A reason".into(),
        };
        assert_eq!(concerned(&hold), (None, vec![5, 9]));
        let request = Call::RequestTransfer {
            project: 1,
            vintage: None,
            quantity: 1,
            from: 2,
            to: 3,
            reference: None,
        };
        assert_eq!(concerned(&request), (None, vec![]));
    }

    #[test]
    fn what_needs_others_is_proposed_and_what_is_proposed_is_not_proposed_again() {
        assert_eq!(proposed_if_needed(issue(), 1), (issue(), None));
        assert_eq!(proposed_if_needed(issue(), 2), (propose(issue()), Some(2)));
        assert_eq!(proposed_if_needed(propose(issue()), 3), (propose(issue()), Some(3)));
    }

    #[test]
    fn what_cannot_be_proposed_is_refused_before_anybody_signs() {
        assert!(check_proposal(&issue()).is_ok());
        assert!(check_proposal(&propose(issue())).is_ok());
        for call in [
            Call::Approve { id: 1 },
            Call::Withdraw { id: 1 },
            propose(issue()),
            // Every officer's own.
            Call::RemoveMember { account: AccountId32([1; 32]) },
        ] {
            let problem = check_proposal(&propose(call)).unwrap_err();
            assert_eq!(problem.document(Language::English).status, 422);
        }
    }

    #[test]
    fn who_approves_is_told_what() {
        let waiting = Waiting {
            id: 7,
            organisation: 1,
            action: Action::IssueCredits,
            words: Some(issue().in_words()),
        };
        let told = words(&Call::Approve { id: 7 }, Some(&waiting));
        assert!(told.contains("Approve") && told.contains("period 2"), "{told}");
        assert_eq!(words(&issue(), None), issue().in_words());
    }
}
