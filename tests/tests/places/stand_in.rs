// SPDX-License-Identifier: Apache-2.0
//! Stands in for a service of others: speaks its format, and breaks it as told.

use anyhow::{Context, Result};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Instant,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What the service was asked.
#[derive(Clone)]
pub struct Question {
    pub path: String,
    pub user_agent: String,
    /// Of the address, and of a form in the body.
    pub values: BTreeMap<String, String>,
    pub at: Instant,
}

impl Question {
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map(String::as_str).unwrap_or_default()
    }
}

/// What it answers.
pub enum Answer {
    Json(Value),
    /// Status, further headers and text.
    Raw(u16, &'static str, String),
    /// As much as is taken.
    Endless,
    /// The connection stays open, and nothing comes.
    Nothing,
}

type Behaviour = Box<dyn FnMut(&Question) -> Answer + Send>;

/// A service, on a port of this machine.
#[derive(Clone)]
pub struct StandIn {
    pub url: String,
    questions: Arc<Mutex<Vec<Question>>>,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl StandIn {
    pub async fn start(
        behaviour: impl FnMut(&Question) -> Answer + Send + 'static,
    ) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let stand_in = Self {
            url: format!("http://{}/api", listener.local_addr()?),
            questions: Arc::default(),
            behaviour: Arc::new(Mutex::new(Box::new(behaviour))),
        };
        let serving = stand_in.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.answer(stream).await });
            }
        });
        Ok(stand_in)
    }

    /// Answers otherwise from now on.
    pub fn behaves(&self, behaviour: impl FnMut(&Question) -> Answer + Send + 'static) {
        *self.behaviour.lock().unwrap() = Box::new(behaviour);
    }

    /// What it was asked so far.
    pub fn questions(&self) -> Vec<Question> {
        self.questions.lock().unwrap().clone()
    }

    async fn answer(&self, mut stream: TcpStream) -> Result<()> {
        let question = read(&mut stream).await?;
        self.questions.lock().unwrap().push(question.clone());
        let answer = (self.behaviour.lock().unwrap())(&question);
        match answer {
            Answer::Json(value) => write(&mut stream, 200, "", &value.to_string()).await?,
            Answer::Raw(status, headers, text) => {
                write(&mut stream, status, headers, &text).await?
            }
            Answer::Endless => {
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"x\":\"";
                stream.write_all(head.as_bytes()).await?;
                while stream.write_all(&[b'x'; 65_536]).await.is_ok() {}
            }
            Answer::Nothing => {
                // Until whoever asks gives up.
                let mut nothing = [0; 1];
                let _ = stream.read(&mut nothing).await;
            }
        }
        Ok(())
    }
}

async fn write(stream: &mut TcpStream, status: u16, headers: &str, text: &str) -> Result<()> {
    let length = text.len();
    let head = format!(
        "HTTP/1.1 {status} Of\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await?;
    Ok(())
}

/// Reads one request of HTTP/1.1.
async fn read(stream: &mut TcpStream) -> Result<Question> {
    let mut bytes = Vec::new();
    let end = loop {
        let mut piece = [0; 4096];
        let length = stream.read(&mut piece).await?;
        bytes.extend_from_slice(&piece[..length]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        anyhow::ensure!(length > 0, "the request ended");
    };
    let head = String::from_utf8(bytes[..end].to_vec())?;
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    let length: usize = header("content-length").unwrap_or_default().parse().unwrap_or(0);
    let mut body = bytes[end + 4..].to_vec();
    while body.len() < length {
        let mut piece = vec![0; length - body.len()];
        let read = stream.read(&mut piece).await?;
        anyhow::ensure!(read > 0, "the body ended");
        body.extend_from_slice(&piece[..read]);
    }
    let target = head.split(' ').nth(1).context("a request line")?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let form = String::from_utf8(body)?;
    let pairs = query.split('&').chain(form.split('&')).filter_map(|pair| pair.split_once('='));
    Ok(Question {
        path: path.to_owned(),
        user_agent: header("user-agent").unwrap_or_default(),
        values: pairs.map(|(name, value)| (decoded(name), decoded(value))).collect(),
        at: Instant::now(),
    })
}

fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                let byte = std::str::from_utf8(&digits).ok();
                bytes.extend(byte.and_then(|byte| u8::from_str_radix(byte, 16).ok()));
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
