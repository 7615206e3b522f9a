"""One object in several places, and equal objects that are not one."""

from .fresh import case, data, range, text

MEMOIZED = (
    ("str", lambda: text("shared")),
    ("latin-1 str", lambda: text(u"\xe9t\xe9")),
    ("wide str", lambda: text(u"\u4e2d\u6587")),
    ("bytes", lambda: data(b"shared\xff")),
    ("bytearray", lambda: bytearray(b"shared\xff")),
    ("tuple of one", lambda: tuple([1])),
    ("tuple of two", lambda: tuple([1, 2])),
    ("tuple of four", lambda: tuple([1, 2, 3, 4])),
    ("list", lambda: [1, 2]),
    ("dict", lambda: {1: 2}),
    ("set", lambda: {1, 2}),
    ("frozenset", lambda: frozenset([1, 2])),
    ("complex", lambda: complex(1, -2)),
    ("range", lambda: range(1, 9, 2)),
    ("slice", lambda: slice(1, 2, 3)),
)
UNHASHABLE = ("bytearray", "list", "dict", "set", "slice")

EMPTY = (
    ("str", lambda: u""),
    ("bytes", lambda: b""),
    ("bytearray", bytearray),
    ("tuple", lambda: ()),
    ("list", list),
    ("dict", dict),
    ("set", set),
)


def cases():
    for name, build in MEMOIZED:
        yield case(name + " twice", lambda b: [b()] * 2, build)
        yield case(name + " five times, in a tuple", lambda b: (b(),) * 5, build)
        yield case(name + " twins", lambda b: [b(), b()], build)
        yield case(name + " twins, each twice", twins_each_twice, build)
        yield case(name + " at several depths", at_several_depths, build)
        yield case(name + " as two values", lambda b: dict.fromkeys([1, 2], b()), build)
        if name not in UNHASHABLE:
            yield case(name + " as key and value", lambda b: (lambda x: {x: x})(b()), build)
            yield case(name + " twins as key and value", lambda b: {b(): b()}, build)
            yield case(name + " in a set and beside it", lambda b: (lambda x: [{x}, x])(b()), build)
    for name, build in EMPTY:
        yield case("empty %s twice" % name, lambda b: [b()] * 2, build)
        yield case("empty %s twins" % name, lambda b: [b(), b()], build)
    # Two of them are one object up to 3.9, but not when read at protocol 4.
    yield case("empty frozenset twice", lambda: [frozenset()] * 2)
    yield case("one character twice", lambda: [text("a"), text("a"), text(u"\xe9"), text(u"\xe9")])
    yield case("wide character twins", lambda: [text(u"\u0100"), text(u"\u0100")])
    yield case("one byte twice", lambda: [b"a", b"a", b"\xe9", b"\xe9"])
    yield case("numbers are never shared", lambda: [1000, 2.5, 2 ** 90] * 2)
    yield case("keys of records", records_with_shared_keys)
    yield case("keys of records, twins", records_with_twin_keys)
    yield case("tuple of shared tuples", tuple_bomb, 3)
    yield case("tuple bomb", tuple_bomb, 30)
    yield case("list bomb", list_bomb, 30)
    yield case("shared inside a reduce", lambda: (lambda t: [range(5), t, range(5), t])(text("x y")))
    yield case("slice of a shared list", lambda: (lambda x: [x, slice(x, x), x])([1]))
    yield case("diamond", diamond)


def twins_each_twice(build):
    left, right = build(), build()
    return [left, right, right, left]


def at_several_depths(build):
    value = build()
    return [value, [value, (value, {0: value})], {1: [[value]]}, value]


def records_with_shared_keys():
    keys = [text("id"), text("name"), text("value")]
    return [dict(zip(keys, [n, text("n%d" % n), n * 0.5])) for n in range(10)]


def records_with_twin_keys():
    return [{text("id"): n, text("name"): text("n%d" % n)} for n in range(10)]


def tuple_bomb(depth):
    value = tuple([text("x y")])
    for _ in range(depth):
        value = (value, value)
    return value


def list_bomb(depth):
    value = [1]
    for _ in range(depth):
        value = [value, value]
    return value


def diamond():
    bottom = {text("bottom"): 1}
    left, right = [bottom, 1], (bottom, 2)
    return {text("left"): left, text("right"): right, text("again"): [left, right]}
