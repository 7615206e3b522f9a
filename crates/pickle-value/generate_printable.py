#!/usr/bin/env python3.13
"""Writes src/printable.rs: where `str.isprintable` changes its answer.

Run it under the CPython whose `repr` is to be matched (3.13: Unicode 15.1):

    python3.13 crates/pickle-value/generate_printable.py
"""

import pathlib
import sys
import unicodedata

HEAD = """\
//! Which characters Python's repr shows as they are: `str.isprintable`.
//!
//! Written by `generate_printable.py` under CPython {version}, Unicode {unicode}; do not edit.

/// True for a code point that repr does not escape.
///
/// Surrogates, and numbers that are no code point, are not printable.
///
/// ```
/// use pickle_value::printable::is_printable;
///
/// assert!(is_printable(0xe9)); // é
/// assert!(!is_printable(0xa0)); // a no-break space
/// ```
#[inline]
#[must_use]
pub fn is_printable(point: u32) -> bool {{
    match BASIC_PLANE.get((point / 64) as usize) {{
        Some(bits) => bits >> (point % 64) & 1 == 1,
        None => FLIPS.partition_point(|&flip| flip <= point) % 2 == 1,
    }}
}}

/// A bit for each code point below U+10000: a search among the flips takes eleven steps.
static BASIC_PLANE: [u64; 1024] = {{
    let mut bits = [0; 1024];
    let (mut point, mut flips) = (0, 0);
    while point < 0x1_0000 {{
        if FLIPS[flips] == point {{
            flips += 1;
        }}
        bits[point as usize / 64] |= (flips as u64 & 1) << (point % 64);
        point += 1;
    }}
    bits
}};

/// The code points at which the answer changes, from "not printable" at zero.
static FLIPS: [u32; {count}] = [
"""


def flips():
    answer = False
    for point in range(sys.maxunicode + 1):
        if chr(point).isprintable() != answer:
            answer = not answer
            yield point
    if answer:
        yield sys.maxunicode + 1


def rows(items, width=119, indent="    "):
    row = indent
    for item in items:
        if len(row) + len(item) > width:
            yield row.rstrip() + "\n"
            row = indent
        row += item + " "
    yield row.rstrip() + "\n"


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit("run this under Python 3.13, whose repr is the one to match")
    points = list(flips())
    head = HEAD.format(
        version="%d.%d" % sys.version_info[:2], unicode=unicodedata.unidata_version, count=len(points)
    )
    body = "".join(rows([f"{point:#x}," for point in points]))
    path = pathlib.Path(__file__).with_name("src") / "printable.rs"
    path.write_text(head + body + "];\n", encoding="utf-8", newline="\n")


main()
