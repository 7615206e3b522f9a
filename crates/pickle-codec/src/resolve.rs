//! [`Resolver`]: what `pickle.Unpickler` lets its users override.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::marker::PhantomData;

use pickle_value::{Builder, Handle};

use crate::encoding::{Encoding, Errors};
use crate::error::Error;

/// Answers what a pickle leaves open: what a name stands for, a persistent id, an extension code, a buffer beside it.
///
/// Each method has a body that is safe: names, calls and persistent ids stay data. So who answers one question implements
/// one method, and hands the resolver to [`LoadOptions::from_slice_with`](crate::LoadOptions::from_slice_with).
///
/// ```
/// use pickle_codec::{Error, LoadOptions, Resolver};
///
/// /// Takes nothing but the standard library's dates.
/// struct Dates;
///
/// impl Resolver<'_> for Dates {
///     fn find_class(&mut self, module: &str, name: &str) -> Result<Option<(String, String)>, Error> {
///         if module == "datetime" { Ok(None) } else { Err(Error::refused(format!("{module}.{name} is forbidden"))) }
///     }
/// }
///
/// let error = LoadOptions::new().from_slice_with(b"\x80\x04cos\nsystem\n.", &mut Dates).unwrap_err();
/// assert_eq!(error.to_string(), "os.system is forbidden (GLOBAL at byte 2)");
/// ```
///
/// Errors come out of the load with the offset and the opcode; [`Error::refused`] carries an error of your own, which is
/// the error's [source](core::error::Error::source).
pub trait Resolver<'a> {
    /// The global that a pickle names: nothing where it is what it says, else another module and name.
    ///
    /// The names are those that would be imported: Python 3's, where [`fix_imports`](crate::LoadOptions::fix_imports) has
    /// translated Python 2's, and renamed ones. (`pickle.Unpickler.find_class` is given them untranslated.)
    ///
    /// # Errors
    ///
    /// Any, to refuse it.
    fn find_class(&mut self, module: &str, name: &str) -> Result<Option<(String, String)>, Error> {
        let _ = (module, name);
        Ok(None)
    }

    /// The object that a persistent id names. Nothing keeps it as it is: an object of its own kind,
    /// [`ObjectKind::Persistent`](pickle_value::ObjectKind::Persistent).
    ///
    /// # Errors
    ///
    /// Any, to refuse it.
    fn persistent_load(&mut self, id: Handle, graph: &mut Builder<'_>) -> Result<Option<Handle>, Error> {
        let _ = (id, graph);
        Ok(None)
    }

    /// The module and the name that an extension code stands for which the [options](crate::LoadOptions::extensions) do
    /// not have; nothing where it is not registered.
    ///
    /// # Errors
    ///
    /// Any, to refuse it.
    fn get_extension(&mut self, code: u32) -> Result<Option<(String, String)>, Error> {
        let _ = code;
        Ok(None)
    }

    /// The next buffer beside the pickle (PEP 574), which is not copied; nothing where there are no more.
    ///
    /// # Errors
    ///
    /// Any, to refuse it.
    fn next_buffer(&mut self) -> Result<Option<Cow<'a, [u8]>>, Error> {
        Ok(None)
    }

    /// What a call gives: REDUCE. Nothing keeps the call as data.
    ///
    /// Builtins that low protocols spell as calls, such as `set([1])`, are understood before.
    ///
    /// # Errors
    ///
    /// Any, to refuse it.
    fn reduce(&mut self, callable: Handle, args: Handle, graph: &mut Builder<'_>) -> Result<Option<Handle>, Error> {
        let _ = (callable, args, graph);
        Ok(None)
    }

    /// What becomes of one Python 2 `str`, whose instruction stands at `offset`; nothing where it is as the
    /// options say ([`decoder`](crate::LoadOptions::decoder), [`encoding`](crate::LoadOptions::encoding)).
    ///
    /// # Errors
    ///
    /// Any, to refuse it.
    fn decode(&mut self, bytes: &[u8], offset: usize, graph: &mut Builder<'_>) -> Result<Option<Decoded>, Error> {
        let _ = (bytes, offset, graph);
        Ok(None)
    }
}

/// What becomes of one Python 2 `str`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Decoded {
    /// This text: UTF-8 in which surrogates are written too.
    Text(Vec<u8>),
    /// What the encoding makes of it.
    By(Encoding, Errors),
    /// This object of the graph, which a resolver has made.
    Object(Handle),
}

impl From<String> for Decoded {
    fn from(text: String) -> Decoded {
        Decoded::Text(text.into_bytes())
    }
}

impl From<Encoding> for Decoded {
    fn from(encoding: Encoding) -> Decoded {
        Decoded::By(encoding, Errors::Strict)
    }
}

/// The resolver that overrides nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Defaults;

impl Resolver<'_> for Defaults {}

/// The resolver that hands out buffers, and overrides nothing else: `pickle.loads`' parameter `buffers`.
///
/// ```
/// use pickle_codec::{Buffers, LoadOptions};
///
/// // pickle.dumps([PickleBuffer(b'abc')], 5, buffer_callback=buffers.append)
/// let pickle = b"\x80\x05\x95\x06\0\0\0\0\0\0\0]\x94\x97\x98a.";
/// let outside = *b"abc";
/// let graph = LoadOptions::new().from_slice_with(pickle, &mut Buffers::new([&outside[..]]))?;
/// let buffer = graph.root().get(0).as_buffer().unwrap();
/// assert_eq!(buffer.bytes.map(<[u8]>::as_ptr), Some(outside.as_ptr()));
/// # Ok::<(), pickle_codec::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Buffers<'b, I> {
    buffers: I,
    lent: PhantomData<&'b [u8]>,
}

impl<'b, I: Iterator<Item: Into<Cow<'b, [u8]>>>> Buffers<'b, I> {
    /// Buffers in the order in which they were handed to `buffer_callback`, borrowed or owned.
    pub fn new(buffers: impl IntoIterator<IntoIter = I>) -> Buffers<'b, I> {
        Buffers { buffers: buffers.into_iter(), lent: PhantomData }
    }
}

impl<'a, 'b: 'a, I: Iterator<Item: Into<Cow<'b, [u8]>>>> Resolver<'a> for Buffers<'b, I> {
    fn next_buffer(&mut self) -> Result<Option<Cow<'a, [u8]>>, Error> {
        Ok(self.buffers.next().map(Into::into))
    }
}

macro_rules! forward {
    ($($type:ty),*) => {$(
        impl<'a, R: Resolver<'a> + ?Sized> Resolver<'a> for $type {
            fn find_class(&mut self, module: &str, name: &str) -> Result<Option<(String, String)>, Error> {
                (**self).find_class(module, name)
            }
            fn persistent_load(&mut self, id: Handle, graph: &mut Builder<'_>) -> Result<Option<Handle>, Error> {
                (**self).persistent_load(id, graph)
            }
            fn get_extension(&mut self, code: u32) -> Result<Option<(String, String)>, Error> {
                (**self).get_extension(code)
            }
            fn next_buffer(&mut self) -> Result<Option<Cow<'a, [u8]>>, Error> {
                (**self).next_buffer()
            }
            fn reduce(
                &mut self,
                callable: Handle,
                args: Handle,
                graph: &mut Builder<'_>,
            ) -> Result<Option<Handle>, Error> {
                (**self).reduce(callable, args, graph)
            }
            fn decode(
                &mut self,
                bytes: &[u8],
                offset: usize,
                graph: &mut Builder<'_>,
            ) -> Result<Option<Decoded>, Error> {
                (**self).decode(bytes, offset, graph)
            }
        }
    )*};
}
forward!(&mut R, Box<R>);

/// A resolver whose buffers are owned, for a graph that outlives them: what is borrowed is copied.
#[cfg(feature = "std")]
pub(crate) struct Owning<'r, 'a>(pub(crate) &'r mut dyn Resolver<'a>);

#[cfg(feature = "std")]
impl<'x> Resolver<'x> for Owning<'_, '_> {
    fn find_class(&mut self, module: &str, name: &str) -> Result<Option<(String, String)>, Error> {
        self.0.find_class(module, name)
    }

    fn persistent_load(&mut self, id: Handle, graph: &mut Builder<'_>) -> Result<Option<Handle>, Error> {
        self.0.persistent_load(id, graph)
    }

    fn get_extension(&mut self, code: u32) -> Result<Option<(String, String)>, Error> {
        self.0.get_extension(code)
    }

    fn next_buffer(&mut self) -> Result<Option<Cow<'x, [u8]>>, Error> {
        Ok(self.0.next_buffer()?.map(|buffer| Cow::Owned(buffer.into_owned())))
    }

    fn reduce(&mut self, callable: Handle, args: Handle, graph: &mut Builder<'_>) -> Result<Option<Handle>, Error> {
        self.0.reduce(callable, args, graph)
    }

    fn decode(&mut self, bytes: &[u8], offset: usize, graph: &mut Builder<'_>) -> Result<Option<Decoded>, Error> {
        self.0.decode(bytes, offset, graph)
    }
}
