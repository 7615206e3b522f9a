//! What loading a file would do, judged by a policy; nothing is loaded.
//!
//! ```
//! use pickle_tools::scan::{Scanner, Verdict};
//!
//! let scanner = Scanner::new();
//! // pickle.dumps(collections.OrderedDict(a=1), 2)
//! let report = scanner.scan(b"\x80\x02ccollections\nOrderedDict\nq\0)Rq\x01X\x01\0\0\0aq\x02K\x01s.");
//! assert_eq!(report.verdict(), Verdict::Clean);
//! assert_eq!(report.symbols(), ["collections.OrderedDict"]);
//!
//! // Broken behind what it does, and without a word of protocol 4.
//! let report = scanner.scan(b"(S'echo'\nios\nsystem\n\xff");
//! assert_eq!(report.verdict(), Verdict::Dangerous);
//! assert_eq!(
//!     report.findings()[0].to_string(),
//!     "dangerous: global os.system: it runs programs and changes files (INST at byte 9)",
//! );
//! ```
//!
//! ```text
//!   file ──► containers ──► pickles ──► Machine ──► a host that knows   ──► findings ──► verdict
//!            by content,    each as     of the      literals from what       │
//!            both ways      loaders do  loader      calls make             policy
//! ```
//!
//! The machine is the loader's own, [`pickle_codec::Machine`], so that no spelling is read in another way than it is
//! loaded. Where loaders differ among themselves, each reading counts: `pickle.py` beside C's, joblib's, which reads
//! arrays from between the instructions, an unpickler that keeps its memo from one pickle to the next.
//!
//! A [`Policy`] lists what is allowed; what no entry has is not. It is also a `find_class`: load with the same policy that
//! was scanned with, and what is loaded is what was scanned.

mod content;
mod embedded;
mod finding;
mod host;
mod inflate;
mod judge;
mod kept;
mod log;
mod nested;
mod npy;
mod policy;
mod raw;
mod run;
mod scratch;
mod stream;
mod symbol;
mod tar;
mod unpack;
mod value;
mod verdict;
mod zip;

use std::collections::BTreeSet;

use pickle_codec::LoadOptions;
use pickle_value::Graph;

use content::{Found, Session};
pub use finding::{Action, Finding, Origin, Severity};
use log::Telling;
pub use policy::{Allowed, Judgement, Operation, Policy, PolicyError, PolicyResolver};
use scratch::Spare;
pub use verdict::Verdict;

use crate::container::{DEFAULT_RATIO, DEFAULT_UNPACKED};

/// Extensions that promise a pickle, or a container of one.
const EXTENSIONS: &[&str] = &[
    "pkl", "pickle", "pck", "pcl", "pk", "p", "pkl2", "pkl4", "pkl5", "pklz", "dill", "joblib", "pt", "pth", "pt2",
    "ckpt", "npy", "npz",
];

/// True where the name of a file promises a pickle, or a container of one.
///
/// ```
/// assert!(pickle_tools::scan::has_pickle_extension("models/Net.PTH"));
/// assert!(!pickle_tools::scan::has_pickle_extension("README.md"));
/// ```
#[must_use]
pub fn has_pickle_extension(name: &str) -> bool {
    let file = name.rsplit(['/', '\\', '!']).next().unwrap_or_default();
    let Some((_, extension)) = file.rsplit_once('.') else { return false };
    EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// Scans files by a policy.
#[derive(Clone, Debug)]
pub struct Scanner {
    policy: Policy,
    options: ScanOptions,
    spare: Spare,
}

#[derive(Clone, Debug)]
struct ScanOptions {
    max_depth: usize,
    max_unpacked: Option<u64>,
    telling: Telling,
}

impl ScanOptions {
    fn limit(&self, length: u64) -> u64 {
        self.max_unpacked.unwrap_or_else(|| length.saturating_mul(DEFAULT_RATIO).max(DEFAULT_UNPACKED))
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Scanner::new()
    }
}

impl Scanner {
    /// A scanner with all policies that come with the crate.
    #[must_use]
    pub fn new() -> Scanner {
        Scanner::with_policy(Policy::built_in())
    }

    /// A scanner with this policy alone.
    #[must_use]
    pub fn with_policy(policy: Policy) -> Scanner {
        let telling = Telling { every: false, allowed: true };
        let options = ScanOptions { max_depth: 8, max_unpacked: None, telling };
        Scanner { policy, options, spare: Spare::default() }
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Tells of each instruction by itself, not of the first of a kind with a count.
    #[must_use]
    pub fn every(mut self, every: bool) -> Scanner {
        self.options.telling.every = every;
        self
    }

    /// Tells of what the policy allows, too, as it does by default. Without, the verdict is the same and comes sooner, and
    /// the [symbols](Report::symbols) are those alone that are not allowed.
    ///
    /// ```
    /// use pickle_tools::scan::{Scanner, Verdict};
    ///
    /// let report = Scanner::new().allowed(false).scan(b"\x80\x02ccollections\nOrderedDict\n)R.");
    /// assert_eq!(report.verdict(), Verdict::Clean);
    /// assert!(report.findings().is_empty());
    /// ```
    #[must_use]
    pub fn allowed(mut self, allowed: bool) -> Scanner {
        self.options.telling.allowed = allowed;
        self
    }

    /// How much a file may unpack to, in bytes; by default 256 MiB or a hundred times its size, whichever is more.
    #[must_use]
    pub fn max_unpacked(mut self, bytes: u64) -> Scanner {
        self.options.max_unpacked = Some(bytes);
        self
    }

    /// How deep pickles and containers may stand within each other: 8 by default. What is deeper is suspicious.
    #[must_use]
    pub fn max_depth(mut self, depth: usize) -> Scanner {
        self.options.max_depth = depth;
        self
    }

    /// Scans a file's bytes. It cannot fail: what cannot be read is a finding.
    #[must_use]
    pub fn scan(&self, bytes: &[u8]) -> Report {
        let mut scratch = self.spare.take(&self.policy);
        let mut session = Session::new(&mut scratch, &self.options, bytes.len() as u64);
        let found = session.content(bytes, &"".into(), 0);
        let (recognised, problem) = match found {
            Found::Something => (true, None),
            Found::Nothing(problem) => (false, Some(problem)),
        };
        let Session { mut findings, containers, pickles, .. } = session;
        self.spare.give(scratch);
        findings.sort_by(|a, b| {
            let by = |finding: &Finding| (finding.offset, finding.action);
            let severity = b.severity.cmp(&a.severity);
            severity
                .then_with(|| a.place.cmp(&b.place))
                .then_with(|| by(a).cmp(&by(b)))
                .then_with(|| a.subject.cmp(&b.subject))
        });
        // What is read in several ways is found several times.
        findings.dedup_by(|a, b| {
            (&a.place, a.offset, a.action, &a.subject, a.severity)
                == (&b.place, b.offset, b.action, &b.subject, b.severity)
        });
        let verdict = Verdict::of(&findings, recognised);
        Report { verdict, findings, containers, pickles, problem }
    }

    /// Loads what is clean: first all operations are judged, calls and states as well as names, as [`scan`](Scanner::scan)
    /// judges them; then the same bytes are loaded with the policy in the place of `find_class`.
    ///
    /// Two steps are as good as one: both run over the same bytes on the same machine, and the first has judged every
    /// reading that options can ask for, of either pickler, with names translated and as they are. It is stricter, too: the
    /// pickles that follow the first count, and those within it. The policy's [resolver](Policy::resolver) alone judges
    /// names only.
    ///
    /// ```
    /// use pickle_codec::LoadOptions;
    /// use pickle_tools::scan::Scanner;
    ///
    /// let scanner = Scanner::new();
    /// let pickle = b"\x80\x02ccollections\nOrderedDict\n)R.";
    /// assert!(scanner.from_slice(pickle, &LoadOptions::new()).is_ok());
    /// // The function may be named, and not called.
    /// let pickle = b"\x80\x02cnumpy\nadd\n)R.";
    /// assert!(LoadOptions::new().from_slice_with(pickle, &mut scanner.policy().resolver()).is_ok());
    /// assert!(scanner.from_slice(pickle, &LoadOptions::new()).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// The worst finding, or why it is no pickle; and the errors of [`LoadOptions::from_slice`].
    pub fn from_slice<'a>(&self, bytes: &'a [u8], options: &LoadOptions) -> Result<Graph<'a>, pickle_codec::Error> {
        let report = self.scan(bytes);
        if report.verdict() != Verdict::Clean {
            let why = match report.findings().first() {
                Some(finding) => finding.to_string(),
                None => format!("no pickle: {}", report.problem().unwrap_or_default()),
            };
            return Err(pickle_codec::Error::refused(why));
        }
        options.from_slice_with(bytes, &mut self.policy.resolver())
    }
}

/// What a scan found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    verdict: Verdict,
    findings: Vec<Finding>,
    containers: Vec<String>,
    pickles: u64,
    problem: Option<String>,
}

impl Report {
    /// What is said of the file as a whole.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The verdict on a file that is said to be a pickle: it is unreadable where it is none.
    #[must_use]
    pub fn verdict_as_pickle(&self) -> Verdict {
        if self.verdict == Verdict::NotAPickle { Verdict::Unreadable } else { self.verdict }
    }

    /// What loading would do, and what is odd about the file, the worst first.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The symbols that loading would need, sorted, each as `module.name`.
    #[must_use]
    pub fn symbols(&self) -> Vec<&str> {
        let globals = self.findings.iter().filter(|finding| finding.action == Action::Global && finding.is_known());
        globals.map(|finding| &*finding.subject).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// True where [`symbols`](Report::symbols) does not say all: names are computed, or extension codes stand for them.
    #[must_use]
    pub fn needs_unknown_symbols(&self) -> bool {
        let names = |finding: &&Finding| matches!(finding.action, Action::Global | Action::Extension);
        self.findings.iter().filter(names).any(|finding| !finding.is_known())
    }

    /// The containers that were looked into, by name.
    #[must_use]
    pub fn containers(&self) -> &[String] {
        &self.containers
    }

    /// How many pickles were read to their STOP.
    #[must_use]
    pub fn pickles(&self) -> u64 {
        self.pickles
    }

    /// Why a file that is not a pickle cannot be read as one.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }
}

const _: () = {
    const fn send_sync<T: Send + Sync>() {}
    send_sync::<Scanner>();
    send_sync::<Report>();
};
