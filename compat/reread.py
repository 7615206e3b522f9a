"""Answers with what `pickle.dumps(pickle.loads(x))` makes of other versions' pickles.

    python compat/reread.py < PICKLES > ANSWERS

On standard input each pickle stands behind its length (four bytes,
little-endian). For each the answer is the first six bytes of the SHA-256 of what
`dumps` gives at each protocol, from 0 to 5, or six zero bytes where it raises.
Python 2's `str` is read as latin-1 text, and once more as bytes, which makes
twelve times six bytes.
"""

import hashlib
import pickle
import struct
import sys

import shapes  # noqa: F401: pickles name it

LENGTH = struct.Struct("<I")
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def main():
    pickles = sys.stdin.buffer.read()
    at = 0
    while at < len(pickles):
        (length,) = LENGTH.unpack_from(pickles, at)
        at += LENGTH.size + length
        for encoding in "latin1", "bytes":
            sys.stdout.buffer.write(answer(pickles[at - length : at], encoding))


def answer(text, encoding):
    try:
        value = pickle.loads(text, encoding=encoding)
    except Exception:
        return bytes(6 * len(PROTOCOLS))
    return b"".join(dump(value, protocol) for protocol in PROTOCOLS)


def dump(value, protocol):
    try:
        return hashlib.sha256(pickle.dumps(value, protocol)).digest()[:6]
    except Exception:
        return bytes(6)


if __name__ == "__main__":
    main()
