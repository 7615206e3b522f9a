"""Writes this folder: one pickle in containers, made by CPython's modules and, for Zstandard, by the program zstd.

    python3.13 generate.py
"""

import bz2
import gzip
import io
import lzma
import pathlib
import pickle
import struct
import subprocess
import zipfile
import zlib

HERE = pathlib.Path(__file__).parent
PICKLE = pickle.dumps({'name': 'bob', 'scores': [88, 9.5, None] * 20}, 4)
HALVES = PICKLE[:40], PICKLE[40:]


def write(name, data):
    (HERE / name).write_bytes(data)


def compressed():
    # A name in the header, and no time.
    out = io.BytesIO()
    with gzip.GzipFile('d.pkl', 'wb', fileobj=out, mtime=0) as file:
        file.write(PICKLE)
    write('name.gz', out.getvalue())
    write('members.gz', b''.join(gzip.compress(half, mtime=0) for half in HALVES) + bytes(600))
    write('stored.gz', gzip.compress(PICKLE, 0, mtime=0))
    for level in 0, 1, 6, 9:
        write(f'level{level}.zlib', zlib.compress(PICKLE, level))
    for bits in 9, 12, 14:
        compressor = zlib.compressobj(wbits=bits)
        write(f'window{bits}.zlib', compressor.compress(PICKLE) + compressor.flush())
    write('one.bz2', bz2.compress(PICKLE, 1))
    write('streams.bz2', b''.join(map(bz2.compress, HALVES)))
    write('one.xz', lzma.compress(PICKLE))
    write('streams.xz', b''.join(map(lzma.compress, HALVES)) + bytes(4))
    for check in 'NONE', 'CRC32', 'CRC64', 'SHA256':
        write(f'{check.lower()}.xz', lzma.compress(PICKLE, check=getattr(lzma, f'CHECK_{check}')))
    delta = [{'id': lzma.FILTER_DELTA, 'dist': 4}, {'id': lzma.FILTER_LZMA2, 'preset': 0}]
    write('delta.xz', lzma.compress(PICKLE, filters=delta))
    write('one.lzma', lzma.compress(PICKLE, format=lzma.FORMAT_ALONE))


def zstd(data, *options):
    return subprocess.run(['zstd', '--quiet', '--stdout', *options], input=data, capture_output=True, check=True).stdout


def zstandard():
    write('one.zst', zstd(PICKLE, '-19'))
    write('unchecked.zst', zstd(PICKLE, '--no-check'))
    skippable = struct.pack('<II', 0x184D2A53, 5) + b'apart'
    write('frames.zst', skippable.join(map(zstd, HALVES)) + skippable)
    # 257 MiB of zeros: what a bomb is.
    write('bomb.zst', zstd(bytes(257 << 20)))


def npy(descr, version=1):
    header = repr({'descr': descr, 'fortran_order': False, 'shape': (1,)}).encode()
    header += b' ' * (63 - (10 + len(header)) % 64) + b'\n'
    length = struct.pack('<H' if version == 1 else '<I', len(header))
    return b'\x93NUMPY' + bytes([version, 0]) + length + header


def arrays():
    write('objects.npy', npy('|O') + PICKLE)
    write('fields.npy', npy([('a', '<i4'), (('title', 'b'), '|O', (2,))], 2) + PICKLE)
    write('floats.npy', npy('<f8') + bytes(8))
    write('fieldsof.npy', npy([('O', '<i4')]) + bytes(4))


def archive(members, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', method) as file:
        for name, data in members.items():
            # Without a time, so that the same bytes come out each time.
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            file.writestr(info, data)
    return out.getvalue()


def archives():
    # The layout of torch.save.
    tensors = {f'archive/data/{number}': struct.pack('<8f', *range(number, number + 8)) for number in range(3)}
    write('model.pt', archive({
        'archive/data.pkl': PICKLE, 'archive/byteorder': b'little', **tensors, 'archive/version': b'3\n',
        'archive/.data/serialization_id': b'0636067578712378',
    }))
    write('labels.npz', archive({'arr.npy': npy('<f8') + bytes(8), 'labels.npy': npy('|O') + PICKLE}))
    # Told by its content: the name says nothing.
    write('deflated.zip', archive({'readme.txt': b'hello', 'a': PICKLE}, zipfile.ZIP_DEFLATED))
    several = archive({'a.pkl': PICKLE, 'sub/b.pkl': pickle.dumps([1], 0), 'c.txt': b'x'}, zipfile.ZIP_DEFLATED)
    write('several.zip', several)
    write('nested.zip', archive({'inner.zip': several, 'none.txt': b'x'}))
    write('archive.zip.gz', gzip.compress(several, mtime=0))
    write('none.zip', archive({'readme.txt': b'hello', 'folder/': b''}))
    write('empty.zip', archive({}))
    write('bzip2.zip', archive({'a.pkl': PICKLE}, zipfile.ZIP_BZIP2))
    broken = bytearray(archive({'a.pkl': PICKLE}))
    broken[45] ^= 1
    write('checksum.zip', bytes(broken))


def broken():
    whole = gzip.compress(PICKLE, mtime=0)
    write('cut.gz', whole[:-6])
    write('checksum.gz', whole[:-8] + bytes([whole[-8] ^ 1]) + whole[-7:])
    whole = zstd(PICKLE)
    write('checksum.zst', whole[:-1] + bytes([whole[-1] ^ 1]))
    write('cut.zst', whole[:-9])
    write('cut.xz', lzma.compress(PICKLE)[:-20])
    write('cut.bz2', bz2.compress(PICKLE)[:-20])
    write('cut.zlib', zlib.compress(PICKLE)[:-2])
    deep = PICKLE
    for _ in range(5):
        deep = gzip.compress(deep, mtime=0)
    write('deep.gz', deep)


write('d.pkl', PICKLE)
compressed()
zstandard()
arrays()
archives()
broken()
