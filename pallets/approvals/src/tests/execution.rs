// SPDX-License-Identifier: Apache-2.0
//! What becomes of a call that was agreed on, and what it weighs.

use super::*;
use crate::WeightInfo;
use codec::Encode;
use frame_support::{
    assert_noop,
    dispatch::{GetDispatchInfo, PostDispatchInfo},
    weights::Weight,
};
use ActionClass::{Issue, Settings};

type Own = <Test as crate::Config>::WeightInfo;

fn fail(value: u32) -> RuntimeCall {
    targets::Call::fail { value }.into()
}

fn weight(post: PostDispatchInfo) -> Weight {
    post.actual_weight.unwrap()
}

#[test]
fn a_call_that_fails_changes_nothing_and_closes_the_proposal() {
    run(|| {
        ask_for(Issue, 2);
        let id = proposed(A, fail(7));
        assert_ok!(approve(B, id));
        assert_eq!((value(), targets::By::<Test>::get()), (0, None));
        assert!(!waits(id));
        assert!(Approvals::proposals_of(GOVERNMENT).is_empty());
        let broken = targets::Error::<Test>::Broken;
        assert_eq!(
            take_events().last(),
            Some(&executed(id, &[A, B], Err(DispatchError::from(broken).stripped())))
        );
        assert_noop!(approve(C, id), E::UnknownProposal);
    });
}

#[test]
fn a_call_does_only_what_was_agreed_to() {
    run(|| {
        ask_for(Issue, 2);
        let id = proposed(A, targets::Call::mislabelled { value: 7 }.into());
        assert_ok!(approve(B, id));
        assert_eq!(value(), 0);
        let refused = DispatchError::from(E::NotPermitted).stripped();
        assert_eq!(take_events().last(), Some(&executed(id, &[A, B], Err(refused))));
    });
}

#[test]
fn the_origin_names_all_officers() {
    run(|| {
        ask_for(Settings, 3);
        let id = proposed(B, targets::Call::change { value: 7 }.into());
        assert_ok!(approve(ROOT, id));
        assert_ok!(approve(A, id));
        let told = Approval {
            proposal: id,
            organisation: GOVERNMENT,
            action: Action::ChangeSettings,
            officers: officers(&[B, ROOT, A]),
        };
        assert_eq!(targets::Told::<Test>::get(), Some(told));
    });
}

#[test]
fn what_is_declared_is_the_heaviest_call_and_the_rest_is_given_back() {
    run(|| {
        let heaviest = <Test as crate::Config>::MaxCallWeight::get();
        let propose = |call| crate::Call::<Test>::propose { call: Box::new(call) };
        let declared = |call: crate::Call<Test>| call.get_dispatch_info().call_weight;
        assert_eq!(declared(propose(issue(1))), Own::propose() + heaviest);
        assert_eq!(declared(crate::Call::approve { id: 1 }), Own::approve() + heaviest);

        // At once: its own weight and the call's, declared or used.
        let at_once = |call| weight(Approvals::propose(signed(A), Box::new(call)).unwrap());
        assert_eq!(at_once(issue(1)), Own::propose() + targets::LIGHT);
        let heavy = || targets::Call::heavy { weight: 5_000 }.into();
        assert_eq!(at_once(heavy()), Own::propose() + Weight::from_parts(1, 0));

        ask_for(Issue, 3);
        assert_eq!(at_once(heavy()), Own::propose());
        let id = LastProposalId::<Test>::get();
        let approve = |by| weight(Approvals::approve(signed(by), id).unwrap());
        assert_eq!(approve(B), Own::approve());
        assert_eq!(approve(C), Own::approve() + Weight::from_parts(1, 0));
    });
}

#[test]
fn what_is_refused_costs_no_call() {
    run(|| {
        let refused = Approvals::propose(signed(MANAGER), Box::new(issue(1))).unwrap_err();
        assert_eq!(weight(refused.post_info), Own::propose());
        let refused = Approvals::approve(signed(A), 1).unwrap_err();
        assert_eq!(weight(refused.post_info), Own::approve());
        let refused = Approvals::propose(signed(A), Box::new(fail(1))).unwrap_err();
        assert_eq!(weight(refused.post_info), Own::propose() + targets::LIGHT);
    });
}

#[test]
fn after_an_upgrade_only_the_same_call_is_made() {
    run(|| {
        ask_for(Issue, 2);
        let id = proposed(A, issue(7));
        let kept = Proposals::<Test>::get(id).unwrap();
        let put = |bytes: Vec<u8>| {
            let call = bytes.try_into().unwrap();
            Proposals::<Test>::insert(id, Proposal { call, ..kept.clone() });
        };
        let change = RuntimeCall::from(targets::Call::change { value: 7 }).encode();
        let register = RuntimeCall::from(targets::Call::register { value: 7 }).encode();
        let approve_it = RuntimeCall::from(crate::Call::approve { id }).encode();
        let longer = [issue(7).encode(), vec![0]].concat();
        for other in [change, register, approve_it, longer, vec![255], vec![]] {
            put(other);
            assert_noop!(approve(B, id), E::CallChanged);
        }
        put(RuntimeCall::from(targets::Call::heavy { weight: MAX_CALL_WEIGHT + 1 }).encode());
        assert_noop!(approve(B, id), E::TooHeavy);
        put(issue(7).encode());
        assert_ok!(approve(B, id));
        assert_eq!(value(), 7);
    });
}
