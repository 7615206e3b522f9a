//! The one list of opcodes.
//!
//! [`for_each_opcode!`] hands every opcode to the macro it is given, a row each:
//!
//! ```text
//! Variant NAME byte protocol (Argument) [stack before] [stack after] "sentence";
//! ```
//!
//! - `Variant` is the name in [`Opcode`](crate::Opcode) and [`Op`](crate::Op), `NAME` the one in pickletools;
//! - `protocol` is the first protocol that has the opcode;
//! - `(Argument)` is an [`ArgKind`](crate::ArgKind), absent for opcodes that stand alone;
//! - the stacks list [`StackObject`](crate::StackObject)s, the top last;
//! - the sentence says what a loader does.
//!
//! The enums, the decoder, the assembler, the stack effects and the documentation all come from this list, and a test
//! holds it against `pickletools.opcodes` of CPython.

macro_rules! for_each_opcode {
    ($apply:ident) => {
        $apply! {
            // Integers and bools.
            Int INT b'I' 0 (DecimalNlShort) [] [IntOrBool] "Push an int written in decimal; 00 and 01 are False and True.";
            BinInt BININT b'J' 1 (Int4) [] [Int] "Push a signed four-byte int.";
            BinInt1 BININT1 b'K' 1 (Uint1) [] [Int] "Push an int from 0 to 255.";
            BinInt2 BININT2 b'M' 1 (Uint2) [] [Int] "Push an int from 0 to 65,535.";
            Long LONG b'L' 0 (DecimalNlLong) [] [Int] "Push an int of any size written in decimal with an L behind it.";
            Long1 LONG1 0x8a 2 (Long1) [] [Int] "Push an int of up to 255 bytes in two's complement.";
            Long4 LONG4 0x8b 2 (Long4) [] [Int] "Push an int of up to 2 GiB in two's complement.";
            // Python 2's byte strings.
            String STRING b'S' 0 (StringNl) [] [BytesOrStr] "Push a Python 2 str written as a quoted literal.";
            BinString BINSTRING b'T' 1 (String4) [] [BytesOrStr] "Push a Python 2 str with a four-byte length.";
            ShortBinString SHORT_BINSTRING b'U' 1 (String1) [] [BytesOrStr] "Push a Python 2 str of at most 255 bytes.";
            // Bytes and buffers.
            BinBytes BINBYTES b'B' 3 (Bytes4) [] [Bytes] "Push bytes with a four-byte length.";
            ShortBinBytes SHORT_BINBYTES b'C' 3 (Bytes1) [] [Bytes] "Push at most 255 bytes.";
            BinBytes8 BINBYTES8 0x8e 4 (Bytes8) [] [Bytes] "Push bytes with an eight-byte length.";
            ByteArray8 BYTEARRAY8 0x96 5 (ByteArray8) [] [ByteArray] "Push a bytearray with an eight-byte length.";
            NextBuffer NEXT_BUFFER 0x97 5 [] [Buffer] "Push the next out-of-band buffer.";
            ReadonlyBuffer READONLY_BUFFER 0x98 5 [Buffer] [Buffer] "Make the out-of-band buffer on top read-only.";
            // None, True, False.
            None NONE b'N' 0 [] [None] "Push None.";
            NewTrue NEWTRUE 0x88 2 [] [Bool] "Push True.";
            NewFalse NEWFALSE 0x89 2 [] [Bool] "Push False.";
            // Text.
            Unicode UNICODE b'V' 0 (UnicodeStringNl) [] [Str] "Push a str written as a raw-unicode-escape line.";
            ShortBinUnicode SHORT_BINUNICODE 0x8c 4 (UnicodeString1) [] [Str] "Push a str of at most 255 bytes of UTF-8.";
            BinUnicode BINUNICODE b'X' 1 (UnicodeString4) [] [Str] "Push a str of UTF-8 with a four-byte length.";
            BinUnicode8 BINUNICODE8 0x8d 4 (UnicodeString8) [] [Str] "Push a str of UTF-8 with an eight-byte length.";
            // Floats.
            Float FLOAT b'F' 0 (FloatNl) [] [Float] "Push a float written in decimal.";
            BinFloat BINFLOAT b'G' 1 (Float8) [] [Float] "Push a float stored as eight bytes, big-endian.";
            // Lists.
            EmptyList EMPTY_LIST b']' 1 [] [List] "Push an empty list.";
            Append APPEND b'a' 0 [List, Any] [List] "Append the top to the list below it.";
            Appends APPENDS b'e' 1 [List, Mark, StackSlice] [List] "Append all above the mark to the list below it.";
            List LIST b'l' 0 [Mark, StackSlice] [List] "Make a list of all above the mark.";
            // Tuples.
            EmptyTuple EMPTY_TUPLE b')' 1 [] [Tuple] "Push an empty tuple.";
            Tuple TUPLE b't' 0 [Mark, StackSlice] [Tuple] "Make a tuple of all above the mark.";
            Tuple1 TUPLE1 0x85 2 [Any] [Tuple] "Make a tuple of the top.";
            Tuple2 TUPLE2 0x86 2 [Any, Any] [Tuple] "Make a tuple of the two on top.";
            Tuple3 TUPLE3 0x87 2 [Any, Any, Any] [Tuple] "Make a tuple of the three on top.";
            // Dicts.
            EmptyDict EMPTY_DICT b'}' 1 [] [Dict] "Push an empty dict.";
            Dict DICT b'd' 0 [Mark, StackSlice] [Dict] "Make a dict of the keys and values above the mark.";
            SetItem SETITEM b's' 0 [Dict, Any, Any] [Dict] "Set one key of the dict below to the value on top.";
            SetItems SETITEMS b'u' 1 [Dict, Mark, StackSlice] [Dict] "Set all keys above the mark in the dict below it.";
            // Sets.
            EmptySet EMPTY_SET 0x8f 4 [] [Set] "Push an empty set.";
            AddItems ADDITEMS 0x90 4 [Set, Mark, StackSlice] [Set] "Add all above the mark to the set below it.";
            FrozenSet FROZENSET 0x91 4 [Mark, StackSlice] [FrozenSet] "Make a frozenset of all above the mark.";
            // The stack.
            Pop POP b'0' 0 [Any] [] "Drop the top, or the mark where that is on top.";
            Dup DUP b'2' 0 [Any] [Any, Any] "Push the top once more.";
            Mark MARK b'(' 0 [] [Mark] "Push a mark.";
            PopMark POP_MARK b'1' 1 [Mark, StackSlice] [] "Drop all down to the mark, and the mark.";
            // The memo.
            Get GET b'g' 0 (DecimalNlShort) [] [Any] "Push the memo entry whose index is written in decimal.";
            BinGet BINGET b'h' 1 (Uint1) [] [Any] "Push a memo entry from 0 to 255.";
            LongBinGet LONG_BINGET b'j' 1 (Uint4) [] [Any] "Push a memo entry by its four-byte index.";
            Put PUT b'p' 0 (DecimalNlShort) [] [] "Store the top in the memo entry whose index is written in decimal.";
            BinPut BINPUT b'q' 1 (Uint1) [] [] "Store the top in a memo entry from 0 to 255.";
            LongBinPut LONG_BINPUT b'r' 1 (Uint4) [] [] "Store the top in a memo entry by its four-byte index.";
            Memoize MEMOIZE 0x94 4 [Any] [Any] "Store the top in the memo entry after those that are there.";
            // Extension codes.
            Ext1 EXT1 0x82 2 (Uint1) [] [Any] "Push the object registered under a one-byte extension code.";
            Ext2 EXT2 0x83 2 (Uint2) [] [Any] "Push the object registered under a two-byte extension code.";
            Ext4 EXT4 0x84 2 (Int4) [] [Any] "Push the object registered under a four-byte extension code.";
            // Globals and what is made of them.
            Global GLOBAL b'c' 0 (StringNlNoEscapePair) [] [Any] "Push a global by its module and its name.";
            StackGlobal STACK_GLOBAL 0x93 4 [Str, Str] [Any] "Make a global of the module and the name on top.";
            Reduce REDUCE b'R' 0 [Any, Any] [Any] "Call the callable with the argument tuple on top of it.";
            Build BUILD b'b' 0 [Any, Any] [Any] "Give the object below the state on top.";
            Inst INST b'i' 0 (StringNlNoEscapePair) [Mark, StackSlice] [Any] "Call a class by name with all above the mark.";
            Obj OBJ b'o' 1 [Mark, Any, StackSlice] [Any] "Call the class just above the mark with all above it.";
            NewObj NEWOBJ 0x81 2 [Any, Any] [Any] "Make an instance by cls.__new__(cls, *args).";
            NewObjEx NEWOBJ_EX 0x92 4 [Any, Any, Any] [Any] "Make an instance by cls.__new__(cls, *args, **kwargs).";
            // The machine.
            Proto PROTO 0x80 2 (Uint1) [] [] "Say which protocol the pickle keeps to.";
            Stop STOP b'.' 0 [Any] [] "End the pickle; the top is its value.";
            Frame FRAME 0x95 4 (Uint8) [] [] "Say how many bytes the next frame has.";
            // Persistent ids.
            PersId PERSID b'P' 0 (StringNlNoEscape) [] [Any] "Push the object outside the pickle that a line of text names.";
            BinPersId BINPERSID b'Q' 1 [Any] [Any] "Replace the persistent id on top by the object that it names.";
        }
    };
}
pub(crate) use for_each_opcode;
