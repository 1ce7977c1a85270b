// SPDX-License-Identifier: Apache-2.0
//! What a signer signs: the standard JSON that wallets know, and its way back to a transaction.

use crate::{AccountId32, AtBlock, Call, ClientError, Config, Registry, H256};
use codec::{Decode, Encode};
use serde::{Deserialize, Serialize};
use subxt::{
    config::DefaultExtrinsicParamsBuilder,
    utils::{Era, MultiSignature},
};

/// Blocks that a signed transaction stays valid: about three minutes.
pub const MORTALITY: u64 = 64;

/// A transaction that waits for its signature: `SignerPayloadJSON` of the Polkadot wallets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SignerPayload {
    /// Who signs, SS58.
    pub address: AccountId32,
    /// The block from which the transaction is valid.
    pub block_hash: H256,
    /// Its height, hexadecimal.
    pub block_number: String,
    /// How long it is valid, SCALE.
    pub era: String,
    /// Which chain it is for.
    pub genesis_hash: H256,
    /// The call, SCALE.
    pub method: String,
    /// Number of the account's transaction, hexadecimal.
    pub nonce: String,
    /// Version of the runtime, hexadecimal.
    pub spec_version: String,
    /// Always zero: there is no coin.
    pub tip: String,
    /// Version of the transaction format, hexadecimal.
    pub transaction_version: String,
    /// Names of the extensions.
    pub signed_extensions: Vec<String>,
    /// Version of the extrinsic format: 4.
    pub version: u32,
    /// Whether the hash of the metadata is signed: 0.
    #[serde(default)]
    pub mode: u32,
    /// The hash of the metadata: none.
    #[serde(default)]
    pub metadata_hash: Option<H256>,
}

impl Registry {
    /// Prepares a call for signing by an account: its next nonce, valid for [`MORTALITY`] blocks.
    pub async fn prepare(
        &self,
        account: &AccountId32,
        call: &Call,
    ) -> Result<SignerPayload, ClientError> {
        let nonce = self.next_nonce(account).await?;
        self.prepare_with_nonce(account, call, nonce).await
    }

    /// Prepares a call with a nonce that the caller counts itself.
    pub async fn prepare_with_nonce(
        &self,
        account: &AccountId32,
        call: &Call,
        nonce: u64,
    ) -> Result<SignerPayload, ClientError> {
        let at = self.at_finalised().await?;
        let extensions = at.metadata_ref().extrinsic().transaction_extensions_by_version(0);
        Ok(SignerPayload {
            address: account.clone(),
            block_hash: at.block_hash(),
            block_number: hexadecimal(at.block_number()),
            era: bytes(&Era::mortal(MORTALITY, at.block_number()).encode()),
            genesis_hash: self.genesis_hash(),
            method: bytes(&call.encode(&at)?),
            nonce: hexadecimal(nonce),
            spec_version: hexadecimal(at.spec_version().into()),
            tip: hexadecimal(0),
            transaction_version: hexadecimal(at.transaction_version().into()),
            signed_extensions: extensions
                .into_iter()
                .flatten()
                .map(|extension| extension.identifier().to_owned())
                .collect(),
            version: 4,
            mode: 0,
            metadata_hash: None,
        })
    }

    /// The number of an account's next transaction, those in the pool counted.
    pub async fn next_nonce(&self, account: &AccountId32) -> Result<u64, ClientError> {
        let next = self.rpc.system_account_next_index(account).await;
        next.map_err(|error| ClientError::Chain(Box::new(subxt::Error::from(error))))
    }
}

impl SignerPayload {
    /// The bytes that are signed.
    pub fn to_sign(&self, at: &AtBlock) -> Result<Vec<u8>, ClientError> {
        self.with_signable(at, |signable| signable.signer_payload())
    }

    /// The signed transaction.
    pub fn sign_with(
        &self,
        at: &AtBlock,
        signature: &MultiSignature,
    ) -> Result<Vec<u8>, ClientError> {
        self.with_signable(at, |signable| {
            let signed = signable.sign_with_account_and_signature(&self.address, signature)?;
            Ok(signed.into_encoded())
        })
    }

    fn with_signable<R>(
        &self,
        at: &AtBlock,
        finish: impl FnOnce(&mut Signable<'_>) -> Result<R, subxt::error::ExtrinsicError>,
    ) -> Result<R, ClientError> {
        let birth = number(&self.block_number)?;
        let era = Era::decode(&mut &*unhex(&self.era)?);
        if era.ok() != Some(Era::mortal(MORTALITY, birth)) {
            return Err(ClientError::Invalid("the payload's era does not fit its block".into()));
        }
        if at.genesis_hash() != Some(self.genesis_hash) {
            return Err(ClientError::Invalid("the payload is for another chain".into()));
        }
        if number(&self.spec_version)? != u64::from(at.spec_version()) {
            return Err(ClientError::Invalid(
                "the payload is for another version of the runtime; prepare it again".into(),
            ));
        }
        let transactions = at.tx();
        let call = transactions
            .from_call_data_bytes(&unhex(&self.method)?)
            .map_err(|error| ClientError::Invalid(format!("the payload's call: {error}")))?;
        let params = DefaultExtrinsicParamsBuilder::<Config>::new()
            .nonce(number(&self.nonce)?)
            .mortal_from_unchecked(MORTALITY, birth, self.block_hash)
            .build();
        transactions
            .create_v4_signable_offline(&call, params)
            .and_then(|mut signable| finish(&mut signable))
            .map_err(|error| subxt::Error::from(error).into())
    }
}

type Signable<'call> = subxt::transactions::SignableTransaction<
    'call,
    Config,
    subxt::client::OnlineClientAtBlockImpl<Config>,
    subxt::transactions::DynamicPayload<subxt::ext::scale_value::Composite<()>>,
>;

fn bytes(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

fn hexadecimal(number: u64) -> String {
    format!("0x{number:08x}")
}

fn number(text: &str) -> Result<u64, ClientError> {
    u64::from_str_radix(text.trim_start_matches("0x"), 16)
        .map_err(|_| ClientError::Invalid(format!("{text:?} is not a hexadecimal number")))
}

/// Bytes from `0x…`.
pub fn unhex(text: &str) -> Result<Vec<u8>, ClientError> {
    hex::decode(text.trim_start_matches("0x"))
        .map_err(|_| ClientError::Invalid(format!("{text:?} is not hexadecimal")))
}

/// A signature as wallets return it: one byte for the scheme, then the signature.
pub fn signature(text: &str) -> Result<MultiSignature, ClientError> {
    let invalid = || {
        ClientError::Invalid(
            "a signature is 0x, one byte for the scheme (00 ed25519, 01 sr25519, 02 ECDSA) and \
             the signature"
                .into(),
        )
    };
    let bytes = unhex(text)?;
    let input = &mut &*bytes;
    let signature = MultiSignature::decode(input).map_err(|_| invalid())?;
    input.is_empty().then_some(signature).ok_or_else(invalid)
}
