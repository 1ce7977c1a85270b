// SPDX-License-Identifier: Apache-2.0
//! Where a project is, and what it was issued.

use crate::{
    db::Reader,
    places::region::{attribution, in_degrees, write_degrees},
    problem::Problem,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Where a project is.
#[derive(Serialize, ToSchema)]
pub struct Location {
    /// ISO 3166-2 code or name of the region, as the project has it.
    #[schema(example = "VU-SEE")]
    pub region: String,
    /// Millionths of a degree, north positive, as the project has it.
    pub latitude_micro: Option<i32>,
    /// Millionths of a degree, east positive, as the project has it.
    pub longitude_micro: Option<i32>,
    /// ISO 3166-2 code of the region, where it is known and has one.
    #[schema(example = "VU-SEE")]
    pub code: Option<String>,
    /// Name of the region, where it is known.
    #[schema(example = "Shefa")]
    pub name: Option<String>,
    /// Degrees, north positive: of the project, or of a point in the region.
    #[schema(example = -17.736)]
    pub latitude: Option<f64>,
    /// Degrees, east positive: of the project, or of a point in the region.
    #[schema(example = 168.314)]
    pub longitude: Option<f64>,
    /// Who says where that is: `chain` for the project itself, else `file`, `mapbox` or
    /// `openstreetmap`.
    #[schema(example = "file")]
    pub source: Option<String>,
    /// Whom the source wants to be named.
    pub attribution: Option<&'static str>,
}

impl Location {
    /// What the region is called, and the code that it has beside its name.
    pub fn called(&self) -> (&str, Option<&str>) {
        let name = self.name.as_deref().unwrap_or(&self.region);
        (name, self.code.as_deref().filter(|code| *code != name))
    }

    /// The project's own point in degrees, with all its digits.
    pub fn point(&self) -> Option<String> {
        let degrees = |micro: i32| write_degrees(micro).replace('-', "−") + "°";
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
    let own = |region: String, latitude: Option<i32>, longitude: Option<i32>| Location {
        region,
        latitude_micro: latitude,
        longitude_micro: longitude,
        code: None,
        name: None,
        latitude: latitude.map(in_degrees),
        longitude: longitude.map(in_degrees),
        source: latitude.and(longitude).map(|_| "chain".to_owned()),
        attribution: None,
    };
    // What the chain says is shown also where nothing else is known.
    if !reader.knows_places {
        let rows = sqlx::query!(
            "SELECT region, latitude, longitude FROM chain.locations
             WHERE project = $1 ORDER BY position",
            project
        )
        .fetch_all(reader.connection())
        .await?;
        return Ok(rows
            .into_iter()
            .map(|row| own(row.region, row.latitude, row.longitude))
            .collect());
    }
    let rows = sqlx::query!(
        r#"SELECT l.region, l.latitude, l.longitude, r.code AS "code?",
                  COALESCE(r.names ->> 'en', r.names ->> 'und', r.key) AS name,
                  r.latitude AS "region_latitude?", r.longitude AS "region_longitude?",
                  r.source AS "source?"
           FROM chain.locations l
           LEFT JOIN directory.places p ON p.name = l.region
           LEFT JOIN directory.regions r ON r.key = p.region
           WHERE l.project = $1 ORDER BY l.position"#,
        project
    )
    .fetch_all(reader.connection())
    .await?;
    let located = rows.into_iter().map(|row| {
        let own = own(row.region, row.latitude, row.longitude);
        let known = Location { code: row.code, name: row.name, ..own };
        match (&known.source, row.region_latitude.zip(row.region_longitude)) {
            (None, Some((latitude, longitude))) => Location {
                latitude: Some(in_degrees(latitude)),
                longitude: Some(in_degrees(longitude)),
                attribution: row.source.as_deref().and_then(attribution),
                source: row.source,
                ..known
            },
            _ => known,
        }
    });
    Ok(located.collect())
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

    fn location(latitude: Option<i32>, longitude: Option<i32>) -> Location {
        Location {
            region: "vu-see".to_owned(),
            latitude_micro: latitude,
            longitude_micro: longitude,
            code: Some("VU-SEE".to_owned()),
            name: Some("Shefa".to_owned()),
            latitude: None,
            longitude: None,
            source: None,
            attribution: None,
        }
    }

    #[test]
    fn points_keep_all_their_digits() {
        let at = |latitude, longitude| location(latitude, longitude).point();
        assert_eq!(at(Some(-17_733_250), Some(168_321_999)).unwrap(), "−17.733250°, 168.321999°");
        assert_eq!(at(Some(-5), Some(0)).unwrap(), "−0.000005°, 0.000000°");
        assert_eq!(at(Some(1), None), None);
    }

    #[test]
    fn a_region_is_called_by_its_name_and_once() {
        let known = location(None, None);
        assert_eq!(known.called(), ("Shefa", Some("VU-SEE")));
        let unknown = Location { code: None, name: None, ..location(None, None) };
        assert_eq!(unknown.called(), ("vu-see", None));
        let nameless = Location { name: Some("VU-SEE".to_owned()), ..location(None, None) };
        assert_eq!(nameless.called(), ("VU-SEE", None));
    }
}
