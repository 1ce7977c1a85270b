// SPDX-License-Identifier: Apache-2.0
//! Regions in a file, which a country can replace by its own.
//!
//! Two headings are understood: our own, `code,name,latitude,longitude` with any number of columns
//! such as `name_fr`, and that of the UNDP's registry, `Name,Country,Latitude,Longitude,Language`,
//! whose rows have no codes.

use super::{
    locator::{Failure, Locator},
    region::{folded, is_code, is_language, is_name, read_degrees, Point, Region, Source},
};
use csv::StringRecord;
use futures::future::{BoxFuture, FutureExt};
use registry_primitives::CountryCode;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, RwLock},
    time::SystemTime,
};

/// Largest file, in bytes.
const MAX_BYTES: u64 = 4 << 20;
/// Most rows.
const MAX_ROWS: usize = 20_000;
/// The language of the column `name`.
const NAME_LANGUAGE: &str = "en";

/// The files that come with the portal.
const EMBEDDED: &[(&str, &str)] = &[
    ("LK", include_str!("../../data/regions/LK.csv")),
    ("NA", include_str!("../../data/regions/NA.csv")),
    ("VU", include_str!("../../data/regions/VU.csv")),
];

/// Regions, each with its country.
type Regions = Vec<(CountryCode, Region)>;

/// Why a file cannot be used: every problem that it has, each with its line.
#[derive(Debug)]
pub struct BadFile {
    file: PathBuf,
    problems: Vec<String>,
}

impl fmt::Display for BadFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:\n{}", self.file.display(), self.problems.join("\n"))
    }
}

impl std::error::Error for BadFile {}

/// Regions from a file: the country's own, or the one that comes with the portal.
#[derive(Clone)]
pub struct File(Arc<Inner>);

struct Inner {
    path: Option<PathBuf>,
    /// The regions, and when the file was changed that has them.
    now: RwLock<(Regions, Option<SystemTime>)>,
}

impl File {
    /// The country's own file, if it has one. One that cannot be used is refused with all that is
    /// wrong with it.
    pub fn open(path: Option<PathBuf>) -> Result<Self, BadFile> {
        let now = match &path {
            Some(path) => (load(path)?, changed(path)),
            None => (embedded()?, None),
        };
        Ok(Self(Arc::new(Inner { path, now: RwLock::new(now) })))
    }

    /// Reads the file anew if it was changed; whether it was. One that cannot be used changes
    /// nothing, and the log says why.
    pub fn reload(&self) -> bool {
        let Some(path) = &self.0.path else { return false };
        let at = changed(path);
        let Ok(mut now) = self.0.now.write() else { return false };
        if now.1 == at {
            return false;
        }
        now.1 = at;
        match load(path) {
            Ok(regions) => {
                tracing::info!(path = %path.display(), rows = regions.len(), "new file of regions");
                now.0 = regions;
                true
            }
            Err(error) => {
                tracing::error!(%error, "the file of regions cannot be used; the old one stays");
                false
            }
        }
    }

    /// The regions of a country.
    pub fn of(&self, country: CountryCode) -> Vec<Region> {
        let Ok(now) = self.0.now.read() else { return Vec::new() };
        let own = now.0.iter().filter(|(whose, _)| *whose == country);
        own.map(|(_, region)| region.clone()).collect()
    }
}

impl Locator for File {
    fn source(&self) -> Source {
        Source::File
    }

    fn regions(&self, country: CountryCode) -> BoxFuture<'_, Result<Vec<Region>, Failure>> {
        async move { Ok(self.of(country)) }.boxed()
    }

    fn find<'a>(
        &'a self,
        name: &'a str,
        country: CountryCode,
    ) -> BoxFuture<'a, Result<Option<Region>, Failure>> {
        async move {
            let name = folded(name);
            let mut regions = self.of(country).into_iter();
            Ok(regions.find(|region| region.folded().any(|known| known == name)))
        }
        .boxed()
    }

    fn finds(&self) -> bool {
        // All that it knows is in its list.
        false
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|it| it.modified()).ok()
}

fn load(path: &Path) -> Result<Regions, BadFile> {
    let bad = |problem: String| BadFile { file: path.to_owned(), problems: vec![problem] };
    let about = |error: std::io::Error| bad(format!("it cannot be read: {error}"));
    let size = std::fs::metadata(path).map_err(about)?.len();
    if size > MAX_BYTES {
        return Err(bad(format!("it has {size} bytes, and may have {MAX_BYTES}")));
    }
    let text = std::fs::read_to_string(path).map_err(about)?;
    read(&text).map_err(|problems| BadFile { file: path.to_owned(), problems })
}

fn embedded() -> Result<Regions, BadFile> {
    let mut all = Vec::new();
    for (country, text) in EMBEDDED {
        let of_file = |problems| BadFile { file: format!("{country}.csv").into(), problems };
        all.extend(read(text).map_err(of_file)?);
    }
    Ok(all)
}

/// Reads a file; all that is wrong with it, if anything is.
fn read(text: &str) -> Result<Regions, Vec<String>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headings: Vec<String> = match reader.headers() {
        Ok(headings) => headings.iter().map(|it| it.trim().to_lowercase()).collect(),
        Err(error) => return Err(vec![format!("line 1: {error}")]),
    };
    let form = Form::of(&headings).map_err(|problem| vec![format!("line 1: {problem}")])?;
    let mut book = Book::default();
    for (row, record) in reader.records().enumerate() {
        if row == MAX_ROWS {
            book.problem(row as u64 + 2, format!("there may be at most {MAX_ROWS} rows"));
            break;
        }
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, |position| position.line());
                book.problem(line, "it is not CSV, or not UTF-8");
                continue;
            }
        };
        let line = record.position().map_or(0, |position| position.line());
        if record.len() != headings.len() {
            let (has, needs) = (record.len(), headings.len());
            book.problem(line, format!("it has {has} columns, and the heading has {needs}"));
            continue;
        }
        match form.row(&record) {
            Ok((country, region)) => book.add(line, country, region),
            Err(problem) => book.problem(line, problem),
        }
    }
    book.end()
}

/// Where the columns of a file are.
struct Form {
    code: Option<usize>,
    country: Option<usize>,
    language: Option<usize>,
    /// Names, each with its language.
    names: Vec<(String, usize)>,
    latitude: usize,
    longitude: usize,
}

impl Form {
    fn of(headings: &[String]) -> Result<Self, String> {
        let mut seen = BTreeSet::new();
        if let Some(twice) = headings.iter().find(|heading| !seen.insert(heading.as_str())) {
            return Err(format!("there are two columns {twice:?}"));
        }
        let find = |name: &str| headings.iter().position(|heading| heading == name);
        let need = |name: &str| find(name).ok_or_else(|| format!("there is no column {name:?}"));
        let mut names = vec![(NAME_LANGUAGE.to_owned(), need("name")?)];
        for (index, heading) in headings.iter().enumerate() {
            match heading.strip_prefix("name_") {
                Some(language) if is_language(language) && language != NAME_LANGUAGE => {
                    names.push((language.to_owned(), index));
                }
                Some(language) => {
                    return Err(format!("{language:?} is no language that a column can have"));
                }
                None => {}
            }
        }
        let known = ["code", "country", "language", "name", "latitude", "longitude"];
        let is_known = |it: &str| known.contains(&it) || it.starts_with("name_");
        if let Some(unknown) = headings.iter().find(|heading| !is_known(heading)) {
            return Err(format!("nobody knows what a column {unknown:?} means"));
        }
        let form = Self {
            code: find("code"),
            country: find("country"),
            language: find("language"),
            names,
            latitude: need("latitude")?,
            longitude: need("longitude")?,
        };
        match (form.code, form.country) {
            (None, None) => Err("there is neither a column \"code\" nor \"country\"".to_owned()),
            (Some(_), _) if form.language.is_some() => {
                Err("rows with codes have languages in their columns, such as name_fr".to_owned())
            }
            _ => Ok(form),
        }
    }

    fn row(&self, record: &StringRecord) -> Result<(CountryCode, Region), String> {
        let cell = |index: usize| record.get(index).unwrap_or_default();
        let code = self.code.map(cell);
        let country = match (code, self.country.map(cell)) {
            (_, Some(country)) => country,
            (Some(code), None) => code.split('-').next().unwrap_or_default(),
            (None, None) => "",
        };
        let country = country
            .parse::<CountryCode>()
            .ok()
            .filter(CountryCode::is_valid)
            .ok_or_else(|| format!("{country:?} is no country of ISO 3166-1"))?;
        if let Some(code) = code.filter(|code| !is_code(code, country)) {
            return Err(format!("{code:?} is no code of ISO 3166-2 such as {country}-1"));
        }
        let mut names = BTreeMap::new();
        for (language, index) in &self.names {
            let name = cell(*index);
            let told = self.language.map(cell).filter(|language| !language.is_empty());
            let language = told.unwrap_or(language);
            if !is_language(language) {
                return Err(format!("{language:?} is no tag of a language such as fr"));
            }
            if name.is_empty() && !names.is_empty() {
                continue;
            }
            if !is_name(name) {
                return Err(format!("{name:?} is no name of at most 100 characters"));
            }
            names.insert(language.to_owned(), name.to_owned());
        }
        let degrees = |index: usize, most: i32| {
            let text = cell(index);
            read_degrees(text, most)
                .ok_or_else(|| format!("{text:?} is no number of degrees from -{most} to {most}"))
        };
        let point = Point {
            latitude: degrees(self.latitude, 90)?,
            longitude: degrees(self.longitude, 180)?,
        };
        Ok((country, Region { code: code.map(str::to_owned), names, point }))
    }
}

/// What was read so far.
#[derive(Default)]
struct Book {
    regions: Regions,
    /// Where every name and code of a country was first, and the point that it has there.
    called: BTreeMap<([u8; 2], String), (u64, Point)>,
    problems: Vec<String>,
}

impl Book {
    fn problem(&mut self, line: u64, problem: impl fmt::Display) {
        self.problems.push(format!("line {line}: {problem}"));
    }

    fn add(&mut self, line: u64, country: CountryCode, region: Region) {
        // Rows without codes tell names of one place in several languages; it is the same place if
        // it has the same point.
        let told_again = |point: &Point| region.code.is_none() && *point == region.point;
        // What is called the same in two languages is once among these.
        for name in region.folded().collect::<BTreeSet<_>>() {
            match self.called.get(&(country.0, name.clone())) {
                Some((before, point)) if !told_again(point) => {
                    let before = *before;
                    return self.problem(line, format!("{name:?} is in line {before} already"));
                }
                Some(_) => {}
                None => {
                    self.called.insert((country.0, name), (line, region.point));
                }
            }
        }
        let same = |(whose, other): &&mut (CountryCode, Region)| {
            *whose == country && other.code.is_none() && told_again(&other.point)
        };
        let Some((_, other)) = self.regions.iter_mut().find(same) else {
            return self.regions.push((country, region));
        };
        for (language, name) in region.names {
            if let Some(before) = other.names.insert(language.clone(), name.clone()) {
                return self.problem(
                    line,
                    format!("{before:?} and {name:?} are names in {language:?} of one point"),
                );
            }
        }
    }

    fn end(self) -> Result<Regions, Vec<String>> {
        match self.problems.is_empty() {
            true => Ok(self.regions),
            false => Err(self.problems),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VU: CountryCode = CountryCode(*b"VU");

    fn problems(text: &str) -> String {
        read(text).map(|regions| format!("{regions:?}")).unwrap_err().join("\n")
    }

    #[test]
    fn the_files_that_come_along_are_right() {
        let file = File::open(None).unwrap();
        let regions = file.of(VU);
        assert_eq!(regions.len(), 6);
        let shefa = regions.iter().find(|region| region.key() == "VU-SEE").unwrap();
        assert_eq!(shefa.names["fr"], "Shéfa");
        assert_eq!(shefa.point, Point { latitude: -17_736_000, longitude: 168_314_000 });
        // All islands of Vanuatu are between these.
        for region in &regions {
            assert!((-21_000_000..-12_000_000).contains(&region.point.latitude), "{region:?}");
            assert!((166_000_000..171_000_000).contains(&region.point.longitude), "{region:?}");
        }
        assert_eq!(file.of(CountryCode(*b"NA")).len(), 14);
        assert_eq!(file.of(CountryCode(*b"LK")).len(), 9);
        assert_eq!(file.of(CountryCode(*b"FR")), []);
        assert!(!file.reload());
    }

    #[test]
    fn the_headings_of_the_other_registry_are_understood() {
        let regions = read(
            "\u{feff}Name,Country,Latitude,Longitude,Language\r\n\
             Kunene,NA,-19.408600,13.914400,en\r\n\
             Malampa,VU,-16.4,167.6,en\r\n\
             Malampa,VU,-16.4,167.6,fr\r\n\
             Kunene,NA,-19.408600,13.914400,af\r\n",
        )
        .unwrap();
        assert_eq!(regions.len(), 2);
        let (country, kunene) = &regions[0];
        assert_eq!((*country, kunene.key()), (CountryCode(*b"NA"), "Kunene"));
        assert_eq!(kunene.names.keys().collect::<Vec<_>>(), ["af", "en"]);
        assert_eq!(kunene.point.latitude, -19_408_600);
        assert_eq!(regions[1].1.names.len(), 2);
    }

    #[test]
    fn every_problem_is_told_with_its_line() {
        let text = "code,name,name_fr,latitude,longitude\n\
                    VU-SEE,Shefa,Shéfa,-17.7,168.3\n\
                    VU-SEE,Other,,-17.7,168.3\n\
                    VU-TOB,\"sHEFA\",,-13,167\n\
                    VU-tae,Tafea,,-19,169\n\
                    QQ-1,Nowhere,,0,0\n\
                    VU-PAM,Penama,,-95,168\n\
                    VU-SAM,Sanma,,-15.5,east\n\
                    VU-MAP,,,-16,167\n\
                    VU-MAP,Malampa\n";
        let found = problems(text);
        let expected = [
            "line 3: \"vu-see\" is in line 2 already",
            "line 4: \"shefa\" is in line 2 already",
            "line 5: \"VU-tae\" is no code of ISO 3166-2 such as VU-1",
            "line 6: \"QQ\" is no country of ISO 3166-1",
            "line 7: \"-95\" is no number of degrees from -90 to 90",
            "line 8: \"east\" is no number of degrees from -180 to 180",
            "line 9: \"\" is no name of at most 100 characters",
            "line 10: it has 2 columns, and the heading has 5",
        ];
        assert_eq!(found, expected.join("\n"));
    }

    #[test]
    fn headings_must_be_known_and_complete() {
        for (heading, problem) in [
            ("code,latitude,longitude", "line 1: there is no column \"name\""),
            ("name,latitude,longitude", "line 1: there is neither a column"),
            ("code,name,name,latitude,longitude", "line 1: there are two columns \"name\""),
            (
                "code,name,colour,latitude,longitude",
                "line 1: nobody knows what a column \"colour\"",
            ),
            ("code,name,name_french,latitude,longitude", "line 1: \"french\" is no language"),
            ("code,name,language,latitude,longitude", "line 1: rows with codes have languages"),
        ] {
            let found = problems(&format!("{heading}\n"));
            assert!(found.starts_with(problem), "{found}");
        }
        assert!(problems("").starts_with("line 1: there is no column"));
    }

    #[test]
    fn two_names_of_one_point_in_one_language_are_a_mistake() {
        let text = "Name,Country,Latitude,Longitude,Language\n\
                    One,VU,1,2,en\nTwo,VU,1,2,en\nThree,VU,3,4,not a language\n";
        let found = problems(text);
        assert!(
            found.contains("line 3: \"One\" and \"Two\" are names in \"en\" of one point"),
            "{found}"
        );
        assert!(found.contains("line 4: \"not a language\" is no tag"), "{found}");
    }

    #[test]
    fn a_file_that_was_changed_for_the_worse_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("regions.csv");
        let write = |text: &str, seconds: u64| {
            std::fs::write(&path, text).unwrap();
            let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            std::fs::File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
        };
        let heading = "code,name,latitude,longitude\n";
        assert!(File::open(Some(path.clone())).is_err());
        write(&format!("{heading}VU-SEE,Shefa,1,2\n"), 1);
        let file = File::open(Some(path.clone())).unwrap();
        assert_eq!(file.of(VU).len(), 1);
        assert!(!file.reload());
        write(&format!("{heading}VU-SEE,Shefa,1,2\nVU-TOB,Torba,3,4\n"), 2);
        assert!(file.reload());
        assert_eq!(file.of(VU).len(), 2);
        write(&format!("{heading}VU-SEE,Shefa,1000,2\n"), 3);
        assert!(!file.reload());
        assert_eq!(file.of(VU).len(), 2);
        std::fs::write(&path, [0xff, 0xfe]).unwrap();
        let error = File::open(Some(path)).err().unwrap().to_string();
        assert!(error.contains("it cannot be read"), "{error}");
    }

    #[tokio::test]
    async fn a_name_is_found_in_any_of_its_languages() {
        let file = File::open(None).unwrap();
        for name in ["Shefa", "SHÉFA", " vu-see "] {
            let found = file.find(name, VU).await.unwrap();
            assert_eq!(found.unwrap().key(), "VU-SEE", "{name}");
        }
        assert_eq!(file.find("Atlantis", VU).await.unwrap(), None);
        assert_eq!(file.find("Kunene", VU).await.unwrap(), None);
    }
}
