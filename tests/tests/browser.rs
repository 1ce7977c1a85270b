// SPDX-License-Identifier: Apache-2.0
//! The portal as people meet it: Debian's Chromium against the whole registry with the demo's data and
//! with names that mean no good. What is done in the browser stands in `tests/browser`.

mod common;

mod browser {
    use super::common::{self, text};
    use anyhow::{ensure, Context, Result};
    use registry_client::{state::State, Call, Registry};
    use registry_primitives::{
        calendar::start_of,
        credit::{Beneficiary, BlockStatus, Part, RetirementDetails, RetirementPurpose},
        organisation::OrganisationDetails,
        project::{Location, Period, ProjectRegistration, Proponent},
        CountryCode, Gas, MitigationType, OrganisationId, OrganisationRole, Sector, SectoralScope,
        SerialNumber,
    };
    use registry_testbed::{
        demo_data::{self, hash_of},
        javascript::JavaScript,
        Officer, Options, Stack,
    };
    use std::{collections::BTreeSet, path::Path};

    /// A name as somebody chooses it who wants to own the page.
    const MARKUP: &str = "\"><img src=x onerror=alert(1)><script>alert(2)</script><h1>Owned</h1>";
    /// Signs on top of each other, pictures, and letters from right to left.
    const STACKED: &str =
        "Z\u{36f}\u{36f}\u{36f}\u{36f}\u{36f}\u{36f}\u{36f}\u{36f}a 🌋👩🏽‍🌾 مشروع الغابة";
    /// Of the widest letter, as often as a name may have one.
    const WIDEST: &str = "W";

    #[tokio::test]
    async fn pages_and_journeys() -> Result<()> {
        let suites = JavaScript::install("browser")?;
        let folder = common::folder()?;
        let mut stack = Stack::prepare(Options::instant(folder.path()))?;
        let keys = folder.path().join("keys.json");
        stack.portal_options = vec![
            format!("--demonstration={}", demo_data::offer(&keys)?.display()),
            format!("--wallet-node={}", stack.node_url()),
        ];
        stack = stack.begin().await?;
        let registry = stack.registry().await?;
        demo_data::load(&registry, |what| println!("  {what}")).await?;
        mean_no_good(&registry).await?;
        stack.wait_for_indexer().await?;
        let portal = stack.portal_url();
        demo_data::files::deposit(&portal).await?;

        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace")?;
        let templates = workspace.join("portal/templates").display().to_string();
        let mut arguments = vec![portal, "--templates".to_owned(), templates];
        // Pictures for the documentation instead of tests, and some of the suites instead of all.
        for (variable, option) in
            [("REGISTRY_SCREENSHOTS", "--screenshots"), ("REGISTRY_SUITE", "--only")]
        {
            let value = std::env::var(variable).ok();
            arguments.extend(value.into_iter().flat_map(|it| [option.to_owned(), it]));
        }
        let ended = suites.test("main.mjs", &arguments)?;

        stack.ensure_running()?;
        let log = stack.portal.as_ref().context("a portal")?.output();
        let bad = |line: &&str| line.contains(" ERROR ") || line.contains("panicked at");
        let cries: Vec<_> = log.lines().filter(bad).collect();
        ensure!(cries.is_empty(), "the portal wrote:\n{}", cries.join("\n"));
        ensure!(ended.success(), "what failed in the browser stands above: {ended}");
        Ok(())
    }

    /// An organisation, projects, a transfer and retirements with hostile names; it is suspended for a
    /// hostile reason.
    async fn mean_no_good(registry: &Registry) -> Result<()> {
        let root = Officer::new("//Alice")?;
        let hostile = Officer::new("//Hostile//Admin")?;
        let details = OrganisationDetails {
            name: text(MARKUP),
            tax_id: text("'; DROP TABLE chain.projects; --"),
            country: CountryCode(*b"VU"),
            sectoral_scopes: Default::default(),
            profile: hash_of(MARKUP),
        };
        let role = OrganisationRole::ProjectDeveloper;
        let first_admin = hostile.account();
        let create = Call::CreateOrganisation { role, details, first_admin };
        registry.execute(&root.key, &create).await?;
        let state = State::read(&registry.at_finalised().await?).await?;
        let id = *state.organisations.keys().last().context("an organisation")?;

        let (long, longest) = (WIDEST.repeat(128), WIDEST.repeat(256));
        for (title, external_id) in [(MARKUP, "1"), (STACKED, "2"), (&longest, &long[..64])] {
            let registration = Box::new(registration(id, title, external_id)?);
            registry.execute(&hostile.key, &Call::RegisterProject { registration }).await?;
        }

        let efate = Officer::new("//Efate//Manager")?;
        let member = state.members.get(&efate.account().0).context("the Manager")?;
        let start = held_by(registry, member.organisation).await?;
        let parts = vec![Part { start, quantity: 30 }];
        let give = Call::Transfer { parts, to: id, reference: Some(MARKUP.to_owned()) };
        registry.execute(&efate.key, &give).await?;
        for name in [MARKUP, STACKED, &long] {
            let parts = vec![Part { start: held_by(registry, id).await?, quantity: 10 }];
            let details = RetirementDetails {
                purpose: RetirementPurpose::Voluntary,
                beneficiary: Beneficiary { name: text(name), country: CountryCode(*b"VU") },
                on_behalf_of: Some(text(MARKUP)),
                reason: Some(text(STACKED)),
                reference: Some(text(&long)),
            };
            registry.execute(&hostile.key, &Call::Retire { parts, details }).await?;
        }
        let reason = format!("{MARKUP} {STACKED}");
        registry.execute(&root.key, &Call::SuspendOrganisation { id, reason }).await?;
        Ok(())
    }

    fn registration(
        organisation: OrganisationId,
        title: &str,
        external_id: &str,
    ) -> Result<ProjectRegistration> {
        let gases: BTreeSet<_> = [Gas::Co2].into();
        let year = |year| start_of(year).context("a year");
        let proponent = Proponent { organisation, share: 1_000_000 };
        let location = Location { region: text("VU-SEE"), coordinates: None };
        Ok(ProjectRegistration {
            title: text(title),
            external_id: text(external_id),
            proponents: vec![proponent].try_into().ok().context("one proponent")?,
            sector: Sector::Energy,
            sectoral_scope: SectoralScope::EnergyIndustries,
            mitigation_type: MitigationType::Solar,
            gases: gases.try_into().ok().context("one gas")?,
            crediting_period: Period { start: year(2021)?, end: year(2031)? },
            locations: vec![location].try_into().ok().context("one location")?,
            estimated_cost_usd: 1,
            estimate: 1_000,
            details: hash_of(title),
            certifiers: Default::default(),
        })
    }

    /// The first number of the first block of credits that an organisation can use.
    async fn held_by(registry: &Registry, owner: OrganisationId) -> Result<SerialNumber> {
        let state = State::read(&registry.at_finalised().await?).await?;
        let mut blocks = state.blocks.iter();
        let found =
            blocks.find(|(_, block)| block.owner == owner && block.status == BlockStatus::Held);
        let (start, _) = found.with_context(|| format!("credits of organisation {owner}"))?;
        Ok(*start)
    }
}
