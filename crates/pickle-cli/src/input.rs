//! Where pickles come from: a file or standard input, and which of the pickles in it.

use core::fmt::{self, Display};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use pickle_codec::{Encoding, Graph, LoadOptions};
use pickle_opcodes::Ops;

use crate::failure::{Failure, say};
use crate::source::{ContainerArgs, Source};

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

    /// What becomes of Python 2's str: text in this encoding, or bytes
    #[arg(long, value_name = "ENCODING", default_value = "ASCII", ignore_case = true)]
    encoding: EncodingName,
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

/// The values of `--encoding`, spelled as Python spells them.
#[derive(ValueEnum, Clone, Copy)]
enum EncodingName {
    #[value(name = "ASCII")]
    Ascii,
    #[value(name = "latin1", alias = "latin-1")]
    Latin1,
    #[value(name = "utf-8", alias = "utf8")]
    Utf8,
    #[value(name = "bytes")]
    Bytes,
}

impl From<EncodingName> for Encoding {
    fn from(name: EncodingName) -> Encoding {
        match name {
            EncodingName::Ascii => Encoding::Ascii,
            EncodingName::Latin1 => Encoding::Latin1,
            EncodingName::Utf8 => Encoding::Utf8,
            EncodingName::Bytes => Encoding::Bytes,
        }
    }
}

impl FileArgs {
    /// Reads the file, and hands over where each pickle starts that is asked for; `take` gives where it ends.
    pub(crate) fn each(&self, mut take: impl FnMut(&Input, usize) -> Result<usize, Failure>) -> Result<Rest, Failure> {
        let input = Input::read(&self.file, self.container)?;
        let mut end = match self.selection.nth {
            Some(nth) => input.skip(nth)?,
            None => 0,
        };
        loop {
            end = take(&input, end)?;
            if !self.selection.all || end == input.bytes.len() {
                break;
            }
        }
        let bytes = match self.selection.nth {
            // Who asked for one of several knows that there are others.
            Some(_) => 0,
            None => (input.bytes.len() - end) as u64,
        };
        Ok(Rest { name: input.name, bytes })
    }
}

impl InputArgs {
    /// Reads the file, and hands over each pickle that is asked for; `options` are for what begins with the bytes given.
    pub(crate) fn each(
        &self,
        options: impl Fn(&[u8]) -> LoadOptions,
        mut take: impl FnMut(&Input, Loaded<'_>) -> Result<(), Failure>,
    ) -> Result<Rest, Failure> {
        self.file.each(|input, start| {
            let options = options(&input.bytes[start..]).encoding(self.encoding.into());
            let (graph, end) = options.from_slice_at(&input.bytes, start).map_err(|error| input.failure(error))?;
            take(input, Loaded { graph, bytes: &input.bytes[start..end] })?;
            Ok(end)
        })
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
}

impl Input {
    /// Reads a file or standard input; an empty one is a failure.
    fn read(path: &Path, args: ContainerArgs) -> Result<Input, Failure> {
        let mut source = Source::open(path, args)?;
        let bytes = source.read_all()?;
        if bytes.is_empty() {
            return Err(empty(source.name()));
        }
        Ok(Input { name: source.name().into(), bytes })
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
