// SPDX-License-Identifier: Apache-2.0
//! The description of the API as it was promised, `portal/openapi.json`, against the one that this
//! build serves: what clients rely on may be added to, and not be taken away.

#![cfg(test)]

use serde_json::Value;
use std::collections::BTreeSet;

/// The promised description.
const PROMISED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
/// Set to write the file anew after an addition.
const UPDATE: &str = "UPDATE_REFERENCE";
/// Set beside it to break the promise, for a new version of the API.
const BREAK: &str = "BREAK_THE_API";

#[test]
fn the_api_keeps_its_promises() {
    let served = serde_json::to_value(crate::server::api().1).unwrap();
    let update = std::env::var_os(UPDATE).is_some();
    let promised = match std::fs::read_to_string(PROMISED) {
        Ok(text) => serde_json::from_str(&text).unwrap(),
        Err(_) if update => Value::Null,
        Err(error) => panic!("{PROMISED}: {error}; write it with {UPDATE}=1"),
    };
    let broken = broken(&promised, &served);
    let meant = update && std::env::var_os(BREAK).is_some();
    assert!(
        broken.is_empty() || meant,
        "clients that rely on the API would break:\n  {}\nKeep what was promised beside what is \
         new; if it must go, set {UPDATE}=1 and {BREAK}=1 and say so in CHANGELOG.md.",
        broken.join("\n  ")
    );
    if update {
        let text = format!("{:#}\n", served);
        std::fs::write(PROMISED, text).unwrap();
        return;
    }
    assert!(promised == served, "the API has grown: set {UPDATE}=1 and commit {PROMISED}");
}

/// Every operation, its parameters and every call that the page names must be there.
#[test]
fn the_table_of_endpoints_names_what_is_there() {
    let page = include_str!("../../docs/reference/endpoints.md");
    let served = serde_json::to_value(crate::server::api().1).unwrap();
    let calls = calls(include_str!("../../docs/reference/calls.md"));
    let (mut operations, mut transactions) = (0, 0);
    // What stands between two marks of code.
    for text in page.split('`').skip(1).step_by(2) {
        match text.split_once(" /api/v1/") {
            Some((method, address)) => {
                let (path, query) = address.split_once('?').unwrap_or((address, ""));
                let path = format!("/api/v1/{}", path.trim_end_matches(".csv"));
                let operation = &served["paths"][&path][method.to_lowercase()];
                assert!(!operation.is_null(), "{text} is not there");
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let name = query.split('=').next().unwrap_or_default();
                let mut names = parameters.filter_map(|it| it["name"].as_str());
                assert!(name.is_empty() || names.any(|it| it == name), "{text}: no {name}");
                operations += 1;
            }
            None => {
                let plain = |c: char| c.is_ascii_lowercase() || c == '_' || c == '.';
                if text.contains('.') && !text.starts_with('.') && text.chars().all(plain) {
                    assert!(calls.contains(text), "there is no call {text}");
                    transactions += 1;
                }
            }
        }
    }
    assert!(operations > 60 && transactions > 35, "{operations}, {transactions}");
}

/// The calls of the chain, as pallet.name, by the page that is printed from its metadata.
fn calls(page: &str) -> BTreeSet<String> {
    let mut pallet = String::new();
    let mut found = BTreeSet::new();
    for line in page.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            pallet = name.to_lowercase();
        } else if let Some((call, _)) = line.strip_prefix("| `").and_then(|it| it.split_once('`')) {
            found.insert(format!("{pallet}.{call}"));
        }
    }
    found
}

/// Which side of a conversation a value is on: who sends it may say more, and who reads it less.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Asked,
    Answered,
}

/// What clients of the `old` description miss in the `new` one.
fn broken(old: &Value, new: &Value) -> Vec<String> {
    let mut comparison = Comparison { old, new, found: Vec::new(), seen: BTreeSet::new() };
    for (path, methods) in members(&old["paths"]) {
        for (method, operation) in members(methods) {
            let now = &new["paths"][path][method];
            let place = format!("{} {path}", method.to_uppercase());
            comparison.operation(&place, operation, now);
        }
    }
    comparison.found
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    found: Vec<String>,
    /// Pairs of named schemas that were compared; they can hold themselves.
    seen: BTreeSet<(String, String, bool)>,
}

impl<'a> Comparison<'a> {
    fn operation(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        if new.is_null() {
            return self.found.push(format!("{place} is gone"));
        }
        let known = |list: &'a Value, wanted: &Value| {
            let same = |it: &&Value| it["name"] == wanted["name"] && it["in"] == wanted["in"];
            list.as_array().into_iter().flatten().find(same)
        };
        for parameter in old["parameters"].as_array().into_iter().flatten() {
            let place = format!("{place}, parameter {}", parameter["name"]);
            match known(&new["parameters"], parameter) {
                None => self.found.push(format!("{place} is gone")),
                Some(now) => {
                    self.schema(&place, &parameter["schema"], &now["schema"], Side::Asked);
                    if now["required"] == true && parameter["required"] != true {
                        self.found.push(format!("{place} has become required"));
                    }
                }
            }
        }
        for parameter in new["parameters"].as_array().into_iter().flatten() {
            if parameter["required"] == true && known(&old["parameters"], parameter).is_none() {
                let name = &parameter["name"];
                self.found.push(format!("{place}, parameter {name} is new and required"));
            }
        }
        let (asked, now) = (&old["requestBody"]["content"], &new["requestBody"]["content"]);
        self.contents(&format!("{place}, body"), asked, now, Side::Asked);
        for (status, answer) in members(&old["responses"]) {
            let now = &new["responses"][status];
            let place = format!("{place}, answer {status}");
            if now.is_null() {
                self.found.push(format!("{place} is gone"));
            } else {
                self.contents(&place, &answer["content"], &now["content"], Side::Answered);
            }
        }
    }

    fn contents(&mut self, place: &str, old: &'a Value, new: &'a Value, side: Side) {
        for (kind, content) in members(old) {
            let place = format!("{place} ({kind})");
            match &new[kind] {
                Value::Null => self.found.push(format!("{place} is gone")),
                now => self.schema(&place, &content["schema"], &now["schema"], side),
            }
        }
    }

    fn schema(&mut self, place: &str, old: &'a Value, new: &'a Value, side: Side) {
        let (old, new) = (only_choice(old), only_choice(new));
        if let (Some(from), Some(to)) = (old["$ref"].as_str(), new["$ref"].as_str()) {
            if !self.seen.insert((from.into(), to.into(), side == Side::Asked)) {
                return;
            }
        }
        let (old, new) = (resolve(self.old, old), resolve(self.new, new));
        if old.is_null() {
            return;
        }
        let (was, is) = (kinds(old), kinds(new));
        let fits = match side {
            Side::Asked => was.is_subset(&is),
            Side::Answered => is.is_subset(&was),
        };
        if !fits {
            self.found.push(format!("{place} was {was:?}, and is {is:?}"));
        }
        if let (Side::Asked, Some(values)) = (side, old["enum"].as_array()) {
            let now = new["enum"].as_array();
            for value in values {
                if now.is_some_and(|now| !now.contains(value)) {
                    self.found.push(format!("{place} no longer takes {value}"));
                }
            }
        }
        if !old["items"].is_null() {
            self.schema(&format!("{place}[]"), &old["items"], &new["items"], side);
        }
        let (had, has) = (fields(self.old, old), fields(self.new, new));
        for (name, schema, was_required) in &had {
            let place = format!("{place}.{name}");
            match has.iter().find(|(other, ..)| other == name) {
                None => self.found.push(format!("{place} is gone")),
                Some((_, now, required)) => {
                    self.schema(&place, schema, now, side);
                    match side {
                        Side::Asked if *required && !was_required => {
                            self.found.push(format!("{place} has become required"));
                        }
                        Side::Answered if *was_required && !required => {
                            self.found.push(format!("{place} may now be missing"));
                        }
                        _ => {}
                    }
                }
            }
        }
        for (name, _, required) in &has {
            let known = had.iter().any(|(other, ..)| other == name);
            if side == Side::Asked && *required && !known {
                self.found.push(format!("{place}.{name} is new and required"));
            }
        }
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The one choice beside null, where there is no other.
fn only_choice(schema: &Value) -> &Value {
    let choices = schema["oneOf"].as_array().into_iter().flatten();
    let mut choices = choices.filter(|choice| choice["type"] != "null");
    match (choices.next(), choices.next()) {
        (Some(only), None) => only,
        _ => schema,
    }
}

/// The schema that a reference stands for.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap_or(schema),
        None => schema,
    }
}

/// The types of a schema: one, or several of which one is mostly null.
fn kinds(schema: &Value) -> BTreeSet<&str> {
    match &schema["type"] {
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

/// The fields of an object, those of its parts included: name, schema, and whether it is always
/// there.
fn fields<'a>(document: &'a Value, schema: &'a Value) -> Vec<(&'a String, &'a Value, bool)> {
    let schema = resolve(document, only_choice(schema));
    let required = |name: &str| {
        schema["required"].as_array().into_iter().flatten().any(|it| it.as_str() == Some(name))
    };
    let own = members(&schema["properties"]).map(|(name, it)| (name, it, required(name)));
    let mut all: Vec<_> = own.collect();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        all.extend(fields(document, part));
    }
    all
}

mod tests {
    use super::*;
    use serde_json::json;

    fn description() -> Value {
        json!({
            "paths": { "/things": { "get": {
                "parameters": [
                    { "name": "kind", "in": "query", "schema": { "enum": ["a", "b"] } },
                    { "name": "limit", "in": "query", "schema": { "type": ["integer", "null"] } },
                ],
                "responses": { "200": { "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/List" } } } } },
            } } },
            "components": { "schemas": {
                "List": { "type": "object", "required": ["items"], "properties": {
                    "items": { "type": "array", "items": { "$ref": "#/components/schemas/Thing" } },
                } },
                "Thing": { "allOf": [ { "type": "object", "required": ["id"], "properties": {
                    "id": { "type": "integer" },
                    "next": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Thing" }] },
                } } ] },
            } },
        })
    }

    /// What is broken when the value at a place becomes another.
    fn change(place: &str, value: Value) -> Vec<String> {
        let mut new = description();
        *new.pointer_mut(place).unwrap() = value;
        broken(&description(), &new)
    }

    const OPERATION: &str = "/paths/~1things/get";

    #[test]
    fn what_is_added_breaks_nothing() {
        assert!(broken(&description(), &description()).is_empty());
        let mut new = description();
        new["paths"]["/more"] = json!({});
        new["components"]["schemas"]["List"]["properties"]["next"] = json!({ "type": "string" });
        let parameters = new.pointer_mut(&format!("{OPERATION}/parameters")).unwrap();
        parameters.as_array_mut().unwrap().push(json!({ "name": "more", "in": "query" }));
        parameters[0]["schema"]["enum"] = json!(["a", "b", "c"]);
        assert_eq!(broken(&description(), &new), Vec::<String>::new());
    }

    #[test]
    fn what_is_taken_away_is_named() {
        let thing = "/components/schemas/Thing/allOf/0";
        for (place, value, says) in [
            (OPERATION.to_owned(), Value::Null, "GET /things is gone"),
            (format!("{OPERATION}/parameters"), json!([]), "\"kind\" is gone"),
            (
                format!("{OPERATION}/parameters/0/schema/enum"),
                json!(["a"]),
                "no longer takes \"b\"",
            ),
            (format!("{OPERATION}/parameters/1/schema/type"), json!("integer"), "was"),
            (format!("{OPERATION}/responses"), json!({}), "answer 200 is gone"),
            (format!("{thing}/properties/id/type"), json!("string"), ".items[].id was"),
            (format!("{thing}/properties"), json!({}), ".items[].id is gone"),
            (format!("{thing}/required"), json!([]), ".items[].id may now be missing"),
        ] {
            let found = change(&place, value);
            assert!(found.iter().any(|it| it.contains(says)), "{place}: {found:?}");
        }
    }

    #[test]
    fn new_demands_are_named() {
        let mut new = description();
        let parameters = new.pointer_mut(&format!("{OPERATION}/parameters")).unwrap();
        parameters[0]["required"] = json!(true);
        let more = json!({ "name": "more", "in": "query", "required": true });
        parameters.as_array_mut().unwrap().push(more);
        let found = broken(&description(), &new);
        assert!(found.iter().any(|it| it.contains("has become required")), "{found:?}");
        assert!(found.iter().any(|it| it.contains("is new and required")), "{found:?}");
    }
}
