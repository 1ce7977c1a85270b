// SPDX-License-Identifier: Apache-2.0
//! Fields as controls of a page. What the signing module reads stands in `data-` attributes.

use super::field::{Field, Kind, Part};
use crate::{
    blocks::Block,
    page::{foreign, text, Html, Layout},
};
use askama::filters::Safe;
use registry_primitives::{CountryCode, OrganisationRole};
use serde_json::Value;
use std::fmt::Write;

/// What there is to choose from.
#[derive(Default)]
pub struct Choices {
    /// Number, name and role of active organisations.
    pub organisations: Vec<(i64, String, OrganisationRole)>,
    /// Blocks of credits.
    pub blocks: Vec<Block>,
    /// Accounts with their roles.
    pub members: Vec<(String, String)>,
    /// Number, kind and status of documents.
    pub documents: Vec<(i64, String, String)>,
    /// Number, first and last day, and stage of monitoring periods.
    pub periods: Vec<(i64, String, String)>,
}

/// The hash of nothing in particular: of an organisation without a profile.
const NO_HASH: &str = "0x0000000000000000000000000000000000000000000000000000000000000000";

/// What identifiers of the arguments of a call begin with.
const CALL: &str = "f";

/// Writes the fields of a form. `values` are its arguments as far as they are known: a number or an
/// account that is known is shown, and cannot be changed; what else is known is where one begins.
pub fn fields(l: &Layout, fields: &[Field], values: &Value, choices: &Choices) -> Html {
    let mut page = Page { l, choices, html: String::new() };
    page.fields(fields, values, CALL, "");
    Safe(page.html)
}

/// Writes the fields of a form of the registry's own, all of which can be changed. Their identifiers
/// begin with `prefix`.
pub fn fields_of(l: &Layout, prefix: &str, fields: &[Field], values: &Value) -> Html {
    let mut page = Page { l, choices: &Choices::default(), html: String::new() };
    page.fields(fields, values, prefix, "");
    Safe(page.html)
}

/// The name of a field: of this field of its group, or of the field wherever it is.
pub fn label(l: &Layout, group: &str, name: &str) -> String {
    let own = l.language().find(&format!("field.{group}.{name}"));
    own.map_or_else(|| l.label("field", name), str::to_owned)
}

struct Page<'a> {
    l: &'a Layout,
    choices: &'a Choices,
    html: String,
}

/// Where a field is.
struct At<'a> {
    field: &'a Field,
    /// One of a kind on the page.
    id: String,
    label: String,
    hint: Option<&'static str>,
    value: &'a Value,
    /// Whether it says what the call is about, and is known.
    known: bool,
}

impl At<'_> {
    fn required(&self) -> &'static str {
        if self.field.optional {
            " data-optional"
        } else {
            " required"
        }
    }

    /// What every control has.
    fn attributes(&self, kind: &str) -> String {
        let described = match self.hint {
            Some(_) => format!(" aria-describedby=\"{}-hint\"", self.id),
            None => String::new(),
        };
        let (id, name) = (&self.id, self.field.name);
        format!(" id=\"{id}\" data-path=\"{name}\" data-kind=\"{kind}\"{described}")
    }

    /// The value as it stands in a control.
    fn shown(&self) -> String {
        match self.value {
            Value::Null => String::new(),
            Value::String(value) => value.clone(),
            other => other.to_string(),
        }
    }

    fn is(&self, value: &str) -> bool {
        self.value.as_str() == Some(value)
    }

    fn has(&self, value: &Value) -> bool {
        self.value.as_array().is_some_and(|all| all.contains(value))
    }
}

/// A number of smallest parts as a decimal number.
fn decimal(value: &Value, places: u32) -> String {
    let Some(value) = value.as_i64() else { return String::new() };
    let unit = 10_i64.pow(places);
    let (whole, rest) = (value.abs() / unit, value.abs() % unit);
    let sign = if value < 0 { "-" } else { "" };
    let parts = format!("{rest:0width$}", width = places as usize);
    let parts = parts.trim_end_matches('0');
    let point = if parts.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{parts}")
}

/// The day of a number of milliseconds.
fn day(milliseconds: Option<i64>) -> String {
    let time = milliseconds.and_then(chrono::DateTime::from_timestamp_millis);
    time.map(|time| time.format("%Y-%m-%d").to_string()).unwrap_or_default()
}

impl Page<'_> {
    fn push(&mut self, html: impl AsRef<str>) {
        self.html.push_str(html.as_ref());
    }

    fn fields(&mut self, fields: &[Field], values: &Value, prefix: &str, group: &str) {
        for field in fields {
            let value = values.get(field.name).unwrap_or(&Value::Null);
            let at = At {
                field,
                id: format!("{prefix}-{}", field.name),
                label: label(self.l, group, field.name),
                hint: self.l.language().find(&format!("field_hint.{}", field.name)),
                value,
                known: prefix == CALL && !value.is_null(),
            };
            self.field(&at);
        }
    }

    fn field(&mut self, at: &At) {
        let l = self.l;
        match at.field.kind {
            Kind::Number { .. } if at.known => self.known(at, "number", None),
            Kind::Account | Kind::Member if at.known => self.known(at, "account", None),
            Kind::Document(_) if at.known => {
                let document = at.value.as_i64().and_then(|id| self.document(id));
                self.known(at, "number", document);
            }
            Kind::MonitoringPeriod(_) if at.known => {
                let period = at.value.as_i64().and_then(|id| self.period(id));
                self.known(at, "number", period);
            }
            Kind::Number { least, most } => {
                let bounds = format!(" data-least=\"{least}\" data-most=\"{most}\"");
                self.input(
                    at,
                    "number",
                    &format!(" inputmode=\"numeric\" size=\"12\"{bounds}"),
                    &at.shown(),
                    None,
                );
            }
            Kind::Tonnes => {
                let more = " inputmode=\"numeric\" size=\"14\" data-least=\"1\"";
                self.input(at, "number", more, &at.shown(), Some(l.t("unit.long")));
            }
            Kind::Percent => {
                let value = if at.value.is_null() && at.field.name == "buffer_rate" {
                    "0".to_owned()
                } else {
                    decimal(at.value, 4)
                };
                let more = " inputmode=\"decimal\" size=\"8\" data-least=\"0\" data-most=\"100\"";
                self.input(at, "percent", more, &value, Some("%"));
            }
            Kind::Degrees(most) => {
                let more = format!(" size=\"12\" data-least=\"-{most}\" data-most=\"{most}\"");
                self.input(at, "degrees", &more, &decimal(at.value, 6), Some("°"));
            }
            Kind::Line(most) => {
                self.input(at, "text", &format!(" maxlength=\"{most}\""), &at.shown(), None);
            }
            Kind::Account => {
                let more = " maxlength=\"60\" spellcheck=\"false\" autocomplete=\"off\"";
                self.input(at, "account", more, &at.shown(), None);
            }
            Kind::Text(most) => self.area(at, "text", &format!(" rows=\"3\" maxlength=\"{most}\"")),
            Kind::Json => self.area(at, "json", " rows=\"16\" spellcheck=\"false\" class=\"code\""),
            Kind::Hash => {
                let value = if at.value.is_string() { at.shown() } else { NO_HASH.to_owned() };
                let attributes = at.attributes("text");
                self.push(format!(
                    "<input type=\"hidden\"{attributes} value=\"{}\">",
                    text(&value)
                ));
            }
            Kind::Name(group, names) => {
                let options: Vec<_> = names()
                    .into_iter()
                    .map(|name| (name.to_owned(), text(&l.label(group, name)), at.is(name)))
                    .collect();
                self.select(at, "text", &options);
            }
            Kind::Flag(group) => {
                let option = |value: &str| {
                    (value.to_owned(), text(&l.label(group, value)), at.shown() == value)
                };
                self.select(at, "bool", &[option("true"), option("false")]);
            }
            Kind::Country => {
                let options = self.countries(|code| at.is(code));
                self.select(at, "text", &options);
            }
            Kind::Countries => {
                let options = self.countries(|code| at.has(&code.into()));
                self.multiple(at, "text", &options);
            }
            Kind::Organisation(roles) => {
                let options = self.organisations(roles, |id| at.value.as_i64() == Some(id));
                self.select(at, "number", &options);
            }
            Kind::Organisations(roles) => {
                let options = self.organisations(roles, |id| at.has(&id.into()));
                self.multiple(at, "number", &options);
            }
            Kind::Member => {
                let options: Vec<_> = self
                    .choices
                    .members
                    .iter()
                    .map(|(account, role)| {
                        let role = text(&l.label("member_role", role));
                        (account.clone(), format!("{} – {role}", text(account)), at.is(account))
                    })
                    .collect();
                self.select(at, "text", &options);
            }
            Kind::Document(kind) => {
                let fit = |it: &&(i64, String, String)| kind.is_none_or(|kind| it.1 == kind);
                let ids: Vec<_> =
                    self.choices.documents.iter().filter(fit).map(|it| it.0).collect();
                let options: Vec<_> = ids
                    .into_iter()
                    .map(|id| (id.to_string(), self.document(id).unwrap_or_default(), false))
                    .collect();
                self.select(at, "number", &options);
            }
            Kind::MonitoringPeriod(stage) => {
                let fit = |it: &&(i64, String, String)| it.2 == stage;
                let ids: Vec<_> = self.choices.periods.iter().filter(fit).map(|it| it.0).collect();
                let options: Vec<_> = ids
                    .into_iter()
                    .map(|id| (id.to_string(), self.period(id).unwrap_or_default(), false))
                    .collect();
                self.select(at, "number", &options);
            }
            Kind::Names(group, names, least) => self.boxes(at, group, names, least),
            Kind::File => self.file(at, ""),
            Kind::SizedFile => self.file(at, " data-size-path=\"size\""),
            Kind::Period => {
                let start = at.value.get("start").and_then(Value::as_i64);
                let end = at.value.get("end").and_then(Value::as_i64).map(|end| end - 1);
                let values = [day(start), day(end)];
                let keys = ["form.first_day", "form.last_day"];
                self.pair(at, "period", "type=\"date\"", keys, &values);
            }
            Kind::Years => {
                let year = |at: &Value, index: usize| {
                    at.get(index)
                        .and_then(Value::as_i64)
                        .map(|it| it.to_string())
                        .unwrap_or_default()
                };
                let values = [year(at.value, 0), year(at.value, 1)];
                let keys = ["form.first_year", "form.last_year"];
                let more = "type=\"text\" inputmode=\"numeric\" size=\"6\"";
                self.pair(at, "years", more, keys, &values);
            }
            Kind::Blocks(states) => self.blocks(at, states),
            Kind::Object(fields) => self.object(at, fields),
            Kind::List(fields) => self.list(at, fields),
            Kind::Variant(group, all) => self.variant(at, group, all),
        }
    }

    /// Opens a field with its label; the caller writes the control, and closes it.
    fn begin(&mut self, at: &At) {
        let optional = match at.field.optional {
            true => format!(" <span class=\"note\">{}</span>", text(self.l.t("form.optional"))),
            false => String::new(),
        };
        self.push(format!(
            "<p class=\"field-group\"><label for=\"{}\">{}{optional}</label>",
            at.id,
            text(&at.label)
        ));
    }

    fn end(&mut self, at: &At) {
        if let Some(hint) = at.hint {
            self.push(format!("<span class=\"note\" id=\"{}-hint\">{}</span>", at.id, text(hint)));
        }
        self.push("</p>");
    }

    fn known(&mut self, at: &At, kind: &str, words: Option<String>) {
        let value = text(&at.shown());
        let words = words.unwrap_or_else(|| value.clone());
        self.push(format!(
            "<p class=\"field-group known\"><span class=\"name\">{}</span> <strong>{words}</strong>\
             <input type=\"hidden\"{} value=\"{value}\"></p>",
            text(&at.label),
            at.attributes(kind)
        ));
    }

    fn input(&mut self, at: &At, kind: &str, more: &str, value: &str, unit: Option<&str>) {
        self.begin(at);
        let unit = unit.map(|unit| format!(" <span class=\"note\">{}</span>", text(unit)));
        self.push(format!(
            "<span class=\"control\"><input type=\"text\"{}{more}{} value=\"{}\">{}</span>",
            at.attributes(kind),
            at.required(),
            text(value),
            unit.unwrap_or_default()
        ));
        self.end(at);
    }

    fn area(&mut self, at: &At, kind: &str, more: &str) {
        self.begin(at);
        let value = match at.value {
            Value::Null | Value::String(_) => at.shown(),
            other => serde_json::to_string_pretty(other).unwrap_or_default(),
        };
        self.push(format!(
            "<textarea{}{more}{}>{}</textarea>",
            at.attributes(kind),
            at.required(),
            text(&value)
        ));
        self.end(at);
    }

    /// Options are a value, its label in HTML, and whether it is chosen.
    fn options(&mut self, options: &[(String, String, bool)]) {
        for (value, label, chosen) in options {
            let chosen = if *chosen { " selected" } else { "" };
            self.push(format!("<option value=\"{}\"{chosen}>{label}</option>", text(value)));
        }
    }

    fn select(&mut self, at: &At, kind: &str, options: &[(String, String, bool)]) {
        self.begin(at);
        self.push(format!("<select{}{}>", at.attributes(kind), at.required()));
        if !options.iter().any(|(_, _, chosen)| *chosen) && options.len() != 1 {
            self.push(format!("<option value=\"\">{}</option>", text(self.l.t("form.choose"))));
        }
        self.options(options);
        self.push("</select>");
        self.end(at);
    }

    fn multiple(&mut self, at: &At, of: &str, options: &[(String, String, bool)]) {
        self.begin(at);
        let attributes = at.attributes("set");
        self.push(format!("<select multiple size=\"6\" data-of=\"{of}\"{attributes}>"));
        self.options(options);
        self.push("</select>");
        self.end(at);
    }

    fn boxes(&mut self, at: &At, group: &str, names: super::field::Names, least: usize) {
        self.push(format!(
            "<fieldset class=\"field-group boxes\" data-least=\"{least}\"{}><legend>{}</legend>",
            at.attributes("set"),
            text(&at.label)
        ));
        for name in names() {
            let chosen = if at.has(&name.into()) { " checked" } else { "" };
            self.push(format!(
                "<label><input type=\"checkbox\" value=\"{name}\"{chosen}> {}</label>",
                text(&self.l.label(group, name))
            ));
        }
        self.end_of_group(at);
    }

    fn end_of_group(&mut self, at: &At) {
        if let Some(hint) = at.hint {
            self.push(format!("<p class=\"note\" id=\"{}-hint\">{}</p>", at.id, text(hint)));
        }
        self.push("</fieldset>");
    }

    fn file(&mut self, at: &At, more: &str) {
        let control = format!("{}-file", at.id);
        let attributes = at.attributes("file");
        let optional = match at.field.optional {
            true => format!(" <span class=\"note\">{}</span>", text(self.l.t("form.optional"))),
            false => String::new(),
        };
        self.push(format!(
            "<div class=\"field-group\"{attributes}{more}{}><label for=\"{control}\">{}{optional}</label>\
             <input type=\"file\" id=\"{control}\"{}><output for=\"{control}\" class=\"hash\"></output>\
             <span class=\"note\">{}</span></div>",
            if at.field.optional { " data-optional" } else { "" },
            text(&at.label),
            if at.field.optional { "" } else { " required" },
            text(self.l.t("form.file")),
        ));
    }

    /// Two controls: the first and the last of something.
    fn pair(&mut self, at: &At, kind: &str, more: &str, keys: [&str; 2], values: &[String; 2]) {
        self.push(format!(
            "<fieldset class=\"field-group pair\"{}><legend>{}</legend>",
            at.attributes(kind),
            text(&at.label)
        ));
        for (key, value) in keys.into_iter().zip(values) {
            self.push(format!(
                "<label>{} <input {more} required value=\"{}\"></label>",
                text(self.l.t(key)),
                text(value)
            ));
        }
        self.end_of_group(at);
    }

    fn object(&mut self, at: &At, fields: &[Field]) {
        let empty = Value::Null;
        let legend = text(&at.label);
        let group = at.field.name;
        if at.field.optional {
            let toggle = format!("{}-on", at.id);
            let checked = if at.value.is_null() { "" } else { " checked" };
            self.push(format!(
                "<div class=\"field-group\" id=\"{id}\" data-path=\"{group}\" data-kind=\"object\">\
                 <p class=\"toggle\"><label><input type=\"checkbox\" id=\"{toggle}\" \
                 data-toggle=\"{id}\"{checked}> {legend}</label></p><fieldset><legend class=\"hidden\">{legend}</legend>",
                id = at.id,
            ));
            self.fields(fields, if at.value.is_null() { &empty } else { at.value }, &at.id, group);
            self.push("</fieldset></div>");
        } else {
            self.push(format!(
                "<fieldset class=\"field-group\"{}><legend>{legend}</legend>",
                at.attributes("object")
            ));
            self.fields(fields, at.value, &at.id, group);
            self.end_of_group(at);
        }
    }

    fn list(&mut self, at: &At, fields: &[Field]) {
        self.push(format!(
            "<fieldset class=\"field-group rows\"{}><legend>{}</legend>",
            at.attributes("list"),
            text(&at.label)
        ));
        let rows = at.value.as_array().map(Vec::as_slice).unwrap_or_default();
        for (index, row) in rows.iter().enumerate() {
            self.row(at, fields, row, &format!("{}-{index}", at.id));
        }
        self.push("<template>");
        self.row(at, fields, &Value::Null, &format!("{}-new", at.id));
        self.push(format!(
            "</template><p><button type=\"button\" class=\"quiet\" data-add>{}</button></p>",
            text(self.l.t("form.add"))
        ));
        self.end_of_group(at);
    }

    fn row(&mut self, at: &At, fields: &[Field], values: &Value, prefix: &str) {
        self.push("<div class=\"row\" data-row>");
        for field in fields {
            let value = values.get(field.name).unwrap_or(&Value::Null);
            let inner = At {
                field,
                id: format!("{prefix}-{}", field.name),
                label: label(self.l, at.field.name, field.name),
                hint: None,
                value,
                known: false,
            };
            self.field(&inner);
        }
        self.push(format!(
            "<button type=\"button\" class=\"quiet\" data-remove>{}</button></div>",
            text(self.l.t("form.remove"))
        ));
    }

    fn variant(&mut self, at: &At, group: &str, all: &[(&'static str, Part)]) {
        let id = &at.id;
        // In the form of the chain: a name, or an object of one name.
        let chosen = at
            .value
            .as_str()
            .map(str::to_owned)
            .or_else(|| at.value.as_object().and_then(|it| it.keys().next().cloned()));
        self.push(format!(
            "<fieldset class=\"field-group\"{}><legend>{}</legend>\
             <p class=\"field-group\"><label class=\"hidden\" for=\"{id}-choice\">{0}</label><select id=\"{id}-choice\" required>",
            at.attributes("variant"),
            text(&at.label),
        ).replace("{0}", &text(&at.label)));
        let options: Vec<_> = all
            .iter()
            .map(|(name, _)| {
                let is = chosen.as_deref() == Some(*name);
                ((*name).to_owned(), text(&self.l.label(group, name)), is)
            })
            .collect();
        self.options(&options);
        self.push("</select></p>");
        for (name, part) in all {
            let fields = part.fields();
            if fields.is_empty() {
                continue;
            }
            let single = if matches!(part, Part::One(_)) { " data-single" } else { "" };
            self.push(format!(
                "<fieldset data-variant=\"{name}\"{single}><legend class=\"hidden\">{}</legend>",
                text(&self.l.label(group, name))
            ));
            let values = at.value.get(*name).unwrap_or(&Value::Null);
            self.fields(fields, values, &format!("{id}-{name}"), at.field.name);
            self.push("</fieldset>");
        }
        self.end_of_group(at);
    }

    fn blocks(&mut self, at: &At, states: &[&str]) {
        let l = self.l;
        let label = text(&at.label);
        self.push(format!(
            "<fieldset class=\"field-group blocks\"{}><legend>{label}</legend>",
            at.attributes("blocks")
        ));
        let fit = |block: &&Block| states.contains(&block.status.as_str());
        let blocks: Vec<&Block> = self.choices.blocks.iter().filter(fit).collect();
        if blocks.is_empty() {
            self.push(format!("<p class=\"empty\">{}</p>", text(l.t("form.no_blocks"))));
        } else {
            let heads = ["form.block", "form.block_status", "form.block_has", "form.block_take"];
            self.push("<div class=\"scroll\"><table><thead><tr>");
            for head in heads {
                self.push(format!("<th scope=\"col\">{}</th>", text(l.t(head))));
            }
            self.push("</tr></thead><tbody>");
            for block in blocks {
                let (start, quantity) = (block.numbers.start, block.numbers.quantity);
                let of = text(&l.say("form.take_of", "serial", &block.numbers.serial));
                // Writing to a string cannot fail.
                let _ = write!(
                    self.html,
                    "<tr data-start=\"{start}\"><th scope=\"row\">{}<br><span class=\"note\">{} · {}</span></th>\
                     <td>{}</td><td class=\"number\">{}</td><td><span class=\"control\"><input type=\"text\" \
                     inputmode=\"numeric\" size=\"10\" data-least=\"1\" data-most=\"{quantity}\" aria-label=\"{of}\"> \
                     <button type=\"button\" class=\"quiet\" data-fill=\"{quantity}\">{}</button></span></td></tr>",
                    l.serial(&block.numbers).0,
                    foreign(&block.project.title),
                    foreign(&block.owner.name),
                    l.badge("block_status", &block.status).0,
                    l.n(quantity),
                    text(l.t("form.take_all")),
                );
            }
            self.push("</tbody></table></div>");
        }
        self.end_of_group(at);
    }

    fn countries(&self, chosen: impl Fn(&str) -> bool) -> Vec<(String, String, bool)> {
        let mut all: Vec<_> = CountryCode::all()
            .map(|code| {
                let code = code.to_string();
                let (name, is) = (self.l.label("country", &code), chosen(&code));
                (code, text(&name), is)
            })
            .collect();
        all.sort_by(|a, b| a.1.cmp(&b.1));
        all
    }

    fn organisations(
        &self,
        roles: &[OrganisationRole],
        chosen: impl Fn(i64) -> bool,
    ) -> Vec<(String, String, bool)> {
        let all = self.choices.organisations.iter().filter(|(_, _, role)| roles.contains(role));
        all.map(|(id, name, _)| (id.to_string(), format!("{} ({id})", text(name)), chosen(*id)))
            .collect()
    }

    fn document(&self, id: i64) -> Option<String> {
        let (_, kind, status) = self.choices.documents.iter().find(|it| it.0 == id)?;
        let kind = text(&self.l.label("document_kind", kind));
        let status = text(&self.l.label("document_status", status));
        Some(format!("{id} – {kind}, {status}"))
    }

    fn period(&self, id: i64) -> Option<String> {
        let (_, days, _) = self.choices.periods.iter().find(|it| it.0 == id)?;
        Some(format!("{id} – {}", text(days)))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::form::FORMS, *};
    use crate::i18n::Language;
    use serde_json::json;

    fn page(call: &str, values: &Value) -> String {
        let l = Layout::bare("/console");
        let form = super::super::form::find(call).unwrap();
        fields(&l, form.fields, values, &Choices::default()).0
    }

    #[test]
    fn every_field_has_a_name_in_the_catalogue_and_an_identifier_of_its_own() {
        fn walk(fields: &[Field], group: &str) {
            for field in fields {
                let known = |key: String| Language::default().find(&key).is_some();
                let own = format!("field.{group}.{}", field.name);
                let hidden = matches!(field.kind, Kind::Hash);
                assert!(
                    hidden || known(own) || known(format!("field.{}", field.name)),
                    "the catalogue has no name for {group}.{}",
                    field.name
                );
                match field.kind {
                    Kind::Object(fields) | Kind::List(fields) => walk(fields, field.name),
                    Kind::Variant(_, all) => {
                        all.iter().for_each(|(_, part)| walk(part.fields(), field.name));
                    }
                    _ => {}
                }
            }
        }
        for form in FORMS {
            walk(form.fields, "");
            let html = page(form.call, &json!({}));
            let mut ids: Vec<_> =
                html.split(" id=\"").skip(1).map(|it| it.split('"').next()).collect();
            let all = ids.len();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), all, "{}", form.call);
        }
    }

    #[test]
    fn what_is_known_is_shown_and_cannot_be_changed() {
        let html = page("credits.issue", &json!({ "project": 12, "period": 3 }));
        assert!(html.contains("<strong>12</strong>"), "{html}");
        assert!(html.contains("type=\"hidden\"") && !html.contains("<select"), "{html}");
    }

    #[test]
    fn hostile_values_stay_values() {
        let html = page(
            "projects.reject_project",
            &json!({ "project": 1, "reason": "</textarea><script>alert(1)</script>" }),
        );
        assert!(!html.contains("<script"), "{html}");
    }

    #[test]
    fn parts_per_million_and_degrees_are_written_as_people_write_them() {
        assert_eq!(decimal(&json!(123_400), 4), "12.34");
        assert_eq!(decimal(&json!(1_000_000), 4), "100");
        assert_eq!(decimal(&json!(-17_700_000), 6), "-17.7");
        assert_eq!(decimal(&json!(0), 4), "0");
        assert_eq!(decimal(&Value::Null, 4), "");
    }
}
