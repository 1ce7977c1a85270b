// SPDX-License-Identifier: Apache-2.0
//! Contradictory votes on finality, signed with real keys, proved and reported.

mod common;

use codec::{Decode, Encode};
use common::*;
use finality_grandpa::{Equivocation as Votes, Message, Prevote};
use frame_support::traits::KeyOwnerProofSystem;
use registry_runtime::{
    genesis, Grandpa, Hash, Historical, Runtime, RuntimeCall, Session, UncheckedExtrinsic,
    Validators,
};
use sp_consensus_grandpa::{
    localized_payload, AuthorityId, Equivocation, EquivocationProof, OpaqueKeyOwnershipProof,
    KEY_TYPE,
};
use sp_core::{ed25519, Pair as _};
use sp_keyring::Ed25519Keyring;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionSource};

const ROUND: u64 = 1;
const SET: u64 = 0;

fn vote(key: &ed25519::Pair, target: u8) -> (Prevote<Hash, u32>, ed25519::Signature) {
    let vote = Prevote { target_hash: Hash::repeat_byte(target), target_number: 1 };
    let payload = localized_payload(ROUND, SET, &Message::Prevote(vote.clone()));
    (vote, key.sign(&payload))
}

/// Two votes of one key in one round.
fn equivocation(key: &ed25519::Pair, first: u8, second: u8) -> EquivocationProof<Hash, u32> {
    let signed = |target| {
        let (vote, signature) = vote(key, target);
        (vote, signature.into())
    };
    let votes = Votes {
        round_number: ROUND,
        identity: AuthorityId::from(key.public()),
        first: signed(first),
        second: signed(second),
    };
    EquivocationProof::new(SET, Equivocation::Prevote(votes))
}

fn ownership(key: &ed25519::Pair) -> sp_session::MembershipProof {
    Historical::prove((KEY_TYPE, AuthorityId::from(key.public()))).expect("a validator's key")
}

fn report(proof: EquivocationProof<Hash, u32>, owner: &ed25519::Pair) -> RuntimeCall {
    pallet_grandpa::Call::report_equivocation {
        equivocation_proof: Box::new(proof),
        key_owner_proof: ownership(owner),
    }
    .into()
}

fn dave() -> ed25519::Pair {
    Ed25519Keyring::Dave.pair()
}

#[test]
fn the_offender_is_disabled_at_once_and_flagged_for_the_council() {
    chain(genesis::LOCAL).execute_with(|| {
        assert!(Session::disabled_validators().is_empty());
        succeed(&key("Alice"), report(equivocation(&dave(), 1, 2), &dave()));
        assert_eq!(Session::disabled_validators(), [3]);
        let account = account(&key("Dave"));
        let found = Validators::validators().into_iter().find(|(who, _)| *who == account);
        assert_eq!(found.and_then(|(_, found)| found.flag).map(|flag| flag.reports), Some(1));
        assert_eq!(pallet_validators::Equivocations::<Runtime>::get(), 1);
    });
}

#[test]
fn what_is_no_contradiction_is_refused() {
    chain(genesis::LOCAL).execute_with(|| {
        let same = report(equivocation(&dave(), 1, 1), &dave());
        let refused = pallet_grandpa::Error::<Runtime>::InvalidEquivocationProof;
        assert_eq!(submit(&key("Alice"), same), Ok(Err(refused.into())));
        assert!(Session::disabled_validators().is_empty());
    });
}

#[test]
fn another_ones_key_is_refused() {
    chain(genesis::LOCAL).execute_with(|| {
        // Dave's votes, with the proof that Charlie's key is Charlie's.
        let charlie = Ed25519Keyring::Charlie.pair();
        let other = report(equivocation(&dave(), 1, 2), &charlie);
        let refused = pallet_grandpa::Error::<Runtime>::InvalidKeyOwnershipProof;
        assert_eq!(submit(&key("Alice"), other), Ok(Err(refused.into())));
        // A vote that Dave's key did not sign.
        let mut forged = equivocation(&dave(), 1, 2);
        let honest = equivocation(&charlie, 1, 2);
        let bytes = forged.encode();
        let signature = vote(&dave(), 2).1.encode();
        let wrong = vote(&charlie, 2).1.encode();
        let at = bytes.windows(64).position(|window| window == signature).expect("it is signed");
        let mut bytes = bytes;
        bytes[at..at + 64].copy_from_slice(&wrong);
        forged = EquivocationProof::decode(&mut &bytes[..]).expect("it still decodes");
        assert_ne!(forged, honest);
        let refused = pallet_grandpa::Error::<Runtime>::InvalidEquivocationProof;
        assert_eq!(submit(&key("Alice"), report(forged, &dave())), Ok(Err(refused.into())));
        assert!(Session::disabled_validators().is_empty());
    });
}

#[test]
fn nothing_is_reported_twice() {
    chain(genesis::LOCAL).execute_with(|| {
        let proof = || equivocation(&dave(), 1, 2);
        succeed(&key("Alice"), report(proof(), &dave()));
        let refused = pallet_grandpa::Error::<Runtime>::DuplicateOffenceReport;
        assert_eq!(submit(&key("Bob"), report(proof(), &dave())), Ok(Err(refused.into())));
        assert_eq!(pallet_validators::Equivocations::<Runtime>::get(), 1);
    });
}

#[test]
fn a_node_reports_what_it_sees_without_an_account() {
    chain(genesis::LOCAL).execute_with(|| {
        let opaque = OpaqueKeyOwnershipProof::new(ownership(&dave()).encode());
        let call: RuntimeCall = pallet_grandpa::Call::report_equivocation_unsigned {
            equivocation_proof: Box::new(equivocation(&dave(), 1, 2)),
            key_owner_proof: opaque.decode().expect("it is one"),
        }
        .into();
        let bare = UncheckedExtrinsic::new_bare(call);
        let from = |source| {
            undone(|| {
                registry_runtime::Executive::validate_transaction(
                    source,
                    bare.clone(),
                    Hash::zero(),
                )
            })
        };
        assert!(from(TransactionSource::Local).is_ok());
        // Nobody else can use the way that needs no account.
        let refused = Err(InvalidTransaction::Call.into());
        assert_eq!(from(TransactionSource::External), refused);
        assert_eq!(apply(bare), Ok(Ok(())));
        assert_eq!(Session::disabled_validators(), [3]);
        assert_eq!(Grandpa::current_set_id(), SET);
    });
}
