// SPDX-License-Identifier: Apache-2.0
//! The real runtime, block by block, with transactions as wallets sign them.

// Every test file compiles this one, and none needs all of it.
#![allow(dead_code)]

pub mod registry;
pub mod steps;

use codec::{Decode, Encode};
use frame_support::storage::with_transaction;
use registry_runtime::{
    admission::Admission, genesis, AccountId, Block, Executive, Hash, Header, Nonce, RuntimeCall,
    RuntimeEvent, RuntimeGenesisConfig, Signature, SignedPayload, System, TxExtension,
    UncheckedExtrinsic, SLOT_DURATION,
};
use sp_consensus_aura::{Slot, AURA_ENGINE_ID};
use sp_core::{sr25519::Pair, Pair as _};
use sp_runtime::{
    generic::Era,
    traits::{Block as BlockT, Header as _},
    transaction_validity::{TransactionSource, TransactionValidity},
    ApplyExtrinsicResult, BuildStorage, Digest, DigestItem, DispatchError, TransactionOutcome,
};
use std::collections::BTreeMap;

/// The slot of the first block: 2026-07-01 00:00 UTC.
const FIRST_SLOT: u64 = 1_782_864_000_000 / SLOT_DURATION;

/// Key and value of everything in storage.
pub type Storage = BTreeMap<Vec<u8>, Vec<u8>>;

/// A chain with the genesis of the preset `development`.
pub fn development() -> sp_io::TestExternalities {
    chain(genesis::DEVELOPMENT)
}

/// A chain with the genesis of a preset.
pub fn chain(preset: &str) -> sp_io::TestExternalities {
    use frame_support::genesis_builder_helper::get_preset;
    let json = |bytes: Option<Vec<u8>>| -> serde_json::Value {
        serde_json::from_slice(&bytes.expect("the preset exists")).expect("it is JSON")
    };
    // The preset is a patch of the default configuration, as in a chain specification.
    let mut config = json(get_preset::<RuntimeGenesisConfig>(&None, |_| None));
    merge(&mut config, json(genesis::preset(&preset.into())));
    let config: RuntimeGenesisConfig =
        serde_json::from_value(config).expect("the preset is a genesis configuration");
    let mut chain: sp_io::TestExternalities =
        config.build_storage().expect("the genesis can be built").into();
    chain.execute_with(start_block);
    chain
}

fn merge(into: &mut serde_json::Value, patch: serde_json::Value) {
    match (into, patch) {
        (serde_json::Value::Object(into), serde_json::Value::Object(patch)) => {
            for (key, value) in patch {
                merge(into.entry(key).or_insert(serde_json::Value::Null), value);
            }
        }
        (into, patch) => *into = patch,
    }
}

/// Begins the next block as a validator does: slot in the digest, then the time.
pub fn start_block() {
    let number = System::block_number() + 1;
    let slot = FIRST_SLOT + u64::from(number);
    let digest =
        Digest { logs: vec![DigestItem::PreRuntime(AURA_ENGINE_ID, Slot::from(slot).encode())] };
    let parent = System::parent_hash();
    let header = Header::new(number, Hash::zero(), Hash::zero(), parent, digest);
    Executive::initialize_block(&header);
    let now = pallet_timestamp::Call::set { now: slot * SLOT_DURATION };
    let time = UncheckedExtrinsic::new_bare(RuntimeCall::Timestamp(now));
    Executive::apply_extrinsic(time).unwrap().unwrap();
}

/// Ends the block, and returns its header.
pub fn end_block() -> Header {
    Executive::finalize_block()
}

/// Ends the block and begins the next.
pub fn next_block() -> Header {
    let header = end_block();
    start_block();
    header
}

pub fn account(of: &Pair) -> AccountId {
    of.public().into()
}

/// The key `//name`, as wallets derive it in development.
pub fn key(name: &str) -> Pair {
    Pair::from_string(&format!("//{name}"), None).expect("the path is valid")
}

/// A call, signed as a wallet does.
pub fn sign(signer: &Pair, nonce: Nonce, call: impl Into<RuntimeCall>) -> UncheckedExtrinsic {
    let extension: TxExtension = (
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(Era::Immortal),
        Admission::from(nonce),
        frame_system::CheckWeight::new(),
        frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    );
    let payload = SignedPayload::new(call.into(), extension).expect("the genesis hash is known");
    let signature = payload.using_encoded(|bytes| Signature::Sr25519(signer.sign(bytes)));
    let (call, extension, _) = payload.deconstruct();
    UncheckedExtrinsic::new_signed(call, account(signer).into(), signature, extension)
}

/// Signs with the next nonce and applies, over the wire format.
pub fn submit(signer: &Pair, call: impl Into<RuntimeCall>) -> ApplyExtrinsicResult {
    let nonce = System::account_nonce(account(signer));
    apply(sign(signer, nonce, call))
}

/// Applies as a block author does: what a refused transaction wrote is undone.
pub fn apply(extrinsic: UncheckedExtrinsic) -> ApplyExtrinsicResult {
    let bytes = extrinsic.encode();
    let extrinsic = <Block as BlockT>::Extrinsic::decode(&mut &bytes[..]).expect("it decodes");
    with_transaction(|| {
        let result = Executive::apply_extrinsic(extrinsic);
        match result {
            Ok(_) => TransactionOutcome::Commit(Ok::<_, DispatchError>(result)),
            Err(_) => TransactionOutcome::Rollback(Ok(result)),
        }
    })
    .expect("both ways are Ok")
}

/// Submits what must succeed.
#[track_caller]
pub fn succeed(signer: &Pair, call: impl Into<RuntimeCall>) {
    let call = call.into();
    let result = submit(signer, call.clone());
    assert_eq!(result, Ok(Ok(())), "{call:?}");
}

/// What the pool would say. Its work is undone, as the node does.
pub fn validate(extrinsic: UncheckedExtrinsic) -> TransactionValidity {
    undone(|| Executive::validate_transaction(TransactionSource::External, extrinsic, Hash::zero()))
}

/// What `then` returns, with everything that it wrote undone.
pub fn undone<R>(then: impl FnOnce() -> R) -> R {
    with_transaction(|| TransactionOutcome::Rollback(Ok::<_, DispatchError>(then())))
        .expect("it is Ok")
}

/// The root of the state as it is now.
pub fn state_root() -> Vec<u8> {
    sp_io::storage::root(sp_runtime::StateVersion::V1)
}

/// Everything in storage.
pub fn storage() -> Storage {
    let mut all = Storage::new();
    let mut key = Vec::new();
    while let Some(next) = sp_io::storage::next_key(&key) {
        if let Some(value) = sp_io::storage::get(&next) {
            all.insert(next.clone(), value.to_vec());
        }
        key = next;
    }
    all
}

/// The registry's events of this block, in order.
pub fn registry_events() -> Vec<RuntimeEvent> {
    let ours = |event: &RuntimeEvent| {
        matches!(
            event,
            RuntimeEvent::Organisations(_)
                | RuntimeEvent::Approvals(_)
                | RuntimeEvent::Projects(_)
                | RuntimeEvent::Credits(_)
        )
    };
    System::events().into_iter().map(|record| record.event).filter(ours).collect()
}

/// Checks every invariant of the registry, within its pallets and between them.
#[track_caller]
pub fn assert_invariants() {
    assert_eq!(registry::Registry::read().check(), Ok(()));
}
