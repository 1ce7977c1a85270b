// SPDX-License-Identifier: Apache-2.0
//! The lists of the API as its description has them, and what they answer.

pub mod hostile;

use anyhow::{ensure, Context, Result};
use serde_json::Value;

/// The API of a portal, and its description.
pub struct Api {
    root: String,
    client: reqwest::Client,
    description: Value,
}

impl Api {
    pub async fn read(url: &str) -> Result<Self> {
        let client = reqwest::Client::new();
        let mut api = Self { root: url.to_owned(), client, description: Value::Null };
        api.description = api.json("/api/v1/openapi.json").await?;
        Ok(api)
    }

    /// The addresses of all lists that can be sorted.
    pub fn lists(&self) -> Vec<String> {
        let paths = self.description["paths"].as_object().into_iter().flatten();
        let lists = paths.filter(|(path, methods)| {
            let sorts = |parameter: &Value| parameter["name"] == "sort";
            let parameters = methods["get"]["parameters"].as_array().into_iter().flatten();
            // The stream of events is one of its own kind.
            !path.ends_with("/stream") && parameters.into_iter().any(sorts)
        });
        lists.map(|(path, _)| path.clone()).collect()
    }

    fn parameters(&self, list: &str) -> Result<&Vec<Value>> {
        let parameters = &self.description["paths"][list]["get"]["parameters"];
        parameters.as_array().context("parameters")
    }

    /// The names of all parameters.
    pub fn names(&self, list: &str) -> Result<Vec<&str>> {
        Ok(self.parameters(list)?.iter().filter_map(|it| it["name"].as_str()).collect())
    }

    /// Everything that a list can be sorted by.
    pub fn sorts(&self, list: &str) -> Result<Vec<String>> {
        let parameters = self.parameters(list)?;
        let sort = parameters.iter().find(|it| it["name"] == "sort").context("sort")?;
        let values = sort["schema"]["enum"].as_array().context("values")?;
        let sorts: Vec<_> = values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        ensure!(sorts.len() > 1, "{list} has one order");
        Ok(sorts)
    }

    /// Names and operators of its filters.
    pub fn filters(&self, list: &str) -> Result<Vec<(String, String)>> {
        let names = self
            .names(list)?
            .into_iter()
            .filter(|name| !["sort", "after", "limit", "order"].contains(name));
        let split = |name: &str| match name.split_once('[') {
            Some((name, operator)) => (name.to_owned(), operator.trim_end_matches(']').to_owned()),
            None => (name.to_owned(), String::new()),
        };
        Ok(names.map(split).collect())
    }

    /// All rows, part by part.
    pub async fn all(&self, list: &str, query: &str) -> Result<Vec<Value>> {
        // Statistics in one row could not be in any order.
        let groups = if list.contains("/statistics/") { "by=project&" } else { "" };
        let (mut rows, mut after) = (Vec::new(), String::new());
        loop {
            let part = self.json(&format!("{list}?{groups}{query}{after}")).await?;
            let items = part["items"].as_array().context("items")?;
            ensure!(after.is_empty() || !items.is_empty(), "{list}?{query}: an empty part");
            rows.extend(items.iter().cloned());
            ensure!(rows.len() < 20_000, "{list}?{query} does not end");
            match part["next"].as_str() {
                Some(next) => after = format!("&{}", self::query(&[("after", next)])),
                None => return Ok(rows),
            }
        }
    }

    pub async fn json(&self, path: &str) -> Result<Value> {
        let (status, _, text) = self.answer(path).await?;
        ensure!(status == 200, "{path} answered {status}: {text}");
        serde_json::from_str(&text).with_context(|| format!("{path} is JSON"))
    }

    /// A page or a file, which must be there.
    pub async fn text(&self, path: &str) -> Result<String> {
        let path = match path.split_once('?') {
            Some((list, query)) if list.contains("/statistics/") => {
                format!("{list}?by=project&{query}")
            }
            _ => path.to_owned(),
        };
        let (status, _, text) = self.answer(&path).await?;
        ensure!(status == 200, "{path} answered {status}: {text}");
        Ok(text)
    }

    /// What an answer says before its text.
    pub async fn headers(&self, path: &str) -> Result<reqwest::header::HeaderMap> {
        let answer = self.client.get(format!("{}{path}", self.root)).send().await?;
        ensure!(answer.status() == 200, "{path} answered {}", answer.status());
        Ok(answer.headers().clone())
    }

    /// Status, type and text of whatever is answered.
    pub async fn answer(&self, path: &str) -> Result<(u16, String, String)> {
        let answer = self.client.get(format!("{}{path}", self.root)).send().await?;
        let status = answer.status().as_u16();
        let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().to_owned();
        Ok((status, kind, answer.text().await?))
    }
}

/// A query with its names and values encoded.
pub fn query(parameters: &[(&str, &str)]) -> String {
    let mut url = reqwest::Url::parse("http://portal").expect("an address");
    url.query_pairs_mut().extend_pairs(parameters);
    url.query().unwrap_or_default().to_owned()
}
