# -*- coding: utf-8 -*-
"""Writes the shelves of this folder, as far as the interpreter that runs it has the modules.

    python3.13 generate.py        sqlite3, dumb3, fresh, contents.txt
    python2.7 generate.py         dumb2 and, with bsddb3 (the standard library's bsddb under its own name), dbhash*
    python3 generate.py           of Debian, with python3-gdbm: gnu, ndbm.db, whichdb.json; the path of CPython 3.13's
                                  dbm/__init__.py is the argument that the last one needs

All shelves have the same contents.
"""
import binascii
import json
import os
import shelve
import shutil
import struct
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON2 = sys.version_info[0] == 2


def contents():
    """The keys, as text, with their values, in the order in which they are set."""
    entries = [
        (u'int', 1),
        (u'none', None),
        (u'text', u'caf\xe9 \u20ac'),
        (u'list', [1, 2.5, None, True, [u'a', u'a']]),
        (u'dict', {u'a': (1, 2)}),
        (u'\u043a\u043b\u044e\u0447', u'a key that is not ASCII'),
        (u'long key ' * 200, u'of 1800 bytes'),
        (u'big', u'0123456789' * 900),
        (u'bigger', list(range(10000, 13000))),
    ]
    entries += [(u'k%03d' % number, number) for number in range(200)]
    # What was there before, and what is gone.
    entries += [(u'k%03d' % number, u'again' * number) for number in range(0, 200, 10)]
    entries += [(u'k%03d' % number, None) for number in range(1, 200, 10)]
    return entries


def encoded(key):
    return key.encode('utf-8') if PYTHON2 else key


def fill(shelf):
    for key, value in contents():
        shelf[encoded(key)] = value
    for number in range(2, 200, 10):
        del shelf[encoded(u'k%03d' % number)]
    shelf.close()


def remove(*names):
    for name in names:
        if os.path.exists(os.path.join(HERE, name)):
            os.remove(os.path.join(HERE, name))


def write_contents():
    expected = {}
    fill(Recording(expected))
    import dbm.dumb
    # Nothing is set twice, nothing deleted.
    with shelve.Shelf(dbm.dumb.open(os.path.join(HERE, 'fresh'), 'n')) as fresh:
        fresh.update(expected)
    remove('fresh.bak')
    with open(os.path.join(HERE, 'contents.txt'), 'w', encoding='utf-8') as out:
        for key, value in expected.items():
            out.write('%r\t%r\n' % (key, value))


class Recording:
    """Takes what a shelf is told."""

    def __init__(self, entries):
        self.entries = entries

    def __setitem__(self, key, value):
        self.entries[key] = value

    def __delitem__(self, key):
        del self.entries[key]

    def close(self):
        pass


def dbhashes():
    from bsddb3 import db

    def opened(name, pagesize=None, order=None, flags=0):
        remove(name)
        database = db.DB()
        if pagesize:
            database.set_pagesize(pagesize)
        if order:
            database.set_lorder(order)
        if flags:
            database.set_flags(flags)
        database.open(os.path.join(HERE, name), dbtype=db.DB_HASH, flags=db.DB_CREATE)
        return database

    def filled(name, **how):
        fill(shelve.Shelf(opened(name, **how)))

    import bsddb3
    remove('dbhash')
    # dbhash.open is bsddb.hashopen.
    fill(shelve.Shelf(bsddb3.hashopen(os.path.join(HERE, 'dbhash'), 'n')))
    filled('dbhash-512', pagesize=512)
    filled('dbhash-swapped', pagesize=1024, order=4321)
    filled('dbhash-checksums', pagesize=1024, flags=db.DB_CHKSUM)
    for name, flags in [('dbhash-duplicates', db.DB_DUP), ('dbhash-sorted-duplicates', db.DB_DUP | db.DB_DUPSORT)]:
        database = opened(name, pagesize=512, flags=flags)
        for key, count, size in [(b'one', 1, 10), (b'few', 3, 10), (b'many', 300, 10), (b'long', 3, 900)]:
            for number in range(count):
                database.put(key, ('%05d' % number).encode() + b'x' * size)
        database.close()
    # Neither is a hash.
    for name, kind in [('btree', db.DB_BTREE), ('recno', db.DB_RECNO)]:
        remove(name)
        database = db.DB()
        database.set_pagesize(512)
        database.open(os.path.join(HERE, name), dbtype=kind, flags=db.DB_CREATE)
        database.close()


def whichdb_cases(source):
    """What CPython 3.13's whichdb says of some folders, with all modules but SQLite's there, which it does not ask."""
    import importlib.util
    spec = importlib.util.spec_from_file_location('dbm', source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.ndbm is not None

    def data(name):
        with open(os.path.join(HERE, name), 'rb') as file:
            return file.read(512)

    def whole(name):
        with open(os.path.join(HERE, name), 'rb') as file:
            return file.read()

    magics = [struct.pack(order + 'l', magic) for order in '<>' for magic in
              (0x13579ace, 0x13579acd, 0x13579acf, 0x13579ad0, 0x61561)]
    cases = [
        {},
        {'f': b''}, {'f': b'abc'}, {'f': b'abcd'}, {'f': b'abcd' * 4},
        {'f': b'SQLite format 3\0'}, {'f': b'SQLite format 3'}, {'f': b'SQLite format 3 '},
        {'f.dat': b'', 'f.dir': b''}, {'f.dat': b'', 'f.dir': b"'"}, {'f.dat': b'', 'f.dir': b'"a"'},
        {'f.dat': b'', 'f.dir': b'x'}, {'f.dat': b''}, {'f.dir': b''},
        {'f.pag': b'', 'f.dir': b''}, {'f.pag': b''}, {'f.pag': b'', 'f.dir': b'', 'f.dat': b'', 'f.db': b''},
        {'f.db': b''}, {'f.db': b'abc'}, {'f.db': whole('ndbm.db')}, {'f.db': whole('btree')}, {'f.db': whole('recno')},
        {'f.db': whole('dbhash')}, {'f.db': whole('dbhash-swapped')}, {'f': data('dbhash')}, {'f': data('gnu')},
        {'f.db': b'', 'f.dat': b'', 'f.dir': b''}, {'f.db': whole('ndbm.db'), 'f.dat': b'', 'f.dir': b''},
        {'f.db': whole('ndbm.db'), 'f': b'SQLite format 3\0'},
        {'f.dat': b'', 'f.dir': b'', 'f': b'SQLite format 3\0'}, {'f.dat': b'', 'f.dir': b'x', 'f': b'abcd'},
    ]
    cases += [{'f': magic} for magic in magics] + [{'f': b'\0' * 12 + magic} for magic in magics]
    answers = []
    for files in cases:
        folder = tempfile.mkdtemp()
        for name, content in files.items():
            with open(os.path.join(folder, name), 'wb') as out:
                out.write(content)
        answers.append({
            'files': {name: shown(content) for name, content in files.items()},
            'answer': module.whichdb(os.path.join(folder, 'f')),
        })
        shutil.rmtree(folder)
    with open(os.path.join(HERE, 'whichdb.json'), 'w') as out:
        out.write('[\n' + ',\n'.join(json.dumps(answer) for answer in answers) + '\n]\n')


def shown(content):
    """Hexadecimal, or the name of the file of this folder that begins with it."""
    if len(content) < 100:
        return binascii.hexlify(content).decode()
    for name in ['ndbm.db', 'btree', 'recno', 'dbhash', 'dbhash-swapped', 'gnu']:
        with open(os.path.join(HERE, name), 'rb') as file:
            if file.read()[:len(content)] == content:
                return 'file:%s:%d' % (name, len(content))
    raise AssertionError(content)


def main():
    if PYTHON2:
        import dumbdbm
        remove('dumb2.dat', 'dumb2.dir', 'dumb2.bak')
        fill(shelve.Shelf(dumbdbm.open(os.path.join(HERE, 'dumb2'))))
        remove('dumb2.bak')
        try:
            import bsddb3
        except ImportError:
            print('no bsddb3')
        else:
            dbhashes()
        return
    try:
        import dbm.sqlite3
    except ImportError:
        print('no dbm.sqlite3')
    else:
        import dbm.dumb
        fill(shelve.Shelf(dbm.sqlite3.open(os.path.join(HERE, 'sqlite3'), 'n')))
        fill(shelve.Shelf(dbm.dumb.open(os.path.join(HERE, 'dumb3'), 'n')))
        remove('dumb3.bak')
        write_contents()
    try:
        import dbm.gnu
        import dbm.ndbm
    except ImportError as error:
        print(error)
    else:
        remove('gnu', 'ndbm.db')
        fill(shelve.Shelf(dbm.gnu.open(os.path.join(HERE, 'gnu'), 'n')))
        fill(shelve.Shelf(dbm.ndbm.open(os.path.join(HERE, 'ndbm'), 'n')))
        if len(sys.argv) > 1:
            whichdb_cases(sys.argv[1])


if __name__ == '__main__':
    main()
