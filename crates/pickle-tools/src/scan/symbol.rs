//! [`Symbols`]: the globals that a pickle names, each judged once.

use std::sync::Arc;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use pickle_codec::names::to_python3;

use super::finding::Severity;
use super::policy::{Allowed, Judgement, Operation, Policy, Rule};

/// A global, by the name that it is imported by, and what the policy says of it.
#[derive(Debug)]
pub(super) struct Symbol {
    pub(super) subject: Arc<str>,
    /// How much of that is the module.
    module: usize,
    pub(super) judgement: Judgement,
    /// It came out of the memo since it was named last.
    pub(super) recalled: bool,
    /// Its module has a name that an import statement could have.
    pub(super) is_plausible: bool,
}

impl Symbol {
    fn new(policy: &Policy, module: &str, name: &str) -> Symbol {
        let judgement = policy.judge(module, name);
        let is_plausible = matches!(judgement, Judgement::Blocked(_)) || module.split('.').all(is_identifier);
        let subject = [module, ".", name].concat().into();
        Symbol { subject, module: module.len(), judgement, recalled: false, is_plausible }
    }

    fn one_of_many() -> Symbol {
        Symbol {
            subject: "one of more names than are told apart".into(),
            module: 0,
            judgement: Judgement::Unknown,
            recalled: false,
            is_plausible: true,
        }
    }

    pub(super) fn module(&self) -> &str {
        &self.subject[..self.module]
    }

    pub(super) fn name(&self) -> &str {
        &self.subject[self.module + 1..]
    }

    pub(super) fn allowed(&self) -> Option<&Arc<Allowed>> {
        match &self.judgement {
            Judgement::Allowed(allowed) => Some(allowed),
            _ => None,
        }
    }

    /// True where it gives an array, or what goes with one: no text, and nothing that can be called.
    pub(super) fn makes_arrays(&self) -> bool {
        let by_rule = |allowed: &Arc<Allowed>| matches!(allowed.rule, Some(Rule::Dtype | Rule::ArrayWrapper));
        self.allowed().is_some_and(|allowed| by_rule(allowed) || matches!(self.name(), "_reconstruct" | "ndarray"))
    }

    /// What is said of naming it.
    pub(super) fn naming(&self) -> Severity {
        match &self.judgement {
            Judgement::Allowed(_) => Severity::Allowed,
            Judgement::Blocked(_) => Severity::Dangerous,
            Judgement::Unknown => Severity::Suspicious,
        }
    }

    /// Why that is said of naming it.
    pub(super) fn reason(&self) -> Arc<str> {
        match &self.judgement {
            Judgement::Allowed(allowed) => allowed.told.clone(),
            Judgement::Blocked(reason) => reason.clone(),
            Judgement::Unknown => "no policy allows it".into(),
        }
    }

    /// What is said of doing this with it.
    pub(super) fn doing(&self, operation: Operation) -> Severity {
        match self.allowed() {
            Some(allowed) if allowed.permits(operation) => Severity::Allowed,
            Some(_) => Severity::Suspicious,
            None => self.naming(),
        }
    }

    /// Why that is said of doing this with it.
    pub(super) fn reason_of(&self, operation: Operation) -> Arc<str> {
        match self.allowed() {
            Some(allowed) if !allowed.permits(operation) => not_allowed(operation).into(),
            _ => self.reason(),
        }
    }
}

/// So many symbols of a file are told apart; those that follow are one, which nothing allows.
const MAX_SYMBOLS: usize = 1 << 16;

/// So many bytes of names are kept for the files that follow.
const MAX_BEFORE: usize = 1 << 18;

fn not_allowed(operation: Operation) -> &'static str {
    match operation {
        Operation::Call => "it may be named, not called",
        Operation::New => "it may be named, not instantiated",
        Operation::Build => "no policy allows to set a state of what it makes",
        Operation::Items => "no policy allows to add items to what it makes",
    }
}

fn is_identifier(word: &str) -> bool {
    let mut characters = word.chars();
    characters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && characters.all(|character| character == '_' || character.is_alphanumeric())
}

/// The symbols of a file, by number, and those of files before it: most name the same.
#[derive(Debug)]
pub(super) struct Symbols {
    policy: Policy,
    symbols: Vec<Symbol>,
    /// How many were there when the file began.
    before: usize,
    /// By what the pickle calls them: module, newline, name, and whether that may be Python 2's.
    numbers: HashMap<Box<[u8]>, u32, RandomState>,
    /// The bytes of all these.
    length: usize,
    key: Vec<u8>,
}

impl Symbols {
    pub(super) fn new(policy: Policy) -> Symbols {
        Symbols { policy, symbols: Vec::new(), before: 0, numbers: HashMap::default(), length: 0, key: Vec::new() }
    }

    /// Another file begins.
    pub(super) fn begin(&mut self) {
        if self.length > MAX_BEFORE {
            self.symbols.clear();
            self.numbers.clear();
            self.length = 0;
        }
        self.before = self.symbols.len();
    }

    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }

    pub(super) fn get(&self, number: u32) -> Option<&Symbol> {
        self.symbols.get(number as usize)
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Symbol> {
        self.symbols.get_mut(number as usize)
    }

    /// The number of the symbol that a pickle calls so, at this protocol.
    pub(super) fn enter(&mut self, module: &[u8], name: &[u8], protocol: u8) -> u32 {
        let is_old = protocol < 3;
        self.key.clear();
        self.key.extend_from_slice(module);
        self.key.push(b'\n');
        self.key.extend_from_slice(name);
        self.key.push(u8::from(is_old));
        if let Some(&number) = self.numbers.get(&self.key[..]) {
            return number;
        }
        let most = self.before + MAX_SYMBOLS;
        if self.symbols.len() > most {
            return most as u32;
        }
        let (module, name) = (String::from_utf8_lossy(module), String::from_utf8_lossy(name));
        let symbol = match is_old {
            _ if self.symbols.len() == most => Symbol::one_of_many(),
            false => Symbol::new(&self.policy, &module, &name),
            true => self.old(&module, &name),
        };
        let number = self.symbols.len() as u32;
        self.symbols.push(symbol);
        self.length += self.key.len();
        self.numbers.insert(self.key.as_slice().into(), number);
        number
    }

    /// A name that is Python 3's or Python 2's: loaders translate it, or take it as it is (`fix_imports=False`).
    fn old(&self, module: &str, name: &str) -> Symbol {
        let (new_module, new_name) = to_python3(module, name);
        let symbol = Symbol::new(&self.policy, new_module, new_name);
        if (new_module, new_name) == (module, name) || matches!(symbol.judgement, Judgement::Blocked(_)) {
            return symbol;
        }
        match self.policy.judge(module, name) {
            judgement @ Judgement::Blocked(_) => Symbol { judgement, ..Symbol::new(&self.policy, module, name) },
            _ => symbol,
        }
    }
}
