// SPDX-License-Identifier: Apache-2.0
//! When a development chain seals a block: as soon as a transaction comes.
//!
//! `run_instant_seal_and_finalize` of the SDK does the same, and stands still where a block has no
//! room for the transaction that it is made for. The last block of a session is such a block: the
//! change of the session may take all of it.

use crate::service::FullClient;
use futures::{stream, Stream, StreamExt};
use registry_runtime::Hash;
use sc_consensus_manual_seal::EngineCommand;
use sc_transaction_pool_api::TransactionPool;
use sp_blockchain::HeaderBackend;
use std::{sync::Arc, time::Duration};

/// How long transactions wait until a block is made without them.
const PATIENCE: Duration = Duration::from_millis(500);

/// Orders to seal a block, which is final at once.
pub fn orders(
    client: Arc<FullClient>,
    pool: Arc<impl TransactionPool + 'static>,
) -> impl Stream<Item = EngineCommand<Hash>> + Unpin {
    let seal = |create_empty| EngineCommand::SealNewBlock {
        create_empty,
        finalize: true,
        parent_hash: None,
        sender: None,
    };
    let come = pool.import_notification_stream().map(move |_| seal(false));
    let wait = stream::unfold(client, |client| async {
        let before = client.info().best_number;
        tokio::time::sleep(PATIENCE).await;
        Some((client.info().best_number == before, client))
    });
    let wait = wait.filter_map(move |still| {
        let stuck = still && pool.status().ready > 0;
        async move { stuck.then(|| seal(true)) }
    });
    stream::select(come, wait.boxed())
}
