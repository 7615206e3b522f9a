#!/usr/bin/env python3.13
"""Writes compare.json: what pickle, marshal, json and shelve do with the same objects, for COMPARE.md.

    python3.13 generate_compare.py PYTHON...

Python 3.13 answers; the interpreters named, of other versions, say what they write and read. Runs on Python 2.7, too.
"""

import json
import marshal
import pickle
import sys
import zlib

PLAIN = {u"name": u"bob", u"scores": [88, 9.5, None, True], u"at": (1, 2)}


def digits(data):
    return "".join("%02x" % byte for byte in bytearray(data))


def magic():
    """The number that stands at the start of a .pyc."""
    try:
        from importlib.util import MAGIC_NUMBER
        return MAGIC_NUMBER
    except ImportError:
        import imp
        return imp.get_magic()


def of_version():
    """What an interpreter says for itself."""
    return {
        "pickles": [digits(pickle.dumps(PLAIN, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)],
        "default": getattr(pickle, "DEFAULT_PROTOCOL", 0),
        "marshal": [digits(marshal.dumps((1, 2.5, None), version)) for version in range(3)],
        "magic": digits(magic()),
        "json": json.dumps([1, 2.5, None, u"x", {u"a": True}], sort_keys=True),
    }


def reads(pickles):
    """Which of these pickles are read, with the right value."""
    answers = []
    for pickled in pickles:
        try:
            answers.append(pickle.loads(bytes(bytearray.fromhex(pickled))) == PLAIN)
        except ValueError:
            answers.append(False)
    return answers


def by_marshal(value, version):
    try:
        return marshal.loads(marshal.dumps(value, version))
    except ValueError as error:
        return error


def by_json(value):
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError) as error:
        return error


def by_pickle(value):
    return pickle.loads(pickle.dumps(value))


def by_shelve(value):
    import os
    import shelve
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        with shelve.open(os.path.join(folder, "shelf")) as shelf:
            shelf["key"] = value
            return shelf["key"]


WAYS = {
    "pickle": by_pickle,
    "marshal 0": lambda value: by_marshal(value, 0),
    "marshal 2": lambda value: by_marshal(value, 2),
    "marshal 3": lambda value: by_marshal(value, 3),
    "marshal 4": lambda value: by_marshal(value, 4),
    "json": by_json,
    "shelve": by_shelve,
}

#: Of each type one value.
VALUES = """None|True|7|10**30|2.5|float('inf')|1+2j|'text'|'\\ud800'|b'bytes'|bytearray(b'x')|[1, [2]]|(1, (2,))|{'a': 1}
{1: 'int key'}|{(1, 2): 3}|{1, 2}|frozenset([1])|range(3)|slice(1, 2)|...|len|fractions.Fraction(1, 3)|datetime.date(2024, 2, 29)"""


def ask_all():
    answers = {}
    shared, cyclic = [[]] * 2, []
    cyclic.append(cyclic)
    for way, through in WAYS.items():
        back, around = through(shared), through(cyclic)
        answers[way] = {
            "shared": back[0] is back[1],
            "cyclic": str(around) if isinstance(around, Exception) else around[0] is around,
        }
    import os
    import shelve
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        with shelve.open(os.path.join(folder, "shelf")) as shelf:
            shelf["a"], shelf["b"] = [1, shared], [2, shared]
            answers["shelve"]["shared between keys"] = shelf["a"][1] is shelf["b"][1]
            answers["shelve"]["default protocol"] = shelf._protocol
    return answers


def types():
    import datetime
    import fractions
    names = {"datetime": datetime, "fractions": fractions}
    answers = []
    for text in VALUES.replace("\n", "|").split("|"):
        value = eval(text, names)
        row = {"value": text}
        for way in ("pickle", "marshal 4", "json", "shelve"):
            back = WAYS[way](value)
            if isinstance(back, Exception):
                row[way] = "refused"
            elif type(back) is type(value) and back == value:
                row[way] = "same"
            elif repr(back) == repr(value):
                row[way] = "same"
            else:
                row[way] = repr(back)
        answers.append(row)
    return answers


def records():
    return [{"id": n, "name": "user %d" % n, "score": n / 8, "tags": ["a", "b"], "active": n % 2 == 0} for n in range(1000)]


def sizes():
    value = records()
    texts = {"pickle %d" % protocol: pickle.dumps(value, protocol) for protocol in range(6)}
    texts.update({"marshal %d" % version: marshal.dumps(value, version) for version in (2, 4)})
    texts["json"] = json.dumps(value).encode()
    texts["json, compact"] = json.dumps(value, separators=(",", ":")).encode()
    return {name: [len(data), len(zlib.compress(data, 9))] for name, data in texts.items()}


def in_bytes():
    shared, cyclic = [[]] * 2, []
    cyclic.append(cyclic)
    return {
        "shared": [digits(pickle.dumps(shared)), digits(marshal.dumps(shared)), json.dumps(shared)],
        "cyclic": [digits(pickle.dumps(cyclic)), digits(marshal.dumps(cyclic))],
        "records": digits(zlib.compress(pickle.dumps(records()), 9)),
    }


def main():
    import platform
    import subprocess

    def ask(python, *arguments):
        # The other interpreter runs what is above.
        script = "import sys; sys.argv = %r; exec(open(sys.argv[0], 'rb').read())" % ([__file__] + list(arguments),)
        return json.loads(subprocess.check_output([python, "-c", script]))

    assert sys.version_info[:2] == (3, 13)
    versions = {}
    for python in sys.argv[1:]:
        answer = ask(python, "--version-answer")
        answer["reads"] = ask(python, "--reads", *of_version()["pickles"])
        versions[answer.pop("python")] = answer
    answers = {
        "python": platform.python_version(),
        "ways": ask_all(),
        "types": types(),
        "sizes": sizes(),
        "bytes": in_bytes(),
        "versions": versions,
    }
    with open(__file__.replace("generate_compare.py", "compare.json"), "w") as out:
        json.dump(answers, out, indent=1)
        out.write("\n")


if "--version-answer" in sys.argv:
    import platform
    answer = of_version()
    answer["python"] = platform.python_version()
    print(json.dumps(answer))
elif "--reads" in sys.argv:
    print(json.dumps(reads(sys.argv[2:])))
else:
    main()
