//! [`ScanHost`]: a host that keeps no objects, but knows literals from what calls make, and judges what is done.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use pickle_codec::{Host, Items};
use pickle_opcodes::Opcode;

use super::finding::{Action, Origin, Severity, UNKNOWN_NAME};
use super::judge::Args;
use super::log::{Event, Log};
use super::policy::{Operation, Rule};
use super::raw::Raw;
use super::scratch::HostScratch;
use super::symbol::Symbol;
use super::value::{Text, Thing, Value};

/// Decoded texts take no more than this; later ones are not kept.
const MAX_ARENA: usize = 64 << 20;

/// What is decoded of nested bytes takes no more than this beyond the size of the input.
const MAX_DECODED: usize = 1 << 20;

/// Judges what the machine asks it to do.
#[derive(Debug)]
pub(super) struct ScanHost<'i> {
    input: &'i [u8],
    pub(super) scratch: &'i mut HostScratch,
    pub(super) log: Log,
    /// The instruction that runs.
    pub(super) at: usize,
    pub(super) opcode: Opcode,
    /// The last two texts that were made.
    recent: [Option<Value>; 2],
    /// What joblib's loader would read from the stream next.
    pub(super) raw: Option<Raw>,
    /// Where bytes and texts stand that may be pickles or containers themselves: their start, or what was decoded.
    pub(super) nested: BTreeMap<usize, Nested>,
    decoded: usize,
    pub(super) memo: MemoUse,
    /// A wrapper of joblib's was given its state.
    pub(super) saw_wrapper: bool,
}

/// Bytes within a pickle that may be a pickle, or hold one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Nested {
    Input {
        start: usize,
        length: usize,
    },
    Decoded(Vec<u8>),
    /// More than is kept.
    Forgotten,
}

/// How a pickle uses the memo: one that counts its entries, and reads them, means something else behind another pickle.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct MemoUse {
    pub(super) reads: bool,
    pub(super) counts: bool,
}

/// Where a loader raises an error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refusal(pub(super) Cow<'static, str>);

pub(super) type Made = Result<Value, Refusal>;

impl<'i> ScanHost<'i> {
    pub(super) fn new(input: &'i [u8], scratch: &'i mut HostScratch, log: Log) -> ScanHost<'i> {
        ScanHost {
            input,
            scratch,
            log,
            at: 0,
            opcode: Opcode::Stop,
            recent: [None; 2],
            raw: None,
            nested: BTreeMap::new(),
            decoded: 0,
            memo: MemoUse::default(),
            saw_wrapper: false,
        }
    }

    /// Told of what GET took out of the memo.
    #[inline]
    pub(super) fn recall(&mut self, value: Value) {
        self.memo.reads = true;
        if value.is_global()
            && let Thing::Global(symbol) = value.thing()
            && let Some(symbol) = self.scratch.symbols.get_mut(symbol)
        {
            symbol.recalled = true;
        }
    }

    /// The content of a text that is kept.
    pub(super) fn content(&self, text: Text) -> &[u8] {
        content(self.input, &self.scratch.arena, text)
    }

    /// The content of a value that is a text.
    pub(super) fn text_of(&self, value: Value) -> Option<&[u8]> {
        match value.thing() {
            Thing::Text(text) => Some(self.content(text)),
            _ => None,
        }
    }

    #[inline]
    fn enter(&mut self, utf8: &[u8]) -> Value {
        let value = match self.position(utf8) {
            _ if utf8.len() > Text::MAX => Value::new(Thing::LongText),
            Some(start) => Value::new(Thing::Text(Text { start, length: utf8.len() as u16 })),
            None if self.scratch.arena.len() < MAX_ARENA => {
                let start = Text::ARENA + self.scratch.arena.len() as u64;
                self.scratch.arena.extend_from_slice(utf8);
                Value::new(Thing::Text(Text { start, length: utf8.len() as u16 }))
            }
            None => Value::new(Thing::LongText),
        };
        self.recent = [self.recent[1], Some(value)];
        value
    }

    /// Where bytes stand in the input, if they do.
    fn position(&self, bytes: &[u8]) -> Option<u64> {
        let start = (bytes.as_ptr() as usize).checked_sub(self.input.as_ptr() as usize)?;
        (start + bytes.len() <= self.input.len()).then_some(start as u64)
    }

    /// Notes bytes that may be a pickle or a container.
    fn note_nested(&mut self, bytes: &[u8]) {
        if super::nested::is_plausible(bytes) {
            let content = match self.position(bytes) {
                Some(start) => Nested::Input { start: start as usize, length: bytes.len() },
                None => self.decoded(bytes),
            };
            self.nested.insert(self.at, content);
        }
    }

    /// Notes a text that may spell such bytes, a character a byte, as protocols below 3 write them.
    fn note_spelled(&mut self, utf8: &[u8]) {
        if utf8.is_ascii() {
            return self.note_nested(utf8);
        }
        if let Some(bytes) = super::nested::latin1(utf8)
            && super::nested::is_plausible(&bytes)
        {
            let content = self.decoded(&bytes);
            self.nested.insert(self.at, content);
        }
    }

    fn decoded(&mut self, bytes: &[u8]) -> Nested {
        self.decoded += bytes.len();
        if self.decoded > MAX_DECODED + self.input.len() { Nested::Forgotten } else { Nested::Decoded(bytes.to_vec()) }
    }

    pub(super) fn event(&self, action: Action, origin: Origin, severity: Severity) -> Event {
        Event::at(self.at, self.opcode, action, origin, severity)
    }

    /// Notes that a symbol is named.
    pub(super) fn name_symbol(&mut self, symbol: u32, origin: Origin) {
        let Some(known) = self.scratch.symbols.get_mut(symbol) else { return };
        known.recalled = false;
        // Text may begin with a `c` and two lines; what stands behind something else is no chance.
        self.log.acted |= known.is_plausible || self.at > 0;
        let severity = known.naming();
        let event = Event::at(self.at, self.opcode, Action::Global, origin, severity);
        self.log.count(symbol, &event, || (known.subject.clone(), known.reason()));
    }

    /// Notes what is done with a symbol, or with what it made.
    pub(super) fn do_with(&mut self, symbol: u32, action: Action, operation: Operation) -> Severity {
        let Some(known) = self.scratch.symbols.get(symbol) else { return Severity::Suspicious };
        let origin = if known.recalled { Origin::Memo } else { Origin::Literal };
        self.log.acted |= known.is_plausible || self.at > 0;
        let severity = known.doing(operation);
        let event = Event::at(self.at, self.opcode, action, origin, severity);
        self.log.count(symbol, &event, || (known.subject.clone(), known.reason_of(operation)));
        severity
    }

    /// Notes something that no policy allows.
    pub(super) fn suspect(&mut self, action: Action, origin: Origin, subject: &str, reason: impl Into<Arc<str>>) {
        self.log.acted = true;
        let event = self.event(action, origin, Severity::Suspicious);
        self.log.tell(&event, subject.into(), reason);
    }

    pub(super) fn subject(&self, symbol: u32) -> Arc<str> {
        self.scratch.symbols.get(symbol).map_or_else(|| "?".into(), |symbol| symbol.subject.clone())
    }

    /// What a thing is called that is no literal.
    pub(super) fn describe(&self, thing: Thing) -> String {
        match thing {
            Thing::Global(symbol) => self.subject(symbol).to_string(),
            Thing::Object { symbol, .. } => format!("what {} gave", self.subject(symbol)),
            Thing::Persistent => String::from("what a persistent id stands for"),
            _ => String::from("something that is not known"),
        }
    }

    /// Values are kept in others, or given to what is called: whoever calls them does it with arguments of its own.
    #[inline]
    fn keep(&mut self, values: &[Value]) {
        for value in values {
            if value.is_global() {
                self.keep_global(*value);
            }
        }
    }

    fn keep_global(&mut self, value: Value) {
        let Thing::Global(symbol) = value.thing() else { return };
        let rule = self.scratch.symbols.get(symbol).and_then(|symbol| symbol.allowed()?.rule);
        if rule.is_some_and(Rule::limits) {
            let subject = self.subject(symbol);
            let reason = "it may be called with some arguments alone, and is kept for others to call";
            self.suspect(Action::Global, Origin::Literal, &subject, reason);
        }
    }

    /// Items are put into what is no literal.
    fn fill(&mut self, target: Value) {
        match target.thing() {
            Thing::Object { symbol, .. } => {
                self.do_with(symbol, Action::Items, Operation::Items);
            }
            Thing::Global(symbol) => {
                let subject = self.subject(symbol);
                self.suspect(Action::Items, Origin::Literal, &subject, "items are put into a global itself");
            }
            thing @ (Thing::Persistent | Thing::Unknown) => {
                let subject = self.describe(thing);
                self.suspect(Action::Items, Origin::Computed, &subject, "items are put into it");
            }
            _ => {}
        }
    }

    fn named_by(&self, value: Value) -> Result<Option<Text>, Refusal> {
        match value.thing() {
            Thing::Text(text) => Ok(Some(text)),
            Thing::Object { symbol, .. } if self.scratch.symbols.get(symbol).is_some_and(Symbol::makes_arrays) => {
                Err(Refusal(Cow::Borrowed("STACK_GLOBAL requires str")))
            }
            Thing::LongText | Thing::Object { .. } | Thing::Persistent | Thing::Unknown => Ok(None),
            _ => Err(Refusal(Cow::Borrowed("STACK_GLOBAL requires str"))),
        }
    }
}

/// The content of a text that stands in the input or in the arena.
fn content<'b>(input: &'b [u8], arena: &'b [u8], text: Text) -> &'b [u8] {
    let (bytes, start) = match text.start.checked_sub(Text::ARENA) {
        Some(start) => (arena, start as usize),
        None => (input, text.start as usize),
    };
    bytes.get(start..start + usize::from(text.length)).unwrap_or_default()
}

impl Host for ScanHost<'_> {
    type Object = Value;
    type Error = Refusal;

    #[inline]
    fn text(&mut self, utf8: &[u8]) -> Made {
        if utf8.len() >= super::nested::MIN {
            self.note_spelled(utf8);
        }
        Ok(self.enter(utf8))
    }

    fn byte_string(&mut self, bytes: &[u8]) -> Made {
        self.note_nested(bytes);
        Ok(self.enter(bytes))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Made {
        self.note_nested(bytes);
        Ok(Value::new(Thing::Bytes))
    }

    fn byte_array(&mut self, bytes: &[u8]) -> Made {
        self.bytes(bytes)
    }

    #[inline]
    fn none(&mut self) -> Made {
        Ok(Value::new(Thing::None))
    }

    #[inline]
    fn bool(&mut self, _value: bool) -> Made {
        Ok(Value::new(Thing::Bool))
    }

    #[inline]
    fn int32(&mut self, value: i32) -> Made {
        Ok(Value::new(Thing::Int(value.into())))
    }

    fn int(&mut self, value: i64) -> Made {
        Ok(Value::new(if value.unsigned_abs() >> 47 == 0 { Thing::Int(value) } else { Thing::Number }))
    }

    fn long(&mut self, bytes: &[u8]) -> Made {
        let mut all = [bytes.last().map_or(0, |last| (*last as i8 >> 7) as u8); 8];
        match all.get_mut(..bytes.len()) {
            Some(low) => {
                low.copy_from_slice(bytes);
                self.int(i64::from_le_bytes(all))
            }
            None => Ok(Value::new(Thing::Number)),
        }
    }

    #[inline]
    fn float(&mut self, _value: f64) -> Made {
        Ok(Value::new(Thing::Number))
    }

    fn next_buffer(&mut self) -> Made {
        Ok(Value::new(Thing::Buffer))
    }

    fn readonly_buffer(&mut self, buffer: Value) -> Made {
        Ok(buffer)
    }

    #[inline]
    fn tuple(&mut self, items: Items<'_, Value>) -> Made {
        self.keep(items.as_slice());
        Ok(Value::new(Thing::Tuple(self.scratch.tuples.push(items.as_slice()))))
    }

    #[inline]
    fn list(&mut self) -> Made {
        Ok(Value::new(Thing::List))
    }

    #[inline]
    fn dict(&mut self) -> Made {
        Ok(Value::new(Thing::Dict(self.scratch.dicts.next())))
    }

    fn set(&mut self) -> Made {
        Ok(Value::new(Thing::Set))
    }

    fn frozen_set(&mut self, items: Items<'_, Value>) -> Made {
        self.keep(items.as_slice());
        Ok(Value::new(Thing::FrozenSet))
    }

    #[inline]
    fn extend(&mut self, list: &Value, items: Items<'_, Value>) -> Result<(), Refusal> {
        self.keep(items.as_slice());
        if *list != Value::new(Thing::List) {
            self.fill(*list);
        }
        Ok(())
    }

    #[inline]
    fn set_items(&mut self, dict: &Value, pairs: Items<'_, Value>) -> Result<(), Refusal> {
        let thing = dict.thing();
        if !matches!(thing, Thing::Dict(_)) {
            self.fill(*dict);
        }
        self.keep(pairs.as_slice());
        for pair in pairs.as_slice().chunks_exact(2) {
            if pair[0].may_be_text() {
                self.set_item(thing, pair[0], pair[1]);
            }
        }
        Ok(())
    }

    fn add_items(&mut self, set: &Value, items: Items<'_, Value>) -> Result<(), Refusal> {
        self.keep(items.as_slice());
        self.fill(*set);
        Ok(())
    }

    fn global(&mut self, module: &[u8], name: &[u8], protocol: u8) -> Made {
        // The lines of GLOBAL are to be UTF-8.
        if core::str::from_utf8(module).is_err() || core::str::from_utf8(name).is_err() {
            return Err(Refusal(Cow::Borrowed("the name of a global is not UTF-8")));
        }
        let symbol = self.scratch.symbols.enter(module, name, protocol);
        self.name_symbol(symbol, Origin::Literal);
        Ok(Value::new(Thing::Global(symbol)))
    }

    fn stack_global(&mut self, module: Value, name: Value, protocol: u8) -> Made {
        let (Some(module_text), Some(name_text)) = (self.named_by(module)?, self.named_by(name)?) else {
            let reason = "the name is computed, or longer than any name";
            self.suspect(Action::Global, Origin::Computed, UNKNOWN_NAME, reason);
            return Ok(Value::new(Thing::Unknown));
        };
        let recent = |value| self.recent.contains(&Some(value));
        let origin = if recent(module) && recent(name) { Origin::Literal } else { Origin::Memo };
        let content = |text| content(self.input, &self.scratch.arena, text);
        let symbol = self.scratch.symbols.enter(content(module_text), content(name_text), protocol);
        self.name_symbol(symbol, origin);
        Ok(Value::new(Thing::Global(symbol)))
    }

    fn extension(&mut self, code: u32, _protocol: u8) -> Made {
        let policy = self.scratch.symbols.policy().clone();
        if let Some((module, name)) = policy.extension(code) {
            let symbol = self.scratch.symbols.enter(module.as_bytes(), name.as_bytes(), 4);
            self.name_symbol(symbol, Origin::Computed);
            return Ok(Value::new(Thing::Global(symbol)));
        }
        let reason = "what it stands for is known to the process alone that loads it";
        self.suspect(Action::Extension, Origin::Computed, &format!("extension code {code}"), reason);
        Ok(Value::new(Thing::Unknown))
    }

    fn persistent(&mut self, id: Value) -> Made {
        self.judge_persistent(id);
        Ok(Value::new(Thing::Persistent))
    }

    fn reduce(&mut self, callable: Value, args: Value) -> Made {
        self.call(callable, Args::Tuple(args))
    }

    fn new_object(&mut self, class: Value, _args: Value) -> Made {
        self.make(class)
    }

    fn new_object_ex(&mut self, class: Value, _args: Value, kwargs: Value) -> Made {
        let made = self.make(class)?;
        self.judge_keywords(made, kwargs);
        Ok(made)
    }

    fn instance(&mut self, class: Value, args: Items<'_, Value>) -> Made {
        self.keep(args.as_slice());
        self.call(class, Args::Items(args.as_slice()))
    }

    fn build(&mut self, object: &Value, state: Value) -> Result<(), Refusal> {
        self.set_state(*object, state);
        Ok(())
    }
}
