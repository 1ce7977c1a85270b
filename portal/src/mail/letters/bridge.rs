// SPDX-License-Identifier: Apache-2.0
//! Letters about the bridge to the ITMO platform: to the Government, of what waits for it.

use super::desk::Desk;
use crate::{courier::Event, problem::Problem};
use registry_primitives::GOVERNMENT;

/// Tells that cases were opened: one letter for all that come together, since a round can end with
/// hundreds.
pub async fn tell(desk: &mut Desk<'_>, events: &[Event]) -> Result<(), Problem> {
    let mut opened = events.iter().filter(|event| {
        (event.pallet.as_str(), event.name.as_str()) == ("ItmoBridge", "CaseOpened")
    });
    let Some(first) = opened.next() else { return Ok(()) };
    let count = opened.count().saturating_add(1);
    let letter = desk.letter("bridge_cases_opened", first, "/console/bridge").with("n", count);
    desk.send(&[i64::from(GOVERNMENT)], letter).await
}
