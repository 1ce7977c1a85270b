// SPDX-License-Identifier: Apache-2.0
//! Every list and text takes as much as its bound says, and one more does not decode.

use super::*;
use codec::{Decode, Encode};
use registry_primitives::{
    organisation::MAX_REASON,
    project::{
        MAX_CERTIFIERS, MAX_EXTERNAL_ID, MAX_LOCATIONS, MAX_PARTIES, MAX_PROPONENTS, MAX_REGION,
        MAX_TITLE, MAX_VINTAGES,
    },
    Text,
};

/// Shows that a bounded collection decodes `most` of the items and not one more.
fn bounded<Bounded: Decode, Item: Encode>(most: u32, item: impl Fn(u32) -> Item) {
    let decodes = |count| {
        let items: Vec<_> = (0..count).map(&item).collect();
        Bounded::decode(&mut &items.encode()[..]).is_ok()
    };
    assert!(decodes(most));
    assert!(!decodes(most + 1));
}

#[test]
fn one_more_than_the_bound_does_not_decode() {
    bounded::<Proponents, _>(MAX_PROPONENTS, |n| Proponent { organisation: n, share: 1 });
    bounded::<Certifiers, _>(MAX_CERTIFIERS, |n| n);
    bounded::<Vintages, _>(MAX_VINTAGES, |n| VintageTonnes { vintage: n as u16, tonnes: 1 });
    bounded::<Text<MAX_TITLE>, _>(MAX_TITLE, |_| b'a');
    bounded::<Text<MAX_EXTERNAL_ID>, _>(MAX_EXTERNAL_ID, |_| b'a');
    bounded::<Text<MAX_REGION>, _>(MAX_REGION, |_| b'a');
    bounded::<Text<MAX_REASON>, _>(MAX_REASON, |_| b'a');

    let place = Location { region: text("VU-SEE"), coordinates: None };
    type Locations = frame_support::BoundedVec<Location, frame_support::traits::ConstU32<32>>;
    bounded::<Locations, _>(MAX_LOCATIONS, |_| place.clone());
    type Parties = frame_support::BoundedBTreeSet<CountryCode, frame_support::traits::ConstU32<32>>;
    let countries: Vec<_> = CountryCode::all().collect();
    bounded::<Parties, _>(MAX_PARTIES, |n| countries[n as usize]);
}

#[test]
fn the_largest_registration_is_taken() {
    run(|| {
        let owners: Vec<_> =
            (0..MAX_PROPONENTS).map(|n| (DEVELOPERS + n, WHOLE / MAX_PROPONENTS)).collect();
        let reviewers: Vec<_> = (0..MAX_CERTIFIERS).map(|n| CERTIFIERS + n).collect();
        let place = Location { region: text(&"r".repeat(100)), coordinates: None };
        let largest = ProjectRegistration {
            title: text(&"t".repeat(256)),
            external_id: text(&"x".repeat(64)),
            proponents: proponents(&owners),
            gases: Gas::ALL.iter().copied().collect::<BTreeSet<_>>().try_into().unwrap(),
            locations: vec![place; 32].try_into().unwrap(),
            certifiers: certifier_set(&reviewers),
            ..registration()
        };
        assert_ok!(register(largest.clone()));
        assert_eq!(found(1).registration, largest);
    });
}
