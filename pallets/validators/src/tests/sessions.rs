// SPDX-License-Identifier: Apache-2.0
//! When the set is announced, and who made how many blocks.

use crate::{mock::*, Authored};
use frame_support::{assert_ok, traits::ValidatorSet};
use pallet_authorship::EventHandler as _;

#[test]
fn a_set_that_did_not_change_is_announced_once_in_a_period() {
    run(|| {
        assert_eq!(announced_for(ANNOUNCED_EVERY - 1), None);
        assert_eq!(announced_for(ANNOUNCED_EVERY), Some(FIRST.to_vec()));
        assert_eq!(announced_for(ANNOUNCED_EVERY + 1), None);
    });
}

#[test]
fn a_change_is_announced_at_once() {
    run(|| {
        appoint(21);
        assert_eq!(announced_for(3), Some(vec![11, 12, 13, 14, 21]));
        next_session();
        assert_eq!(announced_for(3), None);
        assert_ok!(Validators::remove(root(), 11, text("Why")));
        assert_eq!(announced_for(3), Some(vec![12, 13, 14, 21]));
    });
}

#[test]
fn new_keys_are_a_change() {
    run(|| {
        set_keys_to(11, 1111);
        assert_eq!(announced_for(3), Some(FIRST.to_vec()));
        next_session();
        assert_eq!(announced_for(3), None);
        // Ownership of the new key can be proved as soon as it is used.
        next_session();
        let key = (sp_runtime::testing::UintAuthorityId::ID, 1111u64.to_le_bytes());
        use frame_support::traits::KeyOwnerProofSystem;
        use sp_runtime::RuntimeAppPublic;
        let proof = Historical::prove(key).expect("the key is a validator's");
        assert_eq!(Historical::check_proof(key, proof), Some((11, ())));
    });
}

#[test]
fn blocks_are_counted_by_session_and_forgotten() {
    run(|| {
        for author in [11, 12, 11] {
            Validators::note_author(author);
        }
        let session = Session::session_index();
        let mut authored = Validators::authored(session);
        authored.sort();
        assert_eq!(authored, [(11, 2), (12, 1)]);
        assert_eq!(Validators::network().authored, [(11, 2), (12, 1), (13, 0), (14, 0)]);

        next_session();
        Validators::note_author(12);
        assert_eq!(Authored::<Test>::get(session, 11), 2);
        for _ in 0..REMEMBERED {
            next_session();
        }
        assert!(Validators::authored(session).is_empty());
        assert_eq!(Validators::authored(session + 1), [(12, 1)]);
    });
}

#[test]
fn the_past_of_sessions_is_pruned() {
    run(|| {
        for _ in 0..3 * REMEMBERED {
            next_session();
        }
        let stored = pallet_session::historical::StoredRange::<Test>::get().unwrap();
        assert!(stored.1 - stored.0 <= REMEMBERED + 3, "{stored:?}");
    });
}
