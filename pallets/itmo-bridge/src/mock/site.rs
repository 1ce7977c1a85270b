// SPDX-License-Identifier: Apache-2.0
//! The platform as the SDK's host functions show it to a worker: it answers by the contract, or with
//! the fault that a test asks for; and the pool that the worker hands its reports to.

use super::Extrinsic;
use codec::Decode;
use serde_json::{json, Value};
use sp_core::{
    offchain::{
        Externalities, HttpError, HttpRequestId, HttpRequestStatus, OpaqueNetworkState, Timestamp,
        TransactionPool,
    },
    OpaquePeerId,
};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

pub const ENDPOINT: &str = "https://platform.invalid/api/v1/";
pub const API_KEY: &str = "key-7f3a";
pub const EMAIL: &str = "registry@gov.invalid";
pub const PASSWORD: &str = "correct horse";

/// What an answer is instead of what it should be.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Another status, with `Retry-After` in seconds.
    Status(u16, Option<u32>),
    /// Another body.
    Body(Vec<u8>),
    /// No token.
    NoToken,
    /// No answer before the deadline.
    Silence,
    /// The connection breaks.
    Broken,
    /// The body stops in the middle.
    Stops,
    /// A body of so many bytes.
    Long(usize),
}

struct Answer {
    status: HttpRequestStatus,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    length: usize,
    stops: bool,
    read: usize,
}

#[derive(Default)]
struct Asked {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    answer: Option<Answer>,
}

#[derive(Default)]
struct State {
    clock: u64,
    /// Entries of the list, and the projects by identifier.
    list: Vec<Value>,
    projects: BTreeMap<String, Value>,
    /// Faults of the next answers, by path.
    faults: BTreeMap<String, VecDeque<Fault>>,
    /// Logins so far; the last token is the one that is valid.
    logins: u32,
    expired: bool,
    asked: Vec<Asked>,
    longest_read: usize,
    pool: Vec<Vec<u8>>,
}

#[derive(Clone, Default)]
pub struct Site(Arc<Mutex<State>>);

impl Site {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no test panics while it holds it")
    }

    pub fn start_clock(&self) {
        self.state().clock = 1_800_000_000_000;
    }

    pub fn wait(&self, seconds: u64) {
        self.state().clock += seconds * 1_000;
    }

    /// Puts a project on the platform, with these steps.
    pub fn put(&self, id: &str, company: &str, steps: Value) {
        let mut state = self.state();
        if state.projects.contains_key(id) {
            state.list.retain(|entry| entry["id"] != id);
        }
        state.list.push(json!({ "id": id, "company": company, "createdBy": "u-77" }));
        let project = json!({
            "id": id,
            "name": "Solar mini-grids",
            "sector": "energy-distribution",
            "country": { "name": "Vanuatu" },
            "createdAt": "2026-02-11T08:30:00.000Z",
            "environmentalAssessmentRegistrationNo": "EIA-2026-014",
            "steps": steps,
        });
        state.projects.insert(id.into(), project);
    }

    pub fn remove(&self, id: &str) {
        let mut state = self.state();
        state.list.retain(|entry| entry["id"] != id);
        state.projects.remove(id);
    }

    pub fn fault(&self, path: &str, fault: Fault) {
        self.faults(path, &[fault]);
    }

    pub fn faults(&self, path: &str, faults: &[Fault]) {
        self.state().faults.entry(path.into()).or_default().extend(faults.iter().cloned());
    }

    /// The token that was given last is not taken any more.
    pub fn expire(&self) {
        self.state().expired = true;
    }

    /// What was asked since the last look, in order.
    pub fn asked(&self) -> Vec<String> {
        let asked = std::mem::take(&mut self.state().asked);
        asked.into_iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect()
    }

    /// Most bytes that were read of one answer.
    pub fn longest_read(&self) -> usize {
        self.state().longest_read
    }

    /// The transactions that were handed in since the last look.
    pub fn submitted(&self) -> Vec<Extrinsic> {
        let pool = std::mem::take(&mut self.state().pool);
        pool.iter().map(|bytes| Extrinsic::decode(&mut &bytes[..]).expect("it is one")).collect()
    }
}

impl State {
    fn answer(&mut self, asked: &Asked) -> Answer {
        let fault = self.faults.get_mut(&asked.path).and_then(VecDeque::pop_front);
        let mut answer = Answer {
            status: HttpRequestStatus::Finished(200),
            headers: Vec::new(),
            body: Vec::new(),
            length: 0,
            stops: false,
            read: 0,
        };
        let (status, headers, body) = self.regular(asked);
        (answer.status, answer.headers, answer.body) =
            (HttpRequestStatus::Finished(status), headers, body.to_string().into_bytes());
        match fault {
            None => {}
            Some(Fault::Status(status, after)) => {
                answer.status = HttpRequestStatus::Finished(status);
                let after = after.map(|seconds| ("retry-after".into(), seconds.to_string()));
                answer.headers = after.into_iter().collect();
            }
            Some(Fault::Body(body)) => answer.body = body,
            Some(Fault::NoToken) => answer.headers.clear(),
            Some(Fault::Silence) => answer.status = HttpRequestStatus::DeadlineReached,
            Some(Fault::Broken) => answer.status = HttpRequestStatus::IoError,
            Some(Fault::Stops) => {
                let half = answer.body.len() / 2;
                answer.body.truncate(half);
                answer.stops = true;
            }
            Some(Fault::Long(length)) => answer.length = length,
        }
        answer.length = answer.length.max(answer.body.len());
        answer
    }

    fn regular(&mut self, asked: &Asked) -> (u16, Vec<(String, String)>, Value) {
        let has = |name: &str, value: &str| {
            asked.headers.iter().any(|(found, given)| found == name && given == value)
        };
        let refused = (401, vec![], json!({ "statusCode": 401 }));
        if !has("x-api-key", API_KEY) {
            return refused;
        }
        if asked.path == "auth/login" {
            let login: Value = serde_json::from_slice(&asked.body).expect("it is JSON");
            assert_eq!(asked.method, "POST");
            return match login == json!({ "email": EMAIL, "password": PASSWORD }) {
                true => {
                    self.logins += 1;
                    self.expired = false;
                    let token = ("X-Token-Id".into(), format!("token-{}", self.logins));
                    (200, vec![token], json!({ "statusCode": 200 }))
                }
                false => (200, vec![], json!({ "statusCode": 403 })),
            };
        }
        if self.expired || !has("authorization", &format!("token-{}", self.logins)) {
            return refused;
        }
        match asked.path.strip_prefix("me/projects/") {
            None => (200, vec![], json!({ "statusCode": 200, "data": self.list })),
            Some(id) => match self.projects.get(id) {
                Some(project) => (200, vec![], project.clone()),
                None => (404, vec![], json!({ "statusCode": 404 })),
            },
        }
    }

    fn of(&mut self, id: HttpRequestId) -> &mut Asked {
        &mut self.asked[usize::from(id.0)]
    }
}

impl Externalities for Site {
    fn is_validator(&self) -> bool {
        true
    }

    fn network_state(&self) -> Result<OpaqueNetworkState, ()> {
        Err(())
    }

    fn timestamp(&mut self) -> Timestamp {
        Timestamp::from_unix_millis(self.state().clock)
    }

    fn sleep_until(&mut self, _: Timestamp) {
        panic!("the worker never sleeps")
    }

    fn random_seed(&mut self) -> [u8; 32] {
        [0; 32]
    }

    fn http_request_start(
        &mut self,
        method: &str,
        uri: &str,
        _: &[u8],
    ) -> Result<HttpRequestId, ()> {
        let path = uri.strip_prefix(ENDPOINT).expect("only the platform is asked").into();
        let mut state = self.state();
        state.asked.push(Asked { method: method.into(), path, ..Default::default() });
        Ok(HttpRequestId(state.asked.len() as u16 - 1))
    }

    fn http_request_add_header(
        &mut self,
        id: HttpRequestId,
        name: &str,
        value: &str,
    ) -> Result<(), ()> {
        self.state().of(id).headers.push((name.into(), value.into()));
        Ok(())
    }

    fn http_request_write_body(
        &mut self,
        id: HttpRequestId,
        chunk: &[u8],
        deadline: Option<Timestamp>,
    ) -> Result<(), HttpError> {
        assert!(deadline.is_some(), "the worker waits for nothing without end");
        self.state().of(id).body.extend(chunk);
        Ok(())
    }

    fn http_response_wait(
        &mut self,
        ids: &[HttpRequestId],
        deadline: Option<Timestamp>,
    ) -> Vec<HttpRequestStatus> {
        assert!(deadline.is_some(), "the worker waits for nothing without end");
        let mut state = self.state();
        ids.iter()
            .map(|id| {
                let asked = std::mem::take(state.of(*id));
                let answer = state.answer(&asked);
                let status = answer.status;
                *state.of(*id) = Asked { answer: Some(answer), ..asked };
                status
            })
            .collect()
    }

    fn http_response_headers(&mut self, id: HttpRequestId) -> Vec<(Vec<u8>, Vec<u8>)> {
        let mut state = self.state();
        let headers = state.of(id).answer.as_ref().map(|answer| answer.headers.clone());
        let headers = headers.unwrap_or_default().into_iter();
        headers.map(|(name, value)| (name.into_bytes(), value.into_bytes())).collect()
    }

    fn http_response_read_body(
        &mut self,
        id: HttpRequestId,
        buffer: &mut [u8],
        deadline: Option<Timestamp>,
    ) -> Result<usize, HttpError> {
        assert!(deadline.is_some(), "the worker waits for nothing without end");
        let mut state = self.state();
        let answer = state.of(id).answer.as_mut().expect("it was waited for");
        if answer.read >= answer.length {
            return if answer.stops { Err(HttpError::DeadlineReached) } else { Ok(0) };
        }
        let count = buffer.len().min(answer.length - answer.read);
        for (offset, byte) in buffer[..count].iter_mut().enumerate() {
            *byte = answer.body.get(answer.read + offset).copied().unwrap_or(b' ');
        }
        answer.read += count;
        let read = answer.read;
        state.longest_read = state.longest_read.max(read);
        Ok(count)
    }

    fn set_authorized_nodes(&mut self, _: Vec<OpaquePeerId>, _: bool) {
        panic!("the worker leaves the network alone")
    }
}

impl TransactionPool for Site {
    fn submit_transaction(&mut self, extrinsic: Vec<u8>) -> Result<(), ()> {
        self.state().pool.push(extrinsic);
        Ok(())
    }
}
