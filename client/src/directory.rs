// SPDX-License-Identifier: Apache-2.0
//! Who is who: organisations by their tax identifier, accounts that the registry knows.

use crate::{chain, AccountId32, AtBlock, ClientError};
use registry_primitives::{organisation::MAX_TAX_ID, OrganisationId, Text};

/// The number of the organisation that has a tax identifier now.
pub async fn organisation_by_tax_id(
    at: &AtBlock,
    tax_id: &Text<MAX_TAX_ID>,
) -> Result<Option<OrganisationId>, ClientError> {
    let key = chain::runtime_types::registry_primitives::text::Text(tax_id.0.to_vec());
    let address = chain::storage().organisations().organisation_by_tax_id();
    let found = at.storage().try_fetch(address, (key,)).await.map_err(subxt::Error::from)?;
    let found = found.map(|found| found.decode()).transpose();
    found.map_err(|error| ClientError::Invalid(error.to_string()))
}

/// Whether an account was ever let in: as a member, or as a member of the council. The chain keeps
/// the accounts of those who left, so that their old transactions are never valid again.
pub async fn was_let_in(at: &AtBlock, account: &AccountId32) -> Result<bool, ClientError> {
    let address = chain::storage().system().account();
    let found = at.storage().try_fetch(address, (*account,)).await.map_err(subxt::Error::from)?;
    let found = found.map(|found| found.decode()).transpose();
    let found = found.map_err(|error| ClientError::Invalid(error.to_string()))?;
    Ok(found.is_some_and(|account| account.providers > 0))
}
