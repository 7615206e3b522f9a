//! [`Replacer`]: what `pickle.Pickler` lets its users override.

use alloc::string::String;
use alloc::vec::Vec;

use pickle_value::{Buffer, Handle, View};

use crate::error::{Error, ErrorKind};

/// Takes objects out of a pickle: those that get a persistent id, and buffers that are handed over beside it. Others it
/// lets be made in another way.
///
/// Each method has a body that leaves things as they are. A replacer is handed to
/// [`DumpOptions::to_vec_with`](crate::DumpOptions::to_vec_with).
///
/// ```
/// use pickle_codec::value::{View, py};
/// use pickle_codec::{DumpOptions, Error, PersistentId, Replacer};
///
/// /// What lies in a database is only named.
/// struct Database;
///
/// impl Replacer<'_> for Database {
///     fn persistent_id(&mut self, object: View<'_>) -> Result<Option<PersistentId>, Error> {
///         let key = object.as_str().and_then(|text| text.strip_prefix("db:"));
///         Ok(key.map(|key| PersistentId::Text(key.into())))
///     }
/// }
///
/// let graph = py!(["db:ann", 1]);
/// let pickle = DumpOptions::new().protocol(2).to_vec_with(&graph, &mut Database)?;
/// assert_eq!(pickle, b"\x80\x02]q\x00(X\x03\x00\x00\x00annq\x01QK\x01e.");
/// # Ok::<(), Error>(())
/// ```
pub trait Replacer<'g> {
    /// The id that stands for an object in the pickle; nothing where the object itself does.
    ///
    /// It is asked for each object of the graph whenever that is met, as in CPython, but not for the names that the pickler
    /// brings along.
    ///
    /// # Errors
    ///
    /// Any, to refuse the object.
    fn persistent_id(&mut self, object: View<'g>) -> Result<Option<PersistentId>, Error> {
        let _ = object;
        Ok(None)
    }

    /// How an instance, a class or a function is made, where that is to be otherwise than the graph has it: Python's
    /// `reducer_override` and `dispatch_table`.
    ///
    /// It is asked before an object is written for the first time.
    ///
    /// # Errors
    ///
    /// Any, to refuse the object.
    fn reduce(&mut self, object: View<'g>) -> Result<Option<Reduced>, Error> {
        let _ = object;
        Ok(None)
    }

    /// Takes a buffer that is to stand beside the pickle; false where it is to stand in it. (`buffer_callback` says the
    /// opposite, and is false for what it took.)
    ///
    /// It is asked whenever a buffer is met, so twice for one that is in the graph twice.
    ///
    /// # Errors
    ///
    /// Any, to refuse it.
    fn take_buffer(&mut self, buffer: Buffer<'g>) -> Result<bool, Error> {
        let _ = buffer;
        Ok(false)
    }
}

/// What stands for an object that is only named.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum PersistentId {
    /// Text, which alone protocol 0 can hold: ASCII without a newline.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An object of the same graph, such as a tuple that was made for it, or None, an int, a bool.
    Object(Handle),
}

/// How an object is made: `module.name(*args)`, then its state is set.
///
/// ```
/// use pickle_codec::value::View;
/// use pickle_codec::{DumpOptions, Error, Reduced, Replacer, from_slice};
///
/// /// Orders are made by a function.
/// struct Orders;
///
/// impl Replacer<'_> for Orders {
///     fn reduce(&mut self, object: View<'_>) -> Result<Option<Reduced>, Error> {
///         let Some(order) = object.as_object().filter(|order| order.callable().as_global() == Some(("shop", "Order"))) else {
///             return Ok(None);
///         };
///         let number = order.state().get("number").handle();
///         Ok(Some(Reduced::call("shop", "order", number.into_iter().collect())))
///     }
/// }
///
/// // An instance of shop.Order with the state {'number': 7}
/// let graph = from_slice(b"\x80\x02cshop\nOrder\n)\x81}X\x06\0\0\0numberK\x07sb.")?;
/// let pickle = DumpOptions::new().protocol(2).to_vec_with(&graph, &mut Orders)?;
/// assert_eq!(pickle, b"\x80\x02cshop\norder\nq\x00K\x07\x85q\x01Rq\x02.");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Reduced {
    /// The module of what is called, and its name there.
    pub callable: (String, String),
    /// What it is called with: objects of the same graph.
    pub args: Vec<Handle>,
    /// What its state is set to, an object of the same graph.
    pub state: Option<Handle>,
}

impl Reduced {
    /// A call, without a state.
    #[must_use]
    pub fn call(module: impl Into<String>, name: impl Into<String>, args: Vec<Handle>) -> Reduced {
        Reduced { callable: (module.into(), name.into()), args, state: None }
    }

    /// The same, with a state.
    #[must_use]
    pub fn with_state(self, state: Handle) -> Reduced {
        Reduced { state: Some(state), ..self }
    }
}

/// The replacer that takes all buffers: `buffer_callback=buffers.append`.
///
/// ```
/// use pickle_codec::value::Builder;
/// use pickle_codec::{DumpOptions, OutOfBand};
///
/// let image = vec![7; 1 << 20];
/// let mut builder = Builder::new();
/// let buffer = builder.buffer(&image[..], true)?;
/// let graph = builder.finish(buffer);
/// let mut beside = OutOfBand::default();
/// let pickle = DumpOptions::new().protocol(5).to_vec_with(&graph, &mut beside)?;
/// assert_eq!(pickle, b"\x80\x05\x97\x98.");
/// assert_eq!(beside.buffers[0].as_ptr(), image.as_ptr());
/// # Ok::<(), pickle_codec::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct OutOfBand<'g> {
    /// The buffers in their order.
    pub buffers: Vec<&'g [u8]>,
}

impl<'g> Replacer<'g> for OutOfBand<'g> {
    fn take_buffer(&mut self, buffer: Buffer<'g>) -> Result<bool, Error> {
        match buffer.bytes {
            Some(bytes) => self.buffers.push(bytes),
            None => return Err(ErrorKind::MissingBuffer(buffer.number.unwrap_or(0)).into()),
        }
        Ok(true)
    }
}
