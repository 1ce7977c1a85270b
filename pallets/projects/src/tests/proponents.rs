// SPDX-License-Identifier: Apache-2.0
//! `propose_proponents`, `consent_to_proponents` and `withdraw_proponents`.

use super::*;
use crate::{Event, ProponentChanges};
use frame_support::assert_noop;
use registry_primitives::project::{ProponentChange, MAX_PROPONENTS};

const HALVES: [(OrganisationId, Ppm); 2] = [(DEVELOPER, 500_000), (OTHER_DEVELOPER, 500_000)];

fn consent(who: OrganisationId, project: ProjectId, number: u32) -> DispatchResult {
    Projects::consent_to_proponents(signed(manager(who)), project, number)
}

fn withdraw(who: OrganisationId, project: ProjectId, number: u32) -> DispatchResult {
    Projects::withdraw_proponents(signed(manager(who)), project, number)
}

fn owners(project: ProjectId) -> Proponents {
    found(project).registration.proponents
}

/// A project of DEVELOPER and OTHER_DEVELOPER.
fn shared() -> ProjectId {
    assert_ok!(register(shares(&HALVES)));
    1
}

#[test]
fn a_share_is_given_away_once_its_receiver_consents() {
    run(|| {
        let project = submitted(1);
        assert_ok!(propose(project, &HALVES));
        let consents = BTreeSet::from([DEVELOPER]).try_into().unwrap();
        let expected = ProponentChange { number: 1, proponents: proponents(&HALVES), consents };
        assert_eq!(ProponentChanges::<Test>::get(project), Some(expected));
        assert_eq!(owners(project), proponents(&[(DEVELOPER, WHOLE)]));
        System::assert_last_event(
            Event::ProponentsProposed {
                project,
                number: 1,
                proponents: proponents(&HALVES),
                by: admin(DEVELOPER),
            }
            .into(),
        );

        System::reset_events();
        assert_ok!(consent(OTHER_DEVELOPER, project, 1));
        assert_eq!(owners(project), proponents(&HALVES));
        assert_eq!(ProponentChanges::<Test>::get(project), None);
        let (organisation, by) = (OTHER_DEVELOPER, manager(OTHER_DEVELOPER));
        let consented = Event::ProponentsConsented { project, number: 1, organisation, by };
        let changed = Event::ProponentsChanged { project, proponents: proponents(&HALVES) };
        let events: Vec<_> = System::events().into_iter().map(|record| record.event).collect();
        assert_eq!(events, [consented.into(), changed.into()]);
    });
}

#[test]
fn who_loses_its_share_must_consent() {
    run(|| {
        let project = shared();
        let gained = [(DEVELOPER, 999_999), (OTHER_DEVELOPER, 1)];
        assert_ok!(propose(project, &gained));
        assert_eq!(owners(project), proponents(&HALVES));
        assert_ok!(consent(OTHER_DEVELOPER, project, 1));
        assert_eq!(owners(project), proponents(&gained));

        assert_ok!(propose(project, &[(DEVELOPER, WHOLE)]));
        assert_eq!(owners(project), proponents(&gained));
        assert_ok!(consent(OTHER_DEVELOPER, project, 2));
        assert_eq!(owners(project), proponents(&[(DEVELOPER, WHOLE)]));
        // Who has no share any more may do no more.
        assert_noop!(consent(OTHER_DEVELOPER, project, 2), E::NotPermitted);
    });
}

#[test]
fn all_old_and_new_proponents_consent_in_any_order() {
    run(|| {
        let project = shared();
        let new = [(OTHER_CERTIFIER, 1), (DEVELOPERS, WHOLE - 1)];
        assert_ok!(propose(project, &new));
        let all = [OTHER_DEVELOPER, OTHER_CERTIFIER, DEVELOPERS];
        for last in 0..all.len() {
            undone(|| {
                for each in (0..all.len()).filter(|n| *n != last) {
                    assert_ok!(consent(all[each], project, 1));
                    assert_eq!(owners(project), proponents(&HALVES));
                }
                assert_ok!(consent(all[last], project, 1));
                assert_eq!(owners(project), proponents(&new));
            });
        }
    });
}

#[test]
fn sixteen_may_hand_over_to_sixteen_others() {
    run(|| {
        let each = |first: u32| -> Vec<_> {
            (first..first + MAX_PROPONENTS).map(|id| (id, WHOLE / MAX_PROPONENTS)).collect()
        };
        let (old, new) = (each(DEVELOPERS), each(DEVELOPERS + MAX_PROPONENTS));
        assert_ok!(register(shares(&old)));
        let by = signed(admin(DEVELOPERS));
        assert_ok!(Projects::propose_proponents(by, 1, proponents(&new)));
        for (organisation, _) in old.iter().chain(&new).skip(1) {
            assert_eq!(owners(1), proponents(&old));
            assert_ok!(consent(*organisation, 1, 1));
        }
        assert_eq!(owners(1), proponents(&new));
    });
}

#[test]
fn issued_tonnes_stay_as_they_are() {
    run(|| {
        let project = verified();
        assert_ok!(note_issued(project, 1));
        let before = found(project);
        assert_ok!(propose(project, &[(OTHER_DEVELOPER, WHOLE)]));
        assert_ok!(consent(OTHER_DEVELOPER, project, 1));
        let registration = shares(&[(OTHER_DEVELOPER, WHOLE)]);
        assert_eq!(found(project), Project { registration, proponent_changes: 1, ..before });
    });
}

#[test]
fn the_project_exists() {
    run(|| {
        assert_noop!(propose(1, &HALVES), E::UnknownProject);
        assert_noop!(consent(DEVELOPER, 1, 1), E::UnknownProject);
        assert_noop!(withdraw(DEVELOPER, 1, 1), E::UnknownProject);
    });
}

#[test]
fn only_a_proponent_proposes() {
    run(|| {
        let project = submitted(1);
        let by = |who| Projects::propose_proponents(signed(who), project, proponents(&HALVES));
        for who in [OTHER_DEVELOPER, CERTIFIER, OTHER_CERTIFIER, GOVERNMENT, MINISTRY, API] {
            assert_noop!(by(admin(who)), E::NotPermitted);
        }
        // Nor one that shall become a proponent.
        assert_ok!(by(manager(DEVELOPER)));
        assert_noop!(by(admin(OTHER_DEVELOPER)), E::NotPermitted);
    });
}

#[test]
fn a_certifier_with_a_share_proposes_and_consents() {
    run(|| {
        let owned = [(DEVELOPER, 500_000), (OTHER_CERTIFIER, 500_000)];
        assert_ok!(register(shares(&owned)));
        let new = proponents(&[(DEVELOPER, WHOLE)]);
        let by = signed(admin(OTHER_CERTIFIER));
        assert_ok!(Projects::propose_proponents(by, 1, new.clone()));
        assert_ok!(consent(DEVELOPER, 1, 1));
        assert_eq!(owners(1), new);
    });
}

#[test]
fn proponents_are_as_a_registration_asks() {
    run(|| {
        let project = submitted(1);
        for bad in [&[][..], &[(OTHER_DEVELOPER, WHOLE - 1)], &[(DEVELOPER, WHOLE), (4, 0)]] {
            assert_noop!(propose(project, bad), E::InvalidShares);
        }
        let twice = [(DEVELOPER, 400_000), (DEVELOPER, 600_000)];
        assert_noop!(propose(project, &twice), E::NamedTwice);
        for bad in [GOVERNMENT, MINISTRY, API, SUSPENDED_DEVELOPER, SUSPENDED_CERTIFIER, NOWHERE] {
            let among = [(DEVELOPER, 500_000), (bad, 500_000)];
            assert_noop!(propose(project, &among), E::InvalidProponent);
        }
    });
}

#[test]
fn whoever_reviews_or_certified_owns_nothing() {
    run(|| {
        let project = validated();
        let own = [(DEVELOPER, 900_000), (CERTIFIER, 100_000)];
        assert_noop!(propose(project, &own), E::ConflictOfInterest);
        assert_ok!(certify(project, CERTIFIER));
        assert_ok!(assign(project, &[OTHER_CERTIFIER]));
        // Not assigned any more, but its certification stands.
        assert_noop!(propose(project, &own), E::ConflictOfInterest);
        let by = signed(admin(CERTIFIER));
        assert_ok!(Projects::revoke_certification(by, project, CERTIFIER, text("sold")));
        assert_ok!(propose(project, &own));
    });
}

#[test]
fn a_change_changes_something() {
    run(|| {
        let project = shared();
        assert_noop!(propose(project, &HALVES), E::Unchanged);
        // Their order decides about the odd tonne.
        assert_ok!(propose(project, &[HALVES[1], HALVES[0]]));
    });
}

#[test]
fn a_new_proposal_replaces_the_one_that_waits() {
    run(|| {
        let project = shared();
        assert_ok!(propose(project, &[(DEVELOPERS, WHOLE)]));
        assert_ok!(consent(OTHER_DEVELOPER, project, 1));
        assert_ok!(propose(project, &[(DEVELOPERS, WHOLE - 1), (DEVELOPER, 1)]));
        // Consents to something else count for nothing.
        let change = ProponentChanges::<Test>::get(project).unwrap();
        assert_eq!(change.number, 2);
        assert!(change.consents.iter().eq([&DEVELOPER]));
        assert_noop!(consent(DEVELOPERS, project, 1), E::NoSuchChange);
        assert_ok!(consent(DEVELOPERS, project, 2));
        assert_eq!(owners(project), proponents(&HALVES));
        assert_ok!(consent(OTHER_DEVELOPER, project, 2));
        assert_eq!(owners(project), change.proponents);
    });
}

#[test]
fn an_organisation_consents_once() {
    run(|| {
        let project = shared();
        assert_ok!(propose(project, &[(DEVELOPERS, WHOLE)]));
        assert_noop!(consent(DEVELOPER, project, 1), E::AlreadyConsented);
        assert_ok!(consent(DEVELOPERS, project, 1));
        assert_noop!(consent(DEVELOPERS, project, 1), E::AlreadyConsented);
    });
}

#[test]
fn the_change_is_the_one_that_waits() {
    run(|| {
        let project = submitted(1);
        assert_noop!(consent(DEVELOPER, project, 0), E::NoSuchChange);
        assert_noop!(withdraw(DEVELOPER, project, 0), E::NoSuchChange);
        assert_ok!(propose(project, &HALVES));
        for wrong in [0, 2, u32::MAX] {
            assert_noop!(consent(OTHER_DEVELOPER, project, wrong), E::NoSuchChange);
            assert_noop!(withdraw(OTHER_DEVELOPER, project, wrong), E::NoSuchChange);
        }
    });
}

#[test]
fn only_those_concerned_consent_and_withdraw() {
    run(|| {
        let project = submitted(1);
        assert_ok!(propose(project, &HALVES));
        for who in [DEVELOPERS, CERTIFIER, OTHER_CERTIFIER, GOVERNMENT, MINISTRY, API] {
            assert_noop!(consent(who, project, 1), E::NotPermitted);
            assert_noop!(withdraw(who, project, 1), E::NotPermitted);
        }
    });
}

#[test]
fn anybody_concerned_withdraws_a_change() {
    for organisation in [DEVELOPER, OTHER_DEVELOPER] {
        run(|| {
            let project = submitted(1);
            assert_ok!(propose(project, &HALVES));
            assert_ok!(withdraw(organisation, project, 1));
            assert_eq!(ProponentChanges::<Test>::get(project), None);
            assert_eq!(owners(project), proponents(&[(DEVELOPER, WHOLE)]));
            let by = manager(organisation);
            System::assert_last_event(
                Event::ProponentsChangeWithdrawn { project, number: 1, organisation, by }.into(),
            );
            assert_noop!(consent(DEVELOPER, project, 1), E::NoSuchChange);
            // Numbers are not used again.
            assert_ok!(propose(project, &HALVES));
            assert_ok!(consent(OTHER_DEVELOPER, project, 2));
        });
    }
}

#[test]
fn the_last_consent_checks_again() {
    run(|| {
        let project = submitted(1);
        let new = [(DEVELOPER, 400_000), (OTHER_DEVELOPER, 300_000), (OTHER_CERTIFIER, 300_000)];
        assert_ok!(propose(project, &new));
        assert_ok!(consent(OTHER_CERTIFIER, project, 1));

        suspend(OTHER_CERTIFIER);
        assert_noop!(consent(OTHER_DEVELOPER, project, 1), E::InvalidProponent);
        reactivate(OTHER_CERTIFIER);
        assert_ok!(assign(project, &[OTHER_CERTIFIER]));
        assert_noop!(consent(OTHER_DEVELOPER, project, 1), E::ConflictOfInterest);
        assert_ok!(assign(project, &[CERTIFIER]));
        assert_ok!(consent(OTHER_DEVELOPER, project, 1));
        assert_eq!(owners(project), proponents(&new));
    });
}

#[test]
fn a_suspended_organisation_neither_proposes_nor_consents() {
    run(|| {
        let project = submitted(1);
        assert_ok!(propose(project, &HALVES));
        suspend(OTHER_DEVELOPER);
        assert_noop!(consent(OTHER_DEVELOPER, project, 1), E::OrganisationSuspended);
        suspend(DEVELOPER);
        assert_noop!(propose(project, &HALVES), E::OrganisationSuspended);
        assert_noop!(withdraw(DEVELOPER, project, 1), E::OrganisationSuspended);
    });
}

#[test]
fn numbers_end() {
    run(|| {
        let project = submitted(1);
        let changes = |count| {
            crate::Projects::<Test>::mutate(project, |found| {
                found.as_mut().unwrap().proponent_changes = count
            });
        };
        changes(u32::MAX);
        assert_noop!(propose(project, &HALVES), E::NumbersExhausted);
    });
}
