"""The differences that are on purpose: `known-differences.json`, each with its reason."""

import json
import re


class Known:
    """One of them, with what it applies to."""

    def __init__(self, entry):
        self.name = entry["name"]
        self.reason = entry["reason"]
        self.part = entry["part"]
        self.what = entry["what"]
        self.native = re.compile(entry["native"], re.DOTALL)
        self.ours = re.compile(entry["ours"], re.DOTALL)
        self.settings = entry.get("settings", {})
        self.data = re.compile(entry["data"].encode("latin-1"), re.DOTALL) if "data" in entry else None

    def covers(self, part, difference):
        return (
            part == self.part
            and difference.what in self.what
            and self.native.fullmatch(difference.native) is not None
            and self.ours.fullmatch(difference.ours) is not None
            and all(difference.settings.get(name) == value for name, value in self.settings.items())
            and (self.data is None or self.data.search(difference.data or b"") is not None)
        )


def read(path):
    with open(path, encoding="utf-8") as file:
        return [Known(entry) for entry in json.load(file)]


def find(entries, part, difference):
    """The entry for a difference, if there is one."""
    return next((entry for entry in entries if entry.covers(part, difference)), None)
