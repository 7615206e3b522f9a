//! What can go wrong between a pickle and a Rust type, and where.

use std::fmt::{self, Display, Formatter, Write};

use pickle_codec::opcodes::Opcode;
use pickle_codec::value::Handle;

/// What the functions of the crate give.
///
/// ```
/// fn doubled(pickle: &[u8]) -> pickle_serde::Result<u32> {
///     Ok(2 * pickle_serde::from_slice::<u32>(pickle)?)
/// }
///
/// assert_eq!(doubled(b"K\x02.")?, 4);
/// # Ok::<(), pickle_serde::Error>(())
/// ```
pub type Result<T> = std::result::Result<T, Error>;

/// An error of reading or writing a value; one word wide.
///
/// It says where: the path from the root to the culprit as one would write it in Rust, and the offset of the instruction
/// that made it.
///
/// ```
/// use pickle_serde::from_slice;
/// use serde::Deserialize;
///
/// #[derive(Deserialize, Debug)]
/// struct User { name: String }
/// #[derive(Deserialize, Debug)]
/// struct Site { users: Vec<User> }
///
/// // pickle.dumps({'users': [{'name': 'Ann'}, {'name': 5}]}, 2)
/// let pickle = b"\x80\x02}q\x00X\x05\x00\x00\x00usersq\x01]q\x02(}q\x03X\x04\x00\x00\x00nameq\x04X\x03\x00\x00\x00Annq\x05s\
///     }q\x06h\x04K\x05ses.";
/// let error = from_slice::<Site>(pickle).unwrap_err();
/// assert_eq!(error.path().as_deref(), Some("users[1].name"));
/// assert_eq!(error.offset(), Some(51));
/// assert_eq!(error.to_string(), "invalid type: integer `5`, expected a string (users[1].name, BININT1 at byte 51)");
/// ```
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug, thiserror::Error)]
struct Inner {
    #[source]
    kind: ErrorKind,
    /// From the culprit to the root.
    steps: Vec<Step>,
    spot: Option<Spot>,
    place: Option<(usize, Option<Opcode>)>,
}

/// What went wrong.
///
/// ```
/// use pickle_serde::{ErrorKind, from_slice};
///
/// let kind = |pickle| from_slice::<Vec<u8>>(pickle).map_err(|error| error.kind().to_string());
/// assert_eq!(kind(b"\x80\x02]Na."), Err("invalid type: unit value, expected u8".into()));
/// assert!(matches!(from_slice::<u8>(b"K").unwrap_err().kind(), ErrorKind::Pickle(_)));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The pickle is broken, or cannot be written.
    #[error("{0}")]
    Pickle(#[source] pickle_codec::Error),
    /// The value is another than the type wants: what serde, a derived impl or one of your own says.
    #[error("{0}")]
    Data(String),
    /// An object is within itself, which no Rust value can be.
    #[error("the {0} is within itself")]
    Cycle(&'static str),
    /// Objects within objects, more than [`DeOptions::depth`](crate::DeOptions::depth) allows.
    #[error("objects are nested more than {0} deep")]
    TooDeep(u32),
    /// Shared objects that are visited so often that the value would have far more memory than the pickle:
    /// [`DeOptions::budget`](crate::DeOptions::budget).
    #[error("shared objects are visited again too often: more than {0} bytes of values")]
    OverBudget(u64),
}

/// One step of a path.
#[derive(Debug)]
pub(crate) enum Step {
    Index(usize),
    /// A key that is text, or the name of an attribute.
    Name(String),
    /// The repr of another key.
    Key(String),
}

/// An object in what holds it, by which its offset is found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) holder: Option<Handle>,
    /// Its number among the holder's slots, where a dict has two for each entry.
    pub(crate) slot: usize,
    pub(crate) object: Handle,
}

impl Error {
    #[cold]
    pub(crate) fn new(kind: ErrorKind) -> Error {
        Error(Box::new(Inner { kind, steps: Vec::new(), spot: None, place: None }))
    }

    #[cold]
    pub(crate) fn data(message: impl Display) -> Error {
        Error::new(ErrorKind::Data(message.to_string()))
    }

    /// What went wrong.
    ///
    /// ```
    /// use pickle_serde::ErrorKind;
    ///
    /// let error = pickle_serde::from_slice::<Vec<u8>>(b"\x80\x02](K\x01Ne.").unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Data(_)));
    /// ```
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The way from the root to the culprit, such as `users[3].name`; `None` where it is the root, or no object at all. Of a
    /// long one the message has the beginning and the end.
    ///
    /// ```
    /// let error = pickle_serde::from_slice::<Vec<u8>>(b"\x80\x02](K\x01Ne.").unwrap_err();
    /// assert_eq!(error.path().as_deref(), Some("[1]"));
    /// ```
    #[must_use]
    pub fn path(&self) -> Option<String> {
        (!self.0.steps.is_empty()).then(|| Path(&self.0.steps, usize::MAX).to_string())
    }

    /// The offset in the input of the instruction that made the culprit, where the input is there to be asked.
    ///
    /// ```
    /// let error = pickle_serde::from_slice::<Vec<u8>>(b"\x80\x02](K\x01Ne.").unwrap_err();
    /// assert_eq!(error.offset(), Some(6));
    /// ```
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        match &self.0.kind {
            ErrorKind::Pickle(error) => error.offset(),
            _ => self.0.place.map(|(offset, _)| offset),
        }
    }

    /// The instruction that made the culprit.
    ///
    /// ```
    /// let error = pickle_serde::from_slice::<Vec<u8>>(b"\x80\x02](K\x01Ne.").unwrap_err();
    /// assert_eq!(error.opcode().map(|opcode| opcode.name()), Some("NONE"));
    /// ```
    #[must_use]
    pub fn opcode(&self) -> Option<Opcode> {
        match &self.0.kind {
            ErrorKind::Pickle(error) => error.opcode(),
            _ => self.0.place.and_then(|(_, opcode)| opcode),
        }
    }

    /// True where the pickle is sound, but not what the type wants.
    ///
    /// ```
    /// let error = pickle_serde::from_slice::<Vec<u8>>(b"\x80\x02](K\x01Ne.").unwrap_err();
    /// assert!(error.is_data());
    /// assert!(!pickle_serde::from_slice::<u8>(b"K").unwrap_err().is_data());
    /// ```
    #[must_use]
    pub fn is_data(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Data(_))
    }

    /// True where the input ends before its first instruction: Python's `EOFError: Ran out of input`.
    ///
    /// ```
    /// assert!(pickle_serde::from_slice::<u8>(b"").unwrap_err().is_end_of_input());
    /// assert!(!pickle_serde::from_slice::<u8>(b"K").unwrap_err().is_end_of_input());
    /// ```
    #[must_use]
    pub fn is_end_of_input(&self) -> bool {
        matches!(&self.0.kind, ErrorKind::Pickle(error) if error.is_end_of_input())
    }

    pub(crate) fn spot(&self) -> Option<Spot> {
        self.0.spot
    }

    /// Says where the culprit is, unless that is known.
    #[cold]
    pub(crate) fn spotted(mut self, holder: Option<Handle>, slot: usize, object: Handle) -> Error {
        self.0.spot.get_or_insert(Spot { holder, slot, object });
        self
    }

    /// Goes one step towards the root.
    #[cold]
    pub(crate) fn within(mut self, step: Step) -> Error {
        self.0.steps.push(step);
        self
    }

    #[cold]
    pub(crate) fn placed(mut self, offset: usize, opcode: Option<Opcode>) -> Error {
        self.0.place = Some((offset, opcode));
        self
    }
}

/// How many steps of a path a message has: that of a cycle is as long as the type goes deep.
const SHOWN: usize = 16;

impl Display for Inner {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        match (self.steps.is_empty(), self.place) {
            (true, None) => Ok(()),
            (false, None) => write!(f, " ({})", Path(&self.steps, SHOWN)),
            (true, Some(place)) => write!(f, " ({})", Place(place)),
            (false, Some(place)) => write!(f, " ({}, {})", Path(&self.steps, SHOWN), Place(place)),
        }
    }
}

struct Place((usize, Option<Opcode>));

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            (offset, Some(opcode)) => write!(f, "{opcode} at byte {offset}"),
            (offset, None) => write!(f, "at byte {offset}"),
        }
    }
}

/// The steps in the order of reading, or so many of them, from both ends.
struct Path<'s>(&'s [Step], usize);

impl Display for Path<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Path(steps, most) = *self;
        let left_out = if steps.len() > most { most / 2..steps.len() - most / 2 } else { 0..0 };
        for (number, step) in steps.iter().rev().enumerate() {
            if left_out.contains(&number) {
                if number == left_out.start {
                    f.write_char('…')?;
                }
                continue;
            }
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Name(name) if is_identifier(name) => {
                    if number > 0 {
                        f.write_char('.')?;
                    }
                    f.write_str(name)?;
                }
                Step::Name(name) => write!(f, "[{name:?}]")?,
                Step::Key(key) => write!(f, "[{key}]")?,
            }
        }
        Ok(())
    }
}

fn is_identifier(name: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    name.chars().all(is_word) && name.starts_with(|first: char| !first.is_numeric())
}

impl From<pickle_codec::Error> for Error {
    #[cold]
    fn from(error: pickle_codec::Error) -> Error {
        Error::new(ErrorKind::Pickle(error))
    }
}

impl From<pickle_codec::value::Error> for Error {
    #[cold]
    fn from(error: pickle_codec::value::Error) -> Error {
        Error::new(ErrorKind::Pickle(error.into()))
    }
}

impl serde_core::de::Error for Error {
    #[cold]
    fn custom<T: Display>(message: T) -> Error {
        Error::data(message)
    }
}

impl serde_core::ser::Error for Error {
    #[cold]
    fn custom<T: Display>(message: T) -> Error {
        Error::data(message)
    }
}
