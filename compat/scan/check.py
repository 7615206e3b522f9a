"""Holds the scanner to its promises: python check.py PICKLE [--differential N] [--seed N] [--speed]

PICKLE is the command. Samples of `dangerous.py` must be dangerous or suspicious, each of them; of the files of `benign.py`
at most two in a hundred may be anything but clean. With --differential, broken and spliced pickles are loaded by `_pickle`
with a `find_class` that writes down what it is asked for: what is called clean must have been asked for nothing else than
the scanner says. With --speed, the time it takes is told, beside picklescan's where that is installed.
"""

import argparse
import _compat_pickle
import io
import json
import os
import pickle
import random
import resource
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("--differential", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--load", metavar="FOLDER", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.load:
        return load_all(args.load)
    with tempfile.TemporaryDirectory() as folder:
        bad, good = os.path.join(folder, "bad"), os.path.join(folder, "good")
        write("dangerous.py", bad)
        write("benign.py", good)
        failed = dangerous(args.command, bad)
        failed |= benign(args.command, good)
        if args.differential:
            failed |= differential(args.command, folder, [bad, good], args.differential, args.seed)
        if args.speed:
            speed(args.command, folder, good)
    sys.exit(1 if failed else 0)


def write(script, folder):
    subprocess.run([sys.executable, os.path.join(HERE, script), folder], check=True, stdout=subprocess.DEVNULL)


def scan(command, folder):
    run = subprocess.run([command, "scan", "-v", "--json", folder], stdout=subprocess.PIPE, check=False)
    if run.returncode not in (0, 1, 2):
        sys.exit(f"the scanner ended with status {run.returncode}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def dangerous(command, folder):
    reports = scan(command, folder)
    missed = [report for report in reports if report["verdict"] not in ("dangerous", "suspicious")]
    for report in missed:
        print(f"missed: {os.path.basename(report['path'])} is {report['verdict']}")
    count = len(os.listdir(folder))
    print(f"dangerous samples: {len(reports) - len(missed)} of {count} found")
    return bool(missed) or len(reports) != count


def benign(command, folder):
    reports = scan(command, folder)
    wrong = [report for report in reports if report["verdict"] != "clean"]
    for report in wrong:
        print(f"not clean: {os.path.basename(report['path'])} is {report['verdict']}")
    share = 100 * len(wrong) / len(reports)
    print(f"benign files: {len(wrong)} of {len(reports)} not clean, {share:.2f} %")
    return share > 2


def differential(command, folder, sources, count, seed):
    choose = random.Random(seed)
    seeds = []
    for source in sources:
        for name in sorted(os.listdir(source)):
            path = os.path.join(source, name)
            if os.path.getsize(path) < 4096:
                with open(path, "rb") as file:
                    seeds.append(file.read())
    samples = os.path.join(folder, "mutated")
    os.mkdir(samples)
    for number in range(count):
        with open(os.path.join(samples, f"{number}.pkl"), "wb") as file:
            file.write(mutated(choose, seeds))
    names = loaded(samples, count)
    clean = 0
    failed = False
    for report in scan(command, samples):
        if report["verdict"] != "clean":
            continue
        clean += 1
        number = os.path.basename(report["path"])
        known = set(report["symbols"])
        for module, name in names.get(number, []):
            if f"{module}.{name}" not in known and ".".join(translated(module, name)) not in known:
                failed = True
                with open(report["path"], "rb") as file:
                    print(f"clean, and asks for {module}.{name}: {file.read()!r}")
    print(f"differential: {count} pickles, {clean} clean, {len(names)} loaded far enough to ask for something")
    return failed


def translated(module, name):
    if (module, name) in _compat_pickle.NAME_MAPPING:
        return _compat_pickle.NAME_MAPPING[(module, name)]
    return _compat_pickle.IMPORT_MAPPING.get(module, module), name


SNIPPETS = [b"\x94", b"h\x00", b"h\x01", b"0", b"2", b"(", b"R", b"b", b"\x93", b"\x81", b".", b"N", b")", b"}", b"]", b"q\x00", b"q\x05", b"\x8c\x02os", b"\x8c\x06system", b"cshop\nOrder\n", b"\x80\x04", b"\x80\x02", b"\x95\x08\x00\x00\x00\x00\x00\x00\x00", b"t", b"u", b"s", b"a", b"e", b"\x85", b"I0x10\n", b"F1_0\n", b"\x82\x01", b"1"]


def mutated(choose, seeds):
    content = bytearray(choose.choice(seeds))
    for _ in range(choose.choice((1, 1, 2, 3, 6))):
        at = choose.randrange(len(content) + 1)
        kind = choose.randrange(6)
        if kind == 0 and content:
            content[at % len(content)] = choose.randrange(256)
        elif kind == 1:
            content[at:at] = choose.choice(SNIPPETS)
        elif kind == 2:
            del content[at : at + choose.randrange(1, 9)]
        elif kind == 3:
            other = choose.choice(seeds)
            start = choose.randrange(len(other) + 1)
            content[at:at] = other[start : start + choose.randrange(40)]
        elif kind == 4:
            content += choose.choice(seeds)
        elif content:
            content[at % len(content)] ^= 1 << choose.randrange(8)
    return bytes(content)


def loaded(folder, count):
    """What find_class is asked for, by name of file, in children that may die of what they load."""
    names, begin = {}, 0
    while begin < count:
        command = [sys.executable, os.path.abspath(__file__), "-", "--load", f"{folder}:{begin}"]
        child = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        for line in child.stdout.splitlines():
            try:
                number, asked = json.loads(line)
            except ValueError:
                break
            begin = number + 1
            if asked:
                names[f"{number}.pkl"] = asked
        if child.returncode != 0:
            begin += 1  # It died of this one.
    return names


class Stub:
    """What anything is: it takes all that a pickle does to it."""

    def __new__(cls, *args, **kwargs):
        return object.__new__(cls)

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return Stub()

    def __setstate__(self, state):
        pass

    def __setitem__(self, key, value):
        pass

    def append(self, item):
        pass

    def extend(self, items):
        pass

    def add(self, item):
        pass


def load_all(place):
    folder, _, begin = place.rpartition(":")
    resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))
    for number in range(int(begin), len(os.listdir(folder))):
        with open(os.path.join(folder, f"{number}.pkl"), "rb") as file:
            content = file.read()
        print(json.dumps([number, sorted(asked_for(content))]), flush=True)


def asked_for(content):
    asked = set()

    class Recorder(pickle.Unpickler):
        def find_class(self, module, name):
            asked.add((module, name))
            return Stub

        def persistent_load(self, pid):
            return Stub()

    def load_on(file, share):
        try:
            recorder = Recorder(file)
            while True:
                recorder.load()
                if not share:
                    recorder = Recorder(file)
        except RecursionError:
            pass
        except Exception:
            pass

    class Peeking(io.BytesIO):
        def peek(self, count):
            at = self.tell()
            content = self.read(count)
            self.seek(at)
            return content

    for kind in (io.BytesIO, Peeking):
        for share in (False, True):
            load_on(kind(content), share)
    return asked


def speed(command, folder, good):
    large = os.path.join(folder, "large.pkl")
    rows = [{"id": i, "name": f"user {i}", "score": i / 7, "tags": ["a", "b"], "ok": i % 2 == 0} for i in range(600_000)]
    with open(large, "wb") as file:
        pickle.dump(rows, file, 4)
        pickle.dump([os.urandom(1000) for _ in range(60_000)], file, 4)
    single = {**os.environ, "RAYON_NUM_THREADS": "1"}
    took = best(lambda: subprocess.run([command, "scan", large], stdout=subprocess.DEVNULL, env=single, check=True))
    print(f"a large file: {os.path.getsize(large) / took / 1e6:.0f} MB/s on one core ({os.path.getsize(large)} bytes)")
    files = len(os.listdir(good))
    ours = best(lambda: subprocess.run([command, "scan", good], stdout=subprocess.DEVNULL, env=single, check=False))
    print(f"many small files: {files} in {ours * 1000:.0f} ms on one core")
    other = os.path.join(os.path.dirname(sys.executable), "picklescan")
    if os.path.exists(other):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
        theirs = best(lambda: subprocess.run([other, "-p", good], **quiet))
        print(f"picklescan: {theirs * 1000:.0f} ms, {theirs / ours:.0f} times as long")


def best(act, times=3):
    took = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        took.append(time.perf_counter() - start)
    return min(took)


if __name__ == "__main__":
    main()
