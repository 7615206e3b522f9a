"""Hostile pickles, family by family: each yields names and bytes."""

import pickle
import struct
from pickle import (ADDITEMS, APPEND, APPENDS, BINGET, BINPERSID, BINPUT, BUILD, DICT, DUP, EMPTY_DICT, EMPTY_LIST, EMPTY_SET,
                    EMPTY_TUPLE, FROZENSET, LIST, LONG_BINGET, LONG_BINPUT, MARK, MEMOIZE, NEWOBJ, NONE, OBJ, POP, POP_MARK,
                    REDUCE, SETITEM, SETITEMS, STOP, TUPLE, TUPLE1, TUPLE2)

GLOBAL = b"cm\nC\n"
INSTANCE = GLOBAL + EMPTY_TUPLE + NEWOBJ


def u32(value):
    return struct.pack("<I", value & 0xFFFFFFFF)


def u64(value):
    return struct.pack("<Q", value & 0xFFFFFFFFFFFFFFFF)


def text(value):
    encoded = value.encode("utf-8", "surrogatepass")
    return b"X" + u32(len(encoded)) + encoded


# An instruction of each opcode, with what it needs on the stack before it.
INSTRUCTIONS = {
    "INT": (b"", b"I12\n"), "LONG": (b"", b"L12L\n"), "BININT": (b"", b"J\x01\x02\x03\x04"), "BININT1": (b"", b"K\x05"),
    "BININT2": (b"", b"M\x05\x06"), "LONG1": (b"", b"\x8a\x02\x05\x06"), "LONG4": (b"", b"\x8b\x02\0\0\0\x05\x06"),
    "STRING": (b"", b"S'abc'\n"), "BINSTRING": (b"", b"T\x03\0\0\0abc"), "SHORT_BINSTRING": (b"", b"U\x03abc"),
    "BINBYTES": (b"", b"B\x03\0\0\0abc"), "SHORT_BINBYTES": (b"", b"C\x03abc"),
    "BINBYTES8": (b"", b"\x8e\x03\0\0\0\0\0\0\0abc"), "BYTEARRAY8": (b"", b"\x96\x03\0\0\0\0\0\0\0abc"),
    "NEXT_BUFFER": (b"", b"\x97"), "READONLY_BUFFER": (b"C\x01a", b"\x98"), "NONE": (b"", b"N"), "NEWTRUE": (b"", b"\x88"),
    "NEWFALSE": (b"", b"\x89"), "UNICODE": (b"", b"Vabc\\u00e9\n"), "SHORT_BINUNICODE": (b"", b"\x8c\x03abc"),
    "BINUNICODE": (b"", b"X\x03\0\0\0abc"), "BINUNICODE8": (b"", b"\x8d\x03\0\0\0\0\0\0\0abc"), "FLOAT": (b"", b"F1.5\n"),
    "BINFLOAT": (b"", b"G\x3f\xf8\0\0\0\0\0\0"), "EMPTY_LIST": (b"", b"]"), "APPEND": (b"]N", b"a"),
    "APPENDS": (b"](NN", b"e"), "LIST": (b"(NN", b"l"), "EMPTY_TUPLE": (b"", b")"), "TUPLE": (b"(NN", b"t"),
    "TUPLE1": (b"N", b"\x85"), "TUPLE2": (b"NN", b"\x86"), "TUPLE3": (b"NNN", b"\x87"), "EMPTY_DICT": (b"", b"}"),
    "DICT": (b"(NN", b"d"), "SETITEM": (b"}NN", b"s"), "SETITEMS": (b"}(NNK\x01N", b"u"), "EMPTY_SET": (b"", b"\x8f"),
    "ADDITEMS": (b"\x8f(N", b"\x90"), "FROZENSET": (b"(N", b"\x91"), "POP": (b"NN", b"0"), "DUP": (b"N", b"2"),
    "MARK": (b"N", b"(0"), "POP_MARK": (b"N(NN", b"1"), "GET": (b"Np7\n0", b"g7\n"), "BINGET": (b"Nq\x070", b"h\x07"),
    "LONG_BINGET": (b"Nq\x070", b"j\x07\0\0\0"), "PUT": (b"N", b"p7\n"), "BINPUT": (b"N", b"q\x07"),
    "LONG_BINPUT": (b"N", b"r\x07\0\0\0"), "MEMOIZE": (b"N", b"\x94"), "EXT1": (b"", b"\x82\x01"),
    "EXT2": (b"", b"\x83\x01\x02"), "EXT4": (b"", b"\x84\x01\x02\x03\x04"), "GLOBAL": (b"", GLOBAL),
    "STACK_GLOBAL": (b"\x8c\x01m\x8c\x01C", b"\x93"), "REDUCE": (GLOBAL + b")", b"R"), "BUILD": (INSTANCE + b"}", b"b"),
    "INST": (b"(N", b"im\nC\n"), "OBJ": (b"(" + GLOBAL + b"N", b"o"), "NEWOBJ": (GLOBAL + b")", b"\x81"),
    "NEWOBJ_EX": (GLOBAL + b")}", b"\x92"), "PROTO": (b"N", b"\x80\x04"), "STOP": (b"N", b""),
    "FRAME": (b"", b"\x95\x02\0\0\0\0\0\0\0N"), "PERSID": (b"", b"Pid\n"), "BINPERSID": (b"N", b"Q"),
}

# An object of each type.
OBJECTS = {
    "none": b"N", "true": b"\x88", "int": b"K\x07", "long": b"\x8a\x0a" + bytes(9) + b"\x01", "float": b"G?\xf8\0\0\0\0\0\0",
    "str": b"\x8c\x01s", "bytes": b"C\x01b", "bytearray": b"\x96" + u64(1) + b"b", "list": b"]", "tuple": b"N\x85",
    "empty-tuple": b")", "dict": b"}", "set": b"\x8f", "frozenset": b"(N\x91", "global": GLOBAL, "instance": INSTANCE,
    "call": GLOBAL + b")R", "persistent": b"NQ",
}


def truncations(_random, _scale):
    """Each instruction, cut off after each of its bytes, and left without what it needs."""
    for name, (before, instruction) in INSTRUCTIONS.items():
        yield f"whole-{name}", before + instruction + STOP
        for length in range(1, len(instruction)):
            yield f"cut-{name}-{length}", before + instruction[:length]
        for kept in range(len(before)):
            yield f"underflow-{name}-{kept}", before[:kept] + instruction + STOP
        if before:
            yield f"below-mark-{name}", before + MARK + instruction + STOP
            yield f"between-marks-{name}", MARK + before + MARK + instruction + STOP


COUNTED = {"T": 4, "B": 4, "X": 4, "\x8b": 4, "\x8d": 8, "\x8e": 8, "\x96": 8, "\x95": 8, "U": 1, "C": 1, "\x8a": 1, "\x8c": 1}
SIZES = [1, 5, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 2**24 - 1, 2**24, 2**30, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**40,
         2**48, 2**62, 2**63 - 1, 2**63, 2**64 - 8, 2**64 - 1]


def sizes(_random, _scale):
    """Lengths that claim more than there is: by one, by much, beyond every integer type."""
    for opcode, width in COUNTED.items():
        code = opcode.encode("latin-1")
        for size in SIZES:
            if size < 1 << 8 * width:
                yield f"size-{code.hex()}-{size:x}", code + size.to_bytes(width, "little") + b"abcd"
        for rest in (0, 3, 100):
            claim = (rest + 1).to_bytes(width, "little")
            yield f"one-more-{code.hex()}-{rest}", code + claim + b"a" * rest
            yield f"all-of-it-{code.hex()}-{rest}", code + rest.to_bytes(width, "little") + b"a" * rest + STOP
    for rest in range(1, 9):
        yield f"repeated-claims-{rest}", (b"B" + u32(1 << 30) + b"x" * rest) * 100


def memos(random, scale):
    many = scale(100_000)
    indexes = [2**8, 2**16, 2**24, 2**28, 2**31 - 1, 2**31, 2**32 - 1]
    for index in indexes:
        yield f"huge-{index:x}", b"N" + LONG_BINPUT + u32(index) + POP + LONG_BINGET + u32(index) + STOP
    for index in [2**31, 2**32, 2**40, 2**59, 2**60 - 1, 2**62, 2**63 - 1, 2**63, 2**64, 10**30]:
        yield f"huge-line-{index:x}", b"Np%d\ng%d\n." % (index, index)
    for name, line in {"negative": b"-1", "minus-zero": b"-0", "empty": b"", "word": b"x", "float": b"1.0", "hex": b"0x10",
                       "space": b" 1 ", "underscore": b"1_0", "zeros": b"007", "plus": b"+5", "nul": b"1\x002",
                       "digits": b"1" * 5000, "zeros-many": b"0" * 5000 + b"1"}.items():
        yield f"put-{name}", b"Np" + line + b"\n."
        yield f"get-{name}", b"Np1\np10\np0\np5\np7\ng" + line + b"\n."
    yield "sparse", b"N" + b"".join(LONG_BINPUT + u32(n * 40_009) for n in range(many)) + STOP
    yield "sparse-down", b"N" + b"".join(LONG_BINPUT + u32((many - n) * 9) for n in range(many)) + STOP
    yield "sparse-doubling", b"N" + b"".join(LONG_BINPUT + u32(1 << n) for n in range(32)) + STOP
    yield "sparse-random", b"N" + b"".join(LONG_BINPUT + u32(random.getrandbits(32)) for _ in range(many)) + STOP
    yield "sparse-near", b"N" + b"".join(LONG_BINPUT + u32(n * 7) for n in range(many)) + STOP
    yield "put-again", b"N" + (BINPUT + b"\0") * many + STOP
    yield "memoize-many", b"N" + MEMOIZE * many + STOP
    yield "memoize-after-sparse", b"N" + BINPUT + b"\x05" + MEMOIZE * 300 + BINGET + b"\x02" + STOP
    yield "get-missing", BINGET + b"\x07" + STOP
    yield "get-missing-long", LONG_BINGET + u32(2**32 - 1) + STOP
    yield "get-many-of-a-string", b"X" + u32(many) + b"s" * many + BINPUT + b"\0" + MARK + (BINGET + b"\0") * many + TUPLE + STOP
    yield "get-many-of-a-list", b"]" + BINPUT + b"\0" + MARK + b"N" * 1000 + APPENDS + MARK + (BINGET + b"\0") * many + LIST + STOP
    yield "get-many-of-an-int", (b"\x8b" + u32(4000) + b"\x7f" * 4000 + BINPUT + b"\0" + MARK + (BINGET + b"\0") * many
                                 + LIST + STOP)
    yield "dup-many", b"N" + DUP * many + STOP
    yield "dup-of-a-string", b"X" + u32(many) + b"s" * many + MARK[:0] + DUP * many + STOP
    yield "memo-on-nothing", MEMOIZE + STOP
    yield "put-on-a-mark", MARK + BINPUT + b"\0" + STOP


def marks(_random, scale):
    many = scale(1_000_000)
    yield "marks", MARK * many + STOP
    yield "marks-on-an-object", b"N" + MARK * many + STOP
    yield "marks-popped", b"N" + MARK * many + POP * many + STOP
    yield "marks-pop-mark", b"N" + MARK * many + POP_MARK * many + STOP
    yield "marks-pop-mark-more", b"N" + MARK * 100 + POP_MARK * 101 + STOP
    yield "marks-to-tuples", MARK * many + TUPLE * many + STOP
    yield "marks-to-lists", MARK * many + LIST * many + STOP
    yield "marks-to-dicts", MARK * 100 + DICT * 100 + STOP
    yield "marks-to-frozensets", MARK * many + FROZENSET * many + STOP
    yield "objects-left", b"N" * many + STOP
    yield "tuples-left", EMPTY_TUPLE * many + STOP
    yield "lists-left", EMPTY_LIST * many + STOP
    yield "dicts-left", EMPTY_DICT * many + STOP
    yield "sets-left", EMPTY_SET * many + STOP
    yield "floats-left", b"G\x7f\xf8\0\0\0\0\0\0" * (many // 8) + STOP
    yield "popped", (b"N" + POP) * many + b"N" + STOP
    for name, code in {"list": LIST, "tuple": TUPLE, "dict": DICT, "frozenset": FROZENSET, "pop-mark": POP_MARK,
                       "appends": APPENDS, "setitems": SETITEMS, "additems": ADDITEMS, "obj": OBJ, "inst": b"im\nC\n"}.items():
        yield f"no-mark-{name}", b"N" + code + STOP
        yield f"mark-at-the-bottom-{name}", MARK + code + STOP
        yield f"mark-on-nothing-{name}", MARK + b"NN" + code + STOP
    # What stands below a mark cannot be reached.
    for name, code in {"append": APPEND, "setitem": SETITEM, "build": BUILD, "reduce": REDUCE, "newobj": NEWOBJ, "dup": DUP,
                       "tuple1": TUPLE1, "tuple2": TUPLE2, "stop": STOP, "persid": BINPERSID, "memoize": MEMOIZE}.items():
        for above in range(3):
            yield f"fence-{name}-{above}", b"NN]" + MARK + b"N" * above + code + STOP


def numbers(random, scale):
    big = scale(10_000_000)
    lines = {
        "digits": b"1" * big, "nines": b"9" * big, "negative": b"-" + b"7" * big, "hex": b"0x" + b"f" * big,
        "octal": b"0o" + b"7" * big, "binary": b"0b" + b"1" * big, "underscores": b"1" + b"_1" * (big // 2),
        "zeros": b"0" * big, "zeros-one": b"0" * big + b"1", "spaces": b" " * big + b"1", "minuses": b"-" * big,
        "dots": b"." * big, "underscores-only": b"_" * big, "letters": b"a" * big,
    }
    for name, line in lines.items():
        for code in "ILF":
            yield f"{code}-{name}", code.encode() + line + (b"L" if code == "L" else b"") + b"\n."
    for digits in sorted({18, 19, 20, 308, 309, 310, 4299, 4300, 4301, 5000, scale(100_000), scale(1_000_000)}):
        for code in "ILF":
            yield f"{code}-{digits}-digits", code.encode() + b"8" * digits + b"\n."
            yield f"{code}-{digits}-hex", code.encode() + b"0x" + b"8" * digits + b"\n."
    odd = [b"", b"-", b"+", b"+1", b"--1", b" 1", b"1 ", b"1L", b"1l", b"0x", b"0xg", b"0x_1", b"1__0", b"1_", b"_1", b"00", b"01",
           b"02", b"007", b"010", b"0o8", b"0b2", b"1e5", b"1.5", b"nan", b"-nan", b"inf", b"infinity", b"-INF", b"1e400", b"-1e400",
           b"1e-400", b"0x1p3", b"1_0.5", b"1\x00", b"\x00", b"1\x002", b"\xd9\xa1", b"\xff", b"1\r", b"9223372036854775807",
           b"9223372036854775808", b"-9223372036854775808", b"-9223372036854775809", b"1e", b".", b"1.", b".5", b"\t1", b"True",
           b"1" + b"0" * 400 + b".0", b"0." + b"0" * 5000 + b"1", b"1e999999999999999999999", b"1e-999999999999999999999"]
    for at, line in enumerate(odd):
        for code in "ILFgp":
            yield f"odd-{code}-{at}", b"N" + code.encode() + line + b"\n."
    for length in sorted({0, 1, 255, 256, 4000, 65536, big}):
        yield f"long4-{length}", b"\x8b" + u32(length) + random.randbytes(length) + STOP
    yield "long4-zeros", b"\x8b" + u32(big) + bytes(big) + STOP
    yield "long4-ones", b"\x8b" + u32(big) + b"\xff" * big + STOP
    yield "long1-many", MARK + (b"\x8a\xff" + b"\x7f" * 255) * (big // 300) + LIST + STOP
    yield "long4-many", MARK + (b"\x8b" + u32(40_000) + b"\x7f" * 40_000) * (big // 100_000) + LIST + STOP
    yield "long-keys", EMPTY_DICT + MARK + b"".join(b"\x8a\x09" + struct.pack("<Q", n) + b"\x01N" for n in range(big // 100)) + SETITEMS + STOP
    yield "L-many", MARK + (b"L" + b"3" * 4000 + b"L\n") * (big // 10_000) + LIST + STOP


def encodings(random, scale):
    """Text that is no text, and escapes that are none."""
    invalid = {"overlong-slash": b"\xc0\xaf", "overlong-nul": b"\xc0\x80", "overlong-3": b"\xe0\x80\xaf", "overlong-4": b"\xf0\x80\x80\xaf",
               "surrogate": b"\xed\xa0\x80", "low-surrogate": b"\xed\xb0\x80", "surrogate-pair": b"\xed\xa0\xbd\xed\xb8\x80",
               "beyond": b"\xf4\x90\x80\x80", "five": b"\xf8\x88\x80\x80\x80", "six": b"\xfc\x84\x80\x80\x80\x80", "fe": b"\xfe", "ff": b"\xff",
               "lone-tail": b"\x80", "cut-2": b"\xc3", "cut-3": b"\xe2\x82", "cut-4": b"\xf0\x9f\x98", "nul": b"\0", "bom": b"\xef\xbb\xbf",
               "noncharacter": b"\xef\xbf\xbf", "last": b"\xf4\x8f\xbf\xbf", "latin-1": b"\xe9t\xe9"}
    for name, raw in invalid.items():
        for padding in (0, 31, 100):
            content = b"a" * padding + raw + b"b" * padding
            yield f"utf8-{name}-{padding}", b"X" + u32(len(content)) + content + STOP
        yield f"short-{name}", b"\x8c" + bytes([len(raw)]) + raw + STOP
        yield f"python2-{name}", b"U" + bytes([len(raw)]) + raw + STOP
        yield f"persistent-{name}", b"P" + raw + b"\n."
        yield f"global-{name}", b"c" + raw + b"\n" + raw + b"\n."
        yield f"inst-{name}", b"(i" + raw + b"\n" + raw + b"\n."
        yield f"stack-global-{name}", text("m") + b"X" + u32(len(raw)) + raw + b"\x93."
    lines = [rb"\u", rb"\u1", rb"\u12", rb"\u123", rb"\u1234", rb"\ud800", rb"\ud83d\ude00", rb"\U", rb"\U0001f600", rb"\U00110000",
             rb"\Uffffffff", rb"\U0000d800", rb"\u00zz", b"\\", rb"\\", rb"\x41", rb"\N{DIGIT ONE}", b"\xff\xfe", b"\0", b"a\rb", rb"\\u0041",
             rb"\\\u0041", rb"\u005cu0041"]
    for at, line in enumerate(lines):
        yield f"unicode-line-{at}", b"V" + line + b"\n."
    strings = [b"''", b'""', b"'", b'"', b"", b"'a\"", b"a'", b"'a'b", b"'a' ", b" 'a'", b"'\\'", b"'\\''", b"'\\x'", b"'\\x4'", b"'\\x41'", b"'\\xzz'",
               b"'\\400'", b"'\\777'", b"'\\8'", b"'\\0'", b"'\\q'", b"'\\\\'", b"'\xff'", b"'\0'", b"b'a'", b"'''a'''", b"'\\u0041'", b"'\\N{X}'"]
    for at, line in enumerate(strings):
        yield f"string-line-{at}", b"S" + line + b"\n."
    big = scale(2_000_000)
    yield "unicode-line-escapes", b"V" + rb"\u0041" * (big // 6) + b"\n."
    yield "unicode-line-backslashes", b"V" + b"\\" * big + b"\n."
    yield "unicode-line-latin", b"V" + b"\xff" * big + b"\n."
    yield "string-line-escapes", b"S'" + rb"\x41" * (big // 4) + b"'\n."
    yield "string-line-no-end", b"S'" + b"a" * big
    yield "unicode-line-no-end", b"V" + b"a" * big
    yield "global-no-end", b"c" + b"a" * big
    yield "global-long", b"c" + b"a" * big + b"\n" + b"b" * big + b"\n."
    yield "globals-many", MARK + b"".join(b"cm\nC%d\n" % n for n in range(big // 20)) + LIST + STOP
    yield "globals-dotted", text("m") + text(".".join("a" * (big // 4))) + b"\x93."
    yield "text-many", MARK + (b"\x8c\x02\xc3\xa9") * (big // 8) + LIST + STOP
    yield "text-control", b"X" + u32(big) + b"\x01" * big + STOP
    yield "text-random", b"X" + u32(4 * (big // 16)) + "".join(chr(random.randrange(0x10000, 0x110000)) for _ in range(big // 16)).encode() + STOP
    yield "bytes-control", b"B" + u32(big) + b"\x01" * big + STOP
