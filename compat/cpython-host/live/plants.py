"""Faults put into our module on purpose: a harness that misses one is no proof."""

import os
import signal
import types


def byte(module):
    """One byte of some pickles."""

    def dumps(*args, **keywords):
        data = bytearray(module.dumps(*args, **keywords))
        if len(data) % 7 == 0:
            data[len(data) // 2] ^= 1
        return bytes(data)

    return {"dumps": dumps}


def message(module):
    """Another text in some exceptions."""

    def dumps(*args, **keywords):
        try:
            return module.dumps(*args, **keywords)
        except module.PicklingError as error:
            raise module.PicklingError(str(error) + "!") from None

    return {"dumps": dumps}


def exception(module):
    """Another class of exception."""

    def loads(*args, **keywords):
        try:
            return module.loads(*args, **keywords)
        except module.UnpicklingError as error:
            raise KeyError(str(error)) from None

    return {"loads": loads}


def value(module):
    """Equal, but not the same list twice."""

    def loads(*args, **keywords):
        loaded = module.loads(*args, **keywords)
        if isinstance(loaded, list):
            return [list(item) if isinstance(item, list) else item for item in loaded]
        return [loaded] if isinstance(loaded, str) else loaded

    return {"loads": loads}


def crash(module):
    """A process that dies at times."""

    def loads(data, **keywords):
        if len(data) % 11 == 0:
            os.kill(os.getpid(), signal.SIGSEGV)
        return module.loads(data, **keywords)

    return {"loads": loads}


def hang(module):
    """One that never answers at times."""

    def loads(data, **keywords):
        if len(data) % 23 == 0:
            while True:
                pass
        return module.loads(data, **keywords)

    return {"loads": loads}


PLANTS = {plant.__name__: plant for plant in (byte, message, exception, value, crash, hang)}


def planted(name, module):
    """The module with a fault."""
    members = {member: getattr(module, member) for member in dir(module) if not member.startswith("__")}
    members.update(PLANTS[name](module))
    return types.SimpleNamespace(**members)
