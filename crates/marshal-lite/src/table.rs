//! The type codes, once: the byte that each object begins with.

/// Set in the byte of an object that later references may name: version 3 and later.
pub const FLAG_REF: u8 = 0x80;

macro_rules! type_codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $byte:literal, $name:literal;)*) => {
        /// What an object's first byte says, without [`FLAG_REF`]. The names are those of CPython's `marshal.c`.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum TypeCode {
            $($(#[doc = $doc])* $variant = $byte,)*
        }

        impl TypeCode {
            /// All of them.
            pub const ALL: &[TypeCode] = &[$(TypeCode::$variant),*];

            /// The name, such as `SHORT_ASCII`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(TypeCode::$variant => $name,)*
                }
            }
        }
    };
}

type_codes! {
    /// No object: what a dict ends with.
    Null = b'0', "NULL";
    /// `None`.
    None = b'N', "NONE";
    /// `False`.
    False = b'F', "FALSE";
    /// `True`.
    True = b'T', "TRUE";
    /// The class `StopIteration`.
    StopIteration = b'S', "STOPITER";
    /// `Ellipsis`.
    Ellipsis = b'.', "ELLIPSIS";
    /// An int of 32 bits.
    Int = b'i', "INT";
    /// An int of 64 bits, which Python 2 writes and all read.
    Int64 = b'I', "INT64";
    /// A float as text: versions 0 and 1.
    Float = b'f', "FLOAT";
    /// A float in 8 bytes.
    BinaryFloat = b'g', "BINARY_FLOAT";
    /// A complex as two texts: versions 0 and 1.
    Complex = b'x', "COMPLEX";
    /// A complex in 16 bytes.
    BinaryComplex = b'y', "BINARY_COMPLEX";
    /// An int of any size in digits of 15 bits; Python 2's `long`.
    Long = b'l', "LONG";
    /// Bytes; Python 2's `str`.
    String = b's', "STRING";
    /// An interned str, as UTF-8; Python 2's interned `str`.
    Interned = b't', "INTERNED";
    /// Python 2: an interned `str` met before.
    StringRef = b'R', "STRINGREF";
    /// An object met before: version 3 and later.
    Ref = b'r', "REF";
    /// A tuple.
    Tuple = b'(', "TUPLE";
    /// A list.
    List = b'[', "LIST";
    /// A dict.
    Dict = b'{', "DICT";
    /// A code object.
    Code = b'c', "CODE";
    /// A str as UTF-8, surrogates included.
    Unicode = b'u', "UNICODE";
    /// What could not be written.
    Unknown = b'?', "UNKNOWN";
    /// A set.
    Set = b'<', "SET";
    /// A frozenset.
    FrozenSet = b'>', "FROZENSET";
    /// A str of ASCII: version 4 and later.
    Ascii = b'a', "ASCII";
    /// An interned str of ASCII.
    AsciiInterned = b'A', "ASCII_INTERNED";
    /// A tuple of fewer than 256 items: version 4 and later.
    SmallTuple = b')', "SMALL_TUPLE";
    /// A str of ASCII of fewer than 256 characters: version 4 and later.
    ShortAscii = b'z', "SHORT_ASCII";
    /// The same, interned.
    ShortAsciiInterned = b'Z', "SHORT_ASCII_INTERNED";
    /// A slice: version 5, CPython 3.14.
    Slice = b':', "SLICE";
}

impl TypeCode {
    /// What a byte says, whatever its flag; nothing for a byte that no version knows.
    #[inline(always)]
    #[must_use]
    pub const fn from_byte(byte: u8) -> Option<TypeCode> {
        BY_BYTE[(byte & !FLAG_REF) as usize]
    }

    /// What a str is written with that is interned.
    pub(crate) const fn interned(self) -> TypeCode {
        match self {
            TypeCode::ShortAscii => TypeCode::ShortAsciiInterned,
            TypeCode::Ascii => TypeCode::AsciiInterned,
            TypeCode::Unicode | TypeCode::String => TypeCode::Interned,
            other => other,
        }
    }
}

/// Looked up, since nobody can guess which byte comes next.
static BY_BYTE: [Option<TypeCode>; 128] = {
    let mut codes = [None; 128];
    let mut number = 0;
    while number < TypeCode::ALL.len() {
        let code = TypeCode::ALL[number];
        codes[code as usize] = Some(code);
        number += 1;
    }
    codes
};

impl core::fmt::Display for TypeCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}
