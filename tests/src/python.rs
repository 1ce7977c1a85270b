// SPDX-License-Identifier: Apache-2.0
//! Programs of Python that tests run, in an environment of their own outside the checkout.

use crate::javascript::{in_words, target};
use anyhow::{ensure, Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// An environment with the packages of a list.
pub struct Python {
    folder: PathBuf,
}

impl Python {
    /// Installs the packages of a list, each by its hash, unless the last run did.
    pub fn install(list: &Path) -> Result<Self> {
        let name = list.parent().and_then(Path::file_name).context("a list in a folder")?;
        let folder = target()?.join("tmp/python").join(name);
        let wanted = fs::read(list).with_context(|| list.display().to_string())?;
        let installed = folder.join("installed.txt");
        if fs::read(&installed).ok().as_ref() != Some(&wanted) {
            run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
            run(Command::new(folder.join("bin/python"))
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
                .args(["--only-binary", ":all:", "--require-hashes", "--requirement"])
                .arg(list))?;
            fs::write(installed, wanted)?;
        }
        Ok(Self { folder })
    }

    /// A program of one of the packages.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().context("python3 cannot be started; run scripts/setup")?;
    let words = in_words(&output);
    ensure!(output.status.success(), "packages cannot be installed from PyPI: {words}");
    Ok(())
}
