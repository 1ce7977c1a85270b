// SPDX-License-Identifier: Apache-2.0
//! What the registry says of itself: privacy, accessibility, how programs use it, and under which
//! licence its data is.

use crate::{
    db::Seen,
    i18n::Language,
    page::{self, Layout},
    problem::Problem,
    server::App,
};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use serde_json::{json, Value};

/// What whoever runs the registry says of it. What is blank is not said.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct About {
    /// Where the public reaches who runs the registry: an address of mail, or https://…
    #[arg(long, env = "CONTACT", value_parser = contact)]
    contact: Option<String>,
    /// The licence of the data, as SPDX calls it, such as CC-BY-4.0; or in a few words.
    #[arg(long, env = "DATA_LICENCE")]
    data_licence: Option<String>,
    /// Where the text of that licence is: https://…
    #[arg(long, env = "DATA_LICENCE_URL", requires = "data_licence", value_parser = web)]
    data_licence_url: Option<String>,
}

fn web(text: &str) -> Result<String, &'static str> {
    let plain = !text.contains(|c: char| c.is_whitespace() || "\"<>".contains(c));
    let named = text.starts_with("https://") || text.starts_with("http://");
    match text.is_empty() || plain && named {
        true => Ok(text.to_owned()),
        false => Err("https:// and an address without blanks"),
    }
}

fn contact(text: &str) -> Result<String, &'static str> {
    let mail = |text: &str| {
        let (name, host) = text.split_once('@')?;
        let plain = |part: &str| {
            !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "\"<>@?".contains(c))
        };
        (plain(name) && plain(host)).then(|| text.to_owned())
    };
    mail(text).map_or_else(|| web(text).map_err(|_| "an address of mail, or https://…"), Ok)
}

fn said(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

impl About {
    /// Where the public reaches who runs the registry: what it is called, and where it leads.
    pub fn contact(&self) -> Option<(&str, String)> {
        let contact = said(&self.contact)?;
        let address = match contact.contains("://") {
            true => contact.to_owned(),
            false => format!("mailto:{contact}"),
        };
        Some((contact, address))
    }

    /// The licence, and where its text is.
    pub fn data_licence(&self) -> Option<(&str, Option<&str>)> {
        Some((said(&self.data_licence)?, said(&self.data_licence_url)))
    }

    /// The licence as a Data Package has it.
    pub fn licence(&self) -> Option<Value> {
        let (name, address) = self.data_licence()?;
        let mut licence = json!({ "name": name });
        if let Some(address) = address {
            licence["path"] = json!(address);
        }
        Some(licence)
    }
}

/// The frame of a page that is the same at every block. It stands also when nothing can be read.
pub async fn layout(app: &App, uri: &Uri, title: &str) -> Layout {
    let seen: Option<Seen> = app.database.cursor().await.ok();
    Layout::of_problem(app, uri, Language::current().t(title), seen.as_ref())
}

#[derive(Template)]
#[template(path = "accessibility.html")]
struct Accessibility {
    l: Layout,
    about: About,
}

/// `/accessibility`
pub async fn accessibility(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let l = layout(&app, &uri, "accessibility.title").await;
    page::render(&Accessibility { l, about: app.about })
}

#[derive(Template)]
#[template(path = "privacy.html")]
struct Privacy {
    l: Layout,
    about: About,
}

/// `/privacy`
pub async fn privacy(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let l = layout(&app, &uri, "privacy.title").await;
    page::render(&Privacy { l, about: app.about })
}

#[derive(Template)]
#[template(path = "api.html")]
struct Programs {
    l: Layout,
    /// Where the public finds this portal.
    address: String,
}

/// `/api`
pub async fn programs(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let l = layout(&app, &uri, "api_page.title").await;
    page::render(&Programs { l, address: app.site.url().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_an_address_of_mail_or_of_a_page() {
        let about = |text: &str| About { contact: contact(text).ok(), ..About::default() };
        let led = |text: &str| about(text).contact().map(|(_, address)| address);
        assert_eq!(led("office@registry.example").unwrap(), "mailto:office@registry.example");
        assert_eq!(
            led("https://registry.example/contact").unwrap(),
            "https://registry.example/contact"
        );
        for bad in ["", "office", "@", "a@b@c", "javascript:alert(1)", "a@b?bcc=c", "https://a\"b"]
        {
            assert_eq!(led(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_licence_is_told_with_its_text_where_it_has_one() {
        assert!(About::default().licence().is_none());
        let mut about = About { data_licence: Some("CC-BY-4.0".into()), ..About::default() };
        assert_eq!(about.licence().unwrap(), json!({"name": "CC-BY-4.0"}));
        about.data_licence_url = Some("https://creativecommons.org/licenses/by/4.0/".into());
        assert_eq!(
            about.licence().unwrap()["path"],
            "https://creativecommons.org/licenses/by/4.0/"
        );
    }
}
