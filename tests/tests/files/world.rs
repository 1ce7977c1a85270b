// SPDX-License-Identifier: Apache-2.0
//! A registry with files in a folder or in an S3 server, and who asks for them.

use super::common::{self, Cast};
use anyhow::{bail, ensure, Context, Result};
use blake2::{digest::consts::U32, Blake2b, Digest};
use rand::{rngs::StdRng, RngCore, SeedableRng};
use registry_client::{Call, Registry};
use registry_primitives::{project::DocumentKind, ContentHash};
use registry_testbed::{
    api::{self, Api},
    process::free_port,
    s3::S3,
    Officer, Options, Stack,
};
use reqwest::{Body, Method, Response};
use serde_json::Value;
use sqlx::PgPool;
use std::{
    future::Future,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The largest file that the portal of the tests takes: more than one part of an upload to S3.
pub const MAX_FILE: usize = 20 << 20;
/// What an organisation may have there that the chain does not name.
pub const QUOTA: usize = 64 << 20;

pub struct World {
    pub stack: Stack,
    pub registry: Registry,
    pub cast: Cast,
    pub database: PgPool,
    /// Where the files on their way are; those of a folder are in its folder.
    pub incoming: PathBuf,
    pub metrics: String,
    pub s3: Option<S3>,
    // Removed last.
    _folder: tempfile::TempDir,
}

impl World {
    /// With files in a folder.
    pub async fn local() -> Result<Self> {
        Self::start(false).await
    }

    /// With files in an S3 server.
    pub async fn s3() -> Result<Self> {
        Self::start(true).await
    }

    async fn start(remote: bool) -> Result<Self> {
        let folder = common::folder()?;
        let s3 = remote.then(|| S3::start(folder.path())).transpose()?;
        let mut stack = Stack::prepare(Options::instant(folder.path()))?;
        let metrics = format!("127.0.0.1:{}", free_port()?);
        stack.portal_options = vec![
            format!("--max-file={MAX_FILE}"),
            format!("--file-quota={QUOTA}"),
            "--uploads-at-once=3".into(),
            "--keep-unanchored-days=8".into(),
            "--files-housekeeping-seconds=1".into(),
            format!("--metrics-listen={metrics}"),
        ];
        let incoming = match &s3 {
            None => folder.path().join("portal/files/incoming"),
            Some(s3) => {
                let incoming = folder.path().join("portal/on-its-way");
                stack.portal_files = Some(s3.address());
                stack.portal_options.push(format!("--files-incoming={}", incoming.display()));
                stack.portal_environment = s3.environment();
                incoming
            }
        };
        stack.start_postgres()?;
        stack.start_nodes()?;
        stack.wait_for_node().await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        stack.start_indexer()?;
        stack.wait_for_indexer().await?;
        stack.start_portal()?;
        stack.wait_for_portal().await?;
        let database = stack.database().await?;
        Ok(Self { stack, registry, cast, database, incoming, metrics, s3, _folder: folder })
    }

    /// Somebody who has said nothing of himself.
    pub fn nobody(&self) -> Result<Api> {
        Api::nobody(&self.stack.portal_url())
    }

    /// An officer who has signed in.
    pub async fn signed_in(&self, officer: &Officer) -> Result<Api> {
        Api::sign_in(&self.stack.portal_url(), officer).await
    }

    /// A call, to the end and into the tables.
    pub async fn does(&mut self, who: &Officer, call: Call) -> Result<()> {
        self.cast.does(&self.registry, who, call).await?;
        self.stack.wait_for_indexer().await?;
        Ok(())
    }

    /// Names a file on the chain, as a document of a project of the first developer.
    pub async fn anchor(&mut self, project: u32, hash: &str, size: usize) -> Result<()> {
        let hash = content_hash(hash)?;
        let kind = DocumentKind::EnvironmentalImpactAssessment;
        let size = size as u64;
        let first = self.cast.first.clone();
        self.does(&first, Call::SubmitDocument { project, kind, hash, size }).await
    }

    /// Where the bytes of a file are.
    pub fn object(&self, hash: &str) -> PathBuf {
        let digits = hash.trim_start_matches("0x");
        let key = format!("{}/{}", &digits[..2], &digits[2..]);
        match &self.s3 {
            Some(s3) => s3.object(&key),
            None => self.folder().join(key),
        }
    }

    /// The folder of files in a folder.
    fn folder(&self) -> PathBuf {
        self.incoming.parent().map(Path::to_owned).unwrap_or_default()
    }

    /// How many files are on their way.
    pub fn on_their_way(&self) -> Result<usize> {
        Ok(std::fs::read_dir(&self.incoming)?.count())
    }

    /// How many files the store holds.
    pub fn stored(&self) -> usize {
        if let Some(s3) = &self.s3 {
            return s3.count();
        }
        let folders = std::fs::read_dir(self.folder()).into_iter().flatten().flatten();
        folders
            .filter(|folder| folder.file_name() != "incoming")
            .filter_map(|folder| std::fs::read_dir(folder.path()).ok())
            .map(Iterator::count)
            .sum()
    }

    /// What the portal has complained of.
    pub fn complaints(&self) -> String {
        let output = self.stack.portal.as_ref().map(|it| it.output()).unwrap_or_default();
        let lines: Vec<_> = output.lines().filter(|it| it.contains("ERROR")).collect();
        lines.join("\n")
    }

    /// Whether a line of the portal's metrics is there.
    pub async fn measures(&self, line: &str) -> Result<bool> {
        let text = reqwest::get(format!("http://{}/metrics", self.metrics)).await?.text().await?;
        Ok(text.lines().any(|it| it == line))
    }

    /// Changes what the database knows of a file, as time would.
    pub async fn change(&self, hash: &str, what: &'static str) -> Result<()> {
        let sql = format!("UPDATE directory.files SET {what} WHERE hash = $1");
        let changed = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(content_hash(hash)?.0.to_vec())
            .execute(&self.database)
            .await?;
        ensure!(changed.rows_affected() == 1, "{hash} is not known");
        Ok(())
    }
}

/// Uploads a file under a name, and what the portal answers.
pub async fn upload(api: &Api, name: &str, bytes: impl Into<Body>) -> Result<(u16, Value)> {
    api::read(send(api, &[("name", name)], None, bytes).await?).await
}

/// The answer to an upload with parameters and a `Content-Type`.
pub async fn send(
    api: &Api,
    query: &[(&str, &str)],
    media_type: Option<&str>,
    bytes: impl Into<Body>,
) -> Result<Response> {
    let query: Vec<String> =
        query.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let path = format!("/api/v1/files?{}", query.join("&"));
    let request = api.request(Method::POST, &path).body(bytes);
    let request = match media_type {
        Some(media_type) => request.header("Content-Type", media_type),
        None => request,
    };
    Ok(request.send().await?)
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Asks for a file with headers.
pub async fn get(api: &Api, hash: &str, headers: &[(&str, &str)]) -> Result<Response> {
    let mut request = api.request(Method::GET, &format!("/api/v1/files/{hash}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Ok(request.send().await?)
}

/// The status of a file's address.
pub async fn status(api: &Api, hash: &str) -> Result<u16> {
    Ok(get(api, hash, &[]).await?.status().as_u16())
}

/// A header of an answer.
pub fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
}

/// What is a PDF by its beginning, and chance after it.
pub fn pdf(size: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; size];
    StdRng::seed_from_u64(seed).fill_bytes(&mut bytes);
    let begin = b"%PDF-1.7\n";
    bytes[..begin.len()].copy_from_slice(begin);
    bytes
}

/// The hash of bytes, as addresses have it.
pub fn hash_of(bytes: &[u8]) -> String {
    ContentHash(Blake2b::<U32>::digest(bytes).into()).to_string()
}

pub fn content_hash(text: &str) -> Result<ContentHash> {
    text.parse().map_err(anyhow::Error::msg)
}

/// Changes one bit of a file on the disk.
pub fn damage(path: &Path, at: usize) -> Result<()> {
    let mut bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    bytes[at] ^= 1;
    Ok(std::fs::write(path, bytes)?)
}

/// Waits until something is so.
pub async fn eventually<F, Fut>(what: &str, check: F) -> Result<()>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<bool>>,
{
    let deadline = Instant::now() + Duration::from_secs(60);
    while !check().await? {
        if Instant::now() > deadline {
            bail!("not within a minute: {what}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}
