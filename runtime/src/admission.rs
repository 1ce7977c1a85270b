// SPDX-License-Identifier: Apache-2.0
//! Who may send transactions at all.

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;

use crate::{
    configs::{NormalTime, QuotaCapacity, RuntimeBlockLength},
    AccountId, AdmissionQuota, Nonce, Organisations, RegistryCouncil, Runtime, RuntimeCall,
    Validators,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
    dispatch::{DispatchClass, DispatchInfo, PostDispatchInfo},
    pallet_prelude::{InvalidTransaction, TransactionSource, TransactionValidityError},
    traits::Contains,
    weights::Weight,
};
use frame_system::{AuthorizeCall, CheckNonce};
use pallet_admission::Cost;
use registry_primitives::{OrganisationId, Refusal};
use scale_info::TypeInfo;
use sp_runtime::{
    traits::{
        AsSystemOriginSigner, DispatchInfoOf, Implication, TransactionExtension, ValidateResult,
    },
    DispatchResult,
};

/// `InvalidTransaction::Custom` of an account that is not a member of any organisation.
pub const NOT_A_MEMBER: u8 = 1;
/// `InvalidTransaction::Custom` of a member of a suspended organisation.
pub const ORGANISATION_SUSPENDED: u8 = 2;
/// `InvalidTransaction::Custom` of a call of governance by somebody who is neither in the council nor
/// a validator: blocks keep a part for those.
pub const RESERVED_FOR_GOVERNANCE: u8 = 3;

/// What it costs to admit a transaction, the check of its nonce included.
pub trait WeightInfo {
    /// A member of an active organisation.
    fn admit_member() -> Weight;
    /// Somebody whom only the council or the validators know.
    fn admit_councillor() -> Weight;
}

/// Who pays for a transaction with its share of the chain's time.
#[derive(
    Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, Clone, Eq, PartialEq, Debug, TypeInfo,
)]
pub enum Payer {
    /// A member's organisation, all its members together.
    Organisation(OrganisationId),
    /// Somebody who acts for the network: a member of the council, a validator.
    Official(AccountId),
}

/// Refuses transactions of accounts that may not act, before they reach the pool; and keeps those of
/// payers who have used up their share of the chain's time out of the block, so that they wait.
///
/// Members of active organisations, the council and the validators are admitted. The more a payer has
/// left of its share, the sooner its transaction is taken; governance comes before everything. The
/// check wraps [`CheckNonce`] and has its identifier and encoding, so that to wallets it is nothing
/// else.
///
/// What nobody's account signed is admitted if it is a call that authorises itself: an operator's
/// report to the bridge. That check, [`AuthorizeCall`], is wrapped too, and encodes to nothing.
#[derive(Encode, Decode, DecodeWithMemTracking, Clone, Eq, PartialEq, Debug, TypeInfo)]
pub struct Admission(pub CheckNonce<Runtime>);

impl Admission {
    /// For the signer's next transaction.
    pub fn from(nonce: Nonce) -> Self {
        Self(CheckNonce::from(nonce))
    }

    fn admit(who: &AccountId, class: DispatchClass) -> Result<Payer, InvalidTransaction> {
        let official = || RegistryCouncil::is_member(who) || Validators::is_validator(who);
        if class == DispatchClass::Operational {
            return match official() {
                true => Ok(Payer::Official(who.clone())),
                false => Err(InvalidTransaction::Custom(RESERVED_FOR_GOVERNANCE)),
            };
        }
        let refusal = match Organisations::admit(who) {
            Ok(organisation) => return Ok(Payer::Organisation(organisation)),
            Err(refusal) => refusal,
        };
        if official() {
            return Ok(Payer::Official(who.clone()));
        }
        Err(InvalidTransaction::Custom(match refusal {
            Refusal::OrganisationSuspended => ORGANISATION_SUSPENDED,
            // Admission asks for no action, so it is never the others.
            Refusal::NotAMember
            | Refusal::NotSigned
            | Refusal::NotPermitted
            | Refusal::ApprovalsNeeded => NOT_A_MEMBER,
        }))
    }
}

/// What a transaction costs its payer: its time, or the time that its share of a block's length is
/// worth, whichever is more.
fn cost(info: &DispatchInfo, time: Weight, len: usize) -> Cost {
    let longest = u64::from(*RuntimeBlockLength::get().max.get(info.class));
    let of_length = NormalTime::get() / longest.max(1) * len as u64;
    time.ref_time().max(of_length)
}

/// How soon a transaction is taken: by what its payer has left, in millionths; governance first.
fn priority(class: DispatchClass, left: Cost) -> u64 {
    const GOVERNANCE: u64 = 1 << 32;
    let share = (left / (QuotaCapacity::get() / 1_000_000).max(1)).min(1_000_000);
    match class {
        DispatchClass::Operational => GOVERNANCE + share,
        DispatchClass::Normal | DispatchClass::Mandatory => share,
    }
}

impl TransactionExtension<RuntimeCall> for Admission {
    const IDENTIFIER: &'static str = <CheckNonce<Runtime> as TransactionExtension<_>>::IDENTIFIER;
    type Implicit = <CheckNonce<Runtime> as TransactionExtension<RuntimeCall>>::Implicit;
    type Val = (<CheckNonce<Runtime> as TransactionExtension<RuntimeCall>>::Val, Option<Payer>);
    type Pre =
        (<CheckNonce<Runtime> as TransactionExtension<RuntimeCall>>::Pre, Option<(Payer, Cost)>);

    fn weight(&self, call: &RuntimeCall) -> Weight {
        type Measured = crate::weights::admission::WeightInfo<Runtime>;
        let admitted = Measured::admit_member().max(Measured::admit_councillor());
        admitted.saturating_add(AuthorizeCall::<Runtime>::new().weight(call))
    }

    fn validate(
        &self,
        origin: <Runtime as frame_system::Config>::RuntimeOrigin,
        call: &RuntimeCall,
        info: &DispatchInfoOf<RuntimeCall>,
        len: usize,
        self_implicit: Self::Implicit,
        inherited_implication: &impl Implication,
        source: TransactionSource,
    ) -> ValidateResult<Self::Val, RuntimeCall> {
        // What is stopped would change nothing, and so could be handed in again and again.
        if origin.as_system_origin_signer().is_none()
            && !<Runtime as frame_system::Config>::BaseCallFilter::contains(call)
        {
            return Err(InvalidTransaction::Call.into());
        }
        let (authorised, _, origin) = AuthorizeCall::<Runtime>::new().validate(
            origin,
            call,
            info,
            len,
            (),
            inherited_implication,
            source,
        )?;
        let mut payer = None;
        let mut left = 0;
        if let Some(who) = origin.as_system_origin_signer() {
            let admitted = Self::admit(who, info.class)?;
            left = AdmissionQuota::left(admitted.clone());
            // In the pool it waits, behind everybody else's.
            if left == 0 && source == TransactionSource::InBlock {
                return Err(InvalidTransaction::ExhaustsResources.into());
            }
            payer = Some(admitted);
        }
        let (valid, nonce, origin) = self.0.validate(
            origin,
            call,
            info,
            len,
            self_implicit,
            inherited_implication,
            source,
        )?;
        let mut valid = authorised.combine_with(valid);
        if payer.is_some() {
            valid.priority = priority(info.class, left);
        }
        Ok((valid, (nonce, payer), origin))
    }

    fn prepare(
        self,
        val: Self::Val,
        origin: &<Runtime as frame_system::Config>::RuntimeOrigin,
        call: &RuntimeCall,
        info: &DispatchInfoOf<RuntimeCall>,
        len: usize,
    ) -> Result<Self::Pre, TransactionValidityError> {
        let (nonce, payer) = val;
        let prepared = self.0.prepare(nonce, origin, call, info, len)?;
        let charged = payer.map(|payer| {
            let cost = cost(info, info.total_weight(), len);
            AdmissionQuota::charge(&payer, cost);
            (payer, cost)
        });
        Ok((prepared, charged))
    }

    fn post_dispatch_details(
        pre: Self::Pre,
        info: &DispatchInfo,
        post_info: &PostDispatchInfo,
        len: usize,
        result: &DispatchResult,
    ) -> Result<Weight, TransactionValidityError> {
        let (nonce, charged) = pre;
        if let Some((payer, charged)) = charged {
            let used = cost(info, post_info.calc_actual_weight(info), len);
            AdmissionQuota::refund(&payer, charged.saturating_sub(used));
        }
        <CheckNonce<Runtime> as TransactionExtension<RuntimeCall>>::post_dispatch_details(
            nonce, info, post_info, len, result,
        )
    }
}
