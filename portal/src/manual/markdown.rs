// SPDX-License-Identifier: Apache-2.0
//! The part of Markdown that the manual is written in, as HTML.
//!
//! Headings of three levels, paragraphs, lists of one level, notes (`>`), code between fences; and in
//! a line `**bold**`, `` `code` `` and `[links](address)`. Everything else is text, and all text is
//! escaped. A test of the manual's pages finds what is written in another part of Markdown.

use crate::page::{link, text};

/// A page.
#[derive(PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// Its heading of the first level.
    pub title: String,
    /// Its first paragraph, without its tags.
    pub lead: String,
    /// The headings of its sections, with what they are called in addresses.
    pub sections: Vec<(String, String)>,
    /// Everything below that.
    pub html: String,
}

/// What lines that belong together are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Paragraph,
    Note,
    /// An item of a list, with numbers or without.
    Item(bool),
}

/// Makes a page; `to` turns addresses of links into those of the portal. Its headings are called in
/// addresses what those of `original` are, which the page is a translation of or is itself: so an
/// address leads to the same place in every language.
pub fn page(source: &str, original: &str, to: impl Fn(&str) -> String) -> Page {
    let mut anchors = anchors(original);
    let mut next = |heading: &str| anchors.next().unwrap_or_else(|| anchor(heading));
    let mut made = Page::default();
    let mut writer = Writer { html: &mut made.html, to: &to, list: None, open: None };
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            writer.end();
            let code: Vec<_> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            let code = text(&code.join("\n"));
            let code = format!("<pre tabindex=\"0\" dir=\"ltr\"><code>{code}</code></pre>\n");
            writer.html.push_str(&code);
        } else if let Some(heading) = line.strip_prefix("# ") {
            made.title = heading.to_owned();
        } else if let Some(heading) = line.strip_prefix("## ") {
            let anchor = next(heading);
            writer.heading("h2", &anchor, heading);
            made.sections.push((anchor, heading.to_owned()));
        } else if let Some(heading) = line.strip_prefix("### ") {
            writer.heading("h3", &next(heading), heading);
        } else {
            writer.line(line);
        }
    }
    writer.end();
    if let Some((lead, rest)) = made.html.split_once("</p>\n") {
        if let Some(lead) = lead.strip_prefix("<p>") {
            (made.lead, made.html) = (lead.to_owned(), rest.to_owned());
        }
    }
    made
}

/// What the headings below the title are called in addresses.
fn anchors(source: &str) -> impl Iterator<Item = String> + '_ {
    let mut code = false;
    source.lines().filter_map(move |line| {
        code ^= line.starts_with("```");
        let heading = line.strip_prefix("## ").or_else(|| line.strip_prefix("### "))?;
        (!code).then(|| anchor(heading))
    })
}

/// What a heading is called in addresses: its letters and digits in lower case, joined by hyphens.
fn anchor(heading: &str) -> String {
    let words = heading.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

struct Writer<'a, F> {
    html: &'a mut String,
    to: &'a F,
    /// The list that is open, by whether it has numbers.
    list: Option<bool>,
    /// The lines that belong together so far.
    open: Option<(Block, String)>,
}

impl<F: Fn(&str) -> String> Writer<'_, F> {
    fn heading(&mut self, tag: &str, id: &str, heading: &str) {
        self.end();
        let words = inline(heading, self.to);
        self.html.push_str(&format!("<{tag} id=\"{id}\">{words}</{tag}>\n"));
    }

    fn line(&mut self, line: &str) {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            // A blank line ends a paragraph, and lets a list go on.
            self.end_block();
            return;
        }
        if let Some((numbered, item)) = item(line) {
            self.end_block();
            self.open = Some((Block::Item(numbered), item.to_owned()));
            return;
        }
        let (block, words) = match trimmed.strip_prefix("> ") {
            Some(words) => (Block::Note, words),
            None => (Block::Paragraph, trimmed),
        };
        match &mut self.open {
            // What is indented below an item belongs to it.
            Some((open, so_far)) if *open == block || line.starts_with("  ") => {
                so_far.push(' ');
                so_far.push_str(words);
            }
            _ => {
                self.end_block();
                self.open = Some((block, words.to_owned()));
            }
        }
    }

    /// Writes the lines that belong together.
    fn end_block(&mut self) {
        let Some((block, words)) = self.open.take() else { return };
        let words = inline(&words, self.to);
        let wanted = match block {
            Block::Item(numbered) => Some(numbered),
            Block::Paragraph | Block::Note => None,
        };
        if self.list != wanted {
            self.end_list();
            if let Some(numbered) = wanted {
                self.html.push_str(if numbered { "<ol>\n" } else { "<ul>\n" });
            }
            self.list = wanted;
        }
        self.html.push_str(&match block {
            Block::Item(_) => format!("<li>{words}</li>\n"),
            Block::Note => format!("<p class=\"callout\">{words}</p>\n"),
            Block::Paragraph => format!("<p>{words}</p>\n"),
        });
    }

    fn end_list(&mut self) {
        if let Some(numbered) = self.list.take() {
            self.html.push_str(if numbered { "</ol>\n" } else { "</ul>\n" });
        }
    }

    fn end(&mut self) {
        self.end_block();
        self.end_list();
    }
}

/// An item of a list: whether it is numbered, and its words.
fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(words) = line.strip_prefix("- ") {
        return Some((false, words));
    }
    let (number, words) = line.split_once(". ")?;
    let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    plain.then_some((true, words))
}

/// Whether a line is an item of a list.
#[cfg(test)]
pub fn is_item(line: &str) -> bool {
    item(line).is_some()
}

/// A line with its marks.
fn inline(words: &str, to: &impl Fn(&str) -> String) -> String {
    let mut html = String::new();
    let mut rest = words;
    while let Some(place) = rest.find(['`', '*', '[']) {
        let (before, marked) = rest.split_at(place);
        html.push_str(&text(before));
        let (written, after) = mark(marked, to).unwrap_or_else(|| {
            // A mark without its end is a character like any other.
            let (sign, after) = marked.split_at(1);
            (sign.to_owned(), after)
        });
        html.push_str(&written);
        rest = after;
    }
    html.push_str(&text(rest));
    html
}

/// What a mark at the beginning stands for, and what comes after its end.
fn mark<'a>(marked: &'a str, to: &impl Fn(&str) -> String) -> Option<(String, &'a str)> {
    if let Some(code) = marked.strip_prefix('`') {
        let (code, after) = code.split_once('`')?;
        return Some((format!("<code dir=\"ltr\">{}</code>", text(code)), after));
    }
    if let Some(bold) = marked.strip_prefix("**") {
        let (bold, after) = bold.split_once("**")?;
        return Some((format!("<strong>{}</strong>", inline(bold, to)), after));
    }
    let (label, rest) = marked.strip_prefix('[')?.split_once("](")?;
    let (address, after) = rest.split_once(')')?;
    Some((link(&to(address), &text(label)), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A paragraph.
    fn lead(source: &str) -> String {
        page(source, source, |address| format!("/fr{address}")).lead
    }

    #[test]
    fn paragraphs_lists_notes_and_code_are_told_apart() {
        let source = "# Title\n\nTwo\nlines.\n\n## A part, of it\n\n1. First,\n   which goes on.\n\
                      2. Second.\n\n- A dash.\n\n> Mind\n> this.\n\n```sh\na < b\n```\nEnd.\n";
        let made = page(source, source, str::to_owned);
        assert_eq!((made.title.as_str(), made.lead.as_str()), ("Title", "Two lines."));
        assert_eq!(made.sections, [("a-part-of-it".to_owned(), "A part, of it".to_owned())]);
        assert_eq!(
            made.html,
            "<h2 id=\"a-part-of-it\">A part, of it</h2>\n\
             <ol>\n<li>First, which goes on.</li>\n<li>Second.</li>\n</ol>\n\
             <ul>\n<li>A dash.</li>\n</ul>\n<p class=\"callout\">Mind this.</p>\n\
             <pre tabindex=\"0\" dir=\"ltr\"><code>a &#60; b</code></pre>\n<p>End.</p>\n"
        );
    }

    #[test]
    fn a_translation_has_the_anchors_of_its_original() {
        let original = "# Title\n\n## One\n\n```\n## No heading\n```\n\n### Two\n\n## Three\n";
        let made = page("# Titre\n\n## Un\n\n### Deux\n\n## Trois\n", original, str::to_owned);
        let sections = [("one", "Un"), ("three", "Trois")];
        assert_eq!(made.sections, sections.map(|(id, name)| (id.to_owned(), name.to_owned())));
        assert_eq!(
            made.html,
            "<h2 id=\"one\">Un</h2>\n<h3 id=\"two\">Deux</h3>\n<h2 id=\"three\">Trois</h2>\n"
        );
    }

    #[test]
    fn marks_in_a_line_become_tags_and_addresses_are_turned() {
        assert_eq!(
            lead("**Open** [Projects](/projects) with `a<b`."),
            "<strong>Open</strong> <a href=\"/fr/projects\">Projects</a> with \
             <code dir=\"ltr\">a&#60;b</code>."
        );
    }

    #[test]
    fn text_is_escaped_and_a_mark_without_an_end_is_text() {
        assert_eq!(lead("<b> 2 * 3 [x `"), "&#60;b&#62; 2 * 3 [x `");
        assert!(!lead("[x](/\"onclick=\"y)").contains("\"onclick"));
    }
}
