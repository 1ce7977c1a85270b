// SPDX-License-Identifier: Apache-2.0
//! The demo's files: texts that stand for documents, whose hashes are on the chain.

use super::plans::PLANS;
use crate::Api;
use anyhow::{ensure, Result};
use registry_primitives::project::DocumentKind;
use reqwest::Method;
use std::fmt::Write;

/// Sections of a document.
const SECTIONS: u32 = 400;

/// A document of a project.
pub fn document(title: &str, kind: DocumentKind) -> String {
    let mut text = format!("{title}: {kind}\n");
    for section in 1..=SECTIONS {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\nSection {section}\n\nThis is section {section} of an invented document. It stands for what \
             the {kind} of {title} would say of the project, its baseline and its monitoring.\n"
        );
    }
    text
}

/// Uploads the design documents, each by who submitted it, as far as he still may; the other
/// documents of the demo are not deposited. How many were.
pub async fn deposit(portal: &str) -> Result<usize> {
    let kind = DocumentKind::DesignDocument;
    let mut deposited = 0;
    for plan in PLANS {
        let officer = Api::sign_in(portal, &plan.officer()?).await?;
        let path = "/api/v1/files?name=Design%20document.txt";
        let upload = officer.request(Method::POST, path).body(document(plan.title, kind));
        let (status, answer) = crate::api::read(upload.send().await?).await?;
        // The organisation may have been suspended since.
        ensure!(status == 201 || status == 403, "{}: {status} {answer}", plan.title);
        deposited += usize::from(status == 201);
    }
    ensure!(deposited > 0, "nobody may deposit a file");
    Ok(deposited)
}
