// SPDX-License-Identifier: Apache-2.0
//! What fills the gaps of an event's sentence.

use super::{Names, Subject, ORGANISATIONS};
use crate::{i18n::Language, page, problem, records::Record};
use serde_json::Value;

/// Ranges that a sentence names; the event's page has all of them.
const RANGES: usize = 3;

/// What fills a gap, by the gap's name.
pub type Gap = (&'static str, String);

/// An event's own fields, and those of the record that it carries.
pub fn levels(fields: &Value) -> impl Iterator<Item = &Value> {
    let carried = ["request", "cancellation"].into_iter().filter_map(|name| fields.get(name));
    std::iter::once(fields).chain(carried.filter(|record| record.is_object()))
}

fn field<'a>(fields: &'a Value, name: &str) -> Option<&'a Value> {
    levels(fields).find_map(|level| level.get(name)).filter(|value| !value.is_null())
}

fn number(fields: &Value, name: &str) -> Option<i64> {
    levels(fields).find_map(|level| level.get(name)?.as_i64())
}

impl Names {
    /// Organisations and projects that an event names, with links.
    pub fn gaps(&self, event: &str, fields: &Value) -> Vec<Gap> {
        let mut found = Vec::new();
        for name in ORGANISATIONS {
            found.extend(number(fields, name).map(|id| (name, self.organisation(id))));
        }
        // The organisation that asked to retire is called `by` in its request.
        let by = fields.pointer("/request/by").and_then(Value::as_i64);
        found.extend(by.map(|id| ("owner", self.organisation(id))));
        found.extend(number(fields, "project").map(|id| ("project", self.project(id))));
        if let Some(id) = fields.get("id").and_then(Value::as_i64) {
            found.push(match super::subject(event) {
                Subject::Organisation => ("organisation", self.organisation(id)),
                Subject::Project => ("project", self.project(id)),
                Subject::Record(record) => (record_gap(record), record.link(id)),
            });
        }
        let proponents = fields.get("proponents").and_then(Value::as_array);
        found.extend(proponents.map(|list| ("proponents", self.shares(list))));
        let certifiers = fields.get("certifiers").and_then(Value::as_array);
        found.extend(certifiers.map(|list| {
            let links = list.iter().filter_map(Value::as_i64).map(|id| self.organisation(id));
            ("certifiers", links.collect::<Vec<_>>().join(", "))
        }));
        found
    }

    fn shares(&self, proponents: &[Value]) -> String {
        let share = |each: &Value| {
            let organisation = self.organisation(each.get("organisation")?.as_i64()?);
            let share = Language::current().percent(each.get("share")?.as_i64()?);
            Some(format!("{organisation} {}", page::text(&share)))
        };
        proponents.iter().filter_map(share).collect::<Vec<_>>().join(", ")
    }
}

/// The gap that the link to a record fills.
fn record_gap(record: Record) -> &'static str {
    match record {
        Record::Retirement => "retirement",
        Record::Cancellation => "cancellation",
        Record::TransferRequest | Record::RetirementRequest => "request",
        Record::Proposal => "proposal",
        Record::Constants => "constants",
    }
}

/// What a sentence names beside organisations and projects.
pub fn details(language: Language, event: &str, fields: &Value) -> Vec<Gap> {
    let mut found = Vec::new();
    let tonnes = |n| page::text(&language.count("unit.tonnes", n));
    for name in ["document", "period", "number", "valid", "required"] {
        found.extend(number(fields, name).map(|n| (name, language.number(n))));
    }
    // Documents and constants have versions; only those of constants have pages.
    found.extend(number(fields, "version").map(|n| match event {
        "ConstantsSet" => ("constants", Record::Constants.link(n)),
        _ => ("version", language.number(n)),
    }));
    // A year is not grouped.
    found.extend(number(fields, "vintage").map(|year| ("vintage", year.to_string())));
    for name in ["quantity", "estimate"] {
        found.extend(number(fields, name).map(|n| (name, tonnes(n))));
    }
    found.extend(sum(fields).map(|n| ("sum", tonnes(n))));
    found.extend(names(language, fields));
    found.extend(records(event, fields));
    found.extend(texts(fields));
    found.extend(refusal(language, fields).map(|words| ("error", words)));
    found.extend(ranges(language, fields, &tonnes));
    let terms = fields.get("article6").map(|terms| match terms {
        Value::Null => "event.domestic",
        _ => "event.article6",
    });
    found.extend(terms.map(|key| ("terms", page::text(language.t(key)))));
    for (name, gap) in [("share_of_proceeds", "proceeds"), ("overall_mitigation", "mitigation")] {
        let rate = fields.get("deductions").and_then(|rates| rates.get(name)?.as_i64());
        found.extend(rate.map(|ppm| (gap, page::text(&language.percent(ppm)))));
    }
    if event == "ThresholdSet" {
        let officers = number(fields, "officers");
        found.extend(officers.map(|n| ("officers", language.count("unit.officers", n))));
    }
    found
}

/// The tonnes of all years.
fn sum(fields: &Value) -> Option<i64> {
    let sum = |list: &Value| {
        Some(list.as_array()?.iter().filter_map(|it| it.get("tonnes")?.as_i64()).sum::<i64>())
    };
    let lists = [fields.get("verified"), fields.pointer("/report/vintages")];
    lists.into_iter().flatten().find_map(sum)
}

/// Values of enumerations, by their names.
fn names(language: Language, fields: &Value) -> Vec<Gap> {
    // The role of an organisation and that of a member have different names.
    let role = if fields.get("account").is_some() { "member_role" } else { "organisation_role" };
    let label = |gap, name: &str, group| {
        let value = fields.get(name)?.as_str()?;
        Some((gap, page::text(&language.label(group, value))))
    };
    let cancelled = fields.pointer("/cancellation/reason").and_then(Value::as_str);
    let cancelled = cancelled.map(|reason| {
        ("cancellation_reason", page::text(&language.label("cancellation_reason", reason)))
    });
    [
        label("kind", "kind", "document_kind"),
        label("role", "role", role),
        label("action", "action", "action"),
        label("class", "class", "action_class"),
        cancelled,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Links to records that an event names beside its own.
fn records(event: &str, fields: &Value) -> Vec<Gap> {
    let request = match event {
        "CreditsTransferred" => Record::TransferRequest,
        _ => Record::RetirementRequest,
    };
    let link = |name, record: Record| {
        let id = fields.get(name)?.as_i64()?;
        Some((record_gap(record), record.link(id)))
    };
    let found = [link("request", request), link("retirement", Record::Retirement)];
    found.into_iter().flatten().collect()
}

/// Why the chain refused a call that officers had agreed to.
fn refusal(language: Language, fields: &Value) -> Option<String> {
    let of = |name: &str| fields.pointer("/result/Err")?.get(name)?.as_str();
    let words = problem::words(language, of("code").unwrap_or_default(), of("sentence")?);
    Some(page::foreign(&words))
}

/// What people wrote.
fn texts(fields: &Value) -> Vec<Gap> {
    let text =
        |gap, value: Option<&Value>| Some((gap, page::foreign(value.and_then(Value::as_str)?)));
    [
        text("reason", fields.get("reason")),
        text("statement", field(fields, "statement")),
        text(
            "beneficiary",
            levels(fields).find_map(|level| level.pointer("/details/beneficiary/name")),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Serial numbers, with links.
fn ranges(language: Language, fields: &Value, tonnes: &dyn Fn(i64) -> String) -> Vec<Gap> {
    let mut found = Vec::new();
    for name in ["range", "rest", "taken"] {
        if let Some((start, end)) = fields.get(name).and_then(range) {
            found.push((name, range_link(language, start, end)));
            if name == "range" {
                found.push(("quantity", tonnes(end - start + 1)));
            }
        }
    }
    let blocks = field(fields, "blocks").and_then(Value::as_array);
    found.extend(blocks.map(|blocks| {
        let links = blocks.iter().filter_map(range).take(RANGES);
        let links: Vec<_> = links.map(|(start, end)| range_link(language, start, end)).collect();
        let more = match blocks.len().saturating_sub(RANGES) {
            0 => String::new(),
            n => {
                format!(" {}", page::text(&language.fill("list.and_more", &[("n", n.to_string())])))
            }
        };
        ("numbers", format!("{}{more}", links.join(", ")))
    }));
    found
}

fn range(value: &Value) -> Option<(i64, i64)> {
    Some((value.get("start")?.as_i64()?, value.get("end")?.as_i64()?))
}

/// A link to numbers alone, which leads to their serial number.
fn range_link(language: Language, start: i64, end: i64) -> String {
    let label = format!("{}–{}", language.number(start), language.number(end));
    let label = format!("<bdi dir=\"ltr\">{}</bdi>", page::text(&label));
    page::link(&format!("/credits/{start}-{end}"), &label)
}
