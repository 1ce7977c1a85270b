// SPDX-License-Identifier: Apache-2.0
//! What a form of a call asks for, and of what kind it is. The page draws a control for each kind,
//! the signing module reads it back, and a test makes a call of every form's own sample.

use registry_primitives::OrganisationRole;

/// Something that a form asks for: an argument of a call, or a part of one.
pub struct Field {
    /// Its name in the call.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Whether it may be left out.
    pub optional: bool,
}

/// Values of an enumeration, by their names on the chain.
pub type Names = fn() -> Vec<&'static str>;

/// The kinds of fields.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A whole number.
    Number { least: u64, most: u64 },
    /// Tonnes.
    Tonnes,
    /// A share, typed as a percentage, in parts per million on the chain.
    Percent,
    /// A latitude or longitude, in millionths of a degree on the chain.
    Degrees(u16),
    /// A line of text of at most so many bytes.
    Line(u32),
    /// The same, on several lines of the page; the chain takes one line.
    Text(u32),
    /// One value of an enumeration; its names are in this group of the catalogue.
    Name(&'static str, Names),
    /// Some values of an enumeration; at least as many as said.
    Names(&'static str, Names, usize),
    /// Yes or no, in the words of this group of the catalogue.
    Flag(&'static str),
    /// A country.
    Country,
    /// Some countries.
    Countries,
    /// An organisation of one of these roles.
    Organisation(&'static [OrganisationRole]),
    /// Some organisations.
    Organisations(&'static [OrganisationRole]),
    /// An account.
    Account,
    /// An account that is a member.
    Member,
    /// A document of the project, of this kind or of any.
    Document(Option<&'static str>),
    /// A monitoring period of the project, at this stage.
    MonitoringPeriod(&'static str),
    /// The hash of a file, which is hashed in the page and deposited.
    File,
    /// The same, with its size as another argument, `size`.
    SizedFile,
    /// A hash that is known already.
    Hash,
    /// A first and a last day.
    Period,
    /// A first and a last year.
    Years,
    /// Tonnes out of blocks that are in one of these states.
    Blocks(&'static [&'static str]),
    /// What is written as JSON.
    Json,
    /// Several fields together.
    Object(&'static [Field]),
    /// Any number of rows of fields.
    List(&'static [Field]),
    /// One of several names, each with fields of its own or none.
    Variant(&'static str, &'static [(&'static str, Part)]),
}

/// What belongs to a name of a variant.
#[derive(Clone, Copy)]
pub enum Part {
    /// Nothing.
    Nothing,
    /// One value.
    One(&'static [Field; 1]),
    /// Fields.
    Some(&'static [Field]),
}

/// A field that must be given.
pub const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, optional: false }
}

/// A field that may be left out.
pub const fn optional(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, optional: true }
}

impl Part {
    /// The fields, if there are any.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Nothing => &[],
            Self::One(fields) => fields,
            Self::Some(fields) => fields,
        }
    }
}

#[cfg(test)]
pub mod samples {
    use super::*;
    use serde_json::{json, Map, Value};

    pub const ACCOUNT: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    /// What the signing module makes of fields that are filled in: of variants the one with this
    /// index, and what is optional only if so said.
    pub fn object(fields: &[Field], variant: usize, whole: bool) -> Value {
        let mut values = Map::new();
        for field in fields {
            let left_out = field.optional && !whole;
            let value = if left_out { Value::Null } else { value(field.kind, variant, whole) };
            values.insert(field.name.to_owned(), value);
            if let Kind::SizedFile = field.kind {
                values.insert("size".to_owned(), json!(7));
            }
        }
        Value::Object(values)
    }

    fn value(kind: Kind, variant: usize, whole: bool) -> Value {
        match kind {
            Kind::Number { least, .. } => json!(least.max(1)),
            Kind::Tonnes => json!(10),
            Kind::Percent => json!(20_000),
            Kind::Degrees(_) => json!(-17_733_000),
            Kind::Line(_) | Kind::Text(_) => json!("A text"),
            Kind::Name(_, names) => json!(names()[0]),
            Kind::Names(_, names, _) => json!([names()[0]]),
            Kind::Flag(_) => json!(true),
            Kind::Country => json!("VU"),
            Kind::Countries => json!(["CH"]),
            Kind::Organisation(_) => json!(3),
            Kind::Organisations(_) => json!([3]),
            Kind::Account | Kind::Member => json!(ACCOUNT),
            Kind::Document(_) | Kind::MonitoringPeriod(_) => json!(1),
            Kind::File | Kind::SizedFile | Kind::Hash => json!(format!("0x{}", "11".repeat(32))),
            Kind::Period => json!({ "start": 1_672_531_200_000_u64, "end": 1_704_067_200_000_u64 }),
            Kind::Years => json!([2023, 2030]),
            Kind::Blocks(_) => json!([{ "start": 1, "quantity": 5 }]),
            Kind::Json => serde_json::to_value(credit_calculator::Constants::default()).unwrap(),
            Kind::Object(fields) => object(fields, variant, whole),
            Kind::List(fields) => json!([object(fields, variant, whole)]),
            Kind::Variant(_, all) => {
                let (name, part) = all[variant % all.len()];
                match part {
                    Part::Nothing => json!(name),
                    Part::One([only]) => json!({ name: value(only.kind, variant, whole) }),
                    Part::Some(fields) => json!({ name: object(fields, variant, whole) }),
                }
            }
        }
    }
}
