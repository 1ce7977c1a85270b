// SPDX-License-Identifier: Apache-2.0
//! From the types of the generated code to those that they stand for.

use registry_client::{
    chain::runtime_types::{
        pallet_safe_mode::pallet::ExitReason, pallet_validators::types::Contact as ChainContact,
        registry_primitives::text::Text, sp_runtime,
    },
    AccountId32, Call, Config, Refused, H256,
};
use serde::{Serialize, Serializer};
use subxt::{
    client::{ClientAtBlock, OfflineClientAtBlockT},
    error::DispatchError,
    ext::scale_encode::EncodeAsType,
    utils::Static,
    ArcMetadata,
};

type ReadCall<'a> = Box<dyn Fn(&[u8]) -> Option<Call> + 'a>;

/// What only the metadata of a block tells: the meaning of errors and of encoded calls.
pub struct Reader<'a> {
    metadata: ArcMetadata,
    call: ReadCall<'a>,
}

impl<'a> Reader<'a> {
    /// The reader of a block.
    pub fn of<C: OfflineClientAtBlockT<Config>>(at: &'a ClientAtBlock<Config, C>) -> Self {
        Self { metadata: at.metadata(), call: Box::new(|bytes| Call::decode(bytes, at).ok()) }
    }

    /// Code and sentence of an error.
    pub fn refused(&self, error: &sp_runtime::DispatchError) -> Refused {
        refused(error, &self.metadata)
            .unwrap_or_else(|| Refused { code: "Unknown".into(), sentence: format!("{error:?}") })
    }

    /// The metadata of the block.
    pub fn metadata(&self) -> ArcMetadata {
        self.metadata.clone()
    }
}

/// A call that officers are to agree on.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ProposedCall {
    /// In SCALE.
    #[serde(serialize_with = "in_hex")]
    pub bytes: Vec<u8>,
    /// In words of the API; none if it is not one of the calls that officers make.
    pub decoded: Option<Call>,
}

fn in_hex<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("0x{}", hex::encode(bytes)))
}

/// How the others reach a validator's node.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Contact {
    pub operator: String,
    pub peer_id: String,
    pub address: String,
}

/// A call that was paused, by its name in the metadata.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CallName {
    pub pallet: String,
    pub call: String,
}

/// From a type of the generated code to the one that it stands for.
pub trait Plain {
    type Out;
    fn plain(self, reader: &Reader<'_>) -> Self::Out;
}

macro_rules! plain_already {
    ($($type:ty),*) => {$(
        impl Plain for $type {
            type Out = Self;
            fn plain(self, _: &Reader<'_>) -> Self {
                self
            }
        }
    )*};
}

plain_already!(bool, u16, u32, u64, AccountId32, H256);

impl<T> Plain for Static<T> {
    type Out = T;
    fn plain(self, _: &Reader<'_>) -> T {
        self.0
    }
}

impl<T: Plain> Plain for Option<T> {
    type Out = Option<T::Out>;
    fn plain(self, reader: &Reader<'_>) -> Self::Out {
        self.map(|value| value.plain(reader))
    }
}

impl<T: Plain> Plain for Vec<T> {
    type Out = Vec<T::Out>;
    fn plain(self, reader: &Reader<'_>) -> Self::Out {
        self.into_iter().map(|value| value.plain(reader)).collect()
    }
}

impl Plain for Text {
    type Out = String;
    fn plain(self, _: &Reader<'_>) -> String {
        // The pallets store only UTF-8.
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl Plain for ChainContact {
    type Out = Contact;
    fn plain(self, reader: &Reader<'_>) -> Contact {
        Contact {
            operator: self.operator.plain(reader),
            peer_id: self.peer_id.plain(reader),
            address: self.address.plain(reader),
        }
    }
}

impl Plain for (Vec<u8>, Vec<u8>) {
    type Out = CallName;
    fn plain(self, _: &Reader<'_>) -> CallName {
        // Names in the metadata are words of ASCII.
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        CallName { pallet: text(self.0), call: text(self.1) }
    }
}

impl Plain for ExitReason {
    type Out = String;
    fn plain(self, _: &Reader<'_>) -> String {
        match self {
            Self::Timeout => "timeout",
            Self::Force => "force",
        }
        .to_owned()
    }
}

/// Other bytes in the registry's events are calls.
impl Plain for Vec<u8> {
    type Out = ProposedCall;
    fn plain(self, reader: &Reader<'_>) -> ProposedCall {
        let decoded = (reader.call)(&self);
        ProposedCall { bytes: self, decoded }
    }
}

impl Plain for Result<(), sp_runtime::DispatchError> {
    type Out = Result<(), Refused>;
    fn plain(self, reader: &Reader<'_>) -> Self::Out {
        self.map_err(|error| reader.refused(&error))
    }
}

/// Code and sentence of an error, by way of its bytes: the metadata explains those.
fn refused(error: &sp_runtime::DispatchError, metadata: &ArcMetadata) -> Option<Refused> {
    let bytes = error.encode_as_type(metadata.dispatch_error_ty()?, metadata.types()).ok()?;
    let error = DispatchError::decode_from(bytes, metadata.clone()).ok()?;
    Some(Refused::from_dispatch(&error))
}
