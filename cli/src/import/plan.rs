// SPDX-License-Identifier: Apache-2.0
//! What is to be done: the rows against what the chain has. Nothing here asks anybody anything.

use super::{
    rows::{self, type_name, Of, Organisations, User, Users, ACCOUNT, ROLE, TAX_ID, TYPE},
    table::Sheet,
};
use registry_client::AccountId32;
use registry_primitives::{
    organisation::{
        Member, Organisation, OrganisationDetails, OrganisationStatus, MAX_NAME, MAX_TAX_ID,
    },
    ContentHash, CountryCode, MemberRole, OrganisationId, Text, GOVERNMENT,
};
use std::collections::{BTreeMap, BTreeSet};

/// What the chain has of those whom the files name.
pub struct Facts {
    /// The registry's country.
    pub country: CountryCode,
    /// By the tax identifier that they have now.
    pub organisations: BTreeMap<Text<MAX_TAX_ID>, (OrganisationId, Organisation)>,
    /// By the bytes of the account. Strangers are not in it.
    pub standings: BTreeMap<[u8; 32], Standing>,
    /// The role of whoever signs, where that is known.
    pub signer: Option<MemberRole>,
}

/// How an account stands that the registry knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Standing {
    Member(Member),
    /// It was let in once and is no member now.
    Former,
}

/// What becomes of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    Created,
    AlreadyThere,
    /// The chain has something else, by somebody's later decision.
    LeftAlone,
    /// It can be created when a person has made a key.
    Waiting,
}

impl Status {
    /// Every value, in the order of the declaration.
    pub const ALL: [Self; 4] = [Self::Created, Self::AlreadyThere, Self::LeftAlone, Self::Waiting];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::AlreadyThere => "already there",
            Self::LeftAlone => "left alone",
            Self::Waiting => "waiting",
        }
    }
}

/// A row for which nothing is sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settled {
    pub line: u64,
    pub status: Status,
    pub words: String,
}

/// An organisation to be created, but for the hash of its profile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Founding {
    pub organisation: rows::Organisation,
    pub country: CountryCode,
    pub first_admin: AccountId32,
    /// The first Admin's line in the file of users.
    pub admin_line: u64,
}

impl Founding {
    /// What its members name it by.
    pub fn of(&self) -> Of {
        Of::TaxId(self.organisation.tax_id.clone())
    }

    /// With the hash of its profile.
    pub fn details(&self, profile: ContentHash) -> OrganisationDetails {
        let rows::Organisation { name, tax_id, scopes, .. } = self.organisation.clone();
        let country = self.country;
        OrganisationDetails { name, tax_id, country, sectoral_scopes: scopes, profile }
    }
}

/// A member to be added.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Joining {
    pub line: u64,
    pub of: Of,
    pub account: AccountId32,
    pub role: MemberRole,
    /// The organisation in words.
    pub name: String,
}

/// All rows.
#[derive(Default, Debug)]
pub struct Plan {
    pub foundings: Vec<Founding>,
    pub joinings: Vec<Joining>,
    pub organisations: Vec<Settled>,
    pub users: Vec<Settled>,
}

/// Decides on every row, and reports what cannot be.
pub fn plan(
    facts: &Facts,
    (organisations, organisations_sheet): (&Organisations, &mut Sheet),
    (users, users_sheet): (&Users, &mut Sheet),
) -> Plan {
    let mut planner = Planner {
        facts,
        organisations,
        wanted: BTreeMap::new(),
        with_admin: &users.with_admin,
        admins: BTreeMap::new(),
        founded: BTreeMap::new(),
        plan: Plan::default(),
    };
    for user in users.all.iter().filter(|user| user.role == MemberRole::Admin) {
        if let (Of::TaxId(tax_id), Some(account)) = (&user.of, user.account) {
            planner.admins.entry(tax_id).or_default().push((user.row.line, account));
        }
    }
    for organisation in &organisations.all {
        planner.wanted.insert(&organisation.tax_id, organisation);
        planner.organisation(organisation, organisations_sheet);
    }
    for user in &users.all {
        planner.user(user, users_sheet);
    }
    planner.plan
}

type TaxId = Text<MAX_TAX_ID>;

struct Planner<'a> {
    facts: &'a Facts,
    organisations: &'a Organisations,
    /// Those of them that can be read.
    wanted: BTreeMap<&'a TaxId, &'a rows::Organisation>,
    /// The file's Admins: whose there are, and those with an account, by their lines.
    with_admin: &'a BTreeSet<String>,
    admins: BTreeMap<&'a TaxId, Vec<(u64, AccountId32)>>,
    /// The lines of the first Admins of the organisations that will be created.
    founded: BTreeMap<&'a TaxId, u64>,
    plan: Plan,
}

impl<'a> Planner<'a> {
    fn organisation(&mut self, wanted: &'a rows::Organisation, sheet: &mut Sheet) {
        let line = wanted.row.line;
        let country = wanted.country.unwrap_or(self.facts.country);
        if let Some((id, found)) = self.facts.organisations.get(&wanted.tax_id) {
            if let Some(cell) = wanted.row.cell(TYPE).filter(|_| found.role != wanted.role) {
                let role = type_name(found.role);
                let what = format!("organisation {id} has this tax identifier, and type {role}");
                return sheet.cell(line, cell, &what, "correct the type or the tax identifier");
            }
            let changes = changes(wanted, country, found);
            let status = if changes.is_empty() { Status::AlreadyThere } else { Status::LeftAlone };
            let details = &found.details;
            let mut words = format!("organisation {id}, {}", named(&details.name, &details.tax_id));
            changes.iter().for_each(|change| words += &format!("; {change}"));
            return self.plan.organisations.push(Settled { line, status, words });
        }
        let name = named(&wanted.name, &wanted.tax_id);
        let admins = self.admins.get(&wanted.tax_id).map_or(&[][..], Vec::as_slice);
        let standing = |account: &AccountId32| self.facts.standings.get(&account.0);
        let stranger = admins.iter().find(|(_, account)| standing(account).is_none());
        let former =
            admins.iter().find(|(_, account)| standing(account) == Some(&Standing::Former));
        // Looked at first: it may have another tax identifier by now, and would be created twice.
        if let Some((_, former)) = former {
            let words = format!(
                "{name} is not there, and its Admin {former} was let in before and left: to create \
                 it all the same, use `registry organisation create`"
            );
            self.plan.organisations.push(Settled { line, status: Status::LeftAlone, words });
        } else if let Some(&(admin_line, first_admin)) = stranger {
            self.founded.insert(&wanted.tax_id, admin_line);
            let organisation = wanted.clone();
            self.plan.foundings.push(Founding { organisation, country, first_admin, admin_line });
        } else if self.with_admin.contains(&wanted.tax_id.to_text()) {
            let words = format!("{name} waits for the account of its first Admin");
            self.plan.organisations.push(Settled { line, status: Status::Waiting, words });
        } else {
            let what = format!("nobody in the file of users is an Admin of {name}");
            let advice = "add its first Admin there: an organisation is created together with one";
            sheet.whole(line, &what, advice);
        }
    }

    fn user(&mut self, user: &User, sheet: &mut Sheet) {
        let line = user.row.line;
        let Some(of) = self.belongs(user, sheet) else { return };
        let Some(account) = user.account else {
            let words =
                format!("{} is asked for an address, to be {} of {of}", user.email, user.role);
            return self.plan.users.push(Settled { line, status: Status::Waiting, words });
        };
        let (id, founded) = match &user.of {
            Of::Government => (Some(GOVERNMENT), None),
            Of::TaxId(tax_id) => (
                self.facts.organisations.get(tax_id).map(|(id, _)| *id),
                self.founded.get(tax_id).copied(),
            ),
        };
        let (status, words) = match self.facts.standings.get(&account.0) {
            Some(Standing::Member(member)) if Some(member.organisation) != id => {
                let Some(cell) = user.row.cell(ACCOUNT) else { return };
                let what = format!("is {} of organisation {}", member.role, member.organisation);
                let advice =
                    "an account is a member of one organisation: give another account; or \
                              write the tax identifier that the organisation has now in both \
                              files; or remove the line";
                return sheet.cell(line, cell, &what, advice);
            }
            Some(Standing::Member(member)) if member.role == user.role => {
                (Status::AlreadyThere, format!("{account} is {} of {of}", user.role))
            }
            Some(Standing::Member(member)) => (
                Status::LeftAlone,
                format!("{account} is {} of {of} now, not {}", member.role, user.role),
            ),
            Some(Standing::Former) => (
                Status::LeftAlone,
                format!(
                    "{account} was let in before and is no member now: to add it all the same, use \
                     `registry member add`"
                ),
            ),
            // Created together with the organisation.
            None if founded == Some(line) => return,
            None if id.is_some() || founded.is_some() => {
                return self.join(user, account, of, sheet);
            }
            None => (Status::Waiting, format!("{account} waits until there is {of}")),
        };
        self.plan.users.push(Settled { line, status, words });
    }

    fn join(&mut self, user: &User, account: AccountId32, name: String, sheet: &mut Sheet) {
        let (line, of, role) = (user.row.line, user.of.clone(), user.role);
        let leads = of == Of::Government && role == MemberRole::Admin;
        let root = self.facts.signer.is_none_or(|role| role == MemberRole::Root);
        match user.row.cell(ROLE).filter(|_| leads && !root) {
            Some(cell) => {
                let advice = "import with Root's key, or remove the line";
                sheet.cell(line, cell, "only Root makes Admins of the Government", advice);
            }
            None => self.plan.joinings.push(Joining { line, of, account, role, name }),
        }
    }

    /// The organisation of a user in words, if there is one or will be and it is of the type that
    /// the row says.
    fn belongs(&self, user: &User, sheet: &mut Sheet) -> Option<String> {
        let Of::TaxId(tax_id) = &user.of else { return Some("the Government".into()) };
        let there = self.facts.organisations.get(tax_id);
        let there = there.map(|(_, found)| (found.role, &found.details.name));
        let wanted = self.wanted.get(tax_id).map(|wanted| (wanted.role, &wanted.name));
        match there.or(wanted) {
            Some((role, name)) if role == user.organisation_role => Some(named(name, tax_id)),
            Some((role, name)) => {
                let cell = user.row.cell(TYPE)?;
                let what = format!("{} has the type {}", named(name, tax_id), type_name(role));
                sheet.cell(user.row.line, cell, &what, "correct the type or the tax identifier");
                None
            }
            // Its own row is reported, or the whole file.
            None if self.organisations.lines.contains_key(&tax_id.to_text()) => None,
            None if !self.organisations.named => None,
            None => {
                let cell = user.row.cell(TAX_ID)?;
                let what = format!("no organisation has the tax identifier “{tax_id}”");
                let advice = "add it to the file of organisations, or correct the tax identifier";
                sheet.cell(user.row.line, cell, &what, advice);
                None
            }
        }
    }
}

/// An organisation in words.
pub fn named(name: &Text<MAX_NAME>, tax_id: &TaxId) -> String {
    format!("“{name}” (tax id {tax_id})")
}

/// What the chain has otherwise than the file, in words.
fn changes(wanted: &rows::Organisation, country: CountryCode, found: &Organisation) -> Vec<String> {
    let details = &found.details;
    let mut changes = Vec::new();
    if details.name != wanted.name {
        changes.push(format!("the file calls it “{}”", wanted.name));
    }
    if details.country != country {
        changes.push(format!("its country is {} now, not {country}", details.country));
    }
    if details.sectoral_scopes != wanted.scopes {
        changes.push("it has other sectoral scopes now".to_owned());
    }
    if found.status == OrganisationStatus::Suspended {
        changes.push("it is suspended".to_owned());
    }
    changes
}

#[cfg(test)]
mod tests;
