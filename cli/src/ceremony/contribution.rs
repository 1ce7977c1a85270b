// SPDX-License-Identifier: Apache-2.0
//! What one operator brings to a genesis: public keys and how the node is reached, signed.

use crate::multiaddr::{Multiaddr, PeerId};
use anyhow::{bail, Result};
use registry_client::{AccountId32, H256};
use registry_primitives::Text;
use serde::{Deserialize, Serialize};
use subxt_signer::sr25519::{verify, Keypair, PublicKey, Signature};

/// Most bytes of an operator's name, as the chain has it.
const MAX_OPERATOR: u32 = 64;
/// What is signed starts with this, so that the signature is good for nothing else.
const DOMAIN: &[u8] = b"carbon registry: contribution to a genesis, version 1\n";

/// The content, in the order in which it is signed.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Identifier of the chain.
    pub chain: String,
    /// Name of whoever runs the node.
    pub operator: Text<MAX_OPERATOR>,
    pub peer_id: PeerId,
    pub address: Multiaddr,
    /// The operator's account, whose key signs.
    pub account: AccountId32,
    pub aura: H256,
    pub grandpa: H256,
}

impl Content {
    /// The bytes that are signed: one JSON object without white space, fields in a fixed order.
    fn to_sign(&self) -> Result<Vec<u8>> {
        Ok([DOMAIN, &serde_json::to_vec(self)?].concat())
    }

    /// What two people compare over the telephone.
    pub fn fingerprint(&self) -> Result<H256> {
        Ok(super::blake2b(&self.to_sign()?))
    }

    /// What is wrong with it by itself.
    pub fn check(&self) -> Result<()> {
        let Self { operator, account, aura, grandpa, .. } = self;
        let is_point = |key: &[u8; 32]| schnorrkel::PublicKey::from_bytes(key).is_ok();
        if !operator.is_valid() {
            bail!("the operator's name is blank, starts or ends with a space, or hides characters");
        }
        if !is_point(&account.0) || !is_point(&aura.0) {
            bail!("the account and the aura key must be sr25519 keys: one was mistyped");
        }
        if account.0 == aura.0 {
            bail!("the aura key is the account's: the account's key must never lie on the node");
        }
        if grandpa.0 == aura.0 || grandpa.0 == account.0 {
            bail!("the grandpa key is an ed25519 key of its own, and no other key again");
        }
        Ok(())
    }
}

/// A contribution as it is sent around. It holds nothing that is secret.
#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
#[serde(deny_unknown_fields)]
pub struct Contribution {
    pub content: Content,
    /// By the account's key, as wallets write it: 01 for sr25519.
    pub signature: String,
}

impl Contribution {
    /// Signs a content with its account's key.
    pub fn sign(content: Content, pair: &Keypair) -> Result<Self> {
        content.check()?;
        if pair.public_key().0 != content.account.0 {
            bail!(
                "the key is that of {} and not of {}",
                AccountId32(pair.public_key().0),
                content.account
            );
        }
        let signature = format!("0x01{}", hex::encode(pair.sign(&content.to_sign()?).0));
        Ok(Self { content, signature })
    }

    /// Whether the account's key has signed exactly this content.
    pub fn check(&self) -> Result<()> {
        self.content.check()?;
        let signature = self.signature.strip_prefix("0x01").and_then(|hex| hex::decode(hex).ok());
        let signature = signature.and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
        let signed = match signature {
            Some(bytes) => {
                let key = PublicKey(self.content.account.0);
                verify(&Signature(bytes), self.content.to_sign()?, &key)
            }
            None => false,
        };
        if !signed {
            bail!(
                "the signature is not that of {} over this content: it was changed on its way, or \
                 somebody else made it; ask its operator for the file again",
                self.content.account
            );
        }
        Ok(())
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use serde_json::json;
    use subxt_signer::SecretUri;

    /// A key that only this test has, by a number.
    pub fn key(name: &str, number: u8) -> Keypair {
        let uri: SecretUri = format!("0x{}//{name}//{number}", "5e".repeat(32)).parse().unwrap();
        Keypair::from_uri(&uri).unwrap()
    }

    /// A contribution of operator number so-and-so.
    pub fn contribution(number: u8) -> Contribution {
        let pair = key("operator", number);
        Contribution::sign(content(number), &pair).unwrap()
    }

    pub fn content(number: u8) -> Content {
        let letter = char::from(b'a' + number);
        let peer_id = format!("12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDE{letter}");
        Content {
            chain: "registry_vu".into(),
            operator: Text::try_from(format!("Office {number}").as_str()).unwrap(),
            peer_id: peer_id.parse().unwrap(),
            address: format!("/dns/v{number}.gov.vu/tcp/30333").parse().unwrap(),
            account: AccountId32(key("operator", number).public_key().0),
            aura: H256(key("aura", number).public_key().0),
            grandpa: H256([number + 1; 32]),
        }
    }

    #[test]
    fn every_field_is_signed() {
        let good = contribution(1);
        good.check().unwrap();
        let other = content(2);
        for (field, value) in [
            ("chain", json!("registry_fj")),
            ("operator", json!("Somebody else")),
            ("peer_id", json!(other.peer_id)),
            ("address", json!(other.address)),
            ("account", json!(other.account)),
            ("aura", json!(other.aura)),
            ("grandpa", json!(other.grandpa)),
        ] {
            let mut file = serde_json::to_value(&good).unwrap();
            file["content"][field] = value;
            let tampered: Contribution = serde_json::from_value(file).unwrap();
            let error = tampered.check().unwrap_err().to_string();
            assert!(error.contains("the signature is not that of"), "{field}: {error}");
            assert_ne!(
                tampered.content.fingerprint().unwrap(),
                good.content.fingerprint().unwrap()
            );
        }
        // Nothing can be added either.
        let mut file = serde_json::to_value(&good).unwrap();
        file["content"]["note"] = json!("x");
        assert!(serde_json::from_value::<Contribution>(file).is_err());
    }

    #[test]
    fn only_the_accounts_key_signs_and_only_for_this() {
        let error = Contribution::sign(content(1), &key("operator", 2)).unwrap_err().to_string();
        assert!(error.contains("the key is that of"), "{error}");
        let mut bare = contribution(1);
        let json = serde_json::to_vec(&bare.content).unwrap();
        let without_domain = key("operator", 1).sign(&json).0;
        bare.signature = format!("0x01{}", hex::encode(without_domain));
        assert!(bare.check().is_err());
        for damaged in ["", "0x01", "0x00", &contribution(2).signature] {
            bare.signature = damaged.to_owned();
            assert!(bare.check().is_err(), "{damaged}");
        }
    }

    #[test]
    fn keys_that_were_confused_or_mistyped_are_refused() {
        type Change = fn(&mut Content);
        let cases: [(Change, &str); 5] = [
            (|content| content.aura = H256(content.account.0), "never lie on the node"),
            (|content| content.grandpa = content.aura, "no other key again"),
            (|content| content.grandpa = H256(content.account.0), "no other key again"),
            (|content| content.aura = H256([0xff; 32]), "mistyped"),
            (|content| content.operator = Text::try_from(" x").unwrap(), "operator's name"),
        ];
        for (change, expected) in cases {
            let mut content = content(1);
            change(&mut content);
            let error = content.check().unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
