//! Targets of instructions and of the tools over them.

use pickle_codec::LoadOptions;
use pickle_opcodes::decode;
use pickle_tools::{DisOptions, asm, dis, optimize};

use crate::canonical;

/// Whatever is decoded is assembled to the same bytes.
pub fn decode_assemble(data: &[u8]) {
    let mut at = 0;
    let mut out = Vec::new();
    while let Ok((op, end)) = decode(data, at) {
        assert!(at < end && end <= data.len(), "an instruction has a length");
        out.clear();
        op.assemble(&mut out).expect("what was decoded can be assembled");
        assert_eq!(out, &data[at..end], "{op:?}");
        at = end;
    }
}

/// An exact listing is assembled to the same bytes.
pub fn dis_asm(data: &[u8]) {
    let mut listing = Vec::new();
    let Ok(end) = dis(data, &mut listing, DisOptions::new().exact(true).indent_level(1)) else {
        // The usual listing fails in the same way.
        assert!(dis(data, Vec::new(), DisOptions::new()).is_err(), "only the exact listing fails");
        return;
    };
    let listing = String::from_utf8(listing).expect("a listing is UTF-8");
    let bytes = asm(&listing).unwrap_or_else(|error| panic!("{error} in\n{listing}"));
    assert_eq!(bytes, data[..end as usize], "{listing}");
}

/// An optimized pickle has the same value.
pub fn optimize_meaning(data: &[u8]) {
    let Ok(optimized) = optimize(data) else { return };
    let options = LoadOptions::new().keep_unresolved(true);
    let Ok(graph) = options.from_slice(data) else { return };
    let again = match options.from_slice(&optimized) {
        Ok(again) => again,
        // PROTO and FRAME are written anew: what they said wrongly is lost, and what a late PROTO means to names.
        Err(error) => panic!("what was optimized is refused: {error}"),
    };
    assert_eq!(canonical::digest(&graph), canonical::digest(&again), "{graph} became {again}");
}
