"""Writes pickles that people really have: python benign.py FOLDER [python|numpy|pandas|sklearn …]

Needs scikit-learn, NumPy, pandas, joblib and lz4; what is not installed is left out. Each file is one object by one
writer at one protocol, so that the share of files that a scanner does not find clean says something. PyTorch's files are
written by hand, in its format.
"""

import array
import collections
import datetime
import decimal
import fractions
import functools
import gzip
import bz2
import io
import ipaddress
import lzma
import os
import pathlib
import pickle
import random
import re
import string
import struct
import sys
import types
import uuid
import warnings
import zipfile
import zlib
import zoneinfo

warnings.filterwarnings("ignore")


def main(folder, parts):
    os.makedirs(folder, exist_ok=True)
    writers = {"python": python_files, "numpy": numpy_files, "pandas": pandas_files, "sklearn": sklearn_files}
    for part in parts or writers:
        try:
            writers[part](folder)
        except ImportError as error:
            print(f"left out: {error}", file=sys.stderr)


def python_files(folder):
    for name, value in python_values():
        for protocol in range(6):
            try:
                write(folder, f"python-{name}.{protocol}.pkl", pickle.dumps(value, protocol))
            except TypeError:  # No form at this protocol.
                pass
    several(folder)
    packed(folder)
    torch(folder)


def write(folder, name, content):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


Point = collections.namedtuple("Point", "x y")


def python_values():
    utc = datetime.timezone.utc
    shared = ["shared"] * 3
    cycle = [1]
    cycle.append(cycle)
    generator = random.Random(7)
    generator.random()
    yield "none", None
    yield "ints", [0, 1, -1, 2**31, 2**63, 2**100, True, False]
    yield "floats", [0.0, -1.5, 1e300, float("inf")]
    yield "complex", 1 + 2j
    yield "text", ["", "a", "é", "日本語", "\U0001f600", "a" * 300, "\ud800"]
    yield "bytes", [b"", b"abc", bytes(range(256)), b"x" * 70000]
    yield "bytearray", bytearray(b"abc")
    yield "tuples", [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)]
    yield "dict", {"name": "bob", "age": 20, "tags": ["a", "b"], 3: None}
    yield "sets", [set(), {1, 2}, frozenset({3, 4})]
    yield "shared", [shared, shared]
    yield "cycle", cycle
    yield "large", {i: str(i) for i in range(5000)}
    yield "range", [range(10), slice(1, 2, 3)]
    yield "ellipsis", [..., NotImplemented]
    yield "types", [int, str, dict, type(None), type(...)]
    yield "date", datetime.date(2024, 2, 29)
    yield "datetime", datetime.datetime(2024, 2, 29, 12, 30, 1, 5, tzinfo=utc)
    yield "timedelta", [datetime.timedelta(days=1), datetime.time(1, 2)]
    if zoneinfo.available_timezones():
        yield "zone", datetime.datetime(2024, 1, 1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    yield "decimal", [decimal.Decimal("1.5"), decimal.Decimal("NaN")]
    yield "context", decimal.Context(prec=5)
    yield "fraction", fractions.Fraction(1, 3)
    yield "uuid", uuid.UUID(int=5)
    yield "path", [pathlib.PurePosixPath("/a/b"), pathlib.PureWindowsPath("c:/x"), pathlib.Path("a")]
    yield "ordered", collections.OrderedDict(a=1, b=2)
    yield "defaultdict", collections.defaultdict(list, a=[1])
    yield "counter", collections.Counter("abracadabra")
    yield "deque", collections.deque([1, 2], 5)
    yield "chainmap", collections.ChainMap({"a": 1}, {"b": 2})
    yield "userdict", collections.UserDict(a=1)
    yield "userlist", collections.UserList([1])
    yield "array", [array.array("d", [1.5]), array.array("i", [1, 2])]
    yield "pattern", re.compile(r"a+b", re.I)
    yield "namespace", types.SimpleNamespace(a=1, b=[2])
    yield "network", [ipaddress.ip_address("1.2.3.4"), ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_address("::1")]
    yield "partial", functools.partial(int, base=2)
    yield "exception", ValueError("bad", 3)
    yield "oserror", FileNotFoundError(2, "no such file", "x")
    yield "random", generator
    yield "iterator", iter([1, 2, 3])
    yield "stringio", io.StringIO("abc")
    yield "bytesio", io.BytesIO(b"abc")
    yield "template", string.Template("$a")


def several(folder):
    """Pickles one behind the other."""
    values = [{"a": 1}, datetime.date(2024, 1, 1), collections.OrderedDict(a=1), "text", [1, 2, "x"]]
    for protocol in range(6):
        write(folder, f"several.{protocol}.pkl", b"".join(pickle.dumps(value, protocol) for value in values))
        file = io.BytesIO()
        pickler = pickle.Pickler(file, protocol)
        shared = ["shared", datetime.date(2024, 1, 1)]
        for _ in range(4):
            pickler.dump({"rows": shared})
        write(folder, f"one-memo.{protocol}.pkl", file.getvalue())


def packed(folder):
    value = {"rows": [datetime.datetime(2024, 1, 1), decimal.Decimal(1)] * 50}
    for protocol in (0, 2, 4, 5):
        plain = pickle.dumps(value, protocol)
        write(folder, f"packed.{protocol}.pkl.gz", gzip.compress(plain))
        write(folder, f"packed.{protocol}.pkl.bz2", bz2.compress(plain))
        write(folder, f"packed.{protocol}.pkl.xz", lzma.compress(plain))
        write(folder, f"packed.{protocol}.pkl.zlib", zlib.compress(plain))
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("d.pkl", plain)
            file.writestr("readme.txt", "see there")
        write(folder, f"packed.{protocol}.zip", archive.getvalue())
        write(folder, f"nested.{protocol}.pkl", pickle.dumps({"inner": plain}, protocol))


class Storage:
    """A storage in the place of PyTorch's."""

    def __init__(self, kind, key, numbers):
        self.kind, self.key, self.numbers = kind, key, numbers


def torch(folder):
    """State dicts as torch.save writes them: a zip archive, and the older form."""
    for number in range(24):
        layers = [(f"layer{i}.{part}", 16 * (i + 1)) for i in range(1 + number % 6) for part in ("weight", "bias")]
        pickled, storages = state_dict(layers, legacy=False, parameters=number % 3 == 0)
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
            root = ("archive", "model", "best")[number % 3]
            file.writestr(f"{root}/data.pkl", pickled)
            file.writestr(f"{root}/byteorder", "little")
            for key, content in storages:
                file.writestr(f"{root}/data/{key}", content)
            file.writestr(f"{root}/version", "3\n")
        write(folder, f"torch-{number}.pt", archive.getvalue())
    for number in range(12):
        layers = [(f"layer{i}.weight", 8 * (i + 1)) for i in range(1 + number % 4)]
        pickled, storages = state_dict(layers, legacy=True, parameters=False)
        parts = [pickle.dumps(value, 2) for value in (0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}})]
        parts += [pickled, pickle.dumps([key for key, _ in storages], 2)]
        parts += [struct.pack("<q", len(content) // 4) + content for _, content in storages]
        write(folder, f"torch-legacy-{number}.pth", b"".join(parts))


def state_dict(layers, legacy, parameters):
    """Protocol 2 by hand, since its globals are not installed: BINPERSID in the midst of calls."""
    out = bytearray(b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01(")
    storages = []

    def text(value):
        content = value.encode()
        out.extend(b"X" + struct.pack("<I", len(content)) + content)

    for index, (name, count) in enumerate(layers):
        text(name)
        out.extend(b"ctorch._utils\n_rebuild_tensor_v2\n")
        out.extend(b"((")
        text("storage")
        out.extend(b"ctorch\nFloatStorage\n")
        text(str(index))
        text("cpu")
        out.extend(b"M" + struct.pack("<H", count) + (b"N" if legacy else b"") + b"tQ")
        out.extend(b"K\x00M" + struct.pack("<H", count) + b"\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR")
        if parameters:
            # torch._utils._rebuild_parameter(tensor, True, OrderedDict())
            tensor = bytes(out[out.rindex(b"ctorch._utils\n_rebuild_tensor_v2\n"):])
            del out[-len(tensor):]
            out.extend(b"ctorch._utils\n_rebuild_parameter\n(" + tensor + b"\x88ccollections\nOrderedDict\n)RtR")
        generator = random.Random(index)
        storages.append((str(index), b"".join(struct.pack("<f", generator.gauss(0, 1)) for _ in range(count))))
    out.extend(b"u}X\x09\x00\x00\x00_metadataccollections\nOrderedDict\n)Rsb.")
    return bytes(out), storages


def numpy_files(folder):
    import numpy

    values = {
        "float": numpy.arange(1000.0),
        "int": numpy.arange(12, dtype="i2").reshape(3, 4),
        "fortran": numpy.asfortranarray(numpy.ones((3, 4))),
        "bool": numpy.array([True, False]),
        "text": numpy.array(["a", "bcd"]),
        "bytes": numpy.array([b"a", b"bcd"]),
        "objects": numpy.array([1, "a", None, {"k": [1]}], dtype=object),
        "dates": numpy.array(["2024-01-01", "2024-02-29"], dtype="datetime64[D]"),
        "record": numpy.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
        "recarray": numpy.rec.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
        "masked": numpy.ma.array([1, 2, 3], mask=[0, 1, 0]),
        "matrix": numpy.matrix([[1, 2], [3, 4]]),
        "scalars": [numpy.float64(1.5), numpy.int32(7), numpy.bool_(True), numpy.str_("x")],
        "dtype": numpy.dtype("f4"),
        "random": numpy.random.RandomState(1),
        "generator": numpy.random.default_rng(1),
        "poly": numpy.polynomial.Polynomial([1, 2]),
        "poly1d": numpy.poly1d([1, 2]),
        "ufunc": numpy.add,
        "nested": {"x": numpy.zeros(3), "y": [numpy.ones(2)]},
        "complex": numpy.array([1 + 2j]),
        "half": numpy.array([1], dtype="f2"),
        "strings": numpy.array(["a", "b"], dtype=numpy.dtypes.StringDType()),
    }
    for name, value in values.items():
        for protocol in range(6):
            try:
                write(folder, f"numpy-{name}.{protocol}.pkl", pickle.dumps(value, protocol))
            except TypeError:
                pass
        joblib_files(folder, f"numpy-{name}", value)
        if isinstance(value, numpy.ndarray) and name not in ("masked", "strings"):
            numpy.save(os.path.join(folder, f"numpy-{name}.npy"), value, allow_pickle=True)
            numpy.savez(os.path.join(folder, f"numpy-{name}.npz"), a=value, b=numpy.arange(3))
            numpy.savez_compressed(os.path.join(folder, f"numpy-{name}-packed.npz"), a=value)


def joblib_files(folder, name, value):
    import joblib

    joblib.dump(value, os.path.join(folder, f"{name}.joblib"))
    for method in ("zlib", "gzip", "bz2", "xz", "lzma", "lz4"):
        try:
            joblib.dump(value, os.path.join(folder, f"{name}.joblib.{method}"), compress=(method, 3))
        except ValueError:
            pass


def pandas_files(folder):
    import numpy
    import pandas

    rows = pandas.DataFrame({"a": [1, 2, 3], "b": ["x", "y", None], "c": [1.5, float("nan"), 2]})
    dates = pandas.date_range("2024-01-01", periods=4, freq="D")
    values = {
        "frame": rows,
        "empty": pandas.DataFrame(),
        "series": pandas.Series([1, 2, 3], name="s"),
        "index": rows.set_index("b"),
        "multi": rows.set_index(["a", "b"]),
        "dates": pandas.DataFrame({"v": range(4)}, index=dates),
        "zone": pandas.Series(pandas.date_range("2024-01-01", periods=2, tz="UTC")),
        "categories": pandas.Series(["a", "b", "a"], dtype="category"),
        "strings": pandas.Series(["a", None], dtype="string"),
        "nullable": pandas.Series([1, None], dtype="Int64"),
        "boolean": pandas.Series([True, None], dtype="boolean"),
        "float": pandas.Series([1.5, None], dtype="Float64"),
        "timestamp": pandas.Timestamp("2024-02-29", tz="UTC"),
        "timedelta": pandas.Timedelta("1 day"),
        "timedeltas": pandas.Series(pandas.to_timedelta([1, 2], unit="h")),
        "period": pandas.Period("2024-01", freq="M"),
        "periods": pandas.Series(pandas.period_range("2024-01", periods=3, freq="M")),
        "interval": pandas.Interval(0, 1),
        "intervals": pandas.cut(pandas.Series([1, 2, 3]), 2),
        "sparse": pandas.Series([0, 0, 1], dtype="Sparse[int]"),
        "range": pandas.RangeIndex(5),
        "nat": [pandas.NaT, pandas.NA],
        "offset": pandas.offsets.BusinessDay(2),
        "offsets": [pandas.offsets.MonthEnd(), pandas.offsets.Hour(3)],
        "objects": pandas.Series([{"a": 1}, [1, 2]]),
        "wide": pandas.DataFrame(numpy.random.RandomState(0).rand(50, 20)),
        "mixed": pandas.DataFrame({"i": range(3), "t": pandas.date_range("2024", periods=3), "k": list("abc")}),
    }
    for name, value in values.items():
        for protocol in range(2, 6):
            write(folder, f"pandas-{name}.{protocol}.pkl", pickle.dumps(value, protocol))
        joblib_files(folder, f"pandas-{name}", value)
    for packing in ("gzip", "bz2", "xz", "zip", "tar"):
        rows.to_pickle(os.path.join(folder, f"pandas-frame.pkl.{packing}"), compression=packing)


def sklearn_files(folder):
    import joblib
    import numpy
    from sklearn.compose import ColumnTransformer
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
    from sklearn.linear_model import LogisticRegression
    from sklearn.utils import all_estimators

    generator = numpy.random.RandomState(0)
    x = numpy.abs(generator.rand(40, 4)) + 0.1
    y = (x[:, 0] > 0.5).astype(int)
    several = numpy.c_[y, 1 - y]
    fitted = {}
    for name, estimator in all_estimators():
        try:
            fitted[name] = fit(estimator, x, y, several)
        except Exception:  # Estimators that take other data, or other estimators.
            pass
    fitted["pipeline"] = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y)
    fitted["columns"] = ColumnTransformer([("a", StandardScaler(), [0]), ("b", OneHotEncoder(), [1])]).fit(x, y)
    fitted["grid"] = GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}, cv=2).fit(x, y)
    fitted["function"] = FunctionTransformer(numpy.log1p).fit(x)
    for name, estimator in fitted.items():
        for protocol in (2, 4, 5):
            try:
                write(folder, f"sklearn-{name}.{protocol}.pkl", pickle.dumps(estimator, protocol))
            except Exception:
                pass
        joblib.dump(estimator, os.path.join(folder, f"sklearn-{name}.joblib"))
        joblib.dump(estimator, os.path.join(folder, f"sklearn-{name}.joblib.z"), compress=3)


def fit(estimator, x, y, several):
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.tree import DecisionTreeClassifier

    required = {
        "estimator": LogisticRegression(),
        "estimators": [("a", LogisticRegression()), ("b", DecisionTreeClassifier())],
        "transformer_list": [],
        "transformers": [],
        "steps": [("a", LogisticRegression())],
        "param_grid": {"C": [1]},
        "param_distributions": {"C": [1]},
    }
    import inspect

    parameters = inspect.signature(estimator).parameters
    given = {name: required[name] for name, p in parameters.items() if p.default is p.empty and name in required}
    if "n_components" in parameters and parameters["n_components"].default not in (None,):
        given["n_components"] = 2
    made = estimator(**given)
    for target in (y, several, None):
        try:
            return made.fit(x, target)
        except Exception as error:
            last = error
    if isinstance(last, (TypeError, ValueError)):
        return made
    raise last


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
