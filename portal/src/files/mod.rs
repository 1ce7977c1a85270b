// SPDX-License-Identifier: Apache-2.0
//! Files: the documents, reports, remarks and profiles whose hashes are on the chain.
//!
//! A file is kept under its hash. It is private to the organisation that uploaded it, and to the
//! Government's officers, until something on the chain carries its hash; from then on it is public.
//! What the chain never carries is removed after some weeks.

mod anchors;
mod arriving;
pub mod content;
pub mod deposits;
pub mod download;
pub mod held;
pub mod housekeeping;
pub mod info;
mod name;
mod range;
mod removal;
mod rows;
mod scrub;
mod sight;
mod store;
pub mod upload;

use crate::problem::{Message, Problem};
use registry_primitives::ContentHash;
use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use store::Store;

/// The hash of a file, as the chain has it.
type Digest = blake2::Blake2b<blake2::digest::consts::U32>;

/// Where files are kept, and how much.
#[derive(clap::Args, Clone, Debug)]
pub struct Options {
    /// Where uploaded files are kept: a path, or s3://bucket/prefix with the usual AWS_* variables.
    #[arg(long = "files", env = "FILES", default_value = "portal-data/files")]
    address: String,
    /// Folder of this machine for files on their way to S3; a local store has its own.
    #[arg(long = "files-incoming", env = "FILES_INCOMING", default_value = "portal-data/incoming")]
    incoming: PathBuf,
    /// Bytes of the largest file that is taken.
    #[arg(long, env = "MAX_FILE", default_value_t = 25 << 20)]
    max_file: u64,
    /// Bytes that each organisation may have here that the chain does not name, where each file
    /// counts as at least 64 KiB.
    #[arg(long, env = "FILE_QUOTA", default_value_t = 500 << 20)]
    file_quota: u64,
    /// Files that each organisation may upload at the same time.
    #[arg(long, env = "UPLOADS_AT_ONCE", default_value_t = 4)]
    uploads_at_once: usize,
    /// Days after which a file that the chain does not name is removed. An action that waits for a
    /// second officer has up to seven days.
    #[arg(long, env = "KEEP_UNANCHORED_DAYS", default_value_t = 30,
          value_parser = clap::value_parser!(u32).range(8..=3_650))]
    keep_unanchored_days: u32,
    /// Seconds between two rounds of removing and checking; for tests.
    #[arg(long, hide = true, default_value_t = 3_600)]
    files_housekeeping_seconds: u64,
}

/// The files.
#[derive(Clone)]
pub struct Files(Arc<Shared>);

struct Shared {
    store: Store,
    options: Options,
    /// How many uploads each organisation is at.
    uploading: Mutex<HashMap<i64, usize>>,
}

impl Files {
    /// Opens the store.
    pub fn open(options: Options) -> anyhow::Result<Self> {
        let store = Store::open(&options.address, &options.incoming)?;
        Ok(Self(Arc::new(Shared { store, options, uploading: Mutex::default() })))
    }

    /// Whether the store answers.
    pub async fn is_there(&self) -> bool {
        self.store().is_there().await
    }

    fn store(&self) -> &Store {
        &self.0.store
    }

    fn options(&self) -> &Options {
        &self.0.options
    }

    /// Between two rounds of housekeeping.
    fn pause(&self) -> Duration {
        Duration::from_secs(self.options().files_housekeeping_seconds.max(1))
    }

    /// A place among those that an organisation may upload at the same time.
    fn take_turn(&self, organisation: i64) -> Result<Turn, Problem> {
        let mut uploading = self.0.uploading.lock().unwrap_or_else(PoisonError::into_inner);
        let count = uploading.entry(organisation).or_default();
        let most = self.options().uploads_at_once;
        if *count >= most {
            let message = Message::new("problem.uploads_at_once").with("max", most);
            return Err(Problem::too_many_requests(message, 5));
        }
        *count += 1;
        Ok(Turn { files: self.clone(), organisation })
    }
}

/// An upload of an organisation, as long as it goes on.
struct Turn {
    files: Files,
    organisation: i64,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut uploading = self.files.0.uploading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = uploading.get_mut(&self.organisation) {
            *count -= 1;
            if *count == 0 {
                uploading.remove(&self.organisation);
            }
        }
    }
}

/// A hash in an address or a query: 0x and 64 hexadecimal digits.
fn parse(text: &str) -> Option<ContentHash> {
    text.strip_prefix("0x")?.parse().ok()
}

/// A hash of a row.
fn of_row(bytes: &[u8]) -> Result<ContentHash, Problem> {
    let bytes = bytes.try_into().map_err(|_| Problem::internal("a hash of another length"))?;
    Ok(ContentHash(bytes))
}

/// The address of a file.
pub fn address(hash: impl std::fmt::Display) -> String {
    format!("/api/v1/files/{hash}")
}

/// The store, or the disk before it, did not do what it should.
fn storage_failed(error: io::Error) -> Problem {
    tracing::error!(%error, "a file could not be written or read");
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Problem::unavailable(Message::new("problem.store_full"))
        }
        _ => Problem::unavailable(Message::new("problem.store_down")),
    }
}
