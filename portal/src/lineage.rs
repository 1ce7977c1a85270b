// SPDX-License-Identifier: Apache-2.0
//! Where credits come from: the blocks that a block was split from, and what happened to numbers.

use crate::{
    answers::{Numbers, OrganisationRef, Origin, Time},
    i18n::Language,
    lookup::{AncestorRow, HistoryRow},
    page,
    problem::Problem,
    records::Record,
};
use askama::filters::Safe;
use serde::Serialize;
use utoipa::ToSchema;

/// A block when it came into being: the one asked for, or one that it descends from.
#[derive(Serialize, ToSchema)]
pub struct Ancestor {
    /// Its numbers then.
    pub numbers: Numbers,
    /// `issued`, or `split` off from the next of the list.
    #[schema(example = "split")]
    pub born: String,
    /// Height of the block of the chain.
    pub block: i64,
    /// When.
    pub time: Time,
}

/// Something that happened to numbers.
#[derive(Serialize, ToSchema)]
pub struct History {
    /// `issued`, `split`, `transferred`, `retired`, `held` (put on hold), `released`, `reserved`,
    /// `returned`, `cancelled`, `buffer_released` or `first_transferred`.
    #[schema(example = "transferred")]
    pub kind: String,
    /// The numbers that it happened to, which can be more than were asked for.
    pub numbers: Numbers,
    /// Height of the block of the chain.
    pub block: i64,
    /// Index of the event in it.
    pub event: i32,
    /// When.
    pub time: Time,
    /// First number of the block that a part was split from.
    pub parent: Option<i64>,
    /// Who owned them before.
    pub from: Option<OrganisationRef>,
    /// Who owned them after.
    pub to: Option<OrganisationRef>,
    /// What may be done with them from then on, where that changed.
    #[schema(example = "held")]
    pub status: Option<String>,
    /// The public reason of a hold or of a refusal.
    pub reason: Option<String>,
    /// The request, for a transfer if they were transferred, else for an international retirement.
    pub request: Option<i64>,
    /// The retirement.
    pub retirement: Option<i64>,
    /// The cancellation.
    pub cancellation: Option<i64>,
}

impl Ancestor {
    /// Of a row; `origin` says what its serial number begins with.
    pub fn of(row: AncestorRow, origin: Origin) -> Result<Self, Problem> {
        Ok(Self {
            numbers: origin.numbers(row.start_serial, row.end_serial)?,
            born: row.kind,
            block: row.height,
            time: row.time.into(),
        })
    }
}

impl History {
    /// Of a row; `origin` says what its serial number begins with.
    pub fn of(row: HistoryRow, origin: Origin) -> Result<Self, Problem> {
        Ok(Self {
            kind: row.kind,
            numbers: origin.numbers(row.start_serial, row.end_serial)?,
            block: row.height,
            event: row.index,
            time: row.time.into(),
            parent: row.parent,
            from: OrganisationRef::perhaps(row.from, row.from_name),
            to: OrganisationRef::perhaps(row.to, row.to_name),
            status: row.status,
            reason: row.reason,
            request: row.request,
            retirement: row.retirement,
            cancellation: row.cancellation,
        })
    }

    /// The row in words, with links.
    pub fn words(&self) -> page::Html {
        let language = Language::current();
        let organisation = |it: &Option<OrganisationRef>| {
            it.as_ref().map(page::organisation_link).unwrap_or_default()
        };
        let link =
            |record: Record, id: Option<i64>| id.map(|id| record.link(id)).unwrap_or_default();
        let quantity = page::text(&language.count("unit.tonnes", self.numbers.quantity));
        let arguments = [
            ("quantity", quantity),
            ("from", organisation(&self.from)),
            ("to", organisation(&self.to)),
            ("request", link(Record::RetirementRequest, self.request)),
            ("retirement", link(Record::Retirement, self.retirement)),
            ("cancellation", link(Record::Cancellation, self.cancellation)),
            ("parent", self.parent.map(|it| language.number(it)).unwrap_or_default()),
        ];
        // What was issued on hold or into the buffer says so.
        let key = match (self.kind.as_str(), self.status.as_deref()) {
            ("issued", Some(status @ ("on_hold" | "buffer"))) => format!("history.issued_{status}"),
            (kind, _) => format!("history.{kind}"),
        };
        Safe(page::sentence(language, &key, &arguments))
    }
}
