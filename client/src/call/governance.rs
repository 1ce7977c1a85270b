// SPDX-License-Identifier: Apache-2.0
//! What calls of the council and of validators are made of.

use super::{text, Plain};
use crate::chain::runtime_types as types;
use serde::{Deserialize, Serialize};

/// How a validator's node is reached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Name of whoever runs the node: an office, not a person.
    pub operator: String,
    /// The node's network identity: `12D3KooW…`.
    pub peer_id: String,
    /// Its address as a multiaddr, without the identity: `/dns/validator.gov.vu/tcp/30333`.
    pub address: String,
}

impl From<Contact> for types::pallet_validators::types::Contact {
    fn from(contact: Contact) -> Self {
        let Contact { operator, peer_id, address } = contact;
        Self { operator: text(operator), peer_id: text(peer_id), address: text(address) }
    }
}

impl Plain<Contact> for types::pallet_validators::types::Contact {
    fn plain(self) -> Contact {
        let Self { operator, peer_id, address } = self;
        Contact { operator: operator.plain(), peer_id: peer_id.plain(), address: address.plain() }
    }
}

/// Bytes, in JSON as `0x` and hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("0x{}", hex::encode(&self.0)))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl std::str::FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        hex::decode(text.trim_start_matches("0x"))
            .map(Self)
            .map_err(|_| "expected 0x and an even number of hexadecimal digits".to_owned())
    }
}

impl Plain<Bytes> for Vec<u8> {
    fn plain(self) -> Bytes {
        Bytes(self)
    }
}

/// The keys that a validator works with, in JSON as the node gives them: `0x` and 64 bytes, that of
/// AURA and that of GRANDPA.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Bytes", into = "Bytes")]
pub struct SessionKeys {
    /// Signs blocks.
    pub aura: [u8; 32],
    /// Signs votes on finality.
    pub grandpa: [u8; 32],
}

impl TryFrom<Bytes> for SessionKeys {
    type Error = String;

    fn try_from(bytes: Bytes) -> Result<Self, String> {
        let wrong = || "session keys are 64 bytes: that of AURA and that of GRANDPA".to_owned();
        let (aura, grandpa) = bytes.0.split_at_checked(32).ok_or_else(wrong)?;
        Ok(Self {
            aura: aura.try_into().map_err(|_| wrong())?,
            grandpa: grandpa.try_into().map_err(|_| wrong())?,
        })
    }
}

impl From<SessionKeys> for Bytes {
    fn from(keys: SessionKeys) -> Self {
        Self([keys.aura, keys.grandpa].concat())
    }
}

impl std::str::FromStr for SessionKeys {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse::<Bytes>()?.try_into()
    }
}

impl From<SessionKeys> for types::registry_runtime::SessionKeys {
    fn from(keys: SessionKeys) -> Self {
        Self {
            aura: types::sp_consensus_aura::sr25519::app_sr25519::Public(keys.aura),
            grandpa: types::sp_consensus_grandpa::app::Public(keys.grandpa),
        }
    }
}

impl Plain<SessionKeys> for types::registry_runtime::SessionKeys {
    fn plain(self) -> SessionKeys {
        SessionKeys { aura: self.aura.0, grandpa: self.grandpa.0 }
    }
}

/// The key that an operator of the bridge signs reports with, in JSON as `0x` and 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Bytes", into = "Bytes")]
pub struct BridgeKey(pub [u8; 32]);

impl TryFrom<Bytes> for BridgeKey {
    type Error = String;

    fn try_from(bytes: Bytes) -> Result<Self, String> {
        bytes.0.try_into().map(Self).map_err(|_| "a bridge key is 32 bytes".to_owned())
    }
}

impl From<BridgeKey> for Bytes {
    fn from(key: BridgeKey) -> Self {
        Self(key.0.to_vec())
    }
}

impl std::str::FromStr for BridgeKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse::<Bytes>()?.try_into()
    }
}

impl std::fmt::Display for BridgeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}

impl From<BridgeKey> for types::pallet_itmo_bridge::key::sr25519::Public {
    fn from(key: BridgeKey) -> Self {
        Self(key.0)
    }
}

impl Plain<BridgeKey> for types::pallet_itmo_bridge::key::sr25519::Public {
    fn plain(self) -> BridgeKey {
        BridgeKey(self.0)
    }
}

/// A call by its name, as `Credits.transfer`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallName {
    /// As in the metadata.
    pub pallet: String,
    /// As in the metadata.
    pub call: String,
}

impl TryFrom<String> for CallName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl std::str::FromStr for CallName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (pallet, call) = text
            .split_once('.')
            .ok_or("a call is named by its pallet and its own name: Credits.transfer")?;
        Ok(Self { pallet: pallet.to_owned(), call: call.to_owned() })
    }
}

impl std::fmt::Display for CallName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.pallet, self.call)
    }
}

impl From<CallName> for String {
    fn from(name: CallName) -> Self {
        name.to_string()
    }
}

impl From<CallName> for (Vec<u8>, Vec<u8>) {
    fn from(name: CallName) -> Self {
        (name.pallet.into_bytes(), name.call.into_bytes())
    }
}

impl Plain<CallName> for (Vec<u8>, Vec<u8>) {
    fn plain(self) -> CallName {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        CallName { pallet: text(self.0), call: text(self.1) }
    }
}

/// The most that a motion's call may cost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MotionWeight {
    /// Picoseconds.
    pub ref_time: u64,
    /// Bytes of proof.
    pub proof_size: u64,
}

impl From<MotionWeight> for types::sp_weights::weight_v2::Weight {
    fn from(MotionWeight { ref_time, proof_size }: MotionWeight) -> Self {
        Self { ref_time, proof_size }
    }
}

impl Plain<MotionWeight> for types::sp_weights::weight_v2::Weight {
    fn plain(self) -> MotionWeight {
        MotionWeight { ref_time: self.ref_time, proof_size: self.proof_size }
    }
}
