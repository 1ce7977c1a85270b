// SPDX-License-Identifier: Apache-2.0
//! Genesis presets with well-known keys, for development only.

use crate::{
    AccountId, OrganisationsConfig, RegistryCouncilConfig, RuntimeGenesisConfig, SessionConfig,
    SessionKeys, ValidatorsConfig,
};
use alloc::{string::ToString, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use pallet_validators::{Contact, GenesisValidator};
use registry_primitives::{CountryCode, Text, GOVERNMENT};
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
        DEVELOPMENT => config(&[Alice], 1),
        LOCAL => config(&[Alice, Bob, Charlie, Dave], 3),
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
fn config(validators: &[Sr25519Keyring], minimum: u32) -> Value {
    let root = Sr25519Keyring::Alice.to_account_id();
    build_struct_json_patch!(RuntimeGenesisConfig {
        validators: ValidatorsConfig {
            validators: validators.iter().zip(PEER_IDS).map(validator).collect(),
            minimum,
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

/// The identities of nodes whose keys are the numbers 1, 2, 3 and 4.
const PEER_IDS: [&str; 4] = [
    "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp",
    "12D3KooWHdiAxVd8uMQR1hGWXccidmfCwLqcMpGwR6QcTP6QRMuD",
    "12D3KooWSCufgHzV4fCwRijfH2k3abrpAJxTKxEvN1FDuRXA2U9x",
    "12D3KooWSsChzF81YDUKpe9Uk5AHV5oqAaXAcWNSPYgoLauUk4st",
];

fn validator((key, peer_id): (&Sr25519Keyring, &str)) -> GenesisValidator<AccountId> {
    GenesisValidator {
        account: key.to_account_id(),
        organisation: GOVERNMENT,
        contact: Contact {
            operator: text(&key.to_string()),
            peer_id: text(peer_id),
            // Every node of these networks runs on this machine, on a port of its own.
            address: text("/ip4/127.0.0.1/tcp/30333"),
        },
    }
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
