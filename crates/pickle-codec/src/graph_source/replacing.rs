//! A graph some of whose objects a [`Replacer`] takes out of the pickle.

use alloc::string::ToString;
use alloc::vec::Vec;

use pickle_value::{Handle, Kind, View};

use super::{Cursor, GraphSource};
use crate::builtins::Builtin;
use crate::error::Error;
use crate::replace::{PersistentId, Replacer};
use crate::source::{Atom, GlobalName, PartialNew, Shape, Source};

/// A [`GraphSource`] that asks a replacer for each object before it says what it is.
pub(crate) struct Replacing<'g, 's, 'r> {
    source: &'s mut GraphSource<'g>,
    replacer: &'r mut dyn Replacer<'g>,
    /// What `atom` found out, which `shape` is to say.
    found: Option<Handle>,
    /// The id that is to be written itself, and of which nobody is asked.
    exempt: Option<Handle>,
}

impl<'g, 's, 'r> Replacing<'g, 's, 'r> {
    pub(crate) fn new(source: &'s mut GraphSource<'g>, replacer: &'r mut dyn Replacer<'g>) -> Self {
        Replacing { source, replacer, found: None, exempt: None }
    }

    /// The id of an object, if it has one.
    fn persistent_id(&mut self, handle: Handle) -> Result<Option<Handle>, Error> {
        if self.exempt.take() == Some(handle) || handle.identity().sort == pickle_value::Sort::Foreign {
            return Ok(None);
        }
        let id = match self.replacer.persistent_id(self.source.graph.view(handle))? {
            None => return Ok(None),
            // Protocol 0 writes the id's `str`.
            Some(PersistentId::Object(handle))
                if self.source.protocol == 0 && is_int(self.source.graph.view(handle)) =>
            {
                self.source.text(self.source.graph.view(handle).to_string().into_bytes())
            }
            Some(PersistentId::Object(handle)) => handle,
            Some(PersistentId::Text(text)) => self.source.text(text.into_bytes()),
            Some(PersistentId::Bytes(bytes)) => self.source.bytes(&bytes)?,
        };
        self.exempt = Some(id);
        Ok(Some(id))
    }
}

fn is_int(view: View<'_>) -> bool {
    view.kind() == Kind::Int
}

impl<'g> Source for Replacing<'g, '_, '_> {
    type Object = Handle;
    type Cursor = Cursor<'g>;
    type Error = Error;

    fn atom(&mut self, handle: &mut Handle) -> Result<Atom<'_>, Error> {
        self.found = self.persistent_id(*handle)?;
        if self.found.is_some() { Ok(Atom::Other) } else { self.source.atom(handle) }
    }

    fn shape(&mut self, handle: &mut Handle) -> Result<Shape<'_, Handle, Cursor<'g>>, Error> {
        if let Some(id) = self.found.take() {
            return Ok(Shape::Persistent(id));
        }
        if let Some(buffer) = self.source.graph.view(*handle).as_buffer()
            && self.source.protocol >= 5
            && self.replacer.take_buffer(buffer)?
        {
            return Ok(Shape::Buffer(buffer.readonly));
        }
        self.source.shape(handle)
    }

    fn next(&mut self, cursor: &mut Cursor<'g>) -> Result<Option<Handle>, Error> {
        self.source.next(cursor)
    }

    fn memo_get(&self, handle: &Handle) -> Option<u32> {
        self.source.memo_get(handle)
    }

    fn memo_put(&mut self, handle: &Handle, index: u32) -> Result<(), Error> {
        self.source.memo_put(handle, index)
    }

    fn held_once(&self, handle: &Handle) -> bool {
        self.source.held_once(handle)
    }

    fn builtin(&mut self, builtin: Builtin) -> Result<Handle, Error> {
        self.source.builtin(builtin)
    }

    fn constant(&mut self, text: &'static str) -> Result<Handle, Error> {
        self.source.constant(text)
    }

    fn latin1(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        self.source.latin1(bytes)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<Handle, Error> {
        self.source.bytes(bytes)
    }

    fn content(&mut self, handle: &Handle) -> Result<Vec<u8>, Error> {
        self.source.content(handle)
    }

    fn partial_new(
        &mut self,
        class: Handle,
        args: Handle,
        kwargs: Handle,
    ) -> Result<PartialNew<Handle, Cursor<'g>>, Error> {
        self.source.partial_new(class, args, kwargs)
    }

    fn global(&mut self, handle: &Handle) -> Result<GlobalName<Handle>, Error> {
        self.source.global(handle)
    }

    fn enter(&mut self) -> Result<(), Error> {
        self.source.enter()
    }

    fn leave(&mut self) {
        self.source.leave();
    }
}
