// SPDX-License-Identifier: Apache-2.0
//! What the node answers besides the standard methods: account nonces and finality proofs.

use crate::service::{FullBackend, FullClient, FullPool};
use jsonrpsee::RpcModule;
use registry_runtime::{opaque::Block, BlockNumber, Hash};
use sc_consensus_grandpa::{
    FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

/// What the finality methods need.
#[derive(Clone)]
pub struct Finality {
    pub voter_state: SharedVoterState,
    pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
    pub justifications: GrandpaJustificationStream<Block>,
    pub proofs: Arc<FinalityProofProvider<FullBackend, Block>>,
}

/// The methods of this node.
pub fn module(
    client: Arc<FullClient>,
    pool: Arc<FullPool>,
    finality: Finality,
    executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, sc_service::Error> {
    let failed =
        |error: jsonrpsee::core::RegisterMethodError| sc_service::Error::Other(error.to_string());
    let Finality { voter_state, authority_set, justifications, proofs } = finality;
    let mut module = RpcModule::new(());
    module.merge(System::new(client, pool).into_rpc()).map_err(failed)?;
    module
        .merge(
            Grandpa::new(executor, authority_set, voter_state, justifications, proofs).into_rpc(),
        )
        .map_err(failed)?;
    Ok(module)
}
