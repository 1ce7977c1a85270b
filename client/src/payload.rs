// SPDX-License-Identifier: Apache-2.0
//! What a signer signs: the standard JSON that wallets know, and its way back to a transaction.

use crate::{AccountId32, AtBlock, Call, ClientError, Registry, H256};
use codec::{Decode, Encode};
use serde::{Deserialize, Serialize};
use subxt::{
    client::{ClientAtBlock, OfflineClient, OfflineClientAtBlockImpl, OfflineClientAtBlockT},
    config::{
        substrate::SpecVersionForRange, DefaultExtrinsicParamsBuilder,
        DefaultTransactionExtensions, Hasher, SubstrateConfig,
    },
    utils::{Era, MultiSignature},
    Metadata,
};

/// Blocks that a signed transaction stays valid: about three minutes.
pub const MORTALITY: u64 = 64;

/// Accounts, hashes and extensions as this chain has them, with a connection or without.
pub trait Signing:
    subxt::Config<
    AccountId = AccountId32,
    Signature = MultiSignature,
    Hasher: Hasher<Hash = H256>,
    TransactionExtensions = DefaultTransactionExtensions<Self>,
>
{
}

impl<C> Signing for C where
    C: subxt::Config<
        AccountId = AccountId32,
        Signature = MultiSignature,
        Hasher: Hasher<Hash = H256>,
        TransactionExtensions = DefaultTransactionExtensions<Self>,
    >
{
}

/// The chain without a connection, as the committed metadata describes it.
pub type Offline = ClientAtBlock<SubstrateConfig, OfflineClientAtBlockImpl<SubstrateConfig>>;

/// The chain with this genesis block, at the version of the runtime that this crate was built for.
pub fn offline(genesis: H256) -> Result<Offline, ClientError> {
    let broken = |error: String| ClientError::Invalid(format!("the built-in metadata: {error}"));
    let metadata = Metadata::decode_from(include_bytes!("../../chain-specs/metadata.scale"))
        .map_err(|error| broken(error.to_string()))?;
    let version = metadata
        .pallet_by_name("System")
        .and_then(|system| system.constant_by_name("Version"))
        .ok_or_else(|| broken("it does not name its version".into()))?;
    // As far as needed of `sp_version::RuntimeVersion`.
    type Version = (String, String, u32, u32, u32, Vec<([u8; 8], u32)>, u32);
    let (_, _, _, spec_version, _, _, transaction_version) =
        Version::decode(&mut version.value()).map_err(|error| broken(error.to_string()))?;
    let config = SubstrateConfig::builder()
        .set_genesis_hash(genesis)
        .set_spec_version_for_block_ranges([SpecVersionForRange {
            block_range: 0..1,
            spec_version,
            transaction_version,
        }])
        .set_metadata_for_spec_versions([(spec_version, metadata.arc())])
        .build();
    OfflineClient::new_with_config(config).at_block(0u64).map_err(|error| broken(error.to_string()))
}

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
        let call = call.encode(&at)?;
        self.prepare_encoded(&at, account, &call, nonce)
    }

    /// Prepares a call in SCALE, also one that is none of [`Call`]'s, at a block.
    pub fn prepare_encoded(
        &self,
        at: &AtBlock,
        account: &AccountId32,
        call: &[u8],
        nonce: u64,
    ) -> Result<SignerPayload, ClientError> {
        let extensions = at.metadata_ref().extrinsic().transaction_extensions_by_version(0);
        Ok(SignerPayload {
            address: *account,
            block_hash: at.block_hash(),
            block_number: hexadecimal(at.block_number()),
            era: bytes(&Era::mortal(MORTALITY, at.block_number()).encode()),
            genesis_hash: self.genesis_hash(),
            method: bytes(call),
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
    pub fn to_sign<C: Signing, Client: OfflineClientAtBlockT<C>>(
        &self,
        at: &ClientAtBlock<C, Client>,
    ) -> Result<Vec<u8>, ClientError> {
        self.with_signable(at, |signable| signable.signer_payload())
    }

    /// The signed transaction.
    pub fn sign_with<C: Signing, Client: OfflineClientAtBlockT<C>>(
        &self,
        at: &ClientAtBlock<C, Client>,
        signature: &MultiSignature,
    ) -> Result<Vec<u8>, ClientError> {
        self.with_signable(at, |signable| {
            let signed = signable.sign_with_account_and_signature(&self.address, signature)?;
            Ok(signed.into_encoded())
        })
    }

    /// The version of the runtime that the payload is for.
    pub fn runtime_version(&self) -> Result<u64, ClientError> {
        number(&self.spec_version)
    }

    /// First and last height at which the transaction is valid.
    pub fn valid_at(&self) -> Result<(u64, u64), ClientError> {
        let birth = number(&self.block_number)?;
        Ok((birth, birth.saturating_add(MORTALITY - 1)))
    }

    /// The number of the signer's transactions before this one.
    pub fn nonce(&self) -> Result<u64, ClientError> {
        number(&self.nonce)
    }

    /// The call, in SCALE.
    pub fn call_bytes(&self) -> Result<Vec<u8>, ClientError> {
        unhex(&self.method)
    }

    fn with_signable<C: Signing, Client: OfflineClientAtBlockT<C>, R>(
        &self,
        at: &ClientAtBlock<C, Client>,
        finish: impl FnOnce(&mut Signable<'_, C, Client>) -> Result<R, subxt::error::ExtrinsicError>,
    ) -> Result<R, ClientError> {
        // What is signed is rebuilt from the fields below; a payload that asks for more would be
        // signed for less than it says.
        if self.version != 4
            || self.mode != 0
            || self.metadata_hash.is_some()
            || number(&self.tip)? != 0
        {
            return Err(ClientError::Invalid(
                "the payload is not one of this chain: format 4, no tip, no metadata hash".into(),
            ));
        }
        let birth = number(&self.block_number)?;
        let era = Era::decode(&mut &*unhex(&self.era)?);
        if era.ok() != Some(Era::mortal(MORTALITY, birth)) {
            return Err(ClientError::Invalid("the payload's era does not fit its block".into()));
        }
        if at.genesis_hash() != Some(self.genesis_hash) {
            return Err(ClientError::Invalid("the payload is for another chain".into()));
        }
        if number(&self.spec_version)? != u64::from(at.spec_version())
            || number(&self.transaction_version)? != u64::from(at.transaction_version())
        {
            return Err(ClientError::Invalid(
                "the payload is for another version of the runtime; prepare it again".into(),
            ));
        }
        let transactions = at.tx();
        let call = transactions
            .from_call_data_bytes(&self.call_bytes()?)
            .map_err(|error| ClientError::Invalid(format!("the payload's call: {error}")))?;
        let params = DefaultExtrinsicParamsBuilder::<C>::new()
            .nonce(self.nonce()?)
            .mortal_from_unchecked(MORTALITY, birth, self.block_hash)
            .build();
        transactions
            .create_v4_signable_offline(&call, params)
            .and_then(|mut signable| finish(&mut signable))
            .map_err(|error| subxt::Error::from(error).into())
    }
}

/// A transaction that nobody signs, as the chain takes it for a few calls: version 5, bare.
pub fn bare(call: &[u8]) -> Vec<u8> {
    const BARE: u8 = 5;
    let mut bytes = vec![BARE];
    bytes.extend(call);
    bytes.encode()
}

type Signable<'call, C, Client> = subxt::transactions::SignableTransaction<
    'call,
    C,
    Client,
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
