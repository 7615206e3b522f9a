//! A graph some of whose objects a [`Replacer`] takes out of the pickle.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

use pickle_value::{Handle, Kind, Sort};

use super::{Cursor, GraphSource};
use crate::builtins::Builtin;
use crate::error::Error;
use crate::replace::{PersistentId, Reduced, Replacer};
use crate::source::{Args, Atom, Fill, GlobalName, Make, Part, PartialNew, Reduction, Shape, Source};

/// A [`GraphSource`] that asks a replacer for each object before it says what it is.
pub(crate) struct Replacing<'g, 's, 'r> {
    source: &'s mut GraphSource<'g>,
    replacer: &'r mut dyn Replacer<'g>,
}

impl<'g, 's, 'r> Replacing<'g, 's, 'r> {
    pub(crate) fn new(source: &'s mut GraphSource<'g>, replacer: &'r mut dyn Replacer<'g>) -> Self {
        Replacing { source, replacer }
    }
}

impl<'g> Replacing<'g, '_, '_> {
    fn reduced(&mut self, reduced: Reduced) -> Shape<'static, Handle, Cursor<'g>> {
        let Reduced { callable: (module, name), args, state } = reduced;
        Shape::Reduce(Box::new(Reduction {
            make: Make::Call,
            callable: self.source.global_named(&module, &name),
            args: Args::Parts(args.into_iter().map(Part::Object).collect()),
            kwargs: None,
            steps: state.map(Fill::State).into_iter().collect(),
        }))
    }
}

impl<'g> Source for Replacing<'g, '_, '_> {
    type Object = Handle;
    type Cursor = Cursor<'g>;
    type Error = Error;

    const HAS_PERSISTENT_IDS: bool = true;

    fn persistent_id(&mut self, handle: &Handle) -> Result<Option<Handle>, Error> {
        if handle.identity().sort == Sort::Foreign {
            return Ok(None);
        }
        Ok(match self.replacer.persistent_id(self.source.graph.view(*handle))? {
            None => None,
            Some(PersistentId::Object(id)) => Some(id),
            Some(PersistentId::Text(text)) => Some(self.source.text(text.into_bytes())),
            Some(PersistentId::Bytes(bytes)) => Some(self.source.bytes(&bytes)?),
        })
    }

    fn persistent_text(&mut self, id: &Handle) -> Result<Option<Cow<'_, [u8]>>, Error> {
        self.source.persistent_text(id)
    }

    fn atom(&mut self, handle: &mut Handle) -> Result<Atom<'_>, Error> {
        self.source.atom(handle)
    }

    fn shape(&mut self, handle: &mut Handle) -> Result<Shape<'_, Handle, Cursor<'g>>, Error> {
        if handle.identity().sort == Sort::Foreign {
            return self.source.shape(handle);
        }
        let view = self.source.graph.view(*handle);
        if let Some(buffer) = view.as_buffer()
            && self.source.protocol >= 5
            && self.replacer.take_buffer(buffer)?
        {
            return Ok(Shape::Buffer(buffer.readonly));
        }
        if view.kind() == Kind::Object
            && self.source.memo_get(handle).is_none()
            && let Some(reduced) = self.replacer.reduce(view)?
        {
            return Ok(self.reduced(reduced));
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
