//! The argument forms as code, for those who read an argument without making an [`Op`](crate::Op) of it.
//!
//! One choice by the form then leads straight to the code that reads it and to what is made of it.
//!
//! ```
//! use pickle_opcodes::form::{Cursor, Int4, Uint1};
//!
//! let pickle = b"K\x2aJ\xff\xff\xff\xff.";
//! let mut cursor = Cursor::new(pickle, 1);
//! assert_eq!(Uint1::read(&mut cursor)?, 42);
//! assert_eq!(cursor.position(), 2);
//! assert_eq!(Int4::read(&mut Cursor::new(pickle, 3))?, -1);
//! # Ok::<(), pickle_opcodes::ErrorKind>(())
//! ```

pub use crate::arg::{
    ByteArray8, Bytes1, Bytes4, Bytes8, DecimalNlLong, DecimalNlShort, Float8, FloatNl, Int4, Long1, Long4, String1,
    String4, StringNl, StringNlNoEscape, StringNlNoEscapePair, Uint1, Uint2, Uint4, Uint8, UnicodeString1,
    UnicodeString4, UnicodeString8, UnicodeStringNl,
};
pub use crate::decode::Cursor;
