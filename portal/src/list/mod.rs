// SPDX-License-Identifier: Apache-2.0
//! Lists: one mechanism that filters, sorts and reads in parts everything that the registry lists,
//! for its pages, for machines and as files.
//!
//! A list says in a table what it can be asked by ([`Field`]), and how it is read in one text of SQL
//! with gaps for what was asked. Nothing of a question gets into that text: parameters are compared
//! with names in the table, and values are read by their type and bound.

mod cursor;
mod describe;
mod field;
mod filter;
mod order;
mod shown;
mod value;

pub use cursor::Key;
pub use field::{Choices, Field, Kind, Source, Sql};
pub use shown::{Shown, View};
pub use value::Scalar;

use crate::{
    answers::cut,
    db::Reader,
    download::Column,
    i18n::{pieces, Piece},
    page,
    problem::{Message, Problem},
    query,
};
use axum::{extract::FromRequestParts, http::request::Parts};
use cursor::{Cursor, Lead};
use field::Operator;
use filter::{Filter, Place};
use order::Order;
use serde::Serialize;
use sqlx::{
    postgres::{PgRow, Postgres},
    FromRow, QueryBuilder, Row,
};
use std::{collections::BTreeSet, future::Future, marker::PhantomData};

/// A list of the registry: what can be asked of it, and how it is read.
pub trait Listing: Sized + Send + Sync + 'static {
    /// What it lists.
    type Item: Serialize + Send + 'static;
    /// What files with it are called.
    const NAME: &'static str;
    /// Key of the title of its page.
    const TITLE: &'static str;
    /// The columns of its table, in files.
    const COLUMNS: &'static [Column<Self::Item>];
    /// What it can be filtered and sorted by.
    const FIELDS: &'static [Field];
    /// What tells its rows apart; the order that it has by itself.
    const KEY: Key;
    /// Whether it begins with the last.
    const LAST_FIRST: bool = true;
    /// Whether its page does.
    const LAST_FIRST_ON_PAGE: bool = Self::LAST_FIRST;
    /// How it is read. `{cursor}` stands among the columns, `{rows}` for the table, `{filters}` in a
    /// condition, and `{part}` after the last condition; the name of an [argument](Field::argument)
    /// stands for its value. Of large tables a part is read first, and joined with others then, in
    /// the same `{order}`: Postgres does not see by itself that it need not join what it skips.
    const SQL: &'static str;
    /// The table, where some filters find their rows in another [source](Source).
    const FROM: &'static str = "";
    /// The numbers that its records moved: a table, and the condition that they are a record's.
    const PARTS: &'static str = "";
    /// Parameters of its pages that say nothing of what is listed.
    const OF_PAGE: &'static [&'static str] = &[];

    /// What the fields do not say: what belongs together, what stands for something else.
    fn check(_question: &mut Question<Self>) -> Result<(), Problem> {
        Ok(())
    }

    /// Makes items of rows.
    fn items(
        reader: &mut Reader,
        rows: Vec<PgRow>,
    ) -> impl Future<Output = Result<Vec<Self::Item>, Problem>> + Send;
}

/// Some of a list, and what to give as `after` to read on.
pub type Part<T> = (Vec<T>, Option<String>);

/// What is asked of a list: which rows, in which order, and where to begin.
pub struct Question<L> {
    filters: Vec<Filter>,
    /// The parameters that were given and mean something, but for where to begin.
    given: Vec<(String, String)>,
    order: Order,
    after: Option<Cursor>,
    limit: Option<i64>,
    for_page: bool,
    /// Whether it is one that is asked again and again, with other numbers.
    often: bool,
    list: PhantomData<fn() -> L>,
}

impl<L: Listing> Question<L> {
    /// The first rows with some values, as parameters name them; the last first where the list
    /// begins so.
    pub fn about(given: &[(&str, i64)], limit: i64) -> Result<Self, Problem> {
        let given = given.iter().map(|(name, value)| ((*name).to_owned(), value.to_string()));
        let question = Self::read(given.collect(), false)?;
        Ok(Self { limit: Some(limit), often: true, ..question })
    }

    /// What the parameters of a page say, for who asks without one.
    pub fn asked(given: &[(&str, &str)]) -> Result<Self, Problem> {
        let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self::read(given.collect(), true)
    }

    /// The first rows of the same question in an order, as `sort` names it.
    pub fn again(&self, sort: &str, limit: i64) -> Result<Self, Problem> {
        let given =
            self.given.iter().filter(|(name, _)| !["sort", "limit"].contains(&name.as_str()));
        let sort = ("sort".to_owned(), sort.to_owned());
        let question = Self::read(given.cloned().chain([sort]).collect(), false)?;
        Ok(Self { limit: Some(limit), ..question })
    }

    /// The row of a key.
    pub fn numbered(key: &[i64]) -> Result<Self, Problem> {
        let mut question = Self::about(&[], 1)?;
        question.filters = (L::KEY.columns.iter().zip(key))
            .map(|(column, number)| Filter {
                name: L::KEY.name,
                sql: Sql::Of(column),
                source: None,
                of_part: false,
                values: vec![("=", Scalar::Number(*number))],
            })
            .collect();
        Ok(question)
    }

    /// The same with another parameter, which must not be there yet.
    pub fn with(mut self, name: &str, value: &str) -> Result<Self, Problem> {
        self.filter(name, value)?;
        Ok(self)
    }

    /// Puts it in the order of the list's key.
    pub fn sort_by_key(&mut self, descending: bool) {
        self.order = Order::new(None, descending, L::KEY);
    }

    /// Understands the parameters of a request.
    fn read(given: Vec<(String, String)>, for_page: bool) -> Result<Self, Problem> {
        let descending = if for_page { L::LAST_FIRST_ON_PAGE } else { L::LAST_FIRST };
        let mut question = Self {
            filters: Vec::new(),
            given: Vec::new(),
            order: Order::new(None, descending, L::KEY),
            after: None,
            limit: None,
            for_page,
            often: false,
            list: PhantomData,
        };
        let mut seen = BTreeSet::new();
        let mut after = None;
        for (name, value) in given {
            let value = value.trim();
            let known = match name.as_str() {
                "sort" | "after" | "limit" => true,
                name => question.knows(name)?,
            };
            if !known {
                continue;
            }
            if !seen.insert(name.clone()) {
                let message = Message::new("problem.twice").with("name", value::quoted(&name));
                return Err(Problem::malformed(message));
            }
            // A form leaves blank what it does not ask for. A program means what it says.
            if value.is_empty() && (for_page || may_be_blank::<L>(&name)) {
                continue;
            }
            match name.as_str() {
                "after" => after = Some(value.to_owned()),
                "limit" => {
                    let number = value.parse().map_err(|_| query::wrong_limit())?;
                    question.limit = Some(number);
                }
                "sort" => question.order = Self::order(value)?,
                name => question.filter(name, value)?,
            }
            if name != "after" {
                question.given.push((name, value.to_owned()));
            }
        }
        L::check(&mut question)?;
        if let Some(after) = after {
            question.after = Some(question.order.read(&after).ok_or_else(|| {
                let message = Message::new("problem.cursor").with("sort", question.order.name());
                Problem::malformed(message)
            })?);
        }
        Ok(question)
    }

    /// Whether there is a parameter of this name; a problem where there must be.
    fn knows(&self, name: &str) -> Result<bool, Problem> {
        if parameter::<L>(name).is_some() {
            return Ok(true);
        }
        let before = name.split_once('[').map(|(before, _)| before);
        let field = L::FIELDS.iter().find(|field| field.filters && Some(field.name) == before);
        if let Some(field) = field {
            let known: Vec<_> = field.parameters().map(|(name, _)| name).collect();
            let message =
                Message::new("problem.unknown_operator").with("name", value::quoted(name));
            return Err(Problem::malformed(message.with("known", known.join(", "))));
        }
        if self.for_page && (L::OF_PAGE.contains(&name) || query::is_tracker(name)) {
            return Ok(false);
        }
        // Who misspells a filter must not take the whole list for the filtered one.
        let fields = L::FIELDS.iter().filter(|field| field.filters).map(|field| field.name);
        let known: Vec<_> = fields.chain(["sort", "after", "limit"]).collect();
        Err(query::unknown_parameter(&value::quoted(name), &known))
    }

    fn filter(&mut self, name: &str, text: &str) -> Result<(), Problem> {
        let (field, operator) =
            parameter::<L>(name).ok_or_else(|| query::unknown_parameter(name, &[]))?;
        let values = value::read(field, operator, name, text)?;
        let Field { name, sql, source, of_part, .. } = *field;
        self.filters.push(Filter { name, sql, source, of_part, values });
        Ok(())
    }

    fn order(text: &str) -> Result<Order, Problem> {
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |it| (it, true));
        let field = L::FIELDS.iter().find(|field| field.sorts && field.name == name);
        if field.is_none() && name != L::KEY.name {
            let message = Message::new("problem.sort").with("sort", value::quoted(text));
            return Err(Problem::malformed(message.with("known", sorts::<L>().join(", "))));
        }
        let field = field.filter(|field| !field.as_key);
        Ok(Order::new(field, descending, L::KEY))
    }

    /// The value of a parameter.
    pub fn value(&self, name: &str) -> Option<&Scalar> {
        let filter = self.filters.iter().find(|filter| filter.name == name)?;
        filter.values.first().map(|(_, value)| value)
    }

    /// What stands for a parameter in the list's own SQL: its value, or the first choice.
    fn argument(&self, name: &str) -> Scalar {
        let kind = L::FIELDS.iter().find(|field| field.name == name).map(|field| field.kind);
        match (self.value(name), kind) {
            (Some(value), _) => value.clone(),
            (None, Some(Kind::Choice(choices))) => {
                let first = choices.all().into_iter().next().unwrap_or_default();
                Scalar::Text(first.to_owned())
            }
            (None, _) => Scalar::Nothing,
        }
    }

    /// A parameter as it was given.
    pub fn given(&self, name: &str) -> Option<&str> {
        let given = self.given.iter().find(|(given, _)| given == name);
        given.map(|(_, value)| value.as_str())
    }

    /// All parameters as they were given, but for where to begin.
    pub fn all_given(&self) -> impl Iterator<Item = (&str, &str)> {
        self.given.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether it is in the order of the list's key, the first first.
    pub fn is_oldest_first(&self) -> bool {
        self.order.field.is_none() && !self.order.descending
    }

    /// Whether a number of rows was asked for.
    pub fn is_limited(&self) -> bool {
        self.limit.is_some()
    }

    /// The key to read on after.
    pub fn after(&self) -> Option<Vec<i64>> {
        self.after.as_ref()?.key.iter().map(Scalar::number).collect()
    }

    /// Asks for a number of rows after this key.
    pub fn go_on(&mut self, key: &[i64], limit: i64) {
        let key = key.iter().copied().map(Scalar::Number).collect();
        self.after = Some(Cursor { value: Scalar::Nothing, key });
        self.limit = Some(limit);
    }

    /// Asks for all rows, in parts as large as can be; a file has no other limit.
    pub fn unlimited(&mut self) -> Result<(), Problem> {
        if self.limit.is_some() {
            return Err(Problem::malformed(Message::new("problem.limit_of_file")));
        }
        self.limit = Some(query::MAX_LIMIT);
        Ok(())
    }

    /// Goes on where an answer ended.
    pub fn follow(&mut self, next: &str) -> Result<(), Problem> {
        let unreadable = || Problem::internal("a list's own cursor cannot be read");
        self.after = Some(self.order.read(next).ok_or_else(unreadable)?);
        Ok(())
    }

    /// Reads what is asked for.
    pub async fn load(&self, reader: &mut Reader) -> Result<Part<L::Item>, Problem> {
        let limit = query::limit(self.limit, self.for_page)?;
        let rows = self.rows(reader, L::SQL, limit + 1).await?;
        let (rows, last) = cut(rows, limit, |row| self.order.cursor(row));
        let next = last.transpose()?.map(|cursor| self.order.write(&cursor));
        Ok((L::items(reader, rows).await?, next))
    }

    /// Reads a row, by other SQL than the list's, over everything that is asked for.
    pub async fn sum<T>(&self, reader: &mut Reader, sql: &'static str) -> Result<T, Problem>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let rows = self.rows(reader, sql, 1).await?;
        let row = rows.first().ok_or_else(|| Problem::internal("a sum has no row"))?;
        Ok(T::from_row(row)?)
    }

    /// Reads rows, by other SQL than the list's, of everything that is asked for; `{limit}` in it is
    /// how many at most.
    pub async fn all<T>(
        &self,
        reader: &mut Reader,
        sql: &'static str,
        limit: i64,
    ) -> Result<Vec<T>, Problem>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        as_they_are(&self.rows(reader, sql, limit).await?)
    }

    async fn rows(
        &self,
        reader: &mut Reader,
        sql: &'static str,
        limit: i64,
    ) -> Result<Vec<PgRow>, Problem> {
        let mut query = self.query(sql, limit);
        // A plan that is kept is made for no value in particular, and what is rare and what is not
        // are best found in different ways.
        let query = query.build().persistent(self.often);
        Ok(query.fetch_all(reader.connection()).await?)
    }

    /// The text of SQL with its gaps filled.
    fn query(&self, sql: &'static str, limit: i64) -> QueryBuilder<Postgres> {
        let mut query = QueryBuilder::new("");
        let source = self.source();
        let lead = match source {
            Some((_, Source { column, .. })) => {
                Some(Lead { column, at: L::KEY.lead.map_or("{key}", |lead| lead.at) })
            }
            None => L::KEY.lead,
        };
        let order = Order { lead, ..self.order };
        let place = (&order, self.after.as_ref());
        for piece in pieces(sql) {
            match piece {
                Piece::Words(words) => {
                    query.push(words);
                }
                Piece::Gap("cursor") => order.select(&mut query),
                Piece::Gap("rows") => match source {
                    Some((filter, source)) => {
                        let other = |it: &&Filter| it.source.is_some() && it.name != filter.name;
                        let others: Vec<_> = self.filters.iter().filter(other).collect();
                        filter.push_source(&mut query, source, &others, place);
                    }
                    None => {
                        query.push(L::FROM);
                    }
                },
                Piece::Gap("filters") => self.push_filters(&mut query, place),
                Piece::Gap("part") => {
                    order.push(&mut query, self.after.as_ref());
                    query.push(" LIMIT ").push_bind(limit);
                }
                Piece::Gap("limit") => {
                    query.push_bind(limit);
                }
                Piece::Gap("order") => order.push_again(&mut query),
                Piece::Gap(name) => match self.argument(name) {
                    Scalar::Nothing => {
                        query.push("NULL");
                    }
                    value => value.bind(&mut query),
                },
            }
        }
        query
    }

    /// The first filter, in the order of the list's fields, that finds its rows in another place.
    fn source(&self) -> Option<(&Filter, Source)> {
        let filter = |name| self.filters.iter().find(|filter| filter.name == name);
        let found = L::FIELDS.iter().filter(|field| field.source.is_some());
        let first = found.filter_map(|field| filter(field.name)).next()?;
        Some((first, first.source?))
    }

    fn push_filters(&self, query: &mut QueryBuilder<Postgres>, place: Place) {
        query.push("TRUE");
        let source = self.source().map(|(filter, _)| filter.name);
        let conditions = |of_part| {
            let of = move |filter: &&Filter| {
                // All that is in another place fulfils its condition, if not that of its numbers.
                filter.of_part == of_part && (of_part || Some(filter.name) != source)
            };
            self.filters.iter().filter(of).filter(|filter| !matches!(filter.sql, Sql::Argument))
        };
        for filter in conditions(false) {
            filter.push(query, place);
        }
        // All that is asked of the numbers must be true of the same.
        if conditions(true).next().is_some() {
            query.push(" AND EXISTS (SELECT FROM ").push(L::PARTS);
            for filter in conditions(true) {
                filter.push(query, place);
            }
            query.push(")");
        }
    }
}

/// The field and the operator of a parameter.
fn parameter<L: Listing>(name: &str) -> Option<(&'static Field, &'static Operator)> {
    L::FIELDS.iter().find_map(|field| {
        let (_, operator) = field.parameters().find(|(known, _)| known == name)?;
        Some((field, operator))
    })
}

/// Whether a blank is a value of a parameter, which asks for nothing: a text, none of several.
fn may_be_blank<L: Listing>(name: &str) -> bool {
    match parameter::<L>(name) {
        Some((field, operator)) => matches!(field.kind, Kind::Text) || operator.name == "in",
        None => name == "after",
    }
}

/// Everything that a list can be sorted by.
fn sorts<L: Listing>() -> Vec<&'static str> {
    let fields = L::FIELDS.iter().filter(|field| field.sorts).map(|field| field.name);
    std::iter::once(L::KEY.name).chain(fields).collect()
}

/// Items that are their rows.
pub fn as_they_are<T>(rows: &[PgRow]) -> Result<Vec<T>, Problem>
where
    T: for<'r> FromRow<'r, PgRow>,
{
    Ok(rows.iter().map(T::from_row).collect::<Result<_, _>>()?)
}

/// The numbers of some rows.
pub fn ids(rows: &[PgRow]) -> Result<Vec<i64>, Problem> {
    Ok(rows.iter().map(|row| row.try_get("id")).collect::<Result<_, _>>()?)
}

impl<L: Listing, S: Sync> FromRequestParts<S> for Question<L> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::read(query::pairs(&parts.uri)?, !page::wants_data(parts.uri.path()))
    }
}

#[cfg(test)]
mod tests;
