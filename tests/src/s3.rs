// SPDX-License-Identifier: Apache-2.0
//! An S3 server for tests: it asks for signatures, takes uploads in parts, and keeps each object as a
//! file that a test can look at and damage.

use crate::{
    javascript::JavaScript,
    process::{free_port, Process},
};
use anyhow::{ensure, Result};
use std::{
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const BUCKET: &str = "registry";
/// The one identity that the server knows, by its key and its secret.
const IDENTITY: &str = "S3RVER";
/// What the name of a file of an object ends in; what else is known of it is in files beside it.
const OBJECT: &str = "._S3rver_object";

/// The server, with one empty bucket.
pub struct S3 {
    /// The program.
    pub process: Process,
    port: u16,
    folder: PathBuf,
}

impl S3 {
    /// Starts it, with its objects in a folder, and waits until it answers.
    pub fn start(folder: &Path) -> Result<Self> {
        let program = JavaScript::install()?.package("s3rver/bin/s3rver.js");
        let objects = folder.join("s3");
        fs::create_dir_all(&objects)?;
        let port = free_port()?;
        let command = [
            "node".to_owned(),
            program.display().to_string(),
            format!("--directory={}", objects.display()),
            "--address=127.0.0.1".into(),
            format!("--port={port}"),
            "--no-vhost-buckets".into(),
            "--configure-bucket".into(),
            BUCKET.into(),
        ];
        let mut process = Process::start("s3", folder, &[], &command)?;
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            process.ensure_running()?;
            ensure!(Instant::now() < deadline, "the S3 server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(Self { process, port, folder: objects })
    }

    /// What `--files` of a portal names.
    pub fn address(&self) -> String {
        format!("s3://{BUCKET}/files")
    }

    /// The variables that clients of S3 read, as NAME=value.
    pub fn environment(&self) -> Vec<String> {
        self.environment_with(IDENTITY)
    }

    /// The same with another secret.
    pub fn environment_with(&self, secret: &str) -> Vec<String> {
        vec![
            format!("AWS_ENDPOINT=http://127.0.0.1:{}", self.port),
            "AWS_ALLOW_HTTP=true".into(),
            "AWS_REGION=us-east-1".into(),
            format!("AWS_ACCESS_KEY_ID={IDENTITY}"),
            format!("AWS_SECRET_ACCESS_KEY={secret}"),
        ]
    }

    /// The file of an object of `address`.
    pub fn object(&self, key: &str) -> PathBuf {
        self.objects().join(format!("{key}{OBJECT}"))
    }

    /// How many objects there are.
    pub fn count(&self) -> usize {
        let folders = fs::read_dir(self.objects()).into_iter().flatten().flatten();
        let files = folders.filter_map(|it| fs::read_dir(it.path()).ok()).flatten().flatten();
        files.filter(|it| it.file_name().to_string_lossy().ends_with(OBJECT)).count()
    }

    fn objects(&self) -> PathBuf {
        self.folder.join(BUCKET).join("files")
    }
}
