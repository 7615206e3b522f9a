//! Loading into plain values.

use std::cell::RefCell;
use std::rc::Rc;

use pickle_codec::{Builtin, Host, Items, Make};

use super::{Interpreter, Made, Object, Refused, Step, Value, refuse};

type Result<T = Object> = std::result::Result<T, Refused>;

impl Host for Interpreter {
    type Object = Object;
    type Error = Refused;

    fn none(&mut self) -> Result {
        Ok(Rc::new(Value::None))
    }

    fn bool(&mut self, value: bool) -> Result {
        Ok(Rc::new(Value::Bool(value)))
    }

    fn int32(&mut self, value: i32) -> Result {
        self.int(i64::from(value))
    }

    fn int(&mut self, value: i64) -> Result {
        Ok(Rc::new(Value::Int(value)))
    }

    fn long(&mut self, bytes: &[u8]) -> Result {
        let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
        let fill = if negative { 0xff } else { 0 };
        let small = bytes.iter().skip(8).all(|&byte| byte == fill);
        let mut wide = [fill; 8];
        for (to, from) in wide.iter_mut().zip(bytes) {
            *to = *from;
        }
        let value = i64::from_le_bytes(wide);
        Ok(Rc::new(if small && (value < 0) == negative { Value::Int(value) } else { Value::BigInt(bytes.to_vec()) }))
    }

    fn float(&mut self, value: f64) -> Result {
        Ok(Rc::new(Value::Float(value)))
    }

    fn text(&mut self, utf8: &[u8]) -> Result {
        match pickle_codec::value::Text::from_utf8(utf8) {
            Ok(_) => Ok(self.text_of(utf8)),
            Err(error) => refuse(error.to_string()),
        }
    }

    fn byte_string(&mut self, bytes: &[u8]) -> Result {
        if bytes.is_ascii() { self.text(bytes) } else { refuse("not ASCII") }
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result {
        Ok(self.bytes_of(bytes))
    }

    fn byte_array(&mut self, bytes: &[u8]) -> Result {
        Ok(Rc::new(Value::ByteArray(RefCell::new(bytes.to_vec()))))
    }

    fn next_buffer(&mut self) -> Result {
        Ok(Rc::new(Value::Buffer(false)))
    }

    fn readonly_buffer(&mut self, buffer: Object) -> Result {
        match &*buffer {
            Value::Buffer(_) => Ok(Rc::new(Value::Buffer(true))),
            _ => refuse("not a buffer"),
        }
    }

    fn tuple(&mut self, items: Items<'_, Object>) -> Result {
        Ok(Rc::new(Value::Tuple(items.collect())))
    }

    fn list(&mut self) -> Result {
        Ok(Rc::new(Value::List(RefCell::default())))
    }

    fn dict(&mut self) -> Result {
        Ok(Rc::new(Value::Dict(RefCell::default())))
    }

    fn set(&mut self) -> Result {
        Ok(Rc::new(Value::Set(RefCell::default())))
    }

    fn frozen_set(&mut self, items: Items<'_, Object>) -> Result {
        Ok(Rc::new(Value::FrozenSet(items.collect())))
    }

    fn extend(&mut self, list: &Object, items: Items<'_, Object>) -> Result<()> {
        match &**list {
            Value::List(list) => list.borrow_mut().extend(items),
            Value::Made(made) => made.note(Step::Append(Rc::new(Value::List(RefCell::new(items.collect()))))),
            _ => return refuse("not a list"),
        }
        Ok(())
    }

    fn set_items(&mut self, dict: &Object, pairs: Items<'_, Object>) -> Result<()> {
        match &**dict {
            Value::Dict(dict) => dict.borrow_mut().extend(pairs),
            Value::Made(made) => made.note(Step::Assign(Rc::new(Value::Dict(RefCell::new(pairs.collect()))))),
            _ => return refuse("not a dict"),
        }
        Ok(())
    }

    fn add_items(&mut self, set: &Object, items: Items<'_, Object>) -> Result<()> {
        match &**set {
            Value::Set(set) => set.borrow_mut().extend(items),
            Value::Made(made) => made.note(Step::Add(Rc::new(Value::Set(RefCell::new(items.collect()))))),
            _ => return refuse("not a set"),
        }
        Ok(())
    }

    fn global(&mut self, module: &[u8], name: &[u8], protocol: u8) -> Result {
        let (Ok(module), Ok(name)) = (std::str::from_utf8(module), std::str::from_utf8(name)) else {
            return refuse("a name that is not UTF-8");
        };
        let (module, name) = if protocol < 3 { to_python3(module, name) } else { (module, name) };
        Ok(self.global_of(module, name))
    }

    fn stack_global(&mut self, module: Object, name: Object, protocol: u8) -> Result {
        match (&*module, &*name) {
            (Value::Text(module), Value::Text(name)) => self.global(module, name, protocol),
            _ => refuse("STACK_GLOBAL requires str"),
        }
    }

    fn extension(&mut self, code: u32, _protocol: u8) -> Result {
        Ok(Rc::new(Value::Extension(code)))
    }

    fn persistent(&mut self, id: Object) -> Result {
        Ok(Rc::new(Value::Persistent(id)))
    }

    fn reduce(&mut self, callable: Object, args: Object) -> Result {
        let (Value::Tuple(items), builtin) = (&*args, builtin(&callable)) else {
            return refuse("the arguments are no tuple");
        };
        match builtin.map(|builtin| self.call(builtin, items)) {
            Some(Some(made)) => Ok(made),
            _ => Ok(Made::object(Make::Call, callable, args, None)),
        }
    }

    fn new_object(&mut self, class: Object, args: Object) -> Result {
        Ok(Made::object(Make::New, class, args, None))
    }

    fn new_object_ex(&mut self, class: Object, args: Object, kwargs: Object) -> Result {
        Ok(Made::object(Make::NewWithKeywords, class, args, Some(kwargs)))
    }

    fn instance(&mut self, class: Object, args: Items<'_, Object>) -> Result {
        let args = self.tuple(args)?;
        Ok(Made::object(Make::Instance, class, args, None))
    }

    fn build(&mut self, object: &Object, state: Object) -> Result<()> {
        match &**object {
            Value::Made(made) => made.note(Step::State(state)),
            _ => return refuse("no state"),
        }
        Ok(())
    }
}

impl Interpreter {
    /// What a builtin gives, where it gives plain data.
    fn call(&mut self, builtin: Builtin, args: &[Object]) -> Option<Object> {
        Some(match (builtin, args) {
            (Builtin::Set, []) => Rc::new(Value::Set(RefCell::default())),
            (Builtin::Set, [items]) => Rc::new(Value::Set(RefCell::new(listed(items)?))),
            (Builtin::FrozenSet, []) => self.called_frozen_set(Vec::new()),
            (Builtin::FrozenSet, [items]) => self.called_frozen_set(listed(items)?),
            (Builtin::Bytes, []) => self.one_bytes(b""),
            (Builtin::ByteArray, []) => Rc::new(Value::ByteArray(RefCell::default())),
            (Builtin::ByteArray, [bytes]) => match &**bytes {
                Value::Bytes(bytes) => Rc::new(Value::ByteArray(RefCell::new(bytes.clone()))),
                _ => return None,
            },
            (Builtin::ByteArray, [text, codec]) => Rc::new(Value::ByteArray(RefCell::new(encoded(text, codec)?))),
            // CPython has one object for each single byte that this gives.
            (Builtin::Encode, [text, codec]) => match &encoded(text, codec)?[..] {
                bytes @ [_] => self.one_bytes(bytes),
                bytes => self.bytes_of(bytes),
            },
            (Builtin::Complex, [real, imaginary]) => match (&**real, &**imaginary) {
                (&Value::Float(real), &Value::Float(imaginary)) => Rc::new(Value::Complex(real, imaginary)),
                _ => return None,
            },
            (Builtin::Range, [_, _, _]) => Rc::new(Value::Range(args.to_vec())),
            (Builtin::Slice, [_, _, _]) => Rc::new(Value::Slice(args.to_vec())),
            _ => return None,
        })
    }

    /// Up to 3.9 `frozenset([])` gives the same object each time.
    fn called_frozen_set(&mut self, items: Vec<Object>) -> Object {
        let one = items.is_empty() && self.minor() < 10;
        let made = Rc::new(Value::FrozenSet(items));
        if one { self.empty_frozen_set.get_or_insert(made).clone() } else { made }
    }
}

impl Made {
    fn object(make: Make, callable: Object, args: Object, kwargs: Option<Object>) -> Object {
        Rc::new(Value::Made(Made { make, callable, args, kwargs, steps: RefCell::default() }))
    }

    fn note(&self, step: Step) {
        self.steps.borrow_mut().push(step);
    }
}

fn builtin(callable: &Value) -> Option<Builtin> {
    match callable {
        Value::Global(global) => Builtin::from_name(&global.module, &global.name),
        _ => None,
    }
}

fn listed(items: &Value) -> Option<Vec<Object>> {
    match items {
        Value::List(items) => Some(items.borrow().clone()),
        Value::Tuple(items) => Some(items.clone()),
        _ => None,
    }
}

/// Text encoded as latin-1.
fn encoded(text: &Value, codec: &Value) -> Option<Vec<u8>> {
    let (Value::Text(text), Value::Text(codec)) = (text, codec) else {
        return None;
    };
    if codec != b"latin1" && codec != b"latin-1" {
        return None;
    }
    std::str::from_utf8(text).ok()?.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

/// `fix_imports`: the names in the corpus that Python 2 had elsewhere.
fn to_python3<'n>(module: &'n str, name: &'n str) -> (&'n str, &'n str) {
    match (module, name) {
        ("__builtin__", "xrange") => ("builtins", "range"),
        ("__builtin__", "unicode") => ("builtins", "str"),
        ("__builtin__", "long") => ("builtins", "int"),
        ("__builtin__", "unichr") => ("builtins", "chr"),
        ("__builtin__", "raw_input") => ("builtins", "input"),
        ("itertools", "imap") => ("builtins", "map"),
        ("itertools", "ifilter") => ("builtins", "filter"),
        ("itertools", "izip") => ("builtins", "zip"),
        ("__builtin__" | "exceptions", name) => ("builtins", name),
        ("copy_reg", name) => ("copyreg", name),
        unchanged => unchanged,
    }
}
