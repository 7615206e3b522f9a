#!/usr/bin/env python3
"""Holds our `_pickle` against the interpreter's own, both in one process: random graphs, mutated pickles.

    python3.13 fuzz_live.py LIBRARY graphs --seed 1 --count 1000
    python3.13 fuzz_live.py LIBRARY pickles --seed 1 --count 1000
    python3.13 fuzz_live.py LIBRARY pickles --seed 1 --only 17

`cargo xtask fuzz-live` builds the library and runs many of these at once. A line of JSON a message; status 1 if anything
differs that is not in `known-differences.json`.
"""

import argparse
import json
import os
import sys
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
SHOWN = 600


def main():
    options = arguments()
    if os.environ.get("PYTHONHASHSEED") != "0":
        # Sets come in the order of their hashes.
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    warnings.simplefilter("ignore")
    sys.path.insert(0, HERE)
    from live import cases, known, loading, modules, plants

    native = modules.native()
    ours = modules.ours(os.path.abspath(options.library))
    if options.plant:
        ours = plants.planted(options.plant, ours)
    loading.guard()
    part = cases.PARTS[options.part](native, ours, options.seed)
    if options.part == "pickles":
        part.read_corpus(os.path.join(HERE, "..", "corpus", "pickles.z"))
    entries = known.read(os.path.join(HERE, "known-differences.json"))
    if options.only is not None:
        return only(options, part, entries)
    return run(options, part, entries)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library")
    parser.add_argument("part", choices=("graphs", "pickles"))
    parser.add_argument("--seed", default="0")
    parser.add_argument("--start", type=int, default=0, help="the number of the first case")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--only", type=int, help="one case by itself, in detail")
    parser.add_argument("--shrink", action="store_true", help="with --only: look for a shorter pickle")
    parser.add_argument("--timeout", type=float, default=30, help="seconds of processor time for one case")
    parser.add_argument("--plant", help="a fault to be put into our module")
    return parser.parse_args()


def run(options, part, entries):
    """All cases of a range, in workers."""
    from live import known, workers

    def report(number, difference):
        entry = known.find(entries, options.part, difference)
        return {
            "case": number,
            "what": difference.what,
            "protocol": difference.protocol,
            "native": printable(difference.native),
            "ours": printable(difference.ours),
            "known": entry and entry.name,
        }

    failed = False
    for message in workers.run(part, options.start, options.count, report, options.timeout):
        if "what" in message:
            failed |= message["known"] is None
        failed |= "crash" in message
        print(json.dumps(message), flush=True)
    return 1 if failed else 0


def printable(text):
    """The beginning of a text, with lone surrogates as escapes: JSON's readers refuse them."""
    return text[:SHOWN].encode("utf-8", "backslashreplace").decode()


def only(options, part, entries):
    """One case, in this process, with all that can be said of it."""
    from live import known

    if options.part == "pickles":
        data, settings = part.case(options.only)
        print("settings:", settings)
        print("pickle:  ", data)
    else:
        print("graph:", part.describe(options.only)[:4000])
    failed = False
    for difference in part.run(options.only):
        entry = known.find(entries, options.part, difference)
        failed |= entry is None
        if difference.data is None:
            print("settings:", difference.settings)
        print(f"\n{difference.what}" + ("" if difference.protocol is None else f" at protocol {difference.protocol}"))
        print("  native:", difference.native)
        print("  ours:  ", difference.ours)
        print("  known: ", entry and f"{entry.name}: {entry.reason}")
        if options.shrink and difference.data is not None:
            print("  shrunk:", part.shrink(difference.data, settings, difference.what))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
