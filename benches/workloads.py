"""Workloads for the benchmarks, made by a seeded generator in CPython, so that sharing is as Python has it.

    python workloads.py make [--protocol N] [--scale F] DIR [NAME ...]
        writes DIR/NAME.pkl for each workload, DIR/NAME.json for those that JSON can hold, DIR/NAME.marshal for plain data
    python workloads.py pyc DIR [COUNT]
        compiles modules of this Python's standard library into DIR/MODULE.pyc
    python workloads.py library DIR
        compiles all of them, with the test suite where that is installed
    python workloads.py serve
        times CPython itself, on CPU time, a command a line on standard input, answered by nanoseconds:
            load PATH on|off          pickle.loads in C, with the garbage collector on or off; also freeing the result
            dump PATH PROTOCOL on|off pickle.dumps in C
            marshal-load DIR, marshal-dump DIR
                                      marshal.loads and marshal.dumps of all .pyc and .marshal files there
            genops PATH, optimize PATH, dis PATH
                                      pickletools; also how many instructions, bytes or characters came out
"""

import argparse
import collections
import contextlib
import dataclasses
import datetime
import decimal
import fractions
import gc
import glob
import io
import ipaddress
import json
import marshal
import os
import pickle
import pickletools
import py_compile
import random
import sys
import time
import uuid
import warnings


def ints(rng, many):
    widths = [7, 8, 15, 16, 31, 32, 47]
    return [rng.getrandbits(rng.choice(widths)) * rng.choice([1, 1, 1, -1]) for _ in many(400_000)]


def floats(rng, many):
    return [rng.uniform(-1e6, 1e6) for _ in many(200_000)]


def word(rng, low=4, high=16):
    return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(low, high)))


def ascii(rng, many):
    return ["%s-%d" % (word(rng), number) for number in many(100_000)]


def repeat(rng, many):
    few = [word(rng) for _ in range(50)]
    return [rng.choice(few) for _ in many(400_000)]


def unicode(rng, many):
    alphabet = "äöüßéèñçøåαβγδεжзийкл漢字仮名"
    return ["".join(rng.choice(alphabet) for _ in range(rng.randint(5, 25))) for _ in many(60_000)]


def records(rng, many):
    return [
        {"id": number, "name": word(rng), "email": word(rng) + "@example.org", "score": rng.random(),
         "active": rng.random() < 0.5, "age": rng.randint(18, 90), "parent": None, "visits": rng.getrandbits(20)}
        for number in many(15_000)
    ]


def tree(rng, many):
    nodes = [{"name": word(rng), "value": rng.randint(0, 1000), "children": []} for _ in many(40_000)]
    for number in range(1, len(nodes)):
        nodes[rng.randrange(max(0, number - 200), number)]["children"].append(nodes[number])
    return nodes[0]


def tuples(rng, many):
    return [(number, rng.randint(0, 100_000), rng.random(), rng.random()) for number in many(60_000)]


def graphite(rng, many):
    paths = ["servers.%s.%s.load" % (word(rng), word(rng)) for _ in many(4_000)]
    return [(rng.choice(paths), (1_700_000_000 + number, rng.random() * 100)) for number in many(40_000)]


def session(rng, many):
    return [
        {"user_id": number, "_auth": {"backend": "django.contrib.auth", "hash": word(rng, 32, 32)},
         "cart": [(word(rng), rng.randint(1, 9), round(rng.random() * 100, 2)) for _ in range(rng.randint(0, 5))],
         "seen": {word(rng): rng.random() < 0.5 for _ in range(rng.randint(0, 6))}, "lang": rng.choice(["en", "de", "fr"])}
        for number in many(6_000)
    ]


def sets(rng, many):
    return [{rng.getrandbits(30) for _ in range(10)} for _ in many(15_000)]


def bigints(rng, many):
    return [rng.getrandbits(rng.choice([70, 128, 256, 1024])) for _ in many(60_000)]


class User:
    def __init__(self, rng, number):
        self.id = number
        self.name = word(rng)
        self.score = rng.random()
        self.tags = [word(rng) for _ in range(rng.randint(0, 3))]


def instances(rng, many):
    return [User(rng, number) for number in many(30_000)]


@dataclasses.dataclass
class Point:
    x: float
    y: float
    label: str
    weight: int = 1


def dataclass(rng, many):
    return [Point(rng.random(), rng.random(), word(rng), number) for number in many(30_000)]


def stdtypes(rng, many):
    day = datetime.timedelta(days=1)
    start = datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)
    return [
        (start + number * day / 7, (start + number * day).date(), number * day / 3, decimal.Decimal(number) / 8,
         fractions.Fraction(number, 7), uuid.UUID(int=rng.getrandbits(128)), complex(rng.random(), number),
         collections.OrderedDict([(word(rng), number), ("second", rng.random())]), collections.deque([number, number + 1], 9),
         collections.defaultdict(list, {word(rng): [number]}), frozenset([number, number + 1]),
         ipaddress.IPv4Address(number))
        for number in many(3_000)
    ]


def bigbytes(rng, many):
    return rng.getrandbits(8 * len(many(1 << 24))).to_bytes(len(many(1 << 24)), "little")


WORKLOADS = [
    ints, floats, ascii, repeat, unicode, records, tree, tuples, graphite, session, instances, dataclass, sets, bigints,
    stdtypes, bigbytes,
]

# The standard library's modules that are compiled: large and small, code and tables.
MODULES = [
    "argparse", "ast", "asyncio.base_events", "base64", "bisect", "collections", "configparser", "dataclasses", "datetime",
    "decimal", "difflib", "dis", "email.message", "enum", "fractions", "functools", "html.entities", "http.client",
    "inspect", "json.decoder", "logging", "mailbox", "optparse", "pathlib", "pdb", "pickle", "pickletools", "pydoc",
    "random", "shutil", "socket", "statistics", "subprocess", "tarfile", "tempfile", "threading", "typing", "unittest.mock",
    "urllib.parse", "zipfile",
]


def make(args):
    def many(count):
        return range(max(1, int(count * args.scale)))

    for workload in WORKLOADS:
        name = workload.__name__
        if args.names and name not in args.names:
            continue
        value = workload(random.Random(name), many)
        path = os.path.join(args.folder, name)
        with open(path + ".pkl", "wb") as file:
            pickle.dump(value, file, args.protocol)
        try:
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        except TypeError:
            continue
        if name != "bigints":
            with open(path + ".json", "w", encoding="utf-8") as file:
                file.write(text)
        if name == "records":
            with open(path + ".marshal", "wb") as file:
                marshal.dump(value, file)


def compile_modules(args):
    import importlib.util

    for name in MODULES[: args.count]:
        try:
            spec = importlib.util.find_spec(name)
        except ImportError:
            continue
        if spec and spec.origin and spec.origin.endswith(".py"):
            py_compile.compile(spec.origin, os.path.join(args.folder, name + ".pyc"), doraise=True)


def compile_library(args):
    library = os.path.dirname(os.__file__)
    for folder, folders, files in os.walk(library):
        folders[:] = sorted(name for name in folders if name not in ("site-packages", "__pycache__"))
        for file in sorted(files):
            name, extension = os.path.splitext(os.path.relpath(os.path.join(folder, file), library))
            if extension != ".py":
                continue
            target = os.path.join(args.folder, name.replace(os.sep, ".") + ".pyc")
            # Of the test suite, some do not compile on purpose, and others with a warning.
            with warnings.catch_warnings(), contextlib.suppress(py_compile.PyCompileError, SyntaxError, ValueError):
                warnings.simplefilter("ignore")
                py_compile.compile(os.path.join(folder, file), target, doraise=True)


def timed(function, *args):
    start = time.process_time_ns()
    result = function(*args)
    return time.process_time_ns() - start, result


def genops(data):
    # Nothing iterates faster.
    (last,) = collections.deque(enumerate(pickletools.genops(data), 1), maxlen=1)
    return last[0]


def optimize(data):
    return len(pickletools.optimize(data))


def dis(data):
    out = io.StringIO()
    pickletools.dis(data, out)
    return len(out.getvalue())


TOOLS = {"genops": genops, "optimize": optimize, "dis": dis}


def loads_all(contents):
    for content in contents:
        marshal.loads(content)


def dumps_all(values):
    for value in values:
        marshal.dumps(value)


def marshalled(path):
    """The contents of .pyc files without their headers, or of one file of marshal data."""
    if os.path.isdir(path):
        return [open(name, "rb").read()[16:] for name in sorted(glob.glob(os.path.join(path, "*.pyc")))]
    return [open(path, "rb").read()]


class Server:
    """Answers commands about one file at a time."""

    def __init__(self):
        self.path = self.data = self.value = None

    def open(self, path):
        if path == self.path:
            return
        self.path = self.value = None
        if path.endswith(".pkl"):
            with open(path, "rb") as file:
                self.data = file.read()
            self.value = pickle.loads(self.data)
        else:
            self.data = marshalled(path)
            self.value = [marshal.loads(content) for content in self.data]
        self.path = path
        # What was there before is none of what is measured: the collector passes it over.
        gc.collect()
        gc.freeze()

    def answer(self, command, path, *rest):
        self.open(path)
        if command in TOOLS:
            return timed(TOOLS[command], self.data)
        if command == "marshal-load":
            return [timed(loads_all, self.data)[0]]
        if command == "marshal-dump":
            return [timed(dumps_all, self.value)[0]]
        if rest[-1] == "on":
            gc.enable()
        try:
            if command == "load":
                return self.load()
            return [timed(pickle.dumps, self.value, int(rest[0]))[0]]
        finally:
            gc.disable()

    def load(self):
        taken, result = timed(pickle.loads, self.data)
        start = time.process_time_ns()
        del result
        return taken, time.process_time_ns() - start


def serve(args):
    assert pickle.loads.__module__ == "_pickle", "the C pickler is what is measured"
    gc.disable()
    server = Server()
    for line in sys.stdin:
        try:
            print(*server.answer(*line.split()), flush=True)
        except Exception as error:
            print("error:", type(error).__name__, error, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("make")
    command.add_argument("folder")
    command.add_argument("--protocol", type=int, default=4)
    command.add_argument("--scale", type=float, default=1.0)
    command.add_argument("names", nargs="*")
    command.set_defaults(run=make)
    command = commands.add_parser("pyc")
    command.add_argument("folder")
    command.add_argument("count", type=int, nargs="?", default=len(MODULES))
    command.set_defaults(run=compile_modules)
    command = commands.add_parser("library")
    command.add_argument("folder")
    command.set_defaults(run=compile_library)
    commands.add_parser("serve").set_defaults(run=serve)
    args = parser.parse_args()
    sys.setrecursionlimit(100_000)
    args.run(args)


if __name__ == "__main__":
    main()
