// SPDX-License-Identifier: Apache-2.0
//! Rounds: opened, and closed a few events at a time.

use crate::{
    speaks, Ballots, Config, CurrentRound, Event, LastRound, NextRoundAt, Operators, Pallet,
    Paused, Reading, Records, Round, Settings, WeightInfo,
};
use frame_support::{
    traits::{ConstU32, DefensiveTruncateFrom},
    weights::Weight,
    BoundedVec,
};
use registry_primitives::itmo::MAX_OPERATORS;

/// Events without agreement that one block makes cases of.
pub(crate) const CASES_PER_BLOCK: u32 = 8;

impl<T: Config> Pallet<T> {
    /// Opens the round that is due, or takes the next step to close the one that is over.
    pub(crate) fn step_rounds() -> Weight {
        match CurrentRound::<T>::get() {
            Some(round) if Self::now() >= round.closes_at => Self::close(round),
            Some(_) => T::WeightInfo::idle(),
            None => Self::open_if_due(),
        }
    }

    fn open_if_due() -> Weight {
        if Paused::<T>::exists() || Self::now() < NextRoundAt::<T>::get() {
            return T::WeightInfo::idle();
        }
        let operators = Operators::<T>::get();
        let count = operators.len() as u32;
        let Some(number) = LastRound::<T>::get().checked_add(1).filter(|_| count > 0) else {
            return T::WeightInfo::idle();
        };
        let opened_at = Self::now();
        let closes_at = opened_at.saturating_add(Settings::<T>::get().window);
        let accounts = operators.into_iter().map(|operator| operator.account).collect();
        let operators = BoundedVec::<_, ConstU32<MAX_OPERATORS>>::defensive_truncate_from(accounts);

        LastRound::<T>::put(number);
        CurrentRound::<T>::put(Round {
            number,
            opened_at,
            closes_at,
            operators: operators.clone(),
            complete: 0,
            more: 0,
            gone: 0,
            agreed: 0,
            cut_short: false,
        });
        Self::deposit_event(Event::RoundOpened { round: number, closes_at, operators });
        T::WeightInfo::open_round(count)
    }

    /// Makes cases of some of what was not agreed on; when none is left, ends the round.
    fn close(round: Round<T::AccountId>) -> Weight {
        let left: alloc::vec::Vec<_> =
            Ballots::<T>::iter().take(CASES_PER_BLOCK as usize).collect();
        if !left.is_empty() {
            let count = left.len() as u32;
            let operators = Operators::<T>::get();
            for (key, mut ballot) in left {
                Ballots::<T>::remove(&key);
                ballot.retain(|vote| speaks(&vote.operator, round.number, &operators));
                Self::open_disagreement(key, ballot, &round);
            }
            return T::WeightInfo::close_ballots(count);
        }
        let count = round.operators.len() as u32;
        let operators = Operators::<T>::get();
        let mut silent = alloc::vec::Vec::new();
        for operator in &round.operators {
            let complete = Reading::<T>::take(operator).is_some_and(|reports| reports.complete);
            let listed = speaks(operator, round.number, &operators);
            // Where a pause has cut the round short, nobody is to blame.
            if !complete && listed && !round.cut_short {
                Records::<T>::mutate(operator, |record| {
                    record.silent = record.silent.saturating_add(1);
                });
                silent.push(operator.clone());
            }
        }
        // There is more, and it is not only what is never agreed on: on with it.
        let next = match round.agreed > 0 && round.more >= round.quorum() {
            true => Self::now().saturating_add(1),
            false => {
                let regular = round.opened_at.saturating_add(Settings::<T>::get().interval);
                regular.max(Self::now().saturating_add(1))
            }
        };
        CurrentRound::<T>::kill();
        NextRoundAt::<T>::put(next);
        let (complete, round) = (round.complete, round.number);
        let silent = BoundedVec::defensive_truncate_from(silent);
        Self::deposit_event(Event::RoundClosed { round, complete, silent, next });
        T::WeightInfo::close_round(count)
    }
}
