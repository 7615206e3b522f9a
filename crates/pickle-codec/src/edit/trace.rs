//! [`Trace`]: a stack beside the machine's, which knows where each object on it comes from.

use core::ops::Range;

use alloc::vec::Vec;

use hashbrown::{HashMap, HashSet};
use pickle_opcodes::{Op, Opcode, number};
use pickle_value::Handle;

/// An object on the stack, by the instructions that pushed it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Where the first of the instructions stands that made it, its parts included.
    pub(super) start: usize,
    /// Behind the last instruction that made it, or did something with it while it was on top.
    pub(super) end: usize,
    /// Where the object first came to be, which for what GET pushes is elsewhere.
    origin: usize,
    object: Handle,
    /// The first DUP of this entry.
    pub(super) duplicated: Option<usize>,
}

/// A frame: where its content starts, and how long it claims to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// Where the FRAME stands.
    pub(super) start: usize,
    pub(super) content: usize,
    pub(super) length: u64,
}

impl Frame {
    /// True where all of it, its FRAME included, is between two offsets.
    pub(super) fn is_within(&self, start: usize, end: usize) -> bool {
        start <= self.start && self.content as u64 + self.length <= end as u64
    }
}

/// A PUT or MEMOIZE.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memoized {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) index: u64,
    pub(super) by: Opcode,
    /// The index had no entry before.
    pub(super) is_new: bool,
    /// The last GET of it.
    pub(super) read: Option<usize>,
    origin: usize,
    object: Handle,
}

/// What is known of an object that was asked for.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    object: Handle,
    /// How often it was put into something else, where last, and into which tuple first.
    uses: usize,
    used: usize,
    inside: Option<Handle>,
    /// The tuples that were made of it.
    tuples: HashSet<Handle, foldhash::fast::RandomState>,
    /// What was called with it among its arguments, or given a state with it: what this made, or the state's object.
    pub(super) calls: Vec<Handle>,
    /// Behind the last instruction that made it, or changed it, with it on top of the stack.
    pub(super) ready: usize,
    /// What was appended to it.
    pub(super) items: Vec<Entry>,
    /// What was set in it: key and value.
    pub(super) pairs: Vec<(Handle, Entry)>,
}

impl Watched {
    fn new(object: Handle) -> Watched {
        Watched {
            object,
            uses: 0,
            used: 0,
            inside: None,
            tuples: HashSet::default(),
            calls: Vec::new(),
            ready: 0,
            items: Vec::new(),
            pairs: Vec::new(),
        }
    }
}

impl Watched {
    /// True if it is this object.
    pub(super) fn is(&self, object: Handle) -> bool {
        self.object == object
    }
}

/// The stack, the memo, and all that an edit has to know of a pickle.
#[derive(Debug, Default)]
pub(super) struct Trace {
    stack: Vec<Entry>,
    /// The height of the stack at each mark, and where it was set.
    marks: Vec<(usize, usize)>,
    /// The number in `memoized` of each entry of the memo.
    memo: HashMap<u64, usize, foldhash::fast::RandomState>,
    memoized: Vec<Memoized>,
    frames: Vec<Frame>,
    watched: Vec<Watched>,
    /// How many of these were asked for; the others are what was made of them.
    asked_for: usize,
    /// Objects that were changed while something else was being made: where, and where they came to be.
    changes: Vec<(usize, usize)>,
    /// Instructions that must stay as many as they are: PROTO, NEXT_BUFFER.
    fixed: Vec<usize>,
    declared: Option<u8>,
    needed: u8,
    value: Option<Entry>,
    /// Where STOP stands.
    pub(super) stop: usize,
}

impl Trace {
    /// A trace that looks out for these objects.
    pub(super) fn new(objects: &[Handle]) -> Trace {
        let watched: Vec<Watched> = objects.iter().map(|&object| Watched::new(object)).collect();
        Trace { asked_for: watched.len(), watched, ..Trace::default() }
    }

    /// True where an object was put into one other only, and not changed afterwards: what is copied from there is no one
    /// else's. Where that is a tuple, the same holds for it.
    pub(super) fn is_only_there(&self, watched: &Watched) -> bool {
        let is_used_once = |tuple: Handle| self.watched(tuple).is_none_or(|tuple| tuple.uses == 1);
        watched.uses == 1 && watched.ready <= watched.used && watched.inside.is_none_or(is_used_once)
    }

    /// What was found of an object that was asked for.
    pub(super) fn watched(&self, object: Handle) -> Option<&Watched> {
        self.watched.iter().find(|watched| watched.object == object)
    }

    /// True where an object is in more than one place.
    pub(super) fn is_shared(&self, watched: &Watched) -> bool {
        watched.uses > 1
    }

    /// The index under which an object is in the memo at the end.
    pub(super) fn index_of(&self, object: Handle) -> Option<u64> {
        let mut entries = self.memo.iter().filter(|&(_, &number)| self.memoized[number].object == object);
        entries.next().map(|(&index, _)| index)
    }

    /// What STOP gave.
    pub(super) fn value(&self) -> Option<Entry> {
        self.value
    }

    pub(super) fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The protocol that the pickle declares, or else the lowest that has all its opcodes.
    pub(super) fn protocol(&self) -> u8 {
        self.declared.unwrap_or(self.needed)
    }

    /// The PUTs and MEMOIZEs between two offsets.
    pub(super) fn memoized(&self, range: Range<usize>) -> &[Memoized] {
        let start = self.memoized.partition_point(|memoized| memoized.start < range.start);
        let end = self.memoized.partition_point(|memoized| memoized.start < range.end);
        &self.memoized[start..end]
    }

    /// Whether MEMOIZE follows, which counts the entries of the memo.
    pub(super) fn memoizes_from(&self, offset: usize) -> bool {
        self.memoized(offset..usize::MAX).iter().any(|memoized| memoized.by == Opcode::Memoize)
    }

    /// An index that the memo never has.
    pub(super) fn free_index(&self) -> u64 {
        self.memoized.iter().map(|memoized| memoized.index + 1).max().unwrap_or(0)
    }

    /// Whether what stands between two offsets does something besides making what it leaves on the stack: what is read,
    /// changed or counted elsewhere.
    pub(super) fn is_needed(&self, range: Range<usize>) -> bool {
        let is_read = |memoized: &Memoized| memoized.read.is_some_and(|read| read >= range.end);
        self.memoized(range.clone()).iter().any(is_read)
            || self.changes.iter().any(|&(at, origin)| range.contains(&at) && origin < range.start)
            || self.fixed.iter().any(|at| range.contains(at))
    }

    /// Takes an instruction that the machine has run; `top` is what it left on top of the stack.
    pub(super) fn step(&mut self, op: &Op<'_>, range: Range<usize>, top: Option<Handle>) {
        let Range { start, end } = range;
        let opcode = op.opcode();
        self.needed = self.needed.max(opcode.protocol());
        match *op {
            Op::Proto(protocol) => {
                self.declared.get_or_insert(protocol);
                self.fixed.push(start);
            }
            Op::Frame(length) => self.frames.push(Frame { start, content: end, length }),
            Op::Mark => self.marks.push((self.stack.len(), start)),
            Op::Pop => self.pop(),
            Op::PopMark => {
                let (height, _) = self.pop_mark();
                self.stack.truncate(height);
            }
            Op::Dup => self.duplicate(range),
            Op::Stop => {
                self.value = self.stack.pop();
                self.stop = start;
            }
            Op::Get(line) => self.get(number::index_line(line).unwrap_or_default(), range),
            Op::BinGet(index) => self.get(index.into(), range),
            Op::LongBinGet(index) => self.get(index.into(), range),
            Op::Put(line) => self.put(number::index_line(line).unwrap_or_default(), opcode, range),
            Op::BinPut(index) => self.put(index.into(), opcode, range),
            Op::LongBinPut(index) => self.put(index.into(), opcode, range),
            Op::Memoize => self.put(self.memo.len() as u64, opcode, range),
            Op::Append => self.fill(opcode, self.stack.len().saturating_sub(1), range),
            Op::SetItem => self.fill(opcode, self.stack.len().saturating_sub(2), range),
            Op::Build => self.fill(opcode, self.stack.len().saturating_sub(1), range),
            Op::Appends | Op::SetItems | Op::AddItems => {
                let (height, _) = self.pop_mark();
                self.fill(opcode, height, range);
            }
            Op::Tuple | Op::List | Op::Dict | Op::FrozenSet | Op::Inst(_) | Op::Obj => {
                let (height, mark) = self.pop_mark();
                self.make(opcode, height, mark..end, start, top);
            }
            Op::Tuple1 | Op::BinPersId | Op::ReadonlyBuffer => self.make_of(opcode, 1, range, top),
            Op::Tuple2 | Op::StackGlobal | Op::Reduce | Op::NewObj => self.make_of(opcode, 2, range, top),
            Op::Tuple3 | Op::NewObjEx => self.make_of(opcode, 3, range, top),
            _ => {
                if opcode == Opcode::NextBuffer {
                    self.fixed.push(start);
                }
                self.make_of(opcode, 0, range, top);
            }
        }
    }

    /// An object of the topmost `count`.
    fn make_of(&mut self, opcode: Opcode, count: usize, range: Range<usize>, top: Option<Handle>) {
        let height = self.stack.len().saturating_sub(count);
        let start = self.stack.get(height).map_or(range.start, |first| first.start);
        self.make(opcode, height, start..range.end, range.start, top);
    }

    /// An object of all from `height` on, by the instruction at `at`.
    fn make(&mut self, opcode: Opcode, height: usize, range: Range<usize>, at: usize, top: Option<Handle>) {
        let Range { start, end } = range;
        let object = top.unwrap_or(Handle::NONE);
        self.take(opcode, height, at, object, top);
        self.stack.push(Entry { start, end, origin: start, object, duplicated: None });
        self.is_ready(object, end);
    }

    /// Puts all from `height` on into the object below.
    fn fill(&mut self, opcode: Opcode, height: usize, range: Range<usize>) {
        let Some(target) = height.checked_sub(1).and_then(|below| self.stack.get_mut(below)) else { return };
        target.end = range.end;
        let Entry { object, origin, start, .. } = *target;
        if origin < start {
            self.changes.push((range.start, origin));
        }
        self.take(opcode, height, range.start, object, None);
        self.is_ready(object, range.end);
    }

    /// Takes all from `height` on from the stack, for `target`; `made` is what is made of them.
    fn take(&mut self, opcode: Opcode, height: usize, at: usize, target: Handle, made: Option<Handle>) {
        use Opcode::{Tuple, Tuple1, Tuple2, Tuple3};
        let made = made.filter(|_| matches!(opcode, Tuple | Tuple1 | Tuple2 | Tuple3));
        let height = height.min(self.stack.len());
        for number in height..self.stack.len() {
            self.use_of(self.stack[number].object, at, made);
            self.call_of(opcode, self.stack[number].object, target);
        }
        if let Some(watched) = self.watched.iter_mut().find(|watched| watched.object == target) {
            let taken = &self.stack[height..];
            match opcode {
                Opcode::List | Opcode::Append | Opcode::Appends => watched.items.extend_from_slice(taken),
                Opcode::Dict | Opcode::SetItem | Opcode::SetItems => {
                    watched.pairs.extend(taken.chunks_exact(2).map(|pair| (pair[0].object, pair[1])));
                }
                _ => {}
            }
        }
        self.stack.truncate(height);
    }

    fn use_of(&mut self, object: Handle, at: usize, made: Option<Handle>) {
        let Some(number) = self.watched.iter().position(|watched| watched.object == object) else { return };
        let watched = &mut self.watched[number];
        watched.uses += 1;
        watched.used = at;
        watched.tuples.extend(made.filter(|_| number < self.asked_for));
        if watched.uses > 1 || number >= self.asked_for {
            return;
        }
        watched.inside = made;
        if let Some(made) = made.filter(|made| self.watched(*made).is_none()) {
            self.watched.push(Watched::new(made));
        }
    }

    /// Notes what is called with a watched object, or with a tuple of it.
    fn call_of(&mut self, opcode: Opcode, object: Handle, made: Handle) {
        use Opcode::{Build, Inst, NewObj, NewObjEx, Obj, Reduce};
        if !matches!(opcode, Build | Inst | NewObj | NewObjEx | Obj | Reduce) {
            return;
        }
        for number in 0..self.asked_for {
            let watched = &self.watched[number];
            if watched.object == object || watched.tuples.contains(&object) {
                self.watched[number].calls.push(made);
            }
        }
    }

    fn is_ready(&mut self, object: Handle, end: usize) {
        if let Some(watched) = self.watched.iter_mut().find(|watched| watched.object == object) {
            watched.ready = end;
        }
    }

    fn pop_mark(&mut self) -> (usize, usize) {
        self.marks.pop().unwrap_or_default()
    }

    /// What is dropped is left where it is, so it belongs to nothing.
    fn pop(&mut self) {
        match self.marks.last() {
            Some(&(height, _)) if height == self.stack.len() => drop(self.marks.pop()),
            _ => drop(self.stack.pop()),
        }
    }

    fn duplicate(&mut self, range: Range<usize>) {
        let Some(top) = self.stack.last_mut() else { return };
        top.duplicated.get_or_insert(range.start);
        let copy = Entry { start: range.start, end: range.end, duplicated: None, ..*top };
        self.stack.push(copy);
    }

    fn get(&mut self, index: u64, range: Range<usize>) {
        let Some(memoized) = self.memo.get(&index).and_then(|&number| self.memoized.get_mut(number)) else { return };
        memoized.read = Some(range.start);
        let Range { start, end } = range;
        let object = memoized.object;
        self.stack.push(Entry { start, end, origin: memoized.origin, object, duplicated: None });
    }

    fn put(&mut self, index: u64, by: Opcode, range: Range<usize>) {
        let Some(top) = self.stack.last_mut() else { return };
        top.end = range.end;
        let Entry { origin, object, .. } = *top;
        let known = self.memo.insert(index, self.memoized.len());
        let Range { start, end } = range;
        self.memoized.push(Memoized { start, end, index, by, is_new: known.is_none(), read: None, origin, object });
        self.is_ready(object, end);
    }
}
