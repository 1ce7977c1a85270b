// SPDX-License-Identifier: Apache-2.0
//! Values of parameters, read and bound.

use super::field::{Field, Kind, Operator};
use crate::{
    credits::Asked,
    problem::{Message, Problem},
};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use registry_primitives::CountryCode;
use sqlx::{Postgres, QueryBuilder};

/// Longest text that is looked for: that of a title.
const MAX_TEXT: usize = 256;
/// What of a value that cannot be read is said again.
const MAX_QUOTE: usize = 60;

/// A value as it is bound.
#[derive(Clone, PartialEq, Debug)]
pub enum Scalar {
    /// A number that is not there.
    Nothing,
    Number(i64),
    Time(DateTime<Utc>),
    Day(NaiveDate),
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
}

impl Scalar {
    /// Adds it to a query, beside the text.
    pub fn bind(&self, query: &mut QueryBuilder<Postgres>) {
        match self {
            Self::Nothing => query.push_bind(None::<i64>),
            Self::Number(number) => query.push_bind(*number),
            Self::Time(time) => query.push_bind(*time),
            Self::Day(day) => query.push_bind(*day),
            Self::Flag(flag) => query.push_bind(*flag),
            Self::Text(text) => query.push_bind(text.clone()),
            Self::Texts(texts) => query.push_bind(texts.clone()),
        };
    }

    /// The number, of one that is.
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The day, of one that is.
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            Self::Day(day) => Some(*day),
            _ => None,
        }
    }
}

/// A value, and how it is compared; or which gap of a condition it fills.
pub type Comparison = (&'static str, Scalar);

/// Reads the value of a parameter.
pub fn read(
    field: &Field,
    operator: &Operator,
    name: &str,
    text: &str,
) -> Result<Vec<Comparison>, Problem> {
    let wrong =
        |key| Problem::malformed(Message::new(key).with("name", name).with("value", quoted(text)));
    let one = |scalar| Ok(vec![(operator.sql, scalar)]);
    match field.kind {
        Kind::Number | Kind::Id => match text.parse() {
            Ok(number) => one(Scalar::Number(number)),
            Err(_) => Err(wrong("problem.no_number")),
        },
        Kind::Time => times(operator, text).ok_or_else(|| wrong("problem.no_time")),
        Kind::Day => match day(text) {
            Some(day) => one(Scalar::Day(day)),
            None => Err(wrong("problem.no_day")),
        },
        Kind::Flag => match text.parse() {
            Ok(flag) => one(Scalar::Flag(flag)),
            Err(_) => Err(wrong("problem.no_flag")),
        },
        Kind::Country => match text.parse::<CountryCode>() {
            Ok(country) if country.is_valid() => one(Scalar::Text(country.to_string())),
            _ => Err(wrong("problem.no_country")),
        },
        Kind::Text if text.chars().count() > MAX_TEXT => {
            let message = Message::new("problem.long_text").with("name", name);
            Err(Problem::malformed(message.with("max", MAX_TEXT)))
        }
        Kind::Text => one(Scalar::Text(text.to_owned())),
        Kind::Choice(choices) => {
            let asked = match operator.name {
                "in" => text.split(',').map(|name| choices.find(name.trim())).collect(),
                _ => choices.find(text).map(|names| vec![names]),
            };
            let names: Option<Vec<String>> = asked.map(|names: Vec<Vec<&str>>| {
                names.into_iter().flatten().map(str::to_owned).collect()
            });
            match names {
                None => {
                    let known = choices.all().join(", ");
                    let message = Message::new("problem.no_choice").with("name", name);
                    Err(Problem::malformed(
                        message.with("value", quoted(text)).with("known", known),
                    ))
                }
                Some(mut names) if names.len() == 1 => {
                    Ok(vec![("=", Scalar::Text(names.remove(0)))])
                }
                Some(names) => Ok(vec![("= ANY", Scalar::Texts(names))]),
            }
        }
        Kind::Serial => serial(text).ok_or_else(|| wrong("problem.no_serial")),
    }
}

/// A value in an answer to who gave it.
pub fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTE) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// A day of the years that RFC 3339 can write.
fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok().filter(|_| text.len() == "2026-01-01".len())
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(text).ok()?.to_utc())
}

/// What an instant, or a day from its beginning to its end, is compared by.
fn times(operator: &Operator, text: &str) -> Option<Vec<Comparison>> {
    let Some(day) = day(text) else {
        return Some(vec![(operator.sql, Scalar::Time(instant(text)?))]);
    };
    let midnight = |day: NaiveDate| Scalar::Time(day.and_time(NaiveTime::MIN).and_utc());
    let (start, end) = (midnight(day), midnight(day.checked_add_days(Days::new(1))?));
    Some(match operator.name {
        "gt" => vec![(">=", end)],
        "gte" => vec![(">=", start)],
        "lt" => vec![("<", start)],
        "lte" => vec![("<", end)],
        _ => vec![(">=", start), ("<", end)],
    })
}

/// The numbers of a serial number, and what else a whole one says.
fn serial(text: &str) -> Option<Vec<Comparison>> {
    let number = |number: u64| i64::try_from(number).ok().map(Scalar::Number);
    let (range, project, vintage) = match text.parse().ok()? {
        Asked::Numbers(range) => (range, Scalar::Nothing, Scalar::Nothing),
        Asked::Serial(serial) => (
            serial.range,
            Scalar::Number(serial.project.into()),
            Scalar::Number(serial.vintage.into()),
        ),
    };
    Some(vec![
        ("start", number(range.start)?),
        ("end", number(range.end)?),
        ("project", project),
        ("vintage", vintage),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{i18n::Language, list::field::Choices};

    fn ask(kind: Kind, operator: &str, text: &str) -> Result<Vec<Comparison>, Problem> {
        let field = Field::of("it", kind, "it", "");
        let operator = field.operators().iter().find(|it| it.name == operator).unwrap();
        read(&field, operator, "it", text)
    }

    fn fault(kind: Kind, operator: &str, text: &str) -> String {
        ask(kind, operator, text).unwrap_err().document(Language::English).detail.unwrap()
    }

    fn at(text: &str) -> Scalar {
        Scalar::Time(instant(text).unwrap())
    }

    #[test]
    fn numbers_are_those_that_the_tables_can_hold() {
        assert_eq!(ask(Kind::Number, "gte", "1000"), Ok(vec![(">=", Scalar::Number(1_000))]));
        let largest = i64::MAX.to_string();
        assert_eq!(ask(Kind::Id, "", &largest), Ok(vec![("=", Scalar::Number(i64::MAX))]));
        for bad in ["9223372036854775808", "1e3", "1.5", "1,000", "' OR 1=1 --", "١"] {
            let fault = fault(Kind::Number, "", bad);
            assert!(fault.contains(bad) && fault.contains("whole number"), "{fault}");
        }
        assert!(fault(Kind::Id, "", &"9".repeat(500)).len() < 250);
    }

    #[test]
    fn a_day_stands_for_all_of_it() {
        let (start, end) = (at("2026-01-31T00:00:00Z"), at("2026-02-01T00:00:00Z"));
        let ask = |operator: &str| ask(Kind::Time, operator, "2026-01-31").unwrap();
        assert_eq!(ask(""), [(">=", start.clone()), ("<", end.clone())]);
        assert_eq!(ask("gt"), [(">=", end.clone())]);
        assert_eq!(ask("gte"), [(">=", start.clone())]);
        assert_eq!(ask("lt"), [("<", start)]);
        assert_eq!(ask("lte"), [("<", end)]);
    }

    #[test]
    fn an_instant_is_of_any_zone_and_nothing_else_is_one() {
        let utc = at("2026-01-31T12:00:00Z");
        assert_eq!(ask(Kind::Time, "lte", "2026-01-31T14:00:00+02:00"), Ok(vec![("<=", utc)]));
        for bad in [
            "yesterday",
            "2026-02-30",
            "2026-1-1",
            "+12026-01-01",
            "2026-01-31 12:00:00",
            "1700000000",
            "infinity",
        ] {
            let fault = fault(Kind::Time, "gte", bad);
            assert!(fault.contains(bad) && fault.contains("2026-01-31T12:00:00Z"), "{fault}");
        }
        assert!(fault(Kind::Day, "", "31.1.2026").contains("2026-01-31"));
    }

    #[test]
    fn a_choice_is_one_of_the_names_or_several() {
        let kind = Kind::Choice(Choices {
            names: || vec!["open", "closed", "lost"],
            groups: &[("ended", &["closed", "lost"])],
        });
        let text = |text: &str| Scalar::Text(text.to_owned());
        let texts = |of: [&str; 2]| Scalar::Texts(of.map(str::to_owned).to_vec());
        assert_eq!(ask(kind, "", "open"), Ok(vec![("=", text("open"))]));
        assert_eq!(ask(kind, "", "ended"), Ok(vec![("= ANY", texts(["closed", "lost"]))]));
        assert_eq!(ask(kind, "in", "open, lost"), Ok(vec![("= ANY", texts(["open", "lost"]))]));
        assert_eq!(ask(kind, "in", "open"), Ok(vec![("=", text("open"))]));
        for (operator, bad) in [("", "Open"), ("in", "open,"), ("", "open,lost"), ("", "open'")] {
            let fault = fault(kind, operator, bad);
            assert!(fault.contains("ended, open, closed, lost"), "{fault}");
        }
    }

    #[test]
    fn other_values_are_read_exactly() {
        assert_eq!(ask(Kind::Flag, "", "true"), Ok(vec![("=", Scalar::Flag(true))]));
        assert!(fault(Kind::Flag, "", "yes").contains("true or false"));
        assert!(ask(Kind::Country, "", "VU").is_ok());
        assert!(fault(Kind::Country, "", "Vanuatu").contains("ISO 3166-1"));
        assert!(ask(Kind::Text, "", &"é".repeat(256)).is_ok());
        assert!(fault(Kind::Text, "", &"é".repeat(257)).contains("256"));
    }

    #[test]
    fn a_serial_number_is_whole_or_its_numbers() {
        let number = |name, n| (name, Scalar::Number(n));
        let nothing = |name| (name, Scalar::Nothing);
        assert_eq!(
            ask(Kind::Serial, "", "81-100").unwrap(),
            [number("start", 81), number("end", 100), nothing("project"), nothing("vintage")]
        );
        assert_eq!(
            ask(Kind::Serial, "", "VU-ITMO-1-012-2023-0-81-100").unwrap(),
            [
                number("start", 81),
                number("end", 100),
                number("project", 12),
                number("vintage", 2023)
            ]
        );
        for bad in ["0", "100-81", "VU-ITMO", "99999999999999999999"] {
            assert!(fault(Kind::Serial, "", bad).contains(bad));
        }
    }
}
