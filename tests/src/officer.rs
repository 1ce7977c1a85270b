// SPDX-License-Identifier: Apache-2.0
//! Officers: keys that sign calls, one after the other without waiting.

use anyhow::{bail, Context, Result};
use futures::{future::try_join_all, Stream};
use registry_client::{payload, AccountId32, AtBlock, Call, ClientError, Outcome, Registry, H256};
use std::{pin::Pin, str::FromStr};
use subxt_signer::{sr25519::Keypair, SecretUri};

/// What becomes of a transaction.
type Outcomes = Pin<Box<dyn Stream<Item = Outcome> + Send>>;

/// Somebody who signs.
#[derive(Clone)]
pub struct Officer {
    pub key: Keypair,
}

impl Officer {
    /// The officer with a well-known development key, such as `//Alice`.
    pub fn new(uri: &str) -> Result<Self> {
        let uri = SecretUri::from_str(uri).context("a development key is written //Name")?;
        Ok(Self { key: Keypair::from_uri(&uri)? })
    }

    pub fn account(&self) -> AccountId32 {
        AccountId32(self.key.public_key().0)
    }

    /// Signs a call with a nonce.
    pub async fn sign(&self, registry: &Registry, call: &Call, nonce: u64) -> Result<Vec<u8>> {
        let at = registry.at_finalised().await?;
        self.sign_encoded(registry, &at, &call.encode(&at)?, nonce)
    }

    /// Signs and submits a call, again where the chain was faster than its mortality allows.
    async fn submit(&self, registry: &Registry, call: &Call, nonce: u64) -> Result<Outcomes> {
        let mut tries = 1;
        loop {
            let encoded = self.sign(registry, call, nonce).await?;
            match registry.submit(encoded).await {
                Err(error) if is_too_old(&error) && tries < SIGNED_ANEW => tries += 1,
                other => return Ok(Box::pin(other?.1)),
            }
        }
    }

    /// Signs a call in SCALE, also one that officers do not make, for the runtime of a block.
    pub fn sign_encoded(
        &self,
        registry: &Registry,
        at: &AtBlock,
        call: &[u8],
        nonce: u64,
    ) -> Result<Vec<u8>> {
        let payload = registry.prepare_encoded(at, &self.account(), call, nonce)?;
        let signature = self.key.sign(&payload.to_sign(at)?).0;
        let text = format!("0x01{}", hex::encode(signature));
        Ok(payload.sign_with(at, &payload::signature(&text)?)?)
    }
}

/// How often a transaction is signed anew that was too old before a busy chain took it.
const SIGNED_ANEW: usize = 5;

/// Sends calls at once, each officer's in the order given, and waits until all are final.
pub async fn all(registry: &Registry, calls: Vec<(Officer, Call)>) -> Result<Vec<H256>> {
    let mut nonces = std::collections::BTreeMap::new();
    let mut running = Vec::new();
    for (officer, call) in calls {
        let account = officer.account();
        let nonce = match nonces.get(&account.0) {
            Some(next) => *next,
            None => registry.next_nonce(&account).await?,
        };
        nonces.insert(account.0, nonce + 1);
        let mut outcomes = officer
            .submit(registry, &call, nonce)
            .await
            .with_context(|| format!("refused: {}", call.in_words()))?;
        running.push(async move {
            for _ in 0..SIGNED_ANEW {
                match registry_client::finished(outcomes).await {
                    Err(error) if is_too_old(&error) => {}
                    other => return other.with_context(|| format!("failed: {}", call.in_words())),
                }
                outcomes = officer.submit(registry, &call, nonce).await?;
            }
            bail!("too old, however often it was signed: {}", call.in_words())
        });
    }
    try_join_all(running).await
}

fn is_too_old(error: &ClientError) -> bool {
    matches!(error, ClientError::Refused(refused) if refused.code == "Pool.Expired")
}
