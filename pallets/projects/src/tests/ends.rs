// SPDX-License-Identifier: Apache-2.0
//! `withdraw_project`, `suspend_project`, `resume_project` and `complete_project`.

use super::*;
use crate::{Event, ProponentChanges};
use frame_support::assert_noop;

fn withdraw(project: ProjectId, reason: &str) -> DispatchResult {
    Projects::withdraw_project(signed(manager(DEVELOPER)), project, text(reason))
}

fn suspend_project(project: ProjectId, reason: &str) -> DispatchResult {
    Projects::suspend_project(signed(admin(GOVERNMENT)), project, text(reason))
}

fn resume(project: ProjectId) -> DispatchResult {
    Projects::resume_project(signed(admin(GOVERNMENT)), project)
}

fn complete(project: ProjectId, reason: Option<&str>) -> DispatchResult {
    Projects::complete_project(signed(admin(GOVERNMENT)), project, reason.map(text))
}

#[test]
fn a_proponent_withdraws_a_project_until_it_is_authorised() {
    use ProjectStage::*;
    for before in [Submitted, Returned, Validated] {
        run(|| {
            let project = submitted(1);
            put_stage(project, before);
            assert_ok!(withdraw(project, "no money"));
            assert_eq!(stage(project), Withdrawn);
            let (reason, by) = (text("no money"), manager(DEVELOPER));
            System::assert_last_event(Event::ProjectWithdrawn { id: project, reason, by }.into());
            // Final, for everybody.
            assert_noop!(withdraw(project, "no money"), E::WrongStage);
            assert_noop!(submit(project, DocumentKind::DesignDocument), E::WrongStage);
            let by = signed(admin(GOVERNMENT));
            assert_noop!(Projects::reject_project(by, project, text("no")), E::WrongStage);
        });
    }
}

#[test]
fn a_suspended_project_stands_still_until_it_is_resumed() {
    run(|| {
        let project = verified();
        let before = found(project);
        assert_ok!(suspend_project(project, "a complaint"));
        assert_eq!(found(project), Project { stage: ProjectStage::Suspended, ..before.clone() });
        let (reason, by) = (text("a complaint"), admin(GOVERNMENT));
        System::assert_last_event(Event::ProjectSuspended { id: project, reason, by }.into());
        assert_noop!(note_issued(project, 1), E::WrongStage);

        assert_ok!(resume(project));
        assert_eq!(found(project), before);
        System::assert_last_event(Event::ProjectResumed { id: project, by }.into());
        assert_ok!(note_issued(project, 1));
    });
}

#[test]
fn a_completed_project_issues_nothing_more() {
    for reason in [None, Some("crediting period over")] {
        run(|| {
            let project = verified();
            assert_ok!(monitor(project, report(years(2023, 2023), &[(2023, 5)])));
            assert_ok!(verify(project, 2, &[(2023, 5)]));
            assert_ok!(note_issued(project, 1));
            let before = found(project);
            assert_ok!(complete(project, reason));
            assert_eq!(found(project), Project { stage: ProjectStage::Completed, ..before });
            let (reason, by) = (reason.map(text), admin(GOVERNMENT));
            System::assert_last_event(Event::ProjectCompleted { id: project, reason, by }.into());
            assert_noop!(note_issued(project, 2), E::WrongStage);
            assert_noop!(complete(project, None), E::WrongStage);
        });
    }
}

#[test]
fn the_project_exists() {
    run(|| {
        assert_noop!(withdraw(1, "no"), E::UnknownProject);
        assert_noop!(suspend_project(1, "no"), E::UnknownProject);
        assert_noop!(resume(1), E::UnknownProject);
        assert_noop!(complete(1, None), E::UnknownProject);
    });
}

#[test]
fn whoever_ends_or_stops_a_project_says_why() {
    for bad in ["", " padded", "a\nb", "invisible\u{200b}"] {
        run(|| {
            let waiting = submitted(2);
            assert_noop!(withdraw(waiting, bad), E::InvalidText);
        });
        run(|| {
            let project = authorised();
            assert_noop!(suspend_project(project, bad), E::InvalidText);
            assert_noop!(complete(project, Some(bad)), E::InvalidText);
        });
    }
}

#[test]
fn a_change_of_proponents_lapses_when_its_project_ends() {
    let proposed = |project| {
        assert_ok!(propose(project, &[(OTHER_DEVELOPER, WHOLE)]));
        assert!(ProponentChanges::<Test>::contains_key(project));
        project
    };
    let lapsed = |project| assert!(!ProponentChanges::<Test>::contains_key(project));
    run(|| {
        let project = proposed(submitted(1));
        assert_ok!(withdraw(project, "no money"));
        lapsed(project);
        let by = signed(admin(OTHER_DEVELOPER));
        assert_noop!(Projects::consent_to_proponents(by, project, 1), E::NotPermitted);
    });
    run(|| {
        let project = proposed(submitted(1));
        let by = signed(admin(GOVERNMENT));
        assert_ok!(Projects::reject_project(by, project, text("no permit")));
        lapsed(project);
    });
    run(|| {
        let project = proposed(authorised());
        assert_ok!(suspend_project(project, "a complaint"));
        assert!(ProponentChanges::<Test>::contains_key(project));
        assert_ok!(resume(project));
        assert_ok!(complete(project, None));
        lapsed(project);
    });
}
