//! `pickle info`: what can be told of a file without showing what is in it.

use core::fmt::{self, Display};
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use pickle_tools::container::Layer;
use serde::Serialize;

use crate::failure::Failure;
use crate::input::empty;
use crate::line::OneLine;
use crate::output::Output;
use crate::source::{ContainerArgs, Source, reading};
use crate::survey::Survey;

const EXAMPLES: &str = "\
Examples:
  pickle info d.pkl
  pickle info model.pt                   the pickle in a zip archive
  pickle info 'model.pt!archive/data.pkl'
  pickle info --json d.pkl.gz | jq .globals
  pickle info - < d.pkl";

/// Tell of a pickle: its protocol, who reads it, who wrote it, its globals
///
/// All pickles of the file are counted together. Who wrote it is told by marks, such as opcodes that only Python 2 writes;
/// often there are none. Globals are named as they stand in the pickle.
///
/// Nothing is kept in memory but the globals. Where a pickle is broken, what was read up to there is told, and the status
/// is 1. What begins as no pickle behind the last one is counted as bytes that follow.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Info {
    /// The file; - is standard input, FILE!MEMBER a member of a zip archive
    file: PathBuf,

    /// Write JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    container: ContainerArgs,
}

impl Info {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut source = Source::open(&self.file, self.container)?;
        let survey = Survey::of(&mut source);
        let name = String::from(source.name());
        let failure = match &survey.broken {
            Some(broken) => Some(match broken.io() {
                Some(error) => reading(&name, error),
                None => Failure::new(&name, broken),
            }),
            None if survey.pickles == 0 => Some(empty(&name)),
            None => None,
        };
        if survey.opcodes == 0 {
            return failure.map_or(Ok(()), Err);
        }
        let rest = match failure {
            Some(_) => None,
            None => Some(source.rest(survey.bytes)?),
        };
        let report = Report { name: &name, layers: source.layers(), rest, survey: &survey };
        let mut out = Output::stdout();
        let written = match self.json {
            true => serde_json::to_writer_pretty(&mut out, &report.json())
                .map_err(std::io::Error::from)
                .and_then(|()| writeln!(out)),
            false => write!(out, "{report}"),
        };
        written.map_err(|error| out.failure(&error))?;
        out.finish()?;
        failure.map_or(Ok(()), Err)
    }
}

/// What is told.
struct Report<'a> {
    name: &'a str,
    layers: &'a [Layer],
    /// The bytes that follow the last pickle; none where one is broken.
    rest: Option<u64>,
    survey: &'a Survey,
}

/// A report as JSON.
#[derive(Serialize)]
struct Json<'a> {
    file: &'a str,
    containers: Vec<JsonLayer<'a>>,
    pickles: u64,
    bytes: u64,
    bytes_after: Option<u64>,
    declared_protocols: Vec<u8>,
    without_declaration: u64,
    opcode_protocol: u8,
    oldest_python: Option<&'static str>,
    python2_marks: Vec<&'static str>,
    python3_marks: Vec<&'static str>,
    opcodes: u64,
    frames: u64,
    memo_entries: u64,
    globals: Vec<[&'a str; 2]>,
    unknown_globals: u64,
    error: Option<String>,
}

#[derive(Serialize)]
struct JsonLayer<'a> {
    format: &'static str,
    member: Option<&'a str>,
}

impl<'a> JsonLayer<'a> {
    fn of(layer: &'a Layer) -> JsonLayer<'a> {
        JsonLayer { format: layer.format.name(), member: layer.member.as_deref() }
    }
}

impl Report<'_> {
    fn json(&self) -> Json<'_> {
        let survey = self.survey;
        Json {
            file: self.name,
            containers: self.layers.iter().map(JsonLayer::of).collect(),
            pickles: survey.pickles,
            bytes: survey.bytes,
            bytes_after: self.rest,
            declared_protocols: survey.declared.iter().copied().collect(),
            without_declaration: survey.undeclared,
            opcode_protocol: survey.needed,
            oldest_python: survey.oldest_python(),
            python2_marks: survey.marks.python2.iter().copied().collect(),
            python3_marks: survey.marks.python3.iter().copied().collect(),
            opcodes: survey.opcodes,
            frames: survey.frames,
            memo_entries: survey.memo_entries,
            globals: survey.globals.iter().map(|(module, name)| [&**module, name]).collect(),
            unknown_globals: survey.unknown_globals,
            error: survey.broken.as_ref().map(ToString::to_string),
        }
    }

    fn containers(&self) -> String {
        let described = self.layers.iter().map(|layer| match &layer.member {
            Some(member) => format!("{}, member {}", layer.format.name(), OneLine(member)),
            None => String::from(layer.format.name()),
        });
        described.collect::<Vec<_>>().join("; ")
    }

    fn protocols(&self) -> String {
        let survey = self.survey;
        let mut declared: Vec<String> = survey.declared.iter().map(u8::to_string).collect();
        if survey.undeclared > 0 {
            declared.push(String::from("none"));
        }
        format!("{} declared, {} needed by the opcodes", declared.join(", "), survey.needed)
    }

    fn writer(&self) -> String {
        let marks = &self.survey.marks;
        let listed = |marks: &std::collections::BTreeSet<&str>| marks.iter().copied().collect::<Vec<_>>().join("; ");
        match (marks.python2.is_empty(), marks.python3.is_empty()) {
            (false, true) => format!("Python 2: {}", listed(&marks.python2)),
            (true, false) => format!("Python 3: {}", listed(&marks.python3)),
            (false, false) => {
                format!("marks of both: Python 2 ({}), Python 3 ({})", listed(&marks.python2), listed(&marks.python3))
            }
            (true, true) if marks.python2_names => {
                String::from("no mark; the names are Python 2's, which Python 3 writes too below protocol 3")
            }
            (true, true) => String::from("no mark of Python 2 or 3"),
        }
    }
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let survey = self.survey;
        let mut line = |label: &str, text: &dyn Display| writeln!(f, "{label:<11} {text}");
        if !self.layers.is_empty() {
            line("found in", &self.containers())?;
        }
        let broken = if survey.broken.is_some() { ", and one that is broken" } else { "" };
        let bytes = if survey.bytes == 1 { "byte" } else { "bytes" };
        line("pickles", &format_args!("{}, {} {bytes}{broken}", survey.pickles, survey.bytes))?;
        if let Some(rest @ 1..) = self.rest {
            line(
                "then",
                &format_args!("{rest} {} no pickle", if rest == 1 { "byte that is" } else { "bytes that are" }),
            )?;
        }
        line("protocol", &self.protocols())?;
        match survey.oldest_python() {
            Some(version) => line("read by", &format_args!("Python {version} and later"))?,
            None => line("read by", &"every Python")?,
        }
        line("written by", &self.writer())?;
        line("opcodes", &survey.opcodes)?;
        line("frames", &survey.frames)?;
        line(
            "memo",
            &format_args!("{} {}", survey.memo_entries, if survey.memo_entries == 1 { "entry" } else { "entries" }),
        )?;
        let mut label = "globals";
        for (module, name) in &survey.globals {
            line(label, &OneLine(format_args!("{module}.{name}")))?;
            label = "";
        }
        if survey.unknown_globals > 0 {
            line(label, &format_args!("{} whose names were too many to keep", survey.unknown_globals))?;
        } else if survey.globals.is_empty() {
            line(label, &"none")?;
        }
        Ok(())
    }
}
