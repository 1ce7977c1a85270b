// SPDX-License-Identifier: Apache-2.0
//! Whether what is shown is old, and why.

use crate::{
    answers::AsOf,
    i18n::Language,
    node::{Node, State},
};
use chrono::{DateTime, Utc};

/// Blocks that the indexer may be behind before it is said.
pub const MAX_LAG: i64 = 10;
/// Seconds after which data is old.
pub const MAX_AGE: i64 = 60;

/// What a reader must know about the age of the data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Concern {
    /// The node does not answer; nobody knows what has happened since.
    NodeUnreachable,
    /// The indexer is this many blocks behind the node.
    Lagging(i64),
    /// The chain itself has not finalised a block for long.
    Old,
}

/// How many blocks the indexer is behind the node, if the node answers.
pub fn lag(as_of: &AsOf, node: &State) -> Option<i64> {
    match node {
        State::Reachable { finalised } => Some((finalised - as_of.block).max(0)),
        State::Unknown | State::Unreachable { .. } => None,
    }
}

/// Age of the data in seconds.
pub fn age(as_of: &AsOf, now: DateTime<Utc>) -> i64 {
    (now - as_of.time.0).num_seconds().max(0)
}

/// The first thing that is wrong, if anything is.
pub fn concern(as_of: &AsOf, node: &State, now: DateTime<Utc>) -> Option<Concern> {
    if matches!(node, State::Unreachable { .. }) {
        return Some(Concern::NodeUnreachable);
    }
    match lag(as_of, node) {
        Some(lag) if lag > MAX_LAG => Some(Concern::Lagging(lag)),
        _ if age(as_of, now) > MAX_AGE => Some(Concern::Old),
        _ => None,
    }
}

/// The sentence of the banner, if there is anything to say.
pub fn banner(language: Language, as_of: &AsOf, node: &Node) -> Option<String> {
    let now = Utc::now();
    let age = language.duration(age(as_of, now));
    Some(match concern(as_of, &node.state(), now)? {
        Concern::NodeUnreachable => language.fill("banner.node_unreachable", &[("age", age)]),
        Concern::Lagging(lag) => {
            let blocks = language.count("banner.blocks", lag);
            language.fill("banner.lagging", &[("blocks", blocks), ("age", age)])
        }
        Concern::Old => language.fill("banner.old", &[("age", age)]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Time;
    use chrono::TimeDelta;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }

    fn data(block: i64, seconds_old: i64) -> AsOf {
        let time = Time(now() - TimeDelta::seconds(seconds_old));
        AsOf { block, hash: "0x00".into(), time }
    }

    #[test]
    fn fresh_data_needs_no_words() {
        let node = State::Reachable { finalised: 110 };
        assert_eq!(concern(&data(100, 60), &node, now()), None);
        assert_eq!(concern(&data(100, 5), &State::Unknown, now()), None);
    }

    #[test]
    fn each_way_to_be_old_is_told_apart() {
        let reachable = |finalised| State::Reachable { finalised };
        assert_eq!(concern(&data(100, 5), &reachable(111), now()), Some(Concern::Lagging(11)));
        assert_eq!(concern(&data(100, 61), &reachable(100), now()), Some(Concern::Old));
        assert_eq!(concern(&data(100, 61), &State::Unknown, now()), Some(Concern::Old));
        let unreachable = State::Unreachable { since: now() };
        assert_eq!(concern(&data(100, 5), &unreachable, now()), Some(Concern::NodeUnreachable));
    }

    #[test]
    fn an_indexer_ahead_of_the_node_or_the_clock_is_not_behind() {
        assert_eq!(lag(&data(100, 0), &State::Reachable { finalised: 90 }), Some(0));
        assert_eq!(age(&data(100, -30), now()), 0);
    }
}
