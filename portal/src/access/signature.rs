// SPDX-License-Identifier: Apache-2.0
//! Whether a message was signed with the key of an account, in any of the chain's three schemes.

use codec::{DecodeAll, Encode};
use registry_client::{call::ApplicantSignature, AccountId32};
use sp_runtime::{traits::Verify, MultiSignature};

/// Whether it was. `signature` is `0x` and hexadecimal digits: one byte for the scheme, or none for
/// sr25519, and the signature. Wallets put a message between `<Bytes>` and `</Bytes>`, so that it can
/// never be a transaction.
pub fn is_signed_by(account: &AccountId32, message: &[u8], signature: &str) -> bool {
    let Ok(ApplicantSignature(signature)) = signature.parse() else { return false };
    let Ok(signature) = MultiSignature::decode_all(&mut &signature.encode()[..]) else {
        return false;
    };
    let signer = sp_runtime::AccountId32::new(account.0);
    let texts = [message.to_vec(), [b"<Bytes>", message, b"</Bytes>"].concat()];
    texts.iter().any(|text| signature.verify(text.as_slice(), &signer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use subxt_signer::sr25519::dev;

    fn sign(message: &[u8]) -> String {
        format!("0x01{}", hex::encode(dev::alice().sign(message).0))
    }

    #[test]
    fn a_signature_is_of_one_account_and_one_message() {
        let alice = AccountId32(dev::alice().public_key().0);
        let bob = AccountId32(dev::bob().public_key().0);
        assert!(is_signed_by(&alice, b"hello", &sign(b"hello")));
        assert!(is_signed_by(&alice, b"hello", &sign(b"<Bytes>hello</Bytes>")));
        // As wallets give it.
        assert!(is_signed_by(&alice, b"hello", &sign(b"hello").replace("0x01", "0x")));
        assert!(!is_signed_by(&bob, b"hello", &sign(b"hello")));
        assert!(!is_signed_by(&alice, b"hullo", &sign(b"hello")));
        for bad in ["", "0x", "0x01", "hello", &format!("0x05{}", "00".repeat(64))] {
            assert!(!is_signed_by(&alice, b"hello", bad), "{bad}");
        }
    }
}
