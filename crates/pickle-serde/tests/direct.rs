//! Reading straight from the instructions, and by way of a graph: both give the same values and the same errors.
//!
//! `from_slice` tries the first, unless its options ask for more.

mod both_ways;
mod support;

use std::cell::Cell;
use std::collections::BTreeMap;

use both_ways::{Any, by_graph, same, same_as_all};
use pickle_serde::codec::value::{Handle, ObjectKind};
use pickle_serde::{Builder, DeOptions, Deserializer, DumpOptions, Graph, SerOptions, from_slice, to_graph};
use rstest::rstest;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

#[test]
fn what_cpython_writes_of_all_kinds_of_objects() {
    let names: std::collections::BTreeSet<&str> =
        include_str!("data/objects.txt").lines().filter_map(|line| line.split(' ').next()).collect();
    for name in names {
        support::pickles(name).iter().for_each(|pickle| same_as_all(&pickle.bytes));
    }
}

/// Numbers that are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }
}

/// Objects of all plain kinds within each other, some of them shared.
fn random_object(random: &mut Random, builder: &mut Builder<'static>, made: &mut Vec<Handle>, depth: u32) -> Handle {
    const WORDS: [&str; 12] = ["id", "name", "score", "inner", "pair", "a", "b", "A", "B", "C", "D", "longer text, é"];
    if !made.is_empty() && random.below(5) == 0 {
        return made[random.below(made.len() as u64) as usize];
    }
    let kinds = if depth == 0 { 12 } else { 20 };
    let kind = random.below(kinds);
    if kind < 12 {
        let bits = random.below(40) as u32;
        let int = random.below(1 << 40) as i64 >> bits;
        return match kind {
            0 => builder.none(),
            1 => builder.bool(random.below(2) == 0),
            2..=4 => builder.int(int).expect("an int"),
            5 => builder.int(-int).expect("an int"),
            6 => builder.int(i64::MAX - int).expect("an int"),
            7 => builder.float(int as f64 / 7.0).expect("a float"),
            8 => builder.bytes(&[0, 255, 7][..random.below(4) as usize]).expect("bytes"),
            _ => {
                let text = builder.text(WORDS[random.below(12) as usize]).expect("text");
                made.push(text);
                text
            }
        };
    }
    let count = random.below(5) as usize;
    let mut items: Vec<Handle> = Vec::new();
    for number in 0..count {
        if kind >= 17 {
            let key = match random.below(8) {
                0 => builder.int(number as i64).expect("an int"),
                _ => builder.name(WORDS[(number * 5 + kind as usize) % 12]).expect("text"),
            };
            items.push(key);
        }
        items.push(random_object(random, builder, made, depth - 1));
    }
    let object = match kind {
        12 | 13 => builder.list(&items),
        14..=16 => builder.tuple(&items),
        _ => builder.dict(&items),
    };
    let object = object.expect("a container");
    made.push(object);
    object
}

fn random_pickles(seed: u64) -> Vec<Vec<u8>> {
    let mut random = Random(seed);
    let mut builder = Builder::new();
    let root = random_object(&mut random, &mut builder, &mut Vec::new(), 4);
    let graph = builder.finish(root);
    (2..=5).map(|protocol| DumpOptions::new().protocol(protocol).to_vec(&graph).expect("a pickle")).collect()
}

#[test]
fn random_data() {
    for seed in 1..1500 {
        random_pickles(seed * 0x9e37_79b9).iter().for_each(|pickle| same_as_all(pickle));
    }
}

#[test]
fn broken_pickles() {
    let mut random = Random(7);
    for seed in 1..600 {
        for mut pickle in random_pickles(seed * 0x9e37_79b9) {
            match random.below(4) {
                0 => pickle.truncate(random.below(pickle.len() as u64) as usize),
                // Another opcode, or an argument that is off.
                1 => {
                    const BYTES: &[u8] = b"(.012KMJNGX\x8c]})tu\x85\x86\x87\x88\x89\x94\x95ah\x8a\xff\x00\x01esq";
                    let at = random.below(pickle.len() as u64) as usize;
                    pickle[at] = BYTES[random.below(BYTES.len() as u64) as usize];
                }
                2 => {
                    let at = random.below(pickle.len() as u64) as usize;
                    pickle.remove(at);
                }
                _ => {
                    let at = random.below(pickle.len() as u64) as usize;
                    let from = random.below(pickle.len() as u64) as usize;
                    let piece = pickle[from..(from + 3).min(pickle.len())].to_vec();
                    pickle.splice(at..at, piece);
                }
            }
            same_as_all(&pickle);
        }
    }
}

#[rstest]
#[case::empty_list_before_a_tuple(b"\x80\x02]]((K\x01K\x02K\x03K\x04te.")]
#[case::equal_keys(b"\x80\x02}(X\x01\0\0\0aK\x01X\x01\0\0\0aK\x02u.")]
#[case::equal_keys_of_two_types(b"\x80\x02}(K\x01K\x01\x88K\x02u.")]
#[case::a_key_that_cannot_be(b"\x80\x02}(]K\x01u.")]
#[case::a_list_in_itself(b"\x80\x02]q\x00h\x00a.")]
#[case::a_dict_that_knows_itself(b"\x80\x02}q\x00(X\x02\0\0\0idK\x05X\x05\0\0\0innerh\x00u.")]
#[case::a_list_that_grows_later(b"\x80\x02]q\x00(K\x01e(h\x00K\x02h\x00K\x03a0t.")]
#[case::an_empty_dict_before_a_key(b"\x80\x04}(\x8c\x01a}\x8c\x01bNu.")]
#[case::one_entry_in_one_entry(b"\x80\x04}\x8c\x01a}\x8c\x01bNss.")]
#[case::tuples_that_start_at_one_place(b"\x80\x04K\x01K\x02\x86\x94K\x03\x86\x94h\x00\x86h\x01\x86.")]
#[case::a_dict_that_a_tuple_begins_with(b"\x80\x02}q\x00\x85q\x01h\x00\x86q\x02.")]
#[case::a_tuple_that_begins_with_a_list(b"\x80\x04]\x94(]\x94K\x01a\x85\x94h\x01h\x02e.")]
#[case::a_tuple_that_begins_with_a_dict(b"\x80\x04]\x94(}\x94\x8c\x02id\x94K\x01s\x85\x94h\x01h\x03e.")]
#[case::memo_in_another_order(b"\x80\x02]q\x05(X\x01\0\0\0aq\x03h\x03e.")]
#[case::surrogates(b"\x80\x04\x8c\x03\xed\xa0\x80.")]
#[case::no_stop(b"\x80\x04]")]
#[case::a_frame_beyond_the_end(b"\x80\x04\x95\x09\0\0\0\0\0\0\0N.")]
#[case::frames_anywhere(b"\x80\x04]\x95\x01\0\0\0\0\0\0\0\x94\x95\x02\0\0\0\0\0\0\0K\x01a.")]
#[case::text_that_is_cut(b"\x80\x04\x8c\x05ab.")]
#[case::text_without_a_length(b"\x80\x04\x8c")]
#[case::text_without_a_length_behind_a_frame(b"\x80\x04\x95\x01\0\0\0\0\0\0\0\x8c")]
#[case::something_below(b"\x80\x04K\x01K\x02.")]
#[case::a_mark_below(b"\x80\x04(K\x02.")]
#[case::nothing(b"\x80\x04.")]
#[case::a_later_protocol(b"\x80\x06N.")]
#[case::proto_again(b"\x80\x04]\x80\x05K\x01a.")]
fn odd_pickles(#[case] pickle: &[u8]) {
    same_as_all(pickle);
}

/// Reads nothing, and so is given nothing.
#[derive(PartialEq, Debug)]
struct Nothing;

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Nothing, D::Error> {
        Ok(Nothing)
    }
}

#[test]
fn tuples_have_as_many_items_as_their_types() {
    for pickle in [&b"\x80\x02K\x01\x85."[..], b"\x80\x02K\x01K\x02\x86.", b"\x80\x02(K\x01K\x02K\x03K\x04t."] {
        same::<(i64,)>(pickle);
        same::<(i64, i64)>(pickle);
        same::<(i64, i64, i64, i64)>(pickle);
        same::<(i64, i64, i64, i64, i64)>(pickle);
        same::<(i64, Nothing)>(pickle);
        same::<(i64, i64, Nothing)>(pickle);
        same::<(i64, i64, i64, i64, Nothing)>(pickle);
        same::<(Nothing, i64)>(pickle);
    }
}

/// Short text is looked at with what stands behind it, of which nothing may count: MEMOIZE (0x94) has the form of a
/// character's second byte. The bytes are those of `pickle.dumps` on CPython 3.13, where it writes such text.
#[test]
fn text_of_all_lengths_is_what_stands_there() {
    let padding = [&b"\x8c\x40"[..], &[b'x'; 64], b"\x94"].concat().repeat(2);
    for unit in ["a", "\0", "é", "漢", "😀"] {
        for count in 0..=80 {
            let text = unit.repeat(count);
            let Ok(length) = u8::try_from(text.len()) else { continue };
            for cut in [0, 1] {
                let kept = text.len().saturating_sub(cut);
                let head = [&b"\x80\x04]\x94(\x8c"[..], &[length - (text.len() - kept) as u8]].concat();
                let item = [&head[..], &text.as_bytes()[..kept], b"\x94"].concat();
                for behind in [&b"e."[..], &[&padding[..], b"e."].concat()] {
                    let pickle = [&item[..], behind].concat();
                    let read = from_slice::<Vec<String>>(&pickle);
                    match std::str::from_utf8(&text.as_bytes()[..kept]) {
                        Ok(text) => {
                            assert_eq!(read.expect("text")[0], text);
                            let lent = from_slice::<Vec<&str>>(&pickle).expect("text")[0];
                            assert_eq!((lent, lent.as_ptr()), (text, pickle[head.len()..].as_ptr()));
                        }
                        Err(_) => {
                            assert!(read.is_err(), "{text:?} without its last byte");
                            assert!(from_slice::<Vec<&str>>(&pickle).is_err(), "{text:?} without its last byte");
                        }
                    }
                    same::<Vec<String>>(&pickle);
                    same::<Vec<Box<str>>>(&pickle);
                }
            }
        }
    }
}

/// Text that is not UTF-8 wherever it is so, which `pickle.loads` of CPython 3.13 refuses, too, but for the surrogate.
#[rstest]
#[case::a_byte_that_begins_nothing(b"\xff")]
#[case::the_middle_of_a_character(b"\x94")]
#[case::a_character_that_is_cut(b"\xe6\xbc")]
#[case::a_longer_spelling(b"\xc1\xa1")]
#[case::a_surrogate(b"\xed\xa0\x80")]
#[case::beyond_the_last_character(b"\xf4\x90\x80\x80")]
fn text_that_is_no_utf8_is_not_lent(#[case] bad: &[u8]) {
    for length in 0..70 {
        for at in 0..=length {
            let text = [&vec![b'x'; at][..], bad, &vec![b'x'; length - at]].concat();
            let head = [&b"\x80\x04]\x94(\x8c"[..], &[u8::try_from(text.len()).expect("short text")]].concat();
            let pickle = [&head[..], &text, b"\x94h\x01e."].concat();
            assert!(from_slice::<Vec<&str>>(&pickle).is_err(), "{text:?}");
            if at % 8 == 0 {
                same::<Vec<String>>(&pickle);
                same::<Vec<Any>>(&pickle);
            }
        }
    }
}

/// More text in the memo than the reader has places for, asked for again and again.
#[test]
fn text_of_the_memo_is_found_however_much_there_is() {
    // words = [str(n) + 'é' * (n % 3) for n in range(300)], and by CPython 3.13
    // pickle.dump([word for _ in range(4) for word in words], open('many_texts.pickle', 'wb'), 4)
    let pickle = include_bytes!("data/many_texts.pickle");
    let words: Vec<String> = (0..300).map(|number| format!("{number}{}", "é".repeat(number % 3))).collect();
    let all: Vec<&str> = words.iter().map(String::as_str).cycle().take(1200).collect();
    assert_eq!(from_slice::<Vec<&str>>(pickle).expect("text"), all);
    assert_eq!(from_slice::<Vec<String>>(pickle).expect("text"), all);
    same::<Vec<String>>(pickle);
}

/// Deep data, that is deeper than may be, and bombs.
#[test]
fn depth_and_budget_are_kept() {
    for depth in [126, 127, 128, 129, 5_000] {
        let list = [&b"\x80\x02"[..], &b"]".repeat(depth), &b"a".repeat(depth - 1), b"."].concat();
        let tuple = [&b"\x80\x02N"[..], &b"\x85".repeat(depth), b"."].concat();
        let dict = [&b"\x80\x02"[..], &b"}K\x01".repeat(depth), b"N", &b"s".repeat(depth), b"."].concat();
        for pickle in [list, tuple, dict] {
            same::<Any>(&pickle);
            same::<IgnoredAny>(&pickle);
        }
    }
    // Each list holds the one before twice.
    let mut bomb = b"\x80\x04]\x94K\x01a".to_vec();
    for number in 0..60u8 {
        bomb.extend([b'0', b']', 0x94, b'(', b'h', number, b'h', number, b'e']);
    }
    bomb.push(b'.');
    same::<Any>(&bomb);
    let mut bomb = b"\x80\x04]\x94(K\x01".to_vec();
    for number in 1..60u8 {
        bomb.extend([b']', 0x94, b'(']);
        if number > 1 {
            bomb.extend([b'h', number - 1, b'h', number - 1]);
        }
        bomb.push(b'e');
    }
    bomb.extend(*b"e.");
    same::<Any>(&bomb);
}

thread_local! {
    static READ: Cell<u32> = const { Cell::new(0) };
}

/// Counts how often it is read.
#[derive(PartialEq, Debug)]
struct Counted;

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Counted, D::Error> {
        READ.set(READ.get() + 1);
        IgnoredAny::deserialize(deserializer).map(|_| Counted)
    }
}

#[derive(Deserialize, PartialEq, Debug)]
struct Row {
    id: i64,
    name: String,
    parent: Option<i64>,
    tags: Vec<String>,
    place: (f64, f64),
    more: BTreeMap<String, bool>,
    last: Counted,
}

fn row_object(number: i64) -> impl Serialize {
    #[derive(Serialize)]
    struct Row {
        id: i64,
        name: String,
        unknown: (i64, &'static str),
        parent: Option<i64>,
        tags: Vec<String>,
        place: (f64, f64),
        more: BTreeMap<String, bool>,
        last: (),
    }
    let few = |count: i64| (0..count).map(|number| format!("t{number}")).collect::<Vec<_>>();
    Row {
        id: number,
        name: format!("name {number}"),
        unknown: (1, "x"),
        parent: (number % 3 == 0).then_some(number),
        tags: few(number % 4),
        place: (0.5, -1.0),
        more: few(number % 3).into_iter().map(|key| (key, true)).collect(),
        last: (),
    }
}

/// The graph, written: what is asked for here is only whether it is read at the first attempt.
fn pickled(graph: &Graph<'_>, protocol: u8) -> Vec<u8> {
    DumpOptions::new().protocol(protocol).to_vec(graph).expect("a pickle")
}

#[rstest]
#[case(1)]
#[case(999)]
#[case(1000)]
#[case(1001)]
#[case(2000)]
fn plain_data_is_read_at_the_first_attempt(#[case] count: i64) {
    let rows: Vec<_> = (0..count).map(row_object).collect();
    let graph = to_graph(&rows).expect("a graph");
    for protocol in 2..=5 {
        let pickle = pickled(&graph, protocol);
        READ.set(0);
        assert_eq!(from_slice::<Vec<Row>>(&pickle).expect("rows").len() as i64, count);
        assert_eq!(i64::from(READ.get()), count, "protocol {protocol}");
        same::<Vec<Row>>(&pickle);
        same::<Vec<Any>>(&pickle);
    }
}

/// What is shared is read again, and needs no graph either.
#[test]
fn shared_objects_are_read_at_the_first_attempt() {
    // [a, a, b, b], of a = {'last': None} and b = ({'last': None},) as they are
    let pickle = b"\x80\x04]\x94(}\x94\x8c\x04last\x94Nsh\x01}\x94h\x02Nsh\x03e.";
    READ.set(0);
    #[derive(Deserialize, PartialEq, Debug)]
    struct Last {
        last: Counted,
    }
    assert_eq!(from_slice::<Vec<Last>>(pickle).expect("four").len(), 4);
    assert_eq!(READ.get(), 4);
    same::<Vec<Last>>(pickle);
}

/// Instances are the graph's.
#[test]
fn instances_are_read_by_the_second_attempt() {
    let mut builder = Builder::new();
    let class = builder.global("m", "C").expect("a class");
    let nothing = builder.tuple(&[]).expect("a tuple");
    let instance = builder.object(ObjectKind::New, &[class, nothing]).expect("an object");
    let list = builder.list(&[Handle::NONE, instance]).expect("a list");
    let pickle = pickled(&builder.finish(list), 4);
    READ.set(0);
    assert_eq!(from_slice::<Vec<Counted>>(&pickle).expect("two").len(), 2);
    assert!(READ.get() > 2);
}

#[test]
fn options_are_kept() {
    let pickle = SerOptions::new().protocol(4).to_vec(&vec![vec![1, 2], vec![3, 4]]).expect("a pickle");
    let error = |options: DeOptions| options.from_slice::<Any>(&pickle).map(|_| ()).map_err(|error| error.to_string());
    assert_eq!(error(DeOptions::new().depth(1)), error(by_graph(&pickle).depth(1)));
    assert!(error(DeOptions::new().depth(1)).is_err());
    assert_eq!(error(DeOptions::new().depth(2)), Ok(()));
    assert!(error(DeOptions::new().budget(20)).is_err());
}

#[test]
fn pickles_in_a_row() {
    let pickles =
        [&b"\x80\x02K\x01."[..], b"\x80\x04]\x94K\x02a.", b"I3\n.", b"\x80\x02(K\x01K\x02K\x03K\x04t."].concat();
    let mut deserializer = Deserializer::from_slice(&pickles);
    let mut read = Vec::new();
    for _ in 0..4 {
        read.push((deserializer.read::<Any>().expect("a value"), deserializer.offset()));
    }
    let all: Vec<Any> = Deserializer::from_slice(&pickles).into_iter().collect::<Result<_, _>>().expect("values");
    let (values, offsets): (Vec<Any>, Vec<u64>) = read.into_iter().unzip();
    assert_eq!(offsets, [5, 13, 17, 30]);
    assert_eq!(values, all);
}
