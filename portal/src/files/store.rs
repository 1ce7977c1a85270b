// SPDX-License-Identifier: Apache-2.0
//! Where the bytes are: a folder of this machine, or a bucket of an S3 server. Each file is an object
//! that is named after its hash, so that nothing that anybody says becomes a path.

use super::arriving::Arrived;
use anyhow::{bail, ensure, Context};
use futures::{stream::BoxStream, StreamExt, TryStreamExt};
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
use tokio::{io::AsyncReadExt, sync::Semaphore};

/// How much of a file is sent at once; S3 takes no smaller parts than 5 MiB, and at most 10,000.
const PART: usize = 8 << 20;
/// How many files are sent to S3 at the same time: each has up to three parts in memory.
const SENDING: usize = 2;
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
    /// Who sends to S3: few at a time, so that few parts are in memory.
    sending: Semaphore,
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

    fn new(objects: Arc<dyn ObjectStore>, incoming: PathBuf, folder: Option<PathBuf>) -> Self {
        Self { objects, incoming, folder, sending: Semaphore::new(SENDING) }
    }

    fn local(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let objects = Arc::new(LocalFileSystem::new_with_prefix(&folder)?);
        let incoming = folder.join(INCOMING);
        Ok(Self::new(objects, incoming, Some(folder)))
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
        ensure!(!bucket.is_empty(), "the bucket has no name");
        // Endpoint, region and credentials are in the variables that every client of S3 reads.
        let bucket = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(RETRIES);
        let objects = PrefixStore::new(bucket.build()?, Key::parse(prefix)?);
        Ok(Self::new(Arc::new(objects), incoming.to_owned(), None))
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
        let _turn = self.sending.acquire().await;
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
        let options = GetOptions::new().with_range(part.clone().map(GetRange::Bounded));
        match self.objects.get_opts(&key, options).await {
            Ok(found) if found.meta.size == size => Ok(found.into_stream()),
            Ok(_) | Err(Error::NotFound { .. }) => Err(Unreadable::Damaged),
            // Perhaps the part lies past the end of what should be longer, or this is one of the S3
            // servers that say of a part that it is the whole: then it is cut out here.
            Err(error) => match (part, self.objects.get(&key).await) {
                (Some(part), Ok(found)) if found.meta.size == size => {
                    Ok(cut(found.into_stream(), part))
                }
                (_, Ok(found)) if found.meta.size == size => Err(Unreadable::Down(error)),
                (_, Ok(_) | Err(Error::NotFound { .. })) => Err(Unreadable::Damaged),
                (_, Err(error)) => Err(Unreadable::Down(error)),
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

/// A part of what comes out of the store.
fn cut(whole: Bytes, part: Range<u64>) -> Bytes {
    let (mut at, mut left) = (0, part.end - part.start);
    let cut = whole.map_ok(move |mut chunk| {
        let length = chunk.len() as u64;
        let begin = part.start.saturating_sub(at).min(length);
        let end = part.end.saturating_sub(at).min(length);
        at += length;
        chunk.truncate(end as usize);
        chunk.split_off(begin.min(end) as usize)
    });
    // Nothing is read past the part.
    cut.try_take_while(move |chunk| {
        let more = left > 0;
        left = left.saturating_sub(chunk.len() as u64);
        std::future::ready(Ok(more))
    })
    .boxed()
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

    #[tokio::test]
    async fn a_part_is_cut_out_of_the_whole() {
        let whole: Vec<u8> = (0..20).collect();
        for (begin, end) in [(0, 1), (0, 20), (3, 8), (6, 7), (7, 14), (13, 20), (19, 20)] {
            let chunks: Vec<_> = whole.chunks(7).map(|it| Ok(it.to_vec().into())).collect();
            let chunks = futures::stream::iter(chunks).boxed();
            let part: Vec<axum::body::Bytes> = cut(chunks, begin..end).try_collect().await.unwrap();
            assert_eq!(part.concat(), whole[begin as usize..end as usize], "{begin}..{end}");
        }
    }

    #[test]
    fn a_file_is_where_its_hash_says() {
        let key = key(ContentHash([0xab; 32])).to_string();
        assert_eq!(key, format!("ab/{}", "ab".repeat(31)));
    }
}
