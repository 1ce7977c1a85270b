// SPDX-License-Identifier: Apache-2.0
//! What the calls cost at worst: every list full, every text as long as it may be.

use crate::{
    Call, Certifications, Certifiers, Config, Documents, LastProjectId, MonitoringPeriods, Pallet,
    Projects, ProponentChanges,
};
use alloc::{collections::BTreeSet, vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::traits::Time;
use frame_system::RawOrigin;
use registry_primitives::{
    calendar::start_of,
    organisation::MAX_REASON,
    project::{
        Article6Terms, Certification, Coordinates, DocumentKind, DocumentStatus, FirstTransfer,
        Location, MonitoringPeriod, MonitoringReport, MonitoringStage, Period, ProjectRegistration,
        ProjectStage, Proponent, ProponentChange, Proponents, Purpose, VintageTonnes, Vintages,
        MAX_CERTIFIERS, MAX_LOCATIONS, MAX_PARTIES, MAX_PERIODS, MAX_PROPONENTS, MAX_VINTAGES,
    },
    shares::WHOLE,
    ContentHash, CountryCode, Gas, Millis, MitigationType, OrganisationId, OrganisationRole,
    ProjectId, Sector, SectoralScope, Text, Vintage, MAX_TONNES,
};

/// What the benchmarks need from other pallets.
pub trait BenchmarkHelper<AccountId> {
    /// An Admin of the Government, alone enough for everything that the Government does.
    fn government() -> AccountId;
    /// A new active organisation, and its Admin.
    fn organisation(role: OrganisationRole) -> (OrganisationId, AccountId);
    /// Makes it so late.
    fn set_time(now: Millis);
}

/// The first year of the crediting period.
const FIRST_YEAR: Vintage = 2000;
const HASH: ContentHash = ContentHash([7; 32]);

/// An organisation, and its Admin.
type Officer<T> = (OrganisationId, <T as frame_system::Config>::AccountId);

/// A project with as much of everything as there can be.
struct Scene<T: Config> {
    project: ProjectId,
    owners: Vec<Officer<T>>,
    certifiers: Vec<Officer<T>>,
    government: T::AccountId,
}

/// The longest text.
fn longest<const N: u32>() -> Text<N> {
    Text(vec![b'a'; N as usize].try_into().expect("as long as the bound"))
}

fn reason() -> Text<MAX_REASON> {
    longest()
}

fn organisations<T: Config>(role: OrganisationRole, count: u32) -> Vec<Officer<T>> {
    (0..count).map(|_| T::BenchmarkHelper::organisation(role)).collect()
}

/// Equal shares; sixteen divide the whole.
fn shared<T: Config>(owners: &[Officer<T>]) -> Proponents {
    let share = WHOLE / MAX_PROPONENTS;
    let all: Vec<_> = owners
        .iter()
        .map(|(organisation, _)| Proponent { organisation: *organisation, share })
        .collect();
    all.try_into().expect("as many as the bound")
}

fn certifier_set<T: Config>(certifiers: &[Officer<T>]) -> Certifiers {
    let all: BTreeSet<_> = certifiers.iter().map(|(organisation, _)| *organisation).collect();
    all.try_into().expect("as many as the bound")
}

/// So many years from the first of the crediting period.
fn years(count: Vintage) -> Period {
    let start = start_of(FIRST_YEAR).expect("a year of the registry");
    let end = start_of(FIRST_YEAR + count).expect("a year of the registry");
    Period { start, end }
}

fn registration<T: Config>(
    owners: &[Officer<T>],
    certifiers: &[Officer<T>],
) -> ProjectRegistration {
    let coordinates = Some(Coordinates { latitude: 90_000_000, longitude: 180_000_000 });
    let place = Location { region: longest(), coordinates };
    let gases: BTreeSet<_> = Gas::ALL.iter().copied().collect();
    ProjectRegistration {
        title: longest(),
        external_id: longest(),
        proponents: shared::<T>(owners),
        sector: Sector::Energy,
        sectoral_scope: SectoralScope::EnergyIndustries,
        mitigation_type: MitigationType::Wind,
        gases: gases.try_into().expect("all that there are"),
        crediting_period: years(100),
        locations: vec![place; MAX_LOCATIONS as usize].try_into().expect("as many as the bound"),
        estimated_cost_usd: MAX_TONNES,
        estimate: MAX_TONNES,
        details: HASH,
        certifiers: certifier_set::<T>(certifiers),
    }
}

fn terms(cooperative_approach: u16) -> Article6Terms {
    let purposes: BTreeSet<_> = Purpose::ALL.iter().copied().collect();
    let parties: BTreeSet<_> = CountryCode::all().take(MAX_PARTIES as usize).collect();
    Article6Terms {
        purposes: purposes.try_into().expect("all that there are"),
        parties: parties.try_into().expect("as many as the bound"),
        cooperative_approach: Some(cooperative_approach),
        valid: (FIRST_YEAR, FIRST_YEAR + 99),
        first_transfer: FirstTransfer::UseOrCancellation,
    }
}

fn vintages() -> Vintages {
    let all: Vec<_> = (FIRST_YEAR..)
        .take(MAX_VINTAGES as usize)
        .map(|vintage| VintageTonnes { vintage, tonnes: 1_000 })
        .collect();
    all.try_into().expect("as many as the bound")
}

fn report() -> MonitoringReport {
    let period = years(MAX_VINTAGES as Vintage);
    MonitoringReport { period, vintages: vintages(), report: HASH }
}

/// A registered project in some stage.
fn scene<T: Config>(stage: ProjectStage) -> Scene<T> {
    use ProjectStage::{Authorised, Completed, Suspended};
    let now = start_of(FIRST_YEAR + 101).expect("a year of the registry");
    T::BenchmarkHelper::set_time(now);
    let owners = organisations::<T>(OrganisationRole::ProjectDeveloper, MAX_PROPONENTS);
    let certifiers = organisations::<T>(OrganisationRole::Certifier, MAX_CERTIFIERS);
    let project = Pallet::<T>::do_register(&registration::<T>(&owners, &certifiers));
    let project = project.expect("the registration is in order");
    Projects::<T>::mutate(project, |found| {
        let found = found.as_mut().expect("it was just registered");
        found.stage = stage;
        found.validated_estimate = Some(MAX_TONNES);
        if matches!(stage, Authorised | Suspended | Completed) {
            found.authorised = MAX_TONNES;
            found.article6 = Some(terms(1));
        }
    });
    Scene { project, owners, certifiers, government: T::BenchmarkHelper::government() }
}

/// Puts `count` monitoring periods in a stage; those that came to nothing may overlap.
fn put_periods<T: Config>(project: ProjectId, count: u32, stage: MonitoringStage) {
    let verified = match stage {
        MonitoringStage::Reported | MonitoringStage::Returned => Default::default(),
        _ => vintages(),
    };
    for number in 1..=count {
        let period = MonitoringPeriod {
            reported: report(),
            verified: verified.clone(),
            verifier: None,
            verification: None,
            remark: Some(HASH),
            stage,
        };
        MonitoringPeriods::<T>::insert(project, number, period);
    }
    Projects::<T>::mutate(project, |found| {
        found.as_mut().expect("it is registered").monitoring_periods = count;
    });
}

/// Submits a document and says its number.
fn submit<T: Config>(
    project: ProjectId,
    by: &T::AccountId,
    kind: DocumentKind,
) -> Result<u32, BenchmarkError> {
    let by = RawOrigin::Signed(by.clone()).into();
    Pallet::<T>::submit_document(by, project, kind, HASH, 1)?;
    let found = Projects::<T>::get(project).ok_or("it is registered")?;
    Ok(found.documents)
}

/// Lets sixteen others take over, with the consent of all but the last.
fn put_change<T: Config>(scene: &Scene<T>) -> Officer<T> {
    let others = organisations::<T>(OrganisationRole::ProjectDeveloper, MAX_PROPONENTS);
    let consents: BTreeSet<_> =
        scene.owners.iter().chain(&others[1..]).map(|(organisation, _)| *organisation).collect();
    let consents = consents.try_into().expect("fewer than the bound");
    let change = ProponentChange { number: 1, proponents: shared::<T>(&others), consents };
    ProponentChanges::<T>::insert(scene.project, change);
    Projects::<T>::mutate(scene.project, |found| {
        found.as_mut().expect("it is registered").proponent_changes = 1;
    });
    others[0].clone()
}

fn put_certification<T: Config>(project: ProjectId, certifier: OrganisationId) {
    let certification = Certification { certified_at: T::Clock::now(), suspensions: 0 };
    Certifications::<T>::insert(project, certifier, certification);
}

fn stage_of<T: Config>(project: ProjectId) -> Option<ProjectStage> {
    Projects::<T>::get(project).map(|found| found.stage)
}

fn period_stage<T: Config>(project: ProjectId) -> Option<MonitoringStage> {
    MonitoringPeriods::<T>::get(project, 1).map(|found| found.stage)
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn register_project() -> Result<(), BenchmarkError> {
        let owners = organisations::<T>(OrganisationRole::ProjectDeveloper, MAX_PROPONENTS);
        let certifiers = organisations::<T>(OrganisationRole::Certifier, MAX_CERTIFIERS);
        let registration = registration::<T>(&owners, &certifiers);
        let by = owners.last().ok_or("there are sixteen")?.1.clone();

        #[extrinsic_call]
        _(RawOrigin::Signed(by), registration);

        assert_eq!(stage_of::<T>(LastProjectId::<T>::get()), Some(ProjectStage::Submitted));
        Ok(())
    }

    #[benchmark]
    fn submit_document() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Submitted);
        let (project, by) = (scene.project, scene.owners[15].1.clone());
        // A new version for a returned project reads the one before and resubmits the project.
        submit::<T>(project, &by, DocumentKind::DesignDocument)?;
        Projects::<T>::mutate(project, |found| {
            found.as_mut().expect("it is registered").stage = ProjectStage::Returned;
        });

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, DocumentKind::DesignDocument, HASH, MAX_TONNES);

        assert_eq!(stage_of::<T>(project), Some(ProjectStage::Submitted));
        Ok(())
    }

    #[benchmark]
    fn review_document() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Submitted);
        let (project, by) = (scene.project, scene.certifiers[7].1.clone());
        let document = submit::<T>(project, &scene.owners[0].1, DocumentKind::ValidationReport)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, document, false, Some(HASH));

        assert_eq!(stage_of::<T>(project), Some(ProjectStage::Returned));
        Ok(())
    }

    #[benchmark]
    fn validate_project() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Submitted);
        let (project, by) = (scene.project, scene.certifiers[7].1.clone());
        let design = submit::<T>(project, &scene.owners[0].1, DocumentKind::DesignDocument)?;
        Documents::<T>::mutate(project, design, |found| {
            found.as_mut().expect("it was just submitted").status = DocumentStatus::Accepted;
        });
        let document = submit::<T>(project, &scene.owners[0].1, DocumentKind::ValidationReport)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, document, MAX_TONNES);

        assert_eq!(stage_of::<T>(project), Some(ProjectStage::Validated));
        Ok(())
    }

    #[benchmark]
    fn authorise_project() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Validated);
        let (project, by) = (scene.project, scene.government);

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, MAX_TONNES, Some(terms(1)), WHOLE);

        assert_eq!(stage_of::<T>(project), Some(ProjectStage::Authorised));
        Ok(())
    }

    #[benchmark]
    fn reject_project() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Validated);
        put_change::<T>(&scene);
        let (project, by) = (scene.project, scene.government);

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, reason());

        assert_eq!(stage_of::<T>(project), Some(ProjectStage::Rejected));
        Ok(())
    }

    #[benchmark]
    fn report_monitoring() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Authorised);
        let (project, by) = (scene.project, scene.owners[15].1.clone());
        put_periods::<T>(project, MAX_PERIODS - 1, MonitoringStage::Returned);

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, report());

        assert!(MonitoringPeriods::<T>::contains_key(project, MAX_PERIODS));
        Ok(())
    }

    #[benchmark]
    fn verify_monitoring() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Authorised);
        let (project, by) = (scene.project, scene.certifiers[7].1.clone());
        put_periods::<T>(project, 1, MonitoringStage::Reported);

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, 1, vintages(), HASH);

        assert_eq!(period_stage::<T>(project), Some(MonitoringStage::Verified));
        Ok(())
    }

    #[benchmark]
    fn withdraw_project() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Validated);
        put_change::<T>(&scene);
        let (project, by) = (scene.project, scene.owners[15].1.clone());

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, reason());

        assert_eq!(stage_of::<T>(project), Some(ProjectStage::Withdrawn));
        Ok(())
    }

    #[benchmark]
    fn suspend_project() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Authorised);
        let (project, by) = (scene.project, scene.government);

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, reason());

        assert_eq!(stage_of::<T>(project), Some(ProjectStage::Suspended));
        Ok(())
    }

    #[benchmark]
    fn resume_project() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Suspended);
        let (project, by) = (scene.project, scene.government);

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project);

        assert_eq!(stage_of::<T>(project), Some(ProjectStage::Authorised));
        Ok(())
    }

    #[benchmark]
    fn complete_project() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Authorised);
        put_change::<T>(&scene);
        let (project, by) = (scene.project, scene.government);

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, Some(reason()));

        assert_eq!(stage_of::<T>(project), Some(ProjectStage::Completed));
        Ok(())
    }

    #[benchmark]
    fn change_terms() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Authorised);
        let (project, by) = (scene.project, scene.government);

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, Some(terms(2)));

        let now = Projects::<T>::get(project).and_then(|found| found.article6);
        assert_eq!(now, Some(terms(2)));
        Ok(())
    }

    #[benchmark]
    fn propose_proponents() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Authorised);
        // In place of another change.
        put_change::<T>(&scene);
        let others = organisations::<T>(OrganisationRole::ProjectDeveloper, MAX_PROPONENTS);
        let (project, by) = (scene.project, scene.owners[15].1.clone());

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, shared::<T>(&others));

        let number = ProponentChanges::<T>::get(project).map(|change| change.number);
        assert_eq!(number, Some(2));
        Ok(())
    }

    #[benchmark]
    fn consent_to_proponents() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Authorised);
        let (last, by) = put_change::<T>(&scene);
        let project = scene.project;

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, 1);

        let found = Projects::<T>::get(project).ok_or("it is registered")?;
        assert!(found.registration.is_proponent(last));
        Ok(())
    }

    #[benchmark]
    fn withdraw_proponents() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Authorised);
        let (_, by) = put_change::<T>(&scene);
        let project = scene.project;

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, 1);

        assert!(!ProponentChanges::<T>::contains_key(project));
        Ok(())
    }

    #[benchmark]
    fn assign_certifiers() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Authorised);
        let others = organisations::<T>(OrganisationRole::Certifier, MAX_CERTIFIERS);
        let (project, by) = (scene.project, scene.government);
        let certifiers = certifier_set::<T>(&others);

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, certifiers.clone());

        let found = Projects::<T>::get(project).ok_or("it is registered")?;
        assert_eq!(found.registration.certifiers, certifiers);
        Ok(())
    }

    #[benchmark]
    fn certify_project() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Authorised);
        let (project, (certifier, by)) = (scene.project, scene.certifiers[7].clone());

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project);

        assert!(Pallet::<T>::is_certified(project, certifier));
        Ok(())
    }

    #[benchmark]
    fn revoke_certification() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Authorised);
        let (project, (certifier, by)) = (scene.project, scene.certifiers[7].clone());
        put_certification::<T>(project, certifier);

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, certifier, reason());

        assert!(!Certifications::<T>::contains_key(project, certifier));
        Ok(())
    }

    #[benchmark]
    fn return_monitoring() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Authorised);
        let (project, by) = (scene.project, scene.certifiers[7].1.clone());
        put_periods::<T>(project, 1, MonitoringStage::Reported);

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, 1, HASH);

        assert_eq!(period_stage::<T>(project), Some(MonitoringStage::Returned));
        Ok(())
    }

    #[benchmark]
    fn refuse_issuance() -> Result<(), BenchmarkError> {
        let scene = scene::<T>(ProjectStage::Authorised);
        let (project, by) = (scene.project, scene.government);
        put_periods::<T>(project, 1, MonitoringStage::Verified);

        #[extrinsic_call]
        _(RawOrigin::Signed(by), project, 1, reason());

        assert_eq!(period_stage::<T>(project), Some(MonitoringStage::Refused));
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
