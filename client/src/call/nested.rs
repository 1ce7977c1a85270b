// SPDX-License-Identifier: Apache-2.0
//! Calls that carry another: proposals among officers, and motions of the council.

use super::{snake, text, Call, Plain};
use crate::{chain, ClientError};
use codec::{Compact, Decode, Encode};
use serde::Deserialize;
use subxt::{
    client::{ClientAtBlock, OfflineClientAtBlockT},
    ext::scale_decode::DecodeAsType,
};

/// What officers of one organisation agree on.
pub const PROPOSE: (&str, &str) = ("approvals", "propose");
/// What the council agrees on: always `governance.enact`.
pub const MOTION: (&str, &str) = ("registry_council", "propose");
/// What every motion proposes.
const ENACT: (&str, &str) = ("governance", "enact");

/// The two bytes that stand for a call's name.
fn indices<C: subxt::Config, Client: OfflineClientAtBlockT<C>>(
    (pallet, name): (&str, &str),
    at: &ClientAtBlock<C, Client>,
) -> Result<Vec<u8>, ClientError> {
    let missing = || ClientError::Invalid(format!("the chain has no call {pallet}.{name}"));
    let metadata = at.metadata_ref();
    let found = metadata.pallets().find(|each| snake(each.name()) == pallet).ok_or_else(missing)?;
    let index = found.call_variant_by_name(name).ok_or_else(missing)?.index;
    Ok(vec![found.call_index(), index])
}

/// A proposal: its own name, then the call as it is.
pub fn propose<C: subxt::Config, Client: OfflineClientAtBlockT<C>>(
    call: &Call,
    at: &ClientAtBlock<C, Client>,
) -> Result<Vec<u8>, ClientError> {
    Ok([indices(PROPOSE, at)?, call.encode(at)?].concat())
}

/// A motion that the council enacts a call.
pub fn motion<C: subxt::Config, Client: OfflineClientAtBlockT<C>>(
    threshold: u32,
    call: &Call,
    reason: &str,
    at: &ClientAtBlock<C, Client>,
) -> Result<Vec<u8>, ClientError> {
    let enact = [indices(ENACT, at)?, call.encode(at)?, reason.encode()].concat();
    let length = u32::try_from(enact.len())
        .map_err(|_| ClientError::Invalid("the call is too long for a motion".into()))?;
    Ok([indices(MOTION, at)?, Compact(threshold).encode(), enact, Compact(length).encode()]
        .concat())
}

/// Reads a proposal, without its name.
pub fn read_proposal<C: subxt::Config, Client: OfflineClientAtBlockT<C>>(
    bytes: &[u8],
    at: &ClientAtBlock<C, Client>,
) -> Option<Call> {
    Some(Call::Propose { call: Box::new(Call::read(bytes, at, true)?) })
}

/// Reads a motion, without its name; none that proposes anything but to enact.
pub fn read_motion<C: subxt::Config, Client: OfflineClientAtBlockT<C>>(
    bytes: &[u8],
    at: &ClientAtBlock<C, Client>,
) -> Option<Call> {
    let mut rest = bytes;
    let Compact(threshold) = Compact::<u32>::decode(&mut rest).ok()?;
    let (call, reason) = read_enact(rest, at)?;
    Some(Call::ProposeMotion { threshold, call: Box::new(call), reason })
}

/// Reads what a motion proposes: the call and the reason, of `governance.enact` with its name.
pub fn read_enact<C: subxt::Config, Client: OfflineClientAtBlockT<C>>(
    bytes: &[u8],
    at: &ClientAtBlock<C, Client>,
) -> Option<(Call, String)> {
    let mut rest = bytes.strip_prefix(indices(ENACT, at).ok()?.as_slice())?;
    let start = rest;
    // Where the call ends, the chain's own types tell.
    let metadata = at.metadata_ref();
    let any = metadata.outer_enums().call_enum_ty();
    chain::Call::decode_as_type(&mut rest, any, metadata.types()).ok()?;
    let (call, _) = start.split_at(start.len() - rest.len());
    let call = Call::read(call, at, true)?;
    let reason = String::decode(&mut rest).ok()?;
    Some((call, text(reason).plain()))
}

pub fn proposal_from_json(args: serde_json::Value) -> Result<Call, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Args {
        call: Box<Call>,
    }
    let Args { call } = serde_json::from_value(args)
        .map_err(|error| format!("arguments of approvals.propose: {error}"))?;
    Ok(Call::Propose { call })
}

pub fn motion_from_json(args: serde_json::Value) -> Result<Call, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Args {
        threshold: u32,
        call: Box<Call>,
        reason: String,
    }
    let Args { threshold, call, reason } = serde_json::from_value(args)
        .map_err(|error| format!("arguments of registry_council.propose: {error}"))?;
    Ok(Call::ProposeMotion { threshold, call, reason })
}
