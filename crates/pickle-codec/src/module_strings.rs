//! Which object a global's `__module__` is.
//!
//! From protocol 4 on the module's name is written as a str of its own, so that it shows whether two globals have the same
//! object there. Classes made in Python, functions and static types have the module's one name; heap types and exceptions
//! made in C have a string each, and the functions of a module in C share another one.

mod table;

use crate::profile::Profile;

/// Which object the name of a global's module is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ModuleString {
    /// The module's own name.
    Name,
    /// The string that the module's functions share.
    Functions,
    /// A string that no other global has.
    Own,
}

/// What the interpreter has for this global.
pub(crate) fn module_string(module: &str, name: &str, profile: Profile) -> ModuleString {
    let (major, minor) = profile.version();
    let bit = if major < 3 { 0 } else { 1 << minor.saturating_sub(6) };
    let found = table::TABLE.binary_search_by(|(m, n, ..)| (*m, *n).cmp(&(module, name)));
    match found.map(|at| table::TABLE[at]) {
        Ok((_, _, _, shared)) if shared & bit != 0 => ModuleString::Functions,
        Ok((_, _, there, _)) if there & bit != 0 => ModuleString::Own,
        _ => ModuleString::Name,
    }
}

#[cfg(test)]
mod tests {
    use super::{ModuleString, module_string, table};
    use crate::profile::Profile;

    #[test]
    fn the_table_is_sorted() {
        assert!(table::TABLE.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)));
    }

    /// `[id(f.__module__) for f in …]` under 3.7 and 3.13.
    #[test]
    fn by_version() {
        let old = Profile::from_name("3.7").expect("a profile");
        for (module, name, in_3_7, in_3_13) in [
            ("collections", "deque", ModuleString::Name, ModuleString::Own),
            ("collections", "OrderedDict", ModuleString::Name, ModuleString::Name),
            ("decimal", "Inexact", ModuleString::Own, ModuleString::Own),
            ("builtins", "len", ModuleString::Functions, ModuleString::Functions),
            ("builtins", "dict", ModuleString::Name, ModuleString::Name),
            ("app", "User", ModuleString::Name, ModuleString::Name),
        ] {
            assert_eq!(module_string(module, name, old), in_3_7, "{module}.{name}");
            assert_eq!(module_string(module, name, Profile::default()), in_3_13, "{module}.{name}");
        }
    }
}
