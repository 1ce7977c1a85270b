// SPDX-License-Identifier: Apache-2.0
//! The signature of an applicant, as JSON and as typed in.

use codec::{DecodeAll, Encode};
use serde::{Deserialize, Serialize};

/// The signature of an applicant's key, in JSON as `0x` and the bytes with the scheme in front.
#[derive(Clone, PartialEq, Debug)]
pub struct ApplicantSignature(pub subxt::utils::MultiSignature);

impl Serialize for ApplicantSignature {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("0x{}", hex::encode(self.0.encode())))
    }
}

impl<'de> Deserialize<'de> for ApplicantSignature {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl std::str::FromStr for ApplicantSignature {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bytes = hex::decode(text.trim_start_matches("0x"))
            .map_err(|_| "a signature is 0x and hexadecimal digits".to_owned())?;
        // Wallets give 64 bytes, of sr25519, where they leave the scheme out.
        let bytes = if bytes.len() == 64 { [vec![1], bytes].concat() } else { bytes };
        subxt::utils::MultiSignature::decode_all(&mut &bytes[..])
            .map(Self)
            .map_err(|_| "a signature is its scheme in one byte, then 64 or 65 bytes".to_owned())
    }
}
