//! [`Path`]: the way from a graph's root to one of its objects.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter, Write};
use core::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::graph::Graph;
use crate::literal::{self, bracket_end};

/// The way to an object: what would follow the variable in Python, such as `['users'][3].name`.
///
/// Within brackets stands any literal that [`literal::parse`] takes: a key of a dict, or a position, which counts from the
/// end where it is negative. A name behind a dot is an attribute of an instance. A word at the very start is a key that is
/// text, so `users[3].name` is the same path. The empty path is the root itself.
///
/// ```
/// use pickle_value::{Path, py};
///
/// let graph = py!({"users": [{"name": "Ann"}, {"name": "Bob"}]});
/// let path: Path = "users[-1]['name']".parse()?;
/// assert_eq!(graph.root().at(&path).as_str(), Some("Bob"));
/// assert_eq!(path.to_string(), "['users'][-1]['name']");
///
/// let error = "users[3".parse::<Path>().unwrap_err();
/// assert_eq!(error.to_string(), "the bracket is not closed (column 6)");
/// # Ok::<(), pickle_value::Error>(())
/// ```
///
/// Python's slices are no steps, and two keys with a comma between them are a tuple, as in Python.
#[derive(Clone, PartialEq, Default)]
pub struct Path {
    steps: Vec<PathStep>,
}

/// One step of a [`Path`].
#[derive(Clone, PartialEq)]
pub enum PathStep {
    /// `[key]`: an item by its position, or a value by its key.
    Key(Box<Graph<'static>>),
    /// `.name`: an attribute of an instance.
    Attribute(String),
}

impl Path {
    /// The path to the root itself.
    #[must_use]
    pub fn new() -> Path {
        Path::default()
    }

    /// True for the path to the root itself.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.steps.is_empty()
    }

    /// The steps, from the root on.
    #[must_use]
    pub fn steps(&self) -> &[PathStep] {
        &self.steps
    }

    /// Goes one step further.
    pub fn push(&mut self, step: PathStep) {
        self.steps.push(step);
    }

    /// Takes the last step back.
    pub fn pop(&mut self) -> Option<PathStep> {
        self.steps.pop()
    }

    /// The path with `[key]` behind it.
    ///
    /// ```
    /// use pickle_value::{Path, py};
    ///
    /// let path = Path::new().key(py!("users")).key(py!(3)).attribute("name");
    /// assert_eq!(path.to_string(), "['users'][3].name");
    /// ```
    #[must_use]
    pub fn key(mut self, key: Graph<'static>) -> Path {
        self.push(PathStep::Key(key.into()));
        self
    }

    /// The path with `.name` behind it.
    #[must_use]
    pub fn attribute(mut self, name: &str) -> Path {
        self.push(PathStep::Attribute(name.into()));
        self
    }

    /// The path to what holds the last step's object, and that step; nothing for the root.
    #[must_use]
    pub fn split_last(&self) -> Option<(Path, &PathStep)> {
        let (last, holder) = self.steps.split_last()?;
        Some((Path { steps: holder.to_vec() }, last))
    }
}

impl FromIterator<PathStep> for Path {
    fn from_iter<I: IntoIterator<Item = PathStep>>(steps: I) -> Path {
        Path { steps: steps.into_iter().collect() }
    }
}

/// # Errors
///
/// [`ErrorKind::Path`], with the column.
impl FromStr for Path {
    type Err = Error;

    fn from_str(text: &str) -> Result<Path, Error> {
        let mut path = Path::new();
        let word = word(text);
        let mut at = word.len();
        if !word.is_empty() {
            path.push(PathStep::Key(text_key(word)?.into()));
        }
        while let Some(&byte) = text.as_bytes().get(at) {
            match byte {
                b'[' => {
                    let end = bracket_end(text, at).map_err(|error| error.in_path(text, 0))?;
                    path.push(PathStep::Key(key(text, at + 1, end)?.into()));
                    at = end + 1;
                }
                b'.' => {
                    let name = self::word(&text[at + 1..]);
                    if name.is_empty() {
                        return Err(fault(text, at + 1, "a name is missing behind the dot"));
                    }
                    path.push(PathStep::Attribute(name.into()));
                    at += 1 + name.len();
                }
                b'0'..=b'9' | b'-' if at == 0 => return Err(fault(text, at, "a position stands in brackets: [0]")),
                _ => return Err(fault(text, at, "a step begins with [ or with a dot")),
            }
        }
        Ok(path)
    }
}

/// The identifier that the text begins with; empty where it begins with none.
fn word(text: &str) -> &str {
    let is_part = |character: char| character == '_' || character.is_alphanumeric();
    let end = text.find(|character| !is_part(character)).unwrap_or(text.len());
    if text.starts_with(|first: char| first.is_numeric()) { "" } else { &text[..end] }
}

/// The literal between two brackets.
fn key(text: &str, start: usize, end: usize) -> Result<Graph<'static>, Error> {
    match literal::parse(&text[start..end]) {
        Ok(key) => Ok(key.into_owned()),
        Err(error) => Err(error.in_path(text, start)),
    }
}

fn text_key(word: &str) -> Result<Graph<'static>, Error> {
    let mut builder = crate::build::Builder::new();
    let key = builder.text(word)?;
    Ok(builder.finish(key))
}

#[cold]
fn fault(text: &str, offset: usize, problem: impl Into<String>) -> Error {
    let column = text.get(..offset).unwrap_or(text).chars().count() + 1;
    Error::new(ErrorKind::Path { problem: problem.into(), column })
}

impl Error {
    /// A literal's error as one of the path that it stands in, from `start` on.
    #[cold]
    fn in_path(self, text: &str, start: usize) -> Error {
        match self.into_kind() {
            ErrorKind::Literal { problem, offset, .. } => fault(text, start + offset, problem),
            kind => Error::new(kind),
        }
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|step| write!(f, "{step}"))
    }
}

impl Display for PathStep {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            PathStep::Key(key) => write!(f, "[{key}]"),
            PathStep::Attribute(name) => {
                f.write_char('.')?;
                f.write_str(name)
            }
        }
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl fmt::Debug for PathStep {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}
