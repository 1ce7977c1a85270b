// SPDX-License-Identifier: Apache-2.0
//! Query parameters: from a white list, typed, and blank when a form leaves them out.

use crate::{
    page,
    problem::{Message, Problem},
};
use axum::{
    extract::{rejection::QueryRejection, FromRequestParts, Query},
    http::{request::Parts, Uri},
};
use serde::{de::DeserializeOwned, de::Error, Deserialize, Deserializer};
use std::str::FromStr;
use utoipa::IntoParams;

/// Items of a list that a machine gets without asking for a number.
const DEFAULT_LIMIT: i64 = 50;
/// Items of a list on a page.
const PAGE_LIMIT: i64 = 25;
/// Most items of one answer.
pub const MAX_LIMIT: i64 = 200;

/// The query of a request.
pub struct Params<T>(pub T);

impl<T, S> FromRequestParts<S> for Params<T>
where
    T: DeserializeOwned + IntoParams + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let given = pairs(&parts.uri)?;
        // A machine that misspells a parameter must not take the answer for what it asked; a person
        // sees in the form of the page what was understood.
        if page::wants_data(parts.uri.path()) {
            let parameters = T::into_params(|| None);
            let known: Vec<_> = parameters.iter().map(|it| it.name.as_str()).collect();
            if let Some((name, _)) = given.iter().find(|(name, _)| !known.contains(&name.as_str()))
            {
                return Err(unknown_parameter(name, &known));
            }
        }
        let Query(parameters) =
            Query::<T>::from_request_parts(parts, state).await.map_err(unreadable)?;
        Ok(Self(parameters))
    }
}

/// Names and values of the query of an address.
pub fn pairs(uri: &Uri) -> Result<Vec<(String, String)>, Problem> {
    let Query(given) = Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(unreadable)?;
    // No text of the registry has it, and no text of Postgres can.
    if given.iter().any(|(_, value)| value.contains('\0')) {
        return Err(Problem::malformed(Message::new("problem.nul")));
    }
    Ok(given)
}

fn unreadable(error: QueryRejection) -> Problem {
    Problem::malformed(Message::new("problem.query").with("error", error.body_text()))
}

/// Whether a parameter was added to a link by those who count who follows it: in mails, in social
/// networks, in advertisements. It was not asked by the person who did.
pub fn is_tracker(name: &str) -> bool {
    name.starts_with("utm_") || name.ends_with("clid") || name == "msclkid"
}

/// A parameter that is none of those that are known.
pub fn unknown_parameter(name: &str, known: &[&str]) -> Problem {
    let message = Message::new("problem.unknown_parameter").with("name", name);
    Problem::malformed(message.with("known", known.join(", ")))
}

/// A value that a form may leave blank.
pub fn blank_is_none<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: std::fmt::Display,
{
    let text = String::deserialize(deserializer)?;
    match text.trim() {
        "" => Ok(None),
        text => {
            text.parse().map(Some).map_err(|error| D::Error::custom(format!("{text:?}: {error}")))
        }
    }
}

/// One of the values that a column can have.
pub fn one_of(text: &str, values: &'static [&'static str]) -> Result<&'static str, String> {
    values
        .iter()
        .copied()
        .find(|value| *value == text)
        .ok_or_else(|| format!("there are {}", values.join(", ")))
}

/// How many items to read.
pub fn limit(asked: Option<i64>, for_page: bool) -> Result<i64, Problem> {
    match asked {
        None if for_page => Ok(PAGE_LIMIT),
        None => Ok(DEFAULT_LIMIT),
        Some(n) if (1..=MAX_LIMIT).contains(&n) => Ok(n),
        Some(_) => Err(wrong_limit()),
    }
}

/// A limit that is none.
pub fn wrong_limit() -> Problem {
    Problem::malformed(Message::new("problem.limit").with("max", MAX_LIMIT))
}

/// Where in the chain an event is: height of the block and index in it, `120-3`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    pub block: i64,
    pub index: i32,
}

impl FromStr for Position {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let position = || {
            let (block, index) = text.split_once('-')?;
            let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            (plain(block) && plain(index))
                .then(|| Some(Self { block: block.parse().ok()?, index: index.parse().ok()? }))?
        };
        position().ok_or("a place in the chain is a height and an index, such as 120-3")
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.block, self.index)
    }
}

/// The number in an address: digits without padding, such as the `12` of `/projects/12`.
pub fn number(text: &str) -> Option<i64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use registry_primitives::project::ProjectStage;

    #[test]
    fn a_blank_value_is_none_and_an_unknown_one_is_refused() {
        let read = |text: &str| {
            blank_is_none::<_, ProjectStage>(serde_json::Value::String(text.to_owned()))
        };
        assert_eq!(read("").unwrap(), None);
        assert_eq!(read("authorised").unwrap(), Some(ProjectStage::Authorised));
        assert!(read("authorized").is_err());
    }

    #[test]
    fn trackers_are_known_by_their_names() {
        for name in ["utm_source", "utm_campaign", "fbclid", "gclid", "msclkid"] {
            assert!(is_tracker(name), "{name}");
        }
        for name in ["stage", "utm", "sector", "project"] {
            assert!(!is_tracker(name), "{name}");
        }
    }

    #[test]
    fn one_of_some_values_is_taken_exactly() {
        assert_eq!(one_of("open", &["open", "closed"]), Ok("open"));
        assert_eq!(one_of("Open", &["open", "closed"]), Err("there are open, closed".to_owned()));
    }

    #[test]
    fn limits_are_bounded() {
        assert_eq!(limit(None, false).unwrap(), 50);
        assert_eq!(limit(None, true).unwrap(), 25);
        assert_eq!(limit(Some(200), false).unwrap(), 200);
        for bad in [0, -1, 201] {
            assert!(limit(Some(bad), false).is_err());
        }
    }

    #[test]
    fn positions_are_read_as_printed() {
        let position: Position = "120-3".parse().unwrap();
        assert_eq!(position, Position { block: 120, index: 3 });
        assert_eq!(position.to_string(), "120-3");
        for bad in ["120", "-3", "120-", "+1-2", "1-2-3", "a-b"] {
            assert!(bad.parse::<Position>().is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_in_addresses_have_one_form() {
        assert_eq!(number("12"), Some(12));
        for bad in ["", "0", "012", "-1", "+1", "1.5", "99999999999999999999"] {
            assert_eq!(number(bad), None, "{bad}");
        }
    }
}
