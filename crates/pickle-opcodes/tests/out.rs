//! [`Out`] holds what a `Vec` would hold, whatever is done to it.

use pickle_opcodes::Out;
use rstest::rstest;

#[rstest]
#[case::empty(Vec::new())]
#[case::with_room(Vec::with_capacity(100))]
#[case::behind_something(b"something".to_vec())]
fn as_a_vec(#[case] start: Vec<u8>) {
    let mut model = start.clone();
    let mut out = Out::from(start);
    let mut state = 7u64;
    for _ in 0..20_000 {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        let word = state >> 20;
        let length = (state >> 40) as usize;
        match state >> 61 {
            0 => {
                out.push(word as u8);
                model.push(word as u8);
            }
            1 => {
                out.put(word, length % 9);
                model.extend_from_slice(&word.to_le_bytes()[..length % 9]);
            }
            2 => {
                let wide = u128::from(word) * u128::from(u64::MAX);
                out.put_wide(wide, length % 17);
                model.extend_from_slice(&wide.to_le_bytes()[..length % 17]);
            }
            3 => {
                let window = out.window(length % 1000);
                assert!(window.len() >= length % 1000);
                window[..length % 1000].fill(word as u8);
                out.advance(length % 1000);
                model.extend(std::iter::repeat_n(word as u8, length % 1000));
            }
            4 | 5 => {
                let bytes = vec![word as u8; length % 200];
                out.extend_from_slice(&bytes);
                model.extend_from_slice(&bytes);
            }
            6 => {
                let kept = length % (model.len() + 1);
                out.drop_front(model.len() - kept);
                model.drain(..model.len() - kept);
            }
            _ => {
                let kept = model.len().saturating_sub(length % 20);
                out.truncate(kept);
                model.truncate(kept);
            }
        }
        assert_eq!(*out, *model);
    }
    assert_eq!(out.into_vec(), model);
}
