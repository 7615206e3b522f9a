"""Random objects of all kinds, with sharing and cycles, the same on each version.

What a mix may not hold: sets whose order a reload changes, and NaN as a key.
"""

from .fresh import PYTHON_2, case, data, range, text
from .seeded import Seeded

COUNT = 170
WORDS = (u"a", u"id", u"name", u"value", u"caf\xe9", u"\xfc", u"\u4e2d\u6587", u"\U0001f600 ok",
         u"two words", u"line\nbreak", u"back\\slash", u"\ud800", u"it's", u"", u"nul\0",
         u"a much longer text that repeats itself, " * 8)
TYPES = (int, str, dict, len, type(None), Ellipsis, NotImplemented)
if PYTHON_2:
    # There the last three cannot be pickled.
    TYPES = TYPES[:4] + (complex, abs, file)
EDGES = (0, 1, -1, 127, 128, 255, 256, -256, 65535, 65536, 2 ** 31 - 1, 2 ** 31, -2 ** 31,
         2 ** 32, 2 ** 63, -2 ** 63 - 1, 10 ** 30)


def cases():
    for seed in range(COUNT):
        size = (8, 20, 60, 150)[seed % 4]
        yield case("seed %d, about %d values" % (seed, size), lambda s, n: Mix(s, n).root(), seed, size)


class Mix(object):
    def __init__(self, seed, size):
        self.random = Seeded(seed)
        self.left = size
        # All finished objects, to be shared; `open` holds the lists and dicts
        # that are still being filled, to be put into themselves.
        self.done = []
        self.hashable = []
        self.open = []

    def root(self):
        root = []
        self.open.append(root)
        while self.left > 0:
            root.append(self.value(0))
        return root

    def value(self, depth):
        self.left -= 1
        dice = self.random.below(100)
        if dice < 10 and self.done:
            return self.random.pick(self.done)
        if dice < 13:
            return self.random.pick(self.open)
        if dice < 45 and depth < 8:
            value = self.container(depth)
        else:
            value = self.leaf()
        self.done.append(value)
        return value

    def container(self, depth):
        kind = self.random.below(8)
        if kind < 3:
            return self.fill([], lambda into: into.append(self.value(depth + 1)))
        if kind < 5:
            return self.fill({}, lambda into: self.set_item(into, depth))
        if kind < 7:
            return tuple([self.value(depth + 1) for _ in range(self.random.below(6))])
        return self.set_of()

    def fill(self, into, add):
        self.open.append(into)
        for _ in range(self.random.below(7)):
            add(into)
        self.open.pop()
        return into

    def set_item(self, into, depth):
        key = self.key(depth + 1)
        if PYTHON_2:
            # There only a dict of small ints keeps its order through a reload,
            # or one with a single key.
            if into and 0 not in into:
                return
            if into or self.random.below(2):
                key = len(into)
        into[key] = self.value(depth + 1)

    def set_of(self):
        build = self.random.pick((set, frozenset))
        if self.random.below(2):
            return build(range(self.random.below(12)))
        return build([self.key(1)])

    def key(self, depth):
        """Something hashable."""
        dice = self.random.below(10)
        if dice < 2 and self.hashable:
            return self.random.pick(self.hashable)
        if dice < 4 and depth < 6:
            items = [self.key(depth + 1) for _ in range(self.random.below(4))]
            value = tuple(items)
        elif dice == 4:
            value = frozenset(range(1 + self.random.below(5)))
        elif dice == 5:
            value = complex(self.random.below(9), -self.random.below(9))
        elif dice == 6:
            value = self.integer()
        elif dice == 7:
            value = self.bytes()
        else:
            value = self.text()
        self.hashable.append(value)
        self.done.append(value)
        return value

    def leaf(self):
        kind = self.random.below(16)
        if kind < 4:
            return self.integer()
        if kind < 8:
            return self.text()
        if kind < 10:
            return self.bytes()
        if kind == 10:
            return bytearray(b"\x00\xffbytes"[:2 + self.random.below(6)])
        if kind == 11:
            return range(-self.random.below(5), self.random.below(300), 1 + self.random.below(3))
        if kind == 12:
            return self.random.pick((None, True, False))
        if kind == 13:
            return self.random.pick(TYPES)
        if kind == 14:
            return complex(self.random.finite_float(), self.random.below(100) / 8.0)
        return self.random.finite_float()

    def integer(self):
        if self.random.below(2):
            return self.random.pick(EDGES)
        return (self.random.bits() >> self.random.below(64)) - self.random.below(1000)

    def text(self):
        return text(self.random.pick(WORDS)) if self.random.below(3) else \
            text("w%d" % self.random.below(1000))

    def bytes(self):
        value = [self.random.below(256) for _ in range(self.random.below(10))]
        return data(bytes(bytearray(value)))
