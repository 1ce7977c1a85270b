// SPDX-License-Identifier: Apache-2.0
//! What is not on the chain: applications, members' invitations, keys of programs, files, one's own
//! data, the audit log. Each page shows what the API answers, and its forms ask the API.

use super::{
    field::{field, optional, Field, Kind},
    form, private, render, Desk, Officer,
};
use crate::{
    access::{self, Caller},
    answers::Time,
    db::Reader,
    files::deposits,
    i18n::Language,
    mrv::gateway,
    page::{self, foreign, text, Layout},
    people::{account as contact, applications as filed, invitations, profiles},
    problem::{Message, Problem},
    query::Params,
    server::App,
    settings as national, webhooks,
};
use askama::Template;
use axum::{
    body::to_bytes,
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use registry_primitives::{
    organisation::{MAX_NAME, MAX_TAX_ID},
    MemberRole, OrganisationRole,
};
use serde_json::{json, Value};

/// Largest answer that a page shows.
const LARGEST: usize = 8 << 20;

/// A part of a page.
pub struct Section {
    pub id: &'static str,
    pub heading: &'static str,
    pub lead: Option<&'static str>,
    pub body: page::Html,
}

#[derive(Template)]
#[template(path = "console/own.html")]
struct Page {
    l: Layout,
    c: Desk,
    sections: Vec<Section>,
    more: Option<String>,
}

/// A page in the making.
pub(super) struct Sheet {
    pub(super) l: Layout,
    pub(super) c: Desk,
    sections: Vec<Section>,
    more: Option<String>,
}

impl Sheet {
    pub(super) fn new(uri: &Uri, caller: &Caller, title: &str) -> Result<Self, Problem> {
        let mut l = Layout::without_data(uri, "");
        l.title = l.t(title).to_owned();
        Ok(Self { c: Desk::of(caller)?, l, sections: Vec::new(), more: None })
    }

    /// The same with what the chain says, true at the block that was read.
    pub(super) fn at(self, app: &App, reader: &Reader, uri: &Uri) -> Self {
        let l = Layout { json: None, ..Layout::new(app, reader, uri, self.l.title.as_str()) };
        Self { l, ..self }
    }

    pub(super) fn section(
        &mut self,
        id: &'static str,
        heading: &'static str,
        lead: Option<&'static str>,
        body: String,
    ) {
        self.sections.push(Section { id, heading, lead, body: askama::filters::Safe(body) });
    }

    pub(super) fn page(self) -> Result<Response, Problem> {
        let Self { l, c, sections, more } = self;
        private(&Page { l, c, sections, more })
    }
}

/// What the API answers, for a page.
async fn answer(response: Result<Response, Problem>) -> Result<Value, Problem> {
    let bytes = to_bytes(response?.into_body(), LARGEST).await;
    let bytes = bytes.map_err(|error| Problem::internal(&error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| Problem::internal(&error.to_string()))
}

fn items(answer: &Value) -> &[Value] {
    answer.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn said<'a>(item: &'a Value, name: &str) -> Option<&'a str> {
    item.get(name).and_then(Value::as_str)
}

/// Text that people wrote, or a dash.
fn cell(item: &Value, name: &str) -> String {
    said(item, name).map_or_else(|| "–".to_owned(), foreign)
}

fn code(l: &Layout, item: &Value, name: &str) -> String {
    said(item, name).map_or_else(|| "–".to_owned(), |value| l.code(value).0)
}

fn when(l: &Layout, item: &Value, name: &str) -> String {
    let time = said(item, name).and_then(|it| chrono::DateTime::parse_from_rfc3339(it).ok());
    time.map_or_else(|| "–".to_owned(), |time| l.time(Time(time.to_utc())).0)
}

/// A table of cells that are HTML.
pub(super) fn table(l: &Layout, caption: &str, heads: &[&str], rows: Vec<Vec<String>>) -> String {
    if rows.is_empty() {
        return format!("<p class=\"empty\">{}</p>", text(l.t("console.nothing")));
    }
    let heads: String =
        heads.iter().map(|head| format!("<th scope=\"col\">{}</th>", text(l.t(head)))).collect();
    let row = |cells: Vec<String>| {
        let cells = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect::<String>();
        format!("<tr>{cells}</tr>")
    };
    let rows: String = rows.into_iter().map(row).collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\"><table><caption>{}</caption><thead><tr>{heads}</tr></thead>\
         <tbody>{rows}</tbody></table></div>",
        text(l.t(caption))
    )
}

/// What happens when the API has done what a form asks for.
enum Done<'a> {
    /// The page is read again.
    Reload,
    /// A part of the answer is shown, once.
    Show(&'a str),
    /// The call in the answer is signed.
    Sign(&'a str),
}

/// A form that asks the API.
fn ask(
    l: &Layout,
    request: &str,
    fields: &[Field],
    values: &Value,
    button: &str,
    done: Done,
) -> String {
    let prefix: String =
        request.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let controls = render::fields_of(l, &prefix, fields, values).0;
    let (more, answer) = match done {
        Done::Reload => (String::new(), String::new()),
        Done::Show(name) => (
            format!(" data-done=\"show\" data-show=\"{name}\""),
            format!(
                "<div class=\"callout\" data-role=\"answer\" role=\"status\" hidden><p>{}</p><p><code class=\"long\" tabindex=\"-1\"></code></p></div>",
                text(l.t("console.shown_once"))
            ),
        ),
        Done::Sign(call) => (
            format!(" data-done=\"sign\" data-title=\"{}\"", text(&l.label("call", call))),
            String::new(),
        ),
    };
    format!(
        "<form class=\"act\" data-api=\"{request}\"{more}><div data-once>{controls}</div>\
         <p class=\"fault\" role=\"alert\" data-role=\"form-fault\"></p>{answer}\
         <p data-once><button type=\"submit\">{}</button></p></form>",
        text(l.t(button))
    )
}

/// A button that asks the API, after a question if there is one.
fn button(l: &Layout, request: &str, words: &str, sure: Option<&str>) -> String {
    let sure = sure.map(|key| format!(" data-sure=\"{}\"", text(l.t(key)))).unwrap_or_default();
    format!(
        "<form class=\"inline\" data-api=\"{request}\"{sure}><button type=\"submit\" class=\"quiet\">{}</button>\
         <span class=\"fault\" role=\"alert\" data-role=\"form-fault\"></span></form>",
        text(l.t(words))
    )
}

/// A button that has a whole call signed.
fn sign(l: &Layout, call: &Value, words: &str) -> String {
    format!(
        "<form class=\"inline\" data-call-json=\"{}\" data-title=\"{1}\"><button type=\"submit\">{1}</button>\
         <span class=\"fault\" role=\"alert\" data-role=\"form-fault\"></span></form>",
        text(&call.to_string()),
        text(l.t(words))
    )
}

/// A link to the form of a call.
pub(super) fn link(l: &Layout, call: &str, query: &[(&str, String)]) -> String {
    let form = form::find(call).map(|form| super::inbox::address(l, form, query));
    format!(
        "<p><a class=\"button\" href=\"{}\">{}</a></p>",
        text(&form.unwrap_or_default()),
        text(&l.label("call", call))
    )
}

/// `/console/applications`
pub async fn applications(
    State(app): State<App>,
    uri: Uri,
    Officer(caller): Officer,
    Params(filter): Params<filed::Filter>,
) -> Result<Response, Problem> {
    let mut sheet = Sheet::new(&uri, &caller, "console.applications")?;
    let answer = answer(filed::list(State(app), caller, Params(filter)).await).await?;
    let l = &sheet.l;
    let can_decide = sheet.c.is_government() && sheet.c.is_admin();
    let row = |item: &Value| {
        let args = item.pointer("/call/args").cloned().unwrap_or_default();
        let details = args.get("details").cloned().unwrap_or_default();
        let state = said(item, "state").unwrap_or_default();
        let id = item.get("id").and_then(Value::as_i64).unwrap_or_default();
        let decide = match state == "waiting" && can_decide {
            true => {
                let approve = sign(
                    l,
                    item.get("call").unwrap_or(&Value::Null),
                    "console.approve_application",
                );
                let reject = ask(
                    l,
                    &format!("POST /api/v1/applications/{id}/reject"),
                    &[field("remark", Kind::Text(1_000))],
                    &Value::Null,
                    "console.reject_application",
                    Done::Reload,
                );
                format!(
                    "{approve}<details><summary>{}</summary>{reject}</details>",
                    text(l.t("console.reject_application"))
                )
            }
            false => String::new(),
        };
        vec![
            format!(
                "{}<br>{}",
                cell(&details, "name"),
                l.label("organisation_role", said(&args, "role").unwrap_or_default())
            ),
            format!(
                "{}<br>{}",
                cell(&details, "tax_id"),
                text(&l.nation_of(said(&details, "country").unwrap_or_default()))
            ),
            format!("{}<br>{}<br>{}", cell(item, "name"), cell(item, "email"), cell(item, "phone")),
            format!("{}<br>{}", when(l, item, "submitted_at"), code(l, item, "account")),
            cell(item, "message"),
            format!("{} {decide}", l.badge("application_state", state).0),
        ]
    };
    let rows = items(&answer).iter().map(row).collect();
    let heads = [
        "console.organisation",
        "field.tax_id",
        "console.contact",
        "console.filed",
        "field.message",
        "console.state",
    ];
    let body = table(l, "console.applications", &heads, rows);
    let next = said(&answer, "next").map(|next| l.to(page::address(&l.path, [("after", next)])));
    sheet.section("applications", "console.applications", Some("console.applications_lead"), body);
    sheet.more = next;
    sheet.page()
}

/// Roles of organisations that ask to be registered.
fn applying_roles() -> Vec<&'static str> {
    use OrganisationRole::{Api, Certifier, ProjectDeveloper};
    [ProjectDeveloper, Certifier, Api].map(OrganisationRole::as_str).to_vec()
}

const APPLICATION: &[Field] = &[
    field("role", Kind::Name("organisation_role", applying_roles)),
    field(
        "details",
        Kind::Object(&[
            field("name", Kind::Line(MAX_NAME)),
            field("tax_id", Kind::Line(MAX_TAX_ID)),
            field("country", Kind::Country),
            field("profile", Kind::Hash),
        ]),
    ),
    field("name", Kind::Line(120)),
    field("email", Kind::Line(254)),
    optional("phone", Kind::Line(40)),
    field("language", Kind::Name("language", languages)),
    optional("message", Kind::Text(1_000)),
];

#[derive(Template)]
#[template(path = "console/apply.html")]
struct ApplyPage {
    l: Layout,
    c: Desk,
    genesis: String,
    fields: page::Html,
}

/// `/apply`: nobody needs to sign in to ask to be registered.
pub async fn apply(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let mut l = Layout::without_data(&uri, "");
    l.title = l.t("apply.title").to_owned();
    let genesis = format!("{:?}", app.node.registry()?.genesis_hash());
    let begin = json!({ "language": l.language().tag() });
    let fields = render::fields_of(&l, "apply", APPLICATION, &begin);
    private(&ApplyPage { l, c: Desk::of_nobody(), genesis, fields })
}

/// Roles that somebody can be invited to.
fn invited_roles() -> Vec<&'static str> {
    let roles = MemberRole::ALL.iter().filter(|role| **role != MemberRole::Root);
    roles.map(|role| role.as_str()).collect()
}

fn languages() -> Vec<&'static str> {
    Language::ALL.iter().map(|language| language.tag()).collect()
}

const INVITATION: &[Field] = &[
    field("email", Kind::Line(254)),
    field("name", Kind::Line(120)),
    field("role", Kind::Name("member_role", invited_roles)),
    field("language", Kind::Name("language", languages)),
];

const PROFILE: &[Field] = &[
    optional("address", Kind::Line(300)),
    optional("website", Kind::Line(300)),
    optional("email", Kind::Line(254)),
    optional("phone", Kind::Line(40)),
    optional("representative", Kind::Line(300)),
    optional("description", Kind::Text(1_000)),
    optional("logo", Kind::File),
];

/// `/console/organisation`: for Admins, of their own.
pub async fn organisation(
    State(app): State<App>,
    uri: Uri,
    Officer(caller): Officer,
    reader: Reader,
) -> Result<Response, Problem> {
    let mut sheet = Sheet::new(&uri, &caller, "console.organisation")?;
    let id = caller.admin_of()?.id;
    let invited = answer(invitations::list(State(app.clone()), caller).await).await?;
    let profile = answer(profiles::show(State(app), Path(id.to_string()), reader).await).await?;
    let l = &sheet.l;
    let members = format!(
        "<p><a class=\"button\" href=\"{}\">{}</a></p>",
        text(&l.to(format!("/console/organisations/{id}"))),
        text(l.t("console.members_and_actions"))
    );
    let row = |item: &Value| {
        let id = item.get("id").and_then(Value::as_i64).unwrap_or_default();
        let call = item.get("call").filter(|call| !call.is_null());
        let open = item.get("revoked_at").is_none_or(Value::is_null)
            && item.get("is_member") == Some(&Value::Bool(false));
        let state = match (item.get("is_member"), call, open) {
            (Some(Value::Bool(true)), ..) => "member",
            (_, Some(_), _) => "claimed",
            (_, _, true) => "waiting",
            _ => "revoked",
        };
        let admit = call.map(|call| sign(l, call, "console.admit")).unwrap_or_default();
        let revoke = match open {
            true => {
                button(l, &format!("DELETE /api/v1/invitations/{id}"), "console.take_back", None)
            }
            false => String::new(),
        };
        vec![
            format!("{}<br>{}", cell(item, "name"), cell(item, "email")),
            text(&l.label("member_role", said(item, "role").unwrap_or_default())),
            when(l, item, "expires_at"),
            code(l, item, "claimed_by"),
            format!("{} {admit}{revoke}", l.badge("invitation_state", state).0),
        ]
    };
    let rows = items(&invited).iter().map(row).collect();
    let heads =
        ["console.contact", "field.role", "console.expires", "console.account_of", "console.state"];
    let invited = table(l, "console.invitations", &heads, rows);
    let invite = ask(
        l,
        "POST /api/v1/invitations",
        INVITATION,
        &json!({ "language": l.language().tag() }),
        "console.invite",
        Done::Reload,
    );
    let known = profile.get("profile").cloned().unwrap_or_default();
    let save = ask(
        l,
        &format!("PUT /api/v1/organisations/{id}/profile"),
        PROFILE,
        &known,
        "console.save_profile",
        Done::Sign("organisations.update_profile"),
    );
    sheet.section("members", "console.members", Some("console.members_lead"), members);
    sheet.section(
        "invitations",
        "console.invitations",
        Some("console.invitations_lead"),
        invited + &invite,
    );
    sheet.section("profile", "console.profile", Some("console.profile_lead"), save);
    sheet.page()
}

const API_KEY: &[Field] = &[
    field("name", Kind::Line(80)),
    field(
        "scopes",
        Kind::Names("api_scope", || access::Scope::ALL.map(access::Scope::as_str).to_vec(), 1),
    ),
    field("days", Kind::Number { least: 1, most: 366 }),
];
const WEBHOOK: &[Field] = &[
    field("url", Kind::Line(2_000)),
    field(
        "about",
        Kind::Object(&[
            optional("project", Kind::Number { least: 1, most: u32::MAX as u64 }),
            optional("organisation", Kind::Number { least: 1, most: u32::MAX as u64 }),
        ]),
    ),
];

/// `/console/programs`: keys and webhooks of programs.
pub async fn programs(
    State(app): State<App>,
    uri: Uri,
    Officer(caller): Officer,
) -> Result<Response, Problem> {
    let mut sheet = Sheet::new(&uri, &caller, "console.programs")?;
    if sheet.c.is_admin() {
        let keys = answer(access::keys::list(State(app.clone()), caller.clone()).await).await?;
        let l = &sheet.l;
        let row = |item: &Value| {
            let id = item.get("id").and_then(Value::as_i64).unwrap_or_default();
            let scopes = item.get("scopes").and_then(Value::as_array).into_iter().flatten();
            let scopes = scopes.filter_map(Value::as_str).map(|it| l.label("api_scope", it));
            let valid = item.get("revoked_at").is_none_or(Value::is_null);
            let revoke = match valid {
                true => button(
                    l,
                    &format!("DELETE /api/v1/api-keys/{id}"),
                    "console.revoke",
                    Some("console.revoke_sure"),
                ),
                false => {
                    format!("{} {}", text(l.t("console.revoked")), when(l, item, "revoked_at"))
                }
            };
            vec![
                format!("{}<br>{}…", cell(item, "name"), code(l, item, "prefix")),
                text(&scopes.collect::<Vec<_>>().join(", ")),
                when(l, item, "expires_at"),
                when(l, item, "used_at"),
                revoke,
            ]
        };
        let rows = items(&keys).iter().map(row).collect();
        let heads =
            ["field.name", "field.scopes", "console.expires", "console.used", "console.state"];
        let list = table(l, "console.api_keys", &heads, rows);
        let make = ask(
            l,
            "POST /api/v1/api-keys",
            API_KEY,
            &Value::Null,
            "console.make_key",
            Done::Show("secret"),
        );
        sheet.section("keys", "console.api_keys", Some("console.api_keys_lead"), list + &make);
    }
    let hooks = answer(webhooks::api::list(State(app.clone()), caller.clone()).await).await;
    if let Ok(hooks) = hooks {
        let l = &sheet.l;
        let row = |item: &Value| {
            let id = item.get("id").and_then(Value::as_i64).unwrap_or_default();
            let off = item.get("switched_off_at").is_some_and(|it| !it.is_null());
            let of = |what: &str| format!("POST /api/v1/webhooks/{id}/{what}");
            let enable = match off {
                true => button(l, &of("enable"), "console.enable", None),
                false => button(l, &of("test"), "console.test", None),
            };
            let remove = button(
                l,
                &format!("DELETE /api/v1/webhooks/{id}"),
                "console.remove",
                Some("console.remove_sure"),
            );
            vec![
                cell(item, "url"),
                when(l, item, "created_at"),
                when(l, item, "failing_since"),
                format!("{enable}{remove}"),
            ]
        };
        let rows = items(&hooks).iter().map(row).collect();
        let heads = ["field.url", "console.made", "console.failing", "console.state"];
        let list = table(l, "console.webhooks", &heads, rows);
        let make = ask(
            l,
            "POST /api/v1/webhooks",
            WEBHOOK,
            &Value::Null,
            "console.make_webhook",
            Done::Show("secret"),
        );
        sheet.section("webhooks", "console.webhooks", Some("console.webhooks_lead"), list + &make);
    }
    if sheet.c.is_admin() && sheet.c.organisation_role == Some(OrganisationRole::Api) {
        let found = answer(gateway::show(State(app), caller).await).await.unwrap_or_default();
        let l = &sheet.l;
        let admit = found.get("call").filter(|call| !call.is_null());
        let admit = admit.map(|call| sign(l, call, "console.admit")).unwrap_or_default();
        let body = match said(&found, "account") {
            Some(account) => format!(
                "<p>{} {admit}{}</p>",
                l.code(account).0,
                button(
                    l,
                    "DELETE /api/v1/gateway",
                    "console.forget_gateway",
                    Some("console.remove_sure")
                )
            ),
            None => button(l, "POST /api/v1/gateway", "console.make_gateway", None),
        };
        sheet.section("gateway", "console.gateway", Some("console.gateway_lead"), body);
    }
    sheet.page()
}

/// `/console/files`
pub async fn files(
    State(app): State<App>,
    uri: Uri,
    Officer(caller): Officer,
    Params(filter): Params<deposits::Filter>,
) -> Result<Response, Problem> {
    let mut sheet = Sheet::new(&uri, &caller, "console.files")?;
    let answer = answer(deposits::list(State(app), caller, Params(filter)).await).await?;
    let l = &sheet.l;
    let row = |item: &Value| {
        let hash = said(item, "hash").unwrap_or_default();
        let public = item.get("public") == Some(&Value::Bool(true));
        let state = if public { "public" } else { "private" };
        let remove = match public {
            true => String::new(),
            false => button(
                l,
                &format!("DELETE /api/v1/files/{}", text(hash)),
                "console.remove",
                Some("console.remove_sure"),
            ),
        };
        let size = item.get("size").and_then(Value::as_i64).unwrap_or_default();
        vec![
            format!(
                "<a href=\"/api/v1/files/{0}\">{1}</a><br>{2}",
                text(hash),
                cell(item, "name"),
                l.code(hash).0
            ),
            text(&l.bytes(size)),
            when(l, item, "uploaded_at"),
            format!("{} {remove}", l.badge("file_state", state).0),
        ]
    };
    let rows = items(&answer).iter().map(row).collect();
    let heads = ["field.name", "console.size", "console.uploaded", "console.state"];
    let list = table(l, "console.files", &heads, rows);
    let controls = render::fields_of(l, "upload", &[field("upload", Kind::File)], &Value::Null).0;
    let upload = format!(
        "<form class=\"act\" data-upload>{controls}<p class=\"fault\" role=\"alert\" data-role=\"form-fault\"></p>\
         <p><button type=\"submit\">{}</button></p></form>",
        text(l.t("console.upload"))
    );
    let next = said(&answer, "next").map(|next| l.to(page::address(&l.path, [("after", next)])));
    sheet.section("files", "console.files", Some("console.files_lead"), list + &upload);
    sheet.more = next;
    sheet.page()
}

const CONTACT: &[Field] = &[
    optional("name", Kind::Line(120)),
    optional("email", Kind::Line(254)),
    optional("phone", Kind::Line(40)),
    field("language", Kind::Name("language", languages)),
    field("notify", Kind::Flag("notify")),
];

/// `/console/account`: one's own data.
pub async fn account(
    State(app): State<App>,
    uri: Uri,
    Officer(caller): Officer,
) -> Result<Response, Problem> {
    let mut sheet = Sheet::new(&uri, &caller, "console.account")?;
    let known = answer(contact::show(State(app), caller).await).await?;
    let l = &sheet.l;
    let confirmed = match (said(&known, "email"), known.get("email_confirmed_at")) {
        (Some(_), Some(Value::Null)) => {
            format!("<p class=\"note\">{}</p>", text(l.t("console.not_confirmed")))
        }
        _ => String::new(),
    };
    let save = ask(l, "PUT /api/v1/account", CONTACT, &known, "console.save", Done::Reload);
    let key = sheet.c.account.clone();
    let replace = form::find("organisations.replace_key").map(|form| {
        let address = super::inbox::address(l, form, &[("old", key.clone())]);
        format!("<p><a href=\"{}\">{}</a></p>", text(&address), text(&l.label("call", form.call)))
    });
    let sessions = button(
        l,
        "DELETE /api/v1/sessions",
        "console.end_sessions",
        Some("console.end_sessions_sure"),
    );
    let delete = button(
        l,
        "DELETE /api/v1/account",
        "console.delete_account",
        Some("console.delete_account_sure"),
    );
    let account = format!("<p>{}</p>{}", l.code(&key).0, replace.unwrap_or_default());
    sheet.section("key", "console.your_key", None, account);
    sheet.section("contact", "console.contact", Some("console.contact_lead"), confirmed + &save);
    sheet.section("sessions", "console.sessions", Some("console.sessions_lead"), sessions);
    sheet.section("deletion", "console.deletion", Some("console.deletion_lead"), delete);
    sheet.page()
}

/// `/console/audit`
pub async fn audit(
    State(app): State<App>,
    uri: Uri,
    Officer(caller): Officer,
    Params(filter): Params<access::audit::Filter>,
) -> Result<Response, Problem> {
    let mut sheet = Sheet::new(&uri, &caller, "console.audit")?;
    let answer = answer(access::audit::list(State(app), caller, Params(filter)).await).await?;
    let l = &sheet.l;
    let row = |item: &Value| {
        let succeeded = item.get("succeeded") == Some(&Value::Bool(true));
        let number = |name: &str| item.get(name).and_then(Value::as_i64);
        let who = match (said(item, "account"), number("api_key")) {
            (Some(account), _) => l.code(account).0,
            (None, Some(key)) => text(&l.say("console.key_number", "n", key)),
            _ => "–".to_owned(),
        };
        vec![
            when(l, item, "at"),
            text(&l.label("audit_action", said(item, "action").unwrap_or_default())),
            cell(item, "subject"),
            who,
            code(l, item, "client"),
            text(l.t(if succeeded { "console.let_happen" } else { "console.refused" })),
        ]
    };
    let rows = items(&answer).iter().map(row).collect();
    let heads = [
        "console.when",
        "console.what",
        "console.subject",
        "console.who",
        "console.client",
        "console.state",
    ];
    let body = table(l, "console.audit", &heads, rows);
    let next = said(&answer, "next").map(|next| l.to(page::address(&l.path, [("after", next)])));
    sheet.section("audit", "console.audit", Some("console.audit_lead"), body);
    sheet.more = next;
    sheet.page()
}

/// `/console/settings`
pub async fn settings(
    uri: Uri,
    Officer(caller): Officer,
    reader: Reader,
) -> Result<Response, Problem> {
    if !caller.organisation.as_ref().is_some_and(access::Organisation::is_government) {
        return Err(Problem::forbidden(Message::new("problem.government_only")));
    }
    let mut sheet = Sheet::new(&uri, &caller, "console.settings")?;
    let now = answer(national::show(reader).await).await?;
    let pause = now.get("pause").filter(|it| !it.is_null());
    let l = &sheet.l;
    let link = |call: &str| link(l, call, &[]);
    let paused = match pause {
        Some(pause) => format!(
            "<p><strong>{}</strong> {} <span class=\"note\">{}</span></p>{}",
            text(l.t("pause.lead")),
            cell(pause, "reason"),
            when(l, pause, "since"),
            link("credits.resume_transfers")
        ),
        None => format!(
            "<p>{}</p>{}",
            text(l.t("console.is_not_paused")),
            link("credits.pause_transfers")
        ),
    };
    let rows = now.get("thresholds").and_then(Value::as_array).into_iter().flatten();
    let row = |it: &Value| {
        let officers = it.get("officers").and_then(Value::as_i64).unwrap_or(1);
        let class = l.label("action_class", said(it, "class").unwrap_or_default());
        vec![text(&class), l.n(officers), code(l, it, "set_by")]
    };
    let thresholds = table(
        l,
        "console.thresholds",
        &["field.class", "field.officers", "console.set_by"],
        rows.map(row).collect(),
    );
    let rate = |name: &str| {
        let ppm =
            now.pointer(&format!("/deductions/{name}")).and_then(Value::as_i64).unwrap_or_default();
        l.percent(i32::try_from(ppm).unwrap_or_default())
    };
    let deductions = format!(
        "<dl class=\"facts\"><div><dt>{}</dt><dd>{}</dd></div><div><dt>{}</dt><dd>{}</dd></div></dl>{}",
        text(l.t("field.share_of_proceeds")),
        rate("share_of_proceeds_ppm"),
        text(l.t("field.overall_mitigation")),
        rate("overall_mitigation_ppm"),
        link("credits.set_deductions")
    );
    let constants = link("calculator.set_constants");
    let thresholds = thresholds + &link("approvals.set_threshold");
    sheet.section("pause", "console.pause", Some("console.pause_lead"), paused);
    sheet.section("thresholds", "console.thresholds", Some("console.thresholds_lead"), thresholds);
    sheet.section("deductions", "console.deductions", Some("console.deductions_lead"), deductions);
    sheet.section("constants", "console.constants", Some("console.constants_lead"), constants);
    sheet.page()
}
