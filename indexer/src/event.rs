// SPDX-License-Identifier: Apache-2.0
//! The events of the registry's pallets, as plain values and as JSON.

mod bridge;
mod plain;
mod subjects;

pub use bridge::{Cause, Closure, Vote};
pub use plain::{CallName, Contact, ProposedCall, Reader};
pub use subjects::Subject;

use credit_calculator::Constants;
use plain::Plain;
use registry_client::{chain, AccountId32, Config, Refused, H256};
use registry_primitives::{
    credit::{
        BlockStatus, Cancellation, Deductions, RetirementDetails, RetirementRequest,
        TransferRequest,
    },
    itmo::{BridgeSettings, EventKey, Facts, ReadFailure},
    organisation::OrganisationDetails,
    project::{
        Article6Terms, DocumentKind, DocumentStatus, MonitoringReport, ProjectRegistration,
        Proponent, VintageTonnes,
    },
    Action, ActionClass, ContentHash, MemberRole, OrganisationRole, SerialRange,
};
use serde::Serialize;
use subxt::error::EventsError;

/// Why an event could not be read.
#[derive(Debug)]
pub enum Unreadable {
    /// A pallet of ours, and an event that did not exist when this indexer was built.
    Unknown,
    Undecodable(Box<EventsError>),
}

/// Pallets whose events say nothing about the registry that is not told otherwise. Every other event
/// must be known, also one of a pallet that a later runtime adds.
pub const FOREIGN: &[&str] =
    &["System", "Balances", "Offences", "Historical", "Session", "Grandpa", "Migrations"];

/// The event, as in the metadata.
macro_rules! named {
    ($ours:ident) => {
        stringify!($ours)
    };
    ($ours:ident $theirs:ident) => {
        stringify!($theirs)
    };
}

/// The generated type of an event, taken apart.
macro_rules! fields {
    ($module:ident [$($field:ident),*] $ours:ident) => {
        chain::$module::events::$ours { $($field),* }
    };
    ($module:ident [$($field:ident),*] $ours:ident $theirs:ident) => {
        chain::$module::events::$theirs { $($field),* }
    };
}

/// Writes the enum and its decoding once. A field that the committed metadata has and this list
/// lacks does not compile.
///
/// Two pallets can have events of one name: `Ours as Theirs`.
macro_rules! events {
    ($($pallet:ident in $module:ident {
        $($name:ident $(as $theirs:ident)? { $($field:ident: $type:ty),* $(,)? })*
    })*) => {
        // The names are the chain's.
        #[allow(clippy::enum_variant_names)]
        #[derive(Clone, PartialEq, Debug, Serialize)]
        #[serde(untagged)]
        pub enum Event {
            $($($name { $($field: $type),* },)*)*
        }

        impl Event {
            /// Pallets and events that can be read.
            #[cfg(test)]
            pub const KNOWN: &[(&str, &str)] =
                &[$($((stringify!($pallet), named!($name $($theirs)?)),)*)*];

            /// The pallet, as in the metadata.
            pub fn pallet(&self) -> &'static str {
                match self {
                    $($(Self::$name { .. } => stringify!($pallet),)*)*
                }
            }

            /// The event: as in the metadata, where no other pallet has one of this name.
            pub fn name(&self) -> &'static str {
                match self {
                    $($(Self::$name { .. } => stringify!($name),)*)*
                }
            }

            /// Decodes an event; `None` if it is of a pallet that says nothing about the registry.
            pub fn read(
                event: &subxt::events::Event<'_, Config>,
                reader: &Reader<'_>,
            ) -> Result<Option<Self>, Unreadable> {
                match (event.pallet_name(), event.event_name()) {
                    $($((stringify!($pallet), named!($name $($theirs)?)) => {
                        let fields!($module [$($field),*] $name $($theirs)?) = event
                            .decode_fields_unchecked_as()
                            .map_err(|error| Unreadable::Undecodable(Box::new(error)))?;
                        Ok(Some(Self::$name { $($field: From::from($field.plain(reader))),* }))
                    })*)*
                    (pallet, _) if FOREIGN.contains(&pallet) => Ok(None),
                    _ => Err(Unreadable::Unknown),
                }
            }
        }
    };
}

events! {
    Organisations in organisations {
        OrganisationCreated {
            id: u32,
            role: OrganisationRole,
            details: OrganisationDetails,
            first_admin: AccountId32,
            application: Option<ContentHash>,
            by: AccountId32,
        }
        OrganisationSuspended { id: u32, reason: String, by: AccountId32 }
        OrganisationReactivated { id: u32, by: AccountId32 }
        MemberAdded { organisation: u32, account: AccountId32, role: MemberRole, by: AccountId32 }
        MemberRemoved { organisation: u32, account: AccountId32, by: AccountId32 }
        MemberRoleChanged {
            organisation: u32,
            account: AccountId32,
            role: MemberRole,
            by: AccountId32,
        }
        KeyReplaced {
            organisation: u32,
            old: AccountId32,
            new: AccountId32,
            by: Option<AccountId32>,
        }
        ProfileUpdated { id: u32, profile: ContentHash, by: AccountId32 }
        OrganisationChanged { id: u32, details: OrganisationDetails, by: AccountId32 }
        OrganisationImported { id: u32, role: OrganisationRole, details: OrganisationDetails }
    }
    Approvals in approvals {
        Proposed {
            id: u32,
            organisation: u32,
            action: Action,
            call: ProposedCall,
            by: AccountId32,
            required: u32,
            expires_at: u32,
        }
        Approved { id: u32, by: AccountId32, valid: u32, required: u32 }
        ApprovalLapsed { id: u32, officer: AccountId32 }
        Executed { id: u32, officers: Vec<AccountId32>, result: Result<(), Refused> }
        Withdrawn { id: u32, by: AccountId32 }
        Expired { id: u32 }
        ThresholdSet { class: ActionClass, officers: u32, by: AccountId32 }
    }
    Projects in projects {
        ProjectRegistered { id: u32, registration: ProjectRegistration, by: AccountId32 }
        DocumentSubmitted {
            project: u32,
            document: u32,
            kind: DocumentKind,
            hash: ContentHash,
            size: u64,
            version: u32,
            uploader: u32,
            by: AccountId32,
        }
        DocumentReviewed {
            project: u32,
            document: u32,
            status: DocumentStatus,
            remark: Option<ContentHash>,
            reviewer: u32,
            by: AccountId32,
        }
        ProjectReturned { id: u32 }
        ProjectResubmitted { id: u32 }
        ProjectValidated { id: u32, estimate: u64, certifier: u32, by: AccountId32 }
        ProjectAuthorised {
            id: u32,
            quantity: u64,
            article6: Option<Article6Terms>,
            buffer_rate: u32,
            by: AccountId32,
        }
        ProjectRejected { id: u32, reason: String, by: AccountId32 }
        ProjectWithdrawn { id: u32, reason: String, by: AccountId32 }
        ProjectSuspended { id: u32, reason: String, by: AccountId32 }
        ProjectResumed { id: u32, by: AccountId32 }
        ProjectCompleted { id: u32, reason: Option<String>, by: AccountId32 }
        TermsChanged { project: u32, article6: Option<Article6Terms>, by: AccountId32 }
        ProponentsProposed {
            project: u32,
            number: u32,
            proponents: Vec<Proponent>,
            by: AccountId32,
        }
        ProponentsConsented { project: u32, number: u32, organisation: u32, by: AccountId32 }
        ProponentsChanged { project: u32, proponents: Vec<Proponent> }
        ProponentsChangeWithdrawn {
            project: u32,
            number: u32,
            organisation: u32,
            by: AccountId32,
        }
        CertifiersAssigned { project: u32, certifiers: Vec<u32>, by: AccountId32 }
        ProjectCertified { project: u32, certifier: u32, by: AccountId32 }
        CertificationRevoked { project: u32, certifier: u32, reason: String, by: AccountId32 }
        MonitoringReported { project: u32, period: u32, report: MonitoringReport, by: AccountId32 }
        MonitoringReportVerified {
            project: u32,
            period: u32,
            verified: Vec<VintageTonnes>,
            verification: ContentHash,
            verifier: u32,
            by: AccountId32,
        }
        MonitoringReportReturned {
            project: u32,
            period: u32,
            remark: ContentHash,
            verifier: u32,
            by: AccountId32,
        }
        MonitoringPeriodIssued { project: u32, period: u32, quantity: u64 }
        IssuanceRefused { project: u32, period: u32, reason: String, by: AccountId32 }
        ProjectImported { id: u32, registration: ProjectRegistration }
        MonitoringImported { project: u32, period: u32, report: MonitoringReport }
    }
    Credits in credits {
        CreditsIssued {
            project: u32,
            period: u32,
            vintage: u16,
            owner: u32,
            range: SerialRange,
            status: BlockStatus,
            first_transferred: bool,
        }
        BlockSplit { rest: SerialRange, taken: SerialRange }
        CreditsFirstTransferred { blocks: Vec<SerialRange>, quantity: u64 }
        CreditsTransferred {
            from: u32,
            to: u32,
            blocks: Vec<SerialRange>,
            quantity: u64,
            reference: Option<String>,
            request: Option<u64>,
            by: AccountId32,
        }
        TransferRequested { id: u64, request: TransferRequest, by: AccountId32 }
        TransferRejected { id: u64, reason: String, by: AccountId32 }
        TransferRequestCancelled { id: u64, by: Option<AccountId32> }
        CreditsRetired {
            id: u64,
            owner: u32,
            details: RetirementDetails,
            blocks: Vec<SerialRange>,
            quantity: u64,
            by: AccountId32,
        }
        RetirementRequested { id: u64, request: RetirementRequest, by: AccountId32 }
        RetirementRecognised { request: u64, retirement: u64, by: AccountId32 }
        RetirementRefused { id: u64, reason: String, by: AccountId32 }
        RetirementRequestCancelled { id: u64, by: Option<AccountId32> }
        CreditsCancelled { id: u64, cancellation: Cancellation, by: AccountId32 }
        CreditsHeld { blocks: Vec<SerialRange>, quantity: u64, reason: String, by: AccountId32 }
        CreditsReleased { blocks: Vec<SerialRange>, quantity: u64, by: Option<AccountId32> }
        BufferReleased { to: u32, blocks: Vec<SerialRange>, quantity: u64, by: AccountId32 }
        TransfersPaused { reason: String, by: AccountId32 }
        TransfersResumed { by: AccountId32 }
        DeductionsSet { deductions: Deductions, by: AccountId32 }
    }
    Calculator in calculator {
        ConstantsSet { version: u32, constants: Box<Constants>, reason: String, by: AccountId32 }
    }
    ItmoBridge in itmo_bridge {
        OperatorAdded { account: AccountId32, key: H256 }
        OperatorRemoved { account: AccountId32, reason: String }
        RoundRequested { by: AccountId32 }
        RoundOpened { round: u32, closes_at: u32, operators: Vec<AccountId32> }
        ReadingFailed { round: u32, operator: AccountId32, failure: ReadFailure }
        ReadingCompleted {
            round: u32,
            operator: AccountId32,
            observations: u32,
            unreadable: u32,
            more: bool,
        }
        EventAgreed {
            round: u32,
            key: EventKey,
            facts: Facts,
            hash: ContentHash,
            observed: Vec<Vote>,
        }
        ObservationContradicted {
            round: u32,
            operator: AccountId32,
            key: EventKey,
            hash: ContentHash,
        }
        CompanyLinked {
            company: String,
            organisation: u32,
            created: bool,
            by: Option<AccountId32>,
        }
        ProjectTakenOver {
            key: EventKey,
            project: u32,
            organisation: u32,
            unknown_sector: Option<String>,
        }
        IssuanceWaits { key: EventKey }
        IssuanceTakenOver { key: EventKey, project: u32 }
        CaseOpened { case: u32, key: EventKey, round: u32, cause: Cause }
        CaseClosed {
            case: u32,
            key: EventKey,
            closure: Closure,
            by: Option<AccountId32>,
            reason: Option<String>,
        }
        RoundClosed { round: u32, complete: u32, silent: Vec<AccountId32>, next: u32 }
        BridgePaused { reason: String, by: AccountId32 }
        BridgeResumed { by: AccountId32 }
        BridgeSettingsChanged { settings: BridgeSettings, by: AccountId32 }
    }
    Validators in validators {
        ValidatorAdded { account: AccountId32, organisation: u32, contact: Contact }
        ValidatorRemoved { account: AccountId32, departure: u32, reason: String }
        ContactChanged { account: AccountId32, contact: Contact }
        ValidatorFlagged { account: AccountId32, session: u32, disabled: bool }
        FormerValidatorEquivocated { account: AccountId32, session: u32 }
        FlagCleared { account: AccountId32, reason: String }
        MinimumSet { minimum: u32 }
    }
    Governance in governance {
        Enacted { call: H256, reason: String }
        CouncilSet { members: Vec<AccountId32> }
    }
    RegistryCouncil in registry_council {
        MotionProposed as Proposed {
            account: AccountId32,
            proposal_index: u32,
            proposal_hash: H256,
            threshold: u32,
        }
        MotionVoted as Voted {
            account: AccountId32,
            proposal_hash: H256,
            voted: bool,
            yes: u32,
            no: u32,
        }
        MotionApproved as Approved { proposal_hash: H256 }
        MotionDisapproved as Disapproved { proposal_hash: H256 }
        MotionExecuted as Executed { proposal_hash: H256, result: Result<(), Refused> }
        MotionMadeByMember as MemberExecuted { proposal_hash: H256, result: Result<(), Refused> }
        MotionClosed as Closed { proposal_hash: H256, yes: u32, no: u32 }
        MotionKilled as Killed { proposal_hash: H256 }
        MotionCostBurned as ProposalCostBurned { proposal_hash: H256, who: AccountId32 }
        MotionCostReleased as ProposalCostReleased { proposal_hash: H256, who: AccountId32 }
    }
    TxPause in tx_pause {
        CallPaused { full_name: CallName }
        CallUnpaused { full_name: CallName }
    }
    SafeMode in safe_mode {
        SafeModeEntered as Entered { until: u32 }
        SafeModeExtended as Extended { until: u32 }
        SafeModeExited as Exited { reason: String }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_its_fields_as_json() {
        let account = AccountId32([1; 32]);
        let event = Event::CreditsTransferred {
            from: 3,
            to: 4,
            blocks: vec![SerialRange { start: 27, end: 35 }],
            quantity: 9,
            reference: None,
            request: None,
            by: account,
        };
        let json = serde_json::json!({
            "from": 3,
            "to": 4,
            "blocks": [{ "start": 27, "end": 35 }],
            "quantity": 9,
            "reference": null,
            "request": null,
            "by": account.to_string(),
        });
        assert_eq!(serde_json::to_value(&event).unwrap(), json);
        assert_eq!((event.pallet(), event.name()), ("Credits", "CreditsTransferred"));
        assert_eq!(event.subjects(), [Subject::Organisation(3), Subject::Organisation(4)].into());
    }
}
