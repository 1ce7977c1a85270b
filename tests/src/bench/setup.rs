// SPDX-License-Identifier: Apache-2.0
//! A registry to put under load, made by signed transactions: developers with officers, projects,
//! and credits issued for them.

use super::{
    blocks,
    heads::{Heads, Rpc},
    sender::Sender,
    signing::{sign_all, EncodedCall, Job, Mortality, LIFETIME},
};
use crate::{demo_data::hash_of, Officer};
use anyhow::{bail, ensure, Context, Result};
use registry_client::{
    payload::{offline, Offline},
    state::State,
    AccountId32, Call, Registry,
};
use registry_primitives::{
    calendar::start_of,
    credit::MAX_PARTS,
    organisation::OrganisationDetails,
    project::{
        DocumentKind, Location, MonitoringReport, Period, ProjectRegistration, Proponent,
        VintageTonnes, MAX_PROPONENTS, MAX_VINTAGES,
    },
    CountryCode, Gas, MemberRole, MitigationType, OrganisationId, OrganisationRole, Sector,
    SectoralScope, SerialNumber, Text, Tonnes, Vintage,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};
use subxt::backend::LegacyBackend;
use subxt_rpcs::client::RpcClient;
use subxt_signer::sr25519::Keypair;

/// Blocks of credits of an organisation: as many as one transfer can name.
pub const HOLDINGS: usize = MAX_PARTS as usize;
/// Tonnes of each: far more than a run splits off.
const TONNES: Tonnes = 10_000_000;
/// The sixteen years that are issued for; all are over.
const FIRST_YEAR: Vintage = 2009;
/// How long transactions of the set-up may take until nothing more happens.
const STUCK: Duration = Duration::from_secs(60);

/// A developer that sends.
pub struct Organisation {
    pub id: OrganisationId,
    /// Its officers; the first is its Admin, the others are Managers.
    pub officers: Vec<Arc<Keypair>>,
    /// First numbers of its blocks of credits.
    pub holdings: Vec<SerialNumber>,
}

/// The chain under load, and everything that is needed to load it.
pub struct Chain {
    pub registry: Registry,
    pub offline: Offline,
    pub heads: Heads,
    pub sender: Sender,
    nonces: BTreeMap<[u8; 32], u64>,
}

/// Connects by the classic methods alone: the newer ones hold blocks in the node's memory.
async fn connect(url: &str) -> Result<Registry> {
    let client = RpcClient::from_insecure_url(url).await?;
    let backend = LegacyBackend::builder().storage_page_size(512).build(client.clone());
    let api = subxt::OnlineClient::from_backend(Arc::new(backend)).await?;
    Ok(Registry { api, rpc: Rpc::new(client.clone()), client })
}

impl Chain {
    /// Connects to nodes; the first is asked, all are sent to.
    pub async fn connect(urls: &[String], connections: usize) -> Result<Self> {
        let first = urls.first().context("a node")?;
        let registry = connect(first).await?;
        let offline = offline(registry.genesis_hash())?;
        let version = registry.at_finalised().await?.spec_version();
        ensure!(
            version == offline.spec_version(),
            "the node runs version {version} of the runtime, the metadata is of {}; run \
             scripts/update-metadata",
            offline.spec_version()
        );
        let heads = Heads::follow(first).await?;
        let sender = Sender::connect(urls, connections).await?;
        Ok(Self { registry, offline, heads, sender, nonces: BTreeMap::new() })
    }

    /// A job with the key's next nonce: all transactions of these keys are made here.
    pub fn job(&mut self, key: &Arc<Keypair>, call: &Arc<EncodedCall>) -> Job {
        let next = self.nonces.entry(key.public_key().0).or_default();
        let nonce = *next;
        *next += 1;
        Job { key: key.clone(), nonce, call: call.clone() }
    }

    /// Takes back jobs that were not sent, so that their nonces are used again.
    pub fn take_back(&mut self, jobs: &[Job]) {
        for job in jobs {
            if let Some(next) = self.nonces.get_mut(&job.key.public_key().0) {
                *next -= 1;
            }
        }
    }

    /// Transactions sent so far.
    pub fn sent(&self) -> u64 {
        self.nonces.values().sum()
    }

    /// Transactions that the chain has counted, for all keys that sign here.
    pub async fn counted(&self) -> Result<u64> {
        let mut sum = 0;
        for account in self.nonces.keys() {
            sum += self.registry.next_nonce(&AccountId32(*account)).await?;
        }
        Ok(sum)
    }

    /// From the last finalised block on.
    pub async fn mortality(&self) -> Result<Mortality> {
        let at = self.registry.at_finalised().await?;
        Ok(Mortality { birth: at.block_number(), hash: at.block_hash(), blocks: LIFETIME })
    }

    /// Signs and sends, and waits until all is final and has succeeded; the blocks that it is in.
    pub async fn settle(&self, jobs: &[Job]) -> Result<Vec<blocks::Facts>> {
        let (start, _) = self.heads.heights()?;
        let mortality = self.mortality().await?;
        let signed = sign_all(&self.offline, mortality, jobs)?;
        for (job, transaction) in jobs.iter().zip(signed) {
            self.sender.send(&job.key.public_key().0, transaction)?;
        }
        let end = self.wait_for(start, jobs.len() as u64).await?;
        let facts = blocks::read_all(&self.registry, start + 1..=end).await?;
        let failed: Vec<_> = facts.iter().flat_map(|block| block.failed.keys()).collect();
        ensure!(failed.is_empty(), "transactions of the set-up failed: {failed:?}");
        Ok(facts)
    }

    /// Waits until so many transactions above a height are final; the finalised height then.
    pub async fn wait_for(&self, start: u32, transactions: u64) -> Result<u32> {
        let (mut last, mut since) = ((0, 0), Instant::now());
        loop {
            let counts = self.heads.included_above(start);
            if counts.1 >= transactions {
                return Ok(self.heads.heights()?.1);
            }
            if counts != last {
                (last, since) = (counts, Instant::now());
            }
            if since.elapsed() > STUCK {
                let refusals = self.sender.refusals();
                bail!(
                    "{} of {transactions} transactions are in blocks and {} final, and for a minute \
                     no more; nodes answered {refusals:?}",
                    counts.0,
                    counts.1
                );
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// One call of each of these officers.
    async fn each(&mut self, calls: Vec<(Arc<Keypair>, Call)>) -> Result<()> {
        let mut jobs = Vec::with_capacity(calls.len());
        for (key, call) in calls {
            let call = EncodedCall::new(&self.offline, &call)?;
            jobs.push(self.job(&key, &call));
        }
        self.settle(&jobs).await?;
        Ok(())
    }

    async fn state(&self) -> Result<State> {
        Ok(State::read(&self.registry.at_finalised().await?).await?)
    }

    /// Makes organisations with officers and credits. `progress` is told what is being done.
    pub async fn populate(
        &mut self,
        organisations: usize,
        officers: usize,
        progress: impl Fn(&str),
    ) -> Result<Vec<Organisation>> {
        let root = key("//Alice")?;
        let certifier = key("//bench//certifier")?;
        let keys: Result<Vec<Vec<_>>> = (0..organisations)
            .map(|each| (0..officers).map(|n| key(&format!("//bench//{each}//{n}"))).collect())
            .collect();
        let keys = keys?;

        progress("organisations");
        let mut calls = vec![create("Certifier", OrganisationRole::Certifier, &certifier)?];
        for (index, officers) in keys.iter().enumerate() {
            let role = OrganisationRole::ProjectDeveloper;
            calls.push(create(&format!("Developer {index}"), role, &officers[0])?);
        }
        self.each(calls.into_iter().map(|call| (root.clone(), call)).collect()).await?;
        let members = self.state().await?.members;
        let id_of = |key: &Keypair| -> Result<OrganisationId> {
            let member = members.get(&key.public_key().0).context("a first Admin is a member")?;
            Ok(member.organisation)
        };
        let mut made = Vec::new();
        for officers in keys {
            made.push(Organisation { id: id_of(&officers[0])?, officers, holdings: vec![] });
        }

        progress("officers and projects");
        let mut calls = Vec::new();
        for Organisation { id, officers, .. } in &made {
            for officer in &officers[1..] {
                let (account, role) = (AccountId32(officer.public_key().0), MemberRole::Manager);
                let call = Call::AddMember { organisation: *id, account, role };
                calls.push((officers[0].clone(), call));
            }
        }
        let certifier_id = id_of(&certifier)?;
        // Every issuance gives each proponent one block for each year.
        let rounds = HOLDINGS.div_ceil(MAX_VINTAGES as usize);
        for (group, proponents) in made.chunks(MAX_PROPONENTS as usize).enumerate() {
            for round in 0..rounds {
                let registration = registration(group, round, proponents, certifier_id)?;
                let call = Call::RegisterProject { registration: Box::new(registration) };
                calls.push((proponents[0].officers[0].clone(), call));
            }
        }
        self.each(calls).await?;

        self.issue(&root, &certifier, &mut made, progress).await?;
        Ok(made)
    }

    async fn issue(
        &mut self,
        root: &Arc<Keypair>,
        certifier: &Arc<Keypair>,
        made: &mut [Organisation],
        progress: impl Fn(&str),
    ) -> Result<()> {
        let mut projects = Vec::new();
        for (id, project) in self.state().await?.projects {
            let proponents = project.registration.proponents.iter();
            let proponents: BTreeSet<_> = proponents.map(|each| each.organisation).collect();
            let owner = made.iter().find(|each| proponents.contains(&each.id));
            let officer = owner.context("a proponent")?.officers[0].clone();
            projects.push((id, officer, project.registration.estimate));
        }
        let hash = hash_of("benchmark");
        let (document, period) = (2, 1);

        progress("documents");
        let mut calls = Vec::new();
        for (project, officer, _) in &projects {
            for kind in [DocumentKind::DesignDocument, DocumentKind::ValidationReport] {
                let call = Call::SubmitDocument { project: *project, kind, hash, size: 1 };
                calls.push((officer.clone(), call));
            }
        }
        self.each(calls).await?;
        progress("validation");
        let mut calls = Vec::new();
        for (project, _, estimate) in &projects {
            let (project, estimate) = (*project, *estimate);
            let accept = Call::ReviewDocument { project, document: 1, accept: true, remark: None };
            calls.push((certifier.clone(), accept));
            let validate = Call::ValidateProject { project, document, estimate };
            calls.push((certifier.clone(), validate));
        }
        self.each(calls).await?;
        progress("authorisation");
        let authorise = |(project, _, quantity): &(u32, Arc<Keypair>, Tonnes)| {
            let (project, quantity) = (*project, *quantity);
            let call = Call::AuthoriseProject { project, quantity, article6: None, buffer_rate: 0 };
            (root.clone(), call)
        };
        self.each(projects.iter().map(authorise).collect()).await?;
        progress("monitoring reports");
        let mut calls = Vec::new();
        for (project, officer, estimate) in &projects {
            let vintages = vintages(*estimate).try_into().ok().context("few vintages")?;
            let report = MonitoringReport { period: years()?, vintages, report: hash };
            calls.push((officer.clone(), Call::ReportMonitoring { project: *project, report }));
        }
        self.each(calls).await?;
        progress("verification");
        let verify = |(project, _, estimate): &(u32, Arc<Keypair>, Tonnes)| {
            let (project, verified) = (*project, vintages(*estimate));
            let verification = hash;
            (certifier.clone(), Call::VerifyMonitoring { project, period, verified, verification })
        };
        self.each(projects.iter().map(verify).collect()).await?;
        progress("issuance");
        let issue = |(project, ..): &(u32, Arc<Keypair>, Tonnes)| {
            (root.clone(), Call::Issue { project: *project, period })
        };
        self.each(projects.iter().map(issue).collect()).await?;

        for (start, block) in self.state().await?.blocks {
            if let Some(owner) = made.iter_mut().find(|each| each.id == block.owner) {
                owner.holdings.push(start);
            }
        }
        let enough = made.iter().all(|each| each.holdings.len() >= HOLDINGS);
        ensure!(enough, "every organisation has been issued {HOLDINGS} blocks");
        Ok(())
    }
}

fn key(uri: &str) -> Result<Arc<Keypair>> {
    Ok(Arc::new(Officer::new(uri)?.key))
}

fn text<const N: u32>(text: &str) -> Result<Text<N>> {
    Ok(Text::try_from(text)?)
}

fn create(name: &str, role: OrganisationRole, admin: &Keypair) -> Result<Call> {
    let details = OrganisationDetails {
        name: text(name)?,
        tax_id: text(&format!("TAX {name}"))?,
        country: CountryCode(*b"VU"),
        sectoral_scopes: Default::default(),
        profile: hash_of(name),
    };
    let first_admin = AccountId32(admin.public_key().0);
    Ok(Call::CreateOrganisation { role, details, first_admin })
}

fn years() -> Result<Period> {
    let year = |year| start_of(year).context("a year");
    Ok(Period { start: year(FIRST_YEAR)?, end: year(FIRST_YEAR + MAX_VINTAGES as Vintage)? })
}

/// The estimate of a project, in equal parts for each year.
fn vintages(estimate: Tonnes) -> Vec<VintageTonnes> {
    let tonnes = estimate / Tonnes::from(MAX_VINTAGES);
    let years = FIRST_YEAR..FIRST_YEAR + MAX_VINTAGES as Vintage;
    years.map(|vintage| VintageTonnes { vintage, tonnes }).collect()
}

fn registration(
    group: usize,
    round: usize,
    owners: &[Organisation],
    certifier: OrganisationId,
) -> Result<ProjectRegistration> {
    const WHOLE: u32 = 1_000_000;
    let share = WHOLE / owners.len() as u32;
    let mut proponents: Vec<_> =
        owners.iter().map(|owner| Proponent { organisation: owner.id, share }).collect();
    proponents[0].share += WHOLE - share * owners.len() as u32;
    let gases: BTreeSet<_> = [Gas::Co2].into();
    let certifiers: BTreeSet<_> = [certifier].into();
    let title = format!("Solar fields {group}, part {round}");
    let estimate = TONNES * owners.len() as Tonnes * Tonnes::from(MAX_VINTAGES);
    Ok(ProjectRegistration {
        title: text(&title)?,
        external_id: text(&format!("BENCH-{group}-{round}"))?,
        proponents: proponents.try_into().ok().context("few proponents")?,
        sector: Sector::Energy,
        sectoral_scope: SectoralScope::EnergyIndustries,
        mitigation_type: MitigationType::Solar,
        gases: gases.try_into().ok().context("few gases")?,
        crediting_period: years()?,
        locations: vec![Location { region: text("VU-SEE")?, coordinates: None }]
            .try_into()
            .ok()
            .context("few locations")?,
        estimated_cost_usd: 1,
        estimate,
        details: hash_of(&title),
        certifiers: certifiers.try_into().ok().context("few certifiers")?,
    })
}
