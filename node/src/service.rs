// SPDX-License-Identifier: Apache-2.0
//! The parts of a running node, put together.

use crate::{
    bridge,
    cli::Sealing,
    network::{Fence, Watch},
    rpc::{self, Finality},
    sealing,
};
use futures::FutureExt;
use pallet_itmo_bridge::platform::Access;
use registry_runtime::{opaque::Block, RuntimeApi};
use sc_client_api::{Backend, BlockBackend};
use sc_consensus_aura::{ImportQueueParams, SlotProportion, StartAuraParams};
use sc_consensus_grandpa::{FinalityProofProvider, SharedVoterState};
use sc_consensus_manual_seal::{
    consensus::{aura::AuraConsensusDataProvider, timestamp::SlotTimestampProvider},
    ManualSealParams,
};
use sc_network::NetworkBackend;
use sc_service::{error::Error as ServiceError, Configuration, TaskManager, WarpSyncConfig};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_aura::sr25519::AuthorityPair as AuraPair;
use std::{sync::Arc, time::Duration};

pub type FullClient = sc_service::TFullClient<
    Block,
    RuntimeApi,
    sc_executor::WasmExecutor<sp_io::SubstrateHostFunctions>,
>;
pub type FullBackend = sc_service::TFullBackend<Block>;
pub type FullPool = sc_transaction_pool::TransactionPoolHandle<Block, FullClient>;
type SelectChain = sc_consensus::LongestChain<FullBackend, Block>;
type GrandpaImport =
    sc_consensus_grandpa::GrandpaBlockImport<FullBackend, Block, FullClient, SelectChain>;
type GrandpaLink = sc_consensus_grandpa::LinkHalf<Block, FullClient, SelectChain>;

/// Every so many blocks the votes on finality are kept, so that finality can be proved without
/// asking for more headers than these.
const JUSTIFICATION_PERIOD: u32 = 16;

pub type Partial = sc_service::PartialComponents<
    FullClient,
    FullBackend,
    SelectChain,
    sc_consensus::DefaultImportQueue<Block>,
    FullPool,
    (GrandpaImport, GrandpaLink, Option<Telemetry>),
>;

/// The parts that every command on the chain needs.
pub fn partial(config: &Configuration, sealing: Sealing) -> Result<Partial, ServiceError> {
    let telemetry = config
        .telemetry_endpoints
        .clone()
        .filter(|endpoints| !endpoints.is_empty())
        .map(|endpoints| -> Result<_, sc_telemetry::Error> {
            let worker = TelemetryWorker::new(16)?;
            let telemetry = worker.handle().new_telemetry(endpoints);
            Ok((worker, telemetry))
        })
        .transpose()?;

    let executor = sc_service::new_wasm_executor(&config.executor);
    let (client, backend, keystore_container, task_manager) =
        sc_service::new_full_parts::<Block, RuntimeApi, _>(
            config,
            telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
            executor,
            // Keeps the bodies of blocks with justifications, so that warp sync survives pruning.
            vec![Arc::new(sc_consensus_grandpa::GrandpaPruningFilter)],
        )?;
    let client = Arc::new(client);
    let telemetry = telemetry.map(|(worker, telemetry)| {
        task_manager.spawn_handle().spawn("telemetry", None, worker.run());
        telemetry
    });

    let select_chain = SelectChain::new(backend.clone());
    let transaction_pool = Arc::from(
        sc_transaction_pool::Builder::new(
            task_manager.spawn_essential_handle(),
            client.clone(),
            config.role.is_authority().into(),
        )
        .with_options(config.transaction_pool.clone())
        .with_prometheus(config.prometheus_registry())
        .build(),
    );
    let (block_import, link) = sc_consensus_grandpa::block_import(
        client.clone(),
        JUSTIFICATION_PERIOD,
        &client,
        select_chain.clone(),
        telemetry.as_ref().map(Telemetry::handle),
    )?;

    let import_queue = match sealing {
        Sealing::Instant => sc_consensus_manual_seal::import_queue(
            Box::new(client.clone()),
            &task_manager.spawn_essential_handle(),
            config.prometheus_registry(),
        ),
        Sealing::Aura => {
            let slot_duration = sc_consensus_aura::slot_duration(&*client)?;
            sc_consensus_aura::import_queue::<AuraPair, _, _, _, _, _>(ImportQueueParams {
                block_import: block_import.clone(),
                justification_import: Some(Box::new(block_import.clone())),
                client: client.clone(),
                create_inherent_data_providers: move |_, ()| async move {
                    Ok(slot_and_time(slot_duration))
                },
                spawner: &task_manager.spawn_essential_handle(),
                registry: config.prometheus_registry(),
                check_for_equivocation: Default::default(),
                telemetry: telemetry.as_ref().map(Telemetry::handle),
                compatibility_mode: Default::default(),
            })?
        }
    };

    Ok(sc_service::PartialComponents {
        client,
        backend,
        task_manager,
        import_queue,
        keystore_container,
        select_chain,
        transaction_pool,
        other: (block_import, link, telemetry),
    })
}

fn slot_and_time(
    slot_duration: sp_consensus_aura::SlotDuration,
) -> (sp_consensus_aura::inherents::InherentDataProvider, sp_timestamp::InherentDataProvider) {
    let timestamp = sp_timestamp::InherentDataProvider::from_system_time();
    let slot = sp_consensus_aura::inherents::InherentDataProvider::from_timestamp_and_slot_duration(
        *timestamp,
        slot_duration,
    );
    (slot, timestamp)
}

/// Starts a node with the network backend that the configuration names.
pub fn run(
    config: Configuration,
    sealing: Sealing,
    permissioned: bool,
    itmo: Option<&Access>,
) -> Result<TaskManager, ServiceError> {
    match config.network.network_backend {
        sc_network::config::NetworkBackendType::Libp2p => {
            start::<sc_network::NetworkWorker<_, _>>(config, sealing, permissioned, itmo)
        }
        sc_network::config::NetworkBackendType::Litep2p => {
            start::<sc_network::Litep2pNetworkBackend>(config, sealing, permissioned, itmo)
        }
    }
}

/// Who may connect besides the appointed validators, and by which protocol nodes are peers.
fn fence(config: &Configuration, genesis_hash: registry_runtime::Hash) -> Fence {
    let reserved = &config.network.default_peers_set.reserved_nodes;
    let reserved = reserved.iter().map(|node| node.peer_id).collect();
    // As the SDK's sync engine names it.
    let genesis = format!("{genesis_hash:?}");
    let chain = genesis.trim_start_matches("0x");
    let announcements = match config.chain_spec.fork_id() {
        Some(fork) => format!("/{chain}/{fork}/block-announces/1"),
        None => format!("/{chain}/block-announces/1"),
    };
    Fence { reserved, announcements: announcements.into() }
}

fn start<N: NetworkBackend<Block, registry_runtime::Hash>>(
    config: Configuration,
    sealing: Sealing,
    permissioned: bool,
    itmo: Option<&Access>,
) -> Result<TaskManager, ServiceError> {
    let sc_service::PartialComponents {
        client,
        backend,
        mut task_manager,
        import_queue,
        keystore_container,
        select_chain,
        transaction_pool,
        other: (block_import, link, mut telemetry),
    } = partial(&config, sealing)?;

    let mut net_config = sc_network::config::FullNetworkConfiguration::<_, _, N>::new(
        &config.network,
        config.prometheus_registry().cloned(),
    );
    let metrics = N::register_notification_metrics(config.prometheus_registry());
    let genesis_hash =
        client.block_hash(0)?.ok_or_else(|| ServiceError::Other("no genesis block".into()))?;
    let grandpa_protocol =
        sc_consensus_grandpa::protocol_standard_name(&genesis_hash, &config.chain_spec);
    let (grandpa_peers, grandpa_notifications) =
        sc_consensus_grandpa::grandpa_peers_set_config::<_, N>(
            grandpa_protocol.clone(),
            metrics.clone(),
            net_config.peer_store_handle(),
        );
    net_config.add_notification_protocol(grandpa_peers);
    let warp_sync = Arc::new(sc_consensus_grandpa::warp_proof::NetworkProvider::new(
        backend.clone(),
        link.shared_authority_set().clone(),
        Vec::default(),
    ));

    let (network, system_rpc_tx, tx_handler_controller, sync_service, _) =
        sc_service::build_network(sc_service::BuildNetworkParams {
            config: &config,
            net_config,
            client: client.clone(),
            transaction_pool: transaction_pool.clone(),
            spawn_handle: task_manager.spawn_handle(),
            spawn_essential_handle: task_manager.spawn_essential_handle(),
            import_queue,
            block_announce_validator_builder: None,
            warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync)),
            block_relay: None,
            metrics,
            gap_sync_body_policy: None,
        })?;

    if itmo.is_some() && log::log_enabled!(target: "offchain-worker::http", log::Level::Debug) {
        return Err(ServiceError::Other(
            "with --itmo-access the log of offchain-worker::http would show the credentials of the \
             platform: log it at info"
                .into(),
        ));
    }
    if let Some(mut storage) = backend.offchain_storage() {
        bridge::hand_over(&mut storage, itmo);
    }
    if config.offchain_worker.enabled {
        let options = sc_offchain::OffchainWorkerOptions {
            runtime_api_provider: client.clone(),
            is_validator: config.role.is_authority(),
            keystore: Some(keystore_container.keystore()),
            offchain_db: backend.offchain_storage(),
            transaction_pool: Some(OffchainTransactionPoolFactory::new(transaction_pool.clone())),
            network_provider: Arc::new(network.clone()),
            enable_http_requests: true,
            custom_extensions: |_| vec![],
        };
        let workers = sc_offchain::OffchainWorkers::new(options)?;
        task_manager.spawn_handle().spawn(
            "offchain-workers-runner",
            "offchain-worker",
            workers.run(client.clone(), task_manager.spawn_handle()).boxed(),
        );
    }

    let watch = Watch::new(
        client.clone(),
        network.clone(),
        keystore_container.keystore(),
        permissioned.then(|| fence(&config, genesis_hash)),
        config.prometheus_registry(),
    )
    .map_err(ServiceError::from)?;
    task_manager.spawn_handle().spawn("registry-network", None, watch.run());

    let role = config.role;
    let name = config.network.node_name.clone();
    let force_authoring = config.force_authoring;
    let prometheus = config.prometheus_registry().cloned();
    let voter_state = SharedVoterState::empty();
    let finality = Finality {
        voter_state: voter_state.clone(),
        authority_set: link.shared_authority_set().clone(),
        justifications: link.justification_stream(),
        proofs: FinalityProofProvider::new_for_service(
            backend.clone(),
            Some(link.shared_authority_set().clone()),
        ),
    };
    let votes = !config.disable_grandpa && sealing == Sealing::Aura;

    let rpc_builder = {
        let client = client.clone();
        let pool = transaction_pool.clone();
        Box::new(move |executor| {
            rpc::module(client.clone(), pool.clone(), finality.clone(), executor)
        })
    };
    sc_service::spawn_tasks(sc_service::SpawnTasksParams {
        network: Arc::new(network.clone()),
        client: client.clone(),
        keystore: keystore_container.keystore(),
        task_manager: &mut task_manager,
        transaction_pool: transaction_pool.clone(),
        rpc_builder,
        backend,
        system_rpc_tx,
        tx_handler_controller,
        sync_service: sync_service.clone(),
        config,
        telemetry: telemetry.as_mut(),
        tracing_execute_block: None,
    })?;

    if role.is_authority() {
        let proposers = sc_basic_authorship::ProposerFactory::new(
            task_manager.spawn_handle(),
            client.clone(),
            transaction_pool.clone(),
            prometheus.as_ref(),
            telemetry.as_ref().map(Telemetry::handle),
        );
        match sealing {
            Sealing::Instant => {
                let slots = client.clone();
                let author = sc_consensus_manual_seal::run_manual_seal(ManualSealParams {
                    block_import: client.clone(),
                    env: proposers,
                    client: client.clone(),
                    pool: transaction_pool.clone(),
                    commands_stream: sealing::orders(client.clone(), transaction_pool),
                    select_chain,
                    consensus_data_provider: Some(Box::new(AuraConsensusDataProvider::new(client))),
                    create_inherent_data_providers: move |_, ()| {
                        // One slot after the best block's, whatever the clock says.
                        let slot = SlotTimestampProvider::new_aura(slots.clone());
                        async move { Ok(slot?) }
                    },
                });
                task_manager.spawn_essential_handle().spawn_blocking(
                    "instant-seal",
                    Some("block-authoring"),
                    author,
                );
                return Ok(task_manager);
            }
            Sealing::Aura => {
                let slot_duration = sc_consensus_aura::slot_duration(&*client)?;
                let author = sc_consensus_aura::start_aura::<AuraPair, _, _, _, _, _, _, _, _, _, _>(
                    StartAuraParams {
                        slot_duration,
                        client,
                        select_chain,
                        block_import,
                        proposer_factory: proposers,
                        create_inherent_data_providers: move |_, ()| async move {
                            Ok(slot_and_time(slot_duration))
                        },
                        force_authoring,
                        backoff_authoring_blocks: Some(
                            sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging::default(),
                        ),
                        keystore: keystore_container.keystore(),
                        sync_oracle: sync_service.clone(),
                        justification_sync_link: sync_service.clone(),
                        block_proposal_slot_portion: SlotProportion::new(2f32 / 3f32),
                        max_block_proposal_slot_portion: None,
                        telemetry: telemetry.as_ref().map(Telemetry::handle),
                        compatibility_mode: Default::default(),
                    },
                )?;
                task_manager.spawn_essential_handle().spawn_blocking(
                    "aura",
                    Some("block-authoring"),
                    author,
                );
            }
        }
    }

    if votes {
        let keystore = role.is_authority().then(|| keystore_container.keystore());
        let voter = sc_consensus_grandpa::run_grandpa_voter(sc_consensus_grandpa::GrandpaParams {
            config: sc_consensus_grandpa::Config {
                gossip_duration: Duration::from_millis(333),
                justification_generation_period: JUSTIFICATION_PERIOD,
                name: Some(name),
                observer_enabled: false,
                keystore,
                local_role: role,
                telemetry: telemetry.as_ref().map(Telemetry::handle),
                protocol_name: grandpa_protocol,
            },
            link,
            network,
            sync: Arc::new(sync_service),
            notification_service: grandpa_notifications,
            voting_rule: sc_consensus_grandpa::VotingRulesBuilder::default().build(),
            prometheus_registry: prometheus,
            shared_voter_state: voter_state,
            telemetry: telemetry.as_ref().map(Telemetry::handle),
            offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(transaction_pool),
        })?;
        task_manager.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
    }
    Ok(task_manager)
}
