//! The committed corpus: what all versions answered, in three files that keep equal bytes once.
//!
//! - `cases.jsonl`: a line on the picklers, then a line for each case and group of picklers that answered alike: those
//!   in C and those in Python, by version, 307 for 3.7. Pickles go by the first 12 hexadecimal digits of their SHA-256.
//! - `pickles.z`: the pickles, each behind its length (four bytes, little-endian), as one zlib stream.
//! - `dis.z`: for each pickle in an `a`, in the order in which `cases.jsonl` first names them, the newest version's
//!   disassembly: a byte (0: the text itself, 1: its SHA-256, because it is long, 2: none is known), the length, the
//!   content. One zlib stream again.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use pickle_codec::{Implementation, Profile};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::answers::{Answers, Case, Span, Text, TextPlace, hex, parse_pair, pickler_name};
use super::pythons::Version;
use crate::Result;

/// Of the files.
const FORMAT: u32 = 2;

/// Disassemblies of more bytes are kept as a hash: below, all texts together are 0.3 MB, above, they are 6 MB.
const TEXT_LIMIT: usize = 4000;

/// What the picklers answered, oldest first.
#[derive(Default)]
pub(crate) struct Corpus {
    pub(crate) versions: Vec<Answers>,
}

impl Corpus {
    /// Of these answers, one for each profile.
    pub(crate) fn new(mut versions: Vec<Answers>) -> Corpus {
        versions.sort_by_key(|answers| answers.profile);
        Corpus { versions }
    }

    /// The same profile, where the answers are not themselves from the corpus.
    pub(crate) fn of(&self, answers: &Answers) -> Option<&Answers> {
        self.versions.iter().find(|old| answers.is_live() && old.profile == answers.profile)
    }

    /// The newest C pickler.
    pub(crate) fn newest(&self) -> Option<&Answers> {
        self.versions.iter().rfind(|answers| answers.profile.pickler() == Implementation::C)
    }

    /// From its folder.
    pub(crate) fn read(folder: &Path) -> Result<Corpus> {
        let file = |name: &str| {
            let path = folder.join(name);
            fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        Corpus::decode(&file(CASES)?, &file(PICKLES)?, &file(DIS)?)
            .map_err(|error| format!("{}: {error}", folder.display()).into())
    }

    fn decode(cases: &[u8], pickles: &[u8], dis: &[u8]) -> Result<Corpus> {
        parse(std::str::from_utf8(cases)?, decompressed(pickles)?, decompressed(dis)?)
    }

    /// Into its folder; gives the number of bytes in it.
    pub(crate) fn write(&self, folder: &Path) -> Result<usize> {
        let files = self.encode()?;
        fs::create_dir_all(folder)?;
        for (name, content) in [CASES, PICKLES, DIS].into_iter().zip(&files) {
            fs::write(folder.join(name), content)?;
        }
        Ok(files.iter().map(Vec::len).sum())
    }

    /// The three files.
    fn encode(&self) -> Result<[Vec<u8>; 3]> {
        let mut writer = Writer::default();
        // The newest comes first, so that its texts are the ones kept.
        for answers in self.versions.iter().rev() {
            writer.add(answers)?;
        }
        writer.finish(&Head { format: FORMAT, versions: self.versions.iter().map(VersionLine::of).collect() })
    }
}

const CASES: &str = "cases.jsonl";
const PICKLES: &str = "pickles.z";
const DIS: &str = "dis.z";

#[derive(Serialize, Deserialize)]
struct Head {
    format: u32,
    versions: Vec<VersionLine>,
}

#[derive(Serialize, Deserialize)]
struct VersionLine {
    python: String,
    pickler: String,
    protocols: u8,
}

impl VersionLine {
    fn of(answers: &Answers) -> VersionLine {
        VersionLine {
            python: answers.version.to_string(),
            pickler: pickler_name(answers.profile.pickler()).to_owned(),
            protocols: answers.protocols,
        }
    }
}

/// What a group of picklers answered alike.
#[derive(Serialize, Deserialize)]
struct CaseLine {
    case: String,
    /// The picklers in C, by version: 307 is 3.7.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    c: Vec<u16>,
    /// Those in Python.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    python: Vec<u16>,
    #[serde(flatten)]
    said: Said,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Said {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Nothing at a protocol that does not pickle it.
    a: Vec<Option<String>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    b: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unsure: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pending: Option<String>,
}

// -- Writing ----------------------------------------------------------------

#[derive(Default)]
struct Writer {
    /// The cases' names in order, then by name who said what.
    names: Vec<String>,
    cases: HashMap<String, Vec<(Said, Vec<Profile>)>>,
    pickles: HashMap<String, Vec<u8>>,
    texts: HashMap<String, Option<Text>>,
}

impl Writer {
    fn add(&mut self, answers: &Answers) -> Result<()> {
        for case in &answers.cases {
            if !case.errors.is_empty() {
                return Err(format!("{} met an error in {}: {:?}", answers.label(), case.name, case.errors).into());
            }
            let mut a = Vec::new();
            for (span, place) in case.a.iter().zip(&case.dis) {
                let Some(span) = span else {
                    a.push(None);
                    continue;
                };
                let id = self.place(answers.pickle(span))?;
                let known = self.texts.entry(id.clone()).or_default();
                if let (None, Some(place)) = (&known, place) {
                    *known = Some(shortened(answers.text(place)?));
                }
                a.push(Some(id));
            }
            let mut b = BTreeMap::new();
            for ((i, j), span) in &case.b {
                b.insert(format!("{i},{j}"), self.place(answers.pickle(span))?);
            }
            let unsure = case.unsure.iter().map(|(i, j)| format!("{i},{j}")).collect();
            let said = Said { reason: case.reason.clone(), a, b, unsure, pending: case.pending.clone() };
            self.say(&case.name, said, answers.profile);
        }
        Ok(())
    }

    fn place(&mut self, pickle: &[u8]) -> Result<String> {
        let id = id(pickle);
        match self.pickles.get(&id) {
            Some(known) if known == pickle => {}
            Some(_) => return Err(format!("two pickles have the id {id}: use longer ones").into()),
            None => {
                self.pickles.insert(id.clone(), pickle.to_vec());
            }
        }
        Ok(id)
    }

    fn say(&mut self, name: &str, said: Said, profile: Profile) {
        if !self.cases.contains_key(name) {
            self.names.push(name.to_owned());
        }
        let groups = self.cases.entry(name.to_owned()).or_default();
        match groups.iter_mut().find(|(known, _)| *known == said) {
            // The newest came first; lines name the oldest first.
            Some((_, profiles)) => profiles.insert(0, profile),
            None => groups.push((said, vec![profile])),
        }
    }

    /// The three files.
    fn finish(mut self, head: &Head) -> Result<[Vec<u8>; 3]> {
        let mut manifest = serde_json::to_vec(head)?;
        manifest.push(b'\n');
        let [mut pickles, mut texts] = [(); 2].map(|()| ZlibEncoder::new(Vec::new(), Compression::best()));
        for name in self.names {
            for (said, profiles) in self.cases.remove(&name).unwrap_or_default() {
                for id in said.a.iter().flatten().chain(said.b.values()) {
                    if let Some(pickle) = self.pickles.remove(id) {
                        write_counted(&mut pickles, &pickle)?;
                    }
                }
                for text in said.a.iter().flatten().filter_map(|id| self.texts.remove(id)) {
                    let (kind, content) = match &text {
                        Some(Text::Whole(text)) => (TEXT, text.as_slice()),
                        Some(Text::Sha256(hash)) => (SHA256, hash.as_slice()),
                        None => (NONE, &[][..]),
                    };
                    texts.write_all(&[kind])?;
                    write_counted(&mut texts, content)?;
                }
                let [c, python] = [Implementation::C, Implementation::Python].map(|pickler| {
                    let alike = profiles.iter().filter(|profile| profile.pickler() == pickler);
                    alike.map(|profile| number_of(*profile)).collect()
                });
                serde_json::to_writer(&mut manifest, &CaseLine { case: name.clone(), c, python, said })?;
                manifest.push(b'\n');
            }
        }
        Ok([manifest, pickles.finish()?, texts.finish()?])
    }
}

const TEXT: u8 = 0;
const SHA256: u8 = 1;
const NONE: u8 = 2;

/// 307 for 3.7.
fn number_of(profile: Profile) -> u16 {
    let (major, minor) = profile.version();
    100 * u16::from(major) + u16::from(minor)
}

fn id(pickle: &[u8]) -> String {
    hex(&Sha256::digest(pickle)[..6])
}

fn shortened(text: Text) -> Text {
    match text {
        Text::Whole(text) if text.len() > TEXT_LIMIT => Text::Sha256(Sha256::digest(&text).into()),
        text => text,
    }
}

fn write_counted(out: &mut impl Write, content: &[u8]) -> Result<()> {
    out.write_all(&u32::try_from(content.len())?.to_le_bytes())?;
    out.write_all(content)?;
    Ok(())
}

// -- Reading ----------------------------------------------------------------

fn parse(manifest: &str, pickles: Vec<u8>, texts: Vec<u8>) -> Result<Corpus> {
    let mut lines = manifest.lines();
    let head: Head = serde_json::from_str(lines.next().unwrap_or_default())?;
    if head.format != FORMAT {
        return Err(format!("format {} is not {FORMAT}", head.format).into());
    }
    let known = pickles_by_id(&pickles)?;
    let mut places: HashMap<String, Option<TextPlace>> = HashMap::new();
    let mut at = 0;
    let mut cases: BTreeMap<Profile, Vec<Case>> = BTreeMap::new();
    for line in lines {
        let CaseLine { case: name, c, python, said } = serde_json::from_str(line)?;
        let span = |id: &String| known.get(id).cloned().ok_or_else(|| format!("{name}: there is no pickle {id}"));
        let a = said
            .a
            .iter()
            .map(|id| id.as_ref().map(span).transpose().map_err(Into::into))
            .collect::<Result<Vec<_>>>()?;
        let mut dis = Vec::new();
        for id in &said.a {
            let Some(id) = id else {
                dis.push(None);
                continue;
            };
            if !places.contains_key(id) {
                places.insert(id.clone(), next_text(&texts, &mut at).ok_or("the disassemblies end too early")?);
            }
            dis.push(places.get(id).cloned().flatten());
        }
        let mut b = BTreeMap::new();
        for (pair, id) in &said.b {
            let pair = parse_pair(pair).ok_or_else(|| format!("{name}: {pair} is no pair of protocols"))?;
            b.insert(pair, span(id)?);
        }
        let unsure = said.unsure.iter().map(|pair| parse_pair(pair).ok_or("no pair of protocols"));
        let unsure = unsure.collect::<Result<_, _>>()?;
        let case =
            Case { name, reason: said.reason, a, dis, b, unsure, pending: said.pending, errors: BTreeMap::new() };
        for (numbers, pickler) in [(c, Implementation::C), (python, Implementation::Python)] {
            for number in numbers {
                let profile = Profile::all().find(|known| number_of(*known) == number && known.pickler() == pickler);
                let profile = profile.ok_or_else(|| format!("{}: {number} is no version", case.name))?;
                cases.entry(profile).or_default().push(case.clone());
            }
        }
    }
    let (pickles, texts) = (Arc::new(pickles), Arc::new(texts));
    let versions = head.versions.into_iter().map(|VersionLine { python, pickler, protocols }| {
        let version = Version::parse(&python).ok_or_else(|| format!("{python} is no version"))?;
        let c = version.profile().ok_or_else(|| format!("{python} is unknown"))?;
        let both = [Implementation::C, Implementation::Python].map(|pickler| c.with_pickler(pickler));
        let known = both.into_iter().find(|profile| pickler_name(profile.pickler()) == pickler);
        let profile = known.ok_or_else(|| format!("{pickler} is no pickler"))?;
        let cases = cases.remove(&profile).unwrap_or_default();
        if let Some(case) = cases.iter().find(|case| case.a.len() != usize::from(protocols)) {
            return Err(format!("{}: {} protocols, not {protocols}", case.name, case.a.len()).into());
        }
        let (pickles, texts) = (Arc::clone(&pickles), Arc::clone(&texts));
        Ok(Answers { version, profile, interpreter: None, protocols, cases, pickles, texts })
    });
    let versions = versions.collect::<Result<Vec<_>>>()?;
    match cases.keys().next() {
        Some(profile) => Err(format!("the first line does not know {profile}").into()),
        None => Ok(Corpus::new(versions)),
    }
}

fn pickles_by_id(pickles: &[u8]) -> Result<HashMap<String, Span>> {
    let mut known = HashMap::new();
    let mut at = 0;
    while at < pickles.len() {
        let span = next_counted(pickles, &mut at).ok_or("the pickles end too early")?;
        known.insert(id(&pickles[span.clone()]), span);
    }
    Ok(known)
}

/// The next text's place, which may be nowhere; nothing at the end.
fn next_text(texts: &[u8], at: &mut usize) -> Option<Option<TextPlace>> {
    let kind = *texts.get(*at)?;
    *at += 1;
    let span = next_counted(texts, at)?;
    match kind {
        TEXT => Some(Some(TextPlace::Whole(span))),
        SHA256 => Some(Some(TextPlace::Sha256(texts[span].try_into().ok()?))),
        NONE => Some(None),
        _ => None,
    }
}

/// What is behind the length at `at`, which moves behind it.
fn next_counted(bytes: &[u8], at: &mut usize) -> Option<Span> {
    let length = bytes.get(*at..)?.first_chunk::<4>()?;
    let start = *at + length.len();
    let end = start.checked_add(u32::from_le_bytes(*length).try_into().ok()?)?;
    bytes.get(start..end)?;
    *at = end;
    Some(start..end)
}

fn decompressed(stream: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(stream).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::{Answers, Case, Corpus, TEXT_LIMIT, Text, TextPlace, Version};

    /// One case whose pickle at protocol 0 has a short text, and at 1 a long one.
    fn answers(version: &str, pickles: &[u8; 6]) -> Answers {
        let case = Case {
            name: "a case".to_owned(),
            reason: Some("set order".to_owned()),
            a: vec![Some(0..2), Some(2..4)],
            dis: vec![Some(TextPlace::Whole(0..5)), Some(TextPlace::Whole(5..TEXT_LIMIT + 6))],
            b: BTreeMap::from([((1, 0), 4..6)]),
            unsure: [(0, 1)].into(),
            pending: None,
            errors: BTreeMap::new(),
        };
        let version = Version::parse(version).expect("a version");
        let texts = [&version.to_string().as_bytes()[..3], &[b'.'; TEXT_LIMIT + 3]].concat();
        Answers {
            profile: version.profile().expect("a version in scope"),
            version,
            interpreter: Some("python".into()),
            protocols: 2,
            cases: vec![case],
            pickles: Arc::new(pickles.to_vec()),
            texts: Arc::new(texts),
        }
    }

    fn encoded() -> [Vec<u8>; 3] {
        let versions = ["3.7.16", "3.12.1", "3.6.15"];
        let pickles = [b"N.\x88.\x89.", b"N.\x88.\x89.", b"N.I.\x89."];
        let all = versions.into_iter().zip(pickles).map(|(version, pickles)| answers(version, pickles));
        Corpus::new(all.collect()).encode().expect("there is nothing to complain about")
    }

    #[test]
    fn what_was_written_is_read() {
        let [cases, pickles, dis] = encoded();
        let corpus = Corpus::decode(&cases, &pickles, &dis).expect("it was just written");
        let read: Vec<_> = corpus.versions.iter().map(|read| read.version.to_string()).collect();
        assert_eq!(read, ["3.6.15", "3.7.16", "3.12.1"]);
        for (answers, second) in corpus.versions.iter().zip([b"I.", b"\x88.", b"\x88."]) {
            let case = &answers.cases[0];
            assert_eq!((case.name.as_str(), case.reason.as_deref()), ("a case", Some("set order")));
            let a: Vec<_> = case.a.iter().flatten().map(|span| answers.pickle(span)).collect();
            assert_eq!(a, [b"N.", second]);
            assert_eq!(answers.pickle(&case.b[&(1, 0)]), b"\x89.");
            let text = |protocol: usize| answers.text(case.dis[protocol].as_ref().expect("it has a text"));
            // The newest version's, for all that wrote these bytes.
            assert!(matches!(text(0), Ok(Text::Whole(text)) if text == b"3.1.."));
            assert!(matches!(text(1), Ok(Text::Sha256(_))));
        }
        assert_eq!(corpus.encode().expect("it was just read"), [cases, pickles, dis]);
    }

    #[test]
    fn a_damaged_corpus_is_refused() {
        let [cases, pickles, dis] = encoded();
        let text = String::from_utf8(cases.clone()).expect("JSON");
        for damaged in [text.replace("\"a\":[\"", "\"a\":[\"0"), text.replace("3.6.15", "3.8.18"), String::new()] {
            assert!(Corpus::decode(damaged.as_bytes(), &pickles, &dis).is_err(), "{damaged}");
        }
        assert!(Corpus::decode(&cases, &pickles[..20], &dis).is_err());
        assert!(Corpus::decode(&cases, &dis, &dis).is_err());
        assert!(Corpus::decode(&cases, &pickles, &pickles).is_err());
    }
}
