// SPDX-License-Identifier: Apache-2.0
//! Organisations: the list, and what each holds, does and has done.

use crate::{
    answers::{At, List, ProjectRef, Time},
    db::Reader,
    download::{self, Cell},
    events::{self, About, Event},
    files::held::{Held, HeldFile},
    list::{self, Field, Key, Kind, Listing, Question, Shown, View},
    page::{self, without_json, Column, Layout},
    people::profiles::Profile,
    problem::{Message, Problem, ProblemDocument},
    proposals::{self, Proposal},
    query,
    requests::{self, retirements::RetirementRequest, transfers::TransferRequest},
    retirements::{self, Retirement},
    server::App,
    transfers::{self, Transfer},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use registry_primitives::{
    organisation::OrganisationStatus, MemberRole, OrganisationRole, SectoralScope,
};
use serde::Serialize;
use sqlx::{postgres::PgRow, FromRow};
use utoipa::ToSchema;

/// Transfers and retirements that come with an organisation; the lists of each have the rest.
const LATEST: i64 = 15;
/// Events that come with it.
const EVENTS: i64 = 10;

/// The organisations, by number.
pub struct Organisations;

const ROLE: Kind =
    Kind::choice(|| OrganisationRole::ALL.iter().map(|role| role.as_str()).collect());
const STATUS: Kind =
    Kind::choice(|| OrganisationStatus::ALL.iter().map(|status| status.as_str()).collect());

/// An organisation in a list.
#[derive(Serialize, FromRow, ToSchema)]
pub struct OrganisationSummary {
    /// Number; 1 is the Government.
    pub id: i64,
    /// What it is in the registry.
    #[schema(example = "project_developer")]
    pub role: String,
    /// Legal name.
    pub name: String,
    /// Tax identifier.
    pub tax_id: String,
    /// Country of its seat, ISO 3166-1 alpha-2.
    #[schema(example = "VU")]
    pub country: String,
    /// The sectoral scopes that a ministry is competent for, 1 to 15.
    pub sectoral_scopes: Vec<i16>,
    /// Whether it may act.
    #[schema(example = "active")]
    pub status: String,
    /// Tonnes that it holds and may transfer or retire.
    pub held: i64,
    /// When it was created.
    pub created_at: Time,
}

impl Listing for Organisations {
    type Item = OrganisationSummary;
    const NAME: &'static str = "organisations";
    const TITLE: &'static str = "organisations.title";
    const COLUMNS: &'static [download::Column<OrganisationSummary>] = &[
        ("id", |it| it.id.into()),
        ("role", |it| (&it.role).into()),
        ("name", |it| (&it.name).into()),
        ("tax_id", |it| (&it.tax_id).into()),
        ("country", |it| (&it.country).into()),
        ("sectoral_scopes", |it| Cell::json(&it.sectoral_scopes)),
        ("status", |it| (&it.status).into()),
        ("held", |it| it.held.into()),
        ("created_at", |it| it.created_at.into()),
    ];
    const FIELDS: &'static [Field] = &[
        Field::of("role", ROLE, "o.role", "A role"),
        Field::of("status", STATUS, "o.status", "Whether it may act"),
        Field::when(
            "sectoral_scope",
            Kind::Id,
            "{value} = ANY (o.sectoral_scopes)",
            "A sectoral scope that a ministry is competent for, 1 to 15",
        ),
        Field::of("country", Kind::Country, "o.country", "Country of its seat, ISO 3166-1 alpha-2"),
        Field::when(
            "text",
            Kind::Text,
            "o.words LIKE chain.with_words({value})",
            "Part of the name, whatever its case and accents; of one or two letters, the \
             beginning of a word",
        ),
        Field::order("name", Kind::Text, "o.name"),
        Field::of("created_at", Kind::Time, "o.created_at", "When it was created").sorted_as_key(),
    ];
    const KEY: Key = Key::numbers("id", &["o.id"]);
    const LAST_FIRST: bool = false;
    const SQL: &'static str =
        "SELECT {cursor}, o.id, o.role, o.name, o.tax_id, o.country, o.sectoral_scopes, o.status,
                o.created_at,
                (SELECT COALESCE(SUM(h.held), 0)::BIGINT FROM chain.holdings h
                 WHERE h.owner = o.id) AS held
         FROM chain.organisations o WHERE {filters} {part}";

    async fn items(_: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<OrganisationSummary>, Problem> {
        list::as_they_are(&rows)
    }
}

/// The organisations, by number.
#[utoipa::path(
    get, path = "/api/v1/organisations", tag = "registry", params(Question<Organisations>),
    operation_id = "organisations",
    responses(
        (status = OK, body = List<OrganisationSummary>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Organisations>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "organisations.html")]
struct Page {
    l: Layout,
    list: View<Organisations>,
    items: Vec<OrganisationSummary>,
}

/// `/organisations`
pub async fn page(shown: Shown<Organisations>) -> Result<Response, Problem> {
    let Shown { l, list, items, .. } = shown;
    page::render(&Page { l, list, items })
}

/// An account that may act for an organisation.
#[derive(Serialize, ToSchema)]
pub struct Member {
    /// SS58.
    account: String,
    /// What it may do.
    #[schema(example = "admin")]
    role: String,
}

/// What an organisation owns of a project's vintage, in tonnes by status.
#[derive(Serialize, ToSchema)]
pub struct Holding {
    /// The project.
    project: ProjectRef,
    /// The year.
    vintage: i16,
    held: i64,
    on_hold: i64,
    reserved: i64,
    retired: i64,
    cancelled: i64,
    buffer: i64,
}

/// A project of an organisation.
#[derive(Serialize, ToSchema)]
pub struct OwnProject {
    /// The project.
    project: ProjectRef,
    /// Where it is in its life.
    #[schema(example = "authorised")]
    stage: String,
    /// The organisation's share of the issuances in parts per million; null for its certifier.
    share_ppm: Option<i32>,
}

/// A change of a project's proponents that waits for an organisation's consent.
#[derive(Serialize, ToSchema)]
pub struct AwaitedConsent {
    /// The project.
    project: ProjectRef,
    /// Number of the change in it; what is consented to.
    number: i64,
    /// When it was proposed.
    proposed_at: Time,
}

/// An organisation, with everything that belongs to it.
#[derive(Serialize, ToSchema)]
pub struct Organisation {
    #[serde(flatten)]
    summary: OrganisationSummary,
    /// Hash of the off-chain profile.
    profile: String,
    /// How often it was suspended.
    suspensions: i32,
    /// The public reason of a suspension that stands.
    suspension_reason: Option<String>,
    /// Accounts that may act for it.
    members: Vec<Member>,
    /// What it owns, by project and vintage.
    holdings: Vec<Holding>,
    /// Projects that it proposed or certifies.
    projects: Vec<OwnProject>,
    /// The latest 15 requests for transfers that wait and that it made or takes part in.
    transfer_requests: Vec<TransferRequest>,
    /// The latest 15 of its requests for international retirements that wait.
    retirement_requests: Vec<RetirementRequest>,
    /// The latest 15 proposals of its officers that wait.
    proposals: Vec<Proposal>,
    /// Changes of proponents that wait for its consent.
    consents: Vec<AwaitedConsent>,
    /// The latest 15 transfers from and to it.
    transfers: Vec<Transfer>,
    /// The latest 15 retirements of its credits.
    retirements: Vec<Retirement>,
    /// The latest 10 events; all are at `/api/v1/events?organisation=`.
    timeline: Vec<Event>,
}

impl Organisation {
    async fn load(reader: &mut Reader, id: &str) -> Result<Self, Problem> {
        let unknown = || Problem::not_found(Message::new("problem.no_organisation").with("id", id));
        let number = query::number(id).ok_or_else(unknown)?;
        let row = sqlx::query!(
            r#"SELECT id, role, name, tax_id, country, sectoral_scopes, status, created_at,
                      suspensions, suspension_reason, '0x' || encode(profile, 'hex') AS "profile!",
                      (SELECT COALESCE(SUM(held), 0)::BIGINT FROM chain.holdings
                       WHERE owner = id) AS "held!"
               FROM chain.organisations WHERE id = $1"#,
            number
        )
        .fetch_optional(reader.connection())
        .await?
        .ok_or_else(unknown)?;
        // The reason of the last suspension stays in the table after it was lifted.
        let suspended = row.status == OrganisationStatus::Suspended.as_str();
        Ok(Self {
            summary: OrganisationSummary {
                id: row.id,
                role: row.role,
                name: row.name,
                tax_id: row.tax_id,
                country: row.country,
                sectoral_scopes: row.sectoral_scopes,
                status: row.status,
                held: row.held,
                created_at: row.created_at.into(),
            },
            profile: row.profile,
            suspensions: row.suspensions,
            suspension_reason: row.suspension_reason.filter(|_| suspended),
            members: members(reader, number).await?,
            holdings: holdings(reader, number).await?,
            projects: projects(reader, number).await?,
            transfer_requests: requests::transfers::waiting(reader, number, LATEST).await?,
            retirement_requests: requests::retirements::waiting(reader, number, LATEST).await?,
            proposals: proposals::waiting(reader, number, LATEST).await?,
            consents: consents(reader, number).await?,
            transfers: transfers::of_organisation(reader, number, LATEST).await?,
            retirements: retirements::of_organisation(reader, number, LATEST).await?,
            timeline: events::about(reader, About::Organisation(number), EVENTS).await?,
        })
    }
}

async fn members(reader: &mut Reader, organisation: i64) -> Result<Vec<Member>, Problem> {
    let found = sqlx::query_as!(
        Member,
        "SELECT account, role FROM chain.members WHERE organisation = $1
         -- Those who may do most come first.
         ORDER BY array_position(ARRAY['root', 'admin', 'manager', 'view_only'], role), account",
        organisation
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(found)
}

async fn holdings(reader: &mut Reader, organisation: i64) -> Result<Vec<Holding>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT h.project, p.title, h.vintage, h.held AS "held!", h.on_hold AS "on_hold!",
                  h.reserved AS "reserved!", h.retired AS "retired!", h.cancelled AS "cancelled!",
                  h.buffer AS "buffer!"
           FROM chain.holdings h JOIN chain.projects p ON p.id = h.project
           -- Who has given away all that he had keeps a row.
           WHERE h.owner = $1
             AND h.held + h.on_hold + h.reserved + h.retired + h.cancelled + h.buffer > 0
           ORDER BY h.project, h.vintage"#,
        organisation
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Holding {
            project: ProjectRef { id: row.project, title: row.title },
            vintage: row.vintage,
            held: row.held,
            on_hold: row.on_hold,
            reserved: row.reserved,
            retired: row.retired,
            cancelled: row.cancelled,
            buffer: row.buffer,
        })
        .collect())
}

async fn consents(reader: &mut Reader, organisation: i64) -> Result<Vec<AwaitedConsent>, Problem> {
    let rows = sqlx::query!(
        "SELECT p.id, p.title, c.number, c.proposed_at
         FROM chain.proponent_changes c JOIN chain.projects p ON p.id = c.project
         WHERE c.status = 'open'
           AND (EXISTS (SELECT FROM chain.proponents o
                        WHERE o.project = c.project AND o.organisation = $1)
                OR EXISTS (SELECT FROM chain.proponent_change_shares s
                           WHERE s.project = c.project AND s.number = c.number
                             AND s.organisation = $1))
           AND NOT EXISTS (SELECT FROM chain.proponent_change_consents g
                           WHERE g.project = c.project AND g.number = c.number
                             AND g.organisation = $1)
         ORDER BY p.id",
        organisation
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| AwaitedConsent {
            project: ProjectRef { id: row.id, title: row.title },
            number: row.number,
            proposed_at: row.proposed_at.into(),
        })
        .collect())
}

async fn projects(reader: &mut Reader, organisation: i64) -> Result<Vec<OwnProject>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT p.id, p.title, p.stage, own.share_ppm
           FROM (SELECT project, share_ppm FROM chain.proponents WHERE organisation = $1
                 UNION ALL
                 SELECT project, NULL FROM chain.certifiers WHERE organisation = $1) own
           JOIN chain.projects p ON p.id = own.project
           ORDER BY p.id"#,
        organisation
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| OwnProject {
            project: ProjectRef { id: row.id, title: row.title },
            stage: row.stage,
            share_ppm: row.share_ppm,
        })
        .collect())
}

/// One organisation with its members, holdings, projects, transfers and retirements.
#[utoipa::path(
    get, path = "/api/v1/organisations/{id}", tag = "registry",
    operation_id = "organisation",
    params(("id" = u32, Path, description = "Number of the organisation", example = 1)),
    responses(
        (status = OK, body = At<Organisation>),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(Path(id): Path<String>, mut reader: Reader) -> Result<Response, Problem> {
    let organisation = Organisation::load(&mut reader, &id).await?;
    Ok(reader.json(organisation))
}

#[derive(Template)]
#[template(path = "organisation.html")]
struct ProfilePage {
    l: Layout,
    organisation: Organisation,
    /// What it says of itself; none while that cannot be told.
    profile: Option<Profile>,
    /// What the registry has of the picture that the profile names.
    logo: Option<HeldFile>,
}

impl ProfilePage {
    /// What the organisation says of itself, but for its picture and its website: keys of what it is
    /// called, and texts.
    fn says(&self) -> Vec<(String, &str)> {
        let names = ["description", "representative", "address", "email", "phone"];
        let said = names.into_iter().filter_map(|name| {
            let text = self.profile.as_ref()?.says(name)?;
            Some((self.l.label("profile", name), text))
        });
        said.collect()
    }

    /// Where its picture is, if it is one and here.
    fn picture(&self) -> Option<&str> {
        let file = self.logo.as_ref().filter(|file| file.available)?;
        let media_type = file.media_type.as_deref()?;
        file.url.as_deref().filter(|_| media_type.starts_with("image/"))
    }

    /// How many members have which role.
    fn member_counts(&self) -> String {
        let members = &self.organisation.members;
        let counted = MemberRole::ALL.iter().filter_map(|role| {
            let n = members.iter().filter(|it| it.role == role.as_str()).count();
            (n > 0).then(|| format!("{n} × {}", self.l.label("member_role", role.as_str())))
        });
        counted.collect::<Vec<_>>().join(", ")
    }

    /// Whether the organisation is suspended.
    fn is_suspended(&self) -> bool {
        self.organisation.summary.status == OrganisationStatus::Suspended.as_str()
    }

    /// Whether anything waits for it or because of it.
    fn is_anything_waiting(&self) -> bool {
        let it = &self.organisation;
        !(it.transfer_requests.is_empty()
            && it.retirement_requests.is_empty()
            && it.proposals.is_empty()
            && it.consents.is_empty())
    }

    /// What a request for a transfer asks of the organisation.
    fn part_in(&self, request: &TransferRequest) -> &str {
        let id = self.organisation.summary.id;
        match request {
            request if request.from.id == id => self.l.t("waiting.must_answer"),
            request if request.initiator.id == id => self.l.t("waiting.asked"),
            _ => self.l.t("waiting.receives"),
        }
    }

    /// Whether it was made with the chain, before the chain had a time.
    fn is_of_genesis(&self) -> bool {
        self.organisation.summary.created_at.0.timestamp_millis() == 0
    }

    /// Columns of the holdings, without those that are empty in every row.
    fn columns(&self) -> Vec<Column<Holding>> {
        let all: [Column<Holding>; 6] = [
            ("held", |it| it.held),
            ("on_hold", |it| it.on_hold),
            ("reserved", |it| it.reserved),
            ("retired", |it| it.retired),
            ("cancelled", |it| it.cancelled),
            ("buffer", |it| it.buffer),
        ];
        let used = |of: fn(&Holding) -> i64| self.organisation.holdings.iter().any(|it| of(it) > 0);
        all.into_iter().filter(|(name, of)| *name == "held" || used(*of)).collect()
    }

    fn scopes(&self) -> String {
        let scopes = self
            .organisation
            .summary
            .sectoral_scopes
            .iter()
            .filter_map(|number| SectoralScope::from_number(u8::try_from(*number).ok()?));
        let names: Vec<String> =
            scopes.map(|scope| self.l.label("scope", scope.as_str())).collect();
        names.join(", ")
    }
}

/// `/organisations/{id}`
pub async fn profile(
    State(app): State<App>,
    uri: Uri,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (id, json) = without_json(&id);
    let organisation = Organisation::load(&mut reader, id).await?;
    if json {
        return Ok(reader.json(organisation));
    }
    let profile = Profile::load(&app, &mut reader, organisation.summary.id).await.ok().flatten();
    let logo = match profile.as_ref().and_then(|profile| profile.says("logo")) {
        Some(hash) => Held::of(&app, vec![hash]).await.get(hash),
        None => None,
    };
    let title = organisation.summary.name.clone();
    let l = Layout::new(&app, &reader, &uri, title);
    page::render(&ProfilePage { l, organisation, profile, logo })
}
