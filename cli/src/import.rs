// SPDX-License-Identifier: Apache-2.0
//! Setting a registry up from two tables: organisations, and the people who act for them.
//!
//! The files are read, then looked up on the chain, then judged; only files without a problem are
//! sent. What the chain has is never changed: it is somebody's later decision.

mod chain;
mod profile;

use crate::{arguments::Import, failure::BadArguments, key, output::Output, transact};
use anyhow::{Context, Result};
use registry_client::{
    import::{self, at_last, words, Founding, Joining, Limits, Plan, Problem, Settled, Status},
    locale::{English, Locale},
    Call, Registry,
};
use serde_json::json;
use std::{fs::File, io::Read, path::Path};

/// How much of a file is read: many times what as many rows need.
const LIMITS: Limits = Limits { mebibytes: 8, rows: 10_000 };

/// Runs `registry import`.
pub async fn run(arguments: &Import, node: &str, output: &Output) -> Result<()> {
    let organisations = contents(&arguments.organisations)?;
    let users = contents(&arguments.users)?;
    let mut import =
        import::Import::read((&organisations.0, &organisations.1), (&users.0, &users.1), LIMITS);
    for secret in import.secrets() {
        eprintln!("warning: {}", English.say(&secret));
    }

    let signer = arguments.key.key.as_deref().map(key::account).transpose()?;
    // Problems of the files are told even if the node cannot be asked for more.
    let looked_up = async {
        let registry = Registry::connect(node).await?;
        let at = registry.at_finalised().await?;
        let facts = import.look_up(&at, signer.as_ref()).await?;
        anyhow::Ok((registry, facts))
    };
    let looked_up = looked_up.await.map(|(registry, facts)| (registry, import.plan(&facts)));
    let problems: Vec<&Problem> = import.problems().collect();
    for problem in &problems {
        output.result(problem, problem)?;
    }
    let (registry, plan) = looked_up?;
    if !problems.is_empty() {
        let count = counted(problems.len(), "problem");
        return Err(BadArguments::because(format!("{count}; nothing was sent")));
    }

    let files = [organisations.0.as_str(), users.0.as_str()];
    let mut report = Report::new(output, files, arguments.dry_run);
    report.settled(&plan)?;
    let sent = match arguments.dry_run {
        true => plan
            .foundings
            .iter()
            .try_for_each(|founding| report.founded(founding, ""))
            .and_then(|()| plan.joinings.iter().try_for_each(|joining| report.joined(joining))),
        false => send(arguments, &registry, &plan, &mut report).await,
    };
    // What was done before something failed is told too.
    report.end(&arguments.profiles)?;
    sent
}

/// The name of a file without its folders, and its content: as much of it as shows that it is too
/// large.
fn contents(path: &Path) -> Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let most = (LIMITS.mebibytes as u64) << 20;
    let read = File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    read.with_context(|| path.display().to_string()).map_err(BadArguments)?;
    let name = path.file_name().unwrap_or(path.as_os_str());
    Ok((name.to_string_lossy().into_owned(), bytes))
}

/// Sends what is to be created: the organisations first, whose numbers the members need.
async fn send(
    arguments: &Import,
    registry: &Registry,
    plan: &Plan,
    report: &mut Report<'_>,
) -> Result<()> {
    if plan.foundings.is_empty() && plan.joinings.is_empty() {
        return Ok(());
    }
    report.output.line(format_args!(
        "\nCreate {}, each with its first Admin, and add {}.\n",
        counted(plan.foundings.len(), "organisation"),
        counted(plan.joinings.len(), "other member")
    ))?;
    transact::confirm(&arguments.key)?;
    let pair = key::open(&arguments.key)?;

    let mut calls = Vec::new();
    for founding in &plan.foundings {
        // Before the chain has its hash, so that it is never the hash of something lost.
        let profile = profile::write(&arguments.profiles, &founding.organisation)?;
        let (role, first_admin) = (founding.organisation.role, founding.first_admin);
        let details = founding.details(profile);
        calls.push((founding, Call::CreateOrganisation { role, details, first_admin }));
    }
    chain::send(registry, &pair, calls, async |founding, outcome| match outcome {
        Ok(block) => {
            let at = chain::at(registry, block).await?;
            let id = chain::number(&at, &founding.of()).await?;
            report.founded(founding, &format!("organisation {id}, "))
        }
        Err(error) => report.failed(founding.organisation.row.line, Table::Organisations, &error),
    })
    .await?;

    let at = at_last(registry).await?;
    let mut calls = Vec::new();
    for joining in &plan.joinings {
        let organisation = chain::number(&at, &joining.of).await?;
        let (account, role) = (joining.account, joining.role);
        calls.push((joining, Call::AddMember { organisation, account, role }));
    }
    chain::send(registry, &pair, calls, async |joining, outcome| match outcome {
        Ok(_) => report.joined(joining),
        Err(error) => report.failed(joining.line, Table::Users, &error),
    })
    .await
}

/// Which of the two files.
#[derive(Clone, Copy)]
enum Table {
    Organisations,
    Users,
}

/// What became of each row, as it happens, and the figures in the end.
struct Report<'a> {
    output: &'a Output,
    /// Names of the files, in the order of [`Table`].
    files: [&'a str; 2],
    dry_run: bool,
    /// By file and status.
    counts: [[usize; Status::ALL.len()]; 2],
}

impl<'a> Report<'a> {
    fn new(output: &'a Output, files: [&'a str; 2], dry_run: bool) -> Self {
        Self { output, files, dry_run, counts: Default::default() }
    }

    /// The rows for which nothing is sent.
    fn settled(&mut self, plan: &Plan) -> Result<()> {
        for (table, rows) in
            [(Table::Organisations, &plan.organisations), (Table::Users, &plan.users)]
        {
            for settled @ Settled { line, status, .. } in rows {
                self.row(table, *line, *status, &settled.sentence())?;
            }
        }
        Ok(())
    }

    fn founded(&mut self, founding: &Founding, number: &str) -> Result<()> {
        let name = founding.named();
        let told = English.say(&name);
        let line = founding.organisation.row.line;
        self.row(Table::Organisations, line, Status::Created, &format!("{number}{told}"))?;
        let words = words::FIRST_ADMIN.with("account", founding.first_admin.to_string());
        let words = English.say(&words.with("organisation", name));
        self.row(Table::Users, founding.admin_line, Status::Created, &words)
    }

    fn joined(&mut self, joining: &Joining) -> Result<()> {
        let Joining { line, account, role, name, .. } = joining;
        let words = words::MEMBER.with("account", account.to_string()).with("role", *role);
        let words = English.say(&words.with("organisation", name.clone()));
        self.row(Table::Users, *line, Status::Created, &words)
    }

    fn row(&mut self, table: Table, line: u64, status: Status, words: &str) -> Result<()> {
        self.counts[table as usize][status as usize] += 1;
        let name = match (status, self.dry_run) {
            (Status::Created, true) => "to create",
            _ => status.name(),
        };
        self.tell(table, line, name, words)
    }

    fn failed(&self, line: u64, table: Table, error: &anyhow::Error) -> Result<()> {
        self.tell(table, line, "FAILED", &format!("{error:#}"))
    }

    fn tell(&self, table: Table, line: u64, status: &str, words: &str) -> Result<()> {
        let file = self.files[table as usize];
        let width = self.files.map(|file| file.chars().count()).into_iter().max().unwrap_or(0) + 6;
        let status_json = status.to_lowercase().replace(' ', "_");
        Ok(self.output.result(
            format_args!("{:<width$}  {status:<13}  {words}", format!("{file}:{line}")),
            &json!({ "status": status_json, "file": file, "line": line, "words": words }),
        )?)
    }

    /// The figures, what waits for whom, and where everything is kept.
    fn end(&self, profiles: &Path) -> Result<()> {
        let counts = &self.counts;
        let created = if self.dry_run { "to create" } else { Status::Created.name() };
        let heads =
            [created].into_iter().chain(Status::ALL[1..].iter().map(|status| status.name()));
        let line = |name: &str, cells: &mut dyn Iterator<Item = String>| {
            cells.fold(format!("{name:<13}"), |line, cell| line + &format!("{cell:>15}"))
        };
        self.output.line("")?;
        self.output.line(line("", &mut heads.map(str::to_owned)))?;
        let figures = |table: Table| counts[table as usize].iter().map(ToString::to_string);
        self.output.line(line("organisations", &mut figures(Table::Organisations)))?;
        self.output.line(line("users", &mut figures(Table::Users)))?;
        let waiting = counts.iter().any(|of| of[Status::Waiting as usize] > 0);
        if waiting {
            self.output.line(format_args!(
                "\nWho waits makes a key by `registry key generate` and tells you its address, never \
                 its phrase.\nWrite the addresses in the column ACCOUNT of {} and import again.",
                self.files[Table::Users as usize]
            ))?;
        }
        self.output.line(format_args!(
            "\non the chain  name, tax id, type, country and scopes of organisations; addresses and \
             roles of members\nin {}/  e-mail, telephone and minister of each organisation created; \
             the chain has the hash: keep it\nin {}  names, e-mails and telephones of people: they \
             are kept nowhere else",
            profiles.display(),
            self.files[Table::Users as usize]
        ))?;
        let of = |table: Table| {
            let of = Status::ALL
                .iter()
                .map(|status| (*status, counts[table as usize][*status as usize]));
            let named = of.map(|(status, count)| (status.name().replace(' ', "_"), count.into()));
            named.collect::<serde_json::Map<_, _>>()
        };
        Ok(self.output.value(&json!({
            "status": if self.dry_run { "checked" } else { "imported" },
            "organisations": of(Table::Organisations),
            "users": of(Table::Users),
        }))?)
    }
}

/// A count with its noun.
fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests;
