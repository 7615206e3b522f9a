#!/usr/bin/env python3
"""Writes the hostile corpus: pickles, marshal data and .pyc files that are made to make a reader fall over.

    generate.py FOLDER [--seed N] [--quick]

Each file is FORMAT/FAMILY--NAME; the same seed gives the same files. With --quick, what is large is a twentieth.
"""

import argparse
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.set_int_max_str_digits(0) if hasattr(sys, "set_int_max_str_digits") else None

import library  # noqa: E402
import marshals  # noqa: E402
import pickles  # noqa: E402
import shapes  # noqa: E402

FAMILIES = {
    "pickle": [pickles.truncations, pickles.sizes, pickles.memos, pickles.marks, pickles.numbers, pickles.encodings, shapes.nesting,
               shapes.sharing, shapes.keys, shapes.cycles, shapes.wrong_types, shapes.frames, shapes.mutations, library.library],
    "marshal": [marshals.truncations, marshals.sizes, marshals.references, marshals.nesting, marshals.mutations],
    "pyc": [marshals.pycs],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    scale = (lambda size: max(size // 20, 1)) if options.quick else (lambda size: size)
    for form, families in FAMILIES.items():
        (options.folder / form).mkdir(parents=True, exist_ok=True)
        for family in families:
            names = set()
            for name, data in family(random.Random(f"{options.seed} {form} {family.__name__}"), scale):
                assert name not in names, f"{family.__name__} has {name} twice"
                names.add(name)
                (options.folder / form / f"{family.__name__}--{name}").write_bytes(data)


if __name__ == "__main__":
    main()
