//! How objects are spelled: one at a time, with those that hold others as tasks.

mod atoms;
mod batch;
mod containers;
mod made;
mod objects;
mod persistent;
mod run;
mod tasks;

use alloc::boxed::Box;

use crate::encoder::{Encoder, Output};
use crate::error::ErrorKind;
use crate::fault::Fault;
use crate::source::{Atom, Shape, Source};

pub(crate) use atoms::{binary_int, shortest, write_bytes, write_counted_text, write_float_17};
pub(crate) use batch::{BATCH_SIZE, Batch};
pub(crate) use containers::Tuple;
pub(crate) use made::Making;
pub(crate) use objects::{Call, Reducing};
pub(crate) use persistent::Ids;
pub use run::{AtomWriter, Filling, Get, Open, OpenPart, Plain, RarePart, Stop};
pub(crate) use tasks::Tasks;

/// How deep names may be nested in names.
const MAX_NAMES: u32 = 500;

/// An object that is being written, while what it holds is.
///
/// The tag has a word of its own: hidden in a byte of the content, it would split each move of a task into odd pieces,
/// which the processor waits for (2.1 → 1.7 ms for 60,000 tuples).
#[repr(u64)]
pub(crate) enum Task<S: Source> {
    Tuple(Tuple<S>),
    /// A tuple of one item, which is written.
    EndOfTuple(S::Object),
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
    Reduce(Box<Reducing<S>>),
    Made(Making<S>),
    /// A persistent id, which BINPERSID follows.
    Persistent(Option<S::Object>),
}

/// How many objects within each other are written by calls. What is deeper is kept in a list, which takes any depth, but
/// more time: 40,000 tuples within tuples took 2.1 ms by it, 1.8 ms by calls.
const NESTED: usize = 8;

/// What became of an object.
enum Saved<O> {
    /// It is written.
    Atom,
    /// It is no atom, and not written.
    Not(O),
}

/// A task that is begun, and the object that it waits for, if it does.
type Begun<S> = (Task<S>, Option<<S as Source>::Object>);

/// What a task waits for.
pub(crate) enum Waiting<O> {
    /// For an object that is no atom.
    Object(O),
    /// For what a run left open in it.
    Open,
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
        let Saved::Not(root) = self.save_if_atom(root)? else { return Ok(()) };
        // What is below belongs to the object whose name or builtin this is.
        let base = self.tasks.len();
        let Some((mut task, mut waiting)) = self.begin(root, NESTED)? else { return Ok(()) };
        loop {
            if let Some(object) = waiting {
                let height = self.tasks.len();
                if let Some((inner, waits)) = self.begin(object, NESTED)? {
                    self.tasks.insert(height, core::mem::replace(&mut task, inner))?;
                    waiting = waits;
                    continue;
                }
            }
            waiting = loop {
                match self.run(&mut task)? {
                    Some(Waiting::Object(object)) => break Some(object),
                    Some(Waiting::Open) => {
                        task = self.take_open(task)?;
                        continue;
                    }
                    None => {}
                }
                self.source.leave();
                if self.tasks.len() == base {
                    return Ok(());
                }
                let Some(outer) = self.tasks.pop() else { return Ok(()) };
                task = outer;
            };
        }
    }

    /// Goes on with a task until it is done, or has to wait.
    #[inline(never)]
    fn run(&mut self, task: &mut Task<S>) -> Result<Option<Waiting<S::Object>>, Fault<S::Error>> {
        if !self.open.is_empty() {
            // It had a run when it began.
            return Ok(Some(Waiting::Open));
        }
        loop {
            match task {
                Task::Batch(batch) if batch.is_open() => {
                    if let Some(waiting) = self.run_batch(batch)? {
                        return Ok(Some(waiting));
                    }
                    if !batch.has_more() {
                        return Ok(None);
                    }
                }
                Task::Tuple(tuple) => return self.run_tuple(tuple),
                Task::Made(made) => return self.run_made(made),
                _ => match self.advance(task)? {
                    Next::Save(object) => {
                        if let Saved::Not(object) = self.save_if_atom(object)? {
                            return Ok(Some(Waiting::Object(object)));
                        }
                    }
                    Next::Done => return Ok(None),
                },
            }
        }
    }

    /// Writes an object that a run had no room for or does not have, if it is an atom; gives any other back.
    #[inline(always)]
    fn save_behind_run(&mut self, object: S::Object, stop: Stop) -> Result<Saved<S::Object>, Fault<S::Error>> {
        if stop == Stop::Shape {
            self.boundary()?;
            return Ok(Saved::Not(object));
        }
        self.save_if_atom(object)
    }

    /// Writes an object that is an atom; gives any other back.
    #[inline(never)]
    fn save_if_atom(&mut self, mut object: S::Object) -> Result<Saved<S::Object>, Fault<S::Error>> {
        self.boundary()?;
        if S::HAS_PERSISTENT_IDS && self.ask_for_id(&object)? {
            return Ok(Saved::Not(object));
        }
        match self.source.atom(&mut object).map_err(Fault::Host)? {
            Atom::Known(index) => self.write_get(index),
            Atom::Int(value) => self.write_int(value),
            Atom::Text(utf8) => {
                let text = atoms::TextWriter { protocol: self.protocol, style: &self.style };
                text.write(utf8, &mut self.framer, &mut self.output)?;
                self.memoize(&object)?;
            }
            Atom::Float(value) => self.write_float(value),
            Atom::BigInt(bytes) => {
                atoms::write_wide_int(bytes, self.protocol, &self.style, &mut self.framer.out)?;
            }
            Atom::None => self.op(pickle_opcodes::Opcode::None),
            Atom::True => self.write_bool(true),
            Atom::False => self.write_bool(false),
            Atom::Other => return Ok(Saved::Not(object)),
        }
        Ok(Saved::Atom)
    }

    /// Writes what is no atom: all of it, if no more than `depth` objects stand within each other there. Else it gives the
    /// innermost of those that are begun, and the object that it waits for, if it does; the others are in `tasks`.
    fn begin(&mut self, object: S::Object, depth: usize) -> Result<Option<Begun<S>>, Fault<S::Error>> {
        let Some(mut task) = self.open_object(object)? else { return Ok(None) };
        self.source.enter().map_err(Fault::Host)?;
        let height = self.tasks.len();
        while let Some(waiting) = self.run(&mut task)? {
            let object = match waiting {
                Waiting::Object(object) if depth == 0 => return Ok(Some((task, Some(object)))),
                Waiting::Object(object) => object,
                Waiting::Open => return Ok(Some((self.take_open(task)?, None))),
            };
            if let Some(inner) = self.begin(object, depth - 1)? {
                self.tasks.insert(height, task)?;
                return Ok(Some(inner));
            }
        }
        self.source.leave();
        Ok(None)
    }

    /// Writes what is no atom and holds no others, or the beginning of what does.
    #[inline(always)]
    fn open_object(&mut self, mut object: S::Object) -> Result<Option<Task<S>>, Fault<S::Error>> {
        if S::HAS_PERSISTENT_IDS
            && let Some(id) = self.ids.take()
        {
            return self.begin_persistent(id);
        }
        let task = match self.source.shape(&mut object).map_err(Fault::Host)? {
            Shape::Known(index) => {
                self.write_get(index);
                return Ok(None);
            }
            Shape::Text(utf8) => {
                let text = atoms::TextWriter { protocol: self.protocol, style: &self.style };
                text.write(utf8, &mut self.framer, &mut self.output)?;
                self.memoize(&object)?;
                return Ok(None);
            }
            Shape::BigInt(bytes) => {
                atoms::write_wide_int(bytes, self.protocol, &self.style, &mut self.framer.out)?;
                return Ok(None);
            }
            Shape::Long(bytes) => {
                atoms::write_big_int(bytes, self.protocol, &self.style, &mut self.framer.out)?;
                return Ok(None);
            }
            Shape::Bytes(bytes) if self.protocol >= 3 => {
                atoms::write_bytes(bytes, self.protocol, &mut self.framer, &mut self.output)?;
                self.memoize(&object)?;
                return Ok(None);
            }
            Shape::ByteArray(bytes) if self.protocol >= 5 => {
                atoms::write_byte_array(bytes, &mut self.framer, &mut self.output)?;
                if self.style.memoizes_bytearrays {
                    self.memoize(&object)?;
                }
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
            Shape::Tuple(length, cursor) => return self.begin_tuple(object, length, cursor),
            Shape::List(length, cursor) => return self.begin_list(&object, length, cursor),
            Shape::Dict(length, cursor) => return self.begin_dict(&object, length, cursor),
            Shape::Set(length, cursor) => return self.begin_set(object, length, cursor),
            Shape::FrozenSet(length, cursor) => self.begin_frozen_set(object, length, cursor)?,
            Shape::Call(builtin, length, cursor) => self.begin_call(object, builtin, length, cursor)?,
            Shape::Persistent(id) => return self.begin_persistent(id),
            Shape::Made(made) if self.protocol < 2 && made.is_new => {
                let reduction = self.reduction(made)?;
                self.begin_reduce(object, reduction)?
            }
            Shape::Made(made) => Task::Made(Making::new(object, made)),
            Shape::Reduce(reduction) => self.begin_reduce(object, *reduction)?,
            Shape::Unsupported(kind) => return Err(ErrorKind::Unsupported(kind).into()),
        };
        Ok(Some(task))
    }

    /// Writes an object that an instruction needs at once: a name, a builtin.
    ///
    /// Nearly always it holds no others. A source may say of any object, though, that a persistent id or a call stands in
    /// its place, and the name of a global may be another global's attribute: such are written by a run of their own. Here
    /// the encoder recurses, hence the bound.
    #[inline(never)]
    fn save_atom(&mut self, object: S::Object) -> Result<(), Fault<S::Error>> {
        if self.names == MAX_NAMES {
            return Err(ErrorKind::NamesTooDeep.into());
        }
        self.names += 1;
        self.save_all(object)?;
        self.names -= 1;
        Ok(())
    }

    /// The next object of a task; what stands between its objects is written on the way.
    fn advance(&mut self, task: &mut Task<S>) -> Result<Next<S::Object>, Fault<S::Error>> {
        match task {
            Task::Batch(batch) => self.advance_batch(batch),
            Task::EndOfTuple(object) => {
                self.finish_tuple(object, 1)?;
                Ok(Next::Done)
            }
            Task::FrozenSet { object, cursor } => self.advance_frozen_set(object, cursor),
            Task::SetCall { object, batch } => self.advance_set_call(object, batch),
            Task::Call(call) => self.advance_call(call),
            Task::Reduce(reducing) => self.advance_reduce(reducing),
            Task::Persistent(id) => Ok(self.advance_persistent(id)),
            // They have loops of their own.
            Task::Tuple(_) | Task::Made(_) => Ok(Next::Done),
        }
    }
}
