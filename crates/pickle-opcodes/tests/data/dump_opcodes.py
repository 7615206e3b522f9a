#!/usr/bin/env python
"""Prints `pickletools.opcodes` of the Python that runs it as JSON. Runs under 2.7 and every 3.

With the paths of interpreters it asks each of them and writes opcodes-VERSION.json beside itself, where equal tables
share the file of the oldest:

    python3 dump_opcodes.py ~/.pyenv/versions/*/bin/python
"""

from __future__ import print_function

import json
import os
import pickletools
import subprocess
import sys


def table():
    return [
        {
            "name": opcode.name,
            "byte": ord(opcode.code),
            "arg": opcode.arg and opcode.arg.name,
            "proto": opcode.proto,
            "before": [thing.name for thing in opcode.stack_before],
            "after": [thing.name for thing in opcode.stack_after],
        }
        for opcode in pickletools.opcodes
    ]


def write(path, versions, rows):
    with open(path, "w") as file:
        file.write('{"versions": %s,\n "opcodes": [\n  ' % json.dumps(versions))
        file.write(",\n  ".join(json.dumps(row, sort_keys=True) for row in rows))
        file.write("\n ]}\n")


def collect(interpreters):
    answers = [json.loads(subprocess.check_output([python, __file__])) for python in interpreters]
    answers.sort(key=lambda answer: [int(part) for part in answer["versions"][0].split(".")])
    groups = []
    for answer in answers:
        for group in groups:
            if group["opcodes"] == answer["opcodes"]:
                group["versions"] += answer["versions"]
                break
        else:
            groups.append(answer)
    folder = os.path.dirname(os.path.abspath(__file__))
    for group in groups:
        name = "opcodes-%s.json" % group["versions"][0]
        write(os.path.join(folder, name), group["versions"], group["opcodes"])
        print(name, *group["versions"])


if len(sys.argv) > 1:
    collect(sys.argv[1:])
else:
    json.dump({"versions": ["%d.%d" % sys.version_info[:2]], "opcodes": table()}, sys.stdout)
