"""Strings: UNICODE's escapes, the three BINUNICODEs, lone surrogates.

pickletools prints repr() of a string.  What repr escapes follows the Unicode
tables of the interpreter, so code points whose class changed since Unicode 9
(Python 3.6) stay out.
"""

from .fresh import case, chr, repeated, text

ESCAPED = (
    ("empty", u""),
    ("newline", u"one\ntwo"),
    ("carriage return", u"one\rtwo"),
    ("carriage return, newline", u"one\r\ntwo"),
    ("nul", u"one\0two"),
    ("ctrl-z", u"one\x1atwo"),
    ("tab", u"one\ttwo"),
    ("vertical tab, form feed", u"one\x0b\x0ctwo"),
    ("escape, delete", u"\x1b[0m\x7f"),
    ("backslash", u"one\\two"),
    ("two backslashes", u"one\\\\two"),
    ("backslash at the end", u"one\\"),
    ("newline at the end", u"one\n"),
    ("newline at the start", u"\none"),
    ("only newlines", u"\n\n\n"),
    ("text of a small escape", u"\\u0041"),
    ("text of a capital escape", u"\\U0001f600"),
    ("text of a cut escape", u"\\u00"),
    ("text of a hex escape", u"\\x41 \\n \\101"),
    ("backslash before a wide character", u"\\\u4e2d"),
    ("two backslashes before u", u"\\\\u0041"),
    ("three backslashes before u", u"\\\\\\u0041"),
    ("space", u" one  two "),
    ("single quote", u"it's"),
    ("double quote", u"say \"hi\""),
    ("both quotes", u"it's \"both\""),
    ("only a single quote", u"'"),
    ("only a double quote", u"\""),
    ("quotes and backslashes", u"\\'\\\"\\\\"),
    ("digits", u"0123456789"),
    ("looks like an opcode line", u"I1\n."),
    ("line separators", u"a\x85b\u2028c\u2029d"),
    ("no-break spaces", u"a\xa0b\u202fc\u3000d"),
    ("soft hyphen", u"co\xadop"),
    ("zero width", u"a\u200bb\u200dc\ufeffd"),
    ("bidi marks", u"\u200e\u05d0\u05d1\u200f\u202eabc\u202c"),
    ("combining", u"e\u0301 n\u0303 \u0302"),
    ("latin-1", u"\xe9t\xe9 \xfcber \xff\x80\x9f\xa0"),
    ("latin extended", u"\u0100\u017f\u0141\xf3d\u017a"),
    ("greek, cyrillic", u"\u03b1\u03b2\u03b3 \u0416\u0443\u043a"),
    ("cjk", u"\u4e2d\u6587 \u65e5\u672c\u8a9e \ud55c\uad6d"),
    ("hebrew, arabic", u"\u05e9\u05dc\u05d5\u05dd \u0633\u0644\u0627\u0645"),
    ("private use", u"\ue000\uf8ff"),
    ("noncharacters", u"\ufdd0\ufffe\uffff"),
    ("replacement character", u"\ufffd"),
    ("two bytes of utf-8, three bytes", u"\u07fa\u0800"),
    ("before and after surrogates", u"\ud7ff\ue000"),
    ("astral", u"\U0001f600"),
    ("astral among ascii", u"a\U0001f600b\U00010000c"),
    ("first and last astral", u"\U00010000\U0010ffff"),
    ("astral letters", u"\U00010400\U0001d49c\U00020000"),
    ("noncharacters astral", u"\U0001fffe\U0010fffe"),
    ("high surrogate", u"\ud800"),
    ("low surrogate", u"\udfff"),
    ("high surrogate among ascii", u"a\ud83db"),
    ("low surrogate at the end", u"abc\udc00"),
    ("surrogates in the wrong order", u"\udc00\ud800"),
    ("two high surrogates", u"\ud800\udbff"),
    ("surrogate beside astral", u"\ud83d\U0001f600\ude00"),
    ("surrogateescape", u"caf\udce9.txt"),
    ("every width", u"a\xe9\u4e2d\U0001f600\ud800"),
    ("latin1", u"latin1"),
    ("latin-1 the word", u"latin-1"),
    ("builtins", u"builtins"),
)

PIECES = (u"a", u"\n", u"\\", u"\\u0041", u"\r\x00\x1a", u"\x80", u"\xff", u"\u0100",
          u"\u20ac", u"\U0001f600", u"\ud83d", u"\ude00", u"'", u"\"")


def cases():
    for name, template in ESCAPED:
        yield case(name, text, template)
    yield case("surrogate pair as two", surrogate_pair)
    for character in u"a '\"\\\n\r\0\x1a\t\x7f\x80\x85\xa0\xe9\xff\u0100\u4e2d":
        yield case("one character %04x" % ord(character), text, character)
    yield case("all below 180, one string", lambda: u"".join(map(chr, range(0x180))))
    yield case("all below 180, one string each", lambda: [chr(n) for n in range(0x180)])
    for start in range(0, 0x180, 0x40):
        name = "%03x to %03x, one string" % (start, start + 0x3f)
        yield case(name, lambda s: u"".join(map(chr, range(s, s + 0x40))), start)
    for length in (2, 3, 4, 127, 128, 253, 254, 255, 256, 257, 258):
        yield case("%d ascii characters" % length, repeated, u"x", length)
    # The length counts bytes of UTF-8, not characters.
    for character, length in ((u"\xe9", 127), (u"\xe9", 128), (u"\u4e2d", 85),
                              (u"\u4e2d", 86), (u"\U0001f600", 63), (u"\U0001f600", 64),
                              (u"\ud800", 85), (u"\ud800", 86)):
        yield case("%d times %04x" % (length, ord(character)), repeated, character, length)
    for left in PIECES:
        yield case("beside each other, %s first" % code_points(left), beside, left)


def surrogate_pair():
    # Written as two escapes in a literal they stay two, but say so.
    value = u"a" + chr(0xD83D) + chr(0xDE00) + u"b"
    assert len(value) == 4
    return value


def code_points(string):
    return " ".join("%04x" % ord(character) for character in string)


def beside(left):
    """Left before each other piece, and three times in a row."""
    return [u"".join([left, right]) for right in PIECES if right != left] + [left * 3]
