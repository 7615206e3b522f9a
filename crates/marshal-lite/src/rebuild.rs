//! Making a code object anew: with other file names, and one object of what is equal.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use hashbrown::{HashMap, HashSet};
use pickle_value::{Builder, Graph, Handle, Identity, Kind, ObjectKind, Sort, Value};

use crate::code::Field;
use crate::error::{Error, ErrorKind};
use crate::graph_source::code_fields;

/// A graph of the same values, in which equal text, bytes, ints, tuples and frozensets are one object, and code objects
/// have the file names that `rename` gives for their own.
///
/// # Errors
///
/// [`ErrorKind::Unsupported`] for a tuple that is within itself, which no compiled module has.
pub(crate) fn unified(graph: &Graph<'_>, rename: &dyn Fn(&str) -> Option<String>) -> Result<Graph<'static>, Error> {
    let mut rebuilder = Rebuilder {
        graph,
        rename,
        builder: Builder::new(),
        made: HashMap::default(),
        open: HashSet::default(),
        spans: HashMap::default(),
        nodes: HashMap::default(),
    };
    let root = graph.root().handle().unwrap_or(Handle::NONE);
    let mut work = alloc::vec![(root, false)];
    while let Some((object, ready)) = work.pop() {
        if object.identity().sort != Sort::Inline && !rebuilder.made.contains_key(&object.identity()) {
            rebuilder.step(object, ready, &mut work)?;
        }
    }
    let root = rebuilder.new_of(root);
    Ok(rebuilder.builder.finish(root))
}

struct Rebuilder<'g, 'r> {
    graph: &'g Graph<'g>,
    rename: &'r dyn Fn(&str) -> Option<String>,
    builder: Builder<'static>,
    /// What was made of each object.
    made: HashMap<Identity, Handle, foldhash::fast::RandomState>,
    /// The objects whose parts are being made.
    open: HashSet<Identity, foldhash::fast::RandomState>,
    /// What holds bytes, by kind and content.
    spans: HashMap<(u8, Vec<u8>), Handle, foldhash::fast::RandomState>,
    /// Tuples and frozensets, by kind and items.
    nodes: HashMap<(u8, Vec<Handle>), Handle, foldhash::fast::RandomState>,
}

impl Rebuilder<'_, '_> {
    /// Makes an object, or has its parts made first.
    fn step(&mut self, object: Handle, ready: bool, work: &mut Vec<(Handle, bool)>) -> Result<(), Error> {
        let parts = crate::graph_source::items(self.graph, object);
        if !ready && !parts.is_empty() {
            if !self.open.insert(object.identity()) {
                return Err(ErrorKind::Unsupported("an object within itself".to_owned()).into());
            }
            work.push((object, true));
            work.extend(parts.iter().map(|&part| (part, false)));
            return Ok(());
        }
        let new = self.make(object)?;
        self.made.insert(object.identity(), new);
        Ok(())
    }

    fn make(&mut self, object: Handle) -> Result<Handle, Error> {
        let graph = self.graph;
        Ok(match graph.value(object) {
            Value::Text(text) => self.span(0, text.as_bytes(), |b, bytes| b.text_from_utf8(bytes))?,
            Value::Bytes(bytes) | Value::ByteArray(bytes) => self.span(1, bytes, Builder::bytes)?,
            Value::ByteString(bytes) => self.span(2, bytes, Builder::byte_string)?,
            Value::BigInt(bytes) => self.span(3, bytes, Builder::int_from_le_bytes)?,
            Value::Long(bytes) => self.span(4, bytes, Builder::long_from_le_bytes)?,
            Value::Float(value) => self.builder.float(value)?,
            Value::Complex(real, imaginary) => {
                let bits = [real.to_bits().to_le_bytes(), imaginary.to_bits().to_le_bytes()].concat();
                self.span(5, &bits, |builder, _| builder.complex(real, imaginary))?
            }
            Value::Tuple(items) => {
                let items = self.new_of_all(items);
                self.node(0, items.clone(), |builder| builder.tuple(&items))?
            }
            Value::FrozenSet(items) => {
                let items = self.new_of_all(items);
                // Equal sets may have their items in another order.
                let mut key = items.clone();
                key.sort_unstable();
                self.node(1, key, |builder| builder.frozen_set(&items))?
            }
            Value::Slice(parts) => {
                let parts = self.new_of_all(parts);
                let array = <[Handle; 3]>::try_from(parts.clone()).unwrap_or([Handle::NONE; 3]);
                self.node(2, parts, |builder| builder.slice(array))?
            }
            Value::List(items) => {
                let items = self.new_of_all(items);
                self.builder.list(&items)?
            }
            Value::Dict(items) => {
                let items = self.new_of_all(items);
                self.builder.dict(&items)?
            }
            Value::Set(items) => {
                let items = self.new_of_all(items);
                self.builder.set(&items)?
            }
            Value::Object(native) => match (code_fields(native), graph.view(object).as_global()) {
                (Some(_), _) => self.code(object)?,
                (None, Some((module, name))) => self.builder.global(module, name)?,
                _ => return Err(ErrorKind::Unsupported("an object".to_owned()).into()),
            },
            _ => return Err(ErrorKind::Unsupported(graph.view(object).kind().type_name().to_owned()).into()),
        })
    }

    fn code(&mut self, object: Handle) -> Result<Handle, Error> {
        let graph = self.graph;
        let Some(native) = graph.view(object).as_object() else {
            return Err(ErrorKind::BadCode("it is none".to_owned()).into());
        };
        let mut fields = Vec::with_capacity(native.fields().len());
        for &field in native.fields() {
            // The name of the type is not among the parts that were made before.
            if graph.view(field).kind() == Kind::Text && !self.made.contains_key(&field.identity()) {
                let new = self.make(field)?;
                self.made.insert(field.identity(), new);
            }
            fields.push(self.new_of(field));
        }
        if let Some((layout, values)) = code_fields(native)
            && let Some(number) = layout.fields().iter().position(|&field| field == Field::FileName)
            && let Some(name) = graph.view(values[number]).as_str().and_then(self.rename)
        {
            let at = fields.len() - values.len() + number;
            fields[at] = match graph.view(values[number]).kind() {
                Kind::ByteString => self.span(2, name.as_bytes(), Builder::byte_string)?,
                _ => self.span(0, name.as_bytes(), |b, bytes| b.text_from_utf8(bytes))?,
            };
        }
        Ok(self.builder.object(ObjectKind::Native, &fields)?)
    }

    fn span(
        &mut self,
        kind: u8,
        bytes: &[u8],
        make: impl FnOnce(&mut Builder<'static>, &[u8]) -> Result<Handle, pickle_value::Error>,
    ) -> Result<Handle, Error> {
        let key = (kind, bytes.to_vec());
        if let Some(&known) = self.spans.get(&key) {
            return Ok(known);
        }
        let new = make(&mut self.builder, bytes)?;
        self.spans.insert(key, new);
        Ok(new)
    }

    fn node(
        &mut self,
        kind: u8,
        items: Vec<Handle>,
        make: impl FnOnce(&mut Builder<'static>) -> Result<Handle, pickle_value::Error>,
    ) -> Result<Handle, Error> {
        if let Some(&known) = self.nodes.get(&(kind, items.clone())) {
            return Ok(known);
        }
        let new = make(&mut self.builder)?;
        self.nodes.insert((kind, items), new);
        Ok(new)
    }

    fn new_of_all(&self, objects: &[Handle]) -> Vec<Handle> {
        objects.iter().map(|&object| self.new_of(object)).collect()
    }

    /// What a handle holds itself is the same in all graphs.
    fn new_of(&self, object: Handle) -> Handle {
        if object.identity().sort == Sort::Inline { object } else { self.made[&object.identity()] }
    }
}
