"""Prints pickles of one Python, for marks.jsonl: what is written by Python 2 must not be told to be Python 3's.

    for python in python2.7 python3.6 python3.8 python3.13; do $python generate_marks.py; done > marks.jsonl

Each line is `[version, what, hexadecimal]`.
"""

import binascii
import collections
import datetime
import json
import pickle
import sys

PICKLERS = [pickle]
if sys.version_info[0] == 2:
    import cPickle
    PICKLERS.append(cPickle)


class Old:
    def __init__(self):
        self.name = 'x'


class New(object):
    def __init__(self):
        self.name = 'x'


VALUES = [
    ('None', None), ('bool', True), ('int', 1), ('wide', 2**40), ('long', 2**70), ('negative', -2**31), ('float', 1.5),
    ('str', 'abc'), ('text', u'abc'), ('empty', u''), ('bytes', b'abc'), ('nobytes', b''), ('array', bytearray(b'abc')),
    ('list', [1, 2, 3]), ('dict', {1: 2}), ('set', set([1])), ('frozenset', frozenset([1])), ('complex', 1 + 2j),
    ('date', datetime.date(2020, 1, 2)), ('ordered', collections.OrderedDict([(1, 2)])), ('range', range(3)),
    ('old', Old()), ('new', New()), ('class', New), ('len', len), ('type', int), ('exception', ValueError(1)),
    ('small long', eval('5L') if sys.version_info[0] == 2 else 5),
]


def main():
    version = '{}.{}'.format(*sys.version_info)
    seen = set()
    for what, value in VALUES:
        for pickler in PICKLERS:
            for protocol in range(pickler.HIGHEST_PROTOCOL + 1):
                data = binascii.hexlify(pickler.dumps(value, protocol)).decode()
                if data not in seen:
                    seen.add(data)
                    print(json.dumps([version, what, data]))


main()
