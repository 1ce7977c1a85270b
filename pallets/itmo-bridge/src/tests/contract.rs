// SPDX-License-Identifier: Apache-2.0
//! The platform's answers, in every shape that they were seen in and in many that are wrong.

use crate::{
    mock::text,
    platform::contract::{
        is_logged_in, list, observations, refuses, List, Listed, Malformed, AUTHORISED,
        MONITORING_REPORTED,
    },
};
use registry_primitives::{
    calendar,
    itmo::{Facts, Observation, PlatformProject},
};
use serde_json::{json, Value};

fn listed() -> Listed {
    Listed { id: text("p-1001"), company: Some("Lagoon Light Cooperative".into()) }
}

fn project(steps: Value) -> Value {
    json!({
        "id": "p-1001",
        "name": "Solar mini-grids, outer islands",
        "sector": "energy-distribution",
        "country": { "name": "Vanuatu" },
        "createdAt": "2026-02-11T08:30:00.000Z",
        "steps": steps,
    })
}

fn authorisation() -> Value {
    json!({ "name": AUTHORISED, "status": "completed", "files": [], "iterations": [] })
}

fn monitoring(iterations: Value) -> Value {
    json!({ "name": "Monitoring", "status": "not-started", "iterations": iterations })
}

fn contents(name: &str) -> Value {
    json!({ "contents": [{ "name": "Upload Draft Monitoring Report" }, { "name": name }] })
}

fn read(project: &Value) -> Result<Vec<Observation>, Malformed> {
    observations(&listed(), project.to_string().as_bytes())
}

fn read_facts(project: &Value) -> Result<PlatformProject, Malformed> {
    match &read(project)?[0].facts {
        Facts::ProjectAuthorised(facts) => Ok(facts.clone()),
        Facts::MonitoringReported => panic!("it has been authorised"),
    }
}

/// A project that was authorised, with one field changed.
fn with(field: &str, value: Value) -> Value {
    let mut project = project(json!([authorisation()]));
    project[field] = value;
    project
}

fn events(project: &Value) -> Vec<&'static str> {
    let observed = read(project).unwrap();
    observed.iter().map(|each| each.facts.event().as_str()).collect()
}

#[test]
fn a_login_worked_if_the_body_says_so() {
    assert_eq!(is_logged_in(br#"{"statusCode":200}"#), Ok(true));
    assert_eq!(is_logged_in(br#"{"statusCode":403,"message":"no"}"#), Ok(false));
    assert_eq!(is_logged_in(br#"{"statusCode":"200"}"#), Ok(false));
    assert_eq!(is_logged_in(b"{}"), Ok(false));
    assert_eq!(is_logged_in(b"<html>"), Err(Malformed));
}

#[test]
fn any_answer_may_refuse() {
    for refusal in [
        r#"{"statusCode":401}"#,
        r#"{"message":"no","statusCode":403,"data":[]}"#,
        r#"{"id":"p-1","statusCode":401,"steps":[]}"#,
    ] {
        assert!(refuses(refusal.as_bytes()), "{refusal}");
    }
    for other in [
        r#"{"statusCode":200,"data":[{"statusCode":401}]}"#,
        r#"{"statusCode":"401"}"#,
        r#"{"statusCode":null}"#,
        r#"{"statusCode":401"#,
        "{}",
        "[]",
        "",
    ] {
        assert!(!refuses(other.as_bytes()), "{other}");
    }
}

#[test]
fn the_list_is_read_in_one_order_and_each_project_once() {
    let body = json!({ "statusCode": 200, "data": [
        { "id": "p-2", "company": "Île Verte SARL", "createdBy": "u-80" },
        { "id": "p-1" },
        { "id": 7, "company": null },
        { "id": "p-1", "company": "Lagoon" },
    ]});
    let list = list(body.to_string().as_bytes()).unwrap();
    let projects: Vec<_> =
        list.projects.iter().map(|each| (each.id.to_text(), each.company.as_deref())).collect();
    let expected = [
        ("7".into(), None),
        ("p-1".into(), Some("Lagoon")),
        ("p-2".into(), Some("Île Verte SARL")),
    ];
    assert_eq!(projects, expected);
    assert_eq!(list.unreadable, 0);
}

#[test]
fn an_entry_without_identifier_harms_no_other() {
    let long = "x".repeat(65);
    let body = json!({ "data": [
        null, 3, "p-9", {}, { "id": null }, { "id": "" }, { "id": " p" }, { "id": long },
        { "id": -1 }, { "id": ["p"] }, { "id": "p-1" },
    ]});
    let list = list(body.to_string().as_bytes()).unwrap();
    assert_eq!(list.projects.len(), 1);
    assert_eq!(list.unreadable, 10);
}

#[test]
fn an_empty_list_is_one_and_no_list_is_none() {
    assert_eq!(list(br#"{"data":[]}"#).unwrap().projects, []);
    for bad in
        ["", "null", "[]", "{}", r#"{"data":null}"#, r#"{"data":{}}"#, r#"{"data":[{"id":"p"#]
    {
        assert_eq!(list(bad.as_bytes()), Err(Malformed), "{bad}");
    }
}

#[test]
fn ten_thousand_projects_are_a_list() {
    let entries: Vec<_> = (0..10_000).map(|n| json!({ "id": format!("p-{n}") })).collect();
    let body = json!({ "data": entries }).to_string();
    assert_eq!(list(body.as_bytes()).unwrap().projects.len(), 10_000);
}

#[test]
fn a_long_list_of_nothing_is_one_of_nothing() {
    let zeros = format!(r#"{{"data":[{}0]}}"#, "0,".repeat(2_000_000));
    let nothing = List { projects: vec![], unreadable: 2_000_001 };
    assert_eq!(list(zeros.as_bytes()), Ok(nothing));
    let deep = format!(r#"{{"data":{}"#, "[".repeat(1_000_000));
    for bad in [deep.into_bytes(), vec![0; 4 * 1024 * 1024]] {
        assert_eq!(list(&bad), Err(Malformed));
    }
}

#[test]
fn the_two_events_are_seen_by_their_names() {
    let none = project(json!([{ "name": "Validation Report", "status": "completed" }]));
    assert_eq!(events(&none), [""; 0]);
    assert_eq!(events(&project(json!([authorisation()]))), ["project_authorised"]);
    let report = monitoring(json!([[contents(MONITORING_REPORTED)]]));
    assert_eq!(
        events(&project(json!([authorisation(), report]))),
        ["project_authorised", "monitoring_reported"]
    );
}

#[test]
fn steps_in_another_order_or_repeated_are_the_same() {
    let report = monitoring(json!([[contents(MONITORING_REPORTED)]]));
    let regular = read(&project(json!([authorisation(), report])));
    assert_eq!(read(&project(json!([report, authorisation()]))), regular);
    assert_eq!(read(&project(json!([report, authorisation(), report, authorisation()]))), regular);
}

#[test]
fn a_report_before_the_authorisation_is_seen() {
    let report = monitoring(json!([[contents(MONITORING_REPORTED)]]));
    assert_eq!(events(&project(json!([report]))), ["monitoring_reported"]);
}

#[test]
fn iterations_are_null_flat_or_nested() {
    let seen = |iterations| events(&project(json!([monitoring(iterations)])));
    let (final_report, draft) = (contents(MONITORING_REPORTED), contents("Upload Other"));
    for without in [json!(null), json!([]), json!([[]]), json!(7), json!([[draft]])] {
        assert_eq!(seen(without), [""; 0]);
    }
    for with in [
        json!([final_report]),
        json!([[draft], [draft, final_report]]),
        json!([[[final_report]]]),
        json!(final_report),
    ] {
        assert_eq!(seen(with), ["monitoring_reported"]);
    }
    let mut deep = final_report.clone();
    for _ in 0..17 {
        deep = json!([deep]);
    }
    assert_eq!(seen(deep), [""; 0], "deeper than anything that was ever seen");
}

#[test]
fn a_step_that_is_not_completed_does_not_count() {
    let with_status = |status: Value| {
        let mut step = authorisation();
        step["status"] = status;
        events(&project(json!([step]))).len()
    };
    assert_eq!(with_status(json!("completed")), 1);
    assert_eq!(with_status(json!(null)), 1, "the name alone says it");
    for status in [json!("in-progress"), json!("not-started"), json!(1)] {
        assert_eq!(with_status(status), 0);
    }
}

#[test]
fn the_name_of_a_step_is_exact() {
    for name in [AUTHORISED.to_lowercase(), format!("{AUTHORISED} "), AUTHORISED[5..].into()] {
        assert_eq!(events(&project(json!([{ "name": name, "status": "completed" }]))), [""; 0]);
    }
}

#[test]
fn facts_are_those_of_the_project() {
    let expected = PlatformProject {
        title: text("Solar mini-grids, outer islands"),
        company: text("Lagoon Light Cooperative"),
        sector: Some(text("energy-distribution")),
        country: Some(text("Vanuatu")),
        created_at: calendar::parse("2026-02-11T08:30:00Z").unwrap(),
        materials: Default::default(),
    };
    assert_eq!(read_facts(&project(json!([authorisation()]))), Ok(expected));
}

/// The row "Project Materials: Files" of the reference's table.
#[test]
fn materials_are_the_files_of_the_authorisation() {
    let of = |files: Value| {
        let step = json!({ "name": AUTHORISED, "status": "completed", "files": files });
        let other = json!({ "name": "Validation Report", "files": ["https://a.example/other"] });
        let facts = read_facts(&project(json!([other, step]))).unwrap();
        assert!(Facts::ProjectAuthorised(facts.clone()).are_valid());
        facts.materials.iter().map(|each| each.to_text()).collect::<Vec<_>>()
    };
    let (dd, report) = ("https://a.example/dd.pdf", "https://a.example/rapport-é.pdf");
    assert_eq!(of(json!([report, dd, report])), [dd, report], "in order, each once");
    for nothing in [json!(null), json!([]), json!("x"), json!({ "a": dd })] {
        assert!(of(nothing).is_empty());
    }
    // What cannot be opened, or should not be.
    let long = format!("https://a.example/{}", "x".repeat(256));
    let hostile = json!(["javascript:alert(1)", "https://a.example/ b", "dd.pdf", 1, null, long]);
    assert!(of(hostile).is_empty());
    let many: Vec<_> = (10..30).map(|n| format!("https://a.example/{n}")).collect();
    assert_eq!(of(json!(many)), many[..8]);
}

#[test]
fn an_address_is_the_same_whoever_asks() {
    let of = |files: Value| {
        let step = json!({ "name": AUTHORISED, "status": "completed", "files": files });
        let facts = read_facts(&project(json!([step]))).unwrap();
        facts.materials.iter().map(|each| each.to_text()).collect::<Vec<_>>()
    };
    let dd = "https://a.example/dd.pdf";
    for signed in [
        format!("{dd}?X-Amz-Date=20260211T083000Z&X-Amz-Signature=7f3a"),
        format!("{dd}?X-Amz-Signature={}", "7f3a".repeat(256)),
        format!("{dd}#page=2"),
        format!("{dd}#page=2?x"),
        format!("{dd}?"),
    ] {
        assert_eq!(of(json!([signed, format!("{dd}?another"), dd])), [dd], "{signed}");
    }
    assert!(of(json!(["?https://a.example/dd.pdf", "#", "a?https://a.example"])).is_empty());
}

#[test]
fn texts_are_tidied() {
    let facts =
        read_facts(&with("name", json!(" Île\u{202e} Verte\n\u{200b}  بالطاقة 🌋 "))).unwrap();
    assert_eq!(facts.title, text("Île Verte بالطاقة 🌋"));
    assert!(Facts::ProjectAuthorised(facts).are_valid());
}

#[test]
fn a_long_title_is_cut_and_a_long_company_is_not() {
    let facts = read_facts(&with("name", json!("é".repeat(10_000)))).unwrap();
    assert_eq!(facts.title.to_text(), "é".repeat(128));
    let mut listed = listed();
    listed.company = Some("x".repeat(129));
    let body = project(json!([authorisation()])).to_string();
    assert_eq!(observations(&listed, body.as_bytes()), Err(Malformed));
}

#[test]
fn sector_and_country_may_be_missing() {
    for nothing in [json!(null), json!(""), json!("  ")] {
        assert_eq!(read_facts(&with("sector", nothing.clone())).unwrap().sector, None);
        assert_eq!(read_facts(&with("country", nothing.clone())).unwrap().country, None);
        let unnamed = json!({ "name": nothing });
        assert_eq!(read_facts(&with("country", unnamed)).unwrap().country, None);
    }
    assert_eq!(read_facts(&with("country", json!("Tonga"))).unwrap().country, Some(text("Tonga")));
    for bad in [json!(3), json!(["energy"]), json!("x".repeat(200))] {
        assert_eq!(read_facts(&with("sector", bad.clone())), Err(Malformed));
        assert_eq!(read_facts(&with("country", bad)), Err(Malformed));
    }
}

#[test]
fn the_company_of_the_project_serves_if_the_list_has_none() {
    let mut listed = listed();
    listed.company = None;
    let body = with("company", json!("Tanna Wind")).to_string();
    let observed = observations(&listed, body.as_bytes()).unwrap();
    assert!(matches!(&observed[0].facts, Facts::ProjectAuthorised(facts)
        if facts.company == text("Tanna Wind")));
    let body = project(json!([authorisation()])).to_string();
    assert_eq!(observations(&listed, body.as_bytes()), Err(Malformed));
}

#[test]
fn a_project_without_what_is_mandatory_is_malformed() {
    for (field, values) in [
        ("name", vec![json!(null), json!(""), json!("\u{200b}"), json!(3)]),
        ("createdAt", vec![json!(null), json!("soon"), json!(0), json!("1066-10-14")]),
        ("id", vec![json!(null), json!("p-1002"), json!("")]),
        ("steps", vec![json!("none"), json!({})]),
    ] {
        for value in values {
            assert_eq!(read(&with(field, value.clone())), Err(Malformed), "{field}: {value}");
        }
    }
    for body in ["", "null", "[]", r#"{"id":"p-1001","steps":[{"na"#] {
        assert_eq!(observations(&listed(), body.as_bytes()), Err(Malformed), "{body}");
    }
    let deep = format!(r#"{{"id":"p-1001","x":{}1{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(observations(&listed(), deep.as_bytes()), Err(Malformed));
}

#[test]
fn a_project_without_steps_has_no_events() {
    assert_eq!(events(&with("steps", json!(null))), [""; 0]);
    assert_eq!(events(&with("steps", json!([]))), [""; 0]);
    assert_eq!(events(&with("steps", json!([null, 3, "step"]))), [""; 0]);
}
