#!/usr/bin/env python3.13
"""Writes dis.jsonl: what `pickletools.dis` prints for many pickles, well-formed or not. Run it under Python 3.13.

A case a line:

- `name`: what it shows;
- `pickles`: one in hexadecimal, or several that share a memo;
- `runs`: for each way to print it `indent`, `annotate`, what was printed (`text`), and for each pickle where the reader
  stood after it, or the exception's class (`ends`); the first exception ends a run.

Annotations are the opcode's name in braces, for the test to replace by our sentence.
"""

import array
import collections
import datetime
import decimal
import fractions
import io
import itertools
import json
import pathlib
import pickle
import pickletools
import random
import struct
import sys
import warnings

warnings.simplefilter("ignore")
for opcode in pickletools.opcodes:
    opcode.doc = "{%s}" % opcode.name

LAYOUTS = [(4, 0), (1, 20), (0, 0), (7, 1), (4, 30), (4, 50), (2, 55)]
rng = random.Random(1997)


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a, self.b = 1, [2]


class Words(list):
    pass


class Reduced:
    def __reduce__(self):
        return Words, (), {"kind": "reduced"}, iter([1, 2, 3]), iter([("a", 1)])


class External:
    pass


class WithPersistentIds(pickle.Pickler):
    def persistent_id(self, thing):
        return "id of External" if isinstance(thing, External) else None


def objects():
    yield "none", None
    yield "bools", [True, False]
    yield "ints", [0, 1, -1, 127, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**63, -(2**63), 2**200]
    yield "long_int", -(2**2039)
    yield "longer_int", 2**2048
    yield "floats", [0.0, -0.0, 1.5, 1e16, 1e-5, 1e300, float("inf"), float("-inf"), float("nan"), 0.1]
    yield "texts", ["", "abc", "it's", 'say "hi"', "both ' and \"", "caf\xe9", "\u20ac", "\U0001f600", "\n\r\t\\", "\x00\x7f\x80\xa0\xad"]
    yield "surrogates", ["\ud800", "\udfff!", "\ud83d\ude00"]
    yield "long_text", "x" * 300
    yield "bytes", [b"", b"abc", b"it's", b"\x00\xff\n\\", bytes(range(256)), b'"', b"'\""]
    yield "bytearrays", [bytearray(), bytearray(b"it's"), bytearray(b"\x00\xff'\"")]
    yield "tuples", ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ((((),),),))
    yield "lists", [[], [1], [1, 2], [[[[]]]], [[1, [2, [3, [4, [5]]]]]]]
    yield "dicts", {"a": 1, "b": {"c": [], "d": {}}, 3: None}
    yield "sets", [set(), {1}, frozenset(), frozenset([2])]
    yield "object", Point(1, [2, 3])
    yield "slots", Slotted()
    yield "list_subclass", Words([1, 2])
    yield "reduced", Reduced()
    yield "class_and_function", [Point, len, collections.OrderedDict]
    yield "standard_library", [
        datetime.datetime(2024, 2, 29, 12, 30),
        decimal.Decimal("1.50"),
        fractions.Fraction(1, 3),
        collections.Counter("abca"),
        collections.deque([1, 2], 5),
        array.array("d", [1.0, 2.0]),
        complex(1, -2),
        range(3),
        slice(1, None),
        Ellipsis,
    ]
    shared = ["shared"]
    yield "shared", [shared, shared, {"again": shared}]
    cycle = []
    cycle.append(cycle)
    yield "list_cycle", cycle
    loop = ([],)
    loop[0].append(loop)
    yield "tuple_cycle", loop
    yield "records", [{"name": "n%d" % i, "value": i, "tags": ("x", "y")} for i in range(20)]
    yield "many_entries", [str(i) for i in range(300)]
    yield "batches", list(range(1010))


def dumps():
    for (name, thing), protocol in itertools.product(objects(), range(6)):
        # Low protocols cannot pickle slots; the lines of large ones differ little.
        if name == "slots" and protocol < 2 or name in ("many_entries", "batches") and protocol not in (1, 4):
            continue
        yield f"dumps_{name}_{protocol}", [pickle.dumps(thing, protocol)]
    for protocol in range(6):
        out = io.BytesIO()
        WithPersistentIds(out, protocol).dump([External(), {"x": External()}])
        yield f"persistent_{protocol}", [out.getvalue()]
    writable, buffers = bytearray(b"abc"), []
    views = [pickle.PickleBuffer(b"abc"), pickle.PickleBuffer(writable)]
    yield "buffers_in_band", [pickle.dumps(views, 5)]
    yield "buffers_out_of_band", [pickle.dumps(views, 5, buffer_callback=buffers.append)]
    for protocol in range(6):
        out = io.BytesIO()
        pickler = pickle.Pickler(out, protocol)
        ends = [0]
        thing = ["a", "b"]
        for item in (thing, [thing, "c"], {"k": thing}):
            pickler.dump(item)
            ends.append(out.tell())
        parts = [out.getvalue()[start:end] for start, end in itertools.pairwise(ends)]
        yield f"one_memo_{protocol}", parts
        yield f"no_memo_{protocol}", parts[1:]


COUNTED = {"string1": "<B", "bytes1": "<B", "unicodestring1": "<B", "long1": "<B", "string4": "<i", "long4": "<i", "bytes4": "<I"}
COUNTED |= {"unicodestring4": "<I", "bytes8": "<Q", "bytearray8": "<Q", "unicodestring8": "<Q"}
FIXED = {"uint1": 1, "uint2": 2, "int4": 4, "uint4": 4, "uint8": 8, "float8": 8}
BODIES = [b"", b"a", b"'", b"\"'", b"\x00", b"\x7f", b"\x80", b"\xff", b"\xff\xff", b"\x00\x80", b"caf\xc3\xa9", b"\xed\xa0\x80", b"\xc3"]
BODIES += [b"\xed\xa0\x80\xed\xb0\x80z", b"\xf0\x9f\x98\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"a\xed\xa0", b"\\n\n", b"0123456789" * 6]
BODIES += [b"\xed\xa0\x80\xff", b"\xc2\xa0", b"\xef\xbf\xbf", b"\x01\x02\x03\x04\x05\x06\x07\x08", b"\xff" * 8, b"\x00" * 8 + b"\x80"]
BODIES += [b"\xff" * 7 + b"\x7f", b"\x00" * 7 + b"\x80", b"\x00" * 8, b"\xff" * 9, b"\xff" * 7 + b"\x7f\x00"]
NUMBERS = ["0", "1", "00", "01", "000", "-1", "+1", "-0", " 1", "1 ", "1\t", "1_0", "_1", "1__0", "", " ", "0x10", "1L", "5L", "LL", "L", "1.5"]
NUMBERS += ["1\r", "1\0", "9" * 30, "-" + "9" * 30, "9223372036854775807", "9223372036854775808", "-9223372036854775809", "abc", "1e5", "007"]
NUMBERS += [".5", "5.", "1e400", "-1e400", "inf", "-Infinity", "nan", "1_0.0_1", "1e_5", "1e5_0", " 1.5 ", "1e-400", "0.1", "1e22", "--1"]
STRINGS = ["''", '""', "'a'", '"a"', "'", '"', "a", "", "'a\"", "\"a'", " 'a'", "'a' ", "'a'\r", "'it's'", r"'\x41'", r"'\x4'", r"'\101'"]
STRINGS += [r"'\777'", r"'\xff'", "'\xe9'", r"'\q'", "'\\", "'a\\'", r"'\n'", r"'\''", r'"\""', "'\0'", r"'\u1234'", "'a'b", r"\x41", "\\"]
NAMES = ["a", "", "os path", r"\x41", r"\xe9", "\xe9", "\\", "'quoted'", "\"", "it's", "a\r", "\0", r"\n", "__main__", r"\x4"]
RAWS = ["", "a", "\xe9", r"\u20ac", r"\ud800", r"\ud83d\ude00", r"\U0001f600", r"\U00110000", r"\u12", r"\x41", "\\", r"\\u0041", "a\r", "\0"]
RAWS += ["it's", r"\u0022'", r"\n", r"\u005c", r"\U0000d800z", "\xa0\xad", r"\u200b"]
LINES = {"decimalnl_short": NUMBERS, "decimalnl_long": NUMBERS, "floatnl": NUMBERS, "stringnl": STRINGS, "stringnl_noescape": NAMES}
LINES |= {"unicodestringnl": RAWS}


def arguments(form):
    if form in FIXED:
        size = FIXED[form]
        yield from (b"\0" * size, b"\xff" * size, b"\x01" + b"\0" * (size - 1), b"\0" * (size - 1) + b"\x80", b"\x7f" + b"\xff" * (size - 1))
        yield from (rng.randbytes(size) for _ in range(3))
    elif form in COUNTED:
        for body in BODIES:
            yield struct.pack(COUNTED[form], len(body)) + body
    elif form == "stringnl_noescape_pair":
        for first, second in [*zip(NAMES, NAMES[1:]), *zip(NAMES, itertools.repeat("name")), *zip(itertools.repeat("module"), NAMES)]:
            yield (first + "\n" + second + "\n").encode("latin-1")
    else:
        for line in LINES[form]:
            yield (line + "\n").encode("latin-1")


# What must stand on the stack for an opcode to pass.
STANDING = {"mark": b"(", "any": b"N", "list": b"]", "dict": b"}", "set": b"\x8f", "str": b"X\x01\0\0\0a", "buffer": b"\x97", "stackslice": b""}


def single_opcodes():
    for opcode in pickletools.opcodes:
        code = opcode.code.encode("latin-1")
        standing = b"".join(STANDING[thing.name] for thing in opcode.stack_before)
        forms = list(arguments(opcode.arg.name)) if opcode.arg else [b""]
        for position, argument in enumerate(forms):
            yield f"{opcode.name}_{position}", [standing + code + argument + b"."]
        yield f"{opcode.name}_on_an_empty_stack", [code + forms[0] + b"N."]
        yield f"{opcode.name}_on_a_mark", [b"(" + code + forms[0] + b"N."]
        yield f"{opcode.name}_on_a_popped_mark", [b"(\x85" + code + forms[0] + b"N."]
        yield f"{opcode.name}_in_blocks", [b"N((NN(]N" + code + forms[0] + b"tttt."]
        yield f"{opcode.name}_unfinished", [standing + code + forms[-1][:-1]]


def hand_made():
    for name, text in {
        "empty": b"",
        "only_stop": b".",
        "no_stop": b"N",
        "trailing_data": b"N.N.garbage",
        "unknown_opcode": b"N\xffN.",
        "unknown_letter": b"NzN.",
        "nul": b"\0",
        "two_left": b"NK\x01].",
        "many_left": b"]" * 30 + b".",
        "mark_left": b"(N.",
        "mark_taken_by_stop": b"(.",
        "mark_taken_by_tuple1_then_tuple": b"(\x85t.",
        "mark_taken_by_tuple1_then_outer_mark": b"(N(\x85t.",
        "mark_doubled": b"(2t.",
        "mark_popped": b"((0N0t.",
        "pop_below_a_mark": b"(0" * 3 + b"N.",
        "pop_mark": b"N((NN1N1.",
        "pop_on_nothing": b"0.",
        "append_to_nothing": b"Na.",
        "setitem_on_two": b"}Ns.",
        "appends_without_mark": b"]Ne.",
        "get_unknown": b"h\x05.",
        "get_big": b"g99999999999999999999999\n.",
        "get_false": b"Np0\ng00\n0.",
        "put_true_then_1": b"Np01\np1\n.",
        "put_1_then_true": b"Np1\np01\n.",
        "put_negative": b"Np-5\ng-5\n0g-6\n.",
        "put_big": b"Np99999999999999999999999\n0g99999999999999999999999\n.",
        "put_big_twice": b"Np99999999999999999999999\np99999999999999999999999\n.",
        "put_huge_indexes": b"Nr\xff\xff\xff\xffr\xfe\xff\xff\x7fq\x07j\xff\xff\xff\xff0j\xfe\xff\xff\x7f0h\x070j\x08\0\0\0.",
        "put_mark": b"(q\0.",
        "put_nothing": b"q\0.",
        "put_twice": b"Nq\0q\0.",
        "memoize_nothing": b"\x94.",
        "memoize_mark": b"(\x94.",
        "memoize_a_taken_index": b"Nq\x01\x94.",
        "memoize_counts": b"Nq\x05\x94h\x010.",
        "memo_kinds": b"K\x01q\0]q\x01(q",
        "memo_keeps_the_kind": b"K\x01q\x00]q\x01\x8fq\x02h\x00h\x01h\x02G" + b"\0" * 8 + b"I01\n.",
        "every_kind_left": b"I1\nK\x01\x88G\0\0\0\0\0\0\0\0U\0C\0\x96" + b"\0" * 8 + b"\x8c\0N)]}\x8f(\x91\x97h\x00",
        "stack_kinds": b"I1\nK\x01\x88G\0\0\0\0\0\0\0\0U\0C\0\x96" + b"\0" * 8 + b"\x8c\0N)]}\x8f(\x91\x97P1\nl.",
        "stack_kinds_left": b"I1\nK\x01\x88G\0\0\0\0\0\0\0\0U\0C\0\x96" + b"\0" * 8 + b"\x8c\0N)]}\x8f(\x91\x97P1\n(.",
        "proto_late_and_high": b"N\x80\x04\x80\xff.",
        "frame_lies": b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xffN.",
        "claims_4_gib": b"X\xff\xff\xff\xffabc",
        "claims_everything": b"\x8e\xff\xff\xff\xff\xff\xff\xff\xffab",
        "claims_sys_maxsize": b"\x8d\xff\xff\xff\xff\xff\xff\xff\x7fab",
        "negative_string": b"T\xff\xff\xff\xff.",
        "negative_long": b"\x8b\0\0\0\x80.",
        "int_of_4300_digits": b"I" + b"9" * 4300 + b"\n.",
        "int_of_4301_digits": b"I1" + b"0" * 4300 + b"\n.",
        "int_of_4301_digits_one_zero": b"NI0" + b"9" * 4300 + b"\n.",
        "put_of_4301_digits": b"Np0" + b"9" * 4300 + b"\n.",
        "deep": b"(" * 40 + b"t" * 40 + b".",
        "wide_annotated_line": b"]X\x40\0\0\0" + b"w" * 64 + b"aK\x01aK\x02a.",
        "annotation_column_grows": b"]K\x01aM\x10\x27aJ\0\0\0\x70aX\x0a\0\0\0" + b"w" * 10 + b"aK\x01aX\x19\0\0\0" + b"w" * 25 + b"aK\x01a.",
        "annotation_with_wide_text": b"]X\x0c\0\0\0" + "\u20ac\u20ac\u20ac\u20ac".encode() + b"aK\x01aX\x04\0\0\0\xf0\x9f\x98\x80aK\x02a.",
        "offsets_of_four_digits": b"N0" * 510 + b"N.",
    }.items():
        yield name, [text]
    edge = 10**4300
    for name, value in {"below": edge - 1, "at": edge, "negative_below": 1 - edge, "negative_at": -edge}.items():
        data = value.to_bytes(1800, "little", signed=True)
        yield f"long4_{name}_4300_digits", [b"(\x8b" + struct.pack("<i", len(data)) + data + b"t."]
    yield "long4_of_many_digits", [b"\x8b" + struct.pack("<i", 3000) + b"\x55" * 3000 + b"."]
    yield "memo_shared_and_redefined", [b"Nq\0.", b"Nq\0."]
    yield "memo_shared_error_between", [b"Nq\0.", b"h\x01.", b"h\0."]
    yield "memo_shared_memoize", [b"\x80\x04N\x94.", b"\x80\x04]\x94h\x00a.", b"h\x01."]


def truncated():
    thing = [{"a": (1, 2.5), "caf\xe9": b"\xff"}, 2**40, Point(None, [])]
    for protocol in range(6):
        whole = pickle.dumps(thing, protocol)
        for cut in range(len(whole)):
            yield f"truncated_{protocol}_{cut}", [whole[:cut]]


def mutated():
    things = [pickle.dumps(thing, protocol) for name, thing in objects() if name not in ("batches", "slots") for protocol in range(6)]
    things = [text for text in things if len(text) < 400]
    for number in range(500):
        text = bytearray(rng.choice(things))
        for _ in range(rng.randrange(1, 4)):
            place = rng.randrange(len(text))
            choice = rng.randrange(4)
            if choice == 0:
                text[place] = rng.randrange(256)
            elif choice == 1:
                text[place] = ord(rng.choice(pickletools.opcodes).code)
            elif choice == 2:
                del text[place : place + rng.randrange(1, 4)]
                text += b"."
            else:
                text[place:place] = rng.choice(pickletools.opcodes).code.encode("latin-1")
        yield f"mutated_{number}", [bytes(text)]


def random_opcodes():
    short = [b"N", b"K\x07", b"]", b"}", b"(", b"(", b"(", b"0", b"1", b"2", b"t", b"l", b"d", b"e", b"u", b"a", b"s", b"\x85", b"\x94", b"o"]
    short += [b"q\0", b"q\x01", b"p2\n", b"h\0", b"h\x01", b"g2\n", b"ca\nb\n", b"ia\nb\n", b"R", b"b", b"\x8f", b"\x90", b"\x91", b"\x87"]
    for number in range(500):
        opcodes = rng.choices(short, k=rng.randrange(2, 25))
        yield f"random_{number}", [b"N]N" + b"".join(opcodes) + b"."]


def position(stream, memo, out, layout):
    try:
        pickletools.dis(stream, out, memo, *layout)
    except Exception as error:
        return type(error).__name__
    return stream.tell()


def run(pickles, layout):
    out, memo, ends = io.StringIO(), {}, []
    for text in pickles:
        ends.append(position(io.BytesIO(text), memo, out, layout))
        if isinstance(ends[-1], str):
            break
    return {"indent": layout[0], "annotate": layout[1], "text": out.getvalue(), "ends": ends}


def cases():
    groups = [dumps(), hand_made(), single_opcodes(), truncated(), mutated(), random_opcodes()]
    for number, (name, pickles) in enumerate(itertools.chain.from_iterable(groups)):
        # Each layout comes up again and again; all of them for every case would be megabytes.
        large = sum(map(len, pickles)) > 2000
        layouts = LAYOUTS[:1] if large else [LAYOUTS[0], LAYOUTS[1 + number % (len(LAYOUTS) - 1)]]
        if name.startswith(("truncated", "mutated", "random")):
            layouts = [LAYOUTS[number % len(LAYOUTS)]]
        runs = [run(pickles, layout) for layout in layouts]
        yield {"name": name, "pickles": [text.hex() for text in pickles], "runs": runs}


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit("run this under Python 3.13, whose pickletools is the one to match")
    path = pathlib.Path(__file__).with_name("dis.jsonl")
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for case in cases():
            file.write(json.dumps(case, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
