//! Calls, instances, and what is done to them.

use alloc::boxed::Box;
use alloc::vec::{self, Vec};

use pickle_opcodes::Opcode;

use super::batch::Ops;
use super::{Batch, Next, Task};
use crate::builtins::Builtin;
use crate::encoder::{Encoder, Output};
use crate::error::ErrorKind;
use crate::machine::Fault;
use crate::source::{Atom, Fill, Make, Reduction, Shape, Source};

/// A builtin whose arguments are being written: `range(…)`, `slice(…)`.
pub(crate) struct Call<S: Source> {
    object: S::Object,
    cursor: S::Cursor,
    length: usize,
}

/// An object that is being made and filled.
pub(crate) struct Reducing<S: Source> {
    object: S::Object,
    make: Make,
    /// What is yet to be saved before the object is made.
    parts: vec::IntoIter<S::Object>,
    /// How many of the parts the arguments' tuple takes, where the encoder puts it together.
    gathered: usize,
    made: bool,
    steps: vec::IntoIter<Fill<S::Object, S::Cursor>>,
    filling: Option<Batch<S>>,
    /// The state that is being saved.
    building: Building<S::Object>,
}

/// What setting a state still needs.
enum Building<O> {
    Nothing,
    /// BUILD.
    Build,
    /// Of a call of a setter: the object and the state, in this order.
    Arguments(vec::IntoIter<O>),
}

impl<S: Source, W: Output<S::Error>> Encoder<S, W> {
    pub(super) fn begin_call(
        &mut self,
        object: S::Object,
        builtin: Builtin,
        length: usize,
        cursor: S::Cursor,
    ) -> Result<Task<S>, Fault<S::Error>> {
        self.save_builtin(builtin)?;
        self.boundary()?;
        self.mark_for_tuple(length);
        Ok(Task::Call(Call { object, cursor, length }))
    }

    pub(super) fn advance_call(&mut self, call: &mut Call<S>) -> Result<Next<S::Object>, Fault<S::Error>> {
        if let Some(item) = self.source.next(&mut call.cursor).map_err(Fault::Host)? {
            return Ok(Next::Save(item));
        }
        self.end_unnamed_tuple(call.length)?;
        self.end_call(&call.object)?;
        Ok(Next::Done)
    }

    pub(super) fn begin_reduce(&mut self, object: S::Object, reduction: Reduction<S::Object, S::Cursor>) -> Task<S> {
        let Reduction { make, callable, args, kwargs, steps } = reduction;
        let mut parts = Vec::from([callable, args]);
        parts.extend(kwargs);
        Task::Reduce(Box::new(Reducing {
            object,
            make,
            parts: parts.into_iter(),
            gathered: 0,
            made: false,
            steps: steps.into_iter(),
            filling: None,
            building: Building::Nothing,
        }))
    }

    pub(super) fn advance_reduce(&mut self, task: &mut Reducing<S>) -> Result<Next<S::Object>, Fault<S::Error>> {
        if !task.made {
            if let Some(part) = self.next_part(task)? {
                return Ok(Next::Save(part));
            }
            if !self.make(task)? {
                // It was written within its own arguments, and filled there.
                return Ok(Next::Done);
            }
            task.made = true;
        }
        loop {
            if let Some(batch) = &mut task.filling {
                if let Next::Save(item) = self.advance_batch(batch)? {
                    return Ok(Next::Save(item));
                }
                task.filling = None;
            }
            if let Some(argument) = self.end_building(&mut task.building) {
                return Ok(Next::Save(argument));
            }
            let (ops, cursor) = match task.steps.next() {
                None => return Ok(Next::Done),
                Some(Fill::State(state)) => {
                    task.building = Building::Build;
                    return Ok(Next::Save(state));
                }
                Some(Fill::StateBy { setter, state }) => {
                    task.building = Building::Arguments(Vec::from([task.object.clone(), state]).into_iter());
                    return Ok(Next::Save(setter));
                }
                Some(Fill::Append(cursor)) => (Ops::LIST, cursor),
                Some(Fill::Assign(cursor)) => (Ops::DICT, cursor),
                Some(Fill::Add(cursor)) => (Ops::SET, cursor),
            };
            task.filling = Some(Batch::iterated(ops, cursor, self.protocol));
        }
    }

    /// The next argument of a state's setter, or what ends the setting of a state.
    fn end_building(&mut self, building: &mut Building<S::Object>) -> Option<S::Object> {
        match core::mem::replace(building, Building::Nothing) {
            Building::Nothing => {}
            Building::Build => self.op(Opcode::Build),
            Building::Arguments(mut left) => {
                if let Some(argument) = left.next() {
                    *building = Building::Arguments(left);
                    return Some(argument);
                }
                // CPython writes TUPLE2 at every protocol, even 0. What the setter gives is dropped.
                for opcode in [Opcode::Tuple2, Opcode::Reduce, Opcode::Pop] {
                    self.op(opcode);
                }
            }
        }
        None
    }

    /// The next of callable, arguments and keyword arguments; on the way, what the protocol needs around them.
    fn next_part(&mut self, task: &mut Reducing<S>) -> Result<Option<S::Object>, Fault<S::Error>> {
        let left = task.parts.len();
        let first = left > 0 && task.gathered == 0 && left == if task.make == Make::NewWithKeywords { 3 } else { 2 };
        if first {
            match task.make {
                Make::Instance => return self.begin_instance(task),
                Make::New if self.protocol < 2 => return self.begin_spelled_new(task),
                Make::NewWithKeywords if self.protocol < 4 => self.spell_new_with_keywords(task)?,
                _ => {}
            }
        }
        Ok(task.parts.next())
    }

    /// Under protocol 4 there is no NEWOBJ_EX: `functools.partial(cls.__new__, cls, *args, **kwargs)()`.
    fn spell_new_with_keywords(&mut self, task: &mut Reducing<S>) -> Result<(), Fault<S::Error>> {
        if let (Some(class), Some(args), Some(kwargs)) = (task.parts.next(), task.parts.next(), task.parts.next()) {
            let (partial, nothing) = self.source.partial_new(class, args, kwargs).map_err(Fault::Host)?;
            task.parts = Vec::from([partial, nothing]).into_iter();
            task.make = Make::Call;
        }
        Ok(())
    }

    /// Protocols 0 and 1 have no NEWOBJ: `copyreg.__newobj__(cls, *args)`.
    fn begin_spelled_new(&mut self, task: &mut Reducing<S>) -> Result<Option<S::Object>, Fault<S::Error>> {
        self.save_builtin(Builtin::NewObj)?;
        self.boundary()?;
        self.op(Opcode::Mark);
        self.gather(task)
    }

    /// An old-style class's instance: a mark, the class and the arguments, OBJ.
    fn begin_instance(&mut self, task: &mut Reducing<S>) -> Result<Option<S::Object>, Fault<S::Error>> {
        if self.protocol == 0 {
            return Err(
                ErrorKind::Unsupported(alloc::string::String::from("an old-style instance at protocol 0")).into()
            );
        }
        self.op(Opcode::Mark);
        self.gather(task)
    }

    /// Puts the items of the arguments' tuple in its place.
    fn gather(&mut self, task: &mut Reducing<S>) -> Result<Option<S::Object>, Fault<S::Error>> {
        let mut parts: Vec<S::Object> = task.parts.by_ref().collect();
        if let Some(mut args) = parts.pop()
            && let Shape::Tuple(_, mut cursor) = self.source.shape(&mut args).map_err(Fault::Host)?
        {
            while let Some(item) = self.source.next(&mut cursor).map_err(Fault::Host)? {
                parts.push(item);
            }
        }
        task.gathered = parts.len();
        task.parts = parts.into_iter();
        Ok(task.parts.next())
    }

    /// Makes the object of what is on the stack; false if it is there already.
    fn make(&mut self, task: &Reducing<S>) -> Result<bool, Fault<S::Error>> {
        match task.make {
            Make::New if self.protocol < 2 => {
                self.end_unnamed_tuple(task.gathered)?;
                self.op(Opcode::Reduce);
            }
            Make::Call => self.op(Opcode::Reduce),
            Make::New => self.op(Opcode::NewObj),
            Make::NewWithKeywords => self.op(Opcode::NewObjEx),
            Make::Instance => self.op(Opcode::Obj),
        }
        self.memoize_made(&task.object)
    }

    /// Protocol 0 has persistent ids that are a line of text.
    pub(super) fn write_persistent_line(&mut self, mut id: S::Object) -> Result<(), Fault<S::Error>> {
        match self.source.atom(&mut id).map_err(Fault::Host)? {
            Atom::Text(line) if line.contains(&b'\n') => Err(ErrorKind::NewlineInPersistentId.into()),
            Atom::Text(line) if line.is_ascii() => {
                let out = &mut self.framer.out;
                out.push(Opcode::PersId.byte());
                out.extend_from_slice(line);
                out.push(b'\n');
                Ok(())
            }
            _ => Err(ErrorKind::PersistentIdNotAscii.into()),
        }
    }

    pub(super) fn advance_persistent(&mut self, id: &mut Option<S::Object>) -> Next<S::Object> {
        match id.take() {
            Some(id) => Next::Save(id),
            None => {
                self.op(Opcode::BinPersId);
                Next::Done
            }
        }
    }
}
