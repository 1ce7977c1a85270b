// SPDX-License-Identifier: Apache-2.0
//! What the chain is loaded with.

use super::{
    setup::{Chain, Organisation, HOLDINGS},
    signing::{EncodedCall, Job},
};
use anyhow::{ensure, Result};
use registry_client::{chain, Call};
use registry_primitives::{credit::Part, OrganisationId, SerialNumber};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};
use subxt_signer::sr25519::Keypair;

/// A kind of transaction that fills blocks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, clap::ValueEnum)]
pub enum Workload {
    /// `System.remark` of 32 bytes: a transaction that does nothing, for comparison.
    Remark,
    /// One tonne split off a block of the sender's organisation and moved to another organisation.
    Transfer,
    /// 64 such parts, each of another block, in one transaction.
    Batched,
    /// A whole block of one tonne moved; moves what the two before have split off.
    Whole,
}

impl Workload {
    /// As it is written on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Remark => "remark",
            Self::Transfer => "transfer",
            Self::Batched => "batched",
            Self::Whole => "whole",
        }
    }

    /// Whether tonnes are split off the blocks that were issued.
    pub fn splits(self) -> bool {
        matches!(self, Self::Transfer | Self::Batched)
    }

    /// Blocks of credits that one transaction moves.
    pub fn moves(self) -> u64 {
        match self {
            Self::Remark => 0,
            Self::Transfer | Self::Whole => 1,
            Self::Batched => HOLDINGS as u64,
        }
    }
}

/// Who sends, in the order in which they send: an officer of each organisation, then the next.
///
/// Two transactions of one account are thus as far from each other as they can be, and so are two
/// that split the same block: one officer always splits the same one.
pub struct Load {
    workload: Workload,
    officers: Vec<(Arc<Keypair>, Source)>,
    next: usize,
}

/// Where the calls of an officer come from.
enum Source {
    /// The same call every time.
    Same(Arc<EncodedCall>),
    /// The next whole block of an organisation, to another organisation.
    Next { from: OrganisationId, to: OrganisationId },
}

/// Whole blocks of one tonne by owner.
pub type Whole = BTreeMap<OrganisationId, VecDeque<SerialNumber>>;

impl Load {
    /// The senders of a workload.
    pub fn new(workload: Workload, chain: &Chain, organisations: &[Organisation]) -> Result<Self> {
        ensure!(organisations.len() > 1, "it takes two organisations to transfer");
        let offline = &chain.offline;
        let remark = {
            let call = chain::tx().system().remark(vec![7; 32]);
            EncodedCall::from_bytes(offline, &offline.tx().call_data(&call)?)?
        };
        let mut officers = Vec::new();
        let most = organisations.iter().map(|each| each.officers.len()).max().unwrap_or(0);
        for position in 0..most {
            let receivers = organisations.iter().cycle().skip(1);
            for (sender, receiver) in organisations.iter().zip(receivers) {
                let Some(key) = sender.officers.get(position) else { continue };
                let transfer = |starts: &[SerialNumber]| {
                    let part = |start: &SerialNumber| Part { start: *start, quantity: 1 };
                    let parts = starts.iter().map(part).collect();
                    let call = Call::Transfer { parts, to: receiver.id, reference: None };
                    EncodedCall::new(offline, &call)
                };
                let source = match workload {
                    Workload::Remark => Source::Same(remark.clone()),
                    Workload::Transfer => {
                        let own = position % HOLDINGS;
                        Source::Same(transfer(&sender.holdings[own..=own])?)
                    }
                    Workload::Batched => Source::Same(transfer(&sender.holdings[..HOLDINGS])?),
                    Workload::Whole => Source::Next { from: sender.id, to: receiver.id },
                };
                officers.push((key.clone(), source));
            }
        }
        Ok(Self { workload, officers, next: 0 })
    }

    /// The next transactions: as many as asked, or fewer if no whole blocks are left.
    pub fn take(&mut self, count: usize, chain: &mut Chain, whole: &mut Whole) -> Result<Vec<Job>> {
        let mut jobs = Vec::with_capacity(count);
        let mut empty = 0;
        while jobs.len() < count && empty < self.officers.len() {
            let (key, source) = &self.officers[self.next];
            self.next = (self.next + 1) % self.officers.len();
            let call = match source {
                Source::Same(call) => call.clone(),
                Source::Next { from, to } => {
                    let Some(start) = whole.get_mut(from).and_then(VecDeque::pop_front) else {
                        empty += 1;
                        continue;
                    };
                    let parts = vec![Part { start, quantity: 1 }];
                    let call = Call::Transfer { parts, to: *to, reference: None };
                    EncodedCall::new(&chain.offline, &call)?
                }
            };
            empty = 0;
            jobs.push(chain.job(key, &call));
        }
        ensure!(
            !jobs.is_empty() || count == 0,
            "there are no whole blocks of one tonne to move; name transfer or batched before {}",
            self.workload.name()
        );
        Ok(jobs)
    }
}
