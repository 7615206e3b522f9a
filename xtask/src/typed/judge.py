# -*- coding: utf-8 -*-
"""Judges pickles: a file of lines `hex expression`, a protocol.

Says for each line `equal` and the pickles that Python's picklers write of the loaded object, or `differs` and how.
"""

from __future__ import print_function, unicode_literals

import binascii
import collections
import datetime
import decimal
import io
import pickle
import sys
import types
import uuid

try:
    import cPickle
except ImportError:
    cPickle = None

PY2 = sys.version_info[0] == 2

models = types.ModuleType(str("models"))
sys.modules["models"] = models


class Base(object):
    def __eq__(self, other):
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __ne__(self, other):
        return not self == other

    __hash__ = None

    def __repr__(self):
        return "%s(%s)" % (type(self).__name__, ", ".join("%s=%r" % item for item in sorted(self.__dict__.items())))


def define(name):
    made = type(str(name), (Base,), {str("__module__"): str("models")})
    setattr(models, name, made)
    return made


User = define("User")
Point = define("Point")
Empty = define("Empty")


def make(cls, **attributes):
    made = cls.__new__(cls)
    made.__dict__.update(attributes)
    return made


def same(a, b):
    """Equal, and of the same types all through."""
    if PY2 and isinstance(a, (int, long)) and isinstance(b, (int, long)):  # noqa: F821
        return isinstance(a, bool) == isinstance(b, bool) and a == b
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return repr(a) == repr(b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, dict):
        if len(a) != len(b) or (not PY2 and not all(same(x, y) for x, y in zip(a, b))):
            return False
        return all(key in b and same(value, b[key]) for key, value in a.items())
    if isinstance(a, Base):
        return same(a.__dict__, b.__dict__)
    return a == b


def dumps(dumper, value, protocol):
    out = io.BytesIO()
    dumper(out, protocol).dump(value)
    return out.getvalue()


def picklers():
    if PY2:
        return [cPickle.Pickler, pickle.Pickler]
    return [pickle.Pickler, pickle._Pickler]


def judge(data, expression, protocol):
    value = pickle.loads(data)
    expected = eval(expression)
    if not same(value, expected):
        return "differs %r where %r should be" % (value, expected)
    # A set's order, and in Python 2 a dict's, is the process's.
    if not PY2 and "set" not in expression and repr(value) != repr(expected):
        return "differs repr %r where %r should be" % (value, expected)
    if PY2:
        value = pickle.loads(data)
        if cPickle.loads(data) != value and value == value:
            return "differs cPickle loads another"
    written = [dumps(dumper, value, protocol) for dumper in picklers()]
    return "equal " + " ".join(binascii.hexlify(data).decode("ascii") for data in written)


def main(path, protocol):
    with io.open(path, encoding="utf-8") as file:
        for line in file:
            data, expression = line.rstrip("\n").split(" ", 1)
            try:
                answer = judge(binascii.unhexlify(data), expression, int(protocol))
            except Exception as error:
                answer = "differs %s: %s" % (type(error).__name__, error)
            print(answer.encode("ascii", "backslashreplace").decode("ascii").replace("\n", " "))


main(*sys.argv[1:])
