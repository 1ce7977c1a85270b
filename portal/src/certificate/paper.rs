// SPDX-License-Identifier: Apache-2.0
//! The words and values of a certificate on paper, in a language.

use super::{facts::Certificate, press, receipt::Receipt, words, Options};
use crate::{
    answers::{Part, Time},
    i18n::Language,
    site::Site,
};
use chrono::{Datelike, Timelike};
use fast_qr::{
    convert::{svg::SvgBuilder, Builder},
    QRBuilder, ECL,
};
use serde::Serialize;
use std::cell::Cell;

/// The most characters of a text that people wrote.
const MAX_TEXT: usize = 240;
/// The most characters without a place where a line may break.
const MAX_WORD: usize = 24;
/// The most marks upon one letter.
const MAX_MARKS: usize = 3;

/// A value: text as it is, or `code`, which is set in the narrow type and from left to right.
#[derive(Serialize)]
struct Value {
    kind: &'static str,
    text: String,
}

fn text(text: impl Into<String>) -> Value {
    Value { kind: "text", text: text.into() }
}

fn code(text: impl Into<String>) -> Value {
    Value { kind: "code", text: text.into() }
}

#[derive(Serialize)]
struct Row {
    label: &'static str,
    values: Vec<Value>,
}

#[derive(Serialize)]
struct Facts {
    heading: &'static str,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct NumbersRow {
    serial: String,
    project: String,
    vintage: String,
    quantity: String,
}

#[derive(Serialize)]
struct Numbers {
    heading: &'static str,
    note: &'static str,
    columns: [&'static str; 3],
    rows: Vec<NumbersRow>,
    total: &'static str,
    sum: String,
}

#[derive(Serialize)]
struct Signature {
    authority: String,
    office: String,
    line: &'static str,
}

#[derive(Serialize)]
struct Check {
    lead: &'static str,
    address: String,
    note: String,
}

/// What the template is given.
#[derive(Serialize)]
struct Data {
    language: &'static str,
    rtl: bool,
    title: String,
    description: String,
    keywords: Vec<String>,
    issuer: Vec<String>,
    heading: &'static str,
    number: String,
    statement: &'static str,
    quantity: String,
    in_words: String,
    for_whom: &'static str,
    beneficiary: String,
    beneficiary_country: String,
    facts: Vec<Row>,
    numbers: Numbers,
    deductions: Option<Numbers>,
    record: Facts,
    signature: Signature,
    check: Check,
    paper: &'static str,
    qr: String,
    qr_alt: String,
    receipt: String,
    receipt_description: &'static str,
    notes: Vec<&'static str>,
}

/// What happened to texts that people wrote on their way to the paper.
#[derive(Default)]
struct Printed {
    shortened: Cell<bool>,
    replaced: Cell<bool>,
}

impl Printed {
    /// Text that people wrote, as it can be set: one that is too long is cut, and says so with `…`;
    /// what the fonts lack is `�`; what would turn the text around or pile up on it is left out; and
    /// a long word may be broken.
    fn print(&self, text: &str) -> String {
        let (mut printed, mut count, mut run, mut marks) = (String::new(), 0, 0, 0);
        for character in text.chars() {
            let character = match character {
                _ if turns(character) => continue,
                _ if character.is_whitespace() || character.is_control() => ' ',
                _ if is_mark(character) => {
                    marks += 1;
                    if marks > MAX_MARKS {
                        continue;
                    }
                    character
                }
                _ if press::has(character) => character,
                _ => {
                    self.replaced.set(true);
                    char::REPLACEMENT_CHARACTER
                }
            };
            if is_mark(character) && !press::has(character) {
                continue;
            }
            if !is_mark(character) {
                marks = 0;
            }
            if count == MAX_TEXT {
                self.shortened.set(true);
                printed.push('…');
                break;
            }
            if character == ' ' {
                run = 0;
            } else {
                run += 1;
                if run > MAX_WORD && !is_mark(character) {
                    printed.push('\u{200b}');
                    run = 1;
                }
            }
            printed.push(character);
            count += 1;
        }
        printed
    }
}

/// Characters that turn the direction of the text, and those that show nothing.
fn turns(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Marks that are set upon the letter before them.
fn is_mark(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}'
            | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6ed}'
            | '\u{8d3}'..='\u{8ff}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
    )
}

/// The QR code of an address, as SVG.
pub fn qr(address: &str) -> String {
    let code = QRBuilder::new(address).ecl(ECL::M).build();
    code.map_or_else(|_| String::new(), |code| SvgBuilder::default().margin(2).to_str(&code))
}

/// What a certificate says of the corresponding adjustment.
pub fn adjustment(language: Language, certificate: &Certificate) -> String {
    match certificate.first_transferred {
        0 => language.t("certificate.adjustment_none").to_owned(),
        all if all == certificate.retirement.quantity => {
            language.t("certificate.adjustment_all").to_owned()
        }
        some => {
            let some = language.count("unit.tonnes", some);
            language.fill("certificate.adjustment_some", &[("tonnes", some)])
        }
    }
}

/// An instant in words.
fn instant(language: Language, at: Time) -> String {
    language.date_time(at.0)
}

fn numbers<'a>(
    language: Language,
    printed: &Printed,
    certificate: &Certificate,
    parts: impl Iterator<Item = &'a Part>,
    (heading, note): (&'static str, &'static str),
) -> Numbers {
    let mut sum = 0;
    let rows = parts.map(|part| {
        sum += part.numbers.quantity;
        let known = certificate.projects.iter().find(|it| it.id == part.project.id);
        let identifier = known.map(|it| printed.print(&it.external_id)).unwrap_or_default();
        NumbersRow {
            serial: part.numbers.serial.clone(),
            project: language.fill(
                "certificate.project",
                &[
                    ("title", printed.print(&part.project.title)),
                    ("id", part.project.id.to_string()),
                    ("identifier", identifier),
                ],
            ),
            vintage: part.vintage.to_string(),
            quantity: language.number(part.numbers.quantity),
        }
    });
    Numbers {
        heading,
        note,
        columns: [
            language.t("certificate.serials"),
            language.t("credits.vintage"),
            language.t("unit.short"),
        ],
        rows: rows.collect(),
        total: language.t("project.sum"),
        sum: language.number(sum),
    }
}

fn facts(language: Language, printed: &Printed, certificate: &Certificate) -> Vec<Row> {
    let l = language;
    let it = &certificate.retirement;
    let uses = &it.use_of;
    let row = |label, value: Value| Row { label: l.t(label), values: vec![value] };
    let owner = [("name", printed.print(&it.owner.name)), ("id", it.owner.id.to_string())];
    let mut purpose = vec![text(l.label("retirement_purpose", &uses.purpose))];
    purpose.extend(uses.detail("towards").map(|towards| text(l.label("purpose", &towards))));
    purpose.extend(uses.detail("year").map(text));
    let mut rows = vec![
        row("certificate.what", text(l.t("certificate.what_retirement"))),
        row("retirements.owner", text(l.fill("certificate.numbered", &owner))),
    ];
    let foreign = |label, value: &Option<String>| {
        value.as_ref().map(|value| row(label, text(printed.print(value))))
    };
    rows.extend(foreign("retirement.on_behalf_of", &uses.on_behalf_of));
    rows.push(Row { label: l.t("retirements.purpose"), values: purpose });
    let country = uses.detail("country").map(|code| l.label("country", &code));
    rows.extend(country.map(|country| row("retirement.country", text(country))));
    rows.extend(foreign("retirement.entity", &uses.detail("entity")));
    rows.extend(foreign("retirement.reason", &uses.reason));
    rows.extend(foreign("retirement.reference", &uses.reference));
    rows.push(row("certificate.host", text(l.label("country", &certificate.host))));
    rows.push(row("certificate.adjustment", text(adjustment(l, certificate))));
    rows.push(Row {
        label: l.t("retirement.date"),
        values: vec![text(instant(l, it.at)), code(it.at.to_string())],
    });
    rows
}

fn record(language: Language, certificate: &Certificate) -> Facts {
    let it = &certificate.retirement;
    let proof = &certificate.proof;
    let row = |label, values| Row { label: language.t(label), values };
    let mut rows = vec![row(
        "technical.block",
        vec![text(language.number(it.block)), code(&proof.block_hash)],
    )];
    if let Some(hash) = &proof.extrinsic {
        let index = proof.extrinsic_index.map(|index| code(format!("{}-{index}", it.block)));
        rows.push(row("technical.extrinsic", index.into_iter().chain([code(hash)]).collect()));
    }
    rows.push(row("certificate.event", vec![code(format!("{}-{}", it.block, it.event))]));
    if let Some(signer) = &proof.signer {
        rows.push(row("technical.signer", vec![code(signer)]));
    }
    rows.push(row("technical.genesis", vec![code(&proof.genesis_hash)]));
    Facts { heading: language.t("retirement.proof"), rows }
}

/// What the paper of a certificate is made of.
pub fn copy(
    language: Language,
    certificate: &Certificate,
    options: &Options,
    government: &str,
    site: &Site,
) -> press::Copy {
    let l = language;
    let it = &certificate.retirement;
    let printed = Printed::default();
    let id = [("id", it.id.to_string())];
    let address = [("address", certificate.address.clone())];
    let host = l.label("country", &certificate.host);
    let authority = options.authority().unwrap_or(government);
    let deducted = certificate.cancellations.iter().flat_map(|it| &it.parts);
    let about = |heading, note| (l.t(heading), l.t(note));
    let deductions = (!certificate.cancellations.is_empty()).then(|| {
        let about = about("retirement.deductions", "retirement.deductions_note");
        numbers(l, &printed, certificate, deducted, about)
    });
    let mut data = Data {
        language: l.tag(),
        rtl: l == Language::Arabic,
        title: l.fill("retirement.title", &id),
        description: l.t("certificate.paper").to_owned(),
        keywords: vec![certificate.name.clone(), certificate.proof.genesis_hash.clone()],
        issuer: vec![host, l.t("site.name").to_owned()],
        heading: l.t("retirement.heading"),
        // The marks keep its parts in order between Arabic words.
        number: l
            .fill("retirement.number", &[("id", format!("\u{200e}{}\u{200e}", certificate.name))]),
        statement: l.t("retirement.statement"),
        quantity: format!("{}\u{a0}{}", l.number(it.quantity), l.t("unit.short")),
        in_words: l.fill("certificate.in_words", &[("words", words::in_words(l, it.quantity))]),
        for_whom: l.t("retirement.for"),
        beneficiary: printed.print(&it.use_of.beneficiary.name),
        beneficiary_country: l.label("country", &it.use_of.beneficiary.country),
        facts: facts(l, &printed, certificate),
        numbers: numbers(
            l,
            &printed,
            certificate,
            it.parts.iter(),
            about("retirement.numbers", "retirement.numbers_caption"),
        ),
        deductions,
        record: record(l, certificate),
        signature: Signature {
            authority: printed.print(authority),
            office: printed.print(options.office().unwrap_or_default()),
            line: l.t("certificate.signature"),
        },
        check: Check {
            lead: l.t("certificate.check"),
            address: certificate.address.clone(),
            note: l.fill(
                "certificate.check_note",
                &[("address", format!("{}{}", site.url(), l.to("/verify")))],
            ),
        },
        paper: l.t("certificate.paper"),
        qr: qr(&certificate.address),
        qr_alt: l.fill("certificate.qr", &address),
        receipt: Receipt::of(certificate).text(),
        receipt_description: l.t("certificate.receipt"),
        notes: Vec::new(),
    };
    if printed.shortened.get() {
        data.notes.push(l.t("certificate.shortened"));
    }
    if printed.replaced.get() {
        data.notes.push(l.t("certificate.replaced"));
    }
    let at = it.at.0;
    let small = |n: u32| u8::try_from(n).unwrap_or_default();
    press::Copy {
        data: serde_json::to_string(&data).unwrap_or_default(),
        name: format!("{}/{}/{}", certificate.proof.genesis_hash, certificate.name, l.tag()),
        date: (
            at.year(),
            small(at.month()),
            small(at.day()),
            small(at.hour()),
            small(at.minute()),
            small(at.second()),
        ),
    }
}
