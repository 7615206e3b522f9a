"""Pickles of the standard library's common values by every CPython, for tests/stdlib.rs.

    python3.13 make.py python2.7 python3.6 ... python3.13 > values.jsonl
    for python in python3.6 ... python3.13; do $python make.py --mixed; done > mixes.jsonl

Each line has a value: what its view is to give (`fields`, the same in all interpreters), 3.13's repr, the pickles of each
interpreter at each protocol (equal ones once), and what 3.13 writes at protocols 0 to 5 after loading one of them, where
that is not what it writes of its own value.  mixes.jsonl has pickles of several values, by interpreter.  Runs on Python 2 too.
"""

from __future__ import print_function

import array
import base64
import collections
import datetime
import decimal
import fractions
import json
import pickle
import subprocess
import sys
import types
import uuid


def fresh(letters):
    """A str that nobody else holds."""
    return u"".join(list(letters))


models = types.ModuleType("models")
sys.modules["models"] = models
models.Point = collections.namedtuple("Point", "x y")
models.One = collections.namedtuple("One", "x")
models.Point.__module__ = models.One.__module__ = "models"


def values():
    """Names, what builds a value, and what its fields are."""
    for part in (times, numbers, containers, newer, newest):
        for item in part():
            yield item


def times():
    def of_date(value):
        return [value.year, value.month, value.day]

    def of_time(value):
        clock = [value.hour, value.minute, value.second, value.microsecond, getattr(value, "fold", 0)]
        return clock + [None if value.tzinfo is None else of_zone(value.tzinfo)]

    def of_datetime(value):
        return of_date(value) + of_time(value)

    def of_delta(value):
        return [value.days, value.seconds, value.microseconds]

    def of_zone(value):
        if isinstance(value, getattr(datetime, "timezone", ())):
            args = value.__getinitargs__()
            return of_delta(args[0]) + [args[1] if len(args) > 1 else None]
        return value.key

    for value in (datetime.date(2024, 2, 29), datetime.date.min, datetime.date.max, datetime.date(200, 1, 1)):
        yield "date", lambda: value.replace(), of_date
    for args in ((12, 34, 56, 789), (), (1,), (1, 2, 3), (0, 0, 0, 0x10000), (23, 59, 59, 999999)):
        yield "time", lambda: datetime.time(*args), of_time
        yield "datetime", lambda: datetime.datetime(2024, 2, 29, *args), of_datetime
    yield "datetime", lambda: datetime.datetime.max.replace(), of_datetime
    for args in ((), (1, 2, 3), (-1,), (0, 5), (0, 0, 7), (999999999, 86399, 999999), (-999999999,)):
        yield "timedelta", lambda: datetime.timedelta(*args), of_delta
    if not hasattr(datetime, "timezone"):
        return
    zones = [(datetime.timedelta(0),), (datetime.timedelta(hours=2),)]
    zones += [(datetime.timedelta(hours=-5, minutes=-30), fresh(name)) for name in ("EST", u"\xc9t\xe9", u"\U0001f600\n")]
    for args in zones:
        zone = datetime.timezone(*args)
        yield "timezone", lambda: zone, of_zone
        yield "time", lambda: datetime.time(1, 2, tzinfo=zone), of_time
        yield "datetime", lambda: datetime.datetime(2024, 2, 29, 13, tzinfo=zone), of_datetime
    yield "folded time", lambda: datetime.time(1, 2, fold=1), of_time
    yield "folded datetime", lambda: datetime.datetime(2024, 2, 29, 1, fold=1, tzinfo=zone), of_datetime
    try:
        import zoneinfo
        zone = zoneinfo.ZoneInfo("Europe/Rome")
    except (ImportError, LookupError):
        return
    of_key = lambda value: [value.key, bool(value.__reduce__()[1][1])]
    yield "zone", lambda: zoneinfo.ZoneInfo(fresh("Europe/Paris")), of_key
    yield "zone", lambda: zoneinfo.ZoneInfo.no_cache(fresh("Europe/Paris")), of_key
    yield "datetime", lambda: datetime.datetime(2024, 2, 29, 13, tzinfo=zone), of_datetime


def numbers():
    for text in ("0", "1.50", "-1E+3", "NaN", "sNaN12", "-Infinity", "-0.0", "1E-7", "12345678901234567890.12"):
        yield "decimal", lambda: decimal.Decimal(text), lambda value: [str(value)]
    for over, under in ((1, 3), (-5, 1), (0, 1), (10 ** 30, 7), (-1, 2 ** 63)):
        fields = lambda value: [str(value.numerator), str(value.denominator)]
        yield "fraction", lambda: fractions.Fraction(over, under), fields
    for number in (0, 5, 2 ** 127, 2 ** 128 - 1, 0x12345678123456781234567812345678):
        safe = lambda value: getattr(getattr(value, "is_safe", None), "name", "unknown")
        yield "uuid", lambda: uuid.UUID(int=number), lambda value: [str(value.int), safe(value)]
        if hasattr(uuid, "SafeUUID"):
            for state in ("safe", "unsafe"):
                made = lambda: uuid.UUID(int=number, is_safe=uuid.SafeUUID[state])
                yield "uuid", made, lambda value: [str(value.int), safe(value)]


def containers():
    of_dict = lambda value: [[key, values] for key, values in value.items()]
    pairs = lambda: [(fresh("one"), 1), (2, fresh("two"))]
    for contents in (lambda: [], pairs):
        yield "ordered dict", lambda: collections.OrderedDict(contents()), of_dict
    for factory in (None, int, list):
        for contents in (lambda: [], lambda: pairs()[:1]):
            of_default = lambda value: [getattr(value.default_factory, "__name__", None), of_dict(value)]
            yield "default dict", lambda: collections.defaultdict(factory, contents()), of_default
    if sys.version_info[0] > 2:
        # Python 2's dicts have another order.
        for contents in ({}, {u"to": 2, u"be": 5, u"or": 2}, {u"a": 0, u"b": -1, u"c": 1}, {u"a": 1.5, u"b": 2}):
            yield "counter", lambda: collections.Counter({fresh(key): contents[key] for key in contents}), of_dict
    else:
        yield "counter", lambda: collections.Counter(), of_dict
    for contents, maxlen in ((), None), ((), 5), ((1, u"two"), None), ((1, 2, 3), 3), (range(20), None):
        of_deque = lambda value: [value.maxlen, list(value)]
        yield "deque", lambda: collections.deque(list(contents), maxlen), of_deque
    of_array = lambda value: [value.typecode, [item if code in "uwc" else repr(item).rstrip("L") for item in value]]
    for code, contents in (("b", [1, -2]), ("B", [0, 255]), ("h", [-2 ** 15]), ("H", []), ("i", [2 ** 31 - 1, -7]),
                           ("I", [2 ** 32 - 1]), ("l", [-2 ** 63, 2 ** 47, 5]), ("L", [2 ** 64 - 1, 2 ** 48]),
                           ("q", [-2 ** 48]), ("Q", [2 ** 63]),
                           ("f", [0.5, -1e30]), ("d", [0.1, float("inf")]), ("u", u"a\u20ac'"), ("w", u"\U0001f600")):
        try:
            array.array(code)
        except (ValueError, TypeError):
            continue
        yield "array", lambda: array.array(code, contents), of_array
    if sys.version_info[0] == 2:
        yield "array", lambda: array.array("c", b"ab"), of_array
    yield "named tuple", lambda: models.Point(1, fresh("two")), lambda value: ["models", "Point", list(value)]
    yield "named tuple", lambda: models.One(7), lambda value: ["models", "One", list(value)]


def newer():
    try:
        import enum
        import ipaddress
        import pathlib
    except ImportError:
        return
    for name, base in (("Colour", enum.Enum), ("Size", enum.IntEnum), ("Access", enum.Flag), ("Mode", enum.IntFlag)):
        made = base(name, "ONE TWO", module="models")
        setattr(models, name, made)
        of_member = lambda value: ["models", type(value).__name__, value.value]
        yield "enum", lambda: made.TWO, of_member
    namespaces = ({}, {"left": 1, "right": [2]})
    for contents in namespaces:
        of_namespace = lambda value: [[key, values] for key, values in sorted(vars(value).items())]
        yield "namespace", lambda: types.SimpleNamespace(**contents), of_namespace
    of_path = lambda value: [type(value).__name__, repr(value.as_posix())]
    posix = ["", "/", "a/b.txt", "//double/slash", "///three", "a//b/./c/", "..", u"\xe9t\xe9/it's", "/a\udcff"]
    windows = ["", "a\\b/c", "C:\\Users\\x", "C:x", "\\x", "//host/share/x", "//host/share", "C:", "c:\\"]
    for name, texts in (("PurePosixPath", posix), ("PosixPath", posix[1:3]), ("PureWindowsPath", windows)):
        for text in texts:
            yield "path", lambda: getattr(pathlib, name)(fresh(text)), of_path
    yield "path", lambda: pathlib.PurePosixPath("a", "b", "/c", "d"), of_path
    yield "path", lambda: pathlib.PureWindowsPath("C:\\a", "b", "c:d", "D:e", "/f"), of_path
    ips = [ipaddress.ip_address, u"192.0.2.1", u"0.0.0.0", u"255.255.255.255", u"::", u"::1", u"2001:db8::1",
           u"1:0:0:2::3", u"1:0:2:3:4:5:6:7", u"::ffff:192.0.2.1", u"::192.0.2.1", u"64:ff9b::c000:201"]
    networks = [ipaddress.ip_network, u"192.0.2.0/24", u"0.0.0.0/0", u"192.0.2.1/32", u"2001:db8::/32", u"::/0"]
    interfaces = [ipaddress.ip_interface, u"192.0.2.1/24", u"192.0.2.1", u"2001:db8::1/64"]
    of_ip = lambda value: [type(value).__name__, str(value)]
    for made, texts in ((rest[0], rest[1:]) for rest in (ips, networks, interfaces)):
        for text in texts:
            yield "ip", lambda: made(text), of_ip


def newest():
    if sys.version_info < (3, 11):
        return
    import ipaddress

    # Before, a scope was left out of the pickle.
    of_ip = lambda value: [type(value).__name__, str(value)]
    yield "ip", lambda: ipaddress.ip_address("fe80::1%eth0"), of_ip
    yield "ip", lambda: ipaddress.ip_interface("fe80::1%1/64"), of_ip


def mixes():
    """Several values in one pickle: what they share is written once.

    Which strings CPython shares hangs on what was imported how, so these keep to what is always the same.
    """
    import functools
    import operator

    def errors():
        return [OSError(2, fresh("none")), OSError(17, fresh("there"), fresh("a file")), OSError(5), OSError(99, fresh("x"))]

    yield lambda: [collections.OrderedDict(a=1), collections.deque([1]), collections.defaultdict(int)]
    yield lambda: [collections.Counter(), collections.UserDict()]
    if sys.version_info >= (3, 10):
        yield lambda: [array.array("i", [1]), array.array("d"), array.array("l", [2 ** 60, -2 ** 50])]
    yield lambda: [decimal.Decimal("1.5"), decimal.Decimal("2"), decimal.ROUND_UP, decimal.Context(prec=5)]
    yield lambda: [functools.partial(int), functools.reduce, functools.partial(abs, 1)]
    yield lambda: [operator.itemgetter(1), operator.attrgetter(fresh("a.b")), operator.add]
    yield lambda: [datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, fold=1), datetime.timedelta(1), datetime.timezone.utc]
    yield lambda: [datetime.datetime(2024, 2, 29, 1, tzinfo=UTC), datetime.time(1, tzinfo=UTC), datetime.datetime(2024, 2, 29)]
    yield lambda: [uuid.UUID(int=1), uuid.UUID(int=2 ** 90), {fresh("int"): 1}]
    yield errors
    yield lambda: [collections.UserString(fresh("text")), collections.UserList([1])]


UTC = getattr(datetime, "timezone", None) and datetime.timezone.utc


def mixed():
    """Writes the mixes of this interpreter, each protocol, and what it writes after loading them."""
    for build in mixes():
        first = [pickle.dumps(build(), p) for p in range(pickle.HIGHEST_PROTOCOL + 1)]
        again = [[i, j, encoded(pickle.dumps(pickle.loads(first[i]), j))] for i in range(len(first)) for j in range(len(first))]
        again = [[i, j, text] for i, j, text in again if text != encoded(first[j])]
        version = "%d.%d" % sys.version_info[:2]
        print(json.dumps({"profile": version, "pickles": [encoded(pickled) for pickled in first], "after": again}))


def encoded(pickled):
    return base64.b64encode(pickled).decode("ascii")


def key_of(kind, fields):
    return json.dumps([kind, fields])


def worker():
    """Writes what this interpreter pickles: a JSON object by value."""
    made = {}
    for kind, build, fields_of in values():
        since = 4 if kind.startswith("folded") else 0
        kind = kind.replace("folded ", "")
        value = build()
        fields = fields_of(value)
        if sys.version_info[:2] < (3, 13) and kind == "ip" and "::ffff:" in fields[1]:
            fields[1] = u"::ffff:192.0.2.1"
        made[key_of(kind, fields)] = {
            "kind": kind,
            "fields": fields,
            "repr": repr(value),
            "pickles": [[p, encoded(pickle.dumps(build(), p))] for p in range(since, pickle.HIGHEST_PROTOCOL + 1)],
        }
    print(json.dumps(made))


def reloads(pickled, own):
    """What this interpreter writes after loading: protocols and pickles that are not its `own`."""
    import models  # noqa: F401, for what it names

    value = pickle.loads(base64.b64decode(pickled), encoding="latin1")
    written = [encoded(pickle.dumps(value, p)) for p in range(6)]
    return [[p, pickled] for p, pickled in enumerate(written) if pickled != own.get(p)]


def main(interpreters):
    for _ in newer():
        pass
    table = {}
    for interpreter in interpreters:
        program = "import sys; print('%d.%d' % sys.version_info[:2])"
        version = subprocess.check_output([interpreter, "-c", program]).decode().strip()
        output = subprocess.check_output([interpreter, "-W", "ignore", __file__, "--worker"])
        for key, value in json.loads(output.decode()).items():
            entry = table.setdefault(key, {"kind": value["kind"], "fields": value["fields"], "by": {}})
            if version == "3.13":
                entry["repr"] = value["repr"]
                entry["own"] = {p: pickled for p, pickled in value["pickles"]}
            for p, pickled in value["pickles"]:
                entry["by"].setdefault(pickled, []).append("%s-%d" % (version, p))
    for key in sorted(table):
        entry = table[key]
        own = entry.get("own", {})
        pickles = []
        for pickled, by in entry["by"].items():
            python2_only = entry["fields"][:1] == ["c"]
            after = [] if python2_only else reloads(pickled, own)
            pickles.append([",".join(by), pickled] + ([after] if after else []))
        print(json.dumps({"kind": entry["kind"], "fields": entry["fields"], "repr": entry.get("repr"), "pickles": pickles}))


if sys.argv[1:] == ["--worker"]:
    worker()
elif sys.argv[1:] == ["--mixed"]:
    mixed()
else:
    main(sys.argv[1:])
