"""Samples for `dangerous.py` that name, for the most part, what is allowed, and have it called by something else.

A value is written here as what it is, and spelled at each protocol: Name is a global, Call what a callable gives, New what
`__new__` gives, Build an object with a state. Nothing is ever loaded.
"""

import bz2
import collections
import gzip
import io
import lzma
import pickle
import struct
import tarfile
import zipfile
import zlib

Name = collections.namedtuple("Name", "module name")
Call = collections.namedtuple("Call", "function arguments")
New = collections.namedtuple("New", "cls arguments")
Build = collections.namedtuple("Build", "thing state")
Filled = collections.namedtuple("Filled", "thing items")

FACTORY = Name("builtins", "list")
GETATTR = Name("builtins", "getattr")
UFUNC = Name("numpy.core", "_ufunc_reconstruct")
PARTIAL = Name("functools", "partial")
ORDERED = Name("collections", "OrderedDict")
NAMESPACE = Name("types", "SimpleNamespace")
SYSTEM = Name("os", "system")
UNLISTED = Name("some_package.never_listed", "do")


def spelled(value, protocol):
    out = b"" if protocol < 2 else b"\x80" + bytes([protocol])
    return out + spell(value, protocol) + b"."


def spell(value, protocol):
    def many(values):
        return b"".join(spell(item, protocol) for item in values)

    match value:
        case Name(module, name) if protocol < 4:
            return f"c{module}\n{name}\n".encode()
        case Name(module, name):
            return many((module, name)) + b"\x93"
        case Call(function, arguments):
            return many((function, arguments)) + b"R"
        case New(cls, arguments) if protocol < 2:
            return spell(Call(Name("copyreg", "__newobj__"), (cls, *arguments)), protocol)
        case New(cls, arguments):
            return many((cls, arguments)) + b"\x81"
        case Build(thing, state):
            return many((thing, state)) + b"b"
        case Filled(thing, items):
            return spell(thing, protocol) + b"(" + many(part for item in items for part in item) + b"u"
        case None:
            return b"N"
        case bool():
            return b"I0%d\n" % value if protocol < 2 else (b"\x88" if value else b"\x89")
        case int():
            return b"I%d\n" % value if protocol == 0 else b"J" + struct.pack("<i", value)
        case str() if protocol == 0:
            return b"V" + value.encode("raw_unicode_escape") + b"\n"
        case str() if protocol < 4:
            return b"X" + struct.pack("<I", len(value.encode())) + value.encode()
        case str():
            return b"\x8c" + bytes([len(value.encode())]) + value.encode()
        case tuple() if 0 < len(value) < 4 and protocol >= 2:
            return many(value) + b"\x84\x85\x86\x87"[len(value) : len(value) + 1]
        case tuple():
            return b"(" + many(value) + b"t"
        case list():
            return b"(l" + b"".join(spell(item, protocol) + b"a" for item in value)
        case dict():
            return b"(d" + b"".join(many(pair) + b"s" for pair in value.items())
    raise TypeError(value)


def at_each_protocol(values):
    for value in values:
        for protocol in range(6):
            yield ".pkl", spelled(value, protocol)


def kept():
    """What is allowed with some arguments alone, kept for others to call it: by a factory, a key, a method's name."""
    yield from at_each_protocol(kept_values())


def kept_values():
    imports = Call(PARTIAL, (UFUNC, "inert_module", "inert"))
    missing = Call(Name("collections", "ChainMap"), (Call(Name("collections", "defaultdict"), (imports,)), {"k": 1}))
    yield Call(Name("builtins", "dict"), (missing,))
    yield Call(Name("builtins", "dict"), (Build(Call(NAMESPACE, ()), {"keys": imports}),))
    yield Call(Name("uuid", "UUID"), (Build(Call(NAMESPACE, ()), {"replace": GETATTR}),))
    yield Call(Name("collections", "defaultdict"), (GETATTR,))
    yield Call(Name("numpy.random._pickle", "__generator_ctor"), ("inert", Name("builtins", "iter")))
    yield Call(PARTIAL, (GETATTR, ORDERED, "__init__"))
    yield Build(Call(PARTIAL, (FACTORY,)), (GETATTR, (ORDERED, "__init__"), {}, None))
    yield New(PARTIAL, (Name("copyreg", "_reconstructor"), ORDERED))
    yield {"hook": Name("copyreg", "__newobj__")}
    yield [Name("builtins", "type")]
    yield (1, 2, 3, Name("builtins", "iter"))
    yield Filled(Call(ORDERED, ()), [("hook", GETATTR)])
    # Called with what follows, which is judged only where it is called itself.
    rebuild = Name("torch._tensor", "_rebuild_from_type_v2")
    yield Call(rebuild, (UFUNC, Name("builtins", "dict"), ("inert_module", "inert"), {}))
    yield Call(rebuild, (GETATTR, Name("builtins", "dict"), (ORDERED, "__init__"), {}))
    yield Call(rebuild, (rebuild, ORDERED, (UFUNC, ORDERED, ("inert_module", "inert"), {}), {}))


def hooks():
    """Attributes that a loader, or an allowed function, calls: set by way of arguments, or by names that are computed."""
    yield from at_each_protocol(hook_values())
    keywords = spell({"__setstate__": FACTORY}, 4)
    for cls in (NAMESPACE, PARTIAL, ORDERED, Name("builtins", "Exception")):
        for protocol in (4, 5):
            begin = b"\x80" + bytes([protocol]) + spell(cls, protocol)
            yield ".pkl", begin + b")" + keywords + b"\x92" + spell({}, 4) + b"b."
            yield ".pkl", begin + b"(" + spell(UNLISTED, 4) + b"t}\x92."


def hook_values():
    words = (
        Call(Name("builtins", "str"), ("__setstate__",)),
        Call(Name("operator", "add"), ("__set", "state__")),
        Call(Name("collections", "UserString"), ("__setstate__",)),
    )
    for word in words:
        for thing in (ORDERED, NAMESPACE, Name("builtins", "Exception")):
            yield Build(Build(Call(thing, ()), {word: FACTORY}), "x")
        yield Build(Build(Call(ORDERED, ()), (None, {word: FACTORY})), "x")
    for function in (FACTORY, SYSTEM, UNLISTED):
        yield Build(Call(NAMESPACE, ({"__setstate__": function},)), "x")
        parameter = Call(Name("torch._utils", "_rebuild_parameter_with_state"), (None, False, None, {"__setstate__": function}))
        yield Build(parameter, "x")
    yield Build(Call(NAMESPACE, (Filled(Call(ORDERED, ()), [("a", 1)]),)), "x")


def aliases():
    """What has the attributes of something else: its state is that one's."""
    for origin in (Name("numpy.random.mtrand", "_rand"), Name("re", "_compile"), Call(NAMESPACE, ()), SYSTEM):
        for state in ({"x": 1}, (None, {"x": 1}), "x"):
            for alias in (Name("types", "GenericAlias"), Name("types", "MappingProxyType")):
                yield ".pkl", spelled(Build(Call(alias, (origin, FACTORY)), state), 2)
                yield ".pkl", spelled(Build(New(alias, (origin, FACTORY)), state), 4)


def bases():
    """copyreg._reconstructor calls what its second argument has."""
    yield from at_each_protocol(
        Call(Name("copyreg", "_reconstructor"), (cls, base, state))
        for cls in (ORDERED, Name("builtins", "Exception"))
        for base in (SYSTEM, UNLISTED, Name("numpy", "add"), Call(FACTORY, ()))
        for state in (None, "x")
    )


def ufuncs():
    """A function of an allowed module that reads or writes files."""
    for module, name in (("numpy", "load"), ("numpy", "save"), ("numpy", "fromfile"), ("numpy", "os"), ("numpy", "testing"), ("numpy", "memmap"), ("scipy.special", "test"), ("numpy.lib", "npyio"), ("scipy", "test")):
        for protocol in (0, 2, 4, 5):
            yield ".pkl", spelled(Call(PARTIAL, (Call(UFUNC, (module, name)), "inert")), protocol)


def forgotten():
    """Something made long before it is used."""
    filler = {0: b"(t0", 2: b")0", 4: b"N\x850"}
    hook = {"__setstate__": FACTORY}
    for protocol, tuples in filler.items():
        begin = b"\x80" + bytes([max(protocol, 2)])
        other = b"(d" + spell("__x__", 2) + spell(FACTORY, 2) + b"s0"
        for between in (tuples * 20_000, other * 200):
            for state in ((None, hook), hook):
                yield ".pkl", begin + spell(state, 2) + b"q\x000" + between + spell(Call(ORDERED, ()), 2) + b"h\x00b."
        arguments = (ORDERED, "__init__.__globals__")
        yield ".pkl", begin + spell(arguments, 2) + b"q\x000" + tuples * 20_000 + spell(GETATTR, 2) + b"h\x00R."
        state = tuple([hook] + [None] * 70)
        yield ".pkl", begin + spell(Build(Call(ORDERED, ()), state), 2) + b"."


def escapes():
    """Names that do not stand in the file as they are."""
    for module, name in (("os", "system"), ("builtins", "eval"), ("some_package.never_listed", "do")):
        hexed = [b"S'" + b"".join(b"\\x%02x" % byte for byte in word.encode()) + b"'\n" for word in (module, name)]
        octal = [b"S'" + b"".join(b"\\%03o" % byte for byte in word.encode()) + b"'\n" for word in (module, name)]
        points = [b"V" + b"".join(b"\\u%04x" % byte for byte in word.encode()) + b"\n" for word in (module, name)]
        wide = [b"V" + b"".join(b"\\U%08x" % byte for byte in word.encode()) + b"\n" for word in (module, name)]
        sized = [b"\x8d" + struct.pack("<Q", len(word)) + word.encode() for word in (module, name)]
        old = [b"U" + bytes([len(word)]) + word.encode() for word in (module, name)]
        for first, second in (hexed, octal, points, wide, sized, old, (hexed[0], old[1]), (old[0], wide[1])):
            for begin in (b"", b"\x80\x04", b"\x80\x05"):
                yield ".pkl", begin + first + second + b"\x93" + spell(("echo inert",), 2) + b"R."


def unfinished():
    """Pickles in pickles that break off behind what they do, without a word of their protocol."""
    for function in (SYSTEM, Name("builtins", "eval"), Name("runpy", "run_path")):
        for inner in (0, 2, 4):
            body = spell(Call(function, ("echo inert",)), inner)
            for content in (body, b"(" + body, b"N0" + body + b"\xff", body + b"0000"):
                for protocol in (0, 2, 3, 4, 5):
                    yield ".pkl", pickle.dumps([content], protocol)
                yield ".pkl", pickle.dumps({"x": bytearray(content)}, 5)


def odd_containers():
    """Forms that decoders take, and packers seldom write."""
    for function in (SYSTEM, UNLISTED, Name("builtins", "exec")):
        bad = spelled(Call(function, ("echo inert",)), 2)
        good = pickle.dumps({"weight": [1.0]}, 2)
        yield ".gz", gzip_with_fields(bad)
        yield ".gz", gzip.compress(good) + bytes(50) + gzip_with_fields(bad)
        yield ".zz", zlib.compress(bad, 0)
        yield ".bz2", bz2.compress(good, 1) + bz2.compress(bad, 9) + bz2.compress(good, 5)
        yield ".bz2", bz2.compress(b"B" + struct.pack("<I", 900_000) + bytes(900_000) + b"0" + bad)
        yield ".xz", lzma.compress(good) + bytes(8) + lzma.compress(bad, check=lzma.CHECK_CRC32)
        yield ".xz", lzma.compress(bad, filters=[{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2}])
        yield ".xz", lzma.compress(bad, filters=[{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2}])
        skipped = b"\x5a\x2a\x4d\x18" + struct.pack("<I", 5) + b"inert"
        raw = b"\x28\xb5\x2f\xfd\x20" + bytes([len(bad)]) + struct.pack("<I", len(bad) << 3 | 1)[:3] + bad
        yield ".zst", raw
        yield ".zst", skipped + raw
        yield ".tar", tar_by_pax(bad)
        yield ".tar", tar_of(bad, "pickle" * 40)
        for name in ("../../x", "a\nb", "\x00", "ü" * 100, "x/"):
            yield ".zip", zip_of([(name, bad)])
        yield ".zip", zip_of([("readme", b"text"), ("x.pkl", bad)], streamed=True)
        yield ".zip", zip_of([("x.pkl", bad)], extra=b"\x01\x00\x00\x00")
        yield ".pkl", good + zip_of([("x.pkl", bad)])
        yield ".npy", b"\x93NUMPY\x03\x00" + struct.pack("<I", 60) + b"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}".ljust(59) + b"\n" + bad


def gzip_with_fields(content):
    packed = zlib.compressobj(wbits=-15)
    body = packed.compress(content) + packed.flush()
    head = b"\x1f\x8b\x08\x1e" + bytes(6) + struct.pack("<H", 4) + b"xtra" + b"name\0" + b"comment\0"
    return head + struct.pack("<H", zlib.crc32(head) & 0xFFFF) + body + struct.pack("<II", zlib.crc32(content), len(content))


def tar_of(content, name, **more):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as file:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        member.pax_headers = more
        file.addfile(member, io.BytesIO(content))
    return out.getvalue()


def tar_by_pax(content):
    """The member's own header says that it is empty."""
    archive = bytearray(tar_of(content, "pickle", size=str(len(content))))
    at = archive.rindex(b"ustar") - 257
    archive[at + 124 : at + 136] = b"%011o\0" % 0
    archive[at + 148 : at + 156] = b" " * 8
    archive[at + 148 : at + 156] = b"%06o\0 " % sum(archive[at : at + 512])
    return bytes(archive)


def zip_of(members, streamed=False, extra=b""):
    class Pipe(io.BytesIO):
        def seekable(self):
            return not streamed

        def tell(self):
            if streamed:
                raise OSError
            return super().tell()

    out = Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if streamed else zipfile.ZIP_STORED) as file:
        for name, content in members:
            member = zipfile.ZipInfo(name)
            member.extra = extra
            member.compress_type = file.compression
            file.writestr(member, content)
    return out.getvalue()


def storages():
    """Persistent ids that are nearly those of PyTorch's storages."""
    cpu = ("0", "cpu", 4)
    ids = (
        ("storage", UNLISTED, *cpu),
        ("storage", SYSTEM, *cpu),
        ("storage", Call(PARTIAL, (FACTORY,)), *cpu),
        ("storage", Name("torch", "FloatStorage"), UNLISTED, "cpu", 4),
        ("storage", Name("torch", "FloatStorage"), "0", "cpu"),
        ("storages", Name("torch", "FloatStorage"), *cpu),
        ("module", UNLISTED, "x.py", "import os"),
        "storage",
    )
    for value in ids:
        for protocol in (1, 2, 4, 5):
            begin = b"\x80" + bytes([protocol]) if protocol > 1 else b""
            yield ".pkl", begin + spell(value, protocol) + b"Q."


ALL = (kept, hooks, aliases, bases, ufuncs, forgotten, escapes, unfinished, odd_containers, storages)
