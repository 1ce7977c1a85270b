// SPDX-License-Identifier: Apache-2.0
//! The chains that the node knows by name.

use registry_runtime::{genesis, WASM_BINARY};
use sc_chain_spec::{ChainType, NoExtension};

/// The specification of a chain of the registry.
pub type ChainSpec = sc_service::GenericChainSpec<NoExtension>;

/// One validator with well-known keys.
pub fn development() -> Result<ChainSpec, String> {
    spec("Development", "registry_dev", ChainType::Development, genesis::DEVELOPMENT)
}

/// Four validators with well-known keys, as published in `chain-specs/`: the same for every build.
pub fn local() -> Result<ChainSpec, String> {
    ChainSpec::from_json_bytes(include_bytes!("../../chain-specs/local.json").as_slice())
}

/// The same with the runtime of this build; what `scripts/update-chain-specs` publishes.
pub fn local_fresh() -> Result<ChainSpec, String> {
    spec("Local network", "registry_local", ChainType::Local, genesis::LOCAL)
}

fn spec(name: &str, id: &str, kind: ChainType, preset: &str) -> Result<ChainSpec, String> {
    let wasm = WASM_BINARY
        .ok_or("this node was built without its runtime (SKIP_WASM_BUILD); build it again")?;
    let properties = [
        ("ss58Format", 42.into()),
        // Wallets ask for a token; there is none, and nothing is ever issued of it.
        ("tokenSymbol", "UNIT".into()),
        ("tokenDecimals", 0.into()),
    ];
    let properties = properties.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Ok(ChainSpec::builder(wasm, None)
        .with_name(name)
        .with_id(id)
        .with_chain_type(kind)
        .with_genesis_config_preset_name(preset)
        .with_properties(properties)
        .build())
}
