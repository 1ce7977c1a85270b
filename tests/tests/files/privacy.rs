// SPDX-License-Identifier: Apache-2.0
//! Who may have a file, and since when.

use super::{
    common::{add_manager, FIRST, SECOND},
    world::{content_hash, get, hash_of, header, pdf, send, status, upload, World},
};
use anyhow::{ensure, Context, Result};
use registry_client::Call;
use registry_primitives::MemberRole;
use registry_testbed::Officer;
use serde_json::{json, Value};

/// A file is its organisation's and the Government's officers', and with its hash on the chain it is
/// everybody's.
pub async fn until_the_chain_names_it(world: &mut World) -> Result<()> {
    let (cast, root) = (&world.cast, world.cast.root.clone());
    let nobody = world.nobody()?;
    let first = world.signed_in(&cast.first).await?;
    let second = world.signed_in(&cast.second).await?;
    let government = world.signed_in(&root).await?;
    let (reading, _) = first.program(&["read"]).await?;
    let (submitting, _) = first.program(&["mrv"]).await?;

    let bytes = pdf(100_000, 1);
    let hash = hash_of(&bytes);
    let (code, answer) = upload(&first, "Design document.pdf", bytes.clone()).await?;
    ensure!(code == 201, "{code} {answer}");
    ensure!(answer["hash"] == hash.as_str() && answer["size"] == 100_000, "{answer}");
    ensure!(answer["media_type"] == "application/pdf" && answer["public"] == false, "{answer}");
    ensure!(answer["anchors"] == json!([]), "{answer}");
    // Again: nothing new.
    let (code, answer) = upload(&first, "Design document.pdf", bytes.clone()).await?;
    ensure!(code == 200 && answer["hash"] == hash.as_str(), "{code} {answer}");

    for (who, api, expected) in [
        ("nobody", &nobody, 404),
        ("another organisation", &second, 404),
        ("a key without the scope", &submitting, 404),
        ("a member", &first, 200),
        ("a key that reads", &reading, 200),
        ("the Government", &government, 200),
    ] {
        let found = status(api, &hash).await?;
        ensure!(found == expected, "{who}: {found} instead of {expected}");
        let (found, info) = api.get(&format!("/api/v1/files/{hash}/info")).await?;
        ensure!(found == expected, "{who}: {found} instead of {expected}: {info}");
        // One that was never here looks the same.
        let never = hash_of(b"never");
        let (code, unknown) = api.get(&format!("/api/v1/files/{never}/info")).await?;
        ensure!(code == 404, "{who}: {code}");
        if expected == 404 {
            let (told, of_none) = (info.to_string().replace(&hash, &never), unknown.to_string());
            let same = told == of_none;
            ensure!(same, "{info} and {unknown} differ");
        }
    }
    let answer = get(&first, &hash, &[]).await?;
    ensure!(header(&answer, "cache-control") == "no-store", "{:?}", answer.headers());
    let name =
        "attachment; filename=\"Design_document.pdf\"; filename*=UTF-8''Design%20document.pdf";
    ensure!(header(&answer, "content-disposition") == name, "{:?}", answer.headers());
    ensure!(answer.bytes().await? == bytes, "other bytes");
    let (_, info) = first.get(&format!("/api/v1/files/{hash}/info")).await?;
    ensure!(info["name"] == "Design document.pdf" && info["removed_after"].is_string(), "{info}");

    // Members of any role see it; those who only view cannot upload.
    let viewer = Officer::new("//Viewer")?;
    let add = Call::AddMember {
        organisation: FIRST,
        account: viewer.account(),
        role: MemberRole::ViewOnly,
    };
    let admin = world.cast.first.clone();
    world.does(&admin, add).await?;
    let viewing = world.signed_in(&viewer).await?;
    ensure!(status(&viewing, &hash).await? == 200, "a member who views");
    let (code, problem) = upload(&viewing, "a.pdf", pdf(100, 2)).await?;
    ensure!(code == 403, "{code} {problem}");

    // Whoever read what is private is in the log.
    let (_, log) = government.get("/api/v1/audit?action=file_read").await?;
    let read = |it: &Value| it["subject"] == hash.as_str();
    let entries = log["items"].as_array().context("entries")?;
    let readers = entries.iter().filter(|it| read(it)).count();
    ensure!(readers == 5, "{readers} readings in the log: {log}");
    let by_program = entries.iter().any(|it| read(it) && it["api_key"].is_i64());
    ensure!(by_program, "{log}");

    // The chain names it, with its right size.
    let project = world.cast.issue(&world.registry, "Named", 100).await?;
    world.anchor(project, &hash, bytes.len()).await?;
    let answer = get(&nobody, &hash, &[]).await?;
    ensure!(answer.status() == 200, "{}", answer.status());
    let kept = "public, max-age=31536000, immutable";
    ensure!(header(&answer, "cache-control") == kept, "{:?}", answer.headers());
    // What the uploader called it is his.
    let name = format!("filename=\"project-{project}-environmental-impact-assessment-1.pdf\"");
    ensure!(header(&answer, "content-disposition").contains(&name), "{:?}", answer.headers());
    ensure!(answer.bytes().await? == bytes, "other bytes");
    let (_, info) = nobody.get(&format!("/api/v1/files/{hash}/info")).await?;
    let anchor = &info["anchors"][0];
    ensure!(info["public"] == true && info["name"].is_null(), "{info}");
    ensure!(
        anchor["kind"] == "document"
            && anchor["document_kind"] == "environmental_impact_assessment",
        "{info}"
    );
    ensure!(anchor["size"] == 100_000 && anchor["size_agrees"] == true, "{info}");
    ensure!(anchor["page"] == format!("/projects/{project}"), "{info}");
    let (code, problem) = first.delete(&format!("/api/v1/files/{hash}")).await?;
    ensure!(code == 409, "{code} {problem}");
    shown_with_the_project(world, project, &hash).await
}

/// The project's JSON and page tell which of its files are here.
async fn shown_with_the_project(world: &mut World, project: u32, hash: &str) -> Result<()> {
    let nobody = world.nobody()?;
    let first = world.signed_in(&world.cast.first).await?;
    let (_, shown) = nobody.get(&format!("/api/v1/projects/{project}")).await?;
    let documents = shown["documents"].as_array().context("documents")?;
    let document = documents.iter().find(|it| it["hash"] == hash).context("the document")?;
    let url = format!("/api/v1/files/{hash}");
    let file = json!({
        "available": true, "damaged": false, "size": 100_000,
        "media_type": "application/pdf", "url": url,
    });
    ensure!(document["file"] == file, "{document}");
    let other = documents.iter().find(|it| it["hash"] != hash).context("another document")?;
    ensure!(other["file"]["available"] == false && other["file"]["url"].is_null(), "{other}");
    let page = nobody.request(reqwest::Method::GET, &format!("/projects/{project}"));
    let page = page.send().await?.text().await?;
    ensure!(page.contains(&format!("<a href=\"{url}\">PDF, 100 kB</a>")), "{page}");
    ensure!(page.contains("not deposited here"), "{page}");

    // The chain was told another size: the hash is right, and the size is said to be wrong.
    let bytes = pdf(2_000, 3);
    world.anchor(project, &hash_of(&bytes), 1_999).await?;
    let (code, answer) = upload(&first, "late.pdf", bytes.clone()).await?;
    ensure!(code == 201 && answer["public"] == true, "{code} {answer}");
    ensure!(answer["anchors"][0]["size_agrees"] == false, "{answer}");
    let page = nobody.request(reqwest::Method::GET, &format!("/projects/{project}"));
    ensure!(page.send().await?.text().await?.contains("The chain says 1 kB"));
    ensure!(status(&nobody, &hash_of(&bytes)).await? == 200, "public at once");
    Ok(())
}

/// Each organisation has its own, and none learns what another has.
pub async fn of_each_organisation(world: &mut World) -> Result<()> {
    let first = world.signed_in(&world.cast.first).await?;
    let second = world.signed_in(&world.cast.second).await?;
    let bytes = pdf(3_000, 4);
    let hash = hash_of(&bytes);
    let (code, _) = upload(&first, "ours.pdf", bytes.clone()).await?;
    ensure!(code == 201, "{code}");
    // The same bytes are as new to the other.
    let (code, answer) = upload(&second, "theirs.pdf", bytes.clone()).await?;
    ensure!(code == 201 && answer["name"] == "theirs.pdf", "{code} {answer}");
    let (_, list) = second.get("/api/v1/files").await?;
    ensure!(list["items"].as_array().map(Vec::len) == Some(1), "{list}");
    ensure!(list["items"][0]["name"] == "theirs.pdf", "{list}");

    // One takes it back: the other still has it.
    let (code, _) = first.delete(&format!("/api/v1/files/{hash}")).await?;
    ensure!(code == 204, "{code}");
    ensure!(status(&first, &hash).await? == 404 && status(&second, &hash).await? == 200);
    let (code, _) = first.delete(&format!("/api/v1/files/{hash}")).await?;
    ensure!(code == 404, "{code}");
    ensure!(world.object(&hash).exists());
    let (code, _) = second.delete(&format!("/api/v1/files/{hash}")).await?;
    ensure!(code == 204 && !world.object(&hash).exists(), "{code}");

    // The list is read on with `next`, the newest first.
    for seed in 10..15 {
        let name = format!("{seed}.pdf");
        ensure!(upload(&second, &name, pdf(500, seed)).await?.0 == 201);
    }
    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let (code, list) = second.get(&format!("/api/v1/files?limit=2&after={after}")).await?;
        ensure!(code == 200, "{list}");
        for item in list["items"].as_array().context("items")? {
            names.push(item["name"].as_str().unwrap_or_default().to_owned());
        }
        let Some(next) = list["next"].as_str() else { break };
        next.clone_into(&mut after);
    }
    ensure!(names == ["14.pdf", "13.pdf", "12.pdf", "11.pdf", "10.pdf"], "{names:?}");
    let (_, list) = second.get("/api/v1/files?public=true").await?;
    ensure!(list["items"] == json!([]), "{list}");
    let (code, _) = world.nobody()?.get("/api/v1/files").await?;
    ensure!(code == 401, "{code}");
    Ok(())
}

/// Profiles that were replaced stay public, and so do pictures that profiles name.
pub async fn of_profiles(world: &mut World) -> Result<()> {
    let second = world.signed_in(&world.cast.second).await?;
    let nobody = world.nobody()?;
    let root = world.cast.second.clone();
    let (old, new) = (br#"{"address":"Here"}"#.as_slice(), br#"{"address":"There"}"#.as_slice());
    for (name, bytes) in [("old.json", old), ("new.json", new)] {
        let (code, answer) = upload(&second, name, bytes.to_vec()).await?;
        ensure!(code == 201 && answer["media_type"] == "application/json", "{code} {answer}");
    }
    // Both are named before anybody asks for either.
    for bytes in [old, new] {
        let profile = content_hash(&hash_of(bytes))?;
        world.does(&root, Call::UpdateProfile { organisation: SECOND, profile }).await?;
    }
    for (bytes, kind) in [(old, "earlier_profile"), (new, "organisation_profile")] {
        let (code, info) = nobody.get(&format!("/api/v1/files/{}/info", hash_of(bytes))).await?;
        ensure!(code == 200 && info["anchors"][0]["kind"] == kind, "{code} {info}");
        ensure!(info["anchors"][0]["organisation"] == SECOND, "{info}");
    }

    // A logo: private as it is uploaded, public with the profile that names it.
    let logo = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &[7; 100]].concat();
    let hash = hash_of(&logo);
    ensure!(send(&second, &[("name", "logo.png")], Some("image/png"), logo).await?.status() == 201);
    ensure!(status(&nobody, &hash).await? == 404, "a logo that no profile names");
    let saving = json!({ "address": "There", "logo": hash });
    let (code, saved) =
        second.put(&format!("/api/v1/organisations/{SECOND}/profile"), &saving).await?;
    ensure!(code == 200, "{code} {saved}");
    ensure!(status(&nobody, &hash).await? == 404, "a logo of a draft");
    let profile = content_hash(saved["hash"].as_str().context("a hash")?)?;
    world.does(&root, Call::UpdateProfile { organisation: SECOND, profile }).await?;
    let (code, info) = nobody.get(&format!("/api/v1/files/{hash}/info")).await?;
    ensure!(code == 200 && info["anchors"][0]["kind"] == "organisation_logo", "{code} {info}");

    // A manager may upload too, and a suspension ends all of it with the next block.
    let manager = Officer::new("//FilesManager")?;
    world.does(&root, add_manager(SECOND, &manager)).await?;
    let managing = world.signed_in(&manager).await?;
    let (program, _) = second.program(&["files"]).await?;
    let bytes = pdf(700, 5);
    ensure!(upload(&managing, "m.pdf", bytes.clone()).await?.0 == 201);
    ensure!(status(&program, &hash_of(&bytes)).await? == 200);
    let reason = "Under investigation".to_owned();
    let government = world.cast.root.clone();
    world.does(&government, Call::SuspendOrganisation { id: SECOND, reason }).await?;
    for (who, api) in [("a person", &managing), ("a program", &program)] {
        let (code, problem) = upload(api, "n.pdf", pdf(700, 6)).await?;
        ensure!(
            code == 403 && problem.to_string().contains("suspended"),
            "{who}: {code} {problem}"
        );
        ensure!(status(api, &hash_of(&bytes)).await? == 404, "{who}");
    }
    Ok(())
}
