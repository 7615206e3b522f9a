//! Where in a pickle the culprit of an error was made.
//!
//! A graph does not keep offsets. So the pickle is loaded once more, which gives the same handles, beside a note of the
//! instruction that made each.

use std::collections::HashMap;

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
        made: HashMap::new(),
        held: HashMap::new(),
        root: None,
    };
    let mut machine = Machine::new();
    loop {
        let (op, end) = decode(input, notes.at).ok()?;
        if let Some(value) = machine.step(&mut notes, op).ok()? {
            notes.root = Some(value);
            break;
        }
        notes.at = end;
    }
    let at = notes.place(spot)?;
    Some((at, decode(input, at).ok().map(|(op, _)| op.opcode())))
}

/// An object, and the offset of the instruction that made it.
#[derive(Clone, Copy)]
struct Noted {
    object: Handle,
    at: usize,
}

struct Notes<'a> {
    host: GraphHost<'a>,
    /// Where the instruction starts that is being run.
    at: usize,
    /// Of all objects with an identity.
    made: HashMap<Handle, usize>,
    /// What was put into each container, since numbers have no identity.
    held: HashMap<Handle, Vec<Noted>>,
    root: Option<Noted>,
}

impl Notes<'_> {
    fn place(&self, spot: Spot) -> Option<usize> {
        let is_number = |handle: Handle| !matches!(handle.inline(), Inline::Other);
        if let Some(&at) = self.made.get(&spot.object).filter(|_| !is_number(spot.object)) {
            return Some(at);
        }
        let Some(holder) = spot.holder else {
            return self.root.map(|root| root.at);
        };
        let held = self.held.get(&holder).map(Vec::as_slice).unwrap_or_default();
        let is_it = |noted: &&Noted| noted.object == spot.object;
        let noted = held.get(spot.slot).filter(is_it).or_else(|| held.iter().rfind(is_it));
        noted.map(|noted| noted.at).or_else(|| self.made.get(&holder).copied())
    }

    fn note(&mut self, object: Handle) -> Noted {
        self.made.entry(object).or_insert(self.at);
        Noted { object, at: self.at }
    }

    fn hold(&mut self, holder: Handle, items: Items<'_, Noted>) -> Vec<Handle> {
        let items: Vec<Noted> = items.collect();
        self.held.entry(holder).or_default().extend(&items);
        items.into_iter().map(|noted| noted.object).collect()
    }
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
        let items: Vec<Noted> = items.collect();
        let mut objects: Vec<Handle> = items.iter().map(|noted| noted.object).collect();
        let object = self.host.tuple(objects.drain(..))?;
        self.held.insert(object, items);
        Ok(self.note(object))
    }

    fn frozen_set(&mut self, items: Items<'_, Noted>) -> Result<Noted, CodecError> {
        let items: Vec<Noted> = items.collect();
        let mut objects: Vec<Handle> = items.iter().map(|noted| noted.object).collect();
        let object = self.host.frozen_set(objects.drain(..))?;
        self.held.insert(object, items);
        Ok(self.note(object))
    }

    fn extend(&mut self, list: &Noted, items: Items<'_, Noted>) -> Result<(), CodecError> {
        let mut items = self.hold(list.object, items);
        self.host.extend(&list.object, items.drain(..))
    }

    fn set_items(&mut self, dict: &Noted, pairs: Items<'_, Noted>) -> Result<(), CodecError> {
        let mut pairs = self.hold(dict.object, pairs);
        self.host.set_items(&dict.object, pairs.drain(..))
    }

    fn add_items(&mut self, set: &Noted, items: Items<'_, Noted>) -> Result<(), CodecError> {
        let mut items = self.hold(set.object, items);
        self.host.add_items(&set.object, items.drain(..))
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
        let mut args: Vec<Handle> = args.map(|noted| noted.object).collect();
        let object = self.host.instance(class.object, args.drain(..))?;
        Ok(self.note(object))
    }

    fn build(&mut self, object: &Noted, state: Noted) -> Result<(), CodecError> {
        self.host.build(&object.object, state.object)
    }

    fn dropped(&mut self, object: Noted, below: Option<&Noted>) -> Result<(), CodecError> {
        self.host.dropped(object.object, below.map(|below| &below.object))
    }
}
