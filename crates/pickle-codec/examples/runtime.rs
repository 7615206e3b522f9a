//! Pickles for a Python runtime in Rust: a `Host` and a `Source` over objects of its own.
//!
//! The machine has the stack, the marks and the memo; the encoder has frames, batches and spelling. Left to a runtime are
//! to make its objects (`Host`) and to say what they are (`Source`). This one has no bytearrays, big ints and complexes.

use std::{borrow::Cow, cell::RefCell, collections::HashMap, rc::Rc};

use pickle_codec::{
    Args, Atom, Buffered, Builtin, Encoder, Fault, Fill, GlobalName, Host, Items, Machine, MachineError, Make,
    PartialNew, Profile, Reduction, Shape, Source, opcodes::Out,
};

/// A handle of an object: cloning it gives the same object. Lists and the like are filled after they were made.
type Object = Rc<Value>;

#[rustfmt::skip]
enum Value {
    None, Bool(bool), Int(i64), Float(f64), Str(String), Bytes(Vec<u8>),
    Tuple(Vec<Object>), FrozenSet(Vec<Object>), Range(Vec<Object>), List(RefCell<Vec<Object>>), Set(RefCell<Vec<Object>>),
    Dict(RefCell<Vec<Object>>), // Keys and values in turn; a real runtime has a hash table.
    Global(String, String), // A class or function: its module and name.
    Instance(Make, Object, Object, RefCell<Vec<Object>>), // Its class, the arguments, and what states it was given.
    Resource(Object), // Something that stays outside: the pickle only holds its id.
}

/// The runtime's own errors. The machine and the encoder pass them through as they are.
#[derive(Debug)]
enum RuntimeError {
    Import(String),
    Type(&'static str),
    Pickle(pickle_codec::Error),
}

type Made = Result<Object, RuntimeError>;

#[derive(Default)]
struct Runtime {
    globals: HashMap<(String, String), Object>,
    interned: HashMap<String, Object>,
}

impl Runtime {
    fn loads(&mut self, pickle: &[u8]) -> Made {
        Machine::new().load(self, pickle, 0).map(|(object, _end)| object).map_err(|error| match error {
            MachineError::Host { error, .. } => error,
            MachineError::Pickle(error) => RuntimeError::Pickle(error),
        })
    }
    fn dumps(&mut self, object: &Object, protocol: u8) -> Result<Vec<u8>, RuntimeError> {
        let pickling = Pickling { runtime: self, memo: HashMap::new(), current: object.clone() };
        let mut encoder = Encoder::new(pickling, Buffered, Out::default(), protocol, Profile::default());
        encoder.dump(object.clone()).map_err(|fault| match fault {
            Fault::Host(error) => error,
            Fault::Pickle(kind) => RuntimeError::Pickle((*kind).into()),
        })?;
        Ok(encoder.into_buffer())
    }
    /// `find_class`. Here a runtime says no: nothing that a pickle names is run unless it is given out here.
    fn import(&mut self, module: &str, name: &str) -> Made {
        if Builtin::from_name(module, name).is_none() && !["User", "Point"].contains(&name) {
            return Err(RuntimeError::Import(format!("{module}.{name}")));
        }
        let key = (module.to_owned(), name.to_owned());
        Ok(self.globals.entry(key).or_insert_with_key(|(m, n)| Value::Global(m.clone(), n.clone()).into()).clone())
    }
    fn intern(&mut self, text: &str) -> Object {
        self.interned.entry(text.to_owned()).or_insert_with_key(|text| Value::Str(text.clone()).into()).clone()
    }
}

#[rustfmt::skip] // A line for each object that a pickle can ask for.
impl Host for Runtime {
    type Object = Object;
    type Error = RuntimeError;
    fn none(&mut self) -> Made { Ok(Value::None.into()) }
    fn bool(&mut self, value: bool) -> Made { Ok(Value::Bool(value).into()) }
    fn int32(&mut self, value: i32) -> Made { Ok(Value::Int(value.into()).into()) }
    fn int(&mut self, value: i64) -> Made { Ok(Value::Int(value).into()) }
    fn long(&mut self, _bytes: &[u8]) -> Made { refuse("ints have 64 bits") }
    fn float(&mut self, value: f64) -> Made { Ok(Value::Float(value).into()) }
    fn text(&mut self, utf8: &[u8]) -> Made { Ok(Value::Str(text(utf8)?.to_owned()).into()) }
    fn byte_string(&mut self, bytes: &[u8]) -> Made { self.text(bytes) }
    fn bytes(&mut self, bytes: &[u8]) -> Made { Ok(Value::Bytes(bytes.to_vec()).into()) }
    fn byte_array(&mut self, _bytes: &[u8]) -> Made { refuse("no bytearrays") }
    fn next_buffer(&mut self) -> Made { refuse("no buffers") }
    fn readonly_buffer(&mut self, _buffer: Object) -> Made { refuse("no buffers") }
    fn tuple(&mut self, items: Items<'_, Object>) -> Made { Ok(Value::Tuple(items.collect()).into()) }
    fn frozen_set(&mut self, items: Items<'_, Object>) -> Made { Ok(Value::FrozenSet(items.collect()).into()) }
    fn list(&mut self) -> Made { Ok(Value::List(RefCell::default()).into()) }
    fn set(&mut self) -> Made { Ok(Value::Set(RefCell::default()).into()) }
    fn dict(&mut self) -> Made { Ok(Value::Dict(RefCell::default()).into()) }
    fn extend(&mut self, target: &Object, items: Items<'_, Object>) -> Result<(), RuntimeError> {
        match &**target {
            Value::List(old) | Value::Set(old) | Value::Dict(old) => old.borrow_mut().extend(items),
            _ => return refuse("only lists, sets and dicts are filled"),
        }
        Ok(())
    }
    fn add_items(&mut self, set: &Object, items: Items<'_, Object>) -> Result<(), RuntimeError> { self.extend(set, items) }
    fn set_items(&mut self, dict: &Object, pairs: Items<'_, Object>) -> Result<(), RuntimeError> { self.extend(dict, pairs) }
    fn global(&mut self, module: &[u8], name: &[u8], protocol: u8) -> Made {
        match (text(module)?, text(name)?) {
            ("__builtin__", "xrange") if protocol < 3 => self.import("builtins", "range"),
            ("__builtin__", name) if protocol < 3 => self.import("builtins", name),
            (module, name) => self.import(module, name),
        }
    }
    fn stack_global(&mut self, module: Object, name: Object, _protocol: u8) -> Made {
        let (Value::Str(module), Value::Str(name)) = (&*module, &*name) else { return refuse("names are str") };
        self.import(module, name)
    }
    fn extension(&mut self, _code: u32, _protocol: u8) -> Made { refuse("no extension registry") }
    fn persistent(&mut self, id: Object) -> Made { Ok(Value::Resource(id).into()) }
    fn reduce(&mut self, callable: Object, args: Object) -> Made {
        let (Value::Global(module, name), Value::Tuple(items)) = (&*callable, &*args) else { return refuse("no call") };
        // Low protocols have no opcodes for these, and spell them as calls; for bytes and others, see `Builtin`.
        Ok(match (Builtin::from_name(module, name), &items[..]) {
            (Some(Builtin::Set), [list]) => Value::Set(listed(list)?.into()).into(),
            (Some(Builtin::FrozenSet), [list]) => Value::FrozenSet(listed(list)?).into(),
            (Some(Builtin::Range), [_, _, _]) => Value::Range(items.clone()).into(),
            _ => Value::Instance(Make::Call, callable, args, RefCell::default()).into(),
        })
    }
    fn new_object(&mut self, class: Object, args: Object) -> Made {
        Ok(Value::Instance(Make::New, class, args, RefCell::default()).into())
    }
    fn new_object_ex(&mut self, _class: Object, _args: Object, _kwargs: Object) -> Made { refuse("no keywords") }
    fn instance(&mut self, _class: Object, _args: Items<'_, Object>) -> Made { refuse("no old-style classes") }
    fn build(&mut self, object: &Object, new: Object) -> Result<(), RuntimeError> {
        let Value::Instance(_, _, _, state) = &**object else { return refuse("only instances have a state") };
        state.borrow_mut().push(new);
        Ok(())
    }
}

fn text(bytes: &[u8]) -> Result<&str, RuntimeError> {
    std::str::from_utf8(bytes).map_err(|_| RuntimeError::Type("surrogates have no place in this runtime"))
}
#[rustfmt::skip]
fn listed(list: &Value) -> Result<Vec<Object>, RuntimeError> { if let Value::List(items) = list { Ok(items.borrow().clone()) } else { refuse("a list is expected") } }
#[rustfmt::skip]
fn refuse<T>(what: &'static str) -> Result<T, RuntimeError> { Err(RuntimeError::Type(what)) }

/// One `dumps`: the runtime, and the memo, by address. It holds its objects, or an address could become another's.
struct Pickling<'r> {
    runtime: &'r mut Runtime,
    memo: HashMap<*const Value, (u32, Object)>,
    /// What the encoder asked about last: text and bytes are lent to it from here.
    current: Object,
}

#[rustfmt::skip]
impl Source for Pickling<'_> {
    type Object = Object;
    type Cursor = (Object, usize); // A container and a position: it may change meanwhile.
    type Error = RuntimeError;
    fn persistent_text(&mut self, id: &Object) -> Result<Option<Cow<'_, [u8]>>, RuntimeError> { Ok(if let Value::Str(text) = &**id { Some(text.clone().into_bytes().into()) } else { None }) }
    fn atom(&mut self, object: &mut Object) -> Result<Atom<'_>, RuntimeError> {
        if let Some(number) = self.memo_get(object) { return Ok(Atom::Known(number)) }
        self.current = object.clone();
        Ok(match &*self.current {
            Value::None => Atom::None,
            Value::Bool(value) => if *value { Atom::True } else { Atom::False },
            Value::Int(value) => Atom::Int(*value),
            Value::Float(value) => Atom::Float(*value),
            Value::Str(text) => Atom::Text(text.as_bytes()),
            _ => Atom::Other,
        })
    }
    fn shape(&mut self, object: &mut Object) -> Result<Shape<'_, Object, Self::Cursor>, RuntimeError> {
        self.current = object.clone();
        let cursor = (object.clone(), 0);
        Ok(match &*self.current {
            Value::Bytes(bytes) => Shape::Bytes(bytes),
            Value::Tuple(items) => Shape::Tuple(items.len(), cursor),
            Value::FrozenSet(items) => Shape::FrozenSet(items.len(), cursor),
            Value::List(items) => Shape::List(items.borrow().len(), cursor),
            Value::Set(items) => Shape::Set(items.borrow().len(), cursor),
            Value::Dict(items) => Shape::Dict(items.borrow().len() / 2, cursor),
            Value::Range(parts) => Shape::Call(Builtin::Range, parts.len(), cursor),
            Value::Global(..) => Shape::Global,
            Value::Resource(id) => Shape::Persistent(id.clone()),
            Value::Instance(make, class, args, states) => {
                let steps = states.borrow().iter().cloned().map(Fill::State).collect();
                let (make, callable, args) = (*make, class.clone(), args.clone());
                Shape::Reduce(Box::new(Reduction { make, callable, args: Args::Tuple(args), kwargs: None, steps }))
            }
            _ => return refuse("an atom"),
        })
    }
    fn next(&mut self, (object, at): &mut Self::Cursor) -> Result<Option<Object>, RuntimeError> {
        *at += 1;
        Ok(match &**object {
            Value::Tuple(items) | Value::FrozenSet(items) | Value::Range(items) => items.get(*at - 1).cloned(),
            Value::List(items) | Value::Set(items) | Value::Dict(items) => items.borrow().get(*at - 1).cloned(),
            _ => None,
        })
    }
    fn memo_get(&self, object: &Object) -> Option<u32> { Some(self.memo.get(&Rc::as_ptr(object))?.0) }
    fn memo_put(&mut self, object: &Object, index: u32) -> Result<(), RuntimeError> {
        self.memo.insert(Rc::as_ptr(object), (index, object.clone())); Ok(())
    }
    fn builtin(&mut self, builtin: Builtin) -> Made { self.runtime.import(builtin.name().0, builtin.name().1) }
    fn constant(&mut self, text: &'static str) -> Made { Ok(self.runtime.intern(text)) }
    fn latin1(&mut self, bytes: &[u8]) -> Made { Ok(Value::Str(bytes.iter().map(|&b| char::from(b)).collect()).into()) }
    fn bytes(&mut self, bytes: &[u8]) -> Made { self.runtime.bytes(bytes) }
    fn content(&mut self, object: &Object) -> Result<Vec<u8>, RuntimeError> {
        if let Value::Bytes(bytes) = &**object { Ok(bytes.clone()) } else { refuse("no bytes") }
    }
    fn partial_new(&mut self, _: Object, _: Object, _: Object) -> Result<PartialNew<Object, Self::Cursor>, RuntimeError> { refuse("no partial") }
    fn global(&mut self, object: &Object) -> Result<GlobalName<Object>, RuntimeError> {
        let Value::Global(module, name) = &**object else { return refuse("no global") };
        let (module_object, name_object) = (self.runtime.intern(module), self.runtime.intern(name));
        let (module, name) = (module.clone(), name.clone());
        Ok(GlobalName { module, name, module_object, name_object, extension: None, nesting: None })
    }
    /// With a stack to guard, a runtime counts here and raises its RecursionError.
    fn enter(&mut self) -> Result<(), RuntimeError> { Ok(()) }
    fn leave(&mut self) {}
}

/// By CPython 3.13: `[ann, loop, Point(1, -1.5), log, (None, True, {7}, frozenset({b'raw'})), {'r': range(3), 'a': ann}]`
/// at protocols 2 and 5, where `loop` holds itself and `log` has the persistent id `'log'`.
#[rustfmt::skip]
const PICKLES: [(u8, &[u8]); 2] = [
    (2, b"\x80\x02]q\0(cmodels\nUser\nq\x01)\x81q\x02}q\x03(X\x04\0\0\0nameq\x04X\x03\0\0\0Annq\x05X\x03\0\0\0ageq\
      \x06K)ub]q\x07h\x07acmodels\nPoint\nq\x08K\x01G\xbf\xf8\0\0\0\0\0\0\x86q\x09Rq\nX\x03\0\0\0logq\x0bQ(N\x88c__bu\
      iltin__\nset\nq\x0c]q\x0dK\x07a\x85q\x0eRq\x0fc__builtin__\nfrozenset\nq\x10]q\x11c_codecs\nencode\nq\x12X\x03\
      \0\0\0rawq\x13X\x06\0\0\0latin1q\x14\x86q\x15Rq\x16a\x85q\x17Rq\x18tq\x19}q\x1a(X\x01\0\0\0rq\x1bc__builtin__\n\
      xrange\nq\x1cK\0K\x03K\x01\x87q\x1dRq\x1eX\x01\0\0\0aq\x1fh\x02ue."),
    (5, b"\x80\x05\x95\x9c\0\0\0\0\0\0\0]\x94(\x8c\x06models\x94\x8c\x04User\x94\x93\x94)\x81\x94}\x94(\x8c\x04name\
      \x94\x8c\x03Ann\x94\x8c\x03age\x94K)ub]\x94h\x09ah\x01\x8c\x05Point\x94\x93\x94K\x01G\xbf\xf8\0\0\0\0\0\0\x86\
      \x94R\x94\x8c\x03log\x94Q(N\x88\x8f\x94(K\x07\x90(C\x03raw\x94\x91\x94t\x94}\x94(\x8c\x01r\x94\x8c\x08builtins\
      \x94\x8c\x05range\x94\x93\x94K\0K\x03K\x01\x87\x94R\x94\x8c\x01a\x94h\x04ue."),
];

#[cfg_attr(test, test)] // `tests/runtime.rs` runs it.
fn main() -> Result<(), RuntimeError> {
    let mut runtime = Runtime::default();
    for (protocol, pickle) in PICKLES {
        let object = runtime.loads(pickle)?;
        assert_eq!(runtime.dumps(&object, protocol)?, pickle);
    }
    // What the runtime refuses comes out as its own error; what is wrong with the pickle, as the codec's, with the place.
    assert!(matches!(runtime.loads(b"cos\nsystem\n."), Err(RuntimeError::Import(name)) if name == "os.system"));
    assert!(matches!(runtime.loads(b"NNR."), Err(RuntimeError::Type("no call"))));
    assert!(matches!(runtime.loads(b"]q\x07h\x08."), Err(RuntimeError::Pickle(error))
        if error.to_string() == "memo has no entry 8 (BINGET at byte 3)"));
    Ok(())
}
