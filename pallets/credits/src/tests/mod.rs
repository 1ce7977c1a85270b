// SPDX-License-Identifier: Apache-2.0
//! Tests by theme, and what they start from.

mod invariants;
mod issuance;
mod permissions;
mod retirement;
mod splits;
mod transfer;

use crate::{mock::*, Blocks, BlocksOfOwner, Issuance};
use frame_support::assert_ok;
use registry_primitives::{
    credit::{Block, BlockStatus, Part, Parts, Totals},
    project::{Proponent, VintageTonnes},
    shares::WHOLE,
    OrganisationId, ProjectId, SectoralScope, SerialNumber, SerialRange, Tonnes, Vintage,
    GOVERNMENT,
};
use sp_runtime::DispatchResult;

/// One vintage of DEVELOPER, without buffer.
fn of_developer(vintage: Vintage, tonnes: Tonnes) -> Issuance {
    Issuance {
        scope: SectoralScope::EnergyIndustries,
        proponents: vec![Proponent { organisation: DEVELOPER, share: WHOLE }],
        vintages: vec![VintageTonnes { vintage, tonnes }],
        buffer_rate: 0,
    }
}

fn issue(project: ProjectId, period: u32) -> DispatchResult {
    Credits::issue(signed(admin(GOVERNMENT)), project, period)
        .map(drop)
        .map_err(|refused| refused.error)
}

/// Issues to DEVELOPER for project 1; the period is the vintage, so that each is issued once.
fn issued(vintage: Vintage, tonnes: Tonnes) {
    put_verified(1, vintage.into(), of_developer(vintage, tonnes));
    assert_ok!(issue(1, vintage.into()));
}

fn parts(of: &[(SerialNumber, Tonnes)]) -> Parts {
    let all: Vec<_> = of.iter().map(|&(start, quantity)| Part { start, quantity }).collect();
    all.try_into().unwrap()
}

fn range(start: SerialNumber, end: SerialNumber) -> SerialRange {
    SerialRange { start, end }
}

/// A block of DEVELOPER, of project 1, as issued.
fn block(end: SerialNumber, vintage: Vintage) -> Block {
    Block {
        end,
        project: 1,
        vintage,
        owner: DEVELOPER,
        status: BlockStatus::Held,
        first_transferred: false,
        parent: None,
    }
}

/// All blocks, in order.
fn blocks() -> Vec<(SerialNumber, Block)> {
    let mut all: Vec<_> = Blocks::<Test>::iter().collect();
    all.sort_by_key(|(start, _)| *start);
    all
}

/// First serial numbers of an organisation's blocks, in order, by the index.
fn owned(owner: OrganisationId) -> Vec<SerialNumber> {
    let mut all: Vec<_> = BlocksOfOwner::<Test>::iter_key_prefix(owner).collect();
    all.sort_unstable();
    all
}

fn national() -> Totals {
    crate::NationalTotals::<Test>::get()
}

fn events() -> Vec<RuntimeEvent> {
    System::events().into_iter().map(|record| record.event).collect()
}
