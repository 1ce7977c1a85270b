// SPDX-License-Identifier: Apache-2.0
//! Raw chain specifications: their hashes, the genesis block that they stand for, and what is in
//! the genesis state.

use super::{blake2b, contribution::Content};
use crate::failure::BadArguments;
use anyhow::{bail, Context, Result};
use codec::{Compact, Decode, Encode};
use registry_client::{
    validators::{Admission, Contact},
    AccountId32, H256,
};
use registry_primitives::ActionClass;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sp_core::Blake2Hasher;
use sp_crypto_hashing::{blake2_128, twox_128, twox_64};
use sp_trie::{LayoutV1, TrieConfiguration};
use std::{collections::BTreeMap, path::Path};

/// Largest specification that is read: a runtime is one or two million bytes.
const MAX_BYTES: u64 = 1 << 26;

/// A raw specification, and the hashes of its file.
pub struct RawSpec {
    pub file: Hashes,
    pub name: String,
    pub id: String,
    pub chain_type: String,
    pub boot_nodes: Vec<String>,
    state: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// The hashes of a file.
#[derive(Serialize, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hashes {
    pub bytes: usize,
    pub blake2b: H256,
    pub sha256: H256,
}

impl Hashes {
    pub fn of(content: &[u8]) -> Self {
        let sha256 = H256(Sha256::digest(content).into());
        Self { bytes: content.len(), blake2b: blake2b(content), sha256 }
    }

    /// Whether this is one of them.
    pub fn have(&self, hash: H256) -> bool {
        hash == self.blake2b || hash == self.sha256
    }
}

/// A file's content.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let read = || -> std::io::Result<_> {
        let mut content = Vec::new();
        let file = std::fs::File::open(path)?;
        std::io::Read::read_to_end(&mut std::io::Read::take(file, MAX_BYTES), &mut content)?;
        Ok(content)
    };
    read().map_err(|error| BadArguments::because(format!("{}: {error}", path.display())))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Json {
    name: String,
    id: String,
    chain_type: serde_json::Value,
    boot_nodes: Vec<String>,
    genesis: JsonGenesis,
}

#[derive(Deserialize)]
struct JsonGenesis {
    raw: Option<JsonRaw>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonRaw {
    top: BTreeMap<String, String>,
    #[serde(default)]
    children_default: BTreeMap<String, serde_json::Value>,
}

impl RawSpec {
    /// Reads a specification.
    pub fn parse(content: &[u8]) -> Result<Self> {
        let json: Json = serde_json::from_slice(content)
            .context("this is not a chain specification of this kind of node")?;
        let Some(raw) = json.genesis.raw else {
            bail!(
                "this is a plain specification; nodes are given the raw one, of `registry ceremony \
                 seal`"
            )
        };
        if !raw.children_default.is_empty() {
            bail!("the genesis state has child tries, which this chain does not use");
        }
        let bytes = |text: &str| {
            let digits = text.strip_prefix("0x").context("a value without 0x")?;
            Ok::<_, anyhow::Error>(hex::decode(digits)?)
        };
        let entry =
            |(key, value): (String, String)| Ok::<_, anyhow::Error>((bytes(&key)?, bytes(&value)?));
        let state: Result<BTreeMap<_, _>> = raw.top.into_iter().map(entry).collect();
        Ok(Self {
            file: Hashes::of(content),
            name: json.name,
            id: json.id,
            chain_type: json.chain_type.as_str().unwrap_or("custom").to_owned(),
            boot_nodes: json.boot_nodes,
            state: state.context("the genesis state cannot be read")?,
        })
    }

    /// The hash of the block that a node makes of it: this names the chain. Holds for runtimes of
    /// `system_version` 1, as this chain's is.
    pub fn genesis_hash(&self) -> H256 {
        let state_root = LayoutV1::<Blake2Hasher>::trie_root(&self.state);
        let no_extrinsics = blake2b(&[0]);
        // Parent, number, state, extrinsics, and an empty digest.
        let header = (H256::zero().0, Compact(0u32), state_root.0, no_extrinsics.0, Compact(0u32));
        blake2b(&header.encode())
    }

    /// The hash of the runtime as it was handed to `ceremony assemble`.
    pub fn code_hash(&self) -> Option<H256> {
        self.state.get(&b":code"[..]).map(|code| blake2b(code))
    }

    /// Who is in the genesis state.
    pub fn members(&self) -> Result<Members> {
        let accounts = |pallet, item| {
            let all: Option<Vec<[u8; 32]>> = self.value(pallet, item)?;
            Ok::<_, anyhow::Error>(all.unwrap_or_default().into_iter().map(AccountId32).collect())
        };
        let keys: Option<Vec<[[u8; 32]; 3]>> = self.value("Session", "QueuedKeys")?;
        let validator = |[account, aura, grandpa]: [[u8; 32]; 3]| {
            let key = [&blake2_128(&account)[..], &account].concat();
            let admission: Option<Admission> = self.entry("Validators", "Admissions", &key)?;
            let contact = admission.map(|admission| admission.contact);
            Ok(Validator {
                account: AccountId32(account),
                aura: H256(aura),
                grandpa: H256(grandpa),
                contact,
            })
        };
        let validators = keys.unwrap_or_default().into_iter().map(validator);
        let thresholds = ActionClass::ALL.iter().map(|class| {
            let class_bytes = class.encode();
            let key = [&twox_64(&class_bytes)[..], &class_bytes].concat();
            let officers: Option<u32> = self.entry("Approvals", "Thresholds", &key)?;
            Ok((class.as_str(), officers.unwrap_or(1)))
        });
        Ok(Members {
            council: accounts("RegistryCouncil", "Members")?,
            validators: validators.collect::<Result<_>>()?,
            minimum: self.value("Validators", "Minimum")?.unwrap_or_default(),
            session_length: self.value("Validators", "SessionLength")?.unwrap_or_default(),
            officers: thresholds.collect::<Result<_>>()?,
        })
    }

    fn value<T: Decode>(&self, pallet: &str, item: &str) -> Result<Option<T>> {
        self.entry(pallet, item, &[])
    }

    /// An entry of a map, by its key as it is hashed.
    fn entry<T: Decode>(&self, pallet: &str, item: &str, key: &[u8]) -> Result<Option<T>> {
        let prefix = [twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat();
        let key = [&prefix[..], key].concat();
        let value = self.state.get(&key).map(|value| T::decode(&mut &value[..])).transpose();
        value.with_context(|| format!("{pallet}.{item} is not what this chain has there"))
    }
}

/// Who is in a genesis state.
#[derive(Serialize)]
pub struct Members {
    pub council: Vec<AccountId32>,
    pub validators: Vec<Validator>,
    /// The fewest validators that there can be.
    pub minimum: u32,
    /// In blocks.
    pub session_length: u32,
    /// How many officers must agree, by class of acts.
    pub officers: BTreeMap<&'static str, u32>,
}

/// A validator at genesis.
#[derive(Serialize)]
pub struct Validator {
    pub account: AccountId32,
    pub aura: H256,
    pub grandpa: H256,
    /// How its node is reached; none if it was not appointed, and its keys are good for nothing.
    pub contact: Option<Contact>,
}

impl Members {
    /// Whether everything of a contribution is in it.
    pub fn have(&self, content: &Content) -> bool {
        self.validators.iter().any(|validator| {
            validator.account == content.account
                && validator.aura == content.aura
                && validator.grandpa == content.grandpa
                && validator.contact.as_ref().is_some_and(|contact| {
                    contact.operator == content.operator
                        && contact.peer_id.to_text() == content.peer_id.to_string()
                        && contact.address.to_text() == content.address.to_string()
                })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::contribution::tests::content;
    use serde_json::json;

    fn key(pallet: &str, item: &str) -> String {
        let key = [twox_128(pallet.as_bytes()), twox_128(item.as_bytes())].concat();
        format!("0x{}", hex::encode(key))
    }

    fn hex_of(value: impl Encode) -> String {
        format!("0x{}", hex::encode(value.encode()))
    }

    fn spec() -> serde_json::Value {
        let keys: Vec<_> =
            (0..4).map(content).map(|one| [one.account.0, one.aura.0, one.grandpa.0]).collect();
        let mut spec = json!({
            "name": "Registry", "id": "registry_vu", "chainType": "Live",
            "bootNodes": ["/dns/x/tcp/1/p2p/y"],
            "genesis": { "raw": { "top": {
                "0x3a636f6465": "0x0061736d01",
                key("RegistryCouncil", "Members"): hex_of(vec![[1u8; 32], [2; 32]]),
                key("Session", "QueuedKeys"): hex_of(keys),
                key("Validators", "Minimum"): hex_of(4u32),
            }, "childrenDefault": {} } },
        });
        for one in (0..4).map(content) {
            let account = one.account.0;
            let hashed = hex::encode([&blake2_128(&account)[..], &account].concat());
            let texts = (one.operator, one.peer_id.to_string(), one.address.to_string());
            // Organisation, contact, since, and no flag.
            let admission = (1u32, texts, 0u32, None::<()>);
            let key = key("Validators", "Admissions") + &hashed;
            spec["genesis"]["raw"]["top"][key] = json!(hex_of(admission));
        }
        spec
    }

    #[test]
    fn a_raw_specification_says_who_is_in_it() {
        let spec = RawSpec::parse(spec().to_string().as_bytes()).unwrap();
        assert_eq!((spec.id.as_str(), spec.chain_type.as_str()), ("registry_vu", "Live"));
        assert_eq!(spec.code_hash(), Some(blake2b(b"\0asm\x01")));
        let members = spec.members().unwrap();
        assert_eq!(members.council, [AccountId32([1; 32]), AccountId32([2; 32])]);
        assert_eq!((members.minimum, members.validators.len()), (4, 4));
        assert_eq!(members.officers["issue"], 1);
        assert!(members.have(&content(2)));
        let mut other = content(2);
        other.grandpa = content(3).grandpa;
        assert!(!members.have(&other) && !members.have(&content(4)));
        let mut moved = content(2);
        moved.address = content(3).address;
        assert!(!members.have(&moved));
    }

    #[test]
    fn the_genesis_block_depends_on_the_state_alone() {
        let whole = RawSpec::parse(spec().to_string().as_bytes()).unwrap();
        let mut other = spec();
        other["name"] = json!("Another name");
        let renamed = RawSpec::parse(other.to_string().as_bytes()).unwrap();
        assert_ne!(renamed.file, whole.file);
        assert_eq!(renamed.genesis_hash(), whole.genesis_hash());
        other["genesis"]["raw"]["top"][key("Validators", "Minimum")] = json!(hex_of(3u32));
        let changed = RawSpec::parse(other.to_string().as_bytes()).unwrap();
        assert_ne!(changed.genesis_hash(), whole.genesis_hash());
    }

    #[test]
    fn other_files_are_refused() {
        let plain = json!({
            "name": "x", "id": "x", "chainType": "Live", "bootNodes": [],
            "genesis": { "runtimeGenesis": {} },
        });
        let error = RawSpec::parse(plain.to_string().as_bytes()).err().unwrap().to_string();
        assert!(error.contains("a plain specification"), "{error}");
        let mut damaged = spec();
        damaged["genesis"]["raw"]["top"]["0x3a636f6465"] = json!("0x0");
        assert!(RawSpec::parse(damaged.to_string().as_bytes()).is_err());
        assert!(RawSpec::parse(b"{}").is_err() && RawSpec::parse(b"").is_err());
        let mut short = spec();
        short["genesis"]["raw"]["top"][key("Session", "QueuedKeys")] = json!("0x04aa");
        let short = RawSpec::parse(short.to_string().as_bytes()).unwrap();
        assert!(short.members().is_err());
    }

    #[test]
    fn files_have_the_hashes_that_b2sum_and_sha256sum_print() {
        let hashes = Hashes::of(b"abc");
        // RFC 7693's algorithm with 32 bytes; FIPS 180-4's example.
        let blake2b = "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319";
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex::encode(hashes.blake2b), blake2b);
        assert_eq!(hex::encode(hashes.sha256), sha256);
        assert!(hashes.have(hashes.sha256) && hashes.have(hashes.blake2b));
        assert!(!hashes.have(H256([7; 32])));
    }
}
