//! [`Compound`]: a container in the making.

use std::marker::PhantomData;

use pickle_codec::value::{Handle, ObjectKind};
use serde_core::{Serialize, ser};

use super::node::{Node, Target};
use super::sort::sort_pairs;
use super::writer::Writer;
use crate::error::{Error, Result};
use crate::options::ClassName;
use crate::owned::tag;
use crate::token;

/// A container whose items wait on the writer's stack.
pub struct Compound<'o, T> {
    target: T,
    /// Where its items start.
    start: usize,
    shape: Shape,
    writer: PhantomData<&'o ()>,
}

impl<T> std::fmt::Debug for Compound<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Compound")
    }
}

/// What the items become.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    List,
    Tuple,
    Map,
    Struct(&'static str),
    TupleVariant(&'static str),
    StructVariant(&'static str),
    Token(&'static str),
}

impl<'o, T: Target<'o>> Compound<'o, T> {
    #[inline(always)]
    pub(crate) fn new(target: T, start: usize, shape: Shape) -> Compound<'o, T> {
        Compound { target, start, shape, writer: PhantomData }
    }

    #[inline(always)]
    fn push<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<()> {
        let writer = self.target.writer();
        let object = value.serialize(Node::new(&mut *writer))?;
        writer.stack.push(object);
        Ok(())
    }

    #[inline(always)]
    fn push_field<V: Serialize + ?Sized>(&mut self, name: &'static str, value: &V) -> Result<()> {
        let writer = self.target.writer();
        let name = writer.name(name)?;
        writer.stack.push(name);
        self.push(value)
    }

    #[inline(always)]
    fn close(mut self) -> Result<T::Ok> {
        let object = self.target.writer().close(self.start, self.shape)?;
        self.target.done(object)
    }
}

impl Writer<'_> {
    /// Takes the items from `start` on off the stack and makes an object of them.
    #[inline]
    fn close(&mut self, start: usize, shape: Shape) -> Result<Handle> {
        let Writer { builder, stack, .. } = self;
        let object = match shape {
            Shape::List => builder.list(&stack[start..])?,
            Shape::Tuple => builder.tuple(&stack[start..])?,
            Shape::Map => {
                if self.options.sort_keys {
                    sort_pairs(builder, &mut stack[start..]);
                }
                builder.dict(&stack[start..])?
            }
            Shape::Struct(name) => self.close_struct(start, name)?,
            Shape::TupleVariant(variant) => {
                let content = builder.tuple(&stack[start..])?;
                let name = self.name(variant)?;
                self.variant(name, content)?
            }
            Shape::StructVariant(variant) => {
                let content = builder.dict(&stack[start..])?;
                let name = self.name(variant)?;
                self.variant(name, content)?
            }
            Shape::Token(token) => self.close_token(start, token)?,
        };
        self.stack.truncate(start);
        Ok(object)
    }

    #[inline]
    fn close_struct(&mut self, start: usize, name: &'static str) -> Result<Handle> {
        let state = self.builder.dict(&self.stack[start..])?;
        match self.class(name)? {
            None => Ok(state),
            Some(class) => self.instance(class, state),
        }
    }

    /// An instance as copyreg has it: an empty state is left out.
    fn instance(&mut self, class: Handle, state: Handle) -> Result<Handle> {
        let args = self.builder.tuple(&[])?;
        let instance = self.builder.object(ObjectKind::New, &[class, args])?;
        let view = self.builder.view(state);
        if !view.is_none() && view.len() != Some(0) {
            self.builder.set_state(instance, state)?;
        }
        Ok(instance)
    }

    /// What serde has no word for.
    fn close_token(&mut self, start: usize, token: &'static str) -> Result<Handle> {
        let Writer { builder, stack, .. } = self;
        let items = &stack[start..];
        Ok(match (token, items) {
            (token::TUPLE, items) => builder.tuple(items)?,
            (token::SET, items) => builder.set(items)?,
            (token::FROZEN_SET, items) => builder.frozen_set(items)?,
            (token::RANGE, &[start, stop, step]) => builder.range([start, stop, step])?,
            (token::SLICE, &[start, stop, step]) => builder.slice([start, stop, step])?,
            (token::COMPLEX, &[real, imaginary]) => {
                let part = |handle| builder.view(handle).as_f64().unwrap_or_default();
                let (real, imaginary) = (part(real), part(imaginary));
                builder.complex(real, imaginary)?
            }
            (token::INSTANCE, &[class, state]) => {
                let class = ClassName::parse(builder.view(class).as_str().unwrap_or_default());
                let class = builder.global(&class.module, &class.name)?;
                self.instance(class, state)?
            }
            (token::OBJECT, items) => {
                let parts = items.to_vec();
                self.object(&parts)?
            }
            (_, items) => builder.list(items)?,
        })
    }

    /// An object of its parts: see `lossless::parts` for their order.
    fn object(&mut self, parts: &[Handle]) -> Result<Handle> {
        let broken = || Error::data("an object whose parts are not complete");
        let builder = &mut self.builder;
        let mut parts = parts.iter().copied();
        let mut next = || parts.next();
        let number = |builder: &pickle_codec::value::Builder<'_>, part: Handle| {
            builder.as_i64(part).and_then(|number| u8::try_from(number).ok())
        };
        let kind = next().and_then(|part| number(builder, part)).and_then(tag::kind).ok_or_else(broken)?;
        let fields: Vec<Handle> = (0..kind.fields()).map_while(|_| next()).collect();
        let object = match (kind, &fields[..]) {
            (ObjectKind::Global, &[module, name]) => {
                let [module, name] = [module, name].map(|part| builder.view(part).as_str().unwrap_or("?").to_owned());
                builder.global(&module, &name)?
            }
            (kind, fields) => builder.object(kind, fields)?,
        };
        while let Some(step) = next() {
            let content = next().ok_or_else(broken)?;
            let items = |builder: &pickle_codec::value::Builder<'_>| -> Vec<Handle> {
                crate::de::slots(builder.view(content)).to_vec()
            };
            match number(builder, step) {
                Some(tag::STATE) => builder.set_state(object, content)?,
                Some(tag::STATE_BY) => builder.set_state_by(object, content, next().ok_or_else(broken)?)?,
                Some(tag::APPEND) => builder.extend(object, &items(builder))?,
                Some(tag::ASSIGN) => builder.set_items(object, &items(builder))?,
                Some(tag::ADD) => builder.add_items(object, &items(builder))?,
                _ => return Err(broken()),
            }
        }
        Ok(object)
    }
}

impl<'o, T: Target<'o>> ser::SerializeSeq for Compound<'o, T> {
    type Ok = T::Ok;
    type Error = Error;

    #[inline]
    fn serialize_element<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<()> {
        self.push(value)
    }

    #[inline]
    fn end(self) -> Result<T::Ok> {
        self.close()
    }
}

impl<'o, T: Target<'o>> ser::SerializeTuple for Compound<'o, T> {
    type Ok = T::Ok;
    type Error = Error;

    #[inline]
    fn serialize_element<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<()> {
        self.push(value)
    }

    #[inline]
    fn end(self) -> Result<T::Ok> {
        self.close()
    }
}

impl<'o, T: Target<'o>> ser::SerializeTupleStruct for Compound<'o, T> {
    type Ok = T::Ok;
    type Error = Error;

    #[inline]
    fn serialize_field<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<()> {
        self.push(value)
    }

    #[inline]
    fn end(self) -> Result<T::Ok> {
        self.close()
    }
}

impl<'o, T: Target<'o>> ser::SerializeTupleVariant for Compound<'o, T> {
    type Ok = T::Ok;
    type Error = Error;

    fn serialize_field<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<()> {
        self.push(value)
    }

    fn end(self) -> Result<T::Ok> {
        self.close()
    }
}

impl<'o, T: Target<'o>> ser::SerializeMap for Compound<'o, T> {
    type Ok = T::Ok;
    type Error = Error;

    #[inline]
    fn serialize_key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result<()> {
        self.push(key)
    }

    #[inline]
    fn serialize_value<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<()> {
        self.push(value)
    }

    #[inline]
    fn end(self) -> Result<T::Ok> {
        self.close()
    }
}

impl<'o, T: Target<'o>> ser::SerializeStruct for Compound<'o, T> {
    type Ok = T::Ok;
    type Error = Error;

    #[inline]
    fn serialize_field<V: Serialize + ?Sized>(&mut self, name: &'static str, value: &V) -> Result<()> {
        self.push_field(name, value)
    }

    #[inline]
    fn end(self) -> Result<T::Ok> {
        self.close()
    }
}

impl<'o, T: Target<'o>> ser::SerializeStructVariant for Compound<'o, T> {
    type Ok = T::Ok;
    type Error = Error;

    #[inline]
    fn serialize_field<V: Serialize + ?Sized>(&mut self, name: &'static str, value: &V) -> Result<()> {
        self.push_field(name, value)
    }

    fn end(self) -> Result<T::Ok> {
        self.close()
    }
}
