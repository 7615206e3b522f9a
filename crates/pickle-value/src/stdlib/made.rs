//! What made an object, by name.

use alloc::vec::Vec;

use crate::build::Builder;
use crate::error::Error;
use crate::handle::Handle;
use crate::object::{Object, ObjectKind, Step};
use crate::view::{Kind, View};

/// An object that was made by calling something of this name, or by its `__new__`.
#[derive(Clone, Copy)]
pub(crate) struct Made<'g> {
    pub(crate) module: &'g str,
    pub(crate) name: &'g str,
    object: Object<'g>,
}

impl<'g> Made<'g> {
    pub(crate) fn of(view: View<'g>) -> Option<Made<'g>> {
        Made::of_object(view.as_object()?)
    }

    pub(crate) fn of_object(object: Object<'g>) -> Option<Made<'g>> {
        let (module, name) = object.callable().as_global()?;
        Some(Made { module, name, object })
    }

    /// The same, if it is of this name and nothing was done to it since.
    pub(crate) fn plain(view: View<'g>, module: &str, name: &str) -> Option<Made<'g>> {
        Made::of(view).filter(|made| made.is(module, name) && made.steps().is_empty())
    }

    pub(crate) fn is(&self, module: &str, name: &str) -> bool {
        self.module == module && self.name == name
    }

    pub(crate) fn kind(&self) -> ObjectKind {
        self.object.kind()
    }

    pub(crate) fn class(&self) -> View<'g> {
        self.object.callable()
    }

    /// How many positional arguments there are.
    pub(crate) fn count(&self) -> usize {
        self.object.args().len().unwrap_or(0)
    }

    pub(crate) fn args(&self) -> View<'g> {
        self.object.args()
    }

    pub(crate) fn arg(&self, number: usize) -> View<'g> {
        self.object.args().get(number)
    }

    /// What was done to it, but for a state that says nothing.
    pub(crate) fn steps(&self) -> Vec<Step<'g>> {
        self.object.steps().filter(|step| !matches!(step, Step::State(state) if state.is_none())).collect()
    }
}

/// A short text, in whatever way it is kept: Python 2's `str` may have been read as bytes.
pub(crate) fn ascii<'g>(view: View<'g>) -> Option<&'g str> {
    match view.kind() {
        Kind::Text | Kind::ByteString => view.as_str(),
        Kind::Bytes => {
            view.as_bytes().and_then(|bytes| core::str::from_utf8(bytes).ok()).filter(|text| text.is_ascii())
        }
        _ => None,
    }
}

/// Exactly this many bytes. Python 2's `str` may have been read as latin-1 text.
pub(crate) fn octets<const N: usize>(view: View<'_>) -> Option<[u8; N]> {
    let Some(text) = view.as_text() else {
        return view.as_bytes()?.try_into().ok();
    };
    let mut points = text.code_points();
    let mut bytes = [0; N];
    for byte in &mut bytes {
        *byte = u8::try_from(points.next()?).ok()?;
    }
    points.next().is_none().then_some(bytes)
}

/// An int, and no bool.
pub(crate) fn int<T: TryFrom<i64>>(view: View<'_>) -> Option<T> {
    T::try_from(view.as_i64()?).ok()
}

/// A call of a global with these arguments.
pub(crate) fn call(builder: &mut Builder<'_>, module: &str, name: &str, args: &[Handle]) -> Result<Handle, Error> {
    let fields = [builder.global(module, name)?, builder.tuple(args)?];
    builder.object(ObjectKind::Call, &fields)
}
