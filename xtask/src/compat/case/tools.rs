//! The comparisons of what the tools make of a pickle: `optimize`, and `asm` of what `dis` prints.

use pickle_opcodes::{Op, Ops};

use super::{Mismatch, OneCase, Verdict, differs, of_pickles, sizes};
use crate::compat::answers::Text;
use crate::compat::difference::Comparison;
use crate::compat::judged::Expected;
use crate::compat::ours::Made;

impl OneCase<'_, '_> {
    /// With what pickletools makes of the same pickle, of which the hash is known.
    pub(super) fn compare_optimized(&mut self, protocol: u8) {
        let expected = self.pickle(protocol).and_then(|pickle| Some((pickle, self.subject.judged.optimized(pickle)?)));
        let Some((pickle, expected)) = expected else {
            return self.skip(Comparison::Optimize);
        };
        let verdict = match (self.ours.optimize(pickle), expected) {
            (Ok(ours), Expected::Pickle(_)) if expected.is(&ours) => Ok(()),
            (Ok(ours), Expected::Pickle(_)) => Err(Mismatch {
                message: format!("our {} bytes are not those that pickletools makes", ours.len()),
                detail: self.detail(Comparison::Optimize, || of_pickles(pickle, &ours)),
            }),
            (Ok(_), Expected::Error) => differs("pickletools raises here"),
            (Err(_), Expected::Error) => Ok(()),
            (Err(error), Expected::Pickle(_)) => differs(error),
        };
        self.count(Comparison::Optimize, None, Some(protocol), verdict);
    }

    /// A listing, assembled, is the pickle: pickletools' own where the text is there, and an exact one.
    pub(super) fn compare_assembled(&mut self, protocol: u8) {
        let Some(pickle) = self.pickle(protocol) else {
            return self.skip(Comparison::Asm);
        };
        let place = self.case.dis[usize::from(protocol)].as_ref();
        let listing = match place.map(|place| self.subject.answers.text(place)) {
            Some(Ok(Text::Whole(text))) => Ok(text),
            // A hash or nothing; that our text is pickletools' is compared elsewhere.
            _ => self.ours.clean_dis(pickle),
        };
        let (Ok(listing), Ok(exact)) = (listing, self.ours.exact_dis(pickle)) else {
            // pickletools refuses it, such as a STRING that is not ASCII.
            return self.skip(Comparison::Asm);
        };
        let exactly = self.judge_assembled(pickle, self.ours.asm(&exact));
        self.count(Comparison::Asm, None, Some(protocol), exactly);
        if listing != exact {
            let python2 = self.subject.answers.profile.version().0 == 2;
            let decided = if python2 { with_python3_nans(pickle) } else { pickle.to_vec() };
            let verdict = match self.ours.asm(&listing) {
                // A listing may have nothing that tells whose NaNs these are.
                Ok(ours) if ours == decided => Ok(()),
                assembled => self.judge_assembled(pickle, assembled),
            };
            self.count(Comparison::Asm, None, Some(protocol), verdict);
        }
    }

    fn judge_assembled(&self, pickle: &[u8], assembled: Made<Vec<u8>>) -> Verdict {
        match assembled {
            Ok(ours) if ours == pickle => Ok(()),
            Ok(ours) => Err(Mismatch {
                message: sizes(pickle, &ours),
                detail: self.detail(Comparison::Asm, || of_pickles(pickle, &ours)),
            }),
            Err(error) => differs(error),
        }
    }
}

/// The sign of each NaN cleared, which Python 2 sets and `repr` doesn't show.
fn with_python3_nans(pickle: &[u8]) -> Vec<u8> {
    let mut changed = pickle.to_vec();
    for (offset, op) in Ops::new(pickle).map_while(Result::ok) {
        if matches!(op, Op::BinFloat(value) if value.is_nan()) {
            changed[offset + 1] &= 0x7f;
        }
    }
    changed
}
