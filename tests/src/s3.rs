// SPDX-License-Identifier: Apache-2.0
//! A real S3 server for tests: rclone's. It asks for signatures, takes uploads in parts, and keeps
//! each object as a file that a test can look at and damage.

use crate::{
    process::{free_port, Process},
    python::Python,
};
use anyhow::{ensure, Result};
use std::{
    fs,
    net::TcpStream,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const BUCKET: &str = "registry";
const KEY: &str = "key-of-the-portal";
const SECRET: &str = "secret-of-the-portal";

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
        let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("s3/requirements.txt");
        let program = Python::install(&list)?.program("rclone");
        let objects = folder.join("s3");
        fs::create_dir_all(objects.join(BUCKET))?;
        let port = free_port()?;
        let command = [
            program.display().to_string(),
            // No configuration of whoever runs the test.
            "--config=".into(),
            "serve".into(),
            "s3".into(),
            // What a test does to a file is seen soon.
            "--dir-cache-time=50ms".into(),
            format!("--addr=127.0.0.1:{port}"),
            format!("--auth-key={KEY},{SECRET}"),
            objects.display().to_string(),
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
        self.environment_with(SECRET)
    }

    /// The same with another secret.
    pub fn environment_with(&self, secret: &str) -> Vec<String> {
        vec![
            format!("AWS_ENDPOINT=http://127.0.0.1:{}", self.port),
            "AWS_ALLOW_HTTP=true".into(),
            "AWS_REGION=us-east-1".into(),
            format!("AWS_ACCESS_KEY_ID={KEY}"),
            format!("AWS_SECRET_ACCESS_KEY={secret}"),
        ]
    }

    /// The file of an object of `address`.
    pub fn object(&self, key: &str) -> PathBuf {
        self.objects().join(key)
    }

    /// How many objects there are.
    pub fn count(&self) -> usize {
        let folders = fs::read_dir(self.objects()).into_iter().flatten().flatten();
        folders.filter_map(|it| fs::read_dir(it.path()).ok()).map(Iterator::count).sum()
    }

    fn objects(&self) -> PathBuf {
        self.folder.join(BUCKET).join("files")
    }
}
