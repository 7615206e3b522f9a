//! Time zones: `datetime.timezone` and `zoneinfo`.

use core::fmt;

use super::made::{Made, ascii, call};
use super::time::TimeDelta;
use crate::build::Builder;
use crate::error::Error;
use crate::handle::Handle;
use crate::literal::write_str;
use crate::object::ObjectKind;
use crate::text::Text;
use crate::view::View;

/// A `datetime.timezone`: a fixed offset. Printed as Python's repr.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimeZone<'g> {
    /// Added to UTC.
    pub offset: TimeDelta,
    /// Its name, where it was given one.
    pub name: Option<Text<'g>>,
}

/// A `zoneinfo.ZoneInfo`. Printed as Python's repr.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ZoneInfo<'g> {
    /// The name in the database, such as `Europe/Rome`.
    pub key: &'g str,
    /// Whether loading may give an object that is there already, as for all but those of `ZoneInfo.no_cache`.
    pub from_cache: bool,
}

impl<'g> View<'g> {
    /// A `datetime.timezone`.
    #[must_use]
    pub fn as_timezone(self) -> Option<TimeZone<'g>> {
        let made = Made::plain(self, "datetime", "timezone")?;
        let name = match made.count() {
            1 => None,
            2 => Some(made.arg(1).as_text()?),
            _ => return None,
        };
        Some(TimeZone { offset: made.arg(0).as_timedelta()?, name })
    }

    /// A `zoneinfo.ZoneInfo`.
    #[must_use]
    pub fn as_zone_info(self) -> Option<ZoneInfo<'g>> {
        let object = self.as_object()?;
        let [key, from_cache] = [object.args().get(0), object.args().get(1)];
        if !makes_zone_info(object.callable()) || object.args().len() != Some(2) || object.steps().next().is_some() {
            return None;
        }
        let from_cache = from_cache.as_bool().or_else(|| from_cache.as_i64().map(|flag| flag != 0))?;
        Some(ZoneInfo { key: ascii(key)?, from_cache })
    }
}

/// True for `zoneinfo.ZoneInfo._unpickle`, which is a method and so spelled `getattr(ZoneInfo, '_unpickle')`.
fn makes_zone_info(callable: View<'_>) -> bool {
    if callable.as_global() == Some(("zoneinfo", "ZoneInfo._unpickle")) {
        return true;
    }
    Made::plain(callable, "builtins", "getattr").is_some_and(|method| {
        method.arg(0).as_global() == Some(("zoneinfo", "ZoneInfo")) && method.arg(1).as_str() == Some("_unpickle")
    })
}

impl TimeZone<'_> {
    /// Builds it.
    ///
    /// # Errors
    ///
    /// Those of a [`Builder`]'s methods.
    pub fn build(self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        let offset = self.offset.build(builder)?;
        match self.name {
            None => call(builder, "datetime", "timezone", &[offset]),
            Some(name) => {
                let name = builder.text_from_utf8(name.as_bytes())?;
                call(builder, "datetime", "timezone", &[offset, name])
            }
        }
    }
}

impl ZoneInfo<'_> {
    /// Builds it.
    ///
    /// # Errors
    ///
    /// Those of a [`Builder`]'s methods.
    pub fn build(self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        let method = [builder.global("zoneinfo", "ZoneInfo")?, builder.text("_unpickle")?];
        let method = call(builder, "builtins", "getattr", &method)?;
        let args = [builder.text(self.key)?, builder.int(self.from_cache.into())?];
        let args = builder.tuple(&args)?;
        builder.object(ObjectKind::Call, &[method, args])
    }
}

impl fmt::Display for TimeZone<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ZERO: TimeDelta = TimeDelta { days: 0, seconds: 0, microseconds: 0 };
        match self.name {
            None if self.offset == ZERO => f.write_str("datetime.timezone.utc"),
            None => write!(f, "datetime.timezone({})", self.offset),
            Some(name) => {
                write!(f, "datetime.timezone({}, ", self.offset)?;
                write_str(name.code_points(), f)?;
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for ZoneInfo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("zoneinfo.ZoneInfo(key=")?;
        write_str(self.key.chars().map(u32::from), f)?;
        f.write_str(")")
    }
}
