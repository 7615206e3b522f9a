//! [`Writer`]: marshal data, object by object, from a source.

mod head;
mod sink;

use alloc::format;
use alloc::vec::Vec;

use crate::code::Field;
use crate::error::{ErrorKind, Fault};
use crate::numbers::Numbers;
use crate::out::Out;
use crate::read::DEFAULT_DEPTH_LIMIT;
use crate::source::Source;
use crate::table::{FLAG_REF, TypeCode};
use crate::version::{HIGHEST_VERSION, Release};

pub(crate) use head::{Head, short_ascii, text_head, with_short_size, with_word};
pub use sink::Sink;

/// How deep containers may stand within each other in what is written by recursion; all else is written by [`Writer`].
pub(crate) const DEEPEST: usize = 40;

/// Writes marshal data from a [`Source`]. Its rules are all here; the objects are the source's.
///
/// Nothing recurses.
#[derive(Debug)]
pub struct Writer {
    version: u8,
    python2: bool,
    depth_limit: usize,
    size_limit: usize,
    allow_code: bool,
    /// Whether there are references.
    are_numbered: bool,
    /// Whether short text of ASCII has a form of its own.
    pub(crate) has_short_ascii: bool,
    pub(crate) out: Out,
    numbers: Numbers,
}

/// A container whose items are being written.
#[derive(Debug)]
struct Open<C> {
    cursor: C,
    is_dict: bool,
    /// How many more items come before a field of a code object that is an int.
    objects: usize,
    /// Of a code object, that field and those behind it.
    fields: &'static [Field],
}

/// In [`Open::objects`], where no such field comes.
const NO_INT: usize = usize::MAX;

impl<C> Open<C> {
    #[inline(always)]
    fn items(cursor: C) -> Open<C> {
        Open { cursor, is_dict: false, objects: NO_INT, fields: &[] }
    }
}

impl Writer {
    /// A writer of a version, by the rules of a release.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnsupportedVersion`] above [`HIGHEST_VERSION`].
    pub fn new(version: u8, release: Release) -> Result<Writer, ErrorKind> {
        if version > HIGHEST_VERSION {
            return Err(ErrorKind::UnsupportedVersion(version));
        }
        Ok(Writer {
            version,
            python2: release.is_python2(),
            depth_limit: DEFAULT_DEPTH_LIMIT,
            size_limit: usize::MAX,
            allow_code: true,
            has_short_ascii: version >= 4 && !release.is_python2(),
            are_numbered: version >= 3 || release.is_python2() && version > 0,
            out: Out::default(),
            numbers: Numbers::default(),
        })
    }

    /// How many objects may stand within each other; [`DEFAULT_DEPTH_LIMIT`] by default.
    pub fn set_depth_limit(&mut self, limit: usize) {
        self.depth_limit = limit;
    }

    /// How many bytes may be written; by default any number. Versions under 3 have no references: what is shared is written
    /// again each time, and forty tuples can hold 2⁴⁰ objects.
    pub fn set_size_limit(&mut self, limit: usize) {
        self.size_limit = limit;
    }

    /// Whether code objects are written: `marshal.dumps`' parameter `allow_code`. They are by default.
    pub fn set_allow_code(&mut self, allow: bool) {
        self.allow_code = allow;
    }

    /// What was written.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        self.out.into_vec()
    }

    /// Makes room for so many bytes.
    pub fn reserve(&mut self, count: usize) {
        self.out.reserve(count);
    }

    /// Writes an object and all that it refers to.
    ///
    /// # Errors
    ///
    /// [`Fault::Marshal`] for what has no form, [`Fault::Host`] for what the source refuses.
    pub fn write<S: Source>(&mut self, source: &mut S, root: S::Object) -> Result<(), Fault<S::Error>> {
        self.write_unsettled(source, root)?;
        self.settle();
        Ok(())
    }

    /// The same, but for the flags and the numbers of what is [`Share::Maybe`].
    pub(crate) fn write_unsettled<S: Source>(
        &mut self,
        source: &mut S,
        root: S::Object,
    ) -> Result<(), Fault<S::Error>> {
        self.numbers.clear();
        let mut open: Vec<Open<S::Cursor>> = Vec::new();
        let mut object = root;
        loop {
            if open.len() >= self.depth_limit {
                return Err(ErrorKind::TooDeep(self.depth_limit).into());
            }
            if self.out.len() > self.size_limit {
                return Err(ErrorKind::TooManyBytes(self.size_limit).into());
            }
            let number = self.are_numbered.then(|| self.numbers.next());
            source.write(&object, number, Sink { writer: self, open: &mut open })?;
            loop {
                let Some(innermost) = open.last_mut() else {
                    return Ok(());
                };
                match source.next(&mut innermost.cursor).map_err(refusal)? {
                    Some(next) if innermost.objects > 0 => {
                        innermost.objects -= 1;
                        object = next;
                        break;
                    }
                    Some(value) => self.int_field(source, innermost, &value)?,
                    None => {
                        if innermost.is_dict {
                            self.out.push(source.end_dict().map_err(refusal)?);
                        }
                        open.pop();
                    }
                }
            }
        }
    }

    /// Of each number that was given, whether it has the flag in any case, and whether it is referred to.
    pub(crate) fn flags(&self) -> impl ExactSizeIterator<Item = (bool, bool)> + '_ {
        self.numbers.flags()
    }

    /// Decides the flags and the numbers that are open.
    pub(crate) fn settle(&mut self) {
        self.numbers.settle(&mut self.out);
    }

    /// Drops what was written.
    pub(crate) fn clear(&mut self) {
        self.out.clear();
    }

    /// Writes a field of a code object that is a number there and no object.
    fn int_field<S: Source>(
        &mut self,
        source: &mut S,
        code: &mut Open<S::Cursor>,
        value: &S::Object,
    ) -> Result<(), Fault<S::Error>> {
        let Some((field, rest)) = code.fields.split_first() else {
            return Ok(());
        };
        match source.int(value).map_err(refusal)?.map(i32::try_from) {
            Some(Ok(value)) => Head { writer: self, flag: 0, wanted: None }.bare(value),
            _ => return Err(ErrorKind::BadCode(format!("{} is no int of 32 bits", field.attribute())).into()),
        }
        let objects = rest.iter().take_while(|field| !field.is_int()).count();
        code.objects = if objects < rest.len() { objects } else { NO_INT };
        code.fields = &rest[objects..];
        Ok(())
    }

    #[inline(always)]
    fn reference(&mut self, number: u32) {
        self.numbers.refer(self.out.len(), number);
        let code = if self.python2 { TypeCode::StringRef } else { TypeCode::Ref };
        self.out.put(u64::from(number) << 8 | u64::from(code as u8), 5);
    }

    /// Makes a str that was written one that is interned.
    #[cold]
    fn intern(&mut self, number: u32) {
        if let Some(at) = self.numbers.place(number) {
            self.intern_at(at);
        }
    }

    /// What is written at one go, to the room that there is. Who does that gives the writer back where it was too little, which
    /// is rare: then all is written again, to twice as much. Or nothing is given back, and nothing is written so.
    pub(crate) fn at_one_go<T>(
        mut self,
        mut write: impl FnMut(Writer, &mut Out) -> Result<T, Option<Writer>>,
    ) -> Option<(T, Out)> {
        let mut out = core::mem::take(&mut self.out);
        loop {
            match write(self, &mut out) {
                Ok(done) => return Some((done, out)),
                Err(writer) => self = writer?,
            }
            self.out.clear();
            let room = 2 * out.rest().len();
            out.reserve(room);
        }
    }

    /// Makes a str that begins here one that is interned.
    #[cold]
    pub(crate) fn intern_at(&mut self, at: usize) {
        if let Some(byte) = self.out.written_mut().get_mut(at)
            && let Some(code) = TypeCode::from_byte(*byte)
        {
            *byte = *byte & FLAG_REF | code.interned() as u8;
        }
    }
}

#[cold]
fn refusal<E>(error: E) -> Fault<E> {
    Fault::Host(None, error)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::Writer;
    use crate::error::ErrorKind;
    use crate::version::Release;

    #[test]
    fn where_there_is_too_little_room_there_is_twice_as_much_then() -> Result<(), ErrorKind> {
        let mut writer = Writer::new(4, Release::PYTHON_3_13)?;
        writer.reserve(1);
        let mut rooms = Vec::new();
        let written = writer.at_one_go(|mut writer, out| {
            assert_eq!(writer.out.len(), 0);
            rooms.push(out.rest().len());
            writer.out.push(b'x');
            if rooms.len() < 4 {
                return Err(Some(writer));
            }
            out.push(b'y');
            Ok(rooms.len())
        });
        let written = written.map(|(tries, out)| (tries, out.into_vec()));
        assert_eq!(written, Some((4, b"y".to_vec())));
        assert!(rooms.windows(2).all(|pair| pair[1] >= 2 * pair[0]), "{rooms:?}");
        Ok(())
    }

    #[test]
    fn what_cannot_be_written_at_one_go_is_tried_once() -> Result<(), ErrorKind> {
        let mut tries = 0;
        let written = Writer::new(4, Release::PYTHON_3_13)?.at_one_go(|_, _| {
            tries += 1;
            Err::<(), _>(None)
        });
        assert!(written.is_none());
        assert_eq!(tries, 1);
        Ok(())
    }
}
