"""The two modules: the interpreter's own `_pickle`, and ours beside it under the same name."""

import importlib.machinery
import importlib.util


def native():
    import _pickle

    return _pickle


def ours(library):
    """Loaded from its file; `sys.modules` keeps the native one."""
    loader = importlib.machinery.ExtensionFileLoader("_pickle", library)
    spec = importlib.util.spec_from_file_location("_pickle", library, loader=loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    assert module is not native() and module.Pickler is not native().Pickler
    return module
