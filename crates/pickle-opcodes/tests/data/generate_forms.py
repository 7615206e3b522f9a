#!/usr/bin/env python3.13
"""Writes forms.txt: what CPython answers to odd spellings of protocol 0's lines. Run it under Python 3.13.

A case a line, its fields with tabs between:

- who reads: the opcode, for the C loader; `int` and `float` for Python's own, which pickletools calls;
- the line in hexadecimal, without its newline;
- the answer: `error`, `bool 1`, `int -5`, `float` and the bits, `index 7`, `bytes` or `text` and the items in hexadecimal.
"""

import io
import itertools
import pathlib
import pickle
import random
import re
import struct
import sys
import warnings

warnings.simplefilter("ignore")
rng = random.Random(31)

INTEGERS = """
0 1 2 7 9 -1 -0 +0 +1 +5 00 01 02 -00 -01 +01 000 001 0000000 007 010 09 08 -010 +010 0777 0777777777777777777777
01777777777777777777777 -01777777777777777777777 0x 0X 0x0 0x1 0x10 0X1F 0xfF -0x10 +0x10 0x_1 0x1_0 0x__1 0x1_ 0xg 0x-1 0x+1
0x7fffffffffffffff 0x8000000000000000 0xffffffffffffffff -0x8000000000000000 -0x8000000000000001 0x10000000000000000
0x123456789abcdef0123456789abcdef 0o 0o0 0o17 0O17 0o_17 0o1_7 0o8 -0o17 0o777777777777777777777777 0b 0b0 0b1 0B101 0b2 0b_1
0b1_0 -0b11 1_0 1__0 _1 1_ _ 1_000_000 -1_0 0_0 0_ 00_0 0_1 0_7 1_0L 1e5 1.0 1. .5 e - + -- +- -+1 --1 ++1 1- 1+ 1L 1l LL L 1LL
0L -5L -L 00L 01L 0x10L 0xL 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809
18446744073709551615 18446744073709551616 99999999999999999999 -99999999999999999999 2147483647 2147483648 -2147483648
123456789012345678901234567890123456789012345678901234567890 0000000000000000000000000000001 True False None abc 0abc 12abc
0.0 0e0 1/2 ١ ７ 1² 0xé
""".split()

SPACED = """
 |  | 0| 1| 2|  0|0 |1 |1  | 1 |00 | 00|01 | 01|\t1|1\t|\v1|\f1|\r1|1\r|1\r\r|0\r|01\r|- 1|1 1|+ 1| +1| -0|-1 | 0x10|0x10 |0x 10
1_0 | 1_0|1 L|1L |1 L |L |\xa01|1\xa0|\x851|\x1f1|1\x00|1\x002|\x00|\x001|0\x00|01\x00|-\x00|1\x00L|1L\x00| \x00|0x10\x00|1 \x00x
1\x1c|\x1c1|1\u2003|1\x00 |10 \x00
""".strip("\n").replace("\n", "|").split("|")

LONG_ONES = ["9" * 4300, "9" * 4301, "0" * 4300 + "1", "0" * 4301, "-" + "1" * 4300, "1_" * 2200 + "1", "1_" * 4300 + "1"]
LONG_ONES += ["0x" + "f" * 5000, "0b" + "1" * 5000, "0o" + "7" * 5000, "1" * 5000 + "L", " " * 5000 + "1"]

FLOATS = """
0 1 -1 0.0 -0.0 1.5 +1.5 .5 5. . -. +. 1e5 1E5 1e+5 1e-5 1e 1e+ 1e- e5 .e5 5.e3 .5e3 1e5.0 1e1000 -1e1000 1e-1000 1e308 1e309
1.7976931348623157e308 1.7976931348623158e308 1.7976931348623159e308 4.9e-324 2e-324 2.4703282292062327e-324 inf -inf +inf Inf INF
infinity -Infinity iNfInItY infinit infinityx infx in nan -nan +nan NaN nanx nan(1) snan 0x1p3 0x10 1_0 1_0.0_1 1__0 _1 1_ 1_.0 1._0
1e_5 1e5_ 1e1_0 1_e5 -_1 in_f 1L 1j 1f 1d 1,5 1.5.5 -- +-1 --1 - + 00 01 00.5 000 1e0000000005 1e99999999999999999999 0e99999999999
1e-99999999999999999999 123456789012345678901234567890 0.1000000000000000055511151231257827 9007199254740993 9007199254740992.5
8.41e21 2.2250738585072011e-308 2.2250738585072012e-308 True None ١ １ é
""".split()

FLOATS_SPACED = """
 | 1|1 | 1 |\t1|1\t|1\r|\r1|\v1|1\f|- 1|1 1|1e 5|\xa01|1\xa0|1\x00|1\x002|\x00|\x001|1.5\x00x|1 \x00| 1\x00|nan |inf\x00|-\x00|1_0 | 1_0
\x1c1|1\x1f|1\u2003
""".strip("\n").replace("\n", "|").split("|")

QUOTED = r"""
'' "" 'a' "a" 'a" "a' a 'a a' ' " 'it's' "it"s" '"' "'" 'a'b 'a'' ''' '''' \'a\' '\'' '\"' "\'" "\"" '\\' '\' '\\\' '\a\b\f\n\r\t\v'
'\0' '\1' '\12' '\123' '\1234' '\377' '\400' '\777' '\8' '\9' '\08' '\18' '\x41' '\x4' '\x' '\xg' '\x4g' '\X41' '\x00' '\xff' '\xFF'
'\xfF1' '\u1234' '\U00012345' '\N{DASH}' '\q' '\Q' '\d\e\w' '\%' '\ ' ' ' 'a b' '\x4' '\x41\' '\\x41' '\\\x41' b'a' u'a' 'é' '\é'
'a\x41b\101c\ng' "\x22" '\x27' 'aL' '\47' '\'\'' x 'x' "\"\"" '\x4\x41' '\x41\x4' '\1\12\123\1234\400\x01' `a` 'a`
""".split()

QUOTED_SPACED = ["", " ", " 'a'", "'a' ", "'a'\r", "'\r'", "'a\rb'", "'\x00'", "'a\x00b'", "'a'\x00", "\x00'a'", "'\t'", "'\\\r'", "'\\\x00'"]
QUOTED_SPACED += ["'\xff'", "'\x80\x81'", "'\\\xff'", "'\\ \\'", "'\\", "'a\\", "\"\\", "'\\x4 '", "'\\4 1'", "'" + "\\x41" * 50 + "'"]

RAW = r"""
abc é \ \\ \\\ \u \u1 \u12 \u123 \u1234 \u12345 \u123g \ug \u00e9 \u0000 \u000a \u000d \u001a \u005c \u005cu1234 \\u1234 \\\u1234
\\\\u1234 \U \U1 \U0001f60 \U0001f600 \U0001F600 \U0010ffff \U00110000 \Uffffffff \U00000041 \U0000d800 \U0001f6000 \U0001f60g
\ud83d \ude00 \ud83d\ude00 \ude00\ud83d \udfff \ud800a \uD83D\uDE00 \n \t \x41 \101 \N{DASH} \q a\u0041b\u0042 \u0041\ \u0041\u
\u-123 \u+123 \u_123 \U+0001f60 \u\u1234 \a\u1234 \é \éu1234 \ÿ ÿ \uFFFF \uffff\uffff \U0010FFFF\u0041 'a' "a" \' \"
""".split()

RAW_SPACED = ["", " ", "a\r", "\r", "a b", "\x00", "a\x00b", "\\\x00", "\\ u1234", "\\u 123", "\\u123 ", "\x80\x9f\xa0\xff", "\\\r", "\x1a", "\t"]


def encode(texts):
    for text in texts:
        yield text.encode("latin-1", "ignore") or text.encode("utf-8")
        if not text.isascii():
            yield text.encode("utf-8")


def noise(alphabet, count, longest):
    for _ in range(count):
        yield "".join(rng.choice(alphabet) for _ in range(rng.randrange(longest + 1)))


def lines(*groups):
    return sorted(set(line for line in encode(itertools.chain(*groups)) if b"\n" not in line))


def load(line, opcode, **options):
    return pickle.Unpickler(io.BytesIO(opcode + line + b"\n."), **options).load()


def scalar(line, opcode):
    value = load(line, opcode)
    return f"bool {value:d}" if isinstance(value, bool) else integer(value)


def integer(value):
    # Hexadecimal: the decimal of some of them has more digits than str() gives.
    return f"int {value:#x}"


def bits(value):
    return "float " + struct.pack(">d", value).hex()


def index(line):
    try:
        load(line, b"g")
    except pickle.UnpicklingError as error:
        found = re.fullmatch(r"Memo value not found at index (\d+)", str(error))
        if found:
            return "index " + found[1]
        raise


def text(line):
    return " ".join(["text", *(f"{ord(character):x}" for character in load(line, b"V"))])


INTEGER_LINES = lines(INTEGERS, SPACED, LONG_ONES, noise("01_- x", 250, 5), noise("0123456789abcxobL+_ \0", 250, 7))
FLOAT_LINES = lines(FLOATS, FLOATS_SPACED, noise("01._e+-", 300, 7))
READERS = {
    "INT": (INTEGER_LINES, lambda line: scalar(line, b"I")),
    "LONG": (INTEGER_LINES, lambda line: integer(load(line, b"L"))),
    "GET": (INTEGER_LINES, index),
    "int": (INTEGER_LINES, lambda line: integer(int(line))),
    "FLOAT": (FLOAT_LINES, lambda line: bits(load(line, b"F"))),
    "float": (FLOAT_LINES, lambda line: bits(float(line))),
    "STRING": (
        lines(QUOTED, QUOTED_SPACED, ("'" + body + "'" for body in noise("\\x014ag'\" ", 300, 8))),
        lambda line: "bytes " + load(line, b"S", encoding="bytes").hex(),
    ),
    "UNICODE": (lines(RAW, RAW_SPACED, noise("\\uU01adf8", 300, 12)), text),
}


def answer(reader, line):
    try:
        return reader(line) or "error"
    except Exception:
        return "error"


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit("run this under Python 3.13, whose loader is the one to match")
    path = pathlib.Path(__file__).with_name("forms.txt")
    with path.open("w", encoding="ascii", newline="\n") as file:
        for name, (cases, reader) in READERS.items():
            for line in cases:
                file.write(f"{name}\t{line.hex()}\t{answer(reader, line)}\n")


main()
