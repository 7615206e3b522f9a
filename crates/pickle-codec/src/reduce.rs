//! What `__reduce_ex__` gives, as a [`Reduction`]: the rules of `save_reduce`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::error::ErrorKind;
use crate::fault::Fault;
use crate::source::{Args, Fill, Make, Reduction};

/// What must be known of a runtime's objects to tell how one is reduced.
///
/// A [`Source`](crate::Source) over live objects answers this too, and leaves the rules to [`reduction`].
pub trait Reducible {
    /// A handle of an object.
    type Object: Clone;
    /// A place in the items of an object.
    type Cursor;
    /// What questions are refused with.
    type Error;

    /// The items of a tuple, or of an instance of a subclass; none of anything else.
    fn tuple(&mut self, object: &Self::Object) -> Option<Vec<Self::Object>>;

    /// True for None.
    fn is_none(&mut self, object: &Self::Object) -> bool;

    /// True for what can be called.
    fn is_callable(&mut self, object: &Self::Object) -> bool;

    /// True for a class.
    fn is_class(&mut self, object: &Self::Object) -> bool;

    /// True for a dict, or an instance of a subclass.
    fn is_dict(&mut self, object: &Self::Object) -> bool;

    /// Whether this class is what an object has as its `__class__`.
    fn is_class_of(&mut self, class: &Self::Object, object: &Self::Object) -> Result<bool, Self::Error>;

    /// What a callable has as its `__name__`, where that is text.
    fn name(&mut self, callable: &Self::Object) -> Result<Option<String>, Self::Error>;

    /// A cursor over an iterator's items, or over its pairs' keys and values in turn; none if it is no iterator.
    fn iterator(&mut self, object: &Self::Object, pairs: bool) -> Option<Self::Cursor>;

    /// A new tuple of all items of another but the first.
    fn without_first(&mut self, tuple: &Self::Object) -> Result<Self::Object, Self::Error>;

    /// The name of an object's type, for a message.
    fn type_name(&mut self, object: &Self::Object) -> String;
}

/// The reduction that a runtime's objects make.
type ReductionOf<R> = Reduction<<R as Reducible>::Object, <R as Reducible>::Cursor>;

const WRONG_LENGTH: &str = "tuple returned by __reduce__ must contain 2 through 6 elements";

/// How an object is made and filled, by the tuple that it was reduced to.
///
/// A call of a function named `__newobj__` or `__newobj_ex__` is taken for NEWOBJ or NEWOBJ_EX from protocol 2 on; below, the
/// function is called like any other.
///
/// # Errors
///
/// [`ErrorKind::Reduce`], in CPython's words, of what is no such tuple; and what the questions were refused with.
pub fn reduction<R: Reducible>(
    runtime: &mut R,
    object: &R::Object,
    reduced: &R::Object,
    protocol: u8,
) -> Result<ReductionOf<R>, Fault<R::Error>> {
    let Some(parts) = runtime.tuple(reduced) else { return refuse("__reduce__ must return a string or tuple") };
    let [callable, args, optional @ ..] = &parts[..] else { return refuse(WRONG_LENGTH) };
    if optional.len() > 4 {
        return refuse(WRONG_LENGTH);
    }
    if !runtime.is_callable(callable) {
        return refuse("first item of the tuple returned by __reduce__ must be callable");
    }
    let Some(items) = runtime.tuple(args) else {
        return refuse("second item of the tuple returned by __reduce__ must be a tuple");
    };
    let mut part = |index: usize| optional.get(index).filter(|part| !runtime.is_none(part));
    let (state, appended, assigned, setter) = (part(0), part(1), part(2), part(3));
    let steps = steps(runtime, state, appended, assigned, setter)?;
    let call = Call { callable: callable.clone(), args: args.clone(), items };
    let (make, callable, args, kwargs) = call.made(runtime, object, protocol)?;
    Ok(Reduction { make, callable, args: Args::Tuple(args), kwargs, steps })
}

/// What is done to the object, in the order in which it is pickled.
#[expect(clippy::type_complexity, reason = "the steps of a reduction")]
fn steps<R: Reducible>(
    runtime: &mut R,
    state: Option<&R::Object>,
    appended: Option<&R::Object>,
    assigned: Option<&R::Object>,
    setter: Option<&R::Object>,
) -> Result<Vec<Fill<R::Object, R::Cursor>>, Fault<R::Error>> {
    let mut steps = Vec::new();
    if let Some(items) = appended {
        steps.push(Fill::Append(iterator(runtime, items, false, "fourth")?));
    }
    if let Some(pairs) = assigned {
        steps.push(Fill::Assign(iterator(runtime, pairs, true, "fifth")?));
    }
    if let Some(setter) = setter
        && !runtime.is_callable(setter)
    {
        let kind = runtime.type_name(setter);
        return refuse(["sixth element of the tuple returned by __reduce__ must be a function, not ", &kind].concat());
    }
    match (state, setter) {
        (None, _) => {}
        (Some(state), None) => steps.push(Fill::State(state.clone())),
        (Some(state), Some(setter)) => steps.push(Fill::StateBy { setter: setter.clone(), state: state.clone() }),
    }
    Ok(steps)
}

fn iterator<R: Reducible>(
    runtime: &mut R,
    object: &R::Object,
    pairs: bool,
    which: &str,
) -> Result<R::Cursor, Fault<R::Error>> {
    if let Some(cursor) = runtime.iterator(object, pairs) {
        return Ok(cursor);
    }
    let kind = runtime.type_name(object);
    refuse([which, " element of the tuple returned by __reduce__ must be an iterator, not ", &kind].concat())
}

/// A call that makes an object.
struct Call<O> {
    callable: O,
    args: O,
    items: Vec<O>,
}

/// How an object comes into being: of what class or by what callable, with which arguments and keyword arguments.
type Made<O> = (Make, O, O, Option<O>);

impl<O: Clone> Call<O> {
    /// The call as it is, or what it stands for by its function's name.
    fn made<R: Reducible<Object = O>>(
        self,
        runtime: &mut R,
        object: &O,
        protocol: u8,
    ) -> Result<Made<O>, Fault<R::Error>> {
        // CPython asks for the name at any protocol, where asking may fail.
        let name = runtime.name(&self.callable).map_err(Fault::Host)?;
        match name.as_deref() {
            Some("__newobj__") if protocol >= 2 => self.made_new(runtime, object),
            Some("__newobj_ex__") if protocol >= 2 => self.made_new_ex(runtime),
            _ => Ok((Make::Call, self.callable, self.args, None)),
        }
    }

    fn made_new<R: Reducible<Object = O>>(self, runtime: &mut R, object: &O) -> Result<Made<O>, Fault<R::Error>> {
        let Some(class) = self.items.first() else { return refuse("__newobj__ arglist is empty") };
        if !runtime.is_class(class) {
            return refuse("args[0] from __newobj__ args is not a type");
        }
        if !runtime.is_class_of(class, object).map_err(Fault::Host)? {
            return refuse("args[0] from __newobj__ args has the wrong class");
        }
        let rest = runtime.without_first(&self.args).map_err(Fault::Host)?;
        Ok((Make::New, class.clone(), rest, None))
    }

    fn made_new_ex<R: Reducible<Object = O>>(self, runtime: &mut R) -> Result<Made<O>, Fault<R::Error>> {
        let [class, args, kwargs] = &self.items[..] else {
            let length = self.items.len().to_string();
            return refuse(["length of the NEWOBJ_EX argument tuple must be exactly 3, not ", &length].concat());
        };
        let (which, what, item) = if !runtime.is_class(class) {
            ("first", "a class", class)
        } else if runtime.tuple(args).is_none() {
            ("second", "a tuple", args)
        } else if !runtime.is_dict(kwargs) {
            ("third", "a dict", kwargs)
        } else {
            return Ok((Make::NewWithKeywords, class.clone(), args.clone(), Some(kwargs.clone())));
        };
        let kind = runtime.type_name(item);
        refuse([which, " item from NEWOBJ_EX argument tuple must be ", what, ", not ", &kind].concat())
    }
}

#[cold]
fn refuse<T, E>(words: impl Into<String>) -> Result<T, Fault<E>> {
    Err(ErrorKind::Reduce(words.into()).into())
}
