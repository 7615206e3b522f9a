"""The memo: BINPUT and BINGET hold one byte, LONG_BINPUT and LONG_BINGET four.

Every case fills the memo up to a size and then fetches the entries around the
edge, so that both the puts and the gets cross it.
"""

from .fresh import case, data, text


def cases():
    for size in (254, 255, 256, 257, 258):
        for name, build in MEMOIZED:
            yield case("%d %s" % (size, name), filled, build, size)
    yield case("each fetched at once", lambda: [x for x in lists(300) for _ in (0, 1)])
    yield case("fetched backwards", lambda: (lambda x: x + x[::-1])(lists(300)))
    yield case("interleaved with numbers", interleaved)
    # Nothing changes at 2**16; a writer that counts in two bytes would show it.
    yield case("65540 lists", filled, list, 65540)


MEMOIZED = (
    ("lists", list),
    ("strings", lambda: text("ab")),
    ("bytes", lambda: data(b"ab")),
    ("tuples", lambda: tuple([1])),
    ("dicts", dict),
    ("sets", set),
)


def filled(build, size):
    # The outer list takes entry 0.
    values = [build() for _ in range(size)]
    return values + values[-6:] + values[:2]


def lists(count):
    return [[] for _ in range(count)]


def interleaved():
    values = []
    for n in range(280):
        values += [n, text("s%d" % n), n / 4.0]
    return values + values[-30:]
