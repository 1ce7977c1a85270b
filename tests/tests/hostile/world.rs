// SPDX-License-Identifier: Apache-2.0
//! A portal and those who mean it no good.

pub mod operations;
pub mod values;
pub mod wire;

use crate::common::{self, Cast};
use anyhow::{bail, ensure, Context, Result};
use registry_client::{Call, Registry};
use registry_testbed::{Api, Officer, Stack};
use serde_json::Value;

/// A registry with a few organisations.
pub struct Place {
    pub stack: Stack,
    pub registry: Registry,
    pub cast: Cast,
    pub portal: String,
    // Removed last.
    pub folder: tempfile::TempDir,
}

impl Place {
    pub async fn new() -> Result<Self> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        stack.wait_for_indexer().await?;
        let portal = stack.portal_url();
        Ok(Self { stack, registry, cast, portal, folder })
    }

    /// A call, to the end and into the tables.
    pub async fn does(&mut self, who: &Officer, call: Call) -> Result<()> {
        self.cast.does(&self.registry, who, call).await?;
        self.stack.wait_for_indexer().await?;
        Ok(())
    }

    /// An officer who has signed in.
    pub async fn signed_in(&self, officer: &Officer) -> Result<Api> {
        Api::sign_in(&self.portal, officer).await
    }

    /// What the portal has written so far.
    pub fn log(&self) -> Result<String> {
        Ok(self.stack.portal.as_ref().context("the portal")?.output())
    }

    /// Memory of the portal, in bytes.
    pub fn memory(&self) -> Result<u64> {
        let id = self.stack.portal.as_ref().context("the portal")?.id();
        let pages = std::fs::read_to_string(format!("/proc/{id}/statm"))?;
        let resident: u64 = pages.split(' ').nth(1).context("resident pages")?.parse()?;
        Ok(resident * 4_096)
    }

    /// It runs still, answers, and has written of no defect.
    pub async fn is_well(&mut self) -> Result<()> {
        self.stack.ensure_running()?;
        let (status, answer) = Api::nobody(&self.portal)?.get("/api/v1/totals").await?;
        ensure!(status == 200, "{status}: {answer}");
        let log = self.log()?;
        let bad = |line: &&str| line.contains(" ERROR ") || line.contains("panicked at");
        let Some(cry) = log.lines().find(bad) else { return Ok(()) };
        // With all that it wrote of the same request.
        let request = cry.split_once("request{id=").map(|(_, rest)| &rest[..rest.len().min(18)]);
        let same = |line: &&str| request.is_some_and(|request| line.contains(request));
        let lines: Vec<_> = log.lines().filter(same).collect();
        bail!("the portal wrote:\n{cry}\n{}", lines.join("\n"))
    }
}

/// An answer that refuses must do so by a problem document of its status.
pub fn is_problem(status: u16, kind: &str, body: &str) -> Result<()> {
    ensure!(kind.starts_with("application/problem+json"), "{status} as {kind:?}: {body}");
    let problem: Value = serde_json::from_str(body).with_context(|| body.to_owned())?;
    ensure!(problem["status"] == status, "{status}: {problem}");
    for name in ["type", "title"] {
        ensure!(problem[name].as_str().is_some_and(|it| !it.is_empty()), "no {name}: {problem}");
    }
    Ok(())
}

/// An answer is one that anybody may be given: good, or a problem that is not the portal's own.
pub async fn is_fair(what: &str, answer: reqwest::Response) -> Result<u16> {
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").and_then(|it| it.to_str().ok());
    let kind = kind.unwrap_or_default().to_owned();
    let body = answer.text().await?;
    let shown: String = body.chars().take(300).collect();
    ensure!(status < 500, "{what} answered {status}: {shown}");
    ensure!(!body.contains("root:x:0"), "{what} gave a file away");
    if status >= 400 {
        is_problem(status, &kind, &body).with_context(|| what.to_owned())?;
    }
    Ok(status)
}
