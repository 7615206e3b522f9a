#!/usr/bin/env python3
"""Measures loads and dumps of our module beside the native `_pickle`, on live objects.

    python3.13 bench.py libcpython_host.so

Both modules are in this process and take turns, so that whatever else the machine does meets both; the figures are
medians of processor time. `cargo xtask suite --bench` builds the module and starts this.
"""

import _pickle as native
import importlib.machinery
import importlib.util
import os
import platform
import random
import statistics
import sys
import time

# Per workload, operation and module.
ROUNDS = 15
# A round takes at least so many seconds.
ROUND = 0.02
PROTOCOL = 4


class Point:
    """An instance with a state of two attributes."""

    def __init__(self, x, y):
        self.x = x
        self.y = y


def workloads():
    chance = random.Random(1)
    words = ["word%d" % index for index in range(1000)]
    record = lambda n: {"id": n, "name": "user %d" % n, "score": n / 7, "tags": ["a%d" % n, "b"], "ok": n % 2 == 0}
    tree = None
    for depth in range(200):
        tree = [tree, depth]
    return {
        "records": [record(n) for n in range(5000)],
        "ints": [chance.randrange(1 << chance.randrange(1, 40)) for _ in range(50000)],
        "floats": [chance.random() for _ in range(50000)],
        "distinct words": ["text number %d" % n for n in range(50000)],
        "shared words": [chance.choice(words) for _ in range(50000)],
        "tuples": [(n, str(n)) for n in range(20000)],
        "int to str": {n: str(n) for n in range(30000)},
        "instances": [Point(n, -n) for n in range(10000)],
        "nested lists": [tree] + [[[[n]]] for n in range(10000)],
        "bytes of 1 MiB": [bytes([n]) * (1 << 20) for n in range(4)],
    }


def load_ours(library):
    library = os.path.realpath(library)
    loader = importlib.machinery.ExtensionFileLoader("_pickle", library)
    module = importlib.util.module_from_spec(importlib.util.spec_from_file_location("_pickle", library, loader=loader))
    loader.exec_module(module)
    return module


def compare(ours, theirs):
    """Calls the two in turn; gives the medians of their seconds."""
    repeat = 1
    while seconds(theirs, repeat) < ROUND:
        repeat *= 2
    ours()
    times = [(seconds(ours, repeat) / repeat, seconds(theirs, repeat) / repeat) for _ in range(ROUNDS)]
    return statistics.median(a for a, _ in times), statistics.median(b for _, b in times)


def seconds(call, repeat):
    start = time.process_time()
    for _ in range(repeat):
        call()
    return time.process_time() - start


def main():
    ours = load_ours(sys.argv[1])
    print("CPython %s, protocol %d, milliseconds of processor time" % (platform.python_version(), PROTOCOL))
    print("%-16s %27s   %27s" % ("", "loads: ours native   ratio", "dumps: ours native   ratio"))
    for name, value in workloads().items():
        pickle = native.dumps(value, PROTOCOL)
        assert ours.dumps(value, PROTOCOL) == pickle, name
        load = compare(lambda: ours.loads(pickle), lambda: native.loads(pickle))
        dump = compare(lambda: ours.dumps(value, PROTOCOL), lambda: native.dumps(value, PROTOCOL))
        print("%-16s" % name, end="")
        for a, b in [load, dump]:
            print("%14.2f %6.2f  %4.2f x  " % (a * 1e3, b * 1e3, a / b), end="")
        print()


if __name__ == "__main__":
    main()
