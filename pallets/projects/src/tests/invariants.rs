// SPDX-License-Identifier: Apache-2.0
//! `do_try_state` sees every kind of broken storage.

use super::*;
use crate::{Documents, LastProjectId, LatestDocument, MonitoringPeriods, ProjectByExternalId};
use registry_primitives::project::MonitoringStage;

/// Project 1 with 150 tonnes issued for its only period, and project 2 without anything.
fn registry() {
    let project = verified();
    assert_ok!(Projects::note_issued(project, 1));
    submitted(2);
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
fn projects_have_no_gaps() {
    const GAP: &str = "projects are numbered without gaps";
    violates(registry, || LastProjectId::<Test>::put(3), GAP);
    violates(registry, || crate::Projects::<Test>::remove(2), GAP);
}
