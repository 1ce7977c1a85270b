// SPDX-License-Identifier: Apache-2.0
//! Where credits come from: the blocks that a block was split from, and what happened to numbers.

use crate::{
    answers::{Numbers, OrganisationRef, Origin, Time},
    blocks::Block,
    db::Reader,
    i18n::Language,
    page,
    problem::Problem,
    records::Record,
};
use askama::filters::Safe;
use serde::Serialize;
use utoipa::ToSchema;

/// Rows of history in one answer.
const MOST_HISTORY: i64 = 100;

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

impl History {
    /// The row in words, with links.
    pub fn words(&self) -> page::Html {
        let language = Language::default();
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

/// A block and what it descends from, back to the block that was issued.
pub async fn ancestors(
    reader: &mut Reader,
    block: &Block,
    origin: Origin,
) -> Result<Vec<Ancestor>, Problem> {
    // The block that was split keeps its first number, so a number is a block's name for ever.
    let rows = sqlx::query!(
        r#"WITH RECURSIVE up (start_serial, parent, depth) AS (
               SELECT start_serial, parent, 0 FROM chain.credit_blocks WHERE start_serial = $1
               UNION ALL
               SELECT b.start_serial, b.parent, up.depth + 1
               FROM chain.credit_blocks b JOIN up ON b.start_serial = up.parent
           )
           SELECT h.start_serial, h.end_serial, h.kind, h.height, f.time
           FROM up
           JOIN chain.serial_history h
             ON h.start_serial = up.start_serial AND h.kind IN ('issued', 'split')
           JOIN chain.finalised_blocks f ON f.height = h.height
           ORDER BY up.depth, h.height, h.index LIMIT 50"#,
        block.numbers.start
    )
    .fetch_all(reader.connection())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Ancestor {
                numbers: origin.numbers(row.start_serial, row.end_serial)?,
                born: row.kind,
                block: row.height,
                time: row.time.into(),
            })
        })
        .collect()
}

/// What happened to any number of a range, oldest first, and whether there is more.
pub async fn history(
    reader: &mut Reader,
    start: i64,
    end: i64,
    origin: Origin,
) -> Result<(Vec<History>, bool), Problem> {
    // A number was only ever in the block that it is in and in that block's ancestors.
    let rows = sqlx::query!(
        r#"WITH RECURSIVE up (start_serial, parent) AS (
               (SELECT start_serial, parent FROM chain.credit_blocks
                WHERE start_serial <= $1 ORDER BY start_serial DESC LIMIT 1)
               UNION ALL
               SELECT b.start_serial, b.parent
               FROM chain.credit_blocks b JOIN up ON b.start_serial = up.parent
           ), touched AS (
               SELECT h.* FROM up JOIN chain.serial_history h USING (start_serial)
               WHERE h.end_serial >= $1
               UNION ALL
               SELECT h.* FROM chain.serial_history h
               WHERE h.start_serial > $1 AND h.start_serial <= $2
           )
           SELECT h.kind AS "kind!", h.start_serial AS "start_serial!",
                  h.end_serial AS "end_serial!", h.height AS "height!", h.index AS "index!",
                  h.parent, h.status, h.reason, h.request, h.retirement, h.cancellation, b.time,
                  f.id AS "from?", f.name AS "from_name?", t.id AS "to?", t.name AS "to_name?"
           FROM touched h
           JOIN chain.finalised_blocks b ON b.height = h.height
           LEFT JOIN chain.organisations f ON f.id = h.from_owner
           LEFT JOIN chain.organisations t ON t.id = h.to_owner
           ORDER BY h.height, h.index, h.part LIMIT $3"#,
        start,
        end,
        MOST_HISTORY + 1
    )
    .fetch_all(reader.connection())
    .await?;
    let most = usize::try_from(MOST_HISTORY).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    let rows = rows
        .into_iter()
        .take(most)
        .map(|row| {
            Ok(History {
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
        })
        .collect::<Result<_, Problem>>()?;
    Ok((rows, more))
}
