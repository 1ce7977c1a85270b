// SPDX-License-Identifier: Apache-2.0
//! How people come in and go: contact data, invitations, applications to be registered, profiles,
//! and the deletion of everything personal, with the chain untouched.

mod common;

mod e2e {
    use super::common::{self, Cast, FIRST, SECOND};
    use anyhow::{ensure, Context, Result};
    use codec::Encode;
    use registry_client::{call::ApplicantSignature, Call, Registry};
    use registry_primitives::{
        organisation::{application_payload, OrganisationDetails},
        CountryCode, OrganisationRole,
    };
    use registry_testbed::{api::Api, demo_data::hash_of, Officer, Stack};
    use serde_json::{json, Value};
    use std::time::{Duration, Instant};
    use subxt::utils::MultiSignature;

    async fn begin() -> Result<(tempfile::TempDir, Stack, Registry, Cast)> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        stack.wait_for_indexer().await?;
        Ok((folder, stack, registry, cast))
    }

    /// What follows a text in the portal's log, to which mail goes where no server for it is given.
    async fn mailed(stack: &Stack, before: &str) -> Result<String> {
        let portal = stack.portal.as_ref().context("the portal")?;
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let log = portal.output();
            if let Some((_, after)) = log.rsplit_once(before) {
                let token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
                return Ok(after.chars().take_while(token).collect());
            }
            ensure!(Instant::now() < deadline, "no mail holds {before}:\n{log}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn is_problem(answer: &(u16, Value), status: u16) -> Result<()> {
        let (code, body) = answer;
        ensure!(*code == status, "{code} instead of {status}: {body}");
        ensure!(body["detail"].as_str().unwrap_or_default().len() > 20, "no sentence: {body}");
        Ok(())
    }

    fn signature(officer: &Officer, text: &str) -> String {
        format!("0x01{}", hex::encode(officer.key.sign(text.as_bytes()).0))
    }

    #[tokio::test]
    async fn contact_data_is_its_owners_and_counts_when_confirmed() -> Result<()> {
        let (_folder, stack, _registry, cast) = begin().await?;
        let portal = stack.portal_url();
        let first = Api::sign_in(&portal, &cast.first).await?;
        let (status, empty) = first.get("/api/v1/account").await?;
        ensure!(status == 200 && empty["email"].is_null() && empty["language"] == "en", "{empty}");
        let contact = json!({
            "name": "Ana ’Ofa", "email": "ana@first.example", "phone": "+678 22123",
            "language": "fr", "notify": true,
        });
        for (field, value) in [
            ("email", json!("ana@first.example\r\nBcc: all@x.example")),
            ("email", json!("ana")),
            ("phone", json!("call me")),
            ("name", json!("a\nb")),
            ("language", json!("xx")),
            ("account", json!("5F")),
        ] {
            let mut wrong = contact.clone();
            wrong[field] = value;
            is_problem(&first.put("/api/v1/account", &wrong).await?, 422)?;
        }
        let (status, saved) = first.put("/api/v1/account", &contact).await?;
        ensure!(status == 200 && saved["email_confirmed_at"].is_null(), "{saved}");
        let token = mailed(&stack, "/account/confirm?token=").await?;
        let nobody = Api::nobody(&portal)?;
        let confirm = json!({ "token": token });
        is_problem(
            &nobody.post("/api/v1/account/confirm", &json!({ "token": "AAAA" })).await?,
            404,
        )?;
        ensure!(nobody.post("/api/v1/account/confirm", &confirm).await?.0 == 204);
        is_problem(&nobody.post("/api/v1/account/confirm", &confirm).await?, 404)?;
        let (_, account) = first.get("/api/v1/account").await?;
        ensure!(account["email_confirmed_at"].is_string(), "{account}");
        // Another address has to be confirmed again.
        let mut moved = contact.clone();
        moved["email"] = json!("ana@elsewhere.example");
        let (_, saved) = first.put("/api/v1/account", &moved).await?;
        ensure!(saved["email_confirmed_at"].is_null(), "{saved}");

        // Those who work with her see it, others do not.
        let path = format!("/api/v1/organisations/{FIRST}/members");
        let root = Api::sign_in(&portal, &cast.root).await?;
        let second = Api::sign_in(&portal, &cast.second).await?;
        for caller in [&first, &root] {
            let (status, members) = caller.get(&path).await?;
            ensure!(status == 200 && members["items"][0]["name"] == "Ana ’Ofa", "{members}");
        }
        is_problem(&second.get(&path).await?, 403)?;
        is_problem(&nobody.get(&path).await?, 401)?;
        let (_, public) = nobody.get(&format!("/api/v1/organisations/{FIRST}")).await?;
        ensure!(!public.to_string().contains("elsewhere.example"), "{public}");

        // Forgotten: nothing personal is left, and the chain is as it was.
        ensure!(first.delete("/api/v1/account").await?.0 == 204);
        is_problem(&first.get("/api/v1/account").await?, 401)?;
        let database = stack.database().await?;
        for table in ["people", "confirmations", "mails", "invitations", "applications", "sessions"]
        {
            let rows = format!(
                "SELECT count(*) FROM directory.{table} t WHERE t::TEXT LIKE '%.example%'
                    OR t::TEXT LIKE '%Ofa%' OR t::TEXT LIKE '%22123%'"
            );
            let left: i64 =
                sqlx::query_scalar(sqlx::AssertSqlSafe(rows)).fetch_one(&database).await?;
            ensure!(left == 0, "{table} remembers");
        }
        let again = Api::sign_in(&portal, &cast.first).await?;
        ensure!(again.get("/api/v1/session").await?.1["role"] == "admin");
        Ok(())
    }

    #[tokio::test]
    async fn an_invitation_is_a_link_that_is_claimed_with_a_key() -> Result<()> {
        let (folder, mut stack, registry, cast) = begin().await?;
        let portal = stack.portal_url();
        let admin = Api::sign_in(&portal, &cast.first).await?;
        let other = Api::sign_in(&portal, &cast.second).await?;
        let nobody = Api::nobody(&portal)?;
        let new = json!({
            "email": "ben@first.example", "name": "Ben Tari", "role": "manager", "language": "en",
        });
        let mut root = new.clone();
        root["role"] = json!("root");
        is_problem(&admin.post("/api/v1/invitations", &root).await?, 422)?;
        is_problem(&nobody.post("/api/v1/invitations", &new).await?, 401)?;
        let (status, made) = admin.post("/api/v1/invitations", &new).await?;
        ensure!(status == 201 && made["call"].is_null(), "{made}");
        let token = mailed(&stack, "/invitation?token=").await?;
        ensure!(!made.to_string().contains(&token), "the link is the invited person's alone");
        let path = format!("/api/v1/invitations/{}", made["id"]);
        is_problem(&other.delete(&path).await?, 404)?;

        let ben = Officer::new("//Ben")?;
        let account = ben.account().to_string();
        let open = json!({ "token": token, "account": account });
        let (status, opened) = nobody.post("/api/v1/invitations/open", &open).await?;
        ensure!(status == 200 && opened["organisation"]["id"] == FIRST, "{opened}");
        let message = opened["message"].as_str().context("a message")?;
        ensure!(message.contains(&account) && message.contains("manager"), "{message}");
        let claim = |account: &str, signature: String| json!({ "token": token, "account": account, "signature": signature });
        // Signed by another key, for another account, by somebody who is a member elsewhere.
        let thief = Officer::new("//Thief")?;
        let forged = claim(&account, signature(&thief, message));
        is_problem(&nobody.post("/api/v1/invitations/claim", &forged).await?, 422)?;
        let thiefs = thief.account().to_string();
        let forged = claim(&thiefs, signature(&thief, message));
        is_problem(&nobody.post("/api/v1/invitations/claim", &forged).await?, 422)?;
        let second = cast.second.account().to_string();
        let theirs = message.replace(&account, &second);
        let taken = claim(&second, signature(&cast.second, &theirs));
        is_problem(&nobody.post("/api/v1/invitations/claim", &taken).await?, 409)?;
        // As a person signs who has no wallet in a browser.
        let text = folder.path().join("message.txt");
        std::fs::write(&text, format!("{message}\n"))?;
        let text = text.display().to_string();
        let (code, signed) =
            stack.run("registry", &["--json", "sign-text", &text, "--key", "//Ben", "--yes"])?;
        ensure!(code == 0, "{signed}");
        let signed = signed.lines().find_map(|line| serde_json::from_str::<Value>(line).ok());
        let signed = signed.context("the signature as JSON")?;
        ensure!(signed["account"] == account.as_str(), "{signed}");
        let by_command = signed["signature"].as_str().context("a signature")?.to_owned();
        let good = claim(&account, by_command);
        ensure!(nobody.post("/api/v1/invitations/claim", &good).await?.0 == 204);
        is_problem(&nobody.post("/api/v1/invitations/claim", &good).await?, 404)?;

        // The Admin signs what the invitation says.
        let (_, list) = admin.get("/api/v1/invitations").await?;
        let claimed = &list["items"][0];
        ensure!(claimed["claimed_by"] == account.as_str(), "{list}");
        let call: Call = serde_json::from_value(claimed["call"].clone())?;
        cast.does(&registry, &cast.first, call).await?;
        stack.wait_for_indexer().await?;
        let (_, list) = admin.get("/api/v1/invitations").await?;
        ensure!(list["items"][0]["is_member"] == true, "{list}");
        let session = Api::sign_in(&portal, &ben).await?;
        ensure!(session.get("/api/v1/session").await?.1["role"] == "manager");
        let (_, contact) = session.get("/api/v1/account").await?;
        ensure!(contact["email"] == "ben@first.example", "{contact}");
        ensure!(contact["email_confirmed_at"].is_string(), "who had the link reads the address");

        // One that is taken back opens nothing.
        let (_, made) = admin.post("/api/v1/invitations", &new).await?;
        let path = format!("/api/v1/invitations/{}", made["id"]);
        ensure!(admin.delete(&path).await?.0 == 204);
        let (_, list) = admin.get("/api/v1/invitations").await?;
        ensure!(list["items"][0]["email"].is_null() && list["items"][0]["revoked_at"].is_string());
        Ok(())
    }

    fn application(
        registry: &Registry,
        applicant: &Officer,
        tax_id: &str,
    ) -> (Call, OrganisationDetails) {
        let details = OrganisationDetails {
            name: common::text("Island Solar"),
            tax_id: common::text(tax_id),
            country: CountryCode(*b"VU"),
            sectoral_scopes: Default::default(),
            profile: hash_of("Island Solar"),
        };
        let role = OrganisationRole::ProjectDeveloper;
        let payload = application_payload(&registry.genesis_hash(), role, &details);
        let signature = MultiSignature::Sr25519(applicant.key.sign(&payload).0);
        let call = Call::ApproveApplication {
            role,
            details: details.clone(),
            applicant: applicant.account(),
            signature: ApplicantSignature(signature),
        };
        (call, details)
    }

    fn filed(call: &Call) -> Value {
        json!({
            "application": call, "name": "Cleo Nari", "email": "cleo@island.example",
            "phone": "+678 5", "language": "es", "message": "We build solar plants.\nOn Efate.",
        })
    }

    #[tokio::test]
    async fn an_application_is_signed_reviewed_and_approved_on_the_chain() -> Result<()> {
        let (_folder, mut stack, registry, cast) = begin().await?;
        let portal = stack.portal_url();
        let nobody = Api::nobody(&portal)?;
        let root = Api::sign_in(&portal, &cast.root).await?;
        let first = Api::sign_in(&portal, &cast.first).await?;
        let cleo = Officer::new("//Cleo")?;
        let (call, details) = application(&registry, &cleo, "TAX 77");

        // Not signed by the applicant, another call, taken tax identifier, a member's account.
        let mut forged = serde_json::to_value(&call)?;
        let other = MultiSignature::Sr25519(cast.first.key.sign(b"something else").0);
        forged["args"]["signature"] = json!(format!("0x{}", hex::encode(other.encode())));
        let mut wrong = filed(&call);
        wrong["application"] = forged;
        is_problem(&nobody.post("/api/v1/applications", &wrong).await?, 422)?;
        wrong["application"] = json!(Call::ReactivateOrganisation { id: FIRST });
        is_problem(&nobody.post("/api/v1/applications", &wrong).await?, 422)?;
        let (registered, _) = application(&registry, &cleo, "TAX First Developer");
        is_problem(&nobody.post("/api/v1/applications", &filed(&registered)).await?, 409)?;
        let (members, _) = application(&registry, &cast.first, "TAX 78");
        is_problem(&nobody.post("/api/v1/applications", &filed(&members)).await?, 409)?;

        let (status, made) = nobody.post("/api/v1/applications", &filed(&call)).await?;
        ensure!(status == 201 && made["state"] == "waiting", "{made}");
        is_problem(&nobody.post("/api/v1/applications", &filed(&call)).await?, 409)?;
        let path = format!("/api/v1/applications/{}", made["id"]);
        is_problem(&nobody.get(&path).await?, 401)?;
        is_problem(&first.get(&path).await?, 404)?;
        let applicant = Api::sign_in(&portal, &cleo).await?;
        ensure!(applicant.get(&path).await?.1["state"] == "waiting");
        let (_, list) = root.get("/api/v1/applications?state=waiting").await?;
        ensure!(list["items"][0]["email"] == "cleo@island.example", "{list}");

        let approve: Call = serde_json::from_value(list["items"][0]["call"].clone())?;
        cast.does(&registry, &cast.root, approve).await?;
        stack.wait_for_indexer().await?;
        let (_, approved) = applicant.get(&path).await?;
        ensure!(approved["state"] == "approved", "{approved}");
        let (_, session) = applicant.get("/api/v1/session").await?;
        ensure!(
            session["role"] == "admin"
                && session["organisation"]["name"] == details.name.to_string()
        );
        is_problem(
            &root.post(&format!("{path}/reject"), &json!({ "remark": "Late." })).await?,
            409,
        )?;

        // Rejected with a reason; the applicant may apply again.
        let dan = Officer::new("//Dan")?;
        let (call, _) = application(&registry, &dan, "TAX 79");
        let (_, made) = nobody.post("/api/v1/applications", &filed(&call)).await?;
        let path = format!("/api/v1/applications/{}/reject", made["id"]);
        let remark = json!({ "remark": "The tax identifier is unknown." });
        is_problem(&first.post(&path, &remark).await?, 403)?;
        is_problem(&root.post(&path, &json!({ "remark": " " })).await?, 422)?;
        let (status, rejected) = root.post(&path, &remark).await?;
        ensure!(status == 200 && rejected["state"] == "rejected", "{rejected}");
        let (status, again) = nobody.post("/api/v1/applications", &filed(&call)).await?;
        ensure!(status == 201, "{again}");
        let dan = Api::sign_in(&portal, &dan).await?;
        ensure!(dan.delete(&format!("/api/v1/applications/{}", again["id"])).await?.0 == 204);
        let (_, own) = dan.get("/api/v1/applications").await?;
        let states: Vec<_> =
            own["items"].as_array().into_iter().flatten().map(|it| it["state"].clone()).collect();
        ensure!(states == [json!("withdrawn"), json!("rejected")], "{own}");
        Ok(())
    }

    #[tokio::test]
    async fn a_profile_is_what_the_chain_names_the_hash_of() -> Result<()> {
        let (_folder, mut stack, registry, cast) = begin().await?;
        let portal = stack.portal_url();
        let first = Api::sign_in(&portal, &cast.first).await?;
        let nobody = Api::nobody(&portal)?;
        let path = format!("/api/v1/organisations/{FIRST}/profile");
        let (status, none) = nobody.get(&path).await?;
        ensure!(status == 200 && none["profile"].is_null(), "{none}");
        let new = json!({ "address": "Port Vila", "website": "https://first.example" });
        let others = format!("/api/v1/organisations/{SECOND}/profile");
        is_problem(&first.put(&others, &new).await?, 403)?;
        is_problem(&first.put(&path, &json!({ "website": "javascript:alert(1)" })).await?, 422)?;
        let (status, saved) = first.put(&path, &new).await?;
        ensure!(status == 200 && saved["anchored"] == false, "{saved}");
        // Not yet the organisation's.
        ensure!(nobody.get(&path).await?.1["profile"].is_null());
        let call: Call = serde_json::from_value(saved["call"].clone())?;
        cast.does(&registry, &cast.first, call).await?;
        stack.wait_for_indexer().await?;
        let (_, shown) = nobody.get(&path).await?;
        ensure!(shown["profile"] == new && shown["hash"] == saved["hash"], "{shown}");
        // Anybody can make the hash himself.
        let text = serde_json::to_vec(&shown["profile"])?;
        use blake2::{digest::consts::U32, Blake2b, Digest};
        let hash = format!("0x{}", hex::encode(Blake2b::<U32>::digest(text)));
        ensure!(shown["hash"] == hash.as_str(), "{shown} is not of {hash}");
        Ok(())
    }
}
