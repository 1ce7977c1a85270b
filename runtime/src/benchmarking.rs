// SPDX-License-Identifier: Apache-2.0
//! What the pallets' benchmarks need of the whole runtime; for scripts/weights alone.

use crate::{AccountId, Organisations, Runtime, RuntimeCall, RuntimeOrigin, Signature};
use alloc::{format, vec, vec::Vec};
use frame_benchmarking::account;
use registry_primitives::{
    credit::{Beneficiary, Part, RetirementDetails, RetirementPurpose, MAX_PARTS},
    organisation::OrganisationDetails,
    project::Purpose,
    ContentHash, CountryCode, MemberRole, Millis, OrganisationId, OrganisationRole, SectoralScope,
    Text, GOVERNMENT,
};
use sp_core::{crypto::KeyTypeId, sr25519};
use sp_runtime::traits::IdentifyAccount;

frame_benchmarking::define_benchmarks!(
    [frame_system, frame_system_benchmarking::Pallet::<Runtime>]
    [frame_system_extensions, frame_system_benchmarking::extensions::Pallet::<Runtime>]
    [pallet_timestamp, crate::Timestamp]
    [crate::admission, crate::admission::benchmarking::Pallet::<Runtime>]
    [pallet_organisations, Organisations]
    [pallet_approvals, crate::Approvals]
    [pallet_projects, crate::Projects]
    [pallet_credits, crate::Credits]
    [pallet_calculator, crate::Calculator]
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

/// The longest text.
fn longest<const N: u32>() -> Text<N> {
    Text(vec![b'x'; N as usize].try_into().expect("as long as the bound"))
}

fn text<const N: u32>(text: &str) -> Text<N> {
    Text::try_from(text).expect("short")
}

fn organisation(role: OrganisationRole) -> (OrganisationId, AccountId) {
    let id = pallet_organisations::NextOrganisationId::<Runtime>::get();
    let admin: AccountId = account("admin", id, 0);
    let mut details = OrganisationDetails {
        name: text(&format!("Organisation {id}")),
        tax_id: text(&format!("TAX-{id}")),
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

impl pallet_calculator::BenchmarkHelper<AccountId> for Helper {
    fn settings_officer() -> AccountId {
        government_admin()
    }
}
