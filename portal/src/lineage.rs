// SPDX-License-Identifier: Apache-2.0
//! Where credits come from: the blocks that a block was split from, and what happened to numbers.

use crate::{
    answers::{Numbers, OrganisationRef, Origin, Time},
    blocks::Block,
    charts::strip,
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
            from: OrganisationRef::perhaps(row.from_owner, row.from_name),
            to: OrganisationRef::perhaps(row.to_owner, row.to_name),
            status: row.status,
            reason: row.reason,
            request: row.request,
            retirement: row.retirement,
            cancellation: row.cancellation,
        })
    }

    /// Which of some numbers it happened to, where it was not all of them.
    pub fn strip(&self, meant: &Numbers) -> Option<page::Html> {
        let (part, all) = ((self.numbers.start, self.numbers.end), (meant.start, meant.end));
        let is_all = part.0 <= all.0 && part.1 >= all.1;
        (!is_all).then(|| strip::strip("", all, &[(part, 0)], None))
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

/// Ancestors that are drawn: the first and the last ones.
const FIRST: usize = 3;
const LAST: usize = 3;
/// Groups that are told apart in words.
const GROUPS: usize = 12;
/// Blocks that are counted, of those that are not drawn.
pub const MOST_COUNTED: i64 = 1_000;

/// The fills of statuses, as in charts of stocks, and that of what is not drawn one by one.
const STATUSES: [&str; 6] = ["held", "on_hold", "reserved", "retired", "cancelled", "buffer"];
const REST: usize = 6;

/// Where numbers come from and what has become of them, as strips beneath each other.
pub struct Drawing {
    /// From the block that was issued to the one that the first number is in.
    pub steps: Vec<Step>,
    /// What leads from the last of them to the numbers alone.
    pub closer: Option<page::Html>,
    /// What the numbers are now.
    pub now: page::Html,
    /// What is what in that.
    pub groups: Vec<Group>,
    /// What is not drawn one by one: its sign, how many blocks, and whether there are more.
    pub rest: Option<(page::Html, i64, bool)>,
}

/// A block when it came into being, and where the numbers were in it.
pub struct Step {
    pub ancestor: Ancestor,
    pub strip: page::Html,
    /// How many blocks between this one and the next are left out.
    pub left_out_after: Option<i64>,
}

/// The blocks of one owner in one status.
pub struct Group {
    pub sample: page::Html,
    pub status: String,
    pub owner: OrganisationRef,
    pub quantity: i64,
    pub blocks: i64,
    /// The numbers, if they are all in one block.
    pub only: Option<Numbers>,
}

/// The number of the fill of a status.
fn fill(status: &str) -> usize {
    STATUSES.iter().position(|it| *it == status).unwrap_or(REST)
}

impl Drawing {
    /// Of numbers and their ancestors, the latest first; `blocks` are those that hold them, each with
    /// the numbers of it that are meant, and `rest` says how many more there are.
    pub fn new(
        numbers: &Numbers,
        ancestors: Vec<Ancestor>,
        blocks: &[(Numbers, &Block)],
        rest: Option<i64>,
    ) -> Self {
        let meant = (numbers.start, numbers.end);
        let issued = ancestors.last().map(|it| (it.numbers.start, it.numbers.end));
        // A range can go on beyond the block that its first number was issued in.
        let all = issued.map_or(meant, |(from, to)| (from.min(meant.0), to.max(meant.1)));
        let left_out = ancestors.len().saturating_sub(FIRST + LAST);
        let steps = ancestors.into_iter().rev().enumerate();
        let steps = steps.filter(|(n, _)| *n < FIRST || *n >= FIRST + left_out);
        let steps = steps.map(|(n, ancestor)| {
            let part = (ancestor.numbers.start, ancestor.numbers.end);
            let strip = strip::strip(&format!("s{n}"), all, &[(part, 4)], Some(meant));
            let is_gap = n + 1 == FIRST && left_out > 0;
            let left_out_after = is_gap.then(|| i64::try_from(left_out).unwrap_or(i64::MAX));
            Step { ancestor, strip, left_out_after }
        });
        let steps = steps.collect();
        let mut parts: Vec<(strip::Span, usize)> = blocks
            .iter()
            .map(|(covered, block)| ((covered.start, covered.end), fill(&block.status)))
            .collect();
        let drawn = blocks.last().map_or(meant.0 - 1, |(covered, _)| covered.end);
        if drawn < meant.1 {
            parts.push(((drawn + 1, meant.1), REST));
        }
        let rest = rest
            .map(|rest| (strip::sample("rest", REST), rest.min(MOST_COUNTED), rest > MOST_COUNTED));
        Self {
            steps,
            closer: strip::closer(meant, all),
            now: strip::strip("now-strip", meant, &parts, None),
            groups: groups(blocks),
            rest,
        }
    }
}

/// What blocks are, by their status and owner; the largest first.
fn groups(blocks: &[(Numbers, &Block)]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (covered, block) in blocks {
        let same = |it: &&mut Group| it.status == block.status && it.owner == block.owner;
        match groups.iter_mut().find(same) {
            Some(group) => {
                group.quantity += covered.quantity;
                group.blocks += 1;
                group.only = None;
            }
            None => groups.push(Group {
                sample: strip::sample(&format!("g{}", groups.len()), fill(&block.status)),
                status: block.status.clone(),
                owner: block.owner.clone(),
                quantity: covered.quantity,
                blocks: 1,
                only: Some(covered.clone()),
            }),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.quantity));
    groups.truncate(GROUPS);
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(start: i64, end: i64) -> Numbers {
        Numbers {
            serial: format!("VU-ITMO-1-001-2023-0-{start}-{end}"),
            start,
            end,
            quantity: end - start + 1,
        }
    }

    fn block(start: i64, end: i64, status: &str, owner: i64) -> Block {
        Block {
            numbers: numbers(start, end),
            project: crate::answers::ProjectRef { id: 1, title: String::new() },
            period: 1,
            vintage: 2023,
            owner: OrganisationRef { id: owner, name: format!("Owner {owner}") },
            status: status.to_owned(),
            status_reason: None,
            hold_statement: None,
            request: None,
            retirement: None,
            cancellation: None,
            first_transferred: false,
            parent: None,
            scope: 1,
        }
    }

    fn ancestor(start: i64, end: i64) -> Ancestor {
        let born = if start == 1 { "issued" } else { "split" }.to_owned();
        Ancestor { numbers: numbers(start, end), born, block: 1, time: Time(Default::default()) }
    }

    #[test]
    fn a_range_is_drawn_from_its_issuance_to_what_became_of_it() {
        let blocks =
            [block(81, 90, "held", 3), block(91, 95, "retired", 3), block(96, 120, "held", 3)];
        let covered: Vec<_> = blocks
            .iter()
            .map(|it| (numbers(it.numbers.start.max(85), it.numbers.end.min(100)), it))
            .collect();
        let ancestors = vec![ancestor(81, 120), ancestor(1, 200)];
        let drawing = Drawing::new(&numbers(85, 100), ancestors, &covered, None);
        let starts: Vec<_> = drawing.steps.iter().map(|it| it.ancestor.numbers.start).collect();
        assert_eq!(starts, [1, 81]);
        // 85 to 100 of 1 to 200.
        assert!(drawing.steps[0].strip.0.contains("class=\"meant\" d=\"M420.0 1h80.0"));
        assert!(drawing.closer.is_some() && drawing.rest.is_none());
        let told: Vec<_> =
            drawing.groups.iter().map(|it| (it.status.as_str(), it.quantity, it.blocks)).collect();
        assert_eq!(told, [("held", 11, 2), ("retired", 5, 1)]);
        assert!(
            drawing.groups[0].only.is_none() && drawing.groups[1].only == Some(numbers(91, 95))
        );
    }

    #[test]
    fn hundreds_of_pieces_and_of_splits_are_bounded_and_counted() {
        let pieces: Vec<Block> =
            (0..50).map(|n| block(n * 10 + 1, n * 10 + 10, "held", n)).collect();
        let covered: Vec<_> = pieces.iter().map(|it| (it.numbers.clone(), it)).collect();
        let ancestors: Vec<_> = (0..50).map(|n| ancestor(50 - n, 3_000)).collect();
        let drawing = Drawing::new(&numbers(1, 3_000), ancestors, &covered, Some(1_001));
        assert_eq!(drawing.steps.len(), FIRST + LAST);
        let left_out: Vec<_> = drawing.steps.iter().filter_map(|it| it.left_out_after).collect();
        assert_eq!(left_out, [44]);
        assert_eq!(drawing.groups.len(), GROUPS);
        let (_, counted, more) = drawing.rest.unwrap();
        assert_eq!((counted, more), (1_000, true));
        // The last segment is what is not drawn one by one: 501 to 3000.
        assert!(drawing.now.0.contains("M166.7 4h833.3"), "{}", drawing.now.0);
        assert!(drawing.now.0.len() < 8_000);
    }

    #[test]
    fn every_status_has_a_fill_of_its_own() {
        let fills: std::collections::BTreeSet<_> = STATUSES.iter().map(|it| fill(it)).collect();
        assert_eq!(fills.len(), STATUSES.len());
        assert_eq!(fill("unheard of"), REST);
    }
}
