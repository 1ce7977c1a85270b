// SPDX-License-Identifier: Apache-2.0
//! Single things looked up on the chain: in its state, or by asking its runtime.

mod answers;
mod words;

use crate::{arguments::ShowCommand, failure::BadArguments, output::Output};
use anyhow::{bail, Result};
use registry_client::{state::State, AtBlock, Registry};
use registry_primitives::{
    credit::{Block, BlockStatus, Totals},
    Serial, SerialNumber, SerialRange, GOVERNMENT,
};
use serde_json::json;

/// Runs `registry show …`.
pub async fn run(command: ShowCommand, node: &str, output: &Output) -> Result<()> {
    let wanted = match &command {
        ShowCommand::Serial { serial } => Some(wanted(serial)?),
        _ => None,
    };
    let at = Registry::connect(node).await?.at_finalised().await?;
    output.line(format_args!("block {} {:?}\n", at.block_number(), at.block_hash()))?;
    match (command, wanted) {
        (_, Some((range, serial))) => {
            let state = State::read(&at).await?;
            let holdings = holdings(&state, range, serial.as_ref())?;
            for holding in &holdings {
                output.line(in_words(&state, holding))?;
            }
            let holdings: Vec<_> = holdings.iter().map(|held| as_json(&state, held)).collect();
            output.value(&json!({ "as_of": as_of(&at), "blocks": holdings }))?;
        }
        (ShowCommand::Totals, None) => totals(&State::read(&at).await?, as_of(&at), output)?,
        (command, None) => answers::run(command, &at, output).await?,
    }
    Ok(())
}

/// The final block that an answer is of.
fn as_of(at: &AtBlock) -> serde_json::Value {
    json!({ "number": at.block_number(), "hash": at.block_hash() })
}

/// The numbers that are asked for, and what else was said of them.
fn wanted(text: &str) -> Result<(SerialRange, Option<Serial>)> {
    if let Some(range) = text.parse().ok().and_then(|number| SerialRange::new(number, number)) {
        return Ok((range, None));
    }
    let serial: Serial =
        text.parse().map_err(|error| BadArguments::because(format!("{text:?}: {error}")))?;
    Ok((serial.range, Some(serial)))
}

/// A block that holds some of what is asked for, and the blocks that it was split from, nearest
/// first.
#[derive(Debug)]
struct Holding {
    start: SerialNumber,
    block: Block,
    parents: Vec<SerialNumber>,
}

fn holdings(state: &State, range: SerialRange, serial: Option<&Serial>) -> Result<Vec<Holding>> {
    if range.end > state.last_serial {
        bail!("the last number drawn is {}", state.last_serial);
    }
    let first = state.blocks.range(..=range.start).next_back().map_or(range.start, |(at, _)| *at);
    let found: Vec<_> = state
        .blocks
        .range(first..=range.end)
        .map(|(start, block)| Holding {
            start: *start,
            block: block.clone(),
            parents: parents(state, block),
        })
        .collect();
    if let Some(serial) = serial {
        for holding in &found {
            let expected = serial_of(state, holding).map(|full| Serial { range, ..full });
            if expected.as_ref() != Some(serial) {
                bail!(
                    "there is no such serial: block {} holds these numbers and reads {}",
                    holding.start,
                    serial_of(state, holding).map_or_else(String::new, |full| full.to_string())
                );
            }
        }
    }
    Ok(found)
}

fn parents(state: &State, block: &Block) -> Vec<SerialNumber> {
    let next = |start: &SerialNumber| state.blocks.get(start).and_then(|block| block.parent);
    let mut parents = Vec::new();
    let mut parent = block.parent;
    while let Some(start) = parent {
        parents.push(start);
        // Parents lie before their children; anything else would not end.
        parent = next(&start).filter(|next| *next < start);
    }
    parents
}

/// The full serial of a block; none if its project is unknown.
fn serial_of(state: &State, holding: &Holding) -> Option<Serial> {
    Some(Serial {
        country: state.organisations.get(&GOVERNMENT)?.details.country,
        scope: state.projects.get(&holding.block.project)?.registration.sectoral_scope,
        project: holding.block.project,
        vintage: holding.block.vintage,
        range: holding.block.range(holding.start),
    })
}

fn as_json(state: &State, holding: &Holding) -> serde_json::Value {
    json!({
        "serial": serial_of(state, holding).map(|serial| serial.to_string()),
        "start": holding.start,
        "quantity": holding.block.range(holding.start).quantity(),
        "block": holding.block,
        "parents": holding.parents,
    })
}

fn in_words(state: &State, holding: &Holding) -> String {
    let Holding { start, block, parents } = holding;
    let serial = serial_of(state, holding).map_or_else(String::new, |serial| serial.to_string());
    let owner = state.organisations.get(&block.owner).map(|found| found.details.name.to_text());
    let project = state.projects.get(&block.project);
    let project = project.map(|found| found.registration.title.to_text());
    let status = match &block.status {
        BlockStatus::Retired(id) => format!("retired, number {id}"),
        BlockStatus::Cancelled(id) => format!("cancelled, number {id}"),
        BlockStatus::Reserved(id) => format!("reserved for request {id}"),
        other => other.as_str().replace('_', " "),
    };
    let lineage = if parents.is_empty() {
        "issued as one block".to_owned()
    } else {
        let steps: Vec<_> = parents.iter().map(|at| format!("split from block {at}")).collect();
        steps.join(", ")
    };
    format!(
        "{serial}\n  tonnes    {}\n  owner     {} {}\n  status    {status}\n  project   {} {}\n  \
         vintage   {}\n  lineage   {lineage}\n",
        block.range(*start).quantity(),
        block.owner,
        owner.unwrap_or_default(),
        block.project,
        project.unwrap_or_default(),
        block.vintage,
    )
}

fn totals(state: &State, as_of: serde_json::Value, output: &Output) -> Result<()> {
    let titles =
        ["issued", "held", "on hold", "reserved", "retired", "cancelled", "buffer", "1st transf."];
    let row = |totals: &Totals| {
        let Totals { issued, held, on_hold, reserved, retired, cancelled, buffer, .. } = *totals;
        [issued, held, on_hold, reserved, retired, cancelled, buffer, totals.first_transferred]
            .map(|tonnes| format!("{tonnes:>12}"))
            .concat()
    };
    output.line(format_args!(
        "{:<18}{}",
        "tonnes",
        titles.map(|title| format!("{title:>12}")).concat()
    ))?;
    for ((project, vintage), totals) in &state.vintages {
        output.line(format_args!(
            "{:<18}{}",
            format!("project {project}, {vintage}"),
            row(totals)
        ))?;
    }
    output.line(format_args!("{:<18}{}", "nation", row(&state.national)))?;
    let vintages: Vec<_> = state
        .vintages
        .iter()
        .map(|((project, vintage), totals)| {
            json!({ "project": project, "vintage": vintage, "totals": totals })
        })
        .collect();
    let accounts = serde_json::to_value(state.accounts)?;
    output
        .line(format_args!("\nthe country's accounts, in tonnes\n{}", words::lines(&accounts)))?;
    output.value(&json!({
        "as_of": as_of, "national": state.national, "accounts": accounts, "vintages": vintages,
    }))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1..=10 was issued as one block; 6..=10 was split off, and 9..=10 off that.
    fn state() -> State {
        let block = |end, parent| Block {
            end,
            project: 1,
            vintage: 2023,
            owner: 2,
            status: BlockStatus::Held,
            first_transferred: false,
            parent,
        };
        State {
            last_serial: 20,
            blocks: [
                (1, block(5, None)),
                (6, block(8, Some(1))),
                (9, block(10, Some(6))),
                (11, block(20, None)),
            ]
            .into(),
            ..State::default()
        }
    }

    fn starts(start: u64, end: u64) -> Vec<u64> {
        let range = SerialRange { start, end };
        holdings(&state(), range, None).unwrap().iter().map(|found| found.start).collect()
    }

    #[test]
    fn the_blocks_that_hold_a_range_are_found() {
        assert_eq!(starts(1, 1), [1]);
        assert_eq!(starts(5, 5), [1]);
        assert_eq!(starts(7, 7), [6]);
        assert_eq!(starts(5, 9), [1, 6, 9]);
        assert_eq!(starts(20, 20), [11]);
        let beyond = SerialRange { start: 20, end: 21 };
        assert!(holdings(&state(), beyond, None).is_err());
    }

    #[test]
    fn lineage_leads_to_the_issued_block() {
        let range = SerialRange { start: 10, end: 10 };
        assert_eq!(holdings(&state(), range, None).unwrap()[0].parents, [6, 1]);
    }

    #[test]
    fn a_serial_that_the_chain_would_print_otherwise_is_refused() {
        let (range, serial) = wanted("VU-ITMO-1-001-2023-0-1-5").unwrap();
        // Neither the project nor the Government is in this state.
        assert!(holdings(&state(), range, serial.as_ref()).is_err());
        assert!(wanted("VU-ITMO-1-001-2023-0-5-1").is_err());
        assert!(wanted("0").is_err());
    }
}
