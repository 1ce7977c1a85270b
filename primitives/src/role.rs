// SPDX-License-Identifier: Apache-2.0
//! Roles of organisations and of their members.

use crate::macros::names;

names! {
    /// What an organisation is in the registry.
    pub enum OrganisationRole {
        /// The designated national authority; exactly one.
        Government = "government",
        /// A ministry; acts only on projects within its sectoral scopes.
        Ministry = "ministry",
        /// A project developer: owns projects and credits.
        ProjectDeveloper = "project_developer",
        /// An independent validator and verifier.
        Certifier = "certifier",
        /// A measurement, reporting and verification system.
        Api = "api",
    }
}

names! {
    /// What a member may do for its organisation.
    pub enum MemberRole {
        /// The first officer of the Government, set at genesis; exactly one.
        Root = "root",
        /// Manages the organisation and acts for it.
        Admin = "admin",
        /// Acts for the organisation.
        Manager = "manager",
        /// Reads what the organisation may read, and signs nothing.
        ViewOnly = "view_only",
    }
}
