//! Iterators, which reduce to what they iterate over and how far they came.

use alloc::boxed::Box;
use alloc::vec::Vec;

use num_bigint::BigInt;
use pickle_value::{Handle, Kind, Object, Step, View};

use super::super::GraphSource;
use super::super::foreign::{Container, Content};
use super::{Made, call_with_state};
use crate::source::{Args, Fill, Make, Part, Reduction, Shape};

/// What makes an iterator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Iterator {
    /// `iter`
    Forward,
    /// `reversed`
    Reversed,
    /// `itertools.islice`
    Slice,
    /// `itertools.cycle`
    Cycle,
    /// `zip` and its like, whose arguments are all iterated over.
    Zip,
}

impl Iterator {
    pub(super) fn from_name(module: &str, name: &str) -> Option<Iterator> {
        Some(match (module, name) {
            ("builtins", "iter") => Iterator::Forward,
            ("builtins", "reversed") => Iterator::Reversed,
            ("itertools", "islice") => Iterator::Slice,
            ("itertools", "cycle") => Iterator::Cycle,
            ("builtins", "zip") | ("itertools", "zip_longest" | "compress") => Iterator::Zip,
            _ => return None,
        })
    }
}

impl<'g> GraphSource<'g> {
    pub(super) fn iterator(&mut self, iterator: Iterator, class: Handle, object: Object<'g>) -> Option<Made<'g>> {
        match iterator {
            Iterator::Forward => self.forward(class, object),
            Iterator::Reversed => self.reversed(class, object),
            Iterator::Slice => self.slice(class, object),
            Iterator::Cycle => self.cycle(class, object),
            Iterator::Zip => self.zip(class, object),
        }
    }

    /// At the first item, if nothing is said: an iterator that has come to its end, and one over a dict or a set, is a new
    /// one over what is left once it was loaded.
    fn forward(&mut self, class: Handle, object: Object<'g>) -> Option<Made<'g>> {
        let over = over(object)?;
        if over.kind() == Kind::Range {
            return self.over_range(class, over, object);
        }
        if !is_indexed(over) || object.steps().next().is_some() {
            return None;
        }
        Some(call_with_state(class, object.args().handle()?, Handle::small_int(0)?))
    }

    /// The range ends where its last step leads. Since 3.12 it begins with what comes next; before, a number says which
    /// item that is.
    fn over_range(&mut self, class: Handle, over: View<'g>, object: Object<'g>) -> Option<Made<'g>> {
        let (zero, one) = (BigInt::ZERO, BigInt::from(1));
        let parts: Vec<BigInt> = over.items().filter_map(View::as_bigint).collect();
        let [start, stop, step] = <[BigInt; 3]>::try_from(parts).ok()?;
        if step == zero {
            return None;
        }
        let sign = if step < zero { -&one } else { one };
        let length = ((&stop - &start + &step - sign) / &step).max(zero.clone());
        let passed = match object.steps().collect::<Vec<_>>()[..] {
            [] => zero.clone(),
            [Step::State(passed)] => passed.as_bigint()?.clamp(zero, length.clone()),
            _ => return None,
        };
        let end = &start + &length * &step;
        let first = if self.profile.range_iterators_shrink() { &start + &passed * &step } else { start.clone() };
        let is_as_written = first == start && end == stop;
        let state = (!self.profile.range_iterators_shrink()).then_some(&passed);
        if is_as_written && state.is_some() == object.steps().next().is_some() {
            return None;
        }
        let parts = [&first, &end, &step].map(|part| self.int(&part.to_signed_bytes_le()));
        let range = self.container(Container::Range, parts.into());
        let args = Args::Parts([Part::Object(range)].into());
        let steps = state.map(|passed| Fill::State(self.int(&passed.to_signed_bytes_le()))).into_iter().collect();
        Some(Shape::Reduce(Box::new(Reduction { make: Make::Call, callable: class, args, kwargs: None, steps })))
    }

    /// At the last item, if nothing is said. A list that is empty has none since 3.13.
    fn reversed(&mut self, class: Handle, object: Object<'g>) -> Option<Made<'g>> {
        let over = over(object).filter(|over| is_indexed(*over))?;
        let length = over.as_array().map_or_else(|| over.len(), |array| Some(array.len()))?;
        let is_at_end = length == 0 && over.kind() == Kind::List && self.profile.reversed_lists_end();
        if is_at_end || object.steps().next().is_some() {
            return None;
        }
        Some(call_with_state(class, object.args().handle()?, Handle::small_int(length as i64 - 1)?))
    }

    /// All four arguments, and how many items were passed over.
    fn slice(&mut self, class: Handle, object: Object<'g>) -> Option<Made<'g>> {
        let args: Vec<Handle> = object.args().items().filter_map(View::handle).collect();
        let (zero, one) = (Handle::small_int(0)?, Handle::small_int(1)?);
        let args = match args[..] {
            [over, stop] => [over, zero, stop, one],
            [over, start, stop] => [over, start, stop, one],
            _ => return None,
        };
        let passed = match object.steps().collect::<Vec<_>>()[..] {
            [] => zero,
            [Step::State(passed)] => passed.handle()?,
            _ => return None,
        };
        let args = Args::Parts(args.map(Part::Object).into());
        let steps = [Fill::State(passed)].into();
        Some(Shape::Reduce(Box::new(Reduction { make: Make::Call, callable: class, args, kwargs: None, steps })))
    }

    /// Whether it is in its first round is a number up to 3.8.
    fn cycle(&mut self, class: Handle, object: Object<'g>) -> Option<Made<'g>> {
        let [Step::State(state)] = object.steps().collect::<Vec<_>>()[..] else {
            return None;
        };
        let (saved, again) = (state.get(0).handle()?, state.get(1));
        let is_number = again.kind() == Kind::Int;
        if state.len() != Some(2) || is_number != self.profile.cycles_have_bools() {
            return None;
        }
        let is_again = !again.is_false();
        let again = if is_number { Handle::bool(is_again) } else { Handle::small_int(is_again.into())? };
        let state = self.container(Container::Tuple, [saved, again].into());
        Some(call_with_state(class, object.args().handle()?, state))
    }

    /// It holds iterators, whatever it was given.
    fn zip(&mut self, class: Handle, object: Object<'g>) -> Option<Made<'g>> {
        let args: Vec<View<'g>> = object.args().items().collect();
        if !args.iter().any(|arg| is_indexed(*arg)) {
            return None;
        }
        let iter = self.global_named("builtins", "iter");
        let part = |view: View<'g>| {
            let over = view.handle()?;
            Some(Part::Object(if is_indexed(view) { self.extra(Content::Iterator { iter, over }) } else { over }))
        };
        let args = Args::Parts(args.into_iter().filter_map(part).collect());
        let steps = object.steps().filter_map(|step| self.fill(step)).collect();
        Some(Shape::Reduce(Box::new(Reduction { make: Make::Call, callable: class, args, kwargs: None, steps })))
    }
}

/// The only argument.
fn over(object: Object<'_>) -> Option<View<'_>> {
    Some(object.args()).filter(|args| args.len() == Some(1)).map(|args| args.get(0))
}

/// Whether an iterator over it counts.
fn is_indexed(over: View<'_>) -> bool {
    matches!(over.kind(), Kind::List | Kind::Tuple | Kind::Text | Kind::Bytes | Kind::ByteArray)
        || over.as_array().is_some()
}
