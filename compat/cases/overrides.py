"""What is pickled by a pickler whose users override something: ids in the place of
objects, and buffers beside the pickle.

`way` of a case names the override; picklers.py has them.
"""

import sys

import shapes
from .fresh import case, data, same, text

PERSISTENT, BUFFERS = "persistent ids", "buffers"


def cases():
    for item in persistent():
        item.way = PERSISTENT
        yield item
    yield case("registered in a list", lambda: [shapes.Extended(), shapes.ExtendedShort(), shapes.ExtendedFar()])
    yield case("registered, one byte at its end", lambda: [shapes.ExtendedShort, shapes.ExtendedShort])
    yield case("registered function", lambda: [shapes.extended_function, shapes.extended_function])
    if sys.version_info >= (3, 8):
        for item in in_band():
            yield item
        for item in out_of_band():
            item.way = BUFFERS
            yield item


def persistent():
    stored = lambda key: shapes.Stored(text(key))
    yield case("persistent id", stored, "key")
    yield case("persistent id, empty", shapes.Stored, "")
    yield case("persistent id of one character", shapes.Stored, "k")
    yield case("persistent id with spaces", stored, " a key 'quoted' \\ \t")
    yield case("persistent id, long", lambda: shapes.Stored("k" * 70000))
    yield case("persistent id twice", lambda: [stored("key")] * 2, since=1)
    yield case("persistent ids of equal text", lambda: [stored("key"), stored("key")])
    yield case("persistent ids in all containers", lambda: [
        (stored("one"), [stored("two")]), {text("three"): stored("three")}, {stored("four"): 4}])
    yield case("persistent id and its text", lambda: (lambda key: [key, shapes.Stored(key), key])(text("a key")), since=1)
    yield case("persistent id in a state", lambda: shapes.Plain(("left", stored("key"))))
    yield case("persistent id as an argument", lambda: shapes.Registered(stored("key")))
    yield case("persistent ids, many", lambda: [stored("key %d" % n) for n in range(1001)])
    for name, build in (
            ("int", lambda: 5), ("large int", lambda: 2 ** 70), ("bytes", lambda: data(b"some key")),
            ("tuple", lambda: (text("storage"), 3, text("cpu"))), ("nested", lambda: [{text("a"): (1, 2)}]),
            ("not ASCII", lambda: text(u"cl\u00e9 \u20ac"))):
        yield case("persistent id: " + name, lambda build: [shapes.Stored(build()), 1], build, since=1)
    yield case("persistent id like PyTorch's", lambda: {text("weight"): shapes.Registered(shapes.Stored(
        (text("storage"), shapes.Plain, text("0"), text("cpu"), 9408)))}, since=2)


def in_band():
    from pickle import PickleBuffer
    for name, build in (
            ("read-only", lambda: PickleBuffer(data(b"some bytes"))),
            ("writable", lambda: PickleBuffer(bytearray(b"some bytes"))),
            ("empty", lambda: PickleBuffer(b"")),
            ("large", lambda: PickleBuffer(b"x" * 70000)),
            ("in a list", lambda: [PickleBuffer(data(b"one")), PickleBuffer(bytearray(b"two"))])):
        yield case("buffer in band, " + name, build, since=5)


def out_of_band():
    for name, build in (
            ("one", lambda: shapes.buffers()[0]),
            ("writable and read-only", lambda: shapes.buffers()[:2]),
            ("all", shapes.buffers),
            ("in a dict", lambda: dict(enumerate(shapes.buffers()))),
            ("between others", lambda: [data(b"before"), shapes.buffers()[0], data(b"after")]),
            ("in a state", lambda: shapes.Plain(("left", shapes.buffers()[0]))),
            ("none", lambda: same([1, 2]))):
        yield case("buffer beside, " + name, build, since=5)
