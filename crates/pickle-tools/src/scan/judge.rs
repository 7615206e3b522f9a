//! What is judged with its arguments: calls, instances, states, persistent ids.

use std::borrow::Cow;

use super::finding::{Action, Origin, Severity};
use super::host::{Made, Refusal, ScanHost};
use super::policy::{Judgement, Operation, Rule};
use super::raw::{Dtype, Raw};
use super::symbol::Symbol;
use super::value::{Thing, Value};

/// As many bytes as names within names may have: no class has so many around it.
const LONGEST_PATH: usize = 512;

/// Why a rule does not allow a call.
type Forbidden = &'static str;

/// What something is called with.
#[derive(Clone, Copy)]
pub(super) enum Args<'a> {
    Items(&'a [Value]),
    /// The items of this, if it is a tuple that is known.
    Tuple(Value),
}

impl ScanHost<'_> {
    /// `callable(*args)`
    pub(super) fn call(&mut self, callable: Value, args: Args<'_>) -> Made {
        let thing = callable.thing();
        if let Some(literal) = thing.literal() {
            return Err(Refusal(Cow::Owned(format!("'{literal}' object is not callable"))));
        }
        if let Thing::Object { symbol, .. } = thing
            && self.scratch.symbols.get(symbol).is_some_and(Symbol::makes_arrays)
        {
            return Err(Refusal(Cow::Borrowed("an array is not callable")));
        }
        let Thing::Global(symbol) = thing else {
            let subject = self.describe(thing);
            self.suspect(Action::Call, Origin::Computed, &subject, "what is called is computed");
            return Ok(Value::new(Thing::Unknown));
        };
        let hooked = match args {
            Args::Items(items) => items.iter().any(|item| self.has_hook(*item)),
            Args::Tuple(tuple) => self.items_of(tuple).unwrap_or_default().iter().any(|item| self.has_hook(*item)),
        };
        if hooked {
            let subject = self.subject(symbol);
            self.suspect(Action::Call, Origin::Literal, &subject, "an argument would replace a method, as a state");
        }
        let plain = Value::new(Thing::Object { symbol, note: 0 });
        let severity = self.do_with(symbol, Action::Call, Operation::Call);
        let rule = self.scratch.symbols.get(symbol).and_then(|symbol| symbol.allowed()?.rule);
        let (Severity::Allowed, Some(rule)) = (severity, rule) else {
            return Ok(plain);
        };
        let args = match args {
            Args::Items(items) => Some(items.to_vec()),
            Args::Tuple(tuple) => self.items_of(tuple).map(<[Value]>::to_vec),
        };
        match self.by_rule(rule, symbol, args.as_deref()) {
            Ok(value) => Ok(value.unwrap_or(plain)),
            Err(reason) => {
                let subject = self.subject(symbol);
                self.suspect(Action::Call, Origin::Literal, &subject, reason);
                Ok(Value::new(Thing::Unknown))
            }
        }
    }

    fn by_rule(&mut self, rule: Rule, symbol: u32, args: Option<&[Value]>) -> Result<Option<Value>, Forbidden> {
        let Some(args) = args else {
            return Err("its arguments are not known");
        };
        match rule {
            Rule::Getattr => self.attribute(args).map(Some),
            Rule::Reconstructor => match args {
                [class, base, _] => {
                    let Thing::Global(base) = base.thing() else { return Err("its base is computed") };
                    // The base's own `__new__` and `__init__` are called.
                    self.do_with(base, Action::New, Operation::Call);
                    self.instance_of(*class).map(Some)
                }
                _ => Err("its arguments are not a class, a base and a state"),
            },
            Rule::NoArguments => match args {
                [] => Ok(None),
                _ => Err("it is allowed without arguments alone"),
            },
            Rule::Newobj => match args {
                [class, ..] => self.instance_of(*class).map(Some),
                [] => Err("it is called without a class"),
            },
            Rule::OneLiteral => match args {
                [only] if only.thing().literal().is_some() || self.is_constant(*only) => Ok(None),
                _ => Err("it is allowed with one argument alone, which is a literal"),
            },
            Rule::CallsFirst => match args.first().map(|first| first.thing()) {
                // What has a rule, and is an argument, is suspicious for that already.
                Some(Thing::Global(first)) => {
                    self.do_with(first, Action::Call, Operation::Call);
                    Ok(None)
                }
                _ => Err("it calls its first argument, which is computed"),
            },
            Rule::UfuncModule => self.ufunc(args).map(|()| None),
            Rule::Dtype => {
                let dtype = args.first().and_then(|code| self.text_of(*code)).and_then(Dtype::of_code);
                let Some(dtype) = dtype else { return Ok(None) };
                self.scratch.dtypes.push(dtype);
                Ok(Some(Value::new(Thing::Object { symbol, note: self.scratch.dtypes.len() as u32 })))
            }
            Rule::ArrayWrapper => Ok(None),
        }
    }

    /// The items of a tuple, if it is one that is known.
    fn items_of(&self, tuple: Value) -> Option<&[Value]> {
        match tuple.thing() {
            Thing::Tuple(number) => self.scratch.tuples.get(number),
            _ => None,
        }
    }

    /// `...` and `NotImplemented`, which are named.
    fn is_constant(&self, value: Value) -> bool {
        let Thing::Global(symbol) = value.thing() else { return false };
        let subject = self.scratch.symbols.get(symbol).map(|symbol| &*symbol.subject);
        matches!(subject, Some("builtins.Ellipsis" | "builtins.NotImplemented"))
    }

    /// `getattr(global, "name")`, as protocols below 4 spell a name within a name.
    fn attribute(&mut self, args: &[Value]) -> Result<Value, Forbidden> {
        let [object, name] = args else {
            return Err("it is allowed with a global and a name alone");
        };
        let Thing::Global(outer) = object.thing() else {
            return Err("it takes an attribute of what is no global");
        };
        let Some(name) = self.text_of(*name) else {
            return Err("the name of the attribute is computed");
        };
        let Some(outer) = self.scratch.symbols.get(outer) else {
            return Err("it takes an attribute of what is not known");
        };
        // Each name is longer than the one before: a chain of very many would take the square of its length.
        if outer.name().len() + name.len() > LONGEST_PATH {
            return Err("it takes an attribute of a very long name");
        }
        let path = [outer.name().as_bytes(), b".", name].concat();
        let module = outer.module().to_owned();
        let symbol = self.scratch.symbols.enter(module.as_bytes(), &path, 4);
        self.name_symbol(symbol, Origin::Literal);
        Ok(Value::new(Thing::Global(symbol)))
    }

    fn instance_of(&mut self, class: Value) -> Result<Value, Forbidden> {
        match class.thing() {
            Thing::Global(_) => self.make(class).map_err(|_| "its class is no class"),
            _ => Err("its class is computed"),
        }
    }

    /// `numpy._core._ufunc_reconstruct(module, name)` imports that module.
    fn ufunc(&self, args: &[Value]) -> Result<(), Forbidden> {
        let [module, name] = args else {
            return Err("it imports a module that is not known");
        };
        match (self.text_of(*module), self.text_of(*name)) {
            (Some(b"numpy"), Some(name)) => match core::str::from_utf8(name) {
                Ok(name) if matches!(self.scratch.symbols.policy().judge("numpy", name), Judgement::Allowed(_)) => {
                    Ok(())
                }
                _ => Err("it takes from NumPy what is not allowed"),
            },
            (Some(b"scipy.special" | b"scipy.special._ufuncs"), Some(name))
                if name != b"test" && name.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b'_') =>
            {
                Ok(())
            }
            _ => Err("it imports a module that is none of NumPy's or SciPy's"),
        }
    }

    /// `cls.__new__(cls, …)`
    pub(super) fn make(&mut self, class: Value) -> Made {
        let thing = class.thing();
        if let Some(literal) = thing.literal() {
            return Err(Refusal(Cow::Owned(format!("NEWOBJ class argument must be a type, not {literal}"))));
        }
        let Thing::Global(symbol) = thing else {
            let subject = self.describe(thing);
            self.suspect(Action::New, Origin::Computed, &subject, "the class is computed");
            return Ok(Value::new(Thing::Unknown));
        };
        self.do_with(symbol, Action::New, Operation::New);
        Ok(Value::new(Thing::Object { symbol, note: 0 }))
    }

    /// NEWOBJ_EX
    pub(super) fn judge_keywords(&mut self, made: Value, keywords: Value) {
        if self.has_hook(keywords) {
            let subject = self.describe(made.thing());
            self.suspect(Action::New, Origin::Literal, &subject, "an argument would replace a method, as a state");
        }
    }

    /// BUILD
    pub(super) fn set_state(&mut self, object: Value, state: Value) {
        let thing = object.thing();
        match thing {
            Thing::Object { symbol, note } => {
                let severity = self.do_with(symbol, Action::Build, Operation::Build);
                if severity == Severity::Allowed {
                    self.check_state(symbol, state);
                    self.follow(symbol, note, state);
                }
            }
            Thing::Global(symbol) => {
                let subject = self.subject(symbol);
                self.suspect(Action::Build, Origin::Literal, &subject, "a state is set on a global itself");
            }
            Thing::Persistent | Thing::Unknown => {
                let subject = self.describe(thing);
                self.suspect(Action::Build, Origin::Computed, &subject, "a state is set on what is computed");
            }
            // Literals have neither `__setstate__` nor a `__dict__`.
            _ => {}
        }
    }

    /// A state must not put a method in the place of one that a loader calls.
    fn check_state(&mut self, symbol: u32, state: Value) {
        let parts = match state.thing() {
            Thing::Tuple(_) => self.items_of(state),
            _ => Some(std::slice::from_ref(&state)),
        };
        let Some(parts) = parts else {
            let subject = self.subject(symbol);
            return self.suspect(Action::Build, Origin::Computed, &subject, "the state is not known");
        };
        if parts.iter().any(|part| self.has_hook(*part)) {
            let subject = self.subject(symbol);
            self.suspect(Action::Build, Origin::Literal, &subject, "the state replaces a method of the object");
        } else if matches!(state.thing(), Thing::Object { .. } | Thing::Persistent | Thing::Unknown) {
            let subject = self.subject(symbol);
            self.suspect(Action::Build, Origin::Computed, &subject, "the state is computed");
        }
    }

    /// True for a dict that would change, as a state, what an object does.
    fn has_hook(&self, value: Value) -> bool {
        let Thing::Dict(number) = value.thing() else { return false };
        let dicts = &self.scratch.dicts;
        dicts.get(number).map_or_else(|| dicts.has_forgotten_hook(), |note| note.has_hook)
    }

    /// Learns from a state how an array is read that stands in the stream.
    fn follow(&mut self, symbol: u32, note: u32, state: Value) {
        let rule = self.scratch.symbols.get(symbol).and_then(|symbol| symbol.allowed()?.rule);
        match (rule, state.thing()) {
            (Some(Rule::Dtype), Thing::Tuple(number)) => {
                let flags = self.scratch.tuples.get(number).and_then(|items| items.get(7)).map(|flags| flags.thing());
                if let Some(dtype) = (note as usize).checked_sub(1).and_then(|at| self.scratch.dtypes.get_mut(at)) {
                    dtype.set_flags(flags);
                }
            }
            (Some(Rule::ArrayWrapper), Thing::Dict(number)) => self.raw = Some(self.array(number)),
            (Some(Rule::ArrayWrapper), _) => self.raw = Some(Raw::Unknown),
            _ => {}
        }
    }

    /// What joblib's loader reads behind the state of its wrapper.
    fn array(&self, state: u64) -> Raw {
        let known = || {
            let note = self.scratch.dicts.get(state)?;
            let Thing::Object { note: dtype, .. } = note.dtype?.thing() else { return None };
            let dtype = self.scratch.dtypes.get((dtype as usize).checked_sub(1)?)?;
            let Thing::Tuple(shape) = note.shape?.thing() else { return None };
            let count =
                self.scratch.tuples.get(shape)?.iter().try_fold(1u64, |count, length| match length.thing() {
                    Thing::Int(length) => count.checked_mul(u64::try_from(length).ok()?),
                    _ => None,
                })?;
            let is_aligned = matches!(note.alignment.map(Value::thing), Some(Thing::Int(_)));
            dtype.raw(count, is_aligned)
        };
        known().unwrap_or(Raw::Unknown)
    }

    /// A key with its value, of a dict or of what is no literal.
    pub(super) fn set_item(&mut self, thing: Thing, key: Value, value: Value) {
        let Some(key) = self.text_of(key) else {
            // It may be the name of a method.
            if let (Thing::Dict(number), None) = (thing, value.thing().literal()) {
                self.scratch.dicts.note(number).has_hook = true;
            }
            return;
        };
        let is_literal = || value.thing().literal().is_some();
        let is_dunder = matches!(key, [b'_', b'_', _, .., b'_', b'_']);
        let is_hook = match key {
            b"__class__" | b"__dict__" => true,
            b"append" | b"extend" | b"add" | b"read" | b"read_array" | b"read_mmap" => !is_literal(),
            _ => is_dunder && !is_literal(),
        };
        match thing {
            Thing::Dict(number) => match key {
                b"dtype" => self.scratch.dicts.note(number).dtype = Some(value),
                b"shape" => self.scratch.dicts.note(number).shape = Some(value),
                b"numpy_array_alignment_bytes" => self.scratch.dicts.note(number).alignment = Some(value),
                _ if is_hook => self.scratch.dicts.note(number).has_hook = true,
                _ => {}
            },
            Thing::Object { symbol, .. } if is_hook && is_dunder => {
                let subject = self.subject(symbol);
                self.suspect(
                    Action::Items,
                    Origin::Literal,
                    &subject,
                    "an item that would replace a method, as a state",
                );
            }
            _ => {}
        }
    }

    /// PERSID, BINPERSID: PyTorch's loader asks for storages so.
    pub(super) fn judge_persistent(&mut self, id: Value) {
        let parts = match id.thing() {
            Thing::Tuple(number) => self.scratch.tuples.get(number).unwrap_or_default().to_vec(),
            _ => Vec::new(),
        };
        let is_storage = parts.first().is_some_and(|kind| self.text_of(*kind) == Some(b"storage"))
            && matches!(parts.len(), 5 | 6)
            && parts[2..].iter().all(|part| part.thing().literal().is_some())
            && match parts[1].thing() {
                Thing::Global(class) => self.scratch.symbols.get(class).is_some_and(|class| class.allowed().is_some()),
                _ => false,
            };
        if is_storage {
            let event = self.event(Action::Persistent, Origin::Literal, Severity::Allowed);
            self.log.acted = true;
            self.log.count_form(&event, "a storage of PyTorch", "its loader reads numbers there");
        } else {
            let reason = "what it stands for is known to the program alone that loads it";
            self.suspect(Action::Persistent, Origin::Literal, "a persistent id", reason);
        }
    }
}
