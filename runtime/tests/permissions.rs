// SPDX-License-Identifier: Apache-2.0
//! Every cell of the permission table, through signed transactions.
//!
//! For each call of the registry's pallets, each role of an organisation and each role of a member,
//! the call is sent for an object within reach and for one out of it. All objects are ready for the
//! call, so that permission alone decides: what is allowed succeeds.

/// Past the capture of the test harness, which keeps what a passing test prints.
macro_rules! report {
    ($($words:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), $($words)*);
    }};
}

mod common;
#[path = "common/permission_cases.rs"]
mod permission_cases;
#[path = "common/permission_steps.rs"]
mod permission_steps;

use common::{steps::*, *};
use frame_support::traits::GetCallMetadata;
use permission_cases::*;
use permission_steps::*;
use registry_primitives::{
    permission, Action, ActionClass, MemberRole, OrganisationId, OrganisationRole, Reach,
};
use registry_runtime::{actions::action_of, AccountId, Runtime, RuntimeCall};
use sp_core::sr25519::Pair;
use sp_runtime::{DispatchError, DispatchResult};
use std::collections::BTreeSet;
use MemberRole::{Root, ViewOnly};
use OrganisationRole::{Government, Ministry};

type Approvals = pallet_approvals::Call<Runtime>;

/// One cell of the table: a member of an organisation.
#[derive(Clone, Copy)]
struct Cell {
    organisation: OrganisationRole,
    id: OrganisationId,
    member: MemberRole,
}

impl Cell {
    fn signer(self) -> Pair {
        member(self.organisation, self.member)
    }

    fn reach(self, action: Action) -> Reach {
        permission::reach(action, self.organisation, self.member)
    }
}

fn cells(registry: &Registry) -> impl Iterator<Item = Cell> + '_ {
    let organisations = registry.organisations.iter().copied();
    organisations.flat_map(|(organisation, id)| {
        MemberRole::ALL.iter().map(move |&member| Cell { organisation, id, member })
    })
}

/// How many cells were allowed, out of reach, and refused.
#[derive(Default, Debug)]
struct Counts {
    allowed: u32,
    out_of_reach: u32,
    refused: u32,
}

impl Counts {
    fn add(&mut self, reach: Reach, allowed: bool) {
        match (reach, allowed) {
            (Reach::No, _) => self.refused += 1,
            (_, true) => self.allowed += 1,
            (_, false) => self.out_of_reach += 1,
        }
    }

    fn assert_all_kinds(&self) {
        assert!(self.allowed > 0 && self.out_of_reach > 0 && self.refused > 0, "{self:?}");
    }

    fn sum(&self) -> u32 {
        self.allowed + self.out_of_reach + self.refused
    }
}

/// Pallet and name of a call.
fn name(call: &RuntimeCall) -> (&'static str, &'static str) {
    let metadata = call.get_call_metadata();
    (metadata.pallet_name, metadata.function_name)
}

fn approvals_error(error: pallet_approvals::Error<Runtime>) -> DispatchError {
    error.into()
}

/// What a case must answer to a member; and whether that is success.
fn expected(case: &Case, reach: Reach, inside: bool, refusal: DispatchError) -> DispatchResult {
    let within = case.own.unwrap_or(reach == Reach::Any || inside);
    match reach {
        Reach::No => Err(refusal),
        Reach::Any | Reach::WithinScopes | Reach::Own if within => Ok(()),
        Reach::Any | Reach::WithinScopes | Reach::Own => Err(case.out_of_reach),
    }
}

/// Sends a call after what must come before it, and undoes both.
fn outcome(signer: &Pair, case: &Case, call: RuntimeCall) -> DispatchResult {
    undone(|| {
        if let Some(before) = &case.before {
            succeed(&root(), before.clone());
        }
        submit(signer, call).expect("members of active organisations are admitted")
    })
}

#[test]
fn every_cell_is_allowed_or_refused_as_printed() {
    development().execute_with(|| {
        let registry = registry();
        let (mut counts, mut proposed) = (Counts::default(), Counts::default());
        let mut called = BTreeSet::new();
        let mut actions = BTreeSet::new();
        for cell in cells(&registry) {
            for (inside, side) in [(true, &registry.inside), (false, &registry.outside)] {
                for case in cases(&registry, side, inside, cell.organisation, cell.id) {
                    let call = case.call.clone();
                    let action = action_of(&call).expect("every case is an officer's act");
                    called.insert(name(&call));
                    actions.insert(action);
                    let reach = cell.reach(action);
                    let what = format!(
                        "{action} by {} of {}, {}: {reach}, {:?}",
                        cell.member,
                        cell.organisation,
                        if inside { "inside" } else { "outside" },
                        name(&call),
                    );
                    let answer = expected(&case, reach, inside, not_permitted(&call));
                    let refused = outcome(&cell.signer(), &case, call.clone());
                    assert_eq!(refused, answer, "{what}");
                    counts.add(reach, answer.is_ok());

                    // Proposed where one officer is enough, it is made at once, or refused alike.
                    if action.class().is_some() {
                        let refusal = pallet_approvals::Error::<Runtime>::NotPermitted;
                        let answer = expected(&case, reach, inside, refusal.into());
                        let propose = Approvals::propose { call: Box::new(call) };
                        called.insert(name(&propose.clone().into()));
                        let refused = outcome(&cell.signer(), &case, propose.into());
                        assert_eq!(refused, answer, "proposed: {what}");
                        proposed.add(reach, answer.is_ok());
                    }
                }
            }
        }
        counts.assert_all_kinds();
        proposed.assert_all_kinds();
        report!("permission table, calls: {} cells, {counts:?}", counts.sum());
        report!("permission table, proposed calls: {} cells, {proposed:?}", proposed.sum());

        assert_eq!(actions, Action::ALL.iter().copied().collect(), "every action has a call");
        // Approving and withdrawing are below.
        called.insert(("Approvals", "approve"));
        called.insert(("Approvals", "withdraw"));
        // A bridge key signs the first, the council makes the others: see the tests of the bridge.
        for name in ["observe", "add_operator", "remove_operator"] {
            called.insert(("ItmoBridge", name));
        }
        let all: BTreeSet<_> = PALLETS
            .iter()
            .flat_map(|pallet| {
                RuntimeCall::get_call_names(pallet).iter().map(|name| (*pallet, *name))
            })
            .collect();
        assert_eq!(called, all, "no call is left out");
        report!("permission table: {} calls, {} actions", all.len(), actions.len());
    });
}

/// A proposal that waits, of an organisation.
struct Waiting {
    action: Action,
    id: u32,
    organisation: OrganisationRole,
}

/// Two officers must agree to everything that several can be asked for; the second Admins of the
/// Government and of the ministry have proposed what they may.
fn propose_everything(registry: &Registry) -> Vec<Waiting> {
    for class in ActionClass::ALL {
        pallet_approvals::Thresholds::<Runtime>::insert(class, 2);
    }
    let mut waiting = Vec::new();
    for (organisation, id) in &registry.organisations {
        if !matches!(organisation, Government | Ministry) {
            continue;
        }
        for case in cases(registry, &registry.inside, true, *organisation, *id) {
            let action = action_of(&case.call).expect("every case is an officer's act");
            let reach = permission::reach(action, *organisation, MemberRole::Admin);
            if action.class().is_none() || reach == Reach::No {
                continue;
            }
            let call = Box::new(case.call.clone());
            succeed(&second_admin(*organisation), Approvals::propose { call });
            let id = pallet_approvals::LastProposalId::<Runtime>::get();
            waiting.push(Waiting { action, id, organisation: *organisation });
        }
    }
    waiting
}

#[test]
fn what_needs_several_officers_is_approved_and_withdrawn_by_those_who_may_do_it() {
    use pallet_approvals::Error;
    development().execute_with(|| {
        let registry = registry();
        let waiting = propose_everything(&registry);
        let classes: BTreeSet<_> =
            waiting.iter().filter_map(|proposal| proposal.action.class()).collect();
        assert_eq!(classes, ActionClass::ALL.iter().copied().collect());
        let mut counts = Counts::default();
        for cell in cells(&registry) {
            let signer = cell.signer();
            for &Waiting { action, id, organisation } in &waiting {
                let reach = cell.reach(action);
                let own = cell.organisation == organisation;
                let what = format!(
                    "{action} of {organisation}, by {} of {}",
                    cell.member, cell.organisation
                );
                let approved = match (reach, own) {
                    (Reach::No, _) => Err(Error::NotPermitted),
                    (_, false) => Err(Error::OtherOrganisation),
                    (_, true) => Ok(()),
                }
                .map_err(approvals_error);
                let approve = Approvals::approve { id };
                assert_eq!(undone(|| submit(&signer, approve)), Ok(approved), "approved: {what}");
                counts.add(reach, approved.is_ok());

                // Who may do it withdraws what they proposed themselves, and nothing else.
                let withdrawn = match (reach, own) {
                    (Reach::No, _) => Error::NotPermitted,
                    (_, false) => Error::OtherOrganisation,
                    (_, true) => Error::NotTheProposer,
                };
                let withdraw = Approvals::withdraw { id };
                let refused = Ok(Err(approvals_error(withdrawn)));
                assert_eq!(undone(|| submit(&signer, withdraw)), refused, "withdrawn: {what}");
                counts.add(reach, false);
                if approved.is_ok() {
                    undone(|| propose_and_withdraw(&signer, id));
                    counts.add(reach, true);
                }
            }
        }
        counts.assert_all_kinds();
        report!("permission table, proposals: {} cells, {counts:?}", counts.sum());
    });
}

/// Proposes the same call again and withdraws it.
fn propose_and_withdraw(signer: &Pair, id: u32) {
    use codec::Decode;
    let proposal = pallet_approvals::Proposals::<Runtime>::get(id).expect("it waits");
    let call = RuntimeCall::decode(&mut &proposal.call[..]).expect("it is a call");
    succeed(signer, Approvals::propose { call: Box::new(call) });
    let id = pallet_approvals::LastProposalId::<Runtime>::get();
    succeed(signer, Approvals::withdraw { id });
    assert_eq!(pallet_approvals::Proposals::<Runtime>::get(id), None);
}

#[test]
fn nobody_does_alone_what_needs_several_officers() {
    development().execute_with(|| {
        let registry = registry();
        let mut refused = 0;
        propose_everything(&registry);
        for cell in cells(&registry) {
            for case in cases(&registry, &registry.inside, true, cell.organisation, cell.id) {
                let action = action_of(&case.call).expect("every case is an officer's act");
                if action.class().is_none() || cell.reach(action) == Reach::No {
                    continue;
                }
                let needed = approvals_needed(&case.call);
                let alone = outcome(&cell.signer(), &case, case.call.clone());
                assert_eq!(alone, Err(needed), "{action} by {}", cell.member);
                refused += 1;
            }
        }
        assert!(refused > 0);
        report!("permission table: {refused} cells ask for a second officer");
    });
}

#[test]
fn whoever_signs_replaces_their_own_key() {
    development().execute_with(|| {
        let registry = registry();
        for cell in cells(&registry) {
            let signer = cell.signer();
            let (old, new): (AccountId, AccountId) = (account(&signer), account(&key("New")));
            let replace = pallet_organisations::Call::replace_key { old, new };
            let allowed = match cell.member {
                ViewOnly => Err(pallet_organisations::Error::<Runtime>::NotPermitted.into()),
                _ => Ok(()),
            };
            let answer = undone(|| submit(&signer, replace));
            assert_eq!(answer, Ok(allowed), "{} of {}", cell.member, cell.organisation);
        }
    });
}

#[test]
fn the_table_names_root_in_the_government_alone() {
    development().execute_with(|| {
        let registry = registry();
        for cell in cells(&registry).filter(|cell| cell.member == Root) {
            let may =
                pallet_organisations::Pallet::<Runtime>::permissions_of(account(&cell.signer()));
            assert_eq!(may.is_empty(), cell.organisation != Government, "{}", cell.organisation);
        }
    });
}
