//! What a pickle leaves open: names, extension codes, persistent ids, buffers, Python 2's `str`.

use alloc::borrow::Cow;
use alloc::string::String;

use pickle_opcodes::{ArgKind, Opcode};
use pickle_value::{Handle, Kind, ObjectKind};

use super::{GraphHost, is_spelling};
use crate::builtins::Builtin;
use crate::encoding::{Encoding, Errors};
use crate::error::{Error, ErrorKind};
use crate::names;
use crate::resolve::{Decoded, Resolver};

impl<'a, R: Resolver<'a>> GraphHost<'a, R> {
    pub(super) fn global_by_name(&mut self, module: &str, name: &str, protocol: u8) -> Result<Handle, Error> {
        let in_python3 = if protocol < 3 { names::to_python3(module, name) } else { (module, name) };
        let said = if self.options.fixes_imports() { in_python3 } else { (module, name) };
        let meant = self.find_class(said.0, said.1)?;
        let (module, name) = match &meant {
            Some((module, name)) => (module.as_str(), name.as_str()),
            None => said,
        };
        let builtin = if self.python2 && meant.is_none() {
            Builtin::from_name(in_python3.0, in_python3.1)
        } else {
            Builtin::from_name(module, name)
        };
        match builtin {
            Some(Builtin::Ellipsis) => return Ok(self.builder.ellipsis()),
            Some(Builtin::NotImplemented) => return Ok(self.builder.not_implemented()),
            _ => {}
        }
        let global = self.builder.global(module, name)?;
        if let Some(builtin) = builtin
            && is_spelling(builtin, protocol)
            && !self.known.iter().any(|(known, _)| *known == global)
        {
            self.known.push((global, builtin));
        }
        Ok(global)
    }

    /// What the options and the resolver make of a name, if it is another.
    fn find_class(&mut self, module: &str, name: &str) -> Result<Option<(String, String)>, Error> {
        let mut found = self.options.renames.apply(module, name);
        let said = |found: &Option<(String, String)>| match found {
            Some((module, name)) => (Cow::Owned(module.clone()), Cow::Owned(name.clone())),
            None => (Cow::Borrowed(module), Cow::Borrowed(name)),
        };
        if let Some(find) = &self.options.find_class.0 {
            let (module, name) = said(&found);
            found = find(&module, &name)?.or(found);
        }
        let (module, name) = said(&found);
        Ok(self.resolver.find_class(&module, &name)?.or(found))
    }

    pub(super) fn extension_by_code(&mut self, code: u32, protocol: u8) -> Result<Handle, Error> {
        let extensions = self.options.extensions.clone();
        if let Some((module, name)) = extensions.global(code) {
            return self.global_by_name(module, name, protocol);
        }
        if let Some((module, name)) = self.resolver.get_extension(code)? {
            return self.global_by_name(&module, &name, protocol);
        }
        if !self.options.keeps_unresolved {
            return Err(ErrorKind::UnregisteredExtension(code).into());
        }
        let code = self.builder.int(i64::from(code))?;
        Ok(self.builder.object(ObjectKind::Extension, &[code])?)
    }

    pub(super) fn load_persistent(&mut self, id: Handle) -> Result<Handle, Error> {
        match self.resolver.persistent_load(id, &mut self.builder)? {
            Some(object) => Ok(object),
            None => Ok(self.builder.object(ObjectKind::Persistent, &[id])?),
        }
    }

    pub(super) fn take_buffer(&mut self) -> Result<Handle, Error> {
        let number = self.buffers;
        self.buffers += 1;
        if let Some(bytes) = self.resolver.next_buffer()? {
            return Ok(self.builder.buffer(bytes, false)?);
        }
        if !self.options.keeps_unresolved {
            return Err(ErrorKind::MissingBuffer(number.unsigned_abs()).into());
        }
        let fields = [self.builder.int(number)?, self.builder.bool(false)];
        Ok(self.builder.object(ObjectKind::Buffer, &fields)?)
    }

    pub(super) fn make_readonly(&mut self, buffer: Handle) -> Result<Handle, Error> {
        let view = self.builder.view(buffer);
        let content = view.as_object().filter(|object| object.kind() == ObjectKind::Buffer);
        match (content.and_then(|object| object.field(0).handle()), view.kind()) {
            (Some(_), _) if view.as_buffer().is_some_and(|buffer| buffer.readonly) => Ok(buffer),
            (Some(content), _) => {
                let fields = [content, self.builder.bool(true)];
                Ok(self.builder.object(ObjectKind::Buffer, &fields)?)
            }
            (None, Kind::Bytes) => Ok(buffer),
            (None, kind) => Err(ErrorKind::Value(pickle_value::ErrorKind::WrongKind {
                operation: "take as a buffer",
                kind: kind.type_name(),
            })
            .into()),
        }
    }

    /// A Python 2 `str`, whose instruction and argument are known where there is a choice.
    pub(super) fn decoded(&mut self, bytes: &[u8], instruction: Option<(Opcode, &[u8])>) -> Result<Handle, Error> {
        let offset = instruction.and_then(|(opcode, argument)| self.offset_of(opcode, argument)).unwrap_or(0);
        let mut decoded = self.resolver.decode(bytes, offset, &mut self.builder)?;
        if let (None, Some(decode)) = (&decoded, &self.options.decoder.0) {
            decoded = decode(bytes, offset)?;
        }
        match decoded {
            None => self.decoded_by(self.encoding, self.options.errors, bytes),
            Some(Decoded::By(encoding, errors)) => self.decoded_by(encoding, errors, bytes),
            Some(Decoded::Text(text)) => Ok(self.builder.text_from_utf8(&text)?),
            Some(Decoded::Object(object)) => Ok(object),
        }
    }

    fn decoded_by(&mut self, encoding: Encoding, errors: Errors, bytes: &[u8]) -> Result<Handle, Error> {
        match encoding {
            Encoding::Bytes => match *bytes {
                [byte] => self.single(byte, |builder| builder.bytes(bytes)),
                _ => Ok(self.builder.bytes(bytes)?),
            },
            Encoding::Keep => match *bytes {
                [byte] if self.builder.offset_in_input(bytes).is_some() => {
                    self.single(byte, |builder| builder.byte_string(bytes))
                }
                _ => Ok(self.builder.byte_string(bytes)?),
            },
            encoding => Ok(self.builder.text_from_utf8(&encoding.decode(bytes, errors)?)?),
        }
    }

    /// Where an instruction with this argument starts in the input.
    fn offset_of(&self, opcode: Opcode, argument: &[u8]) -> Option<usize> {
        let offset = match self.input_at {
            Some(start) => (argument.as_ptr() as usize).checked_sub(start),
            None => self.builder.offset_in_input(argument),
        };
        offset?.checked_sub(1 + opcode.arg().map_or(0, ArgKind::count_size))
    }
}
