"""Tuples, lists and dicts: small sizes, kinds of keys, nesting."""

from .fresh import case, data, same, text


def cases():
    for value in (None, True, False):
        yield case(str(value), same, value)
    yield case("bools and ints", lambda: [True, 1, False, 0, 1.0, 0.0])
    for size in range(7):
        yield case("tuple of %d" % size, lambda n: tuple(range(n)), size)
        yield case("list of %d" % size, lambda n: list(range(n)), size)
        yield case("dict of %d" % size, lambda n: {k: None for k in range(n)}, size)
        yield case("tuple of %d strings" % size, lambda n: tuple(words(n)), size)
        yield case("list of %d strings" % size, words, size)
        yield case("dict of %d strings" % size,
                   lambda n: dict(zip(words(n), reversed(words(n)))), size)
    for size in (254, 255, 256, 257, 1001):
        yield case("tuple of %d" % size, lambda n: tuple(range(n)), size)
    yield case("empties", lambda: [[], (), {}, u"", data(b"")])
    yield case("empties in a tuple", lambda: ([], (), {}, u"", data(b"")))
    yield case("list of one list", lambda: [[]])
    yield case("tuple of one tuple", lambda: ((),))
    yield case("dict of one dict", lambda: {0: {}})
    for name, key in KEYS:
        yield case("key: " + name, lambda k: {k(): 1}, key)
    yield case("keys of every kind", lambda: {key(): n for n, (_, key) in enumerate(KEYS)})
    yield case("keys backwards", lambda: {n: -n for n in reversed(range(20))})
    yield case("keys inserted again", inserted_again)
    yield case("equal keys, the first stays", lambda: dict([(1, "a"), (True, "b"), (1.0, "c")]))
    yield case("false keys", lambda: dict([(False, "a"), (0, "b"), (-0.0, "c")]))
    yield case("records", lambda: [record(n) for n in range(12)])
    yield case("record of records", lambda: {text("r%d" % n): record(n) for n in range(12)})
    yield case("matrix", lambda: [[float(x * y) for x in range(8)] for y in range(8)])
    yield case("json-like", json_like)
    for name, wrap in WRAPS:
        for depth in (2, 10, 100, 300):
            yield case("%s nested %d deep" % (name, depth), nested, wrap, depth)
    yield case("all containers nested 90 deep", nested_by_turns, 90)
    yield case("key nested 100 deep", lambda: {nested(lambda x: (x,), 100): None})


def words(count):
    return [text("word %d" % n) for n in range(count)]


KEYS = (
    ("int", lambda: 12),
    ("negative int", lambda: -12),
    ("big int", lambda: 2 ** 100),
    ("float", lambda: 1.5),
    ("infinity", lambda: float("inf")),
    ("bool", lambda: True),
    ("None", lambda: None),
    ("str", lambda: text("key")),
    ("empty str", lambda: u""),
    ("wide str", lambda: text(u"cl\xe9 \u4e2d")),
    ("surrogate", lambda: text(u"\ud800x")),
    ("bytes", lambda: data(b"key")),
    ("empty tuple", lambda: ()),
    ("tuple", lambda: tuple([1, text("two"), data(b"three")])),
    ("nested tuple", lambda: tuple([(), tuple([tuple([1]), tuple([2, tuple([3, None])])])])),
    ("frozenset", lambda: frozenset([1])),
    ("complex", lambda: complex(1, 2)),
    ("range", lambda: range(3)),
    ("type", lambda: int),
    ("Ellipsis", lambda: Ellipsis),
)


def inserted_again():
    value = {n: n for n in range(8)}
    for key in (3, 0, 5):
        del value[key]
        value[key] = text("again")
    return value


def record(n):
    return {
        text("id"): n,
        text("name"): text("name %d" % n),
        text("score"): n / 8.0,
        text("tags"): [text("odd" if n % 2 else "even"), text("all")],
        text("parent"): None if n == 0 else n - 1,
        text("ok"): n % 3 == 0,
    }


def json_like():
    return {
        text("version"): 1,
        text("items"): [{text("a"): [1, 2, {text("b"): None}]}, [], {}, [[[]]]],
        text("text"): text(u"caf\xe9 \U0001f600\n"),
        text("numbers"): [0, -1, 1.5, 1e100, 2 ** 70, True, False],
        u"": {u"": u""},
    }


WRAPS = (
    ("list", lambda inner: [inner]),
    ("tuple", lambda inner: (inner,)),
    ("tuple of four", lambda inner: (1, inner, 2, 3)),
    ("dict", lambda inner: {1: inner}),
    ("list with neighbours", lambda inner: [1, inner, 2]),
)


def nested(wrap, depth):
    value = None
    for _ in range(depth):
        value = wrap(value)
    return value


def nested_by_turns(depth):
    value = text("core")
    for level in range(depth):
        value = WRAPS[level % len(WRAPS)][1](value)
    return value
