// SPDX-License-Identifier: Apache-2.0
//! The demo's projects, from their registration to the issuance for them.

use super::{
    admin,
    files::document,
    hash_of, id_of, manager,
    plans::{
        After, Plan, BY_MINISTRY, CERTIFIED, EFATE, ENERGY, KELP, MALEKULA, METERED, METERS,
        PACIFIC, PLANS, REEF, RESUBMITTED, RESUMED, SANTO, TANNA, UNCERTIFIED,
    },
    text, Demo,
};
use crate::officer::Officer;
use anyhow::{ensure, Context, Result};
use registry_client::Call;
use registry_primitives::{
    calendar::start_of,
    project::{
        Article6Terms, Coordinates, DocumentKind, FirstTransfer, Location, MonitoringReport,
        Period, ProjectRegistration, ProjectStage, Proponent, Purpose, VintageTonnes,
    },
    CountryCode, Gas, ProjectId, Sector, Vintage,
};
use std::collections::BTreeSet;

/// Documents of a project by number: they are submitted in this order.
const DESIGN: u32 = 1;
const REPORT: u32 = 2;
/// After the environmental impact assessment.
const SECOND_DESIGN: u32 = 4;

fn period(first: Vintage, last: Vintage) -> Result<Period> {
    let start = start_of(first).context("a year")?;
    Ok(Period { start, end: start_of(last + 1).context("a year")? })
}

fn proponents(shares: &[(usize, u32)]) -> Vec<Proponent> {
    let share = |(company, share): &(usize, u32)| Proponent {
        organisation: id_of(*company),
        share: *share,
    };
    shares.iter().map(share).collect()
}

fn terms() -> Result<Article6Terms> {
    let purposes: BTreeSet<_> = [Purpose::Ndc, Purpose::OimpImp].into();
    let parties: BTreeSet<_> =
        [CountryCode(*b"CH"), CountryCode(*b"SE"), CountryCode(*b"SG")].into();
    Ok(Article6Terms {
        purposes: purposes.try_into().ok().context("few purposes")?,
        parties: parties.try_into().ok().context("few Parties")?,
        cooperative_approach: None,
        valid: (2021, 2030),
        first_transfer: FirstTransfer::UseOrCancellation,
    })
}

impl Plan {
    fn registration(&self) -> Result<ProjectRegistration> {
        let (sector, sectoral_scope, mitigation_type) = self.kind;
        let (region, latitude, longitude) = self.region;
        let location = Location {
            region: text(region)?,
            coordinates: Some(Coordinates { latitude, longitude }),
        };
        let gases: BTreeSet<_> = [Gas::Co2].into();
        let certifiers: BTreeSet<_> = [id_of(self.certifier)].into();
        Ok(ProjectRegistration {
            title: text(self.title)?,
            external_id: text(self.external_id)?,
            proponents: proponents(self.proponents).try_into().ok().context("few proponents")?,
            sector,
            sectoral_scope,
            mitigation_type,
            gases: gases.try_into().ok().context("few gases")?,
            crediting_period: period(2021, 2030)?,
            locations: vec![location].try_into().ok().context("few locations")?,
            estimated_cost_usd: self.estimate * 37,
            estimate: self.estimate,
            details: hash_of(self.title),
            certifiers: certifiers.try_into().ok().context("few certifiers")?,
        })
    }

    fn is_past(&self, stage: ProjectStage) -> bool {
        use ProjectStage::*;
        let rank = |stage| match stage {
            Submitted | Withdrawn => 0,
            Returned => 1,
            Validated => 2,
            _ => 3,
        };
        rank(self.stage) >= rank(stage)
    }

    fn is(&self, external_id: &str) -> bool {
        self.external_id == external_id
    }

    /// The first proponent's officer.
    pub(super) fn officer(&self) -> Result<Officer> {
        manager(self.proponents[0].0)
    }

    /// The report of a period; the verifier finds a little less in its last year.
    fn monitoring(&self, index: usize) -> Result<(MonitoringReport, Vec<VintageTonnes>)> {
        let (first, last, tonnes, _) = self.periods[index];
        let mut vintages: Vec<_> =
            (first..=last).map(|vintage| VintageTonnes { vintage, tonnes }).collect();
        let report = MonitoringReport {
            period: period(first, last)?,
            vintages: vintages.clone().try_into().ok().context("few vintages")?,
            report: hash_of(format!("{} {first}-{last}", self.title)),
        };
        if let Some(last) = vintages.last_mut() {
            last.tonnes -= 1 + last.tonnes / 100;
        }
        Ok((report, vintages))
    }
}

impl Demo<'_> {
    /// Who decides: the ministry on energy, the Government on everything else.
    fn decider(&self, plan: &Plan) -> Result<Officer> {
        match plan.kind.0 {
            Sector::Energy => admin(ENERGY),
            _ => Ok(self.admin.clone()),
        }
    }

    pub(super) async fn register(&self) -> Result<()> {
        let mut calls = Vec::new();
        for plan in PLANS {
            let officer = if plan.is(BY_MINISTRY) { manager(ENERGY)? } else { plan.officer()? };
            let registration = Box::new(plan.registration()?);
            calls.push((officer, Call::RegisterProject { registration }));
        }
        for (id, _) in self.waiting(|_| false).await? {
            calls.push((self.deputy.clone(), Call::Approve { id }));
        }
        self.send(calls).await?;
        let state = self.state().await?;
        ensure!(state.thresholds.get("cancel") == Some(&2), "two officers cancel from now on");
        Ok(())
    }

    pub(super) async fn submit(&self) -> Result<()> {
        let mut calls = Vec::new();
        for (project, plan) in self.projects().await? {
            let officer = plan.officer()?;
            let mut submit = |kind: DocumentKind| {
                let document = document(plan.title, kind);
                let (hash, size) = (hash_of(&document), document.len() as u64);
                let call = Call::SubmitDocument { project, kind, hash, size };
                calls.push((officer.clone(), call));
            };
            submit(DocumentKind::DesignDocument);
            if plan.is_past(ProjectStage::Validated) {
                submit(DocumentKind::ValidationReport);
                submit(DocumentKind::EnvironmentalImpactAssessment);
            }
            if plan.is(BY_MINISTRY) {
                let certifiers = vec![id_of(REEF), id_of(PACIFIC)];
                calls.push((self.decider(plan)?, Call::AssignCertifiers { project, certifiers }));
            }
            let other: &[_] = match plan.external_id {
                RESUMED => &[(SANTO, 600_000), (KELP, 400_000)],
                UNCERTIFIED => &[(EFATE, 500_000), (TANNA, 500_000)],
                _ => continue,
            };
            let proponents = proponents(other);
            calls.push((officer, Call::ProposeProponents { project, proponents }));
        }
        self.send(calls).await
    }

    pub(super) async fn review(&self) -> Result<()> {
        let mut calls = Vec::new();
        for (project, plan) in self.projects().await? {
            let officer = manager(plan.certifier)?;
            let accept = plan.stage != ProjectStage::Returned && !plan.is(RESUBMITTED);
            if plan.is_past(ProjectStage::Returned) {
                let remark = (!accept).then(|| hash_of("The baseline needs a source."));
                let call = Call::ReviewDocument { project, document: DESIGN, accept, remark };
                calls.push((officer.clone(), call));
            }
            if plan.is_past(ProjectStage::Validated) && accept {
                calls.push((officer, validation(project, plan)));
            }
            if plan.stage == ProjectStage::Withdrawn {
                let reason = "The site is a sea turtle nesting beach.".to_owned();
                calls.push((plan.officer()?, Call::WithdrawProject { project, reason }));
            }
            if plan.is(RESUMED) {
                let number = 1;
                calls.push((manager(KELP)?, Call::ConsentToProponents { project, number }));
            }
            if plan.is(UNCERTIFIED) {
                let number = 1;
                calls.push((manager(TANNA)?, Call::WithdrawProponents { project, number }));
            }
        }
        self.send(calls).await
    }

    pub(super) async fn decide(&self) -> Result<()> {
        use ProjectStage::{Authorised, Completed, Rejected, Suspended};
        let mut calls = Vec::new();
        for (project, plan) in self.projects().await? {
            let officer = self.decider(plan)?;
            if plan.stage == Rejected {
                let reason = "The activity is common practice in the sector.".to_owned();
                calls.push((officer.clone(), Call::RejectProject { project, reason }));
            }
            if matches!(plan.stage, Authorised | Completed | Suspended) {
                // Forests insure themselves against reversal with a tenth of what they are issued.
                let buffer_rate = if plan.kind.0 == Sector::Forestry { 100_000 } else { 0 };
                let article6 = (plan.kind.0 == Sector::Energy).then(terms).transpose()?;
                let quantity = plan.estimate / 10 * 9;
                let call = Call::AuthoriseProject { project, quantity, article6, buffer_rate };
                calls.push((officer.clone(), call));
            }
            if plan.is(METERED) {
                let assigned = Article6Terms { cooperative_approach: Some(17), ..terms()? };
                let article6 = Some(assigned);
                calls.push((officer.clone(), Call::ChangeTerms { project, article6 }));
            }
            if plan.stage == Suspended || plan.is(RESUMED) {
                let reason = "The land lease is before a court.".to_owned();
                calls.push((officer.clone(), Call::SuspendProject { project, reason }));
            }
            if plan.is(RESUMED) {
                calls.push((officer, Call::ResumeProject { project }));
            }
            if plan.is(RESUBMITTED) {
                let hash = hash_of(format!("{} with a source of the baseline", plan.title));
                let kind = DocumentKind::DesignDocument;
                let call = Call::SubmitDocument { project, kind, hash, size: 97_280 };
                calls.push((plan.officer()?, call));
            }
        }
        self.send(calls).await
    }

    pub(super) async fn report(&self) -> Result<()> {
        let mut calls = Vec::new();
        for (project, plan) in self.projects().await? {
            let certifier = manager(plan.certifier)?;
            if plan.is(RESUBMITTED) {
                let (document, accept, remark) = (SECOND_DESIGN, true, None);
                let call = Call::ReviewDocument { project, document, accept, remark };
                calls.push((certifier.clone(), call));
                calls.push((certifier.clone(), validation(project, plan)));
            }
            let reporter = if plan.is(METERED) { manager(METERS)? } else { plan.officer()? };
            for index in 0..plan.periods.len() {
                let (report, _) = plan.monitoring(index)?;
                calls.push((reporter.clone(), Call::ReportMonitoring { project, report }));
            }
            if CERTIFIED.contains(&plan.external_id) {
                calls.push((certifier, Call::CertifyProject { project }));
            }
        }
        self.send(calls).await
    }

    /// Verifies while transfers are paused and one developer is suspended.
    pub(super) async fn verify(&self) -> Result<()> {
        let reason = "The serial numbers of the first issuance are being checked.".to_owned();
        let mut calls = vec![(self.root.clone(), Call::PauseTransfers { reason })];
        for (project, plan) in self.projects().await? {
            let certifier = manager(plan.certifier)?;
            for (index, (.., after)) in plan.periods.iter().enumerate() {
                let period = index as u32 + 1;
                let call = match after {
                    After::Reported => continue,
                    After::Returned => {
                        let remark = hash_of("Two plots are missing.");
                        Call::ReturnMonitoring { project, period, remark }
                    }
                    After::Verified | After::Issued | After::Refused => {
                        let (_, verified) = plan.monitoring(index)?;
                        let verification =
                            hash_of(format!("{} {period} verified", plan.external_id));
                        Call::VerifyMonitoring { project, period, verified, verification }
                    }
                };
                calls.push((certifier.clone(), call));
            }
            if plan.is(UNCERTIFIED) {
                let certifier = id_of(plan.certifier);
                let reason = "The certificate named another site.".to_owned();
                let call = Call::RevokeCertification { project, certifier, reason };
                calls.push((self.manager.clone(), call));
            }
        }
        let reason = "The list of members is being reviewed.".to_owned();
        let suspend = Call::SuspendOrganisation { id: id_of(MALEKULA), reason };
        calls.push((self.manager.clone(), suspend));
        self.send(calls).await
    }

    /// Issues; what the suspended developer gets is on hold until it is reactivated.
    pub(super) async fn issue(&self) -> Result<()> {
        let mut calls = vec![(self.root.clone(), Call::ResumeTransfers {})];
        for (project, plan) in self.projects().await? {
            for (index, (.., after)) in plan.periods.iter().enumerate() {
                let period = index as u32 + 1;
                match after {
                    After::Reported | After::Verified => {}
                    After::Issued => {
                        calls.push((self.admin.clone(), Call::Issue { project, period }));
                    }
                    After::Refused => {
                        let reason = "The grid’s emission factor was out of date.".to_owned();
                        let call = Call::RefuseIssuance { project, period, reason };
                        calls.push((self.decider(plan)?, call));
                    }
                    After::Returned => {
                        let (mut report, _) = plan.monitoring(index)?;
                        report.report = hash_of("All plots");
                        let call = Call::ReportMonitoring { project, report };
                        calls.push((plan.officer()?, call));
                    }
                }
            }
        }
        let reactivate = Call::ReactivateOrganisation { id: id_of(MALEKULA) };
        calls.push((self.admin.clone(), reactivate));
        self.send(calls).await?;
        let state = self.state().await?;
        ensure!(state.national.on_hold == 0, "what was issued to the suspended one is released");
        Ok(())
    }
}

fn validation(project: ProjectId, plan: &Plan) -> Call {
    Call::ValidateProject { project, document: REPORT, estimate: plan.estimate }
}
