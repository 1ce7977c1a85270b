// SPDX-License-Identifier: Apache-2.0
//! JSON as lines of words, for people.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value};

/// Names of fields that are instants in milliseconds.
const INSTANTS: &[&str] =
    &["at", "certified_at", "created_at", "requested_at", "set_at", "since", "submitted_at"];

/// A value in lines: a field each, what is inside another indented under it.
pub fn lines(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, 0);
    text
}

fn write(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(fields) => write_fields(text, fields, depth),
        Value::Array(values) if values.iter().any(is_nested) => {
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    text.push('\n');
                }
                write(text, value, depth);
            }
        }
        other => *text += &format!("{}{}\n", "  ".repeat(depth), short("", other)),
    }
}

fn write_fields(text: &mut String, fields: &Map<String, Value>, depth: usize) {
    let width = fields.keys().map(String::len).max().unwrap_or_default();
    let indent = "  ".repeat(depth);
    for (name, value) in fields {
        let label = name.replace('_', " ");
        let empty = value.as_array().is_some_and(Vec::is_empty);
        if is_period(name, value) {
            let of = |end| short("at", &value[end]);
            *text += &format!("{indent}{label:<width$}  {} to {}\n", of("start"), of("end"));
        } else if !empty && (is_nested(value) || holds_nested(value)) {
            *text += &format!("{indent}{label}\n");
            write(text, value, depth + 1);
        } else {
            *text += &format!("{indent}{label:<width$}  {}\n", short(name, value));
        }
    }
}

fn is_nested(value: &Value) -> bool {
    value.is_object() || holds_nested(value)
}

fn holds_nested(value: &Value) -> bool {
    value.as_array().is_some_and(|values| values.iter().any(is_nested))
}

fn is_period(name: &str, value: &Value) -> bool {
    name.ends_with("period") && value["start"].is_u64() && value["end"].is_u64()
}

/// A value on one line.
fn short(name: &str, value: &Value) -> String {
    match value {
        Value::Null => "none".into(),
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::String(text) => text.clone(),
        Value::Array(values) if values.is_empty() => "none".into(),
        Value::Array(values) => {
            values.iter().map(|value| short(name, value)).collect::<Vec<_>>().join(", ")
        }
        Value::Number(number) if INSTANTS.contains(&name) => number
            .as_i64()
            .and_then(DateTime::from_timestamp_millis)
            .map_or_else(|| number.to_string(), |at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::lines;
    use serde_json::json;

    #[test]
    fn fields_are_lines_and_what_is_inside_is_indented() {
        let value = json!({
            "created_at": 1_704_067_200_000_u64,
            "crediting_period": { "start": 1_704_067_200_000_u64, "end": 1_735_689_600_000_u64 },
            "details": { "name": "Reefs", "tax_id": "T-1" },
            "status": "active",
            "documents": [{ "kind": "other" }, { "kind": "methodology" }],
            "certifiers": [3, 4], "none": [], "certified": true, "article6": null,
        });
        let text = lines(&value);
        for line in [
            "created at        2024-01-01T00:00:00Z\n",
            "crediting period  2024-01-01T00:00:00Z to 2025-01-01T00:00:00Z\n",
            "details\n  name    Reefs\n  tax id  T-1\n",
            "documents\n  kind  other\n\n  kind  methodology\n",
            "certifiers        3, 4\n",
            "none              none\n",
            "certified         yes\n",
            "article6          none\n",
        ] {
            assert!(text.contains(line), "{line:?} in {text}");
        }
    }
}
