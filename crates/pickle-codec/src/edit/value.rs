//! Spelling a new value, without a memo.

use alloc::vec::Vec;

use hashbrown::HashSet;
use pickle_opcodes::Out;
use pickle_value::{Graph, Handle, Kind, View};

use crate::dump::without_place;
use crate::encoder::{Buffered, Encoder};
use crate::error::{Error, ErrorKind};
use crate::graph_source::GraphSource;
use crate::profile::Profile;

/// The instructions that push a value, by this protocol; none of them touches the memo.
///
/// # Errors
///
/// [`ErrorKind::NotAssignable`] for what cannot be written without a memo: a container that is there twice.
pub(super) fn spell(value: &Graph<'_>, protocol: u8) -> Result<Vec<u8>, Error> {
    check_plain(value.root())?;
    let source = GraphSource::new(value, protocol, Profile::default());
    let mut encoder = Encoder::new(source, Buffered, Out::default(), protocol, Profile::default());
    encoder.set_fast(true);
    encoder.save_all(value.root().handle().unwrap_or(Handle::NONE)).map_err(without_place)?;
    Ok(encoder.into_buffer())
}

/// Nothing but plain data, each container once: so it has an end, and identity needs no memo.
fn check_plain(value: View<'_>) -> Result<(), Error> {
    let mut seen: HashSet<Handle, foldhash::fast::RandomState> = HashSet::default();
    let mut waiting = Vec::from([value]);
    while let Some(view) = waiting.pop() {
        match view.kind() {
            Kind::Tuple | Kind::List | Kind::Dict | Kind::Set | Kind::FrozenSet | Kind::Slice => {
                let first = view.handle().is_none_or(|handle| seen.insert(handle));
                if !first && !view.is_empty() {
                    return refuse("a value that holds the same container twice");
                }
                waiting.extend(view.items());
                waiting.extend(view.entries().flat_map(|(key, value)| [key, value]));
            }
            Kind::Object => return refuse("a value with a class or a call in it"),
            Kind::Absent => return refuse("a value that is absent"),
            _ => {}
        }
    }
    Ok(())
}

fn refuse<T>(what: &str) -> Result<T, Error> {
    Err(ErrorKind::NotAssignable(alloc::format!("{what} cannot be set in a pickle")).into())
}
