// SPDX-License-Identifier: Apache-2.0
//! Benchmarks, each in its worst case: every part is split off another block, of another project
//! and vintage, and what can be first transferred is; the longest texts and lists.

use crate::*;
use alloc::{vec, vec::Vec};
use core::cmp::min;
use frame_benchmarking::v2::*;
use frame_support::{traits::ConstU32, BoundedVec};
use frame_system::RawOrigin;
use registry_primitives::{
    credit::{
        Account, Beneficiary, Block, BlockStatus, CancellationReason, Corrects, Deductions,
        HoldReason, Part, Parts, Pause, Ranges, RetirementDetails, RetirementPurpose,
        RetirementRequest, Totals, TransferRequest, MAX_PARTS, MAX_REQUESTS, MAX_REQUESTS_MADE,
    },
    project::{
        Article6Terms, FirstTransfer, Proponent, Purpose, VintageTonnes, MAX_PARTIES,
        MAX_PROPONENTS, MAX_VINTAGES,
    },
    shares::WHOLE,
    Action, CountryCode, OrganisationId, PeriodId, ProjectId, RequestId, SerialNumber, SerialRange,
    Text, Tonnes, Vintage, GOVERNMENT,
};

/// What the benchmarks need of the runtime.
pub trait BenchmarkHelper<AccountId> {
    /// An officer who may do `action`: of this organisation, or of the Government if there is none
    /// given.
    fn officer(action: Action, organisation: Option<OrganisationId>) -> AccountId;
    /// The `index`-th active project developer, from 0; always the same for the same number.
    fn developer(index: u32) -> OrganisationId;
    /// The `index`-th authorised project, from 0: as large as a project can be, with these terms,
    /// the proponents of [`equal_shares`] of [`Self::developer`], and a million tonnes counted as
    /// issued. Always the same for the same number.
    fn project(index: u32, terms: Article6Terms) -> ProjectId;
    /// An authorised project as above, but with a buffer of 1 ppm and all its proponents
    /// suspended, and a period of it that these vintages were verified for.
    fn issuable(terms: Article6Terms, vintages: Vec<VintageTonnes>) -> (ProjectId, PeriodId);
}

/// First vintage of the benchmarks.
const FIRST_VINTAGE: Vintage = 2021;
/// Tonnes of every block that benchmarks put: enough for both deductions and the rest.
const TONNES: Tonnes = 4;
/// Most requests for transfers that end with a suspension.
const MAX_TRANSFERS: u32 = MAX_REQUESTS + MAX_REQUESTS_MADE;
/// Most blocks that are given back by a suspension.
const MAX_RESERVED: u32 = MAX_REQUESTS_MADE * MAX_PARTS;

/// Sixteen proponents with equal shares.
pub fn equal_shares(developer: impl Fn(u32) -> OrganisationId) -> Vec<Proponent> {
    let share = WHOLE / MAX_PROPONENTS;
    let proponent = |index| Proponent { organisation: developer(index), share };
    (0..MAX_PROPONENTS).map(proponent).collect()
}

/// Terms for every purpose, vintage and as many Parties as there can be.
fn terms(first_transfer: FirstTransfer) -> Article6Terms {
    let mut terms = Article6Terms {
        purposes: Default::default(),
        parties: Default::default(),
        cooperative_approach: Some(1),
        valid: (FIRST_VINTAGE, FIRST_VINTAGE + MAX_VINTAGES as Vintage),
        first_transfer,
    };
    for purpose in Purpose::ALL {
        terms.purposes.try_insert(*purpose).expect("there are no more purposes");
    }
    for country in CountryCode::all().take(MAX_PARTIES as usize) {
        terms.parties.try_insert(country).expect("no more than allowed");
    }
    terms
}

/// The last Party of the terms.
fn party() -> CountryCode {
    CountryCode::all().nth(MAX_PARTIES as usize - 1).expect("there are more countries")
}

/// The longest text, of one letter.
fn longest<const N: u32>() -> Text<N> {
    Text(vec![b'x'; N as usize].try_into().expect("no longer than allowed"))
}

fn details(purpose: RetirementPurpose) -> RetirementDetails {
    RetirementDetails {
        purpose,
        beneficiary: Beneficiary { name: longest(), country: party() },
        on_behalf_of: Some(longest()),
        reason: Some(longest()),
        reference: Some(longest()),
    }
}

/// For use in another country.
fn international() -> RetirementDetails {
    details(RetirementPurpose::InternationalTransfer {
        country: party(),
        entity: longest(),
        towards: Purpose::OimpOp,
    })
}

/// Puts blocks in storage as they would be after their issuance: each of another project, until
/// there are 64, and then of another vintage.
fn put_blocks<T: Config>(
    count: u32,
    owner: OrganisationId,
    status: impl Fn(u32) -> BlockStatus,
) -> Vec<SerialRange> {
    let put = |index: u32| {
        let terms = terms(FirstTransfer::UseOrCancellation);
        let project = T::BenchmarkHelper::project(index % MAX_PARTS, terms);
        let vintage = FIRST_VINTAGE + (index / MAX_PARTS) as Vintage;
        let status = status(index);
        let range =
            SerialRange::after(LastSerial::<T>::get(), TONNES).expect("there are more numbers");
        LastSerial::<T>::put(range.end);
        let more =
            |totals: Totals| totals.with_issued(&status, TONNES).expect("they can be counted");
        TotalsOfVintage::<T>::mutate(project, vintage, |totals| *totals = more(*totals));
        NationalTotals::<T>::mutate(|totals| *totals = more(*totals));
        BlocksOfOwner::<T>::insert(owner, range.start, ());
        let block = Block {
            end: range.end,
            project,
            vintage,
            owner,
            status,
            first_transferred: false,
            parent: None,
        };
        Blocks::<T>::insert(range.start, block);
        range
    };
    (0..count).map(put).collect()
}

/// Parts of so many new blocks, each to be split.
fn put_parts<T: Config>(count: u32, owner: OrganisationId, status: BlockStatus) -> Parts {
    let parts: Vec<_> = put_blocks::<T>(count, owner, |_| status)
        .into_iter()
        .map(|range| Part { start: range.start, quantity: 1 })
        .collect();
    parts.try_into().expect("no more than allowed")
}

/// Parts of one project's block, for a request: the project, and one part of each new block.
fn put_parts_of_one_project<T: Config>(count: u32, owner: OrganisationId) -> (ProjectId, Parts) {
    let parts = put_parts::<T>(count, owner, BlockStatus::Held);
    let project = T::BenchmarkHelper::project(0, terms(FirstTransfer::UseOrCancellation));
    for part in &parts {
        Blocks::<T>::mutate(part.start, |block| {
            if let Some(block) = block {
                block.project = project;
            }
        });
    }
    (project, parts)
}

/// Puts a request for a transfer in storage.
fn put_transfer_request<T: Config>(
    id: RequestId,
    project: ProjectId,
    quantity: Tonnes,
    (from, to): (OrganisationId, OrganisationId),
) {
    let request = TransferRequest {
        project,
        vintage: None,
        quantity,
        from,
        to,
        initiator: to,
        reference: Some(longest()),
        requested_at: 0,
    };
    TransferRequests::<T>::insert(id, request);
    RequestsFrom::<T>::mutate(from, |list| list.try_push(id)).expect("there is room");
    RequestsTo::<T>::mutate(to, |list| list.try_push(id)).expect("there is room");
    LastRequestId::<T>::mutate(|last| *last = (*last).max(id));
}

/// Fills the lists of a sender and a receiver with requests, but for one place each.
fn fill_lists<T: Config>(project: ProjectId, from: OrganisationId, to: OrganisationId) {
    // Numbers of organisations that nobody has.
    let others = u32::MAX - MAX_REQUESTS;
    for index in 1..MAX_REQUESTS {
        let to = if index < MAX_REQUESTS_MADE { to } else { others + index };
        put_transfer_request::<T>(index.into(), project, 1, (from, to));
    }
}

/// Puts an international retirement that waits, of so many whole blocks.
fn put_retirement_request<T: Config>(id: RequestId, owner: OrganisationId, blocks: u32) {
    let ranges = put_blocks::<T>(blocks, owner, |_| BlockStatus::Reserved(id));
    put_request_of::<T>(id, owner, ranges);
}

fn put_request_of<T: Config>(id: RequestId, owner: OrganisationId, ranges: Vec<SerialRange>) {
    let quantity = ranges.iter().map(SerialRange::quantity).sum();
    let blocks: Ranges = ranges.try_into().expect("no more than allowed");
    let details = international();
    let request = RetirementRequest { by: owner, details, blocks, quantity, requested_at: 0 };
    RetirementRequests::<T>::insert(id, request);
    RetirementRequestsOf::<T>::mutate(owner, |list| list.try_push(id)).expect("there is room");
    LastRequestId::<T>::mutate(|last| *last = (*last).max(id));
}

#[benchmarks]
mod benchmarks {
    use super::*;

    // A vintage of t tonnes makes t blocks, up to one for each proponent and one for the buffer.
    #[benchmark]
    fn issue(b: Linear<1, MAX_BLOCKS>) -> Result<(), BenchmarkError> {
        let each = MAX_PROPONENTS + 1;
        let vintages = (0..b.div_ceil(each))
            .map(|index| VintageTonnes {
                vintage: FIRST_VINTAGE + index as Vintage,
                tonnes: min(each, b - index * each).into(),
            })
            .collect();
        let (project, period) =
            T::BenchmarkHelper::issuable(terms(FirstTransfer::Issuance), vintages);
        let officer = T::BenchmarkHelper::officer(Action::IssueCredits, None);

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), project, period);

        assert_eq!(Blocks::<T>::iter_keys().count() as u32, b);
        Ok(())
    }

    #[benchmark]
    fn transfer(p: Linear<1, MAX_PARTS>) -> Result<(), BenchmarkError> {
        let (from, to) = (T::BenchmarkHelper::developer(0), T::BenchmarkHelper::developer(1));
        let parts = put_parts::<T>(p, from, BlockStatus::Held);
        let officer = T::BenchmarkHelper::officer(Action::TransferCredits, Some(from));

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), parts, to, Some(longest()));

        assert_eq!(BlocksOfOwner::<T>::iter_key_prefix(to).count() as u32, p);
        Ok(())
    }

    #[benchmark]
    fn retire(p: Linear<1, MAX_PARTS>) -> Result<(), BenchmarkError> {
        let owner = T::BenchmarkHelper::developer(0);
        let parts = put_parts::<T>(p, owner, BlockStatus::Held);
        let officer = T::BenchmarkHelper::officer(Action::RetireCredits, Some(owner));

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), parts, details(RetirementPurpose::Voluntary));

        assert_eq!(NationalTotals::<T>::get().first_transferred, Tonnes::from(p));
        Ok(())
    }

    #[benchmark]
    fn request_retirement(p: Linear<1, MAX_PARTS>) -> Result<(), BenchmarkError> {
        let owner = T::BenchmarkHelper::developer(0);
        for id in 1..MAX_REQUESTS_MADE {
            put_retirement_request::<T>(id.into(), owner, 1);
        }
        let parts = put_parts::<T>(p, owner, BlockStatus::Held);
        let officer = T::BenchmarkHelper::officer(Action::RetireCredits, Some(owner));

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), parts, international());

        let last = RequestId::from(MAX_REQUESTS_MADE);
        let blocks = RetirementRequests::<T>::get(last).map(|request| request.blocks.len());
        assert_eq!(blocks, Some(p as usize));
        Ok(())
    }

    #[benchmark]
    fn recognise_retirement(b: Linear<1, MAX_PARTS>) -> Result<(), BenchmarkError> {
        let owner = T::BenchmarkHelper::developer(0);
        for id in 1..MAX_REQUESTS_MADE {
            put_retirement_request::<T>(id.into(), owner, 1);
        }
        let id = RequestId::from(MAX_REQUESTS_MADE);
        put_retirement_request::<T>(id, owner, b);
        // A tonne each.
        DeductionRates::<T>::put(Deductions { share_of_proceeds: 1, overall_mitigation: 1 });
        let officer = T::BenchmarkHelper::officer(Action::RecogniseRetirement, None);

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), id);

        let tonnes = Tonnes::from(b) * TONNES;
        assert_eq!(Accounts::<T>::get().of(Account::International), tonnes - 2);
        assert_eq!(NationalTotals::<T>::get().first_transferred, tonnes);
        Ok(())
    }

    // Refused: what the owner takes back itself needs no look at the projects.
    #[benchmark]
    fn return_reserved(b: Linear<1, MAX_PARTS>) -> Result<(), BenchmarkError> {
        let owner = T::BenchmarkHelper::developer(0);
        for id in 1..MAX_REQUESTS_MADE {
            put_retirement_request::<T>(id.into(), owner, 1);
        }
        let id = RequestId::from(MAX_REQUESTS_MADE);
        put_retirement_request::<T>(id, owner, b);
        let officer = T::BenchmarkHelper::officer(Action::RecogniseRetirement, None);

        #[extrinsic_call]
        refuse_retirement(RawOrigin::Signed(officer), id, longest());

        assert_eq!(NationalTotals::<T>::get().held, Tonnes::from(b) * TONNES);
        Ok(())
    }

    #[benchmark]
    fn request_transfer() -> Result<(), BenchmarkError> {
        let (from, to) = (T::BenchmarkHelper::developer(0), T::BenchmarkHelper::developer(1));
        let project = T::BenchmarkHelper::project(0, terms(FirstTransfer::UseOrCancellation));
        fill_lists::<T>(project, from, to);
        let officer = T::BenchmarkHelper::officer(Action::RequestTransfer, Some(to));

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), project, Some(FIRST_VINTAGE), 1, from, to, Some(longest()));

        assert_eq!(RequestsFrom::<T>::get(from).len() as u32, MAX_REQUESTS);
        Ok(())
    }

    #[benchmark]
    fn approve_transfer(p: Linear<1, MAX_PARTS>) -> Result<(), BenchmarkError> {
        let (from, to) = (T::BenchmarkHelper::developer(0), T::BenchmarkHelper::developer(1));
        let (project, parts) = put_parts_of_one_project::<T>(p, from);
        fill_lists::<T>(project, from, to);
        let id = RequestId::from(MAX_REQUESTS);
        put_transfer_request::<T>(id, project, p.into(), (from, to));
        let officer = T::BenchmarkHelper::officer(Action::RequestTransfer, Some(from));

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), id, parts);

        assert_eq!(BlocksOfOwner::<T>::iter_key_prefix(to).count() as u32, p);
        Ok(())
    }

    #[benchmark]
    fn close_transfer_request() -> Result<(), BenchmarkError> {
        let (from, to) = (T::BenchmarkHelper::developer(0), T::BenchmarkHelper::developer(1));
        let id = RequestId::from(MAX_REQUESTS);
        fill_lists::<T>(1, from, to);
        put_transfer_request::<T>(id, 1, 1, (from, to));
        let officer = T::BenchmarkHelper::officer(Action::RequestTransfer, Some(from));

        #[extrinsic_call]
        reject_transfer(RawOrigin::Signed(officer), id, longest());

        assert!(!TransferRequests::<T>::contains_key(id));
        Ok(())
    }

    // Voluntary: a correction is no first transfer, and is of one project.
    #[benchmark]
    fn cancel(p: Linear<1, MAX_PARTS>) -> Result<(), BenchmarkError> {
        let owner = T::BenchmarkHelper::developer(0);
        let parts = put_parts::<T>(p, owner, BlockStatus::Held);
        let officer = T::BenchmarkHelper::officer(Action::CancelCredits, None);
        let (reason, corrects) = (CancellationReason::Voluntary, Corrects::Nothing);

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), parts, reason, corrects, longest());

        assert_eq!(NationalTotals::<T>::get().cancelled, Tonnes::from(p));
        Ok(())
    }

    // Release does the same, the other way.
    #[benchmark]
    fn hold(p: Linear<1, MAX_PARTS>) -> Result<(), BenchmarkError> {
        let owner = T::BenchmarkHelper::developer(0);
        let parts = put_parts::<T>(p, owner, BlockStatus::Held);
        let officer = T::BenchmarkHelper::officer(Action::HoldCredits, None);

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), parts, longest());

        assert_eq!(NationalTotals::<T>::get().on_hold, Tonnes::from(p));
        Ok(())
    }

    #[benchmark]
    fn release_buffer(p: Linear<1, MAX_PARTS>) -> Result<(), BenchmarkError> {
        // The last of the proponents.
        let to = T::BenchmarkHelper::developer(MAX_PROPONENTS - 1);
        let parts = put_parts::<T>(p, GOVERNMENT, BlockStatus::Buffer);
        let officer = T::BenchmarkHelper::officer(Action::ReleaseCredits, None);

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), parts, to);

        assert_eq!(BlocksOfOwner::<T>::iter_key_prefix(to).count() as u32, p);
        Ok(())
    }

    #[benchmark]
    fn pause_transfers() -> Result<(), BenchmarkError> {
        let officer = T::BenchmarkHelper::officer(Action::PauseTransfers, None);

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), longest());

        assert!(Paused::<T>::exists());
        Ok(())
    }

    #[benchmark]
    fn resume_transfers() -> Result<(), BenchmarkError> {
        Paused::<T>::put(Pause { reason: longest(), since: 0 });
        let officer = T::BenchmarkHelper::officer(Action::PauseTransfers, None);

        #[extrinsic_call]
        _(RawOrigin::Signed(officer));

        assert!(!Paused::<T>::exists());
        Ok(())
    }

    #[benchmark]
    fn set_deductions() -> Result<(), BenchmarkError> {
        let deductions = Deductions { share_of_proceeds: 50_000, overall_mitigation: 20_000 };
        let officer = T::BenchmarkHelper::officer(Action::ChangeSettings, None);

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), deductions);

        assert_eq!(DeductionRates::<T>::get(), deductions);
        Ok(())
    }

    #[benchmark]
    fn owner_suspended(
        r: Linear<0, MAX_TRANSFERS>,
        b: Linear<0, MAX_RESERVED>,
    ) -> Result<(), BenchmarkError> {
        let owner = T::BenchmarkHelper::developer(0);
        // The other sides are all different, and nobody looks whether they exist.
        let others = u32::MAX - MAX_TRANSFERS;
        for index in 0..r {
            let other = others + index;
            let sides = if index < MAX_REQUESTS { (owner, other) } else { (other, owner) };
            put_transfer_request::<T>(RequestId::from(index) + 1, 1, 1, sides);
        }
        let first = RequestId::from(r) + 1;
        let id_of = |index: u32| first + RequestId::from(index / MAX_PARTS);
        let ranges = put_blocks::<T>(b, owner, |index| BlockStatus::Reserved(id_of(index)));
        for (index, some) in ranges.chunks(MAX_PARTS as usize).enumerate() {
            put_request_of::<T>(first + index as RequestId, owner, some.to_vec());
        }

        #[block]
        {
            Pallet::<T>::owner_suspended(owner);
        }

        assert_eq!(TransferRequests::<T>::iter_keys().count(), 0);
        assert_eq!(NationalTotals::<T>::get().held, Tonnes::from(b) * TONNES);
        Ok(())
    }

    #[benchmark]
    fn owner_reactivated(b: Linear<0, MAX_HELD_FOR_SUSPENSION>) -> Result<(), BenchmarkError> {
        let owner = T::BenchmarkHelper::developer(0);
        let on_hold = BlockStatus::OnHold(HoldReason::OwnerSuspended);
        let starts: Vec<SerialNumber> =
            put_blocks::<T>(b, owner, |_| on_hold).iter().map(|range| range.start).collect();
        let starts: BoundedVec<_, ConstU32<MAX_HELD_FOR_SUSPENSION>> =
            starts.try_into().expect("no more than allowed");
        HeldForSuspension::<T>::insert(owner, starts);

        #[block]
        {
            Pallet::<T>::owner_reactivated(owner);
        }

        assert_eq!(NationalTotals::<T>::get().held, Tonnes::from(b) * TONNES);
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::ext(), crate::mock::Test);
}
