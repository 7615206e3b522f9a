//! Writing the tagged form of a graph.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigInt;
use pickle_value::{Graph, Handle, Nest, Object, ObjectKind, Step, Text, Value, View};

use super::census::{Census, Reference};
use super::{LONG_INT, OBJECTS, pieces, slots};
use crate::json::error::{DumpError, DumpErrorKind};
use crate::json::keys;
use crate::json::term::Terms;
use crate::json::writer::Writer;

/// Writes a graph, from the outside in, so that nothing is held but what is open.
pub(crate) fn write(graph: &Graph<'_>, writer: &mut Writer<'_>) -> Result<(), DumpError> {
    let encode =
        Encode { graph, census: Census::of(graph), writer, open: Nest::new(), sorted: Nest::new(), numbers: 0 };
    encode.run().map_err(|kind| DumpError::new(String::new(), kind))
}

struct Encode<'g, 'w, 'o> {
    graph: &'g Graph<'g>,
    census: Census<'g>,
    writer: &'w mut Writer<'o>,
    open: Nest<Open>,
    /// Keys and values of the JSON objects that are open and sorted.
    sorted: Nest<Vec<Handle>>,
    /// How many shared objects have got their number.
    numbers: u32,
}

/// What is being written. There may be millions, so it is small.
#[derive(Clone, Copy)]
struct Open {
    handle: Handle,
    /// Which slot, entry, field or step comes next.
    next: u32,
    form: Form,
    /// Which part of the step comes next.
    part: u8,
    /// Whether it stands within `{"$id": 1, "$value": …}`.
    is_numbered: bool,
}

#[derive(Clone, Copy)]
enum Form {
    /// `[item, …]`
    Items,
    /// `[[key, value], …]`
    Pairs,
    /// `{"$tag": [item, …]}`
    TaggedItems,
    /// `{"$dict": [[key, value], …]}`
    TaggedPairs,
    /// `{"key": value, …}`
    Dict,
    /// The same, of the last of [`Encode::sorted`].
    SortedDict,
    /// `{"$tag": [field, …]}`
    Fields,
    /// `{"$tag": [field, …], "$do": [step, …]}`, where the steps have begun.
    Steps,
}

type Outcome = Result<(), DumpErrorKind>;

/// As many bytes of base64 as are made at a time, of three quarters as many.
const PIECE: usize = 4096;

impl<'g> Encode<'g, '_, '_> {
    fn run(mut self) -> Outcome {
        self.value(self.graph.root().handle().unwrap_or(Handle::NONE))?;
        while let Some(&top) = self.open.last() {
            match top.form {
                Form::Items | Form::TaggedItems => self.item(top)?,
                Form::Pairs | Form::TaggedPairs => self.half_of_pair(top)?,
                Form::Dict | Form::SortedDict => self.entry(top)?,
                Form::Fields => self.field(top)?,
                Form::Steps => self.step(top)?,
            }
        }
        Ok(())
    }

    fn item(&mut self, top: Open) -> Outcome {
        match slots(self.graph, top.handle).get(top.next as usize) {
            Some(&item) => self.next(item),
            None => self.end_list(),
        }
    }

    /// A key, or a value behind it; behind that the pair ends.
    fn half_of_pair(&mut self, top: Open) -> Outcome {
        let is_key = top.next.is_multiple_of(2);
        if is_key && top.next > 0 {
            self.writer.end(b']');
        }
        match slots(self.graph, top.handle).get(top.next as usize) {
            Some(&key) if is_key => {
                self.writer.separate();
                self.writer.begin(b'[');
                self.next(key)
            }
            Some(&value) => self.next(value),
            None => self.end_list(),
        }
    }

    fn entry(&mut self, top: Open) -> Outcome {
        let own = match top.form {
            Form::SortedDict => self.sorted.last().map(Vec::as_slice),
            _ => None,
        };
        let pairs = own.unwrap_or_else(|| slots(self.graph, top.handle));
        let at = 2 * top.next as usize;
        if let Some(&[key, value]) = pairs.get(at..at + 2) {
            self.advance();
            self.writer.separate();
            self.name(self.graph.view(key));
            self.writer.colon();
            return self.value(value);
        }
        if let Form::SortedDict = top.form {
            self.sorted.pop();
        }
        self.open.pop();
        self.writer.end(b'}');
        self.finish(top)
    }

    fn field(&mut self, top: Open) -> Outcome {
        let Value::Object(object) = self.graph.value(top.handle) else { return self.end_list() };
        if let Some(&field) = object.fields().get(top.next as usize) {
            return self.next(field);
        }
        self.writer.end(b']');
        if object.step(0).is_none() {
            return self.end_object();
        }
        if let Some(top) = self.open.last_mut() {
            (top.form, top.next) = (Form::Steps, 0);
        }
        self.key("$do");
        self.writer.begin(b'[');
        Ok(())
    }

    /// The next part of a step: its word with what it is done with first, what follows that, or its end.
    fn step(&mut self, top: Open) -> Outcome {
        let step = self.graph.view(top.handle).as_object().and_then(|object| object.step(top.next as usize));
        let Some(step) = step else {
            self.writer.end(b']');
            return self.end_object();
        };
        match (top.part, step) {
            (0, _) => {
                self.set_part(1);
                self.begin_step(step)
            }
            (1, Step::StateBy(_, state)) => {
                self.set_part(2);
                self.writer.separate();
                self.value(state.handle().unwrap_or(Handle::NONE))
            }
            _ => {
                self.set_part(0);
                self.advance();
                self.writer.end(b']');
                Ok(())
            }
        }
    }

    fn begin_step(&mut self, step: Step<'g>) -> Outcome {
        let (word, part, form) = match step {
            Step::State(state) => ("state", state, None),
            Step::StateBy(setter, _) => ("state_by", setter, None),
            Step::Append(items) => ("append", items, Some(Form::Items)),
            Step::Assign(pairs) => ("set", pairs, Some(Form::Pairs)),
            Step::Add(items) => ("add", items, Some(Form::Items)),
        };
        self.writer.separate();
        self.writer.begin(b'[');
        self.writer.separate();
        self.word(word);
        self.writer.separate();
        let part = part.handle().unwrap_or(Handle::NONE);
        match form {
            Some(form) => self.list(part, form, false),
            None => self.value(part),
        }
    }

    fn set_part(&mut self, part: u8) {
        if let Some(top) = self.open.last_mut() {
            top.part = part;
        }
    }

    fn advance(&mut self) {
        if let Some(top) = self.open.last_mut() {
            top.next += 1;
        }
    }

    /// The next item of what is open.
    fn next(&mut self, handle: Handle) -> Outcome {
        self.advance();
        self.writer.separate();
        self.value(handle)
    }

    fn value(&mut self, handle: Handle) -> Outcome {
        let is_numbered = match (self.census.reference(handle), self.graph.value(handle)) {
            (Reference::Key, Value::Text(text)) => {
                self.begin_tag("$key");
                self.writer.text(text);
                return self.end_tag();
            }
            (Reference::Numbered(number), _) => {
                self.begin_tag("$ref");
                self.writer.small(number.into());
                return self.end_tag();
            }
            (Reference::Shared, _) => {
                self.numbers += 1;
                if !self.census.set_number(handle, self.numbers) {
                    return Err(self.writer.too_long());
                }
                self.begin_tag("$id");
                self.writer.small(self.numbers.into());
                self.key("$value");
                true
            }
            _ => false,
        };
        self.content(handle, is_numbered)
    }

    fn content(&mut self, handle: Handle, is_numbered: bool) -> Outcome {
        match self.graph.value(handle) {
            Value::List(_) => return self.list(handle, Form::Items, is_numbered),
            Value::Tuple(_) => return self.tagged_list("$tuple", handle, is_numbered),
            Value::Set(_) => return self.tagged_list("$set", handle, is_numbered),
            Value::FrozenSet(_) => return self.tagged_list("$frozenset", handle, is_numbered),
            Value::Range(_) => return self.tagged_list("$range", handle, is_numbered),
            Value::Slice(_) => return self.tagged_list("$slice", handle, is_numbered),
            Value::Dict(pairs) => return self.dict(handle, pairs, is_numbered),
            Value::Object(object) if object.kind() != ObjectKind::Global => {
                return self.object(handle, &object, is_numbered);
            }
            value => self.atom(&value)?,
        }
        if is_numbered { self.end_tag() } else { self.writer.check_length() }
    }

    fn tagged_list(&mut self, tag: &str, handle: Handle, is_numbered: bool) -> Outcome {
        self.begin_tag(tag);
        self.list(handle, Form::TaggedItems, is_numbered)
    }

    fn list(&mut self, handle: Handle, form: Form, is_numbered: bool) -> Outcome {
        let open = Open { handle, next: 0, form, part: 0, is_numbered };
        if slots(self.graph, handle).is_empty() {
            self.writer.plain(b"[]");
            return self.finish(open);
        }
        self.writer.begin(b'[');
        self.open.push(open);
        self.writer.check_length()
    }

    fn dict(&mut self, handle: Handle, pairs: &[Handle], is_numbered: bool) -> Outcome {
        if self.census.is_tagged(handle) {
            self.begin_tag("$dict");
            return self.list(handle, Form::TaggedPairs, is_numbered);
        }
        let is_sorted = self.writer.options.sort_keys;
        let form = if is_sorted { Form::SortedDict } else { Form::Dict };
        let open = Open { handle, next: 0, form, part: 0, is_numbered };
        if pairs.is_empty() {
            self.writer.plain(b"{}");
            return self.finish(open);
        }
        if is_sorted {
            let terms = Terms { graph: self.graph, options: self.writer.options };
            self.sorted.push(keys::sort(terms, pairs.to_vec())?);
        }
        self.writer.begin(b'{');
        self.open.push(open);
        self.writer.check_length()
    }

    fn object(&mut self, handle: Handle, object: &Object<'g>, is_numbered: bool) -> Outcome {
        let tag = OBJECTS.iter().find(|(kind, _)| *kind == object.kind()).map_or("$native", |(_, tag)| tag);
        self.begin_tag(tag);
        self.writer.begin(b'[');
        self.open.push(Open { handle, next: 0, form: Form::Fields, part: 0, is_numbered });
        self.writer.check_length()
    }

    fn end_list(&mut self) -> Outcome {
        self.writer.end(b']');
        match self.open.pop() {
            Some(top) => self.finish(top),
            None => Ok(()),
        }
    }

    fn end_object(&mut self) -> Outcome {
        self.writer.end(b'}');
        match self.open.pop() {
            Some(top) => self.finish(top),
            None => Ok(()),
        }
    }

    /// Ends what stands around something that has ended.
    fn finish(&mut self, open: Open) -> Outcome {
        if let Form::TaggedItems | Form::TaggedPairs = open.form {
            self.writer.end(b'}');
        }
        if open.is_numbered {
            self.writer.end(b'}');
        }
        self.writer.check_length()
    }

    /// A text that is whole.
    fn name(&mut self, view: View<'_>) {
        match view.as_text() {
            Some(text) => self.writer.text(text),
            None => self.word(""),
        }
    }

    /// A text that needs no escapes.
    fn word(&mut self, word: &str) {
        self.writer.plain(b"\"");
        self.writer.plain(word.as_bytes());
        self.writer.plain(b"\"");
    }

    /// A key of an object that is open.
    fn key(&mut self, key: &str) {
        self.writer.separate();
        self.word(key);
        self.writer.colon();
    }

    /// An object whose first key is the tag.
    fn begin_tag(&mut self, tag: &str) {
        self.writer.begin(b'{');
        self.key(tag);
    }

    fn end_tag(&mut self) -> Outcome {
        self.writer.end(b'}');
        self.writer.check_length()
    }

    /// What has no parts with an identity.
    fn atom(&mut self, value: &Value<'g>) -> Outcome {
        match *value {
            Value::Bool(value) => self.writer.plain(if value { b"true" } else { b"false" }),
            Value::Int(value) => self.writer.small(value),
            Value::BigInt(bytes) => self.int(bytes)?,
            Value::Long(bytes) => {
                self.begin_tag("$long");
                self.int(bytes)?;
                self.end_tag()?;
            }
            Value::Float(value) => self.float(value)?,
            Value::Complex(real, imaginary) => {
                self.begin_tag("$complex");
                self.writer.begin(b'[');
                for part in [real, imaginary] {
                    self.writer.separate();
                    self.float(part)?;
                }
                self.writer.end(b']');
                self.end_tag()?;
            }
            Value::Text(text) => self.text(text)?,
            Value::Bytes(bytes) => self.base64("$bytes", bytes)?,
            Value::ByteArray(bytes) => self.base64("$bytearray", bytes)?,
            Value::ByteString(bytes) => self.base64("$bytestring", bytes)?,
            Value::Ellipsis => self.nothing("$ellipsis")?,
            Value::NotImplemented => self.nothing("$notimplemented")?,
            Value::Object(object) => self.global(&object)?,
            // None; a graph has nothing else.
            _ => self.writer.plain(b"null"),
        }
        Ok(())
    }

    fn nothing(&mut self, tag: &str) -> Outcome {
        self.begin_tag(tag);
        self.writer.plain(b"null");
        self.end_tag()
    }

    fn int(&mut self, bytes: &[u8]) -> Outcome {
        if bytes.len() <= LONG_INT {
            return self.writer.large(bytes);
        }
        self.begin_tag("$int");
        self.word(&BigInt::from_signed_bytes_le(bytes).to_str_radix(16));
        self.end_tag()
    }

    fn float(&mut self, value: f64) -> Outcome {
        if value.is_finite() {
            self.writer.float(value);
            return Ok(());
        }
        self.begin_tag("$float");
        match value.to_bits() {
            0x7ff8_0000_0000_0000 => self.word("nan"),
            0x7ff0_0000_0000_0000 => self.word("inf"),
            0xfff0_0000_0000_0000 => self.word("-inf"),
            bits => self.word(&format!("{bits:016x}")),
        }
        self.end_tag()
    }

    fn text(&mut self, text: Text<'_>) -> Outcome {
        if pieces(text).nth(1).is_none() {
            self.writer.text(text);
            return Ok(());
        }
        self.begin_tag("$text");
        self.writer.begin(b'[');
        for piece in pieces(text) {
            self.writer.separate();
            self.writer.text(piece);
        }
        self.writer.end(b']');
        self.end_tag()
    }

    fn base64(&mut self, tag: &str, bytes: &[u8]) -> Outcome {
        let mut digits = [0; PIECE];
        self.begin_tag(tag);
        self.writer.plain(b"\"");
        for piece in bytes.chunks(PIECE / 4 * 3) {
            // The room is enough.
            let count = STANDARD.encode_slice(piece, &mut digits).unwrap_or_default();
            self.writer.plain(&digits[..count]);
            self.writer.check_length()?;
        }
        self.writer.plain(b"\"");
        self.end_tag()
    }

    /// A class or function.
    fn global(&mut self, object: &Object<'_>) -> Outcome {
        self.begin_tag("$global");
        self.writer.begin(b'[');
        for number in 0..2 {
            self.writer.separate();
            self.name(object.field(number));
        }
        self.writer.end(b']');
        self.end_tag()
    }
}
