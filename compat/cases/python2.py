"""What only Python 2 has: str and unicode side by side, long beside int.

cPickle memoizes a str, a tuple or a unicode only where somebody else holds it,
too, and never one of a single character; so who holds what matters here.
"""

from .fresh import case, data, repeated, same, text

STRINGS = (
    ("empty", b""),
    ("single quote", b"it's"),
    ("double quote", b'say "hi"'),
    ("both quotes", b"it's \"both\""),
    ("only quotes", b"'\"'\""),
    ("newlines", b"one\ntwo\r\nthree\r"),
    ("tab", b"one\ttwo"),
    ("other controls", b"\0\x01\x07\x08\x0b\x0c\x1a\x1b\x7f"),
    ("backslashes", b"\\ \\\\ \\n \\x41"),
    ("utf-8", b"caf\xc3\xa9"),
    ("latin-1", b"caf\xe9"),
    ("looks like a number", b"12L"),
)


def cases():
    for name, value in STRINGS:
        yield case("str, " + name, data, value)
    yield case("str, every byte", lambda: data(bytes(bytearray(range(256)))))
    yield case("str, every byte, one each",
               lambda: [data(bytes(bytearray([n]))) for n in range(256)])
    for length in (1, 2, 254, 255, 256, 257, 70000):
        yield case("str, length %d" % length, repeated, b"y", length)
    for module in (longs, unions, held):
        for item in module():
            yield item
    for name, value in NAMED:
        yield case("by name: " + name, same, value)
    yield case("by name, twice", lambda: [unicode, long, unicode, (long,)])


NAMED = (("unicode", unicode), ("long", long), ("basestring", basestring), ("xrange", xrange),
         ("file", file), ("unichr", unichr), ("reduce", reduce), ("StandardError", StandardError))


def longs():
    for value in (0, 1, -1, 127, 128, 255, 256, -128, -129, 2 ** 31 - 1, 2 ** 31, 2 ** 63 - 1):
        yield case("long %d" % value, long, value)
    yield case("int and long", lambda: [1, long(1), 2 ** 40, long(2 ** 40), 2 ** 63])
    yield case("longs of every length", lambda: [long(1) << (4 * n) for n in range(40)])
    yield case("a long as key", lambda: {long(5): 5})
    yield case("a long twice", lambda: (lambda n: [n, n])(long(7) ** 30))


def unions():
    yield case("str and unicode", lambda: [data(b"same"), text(u"same"), data(b"same")])
    yield case("str and unicode of one character", lambda: [b"a", u"a", b"a", u"a", b"\xe9", u"\xe9"])
    yield case("empty str and unicode", lambda: [b"", u"", b"", u""])
    yield case("unicode key", lambda: {text(u"key"): data(b"value")})
    yield case("str key", lambda: {data(b"key"): text(u"value")})
    yield case("graphite batch", lambda: [(data(b"servers.cpu.%d" % n), (1500000000 + n, n / 8.0))
                                          for n in range(30)])


HOLDERS = (
    ("list", lambda item: [item]),
    ("tuple", lambda item: (item,)),
    ("tuple of four", lambda item: (1, item, 2, 3)),
    ("dict", lambda item: {1: item}),
    ("set", lambda item: set([item])),
    ("frozenset", lambda item: frozenset([item])),
    ("slice", lambda item: slice(item)),
)
ITEMS = (
    ("str", lambda: data(b"some text")),
    ("unicode", lambda: text(u"some text")),
    ("str of one byte", lambda: data(b"s")),
    ("unicode of one character", lambda: text(u"\u20ac")),
    ("unicode of one latin-1 character", lambda: text(u"\xe9")),
    ("empty str", lambda: b""),
    ("tuple", lambda: tuple([1, 2])),
    ("tuple of one str", lambda: tuple([data(b"some text")])),
    ("long tuple", lambda: tuple([1, 2, 3, 4])),
    ("empty tuple", lambda: ()),
    ("frozenset", lambda: frozenset([1])),
    ("long", lambda: long(7)),
)
UNHASHABLE = (
    ("empty list", list),
    ("list", lambda: [1]),
    ("empty dict", dict),
    ("dict", lambda: {1: 2}),
    ("bytearray", lambda: bytearray(b"some bytes")),
    ("empty bytearray", bytearray),
    ("set", lambda: set([1])),
    ("empty set", set),
)


def held():
    """Each kind of item, held once and twice, by each kind of holder."""
    for kind, item in ITEMS + UNHASHABLE:
        hashable = (kind, item) in ITEMS
        for name, holder in HOLDERS:
            if hashable or name not in ("set", "frozenset"):
                yield case("%s held by a %s" % (kind, name), lambda h, i: h(i()), holder, item)
                yield case("%s held by a %s in a tuple" % (kind, name),
                           lambda h, i: (h(i()),), holder, item)
                yield case("%s held by a %s, and again" % (kind, name),
                           lambda h, i: (lambda x: (h(x), x))(i()), holder, item)
        if hashable:
            yield case("%s as key" % kind, lambda i: {i(): 1}, item)
            yield case("%s as key, in a tuple" % kind, lambda i: ({i(): 1},), item)
