// SPDX-License-Identifier: Apache-2.0
//! One box for everything: whatever stands on a certificate, in a contract or on a page of the
//! registry is typed or pasted as it is, and leads to the thing that it names.
//!
//! The text is first only looked at: whether it can be a number, a serial number, a hash. What it
//! can be is looked up by its key; words are looked for in titles, names, and what was said of
//! retirements. Who names exactly one thing is led to it, anybody else is shown what there is.

mod looks;
mod lookups;

use crate::{
    answers::At,
    credits,
    db::Reader,
    i18n::Language,
    page::{self, Html, Layout},
    problem::{Message, Problem, ProblemDocument},
    query::{blank_is_none, Params},
    records::Record,
    server::App,
};
use askama::{filters::Safe, Template};
use axum::{
    extract::State,
    http::{header, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use looks::Looks;
use registry_primitives::serial::SerialError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// A serial number or a part of one; a number; words of the title or identifier of a project, of
    /// the name of an organisation, of the beneficiary or the reason of a retirement, whatever their
    /// case and accents; the name of a certificate; an account; a hash.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(example = "VU-ITMO-1-001-2023-0-1-100")]
    q: Option<String>,
}

/// What a search can find.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SearchKind)]
pub enum Kind {
    Credits,
    Project,
    Organisation,
    Retirement,
    Cancellation,
    TransferRequest,
    RetirementRequest,
    Proposal,
    Document,
    Account,
    Event,
    Transaction,
    Block,
}

impl Kind {
    /// All kinds, in the order in which they are shown.
    pub const ALL: [Self; 13] = [
        Self::Credits,
        Self::Project,
        Self::Organisation,
        Self::Retirement,
        Self::Cancellation,
        Self::TransferRequest,
        Self::RetirementRequest,
        Self::Proposal,
        Self::Document,
        Self::Account,
        Self::Event,
        Self::Transaction,
        Self::Block,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Credits => "credits",
            Self::Project => "project",
            Self::Organisation => "organisation",
            Self::Retirement => "retirement",
            Self::Cancellation => "cancellation",
            Self::TransferRequest => "transfer_request",
            Self::RetirementRequest => "retirement_request",
            Self::Proposal => "proposal",
            Self::Document => "document",
            Self::Account => "account",
            Self::Event => "event",
            Self::Transaction => "transaction",
            Self::Block => "block",
        }
    }

    /// What is numbered and named by its number alone.
    fn record(self) -> Option<Record> {
        match self {
            Self::Retirement => Some(Record::Retirement),
            Self::Cancellation => Some(Record::Cancellation),
            Self::TransferRequest => Some(Record::TransferRequest),
            Self::RetirementRequest => Some(Record::RetirementRequest),
            Self::Proposal => Some(Record::Proposal),
            _ => None,
        }
    }
}

/// Something that was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[schema(as = SearchHit)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// Its number, serial number, hash or account.
    #[schema(example = "12")]
    pub id: String,
    /// Its title or name, if it has one.
    pub title: Option<String>,
    /// The address of its page; what it is in data stands at the same address with `.json`, or in
    /// the list that the address filters.
    #[schema(example = "/projects/12")]
    pub address: String,
    /// Whether the text is all of its number, name, title or identifier, or of the name of its
    /// beneficiary, and not a part of it.
    pub exact: bool,
}

impl Hit {
    /// What it is called, as a link.
    fn link(&self) -> Html {
        let label = match (self.kind, self.kind.record(), &self.title) {
            (_, Some(record), _) => {
                let number = self.id.parse().unwrap_or_default();
                page::text(&record.name(number))
            }
            (Kind::Project | Kind::Organisation, _, Some(title)) => page::foreign(title),
            (Kind::Credits, ..) => return Safe(page::serial_link(&self.id)),
            (Kind::Block, ..) => {
                let height = self.id.parse().unwrap_or_default();
                let language = Language::current();
                page::text(&language.fill("search.block", &[("n", language.number(height))]))
            }
            _ => format!("<bdi dir=\"ltr\">{}</bdi>", page::text(&self.id)),
        };
        Safe(page::link(&self.address, &label))
    }

    /// What is said beside its name.
    fn note(&self) -> Option<Html> {
        let language = Language::current();
        match (self.kind, &self.title) {
            (Kind::Project | Kind::Organisation, _) => {
                let number = [("n", self.id.clone())];
                Some(Safe(page::text(&language.fill("search.number", &number))))
            }
            (_, Some(title)) => Some(Safe(page::foreign(title))),
            _ => None,
        }
    }
}

/// What a search found.
#[derive(Serialize, ToSchema)]
#[schema(as = SearchResults)]
pub struct Found {
    /// The text that was looked for, as it was understood.
    query: String,
    /// What was found, at most 10 of each kind.
    hits: Vec<Hit>,
    /// Whether there are more projects, organisations or retirements than these.
    more: bool,
    /// Of which kinds there are.
    #[serde(skip)]
    more_of: Vec<Kind>,
    #[serde(skip)]
    looks: Looks,
}

impl Found {
    /// Looks for something.
    async fn load(reader: &mut Reader, asked: &Asked) -> Result<Self, Problem> {
        let looks = Looks::at(asked.q.as_deref().unwrap_or_default());
        let (mut hits, more_of) = lookups::all(reader, &looks).await?;
        hits.sort_by_key(|hit| hit.kind);
        let more = !more_of.is_empty();
        Ok(Self { query: looks.text.clone(), hits, more, more_of, looks })
    }

    /// The one thing that the text names.
    fn only(&self) -> Option<&Hit> {
        let mut exact = self.hits.iter().filter(|hit| hit.exact);
        match (self.hits.as_slice(), exact.next(), exact.next()) {
            ([only], ..) => Some(only),
            (_, Some(only), None) => Some(only),
            _ => None,
        }
    }
}

/// Anything, by a text that names it.
#[utoipa::path(
    get, path = "/api/v1/search", tag = "registry", params(Asked),
    operation_id = "search",
    responses(
        (status = OK, body = At<Found>),
        (status = BAD_REQUEST, body = ProblemDocument, description = "The text is too long"),
    )
)]
pub async fn api(Params(asked): Params<Asked>, mut reader: Reader) -> Result<Response, Problem> {
    let found = Found::load(&mut reader, &asked).await?;
    if found.looks.too_long {
        let message = Message::new("problem.search_too_long").with("max", looks::LONGEST);
        return Err(Problem::malformed(message));
    }
    Ok(reader.json(found))
}

#[derive(Template)]
#[template(path = "search.html")]
struct Page {
    l: Layout,
    found: Found,
}

impl Page {
    /// What was found, by its kind.
    fn groups(&self) -> Vec<(Kind, Vec<&Hit>)> {
        let of = |kind| {
            let hits = self.found.hits.iter().filter(|hit| hit.kind == kind);
            (kind, hits.collect::<Vec<_>>())
        };
        Kind::ALL.into_iter().map(of).filter(|(_, hits)| !hits.is_empty()).collect()
    }

    /// What is wrong with something that was meant to be a serial number.
    fn wrong(&self, error: &SerialError) -> &'static str {
        credits::wrong(*error)
    }

    /// The list that has all of a kind that match.
    fn all(&self, kind: &Kind) -> Option<String> {
        let list = match kind {
            Kind::Project => "/projects",
            Kind::Organisation => "/organisations",
            Kind::Retirement => "/retirements",
            _ => return None,
        };
        let is_cut = self.found.more_of.contains(kind);
        is_cut.then(|| page::address(list, [("text", self.found.query.as_str())]))
    }
}

/// `/search`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Params(asked): Params<Asked>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let found = Found::load(&mut reader, &asked).await?;
    if let Some(only) = found.only() {
        let address = Language::current().to(&only.address);
        return Ok((StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response());
    }
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.t("search.title").to_owned();
    l.asked = found.query.clone();
    page::render(&Page { l, found })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(kind: Kind, id: &str, exact: bool) -> Hit {
        Hit { kind, id: id.into(), title: None, address: format!("/{id}"), exact }
    }

    fn only(hits: &[Hit]) -> Option<&'static str> {
        let looks = Looks::default();
        let found = Found {
            query: String::new(),
            hits: hits.to_vec(),
            more: false,
            more_of: Vec::new(),
            looks,
        };
        found.only().map(|hit| hit.kind.as_str())
    }

    #[test]
    fn who_names_exactly_one_thing_is_led_to_it() {
        let project = hit(Kind::Project, "1", false);
        let organisation = hit(Kind::Organisation, "1", true);
        assert_eq!(only(&[]), None);
        assert_eq!(only(std::slice::from_ref(&project)), Some("project"));
        assert_eq!(only(&[project.clone(), organisation.clone()]), Some("organisation"));
        assert_eq!(only(&[project.clone(), project.clone()]), None);
        assert_eq!(only(&[organisation.clone(), organisation]), None);
    }

    #[test]
    fn what_others_wrote_is_harmless_in_a_result() {
        let title = Some("<img src=x> \u{202e}".to_owned());
        let hit = Hit { title, ..hit(Kind::Project, "7", true) };
        assert_eq!(hit.link().0, "<a href=\"/7\"><bdi>&#60;img src=x&#62; \u{202e}</bdi></a>");
        let note = Hit { kind: Kind::Account, ..hit }.note().unwrap().0;
        assert!(note.starts_with("<bdi>&#60;img"), "{note}");
    }

    #[test]
    fn every_kind_has_a_name() {
        for kind in Kind::ALL {
            let key = format!("search_kind.{}", kind.as_str());
            assert!(Language::English.find(&key).is_some(), "{key}");
        }
    }
}
