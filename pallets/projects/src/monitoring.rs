// SPDX-License-Identifier: Apache-2.0
//! Monitoring periods: reported, verified, and handed to issuance.

use crate::{Config, Error, Event, MonitoringPeriods, Pallet, Projects};
use frame_support::{ensure, traits::Time};
use registry_primitives::{
    project::{
        total, MonitoringPeriod, MonitoringReport, MonitoringStage, Project, ProjectStage,
        VintageTonnes, Vintages, MAX_PERIODS,
    },
    ContentHash, OrganisationId, PeriodId, ProjectId, Tonnes,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_report_monitoring(
        id: ProjectId,
        mut project: Project,
        report: &MonitoringReport,
    ) -> Result<PeriodId, Error<T>> {
        ensure!(project.stage == ProjectStage::Authorised, Error::WrongStage);
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
        project: Project,
        number: PeriodId,
        verified: &Vintages,
        verification: ContentHash,
        verifier: OrganisationId,
    ) -> Result<(), Error<T>> {
        ensure!(project.stage == ProjectStage::Authorised, Error::WrongStage);
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

    /// A project and one of its periods for which credits may be issued now.
    ///
    /// The tonnes are those of the period's `verified` vintages.
    pub fn issuable(
        id: ProjectId,
        number: PeriodId,
    ) -> Result<(Project, MonitoringPeriod), Error<T>> {
        let project = Projects::<T>::get(id).ok_or(Error::UnknownProject)?;
        let period = MonitoringPeriods::<T>::get(id, number).ok_or(Error::UnknownPeriod)?;
        ensure!(project.stage == ProjectStage::Authorised, Error::WrongStage);
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
}

/// At least one year, in order, none twice, and none without tonnes.
fn is_ascending(vintages: &[VintageTonnes]) -> bool {
    !vintages.is_empty()
        && vintages.iter().all(|each| each.tonnes > 0)
        && vintages.windows(2).all(|pair| pair[0].vintage < pair[1].vintage)
}
