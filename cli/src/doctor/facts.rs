// SPDX-License-Identifier: Apache-2.0
//! Everything that the judgement needs, asked of the machine and of the node.

use super::machine::{self, Disk, Listener, TimeService};
use crate::{
    arguments::Doctor,
    ceremony::raw::{self, Hashes, RawSpec},
    failure::BadArguments,
};
use anyhow::Result;
use registry_client::{
    node::{self, Head, Unsafe},
    payload,
    validators::{self, Admission, Session, SessionKeys},
    AccountId32, ClientError, Registry, H256,
};
use std::time::Duration;

/// What was found out.
pub struct Facts {
    /// Sockets that listen on this machine; none if the node is on another one.
    pub listeners: Option<Vec<Listener>>,
    pub rpc_port: u16,
    pub p2p_port: u16,
    pub time_service: Option<TimeService>,
    /// The room where the data lies, if it was asked for.
    pub disk: Option<Result<Disk, String>>,
    pub spec: Option<Spec>,
    /// What the node says, or why it says nothing.
    pub node: Result<Node, String>,
}

/// The specification's file.
pub struct Spec {
    pub file: Hashes,
    /// The hash that it must have, if that was given.
    pub expected: Option<H256>,
    pub genesis: H256,
}

/// What the node says.
pub struct Node {
    pub genesis: H256,
    pub peer_id: String,
    pub program: String,
    pub runtime: u32,
    /// The version of the runtime that this program was built for.
    pub known_runtime: u32,
    pub peers: usize,
    pub should_have_peers: bool,
    pub is_syncing: bool,
    pub best: u64,
    pub last_final: u64,
    /// How old the best block is, in milliseconds, by the clock here.
    pub age: i64,
    /// Whether it answers methods that are for its own machine only.
    pub unsafe_methods: bool,
    /// Blocks of others that arrived while watching.
    pub heads: Vec<Head>,
    /// How many blocks of its own arrived.
    pub own_heads: usize,
    pub session: Session,
    pub validator: Option<Validator>,
}

/// What the chain and the node know of the validator.
pub struct Validator {
    pub account: AccountId32,
    pub keys: Option<SessionKeys>,
    /// Whether the node holds these keys.
    pub held: Option<Unsafe<bool>>,
    /// Its admission record, or why the chain does not say.
    pub admission: Result<Option<Admission>, String>,
    /// Who made how many blocks in the session that runs.
    pub authored: Result<Vec<(AccountId32, u32)>, String>,
}

/// Gathers the facts. Only arguments that cannot be used are an error.
pub async fn gather(arguments: &Doctor, url: &str) -> Result<Facts> {
    let (host, rpc_port) = machine::host_and_port(url).ok_or_else(|| {
        BadArguments::because(format!("{url:?} is not an address such as ws://127.0.0.1:9944"))
    })?;
    let spec = arguments.spec.as_ref().map(|path| {
        let spec = RawSpec::parse(&raw::read(path)?)
            .map_err(|error| BadArguments(error.context(path.display().to_string())))?;
        let genesis = spec.genesis_hash();
        Ok::<_, anyhow::Error>(Spec { file: spec.file, expected: arguments.hash, genesis })
    });
    let spec = spec.transpose()?;
    let node = match Registry::connect(url).await {
        Ok(registry) => ask(arguments, &registry).await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    Ok(Facts {
        listeners: machine::is_this(&host).then(machine::listeners).flatten(),
        rpc_port,
        p2p_port: arguments.p2p_port,
        time_service: machine::time_service(),
        disk: arguments.base_path.as_deref().map(machine::disk),
        spec,
        node,
    })
}

async fn ask(arguments: &Doctor, registry: &Registry) -> Result<Node, ClientError> {
    eprintln!("watching blocks arrive for {} seconds", arguments.watch);
    let seen = node::watch(registry, Duration::from_secs(arguments.watch)).await?;
    let health = node::health(registry).await?;
    let (program, runtime) = node::versions(registry).await?;
    let (best, last_final) = node::heights(registry).await?;
    let age = signed(node::now()).saturating_sub(signed(node::time_of_best(registry).await?));
    // Any key will do: what is asked is whether the node answers.
    let unsafe_methods = node::has_key(registry, "aura", &[0; 32]).await? != Unsafe::Refused;
    let at = registry.at_finalised().await?;
    let session = validators::session(&at).await?;
    let validator = match arguments.account {
        Some(account) => {
            let keys = validators::session_keys(&at, &account).await?;
            let held = match &keys {
                Some(keys) => Some(node::has_session_keys(registry, &keys.encoded()).await?),
                None => None,
            };
            let appointed = validators::appointed(&at).await.map_err(|error| error.to_string());
            let admission = appointed.map(|all| {
                let own = all.into_iter().find(|(appointed, _)| *appointed == account);
                own.map(|(_, admission)| admission)
            });
            let authored = validators::authored(&at, session.index).await;
            let authored = authored.map_err(|error| error.to_string());
            Some(Validator { account, keys, held, admission, authored })
        }
        None => None,
    };
    let own = validator.as_ref().and_then(|validator| validator.keys).map(|keys| keys.aura);
    let (own_heads, heads) = seen.into_iter().partition::<Vec<_>, _>(|head| {
        // With one validator every block is its own.
        session.aura.len() == 1 || (own.is_some() && author(head, &session.aura) == own)
    });
    let known_runtime = payload::offline(registry.genesis_hash())?.spec_version();
    Ok(Node {
        genesis: registry.genesis_hash(),
        peer_id: node::peer_id(registry).await?,
        program,
        runtime,
        known_runtime,
        peers: health.peers,
        should_have_peers: health.should_have_peers,
        is_syncing: health.is_syncing,
        best,
        last_final,
        age,
        unsafe_methods,
        heads,
        own_heads: own_heads.len(),
        session,
        validator,
    })
}

/// The key whose turn it was to make a block.
fn author(head: &Head, authorities: &[[u8; 32]]) -> Option<[u8; 32]> {
    let count = u64::try_from(authorities.len()).ok()?;
    let place = head.slot?.checked_rem(count)?;
    authorities.get(usize::try_from(place).ok()?).copied()
}

/// Milliseconds that can be subtracted.
pub fn signed(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slot_says_whose_block_it_is() {
        let keys = [[1; 32], [2; 32], [3; 32]];
        let head = |slot| Head { number: 1, slot, time: 0, seen: 0 };
        assert_eq!(author(&head(Some(7)), &keys), Some([2; 32]));
        assert_eq!(author(&head(None), &keys), None);
        assert_eq!(author(&head(Some(7)), &[]), None);
    }
}
