"""What the names in mutated pickles stand for: classes and functions that note what is done to them, and do nothing."""

import zlib

from . import kinds

# Of one load: what was called, with what.
LOG = []


def note(what, *details):
    LOG.append([what, *details])


class Noted(kinds.Alike):
    def __init__(self, *args, **kwargs):
        note("Noted", args, kwargs)
        self.args = args
        if kwargs:
            self.kwargs = kwargs


class New(kinds.Alike):
    def __new__(cls, *args, **kwargs):
        note("New", args, kwargs)
        self = object.__new__(cls)
        self.args = args
        return self


class Refusing(kinds.Alike):
    def __new__(cls, *args):
        note("Refusing", args)
        raise ArithmeticError("no new one")


class Stateful(kinds.Alike):
    def __setstate__(self, state):
        note("__setstate__", state)
        self.__dict__["state"] = state


class RefusingState(kinds.Alike):
    def __setstate__(self, state):
        raise ArithmeticError("no state")


class OddState(kinds.Alike):
    __setstate__ = 5


class FailingState(kinds.Alike):
    @property
    def __setstate__(self):
        raise ArithmeticError("no such thing")


class Slots(kinds.Alike):
    __slots__ = ("a", "b")


class WithInitArgs(kinds.Alike):
    def __init__(self, *args):
        note("WithInitArgs", args)

    def __getinitargs__(self):
        return ()


class Rows(list):
    pass


class OwnExtend(list):
    def extend(self, items):
        note("extend", list(items))

    def append(self, item):
        note("append", item)


class OwnAppend(kinds.Alike):
    def append(self, item):
        note("append", item)


class FailingAppend(kinds.Alike):
    def append(self, item):
        note("append", item)
        raise ArithmeticError("no more")


class OddExtend(kinds.Alike):
    extend = None


class FailingExtend(kinds.Alike):
    @property
    def extend(self):
        raise ArithmeticError("no extend")


class Map(dict):
    def __setitem__(self, key, value):
        note("__setitem__", key, value)
        dict.__setitem__(self, key, value)


class OwnItems(kinds.Alike):
    def __setitem__(self, key, value):
        note("__setitem__", key, value)


class Group(set):
    def add(self, item):
        note("add", item)


class OwnAdd(kinds.Alike):
    def add(self, item):
        note("add", item)


class Row(tuple):
    pass


class Text(str):
    pass


class Whole(int):
    pass


class OddDict(kinds.Alike):
    @property
    def __dict__(self):
        return 5


class NoCall(type):
    def __call__(cls, *args):
        note("NoCall", args)
        return [args]


class ByMeta(kinds.Alike, metaclass=NoCall):
    pass


class Called(kinds.Alike):
    """An instance that can be called, but is no class."""

    def __call__(self, *args):
        note("Called", args)
        return self


def function(*args):
    note("function", args)
    return args


def new_list(*args):
    return []


def failing(*args):
    note("failing", args)
    raise ArithmeticError("does not work")


def exhausted(*args):
    raise StopIteration(5)


def interrupted(*args):
    raise EOFError("of its own")


NAMES = (
    Noted, New, Refusing, Stateful, RefusingState, OddState, FailingState, Slots, WithInitArgs, Rows, OwnExtend, OwnAppend,
    FailingAppend, OddExtend, FailingExtend, Map, OwnItems, Group, OwnAdd, Row, Text, Whole, OddDict, ByMeta, Called(),
    function, new_list, failing, exhausted, interrupted, kinds.Plain, kinds.Caught, kinds.AppendOnly, kinds.Extending,
    list, dict, set, tuple, frozenset, object, str, int, bytes, bytearray, complex, float, 5, "text", None, Ellipsis,
)  # fmt: skip


def find_class(module, name):
    """One of them, always the same for a name."""
    note("find_class", module, name)
    if not isinstance(name, str) or not isinstance(module, str):
        return function
    number = zlib.crc32(f"{module}.{name}".encode("utf-8", "surrogatepass"))
    if number % 50 == 0:
        raise LookupError(f"no {module}.{name}")
    return NAMES[number % len(NAMES)]


def persistent_load(pid):
    note("persistent_load", pid)
    if pid == "7":
        raise LookupError("no such id")
    return ["loaded", pid]
