//! Python's `repr`, without recursion and in bounded space.

use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter, Write};

use hashbrown::HashSet;

use crate::handle::{Handle, Tag, Unpacked};
use crate::literal::{write_bytearray, write_bytes, write_float, write_str};
use crate::object::{Object, ObjectKind, Step};
use crate::printable::is_printable;
use crate::store::Access;
use crate::text::Text;
use crate::view::{Kind, View};

/// The object as Python's `repr` writes it.
///
/// A list within itself is `[...]`, a dict `{...}` and so on, as in Python; an instance within itself is `<...>`. A graph in which much is shared could be longer
/// in print than memory holds (forty tuples can hold 2⁴⁰ references), so once far more has been written than the graph
/// has objects, a container that was written before is abbreviated in the same way.
///
/// Calls and instances are written like calls, with what Python would do to them behind the arguments:
/// `models.User(name='Ann')`, `collections.deque([], 5, [1, 2])`. Python 2's `str` is written `b'…'` and its `long` `1L`.
impl Display for View<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(root) = self.handle() else {
            return f.write_str("<absent>");
        };
        let access = self.access();
        let budget = 16 * access.store.nodes.len() + 10_000;
        Repr { access, open: Vec::new(), inside: HashSet::default(), written: HashSet::default(), budget }.run(root, f)
    }
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

type Nodes = HashSet<u32, foldhash::fast::FixedState>;

struct Repr<'g> {
    access: Access<'g>,
    open: Vec<Open<'g>>,
    /// The nodes of `open`.
    inside: Nodes,
    /// Containers that have been written, or are being written.
    written: Nodes,
    /// How many containers may still be written again.
    budget: usize,
}

/// A container that is being written.
struct Open<'g> {
    node: u32,
    items: &'g [Handle],
    next: usize,
    style: Style,
    close: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Items,
    /// A tuple of one has a comma.
    Tuple,
    Pairs,
    /// An object: callable, arguments, log.
    Object,
    /// The items of a tuple, a list of `key=value` and the like within an object's parentheses; nothing is closed.
    Arguments,
    Keywords,
}

impl<'g> Repr<'g> {
    fn run(&mut self, root: Handle, f: &mut Formatter<'_>) -> fmt::Result {
        self.value(root, f)?;
        while let Some(top) = self.open.last_mut() {
            let (at, style) = (top.next, top.style);
            let Some(&item) = top.items.get(at) else {
                if style == Style::Tuple && at == 1 {
                    f.write_char(',')?;
                }
                f.write_str(top.close)?;
                if !matches!(style, Style::Arguments | Style::Keywords) {
                    self.inside.remove(&top.node);
                }
                self.open.pop();
                continue;
            };
            top.next += 1;
            match style {
                Style::Object => self.part(at, f)?,
                Style::Pairs if at % 2 == 1 => {
                    f.write_str(": ")?;
                    self.value(item, f)?;
                }
                Style::Keywords if at % 2 == 0 => self.keyword(item, at, f)?,
                Style::Keywords => self.value(item, f)?,
                _ => {
                    if at > 0 {
                        f.write_str(", ")?;
                    }
                    self.value(item, f)?;
                }
            }
        }
        Ok(())
    }

    /// Writes an atom, or opens a container.
    fn value(&mut self, handle: Handle, f: &mut Formatter<'_>) -> fmt::Result {
        let (tag, index) = match handle.unpack() {
            Unpacked::Int(value) => return write!(f, "{value}"),
            Unpacked::Float(value) => return write_float(value, f),
            Unpacked::Ref(tag, index) => (tag, index),
        };
        let access = self.access;
        match tag {
            Tag::None | Tag::Foreign => f.write_str("None"),
            Tag::False => f.write_str("False"),
            Tag::True => f.write_str("True"),
            Tag::Ellipsis => f.write_str("Ellipsis"),
            Tag::NotImplemented => f.write_str("NotImplemented"),
            Tag::OddNan => f.write_str("nan"),
            Tag::BigInt => write!(f, "{}", crate::int::to_bigint(access.bytes(index))),
            Tag::Long => write!(f, "{}L", crate::int::to_bigint(access.bytes(index))),
            Tag::Text => write_str(Text::checked(access.bytes(index)).code_points(), f),
            Tag::Bytes | Tag::ByteString => write_bytes(access.bytes(index), f),
            Tag::ByteArray => write_bytearray(access.bytes(index), f),
            Tag::Complex => match View::new(access, Some(handle)).as_complex() {
                Some((real, imaginary)) => write_complex(real, imaginary, f),
                None => f.write_str("complex()"),
            },
            Tag::Tuple => self.enter(index, Style::Tuple, "(", ")", f),
            Tag::List | Tag::Appended => self.enter(index, Style::Items, "[", "]", f),
            Tag::Dict | Tag::Assigned => self.enter(index, Style::Pairs, "{", "}", f),
            Tag::Set | Tag::Added if access.items(index).is_empty() => f.write_str("set()"),
            Tag::Set | Tag::Added => self.enter(index, Style::Items, "{", "}", f),
            Tag::FrozenSet if access.items(index).is_empty() => f.write_str("frozenset()"),
            Tag::FrozenSet => self.enter(index, Style::Items, "frozenset({", "})", f),
            Tag::Range => self.range(index, f),
            Tag::Slice => self.enter(index, Style::Items, "slice(", ")", f),
            Tag::Object => self.object(index, f),
        }
    }

    fn enter(
        &mut self,
        node: u32,
        style: Style,
        open: &'static str,
        close: &'static str,
        f: &mut Formatter<'_>,
    ) -> fmt::Result {
        f.write_str(open)?;
        let again = !self.written.insert(node);
        if again {
            self.budget = self.budget.saturating_sub(1);
        }
        if (again && self.budget == 0) || !self.inside.insert(node) {
            return if style == Style::Object { f.write_str("<...>") } else { write!(f, "...{close}") };
        }
        self.open.push(Open { node, items: self.access.items(node), next: 0, style, close });
        Ok(())
    }

    /// A step of one is left out.
    fn range(&mut self, node: u32, f: &mut Formatter<'_>) -> fmt::Result {
        self.enter(node, Style::Items, "range(", ")", f)?;
        if let Some(top) = self.open.last_mut()
            && let [bounds @ .., step] = top.items
            && top.node == node
            && Handle::small_int(1) == Some(*step)
        {
            top.items = bounds;
        }
        Ok(())
    }

    fn object(&mut self, node: u32, f: &mut Formatter<'_>) -> fmt::Result {
        let object = Object::new(self.access, node);
        match object.kind() {
            ObjectKind::Global => {
                write_name(object.field(0), f)?;
                f.write_char('.')?;
                write_name(object.field(1), f)
            }
            ObjectKind::Persistent => self.enter(node, Style::Items, "<persistent ", ">", f),
            ObjectKind::Extension => self.enter(node, Style::Items, "<extension ", ">", f),
            ObjectKind::StateSetter => self.enter(node, Style::Items, "<state set by ", ">", f),
            ObjectKind::Buffer => write!(f, "<buffer {}>", object.field(0)),
            _ => self.enter(node, Style::Object, "", ")", f),
        }
    }

    /// One part of a call or instance: the callable, its arguments, or an entry of the log.
    fn part(&mut self, at: usize, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(top) = self.open.last() else {
            return Ok(());
        };
        let object = Object::new(self.access, top.node);
        let item = top.items[at];
        if at == 0 {
            // A callable that is a name needs no room on the stack; anything else is rare enough to be put in place.
            return match View::new(self.access, Some(item)).as_global() {
                Some(_) => {
                    self.value(item, f)?;
                    f.write_char('(')
                }
                None => {
                    self.open.push(Open { node: 0, items: &[], next: 0, style: Style::Arguments, close: "(" });
                    self.value(item, f)
                }
            };
        }
        if at == 1 {
            let args = self.access.items_of(item, Tag::Tuple);
            return match args {
                Some(items) => {
                    self.open.push(Open { node: 0, items, next: 0, style: Style::Arguments, close: "" });
                    Ok(())
                }
                None => {
                    f.write_char('*')?;
                    self.value(item, f)
                }
            };
        }
        if at == 2 && object.kind() == ObjectKind::Reconstructed {
            // The builtin is the class's to know.
            return Ok(());
        }
        let first = at == 2 && object.args().is_empty();
        if let Some(entries) = self.keywords_of(&object, item, at) {
            if !entries.is_empty() && !first {
                f.write_str(", ")?;
            }
            self.open.push(Open { node: 0, items: entries, next: 0, style: Style::Keywords, close: "" });
            return Ok(());
        }
        if !first {
            f.write_str(", ")?;
        }
        self.value(item, f)
    }

    /// The keys and values of keyword arguments or of a state, where all keys are text.
    fn keywords_of(&self, object: &Object<'g>, item: Handle, at: usize) -> Option<&'g [Handle]> {
        let is_keywords = at < object.kind().fields();
        let is_state = !is_keywords && matches!(object.steps().nth(at - object.kind().fields())?, Step::State(_));
        let entries = self.access.items_of(item, Tag::Dict)?;
        let all_text = entries.iter().step_by(2).all(|key| key.tag() == Some(Tag::Text));
        (all_text && (is_keywords || is_state)).then_some(entries)
    }

    fn keyword(&mut self, key: Handle, at: usize, f: &mut Formatter<'_>) -> fmt::Result {
        if at > 0 {
            f.write_str(", ")?;
        }
        write_name(View::new(self.access, Some(key)), f)?;
        f.write_char('=')
    }
}

/// A name without quotes. What a terminal could take for more than a name is escaped.
fn write_name(name: View<'_>, f: &mut Formatter<'_>) -> fmt::Result {
    let Some(text) = name.as_text() else { return f.write_char('?') };
    for point in text.code_points() {
        match char::from_u32(point) {
            Some(character) if is_printable(point) => f.write_char(character)?,
            Some(character) => write!(f, "{}", character.escape_default())?,
            None => write!(f, "\\u{{{point:x}}}")?,
        }
    }
    Ok(())
}

/// `(1+2j)`, or `2j` where the real part is a positive zero.
fn write_complex(real: f64, imaginary: f64, f: &mut Formatter<'_>) -> fmt::Result {
    if real == 0.0 && real.is_sign_positive() {
        write_part(imaginary, f)?;
        return f.write_char('j');
    }
    f.write_char('(')?;
    write_part(real, f)?;
    if imaginary.is_nan() || imaginary.is_sign_positive() {
        f.write_char('+')?;
    }
    write_part(imaginary, f)?;
    f.write_str("j)")
}

/// A float without the `.0` of an integral one.
fn write_part(value: f64, f: &mut Formatter<'_>) -> fmt::Result {
    let mut text = alloc::string::String::new();
    write_float(value, &mut text)?;
    f.write_str(text.strip_suffix(".0").unwrap_or(&text))
}

impl Display for Kind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(self.type_name())
    }
}
