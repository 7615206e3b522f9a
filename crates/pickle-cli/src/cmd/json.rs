//! `pickle json`: the value as JSON.

use std::io::Write;

use clap::{ArgAction, Args};
use pickle_codec::LoadOptions;
use pickle_tools::json::{Class, DEFAULT_MAX_DIGITS, DumpOptions};

use crate::failure::Failure;
use crate::input::{Input, InputArgs, Loaded, Selection};
use crate::output::Output;
use crate::source::size;

const EXAMPLES: &str = "\
Examples:
  pickle json d.pkl                              what json.dumps(obj) writes
  pickle json --indent 4 --sort-keys d.pkl
  pickle json --compact --no-ensure-ascii d.pkl
  pickle json --json-lines log.pkl               each pickle of the file, a line each
  pickle json --class app.Size=int d.pkl         members of an IntEnum are ints
  pickle json --tagged d.pkl > d.json            bytes, tuples, instances, cycles as well
  pickle from-json --tagged d.json -o d.pkl      and back";

/// Write the value of a pickle as JSON: the bytes of json.dumps(pickle.loads(x)), and a newline
///
/// What json.dumps refuses is refused, with the path of the culprit. An instance of a class derived from a builtin is
/// taken for the value of that, where the pickle tells; otherwise --class says what it is.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Json {
    #[command(flatten)]
    input: InputArgs,

    /// A line for each item, indented by so many spaces
    #[arg(long, value_name = "N", allow_negative_numbers = true, conflicts_with_all = ["tab", "compact"])]
    indent: Option<i64>,

    /// A line for each item, indented by tabs
    #[arg(long, conflicts_with = "compact")]
    tab: bool,

    /// No space anywhere
    #[arg(long)]
    compact: bool,

    /// What stands between items, and between a key and its value
    #[arg(long, num_args = 2, value_names = ["ITEM", "KEY"], conflicts_with = "compact")]
    separators: Option<Vec<String>>,

    /// The keys of dicts in their order
    #[arg(long)]
    sort_keys: bool,

    /// Characters beyond ASCII as they are
    #[arg(long = "no-ensure-ascii", action = ArgAction::SetFalse)]
    ensure_ascii: bool,

    /// Refuse NaN, Infinity and -Infinity, which are no JSON
    #[arg(long = "no-allow-nan", action = ArgAction::SetFalse)]
    allow_nan: bool,

    /// Leave out keys that are no str, int, float, bool or None
    #[arg(long)]
    skipkeys: bool,

    /// A line for each pickle of the file
    #[arg(long, conflicts_with_all = ["indent", "tab"])]
    json_lines: bool,

    /// Write what JSON cannot hold as objects with a key that begins with $; nothing is lost
    #[arg(long, conflicts_with = "skipkeys")]
    tagged: bool,

    /// What instances of a class are: str, int, float, list, tuple, dict or object
    #[arg(long = "class", value_name = "MODULE.NAME=TYPE", value_parser = class)]
    classes: Vec<(String, Class)>,

    /// How many digits an int may have, as sys.set_int_max_str_digits says it; 0 is without a limit
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_DIGITS)]
    max_digits: usize,

    /// How much JSON may be written: bytes, or a number with K, M, G or T [default: 128M, or 100 times the pickle]
    #[arg(long, value_name = "BYTES", value_parser = size)]
    max_json: Option<u64>,
}

impl Json {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let options = self.options();
        let mut out = Output::stdout();
        let written = self.input.each_of(
            self.selection(),
            |_| LoadOptions::new().keep_unresolved(true).unify(self.tagged),
            |input, pickle| {
                let mut text = self.text(&options, input, &pickle)?;
                text.push(b'\n');
                out.write_all(&text).map_err(|error| out.failure(&error))
            },
        );
        out.finish()?;
        written?.say();
        Ok(())
    }

    fn text(&self, options: &DumpOptions, input: &Input, pickle: &Loaded<'_>) -> Result<Vec<u8>, Failure> {
        options.to_vec(&pickle.graph).map_err(|error| input.failure(error))
    }

    fn selection(&self) -> Selection {
        let Selection { all, nth } = self.input.selection();
        Selection { all: all || (self.json_lines && nth.is_none()), nth }
    }

    fn options(&self) -> DumpOptions {
        let mut options = DumpOptions::new()
            .sort_keys(self.sort_keys)
            .ensure_ascii(self.ensure_ascii)
            .allow_nan(self.allow_nan)
            .skip_keys(self.skipkeys)
            .max_digits(self.max_digits)
            .tagged(self.tagged);
        if self.compact {
            options = options.compact();
        }
        if self.tab {
            options = options.indent_with("\t");
        }
        if let Some(spaces) = self.indent {
            // As in Python, where a text times a negative number is empty.
            options = options.indent(usize::try_from(spaces).unwrap_or(0));
        }
        if let Some([item, key]) = self.separators.as_deref() {
            options = options.separators(item, key);
        }
        if let Some(bytes) = self.max_json {
            options = options.max_bytes(bytes);
        }
        self.classes.iter().fold(options, |options, (name, class)| options.class(name, *class))
    }
}

/// `MODULE.NAME=TYPE`
fn class(text: &str) -> Result<(String, Class), String> {
    match text.split_once('=') {
        Some((name, class)) if name.contains('.') => Ok((name.into(), class.parse()?)),
        _ => Err(String::from("a class with its module and a type are needed, as in MODULE.NAME=int")),
    }
}
