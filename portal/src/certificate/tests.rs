// SPDX-License-Identifier: Apache-2.0
//! Papers of made-up retirements: what is on them, that they can be made again to the byte, and that
//! nothing that people write does harm.

use super::{
    code,
    facts::CertifiedProject,
    paper, pdf, press,
    receipt::{compare, Receipt, Standing},
    Certificate, Options,
};
use crate::{
    answers::{Numbers, OrganisationRef, Part, ProjectRef, Time},
    i18n::Language,
    proof::Proof,
    retirements::{Beneficiary, Retirement, Use},
};
use serde_json::json;
use std::process::Command;

const GENESIS: &str = "0x91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3";

fn part(project: i64, start: i64, quantity: i64) -> Part {
    let end = start + quantity - 1;
    Part {
        numbers: Numbers {
            serial: format!("VU-ITMO-1-{project:03}-2023-0-{start}-{end}"),
            start,
            end,
            quantity,
        },
        project: ProjectRef { id: project, title: "Solar of Efate".into() },
        vintage: 2023,
    }
}

/// A certificate whose texts are all this one.
fn certificate(text: &str) -> Certificate {
    let some = || Some(text.to_owned());
    let name = format!("7-{}", code::check(GENESIS, 7));
    Certificate {
        retirement: Retirement {
            id: 7,
            owner: OrganisationRef { id: 3, name: text.into() },
            use_of: Use {
                purpose: "international_transfer".into(),
                purpose_details: Some(json!({"country": "CH", "entity": text, "towards": "ndc"})),
                beneficiary: Beneficiary { name: text.into(), country: "CH".into() },
                on_behalf_of: some(),
                reason: some(),
                reference: some(),
            },
            quantity: 71,
            at: Time(chrono::DateTime::from_timestamp_millis(1_710_252_300_007).unwrap()),
            block: 1_234,
            event: 5,
            parts: vec![part(1, 81, 21), part(1, 9_223_372_036_854_775_000, 50)],
        },
        address: format!("https://registry.example/c/{name}"),
        name,
        host: "VU".into(),
        projects: vec![CertifiedProject { id: 1, title: text.into(), external_id: text.into() }],
        first_transferred: 71,
        request: Some(4),
        cancellations: Vec::new(),
        proof: Proof {
            block_hash: GENESIS.replace('9', "8"),
            extrinsic_index: Some(2),
            extrinsic: Some(GENESIS.replace('9', "7")),
            signer: Some("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY".into()),
            genesis_hash: GENESIS.into(),
        },
    }
}

fn set(language: Language, certificate: &Certificate) -> Vec<u8> {
    let site = "https://registry.example".parse().unwrap();
    let copy =
        paper::copy(language, certificate, &Options::default(), "Ministry of Climate", &site);
    press::set(&copy).unwrap()
}

/// The most bytes of a paper.
const MAX_PAPER: usize = 400_000;

#[test]
fn a_paper_is_made_in_every_language() {
    for language in Language::ALL {
        let paper = set(language, &certificate("A traveller of Lifou"));
        assert!(pdf::is_pdf(&paper) && paper.len() < MAX_PAPER, "{}", paper.len());
        let has = |sought: &str| paper.windows(sought.len()).any(|it| it == sought.as_bytes());
        assert!(has(&format!("/Lang({})", language.tag())), "{language}");
        // What it says it conforms to: PDF/A-3a and PDF/UA-1, tagged.
        for sign in ["/MarkInfo", "/StructTreeRoot", "<pdfaid:part>3", "<pdfuaid:part>1"] {
            assert!(has(sign), "{language}: {sign}");
        }
    }
}

/// Papers are the same bytes whoever sets them: this runs itself in other processes, and under
/// another time zone.
#[test]
fn a_paper_is_the_same_to_the_byte() {
    const CHILD: &str = "CERTIFICATE_TEST_FILE";
    let paper = set(Language::Arabic, &certificate("مسافر & Söhne"));
    if let Ok(file) = std::env::var(CHILD) {
        std::fs::write(file, paper).unwrap();
        return;
    }
    assert_eq!(paper, set(Language::Arabic, &certificate("مسافر & Söhne")));
    let folder = tempfile::tempdir().unwrap();
    for zone in ["UTC", "Pacific/Efate"] {
        let file = folder.path().join(zone.replace('/', "-"));
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "certificate::tests::a_paper_is_the_same_to_the_byte"])
            .env(CHILD, &file)
            .env("TZ", zone)
            .output()
            .unwrap();
        assert!(status.status.success(), "{status:?}");
        assert!(std::fs::read(&file).unwrap() == paper, "another paper under {zone}");
    }
    assert!(paper != set(Language::Arabic, &certificate("مسافر & Söhne.")));
}

#[test]
fn hostile_texts_do_no_harm() {
    let long = "W".repeat(10_000);
    let marks = format!("a{}", "\u{301}".repeat(10_000));
    for text in [
        "#panic() #import \"@preview/x:1.0.0\" *a* _b_ $c$ `d` <e> @f \\ #strong[g] = h",
        "</script><img src=x onerror=alert(1)>",
        "\u{202e}evil\u{202c} \u{2066}\u{2067}\u{200f}\u{feff}",
        "\u{0}\u{7}\r\n\t\u{85}\u{2028}",
        "👩‍👩‍👧‍👦🏴‍☠️ 𝕬𝖇 漢字 한국어 हिन्दी ไทย",
        "שלום مرحبا ﷺ Привет Ελλάδα ỹ",
        "\u{301}\u{65f}\u{20dd}",
        "",
        &long,
        &marks,
        &long.replace('W', "漢"),
        &"a b ".repeat(2_500),
    ] {
        for language in Language::ALL {
            let paper = set(language, &certificate(text));
            assert!(paper.len() < MAX_PAPER, "{}: {language}", &text[..text.len().min(20)]);
            // The receipt has the whole text as it is.
            let receipts = pdf::receipts(&paper);
            assert_eq!(receipts.len(), 1);
            assert_eq!(receipts[0]["beneficiary"], text);
        }
    }
}

#[test]
fn a_receipt_comes_back_as_it_was() {
    let certificate = certificate("A traveller of Lifou");
    let receipts = pdf::receipts(&set(Language::French, &certificate));
    let [receipt] = receipts.as_slice() else { panic!("{receipts:?}") };
    let compared = compare(receipt, &Receipt::of(&certificate));
    assert!(compared.iter().all(|it| it.standing == Standing::Same), "{compared:?}");
    assert_eq!(compared[0].field, "form");
    assert!(compared.len() > 20, "{compared:?}");
    // It does not depend on the language of the paper.
    assert_eq!(receipts, pdf::receipts(&set(Language::Arabic, &certificate)));
}

#[test]
fn every_field_that_was_changed_is_named() {
    let certificate = certificate("A traveller of Lifou");
    let ours = Receipt::of(&certificate);
    let original: serde_json::Value = serde_json::from_str(&ours.text()).unwrap();
    for field in original.as_object().unwrap().keys() {
        let mut forged = original.clone();
        forged[field] = json!("forged");
        let differing: Vec<_> = compare(&forged, &ours)
            .into_iter()
            .filter(|it| it.standing != Standing::Same)
            .collect();
        assert_eq!(differing.len(), 1, "{field}");
        assert_eq!((&differing[0].field, differing[0].standing), (field, Standing::Differs));
        forged.as_object_mut().unwrap().remove(field);
        let missing = compare(&forged, &ours);
        let missing: Vec<_> =
            missing.iter().filter(|it| it.standing == Standing::Missing).collect();
        assert_eq!(missing.len(), 1, "{field}");
    }
    let mut more = original;
    more["bonus"] = json!(["x".repeat(10_000)]);
    let unknown = compare(&more, &ours).pop().unwrap();
    assert_eq!(unknown.standing, Standing::Unknown);
    assert!(unknown.given.unwrap().len() < 600);
}

#[test]
fn many_numbers_take_more_pages() {
    let mut certificate = certificate("A traveller of Lifou");
    certificate.retirement.parts = (0..64).map(|n| part(1, 1 + 10 * n, 5)).collect();
    assert!(set(Language::English, &certificate).len() < MAX_PAPER);
}

#[test]
fn the_code_of_an_address_is_drawn() {
    let svg = paper::qr("https://registry.example/c/7-4H2Q8R1M");
    assert!(svg.starts_with("<svg") && svg.len() < 30_000, "{}", svg.len());
    assert!(!svg.contains("style="));
}
