// SPDX-License-Identifier: Apache-2.0
//! Events in plain words, with links to what they are about.

use crate::{
    answers::{OrganisationRef, ProjectRef},
    db::Reader,
    i18n::Language,
    page,
    problem::Problem,
};
use serde_json::Value;
use std::collections::HashMap;

/// Where events name organisations and projects.
const ORGANISATIONS: [&str; 8] =
    ["organisation", "owner", "from", "to", "uploader", "reviewer", "certifier", "verifier"];
const PROJECTS: [&str; 1] = ["project"];

/// What a bare `id` numbers, told by the name of the event.
#[derive(PartialEq, Eq)]
enum Subject {
    Organisation,
    Project,
    Other,
}

fn subject(event: &str) -> Subject {
    if event.starts_with("Organisation") {
        Subject::Organisation
    } else if event.starts_with("Project") {
        Subject::Project
    } else {
        Subject::Other
    }
}

/// Names of what some events are about, read at once.
pub struct Names {
    organisations: HashMap<i64, String>,
    projects: HashMap<i64, String>,
}

impl Names {
    /// Reads the names that these events need.
    pub async fn load<'a>(
        reader: &mut Reader,
        events: impl Iterator<Item = (&'a str, &'a Value)>,
    ) -> Result<Self, Problem> {
        let (mut organisations, mut projects) = (Vec::new(), Vec::new());
        for (name, fields) in events {
            let of = |field: &&str| fields.get(*field).and_then(Value::as_i64);
            organisations.extend(ORGANISATIONS.iter().filter_map(of));
            projects.extend(PROJECTS.iter().filter_map(of));
            match subject(name) {
                Subject::Organisation => organisations.extend(of(&"id")),
                Subject::Project => projects.extend(of(&"id")),
                Subject::Other => {}
            }
        }
        let organisations = sqlx::query!(
            "SELECT id, name FROM chain.organisations WHERE id = ANY ($1)",
            &organisations
        )
        .fetch_all(reader.connection())
        .await?;
        let projects =
            sqlx::query!("SELECT id, title FROM chain.projects WHERE id = ANY ($1)", &projects)
                .fetch_all(reader.connection())
                .await?;
        Ok(Self {
            organisations: organisations.into_iter().map(|row| (row.id, row.name)).collect(),
            projects: projects.into_iter().map(|row| (row.id, row.title)).collect(),
        })
    }

    fn organisation(&self, id: i64) -> String {
        let name = self.organisations.get(&id).cloned().unwrap_or_else(|| format!("#{id}"));
        page::organisation_link(&OrganisationRef { id, name })
    }

    fn project(&self, id: i64) -> String {
        let title = self.projects.get(&id).cloned().unwrap_or_else(|| format!("#{id}"));
        page::project_link(&ProjectRef { id, title })
    }

    /// An event in words; HTML.
    pub fn sentence(&self, pallet: &str, event: &str, fields: &Value) -> String {
        let language = Language::default();
        let key = match fields.get("status").and_then(Value::as_str) {
            // Accepted and rejected are two different sentences.
            Some(status) if event == "DocumentReviewed" => format!("event.{event}.{status}"),
            _ => format!("event.{event}"),
        };
        if language.find(&key).is_none() {
            let name = page::text(&format!("{pallet}.{event}"));
            return page::sentence(language, "event.other", &[("name", name)]);
        }
        let mut arguments: Vec<(&str, String)> = Vec::new();
        for name in ORGANISATIONS {
            if let Some(id) = fields.get(name).and_then(Value::as_i64) {
                arguments.push((name, self.organisation(id)));
            }
        }
        for name in PROJECTS {
            if let Some(id) = fields.get(name).and_then(Value::as_i64) {
                arguments.push((name, self.project(id)));
            }
        }
        if let Some(id) = fields.get("id").and_then(Value::as_i64) {
            match subject(event) {
                Subject::Organisation => arguments.push(("organisation", self.organisation(id))),
                Subject::Project => arguments.push(("project", self.project(id))),
                Subject::Other => {
                    let label = language.fill("retirement.number", &[("id", id.to_string())]);
                    let link = page::link(&format!("/retirements/{id}"), &page::text(&label));
                    arguments.push(("retirement", link));
                }
            }
        }
        arguments.extend(details(language, fields));
        page::sentence(language, &key, &arguments)
    }
}

/// What a sentence names beside organisations and projects.
fn details(language: Language, fields: &Value) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let number = |value: &Value| value.as_i64();
    let label = |group, value: &Value| {
        value.as_str().map(|value| page::text(&language.label(group, value)))
    };
    let tonnes = |n| page::text(&language.count("unit.tonnes", n));
    for name in ["document", "period", "version"] {
        found.extend(fields.get(name).and_then(number).map(|n| (name, language.number(n))));
    }
    // A year is not grouped.
    found.extend(fields.get("vintage").and_then(number).map(|year| ("vintage", year.to_string())));
    for name in ["quantity", "estimate"] {
        found.extend(fields.get(name).and_then(number).map(|n| (name, tonnes(n))));
    }
    let sum = |list: &Value| {
        Some(list.as_array()?.iter().filter_map(|it| it.get("tonnes")?.as_i64()).sum::<i64>())
    };
    let sums = [fields.get("verified"), fields.pointer("/report/vintages")];
    found.extend(sums.into_iter().flatten().find_map(sum).map(|n| ("sum", tonnes(n))));
    found.extend(
        fields.get("kind").and_then(|it| label("document_kind", it)).map(|it| ("kind", it)),
    );
    // The role of an organisation and that of a member have different names.
    let role = fields.get("role").and_then(|it| {
        let group =
            if fields.get("account").is_some() { "member_role" } else { "organisation_role" };
        label(group, it)
    });
    found.extend(role.map(|it| ("role", it)));
    found.extend(
        fields.get("reason").and_then(Value::as_str).map(|it| ("reason", page::foreign(it))),
    );
    let beneficiary = fields.pointer("/details/beneficiary/name").and_then(Value::as_str);
    found.extend(beneficiary.map(|it| ("beneficiary", page::foreign(it))));
    for name in ["range", "rest", "taken"] {
        if let Some((start, end)) = fields.get(name).and_then(range) {
            found.push((name, range_link(language, start, end)));
            if name == "range" {
                found.push(("quantity", tonnes(end - start + 1)));
            }
        }
    }
    let article6 = fields.get("article6").map(|terms| match terms {
        Value::Null => "event.domestic",
        _ => "event.article6",
    });
    found.extend(article6.map(|key| ("terms", page::text(language.t(key)))));
    found
}

fn range(value: &Value) -> Option<(i64, i64)> {
    Some((value.get("start")?.as_i64()?, value.get("end")?.as_i64()?))
}

/// A link to numbers alone, which leads to their serial number.
fn range_link(language: Language, start: i64, end: i64) -> String {
    let label = format!("{}–{}", language.number(start), language.number(end));
    page::link(&format!("/credits/{start}-{end}"), &page::text(&label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names() -> Names {
        Names {
            organisations: HashMap::from([
                (2, "Sun & Sea Ltd".to_owned()),
                (3, "<b>Buyer".to_owned()),
            ]),
            projects: HashMap::from([(1, "Solar for Efate".to_owned())]),
        }
    }

    #[test]
    fn a_transfer_reads_as_a_sentence_with_links() {
        let fields = json!({
            "from": 2, "to": 3, "quantity": 1200, "reference": null,
            "blocks": [{"start": 1, "end": 1200}], "by": "5F…"
        });
        let html = names().sentence("Credits", "CreditsTransferred", &fields);
        assert!(html.contains("<a href=\"/organisations/2\"><bdi>Sun &#38; Sea Ltd</bdi></a>"));
        assert!(html.contains("&#60;b&#62;Buyer") && !html.contains("<b>"), "{html}");
        assert!(html.contains("1,200 tonnes"), "{html}");
        assert!(!html.contains('…'), "{html}");
    }

    #[test]
    fn every_event_of_the_registry_fills_its_sentence() {
        let registration = json!({"title": "Solar for Efate"});
        let details = json!({"beneficiary": {"name": "Someone", "country": "VU"}});
        let range = json!({"start": 1, "end": 20});
        for (event, fields) in [
            ("OrganisationCreated", json!({"id": 2, "role": "certifier", "details": {}})),
            ("OrganisationSuspended", json!({"id": 2, "reason": "a reason"})),
            ("OrganisationReactivated", json!({"id": 2})),
            ("MemberAdded", json!({"organisation": 2, "account": "5F", "role": "admin"})),
            ("ProjectRegistered", json!({"id": 1, "registration": registration})),
            (
                "DocumentSubmitted",
                json!({"project": 1, "document": 4, "kind": "methodology", "version": 1,
                       "uploader": 2}),
            ),
            (
                "DocumentReviewed",
                json!({"project": 1, "document": 4, "status": "accepted", "reviewer": 2}),
            ),
            (
                "DocumentReviewed",
                json!({"project": 1, "document": 4, "status": "rejected", "reviewer": 2}),
            ),
            ("ProjectReturned", json!({"id": 1})),
            ("ProjectResubmitted", json!({"id": 1})),
            ("ProjectValidated", json!({"id": 1, "estimate": 5, "certifier": 2})),
            ("ProjectAuthorised", json!({"id": 1, "quantity": 5, "article6": null})),
            ("ProjectAuthorised", json!({"id": 1, "quantity": 5, "article6": {}})),
            ("ProjectRejected", json!({"id": 1, "reason": "a reason"})),
            (
                "MonitoringReported",
                json!({"project": 1, "period": 1,
                       "report": {"vintages": [{"vintage": 2023, "tonnes": 7}]}}),
            ),
            (
                "MonitoringReportVerified",
                json!({"project": 1, "period": 1, "verifier": 2,
                       "verified": [{"vintage": 2023, "tonnes": 7}]}),
            ),
            ("MonitoringPeriodIssued", json!({"project": 1, "period": 1})),
            (
                "CreditsIssued",
                json!({"project": 1, "period": 1, "vintage": 2023, "owner": 2, "range": range,
                       "status": "held"}),
            ),
            ("BlockSplit", json!({"rest": range, "taken": range})),
            ("CreditsTransferred", json!({"from": 2, "to": 3, "quantity": 5})),
            ("CreditsRetired", json!({"id": 9, "owner": 2, "details": details, "quantity": 5})),
        ] {
            let html = names().sentence("Pallet", event, &fields);
            // An ellipsis stands where a gap was not filled.
            assert!(!html.contains('…'), "{event}: {html}");
            assert!(!html.contains("Pallet"), "{event} has no sentence");
        }
    }

    #[test]
    fn an_event_that_nobody_knows_is_named() {
        let html = names().sentence("Validators", "Rotated<", &json!({}));
        assert!(html.contains("Validators.Rotated&#60;"), "{html}");
    }
}
