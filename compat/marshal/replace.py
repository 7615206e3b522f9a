"""Holds changed code objects against the same changes, made by the interpreter.

    python replace.py PACK CHANGED

PACK is a file of compile.py, made by the same interpreter. CHANGED is such a file, too, whose names are `MODULE:CODE`, the
numbers of a module in PACK and of a code object in it; each has that code object with another file name, another name
and more constants. Prints a line for each: `equal`, or what is different.
"""

from __future__ import print_function

import marshal
import sys
import types
import warnings

sys.dont_write_bytecode = True

from fields import HEADER, PYTHON2, all_codes, describe, entries, modules


def changed(code):
    """The same change as ours."""
    name, file_name = code.co_name + "_edited", "edited/" + code.co_filename
    consts = code.co_consts + (7, "an edited constant", (2 ** 70, b"edited", -0.5, None))
    if hasattr(code, "replace"):
        return code.replace(co_name=name, co_filename=file_name, co_consts=consts)
    counts = [code.co_argcount] + ([] if PYTHON2 else [code.co_kwonlyargcount])
    counts += [code.co_nlocals, code.co_stacksize, code.co_flags]
    rest = [code.co_names, code.co_varnames, file_name, name, code.co_firstlineno, code.co_lnotab]
    return types.CodeType(*(counts + [code.co_code, consts] + rest + [code.co_freevars, code.co_cellvars]))


def judge(expected, found):
    told, seen = ([list(describe(code)) for code in all_codes(outer)] for outer in (expected, found))
    if told != seen:
        for of_one, of_other in zip(told, seen):
            for line, other in zip(of_one, of_other):
                if line != other:
                    return "%s where %s" % (other, line)
        return "another number of lines or code objects"
    # A code object with a constant that is not equal to itself is not equal to its own copy.
    if found != expected and marshal.loads(marshal.dumps(expected)) == expected:
        return "not equal"
    return "equal"


def main():
    warnings.simplefilter("ignore")
    wanted = {}
    for name, data in entries(sys.argv[2]):
        number, index = name.split(":")
        wanted.setdefault(int(number), []).append((int(index), data))
    for number, module in enumerate(modules(sys.argv[1])):
        for index, data in wanted.get(number, []):
            expected = changed(list(all_codes(module))[index])
            print(judge(expected, marshal.loads(data[HEADER:])))


if __name__ == "__main__":
    main()
