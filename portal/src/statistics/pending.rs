// SPDX-License-Identifier: Apache-2.0
//! What waits for somebody, now: nationally or for one organisation.

use crate::{
    answers::At,
    db::Reader,
    problem::{Message, Problem, ProblemDocument},
    query::{blank_is_none, Params},
};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// For whom.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only what waits for this organisation: for it as proponent, certifier, owner, or Government.
    #[serde(default, deserialize_with = "blank_is_none")]
    organisation: Option<i64>,
}

/// How much waits.
#[derive(Serialize, ToSchema)]
pub struct Pending {
    /// Projects under review, for their certifiers.
    projects_to_validate: i64,
    /// Projects that were returned, for their proponents.
    projects_to_resubmit: i64,
    /// Projects that are validated, for the Government.
    projects_to_authorise: i64,
    /// Changes of proponents, for those who have not consented yet.
    proponent_changes: i64,
    /// Documents without a review, for the project's certifiers.
    documents_to_review: i64,
    /// Monitoring reports, for the project's certifiers.
    reports_to_verify: i64,
    /// Monitoring reports that were returned, for the proponents.
    reports_to_correct: i64,
    /// Verified monitoring periods, for the Government.
    periods_to_issue: i64,
    /// Authorised projects without a standing certification of the organisation that is asked for,
    /// or of anybody.
    projects_to_certify: i64,
    /// Requests for a transfer, for the owner who is asked.
    transfer_requests_received: i64,
    /// Requests for a transfer, of the organisation that asked.
    transfer_requests_sent: i64,
    /// Requests for an international retirement, for the Government, and of their owner.
    retirement_requests: i64,
    /// Calls that more officers of the organisation must agree to.
    proposals: i64,
}

impl Pending {
    /// Reads it, for all or for one organisation.
    pub async fn load(reader: &mut Reader, organisation: Option<i64>) -> Result<Self, Problem> {
        let role = sqlx::query_scalar!(
            "SELECT role FROM chain.organisations WHERE id = $1",
            organisation.unwrap_or_default(),
        )
        .fetch_optional(reader.connection())
        .await?;
        if let (Some(id), None) = (organisation, &role) {
            return Err(Problem::not_found(Message::new("problem.no_organisation").with("id", id)));
        }
        // What waits for the Government waits for nobody else.
        let decides = role.is_none_or(|role| role == "government");
        Ok(sqlx::query_as!(
            Pending,
            r#"WITH concerned AS (
                   SELECT p.id, p.stage,
                          $1::bigint IS NULL OR EXISTS (
                              SELECT FROM chain.proponents o
                              WHERE o.project = p.id AND o.organisation = $1) AS proposes,
                          $1 IS NULL OR EXISTS (
                              SELECT FROM chain.certifiers o
                              WHERE o.project = p.id AND o.organisation = $1) AS certifies
                   FROM chain.projects p
               )
               SELECT
                   (SELECT count(*) FROM concerned WHERE stage = 'submitted' AND certifies)
                       AS "projects_to_validate!",
                   (SELECT count(*) FROM concerned WHERE stage = 'returned' AND proposes)
                       AS "projects_to_resubmit!",
                   (SELECT count(*) FROM concerned WHERE stage = 'validated' AND $2::bool)
                       AS "projects_to_authorise!",
                   (SELECT count(*) FROM chain.proponent_changes c
                    WHERE c.status = 'open' AND ($1 IS NULL OR (
                        EXISTS (SELECT FROM chain.proponents o
                                WHERE o.project = c.project AND o.organisation = $1
                                UNION ALL
                                SELECT FROM chain.proponent_change_shares s
                                WHERE s.project = c.project AND s.number = c.number
                                  AND s.organisation = $1)
                        AND NOT EXISTS (SELECT FROM chain.proponent_change_consents a
                                        WHERE a.project = c.project AND a.number = c.number
                                          AND a.organisation = $1))))
                       AS "proponent_changes!",
                   (SELECT count(*) FROM chain.documents d JOIN concerned c ON c.id = d.project
                    WHERE d.reviewer IS NULL AND d.status = 'submitted' AND c.certifies)
                       AS "documents_to_review!",
                   (SELECT count(*) FROM chain.monitoring_periods m
                    JOIN concerned c ON c.id = m.project
                    WHERE m.stage = 'reported' AND c.certifies) AS "reports_to_verify!",
                   (SELECT count(*) FROM chain.monitoring_periods m
                    JOIN concerned c ON c.id = m.project
                    WHERE m.stage = 'returned' AND c.proposes) AS "reports_to_correct!",
                   (SELECT count(*) FROM chain.monitoring_periods
                    WHERE stage = 'verified' AND $2) AS "periods_to_issue!",
                   (SELECT count(*) FROM concerned c
                    WHERE c.stage = 'authorised' AND c.certifies AND NOT EXISTS (
                        SELECT FROM chain.certifications f
                        WHERE f.project = c.id AND f.revoked_at IS NULL
                          AND ($1 IS NULL OR f.certifier = $1))) AS "projects_to_certify!",
                   (SELECT count(*) FROM chain.transfer_requests
                    WHERE status = 'open' AND ($1 IS NULL OR from_owner = $1))
                       AS "transfer_requests_received!",
                   (SELECT count(*) FROM chain.transfer_requests
                    WHERE status = 'open' AND ($1 IS NULL OR initiator = $1))
                       AS "transfer_requests_sent!",
                   (SELECT count(*) FROM chain.retirement_requests
                    WHERE status = 'open' AND ($2 OR owner = $1)) AS "retirement_requests!",
                   (SELECT count(*) FROM chain.proposals
                    WHERE status = 'open' AND ($1 IS NULL OR organisation = $1)) AS "proposals!""#,
            organisation,
            decides,
        )
        .fetch_one(reader.connection())
        .await?)
    }

    /// What waits, by its name.
    pub fn rows(&self) -> Vec<(&'static str, i64)> {
        vec![
            ("projects_to_validate", self.projects_to_validate),
            ("projects_to_resubmit", self.projects_to_resubmit),
            ("projects_to_authorise", self.projects_to_authorise),
            ("proponent_changes", self.proponent_changes),
            ("documents_to_review", self.documents_to_review),
            ("reports_to_verify", self.reports_to_verify),
            ("reports_to_correct", self.reports_to_correct),
            ("periods_to_issue", self.periods_to_issue),
            ("projects_to_certify", self.projects_to_certify),
            ("transfer_requests_received", self.transfer_requests_received),
            ("transfer_requests_sent", self.transfer_requests_sent),
            ("retirement_requests", self.retirement_requests),
            ("proposals", self.proposals),
        ]
    }
}

/// How much waits for decisions now, nationally or for one organisation.
#[utoipa::path(
    get, path = "/api/v1/statistics/pending", tag = "statistics", params(Filter),
    operation_id = "pending",
    responses(
        (status = OK, body = At<Pending>),
        (status = BAD_REQUEST, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(Params(filter): Params<Filter>, mut reader: Reader) -> Result<Response, Problem> {
    let pending = Pending::load(&mut reader, filter.organisation).await?;
    Ok(reader.json(pending))
}
