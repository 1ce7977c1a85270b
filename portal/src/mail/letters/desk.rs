// SPDX-License-Identifier: Apache-2.0
//! What letters need to know, read once for many events.

use crate::{
    answers::Origin,
    courier::Event,
    mail::{self, Letter, Recipient},
    problem::Problem,
    site::Site,
};
use registry_primitives::{CountryCode, GOVERNMENT};
use sqlx::PgConnection;
use std::collections::{BTreeSet, HashMap, HashSet};

/// A project and who has to do with it.
#[derive(Clone, Default)]
pub struct Project {
    /// Title and number.
    pub name: String,
    pub proponents: Vec<i64>,
    pub certifiers: Vec<i64>,
}

/// Consecutive numbers: the first and the last.
pub type Range = (i64, i64);

/// Where letters are written.
pub struct Desk<'a> {
    pub connection: &'a mut PgConnection,
    site: &'a Site,
    country: CountryCode,
    /// Organisations of which somebody can be written to; about the others nothing needs to be read.
    reachable: HashSet<i64>,
    organisations: HashMap<i64, String>,
    projects: HashMap<i64, Project>,
}

impl<'a> Desk<'a> {
    pub async fn new(connection: &'a mut PgConnection, site: &'a Site) -> Result<Self, Problem> {
        let reachable = sqlx::query_scalar!(
            "SELECT DISTINCT m.organisation
             FROM chain.members m JOIN directory.people p ON p.account = m.account
             WHERE p.notify AND p.email_confirmed_at IS NOT NULL"
        )
        .fetch_all(&mut *connection)
        .await?;
        let country = sqlx::query_scalar!(
            "SELECT country FROM chain.organisations WHERE id = $1",
            i64::from(GOVERNMENT)
        )
        .fetch_optional(&mut *connection)
        .await?;
        Ok(Self {
            connection,
            site,
            country: country.and_then(|it| it.parse().ok()).unwrap_or(CountryCode(*b"ZZ")),
            reachable: reachable.into_iter().collect(),
            organisations: HashMap::new(),
            projects: HashMap::new(),
        })
    }

    /// Whether anybody of these organisations can be written to.
    pub fn reaches(&self, organisations: &[i64]) -> bool {
        organisations.iter().any(|id| self.reachable.contains(id))
    }

    /// Whether anybody can be written to at all.
    pub fn reaches_anybody(&self) -> bool {
        !self.reachable.is_empty()
    }

    /// A letter about an event, with a link to a page.
    pub fn letter(&self, template: &'static str, event: &Event, path: &str) -> Letter {
        Letter::new(template)
            .of_event(&event.name, event.position)
            .with("link", format!("{}{path}", self.site.url()))
    }

    /// Sends a letter to the officers of organisations, to each once.
    pub async fn send(&mut self, to: &[i64], letter: Letter) -> Result<(), Problem> {
        let to: BTreeSet<i64> =
            to.iter().copied().filter(|id| self.reachable.contains(id)).collect();
        for organisation in to {
            self.send_to(Recipient::officers_of(organisation), letter.clone()).await?;
        }
        Ok(())
    }

    /// Sends a letter to somebody. One that cannot be written is an error in the log, and keeps no
    /// other from being sent.
    pub async fn send_to(&mut self, to: Recipient, letter: Letter) -> Result<(), Problem> {
        if letter.check().is_err() {
            return Ok(());
        }
        mail::enqueue(self.connection, to, letter).await
    }

    /// The name of an organisation.
    pub async fn organisation(&mut self, id: i64) -> Result<String, Problem> {
        if let Some(name) = self.organisations.get(&id) {
            return Ok(name.clone());
        }
        let name = sqlx::query_scalar!("SELECT name FROM chain.organisations WHERE id = $1", id)
            .fetch_optional(&mut *self.connection)
            .await?
            .unwrap_or_else(|| format!("#{id}"));
        self.organisations.insert(id, name.clone());
        Ok(name)
    }

    /// The names of organisations, in a row.
    pub async fn organisations(&mut self, ids: &[i64]) -> Result<String, Problem> {
        let mut names = Vec::with_capacity(ids.len());
        for id in ids {
            names.push(self.organisation(*id).await?);
        }
        Ok(names.join(", "))
    }

    /// A project.
    pub async fn project(&mut self, id: i64) -> Result<Project, Problem> {
        if let Some(project) = self.projects.get(&id) {
            return Ok(project.clone());
        }
        let row = sqlx::query!(
            r#"SELECT p.title,
                      ARRAY(SELECT organisation FROM chain.proponents
                            WHERE project = p.id ORDER BY position) AS "proponents!",
                      ARRAY(SELECT organisation FROM chain.certifiers
                            WHERE project = p.id ORDER BY organisation) AS "certifiers!"
               FROM chain.projects p WHERE p.id = $1"#,
            id
        )
        .fetch_optional(&mut *self.connection)
        .await?;
        let project = row.map_or_else(Project::default, |row| Project {
            name: format!("{} ({id})", row.title),
            proponents: row.proponents,
            certifiers: row.certifiers,
        });
        self.projects.insert(id, project.clone());
        Ok(project)
    }

    /// The serial numbers of blocks of credits, which begin with these numbers.
    pub async fn serials(&mut self, ranges: &[Range]) -> Result<Vec<String>, Problem> {
        let starts: Vec<i64> = ranges.iter().map(|(start, _)| *start).collect();
        let rows = sqlx::query!(
            "SELECT b.start_serial, b.project, b.vintage, p.sectoral_scope
             FROM chain.credit_blocks b JOIN chain.projects p ON p.id = b.project
             WHERE b.start_serial = ANY ($1)",
            &starts
        )
        .fetch_all(&mut *self.connection)
        .await?;
        let origins: HashMap<i64, Origin> = rows
            .into_iter()
            .map(|row| {
                let origin = Origin {
                    country: self.country,
                    scope: row.sectoral_scope,
                    project: row.project,
                    vintage: row.vintage,
                };
                (row.start_serial, origin)
            })
            .collect();
        let serial = |(start, end): &Range| match origins.get(start) {
            Some(origin) => origin.serial(*start, *end).map(|serial| serial.to_string()),
            None => Ok(format!("{start}-{end}")),
        };
        ranges.iter().map(serial).collect()
    }
}

/// The ranges of numbers that an event names.
pub fn ranges(event: &Event) -> Vec<Range> {
    let blocks = event.fields.get("blocks").and_then(|blocks| blocks.as_array());
    let range = |block: &serde_json::Value| {
        Some((block.get("start")?.as_i64()?, block.get("end")?.as_i64()?))
    };
    blocks.into_iter().flatten().filter_map(range).collect()
}

/// How many tonnes ranges are.
pub fn quantity(ranges: &[Range]) -> i64 {
    ranges.iter().map(|(start, end)| end - start + 1).sum()
}
