// SPDX-License-Identifier: Apache-2.0
//! The worker on an operator's node, against a platform that works and one that does not.

use crate::{
    mock::*,
    platform::{
        contract::{AUTHORISED, MONITORING_REPORTED},
        ACCESS_KEY,
    },
    worker::{LIST, LOCK, MEMORY},
    Ballots, BridgeSignature, Call, CurrentRound, Outcome, Reading, Records, Settled, Settlement,
};
use frame_support::{assert_ok, traits::Hooks};
use registry_primitives::itmo::{
    BridgeSettings, Facts, Observation, Progress, ReadFailure, Report, MAX_PER_ROUND,
};
use serde_json::{json, Value};
use sp_keystore::{testing::MemoryKeystore, KeystoreExt};
use sp_runtime::{
    generic::Preamble,
    offchain::{storage::StorageValueRef, Duration},
};
use std::collections::BTreeSet;

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

/// What it reports until it has read all, with so many seconds between blocks.
fn all_reports(site: &Site, seconds: u64) -> Vec<Report> {
    let mut all: Vec<Report> = Vec::new();
    for _ in 0..200 {
        all.extend(work_and_apply(site));
        if let Some(Report { progress: Progress::Complete { .. }, .. }) = all.last() {
            return all;
        }
        site.wait(seconds);
    }
    panic!("it never ends: {all:?}")
}

/// The projects that something was seen of.
fn projects_of(reports: &[Report]) -> BTreeSet<String> {
    let seen = reports.iter().flat_map(|report| report.observations.iter());
    seen.map(|each| each.project.to_text()).collect()
}

fn last_progress(reports: &[Report]) -> Option<Progress> {
    reports.last().map(|report| report.progress)
}

/// How often it has logged in since the last look.
fn logins(site: &Site) -> usize {
    site.asked().iter().filter(|asked| asked.contains("login")).count()
}

/// Rounds of ten blocks from now on; in the first of them.
fn short_rounds() {
    let settings = BridgeSettings { interval: 100, window: 10, ..crate::Settings::<Test>::get() };
    assert_ok!(Bridge::change_settings(signed(OFFICER), settings));
    next_round();
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
        strike_off(A);
        assert_eq!(work(site), []);
        // Listed again it waits for the next round, although this node has the key.
        assert_ok!(Bridge::add_operator(RuntimeOrigin::root(), A, key(A)));
        assert_eq!(work(site), []);
        assert_eq!(site.asked(), [""; 0]);
        next_round();
        assert_eq!(last_progress(&work(site)), Some(COMPLETE));
        site.asked();
        // Now another node has the key.
        relist(A, 77);
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
        assert_eq!(logins(site), 2);
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
        assert_eq!(logins(site), 2);
    });
}

fn refusal(code: u16) -> Fault {
    Fault::Body(json!({ "statusCode": code, "message": "no" }).to_string().into_bytes())
}

#[test]
fn a_token_that_an_answer_of_200_refuses_is_renewed() {
    for code in [401, 403] {
        for path in ["me/projects", "me/projects/p-1"] {
            run_with(|site| {
                with_a_project(site);
                site.fault(path, refusal(code));
                let reports = work(site);
                assert_eq!(reports[0].observations.to_vec(), [authorised("p-1")], "{code}: {path}");
                assert_eq!(last_progress(&reports), Some(COMPLETE), "{code}: {path}");
                assert_eq!(logins(site), 2, "{code}: {path}");
            });
        }
    }
}

#[test]
fn who_is_refused_again_with_a_new_token_is_refused() {
    for code in [401, 403] {
        run_with(|site| {
            with_a_project(site);
            site.faults("me/projects", &[refusal(code), refusal(code)]);
            assert_eq!(failure(&work_and_apply(site)), Some(ReadFailure::Refused));
            assert_eq!(logins(site), 2);
            site.wait(30);
            assert_eq!(read_all(site).observations.to_vec(), [authorised("p-1")]);
            assert_eq!(logins(site), 1);

            next_round();
            site.put("bad", "Bad Ltd", json!([authorisation()]));
            site.faults("me/projects/bad", &[refusal(code), refusal(code)]);
            let last = read_all(site);
            assert_eq!(last.observations.to_vec(), [authorised("p-1")]);
            assert_eq!(last.progress, Progress::Complete { unreadable: 1, more: false });
        });
    }
}

#[test]
fn a_login_that_an_answer_of_200_refuses_is_refused() {
    fails_then_works("auth/login", refusal(403), ReadFailure::Refused, 30);
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
        (Fault::Body(vec![0; 4 * 1024 * 1024]), ReadFailure::Malformed),
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
fn a_list_of_four_megabytes_of_zeros_is_one_of_nothing() {
    run_with(|site| {
        let zeros = format!(r#"{{"data":[{}0]}}"#, "0,".repeat(2_000_000));
        site.fault("me/projects", Fault::Body(zeros.into_bytes()));
        let expected = Progress::Complete { unreadable: 2_000_001, more: false };
        assert_eq!(last_progress(&work(site)), Some(expected));
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
fn one_project_that_is_busy_for_ever_harms_no_other() {
    run_with(|site| {
        with_a_project(site);
        site.put("bad", "Bad Ltd", json!([authorisation()]));
        site.faults("me/projects/bad", &vec![Fault::Status(429, None); 50]);
        let reports = all_reports(site, 60);
        assert_eq!(projects_of(&reports), BTreeSet::from(["p-1".to_string()]));
        let expected = Progress::Complete { unreadable: 1, more: false };
        assert_eq!(last_progress(&reports), Some(expected));
        let asked = site.asked();
        assert_eq!(asked.iter().filter(|asked| asked.ends_with("bad")).count(), 4);
    });
}

/// Nothing more can come of a project.
fn settle(project: &str) {
    for observation in [authorised(project), reported(project)] {
        let (hash, outcome) = (None, Outcome::Dismissed);
        let settlement = Settlement { hash, round: 1, at: 1, outcome };
        Settled::<Test>::insert(key_of(&observation), settlement);
    }
}

#[test]
fn an_outage_loses_none_wherever_a_settled_project_is() {
    for settled in 0..4 {
        run_with(|site| {
            for n in 0..4 {
                let id = format!("p-{n}");
                site.put(&id, "Lagoon Light Cooperative", json!([authorisation()]));
                site.fault(&format!("me/projects/{id}"), Fault::Silence);
            }
            settle(&format!("p-{settled}"));
            let reports = all_reports(site, 60);
            assert_eq!(failure(&reports), Some(ReadFailure::Unreachable));
            assert_eq!(projects_of(&reports).len(), 3, "without p-{settled}");
            assert_eq!(last_progress(&reports), Some(COMPLETE), "without p-{settled}");
        });
    }
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
        let mut seen = BTreeSet::new();
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
fn what_is_lost_of_what_it_knows_is_read_again() {
    for is_garbled in [false, true] {
        // The list is missed at the first look, and read at the second.
        for (key, expected) in [(MEMORY, vec![2 + 16, 16, 8]), (LIST, vec![0, 1 + 16, 16, 8])] {
            run_with(|site| {
                for n in 0..40 {
                    site.put(&format!("p-{n}"), "Lagoon Light Cooperative", json!([]));
                }
                work_and_apply(site);
                site.asked();
                let mut stored = StorageValueRef::persistent(key);
                match is_garbled {
                    true => stored.set(&u8::MAX),
                    false => stored.clear(),
                }
                for count in &expected {
                    work_and_apply(site);
                    assert_eq!(site.asked().len(), *count);
                }
                assert_eq!(Records::<Test>::get(A).last_round, 1);
            });
        }
    }
}

#[test]
fn who_loses_its_memory_goes_on_with_the_next_part_and_counts_once() {
    run_with(|site| {
        for n in 0..40 {
            site.put(&format!("p-{n}"), "Lagoon Light Cooperative", json!([authorisation()]));
        }
        assert_eq!(work_and_apply(site)[0].part, 0);
        StorageValueRef::persistent(MEMORY).clear();
        let reports = all_reports(site, 3);
        let parts: Vec<_> = reports.iter().map(|report| report.part).collect();
        assert_eq!(parts, [1, 2, 3]);
        assert_eq!(projects_of(&reports).len(), 40);
        assert_eq!(last_progress(&reports), Some(COMPLETE));
        assert_eq!(Reading::<Test>::get(A).unwrap().observations, 16 + 40);
        assert_eq!(Ballots::<Test>::count(), 40);
        assert!(Ballots::<Test>::iter_values().all(|ballot| ballot.len() == 1));
    });
}

#[test]
fn who_loses_its_memory_hands_in_no_more_than_there_is_room_for() {
    run_with(|site| {
        for n in 0..MAX_PER_ROUND {
            site.put(&format!("p-{n}"), "Lagoon Light Cooperative", json!([authorisation()]));
        }
        work_and_apply(site);
        StorageValueRef::persistent(MEMORY).clear();
        let reports = all_reports(site, 3);
        let expected = Progress::Complete { unreadable: 0, more: true };
        assert_eq!(last_progress(&reports), Some(expected));
        assert_eq!(Reading::<Test>::get(A).unwrap().observations, MAX_PER_ROUND);
    });
}

#[test]
fn a_forgotten_report_that_takes_the_number_of_another_costs_nothing() {
    run_with(|site| {
        with_a_project(site);
        site.fault("auth/login", Fault::Broken);
        Bridge::offchain_worker(System::block_number());
        let forgotten = site.submitted().remove(0).function;
        StorageValueRef::persistent(MEMORY).clear();
        assert_eq!(work(site)[0].observations.to_vec(), [authorised("p-1")]);
        assert_eq!(apply(forgotten), Ok(()));
        next_block();
        let reports = work_and_apply(site);
        assert_eq!((reports[0].part, reports[0].progress), (1, COMPLETE));
        assert_eq!(reports[0].observations.to_vec(), [authorised("p-1")]);
    });
}

#[test]
fn a_lock_that_a_killed_node_left_behind_expires() {
    run_with(|site| {
        with_a_project(site);
        let until = sp_io::offchain::timestamp().add(Duration::from_millis(120_000));
        StorageValueRef::persistent(LOCK).set(&until);
        site.wait(120);
        assert_eq!(work(site), []);
        assert_eq!(site.asked(), [""; 0]);
        site.wait(1);
        assert_eq!(last_progress(&work(site)), Some(COMPLETE));
        let lock = StorageValueRef::persistent(LOCK).get::<u64>();
        assert_eq!(lock, Ok(None), "it leaves none behind");
    });
}

#[test]
fn a_key_that_has_left_the_keystore_is_used_no_more() {
    let (mut externalities, site) = new_test_ext();
    externalities.execute_with(|| {
        configure(&site);
        next_block();
        with_a_project(&site);
        site.fault("me/projects", Fault::Silence);
        assert_eq!(failure(&work_and_apply(&site)), Some(ReadFailure::Unreachable));
        site.asked();
        site.wait(30);
    });
    externalities.register_extension(KeystoreExt::new(MemoryKeystore::new()));
    externalities.execute_with(|| {
        assert_eq!(work(&site), []);
        assert_eq!(site.asked(), [""; 0]);
    });
}

#[test]
fn before_a_round_ends_what_was_read_is_handed_in() {
    run_with(|site| {
        with_a_project(site);
        site.put("bad", "Bad Ltd", json!([authorisation()]));
        site.faults("me/projects/bad", &vec![Fault::Status(429, Some(600)); 9]);
        short_rounds();
        let reports = all_reports(site, 3);
        assert_eq!(failure(&reports), Some(ReadFailure::Busy));
        let expected = Progress::Complete { unreadable: 0, more: true };
        assert_eq!(last_progress(&reports), Some(expected));
        assert_eq!(round().closes_at - System::block_number(), 3);
    });
}

#[test]
fn who_has_no_list_never_says_that_it_has_read_all() {
    run_with(|site| {
        site.faults("me/projects", &vec![Fault::Silence; 9]);
        short_rounds();
        let mut reports = Vec::new();
        while CurrentRound::<Test>::exists() {
            reports.extend(work_and_apply(site));
            site.wait(3);
        }
        assert_eq!(last_progress(&reports), Some(Progress::Failed(ReadFailure::Unreachable)));
        assert_eq!((reports.len(), Records::<Test>::get(A).last_round), (1, 0));
    });
}

#[test]
fn of_ten_thousand_projects_every_round_takes_some() {
    run_with(|site| {
        let steps = json!([final_report(), authorisation()]);
        for n in 0..10_000 {
            site.put(&format!("p-{n}"), "Lagoon Light Cooperative", steps.clone());
        }
        short_rounds();
        let mut seen = BTreeSet::new();
        for number in 1..=3 {
            let reports = all_reports(site, 3);
            let expected = Progress::Complete { unreadable: 0, more: true };
            assert_eq!(last_progress(&reports), Some(expected));
            for operator in A + 1..D {
                for report in &reports {
                    hand_in(operator, &report.observations, report.progress);
                }
            }
            seen.extend(projects_of(&reports));
            // Seven full parts until its last call, two observations of each project.
            assert_eq!(seen.len(), number * 7 * 8);
            assert_eq!(Projects::iter_keys().count(), seen.len());
            let closes_at = round().closes_at;
            next_round();
            assert_eq!(round().opened_at, closes_at + 1, "it goes on at once");
        }
    });
}

#[test]
fn addresses_that_are_signed_anew_are_the_same() {
    run_with(|site| {
        let signed = |signature: u32| {
            let file = format!("https://files.invalid/dd.pdf?X-Amz-Signature={signature}");
            let step = json!({ "name": AUTHORISED, "status": "completed", "files": [file] });
            site.put("p-1", "Lagoon Light Cooperative", json!([step]));
        };
        signed(1);
        let reports = work(site);
        let Facts::ProjectAuthorised(facts) = &reports[0].observations[0].facts else { panic!() };
        assert_eq!(facts.materials.to_vec(), [text("https://files.invalid/dd.pdf")]);
        StorageValueRef::persistent(MEMORY).clear();
        signed(2);
        assert_eq!(work(site), reports);
    });
}

#[test]
fn many_observations_go_in_parts_and_many_more_in_the_next_round() {
    run_with(|site| {
        let count = MAX_PER_ROUND as usize + 30;
        for n in 0..count {
            site.put(&format!("p-{n}"), "Lagoon Light Cooperative", json!([authorisation()]));
        }
        let mut seen = BTreeSet::new();
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
