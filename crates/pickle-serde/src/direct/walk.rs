//! [`Walk`]: where the items of a container begin and end.

use pickle_codec::opcodes::Opcode;

use super::reader::{APPENDS, EMPTY_DICT, EMPTY_LIST, EMPTY_TUPLE, MARK, Reader, SET_ITEMS, STOP, TUPLE};
use super::scan;

/// What an object stands in, which tells what may follow it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    None,
    /// A list or a tuple.
    Items,
    /// A dict, as a value.
    Dict,
}

/// How a container is spelled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    List,
    Dict,
    Tuple,
    ShortTuple,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Where a batch may begin, or an item by itself.
    Before,
    /// In a batch, or in a tuple.
    Open,
    /// Behind an item by itself.
    Single,
    Done,
}

/// The items of a container, as the cursor goes over them.
pub(super) struct Walk {
    form: Form,
    state: State,
    holder: Holder,
    closing: u8,
    /// How many items of the batch, or of the short tuple, were begun.
    given: u32,
    start: usize,
    /// How many short tuples start where this one does.
    levels: u32,
}

const TUPLE_1: u8 = Opcode::Tuple1 as u8;
const TUPLE_2: u8 = Opcode::Tuple2 as u8;
const TUPLE_3: u8 = Opcode::Tuple3 as u8;
/// How many items picklers put between a mark and what takes them.
const BATCH: u32 = 1000;
/// How many instructions are looked at to tell a container of one item from an empty one.
const LOOK: usize = 128;

impl Walk {
    #[inline(always)]
    fn new(form: Form, state: State, closing: u8, holder: Holder, start: usize) -> Walk {
        Walk { form, state, holder, closing, given: 0, start, levels: 0 }
    }

    /// A list whose beginning was read.
    #[inline(always)]
    pub(super) fn list(holder: Holder) -> Walk {
        Walk::new(Form::List, State::Before, APPENDS, holder, 0)
    }

    /// The list that begins at the cursor.
    #[inline(always)]
    pub(super) fn begin_list(reader: &mut Reader<'_>, holder: Holder) -> Walk {
        let state = if reader.begin_container() { State::Open } else { State::Before };
        Walk::new(Form::List, state, APPENDS, holder, 0)
    }

    /// A dict whose beginning was read.
    #[inline(always)]
    pub(super) fn dict(holder: Holder) -> Walk {
        Walk::new(Form::Dict, State::Before, SET_ITEMS, holder, 0)
    }

    /// The dict that begins at the cursor.
    #[inline(always)]
    pub(super) fn begin_dict(reader: &mut Reader<'_>, holder: Holder) -> Walk {
        let state = if reader.begin_container() { State::Open } else { State::Before };
        Walk::new(Form::Dict, state, SET_ITEMS, holder, 0)
    }

    /// The empty tuple, which was read.
    #[inline(always)]
    pub(super) fn empty() -> Walk {
        Walk::new(Form::Tuple, State::Done, TUPLE, Holder::None, 0)
    }

    /// A tuple whose mark at `start` was read.
    #[inline(always)]
    pub(super) fn tuple(start: usize) -> Walk {
        Walk::new(Form::Tuple, State::Open, TUPLE, Holder::None, start)
    }

    /// A tuple of one to three items that starts at the cursor.
    #[inline(always)]
    pub(super) fn short_tuple(reader: &mut Reader<'_>) -> Walk {
        Walk::new(Form::ShortTuple, State::Open, 0, Holder::None, reader.begin_short_tuple())
    }
}

impl<'i> Reader<'i> {
    /// The next key of a dict in a batch, if it is text that the memo has and that was asked for before.
    #[inline(always)]
    pub(super) fn next_known_name(&mut self, walk: &mut Walk) -> Option<&'i str> {
        if walk.state != State::Open {
            return None;
        }
        let name = self.known_name()?;
        walk.given += 1;
        Some(name)
    }
}

impl Reader<'_> {
    /// True if another item of the container, or another key, begins at the cursor; at its end the cursor is behind it.
    #[inline(always)]
    pub(super) fn has_more(&mut self, walk: &mut Walk) -> bool {
        if walk.state == State::Open {
            let byte = self.peek();
            let goes_on = match walk.form {
                Form::ShortTuple => walk.given == 0 || (walk.given == 2 && !matches!(byte, TUPLE_1..=TUPLE_3)),
                _ => byte != walk.closing,
            };
            if goes_on {
                walk.given += 1;
                return true;
            }
            if matches!(walk.form, Form::List | Form::Dict) && walk.given != BATCH {
                self.at += 1;
                walk.state = State::Done;
                return false;
            }
        }
        walk.state != State::Done && self.has_more_otherwise(walk)
    }

    #[inline(never)]
    fn has_more_otherwise(&mut self, walk: &mut Walk) -> bool {
        match (walk.state, walk.form) {
            (State::Done, _) => false,
            (State::Open, Form::ShortTuple) => self.has_more_of_short(walk),
            (State::Open, Form::Tuple) => {
                self.at += 1;
                walk.state = State::Done;
                self.memoize(walk.start);
                false
            }
            (State::Open, _) => {
                self.at += 1;
                // Where the batch was a full one, another may follow.
                walk.state = if walk.given == BATCH { State::Before } else { State::Done };
                walk.given = 0;
                self.has_more_otherwise(walk)
            }
            (State::Single, form) => {
                let one = if form == Form::List { Opcode::Append } else { Opcode::SetItem };
                if self.peek() == one.byte() {
                    self.at += 1;
                } else {
                    self.fail();
                }
                walk.state = State::Done;
                false
            }
            (State::Before, _) => self.begin_items(walk),
        }
    }

    fn has_more_of_short(&mut self, walk: &mut Walk) -> bool {
        if walk.given == 1 {
            walk.levels = self.levels(walk.start);
        }
        let closing = match walk.given {
            0 => None,
            1 => Some(Opcode::Tuple1),
            2 => Some(Opcode::Tuple2),
            _ => Some(Opcode::Tuple3),
        };
        if closing.is_some_and(|closing| self.peek() == closing.byte()) {
            self.at += 1;
            walk.state = State::Done;
            self.end_short_tuple(walk.start, walk.levels);
            return false;
        }
        if walk.given == 3 {
            self.fail();
            walk.state = State::Done;
            return false;
        }
        walk.given += 1;
        true
    }

    /// The first item, if there is one: an empty container has no end of its own.
    fn begin_items(&mut self, walk: &mut Walk) -> bool {
        if self.peek() == MARK {
            self.at += 1;
            walk.state = State::Open;
            return self.has_more(walk);
        }
        if self.is_single(walk) {
            walk.state = State::Single;
            return true;
        }
        walk.state = State::Done;
        false
    }

    /// Whether what begins at the cursor is the only item. A wrong guess does no harm but that reading fails: then what
    /// takes the items is not where it should be.
    fn is_single(&mut self, walk: &Walk) -> bool {
        let byte = self.peek();
        let ends = [Opcode::Appends, Opcode::SetItems, Opcode::Tuple, Opcode::Append, Opcode::SetItem];
        if byte == STOP || ends.iter().any(|end| end.byte() == byte) {
            return false;
        }
        let of_dict = walk.form == Form::Dict;
        let is_container = byte == EMPTY_LIST || byte == EMPTY_DICT;
        match walk.holder {
            // Nothing follows the root, and no key is a list or dict.
            Holder::None => true,
            Holder::Dict if is_container && !of_dict => true,
            _ if is_container && of_dict => false,
            holder => scan::is_single(self.input, self.at, LOOK, of_dict)
                .unwrap_or(holder == Holder::Dict || byte != EMPTY_LIST),
        }
    }

    /// Passes over an object, whatever it is; nothing where that cannot be.
    pub(super) fn skip(&mut self, holder: Holder, depth: u32) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        if self.is_short_tuple(SHORT_LOOK) {
            let mut walk = Walk::short_tuple(self);
            return self.skip_items(&mut walk, depth);
        }
        let start = self.at;
        match self.peek() {
            EMPTY_LIST => {
                let mut walk = Walk::begin_list(self, holder);
                self.skip_items(&mut walk, depth)
            }
            EMPTY_DICT => {
                let mut walk = Walk::begin_dict(self, holder);
                self.skip_entries(&mut walk, depth)
            }
            MARK => {
                self.at += 1;
                self.skip_items(&mut Walk::tuple(start), depth)
            }
            EMPTY_TUPLE => {
                self.at += 1;
                Some(())
            }
            _ => self.token().map(|_| ()),
        }
    }

    fn skip_items(&mut self, walk: &mut Walk, depth: u32) -> Option<()> {
        while self.has_more(walk) {
            self.skip(Holder::Items, depth)?;
        }
        (!self.failed).then_some(())
    }

    fn skip_entries(&mut self, walk: &mut Walk, depth: u32) -> Option<()> {
        while self.has_more(walk) {
            self.skip_key()?;
            self.skip(Holder::Dict, depth)?;
        }
        (!self.failed).then_some(())
    }
}

/// A tuple of as many items as the type says, which needs no look at what follows each; any other is not understood.
pub(super) struct Fixed {
    start: usize,
    length: usize,
    given: usize,
    /// Where the item started that is read now.
    item: usize,
    /// How many short tuples start where this one does; of one with a mark, none.
    levels: u32,
    has_mark: bool,
}

impl Fixed {
    /// A tuple whose mark is at the cursor.
    #[inline(always)]
    pub(super) fn marked(reader: &mut Reader<'_>, length: usize) -> Fixed {
        let start = reader.at;
        reader.at += 1;
        Fixed { start, length, given: 0, item: usize::MAX, levels: 0, has_mark: true }
    }

    /// A tuple of one to three items that starts at the cursor.
    #[inline(always)]
    pub(super) fn short(reader: &mut Reader<'_>, length: usize) -> Fixed {
        let start = reader.begin_short_tuple();
        Fixed { start, length, given: 0, item: usize::MAX, levels: 0, has_mark: false }
    }

    /// How many items are still to come.
    #[inline(always)]
    pub(super) fn left(&self) -> usize {
        self.length - self.given
    }
}

impl Reader<'_> {
    /// True if another item is to be read at the cursor.
    #[inline(always)]
    pub(super) fn has_more_of_fixed(&mut self, tuple: &mut Fixed) -> bool {
        self.peek();
        // A type that reads nothing would be given what is not there.
        if self.failed || tuple.left() == 0 || tuple.item == self.at {
            return false;
        }
        tuple.given += 1;
        tuple.item = self.at;
        true
    }

    /// Says that the item was read.
    #[inline(always)]
    pub(super) fn end_item_of_fixed(&self, tuple: &mut Fixed) {
        if tuple.given == 1 && !tuple.has_mark {
            tuple.levels = self.levels(tuple.start);
        }
    }

    /// The end of the tuple; false where it does not end here.
    #[inline(always)]
    pub(super) fn end_fixed(&mut self, tuple: &Fixed) -> bool {
        let closing = match tuple.length {
            _ if tuple.has_mark => TUPLE,
            1 => TUPLE_1,
            2 => TUPLE_2,
            _ => TUPLE_3,
        };
        if self.peek() != closing || tuple.left() > 0 || tuple.item == self.at {
            return false;
        }
        self.at += 1;
        if tuple.has_mark {
            self.memoize(tuple.start);
        } else {
            self.end_short_tuple(tuple.start, tuple.levels);
        }
        true
    }
}

/// How many instructions are looked at to tell a short tuple from its first item.
pub(super) const SHORT_LOOK: usize = 16;
