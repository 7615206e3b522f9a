//! The order of sets' items: that of their own bytes, in which CPython 3.11 and later write them.

use alloc::vec::Vec;

use hashbrown::HashMap;
use pickle_value::{Handle, Identity, Sort, Value};

use super::{Again, First, Place};
use crate::error::{Error, Fault};
use crate::graph_source::{WriteOptions, items};

impl<'g> First<'g> {
    /// What was learnt, with the flags that came of it, if that makes it necessary to write all again.
    pub(crate) fn again(
        mut self,
        options: &WriteOptions,
        flags: impl ExactSizeIterator<Item = (bool, bool)>,
    ) -> Result<Option<Again<'g>>, Error> {
        self.settle_rest();
        if !self.is_late && self.sets.is_empty() {
            return Ok(None);
        }
        let (mut is_needed, sets) = (self.is_late, core::mem::take(&mut self.sets));
        let mut again = Again::new(self, flags);
        is_needed |= again.order_sets(options, sets)?;
        Ok(is_needed.then_some(again))
    }
}

impl Again<'_> {
    /// Puts the items of sets in order; gives whether that is another than the graph's.
    ///
    /// A set within another comes first, since its bytes are among those that are compared. One walk for all: many items
    /// may have one object that holds much.
    fn order_sets(&mut self, options: &WriteOptions, sets: Vec<Handle>) -> Result<bool, Error> {
        // How many bytes may still be written to find the order: all of a set's are held.
        let mut budget = self.first.graph.size_hint().saturating_mul(16).saturating_add(1 << 18);
        let mut is_another = false;
        // A set may be within itself, by way of a code object.
        let mut begun: HashMap<u32, (), foldhash::fast::FixedState> = HashMap::default();
        let mut work: Vec<Step> = sets.into_iter().rev().map(Step::Within).collect();
        while let Some(step) = work.pop() {
            match step {
                Step::Order(set) => is_another |= self.order(options, set, &mut budget)?,
                Step::Within(object) => {
                    let Identity { sort: Sort::Node, number } = object.identity() else {
                        continue;
                    };
                    if begun.insert(number, ()).is_some() {
                        continue;
                    }
                    if let Value::Set([_, _, ..]) | Value::FrozenSet([_, _, ..]) = self.first.graph.value(object) {
                        work.push(Step::Order(object));
                    }
                    work.extend(items(self.first.graph, object).iter().copied().map(Step::Within));
                }
            }
        }
        Ok(is_another)
    }

    fn order(&mut self, options: &WriteOptions, set: Handle, budget: &mut usize) -> Result<bool, Error> {
        let mut keyed = Vec::new();
        for &item in items(self.first.graph, set) {
            keyed.push((self.written_apart(options, item, budget)?, item));
        }
        keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
        let is_another = keyed.iter().map(|(_, item)| item).ne(items(self.first.graph, set));
        self.set_order(set, keyed.into_iter().map(|(_, item)| item));
        Ok(is_another)
    }

    /// An item's bytes by themselves.
    fn written_apart(&mut self, options: &WriteOptions, item: Handle, budget: &mut usize) -> Result<Vec<u8>, Error> {
        let mut writer = options.writer(self.first.rules.version)?;
        // Items within items are written once for each set around them.
        writer.set_size_limit(*budget);
        let place = Place { object: item, context: self.first.rules.of_ordered() };
        let written = writer.write(self, place).map_err(Fault::into_error);
        self.forget();
        written?;
        let mut written = writer.into_vec();
        written.shrink_to_fit();
        *budget = budget.saturating_sub(written.len());
        Ok(written)
    }
}

/// What is still to be done.
#[derive(Clone, Copy)]
enum Step {
    /// An object is looked into.
    Within(Handle),
    /// All within a set is in order, and so it is put in order itself.
    Order(Handle),
}
