//! [`Release`]: which CPython, and what that means for its marshal data and `.pyc` files.

use crate::code::Layout;

/// The highest version of marshal that there is: CPython 3.14's.
pub const HIGHEST_VERSION: u8 = 5;

/// A release of CPython, such as 3.13.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Release {
    major: u8,
    minor: u8,
}

/// The magic numbers of final releases, each with its release. Those before the last of a release are of its early
/// patches (3.5.0 and 3.5.1 have another than 3.5.2 has).
///
/// Source: `Lib/importlib/_bootstrap_external.py`, and `Include/internal/pycore_magic_number.h` from 3.14 on. 3.0's and
/// 2.7's numbers count in tens; the number that stands in 3.0's files is one higher for its option `-U`, which became the
/// only way.
const MAGIC_NUMBERS: &[(u16, Release)] = &[
    (62211, Release::of(2, 7)),
    (3131, Release::of(3, 0)),
    (3151, Release::of(3, 1)),
    (3180, Release::of(3, 2)),
    (3230, Release::of(3, 3)),
    (3310, Release::of(3, 4)),
    (3350, Release::of(3, 5)),
    (3351, Release::of(3, 5)),
    (3379, Release::of(3, 6)),
    (3394, Release::of(3, 7)),
    (3413, Release::of(3, 8)),
    (3425, Release::of(3, 9)),
    (3439, Release::of(3, 10)),
    (3495, Release::of(3, 11)),
    (3531, Release::of(3, 12)),
    (3571, Release::of(3, 13)),
    (3627, Release::of(3, 14)),
];

impl Release {
    /// 2.7.
    pub const PYTHON_2_7: Release = Release::of(2, 7);
    /// 3.13.
    pub const PYTHON_3_13: Release = Release::of(3, 13);
    /// 3.14, known from its documentation only.
    pub const PYTHON_3_14: Release = Release::of(3, 14);

    const fn of(major: u8, minor: u8) -> Release {
        Release { major, minor }
    }

    /// The release of this number: 2.7, or 3.0 to 3.14.
    ///
    /// ```
    /// use marshal_lite::Release;
    ///
    /// assert_eq!(Release::new(3, 13), Some(Release::PYTHON_3_13));
    /// assert_eq!(Release::new(2, 6), None);
    /// ```
    #[must_use]
    pub fn new(major: u8, minor: u8) -> Option<Release> {
        Some(Release::of(major, minor)).filter(|&release| Release::all().any(|known| known == release))
    }

    /// All releases, oldest first.
    pub fn all() -> impl Iterator<Item = Release> + Clone {
        // 3.5 has two numbers.
        MAGIC_NUMBERS.iter().filter(|(number, _)| *number != 3350).map(|&(_, release)| release)
    }

    /// The release whose `.pyc` files have this magic number; nothing for one of a pre-release.
    ///
    /// ```
    /// use marshal_lite::Release;
    ///
    /// assert_eq!(Release::from_magic(3571), Some(Release::PYTHON_3_13));
    /// ```
    #[must_use]
    pub fn from_magic(number: u16) -> Option<Release> {
        MAGIC_NUMBERS.iter().find(|(known, _)| *known == number).map(|&(_, release)| release)
    }

    /// The magic number of its `.pyc` files: that of its last patch.
    #[must_use]
    pub fn magic(self) -> u16 {
        MAGIC_NUMBERS.iter().rev().find(|(_, release)| *release == self).map_or(0, |&(number, _)| number)
    }

    /// The 3 and the 13 of 3.13.
    #[must_use]
    pub const fn number(self) -> (u8, u8) {
        (self.major, self.minor)
    }

    /// Whether `str` is bytes, and `long` another type than `int`.
    #[must_use]
    pub const fn is_python2(self) -> bool {
        self.major == 2
    }

    /// The version that it writes: `marshal.version`.
    #[must_use]
    pub const fn marshal_version(self) -> u8 {
        match self.number() {
            (2, _) | (3, 0..=3) => 2,
            (3, 4..=13) => 4,
            _ => 5,
        }
    }

    /// Which fields its code objects have, in which order.
    #[must_use]
    pub const fn layout(self) -> Layout {
        match self.number() {
            (2, _) => Layout::Python2,
            (3, 0..=7) => Layout::KeywordOnly,
            (3, 8..=10) => Layout::PositionalOnly,
            _ => Layout::LocalsPlus,
        }
    }

    /// How many bytes stand before the code object in its `.pyc` files.
    #[must_use]
    pub const fn pyc_header(self) -> usize {
        match self.number() {
            (2, _) | (3, 0..=2) => 8,
            (3, 3..=6) => 12,
            _ => 16,
        }
    }
}

impl core::fmt::Display for Release {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
