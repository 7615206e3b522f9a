"""Random pickles: mutations of good ones, and programs out of nothing."""

import io
import pickletools
import struct

OPCODES = [opcode.code.encode("latin-1") for opcode in pickletools.opcodes]
BY_ARGUMENT = {}
for _opcode in pickletools.opcodes:
    BY_ARGUMENT.setdefault(_opcode.arg.name if _opcode.arg else None, []).append(_opcode.code.encode("latin-1"))

LENGTHS = (0, 1, 2, 5, 9, 255, 256, 65535, 65536, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 100_000, 3_000_000_000)
LONG_LENGTHS = LENGTHS + (1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, (1 << 62), (1 << 63) - 9)
INDEXES = (0, 1, 2, 3, 4, 7, 8, 9, 31, 32, 33, 100, 255, 256, 1000, 5000, 65536)
LINES = (
    b"", b"0", b"1", b"00", b"01", b"-1", b"+1", b" 1", b"1 ", b"0x10", b"0o7", b"0b1", b"1_0", b"1L", b"L", b"12L", b"-0",
    b"99999999999999999999", b"99999999999999999999L", b"9223372036854775807", b"9223372036854775808", b"-9223372036854775808",
    b"2147483648", b"010", b"08", b"0_1", b"1\x002", b"\x00", b"\xff", b"\xc3\xa9", b"a", b"1e5", b"1.5", b".5", b"5.", b"nan",
    b"-inf", b"Infinity", b"1e400", b"1_0.5", b" 1.5", b"'abc'", b'"abc"', b"'", b"'\\x41\\101\\q'", b"'\\x4'", b"'\\", b"\\u0041",
    b"\\u41", b"\\U0001f600", b"\\U00110000", b"\\ud800", b"a\\", b"a\rb", b"\r", b"\xe9\\", b"1" * 4300, b"1" * 4301, b"0x" + b"f" * 40,
)  # fmt: skip
NAMES = (
    b"live.kinds\nPlain\n", b"live.kinds\nOuter.Inner\n", b"builtins\nlist\n", b"__builtin__\nset\n", b"a\nb\n", b"\n\n", b"a\n\n",
    b"\xe9\nb\n", b"a\n\xc3\xa9\n", b"\xc3\xa9\nb\n", b"no.module\nx\n", b"live.kinds\nabsent\n", b"live.kinds\nOuter.absent\n",
    b"copy_reg\n_reconstructor\n", b"live.kinds\nfunction\n", b"live.kinds\nRows\n", b"a\x00b\nc\n",
)  # fmt: skip
TEXTS = (b"", b"a", b"name", b"live.kinds", b"Plain", b"\xed\xa0\x80", b"\xff", b"\xc3", b"\xc3\xa9", b"\xf0\x9f\x98\x80", b"\xf4\x90\x80\x80", b"b" * 20)
BYTES = (b"", b"\x00", b"\xff", b"\x80", b"\xff\x00", b"\x00\x80", b"abc", b"\xff" * 9, b"c" * 300)


def opcode(rng):
    """An opcode with an argument that is mostly right."""
    code = rng.choice(OPCODES)
    # PROTO, FRAME and STOP are less interesting, and out-of-band buffers mostly are not there.
    if code in b"\x80\x95.\x97\x98" and rng.random() < 0.7:
        code = rng.choice((b"(", b"0", b"2", b"e", b"u", b"a", b"s", b"t", b"R", b"b"))
    return code + argument(rng, code)


ARGUMENTS = {opcode.code.encode("latin-1"): opcode.arg.name if opcode.arg else None for opcode in pickletools.opcodes}


def argument(rng, code):
    form = ARGUMENTS[code]
    if form is None:
        return b""
    if form == "uint1":
        return bytes([rng.choice((0, 1, 2, 3, 4, 5, 6, 7, 255, rng.randrange(256)))])
    if form == "uint2":
        return struct.pack("<H", rng.choice((0, 1, 255, 256, 65535, rng.randrange(65536), 0x0101)))
    if form == "int4":
        return struct.pack("<i", rng.choice((0, 1, -1, 2**31 - 1, -(2**31), rng.randrange(2**20), 0x12345678)))
    if form == "uint4":
        return struct.pack("<I", rng.choice(INDEXES))
    if form == "uint8":
        return struct.pack("<Q", rng.choice((0, 1, 3, 9, 50)) if rng.random() < 0.95 else rng.choice(LONG_LENGTHS))
    if form == "float8":
        return struct.pack(">Q", rng.choice((0, 1 << 63, 0x3FF8000000000000, 0x7FF8000000000000, 0x7FF0000000000001)))
    if form in ("decimalnl_short", "decimalnl_long"):
        return (rng.choice(LINES) if rng.random() < 0.6 else str(rng.choice(INDEXES)).encode()) + b"\n"
    if form in ("floatnl", "stringnl", "unicodestringnl", "stringnl_noescape"):
        return rng.choice(LINES) + b"\n"
    if form == "stringnl_noescape_pair":
        return rng.choice(NAMES)
    content = rng.choice(TEXTS if form.startswith("unicode") else BYTES)
    width = {"1": "<B", "4": "<I", "8": "<Q"}[form[-1]]
    length = len(content)
    if rng.random() < 0.04:
        length = rng.choice(LONG_LENGTHS)
    limit = 256 ** struct.calcsize(width)
    return struct.pack(width, length % limit) + (content if limit > 256 or len(content) < 256 else content[:255])


def program(rng):
    """A random program."""
    parts = []
    if rng.random() < 0.6:
        parts.append(bytes([0x80, rng.choice((2, 3, 4, 4, 5, 5, 0, 6))]))
    if rng.random() < 0.2:
        parts.append(b"\x95" + struct.pack("<Q", rng.randrange(60)))
    for _ in range(rng.choice((2, 5, 10, 20, 40))):
        parts.append(rng.choice(IDIOMS) if rng.random() < 0.35 else opcode(rng))
    parts.append(b".")
    return b"".join(parts)


# What leaves something useful on the stack.
IDIOMS = (
    b"]", b"}", b"\x8f", b")", b"N", b"K\x01", b"(", b"(lp0\n", b"(dp1\n", b"(K\x01K\x02t", b"]q\x00", b"}q\x01", b"h\x00", b"h\x01", b"\x94",
    b"\x8c\x01a", b"X\x01\x00\x00\x00b", b"C\x01c", b"U\x01d", b"V\\u0041\n", b"I5\n", b"(K\x01K\x02K\x03e", b"(K\x01K\x02u", b"(K\x01\x90", b"(K\x01\x91",
    b"K\x01a", b"K\x01K\x02s", b"cm\nn\n", b"cm\no\n", b"cm\np\n", b"cm\nq\n", b"cm\nr\n", b"cm\ns\n", b"cm\nt\n", b"cm\nu\n", b"cm\nv\n", b"cm\nw\n", b"cm\nx\n",
    b"\x8c\x01m\x8c\x01y\x93", b"\x8c\x01m\x8c\x01z\x93", b"\x8c\x02mm\x8c\x02aa\x93", b")R", b")\x81", b")}\x92", b"K\x01\x85R", b"}b", b"}\x8c\x01aK\x01sb",
    b"N}\x8c\x01aK\x01s\x86b", b"(im\nn\n", b"(K\x01im\nr\n", b"(cm\nn\no", b"(cm\ns\nK\x01o", b"2", b"0", b"1", b"\x85", b"\x86", b"\x87", b"P1\n", b"Q",
    b"\x82\xf1", b"\x83\x34\x12", b"\x84\x78\x56\x34\x12", b"\x96\x02\x00\x00\x00\x00\x00\x00\x00ab", b"\x97", b"\x98", b"\x8a\x01\xff",
)  # fmt: skip


def mutated(rng, base, others):
    """A good pickle with one or a few faults."""
    data = base
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        data = rng.choice(MUTATIONS)(rng, data, others)
    return data


def at(rng, data):
    return rng.randrange(len(data)) if data else 0


def flip(rng, data, others):
    if not data:
        return data
    data = bytearray(data)
    data[at(rng, data)] ^= 1 << rng.randrange(8)
    return bytes(data)


def set_byte(rng, data, others):
    place = at(rng, data)
    return data[:place] + bytes([rng.choice((0, 1, 2, 0x7F, 0x80, 0xFF, 0x0A, rng.randrange(256)))]) + data[place + 1 :]


def truncate(rng, data, others):
    return data[: at(rng, data)]


def remove(rng, data, others):
    place = at(rng, data)
    return data[:place] + data[place + rng.randrange(1, 5) :]


def insert(rng, data, others):
    place = at(rng, data)
    return data[:place] + bytes(rng.getrandbits(8) for _ in range(rng.randrange(1, 4))) + data[place:]


def splice(rng, data, others):
    other = rng.choice(others)
    return data[: at(rng, data)] + other[at(rng, other) :]


def double(rng, data, others):
    return data + rng.choice(others)


def operations(data):
    """The instructions, as far as they can be told apart: where each starts, and where it ends."""
    starts = []
    try:
        for _, _, position in pickletools.genops(io.BytesIO(data)):
            starts.append(position)
    except Exception:
        pass
    return list(zip(starts, starts[1:] + [len(data)]))


def by_operation(change):
    """A mutation of one instruction."""

    def mutation(rng, data, others):
        places = operations(data[:20_000])
        if not places:
            return flip(rng, data, others)
        return change(rng, data, *rng.choice(places))

    return mutation


def delete_operation(rng, data, start, end):
    return data[:start] + data[end:]


def repeat_operation(rng, data, start, end):
    return data[:end] + data[start:end] * rng.choice((1, 1, 2, 30)) + data[end:]


def insert_operation(rng, data, start, end):
    return data[:start] + (opcode(rng) if rng.random() < 0.6 else rng.choice(IDIOMS)) + data[start:]


def replace_operation(rng, data, start, end):
    return data[:start] + opcode(rng) + data[end:]


def swap_opcode(rng, data, start, end):
    """Another opcode with an argument of the same form."""
    form = ARGUMENTS.get(data[start : start + 1])
    return data[:start] + rng.choice(BY_ARGUMENT[form]) + data[start + 1 :]


def change_argument(rng, data, start, end):
    code = data[start : start + 1]
    return data[: start + 1] + argument(rng, code) + data[end:] if code in ARGUMENTS else data


def claim_length(rng, data, start, end):
    """Another length before the same content."""
    form = ARGUMENTS.get(data[start : start + 1]) or ""
    if form.endswith("1") and form != "uint1":
        return data[: start + 1] + bytes([rng.randrange(256)]) + data[start + 2 :]
    if form.endswith("4") and "int" not in form:
        return data[: start + 1] + struct.pack("<I", rng.choice(LENGTHS)) + data[start + 5 :]
    if form.endswith("8") and form != "float8":
        return data[: start + 1] + struct.pack("<Q", rng.choice(LONG_LENGTHS)) + data[start + 9 :]
    return change_argument(rng, data, start, end)


def change_frame(rng, data, others):
    """Another length of a frame: instructions then cross its end."""
    place = data.find(b"\x95")
    if place < 0 or len(data) < place + 9:
        return data[:2] + b"\x95" + struct.pack("<Q", rng.randrange(len(data) + 2)) + data[2:]
    return data[: place + 1] + struct.pack("<Q", rng.randrange(len(data) + 2)) + data[place + 9 :]


MUTATIONS = (
    flip, flip, set_byte, truncate, remove, insert, splice, double, change_frame,
    by_operation(delete_operation), by_operation(repeat_operation), by_operation(insert_operation), by_operation(insert_operation),
    by_operation(replace_operation), by_operation(swap_opcode), by_operation(swap_opcode), by_operation(change_argument),
    by_operation(change_argument), by_operation(claim_length),
)  # fmt: skip
