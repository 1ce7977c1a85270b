// SPDX-License-Identifier: Apache-2.0
//! What every call that takes parts checks of them.

use super::*;
use crate::Call;
use frame_support::assert_noop;
use registry_primitives::MAX_TONNES;

/// A call that takes parts.
struct Taking {
    call: fn(Parts) -> Call<Test>,
    by: u64,
    /// Two blocks of ten tonnes that it may take.
    blocks: [SerialNumber; 2],
}

fn state_use() -> RetirementDetails {
    details_for(RetirementPurpose::NdcUse { year: 2026 })
}

fn all() -> Vec<Taking> {
    const HELD: [SerialNumber; 2] = [1, 11];
    const ON_HOLD: [SerialNumber; 2] = [21, 31];
    const BUFFER: [SerialNumber; 2] = [41, 51];
    let (government, developer) = (admin(GOVERNMENT), admin(DEVELOPER));
    vec![
        Taking {
            call: |parts| Call::transfer { parts, to: OTHER_DEVELOPER, reference: None },
            by: developer,
            blocks: HELD,
        },
        Taking {
            call: |parts| Call::retire { parts, details: voluntary() },
            by: developer,
            blocks: HELD,
        },
        Taking {
            call: |parts| Call::request_retirement { parts, details: international() },
            by: developer,
            blocks: HELD,
        },
        Taking {
            call: |parts| Call::approve_transfer { request: 1, parts },
            by: developer,
            blocks: HELD,
        },
        Taking {
            call: |parts| Call::retire_for_the_state { parts, details: state_use() },
            by: government,
            blocks: HELD,
        },
        Taking {
            call: |parts| Call::cancel {
                parts,
                reason: CancellationReason::Voluntary,
                corrects: Corrects::Nothing,
                statement: text("Wanted"),
            },
            by: government,
            blocks: HELD,
        },
        Taking {
            call: |parts| Call::hold { parts, reason: text("An inquiry is open") },
            by: government,
            blocks: HELD,
        },
        Taking { call: |parts| Call::release { parts }, by: government, blocks: ON_HOLD },
        Taking {
            call: |parts| Call::release_buffer { parts, to: DEVELOPER },
            by: government,
            blocks: BUFFER,
        },
    ]
}

/// Six blocks of ten tonnes: two held, two on hold, two in the buffer; request 1 for 20 tonnes.
fn registry() {
    for vintage in 2021..=2024 {
        issued_under(&ndc_terms(), vintage, 10);
    }
    assert_ok!(hold(&[(21, 10), (31, 10)]));
    for vintage in [2025, 2026] {
        put_verified(
            1,
            vintage.into(),
            Issuance { buffer_rate: WHOLE, ..of_developer(vintage, 10) },
        );
        assert_ok!(issue(1, vintage.into()));
    }
    put_terms(1, Some(ndc_terms()));
    assert_ok!(ask(None, 20));
}

/// Takes parts by one of the calls.
type Take<'a> = &'a dyn Fn(&[(SerialNumber, Tonnes)]) -> DispatchResult;

fn for_each(check: impl Fn(Take, [SerialNumber; 2])) {
    for Taking { call, by, blocks } in all() {
        run(|| {
            registry();
            check(&|of| dispatch(call(parts(of)), signed(by)), blocks);
        });
    }
}

#[test]
fn each_takes_what_is_named() {
    for_each(|take, [first, second]| {
        assert_ok!(take(&[(first, 10), (second, 10)]));
        // It is done: not a second time.
        assert!(take(&[(first, 10), (second, 10)]).is_err());
    });
}

#[test]
fn at_least_one_part() {
    for_each(|take, _| {
        assert_noop!(take(&[]), E::NoParts);
    });
}

#[test]
fn a_block_is_known_by_its_first_number() {
    for_each(|take, [first, _]| {
        for unknown in [0, first + 1, 61, u64::MAX] {
            assert_noop!(take(&[(first, 1), (unknown, 1)]), E::UnknownBlock);
        }
    });
}

#[test]
fn no_part_is_zero_or_above_its_block() {
    for_each(|take, [first, second]| {
        assert_noop!(take(&[(first, 1), (second, 0)]), E::ZeroTonnes);
        for above in [11, u64::MAX] {
            assert_noop!(take(&[(first, 1), (second, above)]), E::NotEnoughInBlock);
        }
    });
}

#[test]
fn no_block_is_named_twice() {
    for_each(|take, [first, second]| {
        assert_noop!(take(&[(first, 1), (second, 1), (first, 1)]), E::BlockNamedTwice);
    });
}

#[test]
fn more_than_can_be_counted_is_refused() {
    for_each(|take, named| {
        // Larger than any issuance could make them.
        let right = named.map(|start| Blocks::<Test>::get(start).unwrap());
        for (start, block) in named.into_iter().zip(&right) {
            Blocks::<Test>::insert(start, Block { end: u64::MAX, ..block.clone() });
        }
        let [first, second] = named;
        assert_noop!(take(&[(first, MAX_TONNES), (second, 1)]), E::Overflow);
        let whole = [(first, u64::MAX - first + 1), (second, u64::MAX - second + 1)];
        assert_noop!(take(&whole), E::Overflow);
        for (start, block) in named.into_iter().zip(right) {
            Blocks::<Test>::insert(start, block);
        }
    });
}
