// SPDX-License-Identifier: Apache-2.0
//! Contradictory votes: the voter is disabled at once and flagged for the council.

use crate::{Admissions, Config, Equivocations, Event, Flag, Pallet};
use frame_support::weights::Weight;
use sp_runtime::{traits::Convert, Perbill};
use sp_staking::{
    offence::{OffenceDetails, OffenceSeverity, OnOffenceHandler},
    SessionIndex,
};

/// Nothing identifies a validator but its account.
pub struct Unit;

impl<AccountId> Convert<AccountId, Option<()>> for Unit {
    fn convert(_: AccountId) -> Option<()> {
        Some(())
    }
}

impl<T: Config> Pallet<T> {
    /// Keeps a validator from making blocks in this session; whether it is kept from it.
    pub(crate) fn disable(account: &T::AccountId) -> bool {
        let severity = OffenceSeverity(Perbill::one());
        pallet_session::Pallet::<T>::report_offence(account.clone(), severity);
        pallet_session::Pallet::<T>::validator_id_to_index(account).is_some_and(|index| {
            pallet_session::Pallet::<T>::disabled_validators().contains(&index)
        })
    }

    fn flag(account: &T::AccountId, session: SessionIndex) {
        Equivocations::<T>::mutate(|reported| *reported = reported.saturating_add(1));
        let Some(mut admission) = Admissions::<T>::get(account) else {
            let account = account.clone();
            Self::deposit_event(Event::FormerValidatorEquivocated { account, session });
            return;
        };
        let flag =
            admission.flag.get_or_insert(Flag { session, reported: Self::now(), reports: 0 });
        flag.reports = flag.reports.saturating_add(1);
        Admissions::<T>::insert(account, admission);
        let disabled = Self::disable(account);
        Self::deposit_event(Event::ValidatorFlagged {
            account: account.clone(),
            session,
            disabled,
        });
    }
}

impl<T: Config, Reporter> OnOffenceHandler<Reporter, (T::AccountId, ()), Weight> for Pallet<T> {
    fn on_offence(
        offenders: &[OffenceDetails<Reporter, (T::AccountId, ())>],
        _: &[Perbill],
        session: SessionIndex,
    ) -> Weight {
        for OffenceDetails { offender: (account, ()), .. } in offenders {
            Self::flag(account, session);
        }
        // The report's own weight covers it.
        Weight::zero()
    }
}
