"""APPENDS, SETITEMS and ADDITEMS take at most 1000 items at a time.

The C pickler ends a run at k * 1000 + 1 items, or at k * 1000, with a batch of
one or of none, where pickle.py does something else; so each size near a
multiple counts.
"""

from .fresh import case, text

SIZES = (0, 1, 2, 999, 1000, 1001, 2000, 2001)


def cases():
    for size in SIZES:
        yield case("list of %d" % size, lambda n: list(range(n)), size)
        yield case("dict of %d" % size, lambda n: {k: None for k in range(n)}, size)
        # Small ints in ascending order are read in the order they were written.
        yield case("set of %d" % size, lambda n: set(range(n)), size)
        if size <= 1001:
            # Never in batches; the sizes are here to show that.
            yield case("frozenset of %d" % size, lambda n: frozenset(range(n)), size)
    for size in (999, 1000, 1001):
        yield case("list of %d strings" % size, lambda n: words(n), size)
        yield case("list of one string %d times" % size, lambda n: [text("one")] * n, size)
        yield case("list of %d empty lists" % size, lambda n: [[] for _ in range(n)], size)
        yield case("dict of %d strings" % size, lambda n: {w: w for w in words(n)}, size)
        yield case("dict of %d lists" % size, lambda n: {k: [] for k in range(n)}, size)
        yield case("list in list of %d" % size, lambda n: [list(range(n)), n], size)
        yield case("dict in dict of %d" % size, lambda n: {1: {k: k for k in range(n)}, 2: n}, size)
        yield case("set in list of %d" % size, lambda n: [set(range(n)), n], size)
        yield case("list of %d, the last a list of two" % size,
                   lambda n: [None] * (n - 1) + [[1, 2]], size)
        yield case("dict of %d, the last a dict" % size, dict_ending_in_dict, size)
    yield case("dict of 3000", lambda: {k: None for k in range(3000)})


def words(count):
    return [text("w%d" % n) for n in range(count)]


def dict_ending_in_dict(size):
    value = {k: None for k in range(size - 1)}
    value[size] = {1: 2}
    return value
