// SPDX-License-Identifier: Apache-2.0
//! Setting a registry up from two tables: organisations, and the people who act for them.
//!
//! The files are read, then looked up on the chain, then judged; only files without a problem are
//! sent. What the chain has is never changed: it is somebody's later decision.

mod chain;
mod plan;
mod profile;
mod rows;
mod table;

use crate::{arguments::Import, failure::BadArguments, key, output::Output, transact};
use anyhow::Result;
use plan::{named, Founding, Joining, Plan, Settled, Status};
use registry_client::{Call, Registry};
use rows::SECRETS;
use serde_json::json;
use std::path::Path;
use table::{Problem, Sheet};

/// Runs `registry import`.
pub async fn run(arguments: &Import, node: &str, output: &Output) -> Result<()> {
    let mut sheet = Sheet::read(&arguments.organisations, rows::ORGANISATIONS)?;
    let mut users_sheet = Sheet::read(&arguments.users, rows::USERS)?;
    for secret in SECRETS.into_iter().filter(|secret| users_sheet.has(secret)) {
        eprintln!(
            "warning: the column {secret} is not read, since everybody signs with a key of their \
             own; delete it"
        );
    }
    let organisations = rows::organisations(&mut sheet);
    let users = rows::users(&mut users_sheet);

    let signer = arguments.key.key.as_deref().map(key::account).transpose()?;
    // Problems of the files are told even if the node cannot be asked for more.
    let looked_up = async {
        let registry = Registry::connect(node).await?;
        let at = registry.at_finalised().await?;
        let facts = chain::gather(&at, &organisations, &users, signer.as_ref()).await?;
        anyhow::Ok((registry, facts))
    };
    let looked_up = looked_up.await.map(|(registry, facts)| {
        let files = ((&organisations, &mut sheet), (&users, &mut users_sheet));
        (registry, plan::plan(&facts, files.0, files.1))
    });
    let problems: Vec<&Problem> = sheet.problems.iter().chain(&users_sheet.problems).collect();
    for problem in &problems {
        output.result(problem, problem)?;
    }
    let (registry, plan) = looked_up?;
    if !problems.is_empty() {
        let count = counted(problems.len(), "problem");
        return Err(BadArguments::because(format!("{count}; nothing was sent")));
    }

    let files = [sheet.file.as_str(), users_sheet.file.as_str()];
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

    let at = chain::at_last(registry).await?;
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
            for Settled { line, status, words } in rows {
                self.row(table, *line, *status, words)?;
            }
        }
        Ok(())
    }

    fn founded(&mut self, founding: &Founding, number: &str) -> Result<()> {
        let organisation = &founding.organisation;
        let name = named(&organisation.name, &organisation.tax_id);
        let line = organisation.row.line;
        self.row(Table::Organisations, line, Status::Created, &format!("{number}{name}"))?;
        let words = format!("{} is the first admin of {name}", founding.first_admin);
        self.row(Table::Users, founding.admin_line, Status::Created, &words)
    }

    fn joined(&mut self, joining: &Joining) -> Result<()> {
        let Joining { line, account, role, name, .. } = joining;
        self.row(Table::Users, *line, Status::Created, &format!("{account} is {role} of {name}"))
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
