//! [`Profile`]: whose bytes.

use core::fmt;

use pickle_opcodes::frame::FrameStyle;
use pickle_opcodes::text::UnicodeLineStyle;

use crate::graph_source::AddressText;

/// Which CPython's rules hold, for reading and for writing.
///
/// Every release writes the same object a little differently, and so do its two picklers; a profile gives the bytes of
/// one. The default is CPython 3.13's C pickler.
///
/// ```
/// use pickle_codec::{Profile, Implementation};
///
/// assert_eq!(Profile::from_name("3.13"), Some(Profile::default()));
/// let profile = Profile::from_name("2.7-python").unwrap();
/// assert_eq!((profile.version(), profile.pickler()), ((2, 7), Implementation::Python));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Profile {
    major: u8,
    minor: u8,
    pickler: Implementation,
}

/// Which of an interpreter's two picklers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Implementation {
    /// The one in C, which `import pickle` gives in Python 3: `_pickle`. In Python 2.7 it is the module `cPickle`.
    #[default]
    C,
    /// The one in Python, `pickle.py`: Python 2.7's module `pickle`, and Python 3's where there is no `_pickle`.
    Python,
}

impl Default for Profile {
    fn default() -> Profile {
        Profile::CPYTHON_3_13
    }
}

impl Profile {
    /// CPython 3.13's C pickler.
    pub const CPYTHON_3_13: Profile = Profile { major: 3, minor: 13, pickler: Implementation::C };

    /// CPython 2.7's `cPickle`.
    ///
    /// It leaves out the PUT of an object that nobody but its holder refers to; here that is read off the graph.
    /// Characters beyond U+FFFF are written as by a build with wide Unicode, which Linux distributions had.
    pub const CPYTHON_2_7: Profile = Profile { major: 2, minor: 7, pickler: Implementation::C };

    /// CPython 3.`minor`'s C pickler, for 6 to 13.
    #[must_use]
    pub const fn cpython3(minor: u8) -> Option<Profile> {
        if 6 <= minor && minor <= 13 { Some(Profile { major: 3, minor, pickler: Implementation::C }) } else { None }
    }

    /// The same interpreter's other pickler, or the same.
    #[must_use]
    pub const fn with_pickler(self, pickler: Implementation) -> Profile {
        Profile { pickler, ..self }
    }

    /// The profile of a name like `3.8`, which is the C pickler, or `3.8-python`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Profile> {
        use alloc::string::ToString;
        Profile::all().find(|profile| profile.to_string() == name)
    }

    /// All profiles, oldest first, the C pickler before the one in Python.
    pub fn all() -> impl Iterator<Item = Profile> {
        let versions = [Profile::CPYTHON_2_7].into_iter().chain((6..=13).filter_map(Profile::cpython3));
        versions.flat_map(|profile| {
            [Implementation::C, Implementation::Python].map(|pickler| profile.with_pickler(pickler))
        })
    }

    /// The version, like `(3, 13)`.
    #[must_use]
    pub const fn version(self) -> (u8, u8) {
        (self.major, self.minor)
    }

    /// Which pickler.
    #[must_use]
    pub const fn pickler(self) -> Implementation {
        self.pickler
    }

    /// What `pickle.HIGHEST_PROTOCOL` is there.
    #[must_use]
    pub const fn highest_protocol(self) -> u8 {
        match (self.major, self.minor) {
            (2, _) => 2,
            (_, ..8) => 4,
            _ => 5,
        }
    }

    /// What `pickle.DEFAULT_PROTOCOL` is there.
    #[must_use]
    pub const fn default_protocol(self) -> u8 {
        match (self.major, self.minor) {
            (2, _) => 0,
            (_, ..8) => 3,
            _ => 4,
        }
    }

    /// Python 2: `str` is bytes, `unicode` is text, and an int beyond 64 bits is a `long`.
    pub(crate) const fn is_python2(self) -> bool {
        self.major < 3
    }

    /// True for the versions of Python 3 before 3.`minor`, and for Python 2.
    const fn is_before(self, minor: u8) -> bool {
        self.major < 3 || self.minor < minor
    }

    const fn is_pure(self) -> bool {
        matches!(self.pickler, Implementation::Python)
    }

    /// What `cPickle` does with the memo, and no other: it starts at 1, and has only what is held more than once.
    pub(crate) const fn counts_references(self) -> bool {
        self.is_python2() && !self.is_pure()
    }

    pub(crate) const fn frame_style(self) -> FrameStyle {
        if self.is_before(7) { FrameStyle::Everything } else { FrameStyle::PayloadsApart }
    }

    pub(crate) const fn unicode_line_style(self) -> UnicodeLineStyle {
        if self.is_before(7) { UnicodeLineStyle::ControlsRaw } else { UnicodeLineStyle::ControlsEscaped }
    }

    /// Up to 3.6 protocol 0 writes every int as LONG. Python 2 has ints of its own.
    pub(crate) const fn writes_longs_at_protocol_0(self) -> bool {
        self.is_before(7) && !self.is_python2()
    }

    /// How many digits an int may have that is written as text. From 3.7 on CPython has a limit
    /// (`sys.set_int_max_str_digits`); before, the time was the limit.
    pub(crate) const fn max_digits(self) -> usize {
        if self.is_before(7) { 10_000 } else { pickle_opcodes::number::DEFAULT_MAX_DIGITS }
    }

    /// Up to 3.7 there is one bytes object for each single byte; later, not for those that were loaded from BINBYTES or
    /// made of a bytearray.
    pub(crate) const fn single_bytes_are_one(self) -> bool {
        self.is_before(8)
    }

    /// Up to 3.9 `frozenset([])` gives the same object each time.
    pub(crate) const fn empty_frozensets_are_one(self) -> bool {
        self.is_before(10)
    }

    /// Up to 3.12 a nested global under protocol 4 is a call of `getattr` on what holds it, memoized as any other call; from
    /// 3.13 on the calls begin at the module's global and only the last is memoized.
    pub(crate) const fn reduces_nested_globals(self) -> bool {
        self.is_before(13)
    }

    /// Up to 3.7 a bytearray was reduced by its own method: to latin-1 text at protocols 0 to 2.
    pub(crate) const fn bytearray_reduces_itself(self) -> bool {
        self.is_before(8)
    }

    /// 3.8 and 3.9 forgot it in Python.
    pub(crate) const fn memoizes_bytearrays(self) -> bool {
        !(self.is_pure() && self.is_before(10))
    }

    /// The pickler in Python takes all items from iterators, and never writes an empty batch; in C lists, dicts and sets
    /// are looked into. `cPickle` does so with dicts alone.
    pub(crate) const fn iterates_lists_and_sets(self) -> bool {
        self.is_pure() || self.is_python2()
    }

    /// Up to 3.12 `pickle.py` memoizes the escaped copy of a text that protocol 0 escapes, and so never finds the text
    /// again.
    pub(crate) const fn forgets_escaped_text(self) -> bool {
        self.is_before(13) && self.is_pure()
    }

    /// Python 2 has one `str` for each single byte, but `pickle.py` reads others from STRING. `cPickle` writes none of them
    /// to the memo.
    pub(crate) const fn single_byte_strings_are_one(self) -> bool {
        !(self.is_python2() && self.is_pure())
    }

    /// Up to 3.10 a `fractions.Fraction` was made of a text.
    pub(crate) const fn fractions_are_ints(self) -> bool {
        !self.is_before(11)
    }

    /// From 3.12 on an AttributeError has a state, in which its arguments are again.
    pub(crate) const fn attribute_errors_have_a_state(self) -> bool {
        !self.is_before(12)
    }

    /// From 3.12 on an iterator over a range is one over the rest of it; before, it had a number as well.
    pub(crate) const fn range_iterators_shrink(self) -> bool {
        !self.is_before(12)
    }

    /// From 3.13 on `reversed([])` is at its end from the start.
    pub(crate) const fn reversed_lists_end(self) -> bool {
        !self.is_before(13)
    }

    /// From 3.9 on an `itertools.cycle` says by a bool whether it is in its first round; before, by a number.
    pub(crate) const fn cycles_have_bools(self) -> bool {
        !self.is_before(9)
    }

    /// Up to 3.10, and in the first releases of 3.11, an `ipaddress.IPv6Address` was made of a number.
    pub(crate) const fn addresses_are_texts(self) -> Option<AddressText> {
        match self.minor {
            _ if self.is_before(11) => None,
            ..=12 => Some(AddressText::Groups),
            _ => Some(AddressText::Dotted),
        }
    }

    /// The module and name that a class or function of Python 3's library has, if it is not the one given: 3.13
    /// moved the classes of paths.
    pub(crate) fn name_of_object<'n>(self, module: &'n str, name: &'n str) -> Option<(&'n str, &'n str)> {
        Some(match (module, name) {
            ("functools", "reduce") => ("_functools", "reduce"),
            ("pathlib", "PurePosixPath" | "PureWindowsPath" | "PurePath" | "PosixPath" | "WindowsPath" | "Path")
                if !self.is_before(13) =>
            {
                ("pathlib._local", name)
            }
            ("pathlib._local", _) if self.is_before(13) => ("pathlib", name),
            _ => return None,
        })
    }

    /// See [`iterates_lists_and_sets`](Self::iterates_lists_and_sets).
    pub(crate) const fn iterates_dicts(self) -> bool {
        self.is_pure()
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pickler = if self.is_pure() { "-python" } else { "" };
        write!(f, "{}.{}{pickler}", self.major, self.minor)
    }
}
