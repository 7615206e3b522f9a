//! [`Document`]: a pickle to be changed in place.

use alloc::vec::Vec;

use pickle_opcodes::Op;
use pickle_value::{Builder, Graph, Path, View};

use crate::edit;
use crate::error::Error;
use crate::fault::MachineError;
use crate::graph_host::GraphHost;
use crate::layout::{Layout, Recorder};
use crate::load::{LoadOptions, with_place};
use crate::machine::check_frame;

/// A pickle that has been loaded together with its layout, so that it can be changed in place: the graph of its value, and
/// which instructions made it.
///
/// [`to_vec`](Document::to_vec) writes the very bytes that were read, by whatever pickler, and [`set`](Document::set)
/// changes one value as an assignment in Python does, with all bytes unchanged that need not change. The input is not
/// kept: text, bytes and numbers are written from the graph.
///
/// ```
/// use pickle_codec::Document;
/// use pickle_value::literal;
///
/// // pickle.dumps({'name': 'bob', 'age': 20}, 2)
/// let pickle = b"\x80\x02}q\x00(X\x04\x00\x00\x00nameq\x01X\x03\x00\x00\x00bobq\x02X\x03\x00\x00\x00ageq\x03K\x14u.";
/// let mut document = Document::from_slice(pickle)?;
/// assert_eq!(document.to_vec(), pickle);
///
/// document.set(&"name".parse()?, &literal::parse("'Bill'")?)?;
/// assert_eq!(document.graph().to_string(), "{'name': 'Bill', 'age': 20}");
/// assert_eq!(
///     document.to_vec(),
///     b"\x80\x02}q\x00(X\x04\x00\x00\x00nameq\x01X\x04\x00\x00\x00Billq\x02X\x03\x00\x00\x00ageq\x03K\x14u."
/// );
/// # Ok::<(), pickle_codec::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Document {
    graph: Graph<'static>,
    layout: Layout,
    options: LoadOptions,
}

impl Document {
    /// Loads one pickle with its layout. What follows the pickle is ignored; what only its surroundings know is
    /// [kept](LoadOptions::keep_unresolved).
    ///
    /// # Errors
    ///
    /// As [`from_slice`](crate::from_slice).
    pub fn from_slice(input: &[u8]) -> Result<Document, Error> {
        LoadOptions::new().keep_unresolved(true).document_at(input, 0).map(|(document, _)| document)
    }

    /// The value.
    #[must_use]
    pub fn graph(&self) -> &Graph<'static> {
        &self.graph
    }

    /// The value, to look into.
    #[must_use]
    pub fn root(&self) -> View<'_> {
        self.graph.root()
    }

    /// The bytes of the pickle: those that were read, and what [`set`](Document::set) changed.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        self.layout.to_vec(&self.graph)
    }

    /// Does what `obj<path> = value` does in Python once the pickle is loaded, with the fewest bytes changed.
    ///
    /// An item of a list is replaced, a key of a dict set, an attribute of an instance set in its state; of classes that
    /// are derived from list or dict the items. Only that place changes: where else the old value stands, it stays. The
    /// new value is spelled by the pickle's protocol. The empty path names the value itself.
    ///
    /// What changes is the instruction of the value, or what makes it; the frames around it get the lengths that they then
    /// have. An old value that the pickle refers to once more is left where it is, with a POP behind it. A new key or
    /// attribute is added behind the last of its dict.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotAssignable`](crate::ErrorKind::NotAssignable) for what Python does not assign to, such as an item
    /// of a tuple, and where the pickle does not say enough; an error of [`View::try_at`] for a path that leads nowhere. The
    /// document stays as it was.
    pub fn set(&mut self, path: &Path, value: &Graph<'_>) -> Result<(), Error> {
        let pickle = self.to_vec();
        let edited = edit::set(&self.graph, &pickle, &self.options, path, value)?;
        (self.graph, self.layout, _) = load(&self.options, &edited, 0, Frames::Kept)?;
        Ok(())
    }
}

impl LoadOptions {
    /// Loads the pickle that starts at `offset` of `input` with its layout; gives the offset behind it, too.
    ///
    /// Extension codes that nobody registered, and buffers beside the pickle, stay what they are.
    ///
    /// # Errors
    ///
    /// As [`from_slice_at`](LoadOptions::from_slice_at).
    pub fn document_at(&self, input: &[u8], offset: usize) -> Result<(Document, usize), Error> {
        let options = self.clone().unify(false).keep_unresolved(true);
        let (graph, layout, end) = load(&options, input, offset, Frames::Checked)?;
        Ok((Document { graph, layout, options }, end))
    }
}

/// Whether frames are to be there as a whole. One may reach beyond its pickle, into what is not kept here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Frames {
    Checked,
    Kept,
}

fn load(
    options: &LoadOptions,
    input: &[u8],
    offset: usize,
    frames: Frames,
) -> Result<(Graph<'static>, Layout, usize), Error> {
    // A builder without the input copies what it is given.
    let mut host = GraphHost::new(Builder::new(), options.clone());
    host.begin_pickle(input.len() - offset.min(input.len()));
    options.limits.check_instructions(input, offset)?;
    let mut recorder = Recorder::default();
    let loaded = options.machine().load_observed(&mut host, input, offset, |observed| {
        let (op, range) = (observed.op, observed.range);
        if let (Op::Frame(length), Frames::Checked) = (op, frames) {
            check_frame::<Error>(input, range.start, range.end, length).map_err(with_place)?;
        }
        let top = observed.top.map(|handle| (handle, observed.host.view(handle)));
        recorder.note(&op, &input[range], top);
        Ok(())
    });
    let (root, end) = loaded.map_err(|error: MachineError<Error>| with_place(error))?;
    let graph = host.into_builder().finish(root);
    options.limits.check_depth(&graph)?;
    Ok((graph, recorder.finish(), end))
}
