// SPDX-License-Identifier: Apache-2.0
//! Organisations and people from two tables: as the how-to page says, again and again, and around
//! what people change in between.

mod common;

mod e2e {
    use super::common::{self, text};
    use anyhow::{ensure, Context, Result};
    use registry_client::{state::State, AccountId32, Call, Registry};
    use registry_primitives::{
        organisation::{Member, Organisation},
        ContentHash, CountryCode, MemberRole, OrganisationRole, SectoralScope, GOVERNMENT,
    };
    use registry_testbed::{
        process::program,
        runbook::{page::repository, Page},
        Officer, Options, Stack,
    };
    use std::{
        collections::BTreeMap,
        fs,
        io::{BufRead, BufReader},
        path::Path,
        process::{Command, Output, Stdio},
        time::Duration,
    };

    /// The people of the example whose accounts are in it.
    fn person(name: &str) -> Result<Officer> {
        Officer::new(&format!("//Import//{name}"))
    }

    /// A folder with the example's files, and a chain.
    struct Desk {
        folder: tempfile::TempDir,
        stack: Stack,
        root: Officer,
    }

    impl Desk {
        async fn open() -> Result<Self> {
            let folder = common::folder()?;
            for file in ["organisations.csv", "users.csv"] {
                let from = repository().join("cli/examples").join(file);
                fs::copy(&from, folder.path().join(file)).context(from.display().to_string())?;
            }
            let mut stack = Stack::prepare(Options::instant(folder.path()))?;
            stack.start_nodes()?;
            stack.wait_for_node().await?;
            Ok(Self { folder, stack, root: Officer::new("//Alice")? })
        }

        fn path(&self, file: &str) -> std::path::PathBuf {
            self.folder.path().join(file)
        }

        /// By a connection of its own: what a program did may not have come to an older one.
        async fn registry(&self) -> Result<Registry> {
            self.stack.registry().await
        }

        async fn state(&self) -> Result<State> {
            Ok(State::read(&self.registry().await?.at_finalised().await?).await?)
        }

        async fn does(&self, call: Call) -> Result<()> {
            self.registry().await?.execute(&self.root.key, &call).await?;
            Ok(())
        }

        /// Commands of the page, to be run in the folder.
        fn shell(&self, code: &str) -> Result<Command> {
            let registry = program("registry")?;
            let programs = Path::new(&registry).parent().context("a folder")?;
            let path = format!("{}:{}", programs.display(), std::env::var("PATH")?);
            let mut command = Command::new("sh");
            command
                .args(["-euc", code])
                .current_dir(self.folder.path())
                .env("PATH", path)
                .env("NODE_URL", self.stack.node_url())
                .env("KEY", "//Alice");
            Ok(command)
        }

        /// The exit code of commands and what they printed.
        fn sh(&self, code: &str) -> Result<(i32, String)> {
            let Output { status, stdout, stderr } = self.shell(code)?.output()?;
            let output = String::from_utf8([stdout, stderr].concat())?;
            println!("{code}\n{output}");
            Ok((status.code().unwrap_or(-1), output))
        }

        /// A section of the page, which must succeed.
        fn follow(&self, page: &Page, section: &str) -> Result<String> {
            let blocks = page.section(section)?;
            let mut all = String::new();
            for block in blocks {
                let (code, output) = self.sh(&block.code)?;
                ensure!(code == 0, "exit code {code}: {} line {}", page.name, block.line);
                all += &output;
            }
            Ok(all)
        }

        fn import(&self, more: &str) -> Result<(i32, String)> {
            self.sh(&format!("registry import organisations.csv users.csv {more}"))
        }

        /// Replaces text in one of the files.
        fn edit(&self, file: &str, from: &str, to: &str) -> Result<()> {
            let text = fs::read_to_string(self.path(file))?;
            ensure!(text.contains(from), "{file} has no {from:?}");
            Ok(fs::write(self.path(file), text.replace(from, to))?)
        }
    }

    /// The figures of the summary: of organisations and of users.
    fn figures(output: &str) -> Result<[Vec<usize>; 2]> {
        let of = |name: &str| -> Result<Vec<usize>> {
            let line = output.lines().rfind(|line| line.split_whitespace().next() == Some(name));
            let line = line.with_context(|| format!("no figures of {name}"))?;
            Ok(line.split_whitespace().skip(1).map(str::parse).collect::<Result<_, _>>()?)
        };
        Ok([of("organisations")?, of("users")?])
    }

    fn by_tax_id(state: &State) -> BTreeMap<String, (u32, &Organisation)> {
        let all = state.organisations.iter();
        all.map(|(id, found)| (found.details.tax_id.to_text(), (*id, found))).collect()
    }

    fn role(state: &State, who: &AccountId32) -> Option<(u32, MemberRole)> {
        let member: Option<&Member> = state.members.get(&who.0);
        member.map(|member| (member.organisation, member.role))
    }

    #[tokio::test]
    async fn the_page_is_followed_and_nothing_is_overwritten() -> Result<()> {
        let page = Page::open("import-organisations.md")?;
        let desk = Desk::open().await?;

        // Looking changes nothing.
        let empty = desk.state().await?;
        let output = desk.follow(&page, "Look first")?;
        ensure!(figures(&output)? == [vec![4, 0, 0, 1], vec![7, 0, 0, 2]], "{output}");
        ensure!(desk.state().await? == empty, "a dry run changed the state");
        ensure!(!desk.path("profiles").exists(), "a dry run wrote profiles");

        let output = desk.follow(&page, "Import")?;
        ensure!(figures(&output)? == [vec![4, 0, 0, 1], vec![7, 0, 0, 2]], "{output}");
        ensure!(output.contains("dan@reefkelp.example is asked for an address"), "{output}");
        imported(&desk).await?;
        let output = desk.follow(&page, "How you see that it worked")?;
        ensure!(output.contains("Tanna Wind Ltd"), "{output}");

        // Again: nothing.
        let before = desk.state().await?;
        let (code, output) = desk.import("--key //Alice")?;
        ensure!(code == 0 && figures(&output)? == [vec![0, 4, 0, 1], vec![0, 7, 0, 2]], "{output}");
        ensure!(desk.state().await? == before, "the second import changed the state");

        changed_by_hand(&desk).await?;
        the_rest(&desk).await?;

        let (code, output) = desk.sh("registry audit")?;
        ensure!(code == 0, "{output}");
        Ok(())
    }

    /// What the example stands for is on the chain, and nobody's contact.
    async fn imported(desk: &Desk) -> Result<()> {
        let state = desk.state().await?;
        let organisations = by_tax_id(&state);
        ensure!(state.organisations.len() == 5, "{organisations:?}");
        let (tanna, found) = organisations["VU500101"];
        ensure!(found.role == OrganisationRole::ProjectDeveloper, "{found:?}");
        ensure!(found.details.name == text("Tanna Wind Ltd"), "{found:?}");
        ensure!(found.details.country == CountryCode(*b"VU"), "{found:?}");
        let (_, certifier) = organisations["FJ500103"];
        ensure!(certifier.details.country == CountryCode(*b"FJ"), "{certifier:?}");
        let (energy, ministry) = organisations["VU500104"];
        let scopes: Vec<_> = ministry.details.sectoral_scopes.iter().copied().collect();
        use SectoralScope::{EnergyDemand, EnergyDistribution, EnergyIndustries};
        ensure!(scopes == [EnergyIndustries, EnergyDistribution, EnergyDemand], "{scopes:?}");
        for (name, expected) in [
            ("Ana", (tanna, MemberRole::Admin)),
            ("Ben", (tanna, MemberRole::Manager)),
            ("Finn", (energy, MemberRole::Admin)),
            ("Hugo", (GOVERNMENT, MemberRole::Admin)),
            ("Iris", (GOVERNMENT, MemberRole::ViewOnly)),
        ] {
            let found = role(&state, &person(name)?.account());
            ensure!(found == Some(expected), "{name}: {found:?}");
        }
        // Each profile is in the file that its hash names.
        for (tax_id, (_, found)) in organisations.iter().filter(|(_, (id, _))| *id != GOVERNMENT) {
            let hash: ContentHash = found.details.profile;
            let text = fs::read_to_string(desk.path("profiles").join(format!("{hash}.json")))?;
            let profile: serde_json::Value = serde_json::from_str(&text)?;
            ensure!(profile["tax_id"] == tax_id.as_str(), "{profile}");
            ensure!(profile["email"].as_str().is_some_and(|email| email.contains('@')));
            let (code, sum) = desk.sh(&format!("b2sum -l 256 profiles/{hash}.json"))?;
            ensure!(code == 0 && hash.to_string().ends_with(&sum[..64]), "{hash}: {sum}");
        }
        ensure!(fs::read_dir(desk.path("profiles"))?.count() == 4);
        Ok(())
    }

    /// Another name, another role, a removed member, another key: all stay.
    async fn changed_by_hand(desk: &Desk) -> Result<()> {
        let state = desk.state().await?;
        let (tanna, found) = by_tax_id(&state)["VU500101"];
        let mut details = found.details.clone();
        details.name = text("Tanna Wind and Sun Ltd");
        desk.does(Call::ChangeOrganisation { organisation: tanna, details }).await?;
        let account = person("Ben")?.account();
        desk.does(Call::ChangeMemberRole { account, role: MemberRole::ViewOnly }).await?;
        desk.does(Call::RemoveMember { account: person("Iris")?.account() }).await?;
        let (old, new) = (person("Finn")?.account(), person("Finn//2")?.account());
        desk.does(Call::ReplaceKey { old, new }).await?;

        let before = desk.state().await?;
        let (code, output) = desk.import("--key //Alice")?;
        ensure!(code == 0 && figures(&output)? == [vec![0, 3, 1, 1], vec![0, 4, 3, 2]], "{output}");
        ensure!(desk.state().await? == before, "an import changed what people had changed");
        for told in [
            "“Tanna Wind and Sun Ltd” (tax id VU500101); the file calls it “Tanna Wind Ltd”",
            "is View only of “Tanna Wind and Sun Ltd” (tax id VU500101) now, not Manager",
            "was let in before and is no member now",
        ] {
            ensure!(output.contains(told), "{told:?} is not in {output}");
        }

        // Another tax identifier: the organisation is not created a second time.
        let (tanna, found) = by_tax_id(&before)["VU500101"];
        let restored = found.details.clone();
        let mut details = restored.clone();
        details.tax_id = text("VU600101");
        desk.does(Call::ChangeOrganisation { organisation: tanna, details }).await?;
        let before = desk.state().await?;
        let (code, output) = desk.import("--key //Alice")?;
        ensure!(code == 2 && output.contains("users.csv, line 2, column 7 (ACCOUNT)"), "{output}");
        ensure!(desk.state().await? == before, "an import with a problem changed the state");
        desk.does(Call::ChangeOrganisation { organisation: tanna, details: restored }).await
    }

    /// The accounts that were waited for, by a Government Admin, who is not Root.
    async fn the_rest(desk: &Desk) -> Result<()> {
        let address = |name: &str| person(name).map(|person| person.account().to_string());
        desk.edit("users.csv", "Developer,View,", &format!("Developer,View,{}", address("Dan")?))?;
        desk.edit("users.csv", ",API,Admin,", &format!(",API,Admin,{}", address("Gia")?))?;
        let (code, output) = desk.import("--key //Import//Ana")?;
        ensure!(code == 1 && output.contains("may not import"), "{output}");
        let (code, output) = desk.import("--key //Import//Hugo")?;
        ensure!(code == 0 && figures(&output)? == [vec![1, 3, 1, 0], vec![2, 4, 3, 0]], "{output}");
        let state = desk.state().await?;
        let (meters, _) = by_tax_id(&state)["VU500105"];
        ensure!(role(&state, &person("Gia")?.account()) == Some((meters, MemberRole::Admin)));
        Ok(())
    }

    #[tokio::test]
    async fn files_with_problems_send_nothing() -> Result<()> {
        let desk = Desk::open().await?;
        let before = desk.state().await?;
        desk.edit("organisations.csv", "VU500102,Developer", "VU500101,Develop")?;
        desk.edit("users.csv", "VU500104", "VU999999")?;
        desk.edit("users.csv", "API,Admin", "API,Chief")?;
        for how in ["--dry-run", "--key //Alice", "--dry-run --key //Alice"] {
            let (code, output) = desk.import(how)?;
            ensure!(code == 2, "exit code {code}");
            for told in [
                "organisations.csv, line 3, column 4 (ORGANISATION TAX ID): “VU500101” is on line 2",
                "organisations.csv, line 3, column 5 (ORGANISATION TYPE): “Develop” is not known",
                "organisations.csv, line 5: nobody in the file of users is an Admin",
                "users.csv, line 4, column 4 (ORGANISATION TAX ID): no organisation has the tax",
                "users.csv, line 5, column 4 (ORGANISATION TAX ID): no organisation has the tax",
                "users.csv, line 7, column 4 (ORGANISATION TAX ID): no organisation has the tax",
                "users.csv, line 8, column 6 (ROLE): “Chief” is not known",
                "failed: 7 problems; nothing was sent",
            ] {
                ensure!(output.contains(told), "{told:?} is not in {output}");
            }
        }
        ensure!(desk.state().await? == before, "an import with problems changed the state");
        Ok(())
    }

    /// More rows than are on their way at once, of an import that is killed in the middle.
    #[tokio::test]
    async fn an_import_that_was_killed_goes_on() -> Result<()> {
        const MANY: usize = 40;
        let desk = Desk::open().await?;
        let head = "NAME,EMAIL,PHONE,ORGANISATION TAX ID,ORGANISATION TYPE";
        let mut organisations = format!("{head}\r\n");
        let mut users = format!("{head},ROLE,ACCOUNT\r\n");
        for number in 1..=MANY {
            organisations += &format!("Developer {number},,,T{number},Developer\r\n");
            for role in ["Admin", "Manager"] {
                let account = Officer::new(&format!("//Many//{number}//{role}"))?.account();
                users += &format!("P,,,T{number},Developer,{role},{account}\r\n");
            }
        }
        fs::write(desk.path("organisations.csv"), &organisations)?;
        fs::write(desk.path("users.csv"), &users)?;

        // Killed when it says of the first row that it is created.
        let import = "exec registry import organisations.csv users.csv --key //Alice";
        let mut child = desk.shell(import)?.stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        let first = lines.find(|line| !line.as_ref().is_ok_and(|line| !line.contains(" created ")));
        child.kill()?;
        child.wait()?;
        println!("killed after: {}", first.context("it ended without creating anything")??);
        // What it had sent becomes final without it.
        loop {
            let none = subxt_rpcs::rpc_params![];
            let registry = desk.registry().await?;
            let pending: Vec<String> =
                registry.client.request("author_pendingExtrinsics", none).await?;
            if pending.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let there = desk.state().await?.organisations.len() - 1;
        ensure!((1..MANY).contains(&there), "{there} of {MANY} organisations were created");

        let (code, output) = desk.import("--key //Alice")?;
        // Each has its first Admin, and no Manager came before all organisations were there.
        let expected = [vec![MANY - there, there, 0, 0], vec![2 * MANY - there, there, 0, 0]];
        ensure!(code == 0 && figures(&output)? == expected, "exit code {code}, {there} were there");
        let state = desk.state().await?;
        for (id, organisation) in state.organisations.iter().filter(|(id, _)| **id != GOVERNMENT) {
            // Numbered in the order of the file.
            let expected = format!("Developer {}", id - GOVERNMENT);
            ensure!(organisation.details.name.to_text() == expected, "{id}: {organisation:?}");
            let members = state.members.values().filter(|member| member.organisation == *id);
            ensure!(members.count() == 2, "members of {id}");
        }
        ensure!(state.organisations.len() == MANY + 1);
        Ok(())
    }
}
