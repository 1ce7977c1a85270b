// SPDX-License-Identifier: Apache-2.0
//! The parts of the service, and how each works.

use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// A part of the service.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
// Credits have parts and transactions have reasons too; the API's description has one of each name.
#[schema(as = ServicePart)]
pub enum Part {
    /// The node behind the portal.
    Node,
    /// What writes final blocks to the database.
    Indexer,
    /// The database, as readers are answered from it.
    Database,
    /// The private tables.
    Directory,
    /// What turns events into mails and deliveries.
    Courier,
    /// Mail that waits to be sent.
    Mail,
    /// Deliveries to programs that wait to be made.
    Webhooks,
    /// The store of files.
    Files,
}

impl Part {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Node,
        Self::Indexer,
        Self::Database,
        Self::Directory,
        Self::Courier,
        Self::Mail,
        Self::Webhooks,
        Self::Files,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Indexer => "indexer",
            Self::Database => "database",
            Self::Directory => "directory",
            Self::Courier => "courier",
            Self::Mail => "mail",
            Self::Webhooks => "webhooks",
            Self::Files => "files",
        }
    }

    /// The part of a name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.as_str() == name)
    }
}

/// How a part works, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// As it should.
    Works,
    /// It answers, but late or with what is old.
    Degraded,
    /// It does not answer.
    Down,
    /// Nobody measured it, or nobody could.
    Unknown,
}

impl Condition {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Degraded => "degraded",
            Self::Down => "down",
            Self::Unknown => "unknown",
        }
    }

    /// What minutes of which some were measured come to: the worst.
    pub fn of(measured: i64, degraded: i64, down: i64) -> Self {
        match (measured, degraded, down) {
            (0, ..) => Self::Unknown,
            (_, _, 1..) => Self::Down,
            (_, 1.., _) => Self::Degraded,
            _ => Self::Works,
        }
    }
}

/// Why a part does not work as it should.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PartReason)]
pub enum Reason {
    /// It does not answer.
    Unreachable,
    /// It has not been asked yet.
    NotAsked,
    /// The chain has finalised nothing for long.
    NotFinal,
    /// The node catches up with the network.
    Syncing,
    /// The node is connected to no other.
    Alone,
    /// It is behind what it follows.
    Behind,
    /// It is behind, and has not moved for long.
    StandsStill,
    /// It answers slowly.
    Slow,
    /// Its tables are not there.
    NoTables,
    /// What it depends on is not there to compare it with.
    CannotBeTold,
}

/// What was measured of a part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// The part.
    pub part: Part,
    /// How it works.
    pub condition: Condition,
    /// Why it does not work as it should.
    pub reason: Option<Reason>,
    /// How far behind it is, in seconds, if that means something.
    pub lag: Option<i64>,
    /// How long it took to answer, if it was asked something.
    pub latency: Option<Duration>,
}

impl Reading {
    /// A part that works.
    pub fn works(part: Part) -> Self {
        Self { part, condition: Condition::Works, reason: None, lag: None, latency: None }
    }

    /// A part that does not.
    pub fn fails(part: Part, condition: Condition, reason: Reason) -> Self {
        Self { condition, reason: Some(reason), ..Self::works(part) }
    }

    /// The same, with how far behind it is.
    pub fn behind(self, lag: Option<i64>) -> Self {
        Self { lag, ..self }
    }

    /// The same, with how long it took; one that took too long does not work as it should.
    pub fn after(self, latency: Duration, slow: Duration) -> Self {
        let timed = Self { latency: Some(latency), ..self };
        match timed.condition {
            Condition::Works if latency > slow => {
                Self { condition: Condition::Degraded, reason: Some(Reason::Slow), ..timed }
            }
            _ => timed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_come_to_the_worst_of_them_and_none_to_nothing() {
        assert_eq!(Condition::of(0, 0, 0), Condition::Unknown);
        assert_eq!(Condition::of(60, 0, 0), Condition::Works);
        assert_eq!(Condition::of(60, 1, 0), Condition::Degraded);
        assert_eq!(Condition::of(60, 1, 1), Condition::Down);
        assert!(Condition::Works < Condition::Degraded && Condition::Degraded < Condition::Down);
    }

    #[test]
    fn a_slow_answer_is_worse_than_a_quick_one_and_better_than_none() {
        let second = Duration::from_secs(1);
        let works = Reading::works(Part::Database);
        assert_eq!(works.clone().after(second, second).condition, Condition::Works);
        let slow = works.after(2 * second, second);
        assert_eq!((slow.condition, slow.reason), (Condition::Degraded, Some(Reason::Slow)));
        let down = Reading::fails(Part::Database, Condition::Down, Reason::Unreachable);
        assert_eq!(down.after(5 * second, second).reason, Some(Reason::Unreachable));
    }

    #[test]
    fn names_are_those_of_the_api() {
        for part in Part::ALL {
            assert_eq!(serde_json::to_value(part).unwrap(), part.as_str());
            assert_eq!(Part::find(part.as_str()), Some(part));
        }
        use Condition::*;
        for condition in [Works, Degraded, Down, Unknown] {
            assert_eq!(serde_json::to_value(condition).unwrap(), condition.as_str());
        }
    }
}
