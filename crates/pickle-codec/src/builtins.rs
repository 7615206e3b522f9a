//! Builtins that pickles spell as names and calls.
//!
//! Low protocols have no opcode for a set, for bytes, for a complex: CPython writes what would make one, such as
//! `_codecs.encode('é', 'latin1')`. A reader that knows these few callables gets the same graph from every protocol.

/// A callable or constant that is understood rather than kept as a name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Builtin {
    /// `set`
    Set,
    /// `frozenset`
    FrozenSet,
    /// `bytes`
    Bytes,
    /// `bytearray`
    ByteArray,
    /// `complex`
    Complex,
    /// `range`, which is Python 2's `xrange`
    Range,
    /// `slice`
    Slice,
    /// `_codecs.encode`
    Encode,
    /// `Ellipsis`
    Ellipsis,
    /// `NotImplemented`
    NotImplemented,
    /// `copyreg.__newobj__`
    NewObj,
    /// `copyreg.__newobj_ex__`
    NewObjEx,
    /// `getattr`
    GetAttr,
    /// `copyreg._reconstructor`
    Reconstructor,
    /// `functools.partial`
    Partial,
    /// `object`
    Object,
    /// `int`
    Int,
    /// `float`
    Float,
    /// `str`
    Str,
    /// `tuple`
    Tuple,
    /// `list`
    List,
    /// `dict`
    Dict,
}

impl Builtin {
    /// All of them.
    pub const ALL: [Builtin; 22] = [
        Builtin::Set,
        Builtin::FrozenSet,
        Builtin::Bytes,
        Builtin::ByteArray,
        Builtin::Complex,
        Builtin::Range,
        Builtin::Slice,
        Builtin::Encode,
        Builtin::Ellipsis,
        Builtin::NotImplemented,
        Builtin::NewObj,
        Builtin::NewObjEx,
        Builtin::GetAttr,
        Builtin::Reconstructor,
        Builtin::Partial,
        Builtin::Object,
        Builtin::Int,
        Builtin::Float,
        Builtin::Str,
        Builtin::Tuple,
        Builtin::List,
        Builtin::Dict,
    ];

    /// Its module and name in Python 3.
    #[must_use]
    pub const fn name(self) -> (&'static str, &'static str) {
        match self {
            Builtin::Set => ("builtins", "set"),
            Builtin::FrozenSet => ("builtins", "frozenset"),
            Builtin::Bytes => ("builtins", "bytes"),
            Builtin::ByteArray => ("builtins", "bytearray"),
            Builtin::Complex => ("builtins", "complex"),
            Builtin::Range => ("builtins", "range"),
            Builtin::Slice => ("builtins", "slice"),
            Builtin::Encode => ("_codecs", "encode"),
            Builtin::Ellipsis => ("builtins", "Ellipsis"),
            Builtin::NotImplemented => ("builtins", "NotImplemented"),
            Builtin::NewObj => ("copyreg", "__newobj__"),
            Builtin::NewObjEx => ("copyreg", "__newobj_ex__"),
            Builtin::GetAttr => ("builtins", "getattr"),
            Builtin::Reconstructor => ("copyreg", "_reconstructor"),
            Builtin::Partial => ("functools", "partial"),
            Builtin::Object => ("builtins", "object"),
            Builtin::Int => ("builtins", "int"),
            Builtin::Float => ("builtins", "float"),
            Builtin::Str => ("builtins", "str"),
            Builtin::Tuple => ("builtins", "tuple"),
            Builtin::List => ("builtins", "list"),
            Builtin::Dict => ("builtins", "dict"),
        }
    }

    /// The builtin of this name, if it is one of them.
    #[must_use]
    pub fn from_name(module: &str, name: &str) -> Option<Builtin> {
        Self::ALL.into_iter().find(|builtin| builtin.name() == (module, name))
    }
}
