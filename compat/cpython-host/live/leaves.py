"""Random objects that hold no others."""

import array
import datetime
import decimal
import fractions
import functools
import itertools
import operator
import pathlib
import pickle
import re
import struct
import sys
import types
import uuid

from . import kinds

WIDTHS = (0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 62, 63, 64, 65, 127, 128, 255, 2031, 2032, 2033, 2040, 2041)
NANS = (0x7FF8000000000000, 0xFFF8000000000000, 0x7FF8000000000001, 0x7FF0000000000001, 0xFFFFFFFFFFFFFFFF)
FLOATS = (0.0, -0.0, 1.0, -1.5, 0.1, 1e16, 1e22, 1e-5, 5e-324, 1.7976931348623157e308, float("inf"), float("-inf"))
CHARACTERS = (
    "a", "Z", "_", " ", "'", '"', "\\", "\n", "\r", "\0", "\x1a", "\t", "\x7f", "\x80", "é", "ÿ", "Ā", "ߐ", "߿", "ࠀ",
    "\ud800", "\udbff", "\udc00", "\udfff", "\ue000", "\uffff", "\U00010000", "\U0001f600", "\U0010ffff", "\u2028", "u",
)  # fmt: skip
FRAME = 64 * 1024
SIZES = (253, 254, 255, 256, 257, 65535, 65536, 65537)
LARGE = (FRAME - 20, FRAME - 5, FRAME - 1, FRAME, FRAME + 1, FRAME + 9, 70_000)


def size(rng):
    """How long a text or some bytes are: mostly short, at times at a boundary."""
    chance = rng.random()
    if chance < 0.9:
        return rng.randrange(12)
    if chance < 0.97:
        return rng.choice(SIZES[:5])
    if chance < 0.99:
        return rng.randrange(300)
    return rng.choice(SIZES + LARGE)


def whole(rng):
    chance = rng.random()
    if chance < 0.4:
        return rng.randrange(-3, 260)
    if chance < 0.995:
        value = (1 << rng.choice(WIDTHS)) + rng.randrange(-2, 3)
        return -value if rng.random() < 0.5 else value
    # At protocol 0 the limit of digits is between these.
    return rng.getrandbits(rng.choice((9000, 14280, 14290, 20000)))


def real(rng):
    chance = rng.random()
    if chance < 0.5:
        return rng.choice(FLOATS)
    bits = rng.choice(NANS) if chance < 0.6 else rng.getrandbits(64)
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def text(rng):
    chance = rng.random()
    if chance < 0.4:
        # Made anew: equal to others, but not the same.
        return "".join(["na", rng.choice(("me", "mes", "me_1", ""))])
    if chance < 0.8:
        return "".join(rng.choice(CHARACTERS) for _ in range(rng.randrange(8)))
    return rng.choice(CHARACTERS) * size(rng)


def data(rng):
    if rng.random() < 0.5:
        return bytes(rng.getrandbits(8) for _ in range(rng.randrange(6)))
    return bytes([rng.getrandbits(8)]) * size(rng)


def buffer(rng):
    content = rng.choice((bytes, bytearray))(data(rng))
    if rng.random() < 0.2:
        content = memoryview(content)
        if rng.random() < 0.5:
            content = content[:: rng.choice((1, 2, -1))]
        elif len(content) % 4 == 0 and content:
            content = content.cast("B", shape=[len(content) // 4, 4])
    made = pickle.PickleBuffer(content)
    if rng.random() < 0.05:
        made.release()
    return made


def named(rng):
    """What is pickled by its name, or would be."""
    return rng.choice(NAMED)


NAMED = (
    int, str, object, type, list, dict, Exception, OSError, StopIteration, type(None), type(...), type(NotImplemented),
    range, map, zip, len, print, getattr, open, ValueError, UnicodeDecodeError, types.FunctionType, types.SimpleNamespace,
    kinds.Plain, kinds.Slots, kinds.Outer, kinds.Outer.Inner, kinds.Outer.Inner.Deep, kinds.Outer.Inner.method,
    kinds.Outer.Inner.Deep.method, kinds.Outer.Inner.static, kinds.Outer.by_class, kinds.Plain.static,
    kinds.function, kinds.other_function, kinds.made, kinds.ByCode1, kinds.ByCode2, kinds.ByCode4,
    kinds.Meta, kinds.Made, kinds.Colour, kinds.Pair, kinds.Triple, kinds.Étranger, kinds.SINGLETON,
    functools.reduce, functools.partial, itertools.chain, itertools.chain.from_iterable, operator.add, re.compile,
    datetime.datetime, decimal.Decimal, pathlib.PurePosixPath, str.join, "".join, [].append, dict.fromkeys, object.__new__,
    object.__init__, int.__add__, sys.intern, complex, frozenset, set, bytes, bytearray, slice, memoryview, property,
)  # fmt: skip


def single(rng):
    return rng.choice((None, True, False, Ellipsis, NotImplemented, (), "", b"", frozenset()))


def member(rng):
    access = kinds.Access.READ | kinds.Access.WRITE
    return rng.choice((*kinds.Colour, *kinds.Level, *kinds.Access, access, kinds.Outer.Shade.DARK))


def standard(rng):
    """Of the standard library's types."""
    number = rng.randrange(-5, 300)
    makers = (
        lambda: complex(real(rng), real(rng)),
        lambda: range(number, whole(rng), rng.choice((1, -2, 7))),
        lambda: slice(None, number, rng.choice((None, 2))),
        lambda: decimal.Decimal(number) / 7,
        lambda: fractions.Fraction(number, 7),
        lambda: datetime.date(2024, 2, 29),
        lambda: datetime.datetime(2024, 2, 29, 12, 30, fold=1),
        lambda: datetime.time(1, 2, 3, 4),
        lambda: datetime.timedelta(number, 5),
        lambda: datetime.timezone(datetime.timedelta(hours=number % 20), rng.choice(("here", "there"))),
        lambda: uuid.UUID(int=number + 5),
        lambda: pathlib.PurePosixPath("/a") / text(rng).replace("\0", ""),
        lambda: array.array(rng.choice("bHiqd"), [number % 100] * rng.randrange(4)),
        lambda: re.compile(rng.choice((r"a+", rb"b*", "(?i)c"))),
        lambda: operator.itemgetter(number),
        lambda: operator.attrgetter("a.b"),
        lambda: operator.methodcaller("m", number, key=number),
        lambda: kinds.Plain().method,
        lambda: kinds.Plain.by_class,
        lambda: [number].append,
        lambda: "x".join,
        lambda: iter([number, number]),
        lambda: iter((number,)),
        lambda: iter("abc"),
        lambda: iter(range(5)),
        lambda: reversed((number,)),
        lambda: reversed([number]),
        lambda: kinds.Text(text(rng)),
        lambda: kinds.Whole(whole(rng)),
        lambda: kinds.Real(real(rng)),
        lambda: kinds.Imaginary(real(rng), 1),
        lambda: kinds.Raw(data(rng)),
        lambda: kinds.RawArray(data(rng)),
        lambda: ValueError(text(rng), number),
        lambda: OSError(2, text(rng)),
        lambda: OSError(2, text(rng), "file"),
        lambda: KeyError(),
        lambda: ImportError("no", name="x", path="y"),
        lambda: UnicodeDecodeError("ascii", data(rng), 0, 1, "why"),
        lambda: kinds.Worded("word", extra=number),
        lambda: StopIteration(number),
    )
    return rng.choice(makers)()


def refused(rng):
    """What no pickler takes."""
    makers = (
        lambda: kinds.nameless,
        kinds.local_function,
        kinds.local_class,
        lambda: kinds.local_class()(),
        lambda: kinds.Displaced,
        kinds.Displaced,
        lambda: kinds.Elsewhere,
        kinds.Elsewhere,
        lambda: kinds.Impostor,
        kinds.Impostor,
        lambda: (item for item in ()),
        lambda: sys,
        lambda: memoryview(b"x"),
        lambda: types.MappingProxyType({}),
        object().__reduce__,
        lambda: kinds.Plain.__dict__["by_class"],
        lambda: sys._getframe(),
        lambda: function_code(),
        lambda: property(kinds.function),
        lambda: type("Unnamed\nClass", (), {}),
        lambda: type("Surrogate", (), {"__qualname__": "Surrogate\udc80"}),
        lambda: kinds.Reduced(rng.choice((ValueError("in reduce"), KeyError(), RecursionError("so it says")))),
        lambda: kinds.ReducedEx(rng.choice((AttributeError("in reduce_ex"), pickle.PicklingError("its own")))),
    )
    return rng.choice(makers)()


def function_code():
    return kinds.function.__code__


LEAVES = (
    (single, 10),
    (whole, 18),
    (real, 8),
    (text, 22),
    (data, 10),
    (lambda rng: bytearray(data(rng)), 4),
    (buffer, 1),
    (named, 8),
    (member, 3),
    (standard, 12),
    (lambda rng: kinds.SINGLETON, 1),
)
_CHOICES = [maker for maker, _ in LEAVES]
_WEIGHTS = list(itertools.accumulate(weight for _, weight in LEAVES))


def leaf(rng):
    return rng.choices(_CHOICES, cum_weights=_WEIGHTS)[0](rng)


def hashable_leaf(rng):
    while True:
        made = leaf(rng)
        try:
            hash(made)
        except (TypeError, ValueError):
            continue
        return made
