// SPDX-License-Identifier: Apache-2.0
//! What the pallets' benchmarks need of the whole runtime; for scripts/weights alone.

use crate::{AccountId, Organisations, Runtime, RuntimeCall, RuntimeOrigin, Signature};
use alloc::{format, vec, vec::Vec};
use frame_benchmarking::account;
use pallet_credits::benchmarking::{equal_shares, BenchmarkHelper as CreditsHelper};
use registry_primitives::{
    calendar,
    credit::{Beneficiary, Part, RetirementDetails, RetirementPurpose, MAX_PARTS},
    organisation::OrganisationDetails,
    project::{
        Article6Terms, Location, MonitoringPeriod, MonitoringReport, MonitoringStage, Period,
        Project, ProjectRegistration, ProjectStage, Proponent, Purpose, VintageTonnes, Vintages,
        MAX_LOCATIONS,
    },
    Action, ContentHash, CountryCode, MayAct, MemberRole, Millis, MitigationType, OrganisationId,
    OrganisationRole, PeriodId, Ppm, ProjectId, Sector, SectoralScope, Text, Tonnes, GOVERNMENT,
    MAX_TONNES,
};
use sp_core::{crypto::KeyTypeId, sr25519};
use sp_runtime::traits::IdentifyAccount;

frame_benchmarking::define_benchmarks!(
    [frame_system, frame_system_benchmarking::Pallet::<Runtime>]
    [frame_system_extensions, frame_system_benchmarking::extensions::Pallet::<Runtime>]
    [pallet_timestamp, crate::Timestamp]
    [crate::admission, crate::admission::benchmarking::Pallet::<Runtime>]
    [pallet_organisations, crate::Organisations]
    [pallet_approvals, crate::Approvals]
    [pallet_projects, crate::Projects]
    [pallet_credits, crate::Credits]
    [pallet_calculator, crate::Calculator]
    [pallet_validators, crate::Validators]
    [pallet_governance, crate::Governance]
    [pallet_itmo_bridge, crate::ItmoBridge]
);

impl frame_system_benchmarking::Config for Runtime {}

/// Answers all pallets, over the real ones.
pub struct Helper;

fn root() -> AccountId {
    pallet_organisations::Members::<Runtime>::iter()
        .find(|(_, member)| member.role == MemberRole::Root)
        .map(|(root, _)| root)
        .expect("the development genesis has a Root")
}

/// Officers that were made so far, so that each has a name of its own.
fn next_index() -> u32 {
    pallet_organisations::Members::<Runtime>::iter_keys().count() as u32
}

fn government_admin() -> AccountId {
    let admin = account("government admin", next_index(), 0);
    let root = RuntimeOrigin::signed(root());
    Organisations::add_member(root, GOVERNMENT, Clone::clone(&admin), MemberRole::Admin)
        .expect("Root makes Admins");
    admin
}

type TaxId = Text<{ registry_primitives::organisation::MAX_TAX_ID }>;

/// The longest text.
fn longest<const N: u32>() -> Text<N> {
    Text(vec![b'x'; N as usize].try_into().expect("as long as the bound"))
}

fn text<const N: u32>(text: &str) -> Text<N> {
    Text::try_from(text).expect("short")
}

fn organisation(role: OrganisationRole) -> (OrganisationId, AccountId) {
    let id = pallet_organisations::NextOrganisationId::<Runtime>::get();
    organisation_with(role, text(&format!("TAX-{id}")))
}

fn organisation_with(role: OrganisationRole, tax_id: TaxId) -> (OrganisationId, AccountId) {
    let id = pallet_organisations::NextOrganisationId::<Runtime>::get();
    let admin: AccountId = account("admin", id, 0);
    let mut details = OrganisationDetails {
        name: text(&format!("Organisation {id}")),
        tax_id,
        country: CountryCode(*b"VU"),
        sectoral_scopes: Default::default(),
        profile: ContentHash::default(),
    };
    if role == OrganisationRole::Ministry {
        for scope in SectoralScope::ALL {
            details.sectoral_scopes.try_insert(*scope).expect("there are no more scopes");
        }
    }
    let root = RuntimeOrigin::signed(root());
    Organisations::create_organisation(root, role, details, admin.clone())
        .expect("Root makes organisations");
    (id, admin)
}

fn set_time(now: Millis) {
    pallet_timestamp::Now::<Runtime>::put(now);
}

impl pallet_organisations::BenchmarkHelper<AccountId, Signature> for Helper {
    fn applicant(message: &[u8]) -> (AccountId, Signature) {
        const KEY_TYPE: KeyTypeId = KeyTypeId(*b"appl");
        let public = sp_io::crypto::sr25519_generate(KEY_TYPE, None);
        let signature: sr25519::Signature =
            sp_io::crypto::sr25519_sign(KEY_TYPE, &public, message).expect("the key is there");
        let account = <Signature as sp_runtime::traits::Verify>::Signer::from(public);
        (account.into_account(), signature.into())
    }
}

impl pallet_approvals::BenchmarkHelper<AccountId, RuntimeCall> for Helper {
    fn officers(count: u32) -> Vec<AccountId> {
        (0..count).map(|_| government_admin()).collect()
    }

    fn largest_call() -> RuntimeCall {
        let parts: Vec<_> =
            (1..=MAX_PARTS.into()).map(|start| Part { start, quantity: 1 }).collect();
        // The Government does not retire for this purpose: refused as soon as it is known who
        // agreed.
        let purpose = RetirementPurpose::InternationalTransfer {
            country: CountryCode(*b"CH"),
            entity: longest(),
            towards: Purpose::Ndc,
        };
        let details = RetirementDetails {
            purpose,
            beneficiary: Beneficiary { name: longest(), country: CountryCode(*b"CH") },
            on_behalf_of: Some(longest()),
            reason: Some(longest()),
            reference: Some(longest()),
        };
        let parts = parts.try_into().expect("as many as the bound");
        pallet_credits::Call::retire_for_the_state { parts, details }.into()
    }
}

impl pallet_projects::benchmarking::BenchmarkHelper<AccountId> for Helper {
    fn government() -> AccountId {
        government_admin()
    }

    fn organisation(role: OrganisationRole) -> (OrganisationId, AccountId) {
        organisation(role)
    }

    fn set_time(now: Millis) {
        set_time(now);
    }
}

impl pallet_validators::BenchmarkHelper<AccountId> for Helper {
    fn candidate(_: u32) -> AccountId {
        use pallet_session::SessionInterface;
        let candidate = government_admin();
        let key: [u8; 32] = candidate.clone().into();
        let keys = crate::SessionKeys {
            aura: sr25519::Public::from_raw(key).into(),
            grandpa: sp_core::ed25519::Public::from_raw(key).into(),
        };
        <crate::Session as SessionInterface>::set_keys(&candidate, keys)
            .expect("nobody else has the key");
        candidate
    }
}

impl pallet_calculator::BenchmarkHelper<AccountId> for Helper {
    fn settings_officer() -> AccountId {
        government_admin()
    }
}

impl pallet_itmo_bridge::BenchmarkHelper<AccountId> for Helper {
    fn validator(_: u32) -> AccountId {
        pallet_validators::Validators::<Runtime>::get()[0].clone()
    }

    fn officer() -> AccountId {
        government_admin()
    }

    fn authorise(project: ProjectId) {
        set_time(calendar::start_of(2024).expect("a year of the registry"));
        pallet_projects::Projects::<Runtime>::mutate_extant(project, |project| {
            (project.stage, project.authorised) = (ProjectStage::Authorised, MAX_TONNES);
        });
    }

    fn developer() -> OrganisationId {
        organisation(OrganisationRole::ProjectDeveloper).0
    }
}

/// Numbers of the projects that benchmarks put into storage, from here on.
const FIRST_PROJECT: ProjectId = 1_000;

impl CreditsHelper<AccountId> for Helper {
    fn officer(action: Action, organisation: Option<OrganisationId>) -> AccountId {
        let organisation = organisation.unwrap_or(GOVERNMENT);
        let known = pallet_organisations::Members::<Runtime>::iter().find(|(account, member)| {
            member.organisation == organisation && Organisations::may_act(account, action).is_ok()
        });
        known.map_or_else(government_admin, |(account, _)| account)
    }

    fn developer(index: u32) -> OrganisationId {
        let tax_id = text(&format!("DEVELOPER-{index}"));
        let known = pallet_organisations::OrganisationByTaxId::<Runtime>::get(&tax_id);
        known.unwrap_or_else(|| organisation_with(OrganisationRole::ProjectDeveloper, tax_id).0)
    }

    fn project(index: u32, terms: Article6Terms) -> ProjectId {
        let id = FIRST_PROJECT + index;
        let proponents = equal_shares(<Self as CreditsHelper<AccountId>>::developer);
        put_project(id, proponents, terms, 0);
        id
    }

    fn issuable(terms: Article6Terms, vintages: Vec<VintageTonnes>) -> (ProjectId, PeriodId) {
        let (id, period) = (FIRST_PROJECT, 1);
        let proponents = equal_shares(<Self as CreditsHelper<AccountId>>::developer);
        for proponent in &proponents {
            let root = RuntimeOrigin::signed(root());
            // Fails where an earlier run has done it.
            let _ = Organisations::suspend_organisation(root, proponent.organisation, text("Why"));
        }
        put_project(id, proponents, terms, 1);
        let vintages: Vintages = vintages.try_into().expect("as many as the bound");
        let whole = registration(Vec::new()).crediting_period;
        pallet_projects::MonitoringPeriods::<Runtime>::insert(
            id,
            period,
            MonitoringPeriod {
                reported: MonitoringReport {
                    period: whole,
                    vintages: vintages.clone(),
                    report: ContentHash::default(),
                },
                verified: vintages,
                verifier: Some(GOVERNMENT),
                verification: Some(ContentHash::default()),
                remark: None,
                stage: MonitoringStage::Verified,
            },
        );
        (id, period)
    }
}

/// Puts an authorised project into storage, as large as one can be.
fn put_project(id: ProjectId, proponents: Vec<Proponent>, terms: Article6Terms, buffer: Ppm) {
    if pallet_projects::Projects::<Runtime>::contains_key(id) {
        return;
    }
    const ISSUED: Tonnes = 1_000_000;
    pallet_projects::Projects::<Runtime>::insert(
        id,
        Project {
            registration: registration(proponents),
            stage: ProjectStage::Authorised,
            validated_estimate: Some(MAX_TONNES),
            authorised: MAX_TONNES,
            article6: Some(terms),
            buffer_rate: buffer,
            issued: ISSUED,
            first_transferred: 0,
            documents: 2,
            monitoring_periods: 1,
            proponent_changes: 0,
            created_at: 0,
        },
    );
}

fn registration(proponents: Vec<Proponent>) -> ProjectRegistration {
    let place = Location { region: longest(), coordinates: None };
    ProjectRegistration {
        title: longest(),
        external_id: longest(),
        proponents: proponents.try_into().expect("as many as the bound"),
        sector: Sector::Other,
        sectoral_scope: SectoralScope::Agriculture,
        mitigation_type: MitigationType::Agriculture,
        gases: Default::default(),
        crediting_period: Period { start: calendar::EARLIEST, end: calendar::LATEST },
        locations: vec![place; MAX_LOCATIONS as usize].try_into().expect("as many as the bound"),
        estimated_cost_usd: 0,
        estimate: MAX_TONNES,
        details: ContentHash::default(),
        certifiers: Default::default(),
    }
}
