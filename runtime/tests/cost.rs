// SPDX-License-Identifier: Apache-2.0
//! What an issuance costs does not depend on how many tonnes it issues.

mod common;

use common::{steps::*, *};
use frame_support::weights::Weight;
use registry_primitives::Tonnes;
use registry_runtime::{Runtime, RuntimeEvent, System};

/// What one issuance left behind.
#[derive(PartialEq, Eq, Debug)]
struct Cost {
    /// Keys in storage, before and after.
    keys: (usize, usize),
    /// Bytes of all keys and values, before and after.
    bytes: (usize, usize),
    /// Weight that was charged.
    weight: Weight,
}

fn size() -> (usize, usize) {
    let all = storage();
    (all.len(), all.iter().map(|(key, value)| key.len() + value.len()).sum())
}

/// Issues so many tonnes, in a block of its own.
fn issuing(tonnes: Tonnes) -> Cost {
    development().execute_with(|| {
        found();
        succeed(&developer(), register(wind_farm("EXT-1", DEVELOPER, CERTIFIER)));
        bring_to_authorisation(1, tonnes);
        succeed(&developer(), report_monitoring(1, &[(2024, tonnes)]));
        succeed(&certifier(), verify_monitoring(1, 1, &[(2024, tonnes)]));
        next_block();
        // An empty block, because a block's events stay in the state until the next.
        end_block();
        let before = size();
        start_block();
        succeed(&root(), issue(1, 1));
        let weight = System::events()
            .into_iter()
            .rev()
            .find_map(|record| match record.event {
                RuntimeEvent::System(frame_system::Event::ExtrinsicSuccess { dispatch_info }) => {
                    Some(dispatch_info.weight)
                }
                _ => None,
            })
            .expect("the issuance succeeded");
        end_block();
        let after = size();
        assert_eq!(pallet_credits::NationalTotals::<Runtime>::get().issued, tonnes);
        assert_invariants();
        Cost { keys: (before.0, after.0), bytes: (before.1, after.1), weight }
    })
}

#[test]
fn four_billion_tonnes_cost_what_one_tonne_costs() {
    let one = issuing(1);
    let many = issuing(4_000_000_000);
    for (tonnes, cost) in [(1u64, &one), (4_000_000_000, &many)] {
        println!(
            "issuing {tonnes} t: {} -> {} keys, {} -> {} bytes of state, weight {} ps, {} bytes \
             of proof",
            cost.keys.0,
            cost.keys.1,
            cost.bytes.0,
            cost.bytes.1,
            cost.weight.ref_time(),
            cost.weight.proof_size(),
        );
    }
    assert_eq!(one, many);
    // It is seen that something was written at all.
    assert!(one.keys.1 > one.keys.0 && one.bytes.1 > one.bytes.0);
    assert!(one.weight.ref_time() > 0);
}
