//! Classes of Python's standard library, of which it is known whether `json` takes their instances.

use super::options::Class;

/// What a class of the standard library derives from; nothing for all others.
pub(crate) fn known(module: &str, name: &str) -> Option<Class> {
    match (module, name) {
        ("collections", "OrderedDict" | "defaultdict" | "Counter") => Some(Class::Dict),
        ("http", "HTTPMethod") => Some(Class::Str),
        ("time", "struct_time")
        | ("os", "stat_result" | "terminal_size")
        | ("posix" | "nt", "times_result" | "uname_result") => Some(Class::List),
        _ if is_int_enum(module, name) => Some(Class::Int),
        _ if MODULES.contains(&module) => Some(Class::Object),
        _ => None,
    }
}

/// Members of these are pickled as calls with an int.
fn is_int_enum(module: &str, name: &str) -> bool {
    let names: &[&str] = match module {
        "http" => &["HTTPStatus"],
        "re" => &["RegexFlag"],
        "signal" => &["Handlers", "Sigmasks", "Signals"],
        "socket" => &["AddressFamily", "AddressInfo", "MsgFlag", "SocketKind"],
        "ssl" => &["AlertDescription", "Options", "SSLErrorNumber", "TLSVersion", "VerifyFlags", "VerifyMode"],
        _ => &[],
    };
    names.contains(&name)
}

/// Whether this is a function of the standard library, of which a pickle does not tell what it makes.
pub(crate) fn is_function(module: &str, name: &str) -> bool {
    // Calls of OSError and reversed give objects of other types than these.
    let is_builtin = matches!(module, "builtins" | "__builtin__")
        && matches!(name, "getattr" | "iter" | "reversed" | "EnvironmentError" | "IOError" | "OSError");
    MODULES.contains(&module) && (is_builtin || name.starts_with('_'))
}

/// Where what calls make is nothing that `json` takes.
const MODULES: [&str; 17] = [
    "__builtin__",
    "_codecs",
    "array",
    "builtins",
    "collections",
    "copyreg",
    "datetime",
    "decimal",
    "fractions",
    "functools",
    "ipaddress",
    "itertools",
    "operator",
    "pathlib",
    "re",
    "uuid",
    "zoneinfo",
];

/// Whether the objects of each class of a module have an order among themselves.
pub(crate) fn has_order(module: &str) -> bool {
    matches!(module, "datetime" | "decimal" | "fractions" | "ipaddress" | "pathlib" | "uuid")
}
