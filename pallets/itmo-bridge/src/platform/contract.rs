// SPDX-License-Identifier: Apache-2.0
//! The platform's answers, read: nothing here does input or output.
//!
//! The contract is the one that UNDP's importer shows; see docs/reference/itmo-platform.md.

use alloc::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};
use codec::{Decode, Encode};
use frame_support::{traits::ConstU32, BoundedVec};
use registry_primitives::{
    calendar,
    itmo::{is_address, Facts, Observation, PlatformProject, MAX_ADDRESS, MAX_MATERIALS},
    project::{MAX_EXTERNAL_ID, MAX_TITLE},
    text::{beginning, tidy},
    Text,
};
use serde::{
    de::{SeqAccess, Visitor},
    Deserialize, Deserializer,
};
use serde_json::Value;

/// The step that authorises a project.
pub const AUTHORISED: &str =
    "ITMO-Design Document (DD) & Validation Report / Upload on National Public Registry";
/// The content of a step that has credits issued.
pub const MONITORING_REPORTED: &str = "Upload Final Monitoring Report";
/// The status of a step that is done.
const COMPLETED: &str = "completed";
/// How deep the contents of a step are looked for.
const DEEPEST: u32 = 16;

/// A project in the list.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Listed {
    /// Its identifier.
    pub id: Text<MAX_EXTERNAL_ID>,
    /// The company, as the list writes it.
    pub company: Option<String>,
}

/// The list of projects.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct List {
    /// Those that have an identifier, each once, in the order of their identifiers.
    pub projects: Vec<Listed>,
    /// How many entries have none.
    pub unreadable: u32,
}

/// An answer that is not what the contract says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed;

/// Whether the answer to a login says that it worked, whatever its HTTP status says.
pub fn is_logged_in(body: &[u8]) -> Result<bool, Malformed> {
    let answer: Value = parse(body)?;
    Ok(answer.get("statusCode").and_then(Value::as_u64) == Some(200))
}

/// Whether an answer refuses, although its HTTP status says 200.
pub fn refuses(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Status {
        #[serde(default, rename = "statusCode")]
        code: Value,
    }
    serde_json::from_slice::<Status>(body)
        .is_ok_and(|status| matches!(status.code.as_u64(), Some(401 | 403)))
}

/// Reads the list of projects.
pub fn list(body: &[u8]) -> Result<List, Malformed> {
    #[derive(Deserialize)]
    struct Answer {
        data: List,
    }
    serde_json::from_slice(body).map(|answer: Answer| answer.data).map_err(|_| Malformed)
}

/// One entry after the other, so that a long list of anything does not fill the memory.
impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = List;

    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("a list of projects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<List, A::Error> {
        let mut projects = BTreeMap::new();
        let mut unreadable: u32 = 0;
        while let Some(entry) = entries.next_element::<Value>()? {
            let Some(id) = entry.get("id").and_then(identifier) else {
                unreadable = unreadable.saturating_add(1);
                continue;
            };
            let company = entry.get("company").and_then(Value::as_str).map(String::from);
            // Of a project that is listed twice, the entry that names a company.
            projects
                .entry(id)
                .and_modify(|known: &mut Option<String>| {
                    if known.is_none() {
                        known.clone_from(&company);
                    }
                })
                .or_insert(company);
        }
        let projects = projects.into_iter().map(|(id, company)| Listed { id, company }).collect();
        Ok(List { projects, unreadable })
    }
}

/// What has happened to a project, of what matters here; the same for every order of its steps.
pub fn observations(listed: &Listed, body: &[u8]) -> Result<Vec<Observation>, Malformed> {
    let project: Value = parse(body)?;
    let id = project.get("id").and_then(identifier).ok_or(Malformed)?;
    if id != listed.id {
        return Err(Malformed);
    }
    let steps = match project.get("steps") {
        Some(Value::Array(steps)) => steps.as_slice(),
        Some(Value::Null) | None => &[],
        Some(_) => return Err(Malformed),
    };
    let mut observed = Vec::new();
    let authorisations = || steps.iter().filter(|step| is_authorisation(step));
    if authorisations().next().is_some() {
        let facts = Facts::ProjectAuthorised(PlatformProject {
            materials: materials(authorisations()),
            ..facts(listed, &project)?
        });
        observed.push(Observation { project: id.clone(), facts });
    }
    let reports =
        |step: &Value| step.get("iterations").is_some_and(|each| has_report(each, DEEPEST));
    if steps.iter().any(reports) {
        observed.push(Observation { project: id, facts: Facts::MonitoringReported });
    }
    Ok(observed)
}

fn parse(body: &[u8]) -> Result<Value, Malformed> {
    serde_json::from_slice(body).map_err(|_| Malformed)
}

/// An identifier is a text that needs no tidying, or a number.
fn identifier(value: &Value) -> Option<Text<MAX_EXTERNAL_ID>> {
    let id: Cow<str> = match value {
        Value::String(id) => id.as_str().into(),
        Value::Number(id) => id.as_u64()?.to_string().into(),
        _ => return None,
    };
    Text::try_from(&*id).ok().filter(Text::is_valid)
}

fn is_authorisation(step: &Value) -> bool {
    let status = step.get("status").filter(|status| !status.is_null());
    step.get("name").and_then(Value::as_str) == Some(AUTHORISED)
        && status.is_none_or(|status| status.as_str() == Some(COMPLETED))
}

/// Whether the final report is among the contents, which lie in arrays of any depth.
fn has_report(iterations: &Value, depth: u32) -> bool {
    match iterations {
        Value::Array(entries) if depth > 0 => {
            entries.iter().any(|entry| has_report(entry, depth - 1))
        }
        Value::Object(iteration) => {
            let contents = iteration.get("contents").and_then(Value::as_array);
            contents.is_some_and(|contents| {
                contents.iter().any(|content| {
                    content.get("name").and_then(Value::as_str) == Some(MONITORING_REPORTED)
                })
            })
        }
        _ => false,
    }
}

fn facts(listed: &Listed, project: &Value) -> Result<PlatformProject, Malformed> {
    let name = project.get("name").and_then(Value::as_str).map(tidy).unwrap_or_default();
    let title = fitting(beginning(&name, MAX_TITLE as usize)).ok_or(Malformed)?;
    let company = listed.company.as_deref().or_else(|| project.get("company")?.as_str());
    let created_at = project.get("createdAt").and_then(Value::as_str).and_then(calendar::parse);
    Ok(PlatformProject {
        title,
        // Two companies could begin alike, so that none is cut.
        company: company.and_then(fitting).ok_or(Malformed)?,
        sector: optional(project.get("sector"))?,
        country: match project.get("country") {
            Some(Value::Object(country)) => optional(country.get("name"))?,
            other => optional(other)?,
        },
        created_at: created_at.ok_or(Malformed)?,
        materials: Default::default(),
    })
}

/// Where the files of steps are, in order, each once. What is no address is left out: a file that
/// cannot be opened is no reason not to take the project over.
fn materials<'a>(
    steps: impl Iterator<Item = &'a Value>,
) -> BoundedVec<Text<MAX_ADDRESS>, ConstU32<MAX_MATERIALS>> {
    let files = steps.filter_map(|step| step.get("files")?.as_array()).flatten();
    let address = |file: &Value| {
        // What follows may be another in every answer, as signatures are, and is never agreed on.
        let address = file.as_str()?.split(['?', '#']).next()?;
        Text::try_from(address).ok().filter(is_address)
    };
    let addresses: BTreeSet<_> = files.filter_map(address).collect();
    BoundedVec::truncate_from(addresses.into_iter().collect())
}

/// A text that may be missing, and is malformed if it is no text or too long.
fn optional<const N: u32>(value: Option<&Value>) -> Result<Option<Text<N>>, Malformed> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if tidy(text).is_empty() => Ok(None),
        Some(Value::String(text)) => fitting(text).map(Some).ok_or(Malformed),
        Some(_) => Err(Malformed),
    }
}

/// A text, tidied, if something is left of it and it is not too long.
fn fitting<const N: u32>(text: &str) -> Option<Text<N>> {
    Text::try_from(tidy(text).as_str()).ok().filter(Text::is_valid)
}
