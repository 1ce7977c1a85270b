// SPDX-License-Identifier: Apache-2.0
//! Signing where there is no network: a payload is prepared, carried over, signed, carried back.

use crate::{
    arguments::{SignPayload, SignText, SubmitSigned},
    failure::BadArguments,
    key,
    output::Output,
    transact,
    values::from_json,
};
use anyhow::{bail, Context, Result};
use registry_client::{payload, AccountId32, Call, Registry, SignerPayload};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{io::Read, path::Path};

/// A payload that waits for its signature. The words are for whoever opens the file; a signer
/// reads the payload itself.
#[derive(Serialize, Deserialize)]
struct Prepared {
    #[serde(skip_deserializing)]
    words: String,
    payload: SignerPayload,
}

/// As this program and the portal write it, or as wallets do.
#[derive(Deserialize)]
#[serde(untagged)]
enum AnyPayload {
    Prepared(Prepared),
    Bare(SignerPayload),
}

/// A payload and its signature, as the portal takes them too.
#[derive(Serialize, Deserialize)]
struct SignedPayload {
    payload: SignerPayload,
    signature: String,
}

/// Writes a prepared payload.
pub fn write_payload(
    path: &Path,
    payload: SignerPayload,
    call: &Call,
    output: &Output,
) -> Result<()> {
    let (first, last) = payload.valid_at()?;
    let prepared = Prepared { words: call.in_words(), payload };
    write(path, &prepared)?;
    output.result(
        format_args!(
            "prepared in {}: sign and submit it before block {last} (it is now {first})",
            path.display()
        ),
        &json!({
            "status": "prepared", "file": path, "words": prepared.words,
            "payload": prepared.payload,
        }),
    )?;
    Ok(())
}

/// Longest text that is signed.
const MAX_TEXT: u64 = 1 << 16;

/// Runs `registry sign-text`. The text is wrapped as wallets wrap texts, so that it can never be a
/// transaction.
pub fn sign_text(arguments: &SignText, output: &Output) -> Result<()> {
    let mut text = Vec::new();
    let read = match &arguments.text {
        Some(path) => std::fs::File::open(path)
            .and_then(|file| file.take(MAX_TEXT + 1).read_to_end(&mut text))
            .with_context(|| format!("{} cannot be read", path.display()))?,
        None => std::io::stdin().take(MAX_TEXT + 1).read_to_end(&mut text)?,
    };
    if read as u64 > MAX_TEXT {
        bail!("the text is longer than {MAX_TEXT} bytes");
    }
    // Programs end what they print with a line break that is no part of it.
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    let shown = std::str::from_utf8(text).context("the text is not UTF-8")?;
    let hidden = |c: char| c.is_control() && c != '\n';
    if shown.is_empty() || shown.contains(hidden) {
        bail!("a text that is signed has no control characters but line breaks, and is not empty");
    }
    output.line(format_args!("{shown}\n"))?;
    if arguments.text.is_some() {
        transact::confirm(&arguments.key)?;
    }
    let pair = key::open(&arguments.key)?;
    let wrapped = [b"<Bytes>", text, b"</Bytes>"].concat();
    let signature = format!("0x01{}", hex::encode(pair.sign(&wrapped).0));
    let account = AccountId32(pair.public_key().0);
    output.result(
        format_args!("signer     {account}\nsignature  {signature}"),
        &json!({ "account": account, "signature": signature }),
    )?;
    Ok(())
}

/// Runs `registry sign`.
pub fn sign(arguments: &SignPayload, output: &Output) -> Result<()> {
    let payload = match from_json(&arguments.payload).map_err(BadArguments)? {
        AnyPayload::Prepared(Prepared { payload, .. }) | AnyPayload::Bare(payload) => payload,
    };
    if arguments.genesis.is_some_and(|genesis| genesis != payload.genesis_hash) {
        bail!("the payload is for another chain, with genesis block {:?}", payload.genesis_hash);
    }
    let at = payload::offline(payload.genesis_hash)?;
    let version = payload.runtime_version()?;
    if version != u64::from(at.spec_version()) {
        bail!(
            "the payload is for version {version} of the runtime and this program knows version \
             {}: use the `registry` of that version",
            at.spec_version()
        );
    }
    let call = Call::decode(&payload.call_bytes()?, &at)?;
    let (first, last) = payload.valid_at()?;
    output.line(transact::describe(&call)?)?;
    output.line(format_args!(
        "signer  {}\nchain   {:?}\nvalid   blocks {first} to {last}",
        payload.address, payload.genesis_hash
    ))?;
    transact::confirm(&arguments.key)?;
    let pair = key::open(&arguments.key)?;
    if AccountId32(pair.public_key().0) != payload.address {
        bail!("the payload is for the key of {}", payload.address);
    }
    // 01: sr25519, as wallets write it.
    let signature = format!("0x01{}", hex::encode(pair.sign(&payload.to_sign(&at)?).0));
    let signed = SignedPayload { payload, signature };
    write(&arguments.out, &signed)?;
    output.result(
        format_args!("signed in {}", arguments.out.display()),
        &json!({
            "status": "signed", "file": arguments.out, "call": call,
            "signature": signed.signature,
        }),
    )?;
    Ok(())
}

/// Runs `registry submit`.
pub async fn submit(arguments: &SubmitSigned, node: &str, output: &Output) -> Result<()> {
    let signed: SignedPayload = from_json(&arguments.signed).map_err(BadArguments)?;
    let signature = payload::signature(&signed.signature)?;
    let registry = Registry::connect(node).await?;
    let at = registry.at_finalised().await?;
    let (_, last) = signed.payload.valid_at()?;
    // The node would only say that the signature is wrong.
    if at.block_number() > last {
        bail!("the payload was valid up to block {last}, which has passed; prepare it again");
    }
    let encoded = signed.payload.sign_with(&at, &signature)?;
    let call = Call::decode(&signed.payload.call_bytes()?, &at).ok();
    if let Some(call) = &call {
        output.line(call.in_words())?;
    }
    let block = transact::submit(&registry, encoded, output).await?;
    match call {
        Some(call) => {
            transact::agreed(&registry, block, &call, signed.payload.address, output).await
        }
        None => Ok(()),
    }
}

/// Writes a value to a JSON file.
pub fn write(path: &Path, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value)? + "\n";
    std::fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::KeyArguments;
    use registry_client::H256;
    use subxt_signer::sr25519::{dev, Keypair};

    fn payload(call: &Call, signer: &Keypair) -> SignerPayload {
        let genesis_hash = H256([7; 32]);
        let at = payload::offline(genesis_hash).unwrap();
        let method = format!("0x{}", hex::encode(call.encode(&at).unwrap()));
        serde_json::from_value(json!({
            "address": AccountId32(signer.public_key().0),
            "blockHash": H256([9; 32]),
            "blockNumber": "0x00000080",
            // 64 blocks, phase 0.
            "era": "0x0500",
            "genesisHash": genesis_hash,
            "method": method,
            "nonce": "0x00000003",
            "specVersion": format!("{:#010x}", at.spec_version()),
            "tip": "0x00000000",
            "transactionVersion": format!("{:#010x}", at.transaction_version()),
            "signedExtensions": [],
            "version": 4,
        }))
        .unwrap()
    }

    fn arguments(folder: &Path, key: &str) -> SignPayload {
        let key = KeyArguments { key: Some(key.to_owned()), password_file: None, yes: true };
        let (payload, out) = (folder.join("payload.json"), folder.join("signed.json"));
        SignPayload { payload, key, out, genesis: None }
    }

    fn calls() -> Vec<Call> {
        let hash = format!("0x{}", "11".repeat(32));
        let alice = AccountId32(dev::alice().public_key().0);
        let period = json!({ "start": 1_672_531_200_000_u64, "end": 1_704_067_200_000_u64 });
        let vintages = json!([{ "vintage": 2023, "tonnes": 1000 }]);
        let parts = json!([{ "start": 1, "quantity": 5 }, { "start": 10, "quantity": 1 }]);
        [
            (
                "organisations",
                "create_organisation",
                json!({
                    "role": "ministry", "first_admin": alice,
                    "details": {
                        "name": "Ministère", "tax_id": "1", "country": "VU",
                        "sectoral_scopes": ["transport"], "profile": hash,
                    },
                }),
            ),
            ("organisations", "suspend_organisation", json!({ "id": 2, "reason": "Fraud" })),
            ("organisations", "reactivate_organisation", json!({ "id": 2 })),
            (
                "organisations",
                "add_member",
                json!({
                    "organisation": 2, "account": alice, "role": "view_only",
                }),
            ),
            (
                "projects",
                "register_project",
                json!({ "registration": {
                "title": "Wind", "external_id": "W-1",
                "proponents": [{ "organisation": 2, "share": 1_000_000 }],
                "sector": "energy", "sectoral_scope": "energy_industries",
                "mitigation_type": "wind", "gases": ["co2"], "crediting_period": period,
                "locations": [{
                    "region": "VU-SEE",
                    "coordinates": { "latitude": -17_700_000, "longitude": 168_300_000 },
                }],
                "estimated_cost_usd": 4_000_000, "estimate": 50_000, "details": hash,
                "certifiers": [3],
            } }),
            ),
            (
                "projects",
                "submit_document",
                json!({
                    "project": 1, "kind": "design_document", "hash": hash, "size": 5,
                }),
            ),
            (
                "projects",
                "review_document",
                json!({
                    "project": 1, "document": 1, "accept": true, "remark": hash,
                }),
            ),
            (
                "projects",
                "review_document",
                json!({
                    "project": 1, "document": 1, "accept": false, "remark": null,
                }),
            ),
            (
                "projects",
                "validate_project",
                json!({
                    "project": 1, "document": 2, "estimate": 50_000,
                }),
            ),
            (
                "projects",
                "authorise_project",
                json!({
                    "project": 1, "quantity": 40_000, "buffer_rate": 100_000,
                    "article6": {
                        "purposes": ["ndc", "oimp_imp"], "parties": ["CH"],
                        "cooperative_approach": null, "valid": [2023, 2030],
                        "first_transfer": "issuance",
                    },
                }),
            ),
            ("projects", "reject_project", json!({ "project": 1, "reason": "Incomplete" })),
            (
                "projects",
                "report_monitoring",
                json!({
                    "project": 1,
                    "report": { "period": period, "vintages": vintages, "report": hash },
                }),
            ),
            (
                "projects",
                "verify_monitoring",
                json!({
                    "project": 1, "period": 1, "verified": vintages, "verification": hash,
                }),
            ),
            ("credits", "issue", json!({ "project": 1, "period": 1 })),
            ("credits", "transfer", json!({ "parts": parts, "to": 3, "reference": "Contract 7" })),
            (
                "credits",
                "retire",
                json!({ "parts": parts, "details": {
                "purpose": "voluntary", "beneficiary": { "name": "Air Vanuatu", "country": "VU" },
                "on_behalf_of": null, "reason": "Flights of 2023", "reference": null,
            } }),
            ),
        ]
        .into_iter()
        .map(|(pallet, name, args)| {
            serde_json::from_value(json!({ "pallet": pallet, "name": name, "args": args })).unwrap()
        })
        .collect()
    }

    #[test]
    fn every_call_is_shown_as_it_was_made() {
        let at = payload::offline(H256([7; 32])).unwrap();
        for call in calls() {
            let bytes = call.encode(&at).unwrap();
            assert_eq!(Call::decode(&bytes, &at).unwrap(), call);
            // One byte more is not the same call.
            assert!(Call::decode(&[&bytes[..], &[0]].concat(), &at).is_err());
            assert!(Call::decode(&bytes[..bytes.len() - 1], &at).is_err());
        }
        for bytes in [&[][..], &[0], &[0, 0], &[255, 255, 255]] {
            assert!(Call::decode(bytes, &at).is_err());
        }
    }

    #[test]
    fn the_offline_signature_is_that_of_the_payload() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = arguments(folder.path(), "//Alice");
        let output = Output::Nobody;
        for call in calls() {
            let payload = payload(&call, &dev::alice());
            write_payload(&arguments.payload, payload.clone(), &call, &output).unwrap();
            sign(&arguments, &output).unwrap();
            let signed: SignedPayload = from_json(&arguments.out).unwrap();
            assert_eq!(signed.payload, payload);
            let at = payload::offline(payload.genesis_hash).unwrap();
            let signature = hex::decode(signed.signature.strip_prefix("0x01").unwrap()).unwrap();
            let signature = subxt_signer::sr25519::Signature(signature.try_into().unwrap());
            let message = payload.to_sign(&at).unwrap();
            let alice = dev::alice().public_key();
            assert!(subxt_signer::sr25519::verify(&signature, message, &alice));
            let multi = payload::signature(&signed.signature).unwrap();
            assert!(!payload.sign_with(&at, &multi).unwrap().is_empty());
        }
    }

    #[test]
    fn what_must_not_be_signed_is_not() {
        type Change = fn(&mut SignerPayload);
        let cases: [(Change, &str, &str); 7] = [
            (|_| (), "//Bob", "for the key of"),
            (|payload| payload.spec_version = "0x000f4240".into(), "//Alice", "version 1000000"),
            (|payload| payload.transaction_version = "0x99".into(), "//Alice", "another version"),
            (|payload| payload.tip = "0x1".into(), "//Alice", "no tip"),
            (|payload| payload.mode = 1, "//Alice", "no metadata hash"),
            (|payload| payload.era = "0x00".into(), "//Alice", "era"),
            (|payload| payload.method = "0x0000".into(), "//Alice", "none of those"),
        ];
        let folder = tempfile::tempdir().unwrap();
        let output = Output::Nobody;
        let issue = Call::Issue { project: 1, period: 1 };
        for (change, key, expected) in cases {
            let arguments = arguments(folder.path(), key);
            let mut payload = payload(&issue, &dev::alice());
            change(&mut payload);
            write(&arguments.payload, &payload).unwrap();
            let error = format!("{:#}", sign(&arguments, &output).unwrap_err());
            assert!(error.contains(expected), "{error}");
            assert!(!arguments.out.exists());
        }
        // A wallet's bare payload is taken, but for one chain only if so asked.
        let mut arguments = arguments(folder.path(), "//Alice");
        write(&arguments.payload, &payload(&issue, &dev::alice())).unwrap();
        arguments.genesis = Some(H256([8; 32]));
        assert!(sign(&arguments, &output).is_err());
        arguments.genesis = None;
        sign(&arguments, &output).unwrap();
    }
}
