// SPDX-License-Identifier: Apache-2.0
//! What the council may do with the powers of Root.

use crate::{mock::*, Error, Event, WeightInfo};
use frame_support::{
    assert_noop, assert_ok, dispatch::GetDispatchInfo, pallet_prelude::DispatchClass,
};
use registry_primitives::Text;
use sp_runtime::{
    traits::{BlakeTwo256, Dispatchable, Hash},
    DispatchError, DispatchResult,
};

fn text<const N: u32>(text: &str) -> Text<N> {
    Text::try_from(text).expect("the texts of tests are short")
}

/// A call that Root alone may make.
fn authorise() -> Box<RuntimeCall> {
    let code_hash = BlakeTwo256::hash(b"the next runtime");
    Box::new(frame_system::Call::authorize_upgrade { code_hash }.into())
}

/// Dispatches as a block does: what fails is undone.
fn enact(origin: RuntimeOrigin, call: Box<RuntimeCall>, reason: &str) -> DispatchResult {
    let enact: RuntimeCall = crate::Call::enact { call, reason: text(reason) }.into();
    enact.dispatch(origin).map(drop).map_err(|error| error.error)
}

#[test]
fn the_council_acts_as_root_and_says_why() {
    run(|| {
        let call = authorise();
        let hash = BlakeTwo256::hash_of(&call);
        assert_ok!(enact(RuntimeOrigin::signed(COUNCIL), call, "Gazette 12/2026"));
        assert!(System::authorized_upgrade().is_some());
        let first = System::events().remove(0).event;
        let reason = text("Gazette 12/2026");
        assert_eq!(first, RuntimeEvent::Governance(Event::Enacted { call: hash, reason }));
    });
}

#[test]
fn nobody_else_does() {
    run(|| {
        for origin in [RuntimeOrigin::signed(2), RuntimeOrigin::none(), RuntimeOrigin::root()] {
            assert_noop!(enact(origin, authorise(), "Why"), DispatchError::BadOrigin);
        }
    });
}

#[test]
fn a_reason_is_needed() {
    run(|| {
        for reason in ["", " ", "a\u{202e}b"] {
            let council = RuntimeOrigin::signed(COUNCIL);
            assert_noop!(enact(council, authorise(), reason), Error::<Test>::InvalidText);
        }
    });
}

#[test]
fn some_things_not_even_the_council_does() {
    run(|| {
        let items = vec![(b"key".to_vec(), b"value".to_vec())];
        let call = Box::new(frame_system::Call::set_storage { items }.into());
        let council = RuntimeOrigin::signed(COUNCIL);
        assert_noop!(enact(council, call, "Why"), Error::<Test>::NotEnactable);
    });
}

#[test]
fn a_call_that_fails_changes_nothing() {
    run(|| {
        // Code that nobody authorised.
        let call = frame_system::Call::apply_authorized_upgrade { code: b"code".to_vec() };
        let council = RuntimeOrigin::signed(COUNCIL);
        assert_noop!(
            enact(council, Box::new(call.into()), "Why"),
            frame_system::Error::<Test>::NothingAuthorized
        );
    });
}

#[test]
fn the_calls_weight_is_counted_and_its_class_is_governance() {
    let call = authorise();
    let inner = call.get_dispatch_info().call_weight;
    let enact: RuntimeCall = crate::Call::enact { call, reason: text("Why") }.into();
    let info = enact.get_dispatch_info();
    assert_eq!(info.call_weight, inner + <() as WeightInfo>::enact());
    assert_eq!(info.class, DispatchClass::Operational);
}

fn set_council(origin: RuntimeOrigin, members: &[u64]) -> DispatchResult {
    let members: std::collections::BTreeSet<_> = members.iter().copied().collect();
    Governance::set_council(origin, members.try_into().expect("no more than there may be"))
}

#[test]
fn the_council_replaces_its_members_and_they_can_transact() {
    run(|| {
        assert_ok!(set_council(RuntimeOrigin::root(), &[7, 5]));
        assert_eq!(Members::get(), [5, 7]);
        System::assert_last_event(Event::CouncilSet { members: vec![5, 7] }.into());
        assert_eq!((System::providers(&5), System::providers(&7)), (1, 1));
        // Who left can still not be reaped, and who stays has no second provider.
        assert_ok!(set_council(RuntimeOrigin::root(), &[7]));
        assert_eq!((System::providers(&5), System::providers(&7)), (1, 1));
    });
}

#[test]
fn a_council_has_members_and_only_root_sets_them() {
    run(|| {
        assert_noop!(set_council(RuntimeOrigin::signed(COUNCIL), &[5]), DispatchError::BadOrigin);
        assert_noop!(set_council(RuntimeOrigin::root(), &[]), Error::<Test>::NoMembers);
        assert_ok!(set_council(RuntimeOrigin::root(), &[5]));
        assert_noop!(set_council(RuntimeOrigin::root(), &[5]), Error::<Test>::Unchanged);
    });
}
