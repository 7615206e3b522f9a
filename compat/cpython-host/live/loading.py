"""How one pickle is loaded: by which function or class, from which file. And what came of it."""

import copyreg
import io
import pickle
import sys

from . import inert, kinds, same
from .dumping import describe

ENCODINGS = (("ASCII", "strict"), ("latin1", "strict"), ("bytes", "strict"), ("utf-8", "surrogateescape"), ("ASCII", "replace"))

# What plain loads may find: names that do nothing when they are called.
SAFE = {("live.kinds", name) for name in dir(kinds) if not name.startswith("_")}
SAFE |= {("live.kinds", name) for name in ("__newobj__", "__newobj_ex__", "Outer.Inner", "Outer.Inner.Deep", "Outer.Shade")}
SAFE |= {
    (module, name)
    for module, names in {
        "builtins": "object list dict set frozenset tuple str int float complex bytes bytearray range slice bool type "
        "Exception ValueError KeyError OSError StopIteration UnicodeDecodeError map zip len iter reversed enumerate "
        "Ellipsis NotImplemented memoryview property",
        "__builtin__": "object list dict set frozenset tuple unicode int long float complex bytes bytearray xrange slice "
        "bool type Exception map len iter reversed enumerate Ellipsis NotImplemented",
        "exceptions": "Exception ValueError KeyError OSError StopIteration UnicodeDecodeError",
        "collections": "OrderedDict deque Counter defaultdict",
        "copyreg": "__newobj__ __newobj_ex__ _reconstructor",
        "copy_reg": "__newobj__ __newobj_ex__ _reconstructor",
        "_codecs": "encode",
        "datetime": "date datetime time timedelta timezone",
        "decimal": "Decimal",
        "fractions": "Fraction",
        "functools": "partial",
        "uuid": "UUID",
        "array": "_array_reconstructor array",
        "types": "SimpleNamespace",
        "operator": "itemgetter add",
        "_operator": "add",
        "pathlib": "PurePosixPath",
        "pathlib._local": "PurePosixPath",
    }.items()
    for name in names.split()
}


class Denied(Exception):
    """A name that plain loads must not find."""


def guard():
    """From now on no pickle finds anything that is not safe, by whichever module."""

    def hook(event, args):
        if event == "pickle.find_class" and tuple(args) not in SAFE:
            raise Denied(f"{args[0]}.{args[1]}")

    sys.addaudithook(hook)


class Settings:
    """One way to load, for one case; the same for both modules."""

    def __init__(self, rng):
        self.style = rng.choices(("loads", "load", "Unpickler", "subclass"), (4, 1, 2, 8))[0]
        self.file = rng.choice(("memory", "memory", "peeking", "plain", "short", "odd"))
        self.peeked = rng.choice((1, 7, 16, 100, 8192))
        self.fix_imports = rng.random() < 0.8
        self.encoding, self.errors = rng.choice(ENCODINGS) if rng.random() < 0.5 else ENCODINGS[0]
        self.buffers = rng.choice((None, None, "some", "failing"))
        self.times = rng.choice((1, 1, 1, 3))

    def __repr__(self):
        return repr(vars(self))


class PlainFile:
    """No more than `read` and `readline`."""

    def __init__(self, data):
        self.file = io.BytesIO(data)

    def read(self, count):
        return self.file.read(count)

    def readline(self):
        return self.file.readline()

    def tell(self):
        return self.file.tell()


class ShortFile(PlainFile):
    """Gives no more than 40 bytes at once."""

    def read(self, count):
        return self.file.read(min(count, 40))


class OddFile(PlainFile):
    """Has a `peek` that it does not have."""

    def peek(self, count):
        raise NotImplementedError


class PeekingFile(PlainFile):
    """Lets one look at a few bytes."""

    def __init__(self, data, peeked):
        super().__init__(data)
        self.peeked = peeked

    def peek(self, count):
        at = self.file.tell()
        seen = self.file.read(min(count, self.peeked))
        self.file.seek(at)
        return seen


def file_of(settings, data):
    if settings.file == "memory":
        return io.BytesIO(data)
    if settings.file == "peeking":
        return PeekingFile(data, settings.peeked)
    return {"plain": PlainFile, "short": ShortFile, "odd": OddFile}[settings.file](data)


def buffers_of(settings):
    if settings.buffers is None:
        return None
    if settings.buffers == "some":
        return [b"read only", bytearray(b"not so"), pickle.PickleBuffer(b"x"), 5, memoryview(bytearray(b"view"))]
    return failing_buffers()


def failing_buffers():
    yield b"one"
    raise LookupError("no more buffers")


class Loaded:
    """What came of a load: for each time a value or what was raised, where the file stands, and what was called."""

    def __init__(self, steps, log, memo):
        self.steps = steps
        self.log = log
        self.memo = memo


def load(module, data, settings):
    """Loads a pickle with one of the two modules."""
    inert.LOG.clear()
    copyreg._extension_cache.clear()
    steps = []
    memo = None
    keywords = {
        "fix_imports": settings.fix_imports,
        "encoding": settings.encoding,
        "errors": settings.errors,
        "buffers": buffers_of(settings),
    }
    if settings.style == "loads":
        steps.append(attempt(lambda: module.loads(data, **keywords), None))
    else:
        file = file_of(settings, data)
        if settings.style == "load":
            once = lambda: module.load(file, **keywords)
        else:
            kind = module.Unpickler if settings.style == "Unpickler" else subclass(module)
            unpickler = kind(file, **keywords)
            once = unpickler.load
        for _ in range(settings.times):
            steps.append(attempt(once, file))
            if steps[-1][0] == "raised":
                break
        if settings.style in ("Unpickler", "subclass"):
            memo = unpickler.memo.copy()
    return Loaded(steps, list(inert.LOG), memo)


def attempt(once, file):
    try:
        value = once()
    except Exception as error:
        return "raised", describe(error), file and file.tell()
    return "value", value, file and file.tell()


def subclass(module):
    """An unpickler that finds nothing but the inert."""

    class Own(module.Unpickler):
        def find_class(self, module, name):
            return inert.find_class(module, name)

        def persistent_load(self, pid):
            return inert.persistent_load(pid)

    return Own


def difference(native, ours):
    """None, or a kind and a text for each."""
    for left, right in zip(native.steps, ours.steps):
        if left[0] != right[0]:
            return "outcome", text_of(left), text_of(right)
        if left[0] == "raised":
            if left[1][0] != right[1][0]:
                return "class", text_of(left), text_of(right)
        else:
            found = same.difference(left[1], right[1])
            if found:
                return "value", found, ""
            if left[2] != right[2]:
                return "position", f"{left[2]} after {text_of(left)}", f"{right[2]}"
    found = same.difference(native.log, ours.log)
    if found:
        return "calls", found, ""
    found = same.difference(native.memo, ours.memo)
    if found:
        return "memo", found, ""
    for left, right in zip(native.steps, ours.steps):
        if left[0] == "raised" and same.without_addresses(left[1][1]) != same.without_addresses(right[1][1]):
            return "message", text_of(left), text_of(right)
        if left[2] != right[2]:
            return "position", f"{left[2]} after {text_of(left)}", f"{right[2]}"
    return None


def text_of(step):
    if step[0] == "raised":
        name, message = step[1]
        return f"{name}: {message}"
    return "a value"
