//! [`Session`]: everything that a file holds, container by container.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;
use std::sync::Arc;

use super::embedded;
use super::finding::{Action, Actions, Finding, Origin, Severity};
use super::host::Nested;
use super::scratch::Scratch;
use super::stream::{Stream, stream};
use super::unpack::Packed;
use super::zip::{Archive, Entry};
use super::{ScanOptions, npy, tar, unpack, zip};
use crate::container::{Format, HEAD};

/// Findings that the policy allows are kept up to this many; what is not allowed is kept whatever there is.
const MAX_ALLOWED: usize = 1 << 16;

/// One file's scan.
pub(super) struct Session<'s> {
    scratch: &'s mut Scratch,
    options: &'s ScanOptions,
    pub(super) findings: Vec<Finding>,
    pub(super) containers: Vec<String>,
    pub(super) pickles: u64,
    allowed: usize,
    /// How many bytes may yet be looked through, and how many may yet be unpacked.
    work: u64,
    unpacked: u64,
}

/// What some bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// They are a pickle or a container, or hold one.
    Something,
    /// They are neither, for this reason.
    Nothing(String),
}

/// It ends with a byte that is no opcode, so that no loader gets any further.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

impl<'s> Session<'s> {
    pub(super) fn new(scratch: &'s mut Scratch, options: &'s ScanOptions, length: u64) -> Session<'s> {
        let unpacked = options.limit(length);
        Session {
            scratch,
            options,
            findings: Vec::new(),
            containers: Vec::new(),
            pickles: 0,
            allowed: 0,
            work: length.saturating_mul(8).saturating_add(unpacked.saturating_mul(2)),
            unpacked,
        }
    }

    /// Looks through bytes that stand at `place`, in so many containers.
    pub(super) fn content(&mut self, bytes: &[u8], place: &Arc<str>, depth: usize) -> Found {
        self.bytes(bytes, place, depth, false)
    }

    /// The same; `is_nested` where a pickle has them as a literal.
    fn bytes(&mut self, bytes: &[u8], place: &Arc<str>, depth: usize, is_nested: bool) -> Found {
        match self.work.checked_sub(bytes.len() as u64) {
            Some(left) => self.work = left,
            None => {
                self.form(Severity::Unreadable, place, "more is in the file than is looked through", "");
                return Found::Something;
            }
        }
        let mut pickles = stream(bytes, place.clone(), self.scratch, self.options.telling);
        let only_asks = pickles.actions.are_only(&[Action::Extension, Action::Persistent]);
        if is_nested && bytes.first() != Some(&0x80) && (pickles.pickles == 0 || only_asks) {
            // Bytes that are no pickle are bytes, whatever they begin with: of random ones, some are an extension code and
            // a STOP.
            pickles.findings.retain(|finding| finding.severity == Severity::Dangerous);
            pickles.acted = !pickles.findings.is_empty();
            pickles.actions = Actions::of(&pickles.findings);
        }
        let container = self.container(bytes, place, depth);
        self.take(bytes, pickles, container, place, depth)
    }

    /// Takes over what is found in the pickles that the bytes begin with.
    fn take(&mut self, bytes: &[u8], found: Stream, container: bool, place: &Arc<str>, depth: usize) -> Found {
        // A container and a PNG picture begin with letters that are a persistent id's opcode.
        let is_other = container || bytes.starts_with(PNG);
        let is_chance = is_other && found.pickles == 0 && found.actions.are_only(&[Action::Persistent]);
        self.pickles += found.pickles;
        if !is_chance {
            self.add(found.findings);
        }
        let is_pickle = found.pickles > 0 || found.acted && !is_chance;
        let problem = found.problem.map(|problem| {
            let opcode = if problem.opcode.is_empty() { String::new() } else { format!("{} ", problem.opcode) };
            (problem.offset, format!("{} ({opcode}at byte {})", problem.message, problem.offset))
        });
        if let (true, Some((offset, message))) = (is_pickle, &problem) {
            self.form_at(Severity::Unreadable, place, *offset, "the pickle is broken", message.clone());
        }
        for (offset, nested) in found.nested {
            self.nested(bytes, offset, &nested, place, depth);
        }
        let embedded = !container && depth <= self.options.max_depth && self.embedded(bytes, found.end, place);
        if container || embedded {
            // It is no text that begins like a pickle: what a loader would ask for at its beginning counts.
            self.add(found.doubtful);
        }
        if is_pickle || container || embedded {
            return Found::Something;
        }
        Found::Nothing(problem.map_or_else(String::new, |(_, message)| message))
    }

    fn nested(&mut self, bytes: &[u8], offset: usize, nested: &Nested, place: &Arc<str>, depth: usize) {
        let at = match &**place {
            "" => format!("bytes at {offset}"),
            place => format!("{place}, bytes at {offset}"),
        };
        let at = at.into();
        if depth >= self.options.max_depth {
            return self.form(Severity::Suspicious, &at, "pickles in pickles, deeper than is followed", "");
        }
        let content = match nested {
            Nested::Input { start, length } => bytes.get(*start..start + length).unwrap_or_default(),
            Nested::Decoded(decoded) => decoded,
            Nested::Forgotten => return self.form(Severity::Unreadable, &at, "bytes in a text, more than is kept", ""),
        };
        let (known, pickles) = (self.findings.len(), self.pickles);
        self.bytes(content, &at, depth + 1, true);
        if self.pickles == pickles {
            // What begins as a container by chance cannot be read as one.
            let found = self.findings.split_off(known);
            self.findings.extend(found.into_iter().filter(|finding| finding.severity > Severity::Unreadable));
        }
    }

    /// Looks into what is no pickle for pickles.
    fn embedded(&mut self, bytes: &[u8], from: usize, place: &Arc<str>) -> bool {
        let found = embedded::search(bytes, from, place, self.scratch, self.options.telling);
        let any = found.any;
        self.pickles += found.pickles;
        self.add(found.findings);
        any
    }

    /// Looks into a container; false where it is none.
    fn container(&mut self, bytes: &[u8], place: &Arc<str>, depth: usize) -> bool {
        let format = Format::detect(&bytes[..bytes.len().min(HEAD)]);
        let is_zip = format == Some(Format::Zip) || zip::has_end(bytes);
        let is_tar = format == Some(Format::Tar) || format.is_none() && tar::is_tar(bytes);
        let is_zfile = unpack::is_zfile(bytes);
        let packed = format.filter(|format| format.is_compression());
        let is_closed = matches!(format, Some(Format::SevenZip | Format::Rar));
        let is_npy = format == Some(Format::Npy);
        if !(is_zip || is_tar || is_zfile || is_closed || is_npy || packed.is_some()) {
            return depth == 0 && format.is_none() && self.by_chance(bytes, place);
        }
        self.containers.push(match format {
            Some(format) => format.name().into(),
            None if is_zip => "zip".into(),
            None if is_tar => "tar".into(),
            None => "joblib".into(),
        });
        if depth >= self.options.max_depth {
            self.form(Severity::Suspicious, place, "containers in containers, deeper than is followed", "");
            return true;
        }
        if is_zip {
            self.zip(bytes, place, depth);
        }
        if is_tar {
            self.tar(bytes, place, depth);
        }
        if let (Some(format), true) = (format, is_closed) {
            self.form(Severity::Suspicious, place, "an archive that is not looked into", format.noun());
        }
        if is_npy {
            self.npy(bytes, place, depth);
        }
        if is_zfile || packed.is_some() {
            self.packed(packed, bytes, place, depth);
        }
        true
    }

    /// What a decoder may take, though no encoder writes it so; true where it holds pickles.
    fn by_chance(&mut self, bytes: &[u8], place: &Arc<str>) -> bool {
        let Some(format) = unpack::by_chance(bytes) else { return false };
        let (known, pickles) = (self.findings.len(), self.pickles);
        self.packed(Some(format), bytes, place, 0);
        let is_bad = self.findings[known..].iter().any(|finding| finding.severity > Severity::Unreadable);
        if self.pickles > pickles || is_bad {
            self.containers.push(format.name().into());
            return true;
        }
        self.findings.truncate(known);
        false
    }

    /// What is packed as a whole.
    fn packed(&mut self, format: Option<Format>, bytes: &[u8], place: &Arc<str>, depth: usize) {
        let before = self.unpacked;
        let (content, problem) = match unpack::with_small_blocks(format, bytes).map(|packed| self.unpacked(packed)) {
            Some((content, None)) => (content, None),
            _ => {
                self.unpacked = before;
                let Some(packed) = unpack::packed(format, bytes) else { return };
                self.unpacked(packed)
            }
        };
        let name = format.map_or("joblib", Format::name);
        let inner = inside(place, name);
        if let Some(problem) = problem {
            self.form(Severity::Unreadable, place, "it cannot be unpacked to its end", problem);
        }
        self.content(&content, &inner, depth + 1);
    }

    /// What comes out of a decoder, as far as it goes and is allowed for.
    fn unpacked(&mut self, packed: Packed<'_>) -> (Vec<u8>, Option<String>) {
        let mut content = Vec::new();
        let inflater = &mut self.scratch.inflater;
        let problem = match packed {
            Packed::Deflated(bytes) => inflater.deflated(bytes, &mut content, self.unpacked).map(String::from),
            Packed::Zlib(bytes) => inflater.zlib_streams(bytes, &mut content, self.unpacked).map(String::from),
            Packed::Other(reader) => {
                let read = reader.take(self.unpacked.saturating_add(1)).read_to_end(&mut content);
                read.err().map(|error| error.to_string())
            }
        };
        let length = content.len() as u64;
        let is_more = length > self.unpacked;
        let problem = if is_more { Some(format!("it unpacks to more than {} bytes", self.unpacked)) } else { problem };
        self.unpacked = self.unpacked.saturating_sub(length);
        (content, problem)
    }

    fn tar(&mut self, bytes: &[u8], place: &Arc<str>, depth: usize) {
        let (members, is_whole) = tar::members(bytes);
        for member in members {
            let inner = inside(place, &member.name);
            self.content(&bytes[member.start..member.end], &inner, depth + 1);
        }
        if !is_whole {
            self.form(Severity::Unreadable, place, "the tar archive is broken", "");
            self.embedded(bytes, 0, place);
        }
    }

    fn npy(&mut self, bytes: &[u8], place: &Arc<str>, depth: usize) {
        match npy::behind_header(bytes) {
            Ok((start, has_objects)) => {
                let inner = inside(place, "npy");
                let found = self.content(&bytes[start..], &inner, depth + 1);
                if let (true, Found::Nothing(problem)) = (has_objects, found) {
                    self.form(Severity::Unreadable, place, "the array's pickle cannot be read", problem);
                }
            }
            Err(problem) => {
                self.form(Severity::Unreadable, place, "the array's header cannot be read", problem);
                self.embedded(bytes, 0, place);
            }
        }
    }

    fn zip(&mut self, bytes: &[u8], place: &Arc<str>, depth: usize) {
        let archive = Archive::read(bytes);
        if let Some(problem) = archive.problem {
            self.form(Severity::Unreadable, place, problem, "");
        }
        self.compare(&archive, place);
        let mut seen = HashSet::new();
        for (entry, _) in &archive.listed {
            if seen.insert((entry.start, entry.method)) {
                self.member(bytes, entry, true, place, depth);
            }
        }
        let listed: HashSet<u64> = archive.listed.iter().map(|(_, header)| *header).collect();
        let covered = Ranges::new(archive.listed.iter().map(|(entry, _)| (entry.start, entry.packed)));
        for (entry, header) in &archive.local {
            if listed.contains(header) && !seen.insert((entry.start, entry.method)) {
                continue;
            }
            let found = self.member(bytes, entry, false, place, depth);
            let is_stray = !listed.contains(header) && !covered.contain(*header) && archive.problem.is_none();
            if found == Found::Something && is_stray {
                let inner = inside(place, &String::from_utf8_lossy(&entry.name));
                self.form(Severity::Suspicious, &inner, "a member that the archive's directory does not have", "");
            }
        }
    }

    /// What the directory and the local headers do not agree on, and names that are there twice.
    fn compare(&mut self, archive: &Archive, place: &Arc<str>) {
        let mut names = HashSet::new();
        for (entry, header) in &archive.listed {
            let inner = inside(place, &String::from_utf8_lossy(&entry.name));
            if !names.insert(&entry.name) {
                self.form(Severity::Suspicious, &inner, "two members of the archive have one name", "");
            }
            if entry.is_encrypted() {
                self.form(Severity::Suspicious, &inner, "the member is marked as encrypted", "");
            }
            let local = archive.local.binary_search_by_key(header, |(_, at)| *at).ok().map(|at| &archive.local[at].0);
            let agree = local.is_some_and(|local| {
                let sizes = |entry: &Entry| (entry.checksum, entry.packed, entry.unpacked);
                (&local.name, local.method) == (&entry.name, entry.method)
                    && local.is_encrypted() == entry.is_encrypted()
                    && (local.is_streamed() || sizes(local) == sizes(entry))
            });
            if !agree {
                let subject = "the archive's directory and the member's own header do not agree";
                self.form(Severity::Suspicious, &inner, subject, "");
            }
        }
    }

    fn member(&mut self, bytes: &[u8], entry: &Entry, is_listed: bool, place: &Arc<str>, depth: usize) -> Found {
        let inner = inside(place, &String::from_utf8_lossy(&entry.name));
        let start = usize::try_from(entry.start).unwrap_or(usize::MAX).min(bytes.len());
        let rest = &bytes[start..];
        let content = match unpack::member(entry, rest) {
            unpack::Member::Stored(content) => Cow::Borrowed(content),
            unpack::Member::Packed(packed) => {
                let (content, problem) = self.unpacked(packed);
                if let (Some(problem), true) = (problem, is_listed) {
                    self.form(Severity::Unreadable, &inner, "the member cannot be unpacked to its end", problem);
                }
                Cow::Owned(content)
            }
            unpack::Member::Unknown if is_listed => {
                let reason = format!("method {}", entry.method);
                self.form(Severity::Suspicious, &inner, "the member is packed in a way that is not known", reason);
                return Found::Nothing(String::new());
            }
            unpack::Member::Unknown => return Found::Nothing(String::new()),
        };
        if is_listed && (content.len() as u64 != entry.unpacked || unpack::checksum(&content) != entry.checksum) {
            self.form(Severity::Suspicious, &inner, "the member's size or checksum is wrong", "");
        }
        let found = self.content(&content, &inner, depth + 1);
        if let Found::Nothing(problem) = &found
            && super::has_pickle_extension(&String::from_utf8_lossy(&entry.name))
        {
            self.form(Severity::Unreadable, &inner, "it cannot be read as a pickle", problem.clone());
        }
        found
    }

    fn add(&mut self, findings: Vec<Finding>) {
        self.findings.reserve(findings.len());
        for finding in findings {
            if finding.severity == Severity::Allowed {
                self.allowed += 1;
                if self.allowed > MAX_ALLOWED {
                    continue;
                }
            }
            self.findings.push(finding);
        }
    }

    pub(super) fn form(&mut self, severity: Severity, place: &Arc<str>, subject: &str, reason: impl Into<Arc<str>>) {
        self.form_at(severity, place, 0, subject, reason);
    }

    fn form_at(
        &mut self,
        severity: Severity,
        place: &Arc<str>,
        offset: usize,
        subject: &str,
        reason: impl Into<Arc<str>>,
    ) {
        self.findings.push(Finding {
            place: place.clone(),
            offset: offset as u64,
            opcode: "",
            action: Action::Form,
            subject: subject.into(),
            origin: Origin::Literal,
            severity,
            reason: reason.into(),
            count: 1,
        });
    }
}

/// Ranges of bytes, which may overlap.
struct Ranges {
    /// Where each starts, in their order, and how far those up to it reach.
    reach: Vec<(u64, u64)>,
}

impl Ranges {
    fn new(ranges: impl Iterator<Item = (u64, u64)>) -> Ranges {
        let mut reach: Vec<_> = ranges.map(|(start, length)| (start, start.saturating_add(length))).collect();
        reach.sort_unstable();
        let mut far = 0;
        for (_, end) in &mut reach {
            far = far.max(*end);
            *end = far;
        }
        Ranges { reach }
    }

    fn contain(&self, at: u64) -> bool {
        let before = self.reach.partition_point(|(start, _)| *start <= at);
        before.checked_sub(1).is_some_and(|last| self.reach[last].1 > at)
    }
}

fn inside(place: &str, name: &str) -> Arc<str> {
    match place {
        "" => name.into(),
        place => format!("{place}!{name}").into(),
    }
}
