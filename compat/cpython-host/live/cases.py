"""The cases of the two parts. A case is a part, a seed and a number, and says nothing else: it can be run alone."""

import random
import zlib

from . import dumping, found, graphs, loading, mutate

# Of a case's work: which is under way, for the report of a crash.
MAKING, NATIVE, OURS, COMPARING = PHASES = ("making the case", "native", "ours", "comparing")

LARGEST = 20_000


class Difference:
    """Something that the two modules do not do alike."""

    def __init__(self, what, native, ours, settings, protocol=None, data=None):
        self.what = what
        self.native = native
        self.ours = ours
        self.settings = settings
        self.protocol = protocol
        self.data = data


class Part:
    """What the cases of both parts need."""

    def __init__(self, native, ours, seed, enter=lambda phase: None):
        self.native = native
        self.ours = ours
        self.seed = seed
        # Told of each phase.
        self.enter = enter
        self.counts = {}

    def random(self, *key):
        return random.Random(":".join(map(str, (self.seed, type(self).__name__, *key))))

    def count(self, row, column):
        row = self.counts.setdefault(row, {})
        row[column] = row.get(column, 0) + 1

    def both(self, native_first, work):
        """The work of one module, then of the other."""
        results = {}
        for phase in (NATIVE, OURS) if native_first else (OURS, NATIVE):
            self.enter(phase)
            results[phase] = work(self.native if phase == NATIVE else self.ours)
        self.enter(COMPARING)
        return results[NATIVE], results[OURS]


class Graphs(Part):
    """A random graph, pickled by both at every protocol."""

    def run(self, number):
        self.enter(MAKING)
        graph, settings = self.case(number)
        for protocol in dumping.PROTOCOLS:
            native, ours = self.both(
                (number + protocol) % 2, lambda module: dumping.pickle_roots(module, graph, settings, protocol)
            )
            for step in native:
                if step[0] in ("written", "raised"):
                    self.count(f"protocol {protocol}", "pickles" if step[0] == "written" else step[1][0])
            different = dumping.difference(native, ours)
            if different:
                frozensets = dumping.holds_frozenset(graph.roots)
                yield Difference(*different, {**vars(settings), "frozensets": frozensets}, protocol=protocol)

    def case(self, number):
        if number < len(found.CASES):
            graph = found.CASES[number]()
            return graph, graph.settings
        rng = self.random(number)
        return graphs.Graph(rng), dumping.Settings(rng)

    def describe(self, number):
        graph, _ = self.case(number)
        return repr(graph.roots)


class Pickles(Part):
    """A mutated or random pickle, loaded by both."""

    corpus = ()

    def read_corpus(self, path):
        """The committed corpus: pickles of CPython's own, each behind its length."""
        with open(path, "rb") as file:
            content = zlib.decompress(file.read())
        pickles = []
        at = 0
        while at < len(content):
            length = int.from_bytes(content[at : at + 4], "little")
            if length <= LARGEST:
                pickles.append(content[at + 4 : at + 4 + length])
            at += 4 + length
        self.corpus = pickles

    def run(self, number):
        self.enter(MAKING)
        data, settings = self.case(number)
        found = self.compare(data, settings, number % 2)
        if found:
            yield Difference(*found, vars(settings), data=data)

    def compare(self, data, settings, native_first=True):
        for attempt in range(2):
            native, ours = self.both(native_first, lambda module: loading.load(module, data, settings))
            found = loading.difference(native, ours)
            # The first to read an attribute's name makes it the interpreter's own; the second time all are known.
            if not found or attempt:
                break
        self.tally(native)
        return found

    def tally(self, native):
        for step in native.steps:
            self.count("outcomes", step[1][0] if step[0] == "raised" else "values")

    def case(self, number):
        rng = self.random(number)
        chance = rng.random()
        if chance < 0.3:
            data = mutate.program(rng)
        else:
            bases = self.bases(number // 16)
            base = rng.choice(self.corpus) if self.corpus and chance < 0.45 else rng.choice(bases)
            data = base if chance > 0.97 else mutate.mutated(rng, base, bases)
        return data, loading.Settings(rng)

    kept = None, ()

    def bases(self, number):
        """Good pickles, by the native module; some cases in a row share them."""
        if self.kept[0] == number:
            return self.kept[1]
        rng = self.random("bases", number)
        bases = [b"N."]
        for _ in range(4):
            graph = graphs.Graph(rng)
            settings = dumping.Settings(rng)
            for step in dumping.pickle_roots(self.native, graph, settings, rng.randrange(6)):
                if step[0] == "written":
                    data = b"".join(step[1])
                    if len(data) <= LARGEST:
                        bases.append(data)
        self.kept = number, bases
        return bases

    def shrink(self, data, settings, what):
        """A shorter pickle that shows a difference of the same kind."""
        step = max(len(data) // 2, 1)
        while step:
            at = 0
            while at < len(data):
                shorter = data[:at] + data[at + step :]
                found = self.compare(shorter, settings)
                if found and found[0] == what:
                    data = shorter
                else:
                    at += step
            step //= 2
        return data


PARTS = {"graphs": Graphs, "pickles": Pickles}
