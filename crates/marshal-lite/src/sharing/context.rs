//! [`Context`]: where an object stands, as far as that says which strings are interned.

use pickle_value::Handle;

use crate::code::{Field, Layout};

/// An object where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) object: Handle,
    pub(crate) context: Context,
}

/// What is known of the place of an object: bits.
///
/// The names in a code object are interned, and so are constants that look like names, those within constant tuples and
/// frozensets included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Context(u8);

impl Context {
    /// Nothing is interned here.
    pub(crate) const PLAIN: Context = Context(0);
    /// A constant: a str is interned if it looks like a name.
    pub(crate) const CONSTANT: Context = Context(1);
    /// A name: a str is interned.
    pub(crate) const NAME: Context = Context(2);
    /// In the field of a code object: not the object, but its items are constants or names.
    const ITEMS: Context = Context(4);
    /// What writes the object holds it, too.
    pub(crate) const HELD: Context = Context(8);

    #[inline(always)]
    pub(crate) const fn and(self, other: Context) -> Context {
        Context(self.0 | other.0)
    }

    /// What has to be settled of the object: bits of [`CONSTANT`](Context::CONSTANT) and [`NAME`](Context::NAME).
    #[inline(always)]
    pub(crate) const fn needs(self) -> u32 {
        (self.0 & 3) as u32
    }

    #[inline(always)]
    pub(crate) const fn is_held(self) -> bool {
        self.0 & Context::HELD.0 != 0
    }

    /// Whether a str is interned here, whatever it is.
    #[inline(always)]
    pub(crate) const fn is_name(self) -> bool {
        self.0 & (Context::NAME.0 | Context::ITEMS.0) == Context::NAME.0
    }

    /// Whether a str is interned here if it looks like a name.
    #[inline(always)]
    pub(crate) const fn is_constant(self) -> bool {
        self.0 & (Context::CONSTANT.0 | Context::ITEMS.0) == Context::CONSTANT.0
    }

    /// The context of a container's items, that of a tuple or frozenset, or that of another.
    #[inline(always)]
    pub(crate) const fn of_items(self, is_constant: bool) -> Context {
        if self.0 & Context::ITEMS.0 != 0 {
            Context(self.0 & 3)
        } else if is_constant {
            Context(self.0 & Context::CONSTANT.0)
        } else {
            Context::PLAIN
        }
    }

    /// The context of a code object's field.
    pub(crate) const fn of_field(layout: Layout, field: Field) -> Context {
        match field {
            // From 3.11 on a code object makes its bytes when it is asked for them, and keeps them.
            Field::Code if matches!(layout, Layout::LocalsPlus) => Context::HELD,
            Field::Consts => Context::CONSTANT.and(Context::ITEMS),
            Field::Names | Field::VarNames | Field::FreeVars | Field::CellVars | Field::LocalsPlusNames => {
                Context::NAME.and(Context::ITEMS)
            }
            Field::Name | Field::QualName | Field::FileName => Context::NAME,
            _ => Context::PLAIN,
        }
    }

    /// The contexts of a code object's fields.
    pub(crate) const fn of_fields(layout: Layout) -> &'static [Context] {
        const fn all<const N: usize>(layout: Layout) -> [Context; N] {
            let mut contexts = [Context::PLAIN; N];
            let mut number = 0;
            while number < N {
                contexts[number] = Context::of_field(layout, layout.fields()[number]);
                number += 1;
            }
            contexts
        }
        const PYTHON2: &[Context] = &all::<{ Layout::Python2.fields().len() }>(Layout::Python2);
        const KEYWORD_ONLY: &[Context] = &all::<{ Layout::KeywordOnly.fields().len() }>(Layout::KeywordOnly);
        const POSITIONAL_ONLY: &[Context] = &all::<{ Layout::PositionalOnly.fields().len() }>(Layout::PositionalOnly);
        const LOCALS_PLUS: &[Context] = &all::<{ Layout::LocalsPlus.fields().len() }>(Layout::LocalsPlus);
        match layout {
            Layout::Python2 => PYTHON2,
            Layout::KeywordOnly => KEYWORD_ONLY,
            Layout::PositionalOnly => POSITIONAL_ONLY,
            Layout::LocalsPlus => LOCALS_PLUS,
        }
    }
}

/// Whether a constant is interned: it could be a name (`all_name_chars` in CPython's `codeobject.c`).
#[inline]
pub(crate) fn looks_like_a_name(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}
