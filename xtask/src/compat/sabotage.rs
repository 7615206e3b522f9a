//! Differences planted on purpose, to see whether the harness notices.

use pickle_opcodes::{Op, Ops};

use super::answers::{Answers, Span};
use super::difference::Comparison;

/// One way to break what is compared.
pub(crate) struct Sabotage {
    /// What it does, for the person who reads along.
    pub(crate) name: &'static str,
    /// Which comparison has to notice.
    pub(crate) comparison: Comparison,
    /// What it breaks.
    pub(crate) target: Target,
}

/// What is broken, and how.
pub(crate) enum Target {
    /// Something that our code makes.
    Output(Output, Break),
    /// What the interpreter answered; gives the number of differences this makes.
    Answers(fn(&mut Answers) -> usize),
    /// What the committed corpus says; gives the number of differences this makes.
    Committed(fn(&mut Answers) -> usize),
}

/// What our code makes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Instructions, assembled again.
    Reassembled,
    /// A pickle.
    Written,
    /// A pickle of another version.
    Rewritten,
    /// A disassembly.
    Disassembled,
    /// A pickle without what is never read.
    Optimized,
    /// A pickle from its disassembly.
    Assembled,
}

/// Breaks an output, where there is something to break.
pub(crate) type Break = fn(&[u8]) -> Option<Vec<u8>>;

impl Sabotage {
    /// How it breaks this output, if it does.
    pub(crate) fn break_of(&self, output: Output) -> Option<Break> {
        match self.target {
            Target::Output(target, break_it) if target == output => Some(break_it),
            _ => None,
        }
    }
}

/// All we know: at least one for each comparison.
pub(crate) const ALL: &[Sabotage] = &[
    output("the last byte is lost", Comparison::Opcodes, Output::Reassembled, without_last_byte),
    output("two instructions are swapped", Comparison::Opcodes, Output::Reassembled, swapped),
    output("an integer is one more", Comparison::Opcodes, Output::Reassembled, integer_changed),
    output("the last MEMOIZE is lost", Comparison::Transcode, Output::Written, without_last_memoize),
    output("the last byte is lost", Comparison::Transcode, Output::Written, without_last_byte),
    output("a byte follows STOP", Comparison::Transcode, Output::Written, with_a_byte_more),
    output("two instructions are swapped", Comparison::Transcode, Output::Written, swapped),
    output("an integer is one more", Comparison::Transcode, Output::Written, integer_changed),
    output("a frame is one byte longer", Comparison::Transcode, Output::Written, frame_changed),
    output("the last BINGET names another entry", Comparison::Transcode, Output::Written, memo_index_changed),
    output("an integer is one more", Comparison::Reread, Output::Rewritten, integer_changed),
    output("the last MEMOIZE is lost", Comparison::Reread, Output::Rewritten, without_last_memoize),
    output("one character is another", Comparison::Dis, Output::Disassembled, character_changed),
    output("the last line is lost", Comparison::Dis, Output::Disassembled, without_last_line),
    output("the last byte is lost", Comparison::Optimize, Output::Optimized, without_last_byte),
    output("the last MEMOIZE is lost", Comparison::Optimize, Output::Optimized, without_last_memoize),
    output("a frame is one byte longer", Comparison::Optimize, Output::Optimized, frame_changed),
    output("the last BINGET names another entry", Comparison::Optimize, Output::Optimized, memo_index_changed),
    output("an integer is one more", Comparison::Asm, Output::Assembled, integer_changed),
    output("two instructions are swapped", Comparison::Asm, Output::Assembled, swapped),
    committed("a byte of the corpus is another", a_byte_changed),
    committed("the corpus knows no changed reload", no_reload_changes),
    committed("the corpus gives another reason", another_reason),
    answers("a reload changes bytes without a reason", reasons_dropped),
    answers("a reason that nobody knows", reasons_unknown),
    answers("a reload changes more than 5 % of the pairs", too_many_changes),
    answers("the interpreter met an error", an_error),
    answers("a case waits, and nothing in it differs", waiting_for_nothing),
];

const fn output(name: &'static str, comparison: Comparison, output: Output, break_it: Break) -> Sabotage {
    Sabotage { name, comparison, target: Target::Output(output, break_it) }
}

const fn committed(name: &'static str, tamper: fn(&mut Answers) -> usize) -> Sabotage {
    Sabotage { name, comparison: Comparison::Corpus, target: Target::Committed(tamper) }
}

const fn answers(name: &'static str, tamper: fn(&mut Answers) -> usize) -> Sabotage {
    Sabotage { name, comparison: Comparison::Generator, target: Target::Answers(tamper) }
}

// -- Pickles ----------------------------------------------------------------

fn without_last_byte(pickle: &[u8]) -> Option<Vec<u8>> {
    pickle.split_last().map(|(_, rest)| rest.to_vec())
}

fn with_a_byte_more(pickle: &[u8]) -> Option<Vec<u8>> {
    Some([pickle, b"."].concat())
}

fn without_last_memoize(pickle: &[u8]) -> Option<Vec<u8>> {
    let memoize = instructions(pickle).rfind(|(_, op)| matches!(op, Op::Memoize))?.0;
    Some([&pickle[..memoize.start], &pickle[memoize.end..]].concat())
}

/// The last two before STOP, which differ in almost every pickle that has two.
fn swapped(pickle: &[u8]) -> Option<Vec<u8>> {
    let all: Vec<_> = instructions(pickle).collect();
    let [.., (first, _), (second, _), (stop, _)] = all.as_slice() else {
        return None;
    };
    let swapped = [&pickle[..first.start], &pickle[second.clone()], &pickle[first.clone()], &pickle[stop.start..]];
    Some(swapped.concat()).filter(|swapped| swapped != pickle)
}

fn integer_changed(pickle: &[u8]) -> Option<Vec<u8>> {
    let integer =
        instructions(pickle).rfind(|(_, op)| matches!(op, Op::BinInt(_) | Op::BinInt1(_) | Op::BinInt2(_)))?.0;
    Some(with_byte_changed(pickle, integer.start + 1))
}

fn frame_changed(pickle: &[u8]) -> Option<Vec<u8>> {
    let frame = instructions(pickle).rfind(|(_, op)| matches!(op, Op::Frame(_)))?.0;
    Some(with_byte_changed(pickle, frame.start + 1))
}

fn memo_index_changed(pickle: &[u8]) -> Option<Vec<u8>> {
    let get = instructions(pickle).rfind(|(_, op)| matches!(op, Op::BinGet(_)))?.0;
    Some(with_byte_changed(pickle, get.start + 1))
}

fn with_byte_changed(bytes: &[u8], position: usize) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[position] = changed[position].wrapping_add(1);
    changed
}

/// With their places; ends before what is no instruction.
fn instructions(pickle: &[u8]) -> impl DoubleEndedIterator<Item = (Span, Op<'_>)> {
    let starts: Vec<_> = Ops::new(pickle).map_while(Result::ok).collect();
    let ends: Vec<usize> = starts.iter().skip(1).map(|(start, _)| *start).chain([pickle.len()]).collect();
    starts.into_iter().zip(ends).map(|((start, op), end)| (start..end, op))
}

// -- Texts ------------------------------------------------------------------

fn character_changed(text: &[u8]) -> Option<Vec<u8>> {
    let letter = text.iter().rposition(u8::is_ascii_lowercase)?;
    let mut changed = text.to_vec();
    changed[letter] = if changed[letter] == b'x' { b'y' } else { b'x' };
    Some(changed)
}

fn without_last_line(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rev().skip(1).position(|byte| *byte == b'\n')?;
    Some(text[..text.len() - 1 - end].to_vec())
}

// -- Answers ----------------------------------------------------------------

/// In the first pickle of every case, which is compared at protocol 0.
fn a_byte_changed(committed: &mut Answers) -> usize {
    let spans: Vec<Span> = committed.cases.iter().filter_map(|case| case.a.first()?.clone()).collect();
    let mut pickles = committed.pickles.to_vec();
    let replaced: Vec<Span> = spans
        .iter()
        .map(|span| {
            let start = pickles.len();
            pickles.extend(with_byte_changed(&committed.pickles[span.clone()], 0));
            start..pickles.len()
        })
        .collect();
    committed.pickles = pickles.into();
    let count = replaced.len();
    let firsts = committed.cases.iter_mut().filter_map(|case| case.a.first_mut()?.as_mut());
    firsts.zip(replaced).for_each(|(first, replaced)| *first = replaced);
    count
}

fn no_reload_changes(committed: &mut Answers) -> usize {
    let mut count = 0;
    for case in &mut committed.cases {
        let columns: std::collections::BTreeSet<u8> = case.b.keys().map(|(_, j)| *j).collect();
        count += columns.len();
        case.b.clear();
    }
    count
}

/// Noticed at each protocol.
fn another_reason(committed: &mut Answers) -> usize {
    reasons_unknown(committed) * usize::from(committed.protocols)
}

fn reasons_dropped(answers: &mut Answers) -> usize {
    let changing = answers.cases.iter_mut().filter(|case| !case.b.is_empty());
    changing.map(|case| case.reason = None).count()
}

fn reasons_unknown(answers: &mut Answers) -> usize {
    let cases = answers.cases.iter_mut().filter(|case| case.reason.is_some());
    cases.map(|case| case.reason = Some("the moon".to_owned())).count()
}

/// All pairs of the first cases, until there are more than a twentieth: one complaint for them all.
fn too_many_changes(answers: &mut Answers) -> usize {
    let many = answers.cases.len() / 10;
    for case in answers.cases.iter_mut().filter(|case| case.reason.is_none()).take(many) {
        case.reason = Some("set order".to_owned());
        for i in 0..answers.protocols {
            for (j, a) in (0..).zip(&case.a) {
                case.b.extend(a.clone().map(|a| ((i, j), a)));
            }
        }
    }
    1
}

fn waiting_for_nothing(answers: &mut Answers) -> usize {
    let Some(case) = answers.cases.first_mut() else {
        return 0;
    };
    case.pending = Some("what is there".to_owned());
    1
}

fn an_error(answers: &mut Answers) -> usize {
    let Some(case) = answers.cases.first_mut() else {
        return 0;
    };
    case.errors.insert("0".to_owned(), "RecursionError: planted".to_owned());
    1
}
