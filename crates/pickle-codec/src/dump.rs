//! Writing a [`Graph`] as a pickle.

use alloc::vec::Vec;

use pickle_opcodes::Out;
use pickle_value::{Graph, Handle};

use crate::encoder::{Buffered, Encoder};
use crate::error::{Error, ErrorKind};
use crate::fault::Fault;
use crate::graph_source::GraphSource;
use crate::profile::Profile;

/// Writes a graph as CPython 3.13's `pickle.dumps` does at protocol 4.
///
/// ```
/// use pickle_value::py;
///
/// let bob = py!({"name": "bob", "age": 20, "score": 88});
/// assert_eq!(
///     pickle_codec::to_vec(&bob)?,
///     b"\x80\x04\x95\x24\0\0\0\0\0\0\0}\x94(\x8c\x04name\x94\x8c\x03bob\x94\x8c\x03age\x94K\x14\x8c\x05score\x94KXu."
/// );
/// # Ok::<(), pickle_codec::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] for what no pickle holds.
#[doc(alias = "dumps")]
pub fn to_vec(graph: &Graph<'_>) -> Result<Vec<u8>, Error> {
    DumpOptions::new().to_vec(graph)
}

/// Writes a graph to `writer` as [`to_vec`] does, a frame at a time, and large payloads without copying them.
///
/// # Errors
///
/// As [`to_vec`], and [`ErrorKind::Io`].
#[cfg(feature = "std")]
#[doc(alias = "dump")]
pub fn to_writer(writer: impl std::io::Write, graph: &Graph<'_>) -> Result<(), Error> {
    DumpOptions::new().to_writer(writer, graph)
}

/// How to write. The defaults are promises: protocol 4, by the profile of CPython 3.13.
#[derive(Clone, Debug, Default)]
pub struct DumpOptions {
    protocol: Option<u8>,
    profile: Profile,
    fix_imports: Option<bool>,
}

impl DumpOptions {
    /// Protocol 4 as CPython 3.13 writes it.
    #[must_use]
    pub fn new() -> DumpOptions {
        DumpOptions::default()
    }

    /// The protocol, 0 to 5 (to 4 by the profiles of 3.6 and 3.7, to 2 by those of 2.7).
    #[must_use]
    pub fn protocol(self, protocol: u8) -> DumpOptions {
        DumpOptions { protocol: Some(protocol), ..self }
    }

    /// Whose bytes. Without [`protocol`](DumpOptions::protocol) it also gives that: the default there.
    #[must_use]
    pub fn profile(self, profile: Profile) -> DumpOptions {
        DumpOptions { profile, ..self }
    }

    /// Whether Python 3's names of modules and globals become Python 2's under protocol 3; by default they do, and by
    /// Python 2's profiles they are taken to be Python 2's already.
    #[must_use]
    pub fn fix_imports(self, fix: bool) -> DumpOptions {
        DumpOptions { fix_imports: Some(fix), ..self }
    }

    /// Writes a graph to a vector.
    ///
    /// # Errors
    ///
    /// As [`to_vec`]; [`ErrorKind::UnsupportedProtocol`] for a protocol that the profile has not.
    #[doc(alias = "dumps")]
    pub fn to_vec(&self, graph: &Graph<'_>) -> Result<Vec<u8>, Error> {
        self.write(Out::with_capacity(graph.size_hint()), graph)
    }

    /// Writes a graph behind what a vector holds, whose room is used.
    ///
    /// # Errors
    ///
    /// As [`DumpOptions::to_vec`].
    pub fn append_to(&self, buffer: Vec<u8>, graph: &Graph<'_>) -> Result<Vec<u8>, Error> {
        self.write(buffer.into(), graph)
    }

    fn write(&self, buffer: Out, graph: &Graph<'_>) -> Result<Vec<u8>, Error> {
        let protocol = self.checked_protocol()?;
        let source = GraphSource::new(graph, protocol, self.profile);
        let mut encoder = Encoder::new(source, Buffered, buffer, protocol, self.profile);
        if let Some(fix) = self.fix_imports {
            encoder.set_fix_imports(fix);
        }
        encoder.dump(root(graph)).map_err(without_place)?;
        Ok(encoder.into_buffer())
    }

    /// Writes a graph to `writer`, a frame at a time, and large payloads without copying them.
    ///
    /// # Errors
    ///
    /// As [`DumpOptions::to_vec`], and [`ErrorKind::Io`].
    #[cfg(feature = "std")]
    #[doc(alias = "dump")]
    pub fn to_writer(&self, writer: impl std::io::Write, graph: &Graph<'_>) -> Result<(), Error> {
        let protocol = self.checked_protocol()?;
        let source = GraphSource::new(graph, protocol, self.profile);
        let mut encoder = Encoder::new(source, Writer(writer), Out::default(), protocol, self.profile);
        if let Some(fix) = self.fix_imports {
            encoder.set_fix_imports(fix);
        }
        encoder.dump(root(graph)).map_err(without_place)
    }

    fn checked_protocol(&self) -> Result<u8, Error> {
        let protocol = self.protocol.unwrap_or(self.profile.default_protocol());
        if protocol > self.profile.highest_protocol() {
            return Err(ErrorKind::UnsupportedProtocol(protocol).into());
        }
        Ok(protocol)
    }
}

#[cold]
pub(crate) fn without_place(fault: Fault<Error>) -> Error {
    match fault {
        Fault::Pickle(kind) => (*kind).into(),
        Fault::Host(error) => error,
    }
}

fn root(graph: &Graph<'_>) -> Handle {
    graph.root().handle().unwrap_or(Handle::NONE)
}

#[cfg(feature = "std")]
struct Writer<W>(W);

#[cfg(feature = "std")]
impl<W: std::io::Write> crate::encoder::Output<Error> for Writer<W> {
    const STREAMS: bool = true;

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        Ok(self.0.write_all(bytes)?)
    }
}
