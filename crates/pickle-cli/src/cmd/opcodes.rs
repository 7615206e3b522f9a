//! `pickle opcodes`: the table of opcodes.

use core::fmt::{self, Display};
use std::io::Write;

use clap::Args;
use pickle_opcodes::{Opcode, StackObject};

use crate::failure::Failure;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  pickle opcodes                         all 68
  pickle opcodes memoize                 one of them
  pickle opcodes | grep -i tuple";

/// Show the opcodes of the pickle format, all or one
///
/// Byte, name, argument, the first protocol that has it, what it takes from the stack and what it leaves there (the top
/// last), and what it does. Names are those of Python's pickletools.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Opcodes {
    /// The name of one opcode, in capitals or not
    #[arg(value_parser = named)]
    name: Option<Opcode>,
}

fn named(name: &str) -> Result<Opcode, String> {
    Opcode::from_name(&name.to_ascii_uppercase())
        .ok_or_else(|| String::from("no opcode has this name: pickle opcodes lists all"))
}

impl Opcodes {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let mut out = Output::stdout();
        let written = match self.name {
            Some(opcode) => write!(out, "{}", Entry(opcode)),
            None => write!(out, "{Table}"),
        };
        written.map_err(|error| out.failure(&error))?;
        out.finish()
    }
}

/// All opcodes, a line each.
struct Table;

impl Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 6]> = Opcode::ALL.map(row).into();
        let headings = ["byte", "name", "argument", "protocol", "stack", "what it does"].map(String::from);
        let lines = || core::iter::once(&headings).chain(&rows);
        let widths: [usize; 6] =
            core::array::from_fn(|column| lines().map(|line| line[column].chars().count()).max().unwrap_or(0));
        for line in lines() {
            let (last, columns) = line.split_last().expect("a line has six columns");
            for (text, width) in columns.iter().zip(widths) {
                write!(f, "{text:width$}  ")?;
            }
            writeln!(f, "{last}")?;
        }
        Ok(())
    }
}

fn row(opcode: Opcode) -> [String; 6] {
    [
        byte(opcode),
        opcode.name().into(),
        argument(opcode).into(),
        opcode.protocol().to_string(),
        Stack(opcode).to_string(),
        opcode.doc().into(),
    ]
}

/// All of one opcode.
struct Entry(Opcode);

impl Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Entry(opcode) = *self;
        writeln!(f, "{opcode}: {}", opcode.doc())?;
        writeln!(f, "  byte      {}", byte(opcode))?;
        writeln!(f, "  argument  {}", argument(opcode))?;
        writeln!(f, "  protocol  {}", opcode.protocol())?;
        writeln!(f, "  stack     {}", Stack(opcode))
    }
}

/// `0x4b K`, `0x80`
fn byte(opcode: Opcode) -> String {
    let byte = opcode.byte();
    match byte {
        b'!'..=b'~' => format!("0x{byte:02x} {}", char::from(byte)),
        _ => format!("0x{byte:02x}"),
    }
}

fn argument(opcode: Opcode) -> &'static str {
    opcode.arg().map_or("-", |kind| kind.name())
}

/// `list any → list`
struct Stack(Opcode);

impl Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stack(opcode) = *self;
        let list = |f: &mut fmt::Formatter<'_>, objects: &[StackObject]| {
            for (position, object) in objects.iter().enumerate() {
                let space = if position == 0 { "" } else { " " };
                write!(f, "{space}{object}")?;
            }
            if objects.is_empty() {
                f.write_str("-")?;
            }
            Ok(())
        };
        list(f, opcode.stack_before())?;
        f.write_str(" → ")?;
        list(f, opcode.stack_after())
    }
}
