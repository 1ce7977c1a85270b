// SPDX-License-Identifier: Apache-2.0
//! Who may send transactions at all.

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;

use crate::{AccountId, Nonce, Organisations, RegistryCouncil, Runtime, RuntimeCall, Validators};
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::{
    dispatch::{DispatchInfo, PostDispatchInfo},
    pallet_prelude::{InvalidTransaction, TransactionSource, TransactionValidityError},
    weights::Weight,
};
use frame_system::CheckNonce;
use registry_primitives::Refusal;
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

/// What it costs to admit a transaction, the check of its nonce included.
pub trait WeightInfo {
    /// A member of an active organisation.
    fn admit_member() -> Weight;
    /// Somebody whom only the council or the validators know.
    fn admit_councillor() -> Weight;
}

/// Refuses transactions of accounts that may not act, before they reach the pool.
///
/// Members of active organisations, the council and the validators are admitted. The check wraps
/// [`CheckNonce`] and has its identifier and encoding, so that to wallets it is nothing else.
#[derive(Encode, Decode, DecodeWithMemTracking, Clone, Eq, PartialEq, Debug, TypeInfo)]
pub struct Admission(pub CheckNonce<Runtime>);

impl Admission {
    /// For the signer's next transaction.
    pub fn from(nonce: Nonce) -> Self {
        Self(CheckNonce::from(nonce))
    }

    fn admit(who: &AccountId) -> Result<(), InvalidTransaction> {
        let refusal = match Organisations::admit(who) {
            Ok(()) => return Ok(()),
            Err(refusal) => refusal,
        };
        if RegistryCouncil::is_member(who) || Validators::is_validator(who) {
            return Ok(());
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

impl TransactionExtension<RuntimeCall> for Admission {
    const IDENTIFIER: &'static str = <CheckNonce<Runtime> as TransactionExtension<_>>::IDENTIFIER;
    type Implicit = <CheckNonce<Runtime> as TransactionExtension<RuntimeCall>>::Implicit;
    type Val = <CheckNonce<Runtime> as TransactionExtension<RuntimeCall>>::Val;
    type Pre = <CheckNonce<Runtime> as TransactionExtension<RuntimeCall>>::Pre;

    fn weight(&self, _: &RuntimeCall) -> Weight {
        type Measured = crate::weights::admission::WeightInfo<Runtime>;
        Measured::admit_member().max(Measured::admit_councillor())
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
        if let Some(who) = origin.as_system_origin_signer() {
            Self::admit(who)?;
        }
        self.0.validate(origin, call, info, len, self_implicit, inherited_implication, source)
    }

    fn prepare(
        self,
        val: Self::Val,
        origin: &<Runtime as frame_system::Config>::RuntimeOrigin,
        call: &RuntimeCall,
        info: &DispatchInfoOf<RuntimeCall>,
        len: usize,
    ) -> Result<Self::Pre, TransactionValidityError> {
        self.0.prepare(val, origin, call, info, len)
    }

    fn post_dispatch_details(
        pre: Self::Pre,
        info: &DispatchInfo,
        post_info: &PostDispatchInfo,
        len: usize,
        result: &DispatchResult,
    ) -> Result<Weight, TransactionValidityError> {
        <CheckNonce<Runtime> as TransactionExtension<RuntimeCall>>::post_dispatch_details(
            pre, info, post_info, len, result,
        )
    }
}
