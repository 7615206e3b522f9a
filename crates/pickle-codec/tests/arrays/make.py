"""Pickles of NumPy's arrays and of PyTorch's tensors, for tests/arrays.rs.

    python make.py numpy > numpy-1.jsonl     # under a Python with NumPy 1
    python make.py numpy > numpy-2.jsonl     # under a Python with NumPy 2
    python make.py torch > torch.jsonl       # under any Python

Each line has a pickle and how it is to be shown, by NumPy's own names.  PyTorch takes a gigabyte, so its pickles come from
classes and functions of the same names that reduce as its public sources do (torch/_utils.py, torch/_tensor.py,
torch/serialization.py, torch/nn/parameter.py).
"""

import base64
import collections
import io
import json
import pickle
import sys
import types


def row(pickled, shown, by):
    print(json.dumps({"by": by, "pickle": base64.b64encode(pickled).decode("ascii"), "shown": shown}))


def numpy_rows():
    import numpy as np

    arrays = [
        np.zeros((2, 3)), np.array(5), np.zeros((0, 7), np.float16), np.asfortranarray(np.zeros((2, 3), np.complex64)),
        np.zeros((2, 2), bool), np.zeros(3, np.uint8), np.zeros(2, ">i2"), np.array([1, "a", None], dtype=object),
        np.array(["ab", "c"]), np.array([b"abc"]), np.array(["2020-01-01"], dtype="M8[D]"), np.zeros(3, "m8[25s]"),
        np.zeros(2, dtype=[("a", "<i4"), ("b", "S3"), ("c", "<f4", (2,)), ("d", [("x", "i1"), ("y", "?")])]),
    ]
    dtypes = [np.dtype("float64"), np.dtype(">u4"), np.dtype([("a", "O")]), np.dtype(("<f8", (2, 3))), np.dtype("M8[ns]")]
    scalars = [np.float64(1.5), np.int8(3), np.bool_(True), np.datetime64("2020-01-01", "ns"), np.str_("text")]
    shape = lambda value: "[%s]" % ", ".join(map(str, value.shape))
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        by = "NumPy %s at %d" % (np.__version__, protocol)
        for value in arrays:
            row(pickle.dumps(value, protocol), "array %s %s" % (value.dtype, shape(value)), by)
        for value in dtypes:
            row(pickle.dumps(value, protocol), "dtype %s" % value, by)
        for value in scalars:
            row(pickle.dumps(value, protocol), "scalar %s" % value.dtype, by)
        value = np.ma.array([1, 2], mask=[0, 1])
        module = type(value).__module__
        row(pickle.dumps(value, protocol), "%s.MaskedArray %s %s" % (module, value.dtype, shape(value)), by)
        value = np.matrix([[1.5]])
        module = type(value).__module__
        row(pickle.dumps(value, protocol), "%s.matrix %s %s" % (module, value.dtype, shape(value)), by)
    row(pickle.dumps({"w": np.zeros((2, 3)), "n": [1]}, 4), "{'w': array float64 [2, 3], 'n': [1]}", by)


def torch_rows():
    modules = {name: types.ModuleType(name) for name in ("torch", "torch._utils", "torch.storage")}
    sys.modules.update(modules)
    torch, utils = modules["torch"], modules["torch._utils"]

    def function(name, module=utils):
        def made(*args):
            raise NotImplementedError
        made.__module__, made.__qualname__, made.__name__ = module.__name__, name, name
        setattr(module, name, made)
        return made

    v1, v2, v3, rebuilt_parameter = map(
        function, ("_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3", "_rebuild_parameter"))
    float8 = function("float8_e4m3fn", torch)

    class Storage(object):
        def __init__(self, kind, numel, key="0"):
            module = modules["torch.storage"] if kind == "UntypedStorage" else torch
            self.id = ("storage", getattr(module, kind, None) or new_class(kind, module), key, "cpu", numel)

    def new_class(kind, module):
        setattr(module, kind, type(kind, (), {"__module__": module.__name__}))
        return getattr(module, kind)

    class Reduced(object):
        def __init__(self, *reduced):
            self.reduced = reduced

        def __reduce__(self):
            return self.reduced

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            return value.id if isinstance(value, Storage) else None

    def dumped(value, protocol):
        out = io.BytesIO()
        Pickler(out, protocol).dump(value)
        return out.getvalue()

    def tensor(kind, *shape, **more):
        numel = 1
        for length in shape:
            numel *= length
        hooks = collections.OrderedDict()
        return Reduced(v2, (Storage(kind, numel), 0, shape, (1,) * len(shape), False, hooks))

    kinds = {"FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
             "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8",
             "ByteStorage": "uint8", "BoolStorage": "bool", "ComplexFloatStorage": "complex64"}
    for protocol in (1, 2, 4):
        by = "PyTorch's names at %d" % protocol
        for kind, dtype in sorted(kinds.items()):
            row(dumped(tensor(kind, 64, 3, 7, 7), protocol), "tensor %s [64, 3, 7, 7]" % dtype, by)
        row(dumped(tensor("FloatStorage"), protocol), "tensor float32 []", by)
        parameter = Reduced(rebuilt_parameter, (tensor("FloatStorage", 10), True, collections.OrderedDict()))
        row(dumped(parameter, protocol), "parameter float32 [10]", by)
        old = Reduced(v1, (Storage("FloatStorage", 6), 0, (2, 3), (3, 1)))
        row(dumped(old, protocol), "tensor float32 [2, 3]", by)
        new = Reduced(v3, (Storage("UntypedStorage", 6), 0, (2, 3), (3, 1), False, collections.OrderedDict(), float8))
        row(dumped(new, protocol), "tensor float8_e4m3fn [2, 3]", by)
        row(dumped(Storage("LongStorage", 9), protocol), "storage int64 [9]", by)
        state = collections.OrderedDict([("conv.weight", tensor("FloatStorage", 8, 3)), ("bn.count", tensor("LongStorage"))])
        shown = "OrderedDict({'conv.weight': tensor float32 [8, 3], 'bn.count': tensor int64 []})"
        row(dumped(state, protocol), shown, by)


{"numpy": numpy_rows, "torch": torch_rows}[sys.argv[1]]()
