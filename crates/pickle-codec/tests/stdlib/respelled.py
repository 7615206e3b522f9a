"""What CPythons make of pickles that spell a value otherwise than they do, for tests/stdlib.rs.

    for python in python3.6 ... python3.13; do $python respelled.py; done > respelled.jsonl

Each line has an interpreter, a pickle, and what it writes at each protocol after loading it.
"""

import base64
import json
import pickle
import sys
import types

PICKLES = [
    # A state that has the member itself, as in 3.7.
    b"ccopy_reg\n_reconstructor\n(cuuid\nUUID\nc__builtin__\nobject\nNtR}(X\x03\x00\x00\x00intL5L\n"
    b"X\x07\x00\x00\x00is_safecuuid\nSafeUUID\n(NtRub.",
    b"\x80\x02cuuid\nUUID\n)\x81}(X\x03\x00\x00\x00intK\x05X\x07\x00\x00\x00is_safecuuid\nSafeUUID\nK\x00\x85Rub.",
    # Fewer arguments than the iterator says itself.
    b"citertools\nislice\n(c__builtin__\niter\n((lI1\naI2\natRI0\nbI1\ntR.",
    b"citertools\nislice\n(c__builtin__\niter\n((lI1\naI2\natRI0\nbI1\nNtRI0\nb.",
    b"citertools\ncycle\n(c__builtin__\niter\n((lI1\natRI1\nbtR((lI1\naI0\ntb.",
    b"citertools\ncycle\n(c__builtin__\niter\n((lI1\natRI1\nbtR((lI1\naI01\ntb.",
    # Iterators over ranges.
    b"c__builtin__\niter\n(c__builtin__\nxrange\n(I0\nI10\nI3\ntRtR.",
    b"c__builtin__\niter\n(c__builtin__\nxrange\n(I0\nI10\nI3\ntRtRI2\nb.",
    b"c__builtin__\niter\n(c__builtin__\nxrange\n(I10\nI0\nI-3\ntRtRI9\nb.",
    b"c__builtin__\niter\n(c__builtin__\nxrange\n(I5\nI0\nI1\ntRtR.",
    b"c__builtin__\niter\n(c__builtin__\nxrange\n(L-36893488147419103232L\nI20\nI2\ntRtRL18446744073709551623L\nb.",
    # Reversed ones that say not where they are.
    b"c__builtin__\nreversed\n((I1\nI2\nttR.",
    b"c__builtin__\nreversed\n((ttR.",
    b"c__builtin__\nreversed\n((lI1\natR.",
    b"c__builtin__\nreversed\n((ltR.",
    b"c__builtin__\nreversed\n((lI1\naI2\natRI0\nb.",
    # Keyword arguments that are None.
    b"cfunctools\npartial\n(c__builtin__\nint\ntR(c__builtin__\nint\n(I5\ntNNtb.",
    # Without the state that 3.12 gives it, and with another.
    b"cexceptions\nAttributeError\n(Vno such\ntR.",
    b"cexceptions\nAttributeError\n(Vno such\ntR(dVnote\nI3\nsb.",
    # Without a time zone, as in Python 2.
    b"ctime\nstruct_time\n((I2007\nI8\nI11\nI1\nI24\nI49\nI5\nI223\nI1\nt(dtR.",
    # Calls that give what they are given.
    b"((lc__builtin__\nlong\n(I5\ntRac__builtin__\nunicode\n(Vtext\ntRac__builtin__\nfloat\n(F1.5\ntRa"
    b"c__builtin__\ntuple\n((I1\nI2\nttRac__builtin__\nint\n(tRac__builtin__\nstr\n(tRat.",
    b"\x80\x02cbuiltins\nint\n)\x81.",
    # A method bound to its class, called; each is another object.
    b"(c__builtin__\ngetattr\np0\n(cmodels\nMade\nVmake\ntR(I1\ntRg0\n(cmodels\nMade\nVmake\ntR(I2\ntRt.",
    # What is iterated over without being an iterator.
    b"citertools\nzip_longest\n((tc__builtin__\niter\n(Vab\ntRI1\nbtR.",
    # A builtin type's method by its dotted name.
    b"\x80\x04cbuiltins\nstr.upper\n.",
    # Python 2's regular expressions.
    b"cre\n_compile\n(Va+\nI2\ntR.",
    # Python 2's random numbers.
    b"crandom\nRandom\n(tR(I2\n(I-2147483648\n" + b"I-1\nI7\n" * 311 + b"I5\nI624\ntNtb.",
]

models = types.ModuleType("models")
sys.modules["models"] = models


class Made:
    @classmethod
    def make(cls, number):
        made = cls()
        made.number = number
        return made

    def __reduce__(self):
        return self.make, (self.number,)


Made.__module__ = "models"
Made.make.__func__.__module__ = "models"
models.Made = Made


def main():
    version = "%d.%d" % sys.version_info[:2]
    for pickled in PICKLES:
        if sys.version_info < (3, 7) and b"SafeUUID" in pickled:
            continue
        after = [pickle.dumps(pickle.loads(pickled), p) for p in range(pickle.HIGHEST_PROTOCOL + 1)]
        line = {"profile": version, "pickle": encoded(pickled), "after": [encoded(again) for again in after]}
        print(json.dumps(line))


def encoded(pickled):
    return base64.b64encode(pickled).decode("ascii")


main()
