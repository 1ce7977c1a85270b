// SPDX-License-Identifier: Apache-2.0
//! Sentences that are in no language yet, and what a language needs to say them.

use registry_primitives::text::Text;
use std::{collections::HashMap, sync::LazyLock};

/// The sentences of a language, by keys such as `call_words.credits.transfer`.
pub type Catalogue = HashMap<String, String>;

/// What this crate says, in English. The portal's English catalogue begins with it. A test reads
/// the embedded file, so that one that cannot be parsed is found before anybody runs it.
pub static ENGLISH: LazyLock<Catalogue> =
    LazyLock::new(|| parse(include_str!("../locales/en.json")).unwrap_or_default());

/// Flattens nested objects into dotted keys.
pub fn parse(text: &str) -> Result<Catalogue, serde_json::Error> {
    use serde_json::Value;
    fn flatten(prefix: &str, value: Value, into: &mut Catalogue) {
        match value {
            Value::Object(entries) => {
                for (name, value) in entries {
                    let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
                    flatten(&key, value, into);
                }
            }
            Value::String(text) => {
                into.insert(prefix.to_owned(), text);
            }
            other => {
                into.insert(prefix.to_owned(), other.to_string());
            }
        }
    }
    let mut catalogue = Catalogue::new();
    flatten("", serde_json::from_str(text)?, &mut catalogue);
    Ok(catalogue)
}

/// One piece of a sentence: the catalogue's own words, or the name of a gap to fill.
#[derive(PartialEq, Eq, Debug)]
pub enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// `{name}`.
    Gap(&'a str),
}

/// Takes a sentence apart at its gaps.
pub fn pieces(sentence: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = sentence;
    while let Some((words, (name, after))) =
        rest.split_once('{').and_then(|(words, gap)| Some((words, gap.split_once('}')?)))
    {
        if !words.is_empty() {
            found.push(Piece::Words(words));
        }
        found.push(Piece::Gap(name));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Piece::Words(rest));
    }
    found
}

/// A sentence in no language yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sentence {
    /// Where catalogues have it.
    pub key: &'static str,
    /// What fills its gaps, by their names.
    pub values: Vec<(&'static str, Value)>,
}

/// What fills a gap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// What somebody wrote, or an address or a hash.
    Text(String),
    /// The number of a record, or a year, which are not grouped.
    Id(u64),
    /// How many.
    Number(i128),
    /// How many of a thing, by the key of the thing: `unit.tonnes`.
    Count(&'static str, i128),
    /// Parts per million.
    Share(u32),
    /// The name of a value of an enumeration: its group and the value.
    Label(&'static str, String),
    /// A sentence in the sentence, or a part of it that is said in different ways.
    Sentence(Sentence),
    /// Several.
    List(Vec<Value>),
}

/// A language: its catalogue, and how it writes numbers.
///
/// What is given is what English does; other languages say where they differ.
pub trait Locale {
    /// A sentence, if there is one of this key.
    fn find(&self, key: &str) -> Option<&str>;

    /// The form of a sentence for so many things, by the categories of Unicode's CLDR.
    fn form(&self, n: u128) -> &'static str {
        if n == 1 {
            "one"
        } else {
            "other"
        }
    }

    /// What stands between thousands.
    fn separator(&self) -> char {
        ','
    }

    /// What stands before the decimals.
    fn decimal(&self) -> char {
        '.'
    }

    /// What stands before numbers below zero.
    fn minus(&self) -> &'static str {
        "−"
    }

    /// What stands after percentages.
    fn percent_sign(&self) -> &'static str {
        "\u{a0}%"
    }

    /// What stands between the things of a list.
    fn comma(&self) -> &'static str {
        ", "
    }

    /// Text of others, kept from changing the direction of what stands around it.
    fn isolated(&self, text: String) -> String {
        text
    }

    /// A sentence with its gaps filled; its key where it is missing, which tests forbid.
    fn fill(&self, key: &str, arguments: &[(&str, String)]) -> String {
        let value = |name| arguments.iter().find(|(known, _)| *known == name);
        pieces(self.find(key).unwrap_or(key))
            .into_iter()
            .map(|piece| match piece {
                Piece::Words(words) => words,
                Piece::Gap(name) => value(name).map_or("…", |(_, value)| value),
            })
            .collect()
    }

    /// The sentence for a number of things: `key` with the [form](Self::form) for it, and `{n}`.
    fn count(&self, key: &str, n: i128) -> String {
        let own = format!("{key}.{}", self.form(n.unsigned_abs()));
        let key = self.find(&own).map_or_else(|| format!("{key}.other"), |_| own);
        self.fill(&key, &[("n", self.number(n))])
    }

    /// The name of a value of an enumeration; the value itself where the chain knows one that the
    /// catalogue does not.
    fn label(&self, group: &str, value: &str) -> String {
        self.find(&format!("{group}.{value}"))
            .map_or_else(|| value.replace('_', " "), str::to_owned)
    }

    /// A whole number with separators.
    fn number(&self, n: i128) -> String {
        let digits = n.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        if n < 0 {
            text.push_str(self.minus());
        }
        for (index, digit) in digits.char_indices() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(self.separator());
            }
            text.push(digit);
        }
        text
    }

    /// Parts per million as a percentage, without loss.
    fn percent(&self, ppm: i64) -> String {
        let (whole, rest) = (ppm / 10_000, (ppm % 10_000).unsigned_abs());
        let fraction = format!("{rest:04}");
        let fraction = fraction.trim_end_matches('0');
        let mut text = self.number(whole.into());
        if !fraction.is_empty() {
            text.push(self.decimal());
            text.push_str(fraction);
        }
        text.push_str(self.percent_sign());
        text
    }

    /// A sentence in this language.
    fn say(&self, sentence: &Sentence) -> String {
        let fill = |(name, value): &(&'static str, Value)| (*name, self.write(value));
        let arguments: Vec<_> = sentence.values.iter().map(fill).collect();
        self.fill(sentence.key, &arguments)
    }

    /// What fills a gap, in this language.
    fn write(&self, value: &Value) -> String {
        match value {
            Value::Text(text) => self.isolated(text.chars().map(visible).collect()),
            Value::Id(id) => id.to_string(),
            Value::Number(n) => self.number(*n),
            Value::Count(key, n) => self.count(key, *n),
            Value::Share(ppm) => self.percent((*ppm).into()),
            Value::Label(group, value) => self.label(group, value),
            Value::Sentence(sentence) => self.say(sentence),
            Value::List(values) => {
                let written: Vec<_> = values.iter().map(|value| self.write(value)).collect();
                written.join(self.comma())
            }
        }
    }
}

/// A character, or the mark of one that makes text read differently from what it is. Calls are told
/// before any pallet has checked their texts.
fn visible(c: char) -> char {
    // Between letters, because white space is allowed there alone.
    let inside = Text::<6>::try_from(&*format!("x{c}x"));
    match inside.is_ok_and(|text| text.is_valid()) {
        true => c,
        false => char::REPLACEMENT_CHARACTER,
    }
}

/// The language of the command line and of logs.
pub struct English;

impl Locale for English {
    fn find(&self, key: &str) -> Option<&str> {
        ENGLISH.get(key).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_can_be_read() {
        assert!(parse(include_str!("../locales/en.json")).unwrap().len() > 100);
    }

    #[test]
    fn every_kind_of_value_is_written() {
        for (value, text) in [
            (Value::Text("Dupont & Fils".into()), "Dupont & Fils"),
            (Value::Id(2_026), "2026"),
            (Value::Number(5_105), "5,105"),
            (Value::Count("unit.tonnes", 1), "1 tonne"),
            (Value::Count("unit.tonnes", 5_105), "5,105 tonnes"),
            // More than the chain has, but as many as a call can ask for.
            (Value::Count("unit.tonnes", u64::MAX.into()), "18,446,744,073,709,551,615 tonnes"),
            (Value::Share(25_500), "2.55\u{a0}%"),
            (Value::Label("organisation_role", "project_developer".into()), "Project developer"),
            (Value::Label("organisation_role", "of_tomorrow".into()), "of tomorrow"),
            (Value::List(vec![Value::Id(1), Value::Number(2)]), "1, 2"),
        ] {
            assert_eq!(English.write(&value), text);
        }
    }

    #[test]
    fn text_that_deceives_is_seen() {
        let hostile = "a\u{202e}b\u{2069}c\nd\u{1b}[2J é 数";
        let written = English.write(&Value::Text(hostile.into()));
        assert_eq!(written, "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}[2J é 数");
    }
}
