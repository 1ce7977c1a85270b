// SPDX-License-Identifier: Apache-2.0
//! Blocks of credits: the list, and how any of them is read.

use crate::{
    answers::{cut, List, Numbers, OrganisationRef, ProjectRef},
    credits::Asked,
    db::Reader,
    download::{Column, Listing},
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
    query::{self, blank_is_none, Params},
    server::App,
};
use askama::Template;
use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use registry_primitives::credit::BlockStatus;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// A block of credits: consecutive numbers of one project and vintage, one owner, one status.
#[derive(Serialize, ToSchema)]
pub struct Block {
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// The project that they come from.
    pub project: ProjectRef,
    /// The monitoring period that they were issued for.
    pub period: i64,
    /// The year of the reductions.
    pub vintage: i16,
    /// Who owns them.
    pub owner: OrganisationRef,
    /// What may be done with them.
    #[schema(example = "held")]
    pub status: String,
    /// Why on hold or cancelled.
    pub status_reason: Option<String>,
    /// The Government's public reason of a hold.
    pub hold_statement: Option<String>,
    /// The request for an international retirement that a reserved block waits for.
    pub request: Option<i64>,
    /// The retirement of a retired block.
    pub retirement: Option<i64>,
    /// The cancellation of a cancelled block.
    pub cancellation: Option<i64>,
    /// Whether they have been first transferred under Article 6.
    pub first_transferred: bool,
    /// First number of the block that this one was split from.
    pub parent: Option<i64>,
    /// Sectoral scope of the project, which its serial number names.
    #[serde(skip)]
    pub scope: i16,
}

impl Block {
    /// Why on hold or cancelled, in words.
    pub fn reason(&self, l: &Layout) -> Option<String> {
        let group = if self.status == "cancelled" { "cancellation_reason" } else { "hold" };
        Some(l.label(group, self.status_reason.as_ref()?))
    }
}

/// A status by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Status(&'static str);

impl Status {
    const ALL: [Self; 6] = [
        Self(BlockStatus::Held.as_str()),
        Self("on_hold"),
        Self("reserved"),
        Self("retired"),
        Self("cancelled"),
        Self(BlockStatus::Buffer.as_str()),
    ];
}

impl FromStr for Status {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|status| status.0 == text)
            .ok_or("a status is held, on_hold, reserved, retired, cancelled or buffer")
    }
}

/// Which blocks, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Number of the owner.
    #[serde(default, deserialize_with = "blank_is_none")]
    owner: Option<i64>,
    /// Number of the project.
    #[serde(default, deserialize_with = "blank_is_none")]
    project: Option<i64>,
    /// A vintage.
    #[serde(default, deserialize_with = "blank_is_none")]
    vintage: Option<i16>,
    /// A status.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "held")]
    status: Option<Status>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<i64>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

/// Which blocks a query reads.
#[derive(Default)]
struct Selection {
    after: Option<i64>,
    owner: Option<i64>,
    project: Option<i64>,
    vintage: Option<i16>,
    status: Option<&'static str>,
    /// Only blocks that have a number in common with this range.
    within: Option<(i64, i64)>,
    limit: i64,
}

async fn select(reader: &mut Reader, selection: Selection) -> Result<Vec<Block>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT b.start_serial, b.end_serial, b.project, p.title, p.sectoral_scope, b.period,
                  b.vintage, b.owner, o.name, b.status, b.status_reason,
                  b.hold_statement, b.request, b.retirement, b.cancellation, b.first_transferred,
                  b.parent
           FROM chain.credit_blocks b
           JOIN chain.projects p ON p.id = b.project
           JOIN chain.organisations o ON o.id = b.owner
           WHERE ($1::BIGINT IS NULL OR b.start_serial > $1)
             AND ($2::BIGINT IS NULL OR b.owner = $2)
             AND ($3::BIGINT IS NULL OR b.project = $3)
             AND ($4::SMALLINT IS NULL OR b.vintage = $4)
             AND ($5::TEXT IS NULL OR b.status = $5)
             AND ($6::BIGINT IS NULL OR b.end_serial >= $6 AND b.start_serial >= COALESCE(
                  (SELECT MAX(start_serial) FROM chain.credit_blocks WHERE start_serial <= $6), 0))
             AND ($7::BIGINT IS NULL OR b.start_serial <= $7)
           ORDER BY b.start_serial LIMIT $8"#,
        selection.after,
        selection.owner,
        selection.project,
        selection.vintage,
        selection.status,
        selection.within.map(|(start, _)| start),
        selection.within.map(|(_, end)| end),
        selection.limit
    )
    .fetch_all(reader.connection())
    .await?;
    rows.into_iter()
        .map(|row| {
            let origin = reader.origin(row.sectoral_scope, row.project, row.vintage);
            Ok(Block {
                numbers: origin.numbers(row.start_serial, row.end_serial)?,
                project: ProjectRef { id: row.project, title: row.title },
                period: row.period,
                vintage: row.vintage,
                owner: OrganisationRef { id: row.owner, name: row.name },
                status: row.status,
                status_reason: row.status_reason,
                hold_statement: row.hold_statement,
                request: row.request,
                retirement: row.retirement,
                cancellation: row.cancellation,
                first_transferred: row.first_transferred,
                parent: row.parent,
                scope: row.sectoral_scope,
            })
        })
        .collect()
}

/// The first blocks that have a number in common with a range.
pub async fn within(
    reader: &mut Reader,
    range: (i64, i64),
    limit: i64,
) -> Result<Vec<Block>, Problem> {
    let within = Some(range);
    select(reader, Selection { within, limit, ..Selection::default() }).await
}

/// The first blocks of a project.
pub async fn of_project(
    reader: &mut Reader,
    project: i64,
    limit: i64,
) -> Result<Vec<Block>, Problem> {
    let project = Some(project);
    select(reader, Selection { project, limit, ..Selection::default() }).await
}

impl Listing for Filter {
    type Item = Block;
    type Cursor = i64;
    const NAME: &'static str = "credit-blocks";
    const COLUMNS: &'static [Column<Block>] = &[
        ("serial", |it| (&it.numbers.serial).into()),
        ("start", |it| it.numbers.start.into()),
        ("end", |it| it.numbers.end.into()),
        ("quantity", |it| it.numbers.quantity.into()),
        ("project_id", |it| it.project.id.into()),
        ("project", |it| (&it.project.title).into()),
        ("period", |it| it.period.into()),
        ("vintage", |it| it.vintage.into()),
        ("owner_id", |it| it.owner.id.into()),
        ("owner", |it| (&it.owner.name).into()),
        ("status", |it| (&it.status).into()),
        ("status_reason", |it| it.status_reason.as_ref().into()),
        ("hold_statement", |it| it.hold_statement.as_ref().into()),
        ("request", |it| it.request.into()),
        ("retirement", |it| it.retirement.into()),
        ("cancellation", |it| it.cancellation.into()),
        ("first_transferred", |it| it.first_transferred.into()),
        ("parent", |it| it.parent.into()),
    ];

    fn paging(&mut self) -> (&mut Option<i64>, &mut Option<i64>) {
        (&mut self.after, &mut self.limit)
    }

    async fn load(
        &self,
        reader: &mut Reader,
        for_page: bool,
    ) -> Result<(Vec<Block>, Option<String>), Problem> {
        let limit = query::limit(self.limit, for_page)?;
        let selection = Selection {
            after: self.after,
            owner: self.owner,
            project: self.project,
            vintage: self.vintage,
            status: self.status.map(|status| status.0),
            within: None,
            limit: limit + 1,
        };
        Ok(cut(select(reader, selection).await?, limit, |it| it.numbers.start.to_string()))
    }
}

/// Blocks of credits, by their first number.
#[utoipa::path(
    get, path = "/api/v1/credits/blocks", tag = "registry", params(Filter),
    operation_id = "blocks",
    responses(
        (status = OK, body = List<Block>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(Params(filter): Params<Filter>, mut reader: Reader) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, false).await?;
    Ok(reader.json_list(items, next))
}

/// The page of the list also takes a serial number from its form.
#[derive(Deserialize, IntoParams)]
pub struct Lookup {
    #[serde(default, deserialize_with = "blank_is_none")]
    serial: Option<String>,
}

#[derive(Template)]
#[template(path = "blocks.html")]
struct Page {
    l: Layout,
    filter: Filter,
    items: Vec<Block>,
    next: Option<String>,
}

impl Page {
    fn statuses(&self) -> Vec<(&'static str, bool)> {
        Status::ALL.into_iter().map(|it| (it.0, self.filter.status == Some(it))).collect()
    }

    fn given(&self) -> [(&'static str, String); 4] {
        let Filter { owner, project, vintage, status, .. } = &self.filter;
        let number = |number: Option<i64>| number.map(|it| it.to_string()).unwrap_or_default();
        [
            ("owner", number(*owner)),
            ("project", number(*project)),
            ("vintage", number(vintage.map(i64::from))),
            ("status", status.map(|it| it.0.to_owned()).unwrap_or_default()),
        ]
    }
}

/// `/credits`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Params(lookup): Params<Lookup>,
    Params(filter): Params<Filter>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    if let Some(serial) = lookup.serial {
        // Parsed first, so that only what is a serial number goes into an address.
        let _: Asked = serial.parse()?;
        return Ok(Redirect::to(&format!("/credits/{serial}")).into_response());
    }
    let (items, next) = filter.load(&mut reader, true).await?;
    let l = Layout::of_list(&app, &reader, &uri, "blocks.title");
    page::render(&Page { l, filter, items, next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_one_of_six() {
        assert_eq!("on_hold".parse(), Ok(Status("on_hold")));
        assert!("Held".parse::<Status>().is_err());
        assert!("".parse::<Status>().is_err());
    }
}
