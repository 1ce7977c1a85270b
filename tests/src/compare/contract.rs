// SPDX-License-Identifier: Apache-2.0
//! The API against its own description.

use super::{Report, Site};
use crate::{
    javascript::{in_words, JavaScript},
    Api, Officer,
};
use anyhow::{ensure, Context, Result};
use serde_json::Value;

/// Asks everything that the description has an example of, and what nobody should ask; what is not
/// public as nobody, and as an officer who signed in.
pub async fn compare(site: &Site, report: &mut Report) -> Result<()> {
    report.section("answers of the API against its description");
    let officer = Api::sign_in(&site.root, &Officer::new("//Alice")?).await?;
    let token = officer.credential().context("a token")?;
    let output = JavaScript::install("clients")?.run("api.mjs", &[&site.root, token])?;
    ensure!(output.status.success(), "api.mjs: {}", in_words(&output));
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    let faults = answer["faults"].as_array().context("faults")?;
    let questions = answer["questions"].as_u64().context("questions")?;
    report.count(usize::try_from(questions)?);
    report.differences.extend(faults.iter().map(|fault| format!("API: {fault}")));
    Ok(())
}
