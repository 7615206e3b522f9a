"""A digest of a value, by the rules of `xtask/src/hostile/canonical.rs`.

Objects are visited in order; what has an identity is numbered when it is met first, and called by its number then. The items
of a set have no order: those that hold nothing are sorted, the others counted.
"""

import hashlib
import struct


class Class(type):
    """What every global is: a class that makes an instance of whatever it is given."""

    def __call__(cls, *args, **kwargs):
        return made(cls, "R", cls, args, kwargs)


class Inert(metaclass=Class):
    """Accepts any call, state and items, and notes them."""

    __slots__ = ("letter", "callable", "args", "kwargs", "log", "__weakref__")

    def __new__(cls, *args, **kwargs):
        return made(cls, "O", cls, args, kwargs)

    def __call__(self, *args, **kwargs):
        return made(Inert, "R", self, args, kwargs)

    def __setstate__(self, state):
        self.log.append(("b", state))

    def _note(self, letter, items):
        if not items:
            return
        if not self.log or self.log[-1][0] != letter:
            self.log.append((letter, []))
        self.log[-1][1].extend(items)

    def append(self, item):
        self._note("a", [item])

    def extend(self, items):
        self._note("a", list(items))

    def __setitem__(self, key, value):
        hash(key)
        self._note("s", [key, value])

    def add(self, item):
        hash(item)
        self._note("d", [item])


def made(cls, letter, callable, args, kwargs):
    instance = object.__new__(cls)
    instance.letter, instance.callable, instance.args, instance.kwargs, instance.log = letter, callable, args, kwargs, []
    return instance


def persistent(value):
    return made(Inert, "P", None, (value,), {})


class Walk:
    def __init__(self):
        self.hash = hashlib.sha256()
        self.numbers = {}
        self.digests = {}

    def run(self, root):
        """Each entry of `work` is bytes to write, or an iterator of values."""
        work = [iter((root,))]
        while work:
            top = work[-1]
            if isinstance(top, bytes):
                self.hash.update(work.pop())
                continue
            for value in top:
                parts = self.value(value)
                if parts:
                    work.extend(reversed(parts))
                    break
            else:
                work.pop()
        return self.hash.hexdigest()

    def value(self, value):
        """Writes an atom, or gives what a container consists of."""
        atom = self.atom(value)
        if atom is not None:
            self.hash.update(atom)
            return None
        number = self.numbers.setdefault(id(value), len(self.numbers))
        if number < len(self.numbers) - 1 or number in self.digests:
            self.hash.update(b"#%d;" % number)
            return None
        self.digests[number] = value
        kind = type(value)
        if kind is bytearray:
            self.hash.update(b"B%d:" % len(value) + value)
        elif kind is tuple:
            return [b"(", iter(value), b")"]
        elif kind is list:
            return [b"[", iter(value), b"]"]
        elif kind is dict:
            return [b"{", (part for item in value.items() for part in item), b"}"]
        elif kind is slice:
            return [b":", iter((value.start, value.stop, value.step)), b";"]
        elif kind is set or kind is frozenset:
            atoms = sorted(atom for atom in map(self.atom, value) if atom is not None)
            self.hash.update((b"<" if kind is set else b">") + b"%d,%d;" % (len(value), len(atoms)) + b"".join(atoms))
        elif isinstance(value, Inert):
            return self.instance(value)
        else:
            self.hash.update(b"?")
        return None

    def instance(self, value):
        if value.letter == "P":
            parts = [b"P", iter(value.args)]
        else:
            letter = "K" if value.letter == "O" and value.kwargs is not None and value.kwargs != {} else value.letter
            parts = [letter.encode(), iter((value.callable,)), b"(", iter(value.args), b")"]
            if letter == "K":
                parts += [b"k", (part for item in value.kwargs.items() for part in item), b")"]
        for letter, logged in value.log:
            parts += [b"b", iter((logged,))] if letter == "b" else [letter.encode(), iter(logged), b")"]
        return parts + [b"."]

    def atom(self, value):
        kind = type(value)
        if value is None:
            return b"N"
        if kind is bool:
            return b"T" if value else b"F"
        if value is ...:
            return b"E"
        if value is StopIteration:
            return b"gbuiltins\nStopIteration\n"
        if kind is int:
            return b"i%s;" % format(value, "x").encode()
        if kind is float:
            return b"fnan;" if value != value else b"f%s;" % struct.pack(">d", value).hex().encode()
        if kind is complex:
            return self.atom(value.real) + b"j" + self.atom(value.imag)
        if kind is str or kind is bytes:
            known = self.digests.get(("long", id(value)))
            if known is not None:
                return known[1]
            content = value if kind is bytes else value.encode("utf-8", "surrogatepass")
            letter = b"b" if kind is bytes else b"s"
            if len(content) <= 64:
                return letter + b"%d:" % len(content) + content
            text = letter + b"%d:" % len(content) + hashlib.sha256(content).hexdigest().encode()
            self.digests["long", id(value)] = (value, text)
            return text
        if kind is tuple and not value:
            return b"()"
        if kind is frozenset and not value:
            return b">0,0;"
        if isinstance(value, type):
            return b"g" + "\n".join(value.path).encode("utf-8", "surrogatepass") + b"\n"
        return None
