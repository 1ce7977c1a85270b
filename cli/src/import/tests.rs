// SPDX-License-Identifier: Apache-2.0
//! The command as a whole, without a node.

use super::*;
use crate::arguments::{Cli, Command};
use clap::Parser;
use registry_client::ClientError;

fn arguments(line: &str) -> Result<Import, clap::error::ErrorKind> {
    let words = ["registry", "import"].into_iter().chain(line.split_whitespace());
    match Cli::try_parse_from(words).map(|cli| cli.command) {
        Ok(Command::Import(arguments)) => Ok(arguments),
        Ok(_) => panic!("{line}"),
        Err(error) => Err(error.kind()),
    }
}

#[test]
fn an_import_is_signed_or_a_dry_run() {
    for line in [
        "o.csv u.csv --dry-run",
        "o.csv u.csv --key //Alice",
        "o.csv u.csv --dry-run --key //Alice",
    ] {
        assert!(arguments(line).is_ok(), "{line}");
    }
    use clap::error::ErrorKind::MissingRequiredArgument;
    for line in ["o.csv u.csv", "o.csv --dry-run"] {
        assert_eq!(arguments(line).err(), Some(MissingRequiredArgument), "{line}");
    }
}

#[tokio::test]
async fn files_are_read_before_a_node_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let head = "NAME,EMAIL,PHONE,ORGANISATION TAX ID,ORGANISATION TYPE";
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let organisations = file("o.csv", &format!("{head}\n"));
    let users = file("u.csv", &format!("{head},ROLE\n"));
    let line = format!("{organisations} {users} --dry-run");
    let error = run(&arguments(&line).unwrap(), "ws://127.0.0.1:1", &Output::Nobody).await;
    let error = error.unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(ClientError::Unreachable(..))), "{error:#}");

    let line = format!("{organisations} /nonexistent/u.csv --dry-run");
    let error = run(&arguments(&line).unwrap(), "ws://127.0.0.1:1", &Output::Nobody).await;
    let error = error.unwrap_err();
    assert!(error.is::<BadArguments>() && format!("{error:#}").contains("/nonexistent/u.csv"));
}

#[test]
fn no_more_of_a_file_is_read_than_shows_that_it_is_too_large() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.csv");
    // A hundred megabytes, of which the disk has none.
    File::create(&path).unwrap().set_len(100 << 20).unwrap();
    let (name, bytes) = contents(&path).unwrap();
    assert_eq!((name.as_str(), bytes.len()), ("large.csv", (8 << 20) + 1));
}

#[test]
fn counts_have_their_noun() {
    assert_eq!((counted(0, "row"), counted(1, "row")), ("0 rows".into(), "1 row".into()));
}
