// SPDX-License-Identifier: Apache-2.0
//! What becomes of the demo's credits.

use super::{
    admin, id_of, manager,
    plans::{COMPLETED, EFATE, ENERGY, KELP, LAGOON, MALEKULA, METERED, PACIFIC, SANTO, TANNA},
    project_of, text, Demo,
};
use crate::officer::Officer;
use anyhow::{ensure, Context, Result};
use registry_client::{state::State, Call};
use registry_primitives::{
    credit::{
        Beneficiary, BlockStatus, CancellationReason, Corrects, Part, RetirementDetails,
        RetirementPurpose,
    },
    project::{ProjectStage, Purpose},
    CountryCode, OrganisationId, RequestId, SerialNumber, Tonnes, Vintage, GOVERNMENT,
};

const SOLAR: &str = "VCR-2021-001";
const FOREST: &str = "VCR-2022-004";

/// A transfer: project, vintage, from, to, tonnes.
type Move = (&'static str, Vintage, usize, usize, Tonnes);

/// Requests are found again by their references.
const APPROVED: &str = "Order 2025/3";
const REJECTED: &str = "Offer of March";
const WITHDRAWN: &str = "Entered twice";
const RECOGNISED: &str = "ITMO-2025-01";
const REFUSED: &str = "ITMO-2025-02";
const TAKEN_BACK: &str = "ITMO-2025-03";

fn details(
    purpose: RetirementPurpose,
    name: &str,
    country: &str,
    reference: &str,
) -> Result<RetirementDetails> {
    Ok(RetirementDetails {
        purpose,
        beneficiary: Beneficiary { name: text(name)?, country: country.parse()? },
        on_behalf_of: None,
        reason: Some(text("Emissions of the year that could not be avoided")?),
        reference: Some(text(reference)?),
    })
}

fn abroad(country: &str, entity: &str, reference: &str) -> Result<RetirementDetails> {
    let country: CountryCode = country.parse()?;
    let towards = Purpose::Ndc;
    let purpose =
        RetirementPurpose::InternationalTransfer { country, entity: text(entity)?, towards };
    details(purpose, entity, &country.to_string(), reference)
}

impl Demo<'_> {
    /// Moves credits, and asks for what others must answer.
    pub(super) async fn move_and_ask(&self) -> Result<()> {
        let state = self.state().await?;
        let mut calls = transfers(
            &state,
            &[
                (SOLAR, 2022, EFATE, TANNA, 4_000),
                (METERED, 2021, TANNA, SANTO, 12_500),
                (METERED, 2022, TANNA, EFATE, 31_000),
                ("VCR-2021-002", 2023, EFATE, MALEKULA, 1_250),
                (FOREST, 2022, SANTO, EFATE, 800),
            ],
        )?;
        self.ask(&state, &mut calls)?;
        self.decide_for_the_state(&state, &mut calls)?;
        self.propose_to_cancel(&state, &mut calls)?;
        self.send(calls).await
    }

    fn ask(&self, state: &State, calls: &mut Vec<(Officer, Call)>) -> Result<()> {
        let geothermal = project_of(state, METERED)?;
        let forest = project_of(state, FOREST)?;
        let solar = project_of(state, SOLAR)?;
        for (officer, project, vintage, quantity, from, to, reference) in [
            (manager(MALEKULA)?, solar, Some(2023), 600, EFATE, MALEKULA, APPROVED),
            (manager(SANTO)?, geothermal, None, 5_000, TANNA, SANTO, REJECTED),
            (self.manager.clone(), geothermal, Some(2023), 100, TANNA, EFATE, WITHDRAWN),
            (manager(KELP)?, forest, None, 50, SANTO, KELP, "First order"),
        ] {
            let reference = Some(reference.to_owned());
            let (from, to) = (id_of(from), id_of(to));
            let call = Call::RequestTransfer { project, vintage, quantity, from, to, reference };
            calls.push((officer, call));
        }
        for (owner, external_id, vintage, quantity, details) in [
            (TANNA, METERED, 2023, 10_000, abroad("CH", "Alpine Carbon Office", RECOGNISED)?),
            (TANNA, METERED, 2023, 2_000, abroad("SG", "Straits Airways", REFUSED)?),
            (TANNA, METERED, 2023, 300, abroad("SE", "Norrland Steel", TAKEN_BACK)?),
            (EFATE, SOLAR, 2023, 1_500, abroad("SE", "Norrland Steel", "ITMO-2025-04")?),
        ] {
            let parts =
                take(state, external_id, vintage, id_of(owner), BlockStatus::Held, quantity)?;
            calls.push((manager(owner)?, Call::RequestRetirement { parts, details }));
        }
        Ok(())
    }

    fn decide_for_the_state(&self, state: &State, calls: &mut Vec<(Officer, Call)>) -> Result<()> {
        let mut decide = |call| calls.push((self.admin.clone(), call));
        let held = |external_id, vintage, owner, quantity| {
            take(state, external_id, vintage, id_of(owner), BlockStatus::Held, quantity)
        };
        let ndc = RetirementPurpose::NdcUse { year: 2025 };
        decide(Call::RetireForTheState {
            parts: held(SOLAR, 2024, EFATE, 1_000)?,
            details: details(ndc, "Republic of Vanuatu", "VU", "First NDC, 2025")?,
        });
        let court = RetirementPurpose::LegalAction;
        decide(Call::RetireForTheState {
            parts: held("VCR-2022-006", 2024, LAGOON, 150)?,
            details: details(court, "Supreme Court", "VU", "Civil case 25/118")?,
        });
        decide(Call::Hold {
            parts: held(FOREST, 2023, SANTO, 300)?,
            reason: "The plots of one village are being measured again.".to_owned(),
        });
        decide(Call::ReleaseBuffer {
            parts: take(state, FOREST, 2022, GOVERNMENT, BlockStatus::Buffer, 100)?,
            to: id_of(SANTO),
        });
        let project = project_of(state, COMPLETED)?;
        let reason = Some("The mill has closed.".to_owned());
        decide(Call::CompleteProject { project, reason });
        Ok(())
    }

    /// Four: two will be approved, one withdrawn, one left open.
    fn propose_to_cancel(&self, state: &State, calls: &mut Vec<(Officer, Call)>) -> Result<()> {
        use CancellationReason::{ExcessIssuance, Reversal};
        let corrects = |external_id| -> Result<_> {
            Ok(Corrects::Issuance { project: project_of(state, external_id)?, period: 1 })
        };
        let (held, buffer) = (BlockStatus::Held, BlockStatus::Buffer);
        for (parts, reason, corrects, statement) in [
            (
                take(state, SOLAR, 2022, id_of(EFATE), held, 2_000)?,
                ExcessIssuance,
                corrects(SOLAR)?,
                "A meter was read twice.",
            ),
            (
                take(state, SOLAR, 2022, id_of(EFATE), held, 200)?,
                ExcessIssuance,
                corrects(SOLAR)?,
                "A meter was read twice.",
            ),
            (
                take(state, FOREST, 2022, GOVERNMENT, buffer, 150)?,
                Reversal,
                corrects(FOREST)?,
                "A cyclone felled a part of the forest.",
            ),
            (
                take(state, FOREST, 2023, GOVERNMENT, buffer, 40)?,
                Reversal,
                corrects(FOREST)?,
                "A fire burnt two hectares.",
            ),
        ] {
            let statement = statement.to_owned();
            let call = Box::new(Call::Cancel { parts, reason, corrects, statement });
            calls.push((self.admin.clone(), Call::Propose { call }));
        }
        Ok(())
    }

    /// Answers what was asked, and moves the same numbers again: a block that was split off is
    /// split in its turn.
    pub(super) async fn answer(&self) -> Result<()> {
        let state = self.state().await?;
        let mut calls = transfers(
            &state,
            &[
                (SOLAR, 2022, TANNA, SANTO, 1_500),
                (METERED, 2021, SANTO, MALEKULA, 2_500),
                (METERED, 2022, EFATE, TANNA, 6_000),
            ],
        )?;
        let parts = take(&state, SOLAR, 2023, id_of(EFATE), BlockStatus::Held, 600)?;
        let request = transfer_request(&state, APPROVED)?;
        calls.push((manager(EFATE)?, Call::ApproveTransfer { request, parts }));
        let reason = "Sold to somebody else.".to_owned();
        let request = transfer_request(&state, REJECTED)?;
        calls.push((manager(TANNA)?, Call::RejectTransfer { request, reason }));
        let request = transfer_request(&state, WITHDRAWN)?;
        calls.push((self.manager.clone(), Call::CancelTransferRequest { request }));

        // The ministry, because all of it is energy.
        let request = retirement_request(&state, RECOGNISED)?;
        calls.push((admin(ENERGY)?, Call::RecogniseRetirement { request }));
        let reason = "No cooperative approach with this airline is in force.".to_owned();
        let request = retirement_request(&state, REFUSED)?;
        calls.push((self.admin.clone(), Call::RefuseRetirement { request, reason }));
        let request = retirement_request(&state, TAKEN_BACK)?;
        calls.push((manager(TANNA)?, Call::CancelRetirementRequest { request }));

        let on_hold = BlockStatus::OnHold(registry_primitives::credit::HoldReason::Government);
        let parts = take(&state, FOREST, 2023, id_of(SANTO), on_hold, 200)?;
        calls.push((self.admin.clone(), Call::Release { parts }));
        let wanted =
            |call: &Call| matches!(call, Call::Cancel { parts, .. } if parts[0].quantity == 40);
        for (id, call) in self.waiting(wanted).await? {
            let wrong = matches!(&call, Call::Cancel { parts, .. } if parts[0].quantity == 2_000);
            calls.push(match wrong {
                true => (self.admin.clone(), Call::Withdraw { id }),
                false => (self.deputy.clone(), Call::Approve { id }),
            });
        }
        let reason = "Its accreditation has lapsed.".to_owned();
        let suspend = Call::SuspendOrganisation { id: id_of(PACIFIC), reason };
        calls.push((self.manager.clone(), suspend));
        self.send(calls).await?;

        let state = self.state().await?;
        // An approved call that fails fails no transaction.
        let cancelled: Vec<_> = state.cancellations.values().map(|each| each.quantity).collect();
        ensure!(cancelled.contains(&200) && cancelled.contains(&150), "cancelled {cancelled:?}");
        ensure!(state.accounts.international == 9_300, "5 % and 2 % are deducted from 10 000 t");
        Ok(())
    }

    pub(super) async fn retire_and_suspend(&self) -> Result<()> {
        use RetirementPurpose::{NationalCompliance, Voluntary};
        let state = self.state().await?;
        let mut calls = Vec::new();
        for (external_id, vintage, owner, quantity, purpose, name, country) in [
            (SOLAR, 2022, SANTO, 500, Voluntary, "Hotel Erakor", "VU"),
            (SOLAR, 2023, EFATE, 2_000, NationalCompliance, "Unelco cement works", "VU"),
            (METERED, 2022, TANNA, 6_000, Voluntary, "Nordwind AG", "CH"),
            (FOREST, 2023, MALEKULA, 77, Voluntary, "Élodie’s Bakery", "FR"),
        ] {
            let parts =
                take(&state, external_id, vintage, id_of(owner), BlockStatus::Held, quantity)?;
            let details = details(purpose, name, country, &format!("{name} {vintage}"))?;
            calls.push((manager(owner)?, Call::Retire { parts, details }));
        }
        calls.push((self.admin.clone(), Call::ReactivateOrganisation { id: id_of(PACIFIC) }));
        let reason = "Two annual accounts are missing.".to_owned();
        let suspend = Call::SuspendOrganisation { id: id_of(LAGOON), reason };
        calls.push((self.manager.clone(), suspend));
        self.send(calls).await?;

        // Each stage of a project can be looked at.
        let state = self.state().await?;
        for stage in ProjectStage::ALL {
            let seen = state.projects.values().any(|project| project.stage == *stage);
            ensure!(seen, "no project is {stage}");
        }
        Ok(())
    }
}

fn transfers(state: &State, plan: &[Move]) -> Result<Vec<(Officer, Call)>> {
    let mut calls = Vec::new();
    for (external_id, vintage, from, to, quantity) in plan {
        let parts = take(state, external_id, *vintage, id_of(*from), BlockStatus::Held, *quantity)?;
        let reference = Some(format!("{external_id}/{vintage}"));
        let to = id_of(*to);
        calls.push((manager(*from)?, Call::Transfer { parts, to, reference }));
    }
    Ok(calls)
}

/// Tonnes of the largest block that an organisation has of a project's vintage, in a status; all of
/// it if there are not so many.
fn take(
    state: &State,
    external_id: &str,
    vintage: Vintage,
    owner: OrganisationId,
    status: BlockStatus,
    quantity: Tonnes,
) -> Result<Vec<Part>> {
    let project = project_of(state, external_id)?;
    let (start, available): (SerialNumber, Tonnes) = state
        .blocks
        .iter()
        .filter(|(_, block)| {
            block.project == project
                && block.vintage == vintage
                && block.owner == owner
                && block.status == status
        })
        .map(|(start, block)| (*start, block.range(*start).quantity()))
        .max_by_key(|(_, quantity)| *quantity)
        .with_context(|| {
            format!("organisation {owner} has credits of {external_id}, {vintage}, {status:?}")
        })?;
    Ok(vec![Part { start, quantity: quantity.min(available) }])
}

fn transfer_request(state: &State, reference: &str) -> Result<RequestId> {
    let mut requests = state.transfer_requests.iter();
    let found = requests.find(|(_, request)| {
        request.reference.as_ref().is_some_and(|text| text.to_text() == reference)
    });
    found.map(|(id, _)| *id).with_context(|| format!("the request {reference} waits"))
}

fn retirement_request(state: &State, reference: &str) -> Result<RequestId> {
    let mut requests = state.retirement_requests.iter();
    let found = requests.find(|(_, request)| {
        request.details.reference.as_ref().is_some_and(|text| text.to_text() == reference)
    });
    found.map(|(id, _)| *id).with_context(|| format!("the request {reference} waits"))
}
