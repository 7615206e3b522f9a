"""Hostile pickles by what they build: depth, sharing, keys, cycles, wrong types; and broken versions of good ones."""

import pickle
import struct

from pickles import (ADDITEMS, APPEND, APPENDS, BINGET, BINPERSID, BINPUT, BUILD, DUP, EMPTY_DICT, EMPTY_LIST, EMPTY_SET, EMPTY_TUPLE,
                     FROZENSET, GLOBAL, INSTANCE, INSTRUCTIONS, LIST, MARK, MEMOIZE, NEWOBJ, NONE, OBJECTS, POP, REDUCE, SETITEM, SETITEMS,
                     STOP, TUPLE, TUPLE1, TUPLE2, text, u32, u64)


def nesting(_random, scale):
    deep = scale(1_000_000)
    wide = deep // 2
    # What opens each level, what is innermost, what closes each level.
    levels = {
        "list": (EMPTY_LIST, EMPTY_LIST, APPEND), "list-appends": (EMPTY_LIST + MARK, b"N", APPENDS), "list-mark": (MARK, b"N", LIST),
        "tuple1": (b"", EMPTY_TUPLE, TUPLE1), "tuple": (MARK, b"N", TUPLE), "tuple2": (b"N", b"N", TUPLE2), "dict-value": (b"}N", b"}", SETITEM),
        "dict-mark": (b"(N", b"N", b"d"), "frozenset": (MARK, b"N", FROZENSET), "call": (GLOBAL, b")", b"\x85R"), "newobj": (GLOBAL, b")", b"\x85\x81"),
        "newobj-ex": (GLOBAL + b")", b"}", b"\x92" + b"}" * 0), "state": (INSTANCE, b"N", BUILD), "item": (INSTANCE, b"N", APPEND),
        "setitem": (INSTANCE + b"N", b"N", SETITEM), "persistent": (b"", b"N", BINPERSID), "obj": (MARK + GLOBAL, b"N", b"o"),
        "inst": (MARK, b"N", b"im\nC\n"), "callable": (b"", GLOBAL, b")R"), "class": (b"", GLOBAL, b")\x81"), "slice": (b"cbuiltins\nslice\n", b"N", b"NN\x87R"),
    }
    for name, (opening, inner, closing) in levels.items():
        depth = deep if len(opening + closing) < 4 else deep // 4
        body = opening * depth + inner + closing * depth
        yield f"{name}", body + STOP
        yield f"{name}-memoized", opening * (depth // 2) + inner + MEMOIZE + (closing + MEMOIZE) * (depth // 2) + STOP
        if name in ("tuple1", "tuple", "tuple2", "frozenset", "call", "state", "persistent", "class"):
            yield f"{name}-as-key", b"}" + body + b"Ns" + STOP
            yield f"{name}-in-set", b"\x8f(" + body + ADDITEMS + STOP
            yield f"{name}-twice-as-key", b"}(" + body + b"N" + body + b"Nu" + STOP
        yield f"{name}-unclosed", opening * depth + inner
    yield "proto-many", b"\x80\x04" * wide + b"N."
    yield "build-many", INSTANCE + b"Nb" * wide + STOP
    yield "build-itself", INSTANCE + b"2b" * wide + STOP
    yield "append-itself", EMPTY_LIST + (DUP + APPEND) * wide + STOP
    yield "newobj-of-newobj", GLOBAL + (DUP + NEWOBJ) * wide + STOP
    yield "tuple-of-itself", b"N" + (DUP + TUPLE2) * wide + STOP
    yield "lists-in-turn", b"]q\0]q\x01" + b"h\0Na0h\x01Na0" * (wide // 4) + STOP
    yield "dicts-in-turn", b"}q\0}q\x01" + b"".join(b"h\0J%bNs0h\x01J%bNs0" % (u32(n), u32(n)) for n in range(wide // 8)) + STOP
    yield "lists-of-one", b"](" + b"]Na" * wide + b"e."
    yield "dicts-of-one", b"](" + b"}NNs" * wide + b"e."
    yield "sets-of-one", b"](" + b"\x8f(N\x90" * wide + b"e."


def sharing(_random, scale):
    """Few bytes that stand for very many objects, were they counted as often as they are met."""
    levels = 50
    seeds = {"tuple": (b")", b"2\x86"), "list": (b"]", b"2]2" + b"0" * 0), "frozenset": (b"N", b"")}
    doubled_tuple = b")" + (DUP + TUPLE2) * levels
    doubled_list = b"]\x94" + b"".join(b"](h" + bytes([n]) + b"h" + bytes([n]) + b"e\x94" for n in range(levels))
    doubled_dict = b"}\x94" + b"".join(b"}(K\x01h" + bytes([n]) + b"K\x02h" + bytes([n]) + b"u\x94" for n in range(levels))
    doubled_frozen = b"N\x94" + b"".join(b"(h" + bytes([n]) + b"h" + bytes([n]) + b"\x85\x91\x94" for n in range(levels))
    doubled_call = b"N\x94" + b"".join(GLOBAL + b"h" + bytes([n]) + b"h" + bytes([n]) + b"\x86R\x94" for n in range(levels))
    doubled_state = b"N\x94" + b"".join(INSTANCE + b"h" + bytes([n]) + b"h" + bytes([n]) + b"\x86b\x94" for n in range(levels))
    doubled_persistent = b"N\x94" + b"".join(b"h" + bytes([n]) + b"h" + bytes([n]) + b"\x86Q\x94" for n in range(levels))
    doubled_slice = b"N\x94" + b"".join(b"cbuiltins\nslice\nh" + bytes([n]) + b"h" + bytes([n]) + b"N\x87R\x94" for n in range(levels))
    bombs = {"tuple": doubled_tuple, "list": doubled_list, "dict": doubled_dict, "frozenset": doubled_frozen, "call": doubled_call,
             "state": doubled_state, "persistent": doubled_persistent, "slice": doubled_slice}
    del seeds
    for name, bomb in bombs.items():
        yield f"doubled-{name}", bomb + STOP
        yield f"doubled-{name}-as-key", b"}" + bomb + b"Ns."
        yield f"doubled-{name}-in-set", b"\x8f(" + bomb + b"\x90."
        yield f"doubled-{name}-keys", b"}(" + bomb + b"N" + bomb + b"Nu."
        yield f"doubled-{name}-frozenset", b"(" + bomb + b"\x91."
        yield f"doubled-{name}-state", INSTANCE + bomb + b"b."
    many = scale(100_000)
    yield "ten-times", b")" + b"22222222(1" * 0 + b"".join(b"q\0" + b"(" + b"h\0" * 10 + b"t" for _ in range(30)) + STOP
    string = b"X" + u32(many) + b"k" * many + b"q\0"
    yield "long-key-often", string + b"0(" + b"}(h\0NK\x01Nu" * (many // 10) + b"t."
    yield "long-key-alone", string + b"0(" + b"}h\0Ns" * (many // 10) + b"t."
    yield "long-keys-equal", string + b"0" + string.replace(b"q\0", b"q\x01") + b"0(" + b"}(h\0Nh\x01Nu" * (many // 10) + b"t."
    yield "long-values-equal", string + b"0" + string.replace(b"q\0", b"q\x01") + b"0(" + b"(h\0h\x01d" * 0 + b"h\0h\x01" * (many // 10) + b"t."
    big_int = b"\x8b" + u32(many) + b"\x7f" * many + b"q\0"
    yield "long-int-often", big_int + b"0(" + b"}(h\0NK\x01Nu" * (many // 10) + b"t."
    deep = b")" + b"\x85" * many
    yield "deep-key-often", deep + b"q\x000(" + b"}(h\0NK\x01Nu" * (many // 10) + b"t."
    yield "deep-keys-equal", deep + b"q\x000" + deep + b"q\x010(" + b"}(h\0Nh\x01Nu" * (many // 10) + b"t."
    yield "deep-keys-numbered", deep + b"q\x000" + deep + b"q\x010\x8f(" + b"".join(
        b"h" + bytes([n & 1]) + b"J" + u32(n) + b"\x86" for n in range(many // 10)) + b"\x90."
    wide = b"(" + b"K\x01" * many + b"t"
    yield "wide-key-often", wide + b"q\x000(" + b"}(h\0NK\x01Nu" * (many // 10) + b"t."
    yield "wide-shared", wide + b"q\x000(" + b"h\0" * (many // 2) + b"t."
    yield "wide-list-shared", b"](" + b"K\x01" * many + b"eq\x000(" + b"h\0" * (many // 2) + b"l."
    yield "wide-dict-shared", b"}(" + b"".join(b"J" + u32(n) + b"N" for n in range(many // 5)) + b"uq\x000(" + b"h\0" * (many // 2) + b"l."
    yield "wide-set-shared", b"\x8f(" + b"".join(b"J" + u32(n) for n in range(many // 5)) + b"\x90q\x000(" + b"h\0" * (many // 2) + b"l."
    yield "wide-state-shared", b"}(" + b"".join(text(f"a{n}") + b"N" for n in range(many // 8)) + b"uq\x000(" + (INSTANCE + b"h\0b") * (many // 10) + b"l."
    yield "set-of-shared-list", b"](" + b"".join(b"J" + u32(n) for n in range(many // 5)) + b"eq\x000(" + b"cbuiltins\nset\nh\0\x85R" * (many // 50) + b"l."
    yield "bytes-of-shared-text", string + b"0c_codecs\nencode\nq\x010X\x06\0\0\0latin1q\x020(" + b"h\x01h\0h\x02\x86R" * (many // 10) + b"l."
    yield "bytearray-of-shared-text", string + b"0cbuiltins\nbytearray\nq\x010X\x07\0\0\0latin-1q\x020(" + b"h\x01h\0h\x02\x86R" * (many // 10) + b"l."
    yield "frozensets-of-shared-list", b"](" + b"K\x01" * many + b"eq\x000cbuiltins\nfrozenset\nq\x010(" + b"h\x01h\0\x85R" * (many // 10) + b"l."
    yield "getattr-chain", b"cbuiltins\ngetattr\nq\x000cm\nC\n" + b"".join(b"q\x010h\0h\x01X\x01\0\0\0a\x86R" for _ in range(many // 20)) + STOP
    yield "array-shared", (b"carray\narray\nX\x01\0\0\0b](" + b"K\x01" * many + b"e\x86Rq\x000(" + b"h\0" * (many // 2) + b"l.")
    yield "counter-shared", (b"ccollections\nCounter\n}(" + b"".join(b"J" + u32(n) + b"K\x01" for n in range(many // 5)) + b"u\x85Rq\x000("
                            + b"h\0" * (many // 2) + b"l.")
    yield "buffers", b"\x97" * many + STOP


def keys(random, scale):
    many = scale(100_000)
    modulus = 2**61 - 1
    yield "colliding-ints", b"\x8f(" + b"".join(b"\x8a\x0b" + (n * modulus).to_bytes(11, "little") for n in range(1, many)) + b"\x90."
    yield "colliding-int-keys", b"}(" + b"".join(b"\x8a\x0b" + (n * modulus).to_bytes(11, "little") + b"N" for n in range(1, many)) + b"u."
    yield "colliding-low-bits", b"}(" + b"".join(b"\x8a\x08" + struct.pack("<q", n << 40) + b"N" for n in range(many)) + b"u."
    yield "colliding-floats", b"\x8f(" + b"".join(b"G" + struct.pack(">d", float(n << 32)) for n in range(many)) + b"\x90."
    for name, key in {"nan": b"G\x7f\xf8\0\0\0\0\0\0", "nan-negative": b"G\xff\xff\xff\xff\xff\xff\xff\xff", "nan-in-tuple": b"G\x7f\xf8\0\0\0\0\0\0\x85",
                      "none": b"N", "zero": b"K\0", "empty-tuple": b")", "tuple-of-tuple": b")\x85", "same-string": b"U\x01a", "instance": INSTANCE,
                      "frozenset": b"(\x91", "frozenset-nan": b"(G\x7f\xf8\0\0\0\0\0\0\x91", "global": GLOBAL, "persistent": b"NQ"}.items():
        count = many // len(key)
        yield f"{name}-set", b"\x8f(" + key * count + b"\x90."
        yield f"{name}-keys", b"}(" + (key + b"N") * count + b"u."
        yield f"{name}-frozenset", b"(" + key * count + b"\x91."
        yield f"{name}-one-by-one", b"}" + (key + b"Ns") * count + b"."
        yield f"{name}-small-dicts", b"(" + (b"}(" + (key + b"N") * 12 + b"u") * (count // 12 + 1) + b"t."
    for name, key in OBJECTS.items():
        yield f"key-{name}", b"}" + key + b"Ns."
        yield f"keys-{name}", b"}(" + key + b"Nu."
        yield f"dict-{name}", b"(" + key + b"Nd."
        yield f"member-{name}", b"\x8f(" + key + b"\x90."
        yield f"frozen-{name}", b"(" + key + b"\x91."
        yield f"key-in-tuple-{name}", b"}" + key + b"\x85\x85Ns."
        yield f"key-of-instance-{name}", INSTANCE + key + b"Ns."
    yield "equal-numbers", b"}(K\x01K\x01\x88K\x02G?\xf0\0\0\0\0\0\0K\x03\x8a\x01\x01K\x04u."
    yield "equal-frozensets", b"}((K\x01K\x01\x91K\x01(K\x01\x91K\x02u."
    yield "equal-frozensets-in-set", b"\x8f((K\x01K\x01\x91(K\x01\x91\x90."
    yield "equal-frozensets-later", b"\x8f(N\x90((K\x01K\x01\x91(K\x01\x91\x90."
    yield "equal-frozensets-nested", b"\x8f(N\x90(((K\x01K\x01\x91\x91((K\x01\x91\x91\x90."
    yield "odd-setitems", b"}(NNNu."
    yield "odd-dict", b"(Nd."
    yield "random-keys", b"}(" + b"".join(b"J" + random.randbytes(4) + b"N" for _ in range(many)) + b"u."
    yield "text-keys", b"}(" + b"".join(text(str(n)) + b"N" for n in range(many // 2)) + b"u."
    yield "python2-keys", b"}(" + b"".join(b"U\x08%08dN" % n for n in range(many // 2)) + b"u."


def cycles(_random, scale):
    """An object within itself, by way of each type."""
    ways = {
        "list": b"]q\0h\0a", "dict": b"}q\0Nh\0s", "dict-memo": b"}q\0(K\x01h\0u", "set-of-instance": b"\x8fq\0(" + INSTANCE + b"h\0b\x90",
        "instance-state": INSTANCE + b"q\0h\0b", "instance-item": INSTANCE + b"q\0h\0a", "instance-key": INSTANCE + b"q\0h\0Ns",
        "instance-dict": INSTANCE + b"q\0}\x8c\x01xh\0sb", "tuple-in-list": b"]q\0h\0\x85a", "tuple-recursive": b"(]q\0(h\0tq\x01h\x011h\x01",
        "list-of-tuple": b"]q\0(h\0tq\x010h\x01", "frozenset-of-instance": INSTANCE + b"q\0(h\0\x91q\x010h\0h\x01b0h\x01",
        "frozenset-key-of-instance": INSTANCE + b"q\0(h\0\x91q\x010h\0}(h\x01Nub0h\x01", "dict-of-list": b"}q\0N]q\x01h\0as0h\x01",
        "persistent-cycle": b"]q\0Qq\x010h\0h\x01a0h\x01", "call-cycle": b"]q\0" + GLOBAL + b"h\0\x85Rq\x010h\0h\x01a0h\x01",
        "kwargs-cycle": b"}q\0" + GLOBAL + b")h\0\x92q\x010h\0\x8c\x01kh\x01s0h\x01", "args-cycle": b"]q\0" + GLOBAL + b"h\0\x85\x81q\x010h\0h\x01a0h\x01",
        "state-list": INSTANCE + b"q\0]h\0ab", "state-pair": INSTANCE + b"q\0NN}Nh\0s\x86b",
        "additems-self": INSTANCE + b"q\0(h\0\x90", "slice-cycle": b"]q\0cbuiltins\nslice\nh\0NN\x87Ra",
        "set-state": b"\x8fq\0(" + INSTANCE + b"q\x01h\0b\x90", "key-cycle": b"}q\0" + INSTANCE + b"q\x01h\0bNs",
        "tuple-key-cycle": b"}q\0" + INSTANCE + b"q\x01\x85Ns0h\x01h\0b", "bound": b"cbuiltins\ngetattr\n]q\0\x8c\x06append\x86Rq\x010h\0h\x01a0h\x01",
    }
    for name, way in ways.items():
        yield f"cycle-{name}", way + STOP
        yield f"cycle-{name}-framed", b"\x80\x04\x95" + u64(len(way) + 1) + way + STOP
        yield f"cycle-{name}-in-lists", EMPTY_LIST * 50 + way + APPEND * 50 + STOP
    many = scale(100_000)
    yield "ring", b"]q\0" + b"]q\x01h\0a" * 0 + b"".join(b"]" for _ in range(many)) + b"h\0" + APPEND * many + b"q\x01h\0h\x01a0h\x01."
    yield "ring-of-instances", INSTANCE + b"q\0" + INSTANCE * (many // 10) + b"h\0" + BUILD * (many // 10) + b"q\x01h\0h\x01b0h\x01."
    yield "all-in-one", b"](" + b"]" * 200 + b"e\x94" + b"h\0a" * 50 + STOP


def wrong_types(_random, _scale):
    """Each opcode that changes or calls something, on each type of object."""
    for name, target in OBJECTS.items():
        yield f"append-to-{name}", target + b"Na."
        yield f"appends-to-{name}", target + b"(NNe."
        yield f"appends-nothing-to-{name}", target + b"(e."
        yield f"setitem-of-{name}", target + b"K\x01Ns."
        yield f"setitems-of-{name}", target + b"(K\x01Nu."
        yield f"setitems-nothing-of-{name}", target + b"(u."
        yield f"additems-to-{name}", target + b"(N\x90."
        yield f"additems-nothing-to-{name}", target + b"(\x90."
        yield f"build-{name}", target + b"}b."
        yield f"build-none-{name}", target + b"Nb."
        yield f"call-{name}", target + b")R."
        yield f"call-with-{name}", GLOBAL + target + b"R."
        yield f"newobj-of-{name}", target + b")\x81."
        yield f"newobj-with-{name}", GLOBAL + target + b"\x81."
        yield f"newobj-ex-of-{name}", target + b")}\x92."
        yield f"newobj-ex-with-{name}", GLOBAL + target + b"}\x92."
        yield f"newobj-ex-keywords-{name}", GLOBAL + b")" + target + b"\x92."
        yield f"obj-of-{name}", b"(" + target + b"o."
        yield f"stack-global-module-{name}", target + b"\x8c\x01C\x93."
        yield f"stack-global-name-{name}", b"\x8c\x01m" + target + b"\x93."
        yield f"readonly-{name}", target + b"\x98."
        yield f"persistent-{name}", target + b"Q."
        yield f"state-{name}", INSTANCE + target + b"b."
        yield f"state-pair-{name}", INSTANCE + b"N" + target + b"\x86b."
        yield f"item-{name}", INSTANCE + b"N" + target + b"s."
        yield f"member-{name}", INSTANCE + b"(" + target + b"\x90."
    for module, name in [("builtins", "set"), ("builtins", "frozenset"), ("builtins", "bytes"), ("builtins", "bytearray"), ("builtins", "complex"),
                         ("builtins", "range"), ("builtins", "slice"), ("builtins", "getattr"), ("_codecs", "encode"), ("copyreg", "_reconstructor"),
                         ("functools", "partial"), ("collections", "OrderedDict"), ("collections", "Counter"), ("collections", "deque"), ("collections", "defaultdict"),
                         ("datetime", "datetime"), ("datetime", "date"), ("datetime", "time"), ("datetime", "timedelta"), ("datetime", "timezone"), ("decimal", "Decimal"),
                         ("fractions", "Fraction"), ("uuid", "UUID"), ("pathlib", "PosixPath"), ("ipaddress", "IPv4Address"), ("array", "array"), ("array", "_array_reconstructor"),
                         ("types", "SimpleNamespace"), ("zoneinfo", "ZoneInfo._unpickle"), ("numpy.core.multiarray", "_reconstruct"), ("numpy", "dtype"), ("torch._utils", "_rebuild_tensor_v2")]:
        target = f"c{module}\n{name}\n".encode()
        for shape, args in {"none": b")", "one-none": b"N\x85", "int": b"K\x07\x85", "huge": b"\x8a\x09" + bytes(8) + b"\x7f\x85", "str": b"\x8c\x01s\x85", "bytes": b"C\x0a\x07\xe4\x02\x1d\0\0\0\0\0\0\x85",
                            "bytes-odd": b"C\x0a" + b"\xff" * 10 + b"\x85", "list": b"](NK\x01]e\x85", "pair": b"NN\x86", "three": b"\x8c\x01dK\x02]\x87", "many": b"(" + b"K\x01" * 12 + b"t",
                            "itself": b"]q\x05h\x05\x85", "nan": b"G\x7f\xf8\0\0\0\0\0\0G\x7f\xf8\0\0\0\0\0\0\x86", "array": target + b"\x8c\x01dK\x0fC\x03abc(tR\x85"}.items():
            yield f"{module}-{name}-{shape}", target + args + b"R."
            if shape in ("none", "int", "str", "list", "pair"):
                yield f"{module}-{name}-{shape}-new", target + args + b"\x81."
                yield f"{module}-{name}-{shape}-state", target + args + b"R}(\x8c\x01aNu" + b"b."
                yield f"{module}-{name}-{shape}-key", b"}" + target + args + b"RNs."


def frames(_random, scale):
    frame = lambda length, body: b"\x95" + u64(length) + body
    many = scale(100_000)
    yield "nested", b"\x80\x04" + frame(20, frame(10, b"N" * 10)) + b"."
    yield "overlapping", b"\x80\x04" + frame(12, b"NN" + frame(8, b"N" * 8)) + b"."
    yield "ended-early", b"\x80\x04" + frame(100, b"N.")
    yield "ended-late", b"\x80\x04" + frame(1, b"NNN.")
    yield "crossing", b"\x80\x04" + frame(3, b"X\x03\0\0\0abc.")
    yield "empty", b"\x80\x04" + frame(0, b"") * many + b"N."
    yield "deep", b"\x80\x04" + b"".join(frame(9 * (many - n) + 1, b"") for n in range(many)) + b"N."
    yield "huge", b"\x80\x04" + frame(2**63 - 1, b"N.")
    yield "huge-unsigned", b"\x80\x04" + frame(2**64 - 1, b"N.")
    yield "behind-stop", b"N." + frame(4, b"")
    yield "under-protocol-4", b"\x80\x02" + frame(2, b"N.")
    yield "without-proto", frame(2, b"N.")
    yield "line-across", frame(3, b"cmod\nname\n.")
    yield "of-one-byte", b"".join(frame(1, b"N") for _ in range(many)) + b"."
    yield "with-stop-inside", frame(100, b"N." + b"x" * 98)
    for protocol in range(0, 10):
        yield f"proto-{protocol}", b"\x80" + bytes([protocol]) + b"N."
    yield "proto-255", b"\x80\xffN."
    yield "proto-twice", b"\x80\x02\x80\x04N."
    yield "proto-late", b"N\x80\x04."
    yield "proto-late-6", b"N\x80\x06."
    for code in (0, 1, 127, 128, 255):
        yield f"ext1-{code}", b"\x82" + bytes([code]) + b"."
    for code in (0, 1, 0xF0, 0xFFFF):
        yield f"ext2-{code}", b"\x83" + struct.pack("<H", code) + b"."
    for code in (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
        yield f"ext4-{code}", b"\x84" + u32(code) + b"."
    yield "ext-many", b"\x82\x01" * many + b"."
    for count in (1, 2, 3):
        yield f"next-buffer-{count}", b"\x80\x05" + b"\x97" * count + b"."
    yield "next-buffer-readonly", b"\x80\x05\x97\x98."
    yield "readonly-nothing", b"\x80\x05\x98."
    yield "bytearray", b"\x80\x05\x96" + u64(3) + b"abc\x98."
    for name, pickled in {"stop-on-nothing": b".", "stop-on-a-mark": b"(.", "stop-with-two": b"NN.", "nothing": b"", "no-stop": b"N", "stop-twice": b"N..",
                          "trailing": b"N.garbage", "persid": b"Pabc\n.", "persid-empty": b"P\n.", "persid-long": b"P" + b"x" * many + b"\n.", "binpersid": b"NQ.", "binpersid-nothing": b"Q.",
                          "persid-many": b"NQ" * many + b".", "persid-tuple": b")Q."}.items():
        yield name, pickled
    for byte in range(256):
        yield f"byte-{byte:02x}", bytes([byte])
        yield f"byte-{byte:02x}-on-objects", b"(NN(NN" + bytes([byte]) + b"1\n1\n" + b"."


def mutations(random, scale):
    """Good pickles of every protocol with bits flipped, bytes inserted, pieces left out, doubled and exchanged."""
    class Plain:
        pass

    Plain.__module__, Plain.__qualname__ = "m", "C"
    shared = ("shared", [1, 2.5, None])
    good = [{"name": "Ann", "age": 41, "tags": ["a", "b"], "scores": (1, 2.5, -3, 2**70)}, [shared, shared, {shared[0]: shared}], list(range(300)),
            {n: str(n) for n in range(50)}, {1, 2, 3, "x", (1, 2)}, frozenset(["é", "\ud800", b"\xff"]), bytearray(b"abc" * 10), "\U0001f600" * 20, b"\0\xff" * 100, 2**2000,
            [[[[[[]]]]]], ({}, (), [], set(), frozenset()), float("nan"), complex(1, -2), range(5), slice(1, None, 2)]
    recursive = []
    recursive.append((recursive, {"self": recursive}))
    good.append(recursive)
    pickles = [pickle.dumps(value, protocol) for value in good for protocol in range(6)]
    pickles += [instruction[0] + instruction[1] + STOP for instruction in INSTRUCTIONS.values()]
    for number in range(scale(1_500)):
        broken = bytearray(random.choice(pickles))
        for _ in range(random.choice((1, 1, 1, 2, 4))):
            at = random.randrange(len(broken)) if broken else 0
            kind = random.randrange(6)
            if kind == 0 and broken:
                broken[at] ^= 1 << random.randrange(8)
            elif kind == 1 and broken:
                broken[at] = random.randrange(256)
            elif kind == 2:
                broken[at:at] = random.choice(list(INSTRUCTIONS.values()))[1]
            elif kind == 3:
                del broken[at:at + random.randrange(1, 9)]
            elif kind == 4:
                broken[at:at] = broken[at:at + random.randrange(1, 30)] * random.randrange(1, 4)
            else:
                other = random.choice(pickles)
                cut = random.randrange(len(other))
                broken[at:] = other[cut:]
        yield f"mutation-{number}", bytes(broken)
    codes = [instruction for _, instruction in INSTRUCTIONS.values()]
    for number in range(scale(1_000)):
        yield f"instructions-{number}", b"".join(random.choice(codes) for _ in range(random.randrange(1, 60))) + STOP
    needs = list(INSTRUCTIONS.values())
    for number in range(scale(500)):
        yield f"provided-{number}", b"".join(b"".join(random.choice(needs)) for _ in range(random.randrange(1, 30))) + STOP
