//! A compiled module as JSON, for `pickle pyc show --json`.

use marshal_lite::code::{Argument, Code, Handler, Instruction};
use marshal_lite::pyc::{Invalidation, Pyc};
use marshal_lite::value::View;
use serde::Serialize;

/// A compiled module.
#[derive(Serialize)]
pub(super) struct JsonModule {
    python: String,
    magic: u16,
    source: JsonSource,
    /// The module's own first; each before those within.
    code: Vec<JsonCode>,
}

#[derive(Serialize)]
#[serde(tag = "by", rename_all = "lowercase")]
enum JsonSource {
    Timestamp { seconds: u32, size: Option<u32> },
    Hash { hash: String, checked: bool },
}

#[derive(Serialize)]
struct JsonCode {
    name: Option<String>,
    qualname: Option<String>,
    file: Option<String>,
    first_line: i32,
    flags: Vec<&'static str>,
    unknown_flags: u32,
    arguments: i32,
    positional_only: i32,
    keyword_only: i32,
    stack: i32,
    names: Vec<String>,
    locals: Vec<String>,
    cells: Vec<String>,
    free: Vec<String>,
    constants: Vec<JsonConstant>,
    /// Nothing for a release whose opcodes are not known.
    instructions: Option<Vec<JsonInstruction>>,
    handlers: Vec<JsonHandler>,
}

/// A constant: its repr, or of a code object its place in the list of all.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum JsonConstant {
    Repr(String),
    Code(usize),
}

#[derive(Serialize)]
struct JsonInstruction {
    offset: u32,
    line: Option<i32>,
    opcode: u8,
    name: Option<&'static str>,
    arg: Option<i64>,
    meaning: Option<String>,
    target: Option<i64>,
}

#[derive(Serialize)]
struct JsonHandler {
    start: u32,
    end: u32,
    target: u32,
    depth: u32,
    lasti: bool,
}

impl JsonModule {
    /// All of a module.
    pub(super) fn of(pyc: &Pyc<'_>) -> Result<JsonModule, marshal_lite::Error> {
        let mut code = Vec::new();
        let mut work = vec![pyc.graph.root()];
        while let Some(view) = work.pop() {
            let found = Code::new(view, pyc.release())?;
            let inner: Vec<View<'_>> = found.inner().collect();
            code.push(found);
            work.extend(inner.into_iter().rev());
        }
        Ok(JsonModule {
            python: pyc.release().to_string(),
            magic: pyc.header.magic,
            source: source(pyc.header.invalidation),
            code: code.iter().map(|found| JsonCode::of(found, &code)).collect(),
        })
    }
}

fn source(invalidation: Invalidation) -> JsonSource {
    match invalidation {
        Invalidation::Timestamp { seconds, size } => JsonSource::Timestamp { seconds, size },
        Invalidation::Hash { hash, checked } => {
            JsonSource::Hash { hash: hash.iter().map(|byte| format!("{byte:02x}")).collect(), checked }
        }
    }
}

impl JsonCode {
    fn of(code: &Code<'_>, all: &[Code<'_>]) -> JsonCode {
        let text = |name: Option<&str>| name.map(str::to_owned);
        JsonCode {
            name: text(code.name()),
            qualname: text(code.qualified_name()),
            file: text(code.file_name()),
            first_line: code.first_line(),
            flags: code.flags().names().collect(),
            unknown_flags: code.flags().unknown(),
            arguments: code.arg_count(),
            positional_only: code.pos_only_arg_count(),
            keyword_only: code.kw_only_arg_count(),
            stack: code.stack_size(),
            names: names(code.names()),
            locals: names(code.var_names()),
            cells: names(code.cell_vars()),
            free: names(code.free_vars()),
            constants: code.consts().items().map(|constant| JsonConstant::of(constant, all)).collect(),
            instructions: instructions(code),
            handlers: code.handlers().map(JsonHandler::of).collect(),
        }
    }
}

fn names(names: Vec<View<'_>>) -> Vec<String> {
    names.into_iter().map(|name| name.as_str().map_or_else(|| name.to_string(), str::to_owned)).collect()
}

impl JsonConstant {
    fn of(constant: View<'_>, all: &[Code<'_>]) -> JsonConstant {
        match all.iter().position(|code| code.view().is(constant)) {
            Some(number) => JsonConstant::Code(number),
            None => JsonConstant::Repr(constant.to_string()),
        }
    }
}

fn instructions(code: &Code<'_>) -> Option<Vec<JsonInstruction>> {
    let mut lines = code.locations().lines().peekable();
    let mut line = None;
    let instructions = code.instructions().ok()?.map(|instruction| {
        while let Some(range) = lines.next_if(|range| range.start <= instruction.offset) {
            line = range.line;
        }
        JsonInstruction::of(&instruction, line)
    });
    Some(instructions.collect())
}

impl JsonInstruction {
    fn of(instruction: &Instruction<'_>, line: Option<i32>) -> JsonInstruction {
        let target = match instruction.argument {
            Argument::Target(offset) => Some(offset),
            _ => None,
        };
        let Instruction { offset, opcode, name, arg, argument } = *instruction;
        let meaning = argument.says_more().then(|| argument.to_string());
        JsonInstruction { offset, line, opcode, name, arg, meaning, target }
    }
}

impl JsonHandler {
    fn of(handler: Handler) -> JsonHandler {
        let Handler { start, end, target, depth, lasti } = handler;
        JsonHandler { start, end, target, depth, lasti }
    }
}
