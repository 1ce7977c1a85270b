// SPDX-License-Identifier: Apache-2.0
//! `report_monitoring`, `verify_monitoring` and `return_monitoring`.

use super::*;
use crate::Event;
use frame_support::assert_noop;
use registry_primitives::{
    project::{MonitoringStage, MAX_PERIODS},
    MAX_TONNES,
};

/// A report of 2021 alone.
fn simple() -> MonitoringReport {
    report(years(2021, 2021), &[(2021, 100)])
}

fn send_back(project: ProjectId, number: u32) -> DispatchResult {
    Projects::return_monitoring(signed(admin(CERTIFIER)), project, number, REMARK)
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
            remark: None,
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
        assert_noop!(send_back(1, 1), E::UnknownProject);
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
fn a_report_that_was_returned_may_be_reported_again() {
    run(|| {
        let project = authorised();
        assert_ok!(monitor(project, simple()));
        assert_ok!(send_back(project, 1));
        let now = period(project, 1);
        assert_eq!((now.stage, now.remark), (MonitoringStage::Returned, Some(REMARK)));
        System::assert_last_event(
            Event::MonitoringReportReturned {
                project,
                period: 1,
                remark: REMARK,
                verifier: CERTIFIER,
                by: admin(CERTIFIER),
            }
            .into(),
        );
        assert_noop!(verify(project, 1, &[(2021, 1)]), E::NotReported);
        assert_ok!(monitor(project, simple()));
        assert_eq!(period(project, 2).stage, MonitoringStage::Reported);
    });
}

#[test]
fn only_what_waits_for_verification_is_returned() {
    run(|| {
        let project = verified();
        assert_noop!(send_back(project, 1), E::NotReported);
        assert_ok!(note_issued(project, 1));
        assert_noop!(send_back(project, 1), E::NotReported);
        assert_ok!(monitor(project, report(years(2023, 2023), &[(2023, 1)])));
        assert_ok!(send_back(project, 2));
        assert_noop!(send_back(project, 2), E::NotReported);
    });
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
        assert_noop!(send_back(project, 2), E::UnknownPeriod);
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
