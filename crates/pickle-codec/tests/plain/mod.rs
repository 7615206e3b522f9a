//! Python objects as plain reference-counted values, which pickles are loaded into and dumped from.
//!
//! It proves that the machine and the encoder need nothing of the graph, and that all the corpus asks of a host can be
//! said by these traits. Speed is no aim. Of CPython it has what shows in the bytes: which objects there is one of.

mod host;
mod source;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use pickle_codec::opcodes::Out;
use pickle_codec::{Buffered, Encoder, Fault, Machine, MachineError, Make, Profile};

/// A handle of an object.
pub(crate) type Object = Rc<Value>;

/// What an object is.
pub(crate) enum Value {
    None,
    Bool(bool),
    Int(i64),
    /// Beyond 64 bits.
    BigInt(Vec<u8>),
    Float(f64),
    Complex(f64, f64),
    /// UTF-8, surrogates included.
    Text(Vec<u8>),
    Bytes(Vec<u8>),
    ByteArray(RefCell<Vec<u8>>),
    Tuple(Vec<Object>),
    List(RefCell<Vec<Object>>),
    /// Keys and values in turn. No key stands here twice, because CPython wrote what is read.
    Dict(RefCell<Vec<Object>>),
    Set(RefCell<Vec<Object>>),
    FrozenSet(Vec<Object>),
    Range(Vec<Object>),
    Slice(Vec<Object>),
    Global(Global),
    Made(Made),
    Persistent(Object),
    Extension(u32),
    /// Read-only or not.
    Buffer(bool),
}

/// A class, a function, or a constant with a name. The names are objects, too.
pub(crate) struct Global {
    module: String,
    name: String,
    module_object: Object,
    name_object: Object,
}

/// The result of a call, and what was done to it.
pub(crate) struct Made {
    make: Make,
    callable: Object,
    args: Object,
    kwargs: Option<Object>,
    steps: RefCell<Vec<Step>>,
}

/// One thing that was done to an object: a list, dict or set holds the items.
#[derive(Clone)]
enum Step {
    State(Object),
    Append(Object),
    Assign(Object),
    Add(Object),
}

/// What a host refuses with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Refused(pub(crate) String);

fn refuse<T>(what: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(what.into()))
}

/// What a CPython of one version has one object of.
pub(crate) struct Interpreter {
    profile: Profile,
    /// Each str of one latin-1 character, and the empty one.
    texts: HashMap<Vec<u8>, Object>,
    /// Each bytes of one byte, and the empty one.
    bytes: HashMap<Vec<u8>, Object>,
    empty_frozen_set: Option<Object>,
    globals: HashMap<(String, String), Object>,
    /// The names of modules, and other constants.
    names: HashMap<String, Object>,
    /// The module's name that builtin functions have: another object than that of the types.
    builtins_of_functions: Object,
}

impl Interpreter {
    pub(crate) fn new(profile: Profile) -> Interpreter {
        Interpreter {
            profile,
            texts: HashMap::new(),
            bytes: HashMap::new(),
            empty_frozen_set: None,
            globals: HashMap::new(),
            names: HashMap::new(),
            builtins_of_functions: Rc::new(Value::Text(b"builtins".to_vec())),
        }
    }

    /// `pickle.loads`, of all bytes.
    pub(crate) fn loads(&mut self, pickle: &[u8]) -> Result<Object, String> {
        match Machine::new().load(self, pickle, 0) {
            Ok((object, end)) if end == pickle.len() => Ok(object),
            Ok((_, end)) => Err(format!("{end} of {} bytes were read", pickle.len())),
            Err(MachineError::Pickle(error)) => Err(error.to_string()),
            Err(MachineError::Host { offset, opcode, error }) => {
                Err(format!("{} ({opcode} at byte {offset})", error.0))
            }
        }
    }

    /// `pickle.dumps`.
    pub(crate) fn dumps(&mut self, object: &Object, protocol: u8) -> Result<Vec<u8>, String> {
        let profile = self.profile;
        let source = source::Pickling::new(self, object.clone());
        let mut encoder = Encoder::new(source, Buffered, Out::default(), protocol, profile);
        match encoder.dump(object.clone()) {
            Ok(()) => Ok(encoder.into_buffer()),
            Err(Fault::Pickle(kind)) => Err(kind.to_string()),
            Err(Fault::Host(error)) => Err(error.0),
        }
    }

    fn minor(&self) -> u8 {
        self.profile.version().1
    }

    fn text_of(&mut self, utf8: &[u8]) -> Object {
        let make = || Rc::new(Value::Text(utf8.to_vec()));
        match utf8 {
            [] | [0..=0x7f] | [0xc2..=0xc3, _] => self.texts.entry(utf8.to_vec()).or_insert_with(make).clone(),
            _ => make(),
        }
    }

    /// Bytes of which there is one object.
    fn one_bytes(&mut self, bytes: &[u8]) -> Object {
        self.bytes.entry(bytes.to_vec()).or_insert_with(|| Rc::new(Value::Bytes(bytes.to_vec()))).clone()
    }

    /// Bytes as BINBYTES makes them, and the pickler from a bytearray: from 3.8 on only the empty ones are one object.
    fn bytes_of(&mut self, bytes: &[u8]) -> Object {
        match bytes.len() {
            0 => self.one_bytes(bytes),
            1 if self.minor() < 8 => self.one_bytes(bytes),
            _ => Rc::new(Value::Bytes(bytes.to_vec())),
        }
    }

    fn constant_of(&mut self, text: &str) -> Object {
        self.names.entry(text.to_owned()).or_insert_with(|| Rc::new(Value::Text(text.into()))).clone()
    }

    fn global_of(&mut self, module: &str, name: &str) -> Object {
        let key = (module.to_owned(), name.to_owned());
        if let Some(known) = self.globals.get(&key) {
            return known.clone();
        }
        let is_function = module == "builtins" && FUNCTIONS.contains(&name);
        let global = Global {
            module: module.to_owned(),
            name: name.to_owned(),
            module_object: if is_function { self.builtins_of_functions.clone() } else { self.constant_of(module) },
            // Each class has a string of its own for its name.
            name_object: self.text_of(name.as_bytes()),
        };
        let global = Rc::new(Value::Global(global));
        self.globals.insert(key, global.clone());
        global
    }
}

/// The builtin functions that the corpus names. All other builtins are types and constants.
const FUNCTIONS: [&str; 7] = ["abs", "chr", "getattr", "input", "len", "print", "sum"];
