"""Whether two graphs of objects are the same: types, contents, order, and which objects are one."""

import array
import collections
import functools
import pickle
import re
import struct
import types

BY_CONTENT = (list, tuple, collections.deque)


def difference(left, right):
    """Walks both at once. None, or where and how they differ."""
    walk = Walk()
    walk.push(left, right, "")
    while walk.open:
        found = walk.step(*walk.open.pop())
        if found:
            return found
    return None


class Walk:
    def __init__(self):
        self.open = []
        # What each object of one side is on the other. The objects are kept, so that addresses stay theirs.
        self.there = {}
        self.back = {}

    def push(self, left, right, path):
        self.open.append((left, right, path))

    def push_all(self, left, right, path):
        if len(left) != len(right):
            return f"{path}: {len(left)} and {len(right)} items"
        for index, (one, other) in enumerate(zip(left, right)):
            self.push(one, other, f"{path}[{index}]")
        return None

    def step(self, left, right, path):
        if type(left) is not type(right):
            return f"{path}: {type(left).__name__} and {type(right).__name__}"
        known = self.there.get(id(left)), self.back.get(id(right))
        if known != (None, None):
            same = known[0] is not None and known[1] is not None and known[0][1] is right and known[1][1] is left
            return None if same else f"{path}: a {type(left).__name__} that is shared on one side only"
        self.there[id(left)] = left, right
        self.back[id(right)] = right, left
        if left is right:
            return None
        return self.contents(left, right, path)

    def contents(self, left, right, path):
        kind = type(left)
        if isinstance(left, (int, str, bytes, bytearray)):
            if not equal_plain(left, right):
                return f"{path}: {shown(left)} and {shown(right)}"
        elif isinstance(left, float):
            if struct.pack("<d", left) != struct.pack("<d", right):
                return f"{path}: {left!r} and {right!r}"
        elif isinstance(left, complex):
            if struct.pack("<dd", left.real, left.imag) != struct.pack("<dd", right.real, right.imag):
                return f"{path}: {left!r} and {right!r}"
        elif isinstance(left, BY_CONTENT):
            found = self.push_all(list_of(left), list_of(right), path)
            if found:
                return found
        elif isinstance(left, dict):
            if len(left) != len(right):
                return f"{path}: {len(left)} and {len(right)} entries"
            for (key, value), (other_key, other_value) in zip(dict.items(left), dict.items(right)):
                self.push(value, other_value, f"{path}[{shown(key)}]")
                self.push(key, other_key, f"{path}.keys()")
        elif isinstance(left, (set, frozenset)):
            return self.group(left, right, path) or self.attributes(left, right, path)
        elif isinstance(left, (pickle.PickleBuffer, memoryview)):
            one, other = memoryview(left), memoryview(right)
            if one.readonly != other.readonly or one.tobytes() != other.tobytes():
                return f"{path}: different buffers"
        elif isinstance(left, array.array):
            if left.typecode != right.typecode or left.tobytes() != right.tobytes():
                return f"{path}: different arrays"
        elif isinstance(left, types.MethodType):
            self.push(left.__self__, right.__self__, path + ".__self__")
            self.push(left.__func__, right.__func__, path + ".__func__")
        elif isinstance(left, types.BuiltinMethodType):
            self.push(left.__self__, right.__self__, path + ".__self__")
            self.push(left.__name__, right.__name__, path + ".__name__")
        elif isinstance(left, BaseException):
            self.push(left.args, right.args, path + ".args")
        elif isinstance(left, functools.partial):
            self.push(left.func, right.func, path + ".func")
            self.push(left.args, right.args, path + ".args")
            self.push(left.keywords, right.keywords, path + ".keywords")
        elif isinstance(left, type):
            self.push(left.__name__, right.__name__, path + ".__name__")
            self.push(left.__mro__[1:], right.__mro__[1:], path + ".__mro__")
            return None
        elif kind.__module__ not in ("live.kinds", "live.inert"):
            return self.reduced(left, right, path)
        return self.attributes(left, right, path)

    def group(self, left, right, path):
        """Sets: in their order; where hashes are addresses, in that of their texts."""
        one, other = list_of(left), list_of(right)
        if len(one) != len(other):
            return f"{path}: {len(one)} and {len(other)} items"
        if any(type(a) is not type(b) for a, b in zip(one, other)):
            one.sort(key=quick_key)
            other.sort(key=quick_key)
        return self.push_all(one, other, path)

    def attributes(self, left, right, path):
        """What is in `__dict__` and in slots."""
        one, other = attributes_of(left), attributes_of(right)
        if len(one) != len(other):
            return f"{path}: attributes {[name for name, _ in one]} and {[name for name, _ in other]}"
        for (name, value), (other_name, other_value) in zip(one, other):
            self.push(value, other_value, f"{path}.{name}")
            self.push(name, other_name, f"{path}: an attribute")
        return None

    def reduced(self, left, right, path):
        """Of other types: what they reduce to."""
        one, other = reduced_of(left), reduced_of(right)
        if one is None or other is None:
            return None if one is other else f"{path}: only one of them can be reduced"
        self.push(one, other, path + ".__reduce_ex__()")
        return None


def shown(thing):
    try:
        return repr(thing)[:200]
    except Exception as error:
        return f"a {type(thing).__name__} ({error})"


def equal_plain(left, right):
    if isinstance(left, str):
        return str.__eq__(left, right) or without_addresses(left) == without_addresses(right)
    for kind in (int, bytes, bytearray):
        if isinstance(left, kind):
            return kind.__eq__(left, right)
    return False


def without_addresses(text):
    """A text, as it would be if objects had none."""
    return ADDRESS.sub("0x", text)


ADDRESS = re.compile(r"0x[0-9a-f]{6,}")


def list_of(container):
    for kind in (list, tuple, collections.deque, set, frozenset):
        if isinstance(container, kind):
            return list(kind.__iter__(container))
    return list(container)


def quick_key(thing, depth=3):
    """What an item is, apart from its address."""
    name = type(thing).__name__
    if isinstance(thing, (int, str, bytes, float)):
        return name, hash(thing), ()
    if isinstance(thing, (tuple, frozenset)) and depth:
        return name, len(thing), tuple(sorted(quick_key(item, depth - 1) for item in list_of(thing)))
    return name, 0, ()


def attributes_of(thing):
    found = []
    for kind in type(thing).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name.startswith("__"):
                continue
            try:
                found.append((name, object.__getattribute__(thing, name)))
            except AttributeError:
                pass
    try:
        attributes = object.__getattribute__(thing, "__dict__")
    except AttributeError:
        return found
    if isinstance(attributes, dict):
        found.extend(attributes.items())
    return found


def reduced_of(thing):
    try:
        reduced = thing.__reduce_ex__(4)
    except Exception:
        return None
    if not isinstance(reduced, tuple):
        return (reduced,)
    # Iterators over items are spent.
    return tuple(list(part) if hasattr(part, "__next__") and index in (3, 4) else part for index, part in enumerate(reduced))
