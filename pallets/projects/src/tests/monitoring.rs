// SPDX-License-Identifier: Apache-2.0
//! `report_monitoring`, `verify_monitoring`, and what is handed to issuance.

use super::*;
use crate::{Event, MonitoringPeriods};
use frame_support::assert_noop;
use registry_primitives::{
    project::{MonitoringStage, MAX_PERIODS},
    MAX_TONNES,
};
use sp_runtime::DispatchError;

/// A report of 2021 alone.
fn simple() -> MonitoringReport {
    report(years(2021, 2021), &[(2021, 100)])
}

fn issuable(project: ProjectId, number: u32) -> Result<(Project, MonitoringPeriod), DispatchError> {
    Ok(Projects::issuable(project, number)?)
}

fn note_issued(project: ProjectId, number: u32) -> Result<Tonnes, DispatchError> {
    Ok(Projects::note_issued(project, number)?)
}

#[test]
fn a_period_is_reported() {
    run(|| {
        let project = authorised();
        assert_ok!(monitor(project, simple()));
        let expected = MonitoringPeriod {
            reported: simple(),
            verified: Default::default(),
            verifier: None,
            verification: None,
            stage: MonitoringStage::Reported,
        };
        assert_eq!(period(project, 1), expected);
        assert_eq!(found(project).monitoring_periods, 1);
        let by = admin(DEVELOPER);
        System::assert_last_event(
            Event::MonitoringReported { project, period: 1, report: simple(), by }.into(),
        );
    });
}

#[test]
fn the_project_exists() {
    run(|| {
        assert_noop!(monitor(1, simple()), E::UnknownProject);
        assert_noop!(verify(1, 1, &[(2021, 1)]), E::UnknownProject);
        assert_eq!(issuable(1, 1), Err(E::UnknownProject.into()));
    });
}

#[test]
fn only_an_authorised_project_is_monitored() {
    use ProjectStage::*;
    run(|| {
        let project = verified();
        assert_ok!(monitor(project, report(years(2023, 2023), &[(2023, 1)])));
        for stage in [Submitted, Returned, Validated, Rejected, Suspended, Completed, Withdrawn] {
            put_stage(project, stage);
            let later = report(years(2024, 2024), &[(2024, 1)]);
            assert_noop!(monitor(project, later), E::WrongStage);
            assert_noop!(verify(project, 2, &[(2023, 1)]), E::WrongStage);
            assert_eq!(issuable(project, 1), Err(E::WrongStage.into()));
            assert_noop!(note_issued(project, 1), E::WrongStage);
        }
    });
}

#[test]
fn a_period_starts_before_it_ends_in_years_of_the_registry() {
    run(|| {
        let project = authorised();
        let Period { start, end } = years(2021, 2021);
        for (start, end) in [(start, start), (end, start), (0, end), (start, u64::MAX)] {
            let bad = report(Period { start, end }, &[(2021, 100)]);
            assert_noop!(monitor(project, bad), E::InvalidPeriod);
        }
    });
}

#[test]
fn a_period_lies_inside_the_crediting_period() {
    run(|| {
        let project = authorised();
        let crediting = registration().crediting_period;
        for (start, end) in [
            (crediting.start - 1, years(2020, 2020).end),
            (years(2021, 2021).start, crediting.end + 1),
        ] {
            let bad = report(Period { start, end }, &[(2021, 100)]);
            assert_noop!(monitor(project, bad), E::OutsideCreditingPeriod);
        }
        let first = Period { start: crediting.start, end: years(2020, 2020).end };
        assert_ok!(monitor(project, report(first, &[(2020, 1)])));
    });
}

#[test]
fn a_period_is_over() {
    run(|| {
        let project = authorised();
        let start = years(2026, 2026).start;
        let bad = report(Period { start, end: NOW + 1 }, &[(2026, 1)]);
        assert_noop!(monitor(project, bad), E::PeriodNotOver);
        assert_ok!(monitor(project, report(Period { start, end: NOW }, &[(2026, 1)])));
    });
}

#[test]
fn vintages_are_ascending_years_of_the_period_with_tonnes() {
    run(|| {
        let project = authorised();
        for bad in [
            &[][..],
            &[(2021, 0)],
            &[(2021, 5), (2022, 0)],
            &[(2022, 1), (2021, 1)],
            &[(2021, 1), (2021, 1)],
            &[(2020, 1)],
            &[(2021, 1), (2023, 1)],
        ] {
            let bad = report(years(2021, 2022), bad);
            assert_noop!(monitor(project, bad), E::InvalidVintages);
        }
        // A year that is touched may have nothing, and one millisecond touches a year.
        let Period { start, end } = years(2021, 2022);
        let touching = Period { start: start - 1, end };
        assert_ok!(monitor(project, report(touching, &[(2020, 1), (2022, 1)])));
    });
}

#[test]
fn the_sum_can_be_counted() {
    run(|| {
        let project = authorised();
        for (first, second) in [(u64::MAX, 1), (MAX_TONNES, 1), (MAX_TONNES + 1, 1)] {
            let bad = report(years(2021, 2022), &[(2021, first), (2022, second)]);
            assert_noop!(monitor(project, bad), E::Overflow);
        }
        let most = report(years(2021, 2022), &[(2021, MAX_TONNES - 1), (2022, 1)]);
        assert_ok!(monitor(project, most));
    });
}

#[test]
fn periods_do_not_overlap() {
    run(|| {
        let project = authorised();
        assert_ok!(monitor(project, report(years(2021, 2022), &[(2021, 1)])));
        let Period { start, end } = years(2021, 2022);
        for (from, to, vintage) in [
            (start, end, 2021),
            (start + 1, end - 1, 2021),
            (end - 1, end + 1, 2022),
            (start - 1, start + 1, 2021),
            (start - 1, end + 1, 2021),
        ] {
            let bad = report(Period { start: from, end: to }, &[(vintage, 1)]);
            assert_noop!(monitor(project, bad), E::OverlappingPeriod);
        }
        // Verified and issued ones count too; what begins where another ends does not overlap.
        assert_ok!(verify(project, 1, &[(2021, 1)]));
        let again = report(years(2022, 2022), &[(2022, 1)]);
        assert_noop!(monitor(project, again.clone()), E::OverlappingPeriod);
        assert_ok!(note_issued(project, 1));
        assert_noop!(monitor(project, again), E::OverlappingPeriod);
        assert_ok!(monitor(project, report(years(2020, 2020), &[(2020, 1)])));
        assert_ok!(monitor(project, report(years(2023, 2023), &[(2023, 1)])));
    });
}

#[test]
fn periods_that_came_to_nothing_may_be_reported_again() {
    for stage in [MonitoringStage::Returned, MonitoringStage::Refused] {
        run(|| {
            let project = authorised();
            assert_ok!(monitor(project, simple()));
            // No call leads there yet.
            MonitoringPeriods::<Test>::mutate(project, 1, |found| {
                found.as_mut().unwrap().stage = stage;
            });
            assert_ok!(monitor(project, simple()));
            assert_eq!(period(project, 2).stage, MonitoringStage::Reported);
        });
    }
}

#[test]
fn a_project_has_so_many_periods() {
    run(|| {
        let project = authorised();
        let start = years(2021, 2021).start;
        let hours = |n: u32| Period {
            start: start + u64::from(n) * 3_600_000,
            end: start + u64::from(n + 1) * 3_600_000,
        };
        for n in 0..MAX_PERIODS {
            assert_ok!(monitor(project, report(hours(n), &[(2021, 1)])));
        }
        let one_more = report(hours(MAX_PERIODS), &[(2021, 1)]);
        assert_noop!(monitor(project, one_more), E::TooManyPeriods);
    });
}

#[test]
fn a_period_is_verified_for_at_most_what_was_reported() {
    run(|| {
        let project = authorised();
        assert_ok!(monitor(project, report(years(2021, 2022), &[(2021, 120), (2022, 50)])));
        for above in [&[(2021, 121)][..], &[(2021, 120), (2022, 51)], &[(2023, 1)]] {
            assert_noop!(verify(project, 1, above), E::AboveReported);
        }
        assert_ok!(verify(project, 1, &[(2021, 100)]));
        let now = period(project, 1);
        assert_eq!(now.stage, MonitoringStage::Verified);
        assert_eq!(now.verified, vintages(&[(2021, 100)]));
        assert_eq!((now.verifier, now.verification), (Some(CERTIFIER), Some(REMARK)));
        // What was reported is not forgotten.
        assert_eq!(now.reported.vintages, vintages(&[(2021, 120), (2022, 50)]));
        System::assert_last_event(
            Event::MonitoringReportVerified {
                project,
                period: 1,
                verified: vintages(&[(2021, 100)]),
                verification: REMARK,
                verifier: CERTIFIER,
                by: admin(CERTIFIER),
            }
            .into(),
        );
    });
}

#[test]
fn the_period_exists() {
    run(|| {
        let project = verified();
        assert_noop!(verify(project, 2, &[(2021, 1)]), E::UnknownPeriod);
        assert_eq!(issuable(project, 2), Err(E::UnknownPeriod.into()));
    });
}

#[test]
fn a_period_is_verified_once() {
    run(|| {
        let project = verified();
        assert_noop!(verify(project, 1, &[(2021, 1)]), E::NotReported);
        assert_ok!(note_issued(project, 1));
        assert_noop!(verify(project, 1, &[(2021, 1)]), E::NotReported);
    });
}

#[test]
fn verified_vintages_are_ascending_and_have_tonnes() {
    run(|| {
        let project = authorised();
        assert_ok!(monitor(project, report(years(2021, 2022), &[(2021, 120), (2022, 50)])));
        for bad in [&[][..], &[(2021, 0)], &[(2022, 1), (2021, 1)], &[(2021, 60), (2021, 60)]] {
            assert_noop!(verify(project, 1, bad), E::InvalidVintages);
        }
    });
}

#[test]
fn what_is_verified_is_issuable_once() {
    run(|| {
        let project = verified();
        let (at, of) = issuable(project, 1).unwrap();
        assert_eq!((at, of), (found(project), period(project, 1)));

        assert_eq!(note_issued(project, 1), Ok(150));
        assert_eq!(found(project).issued, 150);
        assert_eq!(period(project, 1).stage, MonitoringStage::Issued);
        System::assert_last_event(
            Event::MonitoringPeriodIssued { project, period: 1, quantity: 150 }.into(),
        );
        assert_eq!(issuable(project, 1), Err(E::NotVerified.into()));
        assert_noop!(note_issued(project, 1), E::NotVerified);
    });
}

#[test]
fn what_is_only_reported_is_not_issuable() {
    run(|| {
        let project = authorised();
        assert_ok!(monitor(project, simple()));
        assert_noop!(note_issued(project, 1), E::NotVerified);
    });
}

#[test]
fn issuance_ends_at_what_is_authorised() {
    run(|| {
        // 300 tonnes are authorised, 150 of them issued here.
        let project = verified();
        assert_ok!(note_issued(project, 1));
        assert_ok!(monitor(project, report(years(2023, 2023), &[(2023, 151)])));
        assert_ok!(verify(project, 2, &[(2023, 151)]));
        assert_eq!(issuable(project, 2), Err(E::AboveAuthorised.into()));
        assert_noop!(note_issued(project, 2), E::AboveAuthorised);

        assert_ok!(monitor(project, report(years(2024, 2024), &[(2024, 151)])));
        assert_ok!(verify(project, 3, &[(2024, 150)]));
        assert_eq!(note_issued(project, 3), Ok(150));
        assert_eq!(found(project).issued, 300);
    });
}

#[test]
fn a_project_issues_at_most_what_the_registry_counts() {
    run(|| {
        let project = submitted(1);
        let design = document(project, DocumentKind::DesignDocument);
        assert_ok!(review(project, design, true));
        let validation = document(project, DocumentKind::ValidationReport);
        assert_ok!(validate(project, validation, MAX_TONNES));
        assert_ok!(authorise(project, MAX_TONNES));
        for (number, year, tonnes) in [(1, 2021, MAX_TONNES), (2, 2022, MAX_TONNES), (3, 2023, 1)] {
            assert_ok!(monitor(project, report(years(year, year), &[(year, tonnes)])));
            assert_ok!(verify(project, number, &[(year, tonnes)]));
        }
        assert_eq!(note_issued(project, 1), Ok(MAX_TONNES));
        for number in [2, 3] {
            assert_noop!(note_issued(project, number), E::AboveAuthorised);
        }
    });
}
