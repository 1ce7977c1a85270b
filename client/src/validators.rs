// SPDX-License-Identifier: Apache-2.0
//! The validators as the chain has them: who is appointed, how each is reached, who makes blocks.

use crate::{chain, views::ask, AccountId32, AtBlock, ClientError};
use codec::Decode;
use registry_primitives::{organisation::MAX_REASON, BlockNumber, OrganisationId, Text};
use serde::Serialize;

/// How the others reach a validator's node.
#[derive(Decode, Serialize, Clone, PartialEq, Eq, Debug)]
pub struct Contact {
    /// Name of whoever runs the node.
    pub operator: Text<64>,
    /// The node's network identity.
    pub peer_id: Text<64>,
    /// Its address as a multiaddr without the identity.
    pub address: Text<128>,
}

/// The admission record of an appointed validator.
#[derive(Decode, Serialize, Clone, PartialEq, Eq, Debug)]
pub struct Admission {
    /// The organisation that answers for it.
    pub organisation: OrganisationId,
    /// How its node is reached.
    pub contact: Contact,
    /// The block in which it was appointed; 0 at genesis.
    pub since: BlockNumber,
    /// Set when it was caught signing contradictory votes, until the council clears it.
    pub flag: Option<Flag>,
}

/// Why the council must look at a validator.
#[derive(Decode, Serialize, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flag {
    /// The session in which it voted twice, for the first time since it was cleared.
    pub session: u32,
    /// The block in which that was reported.
    pub reported: BlockNumber,
    /// How many reports there are of it.
    pub reports: u32,
}

/// A validator that is one no more.
#[derive(Decode, Serialize, Clone, PartialEq, Eq, Debug)]
pub struct Departure {
    /// The account.
    pub account: AccountId32,
    /// What was known of it.
    pub admission: Admission,
    /// The council's reason.
    pub reason: Text<MAX_REASON>,
    /// The block in which it was removed.
    pub at: BlockNumber,
}

/// The appointed validators, in the order of their appointment.
pub async fn appointed(at: &AtBlock) -> Result<Vec<(AccountId32, Admission)>, ClientError> {
    ask(at, "Validators", "validators", ()).await
}

/// All who were removed, the first first.
pub async fn departures(at: &AtBlock) -> Result<Vec<Departure>, ClientError> {
    /// As many as the runtime gives at once.
    const PAGE: u32 = 100;
    let mut all: Vec<Departure> = Vec::new();
    loop {
        let from = u32::try_from(all.len()).unwrap_or(u32::MAX).saturating_add(1);
        let page: Vec<_> = ask(at, "Validators", "departures", (from, PAGE)).await?;
        let last = page.len() < PAGE as usize;
        all.extend(page);
        if last {
            return Ok(all);
        }
    }
}

/// Who made how many blocks in a session that is remembered.
pub async fn authored(at: &AtBlock, session: u32) -> Result<Vec<(AccountId32, u32)>, ClientError> {
    ask(at, "Validators", "authored", (session,)).await
}

/// The session that runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Session {
    /// Its number.
    pub index: u32,
    /// Who makes its blocks.
    pub validators: Vec<AccountId32>,
    /// Those who may not, by their place among the validators.
    pub disabled: Vec<u32>,
    /// The keys that sign its blocks, in the order of the slots.
    pub aura: Vec<[u8; 32]>,
}

/// Session keys of a validator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionKeys {
    /// Signs blocks.
    pub aura: [u8; 32],
    /// Signs finality votes.
    pub grandpa: [u8; 32],
}

impl SessionKeys {
    /// As the runtime encodes them.
    pub fn encoded(&self) -> Vec<u8> {
        [self.aura, self.grandpa].concat()
    }
}

/// Reads a value from the state, or its default.
macro_rules! read {
    ($at:expr, $address:expr, $key:expr) => {{
        let value = $at.storage().try_fetch($address, $key).await.map_err(subxt::Error::from)?;
        let value = value.map(|value| value.decode()).transpose();
        value.map_err(|error| ClientError::Invalid(error.to_string()))?
    }};
}

/// The session that runs at a block.
pub async fn session(at: &AtBlock) -> Result<Session, ClientError> {
    let of = chain::storage().session();
    let disabled = read!(at, of.disabled_validators(), ()).unwrap_or_default();
    let aura = read!(at, chain::storage().aura().authorities(), ()).unwrap_or_default();
    Ok(Session {
        index: read!(at, of.current_index(), ()).unwrap_or_default(),
        validators: read!(at, of.validators(), ()).unwrap_or_default(),
        disabled: disabled.into_iter().map(|(place, _)| place).collect(),
        aura: aura.into_iter().map(|key| key.0).collect(),
    })
}

/// The session keys that an account has set.
pub async fn session_keys(
    at: &AtBlock,
    account: &AccountId32,
) -> Result<Option<SessionKeys>, ClientError> {
    let keys = read!(at, chain::storage().session().next_keys(), (*account,));
    Ok(keys.map(|keys| SessionKeys { aura: keys.aura.0, grandpa: keys.grandpa.0 }))
}
