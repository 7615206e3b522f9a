//! Calls, instances, and what is done to them.

use alloc::boxed::Box;
use alloc::vec::Vec;

use pickle_opcodes::Opcode;

use super::batch::Ops;
use super::{Batch, Next, Task};
use crate::builtins::Builtin;
use crate::encoder::{Encoder, Output};
use crate::fault::Fault;
use crate::source::{Args, Fill, Filling, Make, Part, PartialNew, Reduction, Shape, Source};

/// A builtin whose arguments are being written: `range(…)`, `slice(…)`.
pub(crate) struct Call<S: Source> {
    object: S::Object,
    cursor: S::Cursor,
    length: usize,
}

/// An object that is being made and filled.
///
/// Very many may stand within each other, so that what is done gives its memory back at once.
pub(crate) struct Reducing<S: Source> {
    object: S::Object,
    /// What is yet to be written before the object is there.
    pieces: Queue<Piece<S>>,
    /// What then makes it; nothing once it is there.
    maker: Option<Maker<S::Object>>,
    steps: Queue<Fill<S::Object, S::Cursor>>,
    filling: Option<Batch<S>>,
    /// The state that is being saved.
    building: Building<S::Object>,
}

impl<S: Source> Reducing<S> {
    /// One of whose callable and arguments these parts are left, and which is then filled.
    pub(super) fn begun(
        object: S::Object,
        is_new: bool,
        parts: Vec<S::Object>,
        filling: Option<(Filling, S::Cursor)>,
    ) -> Box<Reducing<S>> {
        let maker = Maker::Opcode(if is_new { Opcode::NewObj } else { Opcode::Reduce });
        Box::new(Reducing {
            object,
            pieces: Queue::new(parts.into_iter().map(Piece::Save).collect()),
            maker: Some(maker),
            steps: Queue::new(filling.map(fill).into_iter().collect()),
            filling: None,
            building: Building::Nothing,
        })
    }

    /// One that is there, and is being filled.
    pub(super) fn filled(object: S::Object, filling: Batch<S>) -> Box<Reducing<S>> {
        Box::new(Reducing {
            object,
            pieces: Queue::new(Vec::new()),
            maker: None,
            steps: Queue::new(Vec::new()),
            filling: Some(filling),
            building: Building::Nothing,
        })
    }

    /// Gives back the room of what is done.
    pub(super) fn shrink(&mut self) {
        self.pieces.left.shrink_to_fit();
        self.steps.left.shrink_to_fit();
    }

    /// How many bytes it takes beyond its task.
    pub(super) fn size(&self) -> usize {
        size_of::<Reducing<S>>() + self.pieces.size() + self.steps.size()
    }
}

/// What is done to an object that is filled.
fn fill<O, C>((filling, cursor): (Filling, C)) -> Fill<O, C> {
    match filling {
        Filling::List => Fill::Append(cursor),
        Filling::Dict => Fill::Assign(cursor),
        Filling::Set => Fill::Add(cursor),
    }
}

/// What comes one after the other: no larger than it has to be, and without memory once it is empty.
struct Queue<T> {
    /// The last comes first.
    left: Vec<T>,
}

impl<T> Queue<T> {
    fn new(mut items: Vec<T>) -> Queue<T> {
        items.reverse();
        if items.len() < items.capacity() {
            items.shrink_to_fit();
        }
        Queue { left: items }
    }

    fn next(&mut self) -> Option<T> {
        let item = self.left.pop();
        if self.left.is_empty() {
            self.left = Vec::new();
        }
        item
    }

    fn size(&self) -> usize {
        self.left.capacity() * size_of::<T>()
    }
}

/// A piece of what makes an object.
enum Piece<S: Source> {
    Save(S::Object),
    Builtin(Builtin),
    Float(f64),
    List(usize, S::Cursor),
    Dict(usize, S::Cursor),
    None,
    Mark,
    Op(Opcode),
    /// Gives what was just made a number in the memo.
    Memoize,
    /// What begins and ends a tuple of this many items.
    BeginTuple(usize),
    EndTuple(usize),
}

/// The instruction that makes an object of its pieces.
enum Maker<O> {
    Opcode(Opcode),
    /// INST, of this class.
    Inst(O),
}

/// What setting a state still needs.
enum Building<O> {
    Nothing,
    /// BUILD.
    Build,
    /// The object, which the setter of this state is called with.
    Object(O),
    /// The state, its other argument.
    State(O),
    /// The call of the setter.
    Call,
}

/// `partial(new)` with the state `(new, args, kwargs, None)`, as `functools.partial.__reduce__` has it, and the empty tuple
/// that it is called with.
fn spelled_partial<S: Source>(
    partial: S::Object,
    new: S::Object,
    args: Vec<S::Object>,
    kwargs: (usize, S::Cursor),
) -> Vec<Piece<S>> {
    let mut pieces = Vec::from([
        Piece::Save(partial),
        Piece::BeginTuple(1),
        Piece::Save(new.clone()),
        Piece::EndTuple(1),
        Piece::Op(Opcode::Reduce),
        Piece::Memoize,
        Piece::BeginTuple(4),
        Piece::Save(new),
    ]);
    let length = args.len();
    pieces.push(Piece::BeginTuple(length));
    pieces.extend(args.into_iter().map(Piece::Save));
    pieces.push(Piece::EndTuple(length));
    pieces.push(Piece::Dict(kwargs.0, kwargs.1));
    pieces.extend([Piece::None, Piece::EndTuple(4), Piece::Op(Opcode::Build)]);
    pieces.extend([Piece::BeginTuple(0), Piece::EndTuple(0)]);
    pieces
}

fn piece_of<S: Source>(part: Part<S::Object, S::Cursor>) -> Piece<S> {
    match part {
        Part::Object(object) => Piece::Save(object),
        Part::Float(value) => Piece::Float(value),
        Part::List(length, cursor) => Piece::List(length, cursor),
        Part::Dict(length, cursor) => Piece::Dict(length, cursor),
    }
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

    pub(super) fn begin_reduce(
        &mut self,
        object: S::Object,
        reduction: Reduction<S::Object, S::Cursor>,
    ) -> Result<Task<S>, Fault<S::Error>> {
        let Reduction { make, callable, args, kwargs, steps } = reduction;
        let (pieces, maker) = self.pieces(make, callable, args, kwargs)?;
        Ok(Task::Reduce(Box::new(Reducing {
            object,
            pieces: Queue::new(pieces),
            maker: Some(maker),
            steps: Queue::new(steps),
            filling: None,
            building: Building::Nothing,
        })))
    }

    /// What makes an object, as the protocol spells it.
    #[expect(clippy::type_complexity, reason = "the pieces, and what is done with them")]
    fn pieces(
        &mut self,
        make: Make,
        callable: S::Object,
        args: Args<S::Object, S::Cursor>,
        kwargs: Option<S::Object>,
    ) -> Result<(Vec<Piece<S>>, Maker<S::Object>), Fault<S::Error>> {
        let maker = |opcode| Maker::Opcode(opcode);
        Ok(match (make, args, kwargs) {
            (Make::New, args, _) if self.protocol < 2 => (self.spelled_new(callable, args)?, maker(Opcode::Reduce)),
            (Make::Instance, args, _) if self.protocol == 0 => {
                let mut pieces = Vec::from([Piece::Mark]);
                pieces.extend(self.items_of(args)?);
                (pieces, Maker::Inst(callable))
            }
            (Make::Instance, args, _) => {
                let mut pieces = Vec::from([Piece::Mark, Piece::Save(callable)]);
                pieces.extend(self.items_of(args)?);
                (pieces, maker(Opcode::Obj))
            }
            (Make::NewWithKeywords, Args::Tuple(args), Some(kwargs)) if self.protocol >= 4 => {
                (Vec::from([callable, args, kwargs].map(Piece::Save)), maker(Opcode::NewObjEx))
            }
            // There is no NEWOBJ_EX: `functools.partial(cls.__new__, cls, *args, **kwargs)()`.
            (Make::NewWithKeywords, Args::Tuple(args), Some(kwargs)) => {
                let pieces = match self.source.partial_new(callable, args, kwargs).map_err(Fault::Host)? {
                    PartialNew::Object(partial, nothing) => Vec::from([partial, nothing].map(Piece::Save)),
                    PartialNew::Parts { partial, new, args, kwargs } => spelled_partial(partial, new, args, kwargs),
                };
                (pieces, maker(Opcode::Reduce))
            }
            (make, args, _) => {
                let opcode = if make == Make::Call { Opcode::Reduce } else { Opcode::NewObj };
                let pieces = match args {
                    Args::Tuple(args) => Vec::from([callable, args].map(Piece::Save)),
                    Args::Parts(parts) => {
                        let length = parts.len();
                        let mut pieces = Vec::with_capacity(length + 3);
                        pieces.extend([Piece::Save(callable), Piece::BeginTuple(length)]);
                        pieces.extend(parts.into_iter().map(piece_of));
                        pieces.push(Piece::EndTuple(length));
                        pieces
                    }
                };
                (pieces, maker(opcode))
            }
        })
    }

    /// Protocols 0 and 1 have no NEWOBJ: `copyreg.__newobj__(cls, *args)`.
    fn spelled_new(
        &mut self,
        class: S::Object,
        args: Args<S::Object, S::Cursor>,
    ) -> Result<Vec<Piece<S>>, Fault<S::Error>> {
        let items = self.items_of(args)?;
        let length = items.len() + 1;
        let mut pieces = Vec::from([Piece::Builtin(Builtin::NewObj), Piece::BeginTuple(length), Piece::Save(class)]);
        pieces.extend(items);
        pieces.push(Piece::EndTuple(length));
        Ok(pieces)
    }

    /// The items of the arguments' tuple, in its place.
    fn items_of(&mut self, args: Args<S::Object, S::Cursor>) -> Result<Vec<Piece<S>>, Fault<S::Error>> {
        let mut args = match args {
            Args::Tuple(args) => args,
            Args::Parts(parts) => return Ok(parts.into_iter().map(piece_of).collect()),
        };
        let mut items = Vec::new();
        if let Shape::Tuple(_, mut cursor) = self.source.shape(&mut args).map_err(Fault::Host)? {
            while let Some(item) = self.source.next(&mut cursor).map_err(Fault::Host)? {
                items.push(Piece::Save(item));
            }
        }
        Ok(items)
    }

    pub(super) fn advance_reduce(&mut self, task: &mut Reducing<S>) -> Result<Next<S::Object>, Fault<S::Error>> {
        loop {
            if let Some(batch) = &mut task.filling {
                if let Next::Save(item) = self.advance_batch(batch)? {
                    return Ok(Next::Save(item));
                }
                task.filling = None;
            }
            if task.maker.is_some() {
                match task.pieces.next() {
                    Some(Piece::Save(part)) => return Ok(Next::Save(part)),
                    Some(piece) => task.filling = self.write_piece(piece)?,
                    None if self.make(task)? => {}
                    // It was written within its own arguments, and filled there.
                    None => return Ok(Next::Done),
                }
                continue;
            }
            if let Some(argument) = self.end_building(task) {
                return Ok(Next::Save(argument));
            }
            let (ops, cursor) = match task.steps.next() {
                None => return Ok(Next::Done),
                Some(Fill::State(state)) => {
                    task.building = Building::Build;
                    return Ok(Next::Save(state));
                }
                Some(Fill::StateBy { setter, state }) => {
                    task.building = Building::Object(state);
                    return Ok(Next::Save(setter));
                }
                Some(Fill::Append(cursor)) => (Ops::LIST, cursor),
                Some(Fill::Assign(cursor)) => (Ops::DICT, cursor),
                Some(Fill::Add(cursor)) => (Ops::SET, cursor),
            };
            task.filling = Some(Batch::iterated(ops, cursor, self.protocol));
        }
    }

    /// Writes a piece that is no object of the source; gives the items that follow its beginning.
    fn write_piece(&mut self, piece: Piece<S>) -> Result<Option<Batch<S>>, Fault<S::Error>> {
        match piece {
            Piece::Save(object) => self.save_atom(object)?,
            Piece::Builtin(builtin) => self.save_builtin(builtin)?,
            Piece::Float(value) => {
                self.boundary()?;
                self.write_float(value);
            }
            Piece::List(length, cursor) => return self.begin_new_list(length, cursor).map(Some),
            Piece::Dict(length, cursor) => return self.begin_new_dict(length, cursor).map(Some),
            Piece::None => {
                self.boundary()?;
                self.op(Opcode::None);
            }
            Piece::Mark => self.op(Opcode::Mark),
            Piece::Op(opcode) => self.op(opcode),
            Piece::Memoize => self.memoize_unnamed()?,
            Piece::BeginTuple(length) => {
                self.boundary()?;
                if length > 0 {
                    self.mark_for_tuple(length);
                }
            }
            Piece::EndTuple(0) => self.write_empty_tuple(),
            Piece::EndTuple(length) => self.end_unnamed_tuple(length)?,
        }
        Ok(None)
    }

    /// The next argument of a state's setter, or what ends the setting of a state.
    fn end_building(&mut self, task: &mut Reducing<S>) -> Option<S::Object> {
        match core::mem::replace(&mut task.building, Building::Nothing) {
            Building::Nothing => {}
            Building::Build => self.op(Opcode::Build),
            Building::Object(state) => {
                task.building = Building::State(state);
                return Some(task.object.clone());
            }
            Building::State(state) => {
                task.building = Building::Call;
                return Some(state);
            }
            // CPython writes TUPLE2 at every protocol, even 0. What the setter gives is dropped.
            Building::Call => [Opcode::Tuple2, Opcode::Reduce, Opcode::Pop].into_iter().for_each(|op| self.op(op)),
        }
        None
    }

    /// Makes the object of what is on the stack; false if it is there already.
    fn make(&mut self, task: &mut Reducing<S>) -> Result<bool, Fault<S::Error>> {
        match task.maker.take() {
            Some(Maker::Opcode(opcode)) => self.op(opcode),
            Some(Maker::Inst(class)) => {
                let found = self.source.global(&class).map_err(Fault::Host)?;
                self.write_name(Opcode::Inst, &found.module, &found.name)?;
            }
            None => {}
        }
        self.memoize_made(&task.object)
    }
}
