// SPDX-License-Identifier: Apache-2.0
//! The state of the chain at a block: the registry's, and who runs and governs the network.

use registry_client::{
    chain::{self, runtime_types::pallet_itmo_bridge::types as bridge_types},
    state::State,
    validators::{self, Admission, Departure},
    AccountId32, AtBlock, ClientError, H256,
};
use registry_primitives::{
    itmo::{BridgeSettings, EventKey, ReadFailure},
    ContentHash,
};
use std::collections::{BTreeMap, BTreeSet};
use subxt::utils::Static;

/// Everything that the tables are made from.
pub struct ChainState {
    pub registry: State,
    pub network: Network,
}

/// Who runs the network, and who decides about it.
#[derive(Default)]
pub struct Network {
    /// The version of the runtime that made the block.
    pub spec_version: u32,
    /// In the order of their appointment.
    pub validators: Vec<(AccountId32, Admission)>,
    /// The first first.
    pub departures: Vec<Departure>,
    /// The fewest validators there may be.
    pub minimum: u32,
    /// Contradictory votes that were ever reported.
    pub equivocations: u32,
    /// In the order of their accounts.
    pub council: Vec<AccountId32>,
    /// Those that are open, by the hash of their call.
    pub motions: BTreeMap<H256, Motion>,
    /// Calls that nobody can make: pallet and call.
    pub paused: BTreeSet<(String, String)>,
    /// The last block of the safe mode, if it is in force.
    pub safe_mode: Option<u32>,
    /// The bridge to the ITMO platform.
    pub bridge: Bridge,
}

/// The bridge to the ITMO platform.
#[derive(Default)]
pub struct Bridge {
    /// In the order in which they were listed.
    pub operators: Vec<Operator>,
    /// How it works.
    pub settings: BridgeSettings,
    /// Why no rounds are held, if none are.
    pub paused: Option<String>,
    /// The number of the last round.
    pub last_round: u32,
    /// What is decided.
    pub settled: BTreeMap<EventKey, bridge_types::Settlement>,
    /// All cases, by their numbers.
    pub cases: BTreeMap<u32, bridge_types::Case<AccountId32>>,
    /// The organisation of each company.
    pub companies: BTreeMap<String, u32>,
}

/// A validator that reads the platform, and what is known of its work.
pub struct Operator {
    pub account: AccountId32,
    pub key: H256,
    pub record: Option<bridge_types::OperatorRecord>,
}

/// A motion that the council votes on.
pub struct Motion {
    pub number: u32,
    pub threshold: u32,
    pub ayes: Vec<AccountId32>,
    pub nays: Vec<AccountId32>,
}

/// Reads a value, if it is there.
macro_rules! value {
    ($at:expr, $address:expr) => {{
        let value = $at.storage().try_fetch($address, ()).await.map_err(subxt::Error::from)?;
        let value = value.map(|value| value.decode()).transpose();
        value.map_err(|error| ClientError::Invalid(error.to_string()))?
    }};
}

/// Reads every entry of a map: key and value, converted.
macro_rules! entries {
    ($at:expr, $address:expr, |$key:pat_param, $value:pat_param| $entry:expr) => {{
        let storage = $at.storage();
        let mut entries = storage.iter($address, ()).await.map_err(subxt::Error::from)?;
        let mut all = Vec::new();
        while let Some(entry) = entries.next().await {
            let entry = entry.map_err(subxt::Error::from)?;
            let invalid = |error: &dyn std::fmt::Display| ClientError::Invalid(error.to_string());
            let $key = entry.key().and_then(|key| key.decode()).map_err(|error| invalid(&error))?;
            let $value = entry.value().decode().map_err(|error| invalid(&error))?;
            all.push($entry);
        }
        all.into_iter().collect()
    }};
}

impl ChainState {
    /// Reads the state at a block.
    pub async fn read(at: &AtBlock) -> Result<Self, ClientError> {
        Ok(Self { registry: State::read(at).await?, network: Network::read(at).await? })
    }
}

impl Network {
    async fn read(at: &AtBlock) -> Result<Self, ClientError> {
        let storage = chain::storage();
        let (council, validators) = (storage.registry_council(), storage.validators());
        let made_by = value!(at, storage.system().last_runtime_upgrade());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Self {
            // Missing only at a genesis that was made by hand.
            spec_version: made_by.map_or(at.spec_version(), |version| version.spec_version),
            validators: validators::appointed(at).await?,
            departures: validators::departures(at).await?,
            minimum: value!(at, validators.minimum()).unwrap_or_default(),
            equivocations: value!(at, validators.equivocations()).unwrap_or_default(),
            council: value!(at, council.members()).unwrap_or_default(),
            motions: entries!(at, council.voting(), |(hash,), votes| {
                let motion = Motion {
                    number: votes.index,
                    threshold: votes.threshold,
                    ayes: votes.ayes,
                    nays: votes.nays,
                };
                (hash, motion)
            }),
            paused: entries!(at, storage.tx_pause().paused_calls(), |((pallet, call),), ()| {
                let (pallet, call): (Vec<u8>, Vec<u8>) = (pallet, call);
                (text(&pallet), text(&call))
            }),
            safe_mode: value!(at, storage.safe_mode().entered_until()),
            bridge: Bridge::read(at).await?,
        })
    }
}

impl Bridge {
    async fn read(at: &AtBlock) -> Result<Self, ClientError> {
        let bridge = chain::storage().itmo_bridge();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut records: BTreeMap<[u8; 32], _> =
            entries!(at, bridge.records(), |(account,), record| {
                let account: AccountId32 = account;
                (account.0, record)
            });
        let listed = value!(at, bridge.operators()).unwrap_or_default();
        let operators = listed.into_iter().map(|operator| Operator {
            record: records.remove(&operator.account.0),
            key: H256(operator.key.0),
            account: operator.account,
        });
        Ok(Self {
            operators: operators.collect(),
            settings: value!(at, bridge.settings())
                .map(|settings: Static<BridgeSettings>| settings.0)
                .unwrap_or_default(),
            paused: value!(at, bridge.paused()).map(|reason| text(&reason.0)),
            last_round: value!(at, bridge.last_round()).unwrap_or_default(),
            settled: entries!(at, bridge.settled(), |(key,), settlement| {
                let key: Static<EventKey> = key;
                (key.0, settlement)
            }),
            cases: entries!(at, bridge.cases(), |(number,), case| (number, case)),
            companies: entries!(at, bridge.companies(), |(company,), organisation| {
                let company: chain::runtime_types::registry_primitives::text::Text = company;
                (text(&company.0), organisation)
            }),
        })
    }
}

impl Operator {
    /// The last round in which it has read all, and the block in which it did.
    pub fn last(&self) -> Option<(u32, u32)> {
        let record = self.record.as_ref().filter(|record| record.last_round > 0)?;
        Some((record.last_round, record.last_at))
    }

    /// Why it could not read the platform, since it last could.
    pub fn failure(&self) -> Option<ReadFailure> {
        self.record.as_ref()?.failure.as_ref().map(|failure| failure.0)
    }
}

/// The hash that was agreed on.
pub fn evidence(settlement: &bridge_types::Settlement) -> Option<ContentHash> {
    settlement.hash.as_ref().map(|hash| hash.0)
}
