//! Python's `repr`, without recursion and in bounded space.

use alloc::borrow::Cow;
use alloc::vec::{self, Vec};
use core::fmt::{self, Display, Formatter, Write};

use hashbrown::HashSet;

use crate::by_node::ByNode;
use crate::handle::{Handle, Tag, Unpacked};
use crate::literal::{write_bytearray, write_bytes, write_float, write_str};
use crate::object::{Object, ObjectKind};
use crate::printable::is_printable;
use crate::store::Access;
use crate::text::Text;
use crate::view::{Kind, View};

mod object;

use object::{Content, Part};

/// The object as Python's `repr` writes it.
///
/// A list within itself is `[...]`, a dict `{...}` and so on, as in Python. A graph in which much is shared could be longer
/// in print than memory holds (forty tuples can hold 2⁴⁰ references), so once far more has been written than the graph
/// has objects, a container that was written before is abbreviated in the same way, an instance to `<...>`, and long text
/// to `'...'`. So are containers and instances within very many others, more than two dozen times the memory of the graph can
/// keep track of. An int of more digits than Python writes is hexadecimal.
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
        let (nodes, items, bytes) = (access.store.nodes.len(), access.store.pool.len(), access.input.len());
        let repr = Repr {
            access,
            open: Vec::new(),
            pieces: Vec::new(),
            slots: Vec::new(),
            met: ByNode::default(),
            long: HashSet::default(),
            instances: 0,
            budget: 4 * nodes + items + bytes / 4 + 20_000,
            // What no two share takes half of it.
            forms: 2 * (nodes + items + bytes) + 20_000,
            // What has no input was built, and is in proportion to its items.
            room: 24 * if bytes > 0 { bytes } else { 8 * items } + (1 << 16),
        };
        repr.run(root, f)
    }
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

struct Repr<'g> {
    access: Access<'g>,
    /// What is being written, the outermost first. Of those that have pieces or items of their own, these are in `pieces`
    /// (with the room that they take) and `slots`, so that the entries of this list, of which there may be millions, are small.
    open: Vec<Open>,
    pieces: Vec<(vec::IntoIter<Piece<'g>>, usize)>,
    slots: Vec<Slots<'g>>,
    /// The containers that have been written or are being written: [`WRITTEN`], [`INSIDE`], or that and more.
    met: ByNode<u32>,
    /// Long text and bytes that have been written.
    long: HashSet<u32, foldhash::fast::FixedState>,
    /// How many instances are open.
    instances: u32,
    /// How many items may still be written that were written before.
    budget: usize,
    /// How many items of arguments may still be looked at for forms of the objects' own: these cost as much for each object,
    /// however many share an argument.
    forms: usize,
    /// How many bytes may still be spent on what is open.
    room: usize,
}

/// It has been written.
const WRITTEN: u32 = 1;
/// It is open; an instance has its number, counted from 1, in addition.
const INSIDE: u32 = 2;

/// Text and bytes beyond this count as more than one item.
const LONG: usize = 64;

/// A container or a part of an instance that is being written.
struct Open {
    /// The container, or the instance; [`NO_NODE`] for a part.
    node: u32,
    /// Which item comes next.
    next: u32,
    form: Form,
}

const NO_NODE: u32 = u32::MAX;

/// In [`Open::next`] of a call: the next part has a comma before it.
const LISTED: u32 = 1 << 31;

/// How what is open is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Tuple,
    List,
    Dict,
    Set,
    FrozenSet,
    Range,
    Slice,
    /// A persistent id.
    Persistent,
    /// What is written like a call: `next` is the part's number, and [`LISTED`] once something stands in the parentheses.
    Call,
    /// The topmost of [`Repr::pieces`].
    Pieces,
    /// The topmost of [`Repr::slots`].
    Slots(Style),
}

impl Form {
    /// What stands before and behind.
    fn brackets(self) -> (&'static str, &'static str) {
        match self {
            Form::Tuple => ("(", ")"),
            Form::List => ("[", "]"),
            Form::Dict | Form::Set => ("{", "}"),
            Form::FrozenSet => ("frozenset({", "})"),
            Form::Range => ("range(", ")"),
            Form::Slice => ("slice(", ")"),
            Form::Persistent => ("<persistent ", ">"),
            Form::Call | Form::Pieces | Form::Slots(_) => ("", ""),
        }
    }

    fn style(self) -> Style {
        match self {
            Form::Tuple => Style::Tuple,
            Form::Dict => Style::Pairs,
            Form::Slots(style) => style,
            _ => Style::Items,
        }
    }
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
    fn run(mut self, root: Handle, f: &mut Formatter<'_>) -> fmt::Result {
        self.value(root, f)?;
        while let Some(&Open { node, next, form }) = self.open.last() {
            if form == Form::Pieces {
                match self.pieces.last_mut().and_then(|(pieces, _)| pieces.next()) {
                    Some(Piece::Text(text)) => f.write_str(&text)?,
                    Some(Piece::Value(value)) => self.value(value, f)?,
                    Some(Piece::Listed(style, slots)) => self.list(style, slots),
                    None => self.close(f)?,
                }
                continue;
            }
            if form == Form::Call {
                self.part(node, next, f)?;
                continue;
            }
            let (at, style) = (next as usize, form.style());
            let item = match form {
                Form::Slots(_) => self.slots.last().and_then(|slots| slots.get(at)).copied(),
                _ => self.items(node, form).get(at).copied(),
            };
            let Some(item) = item else {
                if style == Style::Tuple && at == 1 {
                    f.write_char(',')?;
                }
                self.close(f)?;
                continue;
            };
            if let Some(top) = self.open.last_mut() {
                top.next += 1;
            }
            self.item(item, at, style, f)?;
        }
        Ok(())
    }

    /// Writes the next part of what is written like a call.
    fn part(&mut self, node: u32, next: u32, f: &mut Formatter<'_>) -> fmt::Result {
        let object = Object::new(self.access, node);
        let number = next & !LISTED;
        // So many parts cannot be counted here; no pickle has them.
        let part = if number == !LISTED { Part::End(", ...)") } else { object::part(object, number as usize) };
        let (parts, listed) = if let Part::Listed(_, _, parts) = part { (parts, LISTED) } else { (1, next & LISTED) };
        if let Some(top) = self.open.last_mut() {
            top.next = number.saturating_add(parts).min(!LISTED) | listed;
        }
        match part {
            Part::Nothing => Ok(()),
            Part::Opening(before, value) => {
                f.write_str(before)?;
                value.map_or(Ok(()), |value| self.value(value, f))
            }
            Part::Listed(before, content, _) => {
                if next & LISTED != 0 || object.callable().is_absent() {
                    f.write_str(", ")?;
                }
                f.write_str(before)?;
                match content {
                    Content::Value(value) => self.value(value, f),
                    Content::Slots(_, slots, Some(owner)) if self.is_shared_too_often(owner, slots.len()) => {
                        f.write_str("...")
                    }
                    Content::Slots(style, slots, _) => {
                        self.list(style, slots);
                        Ok(())
                    }
                }
            }
            Part::Closing(text) => f.write_str(text),
            Part::End(text) => {
                f.write_str(text)?;
                self.close(f)
            }
        }
    }

    /// True for arguments and attributes whose tuple or dict was written before, when too much has been to do so again.
    fn is_shared_too_often(&mut self, owner: u32, items: usize) -> bool {
        let met = self.met.get(owner);
        if met == 0 {
            self.note(owner, WRITTEN);
            return false;
        }
        self.budget = self.budget.saturating_sub(items);
        self.budget == 0
    }

    /// Opens items that are no container's own.
    fn list(&mut self, style: Style, slots: Slots<'g>) {
        self.slots.push(slots);
        self.push(Open { node: NO_NODE, next: 0, form: Form::Slots(style) });
    }

    /// What a container has to be written of it.
    fn items(&self, node: u32, form: Form) -> &'g [Handle] {
        match (form, self.access.items(node)) {
            // A step of one is left out.
            (Form::Range, [bounds @ .., step]) if Handle::small_int(1) == Some(*step) => bounds,
            (Form::Persistent, items) => &items[..items.len().min(1)],
            (_, items) => items,
        }
    }

    fn item(&mut self, item: Handle, at: usize, style: Style, f: &mut Formatter<'_>) -> fmt::Result {
        match style {
            Style::Pairs if at % 2 == 1 => f.write_str(": ")?,
            Style::Keywords if at % 2 == 1 => f.write_char('=')?,
            _ if at > 0 => f.write_str(", ")?,
            _ => {}
        }
        match style {
            Style::Keywords if at.is_multiple_of(2) => self.name(item, f),
            _ => self.value(item, f),
        }
    }

    /// Opens something. Growing by a quarter keeps many that are open small.
    fn push(&mut self, open: Open) {
        if self.open.len() == self.open.capacity() {
            self.open.reserve_exact((self.open.len() / 4).max(16));
        }
        self.room = self.room.saturating_sub(size_of::<Open>());
        self.open.push(open);
    }

    fn close(&mut self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(Open { node, form, .. }) = self.open.pop() else {
            return Ok(());
        };
        self.room += size_of::<Open>();
        match form {
            Form::Pieces => {
                self.room += self.pieces.pop().map_or(0, |(_, room)| room);
                self.instances -= 1;
            }
            Form::Call | Form::Persistent => self.instances -= 1,
            Form::Slots(_) => drop(self.slots.pop()),
            _ => {}
        }
        if node != NO_NODE {
            self.note(node, WRITTEN);
        }
        f.write_str(form.brackets().1)
    }

    fn note(&mut self, node: u32, state: u32) {
        self.met.set(node, state, self.access.store.nodes.len());
    }

    /// Writes an atom, or opens a container.
    fn value(&mut self, handle: Handle, f: &mut Formatter<'_>) -> fmt::Result {
        let (tag, index) = match handle.unpack() {
            Unpacked::Int(value) => return write!(f, "{value}"),
            Unpacked::Float(value) => return write_float(value, f),
            Unpacked::Ref(tag, index) => (tag, index),
        };
        let access = self.access;
        if access.long_span(handle, LONG).is_some() && self.is_too_often(index) {
            return f.write_str(match tag {
                Tag::Text => "'...'",
                Tag::Bytes | Tag::ByteString => "b'...'",
                Tag::ByteArray => "bytearray(b'...')",
                _ => "...",
            });
        }
        match tag {
            Tag::None | Tag::Foreign => f.write_str("None"),
            Tag::False => f.write_str("False"),
            Tag::True => f.write_str("True"),
            Tag::Ellipsis => f.write_str("Ellipsis"),
            Tag::NotImplemented => f.write_str("NotImplemented"),
            Tag::OddNan => f.write_str("nan"),
            Tag::BigInt => write_int(access.bytes(index), f),
            Tag::Long => {
                write_int(access.bytes(index), f)?;
                f.write_char('L')
            }
            Tag::Text => write_str(Text::checked(access.bytes(index)).code_points(), f),
            Tag::Bytes | Tag::ByteString => write_bytes(access.bytes(index), f),
            Tag::ByteArray => write_bytearray(access.bytes(index), f),
            Tag::Complex => match View::new(access, Some(handle)).as_complex() {
                Some((real, imaginary)) => write_complex(real, imaginary, f),
                None => f.write_str("complex()"),
            },
            Tag::Tuple => self.enter(index, Form::Tuple, f),
            Tag::List | Tag::Appended => self.enter(index, Form::List, f),
            Tag::Dict | Tag::Assigned => self.enter(index, Form::Dict, f),
            Tag::Set | Tag::Added if access.items(index).is_empty() => f.write_str("set()"),
            Tag::Set | Tag::Added => self.enter(index, Form::Set, f),
            Tag::FrozenSet if access.items(index).is_empty() => f.write_str("frozenset()"),
            Tag::FrozenSet => self.enter(index, Form::FrozenSet, f),
            Tag::Range => self.enter(index, Form::Range, f),
            Tag::Slice => self.enter(index, Form::Slice, f),
            Tag::Object => self.object(handle, index, f),
        }
    }

    /// True for long text that was written before, when too much has been written to do so again.
    #[cold]
    fn is_too_often(&mut self, span: u32) -> bool {
        if self.long.insert(span) {
            return false;
        }
        self.budget = self.budget.saturating_sub(self.access.bytes(span).len() / 8);
        self.budget == 0
    }

    fn enter(&mut self, node: u32, form: Form, f: &mut Formatter<'_>) -> fmt::Result {
        let (open, close) = form.brackets();
        f.write_str(open)?;
        if self.met.get(node) >= INSIDE || self.is_abbreviated(node, self.access.items(node).len()) {
            return write!(f, "...{close}");
        }
        self.note(node, INSIDE);
        self.push(Open { node, next: 0, form });
        Ok(())
    }

    /// True for what was written before, when too much has been written to do so again; and where nothing more can be opened.
    fn is_abbreviated(&mut self, node: u32, items: usize) -> bool {
        let again = self.met.get(node) == WRITTEN;
        if again {
            self.budget = self.budget.saturating_sub(1 + items);
        }
        (again && self.budget == 0) || self.room < size_of::<Open>()
    }

    fn object(&mut self, handle: Handle, node: u32, f: &mut Formatter<'_>) -> fmt::Result {
        let object = Object::new(self.access, node);
        match object.kind() {
            ObjectKind::Global => return self.global(object, f),
            ObjectKind::Buffer => return write!(f, "<buffer {}>", object.field(0)),
            _ => {}
        }
        let met = self.met.get(node);
        if met > INSIDE {
            return write!(f, "<cycle #{}>", met - INSIDE);
        }
        if self.is_abbreviated(node, 0) {
            return f.write_str("<...>");
        }
        let view = View::new(self.access, Some(handle));
        let is_id = object.kind() == ObjectKind::Persistent && object.steps().next().is_none();
        if is_id && view.array_like().is_none() {
            f.write_str(Form::Persistent.brackets().0)?;
            self.open_instance(node, Form::Persistent);
            return Ok(());
        }
        let Some(pieces) = self.form(view, object) else {
            if met == WRITTEN {
                self.budget = self.budget.saturating_sub(object::cost(object));
            }
            self.open_instance(node, Form::Call);
            return Ok(());
        };
        if met == WRITTEN {
            self.budget = self.budget.saturating_sub(cost_of(&pieces));
        }
        // What they take while they are open.
        let room = 32 + size_of_val(&pieces[..]);
        self.room = self.room.saturating_sub(room);
        self.pieces.push((pieces.into_iter(), room));
        self.open_instance(node, Form::Pieces);
        Ok(())
    }

    fn global(&mut self, object: Object<'g>, f: &mut Formatter<'_>) -> fmt::Result {
        let &[module, name] = object.fields() else { return Ok(()) };
        if View::new(self.access, Some(module)).as_str() != Some("builtins") {
            self.name(module, f)?;
            f.write_char('.')?;
        }
        self.name(name, f)
    }

    /// A name without quotes.
    fn name(&mut self, name: Handle, f: &mut Formatter<'_>) -> fmt::Result {
        match self.access.long_span(name, LONG) {
            Some(span) if self.is_too_often(span) => f.write_str("..."),
            _ => write_name(View::new(self.access, Some(name)), f),
        }
    }

    /// The form that an object has of its own, unless too much has been spent on such.
    fn form(&mut self, view: View<'g>, object: Object<'g>) -> Option<Vec<Piece<'g>>> {
        self.forms = self.forms.saturating_sub(object.extent());
        if self.forms == 0 {
            return None;
        }
        let pieces = object::pieces(view, object)?;
        self.forms = self.forms.saturating_sub(cost_of(&pieces));
        Some(pieces)
    }

    /// Opens an instance, with the number by which it is called within itself.
    fn open_instance(&mut self, node: u32, form: Form) {
        self.instances += 1;
        self.note(node, INSIDE + self.instances);
        self.push(Open { node, next: 0, form });
    }
}

/// About how many items it takes to write these.
fn cost_of(pieces: &[Piece<'_>]) -> usize {
    let cost = |piece: &Piece<'_>| match piece {
        Piece::Text(text) => text.len() / 8,
        Piece::Value(_) => 1,
        Piece::Listed(_, slots) => slots.len(),
    };
    pieces.iter().map(cost).sum()
}

/// An int of more than 48 bits: decimal as far as Python writes it, which is quadratic, hexadecimal beyond.
fn write_int(bytes: &[u8], f: &mut Formatter<'_>) -> fmt::Result {
    /// An int of 4,300 digits has so many bytes.
    const MOST: usize = 1786;
    let value = crate::int::to_bigint(bytes);
    if bytes.len() <= MOST { write!(f, "{value}") } else { write!(f, "{value:#x}") }
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
