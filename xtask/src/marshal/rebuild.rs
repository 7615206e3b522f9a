//! Makes a graph anew, object by object, through what anybody can ask of one.

use std::collections::HashMap;

use marshal_lite::value::{Builder, Error, Graph, Handle, Identity, Kind, ObjectKind, Sort, Value};

/// What is to be done with an object.
enum Task {
    /// It is to be there.
    Enter(Handle),
    /// Its parts are there: it can be made.
    Make(Handle),
    /// Its parts are there: they can be put into it.
    Fill(Handle),
}

/// A graph of equal values, in which what was one object is one object; it has nothing of the old one's memory.
pub(super) fn rebuild(graph: &Graph<'_>) -> Result<Graph<'static>, Error> {
    let mut rebuilder = Rebuilder { graph, builder: Builder::new(), made: HashMap::new() };
    let root = graph.root().handle().unwrap_or(Handle::NONE);
    let mut work = vec![Task::Enter(root)];
    while let Some(task) = work.pop() {
        match task {
            Task::Enter(object) => rebuilder.enter(object, &mut work)?,
            Task::Make(object) => rebuilder.make(object)?,
            Task::Fill(object) => rebuilder.fill(object)?,
        }
    }
    let root = rebuilder.new_of(root)?;
    Ok(rebuilder.builder.finish(root))
}

struct Rebuilder<'g> {
    graph: &'g Graph<'g>,
    builder: Builder<'static>,
    made: HashMap<Identity, Handle>,
}

impl Rebuilder<'_> {
    fn enter(&mut self, object: Handle, work: &mut Vec<Task>) -> Result<(), Error> {
        if object.identity().sort == Sort::Inline || self.made.contains_key(&object.identity()) {
            return Ok(());
        }
        let builder = &mut self.builder;
        let (new, parts) = match self.graph.value(object) {
            Value::BigInt(bytes) => (builder.int_from_le_bytes(bytes)?, &[][..]),
            Value::Long(bytes) => (builder.long_from_le_bytes(bytes)?, &[][..]),
            Value::Float(value) => (builder.float(value)?, &[][..]),
            Value::Complex(real, imaginary) => (builder.complex(real, imaginary)?, &[][..]),
            Value::Text(text) => (builder.text_from_utf8(text.as_bytes())?, &[][..]),
            Value::Bytes(bytes) => (builder.bytes(bytes)?, &[][..]),
            Value::ByteArray(bytes) => (builder.byte_array(bytes)?, &[][..]),
            Value::ByteString(bytes) => (builder.byte_string(bytes)?, &[][..]),
            Value::Tuple(items) => (builder.tuple(&[])?, items),
            Value::List(items) => (builder.list(&[])?, items),
            Value::Dict(items) => (builder.dict(&[])?, items),
            Value::Set(items) => (builder.set(&[])?, items),
            Value::FrozenSet(items) | Value::Slice(items) => return later(object, items, work),
            Value::Object(native) => match native.kind() {
                ObjectKind::Native => return later(object, native.fields(), work),
                _ => {
                    let (module, name) = graph_name(self.graph, object);
                    (builder.global(module, name)?, &[][..])
                }
            },
            _ => unreachable!("marshal data has no {:?}", self.graph.view(object).kind()),
        };
        self.made.insert(object.identity(), new);
        if !parts.is_empty() {
            work.push(Task::Fill(object));
            work.extend(parts.iter().copied().map(Task::Enter));
        }
        Ok(())
    }

    fn make(&mut self, object: Handle) -> Result<(), Error> {
        let new = match self.graph.value(object) {
            Value::FrozenSet(items) => {
                let items = self.new_of_all(items)?;
                self.builder.frozen_set(&items)?
            }
            Value::Slice(parts) => {
                let parts = self.new_of_all(parts)?;
                self.builder.slice(parts.try_into().unwrap_or([Handle::NONE; 3]))?
            }
            Value::Object(native) => {
                let fields = self.new_of_all(native.fields())?;
                self.builder.object(native.kind(), &fields)?
            }
            _ => unreachable!("only these are made of their parts"),
        };
        self.made.insert(object.identity(), new);
        Ok(())
    }

    fn fill(&mut self, object: Handle) -> Result<(), Error> {
        let new = self.new_of(object)?;
        match self.graph.value(object) {
            Value::Tuple(items) => {
                let items = self.new_of_all(items)?;
                self.builder.fill_tuple(new, &items)
            }
            Value::List(items) => {
                let items = self.new_of_all(items)?;
                self.builder.extend(new, &items)
            }
            Value::Dict(items) => {
                let items = self.new_of_all(items)?;
                self.builder.set_items(new, &items)
            }
            Value::Set(items) => {
                let items = self.new_of_all(items)?;
                self.builder.add_items(new, &items)
            }
            _ => unreachable!("only these are filled"),
        }
    }

    fn new_of_all(&mut self, objects: &[Handle]) -> Result<Vec<Handle>, Error> {
        objects.iter().map(|&object| self.new_of(object)).collect()
    }

    fn new_of(&mut self, object: Handle) -> Result<Handle, Error> {
        let view = self.graph.view(object);
        Ok(match view.kind() {
            Kind::None => self.builder.none(),
            Kind::Bool => self.builder.bool(view.as_bool() == Some(true)),
            Kind::Ellipsis => self.builder.ellipsis(),
            _ => match self.graph.value(object) {
                Value::Int(value) => self.builder.int(value)?,
                Value::Float(value) if object.identity().sort == Sort::Inline => self.builder.float(value)?,
                _ => self.made[&object.identity()],
            },
        })
    }
}

/// Puts off an object until its parts are there.
fn later(object: Handle, parts: &[Handle], work: &mut Vec<Task>) -> Result<(), Error> {
    work.push(Task::Make(object));
    work.extend(parts.iter().copied().map(Task::Enter));
    Ok(())
}

fn graph_name<'g>(graph: &'g Graph<'_>, object: Handle) -> (&'g str, &'g str) {
    graph.view(object).as_global().unwrap_or(("", ""))
}
