// SPDX-License-Identifier: Apache-2.0
//! What the bridge keeps.

use crate::BridgeId;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use registry_primitives::{
    itmo::{quorum, BridgeSettings, EventKey, Facts, ReadFailure, MAX_OPERATORS},
    BlockNumber, ContentHash, ProjectId, MAX_TONNES,
};
use scale_info::TypeInfo;
use sp_runtime::DispatchError;

/// Number of a case, from 1.
pub type CaseId = u32;

/// The fewest blocks of a round: there must be time to read and to answer.
const SHORTEST_WINDOW: BlockNumber = 10;
/// The most blocks between rounds: a year of three-second blocks.
const LONGEST_INTERVAL: BlockNumber = 365 * 28_800;

/// Declares types with the derives that storage and events need.
macro_rules! stored {
    ($($(#[$attribute:meta])* pub $kind:ident $name:ident $(<$parameter:ident>)? { $($body:tt)* })*) => {$(
        $(#[$attribute])*
        #[derive(
            Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq,
            Debug,
        )]
        pub $kind $name $(<$parameter>)? { $($body)* }
    )*};
}

stored! {
    /// A validator that reads the platform.
    pub struct Operator<AccountId> {
        /// Its account.
        pub account: AccountId,
        /// The key that it signs with.
        pub key: BridgeId,
        /// The first round in which it reports.
        pub since: u32,
    }

    /// What is known of an operator's work.
    #[derive(Default)]
    pub struct OperatorRecord {
        /// The last round in which it has read all.
        pub last_round: u32,
        /// The block in which it did.
        pub last_at: BlockNumber,
        /// Rounds in which it has not.
        pub silent: u32,
        /// Observations that differed from what was agreed on.
        pub contradicted: u32,
        /// Why it could not read the platform, the last time that it could not.
        pub failure: Option<ReadFailure>,
    }

    /// A round that is held.
    pub struct Round<AccountId> {
        /// Its number.
        pub number: u32,
        /// The block in which it began.
        pub opened_at: BlockNumber,
        /// The block in which no more reports are taken.
        pub closes_at: BlockNumber,
        /// Who reports in it.
        pub operators: BoundedVec<AccountId, ConstU32<MAX_OPERATORS>>,
        /// How many have read all.
        pub complete: u32,
        /// How many of them say that there is more.
        pub more: u32,
        /// How many were taken off the list before they had read all.
        pub gone: u32,
        /// How many events were agreed on.
        pub agreed: u32,
        /// Whether a pause has cut it short.
        pub cut_short: bool,
    }

    /// How far an operator is in a round.
    #[derive(Default)]
    pub struct Reports {
        /// Reports that it has handed in.
        pub parts: u32,
        /// Observations in them.
        pub observations: u32,
        /// The hash of the last one.
        pub last: ContentHash,
        /// Whether it has read all.
        pub complete: bool,
    }

    /// An operator's observation, by its hash.
    pub struct Vote<AccountId> {
        /// The operator.
        pub operator: AccountId,
        /// What it has seen.
        pub hash: ContentHash,
    }

    /// What is decided of an event.
    pub struct Settlement {
        /// The hash that was agreed on; none if the event was dismissed without agreement.
        pub hash: Option<ContentHash>,
        /// The round.
        pub round: u32,
        /// The block.
        pub at: BlockNumber,
        /// What became of it.
        pub outcome: Outcome,
    }

    /// What became of what was agreed on.
    pub enum Outcome {
        /// It is done, in this project.
        Done(ProjectId),
        /// Credits are issued when the project is authorised.
        Waits,
        /// It was refused; the Government decides.
        Case(CaseId),
        /// The Government decided that it is not acted on.
        Dismissed,
    }

    /// Something that the Government decides.
    pub struct Case<AccountId> {
        /// What it is about.
        pub key: EventKey,
        /// The round in which it was opened, or last seen again.
        pub round: u32,
        /// The block in which it was opened.
        pub opened_at: BlockNumber,
        /// Why.
        pub cause: Cause<AccountId>,
        /// How it ended; none while it is open.
        pub closure: Option<Closure>,
    }

    /// Why there is a case.
    pub enum Cause<AccountId> {
        /// Operators have seen different things, and not enough of them the same.
        Disagreement(Ballot<AccountId>),
        /// All that have seen something have seen the same, but they are not enough.
        TooFew(Ballot<AccountId>),
        /// It was agreed on, and refused by a check.
        Refused {
            /// The facts, to try it again.
            facts: Facts,
            /// Their hash.
            hash: ContentHash,
            /// Why it was refused.
            error: DispatchError,
        },
    }

    /// How a case ended.
    #[derive(Copy)]
    pub enum Closure {
        /// A later round has agreed.
        Agreed,
        /// It was tried again and done.
        Retried,
        /// It is not acted on.
        Dismissed,
    }
}

/// Everybody's observation of an event.
pub type Ballot<AccountId> = BoundedVec<Vote<AccountId>, ConstU32<MAX_OPERATORS>>;

/// Whether an account is one of an operator that is still on the list, and was when the round began.
pub fn speaks<AccountId: PartialEq>(
    account: &AccountId,
    round: u32,
    operators: &[Operator<AccountId>],
) -> bool {
    operators.iter().any(|each| each.account == *account && each.since <= round)
}

impl<AccountId> Round<AccountId> {
    /// How many operators must say the same.
    pub fn quorum(&self) -> u32 {
        quorum(self.operators.len() as u32)
    }

    /// Whether nobody is waited for.
    pub fn is_complete(&self) -> bool {
        self.complete.saturating_add(self.gone) as usize >= self.operators.len()
    }
}

/// Whether the bridge can work like this.
pub fn are_possible(settings: &BridgeSettings) -> bool {
    let BridgeSettings { estimate, issuance, interval, window } = *settings;
    (1..=MAX_TONNES).contains(&estimate)
        && (1..=estimate).contains(&issuance)
        && (window..=LONGEST_INTERVAL).contains(&interval)
        && window >= SHORTEST_WINDOW
}
