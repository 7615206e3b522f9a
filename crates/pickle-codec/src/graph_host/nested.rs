//! What stands in a class: nested classes, functions, and methods that are bound to it.

use alloc::string::String;

use pickle_value::{Handle, ObjectKind};

use super::GraphHost;
use crate::error::Error;
use crate::resolve::Resolver;

/// So many methods are remembered: each call looks through them.
const MOST_METHODS: usize = 32;

/// What may be a method bound to its class.
#[derive(Clone, Copy, Debug)]
pub(super) enum Method {
    /// What `getattr` is, and its arguments.
    Found([Handle; 2]),
    /// It was called, hence a method: this call of `getattr`.
    Called(Handle),
}

impl<'a, R: Resolver<'a>> GraphHost<'a, R> {
    /// `getattr(outer, name)`, by which protocols under 4 spell a global that stands in another.
    ///
    /// Bound methods are spelled so at all protocols. From 4 on that is all there is; below, those of builtin types stay
    /// calls, and what else stands in a class is taken for a global, unless it is called: see [`bound_method`].
    ///
    /// [`bound_method`]: GraphHost::bound_method
    pub(super) fn nested(&mut self, outer: Handle, name: Handle) -> Result<Option<Handle>, Error> {
        let view = |handle| self.builder.view(handle);
        let (Some((module, outer)), Some(name)) = (view(outer).as_global(), view(name).as_str()) else {
            return Ok(None);
        };
        if matches!(module, "builtins" | "__builtin__") {
            return Ok(None);
        }
        let (module, name) = (String::from(module), alloc::format!("{outer}.{name}"));
        self.note_copy(module.len() + name.len())?;
        let (module, name) = self.options.renames.apply(&module, &name).unwrap_or((module, name));
        Ok(Some(self.builder.global(&module, &name)?))
    }

    /// Whether what stands in a class has the name of a method there, which classes do not have.
    pub(super) fn names_method(&self, global: Handle) -> bool {
        let (_, name) = self.builder.view(global).as_global().unwrap_or_default();
        let last = name.rsplit('.').next().unwrap_or_default();
        last.starts_with(|first: char| first == '_' || first.is_lowercase())
    }

    pub(super) fn note_method(&mut self, global: Handle, getattr: [Handle; 2]) {
        let is_older = |known: &(Handle, Method)| matches!(known, (other, Method::Called(_)) if *other == global);
        self.methods.retain(|known| !is_older(known));
        if self.methods.len() == MOST_METHODS {
            self.methods.remove(0);
        }
        self.methods.push((global, Method::Found(getattr)));
    }

    /// What a class has and what is called is nearly always a method bound to it, such as `cls._reconstruct`: that is
    /// `getattr(cls, '_reconstruct')` at all protocols, each a new one. What is called again by way of the memo is the same one.
    pub(super) fn bound_method(&mut self, callable: Handle) -> Result<Handle, Error> {
        let of_callable = self.methods.iter().enumerate().rev().filter(|(_, (global, _))| *global == callable);
        let mut called = None;
        for (at, (_, method)) in of_callable {
            match *method {
                Method::Found([getattr, args]) => {
                    let args = if self.options.unify { self.unify_method(args)? } else { args };
                    let made = self.builder.object(ObjectKind::Call, &[getattr, args])?;
                    self.methods[at].1 = Method::Called(made);
                    return Ok(made);
                }
                Method::Called(made) => called = called.or(Some(made)),
            }
        }
        Ok(called.unwrap_or(callable))
    }

    /// A method says its name with the one object that its function has.
    fn unify_method(&mut self, args: Handle) -> Result<Handle, Error> {
        let view = self.builder.view(args);
        let (Some(class), Some(own), Some(name)) =
            (view.get(0).handle(), view.get(1).handle(), view.get(1).as_text().map(pickle_value::Text::as_bytes))
        else {
            return Ok(args);
        };
        let first = *self.names.entry_ref(name).or_insert(own);
        Ok(if first == own { args } else { self.builder.tuple(&[class, first])? })
    }
}
