"""Built-in types that are spelled as calls, and built-ins known by name."""

from __future__ import print_function

from .fresh import case, data, range, text

INF = float("inf")
NAN = float("nan")

# Protocols 0-2 write the names Python 2 knew; some live in other modules there.
GLOBALS = (
    ("int", int), ("str", str), ("bytes", bytes), ("bytearray", bytearray), ("float", float),
    ("bool", bool), ("list", list), ("tuple", tuple), ("dict", dict), ("set", set),
    ("frozenset", frozenset), ("complex", complex), ("range", range), ("slice", slice),
    ("type", type), ("object", object), ("len", len), ("abs", abs), ("sum", sum),
    ("getattr", getattr), ("print", print), ("chr", chr), ("map", map), ("filter", filter),
    ("zip", zip), ("input", input), ("property", property),
    ("ValueError", ValueError), ("KeyError", KeyError), ("OSError", OSError),
    ("Exception", Exception), ("DeprecationWarning", DeprecationWarning),
)

SINGLETONS = (
    ("Ellipsis", Ellipsis), ("NotImplemented", NotImplemented), ("type(None)", type(None)),
    ("type(Ellipsis)", type(Ellipsis)), ("type(NotImplemented)", type(NotImplemented)),
)


def cases():
    for name, value in GLOBALS + SINGLETONS:
        yield case(name, lambda v: v, value)
    for name, value in SINGLETONS:
        yield case(name + " twice", lambda v: [v, v], value)
    yield case("int twice", lambda: [int, int])
    yield case("len twice", lambda: [len, len])
    yield case("two types", lambda: [int, dict])
    yield case("two functions", lambda: [len, abs])
    # A type and a function hold two different strings 'builtins'.
    yield case("type and function", lambda: [int, len, dict, abs, int])
    yield case("type, function and Ellipsis", lambda: [int, len, Ellipsis, NotImplemented])
    yield case("all by name", lambda: [value for _, value in GLOBALS])
    yield case("by name as dict values", lambda: {text(name): value for name, value in GLOBALS})
    yield case("types beside their instances",
               lambda: [complex, complex(1, 2), range, range(3), set, {1}, slice, slice(1)])
    yield case("name beside the module's name", lambda: [text("builtins"), int, text("int")])
    yield case("the module's name twice", lambda: [text("builtins"), text("builtins"), len])
    for module in (sets, ranges, complexes, slices):
        for item in module():
            yield item


def sets():
    for kind, build in (("set", set), ("frozenset", frozenset)):
        # Only sets whose order is the same after each reload; see reasons.py.
        yield case("empty %s" % kind, lambda b: b(), build)
        yield case("%s of one int" % kind, lambda b: b([7]), build)
        yield case("%s of one string" % kind, lambda b: b([text("seven")]), build)
        yield case("%s of one tuple" % kind, lambda b: b([(1, text("a b"))]), build)
        yield case("%s of small ints" % kind, lambda b: b([5, 3, 1, 4]), build)
        yield case("%s of 0 to 99" % kind, lambda b: b(range(100)), build)
        yield case("%s of one frozenset" % kind, lambda b: b([frozenset([1, 2])]), build)
        yield case("%s of a big int" % kind, lambda b: b([2 ** 80]), build)
        yield case("%s of bytes" % kind, lambda b: b([data(b"one two")]), build)
        yield case("list of %ss" % kind, lambda b: [b([n]) for n in range(5)], build)
        yield case("%s values" % kind, lambda b: {n: b(range(n)) for n in range(5)}, build)
    yield case("frozenset nested 50 deep", nested_frozenset, 50)
    yield case("frozenset as key", lambda: {frozenset([1, 2]): frozenset([text("v w")])})
    yield case("set and frozenset", lambda: [set([1, 2]), frozenset([1, 2])])
    yield case("sets sharing a string", lambda: (lambda s: [{s}, frozenset([s]), s])(text("s t")))


def nested_frozenset(depth):
    value = frozenset([text("core")])
    for _ in range(depth):
        value = frozenset([value])
    return value


def ranges():
    for arguments in ((0,), (1,), (10,), (2, 5), (0, 10, 3), (10, 0, -1), (5, 5), (0, -10),
                      (-3, 300, 7), (0, 256), (0, 65536), (0, 2 ** 31), (2 ** 70,),
                      (-2 ** 70, 2 ** 70, 2 ** 65), (0, 10, 2 ** 64)):
        name = "range(%s)" % ", ".join("%d" % n for n in arguments)
        yield case(name, lambda a: range(*a), arguments)
    yield case("equal ranges", lambda: [range(3), range(3), range(0, 3, 1)])


def complexes():
    for real, imaginary in ((0.0, 0.0), (1.0, 2.0), (-1.5, 0.25), (0.0, 1.0), (-0.0, 0.0),
                            (0.0, -0.0), (-0.0, -0.0), (INF, 1.0), (1.0, -INF),
                            (NAN, 0.0), (NAN, NAN), (INF, NAN), (1e300, 5e-324), (0.1, 1e16)):
        yield case("complex(%r, %r)" % (real, imaginary),
                   lambda r, i: complex(r, i), real, imaginary)
    yield case("several complex", lambda: [complex(n, -n) for n in range(5)])
    yield case("set of a complex", lambda: {complex(1, 2)})


def slices():
    for name, value in (("slice(1)", lambda: slice(1)),
                        ("slice(None)", lambda: slice(None)),
                        ("slice(1, 2, 3)", lambda: slice(1, 2, 3)),
                        ("slice of strings", lambda: slice(text("a b"), text("c d"))),
                        ("slices", lambda: [slice(None, None, -1), slice(0, -1)])):
        yield case(name, value)
