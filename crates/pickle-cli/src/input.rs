//! Where pickles come from: a file or standard input, and which of the pickles in it.

use core::fmt::{self, Display};
use std::path::{Path, PathBuf};

use clap::Args;
use pickle_codec::value::Shaped;
use pickle_codec::{Document, Graph, LoadOptions};
use pickle_opcodes::Ops;
use pickle_tools::container::Layer;

use crate::failure::{Failure, say};
use crate::overrides::{LoadArgs, Outside};
use crate::source::{self, ContainerArgs, Source};

/// The arguments of every subcommand that reads whole pickles.
#[derive(Args)]
pub(crate) struct FileArgs {
    /// The file with the pickle; - is standard input, FILE!MEMBER a member of a zip archive
    file: PathBuf,

    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    container: ContainerArgs,
}

/// The arguments of every subcommand that loads pickles.
#[derive(Args)]
pub(crate) struct InputArgs {
    #[command(flatten)]
    file: FileArgs,

    #[command(flatten)]
    load: LoadArgs,
}

/// Which of the pickles that stand in a file one behind the other.
#[derive(Args, Clone, Copy)]
pub(crate) struct Selection {
    /// Take each of the pickles in the file, not only the first
    #[arg(long, conflicts_with = "nth")]
    pub(crate) all: bool,

    /// Take one of the pickles in the file; 0 is the first
    #[arg(long, value_name = "N")]
    pub(crate) nth: Option<u64>,
}

impl FileArgs {
    /// Reads the file, and hands over where each pickle starts that is asked for; `take` gives where it ends.
    pub(crate) fn each(&self, take: impl FnMut(&Input, usize) -> Result<usize, Failure>) -> Result<Rest, Failure> {
        self.each_selected(self.selection, take)
    }

    /// The same, with another selection than the arguments have.
    fn each_selected(
        &self,
        selection: Selection,
        take: impl FnMut(&Input, usize) -> Result<usize, Failure>,
    ) -> Result<Rest, Failure> {
        let input = Input::read(&self.file, self.container)?;
        let end = selection.each_of(&input, take)?;
        let bytes = match selection.nth {
            // Who asked for one of several knows that there are others.
            Some(_) => 0,
            None => (input.bytes.len() - end) as u64,
        };
        Ok(Rest { name: input.name, bytes })
    }
}

impl FileArgs {
    /// Refuses to write what was taken over all of the file, if something stands behind it.
    pub(crate) fn keep(&self, rest: &Rest, output: Option<&Path>) -> Result<(), Failure> {
        let is_the_file = |output: &Path| match (output.canonicalize(), self.file.canonicalize()) {
            (Ok(output), Ok(input)) => output == input,
            _ => false,
        };
        if rest.bytes > 0 && output.is_some_and(is_the_file) {
            let problem = "and would be lost: say --all, or write to another file";
            return Err(Failure::Message(format!("{rest} {problem}")));
        }
        Ok(())
    }
}

impl Selection {
    /// Hands over where each pickle starts that is asked for; gives where the last ends.
    fn each_of(
        self,
        input: &Input,
        mut take: impl FnMut(&Input, usize) -> Result<usize, Failure>,
    ) -> Result<usize, Failure> {
        let mut end = match self.nth {
            Some(nth) => input.skip(nth)?,
            None => 0,
        };
        loop {
            end = take(input, end)?;
            if !self.all || end == input.bytes.len() {
                return Ok(end);
            }
        }
    }
}

impl InputArgs {
    /// The arrays of a file that has no other values: see [`source::arrays`].
    pub(crate) fn arrays(&self) -> Result<Option<Vec<(String, Shaped)>>, Failure> {
        source::arrays(&self.file.file)
    }

    /// Reads the file, and hands over each pickle that is asked for; `options` are for what begins with the bytes given.
    pub(crate) fn each(
        &self,
        options: impl Fn(&[u8]) -> LoadOptions,
        take: impl FnMut(&Input, Loaded<'_>) -> Result<(), Failure>,
    ) -> Result<Rest, Failure> {
        self.each_of(self.selection(), options, take)
    }

    /// See [`FileArgs::keep`].
    pub(crate) fn keep(&self, rest: &Rest, output: Option<&Path>) -> Result<(), Failure> {
        self.file.keep(rest, output)
    }

    /// Which pickles the arguments ask for.
    pub(crate) fn selection(&self) -> Selection {
        self.file.selection
    }

    /// The same as [`each`](InputArgs::each), with another selection than the arguments have.
    pub(crate) fn each_of(
        &self,
        selection: Selection,
        options: impl Fn(&[u8]) -> LoadOptions,
        mut take: impl FnMut(&Input, Loaded<'_>) -> Result<(), Failure>,
    ) -> Result<Rest, Failure> {
        let extensions = self.load.extensions()?;
        let buffers = self.load.buffers()?;
        let mut outside = Outside::new(&extensions, &buffers);
        self.file.each_selected(selection, |input, start| {
            let options = options(&input.bytes[start..]);
            let loaded = self.load.load(options, &input.bytes, start, &mut outside);
            let (graph, end) = loaded.map_err(|error| input.failure(error))?;
            take(input, Loaded { graph, bytes: &input.bytes[start..end] })?;
            Ok(end)
        })
    }
}

impl InputArgs {
    /// Where the file is.
    pub(crate) fn path(&self) -> &Path {
        &self.file.file
    }

    /// The pickles that are asked for, each with its layout.
    pub(crate) fn documents(&self) -> Result<(Vec<Document>, Rest), Failure> {
        let mut documents = Vec::new();
        let rest = self.file.each(|input, start| {
            let (document, end) = self.document_at(input, start)?;
            documents.push(document);
            Ok(end)
        })?;
        Ok((documents, rest))
    }

    /// All of the file, with other bytes for each pickle that is asked for.
    pub(crate) fn rewritten(
        &self,
        mut edit: impl FnMut(&Input, Document) -> Result<Vec<u8>, Failure>,
    ) -> Result<(Input, Vec<u8>), Failure> {
        let input = Input::read(&self.file.file, self.file.container)?;
        let mut content = Vec::with_capacity(input.bytes.len());
        let mut done = 0;
        let end = self.file.selection.each_of(&input, |input, start| {
            content.extend_from_slice(&input.bytes[done..start]);
            let (document, end) = self.document_at(input, start)?;
            content.extend(edit(input, document)?);
            done = end;
            Ok(end)
        })?;
        content.extend_from_slice(&input.bytes[end..]);
        Ok((input, content))
    }

    fn document_at(&self, input: &Input, start: usize) -> Result<(Document, usize), Failure> {
        self.load.document(&input.bytes, start, &self.load.extensions()?).map_err(|error| input.failure(error))
    }
}

/// A pickle of the input.
pub(crate) struct Loaded<'a> {
    /// Its value.
    pub(crate) graph: Graph<'a>,
    /// Its bytes.
    pub(crate) bytes: &'a [u8],
}

/// A file that has been read, with the name to call it by.
pub(crate) struct Input {
    name: String,
    bytes: Vec<u8>,
    /// What it was packed in, the outermost first.
    layers: Vec<Layer>,
}

impl Input {
    /// Reads a file or standard input; an empty one is a failure.
    fn read(path: &Path, args: ContainerArgs) -> Result<Input, Failure> {
        let mut source = Source::open(path, args)?;
        let bytes = source.read_all()?;
        if bytes.is_empty() {
            return Err(empty(source.name()));
        }
        Ok(Input { name: source.name().into(), bytes, layers: source.layers().to_vec() })
    }

    /// What it was packed in, the outermost first.
    pub(crate) fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Something is wrong with this file.
    pub(crate) fn failure(&self, problem: impl Display) -> Failure {
        Failure::new(&self.name, problem)
    }

    /// The pickle that starts there, found by its instructions.
    pub(crate) fn pickle_at(&self, start: usize) -> Result<&[u8], Failure> {
        let mut ops = Ops::at(&self.bytes, start);
        for op in ops.by_ref() {
            op.map_err(|error| self.failure(error))?;
        }
        Ok(&self.bytes[start..ops.offset()])
    }

    /// Where pickle number `nth` starts. Those before it are not loaded, so it is found though one of them be broken.
    fn skip(&self, nth: u64) -> Result<usize, Failure> {
        let mut start = 0;
        for passed in 0..nth {
            start += self.pickle_at(start)?.len();
            if start == self.bytes.len() {
                return Err(too_few(&self.name, nth, passed + 1));
            }
        }
        Ok(start)
    }
}

/// What stands behind the pickle that was taken.
#[must_use = "the user is to hear of it"]
pub(crate) struct Rest {
    pub(crate) name: String,
    pub(crate) bytes: u64,
}

impl Rest {
    /// Says on standard error that there is something. Best called when the output has been written.
    pub(crate) fn say(&self) {
        if self.bytes > 0 {
            say(&self.to_string());
        }
    }
}

impl Display for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rest { name, bytes } = self;
        let bytes_follow = if *bytes == 1 { "byte follows" } else { "bytes follow" };
        write!(f, "{name}: {bytes} {bytes_follow} the first pickle")
    }
}

/// The file is empty.
pub(crate) fn empty(name: &str) -> Failure {
    Failure::new(name, "empty file, no pickle in it (Python: EOFError: Ran out of input)")
}

/// The file ends before pickle number `nth`.
pub(crate) fn too_few(name: &str, nth: u64, present: u64) -> Failure {
    let pickles = if present == 1 { "pickle" } else { "pickles" };
    Failure::new(name, format_args!("no pickle {nth} in it, counted from 0: it has {present} {pickles}"))
}
