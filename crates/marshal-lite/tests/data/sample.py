"""A module with all kinds of constants and code objects, for each CPython from 2.7 on."""

TABLE = {"ints": (0, 1, -1, 256, 257, 2 ** 31, 2 ** 70, -(2 ** 70)), "floats": (0.5, -0.0, 1e300, 2.5j)}
TEXTS = ("name_like", "not like a name", u"\xe9", u"\u20ac", b"bytes", b"", "", "x" * 300)


def outer(first, second=(1, 2, (3, "four")), *rest, **named):
    """Has cells."""
    total = first

    def inner(value):
        return total + value in {"a", "b c", 3, (4, 5)} or value is Ellipsis

    try:
        for item in rest:
            if item in ("set", "of", "texts"):
                continue
            yield inner(item)
    except (TypeError, ValueError) as error:
        raise RuntimeError("no") if named else error
    finally:
        total = None


class Thing(object):
    limit = 1000

    def method(self, argument):
        with argument as opened:
            return [lambda x: x + self.limit for _ in opened if not None]
