// SPDX-License-Identifier: Apache-2.0
//! Sets a paper: a template of typst, its data, and nothing else. The template cannot read files,
//! fetch packages or see the clock, and what it is given it takes as text, so that the same data make
//! the same bytes wherever and whenever they are set.

use super::Options;
use crate::problem::{Message, Problem};
use axum::body::Bytes;
use blake2::{digest::consts::U16, Blake2b, Digest};
use std::{
    collections::{HashMap, VecDeque},
    path::PathBuf,
    sync::{Arc, LazyLock, Mutex},
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;
use typst::{
    comemo,
    diag::{FileError, FileResult},
    foundations::{self, Datetime, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
    Library, LibraryExt, World,
};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// Papers that are set at once.
const AT_ONCE: usize = 2;
/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// Papers that are kept.
const KEPT: usize = 64;

const TEMPLATE: &str = include_str!("../../certificate/retirement.typ");
const MARK: &str = include_str!("../../static/mark.svg");
const FONTS: [&[u8]; 5] = [
    include_bytes!("../../data/fonts/NotoSans-Regular.ttf"),
    include_bytes!("../../data/fonts/NotoSans-Bold.ttf"),
    include_bytes!("../../data/fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("../../data/fonts/NotoSansArabic-Bold.ttf"),
    include_bytes!("../../data/fonts/NotoSansMono-Regular.ttf"),
];

/// What does not change from paper to paper.
struct Case {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    template: Source,
    data: FileId,
    mark: FileId,
}

static CASE: LazyLock<Case> = LazyLock::new(|| {
    let fonts: Vec<_> =
        FONTS.iter().filter_map(|font| Font::new(foundations::Bytes::new(*font), 0)).collect();
    Case {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        template: Source::new(file("main.typ"), TEMPLATE.to_owned()),
        data: file("data.json"),
        mark: file("mark.svg"),
    }
});

fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).unwrap_or_else(|_| unreachable!("a plain name is a path"));
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// Whether a font of the case has a character.
pub fn has(character: char) -> bool {
    CASE.fonts.iter().any(|font| font.info().coverage.contains(character.into()))
}

/// The world of one paper.
struct Sheet {
    data: foundations::Bytes,
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &CASE.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &CASE.book
    }

    fn main(&self) -> FileId {
        CASE.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        match id == CASE.template.id() {
            true => Ok(CASE.template.clone()),
            false => Err(FileError::NotFound(PathBuf::new())),
        }
    }

    fn file(&self, id: FileId) -> FileResult<foundations::Bytes> {
        match id {
            _ if id == CASE.data => Ok(self.data.clone()),
            _ if id == CASE.mark => Ok(foundations::Bytes::new(MARK.as_bytes())),
            _ => Err(FileError::NotFound(PathBuf::new())),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        CASE.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<foundations::Duration>) -> Option<Datetime> {
        None
    }
}

/// What a paper is made of.
#[derive(Clone)]
pub struct Copy {
    /// The data of the template, as JSON.
    pub data: String,
    /// What names the document for ever.
    pub name: String,
    /// Its date: year, month, day, hour, minute, second, in UTC.
    pub date: (i32, u8, u8, u8, u8, u8),
}

impl Copy {
    /// Names the bytes of the paper, which depend on nothing but this.
    pub fn tag(&self) -> String {
        static CASE_HASH: LazyLock<[u8; 16]> = LazyLock::new(|| {
            let mut digest = Blake2b::<U16>::new();
            digest.update(env!("CARGO_PKG_VERSION"));
            digest.update(TEMPLATE);
            digest.update(MARK);
            FONTS.iter().for_each(|font| digest.update(font));
            digest.finalize().into()
        });
        let mut digest = Blake2b::<U16>::new();
        digest.update(*CASE_HASH);
        digest.update(&self.name);
        digest.update([0]);
        digest.update(&self.data);
        hex::encode(digest.finalize())
    }
}

/// Sets a paper, as an accessible PDF for archives (PDF/A-3a and PDF/UA-1).
pub fn set(copy: &Copy) -> Result<Vec<u8>, String> {
    let sheet = Sheet { data: foundations::Bytes::from_string(copy.data.clone()) };
    let standards = PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1])
        .map_err(|error| format!("{error:?}"))?;
    let (year, month, day, hour, minute, second) = copy.date;
    let date = Datetime::from_ymd_hms(year, month, day, hour, minute, second);
    let options = PdfOptions {
        ident: Smart::Custom(copy.name.clone()),
        creator: Smart::Custom(Some("registry-portal".to_owned())),
        timestamp: date.map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    let document = typst::compile(&sheet).output.map_err(|error| format!("{error:?}"));
    let pdf =
        document.and_then(|it| typst_pdf::pdf(&it, &options).map_err(|error| format!("{error:?}")));
    // What is kept from paper to paper is the fonts' part of the work.
    comemo::evict(3);
    pdf
}

/// The papers that were set lately, and the turns of those that are to be set.
#[derive(Clone)]
pub struct Press {
    /// Whose authority stands under papers.
    pub options: Arc<Options>,
    turns: Arc<Semaphore>,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    papers: HashMap<String, Bytes>,
    order: VecDeque<String>,
}

impl Press {
    pub fn new(options: Options) -> Self {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        Self { options: Arc::new(options), turns, kept: Arc::default() }
    }

    /// The paper, set now or lately.
    pub async fn paper(&self, copy: Copy) -> Result<Bytes, Problem> {
        let tag = copy.tag();
        if let Some(paper) = self.kept(&tag) {
            return Ok(paper);
        }
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned()).await;
        let turn = turn.ok().and_then(Result::ok);
        let turn = turn.ok_or_else(|| Problem::unavailable(Message::new("problem.press_busy")))?;
        // Somebody may have had it set meanwhile.
        if let Some(paper) = self.kept(&tag) {
            return Ok(paper);
        }
        let began = Instant::now();
        let set = tokio::task::spawn_blocking(move || {
            let paper = set(&copy);
            drop(turn);
            paper
        });
        let paper = set.await.map_err(|error| Problem::internal(&error.to_string()))?;
        let paper = Bytes::from(paper.map_err(|error| Problem::internal(&error))?);
        metrics::histogram!("portal_paper_seconds").record(began.elapsed().as_secs_f64());
        self.keep(tag, paper.clone());
        Ok(paper)
    }

    fn kept(&self, tag: &str) -> Option<Bytes> {
        self.kept.lock().ok()?.papers.get(tag).cloned()
    }

    fn keep(&self, tag: String, paper: Bytes) {
        let Ok(mut kept) = self.kept.lock() else { return };
        if kept.papers.insert(tag.clone(), paper).is_none() {
            kept.order.push_back(tag);
        }
        while kept.order.len() > KEPT {
            if let Some(oldest) = kept.order.pop_front() {
                kept.papers.remove(&oldest);
            }
        }
    }
}
