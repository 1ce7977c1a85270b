// SPDX-License-Identifier: Apache-2.0
//! The calls as commands: one for each, with its flags.

mod credits;
mod organisations;
mod projects;

use crate::{arguments::How, failure::BadArguments, values::from_json};
use anyhow::Result;
use clap::{Args, Subcommand};
use credits::{Issue, Retire, Transfer};
use organisations::{AddMember, CreateOrganisation, ReactivateOrganisation, SuspendOrganisation};
use projects::{
    AuthoriseProject, RegisterProject, RejectProject, ReportMonitoring, ReviewDocument,
    SubmitDocument, ValidateProject, VerifyMonitoring,
};
use registry_client::Call;
use std::path::PathBuf;

/// A call and how it is signed.
#[derive(Args)]
pub struct Signed<A: Args> {
    #[command(flatten)]
    call: A,
    #[command(flatten)]
    how: How,
}

/// Arguments that stand for a call.
pub trait IntoCall {
    fn into_call(self) -> Result<Call>;
}

impl<A: Args + IntoCall> Signed<A> {
    /// The call, and how it is signed.
    pub fn read(self) -> Result<(Call, How)> {
        Ok((self.call.into_call().map_err(BadArguments)?, self.how))
    }
}

/// Declares the calls of a group: each with its arguments and the call that they stand for.
macro_rules! calls {
    ($group:ident { $($(#[$attribute:meta])* $variant:ident($arguments:ident),)* }) => {
        #[derive(Subcommand)]
        pub enum $group {
            $($(#[$attribute])* $variant(Box<Signed<$arguments>>),)*
        }

        impl $group {
            /// The call, and how it is signed.
            pub fn read(self) -> Result<(Call, How)> {
                match self {
                    $(Self::$variant(signed) => signed.read(),)*
                }
            }
        }
    };
}

calls! {
    OrganisationCommand {
        /// Create an organisation with its first Admin
        Create(CreateOrganisation),
        /// Suspend an organisation
        Suspend(SuspendOrganisation),
        /// Lift the suspension of an organisation
        Reactivate(ReactivateOrganisation),
    }
}

calls! {
    MemberCommand {
        /// Add a member to an organisation
        Add(AddMember),
    }
}

calls! {
    ProjectCommand {
        /// Register a project, given as JSON
        Register(RegisterProject),
        /// Validate a project and accept its validation report (assigned certifier)
        Validate(ValidateProject),
        /// Authorise a project (Government)
        Authorise(AuthoriseProject),
        /// Reject a project, finally (Government)
        Reject(RejectProject),
    }
}

calls! {
    DocumentCommand {
        /// Submit a document by its hash
        Submit(SubmitDocument),
        /// Accept or reject a document (assigned certifier)
        Review(ReviewDocument),
    }
}

calls! {
    MonitoringCommand {
        /// Report a monitoring period, given as JSON
        Report(ReportMonitoring),
        /// Verify a monitoring period (assigned certifier)
        Verify(VerifyMonitoring),
    }
}

calls! {
    CreditsCommand {
        /// Issue the credits of a verified monitoring period (Government)
        Issue(Issue),
        /// Transfer credits to another organisation
        Transfer(Transfer),
        /// Retire credits for good
        Retire(Retire),
    }
}

#[derive(Args)]
pub struct AnyCall {
    /// The call as JSON
    #[arg(long)]
    file: PathBuf,
}

impl IntoCall for AnyCall {
    fn into_call(self) -> Result<Call> {
        from_json(&self.file)
    }
}
