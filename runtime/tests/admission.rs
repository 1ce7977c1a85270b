// SPDX-License-Identifier: Apache-2.0
//! Who may send transactions at all: answered before anything is written.

mod common;

use common::{steps::*, *};
use registry_primitives::{MemberRole, OrganisationRole};
use registry_runtime::{
    admission::{NOT_A_MEMBER, ORGANISATION_SUSPENDED},
    Executive, Runtime, RuntimeCall, System, UncheckedExtrinsic,
};
use sp_core::sr25519::Pair;
use sp_runtime::transaction_validity::{
    InvalidTransaction, TransactionValidityError, ValidTransaction,
};

/// A call that anybody who is admitted may make.
fn remark() -> RuntimeCall {
    frame_system::Call::<Runtime>::remark { remark: b"hello".to_vec() }.into()
}

fn signed_remark(signer: &Pair) -> UncheckedExtrinsic {
    sign(signer, System::account_nonce(account(signer)), remark())
}

/// Pool and block refuse it for the same reason, and the state stays as it was.
#[track_caller]
fn assert_refused(extrinsic: UncheckedExtrinsic, reason: InvalidTransaction) {
    let error = TransactionValidityError::Invalid(reason);
    assert_eq!(validate(extrinsic.clone()), Err(error));
    // A block author would undo whatever a refused transaction wrote, so this looks before.
    undone(|| {
        forget_the_transactions_of_the_block();
        let before = state_root();
        assert_eq!(Executive::apply_extrinsic(extrinsic), Err(error));
        forget_the_transactions_of_the_block();
        assert_eq!(state_root(), before);
    });
}

/// A block notes that its inherents are done, and the bytes of each of its transactions, before a
/// transaction is judged; both go with the block. Nothing else may differ.
fn forget_the_transactions_of_the_block() {
    for noted in ["ExtrinsicData", "InherentsApplied"] {
        let prefix = frame_support::storage::storage_prefix(b"System", noted.as_bytes());
        let _ = frame_support::storage::unhashed::clear_prefix(&prefix, None, None);
    }
}

#[test]
fn a_member_is_admitted_and_its_nonce_counts() {
    development().execute_with(|| {
        found();
        let before = state_root();
        let valid: ValidTransaction = validate(signed_remark(&developer())).unwrap();
        // The pool orders an account's transactions by their nonces.
        assert_eq!(valid.provides.len(), 1);
        assert!(valid.requires.is_empty());
        assert_eq!(apply(signed_remark(&developer())), Ok(Ok(())));
        assert_eq!(System::account_nonce(account(&developer())), 1);
        assert_ne!(state_root(), before);
    });
}

#[test]
fn a_stranger_is_refused() {
    development().execute_with(|| {
        found();
        let stranger = key("Mallory");
        let reason = InvalidTransaction::Custom(NOT_A_MEMBER);
        assert_refused(signed_remark(&stranger), reason);
        // No call is an exception.
        for call in [
            create_organisation(OrganisationRole::ProjectDeveloper, "Mine", &stranger),
            add_member(DEVELOPER, &stranger, MemberRole::Admin),
            issue(1, 1),
        ] {
            assert_refused(sign(&stranger, 0, call), reason);
        }
    });
}

#[test]
fn a_stranger_becomes_a_member_and_is_admitted() {
    development().execute_with(|| {
        found();
        let newcomer = key("Newcomer");
        assert!(validate(signed_remark(&newcomer)).is_err());
        succeed(&developer(), add_member(DEVELOPER, &newcomer, MemberRole::Manager));
        assert!(validate(signed_remark(&newcomer)).is_ok());
        assert_eq!(apply(signed_remark(&newcomer)), Ok(Ok(())));
    });
}

#[test]
fn a_suspended_organisation_is_refused_from_the_next_block_until_it_is_reactivated() {
    development().execute_with(|| {
        found();
        next_block();
        assert!(validate(signed_remark(&developer())).is_ok());
        succeed(&root(), suspend(DEVELOPER));
        next_block();
        let reason = InvalidTransaction::Custom(ORGANISATION_SUSPENDED);
        assert_refused(signed_remark(&developer()), reason);
        // Nobody else is touched.
        assert!(validate(signed_remark(&buyer())).is_ok());
        assert!(validate(signed_remark(&certifier())).is_ok());

        next_block();
        assert_refused(signed_remark(&developer()), reason);
        succeed(&root(), reactivate(DEVELOPER));
        next_block();
        assert_eq!(apply(signed_remark(&developer())), Ok(Ok(())));
    });
}

#[test]
fn a_view_only_member_is_admitted_and_may_do_nothing() {
    development().execute_with(|| {
        found();
        let viewer = key("Viewer");
        succeed(&developer(), add_member(DEVELOPER, &viewer, MemberRole::ViewOnly));
        assert!(validate(signed_remark(&viewer)).is_ok());
        let refused = pallet_credits::Error::<Runtime>::NotPermitted;
        assert_eq!(submit(&viewer, transfer(&[(1, 1)], BUYER)), Ok(Err(refused.into())));
    });
}

#[test]
fn a_nonce_is_used_once_and_in_order() {
    development().execute_with(|| {
        found();
        let first = sign(&developer(), 0, remark());
        assert_eq!(apply(first.clone()), Ok(Ok(())));
        assert_refused(first, InvalidTransaction::Stale);

        // A nonce from the future waits in the pool, and is not taken into a block.
        let before = state_root();
        let third = sign(&developer(), 2, remark());
        let waiting = validate(third.clone()).unwrap();
        assert_eq!(waiting.requires.len(), 1);
        assert_eq!(apply(third.clone()), Err(InvalidTransaction::Future.into()));
        assert_eq!(state_root(), before);
        assert_eq!(apply(sign(&developer(), 1, remark())), Ok(Ok(())));
        assert_eq!(apply(third), Ok(Ok(())));
    });
}

#[test]
fn a_wrong_signature_is_refused() {
    development().execute_with(|| {
        found();
        // Mallory signs in the developer's name.
        let mut forged = sign(&key("Mallory"), 0, remark());
        let honest = sign(&developer(), 0, remark());
        if let (
            sp_runtime::generic::Preamble::Signed(address, _, _),
            sp_runtime::generic::Preamble::Signed(of_developer, _, _),
        ) = (&mut forged.preamble, &honest.preamble)
        {
            *address = of_developer.clone();
        }
        assert_refused(forged, InvalidTransaction::BadProof);
    });
}

#[test]
fn there_is_no_coin_to_call() {
    development().execute_with(|| {
        found();
        let dest = account(&buyer()).into();
        let calls: [pallet_balances::Call<Runtime>; 2] = [
            pallet_balances::Call::transfer_allow_death { dest, value: 0 },
            pallet_balances::Call::burn { value: 0, keep_alive: false },
        ];
        for call in calls {
            let filtered = frame_system::Error::<Runtime>::CallFiltered;
            assert_eq!(submit(&developer(), call), Ok(Err(filtered.into())));
        }
        // The calls of a filtered transaction count as sent: they cannot be replayed.
        assert_eq!(System::account_nonce(account(&developer())), 2);
    });
}

/// A remark that takes a tenth of a block's length.
fn long_remark(signer: &Pair, nonce: u32) -> UncheckedExtrinsic {
    let remark = vec![0; 375 * 1024];
    sign(signer, nonce, frame_system::Call::<Runtime>::remark { remark })
}

/// Sends long remarks until the organisation's share is used up; how many were taken.
fn flood(signer: &Pair) -> u32 {
    let mut taken = 0;
    loop {
        let remark = long_remark(signer, System::account_nonce(account(signer)));
        match apply(remark) {
            Ok(done) => assert_eq!(done, Ok(())),
            Err(error) => {
                assert_eq!(error, InvalidTransaction::ExhaustsResources.into());
                return taken;
            }
        }
        taken += 1;
    }
}

#[test]
fn a_flood_of_one_organisation_stops_no_other() {
    development().execute_with(|| {
        found();
        next_block();
        // Three tenths of a block at once, and the one that goes beyond.
        let first = flood(&developer());
        assert!((3..=4).contains(&first), "{first} were taken");
        let used_up = Err(InvalidTransaction::ExhaustsResources.into());
        assert_eq!(apply(signed_remark(&developer())), used_up);
        // In the pool it waits for the next block, behind everybody else's.
        let behind = validate(signed_remark(&developer())).unwrap().priority;
        assert!(behind < validate(signed_remark(&buyer())).unwrap().priority);
        // All its members share its part, and others have their own.
        assert_eq!(apply(signed_remark(&buyer())), Ok(Ok(())));
        assert_eq!(apply(signed_remark(&root())), Ok(Ok(())));

        // In the long run, a tenth of every block.
        let mut later = 0;
        const BLOCKS: u32 = 20;
        for _ in 0..BLOCKS {
            next_block();
            later += flood(&developer());
            assert_eq!(apply(signed_remark(&buyer())), Ok(Ok(())));
        }
        assert!((BLOCKS - 3..=BLOCKS + 1).contains(&later), "{later} in {BLOCKS} blocks");
    });
}

#[test]
fn what_a_call_does_not_use_is_given_back() {
    development().execute_with(|| {
        found();
        next_block();
        let government =
            registry_runtime::admission::Payer::Organisation(registry_primitives::GOVERNMENT);
        let left = || registry_runtime::AdmissionQuota::left(government.clone());
        let before = left();
        // Reserved are a hundred requests to cancel and a thousand blocks to return; there are none.
        succeed(&root(), suspend(DEVELOPER));
        let reserved =
            frame_support::dispatch::GetDispatchInfo::get_dispatch_info(&suspend(DEVELOPER));
        let used = before - left();
        assert!(used > 0);
        assert!(used < reserved.call_weight.ref_time() / 10, "{used} of {reserved:?}");
    });
}

#[test]
fn members_of_one_organisation_share_what_it_has() {
    development().execute_with(|| {
        found();
        let colleague = key("Colleague");
        succeed(&developer(), add_member(DEVELOPER, &colleague, MemberRole::Manager));
        next_block();
        flood(&developer());
        let used_up = Err(InvalidTransaction::ExhaustsResources.into());
        assert_eq!(apply(signed_remark(&colleague)), used_up);
    });
}

#[test]
fn who_has_used_less_comes_first_and_governance_before_all() {
    development().execute_with(|| {
        found();
        next_block();
        let priority = |extrinsic| validate(extrinsic).unwrap().priority;
        let rested = priority(signed_remark(&developer()));
        assert_eq!(rested, priority(signed_remark(&buyer())));
        assert_eq!(apply(long_remark(&developer(), 0)), Ok(Ok(())));
        next_block();
        let (busy, idle) =
            (priority(signed_remark(&developer())), priority(signed_remark(&buyer())));
        // The block has given back a tenth, which was about what the remark took.
        assert!(busy <= idle);
        assert_eq!(apply(long_remark(&developer(), 1)), Ok(Ok(())));
        assert_eq!(apply(long_remark(&developer(), 2)), Ok(Ok(())));
        assert!(priority(signed_remark(&developer())) < idle);
        let vote = pallet_collective::Call::<Runtime, registry_runtime::CouncilInstance>::vote {
            proposal: Default::default(),
            index: 0,
            approve: true,
        };
        assert!(priority(sign(&root(), System::account_nonce(account(&root())), vote)) > idle);
    });
}

#[test]
fn a_removed_members_transactions_cannot_be_replayed_when_it_returns() {
    development().execute_with(|| {
        found();
        let member = key("Returner");
        let enter = || add_member(DEVELOPER, &member, MemberRole::Manager);
        succeed(&developer(), enter());
        let old = sign(&member, 0, remark());
        assert_eq!(apply(old.clone()), Ok(Ok(())));
        let account = account(&member);
        let remove = pallet_organisations::Call::<Runtime>::remove_member { account };
        succeed(&developer(), remove);
        assert_refused(old.clone(), InvalidTransaction::Custom(NOT_A_MEMBER));
        succeed(&developer(), enter());
        assert_refused(old, InvalidTransaction::Stale);
        assert_eq!(apply(sign(&member, 1, remark())), Ok(Ok(())));
    });
}
