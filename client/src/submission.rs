// SPDX-License-Identifier: Apache-2.0
//! Sending signed transactions and learning what became of them.

use crate::{
    AccountId32, AtBlock, Call, ClientError, Config, Refused, Registry, SignerPayload, H256,
};
use codec::{Decode, Encode};
use futures::{Stream, StreamExt};
use subxt::{
    error::DispatchError,
    transactions::{TransactionProgress, TransactionStatus},
    utils::MultiSignature,
};
use subxt_signer::sr25519::Keypair;

/// What became of a transaction.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Outcome {
    /// The node has taken it and tells others.
    Broadcast,
    /// It is in a block that is not final yet.
    InBlock {
        /// Hash of the block.
        block: H256,
    },
    /// It is in a final block and did what it should: done.
    Finalised {
        /// Hash of the block.
        block: H256,
    },
    /// It is in a final block and changed nothing, or will never be in one.
    Failed {
        /// Why.
        reason: Refused,
    },
}

impl Outcome {
    /// Whether nothing more will happen.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Finalised { .. } | Self::Failed { .. })
    }
}

impl Registry {
    /// Signs a call with a key and waits until it is final.
    pub async fn execute(&self, key: &Keypair, call: &Call) -> Result<H256, ClientError> {
        let (encoded, _) = self.sign(key, call).await?;
        let (_, outcomes) = self.submit(encoded).await?;
        finished(outcomes).await
    }

    /// Signs a call with a key: the transaction, and the last height that can hold it.
    pub async fn sign(&self, key: &Keypair, call: &Call) -> Result<(Vec<u8>, u64), ClientError> {
        let account = AccountId32(key.public_key().0);
        let payload = self.prepare(&account, call).await?;
        let at = self.at_finalised().await?;
        let signature = key.sign(&payload.to_sign(&at)?);
        let encoded = payload.sign_with(&at, &MultiSignature::Sr25519(signature.0))?;
        let (_, last) = payload.valid_at()?;
        Ok((encoded, last))
    }

    /// Tries a signed transaction on the state of the best block, without sending it, so that what
    /// would fail is refused before it costs its signer a number. What the trial cannot tell, such as
    /// whether others of the same signer come first, is no refusal: the pool and the chain decide.
    pub async fn try_out(&self, encoded: &[u8]) -> Result<(), Refused> {
        let (Ok(at), Ok(answer)) = (
            self.at_finalised().await,
            self.rpc.state_call("BlockBuilder_apply_extrinsic", Some(encoded), None).await,
        ) else {
            return Ok(());
        };
        // `ApplyExtrinsicResult` of the SDK: whether it is valid, and then whether its call worked.
        match answer.split_first() {
            Some((0, result)) => worked(result, &at),
            _ => Ok(()),
        }
    }

    /// Tries a prepared call as [`Self::try_out`] does, before it is signed. Where others of the same
    /// signer wait, it says nothing: those could make possible what is not yet.
    pub async fn rehearse(&self, prepared: &SignerPayload) -> Result<(), Refused> {
        let Ok(call) = prepared.call_bytes() else { return Ok(()) };
        let account = prepared.address.encode();
        let rehearsed = (prepared.address, call).encode();
        let (Ok(at), Ok(nonce), Ok(answer)) = futures::join!(
            self.at_finalised(),
            self.rpc.state_call("AccountNonceApi_account_nonce", Some(&account), None),
            self.rpc.state_call("RehearsalApi_rehearse", Some(&rehearsed), None),
        ) else {
            return Ok(());
        };
        match u32::decode(&mut &nonce[..]) {
            Ok(nonce) if prepared.nonce().ok() == Some(nonce.into()) => worked(&answer, &at),
            _ => Ok(()),
        }
    }

    /// Sends a signed transaction; its hash, and what becomes of it.
    pub async fn submit(
        &self,
        encoded: Vec<u8>,
    ) -> Result<(H256, impl Stream<Item = Outcome> + Send + Unpin + use<>), ClientError> {
        let at = self.at_finalised().await?;
        let transaction = at.tx().from_bytes(encoded);
        let hash = transaction.hash();
        let progress = transaction.submit_and_watch().await.map_err(|error| {
            let message = error_chain(&error);
            match Refused::from_pool(&message) {
                Some(refused) => ClientError::Refused(refused),
                None => subxt::Error::from(error).into(),
            }
        })?;
        // The node says first whether it takes the transaction at all.
        let mut outcomes = Box::pin(outcomes(progress));
        match outcomes.next().await {
            Some(Outcome::Failed { reason }) => Err(reason.into()),
            first => Ok((hash, Box::pin(futures::stream::iter(first).chain(outcomes)))),
        }
    }
}

/// Whether a call worked, by the `DispatchResult` of the SDK.
fn worked(result: &[u8], at: &AtBlock) -> Result<(), Refused> {
    let [1, error @ ..] = result else { return Ok(()) };
    match DispatchError::decode_from(error, at.metadata()) {
        Ok(error) => Err(Refused::from_dispatch(&error)),
        Err(_) => Ok(()),
    }
}

/// The hash of the final block, or the reason of the failure.
pub async fn finished(
    mut outcomes: impl Stream<Item = Outcome> + Unpin,
) -> Result<H256, ClientError> {
    while let Some(outcome) = outcomes.next().await {
        match outcome {
            Outcome::Finalised { block } => return Ok(block),
            Outcome::Failed { reason } => return Err(reason.into()),
            Outcome::Broadcast | Outcome::InBlock { .. } => {}
        }
    }
    Err(ClientError::Invalid("the node stopped telling what became of the transaction".into()))
}

type Progress = TransactionProgress<Config, subxt::client::OnlineClientAtBlockImpl<Config>>;

fn outcomes(progress: Progress) -> impl Stream<Item = Outcome> + Send {
    futures::stream::unfold(Some(progress), |progress| async {
        let mut progress = progress?;
        loop {
            let outcome = match progress.next().await? {
                Ok(TransactionStatus::Validated | TransactionStatus::Broadcasted) => {
                    Outcome::Broadcast
                }
                Ok(TransactionStatus::InBestBlock(block)) => {
                    Outcome::InBlock { block: block.block_hash() }
                }
                Ok(TransactionStatus::InFinalizedBlock(block)) => {
                    let hash = block.block_hash();
                    match block.wait_for_success().await {
                        Ok(_) => Outcome::Finalised { block: hash },
                        Err(error) => Outcome::Failed { reason: reason(&error) },
                    }
                }
                Ok(
                    TransactionStatus::Error { message }
                    | TransactionStatus::Invalid { message }
                    | TransactionStatus::Dropped { message },
                ) => Outcome::Failed { reason: dropped(&message) },
                Ok(_) => continue,
                Err(error) => Outcome::Failed { reason: dropped(&error_chain(&error)) },
            };
            let next = (!outcome.is_final()).then_some(progress);
            return Some((outcome, next));
        }
    })
}

fn reason(error: &subxt::error::TransactionEventsError) -> Refused {
    match error {
        subxt::error::TransactionEventsError::ExtrinsicFailed(dispatch) => {
            Refused::from_dispatch(dispatch)
        }
        other => dropped(&error_chain(other)),
    }
}

fn dropped(message: &str) -> Refused {
    Refused::from_pool(message).unwrap_or_else(|| Refused {
        code: "Pool.Dropped".to_owned(),
        sentence: format!("The node dropped the transaction: {message}"),
    })
}

fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
