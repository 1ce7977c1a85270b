// SPDX-License-Identifier: Apache-2.0
//! What events of the bridge to the ITMO platform are made of.

use super::plain::{Plain, Reader};
use registry_client::{
    chain::runtime_types::pallet_itmo_bridge::{key::sr25519::Public, types},
    AccountId32, Refused, H256,
};
use registry_primitives::{itmo::Facts, ContentHash};
use serde::Serialize;

/// An operator's observation, by its hash.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Vote {
    pub operator: AccountId32,
    pub hash: ContentHash,
}

/// Why there is a case.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    Disagreement(Vec<Vote>),
    TooFew(Vec<Vote>),
    Refused { facts: Facts, hash: ContentHash, error: Refused },
}

/// How a case ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Closure {
    Agreed,
    Retried,
    Dismissed,
}

impl Plain for Public {
    type Out = H256;
    fn plain(self, _: &Reader<'_>) -> H256 {
        H256(self.0)
    }
}

impl Plain for types::Vote<AccountId32> {
    type Out = Vote;
    fn plain(self, _: &Reader<'_>) -> Vote {
        Vote { operator: self.operator, hash: self.hash.0 }
    }
}

impl Plain for types::Cause<AccountId32> {
    type Out = Cause;
    fn plain(self, reader: &Reader<'_>) -> Cause {
        match self {
            Self::Disagreement(votes) => Cause::Disagreement(votes.plain(reader)),
            Self::TooFew(votes) => Cause::TooFew(votes.plain(reader)),
            Self::Refused { facts, hash, error } => {
                let error = reader.refused(&error);
                Cause::Refused { facts: facts.0, hash: hash.0, error }
            }
            // Carries the generated type's parameter, and is nothing that can be decoded.
            Self::__Ignore(_) => unreachable!("a cause is one of the others"),
        }
    }
}

impl Plain for types::Closure {
    type Out = Closure;
    fn plain(self, _: &Reader<'_>) -> Closure {
        match self {
            Self::Agreed => Closure::Agreed,
            Self::Retried => Closure::Retried,
            Self::Dismissed => Closure::Dismissed,
        }
    }
}
