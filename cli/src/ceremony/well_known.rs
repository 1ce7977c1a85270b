// SPDX-License-Identifier: Apache-2.0
//! Development keys: everybody knows the secret, so that no country may start with one.

use sp_core::{ed25519, sr25519, Pair};

/// The names that the SDK's tools know, each also with `//stash`.
const NAMES: &[&str] =
    &["", "//Alice", "//Bob", "//Charlie", "//Dave", "//Eve", "//Ferdie", "//One", "//Two"];

/// Public keys of development, with the name of each.
pub struct WellKnown(Vec<([u8; 32], String)>);

impl WellKnown {
    /// All of them, of both kinds.
    pub fn all() -> Self {
        let names = NAMES.iter().flat_map(|name| [(*name).to_owned(), format!("{name}//stash")]);
        let keys = names.flat_map(|name| {
            let uri = format!("{}{name}", sp_core::crypto::DEV_PHRASE);
            let sr25519 = sr25519::Pair::from_string(&uri, None).map(|pair| pair.public().0);
            let ed25519 = ed25519::Pair::from_string(&uri, None).map(|pair| pair.public().0);
            let name = if name.is_empty() { "the development phrase".to_owned() } else { name };
            [sr25519, ed25519].into_iter().flatten().map(move |key| (key, name.clone()))
        });
        Self(keys.collect())
    }

    /// The name of a key, if it is one of these.
    pub fn name(&self, key: &[u8; 32]) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, name)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Public keys that the SDK's documentation prints.
    #[test]
    fn the_keys_of_development_are_known_by_their_names() {
        let known = WellKnown::all();
        for (name, key) in [
            ("//Alice", "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"),
            ("//Alice//stash", "be5ddb1579b72e84524fc29e78609e3caf42e85aa118ebfe0b0ad404b5bdd25f"),
            ("//Bob", "8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48"),
            ("//Alice", "88dc3417d5058ec4b4503e0c12ea1a0a89be200fe98922423d4334014fa6b0ee"),
            ("//Bob", "d17c2d7823ebf260fd138f2d7e27d114c0145d968b5ff5006125f2414fadae69"),
        ] {
            let key = <[u8; 32]>::try_from(hex::decode(key).unwrap()).unwrap();
            assert_eq!(known.name(&key), Some(name));
        }
        assert_eq!(known.name(&[7; 32]), None);
        assert_eq!(known.0.len(), NAMES.len() * 4);
    }
}
