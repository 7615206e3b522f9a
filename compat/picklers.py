"""The two picklers of this Python: the accelerator, and the module in Python."""

import pickle
import sys

PYTHON_2 = sys.version_info[0] == 2


class Pickler(object):
    def __init__(self, dumps, loads, is_pure):
        self.dumps = dumps
        self.loads = loads
        self.is_pure = is_pure
        self.highest_protocol = pickle.HIGHEST_PROTOCOL


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
        "c": Pickler(pickle.dumps, pickle.loads, is_pure=False),
        "python": Pickler(pickle._dumps, pickle._loads, is_pure=True),
    }
