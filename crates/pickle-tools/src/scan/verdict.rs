//! [`Verdict`]: what the scanner says of a file as a whole.

use super::finding::{Finding, Severity};

/// What is said of a file as a whole.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verdict {
    /// Nothing in it is, or holds, a pickle.
    NotAPickle,
    /// All of it was read, and the policy allows all that loading it does.
    Clean,
    /// Not all of it could be read; what could is allowed.
    Unreadable,
    /// Loading does something that no entry of the policy allows.
    Suspicious,
    /// Loading does something that an entry of the policy blocks.
    Dangerous,
}

impl Verdict {
    /// The verdict in a word, or three.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::NotAPickle => "not a pickle",
            Verdict::Clean => "clean",
            Verdict::Unreadable => "unreadable",
            Verdict::Suspicious => "suspicious",
            Verdict::Dangerous => "dangerous",
        }
    }

    /// What follows from the findings; `recognised` where something is a pickle or holds one.
    pub(super) fn of(findings: &[Finding], recognised: bool) -> Verdict {
        match findings.iter().map(|finding| finding.severity).max() {
            Some(Severity::Dangerous) => Verdict::Dangerous,
            Some(Severity::Suspicious) => Verdict::Suspicious,
            Some(Severity::Unreadable) => Verdict::Unreadable,
            _ if recognised => Verdict::Clean,
            _ => Verdict::NotAPickle,
        }
    }
}
