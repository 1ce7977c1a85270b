// SPDX-License-Identifier: Apache-2.0
//! The chain as its clients see it: typed calls, state and events over RPC.
//!
//! Clients know the chain by the metadata in `chain-specs/`, never by linking the runtime. The
//! indexer, the portal, the command line and the tests all go through this crate.

pub mod call;
pub mod directory;
pub mod error;
pub mod import;
pub mod locale;
pub mod node;
pub mod payload;
pub mod state;
mod submission;
pub mod validators;
pub mod views;

pub use call::Call;
pub use error::{ClientError, Refused};
pub use payload::SignerPayload;
pub use submission::{finished, Outcome};
pub use subxt::utils::{AccountId32, H256};

use subxt_rpcs::{client::RpcClient, LegacyRpcMethods};

/// Types, calls, storage and events generated from the committed metadata.
#[allow(missing_docs, clippy::all)]
#[subxt::subxt(
    runtime_metadata_path = "../chain-specs/metadata.scale",
    substitute_type(
        path = "registry_primitives::hash::ContentHash",
        with = "::subxt::utils::Static<::registry_primitives::ContentHash>"
    ),
    substitute_type(
        path = "registry_primitives::role::OrganisationRole",
        with = "::subxt::utils::Static<::registry_primitives::OrganisationRole>"
    ),
    substitute_type(
        path = "registry_primitives::role::MemberRole",
        with = "::subxt::utils::Static<::registry_primitives::MemberRole>"
    ),
    substitute_type(
        path = "registry_primitives::organisation::OrganisationDetails",
        with = "::subxt::utils::Static<::registry_primitives::organisation::OrganisationDetails>"
    ),
    substitute_type(
        path = "registry_primitives::organisation::Organisation",
        with = "::subxt::utils::Static<::registry_primitives::organisation::Organisation>"
    ),
    substitute_type(
        path = "registry_primitives::organisation::Member",
        with = "::subxt::utils::Static<::registry_primitives::organisation::Member>"
    ),
    substitute_type(
        path = "registry_primitives::project::ProjectRegistration",
        with = "::subxt::utils::Static<::registry_primitives::project::ProjectRegistration>"
    ),
    substitute_type(
        path = "registry_primitives::project::Project",
        with = "::subxt::utils::Static<::registry_primitives::project::Project>"
    ),
    substitute_type(
        path = "registry_primitives::project::DocumentKind",
        with = "::subxt::utils::Static<::registry_primitives::project::DocumentKind>"
    ),
    substitute_type(
        path = "registry_primitives::project::DocumentStatus",
        with = "::subxt::utils::Static<::registry_primitives::project::DocumentStatus>"
    ),
    substitute_type(
        path = "registry_primitives::project::Document",
        with = "::subxt::utils::Static<::registry_primitives::project::Document>"
    ),
    substitute_type(
        path = "registry_primitives::project::Article6Terms",
        with = "::subxt::utils::Static<::registry_primitives::project::Article6Terms>"
    ),
    substitute_type(
        path = "registry_primitives::project::MonitoringReport",
        with = "::subxt::utils::Static<::registry_primitives::project::MonitoringReport>"
    ),
    substitute_type(
        path = "registry_primitives::project::MonitoringPeriod",
        with = "::subxt::utils::Static<::registry_primitives::project::MonitoringPeriod>"
    ),
    substitute_type(
        path = "registry_primitives::project::VintageTonnes",
        with = "::subxt::utils::Static<::registry_primitives::project::VintageTonnes>"
    ),
    substitute_type(
        path = "registry_primitives::credit::Block",
        with = "::subxt::utils::Static<::registry_primitives::credit::Block>"
    ),
    substitute_type(
        path = "registry_primitives::credit::BlockStatus",
        with = "::subxt::utils::Static<::registry_primitives::credit::BlockStatus>"
    ),
    substitute_type(
        path = "registry_primitives::credit::Part",
        with = "::subxt::utils::Static<::registry_primitives::credit::Part>"
    ),
    substitute_type(
        path = "registry_primitives::credit::RetirementDetails",
        with = "::subxt::utils::Static<::registry_primitives::credit::RetirementDetails>"
    ),
    substitute_type(
        path = "registry_primitives::credit::Retirement",
        with = "::subxt::utils::Static<::registry_primitives::credit::Retirement>"
    ),
    substitute_type(
        path = "registry_primitives::credit::Totals",
        with = "::subxt::utils::Static<::registry_primitives::credit::Totals>"
    ),
    substitute_type(
        path = "registry_primitives::serial::SerialRange",
        with = "::subxt::utils::Static<::registry_primitives::SerialRange>"
    ),
    substitute_type(
        path = "sp_runtime::MultiSignature",
        with = "::subxt::utils::Static<::subxt::utils::MultiSignature>"
    ),
    substitute_type(
        path = "registry_primitives::permission::ActionClass",
        with = "::subxt::utils::Static<::registry_primitives::permission::ActionClass>"
    ),
    substitute_type(
        path = "registry_primitives::permission::Action",
        with = "::subxt::utils::Static<::registry_primitives::permission::Action>"
    ),
    substitute_type(
        path = "registry_primitives::organisation::OrganisationStatus",
        with = "::subxt::utils::Static<::registry_primitives::organisation::OrganisationStatus>"
    ),
    substitute_type(
        path = "registry_primitives::project::Proponent",
        with = "::subxt::utils::Static<::registry_primitives::project::Proponent>"
    ),
    substitute_type(
        path = "registry_primitives::project::ProponentChange",
        with = "::subxt::utils::Static<::registry_primitives::project::ProponentChange>"
    ),
    substitute_type(
        path = "registry_primitives::project::Certification",
        with = "::subxt::utils::Static<::registry_primitives::project::Certification>"
    ),
    substitute_type(
        path = "registry_primitives::credit::CancellationReason",
        with = "::subxt::utils::Static<::registry_primitives::credit::CancellationReason>"
    ),
    substitute_type(
        path = "registry_primitives::credit::Corrects",
        with = "::subxt::utils::Static<::registry_primitives::credit::Corrects>"
    ),
    substitute_type(
        path = "registry_primitives::credit::Cancellation",
        with = "::subxt::utils::Static<::registry_primitives::credit::Cancellation>"
    ),
    substitute_type(
        path = "registry_primitives::credit::TransferRequest",
        with = "::subxt::utils::Static<::registry_primitives::credit::TransferRequest>"
    ),
    substitute_type(
        path = "registry_primitives::credit::RetirementRequest",
        with = "::subxt::utils::Static<::registry_primitives::credit::RetirementRequest>"
    ),
    substitute_type(
        path = "registry_primitives::credit::Deductions",
        with = "::subxt::utils::Static<::registry_primitives::credit::Deductions>"
    ),
    substitute_type(
        path = "registry_primitives::credit::CountryAccounts",
        with = "::subxt::utils::Static<::registry_primitives::credit::CountryAccounts>"
    ),
    substitute_type(
        path = "registry_primitives::credit::Pause",
        with = "::subxt::utils::Static<::registry_primitives::credit::Pause>"
    ),
    substitute_type(
        path = "credit_calculator::constants::Constants",
        with = "::subxt::utils::Static<::credit_calculator::Constants>"
    ),
    substitute_type(
        path = "registry_primitives::itmo::BridgeSettings",
        with = "::subxt::utils::Static<::registry_primitives::itmo::BridgeSettings>"
    ),
    substitute_type(
        path = "registry_primitives::itmo::EventKey",
        with = "::subxt::utils::Static<::registry_primitives::itmo::EventKey>"
    ),
    substitute_type(
        path = "registry_primitives::itmo::Facts",
        with = "::subxt::utils::Static<::registry_primitives::itmo::Facts>"
    ),
    substitute_type(
        path = "registry_primitives::itmo::ReadFailure",
        with = "::subxt::utils::Static<::registry_primitives::itmo::ReadFailure>"
    ),
    substitute_type(
        path = "bounded_collections::bounded_btree_set::BoundedBTreeSet<T>",
        with = "::std::vec::Vec<T>"
    ),
    substitute_type(
        path = "bounded_collections::bounded_vec::BoundedVec<T>",
        with = "::std::vec::Vec<T>"
    )
)]
pub mod chain {}

/// How accounts, addresses and hashes are written on this chain.
pub type Config = subxt::PolkadotConfig;
/// The chain at one block.
pub type AtBlock =
    subxt::client::ClientAtBlock<Config, subxt::client::OnlineClientAtBlockImpl<Config>>;

/// A connection to a node.
#[derive(Clone)]
pub struct Registry {
    /// Blocks, storage, events.
    pub api: subxt::OnlineClient<Config>,
    /// The classic RPC methods.
    pub rpc: LegacyRpcMethods<subxt::config::RpcConfigFor<Config>>,
    /// Any method.
    pub client: RpcClient,
}

impl Registry {
    /// Connects to a node by its websocket address, such as `ws://127.0.0.1:9944`.
    pub async fn connect(url: &str) -> Result<Self, ClientError> {
        let client = RpcClient::from_insecure_url(url)
            .await
            .map_err(|error| ClientError::Unreachable(url.to_owned(), error.to_string()))?;
        let api = subxt::OnlineClient::from_rpc_client(client.clone())
            .await
            .map_err(|error| ClientError::Unreachable(url.to_owned(), error.to_string()))?;
        Ok(Self { api, rpc: LegacyRpcMethods::new(client.clone()), client })
    }

    /// Hash of the genesis block: which chain this is.
    pub fn genesis_hash(&self) -> H256 {
        self.api.genesis_hash()
    }

    /// The chain at its last finalised block.
    pub async fn at_finalised(&self) -> Result<AtBlock, ClientError> {
        Ok(self.api.at_current_block().await.map_err(subxt::Error::from)?)
    }

    /// The chain at a finalised height.
    pub async fn at_height(&self, height: u32) -> Result<AtBlock, ClientError> {
        Ok(self.api.at_block(u64::from(height)).await.map_err(subxt::Error::from)?)
    }
}
