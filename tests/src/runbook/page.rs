// SPDX-License-Identifier: Apache-2.0
//! A page of `docs/how-to`, and the commands in it.
//!
//! After `sh`, the first line of a block may say: `variables` for the one at the top that names what
//! the operator fills in, `on-b` for a block of another machine than `a`, and `no-run` for one that a
//! test cannot run; a comment before it then says why: `<!-- not tested: … -->`.

use anyhow::{bail, ensure, Context, Result};
use std::path::{Path, PathBuf};

/// Commands that a page asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// The how-manieth of the page's blocks of commands, counted from 1.
    pub number: usize,
    /// The page's line on which the commands begin, counted from 1.
    pub line: usize,
    /// The heading above it.
    pub section: String,
    /// The machine it is for.
    pub machine: String,
    /// The commands.
    pub code: String,
    /// Why a test cannot run it.
    pub not_run: Option<String>,
}

/// A page of `docs/how-to`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// Name of the file.
    pub name: String,
    /// What the operator fills in.
    pub variables: Vec<String>,
    /// The commands, in order.
    pub blocks: Vec<Block>,
}

impl Page {
    /// Reads a page.
    pub fn open(name: &str) -> Result<Self> {
        let path = repository().join("docs/how-to").join(name);
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Self::parse(name, &text).with_context(|| path.display().to_string())
    }

    fn parse(name: &str, text: &str) -> Result<Self> {
        let mut page = Self { name: name.to_owned(), variables: vec![], blocks: vec![] };
        let (mut section, mut before) = (String::new(), "");
        let mut lines = (1..).zip(text.lines());
        while let Some((line, content)) = lines.next() {
            if let Some(heading) = content.strip_prefix("## ") {
                section = heading.to_owned();
            }
            let indent = content.len() - content.trim_start().len();
            let Some(kind) = content.trim_start().strip_prefix("```") else {
                if !content.trim().is_empty() {
                    before = content.trim();
                }
                continue;
            };
            let mut code = String::new();
            loop {
                let (_, content) = lines.next().with_context(|| format!("line {line}: no end"))?;
                if content.trim() == "```" {
                    break;
                }
                // Blocks inside a list are indented.
                code += content.get(indent..).unwrap_or_default();
                code += "\n";
            }
            page.take(kind, line, &section, before, code)
                .with_context(|| format!("line {line}"))?;
        }
        ensure!(!page.blocks.is_empty(), "the page has no commands");
        Ok(page)
    }

    fn take(
        &mut self,
        kind: &str,
        line: usize,
        section: &str,
        before: &str,
        code: String,
    ) -> Result<()> {
        let mut words = kind.split_whitespace();
        if words.next() != Some("sh") {
            return Ok(());
        }
        let (mut machine, mut not_run) = ("a".to_owned(), None);
        for word in words {
            match word {
                "variables" => {
                    self.variables = code.lines().map(variable).collect::<Result<_>>()?;
                    return Ok(());
                }
                "no-run" => {
                    let reason = before.strip_prefix("<!-- not tested: ");
                    let reason = reason.and_then(|rest| rest.strip_suffix(" -->"));
                    let asked = "before it belongs <!-- not tested: … -->";
                    not_run = Some(reason.context(asked)?.to_owned());
                }
                other => {
                    let name = other.strip_prefix("on-").with_context(|| other.to_owned())?;
                    machine = name.to_owned();
                }
            }
        }
        let number = self.blocks.len() + 1;
        let section = section.to_owned();
        self.blocks.push(Block { number, line: line + 1, section, machine, code, not_run });
        Ok(())
    }

    /// The blocks below one heading.
    pub fn section(&self, heading: &str) -> Result<Vec<Block>> {
        let blocks = self.blocks.iter().filter(|block| block.section == heading);
        let blocks: Vec<_> = blocks.cloned().collect();
        ensure!(!blocks.is_empty(), "{} has no commands below “{heading}”", self.name);
        Ok(blocks)
    }
}

/// The name in `export NAME=value   # what it is`.
fn variable(line: &str) -> Result<String> {
    match line.strip_prefix("export ").and_then(|rest| rest.split_once('=')) {
        Some((name, _)) => Ok(name.to_owned()),
        None => bail!("expected export NAME=value, not {line:?}"),
    }
}

/// The folder of this repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Title\n\n```sh variables\nexport KEY=/root/key.json   # the key\n```\n\n\
        ## Do it\n\n1. First:\n\n   ```sh on-b\n   if true; then\n     echo $KEY\n   fi\n   ```\n\n\
        ```text\nnothing\n```\n\n## Then\n\n<!-- not tested: there is no firewall -->\n\
        ```sh no-run\nnft -f x\n```\n";

    #[test]
    fn blocks_know_their_lines_machines_and_sections() {
        let page = Page::parse("p.md", PAGE).unwrap();
        assert_eq!(page.variables, ["KEY"]);
        let [first, second] = &page.blocks[..] else { panic!("{page:?}") };
        assert_eq!(first.code, "if true; then\n  echo $KEY\nfi\n");
        assert_eq!((first.number, first.line, first.machine.as_str()), (1, 12, "b"));
        assert_eq!(PAGE.lines().nth(first.line - 1).unwrap().trim(), "if true; then");
        assert_eq!((first.section.as_str(), &first.not_run), ("Do it", &None));
        assert_eq!(second.not_run.as_deref(), Some("there is no firewall"));
        assert_eq!(page.section("Then").unwrap().len(), 1);
        assert!(page.section("Do").is_err());
    }

    #[test]
    fn a_page_that_hides_something_is_refused() {
        for bad in [
            "no commands",
            "```sh\nwithout end",
            "```sh no-run\nwithout reason\n```",
            "```sh onb\nfor nobody\n```",
            "```sh variables\nKEY=1\n```",
        ] {
            assert!(Page::parse("p.md", bad).is_err(), "{bad}");
        }
    }
}
