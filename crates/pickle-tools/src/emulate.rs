//! The unpickling machine by kinds of object only: what `dis` needs to indent and to check.

use pickle_opcodes::{Opcode, StackObject};

use crate::keys::Key;
use crate::{Arg, ErrorKind, GenOp, Memo};

/// The stack, the marks and the memo, a byte an entry.
///
/// It does as pickletools does, mistakes included: an instruction that takes a mark for an object leaves the mark's
/// position behind, and the indentation with it.
#[derive(Debug)]
pub(crate) struct Machine<'m> {
    stack: Vec<StackObject>,
    /// Where the MARKs stand whose blocks are open.
    marks: Vec<u64>,
    memo: &'m mut Memo,
    highest_protocol: u8,
}

/// What is known of an instruction before it is carried out.
pub(crate) struct Step {
    /// What is said of it behind its argument.
    pub(crate) note: Option<Note>,
    /// Why it cannot be carried out: to be reported once it has been written.
    pub(crate) error: Option<Box<ErrorKind>>,
    /// How many objects it still has to pop.
    pops: usize,
    /// What it pushes, if that is not what the table says.
    found: Option<StackObject>,
}

/// A remark in the listing.
#[derive(Clone, Copy)]
pub(crate) enum Note {
    /// The mark that it takes.
    MarkAt(u64),
    /// The mark that it needs is not there.
    NoMark,
    /// The memo entry that MEMOIZE makes.
    As(usize),
}

impl<'m> Machine<'m> {
    pub(crate) fn new(memo: &'m mut Memo) -> Machine<'m> {
        Machine { stack: Vec::new(), marks: Vec::new(), memo, highest_protocol: 0 }
    }

    /// How many blocks are open.
    pub(crate) fn depth(&self) -> usize {
        self.marks.len()
    }

    /// The highest protocol that any instruction so far belongs to.
    pub(crate) fn highest_protocol(&self) -> u8 {
        self.highest_protocol
    }

    /// Takes the mark that an instruction needs and looks after the memo.
    ///
    /// An error here keeps even the instruction itself from being written.
    #[inline(always)]
    pub(crate) fn prepare(&mut self, op: &GenOp<'_>) -> Result<Step, Box<ErrorKind>> {
        let (opcode, arg) = (op.opcode, op.arg.as_ref());
        let effect = &EFFECTS[usize::from(opcode.byte())];
        self.highest_protocol = self.highest_protocol.max(effect.protocol);
        let mut step = Step { note: None, error: None, pops: effect.pops, found: None };
        if effect.takes_mark || opcode == Opcode::Pop && self.stack.last() == Some(&StackObject::Mark) {
            match self.marks.pop() {
                Some(position) => {
                    self.pop_to_mark()?;
                    step.note = Some(Note::MarkAt(position));
                    // POP has popped the mark by this.
                    step.pops = if effect.takes_mark { effect.pops } else { 0 };
                }
                None => {
                    step.note = Some(Note::NoMark);
                    step.error = Some(Box::new(ErrorKind::NoMark));
                }
            }
        }
        match opcode {
            Opcode::Put | Opcode::BinPut | Opcode::LongBinPut => {
                step.error = arg.and_then(|arg| self.store(Key::of(arg)?, arg).err());
            }
            Opcode::Memoize => {
                let index = self.memo.len();
                step.note = Some(Note::As(index));
                step.error = self.store(Key::after(index), &Arg::Int(index as i64)).err();
            }
            Opcode::Get | Opcode::BinGet | Opcode::LongBinGet => {
                let Some(arg) = arg else { return Ok(step) };
                step.found = Key::of(arg).and_then(|key| self.memo.find(&key));
                if step.found.is_none() {
                    step.error = Some(Box::new(ErrorKind::MemoMissing { key: arg.clone().into_owned() }));
                }
            }
            _ => {}
        }
        Ok(step)
    }

    /// Carries the instruction out.
    #[inline(always)]
    pub(crate) fn finish(&mut self, opcode: Opcode, offset: u64, step: &Step) -> Result<(), Box<ErrorKind>> {
        let present = self.stack.len();
        let Some(rest) = present.checked_sub(step.pops) else {
            return Err(Box::new(ErrorKind::StackUnderflow { wanted: step.pops, present }));
        };
        self.stack.truncate(rest);
        if opcode == Opcode::Mark {
            self.marks.push(offset);
        }
        match (step.found, EFFECTS[usize::from(opcode.byte())].pushes) {
            (Some(object), _) | (None, &[object]) => self.stack.push(object),
            (None, pushes) => self.stack.extend_from_slice(pushes),
        }
        Ok(())
    }

    /// What is on the stack at the end.
    pub(crate) fn into_stack(self) -> Vec<StackObject> {
        self.stack
    }

    fn pop_to_mark(&mut self) -> Result<(), Box<ErrorKind>> {
        let mark = self.stack.iter().rposition(|&object| object == StackObject::Mark);
        self.stack.truncate(mark.ok_or(ErrorKind::MarkPopped)?);
        Ok(())
    }

    fn store(&mut self, key: Key, arg: &Arg<'_>) -> Result<(), Box<ErrorKind>> {
        if self.memo.find(&key).is_some() {
            return Err(Box::new(ErrorKind::MemoDefined { key: arg.clone().into_owned() }));
        }
        match self.stack.last() {
            None => Err(Box::new(ErrorKind::NothingToStore)),
            Some(StackObject::Mark) => Err(Box::new(ErrorKind::MarkStored)),
            Some(&object) => {
                self.memo.insert(key, object);
                Ok(())
            }
        }
    }
}

/// What an instruction does to the stack.
#[derive(Clone, Copy)]
struct Effect {
    protocol: u8,
    /// Whether it takes all down to the topmost mark.
    takes_mark: bool,
    /// How many objects it pops, below the mark if it takes one.
    pops: usize,
    pushes: &'static [StackObject],
}

/// By the opcode's byte: a look into a table where [`Opcode`]'s functions would jump.
static EFFECTS: [Effect; 256] = {
    let mut effects = [Effect { protocol: 0, takes_mark: false, pops: 0, pushes: &[] }; 256];
    let mut index = 0;
    while index < Opcode::ALL.len() {
        let opcode = Opcode::ALL[index];
        let effect = &mut effects[opcode.byte() as usize];
        let before = opcode.stack_before();
        while effect.pops < before.len() && !effect.takes_mark {
            match before[effect.pops] {
                StackObject::Mark => effect.takes_mark = true,
                _ => effect.pops += 1,
            }
        }
        effect.protocol = opcode.protocol();
        effect.pushes = opcode.stack_after();
        index += 1;
    }
    effects
};
