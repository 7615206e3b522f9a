"""Hostile pickles of the standard library's and NumPy's own objects, which are printed, compared and written by forms of their own:
many calls that share one large argument, and calls within each other."""

from pickles import BUILD, MARK, STOP, text, u32

CALLABLES = [
    "array array", "array _array_reconstructor", "builtins AttributeError", "builtins OSError", "builtins bytearray", "builtins bytes", "builtins complex",
    "builtins frozenset", "builtins getattr", "builtins iter", "builtins range", "builtins set", "builtins slice", "_codecs encode", "collections Counter",
    "collections OrderedDict", "collections UserString", "collections defaultdict", "collections deque", "copyreg _reconstructor", "datetime date",
    "datetime datetime", "datetime time", "datetime timedelta", "datetime timezone", "decimal Context", "decimal Decimal", "enum member", "fractions Fraction",
    "functools partial", "ipaddress IPv4Address", "ipaddress IPv4Network", "ipaddress IPv6Address", "itertools chain", "itertools count", "numpy dtype",
    "numpy._core.multiarray scalar", "numpy.core.multiarray _reconstruct", "pathlib PurePosixPath", "pathlib PureWindowsPath", "random Random", "re _compile",
    "time struct_time", "torch._utils _rebuild_parameter", "torch._utils _rebuild_tensor_v2", "types SimpleNamespace", "uuid UUID", "zoneinfo ZoneInfo._unpickle",
]


def library(random, scale):
    many = scale(60_000)
    contents = {
        "text": text("1" * many), "bytes": b"B" + u32(many) + b"\x01" * many, "int": b"\x8b" + u32(many) + b"\x11" * many,
        "ints": b"](" + b"K\x01" * (many // 2) + b"e", "texts": b"(" + (b"\x8c\x01a" * (many // 3)) + b"t", "pairs": b"](" + b"K\x01K\x02\x86" * (many // 5) + b"e",
        "dict": b"}(" + b"".join(b"M" + bytes([n & 255, n >> 8]) + b"K\x01" for n in range(many // 5)) + b"u",
        "attributes": b"}(" + b"".join(text(f"a{n}") + b"N" for n in range(many // 10)) + b"u", "nested": b"](" * 100 + b"e" * 100,
    }
    calls = {
        "one": b"h\x01h\x00\x85R", "pair": b"h\x01h\x02h\x00\x86R", "twice": b"h\x01h\x00h\x00\x86R", "all": b"h\x01h\x00R", "state": b"h\x01)Rh\x00b", "new-state": b"h\x01)\x81h\x00b",
        "three": b"h\x01h\x01h\x02h\x00\x87R", "typed": b"h\x01(h\x01h\x02K\x01h\x00tR", "items": b"h\x01)R(h\x00h\x00e",
    }
    for name in CALLABLES:
        module, function = name.split(" ")
        head = b"c%s\n%s\nq\x01" % (module.encode(), function.encode())
        for kind, content in contents.items():
            # All would be some thousands; another seed takes others.
            for form in random.sample(sorted(calls), 3):
                call = calls[form]
                # Python copies the arguments of each call, and the judge compares them all.
                count = 500 if form == "all" else scale(30_000) // len(call)
                yield f"{module}.{function}-{form}-{kind}", content + b"q\x000" + head + b"0\x8c\x01bq\x020(" + call * count + b"t" + STOP
        deep = scale(100_000)
        yield f"{module}.{function}-within-itself", head + b"0" + b"h\x01" * (deep // 4) + b"N" + b"\x85R" * (deep // 4) + STOP
        yield f"{module}.{function}-within-its-state", head + b"0" + b"h\x01)R" * (deep // 5) + b"N" + BUILD * (deep // 5) + STOP
        yield f"{module}.{function}-within-its-items", head + b"0" + b"h\x01)R" * (deep // 5) + b"N" + b"a" * (deep // 5) + STOP
        yield f"{module}.{function}-within-its-entries", head + b"0" + b"h\x01)RN" * (deep // 6) + b"N" + b"s" * (deep // 6) + STOP
        yield f"{module}.{function}-many", head + b"0" + MARK + b"h\x01)R" * (deep // 4) + b"t" + STOP
