// SPDX-License-Identifier: Apache-2.0
//! What becomes of each row by what the chain has, and every problem that only the chain shows.

use super::*;
use crate::import::table::Limits;
use registry_primitives::{organisation::Member, OrganisationRole};
use subxt_signer::sr25519::{dev, Keypair};

const LIMITS: Limits = Limits { mebibytes: 1, rows: 100 };

fn account(key: Keypair) -> AccountId32 {
    AccountId32(key.public_key().0)
}

/// A chain with the Government of Vanuatu alone.
fn empty() -> Facts {
    Facts {
        country: CountryCode(*b"VU"),
        organisations: BTreeMap::new(),
        standings: BTreeMap::new(),
        signer: None,
    }
}

fn text<const N: u32>(text: &str) -> Text<N> {
    Text::try_from(text).unwrap()
}

/// An organisation of the chain.
fn organisation(role: OrganisationRole, name: &str, tax_id: &str) -> Organisation {
    Organisation {
        role,
        details: OrganisationDetails {
            name: text(name),
            tax_id: text(tax_id),
            country: CountryCode(*b"VU"),
            sectoral_scopes: Default::default(),
            profile: ContentHash([9; 32]),
        },
        status: OrganisationStatus::Active,
        suspensions: 0,
        created_at: 0,
    }
}

impl Facts {
    /// With organisation 5, Reefs, as the files below have it.
    fn with_reefs(mut self, change: impl FnOnce(&mut Organisation)) -> Self {
        let mut reefs = organisation(OrganisationRole::ProjectDeveloper, "Reefs", "T1");
        change(&mut reefs);
        self.organisations.insert(text("T1"), (5, reefs));
        self
    }

    fn with(mut self, account: AccountId32, standing: Standing) -> Self {
        self.standings.insert(account.0, standing);
        self
    }
}

fn member(organisation: OrganisationId, role: MemberRole) -> Standing {
    Standing::Member(Member { organisation, role })
}

/// The plan for rows of organisations and of users, and the problems.
fn planned(facts: &Facts, organisations: &str, users: &str) -> (Plan, Vec<String>) {
    let head = "NAME,EMAIL,PHONE,ORGANISATION TAX ID,ORGANISATION TYPE";
    let text = format!("{head}\n{organisations}");
    let mut sheet = Sheet::parse("o.csv", text.as_bytes(), rows::ORGANISATIONS, LIMITS);
    let text = format!("{head},ROLE,ACCOUNT\n{users}");
    let mut users_sheet = Sheet::parse("u.csv", text.as_bytes(), rows::USERS, LIMITS);
    let organisations = rows::organisations(&mut sheet);
    let users = rows::users(&mut users_sheet);
    let plan = plan(facts, (&organisations, &mut sheet), (&users, &mut users_sheet));
    let problems = sheet.problems.iter().chain(&users_sheet.problems);
    (plan, problems.map(ToString::to_string).collect())
}

/// As [`planned`], of files without a problem.
fn good(facts: &Facts, organisations: &str, users: &str) -> Plan {
    let (plan, problems) = planned(facts, organisations, users);
    assert_eq!(problems, [""; 0]);
    plan
}

/// The one problem of bad files.
fn problem(facts: &Facts, organisations: &str, users: &str) -> String {
    let (_, mut problems) = planned(facts, organisations, users);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}

const REEFS: &str = "Reefs,,,T1,Developer";

fn user(of: &str, role: &str, account: &str) -> String {
    format!("P,{role}{account}@x.example,,{of},{role},{account}\n")
}

#[test]
fn an_organisation_is_created_with_its_first_admin_and_others_join() {
    let (ana, ben) = (account(dev::alice()), account(dev::bob()));
    let users = [
        user("T1,Developer", "Manager", &ben.to_string()),
        user("T1,Developer", "Admin", ""),
        user("T1,Developer", "Admin", &ana.to_string()),
        user("x,Government", "View", &account(dev::dave()).to_string()),
    ];
    let plan = good(&empty(), REEFS, &users.concat());
    let [founding] = &plan.foundings[..] else { panic!("{plan:?}") };
    assert_eq!((founding.first_admin, founding.admin_line), (ana, 4));
    let details = founding.details(ContentHash([7; 32]));
    assert_eq!(
        details,
        OrganisationDetails {
            profile: ContentHash([7; 32]),
            ..organisation(OrganisationRole::ProjectDeveloper, "Reefs", "T1").details
        }
    );
    let [manager, government] = &plan.joinings[..] else { panic!("{plan:?}") };
    assert_eq!((manager.line, manager.account, manager.role), (2, ben, MemberRole::Manager));
    assert_eq!((&manager.of, manager.organisation), (&founding.of(), None));
    assert_eq!(government.organisation, Some(GOVERNMENT));
    assert_eq!((&government.of, government.role), (&Of::Government, MemberRole::ViewOnly));
    let [waiting] = &plan.users[..] else { panic!("{plan:?}") };
    assert_eq!((waiting.line, waiting.status), (3, Status::Waiting));
    assert!(waiting.sentence().contains("Admin@x.example"), "{waiting:?}");
}

#[test]
fn what_is_there_is_not_created_again() {
    let ana = account(dev::alice());
    let facts = empty().with_reefs(|_| ()).with(ana, member(5, MemberRole::Admin));
    let plan = good(&facts, REEFS, &user("T1,Developer", "Admin", &ana.to_string()));
    assert!(plan.foundings.is_empty() && plan.joinings.is_empty());
    assert_eq!(plan.organisations[0].status, Status::AlreadyThere);
    assert_eq!(plan.organisations[0].sentence(), "organisation 5, “Reefs” (tax id T1)");
    assert_eq!(plan.users[0].status, Status::AlreadyThere);
}

#[test]
fn later_changes_of_an_organisation_are_left_alone_and_told() {
    let admin = user("T1,Developer", "Admin", "");
    let told = |change: fn(&mut Organisation)| {
        let plan = good(&empty().with_reefs(change), REEFS, &admin);
        assert!(plan.foundings.is_empty());
        assert_eq!(plan.organisations[0].status, Status::LeftAlone);
        plan.organisations[0].sentence()
    };
    let words = told(|reefs| reefs.details.name = text("Corals"));
    assert_eq!(words, "organisation 5, “Corals” (tax id T1); the file calls it “Reefs”");
    let words = told(|reefs| reefs.details.country = CountryCode(*b"FJ"));
    assert!(words.ends_with("; its country is FJ now, not VU"), "{words}");
    let words = told(|reefs| reefs.status = OrganisationStatus::Suspended);
    assert!(words.ends_with("; it is suspended"), "{words}");
}

#[test]
fn later_changes_of_a_member_are_left_alone_and_told() {
    let ana = account(dev::alice());
    let row = user("T1,Developer", "Admin", &ana.to_string());
    let facts = empty().with_reefs(|_| ());
    let demoted = facts.with(ana, member(5, MemberRole::ViewOnly));
    let plan = good(&demoted, REEFS, &row);
    assert_eq!((plan.users[0].status, plan.joinings.len()), (Status::LeftAlone, 0));
    assert!(plan.users[0]
        .sentence()
        .ends_with("is View only of “Reefs” (tax id T1) now, not Admin"));

    let facts = empty().with_reefs(|_| ());
    let removed = facts.with(ana, Standing::Former);
    let plan = good(&removed, REEFS, &row);
    assert_eq!((plan.users[0].status, plan.joinings.len()), (Status::LeftAlone, 0));
    assert!(plan.users[0].sentence().contains("is no member now"), "{plan:?}");
}

#[test]
fn an_organisation_that_may_have_another_tax_identifier_is_not_created_twice() {
    let (ana, ben) = (account(dev::alice()), account(dev::bob()));
    let rows = [
        user("T1,Developer", "Admin", &ben.to_string()),
        user("T1,Developer", "Admin", &ana.to_string()),
    ];
    let plan = good(&empty().with(ana, Standing::Former), REEFS, &rows.concat());
    assert!(plan.foundings.is_empty() && plan.joinings.is_empty(), "{plan:?}");
    assert_eq!(plan.organisations[0].status, Status::LeftAlone);
    assert_eq!(plan.users[0].status, Status::Waiting);

    // Its Admin is a member of it, whatever it is called.
    let facts = empty().with(ana, member(5, MemberRole::Admin));
    let words = problem(&facts, REEFS, &rows.concat());
    assert!(words.starts_with("u.csv, line 3, column 7 (ACCOUNT): is Admin of organisation 5\n"));
    assert!(words.contains("the tax identifier that the organisation has now"), "{words}");
}

#[test]
fn an_organisation_waits_for_the_account_of_its_first_admin() {
    let ben = account(dev::bob());
    let rows = [user("T1,Developer", "Admin", ""), user("T1,Developer", "View", &ben.to_string())];
    let plan = good(&empty(), REEFS, &rows.concat());
    assert!(plan.foundings.is_empty() && plan.joinings.is_empty());
    let statuses = plan.organisations.iter().chain(&plan.users).map(|row| row.status);
    assert_eq!(statuses.collect::<Vec<_>>(), [Status::Waiting; 3]);
}

#[test]
fn every_problem_that_the_chain_shows_has_its_line_and_words() {
    let ana = account(dev::alice());
    let admin = user("T1,Developer", "Admin", &ana.to_string());
    let words = problem(&empty(), REEFS, "");
    assert_eq!(
        words,
        "o.csv, line 2: nobody in the file of users is an Admin of “Reefs” (tax id T1)\n    -> add \
         its first Admin there: an organisation is created together with one"
    );
    let certifier = empty().with_reefs(|reefs| reefs.role = OrganisationRole::Certifier);
    let words = problem(&certifier, REEFS, "");
    assert!(
        words.starts_with(
            "o.csv, line 2, column 5 (ORGANISATION TYPE): organisation 5 has this tax identifier, \
             and type Certifier\n"
        ),
        "{words}"
    );
    let words = problem(&empty(), "", &admin);
    assert!(
        words.starts_with(
            "u.csv, line 2, column 4 (ORGANISATION TAX ID): no organisation has the tax identifier \
             “T1”\n"
        ),
        "{words}"
    );
    let words = problem(&empty().with_reefs(|_| ()), "", &admin.replace("Developer", "API"));
    assert!(
        words.starts_with(
            "u.csv, line 2, column 5 (ORGANISATION TYPE): “Reefs” (tax id T1) has the type \
             Developer\n"
        ),
        "{words}"
    );
    let elsewhere = empty().with_reefs(|_| ()).with(ana, member(8, MemberRole::Manager));
    let words = problem(&elsewhere, REEFS, &admin);
    assert!(
        words.starts_with("u.csv, line 2, column 7 (ACCOUNT): is Manager of organisation 8\n"),
        "{words}"
    );
}

#[test]
fn a_row_with_a_problem_gives_no_more_of_them() {
    let ana = account(dev::alice());
    let admin = user("T1,Developer", "Admin", &ana.to_string());
    let words = problem(&empty(), ",,,T1,Developer", &admin);
    assert!(words.starts_with("o.csv, line 2, column 1 (NAME): is empty"), "{words}");
    // No organisation is looked for where their file cannot be read.
    let mut sheet = Sheet::parse("o.csv", b"", rows::ORGANISATIONS, LIMITS);
    let organisations = rows::organisations(&mut sheet);
    let text =
        format!("NAME,EMAIL,PHONE,ORGANISATION TAX ID,ORGANISATION TYPE,ROLE,ACCOUNT\n{admin}");
    let mut users_sheet = Sheet::parse("u.csv", text.as_bytes(), rows::USERS, LIMITS);
    let users = rows::users(&mut users_sheet);
    plan(&empty(), (&organisations, &mut sheet), (&users, &mut users_sheet));
    assert_eq!((sheet.problems.len(), users_sheet.problems.len()), (1, 0));

    let words = problem(&empty(), REEFS, &user("T1,Developer", "Admin", "5Grw"));
    assert!(words.starts_with("u.csv, line 2, column 7 (ACCOUNT)"), "{words}");
}

#[test]
fn only_root_makes_admins_of_the_government() {
    let row = user("x,Government", "Admin", &account(dev::alice()).to_string());
    for signer in [None, Some(MemberRole::Root)] {
        let facts = Facts { signer, ..empty() };
        assert_eq!(good(&facts, "", &row).joinings.len(), 1);
    }
    let facts = Facts { signer: Some(MemberRole::Admin), ..empty() };
    let words = problem(&facts, "", &row);
    assert_eq!(
        words,
        "u.csv, line 2, column 6 (ROLE): only Root makes Admins of the Government\n    -> import \
         with Root's key, or remove the line"
    );
    let manager = row.replace("Admin", "Manager");
    assert_eq!(good(&facts, "", &manager).joinings.len(), 1);
}
