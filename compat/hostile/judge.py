#!/usr/bin/env python3
"""Loads hostile files with CPython's own `_pickle` and `marshal`, each in a process of its own, and says what came of it.

Reads paths, one a line (with --stream, pickles); writes a line of JSON for each: `loaded` with a digest of the value, `refused` with the exception, or
`failed` with how CPython itself fell over. Every global is an inert class, so that only the format decides.
"""

import io
import json
import marshal
import os
import pathlib
import resource
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import _pickle  # noqa: E402
import pickle  # noqa: E402

from canonical import Class, Inert, Walk, persistent  # noqa: E402

assert pickle.Unpickler is _pickle.Unpickler

SECONDS = 5
MEMORY = 3 << 30


class Unpickler(_pickle.Unpickler):
    def __init__(self, file):
        super().__init__(file, fix_imports=False)
        self.known = {}

    def find_class(self, module, name):
        if (module, name) not in self.known:
            self.known[module, name] = Class("C", (Inert,), {"__slots__": (), "path": ("inert " + module, name)})
        return self.known[module, name]

    def persistent_load(self, value):
        return persistent(value)


def answer(path):
    data = open(path, "rb").read()
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(10_000)
    load = marshal.loads if os.path.basename(os.path.dirname(path)) == "marshal" else lambda data: Unpickler(io.BytesIO(data)).load()
    try:
        value = load(data)
    except MemoryError:
        return {"failed": "MemoryError"}
    except RecursionError:
        return {"failed": "RecursionError"}
    except BaseException as error:
        return {"refused": f"{type(error).__name__}: {error}"[:200]}
    return {"loaded": Walk().run(value)}


def stream():
    """Pickles with their lengths before them, without globals, in this process: whoever asks starts another if it ends."""
    class Refusing(Unpickler):
        def find_class(self, module, name):
            raise pickle.UnpicklingError("no globals")

    sys.setrecursionlimit(10_000)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while length := sys.stdin.buffer.read(4):
        data = sys.stdin.buffer.read(int.from_bytes(length, "little"))
        signal.alarm(SECONDS)
        try:
            result = {"loaded": Walk().run(Refusing(io.BytesIO(data)).load())}
        except (MemoryError, RecursionError) as error:
            result = {"failed": type(error).__name__}
        except Exception as error:
            result = {"refused": f"{type(error).__name__}: {error}"[:200]}
        signal.alarm(0)
        print(json.dumps(result), flush=True)


def main():
    if "--stream" in sys.argv:
        return stream()
    for line in sys.stdin:
        path = line.rstrip("\n")
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            try:
                result = answer(path)
            except BaseException as error:
                result = {"failed": f"the judge: {type(error).__name__}: {error}"}
            os.write(writer, json.dumps(result).encode())
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as answers:
            said = answers.read()
        _, status = os.waitpid(child, 0)
        result = json.loads(said) if said else {"failed": signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "no answer"}
        print(json.dumps({"file": path, **result}), flush=True)


if __name__ == "__main__":
    main()
