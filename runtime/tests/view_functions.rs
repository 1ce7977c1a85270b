// SPDX-License-Identifier: Apache-2.0
//! Every view function of the registry's pallets answers through the runtime API, for what there is
//! and for what there is not.

mod common;
#[path = "common/permission_steps.rs"]
mod permission_steps;

use codec::{Decode, DecodeAll, Encode};
use common::{steps::*, *};
use credit_calculator::{Activity, Error as CalculatorError, Estimate, Input};
use frame_support::view_functions::ViewFunctionId;
use pallet_calculator::{EstimateError, VersionedConstants, VersionedEstimate};
use permission_steps::*;
use registry_primitives::{
    approval::Proposal,
    credit::{
        Block, BlockStatus, Cancellation, CancellationReason, Corrects, CountryAccounts,
        Deductions, Pause, Retirement, RetirementRequest, Totals, TransferRequest,
    },
    organisation::{Member, Organisation, OrganisationStatus},
    project::{
        Certification, Document, DocumentKind, MonitoringPeriod, MonitoringStage, Project,
        ProjectStage, ProponentChange,
    },
    Action, ActionClass, DocumentId, MemberRole, OrganisationId, OrganisationRole, PeriodId,
    ProposalId, Reach, RequestId, SerialRange, Vintage, GOVERNMENT,
};
use registry_runtime::{AccountId, Runtime, Timestamp};
use std::{cell::RefCell, collections::BTreeSet};

/// Requests, by their numbers.
type Numbered<Request> = Vec<(RequestId, Request)>;

thread_local! {
    /// The view functions that a test has asked.
    static ASKED: RefCell<BTreeSet<(String, String)>> = const { RefCell::new(BTreeSet::new()) };
}

/// Pallet, name and id of every view function of the registry, as the metadata has them.
fn all() -> Vec<(&'static str, &'static str, [u8; 32])> {
    let mut all = Vec::new();
    macro_rules! add {
        ($($pallet:ident),*) => {$(
            let functions =
                registry_runtime::$pallet::pallet_view_functions_metadata();
            all.extend(functions.into_iter().map(|each| (stringify!($pallet), each.name, each.id)));
        )*};
    }
    add!(Organisations, Approvals, Projects, Credits, Calculator);
    all
}

/// What a view function answers, over the wire format.
#[track_caller]
fn ask<R: Decode>(pallet: &str, name: &str, input: impl Encode) -> R {
    let (.., id) = all()
        .into_iter()
        .find(|(of, function, _)| *of == pallet && *function == name)
        .unwrap_or_else(|| panic!("{pallet} has no view function {name}"));
    ASKED.with_borrow_mut(|asked| asked.insert((pallet.into(), name.into())));
    let id = ViewFunctionId::decode_all(&mut &id[..]).expect("an id is 32 bytes");
    let answer = Runtime::execute_view_function(id, input.encode());
    let answer = answer.unwrap_or_else(|error| panic!("{pallet}.{name}: {error:?}"));
    R::decode_all(&mut &answer[..]).unwrap_or_else(|error| panic!("{pallet}.{name}: {error}"))
}

/// Checks that a test has asked every view function of a pallet.
#[track_caller]
fn assert_all_asked(pallet: &str) {
    ASKED.with_borrow(|asked| {
        for (_, name, _) in all().into_iter().filter(|(of, ..)| *of == pallet) {
            assert!(asked.contains(&(pallet.into(), name.into())), "{pallet}.{name} is not asked");
        }
    });
}

#[test]
fn every_pallet_has_view_functions_with_ids_of_their_own() {
    let ids: BTreeSet<_> = all().into_iter().map(|(.., id)| id).collect();
    assert_eq!(ids.len(), all().len());
    for pallet in ["Organisations", "Approvals", "Projects", "Credits", "Calculator"] {
        assert!(all().iter().any(|(of, ..)| *of == pallet), "{pallet}");
    }
}

#[test]
fn an_unknown_view_function_and_a_wrong_input_are_errors() {
    development().execute_with(|| {
        let unknown = ViewFunctionId { prefix: [0; 16], suffix: [0; 16] };
        assert!(Runtime::execute_view_function(unknown, vec![]).is_err());
        let (.., id) = all()[0];
        let id = ViewFunctionId::decode_all(&mut &id[..]).unwrap();
        // Neither too little nor too much.
        assert!(Runtime::execute_view_function(id.clone(), vec![]).is_err());
        assert!(Runtime::execute_view_function(id, vec![0; 64]).is_err());
    });
}

#[test]
fn organisations_and_their_members() {
    development().execute_with(|| {
        found();
        let organisation = |id: OrganisationId| -> Option<Organisation> {
            ask("Organisations", "organisation", id)
        };
        let found = organisation(DEVELOPER).unwrap();
        assert_eq!(found.role, OrganisationRole::ProjectDeveloper);
        assert_eq!(found.details, details_of(OrganisationRole::ProjectDeveloper, "Developer"));
        assert_eq!((found.status, found.suspensions), (OrganisationStatus::Active, 0));
        assert_eq!(organisation(GOVERNMENT).unwrap().role, OrganisationRole::Government);
        assert_eq!((organisation(0), organisation(99)), (None, None));

        let member = |who: AccountId| -> Option<Member> { ask("Organisations", "member", who) };
        let root_member = Member { organisation: GOVERNMENT, role: MemberRole::Root };
        assert_eq!(member(account(&root())), Some(root_member));
        let admin = Member { organisation: DEVELOPER, role: MemberRole::Admin };
        assert_eq!(member(account(&developer())), Some(admin));
        assert_eq!(member(account(&key("Mallory"))), None);

        let may = |who: AccountId| -> Vec<(Action, Reach)> {
            ask("Organisations", "permissions_of", who)
        };
        assert!(may(account(&root())).contains(&(Action::PauseTransfers, Reach::Any)));
        let of_developer = may(account(&developer()));
        assert!(of_developer.contains(&(Action::TransferCredits, Reach::Own)));
        assert!(!of_developer.iter().any(|(action, _)| *action == Action::PauseTransfers));
        assert_eq!(may(account(&key("Mallory"))), []);
        succeed(&root(), suspend(DEVELOPER));
        assert_eq!(may(account(&developer())), []);
        let suspended = organisation(DEVELOPER).unwrap();
        assert_eq!((suspended.status, suspended.suspensions), (OrganisationStatus::Suspended, 1));
        assert_all_asked("Organisations");
    });
}

#[test]
fn proposals_and_how_many_must_agree() {
    development().execute_with(|| {
        let required = |class: ActionClass| -> u32 { ask("Approvals", "required", class) };
        assert_eq!(required(ActionClass::Cancel), 1);
        pallet_approvals::Thresholds::<Runtime>::insert(ActionClass::Settings, 2);
        assert_eq!(required(ActionClass::Settings), 2);

        let proposal =
            |id: ProposalId| -> Option<Proposal<AccountId>> { ask("Approvals", "proposal", id) };
        let of = |organisation: OrganisationId| -> Vec<ProposalId> {
            ask("Approvals", "proposals_of", organisation)
        };
        assert_eq!((proposal(1), of(GOVERNMENT)), (None, vec![]));
        let deductions = Deductions { share_of_proceeds: 50_000, overall_mitigation: 20_000 };
        let call = Box::new(CreditsCall::set_deductions { deductions }.into());
        succeed(&root(), pallet_approvals::Call::propose { call });
        let waiting = proposal(1).unwrap();
        assert_eq!(waiting.organisation, GOVERNMENT);
        assert_eq!(waiting.action, Action::ChangeSettings);
        assert_eq!(waiting.approvals.into_inner(), [account(&root())]);
        assert_eq!((of(GOVERNMENT), of(2)), (vec![1], vec![]));
        assert_all_asked("Approvals");
    });
}

#[test]
fn projects_and_what_belongs_to_them() {
    development().execute_with(|| {
        let registry = registry();
        let side = &registry.inside;
        let project = |id: u32| -> Option<Project> { ask("Projects", "project", id) };
        let submitted = project(side.submitted).unwrap();
        assert_eq!(submitted.stage, ProjectStage::Submitted);
        let registration = wind_farm("INSIDE-1", side.developer, side.certifier);
        assert_eq!(submitted.registration, registration);
        assert_eq!((project(0), project(999)), (None, None));

        let documents =
            |id: u32| -> Vec<(DocumentId, Document)> { ask("Projects", "documents", id) };
        let of_validated = documents(side.validated);
        let kinds: Vec<_> =
            of_validated.iter().map(|(number, document)| (*number, document.kind)).collect();
        let expected = [(1, DocumentKind::DesignDocument), (2, DocumentKind::ValidationReport)];
        assert_eq!(kinds, expected);
        assert_eq!(documents(999), []);

        let periods = |id: u32| -> Vec<(PeriodId, MonitoringPeriod)> {
            ask("Projects", "monitoring_periods", id)
        };
        let stages: Vec<_> = periods(side.authorised)
            .into_iter()
            .map(|(number, period)| (number, period.stage))
            .collect();
        use MonitoringStage::{Issued, Reported, Verified};
        assert_eq!(stages, [(1, Issued), (2, Verified), (3, Reported)]);
        assert_eq!(periods(side.submitted), []);

        let change =
            |id: u32| -> Option<ProponentChange> { ask("Projects", "proponent_change", id) };
        let waiting = change(side.changing).unwrap();
        assert_eq!(waiting.number, 1);
        assert_eq!(waiting.consents.into_inner(), BTreeSet::from([registry.active]));
        assert_eq!(change(side.submitted), None);

        let certifications = |id: u32| -> Vec<(OrganisationId, Certification, bool)> {
            ask("Projects", "certifications", id)
        };
        let [(certifier, _, true)] = certifications(side.certified)[..] else {
            panic!("{:?}", certifications(side.certified));
        };
        assert_eq!(certifier, side.certifier);
        assert_eq!(certifications(side.submitted), []);

        let may = |who: AccountId, id: u32| -> Vec<Action> { ask("Projects", "may", (who, id)) };
        let of_root = may(account(&root()), side.validated);
        assert!(of_root.contains(&Action::AuthoriseProject));
        assert!(of_root.contains(&Action::RejectProject));
        // An authorisation is not taken back; its terms may still change.
        assert!(!may(account(&root()), side.authorised).contains(&Action::RejectProject));
        let certifier = account(&member(OrganisationRole::Certifier, MemberRole::Admin));
        assert!(may(certifier.clone(), side.reviewed).contains(&Action::ValidateProject));
        assert!(!may(certifier, registry.outside.reviewed).contains(&Action::ValidateProject));
        assert_eq!(may(account(&key("Mallory")), side.validated), []);
        assert_eq!(may(account(&root()), 999), []);
        succeed(&root(), suspend(side.certifier));
        assert!(!certifications(side.certified)[0].2, "suspending a certifier revokes");
        assert_all_asked("Projects");
    });
}

#[test]
fn credits_and_what_became_of_them() {
    development().execute_with(|| {
        let registry = registry();
        let side = &registry.inside;
        let block = |start: u64| -> Option<Block> { ask("Credits", "block", start) };
        let held = block(side.block).unwrap();
        let (end, project, vintage, owner) =
            (side.block + 74, side.authorised, 2021, side.developer);
        let (status, first_transferred, parent) = (BlockStatus::Held, false, None);
        let whole = Block { end, project, vintage, owner, status, first_transferred, parent };
        assert_eq!(held, whole);
        // Only where a block starts is a block.
        assert_eq!((block(0), block(side.block + 1), block(u64::MAX)), (None, None, None));

        let holdings = |id: u32, after: u64, limit: u32| -> Vec<(SerialRange, Block)> {
            ask("Credits", "holdings", (id, after, limit))
        };
        let all = holdings(side.developer, 0, 256);
        let starts: Vec<_> = all.iter().map(|(range, _)| range.start).collect();
        let reserved = side.block + 75;
        let shared = side.certifiers_block - 50;
        assert_eq!(starts, [side.block, reserved, side.on_hold, shared]);
        assert!(all.iter().all(|(range, block)| range.end == block.end));
        assert_eq!(holdings(side.developer, side.block, 2), all[1..3]);
        assert_eq!(holdings(side.developer, 0, 0), []);
        assert_eq!(holdings(999, 0, 10), []);

        let of_project =
            |id: u32| -> (Vec<(Vintage, Totals)>, Totals) { ask("Credits", "project_totals", id) };
        let sum = Totals {
            issued: 100,
            held: 75,
            on_hold: 5,
            reserved: 10,
            buffer: 10,
            ..Default::default()
        };
        assert_eq!(of_project(side.authorised), (vec![(2021, sum)], sum));
        assert_eq!(of_project(999), (vec![], Totals::default()));

        let requests = |id: u32| -> (Numbered<TransferRequest>, Numbered<RetirementRequest>) {
            ask("Credits", "requests", id)
        };
        let (transfers, retirements) = requests(side.developer);
        let numbers: BTreeSet<_> = transfers.iter().map(|(id, _)| *id).collect();
        let government = registry.asked_by_government;
        assert_eq!(
            numbers,
            BTreeSet::from([side.asked_of_developer, side.asked_by_developer, government])
        );
        let [(id, ref request)] = retirements[..] else { panic!("{retirements:?}") };
        assert_eq!((id, request.quantity), (side.retirement_request, 10));
        assert_eq!(requests(999), (vec![], vec![]));

        let may =
            |who: AccountId, start: u64| -> Vec<Action> { ask("Credits", "may", (who, start)) };
        let developer = account(&member(OrganisationRole::ProjectDeveloper, MemberRole::Admin));
        let own = [Action::TransferCredits, Action::RetireCredits];
        assert_eq!(may(developer.clone(), side.block), own);
        assert_eq!(may(developer.clone(), side.on_hold), []);
        assert_eq!(may(developer, registry.outside.block), []);
        assert!(may(account(&root()), side.on_hold).contains(&Action::ReleaseCredits));
        assert_eq!(may(account(&root()), side.block + 1), []);
        records(&registry);
        assert_all_asked("Credits");
    });
}

/// Retirements, cancellations, national totals and settings.
fn records(registry: &Registry) {
    let side = &registry.inside;
    let retired = |id: u64| -> Option<Retirement> { ask("Credits", "retirement", id) };
    let cancelled = |id: u64| -> Option<Cancellation> { ask("Credits", "cancellation", id) };
    assert_eq!((retired(1), cancelled(1)), (None, None));
    let officer = member(OrganisationRole::ProjectDeveloper, MemberRole::Manager);
    succeed(&officer, retire(&[(side.block, 7)]));
    let record = retired(1).unwrap();
    assert_eq!((record.by, record.quantity), (side.developer, 7));
    assert_eq!(record.details, retirement());
    let cancel = CreditsCall::cancel {
        parts: parts(&[(side.on_hold, 5)]),
        reason: CancellationReason::Reversal,
        corrects: Corrects::Issuance { project: side.authorised, period: 1 },
        statement: text("Storm"),
    };
    succeed(&root(), cancel);
    let record = cancelled(1).unwrap();
    assert_eq!((record.owner, record.quantity), (side.developer, 5));
    assert_eq!((retired(0), retired(2), cancelled(2)), (None, None, None));

    let (totals, accounts): (Totals, CountryAccounts) = ask("Credits", "national_totals", ());
    // Two sides, each with two projects of a hundred tonnes.
    assert_eq!((totals.issued, totals.retired, totals.cancelled), (400, 7, 5));
    assert_eq!(accounts, CountryAccounts { domestic: 7, ..Default::default() });

    let settings = || -> (Option<Pause>, Deductions) { ask("Credits", "settings", ()) };
    assert_eq!(settings(), (None, Deductions::default()));
    let deductions = Deductions { share_of_proceeds: 50_000, overall_mitigation: 20_000 };
    succeed(&root(), CreditsCall::set_deductions { deductions });
    succeed(&root(), CreditsCall::pause_transfers { reason: text("Audit") });
    let pause = Pause { reason: text("Audit"), since: Timestamp::get() };
    assert_eq!(settings(), (Some(pause), deductions));
}

#[test]
fn constants_and_estimates() {
    development().execute_with(|| {
        let constants = |version: Option<u32>| -> Option<(u32, VersionedConstants)> {
            ask("Calculator", "constants", version)
        };
        let (version, first) = constants(None).unwrap();
        assert_eq!((version, first.set_at, first.by), (1, 0, None));
        assert_eq!(constants(Some(1)), Some((1, first)));
        assert_eq!((constants(Some(0)), constants(Some(2))), (None, None));

        let estimate = |activity: &Activity, version: Option<u32>| {
            let answer: Result<VersionedEstimate, EstimateError> =
                ask("Calculator", "estimate", (activity, version));
            answer
        };
        // The reference's own example of rice: 16 ha for 120 days.
        let rice = Activity::RiceCrops {
            area: "16 ha".parse().unwrap(),
            duration: "120 d".parse().unwrap(),
        };
        let expected =
            VersionedEstimate { version: 1, estimate: Estimate { milli_tonnes: 88_320 } };
        assert_eq!(estimate(&rice, None), Ok(expected));
        assert_eq!(estimate(&rice, Some(2)), Err(EstimateError::UnknownVersion));
        let nothing = Activity::Stoves { days: 0, people: 4 };
        let refused = CalculatorError::Zero { input: Input::Days };
        assert_eq!(estimate(&nothing, None), Err(EstimateError::Calculation(refused)));
        assert_all_asked("Calculator");
    });
}
