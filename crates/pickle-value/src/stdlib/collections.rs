//! `collections`: what holds other objects.

use alloc::vec::Vec;

use super::made::{Made, call};
use crate::build::Builder;
use crate::error::Error;
use crate::handle::Handle;
use crate::object::Step;
use crate::store::Access;
use crate::view::{Kind, View};

const MODULE: &str = "collections";

/// A `collections.OrderedDict`.
#[derive(Clone, Debug)]
pub struct OrderedDict<'g> {
    entries: Entries<'g>,
}

/// A `collections.defaultdict`.
#[derive(Clone, Debug)]
pub struct DefaultDict<'g> {
    /// What makes missing values, if anything does.
    pub factory: Option<View<'g>>,
    entries: Entries<'g>,
}

/// A `collections.Counter`.
#[derive(Clone, Debug)]
pub struct Counter<'g> {
    entries: Entries<'g>,
}

/// A `collections.deque`.
#[derive(Clone, Debug)]
pub struct Deque<'g> {
    /// How many items it keeps at most.
    pub maxlen: Option<u64>,
    items: Items<'g>,
}

/// Keys and values, in order.
#[derive(Clone)]
pub struct Entries<'g> {
    access: Access<'g>,
    /// Keys and values in turn, or pairs.
    slots: core::slice::Iter<'g, Handle>,
    in_pairs: bool,
}

/// Items, in order.
#[derive(Clone)]
pub struct Items<'g> {
    access: Access<'g>,
    slots: core::slice::Iter<'g, Handle>,
}

impl<'g> View<'g> {
    /// A `collections.OrderedDict`: filled by key, or made of a list of pairs, as in Python 2.
    #[must_use]
    pub fn as_ordered_dict(self) -> Option<OrderedDict<'g>> {
        let made = Made::of(self).filter(|made| made.is(MODULE, "OrderedDict"))?;
        let entries = match (made.count(), made.arg(0)) {
            (0, _) => assigned(&made)?,
            (1, pairs) if made.steps().is_empty() => Entries::in_pairs(pairs)?,
            _ => return None,
        };
        Some(OrderedDict { entries })
    }

    /// A `collections.defaultdict`.
    #[must_use]
    pub fn as_default_dict(self) -> Option<DefaultDict<'g>> {
        let made = Made::of(self).filter(|made| made.is(MODULE, "defaultdict") && made.count() < 2)?;
        let factory = Some(made.arg(0)).filter(|factory| !factory.is_absent() && !factory.is_none());
        Some(DefaultDict { factory, entries: assigned(&made)? })
    }

    /// A `collections.Counter`.
    #[must_use]
    pub fn as_counter(self) -> Option<Counter<'g>> {
        let made = Made::plain(self, MODULE, "Counter").filter(|made| made.count() < 2)?;
        let entries = match made.arg(0).kind() {
            Kind::Absent => Entries::none(self),
            Kind::Dict => Entries::flat(made.arg(0)),
            _ => return None,
        };
        Some(Counter { entries })
    }

    /// A `collections.deque`: filled item by item, or made of a list, as in Python 2.
    #[must_use]
    pub fn as_deque(self) -> Option<Deque<'g>> {
        let made = Made::of(self).filter(|made| made.is(MODULE, "deque") && made.count() < 3)?;
        let maxlen = match made.arg(1).kind() {
            Kind::Absent | Kind::None => None,
            _ => Some(made.arg(1).as_u64()?),
        };
        let first = made.arg(0);
        let is_sequence = matches!(first.kind(), Kind::Absent | Kind::Tuple | Kind::List);
        let source = match made.steps()[..] {
            [] if is_sequence => first,
            [Step::Append(items)] if is_sequence && !first.items().any(|_| true) => items,
            _ => return None,
        };
        Some(Deque { maxlen, items: Items { access: self.access(), slots: source.slots().unwrap_or_default().iter() } })
    }
}

/// What was set by key, where nothing else was done.
fn assigned<'g>(made: &Made<'g>) -> Option<Entries<'g>> {
    match made.steps()[..] {
        [] => Some(Entries::none(made.class())),
        [Step::Assign(pairs)] => Some(Entries::flat(pairs)),
        _ => None,
    }
}

impl<'g> Entries<'g> {
    fn none(view: View<'g>) -> Entries<'g> {
        Entries { access: view.access(), slots: [].iter(), in_pairs: false }
    }

    fn flat(view: View<'g>) -> Entries<'g> {
        Entries { slots: view.pairs().unwrap_or_default().iter(), ..Entries::none(view) }
    }

    /// Of a list of lists or tuples of two.
    fn in_pairs(view: View<'g>) -> Option<Entries<'g>> {
        let is_pair = |item: View<'g>| matches!(item.kind(), Kind::List | Kind::Tuple) && item.len() == Some(2);
        (view.kind() == Kind::List && view.items().all(is_pair)).then(|| Entries {
            slots: view.slots().unwrap_or_default().iter(),
            in_pairs: true,
            ..Entries::none(view)
        })
    }
}

impl<'g> Iterator for Entries<'g> {
    type Item = (View<'g>, View<'g>);

    fn next(&mut self) -> Option<Self::Item> {
        let first = View::new(self.access, Some(*self.slots.next()?));
        if self.in_pairs {
            return Some((first.get(0), first.get(1)));
        }
        Some((first, View::new(self.access, Some(*self.slots.next()?))))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.in_pairs { self.slots.len() } else { self.slots.len() / 2 };
        (left, Some(left))
    }
}

impl ExactSizeIterator for Entries<'_> {}

impl core::fmt::Debug for Entries<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}

impl<'g> Iterator for Items<'g> {
    type Item = View<'g>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(View::new(self.access, Some(*self.slots.next()?)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.slots.size_hint()
    }
}

impl ExactSizeIterator for Items<'_> {}

impl core::fmt::Debug for Items<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<'g> OrderedDict<'g> {
    /// Its keys and values.
    #[must_use]
    pub fn entries(&self) -> Entries<'g> {
        self.entries.clone()
    }

    /// Builds one of keys and values in turn.
    ///
    /// # Errors
    ///
    /// Those of [`Builder::set_items`].
    pub fn build(builder: &mut Builder<'_>, pairs: &[Handle]) -> Result<Handle, Error> {
        let made = call(builder, MODULE, "OrderedDict", &[])?;
        fill(builder, made, pairs)
    }
}

impl<'g> DefaultDict<'g> {
    /// Its keys and values.
    #[must_use]
    pub fn entries(&self) -> Entries<'g> {
        self.entries.clone()
    }

    /// Builds one of what makes missing values, and keys and values in turn.
    ///
    /// # Errors
    ///
    /// Those of [`Builder::set_items`].
    pub fn build(builder: &mut Builder<'_>, factory: Option<Handle>, pairs: &[Handle]) -> Result<Handle, Error> {
        let made = call(builder, MODULE, "defaultdict", factory.as_slice())?;
        fill(builder, made, pairs)
    }
}

impl<'g> Counter<'g> {
    /// What it counts, and how often it did.
    #[must_use]
    pub fn entries(&self) -> Entries<'g> {
        self.entries.clone()
    }

    /// Builds one of elements and counts in turn.
    ///
    /// # Errors
    ///
    /// Those of [`Builder::dict`].
    pub fn build(builder: &mut Builder<'_>, pairs: &[Handle]) -> Result<Handle, Error> {
        let counts = builder.dict(pairs)?;
        call(builder, MODULE, "Counter", &[counts])
    }
}

impl<'g> Deque<'g> {
    /// Its items.
    #[must_use]
    pub fn items(&self) -> Items<'g> {
        self.items.clone()
    }

    /// Builds one of items, of which it keeps at most `maxlen`.
    ///
    /// # Errors
    ///
    /// Those of [`Builder::extend`].
    pub fn build(builder: &mut Builder<'_>, items: &[Handle], maxlen: Option<u64>) -> Result<Handle, Error> {
        let mut args = Vec::new();
        if let Some(maxlen) = maxlen {
            args = Vec::from([builder.tuple(&[])?, builder.bigint(&maxlen.into())?]);
        }
        let made = call(builder, MODULE, "deque", &args)?;
        if !items.is_empty() {
            builder.extend(made, items)?;
        }
        Ok(made)
    }
}

fn fill(builder: &mut Builder<'_>, made: Handle, pairs: &[Handle]) -> Result<Handle, Error> {
    if !pairs.is_empty() {
        builder.set_items(made, pairs)?;
    }
    Ok(made)
}
