// SPDX-License-Identifier: Apache-2.0
//! Who may see a file: everybody once the chain carries its hash; until then the organisations that
//! uploaded it, and the Government's officers. To everybody else it is not there.

use super::{
    parse,
    rows::{self, File},
};
use crate::{
    access::{
        audit::{self, Deed},
        Caller, Scope, Who,
    },
    answers::Time,
    problem::{Message, Problem},
    server::App,
};
use axum::http::request::Parts;
use registry_primitives::ContentHash;

/// A file that somebody may see.
pub struct Seen {
    pub file: File,
    /// What his organisation said of it; none where it is public, or he is an officer.
    pub deposit: Option<Deposit>,
}

/// What an organisation said of a file that it uploaded.
pub struct Deposit {
    pub name: String,
    pub uploaded_at: Time,
}

/// The file that an address names, for whoever asks. What is private is read under `action` in the
/// audit log.
pub async fn look(
    app: &App,
    parts: &Parts,
    hash: &str,
    action: &'static str,
) -> Result<Seen, Problem> {
    let unknown = || Problem::not_found(Message::new("problem.no_file").with("hash", hash));
    let number = parse(hash).ok_or_else(unknown)?;
    let mut transaction = app.directory.begin().await?;
    let found = rows::find(&mut transaction, number).await?;
    transaction.commit().await?;
    if let Some(file) = found.filter(File::is_public) {
        return Ok(Seen { file, deposit: None });
    }
    // From here on it takes the same way whether the file is there or not.
    let caller = Caller::find(parts, app).await?.ok_or_else(unknown)?;
    let mut transaction = app.directory.begin().await?;
    let file = rows::find(&mut transaction, number).await?;
    let organisation = reading(&caller).ok();
    let deposit = own(&mut transaction, number, organisation).await?;
    let may_see = deposit.is_some() || caller.officer_of_government().is_ok();
    let file = file.filter(|_| may_see).ok_or_else(unknown)?;
    audit::record(&mut transaction, &caller, Deed::new(action, number)).await?;
    transaction.commit().await?;
    Ok(Seen { file, deposit })
}

/// The organisation whose files a caller may see: a member's of any role, a program's with the scope
/// to read or to upload.
pub fn reading(caller: &Caller) -> Result<i64, Problem> {
    let scope = match &caller.who {
        Who::Program { scopes, .. } if scopes.contains(&Scope::Files) => Scope::Files,
        _ => Scope::Read,
    };
    Ok(caller.reading(scope)?.id)
}

async fn own(
    connection: &mut sqlx::PgConnection,
    hash: ContentHash,
    organisation: Option<i64>,
) -> Result<Option<Deposit>, Problem> {
    let found = sqlx::query_as!(
        Deposit,
        r#"SELECT name, uploaded_at AS "uploaded_at: Time" FROM directory.deposits
           WHERE hash = $1::BYTEA AND organisation = $2"#,
        &hash.0[..],
        organisation
    )
    .fetch_optional(connection)
    .await?;
    Ok(found)
}
