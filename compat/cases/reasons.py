"""Objects whose bytes CPython itself changes by a reload, each for one reason.

"set order": a set is written in the order of its hash table, and a table that
is filled in that order can come out in another.

"interned string": a pickler brings strings of its own, 'latin1' with bytes at
protocols 0-2 and the module's name with a global at protocol 4 and up.  They
are interned, so a program that holds the very same string shares it, until a
reload makes a copy.

Python 2 has two more, for any case: see reloads.py.
"""

from .fresh import INTERNED_STRING, SET_ORDER, case, data, intern, text


def cases():
    for name, build in SETS:
        yield case("set order, " + name, build, reason=SET_ORDER)
    for name, build in INTERNED:
        yield case("interned string, " + name, build, reason=INTERNED_STRING)


def latin1():
    return intern("latin1")


def builtins_of_types():
    return int.__module__


SETS = (
    ("7 and 15", lambda: {7, 15}),
    ("frozenset of 7 and 15", lambda: frozenset([7, 15])),
    ("words", lambda: {text("word %d" % n) for n in range(20)}),
    ("frozensets of words", lambda: [frozenset(text(w) for w in line.split())
                                     for line in ("to be or not", "that is the question")]),
    ("negative ints", lambda: set(range(-20, 20, 3))),
    ("floats", lambda: {n / 3.0 for n in range(12)}),
)

INTERNED = (
    ("codec before bytes", lambda: [latin1(), data(b"ab")]),
    ("codec after bytes", lambda: [data(b"ab"), latin1()]),
    ("codec as key of bytes", lambda: {latin1(): data(b"ab"), 2: data(b"cd")}),
    ("module before a type", lambda: [builtins_of_types(), int]),
    ("module after types", lambda: [int, dict, builtins_of_types()]),
    ("module beside a range", lambda: (range(3), builtins_of_types())),
)
