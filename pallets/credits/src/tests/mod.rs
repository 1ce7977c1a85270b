// SPDX-License-Identifier: Apache-2.0
//! Tests by theme, and what they start from.

mod accounts;
mod cancellation;
mod deductions;
mod first_transfer;
mod holds;
mod international;
mod invariants;
mod issuance;
mod negative;
mod parts;
mod pause;
mod permissions;
mod requests;
mod retirement;
mod splits;
mod transfer;
mod views;

use crate::{mock::*, Blocks, BlocksOfOwner, CreditedProject, Issuance};
use frame_support::assert_ok;
use registry_primitives::{
    credit::{
        Beneficiary, Block, BlockStatus, Cancellation, CancellationReason, Corrects,
        CountryAccounts, Deductions, Part, Parts, Ranges, RetirementDetails, RetirementPurpose,
        Totals,
    },
    project::{Article6Terms, FirstTransfer, Proponent, Purpose, VintageTonnes},
    shares::WHOLE,
    CountryCode, OrganisationId, ProjectId, SectoralScope, SerialNumber, SerialRange, Tonnes,
    Vintage, GOVERNMENT,
};
use sp_runtime::{traits::Dispatchable, DispatchResult};

const VU: CountryCode = CountryCode(*b"VU");
const CH: CountryCode = CountryCode(*b"CH");

/// One vintage of DEVELOPER, without buffer.
fn of_developer(vintage: Vintage, tonnes: Tonnes) -> Issuance {
    Issuance {
        project: CreditedProject {
            scope: SectoralScope::EnergyIndustries,
            proponents: vec![Proponent { organisation: DEVELOPER, share: WHOLE }],
            article6: None,
        },
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

/// The same, of a project with Article 6 terms.
fn issued_under(terms: &Article6Terms, vintage: Vintage, tonnes: Tonnes) {
    let mut issuance = of_developer(vintage, tonnes);
    issuance.project.article6 = Some(terms.clone());
    put_verified(1, vintage.into(), issuance);
    assert_ok!(issue(1, vintage.into()));
}

/// Terms for vintages from 2021 to 2030: for an NDC, Switzerland's.
fn terms(purposes: &[Purpose], first_transfer: FirstTransfer) -> Article6Terms {
    let mut terms = Article6Terms {
        purposes: Default::default(),
        parties: Default::default(),
        cooperative_approach: Some(1),
        valid: (2021, 2030),
        first_transfer,
    };
    for purpose in purposes {
        terms.purposes.try_insert(*purpose).unwrap();
    }
    if purposes.contains(&Purpose::Ndc) {
        terms.parties.try_insert(CH).unwrap();
    }
    terms
}

fn ndc_terms() -> Article6Terms {
    terms(&[Purpose::Ndc], FirstTransfer::UseOrCancellation)
}

fn details_for(purpose: RetirementPurpose) -> RetirementDetails {
    RetirementDetails {
        purpose,
        beneficiary: Beneficiary { name: text("Port Vila Airlines"), country: VU },
        on_behalf_of: Some(text("Its passengers")),
        reason: Some(text("Flights of 2026")),
        reference: Some(text("PVA-1")),
    }
}

fn voluntary() -> RetirementDetails {
    details_for(RetirementPurpose::Voluntary)
}

fn used_by(country: CountryCode, towards: Purpose) -> RetirementDetails {
    let entity = text("Helvetia AG");
    details_for(RetirementPurpose::InternationalTransfer { country, entity, towards })
}

/// For Switzerland's NDC.
fn international() -> RetirementDetails {
    used_by(CH, Purpose::Ndc)
}

/// Reserves credits of DEVELOPER for Switzerland's NDC.
fn request_retirement(of: &[(SerialNumber, Tonnes)]) -> DispatchResult {
    Credits::request_retirement(signed(admin(DEVELOPER)), parts(of), international())
}

fn recognise(request: u64) -> DispatchResult {
    Credits::recognise_retirement(signed(admin(GOVERNMENT)), request)
}

fn retire_for_the_state(
    of: &[(SerialNumber, Tonnes)],
    purpose: RetirementPurpose,
) -> DispatchResult {
    let by = signed(admin(GOVERNMENT));
    Credits::retire_for_the_state(by, parts(of), details_for(purpose))
}

fn cancel(
    of: &[(SerialNumber, Tonnes)],
    reason: CancellationReason,
    corrects: Corrects,
) -> DispatchResult {
    let by = signed(admin(GOVERNMENT));
    Credits::cancel(by, parts(of), reason, corrects, text("Found by the audit of 2026"))
}

/// The issuance of [`issued`].
fn issuance_of(vintage: Vintage) -> Corrects {
    Corrects::Issuance { project: 1, period: vintage.into() }
}

fn hold(of: &[(SerialNumber, Tonnes)]) -> DispatchResult {
    Credits::hold(signed(admin(GOVERNMENT)), parts(of), text("An inquiry is open"))
}

fn release(of: &[(SerialNumber, Tonnes)]) -> DispatchResult {
    Credits::release(signed(admin(GOVERNMENT)), parts(of))
}

/// OTHER_DEVELOPER asks DEVELOPER for credits of project 1.
fn ask(vintage: Option<Vintage>, quantity: Tonnes) -> DispatchResult {
    let by = signed(admin(OTHER_DEVELOPER));
    let reference = Some(text("PO-1"));
    Credits::request_transfer(by, 1, vintage, quantity, DEVELOPER, OTHER_DEVELOPER, reference)
}

fn approve(request: u64, of: &[(SerialNumber, Tonnes)]) -> DispatchResult {
    Credits::approve_transfer(signed(admin(DEVELOPER)), request, parts(of))
}

fn pause() {
    let reason = text("The registry is audited");
    assert_ok!(Credits::pause_transfers(signed(admin(GOVERNMENT)), reason));
}

/// What [`recognise`] deducts from DEVELOPER's credits for the first retirement.
fn deducted(
    reason: CancellationReason,
    blocks: &[(SerialNumber, SerialNumber)],
    quantity: Tonnes,
) -> Cancellation {
    Cancellation {
        owner: DEVELOPER,
        reason,
        corrects: Corrects::Retirement(1),
        statement: None,
        blocks: ranges(blocks),
        quantity,
        block_number: 1,
        at: NOW,
    }
}

/// In parts per million.
fn deduct(share_of_proceeds: u32, overall_mitigation: u32) {
    let deductions = Deductions { share_of_proceeds, overall_mitigation };
    assert_ok!(Credits::set_deductions(signed(admin(GOVERNMENT)), deductions));
}

/// Through the runtime, as an extrinsic is.
fn dispatch(call: impl Into<RuntimeCall>, origin: RuntimeOrigin) -> DispatchResult {
    call.into().dispatch(origin).map(drop).map_err(|refused| refused.error)
}

fn parts(of: &[(SerialNumber, Tonnes)]) -> Parts {
    let all: Vec<_> = of.iter().map(|&(start, quantity)| Part { start, quantity }).collect();
    all.try_into().unwrap()
}

fn ranges(of: &[(SerialNumber, SerialNumber)]) -> Ranges {
    let all: Vec<_> = of.iter().map(|&(start, end)| range(start, end)).collect();
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

fn status(start: SerialNumber) -> BlockStatus {
    Blocks::<Test>::get(start).unwrap().status
}

/// Tonnes of an organisation's blocks of a status.
fn balance(owner: OrganisationId, status: BlockStatus) -> Tonnes {
    let own = blocks().into_iter().filter(|(_, block)| block.owner == owner);
    own.filter(|(_, block)| block.status == status)
        .map(|(start, block)| block.range(start).quantity())
        .sum()
}

fn accounts() -> CountryAccounts {
    crate::Accounts::<Test>::get()
}

fn national() -> Totals {
    crate::NationalTotals::<Test>::get()
}

fn events() -> Vec<RuntimeEvent> {
    System::events().into_iter().map(|record| record.event).collect()
}

/// First and last number and status of every block.
fn spans() -> Vec<(SerialNumber, SerialNumber, BlockStatus)> {
    blocks().into_iter().map(|(start, block)| (start, block.end, block.status)).collect()
}
