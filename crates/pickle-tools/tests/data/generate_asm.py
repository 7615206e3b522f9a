#!/usr/bin/env python3.13
"""Writes asm.jsonl: pickles of values that CPython's picklers spell differently, each with its listing.

    python3.13 generate_asm.py PYTHON...      asks each PYTHON, 2.7 or newer, for its pickles

A line: `by` (who wrote it first), `pickle` in hexadecimal, and `dis`, the text of 3.13's `pickletools.dis`. Pickles that
`dis` refuses are left out.
"""

from __future__ import print_function, unicode_literals

import binascii
import io
import json
import pickle
import random
import subprocess
import sys


class Old:
    def __init__(self):
        self.name = "old"


class Slotted(object):
    __slots__ = ("a",)


class External(object):
    pass


def texts():
    pieces = ["", "abc", "it's", '"', "\\", "\n", "\r", "\0", "\x1a", "\t\x0b\x7f\x80\x85\xa0\xad\xff", "\u1234\u2028"]
    pieces += ["\U0001f600", "\ud800", "\udfff!", "\\u0041", "a\\nb", "\r\n", " "]
    rng = random.Random(7)
    return pieces + ["".join(pieces[int(rng.random() * len(pieces))] for _ in range(3)) for _ in range(20)]


def byte_strings():
    for text in texts():
        try:
            yield text.encode("ascii")
        except UnicodeEncodeError:
            pass


def floats():
    yield from_text("nan")
    yield from_text("inf")
    yield -from_text("inf")
    for number in [0.0, -0.0, 1.0, 0.1, 1e15, 1e16, 1e17, 1e22, 1e-4, 1e-5, 1e300, 5e-324, 123456.0, 2.0**60, 12345678901234567.0]:
        yield number
        yield -number
    # As long by repr as by %.17g.
    yield [0.1, 1.23456789012e16, -1.23456789012e16]


def from_text(text):
    return float(text)


def ints():
    for exponent in (7, 8, 15, 16, 31, 32, 63, 64, 2039, 2040):
        for number in (2**exponent - 1, 2**exponent, -(2**exponent), -(2**exponent) - 1):
            yield number


def values():
    for group in (texts, byte_strings, floats, ints):
        for value in group():
            yield value
    nested = []
    nested.append((nested, {"key": nested}))
    yield [None, True, False, (), [], {}, (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), set(), frozenset([1]), bytearray(b"\xff")]
    yield nested
    yield [b"a str where it is Python 2", from_text("nan")]
    yield Old()
    yield [Old, len, Slotted]
    yield [str(number) for number in range(300)]


IDS = ["abc", "C:\\temp\\new", "a b", "\\\\server\\x", "tab\there", "it's", "C:\\Users\\bob", "C:\\q", "back\\", "a\\\\b", ""]


def picklers():
    """Functions from a value and a protocol to a pickle."""
    if sys.version_info[0] == 2:
        import cPickle

        return {"cPickle": cPickle.dumps, "pickle": pickle.dumps}
    return {"_pickle": pickle.dumps, "pickle": pickle._dumps}


def external(name, protocol):
    class Pickler(pickle.Pickler):
        def persistent_id(self, thing):
            return str(name) if isinstance(thing, External) else None

    out = io.BytesIO()
    Pickler(out, protocol).dump([External(), 1])
    return out.getvalue()


def make():
    seen = set()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        made = [(name, dumps, value) for name, dumps in sorted(picklers().items()) for value in values()]
        made += [("persistent ids", external, name) for name in IDS]
        for name, dumps, value in made:
            try:
                text = dumps(value, protocol)
            except Exception:
                # What one version or protocol cannot pickle is no matter here.
                continue
            if text not in seen:
                seen.add(text)
                print("%s\t%s" % (name, binascii.hexlify(text).decode()))


def collect(pythons):
    import pathlib
    import pickletools

    if sys.version_info[:2] != (3, 13):
        sys.exit("run this under Python 3.13, whose pickletools is the one to match")
    seen = set()
    with pathlib.Path(__file__).with_name("asm.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for python in pythons:
            version = subprocess.run([python, "-c", "import sys; print(sys.version.split()[0])"], stdout=subprocess.PIPE, check=True)
            made = subprocess.run([python, __file__, "make"], stdout=subprocess.PIPE, check=True)
            for line in made.stdout.decode().splitlines():
                name, digits = line.split("\t")
                if digits in seen:
                    continue
                seen.add(digits)
                out = io.StringIO()
                try:
                    pickletools.dis(bytes.fromhex(digits), out)
                except ValueError:
                    continue
                case = {"by": "%s %s" % (version.stdout.decode().strip(), name), "pickle": digits, "dis": out.getvalue()}
                file.write(json.dumps(case, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["make"]:
        make()
    else:
        collect(sys.argv[1:])
