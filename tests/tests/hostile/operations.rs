// SPDX-License-Identifier: Apache-2.0
//! The operations of the API as its description has them: what is added there is tested too.

use anyhow::{ensure, Context, Result};
use registry_testbed::Api;
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeMap;

/// Streams do not end by themselves.
const STREAM: &str = "text/event-stream";

/// Something that can be asked.
#[derive(Clone, Debug)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// With the names of what is filled in, such as `{id}`.
    pub path: String,
    /// The names in the path, with an example of each.
    pub places: BTreeMap<String, String>,
    /// The names of the query.
    pub query: Vec<String>,
    /// An example of the body; none if it takes none.
    pub body: Option<Value>,
    /// The type of the body.
    pub media_type: Option<String>,
    /// Nobody may ask it without saying who he is.
    pub private: bool,
    /// A program may ask it with a key.
    pub by_key: bool,
    pub tag: String,
    pub streams: bool,
}

impl Operation {
    /// Its address with the examples.
    pub fn example(&self) -> String {
        self.at(|name| self.places[name].clone())
    }

    /// Its address with other values, which are percent-encoded where they must be.
    pub fn at(&self, value: impl Fn(&str) -> String) -> String {
        self.places.keys().fold(self.path.clone(), |path, name| {
            path.replace(&format!("{{{name}}}"), &value(name))
        })
    }

    pub fn changes(&self) -> bool {
        self.method != Method::GET
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Everything that a portal's description says can be asked.
pub async fn all(portal: &str) -> Result<Vec<Operation>> {
    let (status, description) = Api::nobody(portal)?.get("/api/v1/openapi.json").await?;
    ensure!(status == 200, "no description: {description}");
    let mut found = Vec::new();
    for (path, methods) in description["paths"].as_object().context("paths")? {
        for (method, operation) in methods.as_object().context("methods")? {
            let read = read(&description, path, method, operation);
            found.push(read.with_context(|| format!("{method} {path}"))?);
        }
    }
    ensure!(found.len() > 70, "only {} operations", found.len());
    Ok(found)
}

fn read(description: &Value, path: &str, method: &str, operation: &Value) -> Result<Operation> {
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let named = |place: &str| {
        let there: Vec<_> = parameters.iter().filter(|it| it["in"] == place).cloned().collect();
        there.into_iter()
    };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (media_type, body) = match operation["requestBody"]["content"].as_object() {
        Some(content) => {
            let (kind, content) = content.iter().next().context("a type of the body")?;
            let example = match kind.as_str() {
                "application/json" => Some(example(description, &content["schema"])?),
                _ => None,
            };
            (Some(kind.clone()), example)
        }
        None => (None, None),
    };
    let security = operation["security"].as_array().cloned().unwrap_or_default();
    let anybody = security.iter().any(|it| it.as_object().is_some_and(serde_json::Map::is_empty));
    let places = named("path")
        .map(|it| Ok((text(&it["name"]), text(it.get("example").context("an example")?))));
    Ok(Operation {
        id: operation["operationId"].as_str().context("a name")?.to_owned(),
        method: method.to_uppercase().parse()?,
        path: path.to_owned(),
        places: places.collect::<Result<_>>()?,
        query: named("query").map(|it| text(&it["name"])).collect(),
        body,
        media_type,
        private: !security.is_empty() && !anybody,
        by_key: security.iter().any(|it| it.get("key").is_some()),
        tag: operation["tags"][0].as_str().unwrap_or_default().to_owned(),
        streams: operation["responses"]["200"]["content"].get(STREAM).is_some(),
    })
}

fn example(description: &Value, schema: &Value) -> Result<Value> {
    let schema = match schema["$ref"].as_str() {
        Some(place) => description.pointer(place.trim_start_matches('#')).context("a schema")?,
        None => schema,
    };
    schema.get("example").cloned().context("an example of the body")
}
