// SPDX-License-Identifier: Apache-2.0
//! The way back: a certificate that somebody was given is compared with the registry, field by
//! field and byte by byte. What is sent is read in memory and kept nowhere.

use super::{
    code::Name,
    pages, pdf,
    receipt::{compare, Compared, Receipt, Standing, FORM},
    Certificate,
};
use crate::{
    answers::At,
    db::Reader,
    i18n::Language,
    multipart,
    page::{self, Layout},
    problem::{Message, Problem, ProblemDocument},
    proof, query,
    server::App,
};
use askama::Template;
use axum::{
    body::Bytes,
    extract::{rejection::BytesRejection, Query, State},
    http::{header, HeaderMap, Uri},
    response::{IntoResponse, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What is said of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CertificateVerdict)]
pub enum Verdict {
    /// It is the registry's certificate, byte for byte.
    Genuine,
    /// It is a receipt without its paper, and says what the registry says.
    Receipt,
    /// Its receipt says what the registry says, but its bytes are others.
    Altered,
    /// Its receipt says something else than the registry.
    Forged,
    /// Its receipt is of a retirement that the registry does not have.
    NoSuch,
    /// Its receipt is of another chain.
    Elsewhere,
    /// It is a PDF without a receipt.
    NoReceipt,
    /// It is neither a PDF nor a receipt.
    NoCertificate,
}

impl Verdict {
    fn sentence(self) -> &'static str {
        match self {
            Self::Genuine => "verify.genuine",
            Self::Receipt => "verify.receipt",
            Self::Altered => "verify.altered",
            Self::Forged => "verify.forged",
            Self::NoSuch => "verify.no_such",
            Self::Elsewhere => "verify.elsewhere",
            Self::NoReceipt => "verify.no_receipt",
            Self::NoCertificate => "verify.no_certificate",
        }
    }
}

/// A file that somebody gave, compared with the registry.
#[derive(Serialize, ToSchema)]
pub struct Verification {
    /// What is said of it.
    pub verdict: Verdict,
    /// The same as a sentence.
    pub sentence: String,
    /// Number of the retirement that its receipt names.
    #[schema(example = 1)]
    pub retirement: Option<i64>,
    /// Address of the certificate in the registry.
    pub address: Option<String>,
    /// Whether it is, byte for byte, what the registry would issue now, in any of its languages.
    pub identical: bool,
    /// Every field of the receipt beside what the registry says, those that differ first.
    pub fields: Vec<Compared>,
}

impl Verification {
    fn new(verdict: Verdict, retirement: Option<i64>) -> Self {
        let id = retirement.map(|id| id.to_string()).unwrap_or_default();
        let sentence = Language::current().fill(verdict.sentence(), &[("id", id)]);
        let (address, fields) = (None, Vec::new());
        Self { verdict, sentence, retirement, address, identical: false, fields }
    }

    /// Compares a file.
    async fn of(app: &App, reader: &mut Reader, file: &Bytes) -> Result<Self, Problem> {
        let is_pdf = pdf::is_pdf(file);
        let mut receipts = match is_pdf {
            true => {
                let file = file.clone();
                let read = tokio::task::spawn_blocking(move || pdf::receipts(&file));
                read.await.map_err(|error| Problem::internal(&error.to_string()))?
            }
            false => {
                serde_json::from_slice(file).ok().filter(Value::is_object).into_iter().collect()
            }
        };
        receipts.retain(|receipt| receipt.get("form").and_then(Value::as_str) == Some(FORM));
        let Some(first) = receipts.first() else {
            let verdict = if is_pdf { Verdict::NoReceipt } else { Verdict::NoCertificate };
            return Ok(Self::new(verdict, None));
        };
        let number = first.get("certificate").and_then(Value::as_i64);
        let genesis_hash = proof::genesis(reader).await?;
        let of_here =
            |it: &Value| it.get("genesis_hash").and_then(Value::as_str) == Some(&genesis_hash);
        if !receipts.iter().all(of_here) {
            return Ok(Self::new(Verdict::Elsewhere, number));
        }
        let certificate = match number {
            Some(number) => Certificate::numbered(reader, &app.site, number).await?,
            None => None,
        };
        let Some(certificate) = certificate else { return Ok(Self::new(Verdict::NoSuch, number)) };
        let ours = Receipt::of(&certificate);
        let is_same = |fields: &[Compared]| fields.iter().all(|it| it.standing == Standing::Same);
        // A file may hold several receipts; the one that counts is the one that differs.
        let mut compared = receipts.iter().map(|receipt| compare(receipt, &ours));
        let first = compared.next().unwrap_or_default();
        let mut fields = match is_same(&first) {
            true => compared.find(|fields| !is_same(fields)).unwrap_or(first),
            false => first,
        };
        let same = is_same(&fields);
        let identical = is_pdf && same && is_issued(app, reader, &certificate, file).await?;
        let verdict = match (same, is_pdf, identical) {
            (false, ..) => Verdict::Forged,
            (true, false, _) => Verdict::Receipt,
            (true, true, true) => Verdict::Genuine,
            (true, true, false) => Verdict::Altered,
        };
        fields.sort_by_key(|it| it.standing == Standing::Same);
        let address = Some(certificate.address);
        Ok(Self { address, identical, fields, ..Self::new(verdict, number) })
    }

    /// The tone of the sentence: `good`, `doubtful` or `bad`.
    fn tone(&self) -> &'static str {
        match self.verdict {
            Verdict::Genuine | Verdict::Receipt => "good",
            Verdict::Altered | Verdict::NoReceipt | Verdict::NoCertificate => "doubtful",
            Verdict::Forged | Verdict::NoSuch | Verdict::Elsewhere => "bad",
        }
    }
}

/// Whether the registry would issue these bytes now, in one of its languages.
async fn is_issued(
    app: &App,
    reader: &mut Reader,
    certificate: &Certificate,
    file: &Bytes,
) -> Result<bool, Problem> {
    for language in Language::ALL {
        let copy = pages::copy(app, reader, certificate, language).await?;
        if app.press.paper(copy).await? == file {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Compares a certificate with the registry: the PDF as it was issued, or the receipt.json that is
/// attached to it, as the body. Nothing of it is kept. Serial numbers are looked up at
/// `/api/v1/credits/{serial}`, certificates at `/api/v1/retirements/{id}`.
#[utoipa::path(
    post, path = "/api/v1/verify", tag = "registry",
    operation_id = "verify",
    request_body(
        content = String, content_type = "application/octet-stream",
        description = "A PDF or a receipt.json, told apart by its bytes; at most 1 MiB",
    ),
    responses(
        (status = OK, body = At<Verification>),
        (status = PAYLOAD_TOO_LARGE, body = ProblemDocument),
    )
)]
pub async fn api(
    State(app): State<App>,
    mut reader: Reader,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let file = whole(body)?;
    if file.is_empty() {
        return Err(Problem::unprocessable(Message::new("problem.file_empty")));
    }
    let verification = Verification::of(&app, &mut reader, &file).await?;
    let mut response = reader.json(verification);
    // What is said of one body is not said of another at the same address.
    response.headers_mut().remove(header::ETAG);
    Ok(response)
}

fn whole(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Problem> {
    body.map_err(|_| Problem::too_large(Message::new("problem.too_large")))
}

/// What people look up.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    text: String,
}

#[derive(Template)]
#[template(path = "verify.html")]
struct Page {
    l: Layout,
    /// A number that can be of a certificate or of a credit.
    number: Option<i64>,
    verification: Option<Verification>,
}

impl Page {
    /// The name of a field of a receipt.
    fn field<'a>(&'a self, field: &'a str) -> &'a str {
        let key = match field {
            "form" => "verify.form",
            "certificate" => "retirements.certificate",
            "name" => "verify.name",
            "address" => "certificate.address",
            "genesis_hash" => "technical.genesis",
            "host" => "certificate.host",
            "quantity" => "credits.tonnes",
            "serials" => "retirement.numbers",
            "vintages" => "credits.vintage",
            "projects" => "credits.project",
            "owner" => "retirements.owner",
            "account" => "verify.account",
            "purpose" => "retirements.purpose",
            "purpose_details" => "verify.details",
            "beneficiary" => "retirements.beneficiary",
            "beneficiary_country" => "verify.beneficiary_country",
            "on_behalf_of" => "retirement.on_behalf_of",
            "reason" => "retirement.reason",
            "reference" => "retirement.reference",
            "first_transferred" => "credits.first_transferred",
            "deductions" => "retirement.deductions",
            "at" => "retirement.date",
            "block" => "technical.block",
            "block_hash" => "verify.block_hash",
            "extrinsic_index" => "verify.extrinsic_index",
            "extrinsic" => "technical.extrinsic",
            "event" => "technical.index",
            other => return other,
        };
        self.l.t(key)
    }

    fn standing(&self, compared: &Compared) -> &'static str {
        Language::current().t(match compared.standing {
            Standing::Same => "standing.same",
            Standing::Differs => "standing.differs",
            Standing::Missing => "standing.missing",
            Standing::Unknown => "standing.unknown",
        })
    }

    fn is_same(&self, compared: &Compared) -> bool {
        compared.standing == Standing::Same
    }
}

/// `/verify`
pub async fn form(
    State(app): State<App>,
    uri: Uri,
    Query(asked): Query<Asked>,
    reader: Reader,
) -> Result<Response, Problem> {
    // Copied from a paper, it may have blanks and breaks in it.
    let shown =
        |it: &char| !it.is_whitespace() && !matches!(it, '\u{200b}'..='\u{200f}' | '\u{feff}');
    let text: String = asked.text.chars().filter(shown).collect();
    let number = query::number(&text);
    if !text.is_empty() && number.is_none() {
        let name = Name::read(&text).filter(|name| name.check.is_some());
        let address = match name {
            Some(name) => format!("/c/{name}"),
            None => format!("/credits/{}", page::percent_encode(&text)),
        };
        return Ok(Redirect::temporary(&Language::current().to(&address)).into_response());
    }
    let l = layout(&app, &reader, &uri);
    page::render(&Page { l, number, verification: None })
}

fn layout(app: &App, reader: &Reader, uri: &Uri) -> Layout {
    let title = Language::current().t("verify.title");
    Layout { json: None, ..Layout::new(app, reader, uri, title) }
}

/// The file that was given on that page.
pub async fn upload(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    mut reader: Reader,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = whole(body)?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let file = kind
        .and_then(multipart::boundary)
        .and_then(|boundary| multipart::field(&body, boundary, "file"))
        .ok_or_else(|| Problem::malformed(Message::new("problem.verify_form")))?;
    let file = body.slice_ref(file);
    let verification = Some(Verification::of(&app, &mut reader, &file).await?);
    let l = layout(&app, &reader, &uri);
    page::render(&Page { l, number: None, verification })
}
