// SPDX-License-Identifier: Apache-2.0
//! What the database costs: measured by scripts/weights with a state of 1000000 entries in
//! ParityDB, without cache; 75th percentiles.

use frame_support::{
    parameter_types,
    weights::{constants::WEIGHT_REF_TIME_PER_NANOS, RuntimeDbWeight},
};

parameter_types! {
    /// In picoseconds.
    pub const DatabaseWeight: RuntimeDbWeight = RuntimeDbWeight {
        read: 8653 * WEIGHT_REF_TIME_PER_NANOS,
        write: 15461 * WEIGHT_REF_TIME_PER_NANOS,
    };
}
