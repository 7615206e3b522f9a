"""Write the table of the globals whose module's name is an object of its own.

    python3 module_strings.py OUT PYTHON...

A class made in Python has for its `__module__` the one string that is its module's
name; so have static types.  Heap types and exceptions made in C have a string of
their own that reads the same, and the functions of a module in C share another
one.  From protocol 4 on that shows in a pickle: another string is written again.

Each PYTHON is asked about all of its standard library.  OUT is a file of Rust.
"""

from __future__ import print_function

import importlib
import json
import subprocess
import sys
import types
import warnings

SKIPPED = {"__main__", "antigravity", "idlelib", "lib2to3", "test", "this", "turtle", "turtledemo", "pip",
           "setuptools", "ensurepip", "venv"}
FIRST = 6

HEAD = """//! Globals whose module's name is not the object that other globals of that module have.
//!
//! Written by `compat/tables/module_strings.py` from what the interpreters themselves say; do not edit.

/// Module, name, the versions 3.6 and later as bits from the lowest, and of these those where the functions of the
/// module share a string; in the others it is the global's own.
#[rustfmt::skip]
pub(super) const TABLE: &[(&str, &str, u16, u16)] = &[
"""


def main(out, *pythons):
    table = {}
    for python in pythons:
        said = subprocess.check_output([python, __file__], stderr=subprocess.DEVNULL)
        minor, names = json.loads(said.decode())
        bit = 1 << minor - FIRST
        for name, own in names.items():
            there, shared = table.get(name, (0, 0))
            table[name] = there | bit, shared | (0 if own else bit)
    with open(out, "w") as file:
        file.write(HEAD)
        for name, (there, shared) in sorted(table.items(), key=lambda item: item[0].split(" ")):
            file.write('    ("%s", "%s", 0x%02x, 0x%02x),\n' % (tuple(name.split(" ")) + (there, shared)))
        file.write("];\n")
    print(len(table), "globals")


def answer():
    """The globals of this interpreter that do not have the module's usual string, and whether it is theirs alone."""
    warnings.simplefilter("ignore")
    strings = {}
    for (module, name), value in globals_of(modules()).items():
        first, second = value.__module__, value.__module__
        # A string made anew at each call is nobody else's.
        key = id(first) if first is second else object()
        strings.setdefault(module, {}).setdefault(key, []).append(name)
    names = {}
    for module, groups in strings.items():
        interned = id(sys.intern(module))
        usual = interned if interned in groups else max(groups, key=lambda key: len(groups[key]))
        for key, members in groups.items():
            if key != usual:
                names.update(("%s %s" % (module, name), len(members) == 1) for name in members)
    print(json.dumps([sys.version_info[1], names]))


def modules():
    import os
    import pkgutil
    folder = os.path.dirname(os.__file__)
    names = set(sys.builtin_module_names) | {
        module.name for module in pkgutil.iter_modules([folder, os.path.join(folder, "lib-dynload")])}
    for name in sorted(names - SKIPPED):
        if not name.startswith(("test", "_test", "_xx", "xx")):
            try:
                importlib.import_module(sys.intern(name))
            except BaseException:
                pass
    return [module for name, module in sorted(sys.modules.items())
            if name.split(".")[0] in names - SKIPPED and isinstance(module, types.ModuleType)]


def globals_of(found):
    """All types and builtin functions that a pickle can name, by module and name."""
    named = {}
    for module in found:
        for value in list(vars(module).values()):
            if isinstance(value, (type, types.BuiltinFunctionType)) and is_pickled_by_name(value):
                named[value.__module__, value.__qualname__] = value
    return named


def is_pickled_by_name(value):
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str) or module not in sys.modules:
        return False
    if not isinstance(getattr(value, "__self__", None), (type(None), types.ModuleType)):
        return False
    found = sys.modules[module]
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is value


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 1 else answer()
