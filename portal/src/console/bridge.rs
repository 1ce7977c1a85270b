// SPDX-License-Identifier: Apache-2.0
//! The bridge to the ITMO platform, for the Government: what waits for it, who reads the platform,
//! and how the bridge works.

use super::{
    own::{link, table, Sheet},
    Officer,
};
use crate::{
    access::Organisation,
    bridge::{
        cases::{self, BridgeCase},
        Bridge, BridgeOperator,
    },
    db::Reader,
    page::{foreign, text, Layout},
    problem::{Message, Problem},
    server::App,
};
use axum::{extract::State, http::Uri, response::Response};

/// Cases on the page; the list has the rest.
const CASES: i64 = 100;

/// `/console/bridge`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Officer(caller): Officer,
    mut reader: Reader,
) -> Result<Response, Problem> {
    if !caller.organisation.as_ref().is_some_and(Organisation::is_government) {
        return Err(Problem::forbidden(Message::new("problem.government_only")));
    }
    let mut sheet = Sheet::new(&uri, &caller, "bridge.title")?.at(&app, &reader, &uri);
    let bridge = Bridge::load(&mut reader).await?;
    let open = cases::open(&mut reader, CASES).await?;
    let l = &sheet.l;
    let (state, waiting) = (state(l, &bridge), waiting(l, &open));
    let (operators, rounds) = (operators(l, &bridge.operators), rounds(l, &bridge));
    let settings =
        link(l, "itmo_bridge.change_settings", &[]) + &link(l, "itmo_bridge.link_company", &[]);
    sheet.section("state", "bridge.state", Some("bridge.rounds_lead"), state);
    sheet.section("cases", "bridge.open_cases", Some("bridge.cases_lead"), waiting);
    sheet.section("operators", "bridge.operators", Some("bridge.operators_lead"), operators);
    sheet.section("rounds", "bridge.rounds", None, rounds);
    sheet.section("settings", "field.settings", None, settings);
    sheet.page()
}

/// Whether rounds are held, and what can be done about it.
fn state(l: &Layout, bridge: &Bridge) -> String {
    match &bridge.pause {
        Some(pause) => format!(
            "<p><strong>{}</strong> {} <span class=\"note\">{}</span></p>{}",
            text(l.t("bridge.paused")),
            foreign(&pause.reason),
            l.time(pause.since).0,
            link(l, "itmo_bridge.resume", &[])
        ),
        None => link(l, "itmo_bridge.request_round", &[]) + &link(l, "itmo_bridge.pause", &[]),
    }
}

/// The open cases, with each operator's hash and what can be done.
fn waiting(l: &Layout, open: &[BridgeCase]) -> String {
    let row = |case: &BridgeCase| {
        let seen = case.observations.iter().map(|seen| {
            let (operator, hash) = (l.code(&seen.operator).0, l.code(&seen.hash).0);
            format!("{operator}<br><span class=\"note\">{hash}</span><br>")
        });
        let refusal = case.error_code.as_ref().zip(case.error.as_ref());
        let refusal = refusal.map(|(code, sentence)| l.refusal(code, sentence).0);
        let query = [("case", case.id.to_string())];
        let dismiss = link(l, "itmo_bridge.dismiss_case", &query);
        // Only what was agreed on can be tried again; anything else needs another round.
        let act = match refusal {
            Some(_) => link(l, "itmo_bridge.retry_case", &query) + &dismiss,
            None => dismiss,
        };
        vec![
            format!("{}<br><span class=\"note\">{}</span>", l.n(case.id), l.time(case.opened_at).0),
            format!(
                "{}<br>{}",
                text(&l.label("bridge_event", &case.event)),
                l.id(&case.external_id).0
            ),
            format!(
                "{}<br>{}",
                text(&l.label("bridge_cause", &case.cause)),
                refusal.unwrap_or_default()
            ),
            seen.collect(),
            act,
        ]
    };
    let heads =
        ["bridge.case", "bridge.there", "bridge.cause", "bridge.observations", "bridge.to_do"];
    table(l, "bridge.cases_caption", &heads, open.iter().map(row).collect())
}

/// Who reads the platform, and when each last could.
fn operators(l: &Layout, operators: &[BridgeOperator]) -> String {
    let row = |it: &BridgeOperator| {
        let name = it.operator.as_ref().map(|name| foreign(name) + "<br>").unwrap_or_default();
        let last = it.last_success.map_or_else(|| "–".to_owned(), |at| l.time(at).0);
        let failure = it.failure.as_ref().map(|failure| text(&l.label("read_failure", failure)));
        vec![
            name + &l.code(&it.account).0,
            last,
            failure.unwrap_or_else(|| "–".to_owned()),
            l.n(it.silent),
            l.n(it.contradicted),
        ]
    };
    let heads = [
        "network.operator",
        "bridge.last_success",
        "bridge.troubles",
        "bridge.silent",
        "bridge.contradicted",
    ];
    table(l, "bridge.operators_caption", &heads, operators.iter().map(row).collect())
}

fn rounds(l: &Layout, bridge: &Bridge) -> String {
    let rows = bridge.rounds.iter().map(|round| {
        let closed = round.closed_at.map(|at| l.time(at).0);
        let troubles = round.troubles(l).into_iter().map(|(operator, words)| {
            let operator = l.code(operator).0;
            format!("{operator}<br><span class=\"note\">{}</span><br>", text(&words))
        });
        vec![
            format!(
                "{}<br><span class=\"note\">{}</span>",
                l.n(round.id),
                l.time(round.opened_at).0
            ),
            closed.unwrap_or_else(|| text(l.t("bridge.is_held"))),
            format!("{} / {}", round.complete.unwrap_or_default(), round.operators),
            troubles.collect(),
        ]
    });
    let heads = ["bridge.round", "bridge.closed", "bridge.complete", "bridge.troubles"];
    table(l, "bridge.rounds_caption", &heads, rows.collect())
}
