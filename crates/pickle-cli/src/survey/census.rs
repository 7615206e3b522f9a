//! [`Census`]: a host that notes the globals and keeps no values.

use core::fmt;
use core::num::NonZeroU32;
use std::collections::BTreeSet;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use pickle_codec::{Host, Items};

/// Longer texts name nothing.
const MAX_NAME: usize = 1024;

/// How many bytes of texts are kept, and how many texts, at most.
const MAX_KEPT: usize = 8 << 20;
const MAX_TEXTS: u32 = 1 << 16;

/// What an object is to the census: a text, by number, or anything else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Thing(NonZeroU32);

impl Thing {
    const OTHER: Thing = Thing(NonZeroU32::MIN);
    /// A text that was not kept.
    const FORGOTTEN: Thing = Thing(NonZeroU32::MIN.saturating_add(1));
    /// The numbers of texts begin here; those passing by, which were too many to keep, at half of all.
    const KEPT: u32 = 3;
    const PASSING: u32 = 1 << 31;

    fn number(number: u32) -> Thing {
        NonZeroU32::new(number).map_or(Thing::FORGOTTEN, Thing)
    }
}

/// Notes the globals of one pickle.
#[derive(Default)]
pub(super) struct Census {
    pub(super) globals: BTreeSet<(String, String)>,
    /// How many times a global was named by texts that had not been kept.
    pub(super) unknown: u64,
    texts: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32, RandomState>,
    kept: usize,
    /// The last texts that were too many to keep: a global's names stand right before it the first time.
    passing: [Box<str>; 4],
    passed: u32,
    /// Those of them that named a global, which the memo may hand out again.
    names: HashMap<u32, Box<str>, RandomState>,
}

/// What the census does not go on with.
#[derive(Debug)]
pub(super) struct Refusal;

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("STACK_GLOBAL requires str")
    }
}

impl Census {
    fn enter(&mut self, utf8: &[u8]) -> Thing {
        let text = match core::str::from_utf8(utf8) {
            Ok(text) if text.len() <= MAX_NAME => text,
            _ => return Thing::FORGOTTEN,
        };
        if let Some(&number) = self.numbers.get(text) {
            return Thing::number(Thing::KEPT + number);
        }
        let number = self.texts.len() as u32;
        if self.kept + 2 * text.len() > MAX_KEPT || number >= MAX_TEXTS {
            return self.pass(text);
        }
        self.kept += 2 * text.len();
        self.texts.push(text.into());
        self.numbers.insert(text.into(), number);
        Thing::number(Thing::KEPT + number)
    }

    #[cold]
    fn pass(&mut self, text: &str) -> Thing {
        let number = self.passed;
        if number >= Thing::PASSING {
            return Thing::FORGOTTEN;
        }
        self.passed += 1;
        self.passing[number as usize % self.passing.len()] = text.into();
        Thing::number(Thing::PASSING + number)
    }

    /// The text of a thing that is one; none where it was not kept.
    fn text_of(&self, thing: Thing) -> Option<&str> {
        let number = thing.0.get();
        if let Some(passing) = number.checked_sub(Thing::PASSING) {
            let ago = self.passed - passing;
            let is_there = ago as usize <= self.passing.len();
            let text = if is_there { self.passing.get(passing as usize % 4) } else { self.names.get(&passing) };
            return text.map(|text| &**text);
        }
        let kept = number.checked_sub(Thing::KEPT)?;
        self.texts.get(kept as usize).map(|text| &**text)
    }

    /// A text that names a global.
    fn name(&mut self, thing: Thing) -> Option<String> {
        let name = String::from(self.text_of(thing)?);
        if let Some(passing) = thing.0.get().checked_sub(Thing::PASSING) {
            self.names.insert(passing, name.as_str().into());
        }
        Some(name)
    }

    fn note(&mut self, module: &[u8], name: &[u8]) -> Thing {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        self.globals.insert((text(module), text(name)));
        Thing::OTHER
    }
}

type Made = Result<Thing, Refusal>;

impl Host for Census {
    type Object = Thing;
    type Error = Refusal;

    fn text(&mut self, utf8: &[u8]) -> Made {
        Ok(self.enter(utf8))
    }

    /// The loader takes Python 2's str for text, where it is ASCII.
    fn byte_string(&mut self, bytes: &[u8]) -> Made {
        Ok(self.enter(bytes))
    }

    fn global(&mut self, module: &[u8], name: &[u8], _protocol: u8) -> Made {
        Ok(self.note(module, name))
    }

    fn stack_global(&mut self, module: Thing, name: Thing, _protocol: u8) -> Made {
        if module == Thing::OTHER || name == Thing::OTHER {
            return Err(Refusal);
        }
        match (self.name(module), self.name(name)) {
            (Some(module), Some(name)) => Ok(self.note(module.as_bytes(), name.as_bytes())),
            _ => {
                self.unknown += 1;
                Ok(Thing::OTHER)
            }
        }
    }

    fn none(&mut self) -> Made {
        Ok(Thing::OTHER)
    }

    fn bool(&mut self, _value: bool) -> Made {
        Ok(Thing::OTHER)
    }

    fn int32(&mut self, _value: i32) -> Made {
        Ok(Thing::OTHER)
    }

    fn int(&mut self, _value: i64) -> Made {
        Ok(Thing::OTHER)
    }

    fn long(&mut self, _bytes: &[u8]) -> Made {
        Ok(Thing::OTHER)
    }

    fn float(&mut self, _value: f64) -> Made {
        Ok(Thing::OTHER)
    }

    fn bytes(&mut self, _bytes: &[u8]) -> Made {
        Ok(Thing::OTHER)
    }

    fn byte_array(&mut self, _bytes: &[u8]) -> Made {
        Ok(Thing::OTHER)
    }

    fn next_buffer(&mut self) -> Made {
        Ok(Thing::OTHER)
    }

    fn readonly_buffer(&mut self, buffer: Thing) -> Made {
        Ok(buffer)
    }

    fn tuple(&mut self, _items: Items<'_, Thing>) -> Made {
        Ok(Thing::OTHER)
    }

    fn list(&mut self) -> Made {
        Ok(Thing::OTHER)
    }

    fn dict(&mut self) -> Made {
        Ok(Thing::OTHER)
    }

    fn set(&mut self) -> Made {
        Ok(Thing::OTHER)
    }

    fn frozen_set(&mut self, _items: Items<'_, Thing>) -> Made {
        Ok(Thing::OTHER)
    }

    fn extend(&mut self, _list: &Thing, _items: Items<'_, Thing>) -> Result<(), Refusal> {
        Ok(())
    }

    fn set_items(&mut self, _dict: &Thing, _pairs: Items<'_, Thing>) -> Result<(), Refusal> {
        Ok(())
    }

    fn add_items(&mut self, _set: &Thing, _items: Items<'_, Thing>) -> Result<(), Refusal> {
        Ok(())
    }

    fn extension(&mut self, _code: u32, _protocol: u8) -> Made {
        Ok(Thing::OTHER)
    }

    fn persistent(&mut self, _id: Thing) -> Made {
        Ok(Thing::OTHER)
    }

    fn reduce(&mut self, _callable: Thing, _args: Thing) -> Made {
        Ok(Thing::OTHER)
    }

    fn new_object(&mut self, _class: Thing, _args: Thing) -> Made {
        Ok(Thing::OTHER)
    }

    fn new_object_ex(&mut self, _class: Thing, _args: Thing, _kwargs: Thing) -> Made {
        Ok(Thing::OTHER)
    }

    fn instance(&mut self, _class: Thing, _args: Items<'_, Thing>) -> Made {
        Ok(Thing::OTHER)
    }

    fn build(&mut self, _object: &Thing, _state: Thing) -> Result<(), Refusal> {
        Ok(())
    }
}
