// SPDX-License-Identifier: Apache-2.0
//! What goes wrong, as RFC 9457 problem documents for machines and as pages for people.
//!
//! A handler returns a [`Problem`]; the middleware at the end of this file, which knows what was
//! asked for, gives it its form.

use crate::{
    answers::AsOf,
    db::{Seen, Sight},
    i18n::Language,
    page,
    server::App,
};
use askama::Template;
use axum::{
    body::Body,
    extract::{Request, State},
    http::{header, HeaderValue, StatusCode},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use registry_client::Refused;
use serde::Serialize;
use utoipa::ToSchema;

/// What a problem document is sent as.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A sentence of the catalogue with what fills its gaps, to be said in the reader's language.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    key: &'static str,
    arguments: Vec<(&'static str, String)>,
}

impl Message {
    /// A sentence without gaps.
    pub fn new(key: &'static str) -> Self {
        Self { key, arguments: Vec::new() }
    }

    /// With a gap filled.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    fn text(&self, language: Language) -> String {
        language.fill(self.key, &self.arguments)
    }
}

/// Why a request is not answered as asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    kind: Kind,
    detail: Option<Message>,
    /// The chain's own words.
    refused: Option<Refused>,
    /// Seconds after which to ask again.
    again: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Malformed,
    Unauthorised,
    Forbidden,
    NotFound,
    Method,
    Timeout,
    Conflict,
    TooLarge,
    Range,
    Unprocessable,
    TooMany,
    Internal,
    Unavailable,
}

impl Kind {
    fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Unauthorised => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Range => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed-request",
            Self::Unauthorised => "unauthorised",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::Method => "method-not-allowed",
            Self::Timeout => "timeout",
            Self::Conflict => "conflict",
            Self::TooLarge => "too-large",
            Self::Range => "range-not-satisfiable",
            Self::Unprocessable => "unprocessable",
            Self::TooMany => "too-many-requests",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Malformed => "title.malformed",
            Self::Unauthorised => "title.unauthorised",
            Self::Forbidden => "title.forbidden",
            Self::NotFound => "title.not_found",
            Self::Method => "title.method",
            Self::Timeout => "title.timeout",
            Self::Conflict => "title.conflict",
            Self::TooLarge => "title.too_large",
            Self::Range => "title.range",
            Self::Unprocessable => "title.unprocessable",
            Self::TooMany => "title.too_many",
            Self::Internal => "title.internal",
            Self::Unavailable => "title.unavailable",
        }
    }

    /// What a response that is no problem document yet means: those of axum and its layers.
    fn of(status: StatusCode) -> Option<Self> {
        Some(match status {
            StatusCode::BAD_REQUEST => Self::Malformed,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::Method,
            StatusCode::REQUEST_TIMEOUT => Self::Timeout,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                Self::Unprocessable
            }
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            _ if status.is_server_error() => Self::Internal,
            _ => return None,
        })
    }
}

impl Problem {
    fn new(kind: Kind, detail: Message) -> Self {
        Self { kind, detail: Some(detail), refused: None, again: None }
    }

    /// The address, its query or the body cannot be read.
    pub fn malformed(detail: Message) -> Self {
        Self::new(Kind::Malformed, detail)
    }

    /// There is no such thing.
    pub fn not_found(detail: Message) -> Self {
        Self::new(Kind::NotFound, detail)
    }

    /// Nobody has said who he is, or has not proved it.
    pub fn unauthorised(detail: Message) -> Self {
        Self::new(Kind::Unauthorised, detail)
    }

    /// It does not go together with what is there.
    pub fn conflict(detail: Message) -> Self {
        Self::new(Kind::Conflict, detail)
    }

    /// More than is taken.
    pub fn too_large(detail: Message) -> Self {
        Self::new(Kind::TooLarge, detail)
    }

    /// The client was too slow.
    pub fn timeout(detail: Message) -> Self {
        Self::new(Kind::Timeout, detail)
    }

    /// A part was asked for that is not there.
    pub fn out_of_range(detail: Message) -> Self {
        Self::new(Kind::Range, detail)
    }

    /// The account may not do this.
    pub fn forbidden(detail: Message) -> Self {
        Self::new(Kind::Forbidden, detail)
    }

    /// What was sent can be read, but not be used.
    pub fn unprocessable(detail: Message) -> Self {
        Self::new(Kind::Unprocessable, detail)
    }

    /// The database or the node does not answer.
    pub fn unavailable(detail: Message) -> Self {
        Self { again: Some(10), ..Self::new(Kind::Unavailable, detail) }
    }

    /// The client has asked too much.
    pub fn too_many_requests(detail: Message, seconds: u64) -> Self {
        Self { again: Some(seconds), ..Self::new(Kind::TooMany, detail) }
    }

    /// The indexer has not written the first block yet.
    pub fn not_indexed() -> Self {
        Self::unavailable(Message::new("problem.not_indexed"))
    }

    /// The chain refused a transaction.
    pub fn refused(reason: Refused) -> Self {
        Self { kind: Kind::Unprocessable, detail: None, refused: Some(reason), again: None }
    }

    /// A defect; what it is goes to the log only.
    pub fn internal(cause: &str) -> Self {
        tracing::error!(cause, "a request could not be answered");
        Self::new(Kind::Internal, Message::new("problem.internal"))
    }

    /// Whether it is that nobody has proved who he is.
    pub fn is_unauthorised(&self) -> bool {
        self.kind == Kind::Unauthorised
    }

    /// The problem as a document.
    pub fn document(&self, language: Language) -> ProblemDocument {
        let detail = match (&self.detail, &self.refused) {
            (Some(detail), _) => Some(detail.text(language)),
            (None, Some(refused)) => Some(words(language, &refused.code, &refused.sentence)),
            (None, None) => None,
        };
        ProblemDocument {
            kind: format!("urn:registry:problem:{}", self.kind.name()),
            title: language.t(self.kind.title()).to_owned(),
            status: self.kind.status().as_u16(),
            detail,
            code: self.refused.as_ref().map(|refused| refused.code.clone()),
            as_of: None,
        }
    }
}

/// Why the chain refused, in the catalogue's words: those of one of its parts, or those that all
/// parts have in common; the chain's own where it knows a reason that the catalogue does not.
pub fn words(language: Language, code: &str, sentence: &str) -> String {
    let of_part = language.find(&format!("refusal.{code}"));
    let common = || {
        let (_, reason) = code.split_once('.')?;
        language.find(&format!("refusal.{reason}"))
    };
    of_part.or_else(common).unwrap_or(sentence).to_owned()
}

/// A problem document (RFC 9457).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct ProblemDocument {
    /// Which kind of problem: a stable name.
    #[serde(rename = "type")]
    #[schema(example = "urn:registry:problem:not-found")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What happened here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The chain's name of its refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Credits.NotTheOwner")]
    pub code: Option<String>,
    /// The block that was being read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<AsOf>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // The middleware below writes the body.
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Page {
    l: page::Layout,
    problem: ProblemDocument,
}

/// Gives every problem its form: a document under `/api` and for `.json`, a page elsewhere.
pub async fn give_form(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let uri = request.uri().clone();
    let sight = Sight::default();
    request.extensions_mut().insert(sight.clone());
    let response = next.run(request).await;
    let problem = response.extensions().get::<Problem>().cloned().or_else(|| {
        let kind = Kind::of(response.status())?;
        // Something that answered by itself with a body, such as the health of the portal.
        let answered = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
            kind.to_str().is_ok_and(|kind| kind.contains("json") || kind.contains("html"))
        });
        (!answered).then_some(Problem { kind, detail: None, refused: None, again: None })
    });
    let Some(problem) = problem else { return response };
    let language = Language::current();
    let mut document = problem.document(language);
    document.as_of = sight.get().map(|Seen { as_of, .. }| as_of.clone());
    let mut formed = if page::wants_data(uri.path()) {
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let kind = (header::CONTENT_TYPE, MEDIA_TYPE);
        (problem.kind.status(), [kind], Body::from(body)).into_response()
    } else {
        let l = page::Layout::of_problem(&app, &uri, &document.title, sight.get());
        let page = Page { l, problem: document }.render().unwrap_or_default();
        (problem.kind.status(), Html(page)).into_response()
    };
    let headers = formed.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = problem.again {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    if problem.kind == Kind::Unauthorised {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    for told in [header::ALLOW, header::CONTENT_RANGE] {
        if let Some(value) = response.headers().get(&told) {
            headers.insert(told, value.clone());
        }
    }
    formed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_a_document_with_a_stable_type_and_a_sentence() {
        let problem = Problem::not_found(Message::new("problem.no_project").with("id", 7));
        let document = serde_json::to_value(problem.document(Language::English)).unwrap();
        assert_eq!(document["type"], "urn:registry:problem:not-found");
        assert_eq!(document["status"], 404);
        assert_eq!(document["detail"], "There is no project 7.");
        assert!(document.get("code").is_none());
    }

    #[test]
    fn a_refusal_is_told_in_the_words_of_the_catalogue_or_of_the_chain() {
        let document = |code: &str| {
            let sentence = "The chain's own words.".to_owned();
            let problem = Problem::refused(Refused { code: code.into(), sentence });
            serde_json::to_value(problem.document(Language::English)).unwrap()
        };
        let known = document("Credits.NotTheOwner");
        assert_eq!(known["status"], 422);
        assert_eq!(known["code"], "Credits.NotTheOwner");
        assert_eq!(known["detail"], "The block belongs to another organisation.");
        assert_eq!(document("Projects.NotSigned")["detail"], "No officer signed.");
        assert_eq!(document("Credits.OfTomorrow")["detail"], "The chain's own words.");
        assert_eq!(document("Dispatch")["detail"], "The chain's own words.");
    }

    #[test]
    fn what_is_no_error_stays_as_it_is() {
        assert_eq!(Kind::of(StatusCode::OK), None);
        assert_eq!(Kind::of(StatusCode::NOT_MODIFIED), None);
        assert_eq!(Kind::of(StatusCode::TOO_MANY_REQUESTS), None);
        assert_eq!(Kind::of(StatusCode::BAD_GATEWAY), Some(Kind::Internal));
    }
}
