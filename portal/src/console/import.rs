// SPDX-License-Identifier: Apache-2.0
//! `/console/import`: organisations and their members from two files, as `registry import` reads
//! them.
//!
//! The files are looked at, and nothing is kept of them. What remains to be done is signed in the
//! page, which then asks again with the same files: the numbers of new organisations are known when
//! these are there, and what is done already is told as done.

use super::{private, Desk, Officer};
use crate::{
    multipart,
    page::Layout,
    people::profiles::{self, Document},
    problem::{Message, Problem},
    server::App,
};
use askama::Template;
use axum::{
    body::Bytes,
    extract::{rejection::BytesRejection, State},
    http::{header, HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use registry_client::{
    import::{self, at_last, Facts, Founding, Import, Joining, Limits, Plan, Settled, Status},
    locale::Sentence,
    Call,
};
use registry_primitives::{ContentHash, Reach};

/// As much as a person signs at a desk; the command takes more. Both files come in one request.
const LIMITS: Limits = Limits { mebibytes: crate::server::MAX_BODY >> 20, rows: 500 };

/// The fields of the form, and the keys of their names.
const FILES: [(&str, &str); 2] =
    [("organisations", "import.organisations"), ("users", "import.users")];

impl Desk {
    /// Whether the officer may do all that an import does.
    pub(super) fn imports(&self) -> bool {
        import::NEEDED.into_iter().all(|action| self.reach(action) == Reach::Any)
    }
}

#[derive(Template)]
#[template(path = "console/import.html")]
struct Page {
    l: Layout,
    c: Desk,
    found: Option<Found>,
}

impl Page {
    fn new(uri: &Uri, Officer(caller): &Officer) -> Result<Self, Problem> {
        let mut l = Layout::without_data(uri, "");
        l.title = l.t("import.title").to_owned();
        let c = Desk::of(caller)?;
        caller.acting()?;
        match (c.imports(), c.is_government()) {
            (true, _) => Ok(Self { l, c, found: None }),
            (_, true) => Err(Problem::forbidden(Message::new("problem.admins_only"))),
            _ => Err(Problem::forbidden(Message::new("problem.government_only"))),
        }
    }

    /// The files that it asks for: their fields, the keys of their names, and their headings.
    fn files(&self) -> impl Iterator<Item = (&'static str, &'static str, String)> {
        let files = FILES.into_iter().zip(import::headings());
        files.map(|((field, name), headings)| (field, name, headings))
    }
}

/// What came of two files.
#[derive(Default)]
struct Found {
    /// Why they were not read.
    refusal: Option<String>,
    warnings: Vec<String>,
    faults: Vec<Fault>,
    steps: Vec<Step>,
    settled: Vec<Row>,
}

/// Something that is wrong.
struct Fault {
    /// The key of the file's name.
    file: &'static str,
    line: u64,
    /// What the column is called, or its number.
    column: Option<String>,
    problem: String,
    advice: String,
}

/// Something that remains to be done.
struct Step {
    file: &'static str,
    line: u64,
    words: String,
    /// The call as JSON, and its name; none while something else must be done first.
    call: Option<(String, String)>,
}

/// A row for which nothing is to be done.
struct Row {
    file: &'static str,
    line: u64,
    status: &'static str,
    words: String,
}

/// `/console/import`
pub async fn form(uri: Uri, officer: Officer) -> Result<Response, Problem> {
    private(&Page::new(&uri, &officer)?)
}

/// The files that were given on that page.
pub async fn files(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    officer: Officer,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let mut page = Page::new(&uri, &officer)?;
    let Ok(body) = body else {
        let refusal = page.l.t("import.too_large").to_owned();
        page.found = Some(Found { refusal: Some(refusal), ..Found::default() });
        return Ok((StatusCode::PAYLOAD_TOO_LARGE, private(&page)?).into_response());
    };
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let boundary = kind.and_then(multipart::boundary);
    // A file that is not there is an empty one.
    let file = |(field, name): (&'static str, &'static str)| {
        let content = boundary.and_then(|boundary| multipart::field(&body, boundary, field));
        (name, content.unwrap_or_default())
    };
    let mut import = Import::read(file(FILES[0]), file(FILES[1]), LIMITS);
    let Officer(caller) = officer;
    let registry = app.node.registry()?;
    let at = at_last(&registry).await?;
    let facts = import.look_up(&at, Some(caller.account()?)).await?;
    let plan = import.plan(&facts);
    let named = named(&facts, &import);
    profiles::deposit_named(&app, &caller, &named).await?;
    page.found = Some(Found::of(&page.l, &import, &plan));
    private(&page)
}

/// The documents of organisations whose profiles the chain names already: those that this page has
/// created.
fn named(facts: &Facts, import: &Import) -> Vec<(i64, Document)> {
    let all = import.organisations.0.all.iter();
    let named = all.filter_map(|row| {
        let (id, found) = facts.organisations.get(&row.tax_id)?;
        let document = Document::of_contact(&row.contact).ok().flatten()?;
        (document.hash == found.details.profile).then_some((i64::from(*id), document))
    });
    named.collect()
}

impl Found {
    fn of(l: &Layout, import: &Import, plan: &Plan) -> Self {
        let say = |sentence: &Sentence| l.language().say(sentence);
        let mut found =
            Self { warnings: import.secrets().map(|it| say(&it)).collect(), ..Self::default() };
        for (file, sheet) in names().into_iter().zip([&import.organisations.1, &import.users.1]) {
            found.faults.extend(sheet.problems.iter().map(|it| Fault {
                file,
                line: it.line,
                column: it.heading.map(str::to_owned).or(it.column.map(|it| it.to_string())),
                problem: say(&it.problem),
                advice: say(&it.advice),
            }));
        }
        for founding in &plan.foundings {
            match create(founding) {
                Ok(call) => found.steps.push(Step::create(l, founding, &call)),
                Err(problem) => found.faults.push(Fault {
                    file: FILES[0].1,
                    line: founding.organisation.row.line,
                    column: None,
                    problem: problem.document(l.language()).detail.unwrap_or_default(),
                    advice: l.t("import.correct_contact").to_owned(),
                }),
            }
        }
        // Only of files without a problem is anything done.
        if !found.faults.is_empty() {
            return Self { steps: Vec::new(), ..found };
        }
        found.steps.extend(plan.joinings.iter().map(|joining| Step::add(l, joining)));
        for (file, rows) in names().into_iter().zip([&plan.organisations, &plan.users]) {
            found.settled.extend(rows.iter().map(|row| Row::of(l, file, row)));
        }
        found
    }

    /// How much is wrong.
    fn wrong(&self) -> i64 {
        i64::try_from(self.faults.len()).unwrap_or(i64::MAX)
    }

    /// How much remains to be done.
    fn left(&self) -> i64 {
        i64::try_from(self.steps.len()).unwrap_or(i64::MAX)
    }
}

/// The keys of the files' names.
fn names() -> [&'static str; 2] {
    FILES.map(|(_, name)| name)
}

/// The call that creates an organisation. Its profile is what the file says of how it is reached.
fn create(founding: &Founding) -> Result<Call, Problem> {
    let document = Document::of_contact(&founding.organisation.contact)?;
    let profile = document.map_or(ContentHash([0; 32]), |document| document.hash);
    Ok(Call::CreateOrganisation {
        role: founding.organisation.role,
        details: founding.details(profile),
        first_admin: founding.first_admin,
    })
}

impl Step {
    fn create(l: &Layout, founding: &Founding, call: &Call) -> Self {
        let line = founding.organisation.row.line;
        let words = l.language().say(&call.sentence());
        Self { file: FILES[0].1, line, words, call: Some(signed(l, call)) }
    }

    fn add(l: &Layout, joining: &Joining) -> Self {
        let Joining { line, organisation, account, role, name, .. } = joining;
        let key = match organisation {
            Some(_) => "import.add_member",
            None => "import.add_member_later",
        };
        let words = l.language().fill(
            key,
            &[
                ("account", account.to_string()),
                ("role", l.label("member_role", role.as_str())),
                ("organisation", l.language().say(name)),
            ],
        );
        let call = organisation.map(|organisation| Call::AddMember {
            organisation,
            account: *account,
            role: *role,
        });
        Self { file: FILES[1].1, line: *line, words, call: call.map(|call| signed(l, &call)) }
    }
}

/// A call as JSON, and its name.
fn signed(l: &Layout, call: &Call) -> (String, String) {
    let json = serde_json::json!(call);
    let part =
        |name: &str| json.get(name).and_then(|it| it.as_str()).unwrap_or_default().to_owned();
    let name = l.label("call", format!("{}.{}", part("pallet"), part("name")));
    (json.to_string(), name)
}

impl Row {
    fn of(l: &Layout, file: &'static str, row: &Settled) -> Self {
        let words: Vec<_> = row.words.iter().map(|words| l.language().say(words)).collect();
        let status = match row.status {
            Status::Created => "created",
            Status::AlreadyThere => "already_there",
            Status::LeftAlone => "left_alone",
            Status::Waiting => "waiting",
        };
        Self { file, line: row.line, status, words: words.join("; ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{console::field::samples::ACCOUNT, i18n::Language};
    use registry_primitives::CountryCode;
    use std::collections::BTreeMap;

    const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

    /// What is found in rows, where the chain has nobody but the Government.
    fn found(organisations: &str, users: &str) -> Found {
        let head = "NAME,EMAIL,PHONE,ORGANISATION TAX ID,ORGANISATION TYPE";
        let organisations = format!("{head}\n{organisations}\n");
        let users = format!("{head},ROLE,ACCOUNT\n{users}\n");
        let files = (("o", organisations.as_bytes()), ("u", users.as_bytes()));
        let mut import = Import::read(files.0, files.1, LIMITS);
        let facts = Facts {
            country: CountryCode(*b"VU"),
            organisations: BTreeMap::new(),
            standings: BTreeMap::new(),
            signer: None,
        };
        let plan = import.plan(&facts);
        Found::of(&Layout::bare("/console/import"), &import, &plan)
    }

    fn page(found: Found) -> String {
        let (l, c) = (Layout::bare("/console/import"), Desk::of_nobody());
        Page { l, c, found: Some(found) }.render().unwrap()
    }

    const REEFS: &str = "Reefs & <b>Kelp,office@reefs.example,+678 22101,T1,Developer";

    fn users() -> String {
        format!(
            "Ana,ana@reefs.example,,T1,Developer,Admin,{ACCOUNT}\n\
             Ben,ben@reefs.example,,T1,Developer,Manager,{BOB}\n\
             Cy,cy@reefs.example,,T1,Developer,View,\n\
             Di,di@gov.example,,,Government,View,5DAAnrj7VHTznn2AWBemMuyBwZWs6FNFjdyVXUeYum3PTXFy"
        )
    }

    #[test]
    fn what_remains_is_told_in_words_and_is_a_call_once_it_can_be_signed() {
        let found = found(REEFS, &users());
        assert!(found.faults.is_empty());
        let [create, later, now] = &found.steps[..] else { panic!("{}", found.steps.len()) };
        let (json, name) = create.call.as_ref().unwrap();
        let call: Call = serde_json::from_str(json).unwrap();
        let Call::CreateOrganisation { details, .. } = &call else { panic!("{json}") };
        // The profile is what the file says.
        let profile = br#"{"email":"office@reefs.example","phone":"+678 22101"}"#;
        assert_eq!(details.profile, ContentHash(crate::secret::hash(profile)));
        assert_eq!(name, "Create an organisation");
        assert!(
            create.words.contains("Reefs") && create.words.contains(ACCOUNT),
            "{}",
            create.words
        );
        assert!(later.call.is_none() && later.words.ends_with("when that is created."));
        assert!(now.call.is_some() && now.words.ends_with("to the Government."), "{}", now.words);
        let [waiting] = &found.settled[..] else { panic!("{}", found.settled.len()) };
        assert_eq!((waiting.line, waiting.status), (4, "waiting"));

        let html = page(found);
        assert_eq!(html.matches("data-call-json=").count(), 2);
        assert!(html.contains("3 steps remain"), "{html}");
        assert!(!html.contains("<b>Kelp"), "{html}");
    }

    #[test]
    fn nothing_is_signed_while_something_is_wrong() {
        let wrong = found(&REEFS.replace("+678 22101", "call me"), &users());
        let [fault] = &wrong.faults[..] else { panic!("{}", wrong.faults.len()) };
        assert_eq!((fault.line, wrong.steps.len()), (2, 0));
        assert!(fault.problem.contains("telephone number"), "{}", fault.problem);
        let html = page(wrong);
        assert!(html.contains("import-faults") && !html.contains("data-call-json"), "{html}");
    }

    #[test]
    fn what_is_wrong_is_told_in_the_readers_language() {
        let told = |language: Language| {
            language.scope(|| {
                let found = found(&REEFS.replace("Developer", "Kingdom"), "");
                (found.faults[0].problem.clone(), found.faults[0].advice.clone(), page(found))
            })
        };
        let (problem, advice, _) = told(Language::French);
        assert_eq!(problem, "« Kingdom » n’est pas connu");
        assert!(advice.starts_with("écrivez l’un de : Government"), "{advice}");
        assert!(told(Language::Arabic).2.contains("dir=\"rtl\""));
    }
}
