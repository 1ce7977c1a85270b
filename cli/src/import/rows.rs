// SPDX-License-Identifier: Apache-2.0
//! The rows of both files as what they stand for, and what can be said of them without the chain.

use super::table::{optional, required, Cell, Column, Row, Sheet};
use crate::values::{scope, text};
use anyhow::Result;
use registry_client::AccountId32;
use registry_primitives::{
    organisation::{MAX_NAME, MAX_TAX_ID},
    sector::SectoralScopes,
    CountryCode, MemberRole, OrganisationRole, Text,
};
use std::collections::{BTreeMap, BTreeSet};

const NAME: &str = "NAME";
const EMAIL: &str = "EMAIL";
const PHONE: &str = "PHONE";
pub const TAX_ID: &str = "ORGANISATION TAX ID";
pub const TYPE: &str = "ORGANISATION TYPE";
pub const SCOPES: &str = "SECTORAL SCOPE";
const MINISTER: &str = "MINISTER NAME";
const COUNTRY: &str = "COUNTRY";
pub const ROLE: &str = "ROLE";
pub const ACCOUNT: &str = "ACCOUNT";
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

/// The type of an organisation as the files call it.
pub fn type_name(role: OrganisationRole) -> &'static str {
    TYPES.iter().find(|(_, known)| *known == role).map_or("?", |(name, _)| name)
}

/// A row of the file of organisations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organisation {
    pub row: Row,
    pub role: OrganisationRole,
    pub name: Text<MAX_NAME>,
    pub tax_id: Text<MAX_TAX_ID>,
    /// The registry's where it is none.
    pub country: Option<CountryCode>,
    pub scopes: SectoralScopes,
    pub contact: Contact,
}

/// How an organisation is reached: never on the chain.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Contact {
    pub email: String,
    pub phone: String,
    pub minister: String,
}

/// The file of organisations.
pub struct Organisations {
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
    TaxId(Text<MAX_TAX_ID>),
}

/// A row of the file of users.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    pub row: Row,
    pub email: String,
    pub of: Of,
    pub organisation_role: OrganisationRole,
    pub role: MemberRole,
    /// None until the person has made a key and told its address.
    pub account: Option<AccountId32>,
}

/// The file of users.
pub struct Users {
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
                Some(first) => fields.sheet.cell(
                    row.line,
                    cell,
                    &format!("“{}” is on line {first} already", cell.text),
                    "write each organisation on one line; a tax identifier is of one organisation",
                ),
                None => drop(read.lines.insert(cell.text.clone(), row.line)),
            }
        }
        // All are read before any is missed, so that all problems are listed.
        let (name, tax_id) = (fields.text(NAME), fields.text(TAX_ID));
        let (role, country) = (fields.founded(), fields.country());
        let scopes = fields.scopes(role);
        fields.email(false);
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
        fields.once(EMAIL, row.text(EMAIL).to_lowercase(), &mut emails, "one line for each person");
        if let Some(Some(account)) = account {
            // By its bytes: an address can be written in several ways.
            fields.once(ACCOUNT, account.0, &mut accounts, "a key of their own for each person");
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
    fn problem(&mut self, cell: &Cell, problem: &str, advice: &str) {
        self.sheet.cell(self.row.line, cell, problem, advice);
    }

    /// Text that the chain takes.
    fn text<const N: u32>(&mut self, heading: &str) -> Option<Text<N>> {
        let cell = self.row.cell(heading)?;
        if cell.text.is_empty() {
            self.problem(cell, "is empty", "fill it in");
            return None;
        }
        self.or_report(cell, text(&cell.text), "write it as the public shall read it")
    }

    fn or_report<T>(&mut self, cell: &Cell, read: Result<T>, advice: &str) -> Option<T> {
        read.map_err(|error| {
            self.problem(cell, &format!("“{}”: {error}", shown(&cell.text)), advice)
        })
        .ok()
    }

    /// One of some names, whatever the case of their letters.
    fn named<T: Copy>(&mut self, heading: &str, names: &[(&str, T)]) -> Option<T> {
        let cell = self.row.cell(heading)?;
        let found = names.iter().find(|(name, _)| name.eq_ignore_ascii_case(&cell.text));
        if found.is_none() {
            let names: Vec<_> = names.iter().map(|(name, _)| *name).collect();
            let what = format!("“{}” is not known", shown(&cell.text));
            self.problem(cell, &what, &format!("write one of {}", names.join(", ")));
        }
        found.map(|(_, value)| *value)
    }

    /// The type of an organisation that is to be created.
    fn founded(&mut self) -> Option<OrganisationRole> {
        let role = self.named(TYPE, TYPES)?;
        if role == OrganisationRole::Government {
            let cell = self.row.cell(TYPE)?;
            let advice = "remove the line: there is one Government, made with the chain";
            self.problem(cell, "the Government is not imported", advice);
            return None;
        }
        Some(role)
    }

    fn role(&mut self) -> Option<MemberRole> {
        let cell = self.row.cell(ROLE)?;
        if cell.text.eq_ignore_ascii_case("root") {
            let advice = "remove the line: there is one Root, made with the chain";
            self.problem(cell, "Root is not imported", advice);
            return None;
        }
        self.named(ROLE, ROLES)
    }

    /// None inside where the registry's country is meant.
    fn country(&mut self) -> Option<Option<CountryCode>> {
        match self.row.cell(COUNTRY).filter(|cell| !cell.text.is_empty()) {
            None => Some(None),
            Some(cell) => {
                let read = cell.text.parse().map_err(anyhow::Error::from);
                self.or_report(cell, read, "leave it empty for the registry's own").map(Some)
            }
        }
    }

    fn scopes(&mut self, role: Option<OrganisationRole>) -> Option<SectoralScopes> {
        let ministry = role? == OrganisationRole::Ministry;
        let mut scopes = SectoralScopes::new();
        let Some(cell) = self.row.cell(SCOPES).filter(|cell| !cell.text.is_empty()) else {
            if ministry {
                let what = "a ministry is competent for at least one sectoral scope";
                let advice = "write their numbers, 1 to 15, in the column SECTORAL SCOPE: 1;2;3";
                self.sheet.whole(self.row.line, what, advice);
            }
            return (!ministry).then_some(scopes);
        };
        if !ministry {
            self.problem(cell, "only a ministry has sectoral scopes", "leave it empty");
            return None;
        }
        for word in cell.text.split([';', ',', ' ']).filter(|word| !word.is_empty()) {
            let advice = "write numbers, 1 to 15, or names, separated by semicolons";
            let read = scope(word).map_err(|error| anyhow::anyhow!("{word}: {error}"));
            // More than there are cannot be in a set.
            let _ = scopes.try_insert(self.or_report(cell, read, advice)?);
        }
        Some(scopes)
    }

    /// Looks at an address for mail, which somebody without an account is invited by.
    fn email(&mut self, needed: bool) {
        let Some(cell) = self.row.cell(EMAIL) else { return };
        let sides = cell.text.split_once('@');
        let fits = sides.is_some_and(|(name, host)| {
            !name.is_empty() && !host.is_empty() && !cell.text.contains(char::is_whitespace)
        });
        if cell.text.is_empty() && needed {
            self.problem(cell, "is empty, and so is ACCOUNT", "fill in one of them");
        } else if !cell.text.is_empty() && !fits {
            let what = format!("“{}” is no address for mail", shown(&cell.text));
            self.problem(cell, &what, "write it as name@example.org, or leave it empty");
        }
    }

    /// None inside where there is no address yet.
    fn account(&mut self) -> Option<Option<AccountId32>> {
        let Some(cell) = self.row.cell(ACCOUNT).filter(|cell| !cell.text.is_empty()) else {
            return Some(None);
        };
        let account = cell.text.parse().ok();
        if account.is_none() {
            let what = format!("“{}” is no address of an account", shown(&cell.text));
            let advice = "copy what `registry key generate` or `registry key show` prints; leave \
                          it empty while there is none";
            self.problem(cell, &what, advice);
        }
        account.map(Some)
    }

    /// Reports what is on another line already.
    fn once<K: Ord + PartialEq>(
        &mut self,
        heading: &str,
        key: K,
        lines: &mut BTreeMap<K, u64>,
        advice: &str,
    ) {
        let Some(cell) = self.row.cell(heading).filter(|cell| !cell.text.is_empty()) else {
            return;
        };
        match lines.get(&key) {
            Some(first) => {
                let what = format!("“{}” is on line {first} already", shown(&cell.text));
                self.problem(cell, &what, advice);
            }
            None => drop(lines.insert(key, self.row.line)),
        }
    }
}

/// Text for a message: not longer than a line.
fn shown(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
