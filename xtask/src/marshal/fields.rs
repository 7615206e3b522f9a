//! Our side of `fields.py`: all of a code object, line by line.

use marshal_lite::Release;
use marshal_lite::code::{Code, Field, Location};
use marshal_lite::value::{Kind, View};

/// The lines that tell all of one code object.
pub(super) fn describe(code: &Code<'_>) -> Vec<String> {
    let mut lines = attributes(code);
    if code.release().number() >= (3, 10) {
        let ranges = code.locations().lines();
        lines.extend(ranges.map(|range| format!("lines {} {} {}", range.start, range.end, optional(range.line))));
    } else {
        lines.extend(line_starts(code));
    }
    if code.release().number() >= (3, 11) {
        lines.extend(code.locations().positions().map(|position| spell_position(&position)));
        lines.extend(code.handlers().map(|handler| {
            let lasti = i32::from(handler.lasti);
            format!("handler {} {} {} {} {lasti}", handler.start, handler.end, handler.target, handler.depth)
        }));
    }
    lines
}

/// Those that the release has, in the order of the script.
fn attributes(code: &Code<'_>) -> Vec<String> {
    let release = code.release();
    let int = |name: &str, value: i32| format!("{name} i{value}");
    let list = |name: &str, items: Vec<View<'_>>| {
        let items: Vec<String> = items.into_iter().map(spell).collect();
        format!("{name} ({})", items.join(","))
    };
    let mut lines = vec![int("co_argcount", code.arg_count())];
    if release.number() >= (3, 8) {
        lines.push(int("co_posonlyargcount", code.pos_only_arg_count()));
    }
    if !release.is_python2() {
        lines.push(int("co_kwonlyargcount", code.kw_only_arg_count()));
    }
    lines.push(int("co_nlocals", code.local_count()));
    lines.push(int("co_stacksize", code.stack_size()));
    lines.push(int("co_flags", code.flags().bits() as i32));
    lines.push(format!("co_code {}", spell(code.field(Field::Code))));
    lines.push(format!("co_consts {}", spell(code.consts())));
    lines.push(list("co_names", code.names()));
    lines.push(list("co_varnames", code.var_names()));
    lines.push(list("co_freevars", code.free_vars()));
    lines.push(list("co_cellvars", code.cell_vars()));
    lines.push(format!("co_filename {}", spell(code.field(Field::FileName))));
    lines.push(format!("co_name {}", spell(code.field(Field::Name))));
    if release.number() >= (3, 11) {
        lines.push(format!("co_qualname {}", spell(code.field(Field::QualName))));
    }
    lines.push(int("co_firstlineno", code.first_line()));
    lines.push(format!("{} {}", line_table_name(release), spell(code.field(Field::LineTable))));
    if release.number() >= (3, 11) {
        lines.push(format!("co_exceptiontable {}", spell(code.field(Field::ExceptionTable))));
    }
    lines
}

fn line_table_name(release: Release) -> &'static str {
    if release.number() >= (3, 10) { "co_linetable" } else { "co_lnotab" }
}

/// As `dis.findlinestarts` has them.
fn line_starts(code: &Code<'_>) -> Vec<String> {
    code.locations().lines().filter_map(|range| range.line.map(|line| format!("line {} {line}", range.start))).collect()
}

fn spell_position(position: &Location) -> String {
    let [line, end_line] = [position.line, position.end_line].map(optional);
    let [column, end_column] = [position.column, position.end_column].map(optional);
    format!("position {} {line} {end_line} {column} {end_column}", position.start)
}

fn optional(number: Option<i32>) -> String {
    number.map_or_else(|| "None".to_owned(), |number| number.to_string())
}

/// A constant, told apart from all others.
pub(super) fn spell(view: View<'_>) -> String {
    let items = |view: View<'_>| view.items().map(spell).collect::<Vec<_>>();
    let bits = |value: f64| format!("{:016x}", value.to_bits());
    match view.kind() {
        Kind::Tuple => format!("({})", items(view).join(",")),
        Kind::FrozenSet => {
            let mut items = items(view);
            items.sort();
            format!("{{{}}}", items.join(","))
        }
        Kind::None => "None".to_owned(),
        Kind::Ellipsis => "Ellipsis".to_owned(),
        Kind::Bool => if view.as_bool() == Some(true) { "True" } else { "False" }.to_owned(),
        Kind::Long => format!("l{}", view.as_bigint().unwrap_or_default()),
        Kind::Int => format!("i{}", view.as_bigint().unwrap_or_default()),
        Kind::Float => format!("f{}", bits(view.as_f64().unwrap_or_default())),
        Kind::Complex => {
            let (real, imaginary) = view.as_complex().unwrap_or_default();
            format!("c{}{}", bits(real), bits(imaginary))
        }
        Kind::Bytes | Kind::ByteString => {
            let digits = view.as_bytes().unwrap_or_default().iter().map(|byte| format!("{byte:02x}"));
            format!("b{}", digits.collect::<String>())
        }
        Kind::Text => {
            let text = view.as_text().map(|text| text.code_points().map(point).collect::<String>());
            format!("u{}", text.unwrap_or_default())
        }
        _ => "<code>".to_owned(),
    }
}

pub(super) fn point(code: u32) -> String {
    match char::from_u32(code) {
        Some(character @ ' '..='~') if character != '\\' => character.to_string(),
        _ => format!("\\{code:x};"),
    }
}
