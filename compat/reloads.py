"""Why a reload may change the bytes of any object, with some picklers.

"dict order": Python 2's dicts are in the order of a hash table, as sets are in all
versions, and a table that is filled in that order can come out in another.

"surrogate pair": Python 2's UTF-8 joins a high and a low surrogate that stand beside
each other to one character; protocol 0 writes them as they are.

"escaped text": up to 3.12 pickle.py memoizes the escaped copy of a text that
protocol 0 escapes, never finds the text again, and so writes it each time.

"bytearray": 3.8's and 3.9's pickle.py does not memoize them at protocol 5.
"""

import re
import sys

from picklers import PYTHON_2

DICT_ORDER = "dict order"
SURROGATE_PAIR = "surrogate pair"
ESCAPED_TEXT = "escaped text"
BYTEARRAY = "bytearray"

ESCAPED = re.compile(u"[\\\\\n\0\r\x1a]")
PAIR = re.compile(u"[\ud800-\udbff][\udc00-\udfff]")


def reason_of(value, pickler):
    """The first reason that applies, or nothing."""
    parts = list(parts_of(value)) if PYTHON_2 or pickler.is_pure else []
    texts = [part for part in parts if isinstance(part, type(u""))]
    for reason, applies in (
            (DICT_ORDER, PYTHON_2 and any(isinstance(part, dict) and len(part) > 1 for part in parts)),
            (SURROGATE_PAIR, PYTHON_2 and any(PAIR.search(part) for part in texts)),
            (ESCAPED_TEXT, pickler.is_pure and sys.version_info < (3, 13)
             and any(ESCAPED.search(part) for part in texts)),
            (BYTEARRAY, pickler.is_pure and (3, 8) <= sys.version_info < (3, 10)
             and any(isinstance(part, bytearray) for part in parts))):
        if applies:
            return reason
    return ""


def parts_of(value):
    """The value and all that it holds, each once."""
    seen, waiting = {}, [value]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen[id(part)] = part
        yield part
        if isinstance(part, dict):
            waiting += list(part.keys()) + list(part.values())
        elif isinstance(part, (list, tuple, set, frozenset)):
            waiting += list(part)
        elif isinstance(part, slice):
            waiting += [part.start, part.stop, part.step]
