// SPDX-License-Identifier: Apache-2.0
//! Bytes to a portal and back, as no client of HTTP would send them.

use anyhow::{Context, Result};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// What came back until the portal closed the connection, or said nothing more.
#[derive(Debug)]
pub struct Said {
    /// The status of the first answer; none if there was none.
    pub status: Option<u16>,
    /// All of it.
    pub text: String,
    /// Whether the portal closed the connection.
    pub closed: bool,
}

impl Said {
    /// Head of the first answer, in lower case.
    pub fn head(&self) -> String {
        self.text.split("\r\n\r\n").next().unwrap_or_default().to_ascii_lowercase()
    }

    /// What a header of the first answer says.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.head();
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}:")));
        line.map(|value| value.trim().to_owned())
    }

    /// How many answers there are.
    pub fn answers(&self) -> usize {
        self.text.matches("HTTP/1.1 ").count()
    }
}

/// A new connection to `http://host:port`.
pub async fn connect(portal: &str) -> Result<TcpStream> {
    let address = portal.trim_start_matches("http://");
    TcpStream::connect(address).await.with_context(|| format!("no connection to {address}"))
}

/// Sends bytes and reads what comes, for as long as something comes within `patience`.
pub async fn say(portal: &str, bytes: &[u8], patience: Duration) -> Result<Said> {
    let mut stream = connect(portal).await?;
    // The portal may answer and close before all is sent.
    let _ = timeout(Duration::from_secs(10), stream.write_all(bytes)).await;
    listen(&mut stream, patience).await
}

/// Reads what comes.
pub async fn listen(stream: &mut TcpStream, patience: Duration) -> Result<Said> {
    let mut all = Vec::new();
    let mut some = [0; 16 << 10];
    let closed = loop {
        match timeout(patience, stream.read(&mut some)).await {
            Err(_) => break false,
            Ok(Ok(0) | Err(_)) => break true,
            Ok(Ok(count)) => all.extend_from_slice(&some[..count]),
        }
    };
    let text = String::from_utf8_lossy(&all).into_owned();
    let status = text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
    Ok(Said { status, text, closed })
}
