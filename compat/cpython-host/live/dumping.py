"""How one graph is pickled: by which function or class, with which hooks. And what came of it."""

import collections
import gc
import types

from . import kinds

PROTOCOLS = range(6)


class Settings:
    """One way to pickle, for one case; the same for both picklers."""

    def __init__(self, rng):
        self.style = rng.choices(("dumps", "dump", "Pickler", "subclass"), (6, 1, 3, 6))[0]
        self.fix_imports = rng.random() < 0.7
        self.buffers = rng.choice((None, None, "take", "keep", "alternate", "raise"))
        self.fast = self.style in ("Pickler", "subclass") and rng.random() < 0.12
        self.persistent = rng.random() < 0.5
        self.override = rng.random() < 0.4
        self.table = rng.choice((None, None, "dict", "chain", "odd"))
        self.clear = rng.choice((None, None, "clear_memo", "proxy", "copy"))
        # After how many writes the file fails.
        self.failing = rng.randrange(6) if rng.random() < 0.03 else None

    @classmethod
    def plain(cls, **given):
        """By `dumps`, without anything that may be chosen but what is given."""
        settings = cls.__new__(cls)
        settings.style = "dumps"
        settings.fix_imports = True
        settings.fast = settings.persistent = settings.override = False
        settings.buffers = settings.table = settings.clear = settings.failing = None
        vars(settings).update(given)
        return settings

    def __repr__(self):
        return repr(vars(self))


class File:
    """Notes each write."""

    def __init__(self, failing):
        self.chunks = []
        self.failing = failing

    def write(self, chunk):
        if self.failing is not None and len(self.chunks) >= self.failing:
            raise OSError("no space left")
        self.chunks.append(bytes(chunk))


class Odd(collections.abc.Mapping):
    """A dispatch table that is no dict."""

    def __getitem__(self, kind):
        if kind is kinds.Tabled:
            return tabled
        if kind is kinds.Caught:
            raise ZeroDivisionError("in the dispatch table")
        raise KeyError(kind)

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0


def tabled(thing):
    return kinds.answer(thing.value, thing)


TABLES = {
    "dict": {kinds.Tabled: tabled, complex: lambda number: (complex, (number.imag, number.real))},
    "chain": collections.ChainMap({kinds.Tabled: tabled}, {kinds.CopyRegistered: tabled}),
    "odd": Odd(),
}


def describe(error):
    """An exception's class and text."""
    try:
        return type(error).__name__, str(error)
    except Exception as another:
        return type(error).__name__, f"({type(another).__name__} in str)"


def pickle_roots(module, graph, settings, protocol):
    """Pickles all roots with one of the two modules; gives a list of steps, each comparable."""
    graph.reset()
    taken = []
    callback = buffer_callback(settings, protocol, taken)
    steps = []
    if settings.style in ("dumps", "dump"):
        for root in graph.roots:
            steps.append(by_function(module, settings, protocol, root, callback))
        steps.append(("buffers", [id(buffer) for buffer in taken]))
        return steps
    file = File(settings.failing)
    kind = module.Pickler if settings.style == "Pickler" else subclass(module, settings)
    pickler = kind(file, protocol, fix_imports=settings.fix_imports, buffer_callback=callback)
    if settings.table == "dict" or (settings.table and settings.style == "Pickler"):
        pickler.dispatch_table = TABLES[settings.table]
    if settings.fast:
        pickler.fast = True
    for root in graph.roots:
        try:
            pickler.dump(root)
            steps.append(("written", file.chunks[:]))
        except Exception as error:
            steps.append(("raised", describe(error), file.chunks[:]))
        file.chunks.clear()
        steps.append(("memo", memo_of(pickler)))
        if settings.clear:
            clear(pickler, settings.clear)
    steps.append(("buffers", [id(buffer) for buffer in taken]))
    return steps


def by_function(module, settings, protocol, root, callback):
    keywords = {"fix_imports": settings.fix_imports, "buffer_callback": callback}
    file = File(settings.failing)
    try:
        if settings.style == "dumps":
            return "written", [module.dumps(root, protocol, **keywords)]
        module.dump(root, file, protocol, **keywords)
        return "written", file.chunks
    except Exception as error:
        return "raised", describe(error), file.chunks


def buffer_callback(settings, protocol, taken):
    if protocol < 5 or settings.buffers is None:
        return None

    def callback(buffer):
        taken.append(buffer)
        if settings.buffers == "raise":
            raise LookupError("in the callback")
        return settings.buffers == "keep" or (settings.buffers == "alternate" and len(taken) % 2)

    return callback


def subclass(module, settings):
    """A pickler with hooks."""
    members = {}
    if settings.persistent:
        members["persistent_id"] = persistent_id
    if settings.override:
        members["reducer_override"] = reducer_override
    if settings.table in ("chain", "odd"):
        members["dispatch_table"] = TABLES[settings.table]
    return type("Own", (module.Pickler,), members)


def persistent_id(pickler, thing):
    if type(thing) is kinds.Persistent:
        pid = thing.pid
        if pid == "raise":
            raise LookupError("in persistent_id")
        return pid
    return None


def reducer_override(pickler, thing):
    if type(thing) is kinds.Overridden:
        return kinds.answer(thing.value, thing)
    if thing is kinds.Displaced:
        return kinds.made, ("displaced",)
    return NotImplemented


def memo_of(pickler):
    """Each object's number by its address, and all numbers. The objects are kept: no two have one address."""
    content = pickler.memo.copy()
    numbers = {id(thing): number for number, thing in content.values()}
    return numbers, sorted(number for number, _ in content.values()), content


def clear(pickler, how):
    if how == "clear_memo":
        pickler.clear_memo()
    elif how == "proxy":
        pickler.memo.clear()
    else:
        pickler.memo = pickler.memo.copy()


def difference(native, ours):
    """What differs between two lists of steps: None, or a kind and a text for each."""
    before = None
    for left, right in zip(native, ours):
        if left[0] != right[0]:
            return "outcome", text_of(left), text_of(right)
        if left[0] == "memo":
            if not same_memo(left[1], right[1]):
                after = f" after {text_of(before)}"
                return "memo", memo_text(left[1], right[1]) + after, memo_text(right[1], left[1]) + after
        elif left[0] == "buffers":
            if left != right:
                after = "".join(f" after {text_of(step)}" for step in native if step[0] == "raised")
                return "buffers", f"{len(left[1])} given to the callback{after}", f"{len(right[1])}{after}"
        elif left != right:
            if left[0] == "raised" and left[1] != right[1]:
                what = "class" if left[1][0] != right[1][0] else "message"
                return what, text_of(left), text_of(right)
            return "bytes", text_of(left), text_of(right)
        before = left
    return None


def holds_frozenset(roots):
    """Whether a frozenset can be reached from these objects: CPython loses count of them in fast mode."""
    seen = set()
    ahead = list(roots)
    while ahead and len(seen) < 100_000:
        thing = ahead.pop()
        if id(thing) in seen or isinstance(thing, (type, types.ModuleType, types.FunctionType)):
            continue
        seen.add(id(thing))
        if type(thing) is frozenset:
            return True
        ahead.extend(gc.get_referents(thing))
    return False


def same_memo(left, right):
    """The numbers are the same, and so are those of objects that both know: some are made while pickling."""
    numbers, all_numbers, _ = left
    other_numbers, other_all, _ = right
    if all_numbers != other_all:
        return False
    return all(other_numbers.get(address, number) == number for address, number in numbers.items())


def memo_text(one, other):
    return f"{len(one[1])} entries, of which {len(set(one[0]) - set(other[0]))} are not in the other"


def text_of(step):
    if step[0] == "raised":
        name, message = step[1]
        return f"{name}: {message}"
    chunks = step[1]
    return " + ".join(chunk.hex() if len(chunk) < 4000 else chunk[:4000].hex() + "…" for chunk in map(bytes, chunks))
