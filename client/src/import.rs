// SPDX-License-Identifier: Apache-2.0
//! Setting a registry up from two tables: organisations, and the people who act for them.
//!
//! The files are read, then looked up on the chain, then judged; only of files without a problem is
//! anything done. What the chain has is never changed: it is somebody's later decision.

mod facts;
mod plan;
mod rows;
mod table;
pub mod words;

pub use facts::{at_last, Facts, Standing, NEEDED};
pub use plan::{Founding, Joining, Plan, Settled, Status};
pub use rows::{headings, scope, Contact, Of, Organisation, Organisations, User, Users};
pub use table::{Cell, Limits, Problem, Row, Sheet};

use crate::{locale::Sentence, AccountId32, AtBlock, ClientError};

/// A file: what it is called, and its content.
pub type File<'a> = (&'a str, &'a [u8]);

/// Both files, read.
pub struct Import {
    /// The organisations, and the file that they are in.
    pub organisations: (Organisations, Sheet),
    /// The users, and the file that they are in.
    pub users: (Users, Sheet),
}

impl Import {
    /// Reads the files of organisations and of users. What is wrong with them is among the problems.
    pub fn read(organisations: File, users: File, limits: Limits) -> Self {
        let parse = |(name, content), columns| Sheet::parse(name, content, columns, limits);
        let mut sheet = parse(organisations, rows::ORGANISATIONS);
        let organisations = rows::organisations(&mut sheet);
        let mut users_sheet = parse(users, rows::USERS);
        let users = rows::users(&mut users_sheet);
        Self { organisations: (organisations, sheet), users: (users, users_sheet) }
    }

    /// Columns that are not read and should not be there.
    pub fn secrets(&self) -> impl Iterator<Item = Sentence> + '_ {
        let secrets = rows::SECRETS.into_iter().filter(move |secret| self.users.1.has(secret));
        secrets.map(|secret| words::SECRET_COLUMN.with("column", secret))
    }

    /// Looks up everybody whom the files name, and what whoever signs may do.
    pub async fn look_up(
        &self,
        at: &AtBlock,
        signer: Option<&AccountId32>,
    ) -> Result<Facts, ClientError> {
        Facts::gather(at, &self.organisations.0, &self.users.0, signer).await
    }

    /// Decides on every row. What cannot be is among the problems.
    pub fn plan(&mut self, facts: &Facts) -> Plan {
        let Self { organisations: (organisations, sheet), users: (users, users_sheet) } = self;
        plan::plan(facts, (organisations, sheet), (users, users_sheet))
    }

    /// What is wrong with the files.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.organisations.1.problems.iter().chain(&self.users.1.problems)
    }
}
