// SPDX-License-Identifier: Apache-2.0
//! Mail against a real mail server: each thing is told once, to whom it concerns, in his language, also
//! by a portal that is killed, to a server that is down, and past recipients that are refused.

mod common;
mod mail {
    pub mod server;
}

mod e2e {
    use super::{
        common::{self, transfer, Cast, SECOND},
        mail::server::{Certificate, Mail, MailServer},
    };
    use anyhow::{ensure, Context, Result};
    use registry_client::{Call, Registry};
    use registry_primitives::credit::{CancellationReason, Corrects, Part};
    use registry_testbed::{api::Api, demo_data, Officer, Options, Stack};
    use serde_json::json;
    use sqlx::PgPool;
    use std::{
        collections::{BTreeMap, BTreeSet},
        time::{Duration, Instant},
    };

    /// Letters that no event of the chain causes; other tests have them.
    const NOT_OF_THE_CHAIN: [&str; 7] = [
        "api_key_created",
        "application_received",
        "application_rejected",
        "confirm_email",
        "invitation",
        "invitation_claimed",
        "webhook_switched_off",
    ];
    /// Letters that nothing here causes: a proposal waits for a week before it expires, and the bridge
    /// has a test of its own.
    const NOT_HERE: [&str; 3] = ["bridge_cases_opened", "project_imported", "proposal_expired"];

    /// The portal with a mail server, and how long it waits before it tries again.
    fn options(server: &MailServer) -> Vec<String> {
        vec![
            format!("--smtp-url=smtp://127.0.0.1:{}", server.port),
            "--mail-from=Carbon Registry <registry@gov.example>".into(),
            "--mail-first-delay=100".into(),
        ]
    }

    /// Everything, with a mail server that runs, and a courier that has begun.
    async fn begin(folder: &tempfile::TempDir) -> Result<(Stack, Registry, Cast, MailServer)> {
        let mut server = MailServer::prepare(folder.path())?;
        server.start().await?;
        let mut stack = common::stack(folder).await?;
        stack.portal_options = options(&server);
        stack.start_portal()?;
        stack.wait_for_portal().await?;
        let database = stack.database().await?;
        begun(&database).await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        stack.wait_for_indexer().await?;
        Ok((stack, registry, cast, server))
    }

    /// Waits until the courier knows from where on events are told.
    async fn begun(database: &PgPool) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let begun: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM directory.courier)")
                .fetch_one(database)
                .await?;
            if begun {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "the courier does not begin");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Somebody with a confirmed address.
    async fn person(
        database: &PgPool,
        officer: &Officer,
        name: &str,
        email: &str,
        language: &str,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO directory.people (account, name, email, email_confirmed_at, language)
             VALUES ($1, $2, $3, now(), $4)",
        )
        .bind(officer.account().to_string())
        .bind(name)
        .bind(email)
        .bind(language)
        .execute(database)
        .await?;
        Ok(())
    }

    async fn count(database: &PgPool, status: &str) -> Result<i64> {
        let count = sqlx::query_scalar("SELECT count(*) FROM directory.mails WHERE status = $1");
        Ok(count.bind(status).fetch_one(database).await?)
    }

    /// Waits until nothing waits any more.
    async fn all_sent(database: &PgPool, within: u64) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(within);
        loop {
            let last: bool = sqlx::query_scalar(
                "SELECT NOT EXISTS (SELECT FROM directory.mails WHERE status <> 'sent')
                        AND NOT EXISTS (SELECT FROM chain.events e, directory.courier c
                                        WHERE (e.height, e.index) > (c.height, c.index))",
            )
            .fetch_one(database)
            .await?;
            if last {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "mails still wait");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Mails by their number.
    fn by_id(mails: &[Mail]) -> Result<BTreeMap<String, Vec<&Mail>>> {
        let mut found = BTreeMap::<String, Vec<&Mail>>::new();
        for mail in mails {
            found.entry(mail.id()?).or_default().push(mail);
        }
        Ok(found)
    }

    /// Everybody who was ever a member gets an address, a third of them each language.
    const EVERYBODY: &str = "
        INSERT INTO directory.people (account, name, email, email_confirmed_at, language)
        SELECT account, 'Member ' || n, 'member' || n || '@members.example', now(),
               (ARRAY['en', 'fr', 'es'])[n % 3 + 1]
        FROM (SELECT account, row_number() OVER (ORDER BY account) AS n FROM (
            SELECT account FROM chain.members
            UNION
            SELECT fields ->> 'account' FROM chain.events WHERE name LIKE 'Member%'
            UNION
            SELECT fields ->> 'old' FROM chain.events WHERE name = 'KeyReplaced'
        ) accounts) numbered";

    #[tokio::test]
    async fn every_event_is_told_once_also_by_a_killed_portal_and_after_a_rebuild() -> Result<()> {
        let folder = common::folder()?;
        let mut server = MailServer::prepare(folder.path())?;
        server.start().await?;
        let mut stack = Stack::prepare(Options::instant(folder.path()))?;
        stack.portal_options = options(&server);
        stack.start_postgres()?;
        stack.start_nodes()?;
        stack.wait_for_node().await?;
        stack.start_indexer()?;
        let registry = stack.registry().await?;
        demo_data::load(&registry, |what| println!("{what}")).await?;
        stack.wait_for_indexer().await?;
        more_than_the_demo(&mut stack, &registry).await?;

        // A portal that is new tells nothing of what was.
        stack.start_portal()?;
        stack.wait_for_portal().await?;
        let database = stack.database().await?;
        begun(&database).await?;
        sqlx::query(EVERYBODY).execute(&database).await?;
        tokio::time::sleep(Duration::from_secs(3)).await;
        let written: i64 =
            sqlx::query_scalar("SELECT count(*) FROM directory.mails").fetch_one(&database).await?;
        ensure!(written == 0, "{written} mails about the past");

        // As if it had been there from the first block on; and killed while it writes and sends.
        stack.portal.as_mut().context("the portal")?.kill();
        sqlx::query("UPDATE directory.courier SET height = 0, index = -1")
            .execute(&database)
            .await?;
        let mut kills = 0;
        for milliseconds in [800, 1_100, 1_400, 1_700, 2_000] {
            stack.start_portal()?;
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            stack.portal.as_mut().context("the portal")?.kill();
            kills += 1;
        }
        let waiting = count(&database, "pending").await?;
        println!("killed {kills} times, {waiting} mails still wait");
        stack.start_portal()?;
        all_sent(&database, 180).await?;

        let mails = server.mails()?;
        let numbered = by_id(&mails)?;
        let written = count(&database, "sent").await?;
        ensure!(numbered.len() as i64 == written, "{} of {written} mails", numbered.len());
        let again = mails.len() - numbered.len();
        // Four are sent at once, and what of them was not noted is sent again.
        ensure!(again <= 4 * kills, "{again} mails came again after {kills} kills");
        println!("{written} mails, {again} of them again");
        let log = stack.portal.as_ref().context("the portal")?.output();
        ensure!(!log.contains("cannot be written"), "a letter has an open gap");

        look_at(&mails, &stack.portal_url())?;
        every_letter_was_written(&database).await?;
        recipients_are_those_of_the_table(&database).await?;
        serials_are_found(&stack, &numbered).await?;

        // Made anew, the chain's tables tell nothing again; and what comes is told.
        stack.indexer = None;
        let (node, url) = (stack.node_url(), stack.database_url());
        let arguments = ["rebuild", "--database", &url, "--node", &node];
        let (code, output) = stack.run("registry-indexer", &arguments)?;
        ensure!(code == 0, "rebuild: {output}");
        stack.start_indexer()?;
        let root = Officer::new("//Alice")?;
        registry.execute(&root.key, &add_viewer(1, "//Somebody//New")?).await?;
        stack.wait_for_indexer().await?;
        let newcomer = Officer::new("//Somebody//New")?;
        person(&database, &newcomer, "Somebody", "new@members.example", "en").await?;
        let role = Call::ChangeMemberRole {
            account: newcomer.account(),
            role: registry_primitives::MemberRole::Manager,
        };
        registry.execute(&root.key, &role).await?;
        stack.wait_for_indexer().await?;
        all_sent(&database, 30).await?;
        let now = server.mails()?;
        let new: Vec<_> = now[mails.len()..].iter().map(|mail| mail.to.as_str()).collect();
        ensure!(new == ["new@members.example"], "after the rebuild: {new:?}");
        Ok(())
    }

    /// What the demo leaves out: suspensions that end requests and certifications, and a proposal that
    /// fails when it is done.
    async fn more_than_the_demo(stack: &mut Stack, registry: &Registry) -> Result<()> {
        let database = stack.database().await?;
        let root = Officer::new("//Alice")?;
        let suspended: Vec<i64> = sqlx::query_scalar(
            "(SELECT owner FROM chain.retirement_requests WHERE status = 'open' LIMIT 1)
             UNION (SELECT from_owner FROM chain.transfer_requests WHERE status = 'open' LIMIT 1)
             UNION (SELECT certifier FROM chain.certifications WHERE revoked_at IS NULL LIMIT 1)",
        )
        .fetch_all(&database)
        .await?;
        ensure!(suspended.len() == 3, "{suspended:?}");
        for id in suspended {
            let (id, reason) = (u32::try_from(id)?, "It is looked into.".to_owned());
            registry.execute(&root.key, &Call::SuspendOrganisation { id, reason }).await?;
        }
        let parts = vec![Part { start: 999_999, quantity: 1 }];
        let call = Box::new(Call::Cancel {
            parts,
            reason: CancellationReason::ExcessIssuance,
            corrects: Corrects::Issuance { project: 1, period: 1 },
            statement: "Of a block that is not there.".into(),
        });
        let admin = Officer::new("//Government//Admin")?;
        registry.execute(&admin.key, &Call::Propose { call }).await?;
        stack.wait_for_indexer().await?;
        let id: i64 =
            sqlx::query_scalar("SELECT max(id) FROM chain.proposals").fetch_one(&database).await?;
        let deputy = Officer::new("//Government//Deputy")?;
        registry.execute(&deputy.key, &Call::Approve { id: u32::try_from(id)? }).await?;
        stack.wait_for_indexer().await?;
        Ok(())
    }

    fn add_viewer(organisation: u32, uri: &str) -> Result<Call> {
        Ok(Call::AddMember {
            organisation,
            account: Officer::new(uri)?.account(),
            role: registry_primitives::MemberRole::ViewOnly,
        })
    }

    /// Whether every mail is as mails are.
    fn look_at(mails: &[Mail], portal: &str) -> Result<()> {
        let mut languages = BTreeSet::new();
        for mail in mails {
            let text = &mail.text;
            ensure!(!text.contains('…') && !text.contains("letter."), "{text}");
            ensure!(mail.value["parts"] == json!(["text/plain"]), "{}", mail.value);
            ensure!(mail.header("Auto-Submitted")? == "auto-generated");
            ensure!(mail.header("From")? == "Carbon Registry <registry@gov.example>");
            ensure!(mail.subject()?.starts_with("Carbon Registry: "), "{}", mail.subject()?);
            ensure!(text.contains(&format!("{portal}/events/")), "no event: {text}");
            let hello = text.split(' ').next().unwrap_or_default();
            let number: u32 = mail
                .to
                .trim_start_matches("member")
                .split('@')
                .next()
                .and_then(|it| it.parse().ok())
                .context("a number")?;
            let expected = ["Good", "Bonjour", "Buenos"][number as usize % 3];
            ensure!(hello == expected, "{} is written to: {hello}", mail.to);
            languages.insert(hello.to_owned());
        }
        ensure!(languages.len() == 3, "{languages:?}");
        Ok(())
    }

    /// Whether the demo, which makes every call, made every letter.
    async fn every_letter_was_written(database: &PgPool) -> Result<()> {
        let written: Vec<(String, i64)> =
            sqlx::query_as("SELECT template, count(*) FROM directory.mails GROUP BY 1 ORDER BY 1")
                .fetch_all(database)
                .await?;
        let text = include_str!("../../portal/locales/mail/en.json");
        let catalogue: serde_json::Value = serde_json::from_str(text)?;
        let all = catalogue["letter"].as_object().context("letters")?.keys();
        let missing: Vec<_> = all
            .filter(|name| !written.iter().any(|(template, _)| template == *name))
            .filter(|name| !NOT_OF_THE_CHAIN.contains(&name.as_str()))
            .collect();
        println!("{written:?}");
        ensure!(missing == NOT_HERE, "never written: {missing:?}");
        Ok(())
    }

    /// Whom some letters are for, asked in another way.
    async fn recipients_are_those_of_the_table(database: &PgPool) -> Result<()> {
        const OFFICERS: &str = "m.role IN ('root', 'admin', 'manager')";
        for (template, expected) in [
            (
                "project_authorised",
                "SELECT e.height || '-' || e.index, p.email FROM chain.events e
                 JOIN chain.proponents o ON o.project = (e.fields ->> 'id')::BIGINT
                 JOIN chain.members m ON m.organisation = o.organisation
                 JOIN directory.people p ON p.account = m.account
                 WHERE e.name = 'ProjectAuthorised'",
            ),
            (
                "transfer_requested",
                "SELECT e.height || '-' || e.index, p.email FROM chain.events e
                 JOIN chain.members m
                   ON m.organisation = (e.fields #>> '{request,from}')::BIGINT
                 JOIN directory.people p ON p.account = m.account
                 WHERE e.name = 'TransferRequested'",
            ),
            (
                "retirement_requested",
                "SELECT e.height || '-' || e.index, p.email FROM chain.events e
                 JOIN chain.members m ON m.organisation = 1
                 JOIN directory.people p ON p.account = m.account
                 WHERE e.name = 'RetirementRequested'",
            ),
            (
                "credits_held",
                "SELECT DISTINCT e.height || '-' || e.index, p.email FROM chain.events e
                 JOIN chain.serial_history h ON h.height = e.height AND h.index = e.index
                 JOIN chain.members m ON m.organisation = h.from_owner
                 JOIN directory.people p ON p.account = m.account
                 WHERE e.name = 'CreditsHeld'",
            ),
        ] {
            let expected = format!("{expected} AND {OFFICERS} ORDER BY 1, 2");
            let expected: Vec<(String, String)> =
                sqlx::query_as(sqlx::AssertSqlSafe(expected)).fetch_all(database).await?;
            let written: Vec<(String, String)> = sqlx::query_as(
                "SELECT occasion, email FROM directory.mails WHERE template = $1 ORDER BY 1, 2",
            )
            .bind(template)
            .fetch_all(database)
            .await?;
            ensure!(
                !written.is_empty() && written == expected,
                "{template}: {written:?} {expected:?}"
            );
            println!("{template}: {} mails, as expected", written.len());
        }
        Ok(())
    }

    /// Whether serial numbers in mails are those of blocks that the portal shows.
    async fn serials_are_found(stack: &Stack, mails: &BTreeMap<String, Vec<&Mail>>) -> Result<()> {
        let mut serials = BTreeSet::new();
        for mail in mails.values().filter_map(|copies| copies.first()) {
            serials.extend(mail.text.lines().filter_map(|line| line.strip_prefix("  VU-ITMO-")));
        }
        ensure!(serials.len() > 10, "{serials:?}");
        let nobody = Api::nobody(&stack.portal_url())?;
        for serial in &serials {
            let (status, answer) = nobody.get(&format!("/api/v1/credits/VU-ITMO-{serial}")).await?;
            ensure!(status == 200, "{serial}: {answer}");
        }
        println!("{} serial numbers, all found", serials.len());
        Ok(())
    }

    #[tokio::test]
    async fn a_mail_comes_twice_only_if_its_acceptance_was_not_noted() -> Result<()> {
        let folder = common::folder()?;
        let (mut stack, registry, cast, server) = begin(&folder).await?;
        let database = stack.database().await?;
        person(&database, &cast.second, "Sam", "sam@second.example", "en").await?;
        cast.issue(&registry, "Windows of time", 100).await?;

        // Killed before the server has taken it: it comes once.
        server.behave(json!({ "hold": "before" }))?;
        cast.does(&registry, &cast.first, transfer(1, 7, SECOND)).await?;
        server.holds("before").await?;
        stack.portal.as_mut().context("the portal")?.kill();
        server.behave(json!({}))?;
        ensure!(server.mails()?.is_empty(), "it was taken already");
        stack.start_portal()?;
        let mails = server.wait(1).await?;
        ensure!(mails[0].subject()?.contains("First Developer has transferred 7 tonnes to you"));
        all_sent(&database, 20).await?;

        // Killed after the server has taken it, and before it could say so: it comes again, under the
        // same number.
        server.behave(json!({ "hold": "after" }))?;
        cast.does(&registry, &cast.first, transfer(1, 5, SECOND)).await?;
        server.holds("after").await?;
        stack.portal.as_mut().context("the portal")?.kill();
        server.behave(json!({}))?;
        ensure!(server.mails()?.len() == 2, "it was not taken");
        stack.start_portal()?;
        server.wait(3).await?;
        all_sent(&database, 20).await?;

        // Asked to end, it finishes what it has begun.
        server.behave(json!({ "hold": "after" }))?;
        cast.does(&registry, &cast.first, transfer(1, 3, SECOND)).await?;
        server.holds("after").await?;
        let mut portal = stack.portal.take().context("the portal")?;
        let ending = tokio::task::spawn_blocking(move || portal.stop());
        tokio::time::sleep(Duration::from_millis(500)).await;
        server.behave(json!({}))?;
        ending.await?;
        ensure!(count(&database, "sent").await? == 3, "it was not finished");
        stack.start_portal()?;
        stack.wait_for_portal().await?;
        tokio::time::sleep(Duration::from_secs(3)).await;

        let mails = server.mails()?;
        let numbered = by_id(&mails)?;
        let mut copies: Vec<_> = numbered.values().map(Vec::len).collect();
        copies.sort_unstable();
        ensure!(copies == [1, 1, 2], "{copies:?}");
        let twice = numbered.values().find(|copies| copies.len() == 2).context("one")?;
        ensure!(twice[0].text == twice[1].text, "they differ");
        ensure!(twice[0].header("Date")? == twice[1].header("Date")?, "they differ");
        println!("three mails, one of them in two copies that are the same");
        Ok(())
    }

    #[tokio::test]
    async fn mail_waits_for_a_server_and_passes_who_is_refused() -> Result<()> {
        let folder = common::folder()?;
        let (stack, registry, cast, mut server) = begin(&folder).await?;
        let database = stack.database().await?;
        // Four of the second developer, one with a hostile name, one who wants nothing, one who has
        // not confirmed.
        let manager = |name: &str| Officer::new(&format!("//Second//{name}"));
        for (name, language) in [("Poison", "en"), ("Busy", "fr"), ("Quiet", "en"), ("New", "en")] {
            let officer = manager(name)?;
            cast.does(&registry, &cast.second, common::add_manager(SECOND, &officer)).await?;
            let email = format!("{}@second.example", name.to_lowercase());
            person(&database, &officer, name, &email, language).await?;
        }
        person(
            &database,
            &cast.second,
            "Eve\r\nBcc: everybody@example.org",
            "eve@second.example",
            "es",
        )
        .await?;
        sqlx::query("UPDATE directory.people SET notify = FALSE WHERE name = 'Quiet'")
            .execute(&database)
            .await?;
        sqlx::query("UPDATE directory.people SET email_confirmed_at = NULL WHERE name = 'New'")
            .execute(&database)
            .await?;
        cast.issue(&registry, "Through storms", 100).await?;
        all_sent(&database, 30).await?;
        let before = server.mails()?.len();

        // The server is down: all wait, and none has been tried.
        server.stop();
        server.behave(json!({
            "refuse": ["poison@second.example"],
            "busy": { "busy@second.example": 2 },
        }))?;
        cast.does(&registry, &cast.first, transfer(1, 7, SECOND)).await?;
        tokio::time::sleep(Duration::from_secs(4)).await;
        let waiting: Vec<(String, i32)> = sqlx::query_as(
            "SELECT status, attempts FROM directory.mails
             WHERE template = 'credits_received' ORDER BY id",
        )
        .fetch_all(&database)
        .await?;
        ensure!(waiting == vec![("pending".to_owned(), 0); 3], "{waiting:?}");

        // It is there again: one is refused for good, one for a while, and neither keeps others waiting.
        server.start().await?;
        server.wait(before + 2).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let mails = server.mails()?.split_off(before);
        let to: BTreeSet<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
        ensure!(
            mails.len() == 2 && to == ["busy@second.example", "eve@second.example"].into(),
            "{to:?}"
        );
        let states: Vec<(String, String, i32, Option<String>)> = sqlx::query_as(
            "SELECT split_part(email, '@', 1), status, attempts, last_error FROM directory.mails
             WHERE template = 'credits_received' ORDER BY 1",
        )
        .fetch_all(&database)
        .await?;
        println!("{states:?}");
        let [busy, eve, poison] = states.as_slice() else { anyhow::bail!("{states:?}") };
        ensure!((busy.1.as_str(), busy.2) == ("sent", 3), "{busy:?}");
        ensure!((eve.1.as_str(), eve.2) == ("sent", 1), "{eve:?}");
        ensure!((poison.1.as_str(), poison.2) == ("dead", 1), "{poison:?}");
        ensure!(poison.3.as_ref().is_some_and(|it| it.contains("550")), "{poison:?}");

        // Nobody's name makes a header.
        let eve = mails.iter().find(|mail| mail.to.starts_with("eve")).context("eve's")?;
        ensure!(eve.header("Bcc").is_err() && eve.header("To")?.contains("eve@second.example"));
        ensure!(eve.value["to"] == json!(["eve@second.example"]), "{}", eve.value);
        ensure!(
            eve.text.starts_with("Buenos días, Eve Bcc: everybody@example.org:"),
            "{}",
            eve.text
        );
        ensure!(eve.text.contains("7 toneladas"), "{}", eve.text);

        // Of a key of a program it is told that there is one, and not the key; a link that is a proof
        // is sealed while it waits.
        let before = server.mails()?.len();
        let second = Api::sign_in(&stack.portal_url(), &cast.second).await?;
        second.program(&["webhooks"]).await?;
        let told = server.wait(before + 1).await?.split_off(before);
        ensure!(told[0].text.contains("Of a test") && !told[0].text.contains("rk_"), "{told:?}");
        server.stop();
        let contact =
            json!({ "name": "Eve", "email": "eve@new.example", "language": "es", "notify": true });
        let (status, answer) = second.put("/api/v1/account", &contact).await?;
        ensure!(status == 200, "{answer}");
        let kept: String = sqlx::query_scalar(
            "SELECT row_to_json(m)::TEXT FROM directory.mails m WHERE template = 'confirm_email'",
        )
        .fetch_one(&database)
        .await?;
        ensure!(!kept.contains("token") && kept.contains("\"contents\":null"), "{kept}");
        server.start().await?;
        let told = server.wait(before + 2).await?.split_off(before + 1);
        ensure!(told[0].text.contains("/account/confirm?token="), "{}", told[0].text);
        let before = server.mails()?.len();

        // Who is forgotten is not written to, and of what was sent it is not known any more to whom.
        server.stop();
        cast.does(&registry, &cast.first, transfer(1, 5, SECOND)).await?;
        stack_is_idle(&database).await?;
        let (status, answer) = second.delete("/api/v1/account").await?;
        ensure!(status == 204 || status == 200, "{status} {answer}");
        let left: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM directory.mails
             WHERE email LIKE 'eve%' OR account = $1 OR name LIKE 'Eve%'",
        )
        .bind(cast.second.account().to_string())
        .fetch_one(&database)
        .await?;
        ensure!(left == 0, "{left} mails still name her");
        server.start().await?;
        server.wait(before + 1).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let to: Vec<_> = server.mails()?.split_off(before).into_iter().map(|it| it.to).collect();
        ensure!(to == ["busy@second.example"], "{to:?}");
        Ok(())
    }

    /// Waits until all events are told, whether or not the mails are sent.
    async fn stack_is_idle(database: &PgPool) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let told: bool = sqlx::query_scalar(
                "SELECT NOT EXISTS (SELECT FROM chain.events e, directory.courier c
                                    WHERE (e.height, e.index) > (c.height, c.index))",
            )
            .fetch_one(database)
            .await?;
            if told {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "events still wait to be told");
        }
    }

    #[tokio::test]
    async fn a_server_that_demands_encryption_and_a_password_gets_both() -> Result<()> {
        let folder = common::folder()?;
        let certificate = Certificate::make(folder.path())?;
        let (mut stack, registry, cast, mut server) = begin(&folder).await?;
        let database = stack.database().await?;
        person(&database, &cast.second, "Sam", "sam@second.example", "fr").await?;
        cast.issue(&registry, "Behind a door", 100).await?;
        server.stop();
        server.demanding(&certificate, "registry", "a secret");
        server.start().await?;
        let ask = |stack: &mut Stack, url: String, trusted: bool| -> Result<()> {
            let mut options = options(&server);
            options[0] = format!("--smtp-url={url}");
            stack.portal_options = options;
            stack.portal_environment = match trusted {
                true => vec![format!("SSL_CERT_FILE={}", certificate.path.display())],
                false => vec![],
            };
            stack.start_portal()
        };
        let port = server.port;
        let url = |password: &str, host: &str| {
            format!("smtp://registry:{password}@{host}:{port}?tls=required")
        };

        // A certificate that nobody vouches for, and one of another name; a wrong password: mail waits.
        cast.does(&registry, &cast.first, transfer(1, 7, SECOND)).await?;
        for (url, trusted, why) in [
            (url("a%20secret", "localhost"), false, "UnknownIssuer"),
            (url("a%20secret", "127.0.0.1"), true, "certificate not valid for name"),
            (url("wrong", "localhost"), true, "(535)"),
            (format!("smtp://localhost:{port}"), true, ""),
        ] {
            ask(&mut stack, url.clone(), trusted)?;
            stack.wait_for_portal().await?;
            tokio::time::sleep(Duration::from_secs(5)).await;
            ensure!(server.mails()?.is_empty(), "{url} was let in");
            ensure!(count(&database, "dead").await? == 0, "{url} killed a mail");
            let log = stack.portal.as_ref().context("the portal")?.output();
            ensure!(log.contains(why), "{url}: {log}");
        }
        let log = stack.portal.as_ref().context("the portal")?.output();
        ensure!(
            !log.contains("a secret") && !log.contains("a%20secret"),
            "the log tells a password"
        );

        // It waits the longer the more often a server without encryption was asked for.
        stack.portal = None;
        sqlx::query("UPDATE directory.mails SET next_at = now() WHERE status = 'pending'")
            .execute(&database)
            .await?;
        let tried: String = sqlx::query_scalar("SELECT last_error FROM directory.mails")
            .fetch_one(&database)
            .await?;
        ensure!(tried.contains("530"), "{tried}");
        ask(&mut stack, url("a%20secret", "localhost"), true)?;
        let mails = server.wait(1).await?;
        let mail = &mails[0];
        ensure!(mail.value["encrypted"] == true && mail.value["login"] == "registry");
        ensure!(mail.text.starts_with("Bonjour Sam,"), "{}", mail.text);
        ensure!(mail.subject()?.contains("vous a transféré 7 tonnes"), "{}", mail.subject()?);
        Ok(())
    }
}
