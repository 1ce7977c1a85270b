// SPDX-License-Identifier: Apache-2.0
//! What the council, the validators and the chain's own machinery do and store: calls and storage
//! beyond those of officers, by their names in the node's metadata.

use super::Network;
use crate::Officer;
use anyhow::{bail, ensure, Context, Result};
use codec::{Compact, Encode};
use registry_client::{finished, payload, AccountId32, AtBlock, Registry, H256};
use serde_json::json;
use subxt::{
    dynamic::{self, Value},
    ext::scale_decode::DecodeAsType,
};

/// A call in SCALE, from its names and its arguments in SCALE.
pub fn call(at: &AtBlock, pallet: &str, name: &str, arguments: impl Encode) -> Result<Vec<u8>> {
    let pallet = at
        .metadata_ref()
        .pallet_by_name(pallet)
        .with_context(|| format!("the chain has no pallet {pallet}"))?;
    let variant = pallet
        .call_variant_by_name(name)
        .with_context(|| format!("{} has no call {name}", pallet.name()))?;
    Ok((pallet.call_index(), variant.index, arguments).encode())
}

/// Bytes that are an argument in SCALE already.
pub struct Raw(pub Vec<u8>);

impl Encode for Raw {
    fn encode_to<T: codec::Output + ?Sized>(&self, output: &mut T) {
        output.write(&self.0);
    }
}

/// Signs a call, sends it, and waits until it is final and has succeeded.
pub async fn execute(registry: &Registry, who: &Officer, call: &[u8]) -> Result<H256> {
    let at = registry.at_finalised().await?;
    let nonce = registry.next_nonce(&who.account()).await?;
    let signed = who.sign_encoded(registry, &at, call, nonce)?;
    let (_, outcomes) = registry.submit(signed).await?;
    Ok(finished(outcomes).await?)
}

/// Has a council of one decide a call that needs Root, and checks that it was done.
pub async fn enact(
    registry: &Registry,
    councillor: &Officer,
    decided: Vec<u8>,
    reason: &str,
) -> Result<H256> {
    let at = registry.at_finalised().await?;
    let enact = call(&at, "Governance", "enact", (Raw(decided), reason))?;
    let length = enact.len() as u32;
    let propose =
        call(&at, "RegistryCouncil", "propose", (Compact(1u32), Raw(enact), Compact(length)))?;
    let block = execute(registry, councillor, &propose).await?;
    let at = registry.api.at_block(block).await?;
    let mut executed = false;
    for event in at.events().fetch().await?.iter() {
        let event = event?;
        if (event.pallet_name(), event.event_name()) == ("RegistryCouncil", "Executed") {
            // The hash of the proposal, then its result, of which zero is success.
            ensure!(
                event.field_bytes().get(32) == Some(&0),
                "the council decided, but the call failed: {:?}",
                event.decode_fields_unchecked_as::<subxt::ext::scale_value::Composite<()>>()?
            );
            executed = true;
        }
    }
    ensure!(executed, "the council's decision was not executed");
    Ok(block)
}

/// A value in storage, by its names and keys.
pub async fn stored<T: DecodeAsType>(
    at: &AtBlock,
    pallet: &str,
    entry: &str,
    keys: Vec<Value>,
) -> Result<Option<T>> {
    let address = dynamic::storage::<Vec<Value>, T>(pallet, entry);
    let value = at.storage().try_fetch(address, keys).await?;
    Ok(value.map(|value| value.decode()).transpose()?)
}

/// An account as a key of storage.
pub fn key(account: &AccountId32) -> Value {
    Value::from_bytes(account.0)
}

/// The validators of the session.
pub async fn validators(at: &AtBlock) -> Result<Vec<AccountId32>> {
    Ok(stored(at, "Session", "Validators", vec![]).await?.unwrap_or_default())
}

/// The number of the session.
pub async fn session(at: &AtBlock) -> Result<u32> {
    stored(at, "Session", "CurrentIndex", vec![]).await?.context("the chain counts its sessions")
}

/// Blocks that a validator has authored in a session.
pub async fn authored(at: &AtBlock, session: u32, validator: &AccountId32) -> Result<u32> {
    let keys = vec![Value::from(session), key(validator)];
    Ok(stored(at, "Validators", "Authored", keys).await?.unwrap_or_default())
}

/// Has a node make new session keys; the keys, and the proof that an account may register them.
pub async fn new_session_keys(
    network: &Network,
    node: &str,
    owner: &AccountId32,
) -> Result<(Raw, Vec<u8>)> {
    let owner = format!("0x{}", hex::encode(owner.0));
    let made = network.rpc(node, "author_rotateKeysWithOwner", json!([owner])).await?;
    let bytes = |name: &str| -> Result<Vec<u8>> {
        let text = made[name].as_str().with_context(|| format!("no {name} in {made}"))?;
        Ok(payload::unhex(text)?)
    };
    Ok((Raw(bytes("keys")?), bytes("proof")?))
}

/// Fails unless an error is the one expected.
pub fn ensure_refused<T>(result: Result<T>, code: &str) -> Result<()> {
    let Err(error) = result else { bail!("this should have been refused with {code}") };
    let found = error.downcast_ref().map(|error| match error {
        registry_client::ClientError::Refused(refused) => refused.code.clone(),
        other => other.to_string(),
    });
    ensure!(found.as_deref() == Some(code), "expected {code}: {error:#}");
    Ok(())
}
