// SPDX-License-Identifier: Apache-2.0
//! Who knows where regions are.

use super::region::{Region, Source};
use futures::future::BoxFuture;
use registry_primitives::CountryCode;
use std::{fmt, time::Duration};

/// Somebody who knows where the regions of a country are.
///
/// No request of a reader ever waits for one: only the portal's own task asks, and keeps what it
/// was told.
pub trait Locator: Send + Sync {
    /// What it is.
    fn source(&self) -> Source;

    /// All regions of the country, where it can list them.
    fn regions(&self, country: CountryCode) -> BoxFuture<'_, Result<Vec<Region>, Failure>>;

    /// The region of a name, where it can be asked for one; none where it knows no such region.
    fn find<'a>(
        &'a self,
        name: &'a str,
        country: CountryCode,
    ) -> BoxFuture<'a, Result<Option<Region>, Failure>>;

    /// Whether it can be asked for a name that is not among the regions it lists.
    fn finds(&self) -> bool;
}

/// Why there is no answer, which says nothing of the region.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// It asks for patience: this long, if it said how long.
    Busy(Option<Duration>),
    /// It refuses whatever it is asked: its status.
    Refused(u16),
    /// It did not answer, or broke off.
    Unreachable(String),
    /// Its answer is not what it should be.
    Unreadable(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(Some(wait)) => write!(f, "it wants to be left alone for {wait:?}"),
            Self::Busy(None) => f.write_str("it is busy"),
            Self::Refused(status) => write!(
                f,
                "it refuses with status {status}: look at the address and at the access token"
            ),
            Self::Unreachable(error) => write!(f, "it does not answer: {error}"),
            Self::Unreadable(error) => write!(f, "its answer cannot be used: {error}"),
        }
    }
}
