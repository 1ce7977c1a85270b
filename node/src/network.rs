// SPDX-License-Identifier: Apache-2.0
//! The node's place in the network, as the chain has it: who may connect, and whether it does its
//! duty. Looked at every few seconds, because a node that catches up hears of no single block.

use crate::service::FullClient;
use log::{info, warn};
use pallet_validators::runtime_api::{Network, ValidatorsApi};
use prometheus_endpoint::{register, Gauge, GaugeVec, Opts, PrometheusError, Registry, U64};
use registry_runtime::AccountId;
use sc_network::{
    config::MultiaddrWithPeerId, service::traits::NetworkService, PeerId, ProtocolName,
};
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_consensus_aura::AuraApi;
use sp_core::crypto::{key_types::AURA, ByteArray, Ss58Codec};
use sp_keystore::KeystorePtr;
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// How often the node looks: once a block.
const EVERY: Duration = Duration::from_millis(registry_runtime::SLOT_DURATION);

/// What operators are told by Prometheus.
struct Metrics {
    authored: GaugeVec<U64>,
    in_set: Gauge<U64>,
    disabled: Gauge<U64>,
    equivocations: Gauge<U64>,
}

impl Metrics {
    fn register(registry: &Registry) -> Result<Self, PrometheusError> {
        let authored = Opts::new(
            "registry_validator_authored_slots",
            "Blocks that each validator has made in the session that runs",
        );
        let gauge = |name, help| register(Gauge::new(name, help)?, registry);
        Ok(Self {
            authored: register(GaugeVec::new(authored, &["account"])?, registry)?,
            in_set: gauge(
                "registry_validator_in_set",
                "Whether a session key of this node makes blocks in the session that runs",
            )?,
            disabled: gauge(
                "registry_validator_disabled",
                "Validators that are disabled in the session that runs",
            )?,
            equivocations: gauge(
                "registry_equivocations_total",
                "Contradictory votes that were ever reported on the chain",
            )?,
        })
    }

    fn show(&self, network: &Network<AccountId>, in_set: bool) {
        self.authored.reset();
        for (account, blocks) in &network.authored {
            let account = account.to_ss58check();
            self.authored.with_label_values(&[account.as_str()]).set(u64::from(*blocks));
        }
        self.in_set.set(u64::from(in_set));
        self.disabled.set(u64::from(network.disabled));
        self.equivocations.set(u64::from(network.equivocations));
    }
}

/// What keeps others out than the appointed validators.
pub struct Fence {
    /// The nodes of the command line, which may connect whatever the chain says.
    pub reserved: BTreeSet<PeerId>,
    /// The protocol by which a peer is a peer.
    pub announcements: ProtocolName,
}

/// Keeps an eye on the network.
pub struct Watch {
    client: Arc<FullClient>,
    network: Arc<dyn NetworkService>,
    keystore: KeystorePtr,
    /// Where nobody but the appointed validators and the reserved nodes of the command line may
    /// connect.
    fence: Option<Fence>,
    metrics: Option<Metrics>,
    /// The validators that may connect now.
    admitted: BTreeSet<String>,
}

impl Watch {
    pub fn new(
        client: Arc<FullClient>,
        network: Arc<dyn NetworkService>,
        keystore: KeystorePtr,
        fence: Option<Fence>,
        registry: Option<&Registry>,
    ) -> Result<Self, PrometheusError> {
        let metrics = registry.map(Metrics::register).transpose()?;
        Ok(Self { client, network, keystore, fence, metrics, admitted: BTreeSet::new() })
    }

    /// Looks for as long as the node runs.
    pub async fn run(mut self) {
        if self.fence.is_some() {
            self.network.deny_unreserved_peers();
        }
        loop {
            if let Err(error) = self.look() {
                warn!(target: "registry", "What the chain says of the network cannot be read: {error}");
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    fn look(&mut self) -> Result<(), sp_api::ApiError> {
        let best = self.client.info().best_hash;
        let api = self.client.runtime_api();
        let network = api.network(best)?;
        let in_set = api
            .authorities(best)?
            .iter()
            .any(|key| self.keystore.has_keys(&[(key.to_raw_vec(), AURA)]));
        self.admit(&network);
        if let Some(metrics) = &self.metrics {
            metrics.show(&network, in_set);
        }
        Ok(())
    }

    /// Makes the appointed validators, and no former ones, the node's reserved peers.
    fn admit(&mut self, network: &Network<AccountId>) {
        let Some(fence) = &self.fence else { return };
        let own = self.network.local_peer_id().to_string();
        let appointed: BTreeSet<String> = network
            .appointed
            .iter()
            .map(|(_, contact)| format!("{}/p2p/{}", contact.address, contact.peer_id))
            .filter(|address| !address.ends_with(&own))
            .collect();
        let parse = |address: &String| address.parse::<MultiaddrWithPeerId>();
        let stays = |peer: &PeerId| {
            fence.reserved.contains(peer)
                || appointed.iter().any(|address| address.ends_with(&peer.to_string()))
        };
        for address in self.admitted.difference(&appointed) {
            let Ok(MultiaddrWithPeerId { peer_id, .. }) = parse(address) else { continue };
            if stays(&peer_id) {
                continue;
            }
            info!(target: "registry", "No validator any more, connections end: {address}");
            self.network.remove_reserved_peer(peer_id);
            // Where there is room, the network keeps it as a peer like any other.
            self.network.disconnect_peer(peer_id, fence.announcements.clone());
        }
        for address in appointed.difference(&self.admitted) {
            match parse(address) {
                Ok(peer) => {
                    info!(target: "registry", "Appointed validator, may connect: {address}");
                    // The address is a hint: it fails where a node is reached another way.
                    if let Err(error) = self.network.add_reserved_peer(peer) {
                        warn!(target: "registry", "{address} cannot be admitted: {error}");
                    }
                }
                Err(error) => warn!(
                    target: "registry",
                    "The chain has a validator with the address {address}, which is none: {error}"
                ),
            }
        }
        self.admitted = appointed;
    }
}
