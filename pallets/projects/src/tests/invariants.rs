// SPDX-License-Identifier: Apache-2.0
//! `do_try_state` sees every kind of broken storage.

use super::*;
use crate::{
    Certifications, Documents, LastProjectId, LatestDocument, MonitoringPeriods,
    ProjectByExternalId, ProponentChanges,
};
use registry_primitives::project::{Certification, MonitoringStage, ProponentChange};

/// Project 1, certified, with 150 tonnes issued for its only period and 100 of them first
/// transferred; project 2, where DEVELOPER would share with OTHER_DEVELOPER.
fn registry() {
    let project = verified();
    assert_ok!(note_issued(project, 1));
    assert_ok!(crate::Pallet::<Test>::note_first_transferred(project, 100));
    assert_ok!(certify(project, CERTIFIER));
    let other = submitted(2);
    assert_ok!(propose(other, &[(DEVELOPER, 1), (OTHER_DEVELOPER, WHOLE - 1)]));
}

fn change_proposal(change: impl FnOnce(&mut ProponentChange)) {
    ProponentChanges::<Test>::mutate(2, |found| change(found.as_mut().unwrap()));
}

fn change(project: ProjectId, change: impl FnOnce(&mut Project)) {
    crate::Projects::<Test>::mutate(project, |found| change(found.as_mut().unwrap()));
}

fn change_period(change: impl FnOnce(&mut MonitoringPeriod)) {
    MonitoringPeriods::<Test>::mutate(1, 1, |found| change(found.as_mut().unwrap()));
}

#[test]
fn issued_is_within_what_is_authorised() {
    let lowered = || change(1, |project| project.authorised = 149);
    violates(registry, lowered, "project 1 has issued more than authorised");
}

#[test]
fn issued_is_within_what_was_verified() {
    const ABOVE: &str = "project 1 has issued more than was verified";
    violates(registry, || change(1, |project| project.issued = 151), ABOVE);
    let lowered = || change_period(|period| period.verified = vintages(&[(2021, 100), (2022, 49)]));
    violates(registry, lowered, ABOVE);
    // What is verified and not issued does not count.
    violates(registry, || change_period(|period| period.stage = MonitoringStage::Verified), ABOVE);
}

#[test]
fn verified_is_within_what_was_reported() {
    const ABOVE: &str = "project 1, period 1: verified more than reported";
    let raised = || change_period(|period| period.verified = vintages(&[(2021, 121), (2022, 50)]));
    violates(registry, raised, ABOVE);
    let other_year = || change_period(|period| period.verified = vintages(&[(2023, 150)]));
    violates(registry, other_year, ABOVE);
}

#[test]
fn first_transferred_is_within_what_was_issued() {
    const ABOVE: &str = "a project has first transferred no more than it has issued";
    violates(registry, || change(1, |project| project.first_transferred = 151), ABOVE);
}

#[test]
fn what_was_never_authorised_has_nothing() {
    use ProjectStage::*;
    const NOTHING: &str = "what was never authorised has no tonnes authorised, and so none issued";
    for before in [Submitted, Returned, Validated, Rejected, Withdrawn] {
        violates(registry, || put_stage(1, before), NOTHING);
    }
    violates(registry, || change(2, |project| project.authorised = 1), NOTHING);
}

#[test]
fn monitoring_periods_have_no_gaps() {
    const GAP: &str = "the monitoring periods of a project are numbered without gaps";
    violates(registry, || change(1, |project| project.monitoring_periods = 2), GAP);
    let extra = || MonitoringPeriods::<Test>::insert(2, 1, period(1, 1));
    // Not issued, so that the periods of project 2 hold nothing but the gap.
    violates(registry, extra, GAP);
}

#[test]
fn monitoring_periods_are_disjoint_and_inside_the_crediting_period() {
    const WRONG: &str = "project 1: period 1 overlaps or is out of bounds";
    let outside = || {
        let crediting = crate::Projects::<Test>::get(1).unwrap().registration.crediting_period;
        change_period(|period| period.reported.period.end = crediting.end + 1);
    };
    violates(registry, outside, WRONG);
    let twice = || {
        change(1, |project| project.monitoring_periods = 2);
        MonitoringPeriods::<Test>::insert(
            1,
            2,
            MonitoringPeriod { stage: MonitoringStage::Reported, ..period(1, 1) },
        );
    };
    violates(registry, twice, WRONG);
}

#[test]
fn documents_are_counted() {
    const COUNTED: &str = "the documents of a project are counted";
    violates(registry, || Documents::<Test>::remove(1, 1), COUNTED);
    violates(registry, || change(1, |project| project.documents = 3), COUNTED);
}

#[test]
fn the_latest_document_is_of_its_kind() {
    const OF_KIND: &str = "the latest document of a kind exists and is of that kind";
    let wrong = || LatestDocument::<Test>::insert(1, DocumentKind::DesignDocument, 2);
    violates(registry, wrong, OF_KIND);
    let missing = || LatestDocument::<Test>::insert(1, DocumentKind::Other, 9);
    violates(registry, missing, OF_KIND);
}

#[test]
fn external_identifiers_are_unique_and_indexed() {
    const NAMES: &str = "the index of external identifiers names the project that has it";
    let twice = || change(2, |project| project.registration.external_id = text("EXT-1"));
    violates(registry, twice, NAMES);
    violates(registry, || ProjectByExternalId::<Test>::remove(text::<64>("EXT-1")), NAMES);
    let stale = || ProjectByExternalId::<Test>::insert(text::<64>("old"), 1);
    violates(registry, stale, "every project has one entry in the index of external identifiers");
}

#[test]
fn proponents_exist() {
    let gone = || {
        change(2, |project| {
            project.registration.proponents = shares(&[(NOWHERE, WHOLE)]).proponents;
        });
    };
    violates(registry, gone, "every proponent exists");
}

#[test]
fn shares_add_up() {
    const WHOLE_SHARES: &str = "the shares of distinct proponents are above zero and add up";
    for bad in [
        &[(DEVELOPER, WHOLE - 1)][..],
        &[(DEVELOPER, WHOLE), (OTHER_DEVELOPER, 0)],
        &[(DEVELOPER, 400_000), (DEVELOPER, 600_000)],
    ] {
        let shared = || change(1, |project| project.registration.proponents = proponents(bad));
        violates(registry, shared, WHOLE_SHARES);
        violates(registry, || change_proposal(|it| it.proponents = proponents(bad)), WHOLE_SHARES);
    }
}

#[test]
fn assigned_certifiers_exist_and_own_nothing() {
    let assigned = |certifier| {
        move || change(2, |project| project.registration.certifiers = certifier_set(&[certifier]))
    };
    violates(registry, assigned(NOWHERE), "every certifier exists");
    violates(registry, assigned(DEVELOPER), "no assigned certifier owns a share");
}

#[test]
fn proponents_change_of_projects_that_go_on() {
    const ENDED: &str = "proponents change of projects that have not ended";
    for ended in [ProjectStage::Rejected, ProjectStage::Withdrawn, ProjectStage::Completed] {
        violates(registry, || put_stage(2, ended), ENDED);
    }
    let nowhere = || {
        let change = ProponentChanges::<Test>::get(2).unwrap();
        ProponentChanges::<Test>::insert(3, change);
    };
    violates(registry, nowhere, ENDED);
}

#[test]
fn a_change_of_proponents_waits_for_somebody_concerned() {
    const LAST: &str = "the change of proponents that waits is the last one proposed";
    violates(registry, || change_proposal(|it| it.number = 2), LAST);
    const CONCERNED: &str = "only those concerned consent to other proponents";
    let consents = |of: &[OrganisationId]| {
        let consents = BTreeSet::from_iter(of.iter().copied()).try_into().unwrap();
        change_proposal(|it| it.consents = consents);
    };
    violates(registry, || consents(&[DEVELOPER, DEVELOPERS]), CONCERNED);
    const DONE: &str = "what all have consented to is done";
    violates(registry, || consents(&[DEVELOPER, OTHER_DEVELOPER]), DONE);
}

#[test]
fn certifications_are_of_projects_by_certifiers() {
    let put = |project, certifier, suspensions| {
        let certification = Certification { certified_at: NOW, suspensions };
        Certifications::<Test>::insert(project, certifier, certification);
    };
    violates(registry, || put(3, CERTIFIER, 0), "every certified project exists");
    const BY: &str =
        "every certification is a certifier's, made when it had been suspended no more often";
    violates(registry, || put(1, NOWHERE, 0), BY);
    violates(registry, || put(1, DEVELOPER, 0), BY);
    violates(registry, || put(1, CERTIFIER, 1), BY);
}

#[test]
fn projects_have_no_gaps() {
    const GAP: &str = "projects are numbered without gaps";
    violates(registry, || LastProjectId::<Test>::put(3), GAP);
    violates(registry, || crate::Projects::<Test>::remove(2), GAP);
}
