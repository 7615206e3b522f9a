#!/usr/bin/env python3
"""Runs one file of CPython's own tests, with the native `_pickle` or `marshal` or with another module in its place.

    python3.13 run_suite.py --output answer.json [--library libcpython_host.so [--module marshal]] test_pickle

`cargo xtask suite` starts it, once for each file and module. It runs on CPython 3.6 and newer, and writes what became
of each test: {"outcomes": {id: "passed" | "failed" | "skipped"}, "reasons": {id: text}}. The status is 0 however the
tests end; anything else means that they did not run, or not on the module that was asked for.
"""

import argparse
import doctest
import importlib
import importlib.machinery
import importlib.util
import json
import os
import sys
import unittest


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", help="has the module that stands in")
    parser.add_argument("--module", default="_pickle", choices=["_pickle", "marshal"])
    parser.add_argument("--output", required=True)
    parser.add_argument("test")
    args = parser.parse_args()
    library = args.library and os.path.realpath(args.library)
    second = NoSecond()
    if library:
        install(library, args.module)
        sys.meta_path.insert(0, second)
    result = Outcomes()
    run(args.test, result)
    if library and args.module == "_pickle":
        check_installed(library)
        second.check()
    elif library:
        check_marshal(library, args.test)
    with open(args.output, "w", encoding="utf-8") as file:
        json.dump({"outcomes": result.outcomes, "reasons": result.reasons}, file)


def run(name, result):
    module = importlib.import_module("test." + name)
    main = getattr(module, "test_main", None)
    if main is None:
        unittest.defaultTestLoader.loadTestsFromModule(module).run(result)
        return
    # Up to 3.8 the files themselves say which of their classes are to be run, and hand them to `test.support`.
    from test import support

    support._run_suite = lambda suite: suite.run(result)
    support.run_doctest = lambda module, *args, **kwargs: doctest.DocTestSuite(module).run(result)
    main()


def install(library, name):
    """Puts our module where `pickle` will look for `_pickle`, or where the tests will look for `marshal`."""
    # The interpreter itself has long imported `marshal`, and keeps its own.
    early = {"_pickle", "pickle"} if name == "_pickle" else {"test.test_marshal"}
    assert not early & set(sys.modules), "what looks for the module was imported too early"
    loader = importlib.machinery.ExtensionFileLoader(name, library)
    spec = importlib.util.spec_from_file_location(name, library, loader=loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    sys.modules[name] = module


def check_marshal(library, test):
    """The tests had our functions."""
    ours = sys.modules["test." + test].marshal
    assert ours is sys.modules["marshal"], "the tests had another marshal"
    for name in ["dump", "dumps", "load", "loads"]:
        assert getattr(ours, name).__module__ == "marshal", "marshal.%s is not ours" % name
    assert os.path.realpath(ours.__file__) == library, "sys.modules['marshal'] is not ours"


def check_installed(library):
    """Our functions are in place, and no other `_pickle` is in the process."""
    import pickle

    ours = sys.modules["_pickle"]
    assert os.path.realpath(ours.__file__) == library, "sys.modules['_pickle'] is not ours"
    for name in ["dump", "dumps", "load", "loads", "Pickler", "Unpickler"]:
        assert getattr(pickle, name) is getattr(ours, name), "pickle.%s is not ours" % name
    if not os.path.exists("/proc/self/maps"):
        return
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        mapped = maps.read()
    assert library in mapped, "our library is not mapped"
    # An interpreter that has it linked in has no file of it: there `NoSecond` alone says that it is not in use.
    assert "/_pickle." not in mapped, "the native _pickle is mapped"


class NoSecond:
    """Notices when `_pickle` is looked for, as it would be if someone imported the native one behind our back."""

    def __init__(self):
        self.asked = False

    def find_spec(self, name, path=None, target=None):
        self.asked = self.asked or name == "_pickle"

    def check(self):
        assert not self.asked, "_pickle was imported once more"


class Outcomes(unittest.TestResult):
    """What became of each test, by its id. A failed subtest counts for its test."""

    def __init__(self):
        super().__init__()
        self.outcomes = {}
        self.reasons = {}

    def stopTest(self, test):
        super().stopTest(test)
        self.outcomes.setdefault(test.id(), "passed")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.record(test, "failed", self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.record(test, "failed", self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        # Its results come in `failures` and `errors`, as those of tests do.
        before = len(self.failures), len(self.errors)
        super().addSubTest(test, subtest, err)
        for _, text in self.failures[before[0] :] + self.errors[before[1] :]:
            self.record(test, "failed", text)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.record(test, "failed", "unexpected success")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.record(test, "skipped", reason)

    def record(self, test, outcome, reason):
        """A failure outweighs a skip of another part of the test."""
        # What is skipped within a subtest is skipped for the test as a whole.
        test = getattr(test, "test_case", test)
        if self.outcomes.get(test.id()) != "failed":
            self.outcomes[test.id()] = outcome
            self.reasons[test.id()] = reason


if __name__ == "__main__":
    main()
