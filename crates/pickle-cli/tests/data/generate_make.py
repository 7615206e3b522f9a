"""Writes make.jsonl: literals, and what CPython 3.13's `pickle.dumps(ast.literal_eval(text), protocol)` writes.

    python3.13 generate_make.py [SEED COUNT]

Each line is `[text, [hexadecimal of protocol 0, ..., of protocol 5]]`. No set has more than one item: which comes first
is not the text's to say. Without arguments it writes the committed table; others are for longer runs of the same test.
"""

import ast
import json
import pathlib
import pickle
import random
import sys
import warnings

HERE = pathlib.Path(__file__).parent

# What is one object and what are two, first of all.
TEXTS = [
    "['ab', 'ab']", "['a', 'a', '\\x61', 'a' '']", "[b'ab', b'ab']", "[b'a', b'a', b'\\x61', b'a' b'']", "[b'', b'', b'' b'']",
    "['é', '\\xe9', 'Ā', 'Ā']", "['', '', '' '']", "[(), (), ((),)]", "[(1,), (1,)]", "[1.5, 1.5]", "[2j, 2j, 1+2j, 1+2j]",
    "[1+2j, 1-2j, -1j]", "[..., ...]", "[None, True, False]", "{'k': 'k'}", "{'key': 'key'}", "[set(), set(), {1}, {1}]",
    "['abc', 'ab' 'c']", "{b'x': 'x', 'x': b'x'}", "[300, 300, 10000000000, 10000000000]",
    "[-1, 255, 256, 65535, 65536, 2147483647, 2147483648, -2147483648, -2147483649]",
    "[0xffffffffffffffffff, -0x80, -0x8000000000000000, 0x8000000000000000]", "1e999", "-1e999", "[0.1, -0.0, 1e-320, 1e22]",
    "'\\ud800'", "'a\\n\\\\\\r\\0\\x1a\\u20ac\\U0001f600'", "b'\\x00\\xff\\n'", "'" + "x" * 300 + "'", "b'" + "y" * 300 + "'",
    "[" + "1, " * 1001 + "]", "{" + ", ".join(f"{i}: {i}" for i in range(1001)) + "}",
    "[" * 60 + "]" * 60, "(" * 60 + "1" + ",)" * 60, "{1: 2, True: 3, 1.0: 4}", "{0.0: 'a', -0.0: 'b', 0: 'c', False: 'd'}",
    "1, 2", "'a', 'b', 'c', 'd'", "0x" + "7f" * 300, "((1, 2), (1, 2, 3), (1, 2, 3, 4), [], {}, '', b'')", "u'a' r'\\n'",
]


def random_texts(rng, count):
    for _ in range(count):
        yield value(rng, rng.randrange(5))


def value(rng, depth):
    if depth == 0 or rng.random() < 0.2:
        return atom(rng)
    items = [value(rng, depth - 1) for _ in range(rng.randrange(5))]
    match rng.randrange(5):
        case 0:
            return "[" + ", ".join(items) + "]"
        case 1:
            return "(" + "".join(item + ", " for item in items) + ")"
        case 2:
            return "{" + ", ".join(f"{atom(rng)}: {item}" for item in items) + "}"
        case 3:
            return rng.choice(("set()", "{" + atom(rng) + "}"))
        case _:
            return "(" + atom(rng) + ")"


# Few, so that many are written twice.
WORDS = ["name", "id", "a", "b", "é", "tags", "user 1", "", "naïve", "\u20ac", "it's", "line\n", "\x00\x7f", "\ud83d"]


def atom(rng):
    match rng.randrange(9):
        case 0 | 1 | 2:
            return repr(rng.choice(WORDS))
        case 3:
            return repr(bytes(rng.choice(b"ab\x00\xff") for _ in range(rng.randrange(4))))
        case 4:
            return repr(rng.getrandbits(rng.choice((1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 2050))) - rng.getrandbits(31))
        case 5:
            return repr(rng.choice((0.0, 1.5, -2.25, 1e300, 1e-7, 123456789.125, rng.random())))
        case 6:
            return rng.choice(("1j", "-2.5j", "1+2j", "(1.5-0j)", "-0.0+1j", "1e999j"))
        case _:
            return rng.choice(("None", "True", "False", "...", "()"))


def line(text):
    value = ast.literal_eval(text)
    return json.dumps([text, [pickle.dumps(value, protocol).hex() for protocol in range(6)]]) + "\n"


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit("run this under Python 3.13, whose bytes are the ones to match")
    warnings.simplefilter("ignore")
    seed, count = map(int, sys.argv[1:] or (20240613, 700))
    texts = dict.fromkeys((*TEXTS, *random_texts(random.Random(seed), count)))
    lines = []
    for text in texts:
        try:
            lines.append(line(text))
        except TypeError:
            # An unhashable key.
            pass
    (HERE / "make.jsonl").write_text("".join(lines), encoding="ascii", newline="\n")


main()
