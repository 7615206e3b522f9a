"""The classes whose instances the corpus pickles: each shape that pickle treats in a way of its own.

Pickles name them as `shapes.Plain`, so names stay.  Runs on Python 2 too.
"""

import collections
import copyreg
import enum


class Plain(object):
    """Attributes in a __dict__, and nothing else."""

    def __init__(self, *pairs):
        for name, value in pairs:
            setattr(self, name, value)


class Derived(Plain):
    """A class that adds a method."""

    def method(self):
        return self


class Slots(object):
    __slots__ = ("left", "right")

    def __init__(self, left=None, *right):
        self.left = left
        if right:
            self.right = right[0]


class SlotsAndDict(Slots):
    def __init__(self, left=None, *right, **attributes):
        Slots.__init__(self, left, *right)
        self.__dict__.update(attributes)


class SlotsWithState(object):
    __slots__ = ("left",)

    def __init__(self, left):
        self.left = left

    def __getstate__(self):
        return (self.left, u"state")

    def __setstate__(self, state):
        self.left = state[0]


class OwnState(object):
    """__getstate__ gives what it was told, __setstate__ keeps what it gets."""

    state = None

    def __init__(self, state):
        self.state = state

    def __getstate__(self):
        return self.state

    def __setstate__(self, state):
        self.state = state


class OnlyGetState(object):
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def __getstate__(self):
        return dict(self.__dict__)


class NewArgs(object):
    def __new__(cls, *args):
        self = object.__new__(cls)
        self.args = args
        return self

    def __getnewargs__(self):
        return self.args

    def __getstate__(self):
        return None


class NewArgsAndState(NewArgs):
    def __getstate__(self):
        return self.__dict__


class NewArgsEx(object):
    def __new__(cls, *args, **kwargs):
        self = object.__new__(cls)
        self.args, self.kwargs = args, kwargs
        return self

    def __getnewargs_ex__(self):
        return self.args, self.kwargs

    def __getstate__(self):
        return None


class NewArgsExAndState(NewArgsEx):
    def __new__(cls, *args, **kwargs):
        return NewArgsEx.__new__(cls, *args, **kwargs)

    def __getstate__(self):
        return {"note": u"a note"}


class Reduced(object):
    """__reduce__ gives a call, and what stands in `rest` behind it."""

    def __init__(self, *args):
        self.args, self.rest = args, ()

    def __reduce__(self):
        return (type(self), self.args) + tuple(self.rest)

    def __setstate__(self, state):
        self.rest = (state,)


class ReducedEx(Reduced):
    def __reduce_ex__(self, protocol):
        return self.__reduce__()


class ReducedByFunction(Reduced):
    def __reduce__(self):
        return (make_reduced, self.args) + tuple(self.rest)


def make_reduced(*args):
    return ReducedByFunction(*args)


class ReducedList(list):
    """List items and a state, in the order of __reduce__."""

    def __reduce__(self):
        return (type(self), (), self.__dict__ or None, iter(self))


class ReducedDict(dict):
    def __reduce__(self):
        return (type(self), (), self.__dict__ or None, None, iter(self.items()))


class Appending(object):
    """Has append and __setitem__, but neither extend nor update."""

    def __init__(self):
        self.items, self.pairs = [], []

    def append(self, item):
        self.items.append(item)

    def __setitem__(self, key, value):
        self.pairs.append((key, value))

    def __reduce__(self):
        return (type(self), (), None, iter(self.items), iter(self.pairs))


class SetBy(object):
    """Its state is set by a function (3.8 and later)."""

    state = None

    def __reduce__(self):
        return (type(self), (), self.state, None, None, set_state)


class ByName(object):
    """__reduce__ gives a global's name."""

    def __reduce__(self):
        return "by_name"


by_name = ByName()


class Registered(object):
    """Pickled by a function in copyreg's dispatch table."""

    def __init__(self, value):
        self.value = value


def make_registered(value):
    return Registered(value)


copyreg.pickle(Registered, lambda self: (make_registered, (self.value,)))


class Extended(Plain):
    """Its class is in the extension registry."""


copyreg.add_extension(__name__, "Extended", 0x7f)


class ExtendedFar(Plain):
    """The same, with a code of four bytes."""


copyreg.add_extension(__name__, "ExtendedFar", 0x12345)


class ExtendedShort(Plain):
    """The same, with a code of two bytes."""


def extended_function():
    """A function in the registry."""


copyreg.add_extension(__name__, "ExtendedShort", 0x0a0d)
copyreg.add_extension(__name__, "extended_function", 0xff)


class Stored(object):
    """Pickled as its key alone, by a pickler with persistent ids."""

    def __init__(self, key):
        self.key = key


def buffers():
    """What stands beside a pickle, in this order."""
    from pickle import PickleBuffer
    return [PickleBuffer(bytearray(b"a buffer")), PickleBuffer(b"a read-only buffer"), PickleBuffer(bytearray())]


class Outer(object):
    class Inner(Plain):
        class Innermost(Plain):
            pass

    @staticmethod
    def function():
        pass

    @classmethod
    def made(cls):
        pass

    class Colour(enum.Enum):
        RED = 1


def function(*args):
    return args


def make(*args):
    """Makes a Plain, whatever it is called with."""
    return Plain()


def set_state(thing, state):
    thing.state = state


class List(list):
    pass


class Dict(dict):
    pass


class Tuple(tuple):
    pass


class Str(str):
    pass


class Int(int):
    pass


class Float(float):
    pass


class Bytes(bytes):
    pass


class ByteArray(bytearray):
    pass


class Set(set):
    pass


class FrozenSet(frozenset):
    pass


class Complex(complex):
    pass


Point = collections.namedtuple("Point", "x y")


class Vector(Point):
    """A named tuple with a __dict__."""


class Colour(enum.Enum):
    RED = 1
    GREEN = u"green"
    BOTH = (1, 2)


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 1000


class Access(enum.Flag):
    READ = 1
    WRITE = 2


class Mode(enum.IntFlag):
    A = 1
    B = 2


class Word(str, enum.Enum):
    YES = "yes"


class Error(Exception):
    pass


class ErrorWithArguments(Exception):
    def __init__(self, code, text):
        Exception.__init__(self, code, text)
        self.code = code


class ErrorWithMessage(Exception):
    """Calls its base with another number of arguments than it takes itself."""

    def __init__(self, message=None):
        Exception.__init__(self, message)
        self.hint = None


class Ordered(collections.OrderedDict):
    pass


class Default(collections.defaultdict):
    pass


class Queue(collections.deque):
    pass


class Tally(collections.Counter):
    pass
