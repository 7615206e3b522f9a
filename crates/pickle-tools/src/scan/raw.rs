//! Arrays between the instructions: joblib writes an array's bytes behind the state of a wrapper that tells its dtype and
//! its shape.

use super::value::Thing;

/// What joblib's loader reads from the stream behind the state of its wrapper.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Raw {
    /// So many bytes, behind a padding if there is one.
    Bytes { length: u64, is_padded: bool },
    /// A pickle of its own.
    Pickle,
    /// The state does not say it in a way that is known.
    Unknown,
}

impl Raw {
    /// Where the instructions go on, of an array whose bytes begin at `at`.
    pub(super) fn end(self, input: &[u8], at: usize) -> Option<usize> {
        let Raw::Bytes { length, is_padded } = self else { return None };
        let padding = if is_padded { 1 + usize::from(*input.get(at)?) } else { 0 };
        let end = at.checked_add(padding)?.checked_add(usize::try_from(length).ok()?)?;
        (end <= input.len()).then_some(end)
    }
}

/// What must be known of a dtype to skip an array of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Dtype {
    size: u64,
    /// Its items are objects, and pickled.
    has_objects: bool,
    /// It has fields, of which its state tells.
    is_open: bool,
}

impl Dtype {
    /// The dtype of a code such as `f8` or `U10`.
    pub(super) fn of_code(code: &[u8]) -> Option<Dtype> {
        let code = match code {
            [b'<' | b'>' | b'|' | b'=', code @ ..] => code,
            _ => code,
        };
        let (&kind, digits) = code.split_first()?;
        let size = match digits {
            [] => None,
            _ => Some(core::str::from_utf8(digits).ok()?.parse::<u64>().ok()?),
        };
        let dtype = Dtype { size: 0, has_objects: false, is_open: false };
        Some(match kind {
            b'O' => Dtype { has_objects: true, ..dtype },
            b'U' => Dtype { size: size?.checked_mul(4)?, ..dtype },
            b'V' => Dtype { size: size?, is_open: true, ..dtype },
            b'?' if size.is_none() => Dtype { size: 1, ..dtype },
            b'b' | b'i' | b'u' | b'f' | b'c' | b'S' | b'm' | b'M' => Dtype { size: size?, ..dtype },
            _ => return None,
        })
    }

    /// Takes in the flags of a dtype's state.
    pub(super) fn set_flags(&mut self, flags: Option<Thing>) {
        // NPY_ITEM_REFCOUNT: an item holds objects.
        if let Some(Thing::Int(flags)) = flags {
            self.is_open = false;
            self.has_objects |= flags & 1 != 0;
        }
    }

    /// How an array of so many items is read.
    pub(super) fn raw(self, count: u64, is_padded: bool) -> Option<Raw> {
        match self {
            Dtype { is_open: true, .. } => None,
            Dtype { has_objects: true, .. } => Some(Raw::Pickle),
            Dtype { size, .. } => Some(Raw::Bytes { length: size.checked_mul(count)?, is_padded }),
        }
    }
}
