// SPDX-License-Identifier: Apache-2.0
//! From a call to a final block.

use crate::{
    arguments::{How, KeyArguments},
    governance, key, offline,
    output::Output,
};
use anyhow::{bail, Result};
use futures::StreamExt;
use registry_client::{
    chain, AccountId32, AtBlock, Call, ClientError, Outcome, Refused, Registry, H256,
};
use serde_json::json;
use std::io::{BufRead, IsTerminal, Write};
use subxt::utils::MultiSignature;

/// Shows a call, signs it and waits until it is final; or prepares it to be signed elsewhere.
pub async fn run((call, how): (Call, How), node: &str, output: &Output) -> Result<()> {
    let call = governance::for_two_thirds(call, node).await?;
    output.line(describe(&call)?)?;
    if let (Some(path), Some(address)) = (&how.prepare, &how.address) {
        let payload = Registry::connect(node).await?.prepare(address, &call).await?;
        return offline::write_payload(path, payload, &call, output);
    }
    confirm(&how.key)?;
    let pair = key::open(&how.key)?;
    let registry = Registry::connect(node).await?;
    let payload = registry.prepare(&AccountId32(pair.public_key().0), &call).await?;
    let at = registry.at_finalised().await?;
    let signature = MultiSignature::Sr25519(pair.sign(&payload.to_sign(&at)?).0);
    let block = submit(&registry, payload.sign_with(&at, &signature)?, output).await?;
    governance::carried(&registry, block, &call, output).await?;
    agreed(&registry, block, &call, payload.address, output).await
}

/// A call in words, and its arguments in full.
pub fn describe(call: &Call) -> Result<String> {
    let json = serde_json::to_value(call)?;
    let arguments = serde_json::to_string_pretty(&json["args"])?;
    let (pallet, name) = call.name();
    Ok(format!("{}\n\n{pallet}.{name} {arguments}\n", call.in_words()))
}

/// Asks whether to sign, where there is somebody to ask.
pub fn confirm(key: &KeyArguments) -> Result<()> {
    let stdin = std::io::stdin();
    if key.yes || !stdin.is_terminal() {
        return Ok(());
    }
    eprint!("Sign? [y/N] ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer)?;
    if !matches!(answer.trim(), "y" | "Y" | "yes") {
        bail!("not signed");
    }
    Ok(())
}

/// Sends a signed transaction and tells what becomes of it; the final block that holds it.
pub async fn submit(registry: &Registry, signed: Vec<u8>, output: &Output) -> Result<H256> {
    let (hash, mut outcomes) = registry.submit(signed).await?;
    output.result(
        format_args!("transaction   {hash:?}"),
        &json!({ "status": "submitted", "transaction": hash }),
    )?;
    while let Some(outcome) = outcomes.next().await {
        match &outcome {
            Outcome::Broadcast => output.result("broadcast", &outcome)?,
            Outcome::InBlock { block } => {
                output.result(format_args!("in block      {block:?}"), &outcome)?;
            }
            Outcome::Finalised { block } => {
                output.result(format_args!("finalised in  {block:?}"), &outcome)?;
                return Ok(*block);
            }
            // Told by the caller, like every other failure.
            Outcome::Failed { reason } => return Err(ClientError::Refused(reason.clone()).into()),
        }
    }
    bail!("the node stopped telling what became of the transaction")
}

/// Tells what became of a proposal that the call made or approved: a call that several officers
/// agreed to can fail although the last approval does not.
pub async fn agreed(
    registry: &Registry,
    block: H256,
    call: &Call,
    signer: AccountId32,
    output: &Output,
) -> Result<()> {
    if !matches!(call, Call::Propose { .. } | Call::Approve { .. }) {
        return Ok(());
    }
    let at = registry.api.at_block(block).await.map_err(subxt::Error::from)?;
    let events = at.events().fetch().await.map_err(subxt::Error::from)?;
    let id = match call {
        Call::Approve { id } => *id,
        _ => {
            let proposed = events.find::<chain::approvals::events::Proposed>().flatten();
            // The last that the signer made in the block; nonces keep an account's in order.
            let own = proposed.filter(|proposed| proposed.by == signer).last();
            let unknown = || anyhow::anyhow!("the block does not say which proposal this is");
            own.ok_or_else(unknown)?.id
        }
    };
    let mut executed = events.find::<chain::approvals::events::Executed>().flatten();
    match executed.find(|executed| executed.id == id).map(|executed| executed.result) {
        None => Ok(output.result(
            format_args!("proposal      {id} waits for more approvals"),
            &json!({ "status": "proposed", "proposal": id }),
        )?),
        Some(Ok(())) => Ok(output.result(
            format_args!("executed      proposal {id}"),
            &json!({ "status": "executed", "proposal": id }),
        )?),
        Some(Err(error)) => {
            let what = format!("Proposal {id} was approved and its call failed");
            Err(ClientError::Refused(refused(&at, &what, &error)).into())
        }
    }
}

/// Why a call failed that others agreed to.
pub fn refused(
    at: &AtBlock,
    what: &str,
    error: &chain::runtime_types::sp_runtime::DispatchError,
) -> Refused {
    use chain::runtime_types::sp_runtime::{DispatchError, ModuleError};
    let named = match error {
        DispatchError::Module(ModuleError { index, error: [number, ..] }) => {
            at.metadata_ref().pallet_by_error_index(*index).and_then(|pallet| {
                let variant = pallet.error_variant_by_index(*number)?;
                Some((format!("{}.{}", pallet.name(), variant.name), variant.docs.join(" ")))
            })
        }
        _ => None,
    };
    let (code, why) = named.unwrap_or_else(|| ("Dispatch".into(), format!("{error:?}")));
    let sentence = format!("{what}: {why}");
    Refused { code, sentence }
}
