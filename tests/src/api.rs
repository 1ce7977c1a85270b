// SPDX-License-Identifier: Apache-2.0
//! A client of the portal's API: nobody, a person who signed in with a key, or a program with an API
//! key.

use crate::Officer;
use anyhow::{ensure, Context, Result};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{json, Value};

/// Somebody who asks the portal.
#[derive(Clone)]
pub struct Api {
    root: String,
    http: reqwest::Client,
    /// What is sent as `Authorization: Bearer`.
    credential: Option<String>,
}

impl Api {
    /// Nobody: who says nothing of himself to the portal at this address.
    pub fn nobody(root: &str) -> Result<Self> {
        let http = crate::http().no_proxy().build()?;
        Ok(Self { root: root.to_owned(), http, credential: None })
    }

    /// A person who proves to the portal that he holds the officer's key.
    pub async fn sign_in(root: &str, officer: &Officer) -> Result<Self> {
        let nobody = Self::nobody(root)?;
        let account = officer.account().to_string();
        let (status, challenge) =
            nobody.post("/api/v1/session/challenge", &json!({ "account": account })).await?;
        ensure!(status == 200, "no challenge: {status} {challenge}");
        let message = challenge["message"].as_str().context("a message to sign")?;
        let signature = officer.key.sign(message.as_bytes()).0;
        let answer = json!({
            "account": account,
            "nonce": challenge["nonce"],
            "signature": format!("0x01{}", hex::encode(signature)),
        });
        let (status, session) = nobody.post("/api/v1/session", &answer).await?;
        ensure!(status == 200, "not signed in: {status} {session}");
        Ok(nobody.with(session["token"].as_str().context("a token")?))
    }

    /// The same client with a token, or with the key of a program.
    pub fn with(&self, credential: &str) -> Self {
        Self { credential: Some(credential.to_owned()), ..self.clone() }
    }

    /// What it is sent with, if anything.
    pub fn credential(&self) -> Option<&str> {
        self.credential.as_deref()
    }

    /// A program with a new key of the organisation whose Admin this is; and the key's number.
    pub async fn program(&self, scopes: &[&str]) -> Result<(Self, i64)> {
        let key = json!({ "name": "Of a test", "scopes": scopes, "days": 1 });
        let (status, made) = self.post("/api/v1/api-keys", &key).await?;
        ensure!(status == 201, "no key: {status} {made}");
        let id = made["id"].as_i64().context("the number of a key")?;
        Ok((self.with(made["secret"].as_str().context("a key")?), id))
    }

    /// A request with the credential, to be completed and sent.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.root));
        match &self.credential {
            Some(credential) => request.bearer_auth(credential),
            None => request,
        }
    }

    /// What a path answers.
    pub async fn get(&self, path: &str) -> Result<(u16, Value)> {
        read(self.request(Method::GET, path).send().await?).await
    }

    /// What a path answers to JSON that is posted to it.
    pub async fn post(&self, path: &str, body: &Value) -> Result<(u16, Value)> {
        read(self.request(Method::POST, path).json(body).send().await?).await
    }

    /// What a path answers to JSON that is put to it.
    pub async fn put(&self, path: &str, body: &Value) -> Result<(u16, Value)> {
        read(self.request(Method::PUT, path).json(body).send().await?).await
    }

    /// What a path answers when what is there shall be gone.
    pub async fn delete(&self, path: &str) -> Result<(u16, Value)> {
        read(self.request(Method::DELETE, path).send().await?).await
    }
}

/// The status of an answer and its JSON; null where it has no body.
pub async fn read(answer: Response) -> Result<(u16, Value)> {
    let status = answer.status().as_u16();
    let text = answer.text().await?;
    match text.as_str() {
        "" => Ok((status, Value::Null)),
        text => Ok((status, serde_json::from_str(text).with_context(|| text.to_owned())?)),
    }
}
