// SPDX-License-Identifier: Apache-2.0
//! Text that comes from people and is shown to people.

use alloc::string::String;
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::{build::Fields, Path, Type, TypeInfo};

/// At most `N` bytes of text.
///
/// Any bytes decode, so that a wallet's mistake is answered by a pallet with a reason and not by
/// the node with "bad format"; [`Text::is_valid`] is what a pallet checks before it stores one.
#[derive(
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    Clone,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Default,
)]
pub struct Text<const N: u32>(pub BoundedVec<u8, ConstU32<N>>);

/// A name that is none of the known ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnknownName;

impl core::fmt::Display for UnknownName {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("not one of the known names")
    }
}

#[cfg(feature = "std")]
impl std::error::Error for UnknownName {}

impl<const N: u32> Text<N> {
    /// UTF-8, not blank, no white space at the ends, no control characters, and none of the
    /// characters that make text read differently from what is stored (bidirectional overrides
    /// and isolates, zero-width characters, line and paragraph separators).
    pub fn is_valid(&self) -> bool {
        let Ok(text) = core::str::from_utf8(&self.0) else {
            return false;
        };
        !text.is_empty() && text.trim() == text && !text.chars().any(is_deceptive)
    }

    /// The text; what is not UTF-8 is replaced.
    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

/// A text from elsewhere as it can be valid here: deceptive characters are dropped, white space of any
/// length and kind is one space, and there is none at the ends.
pub fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    for word in text.split(char::is_whitespace) {
        let before = tidied.len();
        if before > 0 {
            tidied.push(' ');
        }
        let start = tidied.len();
        tidied.extend(word.chars().filter(|c| !is_deceptive(*c)));
        if tidied.len() == start {
            tidied.truncate(before);
        }
    }
    tidied
}

/// The beginning of a text that has at most so many bytes, cut between characters.
pub fn beginning(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

impl<const N: u32> core::fmt::Display for Text<N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl<const N: u32> core::fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?}", self.to_text())
    }
}

impl<const N: u32> TryFrom<&str> for Text<N> {
    type Error = TooLong;
    fn try_from(text: &str) -> Result<Self, TooLong> {
        BoundedVec::try_from(text.as_bytes().to_vec()).map(Self).map_err(|_| TooLong(N))
    }
}

/// The text has more bytes than the limit named here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLong(pub u32);

impl core::fmt::Display for TooLong {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the text is longer than {} bytes", self.0)
    }
}

#[cfg(feature = "std")]
impl std::error::Error for TooLong {}

// By hand, because every length is the same type to a reader of the metadata.
impl<const N: u32> TypeInfo for Text<N> {
    type Identity = Text<0>;
    fn type_info() -> Type {
        Type::builder()
            .path(Path::new("Text", module_path!()))
            .composite(Fields::unnamed().field(|f| f.ty::<alloc::vec::Vec<u8>>().type_name("Text")))
    }
}

#[cfg(feature = "serde")]
mod json {
    use super::Text;
    use alloc::string::String;
    use serde::{de::Error, Deserialize, Deserializer, Serialize, Serializer};

    impl<const N: u32> Serialize for Text<N> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(self)
        }
    }

    impl<'de, const N: u32> Deserialize<'de> for Text<N> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Text::try_from(String::deserialize(deserializer)?.as_str()).map_err(D::Error::custom)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_deceives_is_not_valid() {
        let valid = |text: &str| Text::<64>::try_from(text).unwrap().is_valid();
        assert!(valid("Électricité de Vanuatu"));
        assert!(valid("مشروع الطاقة"));
        for bad in ["", " ", " x", "x ", "a\nb", "a\0b", "invoice\u{202e}fdp", "zero\u{200b}width"]
        {
            assert!(!valid(bad), "{bad:?}");
        }
        assert!(!Text::<4>(vec![0xff, 0xfe].try_into().unwrap()).is_valid());
    }

    #[test]
    fn a_tidied_text_is_valid_or_empty() {
        assert_eq!(tidy("  Île\t\tVerte \u{200b} \n SARL\u{202e}"), "Île Verte SARL");
        assert_eq!(tidy("zero\u{200b}width"), "zerowidth");
        assert_eq!(tidy(" \u{200b} \0 "), "");
        for odd in ["a\u{2028}b", "\u{feff}x", "مشروع  الطاقة", "🌋\r\n🌋"] {
            assert!(Text::<64>::try_from(tidy(odd).as_str()).unwrap().is_valid(), "{odd:?}");
        }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(beginning("Île", 1), "");
        assert_eq!(beginning("Île", 2), "Î");
        assert_eq!(beginning("Île", 9), "Île");
    }

    #[test]
    fn text_is_bounded_in_bytes() {
        assert_eq!(Text::<3>::try_from("abcd"), Err(TooLong(3)));
        assert_eq!(Text::<3>::try_from("éé"), Err(TooLong(3)));
    }
}
