//! [`Copier`]: an object of a graph, and all that it refers to, made again in another.

use alloc::borrow::ToOwned;
use alloc::vec;
use alloc::vec::Vec;

use hashbrown::{HashMap, HashSet};
use pickle_value::{Builder, Handle, Identity, Kind, Sort, Value, View};

use crate::error::{Error, ErrorKind};

/// Copies objects of one graph: what is one object there is one object here.
#[derive(Debug, Default)]
pub(crate) struct Copier {
    /// What was made of each object.
    made: HashMap<Identity, Handle, foldhash::fast::RandomState>,
    /// What waits for its parts.
    open: HashSet<Identity, foldhash::fast::RandomState>,
}

enum Task<'g> {
    /// It is to be there.
    Enter(View<'g>),
    /// Its parts are there.
    Make(View<'g>),
}

impl Copier {
    /// Copies an object into `builder`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] for what marshal data cannot have, and for what is within itself without a list, a dict
    /// or a set between.
    pub(crate) fn copy(&mut self, builder: &mut Builder<'static>, root: View<'_>) -> Result<Handle, Error> {
        let mut work = vec![Task::Enter(root)];
        // Lists, dicts and sets get their items in the end, since these may be what they are within.
        let mut unfilled = Vec::new();
        while let Some(task) = work.pop() {
            match task {
                Task::Enter(object) => self.enter(builder, object, &mut work, &mut unfilled)?,
                Task::Make(object) => {
                    let new = self.make(builder, object)?;
                    self.made.insert(identity(object), new);
                }
            }
        }
        for object in unfilled {
            let new = self.copy_of(object)?;
            let items = self.copies(parts(object))?;
            match object.kind() {
                Kind::List => builder.extend(new, &items)?,
                Kind::Dict => builder.set_items(new, &items)?,
                _ => builder.add_items(new, &items)?,
            }
        }
        self.copy_of(root)
    }

    fn enter<'g>(
        &mut self,
        builder: &mut Builder<'static>,
        object: View<'g>,
        work: &mut Vec<Task<'g>>,
        unfilled: &mut Vec<View<'g>>,
    ) -> Result<(), Error> {
        let identity = identity(object);
        if identity.sort == Sort::Inline || self.made.contains_key(&identity) {
            return Ok(());
        }
        let new = match object.kind() {
            Kind::List => builder.list(&[])?,
            Kind::Dict => builder.dict(&[])?,
            Kind::Set => builder.set(&[])?,
            _ => {
                if self.open.insert(identity) {
                    work.push(Task::Make(object));
                    work.extend(parts(object).into_iter().map(Task::Enter));
                }
                return Ok(());
            }
        };
        self.made.insert(identity, new);
        unfilled.push(object);
        work.extend(parts(object).into_iter().map(Task::Enter));
        Ok(())
    }

    fn make(&self, builder: &mut Builder<'static>, object: View<'_>) -> Result<Handle, Error> {
        let items = self.copies(parts(object))?;
        Ok(match object.value() {
            Some(Value::BigInt(bytes)) => builder.int_from_le_bytes(bytes)?,
            Some(Value::Long(bytes)) => builder.long_from_le_bytes(bytes)?,
            Some(Value::Float(value)) => builder.float(value)?,
            Some(Value::Complex(real, imaginary)) => builder.complex(real, imaginary)?,
            Some(Value::Text(text)) => builder.text_from_utf8(text.as_bytes())?,
            Some(Value::Bytes(bytes)) => builder.bytes(bytes)?,
            Some(Value::ByteArray(bytes)) => builder.byte_array(bytes)?,
            Some(Value::ByteString(bytes)) => builder.byte_string(bytes)?,
            Some(Value::Tuple(_)) => builder.tuple(&items)?,
            Some(Value::FrozenSet(_)) => builder.frozen_set(&items)?,
            Some(Value::Slice(_)) => builder.slice([items[0], items[1], items[2]])?,
            Some(Value::Object(native)) => match (native.as_native(), object.as_global()) {
                (Some(_), _) => builder.object(native.kind(), &items)?,
                (None, Some((module, name))) => builder.global(module, name)?,
                _ => return Err(unsupported(object.kind().type_name())),
            },
            _ => return Err(unsupported(object.kind().type_name())),
        })
    }

    fn copies(&self, objects: Vec<View<'_>>) -> Result<Vec<Handle>, Error> {
        objects.into_iter().map(|object| self.copy_of(object)).collect()
    }

    fn copy_of(&self, object: View<'_>) -> Result<Handle, Error> {
        let identity = identity(object);
        match object.handle() {
            // What a handle holds itself is the same in all graphs.
            Some(handle) if identity.sort == Sort::Inline => Ok(handle),
            _ => self.made.get(&identity).copied().ok_or_else(|| unsupported("an object within itself")),
        }
    }
}

fn identity(object: View<'_>) -> Identity {
    object.handle().unwrap_or(Handle::NONE).identity()
}

/// What an object refers to.
fn parts(object: View<'_>) -> Vec<View<'_>> {
    match object.kind() {
        Kind::Dict => object.entries().flat_map(|(key, value)| [key, value]).collect(),
        Kind::Object => match object.as_object().filter(|native| native.as_native().is_some()) {
            Some(native) => (0..native.fields().len()).map(|number| native.field(number)).collect(),
            None => Vec::new(),
        },
        _ => object.items().collect(),
    }
}

#[cold]
fn unsupported(what: &str) -> Error {
    ErrorKind::Unsupported(what.to_owned()).into()
}
