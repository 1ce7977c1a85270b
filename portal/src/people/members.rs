// SPDX-License-Identifier: Apache-2.0
//! The members of an organisation with what they say of themselves, for those who work with them.

use super::{
    account::Contact,
    imported::{self, ImportedContact},
};
use crate::{
    access::{audit, session::private, Caller, Deed},
    answers::Time,
    problem::{Message, Problem, ProblemDocument},
    query,
    server::App,
};
use axum::{
    extract::{Path, State},
    response::Response,
    Json,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A member of an organisation.
#[derive(Serialize, ToSchema)]
pub struct MemberContact {
    /// What the member may do.
    #[schema(example = "manager")]
    role: String,
    #[serde(flatten)]
    contact: Contact,
}

/// The members of an organisation.
#[derive(Serialize, ToSchema)]
pub struct Members {
    items: Vec<MemberContact>,
    /// Of an organisation that came from the ITMO platform and has no members yet, how it was reached
    /// there.
    imported: Option<ImportedContact>,
}

/// The members of an organisation and how to reach them: for members of the organisation itself and
/// for officers of the Government. Their accounts and roles alone are public, with the organisation.
#[utoipa::path(
    get, path = "/api/v1/organisations/{id}/members", tag = "people",
    operation_id = "members",
    params(("id" = u32, Path, description = "Number of the organisation", example = 1)),
    security(("session" = []), ("token" = [])),
    responses(
        (status = OK, body = Members),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.account()?;
    let own = caller.acting()?;
    let unknown = || Problem::not_found(Message::new("problem.no_organisation").with("id", &id));
    let number = query::number(&id).ok_or_else(unknown)?;
    if own.id != number && !own.is_government() {
        return Err(Problem::forbidden(Message::new("problem.other_members")));
    }
    let mut transaction = app.directory.begin().await?;
    let rows = sqlx::query!(
        r#"SELECT m.role, m.account, p.name AS "name?", p.email AS "email?",
                  p.email_confirmed_at AS "email_confirmed_at?: Time", p.phone AS "phone?",
                  COALESCE(p.language, 'en') AS "language!", COALESCE(p.notify, true) AS "notify!"
           FROM chain.members m LEFT JOIN directory.people p ON p.account = m.account
           WHERE m.organisation = $1 ORDER BY m.account"#,
        number
    )
    .fetch_all(&mut *transaction)
    .await?;
    let imported = imported::unclaimed(&mut transaction, number).await?;
    if rows.is_empty() && imported.is_none() {
        return Err(unknown());
    }
    let items = rows
        .into_iter()
        .map(|row| MemberContact {
            role: row.role,
            contact: Contact {
                account: row.account,
                name: row.name,
                email: row.email,
                email_confirmed_at: row.email_confirmed_at,
                phone: row.phone,
                language: row.language,
                notify: row.notify,
            },
        })
        .collect();
    audit::record(&mut transaction, &caller, Deed::new("members_read", number)).await?;
    transaction.commit().await?;
    Ok(private(Json(Members { items, imported })))
}
