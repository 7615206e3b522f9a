//! [`Profile`]: whose bytes.

use alloc::string::ToString;

use pickle_opcodes::frame::FrameStyle;
use pickle_opcodes::text::UnicodeLineStyle;

/// Which CPython's pickler is written like.
///
/// Every release writes the same object a little differently; a profile gives the bytes of one. The default is CPython
/// 3.13's C pickler.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Profile {
    /// The minor version of Python 3.
    minor: u8,
}

impl Default for Profile {
    fn default() -> Profile {
        Profile::CPYTHON_3_13
    }
}

impl Profile {
    /// CPython 3.13's C pickler.
    pub const CPYTHON_3_13: Profile = Profile { minor: 13 };

    /// CPython 3.`minor`'s C pickler, for 6 to 13.
    #[must_use]
    pub const fn cpython3(minor: u8) -> Option<Profile> {
        if 6 <= minor && minor <= 13 { Some(Profile { minor }) } else { None }
    }

    /// The profile of a version written like `3.8`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Profile> {
        (6..=13).filter_map(Profile::cpython3).find(|profile| profile.to_string() == name)
    }

    /// The version, like `(3, 13)`.
    #[must_use]
    pub const fn version(self) -> (u8, u8) {
        (3, self.minor)
    }

    /// What `pickle.HIGHEST_PROTOCOL` is there.
    #[must_use]
    pub const fn highest_protocol(self) -> u8 {
        if self.minor < 8 { 4 } else { 5 }
    }

    /// What `pickle.DEFAULT_PROTOCOL` is there.
    #[must_use]
    pub const fn default_protocol(self) -> u8 {
        if self.minor < 8 { 3 } else { 4 }
    }

    pub(crate) const fn frame_style(self) -> FrameStyle {
        if self.minor < 7 { FrameStyle::Everything } else { FrameStyle::PayloadsApart }
    }

    pub(crate) const fn unicode_line_style(self) -> UnicodeLineStyle {
        if self.minor < 7 { UnicodeLineStyle::ControlsRaw } else { UnicodeLineStyle::ControlsEscaped }
    }

    /// Up to 3.6 protocol 0 writes every int as LONG.
    pub(crate) const fn writes_longs_at_protocol_0(self) -> bool {
        self.minor < 7
    }

    /// Up to 3.7 there is one bytes object for each single byte; later, not for those that were loaded from BINBYTES or
    /// made of a bytearray.
    pub(crate) const fn single_bytes_are_one(self) -> bool {
        self.minor < 8
    }

    /// Up to 3.9 `frozenset([])` gives the same object each time.
    pub(crate) const fn empty_frozensets_are_one(self) -> bool {
        self.minor < 10
    }

    /// Up to 3.12 a nested global under protocol 4 is a call of `getattr` on what holds it, memoized as any other call; from
    /// 3.13 on the calls begin at the module's global and only the last is memoized.
    pub(crate) const fn reduces_nested_globals(self) -> bool {
        self.minor < 13
    }

    /// Up to 3.7 a bytearray was reduced by its own method: to latin-1 text at protocols 0 to 2.
    pub(crate) const fn bytearray_reduces_itself(self) -> bool {
        self.minor < 8
    }
}

impl core::fmt::Display for Profile {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "3.{}", self.minor)
    }
}
