//! Fast mode: no memo, so that nothing may be within itself.

use alloc::vec;
use alloc::vec::Vec;

use hashbrown::HashMap;
use pickle_value::{Handle, Identity, Sort, View};

use crate::error::{Error, ErrorKind};

/// How often an object may be written in all: more is a graph that grows without bound when nothing is shared.
const MOST: u64 = 1 << 32;

/// Refuses what has no end without a memo: an object within itself. Also what has hardly one: in a graph of forty tuples,
/// each of which holds the one before twice, there are 2⁴⁰ objects to write.
pub(crate) fn check(root: View<'_>) -> Result<(), Error> {
    // By node: how many objects are written for it; nothing while that is being counted.
    let mut written: HashMap<u32, Option<u64>, foldhash::fast::RandomState> = HashMap::default();
    let mut open = vec![Open::new(root)];
    written.insert(open[0].node, None);
    while let Some(top) = open.last_mut() {
        let Some(part) = top.parts.pop() else {
            let (node, total) = (top.node, top.total);
            open.pop();
            written.insert(node, Some(total));
            if let Some(outer) = open.last_mut() {
                outer.add(total)?;
            }
            continue;
        };
        let Some(Identity { sort: Sort::Node, number }) = part.handle().map(Handle::identity) else {
            top.add(1)?;
            continue;
        };
        match written.get(&number) {
            Some(Some(total)) => top.add(*total)?,
            Some(None) => return Err(ErrorKind::CyclicInFastMode.into()),
            None => {
                written.insert(number, None);
                open.push(Open::new(part));
            }
        }
    }
    Ok(())
}

/// An object whose parts are being counted.
struct Open<'g> {
    node: u32,
    parts: Vec<View<'g>>,
    total: u64,
}

impl<'g> Open<'g> {
    fn new(view: View<'g>) -> Open<'g> {
        let node = view.handle().map_or(0, |handle| handle.identity().number);
        Open { node, parts: view.parts(), total: 1 }
    }

    fn add(&mut self, objects: u64) -> Result<(), Error> {
        self.total += objects;
        if self.total > MOST { Err(ErrorKind::TooSharedForFastMode.into()) } else { Ok(()) }
    }
}
