//! Instances of classes that a call or a statement of the standard library made: named tuples, enums, namespaces.

use alloc::vec::Vec;

use super::made::{Made, call};
use crate::build::Builder;
use crate::error::Error;
use crate::handle::Handle;
use crate::object::{ObjectKind, Step};
use crate::view::{Kind, View};

/// An instance of a class that `collections.namedtuple` made.
#[derive(Clone, Copy, Debug)]
pub struct NamedTuple<'g> {
    /// The class, whose module and name [`View::as_global`] gives.
    pub class: View<'g>,
    /// The items, a tuple. What they are called only the class knows.
    pub items: View<'g>,
}

/// A member of an enum.
#[derive(Clone, Copy, Debug)]
pub struct EnumMember<'g> {
    /// The class, whose module and name [`View::as_global`] gives.
    pub class: View<'g>,
    /// The value. What it is called only the class knows.
    pub value: View<'g>,
}

/// A `types.SimpleNamespace`.
#[derive(Clone, Copy, Debug)]
pub struct Namespace<'g> {
    /// Its attributes: a dict.
    pub attributes: View<'g>,
}

impl<'g> View<'g> {
    /// An instance of a class that `collections.namedtuple` made.
    ///
    /// A pickle does not say that a class is such a one, so this takes whatever is pickled in the same way: instances that
    /// are made of arguments and nothing else.
    #[must_use]
    pub fn as_named_tuple(self) -> Option<NamedTuple<'g>> {
        let made = Made::of(self).filter(|made| made.steps().is_empty())?;
        let items = match made.kind() {
            ObjectKind::New if made.count() > 0 => made.args(),
            ObjectKind::Reconstructed if made.arg(0).kind() == Kind::Tuple => made.arg(0),
            _ => return None,
        };
        Some(NamedTuple { class: made.class(), items })
    }

    /// A member of an enum.
    ///
    /// A pickle does not say that a class is an enum, so this takes whatever is pickled in the same way: calls with one
    /// argument.
    #[must_use]
    pub fn as_enum_member(self) -> Option<EnumMember<'g>> {
        let made = Made::of(self).filter(|made| made.steps().is_empty())?;
        (made.kind() == ObjectKind::Call && made.count() == 1)
            .then(|| EnumMember { class: made.class(), value: made.arg(0) })
    }

    /// A `types.SimpleNamespace`.
    #[must_use]
    pub fn as_namespace(self) -> Option<Namespace<'g>> {
        let made = Made::of(self).filter(|made| made.is("types", "SimpleNamespace") && made.count() == 0)?;
        match made.steps()[..] {
            [Step::State(attributes)] if attributes.kind() == Kind::Dict => Some(Namespace { attributes }),
            _ => None,
        }
    }
}

impl NamedTuple<'_> {
    /// Builds one of its class, a global, and its items.
    ///
    /// # Errors
    ///
    /// Those of a [`Builder`]'s methods.
    pub fn build(builder: &mut Builder<'_>, class: Handle, items: &[Handle]) -> Result<Handle, Error> {
        let items = builder.tuple(items)?;
        let fields = [class, builder.tuple(&[items])?, builder.global("builtins", "tuple")?];
        builder.object(ObjectKind::Reconstructed, &fields)
    }
}

impl EnumMember<'_> {
    /// Builds one of its class, a global, and its value.
    ///
    /// # Errors
    ///
    /// Those of a [`Builder`]'s methods.
    pub fn build(builder: &mut Builder<'_>, class: Handle, value: Handle) -> Result<Handle, Error> {
        let args = builder.tuple(&[value])?;
        builder.object(ObjectKind::Call, &[class, args])
    }
}

impl Namespace<'_> {
    /// Builds one of its attributes.
    ///
    /// # Errors
    ///
    /// Those of a [`Builder`]'s methods.
    pub fn build(builder: &mut Builder<'_>, attributes: &[(&str, Handle)]) -> Result<Handle, Error> {
        let made = call(builder, "types", "SimpleNamespace", &[])?;
        let mut pairs = Vec::with_capacity(2 * attributes.len());
        for (name, value) in attributes {
            pairs.extend([builder.name(name)?, *value]);
        }
        let state = builder.dict(&pairs)?;
        builder.set_state(made, state)?;
        Ok(made)
    }
}
