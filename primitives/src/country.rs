// SPDX-License-Identifier: Apache-2.0
//! Countries by their ISO 3166-1 alpha-2 codes.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// An ISO 3166-1 alpha-2 code, such as `VU`.
///
/// Any two bytes decode; [`CountryCode::is_valid`] is what a pallet checks.
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
)]
pub struct CountryCode(pub [u8; 2]);

/// The officially assigned codes of ISO 3166-1, in order.
const ASSIGNED: &str = "\
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH \
ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT \
HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS \
LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI \
NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG \
SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG \
UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

impl CountryCode {
    /// Whether the code is officially assigned.
    pub fn is_valid(&self) -> bool {
        ASSIGNED.split(' ').any(|code| code.as_bytes() == self.0)
    }

    /// Every assigned code, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        ASSIGNED.split(' ').filter_map(|code| Some(Self(code.as_bytes().try_into().ok()?)))
    }
}

impl core::fmt::Display for CountryCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.iter().try_for_each(|byte| {
            let letter = if byte.is_ascii_uppercase() { char::from(*byte) } else { '?' };
            write!(f, "{letter}")
        })
    }
}

impl core::fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Display::fmt(self, f)
    }
}

/// The text is not an assigned country code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnknownCountry;

impl core::fmt::Display for UnknownCountry {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("a country is two capital letters assigned by ISO 3166-1, such as VU")
    }
}

#[cfg(feature = "std")]
impl std::error::Error for UnknownCountry {}

impl core::str::FromStr for CountryCode {
    type Err = UnknownCountry;
    fn from_str(text: &str) -> Result<Self, UnknownCountry> {
        let code = Self(text.as_bytes().try_into().map_err(|_| UnknownCountry)?);
        code.is_valid().then_some(code).ok_or(UnknownCountry)
    }
}

#[cfg(feature = "serde")]
mod json {
    use super::CountryCode;
    use alloc::string::String;
    use serde::{de::Error, Deserialize, Deserializer, Serialize, Serializer};

    impl Serialize for CountryCode {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self)
        }
    }

    impl<'de> Deserialize<'de> for CountryCode {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
        }
    }
}
