"""Objects that ours once pickled in another way than CPython: small, each with a name. They are the first graphs of a run."""

from . import kinds
from .dumping import Settings


class Found:
    """Roots, how they are pickled, and what undoes the changes of pickling."""

    def __init__(self, roots, settings, reset=lambda: None):
        self.roots = roots
        self.settings = settings
        self.reset = reset


def set_with_an_item_exchanged():
    """While its first item is pickled, one of its others goes and another comes: its size stays."""
    group = set()

    def exchange():
        group.discard(5)
        group.add(6)

    def reset():
        group.clear()
        group.update((meddler, 5))

    meddler = kinds.Meddler(exchange)
    reset()
    return Found([group], Settings.plain(), reset)


def persistent_ids_on_an_endless_way():
    """In fast mode the setter of a state is given the object anew, without end; an id is no call to be returned from."""
    persistent = kinds.Persistent()
    persistent.pid = "id"
    made = kinds.ItemsGiven(6, kinds.made, (persistent,), (persistent,), [persistent], None, kinds.set_state)
    return Found([made], Settings.plain(style="subclass", fast=True, persistent=True))


CASES = (set_with_an_item_exchanged, persistent_ids_on_an_endless_way)
