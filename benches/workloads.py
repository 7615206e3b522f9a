"""Workloads for the benchmarks, made by a seeded generator in CPython, so that sharing is as Python has it.

    python workloads.py make DIR [PROTOCOL]   writes DIR/NAME.pkl for every workload
    python workloads.py serve                 times CPython's own C pickler, one command a line on standard input:
                                              `load PATH` or `dump PATH PROTOCOL`, answered by nanoseconds of CPU time;
                                              `genops PATH`, `optimize PATH` or `dis PATH`: pickletools, also how many
                                              instructions, bytes or characters came out
"""

import collections
import gc
import io
import pickle
import pickletools
import random
import sys
import time


def ints(rng):
    widths = [7, 8, 15, 16, 31, 32, 47]
    return [rng.getrandbits(rng.choice(widths)) * rng.choice([1, 1, 1, -1]) for _ in range(400_000)]


def floats(rng):
    return [rng.uniform(-1e6, 1e6) for _ in range(200_000)]


def word(rng, low=4, high=16):
    return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(low, high)))


def ascii(rng):
    return ["%s-%d" % (word(rng), number) for number in range(100_000)]


def repeat(rng):
    few = [word(rng) for _ in range(50)]
    return [rng.choice(few) for _ in range(400_000)]


def unicode(rng):
    alphabet = "äöüßéèñçøåαβγδεжзийкл漢字仮名"
    return ["".join(rng.choice(alphabet) for _ in range(rng.randint(5, 25))) for _ in range(60_000)]


def records(rng):
    return [
        {"id": number, "name": word(rng), "email": word(rng) + "@example.org", "score": rng.random(),
         "active": rng.random() < 0.5, "age": rng.randint(18, 90), "parent": None, "visits": rng.getrandbits(20)}
        for number in range(15_000)
    ]


def tree(rng):
    nodes = [{"name": word(rng), "value": rng.randint(0, 1000), "children": []} for _ in range(40_000)]
    for number in range(1, len(nodes)):
        nodes[rng.randrange(max(0, number - 200), number)]["children"].append(nodes[number])
    return nodes[0]


def tuples(rng):
    return [(number, rng.randint(0, 100_000), rng.random(), rng.random()) for number in range(60_000)]


def graphite(rng):
    paths = ["servers.%s.%s.load" % (word(rng), word(rng)) for _ in range(4_000)]
    return [(rng.choice(paths), (1_700_000_000 + number, rng.random() * 100)) for number in range(40_000)]


def session(rng):
    return [
        {"user_id": number, "_auth": {"backend": "django.contrib.auth", "hash": word(rng, 32, 32)},
         "cart": [(word(rng), rng.randint(1, 9), round(rng.random() * 100, 2)) for _ in range(rng.randint(0, 5))],
         "seen": {word(rng): rng.random() < 0.5 for _ in range(rng.randint(0, 6))}, "lang": rng.choice(["en", "de", "fr"])}
        for number in range(6_000)
    ]


def sets(rng):
    return [{rng.getrandbits(30) for _ in range(10)} for _ in range(15_000)]


def bigints(rng):
    return [rng.getrandbits(rng.choice([70, 128, 256, 1024])) for _ in range(60_000)]


WORKLOADS = [ints, floats, ascii, repeat, unicode, records, tree, tuples, graphite, session, sets, bigints]


def make(folder, protocol=4):
    for workload in WORKLOADS:
        value = workload(random.Random(workload.__name__))
        with open("%s/%s.pkl" % (folder, workload.__name__), "wb") as file:
            pickle.dump(value, file, protocol)


def timed(function, *args):
    start = time.process_time_ns()
    result = function(*args)
    return time.process_time_ns() - start, result


def genops(data):
    # Nothing iterates faster.
    (last,) = collections.deque(enumerate(pickletools.genops(data), 1), maxlen=1)
    return last[0]


def optimize(data):
    return len(pickletools.optimize(data))


def dis(data):
    out = io.StringIO()
    pickletools.dis(data, out)
    return len(out.getvalue())


TOOLS = {"genops": genops, "optimize": optimize, "dis": dis}


def serve():
    assert pickle.loads.__module__ == "_pickle", "the C pickler is what is measured"
    gc.disable()
    values = {}
    for line in sys.stdin:
        command, path, *rest = line.split()
        if path not in values:
            with open(path, "rb") as file:
                data = file.read()
            values[path] = data, pickle.loads(data)
        data, value = values[path]
        if command in TOOLS:
            print(*timed(TOOLS[command], data), flush=True)
            continue
        if command == "load":
            taken, result = timed(pickle.loads, data)
            del result
        else:
            taken, _ = timed(pickle.dumps, value, int(rest[0]))
        print(taken, flush=True)


if __name__ == "__main__":
    sys.setrecursionlimit(100_000)
    if sys.argv[1] == "make":
        make(sys.argv[2], *map(int, sys.argv[3:]))
    else:
        serve()
