// SPDX-License-Identifier: Apache-2.0
//! Cases: what the Government decides because operators did not agree, or a check refused.

use crate::{
    Ballot, Ballots, Case, CaseId, Cases, Cause, Closure, Config, Error, Event, LastCaseId,
    LastRound, OpenCases, Outcome, Pallet, Round, Settled, Settlement,
};
use frame_support::ensure;
use registry_primitives::{
    itmo::{EventKey, Facts},
    organisation::MAX_REASON,
    ContentHash, Text,
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Opens a case of what was not agreed on in a round, or says so in the one that is open. Too few
    /// are none where a pause has cut the round short.
    pub(crate) fn open_disagreement(
        key: EventKey,
        ballot: Ballot<T::AccountId>,
        round: &Round<T::AccountId>,
    ) {
        // Nobody who still counts has seen it.
        if ballot.is_empty() {
            return;
        }
        let alike = ballot.windows(2).all(|pair| pair[0].hash == pair[1].hash);
        // Who could have seen the same was not waited for.
        if alike && round.cut_short {
            return;
        }
        let cause = if alike { Cause::TooFew(ballot) } else { Cause::Disagreement(ballot) };
        Self::open(&key, cause, round.number);
    }

    /// Opens a case of what was agreed on and refused.
    pub(crate) fn open_refused(
        key: &EventKey,
        facts: Facts,
        hash: ContentHash,
        error: DispatchError,
        round: u32,
    ) -> CaseId {
        Self::open(key, Cause::Refused { facts, hash, error }, round)
    }

    fn open(key: &EventKey, cause: Cause<T::AccountId>, round: u32) -> CaseId {
        let now = Self::now();
        let open = OpenCases::<T>::get(key).and_then(|id| Some((id, Cases::<T>::get(id)?)));
        let (id, opened_at) = match open {
            Some((id, case)) => (id, case.opened_at),
            None => (LastCaseId::<T>::get().saturating_add(1), now),
        };
        LastCaseId::<T>::mutate(|last| *last = (*last).max(id));
        OpenCases::<T>::insert(key, id);
        let case = Case { key: key.clone(), round, opened_at, cause: cause.clone(), closure: None };
        Cases::<T>::insert(id, case);
        Self::deposit_event(Event::CaseOpened { case: id, key: key.clone(), round, cause });
        id
    }

    /// Closes the case of an event that was agreed on after all.
    pub(crate) fn close_agreed(key: &EventKey) {
        if let Some(id) = OpenCases::<T>::get(key) {
            Self::close_case(id, key, Closure::Agreed, None, None);
        }
    }

    fn close_case(
        id: CaseId,
        key: &EventKey,
        closure: Closure,
        by: Option<T::AccountId>,
        reason: Option<Text<MAX_REASON>>,
    ) {
        OpenCases::<T>::remove(key);
        Cases::<T>::mutate_extant(id, |case| case.closure = Some(closure));
        Self::deposit_event(Event::CaseClosed { case: id, key: key.clone(), closure, by, reason });
    }

    fn open_case(id: CaseId) -> Result<Case<T::AccountId>, Error<T>> {
        Cases::<T>::get(id).filter(|case| case.closure.is_none()).ok_or(Error::UnknownCase)
    }

    pub(crate) fn do_retry(id: CaseId, by: T::AccountId) -> DispatchResult {
        let Case { key, cause, round, .. } = Self::open_case(id)?;
        let Cause::Refused { facts, hash, .. } = cause else {
            return Err(Error::<T>::NothingAgreed.into());
        };
        let outcome = Self::act(&key, &facts, hash)?;
        Self::close_case(id, &key, Closure::Retried, Some(by), None);
        let at = Self::now();
        Settled::<T>::insert(key, Settlement { hash: Some(hash), round, at, outcome });
        Ok(())
    }

    pub(crate) fn do_dismiss(
        id: CaseId,
        by: T::AccountId,
        reason: Text<MAX_REASON>,
    ) -> DispatchResult {
        let Case { key, cause, .. } = Self::open_case(id)?;
        ensure!(reason.is_valid(), Error::<T>::InvalidText);
        let hash = match cause {
            Cause::Refused { hash, .. } => Some(hash),
            Cause::Disagreement(_) | Cause::TooFew(_) => None,
        };

        Self::close_case(id, &key, Closure::Dismissed, Some(by), Some(reason));
        Ballots::<T>::remove(&key);
        let (round, at, outcome) = (LastRound::<T>::get(), Self::now(), Outcome::Dismissed);
        Settled::<T>::insert(key, Settlement { hash, round, at, outcome });
        Ok(())
    }
}
