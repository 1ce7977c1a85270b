// SPDX-License-Identifier: Apache-2.0
//! Whatever officers do in whatever order: a call is made only if enough of them have agreed, each
//! by themselves, and may still.

use super::*;
use proptest::prelude::*;
use registry_primitives::MayAct;
use std::collections::{BTreeMap, BTreeSet};
use ActionClass::{Issue, Settings};

#[derive(Clone, Debug)]
enum Step {
    ProposeIssue(u64),
    ProposeChange(u64),
    ProposeThreshold(u64, ActionClass, u32),
    Approve(u64, ProposalId),
    Withdraw(u64, ProposalId),
    Dismiss(u64),
    Demote(u64),
    Employ(u64, OrganisationId),
    Suspend,
    Reactivate,
    Wait(u32),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || prop::sample::select(vec![ROOT, A, B, C, MANAGER, M, N, O, D, STRANGER]);
    let class = prop::sample::select(vec![Issue, Settings]);
    let organisation = prop::sample::select(vec![GOVERNMENT, MINISTRY]);
    prop_oneof![
        3 => who().prop_map(Step::ProposeIssue),
        2 => who().prop_map(Step::ProposeChange),
        2 => (who(), class, 1..4u32).prop_map(|(who, class, n)| Step::ProposeThreshold(who, class, n)),
        12 => (who(), 1..12u32).prop_map(|(who, id)| Step::Approve(who, id)),
        1 => (who(), 1..12u32).prop_map(|(who, id)| Step::Withdraw(who, id)),
        1 => who().prop_map(Step::Dismiss),
        1 => who().prop_map(Step::Demote),
        2 => (who(), organisation).prop_map(|(who, at)| Step::Employ(who, at)),
        1 => Just(Step::Suspend),
        1 => Just(Step::Reactivate),
        1 => (1..5u32).prop_map(Step::Wait),
    ]
}

fn take(step: Step) {
    // What is refused changes nothing; what is done is judged by its events.
    match step {
        Step::ProposeIssue(who) => drop(propose(who, issue(1))),
        Step::ProposeChange(who) => drop(propose(who, targets::Call::change { value: 1 }.into())),
        Step::ProposeThreshold(who, class, n) => drop(propose(who, set_threshold(class, n))),
        Step::Approve(who, id) => drop(approve(who, id)),
        Step::Withdraw(who, id) => drop(Approvals::withdraw(signed(who), id)),
        Step::Dismiss(who) => dismiss(who),
        Step::Demote(who) => give_role(who, GOVERNMENT, MemberRole::ViewOnly),
        Step::Employ(who, organisation) => employ(who, organisation),
        Step::Suspend => suspend(MINISTRY),
        Step::Reactivate => reactivate(MINISTRY),
        Step::Wait(blocks) => go_to_block(System::block_number() as u32 + blocks),
    }
}

/// What an onlooker knows of a proposal by the events alone.
struct Seen {
    organisation: OrganisationId,
    action: Action,
    /// What it sets, if it sets a threshold.
    sets: Option<(ActionClass, u32)>,
    agreed: BTreeSet<u64>,
}

fn threshold_in(call: &[u8]) -> Option<(ActionClass, u32)> {
    use codec::Decode;
    match RuntimeCall::decode(&mut &call[..]) {
        Ok(RuntimeCall::Approvals(crate::Call::set_threshold { class, officers })) => {
            Some((class, officers))
        }
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..Default::default() })]

    #[test]
    fn a_call_is_made_only_if_enough_have_agreed(
        steps in prop::collection::vec(step(), 1..80),
        issue in 1..4u32,
        settings in 1..4u32,
    ) {
        run(|| {
            ask_for(Issue, issue);
            ask_for(Settings, settings);
            let mut seen = BTreeMap::<ProposalId, Seen>::new();
            for step in steps {
                // The rule in its own words, before the step changes what it is about.
                let before: BTreeMap<_, _> =
                    ActionClass::ALL.iter().map(|class| (*class, Approvals::required(*class))).collect();
                take(step);
                assert_ok!(Approvals::do_try_state());
                for event in take_events() {
                    match event {
                        Event::Proposed { id, organisation, action, call, by, .. } => {
                            let agreed = BTreeSet::from([by]);
                            let sets = threshold_in(&call);
                            seen.insert(id, Seen { organisation, action, sets, agreed });
                        }
                        Event::Approved { id, by, .. } => {
                            assert!(seen.get_mut(&id).unwrap().agreed.insert(by), "twice");
                        }
                        Event::ApprovalLapsed { id, officer } => {
                            assert!(seen.get_mut(&id).unwrap().agreed.remove(&officer));
                        }
                        Event::Executed { id, officers, result } => {
                            let Seen { organisation, action, sets, agreed } =
                                seen.remove(&id).expect("closed once");
                            assert_eq!(BTreeSet::from_iter(officers.clone()), agreed);
                            assert_eq!(officers.len(), agreed.len());
                            let mut needed = before[&action.class().unwrap()];
                            if let Some((class, officers)) = sets {
                                needed = needed.max(before[&class]).max(officers);
                            }
                            assert!(officers.len() as u32 >= needed, "{officers:?} of {needed}");
                            for who in officers {
                                let actor = Members::may_act(&who, action).unwrap();
                                assert_eq!(actor.organisation, organisation);
                            }
                            assert_ok!(result);
                        }
                        Event::Withdrawn { id, .. } | Event::Expired { id } => {
                            assert!(seen.remove(&id).is_some(), "closed once");
                        }
                        Event::ThresholdSet { .. } => {}
                    }
                }
                assert!(seen.keys().all(|id| waits(*id)));
            }
        });
    }
}
