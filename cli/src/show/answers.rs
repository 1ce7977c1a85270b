// SPDX-License-Identifier: Apache-2.0
//! What the runtime answers, by its view functions.

use super::{as_of, words};
use crate::{arguments::ShowCommand, output::Output};
use anyhow::{Context, Result};
use registry_client::{views, AccountId32, AtBlock, Call};
use registry_primitives::{
    approval::Proposal, Action, ActionClass, OrganisationId, ProjectId, Reach,
};
use serde_json::{json, Value};

/// Runs those of `registry show …` that ask the runtime.
pub async fn run(command: ShowCommand, at: &AtBlock, output: &Output) -> Result<()> {
    match command {
        // Read from the whole state, by the caller.
        ShowCommand::Serial { .. } | ShowCommand::Totals => Ok(()),
        ShowCommand::Block { start } => {
            let block = views::block(at, start).await?;
            let block = block.with_context(|| format!("no block starts at {start}"))?;
            let quantity = block.range(start).quantity();
            answer(at, output, json!({ "start": start, "quantity": quantity, "block": block }))
        }
        ShowCommand::Holdings { organisation } => holdings(at, organisation, output).await,
        ShowCommand::Project { project } => {
            let answered = project_in_full(at, project).await?;
            answer(at, output, answered)
        }
        ShowCommand::Organisation { organisation } => {
            let found = views::organisation(at, organisation).await?;
            let found =
                found.with_context(|| format!("there is no organisation {organisation}"))?;
            answer(at, output, json!({ "organisation": organisation, "is": found }))
        }
        ShowCommand::Requests { organisation } => {
            let (transfers, retirements) = views::requests(at, organisation).await?;
            let transfers = numbered(transfers)?;
            let retirements = numbered(retirements)?;
            answer(at, output, json!({ "transfers": transfers, "retirements": retirements }))
        }
        ShowCommand::Proposals { organisation } => proposals(at, organisation, output).await,
        ShowCommand::Motions => {
            let motions = crate::governance::motions(at).await?;
            answer(at, output, json!({ "motions": motions }))
        }
        ShowCommand::May { account, project, block } => {
            let answered = match (project, block) {
                (Some(project), _) => {
                    let may = views::may_with_project(at, account, project).await?;
                    json!({ "project": project, "may": may })
                }
                (None, Some(start)) => {
                    let may = views::may_with_block(at, account, start).await?;
                    json!({ "block": start, "may": may })
                }
                (None, None) => at_all(at, account).await?,
            };
            answer(at, output, answered)
        }
        ShowCommand::Settings => {
            let (paused, deductions) = views::settings(at).await?;
            let (totals, accounts) = views::national_totals(at).await?;
            let answered = json!({
                "paused": paused, "deductions": deductions, "accounts": accounts,
                "totals": totals, "officers_who_must_agree": thresholds(at).await?,
            });
            answer(at, output, answered)
        }
        ShowCommand::Constants { number } => {
            let found = views::constants(at, number).await?;
            let (version, (constants, set_at, by)) =
                found.context("the chain has no such version of the constants")?;
            // For machines the constants alone, as `registry settings constants` takes them.
            output.value(&constants)?;
            let answered =
                json!({ "version": version, "set_at": set_at, "by": by, "constants": constants });
            Ok(output.line(words::lines(&answered))?)
        }
    }
}

/// An answer in both forms, with the block that it is of.
fn answer(at: &AtBlock, output: &Output, mut answered: Value) -> Result<()> {
    output.line(words::lines(&answered))?;
    answered["as_of"] = as_of(at);
    Ok(output.value(&answered)?)
}

/// Numbered things with their number inside.
fn numbered<N: Into<u64>, T: serde::Serialize>(all: Vec<(N, T)>) -> Result<Vec<Value>> {
    let with_number = |(number, thing): (N, T)| {
        let mut thing = serde_json::to_value(thing)?;
        thing["number"] = number.into().into();
        Ok(thing)
    };
    all.into_iter().map(with_number).collect()
}

async fn holdings(at: &AtBlock, organisation: OrganisationId, output: &Output) -> Result<()> {
    let blocks = views::all_holdings(at, organisation).await?;
    for (range, block) in &blocks {
        let status = block.status.as_str().replace('_', " ");
        let transferred = if block.first_transferred { "  first transferred" } else { "" };
        output.line(format_args!(
            "{:<25}{:>12} t  project {:>3}, {}  {status}{transferred}",
            range.to_string(),
            range.quantity(),
            block.project,
            block.vintage,
        ))?;
    }
    let tonnes = views::tonnes(&blocks);
    output.line(format_args!("\n{} blocks, {tonnes} tonnes of any status", blocks.len()))?;
    let blocks: Vec<_> = blocks
        .iter()
        .map(|(range, block)| {
            json!({ "start": range.start, "quantity": range.quantity(), "block": block })
        })
        .collect();
    let answered = json!({ "as_of": as_of(at), "tonnes": tonnes, "blocks": blocks });
    Ok(output.value(&answered)?)
}

async fn project_in_full(at: &AtBlock, id: ProjectId) -> Result<Value> {
    let project = views::project(at, id).await?;
    let project = project.with_context(|| format!("there is no project {id}"))?;
    let (vintages, totals) = views::project_totals(at, id).await?;
    let certifications = views::certifications(at, id).await?.into_iter();
    let certifications = certifications.map(|(certifier, certification, stands)| {
        let at = certification.certified_at;
        json!({ "certifier": certifier, "certified_at": at, "stands": stands })
    });
    Ok(json!({
        "number": id,
        "project": project,
        "documents": numbered(views::documents(at, id).await?)?,
        "monitoring_periods": numbered(views::monitoring_periods(at, id).await?)?,
        "proponent_change": views::proponent_change(at, id).await?,
        "certifications": certifications.collect::<Vec<_>>(),
        "totals": totals,
        "vintages": vintages
            .into_iter()
            .map(|(vintage, totals)| json!({ "vintage": vintage, "totals": totals }))
            .collect::<Vec<_>>(),
    }))
}

/// What an account may do at all.
async fn at_all(at: &AtBlock, account: AccountId32) -> Result<Value> {
    let member = views::member(at, account).await?;
    let permissions: Vec<(Action, Reach)> = views::permissions_of(at, account).await?;
    let permissions: serde_json::Map<String, Value> = permissions
        .into_iter()
        .map(|(action, reach)| (action.to_string(), reach.as_str().into()))
        .collect();
    Ok(json!({ "account": account, "member": member, "may": permissions }))
}

/// How many officers must agree, by class.
async fn thresholds(at: &AtBlock) -> Result<Value> {
    let mut required = serde_json::Map::new();
    for class in ActionClass::ALL {
        required.insert(class.to_string(), views::required(at, *class).await?.into());
    }
    Ok(required.into())
}

async fn proposals(at: &AtBlock, organisation: OrganisationId, output: &Output) -> Result<()> {
    let thresholds = thresholds(at).await?;
    output.line(format_args!("officers who must agree\n{}", words::lines(&thresholds)))?;
    let mut all = Vec::new();
    for id in views::proposals_of(at, organisation).await? {
        // Made in this very block, or gone in it: there is nothing to show.
        let Some(proposal) = views::proposal(at, id).await? else { continue };
        let call = Call::decode(&proposal.call, at);
        let words = call.as_ref().map_or_else(|error| error.to_string(), Call::in_words);
        let required = required(&thresholds, proposal.action, call.as_ref().ok());
        output.line(format_args!(
            "proposal {id}  {words}\n  {} of {required} approvals, by {}\n  expires at block {}\n",
            proposal.approvals.len(),
            approvers(&proposal),
            proposal.expires_at,
        ))?;
        all.push(json!({
            "id": id, "words": words, "call": call.ok(), "required": required,
            "proposal": proposal,
        }));
    }
    output.line(format_args!("{} proposals wait", all.len()))?;
    let answered = json!({
        "as_of": as_of(at), "officers_who_must_agree": thresholds, "proposals": all,
    });
    Ok(output.value(&answered)?)
}

/// How many officers must agree to a proposed call: to set a threshold, as many as the strictest of
/// the settings, of what it is and of what it shall be.
fn required(thresholds: &Value, action: Action, call: Option<&Call>) -> u64 {
    let of = |class: ActionClass| thresholds[class.as_str()].as_u64().unwrap_or(1);
    let own = action.class().map_or(1, of);
    match call {
        Some(Call::SetThreshold { class, officers }) => {
            own.max(of(*class)).max(u64::from(*officers))
        }
        _ => own,
    }
}

fn approvers(proposal: &Proposal<AccountId32>) -> String {
    let names: Vec<_> = proposal.approvals.iter().map(ToString::to_string).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_a_threshold_needs_the_strictest_of_three() {
        let thresholds = json!({ "settings": 2, "cancel": 3, "issue": 1 });
        let set = |class, officers| {
            let call = Call::SetThreshold { class, officers };
            required(&thresholds, Action::ChangeSettings, Some(&call))
        };
        assert_eq!(set(ActionClass::Issue, 1), 2);
        assert_eq!(set(ActionClass::Issue, 4), 4);
        assert_eq!(set(ActionClass::Cancel, 1), 3);
        assert_eq!(required(&thresholds, Action::CancelCredits, None), 3);
        assert_eq!(required(&thresholds, Action::HoldCredits, None), 1);
    }

    #[test]
    fn numbers_are_inside_what_they_number() {
        let all = numbered(vec![(7u32, json!({ "kind": "other" }))]).unwrap();
        assert_eq!(all, [json!({ "kind": "other", "number": 7 })]);
    }
}
