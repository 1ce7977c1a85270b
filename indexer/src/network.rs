// SPDX-License-Identifier: Apache-2.0
//! The state of the chain at a block: the registry's, and who runs and governs the network.

use registry_client::{
    chain,
    state::State,
    validators::{self, Admission, Departure},
    AccountId32, AtBlock, ClientError, H256,
};
use std::collections::{BTreeMap, BTreeSet};

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
        })
    }
}
