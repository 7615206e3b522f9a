#!/usr/bin/env python3.13
"""Writes optimize.jsonl: what `pickletools.optimize` makes of many pickles. Run it under Python 3.13.

A case a line:

- `name`;
- `pieces`: the pickle, as pieces in hexadecimal, each with how often it stands; where this is missing, the pickle is the
  first one of the case of that name in dis.jsonl;
- `optimized`: the new pickle in hexadecimal, its length and its SHA-256 if it has over 2,000 bytes, or the exception's
  class.
"""

import hashlib
import itertools
import json
import pathlib
import pickle
import pickletools
import random
import struct
import sys

HERE = pathlib.Path(__file__)
rng = random.Random(2003)


def counted(length):
    return [["42" + struct.pack("<I", length).hex(), 1], ["78", length]]


def hand_made():
    for name, text in {
        "put_twice_numbers_twice": b"]q\5h\5q\5h\5.",
        "put_again_unread": b"]q\0]q\0.",
        "numbers_in_order_of_puts": b"]q\x07]q\x03h\x03h\x07.",
        "get_before_put_at_protocol_0": b"g5\nNp5\ng5\n.",
        "get_before_put_at_protocol_1": b"h\5Nq\5h\5.",
        "get_before_put_by_long_binget": b"j\5\0\0\0Nq\5.",
        "get_never_put_at_protocol_0": b"Ng7\n.",
        "text_put_at_protocol_2": b"\x80\2Np0\ng0\n.",
        "binget_makes_it_protocol_1": b"Np0\nh\0.",
        "binput_alone_is_protocol_0": b"Nq\0g0\n.",
        "bools_are_ints": b"Np01\ng1\n.",
        "false_and_zero": b"Nq\0g00\n.",
        "negative_key": b"Np-5\ng-5\n.",
        "large_key": b"Np99999999999999999999\ng99999999999999999999\n.",
        "sparse_keys": b"\x80\2]r\xff\xff\xff\xffr\x00\x00\x01\x00h\0j\xff\xff\xff\xff.",
        "memoize_counts_distinct_keys": b"\x80\4Nq\5q\5\x94h\1.",
        "memoize_after_sparse": b"\x80\4Nq\1\x94h\1.",
        "memoize_becomes_put_below_4": b"N\x94h\0.",
        "memoize_at_protocol_2": b"\x80\2N\x94h\0.",
        "proto_twice": b"\x80\2\x80\4N\x94.",
        "proto_late": b"N\x80\4\x940.",
        "proto_lower_later": b"\x80\4N\x80\2\x94h\0.",
        "proto_5": b"\x80\5]\x94.",
        "proto_6": b"\x80\6N.",
        "proto_255_late": b"N\x80\xff.",
        "proto_0": b"\x80\0N.",
        "frames_go": b"\x80\4\x95\1\0\0\0\0\0\0\0\x95\xff\xff\xff\xff\xff\xff\xff\xffN.",
        "frame_below_protocol_4": b"\x95\1\0\0\0\0\0\0\0N.",
        "too_short_for_a_frame": b"\x80\4N0.",
        "just_long_enough_for_a_frame": b"\x80\4N0N.",
        "protocol_4_without_proto_in_front": b"N0\x80\4N.",
        "trailing_data": b"]q\0.N.",
        "no_stop": b"]q\0",
        "empty": b"",
        "bad_argument_in_the_end": b"]q\0cabc\n\xff\n.",
        "stack_is_not_looked_at": b"0\x85t(e.",
        "many_puts": b"\x80\2" + b"".join(b"N" + (b"q%c" % i if i < 256 else b"r" + struct.pack("<I", i)) for i in range(300)) + b"h\7j\x2b\1\0\0.",
        "numbers_over_255": b"\x80\2" + b"".join(b"N\x94" for i in range(300)) + b"".join(b"j" + struct.pack("<I", i) for i in range(300)) + b".",
    }.items():
        yield name, [[text.hex(), 1]]


def frames():
    sizes = [65526, 65527, 65530, 65531, 65532, 65535, 65536, 65537, 32768, 40000, 9]
    for protocol in (3, 4, 5):
        for number, size in enumerate(sizes):
            get = [["6800", 1]] if number % 2 else []
            yield f"frame_{protocol}_{size}", [["80%02x28" % protocol, 1], *counted(size), ["94", 1], *counted(size), *get, ["742e", 1]]
        for number in range(12):
            pieces = []
            for _ in range(rng.randrange(2, 8)):
                choice = rng.randrange(4)
                if choice == 0:
                    pieces += counted(rng.choice(sizes))
                elif choice == 1:
                    pieces.append(["4e30", rng.choice([1, 2, 32760, 32768])])
                else:
                    pieces.append([rng.choice(["94", "6800", "4b07", "9500000000000000ff", "8802"]), 1])
            yield f"frames_{protocol}_{number}", [["80%02x4e94" % protocol, 1], *pieces, ["2e", 1]]


def random_opcodes():
    short = ["4e", "5d", "28", "4b07", "94", "94", "94", "7100", "7101", "7200000001", "70320a", "7030310a", "6800", "6801", "67320a", "8002", "8004"]
    for number in range(400):
        head = rng.choice(["", "8002", "8004", "8005"]) + "4e94" * rng.randrange(3)
        yield f"random_{number}", [[head + "".join(rng.choices(short, k=rng.randrange(2, 25))) + "2e", 1]]


def answer(text):
    try:
        optimized = pickletools.optimize(text)
    except Exception as error:
        return type(error).__name__
    if len(optimized) <= 2000:
        return optimized.hex()
    return [len(optimized), hashlib.sha256(optimized).hexdigest()]


def cases():
    for line in HERE.with_name("dis.jsonl").open(encoding="utf-8"):
        case = json.loads(line)
        yield {"name": case["name"], "optimized": answer(bytes.fromhex(case["pickles"][0]))}
    for name, pieces in itertools.chain(hand_made(), frames(), random_opcodes()):
        text = b"".join(bytes.fromhex(piece) * count for piece, count in pieces)
        yield {"name": name, "pieces": pieces, "optimized": answer(text)}


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit("run this under Python 3.13, whose pickletools is the one to match")
    with HERE.with_name("optimize.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for case in cases():
            file.write(json.dumps(case) + "\n")


if __name__ == "__main__":
    main()
