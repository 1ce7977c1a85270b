// SPDX-License-Identifier: Apache-2.0
//! Which projects an officer may act on. Every cell of the table is walked by the runtime's tests.

use super::*;
use frame_support::assert_noop;
use DocumentKind::{DesignDocument, Other, ValidationReport};

/// A landfill of OTHER_DEVELOPER, assigned to OTHER_CERTIFIER, outside MINISTRY's scopes.
fn foreign() -> ProjectRegistration {
    ProjectRegistration {
        external_id: text("EXT-FOREIGN"),
        sector: Sector::Waste,
        sectoral_scope: SectoralScope::WasteHandling,
        mitigation_type: MitigationType::Landfills,
        certifiers: certifiers(&[OTHER_CERTIFIER]).certifiers,
        ..shares(&[(OTHER_DEVELOPER, WHOLE)])
    }
}

fn registers(who: u64, registration: ProjectRegistration) -> DispatchResult {
    Projects::register_project(signed(who), registration)
}

fn submits(who: u64, project: ProjectId) -> DispatchResult {
    Projects::submit_document(signed(who), project, Other, HASH, 1)
}

/// Every call but the registration, on one project.
fn calls(project: ProjectId) -> Vec<RuntimeCall> {
    use crate::Call;
    let reason = || text("no");
    let calls = [
        Call::submit_document { project, kind: Other, hash: HASH, size: 1 },
        Call::review_document { project, document: 1, accept: true, remark: None },
        Call::validate_project { project, document: 1, estimate: 1 },
        Call::authorise_project { project, quantity: 1, article6: None, buffer_rate: 0 },
        Call::reject_project { project, reason: reason() },
        Call::report_monitoring { project, report: report(years(2021, 2021), &[(2021, 1)]) },
        Call::verify_monitoring {
            project,
            period: 1,
            verified: vintages(&[(2021, 1)]),
            verification: HASH,
        },
        Call::withdraw_project { project, reason: reason() },
        Call::suspend_project { project, reason: reason() },
        Call::resume_project { project },
        Call::complete_project { project, reason: None },
        Call::change_terms { project, article6: None },
        Call::propose_proponents { project, proponents: proponents(&[(DEVELOPER, WHOLE)]) },
        Call::consent_to_proponents { project, number: 1 },
        Call::withdraw_proponents { project, number: 1 },
        Call::assign_certifiers { project, certifiers: certifier_set(&[]) },
        Call::certify_project { project },
        Call::revoke_certification { project, certifier: CERTIFIER, reason: reason() },
        Call::return_monitoring { project, period: 1, remark: HASH },
        Call::refuse_issuance { project, period: 1, reason: reason() },
    ];
    calls.map(RuntimeCall::Projects).into()
}

fn dispatch(call: RuntimeCall, origin: RuntimeOrigin) -> Result<(), DispatchError> {
    use sp_runtime::traits::Dispatchable;
    call.dispatch(origin).map(drop).map_err(|refused| refused.error)
}

#[test]
fn every_call_refuses_who_may_not_act_at_all() {
    run(|| {
        let project = submitted(1);
        let register = crate::Call::register_project { registration: foreign() };
        for call in calls(project).into_iter().chain([register.into()]) {
            for (who, error) in [
                (STRANGER, E::NotAMember),
                (admin(SUSPENDED_DEVELOPER), E::OrganisationSuspended),
                (admin(SUSPENDED_CERTIFIER), E::OrganisationSuspended),
                (viewer(GOVERNMENT), E::NotPermitted),
                (viewer(CERTIFIER), E::NotPermitted),
            ] {
                assert_noop!(dispatch(call.clone(), signed(who)), error);
            }
            for nobody in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
                assert_noop!(dispatch(call.clone(), nobody), E::NotSigned);
            }
        }
    });
}

#[test]
fn a_ministry_acts_within_its_scopes() {
    run(|| {
        assert_noop!(registers(admin(MINISTRY), foreign()), E::NotPermitted);
        assert_ok!(registers(manager(MINISTRY), registration()));
        assert_ok!(register(foreign()));
        assert_ok!(submits(manager(MINISTRY), 1));
        for call in calls(2) {
            assert_noop!(dispatch(call, signed(admin(MINISTRY))), E::NotPermitted);
        }
    });
}

#[test]
fn a_developer_acts_on_projects_it_has_a_share_in() {
    run(|| {
        assert_noop!(registers(admin(DEVELOPER), foreign()), E::NotPermitted);
        assert_ok!(register(foreign()));
        assert_noop!(submits(admin(DEVELOPER), 1), E::NotPermitted);
        // The smallest share is one.
        let small = shares(&[(OTHER_DEVELOPER, WHOLE - 1), (DEVELOPER, 1)]);
        assert_ok!(registers(admin(DEVELOPER), small));
        assert_ok!(submits(manager(DEVELOPER), 2));
        assert_noop!(
            dispatch(
                crate::Call::reject_project { project: 2, reason: text("no") }.into(),
                signed(admin(DEVELOPER))
            ),
            E::NotPermitted
        );
    });
}

#[test]
fn a_certifier_acts_on_projects_it_is_assigned_to() {
    run(|| {
        let project = submitted(1);
        let design = document(project, DesignDocument);
        let by = |who, project| Projects::review_document(signed(who), project, design, true, None);
        assert_noop!(by(admin(OTHER_CERTIFIER), project), E::NotPermitted);
        let validation = document(project, ValidationReport);
        let validate = |who| Projects::validate_project(signed(who), project, validation, 400);
        assert_ok!(by(manager(CERTIFIER), project));
        assert_noop!(validate(admin(OTHER_CERTIFIER)), E::NotPermitted);
        assert_ok!(validate(manager(CERTIFIER)));

        assert_ok!(authorise(project, 300));
        assert_ok!(monitor(project, report(years(2021, 2021), &[(2021, 5)])));
        let verify = |who| {
            let verified = vintages(&[(2021, 5)]);
            Projects::verify_monitoring(signed(who), project, 1, verified, HASH)
        };
        assert_noop!(verify(admin(OTHER_CERTIFIER)), E::NotPermitted);
        assert_ok!(verify(manager(CERTIFIER)));
    });
}

#[test]
fn a_certifier_with_a_share_reviews_nothing() {
    run(|| {
        let project = submitted(1);
        document(project, DesignDocument);
        // A registration refuses this, so it is written directly.
        undone(|| {
            crate::Projects::<Test>::mutate(project, |found| {
                let both = shares(&[(DEVELOPER, WHOLE - 1), (CERTIFIER, 1)]);
                found.as_mut().unwrap().registration.proponents = both.proponents;
            });
            use crate::Call::*;
            let reviews = calls(project).into_iter().filter(|call| {
                matches!(
                    call,
                    RuntimeCall::Projects(
                        review_document { .. }
                            | validate_project { .. }
                            | verify_monitoring { .. }
                            | return_monitoring { .. }
                            | certify_project { .. }
                    )
                )
            });
            for call in reviews {
                let by = signed(admin(CERTIFIER));
                assert_eq!(dispatch(call, by), Err(E::ConflictOfInterest.into()));
            }
        });
    });
}

#[test]
fn four_eyes_are_asked_for_what_is_at_stake() {
    use crate::Call::*;
    run(|| {
        let project = submitted(1);
        FourEyes::set(&true);
        let mut refused = 0;
        for call in calls(project) {
            let decides = matches!(
                call,
                RuntimeCall::Projects(
                    authorise_project { .. }
                        | reject_project { .. }
                        | change_terms { .. }
                        | refuse_issuance { .. }
                )
            );
            let outcome = undone(|| dispatch(call, signed(admin(GOVERNMENT))));
            assert_eq!(outcome == Err(E::ApprovalsNeeded.into()), decides);
            refused += u32::from(decides);
        }
        assert_eq!(refused, 4);
    });
}

#[test]
fn the_government_an_mrv_system_and_a_certifier_register_any() {
    run(|| {
        for (n, who) in [admin(GOVERNMENT), manager(GOVERNMENT), admin(API), manager(CERTIFIER)]
            .into_iter()
            .enumerate()
        {
            let external_id = text(&format!("EXT-{n}"));
            assert_ok!(registers(who, ProjectRegistration { external_id, ..foreign() }));
        }
    });
}
