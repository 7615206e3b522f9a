//! [`Sink`]: where a source says what an object is.

use alloc::string::String;
use alloc::vec::Vec;

use super::head::Head;
use super::{Open, Writer};
use crate::code::Layout;
use crate::error::ErrorKind;
use crate::source::Share;
use crate::table::{FLAG_REF, TypeCode};

/// One object's place in what is written: a [`Source`](crate::Source) calls one of the methods.
///
/// Each gives the [`ErrorKind`] of what cannot be written so. (That the source calls, and does not give an enum of all that
/// there is, halves the time: such an enum went through memory.)
#[derive(Debug)]
pub struct Sink<'w, C> {
    pub(super) writer: &'w mut Writer,
    pub(super) open: &'w mut Vec<Open<C>>,
}

type Written = Result<(), ErrorKind>;

impl<C> Sink<'_, C> {
    /// It was written before, with this number.
    #[inline(always)]
    pub fn reference(self, number: u32) -> Written {
        self.writer.reference(number);
        Ok(())
    }

    /// It was written before, with this number; and it is a str that is interned, which was not known then.
    #[cold]
    pub fn interned_reference(self, number: u32) -> Written {
        self.writer.intern(number);
        self.writer.reference(number);
        Ok(())
    }

    /// It was written before, with a number that the source knows, and is to begin with this byte.
    #[inline(always)]
    pub fn spelled_reference(self, byte: u8, number: u32) -> Written {
        self.writer.out.put(u64::from(number) << 8 | u64::from(byte), 5);
        Ok(())
    }

    /// `None`.
    #[inline(always)]
    pub fn none(self, share: Share) -> Written {
        head(self.writer, share)?.single(TypeCode::None)
    }

    /// `True` or `False`.
    #[inline(always)]
    pub fn bool(self, share: Share, value: bool) -> Written {
        head(self.writer, share)?.single(if value { TypeCode::True } else { TypeCode::False })
    }

    /// `Ellipsis`.
    pub fn ellipsis(self, share: Share) -> Written {
        head(self.writer, share)?.single(TypeCode::Ellipsis)
    }

    /// The class `StopIteration`.
    pub fn stop_iteration(self, share: Share) -> Written {
        head(self.writer, share)?.single(TypeCode::StopIteration)
    }

    /// An int that 64 bits hold.
    #[inline(always)]
    pub fn int(self, share: Share, value: i64) -> Written {
        head(self.writer, share)?.int(value)
    }

    /// An int: two's complement, little-endian.
    pub fn big_int(self, share: Share, bytes: &[u8]) -> Written {
        head(self.writer, share)?.big_int(bytes)
    }

    /// Python 2's `long`: as [`big_int`](Sink::big_int), of any size.
    pub fn long(self, share: Share, bytes: &[u8]) -> Written {
        head(self.writer, share)?.long(bytes)
    }

    /// A float; with its text, if it is written as text that is not CPython's own.
    pub fn float(self, share: Share, value: f64, text: Option<&[u8]>) -> Written {
        head(self.writer, share)?.floats(&[value], &[text])
    }

    /// A complex: real and imaginary part, as [`float`](Sink::float).
    pub fn complex(self, share: Share, parts: [f64; 2], texts: [Option<&[u8]>; 2]) -> Written {
        head(self.writer, share)?.floats(&parts, &texts)
    }

    /// A str: UTF-8 in which surrogates are written too; and whether it is interned.
    #[inline(always)]
    pub fn text(self, share: Share, utf8: &[u8], interned: bool) -> Written {
        head(self.writer, share)?.text(utf8, interned)
    }

    /// Bytes, or what offers its bytes as they do.
    #[inline(always)]
    pub fn bytes(self, share: Share, bytes: &[u8]) -> Written {
        head(self.writer, share)?.counted(TypeCode::String, bytes)
    }

    /// Python 2's `str`, and whether it is interned.
    pub fn byte_string(self, share: Share, bytes: &[u8], interned: bool) -> Written {
        head(self.writer, share)?.byte_string(bytes, interned)
    }

    /// A tuple of this many items.
    #[inline(always)]
    pub fn tuple(self, share: Share, length: usize, items: C) -> Written {
        let (mut head, open) = self.opening(share)?;
        head.tuple(length)?;
        open.push(Open::items(items));
        Ok(())
    }

    /// A list of this many items.
    pub fn list(self, share: Share, length: usize, items: C) -> Written {
        self.items(share, TypeCode::List, length, items)
    }

    /// A set of this many items.
    pub fn set(self, share: Share, length: usize, items: C) -> Written {
        self.items(share, TypeCode::Set, length, items)
    }

    /// A frozenset of this many items.
    pub fn frozen_set(self, share: Share, length: usize, items: C) -> Written {
        self.items(share, TypeCode::FrozenSet, length, items)
    }

    fn items(self, share: Share, code: TypeCode, length: usize, items: C) -> Written {
        let (mut head, open) = self.opening(share)?;
        head.sized(code, length)?;
        open.push(Open::items(items));
        Ok(())
    }

    /// A dict, whose items are keys and values in turn.
    pub fn dict(self, share: Share, items: C) -> Written {
        let (mut head, open) = self.opening(share)?;
        head.single(TypeCode::Dict)?;
        open.push(Open { is_dict: true, ..Open::items(items) });
        Ok(())
    }

    /// A slice: start, stop and step.
    pub fn slice(self, share: Share, items: C) -> Written {
        let version = self.writer.version;
        let (mut head, open) = self.opening(share)?;
        if head.wanted.is_none() && version < 5 {
            return Err(ErrorKind::Unsupported("a slice, before version 5".into()));
        }
        head.single(TypeCode::Slice)?;
        open.push(Open::items(items));
        Ok(())
    }

    /// A code object: its items are its fields, in the order of the layout.
    #[inline(always)]
    pub fn code(self, share: Share, layout: Layout, fields: C) -> Written {
        let (mut head, open) = self.opening(share)?;
        head.code()?;
        open.push(Open { objects: 0, fields: layout.fields(), ..Open::items(fields) });
        Ok(())
    }

    /// Something that cannot be marshalled; what it is.
    #[cold]
    pub fn unsupported(self, what: String) -> Written {
        Err(ErrorKind::Unsupported(what))
    }
}

impl<'w, C> Sink<'w, C> {
    #[inline(always)]
    fn opening(self, share: Share) -> Result<(Head<'w>, &'w mut Vec<Open<C>>), ErrorKind> {
        Ok((head(self.writer, share)?, self.open))
    }
}

/// Gives an object its number, if it has one, and says how it begins.
#[inline(always)]
fn head(writer: &mut Writer, share: Share) -> Result<Head<'_>, ErrorKind> {
    let (flag, wanted) = match share {
        Share::Alone => (0, None),
        Share::New => {
            writer.numbers.give(writer.out.len(), true)?;
            (if writer.python2 { 0 } else { FLAG_REF }, None)
        }
        Share::Maybe => {
            writer.numbers.give(writer.out.len(), false)?;
            (0, None)
        }
        Share::Spelled(byte) => (byte & FLAG_REF, TypeCode::from_byte(byte)),
    };
    Ok(Head { writer, flag, wanted })
}
