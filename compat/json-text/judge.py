"""Says what json makes of objects and of texts.

Reads a JSON object from each line of standard input, and answers each by a line on standard output:

    {"options": [KWARGS, …]}  → {"classes": {"module.name": "int", …}}   how json.dumps is called from now on
    {"pickle": PICKLE, "with": [the option's number, …]} → {"outcomes": [OUTCOME, …], "by_option": [the outcome's number, …], "back": [HASHES, …]}
                                or {"unloaded": message}
    {"text": TEXT}            → {"pickles": HASHES} or {"error": type, "message": …}

An outcome is {"text": HASH} or {"error": type, "message": …, "path": …, "open": true where the path goes on with what has
no literal}. Pickles and texts are bytes in hexadecimal digits; a hash is the first 16 digits of a SHA-256, of a text in
UTF-8 with surrogates. HASHES are those of pickle.dumps(json.loads(text), protocol) at all protocols: under `back` of the
texts of the first of these options and of the last, null where there is none.
"""

import hashlib
import inspect
import io
import json
import os
import pickle
import sys
import threading
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE)]

import shapes  # noqa: E402

#: What json knows, the first that fits.
KNOWN = ((str, "str"), (int, "int"), (float, "float"), ((list, tuple), "list"), (dict, "dict"), (object, "object"))

#: The options that json.dumps is called with.
OPTIONS = []

#: How many values a text may have, shared ones counted each time.
MUCH = 1_000_000

#: Those of them that decide what is refused.
REFUSING = ("sort_keys", "skipkeys", "allow_nan")


class Unpickler(pickle.Unpickler):
    """Nothing is known of persistent ids."""


def classes():
    """What the classes of the corpus are derived from."""
    found, waiting = {}, [shapes]
    while waiting:
        holder = waiting.pop()
        for value in vars(holder).values():
            if inspect.isclass(value) and value.__module__ == "shapes" and value.__qualname__ not in found:
                found[value.__qualname__] = next(name for base, name in KNOWN if issubclass(value, base))
                waiting.append(value)
    # What they are made by.
    return {"shapes." + name: kind for name, kind in found.items()}


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def encoded(text):
    return text.encode("utf-8", "surrogatepass")


def failure(error):
    return {"error": type(error).__name__, "message": str(error)}


def pickles(text):
    return [digest(pickle.dumps(json.loads(text), protocol)) for protocol in range(6)]


def culprit(obj, options):
    """The path to what json.dumps meets first of what it refuses, and whether it ends before a key that has no literal."""
    encoder = json.JSONEncoder(**options)

    def fails(value):
        try:
            encoder.encode(value)
        except (TypeError, ValueError):
            return True
        return False

    waiting, path, around = [iter([("", NOTHING, obj)])], [], []
    while waiting:
        step, key, value = next(waiting[-1], (None, None, None))
        if step is None:
            waiting.pop()
            if path:
                path.pop()
                around.pop()
            continue
        if key is not NOTHING and not isinstance(key, (str, int, float, type(None))) and options["skipkeys"]:
            continue
        here = "".join(path) + step
        if key is not NOTHING and fails({key: 0}) or id(value) in around:
            return until_open(here)
        if not isinstance(value, (list, tuple, dict)):
            if fails(value):
                return until_open(here)
            continue
        try:
            parts = children(value, options)
        except TypeError:
            return until_open(here)
        waiting.append(iter(parts))
        path.append(step)
        around.append(id(value))
    return "", True


def is_much(obj):
    """Whether it would be written without end, or nearly, because so much of it is shared."""
    counts, waiting = {}, [obj]
    while waiting:
        value = waiting[-1]
        if not isinstance(value, (list, tuple, dict)) or id(value) in counts and counts[id(value)]:
            waiting.pop()
            continue
        parts = list(value.values()) if isinstance(value, dict) else list(value)
        missing = [part for part in parts if isinstance(part, (list, tuple, dict)) and id(part) not in counts]
        counts.setdefault(id(value), 0)
        if missing:
            waiting.extend(missing)
        else:
            counts[id(value)] = 1 + sum(counts.get(id(part), 0) or 1 for part in parts)
            waiting.pop()
    return counts.get(id(obj), 0) > MUCH


NOTHING = object()
OPEN = "\0"


def until_open(path):
    return path.partition(OPEN)[0], OPEN in path


def children(obj, options):
    if isinstance(obj, (list, tuple)):
        return [("[%d]" % at, NOTHING, value) for at, value in enumerate(obj)]
    items = list(obj.items())
    if options["sort_keys"]:
        items.sort()
    return [("[%r]" % (key,) if is_literal(key) else OPEN, key, value) for key, value in items]


def is_literal(key):
    if type(key) is tuple:
        return all(map(is_literal, key))
    return type(key) in (str, int, bool, type(None), bytes) or type(key) is float and key - key == 0


def answer_pickle(data, wanted):
    try:
        obj = Unpickler(io.BytesIO(data), encoding="latin1").load()
    except Exception as error:
        return {"unloaded": "%s: %s" % (type(error).__name__, error)}
    if is_much(obj):
        return {"unloaded": "too much is shared"}
    outcomes, numbers, by_option, back, refused = [], {}, [], [], {}
    for number in wanted:
        text, options = None, OPTIONS[number]
        try:
            text = json.dumps(obj, **options)
            outcome = {"text": digest(encoded(text))}
        except RecursionError:
            return {"unloaded": "RecursionError"}
        except Exception as error:
            key = (str(error),) + tuple(options[name] for name in REFUSING)
            if key not in refused:
                refused[key] = failure(error)
                refused[key]["path"], refused[key]["open"] = culprit(obj, options)
            outcome = refused[key]
        key = json.dumps(outcome)
        if key not in numbers:
            numbers[key] = len(outcomes)
            outcomes.append(outcome)
        by_option.append(numbers[key])
        if number in (wanted[0], wanted[-1]):
            try:
                back.append(None if text is None else pickles(encoded(text)))
            except Exception as error:
                back.append(None)
    return {"outcomes": outcomes, "by_option": by_option, "back": back}


def answer_text(data):
    try:
        return {"pickles": pickles(data)}
    except Exception as error:
        return failure(error)


def answer(request):
    if "options" in request:
        OPTIONS[:] = request["options"]
        return {"classes": classes()}
    if "pickle" in request:
        return answer_pickle(bytes.fromhex(request["pickle"]), request["with"])
    return answer_text(bytes.fromhex(request["text"]))


def main():
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    sys.setrecursionlimit(20_000)
    threading.stack_size(512 * 1024 * 1024)
    thread = threading.Thread(target=main)
    thread.start()
    thread.join()
