"""Writes this folder: small pickles, and what CPython 3.13 makes of them.

    python3.13 generate.py

NAME.0.pkl to NAME.5.pkl are one value at each protocol, NAME.repr is its repr. dis/CASE.txt is a run of
`python -m pickletools`: its arguments, a line each, an empty line, its status, and then its standard output.
"""

import io
import pathlib
import pickle
import subprocess
import sys
import zipfile

HERE = pathlib.Path(__file__).parent


def matrix():
    """Values whose pickles do not depend on what CPython interned, so that each turns into each."""
    shared = ['a list', 2**40]
    values = {
        'bob': dict(name='bob', age=20, score=88),
        'mixed': [
            (), ('one',), (1, 2, 3, 4), shared, {'again': shared, 'none': None}, True, -1, 2**80, -0.5, 'é €\n',
            b'', b'\xff\x00 bytes', bytearray(b'array'), {7}, frozenset([8]), complex(1, -2), range(1, 10, 3), ...,
        ],
    }
    for name, value in values.items():
        (HERE / f'{name}.repr').write_text(repr(value) + '\n', encoding='utf-8')
        pickles = [pickle.dumps(value, protocol) for protocol in range(6)]
        for protocol, data in enumerate(pickles):
            (HERE / f'{name}.{protocol}.pkl').write_bytes(data)
            assert [pickle.dumps(pickle.loads(data), other) for other in range(6)] == pickles


def streams():
    """Several pickles in a row."""
    (HERE / 'several.pkl').write_bytes(pickle.dumps([1, 2], 2) + pickle.dumps('two', 4) + pickle.dumps((3, 3.5), 0))
    out = io.BytesIO()
    pickler = pickle.Pickler(out, 2)
    shared = ['shared']
    pickler.dump(shared)
    first = out.tell()
    pickler.dump([shared, shared])
    (HERE / 'memo.pkl').write_bytes(out.getvalue())
    (HERE / 'memo-first.pkl').write_bytes(out.getvalue()[:first])
    (HERE / 'memo-second.pkl').write_bytes(out.getvalue()[first:])


def broken():
    """What is no pickle."""
    (HERE / 'empty.pkl').write_bytes(b'')
    (HERE / 'truncated.pkl').write_bytes(pickle.dumps('cut short here', 4)[:20])
    (HERE / 'no-entry.pkl').write_bytes(b']q\x00(K\x01K\x02K\x03eh\x07.')
    (HERE / 'no-opcode.pkl').write_bytes(b'\x80\x04]\xff.')
    (HERE / 'left-over.pkl').write_bytes(b'K\x01K\x02.')


def archive():
    """Two pickles in a zip archive, and a text."""
    with zipfile.ZipFile(HERE / 'two.zip', 'w', zipfile.ZIP_DEFLATED) as file:
        members = {'a.pkl': pickle.dumps(['a']), 'sub/b.pkl': pickle.dumps(['b'], 2), 'readme.txt': b'no pickle'}
        for name, data in members.items():
            # Without a time, so that the same bytes come out each time.
            file.writestr(zipfile.ZipInfo(name), data)


def disassemblies():
    cases = {
        'one-file': ['bob.4.pkl'],
        'protocol-0': ['mixed.0.pkl'],
        'protocol-5': ['mixed.5.pkl'],
        'several-in-a-file-gives-the-first': ['several.pkl'],
        'two-files': ['bob.0.pkl', 'bob.2.pkl'],
        'indent-level': ['-l', '2', 'mixed.2.pkl'],
        'indent-level-long': ['--indentlevel=0', 'mixed.2.pkl'],
        'indent-level-negative': ['-l', '-3', 'bob.1.pkl'],
        'preamble': ['-p', '{{{name}}} follows:', 'bob.3.pkl', 'bob.3.pkl'],
        'preamble-of-one-file': ['--preamble', 'not printed', 'bob.3.pkl'],
        'memo': ['-m', 'memo-first.pkl', 'memo-second.pkl'],
        'memo-missing': ['memo-first.pkl', 'memo-second.pkl', 'bob.0.pkl'],
        'memo-defined-already': ['--memo', 'bob.1.pkl', 'bob.1.pkl'],
        'no-such-file': ['bob.1.pkl', 'absent.pkl', 'bob.1.pkl'],
        'empty': ['empty.pkl'],
        'truncated': ['truncated.pkl'],
        'no-entry': ['no-entry.pkl'],
        'no-opcode': ['no-opcode.pkl'],
        'left-over': ['left-over.pkl'],
    }
    for name, args in cases.items():
        ran = subprocess.run([sys.executable, '-m', 'pickletools', *args], cwd=HERE, capture_output=True)
        head = '\n'.join([*args, '', str(ran.returncode), '']).encode()
        (HERE / 'dis' / f'{name}.txt').write_bytes(head + ran.stdout)


matrix()
streams()
broken()
archive()
disassemblies()
