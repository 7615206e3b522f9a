//! Looking ahead, a few instructions at most: what starts where the cursor stands?

use pickle_codec::opcodes::{Op, decode};

/// The objects that were met from some place on, as the machine would have them on its stack.
struct Scan {
    /// How many there are.
    depth: usize,
    /// How many there were at each mark.
    marks: [usize; MARKS],
    open: usize,
}

const MARKS: usize = 16;

/// What an instruction does to the objects from the place on.
enum Step {
    /// Nothing that matters here.
    Inside,
    /// Makes a tuple of all that there are: so one starts at that place.
    ShortTuple,
    /// Appends the only one to the list below.
    Append,
    /// Sets the only two in the dict below.
    SetItem,
    /// Takes what is below as well; or what it does is not known.
    End,
}

impl Scan {
    fn new() -> Scan {
        Scan { depth: 0, marks: [0; MARKS], open: 0 }
    }

    /// How many objects are above the last mark, or the place.
    fn above(&self) -> usize {
        self.depth - if self.open > 0 { self.marks[self.open - 1] } else { 0 }
    }

    fn step(&mut self, op: Op<'_>) -> Step {
        match op {
            Op::None
            | Op::NewTrue
            | Op::NewFalse
            | Op::BinInt(_)
            | Op::BinInt1(_)
            | Op::BinInt2(_)
            | Op::Long1(_)
            | Op::Long4(_)
            | Op::BinFloat(_)
            | Op::ShortBinUnicode(_)
            | Op::BinUnicode(_)
            | Op::BinUnicode8(_)
            | Op::ShortBinBytes(_)
            | Op::BinBytes(_)
            | Op::BinBytes8(_)
            | Op::BinGet(_)
            | Op::LongBinGet(_)
            | Op::EmptyTuple
            | Op::EmptyList
            | Op::EmptyDict
            | Op::EmptySet
            | Op::Global(_) => self.depth += 1,
            Op::Memoize | Op::BinPut(_) | Op::LongBinPut(_) | Op::Frame(_) => {}
            Op::Mark if self.open < MARKS => {
                self.marks[self.open] = self.depth;
                self.open += 1;
            }
            Op::Tuple | Op::FrozenSet if self.open > 0 => {
                self.open -= 1;
                self.depth = self.marks[self.open] + 1;
            }
            Op::Appends | Op::SetItems | Op::AddItems if self.open > 0 && self.marks[self.open - 1] > 0 => {
                self.open -= 1;
                self.depth = self.marks[self.open];
            }
            Op::Tuple1 => return self.short_tuple(1),
            Op::Tuple2 => return self.short_tuple(2),
            Op::Tuple3 => return self.short_tuple(3),
            Op::Append => return self.take(1, Step::Append),
            Op::SetItem => return self.take(2, Step::SetItem),
            _ => return Step::End,
        }
        Step::Inside
    }

    fn short_tuple(&mut self, length: usize) -> Step {
        if self.above() < length {
            return Step::End;
        }
        self.depth -= length - 1;
        if self.depth == 1 { Step::ShortTuple } else { Step::Inside }
    }

    /// What takes the topmost objects into the one below.
    fn take(&mut self, count: usize, all: Step) -> Step {
        match self.above() {
            above if above > count => {
                self.depth -= count;
                Step::Inside
            }
            above if above == count && self.open == 0 => all,
            _ => Step::End,
        }
    }
}

/// The instructions from `at` on, at most so many.
fn steps(input: &[u8], mut at: usize, most: usize) -> impl Iterator<Item = Step> {
    let mut scan = Scan::new();
    (0..most).map_while(move |_| {
        let (op, end) = decode(input, at).ok()?;
        at = end;
        match scan.step(op) {
            Step::End => None,
            step => Some(step),
        }
    })
}

/// How many short tuples are seen to start at `at`.
#[inline(never)]
pub(super) fn short_tuples(input: &[u8], at: usize, most: usize) -> u32 {
    let tuples = steps(input, at, most).take_while(|step| matches!(step, Step::Inside | Step::ShortTuple));
    tuples.filter(|step| matches!(step, Step::ShortTuple)).count() as u32
}

/// Whether the object at `at` is the only item of the list, or the key of the only entry of the dict, that was begun just
/// before; nothing where that is not seen.
#[inline(never)]
pub(super) fn is_single(input: &[u8], mut at: usize, most: usize, of_dict: bool) -> Option<bool> {
    let mut scan = Scan::new();
    for _ in 0..most {
        let (op, end) = decode(input, at).ok()?;
        at = end;
        match scan.step(op) {
            Step::Inside | Step::ShortTuple => {}
            Step::Append => return Some(!of_dict),
            Step::SetItem => return Some(of_dict),
            Step::End => return Some(false),
        }
    }
    None
}
