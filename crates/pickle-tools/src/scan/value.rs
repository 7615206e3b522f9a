//! [`Value`]: what the scanner knows of an object, in eight bytes.

use core::num::NonZeroU64;

/// An object of a pickle as far as the scanner follows it: a literal with its content, a global, what a call gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Value(NonZeroU64);

/// What a [`Value`] is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Thing {
    None,
    Bool,
    /// An int of up to 48 bits.
    Int(i64),
    /// Any other number.
    Number,
    Text(Text),
    /// Text whose content is not kept.
    LongText,
    /// Bytes or a bytearray.
    Bytes,
    Buffer,
    /// A tuple by its number.
    Tuple(u64),
    List,
    /// A dict by its number.
    Dict(u64),
    Set,
    FrozenSet,
    /// What a name stands for: the number of the symbol.
    Global(u32),
    /// What a call gave: the number of the symbol that was called, and of what is known of it.
    Object {
        symbol: u32,
        note: u32,
    },
    /// What a persistent id stands for.
    Persistent,
    /// What nothing is known of.
    Unknown,
}

/// Where a text stands: in the input, or from [`Text::ARENA`] on in what had to be decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Text {
    pub(super) start: u64,
    pub(super) length: u16,
}

impl Text {
    /// Longer texts name nothing.
    pub(super) const MAX: usize = (1 << 12) - 1;
    /// Starts from here on are in the arena.
    pub(super) const ARENA: u64 = 1 << 47;
}

const BITS: u32 = 60;

impl Value {
    pub(super) fn new(thing: Thing) -> Value {
        let (tag, content) = match thing {
            Thing::None => (1, 0),
            Thing::Bool => (1, 1),
            Thing::Number => (1, 2),
            Thing::LongText => (1, 3),
            Thing::Bytes => (1, 4),
            Thing::Buffer => (1, 5),
            Thing::List => (1, 6),
            Thing::Set => (1, 7),
            Thing::FrozenSet => (1, 8),
            Thing::Persistent => (1, 9),
            Thing::Unknown => (1, 10),
            Thing::Int(value) => (2, value as u64 & ((1 << 48) - 1)),
            Thing::Text(text) => (3, text.start << 12 | u64::from(text.length)),
            Thing::Tuple(number) => (4, number),
            Thing::Dict(number) => (5, number),
            Thing::Global(symbol) => (6, u64::from(symbol)),
            Thing::Object { symbol, note } => (7, u64::from(symbol & 0x0fff_ffff) << 32 | u64::from(note)),
        };
        Value(NonZeroU64::new(tag << BITS | content & ((1 << BITS) - 1)).unwrap_or(NonZeroU64::MIN))
    }

    pub(super) fn thing(self) -> Thing {
        let content = self.0.get() & ((1 << BITS) - 1);
        match self.0.get() >> BITS {
            2 => Thing::Int((content << 16) as i64 >> 16),
            3 => Thing::Text(Text { start: content >> 12, length: (content & 0xfff) as u16 }),
            4 => Thing::Tuple(content),
            5 => Thing::Dict(content),
            6 => Thing::Global(content as u32),
            7 => Thing::Object { symbol: (content >> 32) as u32, note: content as u32 },
            _ => match content {
                0 => Thing::None,
                1 => Thing::Bool,
                2 => Thing::Number,
                3 => Thing::LongText,
                4 => Thing::Bytes,
                5 => Thing::Buffer,
                6 => Thing::List,
                7 => Thing::Set,
                8 => Thing::FrozenSet,
                9 => Thing::Persistent,
                _ => Thing::Unknown,
            },
        }
    }

    /// True for a text with content, and for what may be any text.
    #[inline]
    pub(super) fn may_be_text(self) -> bool {
        matches!(self.0.get() >> BITS, 3 | 7) || matches!(self.thing(), Thing::Persistent | Thing::Unknown)
    }

    /// True for what may be a global.
    pub(super) fn is_global(self) -> bool {
        self.0.get() >> BITS == 6
    }
}

impl Thing {
    /// The type of a literal, by Python's name; none for what may be anything.
    pub(super) fn literal(self) -> Option<&'static str> {
        Some(match self {
            Thing::None => "NoneType",
            Thing::Bool => "bool",
            Thing::Int(_) => "int",
            Thing::Number => "number",
            Thing::Text(_) | Thing::LongText => "str",
            Thing::Bytes => "bytes",
            Thing::Buffer => "buffer",
            Thing::Tuple(_) => "tuple",
            Thing::List => "list",
            Thing::Dict(_) => "dict",
            Thing::Set => "set",
            Thing::FrozenSet => "frozenset",
            Thing::Global(_) | Thing::Object { .. } | Thing::Persistent | Thing::Unknown => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Text, Thing, Value};

    #[test]
    fn what_goes_in_comes_out() {
        let things = [
            Thing::None,
            Thing::Bool,
            Thing::Int(0),
            Thing::Int(-1),
            Thing::Int((1 << 47) - 1),
            Thing::Int(-(1 << 47)),
            Thing::Number,
            Thing::Text(Text { start: 0, length: 0 }),
            Thing::Text(Text { start: (1 << 48) - 1, length: 4095 }),
            Thing::LongText,
            Thing::Bytes,
            Thing::Buffer,
            Thing::Tuple(u64::from(u32::MAX)),
            Thing::List,
            Thing::Dict(7),
            Thing::Set,
            Thing::FrozenSet,
            Thing::Global(u32::MAX),
            Thing::Object { symbol: 0x0fff_ffff, note: u32::MAX },
            Thing::Persistent,
            Thing::Unknown,
        ];
        for thing in things {
            assert_eq!(Value::new(thing).thing(), thing);
        }
        assert_eq!(size_of::<Option<Value>>(), 8);
    }
}
