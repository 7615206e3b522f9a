//! Following a [`Path`] through a graph, objects included.

use alloc::format;
use alloc::string::String;

use crate::error::{Error, ErrorKind};
use crate::object::{Object, ObjectKind, Step};
use crate::path::{Path, PathStep};
use crate::view::{Kind, View};

impl<'g> View<'g> {
    /// What stands at the end of a path; absent where a step leads nowhere.
    ///
    /// A key looks into lists, tuples and dicts, and into an object's [items](Object::item); a name into an object's
    /// [state](Object::attribute).
    #[must_use]
    pub fn at(self, path: &Path) -> View<'g> {
        path.steps().iter().fold(self, |view, step| view.step(step))
    }

    /// As [`at`](View::at), but says which step leads nowhere.
    ///
    /// ```
    /// use pickle_value::py;
    ///
    /// let graph = py!({"users": ["Ann", "Bob"]});
    /// let error = graph.root().try_at(&"users[7].name".parse()?).unwrap_err();
    /// assert_eq!(error.to_string(), "['users']: no item 7 in a list of 2");
    /// # Ok::<(), pickle_value::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`], with the path as far as it leads.
    pub fn try_at(self, path: &Path) -> Result<View<'g>, Error> {
        let mut view = self;
        for (taken, step) in path.steps().iter().enumerate() {
            let next = view.step(step);
            if next.is_absent() {
                let problem = view.lacking(step);
                let so_far: Path = path.steps()[..taken].iter().cloned().collect();
                let problem = if so_far.is_root() { problem } else { format!("{so_far}: {problem}") };
                return Err(Error::new(ErrorKind::Missing(problem)));
            }
            view = next;
        }
        Ok(view)
    }

    /// One step of a path.
    #[must_use]
    pub fn step(self, step: &PathStep) -> View<'g> {
        match (step, self.as_object()) {
            (PathStep::Key(key), Some(object)) => object.item(key.root()),
            (PathStep::Key(key), None) => self.item(key.root()),
            (PathStep::Attribute(name), Some(object)) => object.attribute(name),
            (PathStep::Attribute(_), None) => View::ABSENT,
        }
    }

    /// An item by a key, which for lists and tuples is a position: an int, or a bool, as in Python.
    fn item(self, key: View<'_>) -> View<'g> {
        if self.kind() == Kind::Dict {
            return self.get(key);
        }
        key.as_position().map_or(View::ABSENT, |position| self.get(position))
    }

    /// What Python takes for a position.
    fn as_position(self) -> Option<i64> {
        self.as_i64().or_else(|| self.as_bool().map(i64::from))
    }

    /// Why a step leads nowhere.
    #[cold]
    fn lacking(self, step: &PathStep) -> String {
        let kind = self.kind().type_name();
        match (step, self.as_object()) {
            (PathStep::Key(key), None) => match key.root().as_position().filter(|_| self.kind() != Kind::Dict) {
                Some(position) => self.missing(&position),
                None => self.missing(&key.root()),
            },
            (PathStep::Key(key), Some(_)) => format!("no item [{key}] in the object"),
            (PathStep::Attribute(name), Some(_)) => format!("no attribute {name} in the state of the object"),
            (PathStep::Attribute(name), None) => match self.dict_item(name).is_absent() {
                true => format!("no attributes in a {kind}"),
                false => format!("no attributes in a {kind}: a key stands in brackets"),
            },
        }
    }
}

impl<'g> Object<'g> {
    /// What `object[key]` is in Python, as far as its pickle says: of what was appended to it, set in it, or in the list,
    /// tuple, dict that a class derived from one was made of; and what a Counter, an OrderedDict or a named tuple was made
    /// of.
    #[must_use]
    pub fn item(&self, key: View<'_>) -> View<'g> {
        let found = self.assigned(key);
        if !found.is_absent() {
            return found;
        }
        let found = key.as_position().map_or(View::ABSENT, |position| self.appended(position));
        if !found.is_absent() { found } else { self.made_of(key) }
    }

    /// The value that was set last under a key.
    fn assigned(&self, key: View<'_>) -> View<'g> {
        let mut found = View::ABSENT;
        for step in self.steps() {
            if let Step::Assign(pairs) = step {
                let keys = pairs.items().step_by(2).zip(pairs.items().skip(1).step_by(2));
                found = keys.rev().find(|(known, _)| *known == key).map_or(found, |(_, value)| value);
            }
        }
        found
    }

    /// The item that was appended at this position.
    fn appended(&self, position: i64) -> View<'g> {
        let lists = self.steps().filter_map(|step| match step {
            Step::Append(items) => Some(items),
            _ => None,
        });
        let length: usize = lists.clone().filter_map(View::len).sum();
        let position = if position < 0 { position + length as i64 } else { position };
        let position = usize::try_from(position).unwrap_or(usize::MAX);
        lists.flat_map(View::items).nth(position).unwrap_or(View::ABSENT)
    }

    /// An item of the value that it was made of.
    fn made_of(&self, key: View<'_>) -> View<'g> {
        let value = self.args().get(0);
        match (self.kind(), self.args().len(), value.kind()) {
            (ObjectKind::Reconstructed, ..) | (ObjectKind::New, Some(1), Kind::Tuple) => return value.item(key),
            // A named tuple has its items for arguments.
            (ObjectKind::New, Some(2..), _) if self.steps().next().is_none() => return self.args().item(key),
            _ => {}
        }
        match (self.callable().as_global(), value.kind()) {
            (Some(("collections", "Counter" | "OrderedDict")), Kind::Dict) => value.item(key),
            (Some(("collections", "OrderedDict")), Kind::List) => {
                let pair = value.items().rfind(|pair| pair.get(0) == key);
                pair.map_or(View::ABSENT, |pair| pair.get(1))
            }
            _ => View::ABSENT,
        }
    }

    /// What `object.name` is in Python, as far as its state says: a dict of attributes, or a tuple of that (or of `None`)
    /// and the dict of its slots.
    #[must_use]
    pub fn attribute(&self, name: &str) -> View<'g> {
        let mut found = View::ABSENT;
        for step in self.steps() {
            let Step::State(state) = step else { continue };
            let halves = match state.kind() {
                Kind::Tuple if state.len() == Some(2) => [state.get(1), state.get(0)],
                _ => [state, View::ABSENT],
            };
            let half = halves.into_iter().map(|half| half.dict_item(name)).find(|value| !value.is_absent());
            found = half.unwrap_or(found);
        }
        found
    }
}

impl<'g> View<'g> {
    fn dict_item(self, name: &str) -> View<'g> {
        if self.kind() == Kind::Dict { self.get(name) } else { View::ABSENT }
    }
}
