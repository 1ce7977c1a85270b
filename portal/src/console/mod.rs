// SPDX-License-Identifier: Apache-2.0
//! The officers' console: what waits for the officer, the objects with what may be done with them
//! now, and a form for every call that an officer may make.
//!
//! Pages are complete without scripts; only a signature needs the signing module, which reads a
//! form, has the call prepared, shows it in words, signs it with a key that stays with its owner, and
//! follows it until it is final. A page asks for nothing that the API does not give.

mod act;
mod bridge;
mod facts;
mod field;
mod form;
mod import;
mod inbox;
mod legal;
mod objects;
mod own;
mod render;

use crate::{
    access::{Caller, Who},
    assets,
    page::{self, Html, Layout},
    problem::Problem,
    server::App,
};
use askama::{filters::Safe, Template};
use axum::{
    extract::{FromRequestParts, Query},
    http::{header, request::Parts, HeaderValue, Uri},
    response::{IntoResponse, Redirect, Response},
    routing::get,
    Router,
};
use registry_primitives::{permission, Action, MemberRole, OrganisationRole, Reach};
use serde::Deserialize;

/// The pages of the console.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/console", get(inbox::page))
        .route("/console/sign-in", get(sign_in))
        .route("/console/keys", get(keys))
        .route("/console/act/{call}", get(act::page))
        .route("/console/credits", get(objects::credits))
        .route("/console/projects/{id}", get(objects::project))
        .route("/console/organisations/{id}", get(objects::organisation))
        .route("/console/applications", get(own::applications))
        // Where mails lead.
        .route("/applications/{id}", get(|| async { to_applications() }))
        .route("/apply", get(own::apply))
        .route("/console/import", get(import::form).post(import::files))
        .route("/console/organisation", get(own::organisation))
        .route("/console/programs", get(own::programs))
        .route("/console/files", get(own::files))
        .route("/console/account", get(own::account))
        .route("/console/audit", get(own::audit))
        .route("/console/bridge", get(bridge::page))
        .route("/console/settings", get(own::settings))
}

fn to_applications() -> Redirect {
    Redirect::to(&crate::language::Language::current().to("/console/applications"))
}

/// Who looks at a page of the console: a person who has signed in. Everybody else is sent to sign in,
/// and back.
pub struct Officer(pub Caller);

impl FromRequestParts<App> for Officer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        match Caller::find(parts, app).await {
            Ok(Some(caller)) if matches!(caller.who, Who::Person { .. }) => Ok(Self(caller)),
            Err(problem) if !problem.is_unauthorised() => Err(problem.into_response()),
            // Nobody, a program, or somebody whose session has ended.
            _ => {
                let asked = parts.uri.path_and_query().map_or("/console", |it| it.as_str());
                let address = page::address("/console/sign-in", [("next", asked)]);
                Err(Redirect::to(&crate::language::Language::current().to(&address))
                    .into_response())
            }
        }
    }
}

/// What every page of the console has beside the frame of the site. Templates call it `c`.
pub struct Desk {
    /// The officer's account; empty where nobody has signed in.
    pub account: String,
    /// The officer's organisation, if the account is a member of one.
    pub organisation: Option<(i64, String)>,
    organisation_role: Option<OrganisationRole>,
    role: Option<MemberRole>,
    suspended: bool,
}

impl Desk {
    fn of(caller: &Caller) -> Result<Self, Problem> {
        let organisation = caller.organisation.as_ref();
        Ok(Self {
            account: caller.account()?.to_string(),
            organisation: organisation.map(|it| (it.id, it.name.clone())),
            organisation_role: organisation.map(|it| it.role),
            role: caller.role(),
            suspended: organisation.is_some_and(|it| !it.is_active()),
        })
    }

    /// A desk at which nobody sits.
    pub fn of_nobody() -> Self {
        Self {
            account: String::new(),
            organisation: None,
            organisation_role: None,
            role: None,
            suspended: false,
        }
    }

    /// Number of the organisation.
    fn id(&self) -> Option<i64> {
        self.organisation.as_ref().map(|it| it.0)
    }

    fn is_government(&self) -> bool {
        self.organisation_role == Some(OrganisationRole::Government)
    }

    fn is_admin(&self) -> bool {
        matches!(self.role, Some(MemberRole::Root | MemberRole::Admin))
    }

    /// How far the officer may do something at all.
    fn reach(&self, action: Action) -> Reach {
        let roles = self.organisation_role.zip(self.role);
        roles.map_or(Reach::No, |(organisation, member)| {
            permission::reach(action, organisation, member)
        })
    }

    /// Role of the member and of the organisation, in words.
    pub fn roles(&self, l: &Layout) -> String {
        let role = self.role.map(|it| l.label("member_role", it.as_str()));
        let of = self.organisation_role.map(|it| l.label("organisation_role", it.as_str()));
        [role, of].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Whether a suspension stops the officer.
    pub fn is_suspended(&self) -> bool {
        self.suspended
    }

    /// The console's own menu: addresses and the keys of their names.
    pub fn menu(&self) -> Vec<(&'static str, &'static str)> {
        let member = self.organisation.is_some();
        let owns = [OrganisationRole::ProjectDeveloper, OrganisationRole::Certifier];
        let has_credits = self.organisation_role.is_some_and(|it| owns.contains(&it));
        let admin = member && self.is_admin();
        let signed_in = !self.account.is_empty();
        let entries = [
            (signed_in, "/console", "console.inbox"),
            (has_credits || self.is_government(), "/console/credits", "console.credits"),
            (self.is_government(), "/console/applications", "console.applications"),
            (self.imports(), "/console/import", "console.import"),
            (admin, "/console/organisation", "console.organisation"),
            (member, "/console/files", "console.files"),
            (member, "/console/programs", "console.programs"),
            (self.is_government(), "/console/bridge", "bridge.title"),
            (self.is_government(), "/console/settings", "console.settings"),
            (signed_in, "/console/account", "console.account"),
            (signed_in, "/console/audit", "console.audit"),
            (true, "/console/keys", "console.keys"),
        ];
        entries.into_iter().filter(|it| it.0).map(|(_, address, name)| (address, name)).collect()
    }

    /// Whether a page is the one of an entry of the menu.
    pub fn is_here(&self, l: &Layout, address: impl AsRef<str>) -> bool {
        l.path == address.as_ref()
    }

    /// Whether the officer sees what is anybody's.
    pub fn sees_all(&self) -> bool {
        self.is_government()
    }

    /// Address of the console's style sheet.
    pub fn style(&self) -> &'static str {
        &assets::CONSOLE_STYLE_ADDRESS
    }

    /// Address of the signing module.
    pub fn script(&self) -> &'static str {
        &assets::CONSOLE_ADDRESS
    }

    /// The sentences that the signing module says, as JSON for a page.
    pub fn sentences(&self, l: &Layout) -> Html {
        let sentences: std::collections::BTreeMap<_, _> = l.language().group("signing").collect();
        let json = serde_json::to_string(&sentences).unwrap_or_default();
        // Nothing in it can end the element that it stands in.
        Safe(json.replace('<', "\\u003c"))
    }
}

/// Answers with a page that nobody on the way may keep.
fn private(page: &impl Template) -> Result<Response, Problem> {
    let mut response = page::render(page)?;
    let nowhere = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, nowhere);
    Ok(response)
}

/// Where to go after signing in.
#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

impl Next {
    /// An address of this site's console, whatever was given.
    fn checked(self, l: &Layout) -> String {
        let own = |path: &str| {
            let path = path.split('?').next().unwrap_or_default();
            (path == "/console" || path.starts_with("/console/")) && path != "/console/sign-in"
        };
        match own(&self.next) && !self.next.contains(['\\', '\n', '\r']) {
            true => l.to(&self.next),
            false => l.to("/console"),
        }
    }
}

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignInPage {
    l: Layout,
    c: Desk,
    next: String,
    host: String,
}

/// `/console/sign-in`
async fn sign_in(
    axum::extract::State(app): axum::extract::State<App>,
    uri: Uri,
    Query(next): Query<Next>,
) -> Result<Response, Problem> {
    let mut l = Layout::without_data(&uri, "");
    l.title = l.t("console.sign_in").to_owned();
    let next = next.checked(&l);
    private(&SignInPage { l, c: Desk::of_nobody(), next, host: app.site.host().to_owned() })
}

#[derive(Template)]
#[template(path = "console/keys.html")]
struct KeysPage {
    l: Layout,
    c: Desk,
}

/// `/console/keys`: nobody needs to sign in to make a key.
async fn keys(
    axum::extract::State(app): axum::extract::State<App>,
    mut parts: Parts,
) -> Result<Response, Problem> {
    let caller = Officer::from_request_parts(&mut parts, &app).await.ok();
    let c = caller.map_or_else(|| Ok(Desk::of_nobody()), |Officer(caller)| Desk::of(&caller))?;
    let mut l = Layout::without_data(&parts.uri, "");
    l.title = l.t("console.keys").to_owned();
    private(&KeysPage { l, c })
}

/// Whether there is a form of a call, as `pallet.name`.
#[cfg(test)]
pub fn is_call(text: &str) -> bool {
    form::find(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_signs_in_goes_on_within_the_console_only() {
        let l = Layout::bare("/console/sign-in");
        let next = |next: &str| Next { next: next.to_owned() }.checked(&l);
        assert_eq!(
            next("/console/act/credits.issue?project=1"),
            "/console/act/credits.issue?project=1"
        );
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil",
            "/consoles",
            "/console\\@x",
            "/console/sign-in?next=/console/sign-in",
            "javascript:alert(1)",
        ] {
            assert_eq!(next(bad), "/console", "{bad}");
        }
    }

    #[test]
    fn sentences_cannot_end_their_element() {
        let l = Layout::bare("/console");
        let json = Desk::of_nobody().sentences(&l).0;
        assert!(json.len() > 1_000 && !json.contains('<'), "{json}");
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok());
    }
}
