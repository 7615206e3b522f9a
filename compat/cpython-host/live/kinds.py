"""The classes and functions that the random objects are made of. Pickles name them as `live.kinds`."""

import collections
import copyreg
import dataclasses
import enum
import sys
import typing


class Alike:
    """Hashes as all objects of its class do, so that a set of loaded ones has an order of its own."""

    __slots__ = ()

    def __hash__(self):
        return hash(type(self).__name__)


class Plain(Alike):
    def method(self):
        return self

    @classmethod
    def by_class(cls):
        return cls

    @staticmethod
    def static():
        return None


class Slots(Alike):
    __slots__ = ("a", "b")


class SlotsAndDict(Alike):
    __slots__ = ("a", "b", "__dict__")


class WithState(Alike):
    """`__getstate__` gives whatever it is told to."""

    def __init__(self, state=None):
        self.state = state

    def __getstate__(self):
        return self.state

    def __setstate__(self, state):
        self.state = state


class NewArgs(Alike):
    def __new__(cls, *args):
        self = super().__new__(cls)
        self.args = args
        return self

    def __getnewargs__(self):
        return self.args


class NewArgsEx(Alike):
    """`__getnewargs_ex__` gives whatever it is told to."""

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls)
        self.given = (args, kwargs)
        return self

    def __getnewargs_ex__(self):
        return self.given


class Reduced(Alike):
    """`__reduce__` gives whatever it is told to, or raises it."""

    def __init__(self, value=None):
        self.value = value

    def __reduce__(self):
        return answer(self.value, self)


class ReducedEx(Alike):
    """The same for `__reduce_ex__`."""

    def __init__(self, value=None):
        self.value = value

    def __reduce_ex__(self, protocol):
        return answer(self.value, self)


class ItemsGiven(Alike):
    """Reduces to a call, a state and fresh iterators over its items: what a tuple of 2 to 6 may hold."""

    def __init__(self, length, callable, args, state=None, items=None, pairs=None, setter=None):
        self.parts = (length, callable, args, state, items, pairs, setter)

    def __reduce__(self):
        length, callable, args, state, items, pairs, setter = self.parts
        items = None if items is None else iter(items)
        pairs = None if pairs is None else iter(pairs)
        return (callable, args, state, items, pairs, setter)[:length]


class Meddler(Alike):
    """Changes a container while it is being pickled."""

    def __init__(self, action):
        self.action = action

    def __reduce__(self):
        self.action()
        return Plain, ()


class Persistent(Alike):
    """Pickled by an id, where there is a `persistent_id`."""

    def __init__(self, pid=None):
        self.pid = pid


class Overridden(Alike):
    """Reduced by `reducer_override`, where there is one."""

    def __init__(self, value=None):
        self.value = value


class Tabled(Alike):
    """Reduced by a dispatch table."""

    def __init__(self, value=None):
        self.value = value


class CopyRegistered(Alike):
    """Reduced by `copyreg.dispatch_table`."""

    def __init__(self, value=None):
        self.value = value


class Text(str):
    pass


class Whole(int):
    pass


class Real(float):
    pass


class Imaginary(complex):
    pass


class Raw(bytes):
    pass


class RawArray(bytearray):
    pass


class Row(tuple):
    pass


class Rows(list):
    pass


class Map(dict):
    pass


class Group(set):
    pass


class Frozen(frozenset):
    pass


class Ordered(collections.OrderedDict):
    pass


class Queue(collections.deque):
    pass


class AppendOnly(Alike):
    """Takes items one by one, where a list takes them all."""

    def __init__(self):
        self.got = []

    def append(self, item):
        self.got.append(item)

    def __setitem__(self, key, value):
        self.got.append((key, value))

    def add(self, item):
        self.got.append({"added": item})


class Extending(AppendOnly):
    def extend(self, items):
        self.got.append(list(items))


class Caught(Exception):
    pass


class Worded(Exception):
    def __init__(self, word, *, extra=None):
        super().__init__(word)
        self.extra = extra


class Colour(enum.Enum):
    RED = 1
    GREEN = "green"
    MIXED = (1, 2)


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 1 << 40


class Access(enum.Flag):
    READ = 1
    WRITE = 2


class Outer:
    """Its content is found by dotted names."""

    class Inner(Alike):
        class Deep(Alike):
            def method(self):
                return self

        def method(self):
            return self

        @staticmethod
        def static():
            return None

    class Shade(enum.Enum):
        DARK = 0

    @classmethod
    def by_class(cls):
        return cls


Pair = collections.namedtuple("Pair", "first second")


class Triple(typing.NamedTuple):
    one: object
    two: object = None
    three: object = None


@dataclasses.dataclass(eq=False)
class Data:
    first: object
    second: object = None


@dataclasses.dataclass(eq=False, frozen=True)
class Fixed:
    first: object
    second: object = None


if sys.version_info >= (3, 10):

    @dataclasses.dataclass(eq=False, slots=True)
    class Slotted:
        first: object
        second: object = None

else:
    Slotted = Data


class Meta(type):
    pass


class Made(Alike, metaclass=Meta):
    pass


class Displaced:
    """Says that it is found where it is not."""


Displaced.__qualname__ = "Nowhere.at_all"


class Elsewhere:
    pass


Elsewhere.__module__ = "live.no_such_module"


class Impostor:
    """Has another's name."""


Impostor.__qualname__ = "Plain"


class Étranger(Alike):
    """A name that is not ASCII."""


class ByCode1(Alike):
    pass


class ByCode2(Alike):
    pass


class ByCode4(Alike):
    pass


EXTENSIONS = {"ByCode1": 0xF1, "ByCode2": 0x1234, "ByCode4": 0x12345678, "Outer.Inner": 0x0101}
for _name, _code in EXTENSIONS.items():
    copyreg.add_extension(__name__, _name, _code)


class Singleton:
    """Pickled as a global's name."""

    def __reduce__(self):
        return "SINGLETON"


SINGLETON = Singleton()


def answer(value, asker):
    """What an object was told to give: a value, an exception to raise, a function to call."""
    if isinstance(value, BaseException):
        raise value
    if callable(value) and getattr(value, "is_answer", False):
        return value(asker)
    return value


def made(*args, **kwargs):
    """Makes an object of what it is called with."""
    plain = Plain()
    if args:
        plain.args = args
    if kwargs:
        plain.kwargs = kwargs
    return plain


def __newobj__(cls, *args):
    return cls.__new__(cls, *args)


def __newobj_ex__(cls, args, kwargs):
    return cls.__new__(cls, *args, **kwargs)


def set_state(target, state):
    """A state setter."""
    try:
        target.set_by = state
    except AttributeError:
        pass


def function():
    return None


def other_function(first, *rest, **more):
    return first


nameless = lambda: None  # noqa: E731 - its name is `<lambda>`, which is not found


def local_function():
    def inner():
        return None

    return inner


def local_class():
    class Local:
        pass

    return Local


copyreg.pickle(CopyRegistered, lambda thing: answer(thing.value, thing))
