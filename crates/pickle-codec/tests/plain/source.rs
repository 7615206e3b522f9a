//! Dumping plain values.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use pickle_codec::{Args, Atom, Builtin, Fill, GlobalName, PartialNew, Reduction, Shape, Source};

use super::{Interpreter, Object, Refused, Step, Value, refuse};

/// One `dumps`.
pub(super) struct Pickling<'i> {
    interpreter: &'i mut Interpreter,
    /// By address; the objects are kept, because an address may else become that of another.
    memo: HashMap<*const Value, (u32, Object)>,
    /// What the encoder was shown last, which it borrows from here.
    current: Object,
    /// A copy of what may change behind a borrow: the content of a bytearray.
    content: Vec<u8>,
}

impl<'i> Pickling<'i> {
    pub(super) fn new(interpreter: &'i mut Interpreter, root: Object) -> Pickling<'i> {
        Pickling { interpreter, memo: HashMap::new(), current: root, content: Vec::new() }
    }
}

/// A place in the items of an object.
pub(super) struct Cursor {
    object: Object,
    position: usize,
}

impl Cursor {
    fn of(object: &Object) -> Cursor {
        Cursor { object: object.clone(), position: 0 }
    }
}

impl Source for Pickling<'_> {
    type Object = Object;
    type Cursor = Cursor;
    type Error = Refused;

    fn persistent_text(&mut self, id: &Object) -> Result<Option<Cow<'_, [u8]>>, Refused> {
        self.current = id.clone();
        Ok(match &*self.current {
            Value::Text(utf8) => Some(Cow::Borrowed(utf8)),
            _ => None,
        })
    }

    fn atom(&mut self, object: &mut Object) -> Result<Atom<'_>, Refused> {
        if let Some(index) = self.memo_get(object) {
            return Ok(Atom::Known(index));
        }
        self.current = object.clone();
        Ok(match &*self.current {
            Value::None => Atom::None,
            Value::Bool(true) => Atom::True,
            Value::Bool(false) => Atom::False,
            Value::Int(value) => Atom::Int(*value),
            Value::Float(value) => Atom::Float(*value),
            Value::Text(utf8) => Atom::Text(utf8),
            _ => Atom::Other,
        })
    }

    fn shape(&mut self, object: &mut Object) -> Result<Shape<'_, Object, Cursor>, Refused> {
        if let Some(index) = self.memo_get(object) {
            return Ok(Shape::Known(index));
        }
        self.current = object.clone();
        let cursor = Cursor::of(object);
        Ok(match &*self.current {
            Value::BigInt(bytes) => Shape::BigInt(bytes),
            Value::Complex(real, imaginary) => Shape::Complex(*real, *imaginary),
            Value::Bytes(bytes) => Shape::Bytes(bytes),
            Value::ByteArray(bytes) => {
                self.content.clone_from(&bytes.borrow());
                Shape::ByteArray(&self.content)
            }
            Value::Tuple(items) => Shape::Tuple(items.len(), cursor),
            Value::List(items) => Shape::List(items.borrow().len(), cursor),
            Value::Dict(items) => Shape::Dict(items.borrow().len() / 2, cursor),
            Value::Set(items) => Shape::Set(items.borrow().len(), cursor),
            Value::FrozenSet(items) => Shape::FrozenSet(items.len(), cursor),
            Value::Range(parts) => Shape::Call(Builtin::Range, parts.len(), cursor),
            Value::Slice(parts) => Shape::Call(Builtin::Slice, parts.len(), cursor),
            Value::Global(_) => Shape::Global,
            Value::Made(made) => {
                let steps = made.steps.borrow().iter().map(fill).collect();
                Shape::Reduce(Box::new(Reduction {
                    make: made.make,
                    callable: made.callable.clone(),
                    args: Args::Tuple(made.args.clone()),
                    kwargs: made.kwargs.clone(),
                    steps,
                }))
            }
            Value::Persistent(id) => Shape::Persistent(id.clone()),
            Value::Extension(code) => Shape::Extension(*code),
            Value::Buffer(readonly) => Shape::Buffer(*readonly),
            Value::None | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_) => {
                return refuse("an atom was asked for as a shape");
            }
        })
    }

    fn next(&mut self, cursor: &mut Cursor) -> Result<Option<Object>, Refused> {
        let position = cursor.position;
        cursor.position += 1;
        Ok(match &*cursor.object {
            Value::Tuple(items) | Value::FrozenSet(items) | Value::Range(items) | Value::Slice(items) => {
                items.get(position).cloned()
            }
            Value::List(items) | Value::Dict(items) | Value::Set(items) => items.borrow().get(position).cloned(),
            _ => return refuse("no items"),
        })
    }

    fn memo_get(&self, object: &Object) -> Option<u32> {
        self.memo.get(&Rc::as_ptr(object)).map(|(index, _)| *index)
    }

    fn memo_put(&mut self, object: &Object, index: u32) -> Result<(), Refused> {
        self.memo.insert(Rc::as_ptr(object), (index, object.clone()));
        Ok(())
    }

    fn builtin(&mut self, builtin: Builtin) -> Result<Object, Refused> {
        let (module, name) = builtin.name();
        Ok(self.interpreter.global_of(module, name))
    }

    fn constant(&mut self, text: &'static str) -> Result<Object, Refused> {
        Ok(self.interpreter.constant_of(text))
    }

    fn latin1(&mut self, bytes: &[u8]) -> Result<Object, Refused> {
        let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
        Ok(self.interpreter.text_of(text.as_bytes()))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<Object, Refused> {
        Ok(self.interpreter.bytes_of(bytes))
    }

    fn content(&mut self, object: &Object) -> Result<Vec<u8>, Refused> {
        match &**object {
            Value::Bytes(bytes) => Ok(bytes.clone()),
            Value::ByteArray(bytes) => Ok(bytes.borrow().clone()),
            _ => refuse("no content"),
        }
    }

    fn partial_new(
        &mut self,
        _class: Object,
        _args: Object,
        _kwargs: Object,
    ) -> Result<PartialNew<Object, Self::Cursor>, Refused> {
        refuse("no functools.partial")
    }

    fn global(&mut self, object: &Object) -> Result<GlobalName<Object>, Refused> {
        let Value::Global(global) = &**object else {
            return refuse("no global");
        };
        Ok(GlobalName {
            module: global.module.clone(),
            name: global.name.clone(),
            module_object: global.module_object.clone(),
            name_object: global.name_object.clone(),
            extension: None,
            nesting: None,
        })
    }

    fn enter(&mut self) -> Result<(), Refused> {
        Ok(())
    }

    fn leave(&mut self) {}
}

fn fill(step: &Step) -> Fill<Object, Cursor> {
    match step {
        Step::State(state) => Fill::State(state.clone()),
        Step::Append(items) => Fill::Append(Cursor::of(items)),
        Step::Assign(pairs) => Fill::Assign(Cursor::of(pairs)),
        Step::Add(items) => Fill::Add(Cursor::of(items)),
    }
}
