//! What an interpreter answered, from its generator's files or from the committed corpus.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::ZlibDecoder;
use pickle_codec::{Implementation, Profile};
use serde::Deserialize;

use super::pythons::{Interpreter, Version};
use crate::Result;

/// The files' format that we read.
const FORMAT: u32 = 1;

/// All that one of an interpreter's picklers answered.
#[derive(Clone, Debug)]
pub(crate) struct Answers {
    pub(crate) version: Version,
    /// Whose bytes these are.
    pub(crate) profile: Profile,
    /// Who was asked; `None` where the committed corpus speaks.
    pub(crate) interpreter: Option<PathBuf>,
    /// How many protocols it knows.
    pub(crate) protocols: u8,
    /// In the generator's order.
    pub(crate) cases: Vec<Case>,
    pub(super) pickles: Arc<Vec<u8>>,
    pub(super) texts: Arc<Vec<u8>>,
}

/// One value, pickled in every way.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// Why a reload may change its bytes.
    pub(crate) reason: Option<String>,
    /// `dumps(x, j)` at each protocol j.
    pub(crate) a: Vec<Option<Span>>,
    /// pickletools' text for each of these.
    pub(crate) dis: Vec<Option<TextPlace>>,
    /// `dumps(loads(dumps(x, i)), j)` where it is not `dumps(x, j)`.
    pub(crate) b: BTreeMap<(u8, u8), Span>,
    /// Pairs of protocols that are not compared: another object has the same bytes at the first, and others at the second.
    pub(crate) unsure: BTreeSet<(u8, u8)>,
    /// What is missing where pairs are known to differ.
    pub(crate) pending: Option<String>,
    /// What the interpreter could not do.
    pub(crate) errors: BTreeMap<String, String>,
}

/// A pickle's place among all pickles.
pub(crate) type Span = Range<usize>;

/// Where a disassembly is, and in which form.
#[derive(Clone, Debug)]
pub(crate) enum TextPlace {
    /// Compressed, as a generator writes it.
    Compressed(Span),
    /// As it is, in the corpus.
    Whole(Span),
    /// Too long for the corpus: its SHA-256.
    Sha256([u8; 32]),
}

/// A disassembly, or what is known of it.
#[derive(Debug)]
pub(crate) enum Text {
    Whole(Vec<u8>),
    Sha256([u8; 32]),
}

impl Answers {
    /// From the folder that the generator filled.
    pub(crate) fn read(folder: &Path, python: &Interpreter, pickler: Implementation) -> Result<Answers> {
        let file = |name: &str| {
            let path = folder.join(name);
            fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let lines = file("answers.jsonl")?;
        Answers::parse(&lines, file("blobs.bin")?, file("dis.bin")?, python, pickler)
            .map_err(|error| format!("{}: {error}", folder.join("answers.jsonl").display()).into())
    }

    fn parse(
        lines: &[u8],
        pickles: Vec<u8>,
        texts: Vec<u8>,
        python: &Interpreter,
        pickler: Implementation,
    ) -> Result<Answers> {
        let mut lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let meta: MetaLine = serde_json::from_slice(lines.next().ok_or("the first line is missing")?)?;
        if meta.format != FORMAT {
            return Err(format!("format {} is not {FORMAT}", meta.format).into());
        }
        let expected = (python.version.to_string(), "cpython", pickler_name(pickler));
        if (&meta.python, meta.implementation.as_str(), meta.pickler.as_str()) != (&expected.0, expected.1, expected.2)
        {
            let MetaLine { python: version, implementation, pickler, .. } = meta;
            let message =
                format!("{implementation} {version}, {pickler}, answered for CPython {}, {}", expected.0, expected.2);
            return Err(message.into());
        }
        let profile = python.version.profile().ok_or("a version that is not in scope")?.with_pickler(pickler);
        let protocols = u8::try_from(meta.protocols.len())?;
        if !meta.protocols.iter().copied().eq(0..protocols) {
            return Err("the protocols are not 0, 1, 2 and so on".into());
        }
        let lines = lines.map(|line| Ok(serde_json::from_slice(line)?)).collect::<Result<Vec<CaseLine>>>()?;
        if lines.len() != meta.cases {
            return Err(format!("{} cases are there of {}", lines.len(), meta.cases).into());
        }
        let answered = lines.into_iter().filter(|line| !(line.left_out && profile.version() == (2, 7)));
        let cases = answered.map(|line| line.check(protocols, pickles.len(), texts.len())).collect::<Result<_>>()?;
        Ok(Answers {
            version: python.version.clone(),
            profile,
            interpreter: Some(python.path.clone()),
            protocols,
            cases,
            pickles: Arc::new(pickles),
            texts: Arc::new(texts),
        })
    }

    /// The interpreter and, where it is not the one in C, the pickler.
    pub(crate) fn label(&self) -> String {
        let pickler = match (self.profile.version().0, self.profile.pickler()) {
            (2, Implementation::C) => " cPickle",
            (_, Implementation::C) => "",
            (_, Implementation::Python) => " pickle.py",
        };
        format!("{}{pickler}", self.version)
    }

    /// Whether an interpreter was asked for this run, or the corpus.
    pub(crate) fn is_live(&self) -> bool {
        self.interpreter.is_some()
    }

    /// The bytes of a pickle.
    pub(crate) fn pickle(&self, span: &Span) -> &[u8] {
        &self.pickles[span.clone()]
    }

    /// A disassembly.
    pub(crate) fn text(&self, place: &TextPlace) -> Result<Text> {
        Ok(match place {
            TextPlace::Compressed(span) => {
                let mut text = Vec::new();
                ZlibDecoder::new(&self.texts[span.clone()]).read_to_end(&mut text)?;
                Text::Whole(text)
            }
            TextPlace::Whole(span) => Text::Whole(self.texts[span.clone()].to_vec()),
            TextPlace::Sha256(hash) => Text::Sha256(*hash),
        })
    }
}

#[derive(Deserialize)]
struct MetaLine {
    format: u32,
    python: String,
    implementation: String,
    pickler: String,
    protocols: Vec<u8>,
    cases: usize,
}

#[derive(Deserialize)]
struct CaseLine {
    case: String,
    #[serde(default)]
    left_out: bool,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    a: Vec<Option<[usize; 2]>>,
    #[serde(default)]
    dis: Vec<Option<[usize; 2]>>,
    #[serde(default)]
    b: BTreeMap<String, [usize; 2]>,
    #[serde(default)]
    unsure: Vec<String>,
    #[serde(default)]
    pending: Option<String>,
    #[serde(default)]
    error: BTreeMap<String, String>,
}

impl CaseLine {
    /// Nothing may point outside the files.
    fn check(self, protocols: u8, pickles: usize, texts: usize) -> Result<Case> {
        let place = |[offset, length]: [usize; 2], size: usize| -> Result<Span> {
            let end = offset.checked_add(length).filter(|end| *end <= size);
            Ok(offset..end.ok_or_else(|| format!("{}: {offset}+{length} is outside its file", self.case))?)
        };
        if self.a.len() != usize::from(protocols) || self.dis.len() != usize::from(protocols) {
            return Err(format!("{}: not one answer for each protocol", self.case).into());
        }
        let a = self.a.iter().map(|at| at.map(|at| place(at, pickles)).transpose()).collect::<Result<_>>()?;
        let dis = self
            .dis
            .iter()
            .map(|at| at.map(|at| place(at, texts).map(TextPlace::Compressed)).transpose())
            .collect::<Result<_>>()?;
        let mut b = BTreeMap::new();
        for (pair, at) in &self.b {
            let pair = parse_pair(pair).filter(|(i, j)| *i < protocols && *j < protocols);
            b.insert(pair.ok_or_else(|| format!("{}: no pair of protocols", self.case))?, place(*at, pickles)?);
        }
        let unsure =
            self.unsure.iter().map(|pair| parse_pair(pair).ok_or("no pair of protocols")).collect::<Result<_, _>>()?;
        Ok(Case { name: self.case, reason: self.reason, a, dis, b, unsure, pending: self.pending, errors: self.error })
    }
}

/// `i,j`, as the files spell a pair of protocols.
pub(super) fn parse_pair(text: &str) -> Option<(u8, u8)> {
    let (i, j) = text.split_once(',')?;
    Some((i.parse().ok()?, j.parse().ok()?))
}

/// As the generator is told, and says.
pub(super) fn pickler_name(pickler: Implementation) -> &'static str {
    match pickler {
        Implementation::C => "c",
        Implementation::Python => "python",
    }
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes any text");
        text
    })
}

/// Which cases are wanted: those with a text in their name, where `*` stands for anything.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    parts: Vec<String>,
}

impl Filter {
    /// No pattern wants them all.
    pub(crate) fn new(pattern: Option<&str>) -> Filter {
        let parts = pattern.unwrap_or_default().split('*').filter(|part| !part.is_empty());
        Filter { parts: parts.map(str::to_owned).collect() }
    }

    /// Whether a case of this name is wanted.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let mut rest = name;
        self.parts.iter().all(|part| match rest.split_once(part.as_str()) {
            Some((_, behind)) => {
                rest = behind;
                true
            }
            None => false,
        })
    }

    /// The same in Python's regular expressions, for the generator; `None` where all cases are wanted.
    pub(crate) fn regex(&self) -> Option<String> {
        let escaped = self.parts.iter().map(|part| {
            part.chars().fold(String::new(), |mut regex, c| {
                // Python takes a backslash before anything that is neither letter nor digit.
                if c.is_ascii() && !c.is_ascii_alphanumeric() {
                    regex.push('\\');
                }
                regex.push(c);
                regex
            })
        });
        let regex = escaped.collect::<Vec<_>>().join(".*");
        (!regex.is_empty()).then_some(regex)
    }
}

#[cfg(test)]
mod tests {
    use super::{Answers, Filter, Implementation};
    use crate::compat::pythons::{Interpreter, Version};

    const META: &str =
        r#"{"format":1,"python":"3.13.0","implementation":"cpython","pickler":"c","protocols":[0],"cases":1}"#;
    const CASE: &str = r#"{"case":"none","reason":null,"a":[[0,2]],"dis":[[0,1]],"b":{}}"#;

    fn parse(meta: &str, lines: &str) -> Result<Answers, String> {
        let version = Version::parse("3.13.0").expect("a version");
        let python = Interpreter { path: "python".into(), version, build: String::new() };
        let text = format!("{meta}\n{lines}\n");
        Answers::parse(text.as_bytes(), b"N.".to_vec(), vec![0], &python, Implementation::C)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn answers_that_are_not_whole_are_refused() {
        assert_eq!(parse(META, CASE).map(|answers| answers.cases.len()), Ok(1));
        for (meta, lines, message) in [
            (META, "", "0 cases are there of 1"),
            (META, r#"{"case":"none","reason":null,"a":[[0,3]],"dis":[[0,1]],"b":{}}"#, "outside its file"),
            (META, r#"{"case":"none","reason":null,"a":[],"dis":[[0,1]],"b":{}}"#, "not one answer for each protocol"),
            (
                META,
                r#"{"case":"none","reason":null,"a":[[0,2]],"dis":[[0,1]],"b":{"0,1":[0,2]}}"#,
                "no pair of protocols",
            ),
            (&META.replace("3.13.0", "3.12.0"), CASE, "cpython 3.12.0, c, answered for CPython 3.13.0, c"),
            (&META.replace("\"format\":1", "\"format\":2"), CASE, "format 2 is not 1"),
        ] {
            let error = parse(meta, lines).expect_err(message);
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn a_pattern_means_the_same_here_and_in_the_generator() {
        let filter = Filter::new(Some("strings/*(two)"));
        assert!(
            filter.wants("strings/of (two) bytes") && !filter.wants("bytes/(two)") && !filter.wants("(two) strings/")
        );
        assert_eq!(filter.regex().as_deref(), Some(r"strings\/.*\(two\)"));
        assert!(Filter::new(None).wants("anything"));
        assert_eq!(Filter::new(Some("*")).regex(), None);
    }
}
