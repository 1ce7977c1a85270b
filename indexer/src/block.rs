// SPDX-License-Identifier: Apache-2.0
//! One finalised block as plain values: everything that is needed to index it.

use crate::{
    error::IndexerError,
    event::{Event, Reader, Unreadable},
};
use chrono::{DateTime, Utc};
use codec::Decode;
use registry_client::{chain, AccountId32, Config, Refused, H256};
use std::collections::BTreeMap;
use subxt::{
    client::{ClientAtBlock, OfflineClientAtBlockT},
    config::substrate::SubstrateHeader,
    error::DispatchError,
    events::{Events, Phase},
    extrinsics::Extrinsics,
    utils::MultiAddress,
};

/// A finalised block.
#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    pub height: u32,
    pub hash: H256,
    pub parent: H256,
    /// The version of the runtime that made it.
    pub spec_version: u32,
    pub time: DateTime<Utc>,
    /// In order.
    pub extrinsics: Vec<Extrinsic>,
    /// The events of the registry's pallets, in order.
    pub events: Vec<BlockEvent>,
}

/// An extrinsic of a block.
#[derive(Clone, PartialEq, Debug)]
pub struct Extrinsic {
    pub hash: H256,
    /// `None` for what the block's author put in, such as the time.
    pub signer: Option<AccountId32>,
    pub pallet: String,
    pub name: String,
    /// Why it failed.
    pub failure: Option<Refused>,
}

/// An event of a block.
#[derive(Clone, PartialEq, Debug)]
pub struct BlockEvent {
    /// Its place among all events of the block.
    pub index: u32,
    /// The extrinsic that caused it.
    pub extrinsic: Option<u32>,
    pub event: Event,
}

impl Block {
    /// Decodes what a node answers for a block, as the runtime that made it wrote it.
    pub fn decode<C: OfflineClientAtBlockT<Config>>(
        at: &ClientAtBlock<Config, C>,
        hash: H256,
        header: &SubstrateHeader<H256>,
        extrinsics: &Extrinsics<'_, Config, C>,
        events: &Events<Config>,
    ) -> Result<Self, IndexerError> {
        let height =
            u32::try_from(header.number).map_err(|_| IndexerError::OutOfRange(header.number))?;
        let (events, mut failures) = decode_events(height, &Reader::of(at), events)?;
        let mut time = None;
        let mut decoded = Vec::with_capacity(extrinsics.len());
        for (extrinsic, index) in extrinsics.iter().zip(0..) {
            let extrinsic = extrinsic.map_err(|error| IndexerError::undecodable(height, error))?;
            let set = extrinsic.decode_call_data_fields_as::<chain::timestamp::calls::Set>();
            if let Some(set) = set {
                time = Some(set.map_err(|error| IndexerError::undecodable(height, error))?.now);
            }
            let signer = extrinsic.address_bytes().map(account).transpose();
            decoded.push(Extrinsic {
                hash: extrinsic.hash(),
                signer: signer.map_err(|reason| IndexerError::undecodable(height, reason))?,
                pallet: extrinsic.pallet_name().to_owned(),
                name: extrinsic.call_name().to_owned(),
                failure: failures.remove(&index),
            });
        }
        let millis =
            time.ok_or_else(|| IndexerError::undecodable(height, "it does not say its time"))?;
        Ok(Self {
            height,
            hash,
            parent: header.parent_hash,
            spec_version: at.spec_version(),
            time: instant(millis)?,
            extrinsics: decoded,
            events,
        })
    }
}

/// Time on the chain as a point in time.
pub fn instant(millis: u64) -> Result<DateTime<Utc>, IndexerError> {
    i64::try_from(millis)
        .ok()
        .and_then(DateTime::from_timestamp_millis)
        .ok_or(IndexerError::OutOfRange(millis))
}

fn account(bytes: &[u8]) -> Result<AccountId32, String> {
    match MultiAddress::<AccountId32, ()>::decode(&mut &*bytes) {
        Ok(MultiAddress::Id(account)) => Ok(account),
        Ok(MultiAddress::Address32(bytes)) => Ok(AccountId32(bytes)),
        Ok(other) => Err(format!("the signer {other:?} is not an account")),
        Err(error) => Err(format!("a signer: {error}")),
    }
}

type Failures = BTreeMap<u32, Refused>;

/// The registry's events, and why extrinsics failed, by their index.
fn decode_events(
    height: u32,
    reader: &Reader<'_>,
    events: &Events<Config>,
) -> Result<(Vec<BlockEvent>, Failures), IndexerError> {
    let mut decoded = Vec::new();
    let mut failures = Failures::new();
    for event in events.iter() {
        let event = event.map_err(|error| IndexerError::undecodable(height, error))?;
        let extrinsic = match event.phase() {
            Phase::ApplyExtrinsic(index) => Some(index),
            Phase::Initialization | Phase::Finalization => None,
        };
        let failed = event.is::<chain::system::events::ExtrinsicFailed>();
        if let Some(extrinsic) = extrinsic.filter(|_| failed) {
            let error = DispatchError::decode_from(event.field_bytes(), reader.metadata())
                .map_err(|error| IndexerError::undecodable(height, error))?;
            failures.insert(extrinsic, Refused::from_dispatch(&error));
        }
        let found = Event::read(&event, reader).map_err(|unreadable| match unreadable {
            Unreadable::Undecodable(error) => IndexerError::undecodable(height, error),
            Unreadable::Unknown => IndexerError::UnknownEvent {
                height,
                pallet: event.pallet_name().to_owned(),
                name: event.event_name().to_owned(),
            },
        })?;
        if let Some(found) = found {
            decoded.push(BlockEvent { index: event.index(), extrinsic, event: found });
        }
    }
    Ok((decoded, failures))
}

#[cfg(test)]
mod tests;
