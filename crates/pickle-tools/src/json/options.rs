//! What `json.dumps` and `json.loads` may be told.

use core::fmt::{self, Display};
use core::str::FromStr;
use std::collections::HashMap;

/// How many digits an int may have: as many as CPython writes and reads unless `sys.set_int_max_str_digits` says else.
///
/// ```
/// use pickle_tools::json::{self, DEFAULT_MAX_DIGITS};
///
/// assert!(json::from_str(&"9".repeat(DEFAULT_MAX_DIGITS)).is_ok());
/// assert!(json::from_str(&"9".repeat(DEFAULT_MAX_DIGITS + 1)).is_err());
/// ```
pub const DEFAULT_MAX_DIGITS: usize = 4300;

/// How JSON is written: the arguments of `json.dumps`.
///
/// ```
/// use pickle_tools::json::DumpOptions;
/// use pickle_value::py;
///
/// let graph = py!({"b": [1, 2.5], "a": None});
/// let text = DumpOptions::new().sort_keys(true).indent(2).to_string(&graph)?;
/// assert_eq!(text, "{\n  \"a\": null,\n  \"b\": [\n    1,\n    2.5\n  ]\n}");
/// assert_eq!(DumpOptions::new().compact().to_string(&graph)?, r#"{"b":[1,2.5],"a":null}"#);
/// # Ok::<(), pickle_tools::json::DumpError>(())
/// ```
#[derive(Clone, Debug)]
pub struct DumpOptions {
    pub(crate) ensure_ascii: bool,
    pub(crate) allow_nan: bool,
    pub(crate) sort_keys: bool,
    pub(crate) skip_keys: bool,
    pub(crate) indent: Option<Box<str>>,
    pub(crate) separators: Option<(Box<str>, Box<str>)>,
    pub(crate) max_digits: usize,
    pub(crate) max_bytes: Option<u64>,
    pub(crate) classes: HashMap<Box<str>, Class>,
    pub(crate) tagged: bool,
}

impl Default for DumpOptions {
    fn default() -> DumpOptions {
        DumpOptions::new()
    }
}

impl DumpOptions {
    /// Those of `json.dumps(obj)`.
    ///
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// assert_eq!(DumpOptions::new().to_string(&py!([1, None]))?, "[1, null]");
    /// # Ok::<(), pickle_tools::json::DumpError>(())
    /// ```
    #[must_use]
    pub fn new() -> DumpOptions {
        DumpOptions {
            ensure_ascii: true,
            allow_nan: true,
            sort_keys: false,
            skip_keys: false,
            indent: None,
            separators: None,
            max_digits: DEFAULT_MAX_DIGITS,
            max_bytes: None,
            classes: HashMap::new(),
            tagged: false,
        }
    }

    /// Whether all characters beyond ASCII are written as `\u00eb`, as they are by default.
    ///
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// let options = DumpOptions::new().ensure_ascii(false);
    /// assert_eq!(options.to_string(&py!("é"))?, "\"é\"");
    /// # Ok::<(), pickle_tools::json::DumpError>(())
    /// ```
    #[must_use]
    pub fn ensure_ascii(mut self, ensure_ascii: bool) -> DumpOptions {
        self.ensure_ascii = ensure_ascii;
        self
    }

    /// Whether `NaN`, `Infinity` and `-Infinity` are written, which are no JSON, as they are by default.
    ///
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// assert_eq!(DumpOptions::new().to_string(&py!([(f64::NAN)]))?, "[NaN]");
    /// assert!(DumpOptions::new().allow_nan(false).to_string(&py!([(f64::NAN)])).is_err());
    /// # Ok::<(), pickle_tools::json::DumpError>(())
    /// ```
    #[must_use]
    pub fn allow_nan(mut self, allow_nan: bool) -> DumpOptions {
        self.allow_nan = allow_nan;
        self
    }

    /// Whether the keys of each dict are sorted, as Python sorts them: what it cannot compare is refused.
    ///
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// let options = DumpOptions::new().sort_keys(true);
    /// assert_eq!(options.to_string(&py!({"b": 1, "a": 2}))?, r#"{"a": 2, "b": 1}"#);
    /// # Ok::<(), pickle_tools::json::DumpError>(())
    /// ```
    #[must_use]
    pub fn sort_keys(mut self, sort_keys: bool) -> DumpOptions {
        self.sort_keys = sort_keys;
        self
    }

    /// Whether keys that are no str, int, float, bool or None are left out with their values, instead of being refused.
    ///
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// let options = DumpOptions::new().skip_keys(true);
    /// assert_eq!(options.to_string(&py!({"a": 1, (1, 2): 3}))?, r#"{"a": 1}"#);
    /// # Ok::<(), pickle_tools::json::DumpError>(())
    /// ```
    #[must_use]
    pub fn skip_keys(mut self, skip_keys: bool) -> DumpOptions {
        self.skip_keys = skip_keys;
        self
    }

    /// A line for each item, indented by so many spaces for each level; 0 gives lines without indentation.
    ///
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// let options = DumpOptions::new().indent(1);
    /// assert_eq!(options.to_string(&py!([1]))?, "[\n 1\n]");
    /// # Ok::<(), pickle_tools::json::DumpError>(())
    /// ```
    #[must_use]
    pub fn indent(self, spaces: usize) -> DumpOptions {
        self.indent_with(&" ".repeat(spaces))
    }

    /// A line for each item, indented by this text for each level.
    ///
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// let options = DumpOptions::new().indent_with("\t");
    /// assert_eq!(options.to_string(&py!([1]))?, "[\n\t1\n]");
    /// # Ok::<(), pickle_tools::json::DumpError>(())
    /// ```
    #[must_use]
    pub fn indent_with(mut self, indent: &str) -> DumpOptions {
        self.indent = Some(indent.into());
        self
    }

    /// What stands between items, and between a key and its value.
    ///
    /// By default these are `", "` and `": "`, the first without its space where there is an indent.
    ///
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// let options = DumpOptions::new().separators(";", "=");
    /// assert_eq!(options.to_string(&py!({"a": 1, "b": 2}))?, r#"{"a"=1;"b"=2}"#);
    /// # Ok::<(), pickle_tools::json::DumpError>(())
    /// ```
    #[must_use]
    pub fn separators(mut self, item: &str, key: &str) -> DumpOptions {
        self.separators = Some((item.into(), key.into()));
        self
    }

    /// Everything in one line without a space: the separators `,` and `:` and no indent.
    ///
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// let options = DumpOptions::new().compact();
    /// assert_eq!(options.to_string(&py!({"a": [1, 2]}))?, r#"{"a":[1,2]}"#);
    /// # Ok::<(), pickle_tools::json::DumpError>(())
    /// ```
    #[must_use]
    pub fn compact(mut self) -> DumpOptions {
        self.indent = None;
        self.separators(",", ":")
    }

    /// How many digits an int may have, [`DEFAULT_MAX_DIGITS`] unless this is called; 0 is without a limit.
    ///
    /// The time for an int grows with the square of its length.
    ///
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// let large = py!(123456789012345678901i128);
    /// assert!(DumpOptions::new().max_digits(20).to_string(&large).is_err());
    /// assert_eq!(DumpOptions::new().max_digits(21).to_string(&large)?, "123456789012345678901");
    /// # Ok::<(), pickle_tools::json::DumpError>(())
    /// ```
    #[must_use]
    pub fn max_digits(mut self, digits: usize) -> DumpOptions {
        self.max_digits = digits;
        self
    }

    /// How many bytes of JSON may be written: by default 16 MiB, or a hundred times the size of the graph's input.
    ///
    /// An object that is shared is written again each time, and so a few hundred bytes of pickle may hold more JSON than
    /// any disk does.
    ///
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// assert!(DumpOptions::new().max_bytes(8).to_string(&py!([1, 2, 3, 4])).is_err());
    /// ```
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> DumpOptions {
        self.max_bytes = Some(bytes);
        self
    }

    /// Says what the instances of a class are, named as `module.name`, which its pickle may not tell.
    ///
    /// ```
    /// use pickle_tools::json::{Class, DumpOptions};
    /// use pickle_value::{Builder, stdlib::EnumMember};
    ///
    /// let mut builder = Builder::new();
    /// let (class, value) = (builder.global("app.models", "Size")?, builder.int(3)?);
    /// let member = EnumMember::build(&mut builder, class, value)?;
    /// let graph = builder.finish(member);
    /// assert!(DumpOptions::new().to_string(&graph).is_err());
    /// assert_eq!(DumpOptions::new().class("app.models.Size", Class::Int).to_string(&graph)?, "3");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn class(mut self, name: &str, class: Class) -> DumpOptions {
        self.classes.insert(name.into(), class);
        self
    }

    /// Writes the [tagged form](super::tagged), which keeps all that a graph has: what JSON cannot hold becomes an object
    /// with a key that begins with `$`. What is said of classes, floats and keys then matters no more.
    ///
    /// ```
    /// use pickle_tools::json::DumpOptions;
    /// use pickle_value::py;
    ///
    /// let options = DumpOptions::new().tagged(true).compact();
    /// assert_eq!(options.to_string(&py!({"raw": (b"\x00", 1)}))?, r#"{"raw":{"$tuple":[{"$bytes":"AA=="},1]}}"#);
    /// # Ok::<(), pickle_tools::json::DumpError>(())
    /// ```
    #[must_use]
    pub fn tagged(mut self, tagged: bool) -> DumpOptions {
        self.tagged = tagged;
        self
    }
}

/// What a class derives from, of that which `json` knows.
///
/// ```
/// use pickle_tools::json::Class;
///
/// assert_eq!("int".parse(), Ok(Class::Int));
/// assert_eq!(Class::Str.to_string(), "str");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Class {
    /// A str: classes derived from it, members of a `StrEnum`.
    Str,
    /// An int: classes derived from it, members of an `IntEnum` or `IntFlag`.
    Int,
    /// A float.
    Float,
    /// A list or tuple: classes derived from one, named tuples.
    List,
    /// A dict.
    Dict,
    /// None of these: refused.
    Object,
}

impl Class {
    const NAMES: [(Class, &'static str); 6] = [
        (Class::Str, "str"),
        (Class::Int, "int"),
        (Class::Float, "float"),
        (Class::List, "list"),
        (Class::Dict, "dict"),
        (Class::Object, "object"),
    ];
}

impl Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Class::NAMES.iter().find(|(class, _)| class == self).map_or("object", |(_, name)| name);
        f.write_str(name)
    }
}

/// The name of a builtin; `tuple` is another word for `list`.
impl FromStr for Class {
    type Err = String;

    fn from_str(text: &str) -> Result<Class, String> {
        let known = Class::NAMES.iter().find(|(_, name)| *name == text || (text == "tuple" && *name == "list"));
        known
            .map(|(class, _)| *class)
            .ok_or_else(|| String::from("known are str, int, float, list, tuple, dict and object"))
    }
}

/// How JSON is read.
///
/// ```
/// use pickle_tools::json::LoadOptions;
///
/// let long = format!("[{}]", "9".repeat(5000));
/// assert!(LoadOptions::new().from_slice(long.as_bytes()).is_err());
/// assert!(LoadOptions::new().max_digits(0).from_slice(long.as_bytes()).is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct LoadOptions {
    pub(crate) max_digits: usize,
}

impl Default for LoadOptions {
    fn default() -> LoadOptions {
        LoadOptions::new()
    }
}

impl LoadOptions {
    /// Those of `json.loads(text)`.
    ///
    /// ```
    /// use pickle_tools::json::LoadOptions;
    ///
    /// assert_eq!(LoadOptions::new().from_str("[1, 2]")?.to_string(), "[1, 2]");
    /// # Ok::<(), pickle_tools::json::LoadError>(())
    /// ```
    #[must_use]
    pub fn new() -> LoadOptions {
        LoadOptions { max_digits: DEFAULT_MAX_DIGITS }
    }

    /// How many digits an int may have, [`DEFAULT_MAX_DIGITS`] unless this is called; 0 is without a limit.
    ///
    /// The time for an int grows with the square of its length.
    ///
    /// ```
    /// use pickle_tools::json::LoadOptions;
    ///
    /// assert!(LoadOptions::new().max_digits(3).from_str("1234").is_ok()); // 64 bits hold it
    /// assert!(LoadOptions::new().max_digits(20).from_str("123456789012345678901").is_err());
    /// ```
    #[must_use]
    pub fn max_digits(mut self, digits: usize) -> LoadOptions {
        self.max_digits = digits;
        self
    }
}
