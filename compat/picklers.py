"""The two picklers of this Python: the accelerator, and the module in Python."""

import functools
import io
import pickle
import sys

PYTHON_2 = sys.version_info[0] == 2


class Pickler(object):
    def __init__(self, dumps, loads, is_pure, classes=None):
        self.dumps = dumps
        self.loads = loads
        self.is_pure = is_pure
        self.classes = classes
        self.highest_protocol = pickle.HIGHEST_PROTOCOL

    def by(self, way):
        """The same pickler, with what its users may override."""
        return WAYS[way](self) if way else self


def with_persistent_ids(pickler):
    """An object that is Stored is pickled as its key."""
    import shapes
    base_pickler, base_unpickler = pickler.classes

    class Naming(base_pickler):
        def persistent_id(self, value):
            return value.key if type(value) is shapes.Stored else None

    class Finding(base_unpickler):
        def persistent_load(self, key):
            return shapes.Stored(key)

    def dumps(value, protocol):
        file = io.BytesIO()
        Naming(file, protocol).dump(value)
        return file.getvalue()

    return Pickler(dumps, lambda pickled: Finding(io.BytesIO(pickled)).load(), pickler.is_pure, pickler.classes)


def with_buffers(pickler):
    """Buffers stand beside the pickle, as many as shapes.buffers() gives."""
    import shapes
    dumps = functools.partial(pickler.dumps, buffer_callback=lambda buffer: None)
    loads = lambda pickled: pickler.loads(pickled, buffers=shapes.buffers())
    return Pickler(dumps, loads, pickler.is_pure, pickler.classes)


WAYS = {"persistent ids": with_persistent_ids, "buffers": with_buffers}

if PYTHON_2:
    import cPickle
    PICKLERS = {
        "c": Pickler(cPickle.dumps, cPickle.loads, is_pure=False),
        "python": Pickler(pickle.dumps, pickle.loads, is_pure=True),
    }
else:
    import _pickle
    assert pickle.dumps is _pickle.dumps, "the C pickler is not in use"
    PICKLERS = {
        "c": Pickler(pickle.dumps, pickle.loads, False, (pickle.Pickler, pickle.Unpickler)),
        "python": Pickler(pickle._dumps, pickle._loads, True, (pickle._Pickler, pickle._Unpickler)),
    }
