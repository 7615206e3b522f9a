//! NumPy: `ndarray.__reduce__` and `dtype.__reduce__`, whose functions moved from `numpy.core` to `numpy._core` with 2.0.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Shaped, shape};
use crate::object::Step;
use crate::stdlib::{Made, ascii};
use crate::view::{Kind, View};

/// How many fields of a dtype are named, with those within fields.
const MAX_FIELDS: usize = 100;
/// How deep fields may stand in fields.
const MAX_DEPTH: usize = 16;

pub(super) fn array(view: View<'_>) -> Option<Shaped> {
    let made = Made::of(view)?;
    let (lengths, elements, class) = match (made.module, made.name) {
        ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") | ("numpy.ma.core", "_mareconstruct") => {
            let [Step::State(state)] = made.steps()[..] else {
                return None;
            };
            // The version stands in front, but not in NumPy's oldest pickles.
            let at = usize::from(state.get(0).kind() == Kind::Int);
            (state.get(at), state.get(at + 1), made.arg(0))
        }
        ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") if made.steps().is_empty() => {
            (made.arg(2), made.arg(1), View::ABSENT)
        }
        _ => return None,
    };
    let class = match class.as_global() {
        None | Some(("numpy", "ndarray")) => String::from("array"),
        Some((module, name)) => format!("{module}.{name}"),
    };
    Some(Shaped { class, dtype: dtype(elements)?, shape: shape(lengths)? })
}

/// The dtype of a scalar.
pub(super) fn scalar(view: View<'_>) -> Option<String> {
    let made = Made::of(view)?;
    let is_scalar = matches!(made.module, "numpy.core.multiarray" | "numpy._core.multiarray") && made.name == "scalar";
    if is_scalar { dtype(made.arg(0)) } else { None }
}

/// A dtype as NumPy's `str` gives it.
pub(super) fn dtype(view: View<'_>) -> Option<String> {
    let dtype = Dtype::of(view)?;
    match dtype.parts(&mut MAX_FIELDS.clone(), MAX_DEPTH)? {
        Parts::Structured(fields) => Some(fields),
        Parts::Repeated(text) => Some(text),
        Parts::Plain => Some(dtype.simple().name()),
    }
}

/// A dtype: what it was made of, and its state.
struct Dtype<'g> {
    /// Such as `f8`.
    code: &'g str,
    state: View<'g>,
    is_record: bool,
}

enum Parts {
    Plain,
    /// The list of its fields.
    Structured(String),
    /// An array of another dtype for each element.
    Repeated(String),
}

impl<'g> Dtype<'g> {
    fn of(view: View<'g>) -> Option<Dtype<'g>> {
        let made = Made::of(view).filter(|made| made.is("numpy", "dtype") && made.count() > 0)?;
        let steps = made.steps();
        let state = match steps[..] {
            [] => View::ABSENT,
            [Step::State(state)] => state,
            _ => return None,
        };
        let is_record = made.arg(0).as_global() == Some(("numpy", "record"));
        let code = if is_record { "V" } else { ascii(made.arg(0))? };
        (code.len() < 32 && code.is_ascii()).then_some(Dtype { code, state, is_record })
    }

    /// `<`, `>` or `|`.
    fn order(&self) -> &'g str {
        ascii(self.state.get(1)).filter(|order| matches!(*order, "<" | ">" | "|" | "=")).unwrap_or("|")
    }

    fn simple(&self) -> Simple<'g> {
        Simple { order: self.order(), code: self.code, unit: self.unit() }
    }

    /// The unit of dates and times: `[ns]`, `[25s]`.
    fn unit(&self) -> String {
        let unit = self.state.get(8).get(1);
        let (Some(name), count) = (ascii(unit.get(0)), unit.get(1).as_u64()) else {
            return String::new();
        };
        match count {
            _ if name == "generic" => String::new(),
            Some(count) if count > 1 => format!("[{count}{name}]"),
            _ => format!("[{name}]"),
        }
    }

    /// The fields, or the dtype of which each element has an array. Gives up on more than `budget` fields.
    fn parts(&self, budget: &mut usize, depth: usize) -> Option<Parts> {
        let [repeated, names, fields] = [2, 3, 4].map(|at| self.state.get(at));
        let depth = depth.checked_sub(1)?;
        if repeated.kind() == Kind::Tuple {
            let base = Dtype::of(repeated.get(0))?.in_list(budget, depth)?;
            let lengths: Vec<String> = shape(repeated.get(1))?.iter().map(ToString::to_string).collect();
            let comma = if lengths.len() == 1 { "," } else { "" };
            return Some(Parts::Repeated(format!("({base}, ({}{comma}))", lengths.join(", "))));
        }
        if names.kind() != Kind::Tuple {
            return Some(Parts::Plain);
        }
        let mut list = Vec::new();
        for name in names.items() {
            *budget = budget.checked_sub(1)?;
            list.push(field(name, &Dtype::of(fields.get(name).get(0))?.in_list(budget, depth)?)?);
        }
        let list = format!("[{}]", list.join(", "));
        Some(Parts::Structured(if self.is_record { format!("(numpy.record, {list})") } else { list }))
    }

    /// As it is written in a list of fields: quoted, unless it has fields itself.
    fn in_list(&self, budget: &mut usize, depth: usize) -> Option<String> {
        Some(match self.parts(budget, depth)? {
            Parts::Plain => format!("'{}'", self.simple().in_order()),
            Parts::Structured(text) | Parts::Repeated(text) => text,
        })
    }
}

/// `('name', '<f8')`; with an array for each element, `('name', '<f8', (2,))`.
fn field(name: View<'_>, dtype: &str) -> Option<String> {
    let dtype = dtype.strip_prefix('(').and_then(|dtype| dtype.strip_suffix(')')).unwrap_or(dtype);
    let mut quoted = String::new();
    crate::literal::write_str(ascii(name)?.chars().map(u32::from), &mut quoted).ok()?;
    Some(format!("({quoted}, {dtype})"))
}

/// A dtype without fields.
struct Simple<'g> {
    /// `<`, `>` or `|`.
    order: &'g str,
    /// Such as `f8`.
    code: &'g str,
    /// Such as `[ns]`, or nothing.
    unit: String,
}

impl Simple<'_> {
    /// `f8` as `float64`; in another order than little-endian, `>f8`.
    fn name(&self) -> String {
        let (kind, size) = self.code.split_at_checked(1).unwrap_or((self.code, ""));
        let is_native = self.order != ">";
        let bits = size.parse::<u32>().ok().map(|size| size.saturating_mul(8)).filter(|_| is_native);
        let number = |name: &str| bits.map_or_else(|| self.in_order(), |bits| format!("{name}{bits}"));
        match kind {
            "i" => number("int"),
            "u" => number("uint"),
            "f" => number("float"),
            "c" => number("complex"),
            "b" => "bool".to_string(),
            "O" => "object".to_string(),
            "M" if is_native => format!("datetime64{}", self.unit),
            "m" if is_native => format!("timedelta64{}", self.unit),
            "S" | "V" => format!("|{}", self.code),
            _ => self.in_order(),
        }
    }

    /// `<f8`, as it is written within a list of fields.
    fn in_order(&self) -> String {
        let order = if self.order == "|" { "" } else { self.order };
        match self.code {
            "b1" => "?".to_string(),
            code if code.starts_with('O') => "O".to_string(),
            code => format!("{order}{code}{}", self.unit),
        }
    }
}

/// What the header of a `.npy` file says: its `descr`, such as `'<f8'` or a list of fields, and its `shape`.
pub(super) fn described(descr: View<'_>, lengths: View<'_>) -> Option<Shaped> {
    let dtype = match descr.as_str() {
        Some(text) => simple_of(text)?.name(),
        None => fields_of(descr, &mut MAX_FIELDS.clone(), MAX_DEPTH)?,
    };
    Some(Shaped { class: String::from("array"), dtype, shape: shape(lengths)? })
}

fn simple_of(descr: &str) -> Option<Simple<'_>> {
    let (order, rest) = descr.split_at_checked(1).filter(|(order, _)| matches!(*order, "<" | ">" | "|" | "="))?;
    let (code, unit) = rest.split_at(rest.find('[').unwrap_or(rest.len()));
    (!code.is_empty()).then(|| Simple { order, code, unit: unit.to_string() })
}

/// The fields of a list such as `[('x', '<f4'), ('y', '<f4', (2,))]`, as NumPy writes them.
fn fields_of(list: View<'_>, budget: &mut usize, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1).filter(|_| list.kind() == Kind::List)?;
    let mut fields = Vec::new();
    for entry in list.items() {
        *budget = budget.checked_sub(1)?;
        let mut dtype = match entry.get(1).as_str() {
            Some(text) => format!("'{}'", simple_of(text)?.in_order()),
            None => fields_of(entry.get(1), budget, depth)?,
        };
        if !entry.get(2).is_absent() {
            dtype = format!("({dtype}, {})", entry.get(2));
        }
        // A name, or a title and a name.
        let name = if entry.get(0).kind() == Kind::Tuple { entry.get(0).get(1) } else { entry.get(0) };
        fields.push(field(name, &dtype)?);
    }
    Some(format!("[{}]", fields.join(", ")))
}
