//! [`Opcode`]: which instruction, without its argument.

use crate::table::for_each_opcode;
use crate::{ArgKind, StackObject};

macro_rules! define {
    ($($variant:ident $name:ident $byte:literal $protocol:literal $(($arg:ident))? [$($before:ident),*] [$($after:ident),*] $doc:literal;)*) => {
        /// One of the 68 instructions of the pickle machine, named as in pickletools.
        ///
        /// The discriminant is the opcode's byte. The list is complete since protocol 5 (Python 3.8), so the enum is
        /// exhaustive: a `match` over it tells you at compile time which opcode you forgot.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Opcode {
            $(
                #[doc = concat!("`", stringify!($name), "`: ", $doc)]
                $variant = $byte,
            )*
        }

        impl Opcode {
            /// Every opcode, in the order of pickletools.
            pub const ALL: [Opcode; 68] = [$(Opcode::$variant),*];

            /// The opcode that a byte stands for, if any.
            #[inline(always)]
            #[must_use]
            pub const fn from_byte(byte: u8) -> Option<Opcode> {
                match byte {
                    $($byte => Some(Opcode::$variant),)*
                    _ => None,
                }
            }

            /// The name that pickletools gives it, such as `SHORT_BINUNICODE`.
            #[inline]
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Opcode::$variant => stringify!($name),)*
                }
            }

            /// The first protocol that has it, 0 to 5.
            #[inline]
            #[must_use]
            pub const fn protocol(self) -> u8 {
                match self {
                    $(Opcode::$variant => $protocol,)*
                }
            }

            /// What follows its byte, if anything does.
            #[inline]
            #[must_use]
            pub const fn arg(self) -> Option<ArgKind> {
                match self {
                    $(Opcode::$variant => define!(@arg $($arg)?),)*
                }
            }

            /// What it takes from the stack, the top last.
            #[inline]
            #[must_use]
            pub const fn stack_before(self) -> &'static [StackObject] {
                match self {
                    $(Opcode::$variant => &[$(StackObject::$before),*],)*
                }
            }

            /// What it leaves on the stack in their place, the top last.
            #[inline]
            #[must_use]
            pub const fn stack_after(self) -> &'static [StackObject] {
                match self {
                    $(Opcode::$variant => &[$(StackObject::$after),*],)*
                }
            }

            /// What a loader does on meeting it, in one sentence.
            #[inline]
            #[must_use]
            pub const fn doc(self) -> &'static str {
                match self {
                    $(Opcode::$variant => $doc,)*
                }
            }
        }
    };
    (@arg) => { None };
    (@arg $arg:ident) => { Some(ArgKind::$arg) };
}
for_each_opcode!(define);

impl Opcode {
    /// Its byte in a pickle.
    #[inline]
    #[must_use]
    pub const fn byte(self) -> u8 {
        self as u8
    }

    /// The opcode with this pickletools name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Opcode> {
        Self::ALL.into_iter().find(|opcode| opcode.name() == name)
    }
}

impl core::fmt::Display for Opcode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.name())
    }
}
