// SPDX-License-Identifier: Apache-2.0
//! Where a project is, and what it was issued.

use crate::{db::Reader, problem::Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// Where a project is.
#[derive(Serialize, ToSchema)]
pub struct Location {
    /// ISO 3166-2 code or name of the region.
    pub region: String,
    /// Millionths of a degree, north positive.
    pub latitude_micro: Option<i32>,
    /// Millionths of a degree, east positive.
    pub longitude_micro: Option<i32>,
}

impl Location {
    /// The point in degrees, with all its digits.
    pub fn point(&self) -> Option<String> {
        let degrees = |micro: i32| {
            let sign = if micro < 0 { "−" } else { "" };
            let micro = micro.unsigned_abs();
            format!("{sign}{}.{:06}°", micro / 1_000_000, micro % 1_000_000)
        };
        Some(format!("{}, {}", degrees(self.latitude_micro?), degrees(self.longitude_micro?)))
    }
}

/// Tonnes of a vintage, by status.
#[derive(Serialize, ToSchema)]
pub struct VintageTotals {
    /// The year.
    pub vintage: i16,
    /// Ever issued: the sum of the statuses.
    pub issued: i64,
    pub held: i64,
    pub on_hold: i64,
    pub reserved: i64,
    pub retired: i64,
    pub cancelled: i64,
    pub buffer: i64,
    /// First transferred under Article 6, whatever their status.
    pub first_transferred: i64,
}

pub async fn locations(reader: &mut Reader, project: i64) -> Result<Vec<Location>, Problem> {
    let found = sqlx::query_as!(
        Location,
        "SELECT region, latitude AS latitude_micro, longitude AS longitude_micro
         FROM chain.locations WHERE project = $1 ORDER BY position",
        project
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(found)
}

pub async fn vintages(reader: &mut Reader, project: i64) -> Result<Vec<VintageTotals>, Problem> {
    let found = sqlx::query_as!(
        VintageTotals,
        r#"SELECT vintage, issued AS "issued!", held AS "held!", on_hold AS "on_hold!",
                  reserved AS "reserved!", retired AS "retired!", cancelled AS "cancelled!",
                  buffer AS "buffer!",
                  first_transferred AS "first_transferred!"
           FROM chain.vintage_totals WHERE project = $1 ORDER BY vintage"#,
        project
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_keep_all_their_digits() {
        let at = |latitude, longitude| {
            let region = "VU-SEE".to_owned();
            Location { region, latitude_micro: latitude, longitude_micro: longitude }.point()
        };
        assert_eq!(at(Some(-17_733_250), Some(168_321_999)).unwrap(), "−17.733250°, 168.321999°");
        assert_eq!(at(Some(-5), Some(0)).unwrap(), "−0.000005°, 0.000000°");
        assert_eq!(at(Some(1), None), None);
    }
}
