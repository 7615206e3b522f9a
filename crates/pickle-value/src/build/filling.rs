//! What a [`Builder`] does with keys: as dicts and sets are filled, and in the end.

use super::Builder;
use crate::error::Error;
use crate::handle::{Handle, Tag};
use crate::keyed::{self, Settler};
use crate::store::Node;

impl Builder<'_> {
    /// Sets keys of a dict to values, given in turn, or of an object as of a dict.
    ///
    /// # Errors
    ///
    /// [`OddItems`](crate::ErrorKind::OddItems), [`Unhashable`](crate::ErrorKind::Unhashable),
    /// [`WrongKind`](crate::ErrorKind::WrongKind) for anything else.
    #[inline(always)]
    pub fn set_items(&mut self, target: Handle, pairs: &[Handle]) -> Result<(), Error> {
        match target.reference() {
            Some((Tag::Dict, node)) if self.store.nodes[node as usize].length == 0 => {
                if !self.shapes.have(&self.store.pool, pairs) {
                    self.check_first_pairs(node, pairs)?;
                }
                self.store.fill(node, pairs)
            }
            _ => self.set_more_items(target, pairs),
        }
    }

    #[inline(never)]
    pub(super) fn check_first_pairs(&mut self, node: u32, pairs: &[Handle]) -> Result<(), Error> {
        if !keyed::check_first_pairs(&mut self.shapes, self.input, &mut self.store, pairs)? {
            self.unsettle(node);
        }
        Ok(())
    }

    #[inline(never)]
    fn set_more_items(&mut self, target: Handle, pairs: &[Handle]) -> Result<(), Error> {
        keyed::check_pairs(&mut self.store, pairs)?;
        match target.index(Tag::Dict) {
            Some(_) if pairs.is_empty() => Ok(()),
            Some(node) => {
                self.unsettle(node);
                self.store.append(node, pairs)
            }
            None => self.log_items(target, Tag::Assigned, pairs, "set items of"),
        }
    }

    /// Notes that a dict is to be settled.
    fn unsettle(&mut self, node: u32) {
        let meta = &mut self.store.nodes[node as usize].meta;
        if *meta & Node::UNSETTLED == 0 {
            *meta |= Node::UNSETTLED;
            self.dicts.push(node);
        }
    }

    /// Adds to a set, or to an object as to a set.
    ///
    /// # Errors
    ///
    /// [`Unhashable`](crate::ErrorKind::Unhashable), [`WrongKind`](crate::ErrorKind::WrongKind) for anything else.
    #[inline(always)]
    pub fn add_items(&mut self, target: Handle, items: &[Handle]) -> Result<(), Error> {
        keyed::check_items(&mut self.store, items)?;
        match target.reference() {
            Some((Tag::Set, node)) => {
                if (self.store.nodes[node as usize].length == 0 || node < self.settled) && !items.is_empty() {
                    self.sets.push(node);
                }
                self.store.append(node, items)
            }
            _ => self.log_items(target, Tag::Added, items, "add to"),
        }
    }

    /// Of equal keys in each dict and set keeps the first, with the last value, so that they can be looked up before the
    /// graph is finished. What is added later can be settled again.
    pub fn settle(&mut self) {
        let mut settler = Settler::new(core::mem::take(&mut self.shapes));
        let [frozen_sets, sets, dicts] = [&mut self.frozen_sets, &mut self.sets, &mut self.dicts].map(core::mem::take);
        // What a key is made of is settled before the key is hashed: frozensets, the inner ones before the outer ones.
        for (nodes, width) in [(frozen_sets, 1), (sets, 1), (dicts, 2)] {
            for node in nodes {
                if node < self.settled {
                    self.store.indexes.remove(&node);
                }
                if width == 2 {
                    self.store.nodes[node as usize].meta = 0;
                }
                settler.settle(self.input, &mut self.store, node, width);
            }
        }
        self.shapes = settler.into_shapes();
        self.settled = self.store.nodes.len() as u32;
    }
}
