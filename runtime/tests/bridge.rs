// SPDX-License-Identifier: Apache-2.0
//! The bridge to the ITMO platform in the real runtime: reports without an account, what they make the
//! registry do, and what its officers do with that.

mod common;

use codec::Encode;
use common::{
    steps::{reactivate, suspend, text},
    *,
};
use frame_support::{assert_ok, dispatch::DispatchClass};
use frame_system::offchain::CreateAuthorizedTransaction;
use pallet_itmo_bridge::{BridgeId, Call, Cases, Cause, Closure, Event, Outcome, Settled};
use registry_primitives::{
    credit::{BlockStatus, HoldReason},
    itmo::{
        Facts, Observation, Platform, PlatformProject, Progress, Report, MAX_ADDRESS,
        MAX_MATERIALS, MAX_OBSERVATIONS, MAX_SECTOR,
    },
    organisation::{OrganisationDetails, OrganisationStatus, MAX_NAME},
    project::{MonitoringStage, ProjectStage, MAX_EXTERNAL_ID, MAX_REGION, MAX_TITLE},
    CountryCode, MemberRole, OrganisationId, OrganisationRole, Text,
};
use registry_runtime::{
    admission::RESERVED_FOR_GOVERNANCE, AccountId, ItmoBridge, Organisations, Projects, Runtime,
    RuntimeCall, RuntimeOrigin, SafeMode, System, TxPause, UncheckedExtrinsic, Validators,
};
use sp_core::{sr25519::Pair, Pair as _};
use sp_runtime::{
    transaction_validity::{InvalidTransaction, TransactionValidityError},
    DispatchError,
};

type E = pallet_itmo_bridge::Error<Runtime>;

const VALIDATORS: [&str; 4] = ["Alice", "Bob", "Charlie", "Dave"];

fn bridge_key(name: &str) -> Pair {
    key(&format!("{name}//itmo"))
}

/// A chain of four validators that are all operators, in the first round.
fn run(test: impl FnOnce()) {
    chain(registry_runtime::genesis::LOCAL).execute_with(|| {
        for name in VALIDATORS {
            let id: BridgeId = bridge_key(name).public().into();
            assert_ok!(ItmoBridge::add_operator(RuntimeOrigin::root(), account(&key(name)), id));
        }
        next_block();
        test();
        assert_invariants();
    });
}

fn authorised(project: &str) -> Observation {
    let facts = PlatformProject {
        title: text("Compostage à l’échelle communale"),
        company: text("Île Verte SARL"),
        sector: Some(text("waste-to-value")),
        country: None,
        created_at: registry_primitives::calendar::parse("2025-05-02").unwrap(),
        materials: Default::default(),
    };
    Observation { project: text(project), facts: Facts::ProjectAuthorised(facts) }
}

fn reported(project: &str) -> Observation {
    Observation { project: text(project), facts: Facts::MonitoringReported }
}

fn call(name: &str, signer: &Pair, observations: &[Observation]) -> RuntimeCall {
    let operator: AccountId = account(&key(name));
    let reports = pallet_itmo_bridge::Reading::<Runtime>::get(&operator).unwrap_or_default();
    let report = Report {
        round: pallet_itmo_bridge::LastRound::<Runtime>::get(),
        part: reports.parts,
        observations: observations.to_vec().try_into().expect("few"),
        progress: Progress::Continues,
    };
    let payload = report.payload(&System::block_hash(0), &operator);
    let signature = signer.sign(&payload).into();
    Call::observe { operator, report, signature }.into()
}

fn transaction(call: RuntimeCall) -> UncheckedExtrinsic {
    <Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call)
}

fn see(name: &str, observations: &[Observation]) {
    let transaction = transaction(call(name, &bridge_key(name), observations));
    assert_eq!(apply(transaction), Ok(Ok(())));
}

fn three_see(observation: &Observation) {
    VALIDATORS[..3].iter().for_each(|name| see(name, core::slice::from_ref(observation)));
}

/// Why there is a case.
fn refusal(case: u32) -> DispatchError {
    match Cases::<Runtime>::get(case).expect("there is one").cause {
        Cause::Refused { error, .. } => error,
        other => panic!("it was not refused: {other:?}"),
    }
}

/// The Government authorises the first project.
fn authorise(quantity: u64) {
    let (project, article6, buffer_rate) = (1, None, 0);
    let call =
        pallet_projects::Call::authorise_project { project, quantity, article6, buffer_rate };
    succeed(&key("Alice"), call);
}

fn outcome(observation: &Observation) -> Option<Outcome> {
    Settled::<Runtime>::get(observation.key(Platform::Undp)).map(|settled| settled.outcome)
}

#[test]
fn the_pool_takes_an_operators_report_and_no_other() {
    run(|| {
        let good = transaction(call("Bob", &bridge_key("Bob"), &[authorised("p-1")]));
        let valid = validate(good).unwrap();
        assert!(valid.propagate);
        assert_eq!(valid.provides.len(), 1);
        assert!(valid.longevity <= 1_200);

        let refused = |transaction| match validate(transaction) {
            Err(TransactionValidityError::Invalid(why)) => why,
            other => panic!("not refused: {other:?}"),
        };
        let wrong = transaction(call("Bob", &bridge_key("Alice"), &[authorised("p-1")]));
        assert_eq!(refused(wrong), InvalidTransaction::BadProof);
        let stranger = transaction(call("Eve", &bridge_key("Eve"), &[]));
        assert_eq!(refused(stranger), InvalidTransaction::BadSigner);
        // Other calls authorise nothing, and bare transactions neither.
        let other = transaction(Call::request_round {}.into());
        assert_eq!(refused(other), InvalidTransaction::UnknownOrigin);
        let bare = call("Bob", &bridge_key("Bob"), &[authorised("p-1")]);
        assert!(validate(UncheckedExtrinsic::new_bare(bare)).is_err());
    });
}

#[test]
fn an_account_cannot_hand_in_a_report() {
    run(|| {
        // Eve is no member; the council's Alice is admitted, and refused by the call.
        let report = call("Bob", &bridge_key("Bob"), &[]);
        let eve = validate(sign(&key("Eve"), 0, report.clone()));
        assert_eq!(eve, Err(InvalidTransaction::Custom(RESERVED_FOR_GOVERNANCE).into()));
        let refused = submit(&key("Alice"), report);
        assert_eq!(refused, Ok(Err(E::NotAuthorised.into())));
    });
}

#[test]
fn what_is_stopped_is_not_admitted() {
    run(|| {
        let report = || transaction(call("Bob", &bridge_key("Bob"), &[authorised("p-1")]));
        let root = RuntimeOrigin::root;
        let assert_stopped = || {
            let stopped = TransactionValidityError::from(InvalidTransaction::Call);
            assert_eq!(validate(report()), Err(stopped));
            assert_eq!(apply(report()), Err(stopped));
        };
        assert_ok!(SafeMode::force_enter(root()));
        assert_stopped();
        assert_ok!(SafeMode::force_exit(root()));
        assert!(validate(report()).is_ok());

        let bound = |name: &str| name.as_bytes().to_vec().try_into().expect("names are short");
        let observe = (bound("ItmoBridge"), bound("observe"));
        assert_ok!(TxPause::pause(root(), observe.clone()));
        assert_stopped();
        assert_ok!(TxPause::unpause(root(), observe));
        assert_eq!(apply(report()), Ok(Ok(())));
    });
}

#[test]
fn what_signers_sign_is_as_it_was() {
    use sp_runtime::traits::TransactionExtension;
    let names: Vec<_> =
        <registry_runtime::TxExtension as TransactionExtension<RuntimeCall>>::metadata()
            .into_iter()
            .map(|extension| extension.identifier)
            .collect();
    assert_eq!(
        names,
        [
            "CheckNonZeroSender",
            "CheckSpecVersion",
            "CheckTxVersion",
            "CheckGenesis",
            "CheckMortality",
            "CheckNonce",
            "CheckWeight",
            "CheckMetadataHash",
            "WeightReclaim"
        ]
    );
}

#[test]
fn from_the_platform_to_ten_credits() {
    run(|| {
        // Reported before it is authorised there, and before it is here.
        three_see(&reported("p-1002"));
        three_see(&authorised("p-1002"));
        let Some(Outcome::Done(id)) = outcome(&authorised("p-1002")) else {
            panic!("it is taken over")
        };
        let project = pallet_projects::Projects::<Runtime>::get(id).unwrap();
        assert_eq!(project.stage, ProjectStage::Validated);
        assert_eq!(project.validated_estimate, Some(100));
        assert_eq!(project.registration.locations[0].region, text("VU"));
        let owner = project.registration.proponents[0].organisation;
        let organisation = Organisations::organisation(owner).unwrap();
        assert_eq!(organisation.role, OrganisationRole::ProjectDeveloper);
        assert_eq!(organisation.details.tax_id, text("Île Verte SARL"));
        assert_eq!(organisation.status, OrganisationStatus::Active);
        next_block();
        assert_eq!(outcome(&reported("p-1002")), Some(Outcome::Waits));

        // The Government authorises it as any other's.
        authorise(100);
        next_block();
        next_block();
        assert_eq!(outcome(&reported("p-1002")), Some(Outcome::Done(id)));
        let project = pallet_projects::Projects::<Runtime>::get(id).unwrap();
        assert_eq!(project.issued, 10);
        let period = pallet_projects::MonitoringPeriods::<Runtime>::get(id, 1).unwrap();
        assert_eq!(period.stage, MonitoringStage::Issued);
        assert_eq!(period.verified[0].vintage, 2026);
        let block = pallet_credits::Blocks::<Runtime>::get(1).unwrap();
        assert_eq!((block.end, block.owner, block.project), (10, owner, id));

        // Again in the next round: nothing.
        three_see(&reported("p-1002"));
        next_block();
        assert_eq!(pallet_credits::LastSerial::<Runtime>::get(), 10);

        // Nobody acts for the organisation until the Government gives it an Admin.
        let admin = key("Ana");
        assert!(pallet_organisations::Unclaimed::<Runtime>::contains_key(owner));
        let claim = pallet_organisations::Call::add_member {
            organisation: owner,
            account: account(&admin),
            role: MemberRole::Admin,
        };
        succeed(&key("Alice"), claim);
        assert!(!pallet_organisations::Unclaimed::<Runtime>::contains_key(owner));
    });
}

#[test]
fn an_organisation_that_was_claimed_keeps_its_admin() {
    run(|| {
        three_see(&authorised("p-1"));
        let owner = pallet_organisations::NextOrganisationId::<Runtime>::get() - 1;
        let add = |name: &str, role| pallet_organisations::Call::add_member {
            organisation: owner,
            account: account(&key(name)),
            role,
        };
        succeed(&key("Alice"), add("Ben", MemberRole::Manager));
        assert!(pallet_organisations::Unclaimed::<Runtime>::contains_key(owner));
        let promote = pallet_organisations::Call::change_member_role {
            account: account(&key("Ben")),
            role: MemberRole::Admin,
        };
        succeed(&key("Alice"), promote);
        assert!(!pallet_organisations::Unclaimed::<Runtime>::contains_key(owner));
        let remove = pallet_organisations::Call::remove_member { account: account(&key("Ben")) };
        let error = pallet_organisations::Error::<Runtime>::LastAdmin;
        assert_eq!(submit(&key("Alice"), remove), Ok(Err(error.into())));
    });
}

#[test]
fn what_exceeds_the_authorisation_is_undone_and_a_case() {
    run(|| {
        three_see(&authorised("p-1"));
        authorise(9);
        three_see(&reported("p-1"));
        assert_eq!(refusal(1), pallet_projects::Error::<Runtime>::AboveAuthorised.into());
        let project = pallet_projects::Projects::<Runtime>::get(1).unwrap();
        assert_eq!((project.issued, project.monitoring_periods), (0, 0));
    });
}

#[test]
fn a_second_period_begins_where_the_last_one_ends() {
    run(|| {
        three_see(&authorised("p-1"));
        authorise(100);
        let evidence = Default::default();
        assert_ok!(Projects::import_monitoring(1, 5, evidence));
        let error = pallet_projects::Error::<Runtime>::InvalidPeriod;
        let again = Projects::import_monitoring(1, 5, evidence).map_err(DispatchError::from);
        assert_eq!(again, Err(error.into()), "no time has passed");
        next_block();
        assert_ok!(Projects::import_monitoring(1, 5, evidence));
        let period =
            |number| pallet_projects::MonitoringPeriods::<Runtime>::get(1, number).unwrap();
        assert_eq!(period(1).reported.period.end, period(2).reported.period.start);
    });
}

#[test]
fn an_unknown_sector_is_for_imports_alone() {
    run(|| {
        three_see(&authorised("p-1"));
        let mut registration = pallet_projects::Projects::<Runtime>::get(1).unwrap().registration;
        registration.external_id = text("p-2");
        let register = pallet_projects::Call::register_project { registration };
        let officer = key("Ben");
        let add = pallet_organisations::Call::add_member {
            organisation: registry_primitives::GOVERNMENT,
            account: account(&officer),
            role: MemberRole::Admin,
        };
        succeed(&key("Alice"), add);
        let error = pallet_projects::Error::<Runtime>::InvalidSector;
        assert_eq!(submit(&officer, register), Ok(Err(error.into())));
    });
}

/// A developer that is there already.
fn developer(tax_id: &str, name: &str) -> OrganisationId {
    let details = OrganisationDetails {
        name: text(name),
        tax_id: text(tax_id),
        country: CountryCode(*b"VU"),
        sectoral_scopes: Default::default(),
        profile: Default::default(),
    };
    let (role, first_admin) = (OrganisationRole::ProjectDeveloper, account(&key(name)));
    let create = pallet_organisations::Call::create_organisation { role, details, first_admin };
    succeed(&key("Alice"), create);
    pallet_organisations::NextOrganisationId::<Runtime>::get() - 1
}

#[test]
fn a_case_is_tried_again_once_the_company_is_linked() {
    run(|| {
        let officer = key("Alice");
        developer("Île Verte SARL", "Somebody");
        three_see(&authorised("p-1"));
        let taken: DispatchError = E::CompanyNameTaken.into();
        assert_eq!(refusal(1), taken);
        let retry = || Call::retry_case { case: 1 };
        assert_eq!(submit(&officer, retry()), Ok(Err(taken)));

        let organisation = developer("VU-4711", "Verte");
        let link = |organisation| {
            let company = text("Île Verte SARL");
            Call::link_company { company, organisation }
        };
        let refused = submit(&officer, link(registry_primitives::GOVERNMENT));
        assert_eq!(refused, Ok(Err(E::InvalidOrganisation.into())));
        succeed(&officer, link(organisation));
        succeed(&officer, retry());
        assert_eq!(Cases::<Runtime>::get(1).unwrap().closure, Some(Closure::Retried));
        assert_eq!(outcome(&authorised("p-1")), Some(Outcome::Done(1)));
        let project = pallet_projects::Projects::<Runtime>::get(1).unwrap();
        assert_eq!(project.registration.proponents[0].organisation, organisation);
        assert_eq!(project.stage, ProjectStage::Validated);
        // The next project of the company goes the same way.
        three_see(&authorised("p-2"));
        assert_eq!(outcome(&authorised("p-2")), Some(Outcome::Done(2)));
    });
}

#[test]
fn a_case_that_is_dismissed_is_never_acted_on() {
    run(|| {
        let officer = key("Alice");
        developer("Île Verte SARL", "Somebody");
        three_see(&authorised("p-1"));
        three_see(&reported("p-1"));
        let dismiss = |case| Call::dismiss_case { case, reason: text("Not a project of ours") };
        succeed(&officer, dismiss(1));
        assert_eq!(Cases::<Runtime>::get(1).unwrap().closure, Some(Closure::Dismissed));
        assert_eq!(outcome(&authorised("p-1")), Some(Outcome::Dismissed));
        see("Dave", &[authorised("p-1")]);
        // What waited for it is refused, and dismissed too.
        next_block();
        assert_eq!(refusal(2), E::ProjectDismissed.into());
        succeed(&officer, dismiss(2));
        let again = submit(&officer, Call::retry_case { case: 2 });
        assert_eq!(again, Ok(Err(E::UnknownCase.into())));
        assert_eq!(pallet_projects::LastProjectId::<Runtime>::get(), 0);
        assert_eq!(pallet_credits::LastSerial::<Runtime>::get(), 0);
    });
}

#[test]
fn who_is_a_validator_no_more_is_no_operator() {
    run(|| {
        see("Dave", &[authorised("p-1")]);
        see("Bob", &[authorised("p-1")]);
        let (dave, reason) = (account(&key("Dave")), text("Its contract has ended"));
        assert_ok!(Validators::remove(RuntimeOrigin::root(), dave.clone(), reason.clone()));
        let removed = Event::<Runtime>::OperatorRemoved { account: dave.clone(), reason };
        System::assert_has_event(removed.into());
        let operators = pallet_itmo_bridge::Operators::<Runtime>::get();
        assert_eq!(operators.len(), 3);
        assert!(operators.iter().all(|operator| operator.account != dave));
        let again = transaction(call("Dave", &bridge_key("Dave"), &[authorised("p-2")]));
        assert_eq!(validate(again), Err(InvalidTransaction::BadSigner.into()));
        // What it has said counts no more, and three of four are still needed.
        see("Charlie", &[authorised("p-1")]);
        assert_eq!(outcome(&authorised("p-1")), None);
        see("Alice", &[authorised("p-1")]);
        assert_eq!(outcome(&authorised("p-1")), Some(Outcome::Done(1)));
        // Nor is it listed again.
        let key = bridge_key("Dave").public().into();
        let listed = ItmoBridge::add_operator(RuntimeOrigin::root(), dave, key);
        assert_eq!(listed, Err(E::NotAValidator.into()));
    });
}

#[test]
fn a_suspended_company_gets_no_project_and_its_credits_are_held() {
    run(|| {
        let officer = key("Alice");
        three_see(&authorised("p-1"));
        authorise(100);
        let owner = pallet_organisations::NextOrganisationId::<Runtime>::get() - 1;
        succeed(&officer, suspend(owner));
        three_see(&authorised("p-2"));
        assert_eq!(refusal(1), pallet_projects::Error::<Runtime>::InvalidProponent.into());
        assert_eq!(pallet_projects::LastProjectId::<Runtime>::get(), 1);
        three_see(&reported("p-1"));
        let block = pallet_credits::Blocks::<Runtime>::get(1).unwrap();
        assert_eq!((block.owner, block.end), (owner, 10));
        assert_eq!(block.status, BlockStatus::OnHold(HoldReason::OwnerSuspended));

        succeed(&officer, reactivate(owner));
        succeed(&officer, Call::retry_case { case: 1 });
        assert_eq!(outcome(&authorised("p-2")), Some(Outcome::Done(2)));
        let block = pallet_credits::Blocks::<Runtime>::get(1).unwrap();
        assert_eq!(block.status, BlockStatus::Held);
    });
}

/// A text of full length that ends in a number.
fn longest<const N: u32>(begins: &str, number: u32) -> Text<N> {
    let filled = "x".repeat(N as usize - begins.len() - 4);
    text(&format!("{begins}{filled}{number:04}"))
}

/// An observation as long as one can be.
fn longest_observation(number: u32) -> Observation {
    let address = |number| longest::<MAX_ADDRESS>("https://", number);
    let facts = PlatformProject {
        title: longest::<MAX_TITLE>("", number),
        company: longest::<MAX_NAME>("", number),
        sector: Some(longest::<MAX_SECTOR>("", number)),
        country: Some(longest::<MAX_REGION>("", number)),
        created_at: registry_primitives::calendar::parse("2025-05-02").unwrap(),
        materials: (0..MAX_MATERIALS).map(address).collect::<Vec<_>>().try_into().unwrap(),
    };
    let project = longest::<MAX_EXTERNAL_ID>("", number);
    Observation { project, facts: Facts::ProjectAuthorised(facts) }
}

#[test]
fn the_heaviest_report_fits_into_a_block() {
    run(|| {
        use frame_support::dispatch::GetDispatchInfo;
        let many: Vec<_> = (0..MAX_OBSERVATIONS).map(longest_observation).collect();
        let heaviest = transaction(call("Bob", &bridge_key("Bob"), &many));
        let info = heaviest.get_dispatch_info();
        assert_eq!(info.class, DispatchClass::Operational);
        let limits = <Runtime as frame_system::Config>::BlockWeights::get();
        let most = limits.get(DispatchClass::Operational).max_extrinsic.unwrap();
        assert!(info.total_weight().all_lte(most), "{:?} of {most:?}", info.total_weight());
        assert!(info.total_weight().ref_time() > 0);
        let size = heaviest.encoded_size();
        assert!((43_000..44_000).contains(&size), "{size}");
        assert_eq!(apply(heaviest), Ok(Ok(())));
    });
}

#[test]
fn without_operators_the_bridge_does_nothing() {
    development().execute_with(|| {
        next_block();
        assert_eq!(pallet_itmo_bridge::LastRound::<Runtime>::get(), 0);
        let stranger = transaction(call("Alice", &bridge_key("Alice"), &[]));
        assert_eq!(validate(stranger), Err(InvalidTransaction::Stale.into()));
    });
}
