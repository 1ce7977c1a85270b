// SPDX-License-Identifier: Apache-2.0
//! The platform's HTTP interface, as a node sees it: log in, list projects, read one.
//!
//! Nothing of a request or an answer but its failure is ever logged: they have credentials.

pub mod contract;

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use codec::{Decode, Encode};
use contract::{List, Listed};
use registry_primitives::itmo::{Observation, ReadFailure};
use sp_runtime::offchain::{
    http::{Request, Response},
    Duration,
};

/// Where a node finds its [`Access`] in its local storage.
pub const ACCESS_KEY: &[u8] = b"itmo-bridge::access";

/// What is sent, and asked for.
const JSON: &str = "application/json";
/// Most bytes of the answer to a login.
const LONGEST_LOGIN: usize = 64 * 1024;
/// Most bytes of the list of projects.
const LONGEST_LIST: usize = 4 * 1024 * 1024;
/// Most bytes of a project.
const LONGEST_PROJECT: usize = 512 * 1024;
/// Most bytes of a token.
const LONGEST_TOKEN: usize = 8 * 1024;
/// How long an answer may take, from the first byte sent to the last one read.
const TIMEOUT: Duration = Duration::from_millis(20_000);
/// The longest that the platform can ask to be left alone: ten minutes.
const LONGEST_REST: u64 = 600_000;

/// How a node reaches the platform; of its own configuration, and never on the chain.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Access {
    /// Address of the interface; it ends in a slash.
    pub endpoint: String,
    /// Key of the interface.
    pub api_key: String,
    /// E-mail address of the account.
    pub email: String,
    /// Its password.
    pub password: String,
}

/// By hand, so that nothing of it is ever printed.
impl core::fmt::Debug for Access {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Access { .. }")
    }
}

/// Why something could not be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failure {
    /// In the chain's words.
    pub kind: ReadFailure,
    /// Milliseconds that the platform asks to be left alone.
    pub rest: Option<u64>,
}

impl From<ReadFailure> for Failure {
    fn from(kind: ReadFailure) -> Self {
        Self { kind, rest: None }
    }
}

impl From<contract::Malformed> for Failure {
    fn from(_: contract::Malformed) -> Self {
        ReadFailure::Malformed.into()
    }
}

/// An answer.
struct Answer {
    token: Option<String>,
    body: Vec<u8>,
}

impl Access {
    /// Logs in, and gives the token.
    pub fn log_in(&self) -> Result<String, Failure> {
        let body =
            serde_json::json!({ "email": self.email, "password": self.password }).to_string();
        let url = format!("{}auth/login", self.endpoint);
        let request = Request::post(&url, [body.as_bytes()])
            .add_header("accept", JSON)
            .add_header("content-type", JSON)
            .add_header("x-api-key", &self.api_key);
        let answer = exchange(request, LONGEST_LOGIN)?;
        if !contract::is_logged_in(&answer.body)? {
            return Err(ReadFailure::Refused.into());
        }
        // Without it nothing can be asked, whatever the answer says.
        answer.token.ok_or(ReadFailure::Malformed.into())
    }

    /// The list of projects.
    pub fn projects(&self, token: &str) -> Result<List, Failure> {
        Ok(contract::list(&self.get(token, "me/projects", LONGEST_LIST)?)?)
    }

    /// What has happened to a project.
    pub fn project(&self, token: &str, listed: &Listed) -> Result<Vec<Observation>, Failure> {
        let path = format!("me/projects/{}", in_a_path(&listed.id.0));
        Ok(contract::observations(listed, &self.get(token, &path, LONGEST_PROJECT)?)?)
    }

    fn get(&self, token: &str, path: &str, longest: usize) -> Result<Vec<u8>, Failure> {
        let url = format!("{}{path}", self.endpoint);
        let request = Request::get(&url)
            .add_header("accept", JSON)
            .add_header("authorization", token)
            .add_header("x-api-key", &self.api_key);
        let body = exchange(request, longest)?.body;
        match contract::refuses(&body) {
            true => Err(ReadFailure::Refused.into()),
            false => Ok(body),
        }
    }
}

/// Bytes as they may stand in a path.
fn in_a_path(bytes: &[u8]) -> String {
    let mut path = String::new();
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                path.push(char::from(*byte));
            }
            other => path.push_str(&format!("%{other:02X}")),
        }
    }
    path
}

/// Sends a request and reads its answer, within bounds of time and length.
fn exchange<I: AsRef<[u8]>, B: IntoIterator<Item = I>>(
    mut request: Request<'_, B>,
    longest: usize,
) -> Result<Answer, Failure> {
    let deadline = sp_io::offchain::timestamp().add(TIMEOUT);
    request.deadline = Some(deadline);
    let pending = request.send().map_err(|_| ReadFailure::Unreachable)?;
    let mut response = pending
        .try_wait(deadline)
        .map_err(|_| ReadFailure::Unreachable)?
        .map_err(|_| ReadFailure::Unreachable)?;
    match response.code {
        200..=299 => {}
        401 | 403 => return Err(ReadFailure::Refused.into()),
        429 => return Err(Failure { kind: ReadFailure::Busy, rest: rest(&mut response) }),
        500..=599 => {
            return Err(Failure { kind: ReadFailure::ServerError, rest: rest(&mut response) });
        }
        _ => return Err(ReadFailure::Malformed.into()),
    }
    let token = header(&mut response, "x-token-id");
    let token = token.filter(|token| !token.is_empty() && token.len() <= LONGEST_TOKEN);
    let mut body = response.body();
    body.deadline(deadline);
    let mut read = Vec::new();
    for byte in body.by_ref() {
        if read.len() == longest {
            return Err(ReadFailure::TooLong.into());
        }
        read.push(byte);
    }
    match body.error() {
        Some(_) => Err(ReadFailure::Unreachable.into()),
        None => Ok(Answer { token, body: read }),
    }
}

/// A header; their names have no case.
fn header(response: &mut Response, name: &str) -> Option<String> {
    let mut headers = response.headers().into_iter();
    while headers.next() {
        if let Some((found, value)) = headers.current() {
            if found.eq_ignore_ascii_case(name) {
                return Some(value.to_string());
            }
        }
    }
    None
}

/// Milliseconds that an answer asks to be left alone, where it says so in seconds.
fn rest(response: &mut Response) -> Option<u64> {
    let seconds: u64 = header(response, "retry-after")?.trim().parse().ok()?;
    Some(seconds.saturating_mul(1_000).min(LONGEST_REST))
}
