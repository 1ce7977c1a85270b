// SPDX-License-Identifier: Apache-2.0
//! The page of a project.

use super::{
    completeness::Requirement,
    parts::{Location, VintageTotals},
    Project,
};
use crate::{
    answers::Time,
    charts,
    db::Reader,
    events::Event,
    page::{self, foreign, organisation_link, text, without_json, Column, Html, Layout},
    problem::Problem,
    server::App,
};
use askama::{filters::Safe, Template};
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use registry_primitives::{project::Purpose, CountryCode};

#[derive(Template)]
#[template(path = "project.html")]
struct Page {
    l: Layout,
    project: Project,
    chart: Option<charts::Figure>,
}

/// Places and proponents that a sentence names; the facts below it have all of them.
const NAMED: usize = 3;

/// Events on the page; the list has the rest.
const LATEST: usize = 10;

/// A part of the bar that shows how complete the documents are.
struct Segment {
    state: &'static str,
    /// Thousandths of the whole before it, and its own.
    offset: usize,
    width: usize,
}

/// Equal parts with a gap between them.
fn segments(states: &[&'static str]) -> Vec<Segment> {
    const GAP: usize = 4;
    let edge = |index: usize| index * (1000 + GAP) / states.len().max(1);
    (0..)
        .zip(states)
        .map(|(index, state)| Segment {
            state,
            offset: edge(index),
            width: edge(index + 1) - edge(index) - GAP,
        })
        .collect()
}

impl Page {
    /// What the project is and where it stands, in sentences.
    fn words(&self) -> Vec<Html> {
        let (l, summary) = (&self.l, &self.project.summary);
        let tonnes = |n: i64| text(&l.count("unit.tonnes", n));
        let places = self.project.locations.iter().map(|it| self.place(it).0);
        let proponents = self.project.proponents.iter();
        let proponents = proponents.map(|it| organisation_link(&it.organisation));
        let kind = l.label("mitigation", &summary.mitigation_type);
        let what = [
            ("type", text(&kind)),
            ("places", self.some(places.collect())),
            ("proponents", self.some(proponents.collect())),
        ];
        let aim = [
            ("estimate", tonnes(summary.validated_estimate.unwrap_or(summary.estimate))),
            ("start", l.date(summary.crediting_start).0),
            ("end", l.date(self.last_day(&summary.crediting_end)).0),
        ];
        let credits = [
            ("authorised", tonnes(summary.authorised)),
            ("issued", tonnes(summary.issued)),
            ("retired", tonnes(summary.retired)),
        ];
        let stage = format!("stage_words.{}", summary.stage);
        let mut words =
            vec![l.tell("project.words_what", &what), l.tell("project.words_aim", &aim)];
        words.push(l.tell(&stage, &[]));
        if summary.issued > 0 {
            words.push(l.tell("project.words_credits", &credits));
        } else if summary.authorised > 0 {
            words.push(l.tell("project.words_no_credits", &credits));
        }
        words
    }

    /// What a location is called. An imported project may be in a country as a whole, by its code.
    fn place(&self, location: &Location) -> Html {
        let (name, _) = location.called();
        match name.parse::<CountryCode>() {
            Ok(country) => Safe(text(&self.l.label("country", country.to_string()))),
            Err(_) => Safe(foreign(name)),
        }
    }

    /// The first of some names, which are HTML.
    fn some(&self, names: Vec<String>) -> String {
        let more = names.len().saturating_sub(NAMED);
        let mut shown: Vec<_> = names.into_iter().take(NAMED).collect();
        if more > 0 {
            shown.push(text(&self.l.say("list.and_more", "n", more)));
        }
        shown.join(", ")
    }

    /// The latest events.
    fn latest(&self) -> &[Event] {
        let all = &self.project.timeline;
        all.get(..LATEST).unwrap_or(all)
    }

    /// Documents that should be there by now.
    fn due(&self) -> Vec<&Requirement> {
        let all = self.project.completeness.requirements.iter();
        all.filter(|it| it.is_due()).collect()
    }

    /// The bar of the documents that should be there by now.
    fn bar(&self) -> Vec<Segment> {
        segments(&self.due().iter().map(|it| it.state).collect::<Vec<_>>())
    }

    /// What the credits of the project have to do with the country's own target.
    fn adjustment(&self) -> &str {
        self.l.t(match (self.project.article6.is_some(), self.project.first_transferred) {
            (false, _) => "article6.adjustment_none",
            (true, 0) => "article6.adjustment_not_yet",
            (true, _) => "article6.adjustment_due",
        })
    }

    /// Names of a list in the Article 6 terms.
    fn terms(&self, field: &str) -> Vec<String> {
        let terms = self.project.article6.as_ref().and_then(|terms| terms.get(field)?.as_array());
        let names = terms.into_iter().flatten().filter_map(|name| name.as_str());
        names.map(str::to_owned).collect()
    }

    /// First and last vintage of the Article 6 terms.
    fn valid(&self) -> Option<(i64, i64)> {
        let years = self.project.article6.as_ref()?.get("valid")?;
        Some((years.get(0)?.as_i64()?, years.get(1)?.as_i64()?))
    }

    fn cooperative_approach(&self) -> Option<String> {
        let number = self.project.article6.as_ref()?.get("cooperative_approach")?.as_i64()?;
        Some(format!("CA{number:04}"))
    }

    fn first_transfer(&self) -> Option<&str> {
        self.project.article6.as_ref()?.get("first_transfer")?.as_str()
    }

    /// What the Article 6 terms mean, sentence by sentence.
    fn in_words(&self) -> Vec<String> {
        let purposes = self.terms("purposes");
        let parties = self.terms("parties");
        let for_ndc = purposes.iter().any(|it| it == Purpose::Ndc.as_str());
        let for_others = purposes.iter().any(|it| it != Purpose::Ndc.as_str());
        let mut words = vec![match parties.as_slice() {
            [] => self.l.t("article6.words_anyone").to_owned(),
            _ => {
                let names = self.names("country", &parties);
                self.l.say("article6.words_parties", "parties", names)
            }
        }];
        if let Some((first, last)) = self.valid() {
            let years = if first == last { first.to_string() } else { format!("{first}–{last}") };
            words.push(self.l.say("article6.words_years", "years", years));
        }
        if for_ndc {
            words.push(self.l.t("article6.words_ndc").to_owned());
        }
        if let Some(first_transfer) = self.first_transfer().filter(|_| for_others) {
            words.push(self.l.label("first_transfer_words", first_transfer));
        }
        words.push(self.l.t("article6.words_adjustment").to_owned());
        if self.project.first_transferred > 0 {
            let tonnes = self.l.count("unit.tonnes", self.project.first_transferred);
            words.push(self.l.say("article6.words_fixed", "tonnes", tonnes));
        }
        words
    }

    /// Why the project is at its stage, after what introduces it; for stages that are explained.
    fn reason(&self) -> Option<(&'static str, &str)> {
        let lead = self.l.explained(&self.project.summary.stage)?;
        Some((lead, self.project.stage_reason.as_deref()?))
    }

    fn names(&self, group: &str, values: impl AsRef<[String]>) -> String {
        let names: Vec<String> =
            values.as_ref().iter().map(|value| self.l.label(group, value)).collect();
        names.join(", ")
    }

    fn scope(&self) -> String {
        let number = u8::try_from(self.project.summary.sectoral_scope).ok();
        let scope = number.and_then(registry_primitives::SectoralScope::from_number);
        scope.map(|it| self.l.label("scope", it.as_str())).unwrap_or_default()
    }

    /// Last day of a period, whose end is the first instant after it.
    fn last_day(&self, end: &Time) -> Time {
        Time(end.0 - chrono::TimeDelta::milliseconds(1))
    }

    fn dollars(&self) -> String {
        // Nobody has said what an imported project costs.
        if self.project.imported.is_some() && self.project.estimated_cost_usd == 0 {
            return "–".to_owned();
        }
        self.l.say("project.usd", "n", self.l.n(self.project.estimated_cost_usd))
    }

    fn issued(&self) -> i64 {
        self.sum(|it| it.issued)
    }

    fn sum(&self, of: fn(&VintageTotals) -> i64) -> i64 {
        self.project.vintages.iter().map(of).sum()
    }

    /// Columns of the totals, without those that are empty in every vintage.
    fn columns(&self) -> Vec<Column<VintageTotals>> {
        let all: [Column<VintageTotals>; 6] = [
            ("held", |it| it.held),
            ("on_hold", |it| it.on_hold),
            ("reserved", |it| it.reserved),
            ("retired", |it| it.retired),
            ("cancelled", |it| it.cancelled),
            ("buffer", |it| it.buffer),
        ];
        let always = ["held", "retired"];
        let used = |of: fn(&VintageTotals) -> i64| self.sum(of) > 0;
        all.into_iter().filter(|(name, of)| always.contains(name) || used(*of)).collect()
    }
}

/// `/projects/{id}`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (id, json) = without_json(&id);
    let project = Project::load(&app, &mut reader, id).await?;
    if json {
        return Ok(reader.json(project));
    }
    let chart = charts::of_project(&app, &mut reader, project.summary.id).await?;
    let title = project.summary.title.clone();
    let l = Layout::new(&app, &reader, &uri, title);
    page::render(&Page { l, project, chart })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_bar_fill_it() {
        for n in 1..=40 {
            let bar = segments(&vec!["accepted"; n]);
            assert_eq!(bar.len(), n);
            assert_eq!(bar[0].offset, 0);
            let last = bar.last().unwrap();
            assert_eq!(last.offset + last.width, 1000, "{n}");
            for pair in bar.windows(2) {
                assert_eq!(pair[0].offset + pair[0].width + 4, pair[1].offset, "{n}");
            }
        }
        assert!(segments(&[]).is_empty());
    }
}
