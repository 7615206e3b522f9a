"""Compiles an interpreter's own standard library into one file.

    python compile.py OUT --levels 0,1,2 [--tenth SEED] [--prefix DIR]

Runs on 2.7 and 3.6 to 3.13. OUT holds, for each module and optimisation level, a line `LEVEL SIZE NAME` and SIZE bytes:
the .pyc file as py_compile writes it. Modules that do not compile are left out (the test suite has some on purpose). With
--tenth only every tenth module is taken, chosen by a hash of its name and the seed. Code objects have the file's name
relative to the library, behind DIR/ with --prefix.
"""

from __future__ import print_function

import argparse
import hashlib
import os
import py_compile
import subprocess
import sys
import tempfile


def modules(root):
    """The names of all source files, relative to the library."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in ("site-packages", "__pycache__"))
        for name in sorted(files):
            if name.endswith(".py"):
                yield os.path.relpath(os.path.join(folder, name), root)


def is_chosen(name, seed):
    digest = hashlib.sha256((seed + "/" + name).encode("utf-8")).digest()
    return bytearray(digest)[0] * 10 < 256


def compile_level(root, names, level, prefix, out):
    """Appends the compiled modules at one level; gives how many do not compile."""
    handle, target = tempfile.mkstemp(suffix=".pyc")
    os.close(handle)
    failed = 0
    for name in names:
        source = os.path.join(root, name)
        try:
            if sys.version_info[0] == 2:
                py_compile.compile(source, target, prefix + name, doraise=True)
            else:
                py_compile.compile(source, target, prefix + name, doraise=True, optimize=level)
        except (py_compile.PyCompileError, SyntaxError, ValueError, RecursionError if sys.version_info[0] > 2 else RuntimeError):
            failed += 1
            continue
        with open(target, "rb") as file:
            pyc = file.read()
        out.write(("%d %d %s\n" % (level, len(pyc), name)).encode("utf-8"))
        out.write(pyc)
    os.remove(target)
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--levels", default="0,1,2")
    parser.add_argument("--tenth", metavar="SEED")
    parser.add_argument("--prefix", metavar="DIR")
    arguments = parser.parse_args()
    prefix = arguments.prefix + "/" if arguments.prefix else ""
    levels = [int(level) for level in arguments.levels.split(",")]

    if sys.version_info[0] == 2 and levels != [sys.flags.optimize]:
        # Python 2 optimises as the process was started.
        for level in levels:
            command = [sys.executable] + ["-" + "O" * level] * bool(level) + [__file__] + sys.argv[1:]
            subprocess.check_call(command + ["--levels", str(level)])
        return

    root = os.path.dirname(os.__file__)
    names = [name for name in modules(root) if arguments.tenth is None or is_chosen(name, arguments.tenth)]
    with open(arguments.out, "ab") as out:
        for level in levels:
            failed = compile_level(root, names, level, prefix, out)
            print("%d modules at level %d, %d do not compile" % (len(names) - failed, level, failed))


if __name__ == "__main__":
    main()
