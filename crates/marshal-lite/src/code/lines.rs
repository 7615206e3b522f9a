//! Where bytecode stands in the source: the three forms of line tables.

use crate::version::Release;

/// A range of bytecode and where it stands in the source.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Location {
    /// Where the range starts, in bytes.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// The line; none where the code belongs to no line.
    pub line: Option<i32>,
    /// The line in which it ends, and the columns in bytes: CPython 3.11 and later.
    pub end_line: Option<i32>,
    /// The column in which it starts.
    pub column: Option<i32>,
    /// The column in which it ends.
    pub end_column: Option<i32>,
}

impl Location {
    fn of_line(start: u32, end: u32, line: Option<i32>) -> Location {
        Location { start, end, line, end_line: None, column: None, end_column: None }
    }
}

/// The entries of a line table, in order.
///
/// A table that ends within an entry ends before it.
#[derive(Clone, Debug)]
pub struct Locations<'t> {
    form: Form,
    rest: &'t [u8],
    start: u32,
    line: i32,
    /// The end of the bytecode, where the table's form needs it.
    code_end: u32,
    done: bool,
    /// Whether `co_lines()` makes ranges of the same line one, as all releases but 3.11 do.
    merges: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    /// `co_lnotab` with unsigned lines: up to 3.5.
    Unsigned,
    /// `co_lnotab`: 3.6 to 3.9.
    Signed,
    /// `co_linetable` of 3.10 (PEP 626).
    Ranges,
    /// `co_linetable` of 3.11 and later (PEP 657).
    Positions,
}

impl<'t> Locations<'t> {
    /// The entries of a table that belongs to `code_length` bytes of bytecode.
    #[must_use]
    pub fn new(table: &'t [u8], first_line: i32, code_length: usize, release: Release) -> Locations<'t> {
        let form = match release.number() {
            (2, _) | (3, 0..=5) => Form::Unsigned,
            (3, 6..=9) => Form::Signed,
            (3, 10) => Form::Ranges,
            _ => Form::Positions,
        };
        let code_end = u32::try_from(code_length).unwrap_or(u32::MAX);
        let merges = release.number() != (3, 11);
        Locations { form, rest: table, start: 0, line: first_line, code_end, done: false, merges }
    }

    /// `co_lines()`, and its like where there is none: ranges of the same line made one (but by 3.11), and no empty ones.
    #[must_use]
    pub fn lines(self) -> Lines<'t> {
        Lines { locations: self, next: None }
    }

    /// `co_positions()`: an entry for each code unit of two bytes.
    pub fn positions(self) -> impl Iterator<Item = Location> + 't {
        self.flat_map(|location| {
            (location.start..location.end).step_by(2).map(move |start| Location { start, end: start + 2, ..location })
        })
    }

    /// An entry of `co_lnotab` says how many bytes and lines the next line's start is away.
    fn lnotab(&mut self) -> Option<Location> {
        let start = self.start;
        loop {
            let line = self.line;
            let [bytes, lines, rest @ ..] = self.rest else {
                self.done = true;
                return (start < self.code_end).then(|| Location::of_line(start, self.code_end, Some(line)));
            };
            self.rest = rest;
            self.start = self.start.saturating_add(u32::from(*bytes));
            let delta = if self.form == Form::Signed { i32::from(*lines as i8) } else { i32::from(*lines) };
            self.line = self.line.wrapping_add(delta);
            if self.start > start {
                return Some(Location::of_line(start, self.start, Some(line)));
            }
        }
    }

    /// An entry of 3.10: the length of a range, and the distance of its line from the last; -128 for no line.
    fn range(&mut self) -> Option<Location> {
        let [length, delta, rest @ ..] = self.rest else {
            return None;
        };
        self.rest = rest;
        let (start, delta) = (self.start, *delta as i8);
        self.start = self.start.saturating_add(u32::from(*length));
        let line = if delta == i8::MIN {
            None
        } else {
            self.line = self.line.wrapping_add(i32::from(delta));
            Some(self.line)
        };
        Some(Location::of_line(start, self.start, line))
    }

    /// An entry of 3.11 and later: its first byte has a form and the length in code units.
    fn position(&mut self) -> Option<Location> {
        let first = self.byte()?;
        let start = self.start;
        self.start = self.start.saturating_add(2 * (u32::from(first & 7) + 1));
        let end = self.start;
        let form = first >> 3 & 15;
        if form == 15 {
            return Some(Location::of_line(start, end, None));
        }
        let (delta, end_delta, columns) = match form {
            0..=9 => {
                let second = self.byte()?;
                let column = i32::from(form) << 3 | i32::from(second >> 4 & 7);
                (0, 0, Some((column, column + i32::from(second & 15))))
            }
            10..=12 => {
                let delta = i32::from(form) - 10;
                (delta, 0, Some((i32::from(self.byte()?), i32::from(self.byte()?))))
            }
            13 => (self.signed_varint()?, 0, None),
            _ => {
                let (delta, end_delta) = (self.signed_varint()?, self.varint()? as i32);
                // Columns are one more, and zero if there is none.
                let (column, end_column) = (self.varint()? as i32 - 1, self.varint()? as i32 - 1);
                self.line = self.line.wrapping_add(delta);
                let line = self.line;
                let known = |column: i32| (column >= 0).then_some(column);
                return Some(Location {
                    start,
                    end,
                    line: Some(line),
                    end_line: Some(line.wrapping_add(end_delta)),
                    column: known(column),
                    end_column: known(end_column),
                });
            }
        };
        self.line = self.line.wrapping_add(delta);
        Some(Location {
            start,
            end,
            line: Some(self.line),
            end_line: Some(self.line.wrapping_add(end_delta)),
            column: columns.map(|(column, _)| column),
            end_column: columns.map(|(_, end)| end),
        })
    }

    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    /// Six bits a byte, the lowest first; the seventh bit says that more follow.
    fn varint(&mut self) -> Option<u32> {
        let (mut value, mut shift) = (0_u32, 0);
        loop {
            let byte = self.byte()?;
            value |= u32::from(byte & 63).checked_shl(shift).unwrap_or(0);
            shift += 6;
            if byte & 64 == 0 {
                return Some(value);
            }
        }
    }

    /// The lowest bit is the sign.
    fn signed_varint(&mut self) -> Option<i32> {
        let value = self.varint()?;
        let magnitude = (value >> 1) as i32;
        Some(if value & 1 == 0 { magnitude } else { magnitude.wrapping_neg() })
    }
}

impl Iterator for Locations<'_> {
    type Item = Location;

    fn next(&mut self) -> Option<Location> {
        if self.done {
            return None;
        }
        match self.form {
            Form::Unsigned | Form::Signed => self.lnotab(),
            Form::Ranges => self.range(),
            Form::Positions => self.position(),
        }
    }
}

/// Ranges of bytecode by line: see [`Locations::lines`].
#[derive(Clone, Debug)]
pub struct Lines<'t> {
    locations: Locations<'t>,
    next: Option<Location>,
}

impl Lines<'_> {
    fn entry(&mut self) -> Option<Location> {
        self.locations.find(|location| location.start < location.end)
    }
}

impl Iterator for Lines<'_> {
    type Item = Location;

    fn next(&mut self) -> Option<Location> {
        let mut range = self.next.take().or_else(|| self.entry())?;
        range = Location::of_line(range.start, range.end, range.line);
        while let Some(entry) = self.entry() {
            if entry.line != range.line || !self.locations.merges {
                self.next = Some(entry);
                break;
            }
            range.end = entry.end;
        }
        Some(range)
    }
}
