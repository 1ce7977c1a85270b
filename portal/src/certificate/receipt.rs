// SPDX-License-Identifier: Apache-2.0
//! The receipt that is attached to a certificate: its facts for programs, the same in every language,
//! with what anybody needs to find them on the chain. A receipt that comes back is compared with the
//! one that would be written now.

use super::facts::Certificate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// The name of this form of a receipt, by which it is known.
pub const FORM: &str = "registry-retirement-receipt/1";

/// The receipt of a certificate. Its fields keep their order: the bytes of a paper depend on it.
#[derive(Serialize)]
pub struct Receipt<'a> {
    form: &'static str,
    certificate: i64,
    name: &'a str,
    address: &'a str,
    genesis_hash: &'a str,
    host: &'a str,
    quantity: i64,
    serials: Vec<&'a str>,
    vintages: Vec<i16>,
    projects: Vec<String>,
    owner: String,
    account: Option<&'a str>,
    purpose: &'a str,
    purpose_details: Option<&'a Value>,
    beneficiary: &'a str,
    beneficiary_country: &'a str,
    on_behalf_of: Option<&'a str>,
    reason: Option<&'a str>,
    reference: Option<&'a str>,
    first_transferred: i64,
    deductions: Vec<String>,
    at: String,
    block: i64,
    block_hash: &'a str,
    extrinsic_index: Option<i32>,
    extrinsic: Option<&'a str>,
    event: i32,
}

impl<'a> Receipt<'a> {
    pub fn of(certificate: &'a Certificate) -> Self {
        let it = &certificate.retirement;
        let proof = &certificate.proof;
        let projects = certificate.projects.iter();
        let deductions = certificate.cancellations.iter().flat_map(|cancellation| {
            let serials = cancellation.parts.iter().map(|part| &part.numbers.serial);
            serials.map(|serial| format!("{} {} {serial}", cancellation.id, cancellation.reason))
        });
        Self {
            form: FORM,
            certificate: it.id,
            name: &certificate.name,
            address: &certificate.address,
            genesis_hash: &proof.genesis_hash,
            host: &certificate.host,
            quantity: it.quantity,
            serials: it.parts.iter().map(|part| part.numbers.serial.as_str()).collect(),
            vintages: it.parts.iter().map(|part| part.vintage).collect(),
            projects: projects
                .map(|it| format!("{} {} {}", it.id, it.external_id, it.title))
                .collect(),
            owner: format!("{} {}", it.owner.id, it.owner.name),
            account: proof.signer.as_deref(),
            purpose: &it.use_of.purpose,
            purpose_details: it.use_of.purpose_details.as_ref(),
            beneficiary: &it.use_of.beneficiary.name,
            beneficiary_country: &it.use_of.beneficiary.country,
            on_behalf_of: it.use_of.on_behalf_of.as_deref(),
            reason: it.use_of.reason.as_deref(),
            reference: it.use_of.reference.as_deref(),
            first_transferred: certificate.first_transferred,
            deductions: deductions.collect(),
            at: it.at.to_string(),
            block: it.block,
            block_hash: &proof.block_hash,
            extrinsic_index: proof.extrinsic_index,
            extrinsic: proof.extrinsic.as_deref(),
            event: it.event,
        }
    }

    /// The receipt as it is attached.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    fn fields(&self) -> Vec<(String, Value)> {
        match serde_json::to_value(self) {
            // Sorted by name; the order of the struct is the reader's.
            Ok(Value::Object(fields)) => {
                let text = self.text();
                let place = |name: &str| text.find(&format!("\n  \"{name}\":"));
                let mut fields: Vec<_> = fields.into_iter().collect();
                fields.sort_by_key(|(name, _)| place(name));
                fields
            }
            _ => Vec::new(),
        }
    }
}

/// How a field of a receipt stands to the registry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The registry says the same.
    Same,
    /// The registry says something else.
    Differs,
    /// The receipt does not say it.
    Missing,
    /// The registry does not know such a field.
    Unknown,
}

/// A field of a receipt beside what the registry says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Compared {
    /// Name of the field.
    #[schema(example = "quantity")]
    pub field: String,
    /// What the receipt says.
    pub given: Option<String>,
    /// What the registry says.
    pub registry: Option<String>,
    /// How they stand to each other.
    pub standing: Standing,
}

/// The most characters of a value that somebody gave that are told back.
const MAX_TOLD: usize = 500;
/// The most fields that nobody knows that are told back.
const MAX_UNKNOWN: usize = 20;

/// A value as one line of text.
fn told(value: &Value) -> String {
    let text = match value {
        Value::Null => "–".to_owned(),
        Value::Array(items) if items.is_empty() => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(told).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    };
    match text.char_indices().nth(MAX_TOLD) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Compares a receipt that came back with the registry's, field by field.
pub fn compare(given: &Value, registry: &Receipt) -> Vec<Compared> {
    let ours = registry.fields();
    let known: Vec<_> = ours.iter().map(|(name, _)| name.clone()).collect();
    let mut fields: Vec<_> = ours
        .into_iter()
        .map(|(field, value)| {
            let theirs = given.get(&field);
            let standing = match theirs {
                None => Standing::Missing,
                Some(theirs) if *theirs == value => Standing::Same,
                Some(_) => Standing::Differs,
            };
            Compared { field, given: theirs.map(told), registry: Some(told(&value)), standing }
        })
        .collect();
    let others = given.as_object().into_iter().flatten();
    let others = others.filter(|(name, _)| !known.contains(name)).take(MAX_UNKNOWN);
    fields.extend(others.map(|(name, value)| Compared {
        field: told(&Value::String(name.clone())),
        given: Some(told(value)),
        registry: None,
        standing: Standing::Unknown,
    }));
    fields
}
