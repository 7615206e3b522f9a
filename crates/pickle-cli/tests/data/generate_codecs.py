"""Writes the tables of Python's encodings of one byte a character, and what CPython 3.13 decodes by them, for the tests.

    python3.13 generate_codecs.py ../../src/codec/tables.rs codecs.jsonl

Of the tables, each is a name, aliases, and what bytes 0x80 to 0xff are; U+FFFE where they are nothing. Encodings whose
lower half is not ASCII are left out, and so are ASCII and latin-1 themselves.
"""

import encodings
import json
import pkgutil
import sys
import warnings
from encodings.aliases import aliases

assert sys.version_info[:2] == (3, 13)

UNDEFINED = '\ufffe'


def upper_half(name):
    """What each byte from 0x80 on is; nothing for what is no such encoding."""
    try:
        warnings.simplefilter("ignore")
        if bytes(range(128)).decode(name) != ''.join(map(chr, range(128))):
            return None
        text = ''
        for byte in range(128, 256):
            decoded = bytes([byte]).decode(name, 'replace')
            text += UNDEFINED if decoded == '\ufffd' else decoded
    except (LookupError, ValueError, AssertionError):
        return None
    module = sys.modules.get(f'encodings.{name}')
    is_charmap = hasattr(module, 'decoding_table') or hasattr(module, 'decoding_map')
    return text if is_charmap and len(text) == 128 else None


def literal(text):
    return '"' + ''.join(char if char.isprintable() and char not in '"\\' and not char.isspace() else
                         '\\u{%x}' % ord(char) for char in text) + '"'


tables = {}
for module in sorted(module.name for module in pkgutil.iter_modules(encodings.__path__)):
    text = upper_half(module)
    if text and text not in (UNDEFINED * 128, bytes(range(128, 256)).decode('latin-1')):
        tables[module] = text

with open(sys.argv[1], 'w') as out:
    out.write('//! The upper halves of Python\'s encodings of one byte a character. Made by `tests/data/generate_codecs.py`.\n\n')
    out.write('/// Name, aliases, and what bytes 0x80 to 0xff are: U+FFFE where they are nothing.\n')
    out.write('#[rustfmt::skip]\n')
    out.write('pub(super) const TABLES: &[(&str, &str, &str)] = &[\n')
    for name, text in tables.items():
        others = ' '.join(sorted(alias for alias, target in aliases.items() if target == name))
        out.write(f'    ("{name}", "{others}",\n     {literal(text)}),\n')
    out.write('];\n')

with open(sys.argv[2], 'w') as out:
    every = bytes(range(256))
    for name in tables:
        try:
            every.decode(name)
            problem = None
        except UnicodeDecodeError as error:
            problem = str(error)
        line = {'encoding': name, 'error': problem}
        for handler in 'replace', 'surrogateescape', 'backslashreplace', 'ignore':
            line[handler] = every.decode(name, handler).encode('utf-8', 'surrogatepass').hex()
        out.write(json.dumps(line) + '\n')
