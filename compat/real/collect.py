"""Collect the pickles that CPython's own tests make, read and contain.

    python collect.py FOLDER

runs every test file of this interpreter that speaks of pickles, each in a
process of its own, and writes the pickles that pass through dumps and loads to
FOLDER.  To these come the bytes constants of the test files and the
pickles that the library ships, if pickletools reads them to the end.  Of those
with the same opcodes and the same globals, one is kept: a test that pickles ten
thousand numbers counts once.  Runs under 2.7 and every 3.x.
"""

from __future__ import print_function

import ast
import hashlib
import os
import pickletools
import subprocess
import sys
import threading

LARGEST = 1 << 20
SECONDS = 120
TESTS = os.path.join(os.path.dirname(os.__file__), "test")


def main(arguments):
    if len(arguments) == 1:
        collect(arguments[0])
    else:
        run_one(*arguments)


def collect(folder):
    if not os.path.isdir(folder):
        os.makedirs(folder)
    files = sorted(python_files(TESTS))
    for path in files:
        name = os.path.basename(path)
        text = read(path)
        for constant in constants(text):
            keep(folder, constant)
        if name.startswith("test_") and b"pickle" in text and os.path.dirname(path) == TESTS:
            run_child(name[:-3], folder)
    for path in library_files(os.path.dirname(TESTS)):
        keep(folder, read(path))
    print(len(os.listdir(folder)), "pickles")


def run_child(name, folder):
    """One test file; what it prints, and whether it passes, is no matter here."""
    with open(os.devnull, "r+b") as null:
        child = subprocess.Popen([sys.executable, os.path.abspath(__file__), name, os.path.abspath(folder)],
                                 stdin=null, stdout=null, stderr=null, cwd=folder)
    timer = threading.Timer(SECONDS, child.kill)
    timer.start()
    child.wait()
    timer.cancel()


def run_one(name, folder):
    import unittest
    install(folder)
    unittest.main("test." + name, argv=["unittest"])


def install(folder):
    """Puts a listener around the four functions of every pickle module."""
    import pickle
    modules = [pickle]
    for extra in ("cPickle", "_pickle"):
        try:
            modules.append(__import__(extra))
        except ImportError:
            pass
    for module in modules:
        module.dumps = Listener(module.dumps, lambda made, *_, **__: keep(folder, made))
        module.loads = Listener(module.loads, lambda made, data, *_, **__: keep(folder, bytes(data)))


class Listener(object):
    """A function's stand-in, no descriptor, as a builtin function is none."""

    def __init__(self, function, tell):
        self.function = function
        self.tell = tell

    def __call__(self, *args, **kwargs):
        made = self.function(*args, **kwargs)
        try:
            self.tell(made, *args, **kwargs)
        except Exception:
            pass
        return made


def keep(folder, data):
    if not isinstance(data, bytes) or not 2 <= len(data) <= LARGEST:
        return
    shape = shape_of(data)
    if shape is None:
        return
    path = os.path.join(folder, hashlib.sha256(shape.encode("utf-8", "replace")).hexdigest()[:16] + ".pkl")
    if not os.path.exists(path):
        part = "%s.%d" % (path, os.getpid())
        with open(part, "wb") as file:
            file.write(data)
        os.rename(part, path)


def shape_of(data):
    """The opcodes and globals of one whole pickle with nothing behind it."""
    if not data.endswith(b"."):
        return None
    shape, texts = [], []
    try:
        for opcode, argument, position in pickletools.genops(data):
            shape.append(opcode.name)
            if "UNICODE" in opcode.name:
                texts.append(argument)
            elif opcode.name in ("GLOBAL", "INST"):
                shape.append(argument)
            elif opcode.name == "STACK_GLOBAL":
                shape += texts[-2:]
    except Exception:
        return None
    return u" ".join(shape) if position == len(data) - 1 else None


def constants(text):
    try:
        tree = ast.parse(text)
    except Exception:
        return
    for node in ast.walk(tree):
        value = getattr(node, "value", getattr(node, "s", None))
        if isinstance(value, bytes):
            yield value


def python_files(folder):
    for where, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".py"):
                yield os.path.join(where, name)


def library_files(folder):
    for where, _, names in os.walk(folder):
        for name in names:
            if name.endswith((".pck", ".pickle", ".pkl")):
                yield os.path.join(where, name)


def read(path):
    with open(path, "rb") as file:
        return file.read()


if __name__ == "__main__":
    main(sys.argv[1:])
