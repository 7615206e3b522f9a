"""What CPython makes of the objects that the tests read: a line for each, `name version protocol hex`.

    for python in 2.7 3.6 3.13; do python$python generate.py; done > objects.txt
"""

from __future__ import print_function

import array
import binascii
import collections
import datetime
import decimal
import fractions
import pickle
import sys
import types
import uuid

PY3 = sys.version_info[0] == 3
u = str if PY3 else unicode  # noqa: F821

models = types.ModuleType("models")
models.__dict__.update(collections=collections, PY3=PY3)
exec(
    """
class User(object):
    def __init__(self, name, age):
        self.name = name
        self.age = age

class Slotted(object):
    __slots__ = ('a', 'b')
    def __getstate__(self):
        return (None, {'a': self.a, 'b': self.b})

class Both(object):
    __slots__ = ('slot', '__dict__')

class Old:
    pass

class Stack(list):
    pass

class Table(dict):
    pass

class Text(type(u"")):
    pass

class Number(int):
    pass

class Ratio(float):
    pass

class Blob(bytes):
    pass

class Row(tuple):
    pass

class Group(set):
    pass

class Frozen(frozenset):
    pass

class Circle(object):
    pass

class Square(object):
    pass

class Stateful(object):
    def __getstate__(self):
        return [1, 2, 3]
    def __setstate__(self, state):
        pass

Point = collections.namedtuple('Point', 'x y')

if PY3:
    import enum
    class Color(enum.Enum):
        RED = 'red'
        BLUE = 'blue'
    class Level(enum.IntEnum):
        LOW = 1
        HIGH = 2
""",
    models.__dict__,
)
if sys.version_info >= (3, 7):
    exec("import dataclasses\n@dataclasses.dataclass\nclass Item:\n    type: str\n    quantity: int\n", models.__dict__)
for value in list(models.__dict__.values()):
    if isinstance(value, type) and value.__module__ in ("builtins", "__builtin__", "__main__", "models"):
        value.__module__ = "models"
models.Old.__module__ = "models"
models.Point.__module__ = "models"
sys.modules["models"] = models


def make(cls, **attributes):
    made = cls.__new__(cls)
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def derived():
    """Instances of classes derived from builtins, with and without attributes."""
    for name, cls, value in [
        ("derived_text", models.Text, u("Ann")),
        ("derived_int", models.Number, 41),
        ("derived_float", models.Ratio, 1.5),
        ("derived_bytes", models.Blob, b"\x00\xff"),
        ("derived_tuple", models.Row, (1, 2)),
        ("derived_list", models.Stack, [1, 2]),
        ("derived_set", models.Group, [1]),
        ("derived_frozenset", models.Frozen, [1]),
        ("derived_dict", models.Table, {u("a"): 1}),
    ]:
        if cls is models.Blob and not PY3:
            continue
        yield name, cls(value)
        noted = cls(value)
        noted.note = u("n")
        yield name + "_noted", noted
    yield "derived_keys", {models.Text(u("name")): models.Text(u("Ann")), models.Text(u("age")): models.Number(41)}
    yield "derived_unit", models.Text(u("Dot"))


def objects():
    old = models.Old()
    old.name = u("Ann")
    shared = [1]
    cycle = []
    cycle.append(cycle)
    inner = {}
    inner[u("self")] = [inner]
    yield "none", None
    yield "bools", [True, False]
    yield "ints", [0, -1, 255, 256, 65536, -(2**31), 2**31, 2**63 - 1, -(2**63), 2**63, 2**64 - 1]
    yield "wide", [2**64, -(2**127), 2**127 - 1, 2**128 - 1]
    yield "huge", [10**40, -(10**40)]
    yield "floats", [0.0, -0.5, 1e300, float("inf")]
    yield "text", [u(""), u("a"), b"caf\xc3\xa9".decode("utf-8"), b"\xe6\xbc\xa2".decode("utf-8")]
    yield "surrogate", b"\\ud800".decode("unicode-escape")
    yield "bytes", bytearray(b"\x00\xff")
    yield "complex", 1 + 2j
    yield "set", {1}
    yield "frozenset", frozenset([1])
    yield "user", models.User(u("Ann"), 41)
    yield "both", make(models.Both, slot=1, other=2)
    yield "old", old
    yield "stack", models.Stack([1, 2])
    yield "table", models.Table({u("a"): 1})
    for name, value in derived():
        yield name, value
    yield "stateful", models.Stateful()
    yield "point", models.Point(1, 2.5)
    yield "shapes", [make(models.Circle, r=1.5), make(models.Square, a=2)]
    yield "ordered", collections.OrderedDict([(u("b"), 1), (u("a"), 2)])
    yield "defaultdict", collections.defaultdict(list, {u("a"): [1]})
    yield "counter", collections.Counter({u("a"): 2})
    yield "deque", collections.deque([1, 2], 5)
    yield "date", datetime.date(2024, 2, 29)
    yield "time", datetime.time(12, 30, 0, 500000)
    yield "datetime", datetime.datetime(2024, 2, 29, 12, 30, 5, 7)
    yield "timedelta", datetime.timedelta(1, 2, 3)
    yield "before", -datetime.timedelta(0, 1, 500000)
    yield "decimal", decimal.Decimal("1.50")
    yield "fraction", fractions.Fraction(1, 3)
    yield "uuid", uuid.UUID("12345678-1234-5678-1234-567812345678")
    yield "doubles", array.array("d", [1.5, 2.5])
    yield "longs", array.array("h", [1, -2])
    yield "range", range(1, 10, 3) if PY3 else xrange(1, 10, 3)  # noqa: F821
    yield "error", ValueError(u("no"))
    yield "class", models.User
    yield "shared", [shared, shared]
    yield "cycle", cycle
    yield "inner_cycle", inner
    yield "records", [{u("name"): u("Ann"), u("at"): (1, 2.0)}, {u("name"): u("Bob"), u("at"): (3, 4.5)}]
    # What serde-pickle's own tests read: keys and values of every builtin type, and an instance.
    yield "mixed", {
        None: None,
        False: (False, True),
        1000: 100000,
        10**30: -(10**30),
        1.5: 1.5,
        b"bytes": b"bytes",
        u("string"): u("string"),
        (1, 2): (1, 2, 3),
        frozenset([42, 0]): frozenset([42, 0]),
        (): [[1, 2, 3], set([42, 0]), {}, bytearray(b"\x00\x55\xaa\xff")],
        7: models.User(u("Ann"), 41),
    }
    # As carbon's pickle receiver takes it: [(path, (timestamp, value))], whose path is Python 2's str there.
    yield "graphite", [("servers.a.load", (1700000000, 1.5)), ("servers.b.load", (1700000060, 2))]
    if PY3:
        yield "slotted", make(models.Slotted, a=1, b="x")
        yield "color", models.Color.RED
        yield "level", models.Level.HIGH
        yield "utc", datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)
        yield "offset", datetime.datetime(
            2024, 2, 29, 12, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=-3, minutes=-30))
        )
        import ipaddress
        import pathlib

        yield "path", pathlib.PurePosixPath("/a/b")
        yield "ip", ipaddress.ip_address("127.0.0.1")
        yield "namespace", types.SimpleNamespace(a=1)
    else:
        yield "str", ["abc", "caf\xc3\xa9", "\xff\xfe"]
    if sys.version_info >= (3, 7):
        yield "item", models.Item("abcd", 100)
    if sys.version_info >= (3, 9):
        import zoneinfo

        yield "rome", datetime.datetime(2024, 2, 29, 12, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Rome"))


version = "%d.%d" % sys.version_info[:2]
for name, value in objects():
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        try:
            data = pickle.dumps(value, protocol)
        except (TypeError, pickle.PicklingError) as error:
            print("%s at %d: %s" % (name, protocol, error), file=sys.stderr)
            continue
        print(name, version, protocol, binascii.hexlify(data).decode("ascii"))
