// SPDX-License-Identifier: Apache-2.0
//! What would become of a call, asked before anybody signs it.

use crate::{AccountId, RuntimeCall, RuntimeOrigin};
use alloc::vec::Vec;
use codec::{Codec, DecodeLimit};
use frame_support::MAX_EXTRINSIC_DEPTH;
use sp_runtime::{traits::Dispatchable, DispatchError, DispatchResult};

sp_api::decl_runtime_apis! {
    /// Calls are tried on the state of a block, and nothing of it is kept.
    pub trait RehearsalApi<AccountId> where AccountId: Codec {
        /// Whether a call, SCALE, would work if the account signed it: the error that it would end
        /// with, or [`DispatchError::Other`] where the bytes are no call. It says nothing of what is
        /// checked before a call is made: signatures, numbers of transactions, admission.
        fn rehearse(account: AccountId, call: Vec<u8>) -> DispatchResult;
    }
}

/// Makes a call as an account. Whoever calls this throws the state away.
pub fn rehearse(account: AccountId, call: &[u8]) -> DispatchResult {
    let call = RuntimeCall::decode_all_with_depth_limit(MAX_EXTRINSIC_DEPTH, &mut &call[..])
        .map_err(|_| DispatchError::Other("these bytes are no call"))?;
    call.dispatch(RuntimeOrigin::signed(account)).map(|_| ()).map_err(|failed| failed.error)
}
