"""Writes an interpreter's opcodes as a table in Rust.

    python opcodes.py > crates/marshal-lite/src/listing/tables/python_3_13.rs

Runs on 2.7 and 3.6 to 3.14, each for its own table. Names, numbers and kinds of arguments come from the interpreter's
module `opcode`; what the arguments mean comes from how its `dis` resolves them.
"""

from __future__ import print_function

import opcode
import sys

VERSION = sys.version_info[:2]
PAIRS = (
    "LOAD_FAST_LOAD_FAST",
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW",
    "STORE_FAST_LOAD_FAST",
    "STORE_FAST_STORE_FAST",
)
# What `dis` treats by name, and from which version to which.
BY_NAME = {
    "FORMAT_VALUE": ((3, 6), "FormatValue"),
    "MAKE_FUNCTION": ((3, 8), "FunctionParts"),
    "SET_FUNCTION_ATTRIBUTE": ((3, 13), "FunctionParts"),
    "CONVERT_VALUE": ((3, 13), "Conversion"),
    "BINARY_OP": ((3, 11), "BinaryOp"),
    "CALL_INTRINSIC_1": ((3, 12), "Intrinsic1"),
    "CALL_INTRINSIC_2": ((3, 12), "Intrinsic2"),
    "LOAD_COMMON_CONSTANT": ((3, 14), "CommonConstant"),
    "LOAD_SPECIAL": ((3, 14), "Special"),
    "IS_OP": ((3, 14), "Is"),
    "CONTAINS_OP": ((3, 14), "Contains"),
}
NAMES_WITH_BITS = {
    "LOAD_GLOBAL": ((3, 11), "Global"),
    "LOAD_ATTR": ((3, 12), "Attribute"),
    "LOAD_SUPER_ATTR": ((3, 12), "SuperAttribute"),
}


def has_argument(number):
    return number in opcode.hasarg if VERSION >= (3, 12) else number >= opcode.HAVE_ARGUMENT


def kind(number, name):
    """A variant of `Kind` in listing/table.rs."""
    if not has_argument(number):
        return "No"
    if number in opcode.hasconst:
        return "Const"
    if number in opcode.hasname:
        since, with_bits = NAMES_WITH_BITS.get(name, ((9, 9), None))
        return with_bits if VERSION >= since else "Name"
    if number in opcode.hasjabs:
        return "JumpTo"
    if number in opcode.hasjrel:
        backward = "JUMP_BACKWARD" in name or VERSION >= (3, 14) and name == "END_ASYNC_FOR"
        return "JumpBackward" if backward else "JumpForward"
    if name in PAIRS:
        return "Locals"
    if number in opcode.haslocal:
        return "Local"
    if number in opcode.hasfree:
        return "Free"
    if number in opcode.hascompare:
        return "Compare"
    since, by_name = BY_NAME.get(name, ((9, 9), None))
    return by_name if VERSION >= since else "Number"


def caches(number, name):
    """How many code units behind it belong to it."""
    entries = getattr(opcode, "_inline_cache_entries", {})
    return entries.get(name, 0) if isinstance(entries, dict) else entries[number]


def words(name, items):
    """A list of strings, as rustfmt breaks it."""
    quoted = ['"%s"' % item for item in items]
    line = "    %s: &[%s]," % (name, ", ".join(quoted))
    if len(line) <= 120 and all(len(item) <= 12 for item in quoted):
        return [line]
    return ["    %s: &[" % name] + ["        %s," % item for item in quoted] + ["    ],"]


def main():
    operations = sorted((number, name) for name, number in opcode.opmap.items() if number < 256)
    print("//! The opcodes of CPython %d.%d. Written by compat/marshal/opcodes.py; do not edit." % VERSION)
    print()
    print("use crate::listing::table::{Kind::*, Operation, Table, operation};")
    print()
    print("#[rustfmt::skip]")
    print("const OPERATIONS: &[Operation] = &[")
    for number, name in operations:
        print('    operation(%d, "%s", %s, %d),' % (number, name, kind(number, name), caches(number, name)))
    print("];")
    print()
    print("#[rustfmt::skip]")
    print("pub(super) const TABLE: Table = Table {")
    print("    operations: OPERATIONS,")
    # What has no name has an argument up to 3.11 from this number on.
    print("    argument_from: %d," % (opcode.HAVE_ARGUMENT if VERSION < (3, 12) else 256))
    print("    extended_arg: %d," % opcode.EXTENDED_ARG)
    lists = [("compare", opcode.cmp_op)]
    lists.append(("binary", [symbol for _, symbol in getattr(opcode, "_nb_ops", [])]))
    lists.append(("intrinsics_1", getattr(opcode, "_intrinsic_1_descs", [])))
    lists.append(("intrinsics_2", getattr(opcode, "_intrinsic_2_descs", [])))
    for name, items in lists:
        print("\n".join(words(name, items)))
    print("};")


if __name__ == "__main__":
    main()
