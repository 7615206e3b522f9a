//! From a graph to one that is JSON.

use std::collections::{HashMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigInt;
use pickle_value::{Builder, Error, Graph, Handle, Object, ObjectKind, Step, Text, Value, View, push_code_point};

use super::{LONG_INT, OBJECTS, is_one_for_all};
use crate::json::error::{DumpError, DumpErrorKind};

/// A graph that [`to_vec`](crate::json::to_vec) writes without loss: see the [module](super).
///
/// ```
/// use pickle_tools::json::{self, tagged};
/// use pickle_value::py;
///
/// let text = json::to_string(&tagged::encode(&py!([(1, 2), None]))?)?;
/// assert_eq!(text, r#"[{"$tuple": [1, 2]}, null]"#);
/// # Ok::<(), json::DumpError>(())
/// ```
///
/// # Errors
///
/// [`DumpErrorKind::Graph`], if the tagged form has more objects than a graph holds.
pub fn encode(graph: &Graph<'_>) -> Result<Graph<'static>, DumpError> {
    let encode = Encode {
        graph,
        census: Census::of(graph),
        builder: Builder::new(),
        numbers: HashMap::new(),
        known: HashMap::new(),
        tasks: Vec::new(),
        made: Vec::new(),
    };
    encode.run().map_err(|error| DumpError::new(String::new(), DumpErrorKind::Graph(error)))
}

/// Who is referred to how often.
#[derive(Default)]
struct Census<'g> {
    /// The objects that are referred to twice, other than as keys of JSON objects.
    shared: HashSet<Handle>,
    /// The dicts that are no JSON objects.
    tagged_dicts: HashSet<Handle>,
    /// The one str that is the key of JSON objects with this text.
    keys: HashMap<&'g [u8], Handle>,
}

impl<'g> Census<'g> {
    fn of(graph: &'g Graph<'g>) -> Census<'g> {
        let mut census = Census::default();
        let mut seen = HashSet::new();
        let mut waiting: Vec<Handle> = graph.root().handle().into_iter().collect();
        while let Some(handle) = waiting.pop() {
            if !has_identity(graph, handle) {
                continue;
            }
            if !seen.insert(handle) {
                census.shared.insert(handle);
                continue;
            }
            match graph.value(handle) {
                Value::Dict(pairs) if census.is_plain(graph, pairs) => {
                    waiting.extend(pairs.iter().skip(1).step_by(2).rev());
                }
                value => {
                    if let Value::Dict(_) = value {
                        census.tagged_dicts.insert(handle);
                    }
                    waiting.extend(parts(graph.view(handle)).into_iter().rev());
                }
            }
        }
        census
    }

    /// Whether a dict is a JSON object; then its keys are those of all.
    fn is_plain(&mut self, graph: &'g Graph<'g>, pairs: &'g [Handle]) -> bool {
        let key_of = |&key: &Handle| match graph.value(key) {
            Value::Text(text) if !text.as_bytes().starts_with(b"$") && pieces(text).len() < 2 => Some((text, key)),
            _ => None,
        };
        let keys: Option<Vec<_>> = pairs.iter().step_by(2).map(key_of).collect();
        let Some(mut keys) = keys else { return false };
        keys.retain(|(text, _)| !is_one_for_all(*text));
        let is_other =
            |(text, key): &(Text<'g>, Handle)| self.keys.get(text.as_bytes()).is_some_and(|known| known != key);
        if keys.iter().any(is_other) {
            return false;
        }
        self.keys.extend(keys.into_iter().map(|(text, key)| (text.as_bytes(), key)));
        true
    }
}

/// What an object refers to. What was appended, set or added to it is no list, dict or set of its own.
fn parts(view: View<'_>) -> Vec<Handle> {
    let logged = view.as_object().into_iter().flat_map(|object| object.steps()).filter_map(|step| match step {
        Step::Append(part) | Step::Assign(part) | Step::Add(part) => part.handle(),
        _ => None,
    });
    let logged: HashSet<Handle> = logged.collect();
    let mut all = Vec::new();
    for part in view.parts() {
        match part.handle() {
            Some(handle) if logged.contains(&handle) => {
                if let Some(Value::List(slots) | Value::Dict(slots) | Value::Set(slots)) = part.value() {
                    all.extend_from_slice(slots);
                }
            }
            handle => all.extend(handle),
        }
    }
    all
}

/// Whether it shows in a pickle which object it is. What has no identity has no parts with one.
fn has_identity(graph: &Graph<'_>, handle: Handle) -> bool {
    match graph.value(handle) {
        Value::Text(text) => !is_one_for_all(text),
        Value::Tuple(items) => !items.is_empty(),
        Value::Object(object) => object.kind() != ObjectKind::Global,
        Value::Bytes(_)
        | Value::ByteArray(_)
        | Value::ByteString(_)
        | Value::List(_)
        | Value::Dict(_)
        | Value::Set(_)
        | Value::FrozenSet(_)
        | Value::Range(_)
        | Value::Slice(_)
        | Value::Complex(..) => true,
        _ => false,
    }
}

struct Encode<'g> {
    graph: &'g Graph<'g>,
    census: Census<'g>,
    builder: Builder<'static>,
    /// The numbers that shared objects have got.
    numbers: HashMap<Handle, i64>,
    /// The texts of long ints and of the names of globals, which are written wherever they stand: once is enough here.
    known: HashMap<Handle, Handle>,
    tasks: Vec<Task<'g>>,
    /// What was made, the last on top.
    made: Vec<Handle>,
}

/// What is left to do; those that make something take what was made last.
enum Task<'g> {
    Visit(Handle),
    Text(&'static str),
    /// A list of so many.
    List(usize),
    /// An object with one key.
    Tag(&'static str),
    /// An object with `$do` as its second key.
    TagWithSteps(&'static str),
    /// An object with these keys; values stand between them.
    Dict(&'g [Handle]),
    /// What has a number.
    Numbered(i64),
}

impl<'g> Encode<'g> {
    fn run(mut self) -> Result<Graph<'static>, Error> {
        self.tasks.extend(self.graph.root().handle().map(Task::Visit));
        while let Some(task) = self.tasks.pop() {
            let made = match task {
                Task::Visit(handle) => match self.visit(handle)? {
                    Some(made) => made,
                    None => continue,
                },
                Task::Text(text) => self.builder.name(text)?,
                Task::List(count) => {
                    let items = self.made.split_off(self.made.len() - count);
                    self.builder.list(&items)?
                }
                Task::Tag(tag) => {
                    let value = self.taken();
                    self.tag(tag, value)?
                }
                Task::TagWithSteps(tag) => {
                    let (steps, fields) = (self.taken(), self.taken());
                    let pairs = [self.builder.name(tag)?, fields, self.builder.name("$do")?, steps];
                    self.builder.dict(&pairs)?
                }
                Task::Dict(pairs) => self.dict(pairs)?,
                Task::Numbered(number) => {
                    let value = self.taken();
                    let number = self.builder.int(number)?;
                    let pairs = [self.builder.name("$id")?, number, self.builder.name("$value")?, value];
                    self.builder.dict(&pairs)?
                }
            };
            self.made.push(made);
        }
        let root = self.taken();
        Ok(self.builder.finish(root))
    }

    fn taken(&mut self) -> Handle {
        self.made.pop().unwrap_or(Handle::NONE)
    }

    fn tag(&mut self, tag: &str, value: Handle) -> Result<Handle, Error> {
        let key = self.builder.name(tag)?;
        self.builder.dict(&[key, value])
    }

    /// What is made at once, or nothing where it is left to tasks.
    fn visit(&mut self, handle: Handle) -> Result<Option<Handle>, Error> {
        let value = self.graph.value(handle);
        if let Value::Text(text) = value
            && self.census.keys.get(text.as_bytes()) == Some(&handle)
        {
            let text = self.builder.text_from_utf8(text.as_bytes())?;
            return self.tag("$key", text).map(Some);
        }
        if self.census.shared.contains(&handle) {
            let next = self.numbers.len() as i64 + 1;
            if let Some(&number) = self.numbers.get(&handle) {
                let number = self.builder.int(number)?;
                return self.tag("$ref", number).map(Some);
            }
            self.numbers.insert(handle, next);
            self.tasks.push(Task::Numbered(next));
        }
        self.value(handle, value)
    }

    fn value(&mut self, handle: Handle, value: Value<'g>) -> Result<Option<Handle>, Error> {
        let made = match value {
            Value::None => Handle::NONE,
            Value::Bool(value) => self.builder.bool(value),
            Value::Int(value) => self.builder.int(value)?,
            Value::BigInt(bytes) => self.int(handle, bytes)?,
            Value::Long(bytes) => {
                let int = self.int(handle, bytes)?;
                self.tag("$long", int)?
            }
            Value::Float(value) => self.float(value)?,
            Value::Complex(real, imaginary) => {
                let parts = [self.float(real)?, self.float(imaginary)?];
                let parts = self.builder.list(&parts)?;
                self.tag("$complex", parts)?
            }
            Value::Text(text) => self.text(text)?,
            Value::Bytes(bytes) => self.base64("$bytes", bytes)?,
            Value::ByteArray(bytes) => self.base64("$bytearray", bytes)?,
            Value::ByteString(bytes) => self.base64("$bytestring", bytes)?,
            Value::Ellipsis => self.tag("$ellipsis", Handle::NONE)?,
            Value::NotImplemented => self.tag("$notimplemented", Handle::NONE)?,
            Value::List(items) => return self.later(None, items),
            Value::Tuple(items) => return self.later(Some("$tuple"), items),
            Value::Set(items) => return self.later(Some("$set"), items),
            Value::FrozenSet(items) => return self.later(Some("$frozenset"), items),
            Value::Range(items) => return self.later(Some("$range"), items),
            Value::Slice(items) => return self.later(Some("$slice"), items),
            Value::Dict(pairs) if self.census.tagged_dicts.contains(&handle) => {
                self.tasks.push(Task::Tag("$dict"));
                self.pairs_later(pairs);
                return Ok(None);
            }
            Value::Dict(pairs) => {
                self.tasks.push(Task::Dict(pairs));
                self.tasks.extend(pairs.iter().skip(1).step_by(2).rev().map(|&value| Task::Visit(value)));
                return Ok(None);
            }
            Value::Object(object) if object.kind() == ObjectKind::Global => self.global(&object)?,
            Value::Object(object) => return self.object(&object),
            // A graph has nothing else.
            _ => Handle::NONE,
        };
        Ok(Some(made))
    }

    fn later(&mut self, tag: Option<&'static str>, items: &[Handle]) -> Result<Option<Handle>, Error> {
        self.tasks.extend(tag.map(Task::Tag));
        self.list_later(items);
        Ok(None)
    }

    fn list_later(&mut self, items: &[Handle]) {
        self.tasks.push(Task::List(items.len()));
        self.tasks.extend(items.iter().rev().map(|&item| Task::Visit(item)));
    }

    fn pairs_later(&mut self, pairs: &[Handle]) {
        self.tasks.push(Task::List(pairs.len() / 2));
        for pair in pairs.chunks_exact(2).rev() {
            self.list_later(pair);
        }
    }

    fn object(&mut self, object: &Object<'g>) -> Result<Option<Handle>, Error> {
        let tag = OBJECTS.iter().find(|(kind, _)| *kind == object.kind()).map_or("$native", |(_, tag)| tag);
        let steps: Vec<Step<'g>> = object.steps().collect();
        self.tasks.push(if steps.is_empty() { Task::Tag(tag) } else { Task::TagWithSteps(tag) });
        // What is pushed last is done first.
        if !steps.is_empty() {
            self.tasks.push(Task::List(steps.len()));
            steps.into_iter().rev().for_each(|step| self.step(step));
        }
        self.list_later(object.fields());
        Ok(None)
    }

    /// The text that is made of an object, made once.
    fn once(&mut self, handle: Handle, make: impl FnOnce() -> String) -> Result<Handle, Error> {
        if let Some(&known) = self.known.get(&handle) {
            return Ok(known);
        }
        let made = self.builder.text(&make())?;
        self.known.insert(handle, made);
        Ok(made)
    }

    fn global(&mut self, object: &Object<'g>) -> Result<Handle, Error> {
        let fields = [self.field(object, 0)?, self.field(object, 1)?];
        let fields = self.builder.list(&fields)?;
        self.tag("$global", fields)
    }

    /// The module or name of a global.
    fn field(&mut self, object: &Object<'g>, number: usize) -> Result<Handle, Error> {
        let field = object.field(number);
        let text = || field.as_str().unwrap_or_default().to_owned();
        self.once(field.handle().unwrap_or(Handle::NONE), text)
    }

    fn step(&mut self, step: Step<'g>) {
        let (word, parts) = match step {
            Step::State(state) => ("state", Vec::from([state])),
            Step::StateBy(setter, state) => ("state_by", Vec::from([setter, state])),
            Step::Append(items) => ("append", Vec::from([items])),
            Step::Assign(pairs) => ("set", Vec::from([pairs])),
            Step::Add(items) => ("add", Vec::from([items])),
        };
        self.tasks.push(Task::List(parts.len() + 1));
        for part in parts.into_iter().rev() {
            match (word, part.value()) {
                ("append", Some(Value::List(items))) | ("add", Some(Value::Set(items))) => self.list_later(items),
                ("set", Some(Value::Dict(pairs))) => self.pairs_later(pairs),
                _ => self.tasks.extend(part.handle().map(Task::Visit)),
            }
        }
        self.tasks.push(Task::Text(word));
    }

    fn dict(&mut self, pairs: &[Handle]) -> Result<Handle, Error> {
        let values = self.made.split_off(self.made.len() - pairs.len() / 2);
        let mut made = Vec::with_capacity(pairs.len());
        for (pair, value) in pairs.chunks_exact(2).zip(values) {
            let text = self.graph.view(pair[0]).as_text().map_or(&b""[..], Text::as_bytes);
            made.extend([self.builder.text_from_utf8(text)?, value]);
        }
        self.builder.dict(&made)
    }

    fn text(&mut self, text: Text<'_>) -> Result<Handle, Error> {
        let pieces = pieces(text);
        if let [piece] = &pieces[..] {
            return self.builder.text_from_utf8(piece);
        }
        let pieces = pieces.iter().map(|piece| self.builder.text_from_utf8(piece)).collect::<Result<Vec<_>, _>>()?;
        let pieces = self.builder.list(&pieces)?;
        self.tag("$text", pieces)
    }

    fn base64(&mut self, tag: &str, bytes: &[u8]) -> Result<Handle, Error> {
        let text = self.builder.text(&STANDARD.encode(bytes))?;
        self.tag(tag, text)
    }

    fn int(&mut self, handle: Handle, bytes: &[u8]) -> Result<Handle, Error> {
        if bytes.len() <= LONG_INT {
            return self.builder.int_from_le_bytes(bytes);
        }
        let digits = self.once(handle, || BigInt::from_signed_bytes_le(bytes).to_str_radix(16))?;
        self.tag("$int", digits)
    }

    fn float(&mut self, value: f64) -> Result<Handle, Error> {
        let text = match value.to_bits() {
            0x7ff8_0000_0000_0000 => "nan".to_owned(),
            0x7ff0_0000_0000_0000 => "inf".to_owned(),
            0xfff0_0000_0000_0000 => "-inf".to_owned(),
            bits if value.is_nan() => format!("{bits:016x}"),
            _ => return self.builder.float(value),
        };
        let text = self.builder.text(&text)?;
        self.tag("$float", text)
    }
}

/// The text in pieces: JSON's escapes would make one character of a high surrogate with a low one behind it.
fn pieces(text: Text<'_>) -> Vec<Vec<u8>> {
    if text.to_str().is_some() {
        return Vec::from([text.as_bytes().to_vec()]);
    }
    let mut pieces = Vec::from([Vec::new()]);
    let mut is_behind_high = false;
    for point in text.code_points() {
        if is_behind_high && matches!(point, 0xdc00..0xe000) {
            pieces.push(Vec::new());
        }
        is_behind_high = matches!(point, 0xd800..0xdc00);
        if let Some(piece) = pieces.last_mut() {
            push_code_point(point, piece);
        }
    }
    pieces
}
