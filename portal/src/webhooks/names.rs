// SPDX-License-Identifier: Apache-2.0
//! The names of what webhooks can be told.

/// What is told to nobody but the organisation that it concerns.
pub const PRIVATE: [&str; 4] = ["mrv.decided", "itmo.authorised", "itmo.issued", "itmo.retired"];
/// What is sent to try a webhook.
pub const PING: &str = "ping";

/// The events of the chain, as the feed names them.
pub const EVENTS: &[&str] = &[
    // Organisations
    "OrganisationCreated",
    "OrganisationSuspended",
    "OrganisationReactivated",
    "MemberAdded",
    "MemberRemoved",
    "MemberRoleChanged",
    "KeyReplaced",
    "ProfileUpdated",
    "OrganisationChanged",
    "OrganisationImported",
    // Approvals
    "Proposed",
    "Approved",
    "ApprovalLapsed",
    "Executed",
    "Withdrawn",
    "Expired",
    "ThresholdSet",
    // Projects
    "ProjectRegistered",
    "DocumentSubmitted",
    "DocumentReviewed",
    "ProjectReturned",
    "ProjectResubmitted",
    "ProjectValidated",
    "ProjectAuthorised",
    "ProjectRejected",
    "MonitoringReported",
    "MonitoringReportVerified",
    "MonitoringPeriodIssued",
    "ProjectWithdrawn",
    "ProjectSuspended",
    "ProjectResumed",
    "ProjectCompleted",
    "TermsChanged",
    "ProponentsProposed",
    "ProponentsConsented",
    "ProponentsChanged",
    "ProponentsChangeWithdrawn",
    "CertifiersAssigned",
    "ProjectCertified",
    "CertificationRevoked",
    "MonitoringReportReturned",
    "IssuanceRefused",
    "ProjectImported",
    "MonitoringImported",
    // Credits
    "CreditsIssued",
    "BlockSplit",
    "CreditsFirstTransferred",
    "CreditsTransferred",
    "TransferRequested",
    "TransferRejected",
    "TransferRequestCancelled",
    "CreditsRetired",
    "RetirementRequested",
    "RetirementRecognised",
    "RetirementRefused",
    "RetirementRequestCancelled",
    "CreditsCancelled",
    "CreditsHeld",
    "CreditsReleased",
    "BufferReleased",
    "TransfersPaused",
    "TransfersResumed",
    "DeductionsSet",
    // Calculator
    "ConstantsSet",
    // The bridge to the ITMO platform
    "OperatorAdded",
    "OperatorRemoved",
    "RoundRequested",
    "RoundOpened",
    "ReadingFailed",
    "ReadingCompleted",
    "EventAgreed",
    "ObservationContradicted",
    "CompanyLinked",
    "ProjectTakenOver",
    "IssuanceWaits",
    "IssuanceTakenOver",
    "CaseOpened",
    "CaseClosed",
    "RoundClosed",
    "BridgePaused",
    "BridgeResumed",
    "BridgeSettingsChanged",
    // Validators
    "ValidatorAdded",
    "ValidatorRemoved",
    "ContactChanged",
    "ValidatorFlagged",
    "FormerValidatorEquivocated",
    "FlagCleared",
    "MinimumSet",
    // Governance
    "Enacted",
    "CouncilSet",
    // The council and what it can stop, under the names that the tables give them
    "MotionProposed",
    "MotionVoted",
    "MotionApproved",
    "MotionDisapproved",
    "MotionExecuted",
    "MotionMadeByMember",
    "MotionClosed",
    "MotionKilled",
    "MotionCostBurned",
    "MotionCostReleased",
    "CallPaused",
    "CallUnpaused",
    "SafeModeEntered",
    "SafeModeExtended",
    "SafeModeExited",
];

/// Whether there is something of this name to be told.
pub fn is_known(name: &str) -> bool {
    EVENTS.contains(&name) || PRIVATE.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_of_the_registrys_pallets_can_be_asked_for() {
        let chain = registry_client::payload::offline(Default::default()).unwrap();
        let mut found = 0;
        for pallet in [
            "Organisations",
            "Approvals",
            "Projects",
            "Credits",
            "Calculator",
            "Validators",
            "Governance",
            "TxPause",
            "ItmoBridge",
        ] {
            let pallet = chain.metadata_ref().pallet_by_name(pallet).unwrap();
            for event in pallet.event_variants().unwrap() {
                assert!(EVENTS.contains(&event.name.as_str()), "{}.{}", pallet.name(), event.name);
                found += 1;
            }
        }
        // Those of the council and of the safe mode have names of their own.
        let renamed = |name: &&&str| name.starts_with("Motion") || name.starts_with("SafeMode");
        assert_eq!(EVENTS.len(), found + EVENTS.iter().filter(renamed).count());
        assert!(!is_known("CreditsTransfered") && !is_known(PING) && is_known("mrv.decided"));
        assert!(is_known("itmo.retired"));
    }
}
