// SPDX-License-Identifier: Apache-2.0
//! Where the bytes are: a folder of this machine, or a bucket of an S3 server. Each file is an object
//! that is named after its hash, so that nothing that anybody says becomes a path.

use super::arriving::Arrived;
use anyhow::{bail, Context};
use futures::stream::BoxStream;
use object_store::{
    local::LocalFileSystem, path::Path as Key, prefix::PrefixStore, Error, GetOptions, GetRange,
    ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart,
};
use registry_primitives::ContentHash;
use std::{
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::io::AsyncReadExt;

/// How much of a file is sent at once; S3 takes no smaller parts than 5 MiB, and at most 10,000.
const PART: usize = 8 << 20;
/// The folder, inside a local store, in which files wait that are not whole yet.
const INCOMING: &str = "incoming";

/// The bytes of a file, or of a part of it, as they come out of the store.
pub type Bytes = BoxStream<'static, Result<axum::body::Bytes, Error>>;

/// The store.
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    /// The folder of a local store.
    folder: Option<PathBuf>,
    /// Where files wait that are not whole yet; in a local store, so that they become whole by
    /// getting another name.
    pub incoming: PathBuf,
}

/// Why nothing can be read.
#[derive(Debug)]
pub enum Unreadable {
    /// The object is not there, or has another size.
    Damaged,
    /// The store does not answer.
    Down(Error),
}

impl Store {
    /// A store by its address: a path, `file:///path`, or `s3://bucket/prefix`. `incoming` is a
    /// folder for what is on its way to S3.
    pub fn open(address: &str, incoming: &Path) -> anyhow::Result<Self> {
        let store = match address.split_once("://") {
            None => Self::local(Path::new(address)),
            Some(("file", path)) if path.starts_with('/') => Self::local(Path::new(path)),
            Some(("s3", place)) => Self::s3(place, incoming),
            Some(_) => bail!("files are kept in a path, file:///path or s3://bucket/prefix"),
        };
        let store = store.with_context(|| format!("files cannot be kept in {address}"))?;
        std::fs::create_dir_all(&store.incoming)
            .with_context(|| format!("{} cannot be made", store.incoming.display()))?;
        Ok(store)
    }

    fn local(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let objects = Arc::new(LocalFileSystem::new_with_prefix(&folder)?);
        Ok(Self { objects, incoming: folder.join(INCOMING), folder: Some(folder) })
    }

    #[cfg(feature = "s3")]
    fn s3(place: &str, incoming: &Path) -> anyhow::Result<Self> {
        use object_store::{aws::AmazonS3Builder, RetryConfig};
        /// A request of the portal waits for it.
        const RETRIES: RetryConfig = RetryConfig {
            backoff: object_store::BackoffConfig {
                init_backoff: std::time::Duration::from_millis(100),
                max_backoff: std::time::Duration::from_secs(2),
                base: 2.,
            },
            max_retries: 3,
            retry_timeout: std::time::Duration::from_secs(15),
        };
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        // Endpoint, region and credentials are in the variables that every client of S3 reads.
        let bucket = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(RETRIES);
        let objects = PrefixStore::new(bucket.build()?, Key::parse(prefix)?);
        Ok(Self { objects: Arc::new(objects), folder: None, incoming: incoming.to_owned() })
    }

    #[cfg(not(feature = "s3"))]
    fn s3(_place: &str, _incoming: &Path) -> anyhow::Result<Self> {
        bail!("this portal was built without the feature `s3`")
    }

    /// Whether it answers, as the status of the service tells.
    pub async fn is_there(&self) -> bool {
        match &self.folder {
            Some(folder) => tokio::fs::metadata(folder).await.is_ok_and(|it| it.is_dir()),
            // That there is no such file is an answer.
            None => matches!(
                self.objects.head(&key(ContentHash([0; 32]))).await,
                Ok(_) | Err(Error::NotFound { .. })
            ),
        }
    }

    /// Puts a whole file where its hash says, in place of what may be there.
    pub async fn keep(&self, file: &Arrived) -> io::Result<()> {
        match &self.folder {
            Some(folder) => rename(folder, file).await,
            None => self.send(file).await.map_err(io::Error::other),
        }
    }

    /// Sends it in parts, of which few are in memory.
    async fn send(&self, file: &Arrived) -> Result<(), Error> {
        let broken =
            |source: io::Error| Error::Generic { store: "incoming", source: source.into() };
        let key = key(file.hash);
        let mut from = tokio::fs::File::open(file.path()).await.map_err(broken)?;
        if file.size <= PART as u64 {
            let mut whole = Vec::new();
            from.read_to_end(&mut whole).await.map_err(broken)?;
            self.objects.put(&key, PutPayload::from(whole)).await?;
            return Ok(());
        }
        let upload = self.objects.put_multipart(&key).await?;
        let mut parts = WriteMultipart::new_with_chunk_size(upload, PART);
        let mut buffer = vec![0; 256 << 10];
        loop {
            let sent = match from.read(&mut buffer).await {
                Ok(0) => break,
                Ok(read) => {
                    parts.write(&buffer[..read]);
                    parts.wait_for_capacity(2).await
                }
                Err(error) => Err(broken(error)),
            };
            if let Err(error) = sent {
                if let Err(error) = parts.abort().await {
                    tracing::warn!(%error, "parts of a file may be left in the store");
                }
                return Err(error);
            }
        }
        parts.finish().await.map(|_| ())
    }

    /// A file of so many bytes, or a part of it.
    pub async fn read(
        &self,
        hash: ContentHash,
        size: u64,
        part: Option<Range<u64>>,
    ) -> Result<Bytes, Unreadable> {
        let key = key(hash);
        let options = GetOptions::new().with_range(part.map(GetRange::Bounded));
        match self.objects.get_opts(&key, options).await {
            Ok(found) if found.meta.size == size => Ok(found.into_stream()),
            Ok(_) | Err(Error::NotFound { .. }) => Err(Unreadable::Damaged),
            // Perhaps because the part lies past the end of what should be longer.
            Err(error) => match self.objects.head(&key).await {
                Ok(found) if found.size == size => Err(Unreadable::Down(error)),
                Ok(_) | Err(Error::NotFound { .. }) => Err(Unreadable::Damaged),
                Err(error) => Err(Unreadable::Down(error)),
            },
        }
    }

    /// Removes a file, which may not be there.
    pub async fn remove(&self, hash: ContentHash) -> Result<(), Error> {
        match self.objects.delete(&key(hash)).await {
            Err(Error::NotFound { .. }) => Ok(()),
            done => done,
        }
    }
}

/// Where a file is: in one of 256 folders, which stay small enough to be listed.
fn key(hash: ContentHash) -> Key {
    let digits = hex::encode(hash.0);
    Key::from_iter([&digits[..2], &digits[2..]])
}

/// Gives a file that came whole its name, so that it is there after a power cut.
async fn rename(folder: &Path, file: &Arrived) -> io::Result<()> {
    let place = folder.join(key(file.hash).as_ref());
    let from = file.path().to_owned();
    let run = move || {
        let parent = place.parent().unwrap_or(Path::new("/"));
        std::fs::create_dir_all(parent)?;
        std::fs::rename(from, &place)?;
        std::fs::File::open(parent)?.sync_all()?;
        parent.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
    };
    tokio::task::spawn_blocking(run).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_is_a_path_or_a_bucket() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let incoming = folder.path().join("on-its-way");
        let open = |address: &str| Store::open(address, &incoming);
        let path = folder.path().join("files").display().to_string();
        for address in [path.clone(), format!("file://{path}")] {
            let store = open(&address).unwrap();
            assert!(store.incoming.ends_with("files/incoming"), "{:?}", store.incoming);
        }
        assert!(!incoming.exists());
        let bucket = open("s3://bucket/registry/files");
        assert_eq!(
            bucket.map(|it| it.incoming).ok(),
            cfg!(feature = "s3").then(|| incoming.clone())
        );
        for bad in ["http://example.org/", "s3://", "file://relative", "s3://bucket/a//b"] {
            assert!(open(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_file_is_where_its_hash_says() {
        let key = key(ContentHash([0xab; 32])).to_string();
        assert_eq!(key, format!("ab/{}", "ab".repeat(31)));
    }
}
