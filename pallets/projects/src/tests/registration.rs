// SPDX-License-Identifier: Apache-2.0
//! `register_project`: what a registration must be.

use super::*;
use crate::{Event, LastProjectId, ProjectByExternalId};
use frame_support::assert_noop;
use registry_primitives::{project::Coordinates, MAX_TONNES};

#[test]
fn a_project_is_registered() {
    run(|| {
        let by = manager(DEVELOPER);
        assert_ok!(Projects::register_project(signed(by), registration()));
        let expected = Project {
            registration: registration(),
            stage: ProjectStage::Submitted,
            validated_estimate: None,
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
        System::assert_last_event(
            Event::ProjectRegistered { id: 1, registration: registration(), by }.into(),
        );
    });
}

#[test]
fn projects_are_numbered_in_order() {
    run(|| assert_eq!([submitted(1), submitted(2), submitted(3)], [1, 2, 3]));
}

#[test]
fn several_proponents_and_a_certifier_may_own_a_project() {
    run(|| {
        let split = [(DEVELOPER, 500_000), (OTHER_DEVELOPER, 499_999), (OTHER_CERTIFIER, 1)];
        assert_ok!(register(shares(&split)));
    });
}

#[test]
fn title_external_identifier_and_region_are_readable_text() {
    run(|| {
        for bad in ["", " padded", "a\nb", "invisible\u{200b}"] {
            let title = ProjectRegistration { title: text(bad), ..registration() };
            assert_noop!(register(title), E::InvalidText);
            let external_id = ProjectRegistration { external_id: text(bad), ..registration() };
            assert_noop!(register(external_id), E::InvalidText);
            let place = Location { region: text(bad), coordinates: None };
            let locations = vec![place].try_into().unwrap();
            let region = ProjectRegistration { locations, ..registration() };
            assert_noop!(register(region), E::InvalidText);
        }
    });
}

#[test]
fn an_external_identifier_is_taken_once() {
    run(|| {
        submitted(1);
        assert_noop!(register(registration()), E::ExternalIdTaken);
    });
}

#[test]
fn shares_are_above_zero_and_add_up() {
    run(|| {
        for bad in [
            &[][..],
            &[(DEVELOPER, WHOLE - 1)],
            &[(DEVELOPER, WHOLE + 1)],
            &[(DEVELOPER, WHOLE), (OTHER_DEVELOPER, 0)],
            &[(DEVELOPER, WHOLE), (OTHER_DEVELOPER, WHOLE)],
            // Adds up only to those who count in 32 bits.
            &[(DEVELOPER, Ppm::MAX), (OTHER_DEVELOPER, WHOLE + 1)],
        ] {
            assert_noop!(register(shares(bad)), E::InvalidShares);
        }
    });
}

#[test]
fn a_proponent_is_named_once() {
    run(|| {
        let twice = [(DEVELOPER, 400_000), (DEVELOPER, 600_000)];
        assert_noop!(register(shares(&twice)), E::NamedTwice);
    });
}

#[test]
fn proponents_are_active_developers_or_certifiers() {
    run(|| {
        for bad in [GOVERNMENT, MINISTRY, API, SUSPENDED_DEVELOPER, SUSPENDED_CERTIFIER, NOWHERE] {
            let among = [(DEVELOPER, 500_000), (bad, 500_000)];
            assert_noop!(register(shares(&among)), E::InvalidProponent);
        }
    });
}

#[test]
fn certifiers_are_active_certifiers() {
    run(|| {
        for bad in [GOVERNMENT, MINISTRY, OTHER_DEVELOPER, API, SUSPENDED_CERTIFIER, NOWHERE] {
            assert_noop!(register(certifiers(&[CERTIFIER, bad])), E::InvalidCertifier);
        }
        assert_ok!(register(certifiers(&[CERTIFIER, OTHER_CERTIFIER])));
    });
}

#[test]
fn a_project_may_wait_for_its_certifier() {
    run(|| {
        assert_ok!(register(certifiers(&[])));
    });
}

#[test]
fn a_certifier_does_not_review_its_own_project() {
    run(|| {
        let own = shares(&[(DEVELOPER, 900_000), (CERTIFIER, 100_000)]);
        assert_noop!(register(own), E::ConflictOfInterest);
    });
}

#[test]
fn the_sector_limits_scope_and_mitigation_type() {
    run(|| {
        let scope =
            ProjectRegistration { sectoral_scope: SectoralScope::WasteHandling, ..registration() };
        assert_noop!(register(scope), E::InvalidSector);
        let kind =
            ProjectRegistration { mitigation_type: MitigationType::Landfills, ..registration() };
        assert_noop!(register(kind), E::InvalidSector);
        // A health project may be of any scope and type.
        let health = ProjectRegistration {
            sector: Sector::Health,
            sectoral_scope: SectoralScope::WasteHandling,
            ..registration()
        };
        assert_ok!(register(health));
    });
}

#[test]
fn a_project_reduces_a_gas() {
    run(|| {
        let none = ProjectRegistration { gases: Default::default(), ..registration() };
        assert_noop!(register(none), E::NoGas);
    });
}

#[test]
fn the_crediting_period_starts_before_it_ends_in_years_of_the_registry() {
    run(|| {
        let Period { start, end } = registration().crediting_period;
        for (start, end) in [
            (start, start),
            (end, start),
            (start_of(1990).unwrap() - 1, end),
            (start, start_of(2199).unwrap() + 400 * 86_400_000),
            (start, u64::MAX),
        ] {
            let crediting_period = Period { start, end };
            let bad = ProjectRegistration { crediting_period, ..registration() };
            assert_noop!(register(bad), E::InvalidPeriod);
        }
    });
}

#[test]
fn a_project_is_somewhere_on_earth() {
    run(|| {
        let at = |locations: Vec<Option<(i32, i32)>>| {
            let places: Vec<_> = locations
                .into_iter()
                .map(|point| Location {
                    region: text("VU-SEE"),
                    coordinates: point
                        .map(|(latitude, longitude)| Coordinates { latitude, longitude }),
                })
                .collect();
            ProjectRegistration { locations: places.try_into().unwrap(), ..registration() }
        };
        assert_noop!(register(at(vec![])), E::InvalidLocation);
        for (latitude, longitude) in
            [(90_000_001, 0), (-90_000_001, 0), (0, 180_000_001), (0, -180_000_001), (i32::MIN, 0)]
        {
            let bad = at(vec![None, Some((latitude, longitude))]);
            assert_noop!(register(bad), E::InvalidLocation);
        }
        assert_ok!(register(at(vec![None, Some((-90_000_000, 180_000_000))])));
    });
}

#[test]
fn an_estimate_is_above_zero_and_can_be_counted() {
    run(|| {
        let tonnes = |estimate| ProjectRegistration { estimate, ..registration() };
        assert_noop!(register(tonnes(0)), E::ZeroTonnes);
        assert_noop!(register(tonnes(MAX_TONNES + 1)), E::Overflow);
        assert_ok!(register(tonnes(MAX_TONNES)));
    });
}

#[test]
fn the_cost_can_be_counted() {
    run(|| {
        let costs =
            |estimated_cost_usd| ProjectRegistration { estimated_cost_usd, ..registration() };
        assert_noop!(register(costs(MAX_TONNES + 1)), E::Overflow);
        assert_ok!(register(costs(MAX_TONNES)));
    });
}

#[test]
fn numbers_end() {
    run(|| {
        LastProjectId::<Test>::put(u32::MAX);
        assert_noop!(register(registration()), E::NumbersExhausted);
        LastProjectId::<Test>::kill();
    });
}
