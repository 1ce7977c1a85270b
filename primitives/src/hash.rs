// SPDX-License-Identifier: Apache-2.0
//! Content addressing: the chain holds the hash of what it does not hold.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// BLAKE2b-256 of a document or of an off-chain profile.
#[derive(
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Default,
)]
pub struct ContentHash(pub [u8; 32]);

impl core::fmt::Display for ContentHash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl core::fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Display::fmt(self, f)
    }
}

#[cfg(feature = "serde")]
mod json {
    use super::ContentHash;
    use alloc::string::String;
    use serde::{de::Error, Deserialize, Deserializer, Serialize, Serializer};

    impl core::str::FromStr for ContentHash {
        type Err = &'static str;
        fn from_str(text: &str) -> Result<Self, Self::Err> {
            let digits = text.strip_prefix("0x").unwrap_or(text);
            let mut bytes = [0; 32];
            hex::decode_to_slice(digits, &mut bytes)
                .map_err(|_| "a hash is 0x and 64 hexadecimal digits")?;
            Ok(Self(bytes))
        }
    }

    impl Serialize for ContentHash {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self)
        }
    }

    impl<'de> Deserialize<'de> for ContentHash {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
        }
    }
}
