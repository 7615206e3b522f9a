//! Code objects: what stands in each field is known beforehand.

use pickle_value::{Handle, Object, Value};

use super::super::Context;
use super::{MET, NONE, SETTLED, Straight};
use crate::code::{Field, Layout};
use crate::graph_source::{code_fields, int_of};
use crate::table::TypeCode;

/// The contexts of those fields that are not all the same.
const NAME: Context = Context::of_field(Layout::LocalsPlus, Field::Name);
const NAMES: Context = Context::of_field(Layout::LocalsPlus, Field::Names);
const CONSTS: Context = Context::of_field(Layout::LocalsPlus, Field::Consts);
const CODE: Context = Context::of_field(Layout::LocalsPlus, Field::Code);

impl<'g> Straight<'g> {
    #[inline(never)]
    pub(super) fn code(&mut self, slot: usize, native: Object<'g>, context: Context, depth: usize) -> Option<()> {
        let [name, number, fields @ ..] = native.fields() else {
            return None;
        };
        let (known, of, layout) = match self.code {
            Some(code) => code,
            None => *self.code.insert((*name, *number, code_fields(native)?.0)),
        };
        if (known, of) != (*name, *number) || fields.len() != layout.fields().len() || depth + 1 >= self.deepest {
            return None;
        }
        self.share(slot, context, SETTLED).code().ok()?;
        self.written += native.fields().len();
        match <&[Handle; 16]>::try_from(fields) {
            Ok(fields) if layout == Layout::LocalsPlus => self.locals_plus(fields, depth + 1),
            _ => self.fields(fields, layout, depth + 1),
        }
    }

    /// The fields of [`Layout::LocalsPlus`], which most that is written has.
    #[inline(always)]
    fn locals_plus(&mut self, fields: &'g [Handle; 16], depth: usize) -> Option<()> {
        const {
            use Field::*;
            assert!(matches!(
                Layout::LocalsPlus.fields(),
                [
                    ArgCount,
                    PosOnlyArgCount,
                    KwOnlyArgCount,
                    StackSize,
                    Flags,
                    Code,
                    Consts,
                    Names,
                    LocalsPlusNames,
                    LocalsPlusKinds,
                    FileName,
                    Name,
                    QualName,
                    FirstLineNo,
                    LineTable,
                    ExceptionTable,
                ]
            ));
        }
        let [ints @ .., code, consts, names, locals, kinds, file, name, qualified, line, lines, exceptions] = fields;
        self.ints(ints)?;
        self.bytes(*code, CODE, depth)?;
        self.consts(*consts, depth)?;
        self.names(*names, depth)?;
        self.names(*locals, depth)?;
        self.bytes(*kinds, Context::PLAIN, depth)?;
        self.name(*file, NAME, depth)?;
        self.name(*name, NAME, depth)?;
        self.name(*qualified, NAME, depth)?;
        self.ints(core::array::from_ref(line))?;
        self.bytes(*lines, Context::PLAIN, depth)?;
        self.bytes(*exceptions, Context::PLAIN, depth)
    }

    /// The fields of any layout.
    fn fields(&mut self, fields: &'g [Handle], layout: Layout, depth: usize) -> Option<()> {
        let contexts = Context::of_fields(layout);
        for ((value, field), &context) in fields.iter().zip(layout.fields()).zip(contexts) {
            if field.is_int() {
                self.ints(core::array::from_ref(value))?;
            } else {
                self.object(*value, context, depth)?;
            }
        }
        Some(())
    }

    /// Numbers that are no objects.
    #[inline(always)]
    fn ints<const N: usize>(&mut self, values: &[Handle; N]) -> Option<()> {
        let mut ints = [0; N];
        for (int, &value) in ints.iter_mut().zip(values) {
            *int = i32::try_from(int_of(self.graph, value)?).ok()?;
        }
        self.head(0).bare_all(ints);
        Some(())
    }

    #[inline(always)]
    pub(super) fn bytes(&mut self, object: Handle, context: Context, depth: usize) -> Option<()> {
        if !object.is_bytes() {
            return self.unusual(object, context, depth);
        }
        let slot = NONE + self.numbering.of_span(object);
        let word = self.words[slot];
        if word >= MET {
            return self.reference(word);
        }
        let (bytes, length) = self.graph.bytes_and_more(object);
        if length <= 1 {
            return self.other(object, slot, context, depth);
        }
        self.share(slot, context, SETTLED).counted_of(TypeCode::String, bytes, length).ok()
    }

    #[inline(always)]
    fn consts(&mut self, object: Handle, depth: usize) -> Option<()> {
        let Value::Tuple(items) = self.graph.value(object) else {
            return self.unusual(object, CONSTS, depth);
        };
        let slot = NONE + self.numbering.of_node(object);
        let word = self.words[slot];
        if word >= MET { self.again(object, slot, word, CONSTS) } else { self.tuple(slot, items, CONSTS, depth) }
    }

    /// A tuple of names.
    #[inline(never)]
    fn names(&mut self, object: Handle, depth: usize) -> Option<()> {
        if !object.is_tuple() {
            return self.unusual(object, NAMES, depth);
        }
        let slot = NONE + self.numbering.of_node(object);
        let word = self.words[slot];
        if word >= MET {
            return self.again(object, slot, word, NAMES);
        }
        let items = match self.graph.value(object) {
            Value::Tuple(items) if !items.is_empty() && depth + 1 < self.deepest => items,
            _ => return self.unusual(object, NAMES, depth),
        };
        self.share(slot, NAMES, NAME.needs()).tuple(items.len()).ok()?;
        self.written += items.len();
        for &item in items {
            self.name(item, NAME, depth + 1)?;
        }
        Some(())
    }

    #[inline(always)]
    pub(super) fn name(&mut self, object: Handle, context: Context, depth: usize) -> Option<()> {
        if !object.is_text() {
            return self.unusual(object, context, depth);
        }
        let slot = NONE + self.numbering.of_span(object);
        let word = self.words[slot];
        if word >= MET {
            return self.again(object, slot, word, context);
        }
        self.text(object, slot, context)
    }
}
