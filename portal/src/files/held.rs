// SPDX-License-Identifier: Apache-2.0
//! Whether the registry has the files whose hashes a page shows.

use super::{address, content::Kind};
use crate::{
    page::{self, Html, Layout},
    server::App,
};
use askama::filters::Safe;
use serde::Serialize;
use std::borrow::Borrow;
use std::collections::HashMap;
use utoipa::ToSchema;

/// What the registry has of a file whose hash is on the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldFile {
    /// Whether it can be had here.
    pub available: bool,
    /// Whether it was deposited here, and the copy is damaged or lost now.
    pub damaged: bool,
    /// Its bytes; the chain's record may tell another number.
    pub size: Option<i64>,
    /// What was found in them.
    #[schema(example = "application/pdf")]
    pub media_type: Option<String>,
    /// Where it is.
    #[schema(
        example = "/api/v1/files/0xbddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"
    )]
    pub url: Option<String>,
}

impl Layout {
    /// A link to a file, or that it is not here; nothing while that cannot be told.
    pub fn held(&self, file: impl Borrow<Option<HeldFile>>) -> Html {
        let Some(file) = file.borrow() else { return Safe(String::new()) };
        let told = match (&file.url, file.damaged) {
            (Some(url), false) => {
                let kind = file.media_type.as_deref().and_then(Kind::of_media_type);
                let kind = kind.map(Kind::short).unwrap_or_default();
                let size = self.bytes(file.size.unwrap_or_default());
                page::link(url, &page::text(&format!("{kind}, {size}")))
            }
            (_, true) => page::text(self.t("held.damaged")),
            (None, false) => page::text(self.t("held.missing")),
        };
        Safe(format!(" <span class=\"note\">{told}</span>"))
    }
}

/// What the registry has of some hashes, by hash.
pub struct Held(Option<HashMap<String, HeldFile>>);

impl Held {
    /// Asks for these. Pages are shown also while this cannot be told.
    pub async fn of(app: &App, hashes: Vec<&str>) -> Self {
        let bytes = hashes.into_iter().filter_map(super::parse).map(|it| it.0.to_vec()).collect();
        Self(ask(app, bytes).await.ok())
    }

    /// Of one of those that were asked for; none where nothing can be told.
    pub fn get(&self, hash: &str) -> Option<HeldFile> {
        Some(self.0.as_ref()?.get(hash).cloned().unwrap_or_default())
    }

    /// The same, where there is a hash at all.
    pub fn perhaps(&self, hash: Option<&str>) -> Option<HeldFile> {
        self.get(hash?)
    }
}

/// Only hashes that the chain carries are asked for: all of these files are public.
async fn ask(
    app: &App,
    hashes: Vec<Vec<u8>>,
) -> Result<HashMap<String, HeldFile>, crate::problem::Problem> {
    let mut transaction = app.directory.begin().await?;
    let rows = sqlx::query!(
        r#"SELECT '0x' || encode(hash, 'hex') AS "hash!", size, media_type,
                  damaged_at IS NOT NULL AS "damaged!"
           FROM directory.files WHERE hash = ANY($1::BYTEA[]) AND stored_at IS NOT NULL"#,
        &hashes
    )
    .fetch_all(&mut *transaction)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let held = HeldFile {
                available: !row.damaged,
                damaged: row.damaged,
                size: Some(row.size),
                media_type: Some(row.media_type),
                url: Some(address(&row.hash)),
            };
            (row.hash, held)
        })
        .collect())
}
