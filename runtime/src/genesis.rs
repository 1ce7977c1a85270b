// SPDX-License-Identifier: Apache-2.0
//! Genesis presets with well-known keys, for development only.

use crate::{
    AccountId, OrganisationsConfig, RegistryCouncilConfig, RuntimeGenesisConfig, SessionConfig,
    SessionKeys, ValidatorsConfig,
};
use alloc::{string::ToString, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use registry_primitives::{CountryCode, Text};
use serde_json::Value;
use sp_genesis_builder::PresetId;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

/// One validator with well-known keys.
pub const DEVELOPMENT: &str = sp_genesis_builder::DEV_RUNTIME_PRESET;
/// Four validators with well-known keys.
pub const LOCAL: &str = "local";

/// The preset with this name.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
    use Sr25519Keyring::{Alice, Bob, Charlie, Dave};
    let config = match id.as_ref() {
        DEVELOPMENT => config(&[Alice]),
        LOCAL => config(&[Alice, Bob, Charlie, Dave]),
        _ => return None,
    };
    Some(config.to_string().into_bytes())
}

/// The names of the presets.
pub fn preset_names() -> Vec<PresetId> {
    vec![PresetId::from(DEVELOPMENT), PresetId::from(LOCAL)]
}

/// A registry of Vanuatu, the example of the CDM-style serial number, with Alice as its Root and
/// its whole council.
fn config(validators: &[Sr25519Keyring]) -> Value {
    let root = Sr25519Keyring::Alice.to_account_id();
    build_struct_json_patch!(RuntimeGenesisConfig {
        validators: ValidatorsConfig {
            validators: validators.iter().map(|validator| validator.to_account_id()).collect(),
        },
        session: SessionConfig { keys: validators.iter().map(session_keys).collect() },
        registry_council: RegistryCouncilConfig { members: vec![root.clone()] },
        organisations: OrganisationsConfig {
            country: CountryCode(*b"VU"),
            name: text("Department of Climate Change"),
            tax_id: text("00000VU"),
            root: Some(root),
        },
    })
}

fn session_keys(validator: &Sr25519Keyring) -> (AccountId, AccountId, SessionKeys) {
    let account = validator.to_account_id();
    let grandpa = match validator {
        Sr25519Keyring::Bob => Ed25519Keyring::Bob,
        Sr25519Keyring::Charlie => Ed25519Keyring::Charlie,
        Sr25519Keyring::Dave => Ed25519Keyring::Dave,
        _ => Ed25519Keyring::Alice,
    };
    let keys = SessionKeys { aura: validator.public().into(), grandpa: grandpa.public().into() };
    (account.clone(), account, keys)
}

fn text<const N: u32>(text: &str) -> Text<N> {
    Text::try_from(text).expect("the preset's texts are short; qed")
}
