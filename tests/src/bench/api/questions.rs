// SPDX-License-Identifier: Apache-2.0
//! What the portal is asked: the pages, lists and statistics of a large registry, each with the filters
//! that people use, about things that are there, chosen at random.

use super::fill::Filled;
use rand::{rngs::StdRng, Rng};

/// What is aimed at, by the kind of question.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A serial number or a project.
    Lookup,
    /// Lists and statistics.
    Listing,
}

impl Kind {
    /// The longest that the 99th of a hundred answers shall take, in milliseconds.
    pub fn aim(self) -> f64 {
        match self {
            Self::Lookup => 10.0,
            Self::Listing => 50.0,
        }
    }
}

/// A question: its name in the table, and how it is asked.
pub struct Question {
    pub name: &'static str,
    pub kind: Kind,
    ask: fn(&Filled, &mut StdRng) -> String,
}

impl Question {
    /// The path and query of one request.
    pub fn path(&self, filled: &Filled, chance: &mut StdRng) -> String {
        (self.ask)(filled, chance)
    }
}

fn serial(filled: &Filled, chance: &mut StdRng) -> i64 {
    chance.random_range(1..=filled.sizes.last_serial())
}

fn owner(filled: &Filled, chance: &mut StdRng) -> i64 {
    chance.random_range(2..=filled.sizes.owners + 1)
}

/// One of those with far more than the others.
fn large_owner(_: &Filled, chance: &mut StdRng) -> i64 {
    chance.random_range(2..=11)
}

fn project(filled: &Filled, chance: &mut StdRng) -> i64 {
    chance.random_range(1..=filled.sizes.projects)
}

fn vintage(filled: &Filled, chance: &mut StdRng) -> i64 {
    chance.random_range(filled.sizes.vintages())
}

fn height(filled: &Filled, chance: &mut StdRng) -> i64 {
    chance.random_range(1..=filled.sizes.height())
}

/// Writes the questions down: `{name}` in an address is replaced by what is chosen.
macro_rules! questions {
    ($($kind:ident $name:literal $address:literal $(, $with:ident)*;)*) => {
        &[$(Question {
            name: $name,
            kind: Kind::$kind,
            ask: |filled, chance| {
                let _ = (filled, &chance);
                $(let $with = $with(filled, chance);)*
                format!($address)
            },
        }),*]
    };
}

/// A serial number inside a block, as many ask: for which several connections are used too.
pub const SERIAL: &Question = &Question {
    name: "serial number inside a block",
    kind: Kind::Lookup,
    ask: |filled, chance| format!("/api/v1/credits/{}", serial(filled, chance)),
};

/// All others.
pub const QUESTIONS: &[Question] = questions! {
    Lookup "serial numbers of a block" "/api/v1/credits/{block}", block;
    Lookup "page of a serial number" "/credits/{full_serial}", full_serial;
    Lookup "project, JSON" "/api/v1/projects/{project}", project;
    Lookup "project, page" "/projects/{project}", project;
    Listing "a million tonnes by serial numbers" "/api/v1/credits/{wide}", wide;
    Listing "front page" "/";
    Listing "totals" "/api/v1/totals";
    Listing "organisation, JSON" "/api/v1/organisations/{owner}", owner;
    Listing "large organisation, page" "/organisations/{large_owner}", large_owner;
    Listing "projects" "/api/v1/projects";
    Listing "projects, page by stage" "/projects?stage=authorised";
    Listing "projects by sector" "/api/v1/projects?sector=energy";
    Listing "projects by text" "/api/v1/projects?text=mangroves";
    Listing "organisations" "/api/v1/organisations";
    Listing "organisations by role and text" "/organisations?role=project_developer&text=per%209";
    Listing "map of projects" "/projects/map";
    Listing "search by words, page" "/search?q=mangroves";
    Listing "search by a name" "/api/v1/search?q=Developer%20{owner}", owner;
    Listing "search by a beneficiary" "/api/v1/search?q=beneficiary%20{vintage}", vintage;
    Listing "search by a number" "/api/v1/search?q={serial}", serial;
    Listing "Article 6, page" "/article6";
    Listing "authorisations" "/api/v1/article6/authorisations";
    Listing "first transfers, page" "/article6/first-transfers";
    Listing "network, page" "/network";
    Listing "blocks, page" "/credits";
    Listing "blocks further on" "/api/v1/credits/blocks?after={serial}", serial;
    Listing "blocks by owner" "/api/v1/credits/blocks?owner={owner}", owner;
    Listing "blocks by large owner" "/api/v1/credits/blocks?owner={large_owner}", large_owner;
    Listing "blocks by project" "/api/v1/credits/blocks?project={project}", project;
    Listing "blocks by vintage" "/api/v1/credits/blocks?vintage={vintage}", vintage;
    Listing "blocks by vintage, further on" "/api/v1/credits/blocks?vintage={vintage}&after={serial}",
        vintage, serial;
    Listing "blocks of a vintage without any" "/api/v1/credits/blocks?vintage=2015";
    Listing "blocks held" "/api/v1/credits/blocks?status=held&after={serial}", serial;
    Listing "blocks retired" "/api/v1/credits/blocks?status=retired&after={serial}", serial;
    Listing "blocks on hold" "/api/v1/credits/blocks?status=on_hold&after={serial}", serial;
    Listing "blocks reserved" "/api/v1/credits/blocks?status=reserved&after={serial}", serial;
    Listing "blocks in the buffer" "/api/v1/credits/blocks?status=buffer";
    Listing "blocks by owner and status" "/credits?owner={owner}&status=retired", owner;
    Listing "blocks by large owner and status" "/credits?owner={large_owner}&status=reserved",
        large_owner;
    Listing "blocks by project and vintage"
        "/api/v1/credits/blocks?project={project}&vintage={vintage}", project, vintage;
    Listing "blocks by owner, vintage and status"
        "/api/v1/credits/blocks?owner={large_owner}&vintage={vintage}&status=held",
        large_owner, vintage;
    Listing "blocks by owner and project"
        "/api/v1/credits/blocks?owner={large_owner}&project={project}", large_owner, project;
    Listing "blocks, the largest" "/api/v1/credits/blocks?sort=-quantity";
    Listing "blocks by quantity" "/api/v1/credits/blocks?quantity[gte]=100&quantity[lt]=101";
    Listing "blocks of a retirement" "/api/v1/credits/blocks?retirement={retirement}", retirement;
    Listing "blocks first transferred"
        "/api/v1/credits/blocks?first_transferred=true&after={serial}", serial;
    Listing "blocks not first transferred"
        "/api/v1/credits/blocks?first_transferred=false&after={serial}", serial;
    Listing "transfers, page" "/transfers";
    Listing "transfers of an organisation" "/api/v1/transfers?organisation={owner}", owner;
    Listing "transfers of a large organisation" "/transfers?organisation={large_owner}", large_owner;
    Listing "retirements, page" "/retirements";
    Listing "retirements of an organisation" "/api/v1/retirements?organisation={owner}", owner;
    Listing "retirement" "/retirements/{retirement}", retirement;
    Listing "cancellations" "/api/v1/cancellations";
    Listing "cancellations of an organisation" "/api/v1/cancellations?organisation={owner}", owner;
    Listing "cancellations by reason" "/api/v1/cancellations?reason=voluntary";
    Listing "requests for retirements" "/api/v1/requests/retirements";
    Listing "requests of an organisation" "/api/v1/requests/retirements?organisation={owner}", owner;
    Listing "requests for transfers" "/api/v1/requests/transfers";
    Listing "proposals" "/api/v1/proposals";
    Listing "events, page" "/events";
    Listing "events from a height on" "/api/v1/events?after={height}-0", height;
    Listing "events of a project" "/api/v1/events?project={project}", project;
    Listing "events of a project, newest" "/events?project={project}&order=newest", project;
    Listing "events of an organisation, newest"
        "/api/v1/events?organisation={owner}&order=newest", owner;
    Listing "events of a large organisation from a height on"
        "/api/v1/events?organisation={large_owner}&after={height}-0", large_owner, height;
    Listing "events of a project and an organisation"
        "/api/v1/events?project={project}&organisation={owner}", project, owner;
    Listing "events of a retirement" "/api/v1/events?retirement={retirement}", retirement;
    Listing "an event" "/api/v1/events/{late_height}-4", late_height;
    Listing "flows of credits" "/api/v1/statistics/credits/flows";
    Listing "flows by day, page" "/statistics/credits/flows?by=day";
    Listing "flows by month" "/api/v1/statistics/credits/flows?by=month";
    Listing "flows by project" "/api/v1/statistics/credits/flows?by=project";
    Listing "flows by sector" "/api/v1/statistics/credits/flows?by=sector";
    Listing "flows by region" "/api/v1/statistics/credits/flows?by=region";
    Listing "flows by organisation" "/api/v1/statistics/credits/flows?by=organisation";
    Listing "flows by vintage" "/api/v1/statistics/credits/flows?by=vintage";
    Listing "flows by purpose" "/api/v1/statistics/credits/flows?by=purpose";
    Listing "flows by country" "/api/v1/statistics/credits/flows?by=country";
    Listing "flows in a period by sector" "/api/v1/statistics/credits/flows?by=sector&{period}", period;
    Listing "flows in a period by vintage"
        "/api/v1/statistics/credits/flows?by=vintage&{period}", period;
    Listing "flows of an organisation by day"
        "/api/v1/statistics/credits/flows?by=day&organisation={owner}", owner;
    Listing "flows of a large organisation by project"
        "/api/v1/statistics/credits/flows?by=project&organisation={large_owner}", large_owner;
    Listing "flows of a project by vintage"
        "/api/v1/statistics/credits/flows?by=vintage&project={project}", project;
    Listing "stock of credits, page" "/statistics/credits/stock";
    Listing "stock by project" "/api/v1/statistics/credits/stock?by=project";
    Listing "stock by sector" "/api/v1/statistics/credits/stock?by=sector";
    Listing "stock by organisation" "/api/v1/statistics/credits/stock?by=organisation";
    Listing "stock by vintage" "/api/v1/statistics/credits/stock?by=vintage";
    Listing "stock at a date by sector" "/api/v1/statistics/credits/stock?by=sector&{date}", date;
    Listing "stock of an organisation by project"
        "/api/v1/statistics/credits/stock?by=project&organisation={owner}", owner;
    Listing "stock of a large organisation by vintage"
        "/api/v1/statistics/credits/stock?by=vintage&organisation={large_owner}", large_owner;
    Listing "flows of projects by month" "/api/v1/statistics/projects/flows?by=month";
    Listing "stock of projects by sector" "/api/v1/statistics/projects/stock?by=sector";
    Listing "stock of projects of an organisation"
        "/api/v1/statistics/projects/stock?proponent={owner}", owner;
    Listing "a chart" "/statistics/credits/flows.svg?by=month";
    Listing "what waits" "/statistics";
    Listing "what waits for an organisation"
        "/api/v1/statistics/pending?organisation={owner}", owner;
};

/// All numbers of one block.
fn block(filled: &Filled, chance: &mut StdRng) -> String {
    let tonnes = filled.sizes.tonnes();
    let first = (serial(filled, chance) - 1) / tonnes * tonnes + 1;
    format!("{first}-{}", first + tonnes - 1)
}

/// A million consecutive numbers of one project and vintage, or all that it has.
fn wide(filled: &Filled, chance: &mut StdRng) -> String {
    let each = filled.sizes.last_serial()
        / (filled.sizes.projects * filled.sizes.vintages().count() as i64);
    let first = (serial(filled, chance) - 1) / each * each + 1;
    format!("{first}-{}", first + each.min(1_000_000) - 1)
}

/// A serial number with all that it says.
fn full_serial(filled: &Filled, chance: &mut StdRng) -> String {
    filled.sizes.serial(serial(filled, chance))
}

fn retirement(filled: &Filled, chance: &mut StdRng) -> i64 {
    chance.random_range(1..=filled.sizes.retirements())
}

/// A block of the chain with lots in it.
fn late_height(filled: &Filled, chance: &mut StdRng) -> i64 {
    chance.random_range(filled.sizes.projects + 1..filled.sizes.height())
}

/// Some days of what is there.
fn period(filled: &Filled, chance: &mut StdRng) -> String {
    let last = chance.random_range(0..filled.days.len());
    let first = chance.random_range(0..=last);
    format!("from={}&to={}", filled.days[first], filled.days[last])
}

fn date(filled: &Filled, chance: &mut StdRng) -> String {
    format!("at={}", filled.days[chance.random_range(0..filled.days.len())])
}
