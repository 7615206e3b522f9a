"""What runs of items are written through, and where they stop: by each CPython that runs this, at protocols 2 to 5.

    python3.13 generate_runs.py > runs.jsonl.z

A zlib stream of a line a case: a name, the protocol, the pickle in hexadecimal. Loaded and dumped again it gives the same
bytes.
"""

import collections
import datetime
import decimal
import fractions
import json
import pickle
import sys
import uuid
import zlib


class Point:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def __reduce_ex__(self, protocol):
        return object.__reduce_ex__(self, protocol)


class Made:
    """Made by a call of arguments that hold it."""

    def __init__(self, items):
        self.items = items

    def __reduce__(self):
        return Made, (self.items,)


class MadeWithState(Made):
    def __reduce__(self):
        return MadeWithState, (self.items,), {"seen": True}


class Factory:
    """Makes what it holds."""

    def __call__(self):
        return MadeByFactory(self)


class FactoryOfLists:
    def __call__(self):
        return FilledByFactory(self)


class MadeByFactory:
    """Made by a call of what holds it."""

    def __init__(self, factory):
        self.factory = factory

    def __reduce__(self):
        return self.factory, ()


class FilledList(list):
    pass


class FilledDict(dict):
    pass


class FilledByFactory(list):
    """Made by a call of what holds it, and then filled."""

    def __init__(self, factory):
        self.factory = factory

    def __reduce__(self):
        return self.factory, (), None, iter(list(self))


class Hooked(list):
    """Filled, and given a state."""

    def __reduce__(self):
        return Hooked, (), {"state": 1}, iter(list(self))


def fillings(size):
    """Of each kind of object that is filled, one with so many items."""
    numbers = range(size)
    yield FilledList(numbers)
    yield FilledDict((number, str(number)) for number in numbers)
    yield Hooked(numbers)
    yield collections.OrderedDict((number, [number]) for number in numbers)
    yield collections.defaultdict(list, {number: [number] for number in numbers})
    yield collections.deque(numbers)
    yield collections.deque(numbers, size + 1)
    yield collections.Counter(numbers)
    yield set(numbers)
    yield frozenset(numbers)


def held_by(factory, *items):
    factory.made = factory()
    for item in items:
        factory.made.append(item)
    return [factory.made, 1, factory]


def in_itself(kind):
    point = Point()
    point.items = kind([point])
    return [point.items, 1, point]


def standard(number):
    zone = datetime.timezone(datetime.timedelta(hours=number % 12))
    when = datetime.datetime(2024, 2, 1 + number % 28, 12, 30, tzinfo=zone)
    return [when, when.date(), when.timetz(), when.replace(fold=1), datetime.timedelta(number),
            decimal.Decimal(number) / 8, fractions.Fraction(number, 7), uuid.UUID(int=number << 70), complex(number, 1)]


def in_its_dict():
    mapping = {}
    mapping["row"] = row = (mapping, 1)
    return [row, mapping]


def alike():
    """Rows of a kind, and what stands between two of them."""
    twice = "met again"
    rows = [[number / 3 for number in range(9)], ["text %s" % ("t" * (23 * number % 140)) for number in range(9)], [twice] * 12,
            [(-1) ** number << 5 * number for number in range(12)], [Point(x=number) for number in range(5)],
            [Point(x=number, y=twice) for number in range(5)], [{"x": number, twice: number} for number in range(5)],
            [(number, twice) for number in range(5)], [[number, ""] for number in range(5)], [{number, 1.5} for number in range(3)],
            [True, False, None, "x", "\xe9", "\u20ac", 1 << 100, b"bytes"]]
    return [item for row in rows for item in row] + rows + [item for items in zip(*rows[:8]) for item in items]


def lists_of_dicts(number):
    """Lists that stand in dicts, by what they begin with and what follows, and keys that are new."""
    again = [{"again": number}]
    within = {"list": []}
    within["list"].append(within)
    row = ({"rows": []}, number)
    row[0]["rows"] += [row, 1]
    tuples = [(number, "pair"), (number,), ()]
    return [{"none": [], "dict": [{}], "dicts": [{"x": number}, {"x": 1.5, "children": [{"x": []}]}], "tuples": tuples},
            {"a dict, then more": [{"x": number}, number, {"x": "y"}, "text %s" % number, [{"x": 1}], {}], "x": number},
            {"a tuple, then more": [(number, 1), [2], (3,), {"x": number}, None, (4, 5)], "x": number},
            {"something else": [number, {"x": 1}, (2,)], "text": ["text", {"x": 1}], "list": [[{"x": 1}], {"x": 2}]},
            {"bytes": [{"x": 1}, b"bytes", {"x": 2}], "rare": [b"bytes %d" % number, {"x": 1}], "set": [({1}, 2), {3}]},
            {"again": again, "and again": again, "in a tuple": (again, [again])}, within, row, [row],
            {"new key %s" % number: True, "%s" % number: False, "k" * (number % 256): None, "x": [number]},
            {number: [(1, 2), {"x": 3}], (number, 1): [{"x": 4}], (number, 2): (5, 6), (number, 3): {"x": []}},
            Point(rows=[{"x": number}], pairs=[(number, 1), 2], none=[], numbers=[1, number, 3])]


def nested(depth, make, innermost):
    value = innermost
    for _ in range(depth):
        value = make(value)
    return value


def cases():
    long, short = "l" * 300, "s"
    yield "long text in every container", [{"a": long, long: 1}, (1, long), [long], {"b": [long]}, (long,), Point(a=long)]
    yield "single items", [[1], {"k": 1}, (1,), [[1]], [[long]], {"k": {"k": long}}, ((((long,),),),), [[[{"k": [()]}]]]]
    yield "empty containers", [[], {}, (), [[]], [{}], [()], ((), [], {}), {"k": ()}, Point(a=[], b={}, c=())]
    yield "bytes in the middle", [(1, b"bytes", 2), {"a": b"b", "c": 1}, [1, [2, b"3", 4], 5], Point(a=b"x", b=[b"y", "z"])]
    yield "sets in the middle", [(1, {2}, 3), {"a": frozenset([4]), "b": 5}, Point(a={6}, b=[{7}, 8])]
    yield "wide ints in the middle", [(1, 1 << 3000, 3), {"a": 1 << 64, "b": 5}, Point(a=-(1 << 2100), b=[1 << 70, 8])]
    for size in (0, 1, 2, 3, 998, 999, 1000, 1001):
        yield f"filled with {size}", list(fillings(size))
        yield f"filled with {size}, within each other", [(filled, {1: filled, 2: [filled]}) for filled in fillings(size)]
    for size in (998, 999, 1000, 1001):
        yield f"containers of {size}", [list(range(size)), dict.fromkeys(range(size)), tuple(range(size)),
                                        [[1]] * size, {number: (number,) for number in range(size)}]
        yield f"lists of {size} in dicts", {"rows": [{"x": 1}] * size, "numbers": list(range(size)), "pairs": [(1, 2)] * size}
    yield "lists in dicts", [lists_of_dicts(number) for number in range(40)]
    for depth in (4, *range(14, 20), 33, 60, 127, 128, 129, 500, 999, 1000, 1001, 1100):
        yield f"tuples {depth} deep", nested(depth, lambda inner: (inner, 1, 2, 3), long)
        yield f"tuples of one {depth} deep", nested(depth, lambda inner: (inner,), short)
        yield f"lists {depth} deep", [0, nested(depth, lambda inner: [1, inner, 2], long), 3]
        yield f"lists of one {depth} deep", nested(depth, lambda inner: [inner], 5)
        yield f"dicts {depth} deep", nested(depth, lambda inner: {"a": 1, "b": inner}, short)
        yield f"dicts in lists {depth} deep", nested(depth // 2, lambda inner: [{"a": [], "b": inner}, {"c": 1}], short)
        yield f"lists in dicts {depth} deep", nested(depth // 2, lambda inner: {"a": [inner, {"c": 1}], "d": [2]}, {})
        yield f"lists of one in dicts {depth} deep", (nested(depth // 2, lambda inner: {"a": [inner]}, {"b": long}), 1)
        yield f"dicts of one {depth} deep", nested(depth, lambda inner: {"b": inner}, b"bytes")
        yield f"instances {depth} deep", nested(depth, lambda inner: Point(a=inner, b=[inner, "x"]), 7)
        yield f"lists of a class {depth} deep", nested(depth, lambda inner: FilledList([inner, 1]), b"bytes")
        yield f"lists of a class, of one, {depth} deep", nested(depth, lambda inner: FilledList([inner]), long)
        yield f"dicts of a class {depth} deep", nested(depth, lambda inner: FilledDict(a=inner, b=2), 1 << 3000)
        yield f"ordered dicts {depth} deep", nested(depth, lambda inner: collections.OrderedDict(a=inner), long)
        yield f"deques {depth} deep", nested(depth, lambda inner: collections.deque([1, inner], 3), long)
        yield f"frozensets {depth} deep", nested(depth, lambda inner: frozenset([inner]), long)
        yield f"sets {depth} deep", [{nested(depth, lambda inner: frozenset([inner]), b"bytes")}, 1]
        yield f"fractions {depth} deep", nested(depth, lambda inner: [fractions.Fraction(depth, 7), inner], 1j)
        yield f"calls {depth} deep", nested(depth, lambda inner: Made([inner]), 7)
        yield f"calls with states {depth} deep", nested(depth, lambda inner: MadeWithState(inner), 7)
    # Past the end of a frame, at another byte of it in each.
    for before in range(64_800, 65_500, 23):
        yield f"a frame ends behind {before}", ["p" * before] + [
            Point(number=number, pair=(number, [number]), deep={"a": {"b": (number, str(number))}}) for number in range(12)
        ]
        yield f"a frame ends among objects behind {before}", ["p" * before] + [
            FilledList([FilledDict({number: {number}, 2: b"b" * number}), standard(number)]) for number in range(2)
        ]
    # Rows of what is alike, which is written at one go.
    for before in range(64_900, 65_500, 7):
        yield f"a frame ends among what is alike behind {before}", ["p" * before] + alike()
    for before in range(64_800, 65_500, 13):
        yield f"a frame ends among lists in dicts behind {before}", ["p" * before] + lists_of_dicts(before)
    # A frame may end between the parts of a complex, which is written at once where none does.
    for before in range(65_300, 65_345):
        yield f"a frame ends among complexes behind {before}", ["p" * before] + [complex(number, 1) for number in range(8)]
    lengths = [*range(300), 0, 31, 32, 33, 0, 63, 64, 65, 0, 254, 255, 256, 0]
    yield "text of every length", ["t" * length for length in lengths]
    yield "text of every length, as it is seldom", [["t" * length] + ["p"] * 5000 for length in range(25, 75)]
    yield "bytes", [b"", b"1", b"22", b"22", b"b" * 255, b"b" * 256, {b"key": b"value"}, (b"twice", b"twice"), {b"in a set"}]
    twice = b"the same"
    yield "the same bytes", [twice, (twice,), {twice: twice}, {twice}]
    yield "objects of the standard library", [standard(number) for number in range(30)]
    when = datetime.datetime(2024, 2, 29, 12, 30)
    yield "one of them as argument and as state", [when, Made(when), Point(when=when), FilledList([when]), {when}]
    # The second of each is gone through with all names in the memo.
    yield "objects in their callables", [held_by(Factory()) for _ in range(3)]
    yield "objects in their callables, filled", [held_by(FactoryOfLists(), 1, 2) for _ in range(3)]
    yield "frozensets in themselves", [in_itself(frozenset) for _ in range(3)]
    yield "sets in themselves", [in_itself(set) for _ in range(3)]
    filled = FilledList()
    filled.extend([(filled, 1), {"self": filled}])
    yield "an object in what it is filled with", [filled]
    keyed = collections.OrderedDict()
    keyed["self"] = (keyed,)
    yield "an ordered dict in itself", keyed
    point = Point(name="itself")
    point.self = point
    yield "an instance in itself", [point, [point]]
    items = []
    items.append((1, items))
    yield "a list in its tuple", items
    items = []
    pair = (1, items)
    items.append(pair)
    yield "a tuple in its list", [pair]
    for length in range(1, 6):
        items = []
        row = (items, *range(length - 1))
        items.append({"row": row})
        yield f"a tuple of {length} in its dict", [0, row, row]
    for depth in (997, 998, 999, 1000, 1001, 1002):
        yield f"a tuple in its dict, {depth} deep", nested(depth, lambda inner: [inner], in_its_dict())
    # More keys than are at hand, in any order.
    names = [f"key {number}" for number in range(100)]
    yield "many keys", [{names[(7 * row + number * number) % 100]: row for number in range(9)} for row in range(50)]
    # Where the ends of all that is open do not fit behind the last item.
    for length in range(0, 256, 50):
        yield f"many ends behind {length} bytes", nested(900, lambda inner: (1, 2, 3, inner), "x" * length)
    # A rare item after the other, deep within.
    yield "bytes deep within", nested(900, lambda inner: [inner], [bytes([number, 1]) for number in range(250)])
    mapping = {}
    mapping["self"] = [mapping]
    yield "a dict in itself", mapping


def main():
    sys.setrecursionlimit(100_000)
    lines = []
    for name, value in cases():
        for protocol in (2, 3, 4, 5):
            # Read and written once, so that no two constants of this file are one object by chance.
            pickled = pickle.dumps(pickle.loads(pickle.dumps(value, protocol)), protocol)
            assert pickle.dumps(pickle.loads(pickled), protocol) == pickled, name
            lines.append(json.dumps([name, protocol, pickled.hex()]) + "\n")
    sys.stdout.buffer.write(zlib.compress("".join(lines).encode(), 9))


if __name__ == "__main__":
    sys.modules["runs"] = sys.modules["__main__"]
    for made in (Point, Made, MadeWithState, Factory, FactoryOfLists, MadeByFactory, FilledList, FilledDict, FilledByFactory, Hooked):
        made.__module__ = "runs"
    main()
