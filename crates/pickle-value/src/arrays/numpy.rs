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
        Parts::Plain => Some(dtype.name()),
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

    /// `f8` as `float64`; in another order than little-endian, `>f8`.
    fn name(&self) -> String {
        let (kind, size) = self.code.split_at(1);
        let bits = size.parse::<u32>().ok().map(|size| size.saturating_mul(8));
        let number = |name: &str| match bits {
            Some(bits) if self.order() != ">" => format!("{name}{bits}"),
            _ => self.code_in_order(),
        };
        match kind {
            "i" => number("int"),
            "u" => number("uint"),
            "f" => number("float"),
            "c" => number("complex"),
            "b" => "bool".to_string(),
            "O" => "object".to_string(),
            "M" if self.order() != ">" => format!("datetime64{}", self.unit()),
            "m" if self.order() != ">" => format!("timedelta64{}", self.unit()),
            "S" | "V" => format!("|{}", self.code),
            _ => self.code_in_order(),
        }
    }

    /// `<f8`, as it is written within a list of fields.
    fn code_in_order(&self) -> String {
        let order = if self.order() == "|" { "" } else { self.order() };
        match (self.code, self.code.split_at(1).0) {
            ("b1", _) => "?".to_string(),
            (_, "O") => "O".to_string(),
            (code, "M" | "m") => format!("{order}{code}{}", self.unit()),
            (code, _) => format!("{order}{code}"),
        }
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
            let name_text = ascii(name)?;
            let field = Dtype::of(fields.get(name).get(0))?.in_list(budget, depth)?;
            // An array for each element: `('name', base, shape)`.
            let field = field.strip_prefix('(').and_then(|field| field.strip_suffix(')')).unwrap_or(&field).to_string();
            let mut quoted = String::new();
            crate::literal::write_str(name_text.chars().map(u32::from), &mut quoted).ok()?;
            list.push(format!("({quoted}, {field})"));
        }
        let list = format!("[{}]", list.join(", "));
        Some(Parts::Structured(if self.is_record { format!("(numpy.record, {list})") } else { list }))
    }

    /// As it is written in a list of fields: quoted, unless it has fields itself.
    fn in_list(&self, budget: &mut usize, depth: usize) -> Option<String> {
        Some(match self.parts(budget, depth)? {
            Parts::Plain => format!("'{}'", self.code_in_order()),
            Parts::Structured(text) | Parts::Repeated(text) => text,
        })
    }
}
