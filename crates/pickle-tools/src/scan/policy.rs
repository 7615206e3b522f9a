//! [`Policy`]: which symbols a pickle may name, and what it may do with them.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use pickle_codec::Resolver;
use serde::Deserialize;

/// The policies that come with the crate, as the text that they are written in.
const BUILT_IN: &[&str] = &[
    include_str!("policies/blocked.toml"),
    include_str!("policies/python.toml"),
    include_str!("policies/numpy.toml"),
    include_str!("policies/pytorch.toml"),
    include_str!("policies/scikit-learn.toml"),
    include_str!("policies/pandas.toml"),
];

/// Which symbols a pickle may name, and what it may do with each.
///
/// What no entry allows is not allowed. An entry that blocks only says why, and how bad it is; it beats one that allows,
/// whichever policy they come from.
///
/// ```
/// use pickle_codec::LoadOptions;
/// use pickle_tools::scan::Policy;
///
/// let policy = Policy::built_in();
/// let options = LoadOptions::new();
/// assert!(options.from_slice_with(b"ccollections\nOrderedDict\n.", &mut policy.resolver()).is_ok());
/// let error = options.from_slice_with(b"cshutil\nrmtree\n.", &mut policy.resolver()).unwrap_err();
/// assert_eq!(error.to_string(), "shutil.rmtree is blocked: it changes files (GLOBAL at byte 0)");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Policy {
    lists: Arc<Lists>,
}

#[derive(Clone, Debug, Default)]
struct Lists {
    allowed: Names<Arc<Allowed>>,
    blocked: Names<Arc<str>>,
    /// The symbol that an extension code stands for, where a policy says so.
    extensions: BTreeMap<u32, (Box<str>, Box<str>)>,
    names: Vec<String>,
}

/// Entries by module and name.
type Names<T> = HashMap<Box<str>, HashMap<Box<str>, T, RandomState>, RandomState>;

/// The name that stands for all names of a module.
const ALL: &str = "*";

/// What a policy says of a symbol.
#[derive(Clone, Debug)]
pub enum Judgement {
    /// It may be named, and used so.
    Allowed(Arc<Allowed>),
    /// It must not be named, for this reason.
    Blocked(Arc<str>),
    /// No entry has it.
    Unknown,
}

/// What may be done with a symbol, and with what calling it gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allowed {
    operations: u8,
    pub(super) rule: Option<Rule>,
    reason: Box<str>,
    policy: Arc<str>,
    /// The reason with the policy's name, as findings have it.
    pub(super) told: Arc<str>,
}

impl Allowed {
    /// True if this may be done with it.
    #[must_use]
    pub fn permits(&self, operation: Operation) -> bool {
        self.operations & operation as u8 != 0
    }

    /// Why it is allowed.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The name of the policy that allows it.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.policy
    }
}

/// What may be done with a symbol beyond naming it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// To call it.
    Call = 1,
    /// To make an instance of it without calling it.
    New = 2,
    /// To set the state of what was made of it.
    Build = 4,
    /// To append, add or set items of what was made of it.
    Items = 8,
}

/// What the arguments of a call must be, where the callable alone does not tell what happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Rule {
    /// `getattr(global, "name")`: a name within a name, which is judged as such.
    Getattr,
    /// `copyreg._reconstructor(cls, base, state)`: an instance of `cls`.
    Reconstructor,
    /// `copyreg.__newobj__(cls, *args)`: an instance of `cls`.
    Newobj,
    /// One argument, which is a literal.
    OneLiteral,
    /// The first argument is called: it must be a global that may be.
    CallsFirst,
    /// The name of a module of NumPy or SciPy, which is imported, and of a function in it.
    UfuncModule,
    /// No argument.
    NoArguments,
    /// A dtype by its code, which joblib's arrays need to be told of.
    Dtype,
    /// joblib's wrapper, behind whose state an array stands in the stream.
    ArrayWrapper,
}

impl Rule {
    /// True where other arguments would make it do more than the policy allows: it is not to be kept for somebody who calls
    /// it with what nobody judges, such as a factory of default values.
    pub(super) fn limits(self) -> bool {
        !matches!(self, Rule::Dtype | Rule::ArrayWrapper | Rule::NoArguments)
    }
}

/// A policy as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    #[serde(default)]
    allow: Vec<Entry>,
    #[serde(default)]
    block: Vec<Block>,
    #[serde(default)]
    extension: Vec<Extension>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    modules: Vec<String>,
    names: Vec<String>,
    #[serde(default)]
    operations: Vec<Operation>,
    rule: Option<Rule>,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    modules: Vec<String>,
    #[serde(default = "all")]
    names: Vec<String>,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Extension {
    code: u32,
    module: String,
    name: String,
}

fn all() -> Vec<String> {
    vec![String::from(ALL)]
}

/// A policy that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PolicyError(String);

impl Policy {
    /// The policy that allows nothing.
    #[must_use]
    pub fn empty() -> Policy {
        Policy::default()
    }

    /// All policies that come with the crate, together.
    #[must_use]
    pub fn built_in() -> Policy {
        static BUILT: OnceLock<Policy> = OnceLock::new();
        let built = BUILT.get_or_init(|| {
            let read = BUILT_IN.iter().try_fold(Policy::empty(), |policy, text| policy.with(text));
            read.expect("the policies of the crate can be read: a test says so")
        });
        built.clone()
    }

    /// The texts of the policies that come with the crate.
    #[must_use]
    pub fn built_in_texts() -> &'static [&'static str] {
        BUILT_IN
    }

    /// This policy and one more, which is written in TOML.
    ///
    /// ```
    /// use pickle_tools::scan::Policy;
    ///
    /// let policy = Policy::built_in().with(r#"
    ///     name = "ours"
    ///
    ///     [[allow]]
    ///     modules = ["shop.model"]
    ///     names = ["Order", "Line"]
    ///     operations = ["new", "build"]      # call, new, build, items; none: it may only be named
    ///     reason = "plain classes without a __setstate__"
    ///
    ///     [[block]]
    ///     modules = ["shop.admin"]           # all of it, and its submodules, where no names are given
    ///     reason = "nothing of it belongs into data"
    /// "#)?;
    /// # Ok::<(), pickle_tools::scan::PolicyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What is wrong with the text; an entry without a reason is.
    pub fn with(mut self, toml: &str) -> Result<Policy, PolicyError> {
        let written: Written = toml::from_str(toml).map_err(|error| PolicyError(error.to_string()))?;
        let policy: Arc<str> = written.name.as_str().into();
        let lists = Arc::make_mut(&mut self.lists);
        for entry in written.allow {
            check(&entry.modules, &entry.names, &entry.reason)?;
            let operations = entry.operations.iter().fold(0, |all, &operation| all | operation as u8);
            let told = format!("{} ({policy})", entry.reason).into();
            let allowed = Arc::new(Allowed {
                operations,
                rule: entry.rule,
                reason: entry.reason.into(),
                policy: policy.clone(),
                told,
            });
            for (module, name) in pairs(&entry.modules, &entry.names) {
                // What two entries say of a symbol is allowed together.
                let of_module = lists.allowed.entry(module.into()).or_default();
                let both = match of_module.get(name) {
                    Some(before) if before.operations | operations != operations => Arc::new(Allowed {
                        operations: before.operations | operations,
                        rule: before.rule.or(allowed.rule),
                        ..(*allowed).clone()
                    }),
                    _ => allowed.clone(),
                };
                of_module.insert(name.into(), both);
            }
        }
        for block in written.block {
            check(&block.modules, &block.names, &block.reason)?;
            let reason: Arc<str> = block.reason.into();
            for (module, name) in pairs(&block.modules, &block.names) {
                lists.blocked.entry(module.into()).or_default().insert(name.into(), reason.clone());
            }
        }
        for extension in written.extension {
            lists.extensions.insert(extension.code, (extension.module.into(), extension.name.into()));
        }
        lists.names.push(written.name);
        Ok(self)
    }

    /// The names of the policies that this one is made of.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.lists.names
    }

    /// What is said of a symbol by the name that it is imported by; a dotted name is a name within a name.
    #[must_use]
    pub fn judge(&self, module: &str, name: &str) -> Judgement {
        if let Some(reason) = self.blocked_as(module, name) {
            return Judgement::Blocked(reason.clone());
        }
        if let Some(names) = self.lists.allowed.get(module) {
            let of_all = || if name.contains('.') { None } else { names.get(ALL) };
            if let Some(allowed) = names.get(name).or_else(of_all) {
                return Judgement::Allowed(allowed.clone());
            }
        }
        // Modules stand in modules: `json.decoder` has `scanner.re.enum.sys`. No module stands in so many, and to look at
        // each part of a path that a pickle makes up, with each that follows, would take the square of their number.
        const MOST: usize = 64;
        let within = name.match_indices('.').take(MOST).map(|(at, _)| &name[at + 1..]);
        for path in core::iter::once(name).chain(within) {
            let dots = path.match_indices('.').take(MOST).map(|(at, _)| (&path[..at], &path[at + 1..]));
            for (module, name) in dots.chain([(path, "")]) {
                if let Some(reason) = self.blocked_as(module, name) {
                    return Judgement::Blocked(reason.clone());
                }
            }
        }
        Judgement::Unknown
    }

    fn blocked_as(&self, module: &str, name: &str) -> Option<&Arc<str>> {
        if let Some(names) = self.lists.blocked.get(module) {
            let first = name.split('.').next().unwrap_or_default();
            return names.get(ALL).or_else(|| names.get(name)).or_else(|| names.get(first));
        }
        // A package that is blocked as a whole is so with its modules.
        module.match_indices('.').find_map(|(at, _)| self.lists.blocked.get(&module[..at])?.get(ALL))
    }

    pub(super) fn extension(&self, code: u32) -> Option<(&str, &str)> {
        self.lists.extensions.get(&code).map(|(module, name)| (&**module, &**name))
    }

    /// The policy as the `find_class` of a load: so what was scanned is what is loaded.
    #[must_use]
    pub fn resolver(&self) -> PolicyResolver<'_> {
        PolicyResolver(self)
    }
}

/// A [`Policy`] in the place of `find_class`: what is not allowed is refused.
#[derive(Clone, Copy, Debug)]
pub struct PolicyResolver<'p>(&'p Policy);

impl Resolver<'_> for PolicyResolver<'_> {
    fn find_class(&mut self, module: &str, name: &str) -> Result<Option<(String, String)>, pickle_codec::Error> {
        match self.0.judge(module, name) {
            Judgement::Allowed(_) => Ok(None),
            Judgement::Blocked(reason) => {
                Err(pickle_codec::Error::refused(format!("{module}.{name} is blocked: {reason}")))
            }
            Judgement::Unknown => Err(pickle_codec::Error::refused(format!("no policy allows {module}.{name}"))),
        }
    }

    fn get_extension(&mut self, code: u32) -> Result<Option<(String, String)>, pickle_codec::Error> {
        Ok(self.0.extension(code).map(|(module, name)| (module.into(), name.into())))
    }
}

fn pairs<'e>(modules: &'e [String], names: &'e [String]) -> impl Iterator<Item = (&'e str, &'e str)> {
    modules.iter().flat_map(|module| names.iter().map(move |name| (module.as_str(), name.as_str())))
}

fn check(modules: &[String], names: &[String], reason: &str) -> Result<(), PolicyError> {
    let of = || format!("{} {}", modules.join(", "), names.join(", "));
    if modules.is_empty() || names.is_empty() {
        return Err(PolicyError(format!("an entry lacks modules or names: {}", of())));
    }
    if reason.trim().is_empty() {
        return Err(PolicyError(format!("an entry lacks its reason: {}", of())));
    }
    Ok(())
}
