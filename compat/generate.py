"""Ask the interpreter that runs this how it pickles a corpus of live objects.

    python generate.py answer --out DIR [--pickler c|python] [--only REGEX] [--jobs N]

For every case x and all protocols i and j it records

    A(j)    = dumps(x, j)
    B(i, j) = dumps(loads(dumps(x, i)), j)

and pickletools' text for every A.  README.md describes the files in DIR.

The bytes depend on which objects are the same object, so each answer comes
from a process that has built nothing else (see forks.py), and on hashes, so
PYTHONHASHSEED is 0.  Standard library only; runs on Python 2.7, 3.6 and newer.
"""

from __future__ import print_function

import argparse
import gc
import io
import json
import os
import pickletools
import platform
import re
import sys
import zlib

# The compiled form would be read back with other constants shared than the
# source gives, and the checkout stays clean.
sys.dont_write_bytecode = True

import cases
import forks
from picklers import PICKLERS, PYTHON_2
from reloads import DICT_ORDER, reason_of

FORMAT = 1
# Above this share of pairs with A != B the corpus says too little.  A part of
# it, chosen by --only, may well be over.
LIMIT_PERCENT = 5.0


def main():
    options = arguments()
    fix_hash_seed()
    # A collection writes to all objects, which copies the pages of a fork.
    gc.disable()
    corpus = [case for case in cases.corpus()
              if re.search(options.only, case.name)]
    if not os.path.isdir(options.out):
        os.makedirs(options.out)
    report = answer(corpus, options)
    report.print_to(sys.stderr)
    whole = not options.only
    failed = report.complaints or (whole and report.percent() > LIMIT_PERCENT)
    return 1 if failed else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command")
    commands.required = True
    command = commands.add_parser("answer", help="write the answers into a folder")
    command.add_argument("--out", required=True, metavar="DIR")
    command.add_argument("--pickler", choices=sorted(PICKLERS), default="c",
                         help="the accelerator, or the module in pure Python")
    command.add_argument("--only", default="", metavar="REGEX",
                         help="only the cases whose name it finds")
    command.add_argument("--jobs", type=int, default=1, metavar="N")
    command.add_argument("--isolate", action="store_true",
                         help="a process for each dump; slow, and must not "
                              "change a byte")
    return parser.parse_args()


def fix_hash_seed():
    """Start over with PYTHONHASHSEED=0: it is read before any code runs."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable] + sys.argv)
    # Python 2 raises the flag whatever the seed is.
    if sys.flags.hash_randomization and not PYTHON_2:
        sys.exit("PYTHONHASHSEED is ignored (was -E or -I given?)")


# -- Writing the answers ----------------------------------------------------

def answer(corpus, options):
    pickler = PICKLERS[options.pickler]
    protocols = range(pickler.highest_protocol + 1)
    report = Report()

    def task(index):
        case = corpus[index]
        known = [j for j in protocols if j >= case.since]
        return ask(pickler.by(case.way), case, known, options.isolate)

    with open(os.path.join(options.out, "blobs.bin"), "wb") as blobs_file, \
            open(os.path.join(options.out, "dis.bin"), "wb") as dis_file, \
            open(os.path.join(options.out, "answers.jsonl"), "wb") as lines:
        blobs, texts = Store(blobs_file), Store(dis_file)
        write_line(lines, [
            ("format", FORMAT),
            ("python", platform.python_version()),
            ("implementation", platform.python_implementation().lower()),
            ("pickler", options.pickler),
            ("protocols", list(protocols)),
            ("cases", len(corpus)),
        ])
        for index, parts in forks.in_order(task, len(corpus), options.jobs):
            case = corpus[index]
            if parts == LEFT_OUT:
                report.left_out.append(case.name)
                line = [("case", case.name), ("left_out", True)]
                write_line(lines, line)
                continue
            line = case_line(case, Answers(parts, protocols, case.since), blobs, texts)
            write_line(lines, line)
            report.add(case, dict(line), len(protocols))
            if (index + 1) % 50 == 0 or index + 1 == len(corpus):
                sys.stderr.write("progress %d %d\n" % (index + 1, len(corpus)))
                sys.stderr.flush()
        report.blob_bytes, report.dis_bytes = blobs.size, texts.size
    return report


def case_line(case, answers, blobs, texts):
    a, dis, b, error = [None] * case.since, [None] * case.since, [], []
    for j in answers.protocols:
        tag, pickled = answers.a(j)
        if tag == ERROR:
            error.append((str(j), pickled.decode("utf-8", "replace")))
            a.append(None)
            dis.append(None)
            continue
        a.append(blobs.place(pickled, pickled))
        tag, text = answers.dis(j)
        if tag == ERROR:
            error.append(("dis %d" % j, text.decode("utf-8", "replace")))
        dis.append(texts.place(pickled, text) if tag == BYTES else None)
    for i in answers.protocols:
        for j in answers.protocols:
            tag, pickled = answers.b(i, j)
            pair = "%d,%d" % (i, j)
            if tag == ERROR:
                error.append((pair, pickled.decode("utf-8", "replace")))
            elif tag == BYTES:
                b.append((pair, blobs.place(pickled, pickled)))
    reason = case.reason or (answers.reason() if b else None)
    line = [("case", case.name), ("reason", reason),
            ("a", a), ("dis", dis), ("b", dict(b))]
    tag, unsure = answers.unsure()
    if tag == ERROR:
        error.append(("twins", unsure.decode("ascii")))
    elif unsure:
        line.append(("unsure", unsure.decode("ascii").split()))
    if case.pending:
        line.append(("pending", case.pending))
    if error:
        line.append(("error", dict(error)))
    return line


def write_line(lines, pairs):
    text = json.dumps(dict(pairs), separators=(",", ":"))
    lines.write(text.encode("ascii") + b"\n")


class Store(object):
    """A file of values one after another; what has a known key is not repeated."""

    def __init__(self, file):
        self.file = file
        self.size = 0
        self.places = {}

    def place(self, key, value):
        place = self.places.get(key)
        if place is None:
            place = self.places[key] = [self.size, len(value)]
            self.file.write(value)
            self.size += len(value)
        return place


class Report(object):
    """What the run says about itself in the end."""

    def __init__(self):
        self.cases = self.pairs = 0
        self.left_out = []
        self.differing = {}
        self.complaints = []
        self.blob_bytes = self.dis_bytes = 0

    def add(self, case, line, protocols):
        self.cases += 1
        self.pairs += protocols * protocols
        changed = len(line["b"])
        if changed:
            reason = line["reason"]
            self.differing[reason] = self.differing.get(reason, 0) + changed
        if changed and line["reason"] is None:
            self.complaints.append("%s: a reload changes the bytes of %s, and no "
                                   "reason is declared" % (case.name, " ".join(line["b"])))
        for where, text in sorted(line.get("error", {}).items()):
            self.complaints.append("%s: at %s: %s" % (case.name, where, text))

    def percent(self):
        """Of all pairs; nearly all dicts of Python 2 change, and don't count."""
        counted = [count for reason, count in self.differing.items() if reason != DICT_ORDER]
        return 100.0 * sum(counted) / max(1, self.pairs)

    def print_to(self, out):
        for complaint in self.complaints:
            out.write("error: %s\n" % complaint)
        out.write("%d cases, %d pairs, %.2f %% changed by a reload\n"
                  % (self.cases, self.pairs, self.percent()))
        for reason, count in sorted(self.differing.items(), key=str):
            out.write("  %s: %d pairs\n" % (reason, count))
        if self.left_out:
            out.write("%d cases that this Python cannot build or pickle: %s\n"
                      % (len(self.left_out), ", ".join(self.left_out)))
        out.write("%d bytes of pickles, %d bytes of disassembly\n"
                  % (self.blob_bytes, self.dis_bytes))


# -- Asking, in processes of their own --------------------------------------

# Each answer is a part: one of these bytes, then what it speaks of.
BYTES, ERROR, SAME = b"+", b"!", b"="
# Instead of all parts: Python 2 has no such object, or no pickle of it.
LEFT_OUT = [b"-"]


class Answers(object):
    """Names the parts of a case: the As, their disassemblies, the Bs, why a
    reload may change the bytes, and the pairs that a twin makes unsure."""

    def __init__(self, parts, protocols, since):
        self.parts = parts
        self.protocols = [j for j in protocols if j >= since]
        self.since = since
        assert len(parts) == len(self.protocols) * (2 + len(self.protocols)) + 2

    def a(self, j):
        return self.split(j - self.since)

    def dis(self, j):
        return self.split(len(self.protocols) + j - self.since)

    def b(self, i, j):
        return self.split(len(self.protocols) * (2 + i - self.since) + j - self.since)

    def reason(self):
        return self.split(-2)[1].decode("ascii") or None

    def unsure(self):
        return self.split(-1)

    def split(self, position):
        part = self.parts[position]
        return part[:1], part[1:]


def ask(pickler, case, protocols, isolate):
    """All parts of one case, in the order that Answers reads.

    One process dumps x at every protocol, and one for each i dumps what it
    loaded from A(i) at every protocol.  Strictly each dump wants its own; that
    is what `isolate` does.  On 3.6.15 and 3.13.0 the two ways gave identical
    files for the whole corpus: no dump changes what a later one writes.
    """
    groups = [[j] for j in protocols] if isolate else [list(protocols)]
    a, dis, b = [], [], []
    for group in groups:
        answers = forks.run(dump_built, pickler, case.build, group)
        a += answers[:len(group)]
        dis += answers[len(group):-1]
        reason = answers[-1]
    if PYTHON_2 and all(part[:1] == ERROR for part in a):
        return LEFT_OUT
    written = dict(zip(protocols, a))
    for i in protocols:
        for group in groups:
            b += forks.run(dump_loaded, pickler, written[i], group, written)
    return a + dis + b + [reason, unsure_pairs(pickler, case, written)]


def unsure_pairs(pickler, case, written):
    """Between which protocols the bytes do not say enough: a twin has the same at
    i and others at j."""
    protocols = sorted(written)
    unsure = set()
    for build in case.twins:
        twin = dict(zip(protocols, forks.run(dump_built, pickler, build, protocols)))
        pairs = ["%d,%d" % (i, j) for i in protocols for j in protocols
                 if written[i] == twin[i] and written[j] != twin[j]]
        if not pairs or any(part[:1] == ERROR for part in twin.values()):
            return ERROR + b"a twin proves nothing"
        unsure.update(pairs)
    return BYTES + " ".join(sorted(unsure)).encode("ascii")


def dump_built(pickler, build, protocols):
    """The pickles, after all of them their disassemblies, then the reason."""
    try:
        value = build()
    except Exception as error:
        return [failure(error) for _ in protocols] * 2 + [BYTES]
    dumped = [dump(pickler, value, j) for j in protocols]
    return dumped + [disassemble(part) for part in dumped] + [BYTES + reason_of(value, pickler).encode("ascii")]


def dump_loaded(pickler, source, protocols, a):
    if source[:1] == ERROR:
        return [source for _ in protocols]
    try:
        value = pickler.loads(source[1:])
    except Exception as error:
        return [failure(error) for _ in protocols]
    dumped = [(j, dump(pickler, value, j)) for j in protocols]
    return [SAME if part == a[j] else part for j, part in dumped]


def dump(pickler, value, protocol):
    try:
        return BYTES + pickler.dumps(value, protocol)
    except Exception as error:
        return failure(error)


def disassemble(part):
    if part[:1] == ERROR:
        return part
    if PYTHON_2:
        # Its pickletools print otherwise; the newest one is asked.
        return SAME
    out = io.StringIO()
    try:
        pickletools.dis(part[1:], out)
    except Exception as error:
        return failure(error)
    text = out.getvalue().encode("utf-8", "surrogatepass")
    return BYTES + zlib.compress(text, 1)


def failure(error):
    text = "%s: %s" % (type(error).__name__, error)
    return ERROR + text.encode("utf-8", "backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
