//! [`Host`]: who owns the objects that a pickle makes.

use alloc::vec::{Drain, Vec};

use pickle_opcodes::Opcode;
use pickle_value::Outlook;

/// The items above a mark, taken from the stack: owned, or read as a slice by [`Drain::as_slice`].
pub type Items<'s, O> = Drain<'s, O>;

/// The objects' side of loading: the [`Machine`](crate::Machine) has the stack, the marks and the memo, and asks its host
/// to make objects and to change them.
///
/// An object is handed around as a handle, which is there before its children are; that is how cycles come about. Each
/// method may refuse with the host's own error, which comes out of the machine unchanged, with the place beside it.
///
/// No method that makes or changes an object has a default body: a host that forgets one would read a part of the pickles
/// wrongly. Two are apart: [`reduce_beside`](Host::reduce_beside) asks for what [`reduce`](Host::reduce) does and says more, and
/// without [`encoded_line`](Host::encoded_line) the same is made of parts.
pub trait Host {
    /// A handle of an object. Cloning it gives the same object.
    type Object: Clone;
    /// What a host refuses with.
    type Error;

    /// `None`.
    fn none(&mut self) -> Result<Self::Object, Self::Error>;
    /// `True` or `False`.
    fn bool(&mut self, value: bool) -> Result<Self::Object, Self::Error>;
    /// An int that 32 bits hold: BININT and its kin.
    fn int32(&mut self, value: i32) -> Result<Self::Object, Self::Error>;
    /// An int that 64 bits hold: INT.
    fn int(&mut self, value: i64) -> Result<Self::Object, Self::Error>;
    /// Whether [`int`](Host::int) stands for [`long`](Host::long) as well, of what 64 bits hold: then a run of both is read
    /// without a branch.
    fn takes_longs_as_ints(&self) -> bool {
        false
    }
    /// An int of any size as two's complement, little-endian, maybe longer than need be: LONG. Python 2 calls it a long.
    fn long(&mut self, bytes: &[u8]) -> Result<Self::Object, Self::Error>;
    /// A float.
    fn float(&mut self, value: f64) -> Result<Self::Object, Self::Error>;
    /// A str, as UTF-8 in which surrogates may be encoded (`surrogatepass`). The host refuses anything else.
    fn text(&mut self, utf8: &[u8]) -> Result<Self::Object, Self::Error>;
    /// The same of what the machine itself has made of a line, or found to be ASCII: nothing is to be refused.
    fn text_of_line(&mut self, utf8: &[u8]) -> Result<Self::Object, Self::Error> {
        self.text(utf8)
    }
    /// Python 2's `str`: text or bytes in Python 3, as the host's encoding says.
    fn byte_string(&mut self, bytes: &[u8]) -> Result<Self::Object, Self::Error>;
    /// The same, where a host asks where the string stands: the instruction, and its argument as a part of the input.
    fn byte_string_of(&mut self, opcode: Opcode, argument: &[u8], bytes: &[u8]) -> Result<Self::Object, Self::Error> {
        let _ = (opcode, argument);
        self.byte_string(bytes)
    }
    /// Bytes.
    fn bytes(&mut self, bytes: &[u8]) -> Result<Self::Object, Self::Error>;
    /// A bytearray.
    fn byte_array(&mut self, bytes: &[u8]) -> Result<Self::Object, Self::Error>;
    /// The next out-of-band buffer (PEP 574).
    fn next_buffer(&mut self) -> Result<Self::Object, Self::Error>;
    /// A read-only view of a buffer, or the buffer itself where it is read-only.
    fn readonly_buffer(&mut self, buffer: Self::Object) -> Result<Self::Object, Self::Error>;

    /// A tuple of these items.
    fn tuple(&mut self, items: Items<'_, Self::Object>) -> Result<Self::Object, Self::Error>;
    /// An empty list.
    fn list(&mut self) -> Result<Self::Object, Self::Error>;
    /// An empty dict.
    fn dict(&mut self) -> Result<Self::Object, Self::Error>;
    /// An empty set.
    fn set(&mut self) -> Result<Self::Object, Self::Error>;
    /// A frozenset of these items.
    fn frozen_set(&mut self, items: Items<'_, Self::Object>) -> Result<Self::Object, Self::Error>;
    /// Appends to a list, or to whatever can be extended as one.
    fn extend(&mut self, list: &Self::Object, items: Items<'_, Self::Object>) -> Result<(), Self::Error>;
    /// Whether to append many items at once is what it is to append them one by one: then a run of numbers is.
    fn appends_many_as_one(&self, list: &Self::Object) -> bool {
        let _ = list;
        false
    }
    /// Sets keys to values, which stand in turn; their number is even.
    fn set_items(&mut self, dict: &Self::Object, pairs: Items<'_, Self::Object>) -> Result<(), Self::Error>;
    /// Adds to a set, or to whatever can be added to as one.
    fn add_items(&mut self, set: &Self::Object, items: Items<'_, Self::Object>) -> Result<(), Self::Error>;

    /// The class or function of this name: `find_class`. `protocol` is what PROTO said, 0 without it; under 3 the names
    /// may be Python 2's (`fix_imports`).
    fn global(&mut self, module: &[u8], name: &[u8], protocol: u8) -> Result<Self::Object, Self::Error>;
    /// The same, named by two objects, which the host finds to be text or not.
    fn stack_global(
        &mut self,
        module: Self::Object,
        name: Self::Object,
        protocol: u8,
    ) -> Result<Self::Object, Self::Error>;
    /// The object registered under an extension code, which is above 0. `protocol` is as for [`global`](Host::global).
    fn extension(&mut self, code: u32, protocol: u8) -> Result<Self::Object, Self::Error>;
    /// The object that a persistent id names: `persistent_load`.
    fn persistent(&mut self, id: Self::Object) -> Result<Self::Object, Self::Error>;
    /// `callable(*args)`.
    fn reduce(&mut self, callable: Self::Object, args: Self::Object) -> Result<Self::Object, Self::Error>;
    /// `callable(*args)`, beside what was put in the memo last. That tells whether the arguments were: nothing else sets a bound
    /// method apart from what stands in a class, as CPython writes both under protocol 4 from 3.13 on.
    fn reduce_beside(
        &mut self,
        callable: Self::Object,
        args: Self::Object,
        latest: Option<&Self::Object>,
    ) -> Result<Self::Object, Self::Error> {
        let _ = latest;
        self.reduce(callable, args)
    }
    /// `callable(text, codec)`, if that encodes text as latin-1, of the text that a line of UNICODE stands for: bytes, without the
    /// text. The codec may be left out, and is `'latin1'` then. A host that gives nothing is asked for text, tuple and call.
    fn encoded_line(
        &mut self,
        callable: &Self::Object,
        codec: Option<&Self::Object>,
        line: &[u8],
    ) -> Option<Self::Object> {
        let _ = (callable, codec, line);
        None
    }
    /// `cls.__new__(cls, *args)`.
    fn new_object(&mut self, class: Self::Object, args: Self::Object) -> Result<Self::Object, Self::Error>;
    /// `cls.__new__(cls, *args, **kwargs)`.
    fn new_object_ex(
        &mut self,
        class: Self::Object,
        args: Self::Object,
        kwargs: Self::Object,
    ) -> Result<Self::Object, Self::Error>;
    /// `cls(*args)`, where an old-style class without `__getinitargs__` is only instantiated: INST and OBJ.
    fn instance(&mut self, class: Self::Object, args: Items<'_, Self::Object>) -> Result<Self::Object, Self::Error>;
    /// Gives an object its state: `__setstate__`, or `__dict__` and slots.
    fn build(&mut self, object: &Self::Object, state: Self::Object) -> Result<(), Self::Error>;

    /// Told of an object that POP drops, and of what then is on top of the stack. Only a host that keeps calls as data needs
    /// to know: what a call did to the object below is all that is left of it.
    fn dropped(&mut self, object: Self::Object, below: Option<&Self::Object>) -> Result<(), Self::Error> {
        let _ = (object, below);
        Ok(())
    }

    /// Told now and then, by a driver that has all of a large input, how far it has come: a host may make room for the rest
    /// at once.
    fn foresee(&mut self, outlook: Outlook) {
        let _ = outlook;
    }

    /// Runs instructions from `at` of the input on as the machine would, which are plain data, as many as it likes; gives where
    /// the next one starts. What it does not run, or would refuse, is the machine's.
    fn run_plain(&mut self, registers: &mut Registers<Self::Object>, input: &[u8], at: usize) -> usize {
        let _ = (registers, input);
        at
    }
}

/// What a [`Machine`](crate::Machine) works on, for a host that runs instructions itself: see [`run_plain`](Host::run_plain).
#[derive(Debug)]
pub struct Registers<O> {
    /// The stack.
    pub stack: Vec<O>,
    /// The length of the stack when each mark was set: nothing below the topmost one may be popped.
    pub marks: Vec<usize>,
    /// The memo, by index.
    pub memo: Vec<Option<O>>,
    /// What PROTO said, 0 without it.
    pub protocol: u8,
}
