// SPDX-License-Identifier: Apache-2.0
//! What command lines mean, and which are refused.

use super::*;
use crate::calls::code_hash;
use clap::{error::ErrorKind, CommandFactory};
use registry_client::Call;
use registry_primitives::credit::Part;
use serde_json::json;

const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

fn parse(line: &str) -> Result<Command, ErrorKind> {
    let words = ["registry"].into_iter().chain(line.split_whitespace());
    Cli::try_parse_from(words).map(|cli| cli.command).map_err(|error| error.kind())
}

#[test]
fn the_commands_are_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn a_transfer_takes_parts_in_one_flag_or_several() {
    for line in [
        "credits transfer --part 1:5 10:1 --to 3 --key //Alice",
        "credits transfer --part 1:5 --to 3 --part 10:1 --key //Alice --yes",
    ] {
        let Ok(Command::Credits(command)) = parse(line) else { panic!("{line}") };
        let (call, how) = command.read().unwrap();
        let parts = vec![Part { start: 1, quantity: 5 }, Part { start: 10, quantity: 1 }];
        assert_eq!(call, Call::Transfer { parts, to: 3, reference: None });
        assert_eq!(how.key.key.as_deref(), Some("//Alice"));
    }
}

#[test]
fn parts_are_limited() {
    let parts = "1:1 ".repeat(65);
    let line = format!("credits transfer --part {parts} --to 3 --key //Alice");
    let Ok(Command::Credits(command)) = parse(&line) else { panic!("{line}") };
    assert!(command.read().err().unwrap().is::<crate::failure::BadArguments>());
}

#[test]
fn a_call_is_signed_here_or_prepared_for_somebody() {
    let issue = "credits issue --project 1 --period 1";
    let prepared = format!("{issue} --prepare p.json --address {ALICE}");
    let Ok(Command::Credits(command)) = parse(&prepared) else { panic!("{prepared}") };
    assert_eq!(command.read().unwrap().1.address.unwrap().to_string(), ALICE);
    for (more, error) in [
        (String::new(), ErrorKind::MissingRequiredArgument),
        ("--prepare p.json".into(), ErrorKind::MissingRequiredArgument),
        (format!("--address {ALICE}"), ErrorKind::MissingRequiredArgument),
        (format!("--prepare p.json --address {ALICE} --key //Alice"), ErrorKind::ArgumentConflict),
        ("--prepare p.json --address 5Grwva".into(), ErrorKind::ValueValidation),
    ] {
        assert_eq!(parse(&format!("{issue} {more}")).err(), Some(error), "{more}");
    }
}

#[test]
fn a_review_accepts_or_rejects() {
    let review = "document review --project 1 --document 2 --key //Bob";
    let reject = format!("--reject --remark 0x{}", "ab".repeat(32));
    for (verb, accepted) in [("--accept", true), (reject.as_str(), false)] {
        let Ok(Command::Document(command)) = parse(&format!("{review} {verb}")) else {
            panic!("{verb}")
        };
        let (call, _) = command.read().unwrap();
        assert!(matches!(call, Call::ReviewDocument { accept, .. } if accept == accepted));
    }
    assert_eq!(parse(review).err(), Some(ErrorKind::MissingRequiredArgument));
    let both = format!("{review} --accept --reject");
    assert_eq!(parse(&both).err(), Some(ErrorKind::ArgumentConflict));
}

#[test]
fn a_document_is_a_file_or_a_hash_with_a_size() {
    let submit = "document submit --project 1 --kind methodology --key //Bob";
    let hash = format!("0x{}", "ab".repeat(32));
    assert!(parse(&format!("{submit} --file x.pdf")).is_ok());
    assert!(parse(&format!("{submit} --hash {hash} --size 5")).is_ok());
    assert!(parse(submit).is_err());
    assert!(parse(&format!("{submit} --hash {hash}")).is_err());
    assert!(parse(&format!("{submit} --size 5")).is_err());
    assert!(parse(&format!("{submit} --file x.pdf --hash {hash} --size 5")).is_err());
    assert!(parse(&format!("{submit} --hash 0xab --size 5")).is_err());
}

#[test]
fn a_missing_file_is_a_bad_argument() {
    let line = "call --file /nonexistent --key //Alice";
    let Ok(Command::Call(signed)) = parse(line) else { panic!("{line}") };
    assert!(signed.read().err().unwrap().is::<crate::failure::BadArguments>());
}

/// A command line as the call that it stands for.
fn call(line: &str) -> anyhow::Result<Call> {
    // Words in “ ” are one, as a shell's quotes make them.
    let mut words = vec!["registry".to_owned()];
    for (index, piece) in line.split(['“', '”']).enumerate() {
        match index % 2 {
            0 => words.extend(piece.split_whitespace().map(str::to_owned)),
            _ => words.push(piece.to_owned()),
        }
    }
    let (call, _) = match Cli::try_parse_from(words)?.command {
        Command::Organisation(command) => command.read(),
        Command::Member(command) => command.read(),
        Command::Project(command) => command.read(),
        Command::Document(command) => command.read(),
        Command::Monitoring(command) => command.read(),
        Command::Credits(command) => command.read(),
        Command::Proposal(command) => command.read(),
        Command::Settings(command) => command.read(),
        Command::Council(command) => command.read(),
        Command::Validator(command) => command.read(),
        Command::Emergency(command) => command.read(),
        Command::Bridge(command) => command.read(),
        Command::Upgrade(command) => command.read(),
        Command::Call(signed) => signed.read(),
        _ => anyhow::bail!("{line} is no call"),
    }?;
    Ok(call)
}

/// The calls of the council and of validators.
fn lines_of_the_network() -> (Vec<(String, serde_json::Value)>, tempfile::NamedTempFile) {
    let hash = format!("0x{}", "ab".repeat(32));
    let contact = json!({
        "operator": "Ministry of Energy", "peer_id": "12D3KooW", "address": "/dns/v.gov.vu/tcp/1",
    });
    let reached =
        "--operator “Ministry of Energy” --peer-id 12D3KooW --address /dns/v.gov.vu/tcp/1";
    let keys = format!("0x{}{}", "11".repeat(32), "22".repeat(32));
    let runtime = file(&json!("the runtime's code"));
    let code_hash = code_hash(&std::fs::read(runtime.path()).unwrap());
    let stop = json!({ "pallet": "safe_mode", "name": "force_enter", "args": {} });
    let lines = vec![
        (
            "emergency stop --motion “It is so.”".into(),
            json!(["registry_council", "propose", {
                // Two thirds of a council whose size the chain knows.
                "threshold": crate::calls::TWO_THIRDS, "call": stop, "reason": "It is so.",
            }]),
        ),
        (
            format!("council vote {hash} --index 3"),
            json!(["registry_council", "vote", { "proposal": hash, "index": 3, "approve": true }]),
        ),
        (
            format!("council vote {hash} --index 3 --against"),
            json!(["registry_council", "vote", { "proposal": hash, "index": 3, "approve": false }]),
        ),
        (
            format!("council close {hash} --index 3"),
            json!(["registry_council", "close", {
                "proposal_hash": hash, "index": 3, "length_bound": 4_194_304,
                "proposal_weight_bound": {
                    "ref_time": 500_000_000_000_u64, "proof_size": u64::MAX / 2,
                },
            }]),
        ),
        (
            format!("council set-members {ALICE} {BOB}"),
            json!(["governance", "set_council", { "members": [BOB, ALICE] }]),
        ),
        (
            format!("validator add {BOB} {reached}"),
            json!(["validators", "add", { "account": BOB, "contact": contact }]),
        ),
        (
            format!("validator remove {BOB} --reason “It is so.”"),
            json!(["validators", "remove", { "account": BOB, "reason": "It is so." }]),
        ),
        (
            format!("validator clear-flag {BOB} --reason “It is so.”"),
            json!(["validators", "clear_flag", { "account": BOB, "reason": "It is so." }]),
        ),
        ("validator set-minimum 4".into(), json!(["validators", "set_minimum", { "minimum": 4 }])),
        (
            format!("validator change-contact {reached}"),
            json!(["validators", "change_contact", { "contact": contact }]),
        ),
        (
            format!("validator set-keys --keys {keys} --proof 0x00ff"),
            json!(["session", "set_keys", { "keys": keys, "proof": "0x00ff" }]),
        ),
        (
            format!("upgrade authorise {}", runtime.path().display()),
            json!(["system", "authorize_upgrade", { "code_hash": code_hash }]),
        ),
        (
            "emergency pause Credits.transfer".into(),
            json!(["tx_pause", "pause", { "full_name": "Credits.transfer" }]),
        ),
        (
            "emergency unpause Credits.transfer".into(),
            json!(["tx_pause", "unpause", { "ident": "Credits.transfer" }]),
        ),
        ("emergency stop".into(), json!(["safe_mode", "force_enter", {}])),
        ("emergency extend".into(), json!(["safe_mode", "force_extend", {}])),
        ("emergency resume".into(), json!(["safe_mode", "force_exit", {}])),
    ];
    (lines, runtime)
}

/// The calls on the bridge to the ITMO platform.
fn lines_of_the_bridge() -> Vec<(String, serde_json::Value)> {
    let why = "--reason “It is so.”";
    let key = format!("0x{}", "44".repeat(32));
    vec![
        ("bridge request-round".into(), json!(["itmo_bridge", "request_round", {}])),
        ("bridge retry-case 3".into(), json!(["itmo_bridge", "retry_case", { "case": 3 }])),
        (
            format!("bridge dismiss-case 3 {why}"),
            json!(["itmo_bridge", "dismiss_case", { "case": 3, "reason": "It is so." }]),
        ),
        (
            "bridge link-company “Lagoon Light” --organisation 4".into(),
            json!(["itmo_bridge", "link_company", {
                "company": "Lagoon Light", "organisation": 4,
            }]),
        ),
        (format!("bridge pause {why}"), json!(["itmo_bridge", "pause", { "reason": "It is so." }])),
        ("bridge resume".into(), json!(["itmo_bridge", "resume", {}])),
        (
            "bridge change-settings --estimate 100 --issuance 10 --interval 28800 --window 1200"
                .into(),
            json!(["itmo_bridge", "change_settings", { "settings": {
                "estimate": 100, "issuance": 10, "interval": 28_800, "window": 1_200,
            } }]),
        ),
        (
            format!("bridge add-operator {BOB} --bridge-key {key}"),
            json!(["itmo_bridge", "add_operator", { "account": BOB, "key": key }]),
        ),
        (
            format!("bridge remove-operator {BOB} {why}"),
            json!(["itmo_bridge", "remove_operator", { "account": BOB, "reason": "It is so." }]),
        ),
    ]
}

fn file(content: &serde_json::Value) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content.to_string()).unwrap();
    file
}

const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

/// Every subcommand, and the call in JSON that it makes.
fn lines() -> (Vec<(String, serde_json::Value)>, Vec<tempfile::NamedTempFile>) {
    let hash = format!("0x{}", "ab".repeat(32));
    let details = json!({
        "name": "Reefs", "tax_id": "T-1", "country": "VU", "sectoral_scopes": [],
        "profile": hash,
    });
    let signature = format!("0x01{}", "cd".repeat(64));
    let application = json!({
        "role": "certifier", "details": details, "applicant": BOB, "signature": signature,
    });
    let applied = json!({
        "pallet": "organisations", "name": "approve_application", "args": application,
    });
    let terms = json!({
        "purposes": ["ndc"], "parties": ["CH"], "cooperative_approach": null,
        "valid": [2021, 2030], "first_transfer": "authorisation",
    });
    let period = json!({ "start": 1_672_531_200_000_u64, "end": 1_704_067_200_000_u64 });
    let report = json!({
        "period": period, "vintages": [{ "vintage": 2023, "tonnes": 10 }], "report": hash,
    });
    let registration = json!({
        "title": "Wind", "external_id": "VU-1",
        "proponents": [{ "organisation": 2, "share": 1_000_000 }],
        "sector": "energy", "sectoral_scope": "energy_industries", "mitigation_type": "wind",
        "gases": ["co2"], "crediting_period": period,
        "locations": [{ "region": "VU-SEE", "coordinates": null }],
        "estimated_cost_usd": 4, "estimate": 5, "details": hash, "certifiers": [3],
    });
    let constants = serde_json::to_value(credit_calculator::Constants::default()).unwrap();
    let mut files: Vec<_> =
        [&applied, &terms, &report, &registration, &constants].map(file).into_iter().collect();
    let [applied, terms_file, report_file, registration_file, constants_file] =
        [0, 1, 2, 3, 4].map(|index: usize| files[index].path().display().to_string());

    let parts = json!([{ "start": 101, "quantity": 50 }, { "start": 7, "quantity": 1 }]);
    let by_part = "--part 101:50 7:1";
    let retired = |purpose: serde_json::Value| {
        json!({
            "purpose": purpose, "beneficiary": { "name": "A guest", "country": "NZ" },
            "on_behalf_of": null, "reason": "Year 2025", "reference": null,
        })
    };
    let to_whom = "--beneficiary “A guest” --beneficiary-country NZ --reason “Year 2025”";
    let abroad = json!({
        "international_transfer": { "country": "CH", "entity": "Klik", "towards": "ndc" },
    });
    let described = "--name Reefs --tax-id T-1 --country VU";
    let why = "--reason “It is so.”";
    let mut lines = vec![
        (
            format!("organisation create --role certifier {described} --profile {hash} --first-admin {BOB}"),
            json!(["organisations", "create_organisation", {
                "role": "certifier", "details": details, "first_admin": BOB,
            }]),
        ),
        (
            format!("organisation approve-application --file {applied}"),
            json!(["organisations", "approve_application", application]),
        ),
        (
            format!("organisation change 3 {described} --profile {hash}"),
            json!(["organisations", "change_organisation", { "organisation": 3, "details": details }]),
        ),
        (
            format!("organisation update-profile 3 --profile {hash}"),
            json!(["organisations", "update_profile", { "organisation": 3, "profile": hash }]),
        ),
        (
            format!("organisation suspend 3 {why}"),
            json!(["organisations", "suspend_organisation", { "id": 3, "reason": "It is so." }]),
        ),
        (
            "organisation reactivate 3".into(),
            json!(["organisations", "reactivate_organisation", { "id": 3 }]),
        ),
        (
            format!("member add --organisation 3 --account {BOB} --role manager"),
            json!(["organisations", "add_member", {
                "organisation": 3, "account": BOB, "role": "manager",
            }]),
        ),
        (
            format!("member remove {BOB}"),
            json!(["organisations", "remove_member", { "account": BOB }]),
        ),
        (
            format!("member change-role {BOB} --role view_only"),
            json!(["organisations", "change_member_role", { "account": BOB, "role": "view_only" }]),
        ),
        (
            format!("member replace-key --old {BOB} --new {ALICE}"),
            json!(["organisations", "replace_key", { "old": BOB, "new": ALICE }]),
        ),
        ("proposal approve 4".into(), json!(["approvals", "approve", { "id": 4 }])),
        ("proposal withdraw 4".into(), json!(["approvals", "withdraw", { "id": 4 }])),
        (
            "settings threshold --class cancel --officers 2".into(),
            json!(["approvals", "set_threshold", { "class": "cancel", "officers": 2 }]),
        ),
        (
            "settings threshold --class cancel --officers 2 --propose".into(),
            json!(["approvals", "propose", { "call": {
                "pallet": "approvals", "name": "set_threshold",
                "args": { "class": "cancel", "officers": 2 },
            } }]),
        ),
        (
            "settings deductions --share-of-proceeds 50000 --overall-mitigation 20000".into(),
            json!(["credits", "set_deductions", {
                "deductions": { "share_of_proceeds": 50_000, "overall_mitigation": 20_000 },
            }]),
        ),
        (
            format!("settings constants --file {constants_file} {why}"),
            json!(["calculator", "set_constants", {
                "constants": constants, "reason": "It is so.",
            }]),
        ),
        (
            format!("project register --file {registration_file}"),
            json!(["projects", "register_project", { "registration": registration }]),
        ),
        (
            "project validate --project 1 --document 2 --estimate 5".into(),
            json!(["projects", "validate_project", { "project": 1, "document": 2, "estimate": 5 }]),
        ),
        (
            format!("project authorise --project 1 --quantity 5 --article6 {terms_file}"),
            json!(["projects", "authorise_project", {
                "project": 1, "quantity": 5, "article6": terms, "buffer_rate": 0,
            }]),
        ),
        (
            format!("project reject --project 1 {why}"),
            json!(["projects", "reject_project", { "project": 1, "reason": "It is so." }]),
        ),
        (
            format!("project withdraw --project 1 {why}"),
            json!(["projects", "withdraw_project", { "project": 1, "reason": "It is so." }]),
        ),
        (
            format!("project suspend --project 1 {why}"),
            json!(["projects", "suspend_project", { "project": 1, "reason": "It is so." }]),
        ),
        (
            "project resume --project 1".into(),
            json!(["projects", "resume_project", { "project": 1 }]),
        ),
        (
            "project complete --project 1".into(),
            json!(["projects", "complete_project", { "project": 1, "reason": null }]),
        ),
        (
            format!("project change-terms --project 1 --article6 {terms_file}"),
            json!(["projects", "change_terms", { "project": 1, "article6": terms }]),
        ),
        (
            "project change-terms --project 1 --domestic".into(),
            json!(["projects", "change_terms", { "project": 1, "article6": null }]),
        ),
        (
            "project propose-proponents --project 1 --proponent 2=600000 3=400000".into(),
            json!(["projects", "propose_proponents", { "project": 1, "proponents": [
                { "organisation": 2, "share": 600_000 }, { "organisation": 3, "share": 400_000 },
            ] }]),
        ),
        (
            "project consent-to-proponents --project 1 --number 1".into(),
            json!(["projects", "consent_to_proponents", { "project": 1, "number": 1 }]),
        ),
        (
            "project withdraw-proponents --project 1 --number 1".into(),
            json!(["projects", "withdraw_proponents", { "project": 1, "number": 1 }]),
        ),
        (
            "project assign-certifiers --project 1 --certifier 9 3 --certifier 9".into(),
            json!(["projects", "assign_certifiers", { "project": 1, "certifiers": [3, 9] }]),
        ),
        (
            "project certify --project 1".into(),
            json!(["projects", "certify_project", { "project": 1 }]),
        ),
        (
            format!("project revoke-certification --project 1 --certifier 3 {why}"),
            json!(["projects", "revoke_certification", {
                "project": 1, "certifier": 3, "reason": "It is so.",
            }]),
        ),
        (
            format!("document submit --project 1 --kind other --hash {hash} --size 9"),
            json!(["projects", "submit_document", {
                "project": 1, "kind": "other", "hash": hash, "size": 9,
            }]),
        ),
        (
            format!("document review --project 1 --document 2 --reject --remark {hash}"),
            json!(["projects", "review_document", {
                "project": 1, "document": 2, "accept": false, "remark": hash,
            }]),
        ),
        (
            format!("monitoring report --project 1 --file {report_file}"),
            json!(["projects", "report_monitoring", { "project": 1, "report": report }]),
        ),
        (
            format!(
                "monitoring verify --project 1 --period 2 --vintage 2023=9 --report-hash {hash}"
            ),
            json!(["projects", "verify_monitoring", {
                "project": 1, "period": 2, "verified": [{ "vintage": 2023, "tonnes": 9 }],
                "verification": hash,
            }]),
        ),
        (
            format!("monitoring return --project 1 --period 2 --remark {hash}"),
            json!(["projects", "return_monitoring", { "project": 1, "period": 2, "remark": hash }]),
        ),
        (
            format!("monitoring refuse-issuance --project 1 --period 2 {why}"),
            json!(["projects", "refuse_issuance", {
                "project": 1, "period": 2, "reason": "It is so.",
            }]),
        ),
        (
            "credits issue --project 1 --period 2".into(),
            json!(["credits", "issue", { "project": 1, "period": 2 }]),
        ),
        (
            format!("credits transfer {by_part} --to 3 --reference “Order 5”"),
            json!(["credits", "transfer", { "parts": parts, "to": 3, "reference": "Order 5" }]),
        ),
        (
            format!("credits retire {by_part} --purpose voluntary {to_whom}"),
            json!(["credits", "retire", {
                "parts": parts, "details": retired("voluntary".into()),
            }]),
        ),
        (
            format!(
                "credits request-retirement {by_part} --country CH --entity Klik --towards ndc \
                 {to_whom}"
            ),
            json!(["credits", "request_retirement", {
                "parts": parts, "details": retired(abroad),
            }]),
        ),
        (
            "credits recognise-retirement 5".into(),
            json!(["credits", "recognise_retirement", { "request": 5 }]),
        ),
        (
            format!("credits refuse-retirement 5 {why}"),
            json!(["credits", "refuse_retirement", { "request": 5, "reason": "It is so." }]),
        ),
        (
            "credits cancel-retirement-request 5".into(),
            json!(["credits", "cancel_retirement_request", { "request": 5 }]),
        ),
        (
            "credits request-transfer --project 1 --quantity 9 --from 2 --to 3".into(),
            json!(["credits", "request_transfer", {
                "project": 1, "vintage": null, "quantity": 9, "from": 2, "to": 3,
                "reference": null,
            }]),
        ),
        (
            format!("credits approve-transfer 5 {by_part}"),
            json!(["credits", "approve_transfer", { "request": 5, "parts": parts }]),
        ),
        (
            format!("credits reject-transfer 5 {why}"),
            json!(["credits", "reject_transfer", { "request": 5, "reason": "It is so." }]),
        ),
        (
            "credits cancel-transfer-request 5".into(),
            json!(["credits", "cancel_transfer_request", { "request": 5 }]),
        ),
        (
            format!("credits retire-for-the-state {by_part} --purpose ndc_use --year 2030 {to_whom}"),
            json!(["credits", "retire_for_the_state", {
                "parts": parts, "details": retired(json!({ "ndc_use": { "year": 2030 } })),
            }]),
        ),
        (
            format!(
                "credits cancel {by_part} --reason reversal --project 1 --period 2 --statement \
                 “A fire.”"
            ),
            json!(["credits", "cancel", {
                "parts": parts, "reason": "reversal",
                "corrects": { "issuance": { "project": 1, "period": 2 } },
                "statement": "A fire.",
            }]),
        ),
        (
            format!("credits hold {by_part} {why}"),
            json!(["credits", "hold", { "parts": parts, "reason": "It is so." }]),
        ),
        (
            format!("credits release {by_part}"),
            json!(["credits", "release", { "parts": parts }]),
        ),
        (
            format!("credits release-buffer {by_part} --to 3"),
            json!(["credits", "release_buffer", { "parts": parts, "to": 3 }]),
        ),
        (
            format!("credits pause {why}"),
            json!(["credits", "pause_transfers", { "reason": "It is so." }]),
        ),
        ("credits resume".into(), json!(["credits", "resume_transfers", {}])),
    ];
    let (of_the_network, file) = lines_of_the_network();
    lines.extend(of_the_network);
    lines.extend(lines_of_the_bridge());
    files.push(file);
    (lines, files)
}

#[test]
fn every_call_has_a_subcommand_that_makes_it() {
    let (lines, _files) = lines();
    let at = registry_client::payload::offline(registry_client::H256([7; 32])).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for (line, expected) in lines {
        let made = call(&format!("{line} --key //Alice"));
        let made = made.unwrap_or_else(|error| panic!("{line}: {error:#}"));
        let json = serde_json::to_value(&made).unwrap();
        assert_eq!(json!([json["pallet"], json["name"], json["args"]]), expected, "{line}");
        // In SCALE it is the same call, and a signer sees it.
        let bytes = made.encode(&at).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(Call::decode(&bytes, &at).unwrap(), made, "{line}");
        assert!(!made.in_words().is_empty(), "{line}");
        seen.insert(format!("{}.{}", made.name().0, made.name().1));
    }
    // The client says which calls there are when it is asked for one that there is not.
    let none = json!({ "pallet": "x", "name": "y", "args": {} });
    let known = serde_json::from_value::<Call>(none).unwrap_err().to_string();
    let known = known.split_once("there are ").unwrap().1;
    let mut known: std::collections::BTreeSet<_> =
        known.split(", ").map(|name| name.trim().to_owned()).collect();
    // Nobody signs it: `registry apply-upgrade`.
    assert!(known.remove("system.apply_authorized_upgrade"));
    assert!(known.len() > 50, "{known:?}");
    assert_eq!(seen, known);
}

#[test]
fn what_cannot_be_proposed_is_said() {
    for line in [
        "proposal approve 1 --propose",
        "proposal withdraw 1 --propose",
        "credits release --part 1:1 --propose",
        "organisation reactivate 3 --propose",
    ] {
        let error = call(&format!("{line} --key //Alice")).unwrap_err();
        assert!(error.is::<crate::failure::BadArguments>(), "{line}");
        assert!(error.to_string().contains("--propose"), "{line}: {error}");
    }
    let propose = json!({ "pallet": "approvals", "name": "propose", "args": { "call": {
        "pallet": "credits", "name": "issue", "args": { "project": 1, "period": 1 },
    } } });
    let file = file(&propose);
    let line = format!("call --file {} --key //Alice", file.path().display());
    assert!(matches!(call(&line), Ok(Call::Propose { .. })));
    assert!(call(&format!("{line} --propose")).is_err());
}

#[test]
fn input_that_no_chain_would_take_is_refused_with_its_reason() {
    let issuance = "credits cancel --part 1:1 --statement “A fire.”";
    for (line, says) in [
        (format!("{issuance} --reason reversal"), "--period"),
        (format!("{issuance} --reason voluntary --project 1 --period 1"), "--period"),
        (format!("{issuance} --reason overall_mitigation"), "excess_issuance"),
        (format!("{issuance} --reason reversal --project 1"), "--period"),
        ("credits transfer --part 1:5 1:1 --to 3".into(), "named twice"),
        ("credits hold --part 1:5".into(), "--reason"),
        ("credits hold --part 1:5 --reason “ ”".into(), "blank"),
        ("credits release".into(), "--part"),
        ("credits recognise-retirement x".into(), "invalid"),
        (
            "credits retire-for-the-state --part 1:1 --purpose ndc_use --beneficiary x \
             --beneficiary-country VU"
                .into(),
            "--year",
        ),
        (
            "credits retire-for-the-state --part 1:1 --purpose other --year 2030 --beneficiary x \
             --beneficiary-country VU"
                .into(),
            "--year",
        ),
        (
            "credits request-retirement --part 1:1 --country ZZ --entity x --towards ndc \
             --beneficiary x --beneficiary-country VU"
                .into(),
            "ISO 3166-1",
        ),
        ("settings threshold --class cancel --officers 0".into(), "1..=16"),
        ("settings threshold --class cancel --officers 17".into(), "1..=16"),
        ("settings threshold --class hold --officers 2".into(), "legal_action"),
        (
            "settings deductions --share-of-proceeds 500000 --overall-mitigation 500000".into(),
            "less than 1000000",
        ),
        (
            "project propose-proponents --project 1 --proponent 2=600000 3=300000".into(),
            "add up to 900000",
        ),
        ("project propose-proponents --project 1 --proponent 2=0".into(), "ORGANISATION=PPM"),
        ("project change-terms --project 1".into(), "--domestic"),
        ("document review --project 1 --document 1 --reject".into(), "--remark"),
        (format!("member change-role {BOB} --role king"), "view_only"),
        ("member remove 5Grwva".into(), "invalid"),
        ("organisation change 3 --name x --tax-id y --country VU".into(), "--profile"),
    ] {
        let error = call(&format!("{line} --key //Alice")).unwrap_err();
        assert!(format!("{error:#}").contains(says), "{line}: {error:#}");
    }
}

#[test]
fn an_application_is_approved_and_nothing_else_in_its_place() {
    let pause = json!({ "pallet": "credits", "name": "resume_transfers", "args": {} });
    let file = file(&pause);
    let path = file.path().display();
    let error = call(&format!("organisation approve-application --file {path} --key //Alice"));
    let error = format!("{:#}", error.unwrap_err());
    assert!(error.contains("no application but: Resume"), "{error}");
}
