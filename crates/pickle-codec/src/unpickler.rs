//! [`Unpickler`]: several pickles that share a memo.

use alloc::vec::Vec;
use std::io::{BufReader, Read};

use pickle_value::{Builder, Graph, Handle, View};

use crate::error::Error;
use crate::graph_host::GraphHost;
use crate::load::{LoadOptions, with_place};
use crate::machine::Machine;
use crate::memo::Memo;
use crate::resolve::{Defaults, Resolver};
use crate::stream::{read_pickle, unless_at_end};

/// Reads pickles one by one with one memo, as one `pickle.Unpickler` does whose `load` is called again and again.
///
/// A pickle may then refer to objects of those before it, as one `pickle.Pickler` writes them. So all values stand in one
/// graph: [`load`](Unpickler::load) gives a handle of it, [`view`](Unpickler::view) a look at it, and
/// [`into_graph`](Unpickler::into_graph) the graph, a list of all values.
///
/// Pickles that were written each by itself, by `pickle.dump(x, file)`, are to be read without a common memo, whose entries
/// they would mix up, here as in Python: that does [`LoadOptions::stream`].
///
/// ```
/// use pickle_codec::{LoadOptions, Unpickler};
///
/// // pickler = pickle.Pickler(file, 2); name = 'Ann'; pickler.dump([name]); pickler.dump({name: 1})
/// let file: &[u8] = b"\x80\x02]q\x00X\x03\x00\x00\x00Annq\x01a.\x80\x02}q\x02h\x01K\x01s.";
/// let mut unpickler = Unpickler::new(file, LoadOptions::new());
/// let list = unpickler.load()?;
/// let dict = unpickler.load()?;
/// assert_eq!(unpickler.view(dict).to_string(), "{'Ann': 1}");
/// let name = unpickler.view(list).get(0);
/// assert!(unpickler.view(dict).entries().all(|(key, _)| key.is(name)));
///
/// let graph = unpickler.into_graph()?;
/// assert_eq!(graph.to_string(), "[['Ann'], {'Ann': 1}]");
/// # Ok::<(), pickle_codec::Error>(())
/// ```
///
/// As an iterator it gives the handles, and ends where the input ends before a pickle's first opcode.
#[derive(Debug)]
pub struct Unpickler<R, V = Defaults> {
    reader: BufReader<R>,
    machine: Machine<Handle>,
    host: GraphHost<'static, V>,
    values: Vec<Handle>,
    position: u64,
    failed: bool,
}

impl<R: Read> Unpickler<R> {
    /// A reader of pickles; it may read ahead of them.
    pub fn new(reader: R, options: LoadOptions) -> Unpickler<R> {
        Unpickler::with_resolver(reader, options, Defaults)
    }
}

impl<R: Read, V: Resolver<'static>> Unpickler<R, V> {
    /// A reader of pickles with a resolver to answer what they leave open.
    pub fn with_resolver(reader: R, options: LoadOptions, resolver: V) -> Unpickler<R, V> {
        let machine = options.machine();
        let host = GraphHost::with_resolver(Builder::new(), options, resolver);
        Unpickler { reader: BufReader::new(reader), machine, host, values: Vec::new(), position: 0, failed: false }
    }

    /// Reads the next pickle.
    ///
    /// # Errors
    ///
    /// As [`from_reader`](crate::from_reader); offsets count from where the pickle starts.
    pub fn load(&mut self) -> Result<Handle, Error> {
        let pickle = read_pickle(&mut self.reader)?;
        self.host.begin_input(&pickle);
        self.host.check_instructions(&pickle)?;
        let (value, end) = self.machine.load(&mut self.host, &pickle, 0).map_err(with_place)?;
        self.host.builder_mut().settle();
        self.position += end as u64;
        self.values.push(value);
        Ok(value)
    }

    /// A look at a value that was loaded, or at what stands in it.
    #[must_use]
    pub fn view(&self, handle: Handle) -> View<'_> {
        self.host.builder().view(handle)
    }

    /// What the pickles so far have stored for those that follow.
    #[must_use]
    pub fn memo(&self) -> &Memo<Handle> {
        self.machine.memo()
    }

    /// Forgets what was stored: the next pickle stands alone.
    pub fn clear_memo(&mut self) {
        self.machine.memo_mut().clear();
    }

    /// How many bytes the pickles have that were loaded, so that the next one starts there.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The graph of all values, a list of them in their order. Handles that were given before are still good.
    ///
    /// # Errors
    ///
    /// [`TooManyObjects`](pickle_value::ErrorKind::TooManyObjects).
    pub fn into_graph(self) -> Result<Graph<'static>, Error> {
        let mut builder = self.host.into_builder();
        let root = builder.list(&self.values)?;
        Ok(builder.finish(root))
    }

    /// The reader, with what was read ahead of the last pickle's end.
    #[must_use]
    pub fn into_inner(self) -> BufReader<R> {
        self.reader
    }
}

impl<R: Read, V: Resolver<'static>> Iterator for Unpickler<R, V> {
    type Item = Result<Handle, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let loaded = self.load();
        self.failed = loaded.is_err();
        unless_at_end(loaded)
    }
}
