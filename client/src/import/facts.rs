// SPDX-License-Identifier: Apache-2.0
//! What the chain has of those whom the files name.

use super::rows::{Of, Organisations, Users};
use crate::{directory, views, AccountId32, AtBlock, ClientError, Registry};
use futures::{future, stream, StreamExt, TryStreamExt};
use registry_primitives::{
    organisation::{Member, Organisation, MAX_TAX_ID},
    Action, CountryCode, MemberRole, OrganisationId, Reach, Text, GOVERNMENT,
};
use std::collections::{BTreeMap, BTreeSet};

/// Questions that a node is asked at once.
const QUESTIONS: usize = 32;

type TaxId = Text<MAX_TAX_ID>;

/// What the chain has of those whom the files name.
pub struct Facts {
    /// The registry's country.
    pub country: CountryCode,
    /// By the tax identifier that they have now.
    pub organisations: BTreeMap<TaxId, (OrganisationId, Organisation)>,
    /// By the bytes of the account. Strangers are not in it.
    pub standings: BTreeMap<[u8; 32], Standing>,
    /// The role of whoever signs, where that is known.
    pub signer: Option<MemberRole>,
}

/// How an account stands that the registry knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    /// It is a member.
    Member(Member),
    /// It was let in once and is no member now.
    Former,
}

impl Facts {
    /// Looks up everybody whom the files name.
    pub async fn gather(
        at: &AtBlock,
        organisations: &Organisations,
        users: &Users,
        signer: Option<&AccountId32>,
    ) -> Result<Self, ClientError> {
        let government = views::organisation(at, GOVERNMENT).await?;
        let government = government.ok_or_else(|| invalid("the chain has no Government"))?;
        let tax_ids = organisations.all.iter().map(|each| &each.tax_id);
        let tax_ids = tax_ids.chain(users.all.iter().filter_map(|user| match &user.of {
            Of::TaxId(tax_id) => Some(tax_id),
            Of::Government => None,
        }));
        // Collected, so that what asks can be sent between threads.
        let tax_ids: BTreeSet<TaxId> = tax_ids.cloned().collect();
        let accounts: Vec<_> = users.all.iter().filter_map(|user| user.account).collect();
        let found = stream::iter(tax_ids).map(|tax_id| organisation(at, tax_id));
        let standings = stream::iter(accounts).map(|account| standing(at, account));
        let found = found.buffered(QUESTIONS).try_filter_map(future::ok);
        let standings = standings.buffered(QUESTIONS).try_filter_map(future::ok);
        Ok(Self {
            country: government.details.country,
            organisations: found.try_collect().await?,
            standings: standings.try_collect().await?,
            signer: match signer {
                Some(signer) => Some(officer(at, signer).await?),
                None => None,
            },
        })
    }
}

/// The organisation that has a tax identifier, with its number.
async fn organisation(
    at: &AtBlock,
    tax_id: TaxId,
) -> Result<Option<(TaxId, (OrganisationId, Organisation))>, ClientError> {
    let Some(id) = directory::organisation_by_tax_id(at, &tax_id).await? else { return Ok(None) };
    let found = views::organisation(at, id).await?;
    Ok(found.map(|found| (tax_id, (id, found))))
}

/// How an account stands, with its bytes.
async fn standing(
    at: &AtBlock,
    account: AccountId32,
) -> Result<Option<([u8; 32], Standing)>, ClientError> {
    let standing = match views::member(at, account).await? {
        Some(member) => Some(Standing::Member(member)),
        None if directory::was_let_in(at, &account).await? => Some(Standing::Former),
        None => None,
    };
    Ok(standing.map(|standing| (account.0, standing)))
}

/// What whoever imports must be allowed, of any organisation.
pub const NEEDED: [Action; 2] = [Action::CreateOrganisation, Action::ManageMembers];

/// The role of whoever signs, if that may create organisations and add members to them.
async fn officer(at: &AtBlock, signer: &AccountId32) -> Result<MemberRole, ClientError> {
    let may = views::permissions_of(at, *signer).await?;
    if !NEEDED.into_iter().all(|action| may.contains(&(action, Reach::Any))) {
        let who = "the Government's Root and its Admins may";
        return Err(invalid(&format!("{signer} may not import: {who}")));
    }
    let member = views::member(at, *signer).await?;
    Ok(member.ok_or_else(|| invalid("the signer is no member"))?.role)
}

fn invalid(sentence: &str) -> ClientError {
    ClientError::Invalid(sentence.to_owned())
}

/// The chain at its last final block, by the node's own word: the connection may not know yet.
pub async fn at_last(registry: &Registry) -> Result<AtBlock, ClientError> {
    let block = registry.rpc.chain_get_finalized_head().await;
    let block = block.map_err(|error| invalid(&error.to_string()))?;
    Ok(registry.api.at_block(block).await.map_err(subxt::Error::from)?)
}
