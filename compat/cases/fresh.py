"""What a family needs to declare cases and to build objects nobody else holds.

A pickle shows which objects are one object.  Constants of a source file are
shared, and interned when they look like a name, so a case copies its strings
and bytes instead of naming them.  (CPython itself keeps one object each for
the empty string, the strings of one latin-1 character, the bytes objects of
at most one byte and the empty tuple; those cannot be copied.)

Python 2 runs the same source: its literals without a prefix are its `str`,
and what 3.x calls range, chr and sys.intern is found here.
"""

import functools
import sys

PYTHON_2 = sys.version_info[0] == 2

if PYTHON_2:
    range, chr, intern = xrange, unichr, intern
else:
    range, chr, intern = range, chr, sys.intern

SET_ORDER = "set order"
INTERNED_STRING = "interned string"


class Case(object):
    def __init__(self, name, build, reason, since, twins, pending):
        self.name = name
        self.build = build
        self.reason = reason
        self.since = since
        self.twins = twins
        self.pending = pending
        self.way = None


def case(name, build, *args, **options):
    """A case whose object is build(*args), called in a process of its own.

    `reason` says why a reload may change the bytes (see reasons.py), `since` is
    the first protocol that pickles it.

    Each of `twins` builds an object of another kind that is pickled to the same
    bytes at some protocols and to others elsewhere: from those bytes nobody can
    tell what the others would be, and such pairs are not compared.  `pending` says what
    is missing for pairs that are known to differ.  A `way` that is set afterwards names
    what the pickler overrides (see picklers.py).
    """
    reason, since = options.pop("reason", None), options.pop("since", 0)
    twins, pending = options.pop("twins", ()), options.pop("pending", None)
    assert not options and reason in (None, SET_ORDER, INTERNED_STRING)
    twins = [functools.partial(twin, *args) for twin in twins]
    return Case(name, lambda: build(*args), reason, since, twins, pending)


def text(template):
    """A new string equal to the template."""
    return "".join([character for character in template])


def data(template):
    """A new bytes object equal to the template.

    Of one byte it must be CPython's own object, which a slice gives.
    bytes(bytearray(...)) makes others, but a reload at protocols 0-2 merges them.
    """
    if len(template) == 1:
        return (template + b".")[:1]
    return bytes(bytearray(template))


def repeated(character, count):
    """A new string or bytes object; a product of constants would be one object."""
    return character * count


def same(value):
    """For what is never memoized: numbers, None."""
    return value
