"""Frames of protocol 4 and up: none under 4 bytes, a cut after 64 KiB, and
payloads of 64 KiB or more outside of them.

A frame is cut when an object ends and the frame has at least 65,536 bytes.
The fillings below put such an end at 65,535, 65,536 or 65,537 bytes of the
first frame.  Every case costs 64 KiB or more at each protocol, so there are
few, and the payloads are repetitive.
"""

from .fresh import case, repeated, text

TARGET = 64 * 1024


def cases():
    # The frame counts what follows PROTO: with STOP, these have 2 to 6 bytes.
    for name, build in (("2 bytes", lambda: None), ("3 bytes", lambda: 0),
                        ("3 bytes of list", list), ("4 bytes", lambda: 256),
                        ("5 bytes", lambda: (1, 0)[:1]), ("6 bytes", lambda: 2 ** 16)):
        yield case(name, build)
    for offset in (-1, 0, 1):
        yield case("small strings, %+d" % offset, small_strings, offset)
    yield case("small ints", small_ints)
    yield case("small lists", lambda: small_containers(lambda item: [item], 1))
    yield case("small dicts", lambda: small_containers(lambda item: {0: item}, 0))
    yield case("small tuples", lambda: small_containers(lambda item: (item,), -1))
    for length in (TARGET - 1, TARGET):
        yield case("str of %d" % length, repeated, u"x", length)
        yield case("bytes of %d" % length, repeated, b"y", length)
        yield case("bytearray of %d" % length, lambda n: bytearray(b"z" * n), length)
    yield case("bytes of 65536 first, and shared", large_and_shared)
    yield case("str of 65537 in the middle",
               lambda n: [text("a b"), u"x" * n, text("c d")], TARGET + 1)
    yield case("bytearray of 65540 last",
               lambda n: [1, text("a b"), bytearray(b"z" * n)], TARGET + 4)
    yield case("str of over 128 KiB, then bytes of 65538",
               lambda n: [u"x" * (2 * n + 5), b"y" * (n + 2)], TARGET)
    # The key's 65,538 bytes of UTF-8 are a third as many characters.
    yield case("large key and value",
               lambda n: {u"\u4e2d" * (n // 3 + 1): b"y" * (n + 3), 1: 2}, TARGET)


def small_strings(offset):
    """Strings of 124 characters take 127 bytes each: \\x8c, length, text, MEMOIZE."""
    # Before the first end: EMPTY_LIST, MEMOIZE, MARK.
    return [filler(3, 127, offset)] + [repeated(u"s", 124) for _ in range(700)]


def small_ints():
    """BININT takes 5 bytes; with the two bytes of each batch the ends wander."""
    return [text("pad")] + [70000 + n for n in range(13200)]


def small_containers(wrap, offset):
    """The string inside of a container ends at the edge, then the container does."""
    # ']' or '}' or nothing before the string; MEMOIZE; and what follows it.
    width = {list: 131, dict: 133, tuple: 129}[type(wrap(0))]
    lead = {list: 2, dict: 4, tuple: 0}[type(wrap(0))]
    return [filler(3 + lead, width, offset)] + [wrap(repeated(u"s", 124)) for _ in range(600)]


def large_and_shared():
    value = repeated(b"y", TARGET)
    return [value, (value,), text("a b"), {1: value}]


def filler(before, width, offset):
    """A string so long that items of `width` bytes after it end at the edge."""
    length = (TARGET + offset - before - 3) % width
    return u"f" * (length + width if length < 2 else length)
