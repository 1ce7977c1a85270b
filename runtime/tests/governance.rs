// SPDX-License-Identifier: Apache-2.0
//! The council, through real signed transactions: motions, upgrades, emergencies.

mod common;

use common::{steps::*, *};
use frame_support::assert_ok;
use registry_primitives::Text;
use registry_runtime::{
    admission::RESERVED_FOR_GOVERNANCE, AccountId, CouncilInstance, Runtime, RuntimeCall,
    RuntimeEvent, System,
};
use sp_core::sr25519::Pair;
use sp_runtime::{
    traits::{BlakeTwo256, Hash},
    transaction_validity::InvalidTransaction,
    DispatchError, DispatchResult,
};

type Motions = pallet_collective::Call<Runtime, CouncilInstance>;

fn text<const N: u32>(text: &str) -> Text<N> {
    Text::try_from(text).expect("the texts of tests are short")
}

fn enact(call: impl Into<RuntimeCall>) -> RuntimeCall {
    let call = Box::new(call.into());
    pallet_governance::Call::enact { call, reason: text("Gazette 12/2026") }.into()
}

fn propose(threshold: u32, motion: RuntimeCall) -> RuntimeCall {
    let length_bound = codec::Encode::encoded_size(&motion) as u32;
    Motions::propose { threshold, proposal: Box::new(motion), length_bound }.into()
}

/// What the council of one decides.
#[track_caller]
fn decide(call: impl Into<RuntimeCall>) -> DispatchResult {
    succeed(&root(), propose(1, enact(call)));
    result_of_motion()
}

/// How the last motion that was executed ended.
#[track_caller]
fn result_of_motion() -> DispatchResult {
    System::events()
        .into_iter()
        .rev()
        .find_map(|record| match record.event {
            RuntimeEvent::RegistryCouncil(
                pallet_collective::Event::Executed { result, .. }
                | pallet_collective::Event::MemberExecuted { result, .. },
            ) => Some(result),
            _ => None,
        })
        .expect("a motion was executed")
}

fn council(members: &[&Pair]) {
    let members: std::collections::BTreeSet<AccountId> =
        members.iter().map(|member| account(member)).collect();
    let members = members.try_into().expect("no more than there may be");
    assert_ok!(decide(pallet_governance::Call::set_council { members }));
}

fn authorise(code: &[u8]) -> RuntimeCall {
    frame_system::Call::authorize_upgrade { code_hash: BlakeTwo256::hash(code) }.into()
}

#[test]
fn two_thirds_of_the_council_act_as_root_in_public() {
    development().execute_with(|| {
        found();
        let (second, third) = (key("Second"), key("Third"));
        council(&[&root(), &second, &third]);

        let motion = enact(authorise(b"code"));
        let hash = BlakeTwo256::hash_of(&motion);
        succeed(&root(), propose(2, motion.clone()));
        let vote = |approve| Motions::vote { proposal: hash, index: 0, approve };
        succeed(&root(), vote(true));
        succeed(&second, vote(true));
        assert!(System::authorized_upgrade().is_none());
        let close: RuntimeCall = Motions::close {
            proposal_hash: hash,
            index: 0,
            proposal_weight_bound: frame_support::dispatch::GetDispatchInfo::get_dispatch_info(
                &motion,
            )
            .call_weight,
            length_bound: codec::Encode::encoded_size(&motion) as u32,
        }
        .into();
        succeed(&third, close);
        assert_ok!(result_of_motion());
        assert!(System::authorized_upgrade().is_some());
        let reasons: Vec<_> = System::events()
            .into_iter()
            .filter_map(|record| match record.event {
                RuntimeEvent::Governance(pallet_governance::Event::Enacted { reason, .. }) => {
                    Some(reason.to_text())
                }
                _ => None,
            })
            .collect();
        // The first was the change of the council itself.
        assert_eq!(reasons, ["Gazette 12/2026", "Gazette 12/2026"]);
    });
}

#[test]
fn one_third_acts_as_nobody() {
    development().execute_with(|| {
        found();
        council(&[&root(), &key("Second"), &key("Third")]);
        succeed(&root(), propose(1, enact(authorise(b"code"))));
        assert_eq!(result_of_motion(), Err(DispatchError::BadOrigin));
        assert!(System::authorized_upgrade().is_none());
    });
}

#[test]
fn nobody_else_governs_and_nobody_elses_call_takes_their_room() {
    development().execute_with(|| {
        found();
        let motion = enact(authorise(b"code"));
        let reserved = InvalidTransaction::Custom(RESERVED_FOR_GOVERNANCE);
        for call in [motion.clone(), propose(1, motion), authorise(b"code")] {
            let call = sign(&developer(), System::account_nonce(account(&developer())), call);
            assert_eq!(validate(call.clone()), Err(reserved.into()));
            assert_eq!(apply(call), Err(reserved.into()));
        }
        // Who may send one directly is still not Root.
        let direct = submit(&root(), enact(authorise(b"code")));
        assert_eq!(direct, Ok(Err(DispatchError::BadOrigin)));
    });
}

#[test]
fn an_upgrade_is_the_code_whose_hash_was_published() {
    development().execute_with(|| {
        found();
        assert_ok!(decide(authorise(b"code")));
        let other = frame_system::Call::<Runtime>::apply_authorized_upgrade {
            code: b"other code".to_vec(),
        };
        let bare = registry_runtime::UncheckedExtrinsic::new_bare(other.into());
        // Anybody may hand it in, without a signature, but no other code than that.
        assert!(validate(bare.clone()).is_err());
        assert!(apply(bare).is_err());
        let fitting =
            frame_system::Call::<Runtime>::apply_authorized_upgrade { code: b"code".to_vec() };
        assert!(validate(registry_runtime::UncheckedExtrinsic::new_bare(fitting.into())).is_ok());
    });
}

#[test]
fn not_even_the_council_mints_or_writes_by_hand_or_skips_the_hash() {
    development().execute_with(|| {
        found();
        let who = account(&buyer()).into();
        let calls: [RuntimeCall; 7] = [
            pallet_balances::Call::force_set_balance { who, new_free: 1 }.into(),
            frame_system::Call::set_storage { items: vec![] }.into(),
            frame_system::Call::kill_storage { keys: vec![] }.into(),
            frame_system::Call::kill_prefix { prefix: vec![], subkeys: 1 }.into(),
            frame_system::Call::set_code { code: vec![] }.into(),
            Motions::set_members { new_members: vec![], prime: None, old_count: 1 }.into(),
            frame_system::Call::authorize_upgrade_without_checks { code_hash: Default::default() }
                .into(),
        ];
        for call in calls {
            let refused = pallet_governance::Error::<Runtime>::NotEnactable;
            assert_eq!(decide(call.clone()), Err(refused.into()), "{call:?}");
        }
    });
}

fn name(pallet: &str, call: &str) -> pallet_tx_pause::RuntimeCallNameOf<Runtime> {
    let bound = |name: &str| name.as_bytes().to_vec().try_into().expect("names are short");
    (bound(pallet), bound(call))
}

fn remark() -> RuntimeCall {
    frame_system::Call::<Runtime>::remark { remark: vec![] }.into()
}

fn filtered() -> DispatchResult {
    Err(frame_system::Error::<Runtime>::CallFiltered.into())
}

#[test]
fn the_council_pauses_one_call_and_no_other() {
    development().execute_with(|| {
        found();
        let full_name = name("Organisations", "add_member");
        assert_ok!(decide(pallet_tx_pause::Call::pause { full_name: full_name.clone() }));
        let manager = registry_primitives::MemberRole::Manager;
        let add = || add_member(DEVELOPER, &key("Newcomer"), manager);
        assert_eq!(submit(&developer(), add()), Ok(filtered()));
        assert_eq!(submit(&developer(), remark()), Ok(Ok(())));
        assert_ok!(decide(pallet_tx_pause::Call::unpause { ident: full_name }));
        succeed(&developer(), add());
    });
}

#[test]
fn the_council_cannot_lock_itself_out() {
    development().execute_with(|| {
        found();
        for (pallet, call) in [
            ("RegistryCouncil", "propose"),
            ("Governance", "enact"),
            ("TxPause", "unpause"),
            ("Grandpa", "report_equivocation"),
            ("Timestamp", "set"),
        ] {
            let full_name = name(pallet, call);
            let refused = pallet_tx_pause::Error::<Runtime>::Unpausable;
            let decided = decide(pallet_tx_pause::Call::pause { full_name });
            assert_eq!(decided, Err(refused.into()), "{pallet}.{call}");
        }
    });
}

#[test]
fn in_an_emergency_nothing_goes_on_but_consensus_and_the_council() {
    development().execute_with(|| {
        found();
        assert_ok!(decide(pallet_safe_mode::Call::force_enter {}));
        let add = add_member(DEVELOPER, &key("Newcomer"), registry_primitives::MemberRole::Manager);
        assert_eq!(submit(&developer(), add.clone()), Ok(filtered()));
        // The chain goes on.
        next_block();
        assert_eq!(submit(&developer(), add.clone()), Ok(filtered()));
        assert_ok!(decide(pallet_safe_mode::Call::force_exit {}));
        succeed(&developer(), add);
    });
}

#[test]
fn nobody_buys_an_emergency() {
    development().execute_with(|| {
        found();
        let enter = pallet_safe_mode::Call::<Runtime>::enter {};
        let refused = pallet_safe_mode::Error::<Runtime>::NotConfigured;
        assert_eq!(submit(&developer(), enter), Ok(Err(refused.into())));
    });
}

#[test]
fn session_keys_are_not_taken_back() {
    development().execute_with(|| {
        let purge = pallet_session::Call::<Runtime>::purge_keys {};
        assert_eq!(submit(&root(), purge), Ok(filtered()));
    });
}
