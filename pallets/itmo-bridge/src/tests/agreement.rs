// SPDX-License-Identifier: Apache-2.0
//! Enough operators see the same, and the registry acts once.

use crate::{
    mock::*,
    observing::{hash_of, NOT_A_REPORT},
    Ballots, Companies, Event, Outcome, Records, Settled, Vote,
};
use frame_support::assert_ok;
use registry_primitives::{
    itmo::{mapping, Facts, Observation, PlatformProject},
    ContentHash, OrganisationRole, Sector,
};
use sp_runtime::transaction_validity::InvalidTransaction;

const A: u64 = OPERATOR;
const B: u64 = OPERATOR + 1;
const C: u64 = OPERATOR + 2;
const D: u64 = OPERATOR + 3;
const NEW: u64 = OPERATOR + OPERATORS;

fn otherwise(project: &str) -> Observation {
    let facts = PlatformProject { title: text("A lie"), ..facts("Liar Ltd") };
    Observation { project: text(project), facts: Facts::ProjectAuthorised(facts) }
}

#[test]
fn three_of_four_make_a_project_and_its_organisation() {
    run(|| {
        let seen = authorised("p-1");
        all_see(A..C, &seen);
        assert_eq!(Projects::iter().count(), 0, "two are not enough");
        events();
        sees(C, core::slice::from_ref(&seen));

        let (id, project) = Projects::iter().next().unwrap();
        assert_eq!(project.title, text("Solar mini-grids"));
        assert_eq!(project.external_id, text("p-1"));
        assert_eq!(project.estimate, 100);
        assert_eq!(project.details, hash_of(&seen));
        let organisation = project.proponents[0].organisation;
        let (role, details) = Organisations::get(organisation).unwrap();
        assert_eq!(role, OrganisationRole::ProjectDeveloper);
        assert_eq!(details.tax_id, text("Lagoon Light Cooperative"));
        assert_eq!(details.name, text("Lagoon Light Cooperative"));
        assert_eq!(outcome(&seen), Some(Outcome::Done(id)));

        let (key, hash) = (key_of(&seen), hash_of(&seen));
        let observed = [A, B, C].map(|operator| Vote { operator, hash }).to_vec();
        let observed = observed.try_into().unwrap();
        let company = text("Lagoon Light Cooperative");
        assert_eq!(
            events(),
            [
                Event::EventAgreed {
                    round: 1,
                    key: key.clone(),
                    facts: seen.facts.clone(),
                    hash,
                    observed
                },
                Event::CompanyLinked { company, organisation, created: true, by: None },
                Event::ProjectTakenOver { key, project: id, organisation, unknown_sector: None },
            ]
        );
    });
}

#[test]
fn the_fourth_changes_nothing() {
    run(|| {
        all_see(A..D + 1, &authorised("p-1"));
        assert_eq!(Projects::iter().count(), 1);
        assert_eq!(Ballots::<Test>::count(), 0);
        assert_eq!(Records::<Test>::get(D).contradicted, 0);
    });
}

#[test]
fn one_company_of_two_projects_is_one_organisation() {
    run(|| {
        let both = [authorised("p-1"), authorised("p-2")];
        for operator in A..D {
            sees(operator, &both);
        }
        assert_eq!(Projects::iter().count(), 2);
        assert_eq!(Organisations::iter().count(), 1);
    });
}

#[test]
fn an_operator_that_lies_is_outvoted_and_counted() {
    run(|| {
        sees(A, &[otherwise("p-1")]);
        all_see(B..D + 1, &authorised("p-1"));
        let project = Projects::iter_values().next().unwrap();
        assert_eq!(project.title, text("Solar mini-grids"));
        assert_eq!(Records::<Test>::get(A).contradicted, 1);
        assert_eq!(Records::<Test>::get(B).contradicted, 0);
    });
}

#[test]
fn one_that_lies_after_the_agreement_is_counted_too() {
    run(|| {
        all_see(A..D, &authorised("p-1"));
        events();
        sees(D, &[otherwise("p-1")]);
        let (key, hash) = (key_of(&otherwise("p-1")), hash_of(&otherwise("p-1")));
        let told = Event::ObservationContradicted { round: 1, operator: D, key, hash };
        assert!(events().contains(&told));
        assert_eq!(Records::<Test>::get(D).contradicted, 1);
        assert_eq!(Projects::iter().count(), 1);
    });
}

#[test]
fn two_that_lie_alike_are_not_enough() {
    run(|| {
        all_see(A..C, &otherwise("p-1"));
        all_see(C..D + 1, &authorised("p-1"));
        assert_eq!(Projects::iter().count(), 0);
        assert_eq!(outcome(&authorised("p-1")), None);
    });
}

#[test]
fn nobody_counts_twice() {
    run(|| {
        for _ in 0..3 {
            sees(A, &[authorised("p-1"), authorised("p-1")]);
            sees(B, &[authorised("p-1")]);
        }
        assert_eq!(Projects::iter().count(), 0);
        assert_eq!(Ballots::<Test>::get(key_of(&authorised("p-1"))).unwrap().len(), 2);
    });
}

#[test]
fn who_changes_its_mind_counts_for_what_it_said_first() {
    run(|| {
        sees(A, &[otherwise("p-1")]);
        sees(A, &[authorised("p-1")]);
        all_see(B..D, &authorised("p-1"));
        assert_eq!(Projects::iter().count(), 0);
    });
}

#[test]
fn what_is_settled_is_never_done_again() {
    run(|| {
        all_see(A..D, &authorised("p-1"));
        for _ in 0..2 {
            next_round();
            all_see(A..D + 1, &authorised("p-1"));
            // Another name is another hash, of what is settled.
            let renamed = otherwise("p-1");
            all_see(A..D + 1, &renamed);
        }
        assert_eq!(Projects::iter().count(), 1);
        assert_eq!(Projects::get(1).unwrap().title, text("Solar mini-grids"));
        let settled = Settled::<Test>::get(key_of(&authorised("p-1"))).unwrap();
        assert_eq!(settled.hash, Some(hash_of(&authorised("p-1"))));
    });
}

#[test]
fn observations_of_another_round_do_not_count() {
    run(|| {
        all_see(A..C, &authorised("p-1"));
        let late = call(C, report(C, &[authorised("p-1")], COMPLETE));
        next_round();
        assert_eq!(apply(late), Err(InvalidTransaction::Stale.into()));
        all_see(C..D + 1, &authorised("p-1"));
        assert_eq!(Projects::iter().count(), 0);
    });
}

#[test]
fn a_key_that_is_taken_off_the_list_no_longer_counts() {
    run(|| {
        all_see(A..C, &authorised("p-1"));
        strike_off(A);
        let refused = apply(call(A, report(A, &[authorised("p-2")], COMPLETE)));
        assert_eq!(refused, Err(InvalidTransaction::BadSigner.into()));
        sees(C, &[authorised("p-1")]);
        assert_eq!(Projects::iter().count(), 0, "the quorum is that of four operators");
        sees(D, &[authorised("p-1")]);
        assert_eq!(Projects::iter().count(), 1);
    });
}

#[test]
fn an_operator_that_joins_waits_for_the_next_round() {
    run(|| {
        assert_ok!(Bridge::add_operator(RuntimeOrigin::root(), NEW, key(NEW)));
        let refused = apply(call(NEW, report(NEW, &[authorised("p-1")], COMPLETE)));
        assert_eq!(refused, Err(InvalidTransaction::BadSigner.into()));
        next_round();
        assert_eq!(round().operators.len(), 5);
        all_see(A..D, &authorised("p-1"));
        assert_eq!(Projects::iter().count(), 0, "four of five are a quorum");
        sees(NEW, &[authorised("p-1")]);
        assert_eq!(Projects::iter().count(), 1);
    });
}

#[test]
fn who_is_listed_again_speaks_from_the_next_round_on() {
    run(|| {
        let hand_in = |signer| apply(call_by(signer, A, report(A, &[authorised("p-2")], COMPLETE)));
        all_see(A..C, &authorised("p-1"));
        relist(A, NEW);
        for signer in [A, NEW] {
            assert_eq!(hand_in(signer), Err(InvalidTransaction::BadSigner.into()));
        }
        sees(C, &[authorised("p-1")]);
        assert_eq!(Projects::iter().count(), 0, "what it has said before does not count");
        sees(D, &[authorised("p-1")]);
        assert_eq!(Projects::iter().count(), 1);

        next_round();
        assert_eq!(hand_in(A), Err(InvalidTransaction::BadProof.into()));
        assert_eq!(hand_in(NEW), Ok(()));
    });
}

#[test]
fn who_is_listed_again_answers_for_nothing_said_before() {
    run(|| {
        sees(A, &[otherwise("p-1")]);
        relist(A, NEW);
        all_see(B..D + 1, &authorised("p-1"));
        assert_eq!(Projects::iter().count(), 1);
        assert_eq!(Records::<Test>::get(A).contradicted, 0, "it was the key that was stolen");
    });
}

#[test]
fn an_unknown_sector_is_flagged() {
    run(|| {
        let unknown = |sector| {
            let facts = PlatformProject { sector, ..facts("Lagoon") };
            Facts::ProjectAuthorised(facts)
        };
        let odd = Observation { project: text("p-1"), facts: unknown(Some(text("tidal-magic"))) };
        let none = Observation { project: text("p-2"), facts: unknown(None) };
        all_see(A..D, &odd);
        all_see(A..D, &none);
        let flags: Vec<_> = events()
            .into_iter()
            .filter_map(|event| match event {
                Event::ProjectTakenOver { unknown_sector, .. } => Some(unknown_sector),
                _ => None,
            })
            .collect();
        assert_eq!(flags, [Some(text("tidal-magic")), Some(text(""))]);
        assert!(Projects::iter_values().all(|project| project.sector == Sector::Other));
    });
}

#[test]
fn an_organisation_of_that_tax_id_and_name_is_the_company() {
    run(|| {
        let own =
            organisation(OrganisationRole::ProjectDeveloper, details("Lagoon Light Cooperative"));
        all_see(A..D, &authorised("p-1"));
        assert_eq!(Projects::get(1).unwrap().proponents[0].organisation, own);
        assert_eq!(Companies::<Test>::get(text::<128>("Lagoon Light Cooperative")), Some(own));
        assert_eq!(Organisations::iter().count(), 1);
    });
}

#[test]
fn a_company_stays_the_organisation_that_it_was() {
    run(|| {
        all_see(A..D, &authorised("p-1"));
        // The Government gives it its real tax identifier.
        let (id, (role, known)) = Organisations::iter().next().unwrap();
        let known = registry_primitives::organisation::OrganisationDetails {
            tax_id: text("VU-4711"),
            ..known
        };
        Organisations::insert(id, (role, known));
        all_see(A..D, &authorised("p-2"));
        assert_eq!(Projects::get(2).unwrap().proponents[0].organisation, id);
        assert_eq!(Organisations::iter().count(), 1);
    });
}

#[test]
fn settings_decide_the_estimate() {
    run(|| {
        let settings = registry_primitives::itmo::BridgeSettings {
            estimate: 250,
            ..crate::Settings::<Test>::get()
        };
        assert_ok!(Bridge::change_settings(signed(OFFICER), settings));
        all_see(A..D, &authorised("p-1"));
        assert_eq!(Projects::get(1).unwrap().estimate, 250);
    });
}

#[test]
fn the_hash_is_of_the_canonical_bytes() {
    let seen = authorised("p-1");
    let bytes = seen.canonical_bytes(crate::observing::PLATFORM);
    assert_eq!(hash_of(&seen), ContentHash(sp_io::hashing::blake2_256(&bytes)));
}

#[test]
fn a_company_of_two_hundred_bytes_never_gets_here() {
    // Longer than a name may be: the worker calls it unreadable. One that just fits is shortened.
    run(|| {
        let company = "é".repeat(64);
        let facts = Facts::ProjectAuthorised(facts(&company));
        all_see(A..D, &Observation { project: text("p-1"), facts });
        let (_, details) = Organisations::iter_values().next().unwrap();
        assert_eq!(details.tax_id, mapping::tax_id(&text(&company)));
        assert!(details.tax_id.is_valid());
    });
}

#[test]
fn what_is_no_observation_is_refused_as_a_whole() {
    run(|| {
        let hidden = PlatformProject { title: text("a\u{202e}b"), ..facts("Lagoon") };
        let facts = Facts::ProjectAuthorised(hidden);
        let bad = Observation { project: text("p-2"), facts };
        let refused = apply(call(A, report(A, &[authorised("p-1"), bad], COMPLETE)));
        assert_eq!(refused, Err(InvalidTransaction::Custom(NOT_A_REPORT).into()));
        assert_eq!(Ballots::<Test>::count(), 0);
    });
}
