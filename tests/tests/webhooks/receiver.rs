// SPDX-License-Identifier: Apache-2.0
//! A receiver of webhooks: a small HTTP server that answers each address as it is told to, and keeps
//! what it was sent.
#![allow(dead_code)]

use anyhow::{ensure, Context, Result};
use serde_json::{json, Value};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// How a path answers.
#[derive(Clone, Debug)]
pub enum Answer {
    Status(u16),
    /// This status so many times, and then 200.
    Then(u16, usize),
    /// Elsewhere.
    Redirect(String),
    /// After a while.
    Slow(Duration),
    /// With a body of so many bytes.
    Large(usize),
}

/// A delivery as it came.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
    pub json: Value,
    pub at: Instant,
}

impl Delivery {
    pub fn id(&self) -> &str {
        self.headers.get("webhook-id").map_or("", String::as_str)
    }

    pub fn kind(&self) -> &str {
        self.json["type"].as_str().unwrap_or_default()
    }

    /// A line for `tests/clients/webhooks.mjs`.
    pub fn line(&self, secret: &str, valid: bool) -> String {
        json!({ "secret": secret, "headers": self.headers, "body": self.body, "valid": valid })
            .to_string()
            + "\n"
    }
}

#[derive(Default)]
struct State {
    answers: HashMap<String, Answer>,
    taken: Vec<Delivery>,
}

/// A receiver, listening.
pub struct Receiver {
    state: Arc<Mutex<State>>,
    pub port: u16,
    task: JoinHandle<()>,
}

impl Receiver {
    /// Listens at a port; at a free one if it is 0.
    pub async fn start(port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let port = listener.local_addr()?.port();
        let state = Arc::<Mutex<State>>::default();
        let shared = state.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = shared.clone();
                tokio::spawn(async move {
                    let _ = serve(stream, &state).await;
                });
            }
        });
        Ok(Self { state, port, task })
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// How a path answers from now on; without a word it answers 200.
    pub fn answers(&self, path: &str, answer: Answer) {
        self.state.lock().unwrap().answers.insert(path.to_owned(), answer);
    }

    /// What came to a path.
    pub fn taken(&self, path: &str) -> Vec<Delivery> {
        let state = self.state.lock().unwrap();
        state.taken.iter().filter(|it| it.path == path).cloned().collect()
    }

    /// Waits until so many have come to a path.
    pub async fn wait(&self, path: &str, count: usize) -> Result<Vec<Delivery>> {
        let deadline = Instant::now() + Duration::from_secs(40);
        loop {
            let taken = self.taken(path);
            if taken.len() >= count {
                return Ok(taken);
            }
            let kinds: Vec<_> = taken.iter().map(Delivery::kind).collect();
            ensure!(Instant::now() < deadline, "{path}: {count} deliveries wanted: {kinds:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Answers the requests of a connection.
async fn serve(stream: TcpStream, state: &Mutex<State>) -> Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).context("a path")?.to_owned();
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        let length = headers.get("content-length").map_or("0", String::as_str).parse()?;
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        let body = String::from_utf8(body)?;
        let json = serde_json::from_str(&body).unwrap_or_default();
        let answer = {
            let mut state = state.lock().unwrap();
            let at = Instant::now();
            state.taken.push(Delivery { path: path.clone(), headers, body, json, at });
            let answer = state.answers.get(&path).cloned().unwrap_or(Answer::Status(200));
            if let Answer::Then(status, times) = answer {
                let next = match times {
                    0 | 1 => Answer::Status(200),
                    n => Answer::Then(status, n - 1),
                };
                state.answers.insert(path, next);
            }
            answer
        };
        let (status, header, size) = match answer {
            Answer::Status(status) | Answer::Then(status, _) => (status, String::new(), 0),
            Answer::Redirect(to) => (302, format!("Location: {to}\r\n"), 0),
            Answer::Slow(wait) => {
                tokio::time::sleep(wait).await;
                (200, String::new(), 0)
            }
            Answer::Large(size) => (200, String::new(), size),
        };
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {size}\r\n{header}\r\n");
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&vec![b'x'; size]).await?;
        stream.flush().await?;
    }
}
