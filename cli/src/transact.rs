// SPDX-License-Identifier: Apache-2.0
//! From a call to a final block.

use crate::{
    arguments::{How, KeyArguments},
    key, offline,
    output::Output,
};
use anyhow::{bail, Result};
use futures::StreamExt;
use registry_client::{AccountId32, Call, ClientError, Outcome, Registry};
use serde_json::json;
use std::io::{BufRead, IsTerminal, Write};
use subxt::utils::MultiSignature;

/// Shows a call, signs it and waits until it is final; or prepares it to be signed elsewhere.
pub async fn run((call, how): (Call, How), node: &str, output: &Output) -> Result<()> {
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
    submit(&registry, payload.sign_with(&at, &signature)?, output).await
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

/// Sends a signed transaction and tells what becomes of it.
pub async fn submit(registry: &Registry, signed: Vec<u8>, output: &Output) -> Result<()> {
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
                return Ok(());
            }
            // Told by the caller, like every other failure.
            Outcome::Failed { reason } => return Err(ClientError::Refused(reason.clone()).into()),
        }
    }
    bail!("the node stopped telling what became of the transaction")
}
