// SPDX-License-Identifier: Apache-2.0
//! Events in plain words, with links to what they are about.

mod gaps;
mod network;

use crate::{
    answers::{OrganisationRef, ProjectRef},
    db::Reader,
    i18n::Language,
    page,
    problem::Problem,
    records::Record,
};
use serde_json::Value;
use std::collections::HashMap;

/// Where events and the records that they carry name organisations.
const ORGANISATIONS: [&str; 9] = [
    "organisation",
    "owner",
    "from",
    "to",
    "initiator",
    "uploader",
    "reviewer",
    "certifier",
    "verifier",
];

/// What a bare `id` numbers, told by the name of the event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Subject {
    Organisation,
    Project,
    Record(Record),
}

fn subject(event: &str) -> Subject {
    match event {
        "ProfileUpdated" => Subject::Organisation,
        "CreditsRetired" => Subject::Record(Record::Retirement),
        "CreditsCancelled" => Subject::Record(Record::Cancellation),
        _ if event.starts_with("Organisation") => Subject::Organisation,
        _ if event.starts_with("Project") => Subject::Project,
        _ if event.starts_with("Transfer") => Subject::Record(Record::TransferRequest),
        _ if event.starts_with("Retirement") => Subject::Record(Record::RetirementRequest),
        // All others that have one are of proposals.
        _ => Subject::Record(Record::Proposal),
    }
}

/// Which of several sentences tells an event, where there are several.
fn variant(event: &str, fields: &Value) -> Option<&'static str> {
    let given = |name: &str| fields.get(name).is_some_and(|value| !value.is_null());
    let either = |name, with, without| Some(if given(name) { with } else { without });
    match event {
        "DocumentReviewed" => match fields.get("status").and_then(Value::as_str) {
            Some("accepted") => Some("accepted"),
            _ => Some("rejected"),
        },
        "CreditsIssued" => match fields.get("status") {
            Some(Value::String(status)) if status == "buffer" => Some("buffer"),
            Some(Value::Object(_)) => Some("on_hold"),
            _ => Some("held"),
        },
        "Executed" | "MotionExecuted" | "MotionMadeByMember" => {
            let failed = fields.get("result").is_some_and(|result| result.get("Err").is_some());
            Some(if failed { "failed" } else { "done" })
        }
        "ProjectCompleted" => either("reason", "with_reason", "plain"),
        "CreditsTransferred" => either("request", "asked", "plain"),
        "TransferRequestCancelled" | "RetirementRequestCancelled" | "CreditsReleased" => {
            either("by", "by_officer", "by_itself")
        }
        "CreditsCancelled" => match fields.pointer("/cancellation/statement") {
            Some(Value::String(_)) => Some("with_statement"),
            _ => Some("plain"),
        },
        "CertifiersAssigned" => {
            let some = fields.get("certifiers").and_then(Value::as_array);
            Some(if some.is_some_and(|list| !list.is_empty()) { "some" } else { "none" })
        }
        _ => network::variant(event, fields),
    }
}

/// Names of what some events are about, read at once.
pub struct Names {
    organisations: HashMap<i64, String>,
    projects: HashMap<i64, String>,
}

/// Organisations and projects that an event names.
fn named(event: &str, fields: &Value) -> (Vec<i64>, Vec<i64>) {
    let (mut organisations, mut projects) = (Vec::new(), Vec::new());
    for level in gaps::levels(fields) {
        let of = |field: &&str| level.get(*field).and_then(Value::as_i64);
        organisations.extend(ORGANISATIONS.iter().filter_map(of));
        // A number only in a request; the account of an officer elsewhere.
        organisations.extend(of(&"by"));
        projects.extend(of(&"project"));
    }
    let list = |name| fields.get(name).and_then(Value::as_array).into_iter().flatten();
    organisations.extend(list("proponents").filter_map(|it| it.get("organisation")?.as_i64()));
    organisations.extend(list("certifiers").filter_map(Value::as_i64));
    if let Some(id) = fields.get("id").and_then(Value::as_i64) {
        match subject(event) {
            Subject::Organisation => organisations.push(id),
            Subject::Project => projects.push(id),
            Subject::Record(_) => {}
        }
    }
    (organisations, projects)
}

impl Names {
    /// Reads the names that these events need.
    pub async fn load<'a>(
        reader: &mut Reader,
        events: impl Iterator<Item = (&'a str, &'a Value)>,
    ) -> Result<Self, Problem> {
        let (mut organisations, mut projects) = (Vec::new(), Vec::new());
        for (name, fields) in events {
            let (more_organisations, more_projects) = named(name, fields);
            organisations.extend(more_organisations);
            projects.extend(more_projects);
        }
        let organisations = sqlx::query!(
            "SELECT id, name FROM chain.organisations WHERE id = ANY ($1)",
            &organisations
        )
        .fetch_all(reader.connection())
        .await?;
        let projects =
            sqlx::query!("SELECT id, title FROM chain.projects WHERE id = ANY ($1)", &projects)
                .fetch_all(reader.connection())
                .await?;
        Ok(Self {
            organisations: organisations.into_iter().map(|row| (row.id, row.name)).collect(),
            projects: projects.into_iter().map(|row| (row.id, row.title)).collect(),
        })
    }

    fn organisation(&self, id: i64) -> String {
        let name = self.organisations.get(&id).cloned().unwrap_or_else(|| format!("#{id}"));
        page::organisation_link(&OrganisationRef { id, name })
    }

    fn project(&self, id: i64) -> String {
        let title = self.projects.get(&id).cloned().unwrap_or_else(|| format!("#{id}"));
        page::project_link(&ProjectRef { id, title })
    }

    /// An event in words; HTML.
    pub fn sentence(&self, pallet: &str, event: &str, fields: &Value) -> String {
        let language = Language::current();
        let key = match variant(event, fields) {
            Some(variant) => format!("event.{event}.{variant}"),
            None => format!("event.{event}"),
        };
        if language.find(&key).is_none() {
            let name = page::text(&format!("{pallet}.{event}"));
            return page::sentence(language, "event.other", &[("name", name)]);
        }
        let mut arguments = self.gaps(event, fields);
        arguments.extend(gaps::details(language, event, fields));
        arguments.extend(network::details(language, event, fields));
        page::sentence(language, &key, &arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names() -> Names {
        Names {
            organisations: HashMap::from([
                (2, "Sun & Sea Ltd".to_owned()),
                (3, "<b>Buyer".to_owned()),
            ]),
            projects: HashMap::from([(1, "Solar for Efate".to_owned())]),
        }
    }

    #[test]
    fn a_transfer_reads_as_a_sentence_with_links() {
        let fields = json!({
            "from": 2, "to": 3, "quantity": 1200, "reference": null,
            "blocks": [{"start": 1, "end": 1200}], "by": "5F…"
        });
        let html = names().sentence("Credits", "CreditsTransferred", &fields);
        assert!(html.contains("<a href=\"/organisations/2\"><bdi>Sun &#38; Sea Ltd</bdi></a>"));
        assert!(html.contains("&#60;b&#62;Buyer") && !html.contains("<b>"), "{html}");
        assert!(html.contains("1,200 tonnes"), "{html}");
        assert!(!html.contains('…'), "{html}");
    }

    #[test]
    fn every_event_of_the_registry_fills_its_sentence() {
        let registration = json!({"title": "Solar for Efate"});
        let details = json!({"beneficiary": {"name": "Someone", "country": "VU"}});
        let range = json!({"start": 1, "end": 20});
        let contact = json!({"operator": "Someone", "peer_id": "12D3", "address": "/dns/a"});
        for (event, fields) in [
            ("OrganisationCreated", json!({"id": 2, "role": "certifier", "details": {}})),
            ("OrganisationSuspended", json!({"id": 2, "reason": "a reason"})),
            ("OrganisationReactivated", json!({"id": 2})),
            ("MemberAdded", json!({"organisation": 2, "account": "5F", "role": "admin"})),
            ("ProjectRegistered", json!({"id": 1, "registration": registration})),
            (
                "DocumentSubmitted",
                json!({"project": 1, "document": 4, "kind": "methodology", "version": 1,
                       "uploader": 2}),
            ),
            (
                "DocumentReviewed",
                json!({"project": 1, "document": 4, "status": "accepted", "reviewer": 2}),
            ),
            (
                "DocumentReviewed",
                json!({"project": 1, "document": 4, "status": "rejected", "reviewer": 2}),
            ),
            ("ProjectReturned", json!({"id": 1})),
            ("ProjectResubmitted", json!({"id": 1})),
            ("ProjectValidated", json!({"id": 1, "estimate": 5, "certifier": 2})),
            ("ProjectAuthorised", json!({"id": 1, "quantity": 5, "article6": null})),
            ("ProjectAuthorised", json!({"id": 1, "quantity": 5, "article6": {}})),
            ("ProjectRejected", json!({"id": 1, "reason": "a reason"})),
            (
                "MonitoringReported",
                json!({"project": 1, "period": 1,
                       "report": {"vintages": [{"vintage": 2023, "tonnes": 7}]}}),
            ),
            (
                "MonitoringReportVerified",
                json!({"project": 1, "period": 1, "verifier": 2,
                       "verified": [{"vintage": 2023, "tonnes": 7}]}),
            ),
            ("MonitoringPeriodIssued", json!({"project": 1, "period": 1})),
            (
                "CreditsIssued",
                json!({"project": 1, "period": 1, "vintage": 2023, "owner": 2, "range": range,
                       "status": "held"}),
            ),
            ("BlockSplit", json!({"rest": range, "taken": range})),
            ("CreditsTransferred", json!({"from": 2, "to": 3, "quantity": 5})),
            ("CreditsRetired", json!({"id": 9, "owner": 2, "details": details, "quantity": 5})),
            ("OrganisationChanged", json!({"id": 2, "details": {}})),
            ("ProfileUpdated", json!({"id": 2, "profile": "0x00"})),
            ("MemberRemoved", json!({"organisation": 2, "account": "5F"})),
            ("MemberRoleChanged", json!({"organisation": 2, "account": "5F", "role": "admin"})),
            ("KeyReplaced", json!({"organisation": 2, "old": "5F", "new": "5G", "by": null})),
            (
                "Proposed",
                json!({"id": 4, "organisation": 2, "action": "issue_credits", "required": 2,
                       "call": {"bytes": "0x00", "decoded": null}, "expires_at": 90}),
            ),
            ("Approved", json!({"id": 4, "valid": 1, "required": 2})),
            ("ApprovalLapsed", json!({"id": 4, "officer": "5F"})),
            ("Executed", json!({"id": 4, "officers": ["5F"], "result": {"Ok": null}})),
            (
                "Executed",
                json!({"id": 4, "officers": ["5F"],
                       "result": {"Err": {"code": "A.B", "sentence": "C."}}}),
            ),
            ("Withdrawn", json!({"id": 4})),
            ("Expired", json!({"id": 4})),
            ("ThresholdSet", json!({"class": "issue", "officers": 2})),
            ("ProjectWithdrawn", json!({"id": 1, "reason": "a reason"})),
            ("ProjectSuspended", json!({"id": 1, "reason": "a reason"})),
            ("ProjectResumed", json!({"id": 1})),
            ("ProjectCompleted", json!({"id": 1, "reason": null})),
            ("ProjectCompleted", json!({"id": 1, "reason": "a reason"})),
            ("TermsChanged", json!({"project": 1, "article6": {}})),
            (
                "ProponentsProposed",
                json!({"project": 1, "number": 1,
                       "proponents": [{"organisation": 2, "share": 1_000_000}]}),
            ),
            ("ProponentsConsented", json!({"project": 1, "number": 1, "organisation": 2})),
            (
                "ProponentsChanged",
                json!({"project": 1, "proponents": [{"organisation": 2, "share": 1_000_000}]}),
            ),
            ("ProponentsChangeWithdrawn", json!({"project": 1, "number": 1, "organisation": 2})),
            ("CertifiersAssigned", json!({"project": 1, "certifiers": [2, 3]})),
            ("CertifiersAssigned", json!({"project": 1, "certifiers": []})),
            ("ProjectCertified", json!({"project": 1, "certifier": 2})),
            ("CertificationRevoked", json!({"project": 1, "certifier": 2, "reason": "a reason"})),
            ("MonitoringReportReturned", json!({"project": 1, "period": 1, "verifier": 2})),
            ("IssuanceRefused", json!({"project": 1, "period": 1, "reason": "a reason"})),
            (
                "CreditsIssued",
                json!({"project": 1, "period": 1, "vintage": 2023, "owner": 2, "range": range,
                       "status": "buffer"}),
            ),
            (
                "CreditsIssued",
                json!({"project": 1, "period": 1, "vintage": 2023, "owner": 2, "range": range,
                       "status": {"on_hold": "owner_suspended"}}),
            ),
            ("CreditsFirstTransferred", json!({"blocks": [range], "quantity": 20})),
            ("CreditsTransferred", json!({"from": 2, "to": 3, "quantity": 5, "request": 8})),
            (
                "TransferRequested",
                json!({"id": 8, "request": {"project": 1, "vintage": null, "quantity": 5,
                       "from": 2, "to": 3, "initiator": 3}}),
            ),
            ("TransferRejected", json!({"id": 8, "reason": "a reason"})),
            ("TransferRequestCancelled", json!({"id": 8, "by": "5F"})),
            ("TransferRequestCancelled", json!({"id": 8, "by": null})),
            (
                "RetirementRequested",
                json!({"id": 8, "request": {"by": 2, "details": details, "blocks": [range],
                       "quantity": 20}}),
            ),
            ("RetirementRecognised", json!({"request": 8, "retirement": 9})),
            ("RetirementRefused", json!({"id": 8, "reason": "a reason"})),
            ("RetirementRequestCancelled", json!({"id": 8, "by": "5F"})),
            ("RetirementRequestCancelled", json!({"id": 8, "by": null})),
            (
                "CreditsCancelled",
                json!({"id": 6, "cancellation": {"owner": 2, "reason": "reversal",
                       "corrects": {"issuance": {"project": 1, "period": 1}},
                       "statement": "a statement", "blocks": [range], "quantity": 20}}),
            ),
            (
                "CreditsCancelled",
                json!({"id": 6, "cancellation": {"owner": 2, "reason": "share_of_proceeds",
                       "corrects": {"retirement": 9}, "statement": null, "blocks": [range],
                       "quantity": 20}}),
            ),
            (
                "CreditsHeld",
                json!({"blocks": [range, range, range, range], "quantity": 80,
                       "reason": "a reason"}),
            ),
            ("CreditsReleased", json!({"blocks": [range], "quantity": 20, "by": "5F"})),
            ("CreditsReleased", json!({"blocks": [range], "quantity": 20, "by": null})),
            ("BufferReleased", json!({"to": 2, "blocks": [range], "quantity": 20})),
            ("TransfersPaused", json!({"reason": "a reason"})),
            ("TransfersResumed", json!({"by": "5F"})),
            (
                "DeductionsSet",
                json!({"deductions": {"share_of_proceeds": 50_000, "overall_mitigation": 20_000}}),
            ),
            ("ConstantsSet", json!({"version": 2, "constants": {}, "reason": "a reason"})),
            ("ValidatorAdded", json!({"account": "5F", "organisation": 2, "contact": contact})),
            ("ValidatorRemoved", json!({"account": "5F", "departure": 1, "reason": "a reason"})),
            ("ContactChanged", json!({"account": "5F", "contact": contact})),
            ("ValidatorFlagged", json!({"account": "5F", "session": 7, "disabled": true})),
            ("ValidatorFlagged", json!({"account": "5F", "session": 7, "disabled": false})),
            ("FormerValidatorEquivocated", json!({"account": "5F", "session": 7})),
            ("FlagCleared", json!({"account": "5F", "reason": "a reason"})),
            ("MinimumSet", json!({"minimum": 4})),
            ("Enacted", json!({"call": "0x00", "reason": "a reason"})),
            ("CouncilSet", json!({"members": ["5F", "5G"]})),
            (
                "MotionProposed",
                json!({"account": "5F", "proposal_index": 3, "proposal_hash": "0x00",
                       "threshold": 2}),
            ),
            ("MotionVoted", json!({"account": "5F", "voted": true, "yes": 1, "no": 0})),
            ("MotionVoted", json!({"account": "5F", "voted": false, "yes": 1, "no": 1})),
            ("MotionApproved", json!({"proposal_hash": "0x00"})),
            ("MotionDisapproved", json!({"proposal_hash": "0x00"})),
            ("MotionExecuted", json!({"proposal_hash": "0x00", "result": {"Ok": null}})),
            (
                "MotionExecuted",
                json!({"proposal_hash": "0x00",
                       "result": {"Err": {"code": "A.B", "sentence": "C."}}}),
            ),
            ("MotionMadeByMember", json!({"proposal_hash": "0x00", "result": {"Ok": null}})),
            ("MotionClosed", json!({"proposal_hash": "0x00", "yes": 2, "no": 1})),
            ("MotionKilled", json!({"proposal_hash": "0x00"})),
            ("MotionCostBurned", json!({"proposal_hash": "0x00", "who": "5F"})),
            ("MotionCostReleased", json!({"proposal_hash": "0x00", "who": "5F"})),
            ("CallPaused", json!({"full_name": {"pallet": "Credits", "call": "transfer"}})),
            ("CallUnpaused", json!({"full_name": {"pallet": "Credits", "call": "transfer"}})),
            ("SafeModeEntered", json!({"until": 90})),
            ("SafeModeExtended", json!({"until": 120})),
            ("SafeModeExited", json!({"reason": "force"})),
            ("SafeModeExited", json!({"reason": "timeout"})),
            ("OrganisationImported", json!({"id": 2, "role": "project_developer", "details": {}})),
            ("ProjectImported", json!({"id": 1, "registration": registration})),
            (
                "MonitoringImported",
                json!({"project": 1, "period": 1,
                       "report": {"vintages": [{"vintage": 2023, "tonnes": 10}]}}),
            ),
            ("OperatorAdded", json!({"account": "5F", "key": "0x00"})),
            ("OperatorRemoved", json!({"account": "5F", "reason": "a reason"})),
            ("RoundRequested", json!({"by": "5F"})),
            ("RoundOpened", json!({"round": 3, "closes_at": 90, "operators": ["5F"]})),
            ("ReadingFailed", json!({"round": 3, "operator": "5F", "failure": "busy"})),
            ("ReadingCompleted", json!({"round": 3, "operator": "5F", "observations": 2})),
            ("EventAgreed", json!({"round": 3, "hash": "0x00"})),
            ("ObservationContradicted", json!({"round": 3, "operator": "5F", "hash": "0x00"})),
            ("CompanyLinked", json!({"company": "Lagoon <b>", "organisation": 2, "by": null})),
            ("ProjectTakenOver", json!({"project": 1, "organisation": 2})),
            ("IssuanceWaits", json!({"key": {}})),
            ("IssuanceTakenOver", json!({"project": 1})),
            ("CaseOpened", json!({"case": 4, "round": 3})),
            ("CaseClosed", json!({"case": 4, "closure": "agreed"})),
            ("RoundClosed", json!({"round": 3, "complete": 4, "silent": [], "next": 90})),
            ("BridgePaused", json!({"reason": "a reason", "by": "5F"})),
            ("BridgeResumed", json!({"by": "5F"})),
            ("BridgeSettingsChanged", json!({"settings": {}, "by": "5F"})),
        ] {
            let html = names().sentence("No pallet", event, &fields);
            // An ellipsis stands where a gap was not filled.
            assert!(!html.contains('…'), "{event}: {html}");
            assert!(!html.contains("No pallet"), "{event} has no sentence");
            // What is to be named must be read before.
            let (organisations, projects) = named(event, &fields);
            let known = names();
            assert!(organisations.iter().all(|id| known.organisations.contains_key(id)));
            for (id, name) in &known.organisations {
                let shown = html.contains(&format!("/organisations/{id}\""));
                assert!(!shown || organisations.contains(id), "{event} does not read {name}");
            }
            assert!(!html.contains("/projects/1\"") || projects.contains(&1), "{event}");
        }
    }

    #[test]
    fn what_people_write_is_escaped_in_every_sentence() {
        let hostile = "<img src=x onerror=alert(1)>";
        for (event, fields) in [
            ("TransfersPaused", json!({"reason": hostile})),
            ("RetirementRefused", json!({"id": 8, "reason": hostile})),
            (
                "CreditsCancelled",
                json!({"id": 6, "cancellation": {"owner": 2, "reason": hostile,
                       "statement": hostile, "quantity": 20}}),
            ),
            ("Executed", json!({"id": 4, "result": {"Err": {"code": "A.B", "sentence": hostile}}})),
            ("Proposed", json!({"id": 4, "organisation": 3, "action": hostile})),
            ("ThresholdSet", json!({"class": hostile, "officers": 2})),
        ] {
            let html = names().sentence("Pallet", event, &fields);
            assert!(!html.contains("<img") && !html.contains("<b>"), "{event}: {html}");
        }
    }

    #[test]
    fn every_event_of_the_chain_has_a_sentence() {
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
            "RegistryCouncil",
            "TxPause",
            "SafeMode",
            "ItmoBridge",
        ] {
            let metadata = chain.metadata_ref().pallet_by_name(pallet).unwrap();
            // There is no coin, and so nothing is ever deposited.
            let deposits = |name: &str| name.contains("Deposit") || name.starts_with("Cannot");
            let events = metadata.event_variants().unwrap().iter();
            for event in events.filter(|event| pallet != "SafeMode" || !deposits(&event.name)) {
                let name = indexed(pallet, &event.name);
                let html = names().sentence("No pallet", &name, &json!({}));
                assert!(!html.contains("No pallet"), "{name} has no sentence");
                found += 1;
            }
        }
        assert!(found > 75, "{found}");
    }

    /// What the indexer calls an event: two pallets can have events of one name.
    fn indexed(pallet: &str, event: &str) -> String {
        match (pallet, event) {
            ("RegistryCouncil", "MemberExecuted") => "MotionMadeByMember".to_owned(),
            ("RegistryCouncil", "ProposalCostBurned") => "MotionCostBurned".to_owned(),
            ("RegistryCouncil", "ProposalCostReleased") => "MotionCostReleased".to_owned(),
            ("RegistryCouncil", event) => format!("Motion{event}"),
            ("SafeMode", event) => format!("SafeMode{event}"),
            (_, event) => event.to_owned(),
        }
    }

    #[test]
    fn an_event_that_nobody_knows_is_named() {
        let html = names().sentence("Validators", "Rotated<", &json!({}));
        assert!(html.contains("Validators.Rotated&#60;"), "{html}");
    }
}
