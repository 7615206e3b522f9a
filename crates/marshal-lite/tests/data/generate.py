"""Compiles sample.py: `python generate.py`, with each CPython, in this folder.

Writes X.Y.pyc, X.Y-2.pyc at optimisation level 2, and from 3.7 on X.Y-hash.pyc with a checked hash. The source's time of
modification is set to 1700000000 before. 3.13 writes unshared.marshal, the code at version 2, which has no references, and
shared.marshal, what it writes of the code that it reads from that; and long-names.marshal, the code of a module and a function
whose names are long, or not ASCII; and sets.marshal, the code of sets.
"""

import marshal
import os
import py_compile
import subprocess
import sys

NAME = "%d.%d" % sys.version_info[:2]

os.utime("sample.py", (1700000000, 1700000000))
if sys.version_info[0] == 2:
    py_compile.compile("sample.py", "2.7-2.pyc" if sys.flags.optimize else "2.7.pyc", "sample.py", True)
    if not sys.flags.optimize:
        subprocess.check_call([sys.executable, "-OO", "generate.py"])
else:
    py_compile.compile("sample.py", NAME + ".pyc", doraise=True, optimize=0)
    py_compile.compile("sample.py", NAME + "-2.pyc", doraise=True, optimize=2)
    if sys.version_info >= (3, 7):
        mode = py_compile.PycInvalidationMode.CHECKED_HASH
        py_compile.compile("sample.py", NAME + "-hash.pyc", doraise=True, invalidation_mode=mode, optimize=0)
    if NAME == "3.13":
        with open("sample.py") as file:
            unshared = marshal.dumps(compile(file.read(), "sample.py", "exec", dont_inherit=True), 2)
        with open("unshared.marshal", "wb") as file:
            file.write(unshared)
        with open("shared.marshal", "wb") as file:
            file.write(marshal.dumps(marshal.loads(unshared)))
        names = ["a" * 33, "b" * 65, "c" * 300, "\xe9", "\xe9" * 40]
        lines = ["def f():\n import " + ",".join("z" + name for name in names)] + [name + "=1" for name in names]
        with open("long-names.marshal", "wb") as file:
            file.write(marshal.dumps(marshal.loads(marshal.dumps(compile("\n".join(lines), "f", "exec")))))
        code = compile("0 in {('aa', 'bb'), ('cc', 'dd')}, 0 in {'ee', 'ff', b'gg', 1000, None, 'h i'}", "f", "exec")
        with open("sets.marshal", "wb") as file:
            file.write(marshal.dumps(marshal.loads(marshal.dumps(code))))
