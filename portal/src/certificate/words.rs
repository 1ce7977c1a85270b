// SPDX-License-Identifier: Apache-2.0
//! Whole numbers in words, as a quantity is written on paper beside its figures: who forges one has
//! to forge the other.

use crate::i18n::Language;

/// A number in words, as it is counted without naming what is counted.
pub fn in_words(language: Language, n: i64) -> String {
    let n = n.unsigned_abs();
    match language {
        Language::English => english(n),
        Language::French => french(n),
        Language::Spanish => spanish(n),
        Language::Arabic => arabic(n),
    }
}

/// The groups of some digits of a number, the highest first, each with its place from the right;
/// those that are zero are left out.
fn groups(mut n: u64, size: u64) -> Vec<(usize, u64)> {
    let mut groups = Vec::new();
    let mut place = 0;
    while n > 0 {
        if !n.is_multiple_of(size) {
            groups.push((place, n % size));
        }
        n /= size;
        place += 1;
    }
    groups.reverse();
    groups
}

/// A word of a list.
fn word(words: &[&'static str], index: u64) -> &'static str {
    usize::try_from(index).ok().and_then(|index| words.get(index)).copied().unwrap_or_default()
}

fn english(n: u64) -> String {
    const SMALL: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 10] =
        ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    const SCALES: [&str; 7] =
        ["", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion"];
    fn below_hundred(n: u64) -> String {
        match n {
            0..20 => word(&SMALL, n).to_owned(),
            _ if n.is_multiple_of(10) => word(&TENS, n / 10).to_owned(),
            _ => format!("{}-{}", word(&TENS, n / 10), word(&SMALL, n % 10)),
        }
    }
    let below_thousand = |n: u64| match (n / 100, n % 100) {
        (0, rest) => below_hundred(rest),
        (hundreds, 0) => format!("{} hundred", word(&SMALL, hundreds)),
        (hundreds, rest) => {
            format!("{} hundred and {}", word(&SMALL, hundreds), below_hundred(rest))
        }
    };
    if n == 0 {
        return word(&SMALL, 0).to_owned();
    }
    let groups = groups(n, 1_000);
    let said = groups.iter().map(|(place, group)| match SCALES.get(*place) {
        Some(&"") | None if *group < 100 && groups.len() > 1 => {
            format!("and {}", below_hundred(*group))
        }
        Some(&"") | None => below_thousand(*group),
        Some(scale) => format!("{} {scale}", below_thousand(*group)),
    });
    said.collect::<Vec<_>>().join(" ")
}

fn french(n: u64) -> String {
    const SMALL: [&str; 17] = [
        "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix",
        "onze", "douze", "treize", "quatorze", "quinze", "seize",
    ];
    const TENS: [&str; 7] = ["", "", "vingt", "trente", "quarante", "cinquante", "soixante"];
    const SCALES: [&str; 7] =
        ["", "mille", "million", "milliard", "billion", "billiard", "trillion"];
    // Of eighty and of hundreds the s falls before another numeral, and thousand is one.
    fn below_hundred(n: u64, ends: bool) -> String {
        match n {
            0..=16 => word(&SMALL, n).to_owned(),
            17..=19 => format!("dix-{}", word(&SMALL, n - 10)),
            80 if ends => "quatre-vingts".to_owned(),
            80..=99 if n == 80 => "quatre-vingt".to_owned(),
            80..=99 => format!("quatre-vingt-{}", below_hundred(n - 80, true)),
            71 => "soixante et onze".to_owned(),
            70..=79 => format!("soixante-{}", below_hundred(n - 60, true)),
            _ => match n % 10 {
                0 => word(&TENS, n / 10).to_owned(),
                1 => format!("{} et un", word(&TENS, n / 10)),
                rest => format!("{}-{}", word(&TENS, n / 10), word(&SMALL, rest)),
            },
        }
    }
    let below_thousand = |n: u64, ends: bool| {
        let (hundreds, rest) = (n / 100, n % 100);
        let hundred = match (hundreds, rest) {
            (0, _) => return below_hundred(rest, ends),
            (1, _) => "cent".to_owned(),
            (_, 0) if ends => format!("{} cents", word(&SMALL, hundreds)),
            _ => format!("{} cent", word(&SMALL, hundreds)),
        };
        match rest {
            0 => hundred,
            _ => format!("{hundred} {}", below_hundred(rest, ends)),
        }
    };
    if n == 0 {
        return word(&SMALL, 0).to_owned();
    }
    let said = groups(n, 1_000).into_iter().map(|(place, group)| match (place, group) {
        (0, _) => below_thousand(group, true),
        (1, 1) => "mille".to_owned(),
        (1, _) => format!("{} mille", below_thousand(group, false)),
        (_, 1) => format!("un {}", SCALES.get(place).copied().unwrap_or_default()),
        _ => {
            let scale = SCALES.get(place).copied().unwrap_or_default();
            format!("{} {scale}s", below_thousand(group, true))
        }
    });
    said.collect::<Vec<_>>().join(" ")
}

fn spanish(n: u64) -> String {
    const SMALL: [&str; 30] = [
        "cero",
        "uno",
        "dos",
        "tres",
        "cuatro",
        "cinco",
        "seis",
        "siete",
        "ocho",
        "nueve",
        "diez",
        "once",
        "doce",
        "trece",
        "catorce",
        "quince",
        "dieciséis",
        "diecisiete",
        "dieciocho",
        "diecinueve",
        "veinte",
        "veintiuno",
        "veintidós",
        "veintitrés",
        "veinticuatro",
        "veinticinco",
        "veintiséis",
        "veintisiete",
        "veintiocho",
        "veintinueve",
    ];
    const TENS: [&str; 10] = [
        "",
        "",
        "",
        "treinta",
        "cuarenta",
        "cincuenta",
        "sesenta",
        "setenta",
        "ochenta",
        "noventa",
    ];
    const HUNDREDS: [&str; 10] = [
        "",
        "ciento",
        "doscientos",
        "trescientos",
        "cuatrocientos",
        "quinientos",
        "seiscientos",
        "setecientos",
        "ochocientos",
        "novecientos",
    ];
    const SCALES: [(&str, &str); 4] =
        [("", ""), ("millón", "millones"), ("billón", "billones"), ("trillón", "trillones")];
    // One is shortened before what it counts, and thousands and millions are counted.
    fn below_hundred(n: u64, counts: bool) -> String {
        match n {
            1 if counts => "un".to_owned(),
            21 if counts => "veintiún".to_owned(),
            0..30 => word(&SMALL, n).to_owned(),
            _ if n.is_multiple_of(10) => word(&TENS, n / 10).to_owned(),
            _ => format!("{} y {}", word(&TENS, n / 10), below_hundred(n % 10, counts)),
        }
    }
    let below_thousand = |n: u64, counts: bool| match (n / 100, n % 100) {
        (0, rest) => below_hundred(rest, counts),
        (1, 0) => "cien".to_owned(),
        (hundreds, 0) => word(&HUNDREDS, hundreds).to_owned(),
        (hundreds, rest) => {
            format!("{} {}", word(&HUNDREDS, hundreds), below_hundred(rest, counts))
        }
    };
    let below_million = |n: u64, counts: bool| match (n / 1_000, n % 1_000) {
        (0, rest) => below_thousand(rest, counts),
        (1, 0) => "mil".to_owned(),
        (1, rest) => format!("mil {}", below_thousand(rest, counts)),
        (thousands, 0) => format!("{} mil", below_thousand(thousands, true)),
        (thousands, rest) => {
            format!("{} mil {}", below_thousand(thousands, true), below_thousand(rest, counts))
        }
    };
    if n == 0 {
        return word(&SMALL, 0).to_owned();
    }
    let said = groups(n, 1_000_000).into_iter().map(|(place, group)| {
        let (one, many) = SCALES.get(place).copied().unwrap_or_default();
        match (place, group) {
            (0, _) => below_million(group, false),
            (_, 1) => format!("un {one}"),
            _ => format!("{} {many}", below_million(group, true)),
        }
    });
    said.collect::<Vec<_>>().join(" ")
}

fn arabic(n: u64) -> String {
    const SMALL: [&str; 20] = [
        "صفر",
        "واحد",
        "اثنان",
        "ثلاثة",
        "أربعة",
        "خمسة",
        "ستة",
        "سبعة",
        "ثمانية",
        "تسعة",
        "عشرة",
        "أحد عشر",
        "اثنا عشر",
        "ثلاثة عشر",
        "أربعة عشر",
        "خمسة عشر",
        "ستة عشر",
        "سبعة عشر",
        "ثمانية عشر",
        "تسعة عشر",
    ];
    const TENS: [&str; 10] =
        ["", "", "عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون"];
    const HUNDREDS: [&str; 10] = [
        "",
        "مائة",
        "مائتان",
        "ثلاثمائة",
        "أربعمائة",
        "خمسمائة",
        "ستمائة",
        "سبعمائة",
        "ثمانمائة",
        "تسعمائة",
    ];
    /// One, two, three to ten, and eleven to ninety-nine of a scale.
    const SCALES: [[&str; 4]; 7] = [
        ["", "", "", ""],
        ["ألف", "ألفان", "آلاف", "ألفًا"],
        ["مليون", "مليونان", "ملايين", "مليونًا"],
        ["مليار", "ملياران", "مليارات", "مليارًا"],
        ["تريليون", "تريليونان", "تريليونات", "تريليونًا"],
        ["كوادريليون", "كوادريليونان", "كوادريليونات", "كوادريليونًا"],
        ["كوينتليون", "كوينتليونان", "كوينتليونات", "كوينتليونًا"],
    ];
    let below_hundred = |n: u64| match (n / 10, n % 10) {
        (0 | 1, _) => word(&SMALL, n).to_owned(),
        (tens, 0) => word(&TENS, tens).to_owned(),
        (tens, rest) => format!("{} و{}", word(&SMALL, rest), word(&TENS, tens)),
    };
    let below_thousand = |n: u64| match (n / 100, n % 100) {
        (0, rest) => below_hundred(rest),
        (hundreds, 0) => word(&HUNDREDS, hundreds).to_owned(),
        (hundreds, rest) => format!("{} و{}", word(&HUNDREDS, hundreds), below_hundred(rest)),
    };
    if n == 0 {
        return word(&SMALL, 0).to_owned();
    }
    let said = groups(n, 1_000).into_iter().map(|(place, group)| {
        let [one, two, few, many] = SCALES.get(place).copied().unwrap_or_default();
        match (place, group, group % 100) {
            (0, ..) => below_thousand(group),
            (_, 1, _) => one.to_owned(),
            (_, 2, _) => two.to_owned(),
            // Two hundred loses its ending before what it counts.
            (_, 200, _) => format!("مائتا {one}"),
            (_, _, 3..=10) => format!("{} {few}", below_thousand(group)),
            (_, _, 11..=99) => format!("{} {many}", below_thousand(group)),
            _ => format!("{} {one}", below_thousand(group)),
        }
    });
    said.collect::<Vec<_>>().join(" و")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: Language, cases: &[(i64, &str)]) {
        for (n, words) in cases {
            assert_eq!(in_words(language, *n), *words, "{n}");
        }
    }

    #[test]
    fn english_counts() {
        check(
            Language::English,
            &[
                (0, "zero"),
                (21, "twenty-one"),
                (71, "seventy-one"),
                (80, "eighty"),
                (81, "eighty-one"),
                (91, "ninety-one"),
                (100, "one hundred"),
                (115, "one hundred and fifteen"),
                (1_000, "one thousand"),
                (1_100, "one thousand one hundred"),
                (1_000_001, "one million and one"),
                (
                    i64::MAX,
                    "nine quintillion two hundred and twenty-three quadrillion three hundred and \
                     seventy-two trillion thirty-six billion eight hundred and fifty-four million \
                     seven hundred and seventy-five thousand eight hundred and seven",
                ),
            ],
        );
    }

    #[test]
    fn french_counts() {
        check(
            Language::French,
            &[
                (0, "zéro"),
                (17, "dix-sept"),
                (21, "vingt et un"),
                (22, "vingt-deux"),
                (71, "soixante et onze"),
                (77, "soixante-dix-sept"),
                (80, "quatre-vingts"),
                (81, "quatre-vingt-un"),
                (91, "quatre-vingt-onze"),
                (97, "quatre-vingt-dix-sept"),
                (100, "cent"),
                (200, "deux cents"),
                (280, "deux cent quatre-vingts"),
                (201, "deux cent un"),
                (1_000, "mille"),
                (80_000, "quatre-vingt mille"),
                (200_000, "deux cent mille"),
                (1_000_001, "un million un"),
                (80_000_000, "quatre-vingts millions"),
                (200_000_000, "deux cents millions"),
                (
                    i64::MAX,
                    "neuf trillions deux cent vingt-trois billiards trois cent soixante-douze \
                     billions trente-six milliards huit cent cinquante-quatre millions sept cent \
                     soixante-quinze mille huit cent sept",
                ),
            ],
        );
    }

    #[test]
    fn spanish_counts() {
        check(
            Language::Spanish,
            &[
                (0, "cero"),
                (21, "veintiuno"),
                (71, "setenta y uno"),
                (80, "ochenta"),
                (81, "ochenta y uno"),
                (91, "noventa y uno"),
                (100, "cien"),
                (101, "ciento uno"),
                (1_000, "mil"),
                (21_000, "veintiún mil"),
                (31_021, "treinta y un mil veintiuno"),
                (100_000, "cien mil"),
                (500_700, "quinientos mil setecientos"),
                (1_000_001, "un millón uno"),
                (1_000_000_000, "mil millones"),
                (21_000_000, "veintiún millones"),
                (
                    i64::MAX,
                    "nueve trillones doscientos veintitrés mil trescientos setenta y dos billones \
                     treinta y seis mil ochocientos cincuenta y cuatro millones setecientos \
                     setenta y cinco mil ochocientos siete",
                ),
            ],
        );
    }

    #[test]
    fn arabic_counts() {
        check(
            Language::Arabic,
            &[
                (0, "صفر"),
                (1, "واحد"),
                (12, "اثنا عشر"),
                (21, "واحد وعشرون"),
                (71, "واحد وسبعون"),
                (80, "ثمانون"),
                (81, "واحد وثمانون"),
                (91, "واحد وتسعون"),
                (100, "مائة"),
                (205, "مائتان وخمسة"),
                (1_000, "ألف"),
                (2_000, "ألفان"),
                (3_000, "ثلاثة آلاف"),
                (11_000, "أحد عشر ألفًا"),
                (100_000, "مائة ألف"),
                (200_000, "مائتا ألف"),
                (103_000, "مائة وثلاثة آلاف"),
                (1_000_001, "مليون وواحد"),
                (2_000_000, "مليونان"),
                (
                    i64::MAX,
                    "تسعة كوينتليونات ومائتان وثلاثة وعشرون كوادريليونًا وثلاثمائة واثنان وسبعون \
                     تريليونًا وستة وثلاثون مليارًا وثمانمائة وأربعة وخمسون مليونًا وسبعمائة وخمسة \
                     وسبعون ألفًا وثمانمائة وسبعة",
                ),
            ],
        );
    }

    #[test]
    fn no_two_numbers_are_said_alike() {
        for language in Language::ALL {
            let said: std::collections::BTreeSet<_> =
                (0..20_000).map(|n| in_words(language, n)).collect();
            assert_eq!(said.len(), 20_000, "{language}");
        }
    }
}
