//! Code objects: what stands in each field is known beforehand.

use pickle_value::{Handle, ObjectKind};

use super::super::Context;
use super::Straight;
use super::word::SETTLED;
use crate::code::{Field, Layout};
use crate::graph_source::{bare_int, code_fields};
use crate::out::Rest;

/// The contexts of those fields that are not all the same.
const NAME: Context = Context::of_field(Layout::LocalsPlus, Field::Name);
const NAMES: Context = Context::of_field(Layout::LocalsPlus, Field::Names);
const CONSTS: Context = Context::of_field(Layout::LocalsPlus, Field::Consts);
/// That of the constants themselves.
const CONSTANT: Context = CONSTS.of_items(true);
const CODE: Context = Context::of_field(Layout::LocalsPlus, Field::Code);

/// Where a field stands.
const fn at(field: Field) -> usize {
    Layout::LocalsPlus.at(field)
}

impl<'g> Straight<'g> {
    /// A code object that is new, with this number among nodes.
    #[inline(never)]
    pub(super) fn code<'w>(
        &mut self,
        mut rest: Rest<'w>,
        number: u32,
        context: Context,
        depth: usize,
    ) -> Option<Rest<'w>> {
        let all = self.graph.row(number);
        if let Ok([name, layout, fields @ ..]) = <&[Handle; 18]>::try_from(all)
            && self.locals_plus == Some((*name, *layout))
            && depth + 3 < self.deepest
            && self.graph.object(number).kind() == ObjectKind::Native
            && let Some(ints) = fields.first_chunk::<{ Layout::LocalsPlus.leading_ints() }>()
            && self.begin_code(&mut rest, number, context, ints).is_some()
        {
            self.written += all.len();
            return self.locals_plus(rest, fields, depth + 1);
        }
        self.any_code(rest, number, context, depth)
    }

    /// The fields of [`Layout::LocalsPlus`], which most that is written has, behind the first ints.
    #[inline(always)]
    fn locals_plus<'w>(&mut self, mut rest: Rest<'w>, fields: &'g [Handle; 16], depth: usize) -> Option<Rest<'w>> {
        use Field::*;
        rest = self.bytes_field::<128>(rest, fields[at(Code)], CODE, depth)?;
        rest = self.constants(rest, fields[at(Consts)], depth)?;
        rest = self.names(rest, fields[at(Names)], depth)?;
        rest = self.names(rest, fields[at(LocalsPlusNames)], depth)?;
        rest = self.bytes_field::<64>(rest, fields[at(LocalsPlusKinds)], Context::PLAIN, depth)?;
        rest = self.name(rest, fields[at(FileName)], depth)?;
        rest = self.name(rest, fields[at(Name)], depth)?;
        rest = self.name(rest, fields[at(QualName)], depth)?;
        rest = self.int_field(rest, fields[at(FirstLineNo)])?;
        rest = self.bytes_field::<128>(rest, fields[at(LineTable)], Context::PLAIN, depth)?;
        self.bytes_field::<64>(rest, fields[at(ExceptionTable)], Context::PLAIN, depth)
    }

    /// The tuple of constants.
    #[inline(always)]
    fn constants<'w>(&mut self, mut rest: Rest<'w>, object: Handle, depth: usize) -> Option<Rest<'w>> {
        if let Some((number, word)) = self.node(object) {
            if Self::known(&mut rest, word, CONSTS) {
                return Some(rest);
            }
            if Self::is_new_tuple(object, number, word)
                && let Some(items) = self.tuple(&mut rest, number, CONSTS, CONSTANT)
            {
                return self.row::<true>(rest, items, CONSTANT, depth);
            }
        }
        self.object(rest, object, CONSTS, depth)
    }

    #[inline(always)]
    fn bytes_field<'w, const N: usize>(
        &mut self,
        mut rest: Rest<'w>,
        object: Handle,
        context: Context,
        depth: usize,
    ) -> Option<Rest<'w>> {
        if self.bytes::<N>(&mut rest, object, context).is_some() {
            return Some(rest);
        }
        self.object(rest, object, context, depth)
    }

    /// A tuple of names.
    #[inline(never)]
    fn names<'w>(&mut self, mut rest: Rest<'w>, object: Handle, depth: usize) -> Option<Rest<'w>> {
        let (number, word) = self.node(object)?;
        let is_new = Self::is_new_tuple(object, number, word);
        // Most are new: when it was asked before whether they are known, all took 1 % longer.
        let names = if is_new { self.tuple(&mut rest, number, NAMES, NAME) } else { None };
        let Some(names) = names else {
            if Self::known(&mut rest, word, NAMES) {
                return Some(rest);
            }
            return self.object(rest, object, NAMES, depth);
        };
        for &name in names {
            rest = self.name(rest, name, depth + 1)?;
        }
        Some(rest)
    }

    #[inline(always)]
    fn name<'w>(&mut self, mut rest: Rest<'w>, object: Handle, depth: usize) -> Option<Rest<'w>> {
        if self.name_text(&mut rest, object).is_some() { Some(rest) } else { self.object(rest, object, NAME, depth) }
    }

    /// A number that is no object.
    #[inline(always)]
    fn int_field<'w>(&mut self, mut rest: Rest<'w>, value: Handle) -> Option<Rest<'w>> {
        let is_written = rest.put_words(None, [bare_int(self.graph, value)?]);
        self.is_full = is_written.is_none();
        is_written.map(|()| rest)
    }

    /// A code object of any layout.
    #[cold]
    #[inline(never)]
    fn any_code<'w>(&mut self, mut rest: Rest<'w>, number: u32, context: Context, depth: usize) -> Option<Rest<'w>> {
        let native = self.graph.object(number);
        let [name, version, fields @ ..] = native.fields() else {
            return None;
        };
        let (known, of, layout) = match self.code {
            Some(code) => code,
            None => *self.code.insert((*name, *version, code_fields(native)?.0)),
        };
        if (known, of) != (*name, *version) || fields.len() != layout.fields().len() || depth + 1 >= self.deepest {
            return None;
        }
        self.share(self.nodes + number as usize, context, SETTLED).code().ok()?;
        rest = self.take_over(rest)?;
        if layout == Layout::LocalsPlus {
            self.locals_plus = Some((known, of));
        }
        self.written += native.fields().len();
        for ((&value, field), &context) in fields.iter().zip(layout.fields()).zip(Context::of_fields(layout)) {
            rest = if field.is_int() {
                self.int_field(rest, value)?
            } else {
                self.object(rest, value, context, depth + 1)?
            };
        }
        Some(rest)
    }
}
