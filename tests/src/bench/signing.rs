// SPDX-License-Identifier: Apache-2.0
//! Signing many transactions ahead, on all cores, without a connection.

use anyhow::{anyhow, Context, Result};
use registry_client::{payload::Offline, Call, H256};
use std::{sync::Arc, thread};
use subxt::{
    config::{DefaultExtrinsicParamsBuilder, SubstrateConfig},
    ext::scale_encode::{EncodeAsFields, Error, FieldIter, TypeResolver},
    transactions::Payload,
};
use subxt_signer::sr25519::Keypair;

/// Blocks that a transaction stays valid: more than an hour and a half, longer than any run.
///
/// Mortal like those of officers, so that the chain looks a block's hash up for each, as always;
/// the chain remembers 2400 hashes.
pub const LIFETIME: u64 = 2_048;

/// A call that is encoded once, however often it is signed.
pub struct EncodedCall {
    pallet: String,
    name: String,
    fields: Fields,
}

/// Arguments that are encoded already.
pub struct Fields(Vec<u8>);

impl EncodeAsFields for Fields {
    fn encode_as_fields_to<R: TypeResolver>(
        &self,
        _: &mut dyn FieldIter<'_, R::TypeId>,
        _: &R,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        out.extend_from_slice(&self.0);
        Ok(())
    }
}

impl Payload for EncodedCall {
    type CallData = Fields;

    fn pallet_name(&self) -> &str {
        &self.pallet
    }

    fn call_name(&self) -> &str {
        &self.name
    }

    fn call_data(&self) -> &Fields {
        &self.fields
    }
}

impl EncodedCall {
    /// A call of the registry.
    pub fn new(at: &Offline, call: &Call) -> Result<Arc<Self>> {
        Self::from_bytes(at, &call.encode(at)?)
    }

    /// Any call, from its SCALE encoding.
    pub fn from_bytes(at: &Offline, bytes: &[u8]) -> Result<Arc<Self>> {
        let [pallet, name, fields @ ..] = bytes else {
            return Err(anyhow!("a call has at least two bytes"));
        };
        let metadata = at.metadata_ref();
        let pallet = metadata.pallet_by_call_index(*pallet).context("a pallet of the chain")?;
        let variant = pallet.call_variant_by_index(*name).context("a call of the pallet")?;
        Ok(Arc::new(Self {
            pallet: pallet.name().to_owned(),
            name: variant.name.clone(),
            fields: Fields(fields.to_vec()),
        }))
    }
}

/// From which block on transactions are valid, and for how many.
#[derive(Clone, Copy)]
pub struct Mortality {
    pub birth: u64,
    pub hash: H256,
    pub blocks: u64,
}

/// A transaction to sign.
#[derive(Clone)]
pub struct Job {
    pub key: Arc<Keypair>,
    pub nonce: u64,
    pub call: Arc<EncodedCall>,
}

impl Job {
    /// The signed transaction.
    pub fn sign(&self, at: &Offline, mortality: Mortality) -> Result<Vec<u8>> {
        let Mortality { birth, hash, blocks } = mortality;
        let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new()
            .nonce(self.nonce)
            .mortal_from_unchecked(blocks, birth, hash)
            .build();
        let mut signable = at.tx().create_v4_signable_offline(&*self.call, params)?;
        Ok(signable.sign(&*self.key)?.into_encoded())
    }
}

/// Signs all, in their order, on as many threads as there are cores.
pub fn sign_all(at: &Offline, mortality: Mortality, jobs: &[Job]) -> Result<Vec<Vec<u8>>> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let each = jobs.len().div_ceil(threads).max(1);
    let signed: Result<Vec<Vec<_>>> = thread::scope(|scope| {
        let running: Vec<_> = jobs
            .chunks(each)
            .map(|some| {
                scope.spawn(move || some.iter().map(|job| job.sign(at, mortality)).collect())
            })
            .collect();
        let ended = running.into_iter().map(|thread| {
            thread.join().unwrap_or_else(|_| Err(anyhow!("a thread that signs has panicked")))
        });
        ended.collect()
    });
    Ok(signed?.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Officer;
    use registry_client::payload::{offline, SignerPayload, MORTALITY};
    use registry_primitives::credit::Part;
    use subxt::{
        ext::codec::Encode,
        utils::{Era, MultiSignature},
    };

    const GENESIS: H256 = H256([7; 32]);
    const BORN_IN: H256 = H256([9; 32]);

    fn transfer(parts: u64) -> Call {
        let parts = (1..=parts).map(|start| Part { start, quantity: 1 }).collect();
        Call::Transfer { parts, to: 3, reference: None }
    }

    fn payload(at: &Offline, officer: &Officer, call: &Call) -> Result<SignerPayload> {
        let hexadecimal = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
        Ok(SignerPayload {
            address: officer.account(),
            block_hash: BORN_IN,
            block_number: "0x64".into(),
            era: hexadecimal(&Era::mortal(MORTALITY, 100).encode()),
            genesis_hash: GENESIS,
            method: hexadecimal(&call.encode(at)?),
            nonce: "0x05".into(),
            spec_version: format!("0x{:x}", at.spec_version()),
            tip: "0x0".into(),
            transaction_version: format!("0x{:x}", at.transaction_version()),
            signed_extensions: vec![],
            version: 4,
            mode: 0,
            metadata_hash: None,
        })
    }

    /// The signature of sr25519 is another each time; all around it must be the same.
    #[test]
    fn transactions_are_those_that_the_client_makes() -> Result<()> {
        let at = offline(GENESIS)?;
        let officer = Officer::new("//Bench")?;
        let mortality = Mortality { birth: 100, hash: BORN_IN, blocks: MORTALITY };
        for call in [transfer(1), transfer(64)] {
            let job = Job {
                key: Arc::new(officer.key.clone()),
                nonce: 5,
                call: EncodedCall::new(&at, &call)?,
            };
            let ours = sign_all(&at, mortality, &[job])?.remove(0);

            let payload = payload(&at, &officer, &call)?;
            let to_sign = payload.to_sign(&at)?;
            let signature = MultiSignature::Sr25519(officer.key.sign(&to_sign).0);
            let theirs = payload.sign_with(&at, &signature)?;

            let MultiSignature::Sr25519(signature) = signature else { unreachable!() };
            let place = theirs
                .windows(64)
                .position(|window| window == signature)
                .context("the signature is in the transaction")?;
            assert_eq!(ours.len(), theirs.len());
            assert_eq!(ours[..place], theirs[..place]);
            assert_eq!(ours[place + 64..], theirs[place + 64..]);
            let signed = subxt_signer::sr25519::Signature(ours[place..place + 64].try_into()?);
            let key = officer.key.public_key();
            assert!(subxt_signer::sr25519::verify(&signed, &to_sign, &key));
        }
        Ok(())
    }

    #[test]
    fn the_order_of_jobs_is_kept_over_threads() -> Result<()> {
        let at = offline(GENESIS)?;
        let mortality = Mortality { birth: 100, hash: BORN_IN, blocks: LIFETIME };
        let key = Arc::new(Officer::new("//Bench")?.key);
        let call = EncodedCall::new(&at, &transfer(1))?;
        let job = |nonce| Job { key: key.clone(), nonce, call: call.clone() };
        let jobs: Vec<_> = (0..33).map(job).collect();
        let signed = sign_all(&at, mortality, &jobs)?;
        // Length (2 bytes), format, address (33), scheme and signature (65), era (2), nonce.
        let nonces: Vec<_> = signed.iter().map(|bytes| bytes[2 + 1 + 33 + 65 + 2]).collect();
        // A compact integer below 64 is its value times four.
        assert_eq!(nonces, (0..33).map(|nonce| nonce * 4).collect::<Vec<u8>>());
        Ok(())
    }
}
