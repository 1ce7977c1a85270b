// SPDX-License-Identifier: Apache-2.0
//! Whether every call is said.

use super::*;
use crate::locale::{pieces, Piece, ENGLISH};
use std::collections::BTreeSet;

/// A call of every kind, in every way in which it is said.
fn samples() -> Vec<Call> {
    serde_json::from_str(include_str!("samples.json")).unwrap()
}

/// The sentences that a sentence is made of, itself the first.
fn parts(sentence: &Sentence) -> Vec<&Sentence> {
    fn of(value: &Value) -> Vec<&Sentence> {
        match value {
            Value::Sentence(sentence) => parts(sentence),
            Value::List(values) => values.iter().flat_map(of).collect(),
            _ => vec![],
        }
    }
    let inner = sentence.values.iter().flat_map(|(_, value)| of(value));
    std::iter::once(sentence).chain(inner).collect()
}

#[test]
fn every_call_is_said_and_every_sentence_is_used() {
    let sentences: Vec<_> = samples().iter().map(Call::sentence).collect();
    let mut used = BTreeSet::new();
    for sentence in sentences.iter().flat_map(parts) {
        let template = ENGLISH.get(sentence.key).unwrap_or_else(|| panic!("{}", sentence.key));
        let gaps: BTreeSet<_> = pieces(template)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Gap(name) => Some(name),
                Piece::Words(_) => None,
            })
            .collect();
        let filled: BTreeSet<_> = sentence.values.iter().map(|(name, _)| *name).collect();
        assert_eq!(gaps, filled, "{}", sentence.key);
        used.insert(sentence.key);
    }
    let known: BTreeSet<_> =
        ENGLISH.keys().filter(|key| key.starts_with("call_words.")).map(String::as_str).collect();
    assert_eq!(used, known);
    // The names of all calls, as they are told to who asks for one that there is not.
    let none = serde_json::json!({ "pallet": "x", "name": "y", "args": {} });
    let told = serde_json::from_value::<Call>(none).unwrap_err().to_string();
    let calls: BTreeSet<_> = told.split_once("there are ").unwrap().1.split(", ").collect();
    let said: Vec<_> = samples().iter().map(Call::name).collect();
    let said: Vec<_> = said.iter().map(|(pallet, name)| format!("{pallet}.{name}")).collect();
    assert_eq!(said.iter().map(String::as_str).collect::<BTreeSet<_>>(), calls);
}

#[test]
fn calls_are_said_as_people_speak() {
    let words: Vec<_> = samples().iter().map(Call::in_words).collect();
    for expected in [
        "Transfer 5,105 tonnes to organisation 4.",
        "Add 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY to organisation 4 with the role \
         “View only”.",
        "Submit a document of 123,456 bytes for project 1: Other document. Its hash is \
         0x0909090909090909090909090909090909090909090909090909090909090909.",
        "Retire 1 tonne of another organisation for good, in the name of “Dupont & Fils”. \
         Purpose: the nationally determined contribution of 2030.",
        "Propose to other officers: Cancel 5,105 tonnes for good (A removal was reversed), \
         correcting the issuance for period 2 of project 1. Public statement: “A fire.”",
    ] {
        assert!(words.iter().any(|it| it == expected), "{expected}\n{}", words.join("\n"));
    }
    for sentence in words {
        assert!(!sentence.contains(['{', '}', '…', '_']), "{sentence}");
    }
}
