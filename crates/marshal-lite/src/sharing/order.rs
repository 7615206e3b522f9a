//! The order of sets' items: that of their own bytes, in which CPython 3.11 and later write them.

use alloc::vec;
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
    /// A set within another comes first, since its bytes are among those that are compared.
    fn order_sets(&mut self, options: &WriteOptions, sets: Vec<Handle>) -> Result<bool, Error> {
        // How many bytes may still be written to find the order: all of a set's are held.
        let mut budget = self.first.graph.size_hint().saturating_mul(16).saturating_add(1 << 18);
        let mut is_another = false;
        // A set may be within itself, by way of a code object.
        let mut begun: HashMap<Handle, (), foldhash::fast::FixedState> = HashMap::default();
        for set in sets {
            let mut work = vec![(set, false)];
            while let Some((set, is_ready)) = work.pop() {
                if self.has_order(set) {
                    continue;
                }
                if is_ready {
                    is_another |= self.order(options, set, &mut budget)?;
                    continue;
                }
                if begun.insert(set, ()).is_some() {
                    continue;
                }
                work.push((set, true));
                let inner = items(self.first.graph, set).iter().flat_map(|&item| self.sets_within(item));
                let inner: Vec<Handle> = inner.collect();
                work.extend(inner.into_iter().map(|set| (set, false)));
            }
        }
        Ok(is_another)
    }

    /// The sets in an object, but for those within other sets.
    fn sets_within(&self, object: Handle) -> Vec<Handle> {
        let mut seen: HashMap<u32, (), foldhash::fast::FixedState> = HashMap::default();
        let mut work = vec![object];
        let mut sets = Vec::new();
        while let Some(object) = work.pop() {
            let Identity { sort: Sort::Node, number } = object.identity() else {
                continue;
            };
            if seen.insert(number, ()).is_some() {
                continue;
            }
            match self.first.graph.value(object) {
                Value::Set(items) | Value::FrozenSet(items) if items.len() > 1 => sets.push(object),
                _ => work.extend(items(self.first.graph, object)),
            }
        }
        sets
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
