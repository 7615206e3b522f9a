#!/usr/bin/env python3.13
"""Writes json.jsonl: what json.dumps and json.loads make of many values and texts. Run it under Python 3.13.

A case a line, by its keys:

- `dumps`: a pickle in hexadecimal digits, `options`: how json.dumps is called on its object, and `text` in UTF-8 with
  surrogates, in such digits too, or `error`: the
  message of the exception;
- `loads`: a text as bytes in hexadecimal digits, and `pickles`: those of json.loads(text) at protocols 0 to 5, or `error`;
- `row`: the first column of a table of docs/json.md, and `answer`: what json makes of it.
"""

import collections
import enum
import http
import json
import os
import pathlib
import pickle
import re
import signal
import socket
import ssl
import sys
import time

HERE = pathlib.Path(__file__)
DOCUMENT = HERE.parents[4] / "docs" / "json.md"


class Text(str):
    pass


class Whole(int):
    pass


class Real(float):
    pass


class Items(list):
    pass


class Pair(tuple):
    pass


class Table(dict):
    pass


Point = collections.namedtuple("Point", "x y")


class Plain:
    def __init__(self):
        self.me = 1


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 10**30


class Word(enum.StrEnum):
    YES = "yes"


class Colour(enum.Enum):
    RED = 1


def cyclic_list():
    value = [1]
    value.append({"a": (value,)})
    return value


def cyclic_dict():
    value = {}
    value["again"] = [value]
    return value


def shared():
    part = [1]
    return [part, part, {"a": part}]


def values():
    yield from (None, True, False, 0, -1, 2**47, -(2**47), 2**48, -(2**63), 2**64, 10**40, 10**4300 - 1, -(10**4299))
    yield from (10**4300, 0.0, -0.0, 0.1, 1e16, 1e15, 123456789.125, 5e-324, 1.7976931348623157e308, 1e-7)
    yield from (float("nan"), float("inf"), float("-inf"), "", "a", "é", "€", "😀", "\ud83d", "\ude00\ud83d", "\x00\x1f\x7f\"\\/\b\f")
    yield from ([], (), {}, [[]], [{}], {"": {}}, [1, 2.5, "x", None, [True, (False,)]], shared())
    yield {"b": 1, "a": [1, {"z": None, "y": {}}], "é": 2, "\ud800": 3, "😀": 4, "\uffff": 5}
    yield {3: "a", 1.5: "b", True: "c", -(10**20): "d", float("inf"): "e", 2**53 + 1: "f", float(2**53): "g"}
    yield from ({None: 1}, {None: 1, "a": 2}, {1: 2, "a": 3}, {float("nan"): 1}, {1: "int", "1": "str"})
    yield from ({(1, 2): 3, "a": 4}, {b"k": 1, b"j": 2}, {(2, "x"): 1, (1, None): 2}, {(1, "x"): 1, (1, 2): 2})
    yield from ([1, {"a": b"x"}], {"a": {1}}, [frozenset()], bytearray(b"x"), 1j, range(3), slice(1), ..., NotImplemented)
    yield from (len, int, Plain(), [Plain()], cyclic_list(), cyclic_dict(), {"k": [0, {"l": [object]}]})
    yield from (Text("sub"), Whole(7), Whole(10**30), Real(2.5), Items([1, "a"]), Pair((1, 2)), Table(a=1), Point(1, "y"))
    yield from ([Size.SMALL, Size.LARGE, Word.YES], {Size.SMALL: 1, Word.YES: 2}, Colour.RED, {Colour.RED: 1})
    yield from (collections.OrderedDict(b=1, a=2), collections.defaultdict(list, a=[1]), collections.Counter("aab"))
    yield from (http.HTTPStatus(200), http.HTTPMethod.GET, re.I | re.M, signal.Signals(2), socket.AddressFamily(2))
    yield from (ssl.TLSVersion.TLSv1_2, time.gmtime(0), os.terminal_size((1, 2)))
    yield from (collections.deque([1]), {Text("k"): 1, Real(1.5): 2, Whole(3): 3}, [Items(), Table()], Items([Items([1])]))


def options():
    yield {}
    yield {"ensure_ascii": False}
    yield {"sort_keys": True}
    yield {"skipkeys": True, "indent": 2}
    yield {"allow_nan": False, "separators": [",", ":"]}
    yield {"indent": "\t", "sort_keys": True, "skipkeys": True}
    yield {"indent": 0, "separators": [" , ", " = "]}


TEXTS = [
    "", " ", "nul", "null ", "tru", "NaN", "[NaN, Infinity, -Infinity]", "-Infinit", "-", "-0", "-0.0", "01", "1.", ".5", "1e", "1e+5",
    "1E400", "123456789012345678901234567890", "9" * 4300, "9" * 4301, "[1, 2", "[1,]", "[1 2]", "]", "{", '{"a"', '{"a" 1}', '{"a":',
    '{"a":1,}', '{"a":1 "b"}', "{a: 1}", '{"a": 1, "b": {"a": 2, "b": [{"a": 3}]}}', '{"key": 1, "other": 2, "key": 3}',
    '[{"name": "name"}, {"name": "name"}, "name"]', '"\\u00e9\\ud83d\\ude00\\ud83d\\ud83d\\ude00 \\ude00"', '"\\ud83d\\u00zz"', '"\\u12',
    '"\\q"', '"\\', '"a\tb"', '"abc', '"\\/\\b\\f\\n\\r\\t\\\\\\""', '["", "a", "é", "Ā", "a", "é"]', '\ufeff1', '1 \n\n x',
    '{"long key of a kind": "long key of a kind"}', "[" * 400 + "]" * 400, '[0.1, 1e5, 1E-7, 123456789.125, 1e22]',
]


def dumps_cases():
    for value in values():
        for protocol in (2, 4):
            try:
                data = pickle.dumps(value, protocol)
            except Exception:
                continue
            for kwargs in options():
                case = {"dumps": data.hex(), "options": kwargs}
                try:
                    case["text"] = json.dumps(pickle.loads(data), **kwargs).encode("utf-8", "surrogatepass").hex()
                except Exception as error:
                    case["error"] = str(error)
                yield case


def loads_cases():
    for text in TEXTS:
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32-le"):
            data = text.encode(encoding, "surrogatepass")
            if encoding != "utf-8" and len(data) > 500:
                continue
            case = {"loads": data.hex()}
            try:
                value = json.loads(data)
                case["pickles"] = [pickle.dumps(value, protocol).hex() for protocol in range(6)]
            except ValueError as error:
                case["error"] = str(error)
            yield case
    for data in (b"\xff", b'"\xed', b'"\xed\xa0\x80"', b'"\xe2\x82"', b'\xff\xfe"', b"\x00\x00\x00\x22\x00\x11\x00\x00", b"1\x00\x00\x00\x00"):
        case = {"loads": data.hex()}
        try:
            value = json.loads(data)
            case["pickles"] = [pickle.dumps(value, protocol).hex() for protocol in range(6)]
        except ValueError as error:
            case["error"] = str(error)
        yield case


def rows():
    document = DOCUMENT.read_text(encoding="utf-8")
    for kind, answer in (("python to json", of_python), ("json to python", of_json)):
        table = document.partition(f"<!-- table: {kind} -->")[2].partition("<!-- table ends -->")[0]
        for code in re.findall(r"^\| `(.*?)` \|", table, re.MULTILINE):
            yield {"row": code, "answer": answer(code)}


def of_python(code):
    try:
        return json.dumps(eval(code))
    except Exception as error:
        return str(error)


def of_json(code):
    try:
        return repr(json.loads(code))
    except Exception as error:
        return str(error)


def main():
    assert sys.version_info[:2] == (3, 13)
    with open(HERE.with_name("json.jsonl"), "w", encoding="ascii") as out:
        for cases in (dumps_cases, loads_cases, rows):
            for case in cases():
                print(json.dumps(case), file=out)


if __name__ == "__main__":
    main()
