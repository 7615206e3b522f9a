"""Writes, changes and checks shelves for `cargo xtask shelve`, by the interpreter's own modules (Python 3.6 and later).

    shelf.py probe                              the formats that there are, in one line
    shelf.py fill FORMAT SHELF COUNT EXPECTED   makes a shelf of COUNT entries, and a file that says what is in it
    shelf.py change SHELF EXPECTED              changes it, and the file with it
    shelf.py check SHELF EXPECTED               compares them
    shelf.py survivors CASES                    checks shelves whose writers were killed
    shelf.py hold SHELF                         keeps a shelf from others until standard input ends
    shelf.py append SHELF NAME COUNT            sets so many keys, one by one

A file of what is in a shelf has lines repr(key), a tab, repr(value).
"""
import ast
import importlib
import json
import shelve
import sys

FORMATS = ['sqlite3', 'dumb', 'gnu', 'ndbm']


def module(name):
    return importlib.import_module('dbm.' + name)


def value(number, version):
    """A value of some kind, as long as the number says; another for each version."""
    kind = (number + version) % 8
    if number % 1000 == 7:
        return 'long %d ' % version * (2000 + number % 3000)
    if kind == 0:
        return number * version - 5000
    if kind == 1:
        return 'text %d caf\xe9 \u20ac' % number
    if kind == 2:
        return [number, number / 7, None, True, 'it\'s']
    if kind == 3:
        return {'a': number, 'b': (number, 'a'), 3: {}}
    if kind == 4:
        return bytes(range(number % 200))
    if kind == 5:
        return 'x' * (number % 900)
    if kind == 6:
        return -(10 ** (number % 50))
    return {'nested': [[[number]], {'version': version}]}


def key(number):
    return 'key %d' % number if number % 10 else 'cl\xe9 %d \u043a' % number


def hasty(shelf):
    """Does not wait for the disk at each write, which is nothing that is in the files then."""
    if type(shelf.dict).__module__ == 'dbm.sqlite3':
        shelf.dict._cx.execute('PRAGMA synchronous = OFF')


def fill(name, path, count, expected):
    entries = {key(number): value(number, 1) for number in range(int(count))}
    with shelve.Shelf(module(name).open(path, 'n')) as shelf:
        hasty(shelf)
        for text, content in entries.items():
            shelf[text] = content
    save(entries, expected)


def change(path, expected):
    entries = load(expected)
    with shelve.open(path, 'w') as shelf:
        hasty(shelf)
        for number, text in enumerate(list(entries)):
            if number % 3 == 0:
                shelf[text] = entries[text] = value(number * 7, 2)
            # dbm.dumb writes all of its index for each.
            elif number % 199 == 1:
                del shelf[text], entries[text]
        for number in range(len(entries) // 10):
            text = 'added %d' % number
            shelf[text] = entries[text] = value(number, 3)
    save(entries, expected)


def check(path, expected):
    wrong = differences(path, load(expected))
    print('ok' if not wrong else '; '.join(wrong[:5]))


def differences(path, entries):
    wrong = []
    with shelve.open(path, 'r') as shelf:
        found = list(shelf)
        if len(shelf) != len(entries) or len(found) != len(entries):
            wrong.append('%d and %d keys, not %d' % (len(shelf), len(found), len(entries)))
        for text, content in entries.items():
            try:
                there = repr(shelf[text])
            except KeyError:
                there = 'missing'
            if there != repr(content):
                wrong.append('%r is %.60s, not %.60r' % (text, there, content))
    return wrong


def load(path):
    with open(path, encoding='utf-8') as lines:
        pairs = (line.rstrip('\n').split('\t') for line in lines)
        return {ast.literal_eval(text): ast.literal_eval(content) for text, content in pairs}


def save(entries, path):
    with open(path, 'w', encoding='utf-8') as out:
        for text, content in entries.items():
            out.write('%r\t%r\n' % (text, content))


def survivors(cases):
    """A line for each case: ok, or what is wrong. A case has the numbers that each key may have, None where none."""
    with open(cases, encoding='utf-8') as file:
        cases = json.load(file)
    for case in cases:
        try:
            print(survived(case))
        except Exception as error:
            print('%s: %s' % (type(error).__name__, error))


def survived(case):
    with shelve.open(case['shelf'], 'w' if case['must_exist'] else 'c') as shelf:
        found = {text: shelf[text] for text in shelf}
        for text, content in found.items():
            number, payload = content
            if text not in case['allowed'] or number not in case['allowed'][text]:
                return '%s has number %d, which is not one of %s' % (text, number, case['allowed'].get(text))
            if payload != 'x' * (number * 389 % 3000):
                return '%s has a value that nobody wrote' % text
        for text, numbers in case['allowed'].items():
            if text not in found and None not in numbers:
                return '%s is missing' % text
        shelf['afterwards'] = 1
    with shelve.open(case['shelf'], 'r') as shelf:
        if shelf['afterwards'] != 1:
            return 'it cannot be written any more'
    return 'ok'


def hold(path):
    shelf = shelve.open(path, 'w')
    if type(shelf.dict).__module__ == 'dbm.sqlite3':
        shelf.dict._cx.execute('BEGIN IMMEDIATE')
    shelf['held'] = 'by Python'
    print('held')
    sys.stdout.flush()
    sys.stdin.read()
    if type(shelf.dict).__module__ == 'dbm.sqlite3':
        shelf.dict._cx.execute('COMMIT')
    shelf.close()


def append(path, name, count):
    with shelve.open(path, 'w') as shelf:
        print('open')
        sys.stdout.flush()
        for number in range(int(count)):
            shelf['%s %d' % (name, number)] = number


def probe():
    found = []
    for name in FORMATS:
        try:
            module(name)
            found.append(name)
        except ImportError:
            pass
    print(' '.join(found))


if __name__ == '__main__':
    {task.__name__: task for task in [probe, fill, change, check, survivors, hold, append]}[sys.argv[1]](*sys.argv[2:])
