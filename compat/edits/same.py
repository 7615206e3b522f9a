"""Whether two objects are the same but for being two: types, values, order, and which of their parts are one object."""

import collections
import struct
import types

#: What has no identity to speak of, or is one object for all.
ATOMS = (type(None), bool, int, float, complex, type(Ellipsis), type(NotImplemented))
NAMED = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType, types.MethodDescriptorType)


class Different(Exception):
    """Where, and how."""


def check(ours, theirs):
    """Raises Different unless both are the same."""
    Comparison().check(ours, theirs)


class Comparison:
    def __init__(self):
        # The partner of each object met so far, by id, from both sides. The objects are kept, so that no id comes twice.
        self.partners = [{}, {}]
        self.kept = []
        self.waiting = []

    def check(self, ours, theirs):
        self.waiting.append((ours, theirs, "obj"))
        while self.waiting:
            self.pair(*self.waiting.pop())

    def pair(self, ours, theirs, path):
        if type(ours) is not type(theirs):
            raise Different(f"{path}: {type(ours).__name__} is not {type(theirs).__name__}")
        if isinstance(ours, NAMED):
            return self.require(ours is theirs, path, ours, theirs)
        if type(ours) in ATOMS:
            return self.require(bits(ours) == bits(theirs), path, ours, theirs)
        if not self.met(ours, theirs, path):
            self.parts(ours, theirs, path)

    def require(self, same, path, ours, theirs):
        if not same:
            raise Different(f"{path}: {ours!r:.200} is not {theirs!r:.200}")

    def met(self, ours, theirs, path):
        """True if both have been compared; an error if one of them has been, with another."""
        if is_one_for_all(ours) and is_one_for_all(theirs):
            return False
        known = [partners.get(id(side)) for partners, side in zip(self.partners, (ours, theirs))]
        if known == [None, None]:
            self.kept.append((ours, theirs))
            self.partners[0][id(ours)] = id(theirs)
            self.partners[1][id(theirs)] = id(ours)
            return False
        if known != [id(theirs), id(ours)]:
            raise Different(f"{path}: {ours!r:.100} is shared with another object")
        return True

    def parts(self, ours, theirs, path):
        kind = type(ours)
        if isinstance(ours, (str, bytes, bytearray)):
            self.require(kind.__eq__(ours, theirs) is True, path, ours, theirs)
        elif isinstance(ours, (int, float, complex)):
            self.require(bits(ours) == bits(theirs), path, ours, theirs)
        elif isinstance(ours, (list, tuple, collections.deque)):
            self.sequence(list(iter_of(ours)), list(iter_of(theirs)), path)
            if isinstance(ours, collections.deque):
                self.require(ours.maxlen == theirs.maxlen, path, ours.maxlen, theirs.maxlen)
        elif isinstance(ours, dict):
            self.sequence(list(dict.keys(ours)), list(dict.keys(theirs)), path + " keys")
            self.sequence(list(dict.values(ours)), list(dict.values(theirs)), path + " values")
            if isinstance(ours, collections.defaultdict):
                self.waiting.append((ours.default_factory, theirs.default_factory, path + ".default_factory"))
        elif isinstance(ours, (set, frozenset)):
            self.sequence(in_order(ours), in_order(theirs), path + " items")
        elif type(ours).__reduce_ex__ is not object.__reduce_ex__ or type(ours).__reduce__ is not object.__reduce__:
            self.reduced(ours, theirs, path)
        self.attributes(ours, theirs, path)

    def sequence(self, ours, theirs, path):
        if len(ours) != len(theirs):
            raise Different(f"{path}: {len(ours)} items are not {len(theirs)}")
        self.waiting.extend((a, b, f"{path}[{at}]") for at, (a, b) in enumerate(zip(ours, theirs)))

    def reduced(self, ours, theirs, path):
        """What pickle would make of an object of which nothing else is known; what that makes anew has no identity."""
        ours, theirs = ours.__reduce_ex__(4), theirs.__reduce_ex__(4)
        if isinstance(ours, str) or isinstance(theirs, str):
            return self.require(ours == theirs, path, ours, theirs)
        self.kept.append((ours, theirs))
        self.waiting.append((ours[0], theirs[0], path + " callable"))
        self.sequence(list(ours[1]), list(theirs[1]), path + " args")
        for ours_part, theirs_part in zip(ours[2:], theirs[2:]):
            if isinstance(ours_part, dict) and isinstance(theirs_part, dict):
                continue  # attributes, which are compared by themselves
            if ours_part is not None and hasattr(ours_part, "__next__"):
                ours_part, theirs_part = list(ours_part), list(theirs_part)
                self.kept.append((ours_part, theirs_part))
            self.waiting.append((ours_part, theirs_part, path + " state"))

    def attributes(self, ours, theirs, path):
        for name in slots(type(ours)):
            absent = object()
            pair = getattr(ours, name, absent), getattr(theirs, name, absent)
            if pair[0] is absent or pair[1] is absent:
                self.require(pair == (absent, absent), f"{path}.{name}", *pair)
            else:
                self.waiting.append((*pair, f"{path}.{name}"))
        ours, theirs = getattr(ours, "__dict__", None), getattr(theirs, "__dict__", None)
        if isinstance(ours, dict) and isinstance(theirs, dict):
            self.sequence(list(ours), list(theirs), path + " names")
            self.sequence(list(ours.values()), list(theirs.values()), path + " attributes")


def is_one_for_all(value):
    """What CPython has one object of, at least sometimes."""
    return type(value) in (str, bytes, tuple, frozenset) and len(value) < (2 if isinstance(value, (str, bytes)) else 1)


def bits(number):
    if isinstance(number, float):
        return struct.pack(">d", number)
    if isinstance(number, complex):
        return struct.pack(">dd", number.real, number.imag)
    return int.__int__(number) if isinstance(number, int) else number


def iter_of(sequence):
    for base in (list, tuple, collections.deque):
        if isinstance(sequence, base):
            return base.__iter__(sequence)


def in_order(items):
    return sorted(items, key=lambda item: (type(item).__name__, repr(item)))


def slots(kind):
    for base in kind.__mro__:
        names = base.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            if name not in ("__dict__", "__weakref__"):
                private = name.startswith("__") and not name.endswith("__")
                yield f"_{base.__name__.lstrip('_')}{name}" if private else name
