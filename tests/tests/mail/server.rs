// SPDX-License-Identifier: Apache-2.0
//! A real mail server, `tests/servers/smtp.py`, and what it has taken.

use anyhow::{ensure, Context, Result};
use registry_testbed::process::{free_port, Process};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// Debian's, which has the package `python3-aiosmtpd`; another may be first on the path.
const PYTHON: &str = "/usr/bin/python3";

/// A mail server, and the folder that it keeps mails in.
pub struct MailServer {
    process: Option<Process>,
    /// Where the mails are.
    pub folder: PathBuf,
    pub port: u16,
    arguments: Vec<String>,
}

/// A mail as it was taken.
#[derive(Clone, Debug)]
pub struct Mail {
    pub to: String,
    pub text: String,
    pub value: Value,
}

impl Mail {
    /// What a header says, of which there must be one.
    pub fn header(&self, name: &str) -> Result<String> {
        let headers = self.value["headers"].as_array().context("headers")?;
        let found: Vec<&str> = headers
            .iter()
            .filter(|it| it[0].as_str().is_some_and(|it| it.eq_ignore_ascii_case(name)))
            .filter_map(|it| it[1].as_str())
            .collect();
        ensure!(found.len() == 1, "{name} stands {} times in {}", found.len(), self.value);
        Ok(found[0].to_owned())
    }

    pub fn id(&self) -> Result<String> {
        self.header("Message-ID")
    }

    pub fn subject(&self) -> Result<String> {
        self.header("Subject")
    }
}

impl MailServer {
    /// A server that does not run yet.
    pub fn prepare(folder: &Path) -> Result<Self> {
        let folder = folder.join("mails");
        fs::create_dir_all(&folder)?;
        Ok(Self { process: None, folder, port: free_port()?, arguments: Vec::new() })
    }

    /// Demands encryption with this certificate, and a password, from the next start on.
    pub fn demanding(&mut self, certificate: &Certificate, login: &str, password: &str) {
        self.arguments = vec![
            format!("--certificate={}", certificate.path.display()),
            format!("--key={}", certificate.key.display()),
            format!("--login={login}"),
            format!("--password={password}"),
        ];
    }

    /// Starts it, and waits until it listens.
    pub async fn start(&mut self) -> Result<()> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("servers/smtp.py");
        let mut command = vec![
            PYTHON.to_owned(),
            script.display().to_string(),
            format!("--port={}", self.port),
            format!("--folder={}", self.folder.display()),
        ];
        command.extend(self.arguments.clone());
        let mut process = Process::start("smtp", &self.folder, &[], &command)?;
        let deadline = Instant::now() + Duration::from_secs(20);
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            process.ensure_running().context("is python3-aiosmtpd there? run scripts/setup")?;
            ensure!(Instant::now() < deadline, "the mail server does not listen");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.process = Some(process);
        Ok(())
    }

    /// Ends it.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// How it behaves from now on.
    pub fn behave(&self, how: Value) -> Result<()> {
        for mark in ["holds-before", "holds-after"] {
            let _ = fs::remove_file(self.folder.join(mark));
        }
        // The server never reads half of it.
        let path = self.folder.join("behaviour.json");
        fs::write(path.with_extension("new"), how.to_string())?;
        Ok(fs::rename(path.with_extension("new"), path)?)
    }

    /// Waits until it holds a mail as it was told to.
    pub async fn holds(&self, when: &str) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !self.folder.join(format!("holds-{when}")).exists() {
            ensure!(Instant::now() < deadline, "no mail came to be held");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// All that it has taken, in order.
    pub fn mails(&self) -> Result<Vec<Mail>> {
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_stem().map(|it| it.to_string_lossy().into_owned());
            let number = name.and_then(|name| name.parse::<u32>().ok());
            let is_mail = path.extension().is_some_and(|it| it == "json");
            if let Some(number) = number.filter(|_| is_mail) {
                let value: Value = serde_json::from_slice(&fs::read(&path)?)?;
                let to = value["to"][0].as_str().context("an address")?.to_owned();
                let text = value["text"].as_str().context("a text")?.to_owned();
                found.insert(number, Mail { to, text, value });
            }
        }
        Ok(found.into_values().collect())
    }

    /// Waits for so many mails.
    pub async fn wait(&self, count: usize) -> Result<Vec<Mail>> {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let mails = self.mails()?;
            if mails.len() >= count {
                return Ok(mails);
            }
            ensure!(Instant::now() < deadline, "{} mails instead of {count}", mails.len());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// A certificate of `localhost` that nobody has signed but itself.
pub struct Certificate {
    pub path: PathBuf,
    pub key: PathBuf,
}

impl Certificate {
    pub fn make(folder: &Path) -> Result<Self> {
        let (path, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=registry-test", "-addext", "subjectAltName=DNS:localhost"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&path)
            .output()
            .context("openssl cannot be started")?;
        ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Ok(Self { path, key })
    }
}
