// SPDX-License-Identifier: Apache-2.0
//! The one style sheet and the mark, embedded; their addresses name their contents.

use axum::{
    http::header,
    response::{IntoResponse, Response},
    routing::get,
    Router,
};
use blake2::{digest::consts::U8, Blake2b, Digest};
use std::sync::LazyLock;

const STYLE: &str = include_str!("../static/site.css");
const MARK: &str = include_str!("../static/mark.svg");

/// The signing module, as `portal/web` makes it.
const CONSOLE: &str = include_str!("../static/console.js");

/// How the console looks beside that.
const CONSOLE_STYLE: &str = include_str!("../static/console.css");

/// Address of the console's style sheet.
pub static CONSOLE_STYLE_ADDRESS: LazyLock<String> =
    LazyLock::new(|| address("console", "css", CONSOLE_STYLE));
/// Address of the signing module.
pub static CONSOLE_ADDRESS: LazyLock<String> = LazyLock::new(|| address("console", "js", CONSOLE));
/// Address of the style sheet.
pub static STYLE_ADDRESS: LazyLock<String> = LazyLock::new(|| address("site", "css", STYLE));
/// Address of the mark.
pub static MARK_ADDRESS: LazyLock<String> = LazyLock::new(|| address("mark", "svg", MARK));

fn address(name: &str, ending: &str, contents: &str) -> String {
    let hash = Blake2b::<U8>::digest(contents);
    format!("/assets/{name}-{}.{ending}", hex::encode(hash))
}

/// Serves them.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route(&STYLE_ADDRESS, get(|| async { embedded("text/css; charset=utf-8", STYLE) }))
        .route(
            &CONSOLE_STYLE_ADDRESS,
            get(|| async { embedded("text/css; charset=utf-8", CONSOLE_STYLE) }),
        )
        .route(
            &CONSOLE_ADDRESS,
            get(|| async { embedded("text/javascript; charset=utf-8", CONSOLE) }),
        )
        .route(&MARK_ADDRESS, get(|| async { embedded("image/svg+xml", MARK) }))
}

fn embedded(kind: &'static str, contents: &'static str) -> Response {
    // For ever, because other contents have another address.
    let forever = "public, max-age=31536000, immutable";
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, forever)], contents).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_contents_have_another_address() {
        assert_ne!(address("site", "css", "a{}"), address("site", "css", "b{}"));
        assert!(STYLE_ADDRESS.starts_with("/assets/site-"));
    }

    #[test]
    fn the_style_sheet_asks_nothing_of_other_origins() {
        for sign in ["http:", "https:", "//", "@import"] {
            assert!(!STYLE.contains(sign), "{sign}");
        }
        assert!(STYLE.len() < 30_000);
    }
}
