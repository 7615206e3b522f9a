//! Globals that are to be called otherwise than a pickle calls them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Old dotted names and their new ones, in the order in which they are tried.
#[derive(Clone, Debug, Default)]
pub(crate) struct Renames(Vec<(String, String)>);

impl Renames {
    pub(crate) fn push(&mut self, old: &str, new: &str) {
        self.0.push((old.replace(':', "."), String::from(new)));
    }

    /// The new module and name of a global, if one of its old names begins with a whole rule.
    pub(crate) fn apply(&self, module: &str, name: &str) -> Option<(String, String)> {
        if self.0.is_empty() {
            return None;
        }
        let path = format!("{module}.{name}");
        let (rest, new) = self.0.iter().find_map(|(old, new)| {
            let rest = path.strip_prefix(old.as_str())?;
            (rest.is_empty() || rest.starts_with('.')).then_some((rest, new))
        })?;
        let path = format!("{new}{rest}");
        Some(match path.split_once(':') {
            Some((module, name)) => (String::from(module), String::from(name)),
            None => split(path, name.matches('.').count()),
        })
    }
}

/// A dotted path as a module and a name; the name keeps its dots as long as one part is left for the module.
fn split(path: String, dots: usize) -> (String, String) {
    let ends: Vec<usize> = path.match_indices('.').map(|(at, _)| at).collect();
    match ends.len().checked_sub(dots + 1).and_then(|at| ends.get(at)).or(ends.first()) {
        Some(&at) => (String::from(&path[..at]), String::from(&path[at + 1..])),
        None => (String::from("builtins"), path),
    }
}
