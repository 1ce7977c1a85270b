// SPDX-License-Identifier: Apache-2.0
//! Three projects of two companies from the ITMO platform: one whose credits are issued for its final
//! monitoring report, one whose report came before its authorisation, and one that waits for the
//! Government. Two more are refused, as the registry has them already: the Government dismisses the one,
//! and the other is a case.

use super::plans::PLANS;
use crate::{
    bridge::{list_operators, round_is_closed, Platform},
    Officer,
};
use anyhow::{Context, Result};
use registry_client::{state::State, Call, Registry};
use registry_primitives::ProjectId;
use serde_json::json;

/// The platform's projects that the Government authorises, and the tonnes of the estimate.
const AUTHORISED: [&str; 2] = ["p-1001", "p-1003"];
const ESTIMATE: u64 = 100;
/// The step that authorises a project on the platform.
const AUTHORISATION: &str =
    "ITMO-Design Document (DD) & Validation Report / Upload on National Public Registry";

/// Has the first validators read a platform as it goes on, and authorises what comes.
pub async fn load(registry: &Registry, platform: &Platform, operators: usize) -> Result<()> {
    let root = Officer::new("//Alice")?;
    // All three are authorised there, and two that are registered here since long.
    platform.go_to(3).await?;
    for known in &PLANS[..2] {
        let project = json!({
            "id": known.external_id, "name": known.title, "sector": "energy-industries",
            "country": { "name": "Vanuatu" }, "createdAt": "2025-03-01T00:00:00Z",
            "steps": [{ "name": AUTHORISATION, "status": "completed" }],
        });
        platform.place("Efate Renewables", &project).await?;
    }
    list_operators(registry, &root, operators).await?;
    round_is_closed(registry, 1).await?;
    let reason = "It was registered here first".to_owned();
    registry.execute(&root.key, &Call::DismissBridgeCase { case: 1, reason }).await?;
    let state = State::read(&registry.at_finalised().await?).await?;
    for external_id in AUTHORISED {
        let project = super::project_of(&state, external_id)?;
        let (quantity, article6, buffer_rate) = (ESTIMATE, None, 0);
        let call = Call::AuthoriseProject { project, quantity, article6, buffer_rate };
        registry.execute(&root.key, &call).await?;
    }
    // The final monitoring reports are there.
    platform.go_to(4).await?;
    registry.execute(&root.key, &Call::RequestBridgeRound {}).await?;
    round_is_closed(registry, 2).await?;
    for external_id in AUTHORISED {
        let what = format!("{external_id} has its credits");
        crate::network::until(&what, async || Ok(issued(registry, external_id).await? > 0)).await?;
    }
    Ok(())
}

async fn issued(registry: &Registry, external_id: &str) -> Result<u64> {
    let state = State::read(&registry.at_finalised().await?).await?;
    let project: ProjectId = super::project_of(&state, external_id)?;
    let project = state.projects.get(&project).context("the project")?;
    Ok(project.issued)
}
