// SPDX-License-Identifier: Apache-2.0
//! The pages that mailed links lead to. A page only shows: mail programs open links by themselves,
//! and what a link stands for is done by a button.

use super::{account, invitations};
use crate::{
    console::Desk,
    page::{self, Layout},
    problem::{Message, Problem},
    server::App,
};
use askama::Template;
use axum::{
    extract::{Form, Query, State},
    http::{header, Uri},
    response::Response,
};
use serde::Deserialize;

/// What a link or a form says.
#[derive(Deserialize)]
pub struct Given {
    #[serde(default)]
    token: String,
    #[serde(default)]
    account: String,
    #[serde(default)]
    signature: String,
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmPage {
    l: Layout,
    token: String,
    done: bool,
}

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage {
    l: Layout,
    c: Desk,
    token: String,
    account: String,
    /// None once it was accepted.
    invitation: Option<invitations::Opened>,
}

fn layout(uri: &Uri, title: &str) -> Layout {
    let mut l = Layout::without_data(uri, "");
    l.title = l.t(title).to_owned();
    l
}

/// A page with a token in its address or its form is kept nowhere.
fn secretive(page: &impl Template) -> Result<Response, Problem> {
    let mut response = page::render(page)?;
    let nowhere = header::HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, nowhere);
    Ok(response)
}

fn given<T>(form: Result<T, impl ToString>) -> Result<T, Problem> {
    form.map_err(|error| {
        Problem::malformed(Message::new("problem.body").with("error", error.to_string()))
    })
}

/// `/account/confirm`
pub async fn confirm(uri: Uri, Query(given): Query<Given>) -> Result<Response, Problem> {
    let l = layout(&uri, "confirm.title");
    secretive(&ConfirmPage { l, token: given.token, done: false })
}

/// The button of that page.
pub async fn confirmed(
    State(app): State<App>,
    uri: Uri,
    form: Result<Form<Given>, axum::extract::rejection::FormRejection>,
) -> Result<Response, Problem> {
    let Form(given) = given(form)?;
    account::confirm_by(&app, &given.token).await?;
    let l = layout(&uri, "confirm.title");
    secretive(&ConfirmPage { l, token: String::new(), done: true })
}

/// `/invitation`
pub async fn invitation(
    State(app): State<App>,
    uri: Uri,
    Query(given): Query<Given>,
) -> Result<Response, Problem> {
    let account = Some(given.account.trim()).filter(|it| !it.is_empty());
    let opened = invitations::opened(&app, &given.token, account).await?;
    let l = layout(&uri, "invitation.title");
    let account = given.account;
    secretive(&InvitationPage {
        l,
        c: Desk::of_nobody(),
        token: given.token,
        account,
        invitation: Some(opened),
    })
}

/// The answer to an invitation.
pub async fn accept(
    State(app): State<App>,
    uri: Uri,
    form: Result<Form<Given>, axum::extract::rejection::FormRejection>,
) -> Result<Response, Problem> {
    let Form(Given { token, account, signature }) = given(form)?;
    let claim = invitations::Claim { token, account, signature };
    invitations::claimed(&app, &claim).await?;
    let l = layout(&uri, "invitation.title");
    let (token, account) = (String::new(), claim.account);
    secretive(&InvitationPage { l, c: Desk::of_nobody(), token, account, invitation: None })
}
