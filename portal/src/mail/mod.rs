// SPDX-License-Identifier: Apache-2.0
//! Mail: what is told to people, in their language.
//!
//! A letter is put into the outbox in the transaction of what it tells, or not at all; the courier
//! sends it later, however often that takes. Letters about events of the chain are written by the
//! courier itself; others are enqueued by who causes them.

mod letters;
mod message;
mod post;
mod sender;
mod texts;

pub use crate::i18n::Language;
pub use letters::enqueue_events;
pub use post::{Options, Post};
pub use sender::{recover, Sender};

use crate::{
    problem::Problem,
    query::Position,
    secret::{self, Secret},
};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// Longest text that fills a gap, in characters.
const MAX_ARGUMENT: usize = 2_000;

/// Whom a letter is for. Members are written to at their confirmed addresses, unless they want none.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Recipient {
    /// An address that was given for this letter, of an account or of nobody known yet.
    Address { account: Option<String>, email: String, language: String },
    /// A member, by the account.
    Account(String),
    /// Members of an organisation who are Root or Admins.
    Admins(i64),
    /// Members of an organisation who are Root, Admins or Managers.
    Officers(i64),
}

impl Recipient {
    /// An address, confirmed or not.
    pub fn address(account: Option<&str>, email: &str, language: &str) -> Self {
        Self::Address {
            account: account.map(str::to_owned),
            email: email.to_owned(),
            language: language.to_owned(),
        }
    }

    /// A person, at the confirmed address.
    pub fn account(account: impl ToString) -> Self {
        Self::Account(account.to_string())
    }

    /// The Admins of an organisation.
    pub fn admins_of(organisation: i64) -> Self {
        Self::Admins(organisation)
    }

    /// The Admins and Managers of an organisation.
    pub fn officers_of(organisation: i64) -> Self {
        Self::Officers(organisation)
    }

    /// The Admins and Managers of the Government.
    pub fn government() -> Self {
        Self::Officers(registry_primitives::GOVERNMENT.into())
    }
}

/// What is told: a text of the catalogue, and what fills its gaps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    template: &'static str,
    /// What it is about: the same is told to nobody twice.
    occasion: Option<String>,
    contents: Contents,
    /// The contents, where they hold a secret.
    sealed: Option<Vec<u8>>,
}

/// What fills a text's gaps, and stands beside it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Contents {
    /// By the names of the gaps.
    arguments: BTreeMap<String, String>,
    /// The serial numbers concerned.
    serials: Vec<String>,
    /// The event of the chain: its name, and where it is.
    event: Option<(String, String)>,
}

impl Letter {
    /// A letter with a text of the catalogue.
    pub fn new(template: &'static str) -> Self {
        Self { template, occasion: None, contents: Contents::default(), sealed: None }
    }

    /// Fills a gap. Line breaks and other control characters become blanks: nobody's name makes a
    /// line of its own.
    pub fn with(mut self, gap: &str, value: impl ToString) -> Self {
        let text = clean(&value.to_string(), MAX_ARGUMENT);
        self.contents.arguments.insert(gap.to_owned(), text);
        self
    }

    /// The serial numbers concerned.
    pub fn serials(mut self, serials: Vec<String>) -> Self {
        self.contents.serials = serials;
        self
    }

    /// The event of the chain that is told; nobody is told it twice.
    pub fn of_event(mut self, name: &str, position: Position) -> Self {
        self.contents.event = Some((name.to_owned(), position.to_string()));
        self.occasion = Some(position.to_string());
        self
    }

    /// Keeps what fills the gaps from who reads the database: for letters with a secret, such as a
    /// link that is a proof. Nothing is added afterwards.
    pub fn sealed(mut self, secret: &Secret) -> Result<Self, Problem> {
        let unsealable = |error: String| Problem::internal(&error);
        let contents =
            serde_json::to_vec(&self.contents).map_err(|it| unsealable(it.to_string()))?;
        self.sealed = Some(secret.seal(&contents).map_err(|it| unsealable(it.to_string()))?);
        self.check()?;
        self.contents = Contents::default();
        Ok(self)
    }

    /// Whether every language has the text, and nothing in it would stay open.
    fn check(&self) -> Result<(), Problem> {
        let missing = Language::ALL.into_iter().find_map(|language| {
            texts::missing(language, self.template, &self.contents.arguments)
        });
        match missing {
            Some(missing) => {
                Err(Problem::internal(&format!("a mail cannot be written: {missing}")))
            }
            None => Ok(()),
        }
    }
}

/// Puts a letter into the outbox, for everybody that it is for. It is sent if the transaction is
/// committed.
pub async fn enqueue(
    connection: &mut PgConnection,
    to: Recipient,
    letter: Letter,
) -> Result<(), Problem> {
    if letter.sealed.is_none() {
        letter.check()?;
    }
    let occasion = match &letter.occasion {
        Some(occasion) => occasion.clone(),
        None => one_of_its_kind()?,
    };
    let contents = match letter.sealed {
        Some(_) => None,
        None => Some(
            serde_json::to_value(&letter.contents)
                .map_err(|error| Problem::internal(&error.to_string()))?,
        ),
    };
    match to {
        Recipient::Address { account, email, language } => {
            sqlx::query!(
                "INSERT INTO directory.mails
                     (occasion, template, account, email, language, contents, sealed)
                 VALUES ($1, $2, $3, $4, $5, $6, $7::BYTEA)
                 ON CONFLICT DO NOTHING",
                occasion,
                letter.template,
                account,
                email,
                language,
                contents,
                letter.sealed.as_deref()
            )
            .execute(connection)
            .await?;
        }
        Recipient::Account(account) => {
            sqlx::query!(
                "INSERT INTO directory.mails
                     (occasion, template, account, email, name, language, contents, sealed)
                 SELECT $1, $2, account, email, name, language, $3, $4::BYTEA
                 FROM directory.people
                 WHERE account = $5 AND notify AND email_confirmed_at IS NOT NULL
                 ON CONFLICT DO NOTHING",
                occasion,
                letter.template,
                contents,
                letter.sealed.as_deref(),
                account
            )
            .execute(connection)
            .await?;
        }
        Recipient::Admins(organisation) | Recipient::Officers(organisation) => {
            let roles: &[&str] = match to {
                Recipient::Admins(_) => &["root", "admin"],
                _ => &["root", "admin", "manager"],
            };
            sqlx::query!(
                "INSERT INTO directory.mails
                     (occasion, template, account, email, name, language, contents, sealed)
                 SELECT $1, $2, p.account, p.email, p.name, p.language, $3, $4::BYTEA
                 FROM chain.members m JOIN directory.people p ON p.account = m.account
                 WHERE m.organisation = $5 AND m.role = ANY ($6)
                   AND p.notify AND p.email_confirmed_at IS NOT NULL
                 ORDER BY p.account
                 ON CONFLICT DO NOTHING",
                occasion,
                letter.template,
                contents,
                letter.sealed.as_deref(),
                organisation,
                roles as &[&str]
            )
            .execute(connection)
            .await?;
        }
    }
    Ok(())
}

/// Forgets a person: what waits for him is not sent, and of what was sent it is not known any more
/// to whom.
pub async fn forget(connection: &mut PgConnection, account: &str) -> Result<(), Problem> {
    sqlx::query!("DELETE FROM directory.mails WHERE account = $1 AND status <> 'sent'", account)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "UPDATE directory.mails SET account = NULL, email = NULL, name = NULL WHERE account = $1",
        account
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets an address of somebody who has no account.
pub async fn forget_address(connection: &mut PgConnection, email: &str) -> Result<(), Problem> {
    sqlx::query!(
        "DELETE FROM directory.mails
         WHERE email = $1 AND account IS NULL AND status <> 'sent'",
        email
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE directory.mails SET email = NULL, name = NULL
         WHERE email = $1 AND account IS NULL",
        email
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The name of an occasion that comes once.
pub fn one_of_its_kind() -> Result<String, Problem> {
    let chance = secret::random::<16>().map_err(|error| Problem::internal(&error.to_string()))?;
    Ok(hex::encode(chance))
}

/// Text of one line, without what changes how the rest of a mail is read: line breaks, other control
/// characters, and those that turn the direction of writing.
pub fn clean(text: &str, max: usize) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars().take(max) {
        match c {
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() || matches!(c, ' ' | '\u{2028}' | '\u{2029}') => {
                if !line.ends_with(' ') {
                    line.push(' ');
                }
            }
            c => line.push(c),
        }
    }
    line.trim().to_owned()
}
