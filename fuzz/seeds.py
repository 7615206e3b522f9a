#!/usr/bin/env python3
"""Writes fuzz/seeds from the small files of the hostile corpus: python3 fuzz/seeds.py"""

import hashlib
import pathlib
import random
import sys

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "compat" / "hostile"))

import marshals  # noqa: E402
import pickles  # noqa: E402
import shapes  # noqa: E402

# How large a seed may be, and how many of a family there may be.
SIZE, COUNT = 2_000, 16

FAMILIES = {
    "pickle": [pickles.truncations, pickles.memos, pickles.marks, pickles.numbers, pickles.encodings, shapes.nesting, shapes.sharing,
               shapes.keys, shapes.cycles, shapes.frames, shapes.mutations],
    "marshal": [marshals.truncations, marshals.references, marshals.mutations],
    "pyc": [marshals.pycs],
}


def main():
    small = lambda size: max(size // 50_000, 1)
    for form, families in FAMILIES.items():
        folder = HERE / "seeds" / form
        folder.mkdir(parents=True, exist_ok=True)
        for family in families:
            scale = (lambda size: size // 5) if family.__name__ == "mutations" else small
            files = {data for _, data in family(random.Random("seeds"), scale) if 0 < len(data) <= SIZE}
            chosen = sorted(files, key=lambda data: hashlib.sha256(data).digest())[:COUNT]
            for number, data in enumerate(chosen):
                # The marshal target's first byte chooses a release.
                (folder / f"{family.__name__}-{number:02}").write_bytes((b"\0" if form == "marshal" else b"") + data)


if __name__ == "__main__":
    main()
