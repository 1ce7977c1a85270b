// SPDX-License-Identifier: Apache-2.0
//! What motions, session keys and upgrades need besides a signed call.

use crate::{
    arguments::{ApplyUpgrade, How, RotateKeys},
    calls::{code_hash, TWO_THIRDS},
    key,
    output::Output,
    transact::{self, refused},
};
use anyhow::{bail, Context, Result};
use codec::Encode;
use registry_client::{
    call::{Bytes, SessionKeys},
    chain, AccountId32, AtBlock, Call, ClientError, Registry, H256,
};
use serde::Deserialize;
use serde_json::json;
use subxt_rpcs::rpc_params;

/// A motion with the number of members that two thirds of the council are; any other call as it is.
pub async fn for_two_thirds(call: Call, node: &str) -> Result<Call> {
    let Call::ProposeMotion { threshold: TWO_THIRDS, call, reason } = call else {
        return Ok(call);
    };
    let at = Registry::connect(node).await?.at_finalised().await?;
    let council = chain::storage().registry_council().members();
    let members = at.storage().fetch(council, ()).await.map_err(subxt::Error::from)?;
    let members = members.decode().map_err(subxt::Error::from)?;
    let threshold = u32::try_from((2 * members.len()).div_ceil(3))?;
    Ok(Call::ProposeMotion { threshold, call, reason })
}

/// The motions that are voted on, each with what it would do.
pub async fn motions(at: &AtBlock) -> Result<Vec<serde_json::Value>> {
    let council = chain::storage().registry_council();
    let storage = at.storage();
    let hashes = storage.fetch(council.proposals(), ()).await.map_err(subxt::Error::from)?;
    let hashes: Vec<H256> = hashes.decode().map_err(subxt::Error::from)?;
    let mut motions = Vec::new();
    for hash in hashes {
        let votes = storage.fetch(council.voting(), (hash,)).await.map_err(subxt::Error::from)?;
        let votes = votes.decode().map_err(subxt::Error::from)?;
        let proposed =
            storage.fetch(council.proposal_of(), (hash,)).await.map_err(subxt::Error::from)?;
        let (does, reason) = match Call::in_motion(proposed.bytes(), at) {
            Some((call, reason)) => (call.in_words(), Some(reason)),
            None => ("Something that this program does not know.".to_owned(), None),
        };
        motions.push(json!({
            "motion": votes.index, "hash": hash, "does": does, "reason": reason,
            "must_agree": votes.threshold, "for": votes.ayes, "against": votes.nays,
            "ends_with_block": votes.end,
        }));
    }
    Ok(motions)
}

/// Tells what became of a motion that the call made or closed.
pub async fn carried(registry: &Registry, block: H256, call: &Call, output: &Output) -> Result<()> {
    use chain::registry_council::events::{Disapproved, Executed, MemberExecuted, Proposed};
    if !matches!(call, Call::ProposeMotion { .. } | Call::CloseMotion { .. }) {
        return Ok(());
    }
    let at = registry.api.at_block(block).await.map_err(subxt::Error::from)?;
    let events = at.events().fetch().await.map_err(subxt::Error::from)?;
    if let Some(proposed) = events.find::<Proposed>().flatten().last() {
        let (index, hash) = (proposed.proposal_index, proposed.proposal_hash);
        output.result(
            format_args!("motion        {index} {hash:?}, {} must agree", proposed.threshold),
            &json!({ "status": "proposed", "motion": index, "hash": hash }),
        )?;
    }
    let closed = events.find::<Executed>().flatten().map(|executed| executed.result);
    let at_once = events.find::<MemberExecuted>().flatten().map(|executed| executed.result);
    if let Some(result) = closed.chain(at_once).last() {
        if let Err(error) = result {
            let what = "The council agreed and its call failed";
            return Err(ClientError::Refused(refused(&at, what, &error)).into());
        }
        output.result("enacted       by the council", &json!({ "status": "enacted" }))?;
    }
    if events.find::<Disapproved>().flatten().last().is_some() {
        output.result("disapproved   by the council", &json!({ "status": "disapproved" }))?;
    }
    Ok(())
}

/// What a node answers when it has made new keys.
#[derive(Deserialize)]
struct Rotated {
    keys: String,
    proof: String,
}

/// Makes new session keys in a node, which keeps their secrets, and sets them.
pub async fn rotate(arguments: RotateKeys, node: &str, output: &Output) -> Result<()> {
    let pair = key::open(&arguments.key)?;
    let owner = AccountId32(pair.public_key().0);
    let operator = arguments.operator_node.as_deref().unwrap_or(node);
    let parameters = rpc_params![format!("0x{}", hex::encode(owner.encode()))];
    let rotated: Rotated = Registry::connect(operator)
        .await?
        .client
        .request("author_rotateKeysWithOwner", parameters)
        .await
        .context(
            "the node makes no keys: ask it on its own machine, where it answers unsafe methods \
             (--rpc-methods unsafe, on the loopback address alone)",
        )?;
    let keys: SessionKeys = rotated.keys.parse().map_err(anyhow::Error::msg)?;
    let proof: Bytes = rotated.proof.parse().map_err(anyhow::Error::msg)?;
    let how =
        How { key: arguments.key, prepare: None, address: None, propose: false, motion: None };
    transact::run((Call::SetSessionKeys { keys, proof }, how), node, output).await
}

/// Hands in the runtime whose hash was authorised: without a signature, because anybody may.
pub async fn upgrade(arguments: &ApplyUpgrade, node: &str, output: &Output) -> Result<()> {
    let path = &arguments.wasm;
    let code = std::fs::read(path).with_context(|| path.display().to_string())?;
    let hash = code_hash(&code);
    let registry = Registry::connect(node).await?;
    let at = registry.at_finalised().await?;
    let authorised = chain::storage().system().authorized_upgrade();
    let authorised = at.storage().try_fetch(authorised, ()).await.map_err(subxt::Error::from)?;
    let authorised = authorised.map(|found| found.decode()).transpose();
    match authorised.map_err(subxt::Error::from)? {
        None => bail!("no runtime is authorised: `registry upgrade authorise` comes first"),
        Some(found) if found.code_hash != hash => bail!(
            "the authorised runtime has the hash {:?}, and {} has {hash:?}: hand in that one",
            found.code_hash,
            path.display()
        ),
        Some(_) => {}
    }
    let call = Call::ApplyUpgrade { code: Bytes(code) };
    output.line(call.in_words())?;
    transact::submit(&registry, registry_client::payload::bare(&call.encode(&at)?), output).await?;
    let version = registry.at_finalised().await?.spec_version();
    output.result(
        format_args!("runtime       {version}"),
        &json!({ "status": "upgraded", "spec_version": version }),
    )?;
    Ok(())
}
