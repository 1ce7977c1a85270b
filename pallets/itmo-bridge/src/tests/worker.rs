// SPDX-License-Identifier: Apache-2.0
//! The worker on an operator's node, against a platform that works and one that does not.

use crate::{
    mock::*,
    platform::{
        contract::{AUTHORISED, MONITORING_REPORTED},
        ACCESS_KEY,
    },
    BridgeSignature, Call, Outcome, Records,
};
use frame_support::{assert_ok, traits::Hooks};
use registry_primitives::itmo::{Facts, Observation, Progress, ReadFailure, Report, MAX_PER_ROUND};
use serde_json::{json, Value};
use sp_runtime::{generic::Preamble, offchain::storage::StorageValueRef};

const A: u64 = OPERATOR;
const D: u64 = OPERATOR + OPERATORS - 1;

fn authorisation() -> Value {
    json!({ "name": AUTHORISED, "status": "completed", "files": [], "iterations": [] })
}

fn final_report() -> Value {
    let contents = json!([{ "name": MONITORING_REPORTED }]);
    json!({ "name": "Monitoring", "status": "in-progress", "iterations": [[{ "contents": contents }]] })
}

fn with_a_project(site: &Site) {
    site.put("p-1", "Lagoon Light Cooperative", json!([authorisation()]));
}

/// The worker runs after this block; what it handed in, as it would be in the next.
fn work(site: &Site) -> Vec<Report> {
    Bridge::offchain_worker(System::block_number());
    let mut reports = Vec::new();
    for transaction in site.submitted() {
        assert!(matches!(transaction.preamble, Preamble::General(..)));
        if let RuntimeCall::Bridge(Call::observe { operator, report, signature }) =
            transaction.function
        {
            assert_eq!(operator, A);
            let _: &BridgeSignature = &signature;
            reports.push(report);
        }
    }
    reports
}

/// The same, and the next block takes it.
fn work_and_apply(site: &Site) -> Vec<Report> {
    Bridge::offchain_worker(System::block_number());
    let mut reports = Vec::new();
    for transaction in site.submitted() {
        if let RuntimeCall::Bridge(Call::observe { report, .. }) = &transaction.function {
            reports.push(report.clone());
        }
        assert_eq!(apply(transaction.function), Ok(()));
    }
    next_block();
    reports
}

/// Blocks until the operator has read all, or so many; the last report.
fn read_all(site: &Site) -> Report {
    let mut last = None;
    for _ in 0..200 {
        last = work_and_apply(site).pop().or(last);
        if let Some(Report { progress: Progress::Complete { .. }, .. }) = last {
            break;
        }
        site.wait(3);
    }
    last.expect("it reports")
}

/// The first failure that is reported.
fn failure(reports: &[Report]) -> Option<ReadFailure> {
    reports.iter().find_map(|report| match report.progress {
        Progress::Failed(failure) => Some(failure),
        _ => None,
    })
}

/// The platform fails like this at the first attempt, and works at the second.
fn fails_then_works(path: &str, fault: Fault, expected: ReadFailure, rest: u64) {
    run_with(|site| {
        with_a_project(site);
        site.fault(path, fault);
        let reports = work_and_apply(site);
        assert_eq!(failure(&reports), Some(expected), "{path}");
        assert_eq!(Records::<Test>::get(A).failure, Some(expected));
        site.asked();
        site.wait(rest - 1);
        assert_eq!(work_and_apply(site), []);
        assert_eq!(site.asked(), [""; 0], "it rests");
        site.wait(1);
        let last = read_all(site);
        assert_eq!(last.observations.to_vec(), [authorised("p-1")]);
        assert_eq!(last.progress, COMPLETE);
        assert_eq!(Records::<Test>::get(A).failure, None);
    });
}

#[test]
fn it_logs_in_lists_reads_and_reports() {
    run_with(|site| {
        with_a_project(site);
        let reports = work(site);
        assert_eq!(site.asked(), ["POST auth/login", "GET me/projects", "GET me/projects/p-1"]);
        let expected = Report {
            round: 1,
            part: 0,
            observations: vec![authorised("p-1")].try_into().unwrap(),
            progress: COMPLETE,
        };
        assert_eq!(reports, [expected]);
    });
}

#[test]
fn the_happy_path_over_time() {
    run_with(|site| {
        // t0: nothing; t1: listed; t2: authorised there; t3: authorised here; t4: reported.
        let seen = |site: &Site| {
            let observed = read_all(site).observations;
            for operator in A + 1..D {
                hand_in(operator, &observed, COMPLETE);
            }
            let count = observed.len();
            next_round();
            count
        };
        assert_eq!(seen(site), 0);
        site.put("p-1", "Lagoon Light Cooperative", json!([{ "name": "Validation Report" }]));
        assert_eq!(seen(site), 0);
        with_a_project(site);
        assert_eq!(seen(site), 1);
        Stages::insert(1, Stage::Authorised);
        assert_eq!(seen(site), 0, "what is settled is not reported again");
        site.put("p-1", "Renamed Ltd", json!([final_report(), authorisation()]));
        assert_eq!(seen(site), 1);
        assert_eq!(Issued::get(1).unwrap().len(), 1);
        site.remove("p-1");
        assert_eq!(seen(site), 0);
        assert_eq!(outcome(&authorised("p-1")), Some(Outcome::Done(1)));
        assert_eq!(outcome(&reported("p-1")), Some(Outcome::Done(1)));
        assert_eq!(Projects::iter().count(), 1);
    });
}

#[test]
fn settled_projects_are_not_even_asked_for() {
    run_with(|site| {
        site.put("p-1", "Lagoon Light Cooperative", json!([final_report(), authorisation()]));
        all_see(A + 1..D + 1, &authorised("p-1"));
        all_see(A + 1..D + 1, &reported("p-1"));
        assert_eq!(work(site)[0].progress, COMPLETE);
        assert_eq!(site.asked(), ["POST auth/login", "GET me/projects"]);
    });
}

#[test]
fn it_works_only_on_an_operators_node_in_a_round() {
    run_with(|site| {
        with_a_project(site);
        assert_ok!(Bridge::remove_operator(RuntimeOrigin::root(), A, text("moved")));
        assert_eq!(work(site), []);
        // Listed again, it waits for the next round; then it has another key than this node.
        assert_ok!(Bridge::add_operator(RuntimeOrigin::root(), A, key(77)));
        next_round();
        assert_eq!(work(site), []);
        end_round();
        assert_eq!(work(site), []);
        assert_eq!(site.asked(), [""; 0]);
    });
}

#[test]
fn a_paused_bridge_reads_nothing() {
    run_with(|site| {
        assert_ok!(Bridge::pause(signed(OFFICER), text("moved")));
        assert_eq!(work(site), []);
        assert_eq!(site.asked(), [""; 0]);
    });
}

#[test]
fn without_configuration_it_says_so() {
    run_with(|site| {
        let mut access = StorageValueRef::persistent(ACCESS_KEY);
        access.clear();
        assert_eq!(failure(&work_and_apply(site)), Some(ReadFailure::NotConfigured));
        assert_eq!(site.asked(), [""; 0]);
    });
}

#[test]
fn a_token_that_expires_before_the_list_is_renewed() {
    run_with(|site| {
        with_a_project(site);
        site.fault("me/projects", Fault::Silence);
        work_and_apply(site);
        site.expire();
        site.wait(30);
        assert_eq!(read_all(site).observations.to_vec(), [authorised("p-1")]);
        let logins = site.asked().iter().filter(|asked| asked.contains("login")).count();
        assert_eq!(logins, 2);
    });
}

#[test]
fn a_token_that_expires_between_projects_is_renewed() {
    run_with(|site| {
        for n in 0..20 {
            site.put(&format!("p-{n}"), "Lagoon Light Cooperative", json!([]));
        }
        assert_eq!(work_and_apply(site), [], "sixteen are read at once");
        site.expire();
        assert_eq!(work_and_apply(site)[0].progress, COMPLETE);
        let logins = site.asked().iter().filter(|asked| asked.contains("login")).count();
        assert_eq!(logins, 2);
    });
}

#[test]
fn a_refusal_inside_an_answer_of_200_is_one() {
    let body = br#"{"statusCode":403,"message":"no"}"#.to_vec();
    fails_then_works("auth/login", Fault::Body(body), ReadFailure::Refused, 30);
}

#[test]
fn a_login_of_status_401_is_refused() {
    fails_then_works("auth/login", Fault::Status(401, None), ReadFailure::Refused, 30);
}

#[test]
fn a_login_without_a_token_is_none() {
    fails_then_works("auth/login", Fault::NoToken, ReadFailure::Malformed, 30);
}

#[test]
fn a_login_that_is_no_json_is_none() {
    fails_then_works("auth/login", Fault::Body(b"<html>".to_vec()), ReadFailure::Malformed, 30);
}

#[test]
fn who_is_told_to_wait_waits() {
    fails_then_works("me/projects", Fault::Status(429, Some(90)), ReadFailure::Busy, 90);
    fails_then_works("me/projects", Fault::Status(429, None), ReadFailure::Busy, 30);
    fails_then_works("me/projects", Fault::Status(503, Some(45)), ReadFailure::ServerError, 45);
    fails_then_works("me/projects/p-1", Fault::Status(429, Some(40)), ReadFailure::Busy, 40);
}

#[test]
fn nobody_is_made_to_wait_for_ever() {
    fails_then_works("me/projects", Fault::Status(429, Some(u32::MAX)), ReadFailure::Busy, 600);
}

#[test]
fn a_list_that_fails_is_read_later() {
    let truncated = br#"{"statusCode":200,"data":[{"id":"p-1"#.to_vec();
    for (fault, expected) in [
        (Fault::Status(500, None), ReadFailure::ServerError),
        (Fault::Status(302, None), ReadFailure::Malformed),
        (Fault::Silence, ReadFailure::Unreachable),
        (Fault::Broken, ReadFailure::Unreachable),
        (Fault::Stops, ReadFailure::Unreachable),
        (Fault::Body(truncated), ReadFailure::Malformed),
        (Fault::Body(br#"{"statusCode":200}"#.to_vec()), ReadFailure::Malformed),
        (Fault::Long(50_000_000), ReadFailure::TooLong),
    ] {
        fails_then_works("me/projects", fault, expected, 30);
    }
}

#[test]
fn of_fifty_megabytes_only_four_are_read() {
    run_with(|site| {
        site.fault("me/projects", Fault::Long(50_000_000));
        work(site);
        let read = site.longest_read();
        assert!(read > 4_000_000 && read < 5_000_000, "{read}");
    });
}

#[test]
fn one_projects_failure_harms_no_other() {
    for fault in [
        Fault::Status(500, None),
        Fault::Status(404, None),
        Fault::Silence,
        Fault::Broken,
        Fault::Stops,
        Fault::Long(1_000_000),
        Fault::Body(b"{".to_vec()),
        Fault::Body(br#"{"id":"another"}"#.to_vec()),
        Fault::Body(br#"{"id":"bad","steps":7}"#.to_vec()),
    ] {
        run_with(|site| {
            with_a_project(site);
            site.put("bad", "Bad Ltd", json!([authorisation()]));
            site.fault("me/projects/bad", fault.clone());
            let last = read_all(site);
            assert_eq!(last.observations.to_vec(), [authorised("p-1")], "{fault:?}");
            let expected = Progress::Complete { unreadable: 1, more: false };
            assert_eq!(last.progress, expected, "{fault:?}");
        });
    }
}

#[test]
fn one_project_that_is_refused_harms_no_other() {
    run_with(|site| {
        with_a_project(site);
        site.put("bad", "Bad Ltd", json!([authorisation()]));
        site.faults("me/projects/bad", &[Fault::Status(403, None), Fault::Status(403, None)]);
        let last = read_all(site);
        assert_eq!(last.observations.to_vec(), [authorised("p-1")]);
        assert_eq!(last.progress, Progress::Complete { unreadable: 1, more: false });
    });
}

#[test]
fn when_all_projects_fail_it_tries_again_and_then_gives_up() {
    run_with(|site| {
        for n in 0..8 {
            let id = format!("p-{n}");
            site.put(&id, "Lagoon Light Cooperative", json!([authorisation()]));
            site.faults(&format!("me/projects/{id}"), &vec![Fault::Silence; 20]);
        }
        let mut failures = 0;
        let last = loop {
            let reports = work_and_apply(site);
            failures += u32::from(failure(&reports).is_some());
            if let Some(Report { progress: Progress::Complete { unreadable, .. }, .. }) =
                reports.last()
            {
                break *unreadable;
            }
            site.wait(60);
        };
        assert_eq!(failures, 1, "said once");
        assert_eq!(last, 8);
    });
}

#[test]
fn an_outage_of_some_projects_loses_none() {
    run_with(|site| {
        for n in 0..8 {
            let id = format!("p-{n}");
            site.put(&id, "Lagoon Light Cooperative", json!([authorisation()]));
            site.fault(&format!("me/projects/{id}"), Fault::Silence);
        }
        work_and_apply(site);
        let mut seen = std::collections::BTreeSet::new();
        let mut unreadable = None;
        for _ in 0..100 {
            site.wait(60);
            for report in work_and_apply(site) {
                seen.extend(report.observations.iter().map(|each| each.project.to_text()));
                if let Progress::Complete { unreadable: count, .. } = report.progress {
                    unreadable = Some(count);
                }
            }
        }
        // Three were tried again after the first rest, and three of the others after the second.
        assert_eq!(seen.len() as u32 + unreadable.unwrap(), 8);
        assert!(seen.len() >= 6, "{seen:?}");
    });
}

#[test]
fn rests_become_longer() {
    run_with(|site| {
        site.faults("auth/login", &vec![Fault::Broken; 20]);
        let mut rests = Vec::new();
        let mut rest = 0;
        while rests.len() < 7 {
            work_and_apply(site);
            match site.asked().is_empty() {
                true => rest += 30,
                false => {
                    rests.push(rest);
                    rest = 30;
                }
            }
            site.wait(30);
        }
        assert_eq!(rests, [0, 30, 60, 120, 240, 480, 480]);
    });
}

#[test]
fn what_is_not_in_a_block_is_sent_again() {
    run_with(|site| {
        with_a_project(site);
        let first = work(site);
        next_block();
        site.wait(29);
        assert_eq!(work(site), []);
        site.wait(1);
        assert_eq!(work(site), first);
        assert_eq!(site.asked().len(), 3, "nothing is read again");
    });
}

#[test]
fn it_goes_on_where_it_was() {
    run_with(|site| {
        for n in 0..40 {
            site.put(&format!("p-{n}"), "Lagoon Light Cooperative", json!([]));
        }
        for expected in [2 + 16, 16, 8] {
            work_and_apply(site);
            assert_eq!(site.asked().len(), expected);
        }
        assert_eq!(Records::<Test>::get(A).last_round, 1);
    });
}

#[test]
fn many_observations_go_in_parts_and_many_more_in_the_next_round() {
    run_with(|site| {
        let count = MAX_PER_ROUND as usize + 30;
        for n in 0..count {
            site.put(&format!("p-{n}"), "Lagoon Light Cooperative", json!([authorisation()]));
        }
        let mut seen = std::collections::BTreeSet::new();
        for expected in [MAX_PER_ROUND as usize, 30] {
            let mut parts = Vec::new();
            for _ in 0..200 {
                parts.extend(work_and_apply(site));
                site.wait(3);
            }
            let found: Vec<Observation> =
                parts.iter().flat_map(|report| report.observations.to_vec()).collect();
            assert_eq!(found.len(), expected);
            let more = expected > 30;
            let last = parts.last().map(|report| report.progress);
            assert_eq!(last, Some(Progress::Complete { unreadable: 0, more }));
            seen.extend(found.iter().map(|each| each.project.to_text()));
            for operator in A + 1..D {
                for part in &parts {
                    hand_in(operator, &part.observations, part.progress);
                }
            }
            next_round();
        }
        assert_eq!(seen.len(), count);
        assert_eq!(Projects::iter().count(), count);
    });
}

#[test]
fn a_name_that_is_no_path_is_asked_for_as_one() {
    run_with(|site| {
        site.put("p/../é", "Lagoon Light Cooperative", json!([authorisation()]));
        let last = read_all(site);
        assert!(site.asked().contains(&"GET me/projects/p%2F..%2F%C3%A9".into()));
        assert_eq!(last.progress, Progress::Complete { unreadable: 1, more: false });
    });
}

#[test]
fn names_of_any_alphabet_arrive() {
    run_with(|site| {
        site.put("p-1", "Île Verte SARL مشروع 🌋", json!([authorisation()]));
        let last = read_all(site);
        let Facts::ProjectAuthorised(facts) = &last.observations[0].facts else { panic!() };
        assert_eq!(facts.company.to_text(), "Île Verte SARL مشروع 🌋");
    });
}

#[test]
fn credentials_are_never_printed() {
    let access = crate::platform::Access {
        endpoint: "https://platform.invalid/".into(),
        api_key: "secret-1".into(),
        email: "secret-2".into(),
        password: "secret-3".into(),
    };
    assert!(!format!("{access:?}").contains("secret"));
}
