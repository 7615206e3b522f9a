"""Marshals values of builtin types, each made anew for each version.

    python values.py [--count N]

Runs on 2.7 and 3.6 to 3.13. Prints a line of JSON for each value: its `name`, its `pickle`, by which the other side
knows which it is and which of its parts are one object, and its `dumps`, by version; all bytes as hexadecimal digits.

marshal.dumps flags what has more than one reference. So each value is made by a function that leaves no reference to any
part behind: no constants of the code, no local variables.
"""

from __future__ import print_function

import argparse
import binascii
import json
import marshal
import pickle
import random
import sys

PYTHON2 = sys.version_info[0] == 2
if PYTHON2:
    import cPickle as pickle

    chr = unichr
    text = lambda *points: u"".join(map(unichr, points))
    byte_string = lambda *numbers: "".join(map("%c".__mod__, numbers))
    long_int = lambda digits: long(digits)
else:
    text = lambda *points: "".join(map(chr, points))
    # Of a single byte, bytes() makes a new object; what most else gives is the one that there is.
    byte_string = lambda *numbers: bytes(range(256))[numbers[0] :][:1] if len(numbers) == 1 else bytes(numbers)
    long_int = lambda digits: int(digits)


def name(word):
    """A str of its own, which is not interned."""
    return "".join([word[:1], word[1:]])


INTS = ["0", "1", "-1", "-5", "-6", "256", "257", "1000", "2147483647", "2147483648", "-2147483648", "-2147483649"]
INTS += ["1099511627776", "9223372036854775807", "9223372036854775808", "-9223372036854775809"]
INTS += [str(sign * (2 ** bits + more)) for bits in (14, 15, 30, 45, 60, 100, 1000) for more in (-1, 0, 1) for sign in (1, -1)]
FLOATS = ["0.0", "-0.0", "0.1", "1.5", "1e22", "1e16", "1e17", "1e300", "5e-324", "0.0001", "0.00001", "inf", "-inf", "nan"]
FLOATS += ["1.7976931348623157e308", "123456789.123456789", "-2.5e-7", "3.141592653589793", "100000000000000000000.0"]

# The makers of parts that have an identity in a pickle; and of all parts.
TEXTS = [
    lambda r: text(),
    # No letter: whether that is interned depends on what else there is in the process.
    lambda r: text(r.choice([33, 35, 126])),
    lambda r: text(0xE9),
    lambda r: text(0x20AC),
    lambda r: text(0x61, 0xE9),
    lambda r: text(0xD800),
    lambda r: text(0x1F600),
    lambda r: text(*[r.randrange(32, 127) for _ in range(r.randrange(2, 12))]),
    lambda r: text(*[r.randrange(97, 123) for _ in range(r.choice([255, 256, 300]))]),
    lambda r: text(*[r.randrange(0x400, 0x500) for _ in range(130)]),
]
BYTES = [
    lambda r: byte_string(),
    lambda r: byte_string(r.randrange(256)),
    lambda r: byte_string(*[r.randrange(256) for _ in range(r.randrange(2, 9))]),
    lambda r: byte_string(*[r.randrange(256) for _ in range(300)]),
]
NUMBERS = [
    lambda r: int(r.choice(INTS)),
    lambda r: long_int(r.choice(INTS)),
    lambda r: float(r.choice(FLOATS)),
    lambda r: complex(float(r.choice(FLOATS)), float(r.choice(FLOATS))),
]
SINGLES = [lambda r: None, lambda r: True, lambda r: False, lambda r: Ellipsis, lambda r: StopIteration]
if PYTHON2:
    # Python 2 does not pickle Ellipsis.
    del SINGLES[3]


class Maker(object):
    """Random values, in which with `shares` some of the parts are one object."""

    def __init__(self, seed, shares):
        self.random = random.Random(seed)
        self.leaves, self.containers = ([], []) if shares else (None, None)

    def leaf(self):
        makers = self.random.choice([TEXTS, TEXTS, BYTES, NUMBERS, NUMBERS, SINGLES])
        if makers not in (TEXTS, BYTES):
            # A number that is one object twice is two in a pickle.
            return self.random.choice(makers)(self.random)
        return self.pooled(self.leaves, lambda: self.random.choice(makers)(self.random))

    def pooled(self, pool, make):
        if pool is None:
            return make()
        if pool and self.random.random() < 0.4:
            return self.random.choice(pool)
        made = make()
        pool.append(made)
        return made

    def hashable(self, depth):
        if depth <= 0 or self.random.random() < 0.7:
            leaf = self.leaf()
            # From 3.10 on the hash of a NaN, and with it the order of a set, is another for each object.
            return leaf if leaf == leaf else None
        make = self.random.choice([tuple, tuple, frozenset])
        return make([self.hashable(depth - 1) for _ in range(self.random.choice([0, 1, 2, 3]))])

    def value(self, depth):
        if depth <= 0 or self.random.random() < 0.3:
            return self.leaf()
        return self.pooled(self.containers, lambda: self.container(depth))

    def container(self, depth):
        kind = self.random.choice(["tuple", "list", "dict", "set", "frozenset", "tuple", "list"])
        count = self.random.choice([0, 1, 2, 3, 4, 5])
        if kind == "tuple":
            return tuple([self.value(depth - 1) for _ in range(count)])
        if kind == "list":
            return [self.value(depth - 1) for _ in range(count)]
        if kind == "dict":
            return dict([(self.hashable(1), self.value(depth - 1)) for _ in range(count)])
        make = set if kind == "set" else frozenset
        return make([self.hashable(2) for _ in range(count)])


def cyclic_list():
    items = [int("1000")]
    items.append(items)
    return items


def tuple_within_itself():
    items = []
    around = (items,)
    items.append(around)
    return around


def dict_within_itself():
    entries = {}
    entries[name("key")] = entries
    return entries


def deep(make, count):
    value = None
    for _ in range(count):
        value = make([value])
    return value


def chosen():
    """Values with a name."""
    for digits in INTS:
        yield "int " + digits, lambda: int(digits)
        yield "ints " + digits, lambda: [int(digits), int(digits)]
        yield "long " + digits, lambda: long_int(digits)
    for digits in FLOATS:
        yield "float " + digits, lambda: float(digits)
        yield "complex " + digits, lambda: complex(float(digits), 1.5)
    for kind, makers in (("text", TEXTS), ("bytes", BYTES), ("single", SINGLES)):
        for number, make in enumerate(makers):
            yield "%s %d" % (kind, number), lambda: make(random.Random(0))
            yield "two of %s %d" % (kind, number), lambda: [make(random.Random(0)), make(random.Random(0))]
    for make in (tuple, list, set, frozenset, dict, bytearray):
        yield "empty " + make.__name__, make
        yield "two empty of " + make.__name__, lambda: [make(), make()]
    yield "bytearray", lambda: bytearray(byte_string(1, 2, 3))
    for count in (255, 256):
        yield "tuple of %d" % count, lambda: tuple([int(str(1000 + n)) for n in range(count)])
    yield "set of ints", lambda: set([int(str(n)) for n in range(0, 3000, 150)])
    yield "frozenset in frozenset", lambda: frozenset([frozenset([name("ab"), name("cd")]), frozenset([int("1000"), 1])])
    yield "frozenset of tuples", lambda: frozenset([(name("ab"), int("1000")), (name("ab"), int("7"))])
    yield "cyclic list", cyclic_list
    yield "tuple within itself", tuple_within_itself
    yield "dict within itself", dict_within_itself
    yield "deep list", lambda: deep(list, 100)
    yield "deep tuple", lambda: deep(tuple, 100)


def all_values(count):
    for label, make in chosen():
        yield label, make
    for number in range(count):
        yield "fresh %d" % number, lambda: Maker("fresh %d" % number, False).value(3)
        yield "shared %d" % number, lambda: Maker("shared %d" % number, True).value(4)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1000)
    versions = range(marshal.version + 1)
    for label, make in all_values(parser.parse_args().count):
        dumps = {}
        for version in versions:
            try:
                dumps[version] = binascii.hexlify(marshal.dumps(make(), version)).decode("ascii")
            except ValueError as error:
                # A cycle in a version without references.
                dumps[version] = "ValueError: %s" % error
        pickled = binascii.hexlify(pickle.dumps(make(), 2 if PYTHON2 else 4)).decode("ascii")
        print(json.dumps({"name": label, "pickle": pickled, "dumps": dumps}))


if __name__ == "__main__":
    main()
