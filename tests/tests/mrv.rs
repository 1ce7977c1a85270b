// SPDX-License-Identifier: Apache-2.0
//! What MRV systems submit: signed by the registry for their organisation, on the chain once each,
//! and told what was decided.

mod common;

mod e2e {
    use super::common::{self, Cast};
    use anyhow::{ensure, Context, Result};
    use registry_client::{Call, Registry};
    use registry_primitives::{
        organisation::OrganisationDetails, project::DocumentKind, CountryCode, OrganisationRole,
    };
    use registry_testbed::{api::Api, demo_data::hash_of, Officer, Stack};
    use serde_json::{json, Value};
    use std::time::{Duration, Instant};

    struct System {
        admin: Api,
        officer: Officer,
        program: Api,
    }

    /// An organisation of MRV systems whose gateway can sign.
    async fn enter(stack: &mut Stack, registry: &Registry, cast: &Cast) -> Result<System> {
        let officer = Officer::new("//Mrv")?;
        let details = OrganisationDetails {
            name: common::text("Metering"),
            tax_id: common::text("TAX Metering"),
            country: CountryCode(*b"VU"),
            sectoral_scopes: Default::default(),
            profile: hash_of("Metering"),
        };
        let (role, first_admin) = (OrganisationRole::Api, officer.account());
        let create = Call::CreateOrganisation { role, details, first_admin };
        cast.does(registry, &cast.root, create).await?;
        stack.wait_for_indexer().await?;
        let admin = Api::sign_in(&stack.portal_url(), &officer).await?;
        let (program, _) = admin.program(&["mrv"]).await?;
        Ok(System { admin, officer, program })
    }

    async fn open_gateway(
        stack: &mut Stack,
        registry: &Registry,
        cast: &Cast,
        system: &System,
    ) -> Result<()> {
        let (status, gateway) = system.admin.post("/api/v1/mrv/gateway", &json!({})).await?;
        ensure!(status == 201 && gateway["role"].is_null(), "{gateway}");
        let call: Call = serde_json::from_value(gateway["call"].clone())?;
        cast.does(registry, &system.officer, call).await?;
        stack.wait_for_indexer().await?;
        Ok(())
    }

    fn document(project: u32, name: &str) -> Value {
        let (kind, hash) = (DocumentKind::Other, hash_of(name));
        let call = Call::SubmitDocument { project, kind, hash, size: 5 };
        json!({ "reference": name, "call": call })
    }

    const PATH: &str = "/api/v1/mrv/submissions";

    async fn settled(api: &Api, id: &Value) -> Result<Value> {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let (status, now) = api.get(&format!("{PATH}/{id}")).await?;
            ensure!(status == 200, "{now}");
            if now["state"] == "final" || now["state"] == "failed" {
                return Ok(now);
            }
            ensure!(Instant::now() < deadline, "still {now}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn is_problem(answer: &(u16, Value), status: u16) -> Result<()> {
        let (code, body) = answer;
        ensure!(*code == status, "{code} instead of {status}: {body}");
        ensure!(body["detail"].as_str().unwrap_or_default().len() > 20, "no sentence: {body}");
        Ok(())
    }

    #[tokio::test]
    async fn a_submission_is_signed_once_and_told_what_became_of_it() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        let project = cast.issue(&registry, "Metered", 10).await?;
        let system = enter(&mut stack, &registry, &cast).await?;

        // Nothing can be signed yet; others have no gateway at all; people sign themselves.
        is_problem(&system.program.post(PATH, &document(project, "early")).await?, 409)?;
        let first = Api::sign_in(&stack.portal_url(), &cast.first).await?;
        is_problem(&first.post("/api/v1/mrv/gateway", &json!({})).await?, 403)?;
        let (developers, _) = first.program(&["mrv"]).await?;
        is_problem(&developers.post(PATH, &document(project, "own")).await?, 403)?;
        open_gateway(&mut stack, &registry, &cast, &system).await?;
        is_problem(&system.admin.post("/api/v1/mrv/gateway", &json!({})).await?, 409)?;
        is_problem(&system.admin.post(PATH, &document(project, "person")).await?, 403)?;
        is_problem(&system.admin.delete("/api/v1/mrv/gateway").await?, 409)?;
        // What it does not sign, whatever the organisation may do on the chain.
        let transfer = json!({ "reference": "x", "call": common::transfer(1, 1, common::SECOND) });
        is_problem(&system.program.post(PATH, &transfer).await?, 422)?;
        let mut nameless = document(project, "x");
        nameless["reference"] = json!("a\nb");
        is_problem(&system.program.post(PATH, &nameless).await?, 422)?;

        let (status, made) = system.program.post(PATH, &document(project, "first")).await?;
        ensure!(status == 202, "{made}");
        let done = settled(&system.program, &made["id"]).await?;
        ensure!(done["state"] == "final" && done["project"] == project, "{done}");
        ensure!(done["document"].is_u64() && done["height"].is_u64(), "{done}");
        // The same again is the same; another call of that name is told.
        let (status, again) = system.program.post(PATH, &document(project, "first")).await?;
        ensure!(status == 200 && again["id"] == made["id"], "{again}");
        let mut other = document(project, "second");
        other["reference"] = json!("first");
        is_problem(&system.program.post(PATH, &other).await?, 409)?;
        // What the chain refuses fails with its words.
        let (_, made) = system.program.post(PATH, &document(99, "nowhere")).await?;
        let failed = settled(&system.program, &made["id"]).await?;
        ensure!(
            failed["state"] == "failed" && failed["code"] == "Projects.UnknownProject",
            "{failed}"
        );
        ensure!(failed["sentence"].as_str().is_some_and(|it| it.len() > 10), "{failed}");
        // Another organisation's are not there.
        let (status, none) = developers.get(PATH).await?;
        ensure!(status == 200 && none["items"] == json!([]), "{none}");
        is_problem(&developers.get(&format!("{PATH}/{}", made["id"])).await?, 404)?;
        Ok(())
    }

    #[tokio::test]
    async fn a_portal_that_is_killed_submits_everything_once() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        let project = cast.issue(&registry, "Metered", 10).await?;
        let system = enter(&mut stack, &registry, &cast).await?;
        open_gateway(&mut stack, &registry, &cast, &system).await?;
        let mut ids = Vec::new();
        for n in 0..30 {
            let (status, made) =
                system.program.post(PATH, &document(project, &format!("dataset {n}"))).await?;
            ensure!(status == 202, "{made}");
            ids.push(made["id"].clone());
            if n % 6 == 5 {
                stack.portal.take().context("the portal")?.kill();
                stack.start_portal()?;
                stack.wait_for_portal().await?;
            }
        }
        for id in &ids {
            let done = settled(&system.program, id).await?;
            ensure!(done["state"] == "final", "{done}");
        }
        let database = stack.database().await?;
        let (documents, distinct): (i64, i64) = sqlx::query_as(
            "SELECT count(*), count(DISTINCT hash) FROM chain.documents WHERE kind = 'other'",
        )
        .fetch_one(&database)
        .await?;
        ensure!((documents, distinct) == (30, 30), "{documents} documents, {distinct} different");
        Ok(())
    }
}
