//! [`Reader`]: marshal data, object by object, over a host.

use alloc::string::String;
use alloc::vec::Vec;

use crate::error::{ErrorKind, Fault};
use crate::float;
use crate::host::{Container, Host};
use crate::int;
use crate::record::{OddFloat, Record};
use crate::short::Short;
use crate::table::{FLAG_REF, TypeCode};
use crate::version::Release;

/// How many objects may stand within each other, as in CPython (`MAX_MARSHAL_STACK_DEPTH`).
pub const DEFAULT_DEPTH_LIMIT: usize = 2_000;

/// Reads marshal data over a [`Host`]. Its rules are all here; the objects are the host's.
///
/// Nothing recurses, and a reader that is used again keeps its buffers.
#[derive(Debug)]
pub struct Reader<O> {
    python2: bool,
    release: Release,
    depth_limit: usize,
    allow_code: bool,
    recording: bool,
    record: Record,
    /// Objects that are read, and belong to containers that are not.
    stack: Vec<O>,
    open: Vec<Open<O>>,
    /// What references can name; nothing for what is not complete.
    references: Vec<Option<O>>,
    /// Of what references can name, whether one does; behind its end none does.
    named: Vec<bool>,
    /// Python 2's interned strings.
    strings: Vec<O>,
    scratch: Vec<u8>,
    floats: u32,
}

/// A container whose items are being read.
#[derive(Debug)]
struct Open<O> {
    container: Container,
    /// Where its items begin on the stack.
    base: usize,
    /// How many objects are still to come; a dict does not know, and has the largest number.
    remaining: usize,
    /// Of a code object, how many objects still come behind its first line, which is no object.
    behind_line: usize,
    /// The container itself, where references may name it.
    begun: Option<O>,
    /// The number that references name it by, or without a flag the next that there will be.
    reference: usize,
    flagged: bool,
    /// The innermost open list or dict up to this container.
    mutable: Option<usize>,
}

/// What was at a place.
enum Step<O> {
    Object(O),
    Opened,
    Null,
}

impl<O: Clone> Reader<O> {
    /// A reader by the rules of a release.
    #[must_use]
    pub fn new(release: Release) -> Reader<O> {
        Reader {
            python2: release.is_python2(),
            release,
            depth_limit: DEFAULT_DEPTH_LIMIT,
            allow_code: true,
            recording: false,
            record: Record::default(),
            stack: Vec::new(),
            open: Vec::new(),
            references: Vec::new(),
            named: Vec::new(),
            strings: Vec::new(),
            scratch: Vec::new(),
            floats: 0,
        }
    }

    /// How many objects may stand within each other; [`DEFAULT_DEPTH_LIMIT`] by default.
    pub fn set_depth_limit(&mut self, limit: usize) {
        self.depth_limit = limit;
    }

    /// Whether code objects are read: `marshal.loads`' parameter `allow_code`. They are by default.
    pub fn set_allow_code(&mut self, allow: bool) {
        self.allow_code = allow;
    }

    /// Whether to keep a [`Record`]; not by default.
    pub fn set_recording(&mut self, recording: bool) {
        self.recording = recording;
    }

    /// The record of what was read last.
    #[must_use]
    pub fn take_record(&mut self) -> Record {
        core::mem::take(&mut self.record)
    }

    /// Reads the object that starts at `offset` of `input`; gives the offset behind it, too.
    ///
    /// # Errors
    ///
    /// [`Fault::Marshal`] says what is wrong with the data, [`Fault::Host`] what the host said.
    pub fn read<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        input: &[u8],
        offset: usize,
    ) -> Result<(O, usize), Fault<H::Error>> {
        self.reset();
        let mut cursor = Cursor { input, position: offset.min(input.len()) };
        loop {
            let at = cursor.position;
            let step = self.step(host, &mut cursor);
            let place =
                |fault: Fault<H::Error>| fault.at(at, input.get(at).and_then(|&byte| TypeCode::from_byte(byte)));
            let mut object = match step.map_err(place)? {
                Step::Object(object) => object,
                Step::Opened => continue,
                Step::Null => self.end_dict(host).map_err(place)?,
            };
            loop {
                let Some(open) = self.open.last_mut() else {
                    return Ok((object, cursor.position));
                };
                self.stack.push(object);
                open.remaining -= 1;
                if open.remaining > 0 {
                    if open.remaining == open.behind_line {
                        let line = cursor.int32().map_err(|kind| place(kind.into()))?;
                        self.stack.push(host.int32(line).map_err(|error| place(Fault::Host(None, error)))?);
                    }
                    break;
                }
                object = self.close(host).map_err(place)?;
            }
        }
    }

    fn reset(&mut self) {
        self.stack.clear();
        self.open.clear();
        self.references.clear();
        self.named.clear();
        self.strings.clear();
        self.record = Record::default();
        self.floats = 0;
    }

    /// One object, or the beginning of one.
    #[inline(always)]
    fn step<H: Host<Object = O>>(&mut self, host: &mut H, cursor: &mut Cursor<'_>) -> Result<Step<O>, Fault<H::Error>> {
        let Some(&byte) = cursor.input.get(cursor.position) else {
            return Err(ErrorKind::EndOfInput.into());
        };
        cursor.position += 1;
        if self.recording {
            self.record.codes.push(byte);
        }
        let flagged = byte & FLAG_REF != 0;
        let Some(code) = TypeCode::from_byte(byte) else {
            return Err(ErrorKind::UnknownType(byte).into());
        };
        if self.python2 && (flagged || is_of_python3(code)) || !self.python2 && code == TypeCode::StringRef {
            return Err(ErrorKind::UnknownType(byte).into());
        }
        // What there is only one of takes no number, whatever its flag.
        let object = match code {
            TypeCode::None => return wrap(host.none()),
            TypeCode::False => return wrap(host.bool(false)),
            TypeCode::True => return wrap(host.bool(true)),
            TypeCode::Ellipsis => return wrap(host.ellipsis()),
            TypeCode::StopIteration => return wrap(host.stop_iteration()),
            TypeCode::Null => return Ok(Step::Null),
            TypeCode::Ref => return self.reference(cursor.int32()?),
            TypeCode::StringRef => return self.string_reference(cursor.int32()?),
            TypeCode::Unknown => return Err(ErrorKind::UnknownType(byte).into()),
            TypeCode::ShortAscii => short_ascii(host, &mut self.scratch, cursor, false)?,
            TypeCode::ShortAsciiInterned => short_ascii(host, &mut self.scratch, cursor, true)?,
            TypeCode::Ascii => ascii(host, &mut self.scratch, cursor.counted()?, false),
            TypeCode::AsciiInterned => ascii(host, &mut self.scratch, cursor.counted()?, true),
            TypeCode::Unicode => host.text(cursor.counted()?, false),
            TypeCode::Interned if self.python2 => {
                let object = host.byte_string(cursor.counted()?, true).map_err(refusal)?;
                self.strings.push(object.clone());
                Ok(object)
            }
            TypeCode::Interned => host.text(cursor.counted()?, true),
            TypeCode::String if self.python2 => host.byte_string(cursor.counted()?, false),
            TypeCode::String => host.bytes(cursor.counted()?),
            TypeCode::Int => host.int32(cursor.int32()?),
            TypeCode::Int64 => host.int64(i64::from_le_bytes(cursor.array()?)),
            TypeCode::Long => host.long(int::read_digits(cursor, &mut self.scratch)?),
            TypeCode::BinaryFloat => host.float(f64::from_le_bytes(cursor.array()?)),
            TypeCode::BinaryComplex => {
                let real = f64::from_le_bytes(cursor.array()?);
                host.complex(real, f64::from_le_bytes(cursor.array()?))
            }
            TypeCode::Float => host.float(self.float_text(cursor)?),
            TypeCode::Complex => {
                let real = self.float_text(cursor)?;
                host.complex(real, self.float_text(cursor)?)
            }
            TypeCode::SmallTuple => {
                let length = usize::from(cursor.byte()?);
                return self.open(host, Container::Tuple, length, flagged, cursor);
            }
            TypeCode::Tuple => return self.open_counted(host, Container::Tuple, flagged, cursor),
            TypeCode::List => return self.open_counted(host, Container::List, flagged, cursor),
            TypeCode::Set => return self.open_counted(host, Container::Set, flagged, cursor),
            TypeCode::FrozenSet => return self.open_counted(host, Container::FrozenSet, flagged, cursor),
            TypeCode::Dict => return self.open(host, Container::Dict, usize::MAX, flagged, cursor),
            TypeCode::Slice => return self.open(host, Container::Slice, 3, flagged, cursor),
            TypeCode::Code => return self.open_code(host, flagged, cursor),
        };
        let object = object.map_err(refusal)?;
        if flagged {
            self.references.push(Some(object.clone()));
        }
        Ok(Step::Object(object))
    }

    #[inline]
    fn open_counted<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        container: Container,
        flagged: bool,
        cursor: &mut Cursor<'_>,
    ) -> Result<Step<O>, Fault<H::Error>> {
        let length = cursor.size()?;
        // Each item takes a byte at least.
        if length > cursor.rest() {
            return Err(ErrorKind::Truncated.into());
        }
        self.open(host, container, length, flagged, cursor)
    }

    /// Opens a container; one without items is done at once.
    #[inline]
    fn open<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        container: Container,
        length: usize,
        flagged: bool,
        cursor: &Cursor<'_>,
    ) -> Result<Step<O>, Fault<H::Error>> {
        if self.open.len() >= self.depth_limit || (length > 0 && self.open.len() + 1 >= self.depth_limit) {
            return Err(ErrorKind::TooDeep(self.depth_limit).into());
        }
        let base = self.stack.len();
        let reference = self.references.len();
        if length == 0 {
            let object = host.finish(container, None, self.stack.drain(base..)).map_err(refusal)?;
            if flagged {
                self.references.push(Some(object.clone()));
            }
            return Ok(Step::Object(object));
        }
        let names_itself = matches!(container, Container::Tuple | Container::List | Container::Dict | Container::Set);
        let mut begun = None;
        if flagged {
            if names_itself {
                let room = if container == Container::Dict { 0 } else { length.min(cursor.rest()) };
                begun = Some(host.begin(container, room).map_err(refusal)?);
            }
            self.references.push(None);
        }
        let mutable = if matches!(container, Container::List | Container::Dict) {
            Some(self.open.len())
        } else {
            self.open.last().and_then(|outer| outer.mutable)
        };
        let (remaining, behind_line) = (length, 0);
        self.open.push(Open { container, base, remaining, behind_line, begun, reference, flagged, mutable });
        Ok(Step::Opened)
    }

    fn open_code<H: Host<Object = O>>(
        &mut self,
        host: &mut H,
        flagged: bool,
        cursor: &mut Cursor<'_>,
    ) -> Result<Step<O>, Fault<H::Error>> {
        if !self.allow_code {
            return Err(ErrorKind::CodeDisallowed.into());
        }
        let layout = self.release.layout();
        let opened = self.open(host, Container::Code(layout), layout.objects(), flagged, cursor)?;
        if let Some(open) = self.open.last_mut() {
            open.behind_line = layout.objects_behind_line();
        }
        for _ in 0..layout.leading_ints() {
            let value = cursor.int32()?;
            self.stack.push(host.int32(value).map_err(refusal)?);
        }
        Ok(opened)
    }

    /// The innermost container, whose items are all there.
    #[inline]
    fn close<H: Host<Object = O>>(&mut self, host: &mut H) -> Result<O, Fault<H::Error>> {
        let Some(open) = self.open.pop() else {
            return Err(ErrorKind::NullObject.into());
        };
        let object = host.finish(open.container, open.begun, self.stack.drain(open.base..)).map_err(refusal)?;
        if open.flagged {
            self.references[open.reference] = Some(object.clone());
        }
        Ok(object)
    }

    /// NULL: the end of a dict, where a key would stand.
    fn end_dict<H: Host<Object = O>>(&mut self, host: &mut H) -> Result<O, Fault<H::Error>> {
        match self.open.last() {
            Some(open) if open.container == Container::Dict && (self.stack.len() - open.base).is_multiple_of(2) => {
                self.close(host)
            }
            _ => Err(ErrorKind::NullObject.into()),
        }
    }

    #[inline]
    fn reference<E>(&mut self, number: i32) -> Result<Step<O>, Fault<E>> {
        if self.recording {
            self.record.references.push(number as u32);
        }
        let index = usize::try_from(number).map_err(|_| ErrorKind::InvalidReference(number))?;
        match self.references.get(index) {
            Some(Some(object)) => {
                let object = object.clone();
                self.name(index);
                Ok(Step::Object(object))
            }
            Some(None) => {
                self.name(index);
                self.reference_within(index)
            }
            None => Err(ErrorKind::InvalidReference(number).into()),
        }
    }

    /// Notes that a reference names an object.
    #[inline(always)]
    fn name(&mut self, index: usize) {
        if index >= self.named.len() {
            self.named.resize(self.references.len().next_power_of_two(), false);
        }
        self.named[index] = true;
    }

    /// The objects that references named in what was read last; others, too, which are told from these.
    pub(crate) fn named(&self) -> impl Iterator<Item = (O, bool)> + '_ {
        let named = self.references.iter().zip(&self.named);
        named.filter_map(|(object, &is_named)| Some((object.clone()?, is_named)))
    }

    /// A reference to a container that is not complete, of which this is a part.
    ///
    /// CPython lets tuples, lists, dicts and sets through. A tuple that is within itself by tuples alone cannot come about
    /// in Python, and would have no end: here a list or a dict has to stand in between.
    #[cold]
    fn reference_within<E>(&self, index: usize) -> Result<Step<O>, Fault<E>> {
        // The numbers never fall from the outermost to the innermost, and the flagged one is the last of its number.
        let at = self.open.partition_point(|open| open.reference <= index).checked_sub(1);
        let innermost = self.open.last().and_then(|open| open.mutable);
        match at.map(|at| (at, &self.open[at].begun)) {
            Some((at, Some(object))) if innermost.is_some_and(|mutable| mutable >= at) => {
                Ok(Step::Object(object.clone()))
            }
            _ => Err(ErrorKind::IncompleteReference(index as i32).into()),
        }
    }

    fn string_reference<E>(&mut self, number: i32) -> Result<Step<O>, Fault<E>> {
        if self.recording {
            self.record.references.push(number as u32);
        }
        let object = usize::try_from(number).ok().and_then(|index| self.strings.get(index));
        object.cloned().map(Step::Object).ok_or_else(|| ErrorKind::InvalidReference(number).into())
    }

    /// A float as text of up to 255 characters.
    fn float_text(&mut self, cursor: &mut Cursor<'_>) -> Result<f64, ErrorKind> {
        let text = cursor.short()?;
        let value =
            float::parse(text).ok_or_else(|| ErrorKind::BadFloat(String::from_utf8_lossy(text).into_owned()))?;
        if self.recording {
            self.scratch.clear();
            float::write_text(value, &mut self.scratch);
            if self.scratch != text {
                self.record.floats.push(OddFloat { number: self.floats, text: text.into() });
            }
            self.floats += 1;
        }
        Ok(value)
    }
}

/// What CPython 2 does not know.
fn is_of_python3(code: TypeCode) -> bool {
    matches!(
        code,
        TypeCode::Ref
            | TypeCode::Ascii
            | TypeCode::AsciiInterned
            | TypeCode::SmallTuple
            | TypeCode::ShortAscii
            | TypeCode::ShortAsciiInterned
            | TypeCode::Slice
    )
}

/// A str of one byte a character with its length in one byte before it, as most are.
#[inline(always)]
fn short_ascii<H: Host>(
    host: &mut H,
    scratch: &mut Vec<u8>,
    cursor: &mut Cursor<'_>,
    interned: bool,
) -> Result<Result<H::Object, H::Error>, ErrorKind> {
    let size = usize::from(cursor.byte()?);
    let short = Short::new(&cursor.input[cursor.position..], size);
    let bytes = cursor.take(size)?;
    Ok(match short {
        Some(short) if short.is_ascii() => host.ascii(bytes, interned),
        _ => ascii(host, scratch, bytes, interned),
    })
}

/// A str of one byte a character: ASCII as all writers have it, though CPython reads latin-1.
#[inline(never)]
fn ascii<H: Host>(host: &mut H, scratch: &mut Vec<u8>, bytes: &[u8], interned: bool) -> Result<H::Object, H::Error> {
    if bytes.is_ascii() {
        return host.ascii(bytes, interned);
    }
    let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    scratch.clear();
    scratch.extend_from_slice(text.as_bytes());
    host.text(scratch, interned)
}

#[inline(always)]
fn wrap<O, E>(made: Result<O, E>) -> Result<Step<O>, Fault<E>> {
    made.map(Step::Object).map_err(refusal)
}

#[cold]
fn refusal<E>(error: E) -> Fault<E> {
    Fault::Host(None, error)
}

/// A place in the input.
pub(crate) struct Cursor<'a> {
    input: &'a [u8],
    position: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> usize {
        self.input.len() - self.position
    }

    #[inline(always)]
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], ErrorKind> {
        match self.input[self.position..].get(..count) {
            Some(bytes) => {
                self.position += count;
                Ok(bytes)
            }
            None => Err(ErrorKind::Truncated),
        }
    }

    #[inline(always)]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], ErrorKind> {
        match self.input[self.position..].first_chunk() {
            Some(bytes) => {
                self.position += N;
                Ok(*bytes)
            }
            None => Err(ErrorKind::Truncated),
        }
    }

    #[inline(always)]
    fn byte(&mut self) -> Result<u8, ErrorKind> {
        self.array::<1>().map(|[byte]| byte)
    }

    #[inline(always)]
    pub(crate) fn int32(&mut self) -> Result<i32, ErrorKind> {
        self.array().map(i32::from_le_bytes)
    }

    /// A number of items or bytes, which is not negative.
    #[inline(always)]
    fn size(&mut self) -> Result<usize, ErrorKind> {
        let size = self.int32()?;
        usize::try_from(size).map_err(|_| ErrorKind::BadSize(size))
    }

    /// Bytes with their number in four bytes before them.
    #[inline(always)]
    fn counted(&mut self) -> Result<&'a [u8], ErrorKind> {
        let size = self.size()?;
        self.take(size)
    }

    /// Bytes with their number in one byte before them.
    #[inline(always)]
    fn short(&mut self) -> Result<&'a [u8], ErrorKind> {
        let size = self.byte()?;
        self.take(usize::from(size))
    }
}
