// SPDX-License-Identifier: Apache-2.0
//! What another platform for mitigation outcomes reports, as the chain agrees on it.

pub mod mapping;

use crate::{
    macros::{chain_types, names},
    organisation::MAX_NAME,
    project::{MAX_EXTERNAL_ID, MAX_REGION, MAX_TITLE},
    BlockNumber, Millis, Text, Tonnes,
};
use alloc::vec::Vec;
use bounded_collections::{BoundedVec, ConstU32};
use codec::Encode;

/// Most operators of the bridge.
pub const MAX_OPERATORS: u32 = 100;
/// Longest name of a sector on the platform, in bytes.
pub const MAX_SECTOR: u32 = 64;
/// Most addresses of files that are taken over with a project.
pub const MAX_MATERIALS: u32 = 8;
/// Longest address of a file, in bytes.
pub const MAX_ADDRESS: u32 = 256;
/// Most observations in one report.
pub const MAX_OBSERVATIONS: u32 = 16;
/// Most observations of one operator in one round.
pub const MAX_PER_ROUND: u32 = 256;

/// What the bytes begin with that the hash of an observation is taken of.
pub const OBSERVATION: [u8; 20] = *b"carbon-registry/itmo";
/// What the bytes begin with that an operator signs.
pub const REPORT: [u8; 27] = *b"carbon-registry/itmo-report";

names! {
    /// A platform that is read.
    pub enum Platform {
        /// UNDP's platform for voluntary bilateral cooperation.
        Undp = "undp",
    }
}

names! {
    /// What can happen to a project there that matters here. Each happens once.
    pub enum PlatformEvent {
        /// It was authorised: it is registered here.
        ProjectAuthorised = "project_authorised",
        /// Its final monitoring report is there: credits are issued here.
        MonitoringReported = "monitoring_reported",
    }
}

names! {
    /// Why an operator could not read the platform.
    pub enum ReadFailure {
        /// Its node has no endpoint or no credentials.
        NotConfigured = "not_configured",
        /// There was no answer, or none in time.
        Unreachable = "unreachable",
        /// The credentials were refused.
        Refused = "refused",
        /// The platform asked to be left alone for a while.
        Busy = "busy",
        /// The platform answered with an error.
        ServerError = "server_error",
        /// The answer was longer than what is read.
        TooLong = "too_long",
        /// The answer could not be understood.
        Malformed = "malformed",
    }
}

chain_types! {
    /// One event of one project on one platform: what is settled exactly once.
    #[derive(PartialOrd, Ord)]
    pub struct EventKey {
        /// The platform.
        pub platform: Platform,
        /// The project's identifier there.
        pub project: Text<MAX_EXTERNAL_ID>,
        /// What happened.
        pub event: PlatformEvent,
    }

    /// What the platform says of a project, tidied.
    pub struct PlatformProject {
        /// Its name.
        pub title: Text<MAX_TITLE>,
        /// The company whose project it is.
        pub company: Text<MAX_NAME>,
        /// Its sector, in the platform's words.
        pub sector: Option<Text<MAX_SECTOR>>,
        /// The name of its country.
        pub country: Option<Text<MAX_REGION>>,
        /// When it was created there.
        pub created_at: Millis,
        /// Where the platform has the files of the step that authorised it: `https` or `http`, in
        /// order, each once. What is behind them is not agreed on.
        pub materials: BoundedVec<Text<MAX_ADDRESS>, ConstU32<MAX_MATERIALS>>,
    }

    /// What happened, with all that is needed to act on it.
    pub enum Facts {
        /// A project was authorised.
        ProjectAuthorised(PlatformProject),
        /// The final monitoring report of a project is there.
        MonitoringReported,
    }

    /// What an operator has seen of a project.
    pub struct Observation {
        /// The project's identifier on the platform.
        pub project: Text<MAX_EXTERNAL_ID>,
        /// What happened.
        pub facts: Facts,
    }

    /// How far an operator's reading has come with a report.
    #[derive(Copy)]
    pub enum Progress {
        /// Another report follows.
        Continues,
        /// The platform could not be read for the time being.
        Failed(ReadFailure),
        /// All was read.
        Complete {
            /// Projects that could not be understood.
            unreadable: u32,
            /// Whether there was more than fits into a round.
            more: bool,
        },
    }

    /// What an operator hands in, in parts.
    pub struct Report {
        /// The round.
        pub round: u32,
        /// Counts the operator's reports in the round, from 0.
        pub part: u32,
        /// What it has seen.
        pub observations: BoundedVec<Observation, ConstU32<MAX_OBSERVATIONS>>,
        /// How far it has come.
        pub progress: Progress,
    }

    /// How the bridge works.
    #[derive(Copy)]
    pub struct BridgeSettings {
        /// Tonnes that an imported project is estimated at.
        pub estimate: Tonnes,
        /// Tonnes that are issued for its final monitoring report.
        pub issuance: Tonnes,
        /// Blocks from the start of a round to the start of the next.
        pub interval: BlockNumber,
        /// Blocks in which operators report in a round.
        pub window: BlockNumber,
    }
}

/// Estimate and issuance of the UNDP registry; a round a day, an hour long.
impl Default for BridgeSettings {
    fn default() -> Self {
        Self { estimate: 100, issuance: 10, interval: 28_800, window: 1_200 }
    }
}

impl Facts {
    /// The event that they are about.
    pub const fn event(&self) -> PlatformEvent {
        match self {
            Self::ProjectAuthorised(_) => PlatformEvent::ProjectAuthorised,
            Self::MonitoringReported => PlatformEvent::MonitoringReported,
        }
    }

    /// Whether every text is one.
    pub fn are_valid(&self) -> bool {
        match self {
            Self::ProjectAuthorised(project) => {
                project.title.is_valid()
                    && project.company.is_valid()
                    && project.sector.as_ref().is_none_or(Text::is_valid)
                    && project.country.as_ref().is_none_or(Text::is_valid)
                    && crate::calendar::year_of(project.created_at).is_some()
                    && project.materials.iter().all(is_address)
                    && project.materials.is_sorted_by(|one, next| one < next)
            }
            Self::MonitoringReported => true,
        }
    }
}

/// Whether a text can be followed as a link: what else a page might be made to open is none.
pub fn is_address(text: &Text<MAX_ADDRESS>) -> bool {
    let bytes = text.0.as_slice();
    let rest = bytes.strip_prefix(b"https://").or_else(|| bytes.strip_prefix(b"http://"));
    text.is_valid()
        && rest.is_some_and(|rest| !rest.is_empty())
        && !bytes.iter().any(u8::is_ascii_whitespace)
}

impl Observation {
    /// The event that it is about.
    pub fn key(&self, platform: Platform) -> EventKey {
        EventKey { platform, project: self.project.clone(), event: self.facts.event() }
    }

    /// Whether it can be one.
    pub fn is_valid(&self) -> bool {
        self.project.is_valid() && self.facts.are_valid()
    }

    /// The bytes whose hash is agreed on: the same facts give the same bytes, and others do not.
    pub fn canonical_bytes(&self, platform: Platform) -> Vec<u8> {
        (OBSERVATION, platform, self).encode()
    }
}

impl Report {
    /// What an operator signs: good for one account, one part of one round and one chain.
    pub fn payload(&self, genesis_hash: &impl Encode, operator: &impl Encode) -> Vec<u8> {
        (REPORT, genesis_hash, operator, self).encode()
    }
}

/// How many of so many operators must say the same: two thirds, rounded up.
pub const fn quorum(operators: u32) -> u32 {
    operators.saturating_mul(2).div_ceil(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> PlatformProject {
        PlatformProject {
            title: Text::try_from("Solar mini-grids").unwrap(),
            company: Text::try_from("Île Verte SARL").unwrap(),
            sector: None,
            country: None,
            created_at: crate::calendar::EARLIEST,
            materials: materials(&[]),
        }
    }

    fn materials(addresses: &[&str]) -> BoundedVec<Text<MAX_ADDRESS>, ConstU32<MAX_MATERIALS>> {
        let addresses = addresses.iter().map(|each| Text::try_from(*each).unwrap());
        addresses.collect::<Vec<_>>().try_into().unwrap()
    }

    fn observation(facts: Facts) -> Observation {
        Observation { project: Text::try_from("p-1001").unwrap(), facts }
    }

    #[test]
    fn a_quorum_is_two_thirds_rounded_up() {
        let quorums = [0, 1, 2, 3, 4, 5, 6, 7, 100].map(quorum);
        assert_eq!(quorums, [0, 1, 2, 2, 3, 4, 4, 5, 67]);
    }

    #[test]
    fn different_facts_have_different_bytes() {
        let bytes = |facts| observation(facts).canonical_bytes(Platform::Undp);
        let first = bytes(Facts::ProjectAuthorised(project()));
        assert_eq!(first, bytes(Facts::ProjectAuthorised(project())));
        assert!(first.starts_with(&OBSERVATION));
        let others = [
            PlatformProject { title: Text::try_from("Solar").unwrap(), ..project() },
            PlatformProject { company: Text::try_from("Ile Verte SARL").unwrap(), ..project() },
            PlatformProject { sector: Some(Text::try_from("other").unwrap()), ..project() },
            PlatformProject { country: Some(Text::try_from("other").unwrap()), ..project() },
            PlatformProject { created_at: crate::calendar::EARLIEST + 1, ..project() },
            PlatformProject { materials: materials(&["https://a.example/dd"]), ..project() },
        ];
        for other in others {
            assert_ne!(first, bytes(Facts::ProjectAuthorised(other)));
        }
        assert_ne!(first, bytes(Facts::MonitoringReported));
    }

    #[test]
    fn materials_are_addresses_in_order_each_once() {
        let valid = |addresses: &[&str]| {
            let materials = materials(addresses);
            Facts::ProjectAuthorised(PlatformProject { materials, ..project() }).are_valid()
        };
        assert!(valid(&[]) && valid(&["http://a.example", "https://a.example/é.pdf"]));
        assert!(!valid(&["https://b.example", "https://a.example"]));
        assert!(!valid(&["https://a.example", "https://a.example"]));
        for address in
            ["javascript:alert(1)", "ftp://a.example", "https://", "", "https://a.example/ b"]
        {
            assert!(!valid(&[address]), "{address}");
        }
    }

    #[test]
    fn a_text_that_deceives_is_no_fact() {
        assert!(observation(Facts::ProjectAuthorised(project())).is_valid());
        let title = Text::try_from("invoice\u{202e}fdp").unwrap();
        assert!(!Facts::ProjectAuthorised(PlatformProject { title, ..project() }).are_valid());
        let created_at = crate::calendar::EARLIEST - 1;
        assert!(!Facts::ProjectAuthorised(PlatformProject { created_at, ..project() }).are_valid());
        let unnamed = Observation { project: Text::default(), facts: Facts::MonitoringReported };
        assert!(!unnamed.is_valid());
    }
}
