// SPDX-License-Identifier: Apache-2.0
//! The page of a form: `/console/act/credits.issue?project=1&period=2`.

use super::{
    facts::{self, Document, Organisation, Period, Project},
    field::{Field, Kind},
    form::{self, About, Form},
    legal, private,
    render::{self, Choices},
    Desk, Officer,
};
use crate::{
    blocks::Blocks,
    db::Reader,
    list::Question,
    page::{Html, Layout},
    problem::{Message, Problem},
    query,
    server::App,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use registry_primitives::OrganisationRole;
use serde_json::{json, Map, Value};

/// Blocks that a form offers at once; the list of credits leads to any other.
const BLOCKS: i64 = 100;

/// The arguments that the address of a form may name, and under which names of arguments.
const KNOWN: &[&str] = &[
    "project",
    "document",
    "period",
    "number",
    "request",
    "id",
    "organisation",
    "account",
    "old",
    "certifier",
    "case",
];

/// Whether a field or any in it is of a kind.
fn has(fields: &[Field], is: &dyn Fn(Kind) -> bool) -> bool {
    fields.iter().any(|field| {
        is(field.kind)
            || match field.kind {
                Kind::Object(inner) | Kind::List(inner) => has(inner, is),
                Kind::Variant(_, all) => all.iter().any(|(_, part)| has(part.fields(), is)),
                _ => false,
            }
    })
}

#[derive(Template)]
#[template(path = "console/act.html")]
struct Page {
    l: Layout,
    c: Desk,
    form: &'static Form,
    fields: Html,
    subject: Option<Project>,
    refusal: Option<String>,
    /// Where the result is seen.
    next: String,
}

impl Page {
    /// What should be known before it is made.
    fn lead(&self) -> Option<&'static str> {
        self.l.language().find(&format!("call_lead.{}", self.form.call))
    }
}

/// `/console/act/{call}`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Path(call): Path<String>,
    Officer(caller): Officer,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found(Message::new("problem.no_form").with("call", &call));
    let form = form::find(&call).ok_or_else(unknown)?;
    let c = Desk::of(&caller)?;
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.label("call", form.call);
    l.json = None;
    let given = given(&uri)?;
    let subject = match given.get("project").and_then(Value::as_i64) {
        Some(id) if form.action.is_some() => {
            Some(Project::load(&app, &mut reader, &l, &c, id).await?)
        }
        _ => None,
    };
    let mut values = known(&mut reader, form, &given, &c).await?;
    if let (Some(subject), Value::Object(values)) = (&subject, &mut values) {
        let period = values.get("period").and_then(Value::as_i64);
        if let Some((name, value)) = subject.prefill(form.call, period) {
            values.entry(name).or_insert(value);
        }
    }
    let choices = choices(&mut reader, form, &given, &c, subject.as_ref()).await?;
    drop(reader);
    let refusal = match &subject {
        Some(subject) if !form.stages.is_empty() => {
            legal::refused_for_project(&l, &c, form, &subject.stage, subject.may.as_deref())
        }
        _ => legal::refused(&l, &c, form),
    };
    let fields = render::fields(&l, form.fields, &values, &choices);
    let next = next(&l, form, &given);
    private(&Page { l, c, form, fields, subject, refusal, next })
}

/// What the address says.
fn given(uri: &Uri) -> Result<Map<String, Value>, Problem> {
    let pairs = query::pairs(uri)?.into_iter().filter(|(name, _)| {
        KNOWN.contains(&name.as_str()) || ["owner", "block"].contains(&name.as_str())
    });
    Ok(pairs
        .filter_map(|(name, value)| match name.as_str() {
            "account" | "old" => Some((name, Value::String(value))),
            _ => query::number(&value).map(|number| (name, json!(number))),
        })
        .collect())
}

/// Arguments that are known before anything is typed.
async fn known(
    reader: &mut Reader,
    form: &Form,
    given: &Map<String, Value>,
    desk: &Desk,
) -> Result<Value, Problem> {
    let asks = |name: &str| form.fields.iter().any(|field| field.name == name);
    let mut values: Map<String, Value> = given
        .iter()
        .filter(|(name, _)| KNOWN.contains(&name.as_str()) && asks(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    // One's own organisation, where none is named.
    if form.about == About::Organisation && form.call != "organisations.suspend_organisation" {
        for name in ["organisation", "id"].into_iter().filter(|name| asks(name)) {
            if let Some(own) = desk.id() {
                values.entry(name.to_owned()).or_insert(json!(own));
            }
        }
    }
    match form.call {
        "organisations.change_organisation" => {
            if let Some(id) = values.get("organisation").and_then(Value::as_i64) {
                values.insert("details".to_owned(), Organisation::load(reader, id).await?.details);
            }
        }
        "credits.set_deductions" => {
            values.insert("deductions".to_owned(), facts::deductions(reader).await?);
        }
        "calculator.set_constants" => {
            values.insert("constants".to_owned(), facts::constants(reader).await?);
        }
        "itmo_bridge.change_settings" => {
            values.insert("settings".to_owned(), facts::bridge_settings(reader).await?);
        }
        "credits.request_transfer"
            if desk.organisation_role == Some(OrganisationRole::ProjectDeveloper) =>
        {
            values.insert("to".to_owned(), json!(desk.id()));
        }
        "projects.register_project" => {
            let whole = json!([{ "organisation": desk.id(), "share": 1_000_000 }]);
            values.insert("registration".to_owned(), json!({ "proponents": whole }));
        }
        _ => {}
    }
    Ok(Value::Object(values))
}

/// What there is to choose from, as far as the form asks for it.
async fn choices(
    reader: &mut Reader,
    form: &Form,
    given: &Map<String, Value>,
    desk: &Desk,
    subject: Option<&Project>,
) -> Result<Choices, Problem> {
    let mut choices = Choices::default();
    let organisations = |kind| matches!(kind, Kind::Organisation(_) | Kind::Organisations(_));
    if has(form.fields, &organisations) {
        choices.organisations = facts::active(reader).await?;
    }
    if has(form.fields, &|kind| matches!(kind, Kind::Member)) {
        let id = given.get("organisation").and_then(Value::as_i64).or(desk.id());
        choices.members = facts::members(reader, id.unwrap_or_default()).await?;
    }
    if has(form.fields, &|kind| matches!(kind, Kind::Blocks(_))) {
        choices.blocks = blocks(reader, form, given, desk).await?;
    }
    if let Some(subject) = subject {
        let document = |it: &Document| (it.id, it.kind.clone(), it.status.clone());
        choices.documents = subject.documents.iter().map(document).collect();
        let period = |it: &Period| (it.id, it.days.clone(), it.stage.clone());
        choices.periods = subject.periods.iter().map(period).collect();
    }
    Ok(choices)
}

/// The blocks that a form offers: of the owner that was asked for, or one's own.
async fn blocks(
    reader: &mut Reader,
    form: &Form,
    given: &Map<String, Value>,
    desk: &Desk,
) -> Result<Vec<crate::blocks::Block>, Problem> {
    let number = |name: &str| given.get(name).and_then(Value::as_i64);
    let mut about = Vec::new();
    let owner = match form.about {
        About::OwnCredits | About::TransferAsked => desk.id(),
        _ => number("owner"),
    };
    about.extend(owner.map(|id| ("owner", id)));
    about.extend(number("project").map(|id| ("project", id)));
    if let (About::TransferAsked, Some(request)) = (form.about, number("request")) {
        // Only what was asked for can answer.
        let asked = facts::asked_for(reader, request).await?;
        about.extend(asked.map(|(project, _)| ("project", project)));
        let vintage = asked.and_then(|(_, vintage)| vintage);
        about.extend(vintage.map(|vintage| ("vintage", i64::from(vintage))));
    }
    let mut found = Vec::new();
    let states = form.fields.iter().find_map(|field| match field.kind {
        Kind::Blocks(states) => Some(states),
        _ => None,
    });
    for state in states.unwrap_or_default() {
        let question = Question::<Blocks>::about(&about, BLOCKS)?.with("status", state)?;
        found.extend(question.load(reader).await?.0);
    }
    // The one that was chosen elsewhere stands first.
    if let Some(first) = number("block") {
        found.sort_by_key(|block| (block.numbers.start != first, block.numbers.start));
    }
    Ok(found)
}

/// Where the result of a form is seen.
fn next(l: &Layout, form: &Form, given: &Map<String, Value>) -> String {
    let number = |name: &str| given.get(name).and_then(Value::as_i64);
    let address = match form.about {
        About::Project | About::Document | About::MonitoringPeriod | About::ProponentChange => {
            number("project").map(|id| format!("/console/projects/{id}"))
        }
        About::Organisation | About::Member => {
            let id = number("organisation").or(number("id"));
            id.map(|id| format!("/console/organisations/{id}"))
        }
        About::OwnCredits | About::Credits => Some("/console/credits".to_owned()),
        About::Bridge | About::BridgeCase => Some("/console/bridge".to_owned()),
        _ => None,
    };
    let settings = [
        "approvals.set_threshold",
        "credits.set_deductions",
        "calculator.set_constants",
        "credits.pause_transfers",
        "credits.resume_transfers",
    ];
    let settings = settings.contains(&form.call).then(|| "/console/settings".to_owned());
    l.to(address.or(settings).unwrap_or_else(|| "/console".to_owned()))
}
