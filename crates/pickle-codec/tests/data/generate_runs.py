"""What runs of items are written through, and where they stop: by each CPython that runs this, at protocols 2 to 5.

    python3.13 generate_runs.py > runs.jsonl.z

A zlib stream of a line a case: a name, the protocol, the pickle in hexadecimal. Loaded and dumped again it gives the same
bytes.
"""

import json
import pickle
import sys
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
    for size in (998, 999, 1000, 1001):
        yield f"containers of {size}", [list(range(size)), dict.fromkeys(range(size)), tuple(range(size)),
                                        [[1]] * size, {number: (number,) for number in range(size)}]
    for depth in (22, 23, 24, 25, 26, 60):
        yield f"tuples {depth} deep", nested(depth, lambda inner: (inner, 1, 2, 3), long)
        yield f"tuples of one {depth} deep", nested(depth, lambda inner: (inner,), short)
        yield f"lists {depth} deep", [0, nested(depth, lambda inner: [1, inner, 2], long), 3]
        yield f"lists of one {depth} deep", nested(depth, lambda inner: [inner], 5)
        yield f"dicts {depth} deep", nested(depth, lambda inner: {"a": 1, "b": inner}, short)
        yield f"dicts of one {depth} deep", nested(depth, lambda inner: {"b": inner}, b"bytes")
        yield f"instances {depth} deep", nested(depth, lambda inner: Point(a=inner, b=[inner, "x"]), 7)
        yield f"calls {depth} deep", nested(depth, lambda inner: Made([inner]), 7)
        yield f"calls with states {depth} deep", nested(depth, lambda inner: MadeWithState(inner), 7)
    # Past the end of a frame, at another byte of it in each.
    for before in range(64_800, 65_500, 23):
        yield f"a frame ends behind {before}", ["p" * before] + [
            Point(number=number, pair=(number, [number]), deep={"a": {"b": (number, str(number))}}) for number in range(12)
        ]
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
    mapping = {}
    mapping["self"] = [mapping]
    yield "a dict in itself", mapping


def main():
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
    for made in (Point, Made, MadeWithState):
        made.__module__ = "runs"
    main()
