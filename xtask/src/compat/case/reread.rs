//! The comparison of what becomes of a pickle, whichever version wrote it, under the newest one's rules.

use pickle_codec::Profile;
use pickle_opcodes::{Op, Ops};

use super::{OneCase, Verdict, differs};
use crate::compat::difference::Comparison;
use crate::compat::judged::{Expected, Strings};
use crate::compat::ours::{Made, Rewritten};

impl OneCase<'_, '_> {
    /// Reads the pickle of one protocol and writes it at each, as the newest CPython does.
    pub(super) fn compare_reread(&mut self, from: u8) {
        let Some(pickle) = self.pickle(from) else {
            return self.skip(Comparison::Reread);
        };
        let python2 = self.subject.answers.profile.version().0 == 2;
        for strings in [Strings::Latin1, Strings::Bytes] {
            if strings == Strings::Bytes && !python2 {
                continue;
            }
            let read = self.ours.read_anew(pickle, strings);
            for to in 0..=Profile::default().highest_protocol() {
                let Some(expected) = self.subject.judged.reread(pickle, strings, to) else {
                    self.skip(Comparison::Reread);
                    continue;
                };
                match judge(&read, to, expected) {
                    Some(verdict) => self.count(Comparison::Reread, Some(from), Some(to), verdict),
                    None => self.skip(Comparison::Reread),
                }
            }
        }
    }
}

/// Nothing where a set decides by its order, or where a call fails, of which nothing is known here.
fn judge(read: &Made<Rewritten<'_>>, to: u8, expected: Expected) -> Option<Verdict> {
    if expected == Expected::Error {
        return None;
    }
    let made = match read {
        Ok(read) => read.write(to, |ours| !expected.is(ours) && has_set(ours)),
        Err(error) => Err(error.clone()),
    };
    Some(match made {
        Ok(ours) if expected.is(ours.as_ref()?) => Ok(()),
        Ok(ours) => differs(format!("our {} bytes are not what the newest writes", ours?.len())),
        Err(error) => differs(error),
    })
}

/// By protocol 4's opcodes, or the globals that earlier ones have.
fn has_set(pickle: &[u8]) -> bool {
    Ops::new(pickle).map_while(Result::ok).any(|(_, op)| match op {
        Op::AddItems | Op::FrozenSet => true,
        Op::Global(name) => name.name == b"set" || name.name == b"frozenset",
        _ => false,
    })
}
