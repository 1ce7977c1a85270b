// SPDX-License-Identifier: Apache-2.0
//! The state machine of the registry chain: the pallets wired into one runtime.

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

#[cfg(feature = "runtime-benchmarks")]
#[macro_use]
mod benchmarking;

pub mod actions;
pub mod admission;
pub mod apis;
mod bridge_registry;
mod configs;
pub use configs::CouncilInstance;
mod credit_projects;
pub mod genesis;
pub mod migrations;
mod owner_status;
pub mod rehearsal;
pub mod weights;

#[cfg(feature = "std")]
pub use apis::RuntimeApi;

use alloc::{borrow::Cow, vec::Vec};
use sp_runtime::{
    generic, impl_opaque_keys,
    traits::{AccountIdLookup, BlakeTwo256, IdentifyAccount, Verify},
    MultiSignature,
};
use sp_version::RuntimeVersion;

/// Any of the signature schemes: sr25519, ed25519 (hardware wallets), ECDSA.
pub type Signature = MultiSignature;
/// An account: the public key behind a signature.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// How an account is written in a call.
pub type Address = sp_runtime::MultiAddress<AccountId, ()>;
/// Height of a block.
pub type BlockNumber = registry_primitives::BlockNumber;
/// There is no coin; SDK pallets need a type for one.
pub type Balance = u128;
/// Number of an account's transactions.
pub type Nonce = u32;
/// Hash of anything on the chain.
pub type Hash = sp_core::H256;
/// Header of a block.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;

/// Blocks as the node sees them: it carries transactions as bytes, and only the runtime reads them,
/// so that a node outlives the formats of its runtimes.
pub mod opaque {
    use super::{generic, Header};

    /// A block whose transactions are bytes.
    pub type Block = generic::Block<Header, sp_runtime::OpaqueExtrinsic>;
}

/// What surrounds every signed transaction. Only standard identifiers, so that every wallet can
/// sign; `Admission` is `CheckNonce` to them.
pub type TxExtension = (
    frame_system::CheckNonZeroSender<Runtime>,
    frame_system::CheckSpecVersion<Runtime>,
    frame_system::CheckTxVersion<Runtime>,
    frame_system::CheckGenesis<Runtime>,
    frame_system::CheckEra<Runtime>,
    admission::Admission,
    frame_system::CheckWeight<Runtime>,
    frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
    frame_system::WeightReclaim<Runtime>,
);

/// A transaction as it travels.
pub type UncheckedExtrinsic =
    generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// What a signer signs.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// Executes blocks.
pub type Executive = frame_executive::Executive<
    Runtime,
    Block,
    frame_system::ChainContext<Runtime>,
    Runtime,
    AllPalletsWithSystem,
>;

type Lookup = AccountIdLookup<AccountId, ()>;

impl_opaque_keys! {
    /// The keys that a validator works with.
    pub struct SessionKeys {
        /// Signs the blocks that it authors.
        pub aura: Aura,
        /// Signs its votes on finality.
        pub grandpa: Grandpa,
    }
}

/// Milliseconds from block to block.
pub const SLOT_DURATION: u64 = 3_000;
/// Blocks of a day.
pub const DAY: BlockNumber = (24 * 60 * 60 * 1_000 / SLOT_DURATION) as BlockNumber;
/// Sessions of a day, where a session has half an hour, as genesis sets it unless told otherwise.
pub const SESSIONS_PER_DAY: u32 = 48;
/// Sessions for which equivocations can be reported and blocks are counted: a week of them.
pub const SESSIONS_REMEMBERED: u32 = 7 * SESSIONS_PER_DAY;

/// Version of the runtime. The number of the specification must be a literal, because it is also
/// written into the code, where a node reads it before it runs it.
macro_rules! version {
    ($spec_version:tt) => {
        /// Version of the runtime.
        #[sp_version::runtime_version]
        pub const VERSION: RuntimeVersion = RuntimeVersion {
            spec_name: Cow::Borrowed("carbon-registry"),
            impl_name: Cow::Borrowed("carbon-registry"),
            authoring_version: 1,
            spec_version: $spec_version,
            impl_version: 1,
            apis: apis::RUNTIME_API_VERSIONS,
            transaction_version: 1,
            system_version: 1,
        };
    };
}
#[cfg(not(feature = "next"))]
version!(1);
#[cfg(feature = "next")]
version!(2);

/// The pallets. Hooks and genesis run in the order of the indices; what another needs comes first.
#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Runtime;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;
    #[runtime::pallet_index(1)]
    pub type Timestamp = pallet_timestamp;
    #[runtime::pallet_index(2)]
    pub type Aura = pallet_aura;
    #[runtime::pallet_index(3)]
    pub type Authorship = pallet_authorship;
    #[runtime::pallet_index(4)]
    pub type Balances = pallet_balances;
    #[runtime::pallet_index(5)]
    pub type Validators = pallet_validators;
    #[runtime::pallet_index(6)]
    pub type Offences = pallet_offences;
    #[runtime::pallet_index(7)]
    pub type Historical = pallet_session::historical;
    #[runtime::pallet_index(8)]
    pub type Session = pallet_session;
    #[runtime::pallet_index(9)]
    pub type Grandpa = pallet_grandpa;
    #[runtime::pallet_index(10)]
    pub type RegistryCouncil = pallet_collective<Instance1>;
    #[runtime::pallet_index(11)]
    pub type Governance = pallet_governance;
    #[runtime::pallet_index(12)]
    pub type TxPause = pallet_tx_pause;
    #[runtime::pallet_index(13)]
    pub type SafeMode = pallet_safe_mode;
    #[runtime::pallet_index(14)]
    pub type Migrations = pallet_migrations;
    #[runtime::pallet_index(15)]
    pub type AdmissionQuota = pallet_admission;

    #[runtime::pallet_index(20)]
    pub type Organisations = pallet_organisations;
    #[runtime::pallet_index(21)]
    pub type Approvals = pallet_approvals;
    #[runtime::pallet_index(22)]
    pub type Projects = pallet_projects;
    #[runtime::pallet_index(23)]
    pub type Credits = pallet_credits;
    #[runtime::pallet_index(24)]
    pub type ItmoBridge = pallet_itmo_bridge;
    #[runtime::pallet_index(25)]
    pub type Calculator = pallet_calculator;
}
