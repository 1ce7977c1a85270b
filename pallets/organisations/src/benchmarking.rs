// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls, each in its worst case: the longest texts, all of the scopes, and a
//! Root who passes every check.

use crate::*;
use alloc::vec;
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;
use registry_primitives::{
    organisation::{Member, OrganisationDetails, OrganisationStatus},
    ContentHash, CountryCode, MemberRole, OrganisationId, OrganisationRole, SectoralScope, Text,
    GOVERNMENT,
};

/// What the benchmarks need of the runtime.
pub trait BenchmarkHelper<AccountId, Signature> {
    /// A new account, and its signature of a message in the scheme that takes longest to check.
    fn applicant(message: &[u8]) -> (AccountId, Signature);
}

/// The longest text, of one letter.
fn longest<const N: u32>(letter: u8) -> Text<N> {
    Text(vec![letter; N as usize].try_into().expect("no longer than allowed"))
}

fn details(letter: u8) -> OrganisationDetails {
    OrganisationDetails {
        name: longest(letter),
        tax_id: longest(letter),
        country: CountryCode(*b"ZW"), // The last in the list.
        sectoral_scopes: Default::default(),
        profile: ContentHash([letter; 32]),
    }
}

fn ministry_details(letter: u8) -> OrganisationDetails {
    let mut details = details(letter);
    for scope in SectoralScope::ALL {
        details.sectoral_scopes.try_insert(*scope).expect("there are no more scopes");
    }
    details
}

/// The Root of the Government, which is founded if the chain has none.
fn root<T: Config>() -> T::AccountId {
    let found = Members::<T>::iter().find(|(_, member)| member.role == MemberRole::Root);
    found.map_or_else(
        || {
            let root: T::AccountId = account("root", 0, 0);
            let genesis = GenesisConfig {
                country: CountryCode(*b"VU"),
                name: longest(b'g'),
                tax_id: longest(b'g'),
                root: Some(root.clone()),
            };
            Pallet::<T>::found_government(&genesis, &root);
            root
        },
        |(root, _)| root,
    )
}

/// A ministry with one Admin.
fn ministry<T: Config>() -> (OrganisationId, T::AccountId) {
    let admin: T::AccountId = account("admin", 0, 0);
    let id = Pallet::<T>::do_create(OrganisationRole::Ministry, &ministry_details(b'm'), &admin)
        .expect("nobody else has these details");
    (id, admin)
}

/// A ministry with two Admins; the second may go.
fn two_admins<T: Config>() -> (OrganisationId, T::AccountId) {
    let (id, _) = ministry::<T>();
    let second: T::AccountId = account("second", 0, 0);
    Pallet::<T>::insert_member(id, &second, MemberRole::Admin);
    (id, second)
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn create_organisation() {
        let root = root::<T>();
        let id = NextOrganisationId::<T>::get();
        let admin: T::AccountId = account("admin", 0, 0);
        let details = ministry_details(b'm');

        #[extrinsic_call]
        _(RawOrigin::Signed(root), OrganisationRole::Ministry, details, admin);

        assert!(Organisations::<T>::contains_key(id));
    }

    #[benchmark]
    fn suspend_organisation() {
        let root = root::<T>();
        let (id, _) = ministry::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(root), id, longest(b'r'));

        let status = Organisations::<T>::get(id).map(|found| found.status);
        assert_eq!(status, Some(OrganisationStatus::Suspended));
    }

    #[benchmark]
    fn reactivate_organisation() {
        let root = root::<T>();
        let (id, _) = ministry::<T>();
        assert!(Pallet::<T>::do_suspend(id).is_ok());

        #[extrinsic_call]
        _(RawOrigin::Signed(root), id);

        let status = Organisations::<T>::get(id).map(|found| found.status);
        assert_eq!(status, Some(OrganisationStatus::Active));
    }

    #[benchmark]
    fn add_member() {
        let root = root::<T>();
        let (organisation, _) = ministry::<T>();
        let second: T::AccountId = account("second", 0, 0);

        #[extrinsic_call]
        _(RawOrigin::Signed(root), organisation, second.clone(), MemberRole::Admin);

        let role = MemberRole::Admin;
        assert_eq!(Members::<T>::get(second), Some(Member { organisation, role }));
    }

    #[benchmark]
    fn remove_member() {
        let root = root::<T>();
        let (_, second) = two_admins::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(root), second.clone());

        assert!(!Members::<T>::contains_key(second));
    }

    #[benchmark]
    fn change_member_role() {
        let root = root::<T>();
        let (organisation, second) = two_admins::<T>();
        let role = MemberRole::Manager;

        #[extrinsic_call]
        _(RawOrigin::Signed(root), second.clone(), role);

        assert_eq!(Members::<T>::get(second), Some(Member { organisation, role }));
    }

    #[benchmark]
    fn replace_key() {
        let root = root::<T>();
        let (_, old) = ministry::<T>();
        let new: T::AccountId = account("new", 0, 0);

        #[extrinsic_call]
        _(RawOrigin::Signed(root), old.clone(), new.clone());

        assert!(!Members::<T>::contains_key(old));
        assert!(Members::<T>::contains_key(new));
    }

    #[benchmark]
    fn update_profile() {
        let root = root::<T>();
        let (id, _) = ministry::<T>();
        let profile = ContentHash([1; 32]);

        #[extrinsic_call]
        _(RawOrigin::Signed(root), id, profile);

        assert_eq!(Organisations::<T>::get(id).map(|found| found.details.profile), Some(profile));
    }

    #[benchmark]
    fn change_organisation() {
        let root = root::<T>();
        let (id, _) = ministry::<T>();
        let details = ministry_details(b'n');

        #[extrinsic_call]
        _(RawOrigin::Signed(root), id, details.clone());

        assert_eq!(OrganisationByTaxId::<T>::get(details.tax_id), Some(id));
    }

    #[benchmark]
    fn approve_application() {
        let root = root::<T>();
        let (role, details) = (OrganisationRole::ProjectDeveloper, details(b'd'));
        let payload = Pallet::<T>::application_payload(role, &details);
        let message = [b"<Bytes>", payload.as_slice(), b"</Bytes>"].concat();
        let (applicant, signature) = T::BenchmarkHelper::applicant(&message);

        #[extrinsic_call]
        _(RawOrigin::Signed(root), role, details, applicant.clone(), signature);

        let organisation = NextOrganisationId::<T>::get().saturating_sub(1);
        assert_ne!(organisation, GOVERNMENT);
        let role = MemberRole::Admin;
        assert_eq!(Members::<T>::get(applicant), Some(Member { organisation, role }));
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
