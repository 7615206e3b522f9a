//! What can be wrong with a container.

use core::fmt;
use std::io;

use super::Format;

/// Why no pickle is found in a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A format that holds no pickle, or none that is looked for.
    #[error("this is {0}, not a pickle")]
    Foreign(Format),
    /// A format for which a feature of this crate is switched off, or which the crate does not know how to unpack.
    #[error("this is {0}, which is not unpacked here")]
    NotUnpacked(Format),
    /// Containers within containers, more than [`Options::max_layers`](super::Options::max_layers) allows.
    #[error("more than {0} containers, one within the other")]
    TooManyLayers(usize),
    /// A member was asked for, and there is no archive.
    #[error("there is no member {member:?}: this is {is}, not a zip archive", is = IsA(*.found))]
    NoArchive {
        /// The name of the member.
        member: String,
        /// What there is.
        found: Option<Format>,
    },
    /// An archive without the member that was asked for.
    #[error("the archive has no member {member:?}: it has {}", Names(.members))]
    NoMember {
        /// The name of the member.
        member: String,
        /// The members that there are.
        members: Vec<String>,
    },
    /// An archive in which no member is a pickle.
    #[error("no pickle is in the archive: it has {}", Names(.members))]
    NoPickle {
        /// The members that there are.
        members: Vec<String>,
    },
    /// An archive with several pickles, and nobody said which.
    #[error("several pickles are in the archive: name one behind the file, as FILE!{first}; it has {}", Names(.pickles), first = .pickles[0])]
    SeveralPickles {
        /// Those members.
        pickles: Vec<String>,
    },
    /// An archive that cannot be read.
    #[error("{0}")]
    Archive(String),
    /// A .npy array without objects.
    #[error("this is a .npy array of {0}, which has no pickle in it")]
    PlainArray(String),
    /// Reading failed; also what unpacking fails with, and what is too large when unpacked.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A list of names, cut short after some.
struct Names<'a>(&'a [String]);

impl Names<'_> {
    const SHOWN: usize = 20;
}

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        f.write_str(&self.0[..self.0.len().min(Self::SHOWN)].join(", "))?;
        match self.0.len().checked_sub(Self::SHOWN) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, " and {more} more"),
        }
    }
}

struct IsA(Option<Format>);

impl fmt::Display for IsA {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(format) => format.fmt(f),
            None => f.write_str("a pickle, if anything"),
        }
    }
}
