//! Containers and objects of a run that are written by calls: all of one, while it stands in the stack and in registers.
//!
//! Most hold few others. So nothing of them is noted but where a run has to stop within them, on the way out.

use core::slice::Iter;

use pickle_value::{Handle, Held, ObjectKind};

use super::{Ended, Noted};
use crate::graph_source::{Cursor, GraphSource};
use crate::source::{AtomWriter, Filling, Open, OpenPart, Plain, RarePart, Stop};

/// How many objects within each other are written by calls; what is deeper is noted.
///
/// Each takes some 300 bytes of the stack, and up to 13 KiB where nothing is optimised: a thread has 2 MiB, so that such a build
/// has fewer. With 16, a third of a tree 845 levels deep was noted, which took 1.1 of the time.
pub(super) const LEVELS: usize = if cfg!(debug_assertions) { 16 } else { 128 };

/// The kinds of containers, of which rows are written at one go.
const TUPLE: u8 = 0;
const LIST: u8 = 1;
const DICT: u8 = 2;
/// A list that stands in a dict. Its neighbours are keys, so there are no rows of such.
const LIST_OF_DICT: u8 = 3;

/// The container that is of such a kind, wherever it stands.
const fn plain(kind: u8) -> Plain {
    match kind {
        TUPLE => Plain::Tuple,
        DICT => Plain::Dict,
        _ => Plain::List,
    }
}

/// Why an object is not written to its end. [`Stop::Open`] says that it stands too deep for calls.
enum Halt {
    /// Nothing of it is written.
    Before(Stop),
    /// What is open of it is noted, the innermost first.
    Within(Stop),
}

impl<'g> GraphSource<'g> {
    /// Writes items, or keys and values, with all that they hold: else gives why, with those left that are not begun. What is
    /// open of the last one is noted, the innermost first.
    #[inline(always)]
    fn write_items<const MEMOIZE: bool, const IS_DICT: bool>(
        &mut self,
        rest: &mut Iter<'g, Handle>,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Stop> {
        loop {
            let ended = if IS_DICT {
                self.write_entries::<MEMOIZE>(rest, writer)
            } else {
                self.write_row::<MEMOIZE>(rest, writer)
            };
            let Some(ended) = ended else { return Ok(()) };
            // It stands where one item was looked for, so that there is room.
            if IS_DICT
                && let Ended::Begins(Plain::List) = ended
                && let [list, behind @ ..] = rest.as_slice()
                && let Ok(number) = u32::try_from(list.list_number())
            {
                let written = self.write_container::<MEMOIZE, LIST_OF_DICT>(*list, number, writer, open, levels);
                go_on(rest, behind, written)?;
                continue;
            }
            // Only what is called gets the writer's place in memory.
            let mut aside = writer.detach::<false>();
            let written = self.write_behind::<MEMOIZE>(ended, rest, &mut aside, open, levels);
            writer.attach(aside);
            written?;
        }
    }

    /// Writes the next item, for which a row has ended, and those behind it that are of its kind.
    #[inline(always)]
    fn write_behind<const MEMOIZE: bool>(
        &mut self,
        ended: Ended,
        rest: &mut Iter<'g, Handle>,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Stop> {
        match ended {
            Ended::Begins(Plain::Tuple) => self.write_containers::<MEMOIZE, TUPLE>(rest, writer, open, levels),
            Ended::Begins(Plain::List) => self.write_containers::<MEMOIZE, LIST>(rest, writer, open, levels),
            Ended::Begins(Plain::Dict) => self.write_containers::<MEMOIZE, DICT>(rest, writer, open, levels),
            Ended::Makes => self.write_objects::<MEMOIZE>(rest, writer, open, levels),
            Ended::Stops(Stop::Room) => Err(Stop::Room),
            Ended::Stops(stop) => {
                let [item, behind @ ..] = rest.as_slice() else { return Err(Stop::Shape) };
                let written = self.write_rare::<MEMOIZE>(*item, stop, writer, open, levels);
                go_on(rest, behind, written)
            }
        }
    }

    /// The same as [`write_items`](Self::write_items), for rows that may be long: those of atoms have a function of their own.
    #[inline(always)]
    pub(super) fn write_outer_items<const MEMOIZE: bool>(
        &mut self,
        rest: &mut Iter<'g, Handle>,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Stop> {
        while let Some(item) = rest.as_slice().first() {
            let ended = match item.held() {
                _ if !writer.has_room() => Ended::Stops(Stop::Room),
                Held::Tuple(_) => Ended::Begins(Plain::Tuple),
                Held::List(_) => Ended::Begins(Plain::List),
                Held::Dict(_) => Ended::Begins(Plain::Dict),
                Held::Object(number) if self.memo[self.slot_of_node(number)] == 0 => Ended::Makes,
                _ => match self.write_outer_row::<MEMOIZE>(rest, writer) {
                    None => return Ok(()),
                    Some(ended) => ended,
                },
            };
            self.write_behind::<MEMOIZE>(ended, rest, writer, open, levels)?;
        }
        Ok(())
    }

    #[inline(never)]
    fn write_outer_row<const MEMOIZE: bool>(
        &mut self,
        rest: &mut Iter<'g, Handle>,
        writer: &mut AtomWriter<'_>,
    ) -> Option<Ended> {
        let mut here = writer.detach::<MEMOIZE>();
        let mut row = rest.as_slice();
        let ended = loop {
            if row.is_empty() {
                break None;
            }
            if !here.has_room() {
                break Some(Ended::Stops(Stop::Room));
            }
            match self.write_atoms_alike::<MEMOIZE, true>(row, &mut here) {
                Ok(count) => row = &row[count..],
                Err(ended) => break Some(ended),
            }
        };
        *rest = row.iter();
        writer.attach(here);
        ended
    }

    /// The same as [`write_items`](Self::write_items), by a call.
    #[inline(never)]
    pub(super) fn write_any_items<const MEMOIZE: bool, const IS_DICT: bool>(
        &mut self,
        rest: &mut Iter<'g, Handle>,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Stop> {
        let mut here = writer.detach::<MEMOIZE>();
        let mut row = rest.clone();
        let written = self.write_items::<MEMOIZE, IS_DICT>(&mut row, &mut here, open, levels);
        *rest = row;
        writer.attach(here);
        written
    }

    /// Writes the items that a row begins with as long as they are of one kind, with the writer's place in registers.
    #[inline(always)]
    fn write_alike<const MEMOIZE: bool>(
        &mut self,
        rest: &mut Iter<'g, Handle>,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        write: impl Fn(&mut Self, Handle, &mut AtomWriter<'_>, &mut Noted<'g>) -> Option<Result<(), Halt>>,
    ) -> Result<(), Stop> {
        let mut here = writer.detach::<MEMOIZE>();
        let mut row = rest.clone();
        let written = loop {
            let [item, behind @ ..] = row.as_slice() else { break Ok(()) };
            if !here.has_room() {
                break Err(Stop::Room);
            }
            let Some(written) = write(self, *item, &mut here, open) else { break Ok(()) };
            if let Err(stop) = go_on(&mut row, behind, written) {
                break Err(stop);
            }
        };
        *rest = row;
        writer.attach(here);
        written
    }

    /// Containers of a kind: [`TUPLE`], [`LIST`] or [`DICT`].
    #[inline(never)]
    fn write_containers<const MEMOIZE: bool, const KIND: u8>(
        &mut self,
        rest: &mut Iter<'g, Handle>,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Stop> {
        self.write_alike::<MEMOIZE>(rest, writer, open, |source, item, writer, open| {
            let number = match KIND {
                TUPLE => item.tuple_number(),
                LIST => item.list_number(),
                _ => item.dict_number(),
            };
            let number = u32::try_from(number).ok()?;
            Some(source.write_container::<MEMOIZE, KIND>(item, number, writer, open, levels))
        })
    }

    #[inline(never)]
    fn write_objects<const MEMOIZE: bool>(
        &mut self,
        rest: &mut Iter<'g, Handle>,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Stop> {
        self.write_alike::<MEMOIZE>(rest, writer, open, |source, item, writer, open| {
            let number = u32::try_from(item.object_number()).ok()?;
            Some(source.write_object::<MEMOIZE>(item, number, writer, open, levels))
        })
    }

    /// Writes a container of a kind, with this number among nodes.
    #[inline(always)]
    fn write_container<const MEMOIZE: bool, const KIND: u8>(
        &mut self,
        object: Handle,
        number: u32,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Halt> {
        let container = const { plain(KIND) };
        let slot = self.slot_of_node(number);
        if let Some(known) = self.memo[slot].checked_sub(1) {
            writer.known(known);
            return Ok(());
        }
        let items = self.graph.row(number);
        let length = items.len();
        if length == 0 && container == Plain::Tuple {
            writer.empty_tuple();
            return Ok(());
        }
        if length > AtomWriter::MOST_PLAIN {
            return Err(Halt::Before(Stop::Shape));
        }
        if levels == 0 {
            return Err(Halt::Before(Stop::Open));
        }
        if let Some(index) = writer.begin(container, length) {
            self.memo[slot] = index + 1;
        }
        if length == 0 {
            return Ok(());
        }
        let mut rest = items.iter();
        let mut written = match KIND {
            DICT => self.write_items::<MEMOIZE, true>(&mut rest, writer, open, levels - 1),
            LIST_OF_DICT => self.write_rows_of_list::<MEMOIZE>(&mut rest, writer, open, levels - 1),
            _ => self.write_items::<MEMOIZE, false>(&mut rest, writer, open, levels - 1),
        };
        if written.is_ok() {
            written = if !writer.has_room_for_end() {
                Err(Stop::Narrow)
            } else if container == Plain::Tuple && self.memo[slot] > 0 {
                // It was written within itself.
                Err(Stop::Atom)
            } else {
                Ok(())
            };
        }
        if let Err(stop) = written {
            open.push(Open { object, part: OpenPart::Items(container), length, rest: Cursor::new(rest.as_slice()) });
            return Err(Halt::Within(stop));
        }
        if let Some(index) = writer.end(container, length) {
            self.memo[slot] = index + 1;
        }
        Ok(())
    }

    /// Writes the items of a list that stands in a dict. Often they are dicts or tuples, or begin with some: then these are
    /// called for at once.
    #[inline(always)]
    fn write_rows_of_list<const MEMOIZE: bool>(
        &mut self,
        rest: &mut Iter<'g, Handle>,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Stop> {
        let first = rest.as_slice().first().copied().unwrap_or(Handle::NONE);
        let mut aside = writer.detach::<false>();
        let mut written = match first.held() {
            Held::Dict(_) => self.write_containers::<MEMOIZE, DICT>(rest, &mut aside, open, levels),
            Held::Tuple(_) => self.write_containers::<MEMOIZE, TUPLE>(rest, &mut aside, open, levels),
            _ => Ok(()),
        };
        if written.is_ok() && !rest.as_slice().is_empty() {
            written = self.write_any_items::<MEMOIZE, false>(rest, &mut aside, open, levels);
        }
        writer.attach(aside);
        written
    }

    /// Writes an object with this number among nodes.
    ///
    /// Most have a class that the memo has, no arguments, and a dict that is written here for the first time.
    #[inline(always)]
    fn write_object<const MEMOIZE: bool>(
        &mut self,
        object: Handle,
        number: u32,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Halt> {
        if let Some(known) = self.memo[self.slot_of_node(number)].checked_sub(1) {
            writer.known(known);
            return Ok(());
        }
        if levels > 1
            && let Some((state, items)) = self.begin_instance::<MEMOIZE>(number, writer)
        {
            return self.write_instance::<MEMOIZE>(object, state, items, writer, open, levels);
        }
        let mut aside = writer.detach::<false>();
        let written = self.write_made::<MEMOIZE>(object, number, &mut aside, open, levels);
        writer.attach(aside);
        written
    }

    /// Writes the beginning of an instance that is like most, if it is, and of its dict. Gives that with its items.
    #[inline(always)]
    fn begin_instance<const MEMOIZE: bool>(
        &mut self,
        number: u32,
        writer: &mut AtomWriter<'_>,
    ) -> Option<(Handle, &'g [Handle])> {
        let object = self.graph.object(number);
        let &[class, args, state] = self.graph.row(number) else { return None };
        let (Held::Tuple(args), Held::Dict(dict)) = (args.held(), state.held()) else { return None };
        if !MEMOIZE
            || object.kind() != ObjectKind::New
            || !self.graph.row(args).is_empty()
            || !writer.has_room_for_instance()
        {
            return None;
        }
        let get = self.classes.get(class)?;
        let items = self.graph.row(dict);
        let [slot, slot_of_dict] = [number, dict].map(|number| self.slot_of_node(number));
        if items.len() > AtomWriter::MOST_PLAIN || items.is_empty() || self.memo[slot_of_dict] > 0 {
            return None;
        }
        let index = writer.begin_instance(get, items.len());
        self.memo[slot] = index + 1;
        self.memo[slot_of_dict] = index + 2;
        Some((state, items))
    }

    /// Writes the items of an instance's dict, and what stands behind them.
    #[inline(always)]
    fn write_instance<const MEMOIZE: bool>(
        &mut self,
        object: Handle,
        state: Handle,
        items: &'g [Handle],
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Halt> {
        let mut rest = items.iter();
        let mut written = self.write_items::<MEMOIZE, true>(&mut rest, writer, open, levels - 2);
        if written.is_ok() && !writer.has_room_for_end() {
            written = Err(Stop::Narrow);
        }
        if let Err(stop) = written {
            let (length, rest) = (items.len(), Cursor::new(rest.as_slice()));
            open.push(Open { object: state, part: OpenPart::Items(Plain::Dict), length, rest });
            open.push(Open { object, part: OpenPart::State, length: 1, rest: Cursor::new(&[]) });
            return Err(Halt::Within(stop));
        }
        writer.end_instance(items.len());
        Ok(())
    }

    /// Writes any object likewise.
    #[inline(never)]
    fn write_made<const MEMOIZE: bool>(
        &mut self,
        object: Handle,
        number: u32,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Halt> {
        if levels == 0 {
            return Err(Halt::Before(Stop::Open));
        }
        match self.begin_object(self.graph.object(number)) {
            Some((OpenPart::Making { is_new }, parts)) => {
                self.write_parts_of::<MEMOIZE>(object, is_new, parts, writer, open, levels)
            }
            Some((part, parts)) => {
                self.own_argument_of(part, parts);
                self.write_rare_rows::<MEMOIZE>(object, part, parts, writer, open, levels)
            }
            None => Err(Halt::Before(Stop::Shape)),
        }
    }

    /// Writes an object that is made of its callable, its arguments and its state.
    #[inline(always)]
    fn write_parts_of<const MEMOIZE: bool>(
        &mut self,
        object: Handle,
        is_new: bool,
        parts: &'g [Handle],
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Halt> {
        let (callable_and_args, state) = parts.split_at(2);
        let (mut rest, mut state) = (callable_and_args.iter(), state.iter());
        let mut written = self.write_parts::<MEMOIZE>(&mut rest, is_new, writer, open, levels - 1);
        let slot = self.slot(object);
        if written.is_ok() {
            written = if !writer.has_room_for_end() {
                Err(Stop::Narrow)
            } else if self.memo[slot] > 0 {
                // It was written within itself.
                Err(Stop::Atom)
            } else {
                Ok(())
            };
        }
        if let Err(stop) = written {
            open.push(Open {
                object,
                part: OpenPart::Making { is_new },
                length: 2,
                rest: Cursor::new(rest.as_slice()),
            });
            return Err(Halt::Within(stop));
        }
        let index = writer.make(is_new);
        self.memo[slot] = index + 1;
        if state.len() == 0 {
            return Ok(());
        }
        let mut written = self.write_parts::<MEMOIZE>(&mut state, false, writer, open, levels - 1);
        if written.is_ok() && !writer.has_room_for_end() {
            written = Err(Stop::Narrow);
        }
        if let Err(stop) = written {
            open.push(Open { object, part: OpenPart::State, length: 1, rest: Cursor::new(state.as_slice()) });
            return Err(Halt::Within(stop));
        }
        writer.build();
        Ok(())
    }

    /// Writes what is rarer and no object, if it is any that a run has; else gives why it was stopped for it.
    #[inline(never)]
    fn write_rare<const MEMOIZE: bool>(
        &mut self,
        item: Handle,
        stop: Stop,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Halt> {
        if self.write_rare_atom(item, writer) {
            return Ok(());
        }
        if levels == 0 {
            return Err(Halt::Before(if stop == Stop::Shape { Stop::Open } else { stop }));
        }
        let Some((part, items)) = self.write_rare_begin(item, writer) else { return Err(Halt::Before(stop)) };
        self.write_rare_rows::<MEMOIZE>(item, part, items, writer, open, levels)
    }

    /// Writes the items of what is rare and begun, and what it is filled with.
    #[inline(never)]
    fn write_rare_rows<const MEMOIZE: bool>(
        &mut self,
        item: Handle,
        part: OpenPart,
        items: &'g [Handle],
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Halt> {
        let mut row = Open { object: item, part, length: items.len(), rest: Cursor::new(items) };
        loop {
            let written = if row.part == OpenPart::Rare(RarePart::Filling(Filling::Dict)) {
                self.write_filled::<MEMOIZE, true>(&mut row, writer, open, levels - 1)
            } else {
                self.write_filled::<MEMOIZE, false>(&mut row, writer, open, levels - 1)
            };
            let ended = match written {
                Err(stop) => Err(stop),
                Ok(()) if !writer.has_room_for_end() => Err(Stop::Narrow),
                Ok(()) => self.write_rare_end(&mut row, writer).ok_or(Stop::Atom),
            };
            match ended {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(stop) => {
                    open.push(row);
                    return Err(Halt::Within(stop));
                }
            }
        }
    }

    /// Writes a row of what is rare.
    #[inline(always)]
    fn write_filled<const MEMOIZE: bool, const IS_DICT: bool>(
        &mut self,
        row: &mut Open<Handle, Cursor<'g>>,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Stop> {
        let mut here = writer.detach::<MEMOIZE>();
        let mut rest = row.rest.items.clone();
        let written = self.write_items::<MEMOIZE, IS_DICT>(&mut rest, &mut here, open, levels);
        row.rest.items = rest;
        writer.attach(here);
        written
    }

    /// Writes the parts of an object; the arguments of an instance are its own.
    #[inline(always)]
    fn write_parts<const MEMOIZE: bool>(
        &mut self,
        rest: &mut Iter<'g, Handle>,
        is_new: bool,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Stop> {
        while let [part, behind @ ..] = rest.as_slice()
            && writer.has_room()
        {
            match part.held() {
                Held::Object(number) if self.memo[self.slot_of_node(number)] > 0 => {
                    writer.known(self.memo[self.slot_of_node(number)] - 1);
                    *rest = behind.iter();
                }
                Held::Tuple(number) if self.graph.row(number).is_empty() => {
                    writer.empty_tuple();
                    *rest = behind.iter();
                }
                Held::Tuple(number) => {
                    if is_new && let [only] = self.graph.row(number) {
                        self.own_text(*only);
                    }
                    self.write_containers::<MEMOIZE, TUPLE>(rest, writer, open, levels)?;
                }
                Held::Dict(_) => self.write_containers::<MEMOIZE, DICT>(rest, writer, open, levels)?,
                _ => return self.write_rare_parts::<MEMOIZE>(rest, is_new, writer, open, levels),
            }
        }
        if rest.len() == 0 { Ok(()) } else { self.stop_for_room(rest, is_new) }
    }

    /// What is left is written otherwise.
    #[cold]
    fn stop_for_room(&mut self, rest: &Iter<'g, Handle>, is_new: bool) -> Result<(), Stop> {
        if let (true, Some(args)) = (is_new, rest.as_slice().last()) {
            self.own_argument(*args);
        }
        Err(Stop::Room)
    }

    /// The same of any.
    #[inline(never)]
    fn write_rare_parts<const MEMOIZE: bool>(
        &mut self,
        rest: &mut Iter<'g, Handle>,
        is_new: bool,
        writer: &mut AtomWriter<'_>,
        open: &mut Noted<'g>,
        levels: usize,
    ) -> Result<(), Stop> {
        if let (true, Some(args)) = (is_new, rest.as_slice().last()) {
            self.own_argument(*args);
        }
        self.write_outer_items::<MEMOIZE>(rest, writer, open, levels)
    }
}

/// Goes on behind what is written, or begun.
#[inline(always)]
fn go_on<'g>(rest: &mut Iter<'g, Handle>, behind: &'g [Handle], written: Result<(), Halt>) -> Result<(), Stop> {
    match written {
        Ok(()) => *rest = behind.iter(),
        Err(Halt::Before(stop)) => return Err(stop),
        Err(Halt::Within(stop)) => {
            *rest = behind.iter();
            return Err(stop);
        }
    }
    Ok(())
}
