"""Writes parsed.jsonl: what CPython 3.13's `ast.literal_eval` makes of texts, and which it refuses.

    python3.13 generate_parsed.py [SEED COUNT]

Each line is `[text, repr]`, or `[text, null]` where it raises. The repr has the items of a set in the order of the text,
where Python's own order would depend on hashes. Without arguments it writes the committed table; others are for longer
runs of the same test.
"""

import ast
import json
import pathlib
import random
import sys
import warnings

HERE = pathlib.Path(__file__).parent

# Written by hand: the rules of the tokenizer and of literal_eval, one by one.
TEXTS = [
    '\n1', '\n 1', ' 1', '\t1', '\f1', '\f 1', '\r\n1', '#c\n1', '#c\n 1', '  #c\n1', ' \n1', '1\n', '1\n ', '1\n #c',
    '1\n\n', '1\n\n#c\n', '1\n \n', '1\n\t', '1\n\f', '1\n \f', '1\\\n', '\\\n1', '\\\n 1', ' \\\n1', '\n\\\n1',
    '\n \\\n1', '1 \\\n', '[1\\\n]', '[\\\n1]', '\ufeff1', '1\0', '1\x0c', '1\x0b', '\x0b1', '1\xa0', '1;', '1,',
    '1,2', '1,2,', '1,,', ',', '*[1],', '(1)', '()', '(,)', '[,]', '{,}', '[1,,2]', '{1:2,3}', '{1,2:3}', '{1:2:3}',
    '{**{}}', '{1:2,**{}}', 'set()', 'set ( )', '(set)()', '((set))()', 'set(\n)', 'set()()', 'set(())', 'set([])',
    'set(,)', 'set', '[set]', 'set,', 'set+1j', '-set', '{set:1}', 'frozenset()', 'set( #c\n)', 'set\n()',
    '(set\n())', 'set\\\n()', 'set(', 'set)', 'None', '...', '. . .', '..', 'Ellipsis', '--1', '+1', '-1', '+-1',
    '- 1', '-True', '-(1)', '-(-1)', '(-1)+2j', '-1+2j', '1+2j', '1-2j', '1+-2j', '1+(2j)', '1+(-2j)', '(1+2j)',
    '(1+2j)+1j', '1+2j+3j', '2j+1', '1j+1j', '1.5-2j', '-2j', '-0j', '0-0j', '-0.0-0j', '-0.0+0j', '0+2j', '-0.0+2j',
    '1+2', '1.0+2.0', 'True+1j', '-(1+2j)', '1+[1]', '[1]+1j', '1+', '+', '-', '1-', '[-]', '[1,-]', '-[]', "-'a'",
    '-None', '-...', '1 + 2j', '(1\n+\n2j)', '1\n+2j', '{1+2j:-1}', '0777', '00', '0_0', '0_7', '00.5', '09.5', '09j',
    '09', '09e1', '1__0', '1_', '0x_1', '0x1_', '0x__1', '0X1F', '0xdeadBEEF', '0b12', '0b101', '0o17', '0o8', '1_e5',
    '1e_5', '1._5', '1.5_', '1_0.0_1e1_0', '1e5', '1E+5', '1e-5', '1e', '1e+', '.5', '.5e1', '.e1', '.', '5.', '5.j',
    '5.e1j', '1J', '1jj', '1.real', '1 .real', '1..real', '0x', '0b', '0o', '0_', '0xg', '1if 1 else 2', '1or 2',
    '1e999', '1e999j', '-1e999', '1e-999', '1_j', '1.0.0', '1L', '0l', '0x1.8', '0x1j', '1None', 'True1', '1in [1]',
    '1 2', '1 .5', '1...', '...1', '1..', '0xfffffffffffffffffffffff', '1e400', '9007199254740993',
    '-9223372036854775808', '9223372036854775808', '2.2250738585072011e-308', '1e22', '123456789012345678.5',
    "'a' 'b'", "'a'\n'b'", "('a'\n'b')", "('a' #c\n'b')", "b'a' 'b'", "b'a' b'b'", "b'a' rb'\\b'", "u'a' r'\\b'",
    "''''a'", "'a'b'b'", "ur'a'", "Ru'a'", "u'a'", "U'a'", "rb'a'", "bR'\\n'", "BR'a'", "f'a'", "'a' f''", "rf'a'",
    "t'a'", "bu'a'", "bb'a'", "rr'a'", "x'a'", "r 'a'", "'\\400'", "b'\\400'", "'\\777'", "'\\0'", "'\\08'",
    "'\\1234'", "'\\xg'", "b'\\xg'", "'\\x4'", "b'\\x4'", "'\\x41'", "b'\\xff'", "'\\u123'", "'\\u1234'", "b'\\u123'",
    "'\\U00110000'", "'\\U0010ffff'", "'\\U0001F600'", "b'\\U00110000'", "'\\N{LATIN SMALL LETTER A}'",
    "'\\N{latin small letter a}'", "'\\N{foo}'", "'\\N{}'", "'\\N'", "'\\N{'", "'\\N{DIGIT ONE'", "b'\\N{x}'",
    "'\\N{CJK UNIFIED IDEOGRAPH-4E00}'", "'\\N{HANGUL SYLLABLE GAG}'", "'\\N{GREEK SMALL LETTER ALPHA}'", "r'\\N{}'",
    "'\\N{NULL}'", "'\\N{-A}'", "'\\N{_}'", "'\\N{LATINSMALLLETTERA}'",
    "'\\N{LF}'", "'\\N{LATIN SMALL LETTER A WITH MACRON AND GRAVE}'", "'\\N{LATIN  SMALL LETTER A}'",
    "'\\d'", "'\\\n'", "r'\\\n'", "'''a\r\nb'''", "'''a\rb'''", "'a\nb'", "'a\rb'", "'\\\r\n'", "'\\\r'",
    "b'\\\r\nb'", "r'''\r\n'''", "r'\\'", "r'\\''", "r'\\\\'", "'é'", "b'é'", "rb'é'", "u'é€\U0001f600'", "'\\ud800'",
    "'\\ud83d\\ude00'", "'\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"'", "b'\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"'", "'\\\\'", "'\\",
    "'", "'''", "''''''", "'''a'", "'''a''", "'''a''''", '"""a"b""c"""', "'\"'", '"\'"', "''", "b''", "'' ''",
    "b'' b''", "'''\n'''", "'\t'", "'\x01'", "'\x7f'", '', ' ', '#', '1#c', '1 #c', '[1#c\n]', '[1#c]', "'a'#", '$',
    '?', '!', '`', '@', '~1', 'not 1', '1*2', '1<2', "'%s'%1", 'a', 'a.b', 'a()', 'None()', '__debug__', 'True',
    'False', 'None.a', "'a'[0]", '[1][0]', '[](1)', '(1 2)', '[1 2]', '{1 2}', '[1', '(1', '{1', '1]', '[1)', '(1]',
    '{1]', '[1}', '{1:', '{1:2', '[', '(', '{', ']', '{}', '{1}', '{1,}', "{'a':1,}", '{1:}', '{:1}', '{:}', '{1:,}',
    '{1:2,,}', '{[]:1}', '{[1]}', '{{}}', '{set()}', '{(1,[])}', '{(1,[]):1}', '{(1,()):1}', '(1,)', '(1,2)',
    '((1,))', '((1),)', '((),)', '[[],[]]', '{1:{},2:[()]}', '{1,True,1.0}', '{1:2,True:3,1.0:4}',
    "{0.0:'a',-0.0:'b',0:'c',False:'d',0j:'e'}", "{'a':1,b'a':2}", '{1,2,1,3}', '1 if 1 else 2', '[x for x in y]',
    '(yield)', 'lambda:1', '[...]', '(1):2', 'x:=1', '(x:=1)', '[*()]', '(*(),)', "{'a':x}", 'nan', 'inf', '1\n2',
    '1\n\\\n', '1\n#c\n2', '[\f1]', '[1\f]', '[\x0b1]', '[\x1c1]', '1\r', '\r1', '[1,\r2]', '\\', '1\\', '1\\ ',
    '1 \\ \n', '1\\\n#c', '1\\\n+2j', '1\\\n\n', '\t \t1', '1\t', '1\x1a', '1\x7f', '1e1_0', '1e0_1', '0_0j', '0_1j',
    '00j', '0_1.5', '0e0', '0_0.0', '[1,2,3,]', '(\n)', '[\n]', '{\n}', '[\n1,\n\n2\n]', '(1\n)', '((((1))))',
    '((((1,),),),)', '[[[[[]]]]]', 'print', 'None,None', "'a','b'", "'a' 'b','c'", '*a', '**a', '->1', '1=1', '1:2',
    '1' + '0' * 4299, '1' + '0' * 4300, '1' + '_0' * 4299, '0x' + 'f' * 3000, '9' * 309 + '+1j', '1' + '0' * 308 + '+1j',
    '[' * 200 + ']' * 200, '(' * 200 + ')' * 200, '(' * 199 + '1,' + '),' * 198 + ')', '{1:' * 90 + '1' + '}' * 90,
]


def random_texts(rng, count):
    for _ in range(count):
        text = expression(rng, rng.randrange(4))
        for _ in range(rng.choice((0, 0, 0, 0, 0, 1, 1, 2))):
            text = mutated(rng, text)
        yield text


def expression(rng, depth):
    if depth == 0 or rng.random() < 0.3:
        return rng.choice((number, number, string, string, string, constant, sum_))(rng)
    items = [expression(rng, depth - 1) for _ in range(rng.choice((0, 1, 1, 2, 3)))]
    comma = rng.choice((",", ",", ", ", " , ", ",\n", ", # and\n ", ",\\\n"))
    form = rng.randrange(6)
    if form == 0:
        return "(" + comma.join(items) + rng.choice(("", ",")) + ")"
    if form == 1:
        return "[" + comma.join(items) + ("," if items and rng.random() < 0.2 else "") + "]"
    if form == 2:
        return "{" + comma.join(f"{expression(rng, 0)}:{item}" for item in items) + "}"
    if form == 3:
        return "{" + comma.join(items) + "}" if items else "set()"
    return rng.choice(("", " ", "\n")).join(("(", *items[:1], ")"))


def number(rng):
    digits = lambda alphabet: "".join(rng.choice(alphabet) for _ in range(rng.choice((1, 1, 2, 3, 5, 20))))
    form = rng.randrange(8)
    if form == 0:
        return rng.choice(("0x", "0X")) + digits("0123456789abcdefABCDEF_")
    if form == 1:
        return rng.choice(("0o", "0b", "0B", "0O")) + digits("01234567_"[:rng.choice((2, 8, 9))])
    text = rng.choice(("", "", "", "-", "+", "- ")) + digits("0123456789_" if form == 2 else "0123456789")
    if form in (3, 4):
        text += "." + rng.choice(("", digits("0123456789")))
    if form in (4, 5):
        text += rng.choice("eE") + rng.choice(("", "+", "-")) + digits("0123")[:3]
    return text + rng.choice(("", "", "", "", "j", "J"))


def sum_(rng):
    return number(rng) + rng.choice(("+", "-", " + ", " - ")) + number(rng)


def constant(rng):
    return rng.choice(("None", "True", "False", "...", "set()", "()", "[]", "{}", "''", "b''", "x"))


PIECES = [
    "a", "b", "'", '"', "\n", "\\", "\\\\", "\\'", '\\"', "\\n", "\\x41", "\\x4", "\\101", "\\8", "\\777", "\\u20ac", "\\ud800",
    "\\U0001f600", "\\N{BULLET}", "\\q", "\\\n", "\r", "\r\n", "é", "€", "\U0001f600", " ", "{", "#", "0", "''", '""', "\\a\\t",
]


def string(rng):
    parts = []
    for _ in range(rng.choice((1, 1, 1, 1, 2, 3))):
        prefix = rng.choice(("", "", "", "", "b", "b", "r", "u", "rb", "Br", "R", "B", "U", "f", "ub"))
        quote = rng.choice(("'", '"', "'", '"', "'''", '"""'))
        body = "".join(rng.choice(PIECES) for _ in range(rng.choice((0, 1, 2, 4, 8))))
        if rng.random() < 0.7:
            body = body.replace(quote[0], "").replace("\n", "" if len(quote) == 1 else "\n")
        if "b" in prefix.lower() and rng.random() < 0.7:
            body = body.encode("ascii", "ignore").decode()
        parts.append(prefix + quote + body + quote)
    return rng.choice(("", " ", " ", "\\\n")).join(parts)


def mutated(rng, text):
    at = rng.randrange(len(text) + 1)
    piece = rng.choice("()[]{},:+-.'\"#\\ \n\t\f\r0123456789_eEjJxob abcnNru\0\x0b\xa0é")
    form = rng.randrange(3)
    return text[:at] + ("" if form == 0 else piece) + text[at + (form > 0 and rng.randrange(2)) + (form == 0):]


def ordered_repr(node):
    """The repr of what literal_eval makes of a node, with the items of sets in their order."""
    match node:
        case ast.Set():
            distinct = dict(zip(map(ast.literal_eval, node.elts), map(ordered_repr, node.elts)))
            first = {}
            for item in node.elts:
                first.setdefault(ast.literal_eval(item), ordered_repr(item))
            return "{" + ", ".join(first[key] for key in distinct) + "}"
        case ast.Tuple():
            items = list(map(ordered_repr, node.elts))
            return "(" + ", ".join(items) + ("," if len(items) == 1 else "") + ")"
        case ast.List():
            return "[" + ", ".join(map(ordered_repr, node.elts)) + "]"
        case ast.Dict():
            keys, values = {}, {}
            for key, value in zip(node.keys, node.values):
                keys.setdefault(ast.literal_eval(key), ordered_repr(key))
                values[ast.literal_eval(key)] = ordered_repr(value)
            return "{" + ", ".join(f"{keys[key]}: {values[key]}" for key in keys) + "}"
        case _:
            return repr(ast.literal_eval(node))


def answer(text):
    try:
        value = ast.literal_eval(text)
        ordered = ordered_repr(ast.parse(text.lstrip(" \t"), mode="eval").body)
    except Exception:
        return None
    assert "{" in ordered or repr(value) == ordered, text
    return ordered


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit("run this under Python 3.13, whose literal_eval is the one to match")
    warnings.simplefilter("ignore")
    seed, count = map(int, sys.argv[1:] or (20240613, 5000))
    texts = dict.fromkeys((*TEXTS, *random_texts(random.Random(seed), count)))
    lines = (json.dumps([text, answer(text)]) + "\n" for text in texts)
    (HERE / "parsed.jsonl").write_text("".join(lines), encoding="ascii", newline="\n")


main()
