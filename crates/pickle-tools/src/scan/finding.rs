//! [`Finding`]: one thing that loading would do, and what the policy says of it.

use core::fmt;
use std::sync::Arc;

/// What loading would do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Action {
    /// Import a module and take a name from it: GLOBAL, STACK_GLOBAL, INST.
    Global,
    /// Call something: REDUCE, OBJ, INST.
    Call,
    /// Make an instance without calling its class: NEWOBJ, NEWOBJ_EX.
    New,
    /// Set a state: BUILD.
    Build,
    /// Append, add or set items of what is no literal: APPEND, APPENDS, SETITEM, SETITEMS, ADDITEMS.
    Items,
    /// Ask for what a persistent id stands for.
    Persistent,
    /// Ask for what is registered under an extension code.
    Extension,
    /// Nothing by itself: something about the file that loaders do not agree on, or that cannot be looked into.
    Form,
}

impl Action {
    /// The action in a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Action::Global => "global",
            Action::Call => "call",
            Action::New => "new",
            Action::Build => "build",
            Action::Items => "items",
            Action::Persistent => "persistent",
            Action::Extension => "extension",
            Action::Form => "form",
        }
    }
}

/// Some actions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Actions(u16);

impl Actions {
    pub(super) fn of(findings: &[Finding]) -> Actions {
        findings.iter().fold(Actions::default(), |actions, finding| actions.with(finding.action))
    }

    pub(super) fn with(self, action: Action) -> Actions {
        Actions(self.0 | 1 << action as u16)
    }

    pub(super) fn and(self, others: Actions) -> Actions {
        Actions(self.0 | others.0)
    }

    /// True where there are no others than these.
    pub(super) fn are_only(self, actions: &[Action]) -> bool {
        let these = actions.iter().fold(Actions::default(), |these, action| these.with(*action));
        self.0 & !these.0 == 0
    }
}

/// How a name, or what is called, came to be where it is used.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Origin {
    /// It stands right there.
    Literal,
    /// It came out of the memo.
    Memo,
    /// A call made it, or a persistent id or an extension code stands for it.
    Computed,
}

impl Origin {
    /// The origin in a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Origin::Literal => "literal",
            Origin::Memo => "memo",
            Origin::Computed => "computed",
        }
    }
}

/// What the policy says of an action.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// An entry allows it.
    Allowed,
    /// It could not be read, so that nothing can be said.
    Unreadable,
    /// No entry allows it.
    Suspicious,
    /// An entry blocks it.
    Dangerous,
}

impl Severity {
    /// The severity in a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Allowed => "allowed",
            Severity::Unreadable => "unreadable",
            Severity::Suspicious => "suspicious",
            Severity::Dangerous => "dangerous",
        }
    }
}

/// One thing that loading would do.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Finding {
    /// Where in the file: the containers that it stands in, such as `model/data.pkl`; empty for the file itself.
    pub place: Arc<str>,
    /// Where the instruction starts, from the start of what `place` names.
    pub offset: u64,
    /// The instruction; empty where it is none.
    pub opcode: &'static str,
    /// What it does.
    pub action: Action,
    /// To what: a symbol, as `os.system`.
    pub subject: Arc<str>,
    /// How that came to be.
    pub origin: Origin,
    /// What the policy says.
    pub severity: Severity,
    /// Why.
    pub reason: Arc<str>,
    /// How many times the same is done; `offset` is that of the first.
    pub count: u64,
}

/// What a name is called that a call makes.
pub(super) const UNKNOWN_NAME: &str = "a name that is not known";

impl Finding {
    /// False for a symbol whose name only loading would tell.
    pub(super) fn is_known(&self) -> bool {
        match self.action {
            Action::Global => &*self.subject != UNKNOWN_NAME,
            action => action != Action::Extension,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.severity.name())?;
        if self.action != Action::Form {
            write!(f, "{} ", self.action.name())?;
        }
        write!(f, "{}", self.subject)?;
        if self.origin != Origin::Literal {
            write!(f, " ({})", self.origin.name())?;
        }
        if !self.reason.is_empty() {
            write!(f, ": {}", self.reason)?;
        }
        if self.opcode.is_empty() {
            write!(f, " (at byte {}", self.offset)?;
        } else {
            write!(f, " ({} at byte {}", self.opcode, self.offset)?;
        }
        if !self.place.is_empty() {
            write!(f, " of {}", self.place)?;
        }
        match self.count {
            0 | 1 => f.write_str(")"),
            count => write!(f, ", {count} times)"),
        }
    }
}
