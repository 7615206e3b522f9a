"""What this interpreter makes of pickles: loads each, and dumps it at every protocol.

    python judge.py FOLDER OUT SAMPLE

writes to OUT, for one of SAMPLE files of FOLDER in the order of their names: the name, the
error that loading met (or nothing), and what dumps gives at protocols 0 to 5
(nothing where it fails), each as a number of four bytes, big-endian, and so many
bytes.  Each pickle is loaded in a process of its own, a fork, so that none sees
what another has interned or imported.
"""

import os
import pickle
import signal
import struct
import sys
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))
import forks  # noqa: E402

SECONDS = 10
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def main(folder, out, sample):
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(3000)
    import collections, copyreg, datetime, decimal, enum, fractions, ipaddress, pathlib, random, uuid  # noqa: E401
    names = sorted(os.listdir(folder))[::int(sample)]
    with open(out, "wb") as file:
        for count, name in enumerate(names):
            with open(os.path.join(folder, name), "rb") as source:
                data = source.read()
            parts = forks.run(load_and_dump, data) or [b"no answer"]
            parts += [b""] * (1 + len(PROTOCOLS) - len(parts))
            for part in [os.fsencode(name)] + parts:
                file.write(struct.pack(">I", len(part)) + part)
            if count % 100 == 0:
                print("progress", count, len(names), file=sys.stderr)


def load_and_dump(data):
    signal.alarm(SECONDS)
    devnull = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(devnull, number)
    try:
        dumped = [b""]
        for protocol in PROTOCOLS:
            value = pickle.loads(data)
            try:
                dumped.append(pickle.dumps(value, protocol))
            except Exception:
                dumped.append(b"")
            del value
        return dumped
    except BaseException as error:
        return [("%s: %s" % (type(error).__name__, error)).encode("utf-8", "replace")]


if __name__ == "__main__":
    main(*sys.argv[1:])
