//! [`DeOptions`] and [`SerOptions`]: how to read and how to write.

use pickle_codec::{DumpOptions, Encoding, Errors, LoadOptions};

/// How deep objects may be nested unless said otherwise, as in serde_json: what a derived type needs of the stack for each
/// level is not known here, and 128 levels of the hungriest fit in the 2 MiB of a thread.
///
/// ```
/// let deep = [&b"\x80\x02"[..], &b"]".repeat(200), &b"a".repeat(199), b"."].concat();
/// let error = pickle_serde::from_slice::<pickle_serde::Value>(&deep).unwrap_err();
/// assert_eq!(error.kind().to_string(), format!("objects are nested more than {} deep", pickle_serde::DEFAULT_DEPTH));
/// ```
pub const DEFAULT_DEPTH: u32 = 128;

/// What the values of one pickle may have in memory before sharing is held against it: 16 MiB, and 64 bytes for each byte
/// of the pickle. Two million visits are enough for what is shared in good faith; a bomb of 40 tuples asks for 2⁴⁰.
///
/// A [`Value`](crate::Value) counts as what it takes, an object that is read into another type as eight bytes, its text or
/// bytes with their length.
///
/// ```
/// use pickle_serde::{DEFAULT_BUDGET, DeOptions};
///
/// // Less than by default, for values of strangers.
/// let options = DeOptions::new().budget(DEFAULT_BUDGET / 16);
/// assert_eq!(options.from_slice::<u8>(b"K\x01.")?, 1);
/// # Ok::<(), pickle_serde::Error>(())
/// ```
pub const DEFAULT_BUDGET: u64 = 16 << 20;
pub(crate) const BUDGET_PER_BYTE: u64 = 64;

/// How to read.
///
/// ```
/// use pickle_serde::{DeOptions, Encoding};
///
/// // Python 2's str is text where it is UTF-8; this one is not.
/// let pickle = b"U\x03\xe9t\xe9.";
/// assert!(pickle_serde::from_slice::<String>(pickle).is_err());
/// let options = DeOptions::new().encoding(Encoding::Latin1);
/// assert_eq!(options.from_slice::<String>(pickle)?, "été");
/// # Ok::<(), pickle_serde::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DeOptions {
    pub(crate) load: LoadOptions,
    pub(crate) depth: u32,
    pub(crate) budget: Option<u64>,
    pub(crate) class_key: Option<String>,
}

impl Default for DeOptions {
    fn default() -> DeOptions {
        DeOptions {
            load: LoadOptions::new().encoding(Encoding::Keep),
            depth: DEFAULT_DEPTH,
            budget: None,
            class_key: None,
        }
    }
}

impl DeOptions {
    /// The defaults: Python 2's `str` is text where it is UTF-8 and bytes otherwise, [`DEFAULT_DEPTH`],
    /// [`DEFAULT_BUDGET`].
    ///
    /// ```
    /// assert_eq!(pickle_serde::DeOptions::new().from_slice::<String>(b"U\x02ab.")?, "ab");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn new() -> DeOptions {
        DeOptions::default()
    }

    /// What becomes of Python 2's `str`, for all of them alike: see [`Encoding`].
    ///
    /// ```
    /// use pickle_serde::{DeOptions, Encoding, Value};
    ///
    /// let options = DeOptions::new().encoding(Encoding::Bytes);
    /// assert_eq!(options.from_slice::<Value>(b"U\x02ab.")?.to_string(), "b'ab'");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn encoding(self, encoding: Encoding) -> DeOptions {
        self.with_load(|load| load.encoding(encoding))
    }

    /// What is done about the bytes of a Python 2 `str` that are none of its encoding: see [`LoadOptions::errors`].
    ///
    /// ```
    /// use pickle_serde::{DeOptions, Encoding, Errors};
    ///
    /// let options = DeOptions::new().encoding(Encoding::Utf8).errors(Errors::Replace);
    /// assert_eq!(options.from_slice::<String>(b"U\x01\xff.")?, "\u{fffd}");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn errors(self, errors: Errors) -> DeOptions {
        self.with_load(|load| load.errors(errors))
    }

    /// Changes the options of the layer below: profile, renamed globals, `find_class`, extensions, a decoder.
    ///
    /// ```
    /// use pickle_serde::{DeOptions, Instance};
    ///
    /// // An instance of old.User, which has become app.models.User: pickle.dumps(User(), 2)
    /// let pickle = b"\x80\x02cold\nUser\nq\x00)\x81q\x01}q\x02X\x03\x00\x00\x00ageq\x03K)sb.";
    /// let options = DeOptions::new().with_load(|load| load.rename("old.User", "app.models.User"));
    /// let user: Instance<std::collections::HashMap<String, u8>> = options.from_slice(pickle)?;
    /// assert_eq!(user.class, "app.models.User");
    /// assert_eq!(user.state["age"], 41);
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn with_load(self, change: impl FnOnce(LoadOptions) -> LoadOptions) -> DeOptions {
        DeOptions { load: change(self.load), ..self }
    }

    /// How deep objects may be nested: [`DEFAULT_DEPTH`], unless said otherwise. More needs a larger stack.
    ///
    /// ```
    /// use pickle_serde::{DeOptions, Value};
    ///
    /// let error = DeOptions::new().depth(2).from_slice::<Value>(b"]]]aa.").unwrap_err();
    /// assert_eq!(error.to_string(), "objects are nested more than 2 deep ([0][0], EMPTY_LIST at byte 2)");
    /// ```
    #[must_use]
    pub fn depth(self, depth: u32) -> DeOptions {
        DeOptions { depth, ..self }
    }

    /// How many bytes the values of a pickle may have, about: [`DEFAULT_BUDGET`] and 64 for each byte of the pickle,
    /// unless said otherwise. Only a pickle whose objects are shared can need more.
    ///
    /// ```
    /// use pickle_serde::{DeOptions, Value};
    ///
    /// // [a, a], where a is [1, 2]
    /// let pickle = b"\x80\x02](](K\x01K\x02eq\x00h\x00e.";
    /// assert!(DeOptions::new().from_slice::<Value>(pickle).is_ok());
    /// assert!(DeOptions::new().budget(40).from_slice::<Value>(pickle).is_err());
    /// ```
    #[must_use]
    pub fn budget(self, bytes: u64) -> DeOptions {
        DeOptions { budget: Some(bytes), ..self }
    }

    /// Puts the name of the class in front of an instance's attributes, under this key, as if it were one of them. An enum
    /// with serde's `tag` then tells instances by their classes.
    ///
    /// ```
    /// use pickle_serde::DeOptions;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize, Debug, PartialEq)]
    /// #[serde(tag = "__class__")]
    /// enum Shape {
    ///     #[serde(rename = "shapes.Circle")]
    ///     Circle { r: f64 },
    ///     #[serde(rename = "shapes.Square")]
    ///     Square { a: f64 },
    /// }
    ///
    /// let pickle = b"\x80\x02cshapes\nSquare\nq\x00)\x81q\x01}q\x02X\x01\x00\x00\x00aq\x03K\x03sb.";
    /// let shape: Shape = DeOptions::new().class_key("__class__").from_slice(pickle)?;
    /// assert_eq!(shape, Shape::Square { a: 3.0 });
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn class_key(self, key: impl Into<String>) -> DeOptions {
        DeOptions { class_key: Some(key.into()), ..self }
    }
}

/// How to write. The defaults are promises: protocol 4, by the profile of CPython 3.13, as [`to_vec`](crate::to_vec) says.
///
/// ```
/// use pickle_serde::SerOptions;
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct User { name: &'static str }
///
/// // pickle.dumps({'name': 'Ann'}, 2)
/// let pickle = SerOptions::new().protocol(2).to_vec(&User { name: "Ann" })?;
/// assert_eq!(pickle, b"\x80\x02}q\x00X\x04\x00\x00\x00nameq\x01X\x03\x00\x00\x00Annq\x02s.");
/// # Ok::<(), pickle_serde::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct SerOptions {
    pub(crate) dump: DumpOptions,
    pub(crate) share_strings: bool,
    pub(crate) sort_keys: bool,
    pub(crate) enum_tuples: bool,
    pub(crate) classes: Vec<(String, ClassName)>,
    pub(crate) module: Option<String>,
}

/// A class by its module and its name therein.
#[derive(Clone, Debug)]
pub(crate) struct ClassName {
    pub(crate) module: String,
    pub(crate) name: String,
}

impl ClassName {
    /// Of `app.models.User`, or `app.models:Outer.Inner` for a class within a class; without a dot it is a builtin.
    pub(crate) fn parse(dotted: &str) -> ClassName {
        let (module, name) = dotted.split_once(':').or_else(|| dotted.rsplit_once('.')).unwrap_or(("builtins", dotted));
        ClassName { module: module.into(), name: name.into() }
    }
}

impl SerOptions {
    /// The defaults.
    ///
    /// ```
    /// assert_eq!(pickle_serde::SerOptions::new().to_vec(&1)?, pickle_serde::to_vec(&1)?);
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn new() -> SerOptions {
        SerOptions::default()
    }

    /// The protocol, 0 to 5; 4 unless said otherwise. Up to 2, Python 2.7 reads it.
    ///
    /// ```
    /// use pickle_serde::SerOptions;
    ///
    /// assert_eq!(SerOptions::new().protocol(0).to_vec(&(1, "a"))?, b"(I1\nVa\np0\ntp1\n.");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn protocol(self, protocol: u8) -> SerOptions {
        self.with_dump(|dump| dump.protocol(protocol))
    }

    /// Changes the options of the layer below: profile, `fix_imports`, extensions, `fast`.
    ///
    /// ```
    /// use pickle_serde::{Profile, SerOptions};
    ///
    /// // cPickle numbers its memo from 1.
    /// let python2 = SerOptions::new().with_dump(|dump| dump.profile(Profile::CPYTHON_2_7).protocol(2));
    /// assert_eq!(python2.to_vec(&vec!["ab", "ab"])?, b"\x80\x02]q\x01(X\x02\0\0\0abq\x02X\x02\0\0\0abq\x03e.");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn with_dump(self, change: impl FnOnce(DumpOptions) -> DumpOptions) -> SerOptions {
        SerOptions { dump: change(self.dump), ..self }
    }

    /// Makes one object of equal strings. The pickle is smaller where strings repeat, and Python gets one object for them.
    ///
    /// ```
    /// use pickle_serde::SerOptions;
    ///
    /// let shared = SerOptions::new().protocol(2).share_strings(true).to_vec(&vec!["ab", "ab"])?;
    /// assert_eq!(shared, b"\x80\x02]q\x00(X\x02\0\0\0abq\x01h\x01e.");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn share_strings(self, share: bool) -> SerOptions {
        SerOptions { share_strings: share, ..self }
    }

    /// Sorts the keys of maps, as Python's `sorted` would; keys of different types stand by type: None, numbers, text,
    /// bytes, tuples, all else. The fields of structs stay in their order.
    ///
    /// ```
    /// use std::collections::HashMap;
    /// use pickle_serde::SerOptions;
    ///
    /// let map = HashMap::from([("b", 2), ("a", 1), ("c", 3)]);
    /// let graph = SerOptions::new().sort_keys(true).to_graph(&map)?;
    /// assert_eq!(graph.to_string(), "{'a': 1, 'b': 2, 'c': 3}");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn sort_keys(self, sort: bool) -> SerOptions {
        SerOptions { sort_keys: sort, ..self }
    }

    /// Writes enums as tuples, `('Variant',)` or `('Variant', content)`, not as serde_json does; both are read.
    ///
    /// ```
    /// use pickle_serde::SerOptions;
    ///
    /// let result: Result<i32, i32> = Ok(5);
    /// assert_eq!(SerOptions::new().to_graph(&result)?.to_string(), "{'Ok': 5}");
    /// assert_eq!(SerOptions::new().enum_tuples(true).to_graph(&result)?.to_string(), "('Ok', 5)");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn enum_tuples(self, tuples: bool) -> SerOptions {
        SerOptions { enum_tuples: tuples, ..self }
    }

    /// Writes a struct as an instance of a Python class: `structure` is the name that serde knows it by, `class` is
    /// dotted, `app.models.User`; a colon ends the module where the class stands within another. See also
    /// [`Instance`](crate::Instance).
    ///
    /// ```
    /// use pickle_serde::SerOptions;
    /// use serde::Serialize;
    ///
    /// #[derive(Serialize)]
    /// struct User { name: &'static str }
    ///
    /// let options = SerOptions::new().class("User", "app.models.User");
    /// assert_eq!(options.to_graph(&User { name: "Ann" })?.to_string(), "app.models.User(name='Ann')");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn class(mut self, structure: &str, class: &str) -> SerOptions {
        self.classes.push((structure.into(), ClassName::parse(class)));
        self
    }

    /// Writes all structs as instances of the classes of that name in a module, but for those that
    /// [`class`](SerOptions::class) names.
    ///
    /// ```
    /// use pickle_serde::SerOptions;
    /// use serde::Serialize;
    ///
    /// #[derive(Serialize)]
    /// struct Point { x: i32 }
    ///
    /// let options = SerOptions::new().classes_of("shapes");
    /// assert_eq!(options.to_graph(&Point { x: 1 })?.to_string(), "shapes.Point(x=1)");
    /// # Ok::<(), pickle_serde::Error>(())
    /// ```
    #[must_use]
    pub fn classes_of(self, module: impl Into<String>) -> SerOptions {
        SerOptions { module: Some(module.into()), ..self }
    }
}
