"""Writes arrays.npz and tensors.pt, for tests/cli/show.rs.  Needs NumPy; PyTorch's names are stood in for.

    python generate_arrays.py
"""

import collections
import io
import pickle
import sys
import types
import zipfile

import numpy as np

np.savez("arrays.npz", weights=np.zeros((100, 3))[:2], labels=np.array(["a", None], dtype=object))

torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
sys.modules.update({"torch": torch, "torch._utils": utils})
torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})


def _rebuild_tensor_v2(*args):
    raise NotImplementedError


_rebuild_tensor_v2.__module__ = "torch._utils"
utils._rebuild_tensor_v2 = _rebuild_tensor_v2


class Storage:
    id = ("storage", torch.FloatStorage, "0", "cpu", 6)


class Tensor:
    def __reduce__(self):
        return _rebuild_tensor_v2, (Storage(), 0, (2, 3), (3, 1), False, collections.OrderedDict())


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        return value.id if isinstance(value, Storage) else None


out = io.BytesIO()
Pickler(out, 2).dump(collections.OrderedDict(weight=Tensor()))
with zipfile.ZipFile("tensors.pt", "w") as archive:
    for name, content in (("data.pkl", out.getvalue()), ("data/0", bytes(24)), ("version", b"3\n")):
        archive.writestr(zipfile.ZipInfo("archive/" + name), content)
