// SPDX-License-Identifier: Apache-2.0
//! Asking a service of others: with patience that ends, and never more of an answer than can be
//! meant.

use super::locator::Failure;
use chrono::{DateTime, Utc};
use reqwest::{header, redirect, Client, RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Longest time that a service's wish to be left alone is followed.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
/// Time to be connected.
const CONNECT: Duration = Duration::from_secs(10);

/// A client that says who it is and goes nowhere else than it was told to.
pub fn client(user_agent: &str, patience: Duration) -> Result<Client, reqwest::Error> {
    // Whoever is first installs it; all install the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(user_agent)
        .connect_timeout(CONNECT)
        .timeout(patience)
        .redirect(redirect::Policy::none())
        .build()
}

/// The address of a service: encrypted, or on this machine.
pub fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{text:?} is no address: {error}"))?;
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        _ => Err(format!("{text:?} must begin with https://")),
    }
}

/// Sends a request and reads a JSON answer of at most some bytes.
pub async fn ask<T: DeserializeOwned>(
    request: RequestBuilder,
    most_bytes: usize,
) -> Result<T, Failure> {
    let answer = request.send().await.map_err(unreachable)?;
    let status = answer.status();
    if !status.is_success() {
        return Err(failure_of(status, &answer));
    }
    let body = body(answer, most_bytes).await?;
    serde_json::from_slice(&body).map_err(|error| Failure::Unreadable(error.to_string()))
}

async fn body(mut answer: Response, most: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(unreachable)? {
        if body.len() + piece.len() > most {
            return Err(Failure::Unreadable(format!("it is longer than {most} bytes")));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// Without the address, in which there may be a secret.
fn unreachable(error: reqwest::Error) -> Failure {
    let error = error.without_url();
    let mut sentence = error.to_string();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(&error);
    while let Some(deeper) = cause {
        sentence = format!("{sentence}: {deeper}");
        cause = deeper.source();
    }
    Failure::Unreachable(sentence)
}

fn failure_of(status: StatusCode, answer: &Response) -> Failure {
    let wait = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let wait = wait.and_then(|value| retry_after(value, Utc::now()));
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Failure::Busy(wait),
        // An overloaded Overpass says so by the first of these.
        StatusCode::GATEWAY_TIMEOUT | StatusCode::REQUEST_TIMEOUT => Failure::Busy(wait),
        status if status.is_server_error() => Failure::Unreachable(format!("status {status}")),
        status => Failure::Refused(status.as_u16()),
    }
}

/// How long `Retry-After` asks to wait: seconds, or until a date (RFC 9110, 10.2.3).
fn retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let wait = match value.trim().parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = DateTime::parse_from_rfc2822(value.trim()).ok()?;
            (until.with_timezone(&Utc) - now).to_std().unwrap_or_default()
        }
    };
    Some(wait.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_asked_over_encrypted_connections() {
        assert!(address("https://api.mapbox.com/search").is_ok());
        assert!(address("http://127.0.0.1:8/x").is_ok() && address("http://[::1]:8").is_ok());
        for bad in ["http://api.mapbox.com", "http://127.0.0.1.example", "ftp://x", "x", ""] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_wish_for_patience_is_followed_within_reason() {
        let now = DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").unwrap().to_utc();
        let seconds = |value| retry_after(value, now).map(|wait| wait.as_secs());
        assert_eq!(seconds("7"), Some(7));
        assert_eq!(seconds("Thu, 01 Jan 2026 00:02:00 GMT"), Some(120));
        assert_eq!(seconds("Wed, 01 Jan 2025 00:00:00 GMT"), Some(0));
        assert_eq!(seconds("99999999999"), Some(3600));
        assert_eq!(seconds("soon"), None);
        assert_eq!(seconds("-1"), None);
    }
}
