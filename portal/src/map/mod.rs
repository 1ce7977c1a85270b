// SPDX-License-Identifier: Apache-2.0
//! The map of projects: outlines that come with the portal or that the government gives, and what is
//! at which place, as SVG.

mod cluster;
mod draw;
mod geometry;
mod outline;
mod page;
mod places;
mod view;

pub use page::{embed, figure, page, png_file, svg_file};

use crate::page::Html;
use anyhow::Context;
use clap::Args;
use geometry::Geometry;
use std::{path::PathBuf, sync::Arc};

/// What the map is drawn on.
#[derive(Args)]
pub struct Options {
    /// Outlines of the country and of others, as GeoJSON; without it, those that come with the
    /// portal.
    #[arg(long, env = "MAP_GEOMETRY", value_name = "FILE")]
    map_geometry: Option<PathBuf>,
}

impl Options {
    /// Reads the outlines. What is wrong with them ends the portal before it begins.
    pub fn open(self) -> anyhow::Result<Map> {
        let geometry = Geometry::open(self.map_geometry.as_deref()).with_context(|| {
            let path = self.map_geometry.unwrap_or_default();
            format!("the map cannot be drawn with the outlines in {}", path.display())
        })?;
        Ok(Map(Arc::new(geometry)))
    }
}

/// The outlines.
#[derive(Clone)]
pub struct Map(Arc<Geometry>);

/// A map on a page.
pub struct Figure {
    pub id: &'static str,
    /// For wide and for narrow screens.
    pub wide: Html,
    pub narrow: Html,
    /// What has to be known of it, and of the outlines.
    pub notes: Vec<String>,
    /// The same, larger, with a list of the places.
    pub page: String,
    /// Where it can be had as files.
    pub files: Vec<(&'static str, String)>,
    /// What another site writes to show it.
    pub code: String,
}
