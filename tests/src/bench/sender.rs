// SPDX-License-Identifier: Apache-2.0
//! Several connections that hand transactions to nodes.

use super::heads::Rpc;
use anyhow::{anyhow, Result};
use futures::{
    channel::mpsc::{unbounded, UnboundedSender},
    StreamExt,
};
use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicU64, Ordering::Relaxed},
        Arc, Mutex, PoisonError,
    },
    time::Duration,
};
use subxt_rpcs::client::RpcClient;
use tokio::task::JoinHandle;

/// Requests of one connection that wait for their answers at once.
const IN_FLIGHT: usize = 32;
/// How often a transaction that the pool refuses is offered again, and after how long.
const ATTEMPTS: u32 = 4;
const PAUSE: Duration = Duration::from_millis(750);

/// What became of what was sent.
#[derive(Default)]
struct Counts {
    accepted: AtomicU64,
    refused: AtomicU64,
    /// What nodes answered when they refused, and how often.
    answers: Mutex<BTreeMap<String, u64>>,
}

impl Counts {
    fn note(&self, answer: String) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        *answers.entry(answer).or_default() += 1;
    }
}

/// The connections, in turn to each of the nodes.
pub struct Sender {
    lanes: Vec<UnboundedSender<Vec<u8>>>,
    tasks: Vec<JoinHandle<()>>,
    counts: Arc<Counts>,
}

impl Sender {
    /// Connects.
    pub async fn connect(urls: &[String], connections: usize) -> Result<Self> {
        let counts = Arc::<Counts>::default();
        let (mut lanes, mut tasks) = (Vec::new(), Vec::new());
        for url in urls.iter().cycle().take(connections.max(urls.len())) {
            let rpc = Rpc::new(RpcClient::from_insecure_url(url).await?);
            let (lane, transactions) = unbounded::<Vec<u8>>();
            let counts = counts.clone();
            tasks.push(tokio::spawn(async move {
                let submit = |transaction| submit(&rpc, &counts, transaction);
                transactions.for_each_concurrent(IN_FLIGHT, submit).await;
            }));
            lanes.push(lane);
        }
        Ok(Self { lanes, tasks, counts })
    }

    /// Sends a transaction of an account; all of one account go over the same connection.
    pub fn send(&self, account: &[u8; 32], transaction: Vec<u8>) -> Result<()> {
        self.lanes[usize::from(account[0]) % self.lanes.len()]
            .unbounded_send(transaction)
            .map_err(|_| anyhow!("a connection for sending has ended"))
    }

    /// Transactions that nodes have taken, and that they have refused for good.
    pub fn answered(&self) -> (u64, u64) {
        (self.counts.accepted.load(Relaxed), self.counts.refused.load(Relaxed))
    }

    /// What nodes answered when they refused, offers repeated included.
    pub fn refusals(&self) -> BTreeMap<String, u64> {
        self.counts.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn submit(rpc: &Rpc, counts: &Counts, transaction: Vec<u8>) {
    for attempt in 1..=ATTEMPTS {
        let error = match rpc.author_submit_extrinsic(&transaction).await {
            Ok(_) => {
                counts.accepted.fetch_add(1, Relaxed);
                return;
            }
            Err(error) => error.to_string(),
        };
        counts.note(error);
        if attempt < ATTEMPTS {
            tokio::time::sleep(PAUSE).await;
        }
    }
    counts.refused.fetch_add(1, Relaxed);
}
