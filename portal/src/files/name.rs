// SPDX-License-Identifier: Apache-2.0
//! What an uploader calls a file. It is shown to the uploader and is never a path of ours.

/// Longest name, in characters, without the ending that its content may add.
const LONGEST: usize = 120;
/// Endings that are longer are part of the name.
const LONGEST_ENDING: usize = 8;

/// The last part of whatever path was given, without characters that change how text around them is
/// read; none where nothing is left of it.
pub fn clean(given: &str) -> Option<String> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let visible: String = last.chars().filter(|it| !is_invisible(*it)).collect();
    let name = visible.trim().trim_matches('.').trim();
    if name.is_empty() {
        return None;
    }
    let (stem, ending) = match ending(name) {
        Some(ending) => (&name[..name.len() - ending.len() - 1], format!(".{ending}")),
        None => (name, String::new()),
    };
    let room = LONGEST - ending.chars().count();
    let stem: String = stem.chars().take(room).collect();
    Some(format!("{}{ending}", stem.trim_end()))
}

/// Controls, and marks that turn the direction of what follows: `fdp.exe` is not to look like a PDF.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// What a name ends in, if that looks like the ending of a kind of file: not the `2` of `Draft 1.2`.
pub fn ending(name: &str) -> Option<&str> {
    let (stem, ending) = name.rsplit_once('.')?;
    let is_word = ending.starts_with(|it: char| it.is_ascii_alphabetic())
        && ending.bytes().all(|it| it.is_ascii_alphanumeric());
    (!stem.is_empty() && is_word && ending.len() <= LONGEST_ENDING).then_some(ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_last_part_of_a_path_and_nothing_hidden() {
        for (given, name) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\Plan.PDF", "Plan.PDF"),
            ("a/..", ""),
            ("", ""),
            (" .\u{7}. ", ""),
            ("..hidden.pdf", "hidden.pdf"),
            ("fdp\u{202e}exe.pdf", "fdpexe.pdf"),
            ("two\r\nlines.pdf", "twolines.pdf"),
            ("Étude d’impact.pdf", "Étude d’impact.pdf"),
        ] {
            assert_eq!(clean(given).unwrap_or_default(), name, "{given:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_and_keeps_its_ending() {
        let name = clean(&format!("{}.pdf", "é".repeat(1_000))).unwrap();
        assert_eq!(name.chars().count(), LONGEST);
        assert!(name.ends_with("é.pdf"), "{name}");
        assert_eq!(clean(&"x".repeat(1_000)).unwrap().len(), LONGEST);
    }

    #[test]
    fn what_looks_like_an_ending_is_one() {
        assert_eq!(ending("a.b.pdf"), Some("pdf"));
        for none in ["Draft 1.2", "a", ".pdf", "a.", "a.very-long-ending", "a.verylongending"] {
            assert_eq!(ending(none), None, "{none}");
        }
    }
}
