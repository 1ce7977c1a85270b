// SPDX-License-Identifier: Apache-2.0
//! Flows of credits: how much moved on a day, told apart in several ways, so that whatever is asked
//! about them, few rows have to be added up.

use super::{block::Block, Status};
use crate::{error::IndexerError, projections::At};
use chrono::{DateTime, NaiveDate, Utc};
use registry_primitives::CountryCode;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// Credits that move, and what they are counted by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Flow {
    pub day: NaiveDate,
    /// As in the history.
    pub kind: &'static str,
    pub project: i64,
    pub vintage: i16,
    /// Nobody's (0) and in none before they are issued.
    pub from_owner: i64,
    pub from_status: Option<Status>,
    /// What is first transferred moves nowhere.
    pub to_owner: i64,
    pub to_status: Option<Status>,
    /// The purpose of what was retired, the reason of what was cancelled.
    pub purpose: &'static str,
    pub country: Option<CountryCode>,
}

impl Flow {
    /// Of a block, as it is before: nothing of it changes.
    pub fn of(at: At, kind: &'static str, block: &Block) -> Self {
        Self {
            day: at.time.date_naive(),
            kind,
            project: block.project,
            vintage: block.vintage,
            from_owner: block.owner,
            from_status: Some(block.status),
            to_owner: block.owner,
            to_status: Some(block.status),
            purpose: "",
            country: None,
        }
    }

    /// A block comes into being.
    pub fn issued(at: At, block: &Block) -> Self {
        Self { from_owner: 0, from_status: None, ..Self::of(at, "issued", block) }
    }

    /// A block is first transferred, which moves it nowhere.
    pub fn first_transferred(at: At, block: &Block) -> Self {
        let kind = "first_transferred";
        Self { from_status: None, to_owner: 0, to_status: None, ..Self::of(at, kind, block) }
    }

    /// The organisations that it concerns, and as what.
    fn sides(&self) -> Vec<(i64, &'static str)> {
        match (self.from_owner, self.to_owner) {
            (0, owner) => vec![(owner, "received")],
            (owner, 0) => vec![(owner, "own")],
            (from, to) if from == to => vec![(from, "own")],
            (from, to) => vec![(from, "sent"), (to, "received")],
        }
    }

    /// The rows that count it.
    fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        let nation =
            ["all", "project", "vintage", "project_vintage"].map(|grain| (grain, 0, "own"));
        let owners = self.sides().into_iter();
        let owners = owners
            .flat_map(|(owner, side)| [("owner", owner, side), ("owner_project", owner, side)]);
        nation.into_iter().chain(owners).map(|(grain, organisation, side)| {
            let (project, vintage) = match grain {
                "project" => (self.project, 0),
                "vintage" => (0, self.vintage),
                "project_vintage" | "owner_project" => (self.project, self.vintage),
                _ => (0, 0),
            };
            Row {
                grain,
                day: self.day,
                organisation,
                side,
                kind: self.kind,
                project,
                vintage,
                from_status: self.from_status,
                to_status: self.to_status,
                purpose: self.purpose,
                country: self.country,
            }
        })
    }
}

/// A row of the table without its sums: what is not told apart is 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Row {
    grain: &'static str,
    day: NaiveDate,
    organisation: i64,
    side: &'static str,
    kind: &'static str,
    project: i64,
    vintage: i16,
    from_status: Option<Status>,
    to_status: Option<Status>,
    purpose: &'static str,
    country: Option<CountryCode>,
}

/// Tonnes and ranges of flows that are added to what is there.
#[derive(Default)]
pub struct Flows {
    sums: BTreeMap<Flow, (i64, i64)>,
}

impl Flows {
    pub fn add(&mut self, flow: Flow, tonnes: i64) {
        let (sum, ranges) = self.sums.entry(flow).or_default();
        *sum += tonnes;
        *ranges += 1;
    }

    fn rows(&self) -> BTreeMap<Row, (i64, i64)> {
        let mut rows = BTreeMap::<Row, (i64, i64)>::new();
        for (flow, (tonnes, ranges)) in &self.sums {
            for row in flow.rows() {
                let sum = rows.entry(row).or_default();
                sum.0 += tonnes;
                sum.1 += ranges;
            }
        }
        rows
    }

    /// Adds them to what is there.
    pub async fn write(&self, connection: &mut PgConnection) -> Result<(), IndexerError> {
        let rows = self.rows();
        if rows.is_empty() {
            return Ok(());
        }
        let all = || rows.keys();
        let name = |status: Option<Status>| status.map_or("", Status::as_str);
        let grains: Vec<_> = all().map(|row| row.grain).collect();
        let days: Vec<_> = all().map(|row| row.day).collect();
        let organisations: Vec<_> = all().map(|row| row.organisation).collect();
        let sides: Vec<_> = all().map(|row| row.side).collect();
        let kinds: Vec<_> = all().map(|row| row.kind).collect();
        let projects: Vec<_> = all().map(|row| row.project).collect();
        let vintages: Vec<_> = all().map(|row| row.vintage).collect();
        let from_statuses: Vec<_> = all().map(|row| name(row.from_status)).collect();
        let to_statuses: Vec<_> = all().map(|row| name(row.to_status)).collect();
        let purposes: Vec<_> = all().map(|row| row.purpose).collect();
        let country = |country: CountryCode| country.to_string();
        let countries: Vec<_> =
            all().map(|row| row.country.map(country).unwrap_or_default()).collect();
        let (tonnes, ranges): (Vec<_>, Vec<_>) = rows.values().copied().unzip();
        sqlx::query!(
            "INSERT INTO chain.flows AS t
                 (grain, span, starts, organisation, side, kind, project, vintage, from_status,
                  to_status, purpose, country, tonnes, ranges)
             SELECT grain, 'day', day, organisation, side, kind, project, vintage, from_status,
                    to_status, purpose, country, tonnes, ranges
             FROM UNNEST($1::text[], $2::date[], $3::bigint[], $4::text[], $5::text[],
                         $6::bigint[], $7::smallint[], $8::text[], $9::text[], $10::text[],
                         $11::text[], $12::bigint[], $13::bigint[])
                  AS m (grain, day, organisation, side, kind, project, vintage, from_status,
                        to_status, purpose, country, tonnes, ranges)
             ON CONFLICT (grain, span, starts, organisation, side, kind, project, vintage,
                          from_status, to_status, purpose, country)
             DO UPDATE SET tonnes = t.tonnes + excluded.tonnes,
                           ranges = t.ranges + excluded.ranges",
            &grains as &[&str],
            &days,
            &organisations,
            &sides as &[&str],
            &kinds as &[&str],
            &projects,
            &vintages,
            &from_statuses as &[&str],
            &to_statuses as &[&str],
            &purposes as &[&str],
            &countries,
            &tonnes,
            &ranges,
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Adds the days that are over with a block to their months and years. Which those are follows from the
/// times of the blocks, however they are put together.
pub async fn close_days(
    connection: &mut PgConnection,
    before: DateTime<Utc>,
    after: DateTime<Utc>,
) -> Result<(), IndexerError> {
    let (first, today) = (before.date_naive(), after.date_naive());
    if first >= today {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO chain.flows AS t
             (grain, span, starts, organisation, side, kind, project, vintage, from_status,
              to_status, purpose, country, tonnes, ranges)
         SELECT grain, s.span, date_trunc(s.span, f.starts::timestamp)::date, organisation, side,
                kind, project, vintage, from_status, to_status, purpose, country,
                SUM(tonnes)::bigint, SUM(ranges)::bigint
         FROM chain.flows f CROSS JOIN (VALUES ('month'), ('year')) AS s (span)
         WHERE f.span = 'day' AND f.grain IN ('all', 'project', 'vintage', 'project_vintage', 'owner',
                                              'owner_project')
           AND f.starts >= $1 AND f.starts < $2
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
         ON CONFLICT (grain, span, starts, organisation, side, kind, project, vintage, from_status,
                      to_status, purpose, country)
         DO UPDATE SET tonnes = t.tonnes + excluded.tonnes, ranges = t.ranges + excluded.ranges",
        first,
        today,
    )
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(kind: &'static str, from_owner: i64, to_owner: i64) -> Flow {
        Flow {
            day: NaiveDate::from_ymd_opt(2026, 3, 14).unwrap(),
            kind,
            project: 7,
            vintage: 2024,
            from_owner,
            from_status: Some(Status::Held),
            to_owner,
            to_status: Some(Status::Held),
            purpose: "",
            country: None,
        }
    }

    /// Grain, organisation, side and project of the rows that count a flow.
    fn rows(flow: &Flow) -> Vec<(&'static str, i64, &'static str, i64)> {
        flow.rows().map(|row| (row.grain, row.organisation, row.side, row.project)).collect()
    }

    #[test]
    fn a_transfer_counts_once_for_the_nation_and_once_for_each_side() {
        let expected = [
            ("all", 0, "own", 0),
            ("project", 0, "own", 7),
            ("vintage", 0, "own", 0),
            ("project_vintage", 0, "own", 7),
            ("owner", 2, "sent", 0),
            ("owner_project", 2, "sent", 7),
            ("owner", 3, "received", 0),
            ("owner_project", 3, "received", 7),
        ];
        assert_eq!(rows(&flow("transferred", 2, 3)), expected);
    }

    #[test]
    fn what_stays_with_its_owner_or_comes_into_being_has_one_side() {
        let sides = |flow: &Flow| -> Vec<_> {
            rows(flow).into_iter().filter(|it| it.0 == "owner").map(|it| (it.1, it.2)).collect()
        };
        assert_eq!(sides(&flow("retired", 2, 2)), [(2, "own")]);
        assert_eq!(sides(&flow("issued", 0, 2)), [(2, "received")]);
        assert_eq!(sides(&flow("first_transferred", 2, 0)), [(2, "own")]);
    }

    #[test]
    fn flows_of_a_kind_are_added_up() {
        let mut flows = Flows::default();
        flows.add(flow("transferred", 2, 3), 10);
        flows.add(flow("transferred", 2, 3), 5);
        flows.add(flow("transferred", 2, 4), 1);
        let rows = flows.rows();
        let of = |grain: &str, organisation: i64| {
            let mut found = rows
                .iter()
                .filter(|(row, _)| row.grain == grain && row.organisation == organisation);
            *found.next().unwrap().1
        };
        assert_eq!(of("all", 0), (16, 3));
        assert_eq!((of("owner", 2), of("owner", 3), of("owner", 4)), ((16, 3), (15, 2), (1, 1)));
    }
}
