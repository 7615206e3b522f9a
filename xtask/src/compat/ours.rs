//! What our code makes of a pickle: the only place where the harness calls it, and where it may be broken on purpose.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use pickle_codec::{DumpOptions, Encoding, Extensions, Graph, LoadOptions, Profile};
use pickle_opcodes::Ops;
use pickle_tools::DisOptions;

use super::judged::Strings;
use super::sabotage::{Output, Sabotage};

/// Our reader, writer and tools under one interpreter's rules.
pub(crate) struct Ours<'s> {
    profile: Profile,
    sabotage: Option<&'s Sabotage>,
    planted: AtomicUsize,
}

/// What one of our functions gives, or its message.
pub(crate) type Made<T> = Result<T, String>;

impl<'s> Ours<'s> {
    /// By these rules.
    pub(crate) fn new(profile: Profile, sabotage: Option<&'s Sabotage>) -> Ours<'s> {
        Ours { profile, sabotage, planted: AtomicUsize::new(0) }
    }

    /// How many outputs were broken on purpose.
    pub(crate) fn planted(&self) -> usize {
        self.planted.load(Ordering::Relaxed)
    }

    /// Decoded into instructions and assembled again.
    pub(crate) fn reassemble(&self, pickle: &[u8]) -> Made<Vec<u8>> {
        let made = guard(|| {
            let mut bytes = Vec::with_capacity(pickle.len());
            for op in Ops::new(pickle) {
                let (_, op) = op.map_err(message)?;
                op.assemble(&mut bytes).map_err(message)?;
            }
            Ok(bytes)
        })?;
        Ok(self.plant(made, Output::Reassembled))
    }

    /// Read as `pickle.loads` does.
    pub(crate) fn load<'a>(&self, pickle: &'a [u8]) -> Made<Graph<'a>> {
        // Buffers that are not there stay what they are: one beside the pickle.
        let options = LoadOptions::new().unify(true).profile(self.profile).extensions(registry()).keep_unresolved(true);
        let (graph, size) = guard(|| options.from_prefix(pickle).map_err(message))?;
        if size == pickle.len() { Ok(graph) } else { Err(format!("read {size} of {} bytes", pickle.len())) }
    }

    /// Written as `pickle.dumps` does.
    pub(crate) fn dump(&self, graph: &Graph<'_>, protocol: u8) -> Made<Vec<u8>> {
        let options = DumpOptions::new().protocol(protocol).profile(self.profile).extensions(registry());
        let made = guard(|| options.to_vec(graph).map_err(message))?;
        Ok(self.plant(made, Output::Written))
    }

    /// Read as the newest CPython does, whoever wrote it.
    pub(crate) fn read_anew<'o>(&'o self, pickle: &'o [u8], strings: Strings) -> Made<Rewritten<'o>> {
        let encoding = match strings {
            Strings::Latin1 => Encoding::Latin1,
            Strings::Bytes => Encoding::Bytes,
        };
        let options = LoadOptions::new().unify(true).encoding(encoding).extensions(registry()).keep_unresolved(true);
        let graph = guard(|| options.from_slice(pickle).map_err(message))?;
        Ok(Rewritten { graph, ours: self })
    }

    /// The text of `pickletools.dis`.
    pub(crate) fn dis(&self, pickle: &[u8]) -> Made<Vec<u8>> {
        Ok(self.plant(self.clean_dis(pickle)?, Output::Disassembled))
    }

    /// The same, never broken: what `asm` is given where pickletools' own text is not at hand.
    pub(crate) fn clean_dis(&self, pickle: &[u8]) -> Made<Vec<u8>> {
        guard(|| pickle_tools::dis_to_string(pickle).map(String::into_bytes).map_err(message))
    }

    /// A listing with all that `asm` needs.
    pub(crate) fn exact_dis(&self, pickle: &[u8]) -> Made<Vec<u8>> {
        guard(|| {
            let mut text = Vec::new();
            pickle_tools::dis(pickle, &mut text, DisOptions::new().exact(true)).map_err(message)?;
            Ok(text)
        })
    }

    /// The pickle that a listing shows.
    pub(crate) fn asm(&self, listing: &[u8]) -> Made<Vec<u8>> {
        let text = std::str::from_utf8(listing).map_err(message)?;
        let made = guard(|| pickle_tools::asm(text).map_err(message))?;
        Ok(self.plant(made, Output::Assembled))
    }

    /// As `pickletools.optimize` does it.
    pub(crate) fn optimize(&self, pickle: &[u8]) -> Made<Vec<u8>> {
        let made = guard(|| pickle_tools::optimize(pickle).map_err(message))?;
        Ok(self.plant(made, Output::Optimized))
    }

    fn plant(&self, made: Vec<u8>, output: Output) -> Vec<u8> {
        match self.sabotage.and_then(|sabotage| sabotage.break_of(output)).and_then(|break_it| break_it(&made)) {
            Some(broken) => {
                assert_ne!(made, broken, "a planted difference differs");
                self.planted.fetch_add(1, Ordering::Relaxed);
                broken
            }
            None => made,
        }
    }
}

/// What `compat/shapes.py` registers.
fn registry() -> Arc<Extensions> {
    static REGISTRY: LazyLock<Arc<Extensions>> = LazyLock::new(|| {
        let names =
            [("Extended", 0x7f), ("extended_function", 0xff), ("ExtendedShort", 0x0a0d), ("ExtendedFar", 0x12345)];
        let add = |registry: Extensions, (name, code)| registry.with("shapes", name, code).expect("no two are alike");
        Arc::new(names.into_iter().fold(Extensions::new(), add))
    });
    REGISTRY.clone()
}

/// A pickle under the newest one's rules.
pub(crate) struct Rewritten<'o> {
    graph: Graph<'o>,
    ours: &'o Ours<'o>,
}

impl Rewritten<'_> {
    /// Written as the newest does; nothing where that is not to be compared.
    pub(crate) fn write(&self, protocol: u8, is_spared: impl FnOnce(&[u8]) -> bool) -> Made<Option<Vec<u8>>> {
        let made = guard(|| {
            DumpOptions::new().protocol(protocol).extensions(registry()).to_vec(&self.graph).map_err(message)
        })?;
        Ok(if is_spared(&made) { None } else { Some(self.ours.plant(made, Output::Rewritten)) })
    }
}

/// A panic is a difference like any other: the run goes on, and the case is named.
fn guard<T>(make: impl FnOnce() -> Made<T>) -> Made<T> {
    catch_unwind(AssertUnwindSafe(make)).unwrap_or_else(|panic| Err(format!("panicked: {}", panic_message(&*panic))))
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

fn message(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::guard;

    #[test]
    fn a_panic_becomes_a_message() {
        let made: Result<(), String> = guard(|| panic!("index {}", 7));
        assert_eq!(made, Err("panicked: index 7".to_owned()));
    }
}
