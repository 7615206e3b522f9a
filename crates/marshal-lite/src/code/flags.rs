//! [`Flags`]: the bits of `co_flags`, by name.

use crate::version::Release;

/// `co_flags` of a code object.
///
/// ```
/// use marshal_lite::Release;
/// use marshal_lite::code::Flags;
///
/// let flags = Flags::new(0x100_0003, Release::PYTHON_3_13);
/// assert_eq!(flags.names().collect::<Vec<_>>(), ["OPTIMIZED", "NEWLOCALS", "FUTURE_ANNOTATIONS"]);
/// assert_eq!(flags.unknown(), 0);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Flags {
    bits: u32,
    release: Release,
}

/// What all releases have, but for those that came and went.
const COMMON: &[(u32, &str)] = &[
    (0x1, "OPTIMIZED"),
    (0x2, "NEWLOCALS"),
    (0x4, "VARARGS"),
    (0x8, "VARKEYWORDS"),
    (0x10, "NESTED"),
    (0x20, "GENERATOR"),
    (0x40, "NOFREE"),
    (0x80, "COROUTINE"),
    (0x100, "ITERABLE_COROUTINE"),
    (0x200, "ASYNC_GENERATOR"),
];

/// `from __future__ import …`, up to 3.7. Source: `Lib/__future__.py`.
const EARLY_FUTURES: &[(u32, &str)] = &[
    (0x2000, "FUTURE_DIVISION"),
    (0x4000, "FUTURE_ABSOLUTE_IMPORT"),
    (0x8000, "FUTURE_WITH_STATEMENT"),
    (0x1_0000, "FUTURE_PRINT_FUNCTION"),
    (0x2_0000, "FUTURE_UNICODE_LITERALS"),
    (0x4_0000, "FUTURE_BARRY_AS_BDFL"),
    (0x8_0000, "FUTURE_GENERATOR_STOP"),
    (0x10_0000, "FUTURE_ANNOTATIONS"),
];

/// The same from 3.8 on, and what 3.13 and 3.14 added (`Include/cpython/code.h`).
const LATE_FUTURES: &[(u32, &str)] = &[
    (0x2_0000, "FUTURE_DIVISION"),
    (0x4_0000, "FUTURE_ABSOLUTE_IMPORT"),
    (0x8_0000, "FUTURE_WITH_STATEMENT"),
    (0x10_0000, "FUTURE_PRINT_FUNCTION"),
    (0x20_0000, "FUTURE_UNICODE_LITERALS"),
    (0x40_0000, "FUTURE_BARRY_AS_BDFL"),
    (0x80_0000, "FUTURE_GENERATOR_STOP"),
    (0x100_0000, "FUTURE_ANNOTATIONS"),
    (0x200_0000, "NO_MONITORING_EVENTS"),
    (0x400_0000, "HAS_DOCSTRING"),
    (0x800_0000, "METHOD"),
];

impl Flags {
    /// The flags of a code object of this release.
    #[must_use]
    pub const fn new(bits: u32, release: Release) -> Flags {
        Flags { bits, release }
    }

    /// All bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.bits
    }

    /// The names of the bits that are set, lowest first.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.known().filter(move |(bit, _)| self.bits & bit != 0).map(|(_, name)| name)
    }

    /// The bits that are set and have no name.
    #[must_use]
    pub fn unknown(self) -> u32 {
        self.known().fold(self.bits, |bits, (bit, _)| bits & !bit)
    }

    fn known(self) -> impl Iterator<Item = (u32, &'static str)> {
        let futures = if self.release.number() < (3, 8) { EARLY_FUTURES } else { LATE_FUTURES };
        COMMON.iter().chain(futures).copied()
    }
}

impl core::fmt::Display for Flags {
    /// As `inspect` and `dis` have it: `OPTIMIZED, NEWLOCALS`, unknown bits as a hexadecimal number.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut separator = "";
        for name in self.names() {
            write!(f, "{separator}{name}")?;
            separator = ", ";
        }
        match self.unknown() {
            0 if separator.is_empty() => f.write_str("0x0"),
            0 => Ok(()),
            bits => write!(f, "{separator}{bits:#x}"),
        }
    }
}
