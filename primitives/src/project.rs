// SPDX-License-Identifier: Apache-2.0
//! Mitigation projects as the chain keeps them.

use crate::{
    macros::{chain_types, names},
    sector::Gases,
    ContentHash, CountryCode, Millis, MitigationType, OrganisationId, PeriodId, Ppm, Sector,
    SectoralScope, Text, Tonnes, Vintage, MAX_TONNES,
};
use bounded_collections::{BoundedBTreeSet, BoundedVec, ConstU32};

/// Longest title, in bytes.
pub const MAX_TITLE: u32 = 256;
/// Longest identifier in another system, in bytes.
pub const MAX_EXTERNAL_ID: u32 = 64;
/// Longest name of a region, in bytes.
pub const MAX_REGION: u32 = 100;
/// Most proponents of a project.
pub const MAX_PROPONENTS: u32 = 16;
/// Most locations of a project.
pub const MAX_LOCATIONS: u32 = 32;
/// Most certifiers assigned to a project.
pub const MAX_CERTIFIERS: u32 = 8;
/// Most vintages of a monitoring period, and so the longest one in calendar years.
pub const MAX_VINTAGES: u32 = 16;
/// Most monitoring periods of a project.
pub const MAX_PERIODS: u32 = 64;
/// Most Parties that an authorisation can name.
pub const MAX_PARTIES: u32 = 32;

names! {
    /// Where a project is in its life.
    pub enum ProjectStage {
        /// Registered, under review.
        Submitted = "submitted",
        /// A document was rejected; the proponent may resubmit.
        Returned = "returned",
        /// A certifier accepted design and validation report.
        Validated = "validated",
        /// Refused by the Government; final.
        Rejected = "rejected",
        /// Authorised to receive credits.
        Authorised = "authorised",
        /// Authorised, and stopped for the time being.
        Suspended = "suspended",
        /// Ended regularly.
        Completed = "completed",
        /// Taken back by the proponent before authorisation.
        Withdrawn = "withdrawn",
    }
}

names! {
    /// What a document is.
    pub enum DocumentKind {
        /// Project design document.
        DesignDocument = "design_document",
        /// Methodology.
        Methodology = "methodology",
        /// Validation report.
        ValidationReport = "validation_report",
        /// Monitoring report.
        MonitoringReport = "monitoring_report",
        /// Verification report.
        VerificationReport = "verification_report",
        /// Letter of no objection.
        NoObjectionLetter = "no_objection_letter",
        /// Letter of authorisation.
        AuthorisationLetter = "authorisation_letter",
        /// Environmental impact assessment.
        EnvironmentalImpactAssessment = "environmental_impact_assessment",
        /// Anything else.
        Other = "other",
    }
}

names! {
    /// Where a document is in its review.
    pub enum DocumentStatus {
        /// Waits for review.
        Submitted = "submitted",
        /// Accepted; never replaced.
        Accepted = "accepted",
        /// Rejected; a new version may follow.
        Rejected = "rejected",
    }
}

names! {
    /// Where a monitoring period is in its life.
    pub enum MonitoringStage {
        /// Reported by the proponent.
        Reported = "reported",
        /// Sent back by the verifier.
        Returned = "returned",
        /// Verified; credits may be issued.
        Verified = "verified",
        /// Credits were issued for it.
        Issued = "issued",
        /// Issuance was refused.
        Refused = "refused",
    }
}

names! {
    /// What an authorised mitigation outcome may be used for (decision 2/CMA.3, annex, paragraph 1).
    pub enum Purpose {
        /// Towards a nationally determined contribution.
        Ndc = "ndc",
        /// International mitigation purposes other than an NDC, such as CORSIA.
        OimpImp = "oimp_imp",
        /// Other purposes.
        OimpOp = "oimp_op",
    }
}

names! {
    /// When an outcome authorised for other international mitigation purposes counts as first
    /// transferred (decision 2/CMA.3, annex, paragraph 2(b)).
    pub enum FirstTransfer {
        /// At authorisation.
        Authorisation = "authorisation",
        /// At issuance.
        Issuance = "issuance",
        /// At use or cancellation.
        UseOrCancellation = "use_or_cancellation",
    }
}

chain_types! {
    /// One organisation's share of a project's future issuances.
    pub struct Proponent {
        /// The organisation.
        pub organisation: OrganisationId,
        /// Its share; those of all proponents add up to 1 000 000.
        pub share: Ppm,
    }

    /// From one instant to another, `start` < `end`.
    #[derive(Copy)]
    pub struct Period {
        /// First instant in it.
        pub start: Millis,
        /// First instant after it.
        pub end: Millis,
    }

    /// A point on the earth in millionths of a degree (WGS 84).
    #[derive(Copy)]
    pub struct Coordinates {
        /// North positive, at most 90 000 000 either way.
        pub latitude: i32,
        /// East positive, at most 180 000 000 either way.
        pub longitude: i32,
    }

    /// Where a project is.
    pub struct Location {
        /// ISO 3166-2 code or name of the region.
        pub region: Text<MAX_REGION>,
        /// A point in it.
        pub coordinates: Option<Coordinates>,
    }

    /// The Article 6 terms of an authorisation.
    pub struct Article6Terms {
        /// What the outcomes may be used for.
        pub purposes: BoundedBTreeSet<Purpose, ConstU32<3>>,
        /// Parties that may receive them.
        pub parties: BoundedBTreeSet<CountryCode, ConstU32<MAX_PARTIES>>,
        /// Number of the cooperative approach, once the UNFCCC has assigned one (CA0001 is 1).
        pub cooperative_approach: Option<u16>,
        /// First and last vintage that the terms hold for.
        pub valid: (Vintage, Vintage),
        /// When outcomes for other international mitigation purposes are first transferred.
        pub first_transfer: FirstTransfer,
    }

    /// What is given to register a project.
    pub struct ProjectRegistration {
        /// Title.
        pub title: Text<MAX_TITLE>,
        /// Identifier in the system that it comes from; unique in the registry.
        pub external_id: Text<MAX_EXTERNAL_ID>,
        /// Who owns its future issuances.
        pub proponents: Proponents,
        /// Sector.
        pub sector: Sector,
        /// Sectoral scope, one that the sector allows.
        pub sectoral_scope: SectoralScope,
        /// Type of mitigation, one that the sector allows.
        pub mitigation_type: MitigationType,
        /// Gases that it reduces; at least one.
        pub gases: Gases,
        /// Crediting period.
        pub crediting_period: Period,
        /// Where it is; at least one place.
        pub locations: BoundedVec<Location, ConstU32<MAX_LOCATIONS>>,
        /// Estimated cost in whole US dollars.
        pub estimated_cost_usd: u64,
        /// Tonnes that the proponents expect over the crediting period.
        pub estimate: Tonnes,
        /// Hash of the off-chain details.
        pub details: ContentHash,
        /// Certifiers assigned to it: they may review, validate and verify.
        pub certifiers: BoundedBTreeSet<OrganisationId, ConstU32<MAX_CERTIFIERS>>,
    }

    /// A project.
    pub struct Project {
        /// As registered.
        pub registration: ProjectRegistration,
        /// Where it is in its life.
        pub stage: ProjectStage,
        /// Tonnes that the validation confirmed.
        pub validated_estimate: Option<Tonnes>,
        /// Tonnes that may be issued over its life.
        pub authorised: Tonnes,
        /// Article 6 terms; none for domestic use only.
        pub article6: Option<Article6Terms>,
        /// Part of each issuance that goes to the buffer.
        pub buffer_rate: Ppm,
        /// Tonnes issued so far.
        pub issued: Tonnes,
        /// Tonnes of them that were first transferred; from the first on, the terms are fixed.
        pub first_transferred: Tonnes,
        /// Documents submitted so far.
        pub documents: crate::DocumentId,
        /// Monitoring periods reported so far.
        pub monitoring_periods: PeriodId,
        /// Changes of its proponents proposed so far.
        pub proponent_changes: u32,
        /// When it was registered.
        pub created_at: Millis,
    }

    /// A document of a project, by its hash.
    pub struct Document {
        /// What it is.
        pub kind: DocumentKind,
        /// Hash of the file.
        pub hash: ContentHash,
        /// Size of the file in bytes.
        pub size: u64,
        /// Counts the documents of this kind in this project, from 1.
        pub version: u32,
        /// Organisation that submitted it.
        pub uploader: OrganisationId,
        /// Where it is in its review.
        pub status: DocumentStatus,
        /// Organisation that reviewed it.
        pub reviewer: Option<OrganisationId>,
        /// Hash of the reviewer's remark.
        pub remark: Option<ContentHash>,
        /// When it was submitted.
        pub submitted_at: Millis,
    }

    /// Other proponents of a project, proposed and not yet consented to by all.
    pub struct ProponentChange {
        /// Counts the changes proposed for the project; what is consented to.
        pub number: u32,
        /// Who shall own its future issuances.
        pub proponents: Proponents,
        /// Who has consented. All that own a share now or shall own one must.
        pub consents: BoundedBTreeSet<OrganisationId, ConstU32<{ 2 * MAX_PROPONENTS }>>,
    }

    /// A certifier's public statement that a project keeps what it promises. It never changes
    /// balances.
    #[derive(Copy)]
    pub struct Certification {
        /// When it was made.
        pub certified_at: Millis,
        /// How often the certifier had been suspended before: another suspension revokes it.
        pub suspensions: u32,
    }

    /// Tonnes reduced in one calendar year.
    #[derive(Copy)]
    pub struct VintageTonnes {
        /// The year.
        pub vintage: Vintage,
        /// Tonnes.
        pub tonnes: Tonnes,
    }

    /// What is given to report a monitoring period.
    pub struct MonitoringReport {
        /// The period, inside the crediting period and overlapping no other.
        pub period: Period,
        /// Tonnes for each year that the period touches and that has any; ascending.
        pub vintages: Vintages,
        /// Hash of the report.
        pub report: ContentHash,
    }

    /// A monitoring period of a project.
    pub struct MonitoringPeriod {
        /// As reported.
        pub reported: MonitoringReport,
        /// As verified: never more than reported, in any year.
        pub verified: Vintages,
        /// Organisation that verified it.
        pub verifier: Option<OrganisationId>,
        /// Hash of the verification report.
        pub verification: Option<ContentHash>,
        /// Hash of the verifier's remark, if it was returned.
        pub remark: Option<ContentHash>,
        /// Where it is in its life.
        pub stage: MonitoringStage,
    }
}

/// Who owns a project's future issuances.
pub type Proponents = BoundedVec<Proponent, ConstU32<MAX_PROPONENTS>>;
/// Tonnes by year.
pub type Vintages = BoundedVec<VintageTonnes, ConstU32<MAX_VINTAGES>>;

/// Sum over all years, `None` above [`MAX_TONNES`].
pub fn total(vintages: &[VintageTonnes]) -> Option<Tonnes> {
    vintages
        .iter()
        .try_fold(0, |sum: Tonnes, each| sum.checked_add(each.tonnes))
        .filter(|sum| *sum <= MAX_TONNES)
}

impl Period {
    /// Whether it is one, within the years of the registry.
    pub fn is_valid(&self) -> bool {
        self.start < self.end
            && crate::calendar::year_of(self.start).is_some()
            && crate::calendar::year_of(self.end - 1).is_some()
    }

    /// Whether all of `other` lies in it.
    pub const fn contains(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two have an instant in common.
    pub const fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// First and last calendar year that it touches; `None` if it is not valid.
    pub fn years(&self) -> Option<(Vintage, Vintage)> {
        let last = self.end.checked_sub(1)?;
        Some((crate::calendar::year_of(self.start)?, crate::calendar::year_of(last)?))
    }
}

impl Coordinates {
    /// Whether the point is on the earth.
    pub const fn is_valid(&self) -> bool {
        self.latitude.unsigned_abs() <= 90_000_000 && self.longitude.unsigned_abs() <= 180_000_000
    }
}

impl ProjectRegistration {
    /// Whether an organisation has a share in the project.
    pub fn is_proponent(&self, organisation: OrganisationId) -> bool {
        self.proponents.iter().any(|proponent| proponent.organisation == organisation)
    }
}

impl Article6Terms {
    /// Terms name at least one purpose, only assigned countries, at least one of them for NDC use,
    /// and years in order; a cooperative approach is CA0001 to CA9999.
    pub fn is_valid(&self) -> bool {
        !self.purposes.is_empty()
            && self.parties.iter().all(CountryCode::is_valid)
            && !(self.purposes.contains(&Purpose::Ndc) && self.parties.is_empty())
            && self.valid.0 <= self.valid.1
            && self.cooperative_approach.is_none_or(|number| (1..=9999).contains(&number))
    }

    /// Whether they hold for a vintage.
    pub fn cover(&self, vintage: Vintage) -> bool {
        (self.valid.0..=self.valid.1).contains(&vintage)
    }

    /// Whether a vintage may be used in another country for a purpose. Terms that name no Party
    /// allow every country for purposes other than an NDC.
    pub fn allow(&self, purpose: Purpose, country: CountryCode, vintage: Vintage) -> bool {
        self.cover(vintage)
            && self.purposes.contains(&purpose)
            && (self.parties.contains(&country) || self.parties.is_empty())
    }

    /// Whether a vintage is first transferred by a step (decision 2/CMA.3, annex, paragraph 2):
    /// authorised for an NDC, by its first international transfer; authorised for other
    /// international mitigation purposes, as the authorisation says.
    pub fn first_transferred_by(&self, step: Step, vintage: Vintage) -> bool {
        let oimp =
            [Purpose::OimpImp, Purpose::OimpOp].iter().any(|each| self.purposes.contains(each));
        self.cover(vintage)
            && match step {
                Step::InternationalTransfer => true,
                // What is authorised exists only from its issuance on.
                Step::Issuance => {
                    let at = [FirstTransfer::Authorisation, FirstTransfer::Issuance];
                    oimp && at.contains(&self.first_transfer)
                }
                Step::UseOrCancellation => {
                    oimp && self.first_transfer == FirstTransfer::UseOrCancellation
                }
            }
    }

    /// Whether everything ever issued under the terms is first transferred from the start, so that
    /// they cannot change.
    pub fn fixed_by_authorisation(&self) -> bool {
        self.first_transfer == FirstTransfer::Authorisation
            && self.first_transferred_by(Step::Issuance, self.valid.0)
    }
}

/// A step in the life of a credit that may be its first transfer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// It is issued.
    Issuance,
    /// It is recognised as used in another country.
    InternationalTransfer,
    /// It is used for a purpose other than an NDC or a national duty, or cancelled other than to
    /// correct an error.
    UseOrCancellation,
}
