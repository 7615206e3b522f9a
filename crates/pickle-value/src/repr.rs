//! Python's `repr`, without recursion and in bounded space.

use alloc::borrow::Cow;
use alloc::vec::{self, Vec};
use core::fmt::{self, Display, Formatter, Write};

use hashbrown::{HashMap, HashSet};

use crate::handle::{Handle, Tag, Unpacked};
use crate::literal::{write_bytearray, write_bytes, write_float, write_str};
use crate::object::{Object, ObjectKind};
use crate::printable::is_printable;
use crate::store::Access;
use crate::text::Text;
use crate::view::{Kind, View};

mod object;

/// The object as Python's `repr` writes it.
///
/// A list within itself is `[...]`, a dict `{...}` and so on, as in Python. A graph in which much is shared could be longer
/// in print than memory holds (forty tuples can hold 2⁴⁰ references), so once far more has been written than the graph
/// has objects, a container that was written before is abbreviated in the same way, and an instance to `<...>`.
///
/// What is known of the [standard library](crate::stdlib) is written as its `repr` does, `Decimal('1.5')`. Other calls and
/// instances are written like calls, with attributes for keyword arguments, and the items of what is derived from a list,
/// dict or set behind the arguments: `models.User('Ann', age=41)`, `models.Stack([1, 2])`. A state that is no dict is
/// `<state …>`. An instance within itself is `<cycle #1>`, where 1 is the outermost of the instances that stand around it.
/// NumPy's arrays and PyTorch's tensors are written by type and shape: `array float64 [100, 3]`.
///
/// Python 2's `str` is written `b'…'` and its `long` `1L`. What stands in `builtins` is written without the module.
impl Display for View<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(root) = self.handle() else {
            return f.write_str("<absent>");
        };
        let access = self.access();
        let budget = 16 * access.store.nodes.len() + 10_000;
        let (inside, written) = (HashMap::default(), HashSet::default());
        Repr { access, open: Vec::new(), inside, instances: 0, written, budget }.run(root, f)
    }
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

struct Repr<'g> {
    access: Access<'g>,
    open: Vec<Open<'g>>,
    /// The nodes of `open`; those of instances with their number, counted from 1.
    inside: HashMap<u32, u32, foldhash::fast::FixedState>,
    /// How many instances are open.
    instances: u32,
    /// Containers that have been written, or are being written.
    written: HashSet<u32, foldhash::fast::FixedState>,
    /// How many containers may still be written again.
    budget: usize,
}

/// A container or a part of an instance that is being written.
struct Open<'g> {
    /// What is open then, and whether it is an instance.
    node: Option<(u32, bool)>,
    work: Work<'g>,
    close: &'static str,
}

/// What is left to write.
enum Work<'g> {
    Listed(Style, Slots<'g>, usize),
    Pieces(vec::IntoIter<Piece<'g>>),
}

/// Items, or keys and values in turn.
type Slots<'g> = Cow<'g, [Handle]>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Items,
    /// A tuple of one has a comma.
    Tuple,
    /// `key: value`
    Pairs,
    /// `key=value`
    Keywords,
}

/// A piece of what an instance is written as.
enum Piece<'g> {
    Text(Cow<'static, str>),
    Value(Handle),
    Listed(Style, Slots<'g>),
}

impl<'g> Repr<'g> {
    fn run(&mut self, root: Handle, f: &mut Formatter<'_>) -> fmt::Result {
        self.value(root, f)?;
        while let Some(top) = self.open.last_mut() {
            match &mut top.work {
                Work::Pieces(pieces) => match pieces.next() {
                    Some(Piece::Text(text)) => f.write_str(&text)?,
                    Some(Piece::Value(value)) => self.value(value, f)?,
                    Some(Piece::Listed(style, slots)) => {
                        self.open.push(Open { node: None, work: Work::Listed(style, slots, 0), close: "" });
                    }
                    None => self.close(f)?,
                },
                Work::Listed(style, slots, next) => {
                    let (at, style) = (*next, *style);
                    let Some(&item) = slots.get(at) else {
                        if style == Style::Tuple && at == 1 {
                            f.write_char(',')?;
                        }
                        self.close(f)?;
                        continue;
                    };
                    *next += 1;
                    self.item(item, at, style, f)?;
                }
            }
        }
        Ok(())
    }

    fn item(&mut self, item: Handle, at: usize, style: Style, f: &mut Formatter<'_>) -> fmt::Result {
        match style {
            Style::Pairs if at % 2 == 1 => f.write_str(": ")?,
            Style::Keywords if at % 2 == 1 => f.write_char('=')?,
            _ if at > 0 => f.write_str(", ")?,
            _ => {}
        }
        match style {
            Style::Keywords if at.is_multiple_of(2) => write_name(View::new(self.access, Some(item)), f),
            _ => self.value(item, f),
        }
    }

    fn close(&mut self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(Open { node, close, .. }) = self.open.pop() else {
            return Ok(());
        };
        if let Some((node, is_instance)) = node {
            self.inside.remove(&node);
            self.instances -= u32::from(is_instance);
        }
        f.write_str(close)
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
            Tag::Object => self.object(handle, index, f),
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
        if self.is_abbreviated(node) || self.inside.contains_key(&node) {
            return write!(f, "...{close}");
        }
        self.inside.insert(node, 0);
        let work = Work::Listed(style, Cow::Borrowed(self.access.items(node)), 0);
        self.open.push(Open { node: Some((node, false)), work, close });
        Ok(())
    }

    /// Notes that a container is written; true if it was before, and too much has been written to do so again.
    fn is_abbreviated(&mut self, node: u32) -> bool {
        let again = !self.written.insert(node);
        if again {
            self.budget = self.budget.saturating_sub(1);
        }
        again && self.budget == 0
    }

    /// A step of one is left out.
    fn range(&mut self, node: u32, f: &mut Formatter<'_>) -> fmt::Result {
        self.enter(node, Style::Items, "range(", ")", f)?;
        if let Some(Open { node: Some((top, _)), work: Work::Listed(_, Cow::Borrowed(items), _), .. }) =
            self.open.last_mut()
            && let [bounds @ .., step] = *items
            && *top == node
            && Handle::small_int(1) == Some(*step)
        {
            *items = bounds;
        }
        Ok(())
    }

    fn object(&mut self, handle: Handle, node: u32, f: &mut Formatter<'_>) -> fmt::Result {
        let object = Object::new(self.access, node);
        match object.kind() {
            ObjectKind::Global => return write_global(object, f),
            ObjectKind::Buffer => return write!(f, "<buffer {}>", object.field(0)),
            _ => {}
        }
        if let Some(number) = self.inside.get(&node) {
            return write!(f, "<cycle #{number}>");
        }
        if self.is_abbreviated(node) {
            return f.write_str("<...>");
        }
        let pieces = object::pieces(View::new(self.access, Some(handle)), object);
        self.instances += 1;
        self.inside.insert(node, self.instances);
        self.open.push(Open { node: Some((node, true)), work: Work::Pieces(pieces.into_iter()), close: "" });
        Ok(())
    }
}

fn write_global(object: Object<'_>, f: &mut Formatter<'_>) -> fmt::Result {
    if object.field(0).as_str() != Some("builtins") {
        write_name(object.field(0), f)?;
        f.write_char('.')?;
    }
    write_name(object.field(1), f)
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
