// SPDX-License-Identifier: Apache-2.0
//! What is to be done: the rows against what the chain has. Nothing here asks anybody anything.

use super::{
    facts::{Facts, Standing},
    rows::{self, type_name, Of, Organisations, User, Users, ACCOUNT, ROLE, TAX_ID, TYPE},
    table::Sheet,
    words::{self, Words},
};
use crate::{
    locale::{English, Locale, Sentence},
    AccountId32,
};
use registry_primitives::{
    organisation::{Organisation, OrganisationDetails, OrganisationStatus, MAX_NAME, MAX_TAX_ID},
    ContentHash, CountryCode, MemberRole, OrganisationId, Text, GOVERNMENT,
};
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It is created, or can be.
    Created,
    /// The chain has it as the file says.
    AlreadyThere,
    /// The chain has something else, by somebody's later decision.
    LeftAlone,
    /// It can be created when a person has made a key.
    Waiting,
}

impl Status {
    /// Every value, in the order of the declaration.
    pub const ALL: [Self; 4] = [Self::Created, Self::AlreadyThere, Self::LeftAlone, Self::Waiting];

    /// In words.
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
    /// The row's line.
    pub line: u64,
    /// What becomes of it.
    pub status: Status,
    /// What is there instead, and how it differs from the file.
    pub words: Vec<Sentence>,
}

impl Settled {
    /// In one sentence of English.
    pub fn sentence(&self) -> String {
        let words: Vec<_> = self.words.iter().map(|words| English.say(words)).collect();
        words.join("; ")
    }
}

/// An organisation to be created, but for the hash of its profile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Founding {
    /// What the file says of it.
    pub organisation: rows::Organisation,
    /// Its country.
    pub country: CountryCode,
    /// Who is created with it.
    pub first_admin: AccountId32,
    /// The first Admin's line in the file of users.
    pub admin_line: u64,
}

impl Founding {
    /// In words.
    pub fn named(&self) -> Sentence {
        named(&self.organisation.name, &self.organisation.tax_id)
    }

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
    /// Its line in the file of users.
    pub line: u64,
    /// Whose member.
    pub of: Of,
    /// The organisation's number; none until it is created.
    pub organisation: Option<OrganisationId>,
    /// Who.
    pub account: AccountId32,
    /// What the member may do.
    pub role: MemberRole,
    /// The organisation in words.
    pub name: Sentence,
}

/// All rows.
#[derive(Default, Debug)]
pub struct Plan {
    /// Organisations to be created.
    pub foundings: Vec<Founding>,
    /// Members to be added, when the organisations are there.
    pub joinings: Vec<Joining>,
    /// Organisations for which nothing is to be done.
    pub organisations: Vec<Settled>,
    /// Users for whom nothing is to be done.
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
                let what = words::OTHER_TYPE.with("id", id.to_string());
                let what = what.with("type", type_name(found.role));
                return sheet.cell(line, cell, what, &words::CORRECT_TYPE);
            }
            let changes = changes(wanted, country, found);
            let status = if changes.is_empty() { Status::AlreadyThere } else { Status::LeftAlone };
            let details = &found.details;
            let numbered = words::NUMBERED.with("id", id.to_string());
            let numbered = numbered.with("organisation", named(&details.name, &details.tax_id));
            let words = [vec![numbered], changes].concat();
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
            let words = words::FORMER_ADMIN.with("organisation", name);
            let words = vec![words.with("account", former.to_string())];
            self.plan.organisations.push(Settled { line, status: Status::LeftAlone, words });
        } else if let Some(&(admin_line, first_admin)) = stranger {
            self.founded.insert(&wanted.tax_id, admin_line);
            let organisation = wanted.clone();
            self.plan.foundings.push(Founding { organisation, country, first_admin, admin_line });
        } else if self.with_admin.contains(&wanted.tax_id.to_text()) {
            let words = vec![words::WAITS_FOR_ADMIN.with("organisation", name)];
            self.plan.organisations.push(Settled { line, status: Status::Waiting, words });
        } else {
            sheet.whole(line, words::NO_ADMIN.with("organisation", name), &words::ADD_ADMIN);
        }
    }

    fn user(&mut self, user: &User, sheet: &mut Sheet) {
        let line = user.row.line;
        let Some(of) = self.belongs(user, sheet) else { return };
        let member_of = |words: &Words, role: MemberRole| {
            words.with("role", role).with("organisation", of.clone())
        };
        let Some(account) = user.account else {
            let words = member_of(&words::WAITS_FOR_ACCOUNT, user.role);
            let words = vec![words.with("email", user.email.clone())];
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
                let what = words::MEMBER_ELSEWHERE.with("role", member.role);
                let what = what.with("id", member.organisation.to_string());
                return sheet.cell(line, cell, what, &words::ONE_ORGANISATION);
            }
            Some(Standing::Member(member)) if member.role == user.role => {
                (Status::AlreadyThere, member_of(&words::MEMBER, user.role))
            }
            Some(Standing::Member(member)) => {
                let words = member_of(&words::OTHER_ROLE, member.role).with("wanted", user.role);
                (Status::LeftAlone, words)
            }
            Some(Standing::Former) => (Status::LeftAlone, Sentence::from(&words::FORMER_MEMBER)),
            // Created together with the organisation.
            None if founded == Some(line) => return,
            None if id.is_some() || founded.is_some() => {
                return self.join(user, account, (id, of), sheet);
            }
            None => {
                (Status::Waiting, words::WAITS_FOR_ORGANISATION.with("organisation", of.clone()))
            }
        };
        let words = vec![words.with("account", account.to_string())];
        self.plan.users.push(Settled { line, status, words });
    }

    fn join(
        &mut self,
        user: &User,
        account: AccountId32,
        (organisation, name): (Option<OrganisationId>, Sentence),
        sheet: &mut Sheet,
    ) {
        let (line, of, role) = (user.row.line, user.of.clone(), user.role);
        let leads = of == Of::Government && role == MemberRole::Admin;
        let root = self.facts.signer.is_none_or(|role| role == MemberRole::Root);
        match user.row.cell(ROLE).filter(|_| leads && !root) {
            Some(cell) => sheet.cell(line, cell, &words::ROOT_ALONE, &words::WITH_ROOTS_KEY),
            None => {
                self.plan.joinings.push(Joining { line, of, organisation, account, role, name });
            }
        }
    }

    /// The organisation of a user in words, if there is one or will be and it is of the type that
    /// the row says.
    fn belongs(&self, user: &User, sheet: &mut Sheet) -> Option<Sentence> {
        let Of::TaxId(tax_id) = &user.of else {
            return Some(Sentence::from(&words::THE_GOVERNMENT));
        };
        let there = self.facts.organisations.get(tax_id);
        let there = there.map(|(_, found)| (found.role, &found.details.name));
        let wanted = self.wanted.get(tax_id).map(|wanted| (wanted.role, &wanted.name));
        match there.or(wanted) {
            Some((role, name)) if role == user.organisation_role => Some(named(name, tax_id)),
            Some((role, name)) => {
                let cell = user.row.cell(TYPE)?;
                let what = words::HAS_TYPE.with("organisation", named(name, tax_id));
                let what = what.with("type", type_name(role));
                sheet.cell(user.row.line, cell, what, &words::CORRECT_TYPE);
                None
            }
            // Its own row is reported, or the whole file.
            None if self.organisations.lines.contains_key(&tax_id.to_text()) => None,
            None if !self.organisations.named => None,
            None => {
                let cell = user.row.cell(TAX_ID)?;
                let what = words::NO_ORGANISATION.with("tax_id", tax_id.to_string());
                sheet.cell(user.row.line, cell, what, &words::ADD_ORGANISATION);
                None
            }
        }
    }
}

/// An organisation in words.
fn named(name: &Text<MAX_NAME>, tax_id: &TaxId) -> Sentence {
    words::NAMED.with("name", name.to_string()).with("tax_id", tax_id.to_string())
}

/// What the chain has otherwise than the file.
fn changes(
    wanted: &rows::Organisation,
    country: CountryCode,
    found: &Organisation,
) -> Vec<Sentence> {
    let details = &found.details;
    let mut changes = Vec::new();
    if details.name != wanted.name {
        changes.push(words::OTHER_NAME.with("name", wanted.name.to_string()));
    }
    if details.country != country {
        let change = words::OTHER_COUNTRY.with("country", details.country.to_string());
        changes.push(change.with("wanted", country.to_string()));
    }
    if details.sectoral_scopes != wanted.scopes {
        changes.push(Sentence::from(&words::OTHER_SCOPES));
    }
    if found.status == OrganisationStatus::Suspended {
        changes.push(Sentence::from(&words::SUSPENDED));
    }
    changes
}

#[cfg(test)]
mod tests;
