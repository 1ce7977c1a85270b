// SPDX-License-Identifier: Apache-2.0
//! What is done without being asked for: damage is found, and what the chain does not name is removed.

use super::{
    common::FIRST,
    world::{content_hash, damage, eventually, get, hash_of, pdf, status, upload, World},
};
use anyhow::{ensure, Result};
use registry_client::Call;
use std::time::Duration;

/// A bit flips, a file is cut off, a file is lost: nobody gets other bytes than the hash says, it is
/// said, and whoever has the file mends it.
pub async fn finds_damage(world: &mut World) -> Result<()> {
    let first = world.signed_in(&world.cast.first).await?;
    let size = 3 << 20;
    let bytes = pdf(size, 50);
    let hash = hash_of(&bytes);
    let path = world.object(&hash);
    let whole = || async {
        let answer = get(&first, &hash, &[]).await?;
        ensure!(answer.status() == 200 && answer.bytes().await? == bytes, "not mended");
        anyhow::Ok(())
    };
    let is_damaged = || async {
        let (_, info) = first.get(&format!("/api/v1/files/{hash}/info")).await?;
        Ok(info["damaged"] == true)
    };
    ensure!(upload(&first, "lasting.pdf", bytes.clone()).await?.0 == 201);

    // The last byte is another: the reader does not get the end of it.
    damage(&path, size - 1)?;
    seen().await;
    let answer = get(&first, &hash, &[]).await?;
    ensure!(answer.status() == 200, "{}", answer.status());
    ensure!(answer.bytes().await.is_err(), "damaged bytes came as if they were right");
    eventually("the reading was noted", is_damaged).await?;
    ensure!(status(&first, &hash).await? == 503);
    ensure!(upload(&first, "lasting.pdf", bytes.clone()).await?.0 == 200);
    whole().await?;

    // Nobody reads it: the weekly check finds it.
    damage(&path, 100)?;
    world.change(&hash, "checked_at = now() - INTERVAL '6 days'").await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    ensure!(!is_damaged().await?, "checked before a week had passed");
    world.change(&hash, "checked_at = now() - INTERVAL '8 days'").await?;
    eventually("the check found it", is_damaged).await?;
    eventually("it is counted", || world.measures("portal_files_damaged 1")).await?;
    let (code, problem) = first.get(&format!("/api/v1/files/{hash}")).await?;
    ensure!(code == 503 && problem.to_string().contains("upload it again"), "{code} {problem}");
    // An operator puts the right bytes back.
    std::fs::write(&path, &bytes)?;
    seen().await;
    eventually("the next check finds it mended", || async { Ok(!is_damaged().await?) }).await?;
    whole().await?;

    // Cut off, and lost: said at the first reading, also of a part.
    for part in [None, Some("bytes=3000000-3000001")] {
        std::fs::File::options().write(true).open(&path)?.set_len(1_000)?;
        seen().await;
        let range: Vec<_> = part.map(|part| ("Range", part)).into_iter().collect();
        ensure!(get(&first, &hash, &range).await?.status() == 503, "{part:?}");
        ensure!(is_damaged().await?);
        ensure!(upload(&first, "lasting.pdf", bytes.clone()).await?.0 == 200);
        whole().await?;
    }
    std::fs::remove_file(&path)?;
    seen().await;
    ensure!(status(&first, &hash).await? == 503 && is_damaged().await?);
    ensure!(upload(&first, "lasting.pdf", bytes.clone()).await?.0 == 200);
    whole().await
}

/// An S3 server looks at its files again after a moment.
async fn seen() {
    tokio::time::sleep(Duration::from_millis(200)).await;
}

/// What is old and on the chain stays; what is old and not, goes.
pub async fn removes_what_the_chain_does_not_name(world: &mut World) -> Result<()> {
    let first = world.signed_in(&world.cast.first).await?;
    let old = "uploaded_at = now() - INTERVAL '9 days'";
    let mut hashes = Vec::new();
    for seed in 60..64 {
        let bytes = pdf(5_000, seed);
        ensure!(upload(&first, "kept.pdf", bytes.clone()).await?.0 == 201);
        hashes.push(hash_of(&bytes));
    }
    let [named, young, forgotten, renewed] = &hashes[..] else { unreachable!() };
    let profile = content_hash(named)?;
    let admin = world.cast.first.clone();
    world.does(&admin, Call::UpdateProfile { organisation: FIRST, profile }).await?;

    // The chain's tables are behind, as while they are made anew: what they do not know may be on the
    // chain, and nothing is removed.
    let indexer = world.stack.indexer.take();
    drop(indexer);
    let time = |sql: &'static str| sqlx::query(sql).execute(&world.database);
    time("UPDATE chain.cursor SET time = now() - INTERVAL '1 hour'").await?;
    world.change(named, old).await?;
    world.change(forgotten, old).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    ensure!(status(&first, forgotten).await? == 200, "removed while the tables are behind");
    time("UPDATE chain.cursor SET time = now()").await?;
    world.stack.start_indexer()?;
    eventually("what is old and not on the chain is removed", || async {
        Ok(status(&first, forgotten).await? == 404)
    })
    .await?;
    eventually("its bytes are gone", || async { Ok(!world.object(forgotten).exists()) }).await?;
    eventually("it is counted", || world.measures("portal_files_removed_total 1")).await?;
    ensure!(status(&first, young).await? == 200 && status(&world.nobody()?, named).await? == 200);
    let (_, list) = first.get("/api/v1/files").await?;
    ensure!(!list.to_string().contains(forgotten.as_str()), "{list}");

    // Uploading it again makes it young, and brings back what was removed.
    world.change(renewed, "uploaded_at = now() - INTERVAL '7 days 23 hours'").await?;
    ensure!(upload(&first, "kept.pdf", pdf(5_000, 63)).await?.0 == 200);
    ensure!(upload(&first, "kept.pdf", pdf(5_000, 62)).await?.0 == 201);
    ensure!(status(&first, forgotten).await? == 200 && world.object(forgotten).exists());

    // Ended in the middle of a removal, once before and once after the bytes were gone.
    for bytes_are_gone in [false, true] {
        world
            .change(forgotten, "stored_at = NULL, uploaded_at = now() - INTERVAL '2 days'")
            .await?;
        if bytes_are_gone {
            std::fs::remove_file(world.object(forgotten)).or_else(|error| match error.kind() {
                std::io::ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            })?;
        }
        ensure!(status(&first, forgotten).await? == 404);
        let gone = || async {
            let rows: i64 =
                sqlx::query_scalar("SELECT count(*) FROM directory.files WHERE hash = $1")
                    .bind(content_hash(forgotten)?.0.to_vec())
                    .fetch_one(&world.database)
                    .await?;
            Ok(rows == 0 && !world.object(forgotten).exists())
        };
        eventually("the removal came to its end", gone).await?;
        ensure!(upload(&first, "kept.pdf", pdf(5_000, 62)).await?.0 == 201);
        ensure!(status(&first, forgotten).await? == 200);
    }
    removal_and_upload_at_once(world).await
}

/// Uploads of what is being removed win: whoever was told that his file is here finds it.
async fn removal_and_upload_at_once(world: &World) -> Result<()> {
    let first = world.signed_in(&world.cast.first).await?;
    let bytes = pdf(2_000, 70);
    let hash = hash_of(&bytes);
    let mut new = 0;
    for _ in 0..30 {
        let address = format!("/api/v1/files/{hash}");
        let (uploaded, again, _deleted) = tokio::join!(
            upload(&first, "contested.pdf", bytes.clone()),
            upload(&first, "contested.pdf", bytes.clone()),
            first.delete(&address),
        );
        // Whoever was in time for the deletion was told to send it again.
        for (code, answer) in [uploaded?, again?] {
            ensure!([200, 201, 409].contains(&code), "{code} {answer}");
            new += u32::from(code == 201);
        }
        let (code, answer) = upload(&first, "contested.pdf", bytes.clone()).await?;
        ensure!(code == 200 || code == 201, "{code} {answer}");
        let answer = get(&first, &hash, &[]).await?;
        ensure!(answer.status() == 200 && answer.bytes().await? == bytes, "lost after {code}");
    }
    println!("{new} of 60 uploads were of a file that had just been deleted");
    Ok(())
}
