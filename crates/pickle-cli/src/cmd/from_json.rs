//! `pickle from-json`: a pickle of what a JSON text says.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use pickle_codec::{DumpOptions, Graph};
use pickle_tools::json::{DEFAULT_MAX_DIGITS, LoadError, LoadOptions, tagged};

use crate::failure::Failure;
use crate::output::Output;
use crate::source;
use crate::target::TargetArgs;

const EXAMPLES: &str = "\
Examples:
  pickle from-json d.json -o d.pkl
  pickle from-json -p 2 - < d.json | pickle show -
  pickle from-json --json-lines log.jsonl -o log.pkl   a pickle for each line
  pickle from-json --tagged d.json -o d.pkl            what pickle json --tagged wrote";

/// Write a pickle of a JSON text: the bytes of pickle.dumps(json.loads(x), protocol=N)
///
/// The text may be in UTF-8, UTF-16 or UTF-32. NaN, Infinity and -Infinity are taken, and ints of any size.
///
/// A file is written as a whole or not at all.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct FromJson {
    /// The file with the text; - is standard input
    file: PathBuf,

    #[command(flatten)]
    target: TargetArgs,

    /// Each line is a JSON text, and a pickle is written of each
    #[arg(long)]
    json_lines: bool,

    /// The text is what pickle json --tagged wrote
    #[arg(long)]
    tagged: bool,

    /// How many digits an int may have, as sys.set_int_max_str_digits says it; 0 is without a limit
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_DIGITS)]
    max_digits: usize,

    /// The file to write; - is standard output, and so is none
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

impl FromJson {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let name = source::name(&self.file);
        let protocol = self.target.protocol("from-json").unwrap_or(self.target.profile.default_protocol());
        let text = source::read_bytes(&self.file)?;
        let options = DumpOptions::new().profile(self.target.profile).protocol(protocol);
        let mut out = Output::binary(self.output.as_deref())?;
        for (number, line) in self.texts(&text).enumerate() {
            let place = if self.json_lines { format!("line {}: ", number + 1) } else { String::new() };
            let graph = self.graph(line).map_err(|error| Failure::new(&name, format_args!("{place}{error}")))?;
            let bytes = options.to_vec(&graph).map_err(|error| Failure::new(&name, format_args!("{place}{error}")))?;
            out.write_all(&bytes).map_err(|error| out.failure(&error))?;
        }
        out.finish()
    }

    /// The whole text, or its lines.
    fn texts<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = &'t [u8]> + use<'t> {
        let is_end = |byte: &u8| *byte == b'\n';
        let (whole, lines) = match self.json_lines {
            true => (None, text.strip_suffix(b"\n").or(Some(text)).filter(|lines| !lines.is_empty())),
            false => (Some(text), None),
        };
        whole.into_iter().chain(lines.into_iter().flat_map(move |lines| lines.split(is_end)))
    }

    fn graph<'t>(&self, text: &'t [u8]) -> Result<Graph<'t>, LoadError> {
        let graph = LoadOptions::new().max_digits(self.max_digits).from_slice(text)?;
        if self.tagged { tagged::decode(&graph) } else { Ok(graph) }
    }
}
