//! Writing a [`Graph`] as a pickle.

use alloc::sync::Arc;
use alloc::vec::Vec;

use pickle_opcodes::Out;
use pickle_value::{Graph, Handle, View};

use crate::encoder::{Buffered, Encoder, Output};
use crate::error::{Error, ErrorKind};
use crate::extension::Extensions;
use crate::fault::Fault;
#[cfg(feature = "std")]
use crate::graph_source::Kept;
use crate::graph_source::{GraphSource, Replacing};
use crate::profile::Profile;
use crate::replace::Replacer;
use crate::source::Source;

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
    fast: bool,
    extensions: Arc<Extensions>,
    copies: Option<u64>,
    nesting_room: Option<usize>,
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

    /// The registry of extension codes: from protocol 2 on, what is registered is written as its code alone.
    #[must_use]
    pub fn extensions(self, extensions: impl Into<Arc<Extensions>>) -> DumpOptions {
        DumpOptions { extensions: extensions.into(), ..self }
    }

    /// How many bytes may be written of what a graph can share and a pickle cannot: long ints, what is made anew of each
    /// object of the standard library whose form differs by protocol, and under protocol 4 what a set within itself holds. By
    /// default 16 times the size of the graph, and 64 KiB: what is shared in good faith takes less, and a bomb would fill any
    /// disk.
    ///
    /// ```
    /// use pickle_codec::DumpOptions;
    /// use pickle_codec::value::Builder;
    ///
    /// let mut builder = Builder::new();
    /// let int = builder.int_from_le_bytes(&[1; 10_000])?;
    /// let list = builder.list(&[int; 100])?;
    /// let graph = builder.finish(list);
    /// assert!(DumpOptions::new().to_vec(&graph).is_err());
    /// assert!(DumpOptions::new().copies(u64::MAX).to_vec(&graph)?.len() > 1_000_000);
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[must_use]
    pub fn copies(self, bytes: u64) -> DumpOptions {
        DumpOptions { copies: Some(bytes), ..self }
    }

    /// How many bytes may be taken to keep track of what stands within each other, beyond some two thousand levels. By default
    /// any depth is written: a list takes fifty-six bytes for each level, an instance up to three hundred, which is some tens of
    /// times its bytes in a pickle.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, from_slice};
    ///
    /// let pickle = [&b"]".repeat(100_000)[..], &b"a".repeat(99_999), b"."].concat();
    /// let deep = from_slice(&pickle)?;
    /// assert!(DumpOptions::new().to_vec(&deep).is_ok());
    /// let error = DumpOptions::new().nesting_room(1 << 20).to_vec(&deep).unwrap_err();
    /// assert_eq!(error.to_string(), "the objects are nested too deep for the memory that may be taken");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[must_use]
    pub fn nesting_room(self, bytes: usize) -> DumpOptions {
        DumpOptions { nesting_room: Some(bytes), ..self }
    }

    /// Leaves the memo out (`Pickler.fast`): what is in the graph twice is written twice, and is two objects when it is
    /// read. Cycles are an error.
    ///
    /// ```
    /// use pickle_codec::DumpOptions;
    /// use pickle_codec::value::py;
    ///
    /// let pickle = DumpOptions::new().protocol(2).fast(true).to_vec(&py!(["a", (1, 2)]))?;
    /// assert_eq!(pickle, b"\x80\x02](X\x01\0\0\0aK\x01K\x02\x86e.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[must_use]
    pub fn fast(self, fast: bool) -> DumpOptions {
        DumpOptions { fast, ..self }
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

    /// Writes a graph to a vector, but for what a replacer takes out of it.
    ///
    /// # Errors
    ///
    /// As [`DumpOptions::to_vec`], and what the replacer refuses.
    #[doc(alias = "dumps")]
    pub fn to_vec_with<'g>(&self, graph: &'g Graph<'g>, replacer: &mut dyn Replacer<'g>) -> Result<Vec<u8>, Error> {
        let mut source = self.source(graph, self.checked_protocol()?)?;
        let buffer = Out::with_capacity(graph.size_hint());
        let run = self.run(Replacing::new(&mut source, replacer), Buffered, buffer, root(graph), None)?;
        Ok(run.buffer)
    }

    fn write(&self, buffer: Out, graph: &Graph<'_>) -> Result<Vec<u8>, Error> {
        let source = self.source(graph, self.checked_protocol()?)?;
        Ok(self.run(source, Buffered, buffer, root(graph), None)?.buffer)
    }

    /// Writes a graph to `writer`, a frame at a time, or under protocol 4 as many bytes, and large payloads without copying
    /// them.
    ///
    /// # Errors
    ///
    /// As [`DumpOptions::to_vec`], and [`ErrorKind::Io`].
    #[cfg(feature = "std")]
    #[doc(alias = "dump")]
    pub fn to_writer(&self, writer: impl std::io::Write, graph: &Graph<'_>) -> Result<(), Error> {
        let source = self.source(graph, self.checked_protocol()?)?;
        self.run(source, Writer(writer), Out::default(), root(graph), None).map(drop)
    }

    /// Writes a graph to `writer`, but for what a replacer takes out of it.
    ///
    /// # Errors
    ///
    /// As [`DumpOptions::to_writer`], and what the replacer refuses.
    #[cfg(feature = "std")]
    #[doc(alias = "dump")]
    pub fn to_writer_with<'g>(
        &self,
        writer: impl std::io::Write,
        graph: &'g Graph<'g>,
        replacer: &mut dyn Replacer<'g>,
    ) -> Result<(), Error> {
        let mut source = self.source(graph, self.checked_protocol()?)?;
        self.run(Replacing::new(&mut source, replacer), Writer(writer), Out::default(), root(graph), None).map(drop)
    }

    /// What tells the encoder of a graph.
    fn source<'g>(&self, graph: &'g Graph<'g>, protocol: u8) -> Result<GraphSource<'g>, Error> {
        self.prepared(GraphSource::new(graph, protocol, self.profile), graph.root())
    }

    /// The same, for one of several pickles with one memo.
    #[cfg(feature = "std")]
    pub(crate) fn resumed<'g>(
        &self,
        graph: &'g Graph<'g>,
        part: View<'_>,
        kept: &mut Kept,
    ) -> Result<GraphSource<'g>, Error> {
        self.prepared(GraphSource::resumed(graph, self.checked_protocol()?, self.profile, kept), part)
    }

    fn prepared<'g>(&self, mut source: GraphSource<'g>, root: View<'_>) -> Result<GraphSource<'g>, Error> {
        source.set_extensions(self.extensions.clone());
        source.set_fast(self.fast);
        if let Some(bytes) = self.copies {
            source.set_copies(bytes);
        }
        if self.fast {
            crate::fast::check(root)?;
        }
        Ok(source)
    }

    /// Writes an object. Without a number of those that the memo has given before, it is empty.
    #[inline(always)]
    pub(crate) fn run<S, W>(
        &self,
        source: S,
        output: W,
        buffer: Out,
        root: Handle,
        memo: Option<u32>,
    ) -> Result<Run<S>, Error>
    where
        S: Source<Object = Handle, Error = Error>,
        W: Output<Error>,
    {
        let mut encoder = Encoder::new(source, output, buffer, self.checked_protocol()?, self.profile);
        if let Some(fix) = self.fix_imports {
            encoder.set_fix_imports(fix);
        }
        encoder.set_fast(self.fast);
        if let Some(bytes) = self.nesting_room {
            encoder.set_nesting_room(bytes);
        }
        if W::STREAMS {
            encoder.set_pieces();
        }
        if let Some(length) = memo {
            encoder.set_memo_len(length);
        }
        encoder.dump(root).map_err(without_place)?;
        let memo = encoder.memo_len();
        let (source, buffer) = encoder.into_parts();
        Ok(Run { source, buffer, memo })
    }

    /// The protocol, from 2 on, if the options change nothing about how plain data is written by the default profile.
    pub(crate) fn plain_protocol(&self) -> Option<u8> {
        let is_plain = self.profile == Profile::default() && !self.fast;
        let is_bounded = self.copies.is_some() || self.nesting_room.is_some();
        self.checked_protocol().ok().filter(|&protocol| is_plain && !is_bounded && protocol >= 2)
    }

    pub(crate) fn checked_protocol(&self) -> Result<u8, Error> {
        let protocol = self.protocol.unwrap_or(self.profile.default_protocol());
        if protocol > self.profile.highest_protocol() {
            return Err(ErrorKind::UnsupportedProtocol(protocol).into());
        }
        Ok(protocol)
    }
}

/// What is left of writing a pickle.
#[cfg_attr(not(feature = "std"), expect(dead_code, reason = "only a Pickler goes on from there"))]
pub(crate) struct Run<S> {
    pub(crate) source: S,
    /// What was written and not taken by the output.
    pub(crate) buffer: Vec<u8>,
    /// How many numbers the memo has given.
    pub(crate) memo: u32,
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
pub(crate) struct Writer<W>(pub(crate) W);

#[cfg(feature = "std")]
impl<W: std::io::Write> crate::encoder::Output<Error> for Writer<W> {
    const STREAMS: bool = true;

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        Ok(self.0.write_all(bytes)?)
    }
}
