// SPDX-License-Identifier: Apache-2.0
//! The way out: what happens here to projects that came from a platform, told in the platform's terms.
//!
//! A message is a notice to the webhooks of the Government: it is written down in the transaction
//! that turns the chain's events, and signed, tried again and laid aside like every delivery. The
//! endpoint is the webhook of the Government that asks for these names. How a platform wants to be
//! told is an [`Adapter`]'s; another interface is another adapter.

use crate::{
    answers::{Numbers, Origin},
    courier::Event,
    problem::Problem,
    webhooks::{self, Notice},
};
use registry_primitives::{itmo::Platform, CountryCode, GOVERNMENT};
use serde_json::{json, Value};
use sqlx::{postgres::PgRow, PgConnection, Row};
use std::collections::HashMap;

/// A project that came from a platform.
pub struct Imported {
    /// The platform.
    pub platform: String,
    /// The project's identifier there.
    pub external_id: String,
    /// Number of the project here.
    pub project: i64,
    /// The hash that it was taken over by.
    pub evidence: String,
    country: CountryCode,
    scope: i16,
}

/// What happened here to such a project.
pub struct Change<'a> {
    /// The project.
    pub imported: &'a Imported,
    /// The event of the chain.
    pub event: &'a Event,
    /// What it was.
    pub what: What,
}

/// What can happen that is told.
pub enum What {
    /// The Government authorised it.
    Authorised {
        /// Tonnes that may be issued.
        tonnes: i64,
        /// The Article 6 terms as in the API; null for domestic use only.
        terms: Value,
    },
    /// Credits were issued.
    Issued {
        /// Number of the monitoring period.
        period: i64,
        /// The year of the reductions, and their numbers.
        credits: Credits,
    },
    /// Credits were retired.
    Retired {
        /// Number of the retirement.
        retirement: i64,
        /// What for, and the details that it has, as in the API.
        purpose: String,
        /// Country and use, or the year.
        details: Value,
        /// What was retired of this project.
        credits: Vec<Credits>,
    },
}

/// Some credits of one year.
pub struct Credits {
    /// The year of the reductions.
    pub vintage: i16,
    /// The numbers.
    pub numbers: Numbers,
}

/// The name of a message, and what it says.
pub type Message = (&'static str, Value);

/// How a platform is told of a change.
pub trait Adapter: Sync {
    /// The message; none where the platform is not told of this.
    fn message(&self, change: &Change<'_>) -> Option<Message>;
}

/// All that are told.
const ADAPTERS: [&dyn Adapter; 1] = [&Undp];

/// UNDP's platform, which has published no interface to be told by: the form is the registry's own.
struct Undp;

impl Adapter for Undp {
    fn message(&self, change: &Change<'_>) -> Option<Message> {
        let Change { imported, event, what } = change;
        if imported.platform != Platform::Undp.as_str() {
            return None;
        }
        let part = |it: &Credits| {
            json!({
                "vintage": it.vintage, "serial": it.numbers.serial, "tonnes": it.numbers.quantity,
            })
        };
        let (kind, change) = match what {
            What::Authorised { tonnes, terms } => {
                ("itmo.authorised", json!({ "tonnes": tonnes, "article6": terms }))
            }
            What::Issued { period, credits } => (
                "itmo.issued",
                json!({
                    "tonnes": credits.numbers.quantity, "monitoring_period": period,
                    "credits": [part(credits)],
                }),
            ),
            What::Retired { retirement, purpose, details, credits } => (
                "itmo.retired",
                json!({
                    "tonnes": credits.iter().map(|it| it.numbers.quantity).sum::<i64>(),
                    "retirement": retirement, "purpose": purpose, "purpose_details": details,
                    "credits": credits.iter().map(part).collect::<Vec<_>>(),
                }),
            ),
        };
        let data = json!({
            "platform": imported.platform, "project": imported.external_id,
            "registry_project": imported.project, "evidence": imported.evidence,
            "event": event.position.to_string(), "change": change,
        });
        Some((kind, data))
    }
}

/// Puts what events say of imported projects into the outbox.
pub async fn enqueue_events(
    connection: &mut PgConnection,
    events: &[Event],
) -> Result<(), Problem> {
    let named = |name: &'static str| events.iter().filter(move |event| event.name == name);
    let retirements: Vec<i64> = named("CreditsRetired").map(|it| it.number("id")).collect();
    let retired = retired(connection, &retirements).await?;
    let authorised = named("ProjectAuthorised").map(|it| it.number("id"));
    let issued = named("CreditsIssued").map(|it| it.number("project"));
    let touched = retired.iter().map(|row| row.project);
    let touched: Vec<i64> = authorised.chain(issued).chain(touched).collect();
    let imported = imported(connection, &touched).await?;
    for event in events {
        for change in changes(event, &imported, &retired)? {
            let project = change.imported.project;
            for (kind, data) in ADAPTERS.iter().filter_map(|adapter| adapter.message(&change)) {
                let occasion = format!("{kind}-{}-{project}", event.position);
                let (organisation, about) = (i64::from(GOVERNMENT), &[("project", project)]);
                let notice = Notice { organisation, kind, occasion, data, about };
                webhooks::enqueue(connection, notice).await?;
            }
        }
    }
    Ok(())
}

/// What an event says of imported projects.
fn changes<'a>(
    event: &'a Event,
    imported: &'a HashMap<i64, Imported>,
    retired: &[Retired],
) -> Result<Vec<Change<'a>>, Problem> {
    let of = |project: i64| imported.get(&project);
    let mut found = Vec::new();
    match event.name.as_str() {
        "ProjectAuthorised" => {
            if let Some(imported) = of(event.number("id")) {
                let terms = event.fields.get("article6").cloned().unwrap_or_default();
                let what = What::Authorised { tonnes: event.number("quantity"), terms };
                found.push(Change { imported, event, what });
            }
        }
        "CreditsIssued" => {
            if let Some(imported) = of(event.number("project")) {
                let end = |name| event.fields.pointer(name).and_then(Value::as_i64);
                let (start, end) = (end("/range/start"), end("/range/end"));
                let vintage = i16::try_from(event.number("vintage")).unwrap_or_default();
                let credits = imported.credits(
                    vintage,
                    start.unwrap_or_default(),
                    end.unwrap_or_default(),
                )?;
                let what = What::Issued { period: event.number("period"), credits };
                found.push(Change { imported, event, what });
            }
        }
        "CreditsRetired" => {
            let id = event.number("id");
            let rows: Vec<_> = retired.iter().filter(|row| row.retirement == id).collect();
            let mut projects: Vec<i64> = rows.iter().map(|row| row.project).collect();
            projects.sort_unstable();
            projects.dedup();
            for imported in projects.into_iter().filter_map(of) {
                let own = rows.iter().filter(|row| row.project == imported.project);
                let credits =
                    own.clone().map(|row| imported.credits(row.vintage, row.start, row.end));
                let credits = credits.collect::<Result<_, _>>()?;
                let Some(row) = own.clone().next() else { continue };
                let (purpose, details) = (row.purpose.clone(), row.details.clone());
                let what = What::Retired { retirement: id, purpose, details, credits };
                found.push(Change { imported, event, what });
            }
        }
        _ => {}
    }
    Ok(found)
}

impl Imported {
    fn credits(&self, vintage: i16, start: i64, end: i64) -> Result<Credits, Problem> {
        let Self { country, scope, project, .. } = *self;
        let numbers = Origin { country, scope, project, vintage }.numbers(start, end)?;
        Ok(Credits { vintage, numbers })
    }

    fn read(row: &PgRow) -> Result<Self, Problem> {
        let country: String = row.try_get("country")?;
        let country = country.parse().map_err(|_| Problem::internal("the Government's country"))?;
        Ok(Self {
            platform: row.try_get("platform")?,
            external_id: row.try_get("external_id")?,
            project: row.try_get("id")?,
            evidence: row.try_get("evidence")?,
            country,
            scope: row.try_get("sectoral_scope")?,
        })
    }
}

/// Those of some projects that came from a platform, by their numbers.
async fn imported(
    connection: &mut PgConnection,
    projects: &[i64],
) -> Result<HashMap<i64, Imported>, Problem> {
    if projects.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query(
        "SELECT b.platform, b.external_id, '0x' || encode(b.hash, 'hex') AS evidence, p.id,
                p.sectoral_scope, g.country
         FROM chain.bridge_events b
         JOIN chain.projects p ON p.id = b.project
         JOIN chain.organisations g ON g.id = $2
         WHERE b.event = 'project_authorised' AND b.project = ANY ($1)",
    )
    .bind(projects)
    .bind(i64::from(GOVERNMENT))
    .fetch_all(connection)
    .await?;
    let imported = rows.iter().map(Imported::read);
    imported.map(|it| it.map(|it| (it.project, it))).collect()
}

/// Numbers of an imported project that were retired.
struct Retired {
    retirement: i64,
    purpose: String,
    details: Value,
    project: i64,
    vintage: i16,
    start: i64,
    end: i64,
}

impl Retired {
    fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
        let details: Option<Value> = row.try_get("purpose_details")?;
        Ok(Self {
            retirement: row.try_get("retirement")?,
            purpose: row.try_get("purpose")?,
            details: details.unwrap_or_default(),
            project: row.try_get("project")?,
            vintage: row.try_get("vintage")?,
            start: row.try_get("start_serial")?,
            end: row.try_get("end_serial")?,
        })
    }
}

/// What retirements took of imported projects.
async fn retired(
    connection: &mut PgConnection,
    retirements: &[i64],
) -> Result<Vec<Retired>, Problem> {
    if retirements.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(
        "SELECT r.retirement, t.purpose, t.purpose_details, r.project, r.vintage, r.start_serial,
                r.end_serial
         FROM chain.retirement_parts r
         JOIN chain.retirements t ON t.id = r.retirement
         JOIN chain.bridge_events b ON b.project = r.project AND b.event = 'project_authorised'
         WHERE r.retirement = ANY ($1) ORDER BY r.retirement, r.position",
    )
    .bind(retirements)
    .fetch_all(connection)
    .await?;
    Ok(rows.iter().map(Retired::read).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imported(platform: &str) -> Imported {
        Imported {
            platform: platform.into(),
            external_id: "p-1001".into(),
            project: 12,
            evidence: "0x91".into(),
            country: CountryCode(*b"VU"),
            scope: 2,
        }
    }

    fn message(platform: &str, event: &Event, retired: &[Retired]) -> Option<Message> {
        let imported = HashMap::from([(12, imported(platform))]);
        let mut changes = changes(event, &imported, retired).unwrap();
        assert!(changes.len() < 2);
        Undp.message(&changes.pop()?)
    }

    #[test]
    fn an_authorisation_is_told_with_its_terms() {
        let fields = json!({ "id": 12, "quantity": 100, "article6": { "purposes": ["ndc"] } });
        let event = Event::sample("ProjectAuthorised", fields);
        let (kind, data) = message("undp", &event, &[]).unwrap();
        assert_eq!(kind, "itmo.authorised");
        assert_eq!(data["project"], "p-1001");
        assert_eq!(data["registry_project"], 12);
        assert_eq!(data["event"], "120-3");
        assert_eq!(data["change"]["tonnes"], 100);
        assert_eq!(data["change"]["article6"]["purposes"][0], "ndc");
    }

    #[test]
    fn an_issuance_is_told_with_its_serial_number() {
        let fields = json!({
            "project": 12, "period": 1, "vintage": 2026, "range": { "start": 1, "end": 10 },
        });
        let event = Event::sample("CreditsIssued", fields);
        let (kind, data) = message("undp", &event, &[]).unwrap();
        assert_eq!(kind, "itmo.issued");
        assert_eq!(data["change"]["credits"][0]["serial"], "VU-ITMO-2-012-2026-0-1-10");
        assert_eq!(data["change"]["tonnes"], 10);
    }

    #[test]
    fn of_a_retirement_only_the_projects_own_part_is_told() {
        let part = |project, start, end| Retired {
            retirement: 9,
            purpose: "voluntary".into(),
            details: Value::Null,
            project,
            vintage: 2026,
            start,
            end,
        };
        let event = Event::sample("CreditsRetired", json!({ "id": 9, "quantity": 7 }));
        let (kind, data) = message("undp", &event, &[part(12, 1, 4), part(13, 20, 22)]).unwrap();
        assert_eq!(kind, "itmo.retired");
        assert_eq!(data["change"]["tonnes"], 4);
        assert_eq!(data["change"]["credits"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn what_is_of_another_platform_or_of_none_is_not_told() {
        let of = |id: i64| Event::sample("ProjectAuthorised", json!({ "id": id, "quantity": 1 }));
        assert!(message("undp", &of(12), &[]).is_some());
        assert!(message("unfccc", &of(12), &[]).is_none());
        assert!(message("undp", &of(13), &[]).is_none());
        assert!(message("undp", &Event::sample("ProjectRejected", json!({})), &[]).is_none());
    }
}
