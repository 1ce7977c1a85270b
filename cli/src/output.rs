// SPDX-License-Identifier: Apache-2.0
//! Standard output: for people, or one JSON value a line for machines.

use serde::Serialize;
use std::{
    fmt::Display,
    io::{self, Write},
};

/// Who reads the results.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Lines of words.
    People,
    /// JSON.
    Machines,
    /// Nothing is printed.
    #[cfg(test)]
    Nobody,
}

impl Output {
    /// A result in both forms.
    pub fn result(&self, human: impl Display, machine: &impl Serialize) -> io::Result<()> {
        self.line(human)?;
        self.value(machine)
    }

    /// A line that only people need.
    pub fn line(&self, text: impl Display) -> io::Result<()> {
        if *self != Self::People {
            return Ok(());
        }
        // Not `println!`, which panics when the reader has gone away.
        writeln!(io::stdout().lock(), "{text}")
    }

    /// A value that only machines need.
    pub fn value(&self, value: &impl Serialize) -> io::Result<()> {
        if *self != Self::Machines {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        serde_json::to_writer(&mut out, value)?;
        writeln!(out)
    }
}
