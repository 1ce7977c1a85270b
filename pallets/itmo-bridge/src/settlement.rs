// SPDX-License-Identifier: Apache-2.0
//! What the registry does once operators have agreed: each event once.

use crate::{
    observing::PLATFORM, Companies, Config, Error, Event, Outcome, Pallet, Settings, Settled,
    Settlement, Waiting, WaitingFrom, WeightInfo,
};
use frame_support::{ensure, storage::with_storage_layer, weights::Weight};
use registry_primitives::{
    itmo::{mapping, EventKey, Facts, PlatformEvent, PlatformProject},
    organisation::{OrganisationDetails, MAX_NAME, MAX_TAX_ID},
    project::{ProjectRegistration, MAX_EXTERNAL_ID},
    ContentHash, MayAct, OrganisationId, ProjectId, Text, Tonnes,
};
use sp_runtime::{DispatchError, DispatchResult};

/// Monitoring reports that one block looks at, of those that wait.
pub(crate) const LOOKED_AT_PER_BLOCK: u32 = 4;

/// Whether credits can be issued for a project.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Readiness {
    /// Not yet: it is not authorised, or suspended.
    NotYet,
    /// They can.
    Ready,
    /// Never: it has ended.
    Never,
}

/// What the bridge does in the registry, with the checks of an officer's call. Wired by the runtime.
/// Whatever refuses has changed nothing.
pub trait Registry {
    /// The organisation with a tax identifier.
    fn organisation_by_tax_id(tax_id: &Text<MAX_TAX_ID>) -> Option<OrganisationId>;
    /// Whether an organisation exists and may own projects.
    fn owns_projects(organisation: OrganisationId) -> bool;
    /// Creates a developer without members.
    fn create_organisation(details: OrganisationDetails) -> Result<OrganisationId, DispatchError>;
    /// Registers a project that was validated elsewhere.
    fn register_project(registration: ProjectRegistration) -> Result<ProjectId, DispatchError>;
    /// The identifier of a project in the system that it comes from.
    fn external_id(project: ProjectId) -> Option<Text<MAX_EXTERNAL_ID>>;
    /// Whether credits can be issued for a project.
    fn readiness(project: ProjectId) -> Readiness;
    /// Issues credits for a project, for what was reduced since its last monitoring period.
    fn issue(project: ProjectId, tonnes: Tonnes, evidence: ContentHash) -> DispatchResult;
}

impl<T: Config> Pallet<T> {
    /// Acts on what was agreed on; what is refused becomes a case.
    pub(crate) fn settle(key: EventKey, facts: Facts, hash: ContentHash, round: u32) {
        let outcome = match Self::act(&key, &facts, hash) {
            Ok(outcome) => {
                Self::close_agreed(&key);
                outcome
            }
            Err(error) => Outcome::Case(Self::open_refused(&key, facts, hash, error, round)),
        };
        let at = Self::now();
        Settled::<T>::insert(key, Settlement { hash: Some(hash), round, at, outcome });
    }

    /// Acts, or changes nothing.
    pub(crate) fn act(
        key: &EventKey,
        facts: &Facts,
        hash: ContentHash,
    ) -> Result<Outcome, DispatchError> {
        with_storage_layer(|| match facts {
            Facts::ProjectAuthorised(project) => {
                Self::take_over(key, project, hash).map(Outcome::Done)
            }
            Facts::MonitoringReported => {
                let done = Self::issue(key, hash)?;
                if done.is_none() {
                    Waiting::<T>::insert(key, ());
                    Self::deposit_event(Event::IssuanceWaits { key: key.clone() });
                }
                Ok(done.map_or(Outcome::Waits, Outcome::Done))
            }
        })
    }

    /// The project that was registered for the platform's project with this identifier.
    pub(crate) fn taken_over(external_id: &Text<MAX_EXTERNAL_ID>) -> Option<ProjectId> {
        match Settled::<T>::get(Self::authorisation_of(external_id))?.outcome {
            Outcome::Done(project) => Some(project),
            Outcome::Waits | Outcome::Case(_) | Outcome::Dismissed => None,
        }
    }

    fn authorisation_of(external_id: &Text<MAX_EXTERNAL_ID>) -> EventKey {
        let (project, event) = (external_id.clone(), PlatformEvent::ProjectAuthorised);
        EventKey { platform: PLATFORM, project, event }
    }

    /// Registers a project, with its organisation if that is new.
    fn take_over(
        key: &EventKey,
        facts: &PlatformProject,
        evidence: ContentHash,
    ) -> Result<ProjectId, DispatchError> {
        let organisation = Self::organisation_for(&facts.company)?;
        let (country, settings) = (T::Members::country(), Settings::<T>::get());
        let registration =
            mapping::registration(&key.project, facts, organisation, country, &settings, evidence);
        let project =
            T::Registry::register_project(registration.ok_or(Error::<T>::InvalidPeriod)?)?;
        let unknown_sector = match mapping::classified(facts.sector.as_ref()) {
            Some(_) => None,
            None => Some(facts.sector.clone().unwrap_or_default()),
        };
        let key = key.clone();
        Self::deposit_event(Event::ProjectTakenOver { key, project, organisation, unknown_sector });
        Ok(project)
    }

    /// The organisation of a company: the one that it was linked to, the one that is it, or a new one.
    fn organisation_for(company: &Text<MAX_NAME>) -> Result<OrganisationId, DispatchError> {
        if let Some(organisation) = Companies::<T>::get(company) {
            return Ok(organisation);
        }
        let details = mapping::organisation(company, T::Members::country());
        let found = T::Registry::organisation_by_tax_id(&details.tax_id);
        let organisation = match found {
            Some(id) => {
                let same = T::Members::organisation(id)
                    .is_some_and(|found| found.details.name == details.name);
                ensure!(same, Error::<T>::CompanyNameTaken);
                ensure!(T::Registry::owns_projects(id), Error::<T>::InvalidOrganisation);
                id
            }
            None => T::Registry::create_organisation(details)?,
        };
        Companies::<T>::insert(company, organisation);
        let (company, created) = (company.clone(), found.is_none());
        Self::deposit_event(Event::CompanyLinked { company, organisation, created, by: None });
        Ok(organisation)
    }

    /// Issues credits for a monitoring report; `None` if it is too early.
    fn issue(key: &EventKey, evidence: ContentHash) -> Result<Option<ProjectId>, DispatchError> {
        let Some(project) = Self::taken_over(&key.project) else {
            let authorisation = Settled::<T>::get(Self::authorisation_of(&key.project));
            let dismissed = authorisation.is_some_and(|each| each.outcome == Outcome::Dismissed);
            ensure!(!dismissed, Error::<T>::ProjectDismissed);
            return Ok(None);
        };
        match T::Registry::readiness(project) {
            Readiness::NotYet => return Ok(None),
            Readiness::Never => return Err(Error::<T>::ProjectEnded.into()),
            Readiness::Ready => {}
        }
        T::Registry::issue(project, Settings::<T>::get().issuance, evidence)?;
        Self::deposit_event(Event::IssuanceTakenOver { key: key.clone(), project });
        Ok(Some(project))
    }

    /// Issues what has become possible, of a few of those that wait, in turn.
    pub(crate) fn look_at_waiting(remaining: Weight) -> Weight {
        let most = T::WeightInfo::look_at_waiting(LOOKED_AT_PER_BLOCK);
        if !remaining.all_gte(most) {
            return Weight::zero();
        }
        let keys = match WaitingFrom::<T>::get() {
            Some(last) => {
                let after = Waiting::<T>::hashed_key_for(last);
                Waiting::<T>::iter_keys_from(after)
            }
            None => Waiting::<T>::iter_keys(),
        };
        let keys: alloc::vec::Vec<_> = keys.take(LOOKED_AT_PER_BLOCK as usize).collect();
        match keys.last() {
            Some(last) if keys.len() == LOOKED_AT_PER_BLOCK as usize => WaitingFrom::<T>::put(last),
            // From the beginning next time.
            _ => WaitingFrom::<T>::kill(),
        }
        let count = keys.len() as u32;
        for key in keys {
            Self::look_at(key);
        }
        T::WeightInfo::look_at_waiting(count)
    }

    fn look_at(key: EventKey) {
        let Some(mut settled) = Settled::<T>::get(&key) else { return };
        let Some(hash) = settled.hash else { return };
        settled.outcome = match with_storage_layer(|| Self::issue(&key, hash)) {
            Ok(None) => return,
            Ok(Some(project)) => Outcome::Done(project),
            Err(error) => {
                let facts = Facts::MonitoringReported;
                Outcome::Case(Self::open_refused(&key, facts, hash, error, settled.round))
            }
        };
        settled.at = Self::now();
        Waiting::<T>::remove(&key);
        Settled::<T>::insert(key, settled);
    }
}
