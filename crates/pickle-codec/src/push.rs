//! [`PushEncoder`]: an encoder of plain data, which is told what there is instead of asking a source.

mod block;
mod container;

use alloc::string::String;
use alloc::vec::Vec;

use pickle_opcodes::frame::Framer;
use pickle_opcodes::{Opcode, Out};

use self::block::Block;
use self::container::{Form, Mark};
pub use self::container::{Known, OpenContainer, OpenTuple};
use crate::dump::{DumpOptions, without_place};
use crate::encoder::{Buffered, write_put};
use crate::error::{Error, ErrorKind};
use crate::fault::Fault;
use crate::graph_source::{EMPTY_BYTES, single_text_number};
use crate::profile::Profile;
use crate::save::{BATCH_SIZE, binary_int, shortest, write_bytes, write_counted_text};

/// Writes plain data as it comes: numbers, text, bytes, lists, tuples and dicts, each an object of its own.
///
/// It is the [`Encoder`](crate::Encoder) for those who have neither a graph nor objects to ask, and gives the same bytes, for
/// protocols 2 to 5 by the default profile. What CPython has one object of, such as each string of one latin-1 character, is
/// one here; so is what is [known](PushEncoder::known) to the memo. Whether what is written makes sense is not looked at:
/// there is to be one object for each item, two for each of a dict, and no key that is equal to another.
///
/// ```
/// use pickle_codec::{DumpOptions, PushEncoder, to_vec, value::py};
///
/// let mut encoder = PushEncoder::new(&DumpOptions::new()).expect("options for plain data");
/// let mut dict = encoder.begin_dict(Some(2));
/// for (key, value) in [("name", "bob"), ("town", "Ulm")] {
///     encoder.item(&mut dict);
///     encoder.text(key);
///     encoder.text(value);
/// }
/// encoder.end(dict);
/// assert_eq!(encoder.finish()?, to_vec(&py!({"name": "bob", "town": "Ulm"}))?);
/// # Ok::<(), pickle_codec::Error>(())
/// ```
#[derive(Debug)]
pub struct PushEncoder {
    framer: Framer,
    /// What stands behind that.
    block: Block,
    protocol: u8,
    /// The memo's next number.
    memo: u32,
    /// What CPython has one object of, where it was written; empty as long as there is none.
    singles: Vec<Option<Known>>,
    /// What went wrong first.
    error: Option<Error>,
}

/// Behind this many numbers the memo is full. Between two looks at it there are fewer bytes written than are left.
const MOST_MEMO: u32 = u32::MAX - (1 << 20);

impl PushEncoder {
    /// An encoder by these options; nothing where they ask for more than plain data has: another profile, a protocol under
    /// 2, no memo, bounds.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// assert!(PushEncoder::new(&DumpOptions::new().protocol(5)).is_some());
    /// assert!(PushEncoder::new(&DumpOptions::new().protocol(0)).is_none());
    /// ```
    #[must_use]
    pub fn new(options: &DumpOptions) -> Option<PushEncoder> {
        let protocol = options.plain_protocol()?;
        let mut framer = Framer::new(Out::default(), Profile::default().frame_style());
        framer.out.extend_from_slice(&[Opcode::Proto.byte(), protocol]);
        if protocol >= 4 {
            framer.begin();
        }
        let block = Block::new(&framer);
        Some(PushEncoder { framer, block, protocol, memo: 0, singles: Vec::new(), error: None })
    }

    /// The pickle.
    ///
    /// # Errors
    ///
    /// The first one that was met: [`ErrorKind::ItemCount`], [`ErrorKind::MemoTooLarge`]; [`ErrorKind::Unsupported`] for bytes
    /// under protocol 3, where they are a call; text of 4 GiB and more under protocol 4.
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        self.block.flush(&mut self.framer);
        self.check_memo();
        if let Some(error) = self.error {
            return Err(error);
        }
        self.framer.out.push(Opcode::Stop.byte());
        self.framer.end();
        Ok(self.framer.out.into_vec())
    }

    /// `None`.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(2)).expect("options for plain data");
    /// encoder.none();
    /// assert_eq!(encoder.finish()?, b"\x80\x02N.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[inline]
    pub fn none(&mut self) {
        self.put([Opcode::None.byte()], 1);
    }

    /// `True` or `False`.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(2)).expect("options for plain data");
    /// encoder.bool(true);
    /// assert_eq!(encoder.finish()?, b"\x80\x02\x88.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[inline]
    pub fn bool(&mut self, value: bool) {
        let opcode = if value { Opcode::NewTrue } else { Opcode::NewFalse };
        self.put([opcode.byte()], 1);
    }

    /// An int.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(2)).expect("options for plain data");
    /// encoder.int(-1);
    /// assert_eq!(encoder.finish()?, b"\x80\x02J\xff\xff\xff\xff.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[inline]
    pub fn int(&mut self, value: i64) {
        let (opcode, head, length) = binary_int(value);
        if !self.block.has_room() {
            self.boundary();
        }
        self.block.put_behind_head(opcode, head, value as u64, length);
    }

    /// An int of any size up to 255 bytes, which is given as two's complement, little-endian.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(2)).expect("options for plain data");
    /// encoder.int_from_le_bytes(&(1u128 << 64).to_le_bytes());
    /// assert_eq!(encoder.finish()?, b"\x80\x02\x8a\x09\0\0\0\0\0\0\0\0\x01.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If they are more than 255.
    pub fn int_from_le_bytes(&mut self, bytes: &[u8]) {
        let bytes = shortest(bytes);
        if bytes.len() <= 8 {
            let sign = if bytes.last().is_some_and(|last| last & 0x80 != 0) { 0xff } else { 0 };
            let mut word = [sign; 8];
            word[..bytes.len()].copy_from_slice(bytes);
            return self.int(i64::from_le_bytes(word));
        }
        let length = u8::try_from(bytes.len()).expect("an int of at most 255 bytes");
        self.boundary();
        self.framer.out.extend_from_slice(&[Opcode::Long1.byte(), length]);
        self.framer.out.extend_from_slice(bytes);
        self.block.take_limit(&self.framer);
    }

    /// A float.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(2)).expect("options for plain data");
    /// encoder.float(1.0);
    /// assert_eq!(encoder.finish()?, b"\x80\x02G\x3f\xf0\0\0\0\0\0\0.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[inline]
    pub fn float(&mut self, value: f64) {
        let mut bytes = [Opcode::BinFloat.byte(); 9];
        bytes[1..].copy_from_slice(&value.to_be_bytes());
        self.put(bytes, 9);
    }

    /// A str; gives what gets it from the memo.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(2)).expect("options for plain data");
    /// encoder.text("ab");
    /// assert_eq!(encoder.finish()?, b"\x80\x02X\x02\0\0\0abq\0.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[inline]
    pub fn text(&mut self, text: &str) -> Known {
        let utf8 = text.as_bytes();
        if utf8.len() <= 2
            && let Some(single) = single_text_number(utf8)
        {
            return self.single_text(single as usize, utf8);
        }
        self.new_text(utf8)
    }

    /// Bytes.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(3)).expect("options for plain data");
    /// encoder.bytes(b"ab");
    /// assert_eq!(encoder.finish()?, b"\x80\x03C\x02abq\0.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    pub fn bytes(&mut self, bytes: &[u8]) {
        if self.protocol < 3 {
            return self.fail(ErrorKind::Unsupported(String::from("bytes as plain data under protocol 3")));
        }
        if !bytes.is_empty() {
            self.new_bytes(bytes);
        } else if let Some(known) = self.single(EMPTY_BYTES as usize) {
            self.known(known);
        } else {
            self.singles[EMPTY_BYTES as usize] = Some(self.new_bytes(bytes));
        }
    }

    /// An object that the memo has, once more.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(2)).expect("options for plain data");
    /// let mut list = encoder.begin_list(Some(2));
    /// encoder.item(&mut list);
    /// let known = encoder.text("ab");
    /// encoder.item(&mut list);
    /// encoder.known(known);
    /// encoder.end(list);
    /// assert_eq!(encoder.finish()?, b"\x80\x02]q\0(X\x02\0\0\0abq\x01h\x01e.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[inline]
    pub fn known(&mut self, known: Known) {
        let (bytes, length) = known.get();
        self.put(bytes, length);
    }

    /// The beginning of a tuple of so many items, before each of which it is [told](OpenTuple::item).
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(2)).expect("options for plain data");
    /// let mut tuple = encoder.begin_tuple(2);
    /// tuple.item();
    /// encoder.none();
    /// tuple.item();
    /// encoder.int(7);
    /// encoder.end_tuple(tuple);
    /// assert_eq!(encoder.finish()?, b"\x80\x02NK\x07\x86q\0.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[inline(always)]
    pub fn begin_tuple(&mut self, length: usize) -> OpenTuple {
        match length {
            0 => self.put([Opcode::EmptyTuple.byte()], 1),
            // Its first item begins where it does.
            1..=3 => {}
            _ => self.put([Opcode::Mark.byte()], 1),
        }
        OpenTuple { given: 0, length }
    }

    /// The end of a tuple.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(2)).expect("options for plain data");
    /// let tuple = encoder.begin_tuple(0);
    /// encoder.end_tuple(tuple);
    /// assert_eq!(encoder.finish()?, b"\x80\x02).");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[inline(always)]
    pub fn end_tuple(&mut self, tuple: OpenTuple) {
        let OpenTuple { given, length } = tuple;
        if given != length {
            return self.fail(ErrorKind::ItemCount);
        }
        let opcode = match length {
            0 => return,
            1 => Opcode::Tuple1,
            2 => Opcode::Tuple2,
            3 => Opcode::Tuple3,
            _ => Opcode::Tuple,
        };
        if self.protocol >= 4 {
            self.put_behind([opcode.byte(), Opcode::Memoize.byte()]);
            self.next_number();
        } else {
            self.put_behind_block(&[opcode.byte()]);
            self.memoize();
        }
    }

    /// The beginning of a list. How many items there will be need not be known; if it is said, and is 0 or 1, there may not
    /// be more.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(2)).expect("options for plain data");
    /// let mut list = encoder.begin_list(None);
    /// encoder.item(&mut list);
    /// encoder.int(7);
    /// encoder.end(list);
    /// assert_eq!(encoder.finish()?, b"\x80\x02]q\0K\x07a.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[inline]
    pub fn begin_list(&mut self, length: Option<usize>) -> OpenContainer {
        self.begin(Opcode::EmptyList, Form::List, length)
    }

    /// The beginning of a dict, of whose entries the same holds.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(2)).expect("options for plain data");
    /// let mut dict = encoder.begin_dict(Some(1));
    /// encoder.item(&mut dict);
    /// encoder.int(1);
    /// encoder.none();
    /// encoder.end(dict);
    /// assert_eq!(encoder.finish()?, b"\x80\x02}q\0K\x01Ns.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[inline]
    pub fn begin_dict(&mut self, length: Option<usize>) -> OpenContainer {
        self.begin(Opcode::EmptyDict, Form::Dict, length)
    }

    /// Says that an item, or a key and its value, is written next.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(2)).expect("options for plain data");
    /// let mut list = encoder.begin_list(Some(2));
    /// for value in [1, 2] {
    ///     encoder.item(&mut list);
    ///     encoder.int(value);
    /// }
    /// encoder.end(list);
    /// assert_eq!(encoder.finish()?, b"\x80\x02]q\0(K\x01K\x02e.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[inline]
    pub fn item(&mut self, open: &mut OpenContainer) {
        if open.given == open.most {
            self.next_batch(open);
        }
        open.given += 1;
    }

    /// The end of a list or dict.
    ///
    /// ```
    /// use pickle_codec::{DumpOptions, PushEncoder};
    ///
    /// let mut encoder = PushEncoder::new(&DumpOptions::new().protocol(2)).expect("options for plain data");
    /// let list = encoder.begin_list(Some(0));
    /// encoder.end(list);
    /// assert_eq!(encoder.finish()?, b"\x80\x02]q\0.");
    /// # Ok::<(), pickle_codec::Error>(())
    /// ```
    #[inline(always)]
    pub fn end(&mut self, open: OpenContainer) {
        // In registers: the words of a struct that was just written are slow to be read as larger pieces.
        let OpenContainer { form, mark, given, .. } = open;
        match given {
            2..BATCH_SIZE if mark != Mark::NONE => self.put_behind([form.many()]),
            _ => self.end_otherwise(form, mark, given),
        }
    }

    /// Notes an error, if it is the first.
    #[cold]
    #[inline(never)]
    fn fail(&mut self, kind: ErrorKind) {
        self.error.get_or_insert_with(|| kind.into());
    }

    #[cold]
    fn noted(&mut self, written: Result<(), Fault<Error>>) {
        if let Err(fault) = written {
            self.error.get_or_insert_with(|| without_place(fault));
        }
    }

    fn check_memo(&mut self) {
        if self.memo > MOST_MEMO {
            self.fail(ErrorKind::MemoTooLarge);
            self.memo = 0;
        }
    }

    /// Says that an object begins here. All that was written is with the framer then.
    #[inline(never)]
    fn boundary(&mut self) {
        self.block.flush(&mut self.framer);
        self.framer.boundary();
        self.block.take_limit(&self.framer);
        self.check_memo();
    }

    /// Writes an object: the first `length` of these bytes.
    #[inline(always)]
    fn put<const N: usize>(&mut self, bytes: [u8; N], length: usize) {
        if !self.block.has_room() {
            self.boundary();
        }
        self.block.put(bytes, length);
    }

    /// Writes what is not the beginning of an object.
    #[inline(always)]
    fn put_behind<const N: usize>(&mut self, bytes: [u8; N]) {
        if !self.block.put_behind(bytes) {
            self.put_behind_block(&bytes);
        }
    }

    #[cold]
    #[inline(never)]
    fn put_behind_block(&mut self, bytes: &[u8]) {
        self.block.flush(&mut self.framer);
        self.framer.out.extend_from_slice(bytes);
        self.block.take_limit(&self.framer);
    }

    /// What CPython has one object of, if it was written.
    fn single(&mut self, single: usize) -> Option<Known> {
        if self.singles.is_empty() {
            self.singles.resize(EMPTY_BYTES as usize + 1, None);
        }
        self.singles[single]
    }

    #[inline(never)]
    fn single_text(&mut self, single: usize, utf8: &[u8]) -> Known {
        if let Some(known) = self.single(single) {
            self.known(known);
            return known;
        }
        let known = self.new_text(utf8);
        self.singles[single] = Some(known);
        known
    }

    #[inline(always)]
    fn new_text(&mut self, utf8: &[u8]) -> Known {
        match u8::try_from(utf8.len()) {
            Ok(length) if self.protocol >= 4 => {
                if !self.block.has_room() {
                    self.boundary();
                }
                self.block.put_counted(Opcode::ShortBinUnicode.byte(), length, utf8, Opcode::Memoize.byte());
                self.next_number()
            }
            _ => self.new_longer_text(utf8),
        }
    }

    #[inline(never)]
    fn new_longer_text(&mut self, utf8: &[u8]) -> Known {
        self.boundary();
        let written = write_counted_text(utf8, self.protocol, &mut self.framer, &mut Buffered);
        self.noted(written);
        self.memoize()
    }

    fn new_bytes(&mut self, bytes: &[u8]) -> Known {
        self.boundary();
        let written = write_bytes(bytes, self.protocol, &mut self.framer, &mut Buffered);
        self.noted(written);
        self.memoize()
    }

    #[inline(always)]
    fn begin(&mut self, opcode: Opcode, form: Form, length: Option<usize>) -> OpenContainer {
        let (marks, most) = match length {
            Some(length @ 0..=1) => (0, length as u32),
            _ => (1, BATCH_SIZE),
        };
        if self.protocol >= 4 {
            self.put([opcode.byte(), Opcode::Memoize.byte(), Opcode::Mark.byte()], 2 + marks);
            self.next_number();
        } else {
            self.boundary();
            self.framer.out.push(opcode.byte());
            self.memoize();
            self.framer.out.put(Opcode::Mark.byte().into(), marks);
            self.block.take_limit(&self.framer);
        }
        let mark = match marks {
            0 => Mark::NONE,
            _ => Mark(self.framer.out.len() + self.block.len() - 1),
        };
        OpenContainer { form, mark, given: 0, most }
    }

    #[cold]
    #[inline(never)]
    fn next_batch(&mut self, open: &mut OpenContainer) {
        if open.mark == Mark::NONE {
            return self.fail(ErrorKind::ItemCount);
        }
        self.put_behind([open.form.many(), Opcode::Mark.byte()]);
        (open.mark, open.given) = (Mark::FURTHER, 0);
    }

    /// The end of what has one item or none; or has full batches, of which a dict's last is followed by an empty one.
    #[inline(never)]
    fn end_otherwise(&mut self, form: Form, mark: Mark, given: u32) {
        let is_first = mark != Mark::FURTHER;
        if is_first && mark != Mark::NONE && given <= 1 {
            self.take_out(mark);
        }
        let many = form.many();
        match given {
            0 => {}
            1 if is_first => self.put_behind([form.one()]),
            BATCH_SIZE if form == Form::Dict => self.put_behind([many, Opcode::Mark.byte(), many]),
            _ => self.put_behind([many]),
        }
    }

    /// Takes out a mark before what turned out to be a single item. Where a frame has ended since, it would have ended
    /// elsewhere without it.
    fn take_out(&mut self, mark: Mark) {
        self.block.flush(&mut self.framer);
        if self.framer.is_unbroken_from(mark.0) {
            self.framer.out.remove(mark.0);
            self.block.take_limit(&self.framer);
        } else {
            self.fail(ErrorKind::ItemCount);
        }
    }

    /// Gives the object on top of the stack, which is the framer's last, the memo's next number.
    #[inline(never)]
    fn memoize(&mut self) -> Known {
        if self.protocol >= 4 {
            self.framer.out.push(Opcode::Memoize.byte());
        } else {
            write_put(&mut self.framer.out, self.protocol, self.memo);
        }
        self.block.take_limit(&self.framer);
        self.next_number()
    }

    #[inline(always)]
    fn next_number(&mut self) -> Known {
        let number = self.memo;
        self.memo = number.wrapping_add(1);
        Known::new(number)
    }
}
