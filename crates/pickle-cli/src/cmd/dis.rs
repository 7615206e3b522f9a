//! `pickle dis`: what `python -m pickletools` prints.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use pickle_opcodes::ErrorKind as FormatError;
use pickle_tools::{DisOptions, Error, ErrorKind, Memo, dis_reader, genops_reader};

use crate::failure::Failure;
use crate::input::{Rest, Selection, empty, too_few};
use crate::output::Output;
use crate::preamble::Preamble;
use crate::source::{ContainerArgs, Source, is_stdin, name, reading};

const EXAMPLES: &str = "\
Examples:
  pickle dis d.pkl
  pickle dis -a d.pkl                    with a sentence on each opcode
  pickle dis a.pkl b.pkl                 two files, each under its name
  pickle dis -m --all log.pkl            all that one pickler wrote with one memo
  pickle dis --exact odd.pkl | pickle asm - | cmp - odd.pkl
  pickle dis model.pt                    the pickle in a zip archive; packed ones are unpacked too
  pickle dis -l 2 - < d.pkl";

/// The column that annotations begin at, as in `python -m pickletools`.
const ANNOTATION_COLUMN: usize = 30;

/// Disassemble pickles: the text of Python 3.13's python -m pickletools
///
/// At an error, what pickletools would have printed up to there is in the output. With --annotate the layout is that of
/// pickletools, the sentences are those of pickle opcodes.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Dis {
    /// The files with the pickles; - is standard input, FILE!MEMBER a member of a zip archive
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The file where the output should be written; - is standard output, and so is none
    #[arg(short, long)]
    output: Option<PathBuf>,

    /// Preserve the memo between disassemblies
    #[arg(short, long, conflicts_with = "nth")]
    memo: bool,

    /// The number of blanks by which to indent a new MARK level
    #[arg(
        short = 'l',
        long = "indentlevel",
        value_name = "INDENTLEVEL",
        default_value_t = 4,
        allow_negative_numbers = true
    )]
    indent_level: i64,

    /// Annotate each line with a short opcode description
    #[arg(short, long)]
    annotate: bool,

    /// Write the bytes of an argument behind it where pickle asm would write others
    #[arg(long)]
    exact: bool,

    /// If more than one pickle file is specified, print this before each disassembly
    #[arg(short, long, default_value_t)]
    preamble: Preamble,

    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    container: ContainerArgs,
}

impl Dis {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        self.spare_the_input()?;
        let out = Output::text(self.output.as_deref())?;
        let mut listing = Listing { dis: self, out, memo: Memo::new(), stdin: None };
        let listed = listing.files();
        let stdin = listing.stdin;
        // In any case: what was printed before an error belongs to the output.
        listing.out.finish()?;
        let mut rests = listed?;
        if self.selection.nth.is_some() {
            return Ok(());
        }
        if let Some((source, offset)) = stdin {
            rests.push(rest(source, offset)?);
        }
        rests.iter().for_each(Rest::say);
        Ok(())
    }

    /// The output is opened before the input is read: it would be gone.
    fn spare_the_input(&self) -> Result<(), Failure> {
        let Some(Ok(output)) = self.output.as_ref().map(fs::canonicalize) else {
            return Ok(());
        };
        match self.files.iter().find(|file| fs::canonicalize(file).is_ok_and(|file| file == output)) {
            Some(file) if output.is_file() => Err(Failure::new(&name(file), "the output would overwrite it")),
            _ => Ok(()),
        }
    }
}

/// A run of the subcommand.
struct Listing<'a> {
    dis: &'a Dis,
    out: Output,
    memo: Memo,
    /// Standard input and how much of it has been read: it may be named twice, and has its next pickle then.
    stdin: Option<(Source, u64)>,
}

impl Listing<'_> {
    /// Lists all files; tells what is left of each but standard input.
    fn files(&mut self) -> Result<Vec<Rest>, Failure> {
        let files = &self.dis.files;
        let mut rests = Vec::new();
        for path in files {
            if files.len() > 1 {
                self.preamble(path)?;
            }
            if is_stdin(path) {
                let (mut source, offset) = match self.stdin.take() {
                    Some(opened) => opened,
                    None => (Source::open(path, self.dis.container)?, 0),
                };
                let end = self.pickles(&mut source, &name(path), offset)?;
                self.stdin = Some((source, end));
            } else {
                rests.extend(self.file(path)?);
            }
        }
        Ok(rests)
    }

    fn preamble(&mut self, path: &Path) -> Result<(), Failure> {
        // The name as it is, even where it is no UTF-8.
        let name = if is_stdin(path) { b"<stdin>" } else { path.as_os_str().as_encoded_bytes() };
        let mut line = self.dis.preamble.format(name);
        line.push(b'\n');
        self.out.write_all(&line).map_err(|error| self.out.failure(&error))
    }

    fn file(&mut self, path: &Path) -> Result<Option<Rest>, Failure> {
        let mut source = Source::open(path, self.dis.container)?;
        let end = self.pickles(&mut source, &name(path), 0)?;
        match self.dis.selection.nth {
            Some(_) => Ok(None),
            None => rest(source, end).map(Some),
        }
    }

    /// Lists the pickles of a reader that are asked for; gives the offset behind them.
    fn pickles(&mut self, mut reader: impl BufRead, name: &str, base: u64) -> Result<u64, Failure> {
        let selection = self.dis.selection;
        let mut offset = match selection.nth {
            Some(nth) => skip(&mut reader, name, nth, base)?,
            None => base,
        };
        loop {
            offset = self.pickle(&mut reader, name, offset)?;
            if !selection.all || at_end(&mut reader, name)? {
                return Ok(offset);
            }
        }
    }

    fn pickle(&mut self, reader: impl BufRead, name: &str, offset: u64) -> Result<u64, Failure> {
        let dis = self.dis;
        let mut options = DisOptions::new()
            .offset(offset)
            .exact(dis.exact)
            // A negative level is none, as ' ' * -1 is in Python.
            .indent_level(usize::try_from(dis.indent_level).unwrap_or(0));
        if dis.annotate {
            options = options.annotate(ANNOTATION_COLUMN);
        }
        if dis.memo {
            options = options.memo(&mut self.memo);
        }
        dis_reader(reader, &mut self.out, options).map_err(|error| match error.kind() {
            ErrorKind::Io(io) => match self.out.failed() {
                true => self.out.failure(io),
                false => reading(name, io),
            },
            _ => broken(name, &error),
        })
    }
}

/// Something is wrong with a pickle.
fn broken(name: &str, error: &Error) -> Failure {
    match error.kind() {
        ErrorKind::Bytes(FormatError::EndOfInput) if error.offset() == 0 => empty(name),
        _ => Failure::new(name, error),
    }
}

/// Goes to pickle number `nth`; gives its offset.
fn skip(reader: &mut impl BufRead, name: &str, nth: u64, base: u64) -> Result<u64, Failure> {
    let mut offset = base;
    for passed in 0..nth {
        let mut ops = genops_reader(&mut *reader);
        while let Some(op) = ops.next_op() {
            op.map_err(|error| broken(name, &error))?;
        }
        offset += ops.offset();
        if at_end(reader, name)? {
            return Err(too_few(name, nth, passed + 1));
        }
    }
    Ok(offset)
}

fn at_end(reader: &mut impl BufRead, name: &str) -> Result<bool, Failure> {
    loop {
        match reader.fill_buf() {
            Ok(buffered) => return Ok(buffered.is_empty()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure::new(name, error)),
        }
    }
}

/// What stands behind the last pickle that was listed, which ends at `end`.
fn rest(mut source: Source, end: u64) -> Result<Rest, Failure> {
    let bytes = source.rest(end)?;
    Ok(Rest { name: source.name().into(), bytes })
}
