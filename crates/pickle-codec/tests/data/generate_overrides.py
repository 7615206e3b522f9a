"""Prints what CPython 3.13 does where pickle lets its users override something, for overrides.json.

    python3.13 generate_overrides.py > overrides.json

Pickles, text and bytes are in hexadecimal, text as UTF-8 with surrogates.
"""

import collections
import copyreg
import decimal
import fractions
import io
import itertools
import json
import pickle
import sys
import types

assert sys.version_info[:2] == (3, 13)

PROTOCOLS = range(6)


# Python 2's str by encoding and error handler.

STRINGS = [
    b'', b'a', b'plain ASCII', b'caf\xe9', b'caf\xc3\xa9', b'\xff', b'\x80', b'a\x80b\xff', b'\xe2\x82', b'\xe2\x82\xac',
    b'\xe2\x82A', b'\xe2A', b'\xf0\x9f\x98\x80', b'\xf0\x9f\x98', b'\xf0\x9f\x98A', b'\xf0\x9f', b'\xed\xa0\x80',
    b'\xed\xa0', b'\xed\xbf\xbfx', b'x\xed\xa0\x80\xed\xb0\x80', b'\xc0\x80', b'\xc1\xbf', b'\xe0\x80\x80', b'\xf4\x90\x80\x80',
    b'\xf5\x80\x80\x80', b'\xf8\x88', b'\xc3', b'ab\xc3', b'\xc3\xc3\xa9', b'\xc3\x28\xa9', b'\xa9\xc3', b'\x00\x7f\x81',
    bytes(range(256)), bytes(range(128, 256)) * 2, '\u00e9\u20ac\U0001f600'.encode(),
    b'\xef\xbb\xbfbom', b'\xe9t\xe9', b'\xed\x9f\xbf', b'\xee\x80\x80', b'\xf0\x80\x80\x80', b'\xe2\x28\xa1', b'\xe2\x82\x28',
    b'\xf0\x28\x8c\xbc', b'\xf0\x90\x28\xbc', b'\xf0\x28\x8c\x28',
]
ENCODINGS = ['ASCII', 'latin1', 'utf-8', 'bytes']
HANDLERS = ['strict', 'ignore', 'replace', 'backslashreplace', 'surrogateescape', 'surrogatepass']


def hexadecimal(value):
    if isinstance(value, str):
        return value.encode('utf-8', 'surrogatepass').hex()
    return bytes(value).hex()


def decoded(string, encoding, handler):
    pickled = b'U' + bytes([len(string)]) + string + b'.' if len(string) < 256 else b'T' + len(string).to_bytes(4, 'little') + string + b'.'
    try:
        value = pickle.loads(pickled, encoding=encoding, errors=handler)
    except UnicodeDecodeError as error:
        return pickled, {'position': error.start, 'byte': string[error.start], 'reason': error.reason}
    return pickled, {type(value).__name__: hexadecimal(value)}


def encodings():
    for string, encoding, handler in itertools.product(STRINGS, ENCODINGS, HANDLERS):
        pickled, result = decoded(string, encoding, handler)
        yield {'pickle': pickled.hex(), 'encoding': encoding, 'errors': handler, **result}


# What is refused.

class Taken:
    pass


REFUSED = {
    'unregistered code': b'\x80\x02\x82\xf0.',
    'unregistered code of two bytes': b'\x80\x02\x83\x00\x01.',
    'unregistered code of four bytes': b'\x80\x02\x84\x00\x00\x01\x00.',
    'code 0': b'\x80\x02\x82\x00.',
    'negative code': b'\x80\x02\x84\xff\xff\xff\xff.',
    'no buffers': b'\x80\x05\x97.',
    'readonly text': b'\x80\x05\x8c\x01a\x98.',
    'list as a key': b'}]K\x01s.',
    'dict as a key': b'}}K\x01s.',
    'set as a key': b'\x80\x04}\x8fK\x01s.',
    'bytearray as a key': b'\x80\x05}\x96\x00\x00\x00\x00\x00\x00\x00\x00K\x01s.',
    'list in a tuple as a key': b'}(]tK\x01s.',
    'list in a set': b'\x80\x04\x8f(]\x90.',
    'list in a frozenset': b'\x80\x04(]\x91.',
    'list as a key of many': b'}(K\x01K\x02]K\x01u.',
    'odd items': b'}(K\x01K\x02K\x03u.',
    'BUILD on None': b'N}b.',
    'BUILD on None with a state': b'N}X\x01\x00\x00\x00aK\x01sb.',
    'BUILD on an int': b'K\x01}X\x01\x00\x00\x00aK\x01sb.',
    'BUILD on a str': b'X\x01\x00\x00\x00a}X\x01\x00\x00\x00aK\x01sb.',
    'BUILD on a list': b']}X\x01\x00\x00\x00aK\x01sb.',
    'BUILD on a dict': b'}}X\x01\x00\x00\x00aK\x01sb.',
    'BUILD on a tuple': b')}X\x01\x00\x00\x00aK\x01sb.',
    'BUILD on a set': b'\x80\x04\x8f}X\x01\x00\x00\x00aK\x01sb.',
    'BUILD on bytes': b'C\x00}X\x01\x00\x00\x00aK\x01sb.',
    'APPEND to an int': b'K\x01K\x02a.',
    'APPEND to a tuple': b')K\x02a.',
    'SETITEM of a tuple': b')K\x01K\x02s.',
    'ADDITEMS to a str': b'\x80\x04X\x01\x00\x00\x00a(K\x02\x90.',
    'REDUCE with a list of arguments': b'cbuiltins\nlist\n]R.',
    'GET of nothing': b'h\x07.',
    'a str that is not ASCII': b'U\x01\xe9.',
    'STACK_GLOBAL of ints': b'\x80\x04K\x01K\x02\x93.',
    'a protocol of the future': b'\x80\x06N.',
    'POP of nothing': b'0N.',
    'a mark in the way': b'K\x01(\x86.',
    'no mark': b'K\x01t.',
}


def refusals():
    for name, pickled in REFUSED.items():
        try:
            value = pickle.loads(pickled)
        except Exception as error:
            yield {'case': name, 'pickle': pickled.hex(), 'python': f'{type(error).__name__}: {error}'}
        else:
            sys.exit(f'{name} is not refused, but {value!r}')


# Extension codes.

CODES = {
    ('decimal', 'Decimal'): 1,
    ('collections', 'OrderedDict'): 255,
    ('fractions', 'Fraction'): 256,
    ('builtins', 'range'): 65535,
    ('collections', 'deque'): 65536,
    ('builtins', 'list'): 2**31 - 1,
    ('collections', 'UserDict'): 7,
}


class Registered:
    def __enter__(self):
        for (module, name), code in CODES.items():
            copyreg.add_extension(module, name, code)

    def __exit__(self, *_):
        for (module, name), code in CODES.items():
            copyreg.remove_extension(module, name, code)
        copyreg.clear_extension_cache()


def coded():
    yield 'a class', decimal.Decimal
    yield 'classes', [collections.OrderedDict, decimal.Decimal, collections.OrderedDict]
    yield 'instance', collections.UserDict(a=1)
    yield 'reduced', [fractions.Fraction(1, 3), fractions.Fraction(2, 7)]
    yield 'builtin', [range, list]
    yield 'deque', collections.deque([1, 2], 5)
    yield 'other', [complex, len, collections.Counter]


def extensions():
    for name, value in coded():
        with Registered():
            yield {'case': name, 'coded': [pickle.dumps(value, protocol).hex() for protocol in PROTOCOLS],
                   'plain': plain(value)}


def plain(value):
    for (module, name), code in CODES.items():
        copyreg.remove_extension(module, name, code)
    try:
        return [pickle.dumps(value, protocol).hex() for protocol in PROTOCOLS]
    finally:
        for (module, name), code in CODES.items():
            copyreg.add_extension(module, name, code)


# Buffers.

def buffered():
    yield 'one', pickle.PickleBuffer(b'abc')
    yield 'writable', pickle.PickleBuffer(bytearray(b'abc'))
    yield 'several', [pickle.PickleBuffer(b'abc'), 1, pickle.PickleBuffer(bytearray(b'defg')), pickle.PickleBuffer(b'h')]
    yield 'empty', [pickle.PickleBuffer(b''), pickle.PickleBuffer(bytearray())]
    yield 'long', [pickle.PickleBuffer(bytes(300)), pickle.PickleBuffer(bytearray(300))]
    twice = pickle.PickleBuffer(bytearray(b'twice'))
    yield 'twice', [twice, twice]
    twice = pickle.PickleBuffer(b'twice')
    yield 'twice and readonly', [twice, twice]


def buffers():
    for pickler in 'C', 'Python':
        for name, value in buffered():
            if name == 'empty' and pickler == 'Python':
                # It goes by whether the interpreter's one b'' is in the memo.
                continue
            beside = []
            dumps = pickle.dumps if pickler == 'C' else pickle._dumps
            outside = dumps(value, 5, buffer_callback=beside.append)
            turn = itertools.count()
            yield {
                'case': name, 'pickler': pickler, 'outside': outside.hex(), 'inside': dumps(value, 5).hex(),
                # The callback is false for the first, third, …
                'alternating': dumps(value, 5, buffer_callback=lambda _: next(turn) % 2).hex(),
                'buffers': [bytes(buffer.raw()).hex() for buffer in beside],
            }


# Persistent ids: each int of three digits and each str that begins with a colon is one.

class WithIds(pickle.Pickler):
    def persistent_id(self, value):
        if isinstance(value, str) and value.startswith(':'):
            return value[1:]
        if type(value) is int and 100 <= value <= 999:
            return value if self.binary else str(value)
        return None


class WithIdsInPython(pickle._Pickler):
    persistent_id = WithIds.persistent_id


def persistent():
    values = [':a', [1, 100, ':b', ':b'], {':k': ':v', 7: 999}, (':t', (200, 300, 400)), {100}, [':same', 'x', 100, 100]]
    for pickler, kind in ('C', WithIds), ('Python', WithIdsInPython):
        for value in values:
            pickles = []
            for protocol in PROTOCOLS:
                file = io.BytesIO()
                writer = kind(file, protocol)
                writer.binary = protocol > 0
                writer.dump(value)
                pickles.append(file.getvalue().hex())
            yield {'pickler': pickler, 'value': repr(value), 'pickles': pickles}


# Fast mode, and a memo that stays.

def fast():
    shared = ['shared']
    values = [[1, 'a', 'a'], [shared, shared], {'k': (1, 2, 3, 4), 'l': shared}, ('a', 'a'), b'bytes', {1}, 1 + 2j,
              collections.OrderedDict(a=1), [bytearray(b'a'), frozenset([1])]]
    for pickler, kind in ('C', pickle.Pickler), ('Python', pickle._Pickler):
        for value in values:
            pickles = []
            for protocol in PROTOCOLS:
                file = io.BytesIO()
                writer = kind(file, protocol)
                writer.fast = True
                writer.dump(value)
                pickles.append(file.getvalue().hex())
            yield {'pickler': pickler, 'plain': pickle.dumps(value, 5).hex(), 'pickles': pickles}


def kept():
    """One Pickler that dumps the items of a list, then all of it, then clears its memo and dumps it again."""
    name = 'a name'
    inner = [name, 1]
    values = [inner, {name: inner}, (inner, 'more'), collections.OrderedDict, name]
    for pickler, kind in ('C', pickle.Pickler), ('Python', pickle._Pickler):
        for protocol in PROTOCOLS:
            file = io.BytesIO()
            writer = kind(file, protocol)
            ends = []
            for value in [*values, values]:
                writer.dump(value)
                ends.append(file.tell())
            entries = len(writer.memo.copy() if pickler == 'C' else writer.memo)
            writer.clear_memo()
            writer.dump(values)
            ends.append(file.tell())
            yield {'pickler': pickler, 'protocol': protocol, 'plain': pickle.dumps(values, 5).hex(),
                   'stream': file.getvalue().hex(), 'ends': ends, 'entries': entries}


# A dispatch table.

class Order:
    def __init__(self, number, name, tags=None):
        self.number, self.name, self.tags = number, name, tags


def order(*arguments):
    """Makes one."""


def reduced(value):
    return (order, (value.number, value.name)) + (() if value.tags is None else (value.tags,))


def reducers():
    Order.__module__ = order.__module__ = 'shop'
    sys.modules['shop'] = shop = types.ModuleType('shop')
    shop.Order, shop.order = Order, order
    first, tagged, own = Order(1, 'a name'), Order(2 ** 70, 'b', ['tag', 'tag']), Order(3, None, [])
    own.tags.append(own)
    values = [first, [first, first], {'first': first, 'rest': (tagged, first)}, tagged, own, [own, tagged], [Order, first, Order]]
    for pickler, kind in ('C', pickle.Pickler), ('Python', pickle._Pickler):
        for value in values:
            pickles = []
            for protocol in PROTOCOLS:
                file = io.BytesIO()
                writer = kind(file, protocol)
                writer.dispatch_table = {Order: reduced}
                writer.dump(value)
                pickles.append(file.getvalue().hex())
            yield {'pickler': pickler, 'plain': pickle.dumps(value, 5).hex(), 'pickles': pickles}


print('{')
parts = dict(encodings=encodings, refusals=refusals, extensions=extensions, buffers=buffers, persistent=persistent,
             fast=fast, kept=kept, reducers=reducers)
for number, (name, part) in enumerate(parts.items()):
    print(f'"{name}": [')
    print(',\n'.join(json.dumps(line) for line in part()))
    print(']' if number == len(parts) - 1 else '],')
print('}')
