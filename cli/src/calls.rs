// SPDX-License-Identifier: Apache-2.0
//! The calls as commands: one for each, with its flags.

mod approvals;
mod bridge;
mod calculator;
mod credits;
mod governance;
mod monitoring;
mod organisations;
mod projects;
mod retirements;

pub use governance::code_hash;
pub use organisations::Description;

use crate::{arguments::How, failure::BadArguments, values::from_json};
use anyhow::{bail, Result};
use approvals::*;
use bridge::*;
use calculator::*;
use clap::{Args, Subcommand};
use credits::*;
use governance::*;
use monitoring::*;
use organisations::*;
use projects::*;
use registry_client::Call;
use registry_primitives::Action;
use retirements::*;
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
        let Self { call, how } = self;
        let call = call.into_call().and_then(|call| match (how.propose, &how.motion) {
            (true, _) => proposed(call),
            (_, Some(reason)) => moved(call, reason),
            _ => Ok(call),
        });
        Ok((call.map_err(BadArguments)?, how))
    }
}

/// The proposal of a call, if others can be asked to agree to it.
fn proposed(call: Call) -> Result<Call> {
    match &call {
        Call::Propose { .. } => bail!("the call is a proposal already: leave --propose out"),
        Call::Approve { .. } | Call::Withdraw { .. } => {
            bail!("nobody else has to agree to this: leave --propose out")
        }
        other if other.action().and_then(Action::class).is_none() => {
            bail!("one officer is always enough for this: leave --propose out")
        }
        _ => Ok(Call::Propose { call: Box::new(call) }),
    }
}

/// A motion that the council makes a call. How many must agree is asked of the chain.
fn moved(call: Call, reason: &str) -> Result<Call> {
    match call {
        Call::ProposeMotion { .. } | Call::VoteOnMotion { .. } | Call::CloseMotion { .. } => {
            bail!("members of the council do this themselves: leave --motion out")
        }
        call => Ok(Call::ProposeMotion {
            threshold: TWO_THIRDS,
            call: Box::new(call),
            reason: reason.to_owned(),
        }),
    }
}

/// Stands for two thirds of the council until its size is known.
pub const TWO_THIRDS: u32 = 0;

/// Declares arguments that are the fields of a call; `= …` says how a field is read from them.
macro_rules! arguments {
    ($($name:ident => $call:ident {
        $($(#[$attribute:meta])* $field:ident: $type:ty $(= $value:expr)?,)*
    })*) => {$(
        #[derive(clap::Args)]
        pub struct $name {
            $($(#[$attribute])* $field: $type,)*
        }

        impl $crate::calls::IntoCall for $name {
            fn into_call(self) -> anyhow::Result<Call> {
                let Self { $($field),* } = self;
                $($(let $field = $value;)?)*
                Ok(Call::$call { $($field),* })
            }
        }
    )*};
}
use arguments;

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
        /// Create an organisation with its first Admin (Government)
        Create(CreateOrganisation),
        /// Approve an application that its future Admin signed by `registry apply` (Government)
        ApproveApplication(ApproveApplication),
        /// Change name, tax identifier, country and scopes (Government)
        Change(ChangeOrganisation),
        /// Change the hash of the off-chain profile
        UpdateProfile(UpdateProfile),
        /// Suspend an organisation (Government)
        Suspend(SuspendOrganisation),
        /// Lift the suspension of an organisation (Government)
        Reactivate(ReactivateOrganisation),
    }
}

calls! {
    MemberCommand {
        /// Add a member to an organisation
        Add(AddMember),
        /// Remove a member from its organisation
        Remove(RemoveMember),
        /// Change the role of a member
        ChangeRole(ChangeMemberRole),
        /// Replace the key of a member, also one's own
        ReplaceKey(ReplaceKey),
    }
}

calls! {
    ProjectCommand {
        /// Register a project, given as JSON
        Register(RegisterProject),
        /// Take a project back before it is authorised, finally (proponent)
        Withdraw(WithdrawProject),
        /// Validate a project and accept its validation report (assigned certifier)
        Validate(ValidateProject),
        /// Authorise a project (Government, ministry)
        Authorise(AuthoriseProject),
        /// Reject a project, finally (Government, ministry)
        Reject(RejectProject),
        /// Change the Article 6 terms, while nothing is first transferred (Government, ministry)
        ChangeTerms(ChangeTerms),
        /// Stop an authorised project for the time being (Government, ministry)
        Suspend(SuspendProject),
        /// Lift the suspension of a project (Government, ministry)
        Resume(ResumeProject),
        /// End an authorised project, finally (Government, ministry)
        Complete(CompleteProject),
        /// Propose who shall own the future issuances (proponent)
        ProposeProponents(ProposeProponents),
        /// Consent to the proponents proposed (everybody with a share, now or then)
        ConsentToProponents(ConsentToProponents),
        /// Withdraw the proponents proposed (everybody with a share, now or then)
        WithdrawProponents(WithdrawProponents),
        /// Assign certifiers in place of those before (Government, ministry)
        AssignCertifiers(AssignCertifiers),
        /// Certify a project (assigned certifier)
        Certify(CertifyProject),
        /// Revoke a certification (the certifier, Government, ministry)
        RevokeCertification(RevokeCertification),
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
        /// Send a monitoring report back (assigned certifier)
        Return(ReturnMonitoring),
        /// Refuse credits for a verified period (Government, ministry)
        RefuseIssuance(RefuseIssuance),
    }
}

calls! {
    CreditsCommand {
        /// Issue the credits of a verified monitoring period (Government, ministry)
        Issue(Issue),
        /// Transfer credits to another organisation
        Transfer(Transfer),
        /// Ask another organisation for credits (receiver, Government)
        RequestTransfer(RequestTransfer),
        /// Transfer what was requested (sender)
        ApproveTransfer(ApproveTransfer),
        /// Say no to a requested transfer (sender)
        RejectTransfer(RejectTransfer),
        /// Take a request for a transfer back (who asked)
        CancelTransferRequest(CancelTransferRequest),
        /// Retire credits for good
        Retire(Retire),
        /// Ask for the recognition of a retirement for use in another country
        RequestRetirement(RequestRetirement),
        /// Recognise an international retirement, less the deductions (Government, ministry)
        RecogniseRetirement(RecogniseRetirement),
        /// Refuse an international retirement (Government, ministry)
        RefuseRetirement(RefuseRetirement),
        /// Take a request for an international retirement back (owner)
        CancelRetirementRequest(CancelRetirementRequest),
        /// Retire credits for the NDC, by legal action or otherwise (Government)
        RetireForTheState(RetireForTheState),
        /// Cancel credits: nobody used them (Government)
        Cancel(Cancel),
        /// Put credits on hold (Government)
        Hold(Hold),
        /// Release credits from hold (Government)
        Release(Release),
        /// Release credits from the buffer to a proponent (Government)
        ReleaseBuffer(ReleaseBuffer),
        /// Pause all transfers and retirements of the country (Government)
        Pause(PauseTransfers),
        /// Resume transfers and retirements (Government)
        Resume(ResumeTransfers),
    }
}

calls! {
    ProposalCommand {
        /// Approve a proposal of another officer; the last approval makes the call
        Approve(Approve),
        /// Take one's own proposal back
        Withdraw(Withdraw),
    }
}

calls! {
    SettingsCommand {
        /// Set how many officers must agree to the acts of a class (Government)
        Threshold(SetThreshold),
        /// Set what is deducted from international retirements (Government)
        Deductions(SetDeductions),
        /// Put new constants of the calculator in force (Government)
        Constants(SetConstants),
    }
}

calls! {
    CouncilCommand {
        /// Vote for or against a motion (council)
        Vote(Vote),
        /// Close a motion that was voted on; it is carried out if enough agree (council)
        Close(CloseMotion),
        /// Replace the members of the council (--motion)
        SetMembers(SetCouncil),
    }
}

calls! {
    ValidatorCommand {
        /// Appoint a validator that has set its session keys (--motion)
        Add(AddValidator),
        /// Remove a validator (--motion)
        Remove(RemoveValidator),
        /// Clear the flag of a validator that signed contradictory votes (--motion)
        ClearFlag(ClearFlag),
        /// Set the fewest validators there may be (--motion)
        SetMinimum(SetMinimum),
        /// Say how one's own node is reached (validator)
        ChangeContact(ChangeContact),
        /// Set one's session keys, with the proof that they are one's own (operator)
        SetKeys(SetSessionKeys),
    }
}

calls! {
    EmergencyCommand {
        /// Let nobody make a call (--motion)
        Pause(PauseCall),
        /// Let everybody make it again (--motion)
        Unpause(UnpauseCall),
        /// Stop everything but consensus and the council for a day (--motion)
        Stop(EnterSafeMode),
        /// Keep it stopped for a day more (--motion)
        Extend(ExtendSafeMode),
        /// Let everything go on (--motion)
        Resume(ExitSafeMode),
    }
}

calls! {
    BridgeCommand {
        /// Have the ITMO platform read now (Government)
        RequestRound(RequestRound),
        /// Try a case again that was agreed on and refused (Government)
        RetryCase(RetryCase),
        /// Close a case so that it is never acted on (Government)
        DismissCase(DismissCase),
        /// Say which organisation a company of the platform is (Government)
        LinkCompany(LinkCompany),
        /// Hold no rounds (Government)
        Pause(PauseBridge),
        /// Hold rounds again (Government)
        Resume(ResumeBridge),
        /// Change the settings of the bridge (Government)
        ChangeSettings(ChangeBridge),
        /// List a validator as an operator (--motion)
        AddOperator(AddOperator),
        /// Take an operator off the list (--motion)
        RemoveOperator(RemoveOperator),
    }
}

calls! {
    UpgradeCommand {
        /// Publish the hash of the next runtime (--motion)
        Authorise(AuthoriseUpgrade),
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
