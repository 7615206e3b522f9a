//! What calls of the builtins give that are understood.

use alloc::vec::Vec;

use pickle_opcodes::{latin1, text};
use pickle_value::{Builder, Handle, Kind, ObjectKind, View};

use super::GraphHost;
use crate::builtins::Builtin;
use crate::error::Error;
use crate::resolve::Resolver;

/// How many arguments a builtin has at most that is understood.
const MOST_ARGS: usize = 3;

/// From so many bytes on, what was converted is kept where it stands.
const LARGE: usize = 1 << 16;

impl<'a, R: Resolver<'a>> GraphHost<'a, R> {
    /// What a builtin gives for these arguments; nothing where it is not known to give plain data.
    pub(super) fn call_builtin(&mut self, builtin: Builtin, args: Handle) -> Result<Option<Handle>, Error> {
        let builder = &mut self.builder;
        if builder.view(args).len() > Some(MOST_ARGS) {
            return Ok(None);
        }
        let mut all = [Handle::NONE; MOST_ARGS];
        let mut count = 0;
        for (place, arg) in all.iter_mut().zip(builder.view(args).items().filter_map(View::handle)) {
            *place = arg;
            count += 1;
        }
        let made = match (builtin, &all[..count]) {
            (Builtin::GetAttr, &[outer, name]) => return self.nested(outer, name),
            (Builtin::Reconstructor, &[class, base, value]) => return self.reconstructed(class, base, value),
            (Builtin::Set, []) => builder.set(&[])?,
            (Builtin::FrozenSet, []) => builder.frozen_set(&[])?,
            (Builtin::Set | Builtin::FrozenSet, &[items]) => {
                let mut room = core::mem::take(&mut self.items);
                let made = self.called_set(builtin, items, &mut room);
                self.items = room;
                return made;
            }
            (Builtin::Bytes, []) if self.python2 => builder.byte_string(&[])?,
            (Builtin::Bytes, []) => builder.bytes(&[])?,
            (Builtin::ByteArray, []) => builder.byte_array(&[])?,
            (Builtin::ByteArray, &[bytes]) if builder.view(bytes).kind() == Kind::Bytes => {
                // Nothing is copied here, but whatever is written of it is.
                let length = builder.view(bytes).len().unwrap_or(0);
                self.note_copy(length)?;
                self.builder.byte_array_like(bytes)?
            }
            (Builtin::ByteArray, &[bytes]) if builder.view(bytes).kind() == Kind::ByteString => {
                let content = builder.view(bytes).as_bytes().unwrap_or_default().to_vec();
                self.note_copy(content.len())?;
                self.builder.byte_array(&content)?
            }
            (Builtin::Encode | Builtin::ByteArray, &[text, codec]) if is_latin1(builder.view(codec)) => {
                let Some(text) = builder.view(text).as_text() else {
                    return Ok(None);
                };
                let length = text.as_bytes().len();
                let Some(bytes) = latin1::from_utf8(text.as_bytes()) else {
                    return Ok(None);
                };
                self.note_copy(length)?;
                let builder = &mut self.builder;
                if builtin == Builtin::Encode { self.encoded(bytes)? } else { builder.byte_array(&bytes)? }
            }
            (Builtin::Complex, &[real, imaginary]) => {
                let (real, imaginary) = (builder.view(real), builder.view(imaginary));
                match (real.kind(), real.as_f64(), imaginary.kind(), imaginary.as_f64()) {
                    (Kind::Float, Some(real), Kind::Float, Some(imaginary)) => builder.complex(real, imaginary)?,
                    _ => return Ok(None),
                }
            }
            (Builtin::Range, &[start, stop, step]) => {
                let parts = [start, stop, step];
                if parts.iter().any(|&part| builder.view(part).kind() != Kind::Int) {
                    return Ok(None);
                }
                builder.range(parts)?
            }
            (Builtin::Slice, &[start, stop, step]) => builder.slice([start, stop, step])?,
            (Builtin::Int | Builtin::Float | Builtin::Str | Builtin::Tuple, args) => {
                return self.plain_value(builtin, args);
            }
            _ => return Ok(None),
        };
        Ok(Some(made))
    }

    /// A set or frozenset of what a list or tuple has.
    fn called_set(&mut self, builtin: Builtin, items: Handle, room: &mut Vec<Handle>) -> Result<Option<Handle>, Error> {
        let view = self.builder.view(items);
        if !matches!(view.kind(), Kind::List | Kind::Tuple) {
            return Ok(None);
        }
        room.clear();
        room.extend(view.items().filter_map(View::handle));
        self.note_copy(size_of_val(&room[..]))?;
        let made = if builtin == Builtin::Set { self.builder.set(room)? } else { self.called_frozen_set(room)? };
        Ok(Some(made))
    }

    /// `int(5)` is 5, the same object.
    fn plain_value(&mut self, builtin: Builtin, args: &[Handle]) -> Result<Option<Handle>, Error> {
        let builder = &mut self.builder;
        let made = match (builtin, args) {
            (Builtin::Int, []) => builder.int(0)?,
            (Builtin::Float, []) => builder.float(0.0)?,
            (Builtin::Str, []) if !self.python2 => builder.text("")?,
            (Builtin::Tuple, []) => builder.tuple(&[])?,
            (_, &[value]) => match (builtin, builder.view(value).kind()) {
                (Builtin::Int, Kind::Int) | (Builtin::Float, Kind::Float) | (Builtin::Tuple, Kind::Tuple) => value,
                (Builtin::Str, Kind::Text) if !self.python2 => value,
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        Ok(Some(made))
    }

    /// `functools.partial(cls.__new__, cls, *args, **kwargs)()`, by which protocols under 4 spell what NEWOBJ_EX does: gives
    /// the class, the arguments and the keyword arguments.
    pub(super) fn partial_new(
        &mut self,
        callable: Handle,
        args: Handle,
    ) -> Result<Option<(Handle, Handle, Handle)>, Error> {
        let view = self.builder.view(callable);
        let Some(partial) = view.as_object().filter(|object| object.kind() == ObjectKind::Call) else {
            return Ok(None);
        };
        let is_partial = self.known.contains(&(partial.callable().handle().unwrap_or(callable), Builtin::Partial));
        if !is_partial || !self.builder.view(args).is_empty() {
            return Ok(None);
        }
        let state: Vec<View<'_>> = partial.state().items().collect();
        let [new, args, kwargs, rest] = state[..] else {
            return Ok(None);
        };
        let (Some((module, new)), Some((its_module, class))) = (new.as_global(), args.get(0).as_global()) else {
            return Ok(None);
        };
        if module != its_module || new.strip_suffix(".__new__") != Some(class) || !rest.is_none() {
            return Ok(None);
        }
        let parts: Vec<Handle> = args.items().filter_map(View::handle).collect();
        let (Some(kwargs), [class, parts @ ..]) = (kwargs.handle().filter(|_| kwargs.kind() == Kind::Dict), &parts[..])
        else {
            return Ok(None);
        };
        let args = self.builder.tuple(parts)?;
        Ok(Some((*class, args, kwargs)))
    }

    /// `copyreg._reconstructor(class, base, value)`, by which protocols 0 and 1 spell `class.__new__(class)`, or an instance
    /// of a class derived from a builtin.
    fn reconstructed(&mut self, class: Handle, base: Handle, value: Handle) -> Result<Option<Handle>, Error> {
        let class = self.nested_class(class);
        let base_is = self.known.iter().find(|(known, _)| *known == base).map(|(_, builtin)| *builtin);
        let builder = &mut self.builder;
        let kind = builder.view(value).kind();
        let fits = match base_is {
            Some(Builtin::Object) if kind == Kind::None => {
                let nothing = builder.tuple(&[])?;
                return Ok(Some(builder.object(ObjectKind::New, &[class, nothing])?));
            }
            Some(Builtin::Int) => matches!(kind, Kind::Int | Kind::Long),
            Some(Builtin::Float) => kind == Kind::Float,
            Some(Builtin::Str) => kind == Kind::Text,
            Some(Builtin::Bytes) => kind == Kind::Bytes,
            Some(Builtin::Complex) => kind == Kind::Complex,
            Some(Builtin::Tuple) => kind == Kind::Tuple,
            Some(Builtin::List) => kind == Kind::List,
            Some(Builtin::Dict) => kind == Kind::Dict,
            _ => false,
        };
        if !fits {
            return Ok(None);
        }
        let args = builder.tuple(&[value])?;
        Ok(Some(builder.object(ObjectKind::Reconstructed, &[class, args, base])?))
    }

    /// A frozenset that a call gives: up to 3.9 CPython had one that is empty.
    fn called_frozen_set(&mut self, items: &[Handle]) -> Result<Handle, Error> {
        let one = items.is_empty() && self.options.unify && self.options.profile.empty_frozensets_are_one();
        if let (true, Some(known)) = (one, self.empty_frozen_set) {
            return Ok(known);
        }
        let made = self.builder.frozen_set(items)?;
        if one {
            self.empty_frozen_set = Some(made);
        }
        Ok(made)
    }

    /// Bytes that `_codecs.encode` gives: CPython has one object for each single byte.
    fn encoded(&mut self, bytes: Vec<u8>) -> Result<Handle, Error> {
        if self.python2 {
            return Ok(self.builder.byte_string(&bytes)?);
        }
        match bytes[..] {
            [byte] => self.single(byte, |builder| builder.bytes(&bytes)),
            // Not copied once more.
            _ if bytes.len() >= LARGE => Ok(self.builder.bytes_beside(bytes)?),
            _ => Ok(self.builder.bytes(&bytes)?),
        }
    }

    /// Bytes that `_codecs.encode` gives for a line of UNICODE. Nothing is given for what is wrong with it: that is found, and
    /// told with its place, when text, tuple and call are made one by one.
    pub(super) fn encoded_latin1_line(
        &mut self,
        callable: Handle,
        codec: Option<Handle>,
        line: &[u8],
    ) -> Option<Handle> {
        let encodes = self.known.contains(&(callable, Builtin::Encode));
        if !encodes || codec.is_some_and(|codec| !is_latin1(self.builder.view(codec))) {
            return None;
        }
        let bytes = text::unicode_line_to_latin1(line)?;
        self.note_copy(bytes.len()).ok()?;
        self.encoded(bytes).ok()
    }

    /// With `unify`, the one object of this byte; else a new one.
    pub(super) fn single(
        &mut self,
        byte: u8,
        make: impl FnOnce(&mut Builder<'a>) -> Result<Handle, pickle_value::Error>,
    ) -> Result<Handle, Error> {
        let known = self.singles.iter().find(|(known, _)| self.options.unify && *known == byte);
        if let Some((_, handle)) = known {
            return Ok(*handle);
        }
        let handle = make(&mut self.builder)?;
        self.singles.push((byte, handle));
        Ok(handle)
    }
}

fn is_latin1(codec: View<'_>) -> bool {
    let name = codec.as_str().map(str::as_bytes).or_else(|| codec.as_bytes());
    matches!(name, Some(b"latin1" | b"latin-1"))
}
