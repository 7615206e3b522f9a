//! What differs, told so that a person sees where.

use pickle_opcodes::{Argument, Op, Ops};
use serde::Serialize;

/// What is compared with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Comparison {
    /// A pickle, decoded and assembled again, with itself.
    Opcodes,
    /// A pickle of protocol i, read and written at protocol j, with CPython's at j.
    Transcode,
    /// A pickle, read and written by the newest's rules, with the newest CPython's.
    Reread,
    /// Our disassembly with pickletools'.
    Dis,
    /// Our optimized pickle with pickletools'.
    Optimize,
    /// A pickle, disassembled and assembled again, with itself.
    Asm,
    /// A live interpreter's pickles with the committed ones.
    Corpus,
    /// What the generator answered with what it may answer.
    Generator,
}

impl Comparison {
    /// In the order of the report.
    pub(crate) const ALL: [Comparison; 8] = [
        Comparison::Opcodes,
        Comparison::Transcode,
        Comparison::Reread,
        Comparison::Dis,
        Comparison::Optimize,
        Comparison::Asm,
        Comparison::Corpus,
        Comparison::Generator,
    ];

    /// Its name in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Comparison::Opcodes => "opcodes",
            Comparison::Transcode => "transcode",
            Comparison::Reread => "reread",
            Comparison::Dis => "dis",
            Comparison::Optimize => "optimize",
            Comparison::Asm => "asm",
            Comparison::Corpus => "corpus",
            Comparison::Generator => "generator",
        }
    }
}

/// One difference.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Difference {
    /// The case's name.
    pub(crate) case: String,
    pub(crate) comparison: Comparison,
    /// The protocol read.
    pub(crate) from: Option<u8>,
    /// The protocol written.
    pub(crate) to: Option<u8>,
    /// What is wrong, in a line.
    pub(crate) message: String,
    /// Both sides around the first difference: `-` what CPython has, `+` what we have.
    pub(crate) detail: Vec<String>,
}

impl Difference {
    /// `case, comparison 0→4: what is wrong`.
    pub(crate) fn title(&self) -> String {
        let place = self.place();
        let space = if place.is_empty() { "" } else { " " };
        format!("{}, {}{space}{place}: {}", self.case, self.comparison.name(), self.message)
    }

    /// The protocols: `0→4`, or `4` alone.
    pub(crate) fn place(&self) -> String {
        match (self.from, self.to) {
            (Some(from), Some(to)) => format!("{from}→{to}"),
            (None, Some(to)) => format!("at protocol {to}"),
            _ => String::new(),
        }
    }
}

// -- Pickles ----------------------------------------------------------------

/// Lines of context before the first difference, and lines of each side from there on.
const BEFORE: usize = 3;
const BEHIND: usize = 4;

/// Both disassemblies around the first differing instruction.
///
/// A frame's length differs whenever anything in it does. So where the first difference is one between frames, the
/// first between other instructions is shown too.
pub(crate) fn of_pickles(expected: &[u8], ours: &[u8]) -> Vec<String> {
    let sides = [items(expected), items(ours)];
    let Some(first) = first_difference(&sides) else {
        return vec!["no instruction differs".to_owned()];
    };
    let frames = [&sides[0], &sides[1]].map(|side| side.get(first).filter(|item| item.is_frame()));
    let [Some(expected), Some(ours)] = frames else {
        return window(&sides, first);
    };
    let mut lines = vec![format!("- {}", expected.text()), format!("+ {}", ours.text()), "  …".to_owned()];
    let sides = sides.map(|side| side.into_iter().filter(|item| !item.is_frame()).collect::<Vec<_>>());
    match first_difference(&sides) {
        Some(first) => lines.extend(window(&sides, first)),
        None => lines.push("  nothing but frames differs".to_owned()),
    }
    lines
}

fn first_difference([expected, ours]: &[Vec<Item<'_>>; 2]) -> Option<usize> {
    let same = expected.iter().zip(ours).take_while(|(a, b)| a.bytes == b.bytes).count();
    (same < expected.len() || same < ours.len()).then_some(same)
}

fn window(sides: &[Vec<Item<'_>>; 2], first: usize) -> Vec<String> {
    let [expected, ours] = sides;
    let mut lines: Vec<String> =
        expected[first.saturating_sub(BEFORE)..first].iter().map(|item| format!("  {}", item.text())).collect();
    for (sign, side) in [("-", expected), ("+", ours)] {
        let rest = &side[first..];
        lines.extend(rest.iter().take(BEHIND).map(|item| format!("{sign} {}", item.text())));
        if rest.is_empty() {
            lines.push(format!("{sign} (ends here)"));
        } else if rest.len() > BEHIND {
            lines.push(format!("{sign} … {} more", rest.len() - BEHIND));
        }
    }
    lines
}

/// An instruction, or what is left where none can be read.
struct Item<'a> {
    offset: usize,
    bytes: &'a [u8],
    what: Result<Op<'a>, String>,
}

fn items(pickle: &[u8]) -> Vec<Item<'_>> {
    let mut items: Vec<Item<'_>> = Vec::new();
    let mut ops = Ops::new(pickle);
    while let Some(op) = ops.next() {
        match op {
            Ok((offset, op)) => items.push(Item { offset, bytes: &pickle[offset..ops.offset()], what: Ok(op) }),
            Err(error) => {
                let offset = ops.offset();
                items.push(Item { offset, bytes: &pickle[offset..], what: Err(error.to_string()) });
                return items;
            }
        }
    }
    let end = ops.offset();
    if end < pickle.len() {
        items.push(Item { offset: end, bytes: &pickle[end..], what: Err("bytes behind STOP".to_owned()) });
    }
    items
}

impl Item<'_> {
    fn is_frame(&self) -> bool {
        matches!(self.what, Ok(Op::Frame(_)))
    }

    fn text(&self) -> String {
        let what = match &self.what {
            Ok(op) => match op.argument() {
                Some(argument) => format!("{} {}", op.opcode().name(), argument_text(&argument)),
                None => op.opcode().name().to_owned(),
            },
            Err(problem) => format!("({problem}) {}", bytes_text(self.bytes)),
        };
        format!("{:>7}: {what}", self.offset)
    }
}

fn argument_text(argument: &Argument<'_>) -> String {
    match argument {
        Argument::Uint(number) => number.to_string(),
        Argument::Int(number) => number.to_string(),
        Argument::Float(number) => format!("{number:?} (bits {:016x})", number.to_bits()),
        Argument::Bytes(bytes) => bytes_text(bytes),
        Argument::Pair(pair) => format!("{pair:?}"),
    }
}

/// As Python writes bytes, but not too long.
fn bytes_text(bytes: &[u8]) -> String {
    const SHOWN: usize = 48;
    match bytes.get(..SHOWN) {
        Some(start) if bytes.len() > SHOWN => {
            format!("b'{}'… ({} bytes)", start.escape_ascii(), bytes.len())
        }
        _ => format!("b'{}'", bytes.escape_ascii()),
    }
}

// -- Texts ------------------------------------------------------------------

/// Both texts around the first differing line.
pub(crate) fn of_texts(expected: &[u8], ours: &[u8]) -> Vec<String> {
    let sides = [expected, ours].map(|text| text.split_inclusive(|byte| *byte == b'\n').collect::<Vec<_>>());
    let same = sides[0].iter().zip(&sides[1]).take_while(|(a, b)| a == b).count();
    let mut lines: Vec<String> =
        sides[0][same.saturating_sub(BEFORE)..same].iter().map(|line| format!("  {}", line_text(line, 0))).collect();
    let column = match (sides[0].get(same), sides[1].get(same)) {
        (Some(a), Some(b)) => a.iter().zip(*b).take_while(|(a, b)| a == b).count(),
        _ => 0,
    };
    for (sign, side) in ["-", "+"].into_iter().zip(&sides) {
        lines.push(match side.get(same) {
            Some(line) => format!("{sign} line {}: {}", same + 1, line_text(line, column)),
            None => format!("{sign} (ends before line {})", same + 1),
        });
    }
    lines
}

/// The line, or what is around the column where it is long; the newline shows where it is missing.
fn line_text(line: &[u8], column: usize) -> String {
    const SHOWN: usize = 120;
    let (content, newline) = match line.strip_suffix(b"\n") {
        Some(content) => (content, ""),
        None => (line, " (no newline)"),
    };
    let start = if content.len() > SHOWN { column.saturating_sub(SHOWN / 2) } else { 0 };
    let end = content.len().min(start + SHOWN);
    let before = if start > 0 { format!("(from column {start}) …") } else { String::new() };
    let behind = if end < content.len() { "…" } else { "" };
    format!("{before}{}{behind}{newline}", String::from_utf8_lossy(&content[start..end]))
}

#[cfg(test)]
mod tests {
    use super::{of_pickles, of_texts};

    #[test]
    fn the_first_differing_instruction_is_shown_behind_differing_frames() {
        let expected = b"\x80\x04\x95\x07\0\0\0\0\0\0\0]\x94(K\x01e.";
        let ours = b"\x80\x04\x95\x06\0\0\0\0\0\0\0](K\x01e.";
        let shown = of_pickles(expected, ours).join("\n");
        assert_eq!(
            shown,
            "-       2: FRAME 7\n+       2: FRAME 6\n  …\n        0: PROTO 4\n       11: EMPTY_LIST\n-      12: MEMOIZE\n\
             -      13: MARK\n-      14: BININT1 1\n-      16: APPENDS\n- … 1 more\n+      12: MARK\n\
             +      13: BININT1 1\n+      15: APPENDS\n+      16: STOP"
        );
    }

    #[test]
    fn broken_pickles_are_shown_as_far_as_they_go() {
        let shown = of_pickles(b"N.", b"N").join("\n");
        assert!(shown.contains("-       1: STOP") && shown.contains("+       1: ("), "{shown}");
        let shown = of_pickles(b"N.", b"\xffN.").join("\n");
        assert!(shown.contains(r"+       0: (") && shown.contains(r"b'\xffN.'"), "{shown}");
        assert!(of_pickles(b"N.", b"N..").join("\n").contains("(bytes behind STOP) b'.'"));
    }

    #[test]
    fn texts_are_shown_around_the_first_differing_line() {
        assert_eq!(of_texts(b"a\nb\n", b"a\nc\n"), ["  a", "- line 2: b", "+ line 2: c"]);
        assert_eq!(of_texts(b"a\n", b"a"), ["- line 1: a", "+ line 1: a (no newline)"]);
        assert_eq!(of_texts(b"a\n", b""), ["- line 1: a", "+ (ends before line 1)"]);
    }
}
