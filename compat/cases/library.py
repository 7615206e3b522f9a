"""Objects of the standard library, and those made by its class factories."""

import array
import collections
import datetime
import decimal
import enum
import fractions
import functools
import ipaddress
import itertools
import operator
import pathlib
import random
import re
import time
import types
import uuid

import shapes

from .fresh import case, data, text


def cases():
    for family in (times, numbers, containers, enums, exceptions, callables, others):
        for item in family():
            yield item


UTC = datetime.timezone.utc


def times():
    zone = datetime.timezone(datetime.timedelta(hours=2))
    named = datetime.timezone(datetime.timedelta(hours=-5, minutes=-30), "EST")
    for name, build in (
            ("date", lambda: datetime.date(2024, 2, 29)),
            ("first date", lambda: datetime.date.min),
            ("last date", lambda: datetime.date.max),
            ("time", lambda: datetime.time(12, 34, 56, 789)),
            ("midnight", lambda: datetime.time()),
            ("time with a zone", lambda: datetime.time(1, 2, tzinfo=UTC)),
            ("datetime", lambda: datetime.datetime(2024, 2, 29, 12, 34, 56, 789)),
            ("datetime in UTC", lambda: datetime.datetime(2024, 2, 29, tzinfo=UTC)),
            ("datetime with a zone", lambda: datetime.datetime(2024, 2, 29, tzinfo=zone)),
            ("datetime with a named zone", lambda: datetime.datetime(2024, 2, 29, tzinfo=named)),
            ("timedelta", lambda: datetime.timedelta(1, 2, 3)),
            ("negative timedelta", lambda: datetime.timedelta(-1)),
            ("largest timedelta", lambda: datetime.timedelta.max),
            ("UTC", lambda: UTC),
            ("zone", lambda: zone),
            ("named zone", lambda: named),
            ("dates", lambda: [datetime.date(2000, 1, n) for n in range(1, 20)]),
            ("datetime twice", lambda: [datetime.datetime(2024, 2, 29)] * 2),
            ("datetimes in one zone", lambda: [datetime.datetime(2024, 2, n, tzinfo=zone) for n in (1, 2)]),
            ("dict by date", lambda: {datetime.date(2024, 1, n): n for n in (1, 2, 3)}),
            ("struct_time", lambda: time.gmtime(0))):
        yield case(name, build)
    # Under protocol 4 the fold is lost.
    yield case("time with a fold", lambda: datetime.time(1, 2, fold=1), since=4)
    yield case("datetime with a fold", lambda: datetime.datetime(2024, 2, 29, fold=1), since=4)


def numbers():
    for literal in ("0", "1.50", "-1E+3", "NaN", "sNaN", "Infinity", "-0.0", "123456789012345678901234567890.12"):
        yield case("Decimal %s" % literal, decimal.Decimal, literal)
    yield case("Decimals", lambda: [decimal.Decimal(n) / 4 for n in range(5)])
    for over, under in ((1, 3), (-5, 1), (0, 1), (10 ** 30, 7)):
        yield case("Fraction %d over %d" % (over, under), fractions.Fraction, over, under)
    yield case("Fractions", lambda: [fractions.Fraction(n, 7) for n in range(3)])
    yield case("Random", lambda: random.Random(5))


def containers():
    ordered, default, deque = collections.OrderedDict, collections.defaultdict, collections.deque
    pairs = lambda: [(text("one"), 1), (text("two"), [2])]
    for name, build in (
            ("OrderedDict, empty", ordered),
            ("OrderedDict", lambda: ordered(pairs())),
            ("OrderedDict, moved", moved),
            ("OrderedDict, twice", lambda: [ordered(pairs())] * 2),
            ("OrderedDict with attributes", lambda: with_attribute(shapes.Ordered(pairs()))),
            ("OrderedDict, subclass", lambda: shapes.Ordered(pairs())),
            ("OrderedDict of 1001", lambda: ordered((n, None) for n in range(1001))),
            ("OrderedDict in itself", lambda: in_itself(ordered())),
            ("defaultdict, empty", default),
            ("defaultdict of int", lambda: default(int, pairs())),
            ("defaultdict of list", lambda: default(list, {1: [2]})),
            ("defaultdict of a function", lambda: default(shapes.function, pairs())),
            ("defaultdict, subclass", lambda: shapes.Default(int, pairs())),
            ("defaultdict in itself", lambda: in_itself(default(list))),
            ("defaultdicts within", lambda: default(dict, {1: default(int, {2: 3})})),
            ("Counter, empty", collections.Counter),
            ("Counter", lambda: collections.Counter([1, 2, 1, 1])),
            ("Counter of words", lambda: collections.Counter({text("to"): 2, text("be"): 2, text("or"): 1})),
            ("Counter, subclass", lambda: with_attribute(shapes.Tally([1, 1]))),
            ("deque, empty", deque),
            ("deque", lambda: deque([1, text("two"), [3]])),
            ("deque with a length", lambda: deque([1, 2, 3], 2)),
            ("deque, empty with a length", lambda: deque([], 5)),
            ("deque of 1001", lambda: deque(range(1001))),
            ("deque in itself", lambda: in_its_deque(deque())),
            ("deque, subclass", lambda: shapes.Queue([1, 2])),
            ("deque, subclass with attributes", lambda: with_attribute(shapes.Queue([1, 2], 7))),
            ("ChainMap", lambda: collections.ChainMap({1: 2}, {3: 4})),
            ("UserDict", lambda: collections.UserDict({1: 2})),
            ("UserList", lambda: collections.UserList([1, 2])),
            ("namedtuple", lambda: shapes.Point(1, text("two"))),
            ("namedtuple, twice", lambda: [shapes.Point(1, 2)] * 2),
            ("namedtuples", lambda: [shapes.Point(n, n) for n in range(5)]),
            ("namedtuple, subclass", lambda: shapes.Vector(1, 2)),
            ("namedtuple, subclass with attributes", lambda: with_attribute(shapes.Vector(1, 2))),
            ("array of ints", lambda: array.array("i", [1, -2, 3])),
            ("array of floats", lambda: array.array("d", [0.5, 1e300])),
            ("array of bytes", lambda: array.array("B", b"some bytes")),
            ("array, empty", lambda: array.array("h")),
            ("arrays", lambda: [array.array(code, [1]) for code in "bhlq"]),
            ("SimpleNamespace", lambda: types.SimpleNamespace(left=1, right=text("two"))),
            ("SimpleNamespace, empty", types.SimpleNamespace),
            ("SimpleNamespace in itself", namespace_in_itself)):
        yield case(name, build)
    yield case("UserString", lambda: collections.UserString(text("a text")), twins=[user_string_twin])


def user_string_twin():
    """One without the arguments for __new__ that only protocol 2 has."""
    collections.UserString = type("UserString", (object,), {"__module__": "collections"})
    value = collections.UserString()
    value.data = text("a text")
    return value


def moved():
    value = collections.OrderedDict.fromkeys(range(5))
    value.move_to_end(1)
    return value


def with_attribute(value):
    value.attribute = text("a value")
    return value


def in_itself(value):
    value[1] = value
    return value


def in_its_deque(value):
    value.append(value)
    return value


def namespace_in_itself():
    value = types.SimpleNamespace()
    value.me = value
    return value


def enums():
    if shapes.Colour.RED.__reduce_ex__(2)[0] is getattr:
        # The first releases of 3.11 gave a member as an attribute of its class by a call at all protocols, which is how
        # a nested class is spelled under protocol 4.
        return
    for name, build in (
            ("member", lambda: shapes.Colour.RED),
            ("member of a str value", lambda: shapes.Colour.GREEN),
            ("member of a tuple value", lambda: shapes.Colour.BOTH),
            ("member twice", lambda: [shapes.Colour.RED] * 2),
            ("all members", lambda: list(shapes.Colour)),
            ("IntEnum member", lambda: shapes.Size.LARGE),
            ("IntEnum members", lambda: list(shapes.Size)),
            ("str enum member", lambda: shapes.Word.YES),
            ("Flag member", lambda: shapes.Access.READ),
            ("Flag members together", lambda: shapes.Access.READ | shapes.Access.WRITE),
            ("no Flag member", lambda: shapes.Access(0)),
            ("IntFlag members together", lambda: shapes.Mode.A | shapes.Mode.B),
            ("nested enum's member", lambda: shapes.Outer.Colour.RED),
            ("enum class", lambda: shapes.Colour),
            ("member as key", lambda: {shapes.Size.SMALL: 1})):
        yield case(name, build)


def exceptions():
    for name, build in (
            ("Exception", Exception),
            ("Exception with a text", lambda: Exception(text("went wrong"))),
            ("ValueError with two arguments", lambda: ValueError(1, text("two"))),
            ("KeyError", lambda: KeyError(text("key"))),
            ("FileNotFoundError as OSError", lambda: OSError(2, text("No such file"))),
            ("FileNotFoundError with a file", lambda: OSError(2, text("No such file"), text("name"))),
            ("FileNotFoundError", lambda: FileNotFoundError(2, text("No such file"))),
            ("UnicodeDecodeError", lambda: UnicodeDecodeError("ascii", data(b"\xff."), 0, 1, text("bad byte"))),
            ("UnicodeEncodeError", lambda: UnicodeEncodeError("ascii", text(u"\xff."), 0, 1, text("bad"))),
            ("StopIteration", lambda: StopIteration(5)),
            ("SystemExit", lambda: SystemExit(3)),
            ("ImportError", lambda: ImportError(text("no module"), name=text("module"), path=text("path"))),
            ("SyntaxError", lambda: SyntaxError(text("bad"), (text("f"), 1, 2, text("line")))),
            ("exception with an attribute", lambda: with_attribute(ValueError(1))),
            ("own exception", lambda: shapes.Error(1, text("two"))),
            ("own exception with attributes", lambda: with_attribute(shapes.Error())),
            ("own exception with arguments", lambda: shapes.ErrorWithArguments(3, text("three"))),
            ("own exception with a message", lambda: shapes.ErrorWithMessage(text("message"))),
            ("exceptions", lambda: [ValueError(n) for n in range(3)])):
        yield case(name, build)


def callables():
    for name, build in (
            ("partial", lambda: functools.partial(shapes.function, 1, 2)),
            ("partial with keywords", lambda: functools.partial(int, base=2)),
            ("itemgetter", lambda: operator.itemgetter(1)),
            ("itemgetter of two", lambda: operator.itemgetter(1, text("two"))),
            ("attrgetter", lambda: operator.attrgetter(text("left.right"))),
            ("methodcaller", lambda: operator.methodcaller(text("method"), 1)),
            ("methodcaller with keywords", lambda: operator.methodcaller(text("method"), left=1)),
            ("function of a module", lambda: operator.add),
            ("function", lambda: shapes.function),
            ("method of a class", lambda: shapes.Derived.method),
            ("type of a module", lambda: collections.OrderedDict)):
        yield case(name, build)
    yield case("function of Python", lambda: functools.reduce)


def others():
    for name, build in (
            ("UUID", lambda: uuid.UUID(int=0x12345678123456781234567812345678)),
            ("UUIDs", lambda: [uuid.UUID(int=n) for n in range(3)]),
            ("PurePosixPath", lambda: pathlib.PurePosixPath("/usr", "lib", "python")),
            ("relative path", lambda: pathlib.PurePosixPath("a", "b.txt")),
            ("empty path", pathlib.PurePosixPath),
            ("PosixPath", lambda: pathlib.PosixPath("/tmp")),
            ("PureWindowsPath", lambda: pathlib.PureWindowsPath("C:\\Users")),
            ("IPv4Address", lambda: ipaddress.ip_address(text("192.0.2.1"))),
            ("IPv6Address", lambda: ipaddress.ip_address(text("2001:db8::1"))),
            ("IPv4Network", lambda: ipaddress.ip_network(text("192.0.2.0/24"))),
            ("IPv4Interface", lambda: ipaddress.ip_interface(text("192.0.2.1/24"))),
            ("pattern", lambda: re.compile(text("a+b"))),
            ("pattern with flags", lambda: re.compile(text("a+b"), re.I | re.X)),
            ("pattern of bytes", lambda: re.compile(data(b"a+b"))),
            ("iterator of a list", lambda: iter([1, 2, 3])),
            ("iterator of a list, advanced", lambda: advanced(iter([1, 2, 3]))),
            ("iterator of a tuple", lambda: advanced(iter((1, 2)))),
            ("iterator of a str", lambda: advanced(iter(text("a text")))),
            ("iterator of a range", lambda: iter(range(5))),
            ("reversed list", lambda: reversed([1, 2, 3])),
            ("enumerate", lambda: advanced(enumerate([5, 6]))),
            ("zip", lambda: zip([1, 2], [3, 4])),
            ("map", lambda: map(shapes.function, [1, 2])),
            ("filter", lambda: filter(None, [0, 1])),
            ("memo of a default", lambda: types.SimpleNamespace(pair=shapes.Point(1, 2)))):
        yield case(name, build)


def advanced(iterator):
    next(iterator)
    return iterator
