// SPDX-License-Identifier: Apache-2.0
//! A file on its way in: from the body of a request to a file of this machine, at the pace of a line
//! and never whole in memory, and gone again if it does not come to its end.

use super::{storage_failed, Digest};
use crate::problem::{Message, Problem};
use axum::body::Body;
use blake2::Digest as _;
use futures::StreamExt;
use registry_primitives::ContentHash;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    io::{AsyncWriteExt, BufWriter},
    time::{timeout_at, Instant},
};

/// A client that sends less than so many bytes in so much time is cut off,
const PACE: (u64, Duration) = (30 << 10, Duration::from_secs(30));
/// and so is one that is still at it after an hour.
const LONGEST: Duration = Duration::from_secs(3_600);
/// What is read at once from who was refused in the middle, so that he reads why.
const DRAINED: (usize, Duration) = (64 << 20, Duration::from_secs(10));

/// A file that came whole. It is deleted when it is let go, unless the store has taken it.
pub struct Arrived {
    place: Place,
    pub hash: ContentHash,
    pub size: u64,
}

impl Arrived {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.place.0
    }
}

/// A file of this machine that is deleted when it is let go.
struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        // Not there where the store has taken it.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Takes the body of a request, up to so many bytes.
pub async fn receive(body: Body, incoming: &Path, most: u64) -> Result<Arrived, Problem> {
    let chance = crate::secret::random::<16>();
    let chance = chance.map_err(|error| Problem::internal(&error.to_string()))?;
    let path = incoming.join(hex::encode(chance));
    let mut options = tokio::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(&path).await;
    let place = Place(path);
    let mut file = BufWriter::with_capacity(256 << 10, file.map_err(storage_failed)?);

    let mut body = body.into_data_stream();
    let mut digest = Digest::new();
    let mut size = 0;
    let began = Instant::now();
    let (mut since, mut in_time) = (began, 0);
    loop {
        let chunk = match timeout_at(since + PACE.1, body.next()).await {
            Ok(None) => break,
            Ok(Some(Ok(chunk))) => chunk,
            Ok(Some(Err(_))) => {
                return Err(Problem::malformed(Message::new("problem.file_cut_off")));
            }
            Err(_) if in_time >= PACE.0 && began.elapsed() < LONGEST => {
                (since, in_time) = (Instant::now(), 0);
                continue;
            }
            Err(_) => return Err(Problem::timeout(Message::new("problem.file_slow"))),
        };
        size += chunk.len() as u64;
        in_time += chunk.len() as u64;
        if size > most {
            drain(Body::from_stream(body));
            return Err(too_large(most));
        }
        digest.update(&chunk);
        file.write_all(&chunk).await.map_err(storage_failed)?;
    }
    if size == 0 {
        return Err(Problem::unprocessable(Message::new("problem.file_empty")));
    }
    file.flush().await.map_err(storage_failed)?;
    file.get_ref().sync_all().await.map_err(storage_failed)?;
    Ok(Arrived { place, hash: ContentHash(digest.finalize().into()), size })
}

/// The refusal of a file that is larger than any that is taken.
pub fn too_large(most: u64) -> Problem {
    Problem::too_large(Message::new("problem.file_too_large").with("max", in_words(most)))
}

/// A number of bytes as an operator sets it.
pub fn in_words(bytes: u64) -> String {
    match bytes {
        0..0x10_0000 => format!("{bytes} B"),
        _ => format!("{} MiB", bytes >> 20),
    }
}

/// Lets a client that is refused while it sends read the refusal: a connection that is closed with
/// bytes unread is reset, and takes the answer with it.
pub fn drain(body: Body) {
    let read = async move {
        let mut body = body.into_data_stream();
        let mut left = DRAINED.0;
        while let Some(Ok(chunk)) = body.next().await {
            let Some(rest) = left.checked_sub(chunk.len()) else { return };
            left = rest;
        }
    };
    tokio::spawn(tokio::time::timeout(DRAINED.1, read));
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;

    fn there(folder: &Path) -> usize {
        std::fs::read_dir(folder).unwrap().count()
    }

    #[tokio::test]
    async fn a_file_comes_whole_with_its_hash_and_goes_when_it_is_let_go() {
        let folder = tempfile::tempdir().unwrap();
        let file = receive(Body::from("abc"), folder.path(), 3).await.unwrap();
        assert_eq!(file.size, 3);
        assert_eq!(
            file.hash.to_string(),
            "0xbddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"
        );
        assert_eq!(std::fs::read(file.path()).unwrap(), b"abc");
        drop(file);
        assert_eq!(there(folder.path()), 0);
    }

    #[tokio::test]
    async fn what_does_not_come_to_its_end_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let cut = stream::iter([Ok("abc"), Err(std::io::Error::other("gone"))]);
        for body in [Body::from("abcd"), Body::empty(), Body::from_stream(cut)] {
            assert!(receive(body, folder.path(), 3).await.is_err());
            assert_eq!(there(folder.path()), 0);
        }
        // Whoever waited for it went away.
        let never = Body::from_stream(stream::pending::<Result<&str, std::io::Error>>());
        let waiting = receive(never, folder.path(), 3);
        assert!(tokio::time::timeout(Duration::from_millis(50), waiting).await.is_err());
        assert_eq!(there(folder.path()), 0);
    }
}
