// SPDX-License-Identifier: Apache-2.0
//! The off-chain profile of an organisation: a document that the chain knows the hash of.
//!
//! Its bytes are what the hash is of: an object of JSON with its keys in order and without blanks
//! (the canonical form of RFC 8785, of which texts alone are used here).

use super::contact;
use crate::{
    access::{audit, session::private, Caller, Deed},
    answers::{At, Time},
    db::Reader,
    extrinsics::read,
    problem::{Message, Problem, ProblemDocument},
    query, secret,
    server::App,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
    Json,
};
use registry_client::{import::Contact, Call};
use registry_primitives::ContentHash;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Longest field, in characters.
const MAX_FIELD: usize = 300;

/// What an organisation says of itself to the public.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "address": "Kumul Highway, Port Vila", "website": "https://developer.example",
    "email": "office@developer.example", "phone": "+678 22123",
}))]
pub struct NewProfile {
    /// Postal address.
    address: Option<String>,
    /// `https://…`
    website: Option<String>,
    /// Where the public can write to.
    email: Option<String>,
    /// Where the public can call.
    phone: Option<String>,
    /// The person who represents it in public, such as the minister of a ministry.
    representative: Option<String>,
    /// What it does.
    description: Option<String>,
    /// Hash of an uploaded picture.
    logo: Option<String>,
}

/// A profile.
#[derive(Serialize, ToSchema)]
pub struct Profile {
    /// What the organisation says of itself; null where nothing that the chain knows the hash of is
    /// deposited here.
    #[schema(value_type = Option<Object>)]
    profile: Option<serde_json::Value>,
    /// The hash on the chain, BLAKE2b-256.
    hash: String,
    /// When it was deposited here.
    saved_at: Option<Time>,
}

/// A profile that was deposited, and how it becomes the organisation's.
#[derive(Serialize, ToSchema)]
pub struct SavedProfile {
    /// What was deposited, as its hash was made.
    #[schema(value_type = Object)]
    profile: serde_json::Value,
    /// Its hash.
    hash: String,
    /// Whether the chain names this hash already.
    anchored: bool,
    /// The call to prepare and sign that makes it the organisation's profile.
    #[schema(value_type = Object)]
    call: Call,
}

impl NewProfile {
    fn checked(self) -> Result<BTreeMap<&'static str, String>, Problem> {
        let line = |name: &'static str, text: Option<String>| {
            text.map(|text| contact::line(name, &text, MAX_FIELD)).transpose()
        };
        let website = line("website", self.website)?;
        let web = |it: &String| it.starts_with("https://") || it.starts_with("http://");
        if website.as_ref().is_some_and(|it| !web(it) || it.contains([' ', '"', '<', '>'])) {
            return Err(Problem::unprocessable(Message::new("problem.website")));
        }
        let logo = self.logo.map(|it| it.parse::<ContentHash>()).transpose();
        let logo = logo.map_err(|_| Problem::unprocessable(Message::new("problem.logo")))?;
        let fields = [
            ("address", line("address", self.address)?),
            (
                "description",
                self.description.map(|it| contact::text("description", &it)).transpose()?,
            ),
            ("email", self.email.map(|it| contact::email(&it)).transpose()?),
            ("logo", logo.map(|hash| hash.to_string())),
            ("phone", self.phone.map(|it| contact::phone(&it)).transpose()?),
            ("representative", line("representative", self.representative)?),
            ("website", website),
        ];
        Ok(fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
    }
}

/// A profile as it is deposited.
pub struct Document {
    /// What its bytes are hashed to.
    pub hash: ContentHash,
    bytes: Vec<u8>,
}

impl Document {
    fn new(fields: &BTreeMap<&'static str, String>) -> Result<Self, Problem> {
        let bytes = serde_json::to_vec(fields);
        let bytes = bytes.map_err(|error| Problem::internal(&error.to_string()))?;
        Ok(Self { hash: ContentHash(secret::hash(&bytes)), bytes })
    }

    /// Of how an organisation is reached; none where nothing is said of that.
    pub fn of_contact(contact: &Contact) -> Result<Option<Self>, Problem> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let profile = NewProfile {
            address: None,
            website: None,
            email: given(&contact.email),
            phone: given(&contact.phone),
            representative: given(&contact.minister),
            description: None,
            logo: None,
        };
        let fields = profile.checked()?;
        (!fields.is_empty()).then(|| Self::new(&fields)).transpose()
    }
}

/// Deposits a profile; whether it was not there yet.
async fn deposit(
    connection: &mut PgConnection,
    caller: &Caller,
    organisation: i64,
    Document { hash, bytes }: &Document,
) -> Result<bool, Problem> {
    let done = sqlx::query!(
        "INSERT INTO directory.profiles (organisation, hash, document, saved_by)
         VALUES ($1, $2::BYTEA, $3::BYTEA, $4) ON CONFLICT DO NOTHING",
        organisation,
        &hash.0[..],
        &bytes[..],
        caller.account()?.to_string()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Deposits profiles whose hashes the chain has already, as their organisations' own.
pub async fn deposit_named(
    app: &App,
    caller: &Caller,
    named: &[(i64, Document)],
) -> Result<(), Problem> {
    let mut transaction = app.directory.begin().await?;
    for (organisation, document) in named {
        if deposit(&mut transaction, caller, *organisation, document).await? {
            let hash = document.hash.to_string();
            audit::record(&mut transaction, caller, Deed::new("profile_saved", &hash)).await?;
        }
    }
    Ok(transaction.commit().await?)
}

/// The profile of an organisation that the chain knows the hash of.
#[utoipa::path(
    get, path = "/api/v1/organisations/{id}/profile", tag = "registry",
    operation_id = "profile",
    params(("id" = u32, Path, description = "Number of the organisation", example = 1)),
    responses(
        (status = OK, body = At<Profile>),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found(Message::new("problem.no_organisation").with("id", &id));
    let number = query::number(&id).ok_or_else(unknown)?;
    let profile = Profile::load(&app, &mut reader, number).await?.ok_or_else(unknown)?;
    Ok(reader.json(profile))
}

impl Profile {
    /// The profile of an organisation, if there is such an organisation.
    pub async fn load(
        app: &App,
        reader: &mut Reader,
        number: i64,
    ) -> Result<Option<Self>, Problem> {
        let hash =
            sqlx::query_scalar!("SELECT profile FROM chain.organisations WHERE id = $1", number)
                .fetch_optional(reader.connection())
                .await?;
        let Some(hash) = hash else { return Ok(None) };
        let mut transaction = app.directory.begin().await?;
        let found = sqlx::query!(
            "SELECT document, saved_at FROM directory.profiles
         WHERE organisation = $1 AND hash = $2::BYTEA",
            number,
            hash
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let profile = found.as_ref().map(|row| serde_json::from_slice(&row.document)).transpose();
        Ok(Some(Self {
            profile: profile.map_err(|_| Problem::internal("a profile that is no JSON"))?,
            hash: format!("0x{}", hex::encode(hash)),
            saved_at: found.map(|row| row.saved_at.into()),
        }))
    }

    /// Whether it is deposited here.
    pub fn is_held(&self) -> bool {
        self.profile.is_some()
    }

    /// What the organisation says of itself under a name.
    pub fn says(&self, name: &str) -> Option<&str> {
        self.profile.as_ref()?.get(name)?.as_str()
    }

    /// A page that it names, which is one of the web: a profile that was deposited elsewhere could
    /// name anything.
    pub fn website(&self) -> Option<&str> {
        let web = |it: &&str| it.starts_with("https://") || it.starts_with("http://");
        self.says("website").filter(web)
    }
}

/// Deposits a profile of the caller's organisation. It is the organisation's once the chain names its
/// hash: the answer holds the call for that, to be signed by an Admin.
#[utoipa::path(
    put, path = "/api/v1/organisations/{id}/profile", tag = "people",
    operation_id = "save_profile",
    params(("id" = u32, Path, description = "Number of the organisation", example = 1)),
    request_body = NewProfile,
    security(("session" = []), ("token" = [])),
    responses(
        (status = OK, body = SavedProfile),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument),
    )
)]
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let fields = read::<NewProfile>(&body)?.checked()?;
    let organisation = caller.admin_of()?;
    if query::number(&id) != Some(organisation.id) {
        return Err(Problem::forbidden(Message::new("problem.other_profile")));
    }
    let document = Document::new(&fields)?;
    let hash = document.hash.0;
    let mut transaction = app.directory.begin().await?;
    // Drafts that never became the profile go; what the chain names stays.
    sqlx::query!(
        "DELETE FROM directory.profiles p WHERE organisation = $1
           AND hash <> (SELECT profile FROM chain.organisations WHERE id = $1)
           AND hash <> $2::BYTEA AND saved_at < now() - INTERVAL '30 days'",
        organisation.id,
        &hash[..]
    )
    .execute(&mut *transaction)
    .await?;
    deposit(&mut transaction, &caller, organisation.id, &document).await?;
    let anchored = sqlx::query_scalar!(
        r#"SELECT profile = $2::BYTEA AS "anchored!" FROM chain.organisations WHERE id = $1"#,
        organisation.id,
        &hash[..]
    )
    .fetch_one(&mut *transaction)
    .await?;
    let told = document.hash.to_string();
    audit::record(&mut transaction, &caller, Deed::new("profile_saved", &told)).await?;
    transaction.commit().await?;
    let number = u32::try_from(organisation.id).unwrap_or_default();
    Ok(private(Json(SavedProfile {
        profile: serde_json::json!(fields),
        hash: told,
        anchored,
        call: Call::UpdateProfile { organisation: number, profile: document.hash },
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(value: serde_json::Value) -> Result<String, Problem> {
        let new: NewProfile = serde_json::from_value(value).unwrap();
        Ok(serde_json::to_string(&new.checked()?).unwrap())
    }

    #[test]
    fn a_profile_has_one_form() {
        let written = checked(serde_json::json!({
            "website": "https://x.example", "address": " Port Vila ",
        }));
        let form = r#"{"address":"Port Vila","website":"https://x.example"}"#;
        assert_eq!(written.unwrap(), form);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for website in ["javascript:alert(1)", "x.example", "https://x\" onclick=\"y"] {
            assert!(checked(serde_json::json!({ "website": website })).is_err(), "{website}");
        }
        assert!(checked(serde_json::json!({ "logo": "../../etc/passwd" })).is_err());
    }
}
