//! [`Writer`]: the graph in the making, and what is known of strings.

use hashbrown::HashMap;
use pickle_codec::value::{Builder, Handle};

use super::names::Names;
use crate::error::Result;
use crate::options::{ClassName, SerOptions};

/// What all objects of one value are made with.
pub struct Writer<'o> {
    pub(crate) builder: Builder<'static>,
    pub(crate) options: &'o SerOptions,
    /// The items of all containers that are open, the outermost's first.
    pub(crate) stack: Vec<Handle>,
    names: Names<Handle>,
    /// With `share_strings`, one object for each.
    strings: HashMap<Box<str>, Handle, foldhash::fast::RandomState>,
}

impl<'o> Writer<'o> {
    pub(crate) fn new(options: &'o SerOptions) -> Writer<'o> {
        Writer { builder: Builder::new(), options, stack: Vec::new(), names: Names::new(), strings: HashMap::default() }
    }

    /// The name of a field or variant: one object.
    #[inline]
    pub(crate) fn name(&mut self, name: &'static str) -> Result<Handle> {
        if let Some(known) = self.names.get(name) {
            return Ok(known);
        }
        let object = self.builder.name(name)?;
        self.names.insert(name, object);
        Ok(object)
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
