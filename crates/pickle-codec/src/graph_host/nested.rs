//! What stands in a class: nested classes, functions, and methods that are bound to it.

use alloc::string::String;

use pickle_value::{Handle, ObjectKind};

use super::GraphHost;
use crate::error::Error;
use crate::resolve::Resolver;

/// What may be a method bound to its class.
#[derive(Clone, Copy, Debug)]
pub(super) enum Method {
    /// A global: what `getattr` is, and its arguments.
    Found([Handle; 2]),
    /// A global that was called, hence a method: this call of `getattr`.
    Called(Handle),
    /// A call of `getattr`, and the global that it is if instances are made of it.
    Bound(Handle),
}

impl<'a, R: Resolver<'a>> GraphHost<'a, R> {
    /// `getattr(outer, name)`, by which protocols under 4 spell a global that stands in another.
    ///
    /// Bound methods are spelled so at all protocols. From 4 on that is all there is; below, those of builtin types stay
    /// calls, and what else stands in a class is taken for a global, unless it is a method: see [`attribute`].
    ///
    /// [`attribute`]: GraphHost::attribute
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

    /// What `getattr` gives of a class: the global, a function or a class, or a method bound to the class.
    ///
    /// From 3.13 on only a method's arguments are memoized. Before, they always are, and what is optimized has no memo to tell:
    /// what is called is a method there, see [`bound_method`]. Each `getattr` gives another method, and hence what may be one
    /// and is there already is an object of its own.
    ///
    /// [`bound_method`]: GraphHost::bound_method
    pub(super) fn attribute(
        &mut self,
        global: Handle,
        getattr: [Handle; 2],
        is_memoized: bool,
    ) -> Result<Handle, Error> {
        let Some(object) = self.builder.view(global).as_object() else {
            return Ok(global);
        };
        let name = object.field(1).as_str().and_then(|name| name.rsplit('.').next()).unwrap_or_default();
        if !is_method(name) {
            return Ok(global);
        }
        if is_memoized && name != "__new__" && !self.options.profile.reduces_nested_globals() {
            let made = self.builder.object(ObjectKind::Call, &getattr)?;
            self.methods.insert(made, Method::Bound(global));
            return Ok(made);
        }
        let found = if self.methods.contains_key(&global) {
            let fields = [0, 1].map(|at| object.field(at).handle().unwrap_or(Handle::NONE));
            self.builder.object(ObjectKind::Global, &fields)?
        } else {
            global
        };
        self.methods.insert(found, Method::Found(getattr));
        Ok(found)
    }

    /// What a class has and what is called is nearly always a method bound to it, such as `cls._reconstruct`: that is
    /// `getattr(cls, '_reconstruct')` at all protocols. What is called again by way of the memo is the same one.
    pub(super) fn bound_method(&mut self, callable: Handle) -> Result<Handle, Error> {
        match self.methods.get(&callable) {
            None | Some(Method::Bound(_)) => Ok(callable),
            Some(&Method::Called(made)) => Ok(made),
            Some(&Method::Found([getattr, args])) => {
                let args = if self.options.unify { self.unify_method(args)? } else { args };
                let made = self.builder.object(ObjectKind::Call, &[getattr, args])?;
                self.methods.insert(callable, Method::Called(made));
                Ok(made)
            }
        }
    }

    /// Of what instances are made is a class, and no method.
    pub(super) fn nested_class(&self, class: Handle) -> Handle {
        match self.methods.get(&class) {
            Some(&Method::Bound(global)) => global,
            _ => class,
        }
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

/// Whether it is a name that methods have, and classes do not.
fn is_method(name: &str) -> bool {
    name.starts_with(|first: char| first == '_' || first.is_lowercase())
}
