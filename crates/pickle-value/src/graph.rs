//! [`Graph`]: a Python object with all that it refers to.

use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::handle::Handle;
use crate::store::{Access, Room, Store};
use crate::view::View;

/// A Python object and everything that it refers to, as data.
///
/// Identity, order and cycles are kept: an object that is referred to twice is one object here. Text and bytes may borrow
/// from the input that the graph was read from, for `'a`; [`into_owned`](Graph::into_owned) ends that.
///
/// Freeing it frees a few vectors, however deep it is. `Graph` is `Send` and `Sync`.
#[derive(Clone)]
pub struct Graph<'a> {
    input: Cow<'a, [u8]>,
    store: Store<'a>,
    root: Handle,
    globals: Vec<Handle>,
    /// By [number](crate::Numbering), whether an object is referred to more than once.
    shared: Option<Vec<bool>>,
    id: Id,
}

/// Which graph it is.
struct Id(usize);

impl Id {
    fn new() -> Id {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        Id(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A copy is another graph.
impl Clone for Id {
    fn clone(&self) -> Id {
        Id::new()
    }
}

impl<'a> Graph<'a> {
    pub(crate) fn from_parts(input: Cow<'a, [u8]>, store: Store<'a>, root: Handle, globals: Vec<Handle>) -> Graph<'a> {
        Graph { input, store, root, globals, shared: None, id: Id::new() }
    }

    /// The object itself.
    #[must_use]
    pub fn root(&self) -> View<'_> {
        self.view(self.root)
    }

    /// A number that no other graph of the program has: with the [identity](Handle::identity) of an object it tells it from
    /// all others. A clone is another graph.
    #[must_use]
    pub fn id(&self) -> usize {
        self.id.0
    }

    /// The object that a handle of this graph names.
    #[must_use]
    pub fn view(&self, handle: Handle) -> View<'_> {
        View::new(self.access(), Some(handle))
    }

    #[inline(always)]
    pub(crate) fn access(&self) -> Access<'_> {
        Access { input: &self.input, store: &self.store }
    }

    /// How many objects with an identity it holds: text, bytes and long ints, and containers.
    ///
    /// Handles of the two kinds are numbered below these, so a table by number serves to mark objects.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts { spans: self.store.spans.len(), nodes: self.store.nodes.len() }
    }

    /// The items and fields of all containers and objects in one row, as they lie in memory: for those who count references.
    ///
    /// What nothing refers to any more may be among them.
    #[inline]
    #[must_use]
    pub fn all_items(&self) -> &[Handle] {
        &self.store.pool
    }

    /// The same graph with a note of which objects are referred to more than once, for those who write it: all that are given
    /// with `true`, and no others. Who reads a format that says so need not count, and what is wrong here is written wrong.
    ///
    /// ```
    /// use pickle_value::Builder;
    ///
    /// let mut builder = Builder::new();
    /// let one = builder.text("one")?;
    /// let root = builder.list(&[one, one])?;
    /// let graph = builder.finish(root).with_shared([(one, true), (root, false)]);
    /// let number = graph.numbering().of(one);
    /// assert_eq!(graph.shared().map(|shared| shared[number]), Some(true));
    /// # Ok::<(), pickle_value::Error>(())
    /// ```
    #[must_use]
    pub fn with_shared(self, objects: impl IntoIterator<Item = (Handle, bool)>) -> Graph<'a> {
        let numbering = self.numbering();
        let mut shared = vec![false; numbering.count()];
        for (object, is_shared) in objects {
            // Which it is cannot be guessed, so nothing branches on it.
            if let Some(known) = shared.get_mut(numbering.of(object)) {
                *known |= is_shared;
            }
        }
        Graph { shared: Some(shared), ..self }
    }

    /// By [number](crate::Numbering), whether an object is referred to more than once, if [that was
    /// noted](Graph::with_shared). What has no number is, or is not.
    #[inline]
    #[must_use]
    pub fn shared(&self) -> Option<&[bool]> {
        self.shared.as_deref()
    }

    /// About how many bytes the graph takes in a compact format: the input that it came from, or what was put in.
    #[must_use]
    pub fn size_hint(&self) -> usize {
        self.input.len() + self.store.arena.len() + if self.input.is_empty() { 6 * self.store.pool.len() } else { 0 }
    }

    /// Reads the memory of the graph once, from end to end, so that caches hold it; nothing of more than a mebibyte, which they
    /// would not hold. For those who are about to walk all of it: an order of their own waits for memory at each turn, which a
    /// row of reads does not. (Marshalling graphs that were not in a cache takes 0.85 of the time so, others 1.03.)
    ///
    /// ```
    /// let graph = pickle_value::py!([1, "a"]);
    /// graph.prefetch();
    /// # assert_eq!(graph.to_string(), "[1, 'a']");
    /// ```
    pub fn prefetch(&self) {
        const MOST: usize = 1 << 20;
        let Store { pool, nodes, spans, .. } = &self.store;
        if self.input.len() + size_of_val(&pool[..]) > MOST {
            return;
        }
        read_lines(&self.input);
        read_lines(pool);
        read_lines(nodes);
        read_lines(spans);
        read_lines(self.shared.as_deref().unwrap_or_default());
    }

    /// The classes and functions that it names, each once, in the order of their first mention.
    pub fn globals(&self) -> impl ExactSizeIterator<Item = View<'_>> + Clone + use<'_, 'a> {
        self.globals.iter().map(|&global| self.view(global))
    }

    /// Gives up the graph, and keeps its memory for the [next one](crate::Builder::with_room).
    #[must_use]
    pub fn into_room(self) -> Room {
        Room::of(self.store)
    }

    /// The same graph with its own copy of the input, and of what else it borrows.
    #[must_use]
    pub fn into_owned(self) -> Graph<'static> {
        Graph {
            input: Cow::Owned(self.input.into_owned()),
            store: self.store.into_owned(),
            root: self.root,
            globals: self.globals,
            shared: self.shared,
            id: self.id,
        }
    }
}

/// Reads an item of each line of a cache.
fn read_lines<T: Copy>(items: &[T]) {
    const LINE: usize = 64;
    let step = LINE / size_of::<T>();
    for item in items.iter().step_by(step) {
        core::hint::black_box(*item);
    }
}

/// How many numbers the handles of a graph use: see [`Handle::identity`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counts {
    /// Text, bytes, bytearrays and ints beyond 48 bits.
    pub spans: usize,
    /// Containers and objects.
    pub nodes: usize,
}

/// Python's `==` of the two roots: see [`View`].
impl PartialEq<Graph<'_>> for Graph<'_> {
    fn eq(&self, other: &Graph<'_>) -> bool {
        self.root() == other.root()
    }
}

impl core::fmt::Display for Graph<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Display::fmt(&self.root(), f)
    }
}

impl core::fmt::Debug for Graph<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        core::fmt::Debug::fmt(&self.root(), f)
    }
}
