// SPDX-License-Identifier: Apache-2.0
//! What is assembled, and what is refused.

use super::*;
use crate::{
    arguments::{CeremonyCommand, Cli, Command},
    ceremony::contribution::tests::{content, contribution, key},
};
use clap::Parser;
use serde_json::json;

const CODE: &[u8] = b"\0asm\x01";

fn account(name: &str, number: u8) -> String {
    AccountId32(key(name, number).public_key().0).to_string()
}

fn arguments(council: &[String], more: &str) -> Assemble {
    let line = format!(
        "registry ceremony assemble --country VU --name Registry --id registry_vu \
         --government-name DEPC --tax-id 0001 --root {} --council {} --contribution x \
         --wasm w --output o {more}",
        account("root", 0),
        council.join(" "),
    );
    match Cli::try_parse_from(line.split_whitespace()).unwrap().command {
        Command::Ceremony(CeremonyCommand::Assemble(arguments)) => *arguments,
        _ => panic!("{line}"),
    }
}

fn good() -> (Assemble, Vec<Contribution>) {
    let council: Vec<_> = (0..3).map(|number| account("council", number)).collect();
    (arguments(&council, ""), (0..4).map(contribution).collect())
}

#[test]
fn two_officers_get_the_same_bytes() {
    let (mine, contributions) = good();
    check(&mine, &contributions).unwrap();
    let text = specification(&mine, &contributions, CODE).unwrap();
    let (mut theirs, mut others) = good();
    theirs.council.reverse();
    others.rotate_left(3);
    others.swap(0, 1);
    assert_eq!(specification(&theirs, &others, CODE).unwrap(), text);
    // And other bytes for anything else.
    theirs.minimum = 3;
    assert_ne!(specification(&theirs, &others, CODE).unwrap(), text);
}

#[test]
fn the_specification_has_what_was_given() {
    let (arguments, contributions) = good();
    let text = specification(&arguments, &contributions, CODE).unwrap();
    let spec: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(spec["chainType"], "Live");
    assert_eq!(spec["id"], "registry_vu");
    assert_eq!(spec["protocolId"], "registry_vu");
    assert_eq!(spec["telemetryEndpoints"], json!(null));
    assert_eq!(spec["bootNodes"].as_array().unwrap().len(), 4);
    assert_eq!(
        spec["properties"],
        json!({ "ss58Format": 42, "tokenSymbol": "UNIT", "tokenDecimals": 0 })
    );
    let genesis = &spec["genesis"]["runtimeGenesis"];
    assert_eq!(genesis["code"], "0x0061736d01");
    let patch = &genesis["patch"];
    assert_eq!(
        patch["organisations"],
        json!({
            "country": "VU", "name": "DEPC", "taxId": "0001", "root": account("root", 0),
        })
    );
    assert_eq!(patch["approvals"]["thresholds"].as_array().unwrap().len(), 6);
    assert_eq!(patch["approvals"]["thresholds"][0], json!(["authorise", 2]));
    assert_eq!(patch["validators"]["minimum"], 4);
    assert_eq!(patch["validators"]["sessionLength"], 600);
    let first = contributions.iter().min_by_key(|one| one.content.account.0).unwrap();
    let validator = json!({
        "account": first.content.account, "organisation": 1,
        "operator": first.content.operator, "peer_id": first.content.peer_id,
        "address": first.content.address,
    });
    assert_eq!(patch["validators"]["validators"][0], validator);
    let keys = json!([
        first.content.account, first.content.account,
        {
            "aura": AccountId32(first.content.aura.0),
            "grandpa": AccountId32(first.content.grandpa.0),
        },
    ]);
    assert_eq!(patch["session"]["keys"][0], keys);
}

#[test]
fn bootnodes_can_be_others_than_the_validators() {
    let (mut arguments, contributions) = good();
    let peer = &contributions[0].content.peer_id;
    arguments.bootnode = vec![format!("/dns/boot.gov.vu/tcp/30333/p2p/{peer}")];
    check(&arguments, &contributions).unwrap();
    let text = specification(&arguments, &contributions, CODE).unwrap();
    let spec: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(spec["bootNodes"], json!(arguments.bootnode));
}

/// Everything that is refused, with words of the sentence that says so.
#[test]
fn what_no_country_should_start_with_is_refused() {
    type Change = fn(&mut Assemble, &mut Vec<Contribution>);
    let again = |change: fn(&mut crate::ceremony::contribution::Content)| {
        let mut second = content(1);
        change(&mut second);
        Contribution::sign(second, &key("operator", 1)).unwrap()
    };
    let cases: [(Change, &str); 11] = [
        (|_, all| all.truncate(3), "there are 3 contributions"),
        (|_, all| all[0].content.operator = "X".try_into().unwrap(), "is not that of"),
        (|given, _| given.id = "registry_fj".into(), "for the chain registry_vu and not"),
        (|_, all| all.push(contribution(0)), "have one account"),
        (|given, _| given.minimum = 5, "--minimum 5"),
        (|given, _| given.minimum = 0, "--minimum 0"),
        (|given, _| given.council.truncate(2), "the council has 2 members"),
        (|given, _| given.council[1] = given.council[0], "named twice"),
        (|given, _| given.bootnode = vec!["/dns/x/tcp/1".into()], "--bootnode"),
        (|given, _| given.name = " ".into(), "--name"),
        (
            |given, _| {
                let alice = subxt_signer::sr25519::dev::alice().public_key().0;
                given.root = AccountId32(alice);
                given.council[2] = AccountId32(alice);
            },
            "the Root is the development key //Alice",
        ),
    ];
    for (change, expected) in cases {
        let (mut arguments, mut contributions) = good();
        change(&mut arguments, &mut contributions);
        let error = check(&arguments, &contributions).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
    let shared: [(Contribution, &str); 4] = [
        (again(|second| second.peer_id = content(0).peer_id), "have one peer id"),
        (again(|second| second.address = content(0).address), "have one address"),
        (again(|second| second.aura = content(0).aura), "have one aura key"),
        (again(|second| second.grandpa = content(0).grandpa), "have one grandpa key"),
    ];
    for (second, expected) in shared {
        let (arguments, mut contributions) = good();
        contributions[1] = second;
        let error = check(&arguments, &contributions).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn development_keys_are_refused_by_their_names() {
    use sp_core::{ed25519, Pair};
    let bob = subxt_signer::sr25519::dev::bob();
    let charlie = subxt_signer::sr25519::dev::charlie().public_key().0;
    let dave = ed25519::Pair::from_string("//Dave", None).unwrap().public().0;
    let mut used = content(1);
    used.account = AccountId32(bob.public_key().0);
    used.aura.0 = charlie;
    used.grandpa.0 = dave;
    let (arguments, mut contributions) = good();
    contributions[1] = Contribution::sign(used, &bob).unwrap();
    let error = check(&arguments, &contributions).unwrap_err().to_string();
    for expected in [
        "3 things are wrong",
        "the account of Office 1 is the development key //Bob,",
        "the aura key of Office 1 is the development key //Charlie,",
        "the grandpa key of Office 1 is the development key //Dave,",
    ] {
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn what_should_be_known_is_noted() {
    let (mut arguments, mut contributions) = good();
    let few = notes(&arguments, &contributions).join("\n");
    assert!(few.contains("--minimum 4: nobody can be removed"), "{few}");
    arguments.minimum = 3;
    assert_eq!(notes(&arguments, &contributions), [""; 0]);
    contributions.push(contribution(4));
    arguments.officers = 1;
    arguments.council[0] = contributions[0].content.account;
    let notes = notes(&arguments, &contributions).join("\n");
    assert!(!notes.contains("--minimum"), "{notes}");
    for expected in ["5 validators go on while 1 fail", "1 members of the council", "alone"] {
        assert!(notes.contains(expected), "{expected}: {notes}");
    }
}

#[test]
fn a_runtime_is_told_from_other_files() {
    assert!(is_runtime(CODE) && is_runtime(&[82, 188, 83, 118, 70, 219, 142, 5, 1]));
    assert!(!is_runtime(b"") && !is_runtime(b"{}") && !is_runtime(b"\x7fELF"));
}
