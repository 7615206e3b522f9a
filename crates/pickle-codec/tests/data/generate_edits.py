"""Writes edits.jsonl and odd_edits.jsonl: assignments that CPython 3.13 makes to what it loads.

    PYTHONHASHSEED=0 python3.13 generate_edits.py

A line has a pickle, a path, a literal, and in edits.jsonl what dumps gives for the loaded object after
`obj<path> = literal`, at the protocol that the pickle has. Those of odd_edits.jsonl could be pickled in several ways:
their edited pickles are written there by the test in Rust (BLESS=1), and judged by `cargo xtask edits`. Pickles are in
hexadecimal digits.
"""

import ast
import collections
import json
import os
import pickle
import pickletools
import random
import sys

REPOSITORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), *[os.pardir] * 4)
sys.path[:0] = [os.path.join(REPOSITORY, "compat"), os.path.join(REPOSITORY, "compat", "edits")]

import judge  # noqa: E402
import places  # noqa: E402
import shapes  # noqa: E402


def live():
    """Objects that picklers write, made anew for each pickle."""
    shared = ["shared", "list"]
    text = "".join(["te", "xt"])
    loop = {"items": []}
    loop["items"].append(loop)
    yield {"one": 1, "two": [text, text, (text, [text])], "three": None}
    yield [shared, shared, {"again": shared}, (shared, shared)]
    yield loop
    yield [b"bytes", bytearray(b"array"), 1.5, 2**70, -1, True, {1, }, frozenset([2])]
    yield [list(range(1001))]
    yield [shapes.Plain(("number", 1), ("other", [shared])), shapes.Plain(), shared]
    yield [shapes.Slots("west", "east"), shapes.Slots("only")]
    yield [collections.OrderedDict([("a", 1), ("b", [2])]), collections.defaultdict(list, {"k": [1]})]
    yield [collections.Counter("abca"), collections.deque([1, [2], 3], 7)]
    yield [ValueError("problem", [1]), shapes.Point(1, [2]), range(5), slice(1, 2)]


#: What no pickler of today writes, and what is known to be hard: pickle, path, literal.
ODD = [
    (b"(lp0\nS'a'\np1\nag1\na.", "[0]", "'b'"),
    (b"(lp0\nS'a'\np1\nag1\na.", "[1]", "'b'"),
    (b"]\x94(\x8c\x01a\x94\x8c\x02bb\x94h\x02h\x01e.", "[0]", "3"),
    (b"]\x94(]\x94(K\x01]\x94e\x8c\x02bb\x94h\x03e.", "[0]", "[7]"),
    (b"]\x94(]\x94(K\x01]\x94e\x8c\x02bb\x94h\x03h\x02e.", "[0]", "7"),
    (b"](]2]e.", "[0]", "5"),
    (b"](]2]e.", "[1]", "5"),
    (b"](]r\x05\x00\x00\x002K\x01e.", "[0]", "5"),
    (b"]q\x05(K\x01q\x09\x94h\x09h\x02e.", "[0]", "'x'"),
    (b"}(K\x01K\x02K\x01K\x03K\x04K\x05u.", "[1]", "'last'"),
    (b"}(K\x01K\x02\x88K\x03u.", "[1]", "None"),
    (b"}q\x00(K\x01h\x00u(K\x02K\x03uK\x04K\x05s.", "[9]", "{}"),
    (b"(K\x01K\x02d.", "[3]", "4"),
    (b"(K\x01]K\x02K\x03d.", "[1]", "4"),
    (b"(K\x01K\x02l.", "[-2]", "(1, 2)"),
    (b"]K\x010(1(0K\x02a.", "[-1]", "'x'"),
    (b"](NK\x010K\x02e.", "[1]", "3"),
    (b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00]\x94(K\x01\x95\x03\x00\x00\x00\x00\x00\x00\x00K\x02e.", "[0]", "'long'"),
    (b"\x80\x04]\x95\x02\x00\x00\x00\x00\x00\x00\x00K\x01\x95\x02\x00\x00\x00\x00\x00\x00\x00a.", "[0]", "'long'"),
    (b"\x80\x04](](\x95\x03\x00\x00\x00\x00\x00\x00\x00K\x01e\x95\x03\x00\x00\x00\x00\x00\x00\x00K\x02e.", "[0]", "'x'"),
    (b"\x80\x04](](\x95\x02\x00\x00\x00\x00\x00\x00\x00K\x01\x95\x04\x00\x00\x00\x00\x00\x00\x00eK\x02e.", "[0]", "'x'"),
    (b"]\x94]\x94h\x00K\x05a0a.", "[1]", "5"),
    (b"\x80\x02}q\x00(X\x01\x00\x00\x00acshapes\nPlain\nq\x01)\x81q\x02h\x00bX\x01\x00\x00\x00bh\x02u.", "['b'].new", "1"),
    (b"\x80\x02](cshapes\nPlain\nq\x01)\x81}q\x02X\x01\x00\x00\x00xK\x01sbh\x01)\x81h\x02be.", "[0].x", "2"),
    (b"\x80\x02](cshapes\nPlain\nq\x01)\x81}q\x02X\x01\x00\x00\x00xK\x01sbh\x01)\x81h\x02be.", "[1].y", "2"),
    (b"\x80\x02](cshapes\nSlots\nq\x01)\x81N}q\x02X\x04\x00\x00\x00leftK\x01s\x86bh\x02e.", "[0].left", "2"),
    (b"\x80\x02](cshapes\nSlots\nq\x01)\x81N}q\x02X\x04\x00\x00\x00leftK\x01s\x86bh\x02e.", "[0].right", "2"),
    (b"(lp0\n(ishapes\nPlain\np1\n(dp2\nS'x'\np3\nI1\nsbag3\na.", "[0].x", "'y'"),
    (b"(lp0\n(ishapes\nPlain\np1\n(dp2\nS'x'\np3\nI1\nsbag3\na.", "[0].z", "1.5"),
    (b"((cshapes\nPlain\nol.", "[0].z", "True"),
    (b"ccopy_reg\n_reconstructor\n(cshapes\nList\nc__builtin__\nlist\n(lp0\nI1\naI2\natR.", "[1]", "'x'"),
    (b"ccopy_reg\n_reconstructor\n(cshapes\nDict\nc__builtin__\ndict\n(dp0\nI1\nI2\nstR.", "[1]", "'x'"),
    (b"(ccopy_reg\n_reconstructor\n(cshapes\nDict\nc__builtin__\ndict\n(dp0\nI1\nI2\nstRg0\nl.", "[0][1]", "'x'"),
    (b"(ccopy_reg\n_reconstructor\n(cshapes\nDict\nc__builtin__\ndict\n(dp0\nI1\nI2\nstRg0\nl.", "[1][1]", "'x'"),
    (b"ccollections\nOrderedDict\n((lp0\n(lp1\nS'k'\naI1\naatR.", "['k']", "2"),
    (b"ccollections\nOrderedDict\n((lp0\n(lp1\nS'k'\naI1\naatR.", "['new']", "2"),
    (b"\x80\x02](}q\x00cshapes\nPlain\nq\x01)\x81h\x00be.", "[0]['x']", "2"),
    (b"](}q\x00ccollections\nCounter\n(h\x00tRe.", "[0]['x']", "2"),
    (b"](](K\x01eq\x00c__builtin__\nValueError\n(h\x00tRe.", "[0][0]", "2"),
    (b"K\x01.", "", "[1, 2]"),
    (b"(K\x01K\x02K\x03.", "", "'x'"),
]


def write_usual(file):
    chance = random.Random("edits")
    count = len(list(live()))
    for protocol in range(6):
        for number in range(count):
            for pickler in (pickle.dumps, pickle._dumps, lambda *args: pickletools.optimize(pickle.dumps(*args))):
                try:
                    data = pickler(list(live())[number], protocol)
                except TypeError:
                    continue  # slots at protocols 0 and 1
                known = places.find(judge.loads(data), chance)
                for path, _ in chance.sample(known, min(len(known), 2)):
                    text = chance.choice([text for text in places.VALUES if "*" not in text and "{'one" not in text])
                    write(file, data, path, text, protocol)


def write_odd(file):
    for data, path, text in ODD:
        path = list(steps(path))
        judge.assign(judge.loads(data), path, judge.value_of(text))
        line = {"pickle": data.hex(), "path": places.written(path), "steps": path, "literal": text, "edited": ""}
        print(json.dumps(line), file=file)


def steps(path):
    """The steps of a path whose keys have no brackets and no dots."""
    for part in path.replace("]", "").replace(".", "[.").split("[")[1:]:
        yield ["attribute", part[1:]] if part.startswith(".") else ["key", part]


def write(file, data, path, text, protocol):
    value = judge.value_of(text)
    try:
        assigned = judge.assign(judge.loads(data), path, value)
    except (TypeError, AttributeError, IndexError, ValueError):
        return
    line = {"pickle": data.hex(), "path": places.written(path), "literal": text, "protocol": protocol}
    line["dumps"] = pickle.dumps(assigned, protocol).hex()
    # What the class does not pickle is not seen.
    if line["dumps"] != pickle.dumps(judge.loads(data), protocol).hex():
        print(json.dumps(line), file=file)


if __name__ == "__main__":
    for name, task in [("edits.jsonl", write_usual), ("odd_edits.jsonl", write_odd)]:
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "w") as file:
            task(file)
