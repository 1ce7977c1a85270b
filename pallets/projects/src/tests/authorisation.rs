// SPDX-License-Identifier: Apache-2.0
//! `authorise_project` and `reject_project`: the Government's decision.

use super::*;
use crate::Event;
use frame_support::assert_noop;

fn authorise_with(terms: Option<Article6Terms>, buffer_rate: Ppm) -> DispatchResult {
    Projects::authorise_project(signed(admin(GOVERNMENT)), 1, 400, terms, buffer_rate)
}

fn reject(project: ProjectId, reason: &str) -> DispatchResult {
    Projects::reject_project(signed(admin(GOVERNMENT)), project, text(reason))
}

#[test]
fn a_project_is_authorised_up_to_its_estimate() {
    run(|| {
        let project = validated();
        assert_ok!(authorise_with(Some(terms()), 100_000));
        let now = found(project);
        assert_eq!(now.stage, ProjectStage::Authorised);
        assert_eq!((now.authorised, now.buffer_rate), (400, 100_000));
        assert_eq!(now.article6, Some(terms()));
        assert_eq!(now.issued, 0);
        System::assert_last_event(
            Event::ProjectAuthorised {
                id: project,
                quantity: 400,
                article6: Some(terms()),
                buffer_rate: 100_000,
                by: admin(GOVERNMENT),
            }
            .into(),
        );
    });
}

#[test]
fn the_project_exists() {
    run(|| {
        assert_noop!(authorise(1, 400), E::UnknownProject);
        assert_noop!(reject(1, "no"), E::UnknownProject);
    });
}

#[test]
fn the_quantity_is_above_zero_and_not_above_the_estimate() {
    run(|| {
        let project = validated();
        assert_noop!(authorise(project, 0), E::ZeroTonnes);
        for above in [401, u64::MAX] {
            assert_noop!(authorise(project, above), E::AboveEstimate);
        }
        assert_ok!(authorise(project, 400));
    });
}

#[test]
fn terms_are_in_order() {
    run(|| {
        validated();
        let unknown = BTreeSet::from([CountryCode(*b"CH"), CountryCode(*b"ZZ")]);
        for bad in [
            Article6Terms { purposes: Default::default(), ..terms() },
            Article6Terms { parties: unknown.try_into().unwrap(), ..terms() },
            Article6Terms { parties: Default::default(), ..terms() },
            Article6Terms { cooperative_approach: Some(0), ..terms() },
            Article6Terms { cooperative_approach: Some(10_000), ..terms() },
            Article6Terms { valid: (2030, 2029), ..terms() },
        ] {
            assert_noop!(authorise_with(Some(bad), 0), E::InvalidTerms);
        }
        // The UNFCCC assigns the number later; Parties may be left open, but for NDC use.
        let open = Article6Terms {
            purposes: BTreeSet::from([Purpose::OimpImp]).try_into().unwrap(),
            parties: Default::default(),
            cooperative_approach: None,
            valid: (2030, 2030),
            ..terms()
        };
        assert_ok!(authorise_with(Some(open), 0));
    });
}

#[test]
fn the_buffer_takes_at_most_everything() {
    run(|| {
        validated();
        assert_noop!(authorise_with(None, WHOLE + 1), E::InvalidBufferRate);
        assert_ok!(authorise_with(None, WHOLE));
    });
}

#[test]
fn a_project_is_rejected_until_it_is_authorised() {
    use ProjectStage::*;
    for before in [Submitted, Returned, Validated] {
        run(|| {
            let project = submitted(1);
            put_stage(project, before);
            assert_ok!(reject(project, "no permit"));
            assert_eq!(stage(project), Rejected);
            let by = admin(GOVERNMENT);
            System::assert_last_event(
                Event::ProjectRejected { id: project, reason: text("no permit"), by }.into(),
            );
        });
    }
}

#[test]
fn a_project_is_authorised_once() {
    run(|| {
        let project = validated();
        assert_ok!(authorise(project, 300));
        assert_noop!(authorise(project, 400), E::WrongStage);
        assert_noop!(authorise(project, 300), E::WrongStage);
    });
}

#[test]
fn a_rejection_says_why() {
    run(|| {
        let project = submitted(1);
        for bad in ["", " padded", "a\nb"] {
            assert_noop!(reject(project, bad), E::InvalidText);
        }
    });
}

#[test]
fn a_rejection_is_final() {
    run(|| {
        let project = submitted(1);
        let design = document(project, DocumentKind::DesignDocument);
        assert_ok!(reject(project, "no permit"));
        assert_noop!(submit(project, DocumentKind::DesignDocument), E::WrongStage);
        assert_noop!(review(project, design, true), E::WrongStage);
        assert_noop!(authorise(project, 1), E::WrongStage);
    });
}
