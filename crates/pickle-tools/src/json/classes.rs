//! Classes of Python's standard library, of which it is known whether `json` takes their instances.

use super::options::Class;

/// What a class of the standard library derives from; nothing for all others.
pub(crate) fn known(module: &str, name: &str) -> Option<Class> {
    match (module, name) {
        ("collections", "OrderedDict" | "defaultdict" | "Counter") => Some(Class::Dict),
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

/// Where what calls make is nothing that `json` takes.
const MODULES: [&str; 16] = [
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
    "uuid",
    "zoneinfo",
];
