// SPDX-License-Identifier: Apache-2.0
//! What the columns of a list's files mean: found in the description of the API, which is made of
//! the same types as the files.

use serde_json::Value;

/// A column of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its heading.
    pub name: &'static str,
    /// What its cells hold, as Frictionless Table Schema calls it: `integer`, `number`, `string`,
    /// `boolean`, `datetime`; or `object` or `array`, which stand in a cell as JSON.
    pub kind: String,
    /// What it is.
    pub about: String,
}

/// Of an object whose heading is the object's own: what of it stands in the cell.
const SAID: [&str; 4] = ["name", "title", "kind", "sentence"];

/// The columns of a list, by its headings and the schema of its items.
pub fn columns(description: &Value, schema: &str, headings: &[&'static str]) -> Vec<Column> {
    let api = Api(description);
    headings
        .iter()
        .map(|name| {
            let (kind, about) = api.column(schema, name).unwrap_or_default();
            Column { name, kind, about }
        })
        .collect()
}

/// The description of the API.
struct Api<'a>(&'a Value);

impl<'a> Api<'a> {
    /// What a heading stands for.
    fn column(&self, schema: &str, heading: &str) -> Option<(String, String)> {
        let property = |name| self.property(self.schema(schema)?, name);
        if let Some(property) = property(heading) {
            return match self.target(property) {
                Some(target) if !is_scalar(target) => self.said(property, target),
                _ => Some((self.kind(property), about(property).to_owned())),
            };
        }
        // The serial numbers of all parts, in one cell.
        if heading == "serials" {
            return Some(("string".to_owned(), about(property("parts")?).to_owned()));
        }
        // A part of an object: `owner_id`, `beneficiary_country`, `closed_at`.
        let (property, part) = heading.match_indices('_').find_map(|(place, _)| {
            let (of, part) = (&heading[..place], &heading[place + 1..]);
            let property = property(of)?;
            Some((property, self.property(self.target(property)?, part)?))
        })?;
        let kind = match self.target(part) {
            // Of something else again, its number.
            Some(target) if !is_scalar(target) => "integer".to_owned(),
            _ => self.kind(part),
        };
        Some((kind, joined(property, part)))
    }

    /// Of an object, what stands in its cell.
    fn said(&self, property: &Value, target: &Value) -> Option<(String, String)> {
        let part = SAID.iter().find_map(|name| self.property(target, name))?;
        Some((self.kind(part), joined(property, part)))
    }

    fn schema(&self, name: &str) -> Option<&'a Value> {
        self.0.pointer(&format!("/components/schemas/{name}"))
    }

    /// A property of an object, or of one that is a part of it.
    fn property(&self, object: &'a Value, name: &str) -> Option<&'a Value> {
        if let Some(found) = object.pointer(&format!("/properties/{name}")) {
            return Some(found);
        }
        let parts = object["allOf"].as_array()?;
        parts.iter().find_map(|part| self.property(self.target(part).unwrap_or(part), name))
    }

    /// What a property refers to.
    fn target(&self, property: &'a Value) -> Option<&'a Value> {
        let place = referring(property)?["$ref"].as_str()?;
        self.0.pointer(place.trim_start_matches('#'))
    }

    fn kind(&self, property: &Value) -> String {
        let written = referring(property)
            .and_then(|it| it["$ref"].as_str())
            .and_then(|place| self.0.pointer(place.trim_start_matches('#')))
            .unwrap_or(property);
        let name = match &written["type"] {
            Value::Array(names) => names.iter().find(|name| *name != "null"),
            name => Some(name),
        };
        match (name.and_then(Value::as_str), written["format"].as_str()) {
            (Some("string"), Some("date-time")) => "datetime",
            (Some(name), _) => name,
            (None, _) => "object",
        }
        .to_owned()
    }
}

fn is_scalar(schema: &Value) -> bool {
    schema["type"].as_str().is_some_and(|name| name != "object")
}

/// The place of a property that refers to something else; also where it may be null.
fn referring(property: &Value) -> Option<&Value> {
    if property["$ref"].is_string() {
        return Some(property);
    }
    property["oneOf"].as_array()?.iter().find(|it| it["$ref"].is_string())
}

fn about(property: &Value) -> &str {
    let own = property["description"].as_str();
    own.or_else(|| referring(property)?["description"].as_str()).unwrap_or_default()
}

fn joined(property: &Value, part: &Value) -> String {
    format!("{} {}", about(property), about(part)).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(heading: &'static str) -> (String, String) {
        let description = json!({"components": {"schemas": {
            "Time": {"type": "string", "format": "date-time"},
            "Owner": {"type": "object", "properties": {
                "id": {"type": "integer", "description": "Its number."},
                "name": {"type": "string", "description": "Its name."},
            }},
            "Numbers": {"type": "object", "properties": {
                "start": {"type": "integer", "description": "First number."},
            }},
            "End": {"type": "object", "properties": {
                "at": {"$ref": "#/components/schemas/Time", "description": "When."},
                "owner": {"oneOf": [
                    {"$ref": "#/components/schemas/Owner", "description": "Whose."},
                    {"type": "null"},
                ]},
            }},
            "Item": {"allOf": [
                {"$ref": "#/components/schemas/Numbers"},
                {"type": "object", "properties": {
                    "owner": {"$ref": "#/components/schemas/Owner", "description": "Who owns it."},
                    "closed": {"oneOf": [
                        {"$ref": "#/components/schemas/End", "description": "How it ended."},
                        {"type": "null"},
                    ]},
                    "made_at": {"$ref": "#/components/schemas/Time", "description": "When made."},
                    "reason": {"type": ["string", "null"], "description": "Why."},
                    "scopes": {"type": "array", "description": "Which."},
                    "parts": {"type": "array", "description": "The numbers."},
                }},
            ]},
        }}});
        let mut columns = columns(&description, "Item", &[heading]);
        let Column { kind, about, .. } = columns.remove(0);
        (kind, about)
    }

    #[test]
    fn a_heading_is_found_among_the_properties_of_the_item() {
        for (heading, kind, about) in [
            ("start", "integer", "First number."),
            ("reason", "string", "Why."),
            ("scopes", "array", "Which."),
            ("made_at", "datetime", "When made."),
            ("owner", "string", "Who owns it. Its name."),
            ("owner_id", "integer", "Who owns it. Its number."),
            ("closed_at", "datetime", "How it ended. When."),
            ("closed_owner", "integer", "How it ended. Whose."),
            ("serials", "string", "The numbers."),
            ("nothing", "", ""),
            ("owner_age", "", ""),
        ] {
            assert_eq!(found(heading), (kind.to_owned(), about.to_owned()), "{heading}");
        }
    }
}
