// SPDX-License-Identifier: Apache-2.0
//! `change_contact`, and what a contact is.

use crate::{mock::*, Contact, Event};
use frame_support::{assert_noop, assert_ok};

fn change(account: u64, contact: Contact) -> sp_runtime::DispatchResult {
    Validators::change_contact(RuntimeOrigin::signed(account), contact)
}

#[test]
fn a_validator_moves_to_another_machine() {
    run(|| {
        assert_ok!(change(11, contact(99)));
        System::assert_last_event(
            Event::ContactChanged { account: 11, contact: contact(99) }.into(),
        );
        assert_eq!(admission(11).unwrap().contact, contact(99));
        // The old way is free, also for somebody else.
        assert_ok!(change(12, contact(11)));
    });
}

#[test]
fn the_peer_id_may_stay() {
    run(|| {
        let moved = Contact { address: text("/ip4/192.0.2.7/tcp/30333"), ..contact(11) };
        assert_ok!(change(11, moved));
    });
}

#[test]
fn what_is_refused() {
    run(|| {
        assert_noop!(change(21, contact(21)), E::NotAValidator);
        assert_noop!(change(11, contact(12)), E::PeerIdTaken);
        assert_noop!(change(11, contact(11)), E::Unchanged);
    });
}

#[test]
fn every_part_has_its_form() {
    run(|| {
        let good = contact(99);
        let bad = [
            Contact { operator: text(""), ..good.clone() },
            Contact { operator: text("a\u{202e}b"), ..good.clone() },
            Contact { peer_id: text(""), ..good.clone() },
            Contact { peer_id: text("12D3KooW"), ..good.clone() },
            // Base 58 has no letter l.
            Contact { peer_id: text(&"l".repeat(52)), ..good.clone() },
            Contact { address: text("validator.example:30333"), ..good.clone() },
            Contact { address: text("/"), ..good.clone() },
            Contact { address: text("/dns/a b/tcp/1"), ..good.clone() },
            Contact { address: text("/dns/é/tcp/1"), ..good },
        ];
        set_keys(21);
        for contact in bad {
            assert!(!contact.is_valid(), "{contact:?}");
            assert_noop!(change(11, contact.clone()), E::InvalidContact);
            assert_noop!(Validators::add(root(), 21, contact), E::InvalidContact);
        }
    });
}
