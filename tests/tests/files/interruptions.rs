// SPDX-License-Identifier: Apache-2.0
//! Uploads that do not come to their end, and stores that do not answer.

use super::world::{eventually, hash_of, pdf, send, status, upload, World};
use anyhow::{ensure, Context, Result};
use futures::{stream, StreamExt};
use registry_testbed::{api, Api};
use reqwest::Body;
use std::{
    io,
    process::Command,
    time::{Duration, Instant},
};

/// A body that begins and then says nothing more.
fn stalled(begin: Vec<u8>) -> Body {
    let begin = stream::iter([Ok::<_, io::Error>(begin)]);
    Body::wrap_stream(begin.chain(stream::pending()))
}

fn start(api: &Api, seed: u64) -> tokio::task::JoinHandle<Result<(u16, serde_json::Value)>> {
    let api = api.clone();
    let body = stalled(pdf(200_000, seed));
    tokio::spawn(async move { upload(&api, "stalled.pdf", body).await })
}

/// Clients that go away, and too many at once.
pub async fn of_clients(world: &World) -> Result<()> {
    let first = world.signed_in(&world.cast.first).await?;
    let second = world.signed_in(&world.cast.second).await?;
    let uploads: Vec<_> = (0..3).map(|seed| start(&first, seed)).collect();
    eventually("three uploads have begun", || async { Ok(world.on_their_way()? == 3) }).await?;
    let answer = send(&first, &[("name", "a.pdf")], None, pdf(100, 9)).await?;
    ensure!(answer.status() == 429, "{}", answer.status());
    ensure!(answer.headers().contains_key("retry-after"));
    // Others have their own.
    ensure!(upload(&second, "a.pdf", pdf(100, 9)).await?.0 == 201);
    for upload in uploads {
        upload.abort();
    }
    eventually("nothing is left of them", || async { Ok(world.on_their_way()? == 0) }).await?;
    ensure!(upload(&first, "a.pdf", pdf(100, 10)).await?.0 == 201);
    ensure!(world.stored() == 2, "{} files are stored", world.stored());
    Ok(())
}

/// The portal is killed in the middle.
pub async fn of_the_portal(world: &mut World) -> Result<()> {
    let first = world.signed_in(&world.cast.first).await?;
    let stored = world.stored();
    let upload_ = start(&first, 20);
    eventually("an upload has begun", || async { Ok(world.on_their_way()? == 1) }).await?;
    world.stack.portal.as_mut().context("the portal")?.kill();
    ensure!(upload_.await?.is_err());
    ensure!(world.on_their_way()? == 1, "what a killed program leaves");
    world.stack.start_portal()?;
    world.stack.wait_for_portal().await?;
    // What another portal may still be at is left alone; after a day nobody is.
    tokio::time::sleep(Duration::from_secs(2)).await;
    ensure!(world.on_their_way()? == 1);
    let left = std::fs::read_dir(&world.incoming)?.next().context("a file")??.path();
    let aged = Command::new("touch").args(["-d", "25 hours ago"]).arg(&left).status()?;
    ensure!(aged.success());
    eventually("it is removed", || async { Ok(world.on_their_way()? == 0) }).await?;
    ensure!(world.stored() == stored);

    // The same file can be uploaded, by the session from before.
    let bytes = pdf(200_000, 20);
    ensure!(upload(&first, "again.pdf", bytes.clone()).await?.0 == 201);
    ensure!(status(&first, &hash_of(&bytes)).await? == 200);
    Ok(())
}

/// A client that sends next to nothing is cut off after half a minute, and is told why.
pub async fn slow_clients_are_cut_off(world: &World) -> Result<()> {
    let first = world.signed_in(&world.cast.first).await?;
    let drops = stream::unfold(0_u8, |n| async move {
        tokio::time::sleep(Duration::from_millis(500)).await;
        Some((Ok::<_, io::Error>(if n == 0 { b"%PDF-1.7".to_vec() } else { vec![n] }), n | 1))
    });
    let began = Instant::now();
    let answer = send(&first, &[("name", "slow.pdf")], None, Body::wrap_stream(drops)).await?;
    let (code, problem) = api::read(answer).await?;
    let waited = began.elapsed();
    ensure!(code == 408 && problem.to_string().contains("too slowly"), "{code} {problem}");
    ensure!((29..40).contains(&waited.as_secs()), "after {waited:?}");
    ensure!(world.on_their_way()? == 0);
    println!("a slow client was cut off after {:.1} s", waited.as_secs_f64());
    Ok(())
}

/// The store goes away and comes back.
pub async fn of_the_store(world: &mut World) -> Result<()> {
    let first = world.signed_in(&world.cast.first).await?;
    let (before, after) = (pdf(30_000, 30), pdf(30_000, 31));
    ensure!(upload(&first, "before.pdf", before.clone()).await?.0 == 201);
    let id = world.s3.as_ref().context("an S3 server")?.process.id();
    signal(id, "STOP")?;
    // It is there and says nothing; the others of the portal's answers are as quick as ever.
    let waiting = tokio::spawn({
        let (first, after) = (first.clone(), after.clone());
        async move { upload(&first, "after.pdf", after).await }
    });
    let reading = tokio::spawn({
        let (first, hash) = (first.clone(), hash_of(&before));
        async move { status(&first, &hash).await }
    });
    tokio::time::sleep(Duration::from_secs(2)).await;
    let began = Instant::now();
    ensure!(world.nobody()?.get("/api/v1/totals").await?.0 == 200);
    ensure!(began.elapsed() < Duration::from_secs(2));
    ensure!(reading.await?? == 503, "a reading waits for ever");
    signal(id, "CONT")?;
    let (code, answer) = waiting.await??;
    ensure!(code == 201, "{code} {answer}");
    ensure!(status(&first, &hash_of(&after)).await? == 200);
    ensure!(status(&first, &hash_of(&before)).await? == 200);
    Ok(())
}

fn signal(id: u32, name: &str) -> Result<()> {
    let sent = Command::new("kill").args([format!("-{name}"), id.to_string()]).status()?;
    ensure!(sent.success(), "the S3 server has no number");
    Ok(())
}

/// With a wrong secret nothing is stored, and it is said that the store is the reason.
pub async fn wrong_credentials_are_said(world: &mut World) -> Result<()> {
    let s3 = world.s3.as_ref().context("an S3 server")?;
    world.stack.portal_environment = s3.environment_with("another");
    world.stack.portal = None;
    world.stack.start_portal()?;
    world.stack.wait_for_portal().await?;
    let first = world.signed_in(&world.cast.first).await?;
    let bytes = pdf(10_000, 40);
    let (code, problem) = upload(&first, "refused.pdf", bytes.clone()).await?;
    ensure!(code == 503 && problem.to_string().contains("store of files"), "{code} {problem}");
    ensure!(status(&first, &hash_of(&bytes)).await? == 404 && world.on_their_way()? == 0);
    ensure!(!world.object(&hash_of(&bytes)).exists());
    Ok(())
}
