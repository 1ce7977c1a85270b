// SPDX-License-Identifier: Apache-2.0
//! A stream of transactions that loses none: what a careful client does.

use super::chain::call;
use crate::Officer;
use anyhow::{ensure, Context, Result};
use registry_client::{AtBlock, Registry};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// How long a client waits before it looks at its transactions again.
const TICK: Duration = Duration::from_millis(500);
/// How long it waits for a transaction that the node took before it sends it once more.
const PATIENCE: Duration = Duration::from_secs(45);
/// How long after its last transaction all must be final: longer than any is valid.
const LOST: Duration = Duration::from_secs(240);

/// One signer's part of the stream.
pub struct Sent {
    pub signer: Officer,
    /// The number of its first transaction.
    pub first: u64,
    /// What each transaction says, in the order of their numbers.
    pub remarks: Vec<Vec<u8>>,
    /// How many were taken once more, signed again because the runtime had another version by then.
    pub signed_again: u32,
    /// How often the node refused one, which was then tried again.
    pub refused: u32,
}

/// Sends a remark each [`TICK`] until told to stop, and then waits until all are final.
///
/// The client signs for the version of the runtime of the last finalised block. As soon as that
/// changes, it signs again what is not final yet, since the chain takes only the version it runs.
pub async fn stream(registry: &Registry, signer: Officer, stop: &AtomicBool) -> Result<Sent> {
    let account = signer.account();
    let name = hex::encode(&account.0[..4]);
    let first = registry.next_nonce(&account).await?;
    let mut sent = Sent { signer, first, remarks: vec![], signed_again: 0, refused: 0 };
    // With which version, and when, the node last took each transaction.
    let mut taken = BTreeMap::<u64, (u32, Instant)>::new();
    let mut stopped = None;
    loop {
        let stopping = stop.load(Ordering::Relaxed);
        if !stopping {
            let number = sent.remarks.len();
            sent.remarks.push(format!("{name} says {number}").into_bytes());
        }
        let at = registry.at_finalised().await?;
        let version = at.spec_version();
        let last = first + sent.remarks.len() as u64;
        let done = at.tx().account_nonce(&account).await?;
        if stopping && done == last {
            return Ok(sent);
        }
        if stopping {
            let since = stopped.get_or_insert_with(Instant::now);
            ensure!(
                since.elapsed() < LOST,
                "{} transactions of {name} are still not final",
                last.saturating_sub(done)
            );
        }
        ensure!(done <= last, "somebody else signs as {name}");
        for nonce in done..last {
            let before = taken.get(&nonce).copied();
            if before.is_some_and(|(known, when)| known == version && when.elapsed() < PATIENCE) {
                continue;
            }
            let remark = sent.remarks.get((nonce - first) as usize).context("a remark")?;
            let remark = call(&at, "System", "remark", remark)?;
            let signed = sent.signer.sign_encoded(registry, &at, &remark, nonce)?;
            match registry.rpc.author_submit_extrinsic(&signed).await {
                // In a block already, or known: whether it becomes final is seen in a moment.
                Err(error) if !says(&error, "outdated") && !says(&error, "already imported") => {
                    sent.refused += 1;
                }
                done => {
                    let again = before.is_some_and(|(known, _)| known != version);
                    sent.signed_again += u32::from(again && done.is_ok());
                    taken.insert(nonce, (version, Instant::now()));
                }
            }
        }
        tokio::time::sleep(TICK).await;
    }
}

fn says(error: &subxt_rpcs::Error, words: &str) -> bool {
    format!("{error:?}").to_lowercase().contains(words)
}

/// Counts the remarks in a block, by what they say and with the nonce of each.
pub async fn remarks(at: &AtBlock, found: &mut BTreeMap<Vec<u8>, Vec<u64>>) -> Result<()> {
    for extrinsic in at.extrinsics().fetch().await?.iter() {
        let extrinsic = extrinsic?;
        if (extrinsic.pallet_name(), extrinsic.call_name()) != ("System", "remark") {
            continue;
        }
        let mut fields = extrinsic.call_data_field_bytes();
        let remark = <Vec<u8> as codec::Decode>::decode(&mut fields)?;
        let nonce = extrinsic
            .transaction_extensions()
            .and_then(|extensions| extensions.nonce())
            .context("a remark is signed")?;
        found.entry(remark).or_default().push(nonce);
    }
    Ok(())
}
