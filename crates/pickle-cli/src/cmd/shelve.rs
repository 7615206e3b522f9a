//! `pickle shelve`: pickles by key, in the files of Python's `shelve`.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use pickle_codec::{DumpOptions, Graph, LoadOptions};
use pickle_value::{Path as ValuePath, literal};
use shelve_lite::{Flag, Format, KeyEncoding, Options, Shelf, shelve_protocol};

use crate::failure::Failure;
use crate::line::OneLine;
use crate::output::Output;
use crate::overrides::{LoadArgs, Outside};
use crate::target::TargetArgs;

const EXAMPLES: &str = "\
Examples:
  pickle shelve keys people                      the name that shelve.open takes, without endings
  pickle shelve get people bob                   what Python has at shelf['bob']
  pickle shelve get people bob langs[0]          a value within it
  pickle shelve set people bob \"{'age': 20}\"     makes the shelf where there is none
  pickle shelve set --format dumb old bob 1      for a Python before 3.13
  pickle shelve delete people bob
  pickle shelve dump --encoding latin1 people    all of it, of Python 2";

/// Look into Python's shelves, and change them: pickles by key in the files of dbm
///
/// Shelves of dbm.sqlite3 and dbm.dumb are read and written, those of dbm.gnu, dbm.ndbm and Python 2's dbhash read. What a
/// shelf is its files say, as for dbm.whichdb. Nothing that a pickle names is run.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ShelveCommand {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Show the keys, a line each
    Keys(ShelfArgs),
    /// Show the value of a key, or a value within it
    Get(Get),
    /// Set the value of a key to a Python literal
    Set(Set),
    /// Delete keys
    Delete(Delete),
    /// Show each key with its value, a line each, as Python's repr has them
    Dump(Dump),
}

/// The arguments of all.
#[derive(Args)]
struct ShelfArgs {
    /// The shelf, by the name that shelve.open takes
    shelf: PathBuf,

    /// The format: sqlite3, dumb, gnu, ndbm or dbhash [default: what is found; of a new shelf sqlite3]
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    format: Option<Format>,

    /// The encoding of the keys: utf-8, latin1 or ascii
    #[arg(long, value_name = "ENCODING", default_value = "utf-8", value_parser = key_encoding)]
    key_encoding: KeyEncoding,

    /// How many seconds to wait for a shelf that another process uses
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    wait: u32,
}

#[derive(Args)]
struct Get {
    #[command(flatten)]
    shelf: ShelfArgs,

    /// The key
    key: String,

    /// The path of a value within, such as `users[3].name`
    path: Option<ValuePath>,

    #[command(flatten)]
    load: LoadArgs,
}

#[derive(Args)]
struct Set {
    #[command(flatten)]
    shelf: ShelfArgs,

    /// The key
    key: String,

    /// The value: what Python's ast.literal_eval reads
    #[arg(allow_negative_numbers = true)]
    literal: String,

    #[command(flatten)]
    target: TargetArgs,
}

#[derive(Args)]
struct Delete {
    #[command(flatten)]
    shelf: ShelfArgs,

    /// The keys
    #[arg(required = true)]
    keys: Vec<String>,
}

#[derive(Args)]
struct Dump {
    #[command(flatten)]
    shelf: ShelfArgs,

    #[command(flatten)]
    load: LoadArgs,
}

impl ShelveCommand {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match &self.task {
            Task::Keys(shelf) => {
                let keys = shelf.open(Flag::Read)?.keys().map_err(failure)?;
                print(&keys)
            }
            Task::Get(get) => get.run(),
            Task::Set(set) => set.run(),
            Task::Delete(delete) => delete.run(),
            Task::Dump(dump) => dump.run(),
        }
    }
}

impl Get {
    fn run(&self) -> Result<(), Failure> {
        let shelf = self.shelf.open(Flag::Read)?;
        let Some(pickle) = shelf.pickle(&self.key).map_err(failure)? else {
            return Err(self.shelf.no_key(&self.key));
        };
        let mut out = Output::stdout();
        load(&self.shelf, &self.load, &self.key, &pickle, |graph| {
            let found = match &self.path {
                Some(path) => graph.root().try_at(path).map_err(|error| self.shelf.failure(&self.key, &error))?,
                None => graph.root(),
            };
            writeln!(out, "{found}").map_err(|error| out.failure(&error))
        })?;
        out.finish()
    }
}

impl Set {
    fn run(&self) -> Result<(), Failure> {
        let value = literal::parse(&self.literal).map_err(|error| Failure::new("literal", error))?;
        let profile = self.target.profile;
        let protocol = self.target.protocol("shelve").unwrap_or_else(|| shelve_protocol(profile));
        let dump = DumpOptions::new().profile(profile).protocol(protocol);
        let pickle = dump.to_vec(&value).map_err(|error| self.shelf.failure(&self.key, &error))?;
        let mut shelf = self.shelf.open(Flag::Create)?;
        shelf.set_pickle(&self.key, &pickle).and_then(|()| shelf.close()).map_err(failure)
    }
}

impl Delete {
    /// All of them, or none where one is not there.
    fn run(&self) -> Result<(), Failure> {
        let mut shelf = self.shelf.open(Flag::Write)?;
        for key in &self.keys {
            if !shelf.contains(key).map_err(failure)? {
                return Err(self.shelf.no_key(key));
            }
        }
        for key in &self.keys {
            shelf.delete(key).map_err(failure)?;
        }
        shelf.close().map_err(failure)
    }
}

impl Dump {
    fn run(&self) -> Result<(), Failure> {
        let shelf = self.shelf.open(Flag::Read)?;
        let mut out = Output::stdout();
        for key in shelf.keys().map_err(failure)? {
            // Another process may have deleted it since.
            let Some(pickle) = shelf.pickle(&key).map_err(failure)? else { continue };
            load(&self.shelf, &self.load, &key, &pickle, |graph| {
                writeln!(out, "{}: {graph}", repr(&key)).map_err(|error| out.failure(&error))
            })?;
        }
        out.finish()
    }
}

impl ShelfArgs {
    fn open(&self, flag: Flag) -> Result<Shelf, Failure> {
        let mut options =
            Options::new().key_encoding(self.key_encoding).busy_timeout(Duration::from_secs(self.wait.into()));
        if let Some(format) = self.format {
            options = options.format(format);
        }
        options.open(&self.shelf, flag).map_err(failure)
    }

    fn name(&self) -> String {
        self.shelf.display().to_string()
    }

    fn no_key(&self, key: &str) -> Failure {
        Failure::new(&self.name(), format_args!("no key {}", repr(key)))
    }

    /// Something is wrong with the value of a key.
    fn failure(&self, key: &str, problem: &dyn core::fmt::Display) -> Failure {
        Failure::new(&format!("{}: [{}]", self.name(), repr(key)), problem)
    }
}

/// The shelf's own errors name it.
fn failure(error: shelve_lite::Error) -> Failure {
    Failure::Message(error.to_string())
}

/// Loads a value as the arguments say.
fn load(
    shelf: &ShelfArgs,
    args: &LoadArgs,
    key: &str,
    pickle: &[u8],
    take: impl FnOnce(Graph<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let extensions = args.extensions()?;
    let buffers = args.buffers()?;
    let mut outside = Outside::new(&extensions, &buffers);
    let options = LoadOptions::new().keep_unresolved(true);
    let (graph, _) = args.load(options, pickle, 0, &mut outside).map_err(|error| shelf.failure(key, &error))?;
    take(graph)
}

fn print(keys: &[String]) -> Result<(), Failure> {
    let mut out = Output::stdout();
    for key in keys {
        writeln!(out, "{}", OneLine(key)).map_err(|error| out.failure(&error))?;
    }
    out.finish()
}

fn repr(key: &str) -> String {
    let mut text = String::new();
    literal::write_text(key, &mut text).expect("a String takes all");
    text
}

fn format(name: &str) -> Result<Format, String> {
    Format::from_name(name).ok_or_else(|| String::from("known are sqlite3, dumb, gnu, ndbm and dbhash"))
}

fn key_encoding(name: &str) -> Result<KeyEncoding, String> {
    match name.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" => Ok(KeyEncoding::Utf8),
        "latin1" | "latin-1" | "iso-8859-1" => Ok(KeyEncoding::Latin1),
        "ascii" | "us-ascii" => Ok(KeyEncoding::Ascii),
        _ => Err(String::from("known are utf-8, latin1 and ascii")),
    }
}
