// SPDX-License-Identifier: Apache-2.0
//! What the chain has of those whom the files name, and sending what it has not.

use super::{
    plan::{Facts, Standing},
    rows::{Of, Organisations, Users},
};
use anyhow::{bail, Context, Result};
use futures::{future, stream, StreamExt, TryStreamExt};
use registry_client::{
    directory, finished, views, AccountId32, AtBlock, Call, ClientError, Registry, H256,
};
use registry_primitives::{Action, MemberRole, OrganisationId, Reach, GOVERNMENT};
use std::collections::BTreeSet;
use subxt::utils::MultiSignature;
use subxt_signer::sr25519::Keypair;

/// Questions that a node is asked at once.
const QUESTIONS: usize = 32;
/// Transactions that wait for their block at once. Few enough not to crowd out other organisations.
const TRANSACTIONS: usize = 16;

/// Looks up everybody whom the files name.
pub async fn gather(
    at: &AtBlock,
    organisations: &Organisations,
    users: &Users,
    signer: Option<&AccountId32>,
) -> Result<Facts> {
    let government = views::organisation(at, GOVERNMENT).await?;
    let government = government.context("the chain has no Government")?;
    let mut tax_ids: BTreeSet<_> = organisations.all.iter().map(|each| &each.tax_id).collect();
    tax_ids.extend(users.all.iter().filter_map(|user| match &user.of {
        Of::TaxId(tax_id) => Some(tax_id),
        Of::Government => None,
    }));
    let found = stream::iter(tax_ids).map(|tax_id| async move {
        let Some(id) = directory::organisation_by_tax_id(at, tax_id).await? else {
            return Ok(None);
        };
        let found = views::organisation(at, id).await?;
        Ok::<_, ClientError>(found.map(|found| (tax_id.clone(), (id, found))))
    });
    let accounts = stream::iter(users.all.iter().filter_map(|user| user.account));
    let standings = accounts.map(|account| async move {
        let standing = match views::member(at, account).await? {
            Some(member) => Some(Standing::Member(member)),
            None if directory::was_let_in(at, &account).await? => Some(Standing::Former),
            None => None,
        };
        Ok::<_, ClientError>(standing.map(|standing| (account.0, standing)))
    });
    let found = found.buffered(QUESTIONS).try_filter_map(future::ok);
    let standings = standings.buffered(QUESTIONS).try_filter_map(future::ok);
    Ok(Facts {
        country: government.details.country,
        organisations: found.try_collect().await?,
        standings: standings.try_collect().await?,
        signer: match signer {
            Some(signer) => Some(officer(at, signer).await?),
            None => None,
        },
    })
}

/// The role of whoever signs, if that may create organisations and add members to them.
async fn officer(at: &AtBlock, signer: &AccountId32) -> Result<MemberRole> {
    let may = views::permissions_of(at, *signer).await?;
    for action in [Action::CreateOrganisation, Action::ManageMembers] {
        if !may.contains(&(action, Reach::Any)) {
            bail!("{signer} may not import: the Government's Root and its Admins may");
        }
    }
    let member = views::member(at, *signer).await?;
    Ok(member.context("the signer is no member")?.role)
}

/// The chain at a final block.
pub async fn at(registry: &Registry, block: H256) -> Result<AtBlock> {
    Ok(registry.api.at_block(block).await.map_err(subxt::Error::from)?)
}

/// The chain at its last final block, by the node's own word: the connection may not know yet.
pub async fn at_last(registry: &Registry) -> Result<AtBlock> {
    at(registry, registry.rpc.chain_get_finalized_head().await?).await
}

/// The number of an organisation.
pub async fn number(at: &AtBlock, of: &Of) -> Result<OrganisationId> {
    let Of::TaxId(tax_id) = of else { return Ok(GOVERNMENT) };
    let found = directory::organisation_by_tax_id(at, tax_id).await?;
    found.with_context(|| format!("no organisation has the tax identifier “{tax_id}” any more"))
}

/// Signs calls and waits until each is final. Some are on their way at once, and what became of each
/// is told in their order; after one that failed no more are sent.
pub async fn send<T>(
    registry: &Registry,
    key: &Keypair,
    calls: Vec<(T, Call)>,
    mut told: impl AsyncFnMut(T, Result<H256>) -> Result<()>,
) -> Result<()> {
    let account = AccountId32(key.public_key().0);
    let mut calls = calls.into_iter();
    loop {
        let mut nonce = registry.next_nonce(&account).await?;
        let mut sent = Vec::new();
        for (what, call) in calls.by_ref().take(TRANSACTIONS) {
            let outcomes = submit(registry, key, &account, &call, nonce).await;
            let refused = outcomes.is_err();
            sent.push((what, outcomes));
            if refused {
                break;
            }
            nonce += 1;
        }
        if sent.is_empty() {
            return Ok(());
        }
        let mut failed = 0;
        for (what, outcomes) in sent {
            let outcome = match outcomes {
                Ok(outcomes) => finished(outcomes).await,
                Err(error) => Err(error),
            };
            failed += usize::from(outcome.is_err());
            told(what, outcome.map_err(anyhow::Error::from)).await?;
        }
        if failed > 0 {
            bail!(
                "{} failed, and what was created stays; import again when the reason is gone: \
                 nothing is done twice",
                super::counted(failed, "row")
            );
        }
    }
}

async fn submit(
    registry: &Registry,
    key: &Keypair,
    account: &AccountId32,
    call: &Call,
    nonce: u64,
) -> Result<impl futures::Stream<Item = registry_client::Outcome> + Unpin, ClientError> {
    let payload = registry.prepare_with_nonce(account, call, nonce).await?;
    let at = registry.at_finalised().await?;
    let signature = MultiSignature::Sr25519(key.sign(&payload.to_sign(&at)?).0);
    let (_, outcomes) = registry.submit(payload.sign_with(&at, &signature)?).await?;
    Ok(outcomes)
}
