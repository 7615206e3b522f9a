//! Where [`Framer`] cuts and what [`FrameCheck`] refuses. The same against CPython's own output is tested with the codec.

use pickle_opcodes::frame::{FRAME_HEADER_SIZE, FRAME_SIZE_TARGET, FrameCheck, FrameStyle, Framer};
use pickle_opcodes::{ErrorKind, Op, Ops};
use rstest::rstest;

#[rstest]
#[case::empty(FrameStyle::PayloadsApart, 0, false)]
#[case::three_bytes(FrameStyle::PayloadsApart, 3, false)]
#[case::four_bytes(FrameStyle::PayloadsApart, 4, true)]
#[case::old_empty(FrameStyle::Everything, 0, false)]
#[case::old_one_byte(FrameStyle::Everything, 1, true)]
fn small_frames_get_no_header(#[case] style: FrameStyle, #[case] length: usize, #[case] header: bool) {
    let mut framer = Framer::new(b"\x80\x04".to_vec(), style);
    framer.begin();
    framer.out.extend_from_slice(&vec![b'N'; length]);
    framer.end();
    let body = vec![b'N'; length];
    let expected = if header { framed(&body) } else { body };
    assert_eq!(*framer.out, [b"\x80\x04".as_slice(), &expected].concat());
}

#[rstest]
#[case::not_yet_full(FRAME_SIZE_TARGET - 1, false)]
#[case::full(FRAME_SIZE_TARGET, true)]
#[case::overfull(FRAME_SIZE_TARGET + 70, true)]
fn a_full_frame_ends_at_the_next_object(#[case] length: usize, #[case] cut: bool) {
    let mut framer = Framer::new(Vec::new(), FrameStyle::PayloadsApart);
    framer.begin();
    assert!(!framer.boundary());
    let first = vec![b'N'; length];
    framer.out.extend_from_slice(&first);
    assert_eq!(framer.boundary(), cut);
    framer.out.extend_from_slice(b"0123");
    framer.end();
    let expected =
        if cut { [framed(&first), framed(b"0123")].concat() } else { framed(&[&first, b"0123".as_slice()].concat()) };
    assert!(*framer.out == expected, "the frames are cut elsewhere");
}

#[rstest]
#[case::new_large(FrameStyle::PayloadsApart, FRAME_SIZE_TARGET, true)]
#[case::new_smaller(FrameStyle::PayloadsApart, FRAME_SIZE_TARGET - 1, false)]
#[case::old_large(FrameStyle::Everything, FRAME_SIZE_TARGET, false)]
fn large_payloads_stand_apart(#[case] style: FrameStyle, #[case] length: usize, #[case] apart: bool) {
    let mut framer = Framer::new(Vec::new(), style);
    assert!(!framer.apart(length), "without frames nothing stands between them");
    framer.begin();
    assert_eq!(framer.apart(length), apart);
}

#[rstest]
fn without_frames_it_is_a_buffer() {
    let mut framer = Framer::default();
    framer.out.extend_from_slice(&vec![b'N'; 3 * FRAME_SIZE_TARGET]);
    assert!(!framer.boundary());
    framer.end();
    assert_eq!(framer.out.len(), 3 * FRAME_SIZE_TARGET);
}

#[rstest]
fn taking_hands_on_whole_frames_only() {
    let mut framer = Framer::new(b"\x80\x04".to_vec(), FrameStyle::PayloadsApart);
    let mut sent = Vec::new();
    framer.begin();
    for _ in 0..3 {
        framer.out.extend_from_slice(&vec![b'N'; FRAME_SIZE_TARGET]);
        assert!(framer.boundary());
        framer.take(|bytes| collect(&mut sent, bytes)).expect("a Vec takes everything");
        assert_eq!(framer.out.len(), FRAME_HEADER_SIZE, "only the open frame is left");
    }
    framer.out.extend_from_slice(b"last");
    framer.end();
    framer.take(|bytes| collect(&mut sent, bytes)).expect("a Vec takes everything");
    assert!(framer.out.is_empty());
    let full = framed(&vec![b'N'; FRAME_SIZE_TARGET]);
    assert!(sent == [b"\x80\x04".as_slice(), &full, &full, &full, &framed(b"last")].concat());
}

#[rstest]
fn without_frames_pieces_are_handed_on() {
    let mut framer = Framer::new(b"\x80\x02".to_vec(), FrameStyle::PayloadsApart);
    let mut sent = Vec::new();
    framer.begin_pieces();
    for _ in 0..3 {
        framer.out.extend_from_slice(&vec![b'N'; FRAME_SIZE_TARGET]);
        assert!(framer.boundary());
        framer.take(|bytes| collect(&mut sent, bytes)).expect("a Vec takes everything");
        assert!(framer.out.is_empty());
        assert!(!framer.boundary());
    }
    framer.end();
    assert!(sent == [b"\x80\x02".as_slice(), &vec![b'N'; 3 * FRAME_SIZE_TARGET]].concat());
}

#[rstest]
fn what_could_not_be_handed_on_stays() {
    let mut framer = Framer::new(b"abc".to_vec(), FrameStyle::PayloadsApart);
    assert_eq!(framer.take(|_| Err("full")), Err("full"));
    assert_eq!(*framer.out, *b"abc");
}

#[rstest]
#[case::no_frame(b"\x80\x04N.", Ok(()))]
#[case::exact(b"\x80\x04\x95\x02\0\0\0\0\0\0\0N.", Ok(()))]
#[case::two_frames(b"\x95\x01\0\0\0\0\0\0\0N\x95\x01\0\0\0\0\0\0\0.", Ok(()))]
#[case::between_frames(b"\x95\x01\0\0\0\0\0\0\0NN\x95\x01\0\0\0\0\0\0\0.", Ok(()))]
#[case::empty_frame(b"\x95\0\0\0\0\0\0\0\0N.", Ok(()))]
#[case::ends_behind_stop(b"\x95\x09\0\0\0\0\0\0\0N.", Ok(()))]
#[case::largest(b"\x95\xff\xff\xff\xff\xff\xff\xff\xffN.", Ok(()))]
#[case::overlap(b"\x95\x0c\0\0\0\0\0\0\0N\x95\0\0\0\0\0\0\0\0N.", Err((10, ErrorKind::FrameOverlap { missing: 11 })))]
#[case::crossed(b"\x95\x04\0\0\0\0\0\0\0NX\x03\0\0\0abc.", Err((10, ErrorKind::FrameCrossed { excess: 5 })))]
fn checked(#[case] pickle: &[u8], #[case] expected: Result<(), (usize, ErrorKind)>) {
    assert_eq!(check(pickle), expected);
}

fn check(pickle: &[u8]) -> Result<(), (usize, ErrorKind)> {
    let mut check = FrameCheck::new();
    let mut ops = Ops::new(pickle);
    while let Some(op) = ops.next() {
        let (offset, op) = op.expect("well-formed instructions");
        check.step(offset, &op, ops.offset()).map_err(|kind| (offset, kind))?;
    }
    Ok(())
}

fn framed(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Op::Frame(body.len() as u64).assemble(&mut out).expect("FRAME takes any length");
    out.extend_from_slice(body);
    out
}

fn collect(sent: &mut Vec<u8>, bytes: &[u8]) -> Result<(), core::convert::Infallible> {
    sent.extend_from_slice(bytes);
    Ok(())
}
