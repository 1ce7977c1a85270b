// SPDX-License-Identifier: Apache-2.0
//! The API under schemathesis, which makes thousands of questions of its description, good ones and
//! wrong ones: as nobody, as an Admin of the Government, and as a program with every scope.
//!
//! `REGISTRY_FUZZ_SECONDS` is how long each of the three may ask, `REGISTRY_FUZZ_SEED` what with.

mod common;

mod e2e {
    use super::common;
    use anyhow::{bail, ensure, Context, Result};
    use registry_testbed::{demo_data, python::Python, Api, Officer};
    use std::{path::Path, process::Stdio, time::Instant};
    use tokio::process::Command;

    /// Streams of events do not end, and nothing could be asked after them.
    const ENDLESS: &str = "event_stream|follow";
    /// What ends the session that the questions are asked with; nobody asks it all the same.
    const ENDS_THE_SESSION: &str = "sign_out|sign_out_everywhere|delete_account";

    /// Who asks, and what he does not.
    struct Asker {
        name: &'static str,
        api: Api,
        not: String,
    }

    fn setting(name: &str, default: u32) -> Result<u32> {
        match std::env::var(name) {
            Ok(text) => text.parse().with_context(|| format!("{name} is a number, not {text}")),
            Err(_) => Ok(default),
        }
    }

    impl Asker {
        /// Asks until the time is over; what was printed at the end.
        async fn ask(&self, python: &Python, portal: &str, folder: &Path) -> Result<String> {
            let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
            let mut command = Command::new(python.program("schemathesis"));
            command
                .arg("run")
                .arg(format!("{portal}/api/v1/openapi.json"))
                .args(["--exclude-operation-id-regex", &format!("^({})$", self.not)])
                // What a description can say is not all that a question must be: that there is such
                // an account, that it signed. And one credential of two is enough.
                .args(["--exclude-checks", "positive_data_acceptance,ignored_auth"])
                .args(["--seed", &setting("REGISTRY_FUZZ_SEED", 1)?.to_string()])
                .args(["--max-time", &setting("REGISTRY_FUZZ_SECONDS", 60)?.to_string()])
                .args(["--request-timeout", "20", "--continue-on-failure", "--no-color"])
                .args(["--generation-database", "none"])
                .env("SCHEMATHESIS_HOOKS", sources.join("checks.py"))
                .env("PYTHONDONTWRITEBYTECODE", "1")
                // It leaves notes where it runs.
                .current_dir(folder)
                .stdin(Stdio::null())
                .kill_on_drop(true);
            if let Some(credential) = self.api.credential() {
                command.args(["--header", &format!("Authorization: Bearer {credential}")]);
            }
            let output = command.output().await.context("schemathesis cannot be started")?;
            let text =
                String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            if !output.status.success() {
                bail!("schemathesis as {}:\n{text}", self.name);
            }
            let summary = text.find("= SUMMARY =").and_then(|at| text[at..].split_once('\n'));
            Ok(summary.map_or(text.as_str(), |(_, summary)| summary).trim().to_owned())
        }
    }

    /// What the portal said that nobody should make it say.
    fn cries(log: &str) -> Vec<&str> {
        let bad = |line: &&str| line.contains(" ERROR ") || line.contains("panicked at");
        log.lines().filter(bad).take(20).collect()
    }

    async fn askers(portal: &str) -> Result<Vec<Asker>> {
        let admin = Api::sign_in(portal, &Officer::new("//Government//Admin")?).await?;
        let systems = Api::sign_in(portal, &Officer::new("//Meters//Admin")?).await?;
        let (program, _) = systems.program(&["read", "files", "webhooks", "mrv"]).await?;
        let ends = format!("{ENDLESS}|{ENDS_THE_SESSION}");
        Ok(vec![
            Asker { name: "nobody", api: Api::nobody(portal)?, not: ENDLESS.to_owned() },
            Asker { name: "a program", api: program, not: ends.clone() },
            Asker { name: "an Admin", api: admin, not: ends },
        ])
    }

    #[tokio::test]
    async fn no_question_breaks_the_api_or_its_promises() -> Result<()> {
        let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/requirements.txt");
        let python = Python::install(&list)?;
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let began = Instant::now();
        demo_data::load(&stack.registry().await?, |_| ()).await?;
        stack.wait_for_indexer().await?;
        println!("the demo's data after {} s", began.elapsed().as_secs());
        let portal = stack.portal_url();
        for asker in askers(&portal).await? {
            let (known, _) = asker.api.get("/api/v1/webhooks").await?;
            let summary = asker.ask(&python, &portal, folder.path()).await?;
            println!("\nschemathesis as {}:\n{summary}", asker.name);
            stack.ensure_running()?;
            // He was let in to the end.
            let (after, answer) = asker.api.get("/api/v1/webhooks").await?;
            ensure!(after == known, "{}: {after} after {known}: {answer}", asker.name);
        }
        let log = stack.portal.as_ref().context("the portal")?.output();
        let cries = cries(&log);
        ensure!(cries.is_empty(), "the portal wrote:\n{}", cries.join("\n"));
        Ok(())
    }
}
