// SPDX-License-Identifier: Apache-2.0
//! What the council, the validators and the chain's own machinery do and store, beyond the calls of
//! officers.

use super::Network;
use crate::Officer;
use anyhow::{bail, ensure, Context, Result};
use codec::{Compact, Encode};
use registry_client::{chain, finished, payload, AccountId32, AtBlock, Registry, H256};
use serde_json::json;

/// A call in SCALE, from its names in the node's metadata and its arguments in SCALE.
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
    let events = at.events().fetch().await?;
    let executed = events
        .find_first::<chain::registry_council::events::Executed>()
        .context("the council's decision was not executed")??;
    ensure!(executed.result.is_ok(), "the council decided, but the call failed: {executed:?}");
    Ok(block)
}

/// The validators of the session.
pub async fn validators(at: &AtBlock) -> Result<Vec<AccountId32>> {
    Ok(at.storage().fetch(chain::storage().session().validators(), ()).await?.decode()?)
}

/// The number of the session.
pub async fn session(at: &AtBlock) -> Result<u32> {
    Ok(at.storage().fetch(chain::storage().session().current_index(), ()).await?.decode()?)
}

/// Blocks that a validator has authored in a session.
pub async fn authored(at: &AtBlock, session: u32, validator: &AccountId32) -> Result<u32> {
    let address = chain::storage().validators().authored();
    let authored = at.storage().try_fetch(address, (session, *validator)).await?;
    Ok(authored.map(|authored| authored.decode()).transpose()?.unwrap_or_default())
}

/// The validators that make no blocks in this session, because they broke the rules.
pub async fn disabled(at: &AtBlock) -> Result<Vec<AccountId32>> {
    let address = chain::storage().session().disabled_validators();
    let disabled = at.storage().fetch(address, ()).await?.decode()?;
    let validators = validators(at).await?;
    let accounts = disabled.iter().map(|(index, _)| validators.get(*index as usize).copied());
    accounts.collect::<Option<_>>().context("a validator of the session")
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
