// SPDX-License-Identifier: Apache-2.0
//! Officers: keys that sign calls, one after the other without waiting.

use anyhow::{Context, Result};
use futures::future::try_join_all;
use registry_client::{payload, AccountId32, AtBlock, Call, Registry, H256};
use std::str::FromStr;
use subxt_signer::{sr25519::Keypair, SecretUri};

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

/// Sends calls at once, each officer's in the order given, and waits until all are final.
pub async fn all(registry: &Registry, calls: Vec<(Officer, Call)>) -> Result<Vec<H256>> {
    let mut nonces = std::collections::BTreeMap::new();
    let mut running = Vec::new();
    for (officer, call) in calls {
        let account = officer.account();
        let next = match nonces.get(&account.0) {
            Some(next) => *next,
            None => registry.next_nonce(&account).await?,
        };
        nonces.insert(account.0, next + 1);
        let encoded = officer.sign(registry, &call, next).await?;
        let (_, outcomes) = registry
            .submit(encoded)
            .await
            .with_context(|| format!("refused: {}", call.in_words()))?;
        running.push(async move {
            registry_client::finished(outcomes)
                .await
                .with_context(|| format!("failed: {}", call.in_words()))
        });
    }
    try_join_all(running).await
}
