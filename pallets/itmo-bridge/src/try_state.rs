// SPDX-License-Identifier: Apache-2.0
//! The invariants of the bridge.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{
    are_possible, Ballots, Cases, Cause, Config, CurrentRound, IsValidator, LastCaseId, LastRound,
    OpenCases, Operators, Outcome, Pallet, Reading, Registry, Settings, Settled, Waiting,
};
use alloc::collections::BTreeSet;
use frame_support::ensure;
use registry_primitives::itmo::PlatformEvent;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks invariant 9 of the registry, and that what is kept of rounds and cases agrees.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        let operators = Operators::<T>::get();
        let accounts: BTreeSet<_> = operators.iter().map(|each| each.account.clone()).collect();
        let keys: BTreeSet<_> = operators.iter().map(|each| each.key.clone()).collect();
        ensure!(
            accounts.len() == operators.len() && keys.len() == operators.len(),
            "no two operators have one account or one key"
        );
        ensure!(accounts.iter().all(T::Validators::is_validator), "every operator is a validator");
        ensure!(are_possible(&Settings::<T>::get()), "the settings are possible");
        Self::try_round()?;
        Self::try_settled()?;
        Self::try_cases()
    }

    fn try_round() -> Result<(), TryRuntimeError> {
        let Some(round) = CurrentRound::<T>::get() else {
            ensure!(Ballots::<T>::count() == 0, "without a round nothing is observed");
            ensure!(Reading::<T>::iter().next().is_none(), "without a round nobody reads");
            return Ok(());
        };
        ensure!(round.number == LastRound::<T>::get(), "the round that is held is the last");
        ensure!(
            Reading::<T>::iter_keys().all(|account| round.operators.contains(&account)),
            "only operators of the round report"
        );
        ensure!(
            Reading::<T>::iter_values().filter(|each| each.complete).count()
                == round.complete as usize,
            "those who have read all are counted"
        );
        for (key, ballot) in Ballots::<T>::iter() {
            let voters: BTreeSet<_> = ballot.iter().map(|vote| vote.operator.clone()).collect();
            ensure!(voters.len() == ballot.len(), "every operator observes an event once");
            ensure!(
                voters.iter().all(|voter| round.operators.contains(voter)),
                "only operators of the round observe"
            );
            ensure!(!Settled::<T>::contains_key(key), "what is settled is not voted on");
        }
        Ok(())
    }

    fn try_settled() -> Result<(), TryRuntimeError> {
        let mut projects = BTreeSet::new();
        let mut waiting = 0;
        for (key, settled) in Settled::<T>::iter() {
            match settled.outcome {
                Outcome::Done(project) => {
                    ensure!(
                        T::Registry::external_id(project).as_ref() == Some(&key.project),
                        "what was taken over is the project of that name"
                    );
                    ensure!(
                        projects.insert((key.event, project)),
                        "every event of a project is acted on once"
                    );
                    let authorised = key.event == PlatformEvent::ProjectAuthorised;
                    ensure!(
                        authorised || Self::taken_over(&key.project) == Some(project),
                        "credits are issued for what was taken over"
                    );
                }
                Outcome::Waits => {
                    waiting += 1;
                    ensure!(Waiting::<T>::contains_key(&key), "what waits is looked at");
                }
                Outcome::Case(id) => {
                    let refused = Cases::<T>::get(id).is_some_and(|case| {
                        case.key == key && matches!(case.cause, Cause::Refused { .. })
                    });
                    ensure!(
                        refused && OpenCases::<T>::get(&key) == Some(id),
                        "what was refused has an open case"
                    );
                }
                Outcome::Dismissed => {}
            }
            ensure!(
                settled.hash.is_some() || settled.outcome == Outcome::Dismissed,
                "only a dismissal needs no agreement"
            );
        }
        ensure!(Waiting::<T>::iter_keys().count() == waiting, "what is looked at waits");
        Ok(())
    }

    fn try_cases() -> Result<(), TryRuntimeError> {
        let numbers: BTreeSet<_> = Cases::<T>::iter_keys().collect();
        ensure!(
            numbers.into_iter().eq(1..=LastCaseId::<T>::get()),
            "cases are numbered without gaps"
        );
        let open = Cases::<T>::iter().filter(|(_, case)| case.closure.is_none());
        let mut count = 0;
        for (id, case) in open {
            count += 1;
            ensure!(
                OpenCases::<T>::get(&case.key) == Some(id),
                "the index of open cases names every one"
            );
        }
        ensure!(OpenCases::<T>::iter().count() == count, "the index names open cases only");
        Ok(())
    }
}
