// SPDX-License-Identifier: Apache-2.0
//! What the calculator keeps and answers.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use credit_calculator::{Constants, Estimate};
use registry_primitives::{ConstantsVersion, Millis, OrganisationId};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// A version of the constants.
#[derive(
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Clone,
    PartialEq,
    Eq,
    Debug,
    Serialize,
    Deserialize,
)]
pub struct VersionedConstants {
    /// The constants.
    pub constants: Constants,
    /// When they were set; 0 at genesis.
    pub set_at: Millis,
    /// The organisation whose officer set them; none at genesis.
    pub by: Option<OrganisationId>,
}

/// An estimate, and the constants that it rests on.
#[derive(
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Clone,
    PartialEq,
    Eq,
    Debug,
    Serialize,
    Deserialize,
)]
pub struct VersionedEstimate {
    /// The version of the constants.
    pub version: ConstantsVersion,
    /// The estimate.
    pub estimate: Estimate,
}

/// Why there is no estimate.
#[derive(
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Clone,
    PartialEq,
    Eq,
    Debug,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum EstimateError {
    /// There is no such version of the constants.
    UnknownVersion,
    /// The calculator refuses the activity.
    Calculation(credit_calculator::Error),
}
