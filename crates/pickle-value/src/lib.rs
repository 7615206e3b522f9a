//! Python objects as data: one graph with identity, order and cycles.
//!
//! ```
//! use pickle_value::{Kind, py};
//!
//! let graph = py!({"users": [{"name": "Ann", "age": 41}, {"name": "Bob", "age": None}]});
//! let users = graph.root().get("users");
//! assert_eq!(users.get(0).get("name").as_str(), Some("Ann"));
//! assert_eq!(users.get(1).get("age").kind(), Kind::None);
//! assert_eq!(users.get(1), py!({"age": None, "name": "Bob"}).root());
//! assert_eq!(users.get(0).to_string(), "{'name': 'Ann', 'age': 41}");
//! ```
//!
//! ```text
//!   Builder ──► Graph ──► View      a look at one object: get, as_str, items, ==, repr
//!      ▲                   Value     the same, to match on
//!   py!, a reader of a format
//! ```
//!
//! Call [`py!`] or [`Builder`] to make a graph, [`Graph::root`] to read one, and [`View::get`] to find your way in it, or
//! [`View::at`] with a whole [`Path`].
//! Beneath them lies [`Handle`]: an object in eight bytes.
//!
//! The crate knows no format: `pickle-codec` reads and writes graphs as pickles.
//!
//! Nothing here recurses: building, freeing, comparing and printing take any depth. The crate is `no_std` with `alloc`
//! when the default feature `std` is off.
#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod arrays;
mod build;
mod by_node;
mod detached;
mod equal;
mod error;
mod follow;
mod graph;
mod handle;
mod hash;
mod int;
mod keyed;
pub mod literal;
mod nest;
mod object;
mod outlook;
mod path;
pub mod printable;
mod py;
mod repr;
mod shape;
pub mod stdlib;
mod store;
mod text;
mod value;
mod view;

pub use arrays::Shaped;
pub use build::Builder;
#[doc(hidden)]
pub use build::Rows;
pub use detached::Detached;
pub use error::{Error, ErrorKind};
pub use graph::{Counts, Graph};
pub use handle::Handle;
#[doc(hidden)]
pub use nest::Nest;
pub use object::{Buffer, Filled, Object, ObjectKind, Step};
pub use outlook::Outlook;
pub use path::{Path, PathStep};
pub use py::{__py_made, IntoPython};
pub use store::Room;
pub use text::{CodePoints, Text, push_code_point};
pub use value::{Contents, Held, Identity, Inline, Numbering, Sort, Value};
pub use view::{Key, Kind, View};

#[doc(hidden)]
pub mod __private {
    pub use alloc::vec::Vec;
}

// Promises of the crate: a graph can be shared between threads.
const _: () = {
    const fn send_sync<T: Send + Sync>() {}
    send_sync::<Graph<'static>>();
    send_sync::<View<'static>>();
    send_sync::<Builder<'static>>();
    send_sync::<Error>();
    send_sync::<Path>();
    assert!(size_of::<Handle>() == 8 && size_of::<Option<Handle>>() == 8);
    assert!(size_of::<Error>() == size_of::<usize>());
};
