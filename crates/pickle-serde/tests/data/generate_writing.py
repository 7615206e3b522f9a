"""What CPython 3.13 writes where strings are literals or are made at run time: a line for each, `name protocol hex`.

    python3.13 generate_writing.py > writing.txt
"""

import binascii
import datetime
import decimal
import pickle
import sys
import types
import uuid

models = types.ModuleType("models")
exec("class User:\n    pass\n", models.__dict__)
models.User.__module__ = "models"
sys.modules["models"] = models


def fresh(text):
    """An object of its own."""
    return "".join(list(text))


def user(name, age):
    made = models.User()
    made.__dict__.update({"name": fresh(name), "age": age})
    return made


def objects():
    yield "users", [{"name": fresh("Ann"), "age": 41}, {"name": fresh("Bob"), "age": 20}]
    yield "equal_strings", (fresh("abc"), fresh("abc"), fresh("name"), {"name": fresh("name")})
    one = fresh("abc")
    yield "shared_strings", (one, one, {one: one})
    yield "characters", ["", "", "a", "a", "\xe9", "\xe9", "\u6f22", fresh("\u6f22\u5b57")]
    yield "variants", ["Unit", "Unit", {"Newtype": 1}, {"Newtype": 2}, {"Tuple": (1, fresh("x" * 3))}, {"Struct": {"a": 1}}]
    yield "numbers", (0, -1, 255, 65536, 2**31, -(2**31), 2**63 - 1, 2**64 - 1, 2**127, 1.5, True, False, None)
    yield "bytes", [bytes(bytearray(b"\x00\xffab")), bytes(bytearray(b"\x00\xffab"))]
    yield "nested", ([], (), {}, ((1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)), [[[]]])
    yield "sorted", {fresh("a1"): 1, fresh("b1"): 2, fresh("c1"): 3}
    yield "instance", [user("Ann", 41), user("Bob", 20)]
    yield "many", [{"id": number} for number in range(1001)]
    yield "dates", (
        datetime.date(2024, 2, 29),
        datetime.datetime(2024, 2, 29, 12, 30, 5, 7),
        datetime.timedelta(1, 2, 3),
        decimal.Decimal(fresh("1.50")),
        uuid.UUID("12345678-1234-5678-1234-567812345678"),
    )


for name, value in objects():
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        print(name, protocol, binascii.hexlify(pickle.dumps(value, protocol)).decode("ascii"))
