// SPDX-License-Identifier: Apache-2.0
//! Sending what the chain has not.

use anyhow::{bail, Context, Result};
use registry_client::{
    directory, finished, import::Of, AccountId32, AtBlock, Call, ClientError, Registry, H256,
};
use registry_primitives::{OrganisationId, GOVERNMENT};
use subxt::utils::MultiSignature;
use subxt_signer::sr25519::Keypair;

/// Transactions that wait for their block at once. Few enough not to crowd out other organisations.
const TRANSACTIONS: usize = 16;

/// The chain at a final block.
pub async fn at(registry: &Registry, block: H256) -> Result<AtBlock> {
    Ok(registry.api.at_block(block).await.map_err(subxt::Error::from)?)
}

/// The number of an organisation.
pub async fn number(at: &AtBlock, of: &Of) -> Result<OrganisationId> {
    let Of::TaxId(tax_id) = of else { return Ok(GOVERNMENT) };
    let found = directory::organisation_by_tax_id(at, tax_id).await?;
    found.with_context(|| format!("no organisation has the tax identifier “{tax_id}” any more"))
}

/// Signs calls and waits until each is final. Some are on their way at once, and what became of each
/// is told in their order; after one that failed no more are sent.
pub async fn send<T>(
    registry: &Registry,
    key: &Keypair,
    calls: Vec<(T, Call)>,
    mut told: impl AsyncFnMut(T, Result<H256>) -> Result<()>,
) -> Result<()> {
    let account = AccountId32(key.public_key().0);
    let mut calls = calls.into_iter();
    loop {
        let mut nonce = registry.next_nonce(&account).await?;
        let mut sent = Vec::new();
        for (what, call) in calls.by_ref().take(TRANSACTIONS) {
            let outcomes = submit(registry, key, &account, &call, nonce).await;
            let refused = outcomes.is_err();
            sent.push((what, outcomes));
            if refused {
                break;
            }
            nonce += 1;
        }
        if sent.is_empty() {
            return Ok(());
        }
        let mut failed = 0;
        for (what, outcomes) in sent {
            let outcome = match outcomes {
                Ok(outcomes) => finished(outcomes).await,
                Err(error) => Err(error),
            };
            failed += usize::from(outcome.is_err());
            told(what, outcome.map_err(anyhow::Error::from)).await?;
        }
        if failed > 0 {
            bail!(
                "{} failed, and what was created stays; import again when the reason is gone: \
                 nothing is done twice",
                super::counted(failed, "row")
            );
        }
    }
}

async fn submit(
    registry: &Registry,
    key: &Keypair,
    account: &AccountId32,
    call: &Call,
    nonce: u64,
) -> Result<impl futures::Stream<Item = registry_client::Outcome> + Unpin, ClientError> {
    let payload = registry.prepare_with_nonce(account, call, nonce).await?;
    let at = registry.at_finalised().await?;
    let signature = MultiSignature::Sr25519(key.sign(&payload.to_sign(&at)?).0);
    let (_, outcomes) = registry.submit(payload.sign_with(&at, &signature)?).await?;
    Ok(outcomes)
}
