// SPDX-License-Identifier: Apache-2.0
//! `import` and `import_monitoring`: what was validated and verified in another system.

use super::*;
use crate::{Event, LastProjectId, ProjectByExternalId};
use frame_support::assert_noop;
use registry_primitives::{project::MonitoringStage, sector::UNCLASSIFIED, PeriodId, MAX_TONNES};

fn import(registration: ProjectRegistration) -> Result<ProjectId, DispatchError> {
    Ok(Projects::import(registration)?)
}

fn import_monitoring(project: ProjectId, tonnes: Tonnes) -> Result<PeriodId, DispatchError> {
    Ok(Projects::import_monitoring(project, tonnes, HASH)?)
}

/// From when to when a period was reported.
fn span(project: ProjectId, number: PeriodId) -> (u64, u64) {
    let Period { start, end } = period(project, number).reported.period;
    (start, end)
}

/// The first instant of a year.
fn start(year: Vintage) -> u64 {
    start_of(year).unwrap()
}

/// The row "Current Status" of the reference's table: it waits for the Government, who authorises or
/// rejects it as any other.
#[test]
fn an_imported_project_is_validated_for_its_estimate() {
    run(|| {
        assert_eq!(import(registration()), Ok(1));
        let expected = Project {
            registration: registration(),
            stage: ProjectStage::Validated,
            validated_estimate: Some(500),
            authorised: 0,
            article6: None,
            buffer_rate: 0,
            issued: 0,
            first_transferred: 0,
            documents: 0,
            monitoring_periods: 0,
            proponent_changes: 0,
            created_at: NOW,
        };
        assert_eq!(found(1), expected);
        assert_eq!(LastProjectId::<Test>::get(), 1);
        assert_eq!(ProjectByExternalId::<Test>::get(registration().external_id), Some(1));
        let registration = registration();
        System::assert_last_event(Event::ProjectImported { id: 1, registration }.into());
        assert_ok!(authorise(1, 500));
        assert_eq!(stage(1), ProjectStage::Authorised);
    });
}

#[test]
fn the_government_may_reject_it() {
    run(|| {
        assert_ok!(import(registration()));
        let by = signed(admin(GOVERNMENT));
        assert_ok!(Projects::reject_project(by, 1, text("No permit")));
        assert_eq!(stage(1), ProjectStage::Rejected);
    });
}

#[test]
fn an_import_is_checked_as_a_registration() {
    run(|| {
        let usual = registration;
        let nowhere = vec![Location { region: text(" "), coordinates: None }].try_into().unwrap();
        let twice = [(DEVELOPER, 400_000), (DEVELOPER, 600_000)];
        let own = [(DEVELOPER, 900_000), (CERTIFIER, 100_000)];
        let never = Period { start: start(2021), end: start(2021) };
        for (bad, error) in [
            (ProjectRegistration { title: text(" "), ..usual() }, E::InvalidText),
            (ProjectRegistration { external_id: text(""), ..usual() }, E::InvalidText),
            (ProjectRegistration { sector: Sector::Other, ..usual() }, E::InvalidSector),
            (ProjectRegistration { gases: Default::default(), ..usual() }, E::NoGas),
            (ProjectRegistration { crediting_period: never, ..usual() }, E::InvalidPeriod),
            (ProjectRegistration { estimate: 0, ..usual() }, E::ZeroTonnes),
            (ProjectRegistration { estimate: MAX_TONNES + 1, ..usual() }, E::Overflow),
            (ProjectRegistration { estimated_cost_usd: MAX_TONNES + 1, ..usual() }, E::Overflow),
            (ProjectRegistration { locations: Default::default(), ..usual() }, E::InvalidLocation),
            (ProjectRegistration { locations: nowhere, ..usual() }, E::InvalidText),
            (shares(&[(DEVELOPER, WHOLE - 1)]), E::InvalidShares),
            (shares(&twice), E::NamedTwice),
            (shares(&[(SUSPENDED_DEVELOPER, WHOLE)]), E::InvalidProponent),
            (shares(&[(MINISTRY, WHOLE)]), E::InvalidProponent),
            (shares(&own), E::ConflictOfInterest),
            (certifiers(&[SUSPENDED_CERTIFIER]), E::InvalidCertifier),
        ] {
            assert_noop!(import(bad), error);
        }
        assert_ok!(import(registration()));
        assert_noop!(import(registration()), E::ExternalIdTaken);
        assert_noop!(register(registration()), E::ExternalIdTaken);
    });
}

#[test]
fn a_sector_that_is_not_known_is_for_imports_alone() {
    run(|| {
        let (sector, sectoral_scope, mitigation_type) = UNCLASSIFIED;
        let unknown =
            ProjectRegistration { sector, sectoral_scope, mitigation_type, ..registration() };
        assert_noop!(register(unknown.clone()), E::InvalidSector);
        assert_eq!(import(unknown), Ok(1));
    });
}

#[test]
fn the_first_period_is_from_the_start_of_the_crediting_period_to_now() {
    run(|| {
        let project = authorised();
        assert_eq!(import_monitoring(project, 10), Ok(1));
        let span = Period { start: start(2020), end: NOW };
        let report = report(span, &[(2026, 10)]);
        let expected = MonitoringPeriod {
            reported: report.clone(),
            verified: vintages(&[(2026, 10)]),
            verifier: None,
            verification: Some(HASH),
            remark: None,
            stage: MonitoringStage::Verified,
        };
        assert_eq!(period(project, 1), expected);
        assert_eq!(found(project).monitoring_periods, 1);
        System::assert_last_event(Event::MonitoringImported { project, period: 1, report }.into());
        assert_eq!(note_issued(project, 1), Ok(10));
    });
}

#[test]
fn the_next_begins_where_the_last_ends() {
    run(|| {
        let project = authorised();
        assert_ok!(import_monitoring(project, 10));
        assert_noop!(import_monitoring(project, 10), E::InvalidPeriod);
        Timestamp::set_timestamp(NOW + 1);
        assert_eq!(import_monitoring(project, 10), Ok(2));
        assert_eq!(span(project, 2), (NOW, NOW + 1));
        assert_ok!(note_issued(project, 2));
        Timestamp::set_timestamp(NOW + 3);
        assert_eq!(import_monitoring(project, 10), Ok(3));
        assert_eq!(span(project, 3), (NOW + 1, NOW + 3));
    });
}

#[test]
fn it_begins_after_what_was_reported_here() {
    run(|| {
        let project = authorised();
        assert_ok!(monitor(project, report(years(2021, 2022), &[(2021, 5)])));
        undone(|| {
            assert_eq!(import_monitoring(project, 10), Ok(2));
            assert_eq!(span(project, 2), (start(2023), NOW));
        });
        // What was sent back is as if it had never been.
        let by = signed(admin(CERTIFIER));
        assert_ok!(Projects::return_monitoring(by, project, 1, REMARK));
        assert_eq!(import_monitoring(project, 10), Ok(2));
        assert_eq!(span(project, 2), (start(2020), NOW));
    });
}

#[test]
fn its_vintage_is_the_year_in_which_it_ends() {
    run(|| {
        let project = authorised();
        for (now, vintage) in
            [(start(2027), 2026), (start(2027) + 1, 2027), (start(2029), 2028), (u64::MAX, 2029)]
        {
            Timestamp::set_timestamp(now);
            let number = import_monitoring(project, 10).unwrap();
            assert_eq!(period(project, number).verified, vintages(&[(vintage, 10)]));
        }
        // The crediting period is over.
        assert_eq!(span(project, 4), (start(2029), start(2030)));
        assert_noop!(import_monitoring(project, 10), E::InvalidPeriod);
    });
}

#[test]
fn nothing_is_monitored_before_the_crediting_period() {
    run(|| {
        let crediting_period = years(2027, 2036);
        assert_ok!(import(ProjectRegistration { crediting_period, ..registration() }));
        put_stage(1, ProjectStage::Authorised);
        assert_noop!(import_monitoring(1, 10), E::InvalidPeriod);
    });
}

#[test]
fn only_what_is_authorised_is_monitored() {
    run(|| {
        assert_noop!(import_monitoring(1, 10), E::UnknownProject);
        let project = authorised();
        for stage in ProjectStage::ALL.iter().filter(|each| **each != ProjectStage::Authorised) {
            let refused = at_stage(project, *stage, || import_monitoring(project, 10));
            assert_eq!(refused, Err(E::WrongStage.into()), "{stage:?}");
        }
    });
}

#[test]
fn tonnes_that_are_none_or_too_many_are_refused() {
    run(|| {
        let project = authorised();
        assert_noop!(import_monitoring(project, 0), E::InvalidVintages);
        assert_noop!(import_monitoring(project, MAX_TONNES + 1), E::Overflow);
        // More than is authorised is verified all the same, and not issued.
        assert_ok!(import_monitoring(project, 301));
        assert_noop!(note_issued(project, 1), E::AboveAuthorised);
    });
}
