//! `pickle pyc show`: what is in a compiled module.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use marshal_lite::code::{Argument, Code, Instruction};
use marshal_lite::pyc::Invalidation;
use pickle_value::View;

use super::json::JsonModule;
use super::{failure, parse, read};
use crate::failure::Failure;
use crate::output::Output;

/// Show a compiled module: its header, and of each code object names, constants, instructions and handlers
#[derive(Args)]
pub(super) struct Show {
    /// The file to read
    file: PathBuf,

    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let data = read(&self.file)?;
        let pyc = parse(&self.file, &data)?;
        let mut out = Output::stdout();
        if self.json {
            let module = JsonModule::of(&pyc).map_err(|error| failure(&self.file, error))?;
            let written = serde_json::to_writer_pretty(&mut out, &module).map_err(io::Error::from);
            written.and_then(|()| writeln!(out)).map_err(|error| out.failure(&error))?;
            return out.finish();
        }
        let written = writeln!(out, "python      {} (magic number {})", pyc.release(), pyc.header.magic)
            .and_then(|()| writeln!(out, "source      {}", source(pyc.header.invalidation)));
        written.map_err(|error| out.failure(&error))?;
        let mut work = vec![pyc.graph.root()];
        while let Some(view) = work.pop() {
            let code = Code::new(view, pyc.release()).map_err(|error| failure(&self.file, error))?;
            write_code(&mut out, &code).map_err(|error| out.failure(&error))?;
            let inner: Vec<View<'_>> = code.inner().collect();
            work.extend(inner.into_iter().rev());
        }
        out.finish()
    }
}

fn source(invalidation: Invalidation) -> String {
    match invalidation {
        Invalidation::Timestamp { seconds, size: Some(size) } => format!("modified {seconds}, {size} bytes"),
        Invalidation::Timestamp { seconds, size: None } => format!("modified {seconds}"),
        Invalidation::Hash { hash, checked } => {
            let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("hash {digits}, {}", if checked { "checked" } else { "not checked" })
        }
    }
}

fn write_code(out: &mut Output, code: &Code<'_>) -> io::Result<()> {
    let name = code.qualified_name().or(code.name()).unwrap_or("?");
    writeln!(out, "\ncode {name}")?;
    writeln!(out, "file        {}", code.file_name().unwrap_or("?"))?;
    writeln!(out, "first line  {}", code.first_line())?;
    writeln!(out, "flags       {}", code.flags())?;
    let (positional, keyword) = (code.pos_only_arg_count(), code.kw_only_arg_count());
    writeln!(out, "arguments   {}, {positional} positional-only; {keyword} keyword-only", code.arg_count())?;
    writeln!(out, "stack       {}", code.stack_size())?;
    let lists = [
        ("names", code.names()),
        ("locals", code.var_names()),
        ("cells", code.cell_vars()),
        ("free", code.free_vars()),
    ];
    for (label, names) in lists.into_iter().filter(|(_, names)| !names.is_empty()) {
        let names: Vec<String> = names.into_iter().map(|name| name.as_str().unwrap_or("?").to_owned()).collect();
        writeln!(out, "{label:<11} {}", names.join(", "))?;
    }
    writeln!(out, "constants")?;
    for (number, constant) in code.consts().items().enumerate() {
        match Code::new(constant, code.release()) {
            Ok(inner) => writeln!(out, "{number:>5}  <code {}>", inner.name().unwrap_or("?"))?,
            Err(_) => writeln!(out, "{number:>5}  {constant}")?,
        }
    }
    write_instructions(out, code)?;
    for handler in code.handlers() {
        let lasti = if handler.lasti { ", with the place" } else { "" };
        writeln!(
            out,
            "handler     {} to {} at {}, depth {}{lasti}",
            handler.start, handler.end, handler.target, handler.depth
        )?;
    }
    Ok(())
}

/// A line for each instruction: its line where that is another one, `>>` where others jump to, offset, name, argument.
fn write_instructions(out: &mut Output, code: &Code<'_>) -> io::Result<()> {
    let instructions = match code.instructions() {
        Ok(instructions) => instructions,
        Err(error) => {
            writeln!(out, "instructions {error}")?;
            return write_lines(out, code);
        }
    };
    writeln!(out, "instructions")?;
    let targets: BTreeSet<i64> = instructions.clone().filter_map(|instruction| target(&instruction)).collect();
    let lines: BTreeMap<u32, Option<i32>> = code.locations().lines().map(|range| (range.start, range.line)).collect();
    let mut last = None;
    for instruction in instructions {
        let line = lines.get(&instruction.offset).copied().flatten();
        let line = line.filter(|&line| last.replace(line) != Some(line)).map(|line| line.to_string());
        let mark = if targets.contains(&i64::from(instruction.offset)) { ">>" } else { "" };
        let name = instruction.name.map_or_else(|| format!("<{}>", instruction.opcode), str::to_owned);
        let arg = instruction.arg.map(|arg| arg.to_string()).unwrap_or_default();
        let mut text =
            format!("{:>7} {mark:>2} {:>6} {name:<26} {arg:>5}", line.unwrap_or_default(), instruction.offset);
        if instruction.argument.says_more() {
            text += &format!(" ({})", instruction.argument);
        }
        writeln!(out, "{}", text.trim_end())?;
    }
    Ok(())
}

/// What there is to say of bytecode whose opcodes are not known.
fn write_lines(out: &mut Output, code: &Code<'_>) -> io::Result<()> {
    writeln!(out, "lines       from  to  line")?;
    for range in code.locations().lines() {
        let line = range.line.map_or_else(|| "none".to_owned(), |line| line.to_string());
        writeln!(out, "{:>16} {:>3}  {line}", range.start, range.end)?;
    }
    Ok(())
}

fn target(instruction: &Instruction<'_>) -> Option<i64> {
    match instruction.argument {
        Argument::Target(offset) => Some(offset),
        _ => None,
    }
}
