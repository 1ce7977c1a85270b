// SPDX-License-Identifier: Apache-2.0
//! One derive list for every type that lives on the chain and travels in JSON.

/// Declares types with the derives that storage, calls, events and JSON need.
macro_rules! chain_types {
    ($(
        $(#[$attribute:meta])*
        pub $kind:ident $name:ident $(<$parameter:ident>)? { $($body:tt)* }
    )*) => {$(
        $(#[$attribute])*
        #[derive(
            codec::Encode, codec::Decode, codec::DecodeWithMemTracking, codec::MaxEncodedLen,
            scale_info::TypeInfo, Clone, Copy, PartialEq, Eq, Debug,
        )]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
        pub $kind $name $(<$parameter>)? { $($body)* }
    )*};
}

/// Declares an enum whose variants carry nothing: each has a name in code, and one in print. With
/// `or`, it is read from its name, and any other name is the error that is given.
macro_rules! names {
    (
        $(#[$attribute:meta])*
        pub enum $name:ident $(or $unknown:expr;)?
        { $($(#[$variant_attribute:meta])* $variant:ident = $text:literal,)* }
    ) => {
        $(#[$attribute])*
        #[derive(
            codec::Encode, codec::Decode, codec::DecodeWithMemTracking, codec::MaxEncodedLen,
            scale_info::TypeInfo, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug,
        )]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub enum $name {
            $(
                $(#[$variant_attribute])*
                #[cfg_attr(feature = "serde", serde(rename = $text))]
                $variant,
            )*
        }

        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name used in print, JSON and forms.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        $(impl core::str::FromStr for $name {
            type Err = $crate::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|known| known.as_str() == text).ok_or($unknown)
            }
        })?
    };
}

/// Writes a type to JSON as its text, and reads it back from it.
macro_rules! json_as_text {
    ($name:ident $(<$parameter:ident: $bound:path>)?) => {
        #[cfg(feature = "serde")]
        impl $(<$parameter: $bound>)? serde::Serialize for $name $(<$parameter>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de, $($parameter: $bound)?> serde::Deserialize<'de> for $name $(<$parameter>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <alloc::string::String as serde::Deserialize>::deserialize(deserializer)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use {chain_types, json_as_text, names};
