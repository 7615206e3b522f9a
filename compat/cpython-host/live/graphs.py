"""Random graphs of objects: sharing, cycles, sizes at the boundaries, objects that answer oddly."""

import collections
import copyreg
import functools
import itertools
import types

from . import kinds, leaves

# Only the name counts.
NEW_FUNCTIONS = (copyreg.__newobj__, copyreg.__newobj_ex__, kinds.__newobj__, kinds.__newobj_ex__)
BATCHES = (999, 1000, 1001, 1002, 1999, 2000, 2001, 3000)


class Maker:
    """Makes one graph. The same random numbers make the same graph."""

    def __init__(self, rng, errors=0.0, meddling=0.0):
        self.rng = rng
        self.errors = errors
        self.meddling = meddling
        self.budget = rng.choice((3, 10, 30, 80))
        self.pool = []
        # Undo what was changed by pickling: called before each dump.
        self.resets = []

    def reset(self):
        for reset in self.resets:
            reset()

    def make(self, depth):
        """An object: one that was made before, a leaf or a container."""
        rng = self.rng
        self.budget -= 1
        if self.pool and rng.random() < 0.18:
            return rng.choice(self.pool)
        if rng.random() < self.errors:
            return leaves.refused(rng) if rng.random() < 0.6 else self.garbage(depth)
        if self.meddling and rng.random() < self.meddling:
            return self.meddler()
        if depth <= 0 or self.budget <= 0 or rng.random() < 0.35:
            return self.known(leaves.leaf(rng))
        return rng.choices(_CHOICES, cum_weights=_WEIGHTS)[0](self, depth - 1)

    def hashable(self, depth):
        rng = self.rng
        self.budget -= 1
        if depth <= 0 or self.budget <= 0 or rng.random() < 0.7:
            return self.known(leaves.hashable_leaf(rng))
        maker = rng.choice((Maker.hashable_row, Maker.frozen, Maker.instance, Maker.slots, Maker.named_row))
        made = maker(self, depth - 1)
        try:
            hash(made)
        except (TypeError, RecursionError):
            return kinds.Plain()
        return made

    def known(self, made):
        if len(self.pool) < 60:
            self.pool.append(made)
        return made

    def length(self):
        chance = self.rng.random()
        if chance < 0.9:
            return self.rng.randrange(6)
        return self.rng.randrange(40) if chance < 0.985 else self.rng.choice(BATCHES)

    def items(self, depth, length=None):
        length = self.length() if length is None else length
        if length > 100:
            # Cheap ones, and now and then another.
            some = self.make(depth)
            return [some if self.rng.random() < 0.01 else index for index in range(length)]
        return [self.make(depth) for _ in range(length)]

    def pairs(self, depth):
        length = self.length()
        if length > 100:
            return [(index, None) for index in range(length)]
        return [(self.hashable(depth), self.make(depth)) for _ in range(length)]

    def hashables(self, depth):
        length = self.length()
        if length > 100:
            return list(range(length))
        return [self.hashable(depth) for _ in range(length)]

    # Containers of builtin types. The mutable ones are known before they are filled: that makes cycles.

    def row(self, depth):
        made = tuple(self.items(depth, self.rng.randrange(6) if self.rng.random() < 0.9 else None))
        return self.known(made)

    def hashable_row(self, depth):
        return self.known(tuple(self.hashable(depth) for _ in range(self.rng.randrange(5))))

    def cyclic_row(self, depth):
        inner = self.known([])
        made = self.known((inner, *self.items(depth, self.rng.randrange(5))))
        inner.append(made)
        return made

    def rows(self, depth, kind=list):
        made = self.known(kind())
        made.extend(self.items(depth))
        return made

    def map(self, depth, kind=dict):
        made = self.known(kind())
        for key, value in self.pairs(depth):
            made[key] = value
        return made

    def group(self, depth, kind=set):
        made = self.known(kind())
        made.update(self.hashables(depth))
        return made

    def frozen(self, depth, kind=frozenset):
        return self.known(kind(self.hashables(depth)))

    def cyclic_frozen(self, depth):
        inner = self.known(kinds.Plain())
        made = self.known(self.rng.choice((frozenset, kinds.Frozen))([inner, *self.hashables(depth)]))
        inner.home = made
        return made

    def deque(self, depth):
        kind = self.rng.choice((collections.deque, kinds.Queue))
        made = self.known(kind(maxlen=self.rng.choice((None, None, 5))))
        made.extend(self.items(depth))
        return made

    def counter(self, depth):
        return self.known(collections.Counter(self.hashables(depth)))

    def default_map(self, depth):
        factory = self.rng.choice((list, int, None, kinds.Plain, kinds.function))
        made = self.known(collections.defaultdict(factory))
        for key, value in self.pairs(depth):
            made[key] = value
        return made

    def named_row(self, depth):
        kind = self.rng.choice((kinds.Pair, kinds.Triple, kinds.Row))
        items = self.items(depth, {kinds.Pair: 2, kinds.Triple: 3}.get(kind, self.rng.randrange(4)))
        return self.known(kinds.Row(items) if kind is kinds.Row else kind(*items))

    def subclassed(self, depth):
        kind = self.rng.choice((kinds.Rows, kinds.Map, kinds.Group, kinds.Frozen, kinds.Row, kinds.Ordered, kinds.RawArray))
        if kind is kinds.Rows:
            made = self.rows(depth, kind)
        elif kind in (kinds.Map, kinds.Ordered):
            made = self.map(depth, kind)
        elif kind is kinds.Group:
            made = self.group(depth, kind)
        elif kind is kinds.Frozen:
            made = self.frozen(depth, kind)
        elif kind is kinds.Row:
            made = self.known(kind(self.items(depth)))
        else:
            made = self.known(kind(leaves.data(self.rng)))
        if self.rng.random() < 0.4:
            made.attribute = self.make(depth)
        return made

    # Instances.

    def instance(self, depth):
        kind = self.rng.choice((kinds.Plain, kinds.Outer.Inner, kinds.Outer.Inner.Deep, kinds.Made, kinds.Étranger))
        if self.rng.random() < 0.15:
            kind = self.rng.choice((kinds.ByCode1, kinds.ByCode2, kinds.ByCode4))
        made = self.known(kind())
        for name in ("a", "b", "name", "long_name_of_an_attribute")[: self.rng.randrange(5)]:
            setattr(made, name, self.make(depth))
        if self.rng.random() < 0.02:
            made.__dict__[self.rng.choice((5, None, "\ud800", "not an identifier"))] = self.make(depth)
        return made

    def slots(self, depth):
        made = self.known(self.rng.choice((kinds.Slots, kinds.SlotsAndDict))())
        names = "ab" if type(made) is kinds.Slots else "abcd"
        for name in names:
            if self.rng.random() < 0.7:
                setattr(made, name, self.make(depth))
        return made

    def with_state(self, depth):
        made = self.known(kinds.WithState())
        made.state = self.make(depth)
        return made

    def new_args(self, depth):
        if self.rng.random() < 0.4:
            made = self.known(kinds.NewArgs(*self.items(depth, self.rng.randrange(4))))
        else:
            made = self.known(kinds.NewArgsEx())
            made.given = (tuple(self.items(depth, self.rng.randrange(3))), self.keywords(depth))
        if self.rng.random() < 0.5:
            made.more = self.make(depth)
        return made

    def keywords(self, depth):
        return {name: self.make(depth) for name in ("x", "y", "key")[: self.rng.randrange(4)]}

    def data_class(self, depth):
        kind = self.rng.choice((kinds.Data, kinds.Fixed, kinds.Slotted))
        return self.known(kind(self.make(depth), self.make(depth)))

    def caught(self, depth):
        made = self.known(self.rng.choice((kinds.Caught, ValueError, KeyError, OSError))(*self.items(depth, self.rng.randrange(3))))
        if self.rng.random() < 0.5:
            made.note = self.make(depth)
        return made

    def space(self, depth):
        return self.known(types.SimpleNamespace(**self.keywords(depth)))

    def partial(self, depth):
        function = self.rng.choice((kinds.made, kinds.other_function, int, kinds.Plain().method))
        return self.known(functools.partial(function, *self.items(depth, self.rng.randrange(3)), **self.keywords(depth)))

    def iterator(self, depth):
        items = self.items(depth)
        return self.known(self.rng.choice((iter, enumerate, reversed, itertools.chain))(items))

    def method(self, depth):
        return self.known(self.instance_with_method(depth).method)

    def instance_with_method(self, depth):
        made = self.known(self.rng.choice((kinds.Plain, kinds.Outer.Inner, kinds.Outer.Inner.Deep))())
        made.a = self.make(depth)
        return made

    # Objects that say how they are pickled.

    def reduced(self, depth):
        """A reduce of two to six items."""
        rng = self.rng
        length = rng.randrange(2, 7)
        made = self.known(kinds.ItemsGiven(length, kinds.made, ()))
        callable = rng.choice((kinds.made, kinds.Plain, kinds.AppendOnly, kinds.Extending, list, kinds.function, kinds.Rows))
        args = tuple(self.items(depth, rng.randrange(4)))
        state = self.make(depth) if rng.random() < 0.6 else None
        items = self.items(depth) if rng.random() < 0.6 else None
        pairs = self.pairs(depth) if rng.random() < 0.6 else None
        setter = rng.choice((None, kinds.set_state, kinds.set_state, print, kinds.Plain().method))
        made.parts = (length, callable, args, state, items, pairs, setter)
        return made

    def reduced_once(self, depth):
        """The same tuple at each call: what it holds may hold the object itself."""
        kind = self.rng.choice((kinds.Reduced, kinds.ReducedEx))
        made = self.known(kind())
        shared = self.known([])
        shared.extend(self.items(depth, self.rng.randrange(3)))
        args = (shared, *self.items(depth, self.rng.randrange(3)))
        made.value = (kinds.made, args, self.make(depth))[: self.rng.randrange(2, 4)]
        return made

    def as_name(self, depth):
        """A reduce that gives the name of a global."""
        name = self.rng.choice(("function", "SINGLETON", "Outer", "Outer.Inner", "nowhere", "Nested.nowhere", "", "a\nb"))
        made = self.known(self.rng.choice((kinds.Reduced, kinds.ReducedEx))(name))
        if self.rng.random() < 0.3:
            made.__module__ = self.rng.choice(("live.kinds", "builtins", "no.such.module", None, 5))
        return made

    def hooked(self, depth):
        """What a pickler of its own reduces."""
        kind = self.rng.choice((kinds.Persistent, kinds.Overridden, kinds.Tabled, kinds.CopyRegistered))
        if kind is kinds.Persistent:
            made = self.known(kind())
            made.pid = self.rng.choice((self.make, self.persistent_id))(depth)
        else:
            made = self.known(kind())
            made.value = (kinds.made, tuple(self.items(depth, self.rng.randrange(3))))
            if self.rng.random() < 0.3:
                made.value += (self.make(depth),)
            elif self.rng.random() < 0.2:
                made.value = self.rng.choice(("function", NotImplemented, None, 5, "nowhere"))
        return made

    def persistent_id(self, depth):
        return self.rng.choice(("id", "id two", "a\nb", "é", 7, ("a", 1), "", "\ud800", b"id", 1.5))

    def named_new(self, depth):
        """Calls of functions named `__newobj__` and `__newobj_ex__`, rightly and wrongly used."""
        made = self.known(kinds.Reduced())
        args = self.rng.choice((
            (kinds.Reduced,), (kinds.Reduced, 1), (), (kinds.Plain,), (5,), (kinds.Reduced, (), {}),
            (kinds.Reduced, (1,), {"a": self.make(depth)}), (kinds.Reduced, [], {}), (kinds.Reduced, (), []), (5, (), {}),
            (kinds.Plain, (), {}), (kinds.Reduced, (), {}, 1),
        ))  # fmt: skip
        made.value = (self.rng.choice(NEW_FUNCTIONS), args)
        if self.rng.random() < 0.3:
            made.value += (self.make(depth),)
        return made

    def garbage(self, depth):
        """Objects whose reduce gives what it must not."""
        rng = self.rng
        value = rng.choice((
            None, 5, [], (), (kinds.made,), (kinds.made, (), None, None, None, None, None), (5, ()), (kinds.made, []),
            (kinds.made, None), (None, None), (kinds.made, (), {}, [1]), (kinds.made, (), {}, None, {1: 2}),
            (kinds.made, (), {}, 5), (kinds.made, (), None, iter(()), 7), (kinds.made, (), {}, None, None, 5), NotImplemented,
            (kinds.nameless, ()), (kinds.made, (kinds.nameless,)), (kinds.made, (), kinds.nameless), b"function", object,
        ))  # fmt: skip
        if rng.random() < 0.3:
            items = rng.choice(([1, 2], [(1,)], [(1, 2, 3)], [[1, 2]], [(1, 2), 5], [()]))
            return kinds.ItemsGiven(5, kinds.made, (), None, None, items)
        kind = rng.choice((kinds.Reduced, kinds.ReducedEx, kinds.CopyRegistered, kinds.Tabled, kinds.Overridden))
        if rng.random() < 0.15:
            made = kinds.NewArgsEx()
            made.given = rng.choice((None, (), ((), {}, 1), ([], {}), ((), []), 5))
            return made
        return kind(value)

    def meddler(self):
        """An object that changes a container around it when it is pickled; the change is undone before each dump."""
        containers = [made for made in self.pool if type(made) in (list, dict, set, kinds.Rows, kinds.Map)]
        if not containers:
            return kinds.Meddler(kinds.function)
        target = self.rng.choice(containers)
        made = self.known(kinds.Meddler(None))
        kind = type(target)
        if issubclass(kind, list):
            actions = (lambda: target.append(1), target.clear, lambda: target and target.pop(), lambda: target.extend([2] * 1500))
        elif issubclass(kind, dict):
            actions = (lambda: target.update({"new": 1}), target.clear, lambda: target and target.popitem())
        else:
            # Not `pop`, which goes on where the last one was.
            actions = (lambda: target.add("new"), target.clear, lambda: target and target.remove(next(iter(target))))
        made.action = self.rng.choice(actions)
        before = []

        def reset():
            if not before:
                before.append(list(target.items()) if issubclass(kind, dict) else list(target))
            target.clear()
            if issubclass(kind, list):
                target.extend(before[0])
            else:
                target.update(before[0])

        self.resets.append(reset)
        return made


def nested(rng):
    """One in another in another …, beyond what any recursion takes or well below."""
    made = rng.choice(([], {}, (), kinds.Plain()))
    depth = rng.choice((40, 60, 300, 100_000))
    kind = rng.randrange(6)
    for index in range(depth):
        what = kind if kind < 5 else index % 5
        if what == 0:
            made = [made]
        elif what == 1:
            made = (made,)
        elif what == 2:
            made = {"in": made}
        elif what == 3:
            outer = kinds.Plain()
            outer.inner = made
            made = outer
        else:
            made = kinds.Frozen([made]) if isinstance(made, kinds.Frozen) else kinds.Frozen([index])
    return made


def framed(rng):
    """Many texts that fill frames to odd ends."""
    texts = []
    total = 0
    while total < 200_000:
        length = rng.choice((1, 3, 10, 255, 256, 1000, 20_000, 65_530, 65_536))
        kind = rng.randrange(4)
        texts.append(("x" * length, b"y" * length, bytearray(length), tuple(["z" * min(length, 999)]))[kind])
        total += length
    return texts


def iterators(rng):
    """Iterators over dicts and sets. They stand in no other graph: near the limit of nested calls CPython itself crashes
    in their `__reduce__`, as `proofs/iterator_on_the_stack.py` shows."""
    made = []
    for _ in range(rng.randrange(1, 8)):
        items = dict.fromkeys(range(rng.randrange(6)), "value")
        over = rng.choice((items, items.keys(), items.values(), items.items(), set(items), frozenset(items)))
        iterator = iter(over)
        for _ in range(rng.randrange(3)):
            next(iterator, None)
        made.append(iterator)
    return rng.choice((list, tuple))((*made, made[0]))


CONTAINERS = (
    (Maker.row, 14),
    (Maker.cyclic_row, 4),
    (Maker.rows, 14),
    (Maker.map, 12),
    (Maker.group, 6),
    (Maker.frozen, 4),
    (Maker.cyclic_frozen, 2),
    (Maker.deque, 2),
    (Maker.counter, 1),
    (Maker.default_map, 2),
    (Maker.named_row, 3),
    (Maker.subclassed, 7),
    (Maker.instance, 12),
    (Maker.slots, 4),
    (Maker.with_state, 3),
    (Maker.new_args, 4),
    (Maker.data_class, 3),
    (Maker.caught, 2),
    (Maker.space, 1),
    (Maker.partial, 2),
    (Maker.iterator, 2),
    (Maker.method, 2),
    (Maker.reduced, 6),
    (Maker.reduced_once, 3),
    (Maker.as_name, 1),
    (Maker.hooked, 4),
    (Maker.named_new, 2),
)
_CHOICES = [maker for maker, _ in CONTAINERS]
_WEIGHTS = list(itertools.accumulate(weight for _, weight in CONTAINERS))


class Graph:
    """What is pickled in one case: one root after another, that may share."""

    def __init__(self, rng):
        chance = rng.random()
        self.maker = Maker(
            rng,
            errors=0.06 if rng.random() < 0.15 else 0.0,
            meddling=0.1 if rng.random() < 0.04 else 0.0,
        )
        if chance < 0.004:
            self.roots = [nested(rng)]
        elif chance < 0.008:
            self.roots = [framed(rng)]
        elif chance < 0.010:
            self.roots = [iterators(rng)]
        else:
            count = 1 if rng.random() < 0.7 else rng.randrange(1, 4)
            self.roots = [self.maker.make(rng.randrange(1, 6)) for _ in range(count)]
        # The contents of containers that pickling changes are noted now.
        self.maker.reset()

    def reset(self):
        self.maker.reset()
