//! [`Pickler`]: several pickles that share a memo.

use pickle_opcodes::Out;
use pickle_value::{Graph, Handle, View};

use crate::dump::{DumpOptions, Run, Writer};
use crate::error::Error;
use crate::graph_source::{Kept, Replacing};
use crate::replace::Replacer;

/// Writes pickles one by one with one memo, as one `pickle.Pickler` does whose `dump` is called again and again.
///
/// What was written before is only referred to: an object of the same graph, a class or function of any graph. So such
/// pickles are to be read by one [`Unpickler`](crate::Unpickler), in the same order, and the memo takes room until it is
/// [cleared](Pickler::clear_memo). To write pickles that stand alone, use
/// [`DumpOptions::to_writer`](crate::DumpOptions::to_writer) for each, or clear the memo in between.
///
/// ```
/// use pickle_codec::value::py;
/// use pickle_codec::{DumpOptions, Pickler};
///
/// let graph = py!([["Ann"], 1]);
/// let mut file = Vec::new();
/// let mut pickler = Pickler::new(&mut file, DumpOptions::new().protocol(2));
/// pickler.dump_part(&graph, graph.root().get(0))?;
/// pickler.dump(&graph)?;
/// assert_eq!(file, b"\x80\x02]q\x00X\x03\0\0\0Annq\x01a.\x80\x02]q\x02(h\x00K\x01e.");
/// # Ok::<(), pickle_codec::Error>(())
/// ```
#[derive(Debug)]
pub struct Pickler<W> {
    writer: W,
    options: DumpOptions,
    kept: Kept,
    /// How many numbers the memo has given; nothing where it is new.
    memo: Option<u32>,
}

impl<W: std::io::Write> Pickler<W> {
    /// A writer of pickles with an empty memo.
    pub fn new(writer: W, options: DumpOptions) -> Pickler<W> {
        Pickler { writer, options, kept: Kept::default(), memo: None }
    }

    /// Writes a graph.
    ///
    /// # Errors
    ///
    /// As [`DumpOptions::to_writer`]. Behind an error the memo is clear, since nobody may have what it says.
    #[doc(alias = "dumps")]
    pub fn dump(&mut self, graph: &Graph<'_>) -> Result<(), Error> {
        self.dump_part(graph, graph.root())
    }

    /// Writes an object of a graph.
    ///
    /// # Errors
    ///
    /// As [`dump`](Pickler::dump).
    pub fn dump_part(&mut self, graph: &Graph<'_>, part: View<'_>) -> Result<(), Error> {
        let source = self.options.resumed(graph, part, &mut self.kept).inspect_err(|_| self.clear_memo())?;
        let run = self.options.run(source, Writer(&mut self.writer), Out::default(), root(part), self.memo);
        let Run { source, memo, .. } = run.inspect_err(|_| self.clear_memo())?;
        source.keep(&mut self.kept);
        self.memo = Some(memo);
        Ok(())
    }

    /// Writes an object of a graph, but for what a replacer takes out of it.
    ///
    /// # Errors
    ///
    /// As [`dump`](Pickler::dump), and what the replacer refuses.
    pub fn dump_with<'g>(
        &mut self,
        graph: &'g Graph<'g>,
        part: View<'g>,
        replacer: &mut dyn Replacer<'g>,
    ) -> Result<(), Error> {
        let mut source = self.options.resumed(graph, part, &mut self.kept).inspect_err(|_| self.clear_memo())?;
        let replacing = Replacing::new(&mut source, replacer);
        let run = self.options.run(replacing, Writer(&mut self.writer), Out::default(), root(part), self.memo);
        let memo = run.map(|run| run.memo).inspect_err(|_| self.clear_memo())?;
        source.keep(&mut self.kept);
        self.memo = Some(memo);
        Ok(())
    }

    /// Forgets all objects: the next pickle stands alone.
    pub fn clear_memo(&mut self) {
        self.kept = Kept::default();
        self.memo = None;
    }

    /// The number under which the memo has an object of a graph.
    #[must_use]
    pub fn memo(&self, graph: &Graph<'_>, object: View<'_>) -> Option<u32> {
        self.kept.number(graph, object)
    }

    /// How many entries the memo has: the number that the next object gets.
    #[must_use]
    pub fn memo_len(&self) -> u32 {
        self.memo.unwrap_or(0)
    }

    /// The writer.
    pub fn into_inner(self) -> W {
        self.writer
    }
}

fn root(part: View<'_>) -> Handle {
    part.handle().unwrap_or(Handle::NONE)
}
