// SPDX-License-Identifier: Apache-2.0
//! Reports: checked before they are taken, counted, and agreed on.

use crate::{
    speaks, Ballots, BridgeSignature, Config, CurrentRound, Event, Operator, Operators, Pallet,
    Reading, Records, Reports, Round, Settled, Vote,
};
use alloc::vec;
use codec::Encode;
use frame_support::{
    ensure,
    pallet_prelude::{
        InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction, Weight,
    },
    traits::Defensive,
};
use frame_system::pallet_prelude::BlockNumberFor;
use registry_primitives::{
    itmo::{Observation, Platform, Progress, Report, MAX_PER_ROUND},
    ContentHash,
};
use sp_runtime::{
    traits::{BlakeTwo256, Hash, Zero},
    DispatchResult, RuntimeAppPublic,
};

/// The platform that operators read.
pub(crate) const PLATFORM: Platform = Platform::Undp;

/// `InvalidTransaction::Custom` of a report that no check would let pass.
pub const NOT_A_REPORT: u8 = 4;

/// Reports go before everything but governance.
const PRIORITY: u64 = 1 << 31;

/// The hash of an observation.
pub(crate) fn hash_of(observation: &Observation) -> ContentHash {
    ContentHash(BlakeTwo256::hash(&observation.canonical_bytes(PLATFORM)).0)
}

/// The hash of a report, by which its operator knows it again.
pub(crate) fn hash_of_report(report: &Report) -> ContentHash {
    ContentHash(BlakeTwo256::hash_of(report).0)
}

impl<T: Config> Pallet<T> {
    /// What an operator signs on this chain.
    pub(crate) fn payload(operator: &T::AccountId, report: &Report) -> vec::Vec<u8> {
        // Never pruned, unlike the hashes of other blocks.
        let genesis_hash = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        report.payload(&genesis_hash, operator)
    }

    /// Whether a report is one of an operator of the round that is held, and its next.
    pub(crate) fn authorise_report(
        source: TransactionSource,
        operator: &T::AccountId,
        report: &Report,
        signature: &BridgeSignature,
    ) -> Result<(ValidTransaction, Weight), TransactionValidityError> {
        let round = CurrentRound::<T>::get().ok_or(InvalidTransaction::Stale)?;
        let now = Self::now();
        ensure!(round.number == report.round && now < round.closes_at, InvalidTransaction::Stale);
        ensure!(round.operators.contains(operator), InvalidTransaction::BadSigner);
        let known = Self::operator(operator).filter(|each| each.since <= round.number);
        let key = known.ok_or(InvalidTransaction::BadSigner)?.key;

        let reports = Reading::<T>::get(operator).unwrap_or_default();
        ensure!(!reports.complete && report.part >= reports.parts, InvalidTransaction::Stale);
        let follows = report.part > reports.parts;
        ensure!(!follows || source != TransactionSource::InBlock, InvalidTransaction::Future);
        let observations = (report.observations.len() as u32).saturating_add(reports.observations);
        ensure!(
            observations <= MAX_PER_ROUND
                && report.part <= MAX_PER_ROUND
                && report.observations.iter().all(Observation::is_valid),
            InvalidTransaction::Custom(NOT_A_REPORT)
        );
        ensure!(
            key.verify(&Self::payload(operator, report), signature),
            InvalidTransaction::BadProof
        );

        let tag = |part: u32| ("itmo", operator, report.round, part).encode();
        let valid = ValidTransaction {
            priority: PRIORITY,
            requires: if follows { vec![tag(report.part - 1)] } else { vec![] },
            provides: vec![tag(report.part)],
            longevity: u64::from(round.closes_at - now),
            propagate: true,
        };
        Ok((valid, Weight::zero()))
    }

    /// Counts a report that was authorised in this block.
    pub(crate) fn do_observe(operator: &T::AccountId, report: Report) -> DispatchResult {
        let Some(mut round) = CurrentRound::<T>::get().defensive() else { return Ok(()) };
        let mut reports = Reading::<T>::get(operator).unwrap_or_default();
        reports.parts = report.part.saturating_add(1);
        reports.observations =
            reports.observations.saturating_add(report.observations.len() as u32);
        reports.last = hash_of_report(&report);
        let operators = Operators::<T>::get();
        for observation in report.observations {
            let agreed = Self::count(operator, observation, &round, &operators);
            round.agreed = round.agreed.saturating_add(u32::from(agreed));
        }
        match report.progress {
            Progress::Continues => {}
            Progress::Failed(failure) => {
                Records::<T>::mutate(operator, |record| record.failure = Some(failure));
                let (round, operator) = (round.number, operator.clone());
                Self::deposit_event(Event::ReadingFailed { round, operator, failure });
            }
            Progress::Complete { unreadable, more } => {
                Self::complete(operator, &mut round, &mut reports, unreadable, more);
            }
        }
        Reading::<T>::insert(operator, reports);
        CurrentRound::<T>::put(round);
        Ok(())
    }

    fn complete(
        operator: &T::AccountId,
        round: &mut Round<T::AccountId>,
        reports: &mut Reports,
        unreadable: u32,
        more: bool,
    ) {
        reports.complete = true;
        round.complete = round.complete.saturating_add(1);
        round.more = round.more.saturating_add(u32::from(more));
        if round.is_complete() {
            round.closes_at = Self::now();
        }
        let (last_round, last_at) = (round.number, Self::now());
        Records::<T>::mutate(operator, |record| {
            (record.last_round, record.last_at, record.failure) = (last_round, last_at, None);
        });
        Self::deposit_event(Event::ReadingCompleted {
            round: round.number,
            operator: operator.clone(),
            observations: reports.observations,
            unreadable,
            more,
        });
    }

    /// Counts one observation; acts if it is the last that is needed, and says whether it was.
    fn count(
        operator: &T::AccountId,
        observation: Observation,
        round: &Round<T::AccountId>,
        operators: &[Operator<T::AccountId>],
    ) -> bool {
        let key = observation.key(PLATFORM);
        let hash = hash_of(&observation);
        if let Some(settled) = Settled::<T>::get(&key) {
            if settled.hash.is_some_and(|agreed| agreed != hash) {
                Self::note_contradiction(operator, round.number, operators);
                let (round, operator) = (round.number, operator.clone());
                Self::deposit_event(Event::ObservationContradicted { round, operator, key, hash });
            }
            return false;
        }
        let mut ballot = Ballots::<T>::get(&key).unwrap_or_default();
        if ballot.iter().any(|vote| vote.operator == *operator) {
            return false;
        }
        if ballot.try_push(Vote { operator: operator.clone(), hash }).is_err() {
            // There are no more operators than there is room.
            return false;
        }
        let agreeing = ballot.iter().filter(|vote| vote.hash == hash);
        let agreeing =
            agreeing.filter(|vote| speaks(&vote.operator, round.number, operators)).count();
        if (agreeing as u32) < round.quorum() {
            Ballots::<T>::insert(key, ballot);
            return false;
        }
        Ballots::<T>::remove(&key);
        for vote in ballot.iter().filter(|vote| vote.hash != hash) {
            Self::note_contradiction(&vote.operator, round.number, operators);
        }
        Self::deposit_event(Event::EventAgreed {
            round: round.number,
            key: key.clone(),
            facts: observation.facts.clone(),
            hash,
            observed: ballot,
        });
        Self::settle(key, observation.facts, hash, round.number);
        true
    }

    fn note_contradiction(
        operator: &T::AccountId,
        round: u32,
        operators: &[Operator<T::AccountId>],
    ) {
        if speaks(operator, round, operators) {
            Records::<T>::mutate(operator, |record| {
                record.contradicted = record.contradicted.saturating_add(1);
            });
        }
    }
}
