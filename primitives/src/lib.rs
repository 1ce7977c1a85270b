// SPDX-License-Identifier: Apache-2.0
//! The language of the registry, shared by the chain and by every client of it.
//!
//! Nothing here does input or output. Amounts are whole tonnes of CO2 equivalent ([`Tonnes`]),
//! shares are parts per million ([`Ppm`]), times are milliseconds UTC ([`Millis`]).

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

pub mod acting;
pub mod approval;
pub mod calendar;
pub mod country;
pub mod credit;
pub mod hash;
pub mod invariants;
pub mod itmo;
mod macros;
pub mod organisation;
pub mod permission;
pub mod project;
pub mod role;
pub mod sector;
pub mod serial;
pub mod shares;
pub mod text;

pub use acting::{Actor, MayAct, Officers, Refusal};
pub use calendar::Millis;
pub use country::CountryCode;
pub use hash::ContentHash;
pub use permission::{Action, ActionClass, Reach};
pub use role::{MemberRole, OrganisationRole};
pub use sector::{Gas, MitigationType, Sector, SectoralScope};
pub use serial::{Serial, SerialRange};
pub use shares::Ppm;
pub use text::Text;

/// Whole tonnes of CO2 equivalent. One credit is one tonne.
pub type Tonnes = u64;
/// A number drawn from the national counter; 1 is the first.
pub type SerialNumber = u64;
/// Number of an organisation; 1 is the Government.
pub type OrganisationId = u32;
/// Number of a project, counted nationally from 1.
pub type ProjectId = u32;
/// Number of a document within its project, from 1.
pub type DocumentId = u32;
/// Number of a monitoring period within its project, from 1.
pub type PeriodId = u32;
/// Number of a retirement, counted nationally from 1: the number on its certificate.
pub type RetirementId = u64;
/// Number of a cancellation, counted nationally from 1.
pub type CancellationId = u64;
/// Number of a request, for a transfer or for an international retirement, counted nationally from 1.
pub type RequestId = u64;
/// Number of a proposal that waits for approvals, counted nationally from 1.
pub type ProposalId = u32;
/// Number of a version of the calculator's constants, from 1.
pub type ConstantsVersion = u32;
/// The calendar year in which a tonne was reduced or removed.
pub type Vintage = u16;
/// Height of a block of the chain.
pub type BlockNumber = u32;

/// The most tonnes that the registry counts, and the last serial number that it can draw: 2^53 - 1,
/// the largest whole number that every reader of JSON and every database takes without loss.
pub const MAX_TONNES: Tonnes = (1 << 53) - 1;

/// The Government's organisation number: the designated national authority, made at genesis.
pub const GOVERNMENT: OrganisationId = 1;
