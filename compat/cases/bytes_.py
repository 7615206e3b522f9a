"""bytes and bytearray: SHORT_BINBYTES to BYTEARRAY8, and the calls of
protocols 0-2, which spell them as latin-1 text.

One byte is special.  bytes of one byte are one object per value, except that
from 3.8 on those read at protocols 3 and up are objects of their own.  What a
bytearray of one byte writes inside of its call is that one object up to 3.7, so
two of them share it; from 3.8 on it is a new one each time.
"""

from .fresh import case, data, text

VALUES = (
    ("empty", b""),
    ("ascii", b"hello"),
    ("not utf-8", b"\xff\xfe\x80"),
    ("utf-8", b"\xc3\xa9t\xc3\xa9"),
    ("newlines", b"a\nb\r\nc\r"),
    ("nul and ctrl-z", b"\0\x1a\0\x1a"),
    ("backslashes", b"\\u0041\\\\n"),
    ("quotes", b"it's \"both\""),
    ("looks like a pickle", b"\x80\x04N."),
    ("zeros", b"\0" * 40),
    ("ff", b"\xff" * 40),
)
LENGTHS = (2, 3, 127, 128, 253, 254, 255, 256, 257, 258)


def cases():
    for kind, build in (("bytes", data), ("bytearray", bytearray)):
        for name, value in VALUES:
            yield case("%s, %s" % (kind, name), build, value)
        for byte in (0x00, 0x0A, 0x0D, 0x1A, 0x27, 0x5C, 0x61, 0x7F, 0x80, 0xE9, 0xFF):
            yield case("%s, one byte %02x" % (kind, byte), build, bytes(bytearray([byte])))
        for length in LENGTHS:
            yield case("%s, length %d" % (kind, length), filled, build, b"y", length)
            yield case("%s, length %d beyond ascii" % (kind, length),
                       filled, build, b"\xe9", length)
        yield case("%s, all values" % kind, lambda b: b(bytes(bytearray(range(256)))), build)
        yield case("%s, several" % kind, several, build)
        yield case("%s, empty three times" % kind, lambda b: [b(b""), b(b""), b(b"")], build)
        yield case("%s, as dict values" % kind,
                   lambda b: {1: b(b"one"), 2: b(b"two"), 3: b(b"")}, build)
    yield case("both kinds", lambda: [data(b"ab"), bytearray(b"ab"), data(b""), bytearray()])
    # Low protocols write the text 'a', which is CPython's own 'a'.
    yield case("one byte beside its character", lambda: [data(b"a"), text("a")])
    yield case("character beside its byte", lambda: [text("a"), data(b"a"), data(b"a")])
    yield case("one byte beyond ascii beside its character",
               lambda: [data(b"\xe9"), text(u"\xe9")])
    yield case("bytearrays of the same one byte", lambda: [bytearray(b"a"), bytearray(b"a")])
    yield case("bytearray of one byte beside the same byte",
               lambda: [bytearray(b"a"), data(b"a"), bytearray(b"a"), data(b"b")])
    yield case("bytearray of one byte beside its character",
               lambda: [bytearray(b"a"), text("a")])
    yield case("bytes beside equal text", lambda: [data(b"abc"), text("abc")])
    yield case("bytes beside the codec's name", lambda: [data(b"abc"), text("latin1")])
    yield case("bytearray beside the codec's name",
               lambda: [bytearray(b"abc"), text("latin-1"), text("latin1")])
    yield case("bytes as keys", lambda: {data(b"k1"): 1, data(b"k2"): data(b"v"), data(b""): 3})


def filled(build, byte, length):
    return build(byte * length)


def several(build):
    return [build(value) for _, value in VALUES] + [build(value) for _, value in VALUES]
