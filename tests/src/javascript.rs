// SPDX-License-Identifier: Apache-2.0
//! The JavaScript of `tests/clients` and `tests/browser`, with the packages that it needs, outside the
//! checkout.

use anyhow::{ensure, Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Output},
};

/// A folder in which the scripts run.
pub struct JavaScript {
    folder: PathBuf,
}

impl JavaScript {
    /// Installs the packages of a folder's lock file, unless the last run did.
    pub fn install(name: &str) -> Result<Self> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let folder = target()?.join("tmp").join(name);
        fs::create_dir_all(&folder)?;
        for entry in fs::read_dir(&source)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                // Packages that somebody installed there by hand.
                continue;
            }
            fs::copy(entry.path(), folder.join(entry.file_name()))
                .with_context(|| entry.path().display().to_string())?;
        }
        let lock = fs::read(source.join("package-lock.json"))?;
        let installed = folder.join("installed.json");
        if fs::read(&installed).ok().as_ref() != Some(&lock) {
            let output = Command::new("npm")
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
                .current_dir(&folder)
                .output()
                .context("npm cannot be started; run scripts/setup")?;
            ensure!(output.status.success(), "npm ci failed: {}", in_words(&output));
            fs::write(installed, lock)?;
        }
        Ok(Self { folder })
    }

    /// Runs a script to its end.
    pub fn run(&self, script: &str, arguments: &[&str]) -> Result<Output> {
        let mut node = Command::new("node");
        node.arg(self.folder.join(script)).args(arguments);
        node.output().context("node cannot be started; run scripts/setup")
    }

    /// Runs a script of Node's own test runner to its end; it says itself what passed.
    pub fn test(&self, script: &str, arguments: &[String]) -> Result<ExitStatus> {
        let mut node = Command::new("node");
        node.arg("--test-reporter=spec").arg(self.folder.join(script)).args(arguments);
        node.status().context("node cannot be started; run scripts/setup")
    }
}

/// The target folder of the program that runs.
pub(crate) fn target() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let profile = program.ancestors().skip(1).find(|folder| !folder.ends_with("deps"));
    let target = profile.and_then(Path::parent);
    Ok(target.context("the program is in no target folder")?.to_owned())
}

/// What a script printed, and how it ended.
pub fn in_words(output: &Output) -> String {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    format!("{}{}", String::from_utf8_lossy(&text), output.status)
}
