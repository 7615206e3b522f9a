//! What a file is, by its content, and the pickle inside it.
//!
//! Pickles travel packed: in PyTorch's `.pt` (a zip archive), in `.pkl.gz`, behind the header of a `.npy`. And many files
//! that are called pickles are something else. [`Format::detect`] tells what a file is by its first bytes, [`Options`]
//! unpack it until a pickle comes, within limits, and `Packer` packs, where a feature for one of the formats is on.
//!
//! ```
//! use pickle_tools::container::{Error, Format, Options};
//!
//! let opened = Options::new().open_stream(&b"\x80\x04N."[..])?;
//! assert!(opened.layers().is_empty());
//!
//! let error = Options::new().open_stream(&b"{\"weights\": []}"[..]).unwrap_err();
//! assert_eq!(error.to_string(), "this is a JSON text, not a pickle");
//! # Ok::<(), Error>(())
//! ```
//!
//! Detection has no dependencies. Each packed format has a feature of its own, `gzip` (for zlib too), `bzip2`, `xz` (for
//! lzma too), `zstd` and `zip`; without it the file is named, and not unpacked.
//!
//! Unpacking is streaming: what is held in memory is a decoder's window, at most 256 MiB where a file says so, and the
//! start of the file. An archive within something that cannot seek is put into a temporary file.

mod error;
mod format;
mod limit;
#[cfg(feature = "zip")]
mod looks;
mod npy;
mod open;
#[cfg(any(feature = "gzip", feature = "bzip2", feature = "xz", feature = "zstd"))]
mod pack;
mod unpack;
#[cfg(feature = "zip")]
mod zip;

pub use error::Error;
pub use format::{Format, HEAD};
pub use limit::{DEFAULT_RATIO, DEFAULT_UNPACKED, TooLarge};
#[cfg(feature = "scan")]
pub(crate) use npy::has_objects_behind as npy_header;
pub use open::{Layer, Opened, Options};
#[cfg(any(feature = "gzip", feature = "bzip2", feature = "xz", feature = "zstd"))]
pub use pack::Packer;
#[cfg(feature = "scan")]
pub(crate) use unpack::unpack as content_of;
