// SPDX-License-Identifier: Apache-2.0
//! Projects, organisations and credits, with what the officer may do with each now.

use super::{
    facts::{Organisation, Period, Project},
    form::{About, Form},
    inbox::address,
    legal::{self, Offer},
    private, Desk, Officer,
};
use crate::{
    blocks::{Block, Blocks},
    db::Reader,
    list::Question,
    page::{self, Layout},
    people::imported::{self, ImportedContact},
    problem::{Message, Problem},
    query,
    server::App,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use registry_primitives::OrganisationRole;

#[derive(Template)]
#[template(path = "console/project.html")]
struct ProjectPage {
    l: Layout,
    c: Desk,
    project: Project,
    offers: Vec<Offer>,
}

/// A form that a row of a page offers: its call, and where it is.
type Choice = (&'static str, String);

impl ProjectPage {
    /// The forms about a part of the project that can be made now.
    fn choices(&self, about: About, query: &[(&str, String)]) -> Vec<Choice> {
        super::form::FORMS
            .iter()
            .filter(|form| form.about == about)
            .filter(|form| refusal(&self.l, &self.c, &self.project, form).is_none())
            .map(|form| (form.call, address(&self.l, form, query)))
            .collect()
    }

    fn of_document(&self, document: &super::facts::Document) -> Vec<Choice> {
        if document.status != "submitted" {
            return Vec::new();
        }
        let query =
            [("project", self.project.id.to_string()), ("document", document.id.to_string())];
        let is_report = document.kind == "validation_report";
        let mut choices = self.choices(About::Document, &query);
        choices.retain(|(call, _)| is_report || *call != "projects.validate_project");
        choices
    }

    fn of_period(&self, period: &Period) -> Vec<Choice> {
        let query = [("project", self.project.id.to_string()), ("period", period.id.to_string())];
        let mut choices = self.choices(About::MonitoringPeriod, &query);
        choices.retain(|(call, _)| {
            let form = super::form::find(call);
            form.is_some_and(|form| form.is_for_stage(&period.stage))
        });
        choices
    }

    fn of_change(&self, number: &i64) -> Vec<Choice> {
        let query = [("project", self.project.id.to_string()), ("number", number.to_string())];
        self.choices(About::ProponentChange, &query)
    }
}

fn refusal(l: &Layout, desk: &Desk, project: &Project, form: &Form) -> Option<String> {
    legal::refused_for_project(l, desk, form, &project.stage, project.may.as_deref())
}

/// `/console/projects/{id}`
pub async fn project(
    State(app): State<App>,
    uri: Uri,
    Path(id): Path<String>,
    Officer(caller): Officer,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found(Message::new("problem.no_project").with("id", &id));
    let number = query::number(&id).ok_or_else(unknown)?;
    let c = Desk::of(&caller)?;
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.json = None;
    let project = Project::load(&app, &mut reader, &l, &c, number).await?;
    l.title.clone_from(&project.title);
    let query = [("project", id)];
    let offers = legal::offers(
        &[About::Project],
        |form| address(&l, form, &query),
        |form| refusal(&l, &c, &project, form),
    );
    private(&ProjectPage { c, project, offers, l })
}

#[derive(Template)]
#[template(path = "console/organisation.html")]
struct OrganisationPage {
    l: Layout,
    c: Desk,
    organisation: Organisation,
    offers: Vec<Offer>,
    /// Whether the officer manages its members.
    manages: bool,
    /// How it was reached on the ITMO platform, for the Government, while it has no members.
    contact: Option<ImportedContact>,
}

impl OrganisationPage {
    /// The forms about a member.
    fn of_member(&self, account: &str) -> Vec<Choice> {
        if !self.manages {
            return Vec::new();
        }
        super::form::about(&[About::Member])
            .map(|form| {
                let name = if form.call == "organisations.replace_key" { "old" } else { "account" };
                let query = [
                    ("organisation", self.organisation.id.to_string()),
                    (name, account.to_owned()),
                ];
                (form.call, address(&self.l, form, &query))
            })
            // Nobody changes his own role, or removes himself.
            .filter(|(call, _)| *call == "organisations.replace_key" || account != self.c.account)
            .collect()
    }
}

/// Why a form about an organisation cannot be made now.
fn refused_for_organisation(
    l: &Layout,
    desk: &Desk,
    organisation: &Organisation,
    form: &Form,
) -> Option<String> {
    let refused = legal::refused_to(l, desk, form.action?);
    let own = desk.id() == Some(organisation.id);
    let active = organisation.status == "active";
    let government = organisation.role == OrganisationRole::Government.as_str();
    refused.or_else(|| match form.call {
        "organisations.suspend_organisation" | "organisations.reactivate_organisation"
            if government =>
        {
            Some(l.t("console.government_is_active").to_owned())
        }
        "organisations.suspend_organisation" if !active => {
            Some(l.t("console.is_suspended").to_owned())
        }
        "organisations.reactivate_organisation" if active => {
            Some(l.t("console.is_active").to_owned())
        }
        _ if !own && !desk.is_government() => Some(l.t("console.other_organisation").to_owned()),
        _ => None,
    })
}

/// `/console/organisations/{id}`
pub async fn organisation(
    State(app): State<App>,
    uri: Uri,
    Path(id): Path<String>,
    Officer(caller): Officer,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found(Message::new("problem.no_organisation").with("id", &id));
    let number = query::number(&id).ok_or_else(unknown)?;
    let c = Desk::of(&caller)?;
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.json = None;
    let organisation = Organisation::load(&mut reader, number).await?;
    l.title.clone_from(&organisation.name);
    let offers = legal::offers(
        &[About::Organisation],
        |form| address(&l, form, &[(form.fields[0].name, id.clone())]),
        |form| refused_for_organisation(&l, &c, &organisation, form),
    );
    let manages = legal::refused_to(&l, &c, registry_primitives::Action::ManageMembers).is_none()
        && (c.is_government() || c.id() == Some(number));
    let contact = match c.is_government() {
        true => {
            let mut transaction = app.directory.begin().await?;
            imported::unclaimed(&mut transaction, number).await?
        }
        false => None,
    };
    private(&OrganisationPage { c, organisation, offers, manages, contact, l })
}

#[derive(Template)]
#[template(path = "console/credits.html")]
struct CreditsPage {
    l: Layout,
    c: Desk,
    items: Vec<Block>,
    /// What was asked for.
    given: Vec<(String, String)>,
    more: Option<String>,
}

impl CreditsPage {
    fn value(&self, name: &str) -> &str {
        let given = self.given.iter().find(|(given, _)| given == name);
        given.map_or("", |(_, value)| value)
    }

    fn is_state(&self, state: impl AsRef<str>) -> bool {
        self.value("status") == state.as_ref()
    }

    fn states(&self) -> [&'static str; 6] {
        ["held", "on_hold", "reserved", "buffer", "retired", "cancelled"]
    }

    /// The forms about a block that can be made now.
    fn of_block(&self, block: &Block) -> Vec<Choice> {
        let own = self.c.id() == Some(block.owner.id);
        let query = [
            ("owner", block.owner.id.to_string()),
            ("block", block.numbers.start.to_string()),
            ("project", block.project.id.to_string()),
        ];
        super::form::FORMS
            .iter()
            .filter(|form| match form.about {
                About::OwnCredits => own,
                About::Credits => true,
                _ => false,
            })
            .filter(|form| form.takes_blocks(&block.status))
            .filter(|form| legal::refused(&self.l, &self.c, form).is_none())
            .map(|form| (form.call, address(&self.l, form, &query)))
            .collect()
    }
}

/// `/console/credits`: one's own blocks; for the Government those of anybody.
pub async fn credits(
    State(app): State<App>,
    uri: Uri,
    Officer(caller): Officer,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let c = Desk::of(&caller)?;
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.t("console.credits").to_owned();
    l.json = None;
    let Some(own) = c.id() else { return Ok(Redirect::to(&l.to("/console")).into_response()) };
    let mut given = query::pairs(&uri)?;
    if !c.is_government() {
        given.retain(|(name, _)| name != "owner");
        given.push(("owner".to_owned(), own.to_string()));
    }
    let asked: Vec<_> = given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let question = Question::<Blocks>::asked(&asked)?;
    let (items, next) = question.load(&mut reader).await?;
    let more = next.map(|next| {
        l.to(page::address(&l.path, question.all_given().chain([("after", next.as_str())])))
    });
    let given = question.all_given().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let given = given.collect();
    private(&CreditsPage { l, c, items, given, more })
}
