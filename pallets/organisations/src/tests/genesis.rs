// SPDX-License-Identifier: Apache-2.0
//! The Government and its Root exist from genesis; nothing else does.

use crate::{mock::*, AdminCount, GenesisConfig, Members, OrganisationByTaxId, Organisations};
use registry_primitives::{
    organisation::{Member, OrganisationStatus},
    CountryCode, MayAct, MemberRole, OrganisationRole, GOVERNMENT,
};
use sp_runtime::BuildStorage;

type Pallet = crate::Pallet<Test>;

#[test]
fn the_government_and_its_root_are_made() {
    run(|| {
        let government = Organisations::<Test>::get(GOVERNMENT).unwrap();
        assert_eq!(government.role, OrganisationRole::Government);
        assert_eq!(government.status, OrganisationStatus::Active);
        assert_eq!(government.suspensions, 0);
        assert_eq!(government.details.name, genesis().name);
        assert_eq!(Organisations::<Test>::iter().count(), 1);
        assert_eq!(OrganisationByTaxId::<Test>::get(genesis().tax_id), Some(GOVERNMENT));
        let root = Member { organisation: GOVERNMENT, role: MemberRole::Root };
        assert_eq!(Members::<Test>::iter().collect::<Vec<_>>(), [(ROOT, root)]);
        // Root is no Admin, and can sign.
        assert_eq!(AdminCount::<Test>::get(GOVERNMENT), 0);
        assert_eq!(System::providers(&ROOT), 1);
        assert_eq!(Pallet::country(), CountryCode(*b"VU"));
    });
}

#[test]
fn without_a_root_there_is_no_registry_yet() {
    let storage = RuntimeGenesisConfig::default().build_storage().unwrap();
    sp_io::TestExternalities::new(storage).execute_with(|| {
        assert_eq!(Organisations::<Test>::iter().next(), None);
        assert_eq!(Members::<Test>::iter().next(), None);
        assert_eq!(Pallet::do_try_state(), Ok(()));
    });
}

fn build(genesis: GenesisConfig<Test>) {
    let _ = RuntimeGenesisConfig { organisations: genesis, ..Default::default() }.build_storage();
}

#[test]
#[should_panic(expected = "the country is an ISO 3166-1 code")]
fn an_unassigned_country_is_refused() {
    build(GenesisConfig { country: CountryCode(*b"ZZ"), ..genesis() });
}

#[test]
#[should_panic(expected = "the Government has a name")]
fn a_government_without_a_name_is_refused() {
    build(GenesisConfig { name: Default::default(), ..genesis() });
}

#[test]
#[should_panic(expected = "the Government has a tax identifier")]
fn a_government_without_a_tax_identifier_is_refused() {
    build(GenesisConfig { tax_id: Default::default(), ..genesis() });
}
