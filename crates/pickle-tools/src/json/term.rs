//! What `json` takes an object for.

use std::borrow::Cow;
use std::fmt;

use pickle_value::{Graph, Handle, Kind, Object, ObjectKind, Step, Text, Value, View};

use super::classes;
use super::error::DumpErrorKind;
use super::keys;
use super::options::{Class, DumpOptions};

/// An object as JSON has it.
pub(crate) enum Term<'g> {
    Null,
    Bool(bool),
    Small(i64),
    /// In two's complement, little-endian.
    Large(&'g [u8]),
    Float(f64),
    Text(Text<'g>),
    List(Slots<'g>),
    /// Keys and values in turn.
    Dict(Slots<'g>),
    Refused(DumpErrorKind),
}

/// Handles of items, or of keys and values in turn.
pub(crate) type Slots<'g> = Cow<'g, [Handle]>;

/// Tells what objects of a graph are.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'g, 'o> {
    pub(crate) graph: &'g Graph<'g>,
    pub(crate) options: &'o DumpOptions,
}

impl<'g> Terms<'g, '_> {
    pub(crate) fn of(self, handle: Handle) -> Term<'g> {
        match self.graph.value(handle) {
            Value::None => Term::Null,
            Value::Bool(value) => Term::Bool(value),
            Value::Int(value) => Term::Small(value),
            Value::BigInt(bytes) | Value::Long(bytes) => Term::Large(bytes),
            Value::Float(value) => Term::Float(value),
            Value::Text(text) => Term::Text(text),
            Value::ByteString(bytes) => byte_string(bytes),
            Value::Tuple(items) | Value::List(items) => Term::List(Cow::Borrowed(items)),
            Value::Dict(pairs) => Term::Dict(self.without_twins(pairs)),
            Value::Object(object) => self.object(object, Of::Value),
            _ => Term::Refused(DumpErrorKind::Type(self.graph.view(handle).kind().type_name().into())),
        }
    }

    /// The same of a key, but for items, of which a key that is written has none: so that what is a key of a key of a key
    /// is not gone into.
    pub(crate) fn of_key(self, key: Handle) -> Term<'g> {
        match self.graph.value(key) {
            Value::Tuple(_) | Value::List(_) | Value::Dict(_) => Term::List(Cow::Borrowed(&[])),
            Value::Object(object) => self.object(object, Of::Key),
            _ => self.of(key),
        }
    }

    /// A graph compares keys that are instances by identity, Python those derived from int, float and str by value.
    fn without_twins(self, pairs: &'g [Handle]) -> Slots<'g> {
        let is_object = |&key: &Handle| self.graph.view(key).kind() == Kind::Object;
        match pairs.iter().step_by(2).any(is_object) {
            true => Cow::Owned(keys::settled(self, pairs)),
            false => Cow::Borrowed(pairs),
        }
    }

    fn object(self, object: Object<'g>, of: Of) -> Term<'g> {
        let outside = |what: String| Term::Refused(DumpErrorKind::Outside(what));
        match object.kind() {
            ObjectKind::Global => {
                outside(format!("the global {}", dotted(object.field(0).as_str(), object.field(1).as_str())))
            }
            ObjectKind::Persistent => outside(format!("the persistent id {}", short(object.field(0)))),
            ObjectKind::Extension => outside(format!("the extension code {}", object.field(0))),
            ObjectKind::Buffer => outside("a buffer beside the pickle".into()),
            ObjectKind::Native => Term::Refused(DumpErrorKind::Type(object.field(0).as_str().unwrap_or("?").into())),
            _ => match object.callable().as_global() {
                Some((module, name)) => Made { terms: self, object, module, name }.term(of),
                None => outside(format!("what {} makes", short(object.callable()))),
            },
        }
    }
}

/// An object for a message: the beginning, if it is very long.
fn short(view: View<'_>) -> String {
    struct Beginning(String);

    impl fmt::Write for Beginning {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.push_str(text);
            if self.0.len() > 1000 { Err(fmt::Error) } else { Ok(()) }
        }
    }

    let mut text = Beginning(String::new());
    if fmt::write(&mut text, format_args!("{view}")).is_err() {
        text.0.push_str("...");
    }
    text.0
}

/// What it is asked for.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Key,
    Value,
}

/// An object that was made by calling something, or by its `__new__`.
struct Made<'g, 'o> {
    terms: Terms<'g, 'o>,
    object: Object<'g>,
    module: &'g str,
    name: &'g str,
}

impl<'g> Made<'g, '_> {
    fn term(&self, of: Of) -> Term<'g> {
        let said = self.terms.options.classes.get(&self.class()[..]).copied();
        match said.or_else(|| classes::known(self.module, self.name)).or_else(|| self.guessed()) {
            Some(Class::Object) if classes::is_function(self.module, self.name) => {
                Term::Refused(DumpErrorKind::Outside(format!("what {} makes", self.class())))
            }
            Some(Class::Object) => Term::Refused(DumpErrorKind::Type(self.type_name())),
            Some(Class::List | Class::Dict) if of == Of::Key => Term::List(Cow::Borrowed(&[])),
            Some(class) => self.as_class(class),
            None => Term::Refused(DumpErrorKind::UnknownClass { class: self.class() }),
        }
    }

    fn class(&self) -> String {
        dotted(Some(self.module), Some(self.name))
    }

    /// Python's `__name__`, which of a nested class is the last part.
    fn type_name(&self) -> String {
        self.name.rsplit('.').next().unwrap_or_default().into()
    }

    /// What the way in which it is pickled says of its class.
    fn guessed(&self) -> Option<Class> {
        let args = self.object.args();
        match self.object.kind() {
            ObjectKind::Reconstructed => match self.object.field(2).as_global()?.1 {
                "int" | "long" => Some(Class::Int),
                "float" => Some(Class::Float),
                "str" | "unicode" => Some(Class::Str),
                "list" | "tuple" => Some(Class::List),
                "dict" => Some(Class::Dict),
                _ => Some(Class::Object),
            },
            ObjectKind::New => match (args.len(), args.get(0).kind()) {
                (Some(0), _) => self.filled(),
                (Some(1), Kind::Int | Kind::Long) => Some(Class::Int),
                (Some(1), Kind::Float) => Some(Class::Float),
                (Some(1), Kind::Text | Kind::ByteString) => Some(Class::Str),
                (Some(1), Kind::Tuple) => Some(Class::List),
                (Some(1), Kind::Bytes) => Some(Class::Object),
                (Some(2..), _) => Some(Class::List),
                _ => None,
            },
            ObjectKind::Call => None,
            _ => Some(Class::Object),
        }
    }

    /// What is filled as lists or dicts are. Of what has nothing at all it is not known whether it would be.
    fn filled(&self) -> Option<Class> {
        let appended = self.object.steps().any(|step| matches!(step, Step::Append(_)));
        let assigned = self.object.steps().any(|step| matches!(step, Step::Assign(_)));
        match (appended, assigned) {
            (true, false) => Some(Class::List),
            (false, true) => Some(Class::Dict),
            (false, false) if self.object.steps().next().is_none() => None,
            _ => Some(Class::Object),
        }
    }

    /// The value that it is as an instance of a class derived from this one.
    fn as_class(&self, class: Class) -> Term<'g> {
        let first = self.object.args().get(0);
        let value = match class {
            Class::Int => integer(first),
            Class::Float => first.as_f64().map(Term::Float),
            Class::Str => match first.value() {
                Some(Value::Text(text)) => Some(Term::Text(text)),
                Some(Value::ByteString(bytes)) => Some(byte_string(bytes)),
                _ => None,
            },
            Class::List => self.items().map(Term::List),
            Class::Dict => self.pairs().map(Term::Dict),
            Class::Object => None,
        };
        value.unwrap_or_else(|| Term::Refused(DumpErrorKind::NotOfClass { class: self.class(), wanted: class }))
    }

    /// The items that it was made of, and those that were appended then.
    fn items(&self) -> Option<Slots<'g>> {
        let made_of = match (self.object.args().value()?, self.object.args().get(0).value()) {
            (Value::Tuple(&[_]), Some(Value::Tuple(items) | Value::List(items))) => items,
            // A structure of C, such as a time.struct_time, with a dict of what has no position.
            (Value::Tuple(&[_, _]), Some(Value::Tuple(items)))
                if self.object.kind() == ObjectKind::Call && self.object.args().get(1).kind() == Kind::Dict =>
            {
                items
            }
            (Value::Tuple(args), _) if self.object.kind() != ObjectKind::Reconstructed => args,
            _ => return None,
        };
        let appended = self.object.steps().filter_map(|step| match step {
            Step::Append(items) => Some(slots(items)),
            _ => None,
        });
        Some(joined(made_of, appended))
    }

    /// The keys and values that it was made of, and those that were set then.
    fn pairs(&self) -> Option<Slots<'g>> {
        let args = self.object.args();
        let last = args.items().next_back().unwrap_or(View::ABSENT);
        let made_of = match last.value() {
            Some(Value::Dict(pairs)) => Cow::Borrowed(pairs),
            // As Python 2 has an OrderedDict.
            Some(Value::List(_)) => Cow::Owned(flattened(last)?),
            // The factory of a defaultdict.
            _ => Cow::Borrowed(&[][..]),
        };
        let mut assigned = self
            .object
            .steps()
            .filter_map(|step| match step {
                Step::Assign(pairs) => Some(slots(pairs)),
                _ => None,
            })
            .peekable();
        // A dict of the graph has each key once: many objects may be made of one, and none needs a copy.
        if let (Cow::Borrowed(pairs), None) = (&made_of, assigned.peek()) {
            return Some(self.terms.without_twins(pairs));
        }
        let pairs: Vec<Handle> = assigned.fold(made_of.into_owned(), |mut all, pairs| {
            all.extend_from_slice(pairs);
            all
        });
        Some(Cow::Owned(keys::settled(self.terms, &pairs)))
    }
}

fn integer(view: View<'_>) -> Option<Term<'_>> {
    match view.value()? {
        Value::Bool(value) => Some(Term::Small(value.into())),
        Value::Int(value) => Some(Term::Small(value)),
        Value::BigInt(bytes) | Value::Long(bytes) => Some(Term::Large(bytes)),
        _ => None,
    }
}

/// Python 2's `json` takes its `str` for UTF-8.
fn byte_string(bytes: &[u8]) -> Term<'_> {
    match Text::from_utf8(bytes) {
        Ok(text) => Term::Text(text),
        Err(_) => {
            let position = core::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), |_| bytes.len());
            let byte = bytes.get(position).copied().unwrap_or_default();
            Term::Refused(DumpErrorKind::NotUtf8 { byte, position })
        }
    }
}

/// The slots of what was appended or set.
fn slots(view: View<'_>) -> &[Handle] {
    match view.value() {
        Some(Value::List(slots) | Value::Dict(slots)) => slots,
        _ => &[],
    }
}

fn joined<'g>(first: &'g [Handle], rest: impl Iterator<Item = &'g [Handle]>) -> Slots<'g> {
    let mut joined = Cow::Borrowed(first);
    for more in rest {
        match joined.is_empty() {
            true => joined = Cow::Borrowed(more),
            false => joined.to_mut().extend_from_slice(more),
        }
    }
    joined
}

/// Keys and values of pairs.
fn flattened(pairs: View<'_>) -> Option<Vec<Handle>> {
    let mut flat = Vec::new();
    for pair in pairs.items() {
        match pair.value()? {
            Value::List(&[key, value]) | Value::Tuple(&[key, value]) => flat.extend([key, value]),
            _ => return None,
        }
    }
    Some(flat)
}

fn dotted(module: Option<&str>, name: Option<&str>) -> String {
    format!("{}.{}", module.unwrap_or("?"), name.unwrap_or("?"))
}
