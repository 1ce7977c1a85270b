// SPDX-License-Identifier: Apache-2.0
//! Monitoring periods: reported, verified, and handed to issuance.

use crate::{stages::ProjectStep, Config, Error, Event, MonitoringPeriods, Pallet, Projects};
use frame_support::{
    ensure,
    traits::{Defensive, Time},
};
use registry_primitives::{
    organisation::MAX_REASON,
    project::{
        total, MonitoringPeriod, MonitoringReport, MonitoringStage, Period, Project, VintageTonnes,
        Vintages, MAX_PERIODS,
    },
    ContentHash, OrganisationId, PeriodId, ProjectId, Text, Tonnes,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_report_monitoring(
        id: ProjectId,
        mut project: Project,
        report: &MonitoringReport,
    ) -> Result<PeriodId, Error<T>> {
        ProjectStep::ReportMonitoring.ensure(&project)?;
        ensure!(report.period.is_valid(), Error::InvalidPeriod);
        let crediting = &project.registration.crediting_period;
        ensure!(crediting.contains(&report.period), Error::OutsideCreditingPeriod);
        ensure!(report.period.end <= T::Clock::now(), Error::PeriodNotOver);
        Self::check_vintages(report)?;
        ensure!(project.monitoring_periods < MAX_PERIODS, Error::TooManyPeriods);
        let overlaps = MonitoringPeriods::<T>::iter_prefix_values(id).any(|other| {
            use MonitoringStage::{Issued, Reported, Verified};
            matches!(other.stage, Reported | Verified | Issued)
                && other.reported.period.overlaps(&report.period)
        });
        ensure!(!overlaps, Error::OverlappingPeriod);

        let number = project.monitoring_periods + 1;
        project.monitoring_periods = number;
        Projects::<T>::insert(id, project);
        MonitoringPeriods::<T>::insert(
            id,
            number,
            MonitoringPeriod {
                reported: report.clone(),
                verified: Default::default(),
                verifier: None,
                verification: None,
                remark: None,
                stage: MonitoringStage::Reported,
            },
        );
        Ok(number)
    }

    /// Vintages are ascending years that the period touches, each with tonnes.
    fn check_vintages(report: &MonitoringReport) -> Result<(), Error<T>> {
        let (first, last) = report.period.years().ok_or(Error::InvalidPeriod)?;
        ensure!(is_ascending(&report.vintages), Error::InvalidVintages);
        for VintageTonnes { vintage, .. } in &report.vintages {
            ensure!((first..=last).contains(vintage), Error::InvalidVintages);
        }
        total(&report.vintages).map(drop).ok_or(Error::Overflow)
    }

    pub(crate) fn do_verify_monitoring(
        id: ProjectId,
        project: &Project,
        number: PeriodId,
        verified: &Vintages,
        verification: ContentHash,
        verifier: OrganisationId,
    ) -> Result<(), Error<T>> {
        ProjectStep::VerifyMonitoring.ensure(project)?;
        let mut period = MonitoringPeriods::<T>::get(id, number).ok_or(Error::UnknownPeriod)?;
        ensure!(period.stage == MonitoringStage::Reported, Error::NotReported);
        ensure!(is_ascending(verified), Error::InvalidVintages);
        for VintageTonnes { vintage, tonnes } in verified {
            let reported = period.reported.vintages.iter().find(|each| each.vintage == *vintage);
            ensure!(reported.is_some_and(|each| *tonnes <= each.tonnes), Error::AboveReported);
        }

        period.stage = MonitoringStage::Verified;
        period.verified = verified.clone();
        period.verifier = Some(verifier);
        period.verification = Some(verification);
        MonitoringPeriods::<T>::insert(id, number, period);
        Ok(())
    }

    pub(crate) fn do_return_monitoring(
        id: ProjectId,
        project: &Project,
        number: PeriodId,
        remark: ContentHash,
    ) -> Result<(), Error<T>> {
        ProjectStep::ReturnMonitoring.ensure(project)?;
        let mut period = MonitoringPeriods::<T>::get(id, number).ok_or(Error::UnknownPeriod)?;
        ensure!(period.stage == MonitoringStage::Reported, Error::NotReported);

        period.stage = MonitoringStage::Returned;
        period.remark = Some(remark);
        MonitoringPeriods::<T>::insert(id, number, period);
        Ok(())
    }

    pub(crate) fn do_refuse_issuance(
        id: ProjectId,
        project: &Project,
        number: PeriodId,
        reason: &Text<MAX_REASON>,
    ) -> Result<(), Error<T>> {
        ProjectStep::RefuseIssuance.ensure(project)?;
        let mut period = MonitoringPeriods::<T>::get(id, number).ok_or(Error::UnknownPeriod)?;
        ensure!(period.stage == MonitoringStage::Verified, Error::NotVerified);
        ensure!(reason.is_valid(), Error::InvalidText);

        period.stage = MonitoringStage::Refused;
        MonitoringPeriods::<T>::insert(id, number, period);
        Ok(())
    }

    /// Takes over a monitoring period that was verified in another system: from the end of the last
    /// one, or the start of the crediting period, to now; all of it of the year in which it ends.
    pub fn import_monitoring(
        id: ProjectId,
        tonnes: Tonnes,
        evidence: ContentHash,
    ) -> Result<PeriodId, Error<T>> {
        use MonitoringStage::{Issued, Reported, Verified};
        let project = Projects::<T>::get(id).ok_or(Error::UnknownProject)?;
        let crediting = project.registration.crediting_period;
        let end = crediting.end.min(T::Clock::now());
        let start = MonitoringPeriods::<T>::iter_prefix_values(id)
            .filter(|other| matches!(other.stage, Reported | Verified | Issued))
            .map(|other| other.reported.period.end)
            .fold(crediting.start, |last, end| last.max(end));
        let period = Period { start, end };
        let (_, vintage) = period.years().filter(|_| start < end).ok_or(Error::InvalidPeriod)?;
        let mut vintages = Vintages::new();
        vintages.try_push(VintageTonnes { vintage, tonnes }).map_err(|_| Error::InvalidVintages)?;
        let report = MonitoringReport { period, vintages: vintages.clone(), report: evidence };
        let number = Self::do_report_monitoring(id, project, &report)?;
        MonitoringPeriods::<T>::mutate(id, number, |period| {
            if let Some(period) = period.as_mut().defensive() {
                period.stage = Verified;
                period.verified = vintages;
                period.verification = Some(evidence);
            }
        });
        Self::deposit_event(Event::MonitoringImported { project: id, period: number, report });
        Ok(number)
    }

    /// A project and one of its periods for which credits may be issued now.
    ///
    /// The tonnes are those of the period's `verified` vintages.
    pub fn issuable(
        id: ProjectId,
        number: PeriodId,
    ) -> Result<(Project, MonitoringPeriod), Error<T>> {
        let project = Projects::<T>::get(id).ok_or(Error::UnknownProject)?;
        let period = MonitoringPeriods::<T>::get(id, number).ok_or(Error::UnknownPeriod)?;
        ProjectStep::IssueCredits.ensure(&project)?;
        ensure!(period.stage == MonitoringStage::Verified, Error::NotVerified);
        let quantity = total(&period.verified).ok_or(Error::Overflow)?;
        let issued = project.issued.checked_add(quantity).ok_or(Error::Overflow)?;
        ensure!(issued <= project.authorised, Error::AboveAuthorised);
        Ok((project, period))
    }

    /// Notes that credits were issued for what [`Self::issuable`] gave.
    pub fn note_issued(id: ProjectId, number: PeriodId) -> Result<Tonnes, Error<T>> {
        let (mut project, mut period) = Self::issuable(id, number)?;
        let quantity = total(&period.verified).ok_or(Error::Overflow)?;

        project.issued = project.issued.checked_add(quantity).ok_or(Error::Overflow)?;
        period.stage = MonitoringStage::Issued;
        Projects::<T>::insert(id, project);
        MonitoringPeriods::<T>::insert(id, number, period);
        let (project, period) = (id, number);
        Self::deposit_event(Event::MonitoringPeriodIssued { project, period, quantity });
        Ok(quantity)
    }

    /// Whether credits were issued for a monitoring period.
    pub fn is_issued(id: ProjectId, number: PeriodId) -> bool {
        MonitoringPeriods::<T>::get(id, number)
            .is_some_and(|period| period.stage == MonitoringStage::Issued)
    }

    /// Notes that so many more of a project's issued tonnes were first transferred: from the first
    /// on, its Article 6 terms are fixed.
    pub fn note_first_transferred(id: ProjectId, tonnes: Tonnes) -> Result<(), Error<T>> {
        let mut project = Projects::<T>::get(id).ok_or(Error::UnknownProject)?;
        let sum = project.first_transferred.checked_add(tonnes).ok_or(Error::Overflow)?;
        ensure!(sum <= project.issued, Error::AboveIssued);

        project.first_transferred = sum;
        Projects::<T>::insert(id, project);
        Ok(())
    }
}

/// At least one year, in order, none twice, and none without tonnes.
fn is_ascending(vintages: &[VintageTonnes]) -> bool {
    !vintages.is_empty()
        && vintages.iter().all(|each| each.tonnes > 0)
        && vintages.windows(2).all(|pair| pair[0].vintage < pair[1].vintage)
}
