// SPDX-License-Identifier: Apache-2.0
//! Whether the chain holds what the model says.

use crate::{
    calls::{account_of, article6, between, encoded, owners, purpose},
    common::registry::Registry,
    reference::{Block, Record, State, Status},
};
use registry_primitives::{
    credit::{self, BlockStatus, Ranges, Totals},
    organisation::OrganisationStatus,
    project::Vintages,
    ActionClass,
};
use std::collections::BTreeMap;

/// Compares everything.
pub fn assert_same(chain: &Registry, model: &State) {
    organisations(chain, model);
    approvals(chain, model);
    projects(chain, model);
    records(chain, model);
    blocks(chain, model);
}

/// Fails with the place and both sides; only the place is written when they are alike.
macro_rules! same {
    ($chain:expr, $model:expr, $($place:tt)*) => {
        assert_eq!($chain, $model, "the chain (left) and the model differ: {}", format_args!($($place)*))
    };
}

fn organisations(chain: &Registry, model: &State) {
    same!(chain.organisations.len(), model.organisations.len(), "organisations");
    for (id, expected) in &model.organisations {
        let found = &chain.organisations[id];
        let details = &found.details;
        let active = found.status == OrganisationStatus::Active;
        same!((found.role, active), (expected.role, expected.active), "organisation {id}");
        let expected = &expected.details;
        same!(details.name.to_text(), expected.name, "name of {id}");
        same!(details.tax_id.to_text(), expected.tax_id, "tax id of {id}");
        same!(details.country, expected.country, "country of {id}");
        same!(*details.sectoral_scopes, expected.scopes, "scopes of {id}");
    }
    let members = |of: &State| -> BTreeMap<_, _> {
        of.members.iter().map(|(place, member)| (account_of(*place), *member)).collect()
    };
    let found: BTreeMap<_, _> = (chain.members.iter())
        .map(|(account, member)| (account.clone(), (member.organisation, member.role)))
        .collect();
    same!(found, members(model), "members");
}

fn approvals(chain: &Registry, model: &State) {
    for class in ActionClass::ALL {
        let found = chain.thresholds.get(class).copied().unwrap_or(1);
        same!(found, model.threshold(*class), "threshold of {class}");
    }
    same!(chain.proposals.len(), model.proposals.len(), "proposals");
    for (id, expected) in &model.proposals {
        let found = &chain.proposals[id];
        same!(found.organisation, expected.organisation, "proposal {id}");
        same!(found.action, expected.action, "proposal {id}");
        same!(found.call.to_vec(), encoded(&expected.call), "call of proposal {id}");
        same!(found.proposer, account_of(expected.proposer), "proposer of {id}");
        let approvals: Vec<_> = expected.approvals.iter().map(|by| account_of(*by)).collect();
        same!(found.approvals.to_vec(), approvals, "approvals of {id}");
    }
}

fn projects(chain: &Registry, model: &State) {
    same!(chain.projects.len(), model.projects.len(), "projects");
    let documents: usize = model.projects.values().map(|project| project.documents.len()).sum();
    same!(chain.documents.len(), documents, "documents");
    for (id, expected) in &model.projects {
        let found = &chain.projects[id];
        let registration = &found.registration;
        same!(registration.external_id.to_text(), expected.external_id, "project {id}");
        same!(registration.sectoral_scope, expected.scope, "scope of {id}");
        same!(registration.crediting_period, between(expected.crediting), "crediting of {id}");
        same!(registration.proponents, owners(&expected.proponents), "proponents of {id}");
        same!(*registration.certifiers, expected.certifiers, "certifiers of {id}");
        same!(found.stage, expected.stage, "stage of {id}");
        same!(found.validated_estimate, expected.estimate, "estimate of {id}");
        same!(found.authorised, expected.authorised, "authorised of {id}");
        same!(found.article6, expected.terms.clone().map(article6), "terms of {id}");
        same!(found.buffer_rate, expected.buffer, "buffer of {id}");
        same!(found.issued, expected.issued, "issued of {id}");
        same!(found.first_transferred, expected.first_transferred, "first transferred of {id}");
        for (index, expected) in expected.documents.iter().enumerate() {
            let found = &chain.documents[&(*id, index as u32 + 1)];
            let what = (found.kind, found.status);
            same!(what, (expected.kind, expected.status), "document {index} of {id}");
        }
        let none = BTreeMap::new();
        let periods = chain.periods.get(id).unwrap_or(&none);
        same!(periods.len(), expected.periods.len(), "periods of {id}");
        for (found, expected) in periods.values().zip(&expected.periods) {
            let period = between((expected.from, expected.to));
            same!(found.reported.period, period, "a period of {id}");
            same!(by_year(&found.reported.vintages), expected.reported, "reported of {id}");
            same!(by_year(&found.verified), expected.verified, "verified of {id}");
            same!(found.stage, expected.stage, "a period's stage of {id}");
        }
        same!(found.proponent_changes, expected.changes, "changes of {id}");
        let change = chain.proponent_changes.get(id).map(|change| {
            (change.number, change.proponents.clone(), change.consents.clone().into_inner())
        });
        let expected_change = expected
            .change
            .as_ref()
            .map(|change| (change.number, owners(&change.proponents), change.consents.clone()));
        same!(change, expected_change, "change of {id}");
        let standing = chain.certifications.range((*id, 0)..(*id + 1, 0));
        let standing: Vec<_> = standing
            .filter(|((_, certifier), certification)| {
                chain.organisations[certifier].suspensions == certification.suspensions
            })
            .map(|((_, certifier), _)| *certifier)
            .collect();
        let certified: Vec<_> = expected.certified.iter().copied().collect();
        same!(standing, certified, "certified by, of {id}");
    }
}

fn by_year(vintages: &Vintages) -> BTreeMap<u16, u64> {
    vintages.iter().map(|each| (each.vintage, each.tonnes)).collect()
}

fn record(owner: u32, quantity: u64, ranges: &Ranges) -> Record {
    let ranges = ranges.iter().map(|range| (range.start, range.end)).collect();
    Record { owner, quantity, ranges }
}

fn records(chain: &Registry, model: &State) {
    let retirements: BTreeMap<_, _> = (chain.retirements.iter())
        .map(|(id, each)| (*id, record(each.by, each.quantity, &each.blocks)))
        .collect();
    // The order of a record's ranges says nothing.
    same!(sorted(retirements), sorted(model.retirements.clone()), "retirements");
    let cancellations: BTreeMap<_, _> = (chain.cancellations.iter())
        .map(|(id, each)| (*id, record(each.owner, each.quantity, &each.blocks)))
        .collect();
    let expected = model.cancellations.iter().map(|(id, (_, record))| (*id, record.clone()));
    same!(sorted(cancellations), sorted(expected.collect()), "cancellations");
    for (id, (reason, _)) in &model.cancellations {
        same!(chain.cancellations[id].reason, *reason, "reason of cancellation {id}");
    }
    let requests: BTreeMap<_, _> = (chain.retirement_requests.iter())
        .map(|(id, each)| (*id, record(each.by, each.quantity, &each.blocks)))
        .collect();
    let expected = model.retirement_requests.iter().map(|(id, (_, record))| (*id, record.clone()));
    same!(sorted(requests), sorted(expected.collect()), "requests for retirements");
    for (id, (of, _)) in &model.retirement_requests {
        let found = &chain.retirement_requests[id].details.purpose;
        same!(*found, purpose(*of), "purpose of request {id}");
    }
    same!(chain.transfer_requests.len(), model.transfers.len(), "requests for transfers");
    for (id, expected) in &model.transfers {
        let found = &chain.transfer_requests[id];
        same!(
            (found.project, found.vintage, found.quantity),
            (expected.project, expected.vintage, expected.quantity),
            "what request {id} asks for"
        );
        same!(
            (found.from, found.to, found.initiator),
            (expected.from, expected.to, expected.initiator),
            "whose request {id} is"
        );
    }
    let credit::CountryAccounts { domestic, international, overall_mitigation, share_of_proceeds } =
        chain.accounts;
    let expected = model.accounts;
    same!(
        (domestic, international, overall_mitigation, share_of_proceeds),
        (expected.domestic, expected.international, expected.mitigation, expected.proceeds),
        "the country's accounts"
    );
    same!(chain.paused.is_some(), model.paused, "paused");
    let deductions = chain.deductions;
    let deductions = (deductions.share_of_proceeds, deductions.overall_mitigation);
    same!(deductions, model.deductions, "deductions");
}

fn sorted(mut records: BTreeMap<u64, Record>) -> BTreeMap<u64, Record> {
    records.values_mut().for_each(|record| record.ranges.sort_unstable());
    records
}

fn blocks(chain: &Registry, model: &State) {
    let found: BTreeMap<_, _> =
        chain.blocks.iter().map(|(start, block)| (*start, plain(block))).collect();
    same!(found, model.blocks, "blocks");
    let mut vintages: BTreeMap<_, Totals> = BTreeMap::new();
    let mut national = Totals::default();
    for (start, block) in &model.blocks {
        let of_vintage = vintages.entry((block.project, block.vintage)).or_default();
        for totals in [of_vintage, &mut national] {
            add(totals, block, block.end - start + 1);
        }
    }
    same!(chain.vintages, vintages, "totals of vintages");
    same!(chain.national, national, "national totals");
}

fn add(totals: &mut Totals, block: &Block, quantity: u64) {
    totals.issued += quantity;
    if block.first_transferred {
        totals.first_transferred += quantity;
    }
    let of_status = match block.status {
        Status::Held => &mut totals.held,
        Status::OnHold(_) => &mut totals.on_hold,
        Status::Reserved(_) => &mut totals.reserved,
        Status::Retired(_) => &mut totals.retired,
        Status::Cancelled(_) => &mut totals.cancelled,
        Status::Buffer => &mut totals.buffer,
    };
    *of_status += quantity;
}

fn plain(block: &credit::Block) -> Block {
    let credit::Block { end, project, vintage, owner, status, first_transferred, parent } =
        block.clone();
    let status = match status {
        BlockStatus::Held => Status::Held,
        BlockStatus::OnHold(reason) => Status::OnHold(reason),
        BlockStatus::Reserved(id) => Status::Reserved(id),
        BlockStatus::Retired(id) => Status::Retired(id),
        BlockStatus::Cancelled(id) => Status::Cancelled(id),
        BlockStatus::Buffer => Status::Buffer,
    };
    Block { end, project, vintage, owner, status, first_transferred, parent }
}
