#!/usr/bin/env python3.13
"""Writes what CPython's `repr` says, for tests/repr.rs. Run it under Python 3.13.

reprs.txt: an expression, a tab, the repr of its value
"""

import pathlib
import sys

EXPRESSIONS = """
None
True
Ellipsis
NotImplemented
0
-1
2**47
2**200
-(2**63)
0.0
-0.0
1e16
float('inf')
float('nan')
1j
-0.0+1j
complex(1, -2)
complex(-0.0, 1)
complex(0, float('nan'))
complex(1.5, float('-inf'))
''
"it's"
'caf\\xe9\\n'
'\\ud800'
b''
b'a\\x00'
bytearray(b'ab')
()
(1,)
(1, (2, 3))
[]
[1, [2]]
{}
{'a': 1, 2: None}
set()
{1}
frozenset()
frozenset({1})
range(0, 3)
range(1, 10, 2)
slice(None, 2, None)
list_in_itself()
dict_in_itself()
list_in_a_tuple_in_itself()
two_lists()
""".split("\n")[1:-1]


def list_in_itself():
    value = [1]
    value.append(value)
    return value


def dict_in_itself():
    value = {}
    value["self"] = value
    return value


def list_in_a_tuple_in_itself():
    value = []
    value.append((value,))
    return value


def two_lists():
    a, b = [], []
    a.append(b)
    b.append(a)
    return [a, b]


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit("run this under Python 3.13, whose repr is the one to match")
    lines = ("%s\t%r\n" % (text, eval(text)) for text in EXPRESSIONS)
    path = pathlib.Path(__file__).parent / "reprs.txt"
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


main()
