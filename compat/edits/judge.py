"""Says where a pickle's object can be assigned to, and whether an edited pickle is what Python's own assignment makes.

Reads a JSON object from each line of standard input, and answers each by a line on standard output:

    {"places": PICKLE, "seed": TEXT, "count": N} → {"places": [{"path", "steps", "literal", "was", "now"}]}
    {"judge": PICKLE, "edited": PICKLE, "steps": …, "literal": …} → {"verdict": null, or what is different}

Pickles are in hexadecimal digits. `was` and `now` are how many instructions the old value takes, and the new one with its
key, if each is pickled by itself.
"""

import ast
import io
import json
import os
import pickle
import pickletools
import random
import signal
import sys
import threading
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import forks  # noqa: E402
import places  # noqa: E402
import same  # noqa: E402

#: For one answer.
SECONDS = 60

#: More instructions than any pickle here has.
MUCH = 1_000_000


class Unpickler(pickle.Unpickler):
    """The persistent object of each id is a list of it; an unknown code of the registry is refused, as ever."""

    def persistent_load(self, pid):
        return ["persistent", pid]


class StrictUnpickler(pickle._Unpickler):
    """The one in Python, which holds frames against their lengths."""

    persistent_load = Unpickler.persistent_load


def loads(data, unpickler=Unpickler):
    return unpickler(io.BytesIO(data), encoding="latin1").load()


def value_of(text):
    """A value that nothing else has a part of, as if it had just been loaded."""
    return pickle.loads(pickle.dumps(eval(text, {"__builtins__": {}})))


def reach(obj, steps):
    """What stands at the end of a path."""
    for kind, text in steps:
        obj = getattr(obj, text) if kind == "attribute" else obj[value_of(text)]
    return obj


def instructions(value):
    """How many instructions a pickle of it has, at the protocol that needs the most; many where it cannot be pickled."""
    try:
        return max(sum(1 for _ in pickletools.genops(pickle.dumps(value, protocol))) for protocol in (0, 2, 4))
    except Exception:
        return MUCH


def assign(obj, steps, value):
    """What `obj<path> = value` does."""
    if not steps:
        return value
    holder = reach(obj, steps[:-1])
    kind, text = steps[-1]
    if kind == "attribute":
        setattr(holder, text, value)
    else:
        holder[value_of(text)] = value
    return obj


def ask_places(request):
    chance = random.Random(request["seed"])
    data = bytes.fromhex(request["places"])
    try:
        obj = loads(data)
    except Exception:
        return {"places": []}
    known = places.find(obj, chance)
    if len(known) == 1 and chance.random() < 0.9:
        return {"places": []}  # too many pickles are of a number
    # Each kind of place as often as the next, though the root has one and a list has many.
    kinds = {}
    for path, is_new in known:
        kinds.setdefault((path[-1][0] if path else "root", is_new), []).append((path, is_new))
    found = []
    for _ in range(request["count"]):
        path, is_new = chance.choice(kinds[chance.choice(sorted(kinds))])
        text = chance.choice(places.VALUES)
        text = repr(eval(text)) if "*" in text else text
        try:
            assign(loads(data), path, value_of(text))
        except Exception:
            continue  # Python does not take it either
        # Of the value itself nothing is to stay.
        was = 0 if is_new else instructions(reach(loads(data), path)) if path else MUCH
        now = instructions(value_of(text)) + (instructions(value_of(path[-1][1])) if is_new and path[-1][0] == "key" else 0)
        found.append({"path": places.written(path), "steps": path, "literal": text, "was": was, "now": now})
    return {"places": found}


def judge(request):
    original, edited = (bytes.fromhex(request[key]) for key in ("judge", "edited"))
    expected = assign(loads(original), request["steps"], value_of(request["literal"]))
    for unpickler in (Unpickler, StrictUnpickler):
        if unpickler is StrictUnpickler and not takes(original):
            continue
        try:
            same.check(loads(edited, unpickler), expected)
        except same.Different as difference:
            return {"verdict": str(difference)}
        except Exception as error:
            return {"verdict": f"{type(error).__name__}: {error}"}
    return {"verdict": None}


def takes(data):
    """Whether the loader in Python reads it, which is slower, and knows no deep recursion."""
    try:
        loads(data, StrictUnpickler)
    except Exception:
        return False
    return True


def main():
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        request = json.loads(line)
        failed = {"places": []} if "places" in request else {"verdict": "no answer"}
        try:
            [answer] = forks.run(answer_apart, request)
        except Exception:
            answer = json.dumps(failed).encode()
        print(answer.decode(), flush=True)


def answer_apart(request):
    """In a process of its own: a pickle may name anything, and leave anything behind."""
    signal.alarm(SECONDS)
    devnull = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(devnull, number)
    answers = []
    # Deep objects take a deep stack.
    thread = threading.Thread(target=lambda: answers.append(ask_places(request) if "places" in request else judge(request)))
    thread.start()
    thread.join()
    return [json.dumps(answers[0]).encode()]


if __name__ == "__main__":
    sys.setrecursionlimit(20_000)
    threading.stack_size(512 * 1024 * 1024)
    main()
