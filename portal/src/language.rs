// SPDX-License-Identifier: Apache-2.0
//! The languages of the registry, and in which of them a request is answered.
//!
//! A page's language is the first part of its address, `/fr/projects`; without one it is English.
//! Programs ask at one address and say in `Accept-Language` how they want to be spoken to. Whatever
//! writes sentences asks [`Language::current`], so that no function has to hand the language on.

use crate::page;
use axum::{
    extract::Request,
    http::{header, uri::PathAndQuery, HeaderMap, HeaderValue, Uri},
    middleware::Next,
    response::Response,
};
use std::{fmt, str::FromStr};

/// A language that the registry speaks, to readers of pages and of mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    English,
    French,
    Spanish,
    Arabic,
}

tokio::task_local! {
    static CURRENT: Language;
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::English, Self::French, Self::Spanish, Self::Arabic];

    /// The language of the request that is being answered; English where none is.
    pub fn current() -> Self {
        CURRENT.try_with(|language| *language).unwrap_or(Self::English)
    }

    /// Its tag, as in `<html lang>` and in addresses.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Arabic => "ar",
        }
    }

    /// What those who speak it call it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
            Self::Spanish => "Español",
            Self::Arabic => "العربية",
        }
    }

    /// Where its lines begin, as in `<html dir>`.
    pub fn direction(self) -> &'static str {
        match self {
            Self::Arabic => "rtl",
            _ => "ltr",
        }
    }

    /// The address of a page in this language. What is not in a language stays where it is.
    pub fn to(self, address: &str) -> String {
        if !address.starts_with('/') || is_apart(address) {
            return address.to_owned();
        }
        // Two slashes would begin the name of another site.
        let path = address.trim_start_matches(['/', '\\']);
        match self {
            Self::English => format!("/{path}"),
            _ => format!("/{}/{path}", self.tag()),
        }
    }

    /// The forms that a sentence about a number of things has, by the categories of Unicode's CLDR.
    /// French and Spanish have another for whole millions in words, which are never written here.
    #[cfg(test)]
    pub fn forms(self) -> &'static [&'static str] {
        match self {
            Self::Arabic => &["zero", "one", "two", "few", "many", "other"],
            _ => &["one", "other"],
        }
    }

    /// The form for a number.
    pub fn form(self, n: u128) -> &'static str {
        match (self, n) {
            (Self::English | Self::Spanish | Self::Arabic, 1) => "one",
            // Nothing is singular in French.
            (Self::French, 0 | 1) => "one",
            (Self::Arabic, 0) => "zero",
            (Self::Arabic, 2) => "two",
            (Self::Arabic, _) => match n % 100 {
                3..=10 => "few",
                11..=99 => "many",
                _ => "other",
            },
            _ => "other",
        }
    }

    /// What stands between thousands. Arabic is written with the digits and the separators of
    /// English, as most Arabic-speaking administrations write codes and quantities.
    pub fn separator(self) -> char {
        match self {
            Self::English | Self::Arabic => ',',
            Self::French => '\u{202f}',
            Self::Spanish => '.',
        }
    }

    /// What stands before the decimals.
    pub fn decimal(self) -> char {
        match self {
            Self::English | Self::Arabic => '.',
            Self::French | Self::Spanish => ',',
        }
    }

    /// Does something as if a request in this language were answered.
    #[cfg(test)]
    pub fn scope<T>(self, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self, work)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Language {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|language| language.tag() == text);
        found.ok_or("en, fr, es and ar")
    }
}

/// Addresses that are the same in every language.
fn is_apart(path: &str) -> bool {
    path.starts_with("/api/") || path.starts_with("/assets/")
}

/// Takes the language from the front of an address.
fn split(path: &str) -> Option<(Language, String)> {
    let path = path.strip_prefix('/')?;
    let (tag, rest) = path.split_once('/').unwrap_or((path, ""));
    let rest = format!("/{}", rest.trim_start_matches(['/', '\\']));
    (!is_apart(&rest)).then_some((tag.parse().ok()?, rest))
}

/// The language that a program likes best of those that there are; English if none of them.
fn accepted(headers: &HeaderMap) -> Language {
    let wanted = headers.get_all(header::ACCEPT_LANGUAGE).into_iter();
    let wanted = wanted.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(','));
    let mut best = (Language::English, 0.0);
    for each in wanted {
        let (tag, weight) = each.split_once(';').unwrap_or((each, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok());
        let tag = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
        if let (Ok(language), Some(weight)) = (tag.parse(), weight) {
            // The first of those that are liked as well.
            if weight > best.1 {
                best = (language, weight);
            }
        }
    }
    best.0
}

/// Finds the language of a request, answers it in that, and says so. It stands around the router,
/// which knows the addresses without their languages.
pub async fn choose(mut request: Request, next: Next) -> Response {
    let named = split(request.uri().path());
    let asks_by_header = named.is_none() && page::wants_data(request.uri().path());
    let language = match named {
        Some((language, path)) => {
            if let Some(uri) = moved(request.uri(), &path) {
                *request.uri_mut() = uri;
            }
            language
        }
        None if asks_by_header => accepted(request.headers()),
        None => Language::English,
    };
    let mut response = CURRENT.scope(language, next.run(request)).await;
    let headers = response.headers_mut();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("text/html") || kind.contains("problem+json")) {
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    }
    if asks_by_header {
        headers.append(header::VARY, HeaderValue::from_static("accept-language"));
    }
    response
}

/// The same address with another path.
fn moved(uri: &Uri, path: &str) -> Option<Uri> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("{path}{query}").parse::<PathAndQuery>().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, middleware::from_fn, routing::get, Router};
    use tower::ServiceExt;

    #[test]
    fn an_address_begins_with_its_language() {
        let split = |path: &str| split(path).map(|(language, rest)| (language.tag(), rest));
        assert_eq!(split("/fr/projects/1"), Some(("fr", "/projects/1".into())));
        assert_eq!(split("/ar"), Some(("ar", "/".into())));
        assert_eq!(split("/es/"), Some(("es", "/".into())));
        assert_eq!(split("/en/credits"), Some(("en", "/credits".into())));
        for none in ["/", "/projects", "/french", "/de/projects", "/fr/api/v1/totals", "/FR/"] {
            assert_eq!(split(none), None, "{none}");
        }
        // Never the name of another site.
        assert_eq!(split("/fr//evil.example"), Some(("fr", "/evil.example".into())));
        assert_eq!(split("/fr/\\evil.example"), Some(("fr", "/evil.example".into())));
    }

    #[test]
    fn links_stay_in_the_language() {
        for (language, address, link) in [
            (Language::English, "/projects", "/projects"),
            (Language::French, "/projects?text=a", "/fr/projects?text=a"),
            (Language::Arabic, "/", "/ar/"),
            (Language::Spanish, "/api/docs/", "/api/docs/"),
            (Language::Spanish, "/assets/site.css", "/assets/site.css"),
            (Language::Spanish, "/api", "/es/api"),
            (Language::French, "https://example.org/", "https://example.org/"),
            (Language::English, "//evil.example", "/evil.example"),
            (Language::French, "/\\evil.example", "/fr/evil.example"),
        ] {
            assert_eq!(language.to(address), link);
        }
    }

    #[test]
    fn programs_are_answered_in_the_language_that_they_like_best() {
        let accepted = |value: &'static str| {
            accepted(&HeaderMap::from_iter([(
                header::ACCEPT_LANGUAGE,
                HeaderValue::from_static(value),
            )]))
        };
        assert_eq!(accepted("fr-CA, en;q=0.8"), Language::French);
        assert_eq!(accepted("de, es;q=0.5, ar;q=0.7"), Language::Arabic);
        assert_eq!(accepted("de, fr;q=0"), Language::English);
        assert_eq!(accepted("es;q=nonsense, *"), Language::English);
        assert_eq!(super::accepted(&HeaderMap::new()), Language::English);
    }

    #[test]
    fn forms_are_those_of_unicode() {
        let forms = |language: Language, numbers: &[u128]| {
            let mut forms: Vec<_> = numbers.iter().map(|n| language.form(*n)).collect();
            forms.dedup();
            forms
        };
        assert_eq!(forms(Language::English, &[0, 1, 2]), ["other", "one", "other"]);
        assert_eq!(forms(Language::French, &[0, 1, 2]), ["one", "other"]);
        let arabic = [0, 1, 2, 3, 10, 103, 11, 99, 111, 100, 102, 200];
        assert_eq!(forms(Language::Arabic, &arabic), Language::Arabic.forms());
        for language in Language::ALL {
            assert!((0..=200).all(|n| language.forms().contains(&language.form(n))));
        }
    }

    #[tokio::test]
    async fn pages_are_answered_by_address_and_programs_by_header() {
        async fn told(uri: Uri) -> Response {
            let body = format!("{uri} {}", Language::current());
            let kind =
                if uri.path().starts_with("/api") { "application/json" } else { "text/html" };
            Response::builder().header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap()
        }
        let site = Router::new().route("/projects", get(told)).route("/api/x", get(told));
        let around = Router::new().fallback_service(site).layer(from_fn(choose));
        let ask = |uri: &'static str| {
            let around = around.clone();
            async move {
                let request = Request::get(uri).header(header::ACCEPT_LANGUAGE, "es");
                let response = around.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
                let headers = response.headers().clone();
                let body = axum::body::to_bytes(response.into_body(), 1_000).await.unwrap();
                (String::from_utf8(body.to_vec()).unwrap(), headers)
            }
        };
        let (body, headers) = ask("/fr/projects?a=b").await;
        assert_eq!(body, "/projects?a=b fr");
        assert_eq!(headers[header::CONTENT_LANGUAGE], "fr");
        assert!(!headers.contains_key(header::VARY));
        assert_eq!(ask("/projects").await.0, "/projects en");
        let (body, headers) = ask("/api/x").await;
        assert_eq!(body, "/api/x es");
        assert_eq!(headers[header::VARY], "accept-language");
        assert_eq!(ask("/fr/api/x").await.0, "");
        assert_eq!(Language::current(), Language::English);
    }
}
