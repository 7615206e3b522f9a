//! What `__reduce_ex__` gives: which of it is taken for NEWOBJ, and what is refused, in which words.
//!
//! The words are CPython 3.13's, by `pickle.dumps` of an object whose `__reduce__` gives the same; `cargo xtask fuzz-live`
//! holds all of them against it.

use pickle_codec::{Args, Fault, Make, Reducible, reduction};
use rstest::rstest;

use Thing::{Class, Dict, Function, Int, Iterator, None, Tuple};

#[derive(Clone, PartialEq, Debug)]
enum Thing {
    None,
    Int,
    Dict,
    Iterator,
    /// By its name.
    Class(&'static str),
    /// By its name.
    Function(&'static str),
    Tuple(Vec<Thing>),
}

/// Where the object that is reduced is a `Point`.
struct Runtime;

impl Reducible for Runtime {
    type Object = Thing;
    type Cursor = ();
    type Error = ();

    fn tuple(&mut self, object: &Thing) -> Option<Vec<Thing>> {
        if let Tuple(items) = object { Some(items.clone()) } else { Option::None }
    }

    fn is_none(&mut self, object: &Thing) -> bool {
        *object == None
    }

    fn is_callable(&mut self, object: &Thing) -> bool {
        matches!(object, Class(_) | Function(_))
    }

    fn is_class(&mut self, object: &Thing) -> bool {
        matches!(object, Class(_))
    }

    fn is_dict(&mut self, object: &Thing) -> bool {
        *object == Dict
    }

    fn is_class_of(&mut self, class: &Thing, _object: &Thing) -> Result<bool, ()> {
        Ok(*class == Class("Point"))
    }

    fn name(&mut self, callable: &Thing) -> Result<Option<String>, ()> {
        Ok(if let Class(name) | Function(name) = callable { Some((*name).into()) } else { Option::None })
    }

    fn iterator(&mut self, object: &Thing, _pairs: bool) -> Option<()> {
        (*object == Iterator).then_some(())
    }

    fn without_first(&mut self, tuple: &Thing) -> Result<Thing, ()> {
        if let Tuple(items) = tuple { Ok(Tuple(items[1..].to_vec())) } else { Err(()) }
    }

    fn type_name(&mut self, object: &Thing) -> String {
        let name = match object {
            None => "NoneType",
            Int => "int",
            Dict => "dict",
            Iterator => "iterator",
            Class(_) => "type",
            Function(_) => "function",
            Tuple(_) => "tuple",
        };
        name.into()
    }
}

fn call(name: &'static str, args: &[Thing]) -> Vec<Thing> {
    vec![Function(name), Tuple(args.to_vec())]
}

#[rstest]
#[case::a_call(call("made", &[Int]), 2, Make::Call, Function("made"), Tuple(vec![Int]))]
#[case::newobj(call("__newobj__", &[Class("Point"), Int]), 2, Make::New, Class("Point"), Tuple(vec![Int]))]
#[case::newobj_before_protocol_2(
    call("__newobj__", &[Class("Point")]), 1, Make::Call, Function("__newobj__"), Tuple(vec![Class("Point")])
)]
#[case::newobj_ex(
    call("__newobj_ex__", &[Class("Any"), Tuple(vec![Int]), Dict]), 2, Make::NewWithKeywords, Class("Any"), Tuple(vec![Int])
)]
fn is_made(
    #[case] reduced: Vec<Thing>,
    #[case] protocol: u8,
    #[case] make: Make,
    #[case] callable: Thing,
    #[case] args: Thing,
) {
    let made = reduction(&mut Runtime, &Int, &Tuple(reduced), protocol).unwrap_or_else(|_| panic!("refused"));
    let Args::Tuple(given) = made.args else { panic!("the arguments are a tuple") };
    assert_eq!((made.make, made.callable, given), (make, callable, args));
    assert!(made.steps.is_empty());
}

fn with(rest: &[Thing]) -> Vec<Thing> {
    [call("made", &[]), rest.to_vec()].concat()
}

#[rstest]
#[case::one_part(vec![Function("made")], "tuple returned by __reduce__ must contain 2 through 6 elements")]
#[case::seven_parts(with(&[None, None, None, None, None]), "tuple returned by __reduce__ must contain 2 through 6 elements")]
#[case::no_callable(vec![Int, Tuple(vec![])], "first item of the tuple returned by __reduce__ must be callable")]
#[case::no_arguments(vec![Function("made"), Int], "second item of the tuple returned by __reduce__ must be a tuple")]
#[case::no_iterator(with(&[None, Int]), "fourth element of the tuple returned by __reduce__ must be an iterator, not int")]
#[case::no_pairs(with(&[None, None, Dict]), "fifth element of the tuple returned by __reduce__ must be an iterator, not dict")]
#[case::no_setter(
    with(&[None, None, None, Int]), "sixth element of the tuple returned by __reduce__ must be a function, not int"
)]
#[case::newobj_of_nothing(call("__newobj__", &[]), "__newobj__ arglist is empty")]
#[case::newobj_of_no_class(call("__newobj__", &[Int]), "args[0] from __newobj__ args is not a type")]
#[case::newobj_of_another(call("__newobj__", &[Class("Line")]), "args[0] from __newobj__ args has the wrong class")]
#[case::newobj_ex_of_two(
    call("__newobj_ex__", &[Int, Int]), "length of the NEWOBJ_EX argument tuple must be exactly 3, not 2"
)]
#[case::newobj_ex_of_no_class(
    call("__newobj_ex__", &[Int, Tuple(vec![]), Dict]),
    "first item from NEWOBJ_EX argument tuple must be a class, not int"
)]
#[case::newobj_ex_without_arguments(
    call("__newobj_ex__", &[Class("Point"), Int, Dict]),
    "second item from NEWOBJ_EX argument tuple must be a tuple, not int"
)]
#[case::newobj_ex_without_keywords(
    call("__newobj_ex__", &[Class("Point"), Tuple(vec![]), None]),
    "third item from NEWOBJ_EX argument tuple must be a dict, not NoneType"
)]
fn is_refused(#[case] reduced: Vec<Thing>, #[case] words: &str) {
    match reduction(&mut Runtime, &Int, &Tuple(reduced), 4) {
        Err(Fault::Pickle(kind)) => assert_eq!(kind.to_string(), words),
        Err(Fault::Host(())) => panic!("the runtime refuses nothing"),
        Ok(_) => panic!("it was taken"),
    }
}
