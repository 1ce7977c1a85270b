// SPDX-License-Identifier: Apache-2.0
//! The plain chain specification: the same bytes for everybody who assembles the same things.

use super::{contribution::Contribution, well_known::WellKnown};
use crate::arguments::{Assemble, FEWEST_VALIDATORS};
use anyhow::{bail, Result};
use registry_client::AccountId32;
use registry_primitives::{ActionClass, CountryCode, GOVERNMENT};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Fewer people could not outvote one of them.
const SMALLEST_COUNCIL: usize = 3;

/// A specification of `sc-chain-spec`'s `GenericChainSpec`. Declared field by field, because the
/// order of the fields is a part of the bytes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Specification<'a> {
    name: &'a str,
    id: &'a str,
    chain_type: &'a str,
    boot_nodes: Vec<String>,
    telemetry_endpoints: Option<()>,
    protocol_id: &'a str,
    properties: Properties,
    code_substitutes: BTreeMap<String, String>,
    genesis: Genesis<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    ss58_format: u16,
    token_symbol: &'static str,
    token_decimals: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Genesis<'a> {
    runtime_genesis: RuntimeGenesis<'a>,
}

#[derive(Serialize)]
struct RuntimeGenesis<'a> {
    code: String,
    patch: Patch<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Patch<'a> {
    organisations: Organisations<'a>,
    approvals: Approvals,
    registry_council: RegistryCouncil<'a>,
    session: Session,
    validators: Validators<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Organisations<'a> {
    country: CountryCode,
    name: &'a str,
    tax_id: &'a str,
    root: &'a AccountId32,
}

#[derive(Serialize)]
struct Approvals {
    thresholds: Vec<(ActionClass, u32)>,
}

#[derive(Serialize)]
struct RegistryCouncil<'a> {
    members: Vec<&'a AccountId32>,
}

#[derive(Serialize)]
struct Session {
    keys: Vec<(AccountId32, AccountId32, SessionKeys)>,
}

/// Session keys are written like accounts.
#[derive(Serialize)]
struct SessionKeys {
    aura: AccountId32,
    grandpa: AccountId32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Validators<'a> {
    validators: Vec<Validator<'a>>,
    minimum: u32,
    session_length: u32,
}

/// Its fields are snake case in the runtime too.
#[derive(Serialize)]
struct Validator<'a> {
    account: &'a AccountId32,
    organisation: u32,
    operator: String,
    peer_id: String,
    address: String,
}

/// The specification as text, from contributions that [`problems`] found nothing wrong with.
pub fn specification(
    arguments: &Assemble,
    contributions: &[Contribution],
    code: &[u8],
) -> Result<String> {
    let mut contents: Vec<_> = contributions.iter().map(|one| &one.content).collect();
    contents.sort_by_key(|content| content.account.0);
    let mut council: Vec<_> = arguments.council.iter().collect();
    council.sort_by_key(|account| account.0);
    let boot_nodes: BTreeSet<_> = match arguments.bootnode.is_empty() {
        false => arguments.bootnode.iter().cloned().collect(),
        true => contents.iter().map(|one| format!("{}/p2p/{}", one.address, one.peer_id)).collect(),
    };
    let thresholds = ActionClass::ALL.iter().map(|class| (*class, arguments.officers)).collect();
    let keys = contents.iter().map(|content| {
        let keys = SessionKeys {
            aura: AccountId32(content.aura.0),
            grandpa: AccountId32(content.grandpa.0),
        };
        (content.account, content.account, keys)
    });
    let validators = contents.iter().map(|content| Validator {
        account: &content.account,
        organisation: GOVERNMENT,
        operator: content.operator.to_text(),
        peer_id: content.peer_id.to_string(),
        address: content.address.to_string(),
    });
    let specification = Specification {
        name: &arguments.name,
        id: &arguments.id,
        chain_type: "Live",
        boot_nodes: boot_nodes.into_iter().collect(),
        telemetry_endpoints: None,
        protocol_id: &arguments.id,
        // Wallets ask for a token; there is none, and nothing is ever issued of it.
        properties: Properties { ss58_format: 42, token_symbol: "UNIT", token_decimals: 0 },
        code_substitutes: BTreeMap::new(),
        genesis: Genesis {
            runtime_genesis: RuntimeGenesis {
                code: format!("0x{}", hex::encode(code)),
                patch: Patch {
                    organisations: Organisations {
                        country: arguments.country,
                        name: &arguments.government_name,
                        tax_id: &arguments.tax_id,
                        root: &arguments.root,
                    },
                    approvals: Approvals { thresholds },
                    registry_council: RegistryCouncil { members: council },
                    session: Session { keys: keys.collect() },
                    validators: Validators {
                        validators: validators.collect(),
                        minimum: arguments.minimum,
                        session_length: arguments.session_length,
                    },
                },
            },
        },
    };
    Ok(serde_json::to_string_pretty(&specification)? + "\n")
}

/// Everything that forbids a start with these, in sentences; an error lists them all.
pub fn check(arguments: &Assemble, contributions: &[Contribution]) -> Result<()> {
    let problems = problems(arguments, contributions);
    match problems.len() {
        0 => Ok(()),
        1 => bail!("{}", problems.concat()),
        count => bail!("{count} things are wrong:\n  {}", problems.join("\n  ")),
    }
}

fn problems(arguments: &Assemble, contributions: &[Contribution]) -> Vec<String> {
    let mut problems = Vec::new();
    for one in contributions {
        let operator = one.content.operator.to_text();
        if let Err(error) = one.check() {
            problems.push(format!("contribution of {operator}: {error}"));
        }
        if one.content.chain != arguments.id {
            problems.push(format!(
                "contribution of {operator}: it is for the chain {} and not for {}",
                one.content.chain, arguments.id
            ));
        }
    }
    twice(contributions, &mut problems);
    well_known(arguments, contributions, &mut problems);
    let validators = contributions.len();
    if validators < FEWEST_VALIDATORS as usize {
        problems.push(format!(
            "there are {validators} contributions: with fewer than {FEWEST_VALIDATORS} validators \
             the registry stops as soon as one of them does"
        ));
    }
    if arguments.minimum == 0 || arguments.minimum as usize > validators {
        problems.push(format!(
            "--minimum {}: it is between 1 and the number of validators, {validators}",
            arguments.minimum
        ));
    }
    let council: BTreeSet<_> = arguments.council.iter().map(|member| member.0).collect();
    if council.len() < arguments.council.len() {
        problems.push("a member of the council is named twice".into());
    }
    if council.len() < SMALLEST_COUNCIL {
        problems.push(format!(
            "the council has {} members: it decides by two thirds, so it needs at least \
             {SMALLEST_COUNCIL}",
            council.len()
        ));
    }
    for bootnode in &arguments.bootnode {
        let parts = bootnode.rsplit_once("/p2p/");
        let good = parts.is_some_and(|(address, peer)| {
            address.parse::<crate::multiaddr::Multiaddr>().is_ok()
                && peer.parse::<crate::multiaddr::PeerId>().is_ok()
        });
        if !good {
            problems.push(format!(
                "--bootnode {bootnode}: it is written like \
                 /dns/boot.gov.vu/tcp/30333/p2p/12D3KooW…"
            ));
        }
    }
    if let Err(error) = crate::values::sentence::<64>(&arguments.name) {
        problems.push(format!("--name: {error}"));
    }
    problems
}

/// What two operators may not share.
fn twice(contributions: &[Contribution], problems: &mut Vec<String>) {
    let mut seen = BTreeMap::new();
    for one in contributions {
        let content = &one.content;
        for (what, value) in [
            ("account", content.account.to_string()),
            ("peer id", content.peer_id.to_string()),
            ("address", content.address.to_string()),
            ("aura key", format!("{:?}", content.aura)),
            ("grandpa key", format!("{:?}", content.grandpa)),
        ] {
            let operator = content.operator.to_text();
            if let Some(other) = seen.insert((what, value.clone()), operator.clone()) {
                problems.push(format!("{other} and {operator} have one {what}: {value}"));
            }
        }
    }
}

/// Keys of development, by name.
fn well_known(arguments: &Assemble, contributions: &[Contribution], problems: &mut Vec<String>) {
    let known = WellKnown::all();
    let mut check = |whose: String, key: &[u8; 32]| {
        if let Some(name) = known.name(key) {
            problems.push(format!(
                "{whose} is the development key {name}, with which anybody can sign"
            ));
        }
    };
    for one in contributions {
        let content = &one.content;
        let operator = &content.operator;
        check(format!("the account of {operator}"), &content.account.0);
        check(format!("the aura key of {operator}"), &content.aura.0);
        check(format!("the grandpa key of {operator}"), &content.grandpa.0);
    }
    check("the Root".into(), &arguments.root.0);
    for member in &arguments.council {
        check(format!("the member of the council {member}"), &member.0);
    }
}

/// What may be so, but should be known.
pub fn notes(arguments: &Assemble, contributions: &[Contribution]) -> Vec<String> {
    let mut notes = Vec::new();
    let validators = contributions.len();
    let may_fail = validators.saturating_sub(1) / 3;
    if validators % 3 != 1 {
        notes.push(format!(
            "{validators} validators go on while {may_fail} fail, as many as with {}: 3f+1 of them \
             (4, 7, 10, …) make the most of each",
            3 * may_fail + 1
        ));
    }
    if arguments.minimum as usize == validators {
        notes.push(format!(
            "--minimum {validators}: nobody can be removed before another is appointed"
        ));
    }
    let accounts: BTreeSet<_> = contributions.iter().map(|one| one.content.account.0).collect();
    let both = arguments.council.iter().filter(|member| accounts.contains(&member.0)).count();
    if both > 0 {
        notes.push(format!(
            "{both} members of the council are validators' accounts: who appoints validators \
             should not be one"
        ));
    }
    if arguments.officers == 1 {
        notes.push(
            "one officer alone can authorise, issue, recognise, cancel, retire by legal action and \
             change settings"
                .into(),
        );
    }
    notes
}

/// Whether a file is a runtime: WebAssembly, bare or as the SDK compresses it.
pub fn is_runtime(code: &[u8]) -> bool {
    const BARE: &[u8] = b"\0asm";
    const COMPRESSED: &[u8] = &[82, 188, 83, 118, 70, 219, 142, 5];
    code.starts_with(BARE) || code.starts_with(COMPRESSED)
}

#[cfg(test)]
mod tests;
