// SPDX-License-Identifier: Apache-2.0
//! How the program ends when it does not succeed.

use crate::output::Output;
use registry_client::{ClientError, Outcome, Refused};
use std::process::ExitCode;

/// The arguments, or a file that they name, cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0:#}")]
pub struct BadArguments(pub anyhow::Error);

impl BadArguments {
    /// With a sentence.
    pub fn because(sentence: impl std::fmt::Display) -> anyhow::Error {
        Self(anyhow::anyhow!("{sentence}")).into()
    }
}

/// A name for machines, a sentence for people, and the exit code.
fn describe(error: &anyhow::Error) -> (Refused, u8) {
    let named = |code: &str, exit| {
        let sentence = format!("{error:#}");
        (Refused { code: code.to_owned(), sentence }, exit)
    };
    if error.downcast_ref::<BadArguments>().is_some() {
        return named("Arguments", 2);
    }
    match error.downcast_ref::<ClientError>() {
        Some(ClientError::Refused(refused)) => (refused.clone(), 1),
        Some(ClientError::Unreachable(..)) => named("Node.Unreachable", 3),
        _ => named("Failed", 1),
    }
}

/// Says why on standard error, and to machines on standard output.
pub fn report(error: &anyhow::Error, output: &Output) -> ExitCode {
    let (reason, exit) = describe(error);
    if *output == Output::Machines {
        // A reader that has gone away cannot be told.
        let _ = output.value(&Outcome::Failed { reason });
    } else if reason.code.contains('.') {
        eprintln!("failed: {} ({})", reason.sentence, reason.code);
    } else {
        eprintln!("failed: {}", reason.sentence);
    }
    ExitCode::from(exit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn each_kind_of_failure_has_its_exit_code() {
        let refused = Refused { code: "Credits.NotTheOwner".into(), sentence: "No.".into() };
        let unreachable = ClientError::Unreachable("ws://x".into(), "no route".into());
        for (error, code, exit) in [
            (anyhow::Error::from(ClientError::Refused(refused)), "Credits.NotTheOwner", 1),
            (unreachable.into(), "Node.Unreachable", 3),
            (ClientError::Invalid("another chain".into()).into(), "Failed", 1),
            (BadArguments::because("no such file"), "Arguments", 2),
            (Err::<(), _>(BadArguments::because("x")).context("y").unwrap_err(), "Arguments", 2),
        ] {
            let (reason, found) = describe(&error);
            assert_eq!((reason.code.as_str(), found), (code, exit));
        }
    }
}
