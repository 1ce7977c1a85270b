// SPDX-License-Identifier: Apache-2.0
//! What a list can be asked by: names of parameters, what their values are, and the SQL that each
//! stands for. Only this SQL, written here and in the lists, ever goes into a query; what people
//! ask goes beside it, bound.

/// Something that a list is filtered or sorted by.
#[derive(Clone, Copy)]
pub struct Field {
    /// Name of the parameter.
    pub name: &'static str,
    /// What it is, for the description of the API.
    pub about: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// What it is in the tables.
    pub sql: Sql,
    /// Whether it filters.
    pub filters: bool,
    /// Whether the list can be sorted by it.
    pub sorts: bool,
    /// Whether some rows have no value. They come last, whichever way it is sorted.
    pub nullable: bool,
    /// Where all that it finds is, in the order of the list.
    pub source: Option<Source>,
    /// Whether the list is sorted by it where it is in the order of its key.
    pub as_key: bool,
    /// Whether it is a property of the numbers that a record moved, and not of the record.
    pub of_part: bool,
}

/// What the values of a field are.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A whole number, that is compared.
    Number,
    /// The number of a thing.
    Id,
    /// An instant, that is compared; or a day, which stands for all of it.
    Time,
    /// A day of UTC.
    Day,
    /// Yes or no.
    Flag,
    /// One of some names.
    Choice(Choices),
    /// A country.
    Country,
    /// Any text.
    Text,
    /// A serial number: whole, or its numbers alone.
    Serial,
}

impl Kind {
    /// One of some names, each of which stands for itself.
    pub const fn choice(names: fn() -> Vec<&'static str>) -> Self {
        Self::Choice(Choices { names, groups: &[] })
    }
}

/// The names that a value can have.
#[derive(Clone, Copy)]
pub struct Choices {
    /// All of them.
    pub names: fn() -> Vec<&'static str>,
    /// Names that stand for several.
    pub groups: &'static [(&'static str, &'static [&'static str])],
}

impl Choices {
    /// Every name that can be asked for, groups first.
    pub fn all(&self) -> Vec<&'static str> {
        let groups = self.groups.iter().map(|(name, _)| *name);
        groups.chain((self.names)()).collect()
    }

    /// What a name stands for, if it is one.
    pub fn find(&self, text: &str) -> Option<Vec<&'static str>> {
        if let Some((_, names)) = self.groups.iter().find(|(name, _)| *name == text) {
            return Some(names.to_vec());
        }
        (self.names)().into_iter().find(|name| *name == text).map(|name| vec![name])
    }
}

/// What a field is in the tables.
#[derive(Clone, Copy)]
pub enum Sql {
    /// An expression, to be compared with the value.
    Of(&'static str),
    /// A condition, with `{value}` where the value goes.
    Where(&'static str),
    /// Two conditions with `{op}` and `{value}`: of what is not before it, and of what is not after.
    Bounds(&'static str, &'static str),
    /// The query of the list says itself where the value goes, by the name of the field.
    Argument,
}

/// A place where rows of a list are found in its order, that Postgres would not find by itself: it
/// stands where the list's own table does.
#[derive(Clone, Copy)]
pub struct Source {
    /// In SQL: `{value}` is what is asked for, `{direction}` the direction of the order, and
    /// `{after column}` says that a column is not before what is asked for.
    pub from: &'static str,
    /// Its column that never falls where the key of the list grows.
    pub column: &'static str,
    /// What it leaves of another such place, where rows of both are asked for; `TRUE` leaves all. The
    /// other has it at `{narrowed}`.
    pub narrows: &'static str,
}

/// A way to compare: its name in brackets after the field's, and in SQL.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operator {
    /// `gte` of `issued[gte]`; empty where the value is simply given.
    pub name: &'static str,
    /// In SQL.
    pub sql: &'static str,
    /// What it adds to the description of the field.
    pub about: &'static str,
}

const EQUAL: Operator = Operator { name: "", sql: "=", about: "" };
const ONE: &[Operator] = &[EQUAL];
const COMPARED: &[Operator] = &[
    EQUAL,
    Operator { name: "gt", sql: ">", about: ": above this" },
    Operator { name: "gte", sql: ">=", about: ": this or above" },
    Operator { name: "lt", sql: "<", about: ": below this" },
    Operator { name: "lte", sql: "<=", about: ": this or below" },
];
const ORDERED: &[Operator] = &[
    EQUAL,
    Operator { name: "gt", sql: ">", about: ": after this" },
    Operator { name: "gte", sql: ">=", about: ": then or later" },
    Operator { name: "lt", sql: "<", about: ": before this" },
    Operator { name: "lte", sql: "<=", about: ": then or earlier" },
];
const CHOSEN: &[Operator] =
    &[EQUAL, Operator { name: "in", sql: "= ANY", about: ": any of these, separated by commas" }];

impl Field {
    const fn new(name: &'static str, kind: Kind, sql: Sql, about: &'static str) -> Self {
        Self {
            name,
            about,
            kind,
            sql,
            filters: true,
            sorts: false,
            nullable: false,
            source: None,
            as_key: false,
            of_part: false,
        }
    }

    /// An expression that is compared with the value.
    pub const fn of(
        name: &'static str,
        kind: Kind,
        expression: &'static str,
        about: &'static str,
    ) -> Self {
        Self::new(name, kind, Sql::Of(expression), about)
    }

    /// A condition with `{value}` in it.
    pub const fn when(
        name: &'static str,
        kind: Kind,
        condition: &'static str,
        about: &'static str,
    ) -> Self {
        Self::new(name, kind, Sql::Where(condition), about)
    }

    /// What the query of the list takes by its name.
    pub const fn argument(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self::new(name, kind, Sql::Argument, about)
    }

    /// What the list is only sorted by.
    pub const fn order(name: &'static str, kind: Kind, expression: &'static str) -> Self {
        Self { filters: false, ..Self::of(name, kind, expression, "").sorted() }
    }

    /// The same with other SQL.
    pub const fn by(self, sql: Sql) -> Self {
        Self { sql, ..self }
    }

    /// The list can be sorted by it too.
    pub const fn sorted(self) -> Self {
        Self { sorts: true, ..self }
    }

    /// The list can be sorted by it, which is the order of its key: neither ever falls where the other
    /// grows.
    pub const fn sorted_as_key(self) -> Self {
        Self { as_key: true, ..self.sorted() }
    }

    /// Found in another place than the list's own.
    pub const fn found_in(self, source: Source) -> Self {
        Self { source: Some(source), ..self }
    }

    /// Some rows have no value.
    pub const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    /// Of the numbers that a record moved.
    pub const fn of_part(self) -> Self {
        Self { of_part: true, ..self }
    }

    /// How it can be asked for.
    pub fn operators(&self) -> &'static [Operator] {
        match (self.filters, self.kind) {
            (false, _) => &[],
            (true, Kind::Number) => COMPARED,
            (true, Kind::Time) => ORDERED,
            (true, Kind::Choice(_)) if !matches!(self.sql, Sql::Argument) => CHOSEN,
            (true, _) => ONE,
        }
    }

    /// The names of its parameters.
    pub fn parameters(&self) -> impl Iterator<Item = (String, &'static Operator)> + '_ {
        self.operators().iter().map(|operator| {
            let name = match operator.name {
                "" => self.name.to_owned(),
                bracketed => format!("{}[{bracketed}]", self.name),
            };
            (name, operator)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAGE: Kind = Kind::Choice(Choices {
        names: || vec!["submitted", "authorised"],
        groups: &[("pending", &["submitted"])],
    });

    fn parameters(field: Field) -> Vec<String> {
        field.parameters().map(|(name, _)| name).collect()
    }

    #[test]
    fn the_parameters_of_a_field_follow_from_its_kind() {
        let issued = Field::of("issued", Kind::Number, "p.issued", "Tonnes issued");
        let all = ["issued", "issued[gt]", "issued[gte]", "issued[lt]", "issued[lte]"];
        assert_eq!(parameters(issued), all);
        assert_eq!(parameters(Field::of("stage", STAGE, "p.stage", "")), ["stage", "stage[in]"]);
        assert_eq!(parameters(Field::argument("by", STAGE, "")), ["by"]);
        assert_eq!(parameters(Field::order("title", Kind::Text, "p.title")), [""; 0]);
    }

    #[test]
    fn a_group_stands_for_its_names() {
        let Kind::Choice(choices) = STAGE else { panic!("a choice") };
        assert_eq!(choices.all(), ["pending", "submitted", "authorised"]);
        assert_eq!(choices.find("pending"), Some(vec!["submitted"]));
        assert_eq!(choices.find("authorised"), Some(vec!["authorised"]));
        assert_eq!(choices.find("Authorised"), None);
    }
}
