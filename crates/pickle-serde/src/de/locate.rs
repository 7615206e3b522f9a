//! Where in a pickle the culprit of an error was made.
//!
//! A graph does not keep offsets. So the pickle is loaded once more, which gives the same handles, beside a note of the
//! instruction that made each.

use pickle_codec::opcodes::{Opcode, decode};
use pickle_codec::value::{Builder, Handle, Inline};
use pickle_codec::{Error as CodecError, GraphHost, Host, Items, LoadOptions, Machine};

use crate::error::{Error, Spot};

/// The error with the place of its culprit, in the pickle that starts at `offset` of `input`.
#[cold]
pub(crate) fn located(error: Error, load: &LoadOptions, input: &[u8], offset: usize) -> Error {
    let Some(spot) = error.spot() else {
        return error;
    };
    match find(spot, load, input, offset) {
        Some((offset, opcode)) => error.placed(offset, opcode),
        None => error,
    }
}

fn find(spot: Spot, load: &LoadOptions, input: &[u8], offset: usize) -> Option<(usize, Option<Opcode>)> {
    let mut notes = Notes {
        host: GraphHost::new(Builder::with_input(input), load.clone()),
        at: offset,
        spot,
        object: None,
        holder: None,
        held: 0,
        in_slot: None,
        in_any: None,
    };
    let mut machine = Machine::new();
    let root = loop {
        let (op, end) = decode(input, notes.at).ok()?;
        if let Some(value) = machine.step(&mut notes, op).ok()? {
            break value;
        }
        notes.at = end;
    };
    let at = notes.place(root)?;
    Some((at, decode(input, at).ok().map(|(op, _)| op.opcode())))
}

/// An object, and the offset of the instruction that made it.
#[derive(Clone, Copy)]
struct Noted {
    object: Handle,
    at: usize,
}

/// What is known of the spot that is looked for; of all else nothing, so that it takes no memory.
struct Notes<'a> {
    host: GraphHost<'a>,
    /// Where the instruction starts that is being run.
    at: usize,
    spot: Spot,
    /// Where the object was made, unless it is a number: these have no identity.
    object: Option<usize>,
    /// Where its holder was made.
    holder: Option<usize>,
    /// How many the holder has got.
    held: usize,
    /// Where the object that stands in the slot was made, and the last one of those that stand in any.
    in_slot: Option<usize>,
    in_any: Option<usize>,
}

impl Notes<'_> {
    fn place(&self, root: Noted) -> Option<usize> {
        match self.spot.holder {
            _ if self.object.is_some() => self.object,
            None => Some(root.at),
            Some(_) => self.in_slot.or(self.in_any).or(self.holder),
        }
    }

    fn note(&mut self, object: Handle) -> Noted {
        if object == self.spot.object && matches!(object.inline(), Inline::Other) {
            self.object.get_or_insert(self.at);
        }
        if Some(object) == self.spot.holder {
            self.holder.get_or_insert(self.at);
        }
        Noted { object, at: self.at }
    }

    /// Looks for the object among items of its holder.
    fn hold(&mut self, holder: Handle, items: &[Noted]) {
        if Some(holder) != self.spot.holder {
            return;
        }
        for item in items.iter().filter(|item| item.object == self.spot.object) {
            self.in_any = Some(item.at);
        }
        let slot = self.spot.slot.checked_sub(self.held).and_then(|slot| items.get(slot));
        if let Some(item) = slot.filter(|item| item.object == self.spot.object) {
            self.in_slot = Some(item.at);
        }
        self.held += items.len();
    }
}

fn objects(items: &[Noted]) -> Vec<Handle> {
    items.iter().map(|noted| noted.object).collect()
}

/// The methods that make an object from nothing but what the instruction has.
macro_rules! plain {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {
        $(fn $name(&mut self $(, $argument: $type)*) -> Result<Noted, CodecError> {
            let object = self.host.$name($($argument),*)?;
            Ok(self.note(object))
        })*
    };
}

impl Host for Notes<'_> {
    type Object = Noted;
    type Error = CodecError;

    plain! {
        none();
        bool(value: bool);
        int32(value: i32);
        int(value: i64);
        long(bytes: &[u8]);
        float(value: f64);
        text(utf8: &[u8]);
        byte_string(bytes: &[u8]);
        byte_string_of(opcode: Opcode, argument: &[u8], bytes: &[u8]);
        bytes(bytes: &[u8]);
        byte_array(bytes: &[u8]);
        next_buffer();
        list();
        dict();
        set();
        global(module: &[u8], name: &[u8], protocol: u8);
        extension(code: u32, protocol: u8);
    }

    fn readonly_buffer(&mut self, buffer: Noted) -> Result<Noted, CodecError> {
        let object = self.host.readonly_buffer(buffer.object)?;
        Ok(self.note(object))
    }

    fn tuple(&mut self, items: Items<'_, Noted>) -> Result<Noted, CodecError> {
        let object = self.host.tuple(objects(items.as_slice()).drain(..))?;
        self.hold(object, items.as_slice());
        Ok(self.note(object))
    }

    fn frozen_set(&mut self, items: Items<'_, Noted>) -> Result<Noted, CodecError> {
        let object = self.host.frozen_set(objects(items.as_slice()).drain(..))?;
        self.hold(object, items.as_slice());
        Ok(self.note(object))
    }

    fn extend(&mut self, list: &Noted, items: Items<'_, Noted>) -> Result<(), CodecError> {
        self.hold(list.object, items.as_slice());
        self.host.extend(&list.object, objects(items.as_slice()).drain(..))
    }

    fn set_items(&mut self, dict: &Noted, pairs: Items<'_, Noted>) -> Result<(), CodecError> {
        self.hold(dict.object, pairs.as_slice());
        self.host.set_items(&dict.object, objects(pairs.as_slice()).drain(..))
    }

    fn add_items(&mut self, set: &Noted, items: Items<'_, Noted>) -> Result<(), CodecError> {
        self.hold(set.object, items.as_slice());
        self.host.add_items(&set.object, objects(items.as_slice()).drain(..))
    }

    fn stack_global(&mut self, module: Noted, name: Noted, protocol: u8) -> Result<Noted, CodecError> {
        let object = self.host.stack_global(module.object, name.object, protocol)?;
        Ok(self.note(object))
    }

    fn persistent(&mut self, id: Noted) -> Result<Noted, CodecError> {
        let object = self.host.persistent(id.object)?;
        Ok(self.note(object))
    }

    fn reduce(&mut self, callable: Noted, args: Noted) -> Result<Noted, CodecError> {
        let object = self.host.reduce(callable.object, args.object)?;
        Ok(self.note(object))
    }

    fn new_object(&mut self, class: Noted, args: Noted) -> Result<Noted, CodecError> {
        let object = self.host.new_object(class.object, args.object)?;
        Ok(self.note(object))
    }

    fn new_object_ex(&mut self, class: Noted, args: Noted, kwargs: Noted) -> Result<Noted, CodecError> {
        let object = self.host.new_object_ex(class.object, args.object, kwargs.object)?;
        Ok(self.note(object))
    }

    fn instance(&mut self, class: Noted, args: Items<'_, Noted>) -> Result<Noted, CodecError> {
        let object = self.host.instance(class.object, objects(args.as_slice()).drain(..))?;
        Ok(self.note(object))
    }

    fn build(&mut self, object: &Noted, state: Noted) -> Result<(), CodecError> {
        self.host.build(&object.object, state.object)
    }

    fn dropped(&mut self, object: Noted, below: Option<&Noted>) -> Result<(), CodecError> {
        self.host.dropped(object.object, below.map(|below| &below.object))
    }
}
