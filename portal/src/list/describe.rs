// SPDX-License-Identifier: Apache-2.0
//! The parameters of lists in the description of the API.

use super::{
    field::{Field, Kind, Operator},
    sorts, Listing, Question,
};
use serde_json::{json, Value};
use utoipa::{
    openapi::{
        path::{Parameter, ParameterBuilder, ParameterIn, ParameterStyle},
        schema::{
            ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type,
        },
        RefOr, Required,
    },
    IntoParams,
};

impl<L: Listing> IntoParams for Question<L> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let fields = L::FIELDS.iter().flat_map(|field| {
            let parameters = field.parameters();
            parameters.map(move |(name, operator)| filter(name, field, operator))
        });
        fields.chain(part::<L>()).collect()
    }
}

/// A filter with one of its operators.
fn filter(name: String, field: &Field, operator: &Operator) -> Parameter {
    let about = format!("{}{}.", field.about, operator.about);
    let schema = match (field.kind, operator.name) {
        (Kind::Choice(choices), "in") => {
            ArrayBuilder::new().items(RefOr::T(names(choices.all()))).build().into()
        }
        (Kind::Choice(choices), _) => names(choices.all()),
        (Kind::Number | Kind::Id, _) => of(Type::Integer, Some(KnownFormat::Int64)),
        (Kind::Flag, _) => of(Type::Boolean, None),
        (Kind::Day, _) => of(Type::String, Some(KnownFormat::Date)),
        (Kind::Time | Kind::Country | Kind::Text | Kind::Serial, _) => of(Type::String, None),
    };
    let parameter = parameter(name, about, schema, Some(example(field, operator)));
    match operator.name {
        "in" => parameter.style(Some(ParameterStyle::Form)).explode(Some(false)).build(),
        _ => parameter.build(),
    }
}

/// An account that every development chain has.
const ACCOUNT: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

fn example(field: &Field, operator: &Operator) -> Value {
    match (field.kind, field.name) {
        (Kind::Choice(choices), _) => {
            let names = choices.all();
            match operator.name {
                "in" => json!(names.iter().take(2).collect::<Vec<_>>()),
                _ => json!(names.first()),
            }
        }
        (Kind::Number, "vintage") => json!(2023),
        (Kind::Id, _) => json!(1),
        (Kind::Number, _) => json!(1_000),
        (Kind::Time, _) => match operator.name {
            "" => json!("2026-01-31"),
            _ => json!("2026-01-31T12:00:00Z"),
        },
        (Kind::Day, "to") => json!("2026-12-31"),
        (Kind::Day, _) => json!("2026-01-01"),
        (Kind::Flag, _) => json!(true),
        (Kind::Country, _) => json!("VU"),
        (Kind::Text, "actor" | "proposer") => json!(ACCOUNT),
        (Kind::Text, "region") => json!("VU-SEE"),
        (Kind::Text, "pallet") => json!("Credits"),
        (Kind::Text, "name") => json!("CreditsRetired"),
        (Kind::Text, _) => json!("solar"),
        (Kind::Serial, _) => json!("81-100"),
    }
}

/// Which part of the list, in which order.
fn part<L: Listing>() -> [Parameter; 3] {
    let keys = sorts::<L>();
    let own = format!("{}{}", if L::LAST_FIRST { "-" } else { "" }, L::KEY.name);
    let sort = format!(
        "What to sort by, the smallest or first first; with `-` in front, the largest or last. Rows \
         without a value come last. If none is given, `{own}`."
    );
    let both = keys.iter().flat_map(|key| [(*key).to_owned(), format!("-{key}")]);
    let example = keys.get(1).map_or(own, |key| format!("-{key}"));
    let after = "The `next` of the answer before; with the same filters and the same order.";
    let cursor = match L::KEY.columns {
        [_] if !L::KEY.is_text => SchemaType::Array(vec![Type::Integer, Type::String]),
        _ => SchemaType::Type(Type::String),
    };
    let cursor = ObjectBuilder::new().schema_type(cursor).build().into();
    let limit = format!("How many, at most {}.", crate::query::MAX_LIMIT);
    let number = of(Type::Integer, Some(KnownFormat::Int64));
    [
        parameter("sort".into(), sort, names(both), Some(json!(example))).build(),
        parameter("after".into(), after.into(), cursor, None).build(),
        parameter("limit".into(), limit, number, None).build(),
    ]
}

fn of(kind: Type, format: Option<KnownFormat>) -> Schema {
    let format = format.map(SchemaFormat::KnownFormat);
    ObjectBuilder::new().schema_type(SchemaType::Type(kind)).format(format).build().into()
}

fn names<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Schema {
    let names = names.into_iter().map(|name| Value::from(name.into()));
    let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    text.enum_values(Some(names)).build().into()
}

fn parameter(
    name: String,
    about: String,
    schema: Schema,
    example: Option<Value>,
) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
        .example(example)
}
