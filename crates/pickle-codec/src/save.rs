//! How objects are spelled: one at a time, with those that hold others as tasks.

mod atoms;
mod batch;
mod containers;
mod objects;

use crate::encoder::{Encoder, Output};
use crate::error::ErrorKind;
use crate::machine::Fault;
use crate::source::{Atom, Shape, Source};

pub(crate) use batch::Batch;
pub(crate) use containers::Tuple;
pub(crate) use objects::{Call, Reducing};

/// An object that is being written, while what it holds is.
pub(crate) enum Task<S: Source> {
    Tuple(Tuple<S>),
    /// The items of a list, dict or set whose beginning is written.
    Batch(Batch<S>),
    FrozenSet {
        object: S::Object,
        cursor: S::Cursor,
    },
    /// Below protocol 4: the list that `set` or `frozenset` is called with, and what object that call makes.
    SetCall {
        object: S::Object,
        batch: Batch<S>,
    },
    Call(Call<S>),
    Reduce(alloc::boxed::Box<Reducing<S>>),
    /// A persistent id, which BINPERSID follows.
    Persistent(Option<S::Object>),
}

/// What a task does next.
pub(crate) enum Next<O> {
    /// This object is to be written.
    Save(O),
    /// Nothing: it is done.
    Done,
}

impl<S: Source, W: Output<S::Error>> Encoder<S, W> {
    /// Writes an object and all that it holds.
    pub(crate) fn save_all(&mut self, root: S::Object) -> Result<(), Fault<S::Error>> {
        let Some(mut task) = self.save_one(root)? else { return Ok(()) };
        loop {
            // The items of lists, dicts and tuples are most of all there is: `save` is inlined for these two.
            let inner = match &mut task {
                Task::Batch(batch) if batch.is_open() => self.run_batch(batch)?,
                Task::Tuple(tuple) => self.run_tuple(tuple)?,
                _ => match self.advance(&mut task)? {
                    Next::Save(object) => match self.save_one(object)? {
                        None => continue,
                        inner => inner,
                    },
                    Next::Done => None,
                },
            };
            match inner {
                Some(inner) => self.tasks.push(core::mem::replace(&mut task, inner)),
                None if matches!(&task, Task::Batch(batch) if batch.has_more()) => {}
                None => {
                    self.source.leave();
                    let Some(outer) = self.tasks.pop() else { return Ok(()) };
                    task = outer;
                }
            }
        }
    }

    /// Writes the items of an open batch, until one holds others.
    #[inline(always)]
    fn run_batch(&mut self, batch: &mut Batch<S>) -> Result<Option<Task<S>>, Fault<S::Error>> {
        while let Some(object) = self.next_of_open(batch)? {
            if let Some(inner) = self.save(object)? {
                return Ok(Some(inner));
            }
        }
        Ok(None)
    }

    /// Writes the items of a tuple, until one holds others.
    #[inline(always)]
    fn run_tuple(&mut self, tuple: &mut Tuple<S>) -> Result<Option<Task<S>>, Fault<S::Error>> {
        while let Next::Save(object) = self.advance_tuple(tuple)? {
            if let Some(inner) = self.save(object)? {
                return Ok(Some(inner));
            }
        }
        Ok(None)
    }

    /// Writes an object, or its beginning: then gives what is left to do.
    #[inline(always)]
    fn save(&mut self, mut object: S::Object) -> Result<Option<Task<S>>, Fault<S::Error>> {
        self.boundary()?;
        match self.source.atom(&mut object).map_err(Fault::Host)? {
            Atom::Known(index) => self.write_get(index),
            Atom::Int(value) => self.write_int(value),
            Atom::Text(utf8) => {
                let text = atoms::TextWriter { protocol: self.protocol, style: self.style.unicode_line };
                text.write(utf8, &mut self.framer, &mut self.output)?;
                self.memoize(&object)?;
            }
            Atom::Float(value) => self.write_float(value),
            Atom::None => self.op(pickle_opcodes::Opcode::None),
            Atom::True => self.write_bool(true),
            Atom::False => self.write_bool(false),
            Atom::Other => return self.begin(object),
        }
        Ok(None)
    }

    /// As [`save`](Self::save), not inlined.
    #[inline(never)]
    fn save_one(&mut self, object: S::Object) -> Result<Option<Task<S>>, Fault<S::Error>> {
        self.save(object)
    }

    /// Writes what is no atom, or its beginning.
    #[inline(never)]
    fn begin(&mut self, mut object: S::Object) -> Result<Option<Task<S>>, Fault<S::Error>> {
        let task = match self.source.shape(&mut object).map_err(Fault::Host)? {
            Shape::Known(index) => {
                self.write_get(index);
                return Ok(None);
            }
            Shape::Text(utf8) => {
                let text = atoms::TextWriter { protocol: self.protocol, style: self.style.unicode_line };
                text.write(utf8, &mut self.framer, &mut self.output)?;
                self.memoize(&object)?;
                return Ok(None);
            }
            Shape::BigInt(bytes) => {
                atoms::write_big_int(bytes, self.protocol, &mut self.framer.out)?;
                return Ok(None);
            }
            Shape::Long(bytes) => {
                atoms::write_big_int(bytes, self.protocol, &mut self.framer.out)?;
                return Ok(None);
            }
            Shape::Bytes(bytes) if self.protocol >= 3 => {
                atoms::write_bytes(bytes, self.protocol, &mut self.framer, &mut self.output)?;
                self.memoize(&object)?;
                return Ok(None);
            }
            Shape::ByteArray(bytes) if self.protocol >= 5 => {
                atoms::write_byte_array(bytes, &mut self.framer, &mut self.output)?;
                self.memoize(&object)?;
                return Ok(None);
            }
            Shape::ByteString(bytes) => {
                atoms::write_byte_string(bytes, self.protocol, &mut self.framer.out)?;
                self.memoize(&object)?;
                return Ok(None);
            }
            Shape::Bytes(_) => {
                self.spell_bytes(&object)?;
                return Ok(None);
            }
            Shape::ByteArray(_) => {
                self.spell_byte_array(&object)?;
                return Ok(None);
            }
            Shape::Complex(real, imaginary) => {
                self.spell_complex(&object, real, imaginary)?;
                return Ok(None);
            }
            Shape::Global => {
                self.save_global(&object)?;
                return Ok(None);
            }
            Shape::Extension(code) => {
                self.write_extension(code);
                return Ok(None);
            }
            Shape::Buffer(readonly) => {
                self.write_buffer(readonly)?;
                return Ok(None);
            }
            Shape::Tuple(0, _) => {
                self.write_empty_tuple();
                return Ok(None);
            }
            Shape::Tuple(length, cursor) => self.begin_tuple(object, length, cursor),
            Shape::List(length, cursor) => self.begin_list(&object, length, cursor)?,
            Shape::Dict(length, cursor) => self.begin_dict(&object, length, cursor)?,
            Shape::Set(length, cursor) => self.begin_set(object, length, cursor)?,
            Shape::FrozenSet(length, cursor) => self.begin_frozen_set(object, length, cursor)?,
            Shape::Call(builtin, length, cursor) => self.begin_call(object, builtin, length, cursor)?,
            Shape::Persistent(id) if self.protocol == 0 => {
                self.write_persistent_line(id)?;
                return Ok(None);
            }
            Shape::Persistent(id) => Task::Persistent(Some(id)),
            Shape::Reduce(reduction) => self.begin_reduce(object, *reduction),
            Shape::Unsupported(kind) => return Err(ErrorKind::Unsupported(kind).into()),
        };
        self.source.enter().map_err(Fault::Host)?;
        Ok(Some(task))
    }

    /// Writes an object that holds no others.
    fn save_atom(&mut self, object: S::Object) -> Result<(), Fault<S::Error>> {
        match self.save_one(object)? {
            None => Ok(()),
            Some(_) => {
                Err(ErrorKind::Unsupported(alloc::string::String::from("a container where a name is due")).into())
            }
        }
    }

    /// The next object of a task; what stands between its objects is written on the way.
    #[inline(always)]
    fn advance(&mut self, task: &mut Task<S>) -> Result<Next<S::Object>, Fault<S::Error>> {
        match task {
            Task::Batch(batch) => self.advance_batch(batch),
            Task::Tuple(tuple) => self.advance_tuple(tuple),
            Task::FrozenSet { object, cursor } => self.advance_frozen_set(object, cursor),
            Task::SetCall { object, batch } => self.advance_set_call(object, batch),
            Task::Call(call) => self.advance_call(call),
            Task::Reduce(reducing) => self.advance_reduce(reducing),
            Task::Persistent(id) => Ok(self.advance_persistent(id)),
        }
    }
}
