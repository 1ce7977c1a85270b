// SPDX-License-Identifier: Apache-2.0
//! Requests that somebody must answer: for transfers, and for international retirements. Both
//! count together.

pub mod retirements;
pub mod transfers;

use crate::{answers::Time, i18n::Language};
use serde::Serialize;
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
        self.by.as_deref().ok_or_else(|| Language::default().t("requests.by_suspension"))
    }

    fn read(at: Option<chrono::DateTime<chrono::Utc>>, by: Option<String>) -> Option<Self> {
        Some(Self { at: at?.into(), by })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_waits_is_not_closed_and_a_suspension_has_no_officer() {
        assert!(Closed::read(None, None).is_none());
        let at = chrono::DateTime::from_timestamp(1_700_000_000, 0);
        let closed = Closed::read(at, None).unwrap();
        assert!(closed.who().unwrap_err().contains("suspended"));
        assert_eq!(Closed::read(at, Some("5F".into())).unwrap().who(), Ok("5F"));
    }
}
