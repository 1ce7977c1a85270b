// SPDX-License-Identifier: Apache-2.0
//! What the Government decides.

use crate::{
    mock::*, observing::hash_of, Ballots, Case, Cases, Cause, Closure, Event, OpenCases, Outcome,
    Settled, Vote,
};
use frame_support::{assert_noop, assert_ok};
use registry_primitives::{
    itmo::{Facts, Observation, PlatformProject},
    OrganisationRole,
};
use sp_runtime::DispatchError;

const A: u64 = OPERATOR;
const D: u64 = OPERATOR + OPERATORS - 1;

fn otherwise() -> Observation {
    let facts = PlatformProject { title: text("A lie"), ..facts("Liar Ltd") };
    Observation { project: text("p-1"), facts: Facts::ProjectAuthorised(facts) }
}

fn vote(operator: u64, observation: &Observation) -> Vote<u64> {
    Vote { operator, hash: hash_of(observation) }
}

fn case(id: u32) -> Case<u64> {
    Cases::<Test>::get(id).expect("there is a case")
}

/// A company whose name is another's tax identifier.
fn taken() -> u32 {
    let mut other = details("Lagoon Light Cooperative");
    other.name = text("Somebody else");
    organisation(OrganisationRole::ProjectDeveloper, other)
}

#[test]
fn a_disagreement_shows_every_operators_hash() {
    run(|| {
        all_see(A..A + 2, &authorised("p-1"));
        all_see(A + 2..D + 1, &otherwise());
        end_round();
        let votes = [
            vote(A, &authorised("p-1")),
            vote(A + 1, &authorised("p-1")),
            vote(A + 2, &otherwise()),
            vote(D, &otherwise()),
        ];
        let cause = Cause::Disagreement(votes.to_vec().try_into().unwrap());
        let key = key_of(&otherwise());
        let (round, opened_at, closure) = (1, 1_001, None);
        let expected = Case { key: key.clone(), round, opened_at, cause, closure };
        assert_eq!(case(1), expected);
        assert_eq!(Bridge::case_of(key), Some(1));
        assert_eq!(outcome(&otherwise()), None);
    });
}

#[test]
fn too_few_that_agree_are_a_case_too() {
    run(|| {
        all_see(A..A + 2, &authorised("p-1"));
        end_round();
        let votes = [vote(A, &authorised("p-1")), vote(A + 1, &authorised("p-1"))];
        assert_eq!(case(1).cause, Cause::TooFew(votes.to_vec().try_into().unwrap()));
    });
}

#[test]
fn what_only_those_have_seen_who_left_is_no_case() {
    run(|| {
        all_see(A..A + 2, &authorised("p-1"));
        strike_off(A);
        relist(A + 1, 77);
        end_round();
        assert_eq!(Ballots::<Test>::count(), 0);
        assert_eq!(Cases::<Test>::iter().count(), 0);
    });
}

#[test]
fn a_liar_that_left_is_no_disagreement() {
    run(|| {
        sees(A, &[otherwise()]);
        sees(D, &[authorised("p-1")]);
        strike_off(A);
        end_round();
        let votes = vec![vote(D, &authorised("p-1"))];
        assert_eq!(case(1).cause, Cause::TooFew(votes.try_into().unwrap()));
    });
}

#[test]
fn a_disagreement_in_a_round_that_is_cut_short_is_a_case() {
    run(|| {
        sees(A, &[otherwise()]);
        sees(D, &[authorised("p-1"), authorised("p-2")]);
        assert_ok!(Bridge::pause(signed(OFFICER), text("moved")));
        end_round();
        assert!(matches!(case(1).cause, Cause::Disagreement(_)));
        assert_eq!(Cases::<Test>::iter().count(), 1, "others could have seen p-2");
    });
}

#[test]
fn a_later_agreement_closes_it() {
    run(|| {
        sees(A, &[authorised("p-1")]);
        next_round();
        events();
        all_see(A..D, &authorised("p-1"));
        assert_eq!(case(1).closure, Some(Closure::Agreed));
        assert_eq!(OpenCases::<Test>::iter().count(), 0);
        assert!(events().iter().any(|event| matches!(
            event,
            Event::CaseClosed { case: 1, closure: Closure::Agreed, by: None, reason: None, .. }
        )));
        assert_eq!(Projects::iter().count(), 1);
    });
}

#[test]
fn the_same_again_is_the_same_case() {
    run(|| {
        sees(A, &[authorised("p-1")]);
        next_round();
        sees(D, &[otherwise()]);
        end_round();
        assert_eq!(Cases::<Test>::iter().count(), 1);
        assert_eq!((case(1).round, case(1).opened_at), (2, 1_001));
        let votes = vec![vote(D, &otherwise())];
        assert_eq!(case(1).cause, Cause::TooFew(votes.try_into().unwrap()));
    });
}

#[test]
fn what_was_not_agreed_on_cannot_be_tried_again() {
    run(|| {
        sees(A, &[authorised("p-1")]);
        end_round();
        assert_noop!(Bridge::retry_case(signed(OFFICER), 1), E::NothingAgreed);
        assert_noop!(Bridge::retry_case(signed(OFFICER), 2), E::UnknownCase);
    });
}

#[test]
fn a_tax_id_of_another_name_is_refused_until_the_company_is_linked() {
    run(|| {
        let other = taken();
        all_see(A..D, &authorised("p-1"));
        let error = E::CompanyNameTaken.into();
        let (facts, hash) = (authorised("p-1").facts, hash_of(&authorised("p-1")));
        assert_eq!(case(1).cause, Cause::Refused { facts, hash, error });
        assert_eq!(outcome(&authorised("p-1")), Some(Outcome::Case(1)));
        assert_noop!(Bridge::retry_case(signed(OFFICER), 1), E::CompanyNameTaken);

        let company = text("Lagoon Light Cooperative");
        let own = organisation(OrganisationRole::ProjectDeveloper, details("Lagoon Light"));
        assert_ok!(Bridge::link_company(signed(OFFICER), company, own));
        events();
        assert_ok!(Bridge::retry_case(signed(OFFICER), 1));
        let project = Projects::get(1).unwrap();
        assert_eq!(project.proponents[0].organisation, own);
        assert_ne!(own, other);
        assert_eq!(case(1).closure, Some(Closure::Retried));
        assert_eq!(outcome(&authorised("p-1")), Some(Outcome::Done(1)));
        assert_noop!(Bridge::retry_case(signed(OFFICER), 1), E::UnknownCase);
        assert!(events().iter().any(|event| matches!(
            event,
            Event::CaseClosed { closure: Closure::Retried, by: Some(OFFICER), .. }
        )));
    });
}

#[test]
fn an_organisation_that_owns_no_projects_is_refused() {
    run(|| {
        organisation(OrganisationRole::Ministry, details("Lagoon Light Cooperative"));
        all_see(A..D, &authorised("p-1"));
        assert!(matches!(case(1).cause, Cause::Refused { error, .. }
            if error == E::InvalidOrganisation.into()));
    });
}

#[test]
fn an_identifier_that_is_taken_is_refused_and_leaves_nothing_behind() {
    run(|| {
        let squatter = registry_primitives::itmo::mapping::registration(
            &text("p-1"),
            &facts("Somebody"),
            2,
            registry_primitives::CountryCode(*b"VU"),
            &crate::Settings::<Test>::get(),
            Default::default(),
        );
        assert_ok!(<Book as crate::Registry>::register_project(squatter.unwrap()));
        all_see(A..D, &authorised("p-1"));
        assert!(matches!(case(1).cause, Cause::Refused { error: DispatchError::Other(_), .. }));
        assert_eq!(Organisations::iter().count(), 0, "the company was not created either");
        assert_eq!(crate::Companies::<Test>::iter().count(), 0);
    });
}

#[test]
fn a_refusal_harms_no_other_event_of_the_report() {
    run(|| {
        taken();
        let facts = Facts::ProjectAuthorised(facts("Tanna Wind"));
        let good = Observation { project: text("p-2"), facts };
        for operator in A..D {
            sees(operator, &[authorised("p-1"), good.clone(), reported("p-3")]);
        }
        assert_eq!(outcome(&authorised("p-1")), Some(Outcome::Case(1)));
        assert_eq!(outcome(&good), Some(Outcome::Done(1)));
        assert_eq!(outcome(&reported("p-3")), Some(Outcome::Waits));
    });
}

#[test]
fn a_dismissed_event_is_never_acted_on() {
    run(|| {
        taken();
        all_see(A..D, &authorised("p-1"));
        events();
        assert_noop!(Bridge::dismiss_case(signed(OFFICER), 1, text(" x")), E::InvalidText);
        assert_ok!(Bridge::dismiss_case(signed(OFFICER), 1, text("not ours")));
        assert_eq!(
            events(),
            [Event::CaseClosed {
                case: 1,
                key: key_of(&authorised("p-1")),
                closure: Closure::Dismissed,
                by: Some(OFFICER),
                reason: Some(text("not ours")),
            }]
        );
        assert_eq!(outcome(&authorised("p-1")), Some(Outcome::Dismissed));
        assert_noop!(Bridge::dismiss_case(signed(OFFICER), 1, text("again")), E::UnknownCase);
        next_round();
        all_see(A..D + 1, &authorised("p-1"));
        assert_eq!(Projects::iter().count(), 0);
    });
}

#[test]
fn a_dismissal_without_agreement_also_ends_what_is_voted_on() {
    run(|| {
        sees(A, &[otherwise()]);
        next_round();
        sees(A, &[otherwise()]);
        assert_ok!(Bridge::dismiss_case(signed(OFFICER), 1, text("a lie")));
        let settled = Settled::<Test>::get(key_of(&otherwise())).unwrap();
        assert_eq!((settled.hash, settled.outcome), (None, Outcome::Dismissed));
        all_see(A + 1..D + 1, &otherwise());
        assert_eq!(Projects::iter().count(), 0);
    });
}

#[test]
fn a_project_that_would_end_after_the_registrys_years_is_refused() {
    run(|| {
        let created_at = registry_primitives::calendar::start_of(2195).unwrap();
        let facts = Facts::ProjectAuthorised(PlatformProject { created_at, ..facts("Lagoon") });
        all_see(A..D, &Observation { project: text("p-1"), facts });
        assert!(matches!(case(1).cause, Cause::Refused { error, .. }
            if error == E::InvalidPeriod.into()));
        assert_eq!(Organisations::iter().count(), 0);
    });
}

#[test]
fn a_company_is_linked_to_an_organisation_that_owns_projects() {
    run(|| {
        let developer = organisation(OrganisationRole::ProjectDeveloper, details("Lagoon"));
        let ministry = organisation(OrganisationRole::Ministry, details("Energy"));
        let link = |company: &str, organisation| {
            Bridge::link_company(signed(OFFICER), text(company), organisation)
        };
        assert_noop!(link("Lagoon Light", ministry), E::InvalidOrganisation);
        assert_noop!(link("Lagoon Light", 99), E::InvalidOrganisation);
        assert_noop!(link(" ", developer), E::InvalidText);
        events();
        assert_ok!(link("Lagoon Light", developer));
        let (company, created) = (text("Lagoon Light"), false);
        assert_eq!(
            events(),
            [Event::CompanyLinked { company, organisation: developer, created, by: Some(OFFICER) }]
        );
        assert_noop!(link("Lagoon Light", developer), E::Unchanged);
    });
}
