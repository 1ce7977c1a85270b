// SPDX-License-Identifier: Apache-2.0
//! Transactions sent through this portal, and what became of them.

use crate::{i18n::Language, problem};
use futures::{Stream, StreamExt};
use registry_client::{Outcome, Refused};
use serde::Serialize;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};
use tokio::sync::watch;
use utoipa::ToSchema;

/// Transactions that are remembered; older ones are found in the indexer's tables.
const REMEMBERED: usize = 10_000;

/// Where a transaction is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The node has it and tells others.
    Broadcast,
    /// It is in a block that is not final yet.
    InBlock,
    /// It is in a final block and did what it should: done.
    Finalised,
    /// It is in a final block and changed nothing, or will never be in one.
    Failed,
}

/// Why a transaction failed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Reason {
    /// The chain's name of it.
    #[schema(example = "Credits.NotTheOwner")]
    pub code: String,
    /// A sentence.
    pub sentence: String,
}

impl From<Refused> for Reason {
    fn from(Refused { code, sentence }: Refused) -> Self {
        Self { code, sentence }
    }
}

/// A transaction and where it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Submission {
    /// Hash of the transaction.
    pub hash: String,
    /// Where it is.
    pub status: Stage,
    /// Hash of the block that it is in.
    pub block: Option<String>,
    /// Height of that block, once the indexer has written it.
    pub height: Option<i64>,
    /// Why it failed.
    pub reason: Option<Reason>,
}

impl Submission {
    /// A transaction that the node has taken.
    pub fn broadcast(hash: String) -> Self {
        Self { hash, status: Stage::Broadcast, block: None, height: None, reason: None }
    }

    /// Whether nothing more will happen.
    pub fn is_final(&self) -> bool {
        matches!(self.status, Stage::Finalised | Stage::Failed)
    }

    /// Whether it is final by the word of a block: a pool that loses a transaction from sight does
    /// not know what becomes of it elsewhere.
    pub fn is_certain(&self) -> bool {
        match &self.reason {
            Some(reason) => !reason.code.starts_with("Pool."),
            None => self.is_final(),
        }
    }

    /// The same in a language.
    pub fn told_in(self, language: Language) -> Self {
        let told = |it: Reason| {
            let sentence = problem::words(language, &it.code, &it.sentence);
            Reason { sentence, ..it }
        };
        Self { reason: self.reason.map(told), ..self }
    }

    fn after(self, outcome: Outcome) -> Self {
        match outcome {
            Outcome::Broadcast => Self { status: Stage::Broadcast, block: None, ..self },
            Outcome::InBlock { block } => {
                Self { status: Stage::InBlock, block: Some(format!("{block:?}")), ..self }
            }
            Outcome::Finalised { block } => {
                Self { status: Stage::Finalised, block: Some(format!("{block:?}")), ..self }
            }
            Outcome::Failed { reason } => {
                Self { status: Stage::Failed, reason: Some(reason.into()), ..self }
            }
        }
    }
}

/// The transactions sent through this portal.
#[derive(Clone, Default)]
pub struct Submissions(Arc<Mutex<Remembered>>);

#[derive(Default)]
struct Remembered {
    by_hash: HashMap<String, watch::Receiver<Submission>>,
    /// Hashes, the oldest first.
    order: VecDeque<String>,
}

impl Submissions {
    /// Follows a transaction until nothing more will happen to it.
    pub fn follow(
        &self,
        hash: String,
        mut outcomes: impl Stream<Item = Outcome> + Send + Unpin + 'static,
    ) {
        let (sender, receiver) = watch::channel(Submission::broadcast(hash.clone()));
        self.remember(hash, receiver);
        tokio::spawn(async move {
            while let Some(outcome) = outcomes.next().await {
                sender.send_modify(|submission| *submission = submission.clone().after(outcome));
            }
        });
    }

    fn remember(&self, hash: String, receiver: watch::Receiver<Submission>) {
        let Ok(mut remembered) = self.0.lock() else { return };
        if remembered.by_hash.insert(hash.clone(), receiver).is_none() {
            remembered.order.push_back(hash);
        }
        if remembered.order.len() > REMEMBERED {
            if let Some(oldest) = remembered.order.pop_front() {
                remembered.by_hash.remove(&oldest);
            }
        }
    }

    /// A transaction by its hash, and all that will become of it.
    pub fn find(&self, hash: &str) -> Option<watch::Receiver<Submission>> {
        self.0.lock().ok()?.by_hash.get(hash).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use registry_client::H256;

    fn submission() -> Submission {
        Submission::broadcast("0x01".into())
    }

    #[test]
    fn outcomes_become_stages() {
        let block = H256::repeat_byte(7);
        let there = submission().after(Outcome::InBlock { block });
        assert_eq!((there.status, there.is_final()), (Stage::InBlock, false));
        assert_eq!(there.block.as_deref(), Some(&*format!("0x{}", "07".repeat(32))));
        let done = there.after(Outcome::Finalised { block });
        assert_eq!((done.status, done.is_final()), (Stage::Finalised, true));
        let reason = Refused { code: "A.B".into(), sentence: "C.".into() };
        let failed = submission().after(Outcome::Failed { reason });
        assert!(failed.is_final());
        assert!(failed.is_certain());
        assert_eq!(failed.reason.unwrap().code, "A.B");
        let reason = Refused { code: "Pool.Dropped".into(), sentence: "C.".into() };
        let lost = submission().after(Outcome::Failed { reason });
        assert!(lost.is_final() && !lost.is_certain());
        assert!(!submission().is_certain());
    }

    #[tokio::test]
    async fn a_followed_transaction_can_be_found_until_it_is_forgotten() {
        let submissions = Submissions::default();
        let outcomes = vec![Outcome::Broadcast, Outcome::Finalised { block: H256::zero() }];
        submissions.follow("0x01".into(), futures::stream::iter(outcomes));
        let mut found = submissions.find("0x01").unwrap();
        found.wait_for(Submission::is_final).await.unwrap();
        assert!(submissions.find("0x02").is_none());
        for n in 0..REMEMBERED {
            submissions.remember(format!("later {n}"), watch::channel(submission()).1);
        }
        assert!(submissions.find("0x01").is_none());
        assert!(submissions.find("later 0").is_some());
    }
}
