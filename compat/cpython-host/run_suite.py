#!/usr/bin/env python3
"""Runs CPython's own tests of pickling with this crate's module in the place of `_pickle`.

    PYO3_PYTHON=python3.13 cargo build --release
    python3.13 run_suite.py target/release/libcpython_host.so [test_pickle ...]

Each file runs in a process of its own, once with our module and once with the native one; a crash costs one file. The
tests that fail with ours only are listed, with the last line of their tracebacks (with --verbose, all of it).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

TESTS = ["test_pickle", "test_pickletools", "test_picklebuffer", "test_shelve", "test_copyreg"]
# They assert the sizes of the C implementation's structs.
SIZES = "SizeofTests"


def install(library):
    """Puts our module where `pickle` will look for `_pickle`."""
    import importlib.machinery
    import importlib.util

    assert "pickle" not in sys.modules, "pickle was imported too early"
    loader = importlib.machinery.ExtensionFileLoader("_pickle", library)
    spec = importlib.util.spec_from_file_location("_pickle", library, loader=loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    sys.modules["_pickle"] = module


def check_installed(library):
    """Our functions are in place, and no other `_pickle` is in the process."""
    import pickle

    ours = sys.modules["_pickle"]
    for name in ["dump", "dumps", "load", "loads", "Pickler", "Unpickler"]:
        assert getattr(pickle, name) is getattr(ours, name), f"pickle.{name} is not ours"
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        mapped = maps.read()
    assert os.path.realpath(library) in mapped, "our library is not mapped"
    assert "/_pickle." not in mapped, "the native _pickle is mapped"


def child(name, library, output):
    """Runs one file and writes what became of each test."""
    if library:
        install(library)
    import unittest

    suite = unittest.defaultTestLoader.loadTestsFromName("test." + name)
    result = unittest.TextTestRunner(stream=open(os.devnull, "w"), verbosity=0, buffer=True).run(suite)
    if library:
        check_installed(library)
    # A failed subtest counts for its test.
    bad = {}
    for test, text in result.failures + result.errors:
        bad.setdefault(getattr(test, "test_case", test).id(), text)
    answer = {"run": result.testsRun, "bad": bad, "skipped": [test.id() for test, _ in result.skipped]}
    with open(output, "w", encoding="utf-8") as file:
        json.dump(answer, file)


def run(name, library, timeout):
    """Runs one file in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "answer.json")
        command = [sys.executable, os.path.abspath(__file__), "--child", name, "--output", output]
        command += [library] if library else []
        start = time.monotonic()
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=timeout)
        except subprocess.TimeoutExpired:
            return {"crash": f"no answer in {timeout} seconds"}
        if done.returncode != 0 or not os.path.exists(output):
            return {"crash": f"status {done.returncode}\n{done.stderr[-3000:]}"}
        with open(output, encoding="utf-8") as file:
            return json.load(file) | {"seconds": time.monotonic() - start}


def summary(answer):
    if "crash" in answer:
        return "crashed: " + answer["crash"]
    skipped = len(set(answer["skipped"]) - set(answer["bad"]))
    passed = answer["run"] - len(answer["bad"]) - skipped
    return f"{passed} passed, {len(answer['bad'])} failed, {skipped} skipped ({answer['seconds']:.1f} s)"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("library", nargs="?")
    parser.add_argument("tests", nargs="*")
    parser.add_argument("--verbose", action="store_true", help="whole tracebacks")
    parser.add_argument("--no-native", action="store_true", help="without the native run beside it")
    parser.add_argument("--timeout", type=float, default=600)
    parser.add_argument("--child")
    parser.add_argument("--output")
    args = parser.parse_args()
    library = os.path.abspath(args.library) if args.library else None
    if args.child:
        child(args.child, library, args.output)
        return 0
    if not library:
        parser.error("the library is missing")
    failed = 0
    for name in args.tests or TESTS:
        ours = run(name, library, args.timeout)
        native = {"bad": {}} if args.no_native else run(name, None, args.timeout)
        print(f"{name}\n  ours:   {summary(ours)}")
        if not args.no_native:
            print(f"  native: {summary(native)}")
        failed += "crash" in ours
        for test, text in sorted(ours.get("bad", {}).items()):
            if test in native.get("bad", {}):
                continue
            expected = SIZES in test
            failed += not expected
            print(f"  {'expected' if expected else 'FAILED'}: {test}")
            print("    " + (text.replace("\n", "\n    ") if args.verbose else text.strip().splitlines()[-1]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
