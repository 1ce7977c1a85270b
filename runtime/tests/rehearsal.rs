// SPDX-License-Identifier: Apache-2.0
//! A rehearsal tells what would become of a call that is signed.

mod common;

use codec::Encode;
use common::{steps::*, *};
use registry_primitives::{MemberRole, OrganisationRole, GOVERNMENT};
use registry_runtime::{rehearsal::rehearse, RuntimeCall};
use sp_runtime::DispatchError;

/// Rehearses a call and then makes it: both end alike.
#[track_caller]
fn both_end_alike(signer: &sp_core::sr25519::Pair, call: RuntimeCall, works: bool) {
    let before = state_root();
    let rehearsed = undone(|| rehearse(account(signer), &call.encode()));
    assert_eq!(state_root(), before);
    assert_eq!(submit(signer, call.clone()), Ok(rehearsed), "{call:?}");
    assert_eq!(rehearsed.is_ok(), works, "{call:?}: {rehearsed:?}");
}

#[test]
fn a_rehearsal_ends_as_the_call_does() {
    development().execute_with(|| {
        found();
        let stranger = key("Second manager");
        let (works, fails) = (true, false);
        both_end_alike(&root(), suspend(99), fails);
        both_end_alike(&developer(), suspend(GOVERNMENT), fails);
        let twice = || create_organisation(OrganisationRole::Certifier, "Twice", &stranger);
        both_end_alike(&root(), twice(), works);
        both_end_alike(&root(), twice(), fails);
        both_end_alike(&root(), add_member(GOVERNMENT, &stranger, MemberRole::Admin), fails);
        // What no officer may call is refused too.
        both_end_alike(&root(), frame_system::Call::set_heap_pages { pages: 1 }.into(), fails);
    });
}

#[test]
fn bytes_that_are_no_call_are_told() {
    development().execute_with(|| {
        let mut long = suspend(1).encode();
        long.push(0);
        for bytes in [&[][..], &[255; 40], &long] {
            let told = rehearse(account(&root()), bytes);
            assert!(matches!(told, Err(DispatchError::Other(_))), "{told:?}");
        }
    });
}
