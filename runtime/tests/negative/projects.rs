// SPDX-License-Identifier: Apache-2.0
//! Projects: authorised once, issued for what was verified, inside their crediting periods.

use crate::{common::steps::*, permission_steps::*, *};
use registry_primitives::project::{Article6Terms, MonitoringReport, VintageTonnes};

fn change_terms(article6: Option<Article6Terms>) -> RuntimeCall {
    ProjectsCall::change_terms { project: 1, article6 }.into()
}

/// A report of a period with vintages that need not fit.
fn report(period: (u16, u16), vintages: &[(u16, Tonnes)]) -> RuntimeCall {
    let vintages: Vec<_> =
        vintages.iter().map(|&(vintage, tonnes)| VintageTonnes { vintage, tonnes }).collect();
    let vintages = vintages.try_into().expect("at most 16");
    let report = MonitoringReport { period: years(period.0, period.1), vintages, report: HASH };
    ProjectsCall::report_monitoring { project: 1, report }.into()
}

#[test]
fn second_approval_of_an_approved_project() {
    run(|| {
        authorised(0);
        refuse(&root(), authorise(1, 1_000, 0), ProjectsError::WrongStage);
        // Nor later, with a larger quantity, nor by way of another decision.
        verified(1, 2024, 100);
        succeed(&root(), issue(1, 1));
        refuse(&root(), authorise(1, 2_000, 0), ProjectsError::WrongStage);
        refuse(&root(), reject(1), ProjectsError::WrongStage);
        refuse(&certifier(), validate_project(1, 2, 9_000), ProjectsError::WrongStage);
        assert_eq!(stage(1), ProjectStage::Authorised);
    });
}

#[test]
fn authorisation_of_a_project_that_nobody_validated() {
    run(|| {
        registered();
        refuse(&root(), authorise(1, 1_000, 0), ProjectsError::WrongStage);
        assert_eq!(stage(1), ProjectStage::Submitted);
    });
}

#[test]
fn authorisation_above_the_validated_estimate() {
    run(|| {
        registered();
        bring_to_validation(1, 1_000, &developer(), &certifier());
        refuse(&root(), authorise(1, 1_001, 0), ProjectsError::AboveEstimate);
    });
}

#[test]
fn authorisation_changed_after_first_transfer() {
    run(|| {
        issued();
        // Until then it may be changed.
        succeed(&root(), change_terms(Some(Article6Terms { valid: (2020, 2025), ..ndc_terms() })));
        succeed(&developer(), request_retirement(&[(1, 10)]));
        succeed(&root(), recognise());
        assert!(block(91).first_transferred);
        refuse(&root(), change_terms(Some(ndc_terms())), ProjectsError::TermsFixed);
        refuse(&root(), change_terms(None), ProjectsError::TermsFixed);
    });
}

#[test]
fn vintage_outside_the_crediting_period() {
    run(|| {
        authorised(0); // 2020 to 2029
        for (period, year) in [((2019, 2019), 2019), ((2019, 2020), 2020), ((2030, 2030), 2030)] {
            let call = report(period, &[(year, 1)]);
            refuse(&developer(), call, ProjectsError::OutsideCreditingPeriod);
        }
        // Nor a year outside the period that is reported, whatever it is called.
        for year in [0, 1999, 2023, 2025, u16::MAX] {
            let call = report((2024, 2024), &[(year, 1)]);
            refuse(&developer(), call, ProjectsError::InvalidVintages);
        }
    });
}

#[test]
fn report_of_a_period_that_has_not_ended() {
    run(|| {
        authorised(0);
        refuse(&developer(), report((2026, 2026), &[(2026, 1)]), ProjectsError::PeriodNotOver);
    });
}

#[test]
fn overlapping_monitoring_periods() {
    run(|| {
        issued(); // for 2024
        for (period, year) in [((2024, 2024), 2024), ((2023, 2025), 2025), ((2023, 2024), 2023)] {
            let call = report(period, &[(year, 1)]);
            refuse(&developer(), call, ProjectsError::OverlappingPeriod);
        }
        // One that is reported counts before it is verified.
        succeed(&developer(), report((2023, 2023), &[(2023, 1)]));
        let call = report((2022, 2023), &[(2022, 1)]);
        refuse(&developer(), call, ProjectsError::OverlappingPeriod);
    });
}

#[test]
fn issuance_above_the_verified_amount() {
    run(|| {
        authorised(0);
        succeed(&developer(), report_monitoring(1, &[(2024, 100)]));
        // The verifier may lower what was reported, and raise nothing.
        for verified in [&[(2024, 101)][..], &[(2023, 1), (2024, 99)], &[(2025, 1)]] {
            let call = verify_monitoring(1, 1, verified);
            refuse(&certifier(), call, ProjectsError::AboveReported);
        }
        succeed(&certifier(), verify_monitoring(1, 1, &[(2024, 90)]));
        succeed(&root(), issue(1, 1));
        assert_eq!(national().issued, 90);
        // What was issued is not issued again.
        refuse(&root(), issue(1, 1), ProjectsError::NotVerified);
    });
}

#[test]
fn issuance_above_the_authorised_amount() {
    run(|| {
        registered();
        bring_to_authorisation(1, 150);
        verified(1, 2023, 100);
        verified(2, 2024, 51);
        succeed(&root(), issue(1, 1));
        refuse(&root(), issue(1, 2), ProjectsError::AboveAuthorised);
    });
}

#[test]
fn issuance_for_a_suspended_project() {
    run(|| {
        authorised(0);
        verified(1, 2024, 100);
        let reason = text("Under inquiry");
        succeed(&root(), ProjectsCall::suspend_project { project: 1, reason });
        refuse(&root(), issue(1, 1), ProjectsError::WrongStage);
        succeed(&root(), ProjectsCall::resume_project { project: 1 });
        succeed(&root(), issue(1, 1));
    });
}

#[test]
fn review_by_an_organisation_that_owns_a_share() {
    run(|| {
        found();
        let mut registration = wind_farm("EXT-1", DEVELOPER, CERTIFIER);
        registration.proponents = shares(&[(DEVELOPER, 900_000), (CERTIFIER, 100_000)]);
        let conflict = ProjectsError::ConflictOfInterest;
        refuse(&developer(), register(registration), conflict);
        succeed(&developer(), register(wind_farm("EXT-1", DEVELOPER, CERTIFIER)));
        // Nor does it get one later.
        let call = propose_proponents(1, &[(DEVELOPER, 900_000), (CERTIFIER, 100_000)]);
        refuse(&developer(), call, ProjectsError::ConflictOfInterest);
    });
}

#[test]
fn zero_amounts() {
    run(|| {
        registered();
        let mut registration = wind_farm("EXT-2", DEVELOPER, CERTIFIER);
        registration.estimate = 0;
        refuse(&developer(), register(registration), ProjectsError::ZeroTonnes);
        bring_to_validation(1, 1_000, &developer(), &certifier());
        refuse(&root(), authorise(1, 0, 0), ProjectsError::ZeroTonnes);
        succeed(&root(), authorise_under(1, 1_000, 0, Some(ndc_terms())));
        refuse(&developer(), report((2024, 2024), &[(2024, 0)]), ProjectsError::InvalidVintages);
        refuse(&developer(), report((2024, 2024), &[]), ProjectsError::InvalidVintages);
        verified(1, 2024, 100);
        succeed(&root(), issue(1, 1));

        refuse(&developer(), transfer(&[(1, 0)], BUYER), CreditsError::ZeroTonnes);
        refuse(&developer(), transfer(&[], BUYER), CreditsError::NoParts);
        refuse(&developer(), retire(&[(1, 0)]), CreditsError::ZeroTonnes);
        refuse(&developer(), request_retirement(&[(1, 0)]), CreditsError::ZeroTonnes);
        refuse(&buyer(), ask_for_tonnes(1, 0, DEVELOPER, BUYER), CreditsError::ZeroTonnes);
        refuse(&root(), hold(&[(1, 0)]), CreditsError::ZeroTonnes);
    });
}
