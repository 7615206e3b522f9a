"""Floats: BINFLOAT's eight bytes, and the shortest repr of protocol 0."""

from .fresh import case, same
from .seeded import Seeded

NAMED = (
    "0.0", "-0.0", "inf", "-inf", "nan", "1.0", "-1.0", "0.5", "1.5", "2.0", "10.0",
    # Shortest digits that round back.
    "0.1", "0.2", "0.30000000000000004", "0.3", "2.675", "1.1", "3.141592653589793",
    "0.3333333333333333", "0.6666666666666666", "123456789012345680.0",
    "9007199254740991.0", "9007199254740992.0", "9007199254740994.0",
    "5e-324", "-5e-324", "1e-323", "2.2250738585072011e-308",
    "2.225073858507201e-308", "2.2250738585072014e-308", "2.225073858507202e-308",
    "1.7976931348623157e+308", "-1.7976931348623157e+308", "1.7976931348623155e+308",
    "2.220446049250313e-16", "1.0000000000000002", "0.9999999999999999",
    # repr turns to an exponent from 1e16 up and below 1e-4.
    "1e15", "1e16", "1e17", "1e21", "1e22", "1e23", "1e100", "1e300",
    "999999999999999.9", "9999999999999998.0", "9999999999999999.0", "12345678901234567.0",
    "0.001", "0.0001", "0.00012345", "1e-05", "9.999e-05", "0.00009999999999999999",
    "1e-07", "1e-10", "1e-99", "1e-100", "1.5e-05", "123456.789", "-123456.789e-10",
    "100000.0", "1000000.0", "4294967296.0", "18446744073709551616.0",
)


def cases():
    for literal in NAMED:
        yield case(literal, float, literal)
    yield case("1 over 3", same, 1.0 / 3.0)
    yield case("powers of ten", lambda: [float("1e%d" % e) for e in range(-324, 309)])
    yield case("powers of two", lambda: [2.0 ** e for e in range(-1074, 1024, 7)])
    yield case("tenths", lambda: [n / 10.0 for n in range(-50, 50)])
    for seed in range(12):
        yield case("finite bit patterns, seed %d" % seed, patterns, seed)
    for seed in range(4):
        yield case("short decimals, seed %d" % seed, decimals, seed)


def patterns(seed):
    random = Seeded(1000 + seed)
    return [random.finite_float() for _ in range(40)]


def decimals(seed):
    random = Seeded(2000 + seed)
    return [random.below(10 ** (1 + n % 9)) / 10.0 ** random.below(12) for n in range(40)]
