// SPDX-License-Identifier: Apache-2.0
//! Drawing arguments: mostly what exists, sometimes what is stale, foreign, zero or too large.

use crate::{
    operations::{Account, Part, Terms, Use, Words},
    preparation::{COUNTRIES, COUNTRY, KEYS, NOWHERE},
    reference::{Block, Project, State, Status, MOST},
};
use proptest::{prelude::Rng, test_runner::TestRng};
use registry_primitives::{
    project::{FirstTransfer, Purpose},
    Action, MemberRole, OrganisationId, OrganisationRole, ProjectId, Vintage,
};
use std::collections::BTreeSet;

/// The run's random numbers.
pub struct Dice(pub TestRng);

impl Dice {
    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound.max(1)
    }

    pub fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last - first + 1)
    }

    /// True in so many of a hundred throws.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub fn one_of<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        let index = self.below(all.len() as u64) as usize;
        all.get(index).cloned()
    }

    /// One of a list that is not empty.
    pub fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }

    /// A reason; forgotten now and then.
    pub fn reason(&mut self) -> Words {
        if self.percent(4) {
            return "";
        }
        "as decided"
    }

    pub fn account(&mut self) -> Account {
        self.below(KEYS.len() as u64) as Account
    }

    /// An account that is nobody's member; any now and then.
    pub fn stranger(&mut self, state: &State) -> Account {
        let free: Vec<_> =
            (0..KEYS.len()).filter(|account| !state.members.contains_key(account)).collect();
        match self.one_of(&free) {
            Some(account) if !self.percent(15) => account,
            _ => self.account(),
        }
    }

    /// A member; any account now and then.
    pub fn member(&mut self, state: &State) -> Account {
        let members: Vec<_> = state.members.keys().copied().collect();
        match self.one_of(&members) {
            Some(account) if !self.percent(5) => account,
            _ => self.account(),
        }
    }

    /// A member whose role allows the action; anybody now and then.
    pub fn officer(&mut self, state: &State, action: Action) -> Account {
        self.officer_of(state, action, |_| true)
    }

    /// The same, mostly of an organisation that fits.
    pub fn officer_of(
        &mut self,
        state: &State,
        action: Action,
        fits: impl Fn(OrganisationId) -> bool,
    ) -> Account {
        if self.percent(8) {
            return self.account();
        }
        let may: Vec<_> = (0..KEYS.len())
            .filter_map(|account| Some((account, state.member(account, action).ok()?.organisation)))
            .collect();
        let fitting: Vec<_> = may.iter().copied().filter(|(_, of)| fits(*of)).collect();
        let from = if fitting.is_empty() || self.percent(7) { may } else { fitting };
        self.one_of(&from).map_or(0, |(account, _)| account)
    }

    pub fn organisation(&mut self, state: &State) -> OrganisationId {
        self.organisation_with(state, &[])
    }

    /// Mostly one with one of these roles, if any are given.
    pub fn organisation_with(
        &mut self,
        state: &State,
        roles: &[OrganisationRole],
    ) -> OrganisationId {
        let fitting: Vec<_> = state
            .organisations
            .iter()
            .filter(|(_, found)| roles.contains(&found.role))
            .map(|(id, _)| *id)
            .collect();
        match self.one_of(&fitting) {
            Some(id) if !self.percent(8) => id,
            // One too many: the last does not exist.
            _ => self.between(1, state.organisations.len() as u64 + 1) as OrganisationId,
        }
    }

    pub fn role(&mut self) -> MemberRole {
        self.of(&[
            MemberRole::Admin,
            MemberRole::Admin,
            MemberRole::Manager,
            MemberRole::Manager,
            MemberRole::ViewOnly,
            MemberRole::Root,
        ])
    }

    /// Mostly a project that fits.
    pub fn project(&mut self, state: &State, fits: impl Fn(&Project) -> bool) -> ProjectId {
        let fitting: Vec<_> =
            state.projects.iter().filter(|(_, project)| fits(project)).map(|(id, _)| *id).collect();
        match self.one_of(&fitting) {
            Some(id) if !self.percent(8) => id,
            _ => self.between(1, state.projects.len() as u64 + 1) as ProjectId,
        }
    }

    /// A number from 1 to one more than there are, mostly of those that fit.
    pub fn number(&mut self, count: usize, fits: impl Fn(usize) -> bool) -> u32 {
        let fitting: Vec<_> = (1..=count).filter(|number| fits(number - 1)).collect();
        match self.one_of(&fitting) {
            Some(number) if !self.percent(8) => number as u32,
            _ => self.between(0, count as u64 + 1) as u32,
        }
    }

    /// A key of a map; sometimes one that is not in it.
    pub fn request<V>(&mut self, waiting: &std::collections::BTreeMap<u64, V>, last: u64) -> u64 {
        let all: Vec<_> = waiting.keys().copied().collect();
        match self.one_of(&all) {
            Some(id) if !self.percent(6) => id,
            _ => self.between(0, last + 1),
        }
    }

    /// Parts of up to three blocks, mostly of those that fit.
    pub fn parts(&mut self, state: &State, fits: impl Fn(&Block) -> bool) -> Vec<Part> {
        let fitting: Vec<_> = state
            .blocks
            .iter()
            .filter(|(_, block)| fits(block))
            .map(|(start, block)| (*start, block.end))
            .collect();
        let all: Vec<_> = state.blocks.iter().map(|(start, block)| (*start, block.end)).collect();
        let count = self.of(&[1, 1, 1, 2, 2, 3]).min(fitting.len().max(1));
        let mut parts = Vec::new();
        while parts.len() < count {
            let from = if fitting.is_empty() || self.percent(3) { &all } else { &fitting };
            let Some((start, end)) = self.one_of(from) else { break };
            let twice = parts.iter().any(|(other, _)| *other == start);
            if twice && !self.percent(10) {
                continue;
            }
            let start = if self.percent(1) { start + 1 } else { start };
            let quantity = self.part_of(end - start.min(end) + 1);
            parts.push((start, quantity));
        }
        if self.percent(1) {
            parts.clear();
        }
        parts
    }

    /// Mostly all or some of a quantity; now and then nothing, or too much.
    pub fn part_of(&mut self, quantity: u64) -> u64 {
        match self.below(100) {
            0..=39 => quantity,
            40..=96 => self.between(1, quantity),
            97 => 0,
            98 => quantity + 1,
            _ => self.of(&[MOST, MOST + 1, u64::MAX]),
        }
    }

    /// Some of an organisation's blocks, of the organisation that the account is of.
    pub fn own_parts(&mut self, state: &State, account: Account) -> Vec<Part> {
        let own = state.members.get(&account).map_or(0, |(organisation, _)| *organisation);
        self.parts(state, |block| block.owner == own && block.status == Status::Held)
    }

    /// Shares of one to three organisations; now and then they are wrong.
    pub fn proponents(
        &mut self,
        state: &State,
        first: OrganisationId,
    ) -> Vec<(OrganisationId, u32)> {
        use OrganisationRole::{Certifier, ProjectDeveloper};
        let mut owners = vec![first];
        for _ in 0..self.of(&[0, 0, 1, 1, 2]) {
            let roles: &[_] =
                if self.percent(70) { &[ProjectDeveloper] } else { &[ProjectDeveloper, Certifier] };
            let other = self.organisation_with(state, roles);
            if !owners.contains(&other) || self.percent(5) {
                owners.push(other);
            }
        }
        let mut left = 1_000_000u32;
        let last = owners.len() - 1;
        let mut proponents = Vec::new();
        for (index, owner) in owners.into_iter().enumerate() {
            let some = [1, 333_333, 250_000, 499_999, left / 2];
            let share = if index == last { left } else { self.of(&some).min(left) };
            left -= share;
            proponents.push((owner, share));
        }
        if self.percent(4) {
            let wrong = [999_999, 0, u32::MAX];
            proponents[0].1 = self.of(&wrong);
        }
        proponents
    }

    /// Certifiers, mostly.
    pub fn certifiers(&mut self, state: &State) -> BTreeSet<OrganisationId> {
        let count = self.of(&[0, 1, 1, 1, 2]);
        (0..count).map(|_| self.organisation_with(state, &[OrganisationRole::Certifier])).collect()
    }

    pub fn terms(&mut self) -> Option<Terms> {
        if self.percent(20) {
            return None;
        }
        let purposes = [Purpose::Ndc, Purpose::OimpImp, Purpose::OimpOp];
        let some = |dice: &mut Self| purposes.into_iter().filter(|_| dice.percent(60)).collect();
        let countries = if self.percent(4) { &[NOWHERE][..] } else { COUNTRIES };
        let first: Vintage = self.of(&[1990, 2020, 2021, 2022]);
        let last: Vintage = self.of(&[2021, 2023, 2030, 2199]);
        let wrong = self.percent(3);
        Some(Terms {
            purposes: some(self),
            parties: countries.iter().copied().filter(|_| self.percent(60)).collect(),
            approach: self.of(&[
                None,
                None,
                Some(1),
                Some(9_999),
                if wrong { Some(0) } else { None },
            ]),
            valid: (first, last),
            first_transfer: self.of(FirstTransfer::ALL),
        })
    }

    /// A use in another country; in this one, or in none, now and then.
    pub fn abroad(&mut self) -> Use {
        let country = match self.below(20) {
            0 => COUNTRY,
            1 => NOWHERE,
            _ => self.of(&COUNTRIES[1..]),
        };
        Use::Abroad { country, towards: self.of(Purpose::ALL) }
    }
}
