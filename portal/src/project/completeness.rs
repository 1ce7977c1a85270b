// SPDX-License-Identifier: Apache-2.0
//! Which documents of its life a project should have by now, and which of them are there.

use super::review::{Document, MonitoringPeriod};
use crate::files::held::HeldFile;
use registry_primitives::project::{DocumentKind, DocumentStatus, MonitoringStage, ProjectStage};
use serde::Serialize;
use utoipa::ToSchema;

/// A document that a project should have at some time of its life.
#[derive(Clone, Serialize, ToSchema)]
pub struct Requirement {
    /// What it is.
    #[schema(example = "validation_report")]
    pub kind: String,
    /// The monitoring period that it is about.
    pub period: Option<i64>,
    /// `accepted`; `submitted`, where nobody has accepted it; `rejected`; `missing`, where it should
    /// be there by now; `later`, where it need not be there yet.
    #[schema(example = "accepted")]
    pub state: &'static str,
    /// Number of the document within the project; null for those of monitoring periods.
    pub document: Option<i64>,
    /// Hash of the file.
    pub hash: Option<String>,
    /// What the registry has of the file; null where there is none, and while it cannot be told.
    pub file: Option<HeldFile>,
}

/// How complete the documents of a project are, at the stage that it is at.
#[derive(Default, Serialize, ToSchema)]
pub struct Completeness {
    /// How many should be there by now.
    pub due: usize,
    /// How many of those are, accepted or not; what was rejected is not.
    pub present: usize,
    /// How many of those were accepted.
    pub accepted: usize,
    /// How many of those that are due anybody can read here; null while that cannot be told.
    pub readable: Option<usize>,
    /// Each of them, in the order of a project's life.
    pub requirements: Vec<Requirement>,
}

const ACCEPTED: &str = "accepted";
const SUBMITTED: &str = "submitted";
const REJECTED: &str = "rejected";
const MISSING: &str = "missing";
const LATER: &str = "later";

impl Requirement {
    /// Whether it should be there by now.
    pub fn is_due(&self) -> bool {
        self.state != LATER
    }
}

impl Completeness {
    /// Of what was submitted for a project that is at a stage.
    pub fn of(
        stage: &str,
        was_validated: bool,
        was_authorised: bool,
        documents: &[Document],
        periods: &[MonitoringPeriod],
    ) -> Self {
        // What ended before its validation will have no more documents.
        let goes_on = ![ProjectStage::Rejected, ProjectStage::Withdrawn]
            .iter()
            .any(|ended| ended.as_str() == stage);
        let mut requirements: Vec<_> = [
            (DocumentKind::DesignDocument, true),
            (DocumentKind::ValidationReport, was_validated),
            (DocumentKind::AuthorisationLetter, was_authorised),
        ]
        .into_iter()
        .filter(|(_, due)| *due || goes_on)
        .map(|(kind, due)| document(kind, due, documents))
        .collect();
        let counted = periods.iter().filter(|period| !is_replaced(period, periods));
        requirements.extend(counted.flat_map(|period| [report(period), verification(period)]));
        Self::count(requirements)
    }

    fn count(requirements: Vec<Requirement>) -> Self {
        let due: Vec<_> = requirements.iter().filter(|it| it.is_due()).collect();
        let count = |states: &[&str]| due.iter().filter(|it| states.contains(&it.state)).count();
        let there: Vec<_> = due.iter().filter(|it| it.hash.is_some()).collect();
        // Either the files of all hashes can be told or those of none.
        let told = there.iter().all(|it| it.file.is_some());
        let readable =
            there.iter().filter(|it| it.file.as_ref().is_some_and(|file| file.available)).count();
        Self {
            due: due.len(),
            present: count(&[ACCEPTED, SUBMITTED]),
            accepted: count(&[ACCEPTED]),
            readable: told.then_some(readable),
            requirements,
        }
    }
}

/// The latest document of a kind.
fn document(kind: DocumentKind, due: bool, documents: &[Document]) -> Requirement {
    let kind = kind.as_str();
    let latest = documents.iter().filter(|it| it.kind == kind).max_by_key(|it| it.version);
    let state = match latest.map(|it| it.status.as_str()) {
        Some(status) if status == DocumentStatus::Accepted.as_str() => ACCEPTED,
        Some(status) if status == DocumentStatus::Rejected.as_str() => REJECTED,
        Some(_) => SUBMITTED,
        None if due => MISSING,
        None => LATER,
    };
    Requirement {
        kind: kind.to_owned(),
        period: None,
        state,
        document: latest.map(|it| it.document),
        hash: latest.map(|it| it.hash.clone()),
        file: latest.and_then(|it| it.file.clone()),
    }
}

/// Whether a period came to nothing and its time was reported again.
fn is_replaced(period: &MonitoringPeriod, all: &[MonitoringPeriod]) -> bool {
    let ended = [MonitoringStage::Returned, MonitoringStage::Refused];
    ended.iter().any(|stage| stage.as_str() == period.stage)
        && all.iter().any(|other| {
            other.period > period.period && other.starts < period.ends && other.ends > period.starts
        })
}

fn report(period: &MonitoringPeriod) -> Requirement {
    let is = |stage: MonitoringStage| stage.as_str() == period.stage;
    let state = match period.verification {
        Some(_) => ACCEPTED,
        None if is(MonitoringStage::Returned) => REJECTED,
        None => SUBMITTED,
    };
    Requirement {
        kind: DocumentKind::MonitoringReport.as_str().to_owned(),
        period: Some(period.period),
        state,
        document: None,
        hash: Some(period.report.clone()),
        file: period.report_file.clone(),
    }
}

/// The chain takes no verification without its report: it is there, or it is not due.
fn verification(period: &MonitoringPeriod) -> Requirement {
    Requirement {
        kind: DocumentKind::VerificationReport.as_str().to_owned(),
        period: Some(period.period),
        state: if period.verification.is_some() { ACCEPTED } else { LATER },
        document: None,
        hash: period.verification.clone(),
        file: period.verification_file.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::{OrganisationRef, Time};

    fn submitted(document: i64, kind: DocumentKind, version: i64, status: &str) -> Document {
        let someone = || OrganisationRef { id: 2, name: "Someone".to_owned() };
        Document {
            document,
            kind: kind.as_str().to_owned(),
            hash: format!("0x{document:064x}"),
            size: 1,
            file: Some(HeldFile { available: document == 1, ..HeldFile::default() }),
            version,
            status: status.to_owned(),
            uploader: someone(),
            reviewer: None,
            remark: None,
            remark_file: None,
            submitted_at: Time(Default::default()),
        }
    }

    fn reported(period: i64, (starts, ends): (i64, i64), stage: &str) -> MonitoringPeriod {
        let time = |seconds| Time(chrono::DateTime::from_timestamp(seconds, 0).unwrap());
        let verified = ["verified", "issued", "refused"].contains(&stage);
        MonitoringPeriod {
            period,
            starts: time(starts),
            ends: time(ends),
            stage: stage.to_owned(),
            report: "0x01".to_owned(),
            report_file: Some(HeldFile::default()),
            verifier: None,
            verification: verified.then(|| "0x02".to_owned()),
            verification_file: verified.then(HeldFile::default),
            returned_by: None,
            remark: None,
            remark_file: None,
            refusal_reason: None,
            vintages: Vec::new(),
        }
    }

    fn states(found: &Completeness) -> Vec<(&str, &str)> {
        found.requirements.iter().map(|it| (it.kind.as_str(), it.state)).collect()
    }

    #[test]
    fn a_new_project_owes_its_design_and_nothing_that_comes_later() {
        let found = Completeness::of("submitted", false, false, &[], &[]);
        assert_eq!(
            states(&found),
            [
                ("design_document", "missing"),
                ("validation_report", "later"),
                ("authorisation_letter", "later")
            ]
        );
        assert_eq!((found.due, found.present, found.readable), (1, 0, Some(0)));
        // One that ended owes nothing more.
        let found = Completeness::of("withdrawn", false, false, &[], &[]);
        assert_eq!(states(&found), [("design_document", "missing")]);
    }

    #[test]
    fn the_latest_version_counts() {
        let documents = [
            submitted(1, DocumentKind::DesignDocument, 1, "rejected"),
            submitted(3, DocumentKind::DesignDocument, 2, "accepted"),
            submitted(2, DocumentKind::ValidationReport, 1, "rejected"),
        ];
        let found = Completeness::of("returned", false, false, &documents, &[]);
        assert_eq!(found.requirements[0].document, Some(3));
        assert_eq!(found.requirements[0].state, "accepted");
        assert_eq!(found.requirements[1].state, "rejected");
        assert_eq!((found.due, found.present, found.accepted), (2, 1, 1));
    }

    #[test]
    fn an_authorised_project_owes_its_letter_and_two_reports_for_each_period() {
        let documents = [
            submitted(1, DocumentKind::DesignDocument, 1, "accepted"),
            submitted(2, DocumentKind::ValidationReport, 1, "accepted"),
            submitted(3, DocumentKind::Other, 1, "submitted"),
        ];
        let periods = [
            reported(1, (0, 10), "issued"),
            reported(2, (10, 20), "returned"),
            reported(3, (10, 20), "reported"),
            reported(4, (20, 30), "returned"),
        ];
        let found = Completeness::of("authorised", true, true, &documents, &periods);
        assert_eq!(
            states(&found)[2..],
            [
                ("authorisation_letter", "missing"),
                ("monitoring_report", "accepted"),
                ("verification_report", "accepted"),
                ("monitoring_report", "submitted"),
                ("verification_report", "later"),
                ("monitoring_report", "rejected"),
                ("verification_report", "later"),
            ]
        );
        // The second period was reported again as the third.
        let counted: Vec<_> = found.requirements.iter().filter_map(|it| it.period).collect();
        assert_eq!(counted, [1, 1, 3, 3, 4, 4]);
        assert_eq!((found.due, found.present, found.accepted), (7, 5, 4));
        assert_eq!(found.readable, Some(1));
    }

    #[test]
    fn what_cannot_be_told_of_files_is_not_counted_as_missing() {
        let mut design = submitted(1, DocumentKind::DesignDocument, 1, "accepted");
        design.file = None;
        let found = Completeness::of("submitted", false, false, &[design], &[]);
        assert_eq!((found.present, found.readable), (1, None));
    }
}
