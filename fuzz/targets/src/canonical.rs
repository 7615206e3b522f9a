//! A digest of a value that Python computes, too: `compat/hostile/canonical.py` has the same rules.
//!
//! Objects are visited in order; what has an identity is numbered when it is met first, and called by its number then. The
//! items of a set have no order: those that hold nothing are sorted, the others counted.

use std::collections::HashMap;
use std::fmt::Write as _;

use num_bigint::BigInt;
use pickle_value::{Graph, Handle, Identity, Object, ObjectKind, Step, Value, View};
use sha2::{Digest, Sha256};

/// The digest: 64 hexadecimal digits.
#[must_use]
pub fn digest(graph: &Graph<'_>) -> String {
    let mut walk = Walk { graph, hash: Sha256::new(), numbers: HashMap::new(), long: HashMap::new(), work: Vec::new() };
    walk.run();
    hex(&walk.hash.finalize())
}

/// Whether a NaN stands anywhere: then nothing says whether the value equals itself.
#[must_use]
pub fn has_nan(graph: &Graph<'_>) -> bool {
    let mut known = std::collections::HashSet::new();
    let mut work = vec![graph.root()];
    while let Some(view) = work.pop() {
        let is_nan = match view.as_complex() {
            Some((real, imaginary)) => real.is_nan() || imaginary.is_nan(),
            None => view.as_f64().is_some_and(f64::is_nan),
        };
        if is_nan {
            return true;
        }
        if view.handle().is_some_and(|handle| known.insert(handle)) {
            work.extend(view.parts());
        }
    }
    false
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

struct Walk<'g> {
    graph: &'g Graph<'g>,
    hash: Sha256,
    numbers: HashMap<Identity, usize>,
    /// What is written for long text, bytes and ints: they may be met often.
    long: HashMap<Identity, Vec<u8>>,
    work: Vec<Work<'g>>,
}

enum Work<'g> {
    Value(Handle),
    Text(&'static str),
    Items(&'g [Handle], usize),
}

impl<'g> Walk<'g> {
    fn run(&mut self) {
        self.work.extend(self.graph.root().handle().map(Work::Value));
        while let Some(work) = self.work.pop() {
            match work {
                Work::Text(text) => self.hash.update(text),
                Work::Value(handle) => self.value(handle),
                Work::Items(items, at) => {
                    if let Some(&item) = items.get(at) {
                        self.work.push(Work::Items(items, at + 1));
                        self.value(item);
                    }
                }
            }
        }
    }

    fn value(&mut self, handle: Handle) {
        let graph = self.graph;
        let value = graph.value(handle);
        if let Some(known) = self.long.get(&handle.identity()).filter(|_| is_long(value)) {
            self.hash.update(known);
            return;
        }
        if let Some(atom) = atom(value) {
            self.hash.update(&atom);
            if is_long(value) {
                self.long.insert(handle.identity(), atom);
            }
            return;
        }
        let next = self.numbers.len();
        if let Some(number) = self.numbers.get(&handle.identity()) {
            self.hash.update(format!("#{number};"));
            return;
        }
        self.numbers.insert(handle.identity(), next);
        match value {
            Value::ByteArray(bytes) => {
                self.hash.update(format!("B{}:", bytes.len()));
                self.hash.update(bytes);
            }
            Value::Tuple(items) => self.listed("(", items, ")"),
            Value::List(items) => self.listed("[", items, "]"),
            Value::Dict(pairs) => self.listed("{", pairs, "}"),
            Value::Slice(items) => self.listed(":", items, ";"),
            Value::Set(items) => self.set("<", items),
            Value::FrozenSet(items) => self.set(">", items),
            Value::Object(object) => self.object(object),
            _ => self.hash.update("?"),
        }
    }

    fn listed(&mut self, open: &'static str, items: &'g [Handle], close: &'static str) {
        self.hash.update(open);
        self.work.push(Work::Text(close));
        self.work.push(Work::Items(items, 0));
    }

    fn set(&mut self, open: &str, items: &[Handle]) {
        let mut atoms: Vec<Vec<u8>> = items.iter().filter_map(|&item| atom(self.graph.value(item))).collect();
        atoms.sort();
        self.hash.update(format!("{open}{},{};", items.len(), atoms.len()));
        atoms.iter().for_each(|atom| self.hash.update(atom));
    }

    fn object(&mut self, object: Object<'g>) {
        let has_keywords = object.kind() == ObjectKind::NewWithKeywords && !object.field(2).is_empty();
        // As CPython makes an instance of a class without arguments.
        let is_class = object.callable().as_object().is_some_and(|class| class.kind() == ObjectKind::Global);
        let letter = match object.kind() {
            ObjectKind::Instance if is_class && object.args().is_empty() => "O",
            ObjectKind::Call | ObjectKind::Instance => "R",
            ObjectKind::NewWithKeywords if has_keywords => "K",
            ObjectKind::New | ObjectKind::NewWithKeywords => "O",
            ObjectKind::Persistent => "P",
            _ => "?",
        };
        self.hash.update(letter);
        if object.kind() == ObjectKind::Native {
            return;
        }
        // What comes first is put on last.
        self.work.push(Work::Text("."));
        let steps: Vec<Step<'g>> = object.steps().collect();
        for step in steps.into_iter().rev() {
            match step {
                Step::State(state) => self.later("b", state.handle(), ""),
                Step::Append(items) => self.logged("a", items),
                Step::Assign(items) => self.logged("s", items),
                Step::Add(items) => self.logged("d", items),
                Step::StateBy(..) => self.work.push(Work::Text("?")),
            }
        }
        match object.kind() {
            ObjectKind::Persistent => self.later("", object.field(0).handle(), ""),
            _ => {
                if has_keywords {
                    self.inline("k", object.field(2));
                }
                self.inline("(", object.args());
                self.later("", object.callable().handle(), "");
            }
        }
    }

    fn later(&mut self, before: &'static str, handle: Option<Handle>, after: &'static str) {
        self.work.push(Work::Text(after));
        self.work.extend(handle.map(Work::Value));
        self.work.push(Work::Text(before));
    }

    /// The items of a tuple or a dict that is none to Python: a call takes them out.
    fn inline(&mut self, open: &'static str, view: View<'g>) {
        self.work.push(Work::Text(")"));
        match view.value() {
            Some(Value::Tuple(items) | Value::Dict(items)) => self.work.push(Work::Items(items, 0)),
            _ => self.work.push(Work::Text("?")),
        }
        self.work.push(Work::Text(open));
    }

    fn logged(&mut self, letter: &'static str, view: View<'g>) {
        self.work.push(Work::Text(")"));
        if let Some(Value::List(items) | Value::Dict(items) | Value::Set(items)) = view.value() {
            self.work.push(Work::Items(items, 0));
        }
        self.work.push(Work::Text(letter));
    }
}

fn is_long(value: Value<'_>) -> bool {
    match value {
        Value::Text(text) => text.as_bytes().len() > 64,
        Value::Bytes(bytes) | Value::BigInt(bytes) => bytes.len() > 64,
        _ => false,
    }
}

/// What has no identity that counts: a text of it.
fn atom(value: Value<'_>) -> Option<Vec<u8>> {
    let int = |value: BigInt| format!("i{};", value.to_str_radix(16)).into_bytes();
    let counted = |letter: &str, bytes: &[u8]| {
        if bytes.len() <= 64 {
            return [format!("{letter}{}:", bytes.len()).as_bytes(), bytes].concat();
        }
        format!("{letter}{}:{}", bytes.len(), hex(&Sha256::digest(bytes))).into_bytes()
    };
    Some(match value {
        Value::None => b"N".to_vec(),
        Value::Bool(true) => b"T".to_vec(),
        Value::Bool(false) => b"F".to_vec(),
        Value::Ellipsis => b"E".to_vec(),
        Value::Int(value) => int(value.into()),
        Value::BigInt(bytes) => int(BigInt::from_signed_bytes_le(bytes)),
        Value::Float(value) if value.is_nan() => b"fnan;".to_vec(),
        Value::Float(value) => format!("f{:016x};", value.to_bits()).into_bytes(),
        Value::Complex(real, imaginary) => {
            [atom(Value::Float(real))?, b"j".to_vec(), atom(Value::Float(imaginary))?].concat()
        }
        Value::Text(text) => counted("s", text.as_bytes()),
        Value::Bytes(bytes) => counted("b", bytes),
        Value::Tuple([]) => b"()".to_vec(),
        Value::FrozenSet([]) => b">0,0;".to_vec(),
        Value::Object(object) if object.kind() == ObjectKind::Global => {
            let part = |number| object.field(number).as_text().map(|text| text.as_bytes().to_vec()).unwrap_or_default();
            [b"g".to_vec(), part(0), b"\n".to_vec(), part(1), b"\n".to_vec()].concat()
        }
        _ => return None,
    })
}
