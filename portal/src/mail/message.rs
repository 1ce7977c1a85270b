// SPDX-License-Identifier: Apache-2.0
//! Mails as they are sent: plain text, and nothing else.

use super::{clean, texts, Contents};
use crate::{i18n::Language, site::Site};
use blake2::{digest::consts::U16, Blake2b, Digest};
use chrono::{DateTime, Utc};
use std::{collections::BTreeMap, time::SystemTime};

/// Serial numbers that a mail names; the page has all of them.
const SERIALS: usize = 20;
/// Longest subject, in characters.
const MAX_SUBJECT: usize = 150;

/// A mail that can be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// The same each time that the same letter is sent to the same address.
    pub id: String,
    pub date: SystemTime,
    pub to: String,
    pub name: Option<String>,
    pub subject: String,
    pub text: String,
}

/// A letter and whom it is for, as the outbox has it.
pub struct Draft<'a> {
    pub occasion: &'a str,
    pub template: &'a str,
    pub email: &'a str,
    pub name: Option<&'a str>,
    pub language: Language,
    pub created_at: DateTime<Utc>,
    pub contents: &'a Contents,
}

/// Writes a letter out.
pub fn write(draft: &Draft<'_>, site: &Site, prefix: &str) -> Written {
    let language = draft.language;
    let of = |part: &str| {
        texts::fill(
            language,
            &format!("letter.{}.{part}", draft.template),
            &draft.contents.arguments,
        )
    };
    let subject = format!("{prefix} {}", of("subject"));
    Written {
        id: message_id(draft, site),
        date: draft.created_at.into(),
        to: draft.email.to_owned(),
        name: draft.name.map(|name| clean(name, 120)).filter(|name| !name.is_empty()),
        subject: clean(&subject, MAX_SUBJECT),
        text: text(draft, site, &of("text")),
    }
}

/// The paragraphs of a mail.
fn text(draft: &Draft<'_>, site: &Site, told: &str) -> String {
    let language = draft.language;
    let frame = |name: &str, gaps: &[(&str, &str)]| {
        let gaps: BTreeMap<String, String> =
            gaps.iter().map(|(gap, value)| ((*gap).to_owned(), clean(value, 2_000))).collect();
        texts::fill(language, &format!("frame.{name}"), &gaps)
    };
    let mut paragraphs = vec![match draft.name {
        Some(name) => frame("hello_name", &[("name", name)]),
        None => frame("hello", &[]),
    }];
    paragraphs.push(told.to_owned());
    let serials = &draft.contents.serials;
    if !serials.is_empty() {
        let mut lines = vec![frame("serials", &[])];
        lines
            .extend(serials.iter().take(SERIALS).map(|serial| format!("  {}", clean(serial, 100))));
        let more = serials.len().saturating_sub(SERIALS);
        if more > 0 {
            lines.push(format!("  {}", frame("more", &[("n", &more.to_string())])));
        }
        paragraphs.push(lines.join("\n"));
    }
    if let Some(link) = draft.contents.arguments.get("link") {
        paragraphs.push(frame("link", &[("link", link)]));
    }
    if let Some((event, position)) = &draft.contents.event {
        let link = format!("{}/events/{position}", site.url());
        paragraphs.push(frame("event", &[("event", event), ("link", &link)]));
    }
    // What mail programs take for a signature.
    paragraphs.push(format!("-- \n{}", frame("end", &[("site", site.url())])));
    paragraphs.join("\n\n") + "\n"
}

/// A mail that is sent again, because it was not noted that the server had taken it, has the same
/// number: whoever receives both can tell.
fn message_id(draft: &Draft<'_>, site: &Site) -> String {
    let mut digest = Blake2b::<U16>::new();
    for part in [site.url(), draft.occasion, draft.template, draft.email] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    let host = site.host().rsplit_once(':').map_or(site.host(), |(host, _)| host);
    format!("<{}@{host}>", hex::encode(digest.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{mail::Letter, query::Position};

    fn site() -> Site {
        "https://registry.example".parse().unwrap()
    }

    fn written(letter: &Letter, name: Option<&str>, language: Language) -> Written {
        let draft = Draft {
            occasion: "120-3",
            template: letter.template,
            email: "ana@developer.example",
            name,
            language,
            created_at: DateTime::from_timestamp(1_710_252_300, 0).unwrap(),
            contents: &letter.contents,
        };
        write(&draft, &site(), "Carbon Registry:")
    }

    fn invitation(organisation: &str) -> Letter {
        Letter::new("invitation")
            .with("organisation", organisation)
            .with("name", "Ben Tari")
            .with("link", "https://registry.example/invitation?token=abc")
    }

    #[test]
    fn a_mail_has_its_paragraphs_its_link_and_its_event() {
        let serials = (1..=23).map(|n| format!("VU-ITMO-1-001-2023-0-{n}-{n}")).collect();
        let letter = invitation("Sun & Sea Ltd")
            .serials(serials)
            .of_event("CreditsIssued", Position { block: 120, index: 3 });
        let mail = written(&letter, Some("Ana"), Language::English);
        assert_eq!(mail.subject, "Carbon Registry: Sun & Sea Ltd invites you to the registry");
        let paragraphs: Vec<_> = mail.text.split("\n\n").collect();
        assert_eq!(paragraphs[0], "Good day Ana,");
        assert!(paragraphs[2].ends_with(
            "VU-ITMO-1-001-2023-0-20-20\n  and 3 more ranges, which the page below lists"
        ));
        assert!(paragraphs[3].contains("https://registry.example/invitation?token=abc"));
        assert_eq!(paragraphs[4], "Event: CreditsIssued, https://registry.example/events/120-3");
        assert!(paragraphs[5].starts_with("-- \n"));
        for language in [Language::French, Language::Spanish] {
            let other = written(&letter, Some("Ana"), language);
            assert!(other.text != mail.text && !other.text.contains('…'), "{}", other.text);
            assert_eq!(other.id, mail.id);
        }
    }

    #[test]
    fn nobodys_name_makes_a_line_or_a_header() {
        let hostile = "Evil\r\nBcc: everybody@example.org\n\nhttps://phish.example\u{202e}";
        let mail = written(&invitation(hostile), Some(hostile), Language::English);
        for line in [&mail.subject, mail.name.as_ref().unwrap()] {
            assert!(!line.contains(char::is_control), "{line:?}");
            assert!(!line.contains('\u{202e}'), "{line:?}");
        }
        assert!(mail.subject.chars().count() <= MAX_SUBJECT);
        assert!(!mail
            .text
            .lines()
            .any(|line| line.starts_with("Bcc:") || line.starts_with("https://phish")));
    }

    #[test]
    fn the_number_of_a_mail_is_its_own_and_stays() {
        let draft = |occasion: &'static str, email: &'static str| {
            let letter = invitation("Sun");
            let draft = Draft {
                occasion,
                template: letter.template,
                email,
                name: None,
                language: Language::English,
                created_at: DateTime::UNIX_EPOCH,
                contents: &letter.contents,
            };
            message_id(&draft, &site())
        };
        assert_eq!(draft("120-3", "a@b.example"), draft("120-3", "a@b.example"));
        assert_ne!(draft("120-3", "a@b.example"), draft("120-4", "a@b.example"));
        assert_ne!(draft("120-3", "a@b.example"), draft("120-3", "c@b.example"));
        assert!(draft("120-3", "a@b.example").ends_with("@registry.example>"));
    }
}
