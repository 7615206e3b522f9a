"""Integers around the edges of INT, BININT1, BININT2, BININT, LONG1 and LONG4.

The largest has 4,215 digits: beyond 4,300, newer Pythons refuse to read or
write the text of protocol 0.
"""

from .fresh import case, same


def cases():
    for value in (0, 1, 2, 9, 10, 99, 100, -1, -2, -10):
        yield case("%d" % value, same, value)
    for power in (7, 8, 15, 16, 24, 31, 32, 40, 47, 48, 53, 63, 64, 127, 128):
        for sign in (1, -1):
            for offset in (-1, 0, 1):
                yield case(power_name(power, sign, offset), around_power, power, sign, offset)
    # LONG1 counts bytes in one byte; the top bit of the last is the sign.
    for size in (254, 255, 256, 257):
        for sign in (1, -1):
            for offset in (-1, 0, 1):
                power = 8 * size - 1
                name = "%d bytes, %s" % (size, power_name(power, sign, offset))
                yield case(name, around_power, power, sign, offset)
    for power in (1000, 8192, 14000):
        for sign in (1, -1):
            yield case(power_name(power, sign, 0), around_power, power, sign, 0)
    for digits in (10, 19, 20, 100, 600, 4000):
        yield case("10**%d" % digits, ten_to_the, digits)
        yield case("-10**%d" % digits, lambda n: -ten_to_the(n), digits)
    yield case("every byte length up to 20", every_length, 1)
    yield case("every negative byte length up to 20", every_length, -1)
    yield case("list of -300 to 300", lambda: list(range(-300, 300)))
    yield case("big int twice in a list", lambda: [2 ** 80] * 2)
    yield case("bytes ff 00 of LONG1", lambda: [int("ff00" * n, 16) for n in range(1, 12)])


def power_name(power, sign, offset):
    name = "%s2**%d" % ("-" if sign < 0 else "", power)
    return name + ("%+d" % offset if offset else "")


def around_power(power, sign, offset):
    return sign * 2 ** power + offset


def ten_to_the(digits):
    return 10 ** digits


def every_length(sign):
    values = []
    for size in range(1, 21):
        for offset in (-1, 0, 1):
            values.append(sign * (1 << (8 * size - 1)) + offset)
    return values
