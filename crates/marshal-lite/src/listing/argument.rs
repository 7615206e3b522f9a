//! [`Argument`]: what the number of an instruction means.

use core::fmt::{Display, Formatter, Result};

use pickle_value::View;

use crate::graph_source::code_fields;

/// What the number of an instruction means. Printed, it is what `dis` has between parentheses, but for the target of a
/// jump, which is an offset in all releases (3.13's `dis` numbers the targets).
///
/// Names and constants are absent where the number is of none.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Argument<'g> {
    /// There is none.
    None,
    /// It is a number.
    Number,
    /// A constant.
    Const(View<'g>),
    /// A name: of a variable, an attribute, a module.
    Name(View<'g>),
    /// Two local variables.
    Names(View<'g>, View<'g>),
    /// A name, and what is pushed besides.
    NameAnd {
        /// The name.
        name: View<'g>,
        /// `NULL` or `NULL|self`.
        pushed: &'static str,
        /// Whether it is pushed first, as up to 3.12.
        pushed_first: bool,
    },
    /// Where is jumped to, in bytes from the start.
    Target(i64),
    /// An operator, an intrinsic function, a conversion.
    Word(&'static str),
    /// An operator whose outcome is made a bool.
    Truth(&'static str),
    /// How a value is formatted.
    Format {
        /// By which function it is converted first: `str`, `repr`, `ascii` or none.
        conversion: &'static str,
        /// Whether there is a format.
        with_format: bool,
    },
    /// What a function is made with: bits for `defaults`, `kwdefaults`, `annotations`, `closure`, and from 3.14 on `annotate`.
    FunctionParts(u8),
}

const FUNCTION_PARTS: [&str; 5] = ["defaults", "kwdefaults", "annotations", "closure", "annotate"];

impl<'g> Argument<'g> {
    /// A name, in a number whose lowest bit says that something else is pushed with it.
    pub(super) fn with_null(name: View<'g>, arg: i64, pushed: &'static str, release: (u8, u8)) -> Argument<'g> {
        match arg & 1 {
            0 => Argument::Name(name),
            _ => Argument::NameAnd { name, pushed, pushed_first: release < (3, 13) },
        }
    }

    /// Whether it prints as something that the number alone does not say.
    #[must_use]
    pub fn says_more(&self) -> bool {
        match *self {
            Argument::None | Argument::Number | Argument::Word("") | Argument::FunctionParts(0) => false,
            Argument::Format { conversion, with_format } => !conversion.is_empty() || with_format,
            Argument::Const(view) | Argument::Name(view) => !view.is_absent(),
            _ => true,
        }
    }
}

impl Display for Argument<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match *self {
            Argument::None | Argument::Number => Ok(()),
            Argument::Const(view) if view.as_object().and_then(code_fields).is_some() => write_code(f, view),
            Argument::Const(view) if view.is_absent() => Ok(()),
            Argument::Const(view) => write!(f, "{view}"),
            Argument::Name(name) => write_name(f, name),
            Argument::Names(first, second) => {
                write_name(f, first)?;
                f.write_str(", ")?;
                write_name(f, second)
            }
            Argument::NameAnd { name, pushed, pushed_first: true } => {
                write!(f, "{pushed} + ")?;
                write_name(f, name)
            }
            Argument::NameAnd { name, pushed, pushed_first: false } => {
                write_name(f, name)?;
                write!(f, " + {pushed}")
            }
            Argument::Target(offset) => write!(f, "to {offset}"),
            Argument::Word(word) => f.write_str(word),
            Argument::Truth(operator) => write!(f, "bool({operator})"),
            Argument::Format { conversion, with_format: false } => f.write_str(conversion),
            Argument::Format { conversion: "", with_format: true } => f.write_str("with format"),
            Argument::Format { conversion, with_format: true } => write!(f, "{conversion}, with format"),
            Argument::FunctionParts(bits) => {
                let mut separator = "";
                for part in (0..FUNCTION_PARTS.len()).filter(|part| bits >> part & 1 == 1) {
                    write!(f, "{separator}{}", FUNCTION_PARTS[part])?;
                    separator = ", ";
                }
                Ok(())
            }
        }
    }
}

fn write_name(f: &mut Formatter<'_>, name: View<'_>) -> Result {
    match name.as_str() {
        Some(text) => f.write_str(text),
        None if name.is_absent() => Ok(()),
        None => write!(f, "{name}"),
    }
}

/// A code object by its name, which would have no repr without its address.
fn write_code(f: &mut Formatter<'_>, view: View<'_>) -> Result {
    f.write_str("<code ")?;
    write_name(f, crate::code::name_of(view))?;
    f.write_str(">")
}
