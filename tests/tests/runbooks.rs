// SPDX-License-Identifier: Apache-2.0
//! The pages of `docs/how-to`, carried out as an operator would, and what the chain says afterwards.

mod common;

mod runbooks {
    use super::common::Cast;
    use anyhow::{ensure, Context, Result};
    use registry_client::{chain, AccountId32, Call};
    use registry_primitives::{MemberRole, GOVERNMENT};
    use registry_testbed::{
        runbook::{
            node_key, page::repository, until, uri, Guest, Machine, Network, Page, Place, Setup,
            Validators, GENESIS, GUEST_KEY, NODE, VALIDATORS,
        },
        spec::{self, Genesis},
        Officer, Options, Stack,
    };
    use std::{collections::BTreeSet, path::PathBuf};

    const INDEXER: &str = "registry-indexer";
    const ARCHIVE: &str = "registry-node@archive";

    /// A machine of the test as a machine of the page.
    fn place<'a>(
        network: &Network,
        label: &'a str,
        machine: &'a str,
        instance: &str,
        variables: &[(&'a str, String)],
    ) -> Result<Place<'a>> {
        let mut all: Vec<_> = network.machine(machine)?.variables(instance);
        all.extend_from_slice(variables);
        Ok(Place { label, machine, variables: all })
    }

    fn account(name: &str) -> Result<AccountId32> {
        Ok(Officer::new(&uri(name))?.account())
    }

    async fn validators(machine: &Machine) -> Result<Validators> {
        Validators::read(&machine.registry().await?).await
    }

    /// Waits until a validator has made a final block in this session or a later one.
    async fn authors(machine: &Machine, who: &AccountId32, session: u32) -> Result<()> {
        until("the validator has made a final block", 90, async || {
            let now = validators(machine).await?;
            for session in session..=now.session {
                if now.authored(session, who).await? > 0 {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
    }

    /// Fails if a node's log or the chain knows of contradictory blocks or votes.
    async fn ensure_honest(network: &Network, witness: &str) -> Result<()> {
        let now = validators(network.machine(witness)?).await?;
        ensure!(now.equivocations == 0, "{} contradictory votes are reported", now.equivocations);
        for (name, machine) in &network.machines {
            let log = machine.log(NODE).to_lowercase();
            let line = log.lines().find(|line| line.contains("equivocat"));
            ensure!(line.is_none(), "{name} saw an offence: {line:?}");
        }
        Ok(())
    }

    fn done(page: &Page, network: &Network) {
        println!("{}: {:.0} s in all", page.name, network.took());
    }

    #[tokio::test]
    async fn every_page_has_a_test_and_its_links_lead_somewhere() -> Result<()> {
        let tested = [
            "back-up-and-restore.md",
            "compromised-key.md",
            "fail-over.md",
            "join-by-warp-sync.md",
            "lost-quorum.md",
            "operate-a-validator.md",
            "rotate-keys.md",
            "stuck-indexer.md",
            "upgrade-runtime.md",
        ];
        // What lists the pages, what has no commands, and what has a test of its own.
        let others = [
            "README.md",
            "hold-the-genesis-ceremony.md",
            "import-organisations.md",
            "migrate-storage.md",
            "read-the-itmo-platform.md",
            "set-up-mail-and-webhooks.md",
        ];
        let folder = repository().join("docs/how-to");
        let mut pages = BTreeSet::new();
        for entry in std::fs::read_dir(&folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(folder.join(&name))?;
            for (_, rest) in text.match_indices("](").map(|(at, _)| text.split_at(at + 2)) {
                let target = rest.split_once(')').context("a link has an end")?.0;
                let file = target.split_once('#').map_or(target, |(file, _)| file);
                let there = file.contains("://") || folder.join(file).exists();
                ensure!(there, "{name} leads to {target}, which is not there");
            }
            pages.insert(name);
        }
        let known = tested.iter().chain(&others).map(|name| (*name).to_owned());
        let known: BTreeSet<_> = known.collect();
        ensure!(pages == known, "pages: {pages:?}, tests: {known:?}");
        Ok(())
    }

    #[tokio::test]
    async fn rotate_keys() -> Result<()> {
        let page = Page::open("rotate-keys.md")?;
        let mut network = Network::start(Setup::default()).await?;
        let dave = account("dave")?;
        let before = validators(network.machine("alice")?).await?;
        let old = before.keys(&dave).await?;

        let variables = [
            ("ACCOUNT", dave.to_string()),
            ("KEY", uri("dave")),
            ("P2P_PORT", network.machine("dave")?.peers_port.to_string()),
        ];
        let places = [place(&network, "a", "dave", "validator", &variables)?];
        network.run(&page, &page.section("Steps")?, &places)?;
        let after = validators(network.machine("alice")?).await?;
        network.run(&page, &page.section("How you see that it worked")?, &places)?;

        let machine = network.machine("dave")?;
        ensure!(after.in_set == before.in_set, "the set is another");
        let new = after.keys(&dave).await?;
        ensure!(new[0] != old[0] && new[1] != old[1], "the keys are the old ones");
        ensure!(after.authorities().await?.contains(&new[0]), "the new key makes no blocks");
        let held: BTreeSet<_> = machine.keys("validator")?.into_iter().collect();
        ensure!(held == new.into(), "the keystore has {held:?}");
        authors(network.machine("alice")?, &dave, after.session).await?;
        ensure_honest(&network, "alice").await?;
        done(&page, &network);
        Ok(())
    }

    #[tokio::test]
    async fn fail_over() -> Result<()> {
        let page = Page::open("fail-over.md")?;
        let guest = Guest { name: "eve", instance: "validator", starts: false };
        let mut network =
            Network::start(Setup { guest: Some(guest), ..Default::default() }).await?;
        let dave = account("dave")?;
        let (a, b) = (network.peer("dave", 4)?, network.peer("eve", GUEST_KEY)?);
        let variables = |machine: &str, other: &str| -> Result<Vec<_>> {
            Ok(vec![
                ("OTHER", other.to_owned()),
                ("OPERATOR", "Department".to_owned()),
                ("ADDRESS", network.machine(machine)?.address()),
                ("KEY", uri("dave")),
            ])
        };
        let places = [
            place(&network, "a", "dave", "validator", &variables("dave", &b)?)?,
            place(&network, "b", "eve", "validator", &variables("eve", &a)?)?,
        ];
        network.run(&page, &page.blocks, &places)?;

        let (old, new) = (network.machine("dave")?, network.machine("eve")?);
        ensure!(!old.runs(NODE) && old.keys("validator")?.is_empty(), "A has not ended");
        let now = validators(network.machine("alice")?).await?;
        let held: BTreeSet<_> = new.keys("validator")?.into_iter().collect();
        ensure!(held == now.keys(&dave).await?.into(), "B holds {held:?}");
        authors(network.machine("alice")?, &dave, now.session).await?;
        let goal = network.wait_for_finality(&["alice", "bob", "charlie", "eve"], 2).await?;
        network.ensure_same_block(&["alice", "eve"], goal).await?;
        ensure_honest(&network, "alice").await?;
        done(&page, &network);
        Ok(())
    }

    #[tokio::test]
    async fn join_by_warp_sync() -> Result<()> {
        let page = Page::open("join-by-warp-sync.md")?;
        let mut network = Network::start(Setup::default()).await?;
        // Something to leave out.
        network.wait_for_finality(&VALIDATORS, 4).await?;
        let places = [place(&network, "a", "dave", "validator", &[])?];
        network.run(&page, &page.blocks, &places)?;

        let goal = network.wait_for_finality(&VALIDATORS, 2).await?;
        network.ensure_same_block(&VALIDATORS, goal).await?;
        let session = validators(network.machine("alice")?).await?.session;
        authors(network.machine("alice")?, &account("dave")?, session).await?;
        ensure_honest(&network, "alice").await?;
        done(&page, &network);
        Ok(())
    }

    #[tokio::test]
    async fn back_up_and_restore() -> Result<()> {
        let page = Page::open("back-up-and-restore.md")?;
        let guest = Guest { name: "archive", instance: "archive", starts: true };
        let mut network =
            Network::start(Setup { guest: Some(guest), ..Default::default() }).await?;
        network.wait_for_finality(&["alice", "archive"], 2).await?;
        let backup = network.machine("archive")?.path("/var/backups/registry");
        let backup = [("BACKUP", backup.display().to_string())];
        let places = [place(&network, "a", "archive", "archive", &backup)?];
        network.run(&page, &page.section("Back up")?, &places)?;
        let saved = network.wait_for_finality(&["alice", "archive"], 1).await?;

        // The disk is lost, the back-up is not.
        let machine = network.machine_mut("archive")?;
        machine.sh(&format!(
            "systemctl stop {ARCHIVE}; rm -rf \"$MACHINE/var/lib\" \"$MACHINE/etc/registry\""
        ))?;
        network.run(&page, &page.section("Restore")?, &places)?;
        network.run(&page, &page.section("How you see that it worked")?, &places)?;

        let goal = network.wait_for_finality(&["alice", "archive"], 2).await?;
        for height in [saved, goal] {
            network.ensure_same_block(&["alice", "archive"], height).await?;
        }
        // It still has the state of old blocks.
        let registry = network.machine("archive")?.registry().await?;
        let members = chain::storage().registry_council().members();
        registry.at_height(1).await?.storage().fetch(members, ()).await?.decode()?;
        done(&page, &network);
        Ok(())
    }

    #[tokio::test]
    async fn upgrade_runtime() -> Result<()> {
        let page = Page::open("upgrade-runtime.md")?;
        let council = [account("alice")?, account("bob")?, account("charlie")?];
        let council = council.map(|member| member.to_string());
        let genesis = Genesis { council: &council, ..GENESIS };
        let mut network = Network::start(Setup { genesis, guest: None }).await?;
        let old = network.machine("alice")?.registry().await?.at_finalised().await?.spec_version();

        let mut nodes = Vec::new();
        for name in VALIDATORS {
            nodes.push(network.machine(name)?.http());
        }
        let motion = network.folder().join("motion.json").display().to_string();
        let variables = |member: &str| -> Result<Vec<_>> {
            Ok(vec![
                ("WASM", next_runtime()?.display().to_string()),
                ("COUNCIL_KEY", uri(member)),
                ("MOTION", motion.clone()),
                ("NODES", nodes.join(" ")),
            ])
        };
        let places = [
            place(&network, "a", "alice", "validator", &variables("alice")?)?,
            place(&network, "b", "bob", "validator", &variables("bob")?)?,
        ];
        network.run(&page, &page.blocks, &places)?;

        let goal = network.wait_for_finality(&VALIDATORS, 2).await?;
        network.ensure_same_block(&VALIDATORS, goal).await?;
        for name in VALIDATORS {
            let registry = network.machine(name)?.registry().await?;
            let new = registry.at_finalised().await?.spec_version();
            ensure!(new == old + 1, "{name} has runtime {new}, and had {old}");
        }
        done(&page, &network);
        Ok(())
    }

    #[tokio::test]
    async fn lost_quorum() -> Result<()> {
        let page = Page::open("lost-quorum.md")?;
        let mut network = Network::start(Setup::default()).await?;
        for name in ["charlie", "dave"] {
            network.machine_mut(name)?.kill(NODE)?;
        }
        // What was on its way may still become final.
        tokio::time::sleep(std::time::Duration::from_secs(4)).await;
        let alice = network.machine("alice")?;
        let (stalled, best) = (alice.finalised().await?, alice.best().await?);
        let places = |back| -> Result<_> {
            Ok([
                place(&network, "a", "alice", "validator", &[])?,
                place(&network, "b", back, "validator", &[])?,
            ])
        };
        let (charlie, dave) = (places("charlie")?, places("dave")?);
        network.run(&page, &page.section("Find out")?, &charlie)?;
        let alice = network.machine("alice")?;
        let (finalised, now) = (alice.finalised().await?, alice.best().await?);
        println!("  finalised {stalled} then {finalised}, best {best} then {now}");
        ensure!(finalised == stalled && now > best, "finality should stand and blocks go on");

        network.run(&page, &page.section("Bring validators back")?, &charlie)?;
        network.run(&page, &page.section("How you see that it worked")?, &charlie)?;
        network.wait_for_finality(&["alice", "bob", "charlie"], 2).await?;
        network.run(&page, &page.section("Bring validators back")?, &dave)?;
        let goal = network.wait_for_finality(&VALIDATORS, 2).await?;
        network.ensure_same_block(&VALIDATORS, goal).await?;
        ensure!(goal > stalled, "no progress since {stalled}");
        ensure_honest(&network, "alice").await?;
        done(&page, &network);
        Ok(())
    }

    #[tokio::test]
    async fn compromised_key() -> Result<()> {
        let page = Page::open("compromised-key.md")?;
        let guest = Guest { name: "eve", instance: "validator", starts: true };
        let mut network =
            Network::start(Setup { guest: Some(guest), ..Default::default() }).await?;
        let dave = account("dave")?;
        let registry = network.machine("alice")?.registry().await?;
        let join =
            Call::AddMember { organisation: GOVERNMENT, account: dave, role: MemberRole::Manager };
        registry.execute(&Officer::new("//Alice")?.key, &join).await?;
        let before = validators(network.machine("alice")?).await?;
        let stolen = before.keys(&dave).await?;

        let card = network.folder().join("card.json").display().to_string();
        let variables = [
            ("ACCOUNT", dave.to_string()),
            ("KEY", uri("dave")),
            ("OPERATOR", "Department".to_owned()),
            ("ADDRESS", network.machine("eve")?.address()),
            ("CARD", card),
            ("COUNCIL_KEY", uri("alice")),
        ];
        let places = [
            place(&network, "b", "eve", "validator", &variables)?,
            place(&network, "c", "alice", "validator", &variables)?,
        ];
        network.run(&page, &page.blocks, &places)?;

        // The page looks at the best block, the test at the last final one.
        until("the set is whole again", 30, async || {
            Ok(validators(network.machine("alice")?).await?.in_set.contains(&dave))
        })
        .await?;
        let now = validators(network.machine("alice")?).await?;
        ensure!(now.in_set.len() == 4, "{} validators", now.in_set.len());
        let held: BTreeSet<_> = network.machine("eve")?.keys("validator")?.into_iter().collect();
        ensure!(held == now.keys(&dave).await?.into(), "B holds {held:?}");
        let authorities = now.authorities().await?;
        ensure!(!authorities.contains(&stolen[0]), "the stolen key still makes blocks");
        // The old node runs, with the stolen keys, and nobody listens to it.
        let old = network.machine("dave")?;
        ensure!(old.runs(NODE) && old.keys("validator")?.contains(&stolen[0]), "A was touched");
        let peers = old.rpc("system_health", serde_json::json!([])).await?["peers"].clone();
        ensure!(peers == 0, "the old node has {peers} peers");
        let lonely = old.finalised().await?;
        authors(network.machine("alice")?, &dave, now.session).await?;
        let goal = network.wait_for_finality(&["alice", "bob", "charlie", "eve"], 1).await?;
        ensure!(old.finalised().await? == lonely && lonely < goal, "the old node takes part");
        ensure_honest(&network, "alice").await?;
        done(&page, &network);
        Ok(())
    }

    #[tokio::test]
    async fn stuck_indexer() -> Result<()> {
        let page = Page::open("stuck-indexer.md")?;
        let mut network = Network::prepare()?;
        // Postgres alone of the stack; the rest are units.
        let mut stack = Stack::prepare(Options::instant(network.folder()))?;
        stack.start_postgres()?;
        network.add_machine("archive")?;
        let spec = spec::raw(&network.folder().join("chain.json"), "dev")?;
        let machine = network.machine("archive")?;
        let makes_blocks = "--no-mdns --alice --validator --force-authoring --sealing=instant";
        let changes = [("--no-mdns", makes_blocks.to_owned())];
        machine.install_node("archive", &node_key(1), &spec, &changes)?;
        let database = stack.database_url();
        let changes =
            [("postgres:///registry?host=/run/postgresql&user=registry_indexer", database.clone())];
        let settings = machine.settings("indexer.env", &changes)?;
        std::fs::write(machine.path("/etc/registry/indexer.env"), settings)?;
        let health = format!("http://127.0.0.1:{}", machine.indexer_port);
        network.machine_mut("archive")?.sh(&format!("systemctl start {ARCHIVE}"))?;
        until("the node answers", 60, async || {
            network.machine("archive")?.registry().await.map(|_| true)
        })
        .await?;
        let registry = network.machine("archive")?.registry().await?;
        let cast = Cast::enter(&registry).await?;
        cast.issue(&registry, "Stuck", 1000).await?;
        network.machine_mut("archive")?.sh(&format!("systemctl start {INDEXER}"))?;
        let healthy = async || Ok(reqwest::get(format!("{health}/health")).await?.status() == 200);
        until("the indexer is healthy", 60, healthy).await?;
        let height = registry.at_finalised().await?.block_number().to_string();
        let checksum = || -> Result<String> {
            let arguments = ["checksum", "--database", &database, "--at", &height];
            let (code, text) = stack.run(INDEXER, &arguments)?;
            ensure!(code == 0, "{text}");
            Ok(text)
        };
        let before = checksum()?;

        // It ends without a word, and somebody has changed a figure.
        network.machine_mut("archive")?.kill(INDEXER)?;
        let pool = stack.database().await?;
        sqlx::query("UPDATE chain.credit_blocks SET owner = 4").execute(&pool).await?;
        pool.close().await;
        ensure!(checksum()? != before, "nothing was changed");

        let variables = [("DATABASE_URL", database.clone()), ("INDEXER_HTTP", health.clone())];
        let places = [place(&network, "a", "archive", "archive", &variables)?];
        network.run(&page, &page.blocks, &places)?;
        let after = checksum()?;
        println!("{after}");
        ensure!(after == before, "before:\n{before}\nafter:\n{after}");
        ensure!(network.machine("archive")?.runs(INDEXER), "the indexer does not run");
        done(&page, &network);
        Ok(())
    }

    #[tokio::test]
    async fn operate_a_validator() -> Result<()> {
        let page = Page::open("operate-a-validator.md")?;
        let mut network = Network::start(Setup::default()).await?;
        network.add_machine("eve")?;
        let machine = network.machine("eve")?;
        // The release, with the ports of this machine in its options.
        let release = network.folder().join("release");
        std::fs::create_dir_all(release.join("deploy/systemd"))?;
        let settings = machine.settings("node-validator.env", &[])?;
        std::fs::write(release.join("deploy/systemd/node-validator.env"), settings)?;
        let file = |name: &str| network.folder().join(name).display().to_string();
        std::fs::write(file("password"), "correct horse battery\n")?;
        let variables = [
            ("RELEASE", release.display().to_string()),
            ("SPEC", network.spec.display().to_string()),
            ("SPEC_SHA256", sha256(&network.spec)?),
            ("NAME", "climate-1".to_owned()),
            ("OPERATOR", "Department of Climate Change".to_owned()),
            ("ADDRESS", machine.address()),
            ("P2P_PORT", machine.peers_port.to_string()),
            ("KEY", file("account.json")),
            ("PASSWORD_FILE", file("password")),
            ("CARD", file("card.json")),
            ("ORGANISATION", GOVERNMENT.to_string()),
            ("ADMIN_KEY", uri("alice")),
            ("COUNCIL_KEY", uri("alice")),
        ];
        let places = [
            place(&network, "a", "eve", "validator", &variables)?,
            place(&network, "b", "alice", "validator", &variables)?,
            place(&network, "c", "alice", "validator", &variables)?,
        ];
        let before = validators(network.machine("bob")?).await?;
        network.run(&page, &page.section("From nothing to the set")?, &places)?;
        // The page looks at the best block, the test at the last final one.
        until("there is one more validator", 30, async || {
            Ok(validators(network.machine("bob")?).await?.in_set.len() > before.in_set.len())
        })
        .await?;
        let after = validators(network.machine("bob")?).await?;
        let newcomers = after.in_set.iter().filter(|who| !before.in_set.contains(who));
        let newcomers: Vec<_> = newcomers.collect();
        let [eve] = newcomers[..] else { panic!("{newcomers:?} came") };
        ensure!(after.in_set.len() == 5, "{} validators", after.in_set.len());
        authors(network.machine("bob")?, eve, after.session).await?;
        network.run(&page, &page.section("How you see that it worked")?, &places)?;
        let everybody = ["alice", "bob", "charlie", "dave", "eve"];
        let goal = network.wait_for_finality(&everybody, 2).await?;
        network.ensure_same_block(&everybody, goal).await?;

        let emergency = page.section("Emergency")?;
        let [pause, unpause, stop] = &emergency[..] else { panic!("{emergency:?}") };
        network.run(&page, std::slice::from_ref(pause), &places)?;
        ensure!(paused(&network).await? == 1, "transfers are not paused");
        network.run(&page, std::slice::from_ref(unpause), &places)?;
        ensure!(paused(&network).await? == 0, "transfers are still paused");
        network.run(&page, std::slice::from_ref(stop), &places)?;
        ensure_honest(&network, "bob").await?;
        done(&page, &network);
        Ok(())
    }

    /// How many calls are paused.
    async fn paused(network: &Network) -> Result<usize> {
        let at = network.machine("bob")?.registry().await?.at_finalised().await?;
        let paused = chain::storage().tx_pause().paused_calls();
        let mut entries = at.storage().iter(paused, ()).await?;
        let mut count = 0;
        while let Some(entry) = entries.next().await {
            entry?;
            count += 1;
        }
        Ok(count)
    }

    fn sha256(path: &std::path::Path) -> Result<String> {
        let output = std::process::Command::new("sha256sum").arg(path).output()?;
        let text = String::from_utf8(output.stdout)?;
        Ok(text.split_whitespace().next().context("a checksum")?.to_owned())
    }

    /// The runtime with a higher version, which scripts/next-runtime builds beside the target folder.
    fn next_runtime() -> Result<PathBuf> {
        let mut folder = std::env::current_exe()?;
        // <target>/debug/deps/<test>
        folder.pop();
        folder.pop();
        folder.pop();
        let path = folder.with_file_name("next-runtime").join("next.wasm");
        ensure!(path.exists(), "{} is not built; run scripts/next-runtime", path.display());
        Ok(path)
    }
}
