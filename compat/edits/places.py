"""The places of an object that Python can assign to, and values to assign.

A step is `["key", literal]` or `["attribute", name]`; a path is what would follow the variable in Python.
"""

import ast
import collections

from same import slots

#: How far to look into an object, and how many of its places to know.
DEEP, MANY = 6, 400

VALUES = (
    "None", "True", "False", "0", "1", "-1", "255", "256", "65536", "-129", "2**31", "1.5", "-0.0", "1e300", "2j",
    "''", "'x'", "'Bill'", "'it\\'s \"quoted\"'", "'line\\nbreak \\\\ \\x00\\x1a'", "'größe \\u20ac \\U0001f600'",
    "'\\udc80'", "b''", "b'\\xff'", "b'raw bytes'", "()", "(1,)", "(1, 'two', None)", "(1, 2, 3, 4)", "[]", "[1]",
    "['a', ['b', ('c',)]]", "{}", "{'k': 1}", "{1: {2: [3]}, None: (b'x',)}", "{1}", "{'one', }", "...",
)
NEW_KEYS = ("'new key'", "'name'", "7", "-1", "None", "(1, 'a')", "b'k'", "2.5")
NEW_NAMES = ("new_name", "name", "x", "größe")


def literal(value):
    """The literal of a key, if it has one."""
    if type(value) not in (str, bytes, int, float, bool, type(None), tuple):
        return None
    text = repr(value)
    try:
        again = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return text if type(again) is type(value) and again == value else None


def find(obj, random):
    """Places as (path, is_new), in no order, as many as are near the root."""
    places, seen = [([], False)], set()
    waiting = collections.deque([([], obj)])
    while waiting and len(places) < MANY:
        path, holder = waiting.popleft()
        if id(holder) in seen and random.random() < 0.7:
            continue
        seen.add(id(holder))
        for step, value, assignable in parts(holder, random):
            if assignable:
                places.append((path + [step], value is NEW))
            if value is not NEW and len(path) < DEEP:
                waiting.append((path + [step], value))
    return places


NEW = object()


def parts(holder, random):
    """The steps into an object, what is there, and whether it can be assigned to."""
    if isinstance(holder, (list, tuple, collections.deque)):
        numbers = list(range(len(holder)))
        for at in random.sample(numbers, min(len(numbers), 12)):
            from_end = random.random() < 0.3
            step = ["key", repr(at - len(holder) if from_end else at)]
            yield step, holder[at], not isinstance(holder, tuple)
    if isinstance(holder, dict):
        keys = list(dict.keys(holder))
        for key in random.sample(keys, min(len(keys), 12)):
            text = literal(key)
            if text is not None:
                yield ["key", text], dict.__getitem__(holder, key), True
        key = random.choice(NEW_KEYS)
        if ast.literal_eval(key) not in holder:
            yield ["key", key], NEW, True
    if isinstance(holder, (type, ModuleType)) or callable(holder):
        return
    if hasattr(type(holder), "__setstate__") and not isinstance(holder, BaseException):
        return  # the class makes of its state what it likes
    attributes = getattr(holder, "__dict__", None)
    if isinstance(attributes, dict):
        for name in attributes:
            if isinstance(name, str) and name.isidentifier():
                yield ["attribute", name], attributes[name], True
        name = random.choice(NEW_NAMES)
        if not hasattr(holder, name):
            yield ["attribute", name], NEW, True
    for name in slots(type(holder)):
        if hasattr(holder, name):
            yield ["attribute", name], getattr(holder, name), True


ModuleType = type(collections)


def written(path):
    return "".join(f"[{text}]" if kind == "key" else f".{text}" for kind, text in path)
