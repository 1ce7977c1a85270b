// SPDX-License-Identifier: Apache-2.0
//! Requests that somebody must answer: for transfers, and for international retirements. Both
//! count together.

pub mod retirements;
pub mod transfers;

use crate::{answers::Time, i18n::Language};
use serde::Serialize;
use sqlx::{postgres::PgRow, Row};
use utoipa::ToSchema;

/// How a request ended.
#[derive(Serialize, ToSchema)]
pub struct Closed {
    /// When.
    pub at: Time,
    /// The officer who closed it, SS58; null where a suspension did.
    pub by: Option<String>,
}

impl Closed {
    /// Who closed it, in words where it was nobody.
    pub fn who(&self) -> Result<&str, &'static str> {
        self.by.as_deref().ok_or_else(|| Language::current().t("requests.by_suspension"))
    }

    /// The columns of a row.
    fn read(row: &PgRow) -> Result<Option<Self>, sqlx::Error> {
        let (at, by): (Option<Time>, _) = (row.try_get("closed_at")?, row.try_get("closed_by")?);
        Ok(at.map(|at| Self { at, by }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suspension_has_no_officer() {
        let at = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap().into();
        assert!(Closed { at, by: None }.who().unwrap_err().contains("suspended"));
        assert_eq!(Closed { at, by: Some("5F".into()) }.who(), Ok("5F"));
    }
}
