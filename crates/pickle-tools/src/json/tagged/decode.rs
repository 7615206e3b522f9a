//! From a graph that is JSON to the one that it tells of.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigInt;
use pickle_value::{Builder, Graph, Handle, Kind, ObjectKind, Value, View};

use super::OBJECTS;
use crate::json::error::{LoadError, LoadErrorKind};
use crate::json::marks::Marks;

/// The graph of which this one is the [tagged form](super), as JSON has it.
///
/// ```
/// use pickle_tools::json::{self, tagged};
///
/// let graph = tagged::decode(&json::from_str(r#"{"$frozenset": [{"$bytes": "AP8="}, {"$complex": [0.0, 1.0]}]}"#)?)?;
/// assert_eq!(graph.to_string(), r"frozenset({b'\x00\xff', 1j})");
///
/// let error = tagged::decode(&json::from_str(r#"[{"$ref": 7}]"#)?).unwrap_err();
/// assert_eq!(error.to_string(), "$ref: nothing has the number 7");
/// # Ok::<(), json::LoadError>(())
/// ```
///
/// # Errors
///
/// [`LoadErrorKind::Tag`], where a tag is not known or does not hold what it should; [`LoadErrorKind::Graph`], where
/// something cannot be built, such as a set of lists.
pub fn decode(graph: &Graph<'_>) -> Result<Graph<'static>, LoadError> {
    let decode = Decode {
        graph,
        numbered: numbered(graph)?,
        builder: Builder::new(),
        keys: HashMap::new(),
        known: HashMap::new(),
        visited: Marks::new(graph),
        tasks: Vec::new(),
        fills: Vec::new(),
        made: Vec::new(),
    };
    decode.run()
}

/// What stands under each number.
fn numbered<'g>(graph: &'g Graph<'g>) -> Result<HashMap<i64, Handle>, LoadError> {
    let mut numbered = HashMap::new();
    let mut seen = Marks::new(graph);
    let mut waiting = Vec::from([graph.root()]);
    while let Some(view) = waiting.pop() {
        let Some(handle) = view.handle().filter(|_| matches!(view.kind(), Kind::List | Kind::Dict)) else { continue };
        if seen.get_mut(handle).is_none_or(|is_seen| core::mem::replace(is_seen, true)) {
            continue;
        }
        if view.kind() == Kind::Dict && view.contains("$id") {
            let (number, value) = (view.get("$id").as_i64(), view.get("$value").handle());
            let (Some(number), Some(value)) = (number, value) else {
                return Err(fault("$id: a number and a $value are needed"));
            };
            if numbered.insert(number, value).is_some() {
                return Err(fault(format!("$id: there are two with the number {number}")));
            }
        }
        waiting.extend(view.items().chain(view.entries().map(|(_, value)| value)));
    }
    Ok(numbered)
}

struct Decode<'g> {
    graph: &'g Graph<'g>,
    numbered: HashMap<i64, Handle>,
    builder: Builder<'static>,
    /// The keys of JSON objects, each one str.
    keys: HashMap<&'g [u8], Handle>,
    /// What was made of those with a number; nothing while it is being made.
    known: HashMap<i64, Option<Handle>>,
    /// A container that stands in two places is no JSON.
    visited: Marks<bool>,
    tasks: Vec<Task>,
    /// What is filled once all that is being made is there. So cycles need nothing special.
    fills: Vec<Fill<'g>>,
    /// What was made, the last on top.
    made: Vec<Handle>,
}

/// What is left to do; those that make something take what was made last.
enum Task {
    Visit(Handle),
    Tuple(usize),
    FrozenSet(usize),
    Range,
    Slice,
    Object(ObjectKind, usize, Option<Handle>),
    /// What has this number is there.
    Known(i64),
    Extend(Handle, usize),
    SetItems(Handle, usize),
    Add(Handle, usize),
    State(Handle),
    StateBy(Handle),
}

/// What a list, dict, set or object gets.
enum Fill<'g> {
    Items(Handle, &'g [Handle]),
    Entries(Handle, &'g [Handle]),
    /// Lists of a key and a value.
    Pairs(Handle, &'g [Handle]),
    Added(Handle, &'g [Handle]),
    /// A step of `$do`.
    Step(Handle, View<'g>),
}

type Outcome<T = ()> = Result<T, LoadError>;

impl<'g> Decode<'g> {
    fn run(mut self) -> Outcome<Graph<'static>> {
        self.tasks.extend(self.graph.root().handle().map(Task::Visit));
        self.work()?;
        let root = self.made.pop().unwrap_or(Handle::NONE);
        while let Some(fill) = self.fills.pop() {
            self.fill(fill)?;
            self.work()?;
        }
        Ok(self.builder.finish(root))
    }

    fn work(&mut self) -> Outcome {
        while let Some(task) = self.tasks.pop() {
            self.task(task)?;
        }
        Ok(())
    }

    fn task(&mut self, task: Task) -> Outcome {
        let made = match task {
            Task::Visit(handle) => match self.visit(handle)? {
                Some(made) => made,
                None => return Ok(()),
            },
            Task::Tuple(count) => self.builder.tuple(&self.made.split_off(self.made.len() - count)).map_err(graph)?,
            Task::FrozenSet(count) => {
                self.builder.frozen_set(&self.made.split_off(self.made.len() - count)).map_err(graph)?
            }
            Task::Range => {
                let parts = self.three("$range")?;
                if parts.iter().any(|&part| self.builder.view(part).kind() != Kind::Int) {
                    return Err(fault("$range: ints are needed"));
                }
                self.builder.range(parts).map_err(graph)?
            }
            Task::Slice => {
                let parts = self.three("$slice")?;
                self.builder.slice(parts).map_err(graph)?
            }
            Task::Object(kind, count, steps) => {
                let fields = self.made.split_off(self.made.len() - count);
                let object = self.builder.object(kind, &fields).map_err(graph)?;
                let steps = steps.map(|steps| self.graph.view(steps));
                let steps: Vec<View<'g>> = steps.into_iter().flat_map(View::items).collect();
                // What is put there last is done first.
                self.fills.extend(steps.into_iter().rev().map(|step| Fill::Step(object, step)));
                object
            }
            Task::Known(number) => {
                self.known.insert(number, self.made.last().copied());
                return Ok(());
            }
            Task::Extend(target, count) => {
                let items = self.made.split_off(self.made.len() - count);
                return self.builder.extend(target, &items).map_err(graph);
            }
            Task::SetItems(target, count) => {
                let slots = self.made.split_off(self.made.len() - count);
                return self.builder.set_items(target, &slots).map_err(graph);
            }
            Task::Add(target, count) => {
                let items = self.made.split_off(self.made.len() - count);
                return self.builder.add_items(target, &items).map_err(graph);
            }
            Task::State(target) => {
                let state = self.made.pop().unwrap_or(Handle::NONE);
                return self.builder.set_state(target, state).map_err(graph);
            }
            Task::StateBy(target) => {
                let state = self.made.pop().unwrap_or(Handle::NONE);
                let setter = self.made.pop().unwrap_or(Handle::NONE);
                return self.builder.set_state_by(target, setter, state).map_err(graph);
            }
        };
        self.made.push(made);
        Ok(())
    }

    fn three(&mut self, tag: &str) -> Outcome<[Handle; 3]> {
        let parts = self.made.split_off(self.made.len().saturating_sub(3));
        parts.try_into().map_err(|_| fault(format!("{tag}: three parts are needed")))
    }

    /// What is made at once, or nothing where it is left to tasks.
    fn visit(&mut self, handle: Handle) -> Outcome<Option<Handle>> {
        let view = self.graph.view(handle);
        let made = match view.value() {
            Some(Value::None) => Ok(Handle::NONE),
            Some(Value::Bool(value)) => Ok(self.builder.bool(value)),
            Some(Value::Int(value)) => self.builder.int(value),
            Some(Value::BigInt(bytes)) => self.builder.int_from_le_bytes(bytes),
            Some(Value::Float(value)) => self.builder.float(value),
            Some(Value::Text(text)) => self.builder.text_from_utf8(text.as_bytes()),
            Some(Value::List(items)) => {
                self.first_visit(handle)?;
                let list = self.builder.list(&[]).map_err(graph)?;
                self.fills.push(Fill::Items(list, items));
                Ok(list)
            }
            Some(Value::Dict(pairs)) => {
                self.first_visit(handle)?;
                let is_tag = |&key: &Handle| self.graph.view(key).as_str().is_some_and(|key| key.starts_with('$'));
                if pairs.iter().step_by(2).any(is_tag) {
                    return self.tagged(view);
                }
                let dict = self.builder.dict(&[]).map_err(graph)?;
                self.fills.push(Fill::Entries(dict, pairs));
                Ok(dict)
            }
            _ => return Err(fault(format!("an object of type {} is no JSON", view.kind().type_name()))),
        };
        made.map(Some).map_err(graph)
    }

    fn first_visit(&mut self, handle: Handle) -> Outcome {
        match self.visited.get_mut(handle).is_some_and(|is_visited| !core::mem::replace(is_visited, true)) {
            true => Ok(()),
            false => Err(fault("a list or dict stands in two places: JSON has no such")),
        }
    }

    fn tagged(&mut self, view: View<'g>) -> Outcome<Option<Handle>> {
        let (tag, value) =
            view.entries().next().map_or(("", View::ABSENT), |(tag, value)| (tag.as_str().unwrap_or_default(), value));
        let others = match tag {
            "$id" => Some("$value"),
            _ if OBJECTS.iter().any(|(_, known)| *known == tag) => Some("$do"),
            _ => None,
        };
        let is_known = |(key, _): (View<'_>, View<'_>)| key.as_str() == Some(tag) || key.as_str() == others;
        if !view.entries().all(is_known) {
            return Err(fault(format!("{tag}: another key stands beside it, or it is not the first")));
        }
        match tag {
            "$id" => self.known_or_made(value.as_i64().unwrap_or_default()),
            "$ref" => self.known_or_made(value.as_i64().ok_or_else(|| fault("$ref: a number is needed"))?),
            "$key" => self.key(value).map(Some),
            "$tuple" => self.made_of_list(tag, value, Task::Tuple),
            "$frozenset" => self.made_of_list(tag, value, Task::FrozenSet),
            "$range" => self.made_of_list(tag, value, |_| Task::Range),
            "$slice" => self.made_of_list(tag, value, |_| Task::Slice),
            "$set" => {
                let set = self.builder.set(&[]).map_err(graph)?;
                self.fills.push(Fill::Added(set, items_of(tag, value)?));
                Ok(Some(set))
            }
            "$dict" => {
                let dict = self.builder.dict(&[]).map_err(graph)?;
                self.fills.push(Fill::Pairs(dict, items_of(tag, value)?));
                Ok(Some(dict))
            }
            _ => match OBJECTS.iter().find(|(_, known)| *known == tag) {
                Some(&(kind, _)) => {
                    let steps = view.get("$do").handle();
                    self.made_of_list(tag, value, |count| Task::Object(kind, count, steps))
                }
                None => self.atom(tag, value).map(Some),
            },
        }
    }

    /// What has this number, which is made now unless it is there.
    fn known_or_made(&mut self, number: i64) -> Outcome<Option<Handle>> {
        match self.known.get(&number) {
            Some(Some(made)) => return Ok(Some(*made)),
            Some(None) => return Err(fault(format!("$ref: number {number} is needed to make itself"))),
            None => {}
        }
        let Some(&value) = self.numbered.get(&number) else {
            return Err(fault(format!("$ref: nothing has the number {number}")));
        };
        self.known.insert(number, None);
        self.tasks.extend([Task::Known(number), Task::Visit(value)]);
        Ok(None)
    }

    fn key(&mut self, view: View<'g>) -> Outcome<Handle> {
        let text = view.as_text().ok_or_else(|| fault("$key: a text is needed"))?;
        if let Some(&known) = self.keys.get(text.as_bytes()) {
            return Ok(known);
        }
        let key = self.builder.text_from_utf8(text.as_bytes()).map_err(graph)?;
        self.keys.insert(text.as_bytes(), key);
        Ok(key)
    }

    fn made_of_list(&mut self, tag: &str, list: View<'g>, make: impl FnOnce(usize) -> Task) -> Outcome<Option<Handle>> {
        let items = items_of(tag, list)?;
        self.tasks.push(make(items.len()));
        self.visit_later(items);
        Ok(None)
    }

    fn visit_later(&mut self, items: &[Handle]) {
        self.tasks.extend(items.iter().rev().map(|&item| Task::Visit(item)));
    }

    fn fill(&mut self, fill: Fill<'g>) -> Outcome {
        match fill {
            Fill::Items(list, items) => {
                self.tasks.push(Task::Extend(list, items.len()));
                self.visit_later(items);
            }
            Fill::Added(set, items) => {
                self.tasks.push(Task::Add(set, items.len()));
                self.visit_later(items);
            }
            Fill::Pairs(dict, pairs) => {
                self.tasks.push(Task::SetItems(dict, 2 * pairs.len()));
                for &pair in pairs.iter().rev() {
                    let (key, value) = match self.graph.value(pair) {
                        Value::List(&[key, value]) => (key, value),
                        _ => return Err(fault("a list of a key and a value is needed")),
                    };
                    self.tasks.extend([Task::Visit(value), Task::Visit(key)]);
                }
            }
            Fill::Entries(dict, pairs) => self.fill_entries(dict, pairs)?,
            Fill::Step(object, step) => self.fill_step(object, step)?,
        }
        Ok(())
    }

    /// The values, then the dict with the keys between them.
    fn fill_entries(&mut self, dict: Handle, pairs: &'g [Handle]) -> Outcome {
        let start = self.made.len();
        for pair in pairs.chunks_exact(2) {
            let key = self.key(self.graph.view(pair[0]))?;
            self.made.push(key);
            self.tasks.push(Task::Visit(pair[1]));
            self.work()?;
        }
        let slots = self.made.split_off(start);
        self.builder.set_items(dict, &slots).map_err(graph)
    }

    fn fill_step(&mut self, object: Handle, step: View<'g>) -> Outcome {
        let (word, value, last) = (step.get(0).as_str().unwrap_or_default(), step.get(1), step.get(2));
        match (word, step.len(), value.handle(), last.handle()) {
            ("state", Some(2), Some(state), _) => self.tasks.extend([Task::State(object), Task::Visit(state)]),
            ("state_by", Some(3), Some(setter), Some(state)) => {
                self.tasks.extend([Task::StateBy(object), Task::Visit(state), Task::Visit(setter)]);
            }
            ("append", Some(2), ..) => self.fill(Fill::Items(object, items_of("append", value)?))?,
            ("add", Some(2), ..) => self.fill(Fill::Added(object, items_of("add", value)?))?,
            ("set", Some(2), ..) => self.fill(Fill::Pairs(object, items_of("set", value)?))?,
            _ => return Err(fault("$do: a step is state, state_by, append, set or add, with what it takes")),
        }
        Ok(())
    }

    fn atom(&mut self, tag: &str, value: View<'g>) -> Outcome<Handle> {
        let wrong = || fault(format!("{tag}: this is not what it holds, or it is no tag"));
        let text = || value.as_str().ok_or_else(wrong);
        let bytes = || STANDARD.decode(text()?).map_err(|_| fault(format!("{tag}: base64 is needed")));
        let made = match tag {
            "$bytes" => self.builder.bytes(&bytes()?),
            "$bytearray" => self.builder.byte_array(&bytes()?),
            "$bytestring" => self.builder.byte_string(&bytes()?),
            "$float" => self.builder.float(float(text()?).ok_or_else(wrong)?),
            "$int" => self.builder.bigint(&hexadecimal(text()?).ok_or_else(wrong)?),
            "$long" => {
                let long = match value.kind() {
                    Kind::Int => value.as_bigint(),
                    _ => value.get("$int").as_str().and_then(hexadecimal),
                };
                self.builder.long_from_le_bytes(&long.ok_or_else(wrong)?.to_signed_bytes_le())
            }
            "$complex" => {
                let (real, imaginary) = (part(value.get(0)), part(value.get(1)));
                self.builder.complex(real.ok_or_else(wrong)?, imaginary.ok_or_else(wrong)?)
            }
            "$ellipsis" => Ok(self.builder.ellipsis()),
            "$notimplemented" => Ok(self.builder.not_implemented()),
            "$text" => {
                let pieces: Option<Vec<&[u8]>> =
                    value.items().map(|piece| piece.as_text().map(|text| text.as_bytes())).collect();
                self.builder.text_from_utf8(&pieces.ok_or_else(wrong)?.concat())
            }
            "$global" => {
                let (module, name) = (value.get(0).as_str(), value.get(1).as_str());
                self.builder.global(module.ok_or_else(wrong)?, name.ok_or_else(wrong)?)
            }
            _ => return Err(fault(format!("{tag}: there is no such tag; a dict with such a key is a $dict"))),
        };
        made.map_err(graph)
    }
}

fn items_of<'g>(tag: &str, view: View<'g>) -> Outcome<&'g [Handle]> {
    match view.value() {
        Some(Value::List(items)) => Ok(items),
        _ => Err(fault(format!("{tag}: a list is needed"))),
    }
}

fn float(text: &str) -> Option<f64> {
    match text {
        "nan" => Some(f64::from_bits(0x7ff8_0000_0000_0000)),
        "inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        bits => u64::from_str_radix(bits, 16).ok().map(f64::from_bits),
    }
}

/// A part of a complex.
fn part(view: View<'_>) -> Option<f64> {
    match view.kind() {
        Kind::Float => view.as_f64(),
        _ => float(view.get("$float").as_str()?),
    }
}

fn hexadecimal(text: &str) -> Option<BigInt> {
    BigInt::parse_bytes(text.as_bytes(), 16)
}

#[cold]
fn fault(problem: impl Into<String>) -> LoadError {
    LoadError::new(LoadErrorKind::Tag(problem.into()))
}

#[cold]
fn graph(error: pickle_value::Error) -> LoadError {
    LoadError::new(LoadErrorKind::Graph(error))
}
