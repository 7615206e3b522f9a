//! `pickle marshal`: marshal data without a header.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use marshal_lite::{ReadOptions, Record, Release};
use pickle_tools::json::tagged;
use pickle_value::Graph;

use crate::failure::Failure;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  pickle marshal show data.marshal
  pickle marshal show --json data.marshal
  pickle marshal check --python 2.7 old.marshal
  pickle marshal rewrite a.marshal -o b.marshal";

/// Look into marshal data, check it, write it again
///
/// What marshal.dumps gives. Of a .pyc file it is what stands behind the header: `pickle pyc` is for these.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct MarshalCommand {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Show the object as Python's repr has it
    Show {
        #[command(flatten)]
        file: File,

        /// As JSON, in the form of `pickle json --tagged`, which holds all that Python has
        #[arg(long)]
        json: bool,
    },
    /// Check that the object can be read and is written back as it is
    Check(File),
    /// Read the object and write it again: the same bytes
    Rewrite {
        #[command(flatten)]
        file: File,
        /// The file to write; - is standard output, and so is none
        #[arg(short, long, value_name = "OUT")]
        output: Option<PathBuf>,
    },
}

#[derive(Args)]
struct File {
    /// The file to read
    file: PathBuf,

    /// The release that the data is of, which decides what code objects and Python 2's strings are
    #[arg(long, value_name = "X.Y", default_value = "3.13", value_parser = release)]
    python: Release,
}

fn release(text: &str) -> Result<Release, String> {
    let numbers = text.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    let known = numbers.and_then(|(major, minor)| Release::new(major, minor));
    known.ok_or_else(|| "not one of 2.7 and 3.0 to 3.14".to_owned())
}

impl MarshalCommand {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        match &self.task {
            Task::Show { file, json } => {
                let data = file.read()?;
                let (graph, _) = file.parse(&data)?;
                print(&if *json { file.json(&graph)? } else { graph.to_string() })
            }
            Task::Check(file) => match file.read().and_then(|data| file.rewrite(&data)) {
                Ok(_) => print("ok"),
                Err(Failure::Message(problem)) => {
                    print(&format!("error: {problem}"))?;
                    Err(Failure::Said)
                }
                Err(failure) => Err(failure),
            },
            Task::Rewrite { file, output } => {
                let written = file.rewrite(&file.read()?)?;
                let mut out = Output::binary(output.as_deref())?;
                out.write_all(&written).map_err(|error| out.failure(&error))?;
                out.finish()
            }
        }
    }
}

impl File {
    fn read(&self) -> Result<Vec<u8>, Failure> {
        fs::read(&self.file).map_err(|error| self.failure(error))
    }

    fn parse<'a>(&self, data: &'a [u8]) -> Result<(Graph<'a>, Record), Failure> {
        let read = ReadOptions::new().release(self.python).from_slice_recorded_at(data, 0);
        let (graph, end, record) = read.map_err(|error| self.failure(error))?;
        if end != data.len() {
            return Err(self.failure(format_args!("{} bytes follow the object", data.len() - end)));
        }
        Ok((graph, record))
    }

    fn json(&self, graph: &Graph<'_>) -> Result<String, Failure> {
        tagged::to_string(graph).map_err(|error| self.failure(error))
    }

    /// The same bytes again.
    fn rewrite(&self, data: &[u8]) -> Result<Vec<u8>, Failure> {
        let (graph, record) = self.parse(data)?;
        let written = record.to_vec(&graph).map_err(|error| self.failure(error))?;
        if written == data { Ok(written) } else { Err(self.failure("it would be written otherwise")) }
    }

    fn failure(&self, problem: impl core::fmt::Display) -> Failure {
        Failure::new(&self.file.display().to_string(), problem)
    }
}

fn print(line: &str) -> Result<(), Failure> {
    let mut out = Output::stdout();
    writeln!(out, "{line}").map_err(|error| out.failure(&error))?;
    out.finish()
}
