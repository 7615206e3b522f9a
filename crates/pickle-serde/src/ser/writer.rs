//! [`Writer`]: the graph in the making, and what is known of strings.

use hashbrown::HashMap;
use pickle_codec::value::{Builder, Handle};

use crate::error::Result;
use crate::options::{ClassName, SerOptions};

/// What all objects of one value are made with.
pub struct Writer<'o> {
    pub(crate) builder: Builder<'static>,
    pub(crate) options: &'o SerOptions,
    /// The items of all containers that are open, the outermost's first.
    pub(crate) stack: Vec<Handle>,
    /// Names by where they stand in the program, which is quicker than by what they are.
    names: [Option<Name>; NAMES],
    /// With `share_strings`, one object for each.
    strings: HashMap<Box<str>, Handle, foldhash::fast::RandomState>,
}

#[derive(Clone, Copy)]
struct Name {
    at: usize,
    length: usize,
    object: Handle,
}

const NAMES: usize = 64;

impl<'o> Writer<'o> {
    pub(crate) fn new(options: &'o SerOptions) -> Writer<'o> {
        Writer {
            builder: Builder::new(),
            options,
            stack: Vec::new(),
            names: [None; NAMES],
            strings: HashMap::default(),
        }
    }

    /// The name of a field or variant: one object.
    #[inline]
    pub(crate) fn name(&mut self, name: &'static str) -> Result<Handle> {
        let (at, length) = (name.as_ptr() as usize, name.len());
        let slot = (at ^ at >> 6 ^ length) % NAMES;
        match self.names[slot] {
            Some(known) if known.at == at && known.length == length => Ok(known.object),
            _ => {
                let object = self.builder.name(name)?;
                self.names[slot] = Some(Name { at, length, object });
                Ok(object)
            }
        }
    }

    /// Any other string.
    #[inline]
    pub(crate) fn text(&mut self, text: &str) -> Result<Handle> {
        if self.options.share_strings { self.shared(text) } else { Ok(self.builder.text(text)?) }
    }

    fn shared(&mut self, text: &str) -> Result<Handle> {
        if let Some(&known) = self.strings.get(text) {
            return Ok(known);
        }
        let object = self.builder.text(text)?;
        self.strings.insert(text.into(), object);
        Ok(object)
    }

    /// The class that a struct of this name is written as an instance of.
    #[inline]
    pub(crate) fn class(&mut self, structure: &'static str) -> Result<Option<Handle>> {
        if self.options.classes.is_empty() && self.options.module.is_none() {
            return Ok(None);
        }
        let named = self.options.classes.iter().rfind(|(name, _)| name == structure);
        let class = match (named, &self.options.module) {
            (Some((_, class)), _) => class.clone(),
            (None, Some(module)) => ClassName { module: module.clone(), name: structure.into() },
            (None, None) => return Ok(None),
        };
        Ok(Some(self.builder.global(&class.module, &class.name)?))
    }
}
