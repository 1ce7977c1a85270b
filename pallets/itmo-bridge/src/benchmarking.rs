// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls and hooks, each in its worst case: as many operators as there can be, the
//! longest texts, and every observation the one that makes the registry act.

use super::*;
use crate::{observing::hash_of, observing::PLATFORM, Pallet as Bridge};
use alloc::{format, vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{traits::Hooks, weights::Weight};
use frame_system::RawOrigin;
use registry_primitives::{
    itmo::{
        Facts, Observation, PlatformProject, Progress, Report, MAX_ADDRESS, MAX_MATERIALS,
        MAX_OBSERVATIONS, MAX_OPERATORS,
    },
    organisation::MAX_REASON,
    OrganisationId, ProjectId, Text,
};
use sp_runtime::{transaction_validity::TransactionSource, RuntimeAppPublic};

/// What the benchmarks need from other pallets.
pub trait BenchmarkHelper<AccountId> {
    /// An appointed validator, another for every index.
    fn validator(index: u32) -> AccountId;
    /// An officer who may operate the bridge and change settings.
    fn officer() -> AccountId;
    /// Makes a project one that credits can be issued for.
    fn authorise(project: ProjectId);
    /// An organisation that may own projects.
    fn developer() -> OrganisationId;
}

fn longest<const N: u32>(letter: u8) -> Text<N> {
    Text(vec![letter; N as usize].try_into().expect("as long as the bound"))
}

/// A text of full length that ends in a number.
fn numbered<const N: u32>(letter: u8, number: u32) -> Text<N> {
    let mut text = vec![letter; N as usize];
    let digits = format!("{number:08}");
    let start = text.len() - digits.len();
    text[start..].copy_from_slice(digits.as_bytes());
    Text(text.try_into().expect("as long as the bound"))
}

/// An address of full length that ends in a digit.
fn address(number: u32) -> Text<MAX_ADDRESS> {
    let mut address = numbered::<MAX_ADDRESS>(b'm', number);
    address.0[..8].copy_from_slice(b"https://");
    address
}

/// A project of a company of its own.
fn authorised(number: u32) -> Observation {
    let facts = PlatformProject {
        title: longest(b't'),
        company: numbered(b'c', number),
        sector: Some(longest(b's')),
        country: Some(longest(b'v')),
        created_at: 1_700_000_000_000,
        materials: (0..MAX_MATERIALS).map(address).collect::<Vec<_>>().try_into().expect("no more"),
    };
    Observation { project: numbered(b'p', number), facts: Facts::ProjectAuthorised(facts) }
}

fn reported(number: u32) -> Observation {
    Observation { project: numbered(b'p', number), facts: Facts::MonitoringReported }
}

fn account_of<T: Config>(index: u32) -> T::AccountId {
    account("operator", index, 0)
}

/// A key that no keystore has, for operators that only have to be there.
fn idle_key(index: u32) -> BridgeId {
    let mut bytes = [7; 32];
    bytes[..4].copy_from_slice(&index.to_le_bytes());
    codec::Decode::decode(&mut &bytes[..]).expect("32 bytes are a key")
}

/// Operators, the last of which can sign; and a round of them.
fn hold_round<T: Config>(operators: u32) -> (T::AccountId, BridgeId) {
    Operators::<T>::kill();
    CurrentRound::<T>::kill();
    let _ = Ballots::<T>::clear(u32::MAX, None);
    let _ = Reading::<T>::clear(u32::MAX, None);
    let key = BridgeId::generate_pair(None);
    for index in 0..operators - 1 {
        Bridge::<T>::enlist(&account_of::<T>(index), &idle_key(index)).expect("there is room");
    }
    let last = account_of::<T>(operators - 1);
    Bridge::<T>::enlist(&last, &key).expect("there is room");
    NextRoundAt::<T>::kill();
    Bridge::<T>::on_initialize(frame_system::Pallet::<T>::block_number());
    (last, key)
}

/// All but one of those that are needed have seen it, and the others something else.
fn nearly_agreed<T: Config>(observation: &Observation) {
    let round = CurrentRound::<T>::get().expect("a round is held");
    let agreeing = round.quorum() as usize - 1;
    let others = round.operators.len() - 1;
    let votes: Vec<_> = round.operators[..others]
        .iter()
        .enumerate()
        .map(|(index, operator)| Vote {
            operator: operator.clone(),
            hash: if index < agreeing { hash_of(observation) } else { Default::default() },
        })
        .collect();
    Ballots::<T>::insert(observation.key(PLATFORM), Ballot::truncate_from(votes));
}

fn report<T: Config>(observations: Vec<Observation>, more: bool) -> Report {
    Report {
        round: CurrentRound::<T>::get().expect("a round is held").number,
        part: 0,
        observations: observations.try_into().expect("not too many"),
        progress: Progress::Complete { unreadable: 0, more },
    }
}

/// A case of something that was agreed on and refused, with nothing in its way any more.
fn refused<T: Config>() -> CaseId {
    let observation = authorised(1);
    let (key, hash) = (observation.key(PLATFORM), hash_of(&observation));
    let error = Error::<T>::CompanyNameTaken.into();
    let id = Bridge::<T>::open_refused(&key, observation.facts, hash, error, 1);
    let (hash, outcome) = (Some(hash), Outcome::Case(id));
    Settled::<T>::insert(key, Settlement { hash, round: 1, at: 1, outcome });
    id
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn observe(o: Linear<0, MAX_OBSERVATIONS>) {
        let (operator, key) = hold_round::<T>(MAX_OPERATORS);
        let observations: Vec<_> = (0..o).map(authorised).collect();
        observations.iter().for_each(nearly_agreed::<T>);
        let report = report::<T>(observations, true);
        let signature = key.sign(&Bridge::<T>::payload(&operator, &report)).expect("it is ours");

        #[extrinsic_call]
        _(RawOrigin::Authorized, operator, report, signature);

        assert_eq!(Companies::<T>::iter().count() as u32, o);
        assert_eq!(LastCaseId::<T>::get(), 0, "all was done");
    }

    #[benchmark]
    fn authorise_report() {
        let (operator, key) = hold_round::<T>(MAX_OPERATORS);
        let observations = (0..MAX_OBSERVATIONS).map(authorised).collect();
        let report = report::<T>(observations, true);
        let signature = key.sign(&Bridge::<T>::payload(&operator, &report)).expect("it is ours");
        let source = TransactionSource::InBlock;

        #[block]
        {
            Bridge::<T>::authorise_report(source, &operator, &report, &signature)
                .expect("it is a report");
        }
    }

    #[benchmark]
    fn request_round() {
        hold_round::<T>(MAX_OPERATORS);
        CurrentRound::<T>::kill();
        let officer = T::BenchmarkHelper::officer();

        #[extrinsic_call]
        _(RawOrigin::Signed(officer));

        assert_eq!(NextRoundAt::<T>::get(), Bridge::<T>::now());
    }

    #[benchmark]
    fn retry_case() {
        let officer = T::BenchmarkHelper::officer();
        let case = refused::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), case);

        assert_eq!(Companies::<T>::iter().count(), 1);
    }

    #[benchmark]
    fn dismiss_case() {
        let officer = T::BenchmarkHelper::officer();
        let case = refused::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), case, longest::<MAX_REASON>(b'r'));

        assert_eq!(OpenCases::<T>::iter().count(), 0);
    }

    #[benchmark]
    fn link_company() {
        let officer = T::BenchmarkHelper::officer();
        let developer = T::BenchmarkHelper::developer();

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), longest(b'c'), developer);

        assert_eq!(Companies::<T>::iter().count(), 1);
    }

    #[benchmark]
    fn pause() {
        hold_round::<T>(MAX_OPERATORS);
        let officer = T::BenchmarkHelper::officer();

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), longest::<MAX_REASON>(b'r'));

        assert!(Paused::<T>::exists());
    }

    #[benchmark]
    fn resume() {
        Paused::<T>::put(longest::<MAX_REASON>(b'r'));
        let officer = T::BenchmarkHelper::officer();

        #[extrinsic_call]
        _(RawOrigin::Signed(officer));

        assert!(!Paused::<T>::exists());
    }

    #[benchmark]
    fn change_settings() {
        let officer = T::BenchmarkHelper::officer();
        let mut settings = Settings::<T>::get();
        settings.estimate += 1;

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), settings);

        assert_eq!(Settings::<T>::get(), settings);
    }

    #[benchmark]
    fn add_operator() {
        hold_round::<T>(MAX_OPERATORS - 1);
        let account = T::BenchmarkHelper::validator(0);

        #[extrinsic_call]
        _(RawOrigin::Root, account, idle_key(MAX_OPERATORS));

        assert_eq!(Operators::<T>::get().len() as u32, MAX_OPERATORS);
    }

    #[benchmark]
    fn remove_operator() {
        let (last, _) = hold_round::<T>(MAX_OPERATORS);

        #[extrinsic_call]
        _(RawOrigin::Root, last.clone(), longest::<MAX_REASON>(b'r'));

        assert!(Bridge::<T>::operator(&last).is_none());
    }

    #[benchmark]
    fn idle() {
        hold_round::<T>(MAX_OPERATORS);

        #[block]
        {
            Bridge::<T>::step_rounds();
        }

        assert!(CurrentRound::<T>::exists());
    }

    #[benchmark]
    fn open_round(n: Linear<1, MAX_OPERATORS>) {
        hold_round::<T>(n);
        CurrentRound::<T>::kill();

        #[block]
        {
            Bridge::<T>::step_rounds();
        }

        assert!(CurrentRound::<T>::exists());
    }

    #[benchmark]
    fn close_ballots(b: Linear<1, { rounds::CASES_PER_BLOCK }>) {
        hold_round::<T>(MAX_OPERATORS);
        (0..b).for_each(|number| nearly_agreed::<T>(&authorised(number)));
        CurrentRound::<T>::mutate_extant(|round| round.closes_at = 0);

        #[block]
        {
            Bridge::<T>::step_rounds();
        }

        assert_eq!(LastCaseId::<T>::get(), b);
    }

    #[benchmark]
    fn close_round(n: Linear<1, MAX_OPERATORS>) {
        hold_round::<T>(n);
        CurrentRound::<T>::mutate_extant(|round| round.closes_at = 0);
        for operator in Operators::<T>::get() {
            Reading::<T>::insert(operator.account, Reports::default());
        }

        #[block]
        {
            Bridge::<T>::step_rounds();
        }

        assert!(!CurrentRound::<T>::exists());
    }

    #[benchmark]
    fn look_at_waiting(w: Linear<0, { settlement::LOOKED_AT_PER_BLOCK }>) {
        for number in 0..w {
            for observation in [authorised(number), reported(number)] {
                let (key, hash) = (observation.key(PLATFORM), hash_of(&observation));
                Bridge::<T>::settle(key, observation.facts, hash, 1);
            }
            let project = Bridge::<T>::taken_over(&authorised(number).project);
            T::BenchmarkHelper::authorise(project.expect("it was just taken over"));
        }

        #[block]
        {
            Bridge::<T>::look_at_waiting(Weight::MAX);
        }

        assert_eq!(Waiting::<T>::iter_keys().count(), 0);
    }

    impl_benchmark_test_suite!(Bridge, crate::mock::new_test_ext().0, crate::mock::Test);
}
