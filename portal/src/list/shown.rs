// SPDX-License-Identifier: Apache-2.0
//! A list on its page: the form that filters it, headings that sort it, the way to the next part.

use super::{
    field::{Field, Kind},
    Listing, Question,
};
use crate::{
    db::Reader,
    page::{self, Html, Layout},
    server::App,
};
use askama::filters::Safe;
use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Response},
};

/// What a page of a list is made of, as it was asked for.
pub struct Shown<L: Listing> {
    /// The frame of the page.
    pub l: Layout,
    /// What was asked.
    pub list: View<L>,
    /// The items of this part.
    pub items: Vec<L::Item>,
    /// For what else the page tells.
    pub reader: Reader,
}

impl<L: Listing> FromRequestParts<App> for Shown<L> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let question = Question::<L>::from_request_parts(parts, app).await;
        let question = question.map_err(IntoResponse::into_response)?;
        let mut reader = Reader::from_request_parts(parts, app).await?;
        let part = question.load(&mut reader).await.map_err(IntoResponse::into_response)?;
        let (items, next) = part;
        let l = Layout::of_list(app, &reader, &parts.uri, L::TITLE);
        let list = View { question, path: parts.uri.path().to_owned(), next };
        Ok(Self { l, list, items, reader })
    }
}

/// What templates say of a list; they call it `list`.
pub struct View<L> {
    /// What was asked.
    pub question: Question<L>,
    path: String,
    next: Option<String>,
}

impl<L: Listing> View<L> {
    /// What was given for a field of the form.
    pub fn value(&self, name: &str) -> &str {
        self.question.given(name).unwrap_or_default()
    }

    /// The choices of a field of the form, and which one was given.
    pub fn choices(&self, name: &str) -> Vec<(&'static str, bool)> {
        match L::FIELDS.iter().find(|field| field.name == name).map(|field| field.kind) {
            Some(Kind::Choice(choices)) => {
                let given = self.value(name);
                choices.all().into_iter().map(|choice| (choice, choice == given)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What filters beside the fields of the form.
    pub fn others(&self, form: &[&str]) -> Vec<(&str, &str)> {
        let shown = |name: &str| form.contains(&name) || ["sort", "limit"].contains(&name);
        self.given().filter(|(name, _)| !shown(name)).collect()
    }

    /// The order that was given.
    pub fn sort(&self) -> Option<&str> {
        self.question.given("sort")
    }

    /// Whether any filter was given.
    pub fn is_filtered(&self) -> bool {
        !self.others(&[]).is_empty()
    }

    /// Whether it is not the first part.
    pub fn is_continued(&self) -> bool {
        self.question.after.is_some()
    }

    /// The address of the next part.
    pub fn more(&self) -> Option<String> {
        let next = self.next.as_deref()?;
        Some(page::address(&self.path, self.given().chain([("after", next)])))
    }

    /// Whether the next part is older.
    pub fn is_newest_first(&self) -> bool {
        let order = &self.question.order;
        order.field.is_none() && order.descending
    }

    /// A heading that sorts.
    pub fn column(&self, sort: &str, words: &str) -> Html {
        self.heading(sort, words, "")
    }

    /// A heading of numbers that sorts.
    pub fn number(&self, sort: &str, words: &str) -> Html {
        self.heading(sort, words, " class=\"number\"")
    }

    fn heading(&self, sort: &str, words: &str, class: &str) -> Html {
        let field = L::FIELDS.iter().find(|field| field.sorts && field.name == sort);
        let order = &self.question.order;
        let is_it = order.field.map_or(L::KEY.name, |field| field.name) == sort;
        let aria = match (is_it, order.descending) {
            (false, _) => "",
            (true, false) => " aria-sort=\"ascending\"",
            (true, true) => " aria-sort=\"descending\"",
        };
        // Texts from A, numbers and times from the largest; and then the other way round.
        let from_a = matches!(field, Some(Field { kind: Kind::Text, .. }));
        let descending = if is_it { !order.descending } else { !from_a };
        let sort = format!("{}{sort}", if descending { "-" } else { "" });
        let others = self.given().filter(|(name, _)| *name != "sort");
        let address = page::address(&self.path, others.chain([("sort", sort.as_str())]));
        let link = page::link(&address, &page::text(words));
        Safe(format!("<th scope=\"col\"{class}{aria}>{link}</th>"))
    }

    fn given(&self) -> impl Iterator<Item = (&str, &str)> {
        self.question.all_given()
    }
}
