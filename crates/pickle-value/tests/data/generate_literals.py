#!/usr/bin/env python3.13
"""Writes what CPython's `repr` says, for tests/literal.rs. Run it under Python 3.13.

- floats.txt:     the sixteen hexadecimal digits of a float, its repr
- texts.txt:      code points in hexadecimal with commas, the repr
- bytes.txt:      the bytes in hexadecimal, repr of bytes, repr of bytearray; tabs between
- printable.txt:  the FNV-1a hash of one byte per code point, 1 where it is printable, and how many are
"""

import pathlib
import random
import struct
import sys

HERE = pathlib.Path(__file__).parent
SEED = 20240613


def floats():
    rng = random.Random(SEED)
    yield from (0.0, -0.0, 1.0, -1.0, 0.1, 1 / 3, 1e15, 1e16, 1e17, 9999999999999998.0, 1e-4, 1e-5, 123456.789)
    yield from (float("inf"), float("-inf"), float("nan"), 5e-324, sys.float_info.min, sys.float_info.max)
    yield from (1.5, 100.0, 1e22, 1e23, 0.5, 0.0001, 0.00012345, 2.0**53, 2.0**53 + 2)
    # Powers of two lie closer to the float below than to the one above: shortest forms go wrong there first.
    for exponent in range(-1074, 1024):
        yield 2.0**exponent
    # Halfway between two shortest forms, where the even one is taken.
    for _ in range(300):
        bits = rng.randrange(2, 26)
        yield rng.getrandbits(53) * 2.0**-bits
    for _ in range(2000):
        (value,) = struct.unpack(">d", rng.getrandbits(64).to_bytes(8, "big"))
        yield value
    for _ in range(300):
        yield round(rng.uniform(-1000, 1000), rng.randrange(6))
    for _ in range(100):
        yield rng.uniform(-1, 1) * 10.0 ** rng.randrange(-8, 20)


def texts():
    rng = random.Random(SEED)
    yield from ("", "abc", "it's", '"', "'\"", "\\", "\t\n\r", "\x00\x1f\x7f", "\x80\xa0\xad\xff", "caf\xe9")
    yield from ("\ud800", "\ud83d\ude00", "\U0001f600", "\u200b\u2028\ufeff", "\U000e0001\U0010ffff", "\uffff\ue000")
    yield from ("'" * 3, "''\"\"", "a\\'b", "\\u1234", "{}%s", "\u0301x", "\u0378\u0379\u037a")
    for point in range(0x300):
        yield chr(point)
    for _ in range(300):
        alphabet = rng.choice(["ab'\"\\\n", "\x00\x7f\x80\xff\u0100", "\ud800\udfff\uffff\U00010000z", None])
        size = rng.randrange(1, 12)
        if alphabet:
            yield "".join(rng.choice(alphabet) for _ in range(size))
        else:
            yield "".join(chr(rng.randrange(sys.maxunicode + 1)) for _ in range(size))


def byte_strings():
    rng = random.Random(SEED)
    yield from (b"", b"abc", b"it's", b'"', b"'\"", b"\\", b"\t\n\r\x0b\x0c", bytes(range(256)))
    for value in range(256):
        yield bytes([value])
    for _ in range(100):
        yield bytes(rng.choice(b"a'\"\\\n\x00\x7f\x80\xff") for _ in range(rng.randrange(1, 12)))


def printable():
    value, count = 0xCBF29CE484222325, 0
    for point in range(sys.maxunicode + 1):
        answer = chr(point).isprintable()
        count += answer
        value = ((value ^ answer) * 0x100000001B3) % 2**64
    yield f"{value:016x} {count}"


def write(name, lines):
    (HERE / name).write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="\n")


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit("run this under Python 3.13, whose repr is the one to match")
    write("floats.txt", (f"{struct.pack('>d', value).hex()} {value!r}" for value in floats()))
    write("texts.txt", ((",".join(f"{ord(c):x}" for c in text) + " " + repr(text)) for text in texts()))
    write("bytes.txt", (f"{value.hex()}\t{value!r}\t{bytearray(value)!r}" for value in byte_strings()))
    write("printable.txt", printable())


main()
