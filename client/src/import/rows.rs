// SPDX-License-Identifier: Apache-2.0
//! The rows of both files as what they stand for, and what can be said of them without the chain.

use super::{
    table::{optional, required, shown, Cell, Column, Row, Sheet},
    words::{self, Words},
};
use crate::{locale::Sentence, AccountId32};
use registry_primitives::{
    organisation::{MAX_NAME, MAX_TAX_ID},
    sector::SectoralScopes,
    CountryCode, MemberRole, OrganisationRole, SectoralScope, Text,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

const NAME: &str = "NAME";
const EMAIL: &str = "EMAIL";
const PHONE: &str = "PHONE";
pub(super) const TAX_ID: &str = "ORGANISATION TAX ID";
pub(super) const TYPE: &str = "ORGANISATION TYPE";
const SCOPES: &str = "SECTORAL SCOPE";
const MINISTER: &str = "MINISTER NAME";
const COUNTRY: &str = "COUNTRY";
pub(super) const ROLE: &str = "ROLE";
pub(super) const ACCOUNT: &str = "ACCOUNT";
/// What stands between the scopes of a ministry.
const BETWEEN_SCOPES: [char; 3] = [';', ',', ' '];
/// Columns of secrets, which are not read.
pub const SECRETS: [&str; 2] = ["PASSWORD", "APIKEY"];

/// The columns of the file of organisations.
pub const ORGANISATIONS: &[Column] = &[
    required(NAME),
    required(EMAIL),
    required(PHONE),
    required(TAX_ID),
    required(TYPE),
    optional(SCOPES),
    optional(MINISTER),
    optional(COUNTRY),
];

/// The columns of the file of users.
pub const USERS: &[Column] = &[
    required(NAME),
    required(EMAIL),
    required(PHONE),
    required(TAX_ID),
    required(TYPE),
    required(ROLE),
    optional(SECRETS[0]),
    optional(SECRETS[1]),
    optional(ACCOUNT),
];

/// The headings of the files of organisations and of users, but for those of secrets.
pub fn headings() -> [String; 2] {
    [ORGANISATIONS, USERS].map(|columns| {
        let headings = columns.iter().map(|column| column.heading);
        headings.filter(|it| !SECRETS.contains(it)).collect::<Vec<_>>().join(", ")
    })
}

/// What the types of organisations are called in the files.
const TYPES: &[(&str, OrganisationRole)] = &[
    ("Government", OrganisationRole::Government),
    ("Ministry", OrganisationRole::Ministry),
    ("Developer", OrganisationRole::ProjectDeveloper),
    ("Certifier", OrganisationRole::Certifier),
    ("API", OrganisationRole::Api),
];

/// What the roles of members are called in the files.
const ROLES: &[(&str, MemberRole)] = &[
    ("Admin", MemberRole::Admin),
    ("Manager", MemberRole::Manager),
    ("View", MemberRole::ViewOnly),
];

/// A sectoral scope by its number or its name.
pub fn scope(text: &str) -> Option<SectoralScope> {
    let numbered = text.parse().ok().and_then(SectoralScope::from_number);
    numbered.or_else(|| text.parse().ok())
}

/// The type of an organisation as the files call it.
pub fn type_name(role: OrganisationRole) -> &'static str {
    TYPES.iter().find(|(_, known)| *known == role).map_or("?", |(name, _)| name)
}

/// A row of the file of organisations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organisation {
    /// As it stands in the file.
    pub row: Row,
    /// What it is.
    pub role: OrganisationRole,
    /// Its legal name.
    pub name: Text<MAX_NAME>,
    /// Its tax identifier.
    pub tax_id: Text<MAX_TAX_ID>,
    /// The registry's where it is none.
    pub country: Option<CountryCode>,
    /// What a ministry is competent for.
    pub scopes: SectoralScopes,
    /// How it is reached.
    pub contact: Contact,
}

/// How an organisation is reached: never on the chain.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Contact {
    /// Address for mail, or nothing.
    pub email: String,
    /// Telephone number, or nothing.
    pub phone: String,
    /// Name of a ministry's minister, or nothing.
    pub minister: String,
}

/// The file of organisations.
pub struct Organisations {
    /// Those that can be read.
    pub all: Vec<Organisation>,
    /// The line of each tax identifier, also of rows with problems.
    pub lines: BTreeMap<String, u64>,
    /// Whether they can be read at all.
    pub named: bool,
}

/// Whose member somebody shall be.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Of {
    /// The Government, whatever the tax identifier.
    Government,
    /// The organisation that has it.
    TaxId(Text<MAX_TAX_ID>),
}

/// A row of the file of users.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    /// As it stands in the file.
    pub row: Row,
    /// Address for mail.
    pub email: String,
    /// Whose member.
    pub of: Of,
    /// What the organisation is, by the row.
    pub organisation_role: OrganisationRole,
    /// What the person may do in it.
    pub role: MemberRole,
    /// None until the person has made a key and told its address.
    pub account: Option<AccountId32>,
}

/// The file of users.
pub struct Users {
    /// Those that can be read.
    pub all: Vec<User>,
    /// Tax identifiers of organisations that have an Admin, or may have: a row with a problem counts.
    pub with_admin: BTreeSet<String>,
}

/// Reads the rows of organisations.
pub fn organisations(sheet: &mut Sheet) -> Organisations {
    let mut read = Organisations { all: vec![], lines: BTreeMap::new(), named: sheet.has(TAX_ID) };
    for row in sheet.rows.clone() {
        let mut fields = Fields { sheet, row: &row };
        if let Some(cell) = row.cell(TAX_ID).filter(|cell| !cell.text.is_empty()) {
            match read.lines.get(&cell.text) {
                Some(first) => {
                    let what = quoted(&words::TWICE, cell).with("line", first.to_string());
                    fields.problem(cell, what, &words::ONE_LINE_EACH);
                }
                None => drop(read.lines.insert(cell.text.clone(), row.line)),
            }
        }
        // All are read before any is missed, so that all problems are listed.
        let (name, tax_id) = (fields.text(NAME), fields.text(TAX_ID));
        let (role, country) = (fields.founded(), fields.country());
        let scopes = fields.scopes(role);
        fields.email(false);
        fields.plain(MINISTER);
        let contact = Contact {
            email: row.text(EMAIL).to_owned(),
            phone: row.text(PHONE).to_owned(),
            minister: row.text(MINISTER).to_owned(),
        };
        if let (Some(name), Some(tax_id), Some(role), Some(country), Some(scopes)) =
            (name, tax_id, role, country, scopes)
        {
            read.all.push(Organisation { row, role, name, tax_id, country, scopes, contact });
        }
    }
    read
}

/// Reads the rows of users.
pub fn users(sheet: &mut Sheet) -> Users {
    let mut read = Users { all: vec![], with_admin: BTreeSet::new() };
    let (mut accounts, mut emails) = (BTreeMap::new(), BTreeMap::new());
    for row in sheet.rows.clone() {
        let mut fields = Fields { sheet, row: &row };
        let (organisation_role, role) = (fields.named(TYPE, TYPES), fields.role());
        let of = match organisation_role {
            Some(OrganisationRole::Government) => Some(Of::Government),
            _ => fields.text(TAX_ID).map(Of::TaxId),
        };
        if role.is_none_or(|role| role == MemberRole::Admin) && of != Some(Of::Government) {
            read.with_admin.insert(row.text(TAX_ID).to_owned());
        }
        let account = fields.account();
        let invited = account == Some(None);
        fields.email(invited);
        let email = row.text(EMAIL).to_lowercase();
        fields.once(EMAIL, email, &mut emails, &words::ONE_LINE_FOR_EACH_PERSON);
        if let Some(Some(account)) = account {
            // By its bytes: an address can be written in several ways.
            fields.once(ACCOUNT, account.0, &mut accounts, &words::A_KEY_EACH);
        }
        if let (Some(of), Some(organisation_role), Some(role), Some(account)) =
            (of, organisation_role, role, account)
        {
            let email = row.text(EMAIL).to_owned();
            read.all.push(User { row, email, of, organisation_role, role, account });
        }
    }
    read
}

/// The fields of a row. Each gives nothing where there is a problem, which it reports.
struct Fields<'a> {
    sheet: &'a mut Sheet,
    row: &'a Row,
}

impl Fields<'_> {
    fn problem(&mut self, cell: &Cell, problem: impl Into<Sentence>, advice: impl Into<Sentence>) {
        self.sheet.cell(self.row.line, cell, problem, advice);
    }

    /// Text that the chain takes.
    fn text<const N: u32>(&mut self, heading: &str) -> Option<Text<N>> {
        let cell = self.row.cell(heading)?;
        if cell.text.is_empty() {
            self.problem(cell, &words::EMPTY, &words::FILL_IN);
            return None;
        }
        let wrong = match Text::try_from(cell.text.as_str()) {
            Ok(text) if text.is_valid() => return self.plain(heading).then_some(text),
            Ok(_) => quoted(&words::DECEPTIVE, cell),
            Err(_) => quoted(&words::TOO_LONG, cell).with("most", N.to_string()),
        };
        self.problem(cell, wrong, &words::AS_THE_PUBLIC_READS);
        None
    }

    /// Whether a field is text and no formula, which a spreadsheet would calculate.
    fn plain(&mut self, heading: &str) -> bool {
        let cell = self.row.cell(heading);
        let formula = cell.filter(|cell| cell.text.starts_with(['=', '+', '-', '@']));
        if let Some(cell) = formula {
            self.problem(cell, quoted(&words::FORMULA, cell), &words::WRITE_TEXT);
        }
        formula.is_none()
    }

    /// One of some names, whatever the case of their letters.
    fn named<T: Copy>(&mut self, heading: &str, names: &[(&str, T)]) -> Option<T> {
        let cell = self.row.cell(heading)?;
        let found = names.iter().find(|(name, _)| name.eq_ignore_ascii_case(&cell.text));
        if found.is_none() {
            let names: Vec<_> = names.iter().map(|(name, _)| *name).collect();
            let advice = words::ONE_OF.with("names", names.join(", "));
            self.problem(cell, quoted(&words::NOT_KNOWN, cell), advice);
        }
        found.map(|(_, value)| *value)
    }

    /// The type of an organisation that is to be created.
    fn founded(&mut self) -> Option<OrganisationRole> {
        let role = self.named(TYPE, TYPES)?;
        if role == OrganisationRole::Government {
            let cell = self.row.cell(TYPE)?;
            self.problem(cell, &words::GOVERNMENT_NOT_IMPORTED, &words::ONE_GOVERNMENT);
            return None;
        }
        Some(role)
    }

    fn role(&mut self) -> Option<MemberRole> {
        let cell = self.row.cell(ROLE)?;
        if cell.text.eq_ignore_ascii_case("root") {
            self.problem(cell, &words::ROOT_NOT_IMPORTED, &words::ONE_ROOT);
            return None;
        }
        self.named(ROLE, ROLES)
    }

    /// The value of a cell that may be empty: none inside if it is.
    fn optional<T: FromStr>(
        &mut self,
        of: &str,
        wrong: &Words,
        advice: &Words,
    ) -> Option<Option<T>> {
        let Some(cell) = self.row.cell(of).filter(|cell| !cell.text.is_empty()) else {
            return Some(None);
        };
        let value = cell.text.parse().ok();
        if value.is_none() {
            self.problem(cell, quoted(wrong, cell), advice);
        }
        value.map(Some)
    }

    /// None inside where the registry's country is meant.
    fn country(&mut self) -> Option<Option<CountryCode>> {
        self.optional(COUNTRY, &words::NO_COUNTRY, &words::EMPTY_FOR_OWN)
    }

    fn scopes(&mut self, role: Option<OrganisationRole>) -> Option<SectoralScopes> {
        let ministry = role? == OrganisationRole::Ministry;
        let mut scopes = SectoralScopes::new();
        let cell = self.row.cell(SCOPES);
        let Some(cell) = cell.filter(|cell| !cell.text.trim_matches(BETWEEN_SCOPES).is_empty())
        else {
            if ministry {
                self.sheet.whole(self.row.line, &words::NO_SCOPES, &words::WRITE_SCOPES);
            }
            return (!ministry).then_some(scopes);
        };
        if !ministry {
            self.problem(cell, &words::SCOPES_OF_NO_MINISTRY, &words::LEAVE_EMPTY);
            return None;
        }
        for word in cell.text.split(BETWEEN_SCOPES).filter(|word| !word.is_empty()) {
            let Some(scope) = scope(word) else {
                let what = quoted(&words::NO_SCOPE, cell).with("word", shown(word));
                self.problem(cell, what, &words::NUMBERS_OR_NAMES);
                return None;
            };
            // More than there are cannot be in a set.
            let _ = scopes.try_insert(scope);
        }
        Some(scopes)
    }

    /// Looks at an address for mail, which somebody without an account is invited by.
    fn email(&mut self, needed: bool) {
        let Some(cell) = self.row.cell(EMAIL) else { return };
        let sides = cell.text.split_once('@');
        let fits = sides.is_some_and(|(name, host)| {
            name.starts_with(char::is_alphanumeric)
                && !host.is_empty()
                && !cell.text.contains(char::is_whitespace)
        });
        if cell.text.is_empty() && needed {
            self.problem(cell, &words::EMAIL_AND_ACCOUNT_EMPTY, &words::FILL_IN_ONE);
        } else if !cell.text.is_empty() && !fits {
            self.problem(cell, quoted(&words::NO_EMAIL, cell), &words::WRITE_EMAIL);
        }
    }

    /// None inside where there is no address yet.
    fn account(&mut self) -> Option<Option<AccountId32>> {
        self.optional(ACCOUNT, &words::NO_ACCOUNT, &words::COPY_ACCOUNT)
    }

    /// Reports what is on another line already.
    fn once<K: Ord + PartialEq>(
        &mut self,
        heading: &str,
        key: K,
        lines: &mut BTreeMap<K, u64>,
        advice: &Words,
    ) {
        let Some(cell) = self.row.cell(heading).filter(|cell| !cell.text.is_empty()) else {
            return;
        };
        match lines.get(&key) {
            Some(first) => {
                let what = quoted(&words::TWICE, cell).with("line", first.to_string());
                self.problem(cell, what, advice);
            }
            None => drop(lines.insert(key, self.row.line)),
        }
    }
}

/// A sentence about what stands in a field.
fn quoted(words: &Words, cell: &Cell) -> Sentence {
    words.with("value", shown(&cell.text))
}

#[cfg(test)]
mod tests;
