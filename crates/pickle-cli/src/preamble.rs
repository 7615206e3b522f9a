//! [`Preamble`]: what `pickle dis` prints before each of several files.

use core::fmt::{self, Display};
use core::str::FromStr;

/// A format string of Python with one field, `{name}`.
#[derive(Clone)]
pub(crate) struct Preamble {
    format: String,
    parts: Vec<Part>,
}

#[derive(Clone)]
enum Part {
    Text(String),
    Name,
}

impl Default for Preamble {
    fn default() -> Preamble {
        "==> {name} <==".parse().expect("the default is a format string")
    }
}

impl Display for Preamble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.format)
    }
}

impl FromStr for Preamble {
    type Err = String;

    fn from_str(format: &str) -> Result<Preamble, String> {
        let mut parts = Vec::new();
        let mut rest = format;
        while let Some(at) = rest.find(['{', '}']) {
            parts.push(Part::Text(rest[..at].into()));
            let field = &rest[at..];
            let (part, length) = if field.starts_with("{{") || field.starts_with("}}") {
                (Part::Text(field[..1].into()), 2)
            } else if field.starts_with("{name}") {
                (Part::Name, 6)
            } else {
                return Err(String::from("the one field is {name}; braces are written {{ and }}"));
            };
            parts.push(part);
            rest = &field[length..];
        }
        parts.push(Part::Text(rest.into()));
        Ok(Preamble { format: format.into(), parts })
    }
}

impl Preamble {
    /// The preamble of the file with this name.
    pub(crate) fn format(&self, name: &[u8]) -> Vec<u8> {
        let pieces = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.as_bytes(),
            Part::Name => name,
        });
        pieces.collect::<Vec<_>>().concat()
    }
}
