//! How objects are written: the standard library's as Python does, others like the calls that make them.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::{self, Vec};

use super::{Piece, Slots, Style};
use crate::handle::{Handle, Tag};
use crate::literal::{write_float, write_str};
use crate::object::{Object, ObjectKind, Step};
use crate::stdlib::{Array, ArrayValue, Entries};
use crate::view::{Kind, View};

type Pieces<'g> = Vec<Piece<'g>>;

/// What an object is written as that has a form of its own; none of what is written like a call.
pub(super) fn pieces<'g>(view: View<'g>, object: Object<'g>) -> Option<Pieces<'g>> {
    if object.kind() == ObjectKind::Native {
        return Some(native(object));
    }
    let of_library = match object.callable().as_global() {
        Some((module, _)) => of_library(view, module),
        None => view.as_zone_info().map(|zone| text(zone.to_string())),
    };
    of_library.or_else(|| view.array_like().map(text))
}

fn text<'g>(text: String) -> Pieces<'g> {
    [Piece::Text(Cow::Owned(text))].into()
}

/// What Python's own `repr` gives.
fn of_library<'g>(view: View<'g>, module: &str) -> Option<Pieces<'g>> {
    Some(match module {
        "datetime" => return of_datetime(view),
        "zoneinfo" => text(view.as_zone_info()?.to_string()),
        "decimal" => text(view.as_decimal()?.to_string()),
        "fractions" => text(view.as_fraction()?.to_string()),
        "uuid" => text(view.as_uuid()?.to_string()),
        "pathlib" | "pathlib._local" => text(view.as_path()?.to_string()),
        "ipaddress" => text(view.as_ip()?.to_string()),
        "array" => text(of_array(view.as_array()?)?),
        "collections" => return of_collections(view),
        "types" => {
            let attributes = view.as_namespace().and_then(|namespace| keywords(namespace.attributes))?;
            [Piece::Text("namespace(".into()), Piece::Listed(Style::Keywords, attributes), Piece::Text(")".into())]
                .into()
        }
        _ => return None,
    })
}

fn of_datetime(view: View<'_>) -> Option<Pieces<'_>> {
    if let Some(date) = view.as_date() {
        return Some(text(date.to_string()));
    }
    if let Some(delta) = view.as_timedelta() {
        return Some(text(delta.to_string()));
    }
    if let Some(zone) = view.as_timezone() {
        return Some(text(zone.to_string()));
    }
    let mut start = String::new();
    let zone = match view.as_datetime() {
        Some(time) => {
            time.write_start(&mut start).ok()?;
            time.tzinfo
        }
        None => {
            let time = view.as_time()?;
            time.write_start(&mut start).ok()?;
            time.tzinfo
        }
    };
    let mut pieces = text(start);
    if let Some(zone) = zone.and_then(View::handle) {
        pieces.extend([Piece::Text(", tzinfo=".into()), Piece::Value(zone)]);
    }
    pieces.push(Piece::Text(")".into()));
    Some(pieces)
}

fn of_array(array: Array<'_>) -> Option<String> {
    let mut out = format!("array('{}'", array.typecode);
    if array.is_empty() {
        return Some(out + ")");
    }
    if matches!(array.typecode, 'u' | 'w' | 'c') {
        let points = array.values().map(|value| match value {
            ArrayValue::Char(point) => point,
            _ => u32::from('?'),
        });
        out.push_str(", ");
        write_str(points, &mut out).ok()?;
        return Some(out + ")");
    }
    let mut separator = ", [";
    for value in array.values() {
        out.push_str(separator);
        separator = ", ";
        match value {
            ArrayValue::Int(value) => out.push_str(&value.to_string()),
            ArrayValue::Float(value) => write_float(value, &mut out).ok()?,
            ArrayValue::Char(_) => return None,
        }
    }
    Some(out + "])")
}

fn of_collections(view: View<'_>) -> Option<Pieces<'_>> {
    if let Some(ordered) = view.as_ordered_dict() {
        return Some(filled("OrderedDict(", ordered.entries()));
    }
    if let Some(counter) = view.as_counter() {
        return Some(filled("Counter(", most_common(counter.entries())));
    }
    if let Some(default) = view.as_default_dict() {
        let factory = default.factory.and_then(View::handle).unwrap_or(Handle::NONE);
        return Some(Vec::from([
            Piece::Text("defaultdict(".into()),
            Piece::Value(factory),
            Piece::Text(", {".into()),
            Piece::Listed(Style::Pairs, flat(default.entries())),
            Piece::Text("})".into()),
        ]));
    }
    let deque = view.as_deque()?;
    let items: Vec<Handle> = deque.items().filter_map(View::handle).collect();
    let close = deque.maxlen.map_or_else(|| "])".into(), |length| format!("], maxlen={length})").into());
    Some([Piece::Text("deque([".into()), Piece::Listed(Style::Items, items.into()), Piece::Text(close)].into())
}

/// A dict within a class's parentheses, or nothing there.
fn filled<'g>(class: &'static str, entries: impl ExactSizeIterator<Item = (View<'g>, View<'g>)>) -> Pieces<'g> {
    if entries.len() == 0 {
        return Vec::from([Piece::Text(class.into()), Piece::Text(")".into())]);
    }
    let (open, close) = (Piece::Text(format!("{class}{{").into()), Piece::Text("})".into()));
    Vec::from([open, Piece::Listed(Style::Pairs, flat(entries)), close])
}

fn flat<'g>(entries: impl Iterator<Item = (View<'g>, View<'g>)>) -> Slots<'g> {
    entries.flat_map(|(key, value)| [key.handle(), value.handle()]).flatten().collect::<Vec<_>>().into()
}

/// The largest counts first, as Counter is printed where its counts can be ordered.
fn most_common<'g>(entries: Entries<'g>) -> vec::IntoIter<(View<'g>, View<'g>)> {
    let mut sorted: Vec<(View<'g>, View<'g>)> = entries.collect();
    let is_ordered = |(_, count): &(View<'_>, View<'_>)| {
        matches!(count.kind(), Kind::Int | Kind::Long | Kind::Bool)
            || count.as_f64().is_some_and(|float| !float.is_nan())
    };
    if sorted.iter().all(is_ordered) {
        let rank = |count: View<'_>| match count.as_bool() {
            Some(value) => f64::from(u8::from(value)),
            None => count.as_f64().unwrap_or_default(),
        };
        sorted.sort_by(|(_, a), (_, b)| rank(*b).total_cmp(&rank(*a)));
    }
    sorted.into_iter()
}

/// An object of another format: the name of its type, then the fields.
fn native(object: Object<'_>) -> Pieces<'_> {
    let mut pieces = text(format!("<{}", object.field(0).as_str().unwrap_or_default()));
    if let Some(fields @ [_, ..]) = object.fields().get(1..) {
        pieces.extend([Piece::Text(" ".into()), listed(Style::Items, fields)]);
    }
    pieces.push(Piece::Text(">".into()));
    pieces
}

/// A part of what is written like a call, by its number: a fixed one, so that nothing has to be kept of an object while what
/// it holds is written but where it is.
pub(super) enum Part<'g> {
    /// There is none of this number.
    Nothing,
    /// What it begins with.
    Opening(&'static str, Option<Handle>),
    /// One of those with commas between: a text and what follows it; and how many parts further the next one is.
    Listed(&'static str, Content<'g>, u32),
    /// What stands behind the part before.
    Closing(&'static str),
    /// All are written.
    End(&'static str),
}

/// What a part holds.
pub(super) enum Content<'g> {
    Value(Handle),
    /// Items, and the container whose they are.
    Slots(Style, Slots<'g>, Option<u32>),
}

/// Callable, parenthesis, arguments and keyword arguments come before the steps, of which each has so many parts.
const BEFORE_STEPS: usize = 4;
const PARTS_OF_STEP: usize = 3;

/// The part of this number.
pub(super) fn part(object: Object<'_>, number: usize) -> Part<'_> {
    match number {
        0 => match object.kind() {
            ObjectKind::Persistent => Part::Opening("<persistent ", object.field(0).handle()),
            ObjectKind::Extension => Part::Opening("<extension ", object.field(0).handle()),
            _ => Part::Opening("", object.callable().handle()),
        },
        1 if is_named_only(object) => Part::Nothing,
        1 => Part::Closing("("),
        2 => positional(object).unwrap_or(Part::Nothing),
        3 => named(object).unwrap_or(Part::Nothing),
        _ => match object.step((number - BEFORE_STEPS) / PARTS_OF_STEP) {
            Some(step) => part_of_step(step, (number - BEFORE_STEPS) % PARTS_OF_STEP),
            None if is_named_only(object) => Part::End(">"),
            None => Part::End(")"),
        },
    }
}

/// About how many items it takes to write an object.
pub(super) fn cost(object: Object<'_>) -> usize {
    2 + object.extent()
}

/// A persistent id or an extension code, to which something is done.
fn is_named_only(object: Object<'_>) -> bool {
    matches!(object.kind(), ObjectKind::Persistent | ObjectKind::Extension)
}

fn positional(object: Object<'_>) -> Option<Part<'_>> {
    let mut args = object.args();
    if object.kind() == ObjectKind::Reconstructed && args.get(0).kind() == Kind::Tuple {
        // Of a named tuple, its items.
        args = args.get(0);
    }
    if args.kind() != Kind::Tuple {
        return Some(Part::Listed("*", Content::Value(args.handle()?), 1));
    }
    let items = args.slots().filter(|items| !items.is_empty())?;
    Some(Part::Listed("", Content::Slots(Style::Items, Cow::Borrowed(items), owner(args)), 1))
}

fn named(object: Object<'_>) -> Option<Part<'_>> {
    let kwargs = Some(object.field(2)).filter(|_| object.kind() == ObjectKind::NewWithKeywords)?;
    match keywords(kwargs) {
        Some(entries) if entries.is_empty() => None,
        Some(entries) => Some(Part::Listed("", Content::Slots(Style::Keywords, entries, owner(kwargs)), 1)),
        None => Some(Part::Listed("**", Content::Value(kwargs.handle()?), 1)),
    }
}

/// What a step is written as: two parts, with what closes the first between them.
fn part_of_step(step: Step<'_>, number: usize) -> Part<'_> {
    let first = number == 0;
    let value = |before, view: View<'_>| match view.handle() {
        Some(handle) if first => Part::Listed(before, Content::Value(handle), 1),
        _ => Part::Nothing,
    };
    match step {
        Step::Append(items) | Step::Assign(items) | Step::Add(items) => value("", items),
        Step::State(state) if state.is_none() => Part::Nothing,
        Step::State(state) => match attributes(state) {
            Some([attributes, of_slots]) => match if first { attributes } else { of_slots } {
                Some((dict, entries)) if number != 1 && !entries.is_empty() => {
                    // A dict may be large, and is looked through once.
                    let parts = if state.kind() == Kind::Dict { PARTS_OF_STEP as u32 } else { 1 };
                    Part::Listed("", Content::Slots(Style::Keywords, entries, owner(dict)), parts)
                }
                _ => Part::Nothing,
            },
            None if number == 1 => Part::Closing(">"),
            None => value("<state ", state),
        },
        Step::StateBy(setter, state) if first => {
            let parts = [setter.handle(), state.handle()].into_iter().flatten().collect::<Vec<_>>();
            Part::Listed("<state set by ", Content::Slots(Style::Items, parts.into(), None), 1)
        }
        Step::StateBy(..) if number == 1 => Part::Closing(">"),
        Step::StateBy(..) => Part::Nothing,
    }
}

/// A state of attributes: a dict, or a pair of one, or None, and the dict of the slots. The dicts, with what they hold.
fn attributes(state: View<'_>) -> Option<[Option<(View<'_>, Slots<'_>)>; 2]> {
    let parts = match state.kind() {
        Kind::Dict => [Some(state), None],
        Kind::Tuple if state.len() == Some(2) => {
            [state.get(0), state.get(1)].map(|part| Some(part).filter(|part| !part.is_none()))
        }
        _ => return None,
    };
    let mut held = [None, None];
    for (held, dict) in held.iter_mut().zip(parts) {
        if let Some(dict) = dict {
            *held = Some((dict, keywords(dict)?));
        }
    }
    Some(held)
}

/// The keys and values of a dict whose keys are all names.
fn keywords(dict: View<'_>) -> Option<Slots<'_>> {
    let entries = dict.pairs().filter(|_| dict.kind() == Kind::Dict)?;
    let is_name = |key: &Handle| matches!(key.tag(), Some(Tag::Text | Tag::ByteString));
    entries.iter().step_by(2).all(is_name).then_some(Cow::Borrowed(entries))
}

/// The number of a container.
fn owner(container: View<'_>) -> Option<u32> {
    container.handle().map(|handle| handle.identity().number)
}

fn listed(style: Style, items: &[Handle]) -> Piece<'_> {
    Piece::Listed(style, Cow::Borrowed(items))
}
