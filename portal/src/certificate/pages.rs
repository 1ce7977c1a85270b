// SPDX-License-Identifier: Apache-2.0
//! The certificate as a page, as JSON and as a paper, and its short address.

use super::{code::Name, facts, paper, press, words, Certificate};
use crate::{
    answers::At,
    db::Reader,
    i18n::Language,
    page::{self, without_json, Html, Layout},
    problem::{Message, Problem, ProblemDocument},
    proof,
    server::{App, AsItIs},
};
use askama::{filters::Safe, Template};
use axum::{
    extract::{Path, State},
    http::{header, HeaderMap, HeaderValue, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};

/// One retirement: what its certificate says. The paper is at `/retirements/{id}.pdf`, and in other
/// languages at `/fr/retirements/{id}.pdf` and so on.
#[utoipa::path(
    get, path = "/api/v1/retirements/{id}", tag = "registry",
    operation_id = "retirement",
    params(("id" = u64, Path, description = "Number of the retirement", example = 1)),
    responses(
        (status = OK, body = At<Certificate>),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let certificate = Certificate::load(&mut reader, &app.site, &id).await?;
    Ok(reader.json(certificate))
}

#[derive(Template)]
#[template(path = "retirement.html")]
struct CertificatePage {
    l: Layout,
    certificate: Certificate,
    authority: String,
    office: Option<String>,
}

impl CertificatePage {
    fn in_words(&self) -> String {
        words::in_words(Language::current(), self.certificate.retirement.quantity)
    }

    fn adjustment(&self) -> String {
        paper::adjustment(Language::current(), &self.certificate)
    }

    /// An image that says nothing that the address beside it does not.
    fn qr(&self) -> Html {
        Safe(paper::qr(&self.certificate.address))
    }
}

/// `/retirements/{id}`, `/retirements/{id}.json` and `/retirements/{id}.pdf`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    if let Some(id) = id.strip_suffix(".pdf") {
        let certificate = Certificate::load(&mut reader, &app.site, id).await?;
        let copy = copy(&app, &mut reader, &certificate, Language::current()).await?;
        drop(reader);
        return answer(&app, &headers, copy, certificate.retirement.id).await;
    }
    let (id, json) = without_json(&id);
    let certificate = Certificate::load(&mut reader, &app.site, id).await?;
    if json {
        return Ok(reader.json(certificate));
    }
    let authority = match app.press.options.authority() {
        Some(authority) => authority.to_owned(),
        None => facts::government(&mut reader).await?,
    };
    let office = app.press.options.office().map(str::to_owned);
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.say("retirement.title", "id", id);
    page::render(&CertificatePage { l, certificate, authority, office })
}

/// What the paper of a certificate is made of now.
pub async fn copy(
    app: &App,
    reader: &mut Reader,
    certificate: &Certificate,
    language: Language,
) -> Result<press::Copy, Problem> {
    let government = facts::government(reader).await?;
    Ok(paper::copy(language, certificate, &app.press.options, &government, &app.site))
}

/// A paper; nothing is set for who has it already.
async fn answer(
    app: &App,
    headers: &HeaderMap,
    copy: press::Copy,
    id: i64,
) -> Result<Response, Problem> {
    let tag = format!("\"{}\"", copy.tag());
    let etag =
        HeaderValue::try_from(&tag).map_err(|error| Problem::internal(&error.to_string()))?;
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    let known = known.is_some_and(|known| known.split(',').any(|it| it.trim() == tag));
    let mut response = match known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => {
            let kind = (header::CONTENT_TYPE, "application/pdf");
            ([kind], app.press.paper(copy).await?).into_response()
        }
    };
    let name = format!("inline; filename=\"retirement-{id}.pdf\"");
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(Language::current().tag()));
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response.extensions_mut().insert(AsItIs);
    Ok(response)
}

/// `/c/{name}`: the short address on certificates. One that does not fit shows nothing, because it
/// would be somebody else's certificate.
pub async fn short(Path(name): Path<String>, mut reader: Reader) -> Result<Response, Problem> {
    let problem = |key| Problem::not_found(Message::new(key).with("name", &name));
    let found = Name::read(&name).ok_or_else(|| problem("problem.certificate_name"))?;
    let genesis_hash = proof::genesis(&mut reader).await?;
    if !found.is_of(&genesis_hash) {
        return Err(problem("problem.certificate_code"));
    }
    let address = Language::current().to(&format!("/retirements/{}", found.number));
    Ok(Redirect::temporary(&address).into_response())
}
