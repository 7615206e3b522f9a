//! `array.array`.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::made::{Made, ascii, call, int};
use crate::build::Builder;
use crate::error::{Error, ErrorKind};
use crate::handle::Handle;
use crate::view::{Kind, View};

/// An `array.array`.
///
/// Under protocol 3 a pickle holds a list of its values, and from there on their bytes and the number of a machine's
/// format: `array._array_reconstructor`.
#[derive(Clone, Copy, Debug)]
pub struct Array<'g> {
    /// What it holds: `b`, `B`, `h`, `H`, `i`, `I`, `l`, `L`, `q` or `Q` for ints, `f` or `d` for floats, `u` or `w` for
    /// characters, and `c` in Python 2. An array of a machine with other sizes has the code that Python gives it on
    /// loading.
    pub typecode: char,
    content: Content<'g>,
}

#[derive(Clone, Copy, Debug)]
enum Content<'g> {
    List(View<'g>),
    Machine(Format, &'g [u8]),
}

/// A value in an array.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ArrayValue {
    /// Of a code for ints.
    Int(i128),
    /// Of a code for floats.
    Float(f64),
    /// Of a code for characters: a code point.
    Char(u32),
}

/// How a machine holds a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Format {
    sort: Sort,
    size: usize,
    big_endian: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sort {
    Unsigned,
    Signed,
    Float,
    Text,
}

impl Format {
    /// The formats by CPython's numbers, which are these times two and one more for big-endian, but for single bytes.
    fn from_code(code: u8) -> Option<Format> {
        let (sort, size) = match code / 2 {
            0 => {
                return Some(Format {
                    sort: [Sort::Unsigned, Sort::Signed][usize::from(code)],
                    size: 1,
                    big_endian: false,
                });
            }
            1 => (Sort::Unsigned, 2),
            2 => (Sort::Signed, 2),
            3 => (Sort::Unsigned, 4),
            4 => (Sort::Signed, 4),
            5 => (Sort::Unsigned, 8),
            6 => (Sort::Signed, 8),
            7 => (Sort::Float, 4),
            8 => (Sort::Float, 8),
            9 => (Sort::Text, 2),
            10 => (Sort::Text, 4),
            _ => return None,
        };
        Some(Format { sort, size, big_endian: code % 2 == 1 })
    }

    /// The number of the format that a 64-bit machine, little-endian and no Windows, has for this code.
    fn native_code(typecode: char) -> Option<u8> {
        Some(match typecode {
            'B' => 0,
            'b' => 1,
            'H' => 2,
            'h' => 4,
            'I' => 6,
            'i' => 8,
            'L' | 'Q' => 10,
            'l' | 'q' => 12,
            'f' => 14,
            'd' => 16,
            'u' | 'w' => 20,
            _ => return None,
        })
    }

    /// The code for ints of this size, of several the last in CPython's list.
    fn int_typecode(self) -> Option<char> {
        let codes = if self.sort == Sort::Signed { ['b', 'h', 'i', 'q'] } else { ['B', 'H', 'I', 'Q'] };
        matches!(self.sort, Sort::Signed | Sort::Unsigned).then(|| codes[self.size.trailing_zeros() as usize])
    }

    fn value(self, bytes: &[u8]) -> ArrayValue {
        let mut wide = [0; 8];
        for (at, byte) in bytes.iter().enumerate() {
            wide[if self.big_endian { self.size - 1 - at } else { at }] = *byte;
        }
        let unsigned = u64::from_le_bytes(wide);
        let shift = 64 - 8 * self.size as u32;
        match self.sort {
            Sort::Unsigned => ArrayValue::Int(unsigned.into()),
            Sort::Signed => ArrayValue::Int(((unsigned << shift) as i64 >> shift).into()),
            Sort::Float if self.size == 4 => ArrayValue::Float(f32::from_bits(unsigned as u32).into()),
            Sort::Float => ArrayValue::Float(f64::from_bits(unsigned)),
            Sort::Text => ArrayValue::Char(unsigned as u32),
        }
    }

    /// The bytes of a value, little-endian; `None` where it does not fit.
    fn bytes(self, value: ArrayValue) -> Option<[u8; 8]> {
        let bits = 8 * self.size as u32;
        Some(
            match (self.sort, value) {
                (Sort::Unsigned, ArrayValue::Int(value)) => (0..1 << bits).contains(&value).then_some(value as u64)?,
                (Sort::Signed, ArrayValue::Int(value)) => {
                    (-(1 << (bits - 1))..1 << (bits - 1)).contains(&value).then_some(value as u64)?
                }
                (Sort::Float, ArrayValue::Float(value)) if self.size == 4 => (value as f32).to_bits().into(),
                (Sort::Float, ArrayValue::Float(value)) => value.to_bits(),
                (Sort::Text, ArrayValue::Char(point)) => point.into(),
                _ => return None,
            }
            .to_le_bytes(),
        )
    }
}

impl<'g> View<'g> {
    /// An `array.array`.
    #[must_use]
    pub fn as_array(self) -> Option<Array<'g>> {
        if let Some(made) = Made::plain(self, "array", "array").filter(|made| made.count() == 2) {
            let list = Some(made.arg(1)).filter(|list| list.kind() == Kind::List)?;
            return Some(Array { typecode: typecode(made.arg(0))?, content: Content::List(list) });
        }
        let made = Made::plain(self, "array", "_array_reconstructor").filter(|made| made.count() == 4)?;
        if made.arg(0).as_global() != Some(("array", "array")) {
            return None;
        }
        let (given, code) = (typecode(made.arg(1))?, int::<u8>(made.arg(2))?);
        let (format, bytes) = (Format::from_code(code)?, made.arg(3).as_bytes()?);
        let typecode = match format.int_typecode() {
            Some(fitting) if Format::native_code(given) != Some(code) => fitting,
            _ => given,
        };
        (bytes.len() % format.size == 0).then_some(Array { typecode, content: Content::Machine(format, bytes) })
    }
}

fn typecode(view: View<'_>) -> Option<char> {
    let mut characters = ascii(view)?.chars();
    let typecode = characters.next().filter(|_| characters.as_str().is_empty())?;
    "bBuwhHiIlLqQfdc".contains(typecode).then_some(typecode)
}

impl<'g> Array<'g> {
    /// How many values it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.content {
            Content::List(list) => list.len().unwrap_or(0),
            Content::Machine(format, bytes) => bytes.len() / format.size,
        }
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its values, up to the first that is none.
    #[must_use]
    pub fn values(&self) -> ArrayValues<'g> {
        ArrayValues { content: self.content, next: 0 }
    }

    /// The number of the format in which a 64-bit machine, little-endian and no Windows, holds such an array, and its bytes
    /// there; `None` where a value does not fit the code, and for Python 2's `c`.
    #[must_use]
    pub fn to_machine(&self) -> Option<(u8, Cow<'g, [u8]>)> {
        let code = Format::native_code(self.typecode)?;
        let native = Format::from_code(code)?;
        if let Content::Machine(format, bytes) = self.content
            && format == native
        {
            return Some((code, Cow::Borrowed(bytes)));
        }
        let mut bytes = Vec::with_capacity(self.len() * native.size);
        let mut count = 0;
        for value in self.values() {
            bytes.extend_from_slice(&native.bytes(value)?[..native.size]);
            count += 1;
        }
        let is_text = native.sort == Sort::Text;
        (is_text || count == self.len()).then_some((code, Cow::Owned(bytes)))
    }

    /// Builds an array.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::WrongKind`] where the code is none or a value does not fit it, and those of a [`Builder`]'s methods.
    pub fn build(builder: &mut Builder<'_>, typecode: char, values: &[ArrayValue]) -> Result<Handle, Error> {
        let unfit =
            || Error::new(ErrorKind::WrongKind { operation: "make an array of", kind: "value that does not fit" });
        let code = Format::native_code(typecode).ok_or_else(unfit)?;
        let format = Format::from_code(code).ok_or_else(unfit)?;
        let mut bytes = Vec::with_capacity(values.len() * format.size);
        for value in values {
            bytes.extend_from_slice(&format.bytes(*value).ok_or_else(unfit)?[..format.size]);
        }
        let args = [
            builder.global("array", "array")?,
            builder.text(typecode.encode_utf8(&mut [0; 4]))?,
            builder.int(code.into())?,
            builder.bytes(&bytes)?,
        ];
        call(builder, "array", "_array_reconstructor", &args)
    }
}

/// The values of an [`Array`].
#[derive(Clone, Debug)]
pub struct ArrayValues<'g> {
    content: Content<'g>,
    /// In bytes, or in items of the list.
    next: usize,
}

impl Iterator for ArrayValues<'_> {
    type Item = ArrayValue;

    fn next(&mut self) -> Option<ArrayValue> {
        match self.content {
            Content::List(list) => {
                let item = list.get(self.next);
                self.next += 1;
                listed_value(item)
            }
            Content::Machine(format, bytes) => {
                let value = format.value(bytes.get(self.next..self.next + format.size)?);
                self.next += format.size;
                let ArrayValue::Char(high @ 0xd800..0xdc00) = value else {
                    return Some(value);
                };
                // UTF-16, which may have a second half behind the first.
                let second = bytes.get(self.next..self.next + format.size).filter(|_| format.size == 2);
                if let Some(ArrayValue::Char(low @ 0xdc00..0xe000)) = second.map(|bytes| format.value(bytes)) {
                    self.next += format.size;
                    return Some(ArrayValue::Char(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)));
                }
                Some(value)
            }
        }
    }
}

fn listed_value(item: View<'_>) -> Option<ArrayValue> {
    match item.kind() {
        Kind::Int | Kind::Long => item.as_i128().map(ArrayValue::Int),
        Kind::Float => item.as_f64().map(ArrayValue::Float),
        Kind::Text => {
            let mut points = item.as_text()?.code_points();
            points.next().filter(|_| points.next().is_none()).map(ArrayValue::Char)
        }
        Kind::ByteString | Kind::Bytes => match *item.as_bytes()? {
            [byte] => Some(ArrayValue::Char(byte.into())),
            _ => None,
        },
        _ => None,
    }
}
