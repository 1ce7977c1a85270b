// SPDX-License-Identifier: Apache-2.0
//! What every page has: its frame, the block that it is true at, and how things are written.

use crate::{
    answers::{AsOf, Numbers, OrganisationRef, Pause, ProjectRef, Time},
    assets,
    db::{Reader, Seen},
    freshness,
    i18n::{self, Language},
    manual,
    problem::{self, Problem},
    server::App,
};
use askama::{
    filters::{escape, Html as HtmlEscaper, Safe},
    Template,
};
use axum::{
    http::{header, Uri},
    response::{Html as HtmlResponse, IntoResponse, Response},
};
use registry_primitives::CountryCode;
use std::{borrow::Borrow, fmt::Write};

/// A column of a table of tonnes: the name of a status, and its tonnes in a row.
pub type Column<T> = (&'static str, fn(&T) -> i64);

/// HTML that is already escaped.
pub type Html = Safe<String>;

/// Longest query that a page names in the links to itself, which are as many as there are languages.
const LONGEST_QUERY: usize = 1_000;

/// The endings of addresses of files of a list.
pub const FILES: [&str; 3] = ["csv", "xlsx", "ndjson"];

/// Whether a machine asks: under `/api`, or for JSON or a file by the ending of the address.
pub fn wants_data(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    path.starts_with("/api/")
        || ending.is_some_and(|ending| ending == "json" || FILES.contains(&ending))
}

/// The last part of an address without `.json`, and whether it was there.
pub fn without_json(text: &str) -> (&str, bool) {
    text.strip_suffix(".json").map_or((text, false), |text| (text, true))
}

/// Answers with a page.
pub fn render(page: &impl Template) -> Result<Response, Problem> {
    let body = page.render().map_err(|error| Problem::internal(&error.to_string()))?;
    Ok(([(header::CACHE_CONTROL, "no-cache")], HtmlResponse(body)).into_response())
}

/// Text, escaped.
pub fn text(text: &str) -> String {
    escape(text, HtmlEscaper).map_or_else(|_| String::new(), |safe| safe.to_string())
}

/// Text that people wrote: kept from changing the direction of what stands around it.
pub fn foreign(value: &str) -> String {
    format!("<bdi>{}</bdi>", text(value))
}

/// A link, to a page in the reader's language; `label` is HTML.
pub fn link(address: &str, label: &str) -> String {
    format!("<a href=\"{}\">{label}</a>", text(&Language::current().to(address)))
}

/// A sentence of the catalogue whose gaps are filled with HTML.
pub fn sentence(language: Language, key: &str, arguments: &[(&str, String)]) -> String {
    i18n::pieces(language.t(key))
        .into_iter()
        .map(|piece| match piece {
            i18n::Piece::Words(words) => text(words),
            i18n::Piece::Gap(name) => arguments
                .iter()
                .find(|(known, _)| *known == name)
                .map_or_else(|| "…".to_owned(), |(_, html)| html.clone()),
        })
        .collect()
}

/// The frame of a page, and how its template writes things. Templates call it `l`.
pub struct Layout {
    /// The language of the page.
    pub language: Language,
    /// Title of the page, without the name of the registry.
    pub title: String,
    /// The block that the page is true at; none where nothing could be read.
    pub as_of: Option<AsOf>,
    /// What a reader must know about the age of the data.
    pub banner: Option<String>,
    /// That transfers and retirements stand still, if they do.
    pub pause: Option<Pause>,
    /// Address of the same in JSON.
    pub json: Option<String>,
    /// Endings and addresses of the files of a list.
    pub files: Vec<(&'static str, String)>,
    /// Path of the page, without its language.
    pub path: String,
    /// Query of its address.
    pub query: Option<String>,
    /// What was looked for.
    pub asked: String,
    /// Whose registry it is.
    pub country: Option<CountryCode>,
}

impl Layout {
    /// The frame of a page that is made from a reading.
    pub fn new(app: &App, reader: &Reader, uri: &Uri, title: impl Into<String>) -> Self {
        let bare = Self::without_data(uri, &title.into());
        Self { json: Some(twin(uri, "json")), ..bare.at(app, &reader.seen()) }
    }

    /// The frame of a list, all of which can be had as files.
    pub fn of_list(app: &App, reader: &Reader, uri: &Uri, title: &str) -> Self {
        let title = Language::current().t(title);
        let files = FILES.into_iter().map(|ending| (ending, twin(uri, ending))).collect();
        Self { files, ..Self::new(app, reader, uri, title) }
    }

    /// The frame of a page that says that something is wrong; it is true at the block, if any,
    /// that was being read.
    pub fn of_problem(app: &App, uri: &Uri, title: &str, seen: Option<&Seen>) -> Self {
        let bare = Self::without_data(uri, title);
        match seen {
            Some(seen) => bare.at(app, seen),
            None => bare,
        }
    }

    /// The same, true at a block.
    fn at(self, app: &App, seen: &Seen) -> Self {
        let Seen { as_of, country, pause } = seen.clone();
        let banner = freshness::banner(self.language, &as_of, &app.node);
        Self { as_of: Some(as_of), country: Some(country), pause, banner, ..self }
    }

    /// The frame of a page that shows nothing of the chain.
    pub fn without_data(uri: &Uri, title: &str) -> Self {
        Self {
            language: Language::current(),
            title: title.to_owned(),
            as_of: None,
            banner: None,
            pause: None,
            json: None,
            files: Vec::new(),
            path: uri.path().to_owned(),
            query: uri.query().filter(|it| it.len() <= LONGEST_QUERY).map(str::to_owned),
            asked: String::new(),
            country: None,
        }
    }

    /// The frame of the page on the state of the service, which has data or not.
    pub fn of_status(app: &App, uri: &Uri, seen: Option<&Seen>) -> Self {
        let title = Language::current().t("status.title");
        Self { json: Some(twin(uri, "json")), ..Self::of_problem(app, uri, title, seen) }
    }

    /// The language of the page.
    pub fn language(&self) -> Language {
        self.language
    }

    /// All languages.
    pub fn languages(&self) -> [Language; 4] {
        Language::ALL
    }

    /// The address of a page, in the language of this one.
    pub fn to(&self, address: impl AsRef<str>) -> String {
        self.language.to(address.as_ref())
    }

    /// This page in a language.
    pub fn here_in(&self, language: impl Borrow<Language>) -> String {
        let query = self.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default();
        language.borrow().to(&format!("{}{query}", self.path))
    }

    /// Where the manual tells what can be done here; none on its own pages.
    pub fn help(&self) -> Option<String> {
        let own = self.path == "/help" || self.path.starts_with("/help/");
        (!own).then(|| self.to(format!("/help/{}", manual::section(&self.path))))
    }

    pub fn style(&self) -> &'static str {
        &assets::STYLE_ADDRESS
    }

    pub fn mark(&self) -> &'static str {
        &assets::MARK_ADDRESS
    }

    /// Whose registry it is, where that is known.
    pub fn nation(&self) -> Option<String> {
        let code = self.country.filter(CountryCode::is_valid)?;
        Some(self.language.label("country", &code.to_string()))
    }

    /// A sentence.
    pub fn t<'a>(&self, key: &'a str) -> &'a str {
        self.language.t(key)
    }

    /// What introduces the public reason of a stage; none for stages that need no reason.
    pub fn explained(&self, stage: &str) -> Option<&'static str> {
        self.language.find(&format!("stage_reason.{stage}"))
    }

    /// A sentence with one gap.
    pub fn say(&self, key: &str, name: &str, value: impl ToString) -> String {
        self.language.fill(key, &[(name, value.to_string())])
    }

    /// A sentence with one gap, filled with HTML.
    pub fn html(&self, key: &str, name: &str, value: impl Borrow<Html>) -> Html {
        Safe(sentence(self.language, key, &[(name, value.borrow().0.clone())]))
    }

    /// A sentence with gaps that are filled with HTML.
    pub fn tell(&self, key: &str, arguments: &[(&str, String)]) -> Html {
        Safe(sentence(self.language, key, arguments))
    }

    /// A number of things.
    pub fn count(&self, key: &str, n: impl Borrow<i64>) -> String {
        self.language.count(key, *n.borrow())
    }

    /// The name of a value of an enumeration.
    pub fn label(&self, group: &str, value: impl AsRef<str>) -> String {
        self.language.label(group, value.as_ref())
    }

    /// The name of a value as a badge, whose colour only repeats what it says.
    pub fn badge(&self, group: &str, value: impl AsRef<str>) -> Html {
        let value = value.as_ref();
        let name = text(&self.language.label(group, value));
        Safe(format!("<span class=\"badge badge-{}\">{name}</span>", text(value)))
    }

    /// A project's stage: what the public is told, and the exact one where they differ.
    pub fn stage(&self, stage: impl AsRef<str>) -> Html {
        let stage = stage.as_ref();
        if !crate::projects::is_pending(stage) {
            return self.badge("stage", stage);
        }
        let exact = text(&self.language.label("stage", stage));
        let pending = self.badge("stage_public", "pending").0;
        Safe(format!("{pending} <span class=\"note\">{exact}</span>"))
    }

    /// A number.
    pub fn n(&self, n: impl Borrow<i64>) -> String {
        self.language.number(*n.borrow())
    }

    /// A quantity with its unit.
    pub fn tonnes(&self, n: impl Borrow<i64>) -> Html {
        Safe(format!(
            "{} <abbr class=\"unit\" title=\"{}\">{}</abbr>",
            self.language.number(*n.borrow()),
            text(self.t("unit.long")),
            text(self.t("unit.short"))
        ))
    }

    /// Parts per million.
    pub fn percent(&self, ppm: impl Borrow<i32>) -> String {
        self.language.percent(i64::from(*ppm.borrow()))
    }

    /// A day.
    pub fn date(&self, time: impl Borrow<Time>) -> Html {
        let time = time.borrow();
        let words = self.language.date(time.0);
        Safe(format!("<time datetime=\"{}\">{words}</time>", time.0.format("%Y-%m-%d")))
    }

    /// An instant.
    pub fn time(&self, time: impl Borrow<Time>) -> Html {
        let time = time.borrow();
        let words = self.language.date_time(time.0);
        Safe(format!("<time datetime=\"{time}\">{words}</time>"))
    }

    /// Text that people wrote.
    pub fn name(&self, value: impl AsRef<str>) -> Html {
        Safe(foreign(value.as_ref()))
    }

    /// A link to an organisation.
    pub fn organisation(&self, organisation: &OrganisationRef) -> Html {
        Safe(organisation_link(organisation))
    }

    /// A link to a project.
    pub fn project(&self, project: &ProjectRef) -> Html {
        Safe(project_link(project))
    }

    /// A link to a serial number, that breaks only at its hyphens.
    pub fn serial(&self, numbers: &Numbers) -> Html {
        Safe(serial_link(&numbers.serial))
    }

    /// A number with parts, such as `120-3`, which reads from left to right everywhere.
    pub fn id(&self, value: impl ToString) -> Html {
        Safe(format!("<bdi dir=\"ltr\">{}</bdi>", text(&value.to_string())))
    }

    /// A serial number that breaks only at its hyphens.
    pub fn breakable(&self, serial: impl AsRef<str>) -> Html {
        Safe(format!("<bdi dir=\"ltr\">{}</bdi>", breakable(serial.as_ref())))
    }

    /// Why the chain refused something, by its name of the reason and its own words.
    pub fn refusal(&self, code: impl AsRef<str>, sentence: impl AsRef<str>) -> Html {
        Safe(foreign(&problem::words(self.language, code.as_ref(), sentence.as_ref())))
    }

    /// The name of a language, as those who speak it read it.
    pub fn own_name(&self, language: &Language) -> Html {
        let (tag, name) = (language.tag(), language.own_name());
        Safe(format!("<span lang=\"{tag}\" dir=\"{}\">{name}</span>", language.direction()))
    }

    /// How long.
    pub fn duration(&self, seconds: impl Borrow<i64>) -> String {
        self.language.duration(*seconds.borrow())
    }

    /// An account, a hash: whole, in small type.
    pub fn code(&self, value: impl AsRef<str>) -> Html {
        Safe(format!("<code class=\"long\" dir=\"ltr\">{}</code>", text(value.as_ref())))
    }

    /// A country by its name.
    pub fn nation_of(&self, code: impl AsRef<str>) -> String {
        self.language.label("country", code.as_ref())
    }

    /// Bytes.
    pub fn bytes(&self, n: impl Borrow<i64>) -> String {
        let n = *n.borrow();
        match n {
            0..1_000 => self.language.count("size.bytes", n),
            1_000..1_000_000 => self.say("size.kilobytes", "n", self.language.number(n / 1_000)),
            _ => {
                let megabytes = format!(
                    "{}{}{}",
                    self.language.number(n / 1_000_000),
                    self.language.decimal(),
                    n % 1_000_000 / 100_000
                );
                self.say("size.megabytes", "n", megabytes)
            }
        }
    }
}

/// The address of a page with a query.
pub fn address<'a>(path: &str, query: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    query.into_iter().fold(path.to_owned(), |mut address, (name, value)| {
        let separator = if address.len() == path.len() { '?' } else { '&' };
        // Writing to a string cannot fail.
        let _ = write!(address, "{separator}{}={}", percent_encode(name), percent_encode(value));
        address
    })
}

/// The same for machines: `.json` or another ending of the path, with the same query.
fn twin(uri: &Uri, ending: &str) -> String {
    let path = match uri.path() {
        "/" => "/index",
        path => path,
    };
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{path}.{ending}{query}")
}

/// Text as a part of an address.
pub fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

/// A link to an organisation.
pub fn organisation_link(organisation: &OrganisationRef) -> String {
    link(&format!("/organisations/{}", organisation.id), &foreign(&organisation.name))
}

/// A link to a project.
pub fn project_link(project: &ProjectRef) -> String {
    link(&format!("/projects/{}", project.id), &foreign(&project.title))
}

/// A link to a serial number.
pub fn serial_link(serial: &str) -> String {
    let address = Language::current().to(&format!("/credits/{serial}"));
    format!("<a class=\"serial\" dir=\"ltr\" href=\"{}\">{}</a>", text(&address), breakable(serial))
}

fn breakable(serial: &str) -> String {
    text(serial).replace('-', "-<wbr>")
}

#[cfg(test)]
impl Layout {
    /// The frame of a page that shows no data.
    pub fn bare(path: &'static str) -> Self {
        Self::without_data(&Uri::from_static(path), "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    #[test]
    fn names_of_others_can_do_no_harm() {
        let hostile =
            OrganisationRef { id: 7, name: "<script>alert('x')</script> & \"Co\"".into() };
        let html = organisation_link(&hostile);
        assert!(html.starts_with("<a href=\"/organisations/7\"><bdi>"));
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("\"Co\""), "{html}");
    }

    #[test]
    fn sentences_escape_their_words_and_keep_their_links() {
        let gap = link("/projects/1", &foreign("A & B"));
        let html = sentence(Language::English, "event.ProjectReturned", &[("project", gap)]);
        assert!(html.contains("<a href=\"/projects/1\"><bdi>A &#38; B</bdi></a>"), "{html}");
    }

    #[test]
    fn links_of_a_page_lead_to_pages_in_its_language() {
        let (project, page) = Language::Arabic.scope(|| {
            let project = ProjectRef { id: 3, title: "Solar".into() };
            (project_link(&project), Layout::without_data(&Uri::from_static("/credits?a=b"), ""))
        });
        assert!(project.starts_with("<a href=\"/ar/projects/3\">"), "{project}");
        assert_eq!(page.to("/projects"), "/ar/projects");
        assert_eq!(page.here_in(Language::Spanish), "/es/credits?a=b");
        assert_eq!(page.here_in(Language::English), "/credits?a=b");
        let long: Uri = format!("/credits?a={}", "b".repeat(LONGEST_QUERY)).parse().unwrap();
        assert_eq!(Layout::without_data(&long, "").here_in(Language::English), "/credits");
        assert_eq!(Language::French.scope(|| serial_link("VU-1")).matches("/fr/").count(), 1);
    }

    /// The templates of a folder and of those in it.
    fn templates(folder: &Path) -> Vec<PathBuf> {
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        paths.flat_map(|it| if it.is_dir() { templates(&it) } else { vec![it] }).collect()
    }

    #[test]
    fn templates_link_by_the_language_of_their_page() {
        for file in templates(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")) {
            let template = std::fs::read_to_string(&file).unwrap();
            for attribute in ["href=\"", "action=\"", "formaction=\""] {
                for address in template.split(attribute).skip(1) {
                    let address = address.split('"').next().unwrap();
                    let apart = wants_data(address) || address.starts_with("/assets/");
                    assert!(
                        !address.starts_with('/') || apart,
                        "{} links to {address} in no language: use l.to",
                        file.display()
                    );
                }
            }
        }
    }

    #[test]
    fn the_twin_of_a_page_is_its_address_with_json() {
        let twin = |uri: &'static str| twin(&Uri::from_static(uri), "json");
        assert_eq!(twin("/"), "/index.json");
        assert_eq!(twin("/projects?stage=authorised"), "/projects.json?stage=authorised");
        assert_eq!(without_json("12.json"), ("12", true));
        assert_eq!(without_json("12"), ("12", false));
        assert!(wants_data("/api/v1/totals") && wants_data("/projects.json"));
        assert!(wants_data("/projects.csv") && wants_data("/projects.xlsx"));
        assert!(!wants_data("/projects") && !wants_data("/api"));
    }

    #[test]
    fn values_in_addresses_are_encoded() {
        assert_eq!(percent_encode("a b&c=é"), "a%20b%26c%3D%C3%A9");
        let query = [("issued[gte]", "1000"), ("text", "a&b")];
        assert_eq!(address("/projects", query), "/projects?issued%5Bgte%5D=1000&text=a%26b");
        assert_eq!(address("/projects", []), "/projects");
    }
}
