// SPDX-License-Identifier: Apache-2.0
//! The contract, the timeline and the faults.

use super::*;
use axum::{body::to_bytes, http::Request};
use std::time::{Duration, Instant};
use tower::ServiceExt;

const AUTHORISED: &str =
    "ITMO-Design Document (DD) & Validation Report / Upload on National Public Registry";
const REPORTED: &str = "Upload Final Monitoring Report";

fn router() -> Router {
    let [api_key, email, password] = ["key", "registry@gov.invalid", "secret"].map(String::from);
    Platform::new(Account { api_key, email, password }, Timeline::bundled().unwrap()).router()
}

async fn ask(router: &Router, method: &str, path: &str, body: Value, token: &str) -> Response {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .header("x-api-key", "key")
        .header("authorization", token)
        .body(axum::body::Body::from(body.to_string()))
        .unwrap();
    router.clone().oneshot(request).await.unwrap()
}

async fn json_of(response: Response) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), 1 << 20).await.unwrap()).unwrap()
}

async fn log_in(router: &Router) -> String {
    let login = json!({ "email": "registry@gov.invalid", "password": "secret" });
    let response = ask(router, "POST", "/api/v1/auth/login", login, "").await;
    let token = response.headers()["x-token-id"].to_str().unwrap().to_owned();
    assert_eq!(json_of(response).await["statusCode"], 200);
    token
}

async fn get_json(router: &Router, token: &str, path: &str) -> Value {
    json_of(ask(router, "GET", &format!("/api/v1/{path}"), Value::Null, token).await).await
}

async fn control(router: &Router, method: &str, path: &str, body: Value) -> StatusCode {
    ask(router, method, &format!("/control/{path}"), body, "").await.status()
}

async fn order(router: &Router, path: &str, fault: Value) {
    let order = json!({ "path": path, "fault": fault });
    assert_eq!(control(router, "POST", "faults", order).await, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn who_logs_in_gets_a_token_in_a_header() {
    let router = router();
    let token = log_in(&router).await;
    let list = get_json(&router, &token, "me/projects").await;
    assert_eq!(list, json!({ "statusCode": 200, "data": [] }));
}

#[tokio::test]
async fn who_is_not_let_in_is_told_so_in_an_answer_of_200() {
    let router = router();
    let login = json!({ "email": "registry@gov.invalid", "password": "guess" });
    let response = ask(&router, "POST", "/api/v1/auth/login", login, "").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(!response.headers().contains_key("x-token-id"));
    assert_eq!(json_of(response).await["statusCode"], 403);
}

#[tokio::test]
async fn without_key_or_token_nothing_is_read() {
    let router = router();
    for token in ["", "token-1", "Bearer token-1"] {
        let response = ask(&router, "GET", "/api/v1/me/projects", Value::Null, token).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    }
    let token = log_in(&router).await;
    let request = Request::get("/api/v1/me/projects").header("authorization", token);
    let request = request.body(axum::body::Body::empty()).unwrap();
    assert_eq!(router.oneshot(request).await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn tokens_expire_when_told_to() {
    let router = router();
    let token = log_in(&router).await;
    control(&router, "POST", "expire", Value::Null).await;
    let response = ask(&router, "GET", "/api/v1/me/projects", Value::Null, &token).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let token = log_in(&router).await;
    assert_eq!(get_json(&router, &token, "me/projects").await["statusCode"], 200);
}

/// The projects that are authorised, and those whose final report is there, as the fixtures say it.
async fn events(router: &Router, token: &str) -> (Vec<String>, Vec<String>) {
    let (mut authorised, mut reported) = (Vec::new(), Vec::new());
    for entry in get_json(router, token, "me/projects").await["data"].as_array().unwrap() {
        let id = entry["id"].as_str().unwrap();
        assert!(entry["company"].is_string());
        let project = get_json(router, token, &format!("me/projects/{id}")).await;
        let steps = project["steps"].as_array().unwrap();
        if steps.iter().any(|step| step["name"] == AUTHORISED && step["status"] == "completed") {
            authorised.push(id.into());
        }
        if project["steps"].to_string().contains(REPORTED) {
            reported.push(id.into());
        }
    }
    (authorised, reported)
}

#[tokio::test]
async fn the_timeline_is_the_one_that_is_described() {
    let router = router();
    let token = log_in(&router).await;
    let expected: [(&[&str], &[&str]); 5] = [
        (&[], &[]),
        (&[], &[]),
        (&["p-1001", "p-1002"], &["p-1003"]),
        (&["p-1001", "p-1002", "p-1003"], &["p-1003"]),
        (&["p-1001", "p-1002", "p-1003"], &["p-1001", "p-1003"]),
    ];
    for (number, (authorised, reported)) in expected.into_iter().enumerate() {
        let moved = control(&router, "PUT", &format!("state/{number}"), Value::Null).await;
        assert_eq!(moved, StatusCode::NO_CONTENT);
        let found = events(&router, &token).await;
        assert_eq!(found.0, authorised, "t{number}");
        assert_eq!(found.1, reported, "t{number}");
    }
    assert_eq!(control(&router, "PUT", "state/5", Value::Null).await, StatusCode::NOT_FOUND);
    let state = json_of(ask(&router, "GET", "/control/state", Value::Null, "").await).await;
    assert_eq!(state, json!({ "state": LAST_STATE }));
}

#[tokio::test]
async fn projects_come_and_go() {
    let router = router();
    let token = log_in(&router).await;
    control(&router, "PUT", "state/4", Value::Null).await;
    let placed = json!({ "company": "Tanna Wind", "project": { "id": "x-1", "steps": [] } });
    control(&router, "PUT", "projects/x-1", placed).await;
    control(&router, "DELETE", "projects/p-1001", Value::Null).await;
    let list = get_json(&router, &token, "me/projects").await;
    let ids: Vec<_> = list["data"].as_array().unwrap().iter().map(|each| &each["id"]).collect();
    assert_eq!(ids, ["p-1002", "p-1003", "x-1"]);
    assert_eq!(get_json(&router, &token, "me/projects/x-1").await["id"], "x-1");
    assert_eq!(get_json(&router, &token, "me/projects/p-1001").await["statusCode"], 404);
}

#[tokio::test]
async fn a_fault_happens_once() {
    let router = router();
    let token = log_in(&router).await;
    order(&router, "me/projects", json!({ "status": { "code": 429, "retry_after": 90 } })).await;
    let response = ask(&router, "GET", "/api/v1/me/projects", Value::Null, &token).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["retry-after"], "90");
    assert_eq!(get_json(&router, &token, "me/projects").await["statusCode"], 200);
}

#[tokio::test]
async fn faults_are_forgotten() {
    let router = router();
    let token = log_in(&router).await;
    let order =
        json!({ "path": "me/projects", "fault": { "status": { "code": 500 } }, "times": 9 });
    control(&router, "POST", "faults", order).await;
    control(&router, "DELETE", "faults", Value::Null).await;
    assert_eq!(get_json(&router, &token, "me/projects").await["statusCode"], 200);
}

#[tokio::test]
async fn bodies_are_other_truncated_broken_or_huge() {
    let router = router();
    let token = log_in(&router).await;
    let whole = get_json(&router, &token, "me/projects").await.to_string();
    let ask = || ask(&router, "GET", "/api/v1/me/projects", Value::Null, &token);

    order(&router, "me/projects", json!({ "body": "<html>" })).await;
    assert_eq!(to_bytes(ask().await.into_body(), 100).await.unwrap(), "<html>");
    order(&router, "me/projects", json!("truncated")).await;
    let half = to_bytes(ask().await.into_body(), 100).await.unwrap();
    assert!(half.len() < whole.len() && whole.as_bytes().starts_with(&half));
    order(&router, "me/projects", json!("broken")).await;
    assert!(to_bytes(ask().await.into_body(), 100).await.is_err());
    order(&router, "me/projects", json!({ "huge": 50_000_000 })).await;
    let huge = to_bytes(ask().await.into_body(), 60_000_000).await.unwrap();
    assert!(huge.len() > 50_000_000 && huge.ends_with(whole.as_bytes()));
}

#[tokio::test]
async fn a_login_without_a_token() {
    let router = router();
    order(&router, "auth/login", json!("no_token")).await;
    let login = json!({ "email": "registry@gov.invalid", "password": "secret" });
    let response = ask(&router, "POST", "/api/v1/auth/login", login, "").await;
    assert!(!response.headers().contains_key("x-token-id"));
    assert_eq!(json_of(response).await["statusCode"], 200);
}

#[tokio::test]
async fn answers_are_slow_from_the_start_or_all_along() {
    let router = router();
    let token = log_in(&router).await;
    for fault in [json!({ "slow": 60 }), json!({ "drip": 2 })] {
        order(&router, "me/projects", fault).await;
        let start = Instant::now();
        assert_eq!(get_json(&router, &token, "me/projects").await["statusCode"], 200);
        assert!(start.elapsed() >= Duration::from_millis(50));
    }
}

#[tokio::test]
async fn what_was_asked_is_remembered() {
    let router = router();
    let token = log_in(&router).await;
    get_json(&router, &token, "me/projects").await;
    get_json(&router, &token, "me/projects/p%2F1").await;
    let log = json_of(ask(&router, "GET", "/control/log", Value::Null, "").await).await;
    assert_eq!(log, json!(["POST auth/login", "GET me/projects", "GET me/projects/p/1"]));
}

#[tokio::test]
async fn an_order_that_is_not_understood_is_refused() {
    let router = router();
    for bad in [
        json!({}),
        json!({ "path": "x", "fault": "explodes" }),
        json!({ "path": "x", "fault": "no_token", "tims": 2 }),
    ] {
        let status = control(&router, "POST", "faults", bad).await;
        assert!(status.is_client_error(), "{status}");
    }
}
