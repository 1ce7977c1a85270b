// SPDX-License-Identifier: Apache-2.0
//! `change_terms`: until something was first transferred.

use super::*;
use crate::Event;
use frame_support::assert_noop;

fn change(project: ProjectId, terms: Option<Article6Terms>) -> DispatchResult {
    Projects::change_terms(signed(admin(GOVERNMENT)), project, terms)
}

fn authorised_with(terms: Article6Terms) -> ProjectId {
    let project = validated();
    let by = signed(admin(GOVERNMENT));
    assert_ok!(Projects::authorise_project(by, project, 300, Some(terms), 0));
    project
}

#[test]
fn terms_are_changed_given_and_taken_away() {
    run(|| {
        let project = authorised();
        let later = Article6Terms { cooperative_approach: Some(7), ..terms() };
        for now in [Some(terms()), Some(later), None] {
            assert_ok!(change(project, now.clone()));
            assert_eq!(found(project).article6, now);
            let by = admin(GOVERNMENT);
            System::assert_last_event(Event::TermsChanged { project, article6: now, by }.into());
        }
        assert_eq!(stage(project), ProjectStage::Authorised);
        assert_eq!(found(project).authorised, 300);
    });
}

#[test]
fn the_project_exists() {
    run(|| {
        assert_noop!(change(1, None), E::UnknownProject);
    });
}

#[test]
fn terms_are_in_order() {
    run(|| {
        let project = authorised();
        let nobody = Article6Terms { parties: Default::default(), ..terms() };
        assert_noop!(change(project, Some(nobody)), E::InvalidTerms);
        let unknown = BTreeSet::from([CountryCode(*b"ZZ")]).try_into().unwrap();
        let unknown = Article6Terms { parties: unknown, ..terms() };
        assert_noop!(change(project, Some(unknown)), E::InvalidTerms);
    });
}

#[test]
fn a_change_changes_something() {
    run(|| {
        let project = authorised();
        assert_noop!(change(project, None), E::Unchanged);
        assert_ok!(change(project, Some(terms())));
        assert_noop!(change(project, Some(terms())), E::Unchanged);
    });
}

#[test]
fn terms_are_fixed_by_the_first_transfer() {
    run(|| {
        let project = authorised_with(terms());
        assert_ok!(monitor(project, report(years(2021, 2021), &[(2021, 5)])));
        assert_ok!(verify(project, 1, &[(2021, 5)]));
        assert_ok!(note_issued(project, 1));
        // Issued is not yet transferred.
        undone(|| {
            assert_ok!(change(project, None));
        });
        assert_ok!(crate::Pallet::<Test>::note_first_transferred(project, 1));
        assert_noop!(change(project, None), E::TermsFixed);
        assert_noop!(change(project, Some(terms())), E::TermsFixed);
    });
}

#[test]
fn terms_are_fixed_where_authorisation_is_the_first_transfer() {
    run(|| {
        let fixed = Article6Terms { first_transfer: FirstTransfer::Authorisation, ..terms() };
        let project = authorised_with(fixed.clone());
        assert_noop!(change(project, Some(terms())), E::TermsFixed);
        assert_noop!(change(project, None), E::TermsFixed);

        // That definition says nothing about NDC use.
        let ndc = BTreeSet::from([Purpose::Ndc]).try_into().unwrap();
        let ndc = Article6Terms { purposes: ndc, ..fixed };
        crate::Projects::<Test>::mutate(project, |found| {
            found.as_mut().unwrap().article6 = Some(ndc);
        });
        assert_ok!(change(project, Some(terms())));
    });
}
