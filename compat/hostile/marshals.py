"""Hostile marshal data and `.pyc` files."""

import marshal
import struct

from pickles import SIZES


def i32(value):
    return struct.pack("<I", value & 0xFFFFFFFF)


MAGIC = {"3.13": 3571, "3.12": 3531, "3.11": 3495, "3.10": 3439, "3.8": 3413, "3.7": 3394, "3.6": 3379, "2.7": 62211}

# An object by each type code.
WHOLE = {
    "none": b"N", "true": b"T", "false": b"F", "ellipsis": b".", "stop-iteration": b"S", "int": b"i\x01\0\0\0", "int64": b"I" + bytes(8), "long": b"l\x02\0\0\0\x01\0\x01\0",
    "float-text": b"f\x031.5", "float": b"g" + struct.pack("<d", 1.5), "complex-text": b"x\x011\x012", "complex": b"y" + struct.pack("<dd", 1, 2), "bytes": b"s\x02\0\0\0ab",
    "interned": b"t\x02\0\0\0ab", "unicode": b"u\x03\0\0\0a\xc3\xa9", "ascii": b"a\x02\0\0\0ab", "ascii-interned": b"A\x02\0\0\0ab", "short-ascii": b"z\x02ab",
    "short-ascii-interned": b"Z\x02ab", "tuple": b"(\x02\0\0\0NN", "small-tuple": b")\x02NN", "list": b"[\x02\0\0\0NN", "dict": b"{NNTN0", "set": b"<\x02\0\0\0NT",
    "frozenset": b">\x02\0\0\0NT", "ref": b")\x02\xe9\x01\0\0\0r\0\0\0\0", "null": b"0", "unknown": b"?", "slice": b":NNN",
    "code": b"c" + bytes(20) + b"s\0\0\0\0)\0)\0)\0s\0\0\0\0z\x01fz\x01nz\x01q" + i32(1) + b"s\0\0\0\0s\0\0\0\0",
}


def truncations(_random, _scale):
    for name, whole in WHOLE.items():
        yield f"whole-{name}", whole
        yield f"flagged-{name}", bytes([whole[0] | 0x80]) + whole[1:]
        for length in range(1, min(len(whole), 40)):
            yield f"cut-{name}-{length}", whole[:length]
        yield f"in-tuple-{name}", b")\x01" + whole
        yield f"as-key-{name}", b"{" + whole + b"N0"
        yield f"in-set-{name}", b"<\x01\0\0\0" + whole
    yield "nothing", b""
    for byte in range(256):
        yield f"byte-{byte:02x}", bytes([byte])
        yield f"byte-{byte:02x}-more", bytes([byte]) + b"\x01\0\0\0N" * 4


def sizes(_random, _scale):
    for code in b"([<>sutaAlzZ)":
        for size in SIZES:
            width = 1 if code in b"zZ)" else 4
            if size < 1 << 8 * width:
                yield f"size-{code:02x}-{size:x}", bytes([code]) + size.to_bytes(width, "little") + b"NNNN"
        for rest in (0, 3, 100):
            yield f"one-more-{code:02x}-{rest}", bytes([code]) + ((rest + 1).to_bytes(1 if code in b"zZ)" else 4, "little")) + b"N" * rest
    for digits in (b"\xff\xff", b"\0\x80", b"\0\0"):
        yield f"long-digit-{digits.hex()}", b"l\x02\0\0\0\x01\0" + digits
    yield "long-negative", b"l" + i32(-2) + b"\x01\0\x01\0"
    yield "long-most-negative", b"l" + i32(-(2**31)) + b"\x01\0"


def references(_random, scale):
    """References to what is not there, not complete, or within itself."""
    for number in (0, 1, 2, 5, 2**31 - 1, -1, -(2**31)):
        yield f"alone-{number}", b"r" + i32(number)
        yield f"flagged-alone-{number}", b"\xf2" + i32(number)
        for code, head in {"tuple": b"\xa8\x01\0\0\0", "small-tuple": b"\xa9\x01", "list": b"\xdb\x01\0\0\0", "set": b"\xbc\x01\0\0\0", "frozenset": b"\xbe\x01\0\0\0", "dict-key": b"\xfb", "dict-value": b"\xfbN"}.items():
            end = b"N0" if code == "dict-key" else b"0" if code == "dict-value" else b""
            yield f"within-{code}-{number}", head + b"r" + i32(number) + end
            yield f"within-two-{code}-{number}", head + head + b"r" + i32(number) + end + end
            yield f"by-list-{code}-{number}", head + b"[\x01\0\0\0r" + i32(number) + end
            yield f"by-tuple-{code}-{number}", head + b")\x01r" + i32(number) + end
    code = marshal.dumps(code_object())
    yield "code-of-many-arguments", code[:1] + i32(99) + code[5:]
    yield "code-without-flags-of-names", b"\xe3" + bytes(20) + b"s\0\0\0\0)\0)\0)\1z\1as\0\0\0\0z\1fz\1nz\1q" + i32(1) + b"s\0\0\0\0s\0\0\0\0"
    yield "code-within", b"\xe3" + bytes(20) + b"r\0\0\0\0" * 9
    yield "slice-within", b"\xbar\0\0\0\0NN"
    levels = 50
    yield "doubled-tuple", b")\x02" * levels + b"\xa9\0" + b"".join(b"r" + i32(0) for _ in range(levels))
    doubled = b"\xa9\x01N"
    for _ in range(levels):
        pass
    flagged = b"(" + i32(levels + 1) + b"\xa9\0" + b"".join(b"\xa9\x02r" + i32(n - 1) + b"r" + i32(n - 1) for n in range(1, levels + 1))
    yield "doubled-by-reference", flagged
    yield "doubled-as-keys", b"{" + b"".join(b"\xa9\x02r" + i32(max(n - 1, 0)) + b"r" + i32(max(n - 1, 0)) + b"N" for n in range(1, levels + 1)) + b"0"
    keyed = b"(" + i32(levels + 2) + b"\xa9\0" + b"".join(b"\xa9\x02r" + i32(n - 1) + b"r" + i32(n - 1) for n in range(1, levels + 1)) + b"{r" + i32(levels) + b"N0"
    yield "doubled-key", keyed
    frozen = b"(" + i32(levels + 1) + b"\xa9\0" + b"".join(b"\xbe\x02\0\0\0r" + i32(n - 1) + b")\x01r" + i32(n - 1) for n in range(1, levels + 1))
    yield "doubled-frozenset", frozen
    many = scale(100_000)
    yield "many-references", b"(" + i32(many + 1) + b"\xe9\x01\0\0\0" + b"r\0\0\0\0" * many
    yield "many-flagged", b"(" + i32(many) + b"\xe9\x01\0\0\0" * many
    yield "many-of-a-string", b"(" + i32(many) + b"\xf3" + i32(many) + b"s" * many + b"r\0\0\0\0" * (many - 1)
    # The items of a set are put in the order of their bytes, in each of which the long name stands.
    names = frozenset(("a" * 50_000, f"b{number}") for number in range(2_000))
    yield "name-in-all-of-a-set", marshal.dumps(marshal.loads(marshal.dumps(code_object().replace(co_consts=(names,)))))
    del doubled


def nesting(_random, scale):
    deep = scale(1_000_000)
    heads = {"list": b"[\x01\0\0\0", "tuple": b"(\x01\0\0\0", "small-tuple": b")\x01", "frozenset": b">\x01\0\0\0", "set": b"<\x01\0\0\0", "dict": b"{N", "flagged-tuple": b"\xa9\x01",
             "flagged-list": b"\xdb\x01\0\0\0", "flagged-dict": b"\xfbN", "slice": b":", "code": b"c" + bytes(20)}
    for name, head in heads.items():
        for depth in sorted({1_990, 1_998, 1_999, 2_000, 2_001, 5_000, deep // len(head)}):
            end = b"0" * depth if name.endswith("dict") else b"NN" * depth if name == "slice" else b""
            yield f"{name}-{depth}", head * depth + b"N" + end
    yield "empty-tuples", b"(" + i32(deep) + b")\0" * deep
    yield "nones", b"(" + i32(deep) + b"N" * deep
    yield "lists", b"[" + i32(deep // 5) + b"[\0\0\0\0" * (deep // 5)
    yield "dicts", b"[" + i32(deep // 2) + b"{0" * (deep // 2)
    yield "flagged-nones", b"(" + i32(deep) + b"\xce" * deep
    yield "set-of-nones", b"<" + i32(deep) + b"N" * deep
    yield "dict-of-nones", b"{" + b"NN" * (deep // 2) + b"0"
    modulus = 2**61 - 1
    digits = lambda value: [value >> 15 * n & 0x7FFF for n in range((value.bit_length() + 14) // 15)]
    colliding = [digits(n * modulus) for n in range(1, scale(100_000))]
    yield "colliding-ints", b"<" + i32(len(colliding)) + b"".join(b"l" + i32(len(d)) + struct.pack(f"<{len(d)}H", *d) for d in colliding)
    yield "long-long", b"l" + i32(deep // 2) + b"\x01\x7f" * (deep // 2)
    yield "text-float-long", b"f\xff" + b"1" * 255
    yield "text-float-bad", b"f\x03abc"
    yield "text-float-underscore", b"f\x031_0"
    yield "unhashable-key", b"{[\0\0\0\0N0"
    yield "unhashable-member", b"<\x01\0\0\0[\0\0\0\0"
    yield "null-in-list", b"[\x02\0\0\0N0"
    yield "null-as-value", b"{N00"
    yield "dict-without-end", b"{NNNN"
    yield "utf8-overlong", b"u\x02\0\0\0\xc0\x80"
    yield "utf8-surrogate", b"u\x03\0\0\0\xed\xa0\x80"
    yield "ascii-latin", b"a\x02\0\0\0\xe9\xe8"


def code_object():
    return compile("def f(a, *b, c=1, **d):\n    x = [a for a in b if a in {1, 2}]\n    try:\n        return lambda: (x, c)\n    except E as e:\n        raise\n"
                   "class C:\n    '''doc'''\n    y: int = 2 ** 70\n", "hostile.py", "exec")


def mutations(random, scale):
    code = code_object()
    good = [marshal.dumps(value, version) for version in range(5) for value in
            [[1, 2.5, None, "é", b"x" * 20, (1, 2), {"a": [1]}, {1, 2}, frozenset("ab"), 2**100, 1j, True, ...], ("a" * 300, -1, {}, ()), code]]
    for number in range(scale(600)):
        yield f"mutation-{number}", broken(random, random.choice(good))


def broken(random, data):
    data = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 5))):
        at = random.randrange(len(data)) if data else 0
        kind = random.randrange(5)
        if kind == 0 and data:
            data[at] ^= 1 << random.randrange(8)
        elif kind == 1 and data:
            data[at] = random.choice(b"\0\1\x7f\x80\xffr()[{<>NTFszZaAuligcR?0")
        elif kind == 2:
            del data[at:at + random.randrange(1, 9)]
        elif kind == 3:
            data[at:at] = random.choice(list(WHOLE.values()))
        else:
            data[at:at] = data[at:at + random.randrange(1, 30)]
    return bytes(data)


def pycs(random, scale):
    """Headers, and code objects behind them that are broken, nested, or say impossible things of their lines."""
    code = marshal.dumps(code_object())
    header = lambda version, rest=bytes(12): struct.pack("<H", MAGIC[version]) + b"\r\n" + rest[: 4 if version == "2.7" else 8 if version == "3.6" else 12]
    yield "nothing", b""
    yield "magic-only", header("3.13")[:4]
    yield "unknown-magic", b"\x01\x02\r\n" + bytes(12) + code
    yield "header-only", header("3.13")
    yield "trailing", header("3.13") + code + b"N"
    for flags in (1, 2, 3, 4, 0xFFFFFFFF):
        yield f"flags-{flags:x}", header("3.13", i32(flags) + bytes(8)) + code
    for length in range(0, 16):
        yield f"cut-header-{length}", (header("3.13") + code)[:length]
    for name, whole in WHOLE.items():
        yield f"no-code-{name}", header("3.13") + whole
    for version in MAGIC:
        yield f"code-of-3.13-in-{version}", header(version) + code
        for number in range(scale(60)):
            yield f"mutation-{version}-{number}", header(version) + broken(random, code)
    # A code object with tables of the generator's own.
    def built(firstlineno=1, lines=b"", exceptions=b"", bytecode=b"\x95\0", consts=b")\0", kinds=b"s\0\0\0\0", names=b")\0"):
        counted = lambda data: b"s" + i32(len(data)) + data
        return (b"c" + bytes(20) + counted(bytecode) + consts + names + names + kinds + b"z\x01fz\x01nz\x01q" + i32(firstlineno) + counted(lines) + counted(exceptions))
    many = scale(300_000)
    tables = {"ff": b"\xff" * many, "80": b"\x80" * many, "zero": bytes(many), "long-form": b"\xf0\x7f\x7f\x7f\x7f" * (many // 5), "varint-endless": b"\xf0" + b"\x7f" * many,
              "random": random.randbytes(many), "cut": b"\xf0", "large-delta": b"\xea" + b"\x7f" * 12 + b"\0"}
    for name, table in tables.items():
        yield f"lines-{name}", header("3.13") + built(lines=table)
        yield f"exceptions-{name}", header("3.13") + built(exceptions=table)
        yield f"bytecode-{name}", header("3.13") + built(bytecode=table)
        yield f"kinds-{name}", header("3.13") + built(kinds=b"s" + i32(len(table)) + table)
        yield f"first-line-{name}", header("3.13") + built(firstlineno=-(2**31), lines=table)
        for version in ("3.10", "3.8", "2.7"):
            ints = {"2.7": 4, "3.6": 5, "3.7": 5}.get(version, 6)
            counted = b"s" + i32(len(table)) + table
            strings = b"z\x01fz\x01n" if version != "2.7" else b"t\x01\0\0\0ft\x01\0\0\0n"
            empty = b"(\0\0\0\0"
            yield f"lines-{name}-{version}", header(version) + b"c" + bytes(4 * ints) + b"s\x02\0\0\0d\0" + empty * 5 + strings + i32(1) + counted
    yield "nested-code", header("3.13") + nested_code(built, 150)
    yield "nested-code-deep", header("3.13") + nested_code(built, 3_000)
    yield "huge-counts", header("3.13") + b"c" + b"\xff" * 20 + built()[21:]
    yield "consts-cycle", header("3.13") + built(consts=b"\xa9\x01[\x01\0\0\0r\0\0\0\0")
    yield "consts-list", header("3.13") + built(consts=b"[\x01\0\0\0N")
    yield "consts-doubled", header("3.13") + built(consts=b")\x03" + b"\xa9\0\xa9\x02r\0\0\0\0r\0\0\0\0\xa9\x02r\x01\0\0\0r\x01\0\0\0")
    levels = 50
    doubled = b"(" + i32(levels + 1) + b"\xa9\0" + b"".join(b"\xa9\x02r" + i32(n - 1) + b"r" + i32(n - 1) for n in range(1, levels + 1))
    yield "consts-doubled-deep", header("3.13") + built(consts=doubled)
    frozen = b"(" + i32(levels + 1) + b"\xa9\0" + b"".join(b"\xbe\x02\0\0\0r" + i32(n - 1) + b")\x01r" + i32(n - 1) for n in range(1, levels + 1))
    yield "consts-doubled-frozensets", header("3.13") + built(consts=frozen)


def nested_code(built, depth):
    code = built()
    head, tail = code[: code.index(b")\0")], code[code.index(b")\0") + 2:]
    return (head + b")\x01") * depth + code + tail * depth
