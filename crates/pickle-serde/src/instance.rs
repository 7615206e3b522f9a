//! [`Instance`]: an instance of a Python class by the class's name and its state.

use std::fmt;
use std::marker::PhantomData;

use serde_core::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_core::ser::{Serialize, Serializer};

use crate::token;

/// An instance of a Python class.
///
/// It is read from any instance or call, whose state is then what the type reads, and is written as copyreg has instances:
/// made by `cls.__new__(cls)`, and given its attributes. (Without it, an instance is read as its state alone.)
///
/// ```
/// use pickle_serde::{Instance, from_slice, to_graph};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct User { name: String }
///
/// // pickle.dumps(User('Ann'), 2), of app.models
/// let pickle = b"\x80\x02capp.models\nUser\nq\x00)\x81q\x01}q\x02X\x04\x00\x00\x00nameq\x03X\x03\x00\x00\x00Annq\x04sb.";
/// let ann: Instance<User> = from_slice(pickle)?;
/// assert_eq!((&ann.class[..], &ann.state.name[..]), ("app.models.User", "Ann"));
/// assert_eq!(to_graph(&ann)?.to_string(), "app.models.User(name='Ann')");
/// # Ok::<(), pickle_serde::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Instance<T> {
    /// The class: `app.models.User`, or `app.models:Outer.Inner` for one within another (when it is written; reading gives
    /// a dot there too).
    pub class: String,
    /// Its state: most often its attributes.
    pub state: T,
}

impl<T> Instance<T> {
    /// An instance of a class with a state.
    ///
    /// ```
    /// let ann = pickle_serde::Instance::new("app.models.User", [("name", "Ann")]);
    /// assert_eq!(ann.class, "app.models.User");
    /// ```
    pub fn new(class: impl Into<String>, state: T) -> Instance<T> {
        Instance { class: class.into(), state }
    }
}

impl<T: Serialize> Serialize for Instance<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(token::INSTANCE, &(&self.class, &self.state))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Instance<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Instance<T>, D::Error> {
        deserializer.deserialize_newtype_struct(token::INSTANCE, InstanceVisitor(PhantomData))
    }
}

struct InstanceVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for InstanceVisitor<T> {
    type Value = Instance<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an instance")
    }

    /// Of another format.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Instance<T>, D::Error> {
        deserializer.deserialize_tuple(2, self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Instance<T>, A::Error> {
        let class = parts.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let state = parts.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
        Ok(Instance { class, state })
    }
}
