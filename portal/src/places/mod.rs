// SPDX-License-Identifier: Apache-2.0
//! Places: where the regions are that projects name.
//!
//! The chain has a region's code or its name, as somebody wrote it. Which region that is and where
//! it lies is looked up by one task, in a file or at a service that is configured, and kept in the
//! database. Readers are answered from there and never wait for a service.

mod file;
pub mod http;
mod locator;
mod mapbox;
mod openstreetmap;
pub mod region;
pub mod regions;
mod store;
mod task;

use crate::{directory::Directory, site::Site};
use anyhow::{anyhow, Context};
use clap::{Args, ValueEnum};
use file::File;
use locator::Locator;
use mapbox::Mapbox;
use openstreetmap::OpenStreetMap;
use std::{path::PathBuf, time::Duration};
pub use task::Task;

/// Who is asked for places.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Service {
    /// The file alone.
    File,
    /// Mapbox, for what the file does not know.
    Mapbox,
    /// OpenStreetMap, for what the file does not know.
    #[value(name = "openstreetmap")]
    OpenStreetMap,
}

/// Where to look for places.
#[derive(Args)]
pub struct Options {
    /// Who knows where regions are, beside the file: nobody, or a service that is asked in the
    /// background.
    #[arg(long, env = "LOCATION_SERVICE", value_enum, default_value = "file")]
    location_service: Service,
    /// The country's file of regions (CSV); without it, the one that comes with the portal.
    #[arg(long, env = "REGIONS_FILE", value_name = "FILE")]
    regions: Option<PathBuf>,
    /// Address of the service, if it is not the public one.
    #[arg(long, env = "LOCATION_ENDPOINT", value_name = "URL")]
    location_endpoint: Option<String>,
    /// Access token of Mapbox; one that may keep what it is told.
    #[arg(long, env = "MAPBOX_TOKEN", hide_env_values = true)]
    mapbox_token: Option<String>,
    /// Milliseconds between two questions to the service, at least.
    #[arg(long, env = "LOCATION_INTERVAL", default_value_t = 1000,
          value_parser = clap::value_parser!(u32).range(10..))]
    location_interval: u32,
}

impl Options {
    /// The task that does it. What is wrong with the options ends the portal before it begins.
    pub fn task(self, directory: Directory, site: &Site) -> anyhow::Result<Task> {
        // Operators of services want to know whom to tell that something is wrong.
        let user_agent =
            format!("carbon-registry-portal/{} (+{})", env!("CARGO_PKG_VERSION"), site.url());
        let endpoint = |public: &str| {
            let address = self.location_endpoint.as_deref().unwrap_or(public);
            http::address(address).map_err(|error| anyhow!("LOCATION_ENDPOINT: {error}"))
        };
        let service: Option<Box<dyn Locator>> = match self.location_service {
            Service::File => None,
            Service::Mapbox => {
                let token = self.mapbox_token.filter(|token| !token.is_empty());
                let token = token.context("Mapbox wants an access token: set MAPBOX_TOKEN")?;
                Some(Box::new(Mapbox::new(endpoint(mapbox::ENDPOINT)?, token, &user_agent)?))
            }
            Service::OpenStreetMap => {
                let address = endpoint(openstreetmap::ENDPOINT)?;
                Some(Box::new(OpenStreetMap::new(address, &user_agent)?))
            }
        };
        // OpenStreetMap lists all regions by itself: beside it, only a file that was asked for counts.
        let lists = self.location_service == Service::OpenStreetMap;
        let file = match (self.regions, lists) {
            (None, true) => None,
            (path, _) => Some(File::open(path).context("the file of regions cannot be used")?),
        };
        let interval = Duration::from_millis(self.location_interval.into());
        Ok(Task { directory, file, service, interval })
    }
}
