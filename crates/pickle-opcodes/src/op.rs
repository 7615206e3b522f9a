//! [`Op`]: an instruction with its argument.

use alloc::vec::Vec;

use crate::arg::{self, Pair, arg_type};
use crate::decode::Cursor;
use crate::table::for_each_opcode;
use crate::{Error, ErrorKind, Opcode};

macro_rules! define {
    ($($variant:ident $name:ident $byte:literal $protocol:literal $(($arg:ident))? [$($before:ident),*] [$($after:ident),*] $doc:literal;)*) => {
        /// One instruction of a pickle with its argument, as the bytes say it.
        ///
        /// Counted arguments are the bytes alone, lines come without their newline; both borrow from the input.
        /// [`text`](crate::text) and [`number`](crate::number) read what a line means. Nothing that can be written back
        /// differently is normalised here, so decoding and [assembling](Op::assemble) gives identical bytes.
        #[derive(Clone, Copy, PartialEq, Debug)]
        pub enum Op<'a> {
            $(
                #[doc = concat!("`", stringify!($name), "`: ", $doc)]
                $variant $((arg_type!('a $arg)))?,
            )*
        }

        impl<'a> Op<'a> {
            /// The instruction of this opcode with this argument; `None` where the argument is not of the opcode's form, or
            /// a number does not fit. The mirror of [`Op::argument`].
            ///
            /// ```
            /// use pickle_opcodes::{Argument, Op, Opcode};
            ///
            /// assert_eq!(Op::new(Opcode::BinInt1, Some(Argument::Uint(42))), Some(Op::BinInt1(42)));
            /// assert_eq!(Op::new(Opcode::BinInt1, Some(Argument::Uint(256))), None);
            /// assert_eq!(Op::new(Opcode::Stop, None), Some(Op::Stop));
            /// ```
            #[must_use]
            pub fn new(opcode: Opcode, argument: Option<Argument<'a>>) -> Option<Op<'a>> {
                Some(match opcode {
                    $(Opcode::$variant => define!(@new $variant argument $($arg)?),)*
                })
            }

            /// The instruction without its argument.
            #[inline]
            #[must_use]
            pub const fn opcode(&self) -> Opcode {
                match self {
                    $(Op::$variant $((define!(@ignore $arg)))? => Opcode::$variant,)*
                }
            }

            /// Its argument, whatever the form; `None` where it has none.
            #[must_use]
            pub fn argument(&self) -> Option<Argument<'a>> {
                match *self {
                    $(Op::$variant $((define!(@bind value $arg)))? => define!(@argument value $($arg)?),)*
                }
            }

            /// Appends its bytes.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::ArgumentTooLong`] where the form's length field cannot say the length,
            /// [`ErrorKind::NewlineInLine`] where a line would end early. Nothing is appended then.
            pub fn assemble(&self, out: &mut Vec<u8>) -> Result<(), Error> {
                let start = out.len();
                out.push(self.opcode().byte());
                let written = match *self {
                    $(Op::$variant $((define!(@bind value $arg)))? => define!(@write value out $($arg)?),)*
                };
                written.map_err(|kind| {
                    out.truncate(start);
                    Error::new(start, Some(self.opcode()), kind)
                })
            }
        }

        /// Reads the argument of `opcode`.
        #[inline(always)]
        pub(crate) fn read_argument<'a>(opcode: Opcode, cursor: &mut Cursor<'a>) -> Result<Op<'a>, ErrorKind> {
            Ok(match opcode {
                $(Opcode::$variant => Op::$variant $((arg::$arg::read(cursor)?))?,)*
            })
        }
    };
    (@ignore $arg:ident) => { _ };
    (@bind $value:ident $arg:ident) => { $value };
    (@new $variant:ident $argument:ident) => { if $argument.is_some() { return None } else { Op::$variant } };
    (@new $variant:ident $argument:ident $arg:ident) => { Op::$variant($argument?.try_into().ok()?) };
    (@argument $value:ident) => { None };
    (@argument $value:ident $arg:ident) => { Some(Argument::from($value)) };
    (@write $value:ident $out:ident) => { Ok(()) };
    (@write $value:ident $out:ident $arg:ident) => { arg::$arg::write($value, $out) };
}
for_each_opcode!(define);

/// The argument of an instruction, for those who treat all instructions alike.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Argument<'a> {
    /// A fixed-width unsigned number.
    Uint(u64),
    /// A fixed-width signed number.
    Int(i32),
    /// Eight bytes of float.
    Float(f64),
    /// A line without its newline, or counted bytes without their length.
    Bytes(&'a [u8]),
    /// Two lines.
    Pair(Pair<'a>),
}

macro_rules! from {
    ($($type:ty => $variant:ident),*) => {
        $(
            impl<'a> From<$type> for Argument<'a> {
                fn from(value: $type) -> Self {
                    Argument::$variant(value.into())
                }
            }

            impl<'a> TryFrom<Argument<'a>> for $type {
                type Error = Argument<'a>;

                /// Gives the argument back where it is of another form, or does not fit.
                fn try_from(argument: Argument<'a>) -> Result<Self, Argument<'a>> {
                    match argument {
                        Argument::$variant(value) => value.try_into().map_err(|_| argument),
                        _ => Err(argument),
                    }
                }
            }
        )*
    };
}
from!(u8 => Uint, u16 => Uint, u32 => Uint, u64 => Uint, i32 => Int, f64 => Float, &'a [u8] => Bytes, Pair<'a> => Pair);
