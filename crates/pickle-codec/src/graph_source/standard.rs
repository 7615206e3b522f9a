//! Objects of the standard library, where what they reduce to depends on the protocol or on the version.
//!
//! A graph keeps the call that a pickle has: an array of protocol 2 is `array('i', [1, 2])`, one of protocol 3 is
//! `_array_reconstructor(array, 'i', 8, b'…')`. CPython makes the array of either, and then writes what the protocol asks
//! for. So here, with the values read by [`pickle_value::stdlib`]. What needs no other spelling stays as it is.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv6Addr};

use pickle_value::stdlib::{ArrayValue, DateTime, Fraction, SafeUuid, Time};
use pickle_value::{Handle, Kind, Object, ObjectKind, Step, View};

use self::iterators::Iterator;
use super::foreign::{CHARACTER, Container, Content, EMPTY_TUPLE, single_text};
use super::{Cursor, GraphSource};
use crate::source::{Args, Fill, Make, Part, Reduction, Shape};

mod iterators;

type Parts<'g> = Vec<Part<Handle, Cursor<'g>>>;
pub(super) type Made<'g> = Shape<'g, Handle, Cursor<'g>>;

/// A global that has another name, or what is made by one that has other spellings.
#[derive(Clone, Copy, Debug)]
pub(super) enum Standard {
    /// The same class or function under the name that CPython gives it.
    Named(Handle),
    Time,
    DateTime,
    Fraction,
    Context,
    Iterator(Iterator),
    Array,
    Address,
    OrderedDict,
    Deque,
    /// `OSError`, which has more names than this one.
    Error(Handle),
    AttributeError,
    UserString,
    Uuid,
    StructTime,
    Partial,
    Random,
    Pattern,
    /// A builtin type's method, which is no global of its own.
    Method,
}

/// CPython has no longer decimals than these read from text, and none written (`sys.int_info.default_max_str_digits`).
const MAX_DIGITS: u64 = 4300;

impl<'g> GraphSource<'g> {
    /// Notes the globals of the graph that matter here.
    pub(super) fn note_standard(&mut self) {
        let profile = self.profile;
        if profile.is_python2() {
            return;
        }
        let graph = self.graph;
        for global in graph.globals() {
            let (Some((module, name)), Some(handle)) = (global.as_global(), global.handle()) else {
                continue;
            };
            let standard = match (module, name) {
                ("datetime", "time") => Standard::Time,
                ("datetime", "date" | "datetime") => Standard::DateTime,
                ("fractions", "Fraction") => Standard::Fraction,
                ("decimal", "Context") => Standard::Context,
                ("builtins", "AttributeError") => Standard::AttributeError,
                ("array", "array" | "_array_reconstructor") => Standard::Array,
                ("ipaddress", "IPv6Address") => Standard::Address,
                ("collections", "OrderedDict") => Standard::OrderedDict,
                ("collections", "deque") => Standard::Deque,
                ("collections", "UserString") => Standard::UserString,
                ("uuid", "UUID") => Standard::Uuid,
                ("time", "struct_time") => Standard::StructTime,
                ("functools", "partial") => Standard::Partial,
                ("random", "Random") => Standard::Random,
                ("re", "_compile") => Standard::Pattern,
                ("builtins", name) if is_method_of_builtin(name) => Standard::Method,
                ("builtins", "OSError" | "IOError" | "EnvironmentError") | ("socket" | "select", "error") => {
                    Standard::Error(self.global_named("builtins", "OSError"))
                }
                _ => match (Iterator::from_name(module, name), profile.name_of_object(module, name)) {
                    (Some(iterator), _) => Standard::Iterator(iterator),
                    (None, Some((module, name))) => Standard::Named(self.global_named(module, name)),
                    (None, None) => continue,
                },
            };
            self.standard.insert(handle, standard);
        }
    }

    /// The global that CPython has in this one's place.
    pub(super) fn named(&self, handle: Handle) -> Option<Handle> {
        match self.standard.get(&handle)? {
            Standard::Named(other) => Some(*other),
            Standard::Error(error) => Some(*error).filter(|error| *error != handle),
            _ => None,
        }
    }

    /// What is known of the class of an object, or of the callable that makes it, if anything is.
    pub(super) fn standard_of(&self, handle: Handle, object: Object<'g>) -> Option<Standard> {
        let class = if object.kind() == ObjectKind::Global { handle } else { object.callable().handle()? };
        self.standard.get(&class).copied()
    }

    /// True for an object that is spelled by what is kept of it, where a glance tells so.
    #[inline(never)]
    pub(super) fn is_as_kept(&self, standard: Standard, object: Object<'g>) -> bool {
        let argument = |number| object.args().get(number).kind();
        match standard {
            Standard::Named(_) => true,
            Standard::Time | Standard::DateTime => self.protocol > 3 && argument(0) == Kind::Bytes,
            Standard::Fraction => (object.args().len() == Some(1)) != self.profile.fractions_are_ints(),
            Standard::OrderedDict => object.args().len() != Some(1),
            Standard::Deque => argument(0) != Kind::List,
            Standard::Uuid => match object.step(0) {
                Some(Step::State(state)) => state.get("is_safe").kind() != Kind::Object,
                _ => true,
            },
            _ => false,
        }
    }

    /// How an object is spelled, if not by what is kept of it.
    pub(super) fn spelled(&mut self, standard: Standard, handle: Handle, object: Object<'g>) -> Option<Made<'g>> {
        let view = self.graph.view(handle);
        let class = if object.kind() == ObjectKind::Global { handle } else { object.callable().handle()? };
        match standard {
            Standard::Named(_) => None,
            Standard::Time => self.time(class, view, object),
            Standard::DateTime => self.date_time(class, view, object),
            Standard::Fraction => self.fraction(class, view, object),
            Standard::Context => self.context(class, object),
            Standard::Iterator(iterator) => self.iterator(iterator, class, object),
            Standard::Array => self.array(view, object),
            Standard::Address => self.address(class, view, object),
            Standard::OrderedDict => self.ordered_dict(class, object),
            Standard::Deque => self.deque(class, view, object),
            Standard::Error(_) => self.os_error(object),
            Standard::AttributeError => self.attribute_error(class, object),
            Standard::UserString => self.user_string(class, object),
            Standard::Uuid => self.uuid(view, class, object),
            Standard::StructTime => self.struct_time(class, object),
            Standard::Partial => self.partial(class, object),
            Standard::Random => self.random(class, object),
            Standard::Pattern => pattern(class, object),
            Standard::Method => self.method(view),
        }
    }

    /// Its bytes are bytes, whatever Python 2's `str` was read as, and have the fold from protocol 4 on.
    fn time(&mut self, class: Handle, view: View<'g>, object: Object<'g>) -> Option<Made<'g>> {
        let time: Time<View<'_>> = view.as_time()?;
        let is_as_written = object.args().get(0).kind() == Kind::Bytes && (self.protocol > 3 || !time.fold);
        (!is_as_written).then(|| self.of_bytes(class, &time.to_bytes(self.protocol > 3), time.tzinfo))
    }

    fn date_time(&mut self, class: Handle, view: View<'g>, object: Object<'g>) -> Option<Made<'g>> {
        let is_bytes = object.args().get(0).kind() == Kind::Bytes;
        if let Some(date) = view.as_date() {
            return (!is_bytes).then(|| self.of_bytes(class, &date.to_bytes(), None));
        }
        let time: DateTime<View<'_>> = view.as_datetime()?;
        let is_as_written = is_bytes && (self.protocol > 3 || !time.fold);
        (!is_as_written).then(|| self.of_bytes(class, &time.to_bytes(self.protocol > 3), time.tzinfo))
    }

    fn of_bytes(&mut self, class: Handle, bytes: &[u8], zone: Option<View<'_>>) -> Made<'g> {
        let bytes = self.extra(Content::Bytes(bytes.into()));
        let zone = zone.and_then(View::handle);
        call(class, [Some(bytes), zone].into_iter().flatten().map(Part::Object).collect())
    }

    /// Two ints, or up to 3.10 a text.
    fn fraction(&mut self, class: Handle, view: View<'g>, object: Object<'g>) -> Option<Made<'g>> {
        let Fraction { numerator, denominator } = view.as_fraction()?;
        if object.args().len() == Some(1) {
            let ints = [numerator, denominator].map(|int| self.int(&int.to_signed_bytes_le()));
            return Some(call(class, ints.map(Part::Object).into()));
        }
        if numerator.bits().max(denominator.bits()) > MAX_DIGITS * 3 {
            return None;
        }
        let under = if denominator == 1.into() { String::new() } else { format!("/{denominator}") };
        let text = self.extra(Content::Text(format!("{numerator}{under}").into_bytes().into()));
        Some(call(class, [Part::Object(text)].into()))
    }

    /// The flags and the traps in the order of C's table; `decimal.py` has that of a dict.
    fn context(&mut self, class: Handle, object: Object<'g>) -> Option<Made<'g>> {
        let args: Vec<View<'g>> = object.args().items().collect();
        let [numbers @ .., flags, traps] = &args[..] else {
            return None;
        };
        let lists = [in_order_of_signals(*flags)?, in_order_of_signals(*traps)?];
        if numbers.len() != 6 || !lists.iter().any(|(_, changed)| *changed) {
            return None;
        }
        let mut parts: Parts<'g> = numbers.iter().filter_map(|number| number.handle()).map(Part::Object).collect();
        for (signals, _) in lists {
            parts.push(Part::List(signals.len(), self.made(&signals)));
        }
        Some(call(class, parts))
    }

    /// A list of the values under protocol 3, the bytes of a machine from there on.
    fn array(&mut self, view: View<'g>, object: Object<'g>) -> Option<Made<'g>> {
        let array = view.as_array()?;
        let is_listed = object.args().len() == Some(2);
        let class = self.global_named("array", "array");
        let typecode = Part::Object(Handle::foreign(CHARACTER + array.typecode as u32));
        if self.protocol < 3 {
            if is_listed {
                return None;
            }
            let values: Vec<Handle> = array.values().map(|value| self.value(value)).collect();
            let list = Part::List(values.len(), self.made(&values));
            return Some(call(class, [typecode, list].into()));
        }
        let (code, bytes) = array.to_machine()?;
        if !is_listed && object.args().get(2).as_i64() == Some(code.into()) {
            return None;
        }
        let reconstructor = self.global_named("array", "_array_reconstructor");
        let code = self.int(&[code]);
        let bytes = self.extra(Content::Bytes(bytes.into_owned().into()));
        let parts = [Part::Object(class), typecode, Part::Object(code), Part::Object(bytes)];
        Some(call(reconstructor, parts.into()))
    }

    fn value(&mut self, value: ArrayValue) -> Handle {
        match value {
            ArrayValue::Int(value) => self.int(&value.to_le_bytes()),
            ArrayValue::Float(value) => Handle::float(value).unwrap_or_else(|| self.extra(Content::Float(value))),
            ArrayValue::Char(point) => {
                let mut utf8 = Vec::new();
                pickle_value::push_code_point(point, &mut utf8);
                single_text(&utf8).unwrap_or_else(|| self.extra(Content::Text(utf8.into())))
            }
        }
    }

    /// An int: two's complement, little-endian.
    pub(super) fn int(&mut self, bytes: &[u8]) -> Handle {
        let small = (bytes.len() <= 16).then(|| {
            let sign = if bytes.last().is_some_and(|byte| byte & 0x80 != 0) { 0xff } else { 0 };
            let mut wide = [sign; 16];
            wide[..bytes.len()].copy_from_slice(bytes);
            i128::from_le_bytes(wide)
        });
        match small.and_then(|value| i64::try_from(value).ok()).and_then(Handle::small_int) {
            Some(handle) => handle,
            None => self.extra(Content::Int(bytes.into())),
        }
    }

    /// A text since 3.12, a number up to 3.10. 3.11 changed between two patch releases, and so keeps what it reads.
    fn address(&mut self, class: Handle, view: View<'g>, object: Object<'g>) -> Option<Made<'g>> {
        if self.profile.version() == (3, 11) {
            return None;
        }
        let given = object.args().get(0);
        let ip = view.as_ip().filter(|ip| ip.scope.is_none())?;
        let IpAddr::V6(address) = ip.address else {
            return None;
        };
        let arg = match self.profile.addresses_are_texts().map(|texts| texts.text_of(address)) {
            Some(text) if given.as_str() != Some(&text) => self.extra(Content::Text(text.into_bytes().into())),
            None if given.kind() != Kind::Int => self.int(&[&u128::from(address).to_le_bytes()[..], &[0]].concat()),
            _ => return None,
        };
        Some(call(class, [Part::Object(arg)].into()))
    }

    /// Filled by key, then given its attributes; Python 2 has a list of pairs among the arguments.
    fn ordered_dict(&mut self, class: Handle, object: Object<'g>) -> Option<Made<'g>> {
        let pairs = object.args().get(0);
        let is_pair = |pair: View<'_>| matches!(pair.kind(), Kind::List | Kind::Tuple) && pair.len() == Some(2);
        if pairs.kind() != Kind::List || !pairs.items().all(is_pair) {
            return None;
        }
        let flat: Vec<Handle> = pairs.items().flat_map(View::items).filter_map(View::handle).collect();
        let filled = (!flat.is_empty()).then(|| Fill::Assign(self.made(&flat)));
        let steps = filled.into_iter().chain(object.steps().filter_map(|step| self.fill(step))).collect();
        Some(filled_call(class, Vec::new(), steps))
    }

    /// Filled item by item; Python 2 has a list among the arguments.
    fn deque(&mut self, class: Handle, view: View<'g>, object: Object<'g>) -> Option<Made<'g>> {
        let deque = view.as_deque()?;
        let items: Vec<Handle> = deque.items().filter_map(View::handle).collect();
        let maxlen = object.args().get(1).handle().filter(|_| deque.maxlen.is_some());
        let parts = maxlen.map(|maxlen| [Part::Object(Handle::foreign(EMPTY_TUPLE)), Part::Object(maxlen)]);
        let filled = (!items.is_empty()).then(|| Fill::Append(self.made(&items)));
        Some(filled_call(class, parts.into_iter().flatten().collect(), filled.into_iter().collect()))
    }

    /// `OSError(2, '…')` gives a FileNotFoundError, and so it is named from protocol 3 on.
    fn os_error(&mut self, object: Object<'g>) -> Option<Made<'g>> {
        let args = object.args();
        let errno = args.get(0).as_i64().filter(|_| matches!(args.len(), Some(2..=5)))?;
        let class = self.global_named("builtins", subclass_of(errno)?);
        let steps = object.steps().filter_map(|step| self.fill(step)).collect();
        let args = Args::Tuple(args.handle()?);
        Some(Shape::Reduce(Box::new(Reduction { make: Make::Call, callable: class, args, kwargs: None, steps })))
    }

    /// Its state has the arguments again since 3.12.
    fn attribute_error(&mut self, class: Handle, object: Object<'g>) -> Option<Made<'g>> {
        let args = object.args().handle().filter(|_| self.profile.attribute_errors_have_a_state())?;
        let mut pairs = match object.steps().collect::<Vec<_>>()[..] {
            [] => Vec::new(),
            [Step::State(state)] if state.kind() == Kind::Dict && state.get("args").is_absent() => pairs_of(state),
            _ => return None,
        };
        pairs.extend([self.name("args"), args]);
        let state = self.container(Container::Dict, pairs);
        // Many may stand within each other: so a task has no memory of its own.
        Some(Shape::Made(crate::source::Made { is_new: false, parts: self.made(&[class, args, state]) }))
    }

    /// Its state tells how safe it is as a number, and only where that is known.
    fn uuid(&mut self, view: View<'g>, class: Handle, object: Object<'g>) -> Option<Made<'g>> {
        let [Step::State(state)] = object.steps().collect::<Vec<_>>()[..] else {
            return None;
        };
        let value = match view.as_uuid()?.is_safe {
            SafeUuid::Safe => Handle::small_int(0),
            SafeUuid::Unsafe => Handle::small_int(-1),
            SafeUuid::Unknown => None,
        };
        let pairs = state.entries().filter_map(|(key, known)| {
            let known = if key.as_str() == Some("is_safe") { value } else { known.handle() };
            Some([key.handle()?, known?])
        });
        let pairs = pairs.flatten().collect();
        let state = self.container(Container::Dict, pairs);
        let (args, steps) = (Args::Tuple(object.args().handle()?), Vec::from([Fill::State(state)]));
        if self.protocol < 2 {
            return Some(self.reconstruct_plain(class, steps));
        }
        Some(Shape::Reduce(Box::new(Reduction { make: Make::New, callable: class, args, kwargs: None, steps })))
    }

    /// Python 2 has no time zone.
    fn struct_time(&mut self, class: Handle, object: Object<'g>) -> Option<Made<'g>> {
        let (fields, rest) = (object.args().get(0), object.args().get(1));
        if fields.len() != Some(9) || !rest.is_empty() || rest.kind() != Kind::Dict {
            return None;
        }
        let none = Handle::NONE;
        let pairs = Vec::from([self.name("tm_zone"), none, self.name("tm_gmtoff"), none]);
        Some(call(class, [Part::Object(fields.handle()?), Part::Dict(2, self.made(&pairs))].into()))
    }

    /// Without keyword arguments it has an empty dict of them.
    fn partial(&mut self, class: Handle, object: Object<'g>) -> Option<Made<'g>> {
        let [Step::State(state)] = object.steps().collect::<Vec<_>>()[..] else {
            return None;
        };
        let parts: Vec<View<'g>> = state.items().collect();
        let &[callable, args, kwargs, dict] = &parts[..] else {
            return None;
        };
        if !kwargs.is_none() {
            return None;
        }
        let kwargs = self.container(Container::Dict, Vec::new());
        let parts = Vec::from([callable.handle()?, args.handle()?, kwargs, dict.handle()?]);
        let state = self.container(Container::Tuple, parts);
        Some(call_with_state(class, object.args().handle()?, state))
    }

    /// Python 2 has signed numbers in its state.
    fn random(&mut self, class: Handle, object: Object<'g>) -> Option<Made<'g>> {
        let [Step::State(state)] = object.steps().collect::<Vec<_>>()[..] else {
            return None;
        };
        if state.len() != Some(3) || state.get(0).as_i64() != Some(2) {
            return None;
        }
        let numbers = state.get(1).items().map(|number| Handle::small_int(number.as_i64()? & 0xffff_ffff));
        let numbers = numbers.collect::<Option<Vec<_>>>()?;
        let version = Handle::small_int(3)?;
        let numbers = self.container(Container::Tuple, numbers);
        let state = self.container(Container::Tuple, [version, numbers, state.get(2).handle()?].into());
        Some(call_with_state(class, object.args().handle()?, state))
    }

    /// `getattr(str, 'upper')`
    fn method(&mut self, view: View<'g>) -> Option<Made<'g>> {
        let (class, name) = view.as_global()?.1.split_once('.')?;
        let parts = [self.global_named("builtins", class), self.name(name)];
        let getattr = self.global_named("builtins", "getattr");
        Some(call(getattr, parts.map(Part::Object).into()))
    }

    /// Its text, which the state has, is an argument from protocol 2 on.
    fn user_string(&mut self, class: Handle, object: Object<'g>) -> Option<Made<'g>> {
        let steps: Vec<Step<'g>> = object.steps().collect();
        let [Step::State(state)] = steps[..] else {
            return None;
        };
        let text = Some(state.get("data")).filter(|text| text.kind() == Kind::Text)?;
        if self.protocol < 2 {
            return Some(self.reconstruct_plain(class, self.said(steps.into_iter())));
        }
        if !object.args().is_empty() {
            return None;
        }
        let args = Args::Parts([Part::Object(text.handle()?)].into());
        let steps = Vec::from([Fill::State(state.handle()?)]);
        Some(Shape::Reduce(Box::new(Reduction { make: Make::New, callable: class, args, kwargs: None, steps })))
    }

    /// A cursor over items that the graph does not hold together.
    pub(super) fn made(&mut self, items: &[Handle]) -> Cursor<'g> {
        // Whoever asks for the shape of an object sees whether that was too much.
        let _ = self.copies.count(size_of_val(items));
        let (made, left) = (self.made.len() as u32 + 1, items.len() as u32);
        self.made.extend_from_slice(items);
        Cursor { items: [].iter(), made, left }
    }
}

/// A regular expression over text is told so by a flag, unless it is over ASCII. Python 2 has none of that.
fn pattern<'g>(class: Handle, object: Object<'g>) -> Option<Made<'g>> {
    const UNICODE: i64 = 32;
    const ASCII: i64 = 256;
    let args: Vec<View<'g>> = object.args().items().collect();
    let [text, flags] = args[..] else {
        return None;
    };
    let known = flags.as_i64().filter(|known| text.kind() == Kind::Text && known & (UNICODE | ASCII) == 0)?;
    let parts = [text.handle()?, Handle::small_int(known | UNICODE)?];
    Some(call(class, parts.map(Part::Object).into()))
}

/// Such as `str.upper`.
fn is_method_of_builtin(name: &str) -> bool {
    const TYPES: [&str; 13] = [
        "bool",
        "bytearray",
        "bytes",
        "complex",
        "dict",
        "float",
        "frozenset",
        "int",
        "list",
        "object",
        "set",
        "str",
        "tuple",
    ];
    name.split_once('.').is_some_and(|(class, name)| TYPES.contains(&class) && !name.contains('.'))
}

/// Keys and values in turn.
fn pairs_of(dict: View<'_>) -> Vec<Handle> {
    dict.entries().flat_map(|(key, value)| [key.handle(), value.handle()]).flatten().collect()
}

pub(super) fn call_with_state<'g>(callable: Handle, args: Handle, state: Handle) -> Made<'g> {
    let (args, steps) = (Args::Tuple(args), Vec::from([Fill::State(state)]));
    Shape::Reduce(Box::new(Reduction { make: Make::Call, callable, args, kwargs: None, steps }))
}

fn call<'g>(callable: Handle, parts: Parts<'g>) -> Made<'g> {
    filled_call(callable, parts, Vec::new())
}

fn filled_call<'g>(callable: Handle, parts: Parts<'g>, steps: Vec<Fill<Handle, Cursor<'g>>>) -> Made<'g> {
    let args = Args::Parts(parts);
    Shape::Reduce(Box::new(Reduction { make: Make::Call, callable, args, kwargs: None, steps }))
}

/// The signals of a list in the order of C's table, and whether that is another than theirs.
fn in_order_of_signals(list: View<'_>) -> Option<(Vec<Handle>, bool)> {
    let rank = |signal: View<'_>| match signal.as_global() {
        Some(("decimal", name)) => SIGNALS.iter().position(|known| *known == name),
        _ => None,
    };
    let ranked = |signal: View<'_>| Some((rank(signal)?, signal.handle()?));
    let mut signals = list.items().map(ranked).collect::<Option<Vec<_>>>().filter(|_| list.kind() == Kind::List)?;
    let is_sorted = signals.is_sorted_by_key(|(rank, _)| *rank);
    signals.sort_by_key(|(rank, _)| *rank);
    Some((signals.into_iter().map(|(_, signal)| signal).collect(), !is_sorted))
}

/// What a decimal context can signal (`_decimal.c`: `signal_map`).
const SIGNALS: [&str; 9] = [
    "InvalidOperation",
    "FloatOperation",
    "DivisionByZero",
    "Overflow",
    "Underflow",
    "Subnormal",
    "Inexact",
    "Rounded",
    "Clamped",
];

/// How an IPv6 address that IPv4 is mapped to is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AddressText {
    /// `::ffff:c000:201`, up to 3.12.
    Groups,
    /// `::ffff:192.0.2.1`
    Dotted,
}

impl AddressText {
    fn text_of(self, address: Ipv6Addr) -> String {
        match address.segments() {
            [0, 0, 0, 0, 0, 0xffff, high, low] if self == AddressText::Groups => format!("::ffff:{high:x}:{low:x}"),
            _ => address.to_string(),
        }
    }
}

/// What `OSError` makes by the number of an error, as numbered by Linux (`exceptions.c`: `errnomap`).
fn subclass_of(errno: i64) -> Option<&'static str> {
    Some(match errno {
        1 | 13 => "PermissionError",
        2 => "FileNotFoundError",
        3 => "ProcessLookupError",
        4 => "InterruptedError",
        10 => "ChildProcessError",
        11 | 114 | 115 => "BlockingIOError",
        17 => "FileExistsError",
        20 => "NotADirectoryError",
        21 => "IsADirectoryError",
        32 | 108 => "BrokenPipeError",
        103 => "ConnectionAbortedError",
        104 => "ConnectionResetError",
        110 => "TimeoutError",
        111 => "ConnectionRefusedError",
        _ => return None,
    })
}
