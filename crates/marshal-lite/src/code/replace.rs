//! [`Replace`]: a code object with other fields.

use alloc::format;
use alloc::vec::Vec;

use pickle_value::{Builder, Graph, Handle, ObjectKind, View};

use super::Field;
use super::object::{Code, bad};
use crate::copy::Copier;
use crate::error::Error;

/// A code object that is made anew with other fields: what `code.replace(co_name=…)` is in Python.
///
/// All that is not set stays as it is, and what was one object is one object. The first code object does not change.
///
/// ```
/// use marshal_lite::code::{Code, Field};
/// use marshal_lite::{Error, ReadOptions, Release, WriteOptions};
///
/// # let data = b"c\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\xf3\x08\0\0\0\x95\0S\0r\0g\x01)\x02\xe9\x01\0\0\0N)\x01\
/// #     \xda\x01x\xa9\0\xf3\0\0\0\0\xda\x04x.py\xda\x08<module>r\x06\0\0\0\x01\0\0\0s\x0a\0\0\0\xf0\x03\x01\x01\x01\
/// #     \xd8\x04\x05\x81\x01r\x04\0\0\0";
/// // What CPython 3.13 makes of `x = 1` is to say `x = 'one'`.
/// let graph = ReadOptions::new().from_slice(data)?;
/// let code = Code::new(graph.root(), Release::PYTHON_3_13)?;
/// let mut replace = code.replace();
/// replace.text(Field::FileName, "/usr/lib/x.py")?;
/// let one = replace.builder().text("one")?;
/// let rest = replace.copy(code.consts().get(1))?;
/// let consts = replace.builder().tuple(&[one, rest])?;
/// replace.object(Field::Consts, consts)?;
/// let changed = replace.finish()?;
///
/// let changed_code = Code::new(changed.root(), Release::PYTHON_3_13)?;
/// assert_eq!(changed_code.file_name(), Some("/usr/lib/x.py"));
/// assert_eq!(changed_code.consts().to_string(), "('one', None)");
/// assert!(WriteOptions::new().to_vec(&changed)?.starts_with(b"c\0\0\0\0"));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Replace<'g> {
    code: Code<'g>,
    builder: Builder<'static>,
    copier: Copier,
    /// By their place in the layout.
    fields: Vec<Option<Handle>>,
}

impl<'g> Code<'g> {
    /// Begins a code object that is this one, with other fields.
    #[must_use]
    pub fn replace(&self) -> Replace<'g> {
        let fields = self.layout().fields().iter().map(|_| None).collect();
        Replace { code: *self, builder: Builder::new(), copier: Copier::default(), fields }
    }
}

impl<'g> Replace<'g> {
    /// Where objects for the new code object are made.
    pub fn builder(&mut self) -> &mut Builder<'static> {
        &mut self.builder
    }

    /// The copy of an object for the new code object. Of what is of the same graph as the code object, it is the one that
    /// the new one has.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for what marshal data cannot have.
    pub fn copy(&mut self, object: View<'_>) -> Result<Handle, Error> {
        if object.is_of_graph_of(self.code.view()) {
            return self.copier.copy(&mut self.builder, object);
        }
        Copier::default().copy(&mut self.builder, object)
    }

    /// Sets a field that is a number, such as [`Field::FirstLineNo`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadCode`](crate::ErrorKind::BadCode) for a field that is none, or that the release does not have.
    pub fn int(&mut self, field: Field, value: i32) -> Result<(), Error> {
        let value = self.builder.int32(value);
        self.object(field, value)
    }

    /// Sets a field that is a str, such as [`Field::Name`].
    ///
    /// # Errors
    ///
    /// As [`int`](Replace::int).
    pub fn text(&mut self, field: Field, value: &str) -> Result<(), Error> {
        let value = match self.code.release().is_python2() {
            true => self.builder.byte_string(value.as_bytes())?,
            false => self.builder.text(value)?,
        };
        self.object(field, value)
    }

    /// Sets a field that is bytes, such as [`Field::Code`].
    ///
    /// # Errors
    ///
    /// As [`int`](Replace::int).
    pub fn bytes(&mut self, field: Field, value: &[u8]) -> Result<(), Error> {
        let value = match self.code.release().is_python2() {
            true => self.builder.byte_string(value)?,
            false => self.builder.bytes(value)?,
        };
        self.object(field, value)
    }

    /// Sets a field to an object that was made by [`builder`](Replace::builder) or [`copy`](Replace::copy).
    ///
    /// # Errors
    ///
    /// As [`int`](Replace::int).
    pub fn object(&mut self, field: Field, value: Handle) -> Result<(), Error> {
        let layout = self.code.layout();
        let Some(number) = layout.fields().iter().position(|&known| known == field) else {
            let name = field.attribute();
            return Err(bad(format!("{name} is no field of those of {}", self.code.release())));
        };
        self.code.check(field, self.builder.view(value))?;
        self.fields[number] = Some(value);
        Ok(())
    }

    /// The new code object, as the root of a graph of its own.
    ///
    /// # Errors
    ///
    /// As [`copy`](Replace::copy).
    pub fn finish(mut self) -> Result<Graph<'static>, Error> {
        let Some(native) = self.code.view().as_object() else {
            return Err(bad("it is none".into()));
        };
        // The name of the type and the number of the layout stand before the fields.
        let mut all = Vec::with_capacity(native.fields().len());
        for number in 0..native.fields().len() {
            all.push(match number.checked_sub(2).and_then(|number| self.fields[number]) {
                Some(new) => new,
                None => self.copier.copy(&mut self.builder, native.field(number))?,
            });
        }
        let code = self.builder.object(ObjectKind::Native, &all)?;
        Ok(self.builder.finish(code))
    }
}
