//! `uuid.UUID`.

use core::fmt;

use super::made::{Made, ascii, int};
use crate::build::Builder;
use crate::error::Error;
use crate::handle::Handle;
use crate::object::{ObjectKind, Step};
use crate::view::{Kind, View};

/// A `uuid.UUID`. Printed as Python's repr.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Uuid {
    /// Its 128 bits.
    pub int: u128,
    /// Whether it was made so that no two processes could make the same.
    pub is_safe: SafeUuid,
}

/// A `uuid.SafeUUID`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum SafeUuid {
    /// `SafeUUID.safe`
    Safe,
    /// `SafeUUID.unsafe`
    Unsafe,
    /// `SafeUUID.unknown`
    #[default]
    Unknown,
}

impl<'g> View<'g> {
    /// A `uuid.UUID`.
    #[must_use]
    pub fn as_uuid(self) -> Option<Uuid> {
        let made = Made::of(self).filter(|made| made.is("uuid", "UUID") && made.count() == 0)?;
        let [Step::State(state)] = made.steps()[..] else {
            return None;
        };
        let mut uuid = Uuid { int: 0, is_safe: SafeUuid::Unknown };
        let mut is_there = false;
        for (key, value) in state.entries() {
            match (ascii(key)?, value.kind()) {
                ("int", Kind::Int | Kind::Long) => {
                    (uuid.int, is_there) = (value.as_bigint()?.try_into().ok()?, true);
                }
                ("is_safe", _) => uuid.is_safe = safety(value)?,
                _ => return None,
            }
        }
        is_there.then_some(uuid)
    }
}

/// Its value, or in 3.7 the member itself.
fn safety(value: View<'_>) -> Option<SafeUuid> {
    let member = Made::of(value).filter(|made| made.is("uuid", "SafeUUID") && made.count() == 1);
    let value = member.map_or(value, |member| member.arg(0));
    match value.kind() {
        Kind::None => Some(SafeUuid::Unknown),
        Kind::Int => match int::<i8>(value)? {
            0 => Some(SafeUuid::Safe),
            -1 => Some(SafeUuid::Unsafe),
            _ => None,
        },
        _ => None,
    }
}

impl Uuid {
    /// Builds it.
    ///
    /// # Errors
    ///
    /// Those of a [`Builder`]'s methods.
    pub fn build(self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        let fields = [builder.global("uuid", "UUID")?, builder.tuple(&[])?];
        let uuid = builder.object(ObjectKind::New, &fields)?;
        let pair = [builder.name("int")?, builder.bigint(&self.int.into())?];
        let state = builder.dict(&pair)?;
        let is_safe = match self.is_safe {
            SafeUuid::Safe => Some(0),
            SafeUuid::Unsafe => Some(-1),
            SafeUuid::Unknown => None,
        };
        if let Some(is_safe) = is_safe {
            let pair = [builder.name("is_safe")?, builder.int32(is_safe)];
            builder.set_items(state, &pair)?;
        }
        builder.set_state(uuid, state)?;
        Ok(uuid)
    }
}

/// Python's repr, in which the bits stand in groups of 8, 4, 4, 4 and 12 digits.
impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |low: u32, bits: u32| (self.int >> low) & ((1 << bits) - 1);
        let [a, b, c, d, e] = [part(96, 32), part(80, 16), part(64, 16), part(48, 16), part(0, 48)];
        write!(f, "UUID('{a:08x}-{b:04x}-{c:04x}-{d:04x}-{e:012x}')")
    }
}
