// SPDX-License-Identifier: Apache-2.0
//! Organisations and members as the chain keeps them.
//!
//! Only what the law makes public; names and addresses of persons are never on the chain.

use crate::{
    macros::{chain_types, names},
    role::{MemberRole, OrganisationRole},
    sector::SectoralScopes,
    ContentHash, CountryCode, Millis, OrganisationId, Text,
};
use alloc::vec::Vec;
use codec::Encode;

/// Longest name of an organisation, in bytes.
pub const MAX_NAME: u32 = 128;
/// Longest tax identifier, in bytes.
pub const MAX_TAX_ID: u32 = 64;
/// Longest public reason, in bytes.
pub const MAX_REASON: u32 = 256;

/// What an application to be registered begins with, so that a signature of one is a signature of
/// nothing else.
pub const APPLICATION: [u8; 27] = *b"carbon-registry/application";

/// What an applicant signs to be registered, with the key that will be the first Admin's: SCALE of
/// [`APPLICATION`], the hash of the chain's first block, the role and the details.
pub fn application_payload(
    genesis_hash: &impl Encode,
    role: OrganisationRole,
    details: &OrganisationDetails,
) -> Vec<u8> {
    (APPLICATION, genesis_hash, role, details).encode()
}

names! {
    /// Whether an organisation may act.
    pub enum OrganisationStatus {
        /// It may act.
        Active = "active",
        /// Nothing of its own may be created, moved or retired.
        Suspended = "suspended",
    }
}

chain_types! {
    /// What is given to create an organisation.
    pub struct OrganisationDetails {
        /// Legal name.
        pub name: Text<MAX_NAME>,
        /// Tax identifier, unique in the registry.
        pub tax_id: Text<MAX_TAX_ID>,
        /// Country of its seat.
        pub country: CountryCode,
        /// The scopes that a ministry is competent for; empty for all others.
        pub sectoral_scopes: SectoralScopes,
        /// Hash of the off-chain profile.
        pub profile: ContentHash,
    }

    /// An organisation.
    pub struct Organisation {
        /// What it is in the registry.
        pub role: OrganisationRole,
        /// Who it is.
        pub details: OrganisationDetails,
        /// Whether it may act.
        pub status: OrganisationStatus,
        /// How often it was suspended. What a certifier certified before its last suspension is
        /// revoked by it.
        pub suspensions: u32,
        /// When it was created.
        pub created_at: Millis,
    }

    /// A member: an account with a role in one organisation.
    pub struct Member {
        /// The organisation.
        pub organisation: OrganisationId,
        /// The role in it.
        pub role: MemberRole,
    }
}
