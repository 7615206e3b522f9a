"""Says what `dis` finds in the bytecode of compiled modules.

    python listing.py PACK [--index N]

PACK is a file of compile.py, made by the same interpreter. For each module prints a line with a digest for each of its
code objects, as fields.py does: SHA-256 of a line for each instruction, with its offset, its name, its argument and what
that means. With --index, prints these lines for the code objects of module number N.

What an argument means is the text that `dis` has for it, with two exceptions. A constant is spelled as in fields.py. A
jump is spelled by its target's offset: 3.13 has the number of a label there, and up to 3.9 absolute jumps have nothing.
"""

from __future__ import print_function

import dis
import sys

sys.dont_write_bytecode = True

from fields import PYTHON2, main, point, spell

JUMPS = set(dis.hasjabs) | set(dis.hasjrel) | set(getattr(dis, "hasjump", []))


def instructions(code):
    """Offset, opcode, name, argument, and what that is for and as a text."""
    if not PYTHON2:
        for found in dis.get_instructions(code):
            yield found.offset, found.opcode, found.opname, found.arg, found.argval, found.argrepr
        return
    # 2.7's `dis` only prints. These are its own rules.
    data, offset, extended = bytearray(code.co_code), 0, 0
    while offset < len(data):
        number, start = data[offset], offset
        if number < dis.HAVE_ARGUMENT:
            yield start, number, dis.opname[number], None, None, ""
            offset += 1
            continue
        arg = data[offset + 1] + data[offset + 2] * 256 + extended
        extended = arg * 65536 if number == dis.EXTENDED_ARG else 0
        offset += 3
        value, text = resolve(code, number, arg, offset)
        yield start, number, dis.opname[number], arg, value, text


def resolve(code, number, arg, end):
    if number in dis.hasname:
        return None, code.co_names[arg]
    if number in dis.hasjrel:
        return end + arg, ""
    if number in dis.hasjabs:
        return arg, ""
    if number in dis.haslocal:
        return None, code.co_varnames[arg]
    if number in dis.hascompare:
        return None, dis.cmp_op[arg]
    if number in dis.hasfree:
        return None, (code.co_cellvars + code.co_freevars)[arg]
    return None, ""


def describe(code):
    """A line for each instruction."""
    for offset, number, name, arg, value, text in instructions(code):
        if arg is None:
            meaning = ""
        elif number in dis.hasconst:
            # Of KW_NAMES 3.11's `dis` does not say which constant it is.
            meaning = spell(code.co_consts[arg])
        elif number in JUMPS:
            meaning = "to %d" % value
        else:
            meaning = "".join(map(point, text.decode("latin-1") if PYTHON2 else text))
        yield "%d %s %s %s" % (offset, name, arg, meaning)


if __name__ == "__main__":
    main(describe)
