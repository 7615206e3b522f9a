"""Frames of protocol 4 and up: none under 4 bytes, a cut after 64 KiB, and
payloads of 64 KiB or more outside of them.

A frame is cut where an object begins, once the frame has 65,536 bytes: also
between a container's opcode and its first item, or a key and its value.  The
fillings below make an object begin at 65,535, 65,536 or 65,537 bytes of the
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
    yield case("bytes of 65535", repeated, b"y", TARGET - 1)
    yield case("bytearray of 65535", lambda n: bytearray(b"z" * n), TARGET - 1)
    yield case("bytes of 65536 first, and shared", large_and_shared)
    yield case("str of 65537 in the middle",
               lambda n: [text("a b"), u"x" * n, text("c d")], TARGET + 1)
    yield case("bytearray of 65536 last",
               lambda n: [1, text("a b"), bytearray(b"z" * n)], TARGET)
    yield case("str of over 128 KiB, then bytes of 65538",
               lambda n: [u"x" * (2 * n + 5), b"y" * (n + 2)], TARGET)
    # The key's 65,538 bytes of UTF-8 are a third as many characters.
    yield case("large key and value",
               lambda n: {u"\u4e2d" * (n // 3 + 1): b"y" * (n + 3), 1: 2}, TARGET)


def small_strings(offset):
    """One begins at the edge or a byte beside it."""
    return [filler(3, 127, offset)] + [piece() for _ in range(518)]


def small_ints():
    """BININT takes 5 bytes; with the two bytes of each batch the ends wander."""
    return [text("pad")] + [70000 + n for n in range(13120)]


def small_containers(wrap, offset):
    """The string inside of a container begins at the edge."""
    before, width = {
        list: (2, 130),     # EMPTY_LIST MEMOIZE, piece, APPEND
        dict: (4, 132),     # EMPTY_DICT MEMOIZE BININT1 0, piece, SETITEM
        tuple: (0, 129),    # piece, TUPLE1 MEMOIZE
    }[type(wrap(0))]
    return [filler(3 + before, width, offset)] + [wrap(piece()) for _ in range(518)]


def piece():
    """127 bytes: SHORT_BINUNICODE, its length, the characters, MEMOIZE."""
    return repeated(u"s", 124)


def filler(before, width, offset):
    """A string so long that one of the pieces after it begins at the edge.

    An item has `width` bytes; `before` bytes of the frame belong to neither
    filler nor whole items: the outer EMPTY_LIST MEMOIZE MARK, and what an item
    has before its piece.  The filler has 3 bytes of opcodes itself.
    """
    length = (TARGET + offset - before - 3) % width
    return repeated(u"f", length + width if length < 2 else length)


def large_and_shared():
    value = repeated(b"y", TARGET)
    return [value, (value,), text("a b"), {1: value}]
