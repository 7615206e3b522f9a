"""Instances: how a class makes its objects known, by __reduce_ex__ and its kin."""

import collections
import functools
import sys

import shapes

from .fresh import PYTHON_2, case, data, text

# From 3.13 on only a method's arguments are memoized, not those of `getattr` for a function or a class.
METHODS_ARE_TOLD = sys.version_info >= (3, 13)


def plain(**attributes):
    return shapes.Plain(*attributes.items())


def cases():
    for family in (instances, states, slots, new_arguments, reductions, subclasses, nested, together):
        for item in family():
            yield item


VALUES = (
    ("None", lambda: None),
    ("int", lambda: 5),
    ("str", lambda: text("a text")),
    ("bytes", lambda: data(b"some bytes")),
    ("list", lambda: [1, 2]),
    ("dict", lambda: {1: text("one")}),
    ("tuple", lambda: tuple([1, text("two")])),
    ("set", lambda: set([3])),
    ("instance", lambda: plain(inner=1)),
    ("class", lambda: shapes.Plain),
    ("function", lambda: shapes.function),
    ("complex", lambda: complex(1, 2)),
)


def instances():
    yield case("plain, empty", shapes.Plain)
    yield case("derived, empty", shapes.Derived)
    for name, build in VALUES:
        yield case("plain, of a " + name, lambda b: plain(value=b()), build)
        yield case("derived, of a " + name, lambda b: shapes.Derived(("value", b())), build)
        yield case("plain, twice of one " + name, lambda b: (lambda v: plain(one=v, two=v))(b()), build)
    yield case("plain, many attributes", lambda: plain(**{"attribute_%d" % n: n for n in range(30)}))
    yield case("plain, 1001 attributes", lambda: plain(**{"a%d" % n: n for n in range(1001)}))
    yield case("plain, three of a class", lambda: [plain(n=n) for n in range(3)])
    yield case("plain, empty, three of a class", lambda: [shapes.Plain() for _ in range(3)])
    yield case("plain, 300 of a class", lambda: [plain(n=n, name=text("n%d" % n)) for n in range(300)])
    yield case("plain twice", lambda: [plain(n=1)] * 2)
    yield case("plain, in a tuple", lambda: (plain(n=1), plain(n=2)))
    yield case("plain, in itself", in_itself)
    yield case("plain, in its list", in_its_list)
    yield case("plain, in its tuple", in_its_tuple)
    yield case("two in each other", in_each_other)
    yield case("linked list", linked, 30)
    yield case("tree with parents", tree)
    yield case("attribute equal to a value", lambda: plain(word=text("word")))
    yield case("attribute with an odd name", lambda: plain(**{"not a name": 1, "": 2}))
    yield case("nested 50 deep", nested_instances, 50)


def in_itself():
    value = shapes.Plain()
    value.me = value
    return value


def in_its_list():
    value = shapes.Plain()
    value.all = [value, 1, value]
    return [value]


def in_its_tuple():
    value = shapes.Plain()
    value.pair = (value, 1)
    return value.pair


def in_each_other():
    left, right = shapes.Plain(), shapes.Derived()
    left.other, right.other = right, left
    return [left, right]


def linked(count):
    first = None
    for n in range(count):
        first = plain(number=n, following=first)
    return first


def tree():
    root = plain(parent=None, children=[])
    for n in range(3):
        child = plain(parent=root, children=[])
        child.children.append(plain(parent=child, children=[]))
        root.children.append(child)
    return root


def nested_instances(depth):
    value = text("core")
    for _ in range(depth):
        value = plain(inner=value)
    return value


def states():
    falsy = (("0", lambda: 0), ("empty text", lambda: u""), ("empty tuple", tuple), ("empty dict", dict),
             ("False", lambda: False), ("empty list", list))
    for name, build in VALUES:
        yield case("state that is %s" % name, lambda b: shapes.OwnState(b()), build)
    # Protocols 0 and 1 leave out a state that is false.
    for name, build in falsy:
        yield case("state that is %s" % name, lambda b: shapes.OwnState(b()), build, since=2)
    yield case("state twice of one dict", lambda: (lambda s: [shapes.OwnState(s), shapes.OwnState(s)])({1: 2}))
    yield case("state that holds the object", state_of_itself)
    yield case("only __getstate__", lambda: shapes.OnlyGetState(left=1, right=text("two")))
    yield case("only __getstate__, empty", shapes.OnlyGetState, twins=[lambda: impostor("OnlyGetState", object)()])


def state_of_itself():
    value = shapes.OwnState(None)
    value.state = [value]
    return value


def slots():
    # Protocols 0 and 1 refuse slots without __getstate__, and so these are compared from protocol 2 on.
    yield case("slots", lambda: shapes.Slots(1, text("two")), since=2)
    yield case("slots, one unset", lambda: shapes.Slots(1), since=2)
    yield case("slots and dict", lambda: shapes.SlotsAndDict(1, 2, third=3), since=2)
    yield case("slots and empty dict", lambda: shapes.SlotsAndDict(1, 2), since=2)
    yield case("slots, three of a class", lambda: [shapes.Slots(n, [n]) for n in range(3)], since=2)
    yield case("slots with state", lambda: shapes.SlotsWithState(text("left side")))


def new_arguments():
    for name, build in VALUES:
        yield case("new argument: " + name, lambda b: shapes.NewArgs(b(), 1), build, since=2)
    yield case("new arguments, none", shapes.NewArgs, since=2)
    yield case("new arguments, four", lambda: shapes.NewArgs(1, 2, 3, 4), since=2)
    yield case("new arguments and state", lambda: shapes.NewArgsAndState(1, text("two")), since=2)
    yield case("new arguments, two alike", lambda: [shapes.NewArgs(1, 2), shapes.NewArgs(1, 2)], since=2)
    for name, build in (("none", shapes.NewArgsEx), ("positional", lambda: shapes.NewArgsEx(1, text("two"))),
                        ("by keyword", lambda: shapes.NewArgsEx(left=1)),
                        ("both", lambda: shapes.NewArgsEx(1, left=text("two"))),
                        ("both, and state", lambda: shapes.NewArgsExAndState(1, left=2)),
                        ("twice", lambda: [shapes.NewArgsEx(1, a=2), shapes.NewArgsEx(1, a=2)])):
        yield case("keyword arguments, " + name, build, since=2)


def reductions():
    for kind, cls in (("reduce", shapes.Reduced), ("reduce_ex", shapes.ReducedEx),
                      ("reduce by a function", shapes.ReducedByFunction)):
        yield case(kind, cls)
        yield case(kind + ", two arguments", lambda c: c(1, text("two")), cls)
        yield case(kind + ", four arguments", lambda c: c(1, [2], None, text("four")), cls)
        yield case(kind + ", twice", lambda c: [c(1)] * 2, cls)
        yield case(kind + ", twins", lambda c: [c(1), c(1)], cls)
        yield case(kind + ", a state", lambda c: with_rest(c(1), {text("left"): 1}), cls)
        yield case(kind + ", a state that is a list", lambda c: with_rest(c(1), [1]), cls)
        yield case(kind + ", a state of None", lambda c: with_rest(c(1), None), cls)
        yield case(kind + ", within itself", reduced_in_its_state, cls)
    for kind, cls in (("list", shapes.ReducedList), ("dict", shapes.ReducedDict)):
        for size in (0, 1, 2, 1000, 1001):
            yield case("reduced %s of %d" % (kind, size), reduced_container, cls, size, False)
        yield case("reduced %s with attributes" % kind, reduced_container, cls, 3, True)
    for items, pairs in ((0, 0), (1, 0), (0, 1), (1, 1), (3, 3)):
        yield case("appending, %d items and %d pairs" % (items, pairs), appending, items, pairs)
    if sys.version_info >= (3, 8):
        yield case("state set by a function", lambda: set_by({text("left"): 1}))
        yield case("states set by a function", lambda: [set_by(n) for n in range(3)])
    yield case("by name", lambda: shapes.by_name)
    yield case("by name, twice", lambda: [shapes.by_name, shapes.by_name])
    yield case("registered with copyreg", lambda: shapes.Registered([1, text("two")]))
    yield case("registered, twice", lambda: [shapes.Registered(n) for n in range(2)])


def with_rest(value, *rest):
    value.rest = rest
    return value


def reduced_in_its_state(cls):
    value = cls(1)
    value.rest = ([value],)
    return value


def reduced_container(cls, size, attributes):
    value = cls(range(size)) if cls is shapes.ReducedList else cls((n, None) for n in range(size))
    return with_attributes(lambda content: value, None) if attributes else value


def appending(items, pairs):
    value = shapes.Appending()
    value.items += range(items)
    value.pairs += [(n, None) for n in range(pairs)]
    return value


def set_by(state):
    value = shapes.SetBy()
    value.state = state
    return value


SUBCLASSES = (
    ("list", shapes.List, [], [1, 2, 3]),
    ("dict", shapes.Dict, {}, {1: 2, 3: 4}),
    ("tuple", shapes.Tuple, (), (1, 2)),
    ("str", shapes.Str, "", "a text"),
    ("int", shapes.Int, 0, 12345),
    ("float", shapes.Float, 0.0, 1.5),
    ("bytes", shapes.Bytes, b"", b"some bytes"),
    ("bytearray", shapes.ByteArray, b"", b"some bytes"),
    ("set", shapes.Set, (), (1, 2)),
    ("frozenset", shapes.FrozenSet, (), (1, 2)),
    ("complex", shapes.Complex, complex(0), complex(1, 2)),
)


def subclasses():
    for name, cls, empty, full in SUBCLASSES:
        for kind, build, content in (("empty", lambda c, v: c(v), empty),
                                     ("full", lambda c, v: c(v), full),
                                     ("twice", lambda c, v: [c(v)] * 2, full),
                                     ("twins", lambda c, v: [c(v), c(v)], full),
                                     ("with attributes", with_attributes, full)):
            twins = TWINS.get(name, ())
            if kind == "empty":
                twins = EMPTY_TWINS.get(name, twins)
            # They are built in the same way, of a class that only looks the same.
            twins = [functools.partial(twin, build) for twin in twins]
            yield case("subclass of %s, %s" % (name, kind), build, cls, content, twins=twins)
    for size in (999, 1000, 1001, 2001):
        yield case("subclass of list, %d items" % size, lambda n: shapes.List(range(n)), size)
        yield case("subclass of dict, %d items" % size, lambda n: shapes.Dict((k, None) for k in range(n)), size)
        yield case("subclass of set, %d items" % size, lambda n: shapes.Set(range(n)), size)
    yield case("subclass of list, in itself", list_in_itself, since=2)
    yield case("subclass of dict, in itself", dict_in_itself, since=2)


def impostor(name, base, **members):
    """Takes the place of a class in `shapes`, in this process."""
    members["__module__"] = "shapes"
    made = type(name, (base,), members)
    setattr(shapes, name, made)
    return made


def plain_twin(build, cls, content):
    return build(lambda _: impostor(cls.__name__, object)(), None)


def namedtuple_twin(build, cls, content):
    """A named tuple of as many fields: protocol 2 has its items as arguments."""
    parts = (content.real, content.imag) if cls is shapes.Complex else content
    fields = ["field%d" % n for n in range(len(parts))]
    made = impostor(cls.__name__, collections.namedtuple(cls.__name__, fields))
    return build(lambda _: made(*parts), None)


def reduced_twin(args, build, cls, content):
    """One that gives the same arguments at all protocols."""
    def reduce(self):
        # Up to 3.10 a state of a builtin's subclass is there even if it is empty.
        state = self.__dict__ if sys.version_info < (3, 11) else self.__dict__ or None
        return made, args(content), state
    made = impostor(cls.__name__, object, __reduce__=reduce)
    return build(lambda _: made(), None)


# A bytearray gives text and a codec at protocols 0 to 2, then its bytes.
BYTEARRAY_TWINS = (
    functools.partial(reduced_twin, lambda content: (content.decode("latin-1"), text("latin-1"))),
    functools.partial(reduced_twin, lambda content: (data(content),) if content else ()),
)
TWINS = {"tuple": [namedtuple_twin], "complex": [namedtuple_twin], "bytearray": BYTEARRAY_TWINS}
EMPTY_TWINS = {"list": [plain_twin], "dict": [plain_twin],
               "bytearray": () if sys.version_info >= (3, 11) else BYTEARRAY_TWINS}


def with_attributes(cls, content):
    value = cls(content)
    value.attribute = text("a value")
    return value


def list_in_itself():
    value = shapes.List()
    value.append(value)
    return value


def dict_in_itself():
    value = shapes.Dict()
    value[1] = value
    return value


def nested():
    yield case("nested class", lambda: shapes.Outer.Inner, since=1)
    yield case("nested twice", lambda: shapes.Outer.Inner.Innermost)
    yield case("nested class, twice", lambda: [shapes.Outer.Inner] * 2)
    yield case("nested classes", lambda: [shapes.Outer, shapes.Outer.Inner, shapes.Outer.Inner.Innermost])
    yield case("instance of a nested class", lambda: shapes.Outer.Inner(("x", 1)))
    yield case("instances of nested classes", lambda: [shapes.Outer.Inner(), shapes.Outer.Inner.Innermost(),
                                                       shapes.Outer.Inner()])
    yield case("static method", lambda: shapes.Outer.function)
    twins = [] if METHODS_ARE_TOLD else [function_twin]
    if not PYTHON_2:
        yield case("class method", lambda: shapes.Outer.made, twins=twins)
        yield case("class method, twice", lambda: [shapes.Outer.made] * 2, twins=[lambda: [twin()] * 2 for twin in twins])
    if METHODS_ARE_TOLD:
        yield case("class methods and a static method",
                   lambda: [shapes.Outer.made, shapes.Outer.function, shapes.Outer.made])
    yield case("bound method", lambda: shapes.Derived(("x", 1)).method)
    yield case("method of a builtin", lambda: [1, 2].append)
    yield case("method descriptor", lambda: text)
    yield case("class method of a builtin", lambda: dict.fromkeys)
    yield case("method of a type", lambda: str.upper)


def function_twin():
    """A function where a class method was: before METHODS_ARE_TOLD both are pickled alike under protocol 4."""
    shapes.Outer.made = shapes.Outer.__dict__["made"].__func__
    return shapes.Outer.made


def together():
    yield case("several classes", lambda: [plain(a=1), shapes.Derived(("a", 2)), shapes.List([1]),
                                           shapes.Registered(2), shapes.OwnState(3)])
    yield case("class and its instance", lambda: [shapes.Plain, plain(a=1), shapes.Plain])
    yield case("instance and its class", lambda: [plain(a=1), shapes.Plain])
    yield case("extension code", lambda: shapes.Extended(("a", 1)))
    yield case("extension code of four bytes", lambda: [shapes.ExtendedFar(), shapes.ExtendedFar])
    yield case("module's name beside", lambda: [text("shapes"), plain(a=1), text("Plain")])
