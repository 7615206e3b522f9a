//! What stands on the stack, in the words of pickletools.

/// The kind of a stack entry before or after an opcode (`pickletools.StackObject`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum StackObject {
    /// An int.
    Int,
    /// An int or a bool.
    IntOrBool,
    /// A bool.
    Bool,
    /// A float.
    Float,
    /// Bytes or text, as the `encoding` says.
    BytesOrStr,
    /// Bytes.
    Bytes,
    /// A bytearray.
    ByteArray,
    /// Text.
    Str,
    /// None.
    None,
    /// A tuple.
    Tuple,
    /// A list.
    List,
    /// A dict.
    Dict,
    /// A set.
    Set,
    /// A frozenset.
    FrozenSet,
    /// An object that gives a buffer.
    Buffer,
    /// Any object.
    Any,
    /// A mark.
    Mark,
    /// All that stands above the topmost mark.
    StackSlice,
}

impl StackObject {
    /// The name that pickletools gives it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            StackObject::Int => "int",
            StackObject::IntOrBool => "int_or_bool",
            StackObject::Bool => "bool",
            StackObject::Float => "float",
            StackObject::BytesOrStr => "bytes_or_str",
            StackObject::Bytes => "bytes",
            StackObject::ByteArray => "bytearray",
            StackObject::Str => "str",
            StackObject::None => "None",
            StackObject::Tuple => "tuple",
            StackObject::List => "list",
            StackObject::Dict => "dict",
            StackObject::Set => "set",
            StackObject::FrozenSet => "frozenset",
            StackObject::Buffer => "buffer",
            StackObject::Any => "any",
            StackObject::Mark => "mark",
            StackObject::StackSlice => "stackslice",
        }
    }
}

impl core::fmt::Display for StackObject {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.name())
    }
}
