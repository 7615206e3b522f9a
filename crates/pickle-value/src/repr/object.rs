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

/// What an object is written as.
pub(super) fn pieces<'g>(view: View<'g>, object: Object<'g>) -> Pieces<'g> {
    let of_library = match object.callable().as_global() {
        Some((module, _)) => of_library(view, module),
        None => view.as_zone_info().map(|zone| text(zone.to_string())),
    };
    of_library.or_else(|| view.array_like().map(text)).unwrap_or_else(|| generic(object))
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

/// What is done to make an object, like a call.
fn generic(object: Object<'_>) -> Pieces<'_> {
    if object.kind() == ObjectKind::Native {
        return native(object);
    }
    let (open, first, close) = match object.kind() {
        ObjectKind::Persistent => ("<persistent ", object.field(0).handle(), ">"),
        ObjectKind::Extension => ("<extension ", object.field(0).handle(), ">"),
        _ => ("", object.callable().handle(), ")"),
    };
    let mut pieces = Vec::from([Piece::Text(open.into())]);
    pieces.extend(first.map(Piece::Value));
    let mut listed = Vec::new();
    if !matches!(object.kind(), ObjectKind::Persistent | ObjectKind::Extension) {
        pieces.push(Piece::Text("(".into()));
        listed.extend(arguments(object));
    }
    for step in object.steps() {
        listed.extend(done(step));
    }
    for (at, part) in listed.into_iter().enumerate() {
        if at > 0 || object.callable().is_absent() {
            pieces.push(Piece::Text(", ".into()));
        }
        pieces.extend(part);
    }
    pieces.push(Piece::Text(close.into()));
    pieces
}

/// The arguments, each group that has any.
fn arguments(object: Object<'_>) -> Vec<Pieces<'_>> {
    let mut args = object.args();
    if object.kind() == ObjectKind::Reconstructed && args.get(0).kind() == Kind::Tuple {
        // Of a named tuple, its items.
        args = args.get(0);
    }
    let positional = match args.kind() {
        Kind::Tuple => args.slots().filter(|items| !items.is_empty()).map(|items| [listed(Style::Items, items)].into()),
        _ => args.handle().map(|args| [Piece::Text("*".into()), Piece::Value(args)].into()),
    };
    let kwargs = Some(object.field(2)).filter(|_| object.kind() == ObjectKind::NewWithKeywords);
    let named = kwargs.and_then(|kwargs| match keywords(kwargs) {
        Some(entries) if entries.is_empty() => None,
        Some(entries) => Some([Piece::Listed(Style::Keywords, entries)].into()),
        None => Some([Piece::Text("**".into()), Piece::Value(kwargs.handle()?)].into()),
    });
    [positional, named].into_iter().flatten().collect()
}

/// What a step is written as.
fn done(step: Step<'_>) -> Vec<Pieces<'_>> {
    let plain = |view: View<'_>| view.handle().map(|handle| Vec::from([Piece::Value(handle)]));
    match step {
        Step::Append(items) | Step::Assign(items) | Step::Add(items) => plain(items).into_iter().collect(),
        Step::State(state) if state.is_none() => Vec::new(),
        Step::State(state) => attributes(state).unwrap_or_else(|| {
            let state = state.handle().map(Piece::Value);
            let pieces = [Some(Piece::Text("<state ".into())), state, Some(Piece::Text(">".into()))];
            Vec::from([pieces.into_iter().flatten().collect()])
        }),
        Step::StateBy(setter, state) => {
            let parts = [setter.handle(), state.handle()].into_iter().flatten().collect::<Vec<_>>();
            let open = Piece::Text("<state set by ".into());
            Vec::from([Vec::from([open, Piece::Listed(Style::Items, parts.into()), Piece::Text(">".into())])])
        }
    }
}

/// A state of attributes: a dict, or a pair of one, or None, and the dict of the slots.
fn attributes(state: View<'_>) -> Option<Vec<Pieces<'_>>> {
    let parts = match state.kind() {
        Kind::Dict => [Some(state), None],
        Kind::Tuple if state.len() == Some(2) => {
            [Some(state.get(0)).filter(|dict| !dict.is_none()), Some(state.get(1)).filter(|slots| !slots.is_none())]
        }
        _ => return None,
    };
    let mut groups = Vec::new();
    for part in parts.into_iter().flatten() {
        let entries = keywords(part)?;
        if !entries.is_empty() {
            groups.push(Vec::from([Piece::Listed(Style::Keywords, entries)]));
        }
    }
    Some(groups)
}

/// The keys and values of a dict whose keys are all names.
fn keywords(dict: View<'_>) -> Option<Slots<'_>> {
    let entries = dict.pairs().filter(|_| dict.kind() == Kind::Dict)?;
    let is_name = |key: &Handle| matches!(key.tag(), Some(Tag::Text | Tag::ByteString));
    entries.iter().step_by(2).all(is_name).then_some(Cow::Borrowed(entries))
}

fn listed(style: Style, items: &[Handle]) -> Piece<'_> {
    Piece::Listed(style, Cow::Borrowed(items))
}
