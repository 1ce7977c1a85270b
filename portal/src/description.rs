// SPDX-License-Identifier: Apache-2.0
//! The description of the API: what is said of all of it, and what every operation has in common.

use crate::{
    access,
    files::content::Kind,
    problem::{self, ProblemDocument},
    query::MAX_LIMIT,
};
use axum::http::StatusCode;
use utoipa::{
    openapi::{
        path::{Operation, Parameter, ParameterIn},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
        Components, Content, PathItem, Ref, RefOr, Response, ResponseBuilder, Schema,
    },
    Modify, Number, OpenApi, PartialSchema, ToSchema,
};

/// What is said of the API as a whole.
#[derive(OpenApi)]
#[openapi(
    modifiers(&Credentials),
    info(
        title = "National carbon credit registry",
        description = "Everything that the chain of the registry says, at the block named in \
                       `as_of`, and the way to send signed transactions to it. Amounts are whole \
                       tonnes of CO2 equivalent; times are RFC 3339 in UTC; lists are read on with \
                       `after`, and sorted with `sort`: by a name, or with `-` in front of it from \
                       the largest or latest. Filters are compared by what stands in brackets behind \
                       their names: `issued[gte]=1000` is 1000 tonnes or more; there are `gt`, \
                       `gte`, `lt`, `lte`, and `in` for any of some names. A day such as \
                       `2026-01-31`, where an instant could stand, is all of that day in UTC. Any list can also be had whole, with the same filters and without \
                       `limit`, as a file: with `.csv`, `.ndjson` or `.xlsx` at the end of its \
                       path. Errors are RFC 9457 problem documents. Who asks too much is told by status 429 \
                       when to ask again (`Retry-After`).",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "registry", description = "What the chain says"),
        (name = "statistics", description = "Flows in a period, stocks at a date, what waits"),
        (name = "extrinsics", description = "Prepare, send and follow transactions"),
        (name = "access", description = "Signing in, keys of programs, the log of private actions"),
        (name = "people", description = "How people are reached, invited, registered and forgotten"),
        (name = "mrv", description = "What monitoring systems submit, and the registry signs for them"),
        (name = "files", description = "Documents, reports and profiles: private until the chain names them"),
        (name = "webhooks", description = "Programs that are told of events, signed and until they take it"),
        (name = "service", description = "The state of this service")
    )
)]
pub struct Api;

/// How private things are asked for.
struct Credentials;

impl Modify for Credentials {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let components = description.components.get_or_insert_default();
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            access::COOKIE,
            "The session of a browser; what changes something must come from a page of this portal.",
        ));
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("The token of a session, or a key of a program."));
        components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
        components.add_security_scheme("token", SecurityScheme::Http(token.build()));
        let key = ApiKey::Header(ApiKeyValue::with_description("X-Api-Key", "A key of a program."));
        components.add_security_scheme("key", SecurityScheme::ApiKey(key));
    }
}

/// A problem that many operations can have, said once.
struct Common {
    status: StatusCode,
    name: &'static str,
    about: &'static str,
    /// Which operations can have it.
    of: fn(&Operation) -> bool,
}

const COMMON: [Common; 8] = [
    Common {
        status: StatusCode::BAD_REQUEST,
        name: "MalformedRequest",
        about: "The address, its query or the body cannot be read",
        of: |operation| has_body(operation) || has_parameters(operation),
    },
    Common {
        status: StatusCode::UNAUTHORIZED,
        name: "Unauthorised",
        about: "Nobody has said who he is, or has not proved it",
        of: is_private,
    },
    Common {
        status: StatusCode::FORBIDDEN,
        name: "Forbidden",
        about: "Who asks may not do this",
        of: is_private,
    },
    Common {
        status: StatusCode::REQUEST_TIMEOUT,
        name: "Timeout",
        about: "The body came too slowly",
        of: has_body,
    },
    Common {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        name: "TooLarge",
        about: "The body is larger than any that is taken",
        of: has_body,
    },
    Common {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        name: "Unprocessable",
        about: "The body can be read, and is not of the form that is described",
        of: has_body,
    },
    Common {
        status: StatusCode::TOO_MANY_REQUESTS,
        name: "TooManyRequests",
        about: "The client or the key has asked too much; `Retry-After` says when to ask again",
        of: |_| true,
    },
    Common {
        status: StatusCode::SERVICE_UNAVAILABLE,
        name: "Unavailable",
        about: "The database or the node does not answer; `Retry-After` says when to ask again",
        of: |_| true,
    },
];

/// The type of an answer that is whatever was uploaded.
const ANY: &str = "*/*";

/// Completes the description of every operation.
pub fn complete(description: &mut utoipa::openapi::OpenApi) {
    define_common(description.components.get_or_insert_default());
    for operation in description.paths.paths.values_mut().flat_map(operations) {
        give_problems_their_type(operation);
        add_common(operation);
        give_files_their_types(operation);
        for parameter in operation.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter {
                bound(parameter);
            }
        }
    }
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut path.get, &mut path.post, &mut path.put, &mut path.delete]
        .into_iter()
        .filter_map(|operation| operation.as_mut())
}

fn has_body(operation: &Operation) -> bool {
    operation.request_body.is_some()
}

fn has_parameters(operation: &Operation) -> bool {
    operation.parameters.as_ref().is_some_and(|it| !it.is_empty())
}

fn is_private(operation: &Operation) -> bool {
    operation.security.as_ref().is_some_and(|it| !it.is_empty())
}

fn define_common(components: &mut Components) {
    // Described here should no operation name it by itself.
    let name = ProblemDocument::name().into_owned();
    components.schemas.entry(name).or_insert_with(ProblemDocument::schema);
    for common in &COMMON {
        let content = Content::new(Some(problem()));
        let response =
            ResponseBuilder::new().description(common.about).content(problem::MEDIA_TYPE, content);
        components.responses.insert(common.name.to_owned(), RefOr::T(response.build()));
    }
}

fn problem() -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(ProblemDocument::name()))
}

/// Says which of the common problems an operation can have, where it does not say more itself.
fn add_common(operation: &mut Operation) {
    let possible: Vec<_> = COMMON.iter().filter(|common| (common.of)(operation)).collect();
    for common in possible {
        let status = common.status.as_str().to_owned();
        let response = RefOr::Ref(Ref::from_response_name(common.name));
        operation.responses.responses.entry(status).or_insert(response);
    }
}

/// Gives problem documents the media type that they are answered with (RFC 9457).
fn give_problems_their_type(operation: &mut Operation) {
    let responses =
        operation.responses.responses.values_mut().filter_map(|response| match response {
            RefOr::T(response) => Some(response),
            RefOr::Ref(_) => None,
        });
    for Response { content, .. } in responses {
        let described = std::mem::take(content).into_iter().map(|(media_type, content)| {
            let is_problem =
                matches!(&content, RefOr::T(Content { schema, .. }) if *schema == Some(problem()));
            (if is_problem { problem::MEDIA_TYPE.to_owned() } else { media_type }, content)
        });
        *content = described.collect();
    }
}

/// Names the types of what is answered as it was uploaded, where an operation says "any": such an
/// answer has the type that was found in its bytes, and no form but its own.
fn give_files_their_types(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(Response { content, .. }) = response else { continue };
        if content.shift_remove(ANY).is_some() {
            let described = Kind::ALL.map(|kind| {
                let content = Content::new(None::<RefOr<Schema>>);
                (kind.media_type().to_owned(), RefOr::T(content))
            });
            content.extend(described);
        }
    }
}

/// Says how many items of a list can be asked for.
fn bound(parameter: &mut Parameter) {
    let asks_how_many = parameter.parameter_in == ParameterIn::Query && parameter.name == "limit";
    if let (true, Some(RefOr::T(Schema::Object(number)))) = (asks_how_many, &mut parameter.schema) {
        number.minimum = Some(Number::Int(1));
        number.maximum = isize::try_from(MAX_LIMIT).ok().map(Number::Int);
    }
}

#[cfg(test)]
mod tests {
    use crate::server::api;
    use serde_json::Value;
    use std::{collections::BTreeMap, path::Path};

    #[test]
    fn every_operation_says_what_can_go_wrong_and_in_which_form() {
        let description = serde_json::to_value(api().1).unwrap();
        let mut private = 0;
        for (path, methods) in description["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let place = format!("{method} {path}");
                let responses = &operation["responses"];
                for status in ["429", "503"] {
                    assert!(!responses[status].is_null(), "{place}: {status}");
                }
                if operation["security"].as_array().is_some_and(|it| !it.is_empty()) {
                    private += 1;
                    assert!(!responses["401"].is_null(), "{place}: 401");
                }
                if !operation["requestBody"].is_null() {
                    assert!(!responses["408"].is_null(), "{place}: 408");
                    assert!(!responses["413"].is_null(), "{place}: 413");
                }
                for (status, response) in responses.as_object().unwrap() {
                    // The health of the portal answers by itself.
                    let alright = status.as_str() < "400" || path.starts_with("/api/v1/health");
                    assert!(alright || is_problem(&description, response), "{place}: {status}");
                }
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    if parameter["name"] == "limit" {
                        assert_eq!(parameter["schema"]["minimum"], 1, "{place}");
                        assert_eq!(parameter["schema"]["maximum"], 200, "{place}");
                    }
                }
            }
        }
        assert!(private > 25, "{private}");
    }

    fn is_problem(description: &Value, response: &Value) -> bool {
        let response = match response["$ref"].as_str() {
            Some(place) => description.pointer(place.trim_start_matches('#')).unwrap(),
            None => response,
        };
        response["content"].get("application/problem+json").is_some()
    }

    #[test]
    fn no_two_types_have_one_name_in_the_description() {
        let mut seen = BTreeMap::new();
        for (file, text) in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
            for derived in text.split(concat!("ToSchema", ")]")).skip(1) {
                let Some(name) = name_of(derived) else { continue };
                let other = seen.insert(name.to_owned(), file.clone());
                assert!(other.is_none(), "{name} is in {file} and in {}", other.unwrap());
            }
        }
        assert!(seen.len() > 80, "{}", seen.len());
    }

    fn sources(folder: &Path) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(sources(&path));
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.display().to_string(), text));
            }
        }
        found
    }

    /// What the type is called that is derived here.
    fn name_of(derived: &str) -> Option<&str> {
        let kinds = ["pub struct ", "pub enum ", "struct ", "enum "];
        let begins =
            kinds.iter().filter_map(|kind| Some(derived.find(kind)? + kind.len())).min()?;
        let word = |text: &'_ str| text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
        match derived[..begins].split_once("schema(as = ") {
            Some((_, name)) => Some(&name[..word(name)]),
            None => Some(&derived[begins..][..word(&derived[begins..])]),
        }
    }
}
