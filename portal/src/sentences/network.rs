// SPDX-License-Identifier: Apache-2.0
//! What fills the gaps of the sentences about validators, the council, emergencies and the bridge.

use super::gaps::Gap;
use crate::{i18n::Language, page};
use serde_json::Value;

/// What a sentence about the network names.
pub fn details(language: Language, event: &str, fields: &Value) -> Vec<Gap> {
    let number = |name: &str| fields.get(name).and_then(Value::as_i64);
    let mut found = Vec::new();
    for (gap, name) in [
        ("session", "session"),
        ("minimum", "minimum"),
        ("motion", "proposal_index"),
        ("yes", "yes"),
        ("no", "no"),
        ("until", "until"),
        ("round", "round"),
        ("case", "case"),
    ] {
        found.extend(number(name).map(|n| (gap, language.number(n))));
    }
    let members = match event {
        "CouncilSet" => fields
            .get("members")
            .and_then(Value::as_array)
            .map(|list| i64::try_from(list.len()).unwrap_or(i64::MAX)),
        _ => number("threshold"),
    };
    let members = members.map(|n| page::text(&language.count("unit.members", n)));
    found.extend(members.map(|members| ("members", members)));
    let text = |place: &str| fields.pointer(place).and_then(Value::as_str);
    found.extend(text("/account").map(|account| ("account", code(account))));
    found.extend(text("/contact/operator").map(|name| ("operator", page::foreign(name))));
    found.extend(text("/company").map(|name| ("company", page::foreign(name))));
    let call = text("/full_name/pallet").zip(text("/full_name/call"));
    found.extend(call.map(|(pallet, call)| ("call", code(&format!("{pallet}.{call}")))));
    found
}

/// Which of several sentences tells an event.
pub fn variant(event: &str, fields: &Value) -> Option<&'static str> {
    let is = |name: &str| fields.get(name).and_then(Value::as_bool) == Some(true);
    Some(match event {
        "ValidatorFlagged" if is("disabled") => "disabled",
        "ValidatorFlagged" => "plain",
        "MotionVoted" if is("voted") => "yes",
        "MotionVoted" => "no",
        "SafeModeExited" if fields["reason"] == "force" => "force",
        "SafeModeExited" => "timeout",
        _ => return None,
    })
}

fn code(text: &str) -> String {
    format!("<code class=\"long\" dir=\"ltr\">{}</code>", page::text(text))
}
