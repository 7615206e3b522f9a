#!/usr/bin/env python3
"""CPython 3.13.0 crashes in `__reduce__` of an iterator over a dict or a set. No pickler takes part in it.

    python3.13 proofs/iterator_on_the_stack.py

`dictiter_reduce` and `setiter_reduce` copy the iterator onto the C stack and make a list of the copy. The list asks for its
`__length_hint__`: a bound method, whose `__self__` is the copy. Where no more than 50 nested C calls are left, the
interpreter does not free this method but puts it aside (`Py_TRASHCAN_BEGIN`), and frees it when calls have returned. Then
the copy is gone, and what stands in its place has its "reference count" lowered.

Each depth of nested calls is tried in a process of its own. Prints how each ended; status 0 if one crashed.
"""

import subprocess
import sys

# Of the 10,000 nested C calls that CPython 3.13 allows.
DEPTHS = range(9940, 9992, 4)


class Meta(type):
    def __instancecheck__(cls, thing):
        iterator = iter(KINDS[sys.argv[2]])
        for _ in range(100):
            iterator.__reduce__()
        return True


class Leaf(metaclass=Meta):
    pass


KINDS = {"dict": {}, "set": set()}


def nested(depth):
    """`isinstance` makes a C call for each tuple within another."""
    kinds = Leaf
    for _ in range(depth):
        kinds = (kinds,)
    return isinstance(None, kinds)


def main():
    crashed = 0
    for kind in KINDS:
        for depth in DEPTHS:
            status = subprocess.run([sys.executable, __file__, str(depth), kind], capture_output=True).returncode
            print(f"{kind} iterator, {depth} calls deep: {'no harm seen' if status == 0 else f'status {status}'}")
            crashed += status < 0
    return 0 if crashed else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        nested(int(sys.argv[1]))
    else:
        sys.exit(main())
