// SPDX-License-Identifier: Apache-2.0
//! Charts and maps as files: SVG as it is, and PNG drawn from it with the portal's own fonts.

use crate::problem::Problem;
use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{fontdb::Database, Options, Tree},
};
use std::sync::{Arc, LazyLock};

/// How many dots of a picture one unit of its drawing is.
const SHARPNESS: f32 = 2.0;
/// Largest side of a picture, in dots.
const LARGEST: f32 = 4096.0;

/// The letters of pictures: nothing is taken from the machine, so that pictures are the same
/// everywhere.
static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    for font in [
        include_bytes!("../../data/fonts/NotoSans-Regular.ttf").as_slice(),
        include_bytes!("../../data/fonts/NotoSans-Bold.ttf"),
        include_bytes!("../../data/fonts/NotoSansArabic-Regular.ttf"),
        include_bytes!("../../data/fonts/NotoSansArabic-Bold.ttf"),
    ] {
        fonts.load_font_data(font.to_vec());
    }
    Arc::new(fonts)
});

/// A kind of file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Picture {
    Svg,
    Png,
}

impl Picture {
    /// Answers with a picture. Whoever has it may show it, but not as a page of this site.
    pub async fn answer(self, svg: String, name: &str) -> Result<Response, Problem> {
        let (kind, ending, body) = match self {
            Self::Svg => ("image/svg+xml", "svg", svg.into_bytes()),
            Self::Png => {
                // Drawing takes its time; other requests have theirs meanwhile.
                let drawn = tokio::task::spawn_blocking(move || png(&svg)).await;
                let drawn = drawn.map_err(|error| Problem::internal(&error.to_string()))?;
                ("image/png", "png", drawn?)
            }
        };
        let headers = [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CACHE_CONTROL, "no-cache".to_owned()),
            (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}.{ending}\"")),
        ];
        Ok((headers, body).into_response())
    }
}

/// Draws a picture.
pub fn png(svg: &str) -> Result<Vec<u8>, Problem> {
    let fault = |what: &str| Problem::internal(&format!("a picture cannot be drawn: {what}"));
    let options = Options {
        font_family: "Noto Sans".to_owned(),
        fontdb: FONTS.clone(),
        // Nothing is read from files or from elsewhere.
        resources_dir: None,
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).map_err(|error| fault(&error.to_string()))?;
    let size = tree.size();
    let scale = SHARPNESS.min(LARGEST / size.width().max(size.height()));
    let dots = |side: f32| (side * scale).ceil().max(1.0) as u32;
    let mut picture = Pixmap::new(dots(size.width()), dots(size.height()))
        .ok_or_else(|| fault("it has no size"))?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
    picture.encode_png().map_err(|error| fault(&error.to_string()))
}
