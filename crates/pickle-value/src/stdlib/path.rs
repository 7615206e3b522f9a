//! `pathlib`.

use alloc::vec::Vec;
use core::fmt;

use super::made::{Made, call};
use crate::build::Builder;
use crate::error::Error;
use crate::handle::Handle;
use crate::literal::write_str;
use crate::text::Text;
use crate::view::View;

/// The module of the classes since Python 3.13, and the one before.
const MODULES: [&str; 2] = ["pathlib._local", "pathlib"];

/// A path of `pathlib`. Printed as Python's repr.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Path<'g> {
    /// Which class.
    pub class: PathClass,
    /// What it was made of, to be joined: one text as it was given since Python 3.13, and each part, the root first, before.
    pub segments: Vec<Text<'g>>,
}

/// The classes of paths that have instances.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PathClass {
    /// `pathlib.PurePosixPath`
    PurePosixPath,
    /// `pathlib.PosixPath`
    PosixPath,
    /// `pathlib.PureWindowsPath`
    PureWindowsPath,
    /// `pathlib.WindowsPath`
    WindowsPath,
}

impl PathClass {
    const ALL: [PathClass; 4] =
        [PathClass::PurePosixPath, PathClass::PosixPath, PathClass::PureWindowsPath, PathClass::WindowsPath];

    /// Its name in Python.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            PathClass::PurePosixPath => "PurePosixPath",
            PathClass::PosixPath => "PosixPath",
            PathClass::PureWindowsPath => "PureWindowsPath",
            PathClass::WindowsPath => "WindowsPath",
        }
    }

    /// Whether it is Windows' paths.
    #[must_use]
    pub const fn is_windows(self) -> bool {
        matches!(self, PathClass::PureWindowsPath | PathClass::WindowsPath)
    }
}

impl<'g> View<'g> {
    /// A path of `pathlib`.
    #[must_use]
    pub fn as_path(self) -> Option<Path<'g>> {
        let made = Made::of(self).filter(|made| MODULES.contains(&made.module) && made.steps().is_empty())?;
        let class = PathClass::ALL.into_iter().find(|class| class.name() == made.name)?;
        let segments = made.args().items().map(View::as_text).collect::<Option<_>>()?;
        Some(Path { class, segments })
    }
}

impl Path<'_> {
    /// Builds it.
    ///
    /// # Errors
    ///
    /// Those of a [`Builder`]'s methods.
    pub fn build(&self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        let segments = self.segments.iter().map(|segment| builder.text_from_utf8(segment.as_bytes()));
        let segments = segments.collect::<Result<Vec<_>, _>>()?;
        call(builder, MODULES[0], self.class.name(), &segments)
    }

    /// The segments joined, with slashes, as the method of this name in Python gives it: UTF-8 in which surrogates are
    /// written too.
    #[must_use]
    pub fn as_posix(&self) -> Vec<u8> {
        let (drive, root, path) = if self.class.is_windows() { self.join_windows() } else { self.join_posix() };
        let mut text = [drive, root].concat();
        let is_anchored = !text.is_empty();
        let parts: Vec<&[u8]> =
            path.split(|byte| *byte == b'/').filter(|part| !part.is_empty() && *part != b".").collect();
        text.extend(parts.join(&b'/'));
        if !is_anchored && parts.is_empty() { b".".to_vec() } else { text }
    }

    /// An absolute segment takes the place of all before it. Two slashes at the start, and no third, are a root of their
    /// own.
    fn join_posix(&self) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let mut joined = Vec::new();
        for segment in &self.segments {
            if segment.as_bytes().starts_with(b"/") {
                joined.clear();
            }
            append(&mut joined, segment.as_bytes());
        }
        let root: &[u8] = match joined[..] {
            [b'/', b'/', b'/', ..] | [b'/'] => b"/",
            [b'/', b'/', ..] => b"//",
            [b'/', ..] => b"/",
            _ => b"",
        };
        (Vec::new(), root.to_vec(), joined)
    }

    /// As `ntpath.join`: a segment with a root, or on another drive, takes the place of those before it.
    fn join_windows(&self) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let (mut drive, mut root, mut path) = (Vec::new(), Vec::new(), Vec::new());
        for segment in &self.segments {
            let slashed: Vec<u8> =
                segment.as_bytes().iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect();
            let (its_drive, its_root, rest) = split_root(&slashed);
            let is_other = !its_drive.is_empty() && !its_drive.eq_ignore_ascii_case(&drive);
            if !its_root.is_empty() || is_other {
                root = its_root.to_vec();
                path.clear();
            }
            if !its_drive.is_empty() {
                drive = its_drive.to_vec();
            }
            append(&mut path, rest);
        }
        if root.is_empty() && drive.starts_with(b"//") {
            root.push(b'/');
        }
        (drive, root, path)
    }
}

fn append(path: &mut Vec<u8>, segment: &[u8]) {
    if !path.is_empty() && !path.ends_with(b"/") {
        path.push(b'/');
    }
    path.extend_from_slice(segment);
}

/// The drive (`C:` or `//server/share`), the root and the rest of a path of Windows with slashes.
fn split_root(path: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let drive = match path {
        [b'/', b'/', ..] => {
            let mut slashes = (2..path.len()).filter(|&at| path[at] == b'/').skip(1);
            slashes.next().unwrap_or(path.len())
        }
        [_, b':', ..] => 2,
        _ => 0,
    };
    let (drive, rest) = path.split_at(drive);
    let (root, rest) = rest.split_at(usize::from(rest.starts_with(b"/")));
    (drive, root, rest)
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.class.name())?;
        write_str(Text::checked(&self.as_posix()).code_points(), f)?;
        f.write_str(")")
    }
}
