// SPDX-License-Identifier: Apache-2.0
//! Files as they are read: whole, in parts, and by who has them already.

use super::world::{get, hash_of, header, pdf, upload, World, MAX_FILE};
use anyhow::{ensure, Result};
use reqwest::Method;

/// Large and small ones.
pub async fn are_given(world: &mut World) -> Result<()> {
    let first = world.signed_in(&world.cast.first).await?;
    // The largest goes to S3 in several parts; the smallest has one byte more than its beginning.
    for (seed, size) in [(1, MAX_FILE), (2, 10), (3, 70_000)] {
        let bytes = pdf(size, seed);
        let hash = hash_of(&bytes);
        let (code, answer) = upload(&first, "parts.pdf", bytes.clone()).await?;
        ensure!(code == 201 && answer["hash"] == hash.as_str(), "{code} {answer}");
        ensure!(std::fs::read(world.object(&hash))? == bytes, "{size} bytes are stored otherwise");
        ensure!(world.on_their_way()? == 0);

        let answer = get(&first, &hash, &[("Accept-Encoding", "gzip")]).await?;
        ensure!(answer.status() == 200 && header(&answer, "accept-ranges") == "bytes");
        let etag = header(&answer, "etag").to_owned();
        ensure!(etag == format!("\"{}\"", &hash[2..]), "{etag}");
        ensure!(header(&answer, "content-length") == size.to_string(), "{:?}", answer.headers());
        ensure!(answer.bytes().await? == bytes, "{size} bytes are given otherwise");

        let last = size - 1;
        for (range, from, to) in [
            ("bytes=0-0".to_owned(), 0, 0),
            ("bytes=3-8".into(), 3, 8),
            (format!("bytes={}-", last - 4), last - 4, last),
            ("bytes=-3".into(), last - 2, last),
            (format!("bytes={last}-{}", last + 1_000), last, last),
            (format!("bytes=-{}", size * 2), 0, last),
        ] {
            let answer = get(&first, &hash, &[("Range", &range)]).await?;
            let complaints = || world.complaints();
            ensure!(answer.status() == 206, "{range}: {} {}", answer.status(), complaints());
            let told = header(&answer, "content-range").to_owned();
            ensure!(told == format!("bytes {from}-{to}/{size}"), "{range}: {told}");
            ensure!(header(&answer, "content-length") == (to - from + 1).to_string());
            ensure!(answer.bytes().await? == bytes[from..=to], "{range}: other bytes");
        }
        for range in [format!("bytes={size}-"), "bytes=-0".into()] {
            let answer = get(&first, &hash, &[("Range", &range)]).await?;
            ensure!(answer.status() == 416, "{range}: {}", answer.status());
            ensure!(header(&answer, "content-range") == format!("bytes */{size}"));
            ensure!(answer.text().await?.contains("urn:registry:problem:range"));
        }
        // What is no range, several at once, and the rest of another file: all of it.
        let ignored: [&[(&str, &str)]; 5] = [
            &[("Range", "bytes=5-3")],
            &[("Range", "lines=1-2")],
            &[("Range", "bytes=0-0,2-3")],
            &[("Range", "bytes=0-3"), ("If-Range", "\"another\"")],
            &[("Range", "bytes=0-3"), ("If-Range", "Wed, 21 Oct 2026 07:28:00 GMT")],
        ];
        for headers in ignored {
            let answer = get(&first, &hash, headers).await?;
            ensure!(answer.status() == 200, "{headers:?}: {}", answer.status());
            ensure!(answer.bytes().await?.len() == size, "{headers:?}");
        }
        let answer = get(&first, &hash, &[("Range", "bytes=0-3"), ("If-Range", &etag)]).await?;
        ensure!(answer.status() == 206, "{}", answer.status());

        for known in [etag.clone(), format!("\"x\", W/{etag}"), "*".into()] {
            let answer = get(&first, &hash, &[("If-None-Match", &known)]).await?;
            ensure!(answer.status() == 304 && header(&answer, "etag") == etag, "{known}");
            ensure!(answer.bytes().await?.is_empty());
        }
        let head = first.request(Method::HEAD, &format!("/api/v1/files/{hash}"));
        let head = head.header("Range", "bytes=0-0").send().await?;
        ensure!(head.status() == 200, "{}", head.status());
        ensure!(header(&head, "content-length") == size.to_string(), "{:?}", head.headers());
        ensure!(header(&head, "content-type") == "application/pdf");
        // Its existence is told to nobody.
        let head = world.nobody()?.request(Method::HEAD, &format!("/api/v1/files/{hash}"));
        ensure!(head.send().await?.status() == 404);
    }
    Ok(())
}
