// SPDX-License-Identifier: Apache-2.0
//! A made-up country's registry, filled by real transactions signed by its officers: every call of
//! the chain at least once.
//!
//! The country is Vanuatu, the example of the CDM-style serial number; people, companies and
//! projects are invented. What does not depend on each other is sent at once.

pub mod bridge;
mod credits;
pub mod files;
mod organisations;
mod plans;
mod projects;

use crate::officer::{all, Officer};
use anyhow::{Context, Result};
use blake2::{digest::consts::U32, Blake2b, Digest};
use plans::{Plan, COMPANIES, PLANS};
use registry_client::{state::State, Call, Registry};
use registry_primitives::{ContentHash, OrganisationId, ProjectId, Text};
use serde_json::json;
use std::{cell::RefCell, collections::BTreeSet, path::Path};

/// Fills an empty development chain; the calls that were made, as `pallet.name`. `progress` is told what
/// is being done.
pub async fn load(registry: &Registry, progress: impl Fn(&str)) -> Result<BTreeSet<String>> {
    let demo = Demo {
        registry,
        root: Officer::new("//Alice")?,
        admin: Officer::new("//Government//Admin")?,
        deputy: Officer::new("//Government//Deputy")?,
        manager: Officer::new("//Government//Manager")?,
        made: RefCell::default(),
    };
    progress("organisations, one of them by its own application");
    demo.organisations().await?;
    progress("officers, settings, and four eyes for cancellations");
    demo.members_and_settings().await?;
    progress("projects");
    demo.register().await?;
    progress("documents, certifiers, other proponents");
    demo.submit().await?;
    progress("reviews, validations, consents, and a withdrawal");
    demo.review().await?;
    progress("authorisations, suspensions, and a second design");
    demo.decide().await?;
    progress("monitoring reports and certifications");
    demo.report().await?;
    progress("verification while transfers are paused");
    demo.verify().await?;
    progress("issuance, and a refusal");
    demo.issue().await?;
    progress("transfers and requests, holds, the buffer, proposals to cancel");
    demo.move_and_ask().await?;
    progress("answers: recognised, refused, rejected, approved, withdrawn");
    demo.answer().await?;
    progress("retirements, and a suspension");
    demo.retire_and_suspend().await?;
    Ok(demo.made.take())
}

/// The officers of the demo: what to call them, and their well-known development keys.
pub fn keys() -> Vec<(String, String)> {
    let government = [
        ("Root", "//Alice"),
        ("Government, Admin", "//Government//Admin"),
        ("Government, second Admin", "//Government//Deputy"),
        ("Government, Manager", "//Government//Manager"),
    ];
    let government = government.map(|(name, uri)| (name.to_owned(), uri.to_owned()));
    let of_companies = COMPANIES.iter().flat_map(|company| {
        ["Admin", "Manager"]
            .map(|role| (format!("{}, {role}", company.name), format!("//{}//{role}", company.key)))
    });
    government.into_iter().chain(of_companies).collect()
}

/// Writes the keys down in a file for the portal, which offers them to everybody.
pub fn offer(file: &Path) -> Result<&Path> {
    let keys = keys().into_iter().map(|(name, uri)| json!({ "name": name, "uri": uri }));
    std::fs::write(file, serde_json::to_vec(&keys.collect::<Vec<_>>())?)?;
    Ok(file)
}

struct Demo<'a> {
    registry: &'a Registry,
    root: Officer,
    /// Admins and the Manager of the Government.
    admin: Officer,
    deputy: Officer,
    manager: Officer,
    made: RefCell<BTreeSet<String>>,
}

fn id_of(company: usize) -> OrganisationId {
    company as OrganisationId + 2
}

fn admin(company: usize) -> Result<Officer> {
    Officer::new(&format!("//{}//Admin", COMPANIES[company].key))
}

fn manager(company: usize) -> Result<Officer> {
    Officer::new(&format!("//{}//Manager", COMPANIES[company].key))
}

fn text<const N: u32>(text: &str) -> Result<Text<N>> {
    Ok(Text::try_from(text)?)
}

/// BLAKE2b-256 of a text that stands for a file.
pub fn hash_of(content: impl AsRef<[u8]>) -> ContentHash {
    ContentHash(Blake2b::<U32>::digest(content).into())
}

impl Demo<'_> {
    async fn state(&self) -> Result<State> {
        Ok(State::read(&self.registry.at_finalised().await?).await?)
    }

    /// Makes calls at once, and waits until all are final.
    async fn send(&self, calls: Vec<(Officer, Call)>) -> Result<()> {
        let note = |call: &Call| {
            let (pallet, name) = call.name();
            self.made.borrow_mut().insert(format!("{pallet}.{name}"));
        };
        for (_, call) in &calls {
            note(call);
            if let Call::Propose { call } = call {
                note(call);
            }
        }
        all(self.registry, calls).await?;
        Ok(())
    }

    /// The projects' numbers, in the order of the plans.
    async fn projects(&self) -> Result<Vec<(ProjectId, &'static Plan)>> {
        let state = self.state().await?;
        PLANS.iter().map(|plan| Ok((project_of(&state, plan.external_id)?, plan))).collect()
    }
}

/// What there is, for people to look at.
pub async fn summary(registry: &Registry) -> Result<Vec<String>> {
    let state = State::read(&registry.at_finalised().await?).await?;
    let mut lines = Vec::new();
    for (id, organisation) in &state.organisations {
        let details = &organisation.details;
        lines.push(format!(
            "organisation {id:>3}  {:<34} {} {}",
            details.name.to_text(),
            organisation.role,
            organisation.status
        ));
    }
    for (id, project) in &state.projects {
        lines.push(format!(
            "project      {id:>3}  {:<44} {:<10} {:>9} t issued",
            project.registration.title.to_text(),
            project.stage.as_str(),
            project.issued
        ));
    }
    for (start, block) in &state.blocks {
        lines.push(format!(
            "block    {start:>7}-{:<7} project {:>3}  {}  owner {:>2}  {:<9} {:>7} t",
            block.end,
            block.project,
            block.vintage,
            block.owner,
            block.status.as_str(),
            block.range(*start).quantity()
        ));
    }
    for (id, retirement) in &state.retirements {
        lines.push(format!(
            "retirement   {id:>3}  {:<34} {:<21} {:>9} t",
            retirement.details.beneficiary.name.to_text(),
            retirement.details.purpose.as_str(),
            retirement.quantity
        ));
    }
    for (id, cancellation) in &state.cancellations {
        let (reason, quantity) = (cancellation.reason, cancellation.quantity);
        lines.push(format!("cancellation {id:>3}  {:<56} {quantity:>9} t", reason.as_str()));
    }
    for (id, request) in &state.transfer_requests {
        lines.push(format!(
            "request      {id:>3}  waits for organisation {} to transfer {} t to {}",
            request.from, request.quantity, request.to
        ));
    }
    for (id, request) in &state.retirement_requests {
        lines.push(format!(
            "request      {id:>3}  waits for the Government to recognise {} t of {}",
            request.quantity, request.by
        ));
    }
    Ok(lines)
}

fn project_of(state: &State, external_id: &str) -> Result<ProjectId> {
    let mut projects = state.projects.iter();
    let found =
        projects.find(|(_, project)| project.registration.external_id.to_text() == external_id);
    found.map(|(id, _)| *id).with_context(|| format!("{external_id} exists"))
}
