//! What an instance, a call or a global is as plain data.

use std::borrow::Cow;

use pickle_codec::value::stdlib::Array;
use pickle_codec::value::{Handle, Kind, Object, ObjectKind, Step, Value, View};

use crate::error::{Error, Result};
use crate::standard;

/// What an object is read as.
pub(crate) enum Form<'g> {
    /// Another object: the one argument of a call, the state of an instance.
    Same(Handle),
    /// A text of its own: a date, a decimal.
    Text(String),
    Items(Cow<'g, [Handle]>),
    /// The items of a tuple, the arguments.
    Arguments(Handle, &'g [Handle]),
    /// Keys and values in turn.
    Entries(Cow<'g, [Handle]>),
    /// The names and values of attributes in turn; the class, and the dict that holds them.
    Attributes {
        class: Option<String>,
        holder: Handle,
        slots: Cow<'g, [Handle]>,
    },
    Array(Array<'g>),
    Bytes(&'g [u8]),
}

/// What `view`, which is `object`, is read as.
///
/// # Errors
///
/// For what is nothing but a name.
pub(crate) fn form<'g>(view: View<'g>, object: &Object<'g>) -> Result<Form<'g>> {
    match object.kind() {
        ObjectKind::Global => Ok(Form::Text(class_name(view).unwrap_or_default())),
        ObjectKind::Persistent => same(object.field(0)),
        ObjectKind::Buffer => match view.as_buffer().and_then(|buffer| buffer.bytes) {
            Some(bytes) => Ok(Form::Bytes(bytes)),
            None => Err(Error::data("a buffer that was not given")),
        },
        ObjectKind::Call
        | ObjectKind::New
        | ObjectKind::NewWithKeywords
        | ObjectKind::Reconstructed
        | ObjectKind::Instance => standard(view, object).map_or_else(|| made(object), Ok),
        _ => Err(Error::data(format_args!("{view} has no content"))),
    }
}

/// The only argument that an object is made of, if it is of one of these kinds: the value of an instance of a class derived
/// from a builtin, whatever attributes it has beside. What is known by its class is none.
pub(crate) fn value_of<'g>(view: View<'g>, object: &Object<'g>, kinds: &[Kind]) -> Option<Handle> {
    let is_made = match object.kind() {
        ObjectKind::Call | ObjectKind::Reconstructed => true,
        // What is derived from a list is filled: this is an argument of a class of its own.
        ObjectKind::New => object.args().get(0).kind() != Kind::List,
        _ => false,
    };
    let only = object.args().get(0);
    if !is_made || object.args().len() != Some(1) || !kinds.contains(&only.kind()) || has_items(object) {
        return None;
    }
    if standard(view, object).is_some() { None } else { only.handle() }
}

fn has_items(object: &Object<'_>) -> bool {
    object.steps().any(|step| matches!(step, Step::Append(_) | Step::Add(_) | Step::Assign(_)))
}

/// The text that a key is, or that it is derived from.
pub(crate) fn text_of(key: View<'_>) -> Option<&str> {
    if let Some(text) = key.as_str() {
        return Some(text);
    }
    value_of(key, &key.as_object()?, TEXT)?;
    key.as_object()?.args().get(0).as_str()
}

/// The kinds of builtins that may be asked for.
pub(crate) const TEXT: &[Kind] = &[Kind::Text, Kind::ByteString];
pub(crate) const BYTES: &[Kind] = &[Kind::Bytes, Kind::ByteString, Kind::ByteArray];
pub(crate) const INT: &[Kind] = &[Kind::Int, Kind::Long];
pub(crate) const NUMBER: &[Kind] = &[Kind::Int, Kind::Long, Kind::Float];
pub(crate) const ITEMS: &[Kind] =
    &[Kind::Tuple, Kind::List, Kind::Set, Kind::FrozenSet, Kind::Bytes, Kind::ByteString, Kind::ByteArray];
pub(crate) const DICT: &[Kind] = &[Kind::Dict];

/// `module.name` of a class or function.
pub(crate) fn class_name(global: View<'_>) -> Option<String> {
    match global.as_global()? {
        ("builtins", name) => Some(name.into()),
        (module, name) => Some(format!("{module}.{name}")),
    }
}

/// What the standard library's classes are read as.
fn standard<'g>(view: View<'g>, object: &Object<'g>) -> Option<Form<'g>> {
    let Some((module, name)) = object.callable().as_global() else {
        // A method of a class: that of a zone is one.
        return view.as_zone_info().map(|zone| Form::Text(zone.key.into()));
    };
    match (module, name) {
        ("collections", "OrderedDict") => Some(entries(view.as_ordered_dict()?.entries())),
        ("collections", "Counter") => Some(entries(view.as_counter()?.entries())),
        ("collections", "defaultdict") => Some(entries(view.as_default_dict()?.entries())),
        ("collections", "deque") => Some(Form::Items(view.as_deque()?.items().filter_map(View::handle).collect())),
        ("array", _) => view.as_array().map(Form::Array),
        _ => standard::text(view, module, name).map(Form::Text),
    }
}

fn entries<'g>(pairs: impl Iterator<Item = (View<'g>, View<'g>)>) -> Form<'g> {
    Form::Entries(pairs.flat_map(|(key, value)| [key, value]).filter_map(View::handle).collect())
}

/// What any other object is read as, by what was done to make it.
fn made<'g>(object: &Object<'g>) -> Result<Form<'g>> {
    let mut filled = None;
    for step in object.steps() {
        filled = match step {
            Step::Append(items) | Step::Add(items) => Some(Form::Items(Cow::Borrowed(slots(items)))),
            Step::Assign(pairs) => Some(Form::Entries(Cow::Borrowed(slots(pairs)))),
            Step::State(_) | Step::StateBy(..) => continue,
        };
    }
    if let Some(filled) = filled {
        return Ok(filled);
    }
    let state = object.state();
    if !state.is_absent() && !state.is_none() {
        return Ok(attributes(object.callable(), state));
    }
    arguments(object)
}

/// An object without items and state: its arguments.
fn arguments<'g>(object: &Object<'g>) -> Result<Form<'g>> {
    let args = object.args();
    let class = class_name(object.callable());
    let empty = |holder| Form::Attributes { class: class.clone(), holder, slots: Cow::Borrowed(&[]) };
    match (object.kind(), slots(args)) {
        (ObjectKind::NewWithKeywords, _) => {
            let kwargs = object.field(2);
            let holder = kwargs.handle().unwrap_or(Handle::NONE);
            Ok(Form::Attributes { class, holder, slots: Cow::Borrowed(slots(kwargs)) })
        }
        (_, []) => Ok(empty(args.handle().unwrap_or(Handle::NONE))),
        (ObjectKind::Call | ObjectKind::Instance | ObjectKind::Reconstructed, &[only]) => Ok(Form::Same(only)),
        (_, items) => Ok(Form::Arguments(args.handle().unwrap_or(Handle::NONE), items)),
    }
}

/// The attributes that a state gives: a dict, or a dict and one of slots.
fn attributes<'g>(class: View<'g>, state: View<'g>) -> Form<'g> {
    let class = class_name(class);
    let holder = state.handle().unwrap_or(Handle::NONE);
    match state.value() {
        Some(Value::Dict(slots)) => Form::Attributes { class, holder, slots: Cow::Borrowed(slots) },
        Some(Value::Tuple(&[_, _])) if is_attributes(state.get(0)) && is_attributes(state.get(1)) => {
            let slots = [slots(state.get(0)), slots(state.get(1))].concat();
            Form::Attributes { class, holder, slots: Cow::Owned(slots) }
        }
        _ => Form::Same(holder),
    }
}

fn is_attributes(view: View<'_>) -> bool {
    matches!(view.value(), Some(Value::Dict(_) | Value::None))
}

fn same(view: View<'_>) -> Result<Form<'_>> {
    view.handle().map(Form::Same).ok_or_else(|| Error::data("an object without content"))
}

/// What a container holds, in one slice.
pub(crate) fn slots(view: View<'_>) -> &[Handle] {
    view.value().map_or(&[], slots_of)
}

/// The same of an object taken apart.
pub(crate) fn slots_of(value: Value<'_>) -> &[Handle] {
    match value {
        Value::Tuple(slots)
        | Value::List(slots)
        | Value::Dict(slots)
        | Value::Set(slots)
        | Value::FrozenSet(slots)
        | Value::Range(slots)
        | Value::Slice(slots) => slots,
        _ => &[],
    }
}
