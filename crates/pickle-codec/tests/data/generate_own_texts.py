"""Texts of a character that are one object in CPython, and those that `str(instance)` makes anew: by each CPython that runs
this, at protocols 0 to 5.

    python3.13 generate_own_texts.py > own_texts.jsonl.z

A zlib stream of a line a case: a name, the protocol, the pickle in hexadecimal. Loaded and dumped again it gives the same bytes.
CPython 3.8, 3.10 and 3.12 write the same.
"""

import json
import pickle
import sys
import types
import zlib


class S(str):
    pass


class P:
    """Made of arguments that are kept, not made anew."""

    def __new__(cls, *args):
        return object.__new__(cls)

    def __init__(self, *args):
        self.args = args

    def __getnewargs__(self):
        return self.args

    def __getstate__(self):
        return None


def with_state(value):
    value.attribute = "a"
    return value


CASES = {
    "two": lambda: [S("a"), S("a")],
    "before": lambda: [S("a"), "a", "a"],
    "behind": lambda: ["a", S("a"), "a", S("a")],
    "alone": lambda: S("a"),
    "in a tuple, behind": lambda: ("a", S("a"), "a"),
    "latin-1": lambda: ("\xe9", S("\xe9"), S("\xe9")),
    "beyond latin-1": lambda: ["\u0105", S("\u0105")],
    "empty": lambda: ["", S(""), S("")],
    "keys": lambda: {"a": S("a"), S("b"): "b", "c": {"b": "a"}},
    "in a frozenset": lambda: [frozenset([S("a")]), "a"],
    "state": lambda: [with_state(S("a")), "a", S("a")],
    "arguments that are kept": lambda: [P("a"), P("a"), "a"],
    "arguments that are kept, behind": lambda: ["a", P("a"), S("a"), P("a")],
    "arguments that are kept, in a tuple": lambda: [("a", "b"), P("a"), {"b": P("b")}],
    "arguments that are kept, alone": lambda: ("a", P("a")),
    "many": lambda: [S(character) for character in "abcabc"] * 2 + list("abcabc"),
    "over several frames": lambda: [each for number in range(300) for each in (S("abc"[number % 3]), "x" * 300)],
}


def main():
    module = types.ModuleType("m")
    sys.modules["m"] = module
    for made in S, P:
        made.__module__ = "m"
        setattr(module, made.__name__, made)
    lines = []
    for name, case in CASES.items():
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            lines.append(json.dumps([name, protocol, pickle.dumps(case(), protocol).hex()]) + "\n")
    sys.stdout.buffer.write(zlib.compress("".join(lines).encode(), 9))


main()
