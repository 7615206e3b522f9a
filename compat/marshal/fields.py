"""Says what an interpreter finds in the code objects of compiled modules.

    python fields.py PACK [--index N]

PACK is a file of compile.py, made by the same interpreter. For each module prints a line with a digest for each of its
code objects, outermost first: SHA-256 of the lines that `describe` gives. With --index, prints these lines themselves for
the code objects of module number N.

Floats are written by their bits; text by its code points where it is not ASCII.
"""

from __future__ import print_function

import argparse
import dis
import hashlib
import marshal
import struct
import sys
import types
import warnings

PYTHON2 = sys.version_info[0] == 2
VERSION = sys.version_info[:2]
if not PYTHON2:
    unicode, long = str, ()

HEADER = 8 if PYTHON2 else 12 if VERSION < (3, 7) else 16
ATTRIBUTES = ["co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals", "co_stacksize", "co_flags"]
ATTRIBUTES += ["co_code", "co_consts", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_filename", "co_name"]
ATTRIBUTES += ["co_qualname", "co_firstlineno", "co_linetable" if VERSION >= (3, 10) else "co_lnotab", "co_exceptiontable"]


def spell(value):
    """A constant, told apart from all others."""
    if isinstance(value, types.CodeType):
        return "<code>"
    if isinstance(value, (tuple, frozenset)):
        items = [spell(item) for item in value]
        return "(%s)" % ",".join(items) if isinstance(value, tuple) else "{%s}" % ",".join(sorted(items))
    if value is None or value is Ellipsis or isinstance(value, bool):
        return repr(value)
    if long and isinstance(value, long):
        return "l%d" % value
    if isinstance(value, int):
        return "i%d" % value
    if isinstance(value, float):
        return "f" + bits(value)
    if isinstance(value, complex):
        return "c" + bits(value.real) + bits(value.imag)
    if isinstance(value, bytes):
        return "b" + "".join("%02x" % byte for byte in bytearray(value))
    return "u" + "".join(point(character) for character in value)


def point(character):
    code = ord(character)
    return character if 32 <= code < 127 and character != "\\" else "\\%x;" % code


def bits(value):
    return "%016x" % struct.unpack("<Q", struct.pack("<d", value))


def handlers(code):
    if VERSION < (3, 11):
        return
    for entry in dis._parse_exception_table(code):
        yield "handler %d %d %d %d %d" % (entry.start, entry.end, entry.target, entry.depth, entry.lasti)


def describe(code):
    """The lines that tell all of one code object."""
    for name in ATTRIBUTES:
        if hasattr(code, name):
            yield "%s %s" % (name, spell(getattr(code, name)))
    if VERSION >= (3, 10):
        for start, end, line in code.co_lines():
            yield "lines %d %d %s" % (start, end, line)
    else:
        for start, line in dis.findlinestarts(code):
            yield "line %d %d" % (start, line)
    if VERSION >= (3, 11):
        for number, position in enumerate(code.co_positions()):
            yield "position %d %s" % (2 * number, " ".join(map(str, position)))
    for line in handlers(code):
        yield line


def all_codes(code):
    """A code object and those within, each before its own."""
    work = [code]
    while work:
        code = work.pop()
        yield code
        work.extend(reversed([constant for constant in code.co_consts if isinstance(constant, types.CodeType)]))


def entries(path):
    """The names and contents of a pack."""
    with open(path, "rb") as file:
        for line in iter(file.readline, b""):
            _, size, name = line.decode("utf-8").rstrip("\n").split(" ", 2)
            yield name, file.read(int(size))


def modules(path):
    for _, data in entries(path):
        yield marshal.loads(data[HEADER:])


def main(describe):
    parser = argparse.ArgumentParser()
    parser.add_argument("pack")
    parser.add_argument("--index", type=int)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    for number, module in enumerate(modules(arguments.pack)):
        if arguments.index is None:
            digests = []
            for code in all_codes(module):
                text = "".join(line + "\n" for line in describe(code))
                digests.append(hashlib.sha256(text.encode("ascii")).hexdigest()[:16])
            print(" ".join(digests))
        elif arguments.index == number:
            for code in all_codes(module):
                print("\n".join(describe(code)))


if __name__ == "__main__":
    main(describe)
