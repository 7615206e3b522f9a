"""The corpus: named functions, each of which builds a fresh live object.

Every module of this package is a family with a function `cases()`; the
family's name goes before the slash of a case's name.
"""

from . import (
    ints,
    floats,
    strings,
    bytes_,
    containers,
    batches,
    memo,
    sharing,
    cycles,
    builtins_,
    frames,
    reasons,
    mixes,
)
from .fresh import PYTHON_2

# The order is the order of the answers.
FAMILIES = (ints, floats, strings, bytes_, containers, batches, memo, sharing,
            cycles, builtins_, frames, reasons, mixes)
if PYTHON_2:
    from . import python2
    FAMILIES += (python2,)
else:
    from . import library, objects, overrides
    FAMILIES += (objects, library, overrides)


def corpus():
    """All cases, their names complete and no two alike."""
    found, names = [], set()
    for family in FAMILIES:
        prefix = family.__name__.split(".")[-1].rstrip("_")
        for case in family.cases():
            case.name = prefix + "/" + case.name
            assert case.name not in names, "two cases are called " + case.name
            names.add(case.name)
            found.append(case)
    return found
