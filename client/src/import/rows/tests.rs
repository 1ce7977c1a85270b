// SPDX-License-Identifier: Apache-2.0
//! What the rows stand for, and every problem that is seen without the chain.

use super::*;
use crate::import::table::Limits;

const LIMITS: Limits = Limits { mebibytes: 1, rows: 100 };
const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

fn read_organisations(lines: &[&str]) -> (Organisations, Vec<String>) {
    let head = "NAME,EMAIL,PHONE,ORGANISATION TAX ID,ORGANISATION TYPE(Developer|Certifier|API),\
                SECTORAL SCOPE,MINISTER NAME,COUNTRY";
    let text = [&[head], lines].concat().join("\n");
    let mut sheet = Sheet::parse("o.csv", text.as_bytes(), ORGANISATIONS, LIMITS);
    let read = organisations(&mut sheet);
    (read, sheet.problems.iter().map(ToString::to_string).collect())
}

fn read_users(lines: &[&str]) -> (Users, Vec<String>) {
    let head = "NAME,EMAIL,PHONE,ORGANISATION TAX ID | COMPANY ID,ORGANISATION \
                TYPE(Government|Developer|Certifier|API),ROLE(admin|Manager|View),Password,APIKey,\
                Account";
    let text = [&[head], lines].concat().join("\n");
    let mut sheet = Sheet::parse("u.csv", text.as_bytes(), USERS, LIMITS);
    let read = users(&mut sheet);
    (read, sheet.problems.iter().map(ToString::to_string).collect())
}

#[test]
fn organisations_are_what_the_types_say() {
    let (read, problems) = read_organisations(&[
        "Reefs,info@reefs.example,+678 1,T1,Developer,,,",
        "Checks,,,T2,certifier,,,FJ",
        "Meters,,,T3,API,,,",
        "Energy,,,T4,Ministry,\"1;energy_distribution, 3\",Hon. Minister,",
    ]);
    assert_eq!(problems, [""; 0]);
    let roles: Vec<_> = read.all.iter().map(|organisation| organisation.role).collect();
    use OrganisationRole::{Api, Certifier, Ministry, ProjectDeveloper};
    assert_eq!(roles, [ProjectDeveloper, Certifier, Api, Ministry]);
    let [reefs, checks, _, energy] = &read.all[..] else { panic!() };
    assert_eq!(reefs.name.to_text(), "Reefs");
    assert_eq!((reefs.row.line, reefs.tax_id.to_text().as_str()), (2, "T1"));
    assert_eq!((reefs.country, checks.country), (None, Some(CountryCode(*b"FJ"))));
    assert_eq!(reefs.contact.email, "info@reefs.example");
    assert_eq!(energy.contact.minister, "Hon. Minister");
    use SectoralScope::{EnergyDemand, EnergyDistribution, EnergyIndustries};
    let scopes: Vec<_> = energy.scopes.iter().copied().collect();
    assert_eq!(scopes, [EnergyIndustries, EnergyDistribution, EnergyDemand]);
}

#[test]
fn every_problem_of_organisations_has_its_line_and_words() {
    let long = "x".repeat(129);
    let long_id = "9".repeat(65);
    for (line, expected) in [
        (",,,T1,Developer,,,", "column 1 (NAME): is empty\n    -> fill it in"),
        ("A,,,,Developer,,,", "column 4 (ORGANISATION TAX ID): is empty"),
        (&format!("{long},,,T1,Developer,,,"), "longer than 128 bytes"),
        (&format!("A,,,{long_id},Developer,,,"), "longer than 64 bytes"),
        ("A\u{202e}B,,,T1,Developer,,,", "column 1 (NAME): “A\u{fffd}B”: text may not be blank"),
        (
            "A,,,T1,Develop,,,",
            "column 5 (ORGANISATION TYPE): “Develop” is not known\n    -> write one of Government, \
             Ministry, Developer, Certifier, API",
        ),
        ("A,,,T1,,,,", "column 5 (ORGANISATION TYPE): “” is not known"),
        ("A,,,T1,Government,,,", "the Government is not imported\n    -> remove the line"),
        ("A,,,T1,Developer,,,XX", "column 8 (COUNTRY): “XX”: a country is two capital letters"),
        ("A,,,T1,Developer,,,vu", "column 8 (COUNTRY): “vu”"),
        ("A,,,T1,Ministry,16,,", "column 6 (SECTORAL SCOPE): “16”: 16: a sectoral scope is"),
        ("A,,,T1,Ministry,1;x,,", "column 6 (SECTORAL SCOPE): “1;x”: x: a sectoral scope is"),
        ("A,,,T1,Ministry,,,", "a ministry is competent for at least one sectoral scope"),
        ("A,,,T1,Certifier,3,,", "only a ministry has sectoral scopes\n    -> leave it empty"),
        ("=A1,,,T1,Developer,,,", "column 1 (NAME): “=A1” would be a formula in a spreadsheet"),
        ("A,,,@T1,Developer,,,", "column 4 (ORGANISATION TAX ID): “@T1” would be a formula"),
        ("A,,,T1,Developer,,+1,", "column 7 (MINISTER NAME): “+1” would be a formula"),
        ("A,=a@b.c,,T1,Developer,,,", "column 2 (EMAIL): “=a@b.c” is no address for mail"),
        ("A,,,T1,Ministry,;,,", "a ministry is competent for at least one sectoral scope"),
        ("A,nobody,,T1,Developer,,,", "column 2 (EMAIL): “nobody” is no address for mail"),
    ] {
        let (read, problems) = read_organisations(&["Good,,,T0,API,,,", line]);
        let [problem] = &problems[..] else { panic!("{line}: {problems:?}") };
        assert!(problem.starts_with("o.csv, line 3"), "{problem}");
        assert!(problem.contains(expected), "{problem}");
        assert!(problem.contains("\n    -> "), "{problem}");
        assert_eq!(read.all[0].tax_id.to_text(), "T0");
    }
}

#[test]
fn one_row_can_have_many_problems() {
    let (read, problems) = read_organisations(&[",x,,,King,,,Vanuatu"]);
    assert_eq!(problems.len(), 5, "{problems:?}");
    assert!(read.all.is_empty());
}

#[test]
fn a_tax_identifier_is_once_in_the_file() {
    let (read, problems) =
        read_organisations(&["A,,,T1,API,,,", "B,,,T2,API,,,", "C,,,T1,King,,,", "D,,,T1,API,,,"]);
    let twice: Vec<_> = problems.iter().filter(|problem| problem.contains("already")).collect();
    assert_eq!(twice.len(), 2);
    assert!(
        twice[0].starts_with("o.csv, line 4, column 4 (ORGANISATION TAX ID): “T1” is on line 2")
    );
    assert!(twice[1].starts_with("o.csv, line 5"), "{twice:?}");
    assert_eq!(read.lines["T1"], 2);
}

#[test]
fn users_are_what_the_roles_say() {
    let (read, problems) = read_users(&[
        &format!("Ana,ana@x.example,,T1,Developer,admin,secret,,{ALICE}"),
        "Ben,ben@x.example,,T1,Developer,Manager,,,",
        &format!("Cy,,,whatever,Government,View,,,{BOB}"),
    ]);
    assert_eq!(problems, [""; 0]);
    let roles: Vec<_> = read.all.iter().map(|user| user.role).collect();
    assert_eq!(roles, [MemberRole::Admin, MemberRole::Manager, MemberRole::ViewOnly]);
    let [ana, ben, cy] = &read.all[..] else { panic!() };
    assert_eq!(ana.account.map(|account| account.to_string()).as_deref(), Some(ALICE));
    assert_eq!((ben.account, ben.email.as_str()), (None, "ben@x.example"));
    assert_eq!(cy.of, Of::Government);
    assert_eq!(ana.of, Of::TaxId(Text::try_from("T1").unwrap()));
    assert_eq!(read.with_admin, ["T1".to_owned()].into());
}

#[test]
fn every_problem_of_users_has_its_line_and_words() {
    for (line, expected) in [
        (
            "A,a@x.example,,T1,Developer,chief,,,",
            "column 6 (ROLE): “chief” is not known\n    -> write one of Admin, Manager, View",
        ),
        ("A,a@x.example,,T1,Government,root,,,", "column 6 (ROLE): Root is not imported"),
        ("A,a@x.example,,T1,King,Admin,,,", "column 5 (ORGANISATION TYPE): “King” is not known"),
        ("A,a@x.example,,,Developer,Admin,,,", "column 4 (ORGANISATION TAX ID): is empty"),
        (
            "A,a@x.example,,T1,Developer,Admin,,,5Grw",
            "column 9 (ACCOUNT): “5Grw” is no address of an account\n    -> copy what",
        ),
        ("A,,,T1,Developer,Admin,,,", "column 2 (EMAIL): is empty, and so is ACCOUNT"),
        ("A,a@,,T1,Developer,Admin,,,", "column 2 (EMAIL): “a@” is no address for mail"),
        ("A,GOOD@x.example,,T1,Developer,Admin,,,", "“GOOD@x.example” is on line 2 already"),
        (
            &format!("A,,,T1,Developer,Admin,,,{ALICE}"),
            "is on line 2 already\n    -> a key of their own for each person",
        ),
    ] {
        let good = format!("Good,good@x.example,,T1,Developer,View,,,{ALICE}");
        let (read, problems) = read_users(&[&good, line]);
        let [problem] = &problems[..] else { panic!("{line}: {problems:?}") };
        assert!(problem.starts_with("u.csv, line 3, column "), "{problem}");
        assert!(problem.contains(expected), "{problem}");
        assert_eq!(read.all[0].role, MemberRole::ViewOnly);
    }
}

#[test]
fn the_same_account_is_known_in_another_spelling() {
    // The same public key with the prefix of another network.
    let polkadot = "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5";
    let (_, problems) = read_users(&[
        &format!("A,,,T1,Developer,Admin,,,{ALICE}"),
        &format!("B,,,T1,Developer,View,,,{polkadot}"),
    ]);
    assert_eq!(problems.len(), 1, "{problems:?}");
}

#[test]
fn long_text_is_cut_in_messages() {
    let (_, problems) = read_organisations(&[&format!("A,,,T1,{},,,", "é".repeat(500))]);
    assert!(problems[0].contains(&format!("“{}…”", "é".repeat(60))), "{problems:?}");
}
